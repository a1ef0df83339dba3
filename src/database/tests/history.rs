//! Histories of concurrent transactions, and whether some order of the transactions explains them.
//!
//! As Elle does it (Kingsbury, Alvaro 2020): transactions append values, each used once, to lists and read lists whole.
//! So the last list read says in which order the values were written, and every list who was seen by whom. Of two
//! transactions one depends on the other if it appended next after it (ww), read what it appended (wr), was read
//! over by it (rw), or began after it had ended (real time). The history is strictly serializable if all that was read
//! are prefixes of these orders and the dependencies have no cycle.

use std::collections::BTreeMap;

pub(super) type Key = u64;
pub(super) type Element = i64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Append(Key, Element),
    Read(Key, Vec<Element>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Committed,
    /// Rolled back or failed: nobody may see what it appended. What it read does not count.
    Aborted,
}

#[derive(Clone, Debug)]
pub(super) struct Transaction {
    /// When it began and ended; each moment is used once.
    pub(super) began: u64,
    pub(super) ended: u64,
    pub(super) operations: Vec<Operation>,
    pub(super) outcome: Outcome,
}

/// Why one transaction comes before another.
type Dependency = (usize, &'static str);

/// Checks a history; `lists` are the lists as they were in the end. An error says what cannot be explained.
pub(super) fn check(transactions: &[Transaction], lists: &BTreeMap<Key, Vec<Element>>) -> Result<(), String> {
    let committed: Vec<usize> =
        (0..transactions.len()).filter(|at| transactions[*at].outcome == Outcome::Committed).collect();
    let writers = writers(transactions, lists)?;
    // Behind the transactions, a moment for each end of a transaction: what has ended by then comes before what begins
    // later.
    let mut moments: Vec<(u64, usize)> = committed.iter().map(|at| (transactions[*at].ended, *at)).collect();
    moments.sort_unstable();
    let mut after: Vec<Vec<Dependency>> = vec![Vec::new(); transactions.len() + moments.len()];
    for (number, (_, at)) in moments.iter().enumerate() {
        let moment = transactions.len() + number;
        after[*at].push((moment, "ended"));
        if number + 1 < moments.len() {
            after[moment].push((moment + 1, "later"));
        }
    }
    for at in &committed {
        let began = moments.partition_point(|(ended, _)| *ended < transactions[*at].began);
        if let Some(moment) = began.checked_sub(1) {
            after[transactions.len() + moment].push((*at, "began"));
        }
        depend(*at, &transactions[*at], lists, &writers, &mut after)?;
    }
    match cycle(&after) {
        None => Ok(()),
        Some(cycle) => {
            let steps = cycle.iter().map(|(at, why)| match transactions.get(*at) {
                Some(transaction) => format!("{transaction:?}\n  {why}"),
                None => (*why).to_string(),
            });
            Err(format!("a cycle:\n{}", steps.collect::<Vec<_>>().join("\n")))
        }
    }
}

/// Who appended what; checks that the lists hold what was committed, once, and nothing else.
fn writers(
    transactions: &[Transaction],
    lists: &BTreeMap<Key, Vec<Element>>,
) -> Result<BTreeMap<(Key, Element), usize>, String> {
    let mut writers = BTreeMap::new();
    for (at, transaction) in transactions.iter().enumerate() {
        for operation in &transaction.operations {
            if let Operation::Append(key, element) = operation {
                assert!(writers.insert((*key, *element), at).is_none(), "{element} is appended twice");
            }
        }
    }
    let mut found = BTreeMap::new();
    for (key, element) in lists.iter().flat_map(|(key, list)| list.iter().map(|element| (*key, *element))) {
        *found.entry((key, element)).or_insert(0) += 1;
        match writers.get(&(key, element)) {
            None => return Err(format!("nobody appended {element} to {key}")),
            Some(at) if transactions[*at].outcome == Outcome::Aborted => {
                return Err(format!("{element} in {key} is of an aborted transaction: {:?}", transactions[*at]));
            }
            Some(_) => {}
        }
    }
    for ((key, element), at) in &writers {
        let times = found.get(&(*key, *element)).copied().unwrap_or(0);
        if times != usize::from(transactions[*at].outcome == Outcome::Committed) {
            return Err(format!("{element} is in {key} {times} times: {:?}", transactions[*at]));
        }
    }
    Ok(writers)
}

/// Enters on whom a committed transaction depends, and who depends on it.
fn depend(
    at: usize,
    transaction: &Transaction,
    lists: &BTreeMap<Key, Vec<Element>>,
    writers: &BTreeMap<(Key, Element), usize>,
    after: &mut [Vec<Dependency>],
) -> Result<(), String> {
    let mut edge = |from: usize, to: usize, why| {
        if from != to {
            after[from].push((to, why));
        }
    };
    for operation in &transaction.operations {
        let (key, seen) = match operation {
            Operation::Append(key, element) => {
                let list = &lists[key];
                let place = list.iter().position(|other| other == element).unwrap_or(0);
                if let Some(before) = place.checked_sub(1) {
                    edge(writers[&(*key, list[before])], at, "ww");
                }
                continue;
            }
            Operation::Read(key, seen) => (key, seen),
        };
        let list = lists.get(key).map_or(&[][..], |list| list);
        if !list.starts_with(seen) {
            return Err(format!("{seen:?} was read from {key}, which became {list:?}: {transaction:?}"));
        }
        if let Some(last) = seen.last() {
            edge(writers[&(*key, *last)], at, "wr");
        }
        if let Some(next) = list.get(seen.len()) {
            edge(at, writers[&(*key, *next)], "rw");
        }
    }
    own_appends_are_read(transaction)
}

/// What a transaction reads again is what it read before, and what it appended since.
fn own_appends_are_read(transaction: &Transaction) -> Result<(), String> {
    let mut known: BTreeMap<Key, Vec<Element>> = BTreeMap::new();
    let mut own: BTreeMap<Key, Vec<Element>> = BTreeMap::new();
    for operation in &transaction.operations {
        match operation {
            Operation::Append(key, element) => {
                own.entry(*key).or_default().push(*element);
                known.entry(*key).and_modify(|list| list.push(*element));
            }
            Operation::Read(key, seen) => {
                let own = own.get(key).map_or(&[][..], |own| own);
                if !seen.ends_with(own) || known.get(key).is_some_and(|known| known != seen) {
                    return Err(format!("a transaction does not read what it did: {transaction:?}"));
                }
                known.insert(*key, seen.clone());
            }
        }
    }
    Ok(())
}

/// A cycle, if there is one: each transaction, and why the next one comes after it.
fn cycle(after: &[Vec<Dependency>]) -> Option<Vec<(usize, &'static str)>> {
    const NEW: u8 = 0;
    const OPEN: u8 = 1;
    const DONE: u8 = 2;
    let mut marks = vec![NEW; after.len()];
    for start in 0..after.len() {
        // The way down, each with the number of edges that have been followed.
        let mut way: Vec<(usize, usize)> = if marks[start] == NEW { vec![(start, 0)] } else { continue };
        marks[start] = OPEN;
        while let Some((at, followed)) = way.last_mut() {
            let Some((next, _)) = after[*at].get(*followed) else {
                marks[*at] = DONE;
                way.pop();
                continue;
            };
            *followed += 1;
            match marks[*next] {
                NEW => {
                    marks[*next] = OPEN;
                    way.push((*next, 0));
                }
                OPEN => {
                    let first = way.iter().position(|(at, _)| at == next).unwrap_or(0);
                    return Some(
                        way[first..].iter().map(|(at, followed)| (*at, after[*at][*followed - 1].1)).collect(),
                    );
                }
                _ => {}
            }
        }
    }
    None
}

/// The checker itself.
mod tests {
    use super::*;

    /// Transactions one a line: `began-ended`, then `x+1` for an append, `x=1,2` for a read; `!` ends one that aborted.
    fn history(text: &str) -> Vec<Transaction> {
        let line = |line: &str| {
            let mut words = line.split_whitespace();
            let (began, ended) = words.next()?.split_once('-')?;
            let mut transaction = Transaction {
                began: began.parse().ok()?,
                ended: ended.parse().ok()?,
                operations: Vec::new(),
                outcome: Outcome::Committed,
            };
            for word in words {
                let key = u64::from(word.as_bytes()[0]);
                match &word[1..] {
                    "" => transaction.outcome = Outcome::Aborted,
                    rest if rest.starts_with('+') => {
                        transaction.operations.push(Operation::Append(key, rest[1..].parse().ok()?));
                    }
                    rest => {
                        let list = rest[1..].split(',').filter(|number| !number.is_empty());
                        let list = list.map(|number| number.parse()).collect::<Result<_, _>>().ok()?;
                        transaction.operations.push(Operation::Read(key, list));
                    }
                }
            }
            Some(transaction)
        };
        text.lines().map(|text| line(text).expect("it can be read")).collect()
    }

    fn checked(text: &str, lists: &[(char, &[Element])]) -> Result<(), String> {
        let lists = lists.iter().map(|(key, list)| (*key as u64, list.to_vec())).collect();
        check(&history(text), &lists)
    }

    #[track_caller]
    fn rejected(text: &str, lists: &[(char, &[Element])], why: &str) {
        let error = checked(text, lists).expect_err("it cannot be explained");
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn good_histories_are_accepted() {
        checked("1-2 x+1\n3-4 x=1 y= y+2\n5-6 x=1 y=2", &[('x', &[1]), ('y', &[2])]).expect("one after the other");
        checked("1-4 x+1\n2-3 x=\n5-6 x=1", &[('x', &[1])]).expect("at the same time: before");
        checked("1-4 x+1\n2-3 x=1\n5-6 x=1", &[('x', &[1])]).expect("at the same time: after");
        checked("1-4 x+1 !\n2-3 x=\n5-6 x=", &[('x', &[])]).expect("rolled back");
        checked("1-4 x= x+1 x=1 x+2 x=1,2\n5-6 x=1,2", &[('x', &[1, 2])]).expect("its own appends");
    }

    #[test]
    fn bad_histories_are_rejected() {
        let x1: &[(char, &[Element])] = &[('x', &[1])];
        rejected("1-4 x= x+1\n2-3 x= x+2\n5-6 x=1", x1, "2 is in 120 0 times");
        rejected("1-4 x= x+1\n2-5 x= x+2", &[('x', &[1, 2])], "cycle");
        rejected("1-2 x+1 !\n3-4 x=1", &[('x', &[])], "which became []");
        rejected("1-2 x+1 !\n3-4 x=1", x1, "aborted");
        rejected("1-9 x+1\n2-3 x=1,7", x1, "which became");
        rejected("1-4 x= y= x+1\n2-3 x= y= y+2", &[('x', &[1]), ('y', &[2])], "rw");
        rejected("1-6 x= x=1\n2-3 x+1", x1, "does not read what it did");
        rejected("1-6 x= y=2\n2-3 x+1 y+2", &[('x', &[1]), ('y', &[2])], "cycle");
        rejected("1-4 x+1 x+2\n2-3 x=1", &[('x', &[1, 2])], "cycle");
        rejected("1-2 x+1\n3-4 x=", x1, "cycle");
        rejected("1-9 x+1\n2-3 x=1\n4-5 x=", x1, "cycle");
        rejected("1-8 x+1\n2-9 y+2\n3-4 x=1 y=\n5-6 x= y=2", &[('x', &[1]), ('y', &[2])], "cycle");
        rejected("1-2 x+1 x=", x1, "does not read what it did");
        rejected("1-2 x+1\n3-4 y=", &[('x', &[1, 1]), ('y', &[])], "2 times");
        rejected("1-2 y=", &[('x', &[1]), ('y', &[])], "nobody");
    }
}
