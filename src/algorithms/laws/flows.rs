//! Flows and cuts between two nodes.

use petgraph::algo;
use petgraph::visit::EdgeRef;

use super::*;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn flows_are_petgraphs_and_cuts_cost_as_much(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let copy = copied(&network).map(|_, ()| (), |_, edge| network.weight(*edge) as u32);
        for from in network.numbers() {
            for to in network.numbers().filter(|to| *to != from) {
                let (value, _) = algo::ford_fulkerson(&copy, NodeIndex::from(from), NodeIndex::from(to));
                let flow = max_flow(&network, from, to, &budget()).expect("within budget");
                prop_assert_eq!(flow.value, f64::from(value));
                let cut = flow.cut(&network);
                prop_assert_eq!(cut.iter().map(|edge| network.weight(*edge)).sum::<f64>(), flow.value);
                prop_assert!(!reached(&network, from, |_| true, |e| !cut.contains(&e) && network.weight(e) > 0.0).contains(&to));
                for edge in copy.edge_references() {
                    let flows = flow.by_edge[edge.id().index()];
                    prop_assert!(flows >= 0.0 && flows <= f64::from(*edge.weight()));
                }
                for node in network.numbers() {
                    let leaving: f64 = network.edges(node).map(|edge| flow.by_edge[edge]).sum();
                    let coming: f64 = (0..network.edge_count()).filter(|e| network.target(*e) == node)
                        .map(|edge| flow.by_edge[edge]).sum();
                    let expected = if node == from { flow.value } else if node == to { -flow.value } else { 0.0 };
                    prop_assert_eq!(leaving - coming, expected);
                }
            }
        }
    }

    #[test]
    fn node_cuts_are_the_smallest(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let separates = |from: u32, to: u32, nodes: &[u32]| {
            !reached(&network, from, |node| !nodes.contains(&node), |_| true).contains(&to)
        };
        for from in network.numbers() {
            for to in network.numbers().filter(|to| *to != from) {
                let cut = node_cut(&network, from, to, &budget()).expect("within budget");
                prop_assert_eq!(cut.is_none(), network.targets(from).contains(&to));
                // A node parts the two on its own exactly if it is a dominator between them.
                let above: Vec<u32> = dominators(&network, from, &budget()).expect("within budget").of(to).collect();
                let nearest = above.iter().rev().find(|node| **node != from);
                let alone = cut.as_ref().filter(|cut| cut.len() == 1).map(|cut| cut[0]);
                prop_assert_eq!(nearest.copied(), alone);
                let Some(cut) = cut else { continue };
                prop_assert!(separates(from, to, &cut));
                let others: Vec<u32> = network.numbers().filter(|node| ![from, to].contains(node)).collect();
                prop_assert!(cut.iter().all(|node| others.contains(node)));
                let smaller = (0..1_u32 << others.len()).filter(|set| (set.count_ones() as usize) < cut.len());
                for set in smaller {
                    let nodes: Vec<u32> =
                        others.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, node)| *node).collect();
                    prop_assert!(!separates(from, to, &nodes));
                }
            }
        }
    }
}
