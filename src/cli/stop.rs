//! Why a command ended before it was done.

use std::io::{self, Write};

use super::tell;
use crate::diagnostic::{Detail, Diagnostic};
use crate::session::Failure;

pub(super) enum Stop {
    /// What is still to be said.
    Said(Diagnostic),
    Failure(Failure),
}

impl Stop {
    /// Says what there is to say; after Ctrl-C what became of the work.
    pub(super) fn end(self, interrupted: &str) -> Result<(), Failure> {
        match self {
            Stop::Said(error) if error.detail == Detail::Interrupted => {
                writeln!(io::stderr(), "{interrupted}")?;
                Err(Failure::Interrupted)
            }
            Stop::Said(error) => tell(&error),
            Stop::Failure(failure) => Err(failure),
        }
    }
}

impl From<Diagnostic> for Stop {
    fn from(error: Diagnostic) -> Stop {
        Stop::Said(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failure(failure)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Failure(error.into())
    }
}
