//! The syntax of Yarn 1, which is not YAML: keys end in `:`, values follow a space.

use std::borrow::Cow;

use super::{Asked, Entry, Lock, Origin, split};
use crate::formats::folders;
use crate::formats::json::{Json, member};
use crate::formats::need::Kind;
use crate::formats::package_json::{self, aliased};
use crate::formats::problem::Problem;
use crate::formats::sheet::{Sheet, join};

/// The project and its members from their manifests, then the entries of the lock.
pub(super) fn entries<'t>(sheet: &mut Sheet<'t>) -> Result<Lock<'t>, Problem> {
    let mut lock = Lock { entries: members(sheet)?, ..Lock::default() };
    if lock.entries.is_empty() {
        let what = "no package.json is beside it: the project, its members and their needs are unknown";
        sheet.warn(0, what, Some("read it in its own folder"));
    }
    let what = "a lock of Yarn 1 does not have the peers of packages";
    sheet.warn(0, what, None);
    let mut optional = false;
    for (number, text) in sheet.text.lines().enumerate() {
        sheet.tick()?;
        let line = number + 1;
        let content = text.trim_start_matches(' ');
        let indent = text.len() - content.len();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| text.starts_with(mark)) {
            return Err(Problem::at(line, "a merge conflict").help("yarn install resolves it"));
        }
        match (indent, lock.entries.last_mut()) {
            (0, _) => lock.entries.push(entry(sheet, content, line)?),
            (2, Some(entry)) => match content.split_once(' ') {
                Some((key, value)) => set(entry, key, value),
                None => optional = content == "optionalDependencies:",
            },
            (4, Some(entry)) => entry.needs.push(need(content, line, optional)?),
            // Further fields, as of extensions.
            (_, Some(_)) => {}
            (_, None) => return Err(Problem::at(line, "a field before the first package")),
        }
    }
    lock.entries.iter_mut().filter(|entry| entry.line > 0).for_each(|entry| finish(sheet, entry));
    Ok(lock)
}

fn entry<'t>(sheet: &Sheet, content: &'t str, line: usize) -> Result<Entry<'t>, Problem> {
    let wrong = || Problem::at(line, "not a package: its line has to end in a colon").help("make it with yarn install");
    let content = content.trim_end().strip_suffix(':').ok_or_else(wrong)?;
    let keys: Vec<Cow<str>> = content.split(", ").map(|key| Cow::Borrowed(unquoted(key))).collect();
    sheet.charge(content.len() + size_of::<Entry>())?;
    let (name, range) = split(keys.first().map_or("", |key| key.trim()));
    let name = aliased(range).map_or(name, |(name, _)| name).to_string();
    Ok(Entry { line, keys, name: Cow::Owned(name), ..Entry::default() })
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

fn set<'t>(entry: &mut Entry<'t>, key: &str, value: &'t str) {
    let value = unquoted(value);
    match key {
        "version" => entry.version = Cow::Borrowed(value),
        "resolved" => entry.source = Cow::Borrowed(value),
        _ => {}
    }
}

fn need(content: &str, line: usize, optional: bool) -> Result<Asked<'_>, Problem> {
    let parts = match content.strip_prefix('"') {
        Some(rest) => rest.split_once("\" "),
        None => content.split_once(' '),
    };
    let Some((name, range)) = parts else { return Err(Problem::at(line, "a need without a range")) };
    let (name, range) = (Cow::Borrowed(name), Cow::Borrowed(unquoted(range)));
    Ok(Asked { line, name, range, kind: Kind::Normal, optional, implied: false, manifest: None })
}

/// Tells where an entry is from: its keys are alike in that.
fn finish(sheet: &Sheet, entry: &mut Entry) {
    let source = entry.source.split('#').next().unwrap_or_default().to_string();
    if let Some(name) = registry_name(&source) {
        // The only place that always has the real name.
        entry.name = Cow::Owned(name);
        entry.source = Cow::Borrowed("");
        return;
    }
    let ranges = entry.keys.iter().map(|key| split(key).1);
    let folder = ranges.filter_map(|range| range.strip_prefix("file:").or_else(|| range.strip_prefix("link:"))).next();
    let folder = folder.map(|folder| join("", folder));
    match folder.filter(|folder| sheet.beside(&format!("{folder}/package.json")).is_some()) {
        Some(folder) => {
            entry.source = Cow::Owned(format!("file:{folder}"));
            entry.origin = Origin::Folder(folder);
        }
        None if source.is_empty() && entry.keys.iter().all(|key| !split(key).1.contains(':')) => {}
        None => entry.origin = Origin::Elsewhere,
    }
}

/// The name of the package at an address of a registry: what comes before `/-/`.
fn registry_name(address: &str) -> Option<String> {
    let path = address.split_once("://")?.1.split_once("/-/")?.0;
    let mut parts = path.rsplit('/');
    let name = parts.next()?;
    let scope = parts.next().filter(|scope| scope.starts_with('@') || scope.starts_with("%40"));
    Some(match (scope, name.split_once("%2f").or_else(|| name.split_once("%2F"))) {
        (Some(scope), _) => format!("{}/{name}", scope.replace("%40", "@")),
        (None, Some((scope, name))) => format!("{}/{name}", scope.replace("%40", "@")),
        (None, None) => name.to_string(),
    })
}

/// The project and the members that its `workspaces` names; they have no line in the lock.
fn members<'t>(sheet: &mut Sheet<'t>) -> Result<Vec<Entry<'t>>, Problem> {
    let Some(root) = package_json::text_of(sheet, "")? else { return Ok(Vec::new()) };
    let mut members = vec![manifest(sheet, "", &root)?];
    let mut folders = Vec::new();
    for pattern in package_json::workspaces(&Json::parse(&root)?.members()) {
        folders.extend(folders::matching(sheet, &pattern)?);
    }
    folders.sort();
    folders.dedup();
    for folder in folders.iter().map(|folder| join("", folder)).filter(|folder| !folder.is_empty()) {
        if let Some(text) = package_json::text_of(sheet, &folder)? {
            members.push(manifest(sheet, &folder, &text)?);
        }
    }
    Ok(members)
}

fn manifest<'t>(sheet: &Sheet, folder: &str, text: &str) -> Result<Entry<'t>, Problem> {
    let fields = Json::parse(text)?.members();
    let field = |key| member(&fields, key).and_then(Json::as_text).unwrap_or_default().into_owned();
    let path = join(folder, "package.json");
    let (mut needs, mut peers) = (Vec::new(), Vec::new());
    for declared in package_json::needs(&fields) {
        let asked = Asked {
            line: 0,
            name: Cow::Owned(declared.name.into_owned()),
            range: Cow::Owned(declared.requested.into_owned()),
            kind: declared.kind,
            optional: declared.optional,
            implied: false,
            manifest: Some(path.clone()),
        };
        if asked.kind == Kind::Peer { peers.push(asked) } else { needs.push(asked) }
    }
    let name = field("name");
    let name = match (&*name, sheet.join(folder).rsplit('/').next()) {
        ("", None | Some("")) => "project".to_string(),
        ("", Some(last)) => last.to_string(),
        (name, _) => name.to_string(),
    };
    Ok(Entry {
        name: Cow::Owned(name),
        version: Cow::Owned(field("version")),
        license: package_json::license(&fields),
        origin: Origin::Member(folder.to_string()),
        needs,
        peers,
        ..Entry::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_names() {
        for (address, name) in [
            ("https://registry.yarnpkg.com/ms/-/ms-2.0.0.tgz", Some("ms")),
            ("https://registry.yarnpkg.com/@babel/core/-/core-7.0.0.tgz", Some("@babel/core")),
            ("https://registry.example.org/npm/@a%2fb/-/b-1.0.0.tgz", Some("@a/b")),
            ("https://codeload.github.com/a/b/tar.gz/0123", None),
        ] {
            assert_eq!(registry_name(address).as_deref(), name, "{address}");
        }
    }
}
