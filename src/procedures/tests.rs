//! The procedures on the embedded graph.

use super::*;
use crate::graph::{NodeId, Value};
use crate::ingest::embedded_graph;
use crate::limits::Limits;
use crate::trace::name_of;

pub(super) fn call(graph: &Graph, name: &str, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let procedure = all().find(|p| p.name == name).expect("in the table");
    let names = NameIndex::build(graph);
    let budget = Budget::start(&Limits::default());
    let mut arguments = arguments.to_vec();
    arguments.resize(procedure.parameters.len(), Value::Null);
    let output = (procedure.run)(&Context { graph, names: &names, budget: &budget }, &arguments)?;
    for row in &output.rows {
        assert_eq!(row.len(), procedure.yields.len(), "{name}");
        for (value, (column, types)) in row.iter().zip(procedure.yields) {
            assert!(TypeSet::of(value).is_within(*types), "{name} yields {value:?} as {column}");
        }
    }
    Ok(output)
}

fn text(graph: &Graph, value: &Value) -> String {
    match value {
        Value::Node(node) => name_of(graph, *node).to_string(),
        Value::Null => "-".into(),
        Value::String(text) => text.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::List(items) => items.iter().map(|item| text(graph, item)).collect::<Vec<_>>().join(", "),
        other => format!("{other:?}"),
    }
}

fn draw_tree(graph: &Graph, output: &Output) -> String {
    let mut lines = String::new();
    for row in &output.rows {
        let depth = row[0].as_integer().unwrap_or(0) as usize;
        let mark = if row[4] == Value::Boolean(true) { " (*)" } else { "" };
        lines += &format!(
            "{}{} {}{mark} [{}]\n",
            "    ".repeat(depth),
            text(graph, &row[2]),
            text(graph, &row[1]),
            text(graph, &row[5])
        );
    }
    for note in &output.notes {
        lines += &format!("note: {note}\n");
    }
    lines
}

#[test]
#[ignore = "prints what an operator would read"]
fn look() {
    let graph = embedded_graph();
    for (name, term) in [("trace.deps", "horizon"), ("trace.deps", "trove"), ("trace.impact", "keystone")] {
        println!(
            "== {name} {term}\n{}",
            draw_tree(&graph, &call(&graph, name, &[Value::from(term)]).expect("an answer"))
        );
    }
    for (from, to) in [
        ("horizon", "mariadb"),
        ("trove", "rabbitmq"),
        ("mariadb", "horizon"),
        ("heat", "swift"),
        ("snapshot", "horizon"),
    ] {
        let output = call(&graph, "trace.why", &[from.into(), to.into(), Value::map([("all", Value::Boolean(true))])])
            .expect("an answer");
        println!("== why {from} {to}");
        for row in &output.rows {
            println!("{}", row.iter().map(|v| text(&graph, v)).collect::<Vec<_>>().join(" | "));
        }
        println!("{:#?}", output.notes);
    }
    for term in ["nova", "DVR"] {
        println!("== show {term}");
        for row in call(&graph, "trace.show", &[term.into()]).expect("an answer").rows {
            println!("{}", row[1..].iter().map(|v| text(&graph, v)).collect::<Vec<_>>().join(" | "));
        }
    }
    for term in ["metering", "scheduler", "novaapi", "shared file system"] {
        println!("== find {term}");
        for row in call(&graph, "trace.find", &[term.into()]).expect("an answer").rows {
            println!("{}", row[..3].iter().map(|v| text(&graph, v)).collect::<Vec<_>>().join(" | "));
        }
    }
}
