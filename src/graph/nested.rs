//! Lists and maps, which know how deep they are nested and how large they are.
//!
//! A list may hold the same list many times: what takes a few hundred bytes can have more parts than there are atoms.
//! Everything that visits all parts of a value (comparing, hashing, printing, dropping) is therefore bounded where
//! values are made, by [`Extent::check`]. Visiting them again to measure them would be as slow, so the extent is kept.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use super::value::{Map, Value};
use crate::diagnostic::{Detail, Diagnostic, Kind};

/// How deep a value is nested, and how large it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Lists and maps around the innermost value: 0 for a number, 1 for a list of numbers.
    pub depth: u32,
    /// Bytes, with what is shared counted each time.
    pub size: usize,
    /// Bytes, with what is shared counted by its share.
    pub held: usize,
}

/// Code that visits a value calls itself once a level; this many calls fit into the 2 MiB of a thread.
pub(crate) const MOST_LEVELS: u32 = 1000;

/// Comparing two values of this size takes a few seconds.
pub(crate) const MOST_BYTES: usize = 16 << 30;

impl Extent {
    /// An error if the value is too deep or too large to be visited.
    pub fn check(self) -> Result<(), Diagnostic> {
        if self.depth > MOST_LEVELS {
            let message = format!("a list or map would be nested more than {MOST_LEVELS} levels deep");
            return Err(too_large(message).help("collect the values in a flat list: `list + value` appends one"));
        }
        if self.size > MOST_BYTES {
            let message = format!("a list or map would be larger than {} GiB, written out", MOST_BYTES >> 30);
            return Err(too_large(message).help("a list that holds the same list several times counts it each time"));
        }
        Ok(())
    }

    fn around<'v>(own: usize, values: impl Iterator<Item = &'v Value>) -> Extent {
        let start = Extent { depth: 0, size: own, held: own };
        let inside = values.fold(start, |all, value| {
            let extent = value.extent();
            Extent {
                depth: all.depth.max(extent.depth),
                size: all.size.saturating_add(extent.size),
                held: all.held.saturating_add(extent.held),
            }
        });
        Extent { depth: inside.depth + 1, ..inside }
    }
}

fn too_large(message: String) -> Diagnostic {
    Diagnostic::runtime(Kind::ArgumentError, Detail::ValueTooLarge, message)
}

struct Nested<T: Parts> {
    extent: Extent,
    content: T,
}

/// What lists and maps have in common.
trait Parts {
    /// Takes all values out.
    fn take(&mut self) -> Vec<Value>;
}

impl Parts for Box<[Value]> {
    fn take(&mut self) -> Vec<Value> {
        std::mem::take(self).into_vec()
    }
}

impl Parts for Map {
    fn take(&mut self) -> Vec<Value> {
        std::mem::take(self).into_values().collect()
    }
}

/// Programs that use the library may make values that are deeper than a statement may.
impl<T: Parts> Drop for Nested<T> {
    fn drop(&mut self) {
        if self.extent.depth <= MOST_LEVELS {
            return;
        }
        let mut left = self.content.take();
        while let Some(value) = left.pop() {
            match value {
                Value::List(List(list)) => {
                    left.extend(Arc::into_inner(list).into_iter().flat_map(|mut n| n.content.take()))
                }
                Value::Map(Entries(map)) => {
                    left.extend(Arc::into_inner(map).into_iter().flat_map(|mut n| n.content.take()))
                }
                _ => {}
            }
        }
    }
}

/// The items of a list, shared.
#[derive(Clone)]
pub struct List(Arc<Nested<Box<[Value]>>>);

/// The entries of a map, shared.
#[derive(Clone)]
pub struct Entries(Arc<Nested<Map>>);

/// What the header of a list or map takes: counts, extent, address and length.
const HEADER: usize = 64;

impl List {
    pub(crate) fn extent(&self) -> Extent {
        shared(self.0.extent, Arc::strong_count(&self.0))
    }

    /// Whether it is the same list, not only an equal one.
    pub(crate) fn is_same(&self, other: &List) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Entries {
    pub(crate) fn extent(&self) -> Extent {
        shared(self.0.extent, Arc::strong_count(&self.0))
    }

    pub(super) fn is_same(&self, other: &Entries) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Default for List {
    fn default() -> List {
        List::from(Vec::new())
    }
}

/// The extent as one of several holders sees it.
fn shared(extent: Extent, holders: usize) -> Extent {
    let own = size_of::<Value>();
    Extent { held: own + extent.held.saturating_sub(own) / holders.max(1), ..extent }
}

impl From<Vec<Value>> for List {
    fn from(items: Vec<Value>) -> List {
        let extent = Extent::around(size_of::<Value>() + HEADER, items.iter());
        List(Arc::new(Nested { extent, content: items.into_boxed_slice() }))
    }
}

impl FromIterator<Value> for List {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> List {
        List::from(Vec::from_iter(items))
    }
}

impl From<Map> for Entries {
    fn from(entries: Map) -> Entries {
        // A node of the tree has room for 11 entries and is half full at least, but for the first.
        let nodes = 1 + entries.len() / 6;
        let keys: usize = entries.keys().map(|key| key.len()).sum();
        let own = size_of::<Value>() + HEADER + nodes * 11 * size_of::<(Arc<str>, Value)>() + keys;
        let extent = Extent::around(own, entries.values());
        Entries(Arc::new(Nested { extent, content: entries }))
    }
}

impl Deref for List {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0.content
    }
}

impl Deref for Entries {
    type Target = Map;

    fn deref(&self) -> &Map {
        &self.0.content
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl PartialEq for List {
    fn eq(&self, other: &List) -> bool {
        self.is_same(other) || **self == **other
    }
}

impl Eq for List {}

impl Hash for List {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cmp::Ordering;
    use std::collections::HashSet;

    fn nested(depth: u32) -> Value {
        (1..depth).fold(Value::list([Value::Integer(1)]), |inner, _| Value::list([inner]))
    }

    /// Two lists whose parts are shared, so that each has 2^`depth` numbers.
    fn doubled(depth: u32) -> Value {
        (0..depth).fold(Value::Integer(1), |inner, _| Value::list([inner.clone(), inner]))
    }

    /// Runs a closure where a library's user may run it: in a thread with the usual stack.
    /// In a thread as small as those of a library's user; the frames of a build that is not optimized are larger.
    fn in_a_thread(work: impl FnOnce() + Send + 'static) {
        let stack = if cfg!(debug_assertions) { 16 << 20 } else { 2 << 20 };
        std::thread::Builder::new().stack_size(stack).spawn(work).unwrap().join().unwrap();
    }

    #[test]
    fn the_deepest_values_can_be_compared_hashed_printed_and_dropped() {
        in_a_thread(|| {
            let (one, other) = (nested(MOST_LEVELS), nested(MOST_LEVELS));
            assert!(one.extent().check().is_ok());
            assert_eq!(one.equals(&other), Some(true));
            assert_eq!(one.compare(&other), Some(Ordering::Equal));
            assert_eq!(one.order(&other), Ordering::Equal);
            assert!(HashSet::from([one.clone()]).contains(&other));
            let graph = crate::graph::Graph::new();
            assert_eq!(crate::render::literal::of(&one, &graph).len(), 2 * MOST_LEVELS as usize + 1);
            assert_eq!(crate::render::value::text(&one, &graph).len(), 2 * MOST_LEVELS as usize + 1);
            assert_eq!(crate::render::json_row(&[one], &graph).to_string().len(), 2 * MOST_LEVELS as usize + 3);
        });
    }

    #[test]
    fn deeper_values_are_refused_and_can_still_be_dropped() {
        in_a_thread(|| {
            let error = nested(MOST_LEVELS + 1).bounded().unwrap_err();
            assert_eq!(error.detail, Detail::ValueTooLarge);
            drop(nested(200_000));
            drop((0..200_000).fold(Value::Null, |inner, _| Value::map([("a", inner)])));
        });
    }

    #[test]
    fn what_is_shared_counts_each_time() {
        assert!(doubled(20).bounded().is_ok());
        let large = doubled(60);
        assert!(large.extent().held < 100_000, "{}", large.extent().held);
        assert_eq!(large.bounded().unwrap_err().detail, Detail::ValueTooLarge);
        assert_eq!(doubled(200).extent().size, usize::MAX);
    }

    #[test]
    fn a_value_is_equal_to_itself_at_once() {
        let large = doubled(60);
        assert_eq!(large.order(&large.clone()), Ordering::Equal);
        assert_eq!(large, large.clone());
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::Integer), "[a-z]{0,20}".prop_map(Value::from)];
        leaf.prop_recursive(5, 64, 4, |inner| {
            let items = prop::collection::vec(inner, 0..4);
            prop_oneof![
                items.clone().prop_map(Value::from),
                items.prop_map(|items| Value::map(items.into_iter().enumerate().map(|(at, v)| (at.to_string(), v)))),
            ]
        })
    }

    fn depth(value: &Value) -> u32 {
        match value {
            Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
            Value::Map(map) => 1 + map.values().map(depth).max().unwrap_or(0),
            _ => 0,
        }
    }

    fn least_size(value: &Value) -> usize {
        size_of::<Value>()
            + match value {
                Value::String(text) => text.len(),
                Value::List(items) => items.iter().map(least_size).sum(),
                Value::Map(map) => map.values().map(least_size).sum(),
                _ => 0,
            }
    }

    proptest! {
        #[test]
        fn the_extent_is_what_counting_gives(value in value()) {
            let extent = value.extent();
            prop_assert_eq!(extent.depth, depth(&value));
            prop_assert!(extent.size >= least_size(&value));
            prop_assert!(extent.held <= extent.size);
            let copy = value.clone();
            prop_assert_eq!(copy.extent().size, extent.size);
            prop_assert!(copy.held_alone() <= extent.size);
        }
    }
}
