//! [`Rollup`]: the relations of parts as relations of the wholes that they belong to.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::graph::{ANY_OF, Direction, FailureDirection, Graph, LabelId, NodeId, RelationshipId, TypeId, Value};
use crate::limits::Budget;

/// Types that say that the start is a part of the end.
const PARTS: &[&str] = &["PART_OF", "IS_PART_OF"];
/// Types that say that the end is a part of the start.
const WHOLES: &[&str] = &["CONTAINS", "HAS_PART"];

/// The wholes of a graph, and the relations between them.
pub struct Rollup {
    /// By node: the wholes that it belongs to; a whole belongs to itself.
    pub wholes: BTreeMap<NodeId, BTreeSet<NodeId>>,
    pub relations: Vec<Lifted>,
    /// How many relations lie within one whole.
    pub within: usize,
    /// How many have an end that belongs to no whole.
    pub apart: usize,
}

/// A relation between wholes.
pub struct Lifted {
    pub start: NodeId,
    pub relationship_type: TypeId,
    pub end: NodeId,
    /// The choice of which it is one, if any: who has it, and its name.
    pub choice: Option<(NodeId, Value)>,
    /// The relations of parts that it is made of.
    pub support: Vec<RelationshipId>,
}

type Key = (NodeId, NodeId, TypeId, Option<(NodeId, Value)>);

/// Which types say that one node is a part of another, by type: in which direction the whole is found.
fn containment(graph: &Graph) -> Vec<Option<Direction>> {
    let semantics = graph.semantics();
    let is_of = |name: &str, known: &[&str]| {
        known.iter().any(|known| known.eq_ignore_ascii_case(name) || semantics.kinds_of(known).contains(&name))
    };
    let up = |name: &str| match (is_of(name, PARTS), is_of(name, WHOLES)) {
        (true, _) => Some(Direction::Outgoing),
        (false, true) => Some(Direction::Incoming),
        (false, false) => None,
    };
    let inverse = |name: &str| semantics.get(name).and_then(|s| up(&s.inverse)).map(Direction::reverse);
    graph.types().map(|t| graph.type_name(t)).map(|name| up(name).or_else(|| inverse(name))).collect()
}

/// Rolls all relations up to the nearest wholes that have one of the labels or, without labels, to the outermost ones.
pub fn rollup(graph: &Graph, labels: &[LabelId], budget: &Budget) -> Result<Rollup, Diagnostic> {
    let parts = Parts { graph, containment: containment(graph), labels, budget };
    let mut wholes = BTreeMap::new();
    for node in graph.nodes() {
        let found = parts.wholes(node)?;
        budget.charge((1 + found.len()) * size_of::<NodeId>())?;
        wholes.insert(node, found);
    }
    let mut rollup = Rollup { wholes, relations: Vec::new(), within: 0, apart: 0 };
    let mut lifted: BTreeMap<Key, Vec<RelationshipId>> = BTreeMap::new();
    for relationship in graph.relationships() {
        budget.tick()?;
        let keys = parts.keys(relationship, &mut rollup);
        budget.charge(keys.len() * size_of::<RelationshipId>())?;
        keys.into_iter().for_each(|key| lifted.entry(key).or_default().push(relationship));
    }
    rollup.relations = lifted.into_iter().map(|(key, support)| lifted_by(key, support)).collect();
    Ok(rollup)
}

fn lifted_by((start, end, relationship_type, choice): Key, support: Vec<RelationshipId>) -> Lifted {
    Lifted { start, relationship_type, end, choice, support }
}

struct Parts<'g> {
    graph: &'g Graph,
    containment: Vec<Option<Direction>>,
    labels: &'g [LabelId],
    budget: &'g Budget,
}

impl Parts<'_> {
    /// What the node is a part of directly.
    fn above(&self, node: NodeId) -> BTreeSet<NodeId> {
        let way = |direction: Direction| {
            let around = self.graph.adjacent(node, direction, None);
            around.filter(move |found| self.containment[found.relationship_type.index()] == Some(direction))
        };
        let both = way(Direction::Outgoing).chain(way(Direction::Incoming));
        both.map(|found| found.neighbour).filter(|above| *above != node).collect()
    }

    fn wholes(&self, node: NodeId) -> Result<BTreeSet<NodeId>, Diagnostic> {
        let is_whole = |node: &NodeId| self.labels.iter().any(|label| self.graph.has_label(*node, *label));
        let mut level = BTreeSet::from([node]);
        let mut seen = level.clone();
        let mut outermost = BTreeSet::new();
        while !level.is_empty() {
            let found: BTreeSet<NodeId> = level.iter().copied().filter(is_whole).collect();
            if !found.is_empty() {
                return Ok(found);
            }
            let mut next = BTreeSet::new();
            for node in &level {
                self.budget.tick()?;
                let above = self.above(*node);
                if above.is_empty() {
                    outermost.insert(*node);
                }
                next.extend(above.into_iter().filter(|above| seen.insert(*above)));
            }
            level = next;
        }
        Ok(match (self.labels.is_empty(), outermost.is_empty()) {
            (true, false) => outermost,
            // Parts of each other have no outermost whole.
            (true, true) => BTreeSet::from([node]),
            (false, _) => BTreeSet::new(),
        })
    }

    /// The relations of wholes that a relation of parts is one of.
    fn keys(&self, relationship: RelationshipId, rollup: &mut Rollup) -> Vec<Key> {
        let shape = self.graph.relationship(relationship);
        let (starts, ends) = (&rollup.wholes[&shape.start], &rollup.wholes[&shape.end]);
        if starts.is_empty() || ends.is_empty() {
            rollup.apart += 1;
            return Vec::new();
        }
        // That a part belongs to a whole says nothing between wholes.
        let belongs = self.containment[shape.relationship_type.index()].is_some();
        let is_itself = |node: NodeId, wholes: &BTreeSet<NodeId>| wholes.len() == 1 && wholes.contains(&node);
        if belongs && !(is_itself(shape.start, starts) && is_itself(shape.end, ends)) {
            return Vec::new();
        }
        let choice = self.choice(relationship);
        let mut keys = Vec::new();
        for (start, end) in starts.iter().flat_map(|start| ends.iter().map(move |end| (*start, *end))) {
            // An alternative that a whole has within itself remains one.
            if start != end || choice.is_some() {
                keys.push((start, end, shape.relationship_type, choice.clone()));
            }
        }
        rollup.within += usize::from(keys.is_empty());
        keys
    }

    fn choice(&self, relationship: RelationshipId) -> Option<(NodeId, Value)> {
        let key = self.graph.key(ANY_OF)?;
        let name = Some(self.graph.property(relationship, key)).filter(|name| !name.is_null())?;
        let shape = self.graph.relationship(relationship);
        let carries = self.graph.semantics().carries(self.graph.type_name(shape.relationship_type));
        let along = carries.is_some_and(|carries| carries.failure == FailureDirection::Along);
        Some((if along { shape.end } else { shape.start }, name))
    }
}
