//! pnpm-lock.yaml, versions 6 and 9.
//!
//! Importers are the project and its members; what they and packages need are keys of snapshots. A snapshot is a
//! package together with the peers that it got, so that one package may be several.

mod keys;
mod parts;
mod peers;

use std::collections::{HashMap, HashSet};

use keys::{bare, is_patch, split, suffixes};
use parts::{CONFLICT, Part, Parts, parts};
use peers::{Peers, peers_alone};

use super::json::{Json, member};
use super::need::{Kind, Need, describe_package};
use super::npm_lock::purl;
use super::package_json::{self, aliased};
use super::sheet::join;
use super::yaml::Yaml;
use super::{Format, Probe, Problem, Sheet, identity};
use crate::facts::{RelationId, ThingId};
use crate::graph::Value;

pub(super) const FORMAT: Format = Format {
    name: "pnpm-lock",
    what: "pnpm-lock.yaml: the packages of a Node.js project or workspace, and what each needs",
    made_by: "pnpm install --lockfile-only",
    names: &["pnpm-lock.yaml", "pnpm-lock.*.yaml"],
    looks_like,
    example: "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      ms:\n        specifier: ^2.0.0\n\
              \x20       version: 2.1.3\n\npackages:\n\n  ms@2.1.3:\n    resolution: {integrity: sha512-6Fl}\n\n\
              snapshots:\n\n  ms@2.1.3: {}\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    probe.lines().take(40).any(|line| line.starts_with("lockfileVersion:"))
}

const SECTIONS: &[(&str, Kind, bool)] = &[
    ("dependencies", Kind::Normal, false),
    ("optionalDependencies", Kind::Normal, true),
    ("devDependencies", Kind::Dev, false),
];

/// What pnpm itself needs for the project.
const TOOLS: &[&str] = &["configDependencies", "packageManagerDependencies"];

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let mut is_read = false;
    for parts in parts(sheet).map_err(|problem| problem.help(CONFLICT))? {
        let Some(version) = parts.document.get("lockfileVersion") else { continue };
        check_version(&version)?;
        is_read = true;
        Lock::new(parts).read(sheet)?;
    }
    match is_read {
        true => Ok(()),
        false => Err(Problem::at(1, "it has no lockfileVersion").help(FORMAT.made_by)),
    }
}

fn check_version(version: &Yaml) -> Result<(), Problem> {
    let text = version.as_str().unwrap_or_default();
    match text.split('.').next().and_then(|major| major.parse::<u32>().ok()) {
        Some(6..=9) => Ok(()),
        Some(..6) => Err(Problem::at(version.line(), format!("lockfileVersion {text} is too old to be read"))
            .help("bring it up to date with pnpm install of pnpm 8 or later")),
        Some(_) | None => Err(Problem::at(version.line(), format!("lockfileVersion {text} is not known"))),
    }
}

struct Lock<'t> {
    document: Yaml,
    /// What needs what; in version 6 also what is known of the packages.
    snapshots: Vec<Part<'t>>,
    at: HashMap<Box<str>, usize>,
    /// Of each snapshot.
    nodes: Vec<Node>,
    packages: Vec<Part<'t>>,
    /// What is known of a package, by its key without peers.
    known: HashMap<Box<str>, usize>,
    /// The count of snapshots of each package.
    variants: HashMap<Box<str>, usize>,
    /// By folder.
    importers: HashMap<String, (ThingId, String)>,
}

struct Node {
    thing: ThingId,
    name: String,
    version: String,
    /// Where it is from, unless it is a registry.
    source: String,
}

/// A snapshot that a need means, or what stands for it.
struct Answer {
    thing: ThingId,
    name: String,
    version: String,
}

impl<'t> Lock<'t> {
    fn new(parts: Parts<'t>) -> Lock<'t> {
        let Parts { document, packages, snapshots } = parts;
        let snapshots = snapshots.unwrap_or_else(|| packages.clone());
        let mut variants = HashMap::new();
        for part in &snapshots {
            *variants.entry(bare(&part.key).into()).or_default() += 1;
        }
        Lock {
            document,
            at: snapshots.iter().enumerate().map(|(at, part)| ((&*part.key).into(), at)).collect(),
            nodes: Vec::with_capacity(snapshots.len()),
            snapshots,
            known: packages.iter().enumerate().map(|(at, part)| (bare(&part.key).into(), at)).collect(),
            packages,
            variants,
            importers: HashMap::new(),
        }
    }

    fn read(mut self, sheet: &mut Sheet) -> Result<(), Problem> {
        let importers = match self.document.get("importers") {
            Some(importers) => importers.entries(),
            // Of one project alone.
            None => Vec::new(),
        };
        let mut projects = Vec::new();
        for (key, entry) in importers {
            projects.push((key.as_str().unwrap_or(".").to_string(), key.line(), entry));
        }
        if projects.is_empty() {
            projects.push((".".to_string(), self.document.line(), self.document.clone()));
        }
        for (folder, line, _) in &projects {
            self.add_importer(sheet, folder, *line)?;
        }
        for at in 0..self.snapshots.len() {
            self.add_snapshot(sheet, at)?;
        }
        for (folder, line, entry) in &projects {
            self.state_importer(sheet, folder, *line, entry)?;
        }
        for at in 0..self.snapshots.len() {
            self.read_snapshot(sheet, at)?;
        }
        Ok(())
    }

    fn add_importer(&mut self, sheet: &mut Sheet, folder: &str, line: usize) -> Result<(), Problem> {
        let below = join("", folder);
        let thing = sheet.thing(&format!("importer {below}"))?;
        sheet.define(thing, line);
        let text = package_json::text_of(sheet, &below)?;
        let fields = text.as_deref().map(Json::parse).transpose()?.map(Json::members).unwrap_or_default();
        let field = |key| member(&fields, key).and_then(Json::as_text).unwrap_or_default();
        let (name, version) = (field("name"), field("version"));
        // The lock names folders only.
        let path = sheet.join(&below);
        let shown = match (&*name, &*below, path.rsplit('/').next()) {
            ("", "", Some(last)) if !last.is_empty() => last.to_string(),
            ("", "", _) => "project".to_string(),
            ("", below, _) => below.to_string(),
            (name, ..) => name.to_string(),
        };
        describe_package(sheet, thing, "npm", &shown, &version)?;
        sheet.set(thing, "license", package_json::license(&fields))?;
        sheet.set(thing, "member", true)?;
        if !name.is_empty() && !version.is_empty() {
            sheet.identify(thing, &purl(&name, &version))?;
        }
        sheet.identify(thing, &identity::folder(&path))?;
        self.importers.insert(below, (thing, version.into_owned()));
        Ok(())
    }

    fn add_snapshot(&mut self, sheet: &mut Sheet, at: usize) -> Result<(), Problem> {
        let part = &self.snapshots[at];
        let thing = sheet.thing(&format!("snapshot at {}", part.line))?;
        sheet.define(thing, part.line);
        let (name, version, source) = self.name_of(sheet, &part.key)?;
        sheet.charge(size_of::<Node>() + name.len() + version.len() + source.len() + 2 * part.key.len())?;
        describe_package(sheet, thing, "npm", &name, &version)?;
        sheet.set(thing, "source", &*source)?;
        self.nodes.push(Node { thing, name, version, source });
        Ok(())
    }

    /// What is known of the package of a snapshot, and how much is to be added to its lines.
    fn known(&self, sheet: &Sheet, key: &str) -> Result<Option<(Yaml, usize)>, Problem> {
        self.known.get(bare(key)).map(|at| self.packages[*at].read(sheet)).transpose()
    }

    /// Name, version, and where it is from unless it is a registry.
    fn name_of(&self, sheet: &Sheet, key: &str) -> Result<(String, String, String), Problem> {
        let bare = bare(key).trim_start_matches('/');
        let (name, version) = split(bare);
        if !name.is_empty() && !version.contains([':', '/']) {
            return Ok((name.to_string(), version.to_string(), String::new()));
        }
        let known = self.known(sheet, key)?;
        let text = |field| known.as_ref().and_then(|(known, _)| known.text_at(&[field]));
        let name = text("name").unwrap_or_else(|| if name.is_empty() { bare.into() } else { name.to_string() });
        let source = if version.is_empty() || bare.starts_with("file:") { bare } else { version };
        let folder = source.strip_prefix("file:").map(|folder| join("", folder));
        let own = folder.and_then(|folder| self.importers.get(&folder)).map(|(_, version)| version.clone());
        Ok((name, text("version").or(own).unwrap_or_default(), source.to_string()))
    }

    fn state_importer(&self, sheet: &mut Sheet, folder: &str, line: usize, entry: &Yaml) -> Result<(), Problem> {
        let below = join("", folder);
        let (start, _) = self.importers[&below];
        if let Some((root, _)) = self.importers.get("").filter(|_| !below.is_empty()) {
            let relation = sheet.relate(start, "PART_OF", *root, line, &format!("importers: {folder}"))?;
            sheet.set_relation(relation, "kind", "workspace")?;
        }
        let peers = peers_alone(sheet, &below)?;
        for (section, kind, optional) in SECTIONS {
            for (name, entry) in entry.get(section).map(|section| section.entries()).unwrap_or_default() {
                let is_peer = name.as_str().is_some_and(|name| peers.contains(name));
                let kind = if is_peer { Kind::Peer } else { *kind };
                self.state_direct(sheet, &below, (&name, &entry), kind, *optional)?;
            }
        }
        for section in TOOLS {
            for (name, entry) in entry.get(section).map(|section| section.entries()).unwrap_or_default() {
                let relation = self.state_direct(sheet, &below, (&name, &entry), Kind::Dev, false)?;
                sheet.set_relation(relation, "section", *section)?;
            }
        }
        Ok(())
    }

    /// A need of the project or of a member.
    fn state_direct(
        &self,
        sheet: &mut Sheet,
        folder: &str,
        (name, entry): (&Yaml, &Yaml),
        kind: Kind,
        optional: bool,
    ) -> Result<RelationId, Problem> {
        let (start, _) = self.importers[folder];
        let (line, called) = (name.line(), name.as_str().unwrap_or_default());
        let reference = entry.text_at(&["version"]).unwrap_or_default();
        let specifier = entry.text_at(&["specifier"]).unwrap_or_default();
        let (requested, catalog) = self.requested(called, &specifier);
        let answer = self.answer(sheet, called, &reference, folder, line)?;
        let (end, resolved) = (answer.thing, &*answer.version);
        let need = Need { start, end, kind, optional, requested: &requested, resolved };
        let evidence = format!("{called}: {{specifier: {specifier}, version: {reference}}}");
        let relation = need.state(sheet, line, &evidence)?;
        state_alias(sheet, relation, called, &answer, aliased(&requested))?;
        sheet.set_relation(relation, "catalog", &*catalog)?;
        Ok(relation)
    }

    /// The range that a specifier means, and the catalog that has it.
    fn requested(&self, name: &str, specifier: &str) -> (String, String) {
        let Some(catalog) = specifier.strip_prefix("catalog:") else { return (specifier.to_string(), String::new()) };
        let catalog = if catalog.is_empty() { "default" } else { catalog };
        let range = self.document.text_at(&["catalogs", catalog, name, "specifier"]);
        (range.unwrap_or_else(|| specifier.to_string()), catalog.to_string())
    }

    fn read_snapshot(&self, sheet: &mut Sheet, at: usize) -> Result<(), Problem> {
        let part = &self.snapshots[at];
        let (entry, by) = part.read(sheet)?;
        let known = self.known(sheet, &part.key)?;
        self.describe(sheet, at, &entry, known.as_ref().map(|(known, _)| known))?;
        self.state_snapshot(sheet, at, (&entry, by), &Peers::new(known.as_ref()))
    }

    fn describe(&self, sheet: &mut Sheet, at: usize, entry: &Yaml, known: Option<&Yaml>) -> Result<(), Problem> {
        let (key, Node { thing, name, version, source }) = (&*self.snapshots[at].key, &self.nodes[at]);
        let (patches, peers): (Vec<&str>, Vec<&str>) = suffixes(key).into_iter().partition(|suffix| is_patch(suffix));
        if !peers.is_empty() {
            sheet.set(*thing, "peers", Value::list(peers.into_iter().map(Value::from)))?;
        }
        if !patches.is_empty() {
            sheet.set(*thing, "patched", true)?;
        }
        for flag in ["dev", "optional"] {
            if entry.get(flag).and_then(|flag| flag.as_bool()) == Some(true) {
                sheet.set(*thing, flag, true)?;
            }
        }
        for list in ["os", "cpu"] {
            if let Some(value) = known.and_then(|known| known.get(list)).and_then(|list| list.as_value()) {
                sheet.set(*thing, list, value)?;
            }
        }
        let is_only = self.variants.get(bare(key)).is_none_or(|count| *count == 1);
        match source.strip_prefix("file:").filter(|_| is_folder(known)) {
            Some(folder) if is_only => sheet.identify(*thing, &identity::folder(&sheet.join(folder))),
            None if is_only && source.is_empty() => sheet.identify(*thing, &purl(name, version)),
            Some(_) | None => Ok(()),
        }
    }

    fn state_snapshot(
        &self,
        sheet: &mut Sheet,
        at: usize,
        (entry, by): (&Yaml, usize),
        peers: &Peers,
    ) -> Result<(), Problem> {
        let start = self.nodes[at].thing;
        // Version 9 counts links from the lock, version 6 from the folder that was copied.
        let copied = bare(&self.snapshots[at].key).strip_prefix("file:").unwrap_or_default();
        let mut answered = HashSet::new();
        for (section, kind, optional) in SECTIONS {
            for (name, reference) in entry.get(section).map(|section| section.entries()).unwrap_or_default() {
                let (called, line) = (name.as_str().unwrap_or_default(), name.line() + by);
                let reference = reference.as_str().unwrap_or_default();
                let answer = self.answer(sheet, called, reference, copied, line)?;
                let peer = peers.ranges.get(called).filter(|_| *kind == Kind::Normal && !*optional);
                let kind = if peer.is_some() { Kind::Peer } else { *kind };
                let optional = *optional || peer.is_some() && peers.optional.contains(called);
                let requested = peer.map_or("", |range| range);
                let need = Need { start, end: answer.thing, kind, optional, requested, resolved: &answer.version };
                let relation = need.state(sheet, line, &format!("{called}: {reference}"))?;
                state_alias(sheet, relation, called, &answer, None)?;
                answered.insert(called.to_string());
            }
        }
        for (name, line) in peers.in_order.iter().filter(|(name, _)| !answered.contains(name)) {
            let requested = &peers.ranges[name];
            let end = absent(sheet, name)?;
            let optional = peers.optional.contains(name);
            let need = Need { start, end, kind: Kind::Peer, optional, requested, resolved: "" };
            need.state(sheet, *line, &format!("{name}: {requested}"))?;
        }
        Ok(())
    }

    /// What a reference means: a version with peers, an alias' package, a link to a folder.
    fn answer(
        &self,
        sheet: &mut Sheet,
        name: &str,
        reference: &str,
        folder: &str,
        line: usize,
    ) -> Result<Answer, Problem> {
        if let Some(link) = reference.strip_prefix("link:") {
            return self.linked(sheet, name, &join(folder, link));
        }
        let candidates = [format!("{name}@{reference}"), reference.to_string(), format!("/{name}@{reference}")];
        if let Some(at) = candidates.iter().find_map(|key| self.at.get(&**key)) {
            let Node { thing, name, version, .. } = &self.nodes[*at];
            return Ok(Answer { thing: *thing, name: name.clone(), version: version.clone() });
        }
        sheet.warn(line, format!("{name}: {reference} is not in the lock"), Some("bring it up to date: pnpm install"));
        Ok(Answer { thing: absent(sheet, name)?, name: name.to_string(), version: String::new() })
    }

    fn linked(&self, sheet: &mut Sheet, name: &str, folder: &str) -> Result<Answer, Problem> {
        if let Some((thing, version)) = self.importers.get(folder) {
            let name = sheet.name_of(*thing).to_string();
            return Ok(Answer { thing: *thing, name, version: version.clone() });
        }
        let thing = sheet.thing(&format!("folder {folder}"))?;
        describe_package(sheet, thing, "npm", name, "")?;
        sheet.identify(thing, &identity::folder(&sheet.join(folder)))?;
        Ok(Answer { thing, name: name.to_string(), version: String::new() })
    }
}

/// Says under which name a package is used if it is not its own.
fn state_alias(
    sheet: &mut Sheet,
    relation: RelationId,
    called: &str,
    answer: &Answer,
    requested: Option<(&str, &str)>,
) -> Result<(), Problem> {
    let is_own = answer.name == called && requested.is_none_or(|(name, _)| name == called);
    if is_own { Ok(()) } else { sheet.set_relation(relation, "alias", called) }
}

fn absent(sheet: &mut Sheet, name: &str) -> Result<ThingId, Problem> {
    let thing = sheet.thing(&format!("absent {name}"))?;
    describe_package(sheet, thing, "npm", name, "")?;
    Ok(thing)
}

fn is_folder(known: Option<&Yaml>) -> bool {
    known.and_then(|known| known.text_at(&["resolution", "type"])).as_deref() == Some("directory")
}
