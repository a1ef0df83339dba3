//! From an expression to a [`NodeTest`].

use std::collections::HashMap;
use std::sync::Arc;

use super::super::around::type_ids;
use super::super::evaluate::{evaluate, truth};
use super::super::follow::Follow;
use super::super::{Access, Row, Run};
use super::leaf::{Fast, Leaf, Meaning, Search};
use super::{Meets, NodeTest, Tree};
use crate::graph::{Column, Data, Graph, KeyId, TemporalArray, Value};
use crate::plan::{
    Comparison, Expr, ExprKind, LabelTest, Operator, Slot, Subplan, SubplanBody, SubplanResult, TextTest,
};

/// Of a column with no more distinct strings than this, each one is asked beforehand.
const FEW_STRINGS: usize = 1024;

/// See `by_string`.
const VALUES_A_CHANGE: usize = 256;

impl<'g> NodeTest<'g> {
    /// The condition on the node in a slot, as it stands in this row: other slots are read from the row now. `None`
    /// if it asks for more than labels and properties of the node, if it could fail for some node, or if the
    /// statement may change the graph.
    pub(in super::super) fn compile(
        condition: &Expr,
        slot: Slot,
        row: &mut Row,
        run: &mut Run<'g>,
    ) -> Option<NodeTest<'g>> {
        let Access::Read(graph) = run.access else { return None };
        let mut compiler = Compiler { graph, slot, row, run };
        let tree = compiler.tree(condition)?;
        Some(NodeTest { graph, tree })
    }
}

struct Compiler<'a, 'g> {
    graph: &'g Graph,
    slot: Slot,
    row: &'a mut Row,
    run: &'a mut Run<'g>,
}

impl<'g> Compiler<'_, 'g> {
    fn tree(&mut self, condition: &Expr) -> Option<Tree<'g>> {
        match &condition.kind {
            ExprKind::Not(inner) => Some(Tree::Not(Box::new(self.tree(inner)?))),
            ExprKind::And(parts) => Some(Tree::And(self.trees(parts)?)),
            ExprKind::Or(parts) => Some(Tree::Or(self.trees(parts)?)),
            ExprKind::Xor(left, right) => Some(Tree::Xor(Box::new(self.tree(left)?), Box::new(self.tree(right)?))),
            ExprKind::HasLabels(base, labels) if self.is_node(base) => {
                Some(Tree::And(labels.iter().map(|label| self.label(label)).collect()))
            }
            ExprKind::LabelTest(base, test) if self.is_node(base) => self.label_test(test),
            ExprKind::IsNull(base) if self.is_node(base) => Some(Tree::Fixed(Some(false))),
            ExprKind::Subplan(Subplan {
                body: SubplanBody::Planned(plan),
                gives: SubplanResult::Exists,
                once: None,
            }) => self.meets(plan),
            _ if !condition.reads(self.slot) => {
                let value = self.constant(condition)?;
                Some(Tree::Fixed(truth(&value).ok()?))
            }
            _ => self.leaf(condition),
        }
    }

    fn trees(&mut self, parts: &[Expr]) -> Option<Vec<Tree<'g>>> {
        parts.iter().map(|part| self.tree(part)).collect()
    }

    /// Whether a plan of one relationship from the node has rows, whose end may have to meet a condition of its own.
    fn meets(&mut self, plan: &Operator) -> Option<Tree<'g>> {
        let (condition, input) = match plan {
            Operator::Filter { condition, input } => (Some(condition), &**input),
            plan => (None, plan),
        };
        let Operator::Expand { input, step } = input else { return None };
        let starts_here = matches!(**input, Operator::Argument) && step.from == self.slot && step.from_bound;
        if !starts_here || step.to_bound || !step.distinct_from.is_empty() {
            return None;
        }
        let end = match condition {
            Some(condition) if condition.reads(self.slot) || condition.reads(step.relationship) => return None,
            Some(condition) => {
                let mut of_end = Compiler { graph: self.graph, slot: step.to, row: self.row, run: self.run };
                Some(of_end.tree(condition)?)
            }
            None => None,
        };
        let types = type_ids(step, self.graph);
        Some(Tree::Meets(Box::new(Meets { follow: Follow::new(step.direction, types), end })))
    }

    fn label(&self, name: &str) -> Tree<'g> {
        let graph = self.graph;
        graph.label(name).map_or(Tree::Fixed(Some(false)), |label| Tree::Label(graph.label_bitmap(label)))
    }

    fn label_test(&self, test: &LabelTest) -> Option<Tree<'g>> {
        let all = |tests: &[LabelTest]| tests.iter().map(|test| self.label_test(test)).collect::<Option<Vec<_>>>();
        match test {
            LabelTest::Is(name) => Some(self.label(name)),
            LabelTest::Any | LabelTest::Dynamic { .. } => None,
            LabelTest::Not(inner) => Some(Tree::Not(Box::new(self.label_test(inner)?))),
            LabelTest::And(tests) => Some(Tree::And(all(tests)?)),
            LabelTest::Or(tests) => Some(Tree::Or(all(tests)?)),
        }
    }

    fn is_node(&self, expr: &Expr) -> bool {
        matches!(expr.kind, ExprKind::Slot(slot) if slot == self.slot)
    }

    /// The value of an expression that does not speak of the node; `None` if it fails or may differ each time.
    fn constant(&mut self, expr: &Expr) -> Option<Value> {
        if expr.reads(self.slot) || !expr.is_simple() {
            return None;
        }
        evaluate(expr, self.row, self.run).ok()
    }

    /// The key, if the expression is a property of the node.
    fn property<'e>(&self, expr: &'e Expr) -> Option<&'e Arc<str>> {
        match &expr.kind {
            ExprKind::Property(base, key) if self.is_node(base) => Some(key),
            _ => None,
        }
    }

    fn leaf(&mut self, condition: &Expr) -> Option<Tree<'g>> {
        match &condition.kind {
            ExprKind::IsNull(base) => {
                if let Some(key) = self.property(base) {
                    return Some(self.whole(key, Meaning::IsNull, Some(true), |_| Fast::Fixed(Some(false))));
                }
            }
            ExprKind::Compare(comparison, left, right) => {
                if let Some(tree) = self.comparison(*comparison, left, right) {
                    return Some(tree);
                }
                if let Some(tree) = self.comparison(comparison.mirrored(), right, left) {
                    return Some(tree);
                }
            }
            ExprKind::In(item, list) => {
                if let Some(key) = self.property(item) {
                    let list = self.constant(list)?;
                    return match &list {
                        Value::Null => Some(Tree::Fixed(None)),
                        Value::List(items) => {
                            // Null is in no list for certain, and in the empty one certainly not.
                            let absent = if items.is_empty() { Some(false) } else { None };
                            Some(self.whole(key, Meaning::In(list), absent, |_| Fast::Value))
                        }
                        _ => None,
                    };
                }
            }
            ExprKind::Text(test, text, pattern) if *test != TextTest::Matches => {
                if let Some(key) = self.property(text) {
                    return match self.constant(pattern)? {
                        Value::String(pattern) => {
                            let fast = |column: &Column| match column.data() {
                                Data::Text { .. } if *test == TextTest::Contains && !pattern.is_empty() => {
                                    Fast::Contains(Box::new(Search::new(&pattern)))
                                }
                                Data::Text { .. } | Data::Mixed(_) => Fast::Value,
                                _ => Fast::Fixed(None),
                            };
                            Some(self.whole(key, Meaning::Text(*test, pattern.clone()), None, fast))
                        }
                        // What is no text is compared with nothing.
                        _ => Some(Tree::Fixed(None)),
                    };
                }
            }
            _ => {}
        }
        self.by_string(condition)
    }

    fn comparison(&mut self, comparison: Comparison, left: &Expr, right: &Expr) -> Option<Tree<'g>> {
        if self.is_node(left) {
            let other = self.constant(right)?;
            return match (comparison, other) {
                (_, Value::Null) => Some(Tree::Fixed(None)),
                (Comparison::Equal, Value::Node(node)) => Some(Tree::Is(node)),
                (Comparison::NotEqual, Value::Node(node)) => Some(Tree::Not(Box::new(Tree::Is(node)))),
                _ => None,
            };
        }
        let key = self.property(left)?;
        let other = self.constant(right)?;
        if other.is_null() {
            return Some(Tree::Fixed(None));
        }
        let fast = |column: &Column| fast_comparison(column, comparison, &other);
        Some(self.whole(key, Meaning::Compare(comparison, other.clone()), None, fast))
    }

    /// A leaf whose meaning holds for values of every type.
    fn whole(&self, key: &str, meaning: Meaning, absent: Option<bool>, fast: impl FnOnce(&Column) -> Fast) -> Tree<'g> {
        let (graph, key) = (self.graph, self.graph.key(key));
        // What is sought by its value is found in the base's column, whose order is kept.
        let (column, clean) = match (&meaning, key) {
            (Meaning::Compare(Comparison::Equal, _), Some(key)) => {
                (graph.node_column(key), graph.node_column_is_clean(key))
            }
            _ => column(graph, key, 0),
        };
        let fast = match column.map(|column| (column.data(), fast(column))) {
            None => Fast::Value,
            Some((Data::Text { dictionary, .. }, Fast::Value | Fast::Contains(_)))
                if dictionary.len() <= FEW_STRINGS =>
            {
                let ask = |code| meaning.test(u32::MAX, &Value::String(dictionary.shared(code)));
                Fast::ByCode((0..dictionary.len() as u32).map(ask).collect())
            }
            Some((_, fast)) => fast,
        };
        Tree::Leaf(Box::new(Leaf { key, column, clean, meaning, absent, fast }))
    }

    /// Any condition that asks for one property of the node only, as often as it likes: where the property has few
    /// distinct values, all texts or truth values, each one is tried beforehand.
    fn by_string(&mut self, condition: &Expr) -> Option<Tree<'g>> {
        let name = self.only_property(condition)?;
        if !condition.is_simple() {
            return None;
        }
        let (graph, key) = (self.graph, self.graph.key(&name));
        let mut asked = condition.clone();
        replace(&mut asked, self.slot);
        let absent = self.ask(&asked, Value::Null)?;
        // To copy some values costs no more than to evaluate the condition for one that has changed.
        let most = key.map_or(0, |key| VALUES_A_CHANGE * graph.changed_count(key));
        let (column, clean) = column(graph, key, most);
        let truths: Vec<Option<bool>> = match column.map(Column::data) {
            None => vec![],
            Some(Data::Text { dictionary, .. }) if dictionary.len() <= FEW_STRINGS => (0..dictionary.len() as u32)
                .map(|code| self.ask(&asked, Value::String(dictionary.shared(code))))
                .collect::<Option<_>>()?,
            Some(Data::Boolean { .. }) => {
                [false, true].map(|value| self.ask(&asked, Value::Boolean(value))).into_iter().collect::<Option<_>>()?
            }
            Some(_) => return None,
        };
        let mut known = HashMap::new();
        let mut by_value: HashMap<&Value, Option<bool>> = HashMap::new();
        for (node, value) in key.filter(|_| !clean).into_iter().flat_map(|key| graph.changed_nodes(key)) {
            self.run.budget.tick().ok()?;
            let truth = match by_value.get(value) {
                // Equal numbers of different types are not the same to every function.
                Some(truth) if matches!(value, Value::String(_) | Value::Boolean(_) | Value::Null) => *truth,
                _ => self.ask(&asked, value.clone())?,
            };
            by_value.insert(value, truth);
            known.insert(node.index() as u32, truth);
        }
        let meaning = Meaning::Known(known);
        Some(Tree::Leaf(Box::new(Leaf { key, column, clean, meaning, absent, fast: Fast::ByCode(truths) })))
    }

    /// What the condition says if the node's slot holds the property's value; `None` if it fails.
    fn ask(&mut self, asked: &Expr, value: Value) -> Option<Option<bool>> {
        let kept = std::mem::replace(&mut self.row[self.slot], value);
        let answer = evaluate(asked, self.row, self.run);
        self.row[self.slot] = kept;
        truth(&answer.ok()?).ok()
    }

    /// The key of the property, if the condition speaks of the node only by this one.
    fn only_property(&self, condition: &Expr) -> Option<Arc<str>> {
        let mut keys = Vec::new();
        self.properties(condition, &mut keys)?;
        keys.dedup();
        (keys.len() == 1).then(|| keys.swap_remove(0))
    }

    fn properties(&self, expr: &Expr, keys: &mut Vec<Arc<str>>) -> Option<()> {
        if let Some(key) = self.property(expr) {
            keys.push(key.clone());
            return Some(());
        }
        match expr.kind {
            ExprKind::Slot(slot) if slot == self.slot => None,
            ExprKind::Path(_) | ExprKind::KeepsMode(..) | ExprKind::PathNodes(..) | ExprKind::Subplan(_) => None,
            _ => expr.children().into_iter().try_for_each(|child| self.properties(child, keys)),
        }
    }
}

/// The column of a key, and whether it holds for every node: it is brought up to date if it has at most this many
/// values.
fn column(graph: &Graph, key: Option<KeyId>, most: usize) -> (Option<&Column>, bool) {
    let Some(key) = key else { return (None, true) };
    match graph.short_node_column(key, most) {
        Some(column) => (Some(column), true),
        None => (graph.node_column(key), graph.node_column_is_clean(key)),
    }
}

/// Puts the slot itself in the place of its property.
fn replace(expr: &mut Expr, slot: Slot) {
    match &expr.kind {
        ExprKind::Property(base, _) if matches!(base.kind, ExprKind::Slot(s) if s == slot) => {
            expr.kind = ExprKind::Slot(slot);
        }
        _ => expr.children_mut().into_iter().for_each(|child| replace(child, slot)),
    }
}

/// The comparison of a column's values with a value that is not null.
fn fast_comparison(column: &Column, comparison: Comparison, other: &Value) -> Fast {
    match (column.data(), other) {
        (Data::Integer(_), Value::Integer(number)) => decided(column, comparison, integers(comparison, *number)),
        (Data::Temporal(array), other) => decided(column, comparison, times(array, comparison, other)),
        (Data::Float(_), Value::Float(number)) => Fast::Float(comparison, *number),
        (Data::Text { dictionary, .. }, Value::String(text)) => match comparison {
            Comparison::Equal => Fast::Code { code: dictionary.code(text), other: false },
            Comparison::NotEqual => Fast::Code { code: dictionary.code(text), other: true },
            _ => Fast::Value,
        },
        _ => Fast::Value,
    }
}

fn integers(comparison: Comparison, number: i64) -> Fast {
    let none = Fast::Fixed(Some(false));
    let (within, outside) = match comparison {
        Comparison::Equal => (number..=number, false),
        Comparison::NotEqual => (number..=number, true),
        Comparison::Less => match number.checked_sub(1) {
            Some(most) => (i64::MIN..=most, false),
            None => return none,
        },
        Comparison::LessOrEqual => (i64::MIN..=number, false),
        Comparison::Greater => match number.checked_add(1) {
            Some(least) => (least..=i64::MAX, false),
            None => return none,
        },
        Comparison::GreaterOrEqual => (number..=i64::MAX, false),
    };
    Fast::Integer { within, outside }
}

/// The comparison of dates or times with a value, as a range of counts for each offset or zone.
fn times(array: &TemporalArray, comparison: Comparison, other: &Value) -> Fast {
    let (zones, _) = array.zone_numbers();
    let range = |zone: usize| {
        let (floor, is_there) = array.floor(zone, other)?;
        let (low, high) = match comparison {
            Comparison::Equal | Comparison::NotEqual if is_there => (floor, floor),
            Comparison::Equal | Comparison::NotEqual => (1, 0),
            Comparison::Less if is_there => (i128::MIN, floor - 1),
            Comparison::Less | Comparison::LessOrEqual => (i128::MIN, floor),
            Comparison::GreaterOrEqual if is_there => (floor, i128::MAX),
            Comparison::Greater | Comparison::GreaterOrEqual => (floor + 1, i128::MAX),
        };
        // Beyond what the array can hold, nothing is cut off but what no value has.
        let (low, high) = (i64::try_from(low.max(i64::MIN.into())), i64::try_from(high.min(i64::MAX.into())));
        Some(low.ok().zip(high.ok()).unwrap_or((1, 0)))
    };
    let Some(within) = (0..zones.max(1)).map(range).collect::<Option<Vec<_>>>() else { return Fast::Value };
    let outside = comparison == Comparison::NotEqual;
    match within.as_slice() {
        [(low, high)] => Fast::Integer { within: *low..=*high, outside },
        _ => Fast::Zoned { within, outside },
    }
}

/// A range that all integers of the column are in, or none, is the same for every value. Points are not looked at: they
/// are found by sorting.
fn decided(column: &Column, comparison: Comparison, fast: Fast) -> Fast {
    let Fast::Integer { within, outside } = &fast else { return fast };
    if matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
        return fast;
    }
    match column.bounds() {
        Some((least, most)) if within.contains(&least) && within.contains(&most) => Fast::Fixed(Some(!outside)),
        Some((least, most)) if most < *within.start() || *within.end() < least => Fast::Fixed(Some(*outside)),
        _ => fast,
    }
}
