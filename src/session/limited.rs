//! [`Limited`]: output that stops at the limits of a statement.

use std::io::{self, Write};

use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// Writes on, and looks at the limits as it does. Renderers that work for long before they write call it with nothing.
pub(super) struct Limited<'a> {
    out: &'a mut dyn Write,
    budget: &'a Budget,
    stopped: Option<Diagnostic>,
}

impl<'a> Limited<'a> {
    pub(super) fn new(out: &'a mut dyn Write, budget: &'a Budget) -> Limited<'a> {
        Limited { out, budget, stopped: None }
    }

    /// The limit that an error of writing comes from, if it does not come from the output.
    pub(super) fn stopped(self) -> Option<Diagnostic> {
        self.stopped
    }
}

impl Write for Limited<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(error) = self.budget.tick().and_then(|()| self.budget.work(bytes.len())) {
            self.stopped = Some(error);
            return Err(io::Error::other("stopped at a limit"));
        }
        if bytes.is_empty() { Ok(0) } else { self.out.write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Detail;
    use crate::limits::Limits;
    use std::time::Duration;

    #[test]
    fn writing_stops_at_a_limit() {
        let budget = Budget::start(&Limits { time: Some(Duration::ZERO), ..Limits::default() });
        let mut out = Vec::new();
        let mut limited = Limited::new(&mut out, &budget);
        let written = (0..10_000).try_for_each(|_| limited.write_all(b"a line\n"));
        assert!(written.is_err());
        assert_eq!(limited.stopped().map(|error| error.detail), Some(Detail::TimeLimit));
        assert!(out.len() < 10_000, "{}", out.len());
    }

    #[test]
    fn looking_at_the_limits_writes_nothing() {
        let budget = Budget::start(&Limits::default());
        let mut out = Vec::new();
        let mut limited = Limited::new(&mut out, &budget);
        limited.write_all(b"").unwrap();
        limited.write_all(b"a").unwrap();
        assert_eq!(out, b"a");
    }
}
