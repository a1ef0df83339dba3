//! What a relationship type means: how it reads, what its inverse is called, and which way a failure travels; and
//! which properties name the nodes of a label.
//!
//! Semantics are data kept with the graph. Tracing reads this table; nothing else decides direction.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::decision::{Decision, Subject};
use super::guess::{Guess, guess, inverse_reading};
use super::naming::LabelNaming;
use super::{EntitySource, RelationshipId};

/// What one relationship type means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationSemantics {
    /// The relationship type: `PROVIDES_TO`.
    pub name: String,
    /// How it reads from start to end: `provides to`.
    pub phrase: String,
    /// The type name of the reverse reading: `RECEIVES_FROM`. A symmetric type is its own inverse.
    pub inverse: String,
    /// How it reads from end to start: `receives from`.
    pub inverse_phrase: String,
    /// Whether `a T b` says `b T a` too.
    #[serde(default)]
    pub symmetric: bool,
    /// Whether `a T b` and `b T c` say `a T c`.
    #[serde(default)]
    pub transitive: bool,
    /// Which way a failure travels.
    pub failure: FailureDirection,
    /// What happens to the one that a failure reaches.
    #[serde(default)]
    pub effect: Effect,
    /// Which end is started first though no failure travels: along, the start; against, the end.
    #[serde(default, skip_serializing_if = "FailureDirection::is_none")]
    pub orders: FailureDirection,
    /// Types of which this is a kind: every `a T b` is one of theirs too. They need no declaration of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kind_of: Vec<String>,
    #[serde(default)]
    pub description: String,
}

impl RelationSemantics {
    /// A type that nothing is said about but its name.
    pub fn new(name: &str) -> RelationSemantics {
        RelationSemantics {
            name: name.into(),
            phrase: words(name),
            inverse: String::new(),
            inverse_phrase: inverse_reading(name),
            symmetric: false,
            transitive: false,
            failure: FailureDirection::None,
            effect: Effect::Fails,
            orders: FailureDirection::None,
            kind_of: Vec::new(),
            description: String::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureDirection {
    /// When the start fails, the end suffers: the end needs the start.
    Along,
    /// When the end fails, the start suffers: the start needs the end.
    Against,
    /// Not at all.
    #[default]
    None,
}

impl FailureDirection {
    fn is_none(&self) -> bool {
        *self == FailureDirection::None
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    Degrades,
    #[default]
    Fails,
}

/// Relations that are less sure are marked: about every third of them is wrong.
const DOUBTFUL: f64 = 0.7;

/// The type of relations that say only that a text speaks of a term.
pub const MENTIONS: &str = "MENTIONS";

/// The property of relations that names a group of alternatives: one of them is enough.
pub const ANY_OF: &str = "any_of";

/// A node with more relations that read alike is a hub: of these, what is connected most is shown first.
pub const HUB: usize = 12;

/// How sure a relation is, if that is little. That a text speaks of a term is sure, whatever else it means.
pub fn doubt(source: &dyn EntitySource, relationship: RelationshipId) -> Option<f64> {
    let kind = source.relationship_of(relationship)?.relationship_type;
    let confidence = source.named_property(relationship.into(), "confidence").as_float()?;
    (confidence < DOUBTFUL && source.name_of_type(kind) != MENTIONS).then_some(confidence)
}

/// The semantics of a graph's relationship types, by type name, what names the nodes of its labels, and what people
/// decided about its terms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Semantics {
    /// Shared: graphs and answers are cloned more often than types are described.
    types: Arc<BTreeMap<String, RelationSemantics>>,
    labels: Arc<BTreeMap<String, LabelNaming>>,
    decisions: Arc<BTreeMap<Subject, Decision>>,
}

/// Which way a failure travels over a type, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carries {
    pub failure: FailureDirection,
    pub effect: Effect,
    pub symmetric: bool,
    /// Nobody declared it: the type's name suggests it.
    pub guessed: bool,
}

impl Semantics {
    pub fn declare(&mut self, semantics: RelationSemantics) {
        Arc::make_mut(&mut self.types).insert(semantics.name.clone(), semantics);
    }

    /// Forgets a type; what was declared, if anything was.
    pub fn forget(&mut self, type_name: &str) -> Option<RelationSemantics> {
        Arc::make_mut(&mut self.types).remove(type_name)
    }

    pub fn get(&self, type_name: &str) -> Option<&RelationSemantics> {
        self.types.get(type_name)
    }

    /// All declared types, by name.
    pub fn iter(&self) -> impl Iterator<Item = &RelationSemantics> {
        self.types.values()
    }

    /// Whether no type is declared.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// Says what names the nodes of a label, in place of what was said before.
    pub fn name_by(&mut self, naming: LabelNaming) {
        Arc::make_mut(&mut self.labels).insert(naming.label.clone(), naming);
    }

    /// Forgets what names the nodes of a label; what was declared, if anything was.
    pub fn forget_naming(&mut self, label: &str) -> Option<LabelNaming> {
        Arc::make_mut(&mut self.labels).remove(label)
    }

    pub fn naming(&self, label: &str) -> Option<&LabelNaming> {
        self.labels.get(label)
    }

    /// All labels for which something is declared, by name.
    pub fn namings(&self) -> impl ExactSizeIterator<Item = &LabelNaming> {
        self.labels.values()
    }

    /// Keeps a decision, in place of the one about the same.
    pub fn decide(&mut self, decision: Decision) {
        Arc::make_mut(&mut self.decisions).insert(decision.subject(), decision);
    }

    /// Forgets the decision about a subject; what was decided, if anything was.
    pub fn forget_decision(&mut self, subject: &Subject) -> Option<Decision> {
        Arc::make_mut(&mut self.decisions).remove(subject)
    }

    pub fn decision(&self, subject: &Subject) -> Option<&Decision> {
        self.decisions.get(subject)
    }

    /// All decisions, by what they are about.
    pub fn decisions(&self) -> impl ExactSizeIterator<Item = &Decision> {
        self.decisions.values()
    }

    /// The declared types that are kinds of this one, directly or through others, by name.
    pub fn kinds_of(&self, type_name: &str) -> Vec<&str> {
        let mut kinds: Vec<&str> = Vec::new();
        let mut supers = vec![type_name];
        while let Some(above) = supers.pop() {
            for semantics in self.types.values().filter(|s| s.kind_of.iter().any(|kind| kind == above)) {
                if !kinds.contains(&semantics.name.as_str()) {
                    kinds.push(&semantics.name);
                    supers.push(&semantics.name);
                }
            }
        }
        kinds.sort_unstable();
        kinds
    }

    /// How a failure travels over a type: as declared or, if nothing is declared for it, as its name suggests. What is
    /// declared for one type says nothing about the others.
    pub fn carries(&self, type_name: &str) -> Option<Carries> {
        if let Some(RelationSemantics { failure, effect, symmetric, .. }) = self.get(type_name) {
            return Some(Carries { failure: *failure, effect: *effect, symmetric: *symmetric, guessed: false });
        }
        let Guess { failure, effect, .. } = *guess(type_name)?;
        Some(Carries { failure, effect, symmetric: false, guessed: true })
    }

    /// How a type reads from start to end: its phrase, or its name in lower-case words.
    pub fn phrase(&self, type_name: &str) -> String {
        self.get(type_name).map_or_else(|| words(type_name), |s| s.phrase.clone())
    }

    /// How a type reads from end to start.
    pub fn inverse_phrase(&self, type_name: &str) -> String {
        match (self.get(type_name), guess(type_name)) {
            (Some(semantics), _) => semantics.inverse_phrase.clone(),
            (None, Some(guess)) => guess.inverse_phrase.to_string(),
            (None, None) => inverse_reading(type_name),
        }
    }
}

/// `DEPENDS_ON` reads "depends on".
pub(crate) fn words(type_name: &str) -> String {
    type_name.replace('_', " ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::Graph;
    use super::*;

    #[test]
    fn what_a_rolled_back_unit_said_is_forgotten() {
        let mut graph = Graph::new();
        graph.declare(RelationSemantics { transitive: true, ..RelationSemantics::new("A") });
        graph.commit();
        let before = graph.semantics().clone();
        graph.begin();
        graph.declare(RelationSemantics { failure: FailureDirection::Along, ..RelationSemantics::new("A") });
        graph.declare(RelationSemantics::new("B"));
        assert!(graph.undeclare("A") && !graph.undeclare("C"));
        graph.rollback();
        assert_eq!(graph.semantics(), &before);
    }

    #[test]
    fn names_tell_where_nothing_is_declared_for_the_type() {
        let mut semantics = Semantics::default();
        assert!(semantics.carries("depends-on").is_some_and(|carries| carries.guessed));
        assert_eq!(semantics.carries("KNOWS"), None);
        assert_eq!(semantics.inverse_phrase("DEPENDS_ON"), "is required by");
        semantics.declare(RelationSemantics::new("KNOWS"));
        assert!(semantics.carries("DEPENDS_ON").is_some_and(|carries| carries.guessed));
        semantics
            .declare(RelationSemantics { failure: FailureDirection::None, ..RelationSemantics::new("DEPENDS_ON") });
        assert!(semantics.carries("DEPENDS_ON").is_some_and(|carries| !carries.guessed));
    }

    #[test]
    fn kinds_of_kinds() {
        let mut semantics = Semantics::default();
        for (name, above) in [("A", "B"), ("B", "C"), ("D", "C")] {
            semantics.declare(RelationSemantics { kind_of: vec![above.into()], ..RelationSemantics::new(name) });
        }
        assert_eq!(semantics.kinds_of("C"), ["A", "B", "D"]);
        assert!(semantics.kinds_of("A").is_empty());
    }
}
