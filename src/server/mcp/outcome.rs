//! [`Outcome`]: what an answer comes to, in one word that a program can compare.

use crate::diagnostic::{Detail, Diagnostic, Kind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Found,
    NothingFound,
    Done,
    NoSuchTerm,
    SeveralMeanings,
    InvalidArguments,
    Refused,
    Stopped,
    Failed,
}

impl Outcome {
    pub(super) const ALL: &[Outcome] = &[
        Outcome::Found,
        Outcome::NothingFound,
        Outcome::Done,
        Outcome::NoSuchTerm,
        Outcome::SeveralMeanings,
        Outcome::InvalidArguments,
        Outcome::Refused,
        Outcome::Stopped,
        Outcome::Failed,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Outcome::Found => "found",
            Outcome::NothingFound => "nothing_found",
            Outcome::Done => "done",
            Outcome::NoSuchTerm => "no_such_term",
            Outcome::SeveralMeanings => "several_meanings",
            Outcome::InvalidArguments => "invalid_arguments",
            Outcome::Refused => "refused",
            Outcome::Stopped => "stopped",
            Outcome::Failed => "failed",
        }
    }

    pub(super) fn doc(self) -> &'static str {
        match self {
            Outcome::Found => "there are rows.",
            Outcome::NothingFound => "the search was complete and found nothing.",
            Outcome::Done => "the statement has no rows to return.",
            Outcome::NoSuchTerm => "a name is not in the graph, so nothing was searched.",
            Outcome::SeveralMeanings => "a name fits several terms; the message lists them.",
            Outcome::InvalidArguments => "the arguments do not fit the input schema.",
            Outcome::Refused => "the statement would change the graph, which is not allowed.",
            Outcome::Stopped => "a limit of time or memory was reached, or the server is shutting down.",
            Outcome::Failed => "the statement is wrong or could not be run.",
        }
    }

    /// What errors come to: the first decides.
    pub(super) fn of(errors: &[Diagnostic]) -> Outcome {
        let Some(first) = errors.first() else { return Outcome::Failed };
        match (first.detail, first.kind) {
            (Detail::UnknownName, _) => Outcome::NoSuchTerm,
            (Detail::AmbiguousName, _) => Outcome::SeveralMeanings,
            (Detail::ReadOnly, _) => Outcome::Refused,
            (_, Kind::Stopped) => Outcome::Stopped,
            _ => Outcome::Failed,
        }
    }

    pub(super) fn is_error(self) -> bool {
        !matches!(self, Outcome::Found | Outcome::NothingFound | Outcome::Done)
    }
}
