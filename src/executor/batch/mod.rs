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
mod plan;
mod reach;
mod scan;

use super::columns::NodeTest;
use super::cursor::{BoxedCursor, Cursor, open};
use super::{Result, Row, Run, row_bytes};
use crate::graph::{Graph, NodeId, RelationshipId, Value};
use crate::plan::{Operator, Slot, Top};

/// Rows of a batch, unless one node has more neighbours.
const BATCH: usize = 1024;

/// Some rows: for each variable that is still to be read, a column of ids.
#[derive(Debug, Default)]
struct Batch {
    len: usize,
    columns: Vec<Ids>,
    /// How many rows each row stands for; `None`: one.
    weight: Option<Vec<u64>>,
}

#[derive(Debug)]
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
}

/// One step of a chain; it gives batches made of those of the steps before it.
enum Step<'p> {
    Scan(scan::Scan),
    Cross(cross::Cross),
    Filter(scan::Filter<'p>),
    Expand(expand::Expand),
    Count(expand::Count),
    Reach(reach::Reach),
}

/// The next batch of the last step; batches are never empty.
fn pull(steps: &mut [Step], context: &Context, row: &mut Row, run: &mut Run) -> Result<Option<Batch>> {
    let Some((last, before)) = steps.split_last_mut() else { return Ok(None) };
    match last {
        Step::Scan(scan) => scan.next(context, run),
        Step::Cross(cross) => cross.next(before, context, row, run),
        Step::Filter(filter) => filter.next(before, context, row, run),
        Step::Expand(expand) => expand.next(before, context, row, run),
        Step::Count(count) => count.next(before, context, row, run),
        Step::Reach(reach) => reach.next(before, context, row, run),
    }
}

/// The rows of an operator, made over columns where that is possible.
pub(super) struct Columns<'p> {
    plain: &'p Operator,
    reads: &'p [Slot],
    top: Option<&'p Top>,
    argument: Row,
    state: State<'p>,
}

enum State<'p> {
    Start,
    Plain(BoxedCursor<'p>),
    /// The chain, and the rows it has given so far. `None`: it has given all.
    Rows(Option<Vec<Step<'p>>>, std::vec::IntoIter<Row>, usize),
    Groups(std::vec::IntoIter<Row>),
}

impl<'p> Columns<'p> {
    pub(super) fn new(plain: &'p Operator, reads: &'p [Slot], top: Option<&'p Top>, argument: Row) -> Columns<'p> {
        Columns { plain, reads, top, argument, state: State::Start }
    }

    fn start(&mut self, run: &mut Run) -> Result<State<'p>> {
        let Some(compiled) = plan::compile(self.plain, self.reads, &mut self.argument, run) else {
            return Ok(State::Plain(open(self.plain, self.argument.clone(), run)));
        };
        let plan::Compiled { mut steps, context, chain } = compiled;
        match chain.aggregation {
            Some(aggregation) => {
                let what = (aggregation, &chain);
                let groups = aggregate::run(&mut steps, &context, what, self.top, &mut self.argument, run)?;
                Ok(State::Groups(groups.into_iter()))
            }
            None => Ok(State::Rows(Some(steps), Vec::new().into_iter(), BATCH / 4)),
        }
    }

    /// Some more rows of a chain. The tests are made anew each time, since they look at the graph, which is not kept.
    fn more(&mut self, run: &mut Run) -> Result<()> {
        let State::Rows(kept, rows, portion) = &mut self.state else { return Ok(()) };
        let Some(mut steps) = kept.take() else { return Ok(()) };
        let Some(compiled) = plan::compile(self.plain, self.reads, &mut self.argument, run) else { return Ok(()) };
        let mut made = Vec::new();
        let mut row = self.argument.clone();
        let mut ended = false;
        while made.len() < *portion {
            let Some(batch) = pull(&mut steps, &compiled.context, &mut row, run)? else {
                ended = true;
                break;
            };
            for at in 0..batch.len {
                batch.fill(at, &mut row);
                made.push(row.clone());
            }
        }
        *portion = (*portion * 4).min(1 << 16);
        run.budget.charge(made.iter().map(|row| row_bytes(row)).sum())?;
        *rows = made.into_iter();
        if !ended {
            *kept = Some(steps);
        }
        Ok(())
    }
}

impl Cursor for Columns<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        if let State::Start = self.state {
            self.state = self.start(run)?;
        }
        loop {
            match &mut self.state {
                State::Start => return Ok(None),
                State::Plain(cursor) => return cursor.next(run),
                State::Groups(rows) => return Ok(rows.next()),
                State::Rows(steps, rows, _) => {
                    if let Some(row) = rows.next() {
                        run.budget.release(row_bytes(&row));
                        return Ok(Some(row));
                    }
                    if steps.is_none() {
                        return Ok(None);
                    }
                }
            }
            self.more(run)?;
        }
    }
}
