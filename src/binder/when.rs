//! WHEN … THEN … ELSE.
//!
//! Which query is run is decided once, before any of them changes the graph; it is a number in a slot of its own. Then
//! the queries are the parts of a subquery, each of which lets only its number through.

use super::scope::Variable;
use super::{Binder, Parts};
use crate::ast;
use crate::diagnostic::Span;
use crate::plan::*;

impl Binder<'_> {
    /// Binds the clause, whose columns are the variables in scope after it.
    pub(super) fn when(&mut self, when: &ast::When, span: Span) -> (Vec<BoundClause>, Vec<Variable>) {
        let chosen = self.slot("chosen");
        let mut conditions = Vec::new();
        for (number, (condition, _)) in (0i64..).zip(&when.branches) {
            conditions.push((self.condition(condition), Expr::constant(number, condition.span)));
        }
        let number = Expr::constant(conditions.len() as i64, span);
        let choice = ExprKind::Case { branches: conditions, otherwise: Some(Box::new(number)) };
        let (scope, imported) = (self.scope.clone(), self.imported.clone());
        self.depth += 1;
        let mut parts = Vec::new();
        let mut columns: Option<Vec<Variable>> = None;
        for (number, query) in (0i64..).zip(when.queries()) {
            self.imported = scope.clone();
            let (bound, own) = self.parts(query, &mut |binder, _| binder.scope = scope.clone());
            let slots = own.iter().map(|column| column.slot).collect();
            let own = match &columns {
                Some(first) => self.aligned(first, own, span, "the queries of WHEN"),
                None => own,
            };
            let aligned = own.iter().map(|column| column.slot).collect();
            parts.push(BoundPart { clauses: only_if(chosen, number, bound, slots, span), columns: aligned });
            columns.get_or_insert(own);
        }
        self.depth -= 1;
        (self.scope, self.imported) = (imported.clone(), imported);
        let columns: Vec<Variable> = columns.unwrap_or_default();
        let fresh = |column: Variable| Variable { slot: self.slot(&column.name), ..column };
        let columns: Vec<Variable> = columns.into_iter().map(fresh).collect();
        columns.iter().for_each(|column| self.scope.push(&column.name, column.slot, column.variable_type));
        let slots = columns.iter().map(|column| column.slot).collect();
        let queries = Subquery { parts, distinct: false, columns: slots, optional: false, batches: None };
        let decide = BoundClause::Let(vec![(chosen, Expr::new(choice, span))]);
        (vec![decide, BoundClause::Subquery(queries)], columns)
    }
}

/// A query that runs if its number was chosen; its columns are in its own order.
fn only_if(chosen: Slot, number: i64, query: Parts, columns: Vec<Slot>, span: Span) -> Vec<BoundClause> {
    let (left, right) = (Box::new(Expr::slot(chosen, span)), Box::new(Expr::constant(number, span)));
    let is_chosen = BoundClause::Filter(Expr::new(ExprKind::Compare(Comparison::Equal, left, right), span));
    let Parts { parts, distinct } = query;
    let inner = Subquery { parts, distinct, columns, optional: false, batches: None };
    vec![is_chosen, BoundClause::Subquery(inner)]
}
