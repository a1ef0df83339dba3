//! Plans over columns: a chain of operators from a scan on, run on batches of nodes instead of rows.
//!
//! A batch holds node and relationship ids only, a column of them for each variable that is read later; a property is
//! looked at where it is asked for and made a value only in the answer. Conditions on one node are asked of columns
//! ([`super::columns`]). The end of a relationship that nobody reads is not visited: a batch has a weight for each
//! row, the number of rows that it stands for. Batches come in the order in which the rows would, and are made when
//! they are asked for, so that LIMIT stops the work.
//!
//! What the optimizer marked may still turn out not to be possible on the data (a condition that could fail, a
//! statement that writes): then the operators run as rows.

mod aggregate;
mod cross;
mod ends;
mod expand;
mod groups;
mod known;
mod lanes;
#[cfg(test)]
mod laws;
mod plan;
mod reach;
mod scan;
mod state;
mod top;
mod trails;

use std::ops::Range;
use std::time::Instant;

use super::aggregate::Grouping;
use super::batch::{Batch as Rows, Chunks, picks};
use super::columns::NodeTest;
use super::lanes::WORTH_A_THREAD;
use super::source::{Argument, Input, Source, open};
use super::vector;
use super::{Result, Row, Run};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{Graph, NodeId, RelationshipId, Value};
use crate::plan::{Aggregation, Chain, Operator, Slot, Top};

/// Rows of a batch, unless one node has more neighbours.
const BATCH: usize = 1024;

/// Some rows: for each variable that is still to be read, a column of ids.
#[derive(Clone, Debug, Default)]
struct Batch {
    len: usize,
    columns: Vec<Ids>,
    /// How many rows each row stands for; `None`: one.
    weight: Option<Vec<u64>>,
}

#[derive(Clone, Debug)]
struct Ids {
    slot: Slot,
    relationship: bool,
    ids: Vec<u32>,
}

impl Batch {
    /// The column of a slot; the plan has made sure that there is one.
    fn ids(&self, slot: Slot) -> &[u32] {
        self.columns.iter().find(|column| column.slot == slot).map_or(&[], |column| &column.ids)
    }

    /// How many rows it stands for.
    fn rows(&self) -> u64 {
        self.weight.as_ref().map_or(self.len as u64, |weight| weight.iter().sum())
    }

    /// All its rows, with the columns that are wanted.
    fn keep(mut self, wanted: &[Slot]) -> Batch {
        self.columns.retain(|column| wanted.contains(&column.slot));
        self
    }

    /// The same with these columns only.
    fn with(&self, wanted: &[Slot]) -> Batch {
        let columns = self.columns.iter().filter(|column| wanted.contains(&column.slot)).cloned();
        Batch { len: self.len, columns: columns.collect(), weight: None }
    }

    /// The rows at these places, with the columns that are wanted.
    fn pick(&self, places: &[u32], wanted: &[Slot]) -> Batch {
        let columns = self.columns.iter().filter(|column| wanted.contains(&column.slot));
        let columns = columns.map(|column| Ids {
            slot: column.slot,
            relationship: column.relationship,
            ids: places.iter().map(|place| column.ids[*place as usize]).collect(),
        });
        let weight = self.weight.as_ref().map(|all| places.iter().map(|place| all[*place as usize]).collect());
        Batch { len: places.len(), columns: columns.collect(), weight }
    }

    /// Puts the ids of one row into the row of values.
    fn fill(&self, at: usize, row: &mut Row) {
        for column in &self.columns {
            let id = column.ids[at] as usize;
            row[column.slot] = match column.relationship {
                true => Value::Relationship(RelationshipId::new(id)),
                false => Value::Node(NodeId::new(id)),
            };
        }
    }
}

/// What the steps of a chain look at while they run.
struct Context<'g> {
    graph: &'g Graph,
    tests: Vec<NodeTest<'g>>,
    /// The slots of nodes.
    nodes: Vec<Slot>,
}

/// One step of a chain; it gives batches made of those of the steps before it.
#[derive(Clone)]
struct Step<'p> {
    work: Work<'p>,
    /// The last operator that it does the work of.
    operator: &'p Operator,
}

#[derive(Clone)]
enum Work<'p> {
    Scan(scan::Scan<'p>),
    Cross(cross::Cross<'p>),
    Filter(scan::Filter<'p>),
    Expand(expand::Expand),
    Count(expand::Count),
    Reach(reach::Reach),
    Trails(trails::Trails),
}

/// What batches are taken from, and what the steps work with.
struct Feed<'a, 'p, 'g, 'r> {
    steps: &'a mut [Step<'p>],
    context: &'a Context<'g>,
    row: &'a mut Row,
    run: &'a mut Run<'r>,
}

impl Feed<'_, '_, '_, '_> {
    /// Whether rows come from all nodes of the graph or of a label, or of most of them.
    fn goes_through_all(&mut self) -> bool {
        let Some((Step { work: Work::Scan(scan), .. }, _)) = self.steps.split_first_mut() else { return false };
        let mut before = Feed { steps: &mut [], context: self.context, row: self.row, run: self.run };
        scan.goes_through_all(&mut before)
    }

    /// The batch that a step has not used up, or the next one.
    fn rest_or_next(&mut self, rest: &mut Option<Batch>) -> Result<Option<Batch>> {
        match rest.take() {
            Some(batch) => Ok(Some(batch)),
            None => self.next(),
        }
    }

    /// The next batch of the last step; batches are never empty.
    fn next(&mut self) -> Result<Option<Batch>> {
        let Some((last, before)) = self.steps.split_last_mut() else { return Ok(None) };
        let mut feed = Feed { steps: before, context: self.context, row: self.row, run: self.run };
        let start = feed.run.profile.is_some().then(Instant::now);
        let batch = match &mut last.work {
            Work::Scan(scan) => scan.next(&mut feed),
            Work::Cross(cross) => cross.next(&mut feed),
            Work::Filter(filter) => filter.next(&mut feed),
            Work::Expand(expand) => expand.next(&mut feed),
            Work::Count(count) => count.next(&mut feed),
            Work::Reach(reach) => reach.next(&mut feed),
            Work::Trails(trails) => trails.next(&mut feed),
        };
        if let (Some(start), Some(profile)) = (start, &mut self.run.profile) {
            let rows = batch.as_ref().map_or(0, |batch| batch.as_ref().map_or(0, Batch::rows));
            profile.add(last.operator, rows, start.elapsed());
        }
        batch
    }
}

/// The rows of an operator, made over columns where that is possible.
pub(super) struct Columns<'p> {
    operator: &'p Operator,
    plain: &'p Operator,
    reads: &'p [Slot],
    top: Option<&'p Top>,
    argument: Argument,
    /// The one row of the argument.
    row: Row,
    state: State<'p>,
}

enum State<'p> {
    Start,
    Plain(Input<'p>),
    Chain(Chained<'p>),
    /// Groups that are all there.
    Groups(Chunks),
}

/// A chain that gives rows batch by batch.
struct Chained<'p> {
    /// `None`: it has given all.
    steps: Option<Vec<Step<'p>>>,
    /// Which rows are wanted at all.
    sieve: Option<top::Sieve<'p>>,
    /// What has been made and not yet given.
    made: std::vec::IntoIter<Rows>,
    /// How many rows to make next.
    portion: usize,
}

impl<'p> Columns<'p> {
    pub(super) fn new(
        operator: &'p Operator,
        (plain, reads, top): (&'p Operator, &'p [Slot], Option<&'p Top>),
        argument: &Argument,
    ) -> Columns<'p> {
        let row = argument.rows.row(0);
        Columns { operator, plain, reads, top, argument: argument.clone(), row, state: State::Start }
    }

    fn start(&mut self, run: &mut Run) -> Result<State<'p>> {
        let Some(compiled) = plan::compile(self.plain, self.reads, &mut self.row, run) else {
            return Ok(State::Plain(open(self.plain, &self.argument, run)));
        };
        let plan::Compiled { mut steps, context, chain } = compiled;
        if let (Some(Step { work: Work::Scan(scan), .. }), Some(words)) =
            (steps.first_mut(), run.words_of(self.operator))
        {
            *scan = scan.within(words);
        }
        match chain.aggregation {
            Some(aggregation) => {
                let feed = &mut Feed { steps: &mut steps, context: &context, row: &mut self.row, run };
                let groups = match aggregate::run(feed, (aggregation, &chain), self.top, &self.argument.rows)? {
                    Some(groups) => groups,
                    None => grouped(feed, aggregation, &chain, &self.argument)?.finish()?,
                };
                Ok(State::Groups(Chunks::new(groups)))
            }
            None => {
                let sieve = self.top.and_then(|top| top::Sieve::new(top, &mut self.row, run));
                let made = Vec::new().into_iter();
                Ok(State::Chain(Chained { steps: Some(steps), sieve, made, portion: BATCH / 4 }))
            }
        }
    }

    /// Some more rows of a chain. The tests are made anew each time, since they look at the graph, which is not kept.
    fn more(&mut self, run: &mut Run) -> Result<()> {
        let State::Chain(chained) = &mut self.state else { return Ok(()) };
        let Some(mut steps) = chained.steps.take() else { return Ok(()) };
        let Some(compiled) = plan::compile(self.plain, self.reads, &mut self.row, run) else {
            let message = "a chain that ran over columns does so no more";
            return Err(Diagnostic::runtime(Kind::InternalError, Detail::Defect, message));
        };
        let mut row = self.row.clone();
        let mut feed = Feed { steps: &mut steps, context: &compiled.context, row: &mut row, run };
        let whole = chained.sieve.is_some() && feed.goes_through_all();
        let column = chained.sieve.as_ref().and_then(|sieve| sieve.column(&compiled.context, whole));
        let (mut made, mut rows) = (Vec::new(), 0);
        let mut ended = false;
        while rows < chained.portion {
            let Some(batch) = Feed { steps: &mut steps, context: &compiled.context, row: &mut row, run }.next()? else {
                ended = true;
                break;
            };
            let batch = match &mut chained.sieve {
                Some(sieve) => {
                    let passed = sieve.passing(column, &batch, &mut row, run)?;
                    self.argument.rows.with_ids(batch).pick(&picks(passed))
                }
                None => self.argument.rows.with_ids(batch),
            };
            rows += batch.len;
            if !batch.is_empty() {
                made.push(batch);
            }
        }
        chained.portion = (chained.portion * 4).min(1 << 16);
        chained.made = made.into_iter();
        if !ended {
            chained.steps = Some(steps);
        }
        Ok(())
    }
}

/// The words of nodes that threads may go through for the rows of a chain, each of which is worth a thread.
pub(super) fn ranges(
    plain: &Operator,
    reads: &[Slot],
    argument: &Argument,
    worth: usize,
    run: &mut Run,
) -> Vec<Range<usize>> {
    let mut row = argument.rows.row(0);
    let Some(compiled) = plan::compile(plain, reads, &mut row, run) else { return Vec::new() };
    let plan::Compiled { mut steps, context, .. } = compiled;
    lanes::ranges(&mut Feed { steps: &mut steps, context: &context, row: &mut row, run }, worth)
}

/// The groups of all rows that are still to come.
fn grouped<'p>(
    feed: &mut Feed<'_, 'p, '_, '_>,
    aggregation: &'p Aggregation,
    chain: &Chain,
    argument: &Argument,
) -> Result<Grouping<'p>> {
    let gather = |feed: &mut Feed| {
        let mut grouping = Grouping::new(aggregation, argument.clone(), |call| chain.counts_rows(call));
        while let Some(mut rows) = feed.next()? {
            let weights = rows.weight.take();
            grouping.add(&argument.rows.with_ids(rows), weights.as_deref(), feed.run)?;
        }
        Ok(grouping)
    };
    if Grouping::can_be_split(aggregation, feed.context.graph) {
        let lanes = lanes::split(feed, WORTH_A_THREAD);
        if !lanes.is_empty() {
            let parts = lanes::side_by_side(lanes, feed, gather)?;
            if let Some(together) = Grouping::together(parts.unwrap_or_default(), feed.run)? {
                return Ok(together);
            }
        }
    }
    gather(feed)
}

impl Rows {
    /// The one row that this is, with each of the rows of a chain.
    fn with_ids(&self, batch: Batch) -> Rows {
        let mut rows = self.spread(vec![0; batch.len]);
        for Ids { slot, relationship, ids } in batch.columns {
            rows.set(
                slot,
                match relationship {
                    true => vector::Data::Relationships(ids).into(),
                    false => vector::Vector::nodes(ids),
                },
            );
        }
        rows
    }
}

impl Source for Columns<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Rows>> {
        if let State::Start = self.state {
            self.state = self.start(run)?;
        }
        loop {
            match &mut self.state {
                State::Start => return Ok(None),
                State::Plain(input) => return input.next(run),
                State::Groups(groups) => return Ok(groups.next()),
                State::Chain(chained) => {
                    if let Some(batch) = chained.made.next() {
                        return Ok(Some(batch));
                    }
                    if chained.steps.is_none() {
                        return Ok(None);
                    }
                }
            }
            self.more(run)?;
        }
    }
}
