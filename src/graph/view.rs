//! [`GraphView`]: some of a graph's relationship types, each followed in a direction of its own, as one directed graph.
//!
//! A view copies nothing. petgraph's algorithms run on it through the traits in [`super::visit`].

use std::collections::BTreeSet;

use super::store::{Adjacent, Around, NeighbourLists, RelationshipLists};
use super::{Carries, Direction, FailureDirection, Graph, NodeId, Relationship, RelationshipId, TypeId};

/// A graph seen through a choice of relationship types, each with the direction in which it is followed.
pub struct GraphView<'a> {
    graph: &'a Graph,
    /// By type: in which direction it is followed; `None` if it is not in the view.
    orientation: Vec<Option<Direction>>,
    /// By type: itself, so that a reference to it can be given out.
    pub(super) types: Vec<TypeId>,
    /// Numbers without gaps, if nodes were deleted.
    pub(super) dense: Option<Dense>,
    /// Types in use that were left out for want of semantics.
    undeclared: Vec<TypeId>,
    /// Types whose meaning was guessed from their names.
    guessed: Vec<TypeId>,
    /// No type is declared and no name tells anything, so each is read as "start needs end".
    presumed: bool,
    /// Whether any type is followed along its arrow, and whether any is followed against it.
    ways: [bool; 2],
}

/// Numbers live nodes from 0 without gaps: some of petgraph's algorithms count nodes and index by number.
pub(super) struct Dense {
    pub number: Vec<u32>,
    pub node: Vec<NodeId>,
}

/// One step in a view: a relationship, followed along its arrow or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hop {
    pub source: NodeId,
    pub target: NodeId,
    pub relationship: RelationshipId,
    pub relationship_type: TypeId,
    /// From the relationship's end to its start.
    pub against: bool,
}

/// One of the lists that make up the hops of a node.
#[derive(Clone, Copy)]
pub struct StepList<'a> {
    relationship_type: TypeId,
    against: bool,
    lists: NeighbourLists<'a>,
    relationships: RelationshipLists<'a>,
    /// A loop followed both ways is one hop: it is in the other list.
    no_loops: bool,
}

/// How the note begins on types that are not followed since nothing says what they mean.
pub const NOT_FOLLOWED: &str = "not followed, ";

/// What a failure view makes of a type: the direction from the one that fails to the one that suffers.
fn failure_direction(carries: Carries) -> Option<Direction> {
    match carries.failure {
        FailureDirection::None => None,
        _ if carries.symmetric => Some(Direction::Both),
        FailureDirection::Along => Some(Direction::Outgoing),
        FailureDirection::Against => Some(Direction::Incoming),
    }
}

impl<'a> GraphView<'a> {
    /// The types (`None`: all) followed in one direction.
    pub fn of(graph: &'a Graph, types: Option<&[TypeId]>, direction: Direction) -> GraphView<'a> {
        GraphView::with(graph, |t| is_wanted(types, t).then_some(direction))
    }

    /// Each type oriented as the function says; `None` leaves it out.
    pub fn with(graph: &'a Graph, orient: impl Fn(TypeId) -> Option<Direction>) -> GraphView<'a> {
        let types: Vec<TypeId> = graph.types().collect();
        let orientation: Vec<Option<Direction>> = types.iter().map(|t| orient(*t)).collect();
        let dense = (graph.node_count() < graph.node_bound()).then(|| Dense::of(graph));
        let is_followed = |way| orientation.iter().flatten().any(|d| *d == way || *d == Direction::Both);
        let ways = [is_followed(Direction::Outgoing), is_followed(Direction::Incoming)];
        GraphView {
            graph,
            orientation,
            types,
            dense,
            undeclared: Vec::new(),
            guessed: Vec::new(),
            presumed: false,
            ways,
        }
    }

    /// From the one that needs to the one that is needed, over the types that carry failure among `via`
    /// (`None`: among all). In a graph without any semantics the start of every relationship needs its end.
    pub fn needs(graph: &'a Graph, via: Option<&[TypeId]>) -> GraphView<'a> {
        GraphView::failing(graph, via, Direction::reverse)
    }

    /// From the one that is started later to the one before it: needs, and what only orders.
    pub fn starts(graph: &'a Graph, via: Option<&[TypeId]>) -> GraphView<'a> {
        let mut view = GraphView::needs(graph, via);
        let types: Vec<TypeId> = graph.types().filter(|t| is_wanted(via, *t)).collect();
        for t in types {
            if view.orientation[t.index()].is_some() {
                continue;
            }
            let orders = graph.semantics().get(graph.type_name(t)).map_or(FailureDirection::None, |s| s.orders);
            view.orientation[t.index()] = match orders {
                FailureDirection::Along => Some(Direction::Incoming),
                FailureDirection::Against => Some(Direction::Outgoing),
                FailureDirection::None => None,
            };
        }
        let is_followed = |way| view.orientation.iter().flatten().any(|d| *d == way || *d == Direction::Both);
        view.ways = [is_followed(Direction::Outgoing), is_followed(Direction::Incoming)];
        view
    }

    /// From the one that fails to the one that suffers: [`GraphView::needs`] the other way round.
    pub fn failures(graph: &'a Graph, via: Option<&[TypeId]>) -> GraphView<'a> {
        GraphView::failing(graph, via, |direction| direction)
    }

    fn failing(graph: &'a Graph, via: Option<&[TypeId]>, turn: impl Fn(Direction) -> Direction) -> GraphView<'a> {
        let semantics = graph.semantics();
        let carries: Vec<Option<Carries>> = graph.types().map(|t| semantics.carries(graph.type_name(t))).collect();
        let in_use = |t: &TypeId| graph.is_in_use(*t);
        let known = |t: &TypeId| carries[t.index()].is_some();
        let presumed = semantics.is_empty() && !graph.types().filter(in_use).any(|t| known(&t));
        let mut view = GraphView::with(graph, |t| {
            let direction = match carries[t.index()] {
                _ if !is_wanted(via, t) => None,
                Some(carries) => failure_direction(carries),
                None => presumed.then_some(Direction::Incoming),
            };
            direction.map(&turn)
        });
        view.presumed = presumed;
        let wanted = graph.types().filter(|t| in_use(t) && is_wanted(via, *t));
        for t in wanted {
            match carries[t.index()] {
                Some(carries) if carries.guessed => view.guessed.push(t),
                Some(_) => {}
                None if !presumed => view.undeclared.push(t),
                None => {}
            }
        }
        view
    }

    pub fn graph(&self) -> &'a Graph {
        self.graph
    }

    /// In which direction the type is followed; `None` if it is not in the view.
    pub fn orientation(&self, relationship_type: TypeId) -> Option<Direction> {
        self.orientation[relationship_type.index()]
    }

    /// The types of the view that the graph has relationships of.
    pub fn types_in_use(&self) -> BTreeSet<TypeId> {
        self.graph.types().filter(|t| self.orientation(*t).is_some() && self.graph.is_in_use(*t)).collect()
    }

    /// The types in use that are not followed since nothing says what they mean.
    pub fn undeclared(&self) -> &[TypeId] {
        &self.undeclared
    }

    /// What there is to say about types without semantics: one sentence each.
    pub fn notes(&self) -> Vec<String> {
        if self.presumed && self.graph.relationship_count() > 0 {
            return vec![
                "the graph does not say what its relationship types mean: each is read as \"start needs end\"".into(),
            ];
        }
        let names = |types: &[TypeId]| {
            let names: BTreeSet<&str> = types.iter().map(|t| &**self.graph.type_name(*t)).collect();
            names.into_iter().collect::<Vec<_>>().join(", ")
        };
        let mut notes = Vec::new();
        if !self.guessed.is_empty() {
            let what = names(&self.guessed);
            notes.push(format!(
                "guessed from the name is what a relation means: {what}; CREATE RELATIONSHIP TYPE declares it"
            ));
        }
        if !self.undeclared.is_empty() {
            let why = match self.guessed.is_empty() {
                true => "for the graph does not say what they mean",
                false => "for their names do not tell what they mean",
            };
            notes.push(format!("{NOT_FOLLOWED}{why}: {}", names(&self.undeclared)));
        }
        notes
    }

    /// The hops that leave the node.
    pub fn hops(&self, node: NodeId) -> Hops<'_> {
        Hops::new(self, node, petgraph::Direction::Outgoing)
    }

    /// The hops that reach the node.
    pub fn hops_to(&self, node: NodeId) -> Hops<'_> {
        Hops::new(self, node, petgraph::Direction::Incoming)
    }

    /// The lists of neighbours that make up the hops of a node, in this order: along the arrows first. `None` if
    /// relationships have changed since the lists were made.
    pub fn steps(&self) -> Option<Vec<StepList<'a>>> {
        self.lists().map(|(way, t)| self.graph.neighbour_lists(way, t).map(|_| self.step(way, t))).collect()
    }

    /// As [`GraphView::steps`], brought up to date, which may copy them all: for loops over the whole graph.
    pub fn current_steps(&self) -> Vec<StepList<'a>> {
        self.lists().map(|(way, t)| self.step(way, t)).collect()
    }

    fn lists(&self) -> impl Iterator<Item = (Direction, TypeId)> + '_ {
        let way = |way| {
            let follows = move |t: &TypeId| {
                self.orientation(*t).is_some_and(|orientation| orientation == way || orientation == Direction::Both)
            };
            self.graph.types().filter(follows).map(move |t| (way, t))
        };
        way(Direction::Outgoing).chain(way(Direction::Incoming))
    }

    fn step(&self, way: Direction, t: TypeId) -> StepList<'a> {
        let lists = self.graph.current_neighbour_lists(way, t);
        let relationships = self.graph.current_relationship_lists(way, t);
        let against = way == Direction::Incoming;
        let no_loops = against && self.orientation(t) == Some(Direction::Both);
        StepList { relationship_type: t, against, lists, relationships, no_loops }
    }

    /// Gives out the target of each hop that leaves the node with the hop's type, in the order of [`GraphView::hops`]:
    /// with the view's own steps faster than that.
    #[inline]
    pub fn for_targets(&self, steps: Option<&[StepList]>, node: NodeId, mut each: impl FnMut(TypeId, NodeId)) {
        let Some(steps) = steps else {
            return self.hops(node).for_each(|hop| each(hop.relationship_type, hop.target));
        };
        for StepList { relationship_type, lists, no_loops, .. } in steps {
            let others = lists.of(node.index()).iter().filter(|n| !(*no_loops && **n as usize == node.index()));
            others.for_each(|n| each(*relationship_type, NodeId::new(*n as usize)));
        }
    }

    /// Gives out the hops that leave the node, in the order of [`GraphView::hops`]: with the view's own steps faster
    /// than that.
    #[inline]
    pub fn for_hops(&self, steps: Option<&[StepList]>, node: NodeId, mut each: impl FnMut(Hop)) {
        let Some(steps) = steps else { return self.hops(node).for_each(each) };
        for step in steps {
            for (neighbour, relationship) in step.relationships.of(node.index()) {
                if !(step.no_loops && neighbour as usize == node.index()) {
                    each(step.hop(node, NodeId::new(neighbour as usize), relationship));
                }
            }
        }
    }

    /// One of the hops that leave the node, by its place among [`GraphView::hops`].
    pub fn hop_at(&self, steps: Option<&[StepList]>, node: NodeId, place: usize) -> Option<Hop> {
        let has_loop = |step: &StepList| step.no_loops && step.lists.of(node.index()).contains(&(node.index() as u32));
        let Some(steps) = steps.filter(|steps| !steps.iter().any(has_loop)) else {
            return self.hops(node).nth(place);
        };
        let mut place = place;
        for step in steps {
            let count = step.lists.degree(node.index());
            if place < count {
                let (first, _) = step.lists.placed(node.index());
                return Some(step.hop_at(node, (first + place) as u32));
            }
            place -= count;
        }
        None
    }

    /// Whether every type is followed both ways.
    pub fn is_undirected(&self) -> bool {
        self.orientation.iter().flatten().all(|direction| *direction == Direction::Both)
    }

    /// The hops from one node straight to another, in the order of [`GraphView::hops`].
    pub fn hops_between(&self, steps: Option<&[StepList]>, source: NodeId, target: NodeId) -> Vec<Hop> {
        let Some(steps) = steps else { return self.hops(source).filter(|hop| hop.target == target).collect() };
        let mut hops = Vec::new();
        for step in steps.iter().filter(|step| !(step.no_loops && source == target)) {
            let found = step.relationships.between(source.index(), target.index() as u32);
            hops.extend(found.map(|relationship| step.hop(source, target, relationship)));
        }
        hops
    }

    /// The hops that a relationship stands for: none, one, or one each way.
    pub(super) fn hops_of(&self, id: RelationshipId) -> impl Iterator<Item = Hop> + use<> {
        let shape = self.graph.relationship(id);
        let orientation = self.orientation(shape.relationship_type);
        let along = matches!(orientation, Some(Direction::Outgoing | Direction::Both));
        let against = match orientation {
            Some(Direction::Incoming) => true,
            Some(Direction::Both) => shape.start != shape.end,
            _ => false,
        };
        let hop = move |against| hop(id, shape, against);
        [along.then(|| hop(false)), against.then(|| hop(true))].into_iter().flatten()
    }
}

impl StepList<'_> {
    pub fn relationship_type(&self) -> TypeId {
        self.relationship_type
    }

    /// Whether it follows relationships from their end to their start.
    pub fn against(&self) -> bool {
        self.against
    }

    /// How many hops there are, those that [`StepList::kept`] leaves out counted, too.
    pub fn len(&self) -> usize {
        self.lists.neighbours().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives out all nodes that have hops, in order, with where these lead to.
    #[inline]
    pub fn for_lists(&self, each: impl FnMut(usize, &[u32])) {
        self.lists.for_each(each);
    }

    /// The targets of a node's list without the node itself, if that hop is in another step's list.
    #[inline]
    pub fn kept<'l>(&self, node: usize, targets: &'l [u32]) -> impl Iterator<Item = u32> + use<'l> {
        let no_loops = self.no_loops;
        targets.iter().copied().filter(move |target| !(no_loops && *target as usize == node))
    }

    /// How many these are.
    #[inline]
    pub fn count(&self, node: usize, targets: &[u32]) -> usize {
        if self.no_loops { self.kept(node, targets).count() } else { targets.len() }
    }

    /// Gives out the place of each of its hops from a node, and where it leads to.
    #[inline]
    pub fn for_places(&self, node: NodeId, mut each: impl FnMut(u32, u32)) {
        let (first, targets) = self.lists.placed(node.index());
        for (at, target) in targets.iter().enumerate() {
            if !(self.no_loops && *target as usize == node.index()) {
                each((first + at) as u32, *target);
            }
        }
    }

    /// The hop from a node at a place.
    #[inline]
    pub fn hop_at(&self, node: NodeId, place: u32) -> Hop {
        let (target, relationship) = self.relationships.at(place as usize);
        self.hop(node, NodeId::new(target as usize), relationship)
    }

    fn hop(&self, source: NodeId, target: NodeId, relationship: RelationshipId) -> Hop {
        let StepList { relationship_type, against, .. } = *self;
        Hop { source, target, relationship, relationship_type, against }
    }
}

fn hop(id: RelationshipId, shape: Relationship, against: bool) -> Hop {
    let Relationship { relationship_type, start, end } = shape;
    let (source, target) = if against { (end, start) } else { (start, end) };
    Hop { source, target, relationship: id, relationship_type, against }
}

fn is_wanted(types: Option<&[TypeId]>, relationship_type: TypeId) -> bool {
    types.is_none_or(|types| types.contains(&relationship_type))
}

impl Dense {
    fn of(graph: &Graph) -> Dense {
        let node: Vec<NodeId> = graph.nodes().collect();
        let mut number = vec![u32::MAX; graph.node_bound()];
        for (at, node) in node.iter().enumerate() {
            number[node.index()] = at as u32;
        }
        Dense { number, node }
    }
}

/// The hops that leave or reach a node: first those along the arrow, then those against it, each by type, neighbour
/// and id.
#[derive(Clone)]
pub struct Hops<'v> {
    view: &'v GraphView<'v>,
    node: NodeId,
    /// Whether they leave the node.
    leaving: bool,
    along: Around<'v>,
    against: Around<'v>,
}

impl<'v> Hops<'v> {
    pub(super) fn new(view: &'v GraphView<'v>, node: NodeId, direction: petgraph::Direction) -> Hops<'v> {
        let leaving = direction == petgraph::Direction::Outgoing;
        let around = |incoming: bool| if incoming { view.graph.incoming(node) } else { view.graph.outgoing(node) };
        // A hub may have many relationships on the side that no type is followed on: these are not looked at.
        let along = if view.ways[0] { around(!leaving) } else { Around::none() };
        let against = if view.ways[1] { around(leaving) } else { Around::none() };
        Hops { view, node, leaving, along, against }
    }

    fn hop(&self, adjacent: &Adjacent, against: bool) -> Hop {
        let (source, target) =
            if self.leaving { (self.node, adjacent.neighbour) } else { (adjacent.neighbour, self.node) };
        let Adjacent { relationship, relationship_type, .. } = *adjacent;
        Hop { source, target, relationship, relationship_type, against }
    }
}

impl Iterator for Hops<'_> {
    type Item = Hop;

    fn next(&mut self) -> Option<Hop> {
        let view = self.view;
        let is_along =
            |a: &Adjacent| matches!(view.orientation(a.relationship_type), Some(Direction::Outgoing | Direction::Both));
        if let Some(adjacent) = self.along.find(is_along) {
            return Some(self.hop(&adjacent, false));
        }
        let node = self.node;
        // A loop followed both ways is one hop.
        let is_against = |a: &Adjacent| match view.orientation(a.relationship_type) {
            Some(Direction::Incoming) => true,
            Some(Direction::Both) => a.neighbour != node,
            _ => false,
        };
        let adjacent = self.against.find(is_against)?;
        Some(self.hop(&adjacent, true))
    }
}
