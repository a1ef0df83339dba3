//! `ROLLUP`: a walking statement run on a graph in which the relations of parts are those of their wholes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Asked, Engine, located, measured, profiled, stands_for};
use crate::ast::{BY_WAY_OF, Mode, Name, Start, StatementBody, TraceOption, Walk, WhatIf, WordStatement};
use crate::diagnostic::{Detail, Diagnostic, Kind, Span};
use crate::executor::{self, Access};
use crate::graph::{Graph, LabelId, NodeId, RelationshipId, Resolution, Value, alike};
use crate::limits::Budget;
use crate::plan::Plan;
use crate::result::{QueryResult, StatementType};
use crate::trace::{Lifted, Rollup, name_of, rollup};

use super::{Prepared, RunOptions};

/// The property that says of how many relations one of wholes is made.
const SUPPORT: &str = "support";

/// The labels of the wholes that a statement asks for; `None` if it rolls nothing up.
pub(super) fn wholes_of(body: &StatementBody) -> Result<Option<(&WordStatement, &[Name])>, Vec<Diagnostic>> {
    match body {
        StatementBody::Walk(Walk::Word(statement)) => {
            let inner = statement.operands.iter().flatten().any(start_rolls_up);
            if inner { Err(misplaced()) } else { Ok(labels(statement).map(|labels| (statement, labels))) }
        }
        StatementBody::Walk(walk) if rolls_up(walk) => Err(misplaced()),
        StatementBody::WhatIf(WhatIf { body, .. }) => match wholes_of(body)? {
            Some(_) => Err(misplaced()),
            None => Ok(None),
        },
        StatementBody::Walk(_)
        | StatementBody::Query(_)
        | StatementBody::Declaration(_)
        | StatementBody::Schema(_)
        | StatementBody::Correction(_)
        | StatementBody::Transaction(_) => Ok(None),
    }
}

fn misplaced() -> Vec<Diagnostic> {
    let message = "ROLLUP belongs to a statement of its own";
    let error = Diagnostic::syntax(Detail::InvalidClauseComposition, Span::default(), message);
    vec![error.help("DEPS a ROLLUP System; it goes neither into sets of terms nor with WHATIF")]
}

fn labels(statement: &WordStatement) -> Option<&[Name]> {
    statement.options.iter().find_map(|option| match option {
        TraceOption::Rollup(labels) => Some(labels.as_slice()),
        _ => None,
    })
}

/// What EXPLAIN says first of a statement that rolls up; nothing of any other.
pub(super) fn announced(walk: &Walk) -> String {
    match walk {
        Walk::Word(statement) => labels(statement).map_or(String::new(), |names| {
            format!("run on a copy in which relations are rolled up to {}\n", plural(names))
        }),
        Walk::Set { .. } | Walk::Query(_) => String::new(),
    }
}

fn rolls_up(walk: &Walk) -> bool {
    match walk {
        Walk::Word(statement) => labels(statement).is_some() || statement.operands.iter().flatten().any(start_rolls_up),
        Walk::Set { left, right, .. } => rolls_up(left) || rolls_up(right),
        Walk::Query(_) => false,
    }
}

fn start_rolls_up(start: &Start) -> bool {
    matches!(start, Start::Walk(walk) if rolls_up(walk))
}

impl Engine {
    /// Runs a statement on the relations of wholes.
    pub(super) fn rolled_up(
        &self,
        graph: &Arc<Graph>,
        prepared: &Prepared,
        (statement, names): (&WordStatement, &[Name]),
        options: &RunOptions,
    ) -> Result<QueryResult, Vec<Diagnostic>> {
        let body = &prepared.statement.body;
        let one = |error: Diagnostic| located(body, vec![error]);
        let budget = Budget::start(&options.limits);
        let labels = label_ids(graph, names).map_err(one)?;
        let rollup = rollup(graph, &labels, &budget).map_err(one)?;
        self.check_starts(graph, &rollup, statement, names, &budget).map_err(one)?;
        let wholes = Arc::new(lifted(graph, &rollup, &budget).map_err(one)?);
        let (plan, warnings) = self.plan(&wholes, body, &Asked::with(options, budget.watch()))?;
        let profile = prepared.statement.mode == Mode::Profile;
        let environment = executor::Environment {
            parameters: &options.parameters,
            clock: options.clock,
            seed: options.seed,
            budget: &budget,
            names: &|_, budget| super::names(&self.names, graph, budget),
            files: None,
            profile,
            commit: None,
        };
        let execution = executor::execute(&plan, Access::Read(&wholes), &environment).map_err(one)?;
        let Plan { columns, shape, notes, .. } = &plan;
        let plan_tree = profile.then(|| measured(&plan, &execution.profile));
        let plan = profile.then(|| stands_for(body) + &profiled(&plan, &execution.profile));
        let said = said(&rollup, names);
        Ok(QueryResult {
            columns: columns.clone(),
            rows: execution.rows,
            shape: *shape,
            changes: execution.changes,
            warnings,
            notes: execution.notes.into_iter().chain(notes.iter().cloned()).chain([said]).collect(),
            plan,
            plan_tree,
            statement_type: StatementType::Read,
            entities: wholes.into(),
        })
    }

    /// Refuses a term that is a part: the answer about a whole is not one about it.
    fn check_starts(
        &self,
        graph: &Graph,
        rollup: &Rollup,
        statement: &WordStatement,
        labels: &[Name],
        budget: &Budget,
    ) -> Result<(), Diagnostic> {
        let index = super::names(&self.names, graph, budget)?;
        for start in statement.operands.iter().flatten() {
            let Start::Term(term) = start else { continue };
            let Resolution::One(node) = index.resolve(graph, &term.text) else { continue };
            let wholes = &rollup.wholes[&node];
            if wholes.contains(&node) {
                continue;
            }
            let of = wholes.iter().map(|whole| name_of(graph, *whole).to_string()).collect::<Vec<_>>().join(", ");
            let (name, what) = (name_of(graph, node), what(labels));
            let message = format!("{name} is not {what} of its own");
            let help = match wholes.is_empty() {
                true => format!("it is no part of one either: without ROLLUP {} follows it", statement.word.keyword),
                false => format!("it is a part of {of}: ask about that"),
            };
            let error = Diagnostic::runtime(Kind::EntityNotFound, Detail::UnknownName, message);
            return Err(error.at(term.span).help(help));
        }
        Ok(())
    }
}

/// `System`, `System or Domain`
fn listed(labels: &[Name]) -> String {
    labels.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(" or ")
}

fn what(labels: &[Name]) -> String {
    if labels.is_empty() { "a whole".to_string() } else { format!("a {}", listed(labels)) }
}

fn plural(labels: &[Name]) -> String {
    if labels.is_empty() { "the outermost wholes".to_string() } else { listed(labels) }
}

fn label_ids(graph: &Graph, names: &[Name]) -> Result<Vec<LabelId>, Diagnostic> {
    let known = |name: &Name| graph.labels().find(|l| graph.label_name(*l).eq_ignore_ascii_case(&name.text));
    let unknown = |name: &Name| {
        let near = alike(&name.text, graph.labels().map(|label| &**graph.label_name(label)));
        let help = match near.as_slice() {
            [] => "CALL db.labels() lists them".to_string(),
            near => format!("did you mean {}?", near.join(" or ")),
        };
        let message = format!("there is no label '{}'", name.text);
        Diagnostic::runtime(Kind::EntityNotFound, Detail::UnknownLabel, message).at(name.span).help(help)
    };
    names.iter().map(|name| known(name).ok_or_else(|| unknown(name))).collect()
}

/// The graph with the relations of wholes in place of all others.
fn lifted(graph: &Graph, rollup: &Rollup, budget: &Budget) -> Result<Graph, Diagnostic> {
    let mut wholes = graph.clone();
    for relationship in graph.relationships() {
        budget.tick()?;
        wholes.delete_relationship(relationship);
    }
    // Asked for even where there is none.
    wholes.intern_key(BY_WAY_OF);
    for relation in &rollup.relations {
        budget.tick()?;
        let made = wholes.create_relationship(relation.start, relation.relationship_type, relation.end);
        for (key, value) in properties(graph, relation) {
            let key = wholes.intern_key(&key);
            wholes.set_property(made, key, value);
        }
    }
    Ok(wholes)
}

/// What all relations of parts say alike, how many they are, and some of them in words.
fn properties(graph: &Graph, relation: &Lifted) -> Vec<(Arc<str>, Value)> {
    let of = |relationship: &RelationshipId| -> BTreeMap<Arc<str>, Value> {
        graph.properties(*relationship).into_iter().map(|(key, value)| (key.clone(), value)).collect()
    };
    let mut shared = relation.support.first().map(of).unwrap_or_default();
    for properties in relation.support.iter().skip(1).map(of) {
        shared.retain(|key, value| properties.get(key) == Some(value));
    }
    let mut all: Vec<(Arc<str>, Value)> = shared.into_iter().collect();
    all.push((Arc::from(SUPPORT), Value::from(relation.support.len())));
    if !is_their_own(graph, relation) {
        all.push((Arc::from(BY_WAY_OF), Value::from(by_way_of(graph, &relation.support))));
    }
    if let Some((needer, name)) = &relation.choice {
        let name = match name {
            Value::String(name) => name.to_string(),
            other => format!("{other:?}"),
        };
        all.push((Arc::from(crate::graph::ANY_OF), Value::from(format!("{name} of {}", needer.index()))));
    }
    all
}

/// Whether it is one relation that the wholes themselves have.
fn is_their_own(graph: &Graph, Lifted { start, end, support, .. }: &Lifted) -> bool {
    matches!(support.as_slice(), [one] if {
        let shape = graph.relationship(*one);
        (shape.start, shape.end) == (*start, *end)
    })
}

/// `x needs y, and 2 more`
fn by_way_of(graph: &Graph, support: &[RelationshipId]) -> String {
    let spelled = |relationship: &RelationshipId| {
        let shape = graph.relationship(*relationship);
        let name = |node: NodeId| name_of(graph, node);
        let phrase = graph.semantics().phrase(graph.type_name(shape.relationship_type));
        format!("{} {phrase} {}", name(shape.start), name(shape.end))
    };
    let first = support.first().map(spelled).unwrap_or_default();
    match support.len() {
        0 | 1 => first,
        count => format!("{first}, and {} more", count - 1),
    }
}

/// What became of the relations.
fn said(rollup: &Rollup, labels: &[Name]) -> String {
    let parts: BTreeSet<_> = rollup.relations.iter().flat_map(|relation| &relation.support).collect();
    let (to, parts, wholes) = (plural(labels), counted(parts.len()), rollup.relations.len());
    let left = [(rollup.within, "within one"), (rollup.apart, "of terms that belong to none")];
    let left: Vec<String> =
        left.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let left = if left.is_empty() { String::new() } else { format!("; left out: {}", left.join(", ")) };
    format!("rolled up to {to}: {parts} became {wholes}{left}")
}

fn counted(relations: usize) -> String {
    format!("{relations} {}", if relations == 1 { "relation" } else { "relations" })
}
