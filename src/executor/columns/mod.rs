//! [`NodeTest`]: a condition on one node, asked of columns instead of rows.
//!
//! A condition compiles if all it asks of the node are its labels, its properties and whether a relationship leads
//! from it, and if asking can never fail: then
//! it may be asked of any node at any time, in any order, by several threads. It has three values as in the plain
//! evaluation ([`super::evaluate`]), and a law test holds the two together. What does not compile is evaluated the
//! plain way. Of a text column a condition is asked once for each distinct string, not for each node; for a node that
//! has changed since the columns were made, its own values are looked at.

mod compile;
#[cfg(test)]
mod laws;
mod leaf;

use leaf::Leaf;

use super::Result;
use super::follow::Follow;
use crate::graph::{Bitmap, Graph, NodeId, PagedBitmap};
use crate::limits::Budget;

/// A condition on one node that cannot fail.
pub(super) struct NodeTest<'g> {
    graph: &'g Graph,
    tree: Tree<'g>,
}

/// Nodes as bits of a word: for which the condition is true, and for which it is false; for the others it is null.
type Truths = (u64, u64);

enum Tree<'g> {
    /// The same for every node.
    Fixed(Option<bool>),
    Label(&'g PagedBitmap),
    /// Whether it is this node.
    Is(NodeId),
    Leaf(Box<Leaf<'g>>),
    Meets(Box<Meets<'g>>),
    Not(Box<Tree<'g>>),
    And(Vec<Tree<'g>>),
    Or(Vec<Tree<'g>>),
    Xor(Box<Tree<'g>>, Box<Tree<'g>>),
}

/// Whether some relationship leads from the node, to a node for which a test holds if there is one.
struct Meets<'g> {
    follow: Follow,
    end: Option<Tree<'g>>,
}

impl Meets<'_> {
    fn test(&self, graph: &Graph, node: u32) -> bool {
        match &self.end {
            None => self.follow.degree(graph, node) > 0,
            Some(end) => self.follow.any(graph, node, |end_node| end.test(graph, end_node) == Some(true)),
        }
    }

    fn word(&self, graph: &Graph, word: usize, wanted: u64) -> Truths {
        let mut met = 0;
        let mut rest = wanted & self.follow.owners(graph, word);
        while rest != 0 {
            let at = rest.trailing_zeros();
            rest &= rest - 1;
            met |= u64::from(self.test(graph, (word * 64) as u32 + at)) << at;
        }
        (met, wanted & !met)
    }
}

impl NodeTest<'_> {
    /// Few nodes that are sure to hold every node for which the condition is true, ascending; `None` if only asking all
    /// nodes can tell.
    pub(super) fn candidates(&self) -> Option<Vec<u32>> {
        self.tree.candidates(self.graph)
    }

    /// What the condition says of a node: `None` is null.
    pub(super) fn test(&self, node: u32) -> Option<bool> {
        self.tree.test(self.graph, node)
    }

    /// Whether the condition is true for the node.
    pub(super) fn holds(&self, node: u32) -> bool {
        self.test(node) == Some(true)
    }

    /// The nodes among those given for which the condition is true.
    pub(super) fn among(&self, nodes: &Bitmap, budget: &Budget) -> Result<Bitmap> {
        if let Some(candidates) = self.candidates() {
            let holds = |node: &u32| nodes.contains(*node as usize) && self.holds(*node);
            return Ok(candidates.into_iter().filter(holds).map(|node| node as usize).collect());
        }
        let (skipped, words) = nodes.words();
        let mut found = Vec::with_capacity(words.len());
        for (at, wanted) in words.iter().enumerate() {
            if at.is_multiple_of(16) {
                budget.tick()?;
            }
            found.push(if *wanted == 0 { 0 } else { self.word(skipped + at, *wanted) });
        }
        Ok(Bitmap::from_words(skipped, found))
    }

    /// Of the 64 nodes from `64 * word` on, those wanted for which the condition is true.
    pub(super) fn word(&self, word: usize, wanted: u64) -> u64 {
        self.tree.word(self.graph, word, wanted).0
    }
}

impl Tree<'_> {
    fn candidates(&self, graph: &Graph) -> Option<Vec<u32>> {
        match self {
            Tree::Leaf(leaf) => leaf.candidates(graph),
            Tree::Is(node) => Some(vec![node.index() as u32]),
            Tree::And(parts) => parts.iter().find_map(|part| part.candidates(graph)),
            Tree::Fixed(_) | Tree::Label(_) | Tree::Meets(_) | Tree::Not(_) | Tree::Or(_) | Tree::Xor(..) => None,
        }
    }

    fn test(&self, graph: &Graph, node: u32) -> Option<bool> {
        match self {
            Tree::Fixed(truth) => *truth,
            Tree::Label(nodes) => Some(nodes.contains(node as usize)),
            Tree::Is(one) => Some(one.index() == node as usize),
            Tree::Leaf(leaf) => leaf.test(graph, node),
            Tree::Meets(meets) => Some(meets.test(graph, node)),
            Tree::Not(inner) => inner.test(graph, node).map(|truth| !truth),
            Tree::And(parts) => decided(parts, false, graph, node),
            Tree::Or(parts) => decided(parts, true, graph, node),
            Tree::Xor(left, right) => {
                left.test(graph, node).zip(right.test(graph, node)).map(|(left, right)| left != right)
            }
        }
    }

    /// Bits that are not wanted are 0.
    fn word(&self, graph: &Graph, word: usize, wanted: u64) -> Truths {
        match self {
            Tree::Fixed(truth) => match truth {
                Some(true) => (wanted, 0),
                Some(false) => (0, wanted),
                None => (0, 0),
            },
            Tree::Label(nodes) => {
                let labelled = nodes.word(word);
                (wanted & labelled, wanted & !labelled)
            }
            Tree::Is(one) => {
                let bit = if one.index() / 64 == word { wanted & 1 << (one.index() % 64) } else { 0 };
                (bit, wanted & !bit)
            }
            Tree::Leaf(leaf) => leaf.word(graph, word, wanted),
            Tree::Meets(meets) => meets.word(graph, word, wanted),
            Tree::Not(inner) => {
                let (yes, no) = inner.word(graph, word, wanted);
                (no, yes)
            }
            Tree::And(parts) => {
                let (mut yes, mut no) = (wanted, 0);
                for part in parts {
                    // What is false already stays false.
                    let (also, not) = part.word(graph, word, wanted & !no);
                    (yes, no) = (yes & also, no | not);
                    if no == wanted {
                        break;
                    }
                }
                (yes, no)
            }
            Tree::Or(parts) => {
                let (mut yes, mut no) = (0, wanted);
                for part in parts {
                    let (also, not) = part.word(graph, word, wanted & !yes);
                    (yes, no) = (yes | also, no & not);
                    if yes == wanted {
                        break;
                    }
                }
                (yes, no)
            }
            Tree::Xor(left, right) => {
                let (a, b) = (left.word(graph, word, wanted), right.word(graph, word, wanted));
                ((a.0 & b.1) | (a.1 & b.0), (a.0 & b.0) | (a.1 & b.1))
            }
        }
    }
}

/// AND (`decisive` false) and OR (`decisive` true): the decisive value wins over null.
fn decided(parts: &[Tree], decisive: bool, graph: &Graph, node: u32) -> Option<bool> {
    let mut result = Some(!decisive);
    for part in parts {
        match part.test(graph, node) {
            Some(truth) if truth == decisive => return Some(decisive),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}
