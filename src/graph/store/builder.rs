//! [`GraphBuilder`]: makes a graph of many nodes and relationships at once.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::super::symbols::{KeyId, LabelId, Symbols, TypeId};
use super::super::{LabelNaming, RelationSemantics, Semantics, Value};
use super::adjacency::{Adjacency, TypeAdjacency};
use super::base::{Base, Columns, LabelSetsBuilder};
use super::bitmap::Bitmap;
use super::change::Named;
use super::column_builder::ColumnBuilder;
use super::current::Current;
use super::delta::Delta;
use super::sorting::Chunk;
use super::{Graph, PagedBitmap};

/// Collects nodes, relationships and properties in any order; [`GraphBuilder::finish`] sorts them in linear time.
/// Nodes are numbered as they are added; relationships get their ids at the end, by type, start and end.
#[derive(Debug, Default)]
pub struct GraphBuilder {
    labels: Symbols<LabelId>,
    types: Symbols<TypeId>,
    keys: Symbols<KeyId>,
    semantics: Semantics,
    label_sets: LabelSetsBuilder,
    node_columns: BTreeMap<KeyId, ColumnBuilder>,
    /// By type.
    relationships: Vec<Ends>,
    /// By key and type; entities are numbers of rows.
    relationship_columns: BTreeMap<(KeyId, TypeId), ColumnBuilder>,
}

/// The relationships of a type, in order of addition.
#[derive(Debug, Default)]
struct Ends {
    chunks: Vec<Chunk>,
    count: usize,
}

/// A relationship that has been added: its type and how many of this type were added before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddedRelationship {
    pub relationship_type: TypeId,
    pub row: u32,
}

/// Ids have 32 bits, and the last one is kept free.
const MOST: usize = u32::MAX as usize - 1;

impl GraphBuilder {
    pub fn new() -> GraphBuilder {
        GraphBuilder::default()
    }

    pub fn intern_label(&mut self, name: &str) -> LabelId {
        self.labels.intern(name)
    }

    pub fn intern_type(&mut self, name: &str) -> TypeId {
        let relationship_type = self.types.intern(name);
        self.relationships.resize_with(self.types.len(), Ends::default);
        relationship_type
    }

    pub fn intern_key(&mut self, name: &str) -> KeyId {
        self.keys.intern(name)
    }

    pub fn declare(&mut self, semantics: RelationSemantics) {
        self.semantics.declare(semantics);
    }

    pub fn name_by(&mut self, naming: LabelNaming) {
        self.semantics.name_by(naming);
    }

    pub fn node_count(&self) -> usize {
        self.label_sets.len()
    }

    pub fn relationship_count(&self) -> usize {
        self.relationships.iter().map(|of_type| of_type.count).sum()
    }

    /// Adds nodes with the same labels and gives the first one's number; the others follow. `None` if there would be
    /// more than ids.
    pub fn add_nodes(&mut self, labels: &[LabelId], count: usize) -> Option<u32> {
        let first = self.node_count();
        if first.checked_add(count)? > MOST {
            return None;
        }
        let mut seen = HashSet::new();
        let distinct: Vec<LabelId> = labels.iter().copied().filter(|label| seen.insert(*label)).collect();
        self.label_sets.push(&distinct, count);
        Some(first as u32)
    }

    /// Adds relationships of one type between nodes given by number and gives the first one; the rows of the others
    /// follow. `None` if there would be more than ids, or if a node has not been added.
    pub fn add_relationships(
        &mut self,
        relationship_type: TypeId,
        starts: &[u32],
        ends: &[u32],
    ) -> Option<AddedRelationship> {
        let nodes = self.node_count() as u32;
        let fits = starts.len() == ends.len() && self.relationship_count() + starts.len() <= MOST;
        if !fits || starts.iter().chain(ends).any(|node| *node >= nodes) {
            return None;
        }
        let of_type = &mut self.relationships[relationship_type.index()];
        let row = of_type.count as u32;
        if of_type.chunks.is_empty() {
            of_type.chunks.push(Chunk::default());
        }
        if let Some(last) = of_type.chunks.last_mut() {
            last.starts.extend_from_slice(starts);
            last.ends.extend_from_slice(ends);
        }
        of_type.count += starts.len();
        Some(AddedRelationship { relationship_type, row })
    }

    /// Adds relationships of one type without copying them; the caller has taken the numbers from nodes that were
    /// added. `None` if there would be more than ids.
    pub(crate) fn add_chunk(&mut self, relationship_type: TypeId, chunk: Chunk) -> Option<AddedRelationship> {
        debug_assert!(chunk.starts.iter().chain(&chunk.ends).all(|node| (*node as usize) < self.node_count()));
        if self.relationship_count() + chunk.starts.len() > MOST {
            return None;
        }
        let of_type = &mut self.relationships[relationship_type.index()];
        let row = of_type.count as u32;
        of_type.count += chunk.starts.len();
        of_type.chunks.push(chunk);
        Some(AddedRelationship { relationship_type, row })
    }

    pub fn set_node_property(&mut self, node: u32, key: KeyId, value: Value) {
        self.node_column(key).push(node, value);
    }

    pub fn set_relationship_property(&mut self, relationship: AddedRelationship, key: KeyId, value: Value) {
        self.relationship_column(relationship.relationship_type, key).push(relationship.row, value);
    }

    /// Sets a property to a text, of which no value is made first.
    pub(crate) fn set_relationship_text(&mut self, relationship: AddedRelationship, key: KeyId, text: &str) {
        self.relationship_column(relationship.relationship_type, key).push_text(relationship.row, text);
    }

    /// The values of a key by node, to be added to.
    pub(crate) fn node_column(&mut self, key: KeyId) -> &mut ColumnBuilder {
        self.node_columns.entry(key).or_default()
    }

    /// Adds the values of a key for nodes that follow one another, given as if the first of them had the number 0.
    pub(crate) fn append_node_column(&mut self, key: KeyId, first: u32, column: ColumnBuilder) {
        self.node_column(key).append(first, column);
    }

    /// The values of a key by row of a type, to be added to.
    pub(crate) fn relationship_column(&mut self, relationship_type: TypeId, key: KeyId) -> &mut ColumnBuilder {
        self.relationship_columns.entry((key, relationship_type)).or_default()
    }

    /// The graph, as a part of a larger one that has relationships of these types, too.
    pub(crate) fn finish_part<'n>(mut self, used_elsewhere: impl Iterator<Item = &'n str>) -> Graph {
        let used_elsewhere = used_elsewhere.map(|name| self.intern_type(name)).collect();
        Graph { used_elsewhere, ..self.finish() }
    }

    /// The graph. Columns are made beside the lists of neighbours, on a thread of their own.
    pub fn finish(self) -> Graph {
        let node_bound = self.label_sets.len();
        let relationship_bound = self.relationship_count();
        let keys = self.keys.len();
        let mut with_properties = vec![false; self.types.len()];
        self.relationship_columns.keys().for_each(|(_, t)| with_properties[t.index()] = true);
        let (node_columns, (adjacency, places)) = std::thread::scope(|scope| {
            let node_columns = self.node_columns;
            let columns = scope.spawn(move || by_key(node_columns.into_iter(), keys));
            let lists = sort(self.relationships, &with_properties);
            // Only a defect can make the thread panic; the panic then goes on here.
            (columns.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), lists)
        });
        let mut relationship_columns: BTreeMap<KeyId, ColumnBuilder> = BTreeMap::new();
        for ((key, relationship_type), mut column) in self.relationship_columns {
            let (first, places) =
                (adjacency.types[relationship_type.index()].first, &places[relationship_type.index()]);
            column.renumber(|row| first + places.as_ref().map_or(row, |places| places[row as usize]));
            match relationship_columns.entry(key) {
                std::collections::btree_map::Entry::Vacant(entry) => _ = entry.insert(column),
                std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().append(0, column),
            }
        }
        let base = Base {
            node_bound,
            relationship_bound,
            label_sets: Arc::new(self.label_sets.finish()),
            adjacency: Arc::new(adjacency),
            node_columns,
            relationship_columns: by_key(relationship_columns.into_iter(), keys),
            deleted: Vec::new(),
            deleted_nodes: Bitmap::default(),
        };
        let names = Names { labels: self.labels, types: self.types, keys: self.keys };
        Graph::from_base(names, self.semantics, base, Deleted::default())
    }
}

fn by_key(builders: impl Iterator<Item = (KeyId, ColumnBuilder)>, keys: usize) -> Columns {
    let mut columns: Columns = vec![None; keys];
    for (key, builder) in builders {
        columns[key.index()] = builder.finish().map(Arc::new);
    }
    columns
}

/// The sorted lists, and for each type the places that its rows went to; `None` if they stayed where they were, or if
/// nobody asks since the type has no properties.
fn sort(relationships: Vec<Ends>, with_properties: &[bool]) -> (Adjacency, Vec<Option<Vec<u32>>>) {
    let threads = crate::limits::cores();
    let mut first = 0;
    let mut places = Vec::with_capacity(relationships.len());
    let types = relationships.into_iter().zip(with_properties).map(|(of_type, with_properties)| {
        let (lists, moved) = TypeAdjacency::build(first, of_type.chunks, *with_properties, threads);
        first += of_type.count as u32;
        places.push(moved);
        lists
    });
    let types = types.collect();
    (Adjacency { types, ids: None }, places)
}

/// The ids that were given and whose entities are deleted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deleted {
    pub(crate) nodes: Bitmap,
    pub(crate) relationships: Bitmap,
}

/// The names of a graph's labels, types and keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) labels: Symbols<LabelId>,
    pub(crate) types: Symbols<TypeId>,
    pub(crate) keys: Symbols<KeyId>,
}

impl Graph {
    /// A graph that is nothing but its base.
    pub(crate) fn from_base(names: Names, semantics: Semantics, mut base: Base, deleted: Deleted) -> Graph {
        let mut by_label = vec![Bitmap::default(); names.labels.len()];
        let mut first = 0;
        for (set, count) in base.label_sets.runs() {
            for label in &base.label_sets.sets[set as usize] {
                by_label[label.index()].insert_range(first..first + count);
            }
            first += count;
        }
        let of_type = |t: usize| base.adjacency.types.get(t).map_or(0, TypeAdjacency::len);
        let (live_nodes, live_relationships) = (base.node_bound - deleted.nodes.count(), base.adjacency.len());
        let type_counts = (0..names.types.len()).map(of_type).collect();
        base.deleted_nodes = deleted.nodes;
        Graph {
            used_elsewhere: Arc::default(),
            named: Named { labels: names.labels.len(), types: names.types.len(), keys: names.keys.len() },
            by_label: by_label.iter().map(PagedBitmap::from).collect(),
            type_counts,
            live_nodes,
            live_relationships,
            deleted_nodes: PagedBitmap::from(&base.deleted_nodes),
            deleted_relationships: PagedBitmap::from(&deleted.relationships),
            delta: Delta::default(),
            current: Current::default(),
            labels: Arc::new(names.labels),
            types: Arc::new(names.types),
            keys: Arc::new(names.keys),
            semantics: Arc::new(semantics),
            rules: Vec::new(),
            base: Arc::new(base),
            journal: Vec::new(),
            began: None,
            version: 0,
            planning: 0,
            naming: 0,
            guesses: Arc::default(),
            samples: Arc::default(),
            naming_keys: Arc::default(),
            planned_size: 0,
        }
    }

    /// The base, if nothing has changed since it was made.
    pub(crate) fn clean_base(&self) -> Option<&Base> {
        self.is_clean().then_some(&*self.base)
    }
}
