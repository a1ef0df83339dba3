//! MATCH, UNWIND, WITH and CALL; the updating clauses are in `updates`, RETURN in `projection`.

use std::sync::Arc;

use super::scope::Scope;
use super::types::Type;
use super::{AggregationUse, Binder, Parts, closest, invalid_type};
use crate::ast;
use crate::diagnostic::{Detail, Diagnostic, Kind, Span, an};
use crate::graph::{TypeSet, Value};
use crate::plan::{Batches, BoundClause, Call, Expr, ExprKind, LoadCsv, OnError, Subquery, Unwind};
use crate::procedures::{self, Callable};

/// How many input rows a transaction of CALL { … } IN TRANSACTIONS takes, unless it says so.
const ROWS_EACH: i64 = 1000;

impl Binder<'_> {
    pub(super) fn clause(&mut self, clause: &ast::Clause) -> BoundClause {
        match &clause.kind {
            ast::ClauseKind::Use(graph) => {
                self.without_effect(graph, "there is one graph");
                BoundClause::Let(vec![])
            }
            ast::ClauseKind::Match(m) => self.match_clause(m),
            ast::ClauseKind::Unwind(unwind) => self.unwind(unwind),
            ast::ClauseKind::LoadCsv(load) => self.load_csv(load),
            ast::ClauseKind::With(with) => {
                self.projection(&with.projection, with.condition.as_ref(), clause.span, false)
            }
            ast::ClauseKind::Return(projection) => self.projection(projection, None, clause.span, true),
            ast::ClauseKind::Create(patterns) => self.create(patterns),
            ast::ClauseKind::Merge(merge) => self.merge(merge),
            ast::ClauseKind::Set(items) => self.set(items),
            ast::ClauseKind::Remove(items) => self.remove(items),
            ast::ClauseKind::Delete(delete) => self.delete(delete),
            ast::ClauseKind::Call(call) => self.call(call),
            ast::ClauseKind::CallSubquery(call) => self.call_subquery(call, clause.span),
            ast::ClauseKind::Foreach(foreach) => self.foreach(foreach),
            ast::ClauseKind::Let(items) => self.let_clause(items),
            ast::ClauseKind::Filter(condition) => BoundClause::Filter(self.condition(condition)),
            ast::ClauseKind::For(clause) => self.for_clause(clause),
            // `part` sees to their places.
            ast::ClauseKind::When(_) | ast::ClauseKind::Next | ast::ClauseKind::Finish => BoundClause::Let(vec![]),
        }
    }

    fn match_clause(&mut self, clause: &ast::Match) -> BoundClause {
        let (pattern, mut conditions) = self.clause_pattern(&clause.patterns, clause.repeatable);
        clause.hints.iter().for_each(|hint| self.without_effect(hint, "the planner chooses by cost"));
        if let Some(condition) = &clause.condition {
            conditions.extend(self.condition(condition).conjuncts());
        }
        BoundClause::Match { optional: clause.optional, pattern, conditions }
    }

    fn without_effect(&mut self, ignored: &ast::Ignored, reason: &str) {
        let note = format!("`{}` has no effect: {reason}", ignored.text);
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// `LET a = …, b = …`: each sees those before it.
    fn let_clause(&mut self, items: &[(ast::Name, ast::Expression)]) -> BoundClause {
        let mut bound = Vec::new();
        for (name, value) in items {
            let (expr, value_type) = self.expression(value);
            bound.push((self.declare_new(name, value_type), expr));
        }
        BoundClause::Let(bound)
    }

    fn for_clause(&mut self, clause: &ast::For) -> BoundClause {
        let (list, element) = self.elements(&clause.list);
        let slot = self.declare_new(&clause.variable, element);
        let position = clause.position.as_ref().map(|position| {
            let first = i64::from(position.counting == ast::Counting::Ordinality);
            (self.declare_new(&position.variable, Type::of(TypeSet::INTEGER)), first)
        });
        BoundClause::Unwind(Unwind { list, slot, position })
    }

    /// A list and what its elements may be.
    fn elements(&mut self, list: &ast::Expression) -> (Expr, Type) {
        let (list, list_type) = self.expression(list);
        (list, if list_type.set == TypeSet::LIST { list_type.element() } else { Type::ANY })
    }

    fn foreach(&mut self, foreach: &ast::Foreach) -> BoundClause {
        self.writes = true;
        let (list, element) = self.elements(&foreach.list);
        let outer = self.scope.len();
        // As that of a comprehension, the variable may hide one outside.
        let slot = self.declare(&foreach.variable.text, element);
        let clauses = foreach.clauses.iter().map(|clause| self.clause(clause)).collect();
        self.scope.truncate(outer);
        BoundClause::Foreach { list, slot, clauses }
    }

    /// `CALL { … }`, `CALL (a, b) { … }`
    fn call_subquery(&mut self, call: &ast::CallSubquery, span: Span) -> BoundClause {
        let (scope, imported) = (self.scope.clone(), self.imported.clone());
        let seen = self.imports(&call.imports);
        let wrote = std::mem::replace(&mut self.writes, false);
        self.depth += 1;
        let (Parts { parts, distinct }, columns) = self.parts(&call.query, &mut |binder, part| {
            binder.imported = seen.clone();
            // Without a list of variables, a WITH at the beginning of a part imports.
            let imports = call.imports == ast::Imports::None
                && part.clauses.first().is_some_and(|first| matches!(first.kind, ast::ClauseKind::With(_)));
            binder.scope = if imports { scope.clone() } else { seen.clone() };
        });
        self.depth -= 1;
        (self.scope, self.imported) = (scope, imported);
        let concurrency = call.in_transactions.iter().flat_map(|batches| &batches.concurrency);
        concurrency.for_each(|words| self.without_effect(words, "there is one writer at a time"));
        let batches = call.in_transactions.as_ref().and_then(|batches| self.batches(batches, wrote, span));
        self.writes |= wrote;
        let columns = columns
            .iter()
            .map(|column| self.declare_new(&ast::Name::new(&column.name, span), column.variable_type))
            .collect();
        let status = call.in_transactions.as_ref().and_then(|batches| batches.status.as_ref());
        let status = status.map(|status| self.declare_new(status, Type::of(TypeSet::MAP)));
        let batches = batches.map(|batches| Batches { status, ..batches });
        BoundClause::Subquery(Subquery { parts, distinct, columns, optional: call.optional, batches })
    }

    /// How a subquery commits, without its status; `wrote` is whether an earlier clause changes the graph.
    fn batches(&mut self, batches: &ast::InTransactions, wrote: bool, span: Span) -> Option<Batches> {
        let refused = match (self.depth > 0, wrote) {
            (true, _) => Some((
                "IN TRANSACTIONS cannot be inside another subquery",
                "move CALL { … } IN TRANSACTIONS to the clauses of the statement itself",
            )),
            (false, true) => Some((
                "IN TRANSACTIONS cannot follow a clause that changes the graph",
                "the first transaction would commit these changes, too: make two statements of it",
            )),
            (false, false) => None,
        };
        if let Some((message, help)) = refused {
            self.error(Diagnostic::syntax(Detail::InvalidClauseComposition, span, message).help(help));
            return None;
        }
        let on_error = match batches.on_error {
            ast::OnError::Fail => OnError::Fail,
            ast::OnError::Continue => OnError::Continue,
            ast::OnError::Break => OnError::Break,
        };
        if let (Some(status), OnError::Fail) = (&batches.status, on_error) {
            let message = "REPORT STATUS needs ON ERROR CONTINUE or ON ERROR BREAK";
            self.error(Diagnostic::syntax(Detail::InvalidClauseComposition, status.span, message));
        }
        let rows = match &batches.rows {
            Some(rows) => self.row_count(Some(rows), "OF … ROWS")?,
            None => Expr { kind: ExprKind::Constant(Value::Integer(ROWS_EACH)), span },
        };
        if let ExprKind::Constant(Value::Integer(0)) = rows.kind {
            let message = "a transaction takes at least one row";
            self.syntax_error(Detail::NegativeIntegerArgument, rows.span, message);
        }
        Some(Batches { rows, on_error, status: None })
    }

    fn imports(&mut self, imports: &ast::Imports) -> Scope {
        let mut seen = Scope::default();
        match imports {
            ast::Imports::None => {}
            ast::Imports::All => seen = self.scope.clone(),
            ast::Imports::Names(names) => {
                for name in names {
                    match self.scope.find(&name.text).cloned() {
                        Some(variable) => seen.push(&variable.name, variable.slot, variable.variable_type),
                        None => self.undefined_variable(&name.text, name.span),
                    }
                }
            }
        }
        seen
    }

    /// A predicate: patterns may stand in it, aggregates may not.
    pub(super) fn condition(&mut self, condition: &ast::Expression) -> Expr {
        let (expr, condition_type) = self.predicate(condition);
        if !condition_type.may_be(TypeSet::BOOLEAN) {
            let message = format!("a condition must be true or false, but this is {}", an(condition_type.set));
            self.error(invalid_type(condition.span, message));
        }
        expr
    }

    fn unwind(&mut self, clause: &ast::Unwind) -> BoundClause {
        let (list, element) = self.elements(&clause.list);
        let slot = self.declare_new(&clause.variable, element);
        BoundClause::Unwind(Unwind { list, slot, position: None })
    }

    fn load_csv(&mut self, clause: &ast::LoadCsv) -> BoundClause {
        let (source, source_type) = self.expression(&clause.source);
        if !source_type.may_be(TypeSet::STRING) {
            let message = format!("the name of a file is a string, but this is {}", an(source_type.set));
            self.error(invalid_type(clause.source.span, message));
        }
        let row = if clause.headers { TypeSet::MAP } else { TypeSet::LIST };
        let slot = self.declare_new(&clause.variable, Type::of(row));
        let terminator = clause.terminator.map_or(b',', |sign| sign as u8);
        let ast::LoadCsv { headers, ignores_extra, .. } = *clause;
        BoundClause::LoadCsv(LoadCsv { source, slot, headers, terminator, ignores_extra })
    }

    /// Declares a variable that must not be in scope yet.
    pub(super) fn declare_new(&mut self, name: &ast::Name, variable_type: Type) -> usize {
        if self.scope.find(&name.text).is_some() {
            self.already_bound(&name.text, name.span);
        }
        self.declare(&name.text, variable_type)
    }

    pub(super) fn already_bound(&mut self, name: &str, span: Span) {
        self.error(
            Diagnostic::syntax(Detail::VariableAlreadyBound, span, format!("`{name}` is bound already"))
                .help("choose another name for the new one"),
        );
    }

    fn call(&mut self, call: &ast::Call) -> BoundClause {
        let Some((procedure, signature)) = self.find_procedure(&call.procedure) else { return no_call() };
        let arguments = match &call.arguments {
            Some(arguments) => self.arguments(&call.procedure, &signature, arguments),
            None => {
                self.error(
                    Diagnostic::syntax(
                        Detail::InvalidArgumentPassingMode,
                        call.procedure.span,
                        "inside a query, the arguments of a procedure must be written",
                    )
                    .help(format!("write {}(…)", call.procedure.text)),
                );
                vec![]
            }
        };
        let void = signature.yields.is_empty();
        let yields = match &call.yields {
            Some(yields) => self.yields(yields, &signature),
            None => vec![],
        };
        let condition = call.yields.as_ref().and_then(|y| y.condition.as_ref()).map(|c| self.condition(c));
        let (span, optional) = (call.procedure.span, call.optional);
        let writes = self.call_writes(&procedure, call);
        BoundClause::Call(Call { procedure, arguments, yields, void, optional, writes, condition, span })
    }

    /// A call that is a whole query: arguments may come from parameters, and all fields are returned.
    pub(super) fn standalone_call(&mut self, call: &ast::Call) -> BoundClause {
        let Some((procedure, signature)) = self.find_procedure(&call.procedure) else { return no_call() };
        if let Callable::Native(native) = &procedure {
            self.shape = native.shape;
        }
        let arguments = match &call.arguments {
            Some(arguments) => self.arguments(&call.procedure, &signature, arguments),
            None => self.implicit_arguments(&call.procedure, &signature),
        };
        let void = signature.yields.is_empty();
        let yields = match &call.yields {
            Some(yields) if !yields.star => self.yields(yields, &signature),
            _ => self.yield_all(&signature),
        };
        let condition = call.yields.as_ref().and_then(|y| y.condition.as_ref()).map(|c| self.condition(c));
        let (span, optional) = (call.procedure.span, call.optional);
        let writes = self.call_writes(&procedure, call);
        BoundClause::Call(Call { procedure, arguments, yields, void, optional, writes, condition, span })
    }

    /// Whether the call may set properties: a procedure that can does so unless its options are written out without
    /// `write`.
    fn call_writes(&mut self, procedure: &Callable, call: &ast::Call) -> bool {
        let Callable::Native(native) = procedure else { return false };
        if !procedures::algo::can_write(native) {
            return false;
        }
        // The options are the last argument; without parentheses they are a parameter.
        let options = call.arguments.as_ref().map(|arguments| arguments.get(native.parameters.len() - 1));
        let writes = match options {
            Some(Some(ast::Expression { kind: ast::ExpressionKind::Map(entries), .. })) => {
                entries.iter().any(|(name, _)| name.text == "write")
            }
            Some(Some(_)) | None => true,
            Some(None) => false,
        };
        self.writes |= writes;
        writes
    }

    fn find_procedure(&mut self, name: &ast::Name) -> Option<(Callable, Signature)> {
        let registered = self.catalog.procedures.iter().find(|p| p.name == name.text);
        let native = procedures::all().find(|p| p.name.eq_ignore_ascii_case(&name.text));
        let found = match (registered, native) {
            (Some(table), _) => (Callable::Table(Arc::clone(table)), Signature::of_table(table)),
            (None, Some(native)) => (Callable::Native(native), Signature::of_native(native)),
            (None, None) => {
                let known: Vec<&str> = procedures::all().map(|p| p.name).collect();
                let help = match closest(&name.text, known.iter().copied()) {
                    Some(near) => format!("did you mean {near}?"),
                    None => format!("procedures: {}", known.join(", ")),
                };
                let message = format!("there is no procedure {}", name.text);
                self.error(
                    Diagnostic::compile(Kind::ProcedureError, Detail::ProcedureNotFound, name.span, message).help(help),
                );
                return None;
            }
        };
        Some(found)
    }

    fn arguments(&mut self, name: &ast::Name, signature: &Signature, arguments: &[ast::Expression]) -> Vec<Expr> {
        let (least, most) = (signature.required, signature.parameters.len());
        if arguments.len() < least || arguments.len() > most {
            let message = format!("{} takes {}, but got {}", name.text, signature.counts(), arguments.len());
            self.error(Diagnostic::syntax(Detail::InvalidNumberOfArguments, name.span, message).help(format!(
                "its signature: {}{}",
                name.text,
                signature.text()
            )));
        }
        let mut bound = Vec::new();
        for (index, argument) in arguments.iter().enumerate() {
            self.context.aggregation = AggregationUse::Forbidden;
            let (expr, argument_type) = self.expression(argument);
            if let Some((parameter, types)) = signature.parameters.get(index)
                && !argument_type.may_be(accepted(*types))
            {
                let message = format!("`{parameter}` must be a {types}, but this is {}", an(argument_type.set));
                self.error(invalid_type(argument.span, message));
            }
            bound.push(expr);
        }
        let missing = most.saturating_sub(bound.len());
        bound.extend((0..missing).map(|_| Expr::constant(crate::graph::Value::Null, name.span)));
        bound
    }

    /// `CALL procedure` without parentheses: each argument is the parameter of the same name.
    fn implicit_arguments(&mut self, name: &ast::Name, signature: &Signature) -> Vec<Expr> {
        let mut arguments = Vec::new();
        for (parameter, _) in &signature.parameters {
            if self.catalog.parameters.is_some_and(|given| !given.contains_key(parameter)) {
                let message = format!("{} needs the parameter ${parameter}", name.text);
                self.error(
                    Diagnostic::compile(Kind::ParameterMissing, Detail::MissingParameter, name.span, message)
                        .help("set the parameter, or write the arguments in parentheses"),
                );
            }
            arguments.push(Expr::new(ExprKind::Parameter(Arc::from(parameter.as_str())), name.span));
        }
        arguments
    }

    fn yield_all(&mut self, signature: &Signature) -> Vec<(usize, usize)> {
        let fields = signature.yields.iter().enumerate();
        fields.map(|(index, (field, types))| (index, self.declare(field, Type::of(*types)))).collect()
    }

    fn yields(&mut self, yields: &ast::Yield, signature: &Signature) -> Vec<(usize, usize)> {
        if yields.star {
            return self.yield_all(signature);
        }
        let mut bound = Vec::new();
        for item in &yields.items {
            let Some(index) = signature.yields.iter().position(|(field, _)| *field == item.field.text) else {
                let fields = signature.yields.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>().join(", ");
                let message = format!("the procedure yields no `{}`", item.field.text);
                self.error(
                    Diagnostic::syntax(Detail::UndefinedVariable, item.field.span, message)
                        .help(format!("it yields: {fields}")),
                );
                continue;
            };
            let variable = item.alias.as_ref().unwrap_or(&item.field);
            let slot = self.declare_new(variable, Type::of(signature.yields[index].1));
            bound.push((index, slot));
        }
        bound
    }
}

/// What the binder needs to know of a procedure, wherever it comes from.
struct Signature {
    parameters: Vec<(String, TypeSet)>,
    required: usize,
    yields: Vec<(String, TypeSet)>,
}

impl Signature {
    fn of_table(table: &procedures::TableProcedure) -> Signature {
        Signature {
            parameters: table.parameters.clone(),
            required: table.parameters.len(),
            yields: table.yields.clone(),
        }
    }

    fn of_native(native: &procedures::Procedure) -> Signature {
        Signature {
            parameters: native.parameters.iter().map(|p| (p.name.to_string(), p.types)).collect(),
            required: native.parameters.iter().filter(|p| !p.optional).count(),
            yields: native.yields.iter().map(|(name, types)| (name.to_string(), *types)).collect(),
        }
    }

    fn counts(&self) -> String {
        let most = self.parameters.len();
        match (self.required, most) {
            (1, 1) => "1 argument".into(),
            (least, most) if least == most => format!("{most} arguments"),
            (least, most) => format!("{least} to {most} arguments"),
        }
    }

    fn text(&self) -> String {
        let parameters = self.parameters.iter().map(|(name, types)| format!("{name} :: {types}"));
        format!("({})", parameters.collect::<Vec<_>>().join(", "))
    }
}

/// Where a float is expected, an integer will do.
fn accepted(types: TypeSet) -> TypeSet {
    if types.and(TypeSet::FLOAT).is_empty() { types } else { types.or(TypeSet::INTEGER) }
}

/// Stands for a call that could not be bound.
fn no_call() -> BoundClause {
    BoundClause::Let(vec![])
}
