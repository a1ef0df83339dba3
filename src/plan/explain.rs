//! Prints a plan.

pub fn explain() {}
pub fn profile() {}
