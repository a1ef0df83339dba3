//! Laws that hold for every query and every graph, tried on random ones.
//!
//! `LAWS_CASES=100000 cargo test laws -- --nocapture` tries more; `LAWS_SEED` chooses other cases. A failure is made
//! smaller and says how to repeat it.

mod answers;
mod choosing;
mod columns;
mod counting;
mod exporting;
mod expressions;
mod graphs;
mod indexing;
mod paths;
mod queries;
mod reading;
mod rewriting;
mod tracing;
mod updating;
mod walking;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use crate::support::random::{Random, shrink};

/// What became of a case.
pub enum Verdict {
    /// The law holds, on an answer of so many rows.
    Holds(usize),
    /// The law holds, for all that was compared failed alike.
    FailsAlike(String),
    /// Nothing could be compared: a limit stopped a query.
    Skipped,
    Broken(String),
}

pub struct Law {
    name: &'static str,
    tried_on: fn(&mut Random) -> Verdict,
}

/// How the cases of a law came out.
#[derive(Clone, Default)]
struct Tally {
    with_rows: usize,
    empty: usize,
    fails_alike: usize,
    skipped: usize,
    /// Seed and report.
    broken: Vec<(u64, String)>,
    example_of_failure: String,
}

impl Tally {
    fn and(mut self, other: Tally) -> Tally {
        self.with_rows += other.with_rows;
        self.empty += other.empty;
        self.fails_alike += other.fails_alike;
        self.skipped += other.skipped;
        self.broken.extend(other.broken);
        if self.example_of_failure.is_empty() {
            self.example_of_failure = other.example_of_failure;
        }
        self
    }

    /// Whether too few cases had an answer with rows: a law that is tried on nothing holds for nothing. Asked from
    /// as many cases on as the default gives each law, with room for chance.
    fn says_too_little(&self) -> bool {
        const ENOUGH: usize = 30;
        let tried = self.with_rows + self.empty + self.fails_alike + self.skipped;
        tried >= ENOUGH && (self.with_rows * 10 < tried || (self.fails_alike + self.skipped) * 5 > tried)
    }
}

fn laws() -> Vec<&'static Law> {
    [
        exporting::LAWS,
        reading::LAWS,
        counting::LAWS,
        choosing::LAWS,
        indexing::LAWS,
        paths::LAWS,
        columns::LAWS,
        rewriting::LAWS,
        updating::LAWS,
        walking::LAWS,
        tracing::LAWS,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn setting(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not `{text}`")),
        Err(_) => otherwise,
    }
}

#[test]
fn laws_hold() {
    hold(&laws(), setting("LAWS_CASES", 3000));
}

/// Tries so many cases, one law after the other in turn.
fn hold(laws: &[&'static Law], cases: u64) {
    let first = setting("LAWS_SEED", 0);
    let start = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let tallies: Vec<Vec<Tally>> = std::thread::scope(|scope| {
        let workers = (0..threads).map(|worker| {
            let seeds = (first..first + cases).skip(worker as usize).step_by(threads as usize);
            scope.spawn(move || tally(laws, seeds))
        });
        let workers: Vec<_> = workers.collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker catches panics")).collect()
    });
    let mut problems = Vec::new();
    println!("{:24} {:>9} {:>6} {:>11} {:>7}", "law", "with rows", "empty", "fails alike", "stopped");
    for (at, law) in laws.iter().enumerate() {
        let tally = tallies.iter().map(|tallies| tallies[at].clone()).fold(Tally::default(), Tally::and);
        let Tally { with_rows, empty, fails_alike, skipped, broken, example_of_failure } = &tally;
        println!("{:24} {with_rows:>9} {empty:>6} {fails_alike:>11} {skipped:>7}", law.name);
        problems.extend(
            broken
                .iter()
                .map(|(seed, report)| format!("law broken: {} (LAWS_SEED={seed} LAWS_CASES=1)\n{report}\n", law.name)),
        );
        if tally.says_too_little() {
            problems.push(format!("{}: too few cases say anything: {example_of_failure}", law.name));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("laws: {cases} cases from seed {first} in {seconds:.1} s, {} problems", problems.len());
    problems.truncate(5);
    crate::support::assert_none(&problems);
}

/// Tries the cases of these seeds.
fn tally(laws: &[&'static Law], seeds: impl Iterator<Item = u64>) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); laws.len()];
    for seed in seeds {
        let at = (seed % laws.len() as u64) as usize;
        let (law, tally) = (laws[at], &mut tallies[at]);
        let mut random = Random::seeded(seed);
        match verdict(law, &mut random) {
            Verdict::Holds(0) => tally.empty += 1,
            Verdict::Holds(_) => tally.with_rows += 1,
            Verdict::FailsAlike(example) => {
                tally.fails_alike += 1;
                tally.example_of_failure = example;
            }
            Verdict::Skipped => tally.skipped += 1,
            Verdict::Broken(_) if tally.broken.len() >= 2 => {}
            Verdict::Broken(_) => tally.broken.push((seed, smallest(law, random.drawn()))),
        }
    }
    tallies
}

/// The report of a case that is as small as it gets.
fn smallest(law: &Law, decisions: &[usize]) -> String {
    let broken = |decisions: &[usize]| match verdict(law, &mut Random::replaying(decisions)) {
        Verdict::Broken(report) => Some(report),
        _ => None,
    };
    let decisions = shrink(decisions, |decisions| broken(decisions).is_some());
    broken(&decisions).unwrap_or_else(|| "it does not fail again".to_string())
}

/// A panic breaks every law.
fn verdict(law: &Law, random: &mut Random) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| (law.tried_on)(random))).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or(panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        Verdict::Broken(format!("panicked: {message}"))
    })
}

#[test]
fn a_law_that_is_tried_on_nothing_is_noticed() {
    let of =
        |with_rows, empty, fails_alike, skipped| Tally { with_rows, empty, fails_alike, skipped, ..Tally::default() };
    let sayings = [
        (of(70, 0, 0, 0), false),
        (of(7, 63, 0, 0), false),
        (of(6, 64, 0, 0), true),
        (of(56, 0, 14, 0), false),
        (of(55, 0, 10, 5), true),
        (of(0, 20, 0, 0), false),
    ];
    for (tally, too_little) in sayings {
        assert_eq!(tally.says_too_little(), too_little, "{:?}", (tally.with_rows, tally.empty, tally.fails_alike));
    }
}

/// With no more cases for a law than the default gives it.
#[test]
#[should_panic(expected = "idle: too few cases say anything")]
fn a_law_that_compares_nothing_fails() {
    const IDLE: &Law = &Law { name: "idle", tried_on: |_| Verdict::Skipped };
    hold(&[IDLE], 3000 / laws().len() as u64);
}
