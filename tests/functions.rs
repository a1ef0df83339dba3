//! The tables of functions, aggregates and procedures are in order: names, documentation, parameters, calls.
//! Their examples are run by `reference`.

use std::collections::BTreeMap;

use kenning::functions::aggregate::AGGREGATES;
use kenning::functions::{self, Parameter};
use kenning::graph::TypeSet;
use kenning::procedures::{self, Procedure};

use crate::support::assert_none;
use crate::support::engine::{Session, draw_errors};

/// The rows of all three tables: name, documentation, parameters.
fn rows() -> Vec<(&'static str, &'static str, &'static [Parameter])> {
    let functions = functions::all().map(|(_, function)| (function.name, function.doc, function.parameters));
    let aggregates = AGGREGATES.iter().map(|aggregate| (aggregate.name, aggregate.doc, aggregate.parameters));
    let procedures = procedures::all().map(|procedure| (procedure.name, procedure.doc, procedure.parameters));
    functions.chain(aggregates).chain(procedures).collect()
}

/// One sentence ends with its only full stop; a point inside a number or a name is none.
fn is_sentence(text: &str) -> bool {
    let starts = text.chars().next().is_some_and(|c| !c.is_whitespace());
    starts && text.ends_with('.') && !text.ends_with("..") && !text.contains(". ") && !text.contains('\n')
}

#[test]
fn documentation_is_one_sentence() {
    let bad = rows().into_iter().filter(|(_, doc, _)| !is_sentence(doc));
    assert_none(&bad.map(|(name, doc, _)| format!("{name}: {doc}")).collect::<Vec<_>>());
    assert!(is_sentence("From 0.0 to 1.0."));
    assert!(!is_sentence("One. Two.") && !is_sentence("none") && !is_sentence(""));
}

#[test]
fn names_are_found_and_stand_once() {
    let mut seen = BTreeMap::new();
    for (name, doc, _) in rows() {
        if let Some(other) = seen.insert(name.to_lowercase(), doc) {
            panic!("{name} stands twice: {doc} {other}");
        }
    }
    for (_, function) in functions::all() {
        for name in [function.name.to_string(), function.name.to_uppercase(), function.name.to_lowercase()] {
            assert_eq!(functions::find(&name).map(|found| found.name), Some(function.name), "{name}");
        }
    }
    for aggregate in AGGREGATES {
        for name in [aggregate.name.to_uppercase(), aggregate.name.to_lowercase()] {
            let found = functions::aggregate::find(&name);
            assert_eq!(found.map(|found| found.name), Some(aggregate.name), "{name}");
        }
    }
    assert!(functions::find("no such function").is_none());
}

#[test]
fn parameters_have_names_of_their_own_and_optional_ones_come_last() {
    for (name, _, parameters) in rows() {
        for (at, parameter) in parameters.iter().enumerate() {
            assert!(!parameter.name.is_empty(), "{name}: a parameter without name");
            let before = &parameters[..at];
            assert!(before.iter().all(|other| other.name != parameter.name), "{name}: {} twice", parameter.name);
            assert!(parameter.optional || before.iter().all(|other| !other.optional), "{name}: {}", parameter.name);
        }
    }
}

#[test]
fn a_signature_names_every_parameter() {
    for (_, function) in functions::all() {
        let signature = functions::signature(function);
        assert!(signature.starts_with(&format!("{}(", function.name)), "{signature}");
        assert!(function.parameters.iter().all(|p| signature.contains(&format!("{} :: ", p.name))), "{signature}");
    }
}

/// The embedded graph has no cycle, index or constraint, two terms are not the same, and no server runs.
const EMPTY: &[&str] = &[
    "trace.cycles",
    "trace.intersect",
    "db.indexes",
    "db.constraints",
    "db.decisions",
    "db.awaitIndexes",
    "dbms.settings",
];

/// A call with values that fit the parameters of the procedures on the embedded graph.
fn call(procedure: &Procedure) -> String {
    let needed = procedure.parameters.iter().filter(|parameter| !parameter.optional);
    let arguments: Vec<&str> = needed
        .enumerate()
        .map(|(at, parameter)| match (parameter.name, at) {
            ("terms", _) => "['nova', 'horizon']",
            (_, 0) => "'nova'",
            _ => "'mariadb'",
        })
        .collect();
    let columns: Vec<&str> = procedure.yields.iter().map(|(name, _)| *name).collect();
    let yields = format!(" YIELD {} RETURN *", columns.join(", "));
    let yields = if columns.is_empty() { "" } else { &yields };
    format!("CALL {}({}){yields}", procedure.name, arguments.join(", "))
}

#[test]
fn procedures_can_be_called_and_yield_what_they_say() {
    let mut session = Session::openstack();
    // Those of `algo` have an example each, which the tests of the reference run.
    for procedure in procedures::all().filter(|procedure| !procedure.name.starts_with("algo.")) {
        let text = call(procedure);
        let result = session.result(&text, &BTreeMap::new());
        let result = result.unwrap_or_else(|errors| panic!("{}", draw_errors(&errors, &text)));
        assert!(!result.rows.is_empty() || EMPTY.contains(&procedure.name), "{text}: no rows");
        let types: BTreeMap<&str, TypeSet> = procedure.yields.iter().copied().collect();
        for row in &result.rows {
            for (column, value) in result.columns.iter().zip(row) {
                let fits = TypeSet::of(value).is_within(types[column.as_str()]);
                assert!(fits, "{text}: {column} is {value:?}");
            }
        }
    }
}
