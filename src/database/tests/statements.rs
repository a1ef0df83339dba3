//! Random statements. What they change depends on the graph alone, not on the order in which a plan meets it.

use crate::storage::simulated::Random;

const LABELS: [&str; 3] = ["A", "B", "C"];
const TYPES: [&str; 3] = ["R", "S", "T"];

const VALUES: [&str; 16] = [
    "1",
    "-7",
    "2.5",
    "'x'",
    "'é'",
    "''",
    "true",
    "[1, 2]",
    "['a', 'b']",
    "[]",
    "null",
    "date('2024-02-29')",
    "duration({days: 3})",
    "point({x: 1.0, y: 2.0})",
    "9223372036854775807",
    "0.0 / 0.0",
];

fn pick(random: &mut Random, from: &[&'static str]) -> &'static str {
    from[random.below(from.len())]
}

fn value(random: &mut Random) -> String {
    match random.below(8) {
        // Longer than a sector of a disk.
        0 => format!("'{}'", "y".repeat(random.below(900))),
        1..4 => random.below(6).to_string(),
        _ => pick(random, &VALUES).to_string(),
    }
}

/// A statement that changes the graph, or means to.
pub(super) fn writing(random: &mut Random) -> String {
    match random.below(24) {
        20 => schema(random),
        21 => failing(random),
        22 | 23 => in_transactions(random),
        _ => data(random),
    }
}

fn data(random: &mut Random) -> String {
    let (label, other) = (pick(random, &LABELS), pick(random, &LABELS));
    let (kind, k, v) = (pick(random, &TYPES), random.below(6), value(random));
    let key = pick(random, &["k", "v", "w"]);
    match random.below(16) {
        0 | 1 => format!("CREATE (:{label} {{k: {k}, v: {v}}})"),
        2 => format!("CREATE (:{label}:{other} {{k: {k}}})-[:{kind} {{w: {v}}}]->(:{other})"),
        3 => format!("UNWIND range(1, {}) AS i CREATE (:{label} {{k: i, {key}: {v}}})", random.below(5)),
        4..7 => format!(
            "MATCH (a:{label}), (b:{other}) WITH a, b ORDER BY id(b), id(a) SKIP {} LIMIT {} CREATE (a)-[:{kind} {{w: {v}}}]->(b)",
            random.below(4),
            1 + random.below(3)
        ),
        7 => format!("MATCH (n:{label} {{k: {k}}}) SET n.{key} = {v}"),
        8 => format!("MATCH (n:{label} {{k: {k}}}) SET n += {{v: {v}, name: 'n'}}"),
        9 => format!("MATCH (n:{label} {{k: {k}}}) SET n = {{k: {v}}}"),
        10 => format!("MATCH (n:{label} {{k: {k}}}) SET n:{other}"),
        11 => format!("MATCH (n:{label} {{k: {k}}}) REMOVE n:{other}, n.{key}"),
        12 => format!("MATCH ()-[r:{kind}]->() WITH r ORDER BY id(r) SKIP {k} LIMIT 2 SET r.w = {v}, r.v = null"),
        13 => format!("MATCH ()-[r:{kind}]->() WITH r ORDER BY id(r) SKIP {k} LIMIT 1 DELETE r"),
        14 => format!("MATCH (n:{label}) WITH n ORDER BY id(n) SKIP {k} LIMIT 1 DETACH DELETE n"),
        _ => format!("MERGE (n:{label} {{k: {k}}}) ON CREATE SET n.v = {v} ON MATCH SET n.w = {k}"),
    }
}

fn schema(random: &mut Random) -> String {
    let (label, kind, key) = (pick(random, &LABELS), pick(random, &TYPES), pick(random, &["k", "v"]));
    let name = random.below(4);
    match random.below(8) {
        0 | 1 => format!("CREATE INDEX i{name} FOR (n:{label}) ON (n.{key})"),
        2 => format!("DROP INDEX i{name}"),
        3 => format!("CREATE CONSTRAINT c{name} FOR (n:{label}) REQUIRE n.{key} IS UNIQUE"),
        4 => format!("CREATE CONSTRAINT c{name} FOR (n:{label}) REQUIRE n.{key} IS NOT NULL"),
        5 => format!("DROP CONSTRAINT c{name} IF EXISTS"),
        6 => format!("CREATE OR REPLACE RELATIONSHIP TYPE {kind} NAMED 'does {name}' FAILURE AGAINST"),
        _ => format!("DROP RELATIONSHIP TYPE {kind}"),
    }
}

fn failing(random: &mut Random) -> String {
    let (label, k) = (pick(random, &LABELS), random.below(4));
    match random.below(5) {
        0 => format!("UNWIND [3, 2, 1, 0] AS x CREATE (:{label}:New{k} {{k: 6 / x, new{k}: x}})"),
        1 => format!("MATCH (n:{label}) SET n.v = 'lost' WITH n RETURN n.v / {k}"),
        2 => format!("CREATE (:{label} {{k: missing}})"),
        3 => format!("MATCH (n:{label}) DELETE n"),
        _ => {
            format!("MATCH (n:{label}) SET n:Lost, n.k = null WITH collect(n) AS all DETACH DELETE all[0] RETURN 1 / 0")
        }
    }
}

fn in_transactions(random: &mut Random) -> String {
    let (label, size) = (pick(random, &LABELS), 1 + random.below(3));
    let on_error = pick(random, &["", " ON ERROR FAIL", " ON ERROR CONTINUE", " ON ERROR BREAK"]);
    let divisor = pick(random, &["1", "x", "(x - 3)"]);
    format!(
        "UNWIND [4, 3, 2, 1, 0] AS x CALL (x) {{ MERGE (n:{label} {{k: x}}) SET n.w = 12 / {divisor} }} \
         IN TRANSACTIONS OF {size} ROWS{on_error}"
    )
}

/// A statement that only reads, whose rows are in a certain order.
pub(super) fn reading(random: &mut Random) -> String {
    let (label, kind, k) = (pick(random, &LABELS), pick(random, &TYPES), random.below(6));
    match random.below(6) {
        0 => "MATCH (n) RETURN count(*), min(id(n)), max(id(n))".to_string(),
        1 => format!("MATCH (n:{label} {{k: {k}}}) RETURN id(n), n.v, labels(n) ORDER BY id(n)"),
        2 => format!("MATCH (a)-[r:{kind}]->(b) RETURN id(a), id(r), id(b), r.w ORDER BY id(r)"),
        3 => format!("MATCH (a:{label})-[r]-(b) RETURN id(a), type(r), count(*), sum(b.k) ORDER BY id(a), type(r)"),
        4 => "MATCH (n) RETURN n.k AS k, count(*) AS c ORDER BY k, c".to_string(),
        _ => "SHOW INDEXES".to_string(),
    }
}
