//! `trace.show` and `trace.find`: terms themselves.

use std::cmp::Reverse;
use std::sync::Arc;

use super::arguments::terms;
use super::notes::Grounds;
use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::functions::required;
use crate::graph::{Direction, Graph, GraphView, HUB, NodeId, RelationshipId, TypeSet, Value};
use crate::result::{MERGED, Shape};
use crate::trace::{name_of, phrase};

/// A name, a node, or a list of these.
pub(super) const TERM: TypeSet = TypeSet::STRING.or(TypeSet::NODE).or(TypeSet::LIST);

pub const PROCEDURES: &[Procedure] = &[
    Procedure {
        name: "trace.show",
        parameters: &[required("term", TERM)],
        yields: &[
            ("term", TypeSet::NODE),
            ("field", TypeSet::STRING),
            ("value", TypeSet::ANY),
            ("evidence", TypeSet::STRING),
            ("source", TypeSet::STRING),
            ("relationship", TypeSet::RELATIONSHIP),
            ("relations", TypeSet::INTEGER),
        ],
        doc: "What a term is: its names, labels, definition and other properties, and its relations both ways: those that \
              read alike together, by name or, if they are more than 12, by how many relations the other end has; \
              `relations` says how many they are.",
        shape: Shape::Card,
        run: show,
    },
    Procedure {
        name: "trace.find",
        parameters: &[required("text", TypeSet::STRING)],
        yields: &[
            ("term", TypeSet::NODE),
            ("score", TypeSet::FLOAT),
            ("matched", TypeSet::STRING),
            ("definition", TypeSet::STRING),
        ],
        doc: "Terms by fuzzy name and by words of their definition, the best first.",
        shape: Shape::Table,
        run: find,
    },
];

fn show(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let mut rows = Vec::new();
    for node in terms(context, &arguments[0])? {
        for fact in facts(context.graph, node).into_iter().chain(relations(context, node)?) {
            context.budget.tick()?;
            rows.push(std::iter::once(Value::Node(node)).chain(fact).collect());
        }
    }
    Ok(Output::new(rows, Vec::new()))
}

/// Field, value, evidence, source, relationship, how many relations read alike.
type Fact = [Value; 6];

fn fact(field: &str, value: Value) -> Fact {
    [Value::from(field), value, Value::Null, Value::Null, Value::Null, Value::Null]
}

/// What the node says of itself; what it does not say is left out.
fn facts(graph: &Graph, node: NodeId) -> Vec<Fact> {
    let property = |key: &str| graph.property_by_name(node, key);
    let labels = graph.node_labels(node).iter().map(|label| Value::String(graph.label_name(*label).clone()));
    let labels = Value::list(labels);
    let source = match (property("source"), property("entry")) {
        (Value::String(source), Value::String(entry)) => Value::from(format!("{source}, entry {entry}")),
        (Value::Null, entry) => entry,
        (source, _) => source,
    };
    let mut facts = vec![
        fact("name", property("name")),
        fact("also called", property("aliases")),
        fact("labels", labels),
        fact("identifiers", property("identifiers")),
        fact("definition", property("definition")),
        fact("source", source),
    ];
    let shown = ["name", "aliases", "identifiers", "definition", "source", "entry", MERGED];
    let others = graph.properties(node).into_iter().filter(|(key, _)| !shown.contains(&&***key));
    facts.extend(others.map(|(key, value)| fact(key, value)));
    facts.push(fact(MERGED, property(MERGED)));
    facts.retain(|[_, value, ..]| !value.is_null() && !matches!(value, Value::List(items) if items.is_empty()));
    facts
}

/// A relation of a node: how it reads, the name of the other end, and the two.
type Relation = (String, Arc<str>, RelationshipId, NodeId);

/// The node's relations both ways, by how they read and the name of the other end or, of a hub, its rank.
fn relations(context: &Context, node: NodeId) -> Result<Vec<Fact>, Diagnostic> {
    let graph = context.graph;
    let view = GraphView::of(graph, None, Direction::Both);
    let mut relations: Vec<Relation> = Vec::new();
    for hop in view.hops(node) {
        context.budget.tick()?;
        relations.push((phrase(graph, &hop), name_of(graph, hop.target), hop.relationship, hop.target));
    }
    relations.sort();
    let grounds = Grounds::of(graph);
    let mut facts = Vec::with_capacity(relations.len());
    for group in relations.chunk_by_mut(|a, b| a.0 == b.0) {
        context.budget.tick()?;
        if group.len() > HUB {
            group.sort_by_cached_key(|(_, name, id, other)| (Reverse(degree(graph, *other)), name.clone(), *id));
        }
        let count = Value::from(group.len());
        facts.extend(group.iter().map(|(phrase, _, relationship, other)| {
            let (evidence, source) = grounds.get(*relationship);
            let relationship = Value::Relationship(*relationship);
            [Value::from(phrase.as_str()), Value::Node(*other), evidence, source, relationship, count.clone()]
        }));
    }
    Ok(facts)
}

/// How many relations a node has.
fn degree(graph: &Graph, node: NodeId) -> usize {
    let both = [Direction::Outgoing, Direction::Incoming];
    graph.types().flat_map(|t| both.map(|way| graph.degree_by_type(node, way, t))).sum()
}

fn find(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let text = arguments[0].as_str().unwrap_or_default();
    let mut rows = Vec::new();
    let mut hold = context.budget.hold();
    let mut poll = |bytes| context.budget.tick().and_then(|()| hold.add(bytes));
    for hit in context.names().search_within(graph, text, &mut poll)? {
        context.budget.tick()?;
        let definition = match graph.property_by_name(hit.node, "definition") {
            Value::Null => graph.property_by_name(hit.node, "description"),
            definition => definition,
        };
        rows.push(vec![Value::Node(hit.node), Value::Float(hit.score), Value::from(hit.matched), definition]);
    }
    let notes = match rows.len() {
        0 => vec![format!("no name and no definition fits; {} terms searched", graph.node_count())],
        _ => Vec::new(),
    };
    Ok(Output::new(rows, notes))
}
