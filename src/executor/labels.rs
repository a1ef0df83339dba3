//! Label expressions, and labels, types and keys that are computed.

use std::sync::Arc;

use super::evaluate::{describe, evaluate};
use super::{Result, Row, Run};
use crate::functions::invalid_type;
use crate::graph::Value;
use crate::plan::{Expr, ExprKind, LabelTest};

/// Whether the labels of a node, or the type of a relationship, pass a test.
pub(super) fn test(value: &Value, test: &LabelTest, row: &mut Row, run: &mut Run) -> Result<Value> {
    let graph = run.graph();
    let own: Vec<Arc<str>> = match value {
        Value::Null => return Ok(Value::Null),
        Value::Node(node) => graph.node_labels(*node).iter().map(|label| graph.label_name(*label).clone()).collect(),
        Value::Relationship(relationship) => vec![graph.relationship_type(*relationship).clone()],
        other => return Err(invalid_type(format!("{} has no labels", describe(other)))),
    };
    Ok(passes(&own, test, row, run)?.into())
}

fn passes(own: &[Arc<str>], test: &LabelTest, row: &mut Row, run: &mut Run) -> Result<bool> {
    match test {
        LabelTest::Is(name) => Ok(own.contains(name)),
        LabelTest::Any => Ok(!own.is_empty()),
        LabelTest::Not(inner) => Ok(!passes(own, inner, row, run)?),
        LabelTest::And(parts) => {
            for part in parts {
                if !passes(own, part, row, run)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        LabelTest::Or(parts) => {
            for part in parts {
                if passes(own, part, row, run)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        LabelTest::Dynamic { any, names: expr } => {
            let wanted = names(expr, row, run)?;
            let mut held = wanted.iter().map(|name| own.contains(name));
            Ok(if *any { held.any(|holds| holds) } else { held.all(|holds| holds) })
        }
    }
}

/// The names that an expression gives: of a string, or of a list of strings.
pub(super) fn names(expr: &Expr, row: &mut Row, run: &mut Run) -> Result<Vec<Arc<str>>> {
    if let ExprKind::Constant(Value::String(name)) = &expr.kind {
        return Ok(vec![name.clone()]);
    }
    let value = evaluate(expr, row, run)?;
    let parts = match &value {
        Value::List(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    let names = parts.into_iter().map(|part| match part {
        Value::String(name) => Ok(name),
        other => Err(invalid_type(format!("a name is a String, not {}", describe(&other))).at(expr.span)),
    });
    names.collect()
}

/// The one name that an expression gives.
pub(super) fn name(expr: &Expr, row: &mut Row, run: &mut Run) -> Result<Arc<str>> {
    let mut all = names(expr, row, run)?;
    match (all.pop(), all.is_empty()) {
        (Some(name), true) => Ok(name),
        (_, _) => Err(invalid_type("exactly one name is expected here").at(expr.span)),
    }
}
