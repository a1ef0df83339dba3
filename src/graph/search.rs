//! Search: terms by fuzzy name and by words of their definition.
//!
//! A name scores 1 if it equals the text (folded), about 0.9 if it starts with it, 0.8 if its words start with the
//! text's words, 0.75 if it contains the text, up to 0.7 if it differs by few letters, and up to 0.45 if it has the
//! text's letters in this order. A definition scores by BM25 over its words, the best one 0.7, the others in
//! proportion, less if only some of the text's words occur. A term's score is the better of the two; equal scores
//! stand in order of name.

use std::collections::BTreeMap;

use super::fold::{fold, words};
use super::polled::{Poll, in_order};
use super::{Graph, NodeId, Value};

/// A term found by [`super::NameIndex::search`].
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub node: NodeId,
    /// Between 0 and 1.
    pub score: f64,
    /// What fits: `name nova-api`, `definition: metering`.
    pub matched: String,
}

/// Which words occur in which definitions: an inverted index.
pub(super) struct DefinitionIndex {
    /// For each word the nodes whose definition has it, and how often.
    postings: BTreeMap<Box<str>, Vec<(NodeId, u32)>>,
    /// How many words each definition has.
    lengths: BTreeMap<NodeId, u32>,
    average_length: f64,
}

impl DefinitionIndex {
    /// Reads the properties `definition` and `description`.
    pub(super) fn build<E>(graph: &Graph, poll: Poll<E>) -> Result<DefinitionIndex, E> {
        let mut postings: BTreeMap<Box<str>, Vec<(NodeId, u32)>> = BTreeMap::new();
        let mut lengths = BTreeMap::new();
        for node in graph.nodes() {
            let mut counts: BTreeMap<String, u32> = BTreeMap::new();
            for key in ["definition", "description"] {
                if let Value::String(text) = graph.property_by_name(node, key) {
                    words(&text).into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
                }
            }
            if !counts.is_empty() {
                lengths.insert(node, counts.values().sum());
            }
            poll(counts.len() * size_of::<(NodeId, u32)>())?;
            for (word, count) in counts {
                postings.entry(word.into_boxed_str()).or_default().push((node, count));
            }
        }
        let total: f64 = lengths.values().map(|length| f64::from(*length)).sum();
        let average_length = total / lengths.len().max(1) as f64;
        Ok(DefinitionIndex { postings, lengths, average_length })
    }

    /// The definitions that have some of the words, with their score and the words they have.
    fn rank<'a, E>(&self, wanted: &'a [String], poll: Poll<E>) -> Result<Ranked<'a>, E> {
        /// BM25's usual constants: how fast repetition stops to count, and how much long texts are held back.
        const K: f64 = 1.2;
        const B: f64 = 0.75;
        let mut ranked = Ranked::new();
        for word in wanted {
            let Some(postings) = self.postings.get(word.as_str()) else { continue };
            let (all, with) = (self.lengths.len() as f64, postings.len() as f64);
            let rarity = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
            for (node, count) in postings {
                poll(0)?;
                let (count, length) = (f64::from(*count), f64::from(self.lengths[node]));
                let weight = count * (K + 1.0) / (count + K * (1.0 - B + B * length / self.average_length));
                let entry = ranked.entry(*node).or_default();
                entry.0 += rarity * weight;
                entry.1.push(word);
            }
        }
        for (score, found) in ranked.values_mut() {
            *score *= found.len() as f64 / wanted.len() as f64;
        }
        Ok(ranked)
    }
}

/// Nodes with the scores of their definitions, and the words that these have.
type Ranked<'a> = BTreeMap<NodeId, (f64, Vec<&'a str>)>;

/// Ranks names, given folded with name and node, and definitions by how well they fit the text.
pub(super) fn rank<'a, E>(
    names: impl Iterator<Item = (&'a str, &'a str, NodeId)>,
    definitions: &DefinitionIndex,
    text: &str,
    poll: Poll<E>,
) -> Result<Vec<Hit>, E> {
    const BEST_DEFINITION: f64 = 0.7;
    let folded = fold(text.trim());
    let mut wanted = words(text);
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut best: BTreeMap<NodeId, (f64, &str)> = BTreeMap::new();
    for (key, name, node) in names {
        poll(0)?;
        let Some(score) = name_score(&folded, &wanted, key) else { continue };
        let entry = best.entry(node).or_insert((score, name));
        if score > entry.0 {
            *entry = (score, name);
        }
    }
    let by_definition = definitions.rank(&wanted, poll)?;
    let top = by_definition.values().map(|(score, _)| *score).fold(0.0, f64::max);

    let mut hits: BTreeMap<NodeId, Hit> = BTreeMap::new();
    for (node, (score, name)) in best {
        poll(size_of::<Hit>() + name.len())?;
        hits.insert(node, Hit { node, score, matched: format!("name {name}") });
    }
    for (node, (score, found)) in by_definition {
        poll(size_of::<Hit>())?;
        let score = BEST_DEFINITION * score / top;
        let matched = format!("definition: {}", found.join(", "));
        match hits.get_mut(&node) {
            None => drop(hits.insert(node, Hit { node, score, matched })),
            Some(hit) if score > hit.score => {
                *hit = Hit { node, score, matched: format!("{matched}; {}", hit.matched) }
            }
            Some(hit) => hit.matched = format!("{}; {matched}", hit.matched),
        }
    }
    let hits: Vec<Hit> = hits.into_values().map(|hit| Hit { score: round(hit.score), ..hit }).collect();
    let best_first = |a: &Hit, b: &Hit| {
        b.score.total_cmp(&a.score).then_with(|| a.matched.cmp(&b.matched)).then(a.node.cmp(&b.node))
    };
    in_order(hits, &best_first, poll)
}

fn round(score: f64) -> f64 {
    (score * 1000.0).round() / 1000.0
}

/// How well a folded name fits; `None` if not at all.
fn name_score(text: &str, wanted: &[String], key: &str) -> Option<f64> {
    /// A name is not longer: comparing letter by letter with a longer text would only cost time.
    const LONGEST: usize = 100;
    if text.len() > LONGEST {
        return None;
    }
    let share = text.len() as f64 / key.len().max(1) as f64;
    if key == text || words(key) == *wanted {
        Some(1.0)
    } else if key.starts_with(text) {
        Some(0.85 + 0.1 * share)
    } else if words_start_with(key, wanted) {
        Some(0.8 + 0.04 * share.min(1.0))
    } else if text.len() > 1 && key.contains(text) {
        Some(0.7 + 0.1 * share)
    } else {
        let likeness = strsim::jaro_winkler(text, key);
        let likeness = if likeness < 0.75 { 0.0 } else { strsim::normalized_damerau_levenshtein(text, key) };
        match likeness {
            close if close >= 0.65 => Some(0.7 * close),
            _ if text.len() > 2 && is_abbreviation(text, key) => Some(0.3 + 0.15 * share.min(1.0)),
            _ => None,
        }
    }
}

/// Each wanted word begins a word of the name.
fn words_start_with(key: &str, wanted: &[String]) -> bool {
    wanted.iter().all(|word| key.split(' ').any(|part| part.starts_with(word.as_str())))
}

/// The letters of the text occur in the name in this order, and both start alike: `nvc` is short for `nova-compute`.
fn is_abbreviation(text: &str, key: &str) -> bool {
    let mut letters = key.chars();
    text.chars().next() == key.chars().next()
        && text.chars().filter(|c| *c != ' ').all(|wanted| letters.any(|letter| letter == wanted))
}
