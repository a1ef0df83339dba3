//! The output of Maven's `dependency:tree`: as text, as TGF and as JSON. DOT and GraphML have their own rooms.
//!
//! A plain tree shows each artifact under one parent and leaves out every other need of it; only `-Dverbose` has them.
//! Written from the output of maven-dependency-plugin 3.8.1 and 3.11.0.

mod json;
mod text;
mod tgf;

use super::maven_coordinates::{self, Coordinates};
use super::problem::Problem;
use super::sheet::Sheet;
use super::{Format, identity};
use crate::facts::ThingId;

pub(super) const JSON: Format = json::FORMAT;
pub(super) const TEXT: Format = text::FORMAT;
pub(super) const TGF: Format = tgf::FORMAT;

/// An artifact in a tree, in the version that is used.
#[derive(Clone, Copy)]
struct Artifact<'a> {
    it: Coordinates<'a>,
    /// The version that was asked for.
    requested: &'a str,
    /// Stated elsewhere in the tree: with what it needs, or in another version.
    is_omitted: bool,
}

/// `a:b:jar:1:compile (version managed from 0.9)`, or `(a:b:jar:1:compile - omitted for conflict with 2)`.
fn artifact(label: &str) -> Option<Artifact<'_>> {
    let label = label.trim();
    let (it, remarks) = match label.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inside) => {
            let (coordinates, remarks) = inside.split_once(" - ")?;
            (maven_coordinates::parse(coordinates)?, remarks)
        }
        None => (maven_coordinates::parse(label)?, label.split_once(" (").map_or("", |(_, remarks)| remarks)),
    };
    let (mut used, mut requested, mut is_omitted) = (it.version, it.version, false);
    for remark in remarks.trim_end_matches(')').split("; ").map(str::trim) {
        is_omitted |= remark.starts_with("omitted for ");
        if let Some(version) = remark.strip_prefix("omitted for conflict with ") {
            used = version;
        } else if let Some(version) = remark.strip_prefix("version managed from ") {
            requested = version;
        } else if let Some(range) = remark.strip_prefix("version selected from ") {
            requested = range.trim_start_matches("constraint ").trim_start_matches("range ");
        }
    }
    Some(Artifact { it: Coordinates { version: used, ..it }, requested, is_omitted })
}

/// The artifact's thing, the same in every file.
fn thing(sheet: &mut Sheet, it: &Coordinates) -> Result<ThingId, Problem> {
    let key = format!("{}:{}:{}:{}:{}", it.group, it.artifact, it.packaging, it.classifier, it.version);
    if let Some(known) = sheet.known(&key) {
        return Ok(known);
    }
    let thing = sheet.thing(&key)?;
    sheet.label(thing, "Package");
    sheet.name(thing, &format!("{}:{}", it.group, it.artifact));
    sheet.set(thing, "version", it.version)?;
    sheet.set(thing, "ecosystem", "maven")?;
    sheet.set(thing, "packaging", it.packaging)?;
    sheet.set(thing, "classifier", it.classifier)?;
    let mut purl = format!("pkg:maven/{}/{}@{}?type={}", it.group, it.artifact, it.version, it.packaging);
    if !it.classifier.is_empty() {
        purl.push_str(&format!("&classifier={}", it.classifier));
    }
    if let Some(identity) = identity::canonical(&purl) {
        sheet.identify(thing, &identity)?;
    }
    Ok(thing)
}

/// The module whose tree it is; the first one, if the pom.xml beside the file is its own, is the folder.
fn root(sheet: &mut Sheet, it: &Coordinates, line: usize, is_first: bool) -> Result<ThingId, Problem> {
    let thing = thing(sheet, it)?;
    sheet.define(thing, line);
    if is_first && sheet.beside("pom.xml").is_some_and(|text| is_of(&text, it.artifact)) {
        sheet.identify(thing, &identity::folder(sheet.folder()))?;
    }
    Ok(thing)
}

/// Whether a pom.xml is that of an artifact: the first artifactId that is not its parent's.
fn is_of(pom: &str, artifact: &str) -> bool {
    let own = match (pom.find("<parent>"), pom.find("</parent>")) {
        (Some(start), Some(end)) if start < end => &pom[end..],
        _ => pom,
    };
    let name = own.split_once("<artifactId>").and_then(|(_, rest)| rest.split_once("</artifactId>"));
    name.is_some_and(|(name, _)| name.trim() == artifact)
}

/// What needs an artifact in a tree.
#[derive(Clone, Copy)]
struct Above<'a> {
    thing: ThingId,
    is_root: bool,
    /// The module whose tree it is, if the file has those of several.
    module: &'a str,
}

/// States that an artifact is needed. Scopes below the root are those that the root gets it in, so only what the root
/// itself needs for its tests, or as an option, is no need in earnest.
fn relate(
    sheet: &mut Sheet,
    above: Above,
    found: &Artifact,
    (line, evidence): (usize, &str),
) -> Result<ThingId, Problem> {
    let end = thing(sheet, &found.it)?;
    if !found.is_omitted {
        sheet.define(end, line);
    }
    let relationship_type = match (found.it.scope, found.it.optional) {
        ("test", _) if above.is_root => "DEV_DEPENDS_ON",
        (_, true) if above.is_root => "OPTIONALLY_DEPENDS_ON",
        _ => "DEPENDS_ON",
    };
    let relation = sheet.relate(above.thing, relationship_type, end, line, evidence)?;
    sheet.set_relation(relation, "kind", found.it.scope)?;
    sheet.set_relation(relation, "requested", found.requested)?;
    sheet.set_relation(relation, "resolved", found.it.version)?;
    sheet.set_relation(relation, "module", above.module)?;
    Ok(end)
}

/// What the file cannot know.
fn warn(sheet: &mut Sheet, is_verbose: bool) {
    if is_verbose {
        sheet.warn(0, "a verbose tree of Maven does not mark what is optional", None);
    } else {
        let what = "Maven's plain tree shows each artifact once and leaves out every other need of it";
        sheet.warn(0, what, Some("run mvn dependency:tree -Dverbose for all needs"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_tell_the_version_that_is_used() {
        for (label, used, requested, is_omitted) in [
            ("a:b:jar:1:compile", "1", "1", false),
            ("a:b:jar:1:compile (optional) ", "1", "1", false),
            ("a:b:jar:1:runtime (version managed from 2.2; scope managed from compile)", "1", "2.2", false),
            ("(a:b:jar:1:compile - omitted for duplicate)", "1", "1", true),
            ("(a:b:jar:1:compile - omitted for cycle)", "1", "1", true),
            ("(a:b:jar:2.0.7:compile - omitted for conflict with 2.0.2)", "2.0.2", "2.0.7", true),
            ("(a:b:jar:1:compile - version managed from 3; omitted for duplicate)", "1", "3", true),
            ("a:b:jar:1:compile (version selected from constraint [1,2))", "1", "[1,2", false),
        ] {
            let found = artifact(label).expect(label);
            assert_eq!((found.it.version, found.requested, found.is_omitted), (used, requested, is_omitted), "{label}");
        }
        assert!(artifact("(a:b:jar:1:compile)").is_none());
    }

    #[test]
    fn a_pom_names_its_artifact() {
        let pom = "<project><parent><artifactId>p</artifactId></parent> <artifactId> a </artifactId></project>";
        assert!(is_of(pom, "a") && !is_of(pom, "p"));
    }
}
