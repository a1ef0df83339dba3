//! What a relationship type's name stands for besides the relationships that bear it: inverses, kinds, both ends of a
//! symmetric type, chains of a transitive one.

use super::{Direction, FailureDirection, Graph, Semantics};

/// The type of all that carry failure, from what needs to what is needed, where no type of the graph has this name.
pub const DEPENDENCY: &str = "DEPENDENCY";

/// What relationship patterns stand for besides what is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Implied {
    /// Nothing: names are those of stored relationships.
    Off,
    /// Inverse names, super-types and the other end of symmetric types.
    #[default]
    On,
    /// Chains of transitive types too: each implied relationship as the list of those that are stored.
    Closed,
}

/// How a name is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The stored types that it stands for, each once, with the direction in which one is followed where the pattern
    /// points to the right.
    pub stored: Vec<(String, Direction)>,
    /// Whether each of them is transitive.
    pub transitive: bool,
    /// Why, in words: what is implied, and by what.
    pub because: String,
}

/// How a name reads in a graph; `None` if it stands for the relationships that bear it and no others.
pub fn reading(graph: &Graph, name: &str) -> Option<Reading> {
    let semantics = graph.semantics();
    let is_used = |name: &str| graph.type_id(name).is_some_and(|t| graph.type_count(t) > 0);
    let mut reading = Reading { stored: Vec::new(), transitive: false, because: String::new() };
    let mut reasons = Vec::new();
    let is_own = semantics.get(name).is_some() || is_used(name);
    if is_own {
        reading.add(semantics, name, Direction::Outgoing);
    }
    if semantics.get(name).is_some_and(|s| s.symmetric) {
        reasons.push(format!("{name} is symmetric, so that each is found from both its ends"));
    }
    for base in semantics.iter().filter(|s| s.inverse == name && s.name != name) {
        reading.add(semantics, &base.name, Direction::Incoming);
        semantics.kinds_of(&base.name).iter().for_each(|kind| reading.add(semantics, kind, Direction::Incoming));
        reasons.push(format!("{name} is the inverse of {}: what is found is stored the other way round", base.name));
    }
    let kinds = semantics.kinds_of(name);
    kinds.iter().for_each(|kind| reading.add(semantics, kind, Direction::Outgoing));
    if !kinds.is_empty() {
        reasons.push(format!("kinds of {name} are {}", kinds.join(", ")));
    }
    if name == DEPENDENCY && !is_own {
        reasons.push(reading.add_needs(graph));
    }
    let plain = reading.stored.len() == usize::from(is_own) && reasons.is_empty();
    reading.transitive = !reading.stored.is_empty()
        && reading.stored.iter().all(|(stored, _)| semantics.get(stored).is_some_and(|s| s.transitive));
    reading.because = reasons.join("; ");
    (!plain || reading.transitive).then_some(reading)
}

impl Reading {
    fn add(&mut self, semantics: &Semantics, name: &str, direction: Direction) {
        let symmetric = semantics.get(name).is_some_and(|s| s.symmetric);
        let direction = if symmetric { Direction::Both } else { direction };
        match self.stored.iter_mut().find(|(stored, _)| stored == name) {
            Some((_, known)) if *known != direction => *known = Direction::Both,
            Some(_) => {}
            None => self.stored.push((name.to_string(), direction)),
        }
    }

    /// Adds the types that carry failure, and says so.
    fn add_needs(&mut self, graph: &Graph) -> String {
        let semantics = graph.semantics();
        let mut guessed = false;
        for name in graph.types().filter(|t| graph.type_count(*t) > 0).map(|t| graph.type_name(t)) {
            let Some(carries) = semantics.carries(name) else { continue };
            let direction = match carries.failure {
                FailureDirection::Along => Direction::Incoming,
                FailureDirection::Against => Direction::Outgoing,
                FailureDirection::None => continue,
            };
            guessed |= carries.guessed;
            self.add(semantics, name, direction);
        }
        self.stored.sort_by(|(a, _), (b, _)| a.cmp(b));
        let names: Vec<&str> = self.stored.iter().map(|(name, _)| name.as_str()).collect();
        let names = if names.is_empty() { "none".to_string() } else { names.join(", ") };
        let guess = if guessed { ", as their names suggest" } else { "" };
        format!("{DEPENDENCY} stands for all types that carry failure{guess}: {names}")
    }
}
