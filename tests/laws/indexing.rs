//! Laws about indexes: what is found is the same with and without them, also after updates that were kept or undone.

use super::answers::{ask, broken, dump, same};
use super::graphs::Sketch;
use super::{Law, Verdict};
use crate::support::engine::Session;
use crate::support::random::Random;

pub const LAWS: &[Law] =
    &[Law { name: "indexes", tried_on: indexes }, Law { name: "uniqueness", tried_on: uniqueness }];

const INDEXES: &[&str] = &[
    "CREATE INDEX FOR (x:A) ON (x.n)",
    "CREATE INDEX FOR (x:A) ON (x.v)",
    "CREATE INDEX FOR (x:A) ON (x.s)",
    "CREATE INDEX FOR (x:A) ON (x.n, x.s)",
    "CREATE INDEX FOR (x:A) ON (x.s, x.v)",
    "CREATE INDEX FOR (x:B) ON (x.v)",
];

const VALUES: &[&str] =
    &["0", "1", "2", "1.0", "0.5", "-1.25", "true", "'a'", "'ab'", "''", "null", "[1, 1]", "0.0 / 0.0"];

fn updates(random: &mut Random) -> String {
    let value = *random.pick(VALUES);
    let number = random.below(3);
    match random.below(9) {
        0 => format!("MATCH (x:A {{n: {number}}}) SET x.v = {value}"),
        1 => format!("MATCH (x) WHERE x.u = {number} SET x.n = {number} + 1, x.s = 'ab'"),
        2 => format!("MATCH (x) WHERE x.u = {number} SET x:A"),
        3 => "MATCH (x:A) WHERE x.n = 1 REMOVE x:A".to_string(),
        4 => format!("MATCH (x:A) WHERE x.n = {number} REMOVE x.s"),
        5 => format!("CREATE (:A {{n: {number}, s: 'a', v: {value}, u: 77}})"),
        6 => "MATCH (x:A) WHERE x.s = 'a' DETACH DELETE x".to_string(),
        7 => format!("MERGE (x:A {{n: {number}}}) ON CREATE SET x.s = 'b', x.u = 78 ON MATCH SET x.v = {value}"),
        // Undone, since it fails at last.
        _ => format!("MATCH (x:A) SET x.n = 1, x.v = {value} WITH count(*) AS c RETURN 1 / (c - c)"),
    }
}

fn condition(random: &mut Random) -> String {
    let (one, two) = (*random.pick(VALUES), *random.pick(VALUES));
    let key = *random.pick(&["n", "s", "v"]);
    match random.below(17) {
        8 => format!("x.{key} = CASE WHEN {one} IS NULL THEN {two} ELSE {one} END"),
        9 => format!("x.{key} IN [i IN [{one}, {two}] WHERE i IS NOT NULL | i]"),
        10 => format!("x.{key} = {{a: {one}}}.a"),
        11 => format!("x.{key} = {one} OR {two} = x.{key}"),
        12 => format!("x.n = abs({}) - 1", random.below(3)),
        13 => "x.n = COUNT { MATCH (z:B) } - 1".to_string(),
        14 => format!("x.{key} IN COLLECT {{ MATCH (z:B) RETURN z.{key} }}"),
        15 => format!("x.{key} = coalesce({one}, {two})"),
        // Cannot be computed; an error for the nodes that come so far.
        16 => "x.s = 'none' AND x.n = 1 / (size([1]) - 1)".to_string(),
        0 | 1 => format!("x.{key} = {one}"),
        2 => format!("{one} = x.{key} AND x.s = {two}"),
        3 => format!("x.{key} IN [{one}, {two}]"),
        4 => format!("x.{key} > {one}"),
        5 => format!("x.{key} >= {one} AND x.{key} < {two}"),
        6 => format!("x.{key} STARTS WITH {}", *random.pick(&["'a'", "''", "'ab'", "null"])),
        _ => format!("x.n = {one} AND x.s >= {two}"),
    }
}

/// A look-up by a constant, or by what an earlier row, another node of the pattern or the row around a subquery gives.
fn query(random: &mut Random, label: &str) -> String {
    let key = *random.pick(&["n", "s", "v"]);
    let (one, two) = (*random.pick(VALUES), *random.pick(VALUES));
    let returned = "RETURN x, x.n, x.s, x.v";
    let optional = *random.pick(&["", "OPTIONAL "]);
    match random.below(12) {
        0 => format!("UNWIND [{one}, {two}] AS i {optional}MATCH (x:{label} {{{key}: i}}) {returned}, i"),
        1 => format!("UNWIND [{{k: {one}}}, {{k: {two}}}] AS r {optional}MATCH (x:{label} {{{key}: r.k}}) {returned}"),
        2 => format!("MATCH (y) {optional}MATCH (x:{label}) WHERE x.{key} = y.{key} {returned}, y"),
        3 => format!("MATCH (y), (x:{label}) WHERE x.{key} = y.v AND y.n = 1 {returned}, y"),
        4 => format!("MATCH (y)-->(x:{label}), (z:B) WHERE x.n = z.n + 1 {returned}, y, z"),
        5 => format!("MATCH (y) WHERE EXISTS {{ MATCH (x:{label}) WHERE x.n = y.n + 1 }} RETURN y"),
        6 => {
            format!("MATCH (y) CALL (y) {{ MATCH (x:{label}) WHERE x.{key} IN [y.{key}, {one}] {returned} }} RETURN *")
        }
        7 => format!("MATCH (x:{label}:C) WHERE {} {returned}", condition(random)),
        _ => format!("MATCH (x:{label}) WHERE {} {returned}", condition(random)),
    }
}

fn indexes(random: &mut Random) -> Verdict {
    let sketch = Sketch::random(random);
    let (mut plain, mut indexed) = (Session::of(sketch.build()), Session::of(sketch.build()));
    let mut made: Vec<&str> = INDEXES.iter().copied().filter(|_| random.one_in(2)).collect();
    random.shuffle(&mut made);
    let mut statements: Vec<String> = (0..random.below(5)).map(|_| updates(random)).collect();
    let at = random.below(statements.len() + 1);
    statements.splice(at..at, made.iter().map(ToString::to_string));
    for statement in &statements {
        if statement.starts_with("CREATE INDEX") {
            if let Err(errors) = indexed.result(statement, &Default::default()) {
                return broken(&sketch, &format!("{statement}: {errors:?}"));
            }
        } else {
            let results = [&mut plain, &mut indexed].map(|session| ask(session, statement));
            if results[0] != results[1] {
                return same(&sketch, [statement, "the same with indexes"], results);
            }
        }
    }
    if dump(&plain.graph()) != dump(&indexed.graph()) {
        return broken(&sketch, &format!("{statements:#?}\nmake other graphs with indexes than without"));
    }
    let label = *random.pick(&["A", "A", "B"]);
    let query = query(random, label);
    let answers = [ask(&mut plain, &query), ask(&mut indexed, &query)];
    let history = format!("after {statements:#?}\n{query}");
    same(&sketch, [&history, "the same with indexes"], answers)
}

/// A statement succeeds with a constraint exactly if it does without, and leaves no two nodes alike.
fn uniqueness(random: &mut Random) -> Verdict {
    let sketch = Sketch::random(random);
    let (mut plain, mut unique) = (Session::of(sketch.build()), Session::of(sketch.build()));
    let constraint = "CREATE CONSTRAINT FOR (x:A) REQUIRE x.n IS UNIQUE";
    let twins = |session: &mut Session| {
        let query = "MATCH (x:A) WHERE x.n IS NOT NULL WITH x.n AS n, count(*) AS c WHERE c > 1 RETURN n";
        session.result(query, &Default::default()).map(|result| result.rows.len())
    };
    let made = unique.result(constraint, &Default::default()).is_ok();
    let mut rows = 0;
    if made != (twins(&mut plain) == Ok(0)) {
        return broken(&sketch, constraint);
    }
    for _ in 0..random.below(4) {
        let statement = updates(random);
        let before = dump(&unique.graph());
        let succeeded = unique.result(&statement, &Default::default()).is_ok();
        // Without the constraint, on the same graph: a failure of its own or twins are the only reasons.
        let mut free = Session::of((*unique.graph()).clone());
        if made && succeeded && twins(&mut free) != Ok(0) {
            return broken(&sketch, &format!("{statement}\nleaves nodes alike"));
        }
        if !succeeded && dump(&unique.graph()) != before {
            return broken(&sketch, &format!("{statement}\nfails and changes the graph"));
        }
        rows += usize::from(succeeded);
    }
    Verdict::Holds(rows)
}
