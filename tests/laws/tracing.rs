//! The words keep to what they say, and what is implied is what it stands for, on random graphs.

use std::collections::BTreeMap;

use kenning::engine::RunOptions;
use kenning::graph::{Entity, Implied, NodeId, Value};
use kenning::result::QueryResult;

use super::answers::{Answer, ask, ask_with, fails, options};
use super::{Law, Verdict};
use crate::support::engine::Session;
use crate::support::random::Random;

pub const LAWS: &[Law] = &[
    Law { name: "an order is topological", tried_on: an_order_is_topological },
    Law { name: "chains come in order", tried_on: chains_come_in_order },
    Law { name: "a cut parts", tried_on: a_cut_parts },
    Law { name: "what-if changes nothing", tried_on: what_if_changes_nothing },
    Law { name: "implied is stored", tried_on: implied_is_stored },
];

const DECLARED: &[&str] = &[
    "CREATE RELATIONSHIP TYPE NEEDS INVERSE NEEDED_BY FAILURE AGAINST KIND OF TIE",
    "CREATE RELATIONSHIP TYPE FEEDS INVERSE FED_BY FAILURE ALONG DEGRADES KIND OF TIE",
    "CREATE RELATIONSHIP TYPE PAIRED SYMMETRIC FAILURE ALONG DEGRADES",
    "CREATE RELATIONSHIP TYPE KNOWS KIND OF TIE",
];

/// A small graph of four types, and how many nodes it has: n0, n1, …
fn graph(random: &mut Random) -> (Session, usize) {
    let mut session = Session::empty();
    let nodes = 2 + random.below(6);
    let mut parts: Vec<String> = (0..nodes).map(|n| format!("(n{n} {{name: 'n{n}', u: {n}}})")).collect();
    for _ in 0..random.below(14) {
        let kind = *random.pick(&["NEEDS", "NEEDS", "FEEDS", "PAIRED", "KNOWS"]);
        let u = parts.len();
        parts.push(format!("(n{})-[:{kind} {{u: {u}}}]->(n{})", random.below(nodes), random.below(nodes)));
    }
    let create = format!("CREATE {}", parts.join(", "));
    for text in DECLARED.iter().copied().chain([create.as_str()]) {
        // No limit: on a busy machine even this may take long.
        session.result_with(text, &RunOptions::default()).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    }
    (session, nodes)
}

fn run(session: &mut Session, text: &str) -> Result<QueryResult, Verdict> {
    session.result_with(text, &options(true)).map_err(|errors| match fails(&errors) {
        Answer::Stopped => Verdict::Skipped,
        _ => Verdict::Broken(format!("{text}: {errors:?}")),
    })
}

/// The numbers in a column.
fn column(result: &QueryResult, name: &str) -> Vec<Value> {
    let at = result.columns.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"));
    result.rows.iter().map(|row| row[at].clone()).collect()
}

fn an_order_is_topological(random: &mut Random) -> Verdict {
    let (mut session, _) = graph(random);
    let order = match run(&mut session, "ORDER") {
        Ok(order) => order,
        Err(verdict) => return verdict,
    };
    let places: BTreeMap<NodeId, (Value, Value)> = column(&order, "term")
        .iter()
        .zip(column(&order, "layer").into_iter().zip(column(&order, "cycle")))
        .filter_map(|(term, place)| if let Value::Node(node) = term { Some((*node, place)) } else { None })
        .collect();
    let needs = match run(&mut session, "MATCH (a)-[:DEPENDENCY]->(b) RETURN a, b") {
        Ok(needs) => needs,
        Err(verdict) => return verdict,
    };
    for row in &needs.rows {
        let [Value::Node(a), Value::Node(b)] = row.as_slice() else { return Verdict::Broken("two nodes".into()) };
        let (Some(one), Some(other)) = (places.get(a), places.get(b)) else {
            return Verdict::Broken(format!("{a:?} needs {b:?}, but one has no place"));
        };
        let in_cycle = one.1 == other.1 && !one.1.is_null();
        if !in_cycle && one.0.as_integer() <= other.0.as_integer() {
            return Verdict::Broken(format!("{a:?} needs {b:?}: {one:?}, {other:?}"));
        }
    }
    Verdict::Holds(needs.rows.len())
}

fn chains_come_in_order(random: &mut Random) -> Verdict {
    let (mut session, nodes) = graph(random);
    let (from, to) = (random.below(nodes), random.below(nodes));
    let most = 1 + random.below(6);
    let text = format!("WHY n{from} TO n{to}");
    let (best, several) = match (run(&mut session, &text), run(&mut session, &format!("{text} UP TO {most}"))) {
        (Ok(best), Ok(several)) => (best, several),
        (Err(verdict), _) | (_, Err(verdict)) => return verdict,
    };
    let mut chains: Vec<Vec<Value>> = Vec::new();
    let steps =
        column(&several, "chain").into_iter().zip(column(&several, "start").into_iter().zip(column(&several, "end")));
    for (chain, (start, end)) in steps {
        if chain.as_integer() != Some(chains.len() as i64) {
            chains.push(vec![start]);
        }
        chains.last_mut().expect("it has begun").push(end);
    }
    let broken = |what: &str| Verdict::Broken(format!("{text} UP TO {most}: {what}: {chains:?}"));
    if chains.first().map_or(0, |chain| chain.len() - 1) != best.rows.len() {
        return broken("the first is as long as the shortest");
    }
    if chains.len() > most || chains.windows(2).any(|pair| pair[0].len() > pair[1].len() || pair[0] == pair[1]) {
        return broken("they are not so many, in order, all different");
    }
    let simple = |chain: &Vec<Value>| chain.iter().enumerate().all(|(at, node)| !chain[at + 1..].contains(node));
    if !chains.iter().all(simple) {
        return broken("one visits a term twice");
    }
    Verdict::Holds(several.rows.len())
}

fn a_cut_parts(random: &mut Random) -> Verdict {
    let (mut session, nodes) = graph(random);
    let (from, to) = (random.below(nodes), random.below(nodes));
    let text = format!("CRITICAL FOR n{from} TO n{to}");
    let cuts = match run(&mut session, &text) {
        Ok(cuts) => cuts,
        Err(verdict) => return verdict,
    };
    let name = |value: &Value| match value {
        Value::Node(node) => {
            cuts.entities.named_property(Entity::Node(*node), "name").as_str().unwrap_or_default().to_string()
        }
        _ => String::new(),
    };
    let rows: Vec<(String, String)> =
        cuts.rows.iter().map(|row| (row[0].as_str().unwrap_or("").into(), name(&row[1]))).collect();
    let of = |kind: &str| rows.iter().filter(|(k, _)| k == kind).map(|(_, name)| name.clone()).collect::<Vec<_>>();
    let mut sets: Vec<Vec<String>> = of("dominator").into_iter().map(|name| vec![name]).collect();
    sets.extend(Some(of("term of the least cut")).filter(|set| !set.is_empty()));
    for set in &sets {
        let without = format!("WHY n{from} TO n{to} AVOIDING {}", set.join(", "));
        match run(&mut session, &without) {
            Ok(result) if result.rows.is_empty() => {}
            Ok(result) => return Verdict::Broken(format!("{text}, but {without}: {:?}", result.notes)),
            Err(verdict) => return verdict,
        }
    }
    Verdict::Holds(cuts.rows.len())
}

fn what_if_changes_nothing(random: &mut Random) -> Verdict {
    let (mut session, nodes) = graph(random);
    let everything = "MATCH (a) OPTIONAL MATCH (a)-[r]->(b) RETURN a, r, b";
    let before = ask(&mut session, everything);
    let (one, other, third) = (random.below(nodes), random.below(nodes), random.below(nodes));
    let supposed = match random.below(3) {
        0 => format!("REMOVE n{one}"),
        1 => format!("ADD (n{one})-[:NEEDS]->(n{other})"),
        _ => format!("REMOVE n{one}, n{third} ADD (n{other})-[:FEEDS]->(n{third})"),
    };
    let question = match random.below(4) {
        0 => format!("DEPS n{other}"),
        1 => "ORDER".to_string(),
        2 => format!("WHY n{other} TO n{third}"),
        _ => "MATCH (a)-[r:TIE]->(b) RETURN a.name, type(r), b.name".to_string(),
    };
    let text = format!("WHATIF {supposed} {question}");
    let result = match run(&mut session, &text) {
        Ok(result) => result,
        Err(verdict) => return verdict,
    };
    if ask(&mut session, everything) != before {
        return Verdict::Broken(format!("{text} changed the graph"));
    }
    Verdict::Holds(result.rows.len())
}

fn implied_is_stored(random: &mut Random) -> Verdict {
    let (mut session, _) = graph(random);
    let (pattern, same) = *random.pick(&[
        ("(a)-[r:NEEDED_BY]->(b)", "(a)<-[r:NEEDS]-(b)"),
        ("(a)<-[r:FED_BY]-(b)", "(a)-[r:FEEDS]->(b)"),
        ("(a)-[r:FED_BY|NEEDED_BY]-(b)", "(a)-[r:FEEDS|NEEDS]-(b)"),
        ("(a)-[r:PAIRED]->(b)", "(a)-[r:PAIRED]-(b)"),
        ("(a)-[r:TIE]->(b)", "(a)-[r:NEEDS|FEEDS|KNOWS]->(b)"),
        (
            "(a)-[r:NEEDED_BY|FEEDS]->(b)",
            "(a)-[r]-(b) WHERE r:NEEDS AND endNode(r) = a OR r:FEEDS AND startNode(r) = a",
        ),
        (
            "(a)-[r:DEPENDENCY]->(b)",
            "(a)-[r]-(b) WHERE r:PAIRED OR r:NEEDS AND startNode(r) = a OR r:FEEDS AND endNode(r) = a",
        ),
        ("(a)-[r:NEEDED_BY*1..2]->(b)", "(a)<-[r:NEEDS*1..2]-(b)"),
    ]);
    let tail = if pattern.contains('*') { "RETURN a, b, size(r)" } else { "RETURN a, r, b" };
    let implied = format!("MATCH {pattern} {tail}");
    let answer = ask(&mut session, &implied);
    // A symmetric type means itself where nothing is implied.
    let off = RunOptions { implied: Implied::Off, ..options(true) };
    let stored = match session.result_with(&format!("MATCH {same} {tail}"), &off) {
        Ok(result) => {
            let row = |row: &Vec<Value>| {
                row.iter()
                    .map(|value| super::answers::canonical(value, &*result.entities))
                    .collect::<Vec<_>>()
                    .join(" | ")
            };
            let mut rows: Vec<String> = result.rows.iter().map(row).collect();
            rows.sort();
            Answer::Rows(rows)
        }
        Err(errors) => return Verdict::Broken(format!("{same}: {errors:?}")),
    };
    if answer != stored || answer != ask_with(&mut session, &implied, false) {
        return Verdict::Broken(format!("{implied}\n  {answer:?}\n{same}\n  {stored:?}"));
    }
    match answer {
        Answer::Rows(rows) => Verdict::Holds(rows.len()),
        Answer::Fails(_) | Answer::Stopped => Verdict::Broken(implied),
    }
}
