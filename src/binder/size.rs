//! How large a statement may be, and how much is said about one that is wrong all over.
//!
//! Clauses and drawn elements become operators one inside the other, and so levels of the stack: a statement with too
//! many is refused rather than allowed to overflow it. Long lists, as in `CREATE (), (), …`, are no such thing.

use super::Binder;
use crate::diagnostic::{Detail, Diagnostic, Kind, Span};

/// Clauses and matched nodes and relationships of one statement; twice as many fit a stack of 2 MiB in any build.
const MOST_PARTS: usize = 2000;

/// Errors and warnings told of one statement, each.
const MOST_TOLD: usize = 100;

/// Names that a message lists.
pub(super) const MOST_NAMES: usize = 20;

impl Binder<'_> {
    /// Whether the next error or warning is shown for sure, so that a suggestion is worth looking for.
    pub(super) fn is_told(&self) -> bool {
        self.diagnostics.len() < 2 * MOST_TOLD
    }

    /// Counts parts of the statement; false, with an error, if they are too many.
    pub(super) fn grow(&mut self, parts: usize, span: Span) -> bool {
        let fitted = self.parts <= MOST_PARTS;
        self.parts = self.parts.saturating_add(parts);
        let fits = self.parts <= MOST_PARTS;
        if fitted && !fits {
            let message = format!("a statement can have at most {MOST_PARTS} clauses and matched elements together");
            let error = Diagnostic::syntax(Detail::NestingLimit, span, message);
            self.error(error.help("split it, or write what is created as one list: CREATE (a), (b), …"));
        }
        fits
    }

    /// Whether a limit has stopped the binding, with an error. To be called for each expression.
    pub(super) fn is_stopped(&mut self) -> bool {
        const BETWEEN_CHECKS: usize = 1024;
        self.expressions += 1;
        if !self.stopped
            && self.expressions.is_multiple_of(BETWEEN_CHECKS)
            && let Err(error) = self.catalog.watch.check()
        {
            self.stopped = true;
            self.error(error);
        }
        self.stopped
    }
}

/// The errors worth telling: what was not looked at, for its size or at a limit, makes the rest look wrong.
pub(super) fn told(errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    match errors.iter().find(|error| error.detail == Detail::NestingLimit || error.kind == Kind::Stopped) {
        Some(reason) => vec![reason.clone()],
        None => shortened(errors),
    }
}

/// Not more than a person reads, and how many more there are.
pub(super) fn shortened(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let more = diagnostics.len().saturating_sub(MOST_TOLD);
    if more == 0 {
        return diagnostics;
    }
    diagnostics.truncate(MOST_TOLD);
    if let Some(last) = diagnostics.last().cloned() {
        let what = if last.is_error() { "errors" } else { "warnings" };
        diagnostics.push(Diagnostic { message: format!("{more} more {what} are not shown"), help: None, ..last });
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_diagnostics_become_few() {
        let warning = Diagnostic::warning(Detail::UnknownLabel, Span::default(), "unknown");
        assert_eq!(shortened(vec![warning.clone(); 100]).len(), 100);
        let few = shortened(vec![warning; 250]);
        assert_eq!((few.len(), few[100].message.as_str()), (101, "150 more warnings are not shown"));
    }
}
