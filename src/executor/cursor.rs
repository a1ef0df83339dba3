//! From operators to cursors.

use std::time::Instant;

use super::table::Table;
use super::{
    Result, Row, Run, aggregate, batch, chosen, count, expand, load, nested, repeat, row_bytes, rows, scan, seek,
    shortest, trail, transactions, update,
};
use crate::graph::Value;
use crate::plan::{Expr, Operator};
use crate::result::Rows;

/// Gives the rows of an operator, one at a time. It may be sent on: an answer is read by whoever serves the connection.
pub(super) trait Cursor: Send {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>>;

    /// Gives all rows as columns, if they come as columns; it is asked before any row is.
    fn table(&mut self, _: &mut Run) -> Result<Option<Table>> {
        Ok(None)
    }
}

/// All rows of a cursor.
pub(super) fn all(cursor: &mut BoxedCursor, run: &mut Run) -> Result<Rows> {
    if let Some(table) = cursor.table(run)? {
        return Ok(table.into_rows());
    }
    let mut rows = Vec::new();
    while let Some(row) = cursor.next(run)? {
        run.budget.charge(row_bytes(&row))?;
        rows.push(row);
    }
    Ok(Rows::from(rows))
}

/// Visits all rows of a cursor; the slots that the expressions read hold the values of each.
pub(super) fn each<'e>(
    cursor: &mut BoxedCursor,
    read: impl IntoIterator<Item = &'e Expr>,
    run: &mut Run,
    mut visit: impl FnMut(&mut Row, &mut Run) -> Result<()>,
) -> Result<()> {
    if let Some(table) = cursor.table(run)? {
        return table.each(read, run, |_, row, run| visit(row, run));
    }
    while let Some(mut row) = cursor.next(run)? {
        run.budget.tick()?;
        visit(&mut row, run)?;
    }
    Ok(())
}

pub(super) type BoxedCursor<'p> = Box<dyn Cursor + 'p>;

/// Opens a plan on an argument row.
pub(super) fn open<'p>(operator: &'p Operator, argument: Row, run: &Run) -> BoxedCursor<'p> {
    let cursor = open_unmeasured(operator, argument, run);
    match run.profile {
        Some(_) => Box::new(Measured { operator, cursor }),
        None => cursor,
    }
}

fn open_unmeasured<'p>(operator: &'p Operator, argument: Row, run: &Run) -> BoxedCursor<'p> {
    use Operator::*;
    if let Argument = operator {
        return Box::new(Once(Some(argument)));
    }
    if let CountMatches { slots, counting, plain } = operator {
        return Box::new(count::CountMatches::new(slots, counting, plain, argument));
    }
    if let Union { inputs } = operator {
        return Box::new(rows::Union::new(inputs, argument));
    }
    if let Columns { input, reads, top } = operator {
        return Box::new(batch::Columns::new(input, reads, top.as_ref(), argument));
    }
    // Every other operator has one input.
    let input = |operator: &'p Operator| open(operator, argument.clone(), run);
    match operator {
        Argument | Union { .. } | CountMatches { .. } | Match { .. } | Columns { .. } => Box::new(Once(None)),
        NodeScan { input: i, slot, label } => Box::new(scan::NodeScan::new(input(i), *slot, label.as_deref())),
        NodeIndexSeek { input: i, seek } => Box::new(seek::NodeIndexSeek::new(input(i), seek)),
        LoadCsv { input: i, load } => Box::new(load::LoadCsv::new(input(i), load)),
        Expand { input: i, step } => Box::new(expand::Expand::new(input(i), step)),
        ExpandVariable { input: i, step, several } => Box::new(trail::ExpandVariable::new(input(i), step, several)),
        Reach { input: i, step, several } => Box::new(trail::Reach::new(input(i), step, several)),
        Repeat { input: i, step, several, round } => Box::new(repeat::Repeat::new(input(i), step, several, round)),
        ExpandBound { input: i, step, length } => Box::new(expand::ExpandBound::new(input(i), step, *length)),
        ShortestPath { input: i, search } => Box::new(shortest::ShortestPath::new(input(i), search)),
        Choose { input: i, inner, choice, path, end } => {
            Box::new(nested::Choose::new(input(i), inner, choice, path, *end))
        }
        SearchPaths { input: i, search } => Box::new(chosen::SearchPaths::new(input(i), search)),
        Filter { input: i, condition } => Box::new(rows::Filter { input: input(i), condition }),
        Project { input: i, items } => Box::new(rows::Project { input: input(i), items }),
        Aggregate { input: i, aggregation } => {
            Box::new(aggregate::Aggregate::new(input(i), aggregation, argument.clone()))
        }
        Distinct { input: i, slots } => Box::new(rows::Distinct::new(input(i), slots)),
        Sort { input: i, keys, limit } => Box::new(rows::Sort::new(input(i), keys, limit.as_ref())),
        Skip { input: i, count } => Box::new(rows::Skip::new(input(i), count)),
        Limit { input: i, count } => Box::new(rows::Limit::new(input(i), count, i.writes())),
        Unwind { input: i, unwind } => Box::new(rows::Unwind::new(input(i), unwind)),
        Optional { input: i, inner, slots } => Box::new(rows::Optional::new(input(i), inner, slots)),
        Subquery { input: i, inner, columns, optional } => {
            Box::new(nested::Subquery::new(input(i), inner, columns, *optional))
        }
        SubqueryInTransactions { input: i, inner, columns, optional, batches } => {
            Box::new(transactions::Transactions::new(input(i), inner, columns, *optional, batches))
        }
        Foreach { input: i, inner, list, slot } => Box::new(nested::Foreach::new(input(i), inner, list, *slot)),
        Call { input: i, call } => Box::new(scan::Call::new(input(i), call, matches!(**i, Argument), run.width)),
        Create { .. } | Merge { .. } | Set { .. } | Remove { .. } | Delete { .. } => {
            let source = operator.inputs()[0];
            Box::new(update::Update::new(input(source), operator))
        }
        Drain { input: i } => Box::new(rows::Drain { input: input(i) }),
        Produce { input: i, columns } => Box::new(rows::Produce::new(input(i), columns)),
        DistinctRows { input: i } => Box::new(rows::DistinctRows::new(input(i))),
    }
}

/// A cursor without rows.
pub(super) fn none<'p>() -> BoxedCursor<'p> {
    Box::new(Once(None))
}

/// One row, or none.
struct Once(Option<Row>);

impl Cursor for Once {
    fn next(&mut self, _: &mut Run) -> Result<Option<Row>> {
        Ok(self.0.take())
    }
}

/// Counts the rows of a cursor and the time it takes.
struct Measured<'p> {
    operator: &'p Operator,
    cursor: BoxedCursor<'p>,
}

impl Cursor for Measured<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        let start = Instant::now();
        let row = self.cursor.next(run);
        if let Some(profile) = &mut run.profile {
            profile.add(self.operator, u64::from(matches!(row, Ok(Some(_)))), start.elapsed());
        }
        row
    }

    fn table(&mut self, run: &mut Run) -> Result<Option<Table>> {
        let start = Instant::now();
        let table = self.cursor.table(run)?;
        if let (Some(table), Some(profile)) = (&table, &mut run.profile) {
            profile.add(self.operator, table.len() as u64, start.elapsed());
        }
        Ok(table)
    }
}

/// Rows that come from each input row in turn.
pub(super) struct Flow<'p> {
    input: BoxedCursor<'p>,
    row: Option<Row>,
}

impl<'p> Flow<'p> {
    pub(super) fn new(input: BoxedCursor<'p>) -> Flow<'p> {
        Flow { input, row: None }
    }

    /// The current input row with some slots set anew.
    pub(super) fn with(&self, values: impl IntoIterator<Item = (usize, Value)>) -> Row {
        let mut row = self.row.clone().unwrap_or_default();
        for (slot, value) in values {
            row[slot] = value;
        }
        row
    }

    /// The current input row; there is one once `advance` has said so.
    pub(super) fn row(&mut self) -> &mut Row {
        self.row.get_or_insert_default()
    }

    /// Moves to the next input row; false at the end.
    pub(super) fn advance(&mut self, run: &mut Run) -> Result<bool> {
        run.budget.tick()?;
        self.row = self.input.next(run)?;
        Ok(self.row.is_some())
    }
}

/// Whether an entity's properties equal the values asked for.
pub(super) fn properties_match(
    entity: crate::graph::Entity,
    wanted: &[(std::sync::Arc<str>, Value)],
    run: &Run,
) -> bool {
    let graph = run.graph();
    wanted.iter().all(|(key, value)| graph.property_by_name(entity, key).equals(value) == Some(true))
}
