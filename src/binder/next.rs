//! NEXT beside UNION. NEXT binds looser: what it joins are whole unions, and all parts of a union after it read the rows
//! before it.
//!
//! These rows are made once. They are collected into a list, which each part unwinds.

use super::scope::Variable;
use super::{Binder, Parts};
use crate::ast;
use crate::diagnostic::Span;
use crate::functions::aggregate;
use crate::plan::*;

/// The queries that NEXT joins, if it joins a union; else its clauses follow each other as those of any single query.
pub(super) fn stages(query: &ast::Query) -> Option<Vec<ast::Query>> {
    let is_next = |clause: &ast::Clause| matches!(clause.kind, ast::ClauseKind::Next);
    if query.unions.is_empty() || !query.parts.iter().any(|part| part.clauses.iter().any(is_next)) {
        return None;
    }
    let mut stages = vec![ast::Query { parts: vec![], unions: vec![] }];
    for (index, part) in query.parts.iter().enumerate() {
        for (at, clauses) in part.clauses.split(is_next).enumerate() {
            if at > 0 {
                stages.push(ast::Query { parts: vec![], unions: vec![] });
            }
            let stage = stages.last_mut().expect("there is a first stage");
            if at == 0 && index > 0 {
                stage.unions.push(query.unions[index - 1].clone());
            }
            stage.parts.push(ast::SingleQuery { clauses: clauses.to_vec() });
        }
    }
    // A stage may be empty where the text has errors, which have been reported.
    stages.iter().all(|stage| stage.parts.iter().all(|part| !part.clauses.is_empty())).then_some(stages)
}

impl Binder<'_> {
    /// Binds the queries that NEXT joins as one; `enter` sets the scope of a part of the first.
    pub(super) fn stages(
        &mut self,
        stages: &[ast::Query],
        enter: &mut dyn FnMut(&mut Self, &ast::SingleQuery),
    ) -> (Parts, Vec<Variable>) {
        let Some((first, others)) = stages.split_first() else {
            return (Parts { parts: vec![], distinct: false }, vec![]);
        };
        let (mut bound, mut columns) = self.united(first, enter);
        for stage in others {
            let span = stage.parts[0].clauses[0].span;
            let (known, before, read) = self.rows_before(bound, &columns, span);
            let (mut parts, own) = self.united(stage, &mut |binder, _| {
                binder.scope = binder.imported.clone();
                known.iter().for_each(|column| binder.scope.push(&column.name, column.slot, column.variable_type));
            });
            for part in &mut parts.parts {
                part.clauses.splice(0..0, read.iter().cloned());
            }
            let slots: Vec<Slot> = own.iter().map(|column| self.slot(&column.name)).collect();
            let Parts { parts, distinct } = parts;
            let union = Subquery { parts, distinct, columns: slots.clone(), optional: false, batches: None };
            let clauses = before.into_iter().chain([BoundClause::Subquery(union)]).collect();
            columns = own.into_iter().zip(&slots).map(|(column, slot)| Variable { slot: *slot, ..column }).collect();
            bound = Parts { parts: vec![BoundPart { clauses, columns: slots }], distinct: false };
        }
        self.scope = self.imported.clone();
        columns.iter().for_each(|column| self.scope.push(&column.name, column.slot, column.variable_type));
        (bound, columns)
    }

    /// Clauses that collect the rows of some parts, and those that read them again, into the variables that come first.
    fn rows_before(
        &mut self,
        bound: Parts,
        columns: &[Variable],
        span: Span,
    ) -> (Vec<Variable>, Vec<BoundClause>, Vec<BoundClause>) {
        let (rows, row) = (self.slot("rows"), self.slot("row"));
        let slots: Vec<Slot> = columns.iter().map(|column| self.slot(&column.name)).collect();
        let fresh = |column: &Variable| Variable { slot: self.slot(&column.name), ..column.clone() };
        let known: Vec<Variable> = columns.iter().map(fresh).collect();
        let Parts { parts, distinct } = bound;
        let union = Subquery { parts, distinct, columns: slots.clone(), optional: false, batches: None };
        let values = slots.iter().map(|slot| Expr::slot(*slot, span)).collect();
        let collect = AggregateCall {
            function: aggregate::find("collect").expect("collect is in the table"),
            distinct: false,
            // A list is never null, which would not be collected.
            arguments: vec![Expr::new(ExprKind::List(values), span)],
            span,
        };
        let collected = Projection {
            aggregation: Some(Aggregation { keys: vec![], aggregates: vec![(rows, collect)] }),
            items: vec![],
            distinct: None,
            order: vec![],
            skip: None,
            limit: None,
            condition: None,
        };
        let value = |(at, variable): (usize, &Variable)| {
            let index = Box::new(Expr::constant(at as i64, span));
            (variable.slot, Expr::new(ExprKind::Index(Box::new(Expr::slot(row, span)), index), span))
        };
        let values = known.iter().enumerate().map(value).collect();
        let list = Expr::slot(rows, span);
        let read = vec![BoundClause::Unwind(Unwind { list, slot: row, position: None }), BoundClause::Let(values)];
        (known, vec![BoundClause::Subquery(union), BoundClause::Project(collected)], read)
    }
}
