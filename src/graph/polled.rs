//! Work that may take long and can be stopped: it calls the caller back as it goes.

use std::cmp::Ordering;
use std::collections::VecDeque;

/// Called for each small piece of work, with the bytes that it has added to what is held. Its error ends the work.
pub type Poll<'p, E> = &'p mut dyn FnMut(usize) -> Result<(), E>;

/// Sorts pieces, and merges them. What is equal keeps its order.
pub(super) fn in_order<T, E>(items: Vec<T>, order: &dyn Fn(&T, &T) -> Ordering, poll: Poll<E>) -> Result<Vec<T>, E> {
    /// Sorted in a few milliseconds.
    const PIECE: usize = 1 << 14;
    let mut items = items.into_iter();
    let mut pieces = VecDeque::new();
    while items.len() > 0 {
        let mut piece: Vec<T> = items.by_ref().take(PIECE).collect();
        piece.sort_by(order);
        poll(0)?;
        pieces.push_back(piece);
    }
    // Neighbours are merged, so that the order of what is equal is kept.
    while pieces.len() > 1 {
        let mut merged_pieces = VecDeque::with_capacity(pieces.len().div_ceil(2));
        while let Some(piece) = pieces.pop_front() {
            merged_pieces.push_back(match pieces.pop_front() {
                Some(next) => merged(piece, next, order, poll)?,
                None => piece,
            });
        }
        pieces = merged_pieces;
    }
    Ok(pieces.pop_front().unwrap_or_default())
}

fn merged<T, E>(left: Vec<T>, right: Vec<T>, order: &dyn Fn(&T, &T) -> Ordering, poll: Poll<E>) -> Result<Vec<T>, E> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        let from = if order(one, other).is_le() { &mut left } else { &mut right };
        merged.extend(from.next());
        poll(0)?;
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::convert::Infallible;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]

        #[test]
        fn as_the_stable_sort_of_the_library(seed in any::<u64>(), count in 0_usize..100_000) {
            let number = |at: usize| (at as u64).wrapping_mul(seed | 1) % 1000;
            let items: Vec<(u64, usize)> = (0..count).map(|at| (number(at), at)).collect();
            let mut sorted = items.clone();
            sorted.sort_by_key(|item| item.0);
            let by_number = |a: &(u64, usize), b: &(u64, usize)| a.0.cmp(&b.0);
            let Ok(ordered) = in_order(items, &by_number, &mut |_| Ok::<(), Infallible>(()));
            prop_assert_eq!(ordered, sorted);
        }
    }

    #[test]
    fn an_error_of_the_caller_ends_the_work() {
        let mut calls = 0;
        let sorted = in_order((0..1_000_000).rev().collect(), &i32::cmp, &mut |_| {
            calls += 1;
            if calls < 100 { Ok(()) } else { Err("stopped") }
        });
        assert_eq!((sorted, calls), (Err("stopped"), 100));
    }
}
