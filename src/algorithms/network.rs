//! [`Network`]: the part of a view that an algorithm works on, as arrays.
//!
//! Most algorithms go over the same nodes many times and keep arrays of their own by node. Numbers without gaps and a
//! copy of the hops, 4 bytes each (12 with their relationships), serve them better than the view, which looks up the
//! type and the delta at every step; only what is searched is copied.

use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{Graph, GraphView, Hop, HopId, NodeId, RelationshipId, StepList};
use crate::limits::Budget;

/// No node: in arrays of node numbers.
pub const NONE: u32 = u32::MAX;

/// Some nodes of a view, numbered from 0 in the order of their ids or of their discovery, and the hops among them.
/// Edges are hops by number: those that leave node 0 come first, in the order of [`GraphView::hops`].
pub struct Network<'a> {
    view: &'a GraphView<'a>,
    steps: Option<Vec<StepList<'a>>>,
    /// Every hop of the view that leaves a node is an edge.
    closed: bool,
    nodes: Vec<NodeId>,
    /// One more than the number of each node of the graph; 0 for a node that is not here.
    numbers: Vec<u32>,
    /// Where each node's edges begin, and where the last one's end.
    offsets: Vec<u32>,
    targets: Vec<u32>,
    /// The hop of each edge; `None` where only the shape is wanted.
    hops: Option<Vec<HopId>>,
    /// A weight for each edge; `None`: each weighs 1.
    weights: Option<Vec<f64>>,
}

/// Edges in the direction against them: those that reach each node.
pub struct Reversed {
    offsets: Vec<u32>,
    /// By place: the edge, and where it comes from.
    edges: Vec<u32>,
    sources: Vec<u32>,
}

impl<'a> Network<'a> {
    /// All nodes and hops of the view.
    pub fn of(view: &'a GraphView<'a>, budget: &Budget) -> Result<Network<'a>, Diagnostic> {
        Network::among(view, |_| true, |_| true, budget)
    }

    /// The nodes and the hops that satisfy the conditions, a hop only with both its ends.
    pub fn among(
        view: &'a GraphView<'a>,
        node: impl Fn(NodeId) -> bool,
        hop: impl Fn(&Hop) -> bool,
        budget: &Budget,
    ) -> Result<Network<'a>, Diagnostic> {
        let mut network = Network::with_nodes(view, node, budget)?;
        let mut hops = Vec::new();
        for number in 0..network.nodes.len() {
            for found in view.hops(network.nodes[number]) {
                budget.tick()?;
                if let Some(target) = network.number(found.target).filter(|_| hop(&found)) {
                    network.targets.push(target);
                    hops.push(found.hop_id());
                }
            }
            network.close(budget)?;
        }
        budget.charge(size_of_val(hops.as_slice()))?;
        network.hops = Some(hops);
        Ok(network)
    }

    /// As [`Network::among`] without conditions on hops, made faster and smaller: [`Network::hop`] looks them up.
    pub fn shape(
        view: &'a GraphView<'a>,
        node: impl Fn(NodeId) -> bool,
        budget: &Budget,
    ) -> Result<Network<'a>, Diagnostic> {
        let mut network = Network::with_nodes(view, node, budget)?;
        network.closed = network.nodes.len() == view.graph().node_bound();
        network.steps.get_or_insert_with(|| view.current_steps());
        if let Some(steps) = network.steps.as_ref().filter(|_| network.closed) {
            (network.offsets, network.targets) = joined(steps, network.nodes.len(), budget)?;
            return Ok(network);
        }
        for number in 0..network.nodes.len() {
            let Network { nodes, numbers, targets, steps, .. } = &mut network;
            view.for_targets(steps.as_deref(), nodes[number], |_, target| targets.extend(number_in(numbers, target)));
            budget.tick()?;
            network.close(budget)?;
        }
        Ok(network)
    }

    /// What is reached from the starts over hops that satisfy the condition: starts first, then by distance.
    pub fn reached(
        view: &'a GraphView<'a>,
        starts: &[NodeId],
        hop: impl Fn(&Hop) -> bool,
        budget: &Budget,
    ) -> Result<Network<'a>, Diagnostic> {
        let mut network = Network::empty(view, budget)?;
        for start in starts {
            network.enter(*start);
        }
        let mut hops = Vec::new();
        let mut number = 0;
        while let Some(node) = network.nodes.get(number).copied() {
            for found in view.hops(node) {
                budget.tick()?;
                if hop(&found) {
                    let target = network.enter(found.target);
                    network.targets.push(target);
                    hops.push(found.hop_id());
                }
            }
            budget.charge(size_of::<NodeId>())?;
            network.close(budget)?;
            number += 1;
        }
        budget.charge(size_of_val(hops.as_slice()))?;
        network.hops = Some(hops);
        Ok(network)
    }

    /// As [`Network::reached`] without a condition, made faster and smaller: [`Network::hop`] looks hops up.
    pub fn shape_reached(
        view: &'a GraphView<'a>,
        starts: &[NodeId],
        budget: &Budget,
    ) -> Result<Network<'a>, Diagnostic> {
        let mut network = Network::empty(view, budget)?;
        starts.iter().for_each(|start| _ = network.enter(*start));
        network.closed = true;
        let steps = view.steps();
        let mut number = 0;
        while let Some(node) = network.nodes.get(number).copied() {
            view.for_targets(steps.as_deref(), node, |_, target| {
                let target = network.enter(target);
                network.targets.push(target);
            });
            budget.tick()?;
            budget.charge(size_of::<NodeId>())?;
            network.close(budget)?;
            number += 1;
        }
        Ok(network)
    }

    fn empty(view: &'a GraphView<'a>, budget: &Budget) -> Result<Network<'a>, Diagnostic> {
        let bound = view.graph().node_bound();
        budget.charge(bound * size_of::<u32>())?;
        Ok(Network {
            view,
            steps: view.steps(),
            closed: false,
            nodes: Vec::new(),
            numbers: vec![0; bound],
            offsets: vec![0],
            targets: Vec::new(),
            hops: None,
            weights: None,
        })
    }

    fn with_nodes(
        view: &'a GraphView<'a>,
        node: impl Fn(NodeId) -> bool,
        budget: &Budget,
    ) -> Result<Network<'a>, Diagnostic> {
        let mut network = Network::empty(view, budget)?;
        network.nodes.reserve(view.graph().node_count());
        for kept in view.graph().nodes().filter(|n| node(*n)) {
            network.enter(kept);
        }
        budget.charge(size_of_val(network.nodes.as_slice()))?;
        network.offsets.reserve(network.nodes.len());
        Ok(network)
    }

    /// The number of a node, which gets one if it has none yet.
    fn enter(&mut self, node: NodeId) -> u32 {
        let number = &mut self.numbers[node.index()];
        if *number == 0 {
            self.nodes.push(node);
            *number = self.nodes.len() as u32;
        }
        *number - 1
    }

    /// Ends the list of the next node.
    fn close(&mut self, budget: &Budget) -> Result<(), Diagnostic> {
        let before = self.offsets.last().map_or(0, |end| *end as usize);
        let end = u32::try_from(self.targets.len()).map_err(|_| too_many())?;
        self.offsets.push(end);
        budget.charge((1 + end as usize - before) * size_of::<u32>())
    }

    /// The network with a weight for each edge, in their order.
    pub fn weighted(mut self, weights: Vec<f64>) -> Network<'a> {
        debug_assert_eq!(weights.len(), self.targets.len());
        self.weights = Some(weights);
        self
    }

    pub fn view(&self) -> &'a GraphView<'a> {
        self.view
    }

    pub fn graph(&self) -> &'a Graph {
        self.view.graph()
    }

    /// How many nodes there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn edge_count(&self) -> usize {
        self.targets.len()
    }

    /// The numbers of all nodes.
    pub fn numbers(&self) -> std::ops::Range<u32> {
        0..self.nodes.len() as u32
    }

    /// The nodes by number.
    pub fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }

    #[inline]
    pub fn node(&self, number: u32) -> NodeId {
        self.nodes[number as usize]
    }

    /// The number of a node of the graph, if it is here.
    #[inline]
    pub fn number(&self, node: NodeId) -> Option<u32> {
        number_in(&self.numbers, node)
    }

    /// The edges that leave a node.
    #[inline]
    pub fn edges(&self, number: u32) -> std::ops::Range<usize> {
        self.offsets[number as usize] as usize..self.offsets[number as usize + 1] as usize
    }

    #[inline]
    pub fn target(&self, edge: usize) -> u32 {
        self.targets[edge]
    }

    /// The targets of all edges, by edge.
    pub fn all_targets(&self) -> &[u32] {
        &self.targets
    }

    /// The targets of the edges that leave a node, in their order.
    #[inline]
    pub fn targets(&self, number: u32) -> &[u32] {
        &self.targets[self.edges(number)]
    }

    /// Where an edge comes from: found by binary search.
    pub fn source(&self, edge: usize) -> u32 {
        (self.offsets.partition_point(|offset| *offset as usize <= edge) - 1) as u32
    }

    /// 1 if edges have no weights.
    #[inline]
    pub fn weight(&self, edge: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[edge])
    }

    pub fn is_weighted(&self) -> bool {
        self.weights.is_some()
    }

    /// The hop that an edge stands for.
    pub fn hop(&self, edge: usize) -> Hop {
        let source = self.source(edge);
        let place = edge - self.edges(source).start;
        let hop = match self.closed {
            true => self.view.hop_at(self.steps.as_deref(), self.node(source), place),
            false => self.hops_from(source).nth(place),
        };
        hop.expect("each edge stands for a hop of its source, in the same order")
    }

    /// The hop of every edge, in order.
    pub fn hops(&self) -> impl Iterator<Item = Hop> + '_ {
        self.numbers().flat_map(|number| self.hops_from(number))
    }

    /// The hops of the edges that leave a node, in order.
    fn hops_from(&self, number: u32) -> impl Iterator<Item = Hop> + '_ {
        let source = self.node(number);
        let kept = self.hops.as_ref().map(|hops| {
            self.edges(number).map(move |edge| {
                let HopId { relationship, against } = hops[edge];
                let relationship_type = self.graph().relationship(relationship).relationship_type;
                Hop { source, target: self.node(self.target(edge)), relationship, relationship_type, against }
            })
        });
        let is_here = |hop: &Hop| self.number(hop.target).is_some();
        let found = self.hops.is_none().then(|| self.view.hops(source).filter(is_here));
        kept.into_iter().flatten().chain(found.into_iter().flatten())
    }

    /// The relationship of every edge, in order.
    pub fn relationships(&self) -> Vec<RelationshipId> {
        match &self.hops {
            Some(hops) => hops.iter().map(|hop| hop.relationship).collect(),
            None if !self.closed => self.hops().map(|hop| hop.relationship).collect(),
            None => {
                let mut relationships = Vec::with_capacity(self.edge_count());
                for node in &self.nodes {
                    self.view.for_hops(self.steps.as_deref(), *node, |hop| relationships.push(hop.relationship));
                }
                relationships
            }
        }
    }

    /// The same edges by the node they reach, in the order of their sources.
    pub fn reversed(&self, budget: &Budget) -> Result<Reversed, Diagnostic> {
        budget.charge((self.len() + 1 + 2 * self.edge_count()) * size_of::<u32>())?;
        let mut next = vec![0_u32; self.len() + 1];
        for target in &self.targets {
            next[*target as usize + 1] += 1;
        }
        for at in 1..next.len() {
            next[at] += next[at - 1];
        }
        let offsets = next.clone();
        let (mut edges, mut sources) = (vec![0_u32; self.edge_count()], vec![0_u32; self.edge_count()]);
        for source in self.numbers() {
            budget.tick()?;
            for edge in self.edges(source) {
                let at = &mut next[self.targets[edge] as usize];
                edges[*at as usize] = edge as u32;
                sources[*at as usize] = source;
                *at += 1;
            }
        }
        Ok(Reversed { offsets, edges, sources })
    }
}

impl Reversed {
    #[inline]
    fn places(&self, number: u32) -> std::ops::Range<usize> {
        self.offsets[number as usize] as usize..self.offsets[number as usize + 1] as usize
    }

    /// Where the edges come from that reach a node, in order.
    #[inline]
    pub fn sources(&self, number: u32) -> &[u32] {
        &self.sources[self.places(number)]
    }

    /// The edges that reach a node.
    #[inline]
    pub fn edges(&self, number: u32) -> &[u32] {
        &self.edges[self.places(number)]
    }
}

#[inline]
fn number_in(numbers: &[u32], node: NodeId) -> Option<u32> {
    numbers.get(node.index()).and_then(|number| number.checked_sub(1))
}

fn too_many() -> Diagnostic {
    let message = format!("more than {} hops are too many for an algorithm", u32::MAX);
    Diagnostic::runtime(Kind::Stopped, Detail::MemoryLimit, message)
}

/// The lists of all steps, joined node by node: offsets and targets. One step after the other is gone through, as it
/// lies in memory.
fn joined(steps: &[StepList], nodes: usize, budget: &Budget) -> Result<(Vec<u32>, Vec<u32>), Diagnostic> {
    let edges = steps.iter().map(StepList::len).sum::<usize>();
    u32::try_from(edges).map_err(|_| too_many())?;
    budget.charge((nodes + 1 + edges) * size_of::<u32>())?;
    let mut offsets = vec![0_u32; nodes + 1];
    for step in steps {
        budget.check()?;
        step.for_lists(|node, targets| offsets[node + 1] += step.count(node, targets) as u32);
    }
    for node in 0..nodes {
        offsets[node + 1] += offsets[node];
    }
    let mut next = offsets.clone();
    let mut all = vec![0; offsets[nodes] as usize];
    for step in steps {
        budget.check()?;
        step.for_lists(|node, targets| {
            let place = &mut next[node];
            for target in step.kept(node, targets) {
                all[*place as usize] = target;
                *place += 1;
            }
        });
    }
    Ok((offsets, all))
}
