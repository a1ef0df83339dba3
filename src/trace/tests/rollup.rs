//! Laws of rolling relations up, on random graphs, against the definition taken at its word.

use super::*;
use crate::graph::LabelId;

/// Nodes with a label, who is a part of whom, and who needs whom.
type Plan = (Vec<bool>, Vec<(usize, usize, bool)>, Vec<(usize, usize)>);

fn plans() -> impl Strategy<Value = Plan> {
    (2..8_usize).prop_flat_map(|nodes| {
        (
            prop::collection::vec(prop::bool::weighted(0.4), nodes),
            prop::collection::vec((0..nodes, 0..nodes, any::<bool>()), 0..8),
            prop::collection::vec((0..nodes, 0..nodes), 0..8),
        )
    })
}

fn build((labelled, parts, needs): &Plan) -> (Graph, LabelId) {
    let mut graph = Graph::new();
    let [part_of, contains, need] = ["PART_OF", "CONTAINS", "NEEDS"].map(|name| graph.intern_type(name));
    let label = graph.intern_label("System");
    for has in labelled {
        let node = graph.create_node();
        if *has {
            graph.add_label(node, label);
        }
    }
    for (part, whole, up) in parts {
        let (part, whole) = (NodeId::new(*part), NodeId::new(*whole));
        match up {
            true => graph.create_relationship(part, part_of, whole),
            false => graph.create_relationship(whole, contains, part),
        };
    }
    for (start, end) in needs {
        graph.create_relationship(NodeId::new(*start), need, NodeId::new(*end));
    }
    (graph, label)
}

const FAR: usize = 99;

/// How many steps up it takes from each node to each other.
fn steps(nodes: usize, parts: &[(usize, usize, bool)]) -> Vec<Vec<usize>> {
    let mut steps = vec![vec![FAR; nodes]; nodes];
    (0..nodes).for_each(|node| steps[node][node] = 0);
    for (part, whole, _) in parts.iter().filter(|(part, whole, _)| part != whole) {
        steps[*part][*whole] = 1;
    }
    for (by, from, to) in (0..nodes).flat_map(|by| (0..nodes * nodes).map(move |pair| (by, pair / nodes, pair % nodes)))
    {
        steps[from][to] = steps[from][to].min(steps[from][by] + steps[by][to]);
    }
    steps
}

fn wholes(node: usize, steps: &[Vec<usize>], labelled: Option<&[bool]>) -> BTreeSet<NodeId> {
    let above = (0..steps.len()).filter(|whole| steps[node][*whole] < FAR);
    let found: Vec<usize> = match labelled {
        Some(labelled) => {
            let candidates: Vec<usize> = above.filter(|whole| labelled[*whole]).collect();
            let nearest = candidates.iter().map(|whole| steps[node][*whole]).min();
            candidates.into_iter().filter(|whole| Some(steps[node][*whole]) == nearest).collect()
        }
        None => {
            let is_top = |whole: &usize| steps[*whole].iter().filter(|steps| **steps < FAR).count() == 1;
            let tops: Vec<usize> = above.filter(is_top).collect();
            if tops.is_empty() { vec![node] } else { tops }
        }
    };
    found.into_iter().map(NodeId::new).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_relation_of_parts_is_one_of_their_wholes(plan in plans(), by_label in any::<bool>()) {
        let (graph, label) = build(&plan);
        let (labelled, parts, _) = &plan;
        let labels = if by_label { vec![label] } else { vec![] };
        let found = rollup(&graph, &labels, &budget()).expect("within budget");
        let steps = steps(labelled.len(), parts);
        let own: BTreeMap<NodeId, BTreeSet<NodeId>> = (0..labelled.len())
            .map(|node| (NodeId::new(node), wholes(node, &steps, by_label.then_some(labelled))))
            .collect();
        prop_assert_eq!(&found.wholes, &own);
        let mut expected = BTreeMap::new();
        let need = graph.type_id("NEEDS").expect("it was interned");
        for id in graph.relationships().filter(|id| graph.relationship(*id).relationship_type == need) {
            let shape = graph.relationship(id);
            for (start, end) in own[&shape.start].iter().flat_map(|a| own[&shape.end].iter().map(move |b| (*a, *b))) {
                if start != end {
                    expected.entry((start, end)).or_insert_with(Vec::new).push(id);
                }
            }
        }
        let lifted = found.relations.iter().filter(|lifted| lifted.relationship_type == need);
        let lifted: BTreeMap<_, _> = lifted.map(|lifted| ((lifted.start, lifted.end), lifted.support.clone())).collect();
        prop_assert_eq!(lifted, expected);
    }
}
