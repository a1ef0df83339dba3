//! [`Ways`]: the hops of a view that a walk may take.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::name_of;
use crate::algorithms::Network;
use crate::diagnostic::Diagnostic;
use crate::graph::{Bitmap, Effect, Graph, GraphView, Hop, KeyId, NodeId, TypeId, Value};
use crate::limits::Budget;

/// A view and what it is walked by: which relationships, around which nodes, from which confidence on.
pub struct Ways<'v> {
    view: &'v GraphView<'v>,
    /// By type: along and against the arrow.
    readings: Vec<[Reading; 2]>,
    /// Only over these relationships.
    pub within: Option<Bitmap>,
    /// Never to these nodes.
    pub avoided: Option<Bitmap>,
    /// Only over relationships whose `confidence` is at least this; those that have none are certain.
    pub confidence: Option<f64>,
    confidence_key: Option<KeyId>,
}

/// How a type reads in one direction.
struct Reading {
    phrase: String,
    effect: Effect,
    /// Its place when hops are sorted as people want to read them.
    rank: usize,
}

impl<'v> Ways<'v> {
    /// All hops of the view.
    pub fn of(view: &'v GraphView<'v>) -> Ways<'v> {
        Ways {
            view,
            readings: readings(view.graph()),
            within: None,
            avoided: None,
            confidence: None,
            confidence_key: view.graph().key("confidence"),
        }
    }

    pub fn view(&self) -> &'v GraphView<'v> {
        self.view
    }

    pub fn graph(&self) -> &'v Graph {
        self.view.graph()
    }

    /// The hops that leave the node.
    pub fn hops(&self, node: NodeId) -> impl Iterator<Item = Hop> + '_ {
        self.view.hops(node).filter(move |hop| self.admits(hop))
    }

    /// The hops that reach the node.
    pub fn hops_to(&self, node: NodeId) -> impl Iterator<Item = Hop> + '_ {
        self.view.hops_to(node).filter(move |hop| self.admits(hop))
    }

    /// Whether nothing is left out.
    pub fn is_whole(&self) -> bool {
        self.within.is_none() && self.avoided.is_none() && self.confidence.is_none()
    }

    fn admits(&self, hop: &Hop) -> bool {
        self.within.as_ref().is_none_or(|within| within.contains(hop.relationship.index()))
            && self.avoided.as_ref().is_none_or(|avoided| !self.passes(avoided, hop))
            && self.confidence.is_none_or(|least| self.confidence_of(hop) >= least)
    }

    fn passes(&self, avoided: &Bitmap, hop: &Hop) -> bool {
        avoided.contains(hop.target.index()) || avoided.contains(hop.source.index())
    }

    /// How sure the relationship of a hop is, from 0 to 1.
    pub fn confidence_of(&self, hop: &Hop) -> f64 {
        let value = self.confidence_key.map_or(Value::Null, |key| self.graph().property(hop.relationship, key));
        match value {
            Value::Float(confidence) => confidence,
            Value::Integer(confidence) => confidence as f64,
            _ => 1.0,
        }
    }

    /// How a hop reads from its source to its target.
    pub fn phrase(&self, hop: &Hop) -> &str {
        &self.reading(hop).phrase
    }

    /// What a failure that travels over the hop does to the one it reaches.
    pub fn effect(&self, hop: &Hop) -> Effect {
        self.reading(hop).effect
    }

    fn reading(&self, hop: &Hop) -> &Reading {
        &self.readings[hop.relationship_type.index()][usize::from(hop.against)]
    }

    /// Sorts hops as people want to read them: what breaks before what limps, then by phrase, then by the name of the
    /// target.
    pub fn sort(&self, hops: &mut [Hop]) {
        if hops.len() > 1 {
            let graph = self.graph();
            hops.sort_by_cached_key(|hop| {
                (self.reading(hop).rank, name_of(graph, hop.target), hop.relationship, hop.target)
            });
        }
    }

    /// The hops that leave the node, sorted.
    pub fn sorted_hops(&self, node: NodeId) -> Vec<Hop> {
        let mut hops: Vec<Hop> = self.hops(node).collect();
        self.sort(&mut hops);
        hops
    }

    /// One hop to each node to be reached from here: of parallel ones the first, which says most.
    pub fn first_hops(&self, node: NodeId) -> Vec<Hop> {
        let mut hops = self.sorted_hops(node);
        let mut seen = BTreeSet::new();
        hops.retain(|hop| seen.insert(hop.target));
        hops
    }

    /// All nodes and the hops between them.
    pub fn network(&self, budget: &Budget) -> Result<Network<'v>, Diagnostic> {
        Network::among(self.view, |_| true, |hop| self.admits(hop), budget)
    }

    /// What is reached from the starts: these first, then by distance.
    pub fn reached(&self, starts: &[NodeId], budget: &Budget) -> Result<Network<'v>, Diagnostic> {
        Network::reached(self.view, starts, |hop| self.admits(hop), budget)
    }

    /// The types of the view that the graph has relationships of.
    pub fn types_in_use(&self) -> BTreeSet<TypeId> {
        self.view.types_in_use()
    }
}

fn readings(graph: &Graph) -> Vec<[Reading; 2]> {
    let semantics = graph.semantics();
    let reading = |t: TypeId, against: bool| {
        let name = graph.type_name(t);
        let symmetric = semantics.get(name).is_some_and(|s| s.symmetric);
        let phrase = if against && !symmetric { semantics.inverse_phrase(name) } else { semantics.phrase(name) };
        let effect = semantics.carries(name).map_or(Effect::Fails, |carries| carries.effect);
        Reading { phrase, effect, rank: 0 }
    };
    let mut readings: Vec<[Reading; 2]> = graph.types().map(|t| [false, true].map(|way| reading(t, way))).collect();
    let keys: BTreeSet<(Reverse<Effect>, &str)> =
        readings.iter().flatten().map(|reading| (Reverse(reading.effect), reading.phrase.as_str())).collect();
    let keys: Vec<(Reverse<Effect>, String)> = keys.into_iter().map(|(e, phrase)| (e, phrase.to_string())).collect();
    for reading in readings.iter_mut().flatten() {
        let key = (Reverse(reading.effect), reading.phrase.as_str());
        reading.rank = keys.partition_point(|(effect, phrase)| (*effect, phrase.as_str()) < key);
    }
    readings
}
