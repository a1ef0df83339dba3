//! Indexes and constraints, with the columns that Neo4j's SHOW INDEXES and SHOW CONSTRAINTS have.

use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::graph::{Rule, RuleKind, TypeSet, Value};
use crate::result::Shape;

pub const PROCEDURES: &[Procedure] = &[
    Procedure {
        name: "db.indexes",
        parameters: &[],
        yields: &[
            ("id", TypeSet::INTEGER),
            ("name", TypeSet::STRING),
            ("state", TypeSet::STRING),
            ("populationPercent", TypeSet::FLOAT),
            ("type", TypeSet::STRING),
            ("entityType", TypeSet::STRING),
            ("labelsOrTypes", TypeSet::LIST),
            ("properties", TypeSet::LIST),
            ("indexProvider", TypeSet::STRING),
            ("owningConstraint", TypeSet::STRING),
            ("lastRead", TypeSet::DATE_TIME),
            ("readCount", TypeSet::INTEGER),
        ],
        doc: "The indexes, complete as soon as they are created, and to which constraint each belongs; reads are not counted.",
        shape: Shape::Table,
        run: indexes,
    },
    Procedure {
        name: "db.constraints",
        parameters: &[],
        yields: &[
            ("id", TypeSet::INTEGER),
            ("name", TypeSet::STRING),
            ("type", TypeSet::STRING),
            ("entityType", TypeSet::STRING),
            ("labelsOrTypes", TypeSet::LIST),
            ("properties", TypeSet::LIST),
            ("ownedIndex", TypeSet::STRING),
            ("propertyType", TypeSet::STRING),
        ],
        doc: "The constraints, and what each requires: UNIQUENESS or NODE_PROPERTY_EXISTENCE.",
        shape: Shape::Table,
        run: constraints,
    },
];

fn indexes(context: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    rows(context, RuleKind::is_index, |id, rule, [labels, keys]| {
        let owner = rule.kind.is_constraint().then(|| Value::String(rule.name.clone()));
        vec![
            id,
            Value::String(rule.name.clone()),
            "ONLINE".into(),
            Value::Float(100.0),
            "RANGE".into(),
            "NODE".into(),
            labels,
            keys,
            "kenning".into(),
            owner.unwrap_or_default(),
            Value::Null,
            Value::Null,
        ]
    })
}

fn constraints(context: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    rows(context, RuleKind::is_constraint, |id, rule, [labels, keys]| {
        let requires = match rule.kind {
            RuleKind::Index | RuleKind::Unique => "UNIQUENESS",
            RuleKind::NotNull => "NODE_PROPERTY_EXISTENCE",
        };
        let owned = rule.kind.is_index().then(|| Value::String(rule.name.clone()));
        let name = Value::String(rule.name.clone());
        vec![id, name, requires.into(), "NODE".into(), labels, keys, owned.unwrap_or_default(), Value::Null]
    })
}

/// A row of each rule that counts, made of its number, itself, its labels and its property keys; sorted by name.
fn rows(
    context: &Context,
    counts: fn(RuleKind) -> bool,
    row: fn(Value, &Rule, [Value; 2]) -> Vec<Value>,
) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let mut rules: Vec<(usize, &Rule)> = (1..).zip(graph.rules()).filter(|(_, rule)| counts(rule.kind)).collect();
    rules.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    let of = |(id, rule): (usize, &Rule)| {
        let labels = Value::list([Value::String(graph.label_name(rule.label).clone())]);
        let keys = Value::list(rule.keys.iter().map(|key| Value::String(graph.key_name(*key).clone())));
        row(Value::from(id), rule, [labels, keys])
    };
    Ok(Output::new(rules.into_iter().map(of).collect(), Vec::new()))
}
