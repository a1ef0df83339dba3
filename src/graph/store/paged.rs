//! [`PagedBitmap`]: a set of small numbers whose copies share what has not changed.

use std::ops::Range;
use std::sync::Arc;

use super::bitmap::{Bitmap, bits_from};

/// A set of numbers as bits, in pages of 4 KiB. A clone copies one reference; a change copies the list of pages and
/// one page, unless nobody else holds them.
#[derive(Clone, Debug, Default)]
pub struct PagedBitmap {
    /// `None`: a page of zeros.
    pages: Arc<Vec<Option<Arc<Page>>>>,
    /// The words that have ever had members.
    words: Range<usize>,
    count: usize,
}

const WORDS: usize = 512;
const BITS: usize = u64::BITS as usize;

type Page = [u64; WORDS];

impl PagedBitmap {
    #[inline]
    pub fn contains(&self, number: usize) -> bool {
        self.word(number / BITS) >> (number % BITS) & 1 == 1
    }

    /// Which of the 64 numbers from `64 * at` on are members, the first one as the lowest bit.
    #[inline]
    pub fn word(&self, at: usize) -> u64 {
        match self.pages.get(at / WORDS) {
            Some(Some(page)) => page[at % WORDS],
            _ => 0,
        }
    }

    /// Words outside of this range are 0.
    pub fn words(&self) -> Range<usize> {
        self.words.clone()
    }

    /// Which of the 64 numbers from `start` on are members.
    pub fn bits_from(&self, start: usize) -> u64 {
        bits_from(start, |at| self.word(at))
    }

    pub fn count(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The members in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.clone().flat_map(|at| {
            let mut rest = self.word(at);
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(at * BITS + bit)
            })
        })
    }

    /// The same set in one array.
    pub fn to_bitmap(&self) -> Bitmap {
        let mut words = Vec::with_capacity(self.words.len());
        let mut at = self.words.start;
        while at < self.words.end {
            let end = (at / WORDS * WORDS + WORDS).min(self.words.end);
            match &self.pages[at / WORDS] {
                Some(page) => words.extend_from_slice(&page[at % WORDS..at % WORDS + (end - at)]),
                None => words.resize(words.len() + (end - at), 0),
            }
            at = end;
        }
        Bitmap::from_words(self.words.start, words)
    }

    /// Whether it was not there before.
    pub(crate) fn insert(&mut self, number: usize) -> bool {
        if self.contains(number) {
            return false;
        }
        *self.word_mut(number / BITS) |= 1 << (number % BITS);
        self.count += 1;
        true
    }

    /// Adds numbers that are not members yet.
    pub(crate) fn insert_range(&mut self, numbers: Range<usize>) {
        let mut at = numbers.start;
        while at < numbers.end {
            let end = (at / BITS * BITS + BITS).min(numbers.end);
            *self.word_mut(at / BITS) |= (u64::MAX >> (BITS - (end - at))) << (at % BITS);
            at = end;
        }
        self.count += numbers.len();
    }

    /// Whether it was there before.
    pub(crate) fn remove(&mut self, number: usize) -> bool {
        if !self.contains(number) {
            return false;
        }
        *self.word_mut(number / BITS) &= !(1 << (number % BITS));
        self.count -= 1;
        true
    }

    fn word_mut(&mut self, at: usize) -> &mut u64 {
        self.words = match self.words.is_empty() {
            true => at..at + 1,
            false => self.words.start.min(at)..self.words.end.max(at + 1),
        };
        let pages = Arc::make_mut(&mut self.pages);
        if pages.len() <= at / WORDS {
            pages.resize(at / WORDS + 1, None);
        }
        let page = pages[at / WORDS].get_or_insert_with(|| Arc::new([0; WORDS]));
        &mut Arc::make_mut(page)[at % WORDS]
    }

    pub(crate) fn bytes(&self) -> usize {
        self.pages.iter().flatten().count() * size_of::<Page>()
    }
}

impl From<&Bitmap> for PagedBitmap {
    fn from(bitmap: &Bitmap) -> PagedBitmap {
        let mut paged = PagedBitmap::default();
        let (skipped, words) = bitmap.words();
        for (at, word) in words.iter().enumerate().filter(|(_, word)| **word != 0) {
            *paged.word_mut(skipped + at) = *word;
        }
        paged.count = bitmap.count();
        paged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_paged_bitmap_is_a_set_and_its_clones_stay(
            changes in prop::collection::vec(
                (any::<bool>(), prop_oneof![0..400_usize, 32_700..32_800_usize, 0..200_000_usize], any::<bool>()),
                0..60,
            ),
        ) {
            let (mut paged, mut set) = (PagedBitmap::default(), BTreeSet::new());
            let mut kept = Vec::new();
            for (add, number, keep) in changes {
                if keep {
                    kept.push((paged.clone(), set.clone()));
                }
                match add {
                    true => prop_assert_eq!(paged.insert(number), set.insert(number)),
                    false => prop_assert_eq!(paged.remove(number), set.remove(&number)),
                }
            }
            kept.push((paged.clone(), set.clone()));
            for start in [7, 390, 32_690, 70_000] {
                let range = start + set.len()..start + 3 * set.len() + 70;
                if range.clone().all(|number| !set.contains(&number)) {
                    paged.insert_range(range.clone());
                    set.extend(range);
                    kept.push((paged.clone(), set.clone()));
                }
            }
            for (paged, set) in kept {
                prop_assert!(paged.iter().eq(set.iter().copied()));
                prop_assert_eq!((paged.count(), paged.is_empty()), (set.len(), set.is_empty()));
                let bitmap = paged.to_bitmap();
                prop_assert!(bitmap.iter().eq(set.iter().copied()));
                prop_assert!(PagedBitmap::from(&bitmap).iter().eq(set.iter().copied()));
                for start in [0, 30, 32_720, 32_760] {
                    let bits = (0..64).fold(0, |bits, at| bits | u64::from(set.contains(&(start + at))) << at);
                    prop_assert_eq!(paged.bits_from(start), bits);
                }
            }
        }
    }
}
