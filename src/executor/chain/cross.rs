//! Every row with every node of a scan.

use super::super::Result;
use super::scan::Scan;
use super::{BATCH, Batch, Feed, Ids};
use crate::plan::Slot;

#[derive(Clone)]
pub(super) struct Cross<'p> {
    pub scan: Scan<'p>,
    pub wanted: Vec<Slot>,
    pub state: Pending,
}

#[derive(Clone, Default)]
pub(super) struct Pending {
    batch: Option<Batch>,
    row: usize,
    place: usize,
    /// The nodes of the scan, once it has run.
    nodes: Option<Vec<u32>>,
}

impl Cross<'_> {
    pub(super) fn next(&mut self, feed: &mut Feed) -> Result<Option<Batch>> {
        loop {
            if self.state.batch.is_none() {
                self.state.batch = feed.next()?;
                (self.state.row, self.state.place) = (0, 0);
            }
            let Some(batch) = &self.state.batch else { return Ok(None) };
            if self.state.nodes.is_none() {
                self.state.nodes = Some(all(&mut self.scan, feed)?);
            }
            let Some(nodes) = &self.state.nodes else { return Ok(None) };
            let (mut places, mut ids) = (Vec::new(), Vec::new());
            while self.state.row < batch.len && ids.len() < BATCH {
                feed.run.budget.tick()?;
                let some = &nodes[self.state.place..nodes.len().min(self.state.place + BATCH)];
                ids.extend_from_slice(some);
                places.resize(ids.len(), self.state.row as u32);
                self.state.place += some.len();
                if self.state.place == nodes.len() {
                    self.state.row += 1;
                    self.state.place = 0;
                }
            }
            let mut out = batch.pick(&places, &self.wanted);
            if self.wanted.contains(&self.scan.slot) {
                out.columns.push(Ids { slot: self.scan.slot, relationship: false, ids });
            }
            if self.state.row >= batch.len {
                self.state.batch = None;
            }
            if out.len > 0 {
                return Ok(Some(out));
            }
        }
    }
}

fn all(scan: &mut Scan, feed: &mut Feed) -> Result<Vec<u32>> {
    let mut nodes = Vec::new();
    while let Some(batch) = scan.next(feed)? {
        feed.run.budget.charge(batch.len * size_of::<u32>())?;
        nodes.extend_from_slice(batch.ids(scan.slot));
    }
    Ok(nodes)
}
