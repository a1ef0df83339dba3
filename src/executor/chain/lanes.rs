//! A chain run by several threads, each on a range of the nodes that its scan goes through.
//!
//! What the threads make is put together in the order of the ranges, so that the answer is the one of a single thread.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;

use super::scan::{Condition, Filter};
use super::{Context, Feed, Step, Work};
use crate::executor::profile::Profile;
use crate::executor::{Result, Row, Run};
use crate::limits::{Budget, cores};

/// Nodes and relationships to go through that are worth a thread: some milliseconds of work, since on a busy machine a
/// thread may have to wait as long until it runs. In the tests of this crate almost none, so that laws run on threads.
const WORTH_A_THREAD: usize = if cfg!(test) { 64 } else { 1 << 18 };

/// The chain once for each thread; empty if one thread does it best.
pub(super) fn split<'p>(feed: &mut Feed<'_, 'p, '_, '_>) -> Vec<Vec<Step<'p>>> {
    let is_plain = |filter: &Filter| matches!(filter.condition, Condition::Plain(_));
    let asks_rows = |step: &Step| matches!(&step.work, Work::Filter(filter) if is_plain(filter));
    if feed.steps.iter().any(asks_rows) {
        return Vec::new();
    }
    let ranges = ranges(feed.steps, feed.context);
    let Some((Step { work: Work::Scan(scan), operator }, rest)) = feed.steps.split_first_mut() else {
        return Vec::new();
    };
    let mut before = Feed { steps: &mut [], context: feed.context, row: feed.row, run: feed.run };
    if ranges.len() < 2 || !scan.goes_through_all(&mut before) {
        return Vec::new();
    }
    let lane = |words| {
        let first = Step { work: Work::Scan(scan.within(words)), operator };
        std::iter::once(first).chain(rest.iter().cloned()).collect()
    };
    ranges.into_iter().map(lane).collect()
}

/// The words of nodes for each thread, such that all have about the same to do.
fn ranges(steps: &[Step], context: &Context) -> Vec<Range<usize>> {
    let words = context.graph.node_bound().div_ceil(64);
    let followed = match steps.get(1).map(|step| &step.work) {
        Some(Work::Expand(expand)) => expand.follow.estimate(context.graph),
        _ => None,
    };
    let work_before = |word: usize| word * 64 + followed.map_or(0, |lists| lists.before(word * 64));
    let all = work_before(words);
    let lanes = (all / WORTH_A_THREAD).min(if cfg!(test) { 3 } else { cores() });
    let bound = |lane: usize| match lane == lanes {
        true => words,
        false => first_from(words, |word| work_before(word) * lanes >= all * lane),
    };
    (0..lanes).map(|lane| bound(lane)..bound(lane + 1)).collect()
}

/// The first of so many numbers from which on the condition holds, which it does for all after it.
fn first_from(numbers: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, numbers);
    while low < high {
        let middle = (low + high) / 2;
        match holds(middle) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    low
}

/// Does the work of each lane on a thread of its own; gives what they made in the order of the lanes.
pub(super) fn side_by_side<T: Send>(
    lanes: Vec<Vec<Step>>,
    feed: &mut Feed,
    work: impl Fn(&mut Feed) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let Feed { context, row, run, .. } = feed;
    let (context, row): (&Context, &Row) = (context, row);
    let budgets: Vec<Budget> = lanes.iter().map(|_| run.budget.beside()).collect();
    let runs = budgets.iter().map(|budget| run.beside(context.graph, budget));
    let work = |(mut steps, mut run): (Vec<Step>, Run)| {
        let mut row = row.clone();
        let made = work(&mut Feed { steps: &mut steps, context, row: &mut row, run: &mut run })?;
        Ok((made, run.profile))
    };
    let results: Vec<Result<(T, Option<Profile>)>> = thread::scope(|scope| {
        let mut lanes: Vec<(Vec<Step>, Run)> = lanes.into_iter().zip(runs).collect();
        let own = lanes.pop();
        let others: Vec<_> = lanes.into_iter().map(|lane| scope.spawn(|| work(lane))).collect();
        let own = own.map(work);
        let joined = others.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        joined.collect::<Vec<_>>().into_iter().chain(own).collect()
    });
    let results = results.into_iter().collect::<Result<Vec<_>>>()?;
    let (made, profiles): (Vec<T>, Vec<Option<Profile>>) = results.into_iter().unzip();
    if let Some(profile) = &mut run.profile {
        profile.add_side_by_side(profiles.into_iter().flatten());
    }
    Ok(made)
}
