//! What the lists of a pattern's relationships and nodes consist of: `relationships(p)`, `tail(nodes(p))`, the variable
//! of a variable-length relationship, the variables of a repeated group.

use crate::graph::Value;
use crate::plan::*;

/// The elements of a list: all nodes, or all relationships.
pub(super) struct Elements {
    pub parts: Vec<Part>,
    pub nodes: bool,
}

/// Some elements of a list, by the place of their connection in the pattern if there are as many as hops or rounds.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// A node, or a relationship that is not one of several.
    One(Slot),
    /// Each of several relationships.
    Each(usize),
    /// The left end, as drawn, of each of several relationships.
    Left(usize),
    Right(usize),
    /// What a variable inside a repeated group holds in each round.
    Member(usize, Slot),
}

impl Part {
    pub(super) fn connection(&self) -> Option<usize> {
        match self {
            Part::One(_) => None,
            Part::Each(at) | Part::Left(at) | Part::Right(at) | Part::Member(at, _) => Some(*at),
        }
    }
}

/// The elements of a list over a pattern; of a path, its relationships. `None` if it is another list.
pub(super) fn list(pattern: &Pattern, expr: &Expr) -> Option<Elements> {
    match &expr.kind {
        ExprKind::Slot(slot) => path_of(pattern, *slot).map_or_else(
            || variable(pattern, *slot),
            |path| relationships(pattern, path).map(|parts| Elements { parts, nodes: false }),
        ),
        ExprKind::Call(function, arguments) => match (function.name, arguments.as_slice()) {
            ("relationships", [Expr { kind: ExprKind::Slot(slot), .. }]) => {
                let parts = relationships(pattern, path_of(pattern, *slot)?)?;
                Some(Elements { parts, nodes: false })
            }
            ("nodes", [Expr { kind: ExprKind::Slot(slot), .. }]) => {
                let parts = nodes(pattern, path_of(pattern, *slot)?)?;
                Some(Elements { parts, nodes: true })
            }
            ("tail", [of]) => without_first(list(pattern, of)?),
            _ => None,
        },
        ExprKind::Slice(of, Some(from), None) if matches!(from.kind, ExprKind::Constant(Value::Integer(1))) => {
            without_first(list(pattern, of)?)
        }
        _ => None,
    }
}

/// Only the first node of a path is an element by itself.
fn without_first(mut elements: Elements) -> Option<Elements> {
    let first = elements.nodes && matches!(elements.parts.first(), Some(Part::One(_)));
    first.then(|| elements.parts.remove(0))?;
    Some(elements)
}

fn path_of(pattern: &Pattern, slot: Slot) -> Option<&PatternPath> {
    pattern.paths.iter().find(|path| path.slot == slot)
}

/// A variable that holds a list.
fn variable(pattern: &Pattern, slot: Slot) -> Option<Elements> {
    for (at, relationship) in pattern.relationships.iter().enumerate() {
        match &relationship.kind {
            Connection::Relationship if relationship.slot == slot && relationship.several.is_some() => {
                return Some(Elements { parts: vec![Part::Each(at)], nodes: false });
            }
            Connection::Group(group) => {
                let collected = group.collected.iter().find(|(_, list)| *list == slot);
                if let Some((member, _)) = collected {
                    let nodes = group.pattern.nodes.iter().any(|node| node.slot == *member);
                    let single = |r: &PatternRelationship| r.slot == *member && r.several.is_none();
                    let known = nodes || group.pattern.relationships.iter().any(single);
                    return known.then_some(Elements { parts: vec![Part::Member(at, *member)], nodes });
                }
            }
            Connection::Relationship | Connection::Chosen(_) => {}
        }
    }
    let (_, derived) = pattern.derived.iter().find(|(own, _)| *own == slot)?;
    let ExprKind::PathNodes(parts, from, to) = &derived.kind else { return None };
    let [only] = parts.relationships.as_slice() else { return None };
    let at = pattern.relationships.iter().position(|relationship| relationship.slot == *only)?;
    let part = match (*from, *to) {
        (0, -1) => Part::Left(at),
        (1, i64::MAX) => Part::Right(at),
        _ => return None,
    };
    Some(Elements { parts: vec![part], nodes: true })
}

fn relationships(pattern: &Pattern, path: &PatternPath) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for at in &path.relationships {
        let relationship = &pattern.relationships[*at];
        match (&relationship.kind, &relationship.several) {
            (Connection::Relationship, Some(_)) => parts.push(Part::Each(*at)),
            (Connection::Relationship, None) => parts.push(Part::One(relationship.slot)),
            (Connection::Group(group), _) => {
                parts.extend(round(group)?.iter().map(|relationship| Part::Member(*at, relationship.slot)));
            }
            (Connection::Chosen(_), _) => return None,
        }
    }
    Some(parts)
}

/// The start, and what each connection leads to.
fn nodes(pattern: &Pattern, path: &PatternPath) -> Option<Vec<Part>> {
    let mut parts = vec![Part::One(pattern.nodes[path.start].slot)];
    for at in &path.relationships {
        let relationship = &pattern.relationships[*at];
        match (&relationship.kind, &relationship.several) {
            (Connection::Relationship, Some(_)) => parts.push(Part::Right(*at)),
            (Connection::Relationship, None) => parts.push(Part::One(pattern.nodes[relationship.right].slot)),
            (Connection::Group(group), _) => {
                let end = |r: &PatternRelationship| Part::Member(*at, group.pattern.nodes[r.right].slot);
                parts.extend(round(group)?.iter().map(end));
            }
            (Connection::Chosen(_), _) => return None,
        }
    }
    Some(parts)
}

/// The relationships of a round, if it is made of single ones.
fn round(group: &PatternGroup) -> Option<&[PatternRelationship]> {
    let single =
        |r: &PatternRelationship| matches!(r.kind, Connection::Relationship) && r.several.is_none() && !r.bound;
    let relationships = group.pattern.relationships.as_slice();
    relationships.iter().all(single).then_some(relationships)
}
