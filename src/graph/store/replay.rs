//! [`Replay`]: repeats a long log into the arrays of a new base.
//!
//! [`Graph::apply`] enters a change into the delta, which snapshots share, and a merge makes columns of the delta
//! later. While a file is opened there are no snapshots. Here values are appended to growing columns, relationships to
//! a list, and both are sorted once, at the end. A column or a relationship type without changes stays shared with the
//! base; one with a single change is copied, so this pays only for a log that is long beside the base.

use std::sync::Arc;

use hashbrown::HashMap;

use super::super::symbols::{KeyId, LabelId};
use super::super::{NodeId, RelationshipId, Value};
use super::adjacency::{Adjacency, TypeAdjacency};
use super::base::{Base, Columns, LabelSetsBuilder};
use super::bulk::EntityKind;
use super::change::{Change, check};
use super::column_builder::ColumnBuilder;
use super::current::Current;
use super::delta::grown;
use super::ids::Runs;
use super::merge::numbering;
use super::patched::compacted;
use super::sorting::Chunk;
use super::{Direction, Entity, Graph, PagedBitmap, Relationship};

type Result<T, E = &'static str> = std::result::Result<T, E>;

/// A graph on which changes are repeated. Errors say what does not fit; the graph is in between then.
pub(crate) struct Replay {
    /// Has the base of before and no delta. Its names, rules and counts, and the sets of nodes by label and of what is
    /// deleted, are up to date.
    graph: Graph,
    node_bound: usize,
    label_sets: LabelSetsBuilder,
    /// Whether nodes have got or lost labels since they were created.
    relabelled: bool,
    node_values: Values,
    relationship_values: Values,
    /// Those made since the base.
    relationships: Vec<Relationship>,
    /// By type, whether it has got or lost relationships.
    changed_types: Vec<bool>,
    /// The number of relationships of each node, made when the first node is deleted.
    degrees: Option<Vec<u32>>,
    deleted_nodes: bool,
    deleted_relationships: bool,
}

/// The changed columns by key; those of other keys are as in the base.
#[derive(Default)]
struct Values {
    columns: Vec<Option<Changed>>,
}

/// The values of a key: those of the base and then, in the order of the log, those set since.
#[derive(Default)]
pub(crate) struct Changed {
    pub(crate) values: ColumnBuilder,
    /// The entities whose values were removed, and how many values there were then: earlier ones do not count.
    removed: HashMap<u32, usize>,
}

impl Changed {
    /// Sets or, with null, removes a value.
    pub(crate) fn set(&mut self, entity: u32, value: Value) {
        match value {
            Value::Null => _ = self.removed.insert(entity, self.values.len()),
            value => self.values.push(entity, value),
        }
    }

    fn finish(mut self, deleted: Option<&PagedBitmap>) -> Option<Arc<super::Column>> {
        let removed = self.removed;
        if deleted.is_some() || !removed.is_empty() {
            self.values.sort_without(|entity, place| {
                removed.get(&entity).is_some_and(|before| place < *before)
                    || deleted.is_some_and(|deleted| deleted.contains(entity as usize))
            });
        }
        self.values.finish().map(compacted).map(Arc::new)
    }
}

impl Values {
    /// The column of a key, which is about to change.
    fn column(&mut self, key: KeyId, base: &Columns) -> &mut Changed {
        grown(&mut self.columns, key.index()).get_or_insert_with(|| {
            let values = super::base::column(base, key).map(ColumnBuilder::starting_with).unwrap_or_default();
            Changed { values, ..Changed::default() }
        })
    }

    /// The columns at the end, without the values of deleted entities, if any were deleted.
    fn finish(mut self, keys: usize, base: &Columns, deleted: Option<&PagedBitmap>) -> Columns {
        let mut column = |key: usize| {
            let changed = self.columns.get_mut(key).and_then(Option::take);
            let known = base.get(key).and_then(Option::as_ref);
            match (changed, known, deleted) {
                (Some(changed), ..) => changed.finish(deleted),
                (None, Some(known), Some(_)) => {
                    let values = ColumnBuilder::starting_with(known);
                    Changed { values, ..Changed::default() }.finish(deleted)
                }
                (None, known, _) => known.cloned(),
            }
        };
        (0..keys).map(&mut column).collect()
    }

    fn is_changed(&self, key: KeyId) -> bool {
        self.columns.get(key.index()).is_some_and(Option::is_some)
    }
}

impl Replay {
    /// Starts with a graph that is nothing but its base.
    pub(crate) fn new(graph: Graph) -> Replay {
        debug_assert!(graph.delta.is_empty(), "a delta would be overlooked");
        Replay {
            node_bound: graph.node_bound(),
            label_sets: LabelSetsBuilder::starting_with(&graph.base.label_sets),
            graph,
            relabelled: false,
            node_values: Values::default(),
            relationship_values: Values::default(),
            relationships: Vec::new(),
            changed_types: Vec::new(),
            degrees: None,
            deleted_nodes: false,
            deleted_relationships: false,
        }
    }

    /// The graph, for its names only.
    pub(crate) fn names(&self) -> &Graph {
        &self.graph
    }

    /// Repeats a change.
    pub(crate) fn apply(&mut self, change: Change) -> Result<()> {
        match change {
            Change::CreateNode(node) => self.create_nodes(node, 1, &[]),
            Change::CreateNodes { first, count, labels, columns } => {
                self.create_nodes(first, count, &labels)?;
                self.fill(EntityKind::Node, first.index(), count, columns)
            }
            Change::CreateRelationship(id, shape) => self.create_relationship(id, shape),
            Change::CreateRelationships { first, relationship_type, ends, columns } => {
                for (number, (start, end)) in (first.index()..).zip(&ends) {
                    let shape = Relationship { relationship_type, start: *start, end: *end };
                    self.create_relationship(RelationshipId::new(number), shape)?;
                }
                self.fill(EntityKind::Relationship, first.index(), ends.len(), columns)
            }
            Change::SetProperty(entity, key, value) => {
                self.check_live(entity)?;
                self.column(entity.kind(), key)?.set(entity.number(), value);
                Ok(())
            }
            Change::SetProperties { kind, key, entities, values } => {
                check(entities.len() == values.len(), "there is not a value for each node or relationship")?;
                self.check_entities(kind, &entities)?;
                let column = self.column(kind, key)?;
                entities.into_iter().zip(values).for_each(|(entity, value)| column.set(entity, value));
                Ok(())
            }
            Change::AddLabel(node, label) => {
                self.check_labelled(label, node, None)?;
                self.add_label(node, label);
                Ok(())
            }
            Change::RemoveLabel(node, label) => {
                self.check_labelled(label, node, None)?;
                self.remove_label(node, label);
                Ok(())
            }
            Change::AddLabels(label, nodes) => {
                check(nodes.is_sorted_by(|a, b| a < b), "nodes whose labels change are out of order")?;
                for node in nodes.into_iter().map(|node| NodeId::new(node as usize)) {
                    self.check_labelled(label, node, Some(false))?;
                    self.add_label(node, label);
                }
                Ok(())
            }
            Change::RemoveLabels(label, nodes) => {
                check(nodes.is_sorted_by(|a, b| a < b), "nodes whose labels change are out of order")?;
                for node in nodes.into_iter().map(|node| NodeId::new(node as usize)) {
                    self.check_labelled(label, node, Some(true))?;
                    self.remove_label(node, label);
                }
                Ok(())
            }
            Change::DeleteNode(node) => self.delete_node(node),
            Change::DeleteNodes(nodes) => {
                check(nodes.is_sorted_by(|a, b| a < b), "deleted nodes are out of order")?;
                nodes.into_iter().try_for_each(|node| self.delete_node(node))
            }
            Change::DeleteRelationship(id) => self.delete_relationship(id),
            Change::DeleteRelationships(ids) => {
                check(ids.is_sorted_by(|a, b| a < b), "deleted relationships are out of order")?;
                ids.into_iter().try_for_each(|id| self.delete_relationship(id))
            }
            named @ (Change::Label(_)
            | Change::Type(_)
            | Change::Key(_)
            | Change::Declare(_)
            | Change::Undeclare(_)
            | Change::NameBy(_)
            | Change::ForgetNaming(_)
            | Change::Decide(_)
            | Change::ForgetDecision(_)
            | Change::AddRule(_)
            | Change::DropRule(_)) => self.graph.apply(named),
        }
    }

    /// Creates nodes with consecutive ids and the same labels.
    pub(crate) fn create_nodes(&mut self, first: NodeId, count: usize, labels: &[LabelId]) -> Result<()> {
        check(first.index() == self.node_bound, "a new node does not have the next id")?;
        check(labels.iter().all(|label| label.index() < self.graph.labels.len()), "a label is unknown")?;
        let differ = labels.iter().enumerate().all(|(at, label)| !labels[..at].contains(label));
        check(differ, "a label is given twice")?;
        let nodes = self.node_bound..self.node_bound + count;
        for label in labels {
            self.graph.by_label[label.index()].insert_range(nodes.clone());
        }
        self.label_sets.push(labels, count);
        self.node_bound = nodes.end;
        self.graph.live_nodes += count;
        self.degrees.iter_mut().for_each(|degrees| degrees.resize(nodes.end, 0));
        Ok(())
    }

    pub(crate) fn create_relationship(&mut self, id: RelationshipId, shape: Relationship) -> Result<()> {
        check(id.index() == self.relationship_bound(), "a new relationship does not have the next id")?;
        let of_type = shape.relationship_type.index();
        check(of_type < self.graph.types.len(), "a relationship type is unknown")?;
        self.check_live(shape.start.into())?;
        self.check_live(shape.end.into())?;
        self.relationships.push(shape);
        *grown(&mut self.changed_types, of_type) = true;
        self.graph.type_counts[of_type] += 1;
        self.graph.live_relationships += 1;
        if let Some(degrees) = &mut self.degrees {
            degrees[shape.start.index()] += 1;
            degrees[shape.end.index()] += 1;
        }
        Ok(())
    }

    /// The values of a key, to be added to; the caller has checked the entities.
    pub(crate) fn column(&mut self, kind: EntityKind, key: KeyId) -> Result<&mut Changed> {
        check(key.index() < self.graph.keys.len(), "a property key is unknown")?;
        let base = &self.graph.base;
        Ok(match kind {
            EntityKind::Node => self.node_values.column(key, &base.node_columns),
            EntityKind::Relationship => self.relationship_values.column(key, &base.relationship_columns),
        })
    }

    /// Checks that the entities of a change are live and ascend.
    pub(crate) fn check_entities(&self, kind: EntityKind, entities: &[u32]) -> Result<()> {
        check(entities.is_sorted_by(|a, b| a < b), "changed nodes or relationships are out of order")?;
        entities.iter().try_for_each(|entity| self.check_live(kind.entity(*entity)))
    }

    /// Sets the properties of new entities.
    fn fill(
        &mut self,
        kind: EntityKind,
        first: usize,
        count: usize,
        columns: Vec<super::PropertyColumn>,
    ) -> Result<()> {
        let differ =
            columns.iter().enumerate().all(|(at, (key, _))| columns[..at].iter().all(|(other, _)| other != key));
        check(differ, "a property key is given twice")?;
        for (key, values) in columns {
            check(values.len() == count, "there is not a value for each new entity")?;
            let column = self.column(kind, key)?;
            (first as u32..).zip(values).for_each(|(entity, value)| column.values.push(entity, value));
        }
        Ok(())
    }

    fn relationship_bound(&self) -> usize {
        self.graph.base.relationship_bound + self.relationships.len()
    }

    /// Type and ends of a relationship, unless it was deleted before the file was opened.
    fn known_shape(&self, id: RelationshipId) -> Option<Relationship> {
        match id.index().checked_sub(self.graph.base.relationship_bound) {
            Some(new) => self.relationships.get(new).copied(),
            None => self.graph.base.known_relationship(id),
        }
    }

    fn check_live(&self, entity: Entity) -> Result<()> {
        let exists = match entity {
            Entity::Node(node) => node.index() < self.node_bound,
            Entity::Relationship(id) => id.index() < self.relationship_bound(),
        };
        check(exists && !self.graph.is_deleted(entity), "a changed node or relationship does not exist")
    }

    /// Whether a node is live, and has a label or not, as far as that is known.
    fn check_labelled(&self, label: LabelId, node: NodeId, has_it: Option<bool>) -> Result<()> {
        check(label.index() < self.graph.labels.len(), "a label is unknown")?;
        self.check_live(node.into())?;
        let as_before = has_it.is_none_or(|has_it| self.graph.has_label(node, label) == has_it);
        check(as_before, "a node has other labels than before the change")
    }

    fn add_label(&mut self, node: NodeId, label: LabelId) {
        if self.graph.by_label[label.index()].insert(node.index()) {
            let mut labels = self.label_sets.of(node.index()).to_vec();
            labels.push(label);
            self.label_sets.set(node.index(), &labels);
            self.relabelled = true;
        }
    }

    fn remove_label(&mut self, node: NodeId, label: LabelId) {
        if self.graph.by_label[label.index()].remove(node.index()) {
            let mut labels = self.label_sets.of(node.index()).to_vec();
            labels.retain(|own| *own != label);
            self.label_sets.set(node.index(), &labels);
            self.relabelled = true;
        }
    }

    fn delete_node(&mut self, node: NodeId) -> Result<()> {
        self.check_live(node.into())?;
        check(self.degrees()[node.index()] == 0, "a deleted node still has relationships")?;
        for label in self.label_sets.of(node.index()) {
            self.graph.by_label[label.index()].remove(node.index());
        }
        self.label_sets.set(node.index(), &[]);
        self.graph.deleted_nodes.insert(node.index());
        self.graph.live_nodes -= 1;
        self.deleted_nodes = true;
        Ok(())
    }

    fn delete_relationship(&mut self, id: RelationshipId) -> Result<()> {
        self.check_live(id.into())?;
        let shape = self.known_shape(id).ok_or("a deleted relationship is unknown")?;
        let Relationship { relationship_type, start, end } = shape;
        self.graph.deleted_relationships.insert(id.index());
        *grown(&mut self.changed_types, relationship_type.index()) = true;
        self.graph.type_counts[relationship_type.index()] -= 1;
        self.graph.live_relationships -= 1;
        self.deleted_relationships = true;
        if let Some(degrees) = &mut self.degrees {
            degrees[start.index()] -= 1;
            degrees[end.index()] -= 1;
        }
        Ok(())
    }

    /// The number of relationships of each node, a loop counted twice.
    fn degrees(&mut self) -> &mut Vec<u32> {
        let Replay { graph, relationships, node_bound, degrees, .. } = self;
        degrees.get_or_insert_with(|| {
            let in_base = |node| graph.degree(NodeId::new(node), Direction::Both) as u32;
            let mut degrees: Vec<u32> = (0..graph.base.node_bound).map(in_base).collect();
            degrees.resize(*node_bound, 0);
            for shape in relationships.iter() {
                degrees[shape.start.index()] += 1;
                degrees[shape.end.index()] += 1;
            }
            let first = graph.base.relationship_bound;
            for id in graph.deleted_relationships.iter() {
                // What was deleted in the base is not in its lists.
                let shape = match id.checked_sub(first) {
                    Some(new) => Some(relationships[new]),
                    None => graph.base.adjacency.relationship(id),
                };
                for node in shape.into_iter().flat_map(|shape| [shape.start, shape.end]) {
                    degrees[node.index()] -= 1;
                }
            }
            degrees
        })
    }

    /// The graph after the last change, with a new base and without a delta. Columns of nodes are made beside the lists
    /// of neighbours, on a thread of their own.
    pub(crate) fn finish(mut self) -> Graph {
        let keys = self.graph.keys.len();
        let node_values = std::mem::take(&mut self.node_values);
        let relationship_values = std::mem::take(&mut self.relationship_values);
        let stale = |label_and_keys: &super::Rule| {
            self.relabelled || label_and_keys.keys.iter().any(|key| node_values.is_changed(*key))
        };
        let stale: Vec<bool> = self.graph.rules().map(|rule| self.deleted_nodes || stale(rule)).collect();
        let old = self.graph.base.clone();
        let Replay { graph, .. } = &self;
        let (node_columns, (adjacency, relationship_columns)) = std::thread::scope(|scope| {
            let deleted = self.deleted_nodes.then_some(&graph.deleted_nodes);
            let node_columns = &old.node_columns;
            let columns = scope.spawn(move || node_values.finish(keys, node_columns, deleted));
            let deleted = self.deleted_relationships.then_some(&graph.deleted_relationships);
            let others = relationship_values.finish(keys, &old.relationship_columns, deleted);
            let rest = (self.adjacency(), others);
            // Only a defect can make the thread panic; the panic then goes on here.
            (columns.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), rest)
        });
        let ids = self.graph.deleted_relationships.iter().map(RelationshipId::new);
        let deleted = ids.filter_map(|id| Some((id, self.known_shape(id)?))).collect();
        let base = Base {
            node_bound: self.node_bound,
            relationship_bound: self.relationship_bound(),
            label_sets: Arc::new(self.label_sets.finish()),
            adjacency,
            node_columns,
            relationship_columns,
            deleted,
            deleted_nodes: self.graph.deleted_nodes.to_bitmap(),
        };
        let mut graph = self.graph;
        graph.base = Arc::new(base);
        graph.current = Current::default();
        graph.forget_indexes(&stale);
        graph.commit_unmerged();
        graph
    }

    fn adjacency(&self) -> Arc<Adjacency> {
        let old = &self.graph.base.adjacency;
        if !self.changed_types.contains(&true) {
            return old.clone();
        }
        let threads = crate::limits::cores();
        let mut new = self.new_by_type();
        let mut by_position = Runs::default();
        let mut types = Vec::with_capacity(self.graph.types.len());
        for t in 0..self.graph.types.len().max(old.types.len()) {
            let (first, of_type) = (by_position.len(), old.types.get(t).cloned().unwrap_or_default());
            if !self.changed_types.get(t).copied().unwrap_or_default() {
                old.add_ids(&of_type, &mut by_position);
                types.push(TypeAdjacency { first, ..of_type });
                continue;
            }
            let mut all = self.kept(&of_type);
            if let Some(new) = new.get_mut(t) {
                all.append(std::mem::take(new));
            }
            let (lists, places) = TypeAdjacency::build(first, vec![all.ends], true, threads);
            types.push(lists);
            by_position.extend(sorted_ids(all.ids, places));
        }
        by_position.extend(self.graph.deleted_relationships.iter().map(|id| id as u32));
        Arc::new(Adjacency { types, ids: numbering(&by_position) })
    }

    /// The live relationships since the base, by type and id.
    fn new_by_type(&self) -> Vec<Shapes> {
        let mut by_type = Vec::new();
        for (id, shape) in (self.graph.base.relationship_bound..).zip(&self.relationships) {
            if !(self.deleted_relationships && self.graph.deleted_relationships.contains(id)) {
                let of_type: &mut Shapes = grown(&mut by_type, shape.relationship_type.index());
                of_type.push(id as u32, shape.start.index() as u32, shape.end.index() as u32);
            }
        }
        by_type
    }

    /// The relationships of a type of the base that are still live, in their order.
    fn kept(&self, of_type: &TypeAdjacency) -> Shapes {
        let (old, lists) = (&self.graph.base.adjacency, &of_type.outgoing);
        let mut kept = Shapes::default();
        for (number, bounds) in lists.offsets.windows(2).enumerate() {
            let start = lists.node(number);
            for place in bounds[0]..bounds[1] {
                let id = old.id(of_type.first + place);
                if !self.graph.deleted_relationships.contains(id.index()) {
                    kept.push(id.index() as u32, start, lists.neighbours[place as usize]);
                }
            }
        }
        kept
    }
}

/// Ids and ends of relationships of a type.
#[derive(Default)]
struct Shapes {
    ids: Vec<u32>,
    ends: Chunk,
}

impl Shapes {
    fn push(&mut self, id: u32, start: u32, end: u32) {
        self.ids.push(id);
        self.ends.starts.push(start);
        self.ends.ends.push(end);
    }

    fn append(&mut self, mut more: Shapes) {
        self.ids.append(&mut more.ids);
        self.ends.starts.append(&mut more.ends.starts);
        self.ends.ends.append(&mut more.ends.ends);
    }
}

/// The ids in the order of the places that their relationships were sorted to; `None`: they stayed where they were.
fn sorted_ids(ids: Vec<u32>, places: Option<Vec<u32>>) -> Vec<u32> {
    let Some(places) = places else { return ids };
    let mut sorted = vec![0; ids.len()];
    ids.iter().zip(places).for_each(|(id, place)| sorted[place as usize] = *id);
    sorted
}
