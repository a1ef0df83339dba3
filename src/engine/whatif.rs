//! `WHATIF`: a statement run on the graph as it is and as it is supposed to be, and what that changes.

mod chains;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Asked, Engine, located, profiled, stands_for};
use crate::algorithms::weak;
use crate::ast::{Relation, Start, Supposition, WhatIf};
use crate::diagnostic::{Detail, Diagnostic, Span};
use crate::executor::{self, Access, Execution};
use crate::graph::{
    Direction, Entity, FailureDirection, Graph, GraphView, NameIndex, NodeId, RelationshipId, Value, alike,
};
use crate::limits::Budget;
use crate::plan::Plan;
use crate::procedures;
use crate::result::{Changes, Entities, QueryResult, Shape, StatementType};
use crate::trace::{Ways, name_of};

use super::RunOptions;

/// The graphs of a question: nothing is taken from the first, so that it knows all names; the second is the one that
/// is supposed.
struct Supposed {
    wider: Arc<Graph>,
    graph: Arc<Graph>,
    removed: BTreeSet<NodeId>,
    /// What is supposed, in words.
    notes: Vec<String>,
}

impl Engine {
    pub(super) fn what_if(
        &self,
        graph: &Arc<Graph>,
        what_if: &WhatIf,
        profile: bool,
        options: &RunOptions,
    ) -> Result<QueryResult, Vec<Diagnostic>> {
        let budget = Budget::start(&options.limits);
        let asked = Asked::with(options, budget.watch());
        let (plan, warnings) = self.plan(graph, &what_if.body, &asked)?;
        if plan.writes {
            let span = Span::default();
            let message = "WHATIF asks what would change: the statement itself may change nothing";
            let error = Diagnostic::syntax(Detail::InvalidClauseComposition, span, message);
            return Err(vec![
                error.help("say what to suppose with REMOVE and ADD, or run the statement without WHATIF"),
            ]);
        }
        let names = || super::names(&self.names, graph, &budget);
        let supposed = suppose(what_if, graph, &names, options, &budget).map_err(|error| vec![error])?;
        let run = |graph: &Graph, plan: &Plan| {
            let environment = executor::Environment {
                parameters: &options.parameters,
                clock: options.clock,
                seed: options.seed,
                budget: &budget,
                // Names mean what they mean in the graph as it is: also those of terms that are supposed to be gone.
                names: &|_, _| names(),
                files: None,
                profile,
                commit: None,
            };
            executor::execute(plan, Access::Read(graph), &environment)
                .map_err(|error| located(&what_if.body, vec![error]))
        };
        let before = run(graph, &plan)?;
        let (plan_after, _) = self.plan(&supposed.graph, &what_if.body, &asked)?;
        let after = run(&supposed.graph, &plan_after)?;
        let islands = islands(graph, &supposed, &budget).map_err(|error| vec![error])?;
        let profiled = |plan: &Plan, execution: &Execution| profiled(plan, &execution.profile);
        let plans = profile.then(|| {
            let (before, after) = (profiled(&plan, &before), profiled(&plan_after, &after));
            format!("{}as it is:\n{before}as supposed:\n{after}", stands_for(&what_if.body))
        });
        let mut result = compared(&plan, before, after);
        result.plan = plans;
        result.notes.splice(0..0, supposed.notes);
        result.notes.extend(islands);
        result.warnings = warnings;
        result.entities = supposed.wider.into();
        Ok(result)
    }
}

fn suppose(
    what_if: &WhatIf,
    graph: &Arc<Graph>,
    names: &dyn Fn() -> Result<Arc<NameIndex>, Diagnostic>,
    options: &RunOptions,
    budget: &Budget,
) -> Result<Supposed, Diagnostic> {
    let mut wider = Graph::clone(graph);
    let mut gone: (BTreeSet<NodeId>, BTreeSet<RelationshipId>) = Default::default();
    let mut notes = Vec::new();
    let context = procedures::Context::new(graph, names, budget);
    let term = |start: &Start| nodes(&context, start, options);
    for supposition in &what_if.suppositions {
        budget.tick()?;
        match supposition {
            Supposition::Remove(start) => gone.0.extend(term(start)?),
            Supposition::RemoveRelation(relation) => {
                let found = relations(graph, &term(&relation.start)?, relation, &term(&relation.end)?);
                if found.is_empty() {
                    return Err(no_relation(relation, graph, &term(&relation.start)?, &term(&relation.end)?));
                }
                gone.1.extend(found);
            }
            Supposition::Add(relation) => {
                let Some(name) = &relation.relation_type else {
                    let span = span_of(&relation.start);
                    let message = "a relation to be added needs a type: (a)-[:USES]->(b)";
                    return Err(Diagnostic::syntax(Detail::NoSingleRelationshipType, span, message));
                };
                let relationship_type = wider.intern_type(&name.text);
                let (starts, ends) = (term(&relation.start)?, term(&relation.end)?);
                for (start, end) in starts.iter().flat_map(|start| ends.iter().map(move |end| (*start, *end))) {
                    budget.tick()?;
                    wider.create_relationship(start, relationship_type, end);
                    let reads = graph.semantics().phrase(&name.text);
                    notes.push(format!("supposed: {} {reads} {}", name_of(graph, start), name_of(graph, end)));
                }
                let silent = silent_type(graph, &name.text);
                notes.extend(silent.filter(|note| !notes.contains(note)));
            }
        }
    }
    let mut narrower = wider.clone();
    let mut relationships: BTreeSet<RelationshipId> = gone.1.clone();
    for node in &gone.0 {
        relationships.extend(wider.adjacent(*node, Direction::Both, None).map(|adjacent| adjacent.relationship));
    }
    for relationship in &relationships {
        budget.tick()?;
        narrower.delete_relationship(*relationship);
    }
    gone.0.iter().for_each(|node| narrower.delete_node(*node));
    notes.extend(gone_notes(graph, &gone.0, &gone.1, relationships.len() - gone.1.len()));
    Ok(Supposed { wider: Arc::new(wider), graph: Arc::new(narrower), removed: gone.0, notes })
}

/// That no word follows a type, if so: it may be that another one was meant.
pub(super) fn silent_type(graph: &Graph, name: &str) -> Option<String> {
    let carries = graph.semantics().carries(name);
    if carries.is_some_and(|carries| carries.failure != FailureDirection::None) {
        return None;
    }
    let mut note = format!("no failure travels over {name}, so that the words do not follow it");
    if graph.type_id(name).is_none() {
        let types: Vec<Arc<str>> = graph.types().map(|known| graph.type_name(known).clone()).collect();
        let near = alike(name, types.iter().map(|known| &**known));
        note = match near.as_slice() {
            [] => format!("there is no type {name} so far; {note}"),
            near => format!("there is no type {name} so far (did you mean {}?); {note}", near.join(" or ")),
        };
    }
    Some(note)
}

fn gone_notes(
    graph: &Graph,
    nodes: &BTreeSet<NodeId>,
    relationships: &BTreeSet<RelationshipId>,
    with_nodes: usize,
) -> Vec<String> {
    let mut notes = Vec::new();
    if !nodes.is_empty() {
        let names: Vec<String> = nodes.iter().map(|node| name_of(graph, *node).to_string()).collect();
        let relations = if with_nodes == 1 { "relation" } else { "relations" };
        notes.push(format!("supposed gone: {}, with {with_nodes} {relations}", names.join(", ")));
    }
    for relationship in relationships {
        let shape = graph.relationship(*relationship);
        let reads = graph.semantics().phrase(graph.type_name(shape.relationship_type));
        notes.push(format!("supposed gone: {} {reads} {}", name_of(graph, shape.start), name_of(graph, shape.end)));
    }
    notes
}

pub(super) fn span_of(start: &Start) -> Span {
    match start {
        Start::Term(name) | Start::Parameter(name) => name.span,
        Start::Walk(_) => Span::default(),
    }
}

/// The nodes that a start means.
pub(super) fn nodes(
    context: &procedures::Context,
    start: &Start,
    options: &RunOptions,
) -> Result<Vec<NodeId>, Diagnostic> {
    let value = match start {
        Start::Term(term) => Value::from(term.text.as_str()),
        Start::Parameter(name) => options.parameters.get(&name.text).cloned().ok_or_else(|| {
            let message = format!("there is no value for the parameter ${}", name.text);
            Diagnostic::syntax(Detail::MissingParameter, name.span, message)
        })?,
        Start::Walk(_) => {
            let message = "what is supposed is said of terms by name, not of the answer to a query";
            return Err(Diagnostic::syntax(Detail::UnexpectedSyntax, Span::default(), message)
                .help("pass the terms as a parameter: WHATIF REMOVE $terms"));
        }
    };
    procedures::terms(context, &value).map_err(|error| error.at(span_of(start)))
}

/// What relates the terms instead.
fn what_is_there(graph: &Graph, starts: &[NodeId], ends: &[NodeId]) -> String {
    let types = |from: &[NodeId], to: &[NodeId]| {
        let leaving = from.iter().flat_map(|start| graph.adjacent(*start, Direction::Outgoing, None));
        let found = leaving.filter(|adjacent| to.contains(&adjacent.neighbour));
        let names: BTreeSet<String> = found
            .map(|adjacent| graph.type_name(graph.relationship(adjacent.relationship).relationship_type).to_string())
            .collect();
        names.into_iter().collect::<Vec<_>>().join(", ")
    };
    match (types(starts, ends), types(ends, starts)) {
        (there, _) if !there.is_empty() => format!("there is {there}"),
        (_, back) if !back.is_empty() => format!("the other way round there is {back}"),
        _ => "no relation leads from one of them to the other".to_string(),
    }
}

fn relations(graph: &Graph, starts: &[NodeId], relation: &Relation, ends: &[NodeId]) -> Vec<RelationshipId> {
    let wanted = |name: &str| relation.relation_type.as_ref().is_none_or(|wanted| wanted.text == name);
    let leaving = starts.iter().flat_map(|start| graph.adjacent(*start, Direction::Outgoing, None));
    leaving
        .filter(|found| ends.contains(&found.neighbour) && wanted(graph.type_name(found.relationship_type)))
        .map(|found| found.relationship)
        .collect()
}

pub(super) fn no_relation(relation: &Relation, graph: &Graph, starts: &[NodeId], ends: &[NodeId]) -> Diagnostic {
    let span = span_of(&relation.start).to(span_of(&relation.end));
    let message = format!("there is no such relation: {relation}");
    Diagnostic::syntax(Detail::UnknownRelationshipType, span, message).help(what_is_there(graph, starts, ends))
}

/// What differs between two answers to one statement.
fn compared(plan: &Plan, before: Execution, after: Execution) -> QueryResult {
    let keyed = match plan.shape {
        Shape::Tree => Some(("depth", true)),
        Shape::Layers => Some(("layer", false)),
        Shape::Table | Shape::Card | Shape::Chain | Shape::Cuts => None,
    };
    let (columns, rows) = match keyed {
        Some((key, with_effect)) => by_term(plan, key, with_effect, &before.rows, &after.rows),
        None if plan.shape == Shape::Chain => chains::compared(plan, &before.rows, &after.rows),
        None => by_row(plan, &before.rows, &after.rows),
    };
    let mut notes = Vec::new();
    if rows.is_empty() {
        notes.push("the answer stays as it is".to_string());
    }
    notes.extend(said("as it is", &before.notes, &after.notes));
    notes.extend(said("as supposed", &after.notes, &before.notes));
    QueryResult {
        columns,
        rows: rows.into(),
        shape: Shape::Table,
        changes: Changes::default(),
        warnings: Vec::new(),
        notes,
        plan: None,
        plan_tree: None,
        statement_type: StatementType::Read,
        entities: Entities::default(),
    }
}

/// What an answer comes to, and what else is said of it alone: a cycle that comes up or is broken, another path.
fn said(when: &str, notes: &[String], others: &[String]) -> Vec<String> {
    let further = notes.iter().skip(1).filter(|note| !others.contains(note));
    notes.iter().take(1).chain(further).map(|note| format!("{when}: {note}")).collect()
}

type Row = Vec<Value>;

/// Rows that only one of the answers has.
fn by_row(plan: &Plan, before: &[Row], after: &[Row]) -> (Vec<String>, Vec<Row>) {
    let mut counts: BTreeMap<&Row, i64> = BTreeMap::new();
    after.iter().for_each(|row| *counts.entry(row).or_default() += 1);
    before.iter().for_each(|row| *counts.entry(row).or_default() -= 1);
    let mut rows = Vec::new();
    for (source, change, sign) in [(before, "lost", -1), (after, "new", 1)] {
        for row in source {
            if let Some(count) = counts.get_mut(row)
                && *count * sign > 0
            {
                *count -= sign;
                rows.push(std::iter::once(Value::from(change)).chain(row.iter().cloned()).collect());
            }
        }
    }
    (std::iter::once("change".to_string()).chain(plan.columns.iter().cloned()).collect(), rows)
}

/// Terms that stand elsewhere than before, or only in one of the answers.
fn by_term(plan: &Plan, key: &str, with_effect: bool, before: &[Row], after: &[Row]) -> (Vec<String>, Vec<Row>) {
    let at = |name: &str| plan.columns.iter().position(|column| column == name);
    let (term, place, effect, repeated) = (at("term"), at(key), at("effect"), at("repeated"));
    let index = |rows: &[Row]| {
        let mut places: BTreeMap<Value, (Value, Value)> = BTreeMap::new();
        let first = |row: &&Row| repeated.is_none_or(|at| row[at] != Value::Boolean(true));
        for row in rows.iter().filter(first) {
            let value = |at: Option<usize>| at.map_or(Value::Null, |at| row[at].clone());
            places.insert(value(term), (value(place), value(effect)));
        }
        places
    };
    let (old, new) = (index(before), index(after));
    let mut columns = vec!["change".to_string(), "term".to_string(), format!("{key} before"), format!("{key} after")];
    if with_effect {
        columns.extend(["effect before".to_string(), "effect after".to_string()]);
    }
    let mut rows = Vec::new();
    let terms: BTreeSet<&Value> = old.keys().chain(new.keys()).collect();
    let none = (Value::Null, Value::Null);
    for kind in ["lost", "new", "changed"] {
        for term in &terms {
            let change = match (old.get(term), new.get(term)) {
                (Some(_), None) => "lost",
                (None, Some(_)) => "new",
                (a, b) if a != b => "changed",
                _ => continue,
            };
            if change != kind {
                continue;
            }
            let (was, is) = (old.get(term).unwrap_or(&none), new.get(term).unwrap_or(&none));
            let mut row = vec![Value::from(change), (*term).clone(), was.0.clone(), is.0.clone()];
            if with_effect {
                row.extend([was.1.clone(), is.1.clone()]);
            }
            rows.push(row);
        }
    }
    (columns, rows)
}

/// What would be apart from what it was joined to, arrows disregarded.
fn islands(graph: &Graph, supposed: &Supposed, budget: &Budget) -> Result<Option<String>, Diagnostic> {
    if supposed.removed.is_empty() && graph.relationship_count() <= supposed.graph.relationship_count() {
        return Ok(None);
    }
    let (view, narrower) = (GraphView::needs(graph, None), GraphView::needs(&supposed.graph, None));
    let (before, after) = (Ways::of(&view).network(budget)?, Ways::of(&narrower).network(budget)?);
    let (whole, parts) = (weak(&before, budget)?, weak(&after, budget)?);
    // By part as it was: the parts that it falls into, with their nodes.
    let mut pieces: BTreeMap<u32, BTreeMap<u32, Vec<NodeId>>> = BTreeMap::new();
    for number in after.numbers() {
        budget.tick()?;
        let node = after.node(number);
        let Some(was) = before.number(node).map(|number| whole.of[number as usize]) else { continue };
        pieces.entry(was).or_default().entry(parts.of[number as usize]).or_default().push(node);
    }
    let mut apart: Vec<NodeId> = Vec::new();
    let mut islands = 0;
    for piece in pieces.values().filter(|pieces| pieces.len() > 1) {
        let largest = piece.values().map(Vec::len).max();
        let stays = piece.values().position(|nodes| Some(nodes.len()) == largest);
        for (_, nodes) in piece.values().enumerate().filter(|(at, _)| Some(*at) != stays) {
            islands += 1;
            apart.extend(nodes);
        }
    }
    apart.retain(|node| !graph.is_deleted(Entity::Node(*node)));
    if islands == 0 {
        return Ok(Some("no term is cut off from the rest".into()));
    }
    let mut names: Vec<String> = apart.iter().map(|node| name_of(graph, *node).to_string()).collect();
    names.sort();
    const AT_MOST: usize = 8;
    let more = names.len().saturating_sub(AT_MOST);
    names.truncate(AT_MOST);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let (noun, verb) = if islands == 1 { ("island", "is") } else { ("islands", "are") };
    Ok(Some(format!("{islands} new {noun}: {}{more} {verb} cut off from the rest", names.join(", "))))
}
