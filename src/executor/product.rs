//! Where a search for paths can be: at a node of the graph and, at the same time, at a place in the pattern.
//!
//! From the start on, all such places are visited breadth first, each once, and for each is kept how it was come to.
//! A way from the start to a place is a walk that fits the pattern, and the other way round; whether it may repeat
//! what it repeats is for those to ask who put ways together (Mendelzon, Wood 1995: finding simple paths is harder).

use hashbrown::HashMap;

use super::around::{Around, node_at};
use super::evaluate::holds;
use super::{Result, Row, Run};
use crate::graph::{Adjacent, NodeId, RelationshipId, Value};
use crate::plan::{PathSearch, SearchPart};

/// A node, and what has been walked of the pattern: whole parts, then rounds of the next one, then hops of a round.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub node: NodeId,
    pub part: u32,
    hop: u32,
    /// Counted only as far as it makes a difference.
    round: u64,
}

/// A place that has been visited, by its number.
pub(super) type Number = u32;

/// The number of what is before the start of the pattern: no way leads back there.
pub(super) const START: Number = 0;

/// How a place was come to.
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    pub from: Number,
    /// None: the pattern goes on at the same node.
    pub over: Option<RelationshipId>,
}

struct Visited {
    place: Place,
    distance: u64,
    /// Those that make for shorter ways first.
    arrivals: Vec<Arrival>,
}

pub(super) struct Product<'p> {
    parts: &'p [SearchPart],
    /// By part and hop.
    around: Vec<Vec<Around<'p>>>,
    /// The row in which the conditions on nodes are asked.
    row: Row,
    visited: Vec<Visited>,
    numbers: HashMap<Place, Number>,
    /// The places at the greatest distance.
    layer: Vec<Number>,
    depth: u64,
    /// The places at the end of the pattern.
    ends: Vec<Number>,
    bytes: usize,
    /// Reused from place to place.
    adjacent: Vec<Adjacent>,
}

impl<'p> Product<'p> {
    pub(super) fn new(search: &'p PathSearch, start: NodeId, row: &mut Row, run: &mut Run) -> Result<Product<'p>> {
        let parts = search.parts.as_slice();
        let mut around = Vec::with_capacity(parts.len());
        for part in parts {
            let hops = part.hops.iter().map(|hop| Around::new(&hop.step, &hop.several, row, run));
            around.push(hops.collect::<Result<Vec<_>>>()?);
        }
        let place = Place { node: start, part: 0, hop: 0, round: 0 };
        let mut product = Product {
            parts,
            around,
            row: row.clone(),
            visited: vec![Visited { place, distance: 0, arrivals: vec![] }],
            numbers: HashMap::new(),
            layer: vec![],
            depth: 0,
            ends: vec![],
            bytes: 0,
            adjacent: vec![],
        };
        product.arrive(place, Arrival { from: START, over: None }, run)?;
        product.go_on(run)?;
        Ok(product)
    }

    pub(super) fn place(&self, number: Number) -> Place {
        self.visited[number as usize].place
    }

    /// Relationships between the start and a place, at least.
    pub(super) fn distance(&self, number: Number) -> u64 {
        self.visited[number as usize].distance
    }

    /// How a place was come to, the ways that can be shorter first: those over places visited earlier are.
    pub(super) fn arrivals(&self, number: Number) -> &[Arrival] {
        &self.visited[number as usize].arrivals
    }

    /// The ends reached, in the order of their nodes.
    pub(super) fn ends(&self) -> Vec<Number> {
        let mut ends = self.ends.clone();
        ends.sort_unstable_by_key(|end| self.place(*end).node);
        ends
    }

    pub(super) fn has_end(&self) -> bool {
        !self.ends.is_empty()
    }

    /// Whether all that can be reached has been.
    pub(super) fn is_complete(&self) -> bool {
        self.layer.is_empty()
    }

    /// The length up to which every walk from the start has been explored, in relationships.
    pub(super) fn depth(&self) -> u64 {
        self.depth
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Visits what is one relationship further.
    pub(super) fn grow(&mut self, run: &mut Run) -> Result<()> {
        self.depth += 1;
        for number in std::mem::take(&mut self.layer) {
            self.walk(number, run)?;
        }
        self.go_on(run)
    }

    /// Over each relationship that the pattern allows at a place.
    fn walk(&mut self, from: Number, run: &mut Run) -> Result<()> {
        let place = self.place(from);
        let Some(part) = self.parts.get(place.part as usize) else { return Ok(()) };
        if place.hop == 0 && part.rounds.maximum.is_some_and(|maximum| place.round >= maximum) {
            return Ok(());
        }
        let (hop, round) = match place.hop as usize + 1 {
            hop if hop < part.hops.len() => (hop as u32, place.round),
            // Where there is no upper end, rounds beyond the smallest number are all alike.
            _ => (0, (place.round + 1).min(part.rounds.maximum.unwrap_or(part.rounds.minimum))),
        };
        let around = &mut self.around[place.part as usize][place.hop as usize];
        let mut all = std::mem::take(&mut self.adjacent);
        all.clear();
        all.extend_from_slice(around.adjacent(place.node, run)?);
        for adjacent in &all {
            run.budget.tick()?;
            let to = Place { node: adjacent.neighbour, hop, round, ..place };
            self.arrive(to, Arrival { from, over: Some(adjacent.relationship) }, run)?;
        }
        self.adjacent = all;
        Ok(())
    }

    /// From where a part may end on to the next one, before anything is walked further.
    fn go_on(&mut self, run: &mut Run) -> Result<()> {
        let mut at = 0;
        while let Some(from) = self.layer.get(at).copied() {
            at += 1;
            let place = self.place(from);
            let Some(part) = self.parts.get(place.part as usize) else { continue };
            if place.hop == 0 && place.round >= part.rounds.minimum && self.fits(part, place.node, run)? {
                let to = Place { part: place.part + 1, hop: 0, round: 0, ..place };
                self.arrive(to, Arrival { from, over: None }, run)?;
            }
        }
        Ok(())
    }

    fn fits(&mut self, part: &SearchPart, node: NodeId, run: &mut Run) -> Result<bool> {
        run.budget.tick()?;
        if part.bound && node_at(&self.row, part.node)? != Some(node) {
            return Ok(false);
        }
        let Some(condition) = &part.condition else { return Ok(true) };
        let before = std::mem::replace(&mut self.row[part.node], Value::Node(node));
        let fits = holds(condition, &mut self.row, run);
        self.row[part.node] = before;
        fits
    }

    fn arrive(&mut self, place: Place, arrival: Arrival, run: &mut Run) -> Result<()> {
        let mut bytes = size_of::<Arrival>();
        let next = self.visited.len() as Number;
        let number = *self.numbers.entry(place).or_insert(next);
        if number == next {
            bytes += size_of::<Visited>() + size_of::<(Place, Number)>();
            self.visited.push(Visited { place, distance: self.depth, arrivals: vec![] });
            self.layer.push(number);
            if place.part as usize == self.parts.len() {
                self.ends.push(number);
            }
        }
        self.visited[number as usize].arrivals.push(arrival);
        run.budget.charge(bytes)?;
        self.bytes += bytes;
        Ok(())
    }
}
