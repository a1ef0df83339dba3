//! Entries → terms: which entries of a glossary are one term, and by which names it is known.
//!
//! One thing is one term: an entry that only says of what it is the code name, the acronym or another spelling is no
//! term of its own. One name with several meanings stays several terms, and a bracket tells their names apart.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::extract::Extraction;
use crate::glossary::{Entry, Glossary};
use crate::graph::fold;

/// What becomes one node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// No two terms of a glossary share it.
    pub name: String,
    pub aliases: Vec<String>,
    /// The entry that defines it, then those that are but other names of it.
    pub entries: Vec<usize>,
}

/// The terms of a glossary, in the order of the entries that define them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    pub all: Vec<Term>,
    /// The term of each entry; none if the entry has no name.
    pub of_entry: Vec<Option<usize>>,
    /// Names that mean several terms, folded, with those terms.
    pub shared: Vec<(String, Vec<usize>)>,
}

impl Terms {
    pub fn new(glossary: &Glossary, extraction: &Extraction) -> Terms {
        let mut terms = Terms { of_entry: vec![None; extraction.entries.len()], ..Terms::default() };
        terms.defining(&glossary.entries, extraction);
        terms.other_names(extraction);
        let bare: Vec<String> =
            terms.all.iter().map(|term| headword(extraction, term.entries[0]).to_string()).collect();
        for (term, name) in std::iter::zip(&mut terms.all, names_apart(&bare, &glossary.entries, &terms.of_entry)) {
            term.name = name;
        }
        terms.aliases(extraction);
        terms.shared = terms.shared();
        terms.short_names(extraction);
        terms
    }

    /// The terms of the entries that are not but another name. A further entry of a name is the same term if it says
    /// the same, or stands in another file and the format does not tell the two apart.
    fn defining(&mut self, entries: &[Entry], extraction: &Extraction) {
        let mut by_text: HashMap<(String, String), usize> = HashMap::new();
        let mut by_name: HashMap<String, usize> = HashMap::new();
        for (at, (entry, found)) in std::iter::zip(entries, &extraction.entries).enumerate() {
            let Some(name) = found.name.as_deref().filter(|_| found.same_as.is_none()) else { continue };
            let key = (name.to_string(), entry.text());
            let other_file = by_name
                .get(&fold(name))
                .copied()
                .filter(|term| entries[self.all[*term].entries[0]].place.file != entry.place.file);
            let same = by_text.get(&key).copied().or(other_file).filter(|term| {
                let first = &entries[self.all[*term].entries[0]];
                !first.is_told_apart(entry)
            });
            let term = same.unwrap_or(self.all.len());
            if same.is_none() {
                self.all.push(Term::default());
            }
            self.all[term].entries.push(at);
            self.of_entry[at] = Some(term);
            by_text.entry(key).or_insert(term);
            by_name.entry(fold(name)).or_insert(term);
        }
    }

    fn other_names(&mut self, extraction: &Extraction) {
        for at in 0..extraction.entries.len() {
            // There is no circle in these, but there may be a chain.
            let mut main = at;
            while let Some(next) = extraction.entries[main].same_as.filter(|_| self.of_entry[main].is_none()) {
                main = next;
            }
            if let Some(term) = self.of_entry[main].filter(|_| self.of_entry[at].is_none()) {
                self.all[term].entries.push(at);
                self.of_entry[at] = Some(term);
            }
        }
    }

    fn aliases(&mut self, extraction: &Extraction) {
        for term in &mut self.all {
            let mut seen: HashSet<&str> = HashSet::from([term.name.as_str()]);
            for found in term.entries.iter().map(|entry| &extraction.entries[*entry]) {
                let names = found.name.iter().chain(&found.aliases).filter(|name| seen.insert(name));
                term.aliases.extend(names.cloned());
            }
        }
    }

    /// A short name serves where no term is called so in this spelling.
    fn short_names(&mut self, extraction: &Extraction) {
        let mut owners: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for (at, term) in self.all.iter().enumerate() {
            for short in term.entries.iter().flat_map(|entry| &extraction.entries[*entry].short_names) {
                let owner = owners.entry(short.clone()).or_insert(Some(at));
                *owner = owner.filter(|owner| *owner == at);
            }
        }
        for name in self.all.iter().flat_map(|term| term.aliases.iter().chain([&term.name])) {
            owners.remove(name);
        }
        for (short, owner) in owners {
            if let Some(owner) = owner {
                self.all[owner].aliases.push(short);
            }
        }
    }

    fn shared(&self) -> Vec<(String, Vec<usize>)> {
        let mut owners: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (at, term) in self.all.iter().enumerate() {
            for name in term.aliases.iter().chain([&term.name]) {
                owners.entry(fold(name)).or_default().insert(at);
            }
        }
        let several = owners.into_iter().filter(|(_, owners)| owners.len() > 1);
        several.map(|(name, owners)| (name, owners.into_iter().collect())).collect()
    }
}

fn headword(extraction: &Extraction, entry: usize) -> &str {
    extraction.entries[entry].name.as_deref().unwrap_or("")
}

/// Names that terms share get a bracket: their kinds or a part of their identifiers if these differ, else a number.
fn names_apart(bare: &[String], entries: &[Entry], of_entry: &[Option<usize>]) -> Vec<String> {
    let mut first_entries: Vec<usize> = vec![0; bare.len()];
    for (entry, term) in of_entry.iter().enumerate().rev() {
        term.iter().for_each(|term| first_entries[*term] = entry);
    }
    let mut sharing: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    bare.iter().enumerate().for_each(|(term, name)| sharing.entry(name).or_default().push(term));
    let mut names = bare.to_vec();
    let mut taken: HashSet<String> = sharing.keys().map(|name| name.to_string()).collect();
    for (name, terms) in sharing.iter().filter(|(_, terms)| terms.len() > 1) {
        let entries: Vec<&Entry> = terms.iter().map(|term| &entries[first_entries[*term]]).collect();
        let brackets = brackets(&entries);
        for (number, term) in terms.iter().enumerate() {
            let wanted = match &brackets {
                Some(brackets) => format!("{name} ({})", brackets[number]),
                None if number == 0 => continue,
                None => format!("{name} ({})", number + 1),
            };
            let free = std::iter::once(wanted.clone()).chain((2..).map(|number| format!("{wanted} {number}")));
            let free = free.into_iter().find(|name| !taken.contains(name)).unwrap_or(wanted);
            taken.insert(free.clone());
            names[*term] = free;
        }
    }
    names
}

/// What tells entries of one name apart, if something does.
fn brackets(entries: &[&Entry]) -> Option<Vec<String>> {
    let kind = |entry: &&Entry| entry.kinds.first().cloned();
    let part = |entry: &&Entry, from_end: usize| {
        let mut parts = entry.identifier.as_deref()?.rsplit(['#', '/', ':']).filter(|part| !part.is_empty());
        parts.nth(from_end).map(str::to_string)
    };
    let differ = |words: &Vec<String>| words.iter().map(|word| fold(word)).collect::<HashSet<_>>().len() == words.len();
    let all = |words: Vec<Option<String>>| words.into_iter().collect::<Option<Vec<String>>>().filter(differ);
    let parts = |from_end: usize| all(entries.iter().map(|entry| part(entry, from_end)).collect());
    all(entries.iter().map(kind).collect()).or_else(|| parts(0)).or_else(|| parts(1))
}
