//! How likely a relation is right: the confidence of its rule, corrected by what the clause and the target are like.
//!
//! A confidence is a probability. The rule gives the prior ([`super::Rule::confidence`]); each [`Feature`] that holds
//! multiplies the odds by the factor of its row. Rules and factors were set by hand on labelled definitions of six
//! glossaries; `tests/labelled.rs` holds them on labels of its own.

use super::clause::Clause;
use super::phrase::Phrase;
use super::target::Target;

/// What makes a relation more or less likely to be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feature {
    /// The target is an entry of the glossary.
    Entry,
    /// The markup points at the target.
    Linked,
    /// One step below the main clause: a purpose, a means.
    Below,
    /// Two steps or more below it.
    FarBelow,
    /// A sentence after the first.
    Later,
    /// `can`, `may`
    Modal,
    /// The target is one of several in a list.
    Listed,
    /// Four words or more: a clause read as a name.
    Long,
    /// The entry is the object of the clause: `the tray that gardeners fill`.
    Object,
}

/// By feature: what it multiplies the odds with, and why.
const FACTORS: &[(Feature, f64, &str)] = &[
    (Feature::Entry, 2.0, "a name that is defined is rarely a misreading"),
    (Feature::Linked, 1.5, "the writer has said what is meant"),
    (Feature::Below, 0.75, "what something is for is often done by somebody else"),
    (Feature::FarBelow, 0.5, "the further down, the likelier the subject is another"),
    (Feature::Later, 0.6, "later sentences speak of other things, too"),
    (Feature::Modal, 0.6, "what can be need not be"),
    (Feature::Listed, 0.9, "lists are sometimes joined wrongly"),
    (Feature::Long, 0.5, "a long phrase is often a clause read as a name"),
    (Feature::Object, 0.8, "the sentence is about something else"),
];

/// No sentence is so clear, and none so dark, that nothing could be said against what is read in it.
const SUREST: f64 = 0.97;
const LEAST_SURE: f64 = 0.05;

/// What is less likely is more often wrong than right, and not stated.
pub(super) const LEAST_STATED: f64 = 0.41;

/// From how many words on a target is long.
const LONG: usize = 4;

/// What a relation was read from.
pub(super) struct Circumstances<'a> {
    pub clause: &'a Clause,
    pub phrase: &'a Phrase,
    pub target: &'a Target,
    pub linked: bool,
    /// Whether it is the first sentence of the definition.
    pub first: bool,
    /// How many targets the clause gives the rule.
    pub targets: usize,
}

impl Circumstances<'_> {
    fn has(&self, feature: Feature) -> bool {
        match feature {
            Feature::Entry => self.target.entry.is_some(),
            Feature::Linked => self.linked,
            Feature::Below => self.clause.depth == 1,
            Feature::FarBelow => self.clause.depth > 1,
            Feature::Later => !self.first,
            Feature::Modal => self.clause.modal.is_some(),
            Feature::Listed => self.targets > 1,
            Feature::Long => self.target.entry.is_none() && self.phrase.words.len() >= LONG,
            Feature::Object => self.clause.entry_is_object,
        }
    }

    /// The probability that the relation is right, where a rule is right with the probability `prior`.
    pub(super) fn confidence(&self, prior: f64) -> f64 {
        let prior = prior.clamp(LEAST_SURE, SUREST);
        let factors = FACTORS.iter().filter(|(feature, _, _)| self.has(*feature)).map(|(_, factor, _)| factor);
        let odds = prior / (1.0 - prior) * factors.product::<f64>();
        // Three places: more would pretend to know more.
        ((odds / (1.0 + odds)).clamp(LEAST_SURE, SUREST) * 1000.0).round() / 1000.0
    }
}
