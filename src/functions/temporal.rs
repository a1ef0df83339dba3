//! Constructing, truncating and measuring dates, times and durations.

use super::Function;

pub const FUNCTIONS: &[Function] = &[];
