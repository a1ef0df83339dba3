//! Grouping and aggregating: one row per group, in the order in which the groups were first met.

use super::aggregate_state::State;
use super::batch::{Batch, Chunks};
use super::groups::Groups;
use super::source::{Argument, Input, Source, open};
use super::vector::Vector;
use super::{Result, Run, kernels, lanes};
use crate::functions::aggregate::Kernel;
use crate::graph::{self, Graph};
use crate::plan::{AggregateCall, Aggregation, Expr, ExprKind, Operator};

pub(super) struct Aggregate<'p> {
    plan: &'p Operator,
    input: Input<'p>,
    argument: Argument,
    aggregation: &'p Aggregation,
    made: Option<Chunks>,
}

impl<'p> Aggregate<'p> {
    pub(super) fn new(
        plan: &'p Operator,
        argument: Argument,
        aggregation: &'p Aggregation,
        run: &Run,
    ) -> Aggregate<'p> {
        let input = open(plan, &argument, run);
        Aggregate { plan, input, argument, aggregation, made: None }
    }

    fn group(&mut self, run: &mut Run) -> Result<Batch> {
        let gather = |input: &mut Input, run: &mut Run| gather(self.aggregation, &self.argument, input, run);
        if Grouping::can_be_split(self.aggregation, run.graph())
            && let Some(parts) = lanes::side_by_side(self.plan, &self.argument, run, gather)?
            && let Some(together) = Grouping::together(parts, run)?
        {
            return together.finish();
        }
        gather(&mut self.input, run)?.finish()
    }
}

/// The groups of all rows of a source.
fn gather<'p>(
    aggregation: &'p Aggregation,
    argument: &Argument,
    input: &mut Input,
    run: &mut Run,
) -> Result<Grouping<'p>> {
    let mut grouping = Grouping::new(aggregation, argument.clone(), |_| false);
    while let Some(batch) = input.next(run)? {
        grouping.add(&batch, None, run)?;
    }
    Ok(grouping)
}

/// Groups under way.
pub(super) struct Grouping<'p> {
    aggregation: &'p Aggregation,
    argument: Argument,
    /// Rows of different rows of the argument are in different groups; their number is then the first key.
    groups: Groups,
    states: Vec<State<'p>>,
}

impl<'p> Grouping<'p> {
    /// `counts_rows` tells of which aggregates the argument need not be looked at: they count rows.
    pub(super) fn new(
        aggregation: &'p Aggregation,
        argument: Argument,
        counts_rows: impl Fn(&AggregateCall) -> bool,
    ) -> Grouping<'p> {
        let keys = aggregation.keys.len() + usize::from(argument.len() > 1);
        let state = |call| State::new(call, if counts_rows(call) { &[] } else { &call.arguments });
        let states = aggregation.aggregates.iter().map(|(_, call)| state(call)).collect();
        Grouping { aggregation, argument, groups: Groups::new(keys), states }
    }

    /// Without keys, each row of the argument has a group, whether there are rows or not.
    fn is_total(&self) -> bool {
        self.aggregation.keys.is_empty()
    }

    fn len(&self) -> usize {
        if self.is_total() { self.argument.len() } else { self.groups.len() }
    }

    /// Adds the rows of a batch to their groups. `weights`: how many equal rows each row represents; one without them.
    pub(super) fn add(&mut self, batch: &Batch, weights: Option<&[u64]>, run: &mut Run) -> Result<()> {
        let keys = &self.aggregation.keys;
        let read = keys.iter().map(|(_, key)| key).chain(self.states.iter().flat_map(|state| state.arguments));
        let (vectors, len, failure) = kernels::vectors(read, batch, run);
        let (of_keys, mut of_calls) = vectors.split_at(keys.len());
        let alone = self.argument.len() == 1;
        let groups = match (self.is_total(), alone) {
            (true, true) => vec![0; len],
            (true, false) => (0..len).map(|row| batch.origin_of(row) as u32).collect(),
            (false, true) => self.groups.of(of_keys, len, run)?,
            (false, false) => {
                let of_keys: Vec<Vector> = [batch.origin().clone()].iter().chain(of_keys).cloned().collect();
                self.groups.of(&of_keys, len, run)?
            }
        };
        let count = self.len();
        for state in &mut self.states {
            let (arguments, rest) = of_calls.split_at(state.arguments.len());
            of_calls = rest;
            let span = state.call.span;
            state.add(&groups, count, arguments, weights, run).map_err(|error| kernels::located(error, span))?;
        }
        failure.map_or(Ok(()), Err)
    }

    /// Whether groups made of parts of the rows can be put together, as far as the plan tells.
    pub(super) fn can_be_split(aggregation: &Aggregation, graph: &Graph) -> bool {
        aggregation.aggregates.iter().all(|(_, call)| match call.function.kernel {
            Kernel::Count | Kernel::Least | Kernel::Greatest => true,
            Kernel::Collect => !call.distinct,
            // Sums of floats depend on the order in which they are added.
            Kernel::Sum | Kernel::Mean => !call.distinct && !call.arguments.iter().any(|of| is_float(of, graph)),
            Kernel::Other => false,
        })
    }

    /// The groups of parts of the rows, in the order of the rows; `None` if what they hold may depend on that order.
    pub(super) fn together(parts: Vec<Grouping<'p>>, run: &Run) -> Result<Option<Grouping<'p>>> {
        if !parts.iter().all(|part| part.states.iter().all(State::is_exact)) {
            return Ok(None);
        }
        let mut parts = parts.into_iter();
        let Some(mut all) = parts.next() else { return Ok(None) };
        for part in parts {
            let of = match all.is_total() {
                true => (0..part.len() as u32).collect(),
                false => all.groups.absorb(&part.groups, run)?,
            };
            let count = all.len();
            for (state, other) in all.states.iter_mut().zip(part.states) {
                state.absorb(other, &of, count, run)?;
            }
        }
        Ok(Some(all))
    }

    /// A row for each group.
    pub(super) fn finish(self) -> Result<Batch> {
        let count = self.len();
        let alone = self.argument.len() == 1;
        let mut out = match (self.is_total(), alone) {
            (true, _) => (*self.argument.rows).clone(),
            (false, true) => self.argument.rows.spread(vec![0; count]),
            (false, false) => {
                let origins = self.groups.vector(0);
                let places = (0..count).map(|group| origins.value(group).as_integer().unwrap_or(0) as u32);
                self.argument.rows.spread(places.collect())
            }
        };
        for (at, (slot, _)) in self.aggregation.keys.iter().enumerate() {
            out.set(*slot, self.groups.vector(at + usize::from(!alone)));
        }
        for ((slot, call), state) in self.aggregation.aggregates.iter().zip(self.states) {
            out.set(*slot, state.finish(count).map_err(|error| error.at(call.span))?);
        }
        Ok(out)
    }
}

impl Source for Aggregate<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        if self.made.is_none() {
            self.made = Some(Chunks::new(self.group(run)?));
        }
        Ok(self.made.as_mut().and_then(Chunks::next))
    }
}

/// Whether an expression is a property that is a float wherever it is.
fn is_float(expr: &Expr, graph: &Graph) -> bool {
    let ExprKind::Property(_, key) = &expr.kind else { return false };
    let Some(key) = graph.key(key) else { return false };
    let columns = [graph.node_column(key), graph.relationship_column(key)];
    columns.into_iter().flatten().any(|column| matches!(column.data(), graph::Data::Float(_)))
}
