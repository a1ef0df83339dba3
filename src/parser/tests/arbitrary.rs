//! Random trees: what the printer writes, the parser reads back as the same tree.
//!
//! The generator makes only trees that the parser can make: see the notes where it matters.

mod pattern;
mod walk;

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use crate::ast::*;
use crate::diagnostic::Span;
use crate::parser::{is_complete, lexer, parse, parse_statement, split};
use pattern::{path, path_pattern};
use walk::{correction, declaration, walk, what_if};

type Tree = BoxedStrategy<Expression>;

fn place() -> Span {
    Span::default()
}

fn expression(kind: ExpressionKind) -> Expression {
    Expression::new(kind, place())
}

/// Plain words, keywords, and what only backquotes can hold.
fn text() -> impl Strategy<Value = String> {
    let words = vec![
        "a", "b", "n", "größe", "match", "IN", "count", "any", "reduce", "exists", "x1", "_", "NOT", "with", "trail",
        "shortest", "let", "for", "next", "filter", "finish", "collect", "cast", "offset", "paths", "cost", "IS",
    ];
    prop_oneof![4 => select(words).prop_map(str::to_string), 1 => "\\PC{1,4}", 1 => "[a-z`'\" .\n]{1,3}"]
}

fn name() -> impl Strategy<Value = Name> {
    text().prop_map(|text| Name::new(text, place()))
}

fn names(least: usize) -> impl Strategy<Value = Vec<Name>> {
    vec(name(), least..3)
}

/// A label expression; relationships have them too.
fn label_expression(inner: Tree) -> BoxedStrategy<LabelExpression> {
    let leaf = prop_oneof![
        6 => name().prop_map(LabelExpression::Name),
        1 => Just(LabelExpression::Any),
        1 => (any::<bool>(), boxed(inner)).prop_map(|(any, names)| LabelExpression::Dynamic { any, names }),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|operand| LabelExpression::Not(Box::new(operand))),
            vec(inner.clone(), 2..4).prop_map(LabelExpression::And),
            vec(inner, 2..4).prop_map(LabelExpression::Or),
        ]
    })
    .boxed()
}

fn label_items(inner: Tree) -> impl Strategy<Value = Vec<LabelItem>> {
    vec(prop_oneof![3 => name().prop_map(LabelItem::Name), 1 => inner.prop_map(LabelItem::Dynamic)], 1..3)
}

fn type_expression() -> BoxedStrategy<TypeExpression> {
    use TypeKind::*;
    fn typed(kinds: impl Strategy<Value = TypeKind> + 'static) -> BoxedStrategy<TypeExpression> {
        let with_null = (kinds, any::<bool>());
        with_null.prop_map(|(kind, nullable)| TypeExpression { kind, nullable, span: place() }).boxed()
    }
    let leaf = typed(select(vec![
        Any,
        Nothing,
        Null,
        Boolean,
        Integer,
        Float,
        String,
        Date,
        LocalTime,
        ZonedTime,
        LocalDateTime,
        ZonedDateTime,
        Duration,
        Point,
        Node,
        Relationship,
        Path,
        Map,
    ]));
    leaf.prop_recursive(3, 8, 3, |inner| {
        let list = typed(inner.clone().prop_map(|element| List(Box::new(element))));
        let parts =
            vec(prop_oneof![list.clone(), inner.prop_filter("no union", |t| !matches!(t.kind, Union(_)))], 2..4);
        let union = parts.prop_map(|parts| TypeExpression { kind: Union(parts), nullable: true, span: place() });
        prop_oneof![list, union]
    })
    .boxed()
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Boolean),
        prop_oneof![any::<i64>(), -3i64..3, Just(i64::MIN), Just(i64::MAX)].prop_map(Literal::Integer),
        prop_oneof![any::<f64>(), Just(-0.0), -2.0..2.0]
            .prop_filter("finite", |f| f.is_finite())
            .prop_map(Literal::Float),
        "\\PC{0,5}|[\\x00-\\x7f]{0,4}".prop_map(Literal::String),
    ]
}

fn leaf() -> Tree {
    use ExpressionKind::*;
    let kinds = prop_oneof![
        3 => text().prop_map(Variable),
        2 => literal().prop_map(Literal),
        1 => prop_oneof![text(), "[0-9]{1,3}"].prop_map(Parameter),
        1 => Just(CountStar),
    ];
    kinds.prop_map(expression).boxed()
}

/// Any expression whose value is used.
fn value() -> Tree {
    leaf().prop_recursive(4, 40, 4, operation).boxed()
}

fn boxed(tree: Tree) -> impl Strategy<Value = Box<Expression>> {
    tree.prop_map(Box::new)
}

fn optional(tree: Tree) -> impl Strategy<Value = Option<Box<Expression>>> {
    of(boxed(tree))
}

fn operation(inner: Tree) -> Tree {
    prop_oneof![4 => operators(inner.clone()), 2 => postfix(inner.clone()), 2 => collections(inner.clone()), 2 => binders(inner)]
        .boxed()
}

fn connective() -> impl Strategy<Value = Connective> {
    select(vec![Connective::And, Connective::Or])
}

fn operators(inner: Tree) -> Tree {
    use BinaryOperator::*;
    use ComparisonOperator::*;
    let binary = select(vec![
        Xor,
        Add,
        Subtract,
        Multiply,
        Divide,
        Modulo,
        Power,
        In,
        StartsWith,
        EndsWith,
        Contains,
        Matches,
        Concatenate,
    ]);
    let comparison = select(vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual]);
    let unary = select(vec![UnaryOperator::Not, UnaryOperator::Minus, UnaryOperator::Plus]);
    prop_oneof![
        3 => (binary, boxed(inner.clone()), boxed(inner.clone()))
            .prop_map(|(operator, left, right)| ExpressionKind::Binary { operator, left, right }),
        1 => (connective(), inner.clone(), inner.clone())
            .prop_map(|(connective, left, right)| ExpressionKind::logic(connective, left, right)),
        1 => (unary, boxed(inner.clone())).prop_map(|(operator, operand)| ExpressionKind::Unary { operator, operand }),
        1 => (boxed(inner.clone()), vec((comparison, inner.clone()), 1..3))
            .prop_map(|(first, links)| ExpressionKind::Comparison { first, links }),
        1 => (boxed(inner.clone()), any::<bool>())
            .prop_map(|(operand, negated)| ExpressionKind::IsNull { operand, negated }),
        1 => (boxed(inner.clone()), type_expression(), any::<bool>())
            .prop_map(|(operand, type_, negated)| ExpressionKind::IsTyped { operand, type_, negated }),
        1 => (boxed(inner), type_expression()).prop_map(|(operand, type_)| ExpressionKind::Cast { operand, type_ }),
    ]
    .prop_map(expression)
    .boxed()
}

fn postfix(inner: Tree) -> Tree {
    prop_oneof![
        (boxed(inner.clone()), name()).prop_map(|(base, key)| ExpressionKind::Property { base, key }),
        (boxed(inner.clone()), boxed(inner.clone())).prop_map(|(base, index)| ExpressionKind::Index { base, index }),
        (boxed(inner.clone()), optional(inner.clone()), optional(inner.clone()))
            .prop_map(|(base, from, to)| ExpressionKind::Slice { base, from, to }),
        (boxed(inner.clone()), label_expression(inner))
            .prop_map(|(operand, labels)| ExpressionKind::HasLabels { operand, labels }),
    ]
    .prop_map(expression)
    .boxed()
}

fn collections(inner: Tree) -> Tree {
    let items = prop_oneof![
        Just(MapProjectionItem::AllProperties),
        name().prop_map(MapProjectionItem::Property),
        name().prop_map(MapProjectionItem::Variable),
        (name(), inner.clone()).prop_map(|(key, value)| MapProjectionItem::Entry(key, value)),
    ];
    // A function's name is dotted plain words; its odder forms have a test of their own.
    let function = "(all|any|cast|exists|reduce|f|count|collect|match|shortestPath)(\\.g|\\.in)?";
    let call = (function, any::<bool>(), vec(inner.clone(), 0..3));
    let branches = |tests: BoxedStrategy<Vec<Expression>>| vec((tests, inner.clone()), 1..3);
    let condition = condition(inner.clone()).prop_map(|condition| vec![condition]).boxed();
    let compared = select(vec![ComparisonOperator::Less, ComparisonOperator::NotEqual]);
    let half = prop_oneof![
        (compared, inner.clone()).prop_map(|(operator, right)| ExpressionKind::Comparison {
            first: Box::new(expression(ExpressionKind::CaseOperand)),
            links: vec![(operator, right)],
        }),
        any::<bool>().prop_map(|negated| ExpressionKind::IsNull {
            operand: Box::new(expression(ExpressionKind::CaseOperand)),
            negated,
        }),
    ];
    let tests = vec(prop_oneof![4 => inner.clone(), 1 => half.prop_map(expression)], 1..3).boxed();
    prop_oneof![
        vec(inner.clone(), 0..3).prop_map(ExpressionKind::List),
        vec((name(), inner.clone()), 0..3).prop_map(ExpressionKind::Map),
        (name(), vec(items, 0..3)).prop_map(|(variable, items)| ExpressionKind::MapProjection { variable, items }),
        call.prop_map(|(function, distinct, arguments)| ExpressionKind::Call {
            function: Name::new(function, place()),
            distinct,
            arguments
        }),
        (boxed(inner.clone()), branches(tests), optional(inner.clone())).prop_map(|(operand, branches, otherwise)| {
            ExpressionKind::Case { operand: Some(operand), branches, otherwise }
        }),
        (branches(condition), optional(inner.clone())).prop_map(|(branches, otherwise)| ExpressionKind::Case {
            operand: None,
            branches,
            otherwise
        }),
    ]
    .prop_map(expression)
    .boxed()
}

/// Comprehensions, quantifiers and subqueries.
fn binders(inner: Tree) -> Tree {
    use Quantifier::*;
    let condition = condition(inner.clone());
    let where_part = || optional(condition.clone());
    let path =
        (of(name()), path(inner.clone(), 1)).prop_map(|(variable, path)| Box::new(PathPattern { variable, ..path }));
    let range = (name(), boxed(inner.clone())).boxed();
    prop_oneof![
        (range.clone(), where_part(), optional(inner.clone())).prop_map(|((variable, list), condition, result)| {
            ExpressionKind::ListComprehension { variable, list, condition, result }
        }),
        (path, where_part(), boxed(inner.clone())).prop_map(|(pattern, condition, result)| {
            ExpressionKind::PatternComprehension { pattern, condition, result }
        }),
        (select(vec![All, Any, None, Single]), range.clone(), where_part()).prop_map(
            |(quantifier, (variable, list), condition)| {
                ExpressionKind::Quantifier { quantifier, variable, list, condition }
            }
        ),
        (name(), boxed(inner.clone()), range, boxed(inner.clone()), where_part()).prop_map(
            |(accumulator, initial, (variable, list), step, condition)| {
                ExpressionKind::Reduce { accumulator, initial, variable, list, step, condition }
            }
        ),
        (path_pattern(inner.clone()).boxed(), select(vec![Shortest::One, Shortest::All])).prop_map(
            |(path, shortest)| {
                ExpressionKind::ShortestPath(Box::new(PathPattern {
                    variable: Option::None,
                    selector: Option::None,
                    mode: Option::None,
                    shortest: Some(shortest),
                    ..path
                }))
            }
        ),
        (vec(path_pattern(inner.clone()), 1..3), of(condition.clone()))
            .prop_map(|(patterns, condition)| { Box::new(Subquery::Pattern { patterns, condition }) })
            .prop_flat_map(|body| select(vec![ExpressionKind::Exists(body.clone()), ExpressionKind::Count(body)])),
        query(inner).prop_flat_map(|query| {
            let body = Box::new(Subquery::Query(query.clone()));
            // `count {finish}` is a map projection.
            if matches!(query.to_string().as_str(), "FINISH") {
                return select(vec![ExpressionKind::Exists(body)]);
            }
            select(vec![
                ExpressionKind::Exists(body.clone()),
                ExpressionKind::Count(body),
                ExpressionKind::Collect(Box::new(query)),
            ])
        }),
    ]
    .prop_map(expression)
    .boxed()
}

/// A condition: a pattern may stand for a truth value in it.
fn condition(inner: Tree) -> Tree {
    let pattern = path(inner.clone(), 1).prop_map(|path| expression(ExpressionKind::Pattern(Box::new(path)))).boxed();
    let operand = prop_oneof![2 => inner, 1 => pattern].boxed();
    let xor = |(left, right)| expression(ExpressionKind::Binary { operator: BinaryOperator::Xor, left, right });
    prop_oneof![
        2 => operand.clone(),
        1 => (connective(), operand.clone(), operand.clone())
            .prop_map(|(connective, left, right)| expression(ExpressionKind::logic(connective, left, right))),
        1 => (boxed(operand.clone()), boxed(operand.clone())).prop_map(xor),
        1 => boxed(operand)
            .prop_map(|operand| expression(ExpressionKind::Unary { operator: UnaryOperator::Not, operand })),
    ]
    .boxed()
}

fn projection(inner: Tree) -> impl Strategy<Value = Projection> {
    let item = (inner.clone(), of(name())).prop_map(|(expression, alias)| ProjectionItem {
        expression,
        alias,
        text: SourceText(String::new()),
    });
    let nulls = of(select(vec![Nulls::First, Nulls::Last]));
    let sort = (inner.clone(), any::<bool>(), nulls).prop_map(|(expression, descending, nulls)| SortItem {
        expression,
        descending,
        nulls,
    });
    let group_by = of(vec(inner.clone(), 0..3)).prop_map(|keys| keys.map_or(GroupBy::Implied, GroupBy::Keys));
    (any::<bool>(), any::<bool>(), vec(item, 0..3), group_by, vec(sort, 0..2), of(inner.clone()), of(inner)).prop_map(
        |(distinct, star, items, group_by, order_by, skip, limit)| {
            let star = star || items.is_empty();
            Projection { distinct, star, items, group_by, order_by, skip, limit }
        },
    )
}

fn variable() -> impl Strategy<Value = Expression> {
    text().prop_map(|text| expression(ExpressionKind::Variable(text)))
}

fn set_item(inner: Tree) -> impl Strategy<Value = SetItem> {
    prop_oneof![
        (prop_oneof![variable(), inner.clone()], name(), inner.clone())
            .prop_map(|(entity, key, value)| SetItem::Property { entity, key, value }),
        (name(), inner.clone()).prop_map(|(variable, value)| SetItem::Replace { variable, value }),
        (inner.clone(), inner.clone(), inner.clone()).prop_map(|(entity, key, value)| SetItem::DynamicProperty {
            entity,
            key,
            value
        }),
        (name(), inner.clone()).prop_map(|(variable, value)| SetItem::Merge { variable, value }),
        (name(), label_items(inner)).prop_map(|(variable, labels)| SetItem::Labels { variable, labels }),
    ]
}

fn remove_item(inner: Tree) -> impl Strategy<Value = RemoveItem> {
    prop_oneof![
        (inner.clone(), name()).prop_map(|(entity, key)| RemoveItem::Property { entity, key }),
        (inner.clone(), inner.clone()).prop_map(|(entity, key)| RemoveItem::DynamicProperty { entity, key }),
        (name(), label_items(inner)).prop_map(|(variable, labels)| RemoveItem::Labels { variable, labels }),
    ]
}

fn call(inner: Tree) -> impl Strategy<Value = Call> {
    let item = (name(), of(name())).prop_map(|(field, alias)| YieldItem { field, alias });
    let yields = (any::<bool>(), vec(item, 0..3), of(condition(inner.clone()))).prop_map(|(star, items, condition)| {
        let items = if star { Vec::new() } else { items };
        Yield { star, items, condition }
    });
    (any::<bool>(), "(a|match|b)(\\.in|\\.c)?", of(vec(inner, 0..3)), of(yields)).prop_map(
        |(optional, procedure, arguments, yields)| Call {
            optional,
            procedure: Name::new(procedure, place()),
            arguments,
            yields,
        },
    )
}

/// The clauses that openCypher does not have. NEXT stands in `query`.
fn newer_clause(inner: Tree) -> BoxedStrategy<ClauseKind> {
    let updating = prop_oneof![
        vec(set_item(inner.clone()), 1..3).prop_map(ClauseKind::Set),
        vec(path_pattern(inner.clone()), 1..3).prop_map(ClauseKind::Create),
    ];
    let updating = updating.prop_recursive(2, 4, 2, {
        let inner = inner.clone();
        move |updating| {
            let clauses = vec(updating.prop_map(|kind| Clause { kind, span: place() }), 1..3);
            (name(), inner.clone(), clauses)
                .prop_map(|(variable, list, clauses)| ClauseKind::Foreach(Foreach { variable, list, clauses }))
        }
    });
    let foreach = vec(updating.prop_map(|kind| Clause { kind, span: place() }), 1..3);
    let counting = select(vec![Counting::Ordinality, Counting::Offset]);
    let position = of((counting, name()).prop_map(|(counting, variable)| Position { counting, variable }));
    prop_oneof![
        (name(), inner.clone(), foreach).prop_map(|(variable, list, clauses)| ClauseKind::Foreach(Foreach {
            variable,
            list,
            clauses
        })),
        vec((name(), inner.clone()), 1..3).prop_map(ClauseKind::Let),
        condition(inner.clone()).prop_map(ClauseKind::Filter),
        (name(), inner, position).prop_map(|(variable, list, position)| ClauseKind::For(For {
            variable,
            list,
            position
        })),
        Just(ClauseKind::Finish),
    ]
    .boxed()
}

fn when(inner: Tree) -> impl Strategy<Value = ClauseKind> {
    let query = || {
        let clauses = vec(clause(inner.clone()), 1..3);
        clauses.prop_map(|clauses| Query { parts: vec![SingleQuery { clauses }], unions: vec![] })
    };
    (vec((condition(inner.clone()), query()), 1..3), of(query()))
        .prop_map(|(branches, otherwise)| ClauseKind::When(When { branches, otherwise }))
}

fn call_subquery(inner: Tree) -> impl Strategy<Value = ClauseKind> {
    let imports = prop_oneof![Just(Imports::None), Just(Imports::All), names(0).prop_map(Imports::Names)];
    let body = vec(clause(inner), 1..3).prop_map(|clauses| SingleQuery { clauses });
    (any::<bool>(), imports, body, proptest::option::of(in_transactions())).prop_map(
        |(optional, imports, part, in_transactions)| {
            let query = Query { parts: vec![part], unions: vec![] };
            ClauseKind::CallSubquery(CallSubquery { optional, imports, query, in_transactions })
        },
    )
}

fn in_transactions() -> impl Strategy<Value = InTransactions> {
    let on_error = select(vec![OnError::Fail, OnError::Continue, OnError::Break]);
    let concurrency = select(vec!["CONCURRENT", "2 CONCURRENT"]);
    let concurrency = concurrency.prop_map(|text| Ignored { text: text.into(), span: Span::default() });
    (proptest::option::of(concurrency), proptest::option::of(value()), on_error, proptest::option::of(name()))
        .prop_map(|(concurrency, rows, on_error, status)| InTransactions { concurrency, rows, on_error, status })
}

/// Those that may stand anywhere in a subquery of CALL.
fn clause(inner: Tree) -> impl Strategy<Value = Clause> {
    let condition = condition(inner.clone());
    let patterns = vec(path_pattern(inner.clone()), 1..3).boxed();
    let event = select(vec![MergeEvent::Create, MergeEvent::Match]);
    let action = (event, vec(set_item(inner.clone()), 1..3)).prop_map(|(on, items)| MergeAction { on, items });
    let merge = (path_pattern(inner.clone()), vec(action, 0..3));
    prop_oneof![
        (any::<bool>(), any::<bool>(), patterns.clone(), of(condition.clone())).prop_map(
            |(optional, repeatable, patterns, condition)| {
                ClauseKind::Match(Match { optional, repeatable, patterns, hints: vec![], condition })
            }
        ),
        newer_clause(inner.clone()),
        (inner.clone(), name()).prop_map(|(list, variable)| ClauseKind::Unwind(Unwind { list, variable })),
        (any::<bool>(), inner.clone(), name(), of(select(vec![';', '|', '\t', '\'', '\\']))).prop_map(
            |(headers, source, variable, terminator)| {
                ClauseKind::LoadCsv(LoadCsv { headers, source, variable, terminator, ignores_extra: headers })
            }
        ),
        (projection(inner.clone()), of(condition))
            .prop_map(|(projection, condition)| ClauseKind::With(With { projection, condition })),
        projection(inner.clone()).prop_map(ClauseKind::Return),
        patterns.prop_map(ClauseKind::Create),
        merge.prop_map(|(pattern, actions)| ClauseKind::Merge(Merge { pattern, actions })),
        vec(set_item(inner.clone()), 1..3).prop_map(ClauseKind::Set),
        vec(remove_item(inner.clone()), 1..3).prop_map(ClauseKind::Remove),
        (any::<bool>(), vec(inner.clone(), 1..3))
            .prop_map(|(detach, expressions)| ClauseKind::Delete(Delete { detach, expressions })),
        call(inner).prop_map(ClauseKind::Call),
    ]
    .prop_map(|kind| Clause { kind, span: place() })
}

fn query(inner: Tree) -> impl Strategy<Value = Query> {
    let called = call_subquery(inner.clone()).prop_map(|kind| Clause { kind, span: place() });
    let chosen = when(inner.clone()).prop_map(|kind| vec![Clause { kind, span: place() }]);
    let clause = prop_oneof![6 => clause(inner), 1 => called].boxed();
    let next = Clause { kind: ClauseKind::Next, span: place() };
    let clauses = prop_oneof![8 => vec(clause.clone(), 1..3), 1 => chosen];
    let part = (clauses, of(clause)).prop_map(move |(mut clauses, after)| {
        clauses.extend(after.into_iter().flat_map(|after| [next.clone(), after]));
        SingleQuery { clauses }
    });
    vec((part, any::<bool>()), 1..3).prop_map(|parts| {
        let unions = parts.iter().skip(1).map(|(_, all)| Union { all: *all, span: place() }).collect();
        Query { parts: parts.into_iter().map(|(part, _)| part).collect(), unions }
    })
}

fn schema() -> impl Strategy<Value = SchemaChange> {
    let property = || (name(), name()).prop_map(|(variable, key)| VariableKey { variable, key });
    let kind = select(vec![RuleKind::Index, RuleKind::Unique, RuleKind::NotNull]);
    let rule = (kind, of(name()), any::<bool>(), name(), name(), vec(property(), 1..3)).prop_map(
        |(kind, name, if_not_exists, variable, label, keys)| NewRule {
            kind,
            name,
            if_not_exists,
            variable,
            label,
            keys,
            is_old: false,
        },
    );
    let dropped = (any::<bool>(), name(), any::<bool>()).prop_map(|(constraint, name, if_exists)| DropRule {
        constraint,
        name,
        if_exists,
    });
    prop_oneof![rule.prop_map(SchemaChange::Create), dropped.prop_map(SchemaChange::Drop)]
}

fn any_statement() -> impl Strategy<Value = Statement> {
    let body = prop_oneof![
        4 => query(value()).prop_map(StatementBody::Query),
        2 => walk().prop_map(StatementBody::Walk),
        1 => declaration().prop_map(StatementBody::Declaration),
        1 => what_if().prop_map(StatementBody::WhatIf),
        1 => correction().prop_map(StatementBody::Correction),
        1 => schema().prop_map(StatementBody::Schema),
        1 => select(vec![
            TransactionControl::Begin { read_only: false },
            TransactionControl::Begin { read_only: true },
            TransactionControl::Commit,
            TransactionControl::Rollback,
        ])
        .prop_map(StatementBody::Transaction),
    ];
    (select(vec![Mode::Run, Mode::Explain, Mode::Profile]), body).prop_map(|(mode, body)| Statement {
        options: None,
        mode,
        body,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printed_trees_are_read_back(statement in any_statement()) {
        let printed = statement.to_string();
        prop_assert!(!printed.contains('\n') || printed.contains('`'), "{printed}");
        match parse_statement(&printed) {
            Ok(again) => prop_assert_eq!(again, statement, "{}", printed),
            Err(errors) => prop_assert!(false, "{printed}\n{errors:#?}"),
        }
        super::format::formatted(&printed);
        prop_assert_eq!(split(&format!("{printed} ; {printed}")).len(), 2);
    }

    #[test]
    fn any_text_gives_an_answer(text in "(\\PC|[a-z ;'\"`(\\[{}\\])$:.*<>=-]|MATCH |RETURN |WHERE |IN |CASE |EXISTS |\\(a\\)|-->|SHOW |TO ){0,30}") {
        for token in lexer::tokens(&text) {
            prop_assert!(text.get(token.span.range()).is_some_and(|token| !token.is_empty()));
        }
        let spans = split(&text);
        match parse(&text) {
            Ok(script) => {
                prop_assert_eq!(script.statements.len(), spans.len());
                let printed: Vec<_> = script.statements.iter().map(|parsed| parsed.statement.to_string()).collect();
                let again = parse(&printed.join(";"));
                prop_assert_eq!(again.ok(), Some(script.clone()).map(|mut script| { relocate(&mut script, &printed); script }));
            }
            Err(errors) => {
                prop_assert!((1..=10).contains(&errors.len()));
                for error in errors {
                    prop_assert!(error.span.is_some_and(|span| text.get(span.range()).is_some()), "{error:?}");
                    prop_assert!(!error.draw(&text, false).is_empty());
                }
            }
        }
        is_complete(&text);
    }
}

/// Sets the places of the statements to those in the printed script.
fn relocate(script: &mut crate::parser::Script, printed: &[String]) {
    let mut start = 0;
    for (parsed, printed) in script.statements.iter_mut().zip(printed) {
        parsed.span = Span::new(start, start + printed.len());
        start += printed.len() + 1;
    }
}
