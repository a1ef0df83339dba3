//! What a graph is made of, as procedures.

use std::collections::BTreeSet;

use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::functions::optional;
use crate::graph::{Decision, Effect, FailureDirection, Titles, TypeId, TypeSet, Value};
use crate::result::Shape;

pub const PROCEDURES: &[Procedure] = &[
    Procedure {
        name: "db.labels",
        parameters: &[],
        yields: &[
            ("label", TypeSet::STRING),
            ("nodes", TypeSet::INTEGER),
            ("namedBy", TypeSet::LIST),
            ("basis", TypeSet::STRING),
        ],
        doc: "The labels in use or declared, with how many nodes have each, which properties name these, and whether \
              that is declared (CREATE LABEL), the default (`name`) or guessed from what most of them have.",
        shape: Shape::Table,
        run: labels,
    },
    Procedure {
        name: "db.relationshipTypes",
        parameters: &[],
        yields: &[("relationshipType", TypeSet::STRING), ("relationships", TypeSet::INTEGER)],
        doc: "The relationship types in use, with how many relationships each has.",
        shape: Shape::Table,
        run: relationship_types,
    },
    Procedure {
        name: "db.propertyKeys",
        parameters: &[],
        yields: &[("propertyKey", TypeSet::STRING)],
        doc: "The property keys that were ever used.",
        shape: Shape::Table,
        run: property_keys,
    },
    Procedure {
        name: "db.awaitIndexes",
        parameters: &[optional("seconds", TypeSet::INTEGER)],
        yields: &[],
        doc: "Waits until indexes are ready, which they are as soon as they are created: for scripts that ask.",
        shape: Shape::Table,
        run: |_, _| Ok(Output::default()),
    },
    Procedure {
        name: "db.schema",
        parameters: &[],
        yields: &[
            ("relationshipType", TypeSet::STRING),
            ("phrase", TypeSet::STRING),
            ("inverse", TypeSet::STRING),
            ("failure", TypeSet::STRING),
            ("effect", TypeSet::STRING),
            ("symmetric", TypeSet::BOOLEAN),
            ("transitive", TypeSet::BOOLEAN),
            ("relationships", TypeSet::INTEGER),
            ("starts", TypeSet::LIST),
            ("ends", TypeSet::LIST),
        ],
        doc: "Each relationship type: how it reads, which way a failure travels, how often it is used, and between which labels.",
        shape: Shape::Table,
        run: schema,
    },
    Procedure {
        name: "db.decisions",
        parameters: &[],
        yields: &[
            ("decision", TypeSet::STRING),
            ("by", TypeSet::STRING),
            ("on", TypeSet::STRING),
            ("because", TypeSet::STRING),
        ],
        doc: "What people decided about terms and relations: the statement that takes the decision, who, when and why.",
        shape: Shape::Table,
        run: decisions,
    },
    Procedure {
        name: "db.relationshipSemantics",
        parameters: &[],
        yields: &[
            ("relationshipType", TypeSet::STRING),
            ("phrase", TypeSet::STRING),
            ("inverse", TypeSet::STRING),
            ("inversePhrase", TypeSet::STRING),
            ("failure", TypeSet::STRING),
            ("effect", TypeSet::STRING),
            ("properties", TypeSet::LIST),
            ("kindOf", TypeSet::LIST),
            ("relationships", TypeSet::INTEGER),
            ("basis", TypeSet::STRING),
        ],
        doc: "What each relationship type means: how it reads both ways, which way a failure travels and what it does, \
              whether it is symmetric or transitive or orders without carrying failures, of which types it is a kind, and whether that is declared, guessed \
              from its name, or not known.",
        shape: Shape::Table,
        run: semantics,
    },
];

fn rows(rows: Vec<Vec<Value>>) -> Result<Output, Diagnostic> {
    Ok(Output::new(rows, Vec::new()))
}

fn labels(context: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let used = graph.labels().filter(|label| graph.label_count(*label) > 0).map(|label| &**graph.label_name(label));
    let labels: BTreeSet<&str> = used.chain(graph.semantics().namings().map(|naming| &*naming.label)).collect();
    let titles = Titles::of(graph);
    let row = |label: &str| {
        let id = graph.label(label);
        let nodes = id.map_or(0, |label| graph.label_count(label));
        let declared = graph.semantics().naming(label).map(|naming| naming.named_by.clone());
        let guessed = || id.and_then(|label| titles.guess(label)).map(|key| vec![graph.key_name(key).to_string()]);
        let basis = |keys: &[String]| match (&declared, keys) {
            (Some(_), _) => "declared",
            (None, [key]) if key == "name" => "default",
            (None, _) => "guessed",
        };
        let (keys, basis) = match declared.clone().or_else(guessed) {
            Some(keys) => (Value::list(keys.iter().map(|key| Value::from(key.as_str()))), Value::from(basis(&keys))),
            None => (Value::Null, Value::Null),
        };
        vec![Value::from(label), Value::from(nodes), keys, basis]
    };
    rows(labels.into_iter().map(row).collect())
}

fn decisions(context: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    let text = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
    let row = |decision: &Decision| {
        let Decision { by, on, because, .. } = decision;
        vec![Value::from(&*decision.statement()), text(by), text(on), text(because)]
    };
    rows(context.graph.semantics().decisions().map(row).collect())
}

fn relationship_types(context: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let mut types: Vec<_> = graph.types().filter(|t| graph.type_count(*t) > 0).collect();
    types.sort_by_key(|t| graph.type_name(*t));
    let row = |t| vec![Value::String(graph.type_name(t).clone()), Value::from(graph.type_count(t))];
    rows(types.into_iter().map(row).collect())
}

fn property_keys(context: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let keys: BTreeSet<_> = graph.keys().map(|key| graph.key_name(key).clone()).collect();
    rows(keys.into_iter().map(|key| vec![Value::String(key)]).collect())
}

/// The labels met at the starts and at the ends of a type's relationships.
type Ends = [BTreeSet<Value>; 2];

fn schema(context: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let mut ends: Vec<Ends> = vec![Ends::default(); graph.types().count()];
    for id in graph.relationships() {
        context.budget.tick()?;
        let relationship = graph.relationship(id);
        let of_type = &mut ends[relationship.relationship_type.index()];
        for (labels, node) in of_type.iter_mut().zip([relationship.start, relationship.end]) {
            let named = graph.node_labels(node).iter().map(|label| Value::String(graph.label_name(*label).clone()));
            labels.extend(named);
        }
    }
    let used = graph.types().filter(|t| graph.type_count(*t) > 0).map(|t| graph.type_name(t).to_string());
    let names: BTreeSet<String> = used.chain(graph.semantics().iter().map(|s| s.name.clone())).collect();
    let none = Ends::default();
    let row = |name: &String| {
        let id: Option<TypeId> = graph.type_id(name);
        let [starts, ends] = id.map_or(&none, |t| &ends[t.index()]);
        let count = id.map_or(0, |t| graph.type_count(t));
        let mut row = vec![Value::from(name.as_str())];
        row.extend(meaning(context, name));
        row.push(Value::from(count));
        row.extend([starts, ends].map(|labels| Value::list(labels.iter().cloned())));
        row
    };
    rows(names.iter().map(row).collect())
}

/// Phrase, inverse phrase, failure, effect, symmetric, transitive; nulls for a type that is not declared.
fn meaning(context: &Context, name: &str) -> [Value; 6] {
    let Some(semantics) = context.graph.semantics().get(name) else {
        return std::array::from_fn(|_| Value::Null);
    };
    let [failure, effect] = travels(semantics.failure, semantics.effect);
    [
        Value::from(semantics.phrase.as_str()),
        Value::from(semantics.inverse_phrase.as_str()),
        failure,
        effect,
        Value::from(semantics.symmetric),
        Value::from(semantics.transitive),
    ]
}

fn semantics(context: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let semantics = graph.semantics();
    let used = graph.types().filter(|t| graph.type_count(*t) > 0).map(|t| graph.type_name(t).to_string());
    let names: BTreeSet<String> = used.chain(semantics.iter().map(|s| s.name.clone())).collect();
    let texts = |texts: Vec<&str>| Value::list(texts.into_iter().map(Value::from));
    let row = |name: &String| {
        let declared = semantics.get(name);
        let carries = semantics.carries(name);
        let basis = match (declared, carries) {
            (Some(_), _) => "declared",
            (None, Some(_)) => "guessed",
            (None, None) => "unknown",
        };
        let [failure, effect] = carries.map_or([const { Value::Null }; 2], |c| travels(c.failure, c.effect));
        let inverse = declared.map(|s| s.inverse.as_str()).filter(|inverse| !inverse.is_empty());
        let mut properties = Vec::new();
        properties.extend(declared.filter(|s| s.symmetric).map(|_| "symmetric"));
        properties.extend(declared.filter(|s| s.transitive).map(|_| "transitive"));
        properties.extend(declared.and_then(|s| match s.orders {
            FailureDirection::Along => Some("orders along"),
            FailureDirection::Against => Some("orders against"),
            FailureDirection::None => None,
        }));
        let supers = declared.map(|s| s.kind_of.iter().map(String::as_str).collect()).unwrap_or_default();
        vec![
            Value::from(name.as_str()),
            Value::from(semantics.phrase(name)),
            inverse.map_or(Value::Null, Value::from),
            Value::from(semantics.inverse_phrase(name)),
            failure,
            effect,
            texts(properties),
            texts(supers),
            Value::from(graph.type_id(name).map_or(0, |t| graph.type_count(t))),
            Value::from(basis),
        ]
    };
    let guessed = semantics.is_empty() && names.iter().any(|name| semantics.carries(name).is_some());
    let notes = match guessed {
        true => {
            vec!["nothing is declared, so the names decide: CREATE RELATIONSHIP TYPE says what a type means".into()]
        }
        false => Vec::new(),
    };
    Ok(Output::new(names.iter().map(row).collect(), notes))
}

/// Which way a failure travels over a type, and what it does.
fn travels(failure: FailureDirection, effect: Effect) -> [Value; 2] {
    let direction = match failure {
        FailureDirection::Along => "along",
        FailureDirection::Against => "against",
        FailureDirection::None => "none",
    };
    let effect = match (failure, effect) {
        (FailureDirection::None, _) => Value::Null,
        (_, Effect::Fails) => Value::from("fails"),
        (_, Effect::Degrades) => Value::from("degrades"),
    };
    [Value::from(direction), effect]
}
