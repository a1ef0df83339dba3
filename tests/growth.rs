//! How the work of each reader grows with its file: four times the text takes at most about four times the work, from the
//! bytes to the graph and to what `kenning check` finds in it.
//!
//! Work is the time that this thread spends on a processor, which other programs hardly change; a case that seems to grow
//! faster is measured again. Time that grows with the square of the text is sixteen times as much, far above the bound.

mod glossaries;
mod tools;

use std::time::Instant;

use kenning::formats::{Alone, FORMATS, Options};
use kenning::ingest::assemble::Choice;
use kenning::ingest::check::{CheckedText, check_gathered};
use kenning::ingest::extract::Extractor;
use kenning::ingest::gather::{Choices, Input, gather};
use kenning::limits::{Budget, Limits};

/// Things and relations in a file.
const SMALL: usize = 500;
/// How much more a file of four times the size may take.
const BOUND: u64 = 6;
const ATTEMPTS: usize = 6;

/// How the relations of a file join its things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// The first needs all others.
    Wide,
    /// All others need the first.
    Star,
    /// Each needs the next.
    Chain,
}

const SHAPES: [Shape; 3] = [Shape::Wide, Shape::Star, Shape::Chain];

impl Shape {
    /// What each of so many things needs.
    fn needs(self, things: usize) -> Vec<Vec<usize>> {
        let mut needs = vec![Vec::new(); things];
        for thing in 1..things {
            match self {
                Shape::Wide => needs[0].push(thing),
                Shape::Star => needs[thing].push(0),
                Shape::Chain => needs[thing - 1].push(thing),
            }
        }
        needs
    }

    /// The same as pairs.
    fn pairs(self, things: usize) -> Vec<(usize, usize)> {
        let needs = self.needs(things);
        needs.iter().enumerate().flat_map(|(start, ends)| ends.iter().map(move |end| (start, *end))).collect()
    }
}

/// Makes a file of so many things.
type Make = fn(usize, Shape) -> String;

/// A kind of file: its format, its name, and how it is made.
struct Case {
    format: &'static str,
    file: &'static str,
    make: Make,
}

/// Nanoseconds that this thread has spent on a processor, or since some moment where the system does not tell.
fn spent() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let first = told.and_then(|text| text.split(' ').next().and_then(|number| number.parse().ok()));
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    first.unwrap_or_else(|| START.get_or_init(Instant::now).elapsed().as_nanos() as u64)
}

/// The work of reading the text and making a graph of it.
fn work(case: &Case, text: &str) -> u64 {
    let input = Input { path: case.file.into(), bytes: text.as_bytes().to_vec(), named: true };
    let choices = Choices {
        kind: None,
        source: None,
        options: Options::default(),
        titles: Default::default(),
        glossaries: false,
        surroundings: &Alone,
        threads: 1,
    };
    let budget = Budget::start(&Limits::default());
    let extractor = Extractor::built_in();
    let before = spent();
    let gathered = gather(&[input], &choices, || extractor, &mut |_| {}, &budget).expect("no limit");
    let (graph, _) = gathered.graph(&Choice::default(), &Default::default(), &budget).expect("no limit");
    let format =
        gathered.terminology.as_ref().and_then(|terms| terms.glossary.entries.first()).map_or("", |e| e.format);
    let texts = [CheckedText { path: case.file, format, text }];
    let findings = check_gathered(&gathered, &graph, &texts);
    let after = spent();
    assert!(findings.iter().all(|finding| finding.line > 0), "{}", case.format);
    assert!(gathered.fruitless.is_empty(), "{}: {:?}", case.format, gathered.remarks);
    assert!(graph.node_count() > 0, "{}", case.format);
    if let Some(file) = gathered.facts.files.first() {
        assert_eq!(file.format, case.format);
    }
    (after - before).max(1)
}

/// Says what grows too fast.
fn too_fast(case: &Case, shape: Shape) -> Option<String> {
    let texts = [SMALL, 4 * SMALL].map(|things| (case.make)(things, shape));
    let (mut small, mut large) = (u64::MAX, u64::MAX);
    for _ in 0..ATTEMPTS {
        small = small.min(work(case, &texts[0]));
        large = large.min(work(case, &texts[1]));
        // Text and not things count: numbers become longer.
        let times = texts[1].len() as u64 * BOUND / 4;
        if large * texts[0].len() as u64 <= small * times {
            return None;
        }
    }
    Some(format!("{} ({shape:?}): {small} ns, then {large} ns", case.format))
}

#[test]
fn four_times_the_text_is_not_sixteen_times_the_work() {
    let cases = tools::CASES.iter().chain(glossaries::CASES);
    let fast: Vec<String> = cases.flat_map(|case| SHAPES.iter().filter_map(|shape| too_fast(case, *shape))).collect();
    assert!(fast.is_empty(), "these grow faster than their text:\n{}", fast.join("\n"));
}

#[test]
fn every_reader_is_measured() {
    for format in FORMATS {
        assert!(tools::CASES.iter().any(|case| case.format == format.name), "{} has no case", format.name);
    }
}
