//! What each step of the kit means: a sentence and its argument become an [`Action`], or the scenario fails.

use std::collections::BTreeMap;

use kenning::graph::Value;

use super::gherkin::{Argument, Step, Table};
use crate::support::engine::ProcedureTable;
use crate::support::notation::Cell;

#[derive(Clone, Debug)]
pub enum Action {
    /// Start on an empty graph, or on the kit's graph of this name.
    Graph(Option<String>),
    SetUp(String),
    Parameters(BTreeMap<String, Value>),
    Procedure(ProcedureTable),
    Query(String),
    /// A query that looks at what the one under test has done.
    ControlQuery(String),
    ExpectRows(ExpectedRows),
    ExpectEmpty,
    ExpectSideEffects(SideEffects),
    ExpectError(ExpectedError),
}

#[derive(Clone, Debug)]
pub struct ExpectedRows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
    /// Whether the order of the rows counts.
    pub ordered: bool,
    /// Whether the order of the elements of a list does not count.
    pub any_list_order: bool,
}

/// A star matches anything.
#[derive(Clone, Debug)]
pub struct ExpectedError {
    pub kind: String,
    /// `compile time`, `runtime` or `any time`.
    pub phase: String,
    pub detail: String,
}

/// What was added and removed; all that is not mentioned is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SideEffects {
    pub nodes: [usize; 2],
    pub relationships: [usize; 2],
    pub properties: [usize; 2],
    pub labels: [usize; 2],
}

/// Reads all steps of a scenario.
pub fn actions(steps: &[Step]) -> Result<Vec<Action>, String> {
    steps.iter().map(|step| action(step).map_err(|problem| format!("step `{}`: {problem}", step.text))).collect()
}

fn action(step: &Step) -> Result<Action, String> {
    let argument = &step.argument;
    match step.text.as_str() {
        "any graph" | "an empty graph" => bare(argument, Action::Graph(None)),
        "having executed:" | "after having executed:" => Ok(Action::SetUp(text(argument)?)),
        "parameters are:" | "parameter values are:" => Ok(Action::Parameters(parameters(table(argument)?)?)),
        "executing query:" => Ok(Action::Query(text(argument)?)),
        "executing control query:" => Ok(Action::ControlQuery(text(argument)?)),
        "the result should be, in any order:" => rows(table(argument)?, false, false),
        "the result should be, in order:" => rows(table(argument)?, true, false),
        "the result should be (ignoring element order for lists):" => rows(table(argument)?, false, true),
        "the result should be, in order (ignoring element order for lists):" => rows(table(argument)?, true, true),
        "the result should be empty" => bare(argument, Action::ExpectEmpty),
        "no side effects" => bare(argument, Action::ExpectSideEffects(SideEffects::default())),
        "the side effects should be:" => Ok(Action::ExpectSideEffects(side_effects(table(argument)?)?)),
        sentence => {
            if let Some(signature) = sentence.strip_prefix("there exists a procedure ") {
                procedure(signature, table(argument)?).map(Action::Procedure)
            } else if let Some((error, place)) = sentence.split_once(" should be raised at ") {
                bare(argument, Action::ExpectError(expected_error(error, place)?))
            } else if let Some(name) = sentence.strip_prefix("the ").and_then(|rest| rest.strip_suffix(" graph")) {
                bare(argument, Action::Graph(Some(name.to_string())))
            } else {
                Err("this step is not known".to_string())
            }
        }
    }
}

fn bare(argument: &Argument, action: Action) -> Result<Action, String> {
    if *argument == Argument::None { Ok(action) } else { Err("it takes no table and no text".to_string()) }
}

fn text(argument: &Argument) -> Result<String, String> {
    match argument {
        Argument::Text(text) => Ok(text.clone()),
        _ => Err("a text between triple quotes is missing".to_string()),
    }
}

fn table(argument: &Argument) -> Result<&Table, String> {
    match argument {
        Argument::Table(table) => Ok(table),
        _ => Err("a table is missing".to_string()),
    }
}

/// A table of two columns and no heading.
fn pairs(table: &Table) -> Result<Vec<(&str, &str)>, String> {
    let pair = |row: &'_ Vec<String>| row.len() == 2;
    if !table.iter().all(pair) {
        return Err("a table of two columns is expected".to_string());
    }
    Ok(table.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect())
}

fn parameters(table: &Table) -> Result<BTreeMap<String, Value>, String> {
    pairs(table)?.into_iter().map(|(name, value)| Ok((name.to_string(), Cell::parse(value)?.to_value()?))).collect()
}

fn rows(table: &Table, ordered: bool, any_list_order: bool) -> Result<Action, String> {
    let (columns, rows) = table.split_first().ok_or("the table is empty")?;
    let read = |text: &String| {
        let cell = Cell::parse(text)?;
        Ok(if any_list_order { cell.with_sorted_lists() } else { cell })
    };
    let rows = rows.iter().map(|row| row.iter().map(read).collect()).collect::<Result<_, String>>()?;
    Ok(Action::ExpectRows(ExpectedRows { columns: columns.clone(), rows, ordered, any_list_order }))
}

fn side_effects(table: &Table) -> Result<SideEffects, String> {
    let mut effects = SideEffects::default();
    for (name, count) in pairs(table)? {
        let side = match name.chars().next() {
            Some('+') => 0,
            Some('-') => 1,
            _ => return Err(format!("`{name}` begins with neither + nor -")),
        };
        let quantity = match &name[1..] {
            "nodes" => &mut effects.nodes,
            "relationships" => &mut effects.relationships,
            "properties" => &mut effects.properties,
            "labels" => &mut effects.labels,
            _ => return Err(format!("`{name}` is not a side effect")),
        };
        quantity[side] = count.parse().map_err(|_| format!("`{count}` is not a count"))?;
    }
    Ok(effects)
}

/// `a TypeError` and `runtime: InvalidArgumentValue`.
fn expected_error(error: &str, place: &str) -> Result<ExpectedError, String> {
    let kind = error.strip_prefix("a ").or_else(|| error.strip_prefix("an ")).ok_or("an error's kind is expected")?;
    let (phase, detail) = place.split_once(": ").ok_or("a phase and a detail are expected")?;
    if !["compile time", "runtime", "any time"].contains(&phase) {
        return Err(format!("`{phase}` is not a phase"));
    }
    Ok(ExpectedError { kind: kind.to_string(), phase: phase.to_string(), detail: detail.to_string() })
}

/// `ns.name(in :: TYPE?, …) :: (out :: TYPE?, …):` and its rows, arguments first, under a heading.
fn procedure(signature: &str, table: &Table) -> Result<ProcedureTable, String> {
    let wrong = || format!("`{signature}` is not a signature");
    let signature = signature.trim_end().strip_suffix(':').ok_or_else(wrong)?.trim_end();
    let (name, rest) = signature.split_once('(').ok_or_else(wrong)?;
    let (inputs, outputs) = rest.split_once(')').ok_or_else(wrong)?;
    let outputs = outputs.trim_start().strip_prefix("::").ok_or_else(wrong)?.trim_start();
    let outputs = outputs.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).ok_or_else(wrong)?;
    let (inputs, outputs) = (fields(inputs)?, fields(outputs)?);
    let (heading, rows) = table.split_first().ok_or("the table is empty")?;
    let names: Vec<&String> = inputs.iter().chain(&outputs).map(|(name, _)| name).collect();
    if !heading.iter().eq(names) {
        return Err("the heading of the table does not fit the signature".to_string());
    }
    let read = |text: &String| Cell::parse(text)?.to_value();
    let rows = rows.iter().map(|row| row.iter().map(read).collect()).collect::<Result<_, String>>()?;
    Ok(ProcedureTable { name: name.trim().to_string(), inputs, outputs, rows })
}

/// `a :: TYPE?, b :: TYPE?` as names and types.
fn fields(text: &str) -> Result<Vec<(String, String)>, String> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let field = |field: &str| {
        let (name, kind) = field.split_once("::").ok_or_else(|| format!("`{field}` has no type"))?;
        Ok((name.trim().to_string(), kind.trim().to_string()))
    };
    text.split(',').map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(text: &str, argument: Argument) -> Result<Action, String> {
        action(&Step { text: text.to_string(), argument })
    }

    fn grid(rows: &[&[&str]]) -> Argument {
        Argument::Table(rows.iter().map(|row| row.iter().map(|cell| cell.to_string()).collect()).collect())
    }

    #[test]
    fn a_procedure_is_its_signature_and_rows() {
        let sentence = "there exists a procedure a.b(in :: INTEGER?, x :: STRING?) :: (out :: FLOAT?) :";
        let Ok(Action::Procedure(table)) = step(sentence, grid(&[&["in", "x", "out"], &["1", "null", "'a'"]])) else {
            panic!("not a procedure");
        };
        assert_eq!((table.name.as_str(), table.inputs.len(), table.outputs.len()), ("a.b", 2, 1));
        assert_eq!(table.outputs[0], ("out".to_string(), "FLOAT?".to_string()));
        assert_eq!(table.rows, [[Value::Integer(1), Value::Null, Value::from("a")]]);
        let nothing = step("there exists a procedure a.b() :: ():", grid(&[&[]]));
        assert!(matches!(nothing, Ok(Action::Procedure(table)) if table.rows.is_empty()));
        assert!(step(sentence, grid(&[&["in", "out", "x"]])).is_err());
    }

    #[test]
    fn errors_have_three_parts() {
        let Ok(Action::ExpectError(error)) = step("an ArgumentError should be raised at any time: *", Argument::None)
        else {
            panic!("not an error step");
        };
        assert_eq!(
            (error.kind.as_str(), error.phase.as_str(), error.detail.as_str()),
            ("ArgumentError", "any time", "*")
        );
        assert!(step("a TypeError should be raised at lunch time: X", Argument::None).is_err());
    }

    #[test]
    fn unknown_steps_and_wrong_arguments_are_refused() {
        assert!(step("the moon is full", Argument::None).is_err());
        assert!(step("executing query:", Argument::None).is_err());
        assert!(step("no side effects", grid(&[&["+nodes", "1"]])).is_err());
        assert!(step("the side effects should be:", grid(&[&["+planets", "1"]])).is_err());
        assert!(step("the result should be, in any order:", grid(&[&["a"], &["nonsense"]])).is_err());
    }
}
