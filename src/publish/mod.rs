//! Graph → a static site: an A–Z page, a page for each term, changes since an older version, search, the explorer, and the
//! same as data. It needs no server, no network and no build step.
//!
//! [`Site`] knows the names of its files before it makes one, so that whoever keeps them can look what they would
//! replace. It writes one file after the other to a [`Sink`] and never looks at the disk. Everything in it is decided by
//! graph and options: the same graph is the same site, byte by byte.
//!
//! `address` decides what pages are called, `terms` what is known of a term, `needed` who needs it; `html` alone writes
//! markup. Tests: `tests/publish.rs`, and `tests/clients/published.py` in a browser.

mod address;
mod changes;
mod frame;
mod html;
mod index;
mod needed;
mod places;
mod term;
mod terms;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::export::{self, Error, Subgraph};
use crate::graph::{Graph, GraphView, LabelId, fold};
use crate::ingest::difference::Difference;
use crate::limits::Budget;
use frame::Frame;
use needed::Needed;
use term::TermPages;
use terms::{Term, Terms};

pub use places::SourceTemplate;

const STYLE: &str = include_str!("site.css");
const SCRIPT: &str = include_str!("site.js");

/// Where the files of a site go.
pub trait Sink {
    /// Takes a whole file; the name has `/` between folders.
    fn put(&mut self, name: &str, content: &[u8]) -> io::Result<()>;
}

/// What a site is to be.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the site is called.
    pub title: String,
    /// The addresses of source lines; without it they are text.
    pub template: Option<SourceTemplate>,
    /// Only nodes with one of these labels have pages; none means all.
    pub labels: Vec<LabelId>,
    /// What changed since an older version.
    pub changes: Option<Difference>,
}

/// A site that is ready to be written.
pub struct Site {
    terms: Terms,
    options: Options,
    frame: Frame,
    subgraph: Subgraph,
    /// The same, with nodes of one name told apart: for pictures.
    apart: Subgraph,
    /// The addresses of terms that have another name now: the old name, and the place of the term.
    moved: BTreeMap<String, (String, usize)>,
    notes: Vec<String>,
}

impl Site {
    pub fn of(graph: Arc<Graph>, options: Options, budget: &Budget) -> Result<Site, Diagnostic> {
        let terms = Terms::of(graph.clone(), &options.labels, budget)?;
        let subgraph = match options.labels.is_empty() {
            true => Subgraph::whole(graph),
            false => Subgraph::among(graph, &terms.list.iter().map(|term| term.node).collect(), budget)?,
        };
        let apart = subgraph.clone().told_apart(&|node| Some(terms.name(node).to_string()), budget)?;
        // What a failure does may be guessed.
        let mut notes = GraphView::failures(&terms.graph, None).notes();
        let explorer = export::find("html").expect("it is a row of the table");
        let has_explorer = match explorer.most_nodes {
            Some(most) if terms.list.len() > most => {
                notes.push(format!("explorer.html left out: it shows at most {most} terms"));
                false
            }
            _ => !terms.list.is_empty(),
        };
        let moved = moved(&terms, options.changes.as_ref());
        let frame = Frame { title: options.title.clone(), has_changes: options.changes.is_some(), has_explorer };
        Ok(Site { terms, options, frame, subgraph, apart, moved, notes })
    }

    /// How many terms have a page.
    pub fn term_count(&self) -> usize {
        self.terms.list.len()
    }

    /// What changed since the older version, in one line.
    pub fn changes(&self) -> Option<String> {
        self.options.changes.as_ref().map(changes::summary)
    }

    /// What is not in the site, or is guessed: a sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The names of its files, sorted.
    pub fn files(&self) -> BTreeSet<String> {
        let term = |address: &str| format!("terms/{address}.html");
        let always = ["index.html", "site.css", "site.js", "search.js", "skos.ttl", "graph.json"];
        let mut files: BTreeSet<String> = always.into_iter().map(str::to_string).collect();
        files.extend(self.frame.has_changes.then(|| "changes.html".to_string()));
        files.extend(self.frame.has_explorer.then(|| "explorer.html".to_string()));
        files.extend(self.terms.list.iter().map(|one| term(&one.address)));
        files.extend(self.terms.shared.keys().map(|address| term(address)));
        files.extend(self.moved.keys().map(|address| term(address)));
        files
    }

    /// Writes all files. The explorer, whose picture takes as long as all the pages, is made on another thread.
    pub fn write(&self, budget: &Budget, sink: &mut dyn Sink) -> Result<(), Error> {
        std::thread::scope(|scope| {
            let beside = budget.beside();
            let explorer = self.frame.has_explorer.then(|| scope.spawn(move || exported(&self.apart, "html", &beside)));
            let written = self.pages(budget, sink).and_then(|()| self.others(budget, sink));
            let explorer =
                explorer.map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            written?;
            if let Some(explorer) = explorer {
                sink.put("explorer.html", &explorer?)?;
            }
            Ok(())
        })
    }

    /// The pages of terms and at addresses that lead to some.
    fn pages(&self, budget: &Budget, sink: &mut dyn Sink) -> Result<(), Error> {
        let graph = &*self.terms.graph;
        let (everything, failures) = (terms::everything(graph), GraphView::failures(graph, None));
        let needed = Needed::of(graph, &failures, budget)?;
        let (terms, frame, template) = (&self.terms, &self.frame, self.options.template.as_ref());
        let pages =
            TermPages { terms, subgraph: &self.apart, everything: &everything, needed: &needed, frame, template };
        let mut put = |address: &str, page: String| {
            budget.work(page.len())?;
            budget.room(page.len())?;
            Ok::<_, Error>(sink.put(&format!("terms/{address}.html"), page.as_bytes())?)
        };
        for term in &self.terms.list {
            put(&term.address, pages.page(term, budget)?)?;
        }
        for (address, meant) in &self.terms.shared {
            put(address, index::shared(meant, &self.terms, frame))?;
        }
        for (address, (old, place)) in &self.moved {
            put(address, changes::moved(old, &self.terms.list[*place], frame))?;
        }
        Ok(())
    }

    fn others(&self, budget: &Budget, sink: &mut dyn Sink) -> Result<(), Error> {
        let mut put = |name: &str, content: &[u8]| {
            budget.check()?;
            budget.room(content.len())?;
            Ok::<_, Error>(sink.put(name, content)?)
        };
        let relations = self.subgraph.links().len();
        put("index.html", index::page(&self.terms, &self.frame, relations).as_bytes())?;
        if let Some(found) = &self.options.changes {
            put("changes.html", changes::page(found, &self.terms, &self.frame).as_bytes())?;
        }
        put("search.js", index::search_data(&self.terms).as_bytes())?;
        put("site.css", STYLE.as_bytes())?;
        put("site.js", SCRIPT.as_bytes())?;
        put("skos.ttl", &exported(&self.subgraph, "turtle", budget)?)?;
        put("graph.json", &exported(&self.subgraph, "node-link", budget)?)
    }
}

/// The graph as an exporter writes it.
fn exported(subgraph: &Subgraph, format: &str, budget: &Budget) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    export::find(format).expect("it is a row of the table").write(subgraph, budget, &mut out)?;
    Ok(out)
}

/// The addresses that terms had by an older name, unless they are taken.
fn moved(terms: &Terms, changes: Option<&Difference>) -> BTreeMap<String, (String, usize)> {
    let by_name: BTreeMap<String, usize> =
        terms.list.iter().enumerate().map(|(place, term)| (fold(&term.name), place)).collect();
    let taken: BTreeSet<&String> =
        terms.list.iter().map(|term: &Term| &term.address).chain(terms.shared.keys()).collect();
    let renamed = changes.into_iter().flat_map(|found| &found.renamed);
    let moved =
        renamed.filter_map(|(old, new)| Some((address::of_name(old), (old.clone(), *by_name.get(&fold(new))?))));
    moved.filter(|(address, _)| !taken.contains(address)).collect()
}
