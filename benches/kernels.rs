//! The hot kernels, measured through the engine: `cargo bench`.
//!
//! The graph has 50,000 people in 500 towns who follow 20 others each, more or less by chance.
//!
//! What was found, by profile, with these and with the statements of the README's table:
//!
//! - Going through a column is cheap: 64 nodes at a time, a comparison of integers or of codes takes less than a
//!   nanosecond a node. So a condition on the ends of relationships is asked of all nodes at once as soon as some
//!   thousand ends have been met, instead of one by one.
//! - Looking for a text in a dictionary takes the time of reading it; most of the time went into asking which nodes
//!   have the property at all, bit by bit. Now it is asked 64 bits at a time.
//! - Counting relationships by degree is bound by looking up two offsets; a tick of the budget and a look at the delta
//!   for each node took as long again. Both are done once a batch.
//! - Of a hundred thousand groups, three are wanted: making rows of all took ten times as long as counting.
//! - On a million people, triangles waited for memory: each neighbour's list lies somewhere else. Touching the first and
//!   the last neighbour of the lists of the next 16 nodes, before they are used, took the time to two fifths.
//! - One search from one end for a shortest path visits nearly all nodes; two that meet, some hundreds.

use std::sync::Mutex;

use divan::Bencher;
use kenning::database::{Connection, Database};
use kenning::engine::RunOptions;
use kenning::graph::{GraphBuilder, Value};
use kenning::limits::{Budget, Limits};
use kenning::result::Records;

const PEOPLE: u32 = 50_000;
const TOWNS: u32 = 500;
const FOLLOWED: u32 = 20;

fn main() {
    divan::main();
}

/// A number that looks like chance and is the same each time.
fn mixed(number: u32) -> u32 {
    let mut x = number.wrapping_mul(0x9E37_79B9) ^ 0x85EB_CA6B;
    x ^= x >> 15;
    x = x.wrapping_mul(0x2C1B_3C6D);
    x ^ x >> 12
}

fn database() -> Database {
    let mut builder = GraphBuilder::new();
    let (person, town) = (builder.intern_label("Person"), builder.intern_label("Town"));
    let (follows, lives) = (builder.intern_type("FOLLOWS"), builder.intern_type("LIVES_IN"));
    let (id, age, name) = (builder.intern_key("id"), builder.intern_key("age"), builder.intern_key("name"));
    builder.add_nodes(&[person], PEOPLE as usize).expect("there is room");
    builder.add_nodes(&[town], TOWNS as usize).expect("there is room");
    for number in 0..PEOPLE {
        builder.set_node_property(number, id, Value::Integer(i64::from(number)));
        builder.set_node_property(number, age, Value::Integer(i64::from(18 + mixed(number) % 60)));
        builder.set_node_property(number, name, Value::from(format!("person {}", mixed(number))));
    }
    for number in 0..TOWNS {
        builder.set_node_property(PEOPLE + number, name, Value::from(format!("town {number}")));
    }
    let starts: Vec<u32> = (0..PEOPLE).flat_map(|number| [number; FOLLOWED as usize]).collect();
    // Some are followed by many.
    let followed = |at: u32| mixed(at) % (1 + mixed(at ^ 0x5555) % PEOPLE);
    let ends: Vec<u32> = (0..PEOPLE * FOLLOWED).map(followed).collect();
    builder.add_relationships(follows, &starts, &ends).expect("there is room");
    let people: Vec<u32> = (0..PEOPLE).collect();
    let homes: Vec<u32> = people.iter().map(|number| PEOPLE + mixed(number ^ 0xAAAA) % TOWNS).collect();
    builder.add_relationships(lives, &people, &homes).expect("there is room");
    Database::in_memory(builder.finish())
}

const STATEMENTS: &[&str] = &[
    // Parsing, binding and planning alone.
    "RETURN 1",
    // Found by its value.
    "MATCH (p:Person {id: 4711}) RETURN p.name",
    // A column of integers, and a dictionary.
    "MATCH (p:Person) WHERE p.age >= 30 AND p.age <= 40 RETURN count(p)",
    "MATCH (p:Person) WHERE p.name CONTAINS '777' RETURN count(p)",
    // Degrees, groups, and the first of them.
    "MATCH (f:Person)-[:FOLLOWS]->(p:Person) RETURN p.id AS id, count(f) AS n ORDER BY n DESC, id LIMIT 3",
    "MATCH (p:Person)-[:LIVES_IN]->(t:Town) RETURN t.name AS town, avg(p.age) AS age ORDER BY age, town LIMIT 5",
    // The first rows, and distinct ones.
    "MATCH (p:Person) RETURN p.name ORDER BY p.age DESC, p.id LIMIT 10",
    "MATCH (p:Person)-[:LIVES_IN]->(t) WHERE p.age < 20 RETURN DISTINCT t.name",
    // Reachability and shortest paths.
    "MATCH (:Person {id: 17})-[:FOLLOWS*]->(b) RETURN count(DISTINCT b)",
    "MATCH p = shortestPath((:Person {id: 17})-[:FOLLOWS*]->(:Person {id: 4711})) RETURN length(p)",
];

/// Whole nodes: a reading answer knows them by its snapshot, an updating one by copies.
const OF_NODES: &[&str] = &["MATCH (p:Person) RETURN p", "MATCH (p:Person)-[f:FOLLOWS]->() RETURN f LIMIT 50000"];

/// The entities of an answer, copied out of its snapshot.
#[divan::bench(args = OF_NODES)]
fn records(bencher: Bencher, text: &str) {
    let result = database().run(text, &RunOptions::default()).expect("the statement runs");
    let budget = || Budget::start(&Limits::default());
    bencher.bench_local(|| Records::of(&result.rows, &*result.entities, &budget()).expect("memory suffices"));
}

/// The same statements as below, read in batches of a thousand rows.
#[divan::bench(args = [STATEMENTS, OF_NODES].concat())]
fn streamed(bencher: Bencher, text: &str) {
    static DATABASE: Mutex<Option<Database>> = Mutex::new(None);
    let mut kept = DATABASE.lock().expect("no bench panics");
    let mut connection = kept.get_or_insert_with(database).connect();
    bencher.bench_local(|| {
        let mut stream = connection.stream(text, &RunOptions::default()).expect("the statement runs");
        let mut rows = 0;
        while let Some(batch) = stream.next(1000).expect("the statement runs") {
            rows += batch.rows.len();
        }
        rows
    });
}

#[divan::bench(args = [STATEMENTS, OF_NODES].concat())]
fn statement(bencher: Bencher, text: &str) {
    static DATABASE: Mutex<Option<Database>> = Mutex::new(None);
    let mut kept = DATABASE.lock().expect("no bench panics");
    let database = kept.get_or_insert_with(database);
    bencher.bench_local(|| database.run(text, &RunOptions::default()).expect("the statement runs").rows.len());
}
