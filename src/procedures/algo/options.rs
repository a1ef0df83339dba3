//! The options of algorithms: which part of the graph, which weights, and what is to become of the result.

use std::sync::Arc;

use super::super::arguments::{relationship_types, terms};
use super::{Context, Output};
use crate::algorithms::Network;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::functions::{invalid_type, invalid_value};
use crate::graph::{Direction, Entity, Graph, GraphView, Hop, LabelId, Map, NodeId, TypeId, Value, alike};
use crate::result::Column;
use crate::trace::name_of;

/// Every option and what it does; each algorithm takes some of them.
pub const OPTIONS: &[(&str, &str)] = &[
    ("types", "relationship types to follow, one name or a list; all unless given"),
    (
        "direction",
        "'outgoing' (unless given), 'incoming' or 'both'; 'needs' and 'failures' follow each type as its semantics say",
    ),
    ("labels", "only nodes with one of these labels, one name or a list"),
    ("nodes", "only these nodes: a list of nodes or names"),
    ("weight", "the property of relationships that is their weight, cost or capacity; each counts 1 unless given"),
    ("defaultWeight", "the weight of relationships without the property; an error unless given"),
    ("write", "sets the result as this property of nodes instead of giving rows (with `top` the best are given, too)"),
    ("top", "so many rows, the highest values first; for similarity, so many partners a node (10)"),
    ("damping", "how likely a walker follows a relationship rather than jumps, below 1 (0.85)"),
    ("iterations", "the most rounds over a part with cycles (200)"),
    ("tolerance", "how little ranks may change in the last round, as a share of their sum (1e-10)"),
    ("sources", "where a walker jumps to: nodes or names; everywhere unless given"),
    ("samples", "paths from so many nodes only, taken evenly, scaled up; all unless given"),
    ("resolution", "higher gives smaller communities (1.0)"),
    ("of", "the one node, or its name, to find similar nodes of; all unless given"),
    ("metric", "'jaccard' (unless given), 'overlap' or 'cosine'"),
    ("cutoff", "the least similarity (0.0)"),
    ("point", "the property of nodes that is their place; needed"),
    ("scale", "the least weight for a unit of distance between two places (1.0)"),
    ("greatest", "true for the tree of greatest weight"),
    ("what", "'relationships' (unless given) or 'nodes'"),
    ("through", "only cycles through this node, or its name"),
    ("limit", "so many cycles, the shortest (100)"),
];

/// Which weights an algorithm can do with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Weights {
    Any,
    NotNegative,
    Positive,
}

/// The options of a call.
pub(super) struct Settings<'c> {
    pub context: &'c Context<'c>,
    map: Option<&'c Map>,
    pub notes: Vec<String>,
    types: Option<Vec<TypeId>>,
    labels: Option<Vec<LabelId>>,
    /// By node.
    nodes: Option<Vec<bool>>,
}

impl<'c> Settings<'c> {
    /// Reads the map of options; null is none. Names that are not known are errors.
    pub(super) fn read(
        context: &'c Context<'c>,
        value: &'c Value,
        known: &'static [&'static str],
    ) -> Result<Settings<'c>, Diagnostic> {
        let map = match value {
            Value::Null => None,
            Value::Map(map) => Some(&**map),
            other => return Err(invalid_type(format!("options are a map, not a value of type {}", other.type_name()))),
        };
        if let Some(unknown) = map.into_iter().flat_map(|map| map.keys()).find(|key| !known.contains(&&***key)) {
            return Err(unknown_option(unknown, known));
        }
        let mut settings = Settings { context, map, notes: Vec::new(), types: None, labels: None, nodes: None };
        settings.types = settings.read_types()?;
        settings.labels = settings.read_labels()?;
        if let Some(kept) = settings.terms("nodes")? {
            let mut nodes = vec![false; context.graph.node_bound()];
            kept.iter().for_each(|node| nodes[node.index()] = true);
            settings.nodes = Some(nodes);
        }
        Ok(settings)
    }

    fn given(&self, name: &str) -> Option<&'c Value> {
        self.map.and_then(|map| map.get(name)).filter(|value| !value.is_null())
    }

    fn texts(&self, name: &str) -> Result<Option<Vec<&'c str>>, Diagnostic> {
        let Some(value) = self.given(name) else { return Ok(None) };
        let text = |value: &'c Value| {
            value.as_str().ok_or_else(|| invalid_type(format!("'{name}' takes names, not {}", value.type_name())))
        };
        match value {
            Value::List(items) => items.iter().map(text).collect::<Result<_, _>>().map(Some),
            single => Ok(Some(vec![text(single)?])),
        }
    }

    /// A type that is not there is left out, with a note.
    fn read_types(&mut self) -> Result<Option<Vec<TypeId>>, Diagnostic> {
        let Some(names) = self.texts("types")? else { return Ok(None) };
        let graph = self.context.graph;
        let mut types = Vec::new();
        for name in names {
            match relationship_types(graph, name) {
                Ok(found) => types.extend(found.iter().filter_map(|name| graph.type_id(name))),
                Err(unknown) => {
                    let help = unknown.help.as_deref().unwrap_or_default();
                    self.notes.push(format!("{}: {help}", unknown.message));
                }
            }
        }
        Ok(Some(types))
    }

    fn read_labels(&mut self) -> Result<Option<Vec<LabelId>>, Diagnostic> {
        let Some(names) = self.texts("labels")? else { return Ok(None) };
        let graph = self.context.graph;
        let mut labels = Vec::new();
        for name in names {
            let Some(label) = graph.label(name) else {
                let known = graph.labels().filter(|label| graph.label_count(*label) > 0);
                let help = did_you_mean(name, known.map(|label| &**graph.label_name(label)));
                self.notes.push(format!("no node has the label `{name}`{help}"));
                continue;
            };
            labels.push(label);
        }
        Ok(Some(labels))
    }

    /// The nodes of an option that takes one or several.
    pub(super) fn terms(&self, name: &str) -> Result<Option<Vec<NodeId>>, Diagnostic> {
        self.given(name).map(|value| terms(self.context, value)).transpose()
    }

    pub(super) fn text(&self, name: &str, allowed: &[&'static str]) -> Result<&'static str, Diagnostic> {
        let Some(value) = self.given(name) else { return Ok(allowed[0]) };
        let found = allowed.iter().find(|text| value.as_str() == Some(text));
        found.copied().ok_or_else(|| {
            let given = value.as_str().map_or_else(|| value.type_name().to_string(), |text| format!("'{text}'"));
            let allowed: Vec<String> = allowed.iter().map(|text| format!("'{text}'")).collect();
            invalid_value(format!("'{name}' cannot be {given}")).help(format!("write {}", allowed.join(" or ")))
        })
    }

    /// The name of a property.
    pub(super) fn key(&self, name: &str) -> Result<Option<&'c str>, Diagnostic> {
        let Some(value) = self.given(name) else { return Ok(None) };
        let key = value.as_str().filter(|key| !key.is_empty());
        key.map(Some).ok_or_else(|| invalid_type(format!("'{name}' takes the name of a property")))
    }

    pub(super) fn boolean(&self, name: &str) -> Result<bool, Diagnostic> {
        match self.given(name) {
            None => Ok(false),
            Some(Value::Boolean(value)) => Ok(*value),
            Some(other) => {
                Err(invalid_type(format!("'{name}' is true or false, not a value of type {}", other.type_name())))
            }
        }
    }

    pub(super) fn count(&self, name: &str) -> Result<Option<usize>, Diagnostic> {
        let Some(value) = self.given(name) else { return Ok(None) };
        let number = value.as_integer().and_then(|number| usize::try_from(number).ok());
        number.map(Some).ok_or_else(|| invalid_value(format!("'{name}' is a number of things: 0, 1, 2 and so on")))
    }

    /// A number within a range.
    pub(super) fn number(
        &self,
        name: &str,
        otherwise: f64,
        range: impl std::ops::RangeBounds<f64> + std::fmt::Debug,
    ) -> Result<f64, Diagnostic> {
        let Some(value) = self.given(name) else { return Ok(otherwise) };
        let number = value.as_float().filter(|number| range.contains(number));
        number.ok_or_else(|| {
            invalid_value(format!("'{name}' does not take this value")).help(format!("it is a number within {range:?}"))
        })
    }

    /// The view that the options choose.
    pub(super) fn view(&self) -> Result<GraphView<'c>, Diagnostic> {
        let (graph, types) = (self.context.graph, self.types.as_deref());
        let direction = self.text("direction", &["outgoing", "incoming", "both", "needs", "failures"])?;
        Ok(match direction {
            "needs" => GraphView::needs(graph, types),
            "failures" => GraphView::failures(graph, types),
            "incoming" => GraphView::of(graph, types, Direction::Incoming),
            "both" => GraphView::of(graph, types, Direction::Both),
            _ => GraphView::of(graph, types, Direction::Outgoing),
        })
    }

    /// The types that the options choose, followed both ways.
    pub(super) fn undirected(&self) -> GraphView<'c> {
        GraphView::of(self.context.graph, self.types.as_deref(), Direction::Both)
    }

    fn keeps(&self, node: NodeId) -> bool {
        let graph = self.context.graph;
        self.labels.as_ref().is_none_or(|labels| labels.iter().any(|label| graph.has_label(node, *label)))
            && self.nodes.as_ref().is_none_or(|nodes| nodes[node.index()])
    }

    /// Whether the options choose all nodes, and no weights.
    pub(super) fn are_of_the_whole(&self) -> bool {
        self.labels.is_none() && self.nodes.is_none() && self.given("weight").is_none()
    }

    /// The nodes that the options choose, with weights if these are given.
    pub(super) fn network<'v>(&self, view: &'v GraphView<'v>, weights: Weights) -> Result<Network<'v>, Diagnostic> {
        let budget = self.context.budget;
        let network = Network::shape(view, |node| self.keeps(node), budget)?;
        self.weighted(network, weights)
    }

    /// What is reached from a node over nodes that the options choose.
    pub(super) fn reached<'v>(
        &self,
        view: &'v GraphView<'v>,
        from: NodeId,
        weights: Weights,
    ) -> Result<Network<'v>, Diagnostic> {
        let network = Network::reached(view, &[from], |hop| self.keeps(hop.target), self.context.budget)?;
        self.weighted(network, weights)
    }

    fn weighted<'v>(&self, network: Network<'v>, allowed: Weights) -> Result<Network<'v>, Diagnostic> {
        let Some(name) = self.key("weight")? else { return Ok(network) };
        let graph = self.context.graph;
        let Some(key) = graph.key(name) else {
            let help = did_you_mean(name, graph.keys().map(|key| &**graph.key_name(key)));
            return Err(invalid_value(format!("no relationship has the property '{name}'{help}")));
        };
        let otherwise = match self.given("defaultWeight") {
            None => None,
            Some(_) => Some(self.number("defaultWeight", 0.0, f64::MIN..=f64::MAX)?),
        };
        self.context.budget.charge(network.edge_count() * size_of::<f64>())?;
        let mut weights = Vec::with_capacity(network.edge_count());
        for hop in network.hops() {
            self.context.budget.tick()?;
            let value = graph.property(hop.relationship, key);
            let weight = if value.is_null() { otherwise } else { value.as_float().filter(|w| w.is_finite()) };
            let fits = |weight: &f64| match allowed {
                Weights::Any => true,
                Weights::NotNegative => *weight >= 0.0,
                Weights::Positive => *weight > 0.0,
            };
            weights.push(weight.filter(fits).ok_or_else(|| unfit_weight(graph, &hop, name, &value, weight, allowed))?);
        }
        Ok(network.weighted(weights))
    }

    /// The answer of an algorithm that says something of each node of a network: columns by number, the result first.
    pub(super) fn per_node(self, network: &Network, columns: Vec<Column>) -> Result<Output, Diagnostic> {
        self.of_nodes(network.view(), network.nodes(), columns)
    }

    /// As [`Settings::per_node`], of these nodes of a view.
    pub(super) fn of_nodes(
        mut self,
        view: &GraphView,
        nodes: &[NodeId],
        mut columns: Vec<Column>,
    ) -> Result<Output, Diagnostic> {
        let budget = self.context.budget;
        let (write, top) = (self.key("write")?, self.count("top")?);
        let (result, all) = (&columns[0], nodes.len());
        let mut writes = Vec::new();
        if let Some(key) = write {
            let key: Arc<str> = Arc::from(key);
            budget.charge(all * size_of::<super::super::Write>())?;
            for (number, node) in nodes.iter().enumerate() {
                budget.tick()?;
                writes.push((Entity::Node(*node), key.clone(), result.value(number)));
            }
            self.notes.push(format!("`{key}` set on {all} nodes"));
        }
        let chosen = match (top, write) {
            (Some(top), _) => {
                budget.charge(all * size_of::<(f64, usize)>())?;
                Some(best(result, top, all))
            }
            (None, Some(_)) => Some(Vec::new()),
            (None, None) => None,
        };
        columns.insert(0, Column::nodes(nodes.iter().copied()));
        if let Some(chosen) = &chosen {
            columns = columns.iter().map(|column| column.pick(chosen.iter().copied())).collect();
        }
        let mut notes = view.notes();
        notes.append(&mut self.notes);
        self.context.write(writes);
        Ok(Output::of(chosen.map_or(all, |chosen| chosen.len()), columns, notes))
    }

    /// The answer of an algorithm as columns that are not of nodes.
    pub(super) fn columns(self, columns: Vec<Column>) -> Output {
        Output::of(columns[0].rows().unwrap_or_default(), columns, self.notes)
    }

    /// The answer of an algorithm whose rows are not of nodes.
    pub(super) fn rows(self, rows: Vec<Vec<Value>>) -> Output {
        Output::new(rows, self.notes)
    }
}

/// The rows with the greatest numbers, these first; of equal ones the earlier.
fn best(column: &Column, top: usize, all: usize) -> Vec<usize> {
    let rank = |row: usize| column.value(row).as_float().unwrap_or(0.0);
    let mut ranked: Vec<(f64, usize)> = (0..all).map(|row| (rank(row), row)).collect();
    let order = |a: &(f64, usize), b: &(f64, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if top < ranked.len() {
        ranked.select_nth_unstable_by(top, order);
        ranked.truncate(top);
    }
    ranked.sort_unstable_by(order);
    ranked.into_iter().map(|(_, row)| row).collect()
}

/// The one node that an argument means.
pub(super) fn one(context: &Context, value: &Value, what: &str) -> Result<NodeId, Diagnostic> {
    match terms(context, value)?[..] {
        [node] => Ok(node),
        ref nodes => Err(invalid_value(format!("'{what}' is one node, not {}", nodes.len()))),
    }
}

fn unknown_option(name: &str, known: &'static [&'static str]) -> Diagnostic {
    let all = format!("the options are {}", known.join(", "));
    let help = match alike(name, known.iter().copied())[..] {
        [] => all,
        [near, ..] => format!("did you mean {near}? {all}"),
    };
    invalid_value(format!("there is no option '{name}'")).help(help)
}

fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    match alike(name, known)[..] {
        [] => String::new(),
        [near, ..] => format!("; did you mean `{near}`?"),
    }
}

fn unfit_weight(
    graph: &Graph,
    hop: &Hop,
    key: &str,
    value: &Value,
    weight: Option<f64>,
    allowed: Weights,
) -> Diagnostic {
    let shape = graph.relationship(hop.relationship);
    let (start, end) = (name_of(graph, shape.start), name_of(graph, shape.end));
    let which = format!("({start})-[:{}]->({end})", graph.type_name(shape.relationship_type));
    match (weight, value) {
        (None, Value::Null) => invalid_value(format!("{which} has no `{key}`"))
            .help("give `defaultWeight` for relationships without one, or choose `types` that have it"),
        (None, _) => Diagnostic::runtime(
            Kind::TypeError,
            Detail::InvalidArgumentType,
            format!("`{key}` of {which} is not a finite number"),
        ),
        (Some(weight), _) => {
            let least = if allowed == Weights::Positive { "above 0" } else { "0 or more" };
            invalid_value(format!("`{key}` of {which} is {weight}, but weights must be {least}"))
        }
    }
}
