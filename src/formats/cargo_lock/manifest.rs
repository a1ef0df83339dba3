//! The manifests around a Cargo.lock: what its members ask for, and how.

use std::collections::{HashMap, HashSet};

use ::toml::Spanned;
use ::toml::de::DeValue;

use crate::formats::folders;
use crate::formats::need::Kind;
use crate::formats::problem::Problem;
use crate::formats::sheet::{Sheet, join};
use crate::formats::toml::{self, Table};

/// A Cargo.toml with a package.
pub(super) struct Manifest {
    /// Relative to the lock file; empty beside it.
    pub folder: String,
    pub name: String,
    pub version: String,
    pub license: String,
    /// Whether it belongs to the workspace, so that the lock has its dev-dependencies, too.
    pub is_member: bool,
    pub needs: Vec<Declared>,
}

/// A dependency as a manifest declares it.
pub(super) struct Declared {
    /// What the package's code calls it.
    pub key: String,
    pub package: String,
    pub requested: String,
    pub origin: Origin,
    pub kind: Kind,
    pub optional: bool,
    /// The platform or `cfg(…)` that it is limited to.
    pub target: String,
    /// The features of the package that turn it on.
    pub enabled_by: Vec<String>,
}

/// Where a dependency comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Registry,
    Git,
    /// A folder, relative to the lock file.
    Path(String),
}

const SECTIONS: &[(&str, Kind)] = &[
    ("dependencies", Kind::Normal),
    ("dev-dependencies", Kind::Dev),
    ("dev_dependencies", Kind::Dev),
    ("build-dependencies", Kind::Build),
    ("build_dependencies", Kind::Build),
];

/// The manifest beside the lock, and those of its workspace and path dependencies; none if it has no manifest.
pub(super) fn manifests(sheet: &mut Sheet) -> Result<Vec<Manifest>, Problem> {
    let Some(text) = sheet.beside("Cargo.toml") else {
        let what = "no Cargo.toml is beside it: roots, kinds and requested versions are unknown";
        sheet.warn(0, what, Some("read it in its own folder"));
        return Ok(Vec::new());
    };
    sheet.charge(text.len())?;
    let root = match toml::parse_text(&text) {
        Ok(root) => root,
        Err((at, what)) => {
            let line = text[..at].matches('\n').count() + 1;
            sheet.warn(0, format!("Cargo.toml:{line} is {what}"), Some("mend it: it has the roots and kinds of needs"));
            return Ok(Vec::new());
        }
    };
    let mut search = Search { root: &root, excluded: Vec::new(), seen: HashSet::new(), found: Vec::new() };
    search.run(sheet)?;
    Ok(search.found)
}

struct Search<'t, 'a> {
    root: &'t Table<'a>,
    excluded: Vec<String>,
    /// Folders.
    seen: HashSet<String>,
    found: Vec<Manifest>,
}

impl Search<'_, '_> {
    fn run(&mut self, sheet: &mut Sheet) -> Result<(), Problem> {
        let workspace = toml::table(self.root, "workspace");
        let list = |key| workspace.into_iter().flat_map(move |table| toml::items(table, key)).filter_map(toml::as_str);
        self.excluded = list("exclude").map(|folder| join("", folder)).collect();
        let mut waiting = vec![(String::new(), true)];
        for pattern in list("members") {
            for folder in folders::matching(sheet, pattern)? {
                waiting.push((join("", &folder), true));
            }
        }
        waiting.extend(self.patches().into_iter().map(|folder| (folder, false)));
        // Members before path dependencies: a folder's first visit says whether it is a member.
        waiting.reverse();
        let mut later: Vec<(String, bool)> = Vec::new();
        while let Some((folder, named)) = waiting.pop().or_else(|| later.pop()) {
            sheet.tick()?;
            if !self.seen.insert(folder.clone()) {
                continue;
            }
            let is_member = folder.is_empty() || named && !self.is_excluded(&folder);
            let Some(manifest) = self.load(sheet, &folder, is_member)? else { continue };
            for declared in &manifest.needs {
                if let Origin::Path(path) = &declared.origin {
                    // Path dependencies inside the workspace's folder are members without being named.
                    later.push((path.clone(), workspace.is_some() && is_member && !path.starts_with("..")));
                }
            }
            self.found.push(manifest);
        }
        Ok(())
    }

    fn is_excluded(&self, folder: &str) -> bool {
        let inside = |excluded: &String| folder.strip_prefix(&**excluded).is_some_and(is_path_end);
        self.excluded.iter().any(inside)
    }

    /// The folders that `[patch]` puts in the place of packages.
    fn patches(&self) -> Vec<String> {
        let sources = toml::table(self.root, "patch").into_iter().flat_map(|patch| patch.iter());
        let tables = sources.filter_map(|(_, source)| source.get_ref().as_table());
        let entries = tables.flat_map(|table| table.iter()).filter_map(|(_, entry)| entry.get_ref().as_table());
        entries.filter_map(|entry| toml::text(entry, "path")).map(|path| join("", path)).collect()
    }

    fn load(&self, sheet: &mut Sheet, folder: &str, is_member: bool) -> Result<Option<Manifest>, Problem> {
        if folder.is_empty() {
            return Ok(manifest(self.root, self.root, folder, is_member));
        }
        let path = format!("{folder}/Cargo.toml");
        let Some(text) = sheet.beside(&path) else { return Ok(None) };
        sheet.charge(text.len())?;
        match toml::parse_text(&text) {
            Ok(table) => Ok(manifest(&table, self.root, folder, is_member)),
            Err((at, what)) => {
                let line = text[..at].matches('\n').count() + 1;
                sheet.warn(0, format!("{path}:{line} is {what}"), Some("mend it: it has the kinds of needs"));
                Ok(None)
            }
        }
    }
}

fn is_path_end(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

/// What a manifest says; `None` if it has no package, as the root of a virtual workspace.
fn manifest(table: &Table, root: &Table, folder: &str, is_member: bool) -> Option<Manifest> {
    let package = toml::table(table, "package").or_else(|| toml::table(table, "project"))?;
    let workspace = toml::table(root, "workspace");
    let inherited = workspace.and_then(|table| toml::table(table, "package"));
    let field = |key| {
        let own = toml::text(package, key);
        own.or_else(|| toml::table(package, key).and(inherited).and_then(|table| toml::text(table, key)))
    };
    let mut needs = Vec::new();
    let shared = workspace.and_then(|table| toml::table(table, "dependencies"));
    add_needs(table, "", folder, shared, &mut needs);
    for (target, value) in toml::table(table, "target").into_iter().flat_map(|targets| targets.iter()) {
        if let Some(table) = value.get_ref().as_table() {
            add_needs(table, target.get_ref(), folder, shared, &mut needs);
        }
    }
    let enabling = toml::table(table, "features").map(enabling).unwrap_or_default();
    for need in needs.iter_mut().filter(|need| need.optional) {
        need.enabled_by = enabling.of(&need.key);
    }
    Some(Manifest {
        folder: folder.to_string(),
        name: toml::text(package, "name")?.to_string(),
        version: field("version").unwrap_or_default().to_string(),
        license: field("license").unwrap_or_default().to_string(),
        is_member,
        needs,
    })
}

fn add_needs(table: &Table, target: &str, folder: &str, shared: Option<&Table>, needs: &mut Vec<Declared>) {
    for (section, kind) in SECTIONS {
        for (key, value) in toml::table(table, section).into_iter().flat_map(|section| section.iter()) {
            needs.push(Declared {
                target: target.into(),
                kind: *kind,
                ..declared(key.get_ref(), value, folder, shared)
            });
        }
    }
}

fn declared(key: &str, value: &Spanned<DeValue>, folder: &str, shared: Option<&Table>) -> Declared {
    let table = value.get_ref().as_table();
    let is_inherited = table.and_then(|table| toml::get(table, "workspace")).is_some();
    let mut need = match shared.filter(|_| is_inherited).and_then(|shared| toml::get(shared, key)) {
        // Paths in the workspace's table are relative to its root; whether it is optional is the member's to say.
        Some(value) => Declared { optional: false, ..declared(key, value, "", None) },
        None => Declared {
            key: key.to_string(),
            package: key.to_string(),
            requested: String::new(),
            origin: Origin::Registry,
            kind: Kind::Normal,
            optional: false,
            target: String::new(),
            enabled_by: Vec::new(),
        },
    };
    if let Some(version) = toml::as_str(value) {
        need.requested = version.to_string();
    }
    let Some(table) = table else { return need };
    let text = |key| toml::text(table, key).map(str::to_string);
    need.package = text("package").unwrap_or(need.package);
    need.requested = text("version").unwrap_or(need.requested);
    need.optional = toml::get(table, "optional").is_some_and(|value| value.get_ref().as_bool() == Some(true));
    if let Some(path) = toml::text(table, "path") {
        need.origin = Origin::Path(join(folder, path));
    } else if toml::get(table, "git").is_some() {
        need.origin = Origin::Git;
    }
    need
}

/// Which features turn which optional dependency on.
#[derive(Default)]
struct Enabling {
    by_key: HashMap<String, Vec<String>>,
    /// Those named with `dep:`, which have no feature of their own name.
    explicit: HashSet<String>,
    features: HashSet<String>,
}

impl Enabling {
    fn of(&self, key: &str) -> Vec<String> {
        let mut features = self.by_key.get(key).cloned().unwrap_or_default();
        if !self.explicit.contains(key) && !self.features.contains(key) {
            features.insert(0, key.to_string());
        }
        features
    }
}

/// The Cargo book, Features: `dep:x` and `x` turn the dependency x on, so does `x/feature`; `x?/feature` does not.
fn enabling(features: &Table) -> Enabling {
    let mut enabling = Enabling::default();
    for (feature, _) in features.iter() {
        let feature: &str = feature.get_ref();
        enabling.features.insert(feature.to_string());
        for item in toml::items(features, feature).filter_map(toml::as_str) {
            let named = item.strip_prefix("dep:");
            let key = named.unwrap_or_else(|| item.split_once('/').map_or(item, |(key, _)| key));
            if key.ends_with('?') {
                continue;
            }
            if named.is_some() {
                enabling.explicit.insert(key.to_string());
            }
            let by = enabling.by_key.entry(key.to_string()).or_default();
            if by.last().is_none_or(|last| last != feature) {
                by.push(feature.to_string());
            }
        }
    }
    enabling
}
