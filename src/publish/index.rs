//! The A–Z page, the data of the search, and the pages at addresses that several terms would have.

use serde_json::{Value as Json, json};

use super::address::anchor;
use super::frame::{Frame, Page};
use super::html::Html;
use super::terms::{Term, Terms};
use crate::graph::{NodeId, fold};
use crate::render::count;

/// A line of the A–Z page: a term, or another name that leads to one.
struct Line<'t> {
    name: &'t str,
    folded: String,
    term: &'t Term,
    is_alias: bool,
}

impl Line<'_> {
    /// The heading under which it stands: its first letter, or `#`.
    fn letter(&self) -> String {
        let first = anchor(&self.folded).chars().next();
        first.filter(|c| c.is_alphabetic()).map_or("#".into(), |c| c.to_uppercase().collect())
    }
}

fn lines(terms: &Terms) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for term in &terms.list {
        let names = std::iter::once((&term.name, false)).chain(term.aliases.iter().map(|alias| (alias, true)));
        lines.extend(names.map(|(name, is_alias)| Line { name, folded: fold(name), term, is_alias }));
    }
    let sorted = |line: &Line| (line.letter(), line.folded.clone(), line.is_alias, line.name.to_string());
    lines.sort_by_cached_key(sorted);
    lines
}

/// The anchor of a letter.
fn of_letter(letter: &str) -> String {
    if letter == "#" { "letter-other".into() } else { format!("letter-{}", anchor(letter)) }
}

pub(super) fn page(terms: &Terms, frame: &Frame, relations: usize) -> String {
    let lines = lines(terms);
    let groups: Vec<&[Line]> = lines.chunk_by(|a, b| a.letter() == b.letter()).collect();
    let told = format!("{} and {}.", count(terms.list.len(), "term"), count(relations, "relation"));
    let page =
        Page { title: "", description: &told, root: "", current: "index.html", data: Some(linked_data(terms, frame)) };
    frame.page(&page, |html| {
        html.element("h1", &[], &frame.title);
        html.element("p", &[("class", "quiet")], &told);
        html.open("nav", &[("class", "letters"), ("aria-label", "Letters")]).open("ul", &[]);
        for group in &groups {
            let letter = group[0].letter();
            html.open("li", &[]).element("a", &[("href", &format!("#{}", of_letter(&letter)))], &letter);
            html.close();
        }
        html.close().close();
        for group in groups {
            let letter = group[0].letter();
            html.open("section", &[("aria-labelledby", &of_letter(&letter))]);
            html.element("h2", &[("id", &of_letter(&letter))], &letter).raw("\n");
            html.open("dl", &[("class", "terms")]);
            group.iter().for_each(|line| write(html, line));
            html.close().close();
        }
    })
}

fn write(html: &mut Html, line: &Line) {
    let href = line.term.href();
    if line.is_alias {
        html.element("dt", &[], line.name).open("dd", &[("class", "quiet")]).text("see ");
        html.element("a", &[("href", &href)], &line.term.name).close();
        return;
    }
    html.open("dt", &[]).element("a", &[("href", &href)], line.name).end();
    match line.term.summary() {
        "" => html.element("dd", &[("class", "quiet")], &line.term.labels.join(", ")),
        summary => html.element("dd", &[], summary),
    };
    html.raw("\n");
}

fn linked_data(terms: &Terms, frame: &Frame) -> Json {
    let defined =
        terms.list.iter().map(|term| json!({ "@type": "DefinedTerm", "@id": term.href(), "name": term.name }));
    json!({
        "@context": "https://schema.org",
        "@type": "DefinedTermSet",
        "@id": "index.html",
        "name": frame.title,
        "hasDefinedTerm": defined.collect::<Vec<_>>(),
    })
}

/// What the search looks through, as a script that needs no server: for each term name, address, other names and the
/// beginning of the definition.
pub(super) fn search_data(terms: &Terms) -> String {
    let rows = terms.list.iter().map(|term| json!([term.name, term.href(), term.aliases, term.summary()]).to_string());
    format!("kenningFound([\n{}\n]);\n", rows.collect::<Vec<_>>().join(",\n"))
}

/// The page at an address that several terms would have.
pub(super) fn shared(meant: &[NodeId], terms: &Terms, frame: &Frame) -> String {
    let meant: Vec<&Term> = meant.iter().filter_map(|node| terms.get(*node)).collect();
    let page = Page { title: "Several terms", description: "", root: "../", current: "", data: None };
    frame.page(&page, |html| {
        html.element("h1", &[], "Several terms have this name").open("ul", &[]);
        for term in meant {
            html.open("li", &[]);
            html.element("a", &[("href", term.href().trim_start_matches("terms/"))], &term.name).text(" ");
            html.element("span", &[("class", "quiet")], &term.labels.join(", "));
            html.text(&format!(" {}", term.summary())).close();
        }
        html.close();
    })
}
