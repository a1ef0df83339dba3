//! Reading the arguments of the tracing procedures: terms by name, and the map of options.

use std::sync::Arc;

use super::Context;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::functions::{invalid_type, invalid_value};
use crate::graph::{Graph, NodeId, Resolution, TypeId, Value, alike};
use crate::trace::name_of;

/// The nodes that an argument means: a name, a node, or a list of these.
pub(super) fn terms(context: &Context, value: &Value) -> Result<Vec<NodeId>, Diagnostic> {
    match value {
        Value::Node(node) => Ok(vec![*node]),
        Value::String(name) => Ok(vec![term(context, name)?]),
        Value::List(items) => {
            let mut nodes = Vec::new();
            for item in items.iter() {
                context.budget.tick()?;
                nodes.extend(match item {
                    Value::Node(_) | Value::String(_) => terms(context, item)?,
                    other => return Err(not_a_term(other)),
                });
            }
            Ok(nodes)
        }
        other => Err(not_a_term(other)),
    }
}

fn not_a_term(value: &Value) -> Diagnostic {
    invalid_type(format!("a term is a name or a node, not a value of type {}", value.type_name()))
}

fn term(context: &Context, name: &str) -> Result<NodeId, Diagnostic> {
    match context.names.resolve(name) {
        Resolution::One(node) => Ok(node),
        Resolution::Several(nodes) => Err(several_meanings(context.graph, name, &nodes)),
        Resolution::Unknown { suggestions } => Err(unknown(
            Detail::UnknownName,
            format!("there is no term '{}'", shorten(name)),
            &suggestions,
            "FIND searches names and definitions",
        )),
    }
}

fn several_meanings(graph: &Graph, name: &str, nodes: &[NodeId]) -> Diagnostic {
    const AT_MOST: usize = 10;
    let mut meanings: Vec<String> = nodes.iter().take(AT_MOST).map(|node| meaning(graph, *node)).collect();
    if nodes.len() > AT_MOST {
        meanings.push(format!("and {} more", nodes.len() - AT_MOST));
    }
    let message = format!("'{}' has several meanings: {}", shorten(name), meanings.join(", "));
    let same = nodes.windows(2).all(|pair| name_of(graph, pair[0]) == name_of(graph, pair[1]));
    let help = match same {
        true => "tell them apart by another property in a MATCH, and trace from there",
        false => "write one of these names",
    };
    Diagnostic::runtime(Kind::EntityNotFound, Detail::AmbiguousName, message).help(help)
}

/// A node's name with its labels: `swift (Service)`.
fn meaning(graph: &Graph, node: NodeId) -> String {
    let labels: Vec<&str> = graph.node_labels(node).iter().map(|label| &**graph.label_name(*label)).collect();
    let name = name_of(graph, node);
    if labels.is_empty() { name.to_string() } else { format!("{name} ({})", labels.join(", ")) }
}

fn unknown(detail: Detail, message: String, suggestions: &[String], otherwise: &str) -> Diagnostic {
    let help = match suggestions {
        [] => otherwise.to_string(),
        names => format!("did you mean {}?", names.join(" or ")),
    };
    Diagnostic::runtime(Kind::EntityNotFound, detail, message).help(help)
}

/// A name as it can stand in a message.
fn shorten(name: &str) -> String {
    const LONGEST: usize = 60;
    if name.chars().count() <= LONGEST {
        return name.to_string();
    }
    name.chars().take(LONGEST).chain(['…']).collect()
}

/// The options of a trace; what is not given is not limited.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub depth: Option<usize>,
    /// Relationship types of the graph; types that are declared but not used are left out.
    pub via: Option<Vec<TypeId>>,
    pub all: bool,
}

/// Reads a map of options; null is no options.
pub(super) fn options(graph: &Graph, value: &Value, known: &[&str]) -> Result<Options, Diagnostic> {
    let map = match value {
        Value::Null => return Ok(Options::default()),
        Value::Map(map) => map,
        other => return Err(invalid_type(format!("options are a map, not a value of type {}", other.type_name()))),
    };
    let mut options = Options::default();
    for (key, value) in map.iter() {
        match &**key {
            key if !known.contains(&key) => {
                let help = format!("the options are {}", known.join(", "));
                return Err(invalid_value(format!("there is no option '{}'", shorten(key))).help(help));
            }
            _ if value.is_null() => {}
            "depth" => options.depth = Some(depth(value)?),
            "all" => options.all = boolean(value)?,
            _ => options.via = via(graph, value)?,
        }
    }
    Ok(options)
}

fn depth(value: &Value) -> Result<usize, Diagnostic> {
    let number = value.as_integer().ok_or_else(|| invalid_type("the depth must be an integer"))?;
    usize::try_from(number).map_err(|_| invalid_value(format!("the depth cannot be {number}: it counts relations")))
}

fn boolean(value: &Value) -> Result<bool, Diagnostic> {
    match value {
        Value::Boolean(value) => Ok(*value),
        other => Err(invalid_type(format!("'all' is true or false, not a value of type {}", other.type_name()))),
    }
}

/// An empty list chooses nothing and so limits nothing.
fn via(graph: &Graph, value: &Value) -> Result<Option<Vec<TypeId>>, Diagnostic> {
    let names: Vec<&Value> = match value {
        Value::List(names) => names.iter().collect(),
        single => vec![single],
    };
    let mut types = Vec::new();
    for name in &names {
        let Some(text) = name.as_str() else {
            return Err(invalid_type(format!("'via' lists relationship types by name, not {}", name.type_name())));
        };
        for name in relationship_types(graph, text)? {
            types.extend(graph.type_id(&name).filter(|t| !types.contains(t)));
        }
    }
    Ok((!names.is_empty()).then_some(types))
}

/// The types that a text names: by type name, phrase, or either of these of the inverse, however spelled.
pub(super) fn relationship_types(graph: &Graph, text: &str) -> Result<Vec<Arc<str>>, Diagnostic> {
    let readings = readings(graph);
    let wanted = fold_type(text);
    let mut found: Vec<Arc<str>> =
        readings.iter().filter(|(reading, _)| fold_type(reading) == wanted).map(|(_, name)| name.clone()).collect();
    found.sort();
    found.dedup();
    if !found.is_empty() {
        return Ok(found);
    }
    let mut suggestions: Vec<String> = Vec::new();
    for likely in alike(text, readings.iter().map(|(reading, _)| reading.as_str())) {
        let name = readings.iter().find(|(reading, _)| reading == likely).map(|(_, name)| name.to_string());
        suggestions.extend(name.filter(|name| !suggestions.contains(name)));
    }
    let message = format!("there is no relationship type '{}'", shorten(text));
    let help = "CALL db.relationshipTypes() lists them";
    Err(unknown(Detail::UnknownRelationshipType, message, &suggestions, help))
}

/// Every way to name a type, with the type's name.
fn readings(graph: &Graph) -> Vec<(String, Arc<str>)> {
    let used = graph.types().map(|t| (graph.type_name(t).to_string(), graph.type_name(t).clone()));
    let declared = graph.semantics().iter().flat_map(|s| {
        let name: Arc<str> = Arc::from(s.name.as_str());
        [&s.name, &s.phrase, &s.inverse, &s.inverse_phrase].map(|reading| (reading.clone(), name.clone()))
    });
    used.chain(declared).collect()
}

/// `DEPENDS_ON`, `depends on` and `Depends-on` are one.
fn fold_type(text: &str) -> String {
    let spaced = text.replace(['_', '-'], " ").to_lowercase();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
