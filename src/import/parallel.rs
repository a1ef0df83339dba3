//! Blocks of a group of files, read by several threads and entered in their order.

use std::collections::BTreeMap;
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};

use super::Wrong;
use super::blocks::{Block, Group};
use crate::diagnostic::Diagnostic;

/// What was read from a block, to be entered.
pub(super) struct Entry<'g, T> {
    pub(super) block: Block,
    pub(super) file: &'g str,
    /// How many bytes of the group had been fetched when the block was.
    pub(super) bytes: u64,
    pub(super) item: T,
    /// How many lines of the file stand before the block.
    lines_before: u64,
}

impl<T> Entry<'_, T> {
    /// What is wrong with a line of the block, with the line's number in the file.
    pub(super) fn placed(&self, wrong: Wrong) -> Wrong {
        Wrong { line: wrong.line + self.lines_before, ..wrong }
    }
}

/// A block, its number, the bytes fetched so far, and what was read from it with the number of its lines.
type Done<T> = Result<(u64, u64, Block, Result<(T, u64), Wrong>), Diagnostic>;

/// Reads the blocks that are left side by side, and enters what was read on this thread, in order. `read` also gives
/// the number of lines of its block; errors count lines from the block's beginning.
pub(super) fn for_each_block<T: Send>(
    group: &mut Group,
    threads: usize,
    read: impl Fn(&Block) -> Result<(T, u64), Wrong> + Sync,
    mut enter: impl FnMut(Entry<T>) -> Result<(), Diagnostic>,
) -> Result<(), Diagnostic> {
    let names = group.names();
    let state = Mutex::new((0_u64, group));
    let next = || -> Option<Result<(u64, u64, Block), Diagnostic>> {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, group) = &mut *state;
        let block = group.next().transpose()?;
        *number += 1;
        Some(block.map(|block| (*number - 1, group.bytes, block)))
    };
    // Few places, so that readers wait for the one who enters, and memory is bounded.
    let (send, receive) = sync_channel::<Done<T>>(threads.max(1));
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            let (send, next, read) = (send.clone(), &next, &read);
            scope.spawn(move || {
                while let Some(block) = next() {
                    let done = block.map(|(number, bytes, block)| {
                        let item = read(&block);
                        (number, bytes, block, item)
                    });
                    let failed = done.is_err();
                    // Nobody receives any more once something was wrong.
                    if send.send(done).is_err() || failed {
                        break;
                    }
                }
            });
        }
        drop(send);
        let mut waiting = BTreeMap::new();
        let mut expected = 0;
        let mut lines: BTreeMap<usize, u64> = BTreeMap::new();
        for done in receive {
            let (number, bytes, block, item) = done?;
            waiting.insert(number, (bytes, block, item));
            while let Some((bytes, block, item)) = waiting.remove(&expected) {
                expected += 1;
                let file = &*names[block.file];
                let lines_before = lines.get(&block.file).copied().unwrap_or(0);
                let wrong = |wrong: Wrong| Wrong { line: wrong.line + lines_before, ..wrong }.diagnostic(file);
                let (item, count) = item.map_err(wrong)?;
                lines.insert(block.file, lines_before + count);
                enter(Entry { block, file, bytes, item, lines_before })?;
            }
        }
        Ok(())
    })
}
