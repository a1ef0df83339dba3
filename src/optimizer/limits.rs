//! A sort under LIMIT keeps no more rows than are taken.

use super::each_operator;
use crate::plan::{Arithmetic, Expr, ExprKind, Operator};

pub(super) fn limit_sorts(root: &mut Operator) {
    each_operator(root, &mut |operator| {
        let Operator::Limit { input, count } = operator else { return };
        match &mut **input {
            Operator::Sort { limit, .. } => *limit = Some(count.clone()),
            Operator::Skip { input, count: skipped } => {
                if let Operator::Sort { limit, .. } = &mut **input {
                    let (a, b) = (Box::new(skipped.clone()), Box::new(count.clone()));
                    *limit = Some(Expr::new(ExprKind::Arithmetic(Arithmetic::Add, a, b), count.span));
                }
            }
            _ => {}
        }
    });
}
