//! Each row of `docs/differences.md` is what happens: its statements are run on an empty graph, one row after the other,
//! and the last of them gives what the row says.

use std::collections::BTreeMap;

use kenning::render::value;

use crate::support::engine::Session;
use crate::support::{assert_none, read, root};

#[test]
fn the_table_of_differences_is_true() {
    let page = read(&root().join("docs/differences.md"));
    let mut problems = Vec::new();
    let mut rows = 0;
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        rows += 1;
        let cells = cells(line);
        let [statements, neo4j, ours, reason] = cells.as_slice() else {
            problems.push(format!("not four cells: {line}"));
            continue;
        };
        if neo4j.is_empty() || reason.is_empty() || neo4j == ours {
            problems.push(format!("a row says what Neo4j does, which is something else, and why: {line}"));
        }
        let found = answer(statements.trim_matches('`'));
        let expected = ours.replace('`', "");
        if found != expected {
            problems.push(format!("{statements}\n  says: {expected}\n  is:   {found}"));
        }
    }
    assert!(rows >= 8, "the table is read");
    assert_none(&problems);
}

/// What stands between bars; `\|` is a bar.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim().trim_start_matches('|').trim_end_matches('|').replace("\\|", "\u{1}");
    line.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect()
}

/// The last statement's values by row, or `error` and what it is.
fn answer(statements: &str) -> String {
    let mut session = Session::empty();
    let mut answer = String::new();
    for statement in statements.split("; ") {
        answer = match session.result(statement, &BTreeMap::new()) {
            Err(errors) => format!("error {:?}", errors[0].detail),
            Ok(result) => {
                let text = |row: &Vec<kenning::graph::Value>| {
                    let values: Vec<String> = row.iter().map(|cell| value::text(cell, &*result.entities)).collect();
                    values.join(", ")
                };
                let rows: Vec<String> = result.rows.iter().map(text).collect();
                if rows.is_empty() { "no rows".to_string() } else { rows.join("; ") }
            }
        };
    }
    answer
}
