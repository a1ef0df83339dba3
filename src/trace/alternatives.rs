//! [`Alternatives`]: relations of one needer of which one is enough.
//!
//! Relations whose property `any_of` has the same value form a group if the same node needs their other ends. The need
//! is met as long as one of these providers stands. Groups are formed among the relations that a question keeps. A
//! group with a single provider is a need like any other.

use std::collections::HashMap;

use super::{Ways, hop_number};
use crate::algorithms::Network;
use crate::diagnostic::Diagnostic;
use crate::graph::{ANY_OF, Bitmap, Effect, Hop, KeyId, NodeId, Value};
use crate::limits::Budget;

/// Which end of a hop needs the other: its source in a view of needs, its target in a view of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needer {
    Source,
    Target,
}

/// How the hops of a graph say that one of several is enough.
#[derive(Clone, Copy)]
pub struct Alternatives<'w> {
    ways: &'w Ways<'w>,
    key: KeyId,
    needer: Needer,
}

/// A need that any of several nodes meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub needer: NodeId,
    pub name: Value,
    /// At least two, each once, in the order of the relations.
    pub providers: Vec<NodeId>,
    /// What the needer suffers when all providers fail: the gravest that a relation of the group says.
    pub effect: Effect,
    pub hops: Vec<Hop>,
}

impl<'w> Alternatives<'w> {
    /// `None` if no relation of the graph can name a group.
    pub fn of(ways: &'w Ways<'w>, needer: Needer) -> Option<Alternatives<'w>> {
        ways.graph().key(ANY_OF).map(|key| Alternatives { ways, key, needer })
    }

    pub fn ways(&self) -> &'w Ways<'w> {
        self.ways
    }

    /// The group of a hop, by name.
    pub fn name(&self, hop: &Hop) -> Option<Value> {
        Some(self.ways.graph().property(hop.relationship, self.key)).filter(|name| !name.is_null())
    }

    pub fn needer(&self, hop: &Hop) -> NodeId {
        match self.needer {
            Needer::Source => hop.source,
            Needer::Target => hop.target,
        }
    }

    pub fn provider(&self, hop: &Hop) -> NodeId {
        match self.needer {
            Needer::Source => hop.target,
            Needer::Target => hop.source,
        }
    }

    /// The hops by which a node needs others.
    fn needs(&self, needer: NodeId) -> Vec<Hop> {
        match self.needer {
            Needer::Source => self.ways.hops(needer).collect(),
            Needer::Target => self.ways.hops_to(needer).collect(),
        }
    }

    /// The choices that a node has, in the order of its relations.
    pub fn choices(&self, needer: NodeId, budget: &Budget) -> Result<Vec<Choice>, Diagnostic> {
        let mut choices: Vec<Choice> = Vec::new();
        let mut places: HashMap<Value, usize> = HashMap::new();
        for hop in self.needs(needer) {
            budget.tick()?;
            let Some(name) = self.name(&hop) else { continue };
            let at = *places.entry(name.clone()).or_insert(choices.len());
            if at == choices.len() {
                let (providers, hops) = (Vec::new(), Vec::new());
                choices.push(Choice { needer, name, providers, effect: Effect::Degrades, hops });
            }
            choices[at].effect = choices[at].effect.max(self.ways.effect(&hop));
            choices[at].hops.push(hop);
        }
        for choice in &mut choices {
            choice.providers = choice.hops.iter().map(|hop| self.provider(hop)).collect();
            distinct(&mut choice.providers);
        }
        choices.retain(|choice| choice.providers.len() > 1);
        budget.charge(choices.iter().map(|choice| size_of_val(choice.hops.as_slice())).sum())?;
        Ok(choices)
    }
}

impl Alternatives<'_> {
    /// The hops of the view whose loss does not mean failure, by [`hop_number`]: a choice is as hard as the hardest of
    /// its relations.
    pub fn soft(&self, budget: &Budget) -> Result<Bitmap, Diagnostic> {
        let mut soft = Bitmap::default();
        for needer in self.ways.graph().nodes() {
            budget.tick()?;
            let degrading: Vec<Hop> =
                self.needs(needer).into_iter().filter(|hop| self.ways.effect(hop) == Effect::Degrades).collect();
            if degrading.is_empty() {
                continue;
            }
            let choices = self.choices(needer, budget)?;
            let is_hard = |hop: &Hop| {
                let name = self.name(hop);
                choices.iter().any(|choice| choice.effect == Effect::Fails && Some(&choice.name) == name.as_ref())
            };
            degrading.iter().filter(|hop| !is_hard(hop)).for_each(|hop| _ = soft.insert(hop_number(hop)));
        }
        Ok(soft)
    }
}

/// What a node of a network needs: all of some, and one of each of the choices.
pub(super) struct Required {
    pub all: Vec<u32>,
    /// Each with the numbers of its providers.
    pub choices: Vec<(Choice, Vec<u32>)>,
}

impl Alternatives<'_> {
    /// What each node of a network needs, as far as the lack of it does at least this.
    pub(super) fn required(
        &self,
        network: &Network,
        least: Effect,
        budget: &Budget,
    ) -> Result<Vec<Required>, Diagnostic> {
        network.numbers().map(|number| self.required_by(network, number, least, budget)).collect()
    }

    fn required_by(
        &self,
        network: &Network,
        number: u32,
        least: Effect,
        budget: &Budget,
    ) -> Result<Required, Diagnostic> {
        let choices = self.choices(network.node(number), budget)?;
        let is_chosen = |hop: &Hop| self.name(hop).is_some_and(|name| choices.iter().any(|c| c.name == name));
        let mut all = Vec::new();
        for hop in self.needs(network.node(number)) {
            budget.tick()?;
            if self.ways.effect(&hop) >= least && !is_chosen(&hop) {
                all.extend(network.number(self.provider(&hop)));
            }
        }
        all.sort_unstable();
        all.dedup();
        let numbers = |choice: &Choice| choice.providers.iter().filter_map(|node| network.number(*node)).collect();
        let grave = choices.into_iter().filter(|choice| choice.effect >= least);
        let choices: Vec<(Choice, Vec<u32>)> =
            grave.map(|choice| (numbers(&choice), choice)).map(|(n, c)| (c, n)).collect();
        budget.charge(
            size_of_val(all.as_slice()) + choices.iter().map(|(_, n)| size_of_val(n.as_slice())).sum::<usize>(),
        )?;
        Ok(Required { all, choices })
    }
}

/// Keeps the first of equal nodes.
fn distinct(nodes: &mut Vec<NodeId>) {
    let mut seen = std::collections::HashSet::new();
    nodes.retain(|node| seen.insert(*node));
}
