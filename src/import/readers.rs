//! Files that hold a whole graph in a format of its own: the READERS table.

use super::draft::{Draft, Problem};
use super::{graphml, node_link, rdf};
use crate::diagnostic::Diagnostic;
use crate::graph::Graph;
use crate::limits::Budget;

/// One row of the table.
pub struct Reader {
    /// What it is called, as its exporter is.
    pub name: &'static str,
    /// How names of such files end.
    pub endings: &'static [&'static str],
    /// One sentence.
    pub doc: &'static str,
    read: fn(&str, &mut Draft) -> Result<(), Problem>,
}

/// The formats of graphs, in the order of the help.
pub const READERS: &[Reader] = &[
    Reader {
        name: "graphml",
        endings: &["graphml"],
        doc: "GraphML, of kenning, NetworkX, igraph, Gephi, yEd or Neo4j's APOC",
        read: graphml::read,
    },
    Reader {
        name: "node-link",
        endings: &["json"],
        doc: "JSON with nodes and edges (or links), of kenning, NetworkX or D3",
        read: node_link::read,
    },
    Reader {
        name: "turtle",
        endings: &["ttl"],
        doc: "RDF in Turtle: IRIs are nodes, literals properties, other triples relationships; SKOS names are known",
        read: rdf::read_turtle,
    },
    Reader {
        name: "json-ld",
        endings: &["jsonld"],
        doc: "the same in JSON-LD, whose context stands in the file",
        read: rdf::read_json_ld,
    },
];

/// Finds a reader by the ending of a file's name.
pub fn by_ending(ending: &str) -> Option<&'static Reader> {
    READERS.iter().find(|reader| reader.endings.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

impl Reader {
    /// The graph of a text, and what there is to say about it: a sentence each. The error names file and line.
    pub fn graph(&self, text: &str, file: &str, budget: &Budget) -> Result<(Graph, Vec<String>), Diagnostic> {
        // What stands in the text is held at least once more.
        budget.charge(text.len())?;
        let mut draft = Draft::new(budget);
        (self.read)(text, &mut draft).map_err(|problem| problem.diagnostic(file))?;
        Ok(draft.finish())
    }
}
