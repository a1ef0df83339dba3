//! Where only the number of matches is asked for, counts them without listing them.
//!
//! It applies to `count(*)`, and to `count(x)` of a variable that is never null, over MATCH, OPTIONAL MATCH and filters,
//! if each condition speaks of one node, or of two in a way that [`terms`] can take apart. The plain plan is kept: it
//! runs where the data do not allow it.

mod terms;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::each_operator;
use crate::graph::Direction;
use crate::plan::*;
use terms::{Drawn, terms};

pub(super) fn count(root: &mut Operator) {
    each_operator(root, &mut |operator| {
        let Operator::Aggregate { input, aggregation } = operator else { return };
        let Some(counting) = counting(input, aggregation) else { return };
        let slots = aggregation.aggregates.iter().map(|(slot, _)| *slot).collect();
        let plain = std::mem::replace(operator, Operator::Argument).boxed();
        *operator = Operator::CountMatches { slots, counting, plain };
    });
}

fn counting(input: &Operator, aggregation: &Aggregation) -> Option<Counting> {
    if !aggregation.keys.is_empty() || aggregation.aggregates.is_empty() {
        return None;
    }
    let mut clauses = Vec::new();
    gather(input, &mut clauses)?;
    let mut builder = Builder::default();
    clauses.into_iter().try_for_each(|clause| builder.clause(clause))?;
    for (_, call) in &aggregation.aggregates {
        builder.counted(call, aggregation.aggregates.len())?;
    }
    builder.finish()
}

/// What stands below the aggregation, the first clause first.
enum Clause<'p> {
    Match(&'p Pattern, &'p [Expr]),
    Optional(&'p Pattern, &'p [Expr]),
    Filter(&'p Expr),
}

fn gather<'p>(operator: &'p Operator, clauses: &mut Vec<Clause<'p>>) -> Option<()> {
    match operator {
        Operator::Argument => return Some(()),
        Operator::Match { input, pattern, conditions } => {
            gather(input, clauses)?;
            clauses.push(Clause::Match(pattern, conditions));
        }
        Operator::Filter { input, condition } => {
            gather(input, clauses)?;
            clauses.push(Clause::Filter(condition));
        }
        Operator::Optional { input, inner, .. } => {
            let Operator::Match { input: first, pattern, conditions } = &**inner else { return None };
            if !matches!(**first, Operator::Argument) {
                return None;
            }
            gather(input, clauses)?;
            clauses.push(Clause::Optional(pattern, conditions));
        }
        _ => return None,
    }
    Some(())
}

#[derive(Default)]
struct Builder {
    variables: Vec<CountVariable>,
    edges: Vec<Drawn>,
    pairs: Vec<PairTest>,
    clauses: usize,
    /// What is found for certain, besides nodes.
    found: BTreeSet<Slot>,
    /// What a condition on one node must not speak of.
    hidden: BTreeSet<Slot>,
    /// For each optional pattern its variable, its part, and the slots that it sets.
    optional: Vec<(usize, usize, Vec<Slot>)>,
}

impl Builder {
    fn clause(&mut self, clause: Clause) -> Option<()> {
        match clause {
            Clause::Match(pattern, conditions) => {
                self.pattern(pattern)?;
                conditions.iter().try_for_each(|condition| self.condition(condition))
            }
            Clause::Filter(condition) => condition.clone().conjuncts().iter().try_for_each(|c| self.condition(c)),
            Clause::Optional(pattern, conditions) => self.optional(pattern, conditions),
        }
    }

    fn variable(&self, slot: Slot) -> Option<usize> {
        self.variables.iter().position(|variable| variable.slot == slot)
    }

    fn pattern(&mut self, pattern: &Pattern) -> Option<()> {
        for node in &pattern.nodes {
            match (node.bound, self.variable(node.slot)) {
                (false, None) => {
                    self.variables.push(CountVariable { slot: node.slot, conditions: vec![], parts: vec![] });
                }
                (true, Some(_)) => {}
                _ => return None,
            }
        }
        let clause = self.clauses;
        self.clauses += 1;
        for relationship in &pattern.relationships {
            if relationship.bound {
                return None;
            }
            let edge = edge(relationship, |node| self.variable(pattern.nodes[node].slot))?;
            self.edges.push(Drawn { edge, clause: (!relationship.repeatable).then_some(clause) });
            self.found.insert(relationship.slot);
        }
        let derived = pattern.derived.iter().map(|(slot, _)| *slot);
        self.hidden.extend(pattern.paths.iter().map(|path| path.slot).chain(derived));
        self.found.extend(pattern.paths.iter().map(|path| path.slot));
        self.hidden.extend(&self.found);
        Some(())
    }

    fn condition(&mut self, condition: &Expr) -> Option<()> {
        match &condition.kind {
            ExprKind::And(parts) => return parts.iter().try_for_each(|part| self.condition(part)),
            ExprKind::Compare(Comparison::NotEqual, a, b) if self.is_node(a) && self.is_node(b) => {
                return self.unequal(a, b);
            }
            ExprKind::Subplan(subplan) => return self.existence(subplan, true),
            ExprKind::Not(inner) => match &inner.kind {
                ExprKind::Subplan(subplan) => return self.existence(subplan, false),
                ExprKind::Compare(Comparison::Equal, a, b) if self.is_node(a) && self.is_node(b) => {
                    return self.unequal(a, b);
                }
                _ => {}
            },
            _ => {}
        }
        if !condition.is_simple() {
            return None;
        }
        let mut speaks_of = BTreeSet::new();
        condition.each_slot(&mut |slot| {
            speaks_of.insert(slot);
        });
        if speaks_of.iter().any(|slot| self.hidden.contains(slot)) {
            return None;
        }
        let mut nodes = speaks_of.iter().filter_map(|slot| self.variable(*slot));
        // What speaks of no node can be asked beside any.
        let node = nodes.next().unwrap_or(0);
        if nodes.next().is_some() {
            return None;
        }
        self.variables.get_mut(node)?.conditions.push(condition.clone());
        Some(())
    }

    fn is_node(&self, expr: &Expr) -> bool {
        self.node(expr).is_some()
    }

    fn node(&self, expr: &Expr) -> Option<usize> {
        match expr.kind {
            ExprKind::Slot(slot) => self.variable(slot),
            _ => None,
        }
    }

    fn unequal(&mut self, a: &Expr, b: &Expr) -> Option<()> {
        self.pairs.push(PairTest::Unequal(self.node(a)?, self.node(b)?));
        Some(())
    }

    /// EXISTS of one relationship between two nodes, or of a pattern that hangs at one.
    fn existence(&mut self, subplan: &Subplan, wanted: bool) -> Option<()> {
        let (SubplanBody::Planned(plan), SubplanResult::Exists) = (&subplan.body, &subplan.gives) else { return None };
        let Operator::Match { input, pattern, conditions } = &**plan else { return None };
        if !matches!(**input, Operator::Argument) {
            return None;
        }
        if pattern.nodes.iter().filter(|node| node.bound).count() < 2 {
            let fold = if wanted { Fold::Any } else { Fold::Absent };
            self.hang(pattern, conditions, fold)?;
            return Some(());
        }
        let ([relationship], true) = (pattern.relationships.as_slice(), conditions.is_empty()) else { return None };
        if pattern.nodes.len() != 2 || relationship.bound || !pattern.paths.is_empty() || !pattern.derived.is_empty() {
            return None;
        }
        let edge = edge(relationship, |node| self.variable(pattern.nodes[node].slot))?;
        self.pairs.push(PairTest::Joined { edge: Edge { existence: true, ..edge }, wanted });
        Some(())
    }

    fn optional(&mut self, pattern: &Pattern, conditions: &[Expr]) -> Option<()> {
        let variable = self.hang(pattern, conditions, Fold::AtLeastOne)?;
        let slots = pattern.new_slots();
        self.hidden.extend(&slots);
        self.optional.push((variable, self.variables[variable].parts.len() - 1, slots));
        Some(())
    }

    /// Hangs a pattern at the one node that it shares; gives the node's variable.
    fn hang(&mut self, pattern: &Pattern, conditions: &[Expr], fold: Fold) -> Option<usize> {
        let mut bound = pattern.nodes.iter().filter(|node| node.bound);
        let (Some(shared), None) = (bound.next(), bound.next()) else { return None };
        let variable = self.variable(shared.slot)?;
        let mut part = Builder { hidden: self.hidden.clone(), ..Builder::default() };
        part.hidden.extend(self.variables.iter().map(|v| v.slot).filter(|slot| *slot != shared.slot));
        part.variables.push(CountVariable { slot: shared.slot, conditions: vec![], parts: vec![] });
        part.pattern(pattern)?;
        conditions.iter().try_for_each(|condition| part.condition(condition))?;
        let counting = part.finish()?;
        self.variables[variable].parts.push(HangingPart { counting, fold });
        Some(variable)
    }

    /// Makes sure that the aggregate counts matches.
    fn counted(&mut self, call: &AggregateCall, aggregates: usize) -> Option<()> {
        if call.function.name != "count" || call.distinct {
            return None;
        }
        let slot = match call.arguments.as_slice() {
            [] => return Some(()),
            [Expr { kind: ExprKind::Slot(slot), .. }] => *slot,
            _ => return None,
        };
        if self.variable(slot).is_some() || self.found.contains(&slot) {
            return Some(());
        }
        // What an optional pattern has found is counted only where it was.
        let (variable, part, _) = self.optional.iter().find(|(.., slots)| slots.contains(&slot))?;
        self.variables[*variable].parts[*part].fold = Fold::Each;
        (aggregates == 1).then_some(())
    }

    fn finish(self) -> Option<Counting> {
        if self.variables.is_empty() {
            return None;
        }
        let terms = terms(self.variables.len(), &self.edges, &self.pairs)?;
        let edges = self.edges.into_iter().map(|drawn| drawn.edge).collect();
        Some(Counting { variables: self.variables, edges, pairs: self.pairs, terms })
    }
}

/// One relationship as an edge between variables.
fn edge(relationship: &PatternRelationship, variable: impl Fn(usize) -> Option<usize>) -> Option<Edge> {
    let plain = matches!(relationship.kind, Connection::Relationship);
    if !plain || relationship.several.is_some() || relationship.choice.is_some() {
        return None;
    }
    let (left, right) = (variable(relationship.left)?, variable(relationship.right)?);
    let (from, to) = if relationship.direction == Direction::Incoming { (right, left) } else { (left, right) };
    let types = (!relationship.types.is_empty()).then(|| {
        let mut types: Vec<Arc<str>> = relationship.types.clone();
        types.sort();
        types.dedup();
        types
    });
    let directed = relationship.direction != Direction::Both;
    Some(Edge { from, to, directed, types, loops: true, existence: false })
}
