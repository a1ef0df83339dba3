//! [`Picture`]: the part of a remote graph that has come over, and the graph that is made of it here.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::records::bytes_of;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{Graph, GraphBuilder, KeyId, LabelId, Map, Value};
use crate::limits::Budget;

/// What a server calls a node or a relationship.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Id {
    Number(i64),
    Text(Arc<str>),
}

impl Id {
    pub(super) fn of(value: &Value) -> Option<Id> {
        match value {
            Value::Integer(number) => Some(Id::Number(*number)),
            Value::String(text) => Some(Id::Text(text.clone())),
            _ => None,
        }
    }

    pub(super) fn value(&self) -> Value {
        match self {
            Id::Number(number) => Value::Integer(*number),
            Id::Text(text) => Value::String(text.clone()),
        }
    }
}

/// Texts that end in numbers are in the order of these: `n9` before `n10`.
impl Ord for Id {
    fn cmp(&self, other: &Id) -> Ordering {
        match (self, other) {
            (Id::Number(a), Id::Number(b)) => a.cmp(b),
            (Id::Text(a), Id::Text(b)) => (a.len(), a).cmp(&(b.len(), b)),
            (Id::Number(_), Id::Text(_)) => Ordering::Less,
            (Id::Text(_), Id::Number(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Id) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) labels: Vec<Arc<str>>,
    pub(super) properties: Map,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Relation {
    pub(super) start: Id,
    pub(super) end: Id,
    pub(super) relationship_type: Arc<str>,
    pub(super) properties: Map,
}

#[derive(Debug, Default)]
pub(super) struct Picture {
    /// `None`: it is an end of a relation, and nothing else has come of it yet.
    pub(super) nodes: BTreeMap<Id, Option<Node>>,
    pub(super) relations: BTreeMap<Id, Relation>,
}

impl Picture {
    /// Takes a row `id, labels, properties`.
    pub(super) fn take_node(&mut self, row: Vec<Value>, budget: &Budget) -> Result<Id, Diagnostic> {
        let Ok([id, Value::List(labels), properties]) = <[Value; 3]>::try_from(row) else { return Err(strange()) };
        let id = Id::of(&id).ok_or_else(strange)?;
        let labels = labels.iter().filter_map(text).collect();
        let properties = map(properties)?;
        budget.charge(2 * size_of::<Node>() + bytes_of(&properties))?;
        self.nodes.insert(id.clone(), Some(Node { labels, properties }));
        Ok(id)
    }

    /// Takes a row `start, end, id, type, properties`, unless its confidence is below what is demanded. Gives its ends.
    pub(super) fn take_relation(
        &mut self,
        row: Vec<Value>,
        least: f64,
        budget: &Budget,
    ) -> Result<Option<(Id, Id)>, Diagnostic> {
        let Ok([start, end, id, relationship_type, properties]) = <[Value; 5]>::try_from(row) else {
            return Err(strange());
        };
        let (Some(start), Some(end), Some(id)) = (Id::of(&start), Id::of(&end), Id::of(&id)) else {
            return Err(strange());
        };
        let relationship_type = text(&relationship_type).ok_or_else(strange)?;
        let properties = map(properties)?;
        if properties.get("confidence").and_then(Value::as_float).is_some_and(|sure| sure < least) {
            return Ok(None);
        }
        budget.charge(2 * size_of::<Relation>() + bytes_of(&properties))?;
        for end in [&start, &end] {
            if !self.nodes.contains_key(end) {
                budget.charge(2 * size_of::<Id>())?;
                self.nodes.insert(end.clone(), None);
            }
        }
        let ends = (start.clone(), end.clone());
        self.relations.insert(id, Relation { start, end, relationship_type, properties });
        Ok(Some(ends))
    }

    /// The nodes of which nothing but their ids has come.
    pub(super) fn bare(&self) -> BTreeSet<Id> {
        self.nodes.iter().filter(|(_, node)| node.is_none()).map(|(id, _)| id.clone()).collect()
    }

    /// The graph of what has come, its nodes and relationships in the order of their ids. The whole has relationships of
    /// the types of `sketch`, which knows what they mean.
    pub(super) fn graph(self, sketch: &Graph, budget: &Budget) -> Result<Graph, Diagnostic> {
        let semantics = sketch.semantics();
        let mut builder = GraphBuilder::new();
        semantics.iter().for_each(|meaning| builder.declare(meaning.clone()));
        semantics.namings().for_each(|naming| builder.name_by(naming.clone()));
        sketch.keys().for_each(|key| _ = builder.intern_key(sketch.key_name(key)));
        let mut places: BTreeMap<Id, u32> = BTreeMap::new();
        for (id, node) in self.nodes {
            budget.tick()?;
            let Some(node) = node else { return Err(changed()) };
            let labels: Vec<LabelId> = node.labels.iter().map(|label| builder.intern_label(label)).collect();
            let place = builder.add_nodes(&labels, 1).ok_or_else(too_many)?;
            for (key, value) in node.properties {
                let key = builder.intern_key(&key);
                builder.set_node_property(place, key, value);
            }
            places.insert(id, place);
        }
        for relation in self.relations.into_values() {
            budget.tick()?;
            let (Some(start), Some(end)) = (places.get(&relation.start), places.get(&relation.end)) else {
                return Err(changed());
            };
            let relationship_type = builder.intern_type(&relation.relationship_type);
            let added = builder.add_relationships(relationship_type, &[*start], &[*end]).ok_or_else(too_many)?;
            for (key, value) in relation.properties {
                let key: KeyId = builder.intern_key(&key);
                builder.set_relationship_property(added, key, value);
            }
        }
        Ok(builder.finish_part(sketch.types().map(|t| &**sketch.type_name(t))))
    }
}

fn text(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn map(value: Value) -> Result<Map, Diagnostic> {
    match value {
        Value::Map(map) => Ok((*map).clone()),
        _ => Err(strange()),
    }
}

fn strange() -> Diagnostic {
    let message = "the server answers with other columns than were asked for";
    Diagnostic::runtime(Kind::IoError, Detail::DeviceFailure, message)
}

fn changed() -> Diagnostic {
    let message = "the graph changed while it was read: a relation's end is gone";
    Diagnostic::runtime(Kind::TransactionError, Detail::TransactionConflict, message).help("ask again")
}

fn too_many() -> Diagnostic {
    let message = "more nodes or relationships than have numbers here";
    Diagnostic::runtime(Kind::Stopped, Detail::MemoryLimit, message).help("narrow the question")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn budget() -> Budget {
        Budget::start(&Limits::default())
    }

    fn node(id: i64, name: &str) -> Vec<Value> {
        vec![id.into(), Value::list([Value::from("Service")]), Value::map([("name", Value::from(name))])]
    }

    fn relation(start: i64, end: i64, confidence: f64) -> Vec<Value> {
        let properties = Value::map([("confidence", Value::Float(confidence))]);
        vec![start.into(), end.into(), (10 * start + end).into(), Value::from("USES"), properties]
    }

    #[test]
    fn a_graph_is_made_once_every_end_is_known() {
        let mut picture = Picture::default();
        picture.take_node(node(7, "a"), &budget()).unwrap();
        picture.take_relation(relation(7, 9, 0.9), 0.0, &budget()).unwrap();
        assert_eq!(picture.bare(), BTreeSet::from([Id::Number(9)]));
        picture.take_node(node(9, "b"), &budget()).unwrap();
        let graph = picture.graph(&Graph::new(), &budget()).unwrap();
        assert_eq!((graph.node_count(), graph.relationship_count()), (2, 1));
    }

    #[test]
    fn an_end_that_is_gone_is_an_error() {
        let mut picture = Picture::default();
        picture.take_relation(relation(1, 2, 1.0), 0.0, &budget()).unwrap();
        assert_eq!(picture.graph(&Graph::new(), &budget()).unwrap_err().detail, Detail::TransactionConflict);
    }

    #[test]
    fn doubtful_relations_stay_there() {
        let mut picture = Picture::default();
        assert_eq!(picture.take_relation(relation(1, 2, 0.5), 0.7, &budget()), Ok(None));
        assert!(picture.nodes.is_empty());
    }

    #[test]
    fn ids_that_are_texts_are_in_the_order_of_their_numbers() {
        let text = |text: &str| Id::Text(text.into());
        assert!(text("n9") < text("n10") && text("4:x:10") < text("4:x:11"));
    }

    #[test]
    fn rows_of_another_shape_are_refused() {
        let mut picture = Picture::default();
        assert!(picture.take_node(vec![Value::Null], &budget()).is_err());
        assert!(picture.take_relation(node(1, "a"), 0.0, &budget()).is_err());
    }
}
