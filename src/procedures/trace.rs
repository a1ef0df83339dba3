//! The tracing words as procedures: `SHOW`, `DEPS`, `IMPACT`, `WHY` and `FIND` stand for calls of these.

use std::collections::BTreeSet;

use super::arguments::{Options, options, terms};
use super::why::why;
use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::functions::{Parameter, optional, required};
use crate::graph::{Direction, Effect, Graph, GraphView, Hop, NodeId, RelationshipId, TypeId, TypeSet, Value};
use crate::result::Shape;
use crate::trace::{self, Tree, TreeRow, effect, name_of, phrase};

const TERM: TypeSet = TypeSet::STRING.or(TypeSet::NODE).or(TypeSet::LIST);

const TRACED: &[Parameter] = &[required("term", TERM), optional("options", TypeSet::MAP)];

const TREE: &[(&str, TypeSet)] = &[
    ("depth", TypeSet::INTEGER),
    ("term", TypeSet::NODE),
    ("relation", TypeSet::STRING),
    ("parent", TypeSet::NODE),
    ("repeated", TypeSet::BOOLEAN),
    ("effect", TypeSet::STRING),
    ("relationship", TypeSet::RELATIONSHIP),
    ("evidence", TypeSet::STRING),
    ("source", TypeSet::STRING),
];

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
        ],
        doc: "What a term is: its names, labels, definition and other properties, and its relations both ways.",
        shape: Shape::Card,
        run: show,
    },
    Procedure {
        name: "trace.deps",
        parameters: TRACED,
        yields: TREE,
        doc: "What a term needs, transitively, as a tree; options: depth, via.",
        shape: Shape::Tree,
        run: deps,
    },
    Procedure {
        name: "trace.impact",
        parameters: TRACED,
        yields: TREE,
        doc: "What fails or degrades if a term fails, transitively, as a tree; options: depth, via.",
        shape: Shape::Tree,
        run: impact,
    },
    Procedure {
        name: "trace.why",
        parameters: &[required("from", TERM), required("to", TERM), optional("options", TypeSet::MAP)],
        yields: &[
            ("chain", TypeSet::INTEGER),
            ("step", TypeSet::INTEGER),
            ("start", TypeSet::NODE),
            ("relation", TypeSet::STRING),
            ("end", TypeSet::NODE),
            ("evidence", TypeSet::STRING),
            ("source", TypeSet::STRING),
            ("relationship", TypeSet::RELATIONSHIP),
        ],
        doc: "Why one term needs another: the shortest chain of needs, or all of them; options: all, via.",
        shape: Shape::Chain,
        run: why,
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
        for [field, value, evidence, source] in facts(context.graph, node).into_iter().chain(relations(context, node)?)
        {
            context.budget.tick()?;
            rows.push(vec![Value::Node(node), field, value, evidence, source]);
        }
    }
    Ok(Output { rows, notes: Vec::new() })
}

/// Field, value, evidence, source.
type Fact = [Value; 4];

fn fact(field: &str, value: Value) -> Fact {
    [Value::from(field), value, Value::Null, Value::Null]
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
        fact("definition", property("definition")),
        fact("source", source),
    ];
    let shown = ["name", "aliases", "definition", "source", "entry"];
    let others = graph.properties(node).into_iter().filter(|(key, _)| !shown.contains(&&***key));
    facts.extend(others.map(|(key, value)| fact(key, value)));
    facts.retain(|[_, value, ..]| !value.is_null() && !matches!(value, Value::List(items) if items.is_empty()));
    facts
}

/// The node's relations both ways, by how they read and the name of the other end.
fn relations(context: &Context, node: NodeId) -> Result<Vec<Fact>, Diagnostic> {
    let graph = context.graph;
    let view = GraphView::of(graph, None, Direction::Both);
    let mut relations = Vec::new();
    for hop in view.hops(node) {
        context.budget.tick()?;
        relations.push((phrase(graph, &hop), name_of(graph, hop.target), hop.relationship, hop.target));
    }
    relations.sort();
    let relation = |(phrase, _, relationship, other): (String, _, RelationshipId, NodeId)| {
        let (evidence, source) = grounds(graph, relationship);
        [Value::from(phrase), Value::Node(other), evidence, source]
    };
    Ok(relations.into_iter().map(relation).collect())
}

/// The evidence of a relationship and its source: the place in a file if it has one.
pub(super) fn grounds(graph: &Graph, relationship: RelationshipId) -> (Value, Value) {
    let property = |key: &str| graph.property_by_name(relationship, key);
    let source = match (property("file"), property("line")) {
        (Value::String(file), Value::Integer(line)) => Value::from(format!("{file}:{line}")),
        _ => property("source"),
    };
    (property("evidence"), source)
}

fn deps(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let starts = terms(context, &arguments[0])?;
    let options = options(graph, &arguments[1], &["depth", "via"])?;
    let view = GraphView::needs(graph, options.via.as_deref());
    let tree = trace::tree(&view, &starts, options.depth, context.budget)?;
    let effect_of = |row: &TreeRow| row.hop.map(|hop| effect(graph, &hop));
    let rows = tree_rows(context, &tree, effect_of)?;
    Ok(Output { rows, notes: tree_notes(&view, &tree, &starts, &options, &Words::DEPS) })
}

fn impact(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let starts = terms(context, &arguments[0])?;
    let options = options(graph, &arguments[1], &["depth", "via"])?;
    let view = GraphView::failures(graph, options.via.as_deref());
    let tree = trace::tree(&view, &starts, options.depth, context.budget)?;
    let failing = trace::failing(&view, &starts, context.budget)?;
    let effect_of = |row: &TreeRow| Some(if failing.contains(&row.node) { Effect::Fails } else { Effect::Degrades });
    let rows = tree_rows(context, &tree, effect_of)?;
    let mut notes = tree_notes(&view, &tree, &starts, &options, &Words::IMPACT);
    if tree.shown > 0 {
        let fail = tree.first_mentions().filter(|row| failing.contains(&row.node)).count();
        let (fail, degrade) = (counted(fail, "fails", "fail"), counted(tree.shown - fail, "degrades", "degrade"));
        notes.insert(1.min(notes.len()), format!("{fail}, {degrade}"));
    }
    Ok(Output { rows, notes })
}

fn counted(number: usize, singular: &str, plural: &str) -> String {
    format!("{number} {}", if number == 1 { singular } else { plural })
}

fn tree_rows(
    context: &Context,
    tree: &Tree,
    effect_of: impl Fn(&TreeRow) -> Option<Effect>,
) -> Result<Vec<Vec<Value>>, Diagnostic> {
    let graph = context.graph;
    let mut rows = Vec::with_capacity(tree.rows.len());
    for row in &tree.rows {
        context.budget.tick()?;
        context.budget.charge(TREE.len() * size_of::<Value>())?;
        let (evidence, source) = row.hop.map_or((Value::Null, Value::Null), |hop| grounds(graph, hop.relationship));
        let of_hop = |value: fn(&Graph, &Hop) -> Value| row.hop.map_or(Value::Null, |hop| value(graph, &hop));
        rows.push(vec![
            Value::from(row.depth),
            Value::Node(row.node),
            of_hop(|graph, hop| Value::from(phrase(graph, hop))),
            of_hop(|_, hop| Value::Node(hop.source)),
            Value::Boolean(row.repeated),
            effect_of(row).map_or(Value::Null, |effect| Value::from(effect_name(effect))),
            of_hop(|_, hop| Value::Relationship(hop.relationship)),
            evidence,
            source,
        ]);
    }
    Ok(rows)
}

fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Fails => "fails",
        Effect::Degrades => "degrades",
    }
}

/// How the notes of a tree are worded.
struct Words {
    reached: (&'static str, &'static str),
    nothing: &'static str,
}

impl Words {
    const DEPS: Words = Words { reached: ("term is needed", "terms are needed"), nothing: "needs nothing" };
    const IMPACT: Words =
        Words { reached: ("term suffers", "terms suffer"), nothing: "carries nothing down if it fails" };
}

fn tree_notes(view: &GraphView, tree: &Tree, starts: &[NodeId], options: &Options, words: &Words) -> Vec<String> {
    let graph = view.graph();
    let mut notes = Vec::new();
    if tree.shown + tree.below == 0 {
        let names: Vec<String> = starts.iter().map(|node| name_of(graph, *node).to_string()).collect();
        notes.push(format!("{} {}: {}", names.join(", "), words.nothing, searched(view, options.via.as_deref())));
    } else {
        let used = tree.rows.iter().filter_map(|row| row.hop).map(|hop| hop.relationship_type).collect();
        let over = type_names(graph, &used);
        let reached = counted(tree.shown, words.reached.0, words.reached.1);
        notes.push(if over.is_empty() { reached } else { format!("{reached}, over {over}") });
    }
    if let Some(depth) = options.depth.filter(|_| tree.below > 0) {
        notes.push(format!("stopped at depth {depth}: {} below", counted(tree.below, "further term", "further terms")));
    }
    notes.extend(view.notes());
    notes
}

/// What was searched in vain.
pub(super) fn searched(view: &GraphView, via: Option<&[TypeId]>) -> String {
    /// More names than these say less than their number.
    const AT_MOST: usize = 6;
    let graph = view.graph();
    let followed = view.types_in_use();
    let silent = via.into_iter().flatten().copied().filter(|t| view.orientation(*t).is_none()).collect();
    let silent = type_names(graph, &silent);
    let followed = match followed.len() {
        0 => String::new(),
        number if number > AT_MOST => format!("any of the {number} types that carry failure"),
        _ => type_names(graph, &followed),
    };
    match (followed.as_str(), silent.as_str()) {
        ("", "") => "there is no relation of a type that carries failure".to_string(),
        ("", silent) => format!("no failure travels over {silent}"),
        (followed, "") => format!("no relation leads on over {followed}"),
        (followed, silent) => format!("no relation leads on over {followed}, and no failure travels over {silent}"),
    }
}

/// The names of types, in order.
pub(super) fn type_names(graph: &Graph, types: &BTreeSet<TypeId>) -> String {
    let names: BTreeSet<&str> = types.iter().map(|t| &**graph.type_name(*t)).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn find(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let text = arguments[0].as_str().unwrap_or_default();
    let mut rows = Vec::new();
    for hit in context.names.search(graph, text) {
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
    Ok(Output { rows, notes })
}
