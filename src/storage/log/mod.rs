//! The redo log: frames after the base, each one group commit, each commit one transaction's changes.
//!
//! `frame` describes the bytes of a frame, `changes` those of a commit, `scan` reads a log from its start, `replay`
//! repeats a long one into a new base.

pub(super) mod changes;
pub(super) mod frame;
pub(super) mod replay;
pub(super) mod scan;
