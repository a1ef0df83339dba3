//! [`Outcome`]: what a failure comes to where one of several providers may be enough.

use std::collections::HashMap;

use super::alternatives::{Alternatives, Choice};
use super::{Spread, hop_number};
use crate::diagnostic::Diagnostic;
use crate::graph::{Bitmap, Effect, Hop, NodeId, Value};
use crate::limits::Budget;

/// How far a failure spreads, and where it is stopped by an alternative.
pub struct Outcome {
    pub spread: Spread,
    /// Hops that carry nothing since another provider stands, by [`hop_number`].
    pub held: Bitmap,
    /// The choices that hold them, of needers that do not suffer in another way.
    pub standing: Vec<Choice>,
    /// What the hops of a choice do whose providers all suffer, by [`hop_number`].
    effects: HashMap<usize, Effect>,
    /// By node: what it suffers.
    states: Vec<Option<Effect>>,
}

impl Outcome {
    /// What a node suffers; `None` for one that stands.
    pub fn on(&self, node: NodeId) -> Option<Effect> {
        self.states[node.index()]
    }

    /// What a hop of a choice does to its target; `None` for a hop of no choice.
    pub fn effect(&self, hop: &Hop) -> Option<Effect> {
        self.effects.get(&hop_number(hop)).copied()
    }
}

/// A choice, and how many of its providers suffer.
struct Group {
    choice: Choice,
    suffering: usize,
    failing: usize,
}

impl Group {
    /// What its loss does to the needer so far.
    fn effect(&self) -> Option<Effect> {
        let all = self.choice.providers.len();
        match (self.failing == all, self.suffering == all) {
            (true, _) => Some(self.choice.effect),
            (false, true) => Some(Effect::Degrades),
            (false, false) => None,
        }
    }
}

struct Failing<'a> {
    alternatives: &'a Alternatives<'a>,
    budget: &'a Budget,
    /// By node: what it suffers, and what of that was passed on.
    states: Vec<Option<Effect>>,
    passed: Vec<Option<Effect>>,
    queue: Vec<NodeId>,
    groups: Vec<Group>,
    /// By needer: its groups by name.
    of_needer: HashMap<NodeId, HashMap<Value, usize>>,
}

/// Follows failures from the starts until nothing more suffers. A choice passes on what the provider suffers that
/// suffers least, and at most what its relations say.
pub fn outcome(alternatives: &Alternatives, starts: &[NodeId], budget: &Budget) -> Result<Outcome, Diagnostic> {
    let bound = alternatives.ways().graph().node_bound();
    budget.charge(2 * bound * size_of::<Option<Effect>>())?;
    let (states, passed) = (vec![None; bound], vec![None; bound]);
    let (queue, groups, of_needer) = (Vec::new(), Vec::new(), HashMap::new());
    let mut failing = Failing { alternatives, budget, states, passed, queue, groups, of_needer };
    starts.iter().for_each(|start| failing.raise(*start, Some(Effect::Fails)));
    while let Some(node) = failing.queue.pop() {
        failing.pass_on(node)?;
    }
    failing.outcome()
}

impl Failing<'_> {
    fn raise(&mut self, node: NodeId, to: Option<Effect>) {
        let state = &mut self.states[node.index()];
        if *state < to {
            *state = to;
            self.queue.push(node);
        }
    }

    fn pass_on(&mut self, node: NodeId) -> Result<(), Diagnostic> {
        let (now, before) = (self.states[node.index()], self.passed[node.index()]);
        self.passed[node.index()] = now;
        if now == before {
            return Ok(());
        }
        let mut touched = Vec::new();
        for hop in self.alternatives.ways().hops(node) {
            self.budget.tick()?;
            match self.group(&hop)? {
                Some(group) => touched.push(group),
                None => self.raise(hop.target, now.map(|now| now.min(self.alternatives.ways().effect(&hop)))),
            }
        }
        touched.sort_unstable();
        touched.dedup();
        for at in touched {
            let group = &mut self.groups[at];
            group.suffering += usize::from(before.is_none());
            group.failing += usize::from(now == Some(Effect::Fails));
            let (needer, effect) = (group.choice.needer, group.effect());
            self.raise(needer, effect);
        }
        Ok(())
    }

    /// The group of a hop, if it is one of several alternatives.
    fn group(&mut self, hop: &Hop) -> Result<Option<usize>, Diagnostic> {
        let Some(name) = self.alternatives.name(hop) else { return Ok(None) };
        if !self.of_needer.contains_key(&hop.target) {
            let mut places = HashMap::new();
            for choice in self.alternatives.choices(hop.target, self.budget)? {
                places.insert(choice.name.clone(), self.groups.len());
                self.groups.push(Group { choice, suffering: 0, failing: 0 });
            }
            self.of_needer.insert(hop.target, places);
        }
        Ok(self.of_needer.get(&hop.target).and_then(|own| own.get(&name)).copied())
    }

    fn outcome(self) -> Result<Outcome, Diagnostic> {
        let (held, standing, effects) = (Bitmap::default(), Vec::new(), HashMap::new());
        let mut outcome = Outcome { spread: self.spread(), held, standing, effects, states: Vec::new() };
        for group in self.groups {
            self.budget.tick()?;
            let numbers = group.choice.hops.iter().map(hop_number);
            match group.effect() {
                Some(effect) => outcome.effects.extend(numbers.map(|number| (number, effect))),
                None => {
                    numbers.for_each(|number| _ = outcome.held.insert(number));
                    if self.states[group.choice.needer.index()].is_none() {
                        outcome.standing.push(group.choice);
                    }
                }
            }
        }
        outcome.states = self.states;
        Ok(outcome)
    }

    fn spread(&self) -> Spread {
        let numbered = || self.states.iter().enumerate();
        let fails = numbered().filter(|(_, state)| **state == Some(Effect::Fails));
        Spread {
            reached: numbered().filter(|(_, state)| state.is_some()).count(),
            failing: fails.map(|(number, _)| number).collect(),
        }
    }
}
