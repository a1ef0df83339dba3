//! Decisions about names, applied to the terms of a glossary before they are put into a graph.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Graph, Verdict, fold};
use crate::ingest::extract::Extraction;
use crate::ingest::terms::{Term, Terms};

/// Names that sources use, with those that people gave in their place. Names that were given have been changed with
/// each decision, so that nothing is looked up twice: two terms may have changed theirs.
#[derive(Clone, Debug, Default)]
pub struct Renamed {
    exact: BTreeMap<String, (Verdict, String)>,
    folded: BTreeMap<String, String>,
    /// Names that people gave.
    given: BTreeSet<String>,
}

impl Renamed {
    pub fn of(graph: &Graph) -> Renamed {
        let mut renamed = Renamed::default();
        for decision in graph.semantics().decisions() {
            if matches!(decision.verdict, Verdict::Rename | Verdict::Merge) {
                let (term, other) = (decision.term.clone(), decision.other.clone());
                renamed.folded.insert(fold(&term), other.clone());
                if decision.verdict == Verdict::Rename {
                    renamed.given.insert(other.clone());
                }
                renamed.exact.insert(term, (decision.verdict, other));
            }
        }
        renamed
    }

    /// The name that the term goes by which sources call so.
    pub fn name<'a>(&'a self, name: &'a str) -> &'a str {
        self.exact.get(name).map_or(name, |(_, given)| given)
    }

    /// Whether people gave some term this name.
    pub fn is_given(&self, name: &str) -> bool {
        self.given.contains(name)
    }

    /// The same for what a sentence speaks of, in whatever spelling.
    pub fn spoken<'a>(&'a self, name: &'a str) -> &'a str {
        match self.exact.get(name) {
            Some((_, given)) => given,
            None => self.folded.get(&fold(name)).map_or(name, String::as_str),
        }
    }

    /// The other names of the term of this name.
    fn others<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a String> {
        self.exact.iter().filter(move |(_, (_, given))| given == name).map(|(other, _)| other)
    }
}

/// The terms as people decided: those that are apart, those that are one, and what they are called. `exists` says
/// whether the graph has a term of a name.
pub fn decided_terms<'t>(
    graph: &Graph,
    terms: &'t Terms,
    extraction: &Extraction,
    exists: &dyn Fn(&str) -> bool,
) -> Cow<'t, Terms> {
    let is_of_names = |verdict| matches!(verdict, Verdict::Rename | Verdict::Merge | Verdict::Split);
    if !graph.semantics().decisions().any(|decision| is_of_names(decision.verdict)) {
        return Cow::Borrowed(terms);
    }
    let mut terms = terms.clone();
    for decision in graph.semantics().decisions().filter(|decision| decision.verdict == Verdict::Split) {
        split(&mut terms, &decision.term, &decision.other, extraction);
    }
    let renamed = Renamed::of(graph);
    let mut naming = Naming::default();
    // A term that keeps its name comes before those that are given it: its own entry defines it.
    let (given, own) = given_and_own(&terms, &renamed, exists);
    own.into_iter().for_each(|at| naming.call(at, &terms.all[at], &terms.all[at].name));
    for at in given {
        let term = &terms.all[at];
        let name = renamed.name(&term.name);
        match naming.of_name.contains_key(name) {
            true => naming.join(at, term, name),
            false => naming.call(at, term, name),
        }
    }
    for term in &mut naming.kept {
        let name = term.name.clone();
        add_names(term, renamed.others(&name));
        // An old name that was given to another term is this one's no more.
        term.aliases.retain(|alias| !(renamed.exact.contains_key(alias) && naming.of_name.contains_key(alias)));
    }
    let Naming { kept, places, .. } = naming;
    terms.all = kept;
    terms.of_entry.iter_mut().flatten().for_each(|term| *term = places[term]);
    for (_, owners) in &mut terms.shared {
        let new: BTreeSet<usize> = owners.iter().map(|term| places[term]).collect();
        *owners = new.into_iter().collect();
    }
    terms.shared.retain(|(_, owners)| owners.len() > 1);
    Cow::Owned(terms)
}

/// Which terms are given another name, and which keep theirs: also those that would become what is not there, or be
/// called as another one; these decisions are told to be idle.
fn given_and_own(terms: &Terms, renamed: &Renamed, exists: &dyn Fn(&str) -> bool) -> (Vec<usize>, Vec<usize>) {
    let (mut given, mut own): (Vec<usize>, Vec<usize>) =
        (0..terms.all.len()).partition(|at| renamed.exact.contains_key(&terms.all[*at].name));
    let all: BTreeSet<&str> = terms.all.iter().map(|term| &*term.name).collect();
    loop {
        let mut taken: BTreeSet<&str> = own.iter().map(|at| &*terms.all[*at].name).collect();
        let fails = given.iter().position(|at| match &renamed.exact[&terms.all[*at].name] {
            (Verdict::Rename, name) => !taken.insert(name),
            (_, name) => !all.contains(&**name) && !exists(name),
        });
        match fails {
            Some(place) => own.push(given.remove(place)),
            None => return (given, own),
        }
    }
}

/// The terms under their new names.
#[derive(Default)]
struct Naming {
    kept: Vec<Term>,
    of_name: BTreeMap<String, usize>,
    /// Where each of the old ones went.
    places: BTreeMap<usize, usize>,
}

impl Naming {
    fn call(&mut self, at: usize, term: &Term, name: &str) {
        let mut new = Term { name: name.to_string(), entries: term.entries.clone(), aliases: Vec::new() };
        add_names(&mut new, std::iter::once(&term.name).chain(&term.aliases));
        self.places.insert(at, self.kept.len());
        self.of_name.insert(name.to_string(), self.kept.len());
        self.kept.push(new);
    }

    fn join(&mut self, at: usize, term: &Term, name: &str) {
        let place = self.of_name[name];
        let known = &mut self.kept[place];
        known.entries.extend(&term.entries);
        add_names(known, std::iter::once(&term.name).chain(&term.aliases));
        self.places.insert(at, place);
    }
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
