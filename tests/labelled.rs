//! How much of a glossary is understood: `tests/glossaries/labelled.txt`, entries with what a reader takes from them,
//! against what is extracted. The figures may not fall below the floors; `cargo test labelled -- --nocapture` prints
//! them with everything that is missed or wrong.

use std::collections::{BTreeMap, BTreeSet};

use kenning::glossary::{Entry, Glossary, Name, Paragraph, Place};
use kenning::ingest::extract::{Extracted, Extractor};
use kenning::limits::{Budget, Limits};

use crate::support::{read, root};

/// Precision and recall that were reached, rounded down.
const FLOORS: [(&str, f64, f64); 3] = [("aliases", 1.0, 1.0), ("mentions", 1.0, 1.0), ("relations", 0.95, 0.92)];

/// A type and a target, with the wordings that are equally right.
struct Wanted {
    types: Vec<String>,
    targets: BTreeSet<String>,
}

impl Wanted {
    fn read(text: &str) -> Wanted {
        let (types, targets) = text.split_once(' ').unwrap_or_else(|| panic!("`{text}`: a type and a target"));
        let types = types.split('/').map(str::to_string).collect();
        Wanted { types, targets: targets.split('/').map(key).collect() }
    }

    fn is(&self, relation: &str, target: &str) -> bool {
        self.types.iter().any(|own| own == relation) && self.targets.contains(&key(target))
    }
}

#[derive(Default)]
struct Figures {
    /// Of relations: how sure each is, and whether it is right.
    judged: Vec<(f64, bool)>,
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Figures {
    fn sets(&mut self, entry: &str, found: &BTreeSet<String>, wanted: &BTreeSet<String>, doubtful: &BTreeSet<String>) {
        for name in found {
            match wanted.contains(name) {
                true => self.right += 1,
                false if doubtful.contains(name) => {}
                false => self.wrong(entry, name),
            }
        }
        wanted.difference(found).for_each(|name| self.missed(entry, name));
    }

    fn wrong(&mut self, entry: &str, what: &str) {
        println!("wrong   {entry}: {what}");
        self.wrong += 1;
    }

    fn missed(&mut self, entry: &str, what: &str) {
        println!("missed  {entry}: {what}");
        self.missed += 1;
    }

    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }
}

/// What two wordings of a name have in common: case, articles and hyphens do not count.
fn key(text: &str) -> String {
    let folded = text.to_lowercase().replace('-', " ");
    let words = folded.split_whitespace().filter(|word| !["a", "an", "the"].contains(word));
    words.collect::<Vec<_>>().join(" ")
}

fn keys(text: Option<&&str>) -> BTreeSet<String> {
    text.into_iter().flat_map(|text| text.split(';')).map(key).filter(|name| !name.is_empty()).collect()
}

fn wanted(text: Option<&&str>) -> Vec<Wanted> {
    let parts = text.into_iter().flat_map(|text| text.split(';')).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(Wanted::read).collect()
}

fn entry((at, label): (usize, &BTreeMap<&str, &str>)) -> Entry {
    Entry {
        headwords: vec![Name { text: label["term"].into(), language: None }],
        paragraphs: vec![Paragraph { text: label["text"].into(), lines: vec![(0, at + 1)], ..Paragraph::default() }],
        place: Place { file: "labelled".into(), line: at + 1 },
        ..Entry::default()
    }
}

fn relations(name: &str, found: &Extracted, label: &BTreeMap<&str, &str>, figures: &mut Figures) {
    let (required, optional) = (wanted(label.get("relations")), wanted(label.get("optional")));
    let is_optional = |relation: &str, target: &str| optional.iter().any(|label| label.is(relation, target));
    let mut hit = vec![false; required.len()];
    for relation in &found.relations {
        let (kind, target) = (relation.relation.as_str(), relation.target.as_str());
        match required.iter().position(|label| label.is(kind, target)) {
            Some(at) => {
                hit[at] = true;
                figures.judged.push((relation.confidence, true));
            }
            None if is_optional(kind, target) => {}
            None => {
                figures.judged.push((relation.confidence, false));
                figures.wrong(name, &format!("{kind} {target} ({}: {})", relation.rule, relation.evidence));
            }
        }
    }
    for (label, hit) in std::iter::zip(&required, hit) {
        let arguable = label.types.iter().any(|kind| label.targets.iter().any(|target| is_optional(kind, target)));
        match hit {
            true => figures.right += 1,
            false if arguable => {}
            false => figures.missed(name, &format!("{:?} {:?}", label.types, label.targets)),
        }
    }
}

#[test]
fn labelled_entries_are_understood() {
    let text = read(&root().join("tests/glossaries/labelled.txt"));
    let mut figures: [Figures; 3] = Default::default();
    for glossary in text.split("\nglossary:").skip(1) {
        let blocks = glossary.split("\n\n").filter(|block| block.starts_with("term:"));
        let labels: Vec<BTreeMap<&str, &str>> = blocks
            .map(|block| block.lines().filter_map(|line| line.split_once(':')).map(|(k, v)| (k, v.trim())).collect())
            .collect();
        assert!(labels.len() >= 9, "{glossary}");
        compare(&labels, &mut figures);
    }
    calibrated(&figures[2]);
    for ((what, precision, recall), reached) in std::iter::zip(FLOORS, &figures) {
        let (p, r) = (reached.precision(), reached.recall());
        println!("{what:10} P {p:.3} R {r:.3} F1 {:.3}", 2.0 * p * r / (p + r).max(f64::MIN_POSITIVE));
        assert!(p >= precision && r >= recall, "{what}: P {p:.3} R {r:.3}, the floors are {precision} and {recall}");
    }
}

/// A confidence is a probability: of what is said to be right with .9, so much is right, and enough is said so.
fn calibrated(relations: &Figures) {
    const BANDS: [(f64, f64, f64); 3] = [(0.9, 0.92, 0.3), (0.8, 0.87, 0.5), (0.4, 0.85, 0.9)];
    let all = relations.judged.len() as f64;
    for (least, precision, share) in BANDS {
        let band: Vec<bool> =
            relations.judged.iter().filter(|(sure, _)| *sure >= least).map(|(_, right)| *right).collect();
        let right = band.iter().filter(|right| **right).count() as f64 / band.len().max(1) as f64;
        println!("confidence {least:.2} or more: {} relations, {right:.3} of them right", band.len());
        assert!(
            right >= precision && band.len() as f64 >= share * all,
            "confidence {least}: {right:.3} of {}",
            band.len()
        );
    }
    // The doubtful ones are wrong more often than the sure ones.
    let rate = |band: &dyn Fn(f64) -> bool| {
        let band: Vec<bool> =
            relations.judged.iter().filter(|(sure, _)| band(*sure)).map(|(_, right)| *right).collect();
        band.iter().filter(|right| **right).count() as f64 / band.len().max(1) as f64
    };
    assert!(rate(&|sure| sure >= 0.8) > rate(&|sure| sure < 0.7));
}

fn compare(labels: &[BTreeMap<&str, &str>], figures: &mut [Figures; 3]) {
    let entries: Vec<Entry> = labels.iter().enumerate().map(entry).collect();
    let glossary = Glossary { source: "labelled".into(), entries };
    let extraction = Extractor::new(Vec::new())
        .expect("the rules compile")
        .extract(&glossary, 1, &Budget::start(&Limits::default()))
        .expect("it is short");
    for (label, found) in std::iter::zip(labels, &extraction.entries) {
        let name = label["term"];
        let aliases = found.aliases.iter().map(|alias| key(alias)).collect();
        figures[0].sets(name, &aliases, &keys(label.get("aliases")), &BTreeSet::new());
        let spoken_of = found.mentions.iter().filter_map(|mention| extraction.entries[mention.entry].name.as_deref());
        figures[1].sets(
            name,
            &spoken_of.map(key).collect(),
            &keys(label.get("mentions")),
            &keys(label.get("doubtful")),
        );
        relations(name, found, label, &mut figures[2]);
        let verbatim = |evidence: &str| label["text"].contains(evidence);
        assert!(found.relations.iter().all(|relation| verbatim(&relation.evidence)), "{name}: evidence as it stands");
    }
}
