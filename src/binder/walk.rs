//! Walking statements as the queries they stand for: each is one procedure call.

use crate::ast::*;
use crate::diagnostic::{Detail, Diagnostic, Span};

/// The query with a single `CALL` that gives the statement's rows.
pub fn as_query(walk: &Walk) -> Query {
    match walk {
        Walk::Word(statement) => {
            let ranked = statement.options.iter().any(|option| option.kind() == OptionKind::Ranked);
            let procedure = format!("{}{}", statement.word.procedure, if ranked { "Ranked" } else { "" });
            single(vec![call(&procedure, arguments(statement), None)])
        }
        Walk::Set { left, operator, right } => {
            let procedure = match operator {
                SetOperator::Union => "trace.union",
                SetOperator::Except => "trace.except",
                SetOperator::Intersect => "trace.intersect",
            };
            single(vec![call(procedure, vec![collected(left), collected(right)], None)])
        }
        Walk::Query(query) => query.clone(),
    }
}

fn single(clauses: Vec<Clause>) -> Query {
    Query { parts: vec![SingleQuery { clauses }], unions: vec![] }
}

fn call(procedure: &str, arguments: Vec<Expression>, yields: Option<&[&str]>) -> Clause {
    let span = arguments.iter().map(|argument| argument.span).reduce(Span::to).unwrap_or_default();
    let item = |field: &&str| YieldItem { field: Name::new(*field, span), alias: None };
    let yields = yields.map(|fields| Yield { star: false, items: fields.iter().map(item).collect(), condition: None });
    let call = Call { optional: false, procedure: Name::new(procedure, span), arguments: Some(arguments), yields };
    Clause { kind: ClauseKind::Call(call), span }
}

/// The operands, several as a list; then the options, if there are any.
fn arguments(statement: &WordStatement) -> Vec<Expression> {
    let mut arguments: Vec<Expression> = statement.operands.iter().map(|starts| operand(starts)).collect();
    let options = options(statement);
    match options.iter().map(|(_, value)| value.span).reduce(Span::to) {
        Some(span) => arguments.push(Expression::new(ExpressionKind::Map(options), span)),
        // What was left out at the end need not be said.
        None => while arguments.pop_if(|last| last.kind == ExpressionKind::Literal(Literal::Null)).is_some() {},
    }
    arguments
}

fn operand(starts: &[Start]) -> Expression {
    match starts {
        [] => literal(Literal::Null, Span::default()),
        [one] => start(one),
        several => list(several.iter().map(start).collect()),
    }
}

fn list(items: Vec<Expression>) -> Expression {
    let span = items.iter().map(|item| item.span).reduce(Span::to).unwrap_or_default();
    Expression::new(ExpressionKind::List(items), span)
}

fn start(start: &Start) -> Expression {
    match start {
        Start::Term(term) => text(term),
        Start::Parameter(name) => Expression::new(ExpressionKind::Parameter(name.text.clone()), name.span),
        Start::Walk(walk) => collected(walk),
    }
}

/// The terms that a walk gives, as a list.
fn collected(walk: &Walk) -> Expression {
    let (query, span) = match walk {
        Walk::Query(query) => (query.clone(), query_span(query)),
        Walk::Word(WordStatement { word, .. }) => below(walk, word.terms == Terms::Below),
        Walk::Set { .. } => below(walk, false),
    };
    Expression::new(ExpressionKind::Collect(Box::new(query)), span)
}

fn query_span(query: &Query) -> Span {
    let clauses = query.parts.iter().flat_map(|part| &part.clauses);
    clauses.map(|clause| clause.span).reduce(Span::to).unwrap_or_default()
}

/// `CALL … YIELD [depth,] term [FILTER depth > 0] RETURN term`
fn below(walk: &Walk, rooted: bool) -> (Query, Span) {
    let mut query = as_query(walk);
    let span = query_span(&query);
    let clauses = &mut query.parts[0].clauses;
    let fields: &[&str] = if rooted { &["depth", "term"] } else { &["term"] };
    for clause in clauses.iter_mut() {
        if let ClauseKind::Call(call) = &mut clause.kind {
            let item = |field: &&str| YieldItem { field: Name::new(*field, span), alias: None };
            call.yields = Some(Yield { star: false, items: fields.iter().map(item).collect(), condition: None });
        }
    }
    if rooted {
        let links = vec![(ComparisonOperator::Greater, literal(Literal::Integer(0), span))];
        let kind = ExpressionKind::Comparison { first: Box::new(variable("depth", span)), links };
        clauses.push(Clause { kind: ClauseKind::Filter(Expression::new(kind, span)), span });
    }
    clauses.push(returning("term", span));
    (query, span)
}

fn returning(name: &str, span: Span) -> Clause {
    let item = ProjectionItem { expression: variable(name, span), alias: None, text: SourceText(name.into()) };
    let projection = Projection { items: vec![item], ..Projection::default() };
    Clause { kind: ClauseKind::Return(projection), span }
}

fn variable(name: &str, span: Span) -> Expression {
    Expression::new(ExpressionKind::Variable(name.into()), span)
}

fn text(term: &Term) -> Expression {
    literal(Literal::String(term.text.clone()), term.span)
}

fn literal(literal: Literal, span: Span) -> Expression {
    Expression::new(ExpressionKind::Literal(literal), span)
}

fn options(statement: &WordStatement) -> Vec<(Name, Expression)> {
    let span = statement.operands.iter().flatten().next().map_or(Span::default(), |first| start(first).span);
    let named = |name: &str, value: Expression| (Name::new(name, value.span), value);
    let number = |number: u64| literal(Literal::Integer(i64::try_from(number).unwrap_or(i64::MAX)), span);
    let names = |names: &[Name]| list(names.iter().map(text).collect());
    let option = |option: &TraceOption| match option {
        TraceOption::Depth(depth) => Some(named("depth", number(*depth))),
        TraceOption::UpTo(count) => Some(named("upTo", number(*count))),
        TraceOption::All => Some(named("all", literal(Literal::Boolean(true), span))),
        TraceOption::Ranked => None,
        TraceOption::Via(types) => Some(named("via", names(types))),
        TraceOption::Only(labels) => Some(named("only", names(labels))),
        TraceOption::Hiding(labels) => Some(named("hiding", names(labels))),
        TraceOption::Avoiding(starts) => Some(named("avoiding", operand(starts))),
        TraceOption::Confidence(least) => Some(named("confidence", literal(Literal::Float(*least), span))),
        TraceOption::Where(condition) => Some(named("within", within(statement, condition))),
        TraceOption::Hard => Some(named("hard", literal(Literal::Boolean(true), span))),
        TraceOption::Showing(keys) => Some(named("showing", names(keys))),
        TraceOption::Each => Some(named("each", literal(Literal::Boolean(true), span))),
        // The engine has made the graph that this asks for.
        TraceOption::Rollup(_) => None,
    };
    let mut options: Vec<(Name, Expression)> = statement.options.iter().filter_map(option).collect();
    if statement.options.iter().any(|option| option.kind() == OptionKind::Rollup) {
        show_support(statement, &mut options, span);
    }
    options
}

/// What the relations of wholes are made of is shown where properties can be.
fn show_support(statement: &WordStatement, options: &mut Vec<(Name, Expression)>, span: Span) {
    let key = || literal(Literal::String(BY_WAY_OF.into()), span);
    let ranked = statement.options.iter().any(|option| option.kind() == OptionKind::Ranked);
    if ranked || !statement.word.options.contains(&OptionKind::Showing) {
        return;
    }
    match options.iter_mut().find(|(name, _)| name.text == "showing") {
        Some((_, Expression { kind: ExpressionKind::List(keys), .. })) => keys.push(key()),
        Some(_) => {}
        None => options.push((Name::new("showing", span), list(vec![key()]))),
    }
}

/// The relationships to be met from where the statement starts for which the condition holds: `COLLECT { CALL
/// trace.needs(…) YIELD depth, parent, relationship, term FILTER condition RETURN relationship }`. A statement about
/// the whole graph meets all.
fn within(statement: &WordStatement, condition: &Expression) -> Expression {
    let span = condition.span;
    let failures = ["trace.impact", "trace.fanin"].contains(&statement.word.procedure);
    let procedure = if failures { "trace.failures" } else { "trace.needs" };
    // The second operand of DIFF needs things of its own, that of WHY and CRITICAL is needed.
    let starts = match statement.word.procedure {
        "trace.diff" => list(statement.operands.iter().map(|starts| operand(starts)).collect()),
        _ => operand(&statement.operands[0]),
    };
    let clauses = vec![
        call(procedure, vec![starts], Some(&["depth", "parent", "relationship", "term"])),
        Clause { kind: ClauseKind::Filter(condition.clone()), span },
        returning("relationship", span),
    ];
    Expression::new(ExpressionKind::Collect(Box::new(single(clauses))), span)
}

/// An error of the call that a walk stands for, pointing at the word of the statement that it quotes instead of at all
/// that is said.
pub fn located(walk: &Walk, mut error: Diagnostic) -> Diagnostic {
    let quotes = |name: &Name| error.message.contains(&format!("'{}'", name.text));
    let Some((word, name)) = said(walk).into_iter().find(|(_, name)| quotes(name)) else { return error };
    let within = |outer: Span| outer.start <= name.span.start && name.span.end <= outer.end;
    if error.span.is_none_or(within) {
        error.span = Some(name.span);
    }
    if error.detail == Detail::UnknownName
        && let Some(help) = swallowed(word, &name.text)
    {
        error.help = Some(help);
    }
    error
}

/// What to write instead of a term that has taken in what was meant as an option, or as an operator of sets.
fn swallowed(word: &Word, text: &str) -> Option<String> {
    let words: Vec<String> = text.split(' ').map(str::to_uppercase).collect();
    // What a term begins with belongs to it.
    let has = |keywords: &[&str]| words[1..].windows(keywords.len()).any(|window| window == keywords);
    if let Some(operator) = ["EXCEPT", "INTERSECT", "UNION"].into_iter().find(|operator| has(&[operator])) {
        return Some(format!("{operator} stands between sets: DEPS a {operator} DEPS b, or {operator} (a query)"));
    }
    let others = WORDS.iter().flat_map(|other| other.options).filter(|option| !word.options.contains(option));
    let keywords = others.map(|option| option.keywords()).find(|keywords| has(keywords))?;
    Some(format!("{} takes no {}: {}", word.keyword, keywords.join(" "), word.syntax))
}

/// The terms, types and labels that a walk names, and the word to which they are said.
fn said(walk: &Walk) -> Vec<(&'static Word, &Name)> {
    match walk {
        Walk::Word(statement) => said_to(statement),
        Walk::Set { left, right, .. } => said(left).into_iter().chain(said(right)).collect(),
        Walk::Query(_) => Vec::new(),
    }
}

fn said_to(statement: &WordStatement) -> Vec<(&'static Word, &Name)> {
    let word = statement.word;
    let of_start = |start| match start {
        &Start::Term(ref name) | &Start::Parameter(ref name) => vec![(word, name)],
        Start::Walk(walk) => said(walk),
    };
    let of_option = |option| match option {
        &TraceOption::Via(ref names)
        | &TraceOption::Only(ref names)
        | &TraceOption::Hiding(ref names)
        | &TraceOption::Showing(ref names)
        | &TraceOption::Rollup(ref names) => names.iter().map(|name| (word, name)).collect(),
        TraceOption::Avoiding(starts) => starts.iter().flat_map(of_start).collect(),
        TraceOption::Depth(_)
        | TraceOption::UpTo(_)
        | TraceOption::All
        | TraceOption::Ranked
        | TraceOption::Hard
        | TraceOption::Each
        | TraceOption::Confidence(_)
        | TraceOption::Where(_) => Vec::new(),
    };
    let operands = statement.operands.iter().flatten().flat_map(of_start);
    operands.chain(statement.options.iter().flat_map(of_option)).collect()
}
