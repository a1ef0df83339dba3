//! Solves patterns: in which order nodes are found and relationships followed.
//!
//! By cost, the part of the pattern that gives the fewest rows comes next: relationships between known nodes first,
//! then the step with the smallest average fan-out, and a new scan only where nothing known is near. Each condition
//! is asked as soon as all it speaks of is known. In the order written, the first node drawn comes first and all
//! conditions come last.

use std::collections::BTreeSet;
use std::mem::take;
use std::sync::Arc;

use super::each_operator;
use crate::graph::{Direction, Graph};
use crate::plan::*;

/// Replaces every `Match`; by cost if statistics are given, else in the order written.
pub(super) fn solve(root: &mut Operator, graph: Option<&Graph>) {
    each_operator(root, &mut |operator| {
        if let Operator::Match { input, pattern, conditions } = operator {
            let input = std::mem::replace(&mut **input, Operator::Argument);
            *operator = Solver::new(input, take(pattern), take(conditions), graph).solve();
        }
    });
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
}

/// What to do next.
enum Next {
    Follow { relationship: usize, from_left: bool },
    Scan { node: usize },
}

impl<'g> Solver<'g> {
    fn new(input: Operator, pattern: Pattern, conditions: Vec<Expr>, graph: Option<&'g Graph>) -> Solver<'g> {
        let unknown = pattern.new_slots().into_iter().collect();
        let done = vec![false; pattern.relationships.len()];
        Solver { plan: input, pattern, conditions, graph, unknown, done }
    }

    fn solve(mut self) -> Operator {
        self.apply_conditions();
        while let Some(next) = self.next() {
            match next {
                Next::Follow { relationship, from_left } => self.follow(relationship, from_left),
                Next::Scan { node } => self.scan(node),
            }
            self.apply_conditions();
        }
        let condition = Expr::all(take(&mut self.conditions));
        self.plan.filter(condition)
    }

    fn known(&self, node: usize) -> bool {
        !self.unknown.contains(&self.pattern.nodes[node].slot)
    }

    fn next(&self) -> Option<Next> {
        let open: Vec<usize> = (0..self.done.len()).filter(|index| !self.done[*index]).collect();
        let followable = open.iter().copied().filter(|index| self.can_follow(*index));
        let best = match self.graph {
            Some(_) => followable.min_by(|a, b| self.follow_cost(*a).total_cmp(&self.follow_cost(*b))),
            None => followable.min(),
        };
        if let Some(relationship) = best {
            return Some(Next::Follow { relationship, from_left: self.starts_left(relationship) });
        }
        let nodes = (0..self.pattern.nodes.len()).filter(|node| !self.known(*node));
        let node = match self.graph {
            Some(graph) => nodes.min_by(|a, b| self.scan_cost(*a, graph).total_cmp(&self.scan_cost(*b, graph)))?,
            None => nodes.min()?,
        };
        Some(Next::Scan { node })
    }

    fn can_follow(&self, index: usize) -> bool {
        let relationship = &self.pattern.relationships[index];
        let (left, right) = (self.known(relationship.left), self.known(relationship.right));
        match (&relationship.kind, &relationship.choice) {
            (Connection::Chosen(_), _) => true,
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

    /// From the known end; where both are known, from the left, or where the graph is narrower.
    fn starts_left(&self, index: usize) -> bool {
        self.known(self.pattern.relationships[index].left)
            || (self.pattern.relationships[index].bound && !self.known(self.pattern.relationships[index].right))
    }

    /// Average number of rows that following a relationship makes of one.
    fn follow_cost(&self, index: usize) -> f64 {
        let Some(graph) = self.graph else { return 0.0 };
        let relationship = &self.pattern.relationships[index];
        if relationship.bound {
            return 0.0;
        }
        let total: usize = match relationship.types.as_slice() {
            [] => graph.relationship_count(),
            types => types.iter().filter_map(|name| graph.type_id(name)).map(|id| graph.type_count(id)).sum(),
        };
        let both: f64 = if relationship.direction == Direction::Both { 2.0 } else { 1.0 };
        let fan_out = both * total as f64 / graph.node_count().max(1) as f64;
        let closing = self.known(relationship.left) && self.known(relationship.right);
        let length = relationship.several.as_ref().map(|several| several.length);
        let steps = length.map_or(1.0, |length| length.maximum.unwrap_or(16).min(16) as f64);
        let rows = match (&relationship.kind, &relationship.choice) {
            // A search for paths between two nodes waits until both are narrowed down.
            (Connection::Chosen(_), _) => f64::MAX,
            (_, Some(_)) => {
                if closing {
                    1.0
                } else {
                    1e9
                }
            }
            (_, None) => fan_out.max(0.01).powf(steps),
        };
        if closing && steps <= 1.0 { rows / graph.node_count().max(1) as f64 } else { rows }
    }

    /// Average number of rows that a scan gives after the conditions on the node.
    fn scan_cost(&self, node: usize, graph: &Graph) -> f64 {
        const EQUALITY: f64 = 0.01;
        const OTHER: f64 = 0.5;
        let slot = self.pattern.nodes[node].slot;
        let rows = match self.label(slot, graph) {
            Some(label) => graph.label(&label).map_or(0.0, |label| graph.label_count(label) as f64),
            None => graph.node_count() as f64,
        };
        let selectivity: f64 = self
            .conditions
            .iter()
            .filter(|condition| self.concerns_only(condition, slot))
            .map(|condition| match &condition.kind {
                ExprKind::Compare(Comparison::Equal, ..) => EQUALITY,
                ExprKind::HasLabels(..) => 1.0,
                _ => OTHER,
            })
            .product();
        rows * selectivity
    }

    /// Whether the node is the only thing the condition speaks of that is not known yet.
    fn concerns_only(&self, condition: &Expr, slot: Slot) -> bool {
        let mut only = true;
        let mut concerned = false;
        condition.each_slot(&mut |s| {
            concerned |= s == slot;
            only &= s == slot || !self.unknown.contains(&s);
        });
        only && concerned
    }

    /// The rarest of the labels that the conditions ask of a node.
    fn label(&self, slot: Slot, graph: &Graph) -> Option<Arc<str>> {
        let labels = self.conditions.iter().filter_map(|condition| match &condition.kind {
            ExprKind::HasLabels(base, labels) if matches!(base.kind, ExprKind::Slot(s) if s == slot) => Some(labels),
            _ => None,
        });
        labels.flatten().min_by_key(|name| graph.label(name).map_or(0, |label| graph.label_count(label))).cloned()
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
            .filter(|(other, (r, done))| *other != index && **done && !r.repeatable && !relationship.repeatable);
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
            (Connection::Chosen(chosen), _, Some(choice)) => self.choose(input, *chosen, choice),
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

    /// All paths of the pattern, of which some are chosen.
    fn choose(&mut self, input: Input, chosen: ChosenPath, choice: Choice) -> Operator {
        let ChosenPath { mut pattern, conditions, path, end } = chosen;
        for node in &mut pattern.nodes {
            node.bound = !self.unknown.contains(&node.slot);
        }
        for slot in pattern.new_slots() {
            self.unknown.remove(&slot);
        }
        let inner = Solver::new(Operator::Argument, pattern, conditions, self.graph).solve().boxed();
        Operator::Choose { input, inner, choice, path, end }
    }

    fn repeat(&mut self, input: Input, step: Step, several: Several, group: PatternGroup) -> Operator {
        let PatternGroup { pattern, conditions, start, end, relationships, collected } = group;
        for (_, list) in &collected {
            self.unknown.remove(list);
        }
        let plan = Solver::new(Operator::Argument, pattern, conditions, self.graph).solve().boxed();
        Operator::Repeat { input, step, several, round: Round { plan, start, end, relationships, collected } }
    }

    /// What paths are looked at is decided by the choice's own conditions; for `shortestPath(…)`, also by those of
    /// the clause that speak of the path or its relationships.
    fn shortest(&mut self, input: Input, step: Step, index: usize, several: Several, choice: Choice) -> Operator {
        let slot = step.relationship;
        let path = self.pattern.paths.iter().find(|path| path.relationships == [index]).map(|path| path.slot);
        self.unknown.remove(&slot);
        if let Some(path) = path {
            self.unknown.remove(&path);
        }
        let mut conditions = choice.conditions.clone();
        if choice.absorbs {
            let about_path = |condition: &Expr| {
                let mut about = false;
                condition.each_slot(&mut |s| about |= s == slot || Some(s) == path);
                about
            };
            let all = take(&mut self.conditions);
            let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|c| about_path(c) && self.is_ready(c));
            self.conditions = others;
            conditions.extend(own);
        }
        let search = ShortestSearch { step, several, choice, path, condition: Expr::all(conditions) };
        Operator::ShortestPath { input, search }
    }

    /// Builds each named path as soon as its last part is known.
    fn build_paths(&mut self) {
        let mut items = Vec::new();
        for path in &self.pattern.paths {
            let complete = path.relationships.iter().all(|index| self.done[*index]);
            if complete && self.known(path.start) && self.unknown.remove(&path.slot) {
                items.push((path.slot, self.path_expression(path)));
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

    fn path_expression(&self, path: &PatternPath) -> Expr {
        let relationships = path.relationships.iter().map(|index| self.pattern.relationships[*index].slot).collect();
        let parts = PathParts { start: self.pattern.nodes[path.start].slot, relationships };
        Expr::new(ExprKind::Path(parts), Default::default())
    }

    fn is_ready(&self, condition: &Expr) -> bool {
        let mut ready = true;
        condition.each_slot(&mut |slot| ready &= !self.unknown.contains(&slot));
        ready
    }

    /// Asks what can be asked now; in the order written, that waits until everything is known.
    fn apply_conditions(&mut self) {
        self.build_paths();
        if self.graph.is_none() && !self.unknown.is_empty() {
            return;
        }
        let all = take(&mut self.conditions);
        let (ready, waiting): (Vec<_>, Vec<_>) = all.into_iter().partition(|condition| self.is_ready(condition));
        self.conditions = waiting;
        let plan = std::mem::replace(&mut self.plan, Operator::Argument);
        self.plan = plan.filter(Expr::all(ready));
    }
}

/// Whether one search from one end finds the chosen paths to every other end.
fn is_single_source(relationship: &PatternRelationship, choice: &Choice) -> bool {
    relationship.several.as_ref().is_some_and(|several| choice.is_plain(several)) && !choice.absorbs
}

fn take_plan(plan: &mut Operator) -> Input {
    std::mem::replace(plan, Operator::Argument).boxed()
}
