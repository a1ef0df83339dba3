//! petgraph's algorithms give the same on a view as on a copy of it as a petgraph graph, on random graphs.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo;
use petgraph::visit::{Bfs, Reversed, UndirectedAdaptor};
use proptest::prelude::*;

use super::*;
use crate::graph::Graph;

const TYPES: usize = 4;

/// What a random view is made of.
#[derive(Clone, Debug)]
struct Plan {
    nodes: usize,
    relationships: Vec<(usize, usize, usize)>,
    deleted_relationships: BTreeSet<usize>,
    deleted_nodes: BTreeSet<usize>,
    orientation: Vec<Option<Direction>>,
}

fn plans() -> impl Strategy<Value = Plan> {
    let orientation = prop::sample::select(vec![
        None,
        Some(Direction::Outgoing),
        Some(Direction::Outgoing),
        Some(Direction::Incoming),
        Some(Direction::Both),
    ]);
    (1..9_usize, prop::collection::vec(orientation, TYPES)).prop_flat_map(|(nodes, orientation)| {
        let relationship = (0..nodes, 0..TYPES, 0..nodes);
        (
            prop::collection::vec(relationship, 0..16),
            prop::collection::btree_set(0..16_usize, 0..3),
            prop::collection::btree_set(0..nodes, 0..3),
        )
            .prop_map(move |(relationships, deleted_relationships, deleted_nodes)| Plan {
                nodes,
                relationships,
                deleted_relationships,
                deleted_nodes,
                orientation: orientation.clone(),
            })
    })
}

fn build(plan: &Plan) -> Graph {
    let mut graph = Graph::new();
    let types: Vec<TypeId> = (0..TYPES).map(|t| graph.intern_type(&format!("T{t}"))).collect();
    let nodes: Vec<NodeId> = (0..plan.nodes).map(|_| graph.create_node()).collect();
    let doomed = |number: usize, start: usize, end: usize| {
        plan.deleted_relationships.contains(&number)
            || plan.deleted_nodes.contains(&start)
            || plan.deleted_nodes.contains(&end)
    };
    let mut deleted = Vec::new();
    for (number, (start, t, end)) in plan.relationships.iter().enumerate() {
        let relationship = graph.create_relationship(nodes[*start], types[*t], nodes[*end]);
        if doomed(number, *start, *end) {
            deleted.push(relationship);
        }
    }
    deleted.into_iter().for_each(|relationship| graph.delete_relationship(relationship));
    plan.deleted_nodes.iter().for_each(|node| graph.delete_node(nodes[*node]));
    graph
}

type Copied = (DiGraph<NodeId, TypeId>, BTreeMap<NodeId, petgraph::graph::NodeIndex>);

/// The view as petgraph's own graph, made from the plan and not through the traits under test.
fn copy(plan: &Plan, graph: &Graph) -> Copied {
    let mut copy = DiGraph::new();
    let places: BTreeMap<NodeId, _> = graph.nodes().map(|node| (node, copy.add_node(node))).collect();
    for relationship in graph.relationships() {
        let shape = graph.relationship(relationship);
        let (start, end) = (places[&shape.start], places[&shape.end]);
        let weight = shape.relationship_type;
        match plan.orientation[weight.index()] {
            None => {}
            Some(Direction::Outgoing) => drop(copy.add_edge(start, end, weight)),
            Some(Direction::Incoming) => drop(copy.add_edge(end, start, weight)),
            Some(Direction::Both) => {
                copy.add_edge(start, end, weight);
                if start != end {
                    copy.add_edge(end, start, weight);
                }
            }
        }
    }
    (copy, places)
}

/// Different types cost differently.
fn cost(relationship_type: TypeId) -> u32 {
    relationship_type.index() as u32 + 1
}

fn components(found: Vec<Vec<NodeId>>) -> BTreeSet<BTreeSet<NodeId>> {
    found.into_iter().map(|component| component.into_iter().collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn algorithms_agree_with_a_copy(plan in plans()) {
        let graph = build(&plan);
        let view = GraphView::with(&graph, |t| plan.orientation[t.index()]);
        let (copy, places) = copy(&plan, &graph);
        let back = |place: petgraph::graph::NodeIndex| copy[place];

        prop_assert_eq!(NodeCount::node_count(&view), copy.node_count());
        prop_assert_eq!(view.edge_count(), copy.edge_count());
        let mut edges: Vec<_> = (&view).edge_references().map(|hop| (hop.source, hop.target)).collect();
        let mut expected: Vec<_> = copy.edge_references().map(|e| (back(e.source()), back(e.target()))).collect();
        edges.sort();
        expected.sort();
        prop_assert_eq!(edges, expected);

        prop_assert_eq!(
            components(algo::tarjan_scc(&view)),
            components(algo::tarjan_scc(&copy).into_iter().map(|c| c.into_iter().map(back).collect()).collect())
        );
        prop_assert_eq!(
            components(algo::kosaraju_scc(&view)),
            components(algo::kosaraju_scc(&copy).into_iter().map(|c| c.into_iter().map(back).collect()).collect())
        );
        prop_assert_eq!(algo::is_cyclic_directed(&view), algo::is_cyclic_directed(&copy));
        prop_assert_eq!(algo::connected_components(&view), algo::connected_components(&copy));
        let sorted = algo::toposort(&view, None);
        prop_assert_eq!(sorted.is_ok(), algo::toposort(&copy, None).is_ok());
        if let Ok(order) = sorted {
            let rank: BTreeMap<NodeId, usize> = order.iter().enumerate().map(|(at, node)| (*node, at)).collect();
            prop_assert_eq!(rank.len(), graph.node_count());
            prop_assert!((&view).edge_references().all(|hop| rank[&hop.source] < rank[&hop.target]));
        }
        let all_costs = algo::floyd_warshall(&view, |hop| cost(hop.relationship_type)).expect("no negative cycle");
        prop_assert!(algo::is_isomorphic(&view, &copy));

        for start in graph.nodes() {
            let mut reached = BTreeSet::new();
            let mut walk = Bfs::new(&view, start);
            while let Some(node) = walk.next(&view) {
                reached.insert(node);
            }
            let mut expected = BTreeSet::new();
            let mut walk = Bfs::new(&copy, places[&start]);
            while let Some(place) = walk.next(&copy) {
                expected.insert(back(place));
            }
            prop_assert_eq!(&reached, &expected);

            let costs: BTreeMap<NodeId, u32> =
                algo::dijkstra(&view, start, None, |hop| cost(hop.relationship_type)).into_iter().collect();
            let expected: BTreeMap<NodeId, u32> =
                algo::dijkstra(&copy, places[&start], None, |e| cost(*e.weight())).into_iter()
                    .map(|(place, cost)| (back(place), cost)).collect();
            prop_assert_eq!(&costs, &expected);
            for (node, cost) in &costs {
                prop_assert_eq!(all_costs[&(start, *node)], *cost);
            }

            let backwards: BTreeSet<NodeId> =
                algo::dijkstra(Reversed(&view), start, None, |_| 1_u32).into_keys().collect();
            let expected: BTreeSet<NodeId> =
                algo::dijkstra(Reversed(&copy), places[&start], None, |_| 1_u32).into_keys().map(back).collect();
            prop_assert_eq!(backwards, expected);
            let anyway: BTreeSet<NodeId> =
                algo::dijkstra(UndirectedAdaptor(&view), start, None, |_| 1_u32).into_keys().collect();
            let expected: BTreeSet<NodeId> =
                algo::dijkstra(UndirectedAdaptor(&copy), places[&start], None, |_| 1_u32).into_keys().map(back).collect();
            prop_assert_eq!(anyway, expected);

            let dominators = algo::dominators::simple_fast(&view, start);
            let expected = algo::dominators::simple_fast(&copy, places[&start]);
            let k_costs = algo::k_shortest_path(&view, start, None, 2, |hop| cost(hop.relationship_type));
            let k_expected = algo::k_shortest_path(&copy, places[&start], None, 2, |e| cost(*e.weight()));
            for end in graph.nodes() {
                prop_assert_eq!(
                    dominators.immediate_dominator(end),
                    expected.immediate_dominator(places[&end]).map(back)
                );
                prop_assert_eq!(k_costs.get(&end), k_expected.get(&places[&end]));
                prop_assert_eq!(
                    algo::has_path_connecting(&view, start, end, None),
                    algo::has_path_connecting(&copy, places[&start], places[&end], None)
                );
                let found = algo::astar(&view, start, |n| n == end, |hop| cost(hop.relationship_type), |_| 0);
                prop_assert_eq!(found.map(|(cost, _)| cost), costs.get(&end).copied());
                let mut paths: Vec<Vec<NodeId>> =
                    algo::all_simple_paths::<Vec<_>, _, RandomState>(&view, start, end, 0, Some(3)).collect();
                let mut expected: Vec<Vec<NodeId>> =
                    algo::all_simple_paths::<Vec<_>, _, RandomState>(&copy, places[&start], places[&end], 0, Some(3))
                        .map(|path| path.into_iter().map(back).collect()).collect();
                paths.sort();
                expected.sort();
                prop_assert_eq!(paths, expected);
                prop_assert_eq!(
                    view.is_adjacent(&(), start, end),
                    copy.find_edge(places[&start], places[&end]).is_some()
                );
            }
        }
    }

    #[test]
    fn ids_and_numbers_round_trip(plan in plans()) {
        let graph = build(&plan);
        let view = GraphView::with(&graph, |t| plan.orientation[t.index()]);
        let nodes: Vec<NodeId> = (&view).node_identifiers().collect();
        prop_assert_eq!(&nodes, &graph.nodes().collect::<Vec<_>>());
        for (at, node) in nodes.iter().enumerate() {
            prop_assert_eq!(NodeIndexable::to_index(&view, *node), at);
            prop_assert_eq!(NodeIndexable::from_index(&view, at), *node);
            prop_assert!(view.node_weight(*node).is_some());
        }
        let mut ids = BTreeSet::new();
        for hop in (&view).edge_references() {
            let id = hop.hop_id();
            prop_assert!(ids.insert(id), "two edges have one id");
            let index = EdgeIndexable::to_index(&view, id);
            prop_assert!(index < view.edge_bound());
            prop_assert_eq!(EdgeIndexable::from_index(&view, index), id);
            prop_assert_eq!(view.edge_weight(id), Some(&hop.relationship_type));
            prop_assert!((&view).edges(hop.source).any(|h| h == hop));
            prop_assert!((&view).edges_directed(hop.target, petgraph::Direction::Incoming).any(|h| h == hop));
        }
        for at in 0..view.edge_bound() + 2 {
            let id = EdgeIndexable::from_index(&view, at);
            prop_assert_eq!(view.edge_weight(id).is_some(), ids.contains(&id));
        }
        prop_assert!(deleted(&graph).iter().all(|node| view.node_weight(*node).is_none()));
    }
}

fn deleted(graph: &Graph) -> Vec<NodeId> {
    (0..graph.node_bound() + 1).map(NodeId::new).filter(|node| !graph.nodes().any(|n| n == *node)).collect()
}
