//! Runs openCypher's conformance kit, strictly: results, order, side effects, and errors by kind, phase and detail.
//!
//! The kit is not part of kenning: `KENNING_TCK` names its folder. Without it the tests are skipped, and `cargo test` says
//! so at its end. `known_failures.txt` lists the scenarios that do not pass yet:
//! the run fails when another one fails, and when one of them passes; `UPDATE=1 cargo test tck` rewrites the list.
//! `TCK_ONLY=text` runs the scenarios whose id contains the text, `TCK_SHOW=n` shows the first n failures.

mod gherkin;
mod manifest;
mod scenario;
mod steps;
mod strictness;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};

use crate::support::needed::kit;
use crate::support::update;
use manifest::Manifest;
use steps::Action;

struct Scenario {
    /// `feature path > scenario name > #example number`
    id: String,
    /// What is to be done, or which step nobody understands.
    actions: Result<Vec<Action>, String>,
}

impl Scenario {
    fn expects_error(&self) -> bool {
        let is_error = |action: &Action| matches!(action, Action::ExpectError(_));
        self.actions.as_ref().is_ok_and(|actions| actions.iter().any(is_error))
    }
}

fn load(kit: &Path) -> Vec<Scenario> {
    let features = kit.join("features");
    let mut scenarios = Vec::new();
    for path in crate::support::files(&features, "feature") {
        let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let feature = gherkin::read(&source).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.strip_prefix(&features).expect("it was found below").to_string_lossy().replace('\\', "/");
        scenarios.extend(feature.into_iter().map(|scenario| Scenario {
            id: format!("{name} > {}", scenario.name),
            actions: steps::actions(&scenario.steps),
        }));
    }
    scenarios
}

#[test]
fn every_scenario_of_the_kit_can_be_read() {
    let Some(kit) = kit() else {
        return println!("tck: skipped, there is no conformance kit");
    };
    let scenarios = load(&kit);
    assert!(!scenarios.is_empty(), "{} holds no scenario", kit.display());
    let mut ids = BTreeSet::new();
    for scenario in &scenarios {
        assert!(ids.insert(&scenario.id), "two scenarios are called `{}`", scenario.id);
        if let Err(problem) = &scenario.actions {
            panic!("{}: {problem}", scenario.id);
        }
    }
}

#[test]
fn conformance() {
    let Some(kit) = kit() else {
        return println!("tck: skipped, there is no conformance kit");
    };
    let mut scenarios = load(&kit);
    if let Ok(only) = std::env::var("TCK_ONLY") {
        scenarios.retain(|scenario| scenario.id.contains(&only));
    }
    let outcomes = run_all(&scenarios, &kit);
    report(&scenarios, &outcomes);
    judge(&scenarios, &outcomes);
}

/// Each scenario's outcome, in the order of the scenarios. A panic is a failure of its scenario only.
fn run_all(scenarios: &[Scenario], kit: &Path) -> Vec<Result<(), String>> {
    quiet_workers();
    let next = AtomicUsize::new(0);
    let outcomes: Vec<Mutex<Result<(), String>>> =
        scenarios.iter().map(|_| Mutex::new(Err("it did not run".to_string()))).collect();
    let work = || {
        while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < scenarios.len()) {
            let outcome = run_guarded(&scenarios[index], kit);
            *outcomes[index].lock().expect("no worker panics while it holds the lock") = outcome;
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let thread = std::thread::Builder::new().name(WORKER.to_string()).stack_size(16 << 20);
            thread.spawn_scoped(scope, work).expect("a thread can be started");
        }
    });
    outcomes.into_iter().map(|outcome| outcome.into_inner().expect("the workers have ended")).collect()
}

const WORKER: &str = "tck worker";

/// Panics of the workers are part of the report; they need not be printed as they happen.
fn quiet_workers() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() != Some(WORKER) {
                usual(panic);
            }
        }));
    });
}

fn run_guarded(scenario: &Scenario, kit: &Path) -> Result<(), String> {
    let actions = scenario.actions.as_ref().map_err(String::clone)?;
    std::panic::catch_unwind(|| scenario::run(actions, kit)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        let queries = actions.iter().filter_map(|action| match action {
            Action::Query(query) => Some(query.as_str()),
            _ => None,
        });
        Err(format!("panic: {text}\nquery:\n{}", queries.collect::<Vec<_>>().join("\n")))
    })
}

fn report(scenarios: &[Scenario], outcomes: &[Result<(), String>]) {
    let count = |errors: bool| {
        let of_kind = || scenarios.iter().zip(outcomes).filter(move |(s, _)| s.expects_error() == errors);
        (of_kind().filter(|(_, outcome)| outcome.is_ok()).count(), of_kind().count())
    };
    let ((results, all_results), (errors, all_errors)) = (count(false), count(true));
    println!(
        "tck: {}/{} strict (results {results}/{all_results}, errors {errors}/{all_errors})",
        results + errors,
        scenarios.len(),
    );
}

/// Prints the first failures whose id is asked for.
fn show(scenarios: &[Scenario], outcomes: &[Result<(), String>], limit: usize, wanted: impl Fn(&str) -> bool) {
    let failures = scenarios.iter().zip(outcomes).filter_map(|(s, outcome)| Some((s, outcome.as_ref().err()?)));
    for (scenario, failure) in failures.filter(|(scenario, _)| wanted(&scenario.id)).take(limit) {
        println!("--- {}\n{failure}\n", scenario.id);
    }
}

fn judge(scenarios: &[Scenario], outcomes: &[Result<(), String>]) {
    let manifest = Manifest::read();
    let ids = |passed: bool| -> BTreeSet<&str> {
        let of_kind = scenarios.iter().zip(outcomes).filter(|(_, outcome)| outcome.is_ok() == passed);
        of_kind.map(|(scenario, _)| scenario.id.as_str()).collect()
    };
    let (passed, failed) = (ids(true), ids(false));
    if update() {
        let ran = passed.union(&failed).copied().collect();
        return manifest.write(&ran, &failed);
    }
    let new: Vec<&str> = failed.iter().copied().filter(|id| !manifest.known.contains(*id)).collect();
    let fixed: Vec<&str> = passed.iter().copied().filter(|id| manifest.known.contains(*id)).collect();
    match std::env::var("TCK_SHOW").ok().and_then(|text| text.parse().ok()) {
        Some(limit) => show(scenarios, outcomes, limit, |_| true),
        None => show(scenarios, outcomes, 10, |id| new.contains(&id)),
    }
    assert!(
        new.is_empty(),
        "{} scenarios fail that are not in known_failures.txt:\n{}",
        new.len(),
        new.iter().take(100).map(|id| format!("  {id}\n")).collect::<String>()
    );
    assert!(
        fixed.is_empty(),
        "{} scenarios of known_failures.txt pass now; `UPDATE=1 cargo test tck` takes them out:\n  {}",
        fixed.len(),
        fixed.join("\n  ")
    );
}
