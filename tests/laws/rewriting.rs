//! Laws about two queries that say the same.

use super::answers::{Answer, ask, broken, same_answers};
use super::graphs::Sketch;
use super::queries::{NodeText, Type, Writer};
use super::{Law, Verdict};
use crate::support::engine::Session;
use crate::support::random::Random;

pub const LAWS: &[Law] = &[
    Law { name: "*2..2 is two hops", tried_on: two_hops },
    Law { name: "lengths add up", tried_on: lengths_add_up },
    Law { name: "order of paths", tried_on: order_of_paths },
    Law { name: "path read backwards", tried_on: backwards },
    Law { name: "WHERE in and out", tried_on: where_in_and_out },
    Law { name: "WHERE after WITH", tried_on: where_after_with },
    Law { name: "split by a predicate", tried_on: split },
    Law { name: "optional match", tried_on: optional_match },
    Law { name: "ways to ask existence", tried_on: existence },
    Law { name: "three-valued logic", tried_on: logic },
];

const LEFT_RIGHT: &[(&str, &str)] = &[("-", "->"), ("<-", "-"), ("-", "-")];

fn two_hops(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let (a, b) = (writer.node(), writer.node());
    let kinds = writer.kinds();
    let (left, right) = *writer.random.pick(LEFT_RIGHT);
    let map = *writer.random.pick(&["", "", "", " {n: 1}"]);
    let (start, end) = (a.inline(), b.inline());
    let hop = |inside: &str| format!("{left}[{inside}{map}]{right}");
    let names = format!("{}, {}", a.variable, b.variable);
    let long = format!("MATCH {start}{}{end} RETURN {names}, r", hop(&format!("r{kinds}*2..2")));
    let (one, two) = (hop(&format!("r1{kinds}")), hop(&format!("r2{kinds}")));
    let short = format!("MATCH {start}{one}(){two}{end} RETURN {names}, [r1, r2] AS r");
    same_answers(&Sketch::random(random), &long, &short)
}

/// `*1..3` is `*1` and `*2` and `*3`.
fn lengths_add_up(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let (a, b) = (writer.node(), writer.node());
    let kinds = writer.kinds();
    let (left, right) = *writer.random.pick(LEFT_RIGHT);
    let (from, to) = *writer.random.pick(&[(1, 2), (0, 2), (1, 3), (2, 3), (0, 1)]);
    let query = |length: &str| {
        let path = format!("{}{left}[r{kinds}*{length}]{right}{}", a.inline(), b.inline());
        format!("MATCH p = {path} RETURN {}, {}, r, p", a.variable, b.variable)
    };
    let parts: Vec<String> = (from..=to).map(|length| query(&length.to_string())).collect();
    same_answers(&Sketch::random(random), &query(&format!("{from}..{to}")), &parts.join(" UNION ALL "))
}

fn all_of(writer: &Writer) -> String {
    let names: Vec<&str> = writer.scope.iter().map(|(name, _)| name.as_str()).collect();
    names.join(", ")
}

fn order_of_paths(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let before = if writer.random.one_in(3) { writer.match_clause() } else { String::new() };
    let mut paths = writer.paths(3);
    let condition = if writer.random.one_in(2) { format!("WHERE {}", writer.condition(1)) } else { String::new() };
    let query = |writer: &Writer, paths: &[String]| {
        format!("{before} MATCH {} {condition} RETURN {}", paths.join(", "), all_of(writer))
    };
    let one = query(&writer, &paths);
    writer.random.shuffle(&mut paths);
    paths.reverse();
    let two = query(&writer, &paths);
    same_answers(&Sketch::random(random), &one, &two)
}

/// A path drawn from its other end.
fn backwards(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let nodes: Vec<NodeText> = (0..2 + writer.random.below(2)).map(|_| writer.node()).collect();
    let hops: Vec<(String, usize)> = nodes[1..]
        .iter()
        .enumerate()
        .map(|(at, _)| {
            let length = *writer.random.pick(&["", "", "*1..2", "*0..1"]);
            (format!("[r{at}{}{length}]", writer.kinds()), writer.random.below(3))
        })
        .collect();
    let (mut forth, mut back) = (nodes[0].inline(), nodes[nodes.len() - 1].inline());
    for (at, (inside, direction)) in hops.iter().enumerate() {
        let (left, right) = LEFT_RIGHT[*direction];
        forth += &format!("{left}{inside}{right}{}", nodes[at + 1].inline());
    }
    for (at, (inside, direction)) in hops.iter().enumerate().rev() {
        let (left, right) = LEFT_RIGHT[[1, 0, 2][*direction]];
        back += &format!("{left}{inside}{right}{}", nodes[at].inline());
    }
    // The relationships of a variable length come in the order drawn.
    let names: Vec<&str> = nodes.iter().map(|node| node.variable.as_str()).collect();
    let counts = hops.iter().enumerate().map(|(at, (inside, _))| match inside.contains('*') {
        true => format!("size(r{at}) AS s{at}"),
        false => format!("r{at}"),
    });
    let returned = format!("RETURN {}, {}", names.join(", "), counts.collect::<Vec<_>>().join(", "));
    same_answers(&Sketch::random(random), &format!("MATCH {forth} {returned}"), &format!("MATCH {back} {returned}"))
}

/// What a pattern asks for can be asked in WHERE.
fn where_in_and_out(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let kinds = writer.kinds();
    let before = if writer.random.one_in(2) { "MATCH (z:A) " } else { "" };
    let optional = if writer.random.one_in(3) { "OPTIONAL " } else { "" };
    let mut nodes = [writer.node(), writer.node()];
    for node in &mut nodes {
        node.labels = (0..writer.random.below(3)).map(|_| writer.label()).collect();
        if !before.is_empty() && writer.random.one_in(3) {
            node.properties = vec![("n", "z.n".to_string())];
        }
    }
    let [a, b] = &nodes;
    let (left, right) = *writer.random.pick(LEFT_RIGHT);
    let (n, kind) = (writer.random.below(3), kinds.trim_start_matches(':').replace('|', "', '"));
    let inside = format!("{}{left}[r{kinds} {{n: {n}}}]{right}{}", a.inline(), b.inline());
    let mut conditions = [a.conditions(), b.conditions()].concat();
    conditions.push(format!("r.n = {n}"));
    if !kind.is_empty() {
        conditions.push(format!("type(r) IN ['{kind}']"));
    }
    writer.random.shuffle(&mut conditions);
    let outside = format!("({}){left}[r]{right}({})", a.variable, b.variable);
    let returned = format!("RETURN {}, r, {}", a.variable, b.variable);
    let one = format!("{before}{optional}MATCH {inside} {returned}");
    let two = format!("{before}{optional}MATCH {outside} WHERE {} {returned}", conditions.join(" AND "));
    same_answers(&Sketch::random(random), &one, &two)
}

fn where_after_with(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let patterns = writer.paths(2).join(", ");
    // Both are likely to hold, or there would be little to compare.
    let p = format!("{} OR {}", writer.condition(1), writer.condition(0));
    let q = format!("{} IS NOT NULL OR {}", writer.mixed(), writer.condition(1));
    let returned = format!("RETURN {}", all_of(&writer));
    let one = format!("MATCH {patterns} WHERE ({p}) AND ({q}) {returned}");
    let two = match writer.random.one_in(2) {
        false => format!("MATCH {patterns} WITH * WHERE ({q}) AND ({p}) {returned}"),
        true => format!("MATCH {patterns} WHERE {q} WITH * WHERE {p} {returned}"),
    };
    same_answers(&Sketch::random(random), &one, &two)
}

/// Every row satisfies a predicate, or its negation, or the predicate is null.
fn split(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let clauses = writer.reading().join(" ");
    let p = writer.condition(2);
    let names = all_of(&writer);
    let part = |condition: &str| format!("{clauses} WITH {names} WHERE {condition} RETURN {names}");
    let whole = format!("{clauses} RETURN {names}");
    let parts = [part(&p), part(&format!("NOT ({p})")), part(&format!("({p}) IS NULL"))];
    same_answers(&Sketch::random(random), &whole, &parts.join(" UNION ALL "))
}

/// OPTIONAL MATCH gives the matches, and one row of nulls where there are none.
fn optional_match(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let before = writer.match_clause();
    let known: Vec<String> = writer.scope.iter().map(|(name, _)| name.clone()).collect();
    let pattern = writer.match_clause();
    let new = writer.scope.iter().map(|(name, _)| name).filter(|name| !known.contains(name));
    let nulls: Vec<String> = new.map(|name| format!("null AS {name}")).collect();
    let (names, old) = (all_of(&writer), known.join(", "));
    let nothing = [known, nulls].concat().join(", ");
    let optional = format!("{before} OPTIONAL {pattern} RETURN {names}");
    let matched = format!("{before} {pattern} RETURN {names}");
    let rest = format!("{before} WITH {old} WHERE NOT EXISTS {{ {pattern} RETURN 1 AS one }} RETURN {nothing}");
    same_answers(&Sketch::random(random), &optional, &format!("{matched} UNION ALL {rest}"))
}

fn existence(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let before = writer.match_clause();
    let Some(start) = writer.variable(Type::Node) else { return Verdict::Skipped };
    let kinds = writer.kinds();
    let (left, right) = *writer.random.pick(LEFT_RIGHT);
    let length = *writer.random.pick(&["", "*1..2", "*0..1", "*2"]);
    let label = *writer.random.pick(&["", ":A"]);
    let path = format!("({start}){left}[{kinds}{length}]{right}({label})");
    let names = all_of(&writer);
    let ways = [
        format!("EXISTS {{ {path} }}"),
        format!("exists({path})"),
        format!("EXISTS {{ MATCH {path} RETURN 1 AS one }}"),
        format!("size([{path} | 1]) > 0"),
        format!("NOT NOT {path}"),
    ];
    let one = format!("{before} WITH {names} WHERE {path} RETURN {names}");
    let way = writer.random.pick(&ways);
    let two = format!("{before} WITH {names} WHERE {way} RETURN {names}");
    same_answers(&Sketch::random(random), &one, &two)
}

/// Two expressions that are the same whatever their parts are, null included.
fn logic(random: &mut Random) -> Verdict {
    let mut writer = Writer::new(random);
    let before = writer.match_clause();
    let (p, q) = (writer.condition(1), writer.condition(1));
    let (x, y, list) = (writer.mixed(), writer.mixed(), writer.list(1));
    let inside = writer.with("it", Type::Mixed, |writer| writer.condition(0));
    let it = |quantifier: &str, condition: &str| format!("{quantifier}(it IN {list} WHERE {condition})");
    let not_inside = format!("NOT ({inside})");
    let pairs = [
        (format!("NOT ({p} AND {q})"), format!("NOT ({p}) OR NOT ({q})")),
        (format!("({p}) XOR ({q})"), format!("(({p}) OR ({q})) AND NOT (({p}) AND ({q}))")),
        (format!("({p}) OR ({p})"), format!("NOT NOT ({p})")),
        (it("all", &inside), format!("NOT {}", it("any", &not_inside))),
        (it("none", &inside), format!("NOT {}", it("any", &inside))),
        (format!("{x} <> {y}"), format!("NOT ({x} = {y})")),
        (format!("{x} < {y}"), format!("{y} > {x}")),
        (format!("{x} <= {y}"), format!("{x} < {y} OR {x} = {y} AND NOT {x} < {y}")),
        (format!("{x} IN {list}"), format!("any(it IN {list} WHERE it = {x})")),
        (
            format!("size([it IN {list} WHERE {inside}])"),
            format!("reduce(n = 0, it IN {list} | CASE WHEN {inside} THEN n + 1 ELSE n END)"),
        ),
        (format!("coalesce({x}, {y})"), format!("CASE WHEN {x} IS NOT NULL THEN {x} ELSE {y} END")),
    ];
    let (one, two) = writer.random.pick(&pairs).clone();
    let sketch = Sketch::random(random);
    let text = format!("{before} RETURN {one} AS one, {two} AS two");
    match ask(&mut Session::of(sketch.build()), &text) {
        Answer::Rows(rows) => match rows.iter().find(|row| row.split_once(" | ").is_none_or(|(a, b)| a != b)) {
            None => Verdict::Holds(rows.len()),
            Some(row) => broken(&sketch, &format!("{text}\n{row}")),
        },
        Answer::Fails(errors) => Verdict::FailsAlike(format!("{text}: {errors:?}")),
        Answer::Stopped => Verdict::Skipped,
    }
}
