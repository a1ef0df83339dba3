//! What all pages have around their content: head, header with search, footer.

use serde_json::Value as Json;

use super::html::Html;

/// What the pages of a site have in common.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) title: String,
    /// Whether there are these pages.
    pub(super) has_changes: bool,
    pub(super) has_explorer: bool,
}

/// A page of a site.
pub(super) struct Page<'a> {
    /// Empty for the first page.
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// The way to the root of the site: nothing, or `../`.
    pub(super) root: &'static str,
    /// The page of the header's list that this is: its file.
    pub(super) current: &'static str,
    pub(super) data: Option<Json>,
}

impl Frame {
    /// A page with this content in its main part.
    pub(super) fn page(&self, page: &Page, content: impl FnOnce(&mut Html)) -> String {
        let mut html = Html::default();
        let from_root = |file: &str| format!("{}{file}", page.root);
        html.raw("<!DOCTYPE html>\n").open("html", &[("lang", "en")]).open("head", &[]);
        html.void("meta", &[("charset", "utf-8")]);
        html.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
        let title = match page.title {
            "" => self.title.clone(),
            title => format!("{title} · {}", self.title),
        };
        html.element("title", &[], &title);
        if !page.description.is_empty() {
            html.void("meta", &[("name", "description"), ("content", page.description)]);
        }
        html.void("link", &[("rel", "stylesheet"), ("href", &from_root("site.css"))]);
        html.open("script", &[("src", &from_root("site.js")), ("defer", "defer")]).close();
        if let Some(data) = &page.data {
            html.linked_data(data);
        }
        html.close().open("body", &[("data-root", page.root)]);
        html.element("a", &[("class", "skip"), ("href", "#main")], "Skip to the content");
        self.header(&mut html, page);
        html.open("main", &[("id", "main"), ("tabindex", "-1")]);
        content(&mut html);
        html.close();
        html.open("footer", &[]).open("p", &[]).text("The same as data: ");
        html.element("a", &[("href", &from_root("skos.ttl"))], "SKOS (Turtle)").text(", ");
        html.element("a", &[("href", &from_root("graph.json"))], "JSON").text(". Made with kenning.");
        html.close().close().close().close();
        html.finish()
    }

    fn header(&self, html: &mut Html, page: &Page) {
        html.open("header", &[]);
        html.element("a", &[("class", "brand"), ("href", &format!("{}index.html", page.root))], &self.title);
        html.open("nav", &[("aria-label", "Site")]).open("ul", &[]);
        let pages = [
            ("index.html", "A–Z", true),
            ("changes.html", "Changes", self.has_changes),
            ("explorer.html", "Explorer", self.has_explorer),
        ];
        for (file, name, _) in pages.into_iter().filter(|(.., there)| *there) {
            let current = if file == page.current { "page" } else { "" };
            html.open("li", &[]);
            html.element("a", &[("href", &format!("{}{file}", page.root)), ("aria-current", current)], name);
            html.close();
        }
        html.close().close();
        // Without a script it stays hidden: the A–Z page is there for everybody.
        html.raw("<form id=\"search\" role=\"search\" hidden>");
        html.raw("<label for=\"query\">Search</label> <input id=\"query\" type=\"search\" autocomplete=\"off\">");
        html.raw("<p id=\"told\" role=\"status\"></p><ul id=\"found\"></ul></form>\n");
        html.close();
    }
}
