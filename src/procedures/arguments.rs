//! Reading the arguments of the tracing procedures: terms by name, and the map of options.

use std::collections::HashSet;
use std::sync::Arc;

use super::Context;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::functions::{invalid_type, invalid_value};
use crate::graph::{
    ANY_OF, Bitmap, Effect, Entity, Graph, GraphView, KeyId, LabelId, NodeId, Resolution, TypeId, Value, alike,
    in_quotes,
};
use crate::trace::{Alternatives, Needer, Ways};

/// The nodes that an argument means, each once: a name, a node, or a list of these. Those that are gone, as in a graph
/// that one only supposes, are left out.
pub(crate) fn terms(context: &Context, value: &Value) -> Result<Vec<NodeId>, Diagnostic> {
    let mut nodes = Vec::new();
    collect_terms(context, value, &mut nodes)?;
    let mut seen = HashSet::new();
    nodes.retain(|node| !context.graph.is_deleted(Entity::Node(*node)) && seen.insert(*node));
    Ok(nodes)
}

/// As [`terms`]; null is none.
pub(super) fn optional_terms(context: &Context, value: &Value) -> Result<Option<Vec<NodeId>>, Diagnostic> {
    if value.is_null() { Ok(None) } else { terms(context, value).map(Some) }
}

/// The one term that an argument means.
pub(super) fn one_term(context: &Context, value: &Value, what: &str) -> Result<Option<NodeId>, Diagnostic> {
    match terms(context, value)?.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => Err(invalid_value(format!("{what} takes one term, not {}", several.len()))),
    }
}

fn collect_terms(context: &Context, value: &Value, nodes: &mut Vec<NodeId>) -> Result<(), Diagnostic> {
    match value {
        Value::Node(node) => nodes.push(*node),
        Value::String(name) => nodes.push(term(context, name)?),
        Value::List(items) => {
            for item in items.iter() {
                context.budget.tick()?;
                // What a query found nothing for is no term.
                if !item.is_null() {
                    collect_terms(context, item, nodes).map_err(|error| if_one_term(context, items, error))?;
                }
            }
        }
        other => return Err(not_a_term(other)),
    }
    Ok(())
}

/// `DEPS a, b` where a term is called `a, b`.
fn if_one_term(context: &Context, items: &[Value], error: Diagnostic) -> Diagnostic {
    let names: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    let whole = names.filter(|names| names.len() > 1).map(|names| names.join(", "));
    match whole.filter(|whole| error.detail == Detail::UnknownName && context.names().knows(context.graph, whole)) {
        Some(whole) => error.help(format!("a term with a comma is written in quotes: {}", in_quotes(&whole))),
        None => error,
    }
}

fn not_a_term(value: &Value) -> Diagnostic {
    invalid_type(format!("a term is a name or a node, not a value of type {}", value.type_name()))
        .help("give nodes, or the names of terms")
}

fn term(context: &Context, name: &str) -> Result<NodeId, Diagnostic> {
    match context.names().resolve(context.graph, name) {
        Resolution::One(node) => Ok(node),
        Resolution::Several(nodes) => Err(several_meanings(context, name, &nodes)),
        Resolution::Unknown { suggestions } => {
            let message = format!("there is no term '{}'", shorten(name));
            let help = "FIND searches names and definitions";
            let error = unknown(Detail::UnknownName, message, &suggestions, help);
            Err(match in_turn(context, name) {
                Some(terms) => error.help(format!("several terms are separated by commas: {}", terms.join(", "))),
                None => error,
            })
        }
    }
}

/// The terms that a text names one after the other, if it is nothing but names; of names that begin alike the longest.
fn in_turn(context: &Context, text: &str) -> Option<Vec<String>> {
    const AT_MOST: usize = 12;
    let words: Vec<&str> = text.split_whitespace().collect();
    let known = |words: &[&str]| context.names().knows(context.graph, &words.join(" "));
    let (mut terms, mut at) = (Vec::new(), 0);
    while at < words.len() && words.len() <= AT_MOST {
        let end = (at + 1..=words.len()).rev().find(|end| known(&words[at..*end]))?;
        terms.push(words[at..end].join(" "));
        at = end;
    }
    (terms.len() > 1).then_some(terms)
}

fn several_meanings(context: &Context, name: &str, nodes: &[NodeId]) -> Diagnostic {
    const AT_MOST: usize = 10;
    let meaning = |node: &NodeId| in_quotes(&context.names().meaning(context.graph, *node));
    let mut meanings: Vec<String> = nodes.iter().take(AT_MOST).map(meaning).collect();
    if nodes.len() > AT_MOST {
        meanings.push(format!("and {} more", nodes.len() - AT_MOST));
    }
    let message = format!("'{}' has several meanings: {}", shorten(name), meanings.join(", "));
    Diagnostic::runtime(Kind::EntityNotFound, Detail::AmbiguousName, message).help("write one of these names")
}

fn unknown(detail: Detail, message: String, suggestions: &[String], otherwise: &str) -> Diagnostic {
    let help = match suggestions {
        [] => otherwise.to_string(),
        names => {
            let names: Vec<String> = names.iter().map(|name| as_typed(name)).collect();
            format!("did you mean {}?", names.join(" or "))
        }
    };
    Diagnostic::runtime(Kind::EntityNotFound, detail, message).help(help)
}

/// A name, in quotes if it cannot be typed without.
fn as_typed(name: &str) -> String {
    if name.contains(['\'', '"', '`', ',', ';']) { in_quotes(name) } else { name.to_string() }
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
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub depth: Option<usize>,
    /// Relationship types of the graph; types that are declared but not used are left out.
    pub via: Option<Vec<TypeId>>,
    pub all: bool,
    pub up_to: Option<usize>,
    /// Only nodes that have one of these labels are shown.
    pub only: Option<Vec<LabelId>>,
    /// Nodes that have one of these labels are not.
    pub hiding: Option<Vec<LabelId>>,
    pub avoiding: Vec<NodeId>,
    pub confidence: Option<f64>,
    pub within: Option<Bitmap>,
    /// Only relations whose loss means failure.
    pub hard: bool,
    /// Properties of relations to be shown.
    pub showing: Vec<KeyId>,
    pub each: bool,
}

impl Options {
    /// The view from the one that needs to the one that is needed.
    pub fn needs<'g>(&self, graph: &'g Graph) -> GraphView<'g> {
        GraphView::needs(graph, self.followed(graph).as_deref())
    }

    /// The view from the one that is started later to the one before it; what only orders is no hard need.
    pub fn starts<'g>(&self, graph: &'g Graph) -> GraphView<'g> {
        let followed = self.followed(graph);
        match self.hard {
            true => GraphView::needs(graph, followed.as_deref()),
            false => GraphView::starts(graph, followed.as_deref()),
        }
    }

    /// The view from the one that fails to the one that suffers.
    pub fn failures<'g>(&self, graph: &'g Graph) -> GraphView<'g> {
        GraphView::failures(graph, self.followed(graph).as_deref())
    }

    /// The types that are followed: of hard needs those that carry failure as such. Where alternatives may make a
    /// relation harder than its type, each is looked at.
    fn followed(&self, graph: &Graph) -> Option<Vec<TypeId>> {
        if !self.hard || graph.key(ANY_OF).is_some() {
            return self.via.clone();
        }
        let is_wanted = |t: &TypeId| self.via.as_ref().is_none_or(|via| via.contains(t));
        let carries = |t: &TypeId| graph.semantics().carries(graph.type_name(*t));
        let is_hard = |t: &TypeId| carries(t).is_none_or(|carries| carries.effect == Effect::Fails);
        Some(graph.types().filter(|t| is_wanted(t) && is_hard(t)).collect())
    }

    /// The same without the limit to hard needs.
    pub fn softened(&self) -> Options {
        Options { hard: false, ..self.clone() }
    }

    /// Whether anything but types limits what is walked.
    pub fn are_conditions(&self) -> bool {
        self.hard || self.within.is_some() || self.confidence.is_some() || !self.avoiding.is_empty()
    }

    /// What may be walked in the view of needs.
    pub fn ways<'v>(&self, context: &'v Context, view: &'v GraphView<'v>) -> Result<Ways<'v>, Diagnostic> {
        self.ways_by(context, view, Needer::Source)
    }

    /// What may be walked in a view, in which one end of each hop needs the other.
    pub fn ways_by<'v>(
        &self,
        context: &'v Context,
        view: &'v GraphView<'v>,
        needer: Needer,
    ) -> Result<Ways<'v>, Diagnostic> {
        let mut ways = self.unheld(context, view);
        if self.hard {
            let soft = Alternatives::of(&ways, needer).map(|alternatives| alternatives.soft(context.budget));
            soft.transpose()?.iter().for_each(|soft| ways.hold(soft));
        }
        Ok(ways)
    }

    fn unheld<'v>(&self, context: &'v Context, view: &'v GraphView<'v>) -> Ways<'v> {
        let mut ways = Ways::of(view);
        ways.order = Some(context.names().order());
        ways.within = self.within.clone();
        ways.confidence = self.confidence;
        ways.avoided = (!self.avoiding.is_empty()).then(|| {
            let mut avoided = Bitmap::default();
            self.avoiding.iter().for_each(|node| {
                avoided.insert(node.index());
            });
            avoided
        });
        ways
    }

    /// Whether a node is walked through but not shown; `None` if all are shown.
    pub fn hidden<'g>(&self, graph: &'g Graph) -> Option<impl Fn(NodeId) -> bool + use<'g>> {
        if self.only.is_none() && self.hiding.is_none() {
            return None;
        }
        let (only, hiding) = (self.only.clone(), self.hiding.clone().unwrap_or_default());
        let has = move |node, labels: &[LabelId]| labels.iter().any(|label| graph.has_label(node, *label));
        Some(move |node| only.as_ref().is_some_and(|only| !has(node, only)) || has(node, &hiding))
    }
}

/// Reads a map of options; null is no options.
pub(super) fn options(context: &Context, value: &Value, known: &[&str]) -> Result<Options, Diagnostic> {
    let graph = context.graph;
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
            "all" => options.all = boolean("all", value)?,
            "upTo" => options.up_to = Some(up_to(value)?),
            // An empty list chooses nothing and so limits nothing.
            "only" => options.only = Some(labels(graph, "only", value)?).filter(|labels| !labels.is_empty()),
            "hiding" => options.hiding = Some(labels(graph, "hiding", value)?),
            "avoiding" => options.avoiding = terms(context, value)?,
            "confidence" => options.confidence = Some(confidence(value)?),
            "within" => options.within = Some(within(context, value)?),
            "hard" => options.hard = boolean("hard", value)?,
            "each" => options.each = boolean("each", value)?,
            "showing" => options.showing = keys(graph, value)?,
            _ => options.via = via(graph, value)?,
        }
    }
    Ok(options)
}

fn depth(value: &Value) -> Result<usize, Diagnostic> {
    let number = value.as_integer().ok_or_else(|| invalid_type("the depth must be an integer"))?;
    usize::try_from(number).map_err(|_| {
        let message = format!("the depth cannot be {number}: it counts relations");
        invalid_value(message).help("give an integer from 0 on")
    })
}

fn boolean(option: &str, value: &Value) -> Result<bool, Diagnostic> {
    match value {
        Value::Boolean(value) => Ok(*value),
        other => Err(invalid_type(format!("'{option}' is true or false, not a value of type {}", other.type_name()))),
    }
}

fn up_to(value: &Value) -> Result<usize, Diagnostic> {
    let number = value.as_integer().ok_or_else(|| invalid_type("'upTo' must be an integer"))?;
    let positive = usize::try_from(number).ok().filter(|number| *number > 0);
    positive.ok_or_else(|| {
        let message = format!("'upTo' cannot be {number}: it says how many answers there may be");
        invalid_value(message).help("give an integer from 1 on")
    })
}

fn confidence(value: &Value) -> Result<f64, Diagnostic> {
    let number = match value {
        Value::Float(number) => *number,
        Value::Integer(number) => *number as f64,
        other => return Err(invalid_type(format!("'confidence' is a number, not a {}", other.type_name()))),
    };
    match (0.0..=1.0).contains(&number) {
        true => Ok(number),
        false => Err(invalid_value("'confidence' is a number from 0 to 1")),
    }
}

fn within(context: &Context, value: &Value) -> Result<Bitmap, Diagnostic> {
    let mut within = Bitmap::default();
    let Value::List(items) = value else {
        return Err(invalid_type(format!("'within' is a list of relationships, not a {}", value.type_name())));
    };
    for item in items.iter() {
        context.budget.tick()?;
        match item {
            Value::Relationship(relationship) => {
                within.insert(relationship.index());
            }
            Value::Null => {}
            other => return Err(invalid_type(format!("'within' lists relationships, not a {}", other.type_name()))),
        }
    }
    Ok(within)
}

fn labels(graph: &Graph, option: &str, value: &Value) -> Result<Vec<LabelId>, Diagnostic> {
    let names: Vec<&Value> = match value {
        Value::List(names) => names.iter().collect(),
        single => vec![single],
    };
    let mut labels = Vec::new();
    for name in names {
        let Some(text) = name.as_str() else {
            return Err(invalid_type(format!("'{option}' lists labels by name, not {}", name.type_name())));
        };
        match graph.labels().find(|label| graph.label_name(*label).eq_ignore_ascii_case(text)) {
            Some(label) => labels.push(label),
            None => {
                let known = graph.labels().map(|label| &**graph.label_name(label));
                let near: Vec<String> = alike(text, known).into_iter().map(str::to_string).collect();
                let message = format!("there is no label '{}'", shorten(text));
                return Err(unknown(Detail::UnknownLabel, message, &near, "CALL db.labels() lists them"));
            }
        }
    }
    Ok(labels)
}

/// Properties by name, each once.
fn keys(graph: &Graph, value: &Value) -> Result<Vec<KeyId>, Diagnostic> {
    let names: Vec<&Value> = match value {
        Value::List(names) => names.iter().collect(),
        single => vec![single],
    };
    let mut keys = Vec::new();
    for name in names {
        let Some(text) = name.as_str() else {
            return Err(invalid_type(format!("'showing' lists properties by name, not {}", name.type_name())));
        };
        let Some(key) = graph.key(text) else {
            let known = graph.keys().map(|key| &**graph.key_name(key));
            let near: Vec<String> = alike(text, known).into_iter().map(str::to_string).collect();
            let message = format!("nothing has a property '{}'", shorten(text));
            return Err(unknown(Detail::UnknownName, message, &near, "CALL db.propertyKeys() lists them"));
        };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
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
