//! [`Facts`]: what files state outright, whatever their format: things, and typed relations between them.
//!
//! Every thing and every relation keeps its file and line. Things of several files are one where they share an
//! identifier that is valid outside its file: a package URL, an image, a unit. Nothing here knows a format or a graph.

mod relations;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;

use crate::diagnostic::Severity;
use crate::graph::Value;
pub use relations::{FactRelation, Relations};

/// A word that is almost always known at compile time: a label, a relationship type, a property key.
pub type Word = Cow<'static, str>;

/// The number of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThingId(u32);

impl ThingId {
    pub fn new(number: u32) -> ThingId {
        ThingId(number)
    }

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationId(u32);

impl RelationId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A file and a line of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactPlace {
    /// The index in [`Facts::files`].
    pub file: u32,
    /// Counted from 1; 0 if the format has no lines.
    pub line: u32,
}

/// Something that a file defines or refers to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thing {
    /// What people call it; need not be unique.
    pub name: Box<str>,
    /// What its file calls it by, unique there; empty if it has an identifier from the start.
    pub key: Box<str>,
    pub labels: Vec<Word>,
    /// Valid in every file, the most precise first: `pkg:npm/ms@2.0.0`.
    pub identifiers: Vec<Box<str>>,
    pub properties: Vec<(Word, Value)>,
    /// Where it is defined; `None` if files only refer to it.
    pub place: Option<FactPlace>,
    /// The index in [`Facts::files`] of the file that mentions it.
    pub file: u32,
}

/// What a reader has to say about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub severity: Severity,
    pub place: FactPlace,
    pub what: String,
    /// What to try.
    pub help: Option<String>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactFile {
    pub path: Box<str>,
    /// The name of its format.
    pub format: &'static str,
}

/// Two things that an identifier says are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Same {
    pub first: ThingId,
    pub second: ThingId,
    pub identifier: Box<str>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub files: Vec<FactFile>,
    pub things: Vec<Thing>,
    pub relations: Relations,
    pub notes: Vec<Note>,
    /// In the order found; the transitive closure is left to whoever merges.
    pub same: Vec<Same>,
    by_identifier: HashMap<Box<str>, ThingId>,
}

impl Facts {
    /// Bytes that a relation takes besides its evidence and properties, with room for more.
    pub(crate) const RELATION: usize = 2 * relations::ROW;

    pub fn new() -> Facts {
        Facts::default()
    }

    /// Adds a file; what follows is said about it.
    pub fn add_file(&mut self, path: &str, format: &'static str) -> u32 {
        self.files.push(FactFile { path: path.into(), format });
        self.files.len() as u32 - 1
    }

    /// Adds a thing; `None` if there are more than 32-bit ids.
    pub fn add_thing(&mut self, name: &str, key: &str) -> Option<ThingId> {
        let id = ThingId(u32::try_from(self.things.len()).ok()?);
        let file = (self.files.len() as u32).saturating_sub(1);
        self.things.push(Thing { name: name.into(), key: key.into(), file, ..Thing::default() });
        Some(id)
    }

    /// Adds a relation; `None` if there are more than 32-bit ids.
    pub fn add_relation(&mut self, relation: FactRelation) -> Option<RelationId> {
        self.relations.add(relation)
    }

    /// The properties of a relation, to be added to; `None` if there are more than 32-bit ids.
    pub fn relation_properties(&mut self, relation: RelationId) -> Option<&mut Vec<(Word, Value)>> {
        self.relations.properties_mut(relation)
    }

    /// The thing that was first given this identifier.
    pub fn identified(&self, identifier: &str) -> Option<ThingId> {
        self.by_identifier.get(identifier).copied()
    }

    /// Gives a thing an identifier. If another thing has it already, the two are one.
    pub fn identify(&mut self, thing: ThingId, identifier: &str) {
        if self.things[thing.index()].identifiers.iter().any(|known| **known == *identifier) {
            return;
        }
        let identifiers = &mut self.things[thing.index()].identifiers;
        identifiers.reserve_exact(1);
        identifiers.push(identifier.into());
        match self.by_identifier.get(identifier) {
            None => {
                self.by_identifier.insert(identifier.into(), thing);
            }
            Some(first) => self.same.push(Same { first: *first, second: thing, identifier: identifier.into() }),
        }
    }

    /// Of each thing, the first of those that are one with it; the identifiers of `apart` join nothing.
    pub fn merged(&self, apart: &BTreeSet<String>) -> Vec<ThingId> {
        let mut parents: Vec<u32> = (0..self.things.len() as u32).collect();
        for same in self.same.iter().filter(|same| !apart.contains(&*same.identifier)) {
            let (a, b) = (root(&mut parents, same.first.0), root(&mut parents, same.second.0));
            parents[a.max(b) as usize] = a.min(b);
        }
        (0..self.things.len() as u32).map(|thing| ThingId(root(&mut parents, thing))).collect()
    }

    /// Adds what another file states.
    pub fn absorb(&mut self, other: Facts) -> Option<()> {
        // The first file, which may be large, is not copied.
        if self.files.is_empty() {
            *self = other;
            return Some(());
        }
        let Facts { files, things, relations, notes, same, by_identifier: _ } = other;
        let (file, first) = (self.files.len() as u32, u32::try_from(self.things.len()).ok()?);
        first.checked_add(u32::try_from(things.len()).ok()?)?;
        self.relations.absorb(relations, first, file)?;
        let (place, before) = (|place: FactPlace| FactPlace { file: place.file + file, ..place }, self.same.len());
        let moved = |thing: ThingId| ThingId(thing.0 + first);
        self.files.extend(files);
        for thing in things {
            let id = ThingId(self.things.len() as u32);
            let identifiers = thing.identifiers.clone();
            let place = thing.place.map(place);
            self.things.push(Thing { place, identifiers: Vec::new(), file: thing.file + file, ..thing });
            identifiers.iter().for_each(|identifier| self.identify(id, identifier));
        }
        self.notes.extend(notes.into_iter().map(|note| Note { place: place(note.place), ..note }));
        // Identifiers that two things of the other file share: most were found again just now.
        let pair = |same: &Same| (same.first, same.second, same.identifier.clone());
        let known: HashSet<_> = self.same[before..].iter().map(pair).collect();
        let same = same.into_iter().map(|same| Same { first: moved(same.first), second: moved(same.second), ..same });
        self.same.extend(same.filter(|same| !known.contains(&pair(same))));
        Some(())
    }

    /// `file:line`, or the file if it has no lines.
    pub fn name_place(&self, place: FactPlace) -> String {
        let path = &self.files[place.file as usize].path;
        if place.line == 0 { path.to_string() } else { format!("{path}:{}", place.line) }
    }
}

/// The root of a node in a forest, whose paths it halves.
fn root(parents: &mut [u32], mut node: u32) -> u32 {
    while parents[node as usize] != node {
        parents[node as usize] = parents[parents[node as usize] as usize];
        node = parents[node as usize];
    }
    node
}

/// All of it as lines of text, for tests.
impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for thing in &self.things {
            write!(f, "{}{}", thing.name, labels(&thing.labels))?;
            write_properties(f, &thing.properties)?;
            thing.identifiers.iter().try_for_each(|identifier| write!(f, " <{identifier}>"))?;
            match thing.place {
                Some(place) => writeln!(f, " [{}]", self.name_place(place))?,
                None => writeln!(f)?,
            }
        }
        for relation in self.relations.iter() {
            let name = |thing: ThingId| &self.things[thing.index()].name;
            write!(f, "{} {} {}", name(relation.start), relation.relationship_type, name(relation.end))?;
            write_properties(f, relation.properties)?;
            writeln!(f, " [{}] {}", self.name_place(relation.place), relation.evidence)?;
        }
        for same in &self.same {
            writeln!(f, "same: {} by {}", self.things[same.first.index()].name, same.identifier)?;
        }
        for note in &self.notes {
            let severity = note.severity.name();
            write!(f, "{severity}: {}: {}", self.name_place(note.place), note.what)?;
            match &note.help {
                Some(help) => writeln!(f, "; {help}")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

fn labels(labels: &[Word]) -> String {
    labels.iter().map(|label| format!(":{label}")).collect()
}

fn write_properties(f: &mut fmt::Formatter, properties: &[(Word, Value)]) -> fmt::Result {
    properties.iter().try_for_each(|(key, value)| write!(f, " {key}={}", shown(value)))
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Boolean(yes) => yes.to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(",")),
        other => format!("{other:?}"),
    }
}
