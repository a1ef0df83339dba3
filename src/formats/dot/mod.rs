//! DOT, the language of Graphviz, as Graphviz itself reads it.
//!
//! text → tokens (`lexer`) → graphs (`parser`, `model`) → what the program that drew it means (`producers`, with labels
//! from `label`) → things and relations (here). Attributes that only say how something is drawn are left out.

mod clusters;
mod label;
mod lexer;
mod model;
mod parser;
mod producers;
mod terraform;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

use super::relation_words::{DEPENDS_ON, RELATED_TO, RELATION_KEYS, is_loose, otherwise, typed_by_key};
use super::{Format, Probe, Problem, Sheet, identity};
use crate::facts::{ThingId, Word};
use crate::graph::Value;
use model::{Edge, Graph};
use producers::{Described, Producer};

pub(super) const FORMAT: Format = Format {
    name: "dot",
    what: "a graph in DOT, the language of Graphviz",
    made_by: "terraform graph > infrastructure.dot",
    names: &["*.dot", "*.gv"],
    looks_like,
    example: "digraph services {\n  web [label=\"Web shop\"];\n  web -> api -> database;\n}\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let mut lexer = lexer::Lexer::new(probe.head);
    let mut next = || lexer.next().map_or(lexer::Token::End, |(_, token)| token);
    let mut token = next();
    if token == lexer::Token::Keyword(lexer::Keyword::Strict) {
        token = next();
    }
    if !matches!(token, lexer::Token::Keyword(lexer::Keyword::Graph | lexer::Keyword::Digraph)) {
        return false;
    }
    match next() {
        lexer::Token::Sign(b'{') => true,
        lexer::Token::Id(_) => next() == lexer::Token::Sign(b'{'),
        _ => false,
    }
}

/// Attributes of Graphviz that say how something is drawn; <https://graphviz.org/doc/info/attrs.html>, without those
/// that carry text for people: `label`, `xlabel`, `comment`, `tooltip`, `URL`, `class`.
const DRAWING: &str = " _background area arrowhead arrowsize arrowtail bb beautify bgcolor center charset color \
    colorscheme concentrate constraint damping decorate defaultdist dim dimen diredgeconstraints distortion dpi \
    edgehref edgetarget edgetooltip edgeurl epsilon esep fillcolor fixedsize fontcolor fontname fontnames fontpath \
    fontsize forcelabels gradientangle head_lp headclip headhref headtarget headtooltip headurl height id image \
    imagepath imagepos imagescale k key label_scheme labelangle labeldistance labelfloat labelfontcolor \
    labelfontname labelfontsize labelhref labeljust labelloc labeltarget labeltooltip labelurl landscape layerlistsep \
    layers layerselect layersep layout len levels levelsgap lheight linelength lp lwidth margin maxiter mclimit mindist \
    minlen mode model newrank nodesep nojustify normalize notranslate nslimit nslimit1 oneblock ordering orientation \
    outputorder overlap overlap_scaling overlap_shrink pack packmode pad page pagedir pencolor penwidth peripheries \
    pin pos quadtree quantum rank ranksep ratio rects regular remincross repulsiveforce resolution root rotate \
    rotation samehead samplepoints sametail scale searchsize sep shapefile showboxes sides size skew smoothing \
    sortv splines start stylesheet tail_lp tailclip tailhref tailtarget tailtooltip tailurl target truecolor \
    vertices viewport voro_margin width xdotversion xlp z compound clusterrank lhead ltail xdot _draw_ _ldraw_ \
    _hdraw_ _tdraw_ _hldraw_ _tldraw_ ";

/// These say how something is drawn, too, but producers mean something by them.
const MEANT_BY_PRODUCERS: &[&str] = &["color", "rankdir", "shape", "style", "dir", "fontname"];

fn is_drawing(key: &str) -> bool {
    !MEANT_BY_PRODUCERS.contains(&key) && is_drawn(key)
}

/// Whether the key is one of the words, in any case; a set, as every attribute of a file is looked up.
fn is_drawn(key: &str) -> bool {
    static WORDS: OnceLock<HashSet<&str>> = OnceLock::new();
    let words = WORDS.get_or_init(|| DRAWING.split_whitespace().collect());
    words.contains(key)
        || (key.contains(|c: char| c.is_ascii_uppercase()) && words.contains(&*key.to_ascii_lowercase()))
}

/// Whether a property is to be kept of an attribute.
fn is_kept(key: &str) -> bool {
    !MEANT_BY_PRODUCERS.contains(&key) && key != "label"
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let text = sheet.text;
    let mut graphs = Vec::new();
    let mut parser = parser::Parser::new(text, sheet)?;
    while let Some(graph) = parser.graph()? {
        graphs.push(graph);
    }
    drop(parser);
    if graphs.is_empty() {
        return Err(Problem::at(0, "there is no graph").help("a file in DOT begins with `graph` or `digraph`"));
    }
    if graphs.len() > 1 {
        let what = format!("the file holds {} graphs; a node belongs to one of them", graphs.len());
        sheet.warn(0, what, Some("one graph for all of them has all their nodes"));
    }
    for (number, graph) in graphs.into_iter().enumerate() {
        let otherwise = otherwise(sheet, if graph.is_directed { DEPENDS_ON } else { RELATED_TO })?;
        let (producer, things) = (producers::of(&graph), Vec::new());
        Statements { producer, graph, number, things, otherwise, untyped: 0, left_out: 0 }.state(sheet)?;
    }
    Ok(())
}

/// A graph on its way into facts.
struct Statements<'t> {
    producer: &'static Producer,
    graph: Graph<'t>,
    /// The number of the graph in the file.
    number: usize,
    /// The things of each node: none if it is no thing, several if the producer drew several as one.
    things: Vec<Vec<ThingId>>,
    /// The type of edges that do not say theirs.
    otherwise: Word,
    untyped: usize,
    left_out: usize,
}

impl Statements<'_> {
    fn state(mut self, sheet: &mut Sheet) -> Result<(), Problem> {
        for node in 0..self.graph.nodes.len() {
            let described = (self.producer.node)(&self.graph, &self.graph.nodes[node]);
            let at = self.graph.nodes[node].at;
            let things: Result<Vec<ThingId>, Problem> =
                described.into_iter().map(|described| self.thing(sheet, described, at)).collect();
            self.things.push(things?);
        }
        clusters::state(&self, sheet)?;
        for edge in 0..self.graph.edges.len() {
            self.relations(sheet, edge)?;
        }
        self.say(sheet);
        Ok(())
    }

    /// The key of a thing in the file: another graph of the file has things of its own.
    fn key(&self, key: &str) -> String {
        if self.number == 0 { key.to_string() } else { format!("{}\u{0}{key}", self.number) }
    }

    fn thing(&self, sheet: &mut Sheet, described: Described, at: usize) -> Result<ThingId, Problem> {
        let key = self.key(&described.key);
        let is_new = sheet.known(&key).is_none();
        let thing = sheet.thing(&key)?;
        if !is_new {
            return Ok(thing);
        }
        let line = sheet.line(at);
        sheet.define(thing, line);
        sheet.name(thing, &described.name);
        described.labels.into_iter().for_each(|label| sheet.label(thing, label));
        for (key, value) in described.properties {
            sheet.set(thing, key, value)?;
        }
        if !described.aliases.is_empty() {
            sheet.set(
                thing,
                "aliases",
                Value::list(described.aliases.iter().map(|alias| Value::from(alias.as_str()))),
            )?;
        }
        for identifier in described.identifiers {
            sheet.identify(thing, &identifier)?;
        }
        if let Some(whole) = described.part_of {
            let part = self.thing(sheet, *whole, at)?;
            let text = sheet.line_text(line);
            sheet.relate(thing, super::relation_words::PART_OF, part, line, text)?;
        }
        Ok(thing)
    }

    fn relations(&mut self, sheet: &mut Sheet, edge: usize) -> Result<(), Problem> {
        let edge = &self.graph.edges[edge];
        let related = (self.producer.edge)(&self.graph, edge);
        let Some(related) = related else {
            self.left_out += 1;
            return Ok(());
        };
        let found = if related.relationship_type.is_some() { None } else { stated_type(edge) };
        self.untyped += usize::from(found.is_none() && related.relationship_type.is_none());
        let words = related.relationship_type.clone().or_else(|| Some(found.as_ref()?.1.relationship_type.clone()));
        let relationship_type = words.unwrap_or_else(|| self.otherwise.clone());
        let is_turned = related.is_turned != (self.graph.is_directed && is_back(edge));
        let (start, end) = if is_turned { (edge.head, edge.tail) } else { (edge.tail, edge.head) };
        let (line, evidence) = (sheet.line(edge.at.start), &sheet.text[edge.at.clone()]);
        for start in &self.things[start as usize] {
            for end in &self.things[end as usize] {
                let relation = sheet.relate(*start, relationship_type.clone(), *end, line, evidence)?;
                let kind = related.kind.clone().or_else(|| found.as_ref()?.1.kind.map(Cow::Borrowed));
                for (key, value) in edge_properties(edge, found.as_ref().map(|(key, _)| *key), &relationship_type) {
                    sheet.set_relation(relation, key, value)?;
                }
                if let Some(kind) = kind {
                    sheet.set_relation(relation, "kind", &*kind)?;
                }
                if let Some((requested, resolved)) = &related.versions {
                    sheet.set_relation(relation, "requested", requested.as_str())?;
                    sheet.set_relation(relation, "resolved", resolved.as_str())?;
                }
            }
        }
        Ok(())
    }

    fn say(&self, sheet: &mut Sheet) {
        let line = sheet.line(self.graph.groups[0].at);
        if let Some((what, help)) = (self.producer.note)(&self.graph) {
            sheet.warn(0, what, Some(help));
        }
        if self.left_out > 0 && !self.producer.left_out.is_empty() {
            sheet.warn(0, format!("{}: {}", counted(self.left_out), self.producer.left_out), None);
        }
        if self.untyped > 0 {
            let what = format!("{} without a word that names a relation: {}", counted(self.untyped), self.otherwise);
            sheet.warn(line, what, Some("an attribute of the edge names it: type=USES; or --type NAME that of all"));
        }
        let back = self.graph.edges.iter().filter(|edge| self.graph.is_directed && is_back(edge)).count();
        if back > 0 && self.producer.tells_back {
            let what = format!("{} drawn backwards (dir=back): read as drawn, from head to tail", counted(back));
            sheet.warn(line, what, None);
        }
    }
}

/// Whether the arrow is at the tail: so people turn an arrow round and keep the order of the drawing.
fn is_back(edge: &Edge) -> bool {
    model::get(&edge.attributes, "dir").is_some_and(|dir| dir.text == "back")
}

fn counted(edges: usize) -> String {
    if edges == 1 { "1 edge".into() } else { format!("{edges} edges") }
}

/// The attribute that names the relation, and what it says.
fn stated_type<'k>(edge: &Edge) -> Option<(&'k str, super::relation_words::Typed)> {
    RELATION_KEYS.iter().find_map(|key| {
        let of = |(name, _): &&(Cow<str>, lexer::Text)| name.eq_ignore_ascii_case(key);
        let (_, value) = edge.attributes.iter().find(of)?;
        let words = if is_loose(key) { label::parts(value, "", "", false).join(" ") } else { value.text.to_string() };
        Some((*key, typed_by_key(key, &words)?))
    })
}

/// All attributes but those of the drawing, and but the word that is the type itself.
fn edge_properties(edge: &Edge, typed_by: Option<&str>, relationship_type: &Word) -> Vec<(Word, Value)> {
    let mut properties = Vec::new();
    for (key, value) in &edge.attributes {
        let is_by = key == "label" || typed_by.is_some_and(|by| key.eq_ignore_ascii_case(by));
        let says_type = is_by && value.text == *relationship_type;
        if key == "label" && !says_type {
            let text = label::parts(value, "", "", false).join(" ");
            properties.push((Cow::Borrowed("label"), Value::from(text)));
        } else if is_kept(key) && !says_type {
            properties.push((Cow::Owned(key.to_string()), typed_value(value)));
        }
    }
    properties
}

/// A number if it is written as one, else the text.
fn typed_value(text: &lexer::Text) -> Value {
    let is_number = text.text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
    let is_padded = text.text.len() > 1 && text.text.starts_with('0') && !text.text.starts_with("0.");
    match text.text.parse::<i64>() {
        _ if !is_number || is_padded => Value::from(&*text.text),
        Ok(number) => Value::Integer(number),
        Err(_) if text.text.len() > 17 => Value::from(&*text.text),
        Err(_) => text.text.parse().map_or_else(|_| Value::from(&*text.text), Value::Float),
    }
}
