//! The entries of a glossary read one by one, or by several threads: an entry's result depends on no other one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use super::entry::{Names, Reader};
use super::{Extracted, Extractor};
use crate::diagnostic::Diagnostic;
use crate::glossary::Entry;
use crate::limits::{Budget, Watch};

/// What is read at once: enough text that handing it out costs nothing, little enough that a limit is soon noticed.
const PORTION: usize = 32 << 10;

/// Below so many bytes of text a second thread costs more than it gives.
const PARALLEL: usize = 512 << 10;

pub(super) struct Work<'a> {
    pub entries: &'a [Entry],
    pub names: Names<'a>,
    /// By entry: whether its name was found in the text.
    pub recovered: &'a [bool],
}

impl Work<'_> {
    /// What the text says of each entry.
    pub(super) fn run(
        &self,
        extractor: &mut Extractor,
        threads: usize,
        budget: &Budget,
    ) -> Result<Vec<Extracted>, Diagnostic> {
        let portions = self.portions();
        let is_short = portions.len() <= PARALLEL / PORTION;
        let mut parts: Vec<Vec<Extracted>> = vec![Vec::new(); portions.len()];
        let mut keep = |(number, part): (usize, Result<Vec<Extracted>, Diagnostic>)| {
            let part: Vec<Extracted> = part?;
            budget.charge(part.iter().map(Extracted::size).sum())?;
            parts[number] = part;
            Ok::<(), Diagnostic>(())
        };
        if threads < 2 || is_short {
            for (number, portion) in portions.iter().enumerate() {
                keep((number, self.portion(extractor, portion, budget.watch())))?;
            }
        } else {
            let (next, watch) = (AtomicUsize::new(0), budget.watch());
            std::thread::scope(|scope| {
                let (sender, receiver) = mpsc::channel();
                for _ in 0..threads {
                    let (sender, mut extractor) = (sender.clone(), extractor.clone());
                    let (next, portions) = (&next, &portions);
                    scope.spawn(move || {
                        while let Some((number, portion)) = take(next, portions) {
                            let part = self.portion(&mut extractor, portion, watch);
                            // Nobody receives any more where a limit was met.
                            if sender.send((number, part)).is_err() {
                                return;
                            }
                        }
                    });
                }
                drop(sender);
                receiver.into_iter().try_for_each(&mut keep)
            })?;
        }
        Ok(parts.into_iter().flatten().collect())
    }

    /// Ranges of entries with about as much text each.
    fn portions(&self) -> Vec<std::ops::Range<usize>> {
        let mut portions = Vec::new();
        let (mut start, mut bytes) = (0, 0);
        for (at, entry) in self.entries.iter().enumerate() {
            bytes += entry.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum::<usize>();
            if bytes >= PORTION || at + 1 == self.entries.len() {
                portions.push(start..at + 1);
                (start, bytes) = (at + 1, 0);
            }
        }
        portions
    }

    fn portion(
        &self,
        extractor: &mut Extractor,
        portion: &std::ops::Range<usize>,
        watch: &Watch,
    ) -> Result<Vec<Extracted>, Diagnostic> {
        portion
            .clone()
            .map(|at| Reader::new(extractor, self.names, at, watch).read(&self.entries[at], self.recovered[at]))
            .collect()
    }
}

fn take<'p>(next: &AtomicUsize, portions: &'p [std::ops::Range<usize>]) -> Option<(usize, &'p std::ops::Range<usize>)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    portions.get(number).map(|portion| (number, portion))
}
