//! Relationship types that a pattern names and the graph implies.

use std::sync::Arc;

use super::Binder;
use crate::ast;
use crate::diagnostic::Span;
use crate::functions;
use crate::graph::{Direction, Implied, TypeReading, type_reading};
use crate::plan::*;

/// The types of a relationship pattern as they are stored.
pub(super) struct Stored {
    pub types: Vec<Arc<str>>,
    /// Seen from the left node.
    pub direction: Direction,
    /// By direction the types that point that way, where they do not all point the same way.
    pub mixed: Option<[Vec<Arc<str>>; 2]>,
    pub transitive: bool,
}

impl Binder<'_> {
    /// What the names of a pattern stand for.
    pub(super) fn stored(&mut self, names: &[&ast::Name], direction: Direction) -> Stored {
        let mut stored: Vec<(String, Direction)> = Vec::new();
        let mut transitive = self.implied == Implied::Closed && !names.is_empty();
        let mut plain = true;
        for name in names {
            let reading = match self.implied {
                Implied::Off => None,
                Implied::On | Implied::Closed => type_reading(self.catalog.graph, &name.text),
            };
            let Some(TypeReading { stored: own, transitive: closed, because }) = reading else {
                transitive = false;
                stored.push((name.text.clone(), Direction::Outgoing));
                continue;
            };
            transitive &= closed;
            if !because.is_empty() {
                plain = false;
                self.note(format!("implied: {because}"));
                stored.extend(own);
            } else {
                stored.push((name.text.clone(), Direction::Outgoing));
            }
            if closed && self.implied == Implied::Closed {
                self.note(format!("implied: {} is transitive, so that a chain of it counts as one", name.text));
            }
        }
        if stored.is_empty() {
            // Nothing stands for these names: no relationship bears them either.
            stored.extend(names.iter().map(|name| (name.text.clone(), Direction::Outgoing)));
        }
        let types: Vec<Arc<str>> = stored.iter().map(|(name, _)| Arc::from(name.as_str())).collect();
        if plain || direction == Direction::Both {
            return Stored { types, direction, mixed: None, transitive };
        }
        let seen = |way: Direction| if direction == Direction::Incoming { way.reverse() } else { way };
        let first = stored.first().map_or(direction, |(_, way)| seen(*way));
        if stored.iter().all(|(_, way)| seen(*way) == first) {
            return Stored { types, direction: first, mixed: None, transitive };
        }
        let pointing = |wanted: Direction| {
            let points = |way: Direction| way == wanted || way == Direction::Both;
            stored.iter().filter(|(_, way)| points(seen(*way))).map(|(name, _)| Arc::from(name.as_str())).collect()
        };
        let mixed = Some([pointing(Direction::Outgoing), pointing(Direction::Incoming)]);
        Stored { types, direction: Direction::Both, mixed, transitive }
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// That a relationship points, seen from the left node, as its type does.
    pub(super) fn points_as_stored(mixed: &[Vec<Arc<str>>; 2], relationship: Slot, left: Slot, span: Span) -> Expr {
        let end = |name: &str| {
            let function = functions::find(name).expect("a row of the table of functions");
            let end = Expr::new(ExprKind::Call(function, vec![Expr::slot(relationship, span)]), span);
            let same = ExprKind::Compare(Comparison::Equal, Box::new(end), Box::new(Expr::slot(left, span)));
            Expr::new(same, span)
        };
        let is_of = |types: &[Arc<str>]| {
            let tests = types.iter().map(|name| LabelTest::Is(name.clone())).collect();
            let base = Box::new(Expr::slot(relationship, span));
            Expr::new(ExprKind::LabelTest(base, LabelTest::Or(tests)), span)
        };
        let way = |types: &[Arc<str>], name: &str| Expr::new(ExprKind::And(vec![is_of(types), end(name)]), span);
        Expr::new(ExprKind::Or(vec![way(&mixed[0], "startNode"), way(&mixed[1], "endNode")]), span)
    }
}
