//! Runs the conformance kit's temporal scenarios on the functions alone: `WITH`, `RETURN` and the nodes of
//! `CREATE` are taken as assignments, and a small evaluator computes the expressions.

use std::path::{Path, PathBuf};

use super::super::Result;
use super::calculator::{Reader, Scope, evaluate, shown};
use crate::graph::Value;

/// Runs the clauses in order and returns the row of the last.
fn run(setup: &str, query: &str) -> Result<Vec<Value>> {
    let mut scope = Scope::new();
    for node in setup.split("(:").skip(1) {
        let mut reader = Reader { text: node, scope: &scope };
        let label = reader.name();
        assert!(reader.eat("{"));
        let properties = Value::from(reader.map()?);
        scope.insert(label, properties);
    }
    let query = query.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = query.as_str();
    loop {
        if let Some(rest) = text.strip_prefix("MATCH ") {
            let end = rest.find(") RETURN").or(rest.find(") WITH")).expect("a clause after MATCH") + 1;
            for node in rest[..end].split(", ") {
                let (variable, label) = node.trim_matches(['(', ')']).split_once(':').expect("a node with label");
                scope.insert(variable.to_string(), scope[label.trim()].clone());
            }
            text = rest[end..].trim_start();
            continue;
        }
        let is_return = text.starts_with("RETURN ");
        let mut reader = Reader { text: &text[if is_return { 7 } else { 5 }..], scope: &scope };
        let mut row = Vec::new();
        loop {
            let value = reader.expression()?;
            let name = if reader.eat("AS ") { reader.name() } else { String::new() };
            row.push((name, value));
            if !reader.eat(",") {
                break;
            }
        }
        text = reader.text.trim_start();
        if is_return {
            assert_eq!(text, "", "the whole query is read");
            return Ok(row.into_iter().map(|(_, value)| value).collect());
        }
        scope.extend(row);
    }
}

fn cells(line: &str) -> Vec<String> {
    line.trim().trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('|').trim().to_string()).collect()
}

/// A scenario as far as it is needed here.
#[derive(Default)]
struct Scenario {
    setup: String,
    query: String,
    table: Vec<Vec<String>>,
    examples: Vec<Vec<String>>,
}

fn scenarios(text: &str) -> Vec<Scenario> {
    let mut all = Vec::new();
    let mut step = String::new();
    let mut quoted = false;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if line.starts_with("Scenario") {
            all.push(Scenario::default());
        }
        let Some(scenario) = all.last_mut() else { continue };
        if line == "\"\"\"" {
            quoted = !quoted;
        } else if quoted {
            let into = if step.contains("executed") { &mut scenario.setup } else { &mut scenario.query };
            into.push_str(line);
            into.push('\n');
        } else if line.starts_with('|') {
            let into = if step.starts_with("Examples") { &mut scenario.examples } else { &mut scenario.table };
            into.push(cells(line));
        } else if !line.is_empty() {
            step = line.to_string();
        }
    }
    all
}

fn check(scenario: &Scenario, example: &[(&String, &String)]) {
    let fill = |text: &str| example.iter().fold(text.to_string(), |text, (k, v)| text.replace(&format!("<{k}>"), v));
    let row = run(&fill(&scenario.setup), &fill(&scenario.query)).unwrap();
    assert_eq!(row.len(), scenario.table[1].len());
    for (value, expected) in row.iter().zip(&scenario.table[1]) {
        let expected = evaluate(&fill(expected)).unwrap();
        assert_eq!(shown(value), expected, "{}", fill(&scenario.query));
    }
}

fn kit() -> Option<PathBuf> {
    let kit = std::env::var_os("KENNING_TCK").map_or(Path::new("../shared/tck").to_path_buf(), PathBuf::from);
    let folder = kit.join("features/expressions/temporal");
    folder.is_dir().then_some(folder)
}

#[test]
fn temporal_scenarios_of_the_kit() {
    let Some(folder) = kit() else {
        println!("skipped: the conformance kit is not there");
        return;
    };
    let mut count = 0;
    let mut failures = Vec::new();
    for number in [1, 2, 3, 5, 6, 7, 8, 9, 10] {
        let text = std::fs::read_to_string(folder.join(format!("Temporal{number}.feature"))).unwrap();
        for scenario in scenarios(&text) {
            let (names, rows) = scenario.examples.split_first().map_or((&[][..], &[][..]), |(n, rows)| (&n[..], rows));
            let rows = if rows.is_empty() { &[Vec::new()][..] } else { rows };
            for row in rows {
                let example = names.iter().zip(row).collect::<Vec<_>>();
                count += 1;
                let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&scenario, &example)));
                if let Err(panic) = checked {
                    let reason = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                    failures.push(format!("Temporal{number} {row:?}: {reason}"));
                }
            }
        }
    }
    println!("{count} temporal scenarios, {} fail", failures.len());
    assert!(failures.is_empty(), "{} of {count} fail:\n{}", failures.len(), failures.join("\n"));
    assert!(count > 500, "only {count} scenarios were found");
}
