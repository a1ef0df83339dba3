//! Pointers at what is not there.

use super::super::entries::Entries;
use super::super::found::Found;
use super::super::super::assemble::is_concept;
use super::super::{Find, Rule};
use super::circle::{is_stated, term};
use crate::diagnostic::Severity;
use crate::glossary::{Entry, Paragraph, Reference};
use crate::graph::{Direction, Graph, NodeId};

pub(in super::super) const REFERENCE: Rule = Rule {
    name: "dangling-reference",
    severity: Severity::Error,
    says: "A relation or a link of the markup points at an entry that is not there.",
    why: "the reader finds nothing there",
    help: "define it, or correct the name",
    example: &[("glossary.rst", ".. glossary::\n\n   mole\n      A wall in the :term:`see`.\n")],
    find: &[Find::Graph(stated), Find::Entries(linked)],
};

pub(in super::super) const POINTER: Rule = Rule {
    name: "undefined-pointer",
    severity: Severity::Warning,
    says: "A sentence sends the reader to a term (\"See X\") that is not defined.",
    why: "the reader finds nothing there",
    help: "define it, or point at a term that is there",
    example: &[("words.csv", "term,definition\nhose,See tube.\n")],
    find: &[Find::Graph(|graph, found| pointers(graph, "SEE_ALSO", "points at", found))],
};

pub(in super::super) const SYNONYM: Rule = Rule {
    name: "undefined-synonym",
    severity: Severity::Note,
    says: "A term is defined as another name of a term that is not defined.",
    why: "nothing says what either of them is",
    help: "define the other term, or say what this one is",
    example: &[("words.csv", "term,definition\nhose,Another term for a flexible tube.\n")],
    find: &[Find::Graph(|graph, found| pointers(graph, "ALIAS_OF", "is another name of", found))],
};

/// What a format states of something that no entry defines.
fn stated(graph: &Graph, found: &mut Found) {
    for id in graph.relationships() {
        let shape = graph.relationship(id);
        // Only what a glossary states has a rule.
        let has_rule = graph.property_by_name(id, "rule").as_str().is_some();
        // A mapping leads into another vocabulary.
        let is_mapping = graph.type_name(shape.relationship_type).ends_with("_MATCH");
        if !has_rule || !is_stated(graph, id) || is_mapping {
            continue;
        }
        let (missing, from) = match (is_concept(graph, shape.start), is_concept(graph, shape.end)) {
            (_, true) => (shape.end, shape.start),
            (true, false) => (shape.start, shape.end),
            (false, false) => continue,
        };
        let evidence = graph.property_by_name(id, "evidence");
        let says = evidence.as_str().map_or(String::new(), |says| format!(" (`{}`)", short(says)));
        let what = format!("{} points at {}, which is not there{says}", term(graph, from), term(graph, missing));
        found.in_graph(graph, id, what);
    }
}

/// The beginning of a long text.
fn short(text: &str) -> String {
    const LONGEST: usize = 100;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

fn pointers(graph: &Graph, name: &str, says: &str, found: &mut Found) {
    let Some(wanted) = graph.type_id(name) else { return };
    for node in graph.nodes() {
        let ends: Vec<_> = graph.adjacent(node, Direction::Outgoing, Some(&[wanted])).collect();
        for adjacent in ends {
            let (id, end) = (adjacent.relationship, adjacent.neighbour);
            if is_stated(graph, id) || !is_concept(graph, end) || is_elsewhere(graph, end, id) {
                continue;
            }
            let what = format!("{} {says} {}, which is not defined", term(graph, node), term(graph, end));
            found.in_graph(graph, id, what);
        }
    }
}

/// Whether a sentence points out of the glossary: at a manual page, a chapter, an address.
fn is_elsewhere(graph: &Graph, end: NodeId, id: crate::graph::RelationshipId) -> bool {
    const PLACES: &[&str] = &[
        "documentation", "docs", "guide", "manual", "chapter", "section", "page", "pages", "reference", "website",
        "site", "appendix", "specification", "tutorial", "book", "figure", "table", "list", "rfc", "article", "wiki",
    ];
    let name = graph.property_by_name(end, "name");
    let name = name.as_str().unwrap_or("");
    let evidence = graph.property_by_name(id, "evidence");
    let after = evidence.as_str().and_then(|says| says.split_once(name)).map_or("", |(_, after)| after);
    let mut marks = after.chars();
    let is_manual_page =
        marks.next().is_some_and(|c| c == '(' || c == '[') && marks.next().is_some_and(|c| c.is_ascii_digit());
    let is_place = |word: &str| PLACES.contains(&word.to_lowercase().as_str());
    is_manual_page || name.contains('/') || name.split_whitespace().any(is_place)
}

/// Links of the markup that can only mean an entry.
fn linked(entries: &Entries, found: &mut Found) {
    for entry in entries.all() {
        for paragraph in &entry.paragraphs {
            let dangling = paragraph.references.iter().filter(|reference| {
                !entries.is_called(&reference.target) && means_entry(entry, reference, entries.text(&entry.place.file))
            });
            dangling.for_each(|reference| report(entry, paragraph, reference, found));
        }
    }
}

fn report(entry: &Entry, paragraph: &Paragraph, reference: &Reference, found: &mut Found) {
    let name = entry.headwords.first().map_or("", |name| name.text.as_str());
    let line = paragraph.line_at(reference.span.start);
    found.at(&entry.place.file, line, format!("'{name}' points at '{}', which is not there", reference.target));
}

/// Whether a reference must be an entry: a role or element for terms, or a link within the page whose place is not in
/// the page.
fn means_entry(entry: &Entry, reference: &Reference, text: &str) -> bool {
    let target = reference.target.as_str();
    let has = |before: &str, after: &str| text.contains(&format!("{before}{target}{after}"));
    match entry.format {
        "rst" => true,
        "docbook" => !has("linkend=\"", "\"") && !has("xlink:href=\"", ""),
        "markdown" | "html" => {
            let is_within = has("(#", ")") || has("href=\"#", "\"") || has("term_id=\"", "\"");
            let is_anchor = has("id=\"", "\"") || has("name=\"", "\"") || has("{#", "}");
            is_within && !is_anchor && !is_heading(text, target)
        }
        "asciidoc" => {
            let is_within = has("<<", ">>") || has("<<", ",");
            is_within && !["[[", "[#", "[id=", "anchor:"].iter().any(|before| has(before, "")) && !target.starts_with('_')
        }
        _ => false,
    }
}

/// Whether a heading of a Markdown page has this name in links.
fn is_heading(text: &str, target: &str) -> bool {
    let headings = text.lines().filter_map(|line| line.strip_prefix('#')).map(|line| line.trim_start_matches('#'));
    headings.map(super::super::super::formats::slug).any(|slug| slug == target)
}
