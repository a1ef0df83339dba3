//! The folders of an npm lock: which package is where, and which one a name means from there.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::formats::json::{Json, member};
use crate::formats::need::Kind;
use crate::formats::package_json::{self, Declared, aliased};
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;

/// A folder is nested in no more than this many `node_modules`.
const DEEPEST: usize = 200;

/// A folder that holds a package, or a link to one.
pub(super) struct Place<'t> {
    /// Its path from the lock file: empty for the root, `node_modules/a/node_modules/b`, `packages/web`.
    pub key: Cow<'t, str>,
    /// The name under which others find it; empty if it is in no `node_modules`.
    pub called: Cow<'t, str>,
    /// What the lock says of it; `None` if it only holds others.
    pub json: Option<Json<'t>>,
    pub fields: Fields<'t>,
    pub needs: Vec<Declared<'t>>,
    /// Where a link leads.
    pub target: Option<usize>,
    /// Where a name is looked up next.
    outer: Option<usize>,
}

/// The fields of an entry that tell what it is.
#[derive(Default)]
pub(super) struct Fields<'t> {
    pub name: Cow<'t, str>,
    pub version: Cow<'t, str>,
    pub license: String,
    /// Where it was fetched from, unless it is a registry.
    pub source: Cow<'t, str>,
    pub flags: Flags,
    pub os: Option<Json<'t>>,
    pub cpu: Option<Json<'t>>,
}

/// What npm worked out about how an entry is needed.
#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub dev: bool,
    pub optional: bool,
    pub dev_optional: bool,
    pub peer: bool,
    pub bundled: bool,
}

impl Flags {
    fn of(fields: &[(Cow<str>, Json)]) -> Flags {
        let is = |key| member(fields, key).and_then(Json::as_bool) == Some(true);
        Flags {
            dev: is("dev"),
            optional: is("optional"),
            dev_optional: is("devOptional"),
            peer: is("peer"),
            bundled: is("inBundle") || is("bundled"),
        }
    }

    /// What is true of both.
    pub(super) fn and(self, other: Flags) -> Flags {
        Flags {
            dev: self.dev && other.dev,
            optional: self.optional && other.optional,
            dev_optional: (self.dev_optional || self.dev || self.optional)
                && (other.dev_optional || other.dev || other.optional)
                && !(self.dev && other.dev)
                && !(self.optional && other.optional),
            peer: self.peer && other.peer,
            bundled: self.bundled && other.bundled,
        }
    }
}

#[derive(Default)]
pub(super) struct Tree<'t> {
    pub places: Vec<Place<'t>>,
    /// By the folder whose `node_modules` holds it, and its name there.
    children: HashMap<(usize, Cow<'t, str>), usize>,
}

pub(super) const ROOT: usize = 0;

impl<'t> Tree<'t> {
    /// Without any package.
    pub(super) fn of_root() -> Tree<'t> {
        let mut tree = Tree::default();
        tree.add(Cow::Borrowed(""), Cow::Borrowed(""), None);
        tree
    }

    fn add(&mut self, key: Cow<'t, str>, called: Cow<'t, str>, outer: Option<usize>) -> usize {
        let at = self.places.len();
        if let Some(holder) = outer.filter(|_| !called.is_empty()) {
            self.children.insert((holder, called.clone()), at);
        }
        let (fields, needs) = (Fields::default(), Vec::new());
        self.places.push(Place { key, called, json: None, fields, needs, target: None, outer });
        at
    }

    /// The place that a name means from a place: in its own `node_modules`, else in that of a folder around it.
    pub(super) fn resolve(&self, from: usize, name: &str) -> Option<usize> {
        let mut at = Some(from);
        while let Some(holder) = at {
            if let Some(found) = self.children.get(&(holder, Cow::Borrowed(name))) {
                return Some(self.places[*found].target.unwrap_or(*found));
            }
            at = self.places[holder].outer;
        }
        None
    }

    /// From `packages`: a member a path (versions 2 and 3).
    pub(super) fn from_packages(sheet: &Sheet<'t>, packages: Json<'t>) -> Result<Tree<'t>, Problem> {
        let mut tree = Tree::of_root();
        let mut entries = packages.members();
        // Whatever the order of the file, a folder comes before what is in it.
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        let mut by_key: HashMap<Cow<str>, usize> = HashMap::new();
        by_key.insert(Cow::Borrowed(""), ROOT);
        for (key, json) in entries {
            sheet.tick()?;
            sheet.charge(size_of::<Place>() + 2 * key.len())?;
            let at = tree.place(sheet, key, json, &mut by_key)?;
            tree.fill(at, json)?;
        }
        tree.follow_links(&by_key);
        Ok(tree)
    }

    fn place(
        &mut self,
        sheet: &Sheet<'t>,
        key: Cow<'t, str>,
        json: Json<'t>,
        by_key: &mut HashMap<Cow<'t, str>, usize>,
    ) -> Result<usize, Problem> {
        if let Some(known) = by_key.get(&key) {
            return Ok(*known);
        }
        if key.matches("node_modules").count() > DEEPEST || key.len() > 1 << 12 {
            let line = sheet.line_of(json.text());
            return Err(Problem::at(line, format!("a package in more than {DEEPEST} node_modules")));
        }
        let at = match split(&key) {
            Some((holder, name)) => {
                let holder = match by_key.get(holder) {
                    Some(holder) => *holder,
                    // Not written by npm: a package below a folder that has no entry.
                    None => {
                        let outer = outer_folder(holder, by_key);
                        let at = self.add(Cow::Owned(holder.to_string()), Cow::Borrowed(""), outer);
                        by_key.insert(Cow::Owned(holder.to_string()), at);
                        at
                    }
                };
                self.add(key.clone(), Cow::Owned(name.to_string()), Some(holder))
            }
            None => self.add(key.clone(), Cow::Borrowed(""), outer_folder(&key, by_key)),
        };
        by_key.insert(key, at);
        Ok(at)
    }

    fn fill(&mut self, at: usize, json: Json<'t>) -> Result<(), Problem> {
        let fields = json.members();
        let text = |key| member(&fields, key).and_then(Json::as_text).unwrap_or_default();
        let resolved = text("resolved");
        let place = &mut self.places[at];
        let name = text("name");
        place.fields = Fields {
            name: if name.is_empty() { place.called.clone() } else { name },
            version: text("version"),
            license: package_json::license(&fields),
            source: if is_registry(&resolved) { Cow::Borrowed("") } else { resolved },
            flags: Flags::of(&fields),
            os: member(&fields, "os"),
            cpu: member(&fields, "cpu"),
        };
        place.needs = package_json::needs(&fields);
        place.json = Some(json);
        Ok(())
    }

    fn follow_links(&mut self, by_key: &HashMap<Cow<'t, str>, usize>) {
        for at in 0..self.places.len() {
            let place = &self.places[at];
            let is_link = place.json.and_then(|json| json.get("link")).and_then(Json::as_bool) == Some(true);
            if is_link {
                let key = place.fields.source.trim_start_matches("file:").trim_start_matches("./");
                self.places[at].target = by_key.get(key).copied();
            }
        }
    }

    /// From nested `dependencies` (version 1), below the root.
    pub(super) fn from_nested(sheet: &Sheet<'t>, dependencies: Json<'t>) -> Result<Tree<'t>, Problem> {
        let mut tree = Tree::of_root();
        let mut waiting = vec![(ROOT, dependencies, 0)];
        while let Some((holder, dependencies, depth)) = waiting.pop() {
            if depth > DEEPEST {
                let line = sheet.line_of(dependencies.text());
                return Err(Problem::at(line, format!("a package in more than {DEEPEST} node_modules")));
            }
            let mut inner = Vec::new();
            for (name, json) in dependencies.members() {
                sheet.tick()?;
                sheet.charge(size_of::<Place>() + 3 * name.len())?;
                let outer = inside(&tree.places[holder].key);
                let at = tree.add(Cow::Owned(format!("{outer}node_modules/{name}")), name, Some(holder));
                inner.extend(tree.fill_nested(at, json).map(|nested| (at, nested, depth + 1)));
            }
            waiting.extend(inner.into_iter().rev());
        }
        Ok(tree)
    }

    /// Returns what is nested in it.
    fn fill_nested(&mut self, at: usize, json: Json<'t>) -> Option<Json<'t>> {
        let fields = json.members();
        let written = member(&fields, "version").and_then(Json::as_text).unwrap_or_default();
        let place = &mut self.places[at];
        let alias = aliased(&written).map(|(name, version)| (name.to_string(), version.to_string()));
        let (name, version, source) = match alias {
            Some((name, version)) => (Cow::Owned(name), Cow::Owned(version), Cow::Borrowed("")),
            None if written.contains(['/', ':']) => (place.called.clone(), Cow::Borrowed(""), written),
            None => (place.called.clone(), written, Cow::Borrowed("")),
        };
        let flags = Flags::of(&fields);
        place.fields = Fields { name, version, license: String::new(), source, flags, os: None, cpu: None };
        let requires = member(&fields, "requires").map(Json::members).unwrap_or_default();
        let need = |(name, json): (Cow<'t, str>, Json<'t>)| Declared {
            name,
            requested: json.as_text().unwrap_or_default(),
            kind: Kind::Unknown,
            optional: false,
            json,
        };
        place.needs = requires.into_iter().map(need).collect();
        place.json = Some(json);
        member(&fields, "dependencies")
    }
}

fn inside(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!("{key}/") }
}

/// The folder whose `node_modules` holds a package, and the package's name there.
fn split(key: &str) -> Option<(&str, &str)> {
    match key.rsplit_once("/node_modules/") {
        Some(parts) => Some(parts),
        None => key.strip_prefix("node_modules/").map(|name| ("", name)),
    }
}

/// The nearest folder around a folder that holds packages; none for those outside the root.
fn outer_folder(key: &str, by_key: &HashMap<Cow<str>, usize>) -> Option<usize> {
    let mut folder = key;
    while let Some((outer, _)) = folder.rsplit_once('/') {
        if let Some(found) = by_key.get(outer) {
            return Some(*found);
        }
        folder = outer;
    }
    (!key.starts_with("../") && key != "..").then_some(ROOT)
}

/// Whether a tarball comes from a registry: those that npm's own speaks have `/-/` in its address. Locks can be written
/// without addresses.
fn is_registry(resolved: &str) -> bool {
    resolved.is_empty() || resolved.starts_with("http") && resolved.contains("/-/")
}
