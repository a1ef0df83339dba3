//! [`Problem`]: why a file could not be read.

use crate::diagnostic::{Detail, Diagnostic, Kind};

/// Why the reading of a file ended before its end.
#[derive(Debug)]
pub enum Problem {
    /// The file is broken.
    Wrong(Wrong),
    /// A limit was reached.
    Stopped(Diagnostic),
}

/// What is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Counted from 1; 0 if the format has no lines.
    pub line: usize,
    /// One sentence without a final full stop.
    pub what: String,
    /// What to try.
    pub help: Option<String>,
}

impl Problem {
    /// Something wrong at a line.
    pub fn at(line: usize, what: impl Into<String>) -> Problem {
        Problem::Wrong(Wrong { line, what: what.into(), help: None })
    }

    /// The same with advice.
    pub fn help(self, help: impl Into<String>) -> Problem {
        match self {
            Problem::Wrong(wrong) => Problem::Wrong(Wrong { help: Some(help.into()), ..wrong }),
            Problem::Stopped(error) => Problem::Stopped(error),
        }
    }

    pub(super) fn too_many() -> Problem {
        let message = "there are more things or relations than 32-bit ids";
        Problem::Stopped(Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message))
    }
}

impl From<Diagnostic> for Problem {
    fn from(error: Diagnostic) -> Problem {
        Problem::Stopped(error)
    }
}
