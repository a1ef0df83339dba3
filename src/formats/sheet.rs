//! [`Sheet`]: one file on its way through a reader, and what the reader states about it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::problem::Problem;
use crate::diagnostic::Severity;
use crate::facts::{FactPlace, FactRelation, Facts, Note, RelationId, Thing, ThingId, Word};
use crate::graph::Value;
use crate::limits::Budget;
use crate::lines::Lines;

/// What a user says about files whose form leaves a choice.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The column in which a relation starts.
    pub from: Option<String>,
    /// The column in which a relation ends.
    pub to: Option<String>,
    /// The column that names the relationship type, or the type of all relations.
    pub relationship_type: Option<String>,
}

/// The files beside the one being read: the manifest of a lock file, the members of a workspace.
pub trait Surroundings {
    /// The text of a file, by its path as [`Sheet::beside`] joins it; `None` if there is no such text file.
    fn read(&self, path: &str) -> Option<String>;

    /// The names in a folder, sorted; folders end in `/`.
    fn list(&self, folder: &str) -> Vec<String>;
}

/// No file has another beside it.
pub struct Alone;

impl Surroundings for Alone {
    fn read(&self, _: &str) -> Option<String> {
        None
    }

    fn list(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// Evidence is cut after this many characters.
const LONGEST_EVIDENCE: usize = 300;

pub struct Sheet<'a> {
    /// As it is named in messages, with `/` between folders.
    pub path: &'a str,
    /// Empty if the format is not text.
    pub text: &'a str,
    pub bytes: &'a [u8],
    pub options: &'a Options,
    lines: Lines,
    /// The file that is read.
    read: u32,
    /// The file that is cited.
    file: u32,
    facts: &'a mut Facts,
    keys: HashMap<Box<str>, ThingId>,
    surroundings: &'a dyn Surroundings,
    budget: &'a Budget,
}

/// What a sheet is made of besides the facts that it adds to.
pub(super) struct Origin<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub bytes: &'a [u8],
    pub options: &'a Options,
    pub surroundings: &'a dyn Surroundings,
    pub budget: &'a Budget,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(origin: &Origin<'a>, file: u32, facts: &'a mut Facts) -> Sheet<'a> {
        let Origin { path, text, bytes, options, surroundings, budget } = *origin;
        let lines = Lines::new(text);
        Sheet { path, text, bytes, options, lines, read: file, file, facts, keys: HashMap::new(), surroundings, budget }
    }

    /// The thing that this file calls by the key; it is made, and named by the key, when first used.
    pub fn thing(&mut self, key: &str) -> Result<ThingId, Problem> {
        if let Some(thing) = self.keys.get(key) {
            return Ok(*thing);
        }
        let thing = self.add_thing(key, key)?;
        self.keys.insert(key.into(), thing);
        Ok(thing)
    }

    /// The thing of this file with the key, if there is one.
    pub fn known(&self, key: &str) -> Option<ThingId> {
        self.keys.get(key).copied()
    }

    /// The thing with an identifier that is valid in every file; it is made, and named so, when first used.
    pub fn identified(&mut self, identifier: &str, name: &str) -> Result<ThingId, Problem> {
        if let Some(thing) = self.facts.identified(identifier) {
            return Ok(thing);
        }
        let thing = self.add_thing(name, "")?;
        self.facts.identify(thing, identifier);
        Ok(thing)
    }

    fn add_thing(&mut self, name: &str, key: &str) -> Result<ThingId, Problem> {
        self.tick()?;
        self.budget.charge(size_of::<Thing>() + name.len() + 2 * key.len() + 64)?;
        let thing = self.facts.add_thing(name, key).ok_or_else(Problem::too_many)?;
        self.thing_mut(thing).file = self.read;
        Ok(thing)
    }

    /// Notes where the thing is defined; the first definition counts.
    pub fn define(&mut self, thing: ThingId, line: usize) {
        let place = self.place(line);
        self.thing_mut(thing).place.get_or_insert(place);
    }

    pub fn name(&mut self, thing: ThingId, name: &str) {
        self.thing_mut(thing).name = name.into();
    }

    pub fn name_of(&self, thing: ThingId) -> &str {
        &self.facts.things[thing.index()].name
    }

    /// Whether the thing has the property.
    pub fn has(&self, thing: ThingId, key: &str) -> bool {
        self.facts.things[thing.index()].properties.iter().any(|(known, _)| known == key)
    }

    pub fn label(&mut self, thing: ThingId, label: impl Into<Word>) {
        let label = label.into();
        let labels = &mut self.thing_mut(thing).labels;
        if !labels.contains(&label) {
            labels.reserve_exact(1);
            labels.push(label);
        }
    }

    /// Sets a property; null and empty texts are left out, the last value counts.
    pub fn set(&mut self, thing: ThingId, key: impl Into<Word>, value: impl Into<Value>) -> Result<(), Problem> {
        let value = value.into();
        self.budget.charge(size(&value))?;
        put(&mut self.thing_mut(thing).properties, key.into(), value);
        Ok(())
    }

    /// Gives the thing an identifier that is valid in every file.
    pub fn identify(&mut self, thing: ThingId, identifier: &str) -> Result<(), Problem> {
        self.budget.charge(2 * identifier.len() + 64)?;
        self.facts.identify(thing, identifier);
        Ok(())
    }

    /// States a relation, with the words of the file that state it.
    pub fn relate(
        &mut self,
        start: ThingId,
        relationship_type: impl Into<Word>,
        end: ThingId,
        line: usize,
        evidence: &str,
    ) -> Result<RelationId, Problem> {
        self.tick()?;
        let evidence = one_line(evidence);
        self.budget.charge(Facts::RELATION + evidence.len())?;
        let (relationship_type, place) = (&relationship_type.into(), self.place(line));
        let relation = FactRelation { start, relationship_type, end, place, evidence: &evidence, properties: &[] };
        self.facts.add_relation(relation).ok_or_else(Problem::too_many)
    }

    /// Sets a property of a relation; null and empty texts are left out, the last value counts.
    pub fn set_relation(
        &mut self,
        relation: RelationId,
        key: impl Into<Word>,
        value: impl Into<Value>,
    ) -> Result<(), Problem> {
        let value = value.into();
        self.budget.charge(size(&value))?;
        put(self.facts.relation_properties(relation).ok_or_else(Problem::too_many)?, key.into(), value);
        Ok(())
    }

    /// Says something about the file that its user should know, at a line or (0) about the whole.
    pub fn warn(&mut self, line: usize, what: impl Into<String>, help: Option<&str>) {
        let (place, help) = (self.place(line), help.map(str::to_string));
        self.facts.notes.push(Note { severity: Severity::Warning, place, what: what.into(), help });
    }

    /// Reports a part of the file that could not be read; the rest is.
    pub fn error(&mut self, line: usize, what: impl Into<String>, help: Option<&str>) {
        let (place, help) = (self.place(line), help.map(str::to_string));
        self.facts.notes.push(Note { severity: Severity::Error, place, what: what.into(), help });
    }

    /// To be called in every loop that grows with the file and makes neither things nor relations.
    pub fn tick(&self) -> Result<(), Problem> {
        Ok(self.budget.tick()?)
    }

    /// Counts bytes that are held while the file is read.
    pub fn charge(&self, bytes: usize) -> Result<(), Problem> {
        Ok(self.budget.charge(bytes)?)
    }

    /// The line of a byte of the text, counted from 1.
    pub fn line(&self, at: usize) -> usize {
        self.lines.line(at)
    }

    /// The line of a part of the text, which must be a slice of it.
    pub fn line_of(&self, part: &str) -> usize {
        self.line((part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize))
    }

    /// A line of the text without its end, counted from 1.
    pub fn line_text(&self, line: usize) -> &'a str {
        let start = self.lines.start(line).unwrap_or(self.text.len());
        let end = self.lines.start(line + 1).unwrap_or(self.text.len());
        self.text[start..end.max(start)].trim_end_matches(['\n', '\r'])
    }

    /// The folder of the file, without a slash at its end; empty for the current one.
    pub fn folder(&self) -> &'a str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The file's name without its folder.
    pub fn file_name(&self) -> &'a str {
        self.path.rsplit_once('/').map_or(self.path, |(_, name)| name)
    }

    /// A path relative to the file's folder as a path like that of the file, with `.` and `..` resolved.
    pub fn join(&self, relative: &str) -> String {
        join(self.folder(), relative)
    }

    /// The text of another file, named relative to the folder of this one.
    pub fn beside(&self, relative: &str) -> Option<String> {
        self.surroundings.read(&self.join(relative))
    }

    /// Cites another file, named relative to the folder of this one, as the place of all that `state` states; lines
    /// are those of that file.
    pub fn citing<T>(
        &mut self,
        relative: &str,
        state: impl FnOnce(&mut Sheet<'a>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let (path, format) = (self.join(relative), self.facts.files[self.file as usize].format);
        let own = std::mem::replace(&mut self.file, self.facts.add_file(&path, format));
        let done = state(self);
        self.file = own;
        done
    }

    /// The names in a folder, named relative to the folder of this file; folders end in `/`.
    pub fn list(&self, relative: &str) -> Vec<String> {
        self.surroundings.list(&self.join(relative))
    }

    fn place(&self, line: usize) -> FactPlace {
        FactPlace { file: self.file, line: u32::try_from(line).unwrap_or(0) }
    }

    fn thing_mut(&mut self, thing: ThingId) -> &mut Thing {
        &mut self.facts.things[thing.index()]
    }
}

fn put(properties: &mut Vec<(Word, Value)>, key: Word, value: Value) {
    if value.is_null() || value.as_str().is_some_and(str::is_empty) {
        return;
    }
    match properties.iter_mut().find(|(known, _)| *known == key) {
        Some((_, old)) => *old = value,
        None => {
            // Most have few: a vector that doubles would be half empty, millions of times.

            // There are many lists with one or two properties: room for four each would be most of the memory.
            properties.reserve_exact(1);
            properties.push((key, value));
        }
    }
}

/// The words with single spaces between, cut if they are many.
fn one_line(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let is_plain = text.len() <= LONGEST_EVIDENCE && !text.contains(['\n', '\r', '\t']) && !text.contains("  ");
    if is_plain {
        return Cow::Borrowed(text);
    }
    // No more of a long text is looked at than can be kept, even if it is one word.
    let most = (0..=text.len().min(8 * LONGEST_EVIDENCE)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let mut line = String::new();
    for word in text[..most].split_whitespace() {
        if line.len() > LONGEST_EVIDENCE {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(LONGEST_EVIDENCE) {
        Some((at, _)) => Cow::Owned(format!("{}…", &line[..at])),
        None => Cow::Owned(line),
    }
}

/// A path relative to a folder, with `.` and `..` resolved as far as the folder goes.
pub(super) fn join(folder: &str, relative: &str) -> String {
    let from_root = relative.starts_with('/');
    let base = if from_root { "" } else { folder };
    let is_absolute = from_root || base.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(relative.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if is_absolute => {}
            _ => parts.push(part),
        }
    }
    format!("{}{}", if is_absolute { "/" } else { "" }, parts.join("/"))
}

/// Bytes, about.
fn size(value: &Value) -> usize {
    size_of::<Word>() + value.size()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined() {
        for (folder, relative, path) in [
            ("", "Cargo.toml", "Cargo.toml"),
            ("a/b", "../c", "a/c"),
            ("a", "../../c", "../c"),
            ("a", "./b/./c", "a/b/c"),
            ("/a", "../../c", "/c"),
            ("a", "/b", "/b"),
            ("a/b", ".", "a/b"),
        ] {
            assert_eq!(join(folder, relative), path, "{folder} {relative}");
        }
    }

    #[test]
    fn evidence_is_one_line_and_not_long() {
        assert_eq!(one_line(" a\n  b\tc "), "a b c");
        assert_eq!(one_line("\"a\": \"b\","), "\"a\": \"b\",");
        assert_eq!(one_line(&"ab ".repeat(1 << 20)).chars().count(), LONGEST_EVIDENCE + 1);
        assert_eq!(one_line(&"é".repeat(1 << 20)).chars().count(), LONGEST_EVIDENCE + 1);
    }
}
