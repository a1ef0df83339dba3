//! [`Bitmap`]: a set of small numbers, one bit each.

/// A set of numbers as bits. Words before the first and after the last member are not stored, so that a label whose
/// nodes lie close together costs little.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    /// How many words of zeros stand before `words`.
    skipped: usize,
    words: Vec<u64>,
}

const BITS: usize = u64::BITS as usize;

impl Bitmap {
    /// Adds all numbers of a range.
    pub(crate) fn insert_range(&mut self, range: std::ops::Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            if at.is_multiple_of(BITS) && at + BITS <= range.end {
                *self.word_mut(at) = u64::MAX;
                at += BITS;
            } else {
                self.insert(at);
                at += 1;
            }
        }
    }

    /// The set whose members are the set bits; `skipped` words of zeros stand before them.
    pub(crate) fn from_words(skipped: usize, words: Vec<u64>) -> Bitmap {
        Bitmap { skipped, words }
    }

    /// How many words of zeros come first, and the words after them: for loops over whole words.
    pub fn words(&self) -> (usize, &[u64]) {
        (self.skipped, &self.words)
    }

    pub fn contains(&self, number: usize) -> bool {
        let word = (number / BITS).wrapping_sub(self.skipped);
        self.words.get(word).is_some_and(|word| word >> (number % BITS) & 1 == 1)
    }

    /// Which of the 64 numbers from `start` on are members, the first one as the lowest bit.
    pub fn bits_from(&self, start: usize) -> u64 {
        bits_from(start, |at| self.words.get(at.wrapping_sub(self.skipped)).copied().unwrap_or(0))
    }

    /// Whether it was not there before.
    pub(crate) fn insert(&mut self, number: usize) -> bool {
        let word = self.word_mut(number);
        let bit = 1 << (number % BITS);
        let added = *word & bit == 0;
        *word |= bit;
        added
    }

    /// Whether it was there before.
    pub(crate) fn remove(&mut self, number: usize) -> bool {
        let had = self.contains(number);
        if had {
            self.words[number / BITS - self.skipped] &= !(1 << (number % BITS));
        }
        had
    }

    fn word_mut(&mut self, number: usize) -> &mut u64 {
        let word = number / BITS;
        if self.words.is_empty() {
            self.skipped = word;
        } else if word < self.skipped {
            self.words.splice(0..0, std::iter::repeat_n(0, self.skipped - word));
            self.skipped = word;
        }
        let at = word - self.skipped;
        if at >= self.words.len() {
            self.words.resize(at + 1, 0);
        }
        &mut self.words[at]
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The members in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let first = (self.skipped + at) * BITS;
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(first + bit)
            })
        })
    }

    /// One more than the greatest member, or 0.
    pub(crate) fn bound(&self) -> usize {
        let last = self.words.iter().rposition(|word| *word != 0);
        last.map_or(0, |at| (self.skipped + at + 1) * BITS - self.words[at].leading_zeros() as usize)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.words.len() * size_of::<u64>()
    }
}

impl FromIterator<usize> for Bitmap {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Bitmap {
        let mut bitmap = Bitmap::default();
        for number in numbers {
            bitmap.insert(number);
        }
        bitmap
    }
}

/// The 64 bits from `start` on of a row of words, the first one as the lowest bit.
pub(super) fn bits_from(start: usize, word: impl Fn(usize) -> u64) -> u64 {
    let (at, shift) = (start / BITS, start % BITS);
    match shift {
        0 => word(at),
        _ => word(at) >> shift | word(at + 1) << (BITS - shift),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_bitmap_is_a_set(changes in prop::collection::vec((any::<bool>(), 0..400_usize), 0..60)) {
            let (mut bitmap, mut set) = (Bitmap::default(), BTreeSet::new());
            for (add, number) in changes {
                if add {
                    prop_assert_eq!(bitmap.insert(number), set.insert(number));
                } else {
                    prop_assert_eq!(bitmap.remove(number), set.remove(&number));
                }
            }
            prop_assert_eq!(bitmap.iter().collect::<Vec<_>>(), set.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!((bitmap.count(), bitmap.is_empty()), (set.len(), set.is_empty()));
            prop_assert_eq!(bitmap.bound(), set.last().map_or(0, |last| last + 1));
            prop_assert!((0..450).all(|number| bitmap.contains(number) == set.contains(&number)));
            for start in 0..450 {
                let bits = (0..64).fold(0, |bits, at| bits | u64::from(set.contains(&(start + at))) << at);
                prop_assert_eq!(bitmap.bits_from(start), bits);
            }
        }

        #[test]
        fn a_range_holds_its_numbers(start in 0..300_usize, length in 0..300_usize) {
            let mut bitmap = Bitmap::default();
            bitmap.insert_range(start..start + length);
            prop_assert!(bitmap.iter().eq(start..start + length));
        }
    }
}
