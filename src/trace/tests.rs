//! Laws of tracing on random graphs, checked against petgraph.

mod alternatives;
mod rollup;

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::dijkstra;
use proptest::prelude::*;

use super::*;
use crate::algorithms::{dominators, strong};
use crate::graph::Value;
use crate::graph::{Bitmap, Direction, FailureDirection, GraphView, NameIndex, RelationSemantics};
use crate::limits::{Budget, Limits};

/// How each type of a random graph carries failure.
const TYPES: [(&str, FailureDirection, Effect, bool); 5] = [
    ("NEEDS", FailureDirection::Against, Effect::Fails, false),
    ("USES", FailureDirection::Against, Effect::Degrades, false),
    ("FEEDS", FailureDirection::Along, Effect::Fails, false),
    ("PAIRED", FailureDirection::Along, Effect::Degrades, true),
    ("KNOWS", FailureDirection::None, Effect::Fails, false),
];

type Plan = (usize, Vec<(usize, usize, usize)>);

fn plans() -> impl Strategy<Value = Plan> {
    (2..9_usize)
        .prop_flat_map(|nodes| (Just(nodes), prop::collection::vec((0..nodes, 0..TYPES.len(), 0..nodes), 0..18)))
}

fn build((nodes, relationships): &Plan) -> Graph {
    let mut graph = Graph::new();
    for (name, failure, effect, symmetric) in TYPES {
        graph.declare(RelationSemantics {
            orders: FailureDirection::None,
            name: name.into(),
            phrase: name.to_lowercase(),
            inverse: format!("{name}_BACK"),
            inverse_phrase: format!("{} back", name.to_lowercase()),
            symmetric,
            transitive: false,
            failure,
            effect,
            kind_of: vec![],
            description: String::new(),
        });
    }
    let types = TYPES.map(|(name, ..)| graph.intern_type(name));
    let key = graph.intern_key("name");
    for number in 0..*nodes {
        let node = graph.create_node();
        graph.set_property(node, key, Value::from(format!("n{number}")));
    }
    for (start, t, end) in relationships {
        graph.create_relationship(NodeId::new(*start), types[*t], NodeId::new(*end));
    }
    // Some graphs are read from arrays, some from what was changed last.
    if nodes % 2 == 0 {
        graph.commit();
        graph.merge();
    }
    graph
}

fn budget() -> Budget {
    Budget::start(&Limits::default())
}

fn distances(view: &GraphView, start: NodeId) -> BTreeMap<NodeId, usize> {
    dijkstra(view, start, None, |_| 1_usize).into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_holds_what_is_reached_where_it_is_nearest(plan in plans(), limit in prop::option::of(0..4_usize)) {
        let graph = build(&plan);
        for view in [GraphView::needs(&graph, None), GraphView::failures(&graph, None)] {
            for start in graph.nodes() {
                let expected = distances(&view, start);
                let tree = tree(&Ways::of(&view), &[start], limit, None, &budget()).expect("within budget");
                let spelled: Vec<TreeRow> = tree.rows().filter(|row| !row.repeated).collect();
                let depths: BTreeMap<NodeId, usize> = spelled.iter().map(|row| (row.node, row.depth)).collect();
                prop_assert_eq!(depths.len(), spelled.len(), "a node is spelled out once");
                let within: BTreeMap<NodeId, usize> =
                    expected.iter().filter(|(_, d)| limit.is_none_or(|l| **d <= l)).map(|(n, d)| (*n, *d)).collect();
                prop_assert_eq!(&depths, &within);
                prop_assert_eq!(tree.shown, within.len() - 1);
                prop_assert_eq!(tree.below, expected.len() - within.len());
                // Pre-order: the parent is the last row one level up.
                let mut path: Vec<NodeId> = Vec::new();
                for row in tree.rows() {
                    path.truncate(row.depth);
                    prop_assert_eq!(row.hop.map(|hop| hop.source), path.last().copied());
                    prop_assert_eq!(row.hop.is_none_or(|hop| hop.target == row.node), true);
                    path.push(row.node);
                }
            }
        }
    }

    #[test]
    fn hidden_nodes_are_walked_through(plan in plans(), hidden in prop::collection::vec(any::<bool>(), 9)) {
        let graph = build(&plan);
        let view = GraphView::needs(&graph, None);
        let ways = Ways::of(&view);
        for start in graph.nodes() {
            let is_hidden = |node: NodeId| hidden[node.index()] && node != start;
            let tree = tree(&ways, &[start], None, Some(&is_hidden), &budget()).expect("within budget");
            let shown: BTreeSet<NodeId> = tree.rows().map(|row| row.node).collect();
            let reached: BTreeSet<NodeId> = distances(&view, start).into_keys().filter(|node| !is_hidden(*node)).collect();
            prop_assert_eq!(shown, reached);
            for row in tree.rows() {
                let Some(support) = row.support.map(|support| &tree.supports[support]) else { continue };
                prop_assert!(support.len() > 1);
                prop_assert_eq!(Some(support[0].source), row.hop.map(|hop| hop.source));
                prop_assert_eq!(support.last().map(|hop| hop.target), Some(row.node));
                for pair in support.windows(2) {
                    prop_assert!(pair[0].target == pair[1].source && is_hidden(pair[0].target));
                }
            }
        }
    }

    #[test]
    fn a_ranked_list_has_the_first_mentions_of_the_tree(plan in plans(), limit in prop::option::of(0..4_usize)) {
        let graph = build(&plan);
        for view in [GraphView::needs(&graph, None), GraphView::failures(&graph, None)] {
            let ways = Ways::of(&view);
            for start in graph.nodes() {
                let tree = tree(&ways, &[start], limit, None, &budget()).expect("within budget");
                let row = |mention: Mention| (mention.depth, mention.node, mention.chains);
                let mut expected: Vec<_> = tree.first_mentions().map(row).collect();
                let found = mentions(&ways, &[start], limit, &budget()).expect("within budget");
                let mut found: Vec<_> = found.nodes.iter().map(|m| (m.depth, m.node, m.chains)).collect();
                expected.sort_unstable();
                found.sort_unstable();
                prop_assert_eq!(&found, &expected);
                let reached = spread(&ways, &[start], &budget()).expect("within budget").reached;
                prop_assert_eq!(reached, 1 + tree.shown + tree.below);
                let mut lines: Vec<NodeId> = tree.rows().filter(|row| !row.repeated).map(|row| row.node).collect();
                prop_assert_eq!((lines.remove(0), lines.len()), (start, tree.shown));
            }
        }
    }

    #[test]
    fn the_order_of_an_index_is_that_of_names(plan in plans()) {
        let mut graph = build(&plan);
        let key = graph.intern_key("name");
        let (last, same) = (NodeId::new(plan.0 - 1), NodeId::new(0));
        graph.set_property(last, key, graph.property(same, key));
        let view = GraphView::of(&graph, None, Direction::Both);
        let index = NameIndex::build(&graph);
        let (mut ways, plain) = (Ways::of(&view), Ways::of(&view));
        ways.order = Some(index.order());
        for node in graph.nodes() {
            prop_assert_eq!(ways.sorted_hops(node), plain.sorted_hops(node));
        }
    }

    #[test]
    fn targets_are_those_of_the_hops(plan in plans()) {
        let graph = build(&plan);
        for view in [GraphView::needs(&graph, None), GraphView::of(&graph, None, Direction::Both)] {
            let whole = Ways::of(&view);
            let mut narrow = Ways::of(&view);
            narrow.confidence = Some(0.0);
            for node in graph.nodes() {
                let hops: Vec<Hop> = view.hops(node).collect();
                let expected: Vec<_> = hops.iter().map(|hop| (hop.relationship_type, hop.target)).collect();
                for ways in [&whole, &narrow] {
                    let mut found = Vec::new();
                    ways.for_hops(node, |hop| found.push(hop));
                    prop_assert_eq!(&found, &hops);
                    for target in graph.nodes() {
                        let best = ways.sorted_hops(node).into_iter().find(|hop| hop.target == target);
                        prop_assert_eq!(ways.best_hop(node, target), best);
                    }
                }
                let steps = view.steps();
                for (place, hop) in hops.iter().enumerate() {
                    prop_assert_eq!(view.hop_at(steps.as_deref(), node, place), Some(*hop));
                }
                prop_assert_eq!(view.hop_at(steps.as_deref(), node, hops.len()), None);
                for ways in [&whole, &narrow] {
                    let mut found = Vec::new();
                    ways.for_targets(node, |t, target| found.push((t, target)));
                    prop_assert_eq!(&found, &expected);
                }
                let (shape, plain) = (whole.reached(&[node], &budget()), narrow.reached(&[node], &budget()));
                let (shape, plain) = (shape.expect("within budget"), plain.expect("within budget"));
                prop_assert_eq!(shape.hops().collect::<Vec<_>>(), plain.hops().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn several_chains_are_the_shortest_that_visit_no_node_twice(
        plan in plans(),
        ends in (0..9_usize, 0..9_usize, 0..9_usize, 0..9_usize),
        at_most in 1..7_usize,
    ) {
        let graph = build(&plan);
        let view = GraphView::needs(&graph, None);
        let node = |number: usize| NodeId::new(number % plan.0);
        let (starts, goals) = (BTreeSet::from([node(ends.0), node(ends.1)]), BTreeSet::from([node(ends.2), node(ends.3)]));
        prop_assume!(starts.is_disjoint(&goals));
        let mut every: Vec<Vec<NodeId>> = Vec::new();
        starts.iter().for_each(|start| simple_paths(&view, &goals, &mut vec![*start], &mut every));
        every.sort_by_key(Vec::len);
        let list = |set: &BTreeSet<NodeId>| set.iter().copied().collect::<Vec<_>>();
        let found = several_chains(&Ways::of(&view), &list(&starts), &list(&goals), at_most, &budget()).expect("within budget");
        prop_assert_eq!(found.more, every.len() > at_most);
        let of = |chain: &Vec<Hop>| -> Vec<NodeId> {
            chain.first().map(|hop| hop.source).into_iter().chain(chain.iter().map(|hop| hop.target)).collect()
        };
        let nodes: Vec<Vec<NodeId>> = found.chains.iter().map(of).collect();
        let lengths = |chains: &[Vec<NodeId>]| chains.iter().map(Vec::len).collect::<Vec<_>>();
        prop_assert_eq!(lengths(&nodes), lengths(&every[..every.len().min(at_most)]));
        prop_assert!(nodes.iter().all(|chain| every.contains(chain)));
        prop_assert_eq!(nodes.iter().collect::<BTreeSet<_>>().len(), nodes.len());
    }

    #[test]
    fn a_tree_counts_the_shortest_chains(plan in plans()) {
        let graph = build(&plan);
        let view = GraphView::needs(&graph, None);
        let ways = Ways::of(&view);
        for start in graph.nodes() {
            let tree = tree(&ways, &[start], None, None, &budget()).expect("within budget");
            for row in tree.first_mentions() {
                let search = shortest_chains(&ways, &[start], &[row.node], false, &budget()).expect("within budget");
                let Search::Found { count, .. } = search else { return Err(TestCaseError::fail("it is reached")) };
                prop_assert_eq!(row.chains, count);
            }
        }
    }

    #[test]
    fn breaks_leave_no_cycle_and_are_the_fewest(plan in plans()) {
        let graph = build(&plan);
        let view = GraphView::needs(&graph, None);
        let network = Ways::of(&view).network(&budget()).expect("within budget");
        let parts = strong(&network, &budget()).expect("within budget");
        for members in parts.members() {
            let edges: Vec<usize> = members
                .iter()
                .flat_map(|member| network.edges(*member))
                .filter(|edge| members.contains(&network.target(*edge)))
                .collect();
            let found = breaks(&network, &members, &budget()).expect("within budget");
            let breaks_all = |gone: &[usize]| {
                let left = edges.iter().filter(|edge| !gone.contains(edge));
                let arrows = left.map(|edge| (network.source(*edge), network.target(*edge)));
                !petgraph::algo::is_cyclic_directed(&petgraph::graph::DiGraph::<(), ()>::from_edges(arrows))
            };
            prop_assert!(breaks_all(&found.edges));
            if found.smallest && edges.len() <= 12 {
                let fewest = (0_usize..1 << edges.len())
                    .map(|set| edges.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, edge)| *edge).collect())
                    .filter(|set: &Vec<usize>| breaks_all(set))
                    .map(|set| set.len())
                    .min();
                prop_assert_eq!(Some(found.edges.len()), fewest);
            }
        }
    }

    #[test]
    fn counts_are_those_of_what_is_reached(plan in plans()) {
        let graph = build(&plan);
        let view = GraphView::failures(&graph, None);
        let network = Ways::of(&view).network(&budget()).expect("within budget");
        let counts = reach_counts(&network, &budget()).expect("within budget");
        for number in network.numbers() {
            let reached = distances(&view, network.node(number)).len() - 1;
            prop_assert_eq!(counts[number as usize] as usize, reached);
        }
    }

    #[test]
    fn a_node_is_cut_off_without_its_dominator(plan in plans()) {
        let graph = build(&plan);
        let view = GraphView::needs(&graph, None);
        for start in graph.nodes() {
            let network = Ways::of(&view).reached(&[start], &budget()).expect("within budget");
            let found = dominators(&network, 0, &budget()).expect("within budget").subtrees();
            for number in network.numbers().skip(1) {
                let mut ways = Ways::of(&view);
                let mut avoided = Bitmap::default();
                avoided.insert(network.node(number).index());
                ways.avoided = Some(avoided);
                let left = ways.reached(&[start], &budget()).expect("within budget");
                let cut: Vec<u32> =
                    network.numbers().filter(|n| *n != number && left.number(network.node(*n)).is_none()).collect();
                prop_assert_eq!(found.dominated(number), cut);
            }
        }
    }

    #[test]
    fn each_direct_need_has_its_shortest_chain(plan in plans(), more in 0..8_usize) {
        let graph = build(&plan);
        let view = GraphView::needs(&graph, None);
        let ways = Ways::of(&view);
        for (start, goal) in graph.nodes().flat_map(|a| graph.nodes().map(move |b| (a, b))).filter(|(a, b)| a != b) {
            let starts = [start, NodeId::new(more % plan.0)];
            let starts = if starts[1] == goal || starts[1] == start { &starts[..1] } else { &starts[..] };
            let chains = first_chains(&ways, starts, &[goal], &budget()).expect("within budget");
            let mut others = Ways::of(&view);
            others.avoided = Some(starts.iter().map(|node| node.index()).collect());
            let mut expected = BTreeMap::new();
            for hop in starts.iter().flat_map(|start| view.hops(*start)).filter(|hop| !starts.contains(&hop.target)) {
                let found = shortest_chains(&others, &[hop.target], &[goal], false, &budget()).expect("within budget");
                if let Search::Found { chains, .. } = found {
                    expected.insert((hop.source, hop.target), chains[0].len() + 1);
                }
            }
            let found = chains.iter().map(|chain| ((chain[0].source, chain[0].target), chain.len()));
            prop_assert_eq!(found.collect::<BTreeMap<_, _>>(), expected);
            for chain in &chains {
                prop_assert_eq!(chain.last().map(|hop| hop.target), Some(goal));
                prop_assert!(chain.windows(2).all(|pair| pair[0].target == pair[1].source));
            }
        }
    }

    #[test]
    fn impact_is_deps_the_other_way_round(plan in plans()) {
        let graph = build(&plan);
        let (needs, failures) = (GraphView::needs(&graph, None), GraphView::failures(&graph, None));
        let reached = |view: &GraphView, start| -> BTreeSet<NodeId> {
            let tree = tree(&Ways::of(view), &[start], None, None, &budget()).expect("within budget");
            tree.rows().map(|row| row.node).collect()
        };
        for failed in graph.nodes() {
            let suffering: BTreeSet<NodeId> = graph.nodes().filter(|node| reached(&needs, *node).contains(&failed)).collect();
            prop_assert_eq!(reached(&failures, failed), suffering);
        }
    }

    #[test]
    fn what_fails_is_reached_over_failing_types_alone(plan in plans()) {
        let graph = build(&plan);
        let view = GraphView::failures(&graph, None);
        let failing_types: Vec<_> = graph.types().filter(|t| ["NEEDS", "FEEDS"].contains(&&**graph.type_name(*t))).collect();
        let strong = GraphView::failures(&graph, Some(&failing_types));
        for start in graph.nodes() {
            let found = spread(&Ways::of(&view), &[start], &budget()).expect("within budget").failing;
            let found: BTreeSet<NodeId> = found.iter().map(NodeId::new).collect();
            let expected: BTreeSet<NodeId> = distances(&strong, start).into_keys().collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn chains_are_the_shortest_and_all_of_them(plan in plans()) {
        let graph = build(&plan);
        let view = GraphView::needs(&graph, None);
        for from in graph.nodes() {
            let expected = distances(&view, from);
            for to in graph.nodes().filter(|to| *to != from) {
                let best = shortest_chains(&Ways::of(&view), &[from], &[to], false, &budget()).expect("within budget");
                let every = shortest_chains(&Ways::of(&view), &[from], &[to], true, &budget()).expect("within budget");
                let Some(length) = expected.get(&to) else {
                    prop_assert_eq!(&best, &every);
                    prop_assert!(matches!(best, Search::Missing(fringe) if fringe.reached.len() == expected.len() - 1));
                    continue;
                };
                let (Search::Found { chains: best, count }, Search::Found { chains, .. }) = (best, every) else {
                    return Err(TestCaseError::fail("no chain although there is one"));
                };
                prop_assert_eq!(best.len(), 1);
                prop_assert_eq!(count as usize, chains.len());
                prop_assert_eq!(&chains[0], &best[0]);
                let distinct: BTreeSet<Vec<_>> = chains.iter().map(|c| c.iter().map(|h| h.relationship).collect()).collect();
                prop_assert_eq!(distinct.len(), chains.len());
                let weak = |chain: &[Hop]| chain.iter().filter(|hop| effect(&graph, hop) == Effect::Degrades).count();
                for chain in &chains {
                    prop_assert_eq!(chain.len(), *length);
                    prop_assert_eq!((chain[0].source, chain[length - 1].target), (from, to));
                    prop_assert!(chain.windows(2).all(|pair| pair[0].target == pair[1].source));
                    prop_assert!(weak(&best[0]) <= weak(chain));
                }
                let counted: usize = count_paths(&view, from, to, *length);
                prop_assert_eq!(counted, chains.len());
            }
        }
    }
}

/// All paths from the last node on to a goal that visit no node twice, found by trying.
fn simple_paths(view: &GraphView, goals: &BTreeSet<NodeId>, path: &mut Vec<NodeId>, found: &mut Vec<Vec<NodeId>>) {
    let last = path[path.len() - 1];
    if goals.contains(&last) {
        found.push(path.clone());
    }
    let next: BTreeSet<NodeId> = view.hops(last).map(|hop| hop.target).filter(|node| !path.contains(node)).collect();
    for node in next {
        path.push(node);
        simple_paths(view, goals, path, found);
        path.pop();
    }
}

/// How many walks of a length lead from one node to another, counted the plain way.
fn count_paths(view: &GraphView, from: NodeId, to: NodeId, length: usize) -> usize {
    match length {
        0 => usize::from(from == to),
        _ => view.hops(from).map(|hop| count_paths(view, hop.target, to, length - 1)).sum(),
    }
}

#[test]
fn a_hop_reads_from_its_source_to_its_target() {
    let graph = build(&(2, vec![(0, 0, 1), (1, 3, 0)]));
    let read = |view: &GraphView, node: usize| -> Vec<String> {
        let line = |hop: Hop| {
            format!("{} {} {}", name_of(&graph, hop.source), phrase(&graph, &hop), name_of(&graph, hop.target))
        };
        view.hops(NodeId::new(node)).map(line).collect()
    };
    let everything = GraphView::of(&graph, None, Direction::Both);
    assert_eq!(read(&everything, 0), ["n0 needs n1", "n0 paired n1"]);
    assert_eq!(read(&everything, 1), ["n1 paired n0", "n1 needs back n0"]);
    assert_eq!(read(&GraphView::failures(&graph, None), 1), ["n1 paired n0", "n1 needs back n0"]);
    assert_eq!(read(&GraphView::needs(&graph, None), 1), ["n1 paired n0"]);
}

#[test]
fn a_graph_without_semantics_is_read_as_start_needs_end_and_says_so() {
    let mut graph = Graph::new();
    let (a, b) = (graph.create_node(), graph.create_node());
    let (known, unknown) = (graph.intern_type("A"), graph.intern_type("B"));
    graph.create_relationship(a, known, b);
    graph.create_relationship(b, unknown, a);
    let needs = GraphView::needs(&graph, None);
    assert_eq!(needs.hops(a).map(|hop| hop.target).collect::<Vec<_>>(), [b]);
    assert!(needs.notes()[0].contains("start needs end"));
    graph.declare(RelationSemantics {
        orders: FailureDirection::None,
        name: "A".into(),
        phrase: "feeds".into(),
        inverse: "FED_BY".into(),
        inverse_phrase: "is fed by".into(),
        symmetric: false,
        transitive: false,
        failure: FailureDirection::Along,
        effect: Effect::Fails,
        kind_of: vec![],
        description: String::new(),
    });
    let needs = GraphView::needs(&graph, None);
    assert_eq!(needs.hops(a).count(), 0);
    assert_eq!(needs.hops(b).map(|hop| hop.target).collect::<Vec<_>>(), [a]);
    assert_eq!(needs.notes(), ["not followed, for the graph does not say what they mean: B"]);
    assert!(GraphView::needs(&graph, Some(&[known])).notes().is_empty());
}

#[test]
fn searches_stop_at_the_limits() {
    let graph = build(&(8, (0..7).map(|n| (n, 0, n + 1)).collect()));
    let view = GraphView::needs(&graph, None);
    let limits = Limits { memory: Some(16), ..Limits::default() };
    let (from, to) = (NodeId::new(0), NodeId::new(7));
    assert!(tree(&Ways::of(&view), &[from], None, None, &Budget::start(&limits)).is_err());
    assert!(spread(&Ways::of(&GraphView::failures(&graph, None)), &[to], &Budget::start(&limits)).is_err());
    assert!(shortest_chains(&Ways::of(&view), &[from], &[to], false, &Budget::start(&limits)).is_err());
}
