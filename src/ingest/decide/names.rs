//! Decisions about names, applied to the terms of a glossary before they are put into a graph.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Graph, Verdict};
use crate::ingest::extract::Extraction;
use crate::ingest::terms::{Term, Terms};

/// Names that sources use, with those that people gave in their place.
#[derive(Clone, Debug, Default)]
pub struct Renamed(BTreeMap<String, String>);

impl Renamed {
    pub fn of(graph: &Graph) -> Renamed {
        let gives_name = |verdict| matches!(verdict, Verdict::Rename | Verdict::Merge);
        let decisions = graph.semantics().decisions().filter(|decision| gives_name(decision.verdict));
        Renamed(decisions.map(|decision| (decision.term.clone(), decision.other.clone())).collect())
    }

    /// The name that a term goes by which sources call so. Names that were given have been changed with each decision:
    /// two terms may have changed theirs.
    pub fn name<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.get(name).map_or(name, String::as_str)
    }
}

/// The terms as people decided: those that are apart, those that are one, and what they are called.
pub fn decided_terms<'t>(graph: &Graph, terms: &'t Terms, extraction: &Extraction) -> Cow<'t, Terms> {
    let is_of_names = |verdict| matches!(verdict, Verdict::Rename | Verdict::Merge | Verdict::Split);
    if !graph.semantics().decisions().any(|decision| is_of_names(decision.verdict)) {
        return Cow::Borrowed(terms);
    }
    let mut terms = terms.clone();
    for decision in graph.semantics().decisions().filter(|decision| decision.verdict == Verdict::Split) {
        split(&mut terms, &decision.term, &decision.other, extraction);
    }
    let renamed = Renamed::of(graph);
    let mut of_name: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<Term> = Vec::new();
    let mut places = Vec::new();
    // A term that keeps its name comes before those that are given it: its own entry defines it.
    let (own, given): (Vec<usize>, Vec<usize>) =
        (0..terms.all.len()).partition(|at| renamed.name(&terms.all[*at].name) == terms.all[*at].name);
    for at in own.into_iter().chain(given) {
        let term = &terms.all[at];
        let name = renamed.name(&term.name).to_string();
        let is_given = name != term.name;
        let place = *of_name.entry(name.clone()).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(known) if is_given => {
                known.entries.extend(&term.entries);
                add_names(known, std::iter::once(&term.name).chain(&term.aliases));
            }
            _ => {
                let mut new = Term { name: name.clone(), entries: term.entries.clone(), aliases: Vec::new() };
                add_names(&mut new, std::iter::once(&term.name).chain(&term.aliases));
                kept.push(new);
            }
        }
        places.push((at, place));
    }
    terms.all = kept;
    let places: BTreeMap<usize, usize> = places.into_iter().collect();
    terms.of_entry.iter_mut().flatten().for_each(|term| *term = places[term]);
    for (_, owners) in &mut terms.shared {
        let new: BTreeSet<usize> = owners.iter().map(|term| places[term]).collect();
        *owners = new.into_iter().collect();
    }
    terms.shared.retain(|(_, owners)| owners.len() > 1);
    Cow::Owned(terms)
}

fn add_names<'a>(term: &mut Term, names: impl Iterator<Item = &'a String>) {
    for name in names {
        if *name != term.name && !term.aliases.contains(name) {
            term.aliases.push(name.clone());
        }
    }
}

/// Makes the entries of a name a term of their own; the name is no other name of the term any more.
fn split(terms: &mut Terms, name: &str, from: &str, extraction: &Extraction) {
    let Some(term) = terms.all.iter().position(|term| term.name == from) else { return };
    terms.all[term].aliases.retain(|alias| alias != name);
    let is_of_name = |entry: &usize| extraction.entries[*entry].name.as_deref() == Some(name);
    let (of_name, rest): (Vec<usize>, Vec<usize>) = terms.all[term].entries.iter().copied().partition(is_of_name);
    if of_name.is_empty() || rest.is_empty() {
        return;
    }
    terms.all[term].entries = rest;
    let new = terms.all.len();
    of_name.iter().for_each(|entry| terms.of_entry[*entry] = Some(new));
    terms.all.push(Term { name: name.to_string(), aliases: Vec::new(), entries: of_name });
}
