//! What `cargo metadata --format-version 1` prints: the packages, and the graph that Cargo resolved.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::json::{Json, member};
use super::need::{Kind, Need, describe_package};
use super::{Format, Probe, Problem, Sheet, identity};
use crate::facts::ThingId;
use crate::graph::Value;

pub(super) const FORMAT: Format = Format {
    name: "cargo-metadata",
    what: "what cargo metadata prints: the crates of a Rust project, what each needs, for which kind of use and target",
    made_by: "cargo metadata --format-version 1 --all-features > cargo-metadata.json",
    names: &["cargo-metadata.json", "*metadata*.json"],
    looks_like,
    example: r#"{"packages":[{"name":"web","version":"0.1.0","id":"path+file:///web#0.1.0","license":"MIT",
"license_file":null,"source":null,"manifest_path":"/web/Cargo.toml","features":{},"targets":[],"dependencies":[
{"name":"serde","req":"^1","kind":null,"rename":null,"optional":false,"target":null}]},
{"name":"serde","version":"1.0.228","id":"registry+https://github.com/rust-lang/crates.io-index#serde@1.0.228",
"license":"MIT OR Apache-2.0","license_file":null,"targets":[],"dependencies":[],"features":{},
"source":"registry+https://github.com/rust-lang/crates.io-index","manifest_path":"/serde/Cargo.toml"}],
"workspace_members":["path+file:///web#0.1.0"],"resolve":{"nodes":[{"id":"path+file:///web#0.1.0","features":[],
"deps":[{"name":"serde","pkg":"registry+https://github.com/rust-lang/crates.io-index#serde@1.0.228",
"dep_kinds":[{"kind":null,"target":null}]}]}],"root":"path+file:///web#0.1.0"},"workspace_root":"/web","version":1}
"#,
    read,
};

fn looks_like(probe: &Probe) -> bool {
    probe.starts_with('{') && probe.has(&["\"packages\"", "\"license_file\"", "\"dependencies\"", "\"source\""])
}

const CRATES_IO: &[&str] =
    &["registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"];

struct Package<'t> {
    thing: ThingId,
    name: Cow<'t, str>,
    version: Cow<'t, str>,
    /// Sorted by package.
    declared: Vec<Declared<'t>>,
}

impl<'t> Package<'t> {
    fn declared(&self, package: &str) -> &[Declared<'t>] {
        let start = self.declared.partition_point(|declared| *declared.package < *package);
        let end = self.declared.partition_point(|declared| *declared.package <= *package);
        &self.declared[start..end]
    }
}

/// A dependency as a package's manifest declares it.
struct Declared<'t> {
    package: Cow<'t, str>,
    rename: Option<Cow<'t, str>>,
    kind: Kind,
    requested: Cow<'t, str>,
    target: Cow<'t, str>,
    optional: bool,
    json: Json<'t>,
}

type Packages<'t> = HashMap<Cow<'t, str>, Package<'t>>;

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let top = Json::parse(sheet.text)?.members();
    let Some(list) = member(&top, "packages").filter(|list| list.is_array()) else {
        return Err(Problem::at(1, "it has no packages").help(FORMAT.made_by));
    };
    let members = member(&top, "workspace_members").map(Json::items).unwrap_or_default();
    let members: HashSet<Cow<str>> = members.into_iter().filter_map(Json::as_str).collect();
    let root = member(&top, "workspace_root").and_then(Json::as_str).unwrap_or_default().replace('\\', "/");
    let mut packages = Packages::new();
    let mut in_order = Vec::new();
    for package in list.items() {
        let (id, package) = read_package(sheet, package, &members, &root)?;
        in_order.push(id.clone());
        packages.insert(id, package);
    }
    match member(&top, "resolve").filter(|resolve| resolve.is_object()) {
        Some(resolve) => {
            for node in resolve.get("nodes").map(Json::items).unwrap_or_default() {
                read_node(sheet, node, &packages)?;
            }
        }
        None => state_declared(sheet, &in_order, &packages)?,
    }
    Ok(())
}

fn read_package<'t>(
    sheet: &mut Sheet<'t>,
    json: Json<'t>,
    members: &HashSet<Cow<str>>,
    root: &str,
) -> Result<(Cow<'t, str>, Package<'t>), Problem> {
    let line = sheet.line_of(json.text());
    let fields = json.members();
    let text = |key| member(&fields, key).and_then(Json::as_str);
    let (Some(id), Some(name), Some(version)) = (text("id"), text("name"), text("version")) else {
        return Err(Problem::at(line, "a package without id, name or version"));
    };
    let thing = sheet.thing(&id)?;
    sheet.define(thing, line);
    describe_package(sheet, thing, "cargo", &name, &version)?;
    sheet.set(thing, "license", &*text("license").unwrap_or_default())?;
    sheet.set(thing, "targets", kinds_of_targets(member(&fields, "targets")))?;
    let source = text("source").unwrap_or_default();
    if CRATES_IO.contains(&&*source) || source.is_empty() {
        sheet.identify(thing, &identity::package("cargo", "", &name, &version))?;
    } else {
        sheet.set(thing, "source", &*source)?;
    }
    if source.is_empty() {
        let manifest = text("manifest_path").unwrap_or_default().replace('\\', "/");
        let folder = manifest.strip_suffix("/Cargo.toml").unwrap_or(&manifest);
        sheet.identify(thing, &identity::folder(&place_of(sheet, folder, root)))?;
    }
    if members.contains(&id) {
        sheet.set(thing, "member", true)?;
    }
    let declared = member(&fields, "dependencies").map(Json::items).unwrap_or_default();
    let mut declared: Vec<Declared> = declared.into_iter().filter(|json| json.is_object()).map(read_declared).collect();
    declared.sort_by(|a, b| a.package.cmp(&b.package));
    sheet.charge(json.text().len() / 4)?;
    Ok((id, Package { thing, name, version, declared }))
}

/// The path of a member's folder: seen from this file if it was kept in the workspace's root, else as it is written.
fn place_of(sheet: &Sheet, folder: &str, root: &str) -> String {
    let below = folder.strip_prefix(root).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let below = below.map(|below| below.trim_start_matches('/'));
    let is_beside = |below: &&str| sheet.beside(&format!("{below}/Cargo.toml")).is_some();
    below.filter(is_beside).map_or_else(|| folder.to_string(), |below| sheet.join(below))
}

/// `lib`, `bin`, `proc-macro` …: what the package is built into, without tests, examples and benchmarks.
fn kinds_of_targets(targets: Option<Json>) -> Value {
    let mut kinds: Vec<String> = Vec::new();
    for target in targets.map(Json::items).unwrap_or_default() {
        for kind in target.get("kind").map(Json::items).unwrap_or_default().into_iter().filter_map(Json::as_str) {
            let is_shown = !matches!(&*kind, "test" | "example" | "bench" | "custom-build");
            if is_shown && kinds.len() < 8 && !kinds.contains(&kind.to_string()) {
                kinds.push(kind.into_owned());
            }
        }
    }
    if kinds.is_empty() { Value::Null } else { Value::list(kinds.iter().map(|kind| Value::from(&**kind))) }
}

fn read_declared(json: Json) -> Declared {
    let fields = json.members();
    let text = |key| member(&fields, key).and_then(Json::as_str);
    Declared {
        package: text("name").unwrap_or_default(),
        rename: text("rename"),
        kind: kind_of(member(&fields, "kind")),
        requested: text("req").unwrap_or_default(),
        target: text("target").unwrap_or_default(),
        optional: member(&fields, "optional").and_then(Json::as_bool) == Some(true),
        json,
    }
}

fn kind_of(json: Option<Json>) -> Kind {
    match json.and_then(Json::as_str).as_deref() {
        Some("dev") => Kind::Dev,
        Some("build") => Kind::Build,
        Some(_) | None => Kind::Normal,
    }
}

fn read_node<'t>(sheet: &mut Sheet<'t>, json: Json<'t>, packages: &Packages<'t>) -> Result<(), Problem> {
    let fields = json.members();
    let id = member(&fields, "id").and_then(Json::as_str).unwrap_or_default();
    let Some(package) = packages.get(&id) else {
        let line = sheet.line_of(json.text());
        sheet.warn(line, format!("{id} is resolved, but not among the packages"), None);
        return Ok(());
    };
    let features: Vec<Value> = member(&fields, "features")
        .map(Json::items)
        .unwrap_or_default()
        .into_iter()
        .filter_map(Json::as_value)
        .collect();
    if !features.is_empty() {
        sheet.set(package.thing, "features", Value::list(features))?;
    }
    let Some(deps) = member(&fields, "deps") else {
        // Before cargo 1.41 there were ids only.
        for dep in member(&fields, "dependencies").map(Json::items).unwrap_or_default() {
            let to = dep.as_str().unwrap_or_default();
            state(sheet, package, &to, packages, None, dep, "")?;
        }
        return Ok(());
    };
    for dep in deps.items() {
        read_dep(sheet, package, dep, packages)?;
    }
    Ok(())
}

/// One resolved dependency, which may be of several kinds.
fn read_dep<'t>(
    sheet: &mut Sheet<'t>,
    package: &Package<'t>,
    json: Json<'t>,
    packages: &Packages<'t>,
) -> Result<(), Problem> {
    let fields = json.members();
    let text = |key| member(&fields, key).and_then(Json::as_str).unwrap_or_default();
    let (to, called) = (text("pkg"), text("name"));
    let kinds = member(&fields, "dep_kinds").map(Json::items).unwrap_or_default();
    if kinds.is_empty() {
        return state(sheet, package, &to, packages, None, json, "");
    }
    let name = packages.get(&to).map_or("", |to| &to.name);
    for dep_kind in kinds {
        let kind = kind_of(dep_kind.get("kind"));
        let target = dep_kind.get("target").and_then(Json::as_str).unwrap_or_default();
        let fits = |declared: &&Declared| {
            let alias = declared.rename.as_ref().map(|rename| rename.replace('-', "_"));
            declared.kind == kind && declared.target == target && alias.is_none_or(|alias| alias == called)
        };
        let declared = package.declared(name);
        declared.iter().try_for_each(|_| sheet.tick())?;
        let mut fitting = declared.iter().filter(fits);
        let first = fitting.next();
        match fitting.find(|declared| declared.rename.is_some()).or(first) {
            Some(declared) => state(sheet, package, &to, packages, Some(declared), json, "")?,
            None => {
                let made = Declared {
                    package: name.to_string().into(),
                    rename: None,
                    kind,
                    requested: "".into(),
                    target,
                    optional: false,
                    json,
                };
                state(sheet, package, &to, packages, Some(&made), json, "")?;
            }
        }
    }
    Ok(())
}

fn state<'t>(
    sheet: &mut Sheet<'t>,
    package: &Package<'t>,
    to: &str,
    packages: &Packages<'t>,
    declared: Option<&Declared<'t>>,
    json: Json<'t>,
    absent: &str,
) -> Result<(), Problem> {
    let line = sheet.line_of(json.text());
    let (end, resolved) = match packages.get(to) {
        Some(found) => (found.thing, &*found.version),
        None => {
            let thing = sheet.thing(to)?;
            if !absent.is_empty() {
                describe_package(sheet, thing, "cargo", absent, "")?;
            }
            (thing, "")
        }
    };
    let kind = declared.map_or(Kind::Unknown, |declared| declared.kind);
    let optional = declared.is_some_and(|declared| declared.optional);
    let requested = declared.map_or("", |declared| &declared.requested);
    let need = Need { start: package.thing, end, kind, optional, requested, resolved };
    let relation = need.state(sheet, line, beginning(json.text()))?;
    if let Some(declared) = declared {
        sheet.set_relation(relation, "target", &*declared.target)?;
        sheet.set_relation(relation, "alias", declared.rename.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

/// As much as evidence can hold: a long entry may be cited for each of its kinds.
fn beginning(text: &str) -> &str {
    const ENOUGH: usize = 2000;
    let end = (0..=text.len().min(ENOUGH)).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// `--no-deps` resolves nothing: what members ask for is all there is.
fn state_declared<'t>(
    sheet: &mut Sheet<'t>,
    in_order: &[Cow<'t, str>],
    packages: &Packages<'t>,
) -> Result<(), Problem> {
    let what = "it was made with --no-deps: only what the members ask for is in it, without versions";
    sheet.warn(0, what, Some(FORMAT.made_by));
    let named = in_order.iter().filter_map(|id| Some((&*packages.get(id)?.name, &**id)));
    let by_name: HashMap<&str, &str> = named.collect();
    for package in in_order.iter().filter_map(|id| packages.get(id)) {
        for declared in &package.declared {
            let absent = format!("absent {}", declared.package);
            let to = by_name.get(&*declared.package).copied().unwrap_or(&absent);
            state(sheet, package, to, packages, Some(declared), declared.json, &declared.package)?;
        }
    }
    Ok(())
}
