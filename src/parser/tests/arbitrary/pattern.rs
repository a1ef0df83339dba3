//! Random patterns.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Tree, boxed, expression, label_expression, name, optional, place, text};
use crate::ast::*;

fn properties(inner: Tree) -> impl Strategy<Value = Option<Expression>> {
    let map = vec((name(), inner), 0..2).prop_map(ExpressionKind::Map);
    of(prop_oneof![3 => map, 1 => text().prop_map(ExpressionKind::Parameter)].prop_map(expression))
}

fn inline_condition(inner: Tree) -> impl Strategy<Value = Option<Box<Expression>>> {
    prop_oneof![3 => Just(None), 1 => boxed(inner).prop_map(Some)]
}

pub(super) fn node(inner: Tree) -> BoxedStrategy<NodePattern> {
    let labels = of(label_expression(inner.clone()));
    (of(name()), labels, properties(inner.clone()), inline_condition(inner))
        .prop_map(|(variable, labels, properties, condition)| NodePattern {
            variable,
            labels,
            properties,
            condition,
            span: place(),
        })
        .boxed()
}

fn quantity() -> impl Strategy<Value = Quantity> {
    (0u64..4, of(0u64..4)).prop_map(|(minimum, more)| Quantity { minimum, maximum: more.map(|more| minimum + more) })
}

/// One that says at most once how often it is repeated.
pub(super) fn relationship(inner: Tree) -> BoxedStrategy<RelationshipPattern> {
    let length = (of(0u64..5), of(0u64..5)).prop_map(|(minimum, maximum)| Length { minimum, maximum });
    let repeated = prop_oneof![
        2 => Just((None, None)),
        1 => length.prop_map(|length| (Some(length), None)),
        1 => quantity().prop_map(|quantity| (None, Some(quantity))),
    ];
    let direction = select(vec![Direction::Outgoing, Direction::Incoming, Direction::Both]);
    let types = of(label_expression(inner.clone()));
    (of(name()), types, repeated, properties(inner.clone()), inline_condition(inner), direction)
        .prop_map(|(variable, types, (length, quantity), properties, condition, direction)| RelationshipPattern {
            variable,
            types,
            length,
            properties,
            condition,
            direction,
            quantity,
            span: place(),
        })
        .boxed()
}

/// An arrow to the left or to no side with a plus behind it is read as arithmetic in an expression.
fn is_arithmetic(path: &PathPattern) -> bool {
    let first = path.steps.first().and_then(PathStep::relationship);
    first.is_some_and(|first| {
        let plus = first.quantity == Some(Quantity { minimum: 1, maximum: None });
        plus && first.direction != Direction::Outgoing && first.types.is_none()
    })
}

/// A bare path with at least so many relationships. As in an expression, no group is inside.
pub(super) fn path(inner: Tree, least: usize) -> BoxedStrategy<PathPattern> {
    let step = (relationship(inner.clone()), node(inner.clone()))
        .prop_map(|(relationship, node)| PathStep { connection: Connection::Relationship(relationship), node });
    (node(inner), vec(step, least..3))
        .prop_map(|(start, steps)| plain(start, steps))
        .prop_filter("arithmetic", |path| !is_arithmetic(path))
        .boxed()
}

fn plain(start: NodePattern, steps: Vec<PathStep>) -> PathPattern {
    let (selector, mode, shortest, condition) = (None, None, None, None);
    PathPattern { variable: None, selector, mode, shortest, start, steps, condition, span: place() }
}

fn mode() -> impl Strategy<Value = Option<PathMode>> {
    of(select(vec![PathMode::Walk, PathMode::Trail, PathMode::Acyclic, PathMode::Simple]))
}

fn selector() -> impl Strategy<Value = Selector> {
    let count = || {
        let kinds = prop_oneof![
            (1i64..5).prop_map(|count| ExpressionKind::Literal(Literal::Integer(count))),
            text().prop_map(ExpressionKind::Parameter),
        ];
        optional(kinds.prop_map(expression).boxed())
    };
    let cheap = prop_oneof![
        Just(SelectorKind::AllShortest),
        count().prop_map(|count| SelectorKind::Shortest { count }),
        count().prop_map(|count| SelectorKind::ShortestGroups { count }),
    ];
    prop_oneof![
        Just((SelectorKind::All, None)),
        count().prop_map(|count| (SelectorKind::Any { count }, None)),
        (cheap, of(name())),
    ]
    .prop_map(|(kind, cost)| Selector { kind, cost, span: place() })
}

/// A path with groups, in which other groups may be.
fn path_with_groups(inner: Tree) -> BoxedStrategy<PathPattern> {
    let whole = path(inner.clone(), 0);
    whole
        .prop_recursive(2, 6, 2, move |repeated| {
            let pattern = (of(name()), mode(), repeated)
                .prop_map(|(variable, mode, path)| Box::new(PathPattern { variable, mode, ..path }));
            let group =
                (pattern, inline_condition(inner.clone()), quantity()).prop_map(|(pattern, condition, quantity)| {
                    Connection::Group(GroupPattern { pattern, condition, quantity, span: place() })
                });
            let connection =
                prop_oneof![1 => relationship(inner.clone()).prop_map(Connection::Relationship), 2 => group];
            let step = (connection, node(inner.clone())).prop_map(|(connection, node)| PathStep { connection, node });
            (node(inner.clone()), vec(step, 1..3)).prop_map(|(start, steps)| plain(start, steps))
        })
        .boxed()
}

pub(super) fn path_pattern(inner: Tree) -> impl Strategy<Value = PathPattern> {
    let shortest = select(vec![Shortest::One, Shortest::All]).prop_map(|shortest| (None, None, Some(shortest)));
    let chosen = (of(selector()), mode()).prop_map(|(selector, mode)| (selector, mode, None));
    let prefix = prop_oneof![2 => Just((None, None, None)), 1 => shortest, 1 => chosen];
    (of(name()), prefix, path_with_groups(inner.clone()), inline_condition(inner)).prop_map(
        |(variable, (selector, mode, shortest), path, condition)| PathPattern {
            variable,
            selector,
            mode,
            shortest,
            condition,
            ..path
        },
    )
}
