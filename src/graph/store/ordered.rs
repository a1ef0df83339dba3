//! [`OrderedSet`]: a persistent sorted set.
//!
//! A B-tree whose nodes are shared: a clone copies one reference, and a change copies the path to the changed leaf,
//! unless nobody else holds it. Nodes that have lost items are not joined: sets live only until the next merge. A single
//! item needs no node: most lists of neighbours that change get one.

use std::cmp::Ordering;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub(crate) struct OrderedSet<K> {
    items: Items<K>,
}

#[derive(Clone, Debug)]
enum Items<K> {
    None,
    One(K),
    Tree { root: Arc<Node<K>>, len: u32 },
}

#[derive(Clone, Debug)]
enum Node<K> {
    Leaf(Vec<K>),
    /// Each child with an item that is not greater than any of its own; that of the first child does not count.
    Branch(Vec<Child<K>>),
}

type Child<K> = (K, Arc<Node<K>>);

/// Items a node has at most.
const MOST: usize = 32;

/// Items a node of a new tree has, so that it does not split at the next insertion.
const FILL: usize = MOST - 2;

impl<K> Default for OrderedSet<K> {
    fn default() -> OrderedSet<K> {
        OrderedSet { items: Items::None }
    }
}

impl<K> OrderedSet<K> {
    pub(crate) fn len(&self) -> usize {
        match self.items {
            Items::None => 0,
            Items::One(_) => 1,
            Items::Tree { len, .. } => len as usize,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn iter(&self) -> Iter<'_, K> {
        self.iter_from(|_| false)
    }

    /// The items from the first one on that does not come `before`: that holds for the first items and no others.
    pub(crate) fn iter_from(&self, before: impl Fn(&K) -> bool) -> Iter<'_, K> {
        let mut iter = Iter { leaf: [].iter(), branches: Vec::new() };
        let mut next = match &self.items {
            Items::None => None,
            Items::One(item) => {
                iter.leaf = std::slice::from_ref(item)[usize::from(before(item))..].iter();
                None
            }
            Items::Tree { root, .. } => Some(&**root),
        };
        while let Some(node) = next {
            next = match node {
                Node::Leaf(items) => {
                    iter.leaf = items[items.partition_point(&before)..].iter();
                    None
                }
                Node::Branch(children) => {
                    let at = children.partition_point(|(first, _)| before(first)).saturating_sub(1);
                    iter.branches.push(children[at + 1..].iter());
                    Some(&*children[at].1)
                }
            };
        }
        iter
    }
}

impl<K: Ord + Clone> OrderedSet<K> {
    /// Whether both are surely equal: they are small, or share their root.
    pub(crate) fn is_same(&self, other: &OrderedSet<K>) -> bool {
        match (&self.items, &other.items) {
            (Items::None, Items::None) => true,
            (Items::One(one), Items::One(other)) => one == other,
            (Items::Tree { root: one, .. }, Items::Tree { root: other, .. }) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    pub(crate) fn contains(&self, item: &K) -> bool {
        let mut node = match &self.items {
            Items::None => return false,
            Items::One(own) => return own == item,
            Items::Tree { root, .. } => &**root,
        };
        loop {
            match node {
                Node::Leaf(items) => return items.binary_search(item).is_ok(),
                Node::Branch(children) => node = &children[child(children, item)].1,
            }
        }
    }

    /// Whether it was not there before.
    pub(crate) fn insert(&mut self, item: K) -> bool {
        match &mut self.items {
            Items::None => {
                self.items = Items::One(item);
                true
            }
            Items::One(own) => {
                if *own == item {
                    return false;
                }
                let items = if *own < item { vec![own.clone(), item] } else { vec![item, own.clone()] };
                self.items = Items::Tree { root: Arc::new(Node::Leaf(items)), len: 2 };
                true
            }
            Items::Tree { root, len } => {
                let (added, split) = Arc::make_mut(root).insert(item);
                if let Some((first, right)) = split {
                    let left = root.clone();
                    *root = Arc::new(Node::Branch(vec![(first.clone(), left), (first, right)]));
                }
                *len += u32::from(added);
                added
            }
        }
    }

    /// Adds many items, in any order. Each node that gets some is changed once.
    pub(crate) fn extend(&mut self, mut items: Vec<K>) {
        match std::mem::replace(&mut self.items, Items::None) {
            Items::None => {}
            Items::One(own) => items.push(own),
            Items::Tree { mut root, len } => {
                items.sort_unstable();
                items.dedup();
                if items.is_empty() {
                    self.items = Items::Tree { root, len };
                    return;
                }
                let first = items[0].clone();
                let (added, siblings) = Arc::make_mut(&mut root).extend(&mut items.into_iter().peekable(), None);
                let root = if siblings.is_empty() { root } else { above(first, root, siblings) };
                self.items = Items::Tree { root, len: len + added };
                return;
            }
        }
        items.sort_unstable();
        items.dedup();
        let len = items.len() as u32;
        if len <= 1 {
            self.items = items.pop().map_or(Items::None, Items::One);
            return;
        }
        let mut leaves = chunks(items).map(|items| (items[0].clone(), Arc::new(Node::Leaf(items))));
        let Some((first, left)) = leaves.next() else { return };
        let rest: Vec<Child<K>> = leaves.collect();
        let root = if rest.is_empty() { left } else { above(first, left, rest) };
        self.items = Items::Tree { root, len };
    }

    /// Whether it was there before.
    pub(crate) fn remove(&mut self, item: &K) -> bool {
        match &mut self.items {
            Items::None => false,
            Items::One(own) if own == item => {
                self.items = Items::None;
                true
            }
            Items::One(_) => false,
            Items::Tree { root, len } => {
                let removed = Arc::make_mut(root).remove(item);
                *len -= u32::from(removed);
                if *len == 0 {
                    self.items = Items::None;
                }
                removed
            }
        }
    }
}

/// The root above a node, of which the first item is given, and its siblings to the right.
fn above<K: Clone>(first: K, left: Arc<Node<K>>, right: Vec<Child<K>>) -> Arc<Node<K>> {
    let mut level: Vec<Child<K>> = [(first, left)].into_iter().chain(right).collect();
    loop {
        let branch = |children: Vec<Child<K>>| (children[0].0.clone(), Arc::new(Node::Branch(children)));
        level = chunks(level).map(branch).collect();
        if let [(_, root)] = level.as_slice() {
            return root.clone();
        }
    }
}

/// The items in lists that fill a node each.
fn chunks<T>(items: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rest = items.into_iter();
    std::iter::from_fn(move || {
        let some: Vec<T> = rest.by_ref().take(FILL).collect();
        (!some.is_empty()).then_some(some)
    })
}

/// The child in which an item is, or would be.
fn child<K: Ord>(children: &[Child<K>], item: &K) -> usize {
    children[1..].partition_point(|(first, _)| first.cmp(item) != Ordering::Greater)
}

/// The second half of a node that has grown too large. New items mostly come at the end: then the first half stays
/// nearly full.
fn halve<T>(items: &mut Vec<T>, at: usize) -> Option<Vec<T>> {
    let cut = if at + 1 == items.len() { FILL } else { MOST / 2 };
    (items.len() > MOST).then(|| items.split_off(cut))
}

type Split<K> = Option<Child<K>>;

/// Items yet to be added, ascending.
type Rest<K> = std::iter::Peekable<std::vec::IntoIter<K>>;

impl<K: Ord + Clone> Node<K> {
    fn insert(&mut self, item: K) -> (bool, Split<K>) {
        match self {
            Node::Leaf(items) => {
                let Err(at) = items.binary_search(&item) else { return (false, None) };
                items.insert(at, item);
                let right = halve(items, at);
                (true, right.map(|right| (right[0].clone(), Arc::new(Node::Leaf(right)))))
            }
            Node::Branch(children) => {
                let at = child(children, &item);
                let (added, split) = Arc::make_mut(&mut children[at].1).insert(item);
                let Some(split) = split else { return (added, None) };
                children.insert(at + 1, split);
                let right = halve(children, at + 1);
                (added, right.map(|right| (right[0].0.clone(), Arc::new(Node::Branch(right)))))
            }
        }
    }

    /// Adds the next items, those before `end`. Returns how many were not there before, and the nodes that this one has
    /// been split into besides itself.
    fn extend(&mut self, rest: &mut Rest<K>, end: Option<&K>) -> (u32, Vec<Child<K>>) {
        match self {
            Node::Leaf(items) => {
                let before = items.len();
                let is_own = |item: &K| end.is_none_or(|end| item < end);
                let mut merged = Vec::with_capacity(FILL);
                for own in items.drain(..) {
                    while let Some(new) = rest.next_if(|new| *new < own) {
                        merged.push(new);
                    }
                    rest.next_if(|new| *new == own);
                    merged.push(own);
                }
                while let Some(new) = rest.next_if(is_own) {
                    merged.push(new);
                }
                let added = merged.len() - before;
                let right = pieces(items, merged);
                (added as u32, right.map(|items| (items[0].clone(), Arc::new(Node::Leaf(items)))).collect())
            }
            Node::Branch(children) => {
                let (mut added, mut all) = (0, Vec::with_capacity(children.len() + 1));
                let mut own = children.drain(..).peekable();
                while let Some((first, mut node)) = own.next() {
                    let end = own.peek().map(|(next, _)| next).or(end);
                    let has_some = rest.peek().is_some_and(|item| end.is_none_or(|end| item < end));
                    let (more, right) = match has_some {
                        true => Arc::make_mut(&mut node).extend(rest, end),
                        false => (0, Vec::new()),
                    };
                    added += more;
                    all.push((first, node));
                    all.extend(right);
                }
                drop(own);
                let right = pieces(children, all);
                (added, right.map(|children| (children[0].0.clone(), Arc::new(Node::Branch(children)))).collect())
            }
        }
    }

    fn remove(&mut self, item: &K) -> bool {
        match self {
            Node::Leaf(items) => {
                let found = items.binary_search(item);
                found.is_ok_and(|at| {
                    items.remove(at);
                    true
                })
            }
            Node::Branch(children) => {
                let at = child(children, item);
                let node = Arc::make_mut(&mut children[at].1);
                let removed = node.remove(item);
                if node.is_empty() && children.len() > 1 {
                    children.remove(at);
                }
                removed
            }
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Node::Leaf(items) => items.is_empty(),
            Node::Branch(children) => matches!(children.as_slice(), [(_, only)] if only.is_empty()),
        }
    }
}

/// Puts as many items into a node as it may have; the lists of the others, which fill a node each.
fn pieces<T>(node: &mut Vec<T>, mut items: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let right = if items.len() > MOST { items.split_off(FILL) } else { Vec::new() };
    *node = items;
    chunks(right)
}

/// The items of a set, ascending.
#[derive(Debug)]
pub(crate) struct Iter<'a, K> {
    leaf: std::slice::Iter<'a, K>,
    /// The children that come next, of each branch above the leaf.
    branches: Vec<std::slice::Iter<'a, Child<K>>>,
}

impl<K> Clone for Iter<'_, K> {
    fn clone(&self) -> Self {
        Iter { leaf: self.leaf.clone(), branches: self.branches.clone() }
    }
}

impl<'a, K> Iterator for Iter<'a, K> {
    type Item = &'a K;

    fn next(&mut self) -> Option<&'a K> {
        loop {
            if let Some(item) = self.leaf.next() {
                return Some(item);
            }
            match self.branches.last_mut()?.next().map(|(_, child)| &**child) {
                Some(Node::Leaf(items)) => self.leaf = items.iter(),
                Some(Node::Branch(children)) => self.branches.push(children.iter()),
                None => _ = self.branches.pop(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_is_a_set_and_its_clones_stay(
            changes in prop::collection::vec((0..300_u32, any::<bool>(), prop::bool::weighted(0.05)), 0..600),
            bulk in 0..2000_u32,
            from in 0..2100_u32,
            many in prop::collection::vec(prop::collection::vec(0..4000_u32, 0..1500), 0..4),
            (more, late) in (prop::collection::vec(0..4000_u32, 0..40), prop::collection::vec(0..4000_u32, 0..40)),
        ) {
            let (mut set, mut expected) = (OrderedSet::default(), BTreeSet::new());
            for items in many.into_iter().chain([more]) {
                set.extend(items.clone());
                expected.extend(items);
                prop_assert_eq!(set.len(), expected.len());
            }
            if from % 2 == 0 {
                (set, expected) = (OrderedSet::default(), BTreeSet::new());
            }
            for item in 0..bulk {
                prop_assert_eq!(set.insert(item), expected.insert(item));
            }
            let mut kept: Vec<(OrderedSet<u32>, BTreeSet<u32>)> = Vec::new();
            for (item, add, keep) in changes {
                if keep {
                    kept.push((set.clone(), expected.clone()));
                }
                match add {
                    true => prop_assert_eq!(set.insert(item), expected.insert(item)),
                    false => prop_assert_eq!(set.remove(&item), expected.remove(&item)),
                }
                prop_assert_eq!(set.contains(&item), add);
            }
            kept.push((set.clone(), expected.clone()));
            set.extend(late.clone());
            expected.extend(late);
            kept.push((set, expected));
            for (set, expected) in kept {
                prop_assert_eq!((set.len(), set.is_empty()), (expected.len(), expected.is_empty()));
                prop_assert!(set.iter().eq(&expected));
                prop_assert!(set.iter_from(|item| *item < from).eq(expected.range(from..)));
            }
        }
    }
}
