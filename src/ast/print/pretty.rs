//! Prints a statement on several lines: a clause a line, conditions, orders and limits on lines of their own, and
//! what does not fit one line item by item.

use std::fmt::Display;

use super::clause::{CallHead, definition};
use super::expression::conjuncts;
use crate::ast::{
    CallSubquery, Clause, ClauseKind, Delete, Expression, GroupBy, Match, Merge, Mode, Projection, Query, Statement,
    StatementBody, When, With,
};

/// Columns beyond which items get lines of their own.
const WIDTH: usize = 100;
const INDENT: &str = "  ";

/// A comment and the place it belongs to: it is printed before the clause that reaches beyond that place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment<'t> {
    pub text: &'t str,
    pub at: u32,
    /// An empty line follows it.
    pub detached: bool,
}

/// Prints the statement, without semicolon, and takes from the front of the comments those that lie before `end`,
/// the statement's end. Every line ends with a line break.
pub fn pretty<'t>(statement: &Statement, end: u32, comments: &mut &'t [Comment<'t>]) -> String {
    let mode = match statement.mode {
        Mode::Run => "",
        Mode::Explain => "EXPLAIN ",
        Mode::Profile => "PROFILE ",
    };
    let options = statement.options.iter().map(|options| format!("{} ", options.text));
    let mut printer = Printer { out: String::new(), depth: 0, prefix: options.collect::<String>() + mode, comments };
    match &statement.body {
        StatementBody::Query(query) => printer.query(query),
        body @ (StatementBody::Walk(_)
        | StatementBody::Declaration(_)
        | StatementBody::Correction(_)
        | StatementBody::WhatIf(_)
        | StatementBody::Schema(_)
        | StatementBody::Transaction(_)) => {
            printer.comments_before(end);
            printer.line(&body.to_string());
        }
    }
    // Behind the last clause there can be none left but by a defect; a comment is never lost.
    printer.comments_before(end);
    printer.out
}

struct Printer<'p, 't> {
    out: String,
    depth: usize,
    /// What stands before the first clause.
    prefix: String,
    comments: &'p mut &'t [Comment<'t>],
}

impl Printer<'_, '_> {
    fn line(&mut self, text: &str) {
        let prefix = std::mem::take(&mut self.prefix);
        self.out += &format!("{}{prefix}{text}\n", INDENT.repeat(self.depth));
    }

    fn comments_before(&mut self, place: u32) {
        while let Some((comment, rest)) = self.comments.split_first()
            && comment.at < place
        {
            self.out += &format!("{}{}\n", INDENT.repeat(self.depth), comment.text);
            if comment.detached {
                self.out.push('\n');
            }
            *self.comments = rest;
        }
    }

    fn query(&mut self, query: &Query) {
        let mut unions = query.unions.iter();
        for (index, part) in query.parts.iter().enumerate() {
            if index > 0
                && let Some(union) = unions.next()
            {
                self.comments_before(union.span.start);
                self.line(if union.all { "UNION ALL" } else { "UNION" });
            }
            part.clauses.iter().for_each(|clause| self.clause(clause));
        }
    }

    fn clause(&mut self, clause: &Clause) {
        if let ClauseKind::CallSubquery(call) = &clause.kind {
            self.comments_before(clause.span.start);
            return self.subquery(call, clause.span.end);
        }
        if let ClauseKind::When(when) = &clause.kind {
            self.comments_before(clause.span.start);
            return self.when(when, clause.span.end);
        }
        self.comments_before(clause.span.end);
        for line in lines(&clause.kind, WIDTH.saturating_sub(self.depth * INDENT.len() + self.prefix.len())) {
            self.line(&line);
        }
    }

    fn when(&mut self, when: &When, end: u32) {
        for (index, (condition, query)) in when.branches.iter().enumerate() {
            let before = if index > 0 { "} " } else { "" };
            self.braced(&format!("{before}WHEN {condition} THEN {{"), query, condition.span.start);
        }
        when.otherwise.iter().for_each(|query| self.braced("} ELSE {", query, end));
        self.comments_before(end);
        self.line("}");
    }

    /// A head that opens a brace, and the query within, with the comments before the end.
    fn braced(&mut self, head: &str, query: &Query, end: u32) {
        self.line(head);
        self.depth += 1;
        self.query(query);
        self.comments_before(end);
        self.depth -= 1;
    }

    fn subquery(&mut self, call: &CallSubquery, end: u32) {
        self.braced(&format!("{}{{", CallHead(call)), &call.query, end);
        let batches = call.in_transactions.as_ref().map_or(String::new(), |batches| format!(" {batches}"));
        self.line(&format!("}}{batches}"));
    }
}

/// The lines of a clause that holds no clauses of its own.
fn lines(kind: &ClauseKind, width: usize) -> Vec<String> {
    match kind {
        ClauseKind::Match(Match { optional, repeatable, patterns, hints, condition }) => {
            let head = if *optional { "OPTIONAL MATCH" } else { "MATCH" };
            let head = if *repeatable { format!("{head} REPEATABLE ELEMENTS") } else { head.to_string() };
            let mut lines = list(&head, texts(patterns), width);
            lines.extend(hints.iter().map(|hint| format!("{INDENT}{}", hint.text)));
            lines.extend(condition.iter().flat_map(|condition| filter(condition, width)));
            lines
        }
        ClauseKind::With(With { projection, condition }) => {
            let mut lines = projected("WITH", projection, width);
            lines.extend(condition.iter().flat_map(|condition| filter(condition, width)));
            lines
        }
        ClauseKind::Return(projection) => projected("RETURN", projection, width),
        ClauseKind::Create(patterns) => list("CREATE", texts(patterns), width),
        ClauseKind::Merge(Merge { pattern, actions }) => {
            let actions = actions.iter().map(|action| format!("{INDENT}{action}"));
            std::iter::once(format!("MERGE {pattern}")).chain(actions).collect()
        }
        ClauseKind::Set(items) => list("SET", texts(items), width),
        ClauseKind::Remove(items) => list("REMOVE", texts(items), width),
        ClauseKind::Delete(Delete { detach, expressions }) => {
            list(if *detach { "DETACH DELETE" } else { "DELETE" }, texts(expressions), width)
        }
        ClauseKind::Let(items) => {
            list("LET", items.iter().map(|(variable, value)| definition(variable, value)).collect(), width)
        }
        ClauseKind::Use(_)
        | ClauseKind::Unwind(_)
        | ClauseKind::LoadCsv(_)
        | ClauseKind::Call(_)
        | ClauseKind::CallSubquery(_)
        | ClauseKind::When(_)
        | ClauseKind::Foreach(_)
        | ClauseKind::Filter(_)
        | ClauseKind::For(_)
        | ClauseKind::Next
        | ClauseKind::Finish => vec![kind.to_string()],
    }
}

fn projected(head: &str, projection: &Projection, width: usize) -> Vec<String> {
    let head = if projection.distinct { format!("{head} DISTINCT") } else { head.to_string() };
    let star = projection.star.then(|| "*".to_string());
    let mut lines = list(&head, star.into_iter().chain(texts(&projection.items)).collect(), width);
    if let GroupBy::Keys(keys) = &projection.group_by {
        lines.extend(match keys.is_empty() {
            true => vec!["GROUP BY ()".to_string()],
            false => list("GROUP BY", texts(keys), width),
        });
    }
    if !projection.order_by.is_empty() {
        lines.extend(list("ORDER BY", texts(&projection.order_by), width));
    }
    lines.extend(projection.skip.iter().map(|skip| format!("SKIP {skip}")));
    lines.extend(projection.limit.iter().map(|limit| format!("LIMIT {limit}")));
    lines
}

/// The condition on one line, or on a line for each part that must hold.
fn filter(condition: &Expression, width: usize) -> Vec<String> {
    let line = format!("WHERE {condition}");
    let parts = conjuncts(condition);
    if fits(&line, width) || parts.len() < 2 {
        return vec![line];
    }
    let mut parts = parts.into_iter();
    let first = parts.next().map(|part| format!("WHERE {part}"));
    first.into_iter().chain(parts.map(|part| format!("{INDENT}AND {part}"))).collect()
}

/// The items behind the head if they fit, or else each on a line of its own.
fn list(head: &str, items: Vec<String>, width: usize) -> Vec<String> {
    let line = format!("{head} {}", items.join(", "));
    if fits(&line, width) || items.len() < 2 {
        return vec![line];
    }
    let last = items.len() - 1;
    let items = items.into_iter().enumerate();
    let items = items.map(|(at, item)| format!("{INDENT}{item}{}", if at == last { "" } else { "," }));
    std::iter::once(head.to_string()).chain(items).collect()
}

fn fits(line: &str, width: usize) -> bool {
    line.chars().count() <= width
}

fn texts<T: Display>(items: &[T]) -> Vec<String> {
    items.iter().map(T::to_string).collect()
}
