//! `db.schema.visualization`: the schema as a graph, a node for each label and a relationship for each way in which a type
//! connects two labels.
//!
//! Its nodes and relationships are not those of the graph, so that a statement that calls it is run on the graph of the
//! schema: [`schema_graph`] makes it, and the engine calls it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, Output, Procedure};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{Graph, LabelId, NodeId, Rule, RuleKind, TypeId, TypeSet, Value};
use crate::limits::Budget;
use crate::result::Shape;

/// The name of the procedure.
pub(crate) const NAME: &str = "db.schema.visualization";

pub const PROCEDURES: &[Procedure] = &[Procedure {
    name: NAME,
    parameters: &[],
    yields: &[("nodes", TypeSet::LIST), ("relationships", TypeSet::LIST)],
    doc: "The schema as a graph: a node for each label, with the properties that are indexed and its constraints, and a \
          relationship for each type between two labels; a statement that calls it sees nothing else.",
    shape: Shape::Table,
    run: misplaced,
}];

/// What it yields.
pub(crate) const YIELDS: &[(&str, TypeSet)] = PROCEDURES[0].yields;

/// The procedure where the graph is not that of the schema.
fn misplaced(_: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    let message = format!("{NAME} shows nodes that are not in the graph, which goes with nothing else");
    let error = Diagnostic::runtime(Kind::ProcedureError, Detail::InvalidClauseComposition, message);
    Err(error.help("call it in a statement of its own, outside of subqueries: CALL db.schema.visualization()"))
}

/// The graph of the schema, and what the procedure yields on it.
pub(crate) fn schema_graph(graph: &Graph, budget: &Budget) -> Result<(Graph, Vec<Value>), Diagnostic> {
    let mut schema = Graph::new();
    let nodes: BTreeMap<LabelId, NodeId> =
        labels_by_name(graph).map(|label| (label, node(graph, label, &mut schema))).collect();
    let mut connected: Vec<(&str, NodeId, NodeId)> = connections(graph, budget)?
        .into_iter()
        .map(|(of, start, end)| (&**graph.type_name(of), nodes[&start], nodes[&end]))
        .collect();
    connected.sort_unstable();
    let mut relationships = Vec::new();
    for (name, start, end) in connected {
        let of = schema.intern_type(name);
        relationships.push(Value::Relationship(schema.create_relationship(start, of, end)));
    }
    let nodes = Value::list(schema.nodes().map(Value::Node));
    Ok((schema, vec![nodes, Value::list(relationships)]))
}

/// The labels in use, by name.
fn labels_by_name(graph: &Graph) -> impl Iterator<Item = LabelId> {
    let mut labels: Vec<LabelId> = graph.labels().filter(|label| graph.label_count(*label) > 0).collect();
    labels.sort_by_key(|label| graph.label_name(*label).clone());
    labels.into_iter()
}

/// Adds the node of a label.
fn node(graph: &Graph, label: LabelId, schema: &mut Graph) -> NodeId {
    let name = graph.label_name(label);
    let node = schema.create_node();
    let own = schema.intern_label(name);
    schema.add_label(node, own);
    let rules =
        |counts: fn(RuleKind) -> bool| graph.rules().filter(move |rule| rule.label == label && counts(rule.kind));
    let keys = |rule: &Rule| rule.keys.iter().map(|key| graph.key_name(*key).to_string()).collect::<Vec<_>>();
    let indexed = rules(|kind| kind == RuleKind::Index).map(|rule| Value::from(keys(rule).join(",")));
    let required = rules(RuleKind::is_constraint).map(|rule| {
        let what = if rule.kind == RuleKind::Unique { "IS UNIQUE" } else { "IS NOT NULL" };
        Value::from(format!("{} ({}) {what}", rule.name, keys(rule).join(", ")))
    });
    for (key, value) in [
        ("name", Value::String(name.clone())),
        ("indexes", Value::list(indexed)),
        ("constraints", Value::list(required)),
    ] {
        let key = schema.intern_key(key);
        schema.set_property(node, key, value);
    }
    node
}

/// Which types connect which labels.
fn connections(graph: &Graph, budget: &Budget) -> Result<BTreeSet<(TypeId, LabelId, LabelId)>, Diagnostic> {
    let mut found = BTreeSet::new();
    for id in graph.relationships() {
        budget.tick()?;
        let relationship = graph.relationship(id);
        for start in graph.node_labels(relationship.start) {
            for end in graph.node_labels(relationship.end) {
                found.insert((relationship.relationship_type, *start, *end));
            }
        }
    }
    Ok(found)
}
