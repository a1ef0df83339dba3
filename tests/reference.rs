//! The reference is what the program prints, its examples are what happens, and each row of the support table names
//! tests that are there.

use std::process::Command;

use kenning::functions::{self, aggregate};
use kenning::graph::Value;
use kenning::procedures::algo;

use crate::support::diff::diff;
use crate::support::engine::{Session, draw_errors};
use crate::support::needed::kit;
use crate::support::{assert_none, read, root, update};

fn page() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_kenning")).args(["help", "reference"]).output();
    let output = output.unwrap_or_else(|error| panic!("kenning help reference: {error}"));
    String::from_utf8(output.stdout).expect("the page is text")
}

#[test]
fn docs_hold_the_reference_as_printed() {
    let path = root().join("docs/reference.md");
    let page = page();
    if update() {
        std::fs::write(&path, page).unwrap_or_else(|error| panic!("docs/reference.md: {error}"));
        return;
    }
    let kept = read(&path);
    assert!(kept == page, "docs/reference.md is stale (`UPDATE=1 cargo test docs`)\n{}", diff(&kept, &page));
}

/// Why the example is wrong, if it is. `before` are clauses that stand before it.
fn wrong(before: &str, expression: &str, expected: &str) -> Option<String> {
    // Within a list, values are shown as expressions.
    let query = format!("{before} RETURN [{expression}] AS value");
    match Session::empty().result(&query, &Default::default()) {
        Ok(result) => {
            let found = kenning::render::value::text(&result.rows[0][0], &*result.entities);
            (found != format!("[{expected}]")).then(|| format!("{expression} is {found}, not [{expected}]"))
        }
        Err(errors) => Some(draw_errors(&errors, &query)),
    }
}

/// The example with another name of the function.
fn renamed(example: &str, name: &str, alias: &str) -> String {
    example.replace(&format!("{name}("), &format!("{alias}("))
}

#[test]
fn examples_of_functions() {
    let mut problems = Vec::new();
    for (_, function) in functions::all() {
        let (expression, expected) = function.example;
        if !expression.contains(&format!("{}(", function.name)) {
            problems.push(format!("the example of {} does not use it: {expression}", function.name));
        }
        problems.extend(wrong("", expression, expected));
        for alias in functions::aliases(function) {
            problems.extend(wrong("", &renamed(expression, function.name, alias), expected));
        }
    }
    assert_none(&problems);
}

#[test]
fn examples_of_aggregates() {
    let mut problems = Vec::new();
    for aggregate in aggregate::AGGREGATES {
        let (expression, expected) = aggregate.example;
        let aliases = aggregate::aliases(aggregate).map(|alias| renamed(expression, aggregate.name, alias));
        for expression in aliases.chain([expression.to_string()]) {
            problems.extend(wrong("UNWIND [1, 2, 2, 3] AS x", &expression, expected));
        }
    }
    assert_none(&problems);
}

/// The rows of the query on the embedded graph: `a, 1; b, 2`.
fn rows_on_the_embedded_graph(query: &str) -> String {
    match Session::openstack().result(query, &Default::default()) {
        Ok(result) => {
            let text = |value: &Value| kenning::render::value::text(value, &*result.entities);
            let row = |row: &Vec<Value>| row.iter().map(text).collect::<Vec<_>>().join(", ");
            result.rows.iter().map(row).collect::<Vec<_>>().join("; ")
        }
        Err(errors) => draw_errors(&errors, query),
    }
}

#[test]
fn examples_of_algorithms() {
    let mut problems = Vec::new();
    for algorithm in algo::all() {
        let (query, expected) = algorithm.example;
        let found = rows_on_the_embedded_graph(query);
        if found != expected || !query.contains(&format!("{}(", algorithm.procedure.name)) {
            problems.push(format!("{query}\n  gives {found}\n  not   {expected}"));
        }
        let unknown = |option: &&&str| algo::OPTIONS.iter().all(|(name, _)| name != *option);
        problems.extend(algorithm.options.iter().filter(unknown).map(|option| format!("{option} is not documented")));
    }
    assert_none(&problems);
}

#[test]
fn examples_of_operators() {
    let page = page();
    let section = page.split("## Operators").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or("");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let mut problems = Vec::new();
    let mut count = 0;
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('`')).collect();
        let [_, _, expression, expected] = cells[..] else { panic!("four cells are expected: {row}") };
        problems.extend(wrong("", expression, expected));
        count += 1;
    }
    assert!(count >= 12, "{count} rows of operators");
    assert_none(&problems);
}

#[test]
fn names_of_functions_are_unique() {
    let mut names: Vec<String> = functions::names().chain(aggregate::names()).map(str::to_lowercase).collect();
    names.sort_unstable();
    let twice: Vec<String> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone()).collect();
    assert_none(&twice);
    assert!(names.iter().all(|name| functions::find(name).is_some() || aggregate::find(name).is_some()));
}

/// What is wrong with the rows of a support table: feature, support, how it is spelled, tests.
fn table_problems(page: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut problems = Vec::new();
    let rows = page.lines().filter(|line| line.starts_with('|') && !line.starts_with("| ---"));
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [.., support, _, tests] = cells[..] else {
            problems.push(format!("too few cells: {row}"));
            continue;
        };
        let tests: Vec<&str> = tests.split(", ").filter(|test| !test.is_empty()).collect();
        match (support, tests.is_empty()) {
            ("yes" | "partly", false) | ("no", true) | ("support", _) => {}
            ("yes" | "partly", true) => problems.push(format!("no test: {row}")),
            ("no", false) => problems.push(format!("a test of what is not there: {row}")),
            _ => problems.push(format!("support is yes, partly or no: {row}")),
        }
        if support != "support" {
            let missing = tests.iter().map(|test| test.trim_matches('`')).filter(|test| !exists(test));
            problems.extend(missing.map(|test| format!("there is no {test}")));
        }
    }
    problems
}

#[test]
fn each_row_of_the_support_table_names_tests_that_are_there() {
    let kit = kit();
    let exists = |test: &str| match test.strip_prefix("kit:") {
        Some(feature) => kit.as_ref().is_none_or(|kit| kit.join("features").join(feature).exists()),
        None => root().join("tests/scripts").join(format!("{test}.test")).is_file(),
    };
    let page = read(&root().join("docs/support.md"));
    assert_none(&table_problems(&page, exists));
}

#[test]
fn each_feature_of_gql_that_is_supported_has_a_query() {
    let page = read(&root().join("docs/support.md"));
    let script = read(&root().join("tests/scripts/gql/features.test"));
    let rows: Vec<Vec<&str>> = page.lines().map(|line| line.split(" | ").collect()).collect();
    let features: Vec<(&str, &str, &str)> = rows
        .iter()
        .filter_map(|cells| match cells[..] {
            [id, name, support, ..] => Some((id.strip_prefix("| G")?, name, support)),
            _ => None,
        })
        .collect();
    assert!(features.len() > 100, "the table of GQL's features is there");
    let mut problems = Vec::new();
    for (id, name, support) in features {
        let shown = script.lines().any(|line| line.starts_with(&format!("# G{id} {name}")));
        if shown != (support != "no") {
            problems.push(format!(
                "G{id} {name} is {support}, but a query for it is {}",
                if shown { "there" } else { "missing" }
            ));
        }
    }
    assert_none(&problems);
}

#[test]
fn the_check_of_the_support_table_can_fail() {
    let problems = |row: &str| table_problems(row, |test| test == "here").len();
    assert_eq!(problems("| feature | support | spelling | tests |"), 0);
    assert_eq!(problems("| A | yes | `a` | `here` |"), 0);
    assert_eq!(problems("| A | no |  |  |"), 0);
    assert_eq!(problems("| A | yes | `a` |  |"), 1);
    assert_eq!(problems("| A | no | `a` | `here` |"), 1);
    assert_eq!(problems("| A | partly | `a` | `here`, `gone` |"), 1);
    assert_eq!(problems("| A | maybe | `a` | `here` |"), 1);
    assert_eq!(problems("| A |"), 1);
}
