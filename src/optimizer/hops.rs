//! Turns what a condition requires of every relationship or node of a path into a condition of each hop, so that a
//! path that cannot meet it is not extended: `all(r IN rs WHERE …)`, `none(n IN nodes(p) WHERE …)`, `length(p) < 4`.
//!
//! The paths found are those that are listed and filtered otherwise, in the same order. `all` is true only if its
//! condition is true for every element, `none` and `NOT any` only if it is false for every element: so that is what
//! each hop requires. Only a condition that never fails is moved, for a search looks at hops that no listed path has,
//! and the other way round.

use super::each_operator;
use super::failing::Entities;
use super::path_lists::{Elements, Part, list};
use crate::graph::Value;
use crate::plan::*;

pub(super) fn narrow(plan: &mut Plan) {
    let Plan { root, slots, writes, .. } = plan;
    each_operator(root, &mut |operator| match operator {
        Operator::Match { pattern, conditions, .. } => {
            Narrowing { slots, writes: *writes, place: Place::Clause }.pattern(pattern, conditions);
        }
        Operator::Filter { input, condition }
            if matches!(**input, Operator::Match { .. } | Operator::Project { .. }) =>
        {
            let mut conditions = condition.clone().conjuncts();
            let all = conditions.len();
            below(input, &mut conditions, &mut Narrowing { slots, writes: *writes, place: Place::After });
            if conditions.len() < all {
                let input = std::mem::replace(&mut **input, Operator::Argument);
                *operator = input.filter(Expr::all(conditions));
            }
        }
        _ => {}
    });
}

/// Narrows the pattern that a filter takes its rows from, through what only renames variables or cannot fail.
fn below(input: &mut Operator, conditions: &mut Vec<Expr>, narrowing: &mut Narrowing) {
    match input {
        Operator::Match { pattern, conditions: own, .. } => narrowing.conditions(pattern, conditions, own),
        Operator::Project { input, items } => {
            let nodes = match &**input {
                Operator::Match { pattern, .. } if !narrowing.writes => pattern.nodes.clone(),
                _ => vec![],
            };
            let entities =
                Entities { nodes: &|slot| nodes.iter().any(|node| node.slot == slot), relationships: &|_| false };
            // A path that is left out earlier is not projected.
            if !items.iter().all(|(_, item)| entities.never_fails(item)) {
                return;
            }
            conditions.retain(|condition| {
                let mut original = Vec::from_iter(before(condition, items));
                let movable = !original.is_empty();
                below(input, &mut original, narrowing);
                !movable || !original.is_empty()
            });
        }
        _ => {}
    }
}

/// A condition as it reads before slots are set, if those it reads are only renamed.
fn before(condition: &Expr, items: &[(Slot, Expr)]) -> Option<Expr> {
    let mut condition = condition.clone();
    for (slot, item) in items.iter().rev() {
        match &item.kind {
            ExprKind::Slot(from) => rename(&mut condition, *slot, *from)?,
            _ if condition.reads(*slot) => return None,
            _ => {}
        }
    }
    Some(condition)
}

/// Where conditions are written, which decides what they require of paths that are chosen.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In the clause of the pattern: evaluated on the chosen paths, but for `shortestPath(…)`, whose search they
    /// belong to.
    Clause,
    /// In the pattern, with the choice of this connection.
    Choice(usize),
    /// After the clause.
    After,
}

struct Narrowing<'p> {
    /// The names of the row's slots.
    slots: &'p mut Vec<String>,
    /// Whether the statement may delete what a variable holds.
    writes: bool,
    place: Place,
}

/// What each element of a list must meet.
struct Required {
    element: Slot,
    elements: Elements,
    condition: Expr,
}

impl Narrowing<'_> {
    fn pattern(&mut self, pattern: &mut Pattern, conditions: &mut Vec<Expr>) {
        for at in 0..pattern.relationships.len() {
            match &mut pattern.relationships[at].kind {
                Connection::Group(group) => self.pattern(&mut group.pattern, &mut group.conditions),
                Connection::Chosen(chosen) => self.pattern(&mut chosen.pattern, &mut chosen.conditions),
                Connection::Relationship => {}
            }
            if let Some(choice) = &mut pattern.relationships[at].choice {
                let mut own = std::mem::take(&mut choice.conditions);
                let place = std::mem::replace(&mut self.place, Place::Choice(at));
                // What is required of a node decides nothing about the choice between two ends.
                self.conditions(pattern, &mut own, conditions);
                self.place = place;
                if let Some(choice) = &mut pattern.relationships[at].choice {
                    choice.conditions = own;
                }
            }
        }
        conditions.retain(|condition| !keeps_mode_anyway(pattern, condition));
        let mut own = std::mem::take(conditions);
        self.conditions(pattern, &mut own, conditions);
        own.append(conditions);
        *conditions = own;
    }

    /// Moves conditions to the hops; what they require of single nodes and relationships goes to `single`.
    fn conditions(&mut self, pattern: &mut Pattern, conditions: &mut Vec<Expr>, single: &mut Vec<Expr>) {
        conditions.retain(|condition| match self.required(pattern, condition) {
            Some(required) => {
                self.require(pattern, &required, single);
                false
            }
            None => !self.bound_length(pattern, condition),
        });
    }

    fn required(&self, pattern: &Pattern, condition: &Expr) -> Option<Required> {
        let (element, of, condition) = for_each_element(condition)?;
        let elements = list(pattern, of)?;
        let own = pattern.new_slots();
        let mut foreign = false;
        condition.each_slot(&mut |slot| foreign |= slot != element && own.contains(&slot));
        let is_bound = |slot: Slot| !self.writes && pattern.nodes.iter().any(|node| node.bound && node.slot == slot);
        let entities = Entities {
            nodes: &|slot| (slot == element && elements.nodes) || is_bound(slot),
            relationships: &|slot| slot == element && !elements.nodes,
        };
        let movable = !foreign
            && entities.always_true_or_false(&condition)
            && elements.parts.iter().all(|part| self.takes_part(pattern, part));
        movable.then_some(Required { element, elements, condition })
    }

    /// Whether the condition is evaluated on every path that the search for a part of it finds.
    fn takes_part(&self, pattern: &Pattern, part: &Part) -> bool {
        let Some(connection) = part.connection() else {
            return !matches!(self.place, Place::Choice(_)) || is_node(pattern, part);
        };
        let relationship = &pattern.relationships[connection];
        match (&relationship.choice, self.place) {
            _ if relationship.bound => false,
            (_, Place::Choice(own)) => own == connection,
            (None, _) => true,
            (Some(choice), Place::Clause) => choice.absorbs,
            (Some(_), Place::After) => false,
        }
    }

    fn require(&mut self, pattern: &mut Pattern, required: &Required, single: &mut Vec<Expr>) {
        let Required { element, elements, condition } = required;
        for part in &elements.parts {
            let mut condition = condition.clone();
            match part {
                Part::One(slot) => {
                    _ = rename(&mut condition, *element, *slot);
                    single.push(condition);
                }
                Part::Each(at) | Part::Left(at) | Part::Right(at) => {
                    let Some(several) = &mut pattern.relationships[*at].several else { continue };
                    let mut fresh = |name: &str| {
                        self.slots.push(name.to_string());
                        self.slots.len() - 1
                    };
                    let (relationship, left, right, already) = match several.each.take() {
                        Some(each) => (each.relationship, each.left, each.right, Some(each.condition)),
                        None => (fresh("_"), fresh("_"), fresh("_"), None),
                    };
                    let slot = match part {
                        Part::Left(_) => left,
                        Part::Right(_) => right,
                        _ => relationship,
                    };
                    if self.slots[slot] == "_" {
                        self.slots[slot] = self.slots[*element].clone();
                    }
                    _ = rename(&mut condition, *element, slot);
                    let all = Expr::all(already.into_iter().chain([condition]));
                    several.each = all.map(|condition| Each { relationship, left, right, condition });
                }
                Part::Member(at, slot) => {
                    if let Connection::Group(group) = &mut pattern.relationships[*at].kind {
                        _ = rename(&mut condition, *element, *slot);
                        group.conditions.push(condition);
                    }
                }
            }
        }
    }

    /// Whether the condition compares a length with a constant and is now a bound of it.
    fn bound_length(&self, pattern: &mut Pattern, condition: &Expr) -> bool {
        let Some((length, comparison, number)) = compared_length(condition) else { return false };
        let Some(elements) = list(pattern, length) else { return false };
        let mut variable = elements.parts.iter().filter(|part| part.connection().is_some());
        let (Some(part), None) = (variable.next(), variable.next()) else { return false };
        if !elements.parts.iter().all(|part| self.takes_part(pattern, part)) {
            return false;
        }
        let Some(several) = part.connection().and_then(|at| pattern.relationships[at].several.as_mut()) else {
            return false;
        };
        let fixed = elements.parts.len() as i64 - 1;
        let rest = number.checked_sub(fixed).filter(|rest| (i64::MIN + 1..i64::MAX).contains(rest));
        let Some(rest) = rest else { return false };
        let (least, most) = match comparison {
            Comparison::Equal => (Some(rest), Some(rest)),
            Comparison::Less => (None, Some(rest - 1)),
            Comparison::LessOrEqual => (None, Some(rest)),
            Comparison::Greater => (Some(rest + 1), None),
            Comparison::GreaterOrEqual => (Some(rest), None),
            Comparison::NotEqual => return false,
        };
        let minimum = several.length.minimum.max(least.map_or(0, |least| least.max(0) as u64));
        let most = most.map(u64::try_from);
        let maximum = match (several.length.maximum, most) {
            // No length is negative.
            (_, Some(Err(_))) => return false,
            (old, None) => old,
            (None, Some(Ok(most))) => Some(most),
            (Some(old), Some(Ok(most))) => Some(old.min(most)),
        };
        // Where no length is left, the condition says so better than bounds that cross.
        if maximum.is_some_and(|maximum| maximum < minimum) {
            return false;
        }
        several.length = PathLength { minimum, maximum };
        true
    }
}

fn is_node(pattern: &Pattern, part: &Part) -> bool {
    matches!(part, Part::One(slot) if pattern.nodes.iter().any(|node| node.slot == *slot))
}

/// The element, the list and what each element must meet, for a condition that says that of all of them.
fn for_each_element(condition: &Expr) -> Option<(Slot, &Expr, Expr)> {
    let not = |condition: &Expr| Expr::new(ExprKind::Not(Box::new(condition.clone())), condition.span);
    match &condition.kind {
        ExprKind::Quantifier { quantifier: Quantifier::All, slot, list, condition } => {
            Some((*slot, list, (**condition).clone()))
        }
        ExprKind::Quantifier { quantifier: Quantifier::None, slot, list, condition } => {
            Some((*slot, list, not(condition)))
        }
        ExprKind::Not(inner) => match &inner.kind {
            ExprKind::Quantifier { quantifier: Quantifier::Any, slot, list, condition } => {
                Some((*slot, list, not(condition)))
            }
            _ => None,
        },
        // An element for which the condition is null is not in the list either.
        ExprKind::Compare(Comparison::Equal, left, right) if is_zero(right) => {
            let ExprKind::Call(function, arguments) = &left.kind else { return None };
            let ("size", [Expr { kind: ExprKind::ListComprehension { slot, list, condition, result: None }, .. }]) =
                (function.name, arguments.as_slice())
            else {
                return None;
            };
            let condition = condition.as_deref()?;
            let null = Expr::new(ExprKind::IsNull(Box::new(condition.clone())), condition.span);
            Some((*slot, list, Expr::new(ExprKind::Or(vec![not(condition), null]), condition.span)))
        }
        _ => None,
    }
}

fn is_zero(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Constant(Value::Integer(0)))
}

/// The list (or path) whose length a condition compares with an integer.
fn compared_length(condition: &Expr) -> Option<(&Expr, Comparison, i64)> {
    let ExprKind::Compare(comparison, left, right) = &condition.kind else { return None };
    let length = |expr: &'_ Expr| matches!(&expr.kind, ExprKind::Call(f, _) if matches!(f.name, "length" | "size"));
    let (call, comparison, number) = match (&left.kind, &right.kind) {
        (_, ExprKind::Constant(Value::Integer(number))) if length(left) => (left, *comparison, *number),
        (ExprKind::Constant(Value::Integer(number)), _) if length(right) => (right, comparison.mirrored(), *number),
        _ => return None,
    };
    match &call.kind {
        ExprKind::Call(_, arguments) => arguments.first().map(|list| (list, comparison, number)),
        _ => None,
    }
}

/// Whether a condition says that a path of nothing but several relationships keeps to a mode, to which their search
/// keeps anyway.
fn keeps_mode_anyway(pattern: &Pattern, condition: &Expr) -> bool {
    let ExprKind::KeepsMode(parts, mode) = &condition.kind else { return false };
    pattern.relationships.iter().any(|relationship| {
        parts.relationships == [relationship.slot]
            && parts.start == pattern.nodes[relationship.left].slot
            && !relationship.bound
            && matches!(relationship.kind, Connection::Relationship)
            && relationship.several.as_ref().is_some_and(|several| several.mode == *mode)
    })
}

/// Lets an expression read another slot; `None` if it reads it in a way that cannot be changed.
fn rename(expr: &mut Expr, from: Slot, to: Slot) -> Option<()> {
    match &mut expr.kind {
        ExprKind::Slot(slot) if *slot == from => {
            *slot = to;
            Some(())
        }
        ExprKind::Path(_) | ExprKind::KeepsMode(..) | ExprKind::PathNodes(..) | ExprKind::Subplan(_) => {
            (!expr.reads(from)).then_some(())
        }
        _ => expr.children_mut().into_iter().try_for_each(|child| rename(child, from, to)),
    }
}
