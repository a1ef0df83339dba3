//! Names of two terms.

use std::collections::{BTreeMap, HashSet};

use super::super::entries::{Entries, tells_apart};
use super::super::found::Found;
use super::super::{Find, Rule};
use super::circle::term;
use crate::diagnostic::Severity;
use crate::graph::{Graph, NodeId, Value, fold};

pub(in super::super) const TWICE: Rule = Rule {
    name: "defined-twice",
    severity: Severity::Error,
    says: "A name is defined twice, in different words.",
    why: "a reader cannot tell which definition holds",
    help: "make them one, or tell the meanings apart by a bracket: `name (qualifier)`",
    example: &[("words.csv", "term,definition\nmole,A wall in the sea.\nmole,An animal that digs.\n")],
    find: &[Find::Entries(twice), Find::GraphAlone(twice_in_graph)],
};

pub(in super::super) const AMBIGUOUS: Rule = Rule {
    name: "ambiguous-name",
    severity: Severity::Note,
    says: "A short name, as an acronym, is that of several terms.",
    why: "a text that uses it is ambiguous",
    help: "write the name in full where it is used",
    example: &[(
        "words.csv",
        "term,definition\nContinuous Delivery (CD),A way of working.\nCompact Disc (CD),A thing that spins.\n",
    )],
    find: &[Find::Entries(ambiguous), Find::GraphAlone(ambiguous_in_graph)],
};

/// Longer names that several terms share are seldom meant for both.
const SHORT: usize = 6;

fn twice(entries: &Entries, found: &mut Found) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, entry) in entries.all().iter().enumerate() {
        if entry.paragraphs.is_empty() || tells_apart(entry) {
            continue;
        }
        for name in &entry.headwords {
            let known = *first.entry(&name.text).or_insert(at);
            let is_other = known != at && entries.term(known) != entries.term(at);
            if is_other && !entries.all()[known].is_told_apart(entry) {
                let help = format!("the other is at {}: {}", entries.place(known), TWICE.help);
                found.helped(&entry.place.file, entry.place.line, format!("'{}' is defined twice", name.text), help);
            }
        }
    }
}

fn ambiguous(entries: &Entries, found: &mut Found) {
    let terms = &entries.terminology.terms;
    for (name, meanings) in terms.shared.iter().filter(|(name, _)| name.chars().count() <= SHORT) {
        // Headings of one name are found by other rules.
        let heads: HashSet<String> =
            meanings.iter().map(|term| fold(entries.name(terms.all[*term].entries[0]))).collect();
        let lists = |term: &&usize| {
            let entry = &entries.all()[terms.all[**term].entries[0]];
            entry.headwords.iter().chain(&entry.other_names).any(|written| fold(&written.text) == *name)
        };
        if heads.len() < meanings.len() || meanings.iter().filter(lists).count() > 1 {
            continue;
        }
        let names: Vec<String> = meanings.iter().map(|term| format!("'{}'", terms.all[*term].name)).collect();
        let place = &entries.all()[terms.all[meanings[0]].entries[0]].place;
        found.at(&place.file, place.line, format!("'{name}' is a name of {}", names.join(" and of ")));
    }
}

/// The terms of each folded name, and whether it is their own.
fn owners(graph: &Graph) -> BTreeMap<String, Vec<(NodeId, bool)>> {
    let mut owners: BTreeMap<String, Vec<(NodeId, bool)>> = BTreeMap::new();
    for node in graph.nodes() {
        // What is only spoken of defines nothing.
        if !graph.property_by_name(node, "definition").is_null() {
            let name = graph.property_by_name(node, "name");
            owners.entry(fold(name.as_str().unwrap_or(""))).or_default().push((node, true));
        }
        if let Value::List(aliases) = graph.property_by_name(node, "aliases") {
            for alias in aliases.iter().filter_map(Value::as_str) {
                owners.entry(fold(alias)).or_default().push((node, false));
            }
        }
    }
    owners.values_mut().for_each(|nodes| nodes.dedup_by_key(|(node, _)| *node));
    owners.retain(|_, nodes| nodes.len() > 1);
    owners
}

fn twice_in_graph(graph: &Graph, found: &mut Found) {
    for (name, nodes) in owners(graph) {
        let [(first, true), .., (last, own)] = nodes[..] else { continue };
        let is_numbered = bare(graph, last) == bare(graph, first);
        if is_numbered && (own || name == fold(&bare(graph, first))) {
            found.in_graph(graph, last, format!("'{name}' is defined twice"));
        }
    }
}

/// The name of a node without its number: where nothing else told two definitions of a name apart, the later got one.
fn bare(graph: &Graph, node: NodeId) -> String {
    let name = graph.property_by_name(node, "name");
    let name = name.as_str().unwrap_or("");
    let in_bracket = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    let numbered = in_bracket.filter(|(_, inside)| inside.bytes().all(|c| c.is_ascii_digit()));
    numbered.map_or(name, |(bare, _)| bare).to_string()
}

fn ambiguous_in_graph(graph: &Graph, found: &mut Found) {
    for (name, nodes) in owners(graph) {
        let is_alias = nodes.iter().any(|(_, own)| !own);
        // Two definitions of one name are found by another rule.
        let own = nodes.iter().filter(|(node, _)| fold(&bare(graph, *node)) == name).count();
        if is_alias && own < 2 && name.chars().count() <= SHORT {
            let names: Vec<String> = nodes.iter().map(|(node, _)| term(graph, *node)).collect();
            found.in_graph(graph, nodes[0].0, format!("'{name}' is a name of {}", names.join(" and of ")));
        }
    }
}
