//! Runs a plan on several threads: each scans a range of the nodes.
//!
//! What the threads make is put together in the order of these nodes, so that the answer is the one of a single thread.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;

use super::chain;
use super::profile::{Profile, address};
use super::source::{Argument, Input, open};
use super::{Access, Result, Run};
use crate::diagnostic::Kind;
use crate::graph::Graph;
use crate::limits::Budget;
use crate::plan::Operator;

/// One thread's part of a scan.
#[derive(Clone)]
pub(super) struct Lane {
    /// The address of the operator that scans.
    scan: usize,
    words: Range<usize>,
}

/// Nodes and relationships to go through that are worth a thread: about a millisecond of work on the values of rows. In
/// the tests of this crate almost none, so that laws run on threads.
pub(super) const WORTH_A_THREAD: usize = if cfg!(test) { 64 } else { 1 << 15 };

/// How many threads may work on a plan.
pub(super) fn most() -> usize {
    #[cfg(test)]
    return tests::MOST.get();
    #[cfg(not(test))]
    crate::limits::cores()
}

/// Does work on the rows of a plan, part of them on each thread; gives what was made in the order of the rows. `None` if
/// one thread does it best, if rows depend on rows before them, or as in [`on_threads`].
pub(super) fn side_by_side<T: Send>(
    plan: &Operator,
    argument: &Argument,
    run: &mut Run,
    work: impl Fn(&mut Input, &mut Run) -> Result<T> + Sync,
) -> Result<Option<Vec<T>>> {
    let lanes = split(plan, argument, run);
    let Access::Read(graph) = run.access else { return Ok(None) };
    if lanes.is_empty() {
        return Ok(None);
    }
    on_threads(lanes, graph, run, |lane, run| {
        run.lane = Some(lane);
        work(&mut open(plan, argument, run), run)
    })
}

fn split(plan: &Operator, argument: &Argument, run: &mut Run) -> Vec<Lane> {
    if argument.len() != 1 || run.lane.is_some() || !matches!(run.access, Access::Read(_)) {
        return Vec::new();
    }
    let Some(scan) = scan(plan).filter(|_| plan.is_deterministic()) else { return Vec::new() };
    let ranges = match scan {
        Operator::Columns { input, reads, .. } => chain::ranges(input, reads, argument, WORTH_A_THREAD, run),
        Operator::NodeScan { label, .. } => ranges_of_nodes(label.as_deref(), run.graph()),
        _ => Vec::new(),
    };
    let lane = |words| Lane { scan: address(scan), words };
    if ranges.len() < 2 { Vec::new() } else { ranges.into_iter().map(lane).collect() }
}

/// Ranges of words of nodes with about as many of a label each.
fn ranges_of_nodes(label: Option<&str>, graph: &Graph) -> Vec<Range<usize>> {
    let words = graph.node_bound().div_ceil(64);
    let (count, nodes) = match label.map(|label| graph.label(label)) {
        None => (graph.node_count(), None),
        Some(None) => return Vec::new(),
        Some(Some(label)) => (graph.label_count(label), Some(graph.label_bitmap(label))),
    };
    let lanes = (count / WORTH_A_THREAD).min(most());
    let mut bounds = vec![0];
    let mut before = 0;
    for word in 0..words {
        if before * lanes >= count * bounds.len() && bounds.len() < lanes {
            bounds.push(word);
        }
        before += nodes.map_or(64, |nodes| nodes.word(word).count_ones() as usize);
    }
    bounds.push(words);
    if lanes < 2 { Vec::new() } else { bounds.windows(2).map(|pair| pair[0]..pair[1]).collect() }
}

/// The operator from which all rows come, if those above it take each row for itself.
fn scan(plan: &Operator) -> Option<&Operator> {
    match plan {
        Operator::Columns { top: None, input, .. } if !matches!(**input, Operator::Aggregate { .. }) => Some(plan),
        Operator::NodeScan { input, .. } if matches!(**input, Operator::Argument) => Some(plan),
        Operator::Expand { input, .. }
        | Operator::ExpandVariable { input, .. }
        | Operator::Filter { input, .. }
        | Operator::Project { input, .. }
        | Operator::Unwind { input, .. } => scan(input),
        Operator::Optional { input, inner, .. } | Operator::Subquery { input, inner, .. } if is_silent(inner) => {
            scan(input)
        }
        _ => None,
    }
}

/// Whether a plan says nothing besides its rows, and changes nothing.
fn is_silent(plan: &Operator) -> bool {
    let speaks = matches!(plan, Operator::Call { .. } | Operator::LoadCsv { .. });
    !speaks && !plan.writes() && plan.inputs().into_iter().chain(plan.inner()).all(is_silent)
}

impl Run<'_> {
    /// The words of nodes that this thread scans; `None`: all.
    pub(super) fn words_of(&self, operator: &Operator) -> Option<Range<usize>> {
        self.lane.as_ref().filter(|lane| lane.scan == address(operator)).map(|lane| lane.words.clone())
    }
}

/// Does each task on a thread of its own; gives what they made in their order. `None` if a task failed: the caller then
/// runs all rows on one thread, which tells whether the statement fails and with which error.
pub(super) fn on_threads<W: Send, T: Send>(
    tasks: Vec<W>,
    graph: &Graph,
    run: &mut Run,
    work: impl Fn(W, &mut Run) -> Result<T> + Sync,
) -> Result<Option<Vec<T>>> {
    let budgets: Vec<Budget> = tasks.iter().map(|_| run.budget.beside()).collect();
    let runs = budgets.iter().map(|budget| run.beside(graph, budget));
    let work = |(task, mut run): (W, Run)| {
        let made = work(task, &mut run)?;
        Ok((made, run.profile))
    };
    let results: Vec<Result<(T, Option<Profile>)>> = thread::scope(|scope| {
        let mut tasks: Vec<(W, Run)> = tasks.into_iter().zip(runs).collect();
        let own = tasks.pop();
        let others: Vec<_> = tasks.into_iter().map(|task| scope.spawn(|| work(task))).collect();
        let own = own.map(work);
        let joined = others.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        joined.collect::<Vec<_>>().into_iter().chain(own).collect()
    });
    let results = match results.into_iter().collect::<Result<Vec<_>>>() {
        Err(error) if error.kind != Kind::Stopped => return Ok(None),
        results => results?,
    };
    let (made, profiles): (Vec<T>, Vec<Option<Profile>>) = results.into_iter().unzip();
    if let Some(profile) = &mut run.profile {
        profile.add_side_by_side(profiles.into_iter().flatten());
    }
    Ok(Some(made))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use crate::database::Database;
    use crate::engine::RunOptions;
    use crate::graph::{Graph, NodeId, Value};

    thread_local! {
        pub(super) static MOST: Cell<usize> = const { Cell::new(3) };
    }

    const QUERIES: [&str; 16] = [
        "MATCH (n:N) RETURN n.a + 1 AS a, n.b = 1 AS b, count(*), count(n.b), min(n.b), max(n.a)",
        "MATCH (n:N) RETURN sum(n.a), avg(n.a), sum(n.a * 2), avg(n.a % 7), count(DISTINCT n.b)",
        "MATCH (n:N) RETURN sum(n.b), avg(n.b), min(n.b), max(n.b)",
        "MATCH (n:N) RETURN n.a % 3 AS k, collect(n.a) AS l, collect(n.b)",
        "MATCH (n:N) RETURN n.b AS k, count(DISTINCT n.a), max(DISTINCT n.a), sum(DISTINCT n.a), collect(DISTINCT n.b)",
        "MATCH (n:N) RETURN CASE WHEN n.a > 0 THEN 'more' ELSE n.b END AS k, count(*), stDev(n.a)",
        "MATCH (n:N)-[r:T]->(m) RETURN n.a AS a, m.b AS b, count(*), sum(r.w), avg(r.w), collect(r.w)",
        "MATCH (n:N)-[r:T]->(m) WHERE r.w + 1 > m.a RETURN sum(r.w), count(DISTINCT m), collect(DISTINCT id(m))",
        "MATCH (n) OPTIONAL MATCH (n)-[:T]->(m) WHERE m.a > 0 RETURN n.a AS a, count(m), collect(id(m))",
        "MATCH (n:N) WITH n, n.a AS x UNWIND [x, 1, null] AS y RETURN y, count(*), collect(x)",
        "MATCH (n:N) WITH n.a AS x, n.b AS y RETURN x, y ORDER BY x DESC, y",
        "MATCH (n:N) RETURN n.b AS b, n.a + 0 AS a ORDER BY b, a DESC NULLS FIRST LIMIT 7",
        "MATCH (n:N)-[:T]->(m) RETURN n.a AS a, m.b AS b ORDER BY b DESC LIMIT 20",
        "MATCH (n:N) CALL (n) { MATCH (n)-[:T]->(m) RETURN m ORDER BY m.a LIMIT 1 } RETURN m.a AS a, count(*)",
        "MATCH (n:M) RETURN n.a AS a, count(*), sum(n.a)",
        "MATCH (n:N)-[:T*1..2]->(m) RETURN m.a + 0 AS a, count(*)",
    ];

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            6 => (-3..4_i64).prop_map(Value::Integer),
            1 => Just(Value::Null),
            1 => prop_oneof![Just(0.1), Just(1e17), Just(1.0), Just(f64::NAN)].prop_map(Value::Float),
            1 => prop_oneof![Just(i64::MAX / 2), Just(-(1 << 53) - 1)].prop_map(Value::Integer),
        ]
    }

    /// Mostly of one type, so that sums are mostly sums of integers.
    fn values() -> impl Strategy<Value = Vec<Value>> {
        let integers = prop::collection::vec((-9..9_i64).prop_map(Value::Integer), 300);
        let text = prop::collection::vec("[ab]{0,2}".prop_map(Value::from), 300);
        prop_oneof![3 => integers, 1 => text, 2 => prop::collection::vec(value(), 300)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// A statement gives the same rows in the same order on any number of threads, or fails on all of them.
        #[test]
        fn threads_give_what_one_gives(
            a in values(),
            b in values(),
            ends in prop::collection::vec((0..300_usize, 0..300_usize), 0..400),
            labelled in 0..300_usize,
        ) {
            let mut graph = Graph::new();
            let (label, t) = (graph.intern_label("N"), graph.intern_type("T"));
            let [key_a, key_b, w] = ["a", "b", "w"].map(|key| graph.intern_key(key));
            for (a, b) in a.iter().zip(&b) {
                let node = graph.create_node();
                if node.index() >= labelled / 4 {
                    graph.add_label(node, label);
                }
                graph.set_property(node, key_a, a.clone());
                graph.set_property(node, key_b, b.clone());
            }
            for (start, end) in ends {
                let relationship = graph.create_relationship(NodeId::new(start), t, NodeId::new(end));
                graph.set_property(relationship, w, a[end].clone());
            }
            graph.commit();
            graph.merge();
            let database = Database::in_memory(graph);
            for query in QUERIES {
                let rows = |threads: usize| {
                    MOST.set(threads);
                    let answer = database.run(query, &RunOptions { cache: false, ..RunOptions::default() });
                    MOST.set(3);
                    answer.map(|answer| answer.rows.iter().map(|row| format!("{row:?}")).collect::<Vec<_>>()).ok()
                };
                let alone = rows(1);
                prop_assert_eq!(rows(2), alone.clone(), "{}", query);
                prop_assert_eq!(rows(3), alone, "{}", query);
            }
        }
    }
}
