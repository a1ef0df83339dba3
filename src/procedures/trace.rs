//! The tracing words as procedures.

use super::Procedure;

pub const PROCEDURES: &[Procedure] = &[];
