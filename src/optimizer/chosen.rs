//! Finds chosen paths by one search over the graph and the pattern at once, instead of listing all paths to choose from
//! them.
//!
//! It can for several relationships in a row, and where a pattern of several parts is a chain that repeats no node but
//! its ends, every part is new, and paths are compared by their lengths. Conditions on one node or one relationship are
//! then asked on the way, and those on the ends, which decide nothing about the choice between two ends, stand with the
//! pattern around.

use std::collections::HashSet;

use super::each_operator;
use crate::plan::*;

const ONE: PathLength = PathLength { minimum: 1, maximum: Some(1) };

pub(super) fn mark(root: &mut Operator) {
    each_operator(root, &mut |operator| {
        let Operator::Match { pattern, conditions, .. } = operator else { return };
        let own = own_slots(pattern);
        for relationship in &mut pattern.relationships {
            let Some(choice) = relationship.choice.as_mut().filter(|choice| choice.cost.is_none()) else { continue };
            match (&mut relationship.kind, &relationship.several) {
                (Connection::Chosen(chosen), _) => {
                    choice.searched = has_anchor(chosen) && search(chosen, choice, true, &|_| false).is_some();
                    if choice.searched {
                        let all = std::mem::take(&mut chosen.conditions).into_iter();
                        let (of_ends, others): (Vec<_>, Vec<_>) = all.partition(|c| is_of_ends(chosen, c));
                        chosen.conditions = others;
                        conditions.extend(of_ends);
                    }
                }
                (Connection::Relationship, Some(several)) => choice.searched = is_alone(several, &own),
                (Connection::Relationship | Connection::Group(_), _) => {}
            }
        }
    });
}

/// Whether what each of several relationships must meet speaks of nothing else that the pattern looks for.
fn is_alone(several: &Several, own: &HashSet<Slot>) -> bool {
    several.expressions().iter().all(|e| mentioned(e, own) == 0)
}

/// Whether a search from an end starts from as few nodes as listing would: it does not if only nodes between the ends
/// are narrowed down.
fn has_anchor(chosen: &ChosenPath) -> bool {
    let of = |slot: Slot, conditions: &[Expr]| conditions.iter().any(|c| mentioned(c, &only(slot)) > 0);
    let narrow = |node: &PatternNode| node.bound || of(node.slot, &chosen.conditions);
    let (ends, between): (Vec<_>, Vec<_>) =
        chosen.pattern.nodes.iter().partition(|node| node.slot == chosen.path.start || node.slot == chosen.end);
    ends.into_iter().any(narrow) || !between.into_iter().any(narrow)
}

fn is_of_ends(chosen: &ChosenPath, condition: &Expr) -> bool {
    let own = own_slots(&chosen.pattern);
    let ends = HashSet::from([chosen.path.start, chosen.end]);
    mentioned(condition, &own) == mentioned(condition, &ends)
}

fn own_slots(pattern: &Pattern) -> HashSet<Slot> {
    let mut own = HashSet::new();
    pattern.each_slot(&mut |slot| _ = own.insert(slot));
    own
}

/// How often an expression speaks of these slots.
fn mentioned(expr: &Expr, slots: &HashSet<Slot>) -> usize {
    let mut times = 0;
    expr.each_slot(&mut |slot| times += usize::from(slots.contains(&slot)));
    times
}

/// The search from one end, if one search finds the chosen paths; `known` says which slots are set before.
pub(super) fn search(
    chosen: &ChosenPath,
    choice: &Choice,
    from_left: bool,
    known: &dyn Fn(Slot) -> bool,
) -> Option<PathSearch> {
    let ChosenPath { pattern, conditions, path, mode, .. } = chosen;
    let nodes = chain(pattern)?;
    let inside = &nodes[1..];
    if nodes.first() != Some(&path.start) || repeats(inside) || repeats(&nodes[..inside.len()]) {
        return None;
    }
    let mut building = Building {
        own: own_slots(pattern),
        conditions: conditions.iter().filter(|c| !is_of_ends(chosen, c)).cloned().collect(),
        mode: *mode,
    };
    let mut parts = Vec::new();
    for (at, relationship) in pattern.relationships.iter().enumerate() {
        parts.push(building.part(relationship, (nodes[at], nodes[at + 1]))?);
    }
    for (part, node) in parts.iter_mut().zip(inside) {
        part.condition = Expr::all(building.take(&[*node]));
        part.bound = known(*node);
    }
    let paths = pattern.paths.iter().map(|named| (named.slot, pattern.path_expression(named)));
    let mut search = PathSearch {
        from: path.start,
        parts,
        mode: *mode,
        choice: choice.clone(),
        items: paths.chain(pattern.derived.iter().cloned()).collect(),
        condition: Expr::all(building.conditions),
        reversed: false,
    };
    if !from_left {
        search.turn();
    }
    let end = search.to();
    if let Some(last) = search.parts.last_mut() {
        last.bound = end == search.from || known(end);
    }
    Some(search)
}

/// The search for the chosen paths of one part.
pub(super) fn search_one(
    step: Step,
    several: Several,
    choice: Choice,
    items: Vec<(Slot, Expr)>,
    condition: Option<Expr>,
) -> PathSearch {
    let (from, node, bound) = (step.from, step.to, step.to_bound || step.from == step.to);
    let (mode, rounds, reversed) = (several.mode, several.length, step.reversed);
    let gives = Gives::List(step.relationship);
    let hops = vec![Hop { step, several }];
    let part = SearchPart { hops, rounds, gives, node, bound, condition: None };
    PathSearch { from, parts: vec![part], mode, choice, items, condition, reversed }
}

/// The slots of the nodes of a chain of new relationships.
fn chain(pattern: &Pattern) -> Option<Vec<Slot>> {
    let relationships = &pattern.relationships;
    let joined = relationships.windows(2).all(|pair| pair[0].right == pair[1].left);
    let new = relationships.iter().all(|r| !r.bound && r.choice.is_none());
    let first = relationships.first().filter(|_| joined && new)?;
    let slot = |node: usize| pattern.nodes[node].slot;
    Some([slot(first.left)].into_iter().chain(relationships.iter().map(|r| slot(r.right))).collect())
}

fn repeats(nodes: &[Slot]) -> bool {
    nodes.iter().enumerate().any(|(at, node)| nodes[..at].contains(node))
}

/// What has not found its place yet.
struct Building {
    own: HashSet<Slot>,
    conditions: Vec<Expr>,
    mode: PathMode,
}

impl Building {
    /// Takes the conditions that speak of some of the pattern's slots, and of no others.
    fn take(&mut self, slots: &[Slot]) -> Vec<Expr> {
        let slots: HashSet<Slot> = slots.iter().copied().collect();
        let (taken, left) = std::mem::take(&mut self.conditions).into_iter().partition(|condition| {
            let times = mentioned(condition, &self.own);
            times > 0 && times == mentioned(condition, &slots)
        });
        self.conditions = left;
        taken
    }

    fn part(&mut self, relationship: &PatternRelationship, (left, right): (Slot, Slot)) -> Option<SearchPart> {
        let walk = self.mode == PathMode::Walk;
        if relationship.repeatable != walk {
            return None;
        }
        let slot = relationship.slot;
        let (hops, gives) = match (&relationship.kind, &relationship.several) {
            (Connection::Relationship, None) => {
                let each = self.each(relationship, (left, right));
                (vec![hop(relationship, (left, right), each)], Gives::One(slot))
            }
            (Connection::Relationship, Some(several)) => {
                let hop = hop(relationship, (left, right), several.clone());
                (vec![hop], is_alone(several, &self.own).then_some(Gives::List(slot))?)
            }
            // A round of a group may not repeat a relationship even where a walk may.
            (Connection::Group(group), Some(_)) if !walk => self.rounds(group, slot)?,
            (Connection::Group(_) | Connection::Chosen(_), _) => return None,
        };
        let rounds = relationship.several.as_ref().map_or(ONE, |several| several.length);
        Some(SearchPart { hops, rounds, gives, node: right, bound: false, condition: None })
    }

    /// The conditions on a relationship, with its ends or without. What speaks of one node alone waits for that.
    fn each(&mut self, relationship: &PatternRelationship, (left, right): (Slot, Slot)) -> Several {
        let about = self.take(&[relationship.slot, left, right]);
        let alone = |c: &Expr| [left, right].iter().any(|node| mentioned(c, &self.own) == mentioned(c, &only(*node)));
        let (of_nodes, own): (Vec<_>, Vec<_>) = about.into_iter().partition(alone);
        self.conditions.extend(of_nodes);
        self.met_by(relationship, (left, right), own)
    }

    fn met_by(
        &self,
        relationship: &PatternRelationship,
        (left, right): (Slot, Slot),
        conditions: Vec<Expr>,
    ) -> Several {
        let each = Expr::all(conditions);
        let each = each.map(|condition| Each { relationship: relationship.slot, left, right, condition });
        Several { each, mode: self.mode, ..Several::of(ONE) }
    }

    /// The round of a group, if it is a chain of single relationships whose conditions speak of one each.
    fn rounds(&self, group: &PatternGroup, list: Slot) -> Option<(Vec<Hop>, Gives)> {
        let pattern = &group.pattern;
        let nodes = chain(pattern)?;
        let plain = |r: &PatternRelationship| {
            matches!(r.kind, Connection::Relationship) && r.several.is_none() && !r.repeatable
        };
        let whole = nodes.first() == Some(&group.start) && nodes.last() == Some(&group.end);
        if !whole
            || repeats(&nodes)
            || !pattern.relationships.iter().all(plain)
            || !pattern.paths.is_empty()
            || !pattern.derived.is_empty()
        {
            return None;
        }
        let mut round = Building { own: self.own.clone(), conditions: group.conditions.clone(), mode: self.mode };
        let mut hops = Vec::new();
        for (relationship, ends) in pattern.relationships.iter().zip(nodes.windows(2)) {
            let ends = (ends[0], ends[1]);
            let conditions = round.take(&[relationship.slot, ends.0, ends.1]);
            hops.push(hop(relationship, ends, round.met_by(relationship, ends, conditions)));
        }
        let member = |slot: Slot| {
            let node = nodes.iter().position(|node| *node == slot).map(Member::Node);
            node.or_else(|| pattern.relationships.iter().position(|r| r.slot == slot).map(Member::Relationship))
        };
        let collected =
            group.collected.iter().map(|(slot, list)| Some((member(*slot)?, *list))).collect::<Option<_>>()?;
        // A condition on a round as a whole, or on none of it, is left to the plain way.
        round.conditions.is_empty().then_some((hops, Gives::Rounds { list, collected }))
    }
}

fn only(slot: Slot) -> HashSet<Slot> {
    HashSet::from([slot])
}

fn hop(relationship: &PatternRelationship, (left, right): (Slot, Slot), several: Several) -> Hop {
    let step = Step {
        from: left,
        relationship: relationship.slot,
        to: right,
        direction: relationship.direction,
        types: relationship.types.clone(),
        from_bound: true,
        to_bound: false,
        distinct_from: vec![],
        reversed: false,
    };
    Hop { step, several }
}
