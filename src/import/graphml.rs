//! GraphML, read element by element. Entities that a file defines itself are errors, so they cannot grow; so are
//! hyperedges, for which a property graph has no place. A node of a graph inside a node is `PART_OF` that node. Labels
//! of yEd's drawings are the names of its nodes and edges (`drawing`).

mod drawing;

use std::collections::BTreeMap;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::draft::{Draft, Problem};
use super::words::Types;
use crate::graph::{Value, exact};

/// The namespace of what GraphML has no word for; the exporter of the same name says what that is.
pub(crate) const NAMESPACE: &str = "urn:kenning:graphml";

/// A `<key>`: what the data that refer to it are.
struct Key {
    of: String,
    name: String,
    /// GraphML's type, and kenning's if it says more.
    kind: String,
    own: String,
    /// Whether its data are drawings of yEd.
    is_drawing: bool,
    /// What those have that say nothing else.
    default: Option<String>,
}

/// The data of an element: line, key, text.
type Data = Vec<(u64, String, String)>;

/// An edge, whose nodes may come later in the file.
struct Edge {
    line: u64,
    source: String,
    target: String,
    label: Option<String>,
    data: Data,
    is_stated: bool,
}

struct Parser<'t, 'd, 'b> {
    reader: Reader<&'t [u8]>,
    text: &'t str,
    line: u64,
    /// Up to where lines are counted.
    counted: usize,
    keys: BTreeMap<String, Key>,
    edges: Vec<Edge>,
    undirected: bool,
    /// The nodes around the place.
    around: Vec<String>,
    nested: usize,
    /// Elements of other programs that were passed over, by name.
    foreign: BTreeMap<String, usize>,
    /// Whether kenning wrote the file.
    own: bool,
    draft: &'d mut Draft<'b>,
}

pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), Problem> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut parser = Parser {
        reader,
        text,
        line: 1,
        counted: 0,
        keys: BTreeMap::new(),
        edges: Vec::new(),
        undirected: false,
        around: Vec::new(),
        nested: 0,
        foreign: BTreeMap::new(),
        own: false,
        draft,
    };
    parser.document()?;
    parser.enter_edges()?;
    parser.say();
    Ok(())
}

impl<'t> Parser<'t, '_, '_> {
    fn wrong<T>(&self, what: impl Into<String>) -> Result<T, Problem> {
        Err(Problem::Wrong(self.line, what.into()))
    }

    fn event(&mut self) -> Result<Event<'t>, Problem> {
        let event = self.reader.read_event();
        let to = (self.reader.buffer_position() as usize).min(self.text.len());
        if to > self.counted {
            self.line += memchr::memchr_iter(b'\n', &self.text.as_bytes()[self.counted..to]).count() as u64;
            self.counted = to;
        }
        event.or_else(|error| self.wrong(format!("this is no XML: {error}")))
    }

    /// The next element inside the one named, with its local name; `None` at its end.
    fn child(&mut self, parent: &str) -> Result<Option<(String, BytesStart<'t>)>, Problem> {
        loop {
            match self.event()? {
                Event::Start(start) => return Ok(Some((start.local_name().into_inner().to_string(), start))),
                Event::End(_) => return Ok(None),
                Event::Eof => return self.wrong(format!("<{parent}> is never closed")),
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                    return self.wrong(format!("<{parent}> holds text where elements are expected"));
                }
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    /// Passes over all that the element holds.
    fn skip(&mut self, name: &str) -> Result<(), Problem> {
        let mut depth = 1usize;
        while depth > 0 {
            match self.event()? {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Eof => return self.wrong(format!("<{name}> is never closed")),
                Event::Empty(_)
                | Event::Text(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_)
                | Event::GeneralRef(_) => {}
            }
        }
        Ok(())
    }

    /// Passes over an element that other programs may understand.
    fn pass(&mut self, name: &str) -> Result<(), Problem> {
        *self.foreign.entry(name.to_string()).or_default() += 1;
        self.skip(name)
    }

    /// The text that the element holds.
    fn text(&mut self, name: &str) -> Result<String, Problem> {
        let mut out = String::new();
        loop {
            match self.event()? {
                Event::Text(text) => out.push_str(&text.xml10_content()),
                Event::CData(text) => out.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => out.push(self.referred(&reference)?),
                Event::Start(start) => {
                    let name = start.local_name().into_inner().to_string();
                    self.pass(&name)?;
                }
                Event::End(_) => return Ok(out),
                Event::Eof => return self.wrong(format!("<{name}> is never closed")),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn referred(&self, reference: &BytesRef) -> Result<char, Problem> {
        let name: &str = reference;
        match (reference.resolve_char_ref(), name) {
            (Ok(Some(c)), _) => Ok(c),
            (Err(error), _) => self.wrong(format!("`&{name};` is no character: {error}")),
            (Ok(None), "lt") => Ok('<'),
            (Ok(None), "gt") => Ok('>'),
            (Ok(None), "amp") => Ok('&'),
            (Ok(None), "quot") => Ok('"'),
            (Ok(None), "apos") => Ok('\''),
            (Ok(None), _) => self.wrong(format!("`&{name};` is an entity of the file's own, which is not read")),
        }
    }

    /// The element's attributes by name, prefix included.
    fn attributes(&self, start: &BytesStart) -> Result<BTreeMap<String, String>, Problem> {
        let mut attributes = BTreeMap::new();
        for attribute in start.attributes() {
            let attribute = attribute.or_else(|error| self.wrong(format!("an attribute is no XML: {error}")))?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.or_else(|error| self.wrong(format!("an attribute is no XML: {error}")))?;
            attributes.insert(attribute.key.as_ref().to_string(), value.into_owned());
        }
        Ok(attributes)
    }

    fn required(&self, attributes: &mut BTreeMap<String, String>, of: &str, name: &str) -> Result<String, Problem> {
        match attributes.remove(name) {
            Some(value) => Ok(value),
            None => self.wrong(format!("<{of}> has no `{name}`")),
        }
    }

    fn document(&mut self) -> Result<(), Problem> {
        loop {
            match self.event()? {
                Event::Start(start) if start.local_name().into_inner() == "graphml" => {
                    self.own = self.attributes(&start)?.values().any(|value| value == NAMESPACE);
                    break;
                }
                Event::Start(_) | Event::Eof => return self.wrong("this is no GraphML: there is no <graphml>"),
                Event::Text(text) if !text.trim().is_empty() => {
                    return self.wrong("this is no GraphML: there is no <graphml>");
                }
                Event::Text(_)
                | Event::End(_)
                | Event::Empty(_)
                | Event::CData(_)
                | Event::GeneralRef(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_) => {}
            }
        }
        let mut graphs = 0;
        while let Some((name, start)) = self.child("graphml")? {
            match name.as_str() {
                "key" => self.key(&start)?,
                "graph" if graphs > 0 => return self.wrong("the file holds more than one graph"),
                "graph" => {
                    graphs += 1;
                    self.graph(&start)?;
                }
                "desc" => self.skip("desc")?,
                name => self.pass(name)?,
            }
        }
        Ok(())
    }

    fn key(&mut self, start: &BytesStart) -> Result<(), Problem> {
        let mut attributes = self.attributes(start)?;
        let id = self.required(&mut attributes, "key", "id")?;
        let mut take = |name: &str| attributes.remove(name);
        let name = match take("k:name") {
            Some(json) => serde_json::from_str(&json).or_else(|error| self.wrong(format!("`k:name`: {error}")))?,
            None => take("attr.name").unwrap_or_else(|| id.clone()),
        };
        let list = take("attr.list").map(|_| "json".to_string());
        let mut key = Key {
            of: take("for").unwrap_or_else(|| "all".into()),
            name,
            kind: take("attr.type").unwrap_or_else(|| "string".into()),
            own: take("k:type").or(list).unwrap_or_default(),
            is_drawing: take("yfiles.type").is_some_and(|kind| kind.ends_with("graphics")),
            default: None,
        };
        while let Some((name, _)) = self.child("key")? {
            match name.as_str() {
                "default" => key.default = Some(self.text("default")?),
                name => self.skip(name)?,
            }
        }
        match self.keys.insert(id.clone(), key) {
            None => Ok(()),
            Some(_) => self.wrong(format!("there are two keys `{id}`")),
        }
    }

    fn graph(&mut self, start: &BytesStart) -> Result<(), Problem> {
        let undirected = self.attributes(start)?.get("edgedefault").is_some_and(|way| way == "undirected");
        while let Some((name, start)) = self.child("graph")? {
            match name.as_str() {
                "node" => self.node(&start)?,
                "edge" => self.edge(&start, undirected)?,
                "data" => self.graph_data(&start)?,
                "hyperedge" => return self.wrong("a hyperedge has no place in a property graph"),
                "desc" => self.skip("desc")?,
                name => self.pass(name)?,
            }
        }
        Ok(())
    }

    fn graph_data(&mut self, start: &BytesStart) -> Result<(), Problem> {
        let (line, key, text) = self.datum(start)?;
        if self.keys.get(&key).is_some_and(|key| key.own == "semantics") {
            let semantics: Vec<_> =
                serde_json::from_str(&text).map_err(|error| Problem::Wrong(line, format!("semantics: {error}")))?;
            semantics.into_iter().for_each(|semantics| self.draft.declare(semantics));
        }
        if self.keys.get(&key).is_some_and(|key| key.own == "naming") {
            let namings: Vec<_> =
                serde_json::from_str(&text).map_err(|error| Problem::Wrong(line, format!("naming: {error}")))?;
            namings.into_iter().for_each(|naming| self.draft.name_by(naming));
        }
        Ok(())
    }

    fn datum(&mut self, start: &BytesStart) -> Result<(u64, String, String), Problem> {
        let line = self.line;
        let key = self.required(&mut self.attributes(start)?, "data", "key")?;
        if !self.keys.contains_key(&key) {
            return self.wrong(format!("no <key> declares `{key}`"));
        }
        let text = if self.keys[&key].is_drawing { self.drawing()? } else { self.text("data")? };
        self.draft.reserve(text.len() + size_of::<(u64, String, String)>())?;
        Ok((line, key, text))
    }

    /// The data of a node or an edge.
    fn data(&mut self, of: &str) -> Result<Data, Problem> {
        let mut data = Data::new();
        while let Some((name, start)) = self.child(of)? {
            match name.as_str() {
                "data" => data.push(self.datum(&start)?),
                "graph" if of == "node" => self.inner_graph(&start)?,
                "graph" => return self.wrong("a graph inside an edge has no place in a property graph"),
                "desc" => self.skip("desc")?,
                name => self.pass(name)?,
            }
        }
        Ok(data)
    }

    fn node(&mut self, start: &BytesStart) -> Result<(), Problem> {
        let line = self.line;
        let mut attributes = self.attributes(start)?;
        let id = self.required(&mut attributes, "node", "id")?;
        self.part_of(line, &id)?;
        self.around.push(id.clone());
        let data = self.data("node")?;
        self.around.pop();
        let mut labels = attributes.remove("labels");
        let mut values = Vec::new();
        for (line, key, text) in self.with_defaults(data, "node", line) {
            let known = &self.keys[&key];
            if known.own == "labels" || (!self.own && known.name == "labels" && text.starts_with(':')) {
                labels = Some(text);
            } else if known.is_drawing {
                values.extend((!text.is_empty()).then(|| ("name".to_string(), Value::from(text))));
            } else {
                values.push((known.name.clone(), value(known, &text).map_err(|what| Problem::Wrong(line, what))?));
            }
        }
        let labels = names(labels.as_deref().unwrap_or_default()).map_err(|what| Problem::Wrong(line, what))?;
        let number = self.draft.node(line, &id, labels.iter().map(String::as_str))?;
        if !self.own && values.iter().all(|(key, _)| key != "id") {
            self.draft.set_node(number, "id", Value::from(id))?;
        }
        values.into_iter().try_for_each(|(key, value)| self.draft.set_node(number, &key, value))
    }

    fn edge(&mut self, start: &BytesStart, undirected: bool) -> Result<(), Problem> {
        let line = self.line;
        let mut attributes = self.attributes(start)?;
        let source = self.required(&mut attributes, "edge", "source")?;
        let target = self.required(&mut attributes, "edge", "target")?;
        self.undirected |= attributes.get("directed").map_or(undirected, |directed| directed == "false");
        let data = self.data("edge")?;
        self.draft.reserve(size_of::<Edge>() + source.len() + target.len())?;
        self.edges.push(Edge { line, source, target, label: attributes.remove("label"), data, is_stated: true });
        Ok(())
    }

    /// The data, and the defaults of keys that are not among them.
    fn with_defaults(&self, mut data: Data, of: &str, line: u64) -> Data {
        for (id, key) in self.keys.iter().filter(|(_, key)| key.of == of || key.of == "all") {
            if let Some(default) = &key.default
                && data.iter().all(|(_, known, _)| known != id)
            {
                data.push((line, id.clone(), default.clone()));
            }
        }
        data
    }

    fn enter_edges(&mut self) -> Result<(), Problem> {
        let mut types = Types::default();
        for edge in std::mem::take(&mut self.edges) {
            let (start, end) = (self.draft.find(edge.line, &edge.source)?, self.draft.find(edge.line, &edge.target)?);
            let mut label = edge.label;
            let mut values = Vec::new();
            // Those that nodes inside others make are no edges of the file.
            let data = if edge.is_stated { self.with_defaults(edge.data, "edge", edge.line) } else { edge.data };
            for (line, key, text) in data {
                let known = &self.keys[&key];
                if known.own == "type" || (!self.own && known.name == "label" && is_type(&text)) {
                    label = Some(type_name(&text).map_err(|what| Problem::Wrong(line, what))?);
                } else if known.is_drawing {
                    values.extend((!text.is_empty()).then(|| ("label".to_string(), Value::from(text))));
                } else {
                    values.push((known.name.clone(), value(known, &text).map_err(|what| Problem::Wrong(line, what))?));
                }
            }
            let kind = label.unwrap_or_else(|| types.of(&mut values));
            let relationship = self.draft.relationship(edge.line, start, &kind, end)?;
            values.into_iter().try_for_each(|(key, value)| self.draft.set_relationship(relationship, &key, value))?;
        }
        types.say(self.draft, "label");
        Ok(())
    }

    /// What was read otherwise than it stands there.
    fn say(&mut self) {
        if self.undirected {
            self.draft.notes.push("edges without direction run from `source` to `target`".into());
        }
        if self.nested > 0 {
            self.draft.notes.push(format!("{} nodes are inside others: they are PART_OF them", self.nested));
        }
        if !self.foreign.is_empty() {
            let elements: Vec<String> = self.foreign.iter().map(|(name, times)| format!("{times} <{name}>")).collect();
            self.draft.notes.push(format!("elements of other programs were left out: {}", elements.join(", ")));
        }
    }
}

/// Whether a label is written as a type is: programs write them so, people write words.
fn is_type(label: &str) -> bool {
    label.starts_with('"')
        || (!label.is_empty() && label.chars().all(|c| c.is_uppercase() || c.is_numeric() || c == '_'))
}

/// The labels: `:A:B`, or a JSON array.
fn names(text: &str) -> Result<Vec<String>, String> {
    match text.starts_with('[') {
        true => serde_json::from_str(text).map_err(|error| format!("labels: {error}")),
        false => Ok(text.split(':').map(str::trim).filter(|name| !name.is_empty()).map(str::to_string).collect()),
    }
}

/// The type: itself, or a JSON string.
fn type_name(text: &str) -> Result<String, String> {
    match text.starts_with('"') {
        true => serde_json::from_str(text).map_err(|error| format!("type: {error}")),
        false => Ok(text.to_string()),
    }
}

fn value(key: &Key, text: &str) -> Result<Value, String> {
    let named = |what: String| format!("`{}`: {what}", key.name);
    match (key.own.as_str(), key.kind.as_str()) {
        ("", "string") => Ok(Value::from(text)),
        ("", "boolean") => match text.trim() {
            "true" | "True" | "1" => Ok(Value::Boolean(true)),
            "false" | "False" | "0" => Ok(Value::Boolean(false)),
            other => Err(named(format!("`{other}` is neither true nor false"))),
        },
        ("", "int" | "long") => {
            text.trim().parse().map(Value::Integer).map_err(|_| named(format!("`{text}` is no integer of 64 bits")))
        }
        ("", "float" | "double") => {
            text.trim().parse().map(Value::Float).map_err(|_| named(format!("`{text}` is no number")))
        }
        ("", other) => Err(named(format!("`{other}` is no type of GraphML"))),
        ("json", _) => {
            let json = serde_json::from_str(text).map_err(|error| named(error.to_string()))?;
            exact::from_json(&json).map_err(named)
        }
        ("any", _) => match serde_json::from_str(text) {
            Ok(json) => exact::from_json(&json).map_err(named),
            Err(_) => Ok(Value::from(text)),
        },
        (own, _) => exact::from_text(own, text).map_err(named),
    }
}
