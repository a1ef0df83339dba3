//! Counts the matches of patterns without listing them.
//!
//! A sum of terms ([`crate::plan::Term`]) is worked out term by term. What hangs at a node without closing a cycle is
//! gathered into a [`weight::Weight`] of that node, one pass over each edge ([`tree`]); cycles are walked node by node
//! with intersections of sorted neighbour lists, so that no list of partial matches grows larger than the answer can be
//! ([`cycle`]; "worst-case optimal", Ngo, Porat, Ré, Rudra 2012).
//! What cannot be done so stops with [`Stop::Plain`], and the plain plan runs. Tests: the laws of counting, and
//! `tests/scripts/plans/counting.test`.

mod cycle;
mod domain;
mod lists;
mod order;
mod overlay;
mod tree;
mod weight;

use std::sync::Arc;

use super::cursor::{BoxedCursor, Cursor, open};
use super::{Access, Result, Row, Run};
use crate::diagnostic::Diagnostic;
use crate::graph::{Bitmap, Graph, Value};
use crate::limits::Budget;
use crate::plan::{Counting, Fold, HangingPart, Operator, Slot, Term};
use lists::ListStore;
use weight::{Factor, Values, Weight};

/// Why counting stops.
enum Stop {
    /// The plain plan must say it: the numbers grow too large, or a condition fails for some node.
    Plain,
    Error(Diagnostic),
}

impl From<Diagnostic> for Stop {
    fn from(error: Diagnostic) -> Stop {
        Stop::Error(error)
    }
}

type Outcome<T> = std::result::Result<T, Stop>;

/// One row with the number of matches.
pub(super) struct CountMatches<'p> {
    slots: &'p [Slot],
    counting: &'p Counting,
    plain: &'p Operator,
    /// The row to add to, until it is given.
    argument: Option<Row>,
    /// The plain plan, if that is what runs.
    running: Option<BoxedCursor<'p>>,
}

impl<'p> CountMatches<'p> {
    pub(super) fn new(
        slots: &'p [Slot],
        counting: &'p Counting,
        plain: &'p Operator,
        argument: Row,
    ) -> CountMatches<'p> {
        CountMatches { slots, counting, plain, argument: Some(argument), running: None }
    }
}

impl Cursor for CountMatches<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        if let Some(plain) = &mut self.running {
            return plain.next(run);
        }
        let Some(mut row) = self.argument.take() else { return Ok(None) };
        match count(self.counting, &row, run) {
            Ok(number) => {
                for slot in self.slots {
                    row[*slot] = Value::Integer(number);
                }
                Ok(Some(row))
            }
            Err(Stop::Plain) => self.running.insert(open(self.plain, row, run)).next(run),
            Err(Stop::Error(error)) => Err(error),
        }
    }
}

/// A count that begins at fewer than one of this many nodes will not look at the lists of most.
const NARROW: usize = if cfg!(test) { 2 } else { 64 };

/// More nodes and relationships than this do not fit the arrays of numbers used here.
const LARGEST: usize = 1 << 31;

fn count(counting: &Counting, argument: &Row, run: &mut Run) -> Outcome<i64> {
    let Access::Read(graph) = run.access else { return Err(Stop::Plain) };
    if graph.node_bound().max(graph.relationship_bound()) >= LARGEST {
        return Err(Stop::Plain);
    }
    let mut counter = Counter { graph, budget: run.budget, lists: ListStore::new(graph), charged: 0 };
    let weights = counter.weights(counting, None, argument, run)?;
    let mut total = 0_i128;
    for term in &counting.terms {
        let number = i128::try_from(counter.total(term, &weights)?).map_err(|_| Stop::Plain)?;
        let product = number.checked_mul(i128::from(term.coefficient)).ok_or(Stop::Plain)?;
        total = total.checked_add(product).ok_or(Stop::Plain)?;
    }
    i64::try_from(total).map_err(|_| Stop::Plain)
}

/// What is at hand while counting.
struct Counter<'g> {
    graph: &'g Graph,
    budget: &'g Budget,
    lists: ListStore<'g>,
    /// Bytes to be released at the end, besides those of the lists.
    charged: usize,
}

impl Drop for Counter<'_> {
    fn drop(&mut self) {
        self.budget.release(self.charged + self.lists.bytes);
    }
}

impl<'g> Counter<'g> {
    /// What each variable's own conditions and hanging parts make of it. `first` narrows the first one.
    fn weights(
        &mut self,
        counting: &Counting,
        first: Option<Arc<Bitmap>>,
        argument: &Row,
        run: &mut Run,
    ) -> Outcome<Vec<Weight<'g>>> {
        let mut weights = Vec::with_capacity(counting.variables.len());
        for (at, variable) in counting.variables.iter().enumerate() {
            let among = if at == 0 { first.clone() } else { None };
            let (slot, conditions) = (variable.slot, &variable.conditions);
            let domain = domain::domain(slot, conditions, among, self.graph, argument, run)?;
            let is_narrow = |domain: &Arc<Bitmap>| domain.count() * NARROW < self.graph.node_bound();
            self.lists.narrow |= domain.as_ref().is_some_and(is_narrow);
            weights.push(Weight { domain, factors: vec![] });
        }
        for (variable, weight) in counting.variables.iter().zip(&mut weights) {
            for part in &variable.parts {
                self.hang(part, weight, argument, run)?;
            }
        }
        Ok(weights)
    }

    /// Works out a part for each node of the variable at which it hangs.
    fn hang(&mut self, part: &HangingPart, weight: &mut Weight<'g>, argument: &Row, run: &mut Run) -> Outcome<()> {
        let weights = self.weights(&part.counting, weight.domain.clone(), argument, run)?;
        let values = match part.counting.terms.as_slice() {
            [only] if only.coefficient == 1 => self.by_node(only, &weights)?,
            terms => self.sums(terms, &weights)?,
        };
        let wanted = match part.fold {
            Fold::Each => {
                weight.factors.push(Factor::Values(Arc::new(values)));
                return Ok(());
            }
            Fold::AtLeastOne => {
                weight.factors.push(Factor::AtLeastOne(Arc::new(values)));
                return Ok(());
            }
            Fold::Any => true,
            Fold::Absent => false,
        };
        let is_kept = |node: &usize| (values.of(*node as u32) > 0) == wanted;
        let kept: Bitmap = match &weight.domain {
            Some(domain) => domain.iter().filter(is_kept).collect(),
            None => (0..self.graph.node_bound()).filter(is_kept).collect(),
        };
        weight.domain = Some(Arc::new(kept));
        Ok(())
    }

    /// The terms added up, for each node of the first variable.
    fn sums(&mut self, terms: &[Term], weights: &[Weight<'g>]) -> Outcome<Values> {
        let node_bound = self.graph.node_bound();
        self.charge::<i128>(node_bound)?;
        let mut sums = vec![0_i128; node_bound];
        for term in terms {
            let values = self.by_node(term, weights)?;
            for (node, number) in values.range().zip(&values.numbers) {
                let product = i128::from(*number).checked_mul(i128::from(term.coefficient)).ok_or(Stop::Plain)?;
                let sum = &mut sums[node as usize];
                *sum = sum.checked_add(product).ok_or(Stop::Plain)?;
            }
        }
        let numbers: Option<Vec<u64>> = sums.into_iter().map(|sum| u64::try_from(sum).ok()).collect();
        Ok(Values { first: 0, numbers: numbers.ok_or(Stop::Plain)? })
    }

    /// The weight of each node.
    fn values(&mut self, weight: &Weight<'g>) -> Outcome<Values> {
        let node_bound = self.graph.node_bound();
        self.charge::<u64>(weight.range(node_bound).len())?;
        weight.values(node_bound, self.budget)
    }

    /// Notes that so many numbers are held until the end.
    fn charge<T>(&mut self, count: usize) -> Result<()> {
        let bytes = count * size_of::<T>();
        self.budget.charge(bytes)?;
        self.charged += bytes;
        Ok(())
    }
}
