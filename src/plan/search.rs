//! A search for the chosen paths of a pattern of several parts, as one walk over the graph and the pattern at once.

use super::*;

/// The chosen paths from a node that is set, to one that is set or to each that is reached.
#[derive(Clone, Debug)]
pub struct PathSearch {
    pub from: Slot,
    /// In the order walked; the last one leads to the end.
    pub parts: Vec<SearchPart>,
    pub mode: PathMode,
    pub choice: Choice,
    /// Set for each path found: the path itself, lists of its nodes.
    pub items: Vec<(Slot, Expr)>,
    /// What a path must meet, beside the conditions of its parts.
    pub condition: Option<Expr>,
    /// Whether the pattern is walked against its drawing.
    pub reversed: bool,
}

/// Relationships up to the next node of the pattern that has a slot of its own.
#[derive(Clone, Debug)]
pub struct SearchPart {
    /// A round: one relationship each, in the order walked.
    pub hops: Vec<Hop>,
    /// How many rounds.
    pub rounds: PathLength,
    pub gives: Gives,
    pub node: Slot,
    /// Whether the node is set before.
    pub bound: bool,
    /// What the node must meet.
    pub condition: Option<Expr>,
}

/// One relationship of a round.
#[derive(Clone, Debug)]
pub struct Hop {
    pub step: Step,
    /// What it must meet; the length counts for nothing.
    pub several: Several,
}

/// Where the relationships of a part go.
#[derive(Clone, Debug)]
pub enum Gives {
    One(Slot),
    List(Slot),
    /// All in a list, and a list for each variable of what it stands for in each round.
    Rounds {
        list: Slot,
        collected: Vec<(Member, Slot)>,
    },
}

/// What a variable stands for in a round, by its place in the order drawn.
#[derive(Clone, Copy, Debug)]
pub enum Member {
    Node(usize),
    Relationship(usize),
}

impl PathSearch {
    pub fn to(&self) -> Slot {
        self.parts.last().map_or(self.from, |part| part.node)
    }

    /// From the other end.
    pub fn turn(&mut self) {
        let end = self.to();
        let starts: Vec<(Slot, bool, Option<Expr>)> = std::iter::once((self.from, false, None))
            .chain(self.parts.iter().map(|part| (part.node, part.bound, part.condition.clone())))
            .collect();
        for (part, (node, bound, condition)) in self.parts.iter_mut().zip(starts) {
            (part.node, part.bound, part.condition) = (node, bound, condition);
            part.hops.reverse();
            part.hops.iter_mut().for_each(|hop| hop.step.turn());
        }
        self.parts.reverse();
        self.from = end;
        self.reversed = !self.reversed;
    }

    /// More that its end must meet.
    pub fn end_meets(&mut self, conditions: Vec<Expr>) {
        if let Some(last) = self.parts.last_mut() {
            last.condition = Expr::all(last.condition.take().into_iter().chain(conditions));
        }
    }

    pub fn expressions(&self) -> Vec<&Expr> {
        let mut all = self.choice.expressions();
        all.extend(self.items.iter().map(|(_, item)| item).chain(&self.condition));
        for part in &self.parts {
            all.extend(part.hops.iter().flat_map(|hop| hop.several.expressions()).chain(&part.condition));
        }
        all
    }

    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        let mut all = self.choice.expressions_mut();
        all.extend(self.items.iter_mut().map(|(_, item)| item).chain(&mut self.condition));
        for part in &mut self.parts {
            all.extend(part.hops.iter_mut().flat_map(|hop| hop.several.expressions_mut()).chain(&mut part.condition));
        }
        all
    }

    /// Calls `visit` with the slots of its nodes and relationships, and those it sets.
    pub fn each_slot(&self, visit: &mut dyn FnMut(Slot)) {
        visit(self.from);
        self.items.iter().for_each(|(slot, _)| visit(*slot));
        for part in &self.parts {
            visit(part.node);
            part.hops.iter().for_each(|hop| hop.step.each_slot(visit));
            match &part.gives {
                Gives::One(slot) | Gives::List(slot) => visit(*slot),
                Gives::Rounds { list, collected } => {
                    visit(*list);
                    collected.iter().for_each(|(_, slot)| visit(*slot));
                }
            }
        }
    }
}
