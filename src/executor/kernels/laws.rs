//! Kernels say what the plain evaluation says, row by row, failures and their order included.

use std::sync::Arc;

use proptest::prelude::*;

use super::super::batch::{Batch, picks};
use super::super::evaluate::{evaluate, holds};
use super::super::tests::with_run;
use super::super::vector::Vector;
use super::super::{Result, Row, Run};
use super::{filter, project};
use crate::diagnostic::Span;
use crate::functions::find;
use crate::graph::temporal::{Date, DateTime, Zone};
use crate::graph::{Graph, NodeId, Value};
use crate::plan::{Arithmetic, Comparison, Expr, ExprKind, TextTest};

/// Numbers, strings, Booleans, values of any type, and nodes.
const COLUMNS: usize = 5;
const NODES: usize = 4;
const TARGET: usize = COLUMNS;

const DATES: [&str; 4] = ["2020-02-29", "-0001-12-31", "2020-03-01", "9999-12-31"];
/// The second is between those that nodes have, the last has another zone.
const MOMENTS: [&str; 4] =
    ["2020-02-29T23:59:59.25+02:00", "2020-03-01T00:00:00.1+02:00", "2020-03-01T01:00+02:00", "2020-02-29T23:00Z"];

fn date(text: &str) -> Value {
    Date::parse(text).expect("it is a date").into()
}

fn moment(text: &str) -> Value {
    DateTime::parse(text, &Zone::UTC).expect("it is a moment").into()
}

fn value(column: usize) -> BoxedStrategy<Value> {
    let integer = prop_oneof![-3..4_i64, Just(i64::MAX), Just(i64::MIN)].prop_map(Value::Integer);
    let float = prop_oneof![Just(f64::NAN), Just(-0.0), Just(0.5), Just(2.0)].prop_map(Value::Float);
    let text = "[ab1]{0,2}".prop_map(Value::from);
    let boolean = any::<bool>().prop_map(Value::Boolean);
    let list = Just(Value::list([Value::Integer(1), Value::Null]));
    let instant = prop::sample::select(DATES.map(date).into_iter().chain(MOMENTS.map(moment)).collect::<Vec<_>>());
    let own = match column {
        0 => integer.boxed(),
        1 => text.boxed(),
        2 => boolean.boxed(),
        NODES => (0..4_usize).prop_map(|node| Value::Node(NodeId::new(node))).boxed(),
        _ => prop_oneof![integer, float, text, boolean, list, instant].boxed(),
    };
    prop_oneof![6 => own, 1 => Just(Value::Null)].boxed()
}

fn row() -> impl Strategy<Value = Row> {
    (0..COLUMNS).map(value).collect::<Vec<_>>()
}

fn expr(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

fn expression() -> impl Strategy<Value = Expr> {
    use Arithmetic::*;
    use Comparison::*;
    let slot = (0..COLUMNS).prop_map(|slot| expr(ExprKind::Slot(slot)));
    let constant = value(3).prop_map(|value| expr(ExprKind::Constant(value)));
    let key = prop::sample::select(vec!["k", "s", "d", "t", "none"]);
    let read = |base: Expr, key: &str| expr(ExprKind::Property(Box::new(base), Arc::from(key)));
    let property = key.prop_map(move |key| read(expr(ExprKind::Slot(NODES)), key));
    let part = prop::sample::select(vec!["year", "week", "day", "hour", "nanosecond", "offset", "epochSeconds"]);
    let part = (property.clone(), part).prop_map(move |(instant, part)| read(instant, part));
    let leaf = prop_oneof![4 => slot, 2 => constant, 2 => property, 1 => part];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let pair = || (inner.clone(), inner.clone()).prop_map(|(a, b)| (Box::new(a), Box::new(b)));
        let arithmetic = prop::sample::select(vec![Add, Subtract, Multiply, Divide, Modulo, Power, Concatenate]);
        let comparison = prop::sample::select(vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual]);
        let test = prop::sample::select(vec![TextTest::StartsWith, TextTest::EndsWith, TextTest::Contains]);
        let function = prop::sample::select(vec!["abs", "toInteger", "toLower", "size", "toString", "sign"]);
        let list = prop_oneof![Just(3_usize), Just(12)].prop_flat_map(|len| prop::collection::vec(value(3), len));
        prop_oneof![
            (arithmetic, pair()).prop_map(|(operator, (a, b))| expr(ExprKind::Arithmetic(operator, a, b))),
            (comparison, pair()).prop_map(|(comparison, (a, b))| expr(ExprKind::Compare(comparison, a, b))),
            (test, pair()).prop_map(|(test, (a, b))| expr(ExprKind::Text(test, a, b))),
            inner.clone().prop_map(|a| expr(ExprKind::Not(Box::new(a)))),
            inner.clone().prop_map(|a| expr(ExprKind::IsNull(Box::new(a)))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::And(parts))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::Or(parts))),
            (inner.clone(), list).prop_map(|(item, list)| {
                expr(ExprKind::In(Box::new(item), Box::new(expr(ExprKind::Constant(Value::list(list))))))
            }),
            (function, inner.clone())
                .prop_map(|(name, a)| { expr(ExprKind::Call(find(name).expect("it is in the table"), vec![a])) }),
            (pair(), pair(), prop::option::of(inner.clone())).prop_map(|((c, r), (d, s), otherwise)| {
                let branches = vec![(*c, *r), (*d, *s)];
                expr(ExprKind::Case { branches, otherwise: otherwise.map(Box::new) })
            }),
            pair().prop_map(|(a, b)| expr(ExprKind::List(vec![*a, *b]))),
        ]
    })
}

/// Four nodes, of which one has been given another value since the base was made.
fn graph() -> Graph {
    let mut graph = Graph::new();
    let [k, s, d, t] = ["k", "s", "d", "t"].map(|key| graph.intern_key(key));
    for (at, (number, text)) in [(1, "a"), (2, "b"), (-1, "ab")].into_iter().enumerate() {
        let node = graph.create_node();
        graph.set_property(node, d, date(DATES[at]));
        if at != 1 {
            graph.set_property(node, t, moment(MOMENTS[at]));
        }
        graph.set_property(node, k, Value::Integer(number));
        graph.set_property(node, s, text.into());
    }
    graph.create_node();
    graph.commit();
    graph.merge();
    graph.set_property(NodeId::new(1), k, Value::Float(0.5));
    graph.set_property(NodeId::new(3), s, "new".into());
    graph.commit();
    graph
}

/// The rows as a batch, every other one of twice as many, so that vectors are picked.
fn batch(rows: &[Row]) -> Batch {
    let width = TARGET + 2;
    let whole = |row: &Row| row.iter().cloned().chain([Value::Null, Value::Integer(0)]).collect::<Row>();
    let doubled = rows.iter().flat_map(|row| [whole(&rows[0]), whole(row)]).collect();
    Batch::of_rows(doubled, width).pick(&picks((0..rows.len() as u32).map(|row| 2 * row + 1).collect()))
}

/// What a row that fails says.
fn failure<T>(result: Result<T>) -> std::result::Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn expected<T>(
    rows: &[Row],
    run: &mut Run,
    each: impl Fn(&mut Row, &mut Run) -> Result<T>,
) -> Vec<std::result::Result<T, String>> {
    let mut all = Vec::new();
    for row in rows {
        let mut row: Row = row.iter().cloned().chain([Value::Null, Value::Integer(0)]).collect();
        all.push(failure(each(&mut row, run)));
        if all.last().is_some_and(std::result::Result::is_err) {
            break;
        }
    }
    all
}

fn shown(value: &Value) -> String {
    format!("{value:?}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn kernels_say_what_rows_say(expression in expression(), rows in prop::collection::vec(row(), 4..24)) {
        with_run(&graph(), TARGET + 1, |run| {
            let batch = batch(&rows);
            let plain = expected(&rows, run, |row, run| evaluate(&expression, row, run));
            let out = project(&[(TARGET, expression.clone())], batch.clone(), run);
            let values: Vec<String> = (0..out.len).map(|row| shown(&out.value(row, TARGET))).collect();
            let wanted: Vec<String> = plain.iter().flatten().map(shown).collect();
            prop_assert_eq!(values, wanted);
            let failed = plain.last().and_then(|last| last.as_ref().err()).cloned();
            prop_assert_eq!(out.failure.map(|error| error.to_string()), failed);

            let plain = expected(&rows, run, |row, run| holds(&expression, row, run));
            let out = filter(&expression, &batch, run);
            let kept = plain.iter().enumerate().filter(|(_, holds)| **holds == Ok(true)).map(|(row, _)| row);
            let wanted: Vec<String> = kept.map(|row| format!("{:?}", rows[row])).collect();
            let found: Vec<String> = (0..out.len).map(|row| format!("{:?}", &out.row(row)[..COLUMNS])).collect();
            prop_assert_eq!(found, wanted);
            let failed = plain.last().and_then(|last| last.as_ref().err()).cloned();
            prop_assert_eq!(out.failure.map(|error| error.to_string()), failed);
            Ok(())
        })?;
    }

    #[test]
    fn vectors_hold_what_they_are_made_of(
        parts in prop::collection::vec((0..COLUMNS).prop_flat_map(|column| prop::collection::vec(value(column), 0..5)), 0..5),
    ) {
        let vectors: Vec<(Vector, usize)> = parts.iter().map(|part| (Vector::of(part.clone()), part.len())).collect();
        let all = Vector::concat(vectors.iter().map(|(vector, len)| (vector, *len)));
        let values: Vec<Value> = parts.concat();
        for (row, value) in values.iter().enumerate() {
            prop_assert_eq!(shown(&all.value(row)), shown(value));
        }
        let column = all.into_column();
        for (row, value) in values.iter().enumerate() {
            prop_assert_eq!(shown(&column.value(row)), shown(value));
        }
    }
}
