//! parser → **binder** → planner → optimizer → executor
//!
//! Gives the syntax tree its meaning: names become slots, patterns small graphs, walking statements procedure calls.
//! Every error that does not need data is found here, all of them in one pass. Never looks at the data itself, but
//! for warning of labels, types and keys that the graph does not know.
//! Tests: `tests/scripts/binder`, and the conformance kit's compile-time errors.

mod by_expression;
mod clauses;
mod declare;
mod expression;
mod group;
mod implied;
mod next;
mod pattern;
mod projection;
mod schema;
mod scope;
mod size;
mod subquery;
mod types;
mod updates;
mod walk;
mod warnings;
mod when;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::ast;
use crate::diagnostic::{Detail, Diagnostic, Kind, Span};
use crate::graph::{Graph, Implied, Value};
use crate::limits::Watch;
use crate::plan::{BoundPart, BoundQuery, Slot};
use crate::procedures::TableProcedure;
use crate::result::Shape;
use projection::Grouping;
use scope::{Scope, Variable};
use types::Type;

/// What a query may refer to.
pub struct Catalog<'a> {
    pub graph: &'a Graph,
    /// Procedures registered besides the built-in ones.
    pub procedures: &'a [Arc<TableProcedure>],
    /// `None` when the query will not run: then any parameter may be named.
    pub parameters: Option<&'a BTreeMap<String, Value>>,
    pub implied: Implied,
    /// What can stop the binding.
    pub watch: &'a Watch,
}

/// A bound query and what there is to warn of.
pub type Bound = (BoundQuery, Vec<Diagnostic>);

/// Binds a statement; all errors found, or the query.
pub fn bind(statement: &ast::StatementBody, catalog: &Catalog) -> Result<Bound, Vec<Diagnostic>> {
    let mut binder = Binder::new(catalog);
    let query = binder.statement(statement);
    let (errors, warnings): (Vec<_>, Vec<_>) = binder.diagnostics.into_iter().partition(Diagnostic::is_error);
    if errors.is_empty() { Ok((query, size::shortened(warnings))) } else { Err(size::told(errors)) }
}

pub use declare::{Described, describe};
pub use schema::check_schema;
/// The query that a walking statement stands for.
pub use walk::{as_query, located};

struct Binder<'a> {
    catalog: &'a Catalog<'a>,
    diagnostics: Vec<Diagnostic>,
    /// The messages of warnings, each of which is given once.
    warned_of: HashSet<String>,
    /// A name for each slot given out so far.
    slots: Vec<String>,
    scope: Scope,
    /// The first variables of `scope`, which no clause of a subquery takes out of it.
    imported: Scope,
    /// How many subqueries are around.
    depth: usize,
    context: ExpressionContext,
    /// What the CASE around tests.
    case_operand: Option<(Slot, Type)>,
    /// Names that the query itself may bring into the graph: no warning for those.
    created: warnings::Created,
    writes: bool,
    shape: Shape,
    /// How large the statement is so far.
    parts: usize,
    /// How many expressions have been bound, and whether a limit has stopped that.
    expressions: usize,
    stopped: bool,
    /// What patterns stand for besides what is stored.
    implied: Implied,
    /// What there is to say of that.
    notes: Vec<String>,
}

/// The single queries of a query.
struct Parts {
    parts: Vec<BoundPart>,
    /// Whether equal rows of them are merged.
    distinct: bool,
}

/// What may stand in the expression being bound.
#[derive(Default)]
struct ExpressionContext {
    aggregation: AggregationUse,
    /// Set while binding the items of an aggregating projection.
    grouping: Option<Grouping>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum AggregationUse {
    /// No aggregate may stand here.
    #[default]
    Forbidden,
    /// Inside the arguments of an aggregate.
    Inside,
    /// Aggregates are collected into the grouping.
    Grouped,
}

impl<'a> Binder<'a> {
    fn new(catalog: &'a Catalog<'a>) -> Binder<'a> {
        Binder {
            catalog,
            diagnostics: Vec::new(),
            warned_of: HashSet::new(),
            slots: Vec::new(),
            scope: Scope::default(),
            imported: Scope::default(),
            depth: 0,
            context: ExpressionContext::default(),
            case_operand: None,
            created: warnings::Created::default(),
            writes: false,
            shape: Shape::Table,
            parts: 0,
            expressions: 0,
            stopped: false,
            implied: catalog.implied,
            notes: Vec::new(),
        }
    }

    fn statement(&mut self, statement: &ast::StatementBody) -> BoundQuery {
        match statement {
            ast::StatementBody::Query(query) => self.query(query),
            ast::StatementBody::Walk(walk) => self.query(&walk::as_query(walk)),
            ast::StatementBody::WhatIf(what_if) => self.statement(&what_if.body),
            // They have no plan: the engine does what they say.
            ast::StatementBody::Declaration(_)
            | ast::StatementBody::Schema(_)
            | ast::StatementBody::Correction(_)
            | ast::StatementBody::Transaction(_) => self.query(&ast::Query { parts: vec![], unions: vec![] }),
        }
    }

    fn query(&mut self, query: &ast::Query) -> BoundQuery {
        let (Parts { parts, distinct }, columns) = self.parts(query, &mut |binder, _| binder.scope = Scope::default());
        BoundQuery {
            parts,
            distinct,
            columns: columns.into_iter().map(|column| column.name).collect(),
            slots: std::mem::take(&mut self.slots),
            shape: self.shape,
            writes: self.writes,
            notes: std::mem::take(&mut self.notes),
        }
    }

    /// Binds the parts of a query, each in the scope that `enter` sets, and checks that their columns agree.
    fn parts(
        &mut self,
        query: &ast::Query,
        enter: &mut dyn FnMut(&mut Self, &ast::SingleQuery),
    ) -> (Parts, Vec<Variable>) {
        query.parts.iter().for_each(|part| self.check_composition(part));
        match next::stages(query) {
            Some(stages) => self.stages(&stages, enter),
            None => self.united(query, enter),
        }
    }

    /// Binds parts between which there is no NEXT, or in which NEXT is a clause like any other.
    fn united(
        &mut self,
        query: &ast::Query,
        enter: &mut dyn FnMut(&mut Self, &ast::SingleQuery),
    ) -> (Parts, Vec<Variable>) {
        self.check_unions(query);
        let mut columns: Option<Vec<Variable>> = None;
        let mut parts = Vec::new();
        for (index, part) in query.parts.iter().enumerate() {
            enter(self, part);
            let (part, own) = self.part(part);
            match &columns {
                Some(first) => {
                    let own = self.aligned(first, own, query.unions[index - 1].span, "the parts of a UNION");
                    parts.push(BoundPart { columns: own.iter().map(|column| column.slot).collect(), ..part });
                }
                None => {
                    columns = Some(own);
                    parts.push(part);
                }
            }
        }
        (Parts { parts, distinct: is_distinct(query) }, columns.unwrap_or_default())
    }

    /// The columns of a part in the order of those of the first part, which must have the same names.
    fn aligned(&mut self, first: &[Variable], own: Vec<Variable>, span: Span, parts: &str) -> Vec<Variable> {
        let find = |wanted: &Variable| own.iter().find(|column| column.name == wanted.name).cloned();
        let aligned: Option<Vec<Variable>> = first.iter().map(find).collect();
        match aligned {
            Some(aligned) if aligned.len() == own.len() => aligned,
            _ => {
                let names = |columns: &[Variable]| list(&columns.iter().map(|v| v.name.clone()).collect::<Vec<_>>());
                let message = format!("{parts} return different columns: {} and {}", names(first), names(&own));
                self.error(
                    Diagnostic::syntax(Detail::DifferentColumnsInUnion, span, message)
                        .help("give the columns the same names with AS"),
                );
                own
            }
        }
    }

    fn check_unions(&mut self, query: &ast::Query) {
        if let Some(odd) = query.unions.iter().find(|union| union.all != query.unions[0].all) {
            self.error(
                Diagnostic::syntax(Detail::InvalidClauseComposition, odd.span, "UNION and UNION ALL cannot be mixed")
                    .help("use one of them throughout"),
            );
        }
    }

    /// Binds the clauses of a single query in the current scope; also gives its columns.
    fn part(&mut self, part: &ast::SingleQuery) -> (BoundPart, Vec<Variable>) {
        if let Some(first) = part.clauses.first()
            && !self.grow(part.clauses.len(), first.span)
        {
            return (BoundPart { clauses: vec![], columns: vec![] }, vec![]);
        }
        self.note_created(&part.clauses);
        let mut clauses = Vec::new();
        let mut columns = Vec::new();
        for clause in &part.clauses {
            match &clause.kind {
                ast::ClauseKind::Return(projection) => {
                    clauses.push(self.projection(projection, None, clause.span, true));
                    columns = self.scope.variables().skip(self.imported.len()).cloned().collect();
                }
                ast::ClauseKind::When(when) => {
                    let (bound, own) = self.when(when, clause.span);
                    clauses.extend(bound);
                    columns = own;
                }
                // The columns go on as variables.
                ast::ClauseKind::Next => columns.clear(),
                ast::ClauseKind::Finish => {}
                ast::ClauseKind::Call(call) if is_alone(part) && !call.optional && self.depth == 0 => {
                    clauses.push(self.standalone_call(call));
                    columns = self.scope.variables().cloned().collect();
                }
                _ => clauses.push(self.clause(clause)),
            }
        }
        let slots = columns.iter().map(|column| column.slot).collect();
        (BoundPart { clauses, columns: slots }, columns)
    }

    fn check_composition(&mut self, part: &ast::SingleQuery) {
        use ast::ClauseKind::*;
        for (index, clause) in part.clauses.iter().enumerate() {
            let following = part.clauses.get(index + 1);
            let problem = match (&clause.kind, following.map(|c| &c.kind)) {
                (Return(_) | When(_), Some(Next)) => None,
                (When(_), Some(_)) => {
                    Some(("nothing may follow WHEN … THEN … but UNION or NEXT", "put what follows behind NEXT"))
                }
                (Return(_), Some(_)) => {
                    Some(("nothing may follow RETURN but UNION or NEXT", "pass results on with WITH instead of RETURN"))
                }
                (Finish, Some(_)) => Some(("nothing may follow FINISH", "take it away")),
                (Use(_) | Match(_) | Unwind(_) | LoadCsv(_) | With(_) | Let(_) | Filter(_) | For(_) | Next, None) => {
                    Some((
                        "a query cannot end with this clause: nothing is returned or changed",
                        "end it with RETURN, for example RETURN *",
                    ))
                }
                _ => None,
            };
            if let Some((message, help)) = problem {
                let span = following.map_or(clause.span, |following| following.span);
                self.error(Diagnostic::syntax(Detail::InvalidClauseComposition, span, message).help(help));
            }
            let before = index.checked_sub(1).map(|before| &part.clauses[before].kind);
            if matches!(clause.kind, When(_)) && !matches!(before, None | Some(Use(_) | Next)) {
                let message = "WHEN begins a query";
                self.error(
                    Diagnostic::syntax(Detail::InvalidClauseComposition, clause.span, message)
                        .help("write RETURN … NEXT before it, or put it into CALL (*) { … }"),
                );
            }
            if matches!(clause.kind, Next) && !matches!(before, Some(Return(_) | When(_))) {
                let message = "NEXT goes on with the columns of a RETURN";
                self.error(
                    Diagnostic::syntax(Detail::InvalidClauseComposition, clause.span, message)
                        .help("write RETURN … before it"),
                );
            }
        }
    }

    fn error(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn syntax_error(&mut self, detail: Detail, span: Span, message: impl Into<String>) {
        self.error(Diagnostic::syntax(detail, span, message));
    }

    /// A fresh slot, named for people.
    fn slot(&mut self, name: &str) -> Slot {
        self.slots.push(name.to_string());
        self.slots.len() - 1
    }

    /// A fresh slot for a variable that comes into scope.
    fn declare(&mut self, name: &str, variable_type: Type) -> Slot {
        let slot = self.slot(name);
        self.scope.push(name, slot, variable_type);
        slot
    }

    fn undefined_variable(&mut self, name: &str, span: Span) {
        let error = Diagnostic::syntax(Detail::UndefinedVariable, span, format!("`{name}` is not defined"));
        if !self.is_told() {
            return self.error(error);
        }
        let help = match closest(name, self.scope.names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.scope.is_empty() => "no variable is in scope here".into(),
            None => {
                let some = self.scope.names().take(size::MOST_NAMES).collect::<Vec<_>>().join(", ");
                match self.scope.len().saturating_sub(size::MOST_NAMES) {
                    0 => format!("in scope here: {some}"),
                    more => format!("in scope here: {some} and {more} more"),
                }
            }
        };
        self.error(error.help(help));
    }
}

/// The name nearest to the one given, if any is near enough to be meant.
pub(crate) fn closest<'n>(name: &str, candidates: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(&name, &candidate.to_lowercase()), candidate))
        // Something of the name must be left: every one-letter name is one step from every other.
        .filter(|(distance, candidate)| {
            *distance < length && *distance <= 1 + candidate.chars().count().min(length) / 4
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Whether a single query has one clause besides USE.
fn is_alone(part: &ast::SingleQuery) -> bool {
    part.clauses.iter().filter(|clause| !matches!(clause.kind, ast::ClauseKind::Use(_))).count() == 1
}

/// Whether equal rows of a query's parts are merged.
fn is_distinct(query: &ast::Query) -> bool {
    query.unions.iter().any(|union| !union.all)
}

/// What a name in a label expression is a name of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Label,
    Type,
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

fn invalid_type(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::compile(Kind::SyntaxError, Detail::InvalidArgumentType, span, message)
}
