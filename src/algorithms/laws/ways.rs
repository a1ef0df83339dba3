//! Cheapest paths.

use petgraph::algo;

use super::*;

/// The nodes of every simple path between two nodes with the least cost over these nodes.
fn every_simple_path(network: &Network, from: u32, to: u32) -> Vec<(f64, Vec<u32>)> {
    fn onward(network: &Network, to: u32, cost: f64, path: &mut Vec<u32>, found: &mut Vec<(f64, Vec<u32>)>) {
        let last = path[path.len() - 1];
        if last == to {
            found.push((cost, path.clone()));
            return;
        }
        let mut targets = network.targets(last).to_vec();
        targets.sort_unstable();
        targets.dedup();
        for target in targets.into_iter().filter(|t| !path.contains(t)).collect::<Vec<_>>() {
            let parallel = network.edges(last).filter(|edge| network.target(*edge) == target);
            let least = parallel.map(|edge| network.weight(edge)).fold(f64::INFINITY, f64::min);
            path.push(target);
            onward(network, to, cost + least, path, found);
            path.pop();
        }
    }
    let mut found = Vec::new();
    onward(network, to, 0.0, &mut vec![from], &mut found);
    found.sort_by(|(a, p), (b, q)| a.total_cmp(b).then(p.len().cmp(&q.len())).then_with(|| p.cmp(q)));
    found
}

fn nodes_of(network: &Network, from: u32, path: &CheapPath) -> Vec<u32> {
    std::iter::once(from).chain(path.edges.iter().map(|edge| network.target(*edge))).collect()
}

fn is_path(network: &Network, from: u32, to: u32, path: &CheapPath) -> bool {
    let nodes = nodes_of(network, from, path);
    let joined = path.edges.iter().zip(&nodes).all(|(edge, node)| network.source(*edge) == *node);
    let cost: f64 = path.edges.iter().map(|edge| network.weight(*edge)).sum();
    joined && nodes.last() == Some(&to) && cost == path.cost
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn cheapest_paths_cost_what_petgraphs_do(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let copy = copied(&network);
        for from in network.numbers() {
            let expected = algo::dijkstra(&copy, NodeIndex::from(from), None, |edge| network.weight(*edge.weight()));
            let tree = cheapest_from(&network, from, &budget()).expect("within budget");
            for to in network.numbers() {
                let cost = expected.get(&NodeIndex::from(to)).copied();
                let path = tree.path(&network, to);
                prop_assert_eq!(path.as_ref().map(|path| path.cost), cost);
                // The true costs are the best estimate; half of them is one too.
                let rest = |node: u32| {
                    algo::dijkstra(&copy, NodeIndex::from(node), None, |edge| network.weight(*edge.weight()))
                        .get(&NodeIndex::from(to)).copied().unwrap_or(f64::INFINITY)
                };
                let rest: Vec<f64> = network.numbers().map(rest).collect();
                for share in [0.0, 0.5, 1.0] {
                    let estimate = |node: u32| if rest[node as usize].is_finite() { share * rest[node as usize] } else { 0.0 };
                    let (found, _) = cheapest(&network, from, to, estimate, &budget()).expect("within budget");
                    prop_assert_eq!(found.as_ref().map(|path| path.cost), cost);
                    prop_assert!(found.is_none_or(|path| is_path(&network, from, to, &path)));
                }
                prop_assert!(path.is_none_or(|path| is_path(&network, from, to, &path)));
            }
        }
    }

    #[test]
    fn the_k_cheapest_are_the_cheapest_of_all(plan in plans(), k in 0..7_usize) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        for network in [network(&plan, &view), Network::of(&view, &budget()).expect("within budget")] {
            for from in network.numbers() {
                for to in network.numbers() {
                    let expected = every_simple_path(&network, from, to);
                    let found = k_cheapest(&network, from, to, k, &budget()).expect("within budget");
                    prop_assert!(found.iter().all(|path| is_path(&network, from, to, path)));
                    let costs: Vec<f64> = found.iter().map(|path| path.cost).collect();
                    let nodes: BTreeSet<Vec<u32>> = found.iter().map(|path| nodes_of(&network, from, path)).collect();
                    prop_assert_eq!(costs, expected.iter().take(k).map(|(cost, _)| *cost).collect::<Vec<_>>());
                    prop_assert_eq!(nodes.len(), found.len(), "each once");
                    prop_assert!(nodes.iter().all(|nodes| expected.iter().any(|(_, other)| other == nodes)));
                }
            }
        }
    }
}
