//! Which parts of a plan can run over columns: a scan or a look-up in an index, and a chain of steps from it, perhaps
//! with groups at its end.

use super::*;
use crate::graph::Direction;

/// A chain of operators, from a scan on.
pub struct Chain<'p> {
    pub aggregation: Option<&'p Aggregation>,
    /// The scan first.
    pub steps: Vec<&'p Operator>,
    /// The slots of nodes that the steps set.
    pub nodes: Vec<Slot>,
    /// The steps of single relationships, each with the slot that it sets.
    pub relationships: Vec<&'p Step>,
    /// The slots of lists of relationships, which nobody may read: no column holds them.
    pub lists: Vec<Slot>,
}

/// Of the groups or rows, those wanted first by one key.
#[derive(Clone, Debug)]
pub struct Top {
    pub limit: Expr,
    /// Of groups, the slot of a key or of an aggregate; of rows, what cannot fail.
    pub key: Expr,
    pub descending: bool,
}

/// Longer chains run as rows: what is found out about a chain takes time that grows with the square of its length.
const LONGEST: usize = 48;

/// The chain that ends in this operator, if it is nothing but one.
pub fn chain(operator: &Operator) -> Option<Chain<'_>> {
    let (aggregation, mut next) = match operator {
        Operator::Aggregate { input, aggregation } => (Some(aggregation), &**input),
        _ => (None, operator),
    };
    let mut steps = Vec::new();
    loop {
        steps.push(next);
        if steps.len() > LONGEST {
            return None;
        }
        next = match next {
            Operator::NodeScan { input, .. } | Operator::NodeIndexSeek { input, .. }
                if matches!(**input, Operator::Argument) =>
            {
                break;
            }
            Operator::NodeScan { input, .. }
            | Operator::Filter { input, .. }
            | Operator::Expand { input, .. }
            | Operator::ExpandVariable { input, .. }
            | Operator::Reach { input, .. } => input,
            _ => return None,
        };
    }
    steps.reverse();
    let (nodes, relationships, lists) = (vec![], vec![], vec![]);
    let mut chain = Chain { aggregation, steps: Vec::with_capacity(steps.len()), nodes, relationships, lists };
    steps.into_iter().try_for_each(|step| chain.add(step))?;
    Some(chain)
}

impl<'p> Chain<'p> {
    fn add(&mut self, operator: &'p Operator) -> Option<()> {
        match operator {
            Operator::NodeScan { slot, .. } => self.nodes.push(*slot),
            Operator::NodeIndexSeek { seek, .. } => self.nodes.push(seek.slot),
            Operator::Expand { step, .. } => {
                let known = |slot: &Slot| self.relationships.iter().any(|other| other.relationship == *slot);
                let fits = self.starts(step) && step.distinct_from.iter().all(known);
                if !fits {
                    return None;
                }
                self.relationships.push(step);
            }
            Operator::Reach { step, several, .. } => {
                // No acyclic path leads back to the start, where a walk may.
                let plain = several.properties.is_empty()
                    && several.each.is_none()
                    && several.mode != PathMode::Acyclic
                    && step.distinct_from.is_empty()
                    && several.length.minimum <= 1;
                if !plain || !self.starts(step) || step.direction == Direction::Both {
                    return None;
                }
            }
            Operator::ExpandVariable { step, several, .. } => {
                let plain = several.properties.is_empty() && several.each.is_none() && step.distinct_from.is_empty();
                if !plain || !self.starts(step) {
                    return None;
                }
                self.lists.push(step.relationship);
            }
            Operator::Filter { .. } => {}
            _ => return None,
        }
        if let Operator::Expand { step, .. } | Operator::ExpandVariable { step, .. } | Operator::Reach { step, .. } =
            operator
            && !step.to_bound
        {
            self.nodes.push(step.to);
        }
        self.steps.push(operator);
        Some(())
    }

    /// Whether a node may come in several rows.
    pub fn repeats_nodes(&self) -> bool {
        self.steps.iter().skip(1).any(|step| !matches!(step, Operator::Filter { .. }))
    }

    /// Whether the step goes from a node of the chain to one of it, or to a new one.
    fn starts(&self, step: &Step) -> bool {
        step.from_bound && self.nodes.contains(&step.from) && self.nodes.contains(&step.to) == step.to_bound
    }

    /// The relationships of the chain that a step must not meet again, those left out that are of other types anyhow.
    pub fn distinct_from(&self, step: &Step) -> Vec<Slot> {
        let of = |slot: Slot| self.relationships.iter().find(|other| other.relationship == slot);
        let meets = |slot: &Slot| {
            of(*slot).is_none_or(|other| {
                step.types.is_empty() || other.types.is_empty() || step.types.iter().any(|t| other.types.contains(t))
            })
        };
        step.distinct_from.iter().copied().filter(meets).collect()
    }

    /// What the aggregation reads of the rows, but for what it only counts.
    pub fn read(&self, aggregation: &Aggregation) -> Vec<Slot> {
        let mut read = Vec::new();
        let mut add = |expr: &Expr| expr.each_slot(&mut |slot| read.push(slot));
        aggregation.keys.iter().for_each(|(_, expr)| add(expr));
        for (_, call) in aggregation.aggregates.iter().filter(|(_, call)| !self.counts_rows(call)) {
            call.arguments.iter().for_each(&mut add);
        }
        read
    }

    /// Whether an aggregate only counts rows: `count(*)`, or of what is never null.
    pub fn counts_rows(&self, call: &AggregateCall) -> bool {
        let never_null =
            |slot: Slot| self.nodes.contains(&slot) || self.relationships.iter().any(|r| r.relationship == slot);
        let countable = match call.arguments.as_slice() {
            [] => true,
            [one] => matches!(one.kind, ExprKind::Slot(slot) if never_null(slot)),
            _ => false,
        };
        call.function.name == "count" && !call.distinct && countable
    }

    /// The steps whose ends nobody reads but conditions on themselves: how many there are is enough.
    pub fn counted(&self) -> Vec<&'p Step> {
        let Some(aggregation) = self.aggregation else { return vec![] };
        // A row that stands for several must give the same as these.
        let bears = |call: &AggregateCall| {
            matches!(call.function.name, "count" | "min" | "max") || (call.distinct && call.function.name != "collect")
        };
        if !aggregation.aggregates.iter().all(|(_, call)| bears(call)) {
            return vec![];
        }
        let read = self.read(aggregation);
        let is_counted = |step: &&&Step| {
            let used = |slot: Slot| read.contains(&slot) || self.is_used_by_others(step, slot);
            !step.to_bound && !used(step.to) && !used(step.relationship) && self.distinct_from(step).is_empty()
        };
        self.relationships.iter().filter(is_counted).copied().collect()
    }

    /// Whether a slot set by a step is read by other steps than filters on its end alone.
    fn is_used_by_others(&self, own: &Step, slot: Slot) -> bool {
        self.steps.iter().any(|operator| match operator {
            Operator::Expand { step, .. } if std::ptr::eq(step, own) => false,
            Operator::Expand { step, .. } => {
                step.from == slot || step.to == slot || self.distinct_from(step).contains(&slot)
            }
            Operator::ExpandVariable { step, .. } | Operator::Reach { step, .. } => {
                step.from == slot || step.to == slot
            }
            Operator::Filter { condition, .. } => condition
                .parts()
                .iter()
                .any(|part| part.reads(slot) && self.nodes.iter().any(|node| *node != own.to && part.reads(*node))),
            _ => false,
        })
    }
}

impl Expr {
    /// The parts of a conjunction; a single condition is its own only part.
    pub fn parts(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::And(parts) => parts.iter().flat_map(Expr::parts).collect(),
            _ => vec![self],
        }
    }
}
