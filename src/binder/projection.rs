//! WITH and RETURN: columns, grouping, and what ORDER BY and WHERE after them may see.
//!
//! In an aggregating projection, the items without aggregates are the grouping keys, unless GROUP BY names others.
//! Outside its aggregates, an aggregating expression may only speak of keys that are plain variables or properties of
//! variables: anything else could not be told apart from a value that differs within the group. The keys of GROUP BY
//! may be of any kind.

use std::collections::HashSet;

use super::by_expression::ByExpression;
use super::expression::{Typed, poison};
use super::types::Type;
use super::{AggregationUse, Binder, invalid_type};
use crate::ast::{self, Connective, ExpressionKind};
use crate::diagnostic::{Detail, Diagnostic, Span, an};
use crate::functions::aggregate::{self, Aggregate};
use crate::graph::{TypeSet, Value};
use crate::plan::*;

/// What is known while expressions over groups are bound.
pub(super) struct Grouping {
    /// Keys (or, after the projection, items) with their slots.
    known: ByExpression<(Slot, Type)>,
    /// The aggregates met so far.
    aggregates: ByExpression<(Slot, AggregateCall)>,
    /// Variables at this place of the scope or later belong to the expression itself.
    locals_from: usize,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Binding an item that aggregates, or any item where GROUP BY has given the keys: these may be of any kind.
    Item { given: bool },
    /// Binding what follows the items; an expression with aggregates may only use simple items.
    After { simple: bool },
}

/// A column to be.
struct Item<'p> {
    expression: std::borrow::Cow<'p, ast::Expression>,
    name: String,
}

impl Binder<'_> {
    pub(super) fn projection(
        &mut self,
        projection: &ast::Projection,
        condition: Option<&ast::Expression>,
        span: Span,
        is_return: bool,
    ) -> BoundClause {
        let items = self.items(projection, span, is_return);
        let before = self.scope.clone();
        let given = self.group_keys(projection, &items);
        let is_key = |item: &Item| given.is_none() && !contains_aggregate(&item.expression);
        let aggregating = given.is_some() || items.iter().any(|item| contains_aggregate(&item.expression));
        let stage = Stage::Item { given: given.is_some() };
        let mut grouping = Grouping { locals_from: self.scope.len(), stage, ..Grouping::default() };
        let mut bound = vec![None; items.len()];
        let mut keys = Vec::new();
        for key in given.iter().flatten() {
            let (expr, key_type) = self.expression(key);
            let slot = self.item_slot(&expr, "key");
            grouping.known.insert(key.clone(), (slot, key_type));
            keys.push((slot, expr));
        }
        for (index, item) in items.iter().enumerate() {
            if is_key(item) {
                let (expr, item_type) = self.expression(&item.expression);
                let slot = self.item_slot(&expr, &item.name);
                grouping.known.insert(item.expression.clone().into_owned(), (slot, item_type));
                bound[index] = Some((slot, item_type));
                keys.push((slot, expr));
            }
        }
        let mut values = Vec::new();
        for (index, item) in items.iter().enumerate().filter(|_| aggregating) {
            if bound[index].is_none() {
                let (typed, returned) = self.in_grouping(grouping, |binder| binder.expression(&item.expression));
                grouping = returned;
                let slot = self.item_slot(&typed.0, &item.name);
                bound[index] = Some((slot, typed.1));
                values.push((slot, typed.0));
            }
        }
        let columns: Vec<(String, Slot, Type)> = items
            .iter()
            .zip(bound)
            .map(|(item, bound)| {
                let (slot, item_type) = bound.expect("every item has been bound");
                (item.name.clone(), slot, item_type)
            })
            .collect();

        // ORDER BY and WHERE see the columns and what was in scope before: all of it, or, where rows have been merged,
        // the variables that are columns, which have one value for each row under their old names, too.
        let merged = aggregating || projection.distinct;
        self.scope = if merged { self.imported.clone() } else { before };
        for (item, (_, slot, item_type)) in items.iter().zip(&columns).filter(|_| merged) {
            if let ExpressionKind::Variable(name) = &item.expression.kind
                && *name != item.name
            {
                self.scope.push(name, *slot, *item_type);
            }
        }
        for (name, slot, item_type) in &columns {
            self.scope.push(name, *slot, *item_type);
        }
        grouping.known = items
            .iter()
            .zip(&columns)
            .map(|(item, (_, slot, item_type))| (item.expression.clone().into_owned(), (*slot, *item_type)))
            .collect();
        let mut order = Vec::new();
        for sort in &projection.order_by {
            let ((expression, _), returned) = self.after(&sort.expression, grouping, aggregating);
            grouping = returned;
            let nulls_first = sort.nulls.map(|nulls| nulls == ast::Nulls::First);
            order.push(SortKey { expression, descending: sort.descending, nulls_first });
        }
        let condition = condition.map(|condition| {
            let ((condition, _), returned) = self.after(condition, std::mem::take(&mut grouping), aggregating);
            grouping = returned;
            condition
        });
        self.scope = self.imported.clone();
        let skip = self.row_count(projection.skip.as_ref(), "SKIP");
        let limit = self.row_count(projection.limit.as_ref(), "LIMIT");
        for (name, slot, item_type) in &columns {
            self.scope.push(name, *slot, *item_type);
        }

        if !is_return {
            self.check_names(projection);
        }
        let aggregates = grouping.aggregates.into_values().collect();
        let (aggregation, items) = match aggregating {
            true => (Some(Aggregation { keys, aggregates }), values),
            false => (None, keys),
        };
        BoundClause::Project(Projection {
            aggregation,
            items,
            distinct: projection.distinct.then(|| columns.iter().map(|(_, slot, _)| *slot).collect()),
            order,
            skip,
            limit,
            condition,
        })
    }

    /// The columns: `*` first, in alphabetical order, then the items as written.
    fn items<'p>(&mut self, projection: &'p ast::Projection, span: Span, is_return: bool) -> Vec<Item<'p>> {
        let mut items = Vec::new();
        let mut taken = HashSet::new();
        if projection.star {
            let mut names: Vec<String> = self.scope.names().skip(self.imported.len()).map(str::to_string).collect();
            names.sort();
            names.dedup();
            if names.is_empty() && is_return {
                self.error(
                    Diagnostic::syntax(Detail::NoVariablesInScope, span, "RETURN * has nothing to return")
                        .help("bind a variable first, or name what to return"),
                );
            }
            taken.extend(names.iter().cloned());
            items.extend(names.into_iter().map(|name| {
                let expression = ast::Expression::new(ExpressionKind::Variable(name.clone()), span);
                Item { expression: std::borrow::Cow::Owned(expression), name }
            }));
        }
        for item in &projection.items {
            let name = match (&item.alias, &item.expression.kind) {
                (Some(alias), _) => alias.text.clone(),
                (None, ExpressionKind::Variable(name)) => name.clone(),
                (None, _) if is_return => item.text.0.clone(),
                // `check_names` tells about it.
                (None, _) => item.text.0.clone(),
            };
            if !taken.insert(name.clone()) {
                let message = format!("two columns are called `{name}`");
                self.error(
                    Diagnostic::syntax(Detail::ColumnNameConflict, item.expression.span, message)
                        .help("rename one of them with AS"),
                );
            }
            items.push(Item { expression: std::borrow::Cow::Borrowed(&item.expression), name });
        }
        items
    }

    /// The keys that GROUP BY names. A name that is no variable is that of an item.
    fn group_keys(&self, projection: &ast::Projection, items: &[Item]) -> Option<Vec<ast::Expression>> {
        let ast::GroupBy::Keys(keys) = &projection.group_by else { return None };
        let key = |key: &ast::Expression| match &key.kind {
            ExpressionKind::Variable(name) if self.scope.find(name).is_none() => {
                let named = items.iter().find(|item| item.name == *name);
                named.map_or_else(|| key.clone(), |item| item.expression.clone().into_owned())
            }
            _ => key.clone(),
        };
        Some(keys.iter().map(key).collect())
    }

    /// In WITH, what is no variable needs a name. Comes after the expressions' own errors.
    fn check_names(&mut self, projection: &ast::Projection) {
        for item in &projection.items {
            if item.alias.is_none() && !matches!(item.expression.kind, ExpressionKind::Variable(_)) {
                let message = "an expression in WITH needs a name";
                self.error(
                    Diagnostic::syntax(Detail::NoExpressionAlias, item.expression.span, message)
                        .help(format!("write {} AS name", item.text.0)),
                );
            }
        }
    }

    /// A variable keeps its slot under any name; a computed value gets one of its own.
    fn item_slot(&mut self, expr: &Expr, name: &str) -> Slot {
        match expr.kind {
            ExprKind::Slot(slot) => slot,
            _ => self.slot(name),
        }
    }

    /// Binds what follows the items of a projection.
    fn after(&mut self, e: &ast::Expression, mut grouping: Grouping, aggregating: bool) -> (Typed, Grouping) {
        let aggregates = contains_aggregate(e);
        let simple = aggregates && grouping.known.get(e).is_none();
        grouping.stage = Stage::After { simple };
        grouping.locals_from = self.scope.len();
        if aggregating {
            return self.in_grouping(grouping, |binder| binder.predicate(e));
        }
        self.context.grouping = Some(grouping);
        let typed = self.predicate(e);
        (typed, self.context.grouping.take().unwrap_or_default())
    }

    fn in_grouping<T>(&mut self, grouping: Grouping, bind: impl FnOnce(&mut Self) -> T) -> (T, Grouping) {
        self.context.grouping = Some(grouping);
        self.context.aggregation = AggregationUse::Grouped;
        let result = bind(self);
        self.context.aggregation = AggregationUse::Forbidden;
        (result, self.context.grouping.take().unwrap_or_default())
    }

    /// The first operands of a chain, if rows are grouped by just these together, and how many they are.
    pub(super) fn grouped_start(&self, connective: Connective, operands: &[ast::Expression]) -> Option<(Expr, usize)> {
        let grouping = self.context.grouping.as_ref().filter(|g| g.stage == Stage::After { simple: false })?;
        let starts = grouping.known.iter().filter_map(|(known, (slot, _))| match &known.kind {
            ExpressionKind::Logic { connective: same, operands: start }
                if *same == connective && operands.starts_with(start) =>
            {
                Some((*slot, start.len()))
            }
            _ => None,
        });
        let (slot, length) = starts.max_by_key(|(_, length)| *length)?;
        let span = operands[0].span.to(operands[length - 1].span);
        Some((Expr::slot(slot, span), length))
    }

    /// What an expression means inside a grouping, if that differs from its usual meaning.
    pub(super) fn grouped(&mut self, e: &ast::Expression) -> Option<Typed> {
        let grouping = self.context.grouping.as_ref()?;
        if matches!(grouping.stage, Stage::Item { .. })
            && let Some(name) = self.ungrouped_in_pattern(e, grouping)
        {
            return Some(self.ambiguous(&name.text.clone(), name.span));
        }
        let variable = match &e.kind {
            ExpressionKind::Variable(name) => Some(name),
            _ => None,
        };
        // What a subquery has imported is the same for all of its rows.
        let constant = 0..self.imported.len();
        let place = variable.and_then(|name| self.scope.position(name));
        let local = place.is_some_and(|at| at >= grouping.locals_from || constant.contains(&at));
        if local {
            return None;
        }
        // After the items, a bare name means the column of that name, not the item it may equal.
        let by_name = variable.is_some() && matches!(grouping.stage, Stage::After { .. });
        let usable = match grouping.stage {
            Stage::Item { given: false } | Stage::After { simple: true } => is_simple(e),
            Stage::Item { given: true } | Stage::After { simple: false } => true,
        };
        if usable
            && !by_name
            && let Some((slot, known_type)) = grouping.known.get(e)
        {
            return Some((Expr::slot(*slot, e.span), *known_type));
        }
        let name = variable?;
        let ambiguous = match grouping.stage {
            Stage::Item { .. } => self.scope.find(name).is_some(),
            Stage::After { simple } => {
                simple
                    && self.scope.find(name).is_none()
                    && grouping.known.iter().any(|(known, _)| !contains_aggregate(known) && mentions(known, name))
            }
        };
        if !ambiguous {
            return None;
        }
        Some(self.ambiguous(name, e.span))
    }

    fn ambiguous(&mut self, name: &str, span: Span) -> Typed {
        let message = format!("`{name}` is neither aggregated nor a grouping key of its own");
        self.error(
            Diagnostic::syntax(Detail::AmbiguousAggregationExpression, span, message)
                .help(format!("compute it first: WITH {name}, … before this clause, or project it as a column")),
        );
        poison(span)
    }

    /// A variable of a pattern in an aggregating item that stands for no grouping key.
    fn ungrouped_in_pattern<'e>(&self, e: &'e ast::Expression, grouping: &Grouping) -> Option<&'e ast::Name> {
        let (ExpressionKind::Pattern(path) | ExpressionKind::PatternComprehension { pattern: path, .. }) = &e.kind
        else {
            return None;
        };
        let nodes = path.nodes().filter_map(|node| node.variable.as_ref());
        let relationships = path.relationships().filter_map(|relationship| relationship.variable.as_ref());
        nodes.chain(relationships).find(|name| {
            let from_outside = |at| at < grouping.locals_from && at >= self.imported.len();
            let is_key =
                |known: &ast::Expression| matches!(&known.kind, ExpressionKind::Variable(v) if *v == name.text);
            self.scope.position(&name.text).is_some_and(from_outside)
                && !grouping.known.iter().any(|(known, _)| is_key(known))
        })
    }

    pub(super) fn aggregate(
        &mut self,
        whole: &ast::Expression,
        function: &'static Aggregate,
        distinct: bool,
        arguments: &[ast::Expression],
    ) -> Typed {
        let span = whole.span;
        match self.context.aggregation {
            AggregationUse::Forbidden => {
                let message = format!("{}() aggregates rows, which cannot be done here", function.name);
                self.error(
                    Diagnostic::syntax(Detail::InvalidAggregation, span, message)
                        .help("aggregate in WITH or RETURN, and use the result after it"),
                );
                return poison(span);
            }
            AggregationUse::Inside => {
                self.error(
                    Diagnostic::syntax(Detail::NestedAggregation, span, "an aggregate cannot contain an aggregate")
                        .help("aggregate once in WITH, and again after it"),
                );
                return poison(span);
            }
            AggregationUse::Grouped => {}
        }
        let known = self.context.grouping.as_ref().and_then(|grouping| grouping.aggregates.get(whole));
        if let Some((slot, call)) = known {
            return (Expr::slot(*slot, span), Type::of(call.function.returns));
        }
        // The arguments are bound row by row, in the scope before the grouping.
        let grouping = self.context.grouping.take();
        self.context.aggregation = AggregationUse::Inside;
        let bound = self.aggregate_arguments(whole, function, arguments);
        self.context.aggregation = AggregationUse::Grouped;
        self.context.grouping = grouping;
        let slot = self.slot(function.name);
        let call =
            AggregateCall { function, distinct, arguments: bound.iter().map(|(e, _)| e.clone()).collect(), span };
        if let Some(grouping) = &mut self.context.grouping {
            grouping.aggregates.insert(whole.clone(), (slot, call));
        }
        let result = match (function.name, bound.first()) {
            ("collect", Some((_, element))) => Type::list_of(element.set),
            ("min" | "max", Some((_, argument))) => *argument,
            _ => Type::of(function.returns),
        };
        (Expr::slot(slot, span), result)
    }

    fn aggregate_arguments(
        &mut self,
        whole: &ast::Expression,
        function: &Aggregate,
        arguments: &[ast::Expression],
    ) -> Vec<Typed> {
        let expected = function.parameters.len();
        if !matches!(whole.kind, ExpressionKind::CountStar) && arguments.len() != expected {
            let message = format!("{}() takes {expected} argument(s), but got {}", function.name, arguments.len());
            self.syntax_error(Detail::InvalidNumberOfArguments, whole.span, message);
        }
        let mut bound = Vec::new();
        for (index, argument) in arguments.iter().enumerate() {
            let (expr, found) = self.expression(argument);
            if let Some(parameter) = function.parameters.get(index)
                && !found.may_be(parameter.types)
            {
                let message =
                    format!("{}() takes {}, but this is {}", function.name, an(parameter.types), an(found.set));
                self.error(invalid_type(argument.span, message));
            }
            bound.push((expr, found));
        }
        bound
    }

    /// SKIP and LIMIT: an integer that no row can change.
    pub(super) fn row_count(&mut self, count: Option<&ast::Expression>, word: &str) -> Option<Expr> {
        let count = count?;
        let constant = |name: &String| self.imported.find(name).is_some();
        let varies = count.any(&mut |e| matches!(&e.kind, ExpressionKind::Variable(name) if !constant(name)));
        if varies {
            let message = format!("{word} takes a number that is the same for every row");
            self.error(
                Diagnostic::syntax(Detail::NonConstantExpression, count.span, message)
                    .help("use a literal, a parameter, or an expression over them"),
            );
            return None;
        }
        let (expr, found) = self.expression(count);
        if !found.may_be(TypeSet::INTEGER) {
            let message = format!("{word} takes an integer, but this is {}", an(found.set));
            self.error(invalid_type(count.span, message));
        }
        if let ExprKind::Constant(Value::Integer(number)) = expr.kind
            && number < 0
        {
            let message = format!("{word} cannot be negative");
            self.syntax_error(Detail::NegativeIntegerArgument, count.span, message);
        }
        Some(expr)
    }
}

impl Default for Grouping {
    fn default() -> Grouping {
        let (known, aggregates) = (ByExpression::default(), ByExpression::default());
        Grouping { known, aggregates, locals_from: 0, stage: Stage::After { simple: false } }
    }
}

/// Whether an aggregate stands in the expression itself, not in a subquery of it.
fn contains_aggregate(e: &ast::Expression) -> bool {
    match &e.kind {
        ExpressionKind::CountStar => true,
        ExpressionKind::Call { function, .. } if aggregate::find(&function.text).is_some() => true,
        ExpressionKind::Exists(_) | ExpressionKind::Count(_) | ExpressionKind::Collect(_) => false,
        _ => e.children().into_iter().any(contains_aggregate),
    }
}

fn mentions(e: &ast::Expression, name: &str) -> bool {
    e.any(&mut |e| matches!(&e.kind, ExpressionKind::Variable(variable) if variable == name))
}

/// A variable, or a property of one.
fn is_simple(e: &ast::Expression) -> bool {
    match &e.kind {
        ExpressionKind::Variable(_) => true,
        ExpressionKind::Property { base, .. } => is_simple(base),
        _ => false,
    }
}
