//! The audit.
use super::{Finding, SourceFile};
/// x
pub fn audit(files: &[SourceFile]) -> Vec<Finding> {
    super::read(files).findings
}
