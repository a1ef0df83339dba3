//! Relationships in any order → sorted lists of neighbours in both directions, in linear time but for the sorting of
//! each node's list. Nodes are shared out among threads: each reads everything and writes what belongs to its nodes.

use std::sync::Arc;

use std::ops::Range;

use super::adjacency::{Lists, TypeAdjacency};
use super::ranks::Ranks;

/// Relationships of one type in order of addition.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) starts: Vec<u32>,
    pub(crate) ends: Vec<u32>,
}

/// Fewer relationships are not worth a thread.
const WORTH_A_THREAD: usize = 200_000;

impl TypeAdjacency {
    /// Sorts relationships. If `places` are wanted, also gives the place of each one among those of its type, in order
    /// of addition; `None` if they were sorted already.
    pub(crate) fn build(
        first: u32,
        chunks: Vec<Chunk>,
        places: bool,
        threads: usize,
    ) -> (TypeAdjacency, Option<Vec<u32>>) {
        let outgoing = Lists::offsets_of(chunks.iter().map(|chunk| &*chunk.starts));
        let pairs = || chunks.iter().flat_map(|chunk| chunk.starts.iter().zip(&chunk.ends));
        let (neighbours, places) = if pairs().is_sorted() {
            let mut neighbours = Vec::with_capacity(chunks.iter().map(|chunk| chunk.ends.len()).sum());
            chunks.into_iter().for_each(|chunk| neighbours.extend_from_slice(&chunk.ends));
            (neighbours, None)
        } else if places {
            let sorted = sorted(&outgoing, &chunks, threads, |end, row| u64::from(end) << 32 | u64::from(row));
            let mut places = vec![0_u32; sorted.len()];
            for (place, key) in sorted.iter().enumerate() {
                places[*key as u32 as usize] = place as u32;
            }
            (sorted.iter().map(|key| (key >> 32) as u32).collect(), Some(places))
        } else {
            (sorted(&outgoing, &chunks, threads, |end, _| end), None)
        };
        (TypeAdjacency::from_outgoing(first, Lists { neighbours, ..outgoing }, threads), places)
    }

    /// Turns sorted lists round; they are given for all nodes of the range.
    pub(crate) fn from_outgoing(first: u32, outgoing: Lists, threads: usize) -> TypeAdjacency {
        let mut incoming = Lists::offsets_of(std::iter::once(&*outgoing.neighbours));
        let incoming_ranks = match outgoing.longest() {
            0..=0x100 => Ranks::Bytes(turn(&outgoing, &mut incoming, threads, |rank| rank as u8)),
            0x101..=0x1_0000 => Ranks::Shorts(turn(&outgoing, &mut incoming, threads, |rank| rank as u16)),
            _ => Ranks::Words(turn(&outgoing, &mut incoming, threads, |rank| rank)),
        };
        let (outgoing, incoming) = (Arc::new(outgoing.compact()), Arc::new(incoming.compact()));
        TypeAdjacency { first, outgoing, incoming, incoming_ranks: incoming_ranks.into(), repetitions: Arc::default() }
    }
}

/// Puts a key for each relationship, made of its end and its row, into the list of its start, and sorts the lists.
fn sorted<K: Copy + Default + Ord + Send>(
    lists: &Lists,
    chunks: &[Chunk],
    threads: usize,
    key: impl Fn(u32, u32) -> K + Copy + Send + Sync,
) -> Vec<K> {
    let mut keys = vec![K::default(); lists.offsets.last().map_or(0, |last| *last as usize)];
    let parts = Part::share_out(&lists.offsets, threads);
    for_each_part(&parts, &mut keys, &mut [], |part, keys, _: &mut [()]| {
        let mut next = part.next(&lists.offsets);
        let mut row = 0;
        for chunk in chunks {
            for (start, end) in chunk.starts.iter().zip(&chunk.ends) {
                let node = (start - lists.first_node) as usize;
                if let Some(next) = next.get_mut(node.wrapping_sub(part.nodes.start)) {
                    keys[*next as usize] = key(*end, row);
                    *next += 1;
                }
                row += 1;
            }
        }
        for node in part.nodes.clone() {
            let bounds = [lists.offsets[node], lists.offsets[node + 1]].map(|at| at as usize - part.places.start);
            keys[bounds[0]..bounds[1]].sort_unstable();
        }
    });
    keys
}

/// Fills in the neighbours of the other direction and gives their ranks.
fn turn<R: Copy + Default + Send>(
    outgoing: &Lists,
    incoming: &mut Lists,
    threads: usize,
    narrow: impl Fn(u32) -> R + Copy + Send + Sync,
) -> Vec<R> {
    let count = outgoing.neighbours.len();
    let (mut neighbours, mut ranks) = (vec![0_u32; count], vec![R::default(); count]);
    let parts = Part::share_out(&incoming.offsets, threads);
    for_each_part(&parts, &mut neighbours, &mut ranks, |part, neighbours, ranks| {
        let mut next = part.next(&incoming.offsets);
        for (at, bounds) in outgoing.offsets.windows(2).enumerate() {
            let start = outgoing.first_node + at as u32;
            let list = &outgoing.neighbours[bounds[0] as usize..bounds[1] as usize];
            for (rank, end) in list.iter().enumerate() {
                let node = (end - incoming.first_node) as usize;
                if let Some(next) = next.get_mut(node.wrapping_sub(part.nodes.start)) {
                    neighbours[*next as usize] = start;
                    ranks[*next as usize] = narrow(rank as u32);
                    *next += 1;
                }
            }
        }
    });
    incoming.neighbours = neighbours;
    ranks
}

/// A run of nodes, by their numbers in the lists, and the places of their lists.
struct Part {
    nodes: Range<usize>,
    places: Range<usize>,
}

impl Part {
    /// Parts of about as many places for each thread.
    fn share_out(offsets: &[u32], threads: usize) -> Vec<Part> {
        let Some(last) = offsets.last() else { return Vec::new() };
        let threads = threads.clamp(1, (*last as usize / WORTH_A_THREAD).max(1));
        let bound = |part: usize| {
            let place = (*last as usize * part / threads) as u32;
            if part == threads { offsets.len() - 1 } else { offsets.partition_point(|offset| *offset < place) }
        };
        let part = |part| {
            let nodes = bound(part)..bound(part + 1);
            Part { places: offsets[nodes.start] as usize..offsets[nodes.end] as usize, nodes }
        };
        (0..threads).map(part).collect()
    }

    /// Where the next item of each node's list goes, counted from the part's first place.
    fn next(&self, offsets: &[u32]) -> Vec<u32> {
        offsets[self.nodes.clone()].iter().map(|offset| offset - self.places.start as u32).collect()
    }
}

/// Works on each part's places of two arrays, the second of which may be empty; in parallel if there are several parts.
fn for_each_part<A: Send, B: Send>(
    parts: &[Part],
    mut first: &mut [A],
    mut second: &mut [B],
    work: impl Fn(&Part, &mut [A], &mut [B]) + Sync,
) {
    std::thread::scope(|scope| {
        for (number, part) in parts.iter().enumerate() {
            let (a, rest) = std::mem::take(&mut first).split_at_mut(part.places.len());
            first = rest;
            let (b, rest) = std::mem::take(&mut second).split_at_mut_checked(part.places.len()).unwrap_or_default();
            second = rest;
            let work = &work;
            if number + 1 == parts.len() {
                work(part, a, b);
            } else {
                scope.spawn(move || work(part, a, b));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Pairs = Vec<(u32, u32)>;

    fn listed(lists: &Lists, node: usize) -> Vec<u32> {
        lists.of(node).to_vec()
    }

    fn check(pairs: Pairs, cut: usize, threads: usize) -> Result<(), TestCaseError> {
        let chunk = |pairs: &[(u32, u32)]| {
            let (starts, ends) = pairs.iter().copied().unzip();
            Chunk { starts, ends }
        };
        let cut = cut.min(pairs.len());
        let chunks = || vec![chunk(&pairs[..cut]), chunk(&pairs[cut..])];
        let (with, places) = TypeAdjacency::build(7, chunks(), true, threads);
        let (without, _) = TypeAdjacency::build(7, chunks(), false, threads);
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        order.sort_by_key(|row| pairs[*row]);
        for (place, row) in order.iter().enumerate() {
            let found = places.as_ref().map_or(*row, |places| places[*row] as usize);
            prop_assert_eq!(found, place);
        }
        for built in [&with, &without] {
            for node in 0..40 {
                let mut ends: Vec<u32> = pairs.iter().filter(|(s, _)| *s == node).map(|(_, e)| *e).collect();
                let mut starts: Vec<u32> = pairs.iter().filter(|(_, e)| *e == node).map(|(s, _)| *s).collect();
                ends.sort();
                starts.sort();
                prop_assert_eq!(listed(&built.outgoing, node as usize), ends);
                prop_assert_eq!(listed(&built.incoming, node as usize), starts);
                let mut positions: Vec<usize> = Vec::new();
                for place in built.incoming.range(node as usize) {
                    let start = built.incoming.neighbours[place] as usize;
                    let position = built.outgoing.range(start).start + built.incoming_ranks.get(place);
                    prop_assert_eq!(built.outgoing.neighbours[position], node);
                    positions.push(position);
                }
                prop_assert!(positions.is_sorted_by(|a, b| a < b));
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn lists_are_sorted_both_ways(
            pairs in prop::collection::vec((3..40_u32, 0..36_u32), 0..120), cut in 0..120_usize,
        ) {
            check(pairs, cut, 2)?;
        }
    }

    #[test]
    fn many_are_shared_out_among_threads_and_long_lists_have_wide_ranks() {
        let count = 2 * WORTH_A_THREAD as u32 + 5;
        let pairs = || (0..count).map(|n| (n.wrapping_mul(2_654_435_761) % 7, n % 1000));
        let build = |threads| {
            let (starts, ends) = pairs().unzip();
            TypeAdjacency::build(0, vec![Chunk { starts, ends }], false, threads).0
        };
        let (one, two) = (build(1), build(2));
        assert!(matches!(*two.incoming_ranks, Ranks::Shorts(_) | Ranks::Words(_)));
        assert_eq!(
            (&one.outgoing.neighbours, &one.incoming.neighbours),
            (&two.outgoing.neighbours, &two.incoming.neighbours)
        );
        assert_eq!((&one.outgoing.offsets, &one.incoming_ranks), (&two.outgoing.offsets, &two.incoming_ranks));
    }
}
