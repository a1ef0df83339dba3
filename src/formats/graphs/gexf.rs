//! GEXF 1.1 to 1.3, the format of Gephi: attributes are declared with a type and perhaps a default; nodes may lie in
//! nodes. How a graph is drawn (`viz`) and when things exist (`spells`, `start`, `end`) is left out.

use std::collections::HashMap;

use super::markup::{Markup, Reading, Tag};
use super::{Edges, Format, MOST_PROPERTIES, Place, Problem, Properties, RELATED_TO, Sheet, Way, node, part_of};
use crate::graph::Value;

pub(in super::super) const FORMAT: Format = Format {
    name: "gexf",
    what: "a graph in GEXF, the format of Gephi",
    made_by: "",
    names: &["*.gexf"],
    looks_like: |probe| probe.starts_with('<') && probe.has(&["<gexf"]),
    example: "\
<gexf xmlns=\"http://gexf.net/1.3\" version=\"1.3\">
  <graph defaultedgetype=\"directed\">
    <nodes><node id=\"0\" label=\"web\"/><node id=\"1\" label=\"api\"/></nodes>
    <edges><edge id=\"0\" source=\"0\" target=\"1\" kind=\"depends on\"/></edges>
  </graph>
</gexf>
",
    read,
};

/// An attribute that the file declares.
struct Attribute {
    is_of_edges: bool,
    title: String,
    kind: String,
    default: Option<String>,
}

/// A node or an edge whose values are being read.
struct Open {
    tag: Tag,
    values: Properties,
    /// The attributes that have a value.
    given: Vec<String>,
}

struct Gexf<'t> {
    text: &'t str,
    is_directed: bool,
    /// In the order declared.
    declared: Vec<(String, Attribute)>,
    numbers: HashMap<(bool, String), usize>,
    /// Whether attributes are being declared for edges.
    of_edges: bool,
    /// Nodes around the place, the last inside the others, and perhaps an edge.
    open: Vec<Open>,
    timed: usize,
    edges: Edges,
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let text = sheet.text;
    let mut reading = Reading::new(text);
    let mut gexf = Gexf {
        text,
        is_directed: false,
        declared: Vec::new(),
        numbers: HashMap::new(),
        of_edges: false,
        open: Vec::new(),
        timed: 0,
        edges: Edges::new(sheet, RELATED_TO)?,
    };
    let (mut seen, mut default) = (false, None);
    loop {
        sheet.tick()?;
        match reading.next()? {
            Markup::End => break,
            Markup::Open(tag) if tag.name == "default" => default = Some(String::new()),
            Markup::Open(tag) => {
                seen |= tag.name == "graph";
                gexf.start(sheet, &reading, tag)?;
            }
            Markup::Text(text) => {
                if let Some(default) = &mut default {
                    default.push_str(&text);
                }
            }
            Markup::Close(name) if name == "default" => {
                if let Some((_, attribute)) = gexf.declared.last_mut() {
                    attribute.default = default.take();
                }
            }
            Markup::Close(name) => gexf.end(sheet, &name)?,
        }
    }
    if !seen {
        return Err(Problem::at(1, "there is no <graph>").help("a file in GEXF is <gexf><graph>…"));
    }
    if gexf.timed > 0 {
        let what = format!("{} values or spells are of a time: times are left out, the last value counts", gexf.timed);
        sheet.warn(0, what, None);
    }
    gexf.edges.finish(sheet);
    Ok(())
}

impl Gexf<'_> {
    fn start(&mut self, sheet: &mut Sheet, reading: &Reading, tag: Tag) -> Result<(), Problem> {
        let is_own = tag.prefix.is_empty();
        match tag.name.as_str() {
            "graph" => self.is_directed = tag.get("defaultedgetype").is_some_and(|kind| kind == "directed"),
            "attributes" => self.of_edges = tag.get("class") == Some("edge"),
            "attribute" => self.declare(reading, &tag)?,
            "node" | "edge" if is_own => {
                sheet.charge(size_of::<Open>())?;
                self.open.push(Open { tag, values: Vec::new(), given: Vec::new() });
            }
            "attvalue" => self.value(reading, &tag)?,
            "parent" => {
                if let (Some(open), Some(whole)) = (self.open.last(), tag.get("for")) {
                    let part = required(reading, &open.tag, "id")?;
                    part_of(sheet, part, whole, self.place(sheet, &tag))?;
                }
            }
            "spell" => self.timed += 1,
            _ => {}
        }
        Ok(())
    }

    fn place(&self, sheet: &Sheet, tag: &Tag) -> Place<'_> {
        Place { line: sheet.line(tag.at.start), evidence: &self.text[tag.at.clone()] }
    }

    fn declare(&mut self, reading: &Reading, tag: &Tag) -> Result<(), Problem> {
        let id = required(reading, tag, "id")?.to_string();
        if self.declared.len() == MOST_PROPERTIES {
            return Err(reading.wrong(format!("more than {MOST_PROPERTIES} attributes are declared")));
        }
        let title = tag.get("title").unwrap_or(&id).to_string();
        let kind = tag.get("type").unwrap_or("string").to_string();
        self.numbers.insert((self.of_edges, id.clone()), self.declared.len());
        self.declared.push((id, Attribute { is_of_edges: self.of_edges, title, kind, default: None }));
        Ok(())
    }

    fn value(&mut self, reading: &Reading, tag: &Tag) -> Result<(), Problem> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        self.timed += usize::from(tag.get("start").is_some() || tag.get("end").is_some());
        // Version 1.0 says `id`.
        let id = tag.get("for").or_else(|| tag.get("id"));
        let id = id.ok_or_else(|| reading.wrong("<attvalue> has no `for`"))?.to_string();
        let number = self.numbers.get(&(open.tag.name == "edge", id.clone()));
        let Some((_, attribute)) = number.map(|number| &self.declared[*number]) else {
            let problem = reading.wrong(format!("no <attribute> declares `{id}`"));
            return Err(problem.help("<attributes class=\"node\"><attribute id=… title=… type=…/></attributes>"));
        };
        let value = typed(attribute, tag.get("value").unwrap_or_default()).map_err(|what| reading.wrong(what))?;
        open.values.retain(|(title, _)| *title != attribute.title);
        open.values.push((attribute.title.clone(), value));
        if !open.given.contains(&id) {
            open.given.push(id);
        }
        Ok(())
    }

    fn end(&mut self, sheet: &mut Sheet, name: &str) -> Result<(), Problem> {
        if (name != "node" && name != "edge") || self.open.last().is_none_or(|open| open.tag.name != name) {
            return Ok(());
        }
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        let missing = self.declared.iter().filter(|(id, attribute)| {
            attribute.is_of_edges == (name == "edge") && !open.given.contains(id) && attribute.default.is_some()
        });
        for (_, attribute) in missing {
            sheet.tick()?;
            let text = attribute.default.as_deref().unwrap_or_default();
            let line = sheet.line(open.tag.at.start);
            let value = typed(attribute, text).map_err(|what| Problem::at(line, what))?;
            open.values.push((attribute.title.clone(), value));
        }
        if name == "node" { self.node(sheet, open) } else { self.edge(sheet, open) }
    }

    fn node(&mut self, sheet: &mut Sheet, open: Open) -> Result<(), Problem> {
        let Open { tag, mut values, .. } = open;
        let place = self.place(sheet, &tag);
        let Some(id) = tag.get("id") else { return Err(Problem::at(place.line, "<node> has no `id`")) };
        if let Some(label) = tag.get("label") {
            values.insert(0, ("label".to_string(), Value::from(label)));
        }
        node(sheet, id, place.line, values)?;
        let around = self.open.last().and_then(|outer| outer.tag.get("id"));
        match around.or_else(|| tag.get("pid")) {
            Some(whole) => part_of(sheet, id, whole, place),
            None => Ok(()),
        }
    }

    fn edge(&mut self, sheet: &mut Sheet, open: Open) -> Result<(), Problem> {
        let Open { tag, mut values, .. } = open;
        let line = sheet.line(tag.at.start);
        let (Some(source), Some(target)) = (tag.get("source"), tag.get("target")) else {
            return Err(Problem::at(line, "<edge> has no `source` or no `target`"));
        };
        let way = match tag.get("type") {
            Some("directed") => Way::Along,
            Some("undirected") => Way::None,
            Some("mutual") => Way::Both,
            // Not GEXF, but where NetworkX writes a property called so.
            Some(_) | None if self.is_directed => Way::Along,
            Some(_) | None => Way::None,
        };
        for name in ["id", "type", "kind", "label", "weight"] {
            let is_way =
                name == "type" && ["directed", "undirected", "mutual"].contains(&tag.get(name).unwrap_or_default());
            if let Some(text) = tag.get(name).filter(|text| !is_way && !text.is_empty()) {
                let number = text.parse().ok().filter(|_| name == "weight").map(Value::Float);
                values.push((name.to_string(), number.unwrap_or_else(|| Value::from(text))));
            }
        }
        let place = Place { line, evidence: &self.text[tag.at.clone()] };
        self.edges.relate(sheet, (source, target), way, place, values)
    }
}

fn required<'a>(reading: &Reading, tag: &'a Tag, name: &str) -> Result<&'a str, Problem> {
    tag.get(name).ok_or_else(|| reading.wrong(format!("<{}> has no `{name}`", tag.name)))
}

fn typed(attribute: &Attribute, text: &str) -> Result<Value, String> {
    let wrong = |what: &str| format!("`{}`: `{text}` is not {what}", attribute.title);
    let trimmed = text.trim();
    match attribute.kind.to_ascii_lowercase().as_str() {
        _ if trimmed.is_empty() => Ok(Value::Null),
        "integer" | "int" | "long" | "short" | "byte" => {
            trimmed.parse().map(Value::Integer).map_err(|_| wrong("a whole number"))
        }
        "float" | "double" => trimmed.parse().map(Value::Float).map_err(|_| wrong("a number")),
        "boolean" => match trimmed {
            "true" | "True" | "1" => Ok(Value::Boolean(true)),
            "false" | "False" | "0" => Ok(Value::Boolean(false)),
            _ => Err(wrong("true or false")),
        },
        "liststring" => Ok(Value::list(trimmed.split('|').map(|item| Value::from(item.trim())))),
        _ => Ok(Value::from(text)),
    }
}
