//! Evaluates expressions over a row, with openCypher's three-valued logic.

use std::sync::Arc;

use super::operators::{arithmetic, negate};
use super::{Result, Row, Run, labels, pattern, subplan, types};
use crate::diagnostic::{Detail, Diagnostic, Kind, Span, an};
use crate::functions::{self, Function, Nulls};
use crate::graph::{Entity, List, Map, Value};
use crate::limits::discard;
use crate::plan::*;

/// The value of an expression; errors point at the innermost expression that failed.
pub(super) fn evaluate(expr: &Expr, row: &mut Row, run: &mut Run) -> Result<Value> {
    evaluate_kind(expr, row, run).map_err(|error| error.at(expr.span))
}

fn evaluate_kind(expr: &Expr, row: &mut Row, run: &mut Run) -> Result<Value> {
    match &expr.kind {
        ExprKind::Constant(value) => Ok(value.clone()),
        ExprKind::Slot(slot) => Ok(row[*slot].clone()),
        ExprKind::Parameter(name) => Ok(run.parameters.get(&**name).cloned().unwrap_or_default()),
        ExprKind::List(items) => Value::from(evaluate_all(items, row, run)?).bounded(),
        ExprKind::Map(entries) => Value::from(map(entries, row, run)?).bounded(),
        ExprKind::Property(base, key) => property(&evaluate(base, row, run)?, key, run),
        ExprKind::Index(base, index) => {
            let base = evaluate(base, row, run)?;
            let index = evaluate(index, row, run)?;
            element(&base, &index, run)
        }
        ExprKind::Slice(base, from, to) => slice(base, from.as_deref(), to.as_deref(), row, run),
        ExprKind::Not(operand) => Ok(truth(&evaluate(operand, row, run)?)?.map(|t| !t).into()),
        ExprKind::Negate(operand) => negate(&evaluate(operand, row, run)?),
        ExprKind::Plus(operand) => evaluate(operand, row, run),
        ExprKind::And(parts) => logic(parts, false, row, run),
        ExprKind::Or(parts) => logic(parts, true, row, run),
        ExprKind::Xor(left, right) => {
            let left = truth(&evaluate(left, row, run)?)?;
            let right = truth(&evaluate(right, row, run)?)?;
            Ok(left.zip(right).map(|(left, right)| left != right).into())
        }
        ExprKind::Arithmetic(operator, left, right) => {
            let left = evaluate(left, row, run)?;
            let right = evaluate(right, row, run)?;
            combined(*operator, &left, &right, run)
        }
        ExprKind::Compare(comparison, left, right) => {
            let left = evaluate(left, row, run)?;
            let right = evaluate(right, row, run)?;
            run.budget.work(left.size().min(right.size()))?;
            Ok(compare(*comparison, &left, &right).into())
        }
        ExprKind::In(item, list) => {
            let item = evaluate(item, row, run)?;
            let list = evaluate(list, row, run)?;
            run.budget.work(list.size())?;
            contains(&item, &list)
        }
        ExprKind::Text(test, left, right) => {
            let left = evaluate(left, row, run)?;
            let right = evaluate(right, row, run)?;
            text_test(*test, &left, &right, run)
        }
        ExprKind::IsNull(operand) => Ok(evaluate(operand, row, run)?.is_null().into()),
        ExprKind::IsNode(operand) => match evaluate(operand, row, run)? {
            Value::Null => Ok(Value::Boolean(false)),
            Value::Node(_) => Ok(Value::Boolean(true)),
            other => Err(functions::invalid_type(format!("a node is expected, not {}", describe(&other)))),
        },
        ExprKind::HasLabels(operand, labels) => has_labels(&evaluate(operand, row, run)?, labels, run),
        ExprKind::LabelTest(operand, test) => {
            let operand = evaluate(operand, row, run)?;
            labels::test(&operand, test, row, run)
        }
        ExprKind::IsTyped(operand, test) => Ok(types::is_of(&evaluate(operand, row, run)?, test).into()),
        ExprKind::Cast(operand, test) => types::cast(&evaluate(operand, row, run)?, test, run),
        ExprKind::KeepsMode(parts, mode) => pattern::keeps_mode(parts, *mode, row, run),
        ExprKind::PathNodes(parts, from, to) => pattern::path_nodes(parts, *from, *to, row, run),
        ExprKind::Call(Function { nulls: Nulls::First, .. }, arguments) => {
            for argument in arguments {
                let value = evaluate(argument, row, run)?;
                if !value.is_null() {
                    return Ok(value);
                }
            }
            Ok(Value::Null)
        }
        ExprKind::Call(function, arguments) => {
            let arguments = evaluate_all(arguments, row, run)?;
            call(function, &arguments, run)
        }
        ExprKind::Case { branches, otherwise } => {
            for (condition, result) in branches {
                if truth(&evaluate(condition, row, run)?)? == Some(true) {
                    return evaluate(result, row, run);
                }
            }
            otherwise.as_ref().map_or(Ok(Value::Null), |otherwise| evaluate(otherwise, row, run))
        }
        ExprKind::Let { slot, value, body } => {
            row[*slot] = evaluate(value, row, run)?;
            evaluate(body, row, run)
        }
        ExprKind::ListComprehension { slot, list, condition, result } => {
            comprehension(*slot, list, condition.as_deref(), result.as_deref(), row, run)
        }
        ExprKind::Quantifier { quantifier, slot, list, condition } => {
            quantify(*quantifier, *slot, list, condition, row, run)
        }
        ExprKind::Reduce { accumulator, initial, slot, list, step } => {
            let mut total = evaluate(initial, row, run)?;
            let Some(items) = list_of(evaluate(list, row, run)?)? else { return Ok(Value::Null) };
            for item in items.iter() {
                run.budget.tick()?;
                row[*accumulator] = total;
                row[*slot] = item.clone();
                total = evaluate(step, row, run)?;
            }
            Ok(total)
        }
        ExprKind::Path(parts) => pattern::build_path(parts, row, run),
        ExprKind::Extend { base, entries } => {
            let mut all = properties(&evaluate(base, row, run)?, run)?;
            all.extend(map(entries, row, run)?);
            Value::from(all).bounded()
        }
        ExprKind::Subplan(subplan) => subplan::evaluate(subplan, row, run),
    }
}

/// Arithmetic within the limits: strings and lists are joined if there is room for the result.
pub(super) fn combined(operator: Arithmetic, left: &Value, right: &Value, run: &Run) -> Result<Value> {
    if matches!(operator, Arithmetic::Add | Arithmetic::Concatenate) {
        // Both operands, the result, and its copy while it is made.
        run.budget.room(joined_bytes(left, right).saturating_mul(3))?;
        if let (Value::List(left), Value::List(right)) = (left, right) {
            return joined(left, right, run);
        }
    }
    arithmetic(operator, left, right)
}

/// Two lists in one: copying the longest that fit takes more than a second.
fn joined(left: &[Value], right: &[Value], run: &Run) -> Result<Value> {
    const PIECE: usize = 1 << 14;
    let mut joined = Vec::with_capacity(left.len() + right.len());
    for piece in left.chunks(PIECE).chain(right.chunks(PIECE)) {
        run.budget.work(size_of_val(piece))?;
        joined.extend_from_slice(piece);
    }
    Value::from(joined).bounded()
}

/// What joining two strings or lists takes; a list holds at least as much as it has items.
fn joined_bytes(left: &Value, right: &Value) -> usize {
    let bytes = |value: &Value| match value {
        Value::String(text) => text.len(),
        Value::List(items) => size_of_val(&**items),
        _ => 0,
    };
    bytes(left).saturating_add(bytes(right))
}

pub(super) fn evaluate_all(items: &[Expr], row: &mut Row, run: &mut Run) -> Result<Vec<Value>> {
    items.iter().map(|item| evaluate(item, row, run)).collect()
}

/// Whether a condition holds: null does not.
pub(super) fn holds(condition: &Expr, row: &mut Row, run: &mut Run) -> Result<bool> {
    let value = evaluate(condition, row, run)?;
    Ok(truth(&value).map_err(|error| error.at(condition.span))? == Some(true))
}

fn map(entries: &[(Arc<str>, Expr)], row: &mut Row, run: &mut Run) -> Result<Map> {
    entries.iter().map(|(key, value)| Ok((key.clone(), evaluate(value, row, run)?))).collect()
}

/// A truth value; `None` is null.
pub(super) fn truth(value: &Value) -> Result<Option<bool>> {
    match value {
        Value::Boolean(value) => Ok(Some(*value)),
        Value::Null => Ok(None),
        other => Err(functions::invalid_type(format!("true or false is expected, not {}", describe(other)))),
    }
}

/// AND (`decisive` false) and OR (`decisive` true): the decisive value wins over null.
fn logic(parts: &[Expr], decisive: bool, row: &mut Row, run: &mut Run) -> Result<Value> {
    let mut result = Some(!decisive);
    for part in parts {
        let value = evaluate(part, row, run)?;
        match truth(&value).map_err(|error| error.at(part.span))? {
            Some(value) if value == decisive => return Ok(Value::Boolean(decisive)),
            Some(_) => {}
            None => result = None,
        }
    }
    Ok(result.into())
}

pub(super) fn compare(comparison: Comparison, left: &Value, right: &Value) -> Option<bool> {
    match comparison {
        Comparison::Equal => left.equals(right),
        Comparison::NotEqual => left.equals(right).map(|equal| !equal),
        _ => match left.compare(right) {
            Some(ordering) => Some(comparison.holds(ordering)),
            // Comparing with NaN is false, not null: both are numbers.
            None if left.as_float().is_some() && right.as_float().is_some() => Some(false),
            None => None,
        },
    }
}

pub(super) fn contains(item: &Value, list: &Value) -> Result<Value> {
    let Some(items) = list_of(list.clone())? else { return Ok(Value::Null) };
    let mut result = Some(false);
    for candidate in items.iter() {
        match item.equals(candidate) {
            Some(true) => return Ok(Value::Boolean(true)),
            Some(false) => {}
            None => result = None,
        }
    }
    Ok(result.into())
}

pub(super) fn text_test(test: TextTest, left: &Value, right: &Value, run: &mut Run) -> Result<Value> {
    let (Some(text), Some(pattern)) = (left.as_str(), right.as_str()) else { return Ok(Value::Null) };
    run.budget.work(text.len())?;
    Ok(Value::Boolean(match test {
        TextTest::StartsWith => text.starts_with(pattern),
        TextTest::EndsWith => text.ends_with(pattern),
        TextTest::Contains => text.contains(pattern),
        TextTest::Matches => run.patterns.whole(pattern)?.is_match(text)?,
    }))
}

pub(super) fn has_labels(value: &Value, labels: &[Arc<str>], run: &Run) -> Result<Value> {
    let graph = run.graph();
    match value {
        Value::Null => Ok(Value::Null),
        Value::Node(node) => {
            let has = |label: &Arc<str>| graph.label(label).is_some_and(|label| graph.has_label(*node, label));
            Ok(labels.iter().all(has).into())
        }
        Value::Relationship(relationship) => {
            let own = graph.relationship_type(*relationship);
            Ok(labels.iter().all(|label| label == own).into())
        }
        other => Err(functions::invalid_type(format!("{} has no labels", describe(other)))),
    }
}

/// `base.key`
pub(super) fn property(base: &Value, key: &str, run: &Run) -> Result<Value> {
    match base {
        Value::Null => Ok(Value::Null),
        Value::Node(node) => entity_property(Entity::Node(*node), key, run),
        Value::Relationship(relationship) => entity_property(Entity::Relationship(*relationship), key, run),
        Value::Map(map) => Ok(map.get(key).cloned().unwrap_or_default()),
        Value::Point(point) => functions::point::component(point, key),
        other => match functions::temporal::component(other, key) {
            Some(component) => component,
            None => Err(functions::invalid_type(format!("{} has no property `{key}`", describe(other)))),
        },
    }
}

fn entity_property(entity: Entity, key: &str, run: &Run) -> Result<Value> {
    let graph = run.graph();
    if graph.is_deleted(entity) {
        functions::entity::live(&run.function_context(), entity)?;
    }
    Ok(graph.property_by_name(entity, key))
}

/// All properties of an entity, or the entries of a map.
pub(super) fn properties(value: &Value, run: &Run) -> Result<Map> {
    let context = run.function_context();
    match value {
        Value::Map(map) => Ok((**map).clone()),
        Value::Node(node) => Ok(functions::entity::properties(&context, Entity::Node(*node))),
        Value::Relationship(r) => Ok(functions::entity::properties(&context, Entity::Relationship(*r))),
        Value::Null => Err(functions::invalid_type("properties are a map, not null")
            .help("write {} for no properties, or coalesce(…, {}) for a value that may be null")),
        other => Err(functions::invalid_type(format!("a map is expected, not {}", describe(other)))),
    }
}

/// `base[index]`
fn element(base: &Value, index: &Value, run: &Run) -> Result<Value> {
    match (base, index) {
        (Value::Null, _) | (_, Value::Null) => Ok(Value::Null),
        (Value::List(list), Value::Integer(index)) => {
            let at = if *index < 0 { list.len() as i64 + index } else { *index };
            Ok(usize::try_from(at).ok().and_then(|at| list.get(at)).cloned().unwrap_or_default())
        }
        (Value::List(_), other) => {
            let message = format!("a list has elements by position, not by {}", describe(other));
            Err(Diagnostic::runtime(Kind::TypeError, Detail::InvalidArgumentType, message))
        }
        (Value::Map(_) | Value::Node(_) | Value::Relationship(_), Value::String(key)) => property(base, key, run),
        (Value::Map(_) | Value::Node(_) | Value::Relationship(_), other) => {
            let message = format!("{} has values by key, not by {}", an(base.type_name()), describe(other));
            Err(Diagnostic::runtime(Kind::TypeError, Detail::MapElementAccessByNonString, message))
        }
        (other, _) => {
            let message = format!("{} has no elements", describe(other));
            Err(Diagnostic::runtime(Kind::TypeError, Detail::InvalidArgumentType, message))
        }
    }
}

fn slice(base: &Expr, from: Option<&Expr>, to: Option<&Expr>, row: &mut Row, run: &mut Run) -> Result<Value> {
    let Some(items) = list_of(evaluate(base, row, run)?)? else { return Ok(Value::Null) };
    let len = items.len() as i64;
    let mut bound = |e: Option<&Expr>, missing: i64| match e.map(|e| evaluate(e, row, run)).transpose()? {
        None => Ok(Some(missing)),
        Some(Value::Null) => Ok(None),
        Some(Value::Integer(at)) => Ok(Some(if at < 0 { (len + at).max(0) } else { at.min(len) })),
        Some(other) => Err(functions::invalid_type(format!("a slice runs between integers, not {}", describe(&other)))),
    };
    let (Some(from), Some(to)) = (bound(from, 0)?, bound(to, len)?) else { return Ok(Value::Null) };
    Ok(Value::list(items.get(from as usize..to.max(from) as usize).unwrap_or_default().iter().cloned()))
}

/// The elements; `None` is null.
pub(super) fn list_of(value: Value) -> Result<Option<List>> {
    match value {
        Value::Null => Ok(None),
        Value::List(items) => Ok(Some(items)),
        other => Err(functions::invalid_type(format!("a list is expected, not {}", describe(&other)))),
    }
}

fn comprehension(
    slot: Slot,
    list: &Expr,
    condition: Option<&Expr>,
    result: Option<&Expr>,
    row: &mut Row,
    run: &mut Run,
) -> Result<Value> {
    let Some(items) = list_of(evaluate(list, row, run)?)? else { return Ok(Value::Null) };
    let mut results = Vec::new();
    let mut hold = run.budget.hold();
    let mut add = |item: &Value, results: &mut Vec<Value>| -> Result<()> {
        run.budget.tick()?;
        row[slot] = item.clone();
        if let Some(condition) = condition
            && !holds(condition, row, run)?
        {
            return Ok(());
        }
        results.push(match result {
            Some(result) => {
                let value = evaluate(result, row, run)?;
                hold.add(value.held())?;
                value
            }
            None => item.clone(),
        });
        Ok(())
    };
    if let Err(error) = items.iter().try_for_each(|item| add(item, &mut results)) {
        discard(results);
        return Err(error);
    }
    Value::from(results).bounded()
}

/// Three-valued: an unknown item leaves the answer open unless the others decide it.
fn quantify(
    quantifier: Quantifier,
    slot: Slot,
    list: &Expr,
    condition: &Expr,
    row: &mut Row,
    run: &mut Run,
) -> Result<Value> {
    let Some(items) = list_of(evaluate(list, row, run)?)? else { return Ok(Value::Null) };
    let (mut yes, mut no, mut unknown) = (0usize, 0usize, 0usize);
    for item in items.iter() {
        run.budget.tick()?;
        row[slot] = item.clone();
        let value = evaluate(condition, row, run)?;
        match truth(&value).map_err(|error| error.at(condition.span))? {
            Some(true) => yes += 1,
            Some(false) => no += 1,
            None => unknown += 1,
        }
        // What is decided asks no further items, which might fail.
        match quantifier {
            Quantifier::All if no > 0 => return Ok(Value::Boolean(false)),
            Quantifier::Any if yes > 0 => return Ok(Value::Boolean(true)),
            Quantifier::None if yes > 0 => return Ok(Value::Boolean(false)),
            Quantifier::Single if yes > 1 => return Ok(Value::Boolean(false)),
            _ => {}
        }
    }
    let answer = match quantifier {
        _ if unknown > 0 => None,
        Quantifier::All | Quantifier::None => Some(true),
        Quantifier::Any => Some(false),
        Quantifier::Single => Some(yes == 1),
    };
    Ok(answer.into())
}

/// Calls a function: nulls as its row says, types as its signature says.
pub(super) fn call(function: &'static Function, arguments: &[Value], run: &Run) -> Result<Value> {
    if function.nulls == Nulls::Propagate && arguments.iter().any(Value::is_null) {
        return Ok(Value::Null);
    }
    // What a function does takes as long as its arguments are large.
    arguments.iter().try_for_each(|argument| run.budget.work(text_len(argument)))?;
    (function.evaluate)(&run.function_context(), arguments)?.bounded()
}

/// How long a string is; other values are passed on as they are.
fn text_len(value: &Value) -> usize {
    value.as_str().map_or(0, str::len)
}

/// A value for messages: its type, and the value itself if it is short.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Boolean(value) => format!("the Boolean {value}"),
        Value::Integer(value) => format!("the Integer {value}"),
        Value::Float(value) => format!("the Float {}", crate::graph::format_float(*value)),
        Value::String(text) if text.chars().count() <= 40 => format!("the String '{text}'"),
        other => an(other.type_name()),
    }
}

/// The number of SKIP or LIMIT.
pub(super) fn row_count(count: &Expr, word: &str, row: &mut Row, run: &mut Run) -> Result<usize> {
    let fail = |detail: Detail, message: String, span: Span| {
        Err(Diagnostic::runtime(Kind::SyntaxError, detail, message).at(span))
    };
    match evaluate(count, row, run)? {
        Value::Integer(number) => match usize::try_from(number) {
            Ok(number) => Ok(number),
            Err(_) => {
                fail(Detail::NegativeIntegerArgument, format!("{word} cannot be negative, but is {number}"), count.span)
            }
        },
        other => {
            fail(Detail::InvalidArgumentType, format!("{word} takes an integer, not {}", describe(&other)), count.span)
        }
    }
}
