//! Chosen paths: one search finds what listing all paths finds.

use std::collections::BTreeSet;

use super::answers::{Answer, ask, ask_with, ask_without, broken, same};
use super::graphs::Sketch;
use super::queries::Writer;
use super::{Law, Verdict};
use crate::support::engine::Session;
use crate::support::random::Random;

pub const LAWS: &[Law] = &[
    Law { name: "chosen paths", tried_on: all_of_some_lengths },
    Law { name: "so many chosen paths", tried_on: so_many },
];

const RULE: &str = "find chosen paths by one search";

/// A path pattern of several parts, and what it brings.
struct Parts {
    before: String,
    pattern: String,
    mode: &'static str,
    start: String,
    end: String,
    names: Vec<String>,
}

fn parts(random: &mut Random) -> Parts {
    let mut writer = Writer::new(random);
    let start = writer.node();
    let (mut pattern, mut names) = (start.inline(), vec![start.variable.clone()]);
    let mode = *writer.random.pick(&["", "", "", "TRAIL ", "ACYCLIC ", "SIMPLE ", "WALK "]);
    let mut end = start.variable.clone();
    for _ in 0..1 + writer.random.below(3) {
        let (connection, brought) = connection(&mut writer, mode == "WALK ");
        names.extend(brought);
        let mut node = writer.node();
        if writer.random.one_in(8) {
            // Back to the start; or, in the middle, a node that comes twice.
            (node.variable, node.labels, node.properties) = (start.variable.clone(), vec![], vec![]);
        }
        pattern += &format!("{connection}{}", node.inline());
        end.clone_from(&node.variable);
        names.push(node.variable);
    }
    let before = match writer.random.below(4) {
        0 => format!("MATCH ({}) ", writer.random.pick(&[start.variable.clone(), end.clone()])),
        1 => format!("MATCH ({} {{n: 1}}), ({}) ", start.variable, end),
        _ => String::new(),
    };
    names.sort_unstable();
    names.dedup();
    Parts { before, pattern, mode, start: start.variable, end, names }
}

/// `-[r:T]->`, `-[r*0..2]-` or `((x)-[:T]->(y)-(z)){1,2}`, and its variables.
fn connection(writer: &mut Writer, bounded: bool) -> (String, Vec<String>) {
    let (left, right) = *writer.random.pick(&[("-", "->"), ("<-", "-"), ("-", "-")]);
    let name = writer.fresh();
    let mut kinds = writer.kinds();
    if kinds.is_empty() {
        kinds = ":T|U".to_string();
    }
    let condition = match writer.random.below(5) {
        0 => format!(" WHERE {name}.n IS NOT NULL"),
        _ => String::new(),
    };
    let lengths: &[&str] = match bounded {
        true => &["{0,1}", "{1,2}", "{2}"],
        false => &["*", "*", "+", "{0,2}", "{1,3}", "{2,}", "{0,1}"],
    };
    let length = *writer.random.pick(lengths);
    match writer.random.below(7) {
        0..=2 => (format!("{left}[{name}{kinds}{condition}]{right}"), vec![name]),
        3..=4 => (format!("{left}[{name}{kinds}{condition}]{right}{length}"), vec![name]),
        _ => {
            let (x, y, z) = (writer.fresh(), writer.fresh(), writer.fresh());
            let label = *writer.random.pick(&["", "", ":A"]);
            let inner = *writer.random.pick(&["", "", " {n: 1}"]);
            let condition = *writer.random.pick(&["", "", " WHERE 1 = 1"]);
            let second = *writer.random.pick(&["-->", "<--", "-[:W]-"]);
            let text =
                format!("(({x}{label}){left}[{name}{kinds}{inner}]{right}({y}){second}({z}){condition}){length}");
            (text, vec![name, x, y, z])
        }
    }
}

/// What lets a walk repeat relationships.
fn lifted(mode: &str) -> &'static str {
    if mode == "WALK " { "REPEATABLE ELEMENTS " } else { "" }
}

fn session(random: &mut Random) -> (Sketch, Session) {
    let sketch = Sketch::random(random);
    let graph = if random.one_in(2) { sketch.build() } else { sketch.build_changed(random) };
    (sketch, Session::of(graph))
}

/// Which paths have the smallest lengths is beyond doubt.
fn all_of_some_lengths(random: &mut Random) -> Verdict {
    let Parts { before, pattern, mode, names, start, .. } = parts(random);
    let (selector, groups) = *random.pick(&[
        ("ALL SHORTEST", ""),
        ("SHORTEST 2", "GROUPS"),
        ("SHORTEST", "GROUP"),
        ("SHORTEST 4", "GROUPS"),
    ]);
    let pattern = match random.below(4) {
        0 => format!("({pattern} WHERE {start}.u < 3)"),
        1 => format!("({pattern} WHERE length(p) > 1)"),
        _ => pattern,
    };
    let after = if random.one_in(4) { " WHERE length(p) < 4" } else { "" };
    let lifted = lifted(mode);
    let found = names.join(", ");
    let text = format!("{before}MATCH {lifted}p = {selector} {mode}{groups} {pattern}{after} RETURN p, {found}");
    let (sketch, mut session) = session(random);
    let other = match random.one_in(2) {
        true => ask_without(&mut session, &text, vec![RULE]),
        false => ask_with(&mut session, &text, false),
    };
    let answers = [ask(&mut session, &text), other];
    same(&sketch, [&text, "the same, all paths listed"], answers)
}

/// Of paths of one length any may be taken, but there are as many, as long, and each is a path of the pattern.
fn so_many(random: &mut Random) -> Verdict {
    let Parts { before, pattern, mode, names, start, end } = parts(random);
    let selector = *random.pick(&["ANY", "ANY SHORTEST", "SHORTEST 2", "SHORTEST 5", "ANY 3"]);
    let (lengths, whole) = (format!("{start} AS s, {end} AS e, length(p)"), format!("p, {}", names.join(", ")));
    let lifted = lifted(mode);
    let chosen = |returned: &str| format!("{before}MATCH {lifted}p = {selector} {mode}{pattern} RETURN {returned}");
    let (sketch, mut session) = session(random);
    let answers = [ask(&mut session, &chosen(&lengths)), ask_without(&mut session, &chosen(&lengths), vec![RULE])];
    let verdict = same(&sketch, [&chosen(&lengths), "the same, all paths listed"], answers);
    let Verdict::Holds(_) = verdict else { return verdict };
    let all = format!("{before}MATCH {lifted}p = SHORTEST 1000000 {mode}{pattern} RETURN {whole}");
    match (ask(&mut session, &chosen(&whole)), ask_without(&mut session, &all, vec![RULE])) {
        (Answer::Rows(some), Answer::Rows(all)) => {
            let all: BTreeSet<&String> = all.iter().collect();
            match some.iter().find(|row| !all.contains(row)) {
                Some(row) => broken(&sketch, &format!("{}\nfinds {row}, which is none", chosen(&whole))),
                None => verdict,
            }
        }
        (Answer::Stopped, _) | (_, Answer::Stopped) => Verdict::Skipped,
        (some, all) => broken(&sketch, &format!("{}\n{some:?}\n{all:?}", chosen(&whole))),
    }
}
