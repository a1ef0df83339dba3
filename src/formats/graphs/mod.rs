//! Graphs of other programs: Gephi, Cytoscape, NetworkX, yEd.
//!
//! All of them have nodes and edges with properties; what these say of a name and a relation is decided here, once.

mod adjacency;
mod cytoscape;
mod gexf;
mod markup;
mod yed;

use std::borrow::Cow;

use super::json::{Json, member};
use super::relation_words::{PART_OF, RELATED_TO, Typed, of_properties, otherwise};
use super::{Format, Probe, Problem, Sheet};
use crate::facts::{RelationId, ThingId, Word};
use crate::graph::Value;
pub(super) use adjacency::{DATA_FORMAT as ADJACENCY_DATA_FORMAT, LISTS_FORMAT as ADJACENCY_LISTS_FORMAT};
pub(super) use cytoscape::FORMAT as CYTOSCAPE_FORMAT;
pub(super) use gexf::FORMAT as GEXF_FORMAT;
pub(super) use yed::FORMAT as YED_FORMAT;

type Properties = Vec<(String, Value)>;

/// Which way an edge points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Along,
    /// Drawn from its target to its source.
    Back,
    Both,
    None,
}

/// Where something is stated.
#[derive(Clone, Copy)]
struct Place<'e> {
    line: usize,
    evidence: &'e str,
}

/// The edges of a graph on their way into relations.
struct Edges {
    otherwise: Word,
    without_direction: Word,
    untyped: usize,
    undirected: usize,
}

/// Properties that name a node, the surest first.
const NAMES: &[&str] = &["name", "label", "title"];

/// Makes the thing of a node, or completes the one that an edge named before.
fn node(sheet: &mut Sheet, id: &str, line: usize, properties: Properties) -> Result<ThingId, Problem> {
    let thing = sheet.thing(id)?;
    sheet.define(thing, line);
    let text = |name: &str| {
        let (_, value) = properties.iter().find(|(key, _)| key == name)?;
        value.as_str().map(str::trim).filter(|text| !text.is_empty())
    };
    // NetworkX writes the id as `name`; then another property says more.
    let named = NAMES.iter().filter_map(|name| text(name)).find(|name| *name != id).map(str::to_string);
    if let Some(name) = &named {
        sheet.name(thing, name);
        sheet.set(thing, "id", id)?;
        sheet.set(thing, "aliases", Value::list([Value::from(id)]))?;
    }
    for (key, value) in properties {
        let says_name = NAMES.contains(&key.as_str())
            && value.as_str().is_some_and(|text| Some(text.trim()) == named.as_deref() || text == id);
        if key != "id" && !says_name {
            sheet.set(thing, key, value)?;
        }
    }
    Ok(thing)
}

fn part_of(sheet: &mut Sheet, part: &str, whole: &str, place: Place) -> Result<(), Problem> {
    let (part, whole) = (sheet.thing(part)?, sheet.thing(whole)?);
    sheet.relate(part, PART_OF, whole, place.line, place.evidence)?;
    Ok(())
}

impl Edges {
    fn new(sheet: &Sheet, default: Word) -> Result<Edges, Problem> {
        let without_direction = otherwise(sheet, RELATED_TO)?;
        Ok(Edges { otherwise: otherwise(sheet, default)?, without_direction, untyped: 0, undirected: 0 })
    }

    fn relate(
        &mut self,
        sheet: &mut Sheet,
        (source, target): (&str, &str),
        way: Way,
        place: Place,
        properties: Properties,
    ) -> Result<(), Problem> {
        let (source, target) = (sheet.thing(source)?, sheet.thing(target)?);
        let found = of_properties(&properties);
        self.untyped += usize::from(found.is_none());
        self.undirected += usize::from(way == Way::None);
        let unsaid = if way == Way::None { &self.without_direction } else { &self.otherwise };
        let relationship_type = found.as_ref().map_or(unsaid, |(_, typed)| &typed.relationship_type).clone();
        let ends: &[_] = match way {
            Way::Along | Way::None => &[(source, target)],
            Way::Back => &[(target, source)],
            Way::Both => &[(source, target), (target, source)],
        };
        for (start, end) in ends {
            let relation = sheet.relate(*start, relationship_type.clone(), *end, place.line, place.evidence)?;
            set(sheet, relation, &properties, found.as_ref())?;
        }
        Ok(())
    }

    fn finish(&self, sheet: &mut Sheet) {
        if self.untyped > 0 {
            let edges = if self.untyped == 1 { "1 edge".into() } else { format!("{} edges", self.untyped) };
            let name = if self.undirected == 0 { &self.otherwise } else { &self.without_direction };
            let what = format!("{edges} without a property that names a relation: {name}");
            sheet.warn(0, what, Some("--type NAME gives them another type: --type DEPENDS_ON"));
        }
        if self.undirected > 0 {
            sheet.warn(0, "edges without direction run from source to target", None);
        }
    }
}

/// All properties but the word that is the type itself.
fn set(
    sheet: &mut Sheet,
    relation: RelationId,
    properties: &Properties,
    found: Option<&(usize, Typed)>,
) -> Result<(), Problem> {
    for (at, (key, value)) in properties.iter().enumerate() {
        let says_type = found.is_some_and(|(by, typed)| {
            *by == at && value.as_str().is_some_and(|text| *text == *typed.relationship_type)
        });
        if !says_type {
            sheet.set_relation(relation, key.clone(), value.clone())?;
        }
    }
    match found.and_then(|(_, typed)| typed.kind) {
        Some(kind) => sheet.set_relation(relation, "kind", kind),
        None => Ok(()),
    }
}

/// The members of an object but some, as properties; what a property cannot hold is kept as it is written.
fn properties(members: &[(Cow<str>, Json)], but: &[&str], line: usize) -> Result<Properties, Problem> {
    if members.len() > MOST_PROPERTIES {
        return Err(too_many(line));
    }
    let kept = members.iter().filter(|(key, json)| !but.contains(&&**key) && !json.is_null());
    let value = |json: &Json| json.as_value().unwrap_or_else(|| Value::from(json.text()));
    Ok(kept.map(|(key, json)| (key.to_string(), value(json))).collect())
}

/// More properties than this are data in the wrong place, and would take time beyond that of their text.
const MOST_PROPERTIES: usize = 1000;

fn too_many(line: usize) -> Problem {
    Problem::at(line, format!("more than {MOST_PROPERTIES} properties"))
}

/// An id: a text or a number.
fn id<'a>(members: &[(Cow<'a, str>, Json<'a>)], name: &str) -> Option<Cow<'a, str>> {
    member(members, name)?.as_text()
}
