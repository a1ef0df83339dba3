//! How much a node matters: PageRank, betweenness, closeness.

use petgraph::algo;

use super::*;

/// The network with weights above 0.
fn positive<'a>(plan: &Plan, view: &'a GraphView<'a>) -> Network<'a> {
    let network = Network::of(view, &budget()).expect("within budget");
    let weights = (0..network.edge_count()).map(|edge| f64::from(plan.weights[edge] + 1)).collect();
    network.weighted(weights)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

/// PageRank as it is defined: the share of time of a walker after many steps.
fn walked(network: &Network, damping: f64, jumps: &[f64]) -> Vec<f64> {
    let nodes = network.len();
    let mut ranks = jumps.to_vec();
    for _ in 0..400 {
        let mut next = vec![0.0; nodes];
        let mut jumping = 0.0;
        for node in network.numbers() {
            let rank = ranks[node as usize];
            let sum: f64 = network.edges(node).map(|edge| network.weight(edge)).sum();
            let following = if sum > 0.0 { damping * rank } else { 0.0 };
            jumping += rank - following;
            for edge in network.edges(node).filter(|_| sum > 0.0) {
                next[network.target(edge) as usize] += following * network.weight(edge) / sum;
            }
        }
        next.iter_mut().zip(jumps).for_each(|(rank, jump)| *rank += jumping * jump);
        ranks = next;
    }
    ranks
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn ranks_are_the_walkers_shares(plan in plans(), damping in 0.0..0.9_f64, to in prop::collection::btree_set(0..8_u32, 1..4)) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        for network in [network(&plan, &view), Network::of(&view, &budget()).expect("within budget")] {
            let to: Vec<u32> = to.iter().copied().filter(|node| (*node as usize) < network.len()).collect();
            for jumps in [None, Some(to.as_slice()).filter(|to| !to.is_empty())] {
                let walk = Walk { damping, tolerance: 1e-13, rounds: 1000, jumps };
                let found = pagerank(&network, &walk, &budget()).expect("within budget");
                prop_assert!(found.converged);
                let share = 1.0 / jumps.map_or(network.len(), <[u32]>::len) as f64;
                let is_goal = |node: &u32| jumps.is_none_or(|jumps| jumps.contains(node));
                let expected = walked(&network, damping, &network.numbers().map(|n| if is_goal(&n) { share } else { 0.0 }).collect::<Vec<_>>());
                for (found, expected) in found.ranks.iter().zip(&expected) {
                    prop_assert!((found - expected).abs() < 1e-9, "{} and {}", found, expected);
                }
            }
        }
    }

    #[test]
    fn betweenness_counts_cheapest_paths(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        for network in [positive(&plan, &view), Network::of(&view, &budget()).expect("within budget")] {
            let trees: Vec<CheapTree> =
                network.numbers().map(|node| cheapest_from(&network, node, &budget()).expect("within budget")).collect();
            // How many cheapest walks lead from one node to another: by one edge more each time.
            let count = |from: u32, to: u32| {
                let costs = &trees[from as usize].costs;
                let mut order: Vec<u32> = network.numbers().filter(|node| costs[*node as usize].is_finite()).collect();
                order.sort_by(|a, b| costs[*a as usize].total_cmp(&costs[*b as usize]));
                let mut counts = vec![0.0; network.len()];
                counts[from as usize] = 1.0;
                for node in order {
                    for edge in network.edges(node) {
                        let target = network.target(edge) as usize;
                        if costs[node as usize] + network.weight(edge) == costs[target] {
                            counts[target] += counts[node as usize];
                        }
                    }
                }
                counts[to as usize]
            };
            let mut expected = vec![0.0; network.len()];
            for from in network.numbers() {
                for to in network.numbers().filter(|to| *to != from) {
                    let cost = trees[from as usize].costs[to as usize];
                    for node in network.numbers().filter(|node| *node != from && *node != to && cost.is_finite()) {
                        if trees[from as usize].costs[node as usize] + trees[node as usize].costs[to as usize] == cost {
                            expected[node as usize] += count(from, node) * count(node, to) / count(from, to);
                        }
                    }
                }
            }
            let found = betweenness(&network, None, &budget()).expect("within budget");
            prop_assert!(found.iter().zip(&expected).all(|(a, b)| close(*a, *b)), "{:?} and {:?}", found, expected);
            prop_assert_eq!(betweenness(&network, Some(network.len()), &budget()).expect("within budget"), found);
        }
    }

    #[test]
    fn closeness_is_of_distances(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = positive(&plan, &view);
        let copy = copied(&network);
        let nodes: Vec<u32> = network.numbers().collect();
        let found = closeness(&network, &nodes, &budget()).expect("within budget");
        for (node, found) in nodes.iter().zip(found) {
            let mut costs = algo::dijkstra(&copy, NodeIndex::from(*node), None, |edge| network.weight(*edge.weight()));
            costs.remove(&NodeIndex::from(*node));
            prop_assert_eq!(found.reached, costs.len());
            let sum: f64 = costs.values().sum();
            prop_assert_eq!(found.closeness, (!costs.is_empty()).then(|| costs.len() as f64 / sum));
            let harmonic: f64 = costs.values().map(|cost| 1.0 / cost).sum::<f64>() / (network.len() - 1).max(1) as f64;
            prop_assert!(close(found.harmonic, harmonic));
        }
    }
}
