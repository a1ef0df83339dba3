//! A condition asked of columns says what the plain evaluation says, on random conditions and graphs with changes.

use std::sync::Arc;

use proptest::prelude::*;

use super::super::Row;
use super::super::evaluate::{evaluate, truth};
use super::super::tests::with_run;
use super::NodeTest;
use crate::diagnostic::Span;
use crate::functions::find;
use crate::graph::temporal::laws::{any_temporal_value, temporal_value};
use crate::graph::{Bitmap, Entity, Graph, NodeId, TemporalType, Value};
use crate::plan::{Comparison, Expr, ExprKind, LabelTest, TextTest};

const NODE: usize = 1;

#[derive(Clone, Debug)]
enum Change {
    Node(Vec<(usize, Value)>),
    Property(usize, usize, Value),
    Label(usize, usize),
    Delete(usize),
}

/// Values of a key: of one type each for the first keys, of any for the last.
fn value(key: usize) -> BoxedStrategy<Value> {
    let number = (-2..4_i64).prop_map(Value::Integer);
    let float = prop_oneof![Just(f64::NAN), Just(-0.0), Just(0.5), Just(2.0)].prop_map(Value::Float);
    let text = "[aAbé]{0,3}".prop_map(Value::from);
    let boolean = any::<bool>().prop_map(Value::Boolean);
    let list = Just(Value::list([Value::Integer(1), Value::Null]));
    let time = any_temporal_value();
    let one_type = match key {
        0 => number.boxed(),
        1 => float.boxed(),
        2 => text.boxed(),
        3 => boolean.boxed(),
        5..=9 => temporal_value(TemporalType::ALL[key - 5]),
        _ => prop_oneof![number, float, text, boolean, list, time].boxed(),
    };
    prop_oneof![5 => one_type, 1 => Just(Value::Null)].boxed()
}

fn property() -> impl Strategy<Value = (usize, Value)> {
    (0..10_usize).prop_flat_map(|key| (Just(key), value(key)))
}

/// The key may get a value of a type that it has not had: the column then speaks of others.
fn any_property() -> impl Strategy<Value = (usize, Value)> {
    prop_oneof![6 => property(), 1 => (0..10_usize, value(4))]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => prop::collection::vec(property(), 0..9).prop_map(Change::Node),
        2 => (0..200_usize, any_property()).prop_map(|(node, (key, value))| Change::Property(node, key, value)),
        2 => (0..200_usize, 0..2_usize).prop_map(|(node, label)| Change::Label(node, label)),
        1 => (0..200_usize).prop_map(Change::Delete),
    ]
}

const KEYS: [&str; 11] =
    ["int", "float", "text", "bool", "any", "date", "local time", "time", "local", "moment", "never"];
const LABELS: [&str; 3] = ["A", "B", "Never"];

fn apply(graph: &mut Graph, changes: &[Change]) {
    for change in changes {
        let live = |graph: &Graph, node: usize| {
            let node = NodeId::new(node % graph.node_bound().max(1));
            (node.index() < graph.node_bound() && !graph.is_deleted(Entity::Node(node))).then_some(node)
        };
        match change {
            Change::Node(properties) => {
                let node = graph.create_node();
                for (key, value) in properties {
                    let key = graph.intern_key(KEYS[*key]);
                    graph.set_property(node, key, value.clone());
                }
            }
            Change::Property(node, key, value) => {
                let key = graph.intern_key(KEYS[*key]);
                if let Some(node) = live(graph, *node) {
                    graph.set_property(node, key, value.clone());
                }
            }
            Change::Label(node, label) => {
                let label = graph.intern_label(LABELS[*label]);
                if let Some(node) = live(graph, *node) {
                    graph.add_label(node, label);
                }
            }
            Change::Delete(node) => {
                if let Some(node) = live(graph, *node) {
                    graph.delete_node(node);
                }
            }
        }
    }
    graph.commit();
}

fn expr(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

fn node() -> Box<Expr> {
    Box::new(expr(ExprKind::Slot(NODE)))
}

fn asked() -> impl Strategy<Value = Box<Expr>> {
    (0..KEYS.len()).prop_map(property_of)
}

fn property_of(key: usize) -> Box<Expr> {
    Box::new(expr(ExprKind::Property(node(), Arc::from(KEYS[key]))))
}

fn constant() -> impl Strategy<Value = Box<Expr>> {
    prop_oneof![
        6 => value(4).prop_map(|value| Box::new(expr(ExprKind::Constant(value)))),
        1 => Just(Box::new(expr(ExprKind::Slot(0)))),
        1 => prop::sample::select(vec![i64::MIN, i64::MAX]).prop_map(|n| Box::new(expr(ExprKind::Constant(n.into())))),
    ]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::*;
    prop::sample::select(vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual])
}

fn condition() -> impl Strategy<Value = Expr> {
    let label = prop::sample::select(LABELS.to_vec()).prop_map(Arc::<str>::from);
    let list = prop::collection::vec(value(4), 0..4).prop_map(|items| expr(ExprKind::Constant(Value::list(items))));
    let test = prop::sample::select(vec![TextTest::StartsWith, TextTest::EndsWith, TextTest::Contains]);
    let lower = asked().prop_map(|e| expr(ExprKind::Call(find("toLower").unwrap(), vec![*e])));
    let of_time = (5..10_usize, comparison()).prop_flat_map(|(key, comparison)| {
        let constant = |value| Box::new(expr(ExprKind::Constant(value)));
        value(key).prop_map(move |value| expr(ExprKind::Compare(comparison, property_of(key), constant(value))))
    });
    let leaf = prop_oneof![
        4 => of_time,
        4 => (comparison(), asked(), constant()).prop_map(|(c, a, b)| expr(ExprKind::Compare(c, a, b))),
        2 => (comparison(), constant(), asked()).prop_map(|(c, a, b)| expr(ExprKind::Compare(c, a, b))),
        1 => (comparison(), asked(), asked()).prop_map(|(c, a, b)| expr(ExprKind::Compare(c, a, b))),
        2 => (comparison(), lower, constant()).prop_map(|(c, a, b)| expr(ExprKind::Compare(c, Box::new(a), b))),
        2 => (asked(), list).prop_map(|(a, b)| expr(ExprKind::In(a, Box::new(b)))),
        3 => (test, asked(), constant()).prop_map(|(t, a, b)| expr(ExprKind::Text(t, a, b))),
        1 => asked().prop_map(|a| expr(ExprKind::IsNull(a))),
        1 => asked().prop_map(|a| *a),
        1 => label.clone().prop_map(|label| expr(ExprKind::HasLabels(node(), vec![label]))),
        1 => label.prop_map(|label| {
            expr(ExprKind::LabelTest(node(), LabelTest::Not(Box::new(LabelTest::Is(label)))))
        }),
        1 => any::<bool>().prop_map(|b| Expr::constant(b, Span::default())),
        1 => comparison().prop_map(|c| {
            let other = Box::new(expr(ExprKind::Constant(Value::Node(NodeId::new(3)))));
            expr(ExprKind::Compare(c, node(), other))
        }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|e| expr(ExprKind::Not(Box::new(e)))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::And(parts))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::Or(parts))),
            (inner.clone(), inner).prop_map(|(a, b)| expr(ExprKind::Xor(Box::new(a), Box::new(b)))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn columns_say_what_rows_say(
        base in prop::collection::vec(change(), 0..150),
        later in prop::collection::vec(change(), 0..12),
        condition in condition(),
        outer in value(4),
    ) {
        let mut graph = Graph::new();
        apply(&mut graph, &base);
        graph.merge();
        apply(&mut graph, &later);
        let nodes: Vec<NodeId> = graph.nodes().collect();
        with_run(&graph, 2, |run| {
            let mut row: Row = vec![outer, Value::Null];
            let Some(test) = NodeTest::compile(&condition, NODE, &mut row, run) else { return Ok(()) };
            let all: Bitmap = nodes.iter().map(|node| node.index()).collect();
            if let Some(candidates) = test.candidates() {
                prop_assert!(candidates.is_sorted());
                let missed = nodes.iter().map(|node| node.index() as u32).find(|node| test.holds(*node) && !candidates.contains(node));
                prop_assert_eq!(missed, None);
            }
            let found = test.among(&all, run.budget).unwrap();
            for node in &nodes {
                row[NODE] = Value::Node(*node);
                let plain = evaluate(&condition, &mut row, run);
                let plain = truth(&plain.expect("what compiles cannot fail")).expect("it is a condition");
                prop_assert_eq!(test.test(node.index() as u32), plain, "node {}", node.index());
                prop_assert_eq!(found.contains(node.index()), plain == Some(true), "node {} of many", node.index());
            }
            prop_assert!(found.iter().all(|node| all.contains(node)));
            Ok(())
        })?;
    }
}

/// Conditions of everyday queries do not fall back.
#[test]
fn everyday_conditions_compile() {
    let mut graph = Graph::new();
    for name in ["Nova", "glance", "Tennis"] {
        let node = graph.create_node();
        let (text, int) = (graph.intern_key("text"), graph.intern_key("int"));
        graph.set_property(node, text, name.into());
        graph.set_property(node, int, Value::Integer(3));
    }
    graph.commit();
    graph.merge();
    let property = |key: &str| Box::new(expr(ExprKind::Property(node(), Arc::from(key))));
    let text = |text: &str| Box::new(expr(ExprKind::Constant(text.into())));
    let lower = expr(ExprKind::Call(find("toLower").unwrap(), vec![*property("text")]));
    let conditions = [
        (expr(ExprKind::Compare(Comparison::Equal, Box::new(lower), text("tennis"))), 1),
        (expr(ExprKind::Text(TextTest::Contains, property("text"), text("an"))), 1),
        (expr(ExprKind::Text(TextTest::Matches, property("text"), text(".*n.*"))), 2),
        (
            expr(ExprKind::Compare(
                Comparison::Less,
                property("int"),
                Box::new(Expr::constant(4_i64, Span::default())),
            )),
            3,
        ),
    ];
    let all: Bitmap = (0..3).collect();
    with_run(&graph, 2, |run| {
        let mut row: Row = vec![Value::Null; 2];
        for (condition, holds) in &conditions {
            let test = NodeTest::compile(condition, NODE, &mut row, run).expect("it compiles");
            assert_eq!(test.among(&all, run.budget).unwrap().count(), *holds, "{condition:?}");
        }
    });
}
