//! Expressions with variables or plans of their own: CASE, comprehensions, quantifiers, reduce, subqueries.

use super::expression::{Typed, arc, not, poison};
use super::scope::Variable;
use super::types::Type;
use super::{Binder, Parts, invalid_type};
use crate::ast;
use crate::diagnostic::{Detail, Diagnostic, Span, an};
use crate::graph::{TypeSet, Value};
use crate::plan::*;

impl Binder<'_> {
    pub(super) fn case(
        &mut self,
        operand: Option<&ast::Expression>,
        branches: &[(Vec<ast::Expression>, ast::Expression)],
        otherwise: Option<&ast::Expression>,
        span: Span,
    ) -> Typed {
        let operand = operand.map(|operand| {
            let (value, value_type) = self.expression(operand);
            (self.slot("case"), value, value_type)
        });
        let tested = operand.as_ref().map(|(slot, _, value_type)| (*slot, *value_type));
        let around = std::mem::replace(&mut self.case_operand, tested);
        let mut bound = Vec::new();
        let mut result_type = Type::of(TypeSet::NULL);
        for (tests, result) in branches {
            let tests = tests.iter().map(|test| self.case_test(tested, test)).collect();
            let condition = any(tests, span);
            self.case_operand = around;
            let (result, branch_type) = self.expression(result);
            self.case_operand = tested;
            result_type = result_type.or(branch_type);
            bound.push((condition, result));
        }
        self.case_operand = around;
        let otherwise = otherwise.map(|otherwise| {
            let (otherwise, otherwise_type) = self.expression(otherwise);
            result_type = result_type.or(otherwise_type);
            Box::new(otherwise)
        });
        let case = Expr::new(ExprKind::Case { branches: bound, otherwise }, span);
        let expr = match operand {
            Some((slot, value, _)) => {
                Expr::new(ExprKind::Let { slot, value: Box::new(value), body: Box::new(case) }, span)
            }
            None => case,
        };
        (expr, result_type)
    }

    /// The condition of a branch of CASE; `tested` is the operand.
    fn case_test(&mut self, tested: Option<(Slot, Type)>, test: &ast::Expression) -> Expr {
        match tested {
            Some((slot, _)) if !is_half(test) => {
                let left = Box::new(Expr::slot(slot, test.span));
                let right = Box::new(self.expression(test).0);
                Expr::new(ExprKind::Compare(Comparison::Equal, left, right), test.span)
            }
            _ => self.predicate(test).0,
        }
    }

    fn list_operand(&mut self, list: &ast::Expression) -> Typed {
        let (expr, list_type) = self.expression(list);
        if !list_type.may_be(TypeSet::LIST) {
            self.error(invalid_type(list.span, format!("a list is expected here, but this is {}", an(list_type.set))));
        }
        (expr, list_type)
    }

    pub(super) fn list_comprehension(
        &mut self,
        variable: &ast::Name,
        list: &ast::Expression,
        condition: Option<&ast::Expression>,
        result: Option<&ast::Expression>,
        span: Span,
    ) -> Typed {
        let (list, list_type) = self.list_operand(list);
        let element = list_type.element();
        let (slot, (condition, result)) = self.with_local(&variable.text, element, |binder| {
            let condition = condition.map(|condition| Box::new(binder.condition(condition)));
            (condition, result.map(|result| binder.expression(result)))
        });
        let (result, result_type) = match result {
            Some((result, result_type)) => (Some(Box::new(result)), result_type.set),
            None => (None, element.set),
        };
        let kind = ExprKind::ListComprehension { slot, list: Box::new(list), condition, result };
        (Expr::new(kind, span), Type::list_of(result_type))
    }

    pub(super) fn quantifier(
        &mut self,
        quantifier: ast::Quantifier,
        variable: &ast::Name,
        list: &ast::Expression,
        condition: Option<&ast::Expression>,
        span: Span,
    ) -> Typed {
        let (list, list_type) = self.list_operand(list);
        let (slot, condition) = self.with_local(&variable.text, list_type.element(), |binder| match condition {
            Some(condition) => binder.condition(condition),
            None => {
                binder
                    .expression(&ast::Expression::new(
                        ast::ExpressionKind::Variable(variable.text.clone()),
                        variable.span,
                    ))
                    .0
            }
        });
        let quantifier = match quantifier {
            ast::Quantifier::All => Quantifier::All,
            ast::Quantifier::Any => Quantifier::Any,
            ast::Quantifier::None => Quantifier::None,
            ast::Quantifier::Single => Quantifier::Single,
        };
        let kind = ExprKind::Quantifier { quantifier, slot, list: Box::new(list), condition: Box::new(condition) };
        (Expr::new(kind, span), Type::BOOLEAN)
    }

    /// Of what is accumulated and where it begins, of a variable and its list, of a step and what must hold after it.
    pub(super) fn reduce(
        &mut self,
        (accumulator, initial): (&ast::Name, &ast::Expression),
        (variable, list): (&ast::Name, &ast::Expression),
        (step, condition): (&ast::Expression, Option<&ast::Expression>),
        span: Span,
    ) -> Typed {
        let (initial, _) = self.expression(initial);
        let (list, list_type) = self.list_operand(list);
        let element = list_type.element();
        let (accumulator, (slot, (step, condition))) = self.with_local(&accumulator.text, Type::ANY, |binder| {
            binder.with_local(&variable.text, element, |binder| {
                let step = binder.expression(step).0;
                let bind = |condition| binder.with_local(&accumulator.text, Type::ANY, |b| b.condition(condition));
                (step, condition.map(bind))
            })
        });
        if let Some((after, condition)) = condition {
            let every = self.every(initial, (accumulator, after), (slot, list), (step, condition), span);
            return (every, Type::BOOLEAN);
        }
        let kind = ExprKind::Reduce {
            accumulator,
            initial: Box::new(initial),
            slot,
            list: Box::new(list),
            step: Box::new(step),
        };
        (Expr::new(kind, span), Type::ANY)
    }

    /// `allReduce`: a reduction of pairs, what is accumulated and whether the condition has held so far. The slots are
    /// what is accumulated before and after a step.
    fn every(
        &mut self,
        initial: Expr,
        (before, after): (Slot, Slot),
        (slot, list): (Slot, Expr),
        (step, condition): (Expr, Expr),
        span: Span,
    ) -> Expr {
        let accumulator = self.slot("pair");
        let new = |kind| Expr::new(kind, span);
        let pair = |first, second| new(ExprKind::List(vec![first, second]));
        let half = |of: Expr, at: i64| new(ExprKind::Index(Box::new(of), Box::new(Expr::constant(at, span))));
        let of_pair = |at| half(Expr::slot(accumulator, span), at);
        let in_slot = |slot, value, body| new(ExprKind::Let { slot, value: Box::new(value), body: Box::new(body) });
        let held = new(ExprKind::And(vec![of_pair(1), condition]));
        let next = in_slot(before, of_pair(0), in_slot(after, step, pair(Expr::slot(after, span), held)));
        // Once it has not held, nothing more is computed.
        let going_on = new(ExprKind::Case {
            branches: vec![(not(of_pair(1)), Expr::slot(accumulator, span))],
            otherwise: Some(Box::new(next)),
        });
        let reduced = new(ExprKind::Reduce {
            accumulator,
            initial: Box::new(pair(initial, Expr::constant(true, span))),
            slot,
            list: Box::new(list),
            step: Box::new(going_on),
        });
        half(reduced, 1)
    }

    /// Binds a subquery: its new variables are not seen outside, and all of those outside are seen in it.
    fn in_subquery<T>(&mut self, bind: impl FnOnce(&mut Self) -> T) -> T {
        let (scope, imported) = (self.scope.clone(), self.imported.clone());
        self.imported = scope.clone();
        self.depth += 1;
        // Inside, neither the grouping nor the ban on aggregates of the clause around holds.
        let context = std::mem::take(&mut self.context);
        let result = bind(self);
        self.context = context;
        self.depth -= 1;
        (self.scope, self.imported) = (scope, imported);
        result
    }

    pub(super) fn pattern_comprehension(
        &mut self,
        pattern: &ast::PathPattern,
        condition: Option<&ast::Expression>,
        result: &ast::Expression,
        span: Span,
    ) -> Typed {
        let (body, result, element) = self.in_subquery(|binder| {
            let (pattern, mut conditions) = binder.pattern(std::slice::from_ref(pattern));
            conditions.extend(condition.into_iter().flat_map(|c| binder.condition(c).conjuncts()));
            let (result, result_type) = binder.expression(result);
            (match_body(pattern, conditions), result, result_type.set)
        });
        (collect(body, result, span), Type::list_of(element))
    }

    /// Whether a path can be found; its variables must be known already.
    pub(super) fn exists_path(&mut self, path: &ast::PathPattern, span: Span) -> Expr {
        let node_names = path.nodes().filter_map(|node| node.variable.as_ref());
        let relationship_names = path.relationships().filter_map(|r| r.variable.as_ref());
        for name in node_names.chain(relationship_names) {
            if self.scope.find(&name.text).is_none() {
                self.undefined_variable(&name.text, name.span);
            }
        }
        let body = self.in_subquery(|binder| {
            let (pattern, conditions) = binder.pattern(std::slice::from_ref(path));
            match_body(pattern, conditions)
        });
        subplan(SubplanBody::Bound { parts: vec![body], distinct: false }, SubplanResult::Exists, span)
    }

    pub(super) fn exists(&mut self, subquery: &ast::Subquery, span: Span) -> Expr {
        let body = self.subquery_body(subquery);
        subplan(body, SubplanResult::Exists, span)
    }

    /// `COUNT { … }`
    pub(super) fn count(&mut self, subquery: &ast::Subquery, span: Span) -> Typed {
        let body = self.subquery_body(subquery);
        (subplan(body, SubplanResult::Count, span), Type::of(TypeSet::INTEGER))
    }

    /// `COLLECT { … RETURN x }`: the list of the one column.
    pub(super) fn collect(&mut self, query: &ast::Query, span: Span) -> Typed {
        let (body, columns) = self.subquery_parts(query);
        if columns.len() != 1 {
            let message = format!("the query here gives the values of one column, but it returns {}", columns.len());
            self.error(
                Diagnostic::syntax(Detail::InvalidClauseComposition, span, message)
                    .help("end it with RETURN and one item"),
            );
        }
        let element = columns.first().map_or(TypeSet::ANY, |column| column.variable_type.set);
        let gives = SubplanResult::Collect(Box::new(Expr::slot(0, span)));
        (subplan(body, gives, span), Type::list_of(element))
    }

    fn subquery_body(&mut self, subquery: &ast::Subquery) -> SubplanBody {
        match subquery {
            ast::Subquery::Pattern { patterns, condition } => self.in_subquery(|binder| {
                let (pattern, mut conditions) = binder.pattern(patterns);
                conditions.extend(condition.iter().flat_map(|c| binder.condition(c).conjuncts()));
                SubplanBody::Bound { parts: vec![match_body(pattern, conditions)], distinct: false }
            }),
            ast::Subquery::Query(query) if !ends_with_return(query) => self.in_subquery(|binder| {
                let outer = binder.scope.clone();
                let mut parts = Vec::new();
                for part in &query.parts {
                    binder.scope = outer.clone();
                    binder.forbid_updates(part);
                    let clauses = part.clauses.iter().map(|clause| binder.clause(clause)).collect();
                    parts.push(BoundPart { clauses, columns: vec![] });
                }
                SubplanBody::Bound { parts, distinct: false }
            }),
            ast::Subquery::Query(query) => self.subquery_parts(query).0,
        }
    }

    fn subquery_parts(&mut self, query: &ast::Query) -> (SubplanBody, Vec<Variable>) {
        self.in_subquery(|binder| {
            let outer = binder.scope.clone();
            let (Parts { parts, distinct }, columns) = binder.parts(query, &mut |binder, part| {
                binder.scope = outer.clone();
                binder.forbid_updates(part);
            });
            (SubplanBody::Bound { parts, distinct }, columns)
        })
    }

    fn forbid_updates(&mut self, part: &ast::SingleQuery) {
        use ast::ClauseKind::*;
        for clause in &part.clauses {
            if let CallSubquery(call) = &clause.kind {
                call.query.parts.iter().for_each(|part| self.forbid_updates(part));
            }
            if let When(when) = &clause.kind {
                when.queries().flat_map(|query| &query.parts).for_each(|part| self.forbid_updates(part));
            }
            if matches!(clause.kind, Create(_) | Merge(_) | Set(_) | Remove(_) | Delete(_) | Foreach(_)) {
                self.syntax_error(
                    Detail::InvalidClauseComposition,
                    clause.span,
                    "a subquery in an expression changes nothing",
                );
            }
        }
    }

    /// `shortestPath(…)` as a value: the path or null; `allShortestPaths(…)`: the list of paths.
    pub(super) fn shortest_expression(&mut self, path: &ast::PathPattern, span: Span) -> Typed {
        let all = path.shortest == Some(ast::Shortest::All);
        let (body, slot) = self.in_subquery(|binder| {
            let named = ast::PathPattern { variable: Some(ast::Name::new(" path", path.span)), ..path.clone() };
            let (pattern, conditions) = binder.pattern(std::slice::from_ref(&named));
            let slot = pattern.paths.first().map_or(0, |p| p.slot);
            (match_body(pattern, conditions), slot)
        });
        let paths = collect(body, Expr::slot(slot, span), span);
        if all {
            return (paths, Type::list_of(TypeSet::PATH));
        }
        let first = ExprKind::Index(Box::new(paths), Box::new(Expr::constant(0i64, span)));
        (Expr::new(first, span), Type::PATH)
    }

    pub(super) fn map_projection(
        &mut self,
        variable: &ast::Name,
        items: &[ast::MapProjectionItem],
        span: Span,
    ) -> Typed {
        let Some(known) = self.scope.find(&variable.text).cloned() else {
            self.undefined_variable(&variable.text, variable.span);
            return poison(span);
        };
        if !known.variable_type.may_be(TypeSet::ENTITY.or(TypeSet::MAP)) {
            let message = format!("{} has no properties to project", an(known.variable_type.set));
            self.error(invalid_type(variable.span, message));
        }
        let base = || Box::new(Expr::slot(known.slot, variable.span));
        let mut entries = Vec::new();
        let mut everything = false;
        for item in items {
            match item {
                ast::MapProjectionItem::AllProperties => everything = true,
                ast::MapProjectionItem::Property(key) => {
                    entries.push((arc(&key.text), Expr::new(ExprKind::Property(base(), arc(&key.text)), key.span)));
                }
                ast::MapProjectionItem::Entry(key, value) => entries.push((arc(&key.text), self.expression(value).0)),
                ast::MapProjectionItem::Variable(name) => {
                    let value = ast::Expression::new(ast::ExpressionKind::Variable(name.text.clone()), name.span);
                    entries.push((arc(&name.text), self.expression(&value).0));
                }
            }
        }
        let map = match everything {
            true => ExprKind::Extend { base: base(), entries },
            false => ExprKind::Map(entries),
        };
        // The projection of null is null.
        let is_null = Expr::new(ExprKind::IsNull(base()), span);
        let kind = ExprKind::Case {
            branches: vec![(is_null, Expr::constant(Value::Null, span))],
            otherwise: Some(Box::new(Expr::new(map, span))),
        };
        (Expr::new(kind, span), Type::of(TypeSet::MAP))
    }

    /// A pattern that creates or merges may not stand for itself in an expression.
    pub(super) fn reject(&mut self, detail: Detail, span: Span, message: &str, help: &str) {
        self.error(Diagnostic::syntax(detail, span, message).help(help));
    }
}

/// Whether the operand of CASE is the left half of a test.
fn is_half(test: &ast::Expression) -> bool {
    use ast::ExpressionKind::*;
    match &test.kind {
        CaseOperand => true,
        Comparison { first, .. } => is_half(first),
        Binary { left, .. } => is_half(left),
        Unary { operand, .. } | IsNull { operand, .. } | IsTyped { operand, .. } | HasLabels { operand, .. } => {
            is_half(operand)
        }
        Call { arguments, .. } => arguments.first().is_some_and(is_half),
        _ => false,
    }
}

/// Joins conditions with OR; a single condition is returned as it is.
fn any(mut parts: Vec<Expr>, span: Span) -> Expr {
    match parts.len() {
        1 => parts.remove(0),
        _ => Expr::new(ExprKind::Or(parts), span),
    }
}

fn match_body(pattern: Pattern, conditions: Vec<Expr>) -> BoundPart {
    BoundPart { clauses: vec![BoundClause::Match { optional: false, pattern, conditions }], columns: vec![] }
}

/// Whether every part says what it returns; a subquery that only asks whether or how often need not.
fn ends_with_return(query: &ast::Query) -> bool {
    let returns = |part: &ast::SingleQuery| {
        part.clauses.last().is_some_and(|last| match &last.kind {
            ast::ClauseKind::Return(_) => true,
            ast::ClauseKind::When(when) => when.queries().all(ends_with_return),
            _ => false,
        })
    };
    query.parts.iter().all(returns)
}

fn subplan(body: SubplanBody, gives: SubplanResult, span: Span) -> Expr {
    Expr::new(ExprKind::Subplan(Subplan { body, gives, once: None }), span)
}

fn collect(body: BoundPart, result: Expr, span: Span) -> Expr {
    let body = SubplanBody::Bound { parts: vec![body], distinct: false };
    subplan(body, SubplanResult::Collect(Box::new(result)), span)
}
