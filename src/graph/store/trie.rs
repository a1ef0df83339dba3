//! [`Trie`]: a persistent map from small numbers to values, in the order of the numbers.
//!
//! A radix tree of 64 children a branch. Nodes are shared: a clone copies one reference, and a change copies the path
//! from the root to the changed leaf, unless nobody else holds it. A leaf covers 64 numbers, as many as a word of a
//! bitmap has bits.

use std::ops::Range;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub(crate) struct Trie<T> {
    root: Option<Arc<Node<T>>>,
    /// The number of levels of branches.
    height: u32,
    len: usize,
}

/// `mask` says which of the 64 places are occupied; the occupied ones are stored in order.
#[derive(Clone, Debug)]
enum Node<T> {
    Branch { mask: u64, children: Vec<Arc<Node<T>>> },
    Leaf { mask: u64, values: Vec<T> },
}

const BITS: u32 = 6;
const LOW: usize = (1 << BITS) - 1;

impl<T> Default for Trie<T> {
    fn default() -> Trie<T> {
        Trie { root: None, height: 0, len: 0 }
    }
}

/// Where a place is stored, if it is occupied.
#[inline]
fn stored(mask: u64, place: usize) -> Option<usize> {
    (mask >> place & 1 == 1).then(|| before(mask, place))
}

#[inline]
fn before(mask: u64, place: usize) -> usize {
    (mask & ((1 << place) - 1)).count_ones() as usize
}

/// The places of the set bits, ascending.
fn places(mask: u64) -> impl Iterator<Item = usize> {
    let mut rest = mask;
    std::iter::from_fn(move || {
        let place = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
        rest &= rest - 1;
        Some(place)
    })
}

impl<T> Node<T> {
    fn mask(&self) -> u64 {
        match self {
            Node::Branch { mask, .. } | Node::Leaf { mask, .. } => *mask,
        }
    }
}

impl<T> Trie<T> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline]
    pub(crate) fn get(&self, key: usize) -> Option<&T> {
        match self.leaf(key)? {
            Node::Leaf { mask, values } => stored(*mask, key & LOW).map(|at| &values[at]),
            Node::Branch { .. } => None,
        }
    }

    #[inline]
    pub(crate) fn contains(&self, key: usize) -> bool {
        self.get(key).is_some()
    }

    /// Which of the 64 keys from `64 * word` on are there, the first one as the lowest bit.
    #[inline]
    pub(crate) fn word(&self, word: usize) -> u64 {
        self.leaf(word << BITS).map_or(0, Node::mask)
    }

    fn leaf(&self, key: usize) -> Option<&Node<T>> {
        let mut node = self.root.as_deref()?;
        let mut shift = self.height * BITS;
        if key >> shift > LOW {
            return None;
        }
        while let Node::Branch { mask, children } = node {
            node = &children[stored(*mask, key >> shift & LOW)?];
            shift -= BITS;
        }
        Some(node)
    }

    /// What is there of each key of a range, in order.
    pub(crate) fn range(&self, keys: Range<usize>) -> impl Iterator<Item = Option<&T>> {
        let mut leaf = None;
        let first = keys.start;
        keys.map(move |key| {
            if key == first || key & LOW == 0 {
                leaf = self.leaf(key);
            }
            match leaf? {
                Node::Leaf { mask, values } => stored(*mask, key & LOW).map(|at| &values[at]),
                Node::Branch { .. } => None,
            }
        })
    }

    /// The keys with their values, ascending.
    pub(crate) fn iter(&self) -> Iter<'_, T> {
        let stack = self.root.iter().map(|root| Level { node: root, at: 0, rest: root.mask(), first: 0 }).collect();
        Iter { stack, shift: self.height * BITS }
    }

    /// The least and the greatest key.
    pub(crate) fn bounds(&self) -> Option<(usize, usize)> {
        let end = |last: bool| {
            let (mut node, mut key) = (self.root.as_deref()?, 0);
            loop {
                let mask = node.mask();
                let place = if last { mask.checked_ilog2()? } else { mask.trailing_zeros() } as usize;
                key = key << BITS | place;
                match node {
                    Node::Branch { children, .. } => node = if last { children.last()? } else { children.first()? },
                    Node::Leaf { .. } => return Some(key),
                }
            }
        };
        Some((end(false)?, end(true)?))
    }
}

impl<T: Clone> Trie<T> {
    /// The value of the key, entered first if there is none.
    pub(crate) fn entry(&mut self, key: usize, absent: impl FnOnce() -> T) -> &mut T {
        let (leaf, len) = self.leaf_mut(key);
        let (mask, values) = leaf.as_leaf();
        let (place, at) = (key & LOW, before(*mask, key & LOW));
        if *mask >> place & 1 == 0 {
            *mask |= 1 << place;
            values.insert(at, absent());
            *len += 1;
        }
        &mut values[at]
    }

    /// Enters values of ascending keys, leaf by leaf.
    pub(crate) fn extend(&mut self, items: impl IntoIterator<Item = (usize, T)>) {
        let mut items = items.into_iter().peekable();
        while let Some((first, _)) = items.peek() {
            let number = *first >> BITS;
            let (leaf, len) = self.leaf_mut(*first);
            let (mask, values) = leaf.as_leaf();
            while let Some((key, value)) = items.next_if(|(key, _)| key >> BITS == number) {
                let place = key & LOW;
                if *mask >> place == 0 {
                    values.push(value);
                } else if let Some(at) = stored(*mask, place) {
                    values[at] = value;
                    continue;
                } else {
                    values.insert(before(*mask, place), value);
                }
                *mask |= 1 << place;
                *len += 1;
            }
        }
    }

    /// Changes the values of ascending keys, leaf by leaf, each with what is to be done to it. A value that is not there
    /// yet is made first; one of which `change` says that it is not kept is taken out.
    pub(crate) fn change_each<C>(
        &mut self,
        changes: impl IntoIterator<Item = (usize, C)>,
        absent: impl Fn() -> T,
        mut change: impl FnMut(&mut T, C) -> bool,
    ) {
        let mut changes = changes.into_iter().peekable();
        let mut dropped = Vec::new();
        while let Some((first, _)) = changes.peek() {
            let number = *first >> BITS;
            let (leaf, len) = self.leaf_mut(*first);
            let (mask, values) = leaf.as_leaf();
            while let Some((key, to_do)) = changes.next_if(|(key, _)| key >> BITS == number) {
                let (place, at) = (key & LOW, before(*mask, key & LOW));
                if *mask >> place & 1 == 0 {
                    *mask |= 1 << place;
                    values.insert(at, absent());
                    *len += 1;
                }
                if !change(&mut values[at], to_do) {
                    dropped.push(key);
                }
            }
        }
        dropped.into_iter().for_each(|key| _ = self.remove(key));
    }

    /// The leaf of a key, made if it is not there yet, and the number of all values, which the caller keeps right.
    fn leaf_mut(&mut self, key: usize) -> (&mut Node<T>, &mut usize) {
        if self.root.is_none() {
            self.height = 0;
            while key >> (self.height * BITS) > LOW {
                self.height += 1;
            }
        }
        while key >> (self.height * BITS) > LOW {
            let children = self.root.take().into_iter().collect();
            self.root = Some(Arc::new(Node::Branch { mask: 1, children }));
            self.height += 1;
        }
        let Trie { root, height, len } = self;
        let mut shift = *height * BITS;
        let mut node = Arc::make_mut(root.get_or_insert_with(|| Arc::new(Node::empty(shift))));
        while shift > 0 {
            let place = key >> shift & LOW;
            shift -= BITS;
            let Node::Branch { mask, children } = node else { unreachable!("leaves are at the bottom") };
            let at = before(*mask, place);
            if *mask >> place & 1 == 0 {
                *mask |= 1 << place;
                children.insert(at, Arc::new(Node::empty(shift)));
            }
            node = Arc::make_mut(&mut children[at]);
        }
        (node, len)
    }

    pub(crate) fn insert(&mut self, key: usize, value: T) {
        let mut value = Some(value);
        // `entry` makes the value if there is none; otherwise it is still to be put in the place of the old one.
        let place = self.entry(key, || value.take().expect("it is taken once"));
        if let Some(value) = value {
            *place = value;
        }
    }

    /// Takes a key out; its value, if it was there.
    pub(crate) fn remove(&mut self, key: usize) -> Option<T> {
        self.get(key)?;
        let removed = Arc::make_mut(self.root.as_mut()?).remove(key, self.height * BITS);
        self.len -= usize::from(removed.is_some());
        if self.len == 0 {
            self.root = None;
        }
        removed
    }

    /// Gives out every key whose value differs from that in an older version: now and before. Parts that both share
    /// are skipped, so that it takes as long as there are differences. `same` may be wrong about equal values.
    pub(crate) fn differences<'a>(
        &'a self,
        older: &'a Trie<T>,
        same: &dyn Fn(&T, &T) -> bool,
        each: &mut dyn FnMut(usize, Option<&'a T>, Option<&'a T>),
    ) {
        differences(0, (self.root.as_ref(), self.height), (older.root.as_ref(), older.height), same, each);
    }
}

type Side<'a, T> = (Option<&'a Arc<Node<T>>>, u32);

/// The differences among the keys from `first` on, as many as the higher one of the nodes covers.
fn differences<'a, T>(
    first: usize,
    (new, new_height): Side<'a, T>,
    (old, old_height): Side<'a, T>,
    same: &dyn Fn(&T, &T) -> bool,
    each: &mut dyn FnMut(usize, Option<&'a T>, Option<&'a T>),
) {
    if let (Some(new), Some(old)) = (new, old)
        && Arc::ptr_eq(new, old)
    {
        return;
    }
    let height = match (new, old) {
        (None, None) => return,
        (Some(_), None) => new_height,
        (None, Some(_)) => old_height,
        (Some(_), Some(_)) => new_height.max(old_height),
    };
    if height == 0 {
        let value = |node: Option<&'a Arc<Node<T>>>, place| match node.map(|node| &**node) {
            Some(Node::Leaf { mask, values }) => stored(*mask, place).map(|at| &values[at]),
            _ => None,
        };
        let mask = new.map_or(0, |node| node.mask()) | old.map_or(0, |node| node.mask());
        for place in places(mask) {
            match (value(new, place), value(old, place)) {
                (Some(new), Some(old)) if same(new, old) => {}
                (new, old) => each(first | place, new, old),
            }
        }
        return;
    }
    // A lower node is the first child of what would be a higher one.
    let child = |node: Option<&'a Arc<Node<T>>>, own: u32, place| match node.map(|node| &**node) {
        Some(Node::Branch { mask, children }) if own == height => stored(*mask, place).map(|at| &children[at]),
        Some(_) if own < height && place == 0 => node,
        _ => None,
    };
    let mask = |node: Option<&Arc<Node<T>>>, own| match node {
        Some(node) if own == height => node.mask(),
        Some(_) => 1,
        None => 0,
    };
    for place in places(mask(new, new_height) | mask(old, old_height)) {
        let new = (child(new, new_height, place), new_height.min(height - 1));
        let old = (child(old, old_height, place), old_height.min(height - 1));
        differences(first | place << (height * BITS), new, old, same, each);
    }
}

impl<T: Clone> Node<T> {
    fn as_leaf(&mut self) -> (&mut u64, &mut Vec<T>) {
        match self {
            Node::Leaf { mask, values } => (mask, values),
            Node::Branch { .. } => unreachable!("leaves are at the bottom"),
        }
    }

    /// A leaf, or a branch above leaves.
    fn empty(shift: u32) -> Node<T> {
        match shift {
            0 => Node::Leaf { mask: 0, values: Vec::new() },
            _ => Node::Branch { mask: 0, children: Vec::new() },
        }
    }

    fn remove(&mut self, key: usize, shift: u32) -> Option<T> {
        let place = key >> shift & LOW;
        match self {
            Node::Leaf { mask, values } => {
                let at = stored(*mask, place)?;
                *mask &= !(1 << place);
                Some(values.remove(at))
            }
            Node::Branch { mask, children } => {
                let at = stored(*mask, place)?;
                let child = Arc::make_mut(&mut children[at]);
                let removed = child.remove(key, shift - BITS);
                if child.mask() == 0 {
                    *mask &= !(1 << place);
                    children.remove(at);
                }
                removed
            }
        }
    }
}

pub(crate) struct Iter<'a, T> {
    stack: Vec<Level<'a, T>>,
    /// Of the keys of the topmost node of the stack.
    shift: u32,
}

struct Level<'a, T> {
    node: &'a Node<T>,
    /// How many of its places have been given out, and those that have not.
    at: usize,
    rest: u64,
    first: usize,
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = (usize, &'a T);

    fn next(&mut self) -> Option<(usize, &'a T)> {
        loop {
            let level = self.stack.last_mut()?;
            if level.rest == 0 {
                self.stack.pop();
                self.shift += BITS;
                continue;
            }
            let key = level.first | (level.rest.trailing_zeros() as usize) << self.shift;
            let at = level.at;
            level.rest &= level.rest - 1;
            level.at += 1;
            match level.node {
                Node::Leaf { values, .. } => return Some((key, &values[at])),
                Node::Branch { children, .. } => {
                    let node = &*children[at];
                    self.shift -= BITS;
                    self.stack.push(Level { node, at: 0, rest: node.mask(), first: key });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn keys() -> impl Strategy<Value = usize> {
        prop_oneof![0..200_usize, 0..70_000_usize, Just(u32::MAX as usize), 4000..4200_usize]
    }

    fn listed(trie: &Trie<u32>) -> Vec<(usize, u32)> {
        trie.iter().map(|(key, value)| (key, *value)).collect()
    }

    proptest! {
        #[test]
        fn a_trie_is_a_map_and_its_clones_stay(
            changes in prop::collection::vec((keys(), prop::option::weighted(0.7, 0..5_u32), any::<bool>()), 0..80),
            bulk in prop::collection::btree_map(keys(), 0..5_u32, 0..80),
            changed in prop::collection::btree_set(keys(), 0..80),
        ) {
            let (mut trie, mut map) = (Trie::default(), BTreeMap::new());
            let mut kept: Vec<(Trie<u32>, BTreeMap<usize, u32>)> = Vec::new();
            for (key, value, keep) in changes {
                if keep {
                    kept.push((trie.clone(), map.clone()));
                }
                match value {
                    Some(value) => {
                        trie.insert(key, value);
                        map.insert(key, value);
                    }
                    None => prop_assert_eq!(trie.remove(key), map.remove(&key)),
                }
                prop_assert_eq!(trie.get(key), map.get(&key));
                prop_assert_eq!(trie.len(), map.len());
            }
            kept.push((trie.clone(), map.clone()));
            trie.extend(bulk.clone());
            map.extend(bulk);
            prop_assert_eq!(trie.len(), map.len());
            kept.push((trie.clone(), map.clone()));
            // Odd ones go, even ones and new ones grow.
            trie.change_each(changed.iter().map(|key| (*key, 10)), || 2, |value, more| {
                let is_kept = *value % 2 == 0;
                *value += more;
                is_kept
            });
            for key in &changed {
                match map.get(key).copied().unwrap_or(2) {
                    odd if odd % 2 == 1 => _ = map.remove(key),
                    even => _ = map.insert(*key, even + 10),
                }
            }
            prop_assert_eq!(trie.len(), map.len());
            for range in [0..300_usize, 4050..4130, 69_990..70_010] {
                prop_assert!(trie.range(range.clone()).eq(range.map(|key| map.get(&key))));
            }
            kept.push((trie.clone(), map.clone()));
            for (older, expected) in &kept {
                prop_assert!(listed(older).into_iter().eq(expected.clone()));
                let bounds = expected.keys().next().zip(expected.keys().next_back());
                prop_assert_eq!(older.bounds(), bounds.map(|(a, b)| (*a, *b)));
                for key in expected.keys() {
                    let bits = (0..64).filter(|bit| expected.contains_key(&((key & !63) + bit)));
                    prop_assert_eq!(older.word(key / 64), bits.fold(0, |bits, bit| bits | 1 << bit));
                }
                let mut found = Vec::new();
                trie.differences(older, &|a, b| a == b, &mut |key, new, old| {
                    found.push((key, new.copied(), old.copied()));
                });
                let both: std::collections::BTreeSet<usize> = map.keys().chain(expected.keys()).copied().collect();
                let different = both.into_iter().map(|key| (key, map.get(&key).copied(), expected.get(&key).copied()));
                prop_assert_eq!(found, different.filter(|(_, new, old)| new != old).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn differences_skip_what_is_shared() {
        let mut older = Trie::default();
        (0..10_000).for_each(|key| older.insert(key, key));
        let mut newer = older.clone();
        newer.insert(5_000, 0);
        let compared = std::cell::Cell::new(0);
        newer.differences(
            &older,
            &|a, b| {
                compared.set(compared.get() + 1);
                a == b
            },
            &mut |_, _, _| {},
        );
        assert_eq!(compared.get(), 64);
    }
}
