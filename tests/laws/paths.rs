//! Path predicates, and queries that need only the ends of paths: the search finds what listing all paths finds.

use super::answers::{Answer, ask, ask_with, ask_without, same};
use super::graphs::Sketch;
use super::queries::Writer;
use super::{Law, Verdict};
use crate::support::engine::Session;
use crate::support::random::Random;

pub const LAWS: &[Law] = &[
    Law { name: "path predicates", tried_on: predicates },
    Law { name: "ends of paths", tried_on: ends },
    Law { name: "shortest paths of pairs", tried_on: pairs },
    Law { name: "all shortest paths", tried_on: all_shortest },
];

const LEFT_RIGHT: &[(&str, &str)] = &[("-", "->"), ("<-", "-"), ("-", "-")];

fn session(random: &mut Random) -> (Sketch, Session) {
    let sketch = Sketch::random(random);
    let graph = if random.one_in(2) { sketch.build() } else { sketch.build_changed(random) };
    (sketch, Session::of(graph))
}

/// A pattern `p` from `a` to `b`, and the lists of relationships and nodes that it has.
struct Pattern {
    text: String,
    /// Without its name and its mode.
    path: String,
    end: &'static str,
    relationships: Vec<&'static str>,
    nodes: Vec<&'static str>,
    /// Lists whose lengths may be compared.
    lengths: Vec<&'static str>,
}

fn pattern(random: &mut Random) -> Pattern {
    let mut writer = Writer::new(random);
    let kinds = writer.kinds();
    let (left, right) = *writer.random.pick(LEFT_RIGHT);
    let mode = *writer.random.pick(&["", "", "", "TRAIL ", "ACYCLIC ", "SIMPLE ", "WALK "]);
    let labels = |writer: &mut Writer| match writer.random.below(3) {
        0 => format!(":{}", writer.label()),
        _ => String::new(),
    };
    let (a, b) = (labels(&mut writer), labels(&mut writer));
    let mut pattern = Pattern {
        text: String::new(),
        path: String::new(),
        end: if writer.random.one_in(10) { "a" } else { "b" },
        relationships: vec!["relationships(p)"],
        nodes: vec!["nodes(p)", "tail(nodes(p))", "nodes(p)[1..]"],
        lengths: vec!["length(p)", "size(relationships(p))", "size(nodes(p))"],
    };
    let bounded = &["{1,2}", "{0,2}", "{0,1}"];
    let connection = match writer.random.below(6) {
        0 => {
            let second = *writer.random.pick(&["-->", "<-[:W]-", "-[q:T]-"]);
            let length = *writer.random.pick(if mode == "WALK " { bounded } else { &["{1,2}", "{0,2}", "+"] });
            pattern.relationships.extend(["r", "r"]);
            pattern.nodes.extend(["x", "y", "z"]);
            pattern.lengths.push("size(r)");
            format!("((x){left}[r{kinds}]{right}(y){second}(z)){length}")
        }
        1 => {
            let length = *writer.random.pick(if mode == "WALK " { bounded } else { &["{1,2}", "*", "+"] });
            pattern.relationships.push("r");
            pattern.nodes.extend(["x", "y"]);
            pattern.lengths.push("size(x)");
            format!("((x){left}[r{kinds}]{right}(y)){length}")
        }
        _ => {
            let lengths = ["*1..2", "*0..2", "*2..3", "*..3", "*", "*", "*0.."];
            let length = *writer.random.pick(if mode == "WALK " { &lengths[..4] } else { &lengths });
            pattern.relationships.extend(["rs", "rs"]);
            pattern.lengths.push("size(rs)");
            format!("{left}[rs{kinds}{length}]{right}")
        }
    };
    let (before, after) = match writer.random.below(6) {
        0 => ("(m)-[:T]->", ""),
        1 => ("", "-[s]-(f)"),
        _ => ("", ""),
    };
    let b = if pattern.end == "b" { b } else { String::new() };
    pattern.path = format!("{before}(a{a}){connection}({}{b}){after}", pattern.end);
    pattern.text = format!("p = {mode}{}", pattern.path);
    pattern
}

/// What an element `e` must meet.
const ELEMENT: &[&str] = &[
    "e.n > 0",
    "e.n = 1",
    "NOT e.n = 1",
    "e.n IS NOT NULL",
    "e.s STARTS WITH 'a' OR e.n < 2",
    "e.n IN [0, 1, null]",
    "e.n > 0 AND e.n < 2",
    "2 > e.n",
    "coalesce(e.n, 0) < 2",
    // Nobody knows that these never fail.
    "e.n + 1 > 1",
    "e.n >= size(e.s)",
];

fn predicate(random: &mut Random, pattern: &Pattern) -> String {
    if random.one_in(4) {
        let comparison = *random.pick(&["<", "<=", "=", ">", ">=", "<>"]);
        let (length, number) = (*random.pick(&pattern.lengths), random.below(4));
        return match random.one_in(4) {
            true => format!("{number} {comparison} {length}"),
            false => format!("{length} {comparison} {number}"),
        };
    }
    let of_nodes = random.one_in(3);
    let list = *random.pick(if of_nodes { &pattern.nodes } else { &pattern.relationships });
    let kind = if of_nodes { "e:A OR e:B" } else { "type(e) IN ['T', 'U']" };
    let condition = if random.one_in(5) { kind } else { *random.pick(ELEMENT) };
    match random.below(9) {
        0..=3 => format!("all(e IN {list} WHERE {condition})"),
        4..=5 => format!("none(e IN {list} WHERE {condition})"),
        6 => format!("NOT any(e IN {list} WHERE {condition})"),
        7 => format!("size([e IN {list} WHERE {condition}]) = 0"),
        _ => {
            let quantifier = *random.pick(&["any", "single", "NOT all"]);
            format!("{quantifier}(e IN {list} WHERE {condition})")
        }
    }
}

fn predicates_of(random: &mut Random, pattern: &Pattern) -> String {
    let mut all = predicate(random, pattern);
    if random.one_in(3) {
        all = format!("{all} AND {}", predicate(random, pattern));
    }
    all
}

/// The answer with all rules, and without those that this is about, or with none.
fn both_ways(random: &mut Random, text: &str) -> Verdict {
    const RULES: &[&str] = &["require of each hop what all must meet", "visit nodes instead of listing paths"];
    let (sketch, mut session) = session(random);
    let other = match random.below(3) {
        0 => ask_with(&mut session, text, false),
        _ => ask_without(&mut session, text, RULES.to_vec()),
    };
    same(&sketch, [text, "the same, all paths listed"], [ask(&mut session, text), other])
}

fn predicates(random: &mut Random) -> Verdict {
    let pattern = pattern(random);
    let condition = predicates_of(random, &pattern);
    let Pattern { text, end, .. } = &pattern;
    let text = match random.below(4) {
        0 => format!("MATCH {text} WITH p, a, {end} AS last WHERE {condition} RETURN p, a, last"),
        1 => format!("MATCH {text} WITH * WHERE {condition} RETURN p"),
        _ => format!("MATCH {text} WHERE {condition} RETURN p"),
    };
    both_ways(random, &text)
}

fn ends(random: &mut Random) -> Verdict {
    let pattern = pattern(random);
    let (whole, b) = (&pattern.text, pattern.end);
    let condition = match random.below(3) {
        0 => "true".to_string(),
        1 => predicates_of(random, &pattern),
        _ => format!("{b}.n < 2"),
    };
    let inner = format!("MATCH {whole} WHERE {condition}");
    let within = format!("{{ {inner} }}");
    let comprehension = match random.one_in(2) {
        true => format!("COLLECT {{ {inner} RETURN {b}.n }}"),
        false => format!("[{} | {b}.n]", pattern.path),
    };
    let zero = *random.pick(&["> 0", "= 0", ">= 1", "<> 0", "< 1", "<= 0", "> 1"]);
    let text = match random.below(17) {
        0 => format!("{inner} RETURN DISTINCT {b}"),
        1 => format!("{inner} RETURN DISTINCT {b}.n, a.n"),
        2 => format!("{inner} WITH a, collect(DISTINCT {b}) AS found UNWIND found AS one RETURN a, one"),
        3 => format!("{inner} RETURN a, count(DISTINCT {b}), min(length(p))"),
        4 => format!("{inner} RETURN {b}, min(length(p)) AS least"),
        5 => format!("{inner} WITH DISTINCT a, {b} RETURN a.u, {b}.u"),
        6 => format!("{inner} WITH {b}, count(a) AS c WHERE c {zero} RETURN {b}"),
        7 => format!("MATCH (a) WHERE EXISTS {within} RETURN a"),
        8 => format!("MATCH (a) WHERE COUNT {within} {zero} RETURN a"),
        9 => format!("MATCH (a) RETURN a, size({comprehension}) {zero}"),
        10 => format!("MATCH (a) RETURN a, 1 IN {comprehension}"),
        11 => format!("MATCH (a) RETURN a, any(x IN {comprehension} WHERE x = 1)"),
        12 => format!("MATCH (a) UNWIND {comprehension} AS x RETURN DISTINCT a, x"),
        13 => {
            format!("MATCH (a) OPTIONAL {inner} WITH a, collect(DISTINCT {b}) AS found UNWIND found AS x RETURN a, x")
        }
        14 => format!("MATCH (a) CALL (a) {{ {inner} RETURN {b} AS x }} RETURN DISTINCT a, x"),
        15 => format!("{inner} RETURN {b}.n AS x UNION MATCH (a:A) RETURN a.n AS x"),
        _ => format!("MATCH (z) {inner} AND z.n = 1 RETURN DISTINCT z, {b}"),
    };
    both_ways(random, &text)
}

/// Which of several shortest paths is found depends on its ends only, not on the rows around.
fn pairs(random: &mut Random) -> Verdict {
    let kinds = Writer::new(random).kinds();
    let (left, right) = *random.pick(LEFT_RIGHT);
    let length = *random.pick(&["*", "*1..3", "*..2", "*0..2", "*0.."]);
    let function = *random.pick(&["shortestPath", "allShortestPaths"]);
    let condition = match random.below(3) {
        0 => format!(" WHERE all(e IN relationships(p) WHERE {})", random.pick(&ELEMENT[..9])),
        _ => String::new(),
    };
    let orders = ["a.u, b.u", "b.u, a.u", "a.n, b.s, a.u, b.u", "b.n, b.u, a.s, a.u DESC"];
    let query = |order: &str| {
        format!(
            "MATCH (a), (b) WITH a, b ORDER BY {order} MATCH p = {function}((a){left}[{kinds}{length}]{right}(b))\
             {condition} RETURN a, b, p"
        )
    };
    let (sketch, mut session) = session(random);
    let other = *random.pick(&orders[1..]);
    let (one, two) = (query(orders[0]), query(other));
    let answers: [Answer; 2] = [&one, &two].map(|text| ask(&mut session, text));
    same(&sketch, [&one, &two], answers)
}

fn all_shortest(random: &mut Random) -> Verdict {
    let kinds = Writer::new(random).kinds();
    let (left, right) = *random.pick(LEFT_RIGHT);
    let length = *random.pick(&["*", "*1..3", "*..2", "*0..2"]);
    let condition = match random.below(3) {
        0 => format!("all(e IN relationships(p) WHERE {})", random.pick(&ELEMENT[..9])),
        1 => format!("none(e IN nodes(p) WHERE {})", random.pick(&ELEMENT[..9])),
        _ => "true".to_string(),
    };
    let order = *random.pick(&["a.u, b.u", "b.u, a.u", "a.n, b.n"]);
    let pairs = format!("MATCH (a), (b) WITH a, b ORDER BY {order}");
    let path = format!("(a){left}[{kinds}{length}]{right}(b)");
    let one = format!("{pairs} MATCH p = allShortestPaths({path}) WHERE {condition} RETURN a, b, p");
    let two = format!(
        "{pairs} MATCH p = {path} WHERE {condition} WITH a, b, collect(p) AS found, min(length(p)) AS least \
         UNWIND found AS p WITH a, b, p, least WHERE length(p) = least RETURN a, b, p"
    );
    let (sketch, mut session) = session(random);
    let answers = [ask(&mut session, &one), ask_with(&mut session, &two, false)];
    same(&sketch, [&one, &two], answers)
}
