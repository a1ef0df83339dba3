//! [`Ids`]: which relationship stands at which position, once changes were merged.
//!
//! The way from position to id is an array. The way back would be one more; instead the cycles of the permutation are
//! followed: the element before an id in its cycle is its position. Long cycles have a shortcut at every fourth
//! element, which leads four elements back, so that a look-up takes at most five steps (Munro, Raman, Raman, Rao:
//! "Succinct representations of permutations and functions").

use super::adjacency::Owners;

/// A permutation of the numbers below the bound of ids.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    /// The ids of live relationships by position, then those of the deleted ones.
    by_position: Vec<u32>,
    /// Which elements have a shortcut.
    marks: Owners,
    /// Where the shortcuts lead, in the order of the elements that have them.
    back: Vec<u32>,
}

/// How many elements of a cycle go without a shortcut after one that has it, and one.
const STEP: usize = 4;

impl Ids {
    /// The way between positions and ids; `None` if some number is missing.
    pub(crate) fn new(by_position: Vec<u32>) -> Option<Ids> {
        let words = by_position.len().div_ceil(64);
        let (mut seen, mut marked) = (vec![0_u64; words], vec![0_u64; words]);
        let mut shortcuts: Vec<(u32, u32)> = Vec::new();
        for start in 0..by_position.len() as u32 {
            if seen[start as usize / 64] >> (start % 64) & 1 == 1 || by_position[start as usize] == start {
                continue;
            }
            let (mut element, mut length) = (start, 0);
            let (first_shortcut, mut last_mark) = (shortcuts.len(), start);
            loop {
                let (word, bit) = (element as usize / 64, 1_u64 << (element % 64));
                if *seen.get(word)? & bit != 0 {
                    break;
                }
                seen[word] |= bit;
                if length % STEP == 0 && length > 0 {
                    shortcuts.push((element, last_mark));
                    last_mark = element;
                }
                element = *by_position.get(element as usize)?;
                length += 1;
            }
            if element != start {
                return None;
            }
            if length > STEP {
                shortcuts.push((start, last_mark));
            }
            for (element, _) in &shortcuts[first_shortcut..] {
                marked[*element as usize / 64] |= 1 << (element % 64);
            }
        }
        let marks = Owners::new(marked);
        let mut back = vec![0; shortcuts.len()];
        for (element, to) in shortcuts {
            back[marks.number(element as usize)?] = to;
        }
        Some(Ids { by_position, marks, back })
    }

    /// The ids by position; those after the live ones are deleted.
    pub(crate) fn by_position(&self) -> &[u32] {
        &self.by_position
    }

    pub(crate) fn id(&self, position: u32) -> u32 {
        self.by_position[position as usize]
    }

    pub(crate) fn position(&self, id: u32) -> u32 {
        let (mut element, mut jumped) = (id, false);
        loop {
            let next = self.by_position[element as usize];
            if next == id {
                return element;
            }
            element = match self.marks.number(element as usize).filter(|_| !jumped) {
                Some(number) => {
                    jumped = true;
                    self.back[number]
                }
                None => next,
            };
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.by_position) + self.marks.bytes() + size_of_val(&*self.back)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn there_and_back(by_position in (1..300_u32).prop_flat_map(|n| Just((0..n).collect::<Vec<_>>()).prop_shuffle())) {
            let ids = Ids::new(by_position.clone()).expect("it is a permutation");
            for (position, id) in by_position.iter().enumerate() {
                prop_assert_eq!(ids.id(position as u32), *id);
                prop_assert_eq!(ids.position(*id), position as u32);
            }
            // One for every fourth element of a long cycle; a cycle of five has two.
            prop_assert!(ids.back.len() * 5 <= by_position.len() * 2);
        }

        #[test]
        fn what_is_no_permutation(numbers in prop::collection::vec(0..12_u32, 0..10)) {
            let mut sorted = numbers.clone();
            sorted.sort();
            let whole = sorted.iter().enumerate().all(|(at, number)| at == *number as usize);
            prop_assert_eq!(Ids::new(numbers).is_some(), whole);
        }
    }
}
