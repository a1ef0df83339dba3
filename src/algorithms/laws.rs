//! On random graphs (loops, parallel relationships, deletions, changes on a base) each algorithm does what petgraph's
//! does, or what its definition says, taken at its word.

mod centrality;
mod connection;
mod flows;
mod groups;
mod ways;

use std::collections::BTreeSet;

use petgraph::graph::{DiGraph, NodeIndex};
use proptest::prelude::*;

use super::*;
use crate::graph::{Direction, Entity, Graph, GraphView, NodeId, TypeId};
use crate::limits::{Budget, Limits};

/// What a random view is made of.
#[derive(Clone, Debug)]
struct Plan {
    nodes: usize,
    /// Start, type, end.
    relationships: Vec<(usize, usize, usize)>,
    /// The weight of each, with enough for relationships followed both ways.
    weights: Vec<u8>,
    deleted_relationships: BTreeSet<usize>,
    deleted_nodes: BTreeSet<usize>,
    /// After so many relationships all so far becomes the base; if there are fewer, all at the end.
    merged_after: usize,
    orientation: Vec<Option<Direction>>,
}

const TYPES: usize = 3;

fn plans() -> impl Strategy<Value = Plan> {
    const MOST: usize = 20;
    let outgoing = Just(Some(Direction::Outgoing));
    let orientation = prop_oneof![6 => outgoing, 1 => Just(Some(Direction::Incoming)), 1 => Just(Some(Direction::Both)), 1 => Just(None)];
    (1..9_usize, prop::collection::vec(orientation, TYPES)).prop_flat_map(|(nodes, orientation)| {
        (
            prop::collection::vec((0..nodes, 0..TYPES, 0..nodes), 0..MOST),
            prop::collection::vec(0..5_u8, 2 * MOST),
            prop::collection::btree_set(0..MOST, 0..3),
            prop::collection::btree_set(0..nodes, 0..2),
            0..2 * MOST,
        )
            .prop_map(move |(relationships, weights, deleted_relationships, deleted_nodes, merged_after)| {
                Plan {
                    nodes,
                    relationships,
                    weights,
                    deleted_relationships,
                    deleted_nodes,
                    merged_after,
                    orientation: orientation.clone(),
                }
            })
    })
}

fn build(plan: &Plan) -> Graph {
    let mut graph = Graph::new();
    let types: Vec<TypeId> = (0..TYPES).map(|t| graph.intern_type(&format!("T{t}"))).collect();
    let nodes: Vec<NodeId> = (0..plan.nodes).map(|_| graph.create_node()).collect();
    for (number, (start, t, end)) in plan.relationships.iter().enumerate() {
        if number == plan.merged_after {
            graph.commit();
            graph.merge();
        }
        graph.create_relationship(nodes[*start], types[*t], nodes[*end]);
    }
    let doomed = |id: &crate::graph::RelationshipId| {
        let shape = graph.relationship(*id);
        let on = |node: NodeId| plan.deleted_nodes.contains(&node.index());
        plan.deleted_relationships.contains(&id.index()) || on(shape.start) || on(shape.end)
    };
    let deleted: Vec<_> = graph.relationships().filter(doomed).collect();
    deleted.into_iter().for_each(|relationship| graph.delete_relationship(relationship));
    plan.deleted_nodes.iter().for_each(|node| graph.delete_node(nodes[*node]));
    if plan.merged_after >= plan.relationships.len() {
        graph.commit();
        graph.merge();
    }
    graph
}

fn view<'a>(plan: &Plan, graph: &'a Graph) -> GraphView<'a> {
    GraphView::with(graph, |t| plan.orientation[t.index()])
}

fn budget() -> Budget {
    Budget::start(&Limits::default())
}

/// The network of a view, with the plan's weights.
fn network<'a>(plan: &Plan, view: &'a GraphView<'a>) -> Network<'a> {
    let network = Network::of(view, &budget()).expect("within budget");
    let weights = (0..network.edge_count()).map(|edge| f64::from(plan.weights[edge])).collect();
    network.weighted(weights)
}

/// The network as petgraph's own graph: nodes have the same numbers, edges carry theirs.
fn copied(network: &Network) -> DiGraph<(), usize> {
    let mut copy = DiGraph::new();
    for _ in network.numbers() {
        copy.add_node(());
    }
    for source in network.numbers() {
        for edge in network.edges(source) {
            copy.add_edge(NodeIndex::from(source), NodeIndex::from(network.target(edge)), edge);
        }
    }
    copy
}

/// The nodes reached from a node over edges that are allowed, entering nodes that are allowed.
fn reached(network: &Network, from: u32, node: impl Fn(u32) -> bool, edge: impl Fn(usize) -> bool) -> BTreeSet<u32> {
    let mut seen = BTreeSet::from([from]);
    let mut stack = vec![from];
    while let Some(at) = stack.pop() {
        for e in network.edges(at).filter(|e| edge(*e)) {
            let target = network.target(e);
            if node(target) && seen.insert(target) {
                stack.push(target);
            }
        }
    }
    seen
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn degrees_of_the_lists_are_those_of_the_network(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let degrees = Degrees::of(&network);
        let hops: Vec<_> = network.hops().collect();
        for number in network.numbers() {
            let node = network.node(number);
            prop_assert_eq!(degrees.outgoing[number as usize], hops.iter().filter(|hop| hop.source == node).count() as i64);
            prop_assert_eq!(degrees.incoming[number as usize], hops.iter().filter(|hop| hop.target == node).count() as i64);
        }
        if let Some(all) = Degrees::of_all(&view, &budget()).expect("within budget") {
            prop_assert_eq!(all, degrees);
        }
    }

    #[test]
    fn a_network_is_its_view(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let whole = network(&plan, &view);
        let shape = Network::shape(&view, |_| true, &budget()).expect("within budget");
        prop_assert_eq!(graph.nodes().collect::<Vec<_>>(), whole.numbers().map(|n| whole.node(n)).collect::<Vec<_>>());
        for network in [&whole, &shape] {
            let expected: Vec<_> = graph.nodes().flat_map(|node| view.hops(node)).collect();
            prop_assert_eq!(network.hops().collect::<Vec<_>>(), expected.clone());
            for (edge, hop) in expected.iter().enumerate() {
                prop_assert_eq!(network.hop(edge), *hop);
                prop_assert_eq!(Some(network.source(edge)), network.number(hop.source));
                prop_assert_eq!(Some(network.target(edge)), network.number(hop.target));
            }
            let reversed = network.reversed(&budget()).expect("within budget");
            for number in network.numbers() {
                let edges: Vec<usize> = (0..network.edge_count()).filter(|e| network.target(*e) == number).collect();
                prop_assert_eq!(reversed.edges(number).iter().map(|e| *e as usize).collect::<Vec<_>>(), edges.clone());
                prop_assert_eq!(reversed.sources(number).to_vec(), edges.iter().map(|e| network.source(*e)).collect::<Vec<_>>());
            }
        }
        // Some of the nodes.
        let kept = |node: NodeId| node.index() % 3 != 1;
        let some = Network::among(&view, kept, |_| true, &budget()).expect("within budget");
        let shape = Network::shape(&view, kept, &budget()).expect("within budget");
        let expected: Vec<_> = whole.hops().filter(|hop| kept(hop.source) && kept(hop.target)).collect();
        prop_assert_eq!(some.hops().collect::<Vec<_>>(), expected.clone());
        prop_assert_eq!(shape.hops().collect::<Vec<_>>(), expected);
        for start in graph.nodes() {
            let from = Network::reached(&view, &[start], |_| true, &budget()).expect("within budget");
            let nodes: BTreeSet<NodeId> = from.numbers().map(|n| from.node(n)).collect();
            let number = whole.number(start).expect("it is live");
            let expected: BTreeSet<NodeId> =
                reached(&whole, number, |_| true, |_| true).into_iter().map(|n| whole.node(n)).collect();
            prop_assert_eq!(from.len(), nodes.len());
            prop_assert_eq!(&nodes, &expected);
            let hops: BTreeSet<_> = from.hops().map(|hop| hop.hop_id()).collect();
            let expected: BTreeSet<_> = whole.hops().filter(|hop| nodes.contains(&hop.source)).map(|h| h.hop_id()).collect();
            prop_assert_eq!(hops, expected);
        }
        prop_assert!((0..graph.node_bound()).map(NodeId::new)
            .all(|node| whole.number(node).is_some() != graph.is_deleted(Entity::Node(node))));
    }
}

#[test]
fn algorithms_stop_at_the_limits() {
    let mut graph = Graph::new();
    let t = graph.intern_type("T");
    let nodes: Vec<NodeId> = (0..64).map(|_| graph.create_node()).collect();
    for pair in nodes.windows(2) {
        graph.create_relationship(pair[0], t, pair[1]);
        graph.create_relationship(pair[1], t, pair[0]);
    }
    let view = GraphView::of(&graph, None, Direction::Outgoing);
    let network = Network::of(&view, &budget()).expect("within budget");
    let small = || Budget::start(&Limits { memory: Some(16), ..Limits::default() });
    let stopped: [bool; 9] = [
        Network::of(&view, &small()).is_err(),
        Network::reached(&view, &nodes[..1], |_| true, &small()).is_err(),
        condensation(&network, &small()).is_err(),
        topological_sort(&network, &small()).is_err(),
        dominators(&network, 0, &small()).is_err(),
        cuts(&network, &small()).is_err(),
        cycles(&network, None, 10, &small()).is_err(),
        k_cheapest(&network, 0, 9, 2, &small()).is_err(),
        max_flow(&network, 0, 9, &small()).is_err(),
    ];
    assert_eq!(stopped, [true; 9]);
    // Ctrl-C.
    let limits = Limits::default();
    limits.cancel.store(true, std::sync::atomic::Ordering::Relaxed);
    let line: Vec<NodeId> = (0..4096).map(|_| graph.create_node()).collect();
    for pair in line.windows(2) {
        graph.create_relationship(pair[0], t, pair[1]);
    }
    let view = GraphView::of(&graph, None, Direction::Outgoing);
    assert!(Network::of(&view, &Budget::start(&limits)).is_err());
    let network = Network::of(&view, &budget()).expect("within budget");
    assert!(strong(&network, &Budget::start(&limits)).is_err());
    assert!(dominators(&network, 64, &Budget::start(&limits)).is_err());
}

#[test]
fn a_long_chain_needs_no_stack() {
    let mut graph = Graph::new();
    let t = graph.intern_type("T");
    let nodes: Vec<NodeId> = (0..200_000).map(|_| graph.create_node()).collect();
    for pair in nodes.windows(2) {
        graph.create_relationship(pair[0], t, pair[1]);
    }
    let view = GraphView::of(&graph, None, Direction::Outgoing);
    let network = Network::shape(&view, |_| true, &budget()).expect("within budget");
    assert_eq!(strong(&network, &budget()).expect("within budget").count, nodes.len());
    let dominators = dominators(&network, 0, &budget()).expect("within budget");
    assert_eq!(dominators.subtrees().count(0) as usize, nodes.len() - 1);
    assert_eq!(cuts(&network, &budget()).expect("within budget").bridges.len(), nodes.len() - 1);
}
