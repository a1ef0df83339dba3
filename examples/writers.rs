//! Measures commits to a database file by one or several threads, and prints one JSON object.
//!
//! ```text
//! cargo run --release --example writers -- FILE THREADS COMMITS full|normal|off [create|mixed]
//! ```
//!
//! `create` makes one node a commit. `mixed` takes turns on the benchmarks' social graph: a person created, a property
//! set, a relationship created, a node deleted; it makes an index on `Person(id)` first. Used by `tests/verify/writes.py`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use kenning::database::{Database, Options};
use kenning::diagnostic::Diagnostic;
use kenning::engine::RunOptions;
use kenning::graph::Value;
use kenning::storage::Durability;

const CREATE: &str = "CREATE (:N {i: $i, name: $name})";
const MIXED: [&str; 4] = [
    "CREATE (:Person {id: $new, name: $name, age: 30, gender: 'female'})",
    "MATCH (p:Person {id: $at}) SET p.age = $i % 100",
    "MATCH (a:Person {id: $at}), (b:Person {id: $other}) CREATE (a)-[:FOLLOWS]->(b)",
    "MATCH (p:Person {id: $gone}) DETACH DELETE p",
];
const PERSONS: i64 = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, threads, commits, durability, rest @ ..] = arguments.as_slice() else {
        return Err("usage: writers FILE THREADS COMMITS full|normal|off [create|mixed]".into());
    };
    let (threads, commits): (usize, usize) = (threads.parse()?, commits.parse()?);
    let mixed = rest.first().is_some_and(|mode| mode == "mixed");
    let database = open(Path::new(file), durability)?;
    if mixed {
        let index = "CREATE INDEX person_id IF NOT EXISTS FOR (p:Person) ON (p.id)";
        database.run(index, &RunOptions::default()).map_err(first)?;
    }
    let start = Instant::now();
    let mut times = run(&database, threads, commits, mixed)?;
    let seconds = start.elapsed().as_secs_f64();
    print(&mut times, seconds);
    let closing = Instant::now();
    drop(database);
    eprintln!("closed in {:.0} ms", closing.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

fn open(file: &Path, durability: &str) -> Result<Database, Box<dyn Error>> {
    let durability = match durability {
        "full" => Durability::Full,
        "normal" => Durability::Normal,
        "off" => Durability::Off,
        other => return Err(format!("durability is full, normal or off, not {other}").into()),
    };
    let options = Options { create: true, durability, ..Options::default() };
    Ok(Database::open(file, &options)?)
}

/// Runs the commits in as many threads, each with a connection of its own; how long each commit took.
fn run(database: &Database, threads: usize, commits: usize, mixed: bool) -> Result<Vec<Duration>, Box<dyn Error>> {
    let results: Vec<_> = std::thread::scope(|scope| {
        let each = commits / threads;
        let worker = |thread: usize| {
            let database = database.clone();
            scope.spawn(move || work(&database, thread * each..(thread + 1) * each, mixed))
        };
        let workers: Vec<_> = (0..threads).map(worker).collect();
        workers.into_iter().map(|worker| worker.join()).collect()
    });
    let mut times = Vec::with_capacity(commits);
    for result in results {
        times.extend(result.map_err(|_| "a writer panicked")??);
    }
    Ok(times)
}

fn work(database: &Database, numbers: std::ops::Range<usize>, mixed: bool) -> Result<Vec<Duration>, Diagnostic> {
    let mut options = RunOptions::default();
    let mut times = Vec::with_capacity(numbers.len());
    for number in numbers {
        let statement = if mixed { MIXED[number % MIXED.len()] } else { CREATE };
        options.parameters = parameters(number as i64);
        let start = Instant::now();
        database.run(statement, &options).map_err(first)?;
        times.push(start.elapsed());
    }
    Ok(times)
}

fn parameters(number: i64) -> BTreeMap<String, Value> {
    let at = number * 7919 % PERSONS;
    let other = (number * 104_729 + 1) % PERSONS;
    // What the statement three numbers before created is what this one deletes.
    let new = 1_000_000 + number;
    let numbers = [("i", number), ("at", at), ("other", other), ("new", new), ("gone", new - 3)];
    let mut parameters: BTreeMap<String, Value> =
        numbers.into_iter().map(|(name, value)| (name.to_string(), Value::Integer(value))).collect();
    parameters.insert("name".into(), Value::string(format!("name {number}")));
    parameters
}

fn first(errors: Vec<Diagnostic>) -> Diagnostic {
    errors.into_iter().next().unwrap_or_else(|| unreachable!("a failed statement has an error"))
}

fn print(times: &mut [Duration], seconds: f64) {
    times.sort_unstable();
    let at = |share: f64| {
        let last = times.len().saturating_sub(1);
        times.get((last as f64 * share) as usize).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    println!(
        r#"{{"commits": {}, "seconds": {seconds:.6}, "median_ms": {:.4}, "p99_ms": {:.4}, "p99_99_ms": {:.4}, "longest_ms": {:.4}}}"#,
        times.len(),
        at(0.5),
        at(0.99),
        at(0.9999),
        at(1.0),
    );
}
