//! The page of a term.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::frame::{Frame, Page};
use super::html::Html;
use super::needed::Needed;
use super::places::{SourceTemplate, places};
use super::terms::{Relation, Term, Terms};
use crate::diagnostic::Diagnostic;
use crate::export::{self, Subgraph, write_inline_svg};
use crate::graph::{Effect, Entity, GraphView, NodeId, fold};
use crate::limits::Budget;
use crate::render::count;

/// A picture shows at most this many neighbours.
const NEIGHBOURS: usize = 12;

/// What the pages of terms are made of.
pub(super) struct TermPages<'s> {
    pub(super) terms: &'s Terms,
    /// The graph, with nodes of one name told apart.
    pub(super) subgraph: &'s Subgraph,
    pub(super) everything: &'s GraphView<'s>,
    pub(super) needed: &'s Needed<'s>,
    pub(super) frame: &'s Frame,
    pub(super) template: Option<&'s SourceTemplate>,
}

impl TermPages<'_> {
    pub(super) fn page(&self, term: &Term, budget: &Budget) -> Result<String, Diagnostic> {
        let relations = self.terms.relations(self.everything, term.node);
        let drawing = self.drawing(term, &relations, budget)?;
        let page = Page {
            title: &term.name,
            description: term.summary(),
            root: "../",
            current: "",
            data: Some(self.linked_data(term)),
        };
        let needed = self.needed.at_once(term.node);
        Ok(self.frame.page(&page, |html| {
            self.head(html, term);
            self.facts(html, term);
            contents(html, !needed.is_empty(), drawing.is_some());
            self.relations(html, &relations);
            self.needed_by(html, term, needed);
            if let Some((drawing, told)) = &drawing {
                html.open("section", &[("class", "picture"), ("aria-labelledby", "picture")]);
                html.element("h2", &[("id", "picture")], "Neighbourhood").raw("\n<div class=\"scroll\">");
                html.drawing(drawing);
                html.raw("</div>\n");
                if !told.is_empty() {
                    html.element("p", &[("class", "quiet")], told);
                }
                html.close();
            }
        }))
    }

    fn linked_data(&self, term: &Term) -> Json {
        let mut data = json!({
            "@context": "https://schema.org",
            "@type": "DefinedTerm",
            "@id": term.href().trim_start_matches("terms/"),
            "name": term.name,
            "inDefinedTermSet": { "@type": "DefinedTermSet", "@id": "../index.html", "name": self.frame.title },
        });
        if !term.definition.is_empty() {
            data["description"] = json!(term.definition);
        }
        if !term.aliases.is_empty() {
            data["alternateName"] = json!(term.aliases);
        }
        data
    }

    fn head(&self, html: &mut Html, term: &Term) {
        html.element("h1", &[], &term.name);
        if !term.labels.is_empty() {
            html.element("p", &[("class", "quiet kind")], &term.labels.join(", "));
        }
        if !term.aliases.is_empty() {
            html.open("p", &[("id", "names")]).text("Also called ");
            list(html, &term.aliases, |html, alias| _ = html.element("b", &[], alias));
            html.text(".").close();
        }
        match term.definition.as_str() {
            // In a graph of packages nobody misses it.
            "" if !self.terms.are_defined => {}
            "" => _ = html.element("p", &[("id", "definition"), ("class", "quiet")], "No definition is given."),
            text => _ = html.element("p", &[("id", "definition")], text),
        }
        let cited = places(&*self.terms.graph, Entity::Node(term.node), self.template);
        if !cited.is_empty() {
            html.open("p", &[("id", "source"), ("class", "quiet")]).text("Source: ");
            self.cite(html, Entity::Node(term.node));
            html.close();
        }
    }

    fn cite(&self, html: &mut Html, entity: Entity) {
        let cited = places(&*self.terms.graph, entity, self.template);
        list(html, &cited, |html, place| match &place.address {
            Some(address) => _ = html.element("a", &[("href", address)], &place.text),
            None => _ = html.element("cite", &[], &place.text),
        });
    }

    fn facts(&self, html: &mut Html, term: &Term) {
        let facts = self.terms.facts(term);
        if facts.is_empty() {
            return;
        }
        html.open("dl", &[("class", "facts")]);
        for (name, value) in &facts {
            html.element("dt", &[], name).element("dd", &[], value).raw("\n");
        }
        html.close();
    }

    fn relations(&self, html: &mut Html, relations: &[Relation]) {
        html.open("section", &[("aria-labelledby", "relations")]);
        html.element("h2", &[("id", "relations")], "Relations").raw("\n");
        if relations.is_empty() {
            html.element("p", &[("class", "quiet")], "No relations to other terms are known.");
        }
        let mut anchors = BTreeSet::new();
        for group in relations.chunk_by(|a, b| a.group == b.group && a.phrase == b.phrase) {
            // Two types may differ in characters that no anchor has.
            let is_first = anchors.insert(&group[0].group);
            let anchor = if is_first { &group[0].group } else { "" };
            html.open("h3", &[("id", anchor)]).text(&group[0].phrase);
            if group.len() > 1 {
                html.text(" ").element("span", &[("class", "quiet")], &format!("({})", group.len()));
            }
            html.close().open("ul", &[("class", "relations")]);
            for relation in group {
                html.open("li", &[]);
                self.link(html, relation.other);
                if let Some(confidence) = relation.doubt {
                    html.text(" ").element("span", &[("class", "doubt")], &format!("doubtful: {confidence:.2}"));
                }
                self.evidence(html, relation);
                html.close();
            }
            html.close();
        }
        html.close();
    }

    fn evidence(&self, html: &mut Html, relation: &Relation) {
        let cited = !places(&*self.terms.graph, relation.entity, self.template).is_empty();
        if relation.evidence.is_empty() && !cited {
            return;
        }
        html.open("p", &[("class", "evidence")]);
        if !relation.evidence.is_empty() {
            html.element("q", &[], &relation.evidence);
        }
        if !relation.evidence.is_empty() && cited {
            html.text(" — ");
        }
        self.cite(html, relation.entity);
        html.end();
    }

    fn needed_by(&self, html: &mut Html, term: &Term, mut at_once: Vec<(NodeId, Effect)>) {
        if at_once.is_empty() {
            return;
        }
        at_once.sort_by_cached_key(|(node, _)| (fold(self.terms.name(*node)), *node));
        html.open("section", &[("aria-labelledby", "needed-by")]);
        html.element("h2", &[("id", "needed-by")], "Needed by").raw("\n");
        let effects =
            [(Effect::Fails, "If it fails, these fail too: "), (Effect::Degrades, "If it fails, these get worse: ")];
        for (effect, said) in effects {
            let suffer: Vec<NodeId> = at_once.iter().filter(|(_, of)| *of == effect).map(|(node, _)| *node).collect();
            if !suffer.is_empty() {
                html.open("p", &[]).text(said);
                list(html, &suffer, |html, node| self.link(html, *node));
                html.text(".").close();
            }
        }
        let all = self.needed.in_the_end(term.node);
        if all > at_once.len() {
            let told = format!("In the end {} suffer, through chains of needs.", count(all, "term"));
            html.element("p", &[("class", "quiet")], &told);
        }
        html.close();
    }

    /// The name of a node, as a link if it has a page.
    fn link(&self, html: &mut Html, node: NodeId) {
        let name = self.terms.name(node);
        match self.terms.get(node) {
            Some(term) => _ = html.element("a", &[("href", term.href().trim_start_matches("terms/"))], name),
            None => _ = html.text(name),
        }
    }

    /// The term between those that lead to it and those that it leads to, and what the picture leaves out.
    fn drawing(
        &self,
        term: &Term,
        relations: &[Relation],
        budget: &Budget,
    ) -> Result<Option<(String, String)>, Diagnostic> {
        let mut around: BTreeSet<NodeId> = BTreeSet::new();
        let mut drawn = Vec::new();
        for relation in alternating(relations).into_iter().filter(|relation| relation.other != term.node) {
            let is_known = around.contains(&relation.other);
            if let Entity::Relationship(relationship) = relation.entity
                && (is_known || around.len() < NEIGHBOURS)
            {
                around.insert(relation.other);
                drawn.push(relationship);
            }
        }
        if around.is_empty() {
            return Ok(None);
        }
        let address = |node: NodeId| {
            let linked = self.terms.get(node).filter(|_| node != term.node);
            linked.map(|term| term.href().trim_start_matches("terms/").to_string())
        };
        let mut svg = Vec::new();
        match write_inline_svg(&self.subgraph.around(term.node, drawn), &address, budget, &mut svg) {
            Ok(()) => {}
            Err(export::Error::Refused(error)) => return Err(error),
            Err(export::Error::Io(error)) => unreachable!("memory takes all: {error}"),
        }
        let others = relations.iter().map(|relation| relation.other).filter(|node| *node != term.node);
        let all = others.collect::<BTreeSet<NodeId>>().len();
        let told = match all > around.len() {
            true => format!("{} of {all} neighbours are shown.", around.len()),
            false => String::new(),
        };
        Ok(Some((String::from_utf8_lossy(&svg).into_owned(), told)))
    }
}

/// The first of each kind, then the second of each kind …, so that a picture of a few shows all kinds.
fn alternating(relations: &[Relation]) -> Vec<&Relation> {
    let groups = relations.chunk_by(|a, b| a.group == b.group);
    let mut order: Vec<(usize, &Relation)> = groups.flat_map(|group| group.iter().enumerate()).collect();
    order.sort_by_key(|(place, _)| *place);
    order.into_iter().map(|(_, relation)| relation).collect()
}

/// Links to the sections of a page, if there are several.
fn contents(html: &mut Html, is_needed: bool, is_drawn: bool) {
    let sections = [
        ("#relations", "Relations", true),
        ("#needed-by", "Needed by", is_needed),
        ("#picture", "Neighbourhood", is_drawn),
    ];
    if !is_needed && !is_drawn {
        return;
    }
    html.open("nav", &[("aria-label", "On this page")]).open("ul", &[("class", "contents")]);
    for (anchor, name, _) in sections.into_iter().filter(|(.., there)| *there) {
        html.open("li", &[]).element("a", &[("href", anchor)], name).close();
    }
    html.close().close();
}

/// The items, with commas between them.
fn list<T>(html: &mut Html, items: &[T], mut write: impl FnMut(&mut Html, &T)) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            html.text(", ");
        }
        write(html, item);
    }
}
