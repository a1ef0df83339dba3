//! Runs one scenario's actions in order, on an engine of its own.

use std::collections::BTreeMap;
use std::path::Path;

use kenning::diagnostic::{Diagnostic, Phase};
use kenning::graph::Value;

use super::steps::{Action, ExpectedError, ExpectedRows, SideEffects};
use crate::support::engine::{Answer, Session, Snapshot};
use crate::support::notation::Cell;

/// What a query gave, and the graph before it.
struct Ran {
    query: String,
    outcome: Result<Answer, Vec<Diagnostic>>,
    before: Snapshot,
    /// Whether a step has looked at the outcome.
    checked: bool,
}

struct Run<'a> {
    /// The conformance kit's folder, for its graphs.
    kit: &'a Path,
    session: Session,
    parameters: BTreeMap<String, Value>,
    last: Option<Ran>,
}

/// `Err` is a report for people.
pub fn run(actions: &[Action], kit: &Path) -> Result<(), String> {
    let mut run = Run { kit, session: Session::empty(), parameters: BTreeMap::new(), last: None };
    for action in actions {
        run.step(action)?;
    }
    if run.last.is_none() {
        return Err("the scenario runs no query".to_string());
    }
    run.must_be_checked()
}

impl Run<'_> {
    fn step(&mut self, action: &Action) -> Result<(), String> {
        match action {
            Action::Graph(None) => {
                self.session = Session::empty();
                Ok(())
            }
            Action::Graph(Some(name)) => self.open(name),
            Action::SetUp(query) => self.set_up(query),
            Action::Parameters(parameters) => {
                self.parameters = parameters.clone();
                Ok(())
            }
            Action::Procedure(table) => self.session.register(table),
            Action::Query(query) | Action::ControlQuery(query) => self.query(query),
            Action::ExpectRows(expected) => self.expect_rows(expected),
            Action::ExpectEmpty => self.expect_empty(),
            Action::ExpectSideEffects(expected) => self.expect_side_effects(*expected),
            Action::ExpectError(expected) => self.expect_error(expected),
        }
    }

    /// Builds one of the kit's graphs: its scripts are named in a file beside them.
    fn open(&mut self, name: &str) -> Result<(), String> {
        self.session = Session::empty();
        let folder = self.kit.join("graphs").join(name);
        let read = |file: String| {
            std::fs::read_to_string(folder.join(&file)).map_err(|error| format!("graph {name}: {file}: {error}"))
        };
        let about: serde_json::Value = serde_json::from_str(&read(format!("{name}.json"))?)
            .map_err(|error| format!("graph {name}: {name}.json: {error}"))?;
        let scripts = about["scripts"].as_array().ok_or_else(|| format!("graph {name}: no scripts are named"))?;
        for script in scripts {
            let script = script.as_str().ok_or_else(|| format!("graph {name}: a script's name is no string"))?;
            for statement in read(format!("{script}.cypher"))?.split(';').filter(|text| !text.trim().is_empty()) {
                self.set_up(statement)?;
            }
        }
        Ok(())
    }

    fn set_up(&mut self, query: &str) -> Result<(), String> {
        match self.session.run(query, &self.parameters) {
            Ok(_) => Ok(()),
            Err(errors) => Err(format!("query:\n{query}\n{}", describe_errors("set-up failed", &errors, query))),
        }
    }

    fn query(&mut self, query: &str) -> Result<(), String> {
        self.must_be_checked()?;
        let before = self.session.snapshot();
        let outcome = self.session.run(query, &self.parameters);
        self.last = Some(Ran { query: query.to_string(), outcome, before, checked: false });
        Ok(())
    }

    fn must_be_checked(&self) -> Result<(), String> {
        match &self.last {
            Some(ran) if !ran.checked => Err(format!("no step checks the outcome of:\n{}", ran.query)),
            _ => Ok(()),
        }
    }

    /// The last query, which a step is about to check.
    fn check(&mut self) -> Result<&Ran, String> {
        let ran = self.last.as_mut().ok_or("no query has run yet")?;
        ran.checked = true;
        Ok(ran)
    }

    fn expect_rows(&mut self, expected: &ExpectedRows) -> Result<(), String> {
        let ran = self.check()?;
        let answer = ran.answer(&describe_table(&expected.columns, &cell_texts(&expected.rows)))?;
        let actual_rows: Vec<Vec<Cell>> = if expected.any_list_order {
            let sorted = |row: &Vec<Cell>| row.iter().cloned().map(Cell::with_sorted_lists).collect();
            answer.rows.iter().map(sorted).collect()
        } else {
            answer.rows.clone()
        };
        let (mut wanted, mut given) = (cell_texts(&expected.rows), cell_texts(&actual_rows));
        if !expected.ordered {
            wanted.sort();
            given.sort();
        }
        if expected.columns == answer.columns && wanted == given {
            return Ok(());
        }
        let expected = describe_table(&expected.columns, &wanted);
        Err(ran.mismatch(&expected, &describe_table(&answer.columns, &given)))
    }

    fn expect_empty(&mut self) -> Result<(), String> {
        let ran = self.check()?;
        let answer = ran.answer("no columns and no rows")?;
        if answer.rows.is_empty() && answer.columns.is_empty() {
            return Ok(());
        }
        Err(ran.mismatch("no columns and no rows", &describe_table(&answer.columns, &cell_texts(&answer.rows))))
    }

    fn expect_side_effects(&mut self, expected: SideEffects) -> Result<(), String> {
        let after = self.session.snapshot();
        let ran = self.last.as_ref().ok_or("no query has run yet")?;
        let actual = side_effects(&ran.before, &after);
        if actual == expected {
            return Ok(());
        }
        Err(ran.mismatch(&format!("side effects: {expected:?}"), &format!("side effects: {actual:?}")))
    }

    /// The first diagnostic must be the expected one, and the graph must be as it was.
    fn expect_error(&mut self, expected: &ExpectedError) -> Result<(), String> {
        let after = self.session.snapshot();
        let ran = self.check()?;
        let wanted = format!("{} at {}: {}", expected.kind, expected.phase, expected.detail);
        let errors = match &ran.outcome {
            Ok(answer) => {
                return Err(ran.mismatch(&wanted, &describe_table(&answer.columns, &cell_texts(&answer.rows))));
            }
            Err(errors) => errors,
        };
        if !errors.first().is_some_and(|error| expected.matches(error)) {
            return Err(ran.mismatch(&wanted, &describe_errors("", errors, &ran.query)));
        }
        let effects = side_effects(&ran.before, &after);
        if effects != SideEffects::default() {
            let actual = format!("side effects of a failed query: {effects:?}");
            return Err(ran.mismatch("no side effects", &actual));
        }
        Ok(())
    }
}

impl Ran {
    fn answer(&self, expected: &str) -> Result<&Answer, String> {
        self.outcome
            .as_ref()
            .map_err(|errors| self.mismatch(expected, &describe_errors("an error", errors, &self.query)))
    }

    fn mismatch(&self, expected: &str, actual: &str) -> String {
        format!("query:\n{}\nexpected:\n{expected}\nactual:\n{actual}", self.query)
    }
}

impl ExpectedError {
    fn matches(&self, error: &Diagnostic) -> bool {
        let phase = match error.phase {
            Phase::CompileTime => "compile time",
            Phase::Runtime => "runtime",
        };
        self.kind == error.kind.name()
            && (self.phase == "any time" || self.phase == phase)
            && (self.detail == "*" || self.detail == error.detail.name())
    }
}

/// Counts by sets, as the kit's README defines them: a changed property is one removed and one added.
fn side_effects(before: &Snapshot, after: &Snapshot) -> SideEffects {
    fn change<T: Ord>(before: &std::collections::BTreeSet<T>, after: &std::collections::BTreeSet<T>) -> [usize; 2] {
        [after.difference(before).count(), before.difference(after).count()]
    }
    SideEffects {
        nodes: change(&before.nodes, &after.nodes),
        relationships: change(&before.relationships, &after.relationships),
        properties: change(&before.properties, &after.properties),
        labels: change(&before.labels, &after.labels),
    }
}

fn cell_texts(rows: &[Vec<Cell>]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(Cell::to_string).collect()).collect()
}

fn describe_table(columns: &[String], rows: &[Vec<String>]) -> String {
    const SHOWN: usize = 30;
    let mut lines = vec![format!("| {} |", columns.join(" | "))];
    lines.extend(rows.iter().take(SHOWN).map(|row| format!("| {} |", row.join(" | "))));
    if rows.len() > SHOWN {
        lines.push(format!("… and {} more rows", rows.len() - SHOWN));
    }
    lines.join("\n")
}

fn describe_errors(heading: &str, errors: &[Diagnostic], query: &str) -> String {
    let lines = errors.iter().map(|error| format!("{error}\n{}", error.draw(query, false)));
    std::iter::once(heading.to_string()).filter(|text| !text.is_empty()).chain(lines).collect::<Vec<_>>().join("\n")
}
