//! What belongs together: cores, triangles, similarity, communities, spanning trees.

use petgraph::algo;
use petgraph::data::Element;

use super::*;

/// By node: its neighbours, directions aside.
fn around(network: &Network) -> Vec<BTreeSet<u32>> {
    let mut around = vec![BTreeSet::new(); network.len()];
    for source in network.numbers() {
        for target in network.targets(source).iter().filter(|target| **target != source) {
            around[source as usize].insert(*target);
            around[*target as usize].insert(source);
        }
    }
    around
}

/// The modularity of a division, from its definition: over all pairs.
fn modularity(network: &Network, of: &[u32], resolution: f64) -> f64 {
    let nodes = network.len();
    let mut weights = vec![vec![0.0; nodes]; nodes];
    for source in network.numbers() {
        for edge in network.edges(source) {
            weights[source as usize][network.target(edge) as usize] += network.weight(edge);
            weights[network.target(edge) as usize][source as usize] += network.weight(edge);
        }
    }
    let degrees: Vec<f64> = weights.iter().map(|row| row.iter().sum()).collect();
    let total: f64 = degrees.iter().sum();
    let mut sum = 0.0;
    for a in 0..nodes {
        for b in (0..nodes).filter(|b| of[*b] == of[a] && total > 0.0) {
            sum += weights[a][b] / total - resolution * degrees[a] / total * degrees[b] / total;
        }
    }
    sum
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn cores_are_what_is_left_by_degree(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let around = around(&network);
        let simple = Undirected::of(&network, &budget()).expect("within budget");
        for node in network.numbers() {
            prop_assert_eq!(simple.neighbours(node).to_vec(), around[node as usize].iter().copied().collect::<Vec<_>>());
        }
        let found = coreness(&simple, &budget()).expect("within budget");
        for k in 0..network.len() as u32 {
            let mut left: BTreeSet<u32> = network.numbers().collect();
            while let Some(node) = left.iter().copied().find(|n| (around[*n as usize].intersection(&left).count() as u32) < k) {
                left.remove(&node);
            }
            let core: BTreeSet<u32> = network.numbers().filter(|node| found[*node as usize] >= k).collect();
            prop_assert_eq!(core, left);
        }
    }

    #[test]
    fn triangles_are_three_neighbours(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let around = around(&network);
        let simple = Undirected::of(&network, &budget()).expect("within budget");
        let found = triangles(&simple, &budget()).expect("within budget");
        for node in network.numbers() {
            let of = &around[node as usize];
            let pairs = of.iter().flat_map(|a| of.iter().map(move |b| (*a, *b))).filter(|(a, b)| a < b);
            let closed = pairs.clone().filter(|(a, b)| around[*a as usize].contains(b)).count();
            prop_assert_eq!(found[node as usize] as usize, closed);
            let share = if of.len() < 2 { 0.0 } else { closed as f64 / pairs.count() as f64 };
            prop_assert!((clustering(closed as u64, of.len()) - share).abs() < 1e-12);
        }
    }

    #[test]
    fn similarity_is_of_sets(plan in plans(), best in 0..4_usize, least in 0.0..1.0_f64) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let set = |node: u32| network.targets(node).iter().copied().collect::<BTreeSet<u32>>();
        for measure in [Measure::Jaccard, Measure::Overlap, Measure::Cosine] {
            let mut expected = Vec::new();
            for first in network.numbers() {
                let mut partners: Vec<Alike> = Vec::new();
                for second in network.numbers().filter(|second| *second != first) {
                    let (a, b) = (set(first), set(second));
                    let common = a.intersection(&b).count();
                    let (smaller, union) = (a.len().min(b.len()) as f64, a.union(&b).count() as f64);
                    let similarity = common as f64 / match measure {
                        Measure::Jaccard => union,
                        Measure::Overlap => smaller,
                        Measure::Cosine => ((a.len() * b.len()) as f64).sqrt(),
                    };
                    if common > 0 && similarity >= least {
                        partners.push(Alike { first, second, similarity, common: common as u32 });
                    }
                }
                partners.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.second.cmp(&b.second)));
                partners.truncate(best);
                let of_one = similarity(&network, Some(first), measure, best, least, &budget()).expect("within budget");
                prop_assert_eq!(of_one, partners.clone());
                expected.extend(partners);
            }
            prop_assert_eq!(similarity(&network, None, measure, best, least, &budget()).expect("within budget"), expected);
        }
    }

    #[test]
    fn communities_hang_together_and_gain(plan in plans(), resolution in 0.2..3.0_f64) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        let found = communities(&network, resolution, &budget()).expect("within budget");
        prop_assert!((found.modularity - modularity(&network, &found.of, resolution)).abs() < 1e-9);
        let singles: Vec<u32> = network.numbers().collect();
        prop_assert!(found.modularity >= modularity(&network, &singles, resolution) - 1e-9);
        let around = around(&network);
        for community in 0..found.count as u32 {
            let members: BTreeSet<u32> = network.numbers().filter(|n| found.of[*n as usize] == community).collect();
            let mut seen: BTreeSet<u32> = members.iter().take(1).copied().collect();
            while let Some(more) = members.iter().find(|n| !seen.contains(n) && !around[**n as usize].is_disjoint(&seen)) {
                seen.insert(*more);
            }
            prop_assert_eq!(seen, members);
        }
    }

    #[test]
    fn spanning_trees_weigh_what_petgraphs_do(plan in plans()) {
        let graph = build(&plan);
        let view = view(&plan, &graph);
        let network = network(&plan, &view);
        for greatest in [false, true] {
            let sign = if greatest { -1.0 } else { 1.0 };
            let copy = copied(&network).map(|_, ()| (), |_, edge| sign * network.weight(*edge));
            let expected: f64 = algo::min_spanning_tree(&copy)
                .map(|element| if let Element::Edge { weight, .. } = element { weight } else { 0.0 }).sum();
            let found = spanning_forest(&network, greatest, &budget()).expect("within budget");
            prop_assert_eq!(found.iter().map(|edge| network.weight(*edge)).sum::<f64>(), sign * expected);
            let weak = weak(&network, &budget()).expect("within budget");
            prop_assert_eq!(found.len(), network.len() - weak.count);
        }
    }
}

#[test]
fn two_cliques_are_two_communities() {
    let mut graph = Graph::new();
    let t = graph.intern_type("T");
    let nodes: Vec<NodeId> = (0..10).map(|_| graph.create_node()).collect();
    for clique in nodes.chunks(5) {
        for (at, first) in clique.iter().enumerate() {
            for second in &clique[at + 1..] {
                graph.create_relationship(*first, t, *second);
            }
        }
    }
    graph.create_relationship(nodes[4], t, nodes[5]);
    let view = GraphView::of(&graph, None, Direction::Outgoing);
    let network = Network::of(&view, &budget()).expect("within budget");
    let found = communities(&network, 1.0, &budget()).expect("within budget");
    assert_eq!(found.of, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
}
