//! Answers as bags of rows that can be compared.

use std::time::Duration;

use kenning::diagnostic::{Detail, Diagnostic, Kind};
use kenning::engine::RunOptions;
use kenning::graph::{Entity, EntitySource, Graph, Value};
use kenning::limits::Limits;

use super::Verdict;
use super::graphs::Sketch;
use crate::support::engine::Session;

/// What a query gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Its rows, sorted.
    Rows(Vec<String>),
    Fails(Vec<(Kind, Detail)>),
    /// A limit was reached.
    Stopped,
}

pub fn options(optimize: bool) -> RunOptions {
    let limits = Limits { time: Some(Duration::from_millis(300)), memory: Some(32 << 20), ..Limits::default() };
    RunOptions { limits, optimize, ..RunOptions::default() }
}

pub fn ask(session: &mut Session, text: &str) -> Answer {
    ask_with(session, text, true)
}

pub fn ask_with(session: &mut Session, text: &str, optimize: bool) -> Answer {
    answer(session, text, &options(optimize))
}

/// Without some of the optimizer's rules.
pub fn ask_without(session: &mut Session, text: &str, rules: Vec<&'static str>) -> Answer {
    answer(session, text, &RunOptions { without: rules, ..options(true) })
}

fn answer(session: &mut Session, text: &str, options: &RunOptions) -> Answer {
    match session.result_with(text, options) {
        Ok(result) => {
            let row =
                |row: &Vec<Value>| row.iter().map(|value| canonical(value, &*result.entities)).collect::<Vec<_>>();
            let mut rows: Vec<String> = result.rows.iter().map(|values| row(values).join(" | ")).collect();
            rows.sort();
            Answer::Rows(rows)
        }
        Err(errors) => fails(&errors),
    }
}

pub fn fails(errors: &[Diagnostic]) -> Answer {
    if errors.iter().any(|error| error.kind == Kind::Stopped) {
        return Answer::Stopped;
    }
    Answer::Fails(errors.iter().map(|error| (error.kind, error.detail)).collect())
}

/// A text that is the same for what is the same: entities by the property that names them, whole floats as integers.
pub fn canonical(value: &Value, source: &dyn EntitySource) -> String {
    let named = |entity: Entity| source.named_property(entity, "u");
    let all = |items: &mut dyn Iterator<Item = &Value>| items.map(|item| canonical(item, source)).collect::<Vec<_>>();
    match value {
        Value::Node(node) => format!("(n{:?})", named(Entity::Node(*node))),
        Value::Relationship(relationship) => format!("[r{:?}]", named(Entity::Relationship(*relationship))),
        Value::Path(path) => {
            let nodes = path.nodes.iter().map(|node| canonical(&Value::Node(*node), source)).collect::<Vec<_>>();
            let hops = path.relationships.iter().map(|hop| canonical(&Value::Relationship(*hop), source));
            format!("<{} {}>", nodes.join(""), hops.collect::<Vec<_>>().join(""))
        }
        Value::Float(number) if number.fract() == 0.0 => format!("Integer({number})"),
        Value::List(items) => format!("[{}]", all(&mut items.iter()).join(", ")),
        Value::Map(map) => {
            let keys: Vec<_> = map.keys().collect();
            format!("{{{keys:?}: {}}}", all(&mut map.values()).join(", "))
        }
        simple => format!("{simple:?}"),
    }
}

/// The verdict on two answers that must be the same.
pub fn same(sketch: &Sketch, texts: [&str; 2], answers: [Answer; 2]) -> Verdict {
    match &answers {
        [Answer::Stopped, _] | [_, Answer::Stopped] => Verdict::Skipped,
        [Answer::Rows(one), Answer::Rows(two)] if one == two => Verdict::Holds(one.len()),
        [Answer::Fails(one), Answer::Fails(two)] if one == two => {
            Verdict::FailsAlike(format!("{}\n{}: {one:?}", texts[0], texts[1]))
        }
        [one, two] => broken(sketch, &format!("{}\n  {}\n{}\n  {}", texts[0], short(one), texts[1], short(two))),
    }
}

/// The answers of two queries on one graph must be the same.
pub fn same_answers(sketch: &Sketch, one: &str, two: &str) -> Verdict {
    let mut session = Session::of(sketch.build());
    let answers = [ask(&mut session, one), ask(&mut session, two)];
    same(sketch, [one, two], answers)
}

pub fn broken(sketch: &Sketch, report: &str) -> Verdict {
    Verdict::Broken(format!("{sketch};\n{report}"))
}

fn short(answer: &Answer) -> String {
    match answer {
        Answer::Rows(rows) => {
            let some: Vec<&str> = rows.iter().take(12).map(String::as_str).collect();
            format!("{} rows: {}", rows.len(), some.join(" ; "))
        }
        other => format!("{other:?}"),
    }
}

/// All there is to see of a graph, also through its indexes.
pub fn dump(graph: &Graph) -> String {
    let mut text = String::new();
    for node in graph.nodes() {
        let labels: Vec<_> = graph.node_labels(node).iter().map(|label| graph.label_name(*label)).collect();
        let out: Vec<_> = graph.adjacent(node, kenning::graph::Direction::Outgoing, None).collect();
        let into: Vec<_> = graph.adjacent(node, kenning::graph::Direction::Incoming, None).collect();
        text += &format!("{node:?} {labels:?} {:?} {out:?} {into:?}\n", graph.properties(node));
    }
    for relationship in graph.relationships() {
        let shape = graph.relationship(relationship);
        text += &format!("{relationship:?} {shape:?} {:?}\n", graph.properties(relationship));
    }
    for label in graph.labels().filter(|label| graph.label_count(*label) > 0) {
        let nodes: Vec<_> = graph.nodes_with_label(label).collect();
        text += &format!("{} {nodes:?}\n", graph.label_name(label));
    }
    for kind in graph.types().filter(|kind| graph.type_count(*kind) > 0) {
        text += &format!("{} {}\n", graph.type_name(kind), graph.type_count(kind));
    }
    text + &format!("{} {}", graph.node_count(), graph.relationship_count())
}
