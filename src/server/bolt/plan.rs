//! Plans as drivers show them: a tree of operators with arguments.

use crate::graph::Value;
use crate::result::PlanNode;

/// The tree of a plan; its root has the printed plan as an argument, which tools show as it is.
pub(super) fn structured(text: &str, tree: Option<&PlanNode>) -> Value {
    match tree {
        Some(tree) => node(tree, Some(text)),
        None => {
            let line = text.lines().next().unwrap_or_default().to_string();
            node(&PlanNode { line, measured: None, children: Vec::new() }, Some(text))
        }
    }
}

fn node(plan: &PlanNode, text: Option<&str>) -> Value {
    let (name, details) = plan.line.split_once(' ').unwrap_or((&plan.line, ""));
    let mut arguments = Vec::new();
    arguments.extend((!details.is_empty()).then(|| ("Details", Value::from(details))));
    arguments.extend(text.map(|text| ("string-representation", Value::from(text))));
    let mut fields = vec![("operatorType", Value::from(name)), ("identifiers", Value::list([]))];
    if let Some((rows, time)) = plan.measured {
        // Drivers want a number of hits, which kenning does not count.
        let (rows, time) = (Value::Integer(rows as i64), Value::Integer(time.as_nanos() as i64));
        arguments.extend([("Rows", rows.clone()), ("Time", time.clone()), ("DbHits", Value::Integer(0))]);
        fields.extend([("rows", rows), ("time", time), ("dbHits", Value::Integer(0))]);
    }
    fields.push(("args", Value::map(arguments)));
    fields.push(("children", Value::list(plan.children.iter().map(|child| node(child, None)))));
    Value::map(fields)
}
