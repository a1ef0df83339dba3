//! package-lock.json and npm-shrinkwrap.json, versions 1 to 3.
//!
//! A lock describes folders; which package a need means follows from them as Node.js looks for it ([`tree`]).

mod copies;
mod tree;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use glob::{MatchOptions, Pattern};
use tree::{Fields, Flags, Place, ROOT, Tree};

use super::json::{Json, member};
use super::need::{Kind, Need, describe_package};
use super::package_json::{self, Declared};
use super::{Format, Probe, Problem, Sheet, identity};
use crate::facts::ThingId;

pub(super) const FORMAT: Format = Format {
    name: "npm-lock",
    what: "package-lock.json, npm-shrinkwrap.json: the packages of a Node.js project, and what each needs",
    made_by: "npm install --package-lock-only",
    names: &["package-lock.json", "npm-shrinkwrap.json"],
    looks_like,
    example: r#"{
  "name": "web", "version": "1.0.0", "lockfileVersion": 3,
  "packages": {
    "": {"name": "web", "version": "1.0.0", "dependencies": {"ms": "^2.0.0"}},
    "node_modules/ms": {"version": "2.1.3", "license": "MIT"}
  }
}
"#,
    read,
};

/// Bun's lock has that word, too.
fn looks_like(probe: &Probe) -> bool {
    probe.starts_with('{') && probe.has(&["\"lockfileVersion\""]) && probe.name() != "bun.lock"
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let conflict = |problem: Problem| problem.help("if it is a merge conflict: resolve it with npm install");
    let top = Json::parse(sheet.text).map_err(conflict)?.members();
    let nested = member(&top, "dependencies").filter(|json| json.is_object());
    let is_old = member(&top, "packages").is_none_or(|json| !json.is_object());
    let tree = match member(&top, "packages").filter(|json| json.is_object()) {
        Some(packages) => Tree::from_packages(sheet, packages)?,
        None if nested.is_none() && member(&top, "lockfileVersion").is_none() => {
            let problem = Problem::at(1, "it has neither packages nor dependencies");
            return Err(problem.help("make it with npm install --package-lock-only"));
        }
        None => match nested {
            Some(dependencies) => Tree::from_nested(sheet, dependencies)?,
            None => Tree::of_root(),
        },
    };
    let manifest = if is_old { package_json::text_of(sheet, "")? } else { None };
    let manifest = manifest.as_deref().map(Json::parse).transpose()?;
    let root = Root::new(sheet, &top, &tree, manifest)?;
    if is_old {
        warn_of_version_1(sheet);
    }
    Reading::new(sheet, &tree, &root)?.run(sheet)
}

fn warn_of_version_1(sheet: &mut Sheet) {
    const NEWER: &str = "bring it to version 3 with npm install --package-lock-only --lockfile-version 3";
    let what = "a lock of version 1 does not tell the kinds of packages' needs, and has no peers";
    sheet.warn(0, what, Some(NEWER));
    if sheet.beside("package.json").is_none() {
        let what = "no package.json is beside it: what the project itself needs is unknown";
        sheet.warn(0, what, Some("read it in its own folder"));
    }
}

/// The project itself.
struct Root<'m> {
    name: String,
    version: String,
    /// Its needs if the lock has none of them.
    needs: Vec<Declared<'m>>,
    /// The folders of the project and its members.
    members: HashSet<String>,
}

impl<'m> Root<'m> {
    fn new(
        sheet: &Sheet,
        top: &[(Cow<str>, Json)],
        tree: &Tree,
        manifest: Option<Json<'m>>,
    ) -> Result<Root<'m>, Problem> {
        let entry = tree.places[ROOT].json.map(Json::members).unwrap_or_default();
        let declared = manifest.map(Json::members).unwrap_or_default();
        let text = |fields: &[(Cow<str>, Json)], key| {
            member(fields, key).and_then(Json::as_text).filter(|text| !text.is_empty()).map(Cow::into_owned)
        };
        let field = |key| text(&entry, key).or_else(|| text(top, key)).or_else(|| text(&declared, key));
        let patterns = package_json::workspaces(&entry);
        Ok(Root {
            name: field("name").unwrap_or_else(|| folder_name(sheet.folder())),
            version: field("version").unwrap_or_default(),
            needs: package_json::needs(&declared),
            members: members(sheet, tree, &patterns)?,
        })
    }

    fn is_member(&self, key: &str) -> bool {
        self.members.contains(key)
    }
}

/// As npm decides it: later patterns count more, those with `!` take out.
fn members(sheet: &Sheet, tree: &Tree, patterns: &[String]) -> Result<HashSet<String>, Problem> {
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::default() };
    let bare = |pattern: &str| pattern.trim_start_matches("./").trim_end_matches('/').to_string();
    let patterns = patterns.iter().filter_map(|pattern| match pattern.strip_prefix('!') {
        Some(pattern) => Some((false, Pattern::new(&bare(pattern)).ok()?)),
        None => Some((true, Pattern::new(&bare(pattern)).ok()?)),
    });
    let patterns: Vec<(bool, Pattern)> = patterns.collect();
    let mut members = HashSet::from([String::new()]);
    for place in tree.places.iter().filter(|place| is_local(place)) {
        let mut is_in = place.key.is_empty();
        for (adds, pattern) in &patterns {
            sheet.tick()?;
            if is_in != *adds && pattern.matches_with(&place.key, options) {
                is_in = *adds;
            }
        }
        if is_in {
            members.insert(place.key.to_string());
        }
    }
    Ok(members)
}

fn folder_name(folder: &str) -> String {
    match folder.rsplit('/').next() {
        None | Some("") => "project".to_string(),
        Some(name) => name.to_string(),
    }
}

struct Reading<'r, 't> {
    tree: &'r Tree<'t>,
    root: &'r Root<'r>,
    /// Of each place that needs of it lead to.
    resolved: Vec<Vec<Option<usize>>>,
    /// Of each place, the place that is stated for it.
    classes: Vec<usize>,
    things: HashMap<usize, ThingId>,
    missing: usize,
}

impl<'r, 't> Reading<'r, 't> {
    fn new(sheet: &Sheet, tree: &'r Tree<'t>, root: &'r Root<'r>) -> Result<Reading<'r, 't>, Problem> {
        let mut resolved = Vec::with_capacity(tree.places.len());
        for (at, place) in tree.places.iter().enumerate() {
            sheet.tick()?;
            sheet.charge(place.needs.len() * (size_of::<Declared>() + size_of::<Option<usize>>()))?;
            resolved.push(place.needs.iter().map(|need| tree.resolve(at, &need.name)).collect());
        }
        let mut first = HashMap::new();
        let alike: Vec<usize> = tree
            .places
            .iter()
            .enumerate()
            .map(|(at, place)| if is_local(place) { at } else { *first.entry(what(place)).or_insert(at) })
            .collect();
        let classes = copies::classes(sheet, &alike, &resolved)?;
        Ok(Reading { tree, root, resolved, classes, things: HashMap::new(), missing: 0 })
    }

    fn run(mut self, sheet: &mut Sheet) -> Result<(), Problem> {
        self.add_things(sheet)?;
        let root_needs: Vec<Option<usize>> =
            self.root.needs.iter().map(|need| self.tree.resolve(ROOT, &need.name)).collect();
        for (need, to) in std::iter::zip(&self.root.needs, root_needs) {
            let evidence = format!("package.json: {}", need.evidence());
            self.state(sheet, ROOT, need, to, (0, &evidence))?;
        }
        for at in 0..self.tree.places.len() {
            self.state_membership(sheet, at)?;
            if self.classes[at] != at {
                continue;
            }
            let tree = self.tree;
            for (number, need) in tree.places[at].needs.iter().enumerate() {
                let (line, evidence) = (sheet.line_of(need.json.text()), need.evidence());
                self.state(sheet, at, need, self.resolved[at][number], (line, &evidence))?;
            }
        }
        if self.missing > 0 {
            let what = format!("needs that no package of the lock answers: {}", self.missing);
            sheet.warn(0, what, Some("npm ls --all names them; npm install brings them in"));
        }
        Ok(())
    }

    fn add_things(&mut self, sheet: &mut Sheet) -> Result<(), Problem> {
        let mut flags: HashMap<usize, Flags> = HashMap::new();
        let mut variants: HashMap<(&str, &str, &str), usize> = HashMap::new();
        for (at, place) in self.tree.places.iter().enumerate().filter(|(_, place)| is_package(place)) {
            let class = self.classes[at];
            flags.entry(class).and_modify(|all| *all = all.and(place.fields.flags)).or_insert(place.fields.flags);
            if class == at {
                *variants.entry(what(place)).or_default() += 1;
            }
        }
        for (at, place) in self.tree.places.iter().enumerate() {
            if self.classes[at] != at || !is_package(place) && at != ROOT {
                continue;
            }
            let thing = sheet.thing(&format!("place {}", place.key))?;
            self.things.insert(at, thing);
            let line = place.json.map_or(1, |json| sheet.line_of(json.text()));
            sheet.define(thing, line);
            match is_local(place) {
                true => self.describe_local(sheet, at, thing)?,
                false => {
                    let is_only = variants.get(&what(place)).is_none_or(|count| *count == 1);
                    describe(sheet, thing, place, flags[&at], is_only)?;
                }
            }
        }
        Ok(())
    }

    /// The project, a member, or a folder that is linked.
    fn describe_local(&self, sheet: &mut Sheet, at: usize, thing: ThingId) -> Result<(), Problem> {
        let place = &self.tree.places[at];
        let (name, version) = match at {
            ROOT => (self.root.name.clone(), &*self.root.version),
            _ if place.fields.name.is_empty() => (folder_name(&place.key), &*place.fields.version),
            _ => (place.fields.name.to_string(), &*place.fields.version),
        };
        describe_package(sheet, thing, "npm", &name, version)?;
        sheet.set(thing, "license", &*place.fields.license)?;
        if !version.is_empty() {
            sheet.identify(thing, &purl(&name, version))?;
        }
        sheet.identify(thing, &identity::folder(&sheet.join(&place.key)))?;
        if self.root.is_member(&place.key) {
            sheet.set(thing, "member", true)?;
        }
        Ok(())
    }

    fn state(
        &mut self,
        sheet: &mut Sheet,
        from: usize,
        need: &Declared,
        to: Option<usize>,
        (line, evidence): (usize, &str),
    ) -> Result<(), Problem> {
        let start = self.things[&self.classes[from]];
        let place = to.map(|to| &self.tree.places[to]);
        let end = match to.and_then(|to| self.things.get(&self.classes[to])) {
            Some(end) => *end,
            None => {
                let is_ours = need.kind != Kind::Dev || self.root.is_member(&self.tree.places[from].key);
                self.missing += usize::from(!need.optional && is_ours);
                absent(sheet, need)?
            }
        };
        let resolved = place.map_or("", |place| &place.fields.version);
        let Declared { kind, optional, requested, .. } = need;
        let stated = Need { start, end, kind: *kind, optional: *optional, requested, resolved };
        let relation = stated.state(sheet, line, evidence)?;
        let called_so = place.is_none_or(|place| place.fields.name == need.name || place.fields.name.is_empty());
        if !called_so || need.package() != need.name {
            sheet.set_relation(relation, "alias", &*need.name)?;
        }
        Ok(())
    }

    /// A link of the root to a folder that its `workspaces` name.
    fn state_membership(&self, sheet: &mut Sheet, at: usize) -> Result<(), Problem> {
        let place = &self.tree.places[at];
        let (Some(target), Some(json)) = (place.target, place.json) else { return Ok(()) };
        let (Some(member), Some(root)) = (self.things.get(&self.classes[target]), self.things.get(&ROOT)) else {
            return Ok(());
        };
        if !self.root.is_member(&self.tree.places[target].key) {
            return Ok(());
        }
        let evidence = format!("\"{}\": {}", place.key, json.text());
        let relation = sheet.relate(*member, "PART_OF", *root, sheet.line_of(json.text()), &evidence)?;
        sheet.set_relation(relation, "kind", "workspace")
    }
}

/// What a need means that nothing answers.
fn absent(sheet: &mut Sheet, need: &Declared) -> Result<ThingId, Problem> {
    let thing = sheet.thing(&format!("absent {}", need.package()))?;
    describe_package(sheet, thing, "npm", need.package(), "")?;
    Ok(thing)
}

/// Whether it is a package, and not a link or a folder that only holds others.
fn is_package(place: &Place) -> bool {
    place.json.is_some() && place.target.is_none()
}

/// Whether it is a folder of sources.
fn is_local(place: &Place) -> bool {
    place.called.is_empty()
}

/// What all copies of a package share.
fn what<'p>(place: &'p Place) -> (&'p str, &'p str, &'p str) {
    (&place.fields.name, &place.fields.version, &place.fields.source)
}

fn describe(sheet: &mut Sheet, thing: ThingId, place: &Place, flags: Flags, is_only: bool) -> Result<(), Problem> {
    let Fields { name, version, license, source, flags: _, os, cpu } = &place.fields;
    describe_package(sheet, thing, "npm", name, version)?;
    sheet.set(thing, "license", &**license)?;
    sheet.set(thing, "source", &**source)?;
    let Flags { dev, optional, dev_optional, peer, bundled } = flags;
    let flags =
        [("dev", dev), ("optional", optional), ("devOptional", dev_optional), ("peer", peer), ("bundled", bundled)];
    for (key, _) in flags.into_iter().filter(|(_, is_set)| *is_set) {
        sheet.set(thing, key, true)?;
    }
    for (key, list) in [("os", os), ("cpu", cpu)] {
        if let Some(value) = list.and_then(Json::as_value) {
            sheet.set(thing, key, value)?;
        }
    }
    match source.strip_prefix("file:") {
        Some(folder) if version.is_empty() => sheet.identify(thing, &identity::folder(&sheet.join(folder))),
        _ if !is_only => sheet.set(thing, "location", &*place.key),
        _ if source.is_empty() && !version.is_empty() => sheet.identify(thing, &purl(name, version)),
        _ => Ok(()),
    }
}

/// A scope is the namespace.
pub(super) fn purl(name: &str, version: &str) -> String {
    let (scope, name) = name.rsplit_once('/').unwrap_or(("", name));
    identity::package("npm", scope, name, version)
}
