//! [`Ways`]: the hops of a view that a walk may take.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::name_of;
use crate::algorithms::Network;
use crate::diagnostic::Diagnostic;
use crate::graph::{Bitmap, Effect, Graph, GraphView, Hop, KeyId, NodeId, StepList, TypeId, Value};
use crate::limits::Budget;

/// A view and what it is walked by: which relationships, around which nodes, from which confidence on.
pub struct Ways<'v> {
    view: &'v GraphView<'v>,
    steps: Option<Vec<StepList<'v>>>,
    /// By type: along and against the arrow.
    readings: Vec<[Reading; 2]>,
    /// Only over these relationships.
    pub within: Option<Bitmap>,
    /// Never to these nodes.
    pub avoided: Option<Bitmap>,
    /// Only over relationships whose `confidence` is at least this; those that have none are certain.
    pub confidence: Option<f64>,
    /// Never over these hops, by [`hop_number`].
    pub held: Option<Bitmap>,
    /// By node: its place by name, if somebody knows it.
    pub order: Option<&'v [u32]>,
    confidence_key: Option<KeyId>,
}

/// The hops that leave a node, sorted. Their relationships are looked up when they are asked for.
#[derive(Default)]
pub struct SortedHops {
    pub places: Vec<Place>,
    /// If they were there before they were sorted: the places are theirs.
    hops: Vec<Hop>,
}

/// A hop among those of a node: in which step of the view it stands, and at which place there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    key: u64,
    step: u32,
    at: u32,
    target: u32,
}

impl Place {
    #[inline]
    pub fn target(&self) -> NodeId {
        NodeId::new(self.target as usize)
    }
}

/// A number for each hop of any view: a relationship may be followed both ways.
pub fn hop_number(hop: &Hop) -> usize {
    2 * hop.relationship.index() + usize::from(hop.against)
}

/// What hops are sorted by: the rank of their reading, then the place of their target by name.
fn key(rank: u32, name: u32) -> u64 {
    u64::from(rank) << 32 | u64::from(name)
}

/// How a type reads in one direction.
struct Reading {
    phrase: Arc<str>,
    effect: Effect,
    /// Its place when hops are sorted as people want to read them.
    rank: u32,
}

impl<'v> Ways<'v> {
    /// All hops of the view.
    pub fn of(view: &'v GraphView<'v>) -> Ways<'v> {
        Ways {
            view,
            steps: view.steps(),
            readings: readings(view.graph()),
            within: None,
            avoided: None,
            confidence: None,
            held: None,
            order: None,
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

    /// As [`Ways::hops`], made faster.
    #[inline]
    pub fn for_hops(&self, node: NodeId, mut each: impl FnMut(Hop)) {
        let whole = self.is_whole();
        self.view.for_hops(self.steps.as_deref(), node, |hop| {
            if whole || self.admits(&hop) {
                each(hop);
            }
        });
    }

    /// Gives out the target of each hop that leaves the node with the hop's type, in the order of the hops.
    #[inline]
    pub fn for_targets(&self, node: NodeId, mut each: impl FnMut(TypeId, NodeId)) {
        match self.is_whole() {
            true => self.view.for_targets(self.steps.as_deref(), node, each),
            false => self.for_hops(node, |hop| each(hop.relationship_type, hop.target)),
        }
    }

    /// Of the hops from one node straight to another that which says most.
    pub fn best_hop(&self, source: NodeId, target: NodeId) -> Option<Hop> {
        let mut hops = self.view.hops_between(self.steps.as_deref(), source, target);
        hops.retain(|hop| self.admits(hop));
        self.sort(&mut hops);
        hops.first().copied()
    }

    /// The hops that reach the node.
    pub fn hops_to(&self, node: NodeId) -> impl Iterator<Item = Hop> + '_ {
        self.view.hops_to(node).filter(move |hop| self.admits(hop))
    }

    /// Leaves these hops out, too, by [`hop_number`].
    pub fn hold(&mut self, hops: &Bitmap) {
        if hops.is_empty() {
            return;
        }
        let held = self.held.iter().flat_map(Bitmap::iter).chain(hops.iter()).collect();
        self.held = Some(held);
    }

    /// Whether nothing is left out.
    pub fn is_whole(&self) -> bool {
        self.within.is_none() && self.avoided.is_none() && self.confidence.is_none() && self.held.is_none()
    }

    fn admits(&self, hop: &Hop) -> bool {
        self.within.as_ref().is_none_or(|within| within.contains(hop.relationship.index()))
            && self.avoided.as_ref().is_none_or(|avoided| !self.passes(avoided, hop))
            && self.confidence.is_none_or(|least| self.confidence_of(hop) >= least)
            && self.held.as_ref().is_none_or(|held| !held.contains(hop_number(hop)))
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
    pub fn phrase(&self, hop: &Hop) -> &Arc<str> {
        &self.reading(hop).phrase
    }

    /// How each type reads along its arrow and against it, by number of the type.
    pub fn phrases(&self) -> impl Iterator<Item = &Arc<str>> {
        self.readings.iter().flatten().map(|reading| &reading.phrase)
    }

    /// The place of the hop's phrase among all [`Ways::phrases`].
    pub fn phrase_place(&self, hop: &Hop) -> usize {
        2 * hop.relationship_type.index() + usize::from(hop.against)
    }

    /// What a failure that travels over the hop does to the one it reaches.
    pub fn effect(&self, hop: &Hop) -> Effect {
        self.reading(hop).effect
    }

    /// What a failure that travels over the type does to the one it reaches.
    pub fn effect_of(&self, relationship_type: TypeId) -> Effect {
        self.readings[relationship_type.index()][0].effect
    }

    fn reading(&self, hop: &Hop) -> &Reading {
        &self.readings[hop.relationship_type.index()][usize::from(hop.against)]
    }

    /// Sorts hops as people want to read them: what breaks before what limps, then by phrase, then by the name of the
    /// target. What is equal in all of that is left as it was.
    pub fn sort(&self, hops: &mut [Hop]) {
        let rank = |hop: &Hop| self.reading(hop).rank;
        let graph = self.graph();
        match self.order {
            None if hops.len() < 2 => {}
            Some(order) => hops.sort_by_cached_key(|hop| key(rank(hop), order[hop.target.index()])),
            None => hops.sort_by_cached_key(|hop| (rank(hop), name_of(graph, hop.target))),
        }
    }

    /// Sorts by name what has to do with nodes; what is equal by name is left as it was.
    pub fn sort_by_name<T>(&self, items: &mut [T], node: impl Fn(&T) -> NodeId) {
        match self.order {
            Some(order) => items.sort_by_key(|item| order[node(item).index()]),
            None => items.sort_by_cached_key(|item| name_of(self.graph(), node(item))),
        }
    }

    /// The hops that leave the node, sorted.
    pub fn sorted_hops(&self, node: NodeId) -> Vec<Hop> {
        let mut sorted = SortedHops::default();
        self.sort_hops(node, &mut sorted);
        sorted.places.iter().map(|place| self.hop(node, place, &sorted)).collect()
    }

    /// Puts the hops that leave the node in place of what the list holds, sorted.
    pub fn sort_hops(&self, node: NodeId, sorted: &mut SortedHops) {
        let SortedHops { places, hops } = sorted;
        places.clear();
        hops.clear();
        match (&self.steps, self.order) {
            (Some(steps), Some(order)) if self.is_whole() => {
                for (number, step) in steps.iter().enumerate() {
                    let rank = self.readings[step.relationship_type().index()][usize::from(step.against())].rank;
                    step.for_places(node, |at, target| {
                        places.push(Place { key: key(rank, order[target as usize]), step: number as u32, at, target });
                    });
                }
                places.sort_unstable();
            }
            _ => {
                self.for_hops(node, |hop| hops.push(hop));
                self.sort(hops);
                let place = |(at, hop): (usize, &Hop)| Place {
                    key: 0,
                    step: 0,
                    at: at as u32,
                    target: hop.target.index() as u32,
                };
                places.extend(hops.iter().enumerate().map(place));
            }
        }
    }

    /// A hop of the node's sorted list.
    #[inline]
    pub fn hop(&self, node: NodeId, place: &Place, sorted: &SortedHops) -> Hop {
        match (&self.steps, sorted.hops.is_empty()) {
            (Some(steps), true) => steps[place.step as usize].hop_at(node, place.at),
            _ => sorted.hops[place.at as usize],
        }
    }

    /// All nodes and the hops between them.
    pub fn network(&self, budget: &Budget) -> Result<Network<'v>, Diagnostic> {
        match self.is_whole() {
            true => Network::shape(self.view, |_| true, budget),
            false => Network::among(self.view, |_| true, |hop| self.admits(hop), budget),
        }
    }

    /// These nodes and the hops between them.
    pub fn among(&self, nodes: &Bitmap, budget: &Budget) -> Result<Network<'v>, Diagnostic> {
        Network::among(self.view, |node| nodes.contains(node.index()), |hop| self.admits(hop), budget)
    }

    /// What is reached from the starts: these first, then by distance.
    pub fn reached(&self, starts: &[NodeId], budget: &Budget) -> Result<Network<'v>, Diagnostic> {
        match self.is_whole() {
            true => Network::shape_reached(self.view, starts, budget),
            false => Network::reached(self.view, starts, |hop| self.admits(hop), budget),
        }
    }

    /// As [`Ways::reached`], over hops to these nodes only.
    pub fn reached_among(&self, starts: &[NodeId], nodes: &Bitmap, budget: &Budget) -> Result<Network<'v>, Diagnostic> {
        Network::reached(self.view, starts, |hop| nodes.contains(hop.target.index()) && self.admits(hop), budget)
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
        Reading { phrase: Arc::from(phrase), effect, rank: 0 }
    };
    let mut readings: Vec<[Reading; 2]> = graph.types().map(|t| [false, true].map(|way| reading(t, way))).collect();
    let keys: BTreeSet<(Reverse<Effect>, Arc<str>)> =
        readings.iter().flatten().map(|reading| (Reverse(reading.effect), reading.phrase.clone())).collect();
    for reading in readings.iter_mut().flatten() {
        let key = (Reverse(reading.effect), reading.phrase.clone());
        reading.rank = keys.range(..key).count() as u32;
    }
    readings
}
