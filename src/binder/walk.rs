//! Walking statements as the queries they stand for: each is one procedure call.

use crate::ast::*;
use crate::diagnostic::Span;

/// The query with a single `CALL` that gives the statement's rows.
pub fn as_query(walk: &Walk) -> Query {
    let (procedure, arguments) = match walk {
        Walk::Show { term } => ("trace.show", vec![text(term)]),
        Walk::Deps { term, options } => ("trace.deps", with_options(vec![text(term)], trace_options(term, options))),
        Walk::Impact { term, options } => {
            ("trace.impact", with_options(vec![text(term)], trace_options(term, options)))
        }
        Walk::Why { from, to, all, via } => {
            let mut entries = Vec::new();
            if *all {
                entries.push(entry("all", Literal::Boolean(true), from.span));
            }
            entries.extend(via_entry(via));
            ("trace.why", with_options(vec![text(from), text(to)], entries))
        }
        Walk::ShowIndexes => ("db.indexes", Vec::new()),
        Walk::ShowConstraints => ("db.constraints", Vec::new()),
        Walk::Find { text: words } => ("trace.find", vec![text(words)]),
    };
    let span = arguments.iter().map(|argument| argument.span).reduce(Span::to).unwrap_or_default();
    let call =
        Call { optional: false, procedure: Name::new(procedure, span), arguments: Some(arguments), yields: None };
    let clause = Clause { kind: ClauseKind::Call(call), span };
    Query { parts: vec![SingleQuery { clauses: vec![clause] }], unions: vec![] }
}

fn text(term: &Term) -> Expression {
    literal(Literal::String(term.text.clone()), term.span)
}

fn literal(literal: Literal, span: Span) -> Expression {
    Expression::new(ExpressionKind::Literal(literal), span)
}

fn entry(key: &str, value: Literal, span: Span) -> (Name, Expression) {
    (Name::new(key, span), literal(value, span))
}

fn trace_options(term: &Term, options: &TraceOptions) -> Vec<(Name, Expression)> {
    let depth = options.depth.map(|depth| {
        let depth = i64::try_from(depth).unwrap_or(i64::MAX);
        entry("depth", Literal::Integer(depth), term.span)
    });
    depth.into_iter().chain(via_entry(&options.via)).collect()
}

fn via_entry(via: &[Name]) -> Option<(Name, Expression)> {
    let span = via.iter().map(|name| name.span).reduce(Span::to)?;
    let items = via.iter().map(text).collect();
    Some((Name::new("via", span), Expression::new(ExpressionKind::List(items), span)))
}

/// The arguments with the options as a map, left out when there are none.
fn with_options(mut arguments: Vec<Expression>, options: Vec<(Name, Expression)>) -> Vec<Expression> {
    if let Some(span) = options.iter().map(|(_, value)| value.span).reduce(Span::to) {
        arguments.push(Expression::new(ExpressionKind::Map(options), span));
    }
    arguments
}
