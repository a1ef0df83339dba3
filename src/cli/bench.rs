//! `kenning bench`: times the named statements of a file.

use std::fs;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::arguments::BenchArguments;
use super::tell;
use crate::database::Database;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::engine::RunOptions;
use crate::limits::Limits;
use crate::render;
use crate::session::{Failure, open_graph, read_text};

/// What comes before a statement's name in the line above it.
const NAME: &str = "// name:";

/// Opens the database, runs each statement once and then as often as asked for, from its text to its last row.
pub(super) fn run(arguments: &BenchArguments) -> Result<(), Failure> {
    let text = match read_text(&arguments.queries) {
        Ok(text) => text,
        Err(error) => return tell(&error),
    };
    if named(&text).next().is_none() {
        let message = format!("{} names no statement to time", arguments.queries.display());
        let error = Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message);
        return tell(&error.help(format!("write a line `{NAME} NAME` above each statement")));
    }
    let mut times = Vec::new();
    let mut database = None;
    for _ in 0..arguments.runs.min(5) {
        // The graph before is given back first, so that memory is not needed twice.
        drop(database.take());
        let start = Instant::now();
        match open_graph(&arguments.database) {
            Ok(graph) => database = Some(Database::in_memory(graph)),
            Err(error) => return tell(&error),
        }
        times.push(start.elapsed());
    }
    let Some(database) = database else { return Ok(()) };
    let mut out = io::stdout().lock();
    print(&mut out, arguments.json, &measured("load", times))?;
    let mut failed = false;
    for (name, statement) in named(&text) {
        match time(&database, statement, arguments) {
            Ok((times, value)) => {
                let mut row = measured(name, times);
                row["value"] = value;
                print(&mut out, arguments.json, &row)?;
            }
            Err(message) => {
                failed = true;
                writeln!(io::stderr(), "error: {name}: {message}")?;
            }
        }
        out.flush()?;
    }
    print(&mut out, arguments.json, &json!({"query": "rss_mb", "ms_median": peak_megabytes()}))?;
    if failed { Err(Failure::Failed) } else { Ok(()) }
}

/// The statements that stand below a name, up to the next name.
fn named(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let sections = text.split(NAME).skip(1);
    sections.map(|section| {
        let (name, statement) = section.split_once('\n').unwrap_or((section, ""));
        (name.trim(), statement.trim().trim_end_matches(';'))
    })
}

fn time(database: &Database, statement: &str, arguments: &BenchArguments) -> Result<(Vec<Duration>, Json), String> {
    let mut times = Vec::new();
    let mut value = Json::Null;
    // The first run brings what the others find in the processor's caches; it is not counted. The answer is put into
    // words after the last one only, for that leaves memory in pieces.
    for run in 0..=arguments.runs {
        let limits = Limits { time: arguments.timeout, ..Limits::default() };
        let options = RunOptions { limits, cache: false, ..RunOptions::default() };
        let start = Instant::now();
        let result = database.run(statement, &options);
        let elapsed = start.elapsed();
        let result = result.map_err(|errors| errors.first().map(ToString::to_string).unwrap_or_default())?;
        if run > 0 {
            times.push(elapsed);
        }
        if run == arguments.runs {
            value = result.rows.iter().map(|row| render::json_row(row, &*result.entities)).collect();
        }
    }
    Ok((times, value))
}

fn measured(name: &str, mut times: Vec<Duration>) -> Json {
    times.sort();
    let ms = |time: Option<&Duration>| time.map(|time| (time.as_secs_f64() * 1e6).round() / 1e3);
    json!({
        "query": name,
        "ms_median": ms(times.get(times.len() / 2)),
        "ms_min": ms(times.first()),
        "runs": times.len(),
    })
}

fn print(out: &mut dyn Write, as_json: bool, row: &Json) -> io::Result<()> {
    if as_json {
        return writeln!(out, "{row}");
    }
    let number = |key: &str| row[key].as_f64().map_or("-".into(), |number| format!("{number:.3}"));
    let name = row["query"].as_str().unwrap_or("");
    let rows = row["value"].as_array().map_or(String::new(), |rows| render::count(rows.len(), "row"));
    if name == "rss_mb" {
        return writeln!(out, "{:12} {:>12} MB at most", "memory", number("ms_median"));
    }
    writeln!(out, "{name:12} {:>12} ms median {:>12} ms min  {rows}", number("ms_median"), number("ms_min"))
}

/// The most memory that the process has had so far, where the system tells.
fn peak_megabytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some((kilobytes * 1.024).round() / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_have_names() {
        let text = "// head\n\n// name: a\nRETURN 1;\n\n// name: b*\nMATCH (n)\nRETURN n\n";
        let found: Vec<(&str, &str)> = named(text).collect();
        assert_eq!(found, [("a", "RETURN 1"), ("b*", "MATCH (n)\nRETURN n")]);
    }

    #[test]
    fn the_middle_of_times() {
        let times = [5, 1, 3].map(Duration::from_millis).to_vec();
        let row = measured("x", times);
        assert_eq!((&row["ms_median"], &row["ms_min"], &row["runs"]), (&json!(3.0), &json!(1.0), &json!(3)));
    }
}
