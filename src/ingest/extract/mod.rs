//! A [`Glossary`] → what its text says: names, mentions, relations, each with the sentence it comes from.
//!
//! ```text
//! headwords → names ─┐
//! definitions → sentences → tags → phrases, clauses → RULES → relations, mentions
//! ```
//!
//! Nothing here is learned and nothing is guessed: a relation is what a rule of the table makes of a clause, its evidence
//! the sentence as it stands. Where the text does not say it, an entry stays without a name and is reported.

mod clause;
mod confidence;
mod dictionary;
mod entry;
mod lexicon;
mod names;
mod phrase;
mod recover;
mod rule;
mod same;
mod sentence;
mod stated;
mod tag;
mod target;
mod work;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use hashbrown::HashMap;

use crate::diagnostic::Diagnostic;
use crate::glossary::Glossary;
use crate::graph::fold;
use crate::limits::Budget;
use clause::Verbs;
pub use entry::LONGEST_SENTENCE;
use lexicon::Lexicon;
pub use names::{EntryName, NameKind};
use names::{Headwords, NameTree};
use rule::{BUILT_IN, Compiled, RuleIndex};
pub use rule::{Rule, read_rules};
use stated::Pointers;
use tag::Known;
use target::Nouns;
use work::Work;

/// Everything the text of a glossary says.
#[derive(Clone, Debug, Default)]
pub struct Extraction {
    /// One for each entry of the glossary, in its order.
    pub entries: Vec<Extracted>,
}

/// What the text says of one entry.
#[derive(Clone, Debug, Default)]
pub struct Extracted {
    /// The headword as the glossary writes it, or as recovered; none if the text does not give it.
    pub name: Option<String>,
    /// Whether the name is not in the glossary but was found in the text.
    pub recovered: bool,
    /// Other names of the entry.
    pub aliases: Vec<String>,
    /// Names that a text understands, but nobody would list: `Compute` for the Compute service.
    pub short_names: Vec<String>,
    /// The entry of which this one is but another name: `nova`, "Code name for the Compute service".
    pub same_as: Option<usize>,
    pub relations: Vec<Found>,
    pub mentions: Vec<Mention>,
    /// The lines of sentences that are too long to be read to their end.
    pub cut: Vec<usize>,
}

impl Extracted {
    /// In bytes, as an estimate; sentences are shared.
    fn size(&self) -> usize {
        let names = self.name.iter().chain(&self.aliases).chain(&self.short_names);
        let names: usize = names.map(|name| size_of::<String>() + name.len()).sum();
        let relations =
            self.relations.iter().map(|found| size_of::<Found>() + found.relation.len() + found.target.len());
        let mentions = self.mentions.iter().map(|mention| size_of::<Mention>() + mention.words.len());
        let sentences = self.relations.iter().map(|found| found.evidence.len()).max().unwrap_or(0);
        size_of::<Extracted>() + names + relations.sum::<usize>() + mentions.sum::<usize>() + sentences
    }
}

/// A relation that a sentence or the format states.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Of the closed set: `is_a`, `used_by`.
    pub relation: String,
    pub target: String,
    /// The entry that the target names.
    pub target_entry: Option<usize>,
    /// The sentence, verbatim; or what the format says in place of one.
    pub evidence: Arc<str>,
    pub line: usize,
    /// The file, if it is not the one of its entry.
    pub file: Option<Arc<str>>,
    pub rule: Arc<str>,
    /// From 0 to 1.
    pub confidence: f64,
}

/// Another entry that a definition speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    pub entry: usize,
    /// The words that name it.
    pub words: String,
    pub evidence: Arc<str>,
    pub line: usize,
    /// Whether the markup points at the entry; else its name alone tells.
    pub marked: bool,
}

/// Rules ready to run, with the words they know.
#[derive(Clone)]
pub struct Extractor {
    lexicon: Lexicon,
    known: Known,
    verbs: Verbs,
    nouns: Nouns,
    rules: Vec<(Arc<str>, Rule, Compiled)>,
    index: RuleIndex,
}

/// A rule that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRule {
    pub rule: String,
    pub reason: String,
}

impl Extractor {
    /// The rules of the program alone.
    pub fn built_in() -> Extractor {
        Extractor::new(Vec::new()).expect("the built-in rules compile")
    }

    /// The rules of the program, after those of the user.
    pub fn new(own: Vec<Rule>) -> Result<Extractor, BadRule> {
        let built_in = read_rules(BUILT_IN).map_err(|reason| BadRule { rule: "built-in".into(), reason })?;
        let mut lexicon = Lexicon::new();
        let known = Known::new(&mut lexicon);
        let verbs = Verbs::new(&mut lexicon);
        let nouns = Nouns::new(&mut lexicon);
        let mut rules = Vec::new();
        for rule in own.into_iter().chain(built_in) {
            let compiled =
                Compiled::new(&rule, &mut lexicon).map_err(|reason| BadRule { rule: rule.name.clone(), reason })?;
            rules.push((Arc::from(rule.name.as_str()), rule, compiled));
        }
        let index = RuleIndex::new(rules.iter().map(|(_, _, compiled)| compiled));
        Ok(Extractor { lexicon, known, verbs, nouns, rules, index })
    }

    /// The rules in the order in which they are tried.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|(_, rule, _)| rule)
    }

    /// What the text of the glossary says, read by so many threads: it is the same for any number. Fails only at a limit.
    pub fn extract(&mut self, glossary: &Glossary, threads: usize, budget: &Budget) -> Result<Extraction, Diagnostic> {
        let headwords = Headwords::new(&glossary.entries);
        let mut named: Vec<Vec<EntryName>> = glossary.entries.iter().map(|entry| headwords.names(entry)).collect();
        let recovered = recover::missing(&glossary.entries, &mut named);
        let first = first_of_name(&glossary.entries, &named);
        let mut tree = NameTree::default();
        let cased = has_case(&named);
        for (entry, names) in named.iter().enumerate() {
            budget.tick()?;
            names.iter().for_each(|name| tree.add(&mut self.lexicon, name, first[entry], cased));
        }
        let proper: Vec<bool> = glossary.entries.iter().map(headwords_are_project_names).collect();
        let pointers = Pointers::new(&glossary.entries, &named, &first);
        let names =
            entry::Names { tree: &tree, named: &named, pointers: &pointers, proper: &proper, cased, first: &first };
        let work = Work { entries: &glossary.entries, names, recovered: &recovered };
        let mut entries = work.run(self, threads, budget)?;
        same::mark(&named, &mut entries);
        Ok(Extraction { entries })
    }
}

/// By entry: the first one of its name in another file, unless the format tells the two apart; else itself. Files that
/// define a name again speak of one term, and what mentions it means no one file.
fn first_of_name(entries: &[crate::glossary::Entry], named: &[Vec<EntryName>]) -> Vec<usize> {
    let mut firsts: HashMap<String, usize> = HashMap::new();
    let mut found = Vec::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        let name = named[at].first().map(|name| fold(&name.text));
        let same = |first: &usize| {
            let other = &entries[*first];
            other.place.file != entry.place.file && !other.is_told_apart(entry)
        };
        let first = name.as_ref().and_then(|name| firsts.get(name)).copied().filter(same);
        found.push(first.unwrap_or(at));
        if let Some(name) = name {
            firsts.entry(name).or_insert(at);
        }
    }
    found
}

/// Whether the definition says that the entry is what developers call something.
fn headwords_are_project_names(entry: &crate::glossary::Entry) -> bool {
    let text = entry.paragraphs.first().map_or("", |paragraph| paragraph.text.as_str());
    let start: String = text.chars().take(24).collect::<String>().to_lowercase();
    ["code name", "codename", "project name"].iter().any(|words| start.contains(words))
}

/// Whether capitals tell names from common words: some headwords are written small.
fn has_case(named: &[Vec<EntryName>]) -> bool {
    let small = |names: &&Vec<EntryName>| names.first().is_some_and(|name| name.text.starts_with(char::is_lowercase));
    let count = named.iter().filter(small).count();
    count * 5 >= named.iter().filter(|names| !names.is_empty()).count().max(1)
}
