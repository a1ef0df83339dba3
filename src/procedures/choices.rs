//! [`Choices`]: which relations of an answer are one of several alternatives, and what is said of them.

use std::collections::{BTreeSet, HashMap};

use super::notes::{counted, effect_name, names};
use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, Hop, NodeId, Value};
use crate::limits::Budget;
use crate::trace::{Alternatives, Choice, Needer, Ways, name_of};

/// More choices than these are only counted.
const AT_MOST: usize = 5;

/// The choices of the nodes that an answer mentions, each node looked at once.
pub(super) struct Choices<'a> {
    alternatives: Option<Alternatives<'a>>,
    of: HashMap<NodeId, Vec<Choice>>,
    /// Those that the answer shows: needer and place among its choices.
    shown: BTreeSet<(NodeId, usize)>,
    budget: &'a Budget,
}

impl<'a> Choices<'a> {
    pub fn among(ways: &'a Ways<'a>, needer: Needer, budget: &'a Budget) -> Choices<'a> {
        Choices { alternatives: Alternatives::of(ways, needer), of: HashMap::new(), shown: BTreeSet::new(), budget }
    }

    /// Whether no relation of the graph can be one of several.
    pub fn are_none(&self) -> bool {
        self.alternatives.is_none()
    }

    /// The choice that a hop belongs to.
    #[inline]
    pub fn choice(&mut self, hop: &Hop) -> Result<Option<&Choice>, Diagnostic> {
        let Some((alternatives, name)) = self.alternatives.and_then(|a| Some((a, a.name(hop)?))) else {
            return Ok(None);
        };
        let needer = alternatives.needer(hop);
        if !self.of.contains_key(&needer) {
            self.of.insert(needer, alternatives.choices(needer, self.budget)?);
        }
        let found = self.of[&needer].iter().position(|choice| choice.name == name);
        self.shown.extend(found.map(|at| (needer, at)));
        Ok(found.map(|at| &self.of[&needer][at]))
    }

    /// The providers of which one is enough, as a list; null for a hop that is no choice.
    pub fn one_of(&mut self, hop: &Hop) -> Result<Value, Diagnostic> {
        let choice = self.choice(hop)?;
        Ok(choice.map_or(Value::Null, |choice| Value::list(choice.providers.iter().map(|node| Value::Node(*node)))))
    }

    /// `web needs only one of db-1, db-2`, for the choices that were shown.
    pub fn notes(&self, graph: &Graph) -> Vec<String> {
        let choices = self.shown.iter().map(|(needer, at)| &self.of[needer][*at]);
        let said = |choice: &Choice| {
            format!("{} needs only one of {}", name_of(graph, choice.needer), providers(graph, choice))
        };
        listed(choices.map(said).collect(), |more| counted(more, "more choice", "more choices"))
    }
}

/// `web stands: it fails only if all of db-1, db-2 fail`, for each choice.
pub(super) fn standing(graph: &Graph, choices: &[Choice]) -> Vec<String> {
    let said = |choice: &Choice| {
        let effect = effect_name(choice.effect);
        let (needer, providers) = (name_of(graph, choice.needer), providers(graph, choice));
        format!("{needer} stands: it {effect} only if all of {providers} fail")
    };
    let mut notes: Vec<String> = choices.iter().map(said).collect();
    notes.sort();
    listed(notes, |more| format!("{} by another alternative", counted(more, "more term stands", "more terms stand")))
}

fn providers(graph: &Graph, choice: &Choice) -> String {
    names(graph, choice.providers.iter().copied())
}

fn listed(mut notes: Vec<String>, more: impl Fn(usize) -> String) -> Vec<String> {
    if notes.len() > AT_MOST {
        let left = notes.len() - AT_MOST;
        notes.truncate(AT_MOST);
        notes.push(format!("and {}", more(left)));
    }
    notes
}
