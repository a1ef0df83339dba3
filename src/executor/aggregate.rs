//! Grouping and aggregating.

use std::collections::HashMap;

use super::cursor::{BoxedCursor, Cursor, each};
use super::evaluate::evaluate;
use super::{Result, Row, Run, row_bytes};
use crate::functions::aggregate::{Accumulator, Distinct};
use crate::graph::Value;
use crate::plan::{AggregateCall, Aggregation};

/// One row per group, in the order in which the groups were first met.
pub(super) struct Aggregate<'p> {
    input: BoxedCursor<'p>,
    aggregation: &'p Aggregation,
    /// What the plan was opened on: values that stay the same for all groups.
    argument: Row,
    groups: Option<std::vec::IntoIter<Group>>,
}

/// The groups so far, in order, and where each key's is.
#[derive(Default)]
struct Groups {
    list: Vec<Group>,
    by_key: HashMap<Vec<Value>, usize>,
}

struct Group {
    /// The first row of the group, with the keys set.
    row: Row,
    states: Vec<Box<dyn Accumulator>>,
}

impl<'p> Aggregate<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, aggregation: &'p Aggregation, argument: Row) -> Aggregate<'p> {
        Aggregate { input, aggregation, argument, groups: None }
    }

    fn group(&mut self, run: &mut Run) -> Result<Vec<Group>> {
        let Aggregation { keys, aggregates } = self.aggregation;
        let read = keys.iter().map(|(_, key)| key).chain(aggregates.iter().flat_map(|(_, call)| &call.arguments));
        let mut groups = Groups::default();
        let (aggregation, argument) = (self.aggregation, &self.argument);
        each(&mut self.input, read, run, |row, run| groups.take(aggregation, argument, row, run))?;
        let mut groups = groups.list;
        if groups.is_empty() && self.aggregation.keys.is_empty() {
            groups.push(Group { row: self.argument.clone(), states: start(self.aggregation) });
        }
        Ok(groups)
    }
}

impl Groups {
    /// Adds a row to its group.
    fn take(&mut self, aggregation: &Aggregation, argument: &Row, row: &mut Row, run: &mut Run) -> Result<()> {
        let mut key = Vec::with_capacity(aggregation.keys.len());
        for (_, e) in &aggregation.keys {
            key.push(evaluate(e, row, run)?);
        }
        let index = match self.by_key.get(&key) {
            Some(index) => *index,
            None => {
                run.budget.charge(2 * row_bytes(&key) + row_bytes(row))?;
                let mut first = argument.clone();
                for ((slot, _), value) in aggregation.keys.iter().zip(&key) {
                    first[*slot] = value.clone();
                }
                self.list.push(Group { row: first, states: start(aggregation) });
                self.by_key.insert(key, self.list.len() - 1);
                self.list.len() - 1
            }
        };
        self.list[index].add(aggregation, row, run)
    }
}

fn start(aggregation: &Aggregation) -> Vec<Box<dyn Accumulator>> {
    let start = |call: &AggregateCall| {
        let state = (call.function.start)();
        if call.distinct { Box::new(Distinct::new(state)) } else { state }
    };
    aggregation.aggregates.iter().map(|(_, call)| start(call)).collect()
}

impl Group {
    fn add(&mut self, aggregation: &Aggregation, row: &mut Row, run: &mut Run) -> Result<()> {
        for ((_, call), state) in aggregation.aggregates.iter().zip(&mut self.states) {
            let mut arguments = Vec::with_capacity(call.arguments.len());
            for argument in &call.arguments {
                arguments.push(evaluate(argument, row, run)?);
            }
            if arguments.first().is_some_and(Value::is_null) {
                continue;
            }
            state.add(&arguments).map_err(|error| error.at(call.span))?;
            run.budget.charge(state.growth())?;
        }
        Ok(())
    }
}

impl Cursor for Aggregate<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        if self.groups.is_none() {
            self.groups = Some(self.group(run)?.into_iter());
        }
        let Some(mut group) = self.groups.as_mut().and_then(Iterator::next) else { return Ok(None) };
        for ((slot, call), state) in self.aggregation.aggregates.iter().zip(&mut group.states) {
            group.row[*slot] = state.finish().map_err(|error| error.at(call.span))?;
        }
        Ok(Some(group.row))
    }
}
