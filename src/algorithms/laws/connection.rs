//! Components, orders, dominators, cuts and cycles.

use petgraph::algo;
use petgraph::algo::dominators::simple_fast;

use super::*;

/// A network's edges both ways, each with its relationship.
fn undirected(network: &Network) -> Vec<(u32, u32, crate::graph::RelationshipId)> {
    let ends = |(edge, hop): (usize, crate::graph::Hop)| {
        let (source, target) = (network.source(edge), network.target(edge));
        [(source, target, hop.relationship), (target, source, hop.relationship)]
    };
    network.hops().enumerate().flat_map(ends).collect()
}

/// How many parts there are without a node or a relationship, directions aside.
fn parts(
    network: &Network,
    but: Option<u32>,
    without: Option<crate::graph::RelationshipId>,
) -> BTreeSet<BTreeSet<u32>> {
    let edges = undirected(network);
    let component = |from: u32| {
        let mut seen = BTreeSet::from([from]);
        loop {
            let usable =
                edges.iter().filter(|(_, target, relationship)| Some(*target) != but && Some(*relationship) != without);
            let more: Vec<u32> =
                usable.filter(|(source, ..)| seen.contains(source)).map(|(_, target, _)| *target).collect();
            let before = seen.len();
            seen.extend(more);
            if seen.len() == before {
                return seen;
            }
        }
    };
    network.numbers().filter(|node| Some(*node) != but).map(component).collect()
}

fn sets(components: &Components) -> BTreeSet<BTreeSet<u32>> {
    components.groups().iter().map(|members| members.iter().copied().collect()).collect()
}

fn every_simple_cycle(network: &Network) -> BTreeSet<Vec<u32>> {
    fn onward(network: &Network, path: &mut Vec<u32>, found: &mut BTreeSet<Vec<u32>>) {
        for target in network.targets(path[path.len() - 1]).to_vec() {
            if target == path[0] {
                found.insert(path.clone());
            } else if target > path[0] && !path.contains(&target) {
                path.push(target);
                onward(network, path, found);
                path.pop();
            }
        }
    }
    let mut found = BTreeSet::new();
    network.numbers().for_each(|root| onward(network, &mut vec![root], &mut found));
    found
}

/// The cycle from its lowest node.
fn turned(cycle: &[u32]) -> Vec<u32> {
    let lowest = (0..cycle.len()).min_by_key(|at| cycle[*at]).unwrap_or(0);
    cycle.iter().cycle().skip(lowest).take(cycle.len()).copied().collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn components_are_petgraphs(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let copy = copied(&network);
        let expected: BTreeSet<BTreeSet<u32>> =
            algo::kosaraju_scc(&copy).into_iter().map(|c| c.into_iter().map(|n| n.index() as u32).collect()).collect();
        let strong = strong(&network, &budget()).expect("within budget");
        prop_assert_eq!(sets(&strong), expected.clone());
        prop_assert_eq!(strong.count, expected.len());
        for source in network.numbers() {
            for target in network.targets(source) {
                prop_assert!(strong.of[source as usize] >= strong.of[*target as usize]);
            }
        }
        let weak = weak(&network, &budget()).expect("within budget");
        prop_assert_eq!(sets(&weak), parts(&network, None, None));
        prop_assert_eq!(weak.count, algo::connected_components(&copy));
        let mut firsts = weak.of.clone();
        firsts.dedup();
        let mut sorted = BTreeSet::new();
        firsts.retain(|component| sorted.insert(*component));
        prop_assert!(firsts.is_sorted(), "components are numbered by their first nodes");
    }

    #[test]
    fn layers_and_orders_hold(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let condensation = condensation(&network, &budget()).expect("within budget");
        let of = |node: u32| condensation.components.of[node as usize];
        let mut expected = vec![0; condensation.components.count];
        for _ in 0..network.len() {
            for source in network.numbers() {
                for target in network.targets(source).iter().filter(|target| of(**target) != of(source)) {
                    let above = expected[of(*target) as usize] + 1;
                    expected[of(source) as usize] = above.max(expected[of(source) as usize]);
                }
            }
        }
        prop_assert_eq!(&condensation.layers, &expected);
        for (component, edge) in condensation.next.iter().enumerate() {
            let layer = condensation.layers[component];
            prop_assert_eq!(edge.is_some(), layer > 0);
            let Some(edge) = edge.map(|edge| edge as usize) else { continue };
            prop_assert_eq!(of(network.source(edge)) as usize, component);
            prop_assert_eq!(condensation.layers[of(network.target(edge)) as usize], layer - 1);
        }
        let way = condensation.longest_way(&network);
        prop_assert_eq!(way.len(), expected.iter().max().map_or(0, |layer| *layer as usize + 1));
        for pair in way.windows(2) {
            let joined = network.numbers().filter(|n| of(*n) == pair[0])
                .any(|n| network.targets(n).iter().any(|t| of(*t) == pair[1]));
            prop_assert!(joined);
        }
        match topological_sort(&network, &budget()).expect("within budget") {
            Ok(order) => {
                prop_assert!(algo::toposort(&copied(&network), None).is_ok());
                prop_assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), network.len());
                let rank = |node: u32| order.iter().position(|n| *n == node);
                for edge in 0..network.edge_count() {
                    prop_assert!(rank(network.source(edge)) < rank(network.target(edge)));
                }
            }
            Err(cycle) => {
                prop_assert!(algo::toposort(&copied(&network), None).is_err());
                prop_assert!(!cycle.is_empty());
                for (at, edge) in cycle.iter().enumerate() {
                    prop_assert_eq!(network.target(*edge), network.source(cycle[(at + 1) % cycle.len()]));
                }
            }
        }
    }

    #[test]
    fn dominators_cut_off_what_they_dominate(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let copy = copied(&network);
        for root in network.numbers() {
            let found = dominators(&network, root, &budget()).expect("within budget");
            let expected = simple_fast(&copy, NodeIndex::from(root));
            let all = reached(&network, root, |_| true, |_| true);
            let subtrees = found.subtrees();
            for node in network.numbers() {
                let above = expected.immediate_dominator(NodeIndex::from(node)).map(|n| n.index() as u32);
                prop_assert_eq!(found.of(node).next(), above);
                prop_assert_eq!(found.reaches(node), all.contains(&node));
                if node == root || !all.contains(&node) {
                    continue;
                }
                let left = reached(&network, root, |n| n != node, |_| true);
                let lost: Vec<u32> = all.difference(&left).copied().filter(|n| *n != node).collect();
                prop_assert_eq!(subtrees.count(node) as usize, lost.len());
                prop_assert_eq!(subtrees.dominated(node), lost.clone());
                for other in network.numbers() {
                    prop_assert_eq!(found.of(other).any(|n| n == node), lost.contains(&other));
                }
            }
        }
    }

    #[test]
    fn cuts_split_a_component(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let found = cuts(&network, &budget()).expect("within budget");
        let whole = parts(&network, None, None);
        for node in network.numbers() {
            let component = whole.iter().find(|part| part.contains(&node)).expect("it is in one");
            let mut split: Vec<Vec<u32>> = parts(&network, Some(node), None).into_iter()
                .filter(|part| part.iter().all(|n| component.contains(n))).map(|p| p.into_iter().collect()).collect();
            split.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
            let point = found.points.iter().find(|point| point.node == node);
            prop_assert_eq!(point.is_some(), split.len() > 1, "node {}", node);
            if let Some(point) = point {
                prop_assert_eq!(found.parts_without(point), split.clone());
                prop_assert_eq!(found.part_count(point), split.len());
                prop_assert_eq!(found.cut_off_without(point), split[1..].iter().map(Vec::len).sum::<usize>());
            }
        }
        let bridges: BTreeSet<_> = found.bridges.iter().map(|bridge| network.hop(bridge.edge).relationship).collect();
        prop_assert_eq!(bridges.len(), found.bridges.len());
        for hop in network.hops() {
            let split = parts(&network, None, Some(hop.relationship));
            prop_assert_eq!(bridges.contains(&hop.relationship), split.len() > whole.len());
        }
        for bridge in &found.bridges {
            let split = parts(&network, None, Some(network.hop(bridge.edge).relationship));
            let sides = found.sides(bridge);
            prop_assert_eq!(sides.len(), 2);
            prop_assert_eq!(found.cut_off_by(bridge), sides[1].len());
            for side in sides {
                prop_assert!(split.contains(&side.into_iter().collect()));
            }
        }
    }

    #[test]
    fn cycles_are_all_and_the_shortest(plan in plans(), at_most in 0..6_usize) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let expected = every_simple_cycle(&network);
        let all = cycles(&network, None, usize::MAX, &budget()).expect("within budget");
        prop_assert!(all.complete);
        prop_assert_eq!(all.cycles.len(), expected.len());
        prop_assert_eq!(all.cycles.iter().map(|c| turned(c)).collect::<BTreeSet<_>>(), expected.clone());
        prop_assert!(all.cycles.iter().all(|cycle| turned(cycle) == *cycle));
        let some = cycles(&network, None, at_most, &budget()).expect("within budget");
        prop_assert_eq!(some.complete, at_most >= expected.len());
        let lengths = |cycles: &[Vec<u32>]| cycles.iter().map(Vec::len).collect::<Vec<_>>();
        prop_assert_eq!(lengths(&some.cycles), lengths(&all.cycles[..at_most.min(all.cycles.len())]));
        for node in network.numbers() {
            let through = cycles(&network, Some(node), usize::MAX, &budget()).expect("within budget");
            prop_assert!(through.cycles.iter().all(|cycle| cycle[0] == node));
            let found: BTreeSet<_> = through.cycles.iter().map(|cycle| turned(cycle)).collect();
            let expected: BTreeSet<_> = expected.iter().filter(|cycle| cycle.contains(&node)).cloned().collect();
            prop_assert_eq!(through.cycles.len(), expected.len());
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn of_long_cycles_through_a_node_the_shortest_comes_first() {
    let mut graph = Graph::new();
    let of = graph.intern_type("T");
    let root = graph.create_node();
    for length in [14, 12, 10] {
        let ring: Vec<NodeId> = (1..length).map(|_| graph.create_node()).collect();
        let nodes = std::iter::once(&root).chain(&ring);
        for (start, end) in nodes.clone().zip(nodes.cycle().skip(1)) {
            graph.create_relationship(*start, of, *end);
        }
    }
    let view = GraphView::of(&graph, None, Direction::Outgoing);
    let network = Network::of(&view, &budget()).expect("within budget");
    let lengths = |at_most: usize| -> Vec<usize> {
        let found = cycles(&network, Some(0), at_most, &budget()).expect("within budget");
        found.cycles.iter().map(Vec::len).collect()
    };
    assert_eq!(lengths(1), [10]);
    assert_eq!(lengths(2), [10, 12]);
    assert_eq!(lengths(9), [10, 12, 14]);
}
