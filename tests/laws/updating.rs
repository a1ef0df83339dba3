//! Laws about updates: a failing one leaves the graph as it was, a successful one counts what it did.

use kenning::graph::Graph;
use kenning::result::Changes;

use super::answers::{Answer, broken, dump, fails, options};
use super::graphs::{Sketch, TYPES};
use super::queries::{Type, Writer};
use super::{Law, Verdict};
use crate::support::engine::Session;
use crate::support::random::Random;

pub const LAWS: &[Law] = &[
    Law { name: "a failure changes nothing", tried_on: failure_changes_nothing },
    Law { name: "changes are counted", tried_on: changes_are_counted },
    Law { name: "deleting what was made", tried_on: there_and_back },
];

/// A match and some updates of what it found.
fn update(writer: &mut Writer) -> String {
    let mut text = writer.match_clause();
    for _ in 0..1 + writer.random.below(4) {
        let node = writer.variable(Type::Node).unwrap_or_else(|| "missing".to_string());
        let relationship = writer.variable(Type::Relationship);
        let entity = relationship.clone().filter(|_| writer.random.one_in(3)).unwrap_or_else(|| node.clone());
        let label = writer.label();
        let kind = *writer.random.pick(TYPES);
        text += &match writer.random.below(10) {
            0 => format!(" SET {entity}.n = {}", writer.number(1)),
            1 => format!(" SET {node}:{label}:New"),
            2 => format!(" REMOVE {node}:{label}, {entity}.v"),
            3 => format!(" SET {entity} += {{n: null, w: {}}}", writer.number(0)),
            4 => format!(" SET {entity} = {{s: {}}}", writer.text(0)),
            5 => {
                let made = writer.fresh();
                let (n, end) = (writer.number(0), writer.variable(Type::Node).unwrap_or_default());
                writer.scope.push((made.clone(), Type::Node));
                format!(" CREATE ({node})-[:{kind} {{n: 1}}]->({made}:{label} {{n: {n}}})-[:Made]->({end})")
            }
            6 => {
                let made = writer.fresh();
                writer.scope.push((made.clone(), Type::Node));
                format!(" MERGE ({made}:{label} {{n: 1}}) ON CREATE SET {made}.s = 'new' ON MATCH SET {made}.s = 'old'")
            }
            7 => {
                let end = writer.variable(Type::Node).unwrap_or_default();
                format!(" MERGE ({node})-[:{kind}]->({end})")
            }
            8 => relationship.map_or(String::new(), |relationship| format!(" DELETE {relationship}")),
            _ => format!(" DETACH DELETE {node}"),
        };
    }
    text
}

/// The statement's own end makes it fail, if nothing did before.
fn failure_changes_nothing(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let text = update(&mut writer);
    let end = *writer.random.pick(&[
        "WITH count(*) AS n RETURN 1 / (n - n) AS failure",
        "WITH count(*) AS n CREATE (x:New {v: n}) WITH x, n UNWIND [1, 0] AS i SET x.n = n / i",
        "WITH count(*) AS n UNWIND [1, 'a'] AS i RETURN i - 1 AS failure",
        "WITH count(*) AS n MERGE (m:Last {n: null})",
        "WITH count(*) AS n CREATE (:New)-[:W]->(x:New) DELETE x",
    ]);
    let text = format!("{text} {end}");
    let sketch = Sketch::random(random);
    let mut session = Session::of(sketch.build());
    let before = dump(&session.graph());
    let errors = match session.result_with(&text, &options(true)) {
        Ok(_) => return broken(&sketch, &format!("{text}\ndoes not fail")),
        Err(errors) => errors,
    };
    let after = dump(&session.graph());
    if before != after {
        let report = format!("{text}\nfailed with {errors:?}\nbut changed\n{before}\nto\n{after}");
        return broken(&sketch, &report);
    }
    match fails(&errors) {
        Answer::Stopped => Verdict::Skipped,
        _ => Verdict::Holds(1),
    }
}

fn changes_are_counted(random: &mut Random) -> Verdict {
    let text = update(&mut Writer::new(random));
    let sketch = Sketch::random(random);
    let mut session = Session::of(sketch.build());
    let before = Graph::clone(&session.graph());
    let changes = match session.result_with(&text, &options(true)) {
        Ok(result) => result.changes,
        Err(errors) => match fails(&errors) {
            Answer::Stopped => return Verdict::Skipped,
            answer => return Verdict::FailsAlike(format!("{text}: {answer:?}")),
        },
    };
    let after = &*session.graph();
    if let Some(wrong) = miscounted(&before, after, &changes) {
        return broken(&sketch, &format!("{text}\n{wrong}: {changes:?}"));
    }
    if changes.is_empty() != (dump(&before) == dump(after)) && changes.is_empty() {
        return broken(&sketch, &format!("{text}\nchanged what it did not count"));
    }
    // What the graph keeps for speed is what a graph built anew would keep.
    match dangling(after) {
        Some(wrong) => broken(&sketch, &format!("{text}\n{wrong}")),
        None => Verdict::Holds(usize::from(!changes.is_empty())),
    }
}

fn miscounted(before: &Graph, after: &Graph, changes: &Changes) -> Option<&'static str> {
    let nodes = before.node_count() + changes.nodes_created != after.node_count() + changes.nodes_deleted;
    let relationships = before.relationship_count() + changes.relationships_created
        != after.relationship_count() + changes.relationships_deleted;
    match (nodes, relationships) {
        (true, _) => Some("the nodes do not add up"),
        (_, true) => Some("the relationships do not add up"),
        _ => None,
    }
}

/// Whether a relationship has lost its end, or its end does not know it.
fn dangling(graph: &Graph) -> Option<String> {
    let nodes: std::collections::BTreeSet<_> = graph.nodes().collect();
    let both = kenning::graph::Direction::Both;
    graph.relationships().find_map(|id| {
        let shape = graph.relationship(id);
        let known = |node| nodes.contains(&node) && graph.adjacent(node, both, None).any(|it| it.relationship == id);
        (!known(shape.start) || !known(shape.end)).then(|| format!("{id:?} hangs: {shape:?}"))
    })
}

/// What a statement creates and deletes again was never there.
fn there_and_back(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let text = writer.match_clause();
    let Some(node) = writer.variable(Type::Node) else { return Verdict::Skipped };
    let n = writer.number(1);
    let text = format!(
        "{text} CREATE ({node})-[made:Made {{n: {n}}}]->(other:Other {{n: {n}}}) SET other:More WITH made, other \
         DELETE made, other"
    );
    let sketch = Sketch::random(random);
    let mut session = Session::of(sketch.build());
    let before = dump(&session.graph());
    match session.result_with(&text, &options(true)) {
        Ok(result) if dump(&session.graph()) == before => Verdict::Holds(result.changes.nodes_created),
        Ok(_) => broken(&sketch, &format!("{text}\n{before}\nbecame\n{}", dump(&session.graph()))),
        Err(errors) => match fails(&errors) {
            Answer::Stopped => Verdict::Skipped,
            answer => Verdict::FailsAlike(format!("{text}: {answer:?}")),
        },
    }
}
