//! Definitions that say nothing.

use std::collections::HashMap;

use super::super::entries::{Entries, is_rdf};
use super::super::found::Found;
use super::super::{Find, Rule};
use super::circle::term;
use crate::diagnostic::Severity;
use crate::graph::{Graph, NodeId, fold};

pub(in crate::ingest) const EMPTY: Rule = Rule {
    name: "empty-definition",
    severity: Severity::Warning,
    says: "A term has no definition, in a file in which most have one.",
    why: "the entry says nothing",
    help: "define it, or remove it",
    example: &[("words.csv", "term,definition\nmole,A wall in the sea.\nquay,\n")],
    find: &[Find::Entries(empty)],
};

pub(in super::super) const BY_ITSELF: Rule = Rule {
    name: "self-definition",
    severity: Severity::Warning,
    says: "A definition only repeats its term.",
    why: "the definition says nothing",
    help: "say what kind of thing it is, and what tells it apart",
    example: &[("words.csv", "term,definition\nlid,A lid.\nmole,A wall in the sea.\n")],
    find: &[Find::Graph(by_itself)],
};

fn empty(entries: &Entries, found: &mut Found) {
    for at in undefined(entries) {
        let place = &entries.all()[at].place;
        found.at(&place.file, place.line, format!("'{}' has no definition", entries.name(at)));
    }
}

/// The entries that lack a definition. Vocabularies, catalogues and lists of names have none by habit; most entries of
/// the file decide.
pub(in super::super) fn undefined(entries: &Entries) -> Vec<usize> {
    let mut without = Vec::new();
    let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
    for entry in entries.all() {
        let (defined, all) = counts.entry(&entry.place.file).or_default();
        *all += 1;
        *defined += usize::from(!entry.paragraphs.is_empty());
    }
    let terms = &entries.terminology.terms;
    for (at, entry) in entries.all().iter().enumerate().filter(|(_, entry)| entry.paragraphs.is_empty()) {
        let (defined, all) = counts.get(&*entry.place.file).copied().unwrap_or_default();
        // A pointer to another entry is enough, but in RDF every concept has relations.
        let points = !entry.relations.is_empty() && !is_rdf(entry);
        let is_defined_elsewhere = entries.term(at).is_some_and(|term| {
            terms.all[term].entries.iter().any(|other| !entries.all()[*other].paragraphs.is_empty())
        });
        if defined * 2 >= all && !points && !is_defined_elsewhere && !entries.name(at).is_empty() {
            without.push(at);
        }
    }
    without
}

fn by_itself(graph: &Graph, found: &mut Found) {
    for node in graph.nodes().filter(|node| repeats(graph, *node)) {
        found.in_graph(graph, node, format!("{} is defined by itself", term(graph, node)));
    }
}

/// `lid`: "A lid.", "The lid is a lid."
fn repeats(graph: &Graph, node: NodeId) -> bool {
    let text = |key: &str| graph.property_by_name(node, key).as_str().map(fold).unwrap_or_default();
    let (name, definition) = (text("name"), text("definition"));
    let bare = |text: &str| {
        let text = text.trim_end_matches(['.', ' ']);
        ["a ", "an ", "the "].iter().find_map(|article| text.strip_prefix(article)).unwrap_or(text).to_string()
    };
    let bare_definition = bare(&definition);
    let rest = bare_definition.strip_prefix(&name).and_then(|rest| rest.strip_prefix(" is "));
    !name.is_empty() && (bare_definition == name || rest.is_some_and(|rest| bare(rest) == name))
}
