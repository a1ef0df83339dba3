//! What the system is and can do, as procedures: drivers and tools call them unasked, by these names.

use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::functions;
use crate::graph::{TypeSet, Value};
use crate::result::Shape;

pub const PROCEDURES: &[Procedure] = &[
    Procedure {
        name: "dbms.components",
        parameters: &[],
        yields: &[("name", TypeSet::STRING), ("versions", TypeSet::LIST), ("edition", TypeSet::STRING)],
        doc: "The name and version of the system.",
        shape: Shape::Table,
        run: |_, _| rows([vec!["kenning".into(), Value::list([env!("CARGO_PKG_VERSION").into()]), "community".into()]]),
    },
    Procedure {
        name: "db.ping",
        parameters: &[],
        yields: &[("success", TypeSet::BOOLEAN)],
        doc: "Whether the graph answers, which it does.",
        shape: Shape::Table,
        run: |_, _| rows([vec![Value::Boolean(true)]]),
    },
    Procedure {
        name: "dbms.databases",
        parameters: &[],
        yields: DATABASE,
        doc: "The databases: the graph that is open, by the name that a server gives it.",
        shape: Shape::Table,
        run: |_, _| rows([database("graph", "", "read-write")]),
    },
    Procedure {
        name: "dbms.settings",
        parameters: &[],
        yields: SETTING,
        doc: "The settings of the server, by the names that Neo4j has for them; none outside of a server.",
        shape: Shape::Table,
        run: |_, _| rows([]),
    },
    Procedure {
        name: "dbms.procedures",
        parameters: &[],
        yields: &[
            ("name", TypeSet::STRING),
            ("description", TypeSet::STRING),
            ("mode", TypeSet::STRING),
            ("worksOnSystem", TypeSet::BOOLEAN),
            ("signature", TypeSet::STRING),
        ],
        doc: "The procedures.",
        shape: Shape::Table,
        run: procedures,
    },
    Procedure {
        name: "dbms.functions",
        parameters: &[],
        yields: &[
            ("name", TypeSet::STRING),
            ("category", TypeSet::STRING),
            ("description", TypeSet::STRING),
            ("signature", TypeSet::STRING),
            ("isBuiltIn", TypeSet::BOOLEAN),
        ],
        doc: "The functions, aggregates not among them.",
        shape: Shape::Table,
        run: list_functions,
    },
];

/// What `dbms.databases` yields.
pub(crate) const DATABASE: &[(&str, TypeSet)] = &[
    ("name", TypeSet::STRING),
    ("type", TypeSet::STRING),
    ("aliases", TypeSet::LIST),
    ("access", TypeSet::STRING),
    ("address", TypeSet::STRING),
    ("role", TypeSet::STRING),
    ("writer", TypeSet::BOOLEAN),
    ("requestedStatus", TypeSet::STRING),
    ("currentStatus", TypeSet::STRING),
    ("statusMessage", TypeSet::STRING),
    ("default", TypeSet::BOOLEAN),
    ("home", TypeSet::BOOLEAN),
    ("constituents", TypeSet::LIST),
];

/// The row of a database that is the only one.
pub(crate) fn database(name: &str, address: &str, access: &str) -> Vec<Value> {
    vec![
        name.into(),
        "standard".into(),
        Value::list([]),
        access.into(),
        address.into(),
        "primary".into(),
        Value::Boolean(access == "read-write"),
        "online".into(),
        "online".into(),
        "".into(),
        Value::Boolean(true),
        Value::Boolean(true),
        Value::list([]),
    ]
}

/// What `dbms.settings` yields.
pub(crate) const SETTING: &[(&str, TypeSet)] = &[
    ("name", TypeSet::STRING),
    ("value", TypeSet::STRING),
    ("isDynamic", TypeSet::BOOLEAN),
    ("defaultValue", TypeSet::STRING),
    ("description", TypeSet::STRING),
    ("startupValue", TypeSet::STRING),
    ("isExplicitlySet", TypeSet::BOOLEAN),
    ("validValues", TypeSet::STRING),
    ("isDeprecated", TypeSet::BOOLEAN),
];

/// The row of a setting that is fixed at the start of a server.
pub(crate) fn setting(name: &str, value: &str, default: &str, doc: &str, valid: &str) -> Vec<Value> {
    vec![
        name.into(),
        value.into(),
        Value::Boolean(false),
        default.into(),
        doc.into(),
        value.into(),
        Value::Boolean(value != default),
        valid.into(),
        Value::Boolean(false),
    ]
}

fn rows(rows: impl IntoIterator<Item = Vec<Value>>) -> Result<Output, Diagnostic> {
    Ok(Output::new(rows.into_iter().collect(), Vec::new()))
}

fn procedures(_: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    let mut all: Vec<&Procedure> = super::all().collect();
    all.sort_by_key(|procedure| procedure.name);
    rows(all.into_iter().map(|procedure| {
        let mode = if super::algo::can_write(procedure) { "WRITE" } else { "READ" };
        let (name, doc) = (procedure.name.into(), procedure.doc.into());
        vec![name, doc, mode.into(), Value::Boolean(false), signature(procedure).into()]
    }))
}

fn signature(procedure: &Procedure) -> String {
    let parameters = procedure.parameters.iter().map(|p| {
        let text = format!("{} :: {}", p.name, p.types);
        if p.optional { format!("[{text}]") } else { text }
    });
    let yields = procedure.yields.iter().map(|(name, types)| format!("{name} :: {types}"));
    let list = |items: Vec<String>| items.join(", ");
    format!("{}({}) :: ({})", procedure.name, list(parameters.collect()), list(yields.collect()))
}

fn list_functions(_: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    let mut all: Vec<_> = functions::all().collect();
    all.sort_by_key(|(_, function)| function.name);
    rows(all.into_iter().map(|(family, function)| {
        let signature = functions::signature(function);
        vec![function.name.into(), family.into(), function.doc.into(), signature.into(), Value::Boolean(true)]
    }))
}
