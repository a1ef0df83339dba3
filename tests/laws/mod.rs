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
    let (cases, first) = (setting("LAWS_CASES", 3000), setting("LAWS_SEED", 0));
    let start = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let tallies: Vec<Vec<Tally>> = std::thread::scope(|scope| {
        let workers = (0..threads).map(|worker| {
            let seeds = (first..first + cases).skip(worker as usize).step_by(threads as usize);
            scope.spawn(move || tally(seeds))
        });
        let workers: Vec<_> = workers.collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker catches panics")).collect()
    });
    let mut problems = Vec::new();
    println!("{:24} {:>9} {:>6} {:>11} {:>7}", "law", "with rows", "empty", "fails alike", "stopped");
    for (at, law) in laws().iter().enumerate() {
        let all = tallies.iter().map(|tallies| &tallies[at]);
        let sum = |count: fn(&Tally) -> usize| all.clone().map(count).sum::<usize>();
        let (rows, empty) = (sum(|t| t.with_rows), sum(|t| t.empty));
        let (failing, skipped) = (sum(|t| t.fails_alike), sum(|t| t.skipped));
        println!("{:24} {rows:>9} {empty:>6} {failing:>11} {skipped:>7}", law.name);
        problems.extend(
            all.clone()
                .flat_map(|tally| &tally.broken)
                .map(|(seed, report)| format!("law broken: {} (LAWS_SEED={seed} LAWS_CASES=1)\n{report}\n", law.name)),
        );
        // A law that is tried on nothing holds for nothing.
        let tried = rows + empty + failing + skipped;
        if tried >= 100 && (rows * 10 < tried || (failing + skipped) * 5 > tried) {
            let example = all.clone().map(|tally| &tally.example_of_failure).find(|text| !text.is_empty());
            problems.push(format!("{}: too few cases say anything: {}", law.name, example.map_or("", |text| text)));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("laws: {cases} cases from seed {first} in {seconds:.1} s, {} problems", problems.len());
    problems.truncate(5);
    crate::support::assert_none(&problems);
}

/// Tries the cases of these seeds.
fn tally(seeds: impl Iterator<Item = u64>) -> Vec<Tally> {
    let laws = laws();
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
