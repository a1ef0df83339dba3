//! What a remote graph says of itself: labels, relationship types and property keys with their numbers, and a small
//! graph that has one relation of each type, on which directions and meanings are looked up as on any graph.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::need::Along;
use super::reader::{Reader, Types, Way, ticked};
use crate::database::Schema;
use crate::diagnostic::Diagnostic;
use crate::graph::{
    Direction, Effect, FailureDirection, Graph, GraphBuilder, GraphView, LabelNaming, RelationSemantics, Semantics,
    Value,
};

/// Names counted with one statement.
const COUNTED_AT_ONCE: usize = 50;

pub(super) struct RemoteSchema {
    pub(super) names: Schema,
    pub(super) nodes: usize,
    pub(super) relationships: usize,
    /// Labels with a key by which their nodes are found, one by one.
    pub(super) indexes: BTreeSet<(String, String)>,
    /// Two nodes for each type, with a relation of it between them.
    pub(super) graph: Arc<Graph>,
}

/// Which types are followed along their arrows, and which against them.
pub(super) struct Followed {
    pub(super) out: Types,
    pub(super) back: Types,
}

impl Followed {
    /// The types with the one way that all of them are followed; `None` if both ways are, or nothing is.
    pub(super) fn one_way(&self) -> Option<(Way, &Types)> {
        match (self.out.are_none(), self.back.are_none()) {
            (false, true) => Some((Way::Out, &self.out)),
            (true, false) => Some((Way::In, &self.back)),
            (true, true) | (false, false) => None,
        }
    }
}

impl RemoteSchema {
    pub(super) fn read(reader: &mut Reader, beside: &Semantics) -> Result<RemoteSchema, Diagnostic> {
        let Meaning { mut semantics, counts } = Meaning::told(reader)?;
        beside.iter().for_each(|own| semantics.declare(own.clone()));
        beside.namings().for_each(|own| semantics.name_by(own.clone()));
        let labels = listed(
            reader,
            "CALL db.labels() YIELD label RETURN label",
            "MATCH (n) UNWIND labels(n) AS name RETURN DISTINCT name",
        )?;
        let mut keys = listed(
            reader,
            "CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey",
            "MATCH (n) UNWIND keys(n) AS name RETURN DISTINCT name",
        )?;
        // Some servers list only keys that were declared.
        let seen = [
            "MATCH (n) WITH n LIMIT 1000 UNWIND keys(n) AS name RETURN DISTINCT name",
            "MATCH ()-[r]->() WITH r LIMIT 1000 UNWIND keys(r) AS name RETURN DISTINCT name",
        ];
        for statement in seen {
            reader.rows(statement, &BTreeMap::new(), &mut |row| {
                keys.extend(string(row.first()));
                Ok(())
            })?;
        }
        let labels = counted(reader, labels, |label| format!("MATCH (n:{})", ticked(label)))?;
        let types = match counts.is_empty() {
            false => counts,
            true => {
                let types = listed(
                    reader,
                    "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType",
                    "MATCH ()-[r]->() RETURN DISTINCT type(r)",
                )?;
                counted(reader, types, |name| format!("MATCH ()-[n:{}]->()", ticked(name)))?
            }
        };
        let nodes = number(reader, "MATCH (n) RETURN count(n)")?;
        let relationships = number(reader, "MATCH ()-[r]->() RETURN count(r)")?;
        let names = Schema { labels, types, keys: keys.into_iter().map(Arc::from).collect() };
        let indexes = indexes(reader)?;
        let graph = Arc::new(sketch(&names, &semantics));
        Ok(RemoteSchema { names, nodes, relationships, indexes, graph })
    }

    /// What is followed from a term along needs, failures or the order of starting.
    pub(super) fn followed(&self, along: Along) -> Followed {
        let graph = &*self.graph;
        let view = match along {
            Along::Needs => GraphView::needs(graph, None),
            Along::Failures => GraphView::failures(graph, None),
            Along::Starts => GraphView::starts(graph, None),
        };
        let of = |way: Direction| {
            let is_followed = |t: &_| view.orientation(*t).is_some_and(|own| own == way || own == Direction::Both);
            Types::Named(graph.types().filter(is_followed).map(|t| graph.type_name(t).to_string()).collect())
        };
        Followed { out: of(Direction::Outgoing), back: of(Direction::Incoming) }
    }

    pub(super) fn has_key(&self, key: &str) -> bool {
        self.names.keys.iter().any(|known| **known == *key)
    }
}

/// What a kenning that serves the graph knows of its meaning; nothing of any other server.
#[derive(Default)]
struct Meaning {
    semantics: Semantics,
    /// Relations by type: a pattern would count those of symmetric types twice.
    counts: BTreeMap<Arc<str>, usize>,
}

impl Meaning {
    fn told(reader: &mut Reader) -> Result<Meaning, Diagnostic> {
        let mut told = Meaning::default();
        let types = "CALL db.relationshipSemantics() YIELD relationshipType, phrase, inverse, inversePhrase, failure, \
                     effect, properties, kindOf, basis, relationships \
                     RETURN relationshipType, phrase, inverse, inversePhrase, failure, effect, properties, kindOf, \
                     basis, relationships";
        let is_there = reader.asked(types, &mut |row| {
            let meaning = relation(&row);
            let count = row.get(9).and_then(Value::as_integer).and_then(|count| usize::try_from(count).ok());
            told.counts.extend(count.filter(|count| *count > 0).map(|count| (Arc::from(meaning.name.as_str()), count)));
            if string(row.get(8)).as_deref() == Some("declared") {
                told.semantics.declare(meaning);
            }
            Ok(())
        })?;
        let labels =
            "CALL db.labels() YIELD label, namedBy, basis WITH * WHERE basis = 'declared' RETURN label, namedBy";
        if is_there {
            reader.asked(labels, &mut |row| {
                let named_by = strings(row.get(1));
                told.semantics.name_by(LabelNaming { label: string(row.first()).unwrap_or_default(), named_by });
                Ok(())
            })?;
        }
        Ok(told)
    }
}

fn relation(row: &[Value]) -> RelationSemantics {
    let text = |at: usize| string(row.get(at)).unwrap_or_default();
    let (properties, direction) = (strings(row.get(6)), |name: &str| match name {
        "along" => FailureDirection::Along,
        "against" => FailureDirection::Against,
        _ => FailureDirection::None,
    });
    let has = |property: &str| properties.iter().any(|own| own == property);
    let orders = properties.iter().find_map(|property| property.strip_prefix("orders ")).unwrap_or_default();
    RelationSemantics {
        name: text(0),
        phrase: text(1),
        inverse: text(2),
        inverse_phrase: text(3),
        symmetric: has("symmetric"),
        transitive: has("transitive"),
        failure: direction(&text(4)),
        effect: if text(5) == "degrades" { Effect::Degrades } else { Effect::Fails },
        orders: direction(orders),
        kind_of: strings(row.get(7)),
        description: String::new(),
    }
}

fn string(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_string)
}

fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::List(items)) => items.iter().filter_map(|item| string(Some(item))).collect(),
        _ => Vec::new(),
    }
}

fn sketch(names: &Schema, semantics: &Semantics) -> Graph {
    let mut builder = GraphBuilder::new();
    semantics.iter().for_each(|meaning| builder.declare(meaning.clone()));
    semantics.namings().for_each(|naming| builder.name_by(naming.clone()));
    names.keys.iter().for_each(|key| _ = builder.intern_key(key));
    for label in names.labels.keys() {
        let label = builder.intern_label(label);
        builder.add_nodes(&[label], 1);
    }
    let used = names.types.iter().filter(|(_, count)| **count > 0);
    for (name, _) in used {
        let relationship_type = builder.intern_type(name);
        if let Some(first) = builder.add_nodes(&[], 2) {
            builder.add_relationships(relationship_type, &[first], &[first + 1]);
        }
    }
    builder.finish()
}

/// The names that a procedure lists, or, where there is none, a statement that looks at everything.
fn listed(reader: &mut Reader, procedure: &str, otherwise: &str) -> Result<BTreeSet<String>, Diagnostic> {
    let mut names = BTreeSet::new();
    let mut take = |row: Vec<Value>| {
        names.extend(string(row.first()));
        Ok(())
    };
    if !reader.asked(procedure, &mut take)? {
        reader.rows(otherwise, &BTreeMap::new(), &mut take)?;
    }
    Ok(names)
}

/// How many there are of each name, `n` in its pattern; those without any are names of the past.
fn counted(
    reader: &mut Reader,
    names: BTreeSet<String>,
    pattern: impl Fn(&str) -> String,
) -> Result<BTreeMap<Arc<str>, usize>, Diagnostic> {
    let mut counts = BTreeMap::new();
    let names: Vec<String> = names.into_iter().collect();
    for some in names.chunks(COUNTED_AT_ONCE) {
        let parts = some
            .iter()
            .enumerate()
            .map(|(at, name)| format!("{} RETURN {at} AS name, count(n) AS number", pattern(name)));
        let statement = parts.collect::<Vec<_>>().join(" UNION ALL ");
        reader.rows(&statement, &BTreeMap::new(), &mut |row| {
            let numbers = (row.first().and_then(Value::as_integer), row.get(1).and_then(Value::as_integer));
            if let (Some(at), Some(count)) = numbers
                && let Some(name) = usize::try_from(at).ok().and_then(|at| some.get(at))
            {
                counts.insert(Arc::from(name.as_str()), usize::try_from(count).unwrap_or_default());
            }
            Ok(())
        })?;
    }
    counts.retain(|_, count| *count > 0);
    Ok(counts)
}

/// Where the server cannot list its indexes, none is relied on.
fn indexes(reader: &mut Reader) -> Result<BTreeSet<(String, String)>, Diagnostic> {
    let statement = "SHOW INDEXES YIELD type, state, labelsOrTypes, properties \
                     WHERE type = 'RANGE' AND state = 'ONLINE' RETURN labelsOrTypes, properties";
    let mut found = BTreeSet::new();
    let one = |value: Option<&Value>| match value {
        Some(Value::List(items)) if items.len() == 1 => items[0].as_str().map(str::to_string),
        _ => None,
    };
    reader.asked(statement, &mut |row| {
        found.extend(one(row.first()).zip(one(row.get(1))));
        Ok(())
    })?;
    Ok(found)
}

fn number(reader: &mut Reader, statement: &str) -> Result<usize, Diagnostic> {
    let mut number = 0;
    reader.rows(statement, &BTreeMap::new(), &mut |row| {
        number = row.first().and_then(Value::as_integer).and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
        Ok(())
    })?;
    Ok(number)
}
