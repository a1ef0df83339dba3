//! The YAML of Yarn 2 and later.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{Asked, Entry, Lock, Origin, split};
use crate::formats::blocks::{blocks, moved};
use crate::formats::json::{Json, member};
use crate::formats::need::Kind;
use crate::formats::package_json;
use crate::formats::problem::Problem;
use crate::formats::sheet::{Sheet, join};
use crate::formats::yaml::{self, Yaml};

const CONFLICT: &str = "if it is a merge conflict: yarn install resolves it";

/// A line of `resolutions`: which range of which package, needed by which, is answered by another range.
pub(super) struct Resolution {
    needer: Option<(String, String)>,
    name: String,
    /// Empty for all.
    asked: String,
    pub range: String,
}

impl Resolution {
    /// From `debug@npm:4.4.3/ms`, `pg@npm:^8.0.0`, `minimatch`.
    fn new(pattern: &str, range: &str) -> Resolution {
        let parts: Vec<&str> = pattern.split('/').collect();
        let is_scope = |part: &&str| part.starts_with('@');
        let last = parts.len().saturating_sub(if parts.iter().rev().nth(1).is_some_and(is_scope) { 2 } else { 1 });
        let owned = |text: &str| {
            let (name, range) = split(text);
            (name.to_string(), range.to_string())
        };
        let (name, asked) = owned(&parts[last..].join("/"));
        let before: Vec<&str> = parts[..last].iter().copied().filter(|part| *part != "**").collect();
        let needer = (!before.is_empty()).then(|| owned(&before.join("/")));
        Resolution { needer, name, asked, range: range.to_string() }
    }

    pub(super) fn fits(&self, start: &Entry, need: &Asked) -> bool {
        let same =
            |asked: &str, range: &str| asked.is_empty() || asked == range || Some(asked) == range.strip_prefix("npm:");
        let is_needer = |(name, asked): &(String, String)| *name == start.name && same(asked, split(&start.locator).1);
        same(&self.asked, &need.range) && self.needer.as_ref().is_none_or(is_needer)
    }
}

/// The entries of the lock; the kinds of members' needs come from their manifests.
pub(super) fn entries<'t>(sheet: &mut Sheet<'t>) -> Result<Lock<'t>, Problem> {
    if let Some(at) = sheet.text.find("\n<<<<<<< ") {
        return Err(Problem::at(sheet.line(at + 1), "a merge conflict").help("yarn install resolves it"));
    }
    let mut lock = Lock { has_peers: true, ..Lock::default() };
    for (line, text) in blocks(sheet.text, 1, 0) {
        sheet.tick()?;
        if text.starts_with("__metadata:") {
            continue;
        }
        let yaml = yaml::document(text).map_err(|problem| moved(problem, line - 1, CONFLICT))?;
        for (key, value) in yaml.entries() {
            let mut entry = entry(sheet, &key, &value, line - 1)?;
            if let Origin::Member(folder) = entry.origin.clone() {
                sort_out(sheet, &mut entry, &folder)?;
            }
            lock.entries.push(entry);
        }
    }
    if let Some(text) = package_json::text_of(sheet, "")? {
        let resolutions = Json::parse(&text)?.get("resolutions").map(Json::members).unwrap_or_default();
        for (pattern, range) in resolutions {
            let resolution = Resolution::new(&pattern, &range.as_str().unwrap_or_default());
            lock.resolutions.entry(resolution.name.clone()).or_default().push(resolution);
        }
    }
    Ok(lock)
}

fn entry(sheet: &Sheet, key: &Yaml, value: &Yaml, by: usize) -> Result<Entry<'static>, Problem> {
    let line = key.line() + by;
    let text = |field: &str| value.text_at(&[field]).unwrap_or_default();
    let locator = text("resolution");
    let (name, reference) = split(&locator);
    if name.is_empty() || reference.is_empty() {
        return Err(Problem::at(line, "a package without a resolution").help("make it with yarn install"));
    }
    let written = key.as_str().unwrap_or_default();
    sheet.charge(2 * written.len() + size_of::<Entry>())?;
    let keys = written.split(',').map(|key| Cow::Owned(key.trim().to_string())).collect();
    let (origin, source) = origin(reference);
    let is_member = matches!(origin, Origin::Member(_));
    let (needs, peers) = (needs(value, by, !is_member), peers(value, by));
    sheet.charge((needs.len() + peers.len()) * (size_of::<Asked>() + 48))?;
    Ok(Entry {
        line,
        keys,
        name: Cow::Owned(name.to_string()),
        // Members are written with a version that nothing has.
        version: Cow::Owned(if is_member { String::new() } else { text("version") }),
        source: Cow::Owned(source),
        origin,
        license: String::new(),
        conditions: text("conditions"),
        needs,
        peers,
        locator: Cow::Owned(locator),
    })
}

/// Where a reference leads, and how to say it if it is not a registry.
fn origin(reference: &str) -> (Origin, String) {
    let bare = reference.split("::").next().unwrap_or_default();
    match bare.split_once(':') {
        Some(("npm", _)) => (Origin::Registry, String::new()),
        Some(("patch", source)) if source.contains("@npm%3A") || source.contains("@npm:") => {
            (Origin::Patch, String::new())
        }
        Some(("workspace", folder)) => (Origin::Member(join("", folder)), String::new()),
        Some((protocol @ ("file" | "link" | "portal"), path)) => {
            // `file:` repeats the path as it was written after `#`.
            let path = path.split('#').next().unwrap_or_default();
            let source = format!("{protocol}:{path}");
            let is_archive = [".tgz", ".tar.gz", ".tar"].iter().any(|ending| path.ends_with(ending));
            let is_ours = reference.contains("locator=") && reference.ends_with("workspace%3A.");
            match is_archive || !is_ours {
                true => (Origin::Elsewhere, source),
                false => (Origin::Folder(join("", path)), source),
            }
        }
        Some(_) | None => (Origin::Elsewhere, bare.to_string()),
    }
}

fn needs(value: &Yaml, by: usize, is_published: bool) -> Vec<Asked<'static>> {
    let optional = optional_ones(value, "dependenciesMeta");
    let entries = value.get("dependencies").map(|yaml| yaml.entries()).unwrap_or_default();
    let is_latest = |range: &str| matches!(range, "npm:latest" | "latest");
    let asked = entries.iter().map(|(name, range)| {
        let asked = asked(name, range, by, Kind::Normal, &optional);
        // What has to be compiled gets this need from Yarn; no published package asks for a tag.
        Asked { implied: is_published && asked.name == "node-gyp" && is_latest(&asked.range), ..asked }
    });
    asked.collect()
}

/// Yarn takes what only `peerDependenciesMeta` names as a peer, too.
fn peers(value: &Yaml, by: usize) -> Vec<Asked<'static>> {
    let optional = optional_ones(value, "peerDependenciesMeta");
    let entries = |field| value.get(field).map(|yaml| yaml.entries()).unwrap_or_default();
    let declared = entries("peerDependencies");
    let mut peers: Vec<Asked> =
        declared.iter().map(|(name, range)| asked(name, range, by, Kind::Peer, &optional)).collect();
    let named: HashSet<&str> = declared.iter().filter_map(|(name, _)| name.as_str()).collect();
    for (name, meta) in entries("peerDependenciesMeta") {
        if name.as_str().is_some_and(|name| !named.contains(name)) {
            peers.push(asked(&name, &meta, by, Kind::Peer, &optional));
        }
    }
    peers
}

fn optional_ones(value: &Yaml, meta: &str) -> HashSet<String> {
    let entries = value.get(meta).map(|yaml| yaml.entries()).unwrap_or_default();
    let is_optional = |value: &Yaml| value.get("optional").and_then(|yaml| yaml.as_bool()) == Some(true);
    let names = entries.iter().filter(|(_, value)| is_optional(value)).filter_map(|(name, _)| name.as_str());
    names.map(str::to_string).collect()
}

fn asked(name: &Yaml, range: &Yaml, by: usize, kind: Kind, optional: &HashSet<String>) -> Asked<'static> {
    let text = |yaml: &Yaml| yaml.as_str().unwrap_or_default().to_string();
    let (line, name) = (name.line() + by, text(name));
    let optional = optional.contains(&name);
    let (name, range) = (Cow::Owned(name), Cow::Owned(text(range)));
    Asked { line, name, range, kind, optional, implied: false, manifest: None }
}

/// Gives a member what only its manifest has: version, license, and the kinds of its needs.
fn sort_out(sheet: &mut Sheet, entry: &mut Entry, folder: &str) -> Result<(), Problem> {
    let Some(text) = package_json::text_of(sheet, folder)? else {
        let path = join(folder, "package.json");
        let what =
            format!("there is no {path}: the version of {}, and the kinds of its needs, are unknown", entry.name);
        sheet.warn(entry.line, what, Some("read the lock in its own folder"));
        entry.needs.iter_mut().filter(|need| !need.optional).for_each(|need| need.kind = Kind::Unknown);
        return Ok(());
    };
    let fields = Json::parse(&text)?.members();
    let version = member(&fields, "version").and_then(Json::as_text).unwrap_or_default();
    entry.version = Cow::Owned(version.into_owned());
    entry.license = package_json::license(&fields);
    let declared = package_json::needs(&fields);
    let kinds: HashMap<&str, (Kind, bool)> =
        // Yarn takes the section that comes first here where several name a package.
        declared.iter().rev().filter(|need| need.kind != Kind::Peer)
            .map(|need| (&*need.name, (need.kind, need.optional))).collect();
    for need in &mut entry.needs {
        if let Some((kind, optional)) = kinds.get(&*need.name) {
            (need.kind, need.optional) = (*kind, *optional || need.optional);
        }
    }
    Ok(())
}

/// As in an address: Yarn writes the needer of a path so.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte.into()),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolutions_are_patterns() {
        let of = |pattern| {
            let Resolution { needer, name, asked, .. } = Resolution::new(pattern, "1.0.0");
            (needer.map_or(String::new(), |(name, range)| format!("{name}@{range}")), name, asked)
        };
        let expect = |a: &str, b: &str, c: &str| (a.to_string(), b.to_string(), c.to_string());
        assert_eq!(of("minimatch"), expect("", "minimatch", ""));
        assert_eq!(of("pg@npm:^8.0.0"), expect("", "pg", "npm:^8.0.0"));
        assert_eq!(of("debug@npm:4.4.3/ms"), expect("debug@npm:4.4.3", "ms", ""));
        assert_eq!(of("**/@a/b/@c/d"), expect("@a/b@", "@c/d", ""));
    }

    #[test]
    fn needers_are_encoded() {
        assert_eq!(encoded("@a/b@workspace:."), "%40a%2Fb%40workspace%3A.");
    }
}
