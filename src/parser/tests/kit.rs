//! Every query of the openCypher conformance kit is read, printed and read again.

use std::path::{Path, PathBuf};

use crate::parser::parse_statement;

/// The kit's folder, if it is there.
fn features() -> Option<PathBuf> {
    let folder = std::env::var_os("KENNING_TCK").map_or_else(|| PathBuf::from("../shared/tck"), PathBuf::from);
    let features = folder.join("features");
    features.is_dir().then_some(features)
}

fn feature_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("the kit's folder is readable");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a folder entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            feature_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "feature") {
            files.push(path);
        }
    }
}

/// A query of a scenario with the detail of the compile-time error that it should raise.
struct Case {
    place: String,
    query: String,
    error: Option<String>,
}

/// The queries of a file, outlines expanded by their examples.
fn cases(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).expect("a feature file is readable");
    let mut cases = Vec::new();
    for scenario in text.split("Scenario").skip(1) {
        let title = scenario.lines().next().unwrap_or("").trim();
        let place = format!("{} {title}", file.display());
        let queries = queries(scenario);
        let error = scenario.split("at compile time: ").nth(1).and_then(|rest| rest.split_whitespace().next());
        let examples = examples(scenario);
        let last = queries.len().saturating_sub(1);
        for (index, query) in queries.iter().enumerate() {
            for example in &examples {
                let query = example.iter().fold(query.clone(), |query, (key, value)| query.replace(key, value));
                let error = error.filter(|_| index == last).map(str::to_string);
                cases.push(Case { place: place.clone(), query, error });
            }
        }
    }
    cases
}

fn queries(scenario: &str) -> Vec<String> {
    let mut queries = Vec::new();
    let mut lines = scenario.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if line.starts_with('#')
            || !(line.ends_with("executing query:")
                || line.ends_with("having executed:")
                || line.ends_with("executing control query:"))
        {
            continue;
        }
        lines.next();
        let body: Vec<_> = lines.by_ref().take_while(|line| line.trim() != "\"\"\"").collect();
        queries.push(body.join("\n"));
    }
    queries
}

/// For each row of the examples the replacement of each placeholder; one empty row if there are none.
fn examples(scenario: &str) -> Vec<Vec<(String, String)>> {
    let Some(examples) = scenario.split("Examples:").nth(1) else { return vec![Vec::new()] };
    let rows = examples.lines().map(str::trim).filter(|line| line.starts_with('|'));
    let mut rows = rows.map(cells);
    let Some(header) = rows.next() else { return vec![Vec::new()] };
    let keys: Vec<_> = header.iter().map(|key| format!("<{key}>")).collect();
    rows.map(|row| keys.iter().cloned().zip(row).collect()).collect()
}

/// The cells of a table row, where a backslash escapes a bar and itself.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut characters = line.chars().skip(1).peekable();
    while let Some(character) = characters.next() {
        let cell = cells.last_mut().expect("there is always one");
        match character {
            '\\' if matches!(characters.peek(), Some('|' | '\\')) => cell.extend(characters.next()),
            '|' => cells.push(String::new()),
            _ => cell.push(character),
        }
    }
    cells.pop();
    cells.into_iter().map(|cell| cell.trim().to_string()).collect()
}

/// Details that are a matter of syntax alone.
const SYNTACTIC: &[&str] = &[
    "UnexpectedSyntax",
    "InvalidNumberLiteral",
    "IntegerOverflow",
    "FloatingPointOverflow",
    "InvalidUnicodeLiteral",
    "InvalidUnicodeCharacter",
    "InvalidRelationshipPattern",
];

#[test]
fn every_query_of_the_kit_is_read_printed_and_read_again() {
    let Some(features) = features() else {
        println!("skipped: no conformance kit at KENNING_TCK or ../shared/tck");
        return;
    };
    let mut files = Vec::new();
    feature_files(&features, &mut files);
    let cases: Vec<_> = files.iter().flat_map(|file| cases(file)).collect();
    assert!(cases.len() > 3000, "only {} queries found", cases.len());
    let failures: Vec<_> = cases.iter().filter_map(failure).collect();
    assert!(failures.is_empty(), "{} of {} fail:\n{}", failures.len(), cases.len(), failures.join("\n"));
    println!("{} queries", cases.len());
}

fn failure(case: &Case) -> Option<String> {
    let Case { place, query, error } = case;
    let complain = |what: String| Some(format!("{place}\n{query}\n{what}\n"));
    let expected = error.as_deref().filter(|error| SYNTACTIC.contains(error));
    match (parse_statement(query), expected) {
        (Ok(_), Some(detail)) => complain(format!("should fail with {detail}")),
        (Err(errors), Some(detail)) if errors.len() == 1 && errors[0].detail.name() == detail => None,
        (Err(errors), _) => complain(format!("{errors:?}")),
        (Ok(tree), None) => {
            let printed = tree.to_string();
            match parse_statement(&printed) {
                Ok(again) if again == tree => {
                    super::format::formatted(query);
                    None
                }
                Ok(_) => complain(format!("printed as another query: {printed}")),
                Err(errors) => complain(format!("printed as {printed}\n{errors:?}")),
            }
        }
    }
}
