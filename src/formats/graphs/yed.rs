//! GraphML as yEd writes it: names are in `y:NodeLabel`, relations in `y:EdgeLabel`, groups are graphs inside nodes.

use std::collections::HashMap;

use super::markup::{Markup, Reading, Tag};
use super::{
    Edges, Format, MOST_PROPERTIES, Place, Problem, Properties, RELATED_TO, Sheet, Way, node, part_of, too_many,
};
use crate::graph::Value;

pub(in super::super) const FORMAT: Format = Format {
    name: "yed",
    what: "a graph drawn with yEd: GraphML with labels and groups",
    made_by: "",
    names: &["*.graphml"],
    looks_like: |probe| probe.starts_with('<') && probe.has(&["<graphml", "yworks.com/xml/graphml"]),
    example: "\
<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" xmlns:y=\"http://www.yworks.com/xml/graphml\">
  <key for=\"node\" id=\"d0\" yfiles.type=\"nodegraphics\"/><key for=\"edge\" id=\"d1\" yfiles.type=\"edgegraphics\"/>
  <graph edgedefault=\"directed\" id=\"G\">
    <node id=\"n0\"><data key=\"d0\"><y:ShapeNode><y:NodeLabel>web</y:NodeLabel></y:ShapeNode></data></node>
    <node id=\"n1\"><data key=\"d0\"><y:ShapeNode><y:NodeLabel>api</y:NodeLabel></y:ShapeNode></data></node>
    <edge id=\"e0\" source=\"n0\" target=\"n1\"><data key=\"d1\"><y:PolyLineEdge>
      <y:EdgeLabel>depends on</y:EdgeLabel></y:PolyLineEdge></data></edge>
  </graph>
</graphml>
",
    read,
};

/// A key that the file declares.
struct Key {
    name: String,
    kind: String,
    is_of_edges: Option<bool>,
    default: Option<String>,
}

/// An element around the place, and the text that is in it but in no element inside it.
struct Frame {
    tag: Tag,
    text: String,
}

/// What is read of a node or an edge.
#[derive(Default)]
struct Item {
    labels: Vec<String>,
    properties: Properties,
    /// Whether its line has an arrow at the source and at the target.
    arrows: Option<(bool, bool)>,
}

struct Yed<'t> {
    text: &'t str,
    keys: HashMap<String, Key>,
    /// In the order declared.
    key_ids: Vec<String>,
    frames: Vec<Frame>,
    /// Nodes inside each other, and perhaps an edge.
    items: Vec<Item>,
    edges: Edges,
    has_graph: bool,
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let text = sheet.text;
    let mut reading = Reading::new(text);
    let edges = Edges::new(sheet, RELATED_TO)?;
    let (keys, key_ids, frames, items) = (HashMap::new(), Vec::new(), Vec::new(), Vec::new());
    let mut yed = Yed { text, keys, key_ids, frames, items, edges, has_graph: false };
    loop {
        sheet.tick()?;
        match reading.next()? {
            Markup::End => break,
            Markup::Open(tag) => yed.start(sheet, tag)?,
            Markup::Close(_) => yed.end(sheet)?,
            Markup::Text(text) => {
                if let Some(frame) = yed.frames.last_mut() {
                    frame.text.push_str(&text);
                }
            }
        }
    }
    if !yed.has_graph {
        return Err(Problem::at(1, "there is no <graph>").help("a file in GraphML is <graphml><graph>…"));
    }
    yed.edges.finish(sheet);
    Ok(())
}

impl Yed<'_> {
    fn start(&mut self, sheet: &mut Sheet, tag: Tag) -> Result<(), Problem> {
        sheet.charge(size_of::<Frame>())?;
        match tag.name.as_str() {
            "graph" => self.has_graph = true,
            "key" if self.key_ids.len() == MOST_PROPERTIES => return Err(too_many(sheet.line(tag.at.start))),
            "key" => self.key(&tag),
            "node" | "edge" => self.items.push(Item::default()),
            "Arrows" => {
                let has = |end: &str| tag.get(end).is_some_and(|arrow| arrow != "none");
                if let Some(item) = self.items.last_mut() {
                    item.arrows = Some((has("source"), has("target")));
                }
            }
            _ => {}
        }
        self.frames.push(Frame { tag, text: String::new() });
        Ok(())
    }

    fn key(&mut self, tag: &Tag) {
        let Some(id) = tag.get("id") else { return };
        let is_of_edges = match tag.get("for") {
            Some("edge") => Some(true),
            Some("node") => Some(false),
            Some(_) | None => None,
        };
        let name = tag.get("attr.name").unwrap_or_default().to_string();
        let kind = tag.get("attr.type").unwrap_or("string").to_string();
        self.keys.insert(id.to_string(), Key { name, kind, is_of_edges, default: None });
        self.key_ids.push(id.to_string());
    }

    fn end(&mut self, sheet: &mut Sheet) -> Result<(), Problem> {
        let Some(Frame { tag, text }) = self.frames.pop() else { return Ok(()) };
        match tag.name.as_str() {
            "NodeLabel" | "EdgeLabel" => {
                let label = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let item = self.items.last_mut().filter(|_| !label.is_empty());
                if let Some(item) = item.filter(|item| !item.labels.contains(&label)) {
                    item.labels.push(label);
                    if item.labels.len() > MOST_PROPERTIES {
                        return Err(too_many(sheet.line(tag.at.start)));
                    }
                }
            }
            "data" => self.data(&tag, &text),
            "default" => {
                let key = self.frames.last().and_then(|frame| frame.tag.get("id")).unwrap_or_default();
                if let Some(key) = self.keys.get_mut(key) {
                    key.default = Some(text);
                }
            }
            "node" => return self.node(sheet, &tag),
            "edge" => return self.edge(sheet, &tag),
            _ => {}
        }
        Ok(())
    }

    /// A value that has a name: those of the drawing have none.
    fn data(&mut self, tag: &Tag, text: &str) {
        let key = tag.get("key").and_then(|key| self.keys.get(key)).filter(|key| !key.name.is_empty());
        if let (Some(key), Some(item)) = (key, self.items.last_mut())
            && !text.trim().is_empty()
        {
            item.properties.retain(|(name, _)| *name != key.name);
            item.properties.push((key.name.clone(), typed(&key.kind, text)));
        }
    }

    /// The properties with the defaults of keys that are not among them, and what labels there are beyond the first.
    fn finished(&mut self, is_edge: bool) -> Item {
        let mut item = self.items.pop().unwrap_or_default();
        for key in self.key_ids.iter().filter_map(|id| self.keys.get(id)) {
            let is_for = key.is_of_edges.is_none_or(|of_edges| of_edges == is_edge) && !key.name.is_empty();
            let is_missing = item.properties.iter().all(|(name, _)| *name != key.name);
            if let Some(default) = key.default.as_ref().filter(|_| is_for && is_missing) {
                item.properties.push((key.name.clone(), typed(&key.kind, default)));
            }
        }
        if let Some((first, others)) = item.labels.split_first() {
            item.properties.insert(0, ("label".to_string(), Value::from(first.as_str())));
            if !others.is_empty() {
                let others = others.iter().map(|label| Value::from(label.as_str()));
                item.properties.push(("other_labels".to_string(), Value::list(others)));
            }
        }
        item
    }

    fn node(&mut self, sheet: &mut Sheet, tag: &Tag) -> Result<(), Problem> {
        let item = self.finished(false);
        let place = Place { line: sheet.line(tag.at.start), evidence: &self.text[tag.at.clone()] };
        let Some(id) = tag.get("id") else { return Err(Problem::at(place.line, "<node> has no `id`")) };
        let group = tag.get("yfiles.foldertype");
        let thing = node(sheet, id, place.line, item.properties)?;
        if group.is_some() {
            sheet.label(thing, "Group");
        }
        let around = self.frames.iter().rev().find(|frame| frame.tag.name == "node");
        match around.and_then(|frame| frame.tag.get("id")) {
            Some(whole) => part_of(sheet, id, whole, place),
            None => Ok(()),
        }
    }

    fn edge(&mut self, sheet: &mut Sheet, tag: &Tag) -> Result<(), Problem> {
        let mut item = self.finished(true);
        let place = Place { line: sheet.line(tag.at.start), evidence: &self.text[tag.at.clone()] };
        let (Some(source), Some(target)) = (tag.get("source"), tag.get("target")) else {
            return Err(Problem::at(place.line, "<edge> has no `source` or no `target`"));
        };
        if let Some(id) = tag.get("id") {
            item.properties.push(("id".to_string(), Value::from(id)));
        }
        // yEd draws arrows of its own, whatever the file says of directions.
        let way = match item.arrows {
            Some((false, true)) => Way::Along,
            Some((true, false)) => Way::Back,
            Some((true, true)) => Way::Both,
            Some((false, false)) => Way::None,
            None => self.default_way(),
        };
        self.edges.relate(sheet, (source, target), way, place, item.properties)
    }

    fn default_way(&self) -> Way {
        let graph = self.frames.iter().rev().find(|frame| frame.tag.name == "graph");
        match graph.and_then(|frame| frame.tag.get("edgedefault")) {
            Some("undirected") => Way::None,
            Some(_) | None => Way::Along,
        }
    }
}

/// A value of a type of GraphML; what is not of its type is text.
fn typed(kind: &str, text: &str) -> Value {
    let trimmed = text.trim();
    let value = match kind {
        "boolean" => match trimmed {
            "true" | "True" | "1" => Some(Value::Boolean(true)),
            "false" | "False" | "0" => Some(Value::Boolean(false)),
            _ => None,
        },
        "int" | "long" => trimmed.parse().ok().map(Value::Integer),
        "float" | "double" => trimmed.parse().ok().map(Value::Float),
        _ => None,
    };
    value.unwrap_or_else(|| Value::from(trimmed))
}
