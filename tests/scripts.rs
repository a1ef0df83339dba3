//! Text in, text out: runs `tests/scripts/**/*.test`; `UPDATE=1 cargo test` rewrites the expected parts.
//!
//! ```text
//! # A comment. The head of the file may choose a graph, parameters, and limits (milliseconds, bytes):
//! graph: openstack
//! param: name = 'nova'
//! time: 100
//! memory: 1000000
//!
//! > [plan] MATCH (n {name: $name})
//! > RETURN n
//! ---
//! what is printed, up to a blank line
//! ```
//!
//! Tags in brackets before the query choose what is printed: `ast`, `plan` and `opt` the stages, `error` a line for each
//! error, a renderer's name (`json`, `csv`, `tree` …) the rows in that format; without a tag the rows as the
//! shell draws them. Errors are drawn under the text. A blank line of output is written as a single `.`.
//! The graph lives through the file. `SCRIPT=text` runs the files whose path contains the text.

use std::collections::BTreeMap;
use std::time::Duration;

use kenning::engine::Stage;

use crate::support::diff::diff;
use crate::support::engine::{Session, draw_errors, line_per_error};
use crate::support::notation::Cell;
use crate::support::{assert_none, files, read, root, short, update};

#[test]
fn scripts() {
    let only = std::env::var("SCRIPT").unwrap_or_default();
    let mut problems = Vec::new();
    let mut queries = 0;
    for path in files(&root().join("tests/scripts"), "test").iter().filter(|path| short(path).contains(&only)) {
        let before = read(path);
        let after = match rewrite(&before, &mut queries) {
            Ok(after) => after,
            Err(problem) => {
                problems.push(format!("{}: {problem}", short(path)));
                continue;
            }
        };
        if before == after {
            continue;
        }
        if update() {
            std::fs::write(path, after).unwrap_or_else(|error| panic!("{}: {error}", short(path)));
        } else {
            problems.push(format!("{}: (`UPDATE=1 cargo test` accepts it)\n{}", short(path), diff(&before, &after)));
        }
    }
    println!("scripts: {queries} queries");
    assert_none(&problems);
}

/// A script's parts, in order.
#[derive(Debug, PartialEq)]
enum Part<'a> {
    /// A comment or a blank line.
    Aside(&'a str),
    /// `name: value`
    Directive(&'a str, &'a str),
    Query(Query<'a>),
}

#[derive(Debug, PartialEq)]
struct Query<'a> {
    /// As they stand in the file.
    lines: Vec<&'a str>,
    tags: Vec<&'a str>,
    text: String,
}

/// The script with the outputs that the engine gives now.
fn rewrite(script: &str, queries: &mut usize) -> Result<String, String> {
    let mut session = Session::empty();
    let mut parameters = BTreeMap::new();
    let mut out = String::new();
    for part in parse(script)? {
        match part {
            Part::Aside(line) => out += &format!("{line}\n"),
            Part::Directive(name, value) => {
                match (name, value) {
                    ("graph", "empty") => session = Session::empty(),
                    ("graph", "openstack") => session = Session::openstack(),
                    ("time", milliseconds) => {
                        let milliseconds = milliseconds.parse().map_err(|_| "time: milliseconds are expected")?;
                        session.limits.time = Some(Duration::from_millis(milliseconds));
                    }
                    ("memory", bytes) => {
                        session.limits.memory = Some(bytes.parse().map_err(|_| "memory: bytes are expected")?);
                    }
                    ("param", definition) => {
                        let (name, value) = definition.split_once('=').ok_or("param: name = value is expected")?;
                        parameters.insert(name.trim().to_string(), Cell::parse(value.trim())?.to_value()?);
                    }
                    _ => return Err(format!("`{name}: {value}` is not known")),
                }
                out += &format!("{name}: {value}\n");
            }
            Part::Query(query) => {
                *queries += 1;
                let printed = printed(&query, &mut session, &parameters)?;
                out += &format!("{}\n---\n{}", query.lines.join("\n"), quoted(&printed));
            }
        }
    }
    Ok(out)
}

/// Output as it stands in a script: nothing that an editor would trim, no blank lines.
fn quoted(printed: &str) -> String {
    let lines = printed.lines().map(str::trim_end);
    lines.map(|line| format!("{}\n", if line.is_empty() { "." } else { line })).collect()
}

fn printed(
    query: &Query,
    session: &mut Session,
    parameters: &BTreeMap<String, kenning::graph::Value>,
) -> Result<String, String> {
    let text = &query.text;
    let (mut printed, mut formats) = (Vec::new(), Vec::new());
    let mut only_kinds = false;
    for tag in &query.tags {
        let stage = match *tag {
            "ast" => Stage::Ast,
            "plan" => Stage::Plan,
            "opt" => Stage::Optimized,
            "error" => {
                only_kinds = true;
                continue;
            }
            format => {
                formats.push(Some(format));
                continue;
            }
        };
        printed.push(session.explain(text, stage).unwrap_or_else(|errors| draw_errors(&errors, text)));
    }
    if printed.is_empty() && formats.is_empty() {
        formats.push(None);
    }
    if !formats.is_empty() {
        match session.result(text, parameters) {
            Ok(_) if only_kinds => printed.push("no error".to_string()),
            Ok(result) => {
                for format in formats {
                    printed.push(crate::support::engine::render(&result, format, text)?);
                }
            }
            Err(errors) if only_kinds => printed.push(line_per_error(&errors)),
            Err(errors) => printed.push(draw_errors(&errors, text)),
        }
    }
    Ok(printed.iter().map(|text| text.trim_end()).collect::<Vec<_>>().join("\n"))
}

fn parse(script: &str) -> Result<Vec<Part<'_>>, String> {
    let mut lines = script.lines().enumerate().peekable();
    let mut parts = Vec::new();
    while let Some((number, line)) = lines.next() {
        let wrong = |expected: &str| Err(format!("line {}: {expected} is expected", number + 1));
        if line.is_empty() || line.starts_with('#') {
            parts.push(Part::Aside(line));
        } else if line.starts_with('>') {
            let mut query = vec![line];
            while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with('>')) {
                query.push(line);
            }
            if lines.next_if(|(_, line)| *line == "---").is_none() {
                return wrong("`---` after the query");
            }
            while lines.next_if(|(_, line)| !line.is_empty()).is_some() {}
            parts.push(Part::Query(read_query(query)));
        } else if let Some((name, value)) = line.split_once(": ") {
            parts.push(Part::Directive(name, value));
        } else {
            return wrong("a query, a directive or a comment");
        }
    }
    Ok(parts)
}

fn read_query(lines: Vec<&str>) -> Query<'_> {
    let mut texts: Vec<&str> = lines.iter().map(|line| line[1..].strip_prefix(' ').unwrap_or(&line[1..])).collect();
    let mut tags = Vec::new();
    while let Some((inside, rest)) = texts[0].strip_prefix('[').and_then(|text| text.split_once(']')) {
        tags.extend(inside.split([',', ' ']).filter(|tag| !tag.is_empty()));
        texts[0] = rest.trim_start();
    }
    Query { tags, text: texts.join("\n"), lines }
}

#[test]
fn a_script_is_taken_apart_and_keeps_its_comments() {
    let script = "# head\ngraph: empty\n\n> [plan, json] [error] MATCH (n)\n>   RETURN n\n---\nold\nlines\n\n# end\n";
    let parts = parse(script).unwrap();
    let query = Query {
        lines: vec!["> [plan, json] [error] MATCH (n)", ">   RETURN n"],
        tags: vec!["plan", "json", "error"],
        text: "MATCH (n)\n  RETURN n".to_string(),
    };
    let expected = [
        Part::Aside("# head"),
        Part::Directive("graph", "empty"),
        Part::Aside(""),
        Part::Query(query),
        Part::Aside(""),
        Part::Aside("# end"),
    ];
    assert_eq!(parts, expected);
    assert!(parse("> RETURN 1\n\n").unwrap_err().contains("line 1"));
    assert!(parse("nonsense\n").is_err());
    assert!(rewrite("graph: moon\n", &mut 0).is_err());
}

#[test]
fn output_cannot_be_taken_for_the_end_of_a_block() {
    assert_eq!(quoted("a  \n\nb"), "a\n.\nb\n");
}

#[test]
fn a_second_run_changes_nothing() {
    let script = "# head\n\n> RETURN 1 AS x\n---\n\n> [json] RETURN 1 AS x\n---\nwrong\n";
    let once = rewrite(script, &mut 0).unwrap();
    assert_eq!(rewrite(&once, &mut 0).unwrap(), once);
    assert_ne!(once, script);
    assert!(once.starts_with("# head\n\n> RETURN 1 AS x\n---\n"));
}
