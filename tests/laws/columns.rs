//! What runs over columns, counts ends by degree, groups by codes and cuts groups early answers as rows do.

use kenning::engine::Stage;

use super::answers::{ask_with, broken, same};
use super::graphs::Sketch;
use super::queries::{Type, Writer};
use super::{Law, Verdict};
use crate::support::engine::Session;
use crate::support::random::Random;

pub const LAWS: &[Law] = &[
    Law { name: "columns", tried_on: columns },
    Law { name: "optimised on changed graphs", tried_on: on_changed_graphs },
    Law { name: "shortest paths on changed graphs", tried_on: shortest },
    Law { name: "order of typing", tried_on: order_of_typing },
];

/// The same answers optimised and not, on a graph in columns, with changes, or made step by step.
fn either_way(random: &mut Random, text: &str) -> Verdict {
    let sketch = Sketch::random(random);
    let graph = match random.below(4) {
        0 => sketch.build(),
        1 => {
            let mut graph = sketch.build();
            graph.commit();
            graph.merge();
            graph
        }
        _ => sketch.build_changed(random),
    };
    let mut session = Session::of(graph);
    // What is asked for again may be found in another way.
    ask_with(&mut session, text, true);
    let answers = [ask_with(&mut session, text, true), ask_with(&mut session, text, false)];
    same(&sketch, [text, "the same, not optimised"], answers)
}

fn on_changed_graphs(random: &mut Random) -> Verdict {
    let text = Writer::new(random).query();
    either_way(random, &text)
}

/// A chain of relationships from a node on, and groups, counts or rows of what it finds.
fn columns(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let start = writer.node();
    let mut names = vec![start.variable.clone()];
    let mut pattern = start.inline();
    for _ in 0..writer.random.below(4) {
        let (left, right) = *writer.random.pick(&[("-", "->"), ("<-", "-"), ("-", "-")]);
        let (name, kinds) = (if writer.random.one_in(3) { writer.fresh() } else { String::new() }, writer.kinds());
        let node = writer.node();
        pattern += &format!("{left}[{name}{kinds}]{right}{}", node.inline());
        names.push(node.variable);
    }
    writer.scope = names.iter().map(|name| (name.clone(), Type::Node)).collect();
    let condition = match writer.random.below(4) {
        0 | 1 => String::new(),
        2 => format!(" WHERE {}", writer.condition(1)),
        _ => format!(" WHERE {}", compared_time(writer.random, &names)),
    };
    let (a, b) = (writer.random.pick(&names).clone(), writer.random.pick(&names).clone());
    let (x, y) = (*writer.random.pick(KEYS), *writer.random.pick(KEYS));
    let (down, limit) = (*writer.random.pick(&["", " DESC"]), 1 + writer.random.below(3));
    let order = format!("ORDER BY c1{down}, c0 LIMIT {limit}");
    let returned = match writer.random.below(10) {
        0 => format!("RETURN {a}.{x} AS c0, count({b}) AS c1 {order}"),
        1 => format!("RETURN {a}.{x} AS c0, count(DISTINCT {b}) AS c1 {order}"),
        2 => format!("RETURN {a}.{x} AS c0, avg({b}.n) AS c1 {order}"),
        3 => format!("RETURN {a} AS c0, count(*) AS c1"),
        4 => format!("RETURN {a}.{x} AS c0, {b}.{y} AS c1, count(*) AS c2, min({a}.{y}) AS c3, max({b}.{x}) AS c4"),
        5 => format!("RETURN count({a}.{x}) AS c0, count(DISTINCT {b}) AS c1, sum({a}.n) AS c2, avg({b}.n) AS c3"),
        6 => format!("RETURN {a} AS c0, {b}.{x} AS c1, {a}.{y} AS c2, count({b}.{y}) AS c3"),
        7 => format!("RETURN {a}.{x} AS c0, {b}.{y} AS c1 {order}"),
        8 => format!("WITH {a}, {b} LIMIT 100000 RETURN {a}, {b}.{x}"),
        _ => format!("RETURN {a}, {b}.{x}"),
    };
    let text = format!("MATCH {pattern}{condition} {returned}");
    either_way(random, &text)
}

const KEYS: &[&str] = &["n", "s", "v", "u", "d", "m"];

/// A date or moment of a node compared with one that it may have, or that lies between those that it may have.
fn compared_time(random: &mut Random, names: &[String]) -> String {
    let times = [
        "date('2020-01-01')",
        "date('2020-01-20')",
        "datetime('2020-01-01T00:00Z')",
        "datetime('2020-01-01T01:00+01:00')",
        "datetime('2020-01-01T00:00:00.000000001Z')",
        "datetime('+999999999-12-31T00:00Z')",
        "localdatetime('2020-01-01T00:00')",
        "null",
    ];
    let (name, key, time) = (random.pick(names).clone(), *random.pick(&["d", "m"]), *random.pick(&times));
    let comparison = *random.pick(&["=", "<>", "<", "<=", ">", ">="]);
    match random.one_in(3) {
        true => format!("{time} {comparison} {name}.{key}"),
        false => format!("{name}.{key} {comparison} {time}"),
    }
}

/// Which of several shortest paths is found must not depend on how it is looked for, nor on where the graph lies.
fn shortest(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let kinds = writer.kinds();
    let (left, right) = *writer.random.pick(&[("-", "->"), ("<-", "-"), ("-", "-")]);
    let length = *writer.random.pick(&["*", "*0..", "*1..2", "*..3"]);
    let function = *writer.random.pick(&["shortestPath", "allShortestPaths"]);
    let (u, v) = (writer.random.below(6), writer.random.below(6));
    let text = format!(
        "MATCH p = {function}((a {{u: {u}}}){left}[{kinds}{length}]{right}(b {{u: {v}}})) RETURN length(p), count(*)"
    );
    either_way(random, &text)
}

/// A pattern drawn from left to right and from right to left, its conditions in either order, has one plan.
fn order_of_typing(random: &mut Random) -> Verdict {
    let mut names = vec![("a", "A"), ("b", "B"), ("c", "C")];
    random.shuffle(&mut names);
    let hop = |random: &mut Random| {
        let kind = *random.pick(&["T", "U", "W"]);
        let (there, back) =
            *random.pick(&[(("-", "->"), ("<-", "-")), (("<-", "-"), ("-", "->")), (("-", "-"), ("-", "-"))]);
        let draw = move |(left, right): (&str, &str)| format!("{left}[:{kind}]{right}");
        (draw(there), draw(back))
    };
    let hops = [hop(random), hop(random)];
    let node = |(name, label): (&str, &str)| format!("({name}:{label})");
    let [a, b, c] = [node(names[0]), node(names[1]), node(names[2])];
    let (there, back) = match random.below(3) {
        0 => (format!("{a}{}{b}{}{c}", hops[0].0, hops[1].0), format!("{c}{}{b}{}{a}", hops[1].1, hops[0].1)),
        1 => (format!("{a}{}{b}, {c}", hops[0].0), format!("{c}, {b}{}{a}", hops[0].1)),
        _ => {
            let bare = format!("({})", names[1].0);
            (
                format!("{a}{}{b}, {bare}{}{c}", hops[0].0, hops[1].0),
                format!("{c}{}{bare}, {a}{}{b}", hops[1].1, hops[0].0),
            )
        }
    };
    let conditions = [format!("{}.n = 1", names[0].0), format!("{}.s < 'b'", names[2].0)];
    let returned = *random.pick(&["max(a.n)", "a.n, count(b)", "a, b.s, c", "count(DISTINCT c)"]);
    let texts = [
        format!("MATCH {there} WHERE {} AND {} RETURN {returned}", conditions[0], conditions[1]),
        format!("MATCH {back} WHERE {} AND {} RETURN {returned}", conditions[1], conditions[0]),
    ];
    let sketch = Sketch::random(random);
    let session = Session::of(sketch.build_changed(random));
    // The parts of a condition stand in the order in which they were typed.
    let plans = texts.each_ref().map(|text| {
        let plan = session.explain(text, Stage::Optimized).unwrap_or_else(|errors| format!("{errors:?}"));
        let sorted = |line: &str| {
            let mut parts: Vec<&str> = line.trim_start_matches("Filter ").split(" AND ").collect();
            parts.sort_unstable();
            parts.join(" AND ")
        };
        plan.lines().map(sorted).collect::<Vec<_>>().join("\n")
    });
    if plans[0] != plans[1] {
        return broken(&sketch, &format!("{}\n{}\n\n{}\n{}", texts[0], plans[0], texts[1], plans[1]));
    }
    Verdict::Holds(1)
}
