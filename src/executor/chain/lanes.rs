//! A chain run by several threads, each on a range of the nodes that its scan goes through.

use std::ops::Range;

use super::{Context, Feed, Step, Work};
use crate::executor::lanes::{most, on_threads};
use crate::executor::{Result, Row};
use crate::graph::Graph;

/// Nodes and relationships to go through that are worth a thread where ids are all that is looked at: some milliseconds
/// of work, since on a busy machine a thread may have to wait as long until it runs. In the tests of this crate almost
/// none, so that laws run on threads.
pub(super) const WORTH_A_THREAD: usize = if cfg!(test) { 64 } else { 1 << 18 };

/// The chain once for each thread; empty if one thread does it best. `worth` is what is worth a thread.
pub(super) fn split<'p>(feed: &mut Feed<'_, 'p, '_, '_>, worth: usize) -> Vec<Vec<Step<'p>>> {
    let ranges = ranges(feed, worth);
    let Some((Step { work: Work::Scan(scan), operator }, rest)) = feed.steps.split_first_mut() else {
        return Vec::new();
    };
    let lane = |words| {
        let first = Step { work: Work::Scan(scan.within(words)), operator };
        std::iter::once(first).chain(rest.iter().cloned()).collect()
    };
    ranges.into_iter().map(lane).collect()
}

/// The words of nodes for each thread, such that all have about the same to do; none if one thread does it best.
pub(super) fn ranges(feed: &mut Feed, worth: usize) -> Vec<Range<usize>> {
    let ranges = of_nodes(feed.steps, feed.context, worth);
    if ranges.len() < 2 || !feed.goes_through_all() { Vec::new() } else { ranges }
}

fn of_nodes(steps: &[Step], context: &Context, worth: usize) -> Vec<Range<usize>> {
    let Some(Step { work: Work::Scan(scan), .. }) = steps.first() else { return Vec::new() };
    // Nodes of a label lie together more often than not.
    let nodes = match scan.label {
        None => 0..context.graph.node_bound().div_ceil(64),
        Some(None) => return Vec::new(),
        Some(Some(label)) => context.graph.label_bitmap(label).words(),
    };
    let followed = match steps.get(1).map(|step| &step.work) {
        Some(Work::Expand(expand)) => expand.follow.estimate(context.graph),
        _ => None,
    };
    let work_before = |word: usize| word * 64 + followed.map_or(0, |lists| lists.before(word * 64));
    let (first, all) = (work_before(nodes.start), work_before(nodes.end) - work_before(nodes.start));
    let lanes = (all / worth).min(most());
    let bound = |lane: usize| match lane == lanes {
        true => nodes.end,
        false => first_from(nodes.clone(), |word| (work_before(word) - first) * lanes >= all * lane),
    };
    (0..lanes).map(|lane| bound(lane)..bound(lane + 1)).collect()
}

/// The first of the numbers from which on the condition holds, which it does for all after it.
fn first_from(numbers: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (numbers.start, numbers.end);
    while low < high {
        let middle = (low + high) / 2;
        match holds(middle) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    low
}

/// Does the work of each lane on a thread of its own; gives what they made in the order of the lanes, as [`on_threads`]
/// does.
pub(super) fn side_by_side<T: Send>(
    lanes: Vec<Vec<Step>>,
    feed: &mut Feed,
    work: impl Fn(&mut Feed) -> Result<T> + Sync,
) -> Result<Option<Vec<T>>> {
    let Feed { context, row, run, .. } = feed;
    let (context, row): (&Context, &Row) = (context, row);
    let graph: &Graph = context.graph;
    on_threads(lanes, graph, run, |mut steps, run| {
        let mut row = row.clone();
        work(&mut Feed { steps: &mut steps, context, row: &mut row, run })
    })
}
