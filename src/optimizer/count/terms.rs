//! From a pattern with conditions on pairs to [`Term`]s without.
//!
//! openCypher counts only matches in which no relationship of a MATCH stands for two of its edges. Let π run over all
//! ways to split a pattern's edges into blocks. The number of matches with all edges apart is the sum over π of
//! Π (-1)^(k-1) (k-1)! over its blocks of k edges, times the number of matches in which each block is one relationship
//! and nothing else is kept apart (Möbius inversion over the lattice of partitions; Rota 1964). To say that edges are
//! one relationship is to say that their ends are the same nodes: that is a smaller pattern.
//!
//! `a <> b` is everything less what has `a = b`; `NOT (a)-->(b)` everything less what has such a relationship.

use std::collections::HashSet;
use std::rc::Rc;

use crate::plan::{Edge, PairTest, Term, Types};

/// More terms are not worth it.
const MOST_TERMS: usize = 64;
/// Drafts before equal ones are put together.
const MOST_DRAFTS: usize = 1024;
/// So many edges that can all be one relationship have more drafts than that: there are 4140 ways to split 8 into blocks.
const MOST_ALIKE: usize = 7;

/// An edge, and the clause within which it must stand for a relationship of its own.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub edge: Edge,
    /// `None` if it may repeat any other.
    pub clause: Option<usize>,
}

/// Some edges that are one relationship.
#[derive(Clone)]
struct Block {
    /// Shared by drafts, of which there are many.
    edge: Rc<Edge>,
    clause: Option<usize>,
    size: i64,
}

#[derive(Clone)]
struct Draft {
    coefficient: i64,
    blocks: Vec<Block>,
    existence: Vec<Rc<Edge>>,
    same_as: Vec<usize>,
}

/// The terms, equal ones added up; `None` if there would be too many.
pub(super) fn terms(variables: usize, edges: &[Drawn], pairs: &[PairTest]) -> Option<Vec<Term>> {
    if edges.iter().any(|drawn| alike(drawn, edges) > MOST_ALIKE) {
        return None;
    }
    // Without pairs, drafts that put different nodes together never become one term, nor nothing.
    let settled = pairs.is_empty() && edges.iter().all(|drawn| drawn.edge.directed);
    let empty =
        Draft { coefficient: 1, blocks: vec![], existence: vec![], same_as: (0..variables).collect::<Vec<_>>() };
    let mut drafts = vec![empty];
    for drawn in edges {
        drafts = drafts.iter().flat_map(|draft| draft.with(drawn)).collect();
        if drafts.len() > MOST_DRAFTS || (settled && are_more_than(MOST_TERMS, &drafts)) {
            return None;
        }
    }
    for pair in pairs {
        drafts = drafts.into_iter().flat_map(|draft| draft.tested(pair)).collect();
        if drafts.len() > MOST_DRAFTS {
            return None;
        }
    }
    let mut terms: Vec<Term> = Vec::new();
    for term in drafts.iter().filter_map(Draft::term) {
        match terms.iter_mut().find(|known| known.same_as == term.same_as && known.edges == term.edges) {
            Some(known) => known.coefficient += term.coefficient,
            None => terms.push(term),
        }
    }
    terms.retain(|term| term.coefficient != 0);
    (terms.len() <= MOST_TERMS).then_some(terms)
}

/// How many edges of the clause can all be one relationship with this one, to name one of its types.
fn alike(drawn: &Drawn, edges: &[Drawn]) -> usize {
    let first = drawn.edge.types.as_ref().and_then(|types| types.first());
    let has = |edge: &Edge| match (&edge.types, first) {
        (None, _) => true,
        (Some(types), Some(first)) => types.contains(first),
        (Some(_), None) => false,
    };
    match drawn.clause {
        Some(clause) => edges.iter().filter(|other| other.clause == Some(clause) && has(&other.edge)).count(),
        None => 0,
    }
}

/// Whether the drafts put nodes together in more than so many ways.
fn are_more_than(most: usize, drafts: &[Draft]) -> bool {
    drafts.len() > most && drafts.iter().map(|draft| &draft.same_as).collect::<HashSet<_>>().len() > most
}

impl Draft {
    /// The drafts with one more edge: in a block of its own, or in one of the others.
    fn with(&self, drawn: &Drawn) -> Vec<Draft> {
        let mut apart = self.clone();
        apart.blocks.push(Block { edge: Rc::new(drawn.edge.clone()), clause: drawn.clause, size: 1 });
        let mut all = vec![apart];
        for (at, block) in self.blocks.iter().enumerate() {
            if block.clause.is_none() || block.clause != drawn.clause {
                continue;
            }
            for (edge, same) in merged(&block.edge, &drawn.edge) {
                let mut draft = self.clone();
                // (-1)^k k! is -k times (-1)^(k-1) (k-1)!.
                draft.coefficient *= -block.size;
                draft.blocks[at] = Block { edge: Rc::new(edge), clause: block.clause, size: block.size + 1 };
                same.into_iter().for_each(|(a, b)| draft.identify(a, b));
                all.push(draft);
            }
        }
        all
    }

    fn tested(self, pair: &PairTest) -> Vec<Draft> {
        match pair {
            PairTest::Unequal(a, b) if self.same_as[*a] == self.same_as[*b] => vec![],
            PairTest::Unequal(a, b) => {
                let mut equal = self.clone();
                equal.coefficient = -equal.coefficient;
                equal.identify(*a, *b);
                vec![self, equal]
            }
            PairTest::Joined { edge, wanted } => {
                let mut joined = self.clone();
                joined.existence.push(Rc::new(edge.clone()));
                if *wanted {
                    return vec![joined];
                }
                joined.coefficient = -joined.coefficient;
                vec![self, joined]
            }
        }
    }

    fn identify(&mut self, a: usize, b: usize) {
        let (a, b) = (self.same_as[a], self.same_as[b]);
        let (first, other) = (a.min(b), a.max(b));
        self.same_as.iter_mut().filter(|same| **same == other).for_each(|same| *same = first);
    }

    /// The term; `None` if it is zero whatever the data are.
    fn term(&self) -> Option<Term> {
        let placed = |edge: &Edge| {
            let (mut from, mut to) = (self.same_as[edge.from], self.same_as[edge.to]);
            if !edge.directed && from > to {
                (from, to) = (to, from);
            }
            // A loop has no direction.
            Edge { from, to, directed: edge.directed || from == to, ..edge.clone() }
        };
        let mut edges: Vec<Edge> = self.blocks.iter().map(|block| placed(&block.edge)).collect();
        if edges.iter().any(|edge| edge.from == edge.to && !edge.loops) {
            return None;
        }
        for edge in self.existence.iter().map(|edge| placed(edge)) {
            let implied = edges.iter().any(|other| implies(other, &edge));
            if !implied {
                edges.push(edge);
            }
        }
        edges.sort();
        Some(Term { coefficient: self.coefficient, same_as: self.same_as.clone(), edges })
    }
}

/// Whether wherever one edge is, there is also what the other asks for.
fn implies(edge: &Edge, wanted: &Edge) -> bool {
    let (straight, turned) =
        ((edge.from, edge.to) == (wanted.from, wanted.to), (edge.to, edge.from) == (wanted.from, wanted.to));
    let ends = match wanted.directed {
        true => edge.directed && straight,
        false => straight || turned,
    };
    let types = match (&edge.types, &wanted.types) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(some), Some(wanted)) => some.iter().all(|name| wanted.contains(name)),
    };
    ends && types && wanted.loops
}

/// In which ways two edges can be one relationship: what is then left of them, and which variables are the same.
fn merged(one: &Edge, two: &Edge) -> Vec<(Edge, Vec<(usize, usize)>)> {
    let Some(types) = common(&one.types, &two.types) else { return vec![] };
    // A directed edge says which end is which.
    let (base, other) = if one.directed || !two.directed { (one, two) } else { (two, one) };
    let edge = |loops: bool| Edge { types: types.clone(), loops: base.loops && other.loops && loops, ..base.clone() };
    let straight = (edge(true), vec![(base.from, other.from), (base.to, other.to)]);
    if other.directed {
        return vec![straight];
    }
    // A loop lies both ways, but is one relationship.
    vec![straight, (edge(false), vec![(base.from, other.to), (base.to, other.from)])]
}

/// The types that are in both; `None` if there are none.
fn common(one: &Types, two: &Types) -> Option<Types> {
    match (one, two) {
        (None, other) | (other, None) => Some(other.clone()),
        (Some(one), Some(two)) => {
            let both: Vec<_> = one.iter().filter(|name| two.contains(name)).cloned().collect();
            (!both.is_empty()).then_some(Some(both))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: usize, to: usize, name: &str) -> Drawn {
        let types = Some(vec![name.into()]);
        Drawn { edge: Edge { from, to, directed: true, types, loops: true, existence: false }, clause: Some(0) }
    }

    fn summary(terms: &[Term]) -> Vec<(i64, Vec<usize>, usize)> {
        terms.iter().map(|term| (term.coefficient, term.same_as.clone(), term.edges.len())).collect()
    }

    #[test]
    fn edges_of_different_types_are_apart() {
        let terms = terms(3, &[edge(0, 1, "T"), edge(1, 2, "U")], &[]).expect("few terms");
        assert_eq!(summary(&terms), [(1, vec![0, 1, 2], 2)]);
    }

    #[test]
    fn two_edges_of_a_path_are_one_only_as_a_loop() {
        let terms = terms(3, &[edge(0, 1, "T"), edge(1, 2, "T")], &[]).expect("few terms");
        assert_eq!(summary(&terms), [(1, vec![0, 1, 2], 2), (-1, vec![0, 0, 0], 1)]);
    }

    #[test]
    fn three_parallel_edges() {
        let all = [edge(0, 1, "T"), edge(0, 1, "T"), edge(0, 1, "T")];
        let terms = terms(2, &all, &[]).expect("few terms");
        // n (n - 1) (n - 2) = n³ - 3 n² + 2 n
        assert_eq!(summary(&terms), [(1, vec![0, 1], 3), (-3, vec![0, 1], 2), (2, vec![0, 1], 1)]);
    }

    #[test]
    fn long_chains_have_too_many() {
        let chain = |hops: usize| (0..hops).map(|at| edge(at, at + 1, "T")).collect::<Vec<_>>();
        assert_eq!(terms(6, &chain(5), &[]).map(|terms| terms.len()), Some(35));
        assert_eq!(terms(7, &chain(6), &[]), None);
        assert_eq!(terms(17, &chain(16), &[]), None);
        let alternating = |at: usize| edge(at, at + 1, if at.is_multiple_of(2) { "T" } else { "U" });
        let eight: Vec<Drawn> = (0..8).map(alternating).collect();
        assert!(terms(9, &eight, &[]).is_none_or(|terms| terms.len() <= MOST_TERMS));
    }

    #[test]
    fn what_is_matched_is_there() {
        let drawn = edge(0, 1, "T");
        let test = |wanted| PairTest::Joined { edge: Edge { existence: true, ..drawn.edge.clone() }, wanted };
        assert_eq!(terms(2, std::slice::from_ref(&drawn), &[test(false)]), Some(vec![]));
        assert_eq!(
            summary(&terms(2, std::slice::from_ref(&drawn), &[test(true)]).expect("few terms")),
            [(1, vec![0, 1], 1)]
        );
    }
}
