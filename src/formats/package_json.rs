//! package.json, and what lock files repeat of it: names, and needs by section.

use std::borrow::Cow;

use super::json::{Json, member};
use super::need::Kind;
use super::problem::{Problem, Wrong};
use super::sheet::Sheet;

/// A dependency as a manifest declares it.
#[derive(Clone, Debug)]
pub(super) struct Declared<'t> {
    /// What code calls it; an alias gives the real name in `requested`.
    pub name: Cow<'t, str>,
    pub requested: Cow<'t, str>,
    pub kind: Kind,
    pub optional: bool,
    /// The range, at its place in the text.
    pub json: Json<'t>,
}

impl Declared<'_> {
    /// The name of the package: that behind `npm:` if it is an alias.
    pub(super) fn package(&self) -> &str {
        aliased(&self.requested).map_or(&self.name, |(name, _)| name)
    }

    pub(super) fn evidence(&self) -> String {
        format!("\"{}\": {}", self.name, self.json.text())
    }
}

/// The name and range behind `npm:`: `npm:string-width@^4`, `npm:@a/b`.
pub(super) fn aliased(range: &str) -> Option<(&str, &str)> {
    let rest = range.strip_prefix("npm:")?;
    let at = rest.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| at);
    let (name, range) = at.map_or((rest, ""), |at| (&rest[..at], &rest[at + 1..]));
    // `npm:^1.0.0` names no package: Yarn writes all its ranges so.
    let is_name = name.starts_with('@') || name.contains(|c: char| c.is_ascii_alphabetic());
    let is_version = name.starts_with(['^', '~', '>', '<', '=', '*']) || name.starts_with(|c: char| c.is_ascii_digit());
    (is_name && (at.is_some() || !is_version)).then_some((name, range))
}

const SECTIONS: &[(&str, Kind, bool)] = &[
    ("dependencies", Kind::Normal, false),
    ("optionalDependencies", Kind::Normal, true),
    ("peerDependencies", Kind::Peer, false),
    ("devDependencies", Kind::Dev, false),
];

/// The needs that the sections of a manifest declare; an optional one is often repeated as a normal one.
pub(super) fn needs<'t>(fields: &[(Cow<'t, str>, Json<'t>)]) -> Vec<Declared<'t>> {
    let section = |name| member(fields, name).map(Json::members).unwrap_or_default();
    let optional: std::collections::HashSet<Cow<str>> =
        section("optionalDependencies").into_iter().map(|(name, _)| name).collect();
    let peers = optional_peers(member(fields, "peerDependenciesMeta"));
    let mut needs = Vec::new();
    for (key, kind, is_optional) in SECTIONS {
        for (name, json) in section(key) {
            if *key == "dependencies" && optional.contains(&name) {
                continue;
            }
            let optional = *is_optional || *kind == Kind::Peer && peers.contains(&name);
            let requested = json.as_text().unwrap_or_default();
            needs.push(Declared { name, requested, kind: *kind, optional, json });
        }
    }
    needs
}

fn optional_peers<'t>(meta: Option<Json<'t>>) -> std::collections::HashSet<Cow<'t, str>> {
    let entries = meta.map(Json::members).unwrap_or_default().into_iter();
    let is_optional = |json: Json| json.get("optional").and_then(Json::as_bool) == Some(true);
    entries.filter(|(_, json)| is_optional(*json)).map(|(name, _)| name).collect()
}

/// The folders that `workspaces` names: a list, or Yarn's `{"packages": […]}`.
pub(super) fn workspaces(fields: &[(Cow<str>, Json)]) -> Vec<String> {
    let value = member(fields, "workspaces");
    let list = value.map(|value| if value.is_object() { value.get("packages").unwrap_or(value) } else { value });
    let patterns = list.map(Json::items).unwrap_or_default();
    patterns.into_iter().filter_map(Json::as_str).map(Cow::into_owned).collect()
}

/// A license as text, or as the object of old manifests.
pub(super) fn license(fields: &[(Cow<str>, Json)]) -> String {
    let value = member(fields, "license");
    let text = value.and_then(|value| value.as_text().or_else(|| value.get("type").and_then(Json::as_text)));
    text.unwrap_or_default().into_owned()
}

/// The text of the package.json in a folder, relative to the file's; with a warning if it is no JSON.
pub(super) fn text_of(sheet: &mut Sheet, folder: &str) -> Result<Option<String>, Problem> {
    let path = if folder.is_empty() { "package.json".to_string() } else { format!("{folder}/package.json") };
    let Some(text) = sheet.beside(&path) else { return Ok(None) };
    sheet.charge(text.len())?;
    match Json::parse(&text) {
        Ok(_) => Ok(Some(text)),
        Err(Problem::Wrong(Wrong { line, what, .. })) => {
            sheet.warn(0, format!("{path}:{line} is {what}"), Some("mend it: it has names and kinds of needs"));
            Ok(None)
        }
        Err(stopped) => Err(stopped),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_name_a_package() {
        for (range, expected) in [
            ("npm:string-width@^4.2.0", Some(("string-width", "^4.2.0"))),
            ("npm:@a/b@1", Some(("@a/b", "1"))),
            ("npm:@a/b", Some(("@a/b", ""))),
            ("npm:left", Some(("left", ""))),
            ("npm:^1.0.0-rc.1", None),
            ("npm:*", None),
            ("npm:1.0.0-rc.1", None),
            ("^1", None),
        ] {
            assert_eq!(aliased(range), expected, "{range}");
        }
    }
}
