//! Solves patterns: in which order nodes are found and relationships followed.
//!
//! By cost, in the order that [`super::order`] finds cheapest. A condition is checked as soon as all it speaks of is
//! known; one that runs a plan waits for steps that leave fewer rows, and comes after the others. In the order written,
//! the first node drawn comes first and all conditions come last.

use std::collections::{BTreeSet, HashMap};
use std::mem::take;
use std::sync::Arc;

use super::cost::Estimates;
use super::failing::Entities;
use super::order::Next;
use super::{each_operator, index, uses};
use crate::graph::Graph;
use crate::plan::*;

/// Replaces every `Match`; by cost if statistics are given, else in the order written.
pub(super) fn solve(root: &mut Operator, graph: Option<&Graph>) {
    let uses = reads(root);
    each_operator(root, &mut |operator| {
        if let Operator::Match { input, pattern, conditions } = operator {
            let input = std::mem::replace(&mut **input, Operator::Argument);
            let mut own: HashMap<Slot, usize> = HashMap::new();
            let mut count = |slot: Slot| *own.entry(slot).or_default() += 1;
            pattern.each_slot(&mut count);
            pattern.expressions().into_iter().chain(&*conditions).for_each(|e| e.each_slot(&mut count));
            let read = |slot: Slot| uses[slot] > own.get(&slot).copied().unwrap_or(0);
            *operator = Solver::new(input, take(pattern), take(conditions), graph).solve(&read);
        }
    });
}

/// How often each slot is named; a value that is only counted is not read.
fn reads(root: &mut Operator) -> Vec<usize> {
    let mut reads = uses(root);
    each_operator(root, &mut |operator| {
        let Operator::Aggregate { aggregation, .. } = operator else { return };
        for (_, call) in aggregation.aggregates.iter().filter(|(_, call)| call.function.name == "count") {
            if let [Expr { kind: ExprKind::Slot(slot), .. }] = call.arguments.as_slice()
                && !call.distinct
            {
                reads[*slot] = reads[*slot].saturating_sub(1);
            }
        }
    });
    reads
}

struct Solver<'g> {
    plan: Operator,
    pattern: Pattern,
    conditions: Vec<Expr>,
    graph: Option<&'g Graph>,
    /// Slots of the pattern that are not known yet.
    unknown: BTreeSet<Slot>,
    /// Which relationships have been followed.
    done: Vec<bool>,
    /// The rows and the cost before each step and after the last, estimated; empty if no condition waits for fewer rows.
    progress: Vec<(f64, f64)>,
    /// How many steps have been taken.
    taken: usize,
}

/// What running the plan of a condition costs, beside making a row.
const SUBPLAN: f64 = 10.0;
/// The share of rows that passes such a condition.
const PASSING: f64 = 0.5;

impl<'g> Solver<'g> {
    fn new(input: Operator, pattern: Pattern, conditions: Vec<Expr>, graph: Option<&'g Graph>) -> Solver<'g> {
        let unknown = pattern.new_slots().into_iter().collect();
        let done = vec![false; pattern.relationships.len()];
        Solver { plan: input, pattern, conditions, graph, unknown, done, progress: vec![], taken: 0 }
    }

    /// `read` says whether anything outside the pattern reads a slot.
    fn solve(mut self, read: &dyn Fn(Slot) -> bool) -> Operator {
        let order = self.order(read);
        self.apply_conditions();
        for next in order {
            match next {
                Next::Follow { relationship, from_left } => self.follow(relationship, from_left),
                Next::Scan { node } => self.scan(node),
            }
            self.taken += 1;
            self.apply_conditions();
        }
        let condition = Expr::all(take(&mut self.conditions));
        self.plan.filter(condition)
    }

    fn known(&self, node: usize) -> bool {
        !self.unknown.contains(&self.pattern.nodes[node].slot)
    }

    fn order(&mut self, read: &dyn Fn(Slot) -> bool) -> Vec<Next> {
        let Some(graph) = self.graph else { return self.order_written() };
        // One thing to do can be done in one order only.
        if let ([_], []) = (self.pattern.nodes.as_slice(), self.pattern.relationships.as_slice()) {
            return if self.known(0) { vec![] } else { vec![Next::Scan { node: 0 }] };
        }
        let known = |slot| !self.unknown.contains(&slot);
        let estimates = Estimates::new(graph, &self.pattern, &self.conditions, read, known);
        let needs = self.needs();
        let relationships = &self.pattern.relationships;
        let order = estimates.order(|node| self.known(node), &|index, nodes, done| {
            let relationship = &relationships[index];
            let ends = can_follow(relationship, nodes[relationship.left], nodes[relationship.right]);
            ends && needs[index].are_met(nodes, done)
        });
        if self.conditions.iter().any(runs_plan) {
            self.progress = estimates.progress(|node| self.known(node), &order);
        }
        order
    }

    /// What can be followed first, in the order written; a new scan where nothing can.
    fn order_written(&self) -> Vec<Next> {
        let mut known: Vec<bool> = (0..self.pattern.nodes.len()).map(|node| self.known(node)).collect();
        let mut done = vec![false; self.done.len()];
        let needs = self.needs();
        let mut order = Vec::new();
        loop {
            let all = self.pattern.relationships.iter().enumerate();
            let followable = |(at, r): &(usize, &PatternRelationship)| {
                !done[*at] && can_follow(r, known[r.left], known[r.right]) && needs[*at].are_met(&known, &done)
            };
            // Once every node is known, what waits for what waits for it is followed all the same.
            let next = all.clone().find(followable).or_else(|| {
                let stuck = known.iter().all(|known| *known);
                all.clone().find(|(at, _)| stuck && !done[*at])
            });
            if let Some((relationship, r)) = next {
                let from_left = known[r.left] || (r.bound && !known[r.right]);
                order.push(Next::Follow { relationship, from_left });
                done[relationship] = true;
                (known[r.left], known[r.right]) = (true, true);
                continue;
            }
            let Some(node) = known.iter().position(|known| !known) else { return order };
            order.push(Next::Scan { node });
            known[node] = true;
        }
    }

    /// What each relationship waits for.
    fn needs(&self) -> Vec<Needs> {
        let (nodes, relationships) = (&self.pattern.nodes, &self.pattern.relationships);
        let of = |(at, relationship): (usize, &PatternRelationship)| {
            let mut needs = Needs::default();
            relationship.each_foreign_slot(&mut |slot| {
                needs.nodes.extend(nodes.iter().position(|node| node.slot == slot));
                needs.relationships.extend(relationships.iter().position(|r| r.slot == slot));
            });
            // A choice may speak of the ends of what it chooses.
            let ends = [nodes[relationship.left].slot, nodes[relationship.right].slot];
            for condition in relationship.choice.iter().flat_map(|choice| &choice.conditions) {
                condition.each_slot(&mut |slot| {
                    let node = nodes.iter().position(|node| node.slot == slot && !ends.contains(&slot));
                    needs.nodes.extend(node);
                    needs.relationships.extend(relationships.iter().position(|r| r.slot == slot).filter(|r| *r != at));
                });
            }
            needs
        };
        relationships.iter().enumerate().map(of).collect()
    }

    /// Of the labels that the conditions ask of a node, one that has a fitting index, or else the rarest.
    fn label(&self, slot: Slot, graph: &Graph) -> Option<Arc<str>> {
        let labels: Vec<&Arc<str>> = self
            .conditions
            .iter()
            .filter_map(|condition| match &condition.kind {
                ExprKind::HasLabels(base, labels) if matches!(base.kind, ExprKind::Slot(s) if s == slot) => {
                    Some(labels)
                }
                _ => None,
            })
            .flatten()
            .collect();
        if labels.len() > 1 && graph.rules().any(|rule| rule.kind.is_index()) {
            let ready = |condition: &&Expr| {
                let mut ready = true;
                condition.each_slot(&mut |other| ready &= other == slot || !self.unknown.contains(&other));
                ready
            };
            let conditions: Vec<&Expr> = self.conditions.iter().filter(ready).collect();
            if let Some(label) = labels.iter().find(|label| index::best_seek(slot, label, &conditions, graph).is_some())
            {
                return Some((*label).clone());
            }
        }
        labels.into_iter().min_by_key(|name| graph.label(name).map_or(0, |label| graph.label_count(label))).cloned()
    }

    fn scan(&mut self, node: usize) {
        let slot = self.pattern.nodes[node].slot;
        let label = self.graph.and_then(|graph| self.label(slot, graph));
        if let Some(label) = &label {
            self.drop_label_condition(slot, label);
        }
        let input = take_plan(&mut self.plan);
        self.plan = Operator::NodeScan { input, slot, label };
        self.unknown.remove(&slot);
    }

    /// A scan by label has asked the label already.
    fn drop_label_condition(&mut self, slot: Slot, scanned: &Arc<str>) {
        for condition in &mut self.conditions {
            if let ExprKind::HasLabels(base, labels) = &mut condition.kind
                && matches!(base.kind, ExprKind::Slot(s) if s == slot)
            {
                labels.retain(|label| label != scanned);
            }
        }
        self.conditions.retain(|c| !matches!(&c.kind, ExprKind::HasLabels(_, labels) if labels.is_empty()));
    }

    fn follow(&mut self, index: usize, from_left: bool) {
        let relationship = self.pattern.relationships[index].clone();
        let (left, right) = (self.pattern.nodes[relationship.left].slot, self.pattern.nodes[relationship.right].slot);
        let (from, to) = if from_left { (left, right) } else { (right, left) };
        let direction = if from_left { relationship.direction } else { relationship.direction.reverse() };
        let others = self
            .pattern
            .relationships
            .iter()
            .zip(&self.done)
            .enumerate()
            .filter(|(other, (r, done))| *other != index && **done && !r.repeatable && !relationship.repeatable)
            .filter(|(_, (r, _))| can_be_the_same(r, &relationship));
        let step = Step {
            from,
            relationship: relationship.slot,
            to,
            direction,
            types: relationship.types.clone(),
            from_bound: !self.unknown.contains(&from),
            to_bound: !self.unknown.contains(&to),
            distinct_from: others.map(|(_, (r, _))| r.slot).collect(),
            reversed: !from_left,
        };
        let input = take_plan(&mut self.plan);
        self.done[index] = true;
        self.plan = match (relationship.kind, relationship.several, relationship.choice) {
            (Connection::Chosen(chosen), _, Some(choice)) => self.choose(input, *chosen, choice, from_left),
            (Connection::Group(group), Some(several), _) => self.repeat(input, step, several, *group),
            (_, Some(several), Some(choice)) => self.shortest(input, step, index, several, choice),
            (_, several, _) if relationship.bound => {
                Operator::ExpandBound { input, step, length: several.map(|several| several.length) }
            }
            (_, Some(several), None) => Operator::ExpandVariable { input, step, several },
            (_, None, _) => Operator::Expand { input, step },
        };
        for slot in [from, to, relationship.slot] {
            self.unknown.remove(&slot);
        }
        self.build_paths();
    }

    /// The chosen paths by one search, or all paths of the pattern, of which some are chosen.
    fn choose(&mut self, input: Input, chosen: ChosenPath, choice: Choice, from_left: bool) -> Operator {
        let known = |slot: Slot| !self.unknown.contains(&slot);
        if choice.searched
            && let Some(mut search) = super::chosen::search(&chosen, &choice, from_left, &known)
        {
            search.end_meets(self.take_conditions_on(search.to()));
            chosen.pattern.new_slots().iter().for_each(|slot| _ = self.unknown.remove(slot));
            return Operator::SearchPaths { input, search: Box::new(search) };
        }
        let ChosenPath { mut pattern, conditions, path, end, .. } = chosen;
        for node in &mut pattern.nodes {
            node.bound = !self.unknown.contains(&node.slot);
        }
        for slot in pattern.new_slots() {
            self.unknown.remove(&slot);
        }
        let inner = Solver::new(Operator::Argument, pattern, conditions, self.graph).solve(&|_| true).boxed();
        Operator::Choose { input, inner, choice, path, end }
    }

    /// The conditions that can be asked as soon as a slot is known.
    fn take_conditions_on(&mut self, slot: Slot) -> Vec<Expr> {
        let all = take(&mut self.conditions);
        let about = |condition: &Expr| {
            let mut about = true;
            condition.each_slot(&mut |other| about &= other == slot || !self.unknown.contains(&other));
            about
        };
        let (about, others) = all.into_iter().partition(about);
        self.conditions = others;
        about
    }

    fn repeat(&mut self, input: Input, step: Step, several: Several, group: PatternGroup) -> Operator {
        let PatternGroup { pattern, conditions, start, end, relationships, collected } = group;
        for (_, list) in &collected {
            self.unknown.remove(list);
        }
        let plan = Solver::new(Operator::Argument, pattern, conditions, self.graph).solve(&|_| true).boxed();
        Operator::Repeat { input, step, several, round: Round { plan, start, end, relationships, collected } }
    }

    /// What paths are looked at is decided by the choice's own conditions; for `shortestPath(…)`, also by those of
    /// the clause that speak of the path or its relationships.
    fn shortest(&mut self, input: Input, step: Step, index: usize, several: Several, choice: Choice) -> Operator {
        let of_end = if choice.searched && !step.to_bound { self.take_conditions_on(step.to) } else { vec![] };
        let items = self.made_of(index);
        let own: Vec<Slot> = items.iter().map(|(slot, _)| *slot).chain([step.relationship]).collect();
        own.iter().for_each(|slot| _ = self.unknown.remove(slot));
        let mut conditions = choice.conditions.clone();
        if choice.absorbs {
            let about_path = |condition: &Expr| {
                let mut about = false;
                condition.each_slot(&mut |slot| about |= own.contains(&slot));
                about
            };
            let all = take(&mut self.conditions);
            let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|c| about_path(c) && self.is_ready(c));
            self.conditions = others;
            conditions.extend(own);
        }
        // Between two ends, two searches that meet are faster.
        let meets = step.to_bound && conditions.is_empty() && choice.is_plain(&several);
        let condition = Expr::all(conditions);
        if choice.searched && !meets {
            let mut search = super::chosen::search_one(step, several, choice, items, condition);
            search.end_meets(of_end);
            return Operator::SearchPaths { input, search: Box::new(search) };
        }
        Operator::ShortestPath { input, search: ShortestSearch { step, several, choice, items, condition } }
    }

    /// The named paths and lists of nodes that follow from one relationship of the pattern.
    fn made_of(&self, index: usize) -> Vec<(Slot, Expr)> {
        let paths = self.pattern.paths.iter().filter(|path| path.relationships == [index]);
        let paths = paths.map(|path| (path.slot, self.pattern.path_expression(path)));
        let slot = self.pattern.relationships[index].slot;
        let derived = self.pattern.derived.iter().filter(|(_, derived)| match &derived.kind {
            ExprKind::PathNodes(parts, ..) => parts.relationships == [slot],
            _ => false,
        });
        paths.chain(derived.cloned()).collect()
    }

    /// Builds each named path as soon as its last part is known.
    fn build_paths(&mut self) {
        let mut items = Vec::new();
        for path in &self.pattern.paths {
            let complete = path.relationships.iter().all(|index| self.done[*index]);
            if complete && self.known(path.start) && self.unknown.remove(&path.slot) {
                items.push((path.slot, self.pattern.path_expression(path)));
            }
        }
        for (slot, derived) in &self.pattern.derived {
            if self.unknown.contains(slot) && self.is_ready(derived) {
                self.unknown.remove(slot);
                items.push((*slot, derived.clone()));
            }
        }
        if !items.is_empty() {
            let input = take_plan(&mut self.plan);
            self.plan = Operator::Project { input, items };
        }
    }

    fn is_ready(&self, condition: &Expr) -> bool {
        let mut ready = true;
        condition.each_slot(&mut |slot| ready &= !self.unknown.contains(&slot));
        ready
    }

    /// Checks what can be checked now; in the order written, that waits until everything is known.
    fn apply_conditions(&mut self) {
        self.build_paths();
        if self.graph.is_none() && !self.unknown.is_empty() {
            return;
        }
        let waits = self.waits();
        let all = take(&mut self.conditions);
        let (mut ready, waiting): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|condition| self.is_ready(condition) && !(waits && runs_plan(condition)));
        self.conditions = waiting;
        if self.graph.is_some() && ready.iter().all(|condition| runs_plan(condition) || self.is_safe(condition)) {
            ready.sort_by_key(runs_plan);
        }
        let plan = std::mem::replace(&mut self.plan, Operator::Argument);
        self.plan = plan.filter(Expr::all(ready));
    }

    /// Whether a condition that runs a plan is cheaper after some of the steps to come: they may leave fewer rows. What
    /// can fail must not come before it, if it would come after it here.
    fn waits(&self) -> bool {
        let Some(((_, here), (_, end))) = self.progress.get(self.taken).zip(self.progress.last()) else { return false };
        let cost = |(rows, until): &(f64, f64)| rows * SUBPLAN + (until - here) + (end - until) * PASSING;
        let mut later = self.progress[self.taken..].iter().map(cost);
        let now = later.next().unwrap_or(0.0);
        // Estimates are not exact.
        later.any(|later| later < now * 0.5)
            && self.conditions.iter().all(|condition| runs_plan(condition) || self.is_safe(condition))
    }

    fn is_safe(&self, condition: &Expr) -> bool {
        let (nodes, relationships) = (&self.pattern.nodes, &self.pattern.relationships);
        let is_relationship =
            |r: &PatternRelationship| r.several.is_none() && matches!(r.kind, Connection::Relationship);
        let entities = Entities {
            nodes: &|slot| nodes.iter().any(|node| node.slot == slot),
            relationships: &|slot| relationships.iter().any(|r| r.slot == slot && is_relationship(r)),
        };
        entities.always_true_or_false(condition)
    }
}

/// Whether evaluating an expression runs a plan anew.
fn runs_plan(expr: &Expr) -> bool {
    !expr.all_parts(&mut |part| !matches!(&part.kind, ExprKind::Subplan(subplan) if subplan.once.is_none()))
}

/// The nodes and relationships of a pattern that what another relationship asks speaks of.
#[derive(Default)]
struct Needs {
    nodes: Vec<usize>,
    relationships: Vec<usize>,
}

impl Needs {
    fn are_met(&self, known: &[bool], done: &[bool]) -> bool {
        self.nodes.iter().all(|node| known[*node]) && self.relationships.iter().all(|other| done[*other])
    }
}

/// Whether two connections of a pattern can stand for the same relationship: not if their types differ.
fn can_be_the_same(one: &PatternRelationship, other: &PatternRelationship) -> bool {
    let any = |r: &PatternRelationship| r.types.is_empty() || !matches!(r.kind, Connection::Relationship);
    any(one) || any(other) || one.types.iter().any(|name| other.types.contains(name))
}

/// Whether a relationship can be followed when its left end is known or not, and its right end.
fn can_follow(relationship: &PatternRelationship, left: bool, right: bool) -> bool {
    match (&relationship.kind, &relationship.choice) {
        (Connection::Chosen(_), Some(choice)) => left || right || !choice.searched,
        (Connection::Chosen(_), None) => left || right,
        // Rounds are walked from their first node on.
        (Connection::Group(_), _) => left,
        (Connection::Relationship, Some(choice)) => {
            (left && right) || (is_single_source(relationship, choice) && (left || right))
        }
        (Connection::Relationship, None) => {
            let minimum = relationship.several.as_ref().map_or(1, |several| several.length.minimum);
            left || right || (relationship.bound && minimum > 0)
        }
    }
}

/// Whether one search from one end finds the chosen paths to every other end.
fn is_single_source(relationship: &PatternRelationship, choice: &Choice) -> bool {
    let plain = relationship.several.as_ref().is_some_and(|several| choice.is_plain(several));
    (plain || choice.searched) && !choice.absorbs
}

fn take_plan(plan: &mut Operator) -> Input {
    std::mem::replace(plan, Operator::Argument).boxed()
}
