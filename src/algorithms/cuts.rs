//! Articulation points and bridges: nodes and relationships without which a network falls apart, directions aside.

use std::ops::Range;

use super::network::{Network, Reversed};
use crate::diagnostic::Diagnostic;
use crate::graph::{Direction, RelationshipId};
use crate::limits::Budget;

/// The places where a network falls apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// By node.
    pub points: Vec<Point>,
    /// In the order of their edges.
    pub bridges: Vec<Bridge>,
    /// The nodes so that every part is a range.
    preorder: Vec<u32>,
}

/// A node whose removal splits its component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    pub node: u32,
    component: Range<usize>,
    /// Parts that hang on this node alone; what is left of the component is one more.
    parts: Vec<Range<usize>>,
}

/// A relationship whose removal splits its component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    pub edge: usize,
    component: Range<usize>,
    /// What lies on one side.
    part: Range<usize>,
}

impl Cuts {
    /// The parts into which the component falls without the node, the largest first; nodes by number.
    pub fn parts_without(&self, point: &Point) -> Vec<Vec<u32>> {
        self.parts(&point.component, &point.parts, Some(point.node))
    }

    /// The two sides of a bridge, the larger one first; nodes by number.
    pub fn sides(&self, bridge: &Bridge) -> Vec<Vec<u32>> {
        self.parts(&bridge.component, std::slice::from_ref(&bridge.part), None)
    }

    fn parts(&self, component: &Range<usize>, parts: &[Range<usize>], but: Option<u32>) -> Vec<Vec<u32>> {
        let rest = between(component, parts).map(|at| self.preorder[at]);
        let rest: Vec<u32> = rest.filter(|node| Some(*node) != but).collect();
        let mut found: Vec<Vec<u32>> = parts.iter().map(|part| self.preorder[part.clone()].to_vec()).collect();
        if !rest.is_empty() {
            found.push(rest);
        }
        found.iter_mut().for_each(|part| part.sort_unstable());
        found.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        found
    }

    /// The nodes that are not in the largest part without the node, itself not counted: at most so many of them.
    pub fn apart_without(&self, point: &Point, at_most: usize) -> Vec<u32> {
        self.apart(&point.component, &point.parts, Some(point.node), at_most)
    }

    /// The nodes on the smaller side of a bridge: at most so many of them.
    pub fn apart_by(&self, bridge: &Bridge, at_most: usize) -> Vec<u32> {
        self.apart(&bridge.component, std::slice::from_ref(&bridge.part), None, at_most)
    }

    fn apart(&self, component: &Range<usize>, parts: &[Range<usize>], but: Option<u32>, at_most: usize) -> Vec<u32> {
        let rest = component.len() - usize::from(but.is_some()) - parts.iter().map(Range::len).sum::<usize>();
        let largest = parts.iter().filter(|part| part.len() > rest).max_by_key(|part| part.len());
        let off = parts.iter().filter(|part| Some(*part) != largest).flat_map(Range::clone);
        let remains = between(component, parts).take(if largest.is_some() { usize::MAX } else { 0 });
        let nodes = off.chain(remains).map(|at| self.preorder[at]).filter(|node| Some(*node) != but);
        let mut nodes: Vec<u32> = nodes.take(at_most).collect();
        nodes.sort_unstable();
        nodes
    }

    /// Into how many parts the component falls without the node.
    pub fn part_count(&self, point: &Point) -> usize {
        let hanging: usize = point.parts.iter().map(ExactSizeIterator::len).sum();
        point.parts.len() + usize::from(hanging + 1 < point.component.len())
    }

    /// How many nodes are not in the largest part without the node, itself not counted.
    pub fn cut_off_without(&self, point: &Point) -> usize {
        cut_off(point.component.len() - 1, &point.parts)
    }

    /// How many nodes lie on the smaller side.
    pub fn cut_off_by(&self, bridge: &Bridge) -> usize {
        cut_off(bridge.component.len(), std::slice::from_ref(&bridge.part))
    }
}

/// The places of a component that are in none of its parts, which are in order and apart.
fn between<'p>(component: &Range<usize>, parts: &'p [Range<usize>]) -> impl Iterator<Item = usize> + 'p {
    let starts = std::iter::once(component.start).chain(parts.iter().map(|part| part.end));
    let ends = parts.iter().map(|part| part.start).chain(std::iter::once(component.end));
    starts.zip(ends).flat_map(|(start, end)| start..end)
}

fn cut_off(all: usize, parts: &[Range<usize>]) -> usize {
    let rest = all - parts.iter().map(ExactSizeIterator::len).sum::<usize>();
    all - parts.iter().map(ExactSizeIterator::len).max().unwrap_or(0).max(rest)
}

/// The neighbours of a node both ways, by place: first those that its edges lead to.
struct Around<'n> {
    network: &'n Network<'n>,
    reversed: Reversed,
}

impl Around<'_> {
    /// The edge at a place, and the node at its other end.
    fn at(&self, node: u32, place: usize) -> Option<(usize, u32)> {
        let edges = self.network.edges(node);
        if place < edges.len() {
            let edge = edges.start + place;
            return Some((edge, self.network.target(edge)));
        }
        let place = place - edges.len();
        let edge = *self.reversed.edges(node).get(place)?;
        Some((edge as usize, self.reversed.sources(node)[place]))
    }
}

/// A node on the path from the root of a search.
struct Step {
    node: u32,
    /// The edge from the node before.
    by: Option<usize>,
    /// The place to look at next.
    next: usize,
}

/// Articulation points and bridges, in one search (Hopcroft and Tarjan, without recursion). Two relationships between
/// the same nodes are no bridge, whereas petgraph's `bridges` takes them for one; a relationship followed both ways is
/// one relationship.
pub fn cuts(network: &Network, budget: &Budget) -> Result<Cuts, Diagnostic> {
    let view = network.view();
    let both_ways = view.graph().types().any(|t| view.orientation(t) == Some(Direction::Both));
    let relationships = both_ways.then(|| network.relationships());
    budget.charge(relationships.as_deref().map_or(0, size_of_val) + 5 * network.len() * size_of::<usize>())?;
    let around = Around { network, reversed: network.reversed(budget)? };
    let mut search = Search {
        around: &around,
        relationships: relationships.as_deref(),
        met: vec![0; network.len()],
        low: vec![0; network.len()],
        parts: vec![Vec::new(); network.len()],
        cuts: Cuts::default(),
    };
    for root in network.numbers() {
        if search.met[root as usize] == 0 {
            search.component(root, budget)?;
        }
    }
    search.cuts.points.sort_by_key(|point| point.node);
    search.cuts.bridges.sort_by_key(|bridge| bridge.edge);
    Ok(search.cuts)
}

struct Search<'n> {
    around: &'n Around<'n>,
    /// By edge; `None` if each edge has one of its own.
    relationships: Option<&'n [RelationshipId]>,
    /// By node: its place in preorder, from 1.
    met: Vec<usize>,
    /// By node: the earliest node that its subtree has an edge to.
    low: Vec<usize>,
    /// By node: the parts below it that nothing else holds.
    parts: Vec<Vec<Range<usize>>>,
    cuts: Cuts,
}

impl Search<'_> {
    fn component(&mut self, root: u32, budget: &Budget) -> Result<(), Diagnostic> {
        let first = self.cuts.preorder.len();
        let (first_bridge, mut split) = (self.cuts.bridges.len(), Vec::new());
        self.meet(root);
        let mut path = vec![Step { node: root, by: None, next: 0 }];
        while let Some(step) = path.last_mut() {
            budget.tick()?;
            let (node, by) = (step.node, step.by);
            let Some((edge, other)) = self.around.at(node, step.next) else {
                path.pop();
                if let (Some(edge), Some(above)) = (by, path.last()) {
                    self.leave(node, edge, above.node);
                } else if self.parts[node as usize].len() < 2 {
                    // Of a root, all that is below it may be one part.
                    self.parts[node as usize].clear();
                }
                if !self.parts[node as usize].is_empty() {
                    split.push(node);
                }
                continue;
            };
            step.next += 1;
            let same = |by: usize| self.relationships.map_or(by == edge, |of| of[by] == of[edge]);
            if self.met[other as usize] == 0 {
                self.meet(other);
                path.push(Step { node: other, by: Some(edge), next: 0 });
            } else if !by.is_some_and(same) {
                self.low[node as usize] = self.low[node as usize].min(self.met[other as usize]);
            }
        }
        let component = first..self.cuts.preorder.len();
        self.cuts.bridges[first_bridge..].iter_mut().for_each(|bridge| bridge.component = component.clone());
        for node in split {
            let parts = std::mem::take(&mut self.parts[node as usize]);
            budget.charge(size_of::<Point>() + size_of_val(parts.as_slice()))?;
            self.cuts.points.push(Point { node, component: component.clone(), parts });
        }
        Ok(())
    }

    fn meet(&mut self, node: u32) {
        self.cuts.preorder.push(node);
        self.met[node as usize] = self.cuts.preorder.len();
        self.low[node as usize] = self.cuts.preorder.len();
    }

    /// All below the node is known: does it hang on the node above, or even on the edge alone?
    fn leave(&mut self, node: u32, edge: usize, above: u32) {
        let (low, met_above) = (self.low[node as usize], self.met[above as usize]);
        let part = self.met[node as usize] - 1..self.cuts.preorder.len();
        if low > met_above {
            self.cuts.bridges.push(Bridge { edge, component: 0..0, part: part.clone() });
        }
        if low >= met_above {
            self.parts[above as usize].push(part);
        }
        self.low[above as usize] = self.low[above as usize].min(low);
    }
}
