//! Sorted neighbour lists of an edge, seen from either of its ends.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::super::Result;
use super::overlay::Overlay;
use crate::graph::{Direction, Graph, NeighbourLists, TypeId};
use crate::limits::Budget;
use crate::plan::{Edge, Types};

/// For each node its neighbours, ascending: one for each relationship.
pub(super) struct Lists<'g> {
    form: Form<'g>,
    simple: Simple<'g>,
}

/// Whether no neighbour stands twice in a list.
enum Simple<'g> {
    Known(bool),
    /// As the graph says of the type, which may take it a while.
    Ask(&'g Graph, TypeId),
}

enum Form<'g> {
    /// Where the list of each node from `first` on begins, and where the last one ends.
    Arrays {
        first: u32,
        offsets: Cow<'g, [u32]>,
        neighbours: Cow<'g, [u32]>,
    },
    /// Only few nodes of the range have a list.
    Sparse(NeighbourLists<'g>),
    Overlay(Box<Overlay<'g>>),
}

/// Lists to be looked up often.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    first: u32,
    offsets: &'a [u32],
    neighbours: &'a [u32],
    sparse: Option<NeighbourLists<'a>>,
    overlay: Option<&'a Overlay<'a>>,
}

impl<'a> View<'a> {
    pub fn of(&self, node: u32) -> &'a [u32] {
        if let Some(lists) = self.sparse {
            return lists.of(node as usize);
        }
        if let Some(lists) = self.overlay {
            return lists.of(node);
        }
        let at = node.wrapping_sub(self.first) as usize;
        match self.offsets.get(at..at.saturating_add(2)) {
            Some([start, end]) => &self.neighbours[*start as usize..*end as usize],
            _ => &[],
        }
    }
}

/// Which lists.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    types: Types,
    direction: Direction,
    loops: bool,
    distinct: bool,
}

/// The lists that a statement has used, so that none is made twice.
pub(super) struct ListStore<'g> {
    graph: &'g Graph,
    made: Vec<(Key, Arc<Lists<'g>>)>,
    /// Bytes of the lists that had to be made.
    pub bytes: usize,
    /// Whether the lists of few nodes will be looked at.
    pub narrow: bool,
}

impl<'g> Lists<'g> {
    pub fn of(&self, node: u32) -> &[u32] {
        self.view().of(node)
    }

    pub fn view(&self) -> View<'_> {
        const NONE: View<'static> = View { first: 0, offsets: &[], neighbours: &[], sparse: None, overlay: None };
        match &self.form {
            Form::Arrays { first, offsets, neighbours } => View { first: *first, offsets, neighbours, ..NONE },
            Form::Sparse(lists) => View { sparse: Some(*lists), ..NONE },
            Form::Overlay(lists) => View { overlay: Some(lists), ..NONE },
        }
    }

    /// Whether no neighbour stands twice in a list.
    pub fn is_simple(&self) -> bool {
        match self.simple {
            Simple::Known(simple) => simple,
            Simple::Ask(graph, of_type) => !graph.repetitions(of_type).parallel,
        }
    }

    pub fn degree(&self, node: u32) -> u64 {
        self.of(node).len() as u64
    }

    /// Nodes outside have no neighbours.
    pub fn range(&self) -> Range<u32> {
        match &self.form {
            Form::Arrays { first, offsets, .. } => *first..*first + offsets.len().saturating_sub(1) as u32,
            Form::Sparse(lists) => lists.range().start as u32..lists.range().end as u32,
            Form::Overlay(lists) => lists.range().start as u32..lists.range().end as u32,
        }
    }

    /// The offsets of the nodes of a range that lies within [`Lists::range`], and where the last one ends.
    pub fn offsets(&self, nodes: Range<u32>) -> Option<&[u32]> {
        match &self.form {
            Form::Arrays { first, offsets, .. } => {
                Some(&offsets[(nodes.start - first) as usize..=(nodes.end - first) as usize])
            }
            Form::Sparse(_) | Form::Overlay(_) => None,
        }
    }

    /// Whether no node of a range that lies within [`Lists::range`] has neighbours, if that is quickly told.
    pub fn are_empty(&self, nodes: Range<u32>) -> bool {
        self.offsets(nodes).is_some_and(|offsets| offsets.first() == offsets.last())
    }

    /// About all neighbours of all nodes, one list after the other.
    pub fn sample(&self) -> &[u32] {
        match &self.form {
            Form::Arrays { neighbours, .. } => neighbours,
            Form::Sparse(lists) => lists.neighbours(),
            Form::Overlay(lists) => lists.sample(),
        }
    }

    /// How many neighbours all nodes have together.
    pub fn total(&self) -> usize {
        match &self.form {
            Form::Arrays { neighbours, .. } => neighbours.len(),
            Form::Sparse(lists) => lists.neighbours().len(),
            Form::Overlay(lists) => lists.total(),
        }
    }

    fn empty() -> Lists<'g> {
        let form = Form::Arrays { first: 0, offsets: Cow::Owned(vec![0]), neighbours: Cow::Owned(vec![]) };
        Lists { form, simple: Simple::Known(true) }
    }

    fn borrowed(lists: NeighbourLists<'g>, graph: &'g Graph, of_type: TypeId) -> Lists<'g> {
        let form = match lists.arrays() {
            Some((_, [], _)) => return Lists::empty(),
            Some((first, offsets, neighbours)) => {
                Form::Arrays { first, offsets: Cow::Borrowed(offsets), neighbours: Cow::Borrowed(neighbours) }
            }
            None => Form::Sparse(lists),
        };
        Lists { form, simple: Simple::Ask(graph, of_type) }
    }
}

/// How often a neighbour stands in a sorted list.
pub(super) fn occurrences(list: &[u32], node: u32) -> u64 {
    let from = list.partition_point(|other| *other < node);
    list[from..].iter().take_while(|other| **other == node).count() as u64
}

impl<'g> ListStore<'g> {
    pub fn new(graph: &'g Graph) -> ListStore<'g> {
        ListStore { graph, made: Vec::new(), bytes: 0, narrow: false }
    }

    /// The neighbours over an edge, seen from its start or from its end.
    pub fn of_edge(&mut self, edge: &Edge, from_start: bool, budget: &Budget) -> Result<Arc<Lists<'g>>> {
        let direction = match (edge.directed, from_start) {
            (false, _) => Direction::Both,
            (true, true) => Direction::Outgoing,
            (true, false) => Direction::Incoming,
        };
        let key = Key { types: edge.types.clone(), direction, loops: edge.loops, distinct: edge.existence };
        self.get(key, budget)
    }

    /// The node of each loop of the types, ascending.
    pub fn loops(&mut self, edge: &Edge, budget: &Budget) -> Result<Vec<u32>> {
        let types = self.types(&edge.types);
        let mut loops: Vec<u32> = Vec::new();
        for of_type in types {
            budget.tick()?;
            loops.extend(&self.graph.repetitions(of_type).loops);
        }
        loops.sort_unstable();
        if edge.existence {
            loops.dedup();
        }
        Ok(loops)
    }

    /// The types that the graph has relationships of.
    fn types(&self, types: &Types) -> Vec<TypeId> {
        let all: Vec<TypeId> = match types {
            None => self.graph.types().collect(),
            Some(names) => names.iter().filter_map(|name| self.graph.type_id(name)).collect(),
        };
        all.into_iter().filter(|t| self.graph.type_count(*t) > 0).collect()
    }

    fn get(&mut self, mut key: Key, budget: &Budget) -> Result<Arc<Lists<'g>>> {
        let no_loops = |t: &TypeId| self.graph.repetitions(*t).loops.is_empty();
        key.loops = key.loops || self.types(&key.types).iter().all(no_loops);
        if let Some((_, lists)) = self.made.iter().find(|(known, _)| *known == key) {
            return Ok(lists.clone());
        }
        // Where no neighbour stands twice, all lists are as if only existence counted.
        let repeated =
            if key.distinct { Some(self.get(Key { distinct: false, ..key.clone() }, budget)?) } else { None };
        let lists = match repeated.filter(|lists| lists.is_simple()) {
            Some(lists) => lists,
            None => Arc::new(self.make(&key, budget)?),
        };
        self.made.push((key, lists.clone()));
        Ok(lists)
    }

    fn make(&mut self, key: &Key, budget: &Budget) -> Result<Lists<'g>> {
        let types = self.types(&key.types);
        if let ([only], true) = (types.as_slice(), key.direction != Direction::Both)
            && (key.loops || self.graph.repetitions(*only).loops.is_empty())
            && (!key.distinct || !self.graph.repetitions(*only).parallel)
        {
            if self.narrow
                && let Some(overlay) = Overlay::new(self.graph, key.direction, *only)
            {
                let bytes = overlay.bytes();
                budget.charge(bytes)?;
                self.bytes += bytes;
                return Ok(Lists { form: Form::Overlay(Box::new(overlay)), simple: Simple::Ask(self.graph, *only) });
            }
            let lists = self.graph.current_neighbour_lists(key.direction, *only);
            return Ok(Lists::borrowed(lists, self.graph, *only));
        }
        if types.is_empty() {
            return Ok(Lists::empty());
        }
        self.merge(key, &types, budget)
    }

    /// The lists of several types, or of both directions, or without loops or repetitions.
    fn merge(&mut self, key: &Key, types: &[TypeId], budget: &Budget) -> Result<Lists<'g>> {
        let directions: &[Direction] = match key.direction {
            Direction::Outgoing => &[Direction::Outgoing],
            Direction::Incoming => &[Direction::Incoming],
            Direction::Both => &[Direction::Outgoing, Direction::Incoming],
        };
        let source =
            |direction: &Direction, t: &TypeId| (*direction, self.graph.current_neighbour_lists(*direction, *t));
        let sources: Vec<(Direction, NeighbourLists)> =
            directions.iter().flat_map(|direction| types.iter().map(|t| source(direction, t))).collect();
        let range = sources.iter().map(|(_, lists)| lists.range()).reduce(join).unwrap_or_default();
        let most: usize = sources.iter().map(|(_, lists)| lists.neighbours().len()).sum();
        let bytes = (range.len() + most) * size_of::<u32>();
        budget.charge(bytes)?;
        self.bytes += bytes;
        let mut offsets = Vec::with_capacity(range.len() + 1);
        let mut neighbours: Vec<u32> = Vec::new();
        let mut simple = true;
        offsets.push(0);
        for node in range.clone() {
            budget.tick()?;
            let start = neighbours.len();
            for (direction, lists) in &sources {
                // A loop is met once, on its way out.
                let keeps = |other: u32| {
                    other as usize != node
                        || (key.loops && (key.direction != Direction::Both || *direction == Direction::Outgoing))
                };
                neighbours.extend(lists.of(node).iter().filter(|other| keeps(**other)));
            }
            // Sorted runs: merging them is all that a stable sort does.
            neighbours[start..].sort();
            if neighbours[start..].windows(2).any(|pair| pair[0] == pair[1]) {
                if key.distinct {
                    dedup_from(&mut neighbours, start);
                } else {
                    simple = false;
                }
            }
            offsets.push(neighbours.len() as u32);
        }
        let (offsets, neighbours) = (Cow::Owned(offsets), Cow::Owned(neighbours));
        let form = Form::Arrays { first: range.start as u32, offsets, neighbours };
        Ok(Lists { form, simple: Simple::Known(simple) })
    }
}

/// The range from the first to the last number of either.
pub(super) fn join(a: Range<usize>, b: Range<usize>) -> Range<usize> {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b,
        (_, true) => a,
        _ => a.start.min(b.start)..a.end.max(b.end),
    }
}

/// Keeps one of equal neighbours that follow each other, from a place on.
fn dedup_from(list: &mut Vec<u32>, start: usize) {
    let mut kept = start;
    for at in start..list.len() {
        if at == start || list[at] != list[kept - 1] {
            list[kept] = list[at];
            kept += 1;
        }
    }
    list.truncate(kept);
}
