//! Plans inside expressions: existence and comprehension of patterns.

use super::cursor::{each, open};
use super::evaluate::evaluate as evaluate_expression;
use super::{Result, Row, Run};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Value;
use crate::plan::{Subplan, SubplanBody, SubplanResult};

/// Runs the plan with the current row as its argument.
pub(super) fn evaluate(subplan: &Subplan, row: &mut Row, run: &mut Run) -> Result<Value> {
    let SubplanBody::Planned(plan) = &subplan.body else {
        let message = "a subquery has not been planned";
        return Err(Diagnostic::runtime(Kind::InternalError, Detail::Defect, message));
    };
    let mut cursor = open(plan, row.clone(), run);
    match &subplan.gives {
        SubplanResult::Exists => Ok(cursor.next(run)?.is_some().into()),
        SubplanResult::Count => {
            if let Some(table) = cursor.table(run)? {
                return Ok(Value::from(table.len()));
            }
            let mut count = 0i64;
            while cursor.next(run)?.is_some() {
                run.budget.tick()?;
                count += 1;
            }
            Ok(Value::Integer(count))
        }
        SubplanResult::Collect(result) => {
            let mut items = Vec::new();
            each(&mut cursor, [result.as_ref()], run, |inner, run| {
                items.push(evaluate_expression(result, inner, run)?);
                Ok(())
            })?;
            Ok(Value::list(items))
        }
    }
}
