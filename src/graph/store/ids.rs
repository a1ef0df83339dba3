//! [`Ids`]: which relationship is at which position, once changes were merged.
//!
//! Relationships built in bulk have their positions as ids, and a merge keeps their order, so ids by position come in
//! [`Runs`] of consecutive numbers. Both directions are stored alike: one bit for each number, set where a run begins,
//! and what to add to the numbers of each run. A look-up counts the bits before it, in constant time; everything is
//! made in linear time. Bytes: 3/8 for each relationship, and 8 for each run.

use super::adjacency::Owners;

/// Numbers in some order, as runs of consecutive ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Runs {
    /// First number and length of each run; no run continues the one before.
    list: Vec<(u32, u32)>,
    len: u32,
}

impl Runs {
    /// Appends a number.
    pub(crate) fn push(&mut self, number: u32) {
        self.push_run(number, 1);
    }

    /// Appends `length` consecutive numbers.
    pub(crate) fn push_run(&mut self, first: u32, length: u32) {
        if length == 0 {
            return;
        }
        self.len += length;
        match self.list.last_mut() {
            Some((last, known)) if u64::from(*last) + u64::from(*known) == u64::from(first) => *known += length,
            _ => self.list.push((first, length)),
        }
    }

    /// The count of numbers.
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// First number and length of each run.
    pub(crate) fn list(&self) -> &[(u32, u32)] {
        &self.list
    }

    /// Whether each number is its own position.
    pub(crate) fn is_identity(&self) -> bool {
        matches!(*self.list, [] | [(0, _)])
    }
}

impl Extend<u32> for Runs {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, numbers: I) {
        numbers.into_iter().for_each(|number| self.push(number));
    }
}

/// A permutation of the numbers below the bound of ids.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    by_position: Shifts,
    by_id: Shifts,
    len: u32,
}

/// What to add to a number, by run.
#[derive(Clone, Debug)]
struct Shifts {
    /// The first number of each run.
    firsts: Owners,
    /// By run; modulo 2³².
    shifts: Vec<u32>,
}

impl Shifts {
    fn new(firsts: Vec<u64>, runs: usize) -> Shifts {
        Shifts { firsts: Owners::new(firsts), shifts: vec![0; runs] }
    }

    #[inline]
    fn apply(&self, number: u32) -> u32 {
        // The number 0 always begins a run.
        number.wrapping_add(self.shifts[self.firsts.before(number as usize + 1) - 1])
    }

    fn bytes(&self) -> usize {
        self.firsts.bytes() + size_of_val(&*self.shifts)
    }
}

impl Ids {
    /// The mapping between positions and ids, given by the ids in the order of positions: first those of live
    /// relationships, then those of deleted ones. `None` if there are none or they are not a permutation.
    pub(crate) fn new(runs: &Runs) -> Option<Ids> {
        let (list, len) = (runs.list(), runs.len());
        let words = (len as usize).div_ceil(64);
        let (mut positions, mut ids) = (vec![0_u64; words], vec![0_u64; words]);
        let mut position = 0;
        for (first, length) in list {
            let (word, bit) = (ids.get_mut(*first as usize / 64)?, 1 << (first % 64));
            if *word & bit != 0 {
                return None;
            }
            *word |= bit;
            positions[position as usize / 64] |= 1 << (position % 64);
            position += length;
        }
        let (mut by_position, mut by_id) = (Shifts::new(positions, list.len()), Shifts::new(ids, list.len()));
        let (mut position, mut lengths) = (0_u32, vec![0; list.len()]);
        for ((first, length), shift) in list.iter().zip(&mut by_position.shifts) {
            *shift = first.wrapping_sub(position);
            let number = by_id.firsts.before(*first as usize);
            by_id.shifts[number] = position.wrapping_sub(*first);
            lengths[number] = *length;
            position += length;
        }
        // In the order of ids, each run must end where the next one begins.
        let mut end = 0_u64;
        for (first, length) in by_id.firsts.nodes().zip(lengths) {
            if first as u64 != end {
                return None;
            }
            end += u64::from(length);
        }
        (len > 0 && end == u64::from(len)).then_some(Ids { by_position, by_id, len })
    }

    #[inline]
    pub(crate) fn id(&self, position: u32) -> u32 {
        self.by_position.apply(position)
    }

    /// The position of an id; an id that was never given has none and stays as it is.
    #[inline]
    pub(crate) fn position(&self, id: u32) -> u32 {
        if id < self.len { self.by_id.apply(id) } else { id }
    }

    /// The ids of the first positions.
    pub(crate) fn first(&self, count: usize) -> Runs {
        let mut runs = Runs::default();
        runs.extend((0..count as u32).map(|position| self.id(position)));
        runs
    }

    pub(crate) fn bytes(&self) -> usize {
        self.by_position.bytes() + self.by_id.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn runs(numbers: impl IntoIterator<Item = u32>) -> Runs {
        let mut runs = Runs::default();
        runs.extend(numbers);
        runs
    }

    /// Numbers 0.., cut into parts that are put in another order.
    fn permutations() -> impl Strategy<Value = Vec<u32>> {
        let lengths = prop::collection::vec(prop_oneof![1..4_u32, 60..70_u32, 1..300_u32], 1..12);
        let parts = lengths.prop_map(|lengths| {
            let mut next = 0;
            let part = |length| {
                next += length;
                (next - length..next).collect::<Vec<u32>>()
            };
            lengths.into_iter().map(part).collect::<Vec<_>>()
        });
        parts.prop_shuffle().prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn there_and_back(by_position in prop_oneof![
            permutations(),
            (1..300_u32).prop_flat_map(|n| Just((0..n).collect::<Vec<_>>()).prop_shuffle()),
        ]) {
            let runs = runs(by_position.iter().copied());
            let ids = Ids::new(&runs).expect("it is a permutation");
            for (position, id) in by_position.iter().enumerate() {
                prop_assert_eq!(ids.id(position as u32), *id);
                prop_assert_eq!(ids.position(*id), position as u32);
            }
            prop_assert_eq!(ids.first(by_position.len()), runs);
            let identity = by_position.is_sorted();
            prop_assert_eq!(self::runs(by_position).is_identity(), identity);
        }

        #[test]
        fn other_lists_are_not_permutations(numbers in prop::collection::vec(0..12_u32, 1..10)) {
            let mut sorted = numbers.clone();
            sorted.sort();
            let whole = sorted.iter().enumerate().all(|(at, number)| at == *number as usize);
            prop_assert_eq!(Ids::new(&runs(numbers)).is_some(), whole);
        }

        #[test]
        fn overlapping_runs_are_not_permutations(list in prop::collection::vec((0..12_u32, 1..6_u32), 1..5)) {
            let mut runs = Runs::default();
            list.iter().for_each(|(first, length)| runs.push_run(*first, *length));
            let mut sorted: Vec<u32> = list.iter().flat_map(|(first, length)| *first..first + length).collect();
            sorted.sort();
            let whole = sorted.iter().enumerate().all(|(at, number)| at == *number as usize);
            prop_assert_eq!(Ids::new(&runs).is_some(), whole);
        }
    }

    #[test]
    fn a_few_gaps_take_little_memory() {
        let mut runs = Runs::default();
        (0..1_000).for_each(|run| runs.push_run(run * 1_000 + 1, 999));
        runs.extend((0..1_000).map(|run| run * 1_000));
        let ids = Ids::new(&runs).expect("it is a permutation");
        assert!(ids.bytes() < 400_000, "{}", ids.bytes());
        assert_eq!((ids.position(1_000_000), ids.position(u32::MAX)), (1_000_000, u32::MAX));
    }
}
