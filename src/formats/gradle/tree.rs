//! The output of `gradle dependencies` and `gradle buildEnvironment`: a tree for each configuration of a project.
//!
//! A subtree marked `(*)` is written out elsewhere. The same need stands in the trees of many configurations: it is one
//! relation, which lists them.

use std::collections::HashMap;

use super::label::{Label, Named, State, parse};
use super::{module, relationship_type, root_name};
use crate::facts::{RelationId, ThingId};
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::{Format, Probe, identity};
use crate::graph::Value;

pub(super) const FORMAT: Format = Format {
    name: "gradle-tree",
    what: "Gradle's dependency tree as text",
    made_by: "gradle -q dependencies > gradle-tree.txt",
    names: &["gradle*.txt", "*.txt", "*.log"],
    looks_like,
    example: "Root project 'web'\n\nruntimeClasspath - Runtime classpath of source set 'main'.\n\
              +--- org.slf4j:slf4j-api:1.7.36 -> 2.0.9\n\\--- ch.qos.logback:logback-classic:1.4.14\n     \
              \\--- org.slf4j:slf4j-api:2.0.7 -> 2.0.9\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let mut trees = probe.head.lines().filter_map(branch).map(|(_, label)| parse(label).end);
    trees.any(|end| !matches!(end, Named::Other(_)))
}

/// The depth of a branch, from 1, and its label.
fn branch(line: &str) -> Option<(usize, &str)> {
    let (mut rest, mut depth) = (line, 1);
    while let Some(after) = rest.strip_prefix("|    ").or_else(|| rest.strip_prefix("     ")) {
        (rest, depth) = (after, depth + 1);
    }
    rest.strip_prefix("+--- ").or_else(|| rest.strip_prefix("\\--- ")).map(|label| (depth, label))
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let text = sheet.text;
    let mut tree = Tree::default();
    for (at, text) in text.lines().enumerate() {
        sheet.tick()?;
        match branch(text) {
            Some((depth, label)) => tree.branch(sheet, depth, label, at + 1)?,
            None => tree.other(sheet, text, at + 1)?,
        }
    }
    if tree.root.is_none() {
        return Err(Problem::at(1, "no tree of Gradle in the file").help("make it with gradle -q dependencies"));
    }
    tree.declare(sheet)?;
    tree.list_configurations(sheet)
}

/// Deeper trees are not Gradle's.
const DEEPEST: usize = 1000;

#[derive(Default)]
struct Tree<'a> {
    root: Option<ThingId>,
    configuration: &'a str,
    /// From the root to the last branch.
    path: Vec<ThingId>,
    /// What was stated, with the configurations in whose trees it stands.
    stated: HashMap<Stated<'a>, (RelationId, Vec<&'a str>)>,
    /// The keys of `stated` in the order found.
    order: Vec<Stated<'a>>,
    /// Of each module, the versions that were selected.
    selected: HashMap<(&'a str, &'a str), Vec<&'a str>>,
    /// Declared needs, whose versions the resolved trees tell.
    declared: Vec<Declared<'a>>,
}

/// Start, end, type and kind of a relation.
type Stated<'a> = (ThingId, ThingId, &'static str, &'a str);

struct Declared<'a> {
    start: ThingId,
    label: Label<'a>,
    configuration: &'a str,
    line: usize,
    evidence: &'a str,
}

impl<'a> Tree<'a> {
    /// A heading: of a project (`Project ':lib' - …`), or of a configuration (`runtimeClasspath - …`).
    fn other(&mut self, sheet: &mut Sheet<'a>, text: &'a str, line: usize) -> Result<(), Problem> {
        self.path.clear();
        let text = text.trim();
        let title = text.strip_prefix("Root project").map(|rest| (true, rest));
        let title = title.or_else(|| text.strip_prefix("Project ").map(|rest| (false, rest)));
        match title {
            Some((is_root, rest)) => {
                let name = rest.split(" - ").next().unwrap_or("").trim_matches([' ', '\'']);
                let path = if is_root { ":" } else { name };
                let project = project(sheet, path, if is_root { name } else { "" })?;
                sheet.define(project, line);
                self.root = Some(project);
            }
            None if !text.is_empty() => self.configuration = text.split([' ', ':']).next().unwrap_or(""),
            None => {}
        }
        Ok(())
    }

    fn branch(&mut self, sheet: &mut Sheet<'a>, depth: usize, text: &'a str, line: usize) -> Result<(), Problem> {
        if self.path.is_empty() {
            let root = match self.root {
                Some(root) => root,
                None => project(sheet, ":", "")?,
            };
            sheet.define(root, line);
            self.root = Some(root);
            self.path.push(root);
        }
        if depth > self.path.len() || depth > DEEPEST {
            return Err(Problem::at(line, "a level is left out").help("make it again: gradle -q dependencies"));
        }
        self.path.truncate(depth);
        let (start, label) = (self.path[depth - 1], parse(text));
        if label.state == State::Declared {
            sheet.charge(size_of::<Declared>())?;
            let configuration = self.configuration;
            self.declared.push(Declared { start, label, configuration, line, evidence: text });
            self.path.push(start);
            return Ok(());
        }
        let end = self.thing(sheet, &label)?;
        match label.state {
            State::Failed => sheet.warn(line, format!("Gradle could not resolve {}", sheet.name_of(end)), None),
            State::Resolved => sheet.define(end, line),
            State::Constraint | State::Declared => {}
        }
        self.state(sheet, (start, end), label, line, text)?;
        self.path.push(end);
        Ok(())
    }

    fn thing(&mut self, sheet: &mut Sheet<'a>, label: &Label<'a>) -> Result<ThingId, Problem> {
        match label.end {
            Named::Project(path) => project(sheet, path, ""),
            // A version that could not be found is none.
            Named::Module { group, artifact, .. } if label.state == State::Failed => module(sheet, group, artifact, ""),
            Named::Module { group, artifact, version } => {
                let versions = self.selected.entry((group, artifact)).or_default();
                if versions.last() != Some(&version) && versions.len() < 2 {
                    versions.push(version);
                }
                module(sheet, group, artifact, version)
            }
            Named::Other(name) => {
                let thing = sheet.thing(name)?;
                sheet.label(thing, "File");
                Ok(thing)
            }
        }
    }

    fn state(
        &mut self,
        sheet: &mut Sheet<'a>,
        (start, end): (ThingId, ThingId),
        label: Label<'a>,
        line: usize,
        evidence: &str,
    ) -> Result<(), Problem> {
        let is_root = self.root == Some(start);
        let relationship_type = match (label.state, is_root) {
            (State::Constraint, _) => "APPLIES_TO",
            (_, true) => relationship_type(self.configuration),
            (_, false) => "DEPENDS_ON",
        };
        // What the project itself needs has a kind, and so a relation, for each configuration.
        let kind = match (label.state, is_root) {
            (State::Constraint, _) => "constraint",
            (_, true) => self.configuration,
            (_, false) => "normal",
        };
        let key = (start, end, relationship_type, kind);
        if let Some((_, configurations)) = self.stated.get_mut(&key) {
            if configurations.last() != Some(&self.configuration) {
                sheet.charge(size_of::<&str>())?;
                configurations.push(self.configuration);
            }
            return Ok(());
        }
        let relation = sheet.relate(start, relationship_type, end, line, evidence)?;
        sheet.set_relation(relation, "kind", kind)?;
        sheet.set_relation(relation, "requested", label.requested)?;
        if let (Named::Module { version, .. }, true) = (label.end, label.state != State::Failed) {
            sheet.set_relation(relation, "resolved", version)?;
        }
        if label.state == State::Failed {
            sheet.set_relation(relation, "unresolved", Value::Boolean(true))?;
        }
        sheet.charge(128)?;
        self.stated.insert(key, (relation, vec![self.configuration]));
        self.order.push(key);
        Ok(())
    }

    /// States needs that are only declared: of the version that was selected elsewhere in the file, if it is one.
    fn declare(&mut self, sheet: &mut Sheet<'a>) -> Result<(), Problem> {
        let mut files = 0;
        for Declared { start, label, configuration, line, evidence } in std::mem::take(&mut self.declared) {
            let (end, resolved) = match label.end {
                Named::Module { group, artifact, .. } => {
                    let versions = self.selected.get(&(group, artifact)).map_or(&[][..], Vec::as_slice);
                    let version = if let [version] = versions { *version } else { "" };
                    (module(sheet, group, artifact, version)?, version)
                }
                Named::Project(name) => (declared_project(sheet, name)?, ""),
                Named::Other(_) => {
                    files += 1;
                    continue;
                }
            };
            let relation = sheet.relate(start, relationship_type(configuration), end, line, evidence)?;
            sheet.set_relation(relation, "kind", configuration)?;
            sheet.set_relation(relation, "requested", label.requested)?;
            sheet.set_relation(relation, "resolved", resolved)?;
        }
        if files > 0 {
            sheet.warn(0, format!("needs that Gradle gives no name (files) are left out: {files}"), None);
        }
        Ok(())
    }

    fn list_configurations(&self, sheet: &mut Sheet) -> Result<(), Problem> {
        let of_libraries = self.order.iter().filter(|(.., kind)| matches!(*kind, "normal" | "constraint"));
        for (relation, configurations) in of_libraries.filter_map(|key| self.stated.get(key)) {
            let names = Value::list(configurations.iter().map(|name| Value::from(*name)));
            sheet.set_relation(*relation, "configurations", names)?;
        }
        Ok(())
    }
}

/// A declared project is named, not told by its path: that of the path `:name`, if the file has it.
fn declared_project(sheet: &mut Sheet, name: &str) -> Result<ThingId, Problem> {
    match sheet.known(&format!("project :{}", name.trim_start_matches(':'))) {
        Some(known) => Ok(known),
        None => project(sheet, name, ""),
    }
}

/// The thing of a project of the build by its path; `:` is the root. Its folder is known if its build file is there.
fn project(sheet: &mut Sheet, path: &str, name: &str) -> Result<ThingId, Problem> {
    let key = format!("project {path}");
    if let Some(known) = sheet.known(&key) {
        return Ok(known);
    }
    let thing = sheet.thing(&key)?;
    sheet.label(thing, "Package");
    let is_root = path == ":";
    let own = || if is_root { root_name(sheet, "") } else { None };
    let name =
        if name.is_empty() { own().unwrap_or(if is_root { "project" } else { path }.to_string()) } else { name.into() };
    sheet.name(thing, &name);
    sheet.set(thing, "ecosystem", "gradle")?;
    let folder = path.trim_start_matches(':').replace(':', "/");
    if ["build.gradle", "build.gradle.kts"].iter().any(|file| sheet.beside(&format!("./{folder}/{file}")).is_some()) {
        sheet.identify(thing, &identity::folder(&sheet.join(&folder)))?;
    }
    Ok(thing)
}
