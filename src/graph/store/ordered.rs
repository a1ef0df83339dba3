//! [`OrderedSet`]: a persistent sorted set.
//!
//! A B-tree whose nodes are shared: a clone copies one reference, and a change copies the path to the changed leaf,
//! unless nobody else holds it. Nodes that have lost items are not joined: sets live only until the next merge.

use std::cmp::Ordering;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub(crate) struct OrderedSet<K> {
    root: Option<Arc<Node<K>>>,
    len: usize,
}

#[derive(Clone, Debug)]
enum Node<K> {
    Leaf(Vec<K>),
    /// Each child with an item that is not greater than any of its own; that of the first child does not count.
    Branch(Vec<(K, Arc<Node<K>>)>),
}

/// Items a node has at most.
const MOST: usize = 32;

impl<K> Default for OrderedSet<K> {
    fn default() -> OrderedSet<K> {
        OrderedSet { root: None, len: 0 }
    }
}

impl<K> OrderedSet<K> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether both share their root, so that they are surely equal.
    pub(crate) fn is_same(&self, other: &OrderedSet<K>) -> bool {
        match (&self.root, &other.root) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            (None, None) => true,
            _ => false,
        }
    }

    pub(crate) fn iter(&self) -> Iter<'_, K> {
        self.iter_from(|_| false)
    }

    /// The items from the first one on that does not come `before`: that holds for the first items and no others.
    pub(crate) fn iter_from(&self, before: impl Fn(&K) -> bool) -> Iter<'_, K> {
        let mut stack = Vec::new();
        let mut next = self.root.as_deref();
        while let Some(node) = next {
            next = match node {
                Node::Leaf(items) => {
                    stack.push((node, items.partition_point(&before)));
                    None
                }
                Node::Branch(children) => {
                    let at = children.partition_point(|(first, _)| before(first)).saturating_sub(1);
                    stack.push((node, at + 1));
                    children.get(at).map(|(_, child)| &**child)
                }
            };
        }
        Iter { stack }
    }
}

impl<K: Ord + Clone> OrderedSet<K> {
    pub(crate) fn contains(&self, item: &K) -> bool {
        let mut node = self.root.as_deref();
        while let Some(some) = node {
            match some {
                Node::Leaf(items) => return items.binary_search(item).is_ok(),
                Node::Branch(children) => node = children.get(child(children, item)).map(|(_, child)| &**child),
            }
        }
        false
    }

    /// Whether it was not there before.
    pub(crate) fn insert(&mut self, item: K) -> bool {
        let root = self.root.get_or_insert_with(|| Arc::new(Node::Leaf(Vec::new())));
        let (added, split) = Arc::make_mut(root).insert(item);
        if let Some((first, right)) = split {
            let left = root.clone();
            *root = Arc::new(Node::Branch(vec![(first.clone(), left), (first, right)]));
        }
        self.len += usize::from(added);
        added
    }

    /// Adds many items, in any order.
    pub(crate) fn extend(&mut self, mut items: Vec<K>) {
        items.sort_unstable();
        if !self.is_empty() {
            return items.into_iter().for_each(|item| _ = self.insert(item));
        }
        items.dedup();
        self.len = items.len();
        let mut rest = items.into_iter();
        let mut level: Vec<(K, Arc<Node<K>>)> = Vec::new();
        loop {
            let items: Vec<K> = rest.by_ref().take(MOST - 2).collect();
            let Some(first) = items.first().cloned() else { break };
            level.push((first, Arc::new(Node::Leaf(items))));
        }
        while level.len() > 1 {
            let mut rest = level.into_iter();
            level = Vec::new();
            loop {
                let children: Vec<_> = rest.by_ref().take(MOST - 2).collect();
                let Some((first, _)) = children.first() else { break };
                level.push((first.clone(), Arc::new(Node::Branch(children))));
            }
        }
        self.root = level.pop().map(|(_, root)| root);
    }

    /// Whether it was there before.
    pub(crate) fn remove(&mut self, item: &K) -> bool {
        let Some(root) = self.root.as_mut().filter(|_| self.len > 0) else { return false };
        let removed = Arc::make_mut(root).remove(item);
        self.len -= usize::from(removed);
        if self.len == 0 {
            self.root = None;
        }
        removed
    }
}

/// The child in which an item is, or would be.
fn child<K: Ord>(children: &[(K, Arc<Node<K>>)], item: &K) -> usize {
    children[1..].partition_point(|(first, _)| first.cmp(item) != Ordering::Greater)
}

/// The second half of a node that has grown too large. New items mostly come at the end: then the first half stays
/// nearly full.
fn halve<T>(items: &mut Vec<T>, at: usize) -> Option<Vec<T>> {
    let cut = if at + 1 == items.len() { MOST - 2 } else { MOST / 2 };
    (items.len() > MOST).then(|| items.split_off(cut))
}

type Split<K> = Option<(K, Arc<Node<K>>)>;

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

/// The items of a set, ascending.
#[derive(Debug)]
pub(crate) struct Iter<'a, K> {
    /// Nodes, each with its place that comes next.
    stack: Vec<(&'a Node<K>, usize)>,
}

impl<K> Clone for Iter<'_, K> {
    fn clone(&self) -> Self {
        Iter { stack: self.stack.clone() }
    }
}

impl<'a, K> Iterator for Iter<'a, K> {
    type Item = &'a K;

    fn next(&mut self) -> Option<&'a K> {
        loop {
            let (node, at) = self.stack.last_mut()?;
            *at += 1;
            match node {
                Node::Leaf(items) => match items.get(*at - 1) {
                    Some(item) => return Some(item),
                    None => _ = self.stack.pop(),
                },
                Node::Branch(children) => match children.get(*at - 1) {
                    Some((_, child)) => self.stack.push((child, 0)),
                    None => _ = self.stack.pop(),
                },
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
            (many, more) in (prop::collection::vec(0..4000_u32, 0..1500), prop::collection::vec(0..4000_u32, 0..40)),
        ) {
            let (mut set, mut expected) = (OrderedSet::default(), BTreeSet::new());
            for items in [many, more] {
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
            kept.push((set, expected));
            for (set, expected) in kept {
                prop_assert_eq!((set.len(), set.is_empty()), (expected.len(), expected.is_empty()));
                prop_assert!(set.iter().eq(&expected));
                prop_assert!(set.iter_from(|item| *item < from).eq(expected.range(from..)));
            }
        }
    }
}
