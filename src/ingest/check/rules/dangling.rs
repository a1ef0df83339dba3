//! Pointers at what is not there.

use std::collections::{HashMap, HashSet};

use super::super::super::{assemble::is_concept, formats};
use super::super::entries::Entries;
use super::super::found::Found;
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
    let namespaces = namespaces(graph);
    for id in graph.relationships() {
        let shape = graph.relationship(id);
        // Only what a glossary states has a rule.
        let rule = graph.property_by_name(id, "rule");
        let Some(rule) = rule.as_str().filter(|_| is_stated(graph, id)) else { continue };
        if leads_elsewhere(graph.type_name(shape.relationship_type), rule) {
            continue;
        }
        let (missing, from) = match (is_concept(graph, shape.start), is_concept(graph, shape.end)) {
            (_, true) => (shape.end, shape.start),
            (true, false) => (shape.start, shape.end),
            (false, false) => continue,
        };
        let name = graph.property_by_name(missing, "name");
        let namespace = name.as_str().and_then(namespace);
        // What is in another namespace is in another vocabulary, which need not be here.
        if namespace.is_some_and(|namespace| !namespaces.contains(namespace)) {
            continue;
        }
        let evidence = graph.property_by_name(id, "evidence");
        let evidence = evidence.as_str().filter(|_| namespace.is_none());
        let says = evidence.map_or(String::new(), |says| format!(" (`{}`)", short(says)));
        let what = format!("{} points at {}, which is not there{says}", term(graph, from), term(graph, missing));
        found.in_graph(graph, id, what);
    }
}

/// The namespaces in which concepts are defined.
fn namespaces(graph: &Graph) -> HashSet<String> {
    let identifiers = graph.nodes().map(|node| graph.property_by_name(node, "identifier"));
    identifiers.filter_map(|identifier| Some(namespace(identifier.as_str()?)?.to_string())).collect()
}

/// The namespace of an IRI.
fn namespace(iri: &str) -> Option<&str> {
    iri.contains("://").then(|| iri.rfind(['#', '/']).map_or(iri, |end| &iri[..end]))
}

/// A mapping leads into another vocabulary, and people are no terms, but for those of a catalogue.
fn leads_elsewhere(name: &str, rule: &str) -> bool {
    name.ends_with("_MATCH") || (["OWNED_BY", "MANAGED_BY"].contains(&name) && !rule.ends_with("backstage"))
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

/// Whether a sentence points out of the glossary: at a manual page, a chapter, an address, a label of the markup.
fn is_elsewhere(graph: &Graph, end: NodeId, id: crate::graph::RelationshipId) -> bool {
    const PLACES: &[&str] = &[
        "documentation",
        "docs",
        "guide",
        "manual",
        "chapter",
        "section",
        "page",
        "pages",
        "reference",
        "website",
        "site",
        "appendix",
        "specification",
        "tutorial",
        "book",
        "figure",
        "table",
        "list",
        "rfc",
        "article",
        "wiki",
    ];
    let name = graph.property_by_name(end, "name");
    let name = name.as_str().unwrap_or("");
    let evidence = graph.property_by_name(id, "evidence");
    let after = evidence.as_str().and_then(|says| says.split_once(name)).map_or("", |(_, after)| after);
    // A name is in the singular: `gitattribute` of "See gitattributes[5]".
    let mut marks = after.trim_start_matches(char::is_alphabetic).chars();
    let is_manual_page =
        marks.next().is_some_and(|c| c == '(' || c == '[') && marks.next().is_some_and(|c| c.is_ascii_digit());
    let is_place = |word: &str| PLACES.contains(&word.to_lowercase().as_str());
    let is_label = name.contains('_') || name.matches('-').count() > 1;
    is_manual_page || is_label || name.contains('/') || name.split_whitespace().any(is_place)
}

/// Links of the markup that can only mean an entry.
fn linked(entries: &Entries, found: &mut Found) {
    let mut pages: HashMap<&str, Page> = HashMap::new();
    for entry in entries.all() {
        let dangling = |reference: &&Reference| !entries.is_called(&reference.target);
        for paragraph in &entry.paragraphs {
            for reference in paragraph.references.iter().filter(dangling) {
                let file = &*entry.place.file;
                let page = pages.entry(file).or_insert_with(|| Page::of(entries.text(file), entry.format));
                if page.must_have(&reference.target) {
                    report(entry, paragraph, reference, found);
                }
            }
        }
    }
}

fn report(entry: &Entry, paragraph: &Paragraph, reference: &Reference, found: &mut Found) {
    let name = entry.headwords.first().map_or("", |name| name.text.as_str());
    let line = paragraph.line_at(reference.span.start);
    found.at(&entry.place.file, line, format!("'{name}' points at '{}', which is not there", reference.target));
}

/// How markup writes links within a page, and places that they may point at.
struct Markup {
    formats: &'static [&'static str],
    /// What stands before the target of a link that can only mean an entry; none if every reference does.
    links: &'static [&'static str],
    /// What stands before the name of a place.
    places: &'static [&'static str],
    /// What stands before the target of a link that may mean something else.
    elsewhere: &'static [&'static str],
}

const MARKUP: &[Markup] = &[
    // Only `:term:` makes a reference.
    Markup { formats: &["rst"], links: &[], places: &[], elsewhere: &[] },
    Markup { formats: &["docbook"], links: &[], places: &[], elsewhere: &["linkend=\"", "xlink:href=\"#"] },
    Markup {
        formats: &["markdown", "html"],
        links: &["(#", "href=\"#", "term_id=\""],
        places: &["id=\"", "name=\"", "{#"],
        elsewhere: &[],
    },
    Markup { formats: &["asciidoc"], links: &["<<"], places: &["[[", "[#", "[id=", "anchor:"], elsewhere: &[] },
];

/// The links and places of a page.
struct Page<'a> {
    markup: Option<&'static Markup>,
    links: HashSet<&'a str>,
    places: HashSet<&'a str>,
    elsewhere: HashSet<&'a str>,
    /// The names of headings in links.
    headings: HashSet<String>,
}

impl<'a> Page<'a> {
    fn of(text: &'a str, format: &str) -> Page<'a> {
        let markup = MARKUP.iter().find(|markup| markup.formats.contains(&format));
        let after = |openers: &[&str]| openers.iter().flat_map(|opener| after(text, opener)).collect();
        let headings = text.lines().filter(|line| line.starts_with('#'));
        Page {
            markup,
            links: after(markup.map_or(&[], |markup| markup.links)),
            places: after(markup.map_or(&[], |markup| markup.places)),
            elsewhere: after(markup.map_or(&[], |markup| markup.elsewhere)),
            headings: headings.map(|line| formats::slug(line.trim_start_matches('#'))).collect(),
        }
    }

    /// Whether a reference of this page must mean an entry: by its role or element, or as a link within the page to a
    /// place that the page does not have.
    fn must_have(&self, target: &str) -> bool {
        let Some(markup) = self.markup else { return false };
        let is_link = markup.links.is_empty() || self.links.contains(target);
        // AsciiDoc names sections by itself: `_some_title`.
        let is_section = target.starts_with('_') || self.headings.contains(target);
        is_link && !is_section && !self.places.contains(target) && !self.elsewhere.contains(target)
    }
}

/// What stands between each place of the opener and the end of a name.
fn after<'a>(text: &'a str, opener: &str) -> impl Iterator<Item = &'a str> {
    text.match_indices(opener).map(|(at, opener)| {
        let rest = &text[at + opener.len()..];
        let end = rest.find(|c: char| "\"')>],}[".contains(c) || c.is_whitespace()).unwrap_or(rest.len());
        &rest[..end]
    })
}
