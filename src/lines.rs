//! [`Lines`]: where the lines of a text begin, so that a place is found without reading the text again.

#[derive(Clone, Debug)]
pub(crate) struct Lines(Vec<u32>);

impl Lines {
    pub(crate) fn new(text: &str) -> Lines {
        let after_newlines = memchr::memchr_iter(b'\n', text.as_bytes()).map(|newline| newline + 1);
        // Texts are shorter than 4 GiB: `decode` sees to it.
        Lines(std::iter::once(0).chain(after_newlines.map_while(|start| start.try_into().ok())).collect())
    }

    /// The line of a byte, counted from 1.
    pub(crate) fn line(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start as usize <= at)
    }

    /// Where a line begins, counted from 1; `None` if there is no such line.
    pub(crate) fn start(&self, line: usize) -> Option<usize> {
        self.0.get(line.checked_sub(1)?).map(|start| *start as usize)
    }
}
