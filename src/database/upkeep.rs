//! Upkeep in the background: merging the changes of many commits into the base of the graph.

use super::Shared;

#[derive(Default)]
pub(super) struct Upkeep {}

impl Shared {
    /// Starts what is due.
    pub(super) fn keep_up(&self) {}
}
