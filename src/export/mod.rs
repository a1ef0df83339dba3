//! Graphs as text for other programs, as pictures for people, and for kenning itself: the EXPORTERS table.
//!
//! An exporter writes a [`Subgraph`]: the whole graph, or the nodes and relationships of a result. It never looks at a
//! file, the terminal or the clock. To add one: write it in its own file and add its row to [`EXPORTERS`].

mod csv_pair;
pub mod cypher;
mod dot;
mod graphml;
mod html;
mod json_ld;
mod layout;
mod mermaid;
mod node_link;
mod picture;
pub(crate) mod rdf;
mod subgraph;
mod svg;
mod turtle;
pub(crate) mod xml;

use std::io;

use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::limits::Budget;
use crate::render::count;
pub(crate) use html::{EXPLORER, PICTURE, STYLE, data as picture_data, inert};
pub use subgraph::{Arrangement, Link, Subgraph};
pub(crate) use svg::write_inline as write_inline_svg;

/// One row of the table.
#[derive(Debug)]
pub struct Exporter {
    /// What `--format` calls it.
    pub name: &'static str,
    /// How names of such files end, the usual ending first.
    pub endings: &'static [&'static str],
    /// One sentence.
    pub doc: &'static str,
    /// What HTTP calls it.
    pub media: &'static str,
    /// More nodes than these make no picture.
    pub most_nodes: Option<usize>,
    /// It keeps the data of a graph, but has no place for its indexes and constraints.
    pub leaves_out_rules: bool,
    /// The files that it makes: one, as a rule.
    pub parts: &'static [Part],
}

/// A file of an exporter.
#[derive(Debug)]
pub struct Part {
    /// What stands between the file's name and its ending, if there are several files: `nodes`.
    pub infix: &'static str,
    pub write: fn(&Subgraph, &Budget, &mut dyn io::Write) -> Written,
}

/// What the file leaves out: a sentence each.
pub type Written = Result<Vec<String>, Error>;

/// Why nothing or not all was written.
#[derive(Debug)]
pub enum Error {
    Io(io::Error),
    Refused(Diagnostic),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        Error::Io(error)
    }
}

impl From<Diagnostic> for Error {
    fn from(error: Diagnostic) -> Error {
        Error::Refused(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Error {
        Error::Io(error.into())
    }
}

/// The exporters, in the order of the help.
pub const EXPORTERS: &[Exporter] = &[
    Exporter {
        name: "dot",
        endings: &["dot", "gv"],
        doc: "a picture for Graphviz",
        media: "text/vnd.graphviz",
        most_nodes: None,
        leaves_out_rules: false,
        parts: &[Part { infix: "", write: dot::write }],
    },
    Exporter {
        name: "mermaid",
        endings: &["mmd", "mermaid"],
        doc: "a flowchart for Mermaid, as Markdown pages show it",
        media: "text/vnd.mermaid",
        most_nodes: Some(500),
        leaves_out_rules: false,
        parts: &[Part { infix: "", write: mermaid::write }],
    },
    Exporter {
        name: "graphml",
        endings: &["graphml"],
        doc: "GraphML, for Gephi, yEd, NetworkX, igraph and kenning; keeps all",
        media: "application/graphml+xml",
        most_nodes: None,
        leaves_out_rules: true,
        parts: &[Part { infix: "", write: graphml::write }],
    },
    Exporter {
        name: "cypher",
        endings: &["cypher"],
        doc: "a script that creates the graph anew; keeps all",
        media: "application/x-cypher-query",
        most_nodes: None,
        leaves_out_rules: false,
        parts: &[Part { infix: "", write: cypher::write }],
    },
    Exporter {
        name: "node-link",
        endings: &["json"],
        doc: "JSON with nodes and edges, for NetworkX, D3 and kenning; keeps all",
        media: "application/vnd.node-link+json",
        most_nodes: None,
        leaves_out_rules: true,
        parts: &[Part { infix: "", write: node_link::write }],
    },
    Exporter {
        name: "csv-pair",
        endings: &["csv"],
        doc: "two tables with neo4j-admin's headers, FILE.nodes.csv and FILE.relationships.csv",
        media: "text/csv",
        most_nodes: None,
        leaves_out_rules: true,
        parts: &[
            Part { infix: "nodes", write: csv_pair::write_nodes },
            Part { infix: "relationships", write: csv_pair::write_relationships },
        ],
    },
    Exporter {
        name: "turtle",
        endings: &["ttl"],
        doc: "a SKOS vocabulary in Turtle, with what SKOS has no word for in kenning's; keeps all",
        media: "text/turtle",
        most_nodes: None,
        leaves_out_rules: true,
        parts: &[Part { infix: "", write: turtle::write }],
    },
    Exporter {
        name: "json-ld",
        endings: &["jsonld"],
        doc: "the same vocabulary in JSON-LD; keeps all",
        media: "application/ld+json",
        most_nodes: None,
        leaves_out_rules: true,
        parts: &[Part { infix: "", write: json_ld::write }],
    },
    Exporter {
        name: "svg",
        endings: &["svg"],
        doc: "a picture: layers for dependencies and paths, neighbours near each other for the rest",
        media: "image/svg+xml",
        most_nodes: Some(5_000),
        leaves_out_rules: false,
        parts: &[Part { infix: "", write: svg::write }],
    },
    Exporter {
        name: "html",
        endings: &["html", "htm"],
        doc: "one page to explore in a browser, without a network: pan, zoom, search, evidence, paths",
        media: "text/html",
        most_nodes: Some(5_000),
        leaves_out_rules: false,
        parts: &[Part { infix: "", write: html::write }],
    },
];

/// Finds an exporter by name.
pub fn find(name: &str) -> Option<&'static Exporter> {
    EXPORTERS.iter().find(|exporter| exporter.name == name)
}

/// Finds an exporter by the ending of a file's name.
pub fn by_ending(ending: &str) -> Option<&'static Exporter> {
    EXPORTERS.iter().find(|exporter| exporter.endings.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

impl Exporter {
    /// Writes all parts one after the other, an empty line between them.
    pub fn write(&self, subgraph: &Subgraph, budget: &Budget, out: &mut dyn io::Write) -> Written {
        self.admits(subgraph)?;
        let mut left_out = Vec::new();
        for (at, part) in self.parts.iter().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            left_out.extend((part.write)(subgraph, budget, out)?);
        }
        Ok(left_out)
    }

    /// What a file of this kind does not have of what is asked for: a sentence each.
    pub fn left_out(&self, subgraph: &Subgraph) -> Vec<String> {
        let mut left_out = subgraph.left_out().to_vec();
        let rules = if self.leaves_out_rules { subgraph.rules() } else { 0 };
        if rules > 0 {
            let rules =
                if rules == 1 { "1 index or constraint".into() } else { format!("{rules} indexes and constraints") };
            left_out.push(format!("{rules} left out: `{}` has no place for them, `cypher` has", self.name));
        }
        let decisions = if self.leaves_out_rules { subgraph.source().semantics().decisions().len() } else { 0 };
        if decisions > 0 {
            let decisions = count(decisions, "decision");
            left_out.push(format!("{decisions} left out: `{}` has no place for them, `cypher` has", self.name));
        }
        left_out
    }

    /// Refuses what has too many nodes for a picture.
    pub fn admits(&self, subgraph: &Subgraph) -> Result<(), Diagnostic> {
        match self.most_nodes {
            Some(most) if subgraph.nodes().len() > most => {
                let nodes = count(subgraph.nodes().len(), "node");
                let message = format!("{nodes} are too many for a picture: `{}` draws at most {most}", self.name);
                let error = Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message);
                Err(error.help("narrow the question, or write graphml, dot or node-link"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::RENDERERS;

    #[test]
    fn what_has_no_place_for_indexes_says_so() {
        let (mut graph, ..) = crate::render::testing::small();
        let exporters = || EXPORTERS.iter().filter(|exporter| exporter.leaves_out_rules);
        let whole = |graph: &crate::graph::Graph| Subgraph::whole(std::sync::Arc::new(graph.clone()));
        assert!(exporters().all(|exporter| exporter.left_out(&whole(&graph)).is_empty()));
        let (label, key) = (graph.intern_label("Port"), graph.intern_key("number"));
        let rule =
            crate::graph::Rule { name: "ports".into(), kind: crate::graph::RuleKind::Index, label, keys: vec![key] };
        graph.add_rule(rule).expect("no port breaks it");
        for exporter in exporters() {
            assert!(
                exporter.left_out(&whole(&graph))[0].starts_with("1 index or constraint left out"),
                "{}",
                exporter.name
            );
        }
        assert!(find("cypher").expect("a row").left_out(&whole(&graph)).is_empty());
    }

    #[test]
    fn names_and_endings_are_unique() {
        let endings = || EXPORTERS.iter().flat_map(|exporter| exporter.endings);
        for exporter in EXPORTERS {
            assert!(RENDERERS.iter().all(|renderer| renderer.name != exporter.name), "{}", exporter.name);
            assert_eq!(EXPORTERS.iter().filter(|other| other.name == exporter.name).count(), 1);
            assert!(exporter.endings.iter().all(|ending| endings().filter(|other| *other == ending).count() == 1));
            assert!(!exporter.parts.is_empty());
        }
    }
}
