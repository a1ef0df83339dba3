//! Hash join: each row with the rows of a part whose keys may equal its own.

use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashMap};

use super::batch::{Batch, ROWS};
use super::groups::exact;
use super::optional::Outer;
use super::source::{Argument, Input, Source, open};
use super::vector::{Data, NULL, Nulls, Vector};
use super::{Result, Run, kernels};
use crate::graph::Value;
use crate::plan::{Expr, Operator, Slot};

/// For so few rows the part is run for each: that costs less than a table of all its rows.
const FEW: usize = 4;

pub(super) struct HashJoin<'p> {
    input: Input<'p>,
    argument: Argument,
    inner: &'p Operator,
    keys: &'p [(Expr, Expr)],
    /// What the part sets.
    slots: &'p [Slot],
    state: State<'p>,
}

enum State<'p> {
    Start,
    /// Runs the part for each row.
    Each(Outer<'p>),
    Probe {
        table: Arc<Table>,
        batch: Batch,
        pairs: Pairs,
    },
}

/// The rows of a part by the hash of their keys.
pub(super) struct Table {
    rows: Batch,
    hasher: DefaultHashBuilder,
    first: HashMap<u64, u32>,
    /// The next row with the same hash; `END` after the last.
    next: Vec<u32>,
}

const END: u32 = u32::MAX;

/// How far the pairs of a batch have been given.
struct Pairs {
    hashes: Vec<Option<u64>>,
    row: usize,
    /// The next row of the table for this row.
    at: u32,
}

impl<'p> HashJoin<'p> {
    pub(super) fn new(
        input: Input<'p>,
        argument: Argument,
        inner: &'p Operator,
        keys: &'p [(Expr, Expr)],
        slots: &'p [Slot],
    ) -> HashJoin<'p> {
        HashJoin { input, argument, inner, keys, slots, state: State::Start }
    }

    /// Decides how to go on from the first rows of the input.
    fn start(&mut self, run: &mut Run) -> Result<State<'p>> {
        let (mut first, mut rows) = (Vec::new(), 0);
        while let Some(next) = self.input.next(run).transpose() {
            rows += next.as_ref().map_or(0, |batch| batch.len);
            let is_last = next.is_err() || rows > FEW;
            first.push(next);
            if is_last {
                break;
            }
        }
        first.into_iter().rev().for_each(|next| self.input.put_back(next));
        let table = match run.tables.get(&std::ptr::from_ref(self.inner).addr()) {
            Some((version, table)) if *version == run.graph().version() => Some(table.clone()),
            _ if rows <= FEW => None,
            _ => self.table(run)?,
        };
        Ok(match table {
            Some(table) => State::Probe { table, batch: Batch::default(), pairs: Pairs::none() },
            None => State::Each(Outer::default()),
        })
    }

    /// The rows of the part; `None` if a key cannot be computed for all of them: perhaps no row comes to it.
    fn table(&self, run: &mut Run) -> Result<Option<Arc<Table>>> {
        let mut source = open(self.inner, &run.nothing(), run);
        let Ok(batches) = source.all(run) else {
            run.budget.check()?;
            return Ok(None);
        };
        let rows = Batch::concat(&batches, |slot| self.slots.contains(&slot));
        let keys: Result<Vec<Vector>> = self.keys.iter().map(|(_, own)| kernels::vector(own, &rows, run)).collect();
        let Ok(keys) = keys else { return Ok(None) };
        run.budget.charge(rows.len * (size_of::<(u64, u32)>() + size_of::<u32>()))?;
        let hasher = DefaultHashBuilder::default();
        let hashes = hashes(&keys, rows.len, &hasher);
        let (mut first, mut next) = (HashMap::with_capacity(rows.len), vec![END; rows.len]);
        for row in (0..rows.len).rev() {
            if let Some(hash) = hashes[row]
                && let Some(after) = first.insert(hash, row as u32)
            {
                next[row] = after;
            }
        }
        let table = Arc::new(Table { rows, hasher, first, next });
        run.tables.insert(std::ptr::from_ref(self.inner).addr(), (run.graph().version(), table.clone()));
        Ok(Some(table))
    }

    fn each(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        let State::Each(outer) = &mut self.state else { return Ok(None) };
        while let Some((rows, _)) = outer.next(&mut self.input, self.inner, run)? {
            if let Some(rows) = rows {
                return Ok(Some(outer.returned(rows)));
            }
        }
        Ok(None)
    }

    fn probe(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        loop {
            if let State::Probe { table, batch, pairs } = &mut self.state {
                let joined = pairs.next(table, batch, &self.argument, run)?;
                if let Some((places, found)) = joined {
                    let mut out = batch.spread(places);
                    let found = table.rows.pick(&found.into());
                    self.slots.iter().for_each(|slot| out.set(*slot, found.columns[*slot].clone()));
                    return Ok(Some(out));
                }
            }
            let Some(next) = self.input.next(run)? else { return Ok(None) };
            let keys: Result<Vec<Vector>> =
                self.keys.iter().map(|(known, _)| kernels::vector(known, &next, run)).collect();
            let (Ok(keys), State::Probe { table, batch, pairs }) = (keys, &mut self.state) else {
                // Which row fails, and whether any row of the part comes to it, is found out row by row.
                self.input.put_back(Ok(next));
                self.state = State::Each(Outer::default());
                return self.each(run);
            };
            *pairs = Pairs::new(hashes(&keys, next.len, &table.hasher));
            *batch = next;
        }
    }
}

impl Source for HashJoin<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        if let State::Start = self.state {
            self.state = self.start(run)?;
        }
        match self.state {
            State::Probe { .. } => self.probe(run),
            _ => self.each(run),
        }
    }
}

impl Pairs {
    fn none() -> Pairs {
        Pairs { hashes: Vec::new(), row: 0, at: END }
    }

    fn new(hashes: Vec<Option<u64>>) -> Pairs {
        Pairs { hashes, row: 0, at: END }
    }

    /// Rows of a batch and rows of a table that may belong together, some at a time.
    fn next(
        &mut self,
        table: &Table,
        batch: &Batch,
        argument: &Argument,
        run: &Run,
    ) -> Result<Option<(Vec<u32>, Vec<u32>)>> {
        let (mut places, mut found) = (Vec::new(), Vec::new());
        while found.len() < ROWS {
            if self.at != END {
                places.push(self.row as u32 - 1);
                found.push(self.at);
                self.at = table.next[self.at as usize];
                continue;
            }
            let Some(hash) = self.hashes.get(self.row) else { break };
            run.budget.tick()?;
            if let Some(hash) = hash
                && !argument.is_done(batch, self.row)
            {
                self.at = table.first.get(hash).copied().unwrap_or(END);
            }
            self.row += 1;
        }
        Ok((!found.is_empty()).then_some((places, found)))
    }
}

/// The hash of each row's keys; `None` if one is null: it equals nothing.
fn hashes(keys: &[Vector], len: usize, hasher: &DefaultHashBuilder) -> Vec<Option<u64>> {
    let mut hashes = vec![Some(0_u64); len];
    for key in keys {
        let mut row = 0;
        each_hash(key, len, hasher, |own| {
            hashes[row] = hashes[row].zip(own).map(|(before, own)| before.rotate_left(7) ^ own);
            row += 1;
        });
    }
    hashes
}

/// Calls `visit` with the hash of each row's value; equal values have one hash, whatever arrays they lie in.
fn each_hash(key: &Vector, len: usize, hasher: &DefaultHashBuilder, mut visit: impl FnMut(Option<u64>)) {
    let is_null = |nulls: &Nulls, row: usize| nulls.as_ref().is_some_and(|nulls| nulls[row]);
    match key.flat().as_deref() {
        Some(Data::Integers(values, nulls)) => {
            for (row, value) in values.iter().enumerate() {
                visit((!is_null(nulls, row)).then(|| hasher.hash_one(value)));
            }
        }
        Some(Data::Text(codes, dictionary)) => {
            let mut known: Vec<Option<u64>> = vec![None; if len < dictionary.len() { 0 } else { dictionary.len() }];
            for code in codes {
                let hash = || hasher.hash_one(dictionary.get(*code));
                visit((*code != NULL).then(|| match known.get_mut(*code as usize) {
                    Some(known) => *known.get_or_insert_with(hash),
                    None => hash(),
                }));
            }
        }
        Some(data) => (0..len).for_each(|row| visit(hash_of(&data.value(row), hasher))),
        None => {
            let hash = hash_of(&key.value(0), hasher);
            (0..len).for_each(|_| visit(hash));
        }
    }
}

fn hash_of(value: &Value, hasher: &DefaultHashBuilder) -> Option<u64> {
    match value {
        Value::Null => None,
        Value::Integer(value) => Some(hasher.hash_one(value)),
        Value::Float(float) => Some(match exact(*float) {
            Some(integer) => hasher.hash_one(integer),
            None => hasher.hash_one(value),
        }),
        Value::String(text) => Some(hasher.hash_one(&**text)),
        other => Some(hasher.hash_one(other)),
    }
}
