//! Laws about counting matches without listing them.

use kenning::graph::Graph;

use super::answers::{Answer, ask, ask_without, broken, same};
use super::graphs::{LABELS, Sketch, TYPES};
use super::{Law, Verdict};
use crate::support::engine::Session;
use crate::support::random::Random;

pub const LAWS: &[Law] = &[
    Law { name: "counted and listed", tried_on: counted_and_listed },
    Law { name: "every fast path off", tried_on: every_fast_path_off },
];

const RULE: &str = "count matches without listing them";

/// Writes patterns over few nodes, so that there are cycles, loops and parallel edges.
struct Drawing<'r> {
    random: &'r mut Random,
    nodes: usize,
    relationships: usize,
}

impl Drawing<'_> {
    fn node(&mut self) -> String {
        let name = format!("n{}", self.random.below(self.nodes));
        match self.random.below(12) {
            9 => format!("({name}:{})", self.random.pick(LABELS)),
            10 => format!("({name} {{n: {}}})", self.random.below(3)),
            11 => "()".to_string(),
            _ => format!("({name})"),
        }
    }

    fn relationship(&mut self) -> String {
        let types = match self.random.below(8) {
            0..=3 => String::new(),
            4..=5 => ":T".to_string(),
            6 => format!(":T|{}", self.random.pick(TYPES)),
            _ => ":T|U|W".to_string(),
        };
        self.relationships += 1;
        let name = if self.random.one_in(3) { format!("r{}", self.relationships) } else { String::new() };
        match self.random.below(3) {
            0 => format!("-[{name}{types}]->"),
            1 => format!("<-[{name}{types}]-"),
            _ => format!("-[{name}{types}]-"),
        }
    }

    fn path(&mut self, most: usize) -> String {
        let mut text = self.node();
        for _ in 0..self.random.below(most + 1) {
            let relationship = self.relationship();
            text += &(relationship + &self.node());
        }
        text
    }

    fn paths(&mut self, most: usize) -> String {
        let mut paths = vec![self.path(most)];
        if self.random.one_in(2) {
            paths.push(self.path(2));
        }
        paths.join(", ")
    }

    /// A condition on nodes that are in scope.
    fn condition(&mut self, scope: &[String]) -> String {
        let (a, b) = (self.random.pick(scope).clone(), self.random.pick(scope).clone());
        match self.random.below(9) {
            0 => format!("{a} <> {b}"),
            1 => format!("NOT ({a}){}({b})", self.unnamed()),
            2 => format!("({a}){}({b})", self.unnamed()),
            3 => format!("{a}.n < 2"),
            4 => format!("NOT {a}:A"),
            5 => format!("NOT {a} = {b}"),
            6 => format!("EXISTS {{ ({a}){}(:{}) }}", self.unnamed(), self.random.pick(LABELS)),
            7 => format!("NOT EXISTS {{ ({a}){}(){}() }}", self.unnamed(), self.unnamed()),
            _ => format!("({a}.v = 1 OR {a}.s = 'a')"),
        }
    }

    fn unnamed(&mut self) -> String {
        let text = self.relationship();
        let name = format!("r{}", self.relationships);
        text.replace(&name, "")
    }

    fn conditions(&mut self, scope: &[String]) -> String {
        let count = self.random.below(4).saturating_sub(1);
        let conditions: Vec<String> = (0..count).map(|_| self.condition(scope)).collect();
        if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) }
    }

    /// An optional pattern that hangs at a node.
    fn optional(&mut self, at: usize, scope: &[String]) -> String {
        let anchor = self.random.pick(scope).clone();
        let (one, two) = (format!("o{at}"), format!("p{at}"));
        let mut text = format!(" OPTIONAL MATCH ({anchor}){}({one})", self.unnamed());
        if self.random.one_in(2) {
            let closing = if self.random.one_in(3) { anchor.clone() } else { two };
            text += &format!("{}({closing})", self.unnamed());
        }
        match self.random.below(4) {
            0 => text += &format!(" WHERE {one} <> {anchor}"),
            1 => text += &format!(" WHERE {one}.n = 1"),
            _ => {}
        }
        text
    }

    fn query(&mut self) -> String {
        let mut text = format!("MATCH (n0), {}", self.paths(3));
        let named = |text: &str| -> Vec<String> {
            (0..5).map(|at| format!("n{at}")).filter(|name| text.contains(&format!("({name}"))).collect()
        };
        text += &self.conditions(&named(&text));
        if self.random.one_in(3) {
            text += &format!(" MATCH {}", self.paths(1));
            text += &self.conditions(&named(&text));
        }
        let scope = named(&text);
        let optional = self.random.below(4).saturating_sub(1);
        for at in 0..optional {
            text += &self.optional(at, &scope);
        }
        let counted = match self.random.below(4) {
            0 => self.random.pick(&scope).clone(),
            1 if optional > 0 => "o0".to_string(),
            _ => "*".to_string(),
        };
        format!("{text} RETURN count({counted}) AS c")
    }
}

/// A graph of which some is in arrays and some has changed since; some is deleted.
fn session(sketch: &Sketch, random: &mut Random) -> Session {
    let mut graph: Graph = sketch.build();
    if random.below(4) > 0 {
        graph.commit();
        graph.merge();
    }
    let mut session = Session::of(graph);
    let changes = [
        "MATCH (a {u: 0}), (b {u: 1}) CREATE (a)-[:T {u: 90}]->(b), (a)-[:T {u: 91}]->(a)",
        "MATCH ()-[r {u: 1}]->() DELETE r",
        "MATCH (n {u: 2}) DETACH DELETE n",
        "MATCH (n {u: 1}) SET n.n = 1, n:A",
        "CREATE (:A {u: 92, n: 0})-[:T {u: 93}]->(:B {u: 94})",
    ];
    for change in changes {
        if random.one_in(4) {
            ask(&mut session, change);
        }
    }
    session
}

fn counted_and_listed(random: &mut Random) -> Verdict {
    let nodes = 1 + random.below(4);
    let text = Drawing { random, nodes, relationships: 0 }.query();
    let sketch = Sketch::random(random);
    let mut session = session(&sketch, random);
    let answers = [ask(&mut session, &text), ask_without(&mut session, &text, vec![RULE])];
    let plan = match session.explain(&text, kenning::engine::Stage::Optimized) {
        Ok(plan) => plan,
        Err(errors) => return broken(&sketch, &format!("{text}\n{errors:?}")),
    };
    let zero = answers[0] == Answer::Rows(vec!["Integer(0)".to_string()]);
    match same(&sketch, [&text, "the same, listed"], answers) {
        // Only what is counted and there says something.
        Verdict::Holds(_) if zero || !plan.contains("CountMatches") => Verdict::Holds(0),
        other => other,
    }
}

/// Without one of the optimizer's rules, whichever, the answer is the same.
fn every_fast_path_off(random: &mut Random) -> Verdict {
    let text = super::queries::Writer::new(random).query();
    let sketch = Sketch::random(random);
    let rules: Vec<&'static str> = kenning::engine::rules().collect();
    let rule = *random.pick(&rules);
    let mut session = session(&sketch, random);
    let answers = [ask(&mut session, &text), ask_without(&mut session, &text, vec![rule])];
    same(&sketch, [&text, &format!("the same, without the rule \"{rule}\"")], answers)
}
