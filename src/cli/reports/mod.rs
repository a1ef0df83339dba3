//! Reports for pipelines: what JUnit and SARIF say of checks, whatever is checked.

pub(super) mod junit;
pub(super) mod sarif;
