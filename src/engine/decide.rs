//! Statements that correct what was read: the graph is changed, and what was decided is kept with it.

use std::sync::Arc;

use super::RunOptions;
use super::whatif::{no_relation, nodes, silent_type, span_of};
use crate::ast::{Correction, Name, Relation, Ruling, Start};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::temporal::Date;
use crate::graph::{Decision, Graph, NameIndex, NodeId, Resolution, Value, Verdict, name_of};
use crate::ingest::decide::{self, Accepted};
use crate::limits::Budget;
use crate::procedures;
use crate::result::Changes;

/// A decision, and the nodes that it is about.
struct Case {
    decision: Decision,
    /// None for a name that the graph does not have.
    term: Option<NodeId>,
    other: Option<NodeId>,
    /// Terms of which the new name was another name.
    holders: Vec<NodeId>,
}

/// What was done, and what there is to say of it.
pub(super) struct Corrected {
    pub changes: Changes,
    pub notes: Vec<String>,
}

pub(super) fn apply(
    correction: &Correction,
    graph: &mut Graph,
    names: &dyn Fn(&Graph) -> Result<Arc<NameIndex>, Diagnostic>,
    options: &RunOptions,
    budget: &Budget,
) -> Result<Corrected, Diagnostic> {
    let index = names(graph)?;
    let cases = {
        let make = || Ok(index.clone());
        let context = procedures::Context::new(graph, &make, budget);
        Court { context: &context, index: &index, options, correction }.cases()?
    };
    if let Some(date) = correction.on.as_deref().filter(|date| Date::parse(date).is_err()) {
        let message = format!("`{date}` is no date");
        let error = Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message);
        return Err(error.help("write ON '2026-11-30'"));
    }
    let mut corrected = Corrected { changes: Changes::default(), notes: Vec::new() };
    if cases.is_empty() {
        return Err(not_decided());
    }
    for case in cases {
        budget.tick()?;
        match correction.drops {
            true => corrected.drop(&case, graph)?,
            false => corrected.decide(case, graph)?,
        }
    }
    Ok(corrected)
}

/// Resolves the terms and relations that a statement names.
struct Court<'a> {
    context: &'a procedures::Context<'a>,
    index: &'a NameIndex,
    options: &'a RunOptions,
    correction: &'a Correction,
}

impl Court<'_> {
    fn cases(&self) -> Result<Vec<Case>, Diagnostic> {
        match &self.correction.ruling {
            Ruling::Reject(relation) => self.of_relation(Verdict::Reject, relation),
            Ruling::Accept(relation) => self.of_relation(Verdict::Accept, relation),
            Ruling::Rename { term, to } => self.rename(term, to),
            Ruling::Merge { term, into } => self.merge(term, into),
            Ruling::Split { name, from } => self.split(name, from),
        }
    }

    fn graph(&self) -> &Graph {
        self.context.graph
    }

    /// What the decision is kept as: names tell nodes apart.
    fn case(&self, verdict: Verdict, term: (&str, Option<NodeId>), kind: &str, other: (&str, Option<NodeId>)) -> Case {
        let name = |(text, node): (&str, Option<NodeId>)| match node {
            Some(node) => self.index.spelling(self.graph(), node),
            None => text.to_string(),
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let Correction { by, on, because, .. } = self.correction;
        let decision = Decision {
            verdict,
            term: name(term),
            relation_type: kind.to_string(),
            other: name(other),
            by: by.clone().unwrap_or_else(|| self.options.author.clone()),
            on: on.clone().unwrap_or_else(|| self.options.clock.date()),
            because: text(because),
        };
        Case { decision, term: term.1, other: other.1, holders: Vec::new() }
    }

    /// The one node that a start means.
    fn one(&self, start: &Start) -> Result<NodeId, Diagnostic> {
        match nodes(self.context, start, self.options)?.as_slice() {
            [node] if !self.is_known_by_line(*node) => Ok(*node),
            [node] => {
                let name = name_of(self.graph(), *node);
                let message = format!("several terms are called {name}, and only their lines tell them apart");
                Err(wrong(start, message)
                    .help("a decision could not find this one again: give them names of their own"))
            }
            found => {
                let message = format!("a decision is about one term, not {}", found.len());
                Err(wrong(start, message).help("write a statement for each"))
            }
        }
    }

    /// Whether nothing but its place tells the node from others of its name.
    fn is_known_by_line(&self, node: NodeId) -> bool {
        let spelling = self.index.spelling(self.graph(), node);
        let line = self.graph().property_by_name(node, "line").as_integer();
        spelling != *name_of(self.graph(), node) && line.is_some_and(|line| spelling.ends_with(&format!(":{line})")))
    }

    /// The name that a start gives.
    fn name(&self, start: &Start) -> Result<String, Diagnostic> {
        let text = match start {
            Start::Term(term) => Some(term.text.clone()),
            Start::Parameter(name) => {
                self.options.parameters.get(&name.text).and_then(|value| value.as_str().map(str::to_string))
            }
            Start::Walk(_) => None,
        };
        text.filter(|text| !text.trim().is_empty()).ok_or_else(|| wrong(start, "a name is wanted here".to_string()))
    }

    fn of_relation(&self, verdict: Verdict, relation: &Relation) -> Result<Vec<Case>, Diagnostic> {
        if self.correction.drops {
            return self.dropped(verdict, relation);
        }
        let (start, end) = (self.one(&relation.start)?, self.one(&relation.end)?);
        let case =
            |kind: &str, start: NodeId, end: NodeId| self.case(verdict, ("", Some(start)), kind, ("", Some(end)));
        let Some(name) = &relation.relation_type else { return self.of_any_type(verdict, relation, start, end) };
        let (kind, is_turned) = decide::canonical_type(self.graph(), &name.text);
        let (start, end) = if is_turned { (end, start) } else { (start, end) };
        let is_there = !decide::between(self.graph(), start, &kind, end).is_empty();
        let found = case(&kind, start, end);
        let is_decided = self.graph().semantics().decision(&found.decision.subject()).is_some();
        if verdict == Verdict::Reject && !is_there && !is_decided {
            return Err(no_relation(relation, self.graph(), &[start], &[end]));
        }
        Ok(vec![found])
    }

    /// Every type that leads from the one to the other.
    fn of_any_type(
        &self,
        verdict: Verdict,
        relation: &Relation,
        start: NodeId,
        end: NodeId,
    ) -> Result<Vec<Case>, Diagnostic> {
        let graph = self.graph();
        if verdict == Verdict::Accept {
            let message = "a relation that is accepted needs a type: (a)-[:USES]->(b)";
            return Err(Diagnostic::syntax(Detail::NoSingleRelationshipType, span_of(&relation.start), message));
        }
        let kinds = graph.types().map(|kind| graph.type_name(kind).to_string());
        let there = kinds.filter(|kind| !decide::between(graph, start, kind, end).is_empty());
        let cases: Vec<Case> =
            there.map(|kind| self.case(verdict, ("", Some(start)), &kind, ("", Some(end)))).collect();
        if cases.is_empty() { Err(no_relation(relation, graph, &[start], &[end])) } else { Ok(cases) }
    }

    /// The decisions about a relation; its terms may have gone with it.
    fn dropped(&self, verdict: Verdict, relation: &Relation) -> Result<Vec<Case>, Diagnostic> {
        let name = |start: &Start| match self.one(start) {
            Ok(node) => Ok(self.index.spelling(self.graph(), node)),
            Err(_) => self.name(start),
        };
        let (start, end) = (name(&relation.start)?, name(&relation.end)?);
        let is_meant = |decision: &&Decision| {
            let is_of_type = |name: &Name| name.text == decision.relation_type;
            let of_relation = decision.verdict == verdict && decision.term == start && decision.other == end;
            of_relation && relation.relation_type.as_ref().is_none_or(is_of_type)
        };
        let found = self.graph().semantics().decisions().filter(is_meant).cloned();
        Ok(found.map(|decision| Case { decision, term: None, other: None, holders: Vec::new() }).collect())
    }

    fn rename(&self, term: &Start, to: &Start) -> Result<Vec<Case>, Diagnostic> {
        let to_text = self.name(to)?;
        if self.correction.drops {
            // The decision knows the old name, which now is another name.
            return Ok(vec![self.case(Verdict::Rename, (&self.name(term)?, None), "", (&to_text, None))]);
        }
        let node = self.of_glossary(term)?;
        let old = self.index.spelling(self.graph(), node);
        if old == to_text {
            return Err(wrong(to, format!("the term is called {old} already")));
        }
        let mut holders = match self.index.resolve(self.graph(), &to_text) {
            Resolution::One(other) => vec![other],
            Resolution::Several(nodes) => nodes,
            Resolution::Unknown { .. } => Vec::new(),
        };
        holders.retain(|other| *other != node);
        if holders.iter().any(|other| *name_of(self.graph(), *other) == *to_text) {
            let message = format!("another term is called {to_text}");
            return Err(wrong(to, message).help(format!("MERGE TERM '{old}' INTO '{to_text}' makes the two one")));
        }
        let mut case = self.case(Verdict::Rename, (&old, None), "", (&to_text, None));
        (case.term, case.holders) = (Some(node), holders);
        Ok(vec![case])
    }

    fn merge(&self, term: &Start, into: &Start) -> Result<Vec<Case>, Diagnostic> {
        if self.correction.drops {
            return Ok(vec![self.case(Verdict::Merge, (&self.name(term)?, None), "", (&self.name(into)?, None))]);
        }
        let (node, into_node) = (self.of_glossary(term)?, self.of_glossary(into)?);
        if node == into_node {
            let message = format!("both are the term {} already", name_of(self.graph(), node));
            return Err(wrong(term, message));
        }
        Ok(vec![self.case(Verdict::Merge, ("", Some(node)), "", ("", Some(into_node)))])
    }

    fn split(&self, name: &Start, from: &Start) -> Result<Vec<Case>, Diagnostic> {
        let text = self.name(name)?;
        if self.correction.drops {
            return Ok(vec![self.case(Verdict::Split, (&text, None), "", (&self.name(from)?, None))]);
        }
        let node = self.of_glossary(from)?;
        let names = decide::other_names(self.graph(), node);
        if !names.contains(&text) {
            let own = name_of(self.graph(), node);
            let help = match names.as_slice() {
                [] => format!("{own} has no other names"),
                names => format!("the other names of {own} are {}", names.join(", ")),
            };
            return Err(wrong(name, format!("{text} is no other name of {own}")).help(help));
        }
        Ok(vec![self.case(Verdict::Split, (&text, None), "", ("", Some(node)))])
    }

    /// A term that no tool's file states: those are joined and told apart by their identifiers.
    fn of_glossary(&self, start: &Start) -> Result<NodeId, Diagnostic> {
        let node = self.one(start)?;
        match self.graph().property_by_name(node, "identifiers") {
            Value::Null => Ok(node),
            _ => {
                let message =
                    format!("{} is stated by a tool's file, and known by its identifiers", name_of(self.graph(), node));
                Err(wrong(start, message)
                    .help("`kenning ingest --apart IDENTIFIER` keeps two things apart; names come from the file"))
            }
        }
    }
}

fn wrong(start: &Start, message: String) -> Diagnostic {
    Diagnostic::compile(Kind::ArgumentError, Detail::InvalidArgumentValue, span_of(start), message)
}

fn not_decided() -> Diagnostic {
    let message = "nothing of the kind was decided";
    let error = Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message);
    error.help("SHOW DECISIONS lists what was")
}

impl Corrected {
    fn decide(&mut self, case: Case, graph: &mut Graph) -> Result<(), Diagnostic> {
        let Case { decision, term, other, holders } = case;
        let is_new = graph.type_id(&decision.relation_type).is_none();
        let silent = is_new.then(|| silent_type(graph, &decision.relation_type)).flatten();
        match (decision.verdict, term, other) {
            (Verdict::Reject, Some(start), Some(end)) => {
                let found = decide::between(graph, start, &decision.relation_type, end);
                self.changes.relationships_deleted += found.len();
                self.changes.nodes_deleted += decide::reject(graph, &found);
            }
            (Verdict::Accept, Some(start), Some(end)) => {
                match decide::accept(graph, start, &decision.relation_type, end) {
                    Accepted::Created => {
                        self.changes.relationships_created += 1;
                        self.notes.extend(silent);
                    }
                    Accepted::Confirmed => self.changes.properties_set += 2,
                    Accepted::Known => {}
                }
            }
            (Verdict::Rename, Some(node), None) => {
                holders.iter().for_each(|other| decide::drop_name(graph, &decision.other, *other));
                decide::rename(graph, node, &decision.other);
                self.changes.properties_set += 2;
            }
            (Verdict::Merge, Some(node), Some(into)) => {
                decide::merge(graph, node, into);
                self.changes.nodes_deleted += 1;
            }
            (Verdict::Split, None, Some(from)) => {
                decide::split(graph, &decision.term, from);
                self.changes.nodes_created += 1;
            }
            (verdict, _, _) => {
                let message = format!("{verdict:?} without its terms");
                return Err(Diagnostic::runtime(Kind::InternalError, Detail::Defect, message));
            }
        }
        self.changes.decisions_kept += 1;
        decide::keep(graph, decision);
        Ok(())
    }

    fn drop(&mut self, case: &Case, graph: &mut Graph) -> Result<(), Diagnostic> {
        if !decide::forget(graph, &case.decision) {
            return Err(not_decided());
        }
        self.changes.decisions_dropped += 1;
        if self.notes.is_empty() {
            let note = "the graph stays as it is until its sources are read again; a file of decisions that still holds \
                        it brings it back";
            self.notes.push(note.to_string());
        }
        Ok(())
    }
}
