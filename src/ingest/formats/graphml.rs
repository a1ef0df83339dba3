//! GraphML: nodes whose data tell a name and a definition, and edges.

use std::collections::HashMap;

use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesStart, Event};

use super::super::finding::Findings;
use super::nodes::{Edge, Node, entries};
use super::source::SourceText;
use super::xml::{Entities, attribute};
use super::{Format, Reader};
use crate::glossary::Entry;

pub(super) const FORMAT: Format = Format {
    name: "graphml",
    what: "GraphML: nodes with names and definitions, and edges",
    suffixes: &["graphml", "xml"],
    looks_like: |text| text.contains("<graphml"),
    example: "\
<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">
  <key id=\"n\" for=\"node\" attr.name=\"name\"/>
  <key id=\"d\" for=\"node\" attr.name=\"definition\"/>
  <key id=\"t\" for=\"edge\" attr.name=\"label\"/>
  <graph edgedefault=\"directed\">
    <node id=\"1\"><data key=\"n\">mole</data><data key=\"d\">A wall that shelters a harbour.</data></node>
    <node id=\"2\"><data key=\"n\">harbour</data></node>
    <edge source=\"1\" target=\"2\"><data key=\"t\">PROTECTS</data></edge>
  </graph>
</graphml>
",
    read: Reader::Each(read),
};

/// The last node or edge, or one that is left out.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Owner {
    #[default]
    Nobody,
    Node,
    Edge,
}

#[derive(Default)]
struct Graph {
    entities: Entities,
    /// The names of data, by key.
    keys: HashMap<String, String>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Whose data is read.
    owner: Owner,
    /// The name and the text of the data being read.
    data: Option<(String, String)>,
}

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let mut graph = Graph::default();
    let mut reader = XmlReader::from_str(file.text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        let at = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(_) if !file.goes_on() => break,
            Ok(event) => graph.event(event, at, file, findings),
            Err(error) => {
                let at = (reader.error_position() as usize).min(file.text.len());
                let what = format!("not well-formed XML: {error}");
                findings.error(&file.place(at..at), what, "what follows is not read", None);
                break;
            }
        }
    }
    entries(graph.nodes, graph.edges, file, findings)
}

impl Graph {
    fn event(&mut self, event: Event, at: usize, file: &SourceText, findings: &mut Findings) {
        match event {
            Event::Start(start) => self.start(&start, at, file, findings),
            Event::Empty(start) => {
                self.start(&start, at, file, findings);
                self.end(start.local_name().into_inner());
            }
            Event::End(end) => self.end(end.local_name().into_inner()),
            Event::Text(text) => self.text(&text),
            Event::CData(text) => self.text(&text),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                let text = character.or_else(|| self.entities.expand(&reference));
                self.text(text.as_deref().unwrap_or(&reference));
            }
            Event::DocType(doctype) => self.entities.declare(&doctype),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => {}
        }
    }

    fn start(&mut self, start: &BytesStart, at: usize, file: &SourceText, findings: &mut Findings) {
        let line = file.line(at);
        let missing = |what: &str, findings: &mut Findings| {
            findings.error(&file.place(at..at), what, "it is left out", None);
        };
        match start.local_name().into_inner() {
            "key" => {
                if let (Some(id), Some(name)) = (attribute(start, &["id"]), attribute(start, &["attr.name"])) {
                    self.keys.insert(id, name);
                }
            }
            "node" => {
                let id = attribute(start, &["id"]);
                self.owner = if id.is_some() { Owner::Node } else { Owner::Nobody };
                match id {
                    Some(id) => self.nodes.push(Node { id, line, ..Node::default() }),
                    None => missing("a node without an id", findings),
                }
            }
            "edge" => match (attribute(start, &["source"]), attribute(start, &["target"])) {
                (Some(source), Some(target)) => {
                    self.owner = Owner::Edge;
                    self.edges.push(Edge { source, target, line, ..Edge::default() });
                }
                _ => {
                    self.owner = Owner::Nobody;
                    missing("an edge without a source or a target", findings);
                }
            },
            "data" => {
                let key = attribute(start, &["key"]).unwrap_or_default();
                let name = self.keys.get(&key).cloned().unwrap_or(key);
                self.data = Some((name, String::new()));
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, data)) = &mut self.data {
            data.push_str(text);
        }
    }

    fn end(&mut self, name: &str) {
        if name != "data" {
            return;
        }
        let Some((name, text)) = self.data.take() else { return };
        match (self.owner, self.edges.last_mut(), self.nodes.last_mut()) {
            (Owner::Edge, Some(edge), _) => match name.as_str() {
                "label" | "type" | "relation" => edge.kind = Some(text.trim().to_string()),
                "evidence" => edge.evidence = Some(text),
                _ => {}
            },
            (Owner::Node, _, Some(node)) => match name.as_str() {
                "labels" => node.kinds.extend(text.split(':').filter(|label| !label.is_empty()).map(str::to_string)),
                _ => node.properties.push((name, vec![text])),
            },
            (Owner::Nobody | Owner::Edge | Owner::Node, ..) => {}
        }
    }
}
