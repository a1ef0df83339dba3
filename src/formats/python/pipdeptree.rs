//! The output of pipdeptree: what is installed in one Python environment, as a list or as a tree.
//!
//! Written from the output of pipdeptree 2.26.1 and 4.2.15, whose `--json` and `--json-tree` agree.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Part, Terms, describe, normal, set_terms};
use crate::facts::ThingId;
use crate::formats::json::{Json, member};
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::{Format, Probe};

pub(super) const FORMAT: Format = Format {
    name: "pipdeptree",
    what: "Python packages of one environment, as pipdeptree lists them",
    made_by: "pipdeptree --json > pipdeptree.json",
    names: &["pipdeptree*.json"],
    looks_like,
    example: "[{\"package\": {\"key\": \"anyio\", \"package_name\": \"anyio\", \"installed_version\": \"4.0\"},\n  \
              \"dependencies\": [{\"key\": \"idna\", \"package_name\": \"idna\", \"installed_version\": \"3.10\",\n    \
              \"required_version\": \">=2.8\"}]},\n {\"package\": {\"key\": \"idna\", \"package_name\": \"idna\",\n  \
              \"installed_version\": \"3.10\"}, \"dependencies\": []}]\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    probe.starts_with('[') && probe.has(&["\"installed_version\"", "\"package_name\"", "\"dependencies\""])
}

type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let json = Json::parse(sheet.text)?;
    if !json.is_array() {
        return Err(Problem::at(1, "not a list of packages").help("make it with pipdeptree --json"));
    }
    let mut reader = Reader::default();
    for item in json.items() {
        let members = item.members();
        match member(&members, "package") {
            Some(package) => reader.listed(sheet, package, &members)?,
            None => reader.tree(sheet, item, members, None)?,
        }
    }
    Ok(())
}

#[derive(Default)]
struct Reader {
    /// A tree repeats what several need.
    stated: HashSet<(ThingId, ThingId, String)>,
}

impl Reader {
    /// An entry of the list: a package and what it needs.
    fn listed(&mut self, sheet: &mut Sheet, package: Json, members: &Members) -> Result<(), Problem> {
        let (thing, _) = self.package(sheet, package, &package.members())?;
        sheet.define(thing, sheet.line_of(package.text()));
        for need in member(members, "dependencies").map(Json::items).unwrap_or_default() {
            self.need(sheet, thing, need, &need.members())?;
        }
        Ok(())
    }

    /// A package of the tree with all below it; deeper than the JSON parser goes, there is nothing.
    fn tree(&mut self, sheet: &mut Sheet, item: Json, members: Members, above: Option<ThingId>) -> Result<(), Problem> {
        let (thing, is_installed) = match above {
            None => self.package(sheet, item, &members)?,
            Some(above) => self.need(sheet, above, item, &members)?,
        };
        if is_installed {
            sheet.define(thing, sheet.line_of(item.text()));
        }
        for need in member(&members, "dependencies").map(Json::items).unwrap_or_default() {
            self.tree(sheet, need, need.members(), Some(thing))?;
        }
        Ok(())
    }

    /// The package, and whether it is installed.
    fn package(&mut self, sheet: &mut Sheet, item: Json, members: &Members) -> Result<(ThingId, bool), Problem> {
        let name = member(members, "key").or_else(|| member(members, "package_name")).and_then(Json::as_str);
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            let line = sheet.line_of(item.text());
            return Err(Problem::at(line, "a package without a key").help("make it with pipdeptree --json"));
        };
        let name = normal(&name);
        let version = member(members, "installed_version").and_then(Json::as_str).unwrap_or_default();
        let version = if version == "?" { "" } else { &*version };
        let thing = sheet.thing(&name)?;
        describe(sheet, thing, &name, version, true)?;
        let license = member(members, "metadata").and_then(|metadata| metadata.get("license")).and_then(Json::as_str);
        if let Some(license) = license.filter(|license| license != "N/A") {
            sheet.set(thing, "license", &*license)?;
        }
        Ok((thing, !version.is_empty()))
    }

    fn need(
        &mut self,
        sheet: &mut Sheet,
        start: ThingId,
        need: Json,
        members: &Members,
    ) -> Result<(ThingId, bool), Problem> {
        let (end, is_installed) = self.package(sheet, need, members)?;
        let text = |key| member(members, key).and_then(Json::as_str).unwrap_or_default();
        let extra = text("extra");
        if !self.stated.insert((start, end, extra.to_string())) {
            return Ok((end, is_installed));
        }
        let part = if extra.is_empty() { Part::Normal } else { Part::Extra(extra.to_string()) };
        // What is below it in a tree is stated by its own lines.
        let words = need.text().split("\"dependencies\"").next().unwrap_or("").trim_end_matches([' ', '\n', '\r', ',']);
        let line = sheet.line_of(need.text());
        let relation = sheet.relate(start, part.relationship_type(), end, line, words)?;
        part.set(sheet, relation)?;
        let (requested, resolved) = (text("required_version"), text("installed_version"));
        let requested = if requested == "Any" { "" } else { &*requested };
        let resolved = if resolved == "?" { "" } else { &*resolved };
        set_terms(sheet, relation, &Terms { requested, resolved, ..Terms::default() })?;
        Ok((end, is_installed))
    }
}
