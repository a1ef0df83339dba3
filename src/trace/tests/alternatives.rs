//! Laws of alternatives on random graphs: each search against what its definition says, taken at its word.

use super::*;
use crate::algorithms::condensation;
use crate::graph::ANY_OF;

/// Start, type, end, and the group that a relationship is of.
type Relations = Vec<(usize, usize, usize, Option<u8>)>;

fn plans() -> impl Strategy<Value = (usize, Relations)> {
    (2..8_usize).prop_flat_map(|nodes| {
        let group = prop::option::weighted(0.6, 0..2_u8);
        (Just(nodes), prop::collection::vec((0..nodes, 0..TYPES.len(), 0..nodes, group), 0..16))
    })
}

fn build(nodes: usize, relations: &Relations) -> Graph {
    let plain = relations.iter().map(|(start, t, end, _)| (*start, *t, *end)).collect();
    let mut graph = super::build(&(nodes, plain));
    let key = graph.intern_key(ANY_OF);
    let ids: Vec<_> = graph.relationships().collect();
    for (id, (.., group)) in ids.into_iter().zip(relations) {
        if let Some(group) = group {
            graph.set_property(id, key, Value::from(i64::from(*group)));
        }
    }
    graph
}

/// A need: who has it, and the providers of which one is enough, with what the lack of them does.
struct Need {
    needer: usize,
    providers: BTreeSet<usize>,
    effect: Effect,
}

fn needs(relations: &Relations) -> Vec<Need> {
    let mut plain = Vec::new();
    let mut groups: BTreeMap<(usize, u8), Need> = BTreeMap::new();
    for (start, t, end, group) in relations {
        let (_, failure, effect, symmetric) = TYPES[*t];
        let pairs = match (failure, symmetric) {
            (FailureDirection::None, _) => vec![],
            (_, true) => vec![(*start, *end), (*end, *start)],
            (FailureDirection::Along, _) => vec![(*end, *start)],
            (FailureDirection::Against, _) => vec![(*start, *end)],
        };
        for (needer, provider) in pairs {
            let need = Need { needer, providers: BTreeSet::from([provider]), effect };
            match group {
                None => plain.push(need),
                Some(group) => {
                    let known = groups.entry((needer, *group)).or_insert(Need { providers: BTreeSet::new(), ..need });
                    known.providers.insert(provider);
                    known.effect = known.effect.max(effect);
                }
            }
        }
    }
    plain.into_iter().chain(groups.into_values()).collect()
}

/// What each node suffers if some fail: all needs are looked at until nothing changes.
fn simulated(nodes: usize, needs: &[Need], failed: &[usize]) -> Vec<Option<Effect>> {
    let mut states = vec![None; nodes];
    failed.iter().for_each(|node| states[*node] = Some(Effect::Fails));
    loop {
        let before = states.clone();
        for need in needs {
            let lost = need.providers.iter().map(|provider| states[*provider]).min().flatten();
            states[need.needer] = states[need.needer].max(lost.map(|lost: Effect| lost.min(need.effect)));
        }
        if states == before {
            return states;
        }
    }
}

/// Which nodes can start one after the other.
fn startable(nodes: usize, needs: &[Need]) -> Vec<bool> {
    let mut started = vec![false; nodes];
    for _ in 0..nodes {
        let ready = |node: &usize| {
            let own = needs.iter().filter(|need| need.needer == *node);
            own.into_iter().all(|need| need.providers.iter().any(|provider| started[*provider]))
        };
        let ready: Vec<usize> = (0..nodes).filter(ready).collect();
        ready.into_iter().for_each(|node| started[node] = true);
    }
    started
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_failure_comes_to_what_a_simulation_says((nodes, relations) in plans(), more in 0..8_usize) {
        let graph = build(nodes, &relations);
        let needs = needs(&relations);
        let view = GraphView::failures(&graph, None);
        let ways = Ways::of(&view);
        let Some(alternatives) = Alternatives::of(&ways, Needer::Target) else { return Ok(()) };
        for start in 0..nodes {
            let failed = [start, more % nodes];
            let expected = simulated(nodes, &needs, &failed);
            let starts = failed.map(NodeId::new);
            let found = outcome(&alternatives, &starts, &budget()).expect("within budget");
            for (node, state) in expected.iter().enumerate() {
                prop_assert_eq!(found.spread.failing.contains(node), *state == Some(Effect::Fails));
            }
            prop_assert_eq!(found.spread.reached, expected.iter().flatten().count());
            // The tree walks to what suffers and to nothing else.
            let mut open = Ways::of(&view);
            open.held = Some(found.held.clone());
            let reached = mentions(&open, &starts, None, &budget()).expect("within budget");
            let mut reached: BTreeSet<usize> = reached.nodes.iter().map(|mention| mention.node.index()).collect();
            reached.extend(failed);
            prop_assert_eq!(reached, (0..nodes).filter(|node| expected[*node].is_some()).collect::<BTreeSet<_>>());
            for choice in &found.standing {
                let all: Vec<usize> = choice.providers.iter().map(|node| node.index()).collect();
                let without = simulated(nodes, &needs, &all);
                prop_assert!(without[choice.needer.index()] >= Some(choice.effect));
            }
        }
    }

    #[test]
    fn essential_is_what_takes_a_node_down_alone((nodes, relations) in plans()) {
        let graph = build(nodes, &relations);
        let needs = needs(&relations);
        let view = GraphView::needs(&graph, None);
        let ways = Ways::of(&view);
        let Some(alternatives) = Alternatives::of(&ways, Needer::Source) else { return Ok(()) };
        for root in 0..nodes {
            let network = ways.reached(&[NodeId::new(root)], &budget()).expect("within budget");
            for least in [Effect::Degrades, Effect::Fails] {
                let found = essential(&network, 1, &alternatives, least, &budget()).expect("within budget");
                for number in network.numbers() {
                    let lost = simulated(nodes, &needs, &[network.node(number).index()])[root];
                    prop_assert_eq!(found.nodes[number as usize], lost >= Some(least));
                }
                for Shared { node, providers } in found.shared {
                    let lost = simulated(nodes, &needs, &[network.node(node).index()]);
                    prop_assert!(providers.len() > 1);
                    prop_assert!(providers.iter().all(|provider| lost[network.node(*provider).index()] >= Some(least)));
                }
            }
        }
    }

    #[test]
    fn what_can_start_is_on_no_cycle_and_after_one_of_its_alternatives((nodes, relations) in plans()) {
        let graph = build(nodes, &relations);
        let needs = needs(&relations);
        let view = GraphView::needs(&graph, None);
        let mut ways = Ways::of(&view);
        let network = ways.network(&budget()).expect("within budget");
        let whole = condensation(&network, &budget()).expect("within budget");
        let found = match Alternatives::of(&ways, Needer::Source) {
            Some(alternatives) => waived(&network, &whole.components, &alternatives, &budget()).expect("within budget"),
            None => None,
        };
        ways.held = found.map(|found| found.hops);
        let open = ways.among(&graph.nodes().map(|node| node.index()).collect(), &budget()).expect("within budget");
        let parts = condensation(&open, &budget()).expect("within budget");
        let sizes = parts.components.sizes();
        let layer = |node: usize| parts.layers[parts.components.of[node] as usize];
        for (node, can) in startable(nodes, &needs).into_iter().enumerate() {
            if !can {
                continue;
            }
            prop_assert_eq!(sizes[parts.components.of[node] as usize], 1);
            prop_assert!(!open.targets(node as u32).contains(&(node as u32)));
            for need in needs.iter().filter(|need| need.needer == node) {
                prop_assert!(need.providers.iter().any(|provider| layer(*provider) < layer(node)));
            }
        }
    }
}
