//! [`Tally`]: one warning for what occurs many times.

use super::sheet::Sheet;

/// How often something was seen, and where first.
#[derive(Debug, Default)]
pub(super) struct Tally {
    count: usize,
    line: usize,
    first: String,
}

impl Tally {
    /// Notes one more, seen at a line and called so.
    pub fn add(&mut self, line: usize, name: &str) {
        if self.count == 0 {
            (self.line, self.first) = (line, name.to_string());
        }
        self.count += 1;
    }

    /// Warns, at the line of the first, if there was any: `WHAT: FIRST and 3 more`.
    pub fn warn(&self, sheet: &mut Sheet, what: &str, help: Option<&str>) {
        match self.count {
            0 => {}
            1 => sheet.warn(self.line, format!("{what}: {}", self.first), help),
            count => sheet.warn(self.line, format!("{what}: {} and {} more", self.first, count - 1), help),
        }
    }
}
