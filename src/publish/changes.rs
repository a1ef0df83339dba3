//! The page of what changed since an older version.

use std::collections::BTreeMap;

use super::frame::{Frame, Page};
use super::html::Html;
use super::terms::{Term, Terms};
use crate::graph::fold;
use crate::ingest::difference::{Difference, Relation};
use crate::render::count;

pub(super) fn page(found: &Difference, terms: &Terms, frame: &Frame) -> String {
    let page = Page { title: "Changes", description: "", root: "", current: "changes.html", data: None };
    let by_name = terms.list.iter().map(|term| (fold(&term.name), term)).collect();
    let changes = Changes { terms, by_name };
    frame.page(&page, |html| {
        html.element("h1", &[], "Changes since the version before");
        if found.is_empty() {
            html.element("p", &[], "Nothing has changed.");
        }
        changes.names(html, "added", "New terms", &found.added);
        changes.names(html, "removed", "Removed terms", &found.removed);
        changes.section(html, "renamed", "Renamed terms", &found.renamed, |html, (old, new)| {
            html.element("del", &[], old).text(" is now ");
            changes.link(html, new);
        });
        changes.section(html, "redefined", "Changed definitions", &found.redefined, |html, (name, old, new)| {
            changes.link(html, name);
            html.open("dl", &[("class", "versions")]);
            for (version, definition) in [("before", old), ("now", new)] {
                let definition = if definition.is_empty() { "none" } else { definition };
                html.element("dt", &[], version).element("dd", &[], definition);
            }
            html.close();
        });
        changes.relations(html, "gained", "New relations", &found.gained);
        changes.relations(html, "lost", "Removed relations", &found.lost);
    })
}

struct Changes<'t> {
    terms: &'t Terms,
    by_name: BTreeMap<String, &'t Term>,
}

impl Changes<'_> {
    /// The items under a heading, if there are any.
    fn section<T>(&self, html: &mut Html, id: &str, title: &str, items: &[T], write: impl Fn(&mut Html, &T)) {
        if items.is_empty() {
            return;
        }
        html.open("section", &[("aria-labelledby", id)]);
        html.open("h2", &[("id", id)]).text(title).text(" ");
        html.element("span", &[("class", "quiet")], &format!("({})", items.len())).close();
        html.open("ul", &[]);
        for item in items {
            html.open("li", &[]);
            write(html, item);
            html.close();
        }
        html.close().close();
    }

    fn names(&self, html: &mut Html, id: &str, title: &str, names: &[String]) {
        self.section(html, id, title, names, |html, name| self.link(html, name));
    }

    fn relations(&self, html: &mut Html, id: &str, title: &str, relations: &[Relation]) {
        self.section(html, id, title, relations, |html, (start, type_name, end)| {
            self.link(html, start);
            html.text(" ").element("i", &[], &self.terms.graph.semantics().phrase(type_name)).text(" ");
            self.link(html, end);
        });
    }

    fn link(&self, html: &mut Html, name: &str) {
        match self.by_name.get(&fold(name)) {
            Some(term) => _ = html.element("a", &[("href", &term.href())], name),
            None => _ = html.text(name),
        }
    }
}

/// The page at the address of a term that has another name now.
pub(super) fn moved(old: &str, new: &Term, frame: &Frame) -> String {
    let page = Page { title: old, description: "", root: "../", current: "", data: None };
    frame.page(&page, |html| {
        html.element("h1", &[], old).open("p", &[]).text("This term is now called ");
        html.element("a", &[("href", new.href().trim_start_matches("terms/"))], &new.name).text(".").close();
    })
}

/// What changed, in one line.
pub(super) fn summary(found: &Difference) -> String {
    format!(
        "{} added, {} removed, {} renamed, {} redefined, {} gained, {} lost",
        count(found.added.len(), "term"),
        found.removed.len(),
        found.renamed.len(),
        found.redefined.len(),
        count(found.gained.len(), "relation"),
        found.lost.len()
    )
}
