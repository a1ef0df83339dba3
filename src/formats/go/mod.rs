//! Go modules: go.mod, and the output of `go mod graph`.

mod graph;
mod manifest;
mod semver;

use super::problem::Problem;
use super::sheet::Sheet;
use super::{Format, identity};
use crate::facts::ThingId;

pub(super) const GRAPH: Format = graph::FORMAT;
pub(super) const MANIFEST: Format = manifest::FORMAT;

/// The thing of a module version, the same in every file.
fn module(sheet: &mut Sheet, path: &str, version: &str) -> Result<ThingId, Problem> {
    let thing = sheet.thing(&format!("{path}@{version}"))?;
    describe(sheet, thing, path, version)?;
    if !version.is_empty() {
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
        sheet.identify(thing, &identity::package("golang", namespace, name, version))?;
    }
    Ok(thing)
}

fn describe(sheet: &mut Sheet, thing: ThingId, path: &str, version: &str) -> Result<(), Problem> {
    sheet.label(thing, "Package");
    sheet.name(thing, path);
    sheet.set(thing, "version", version)?;
    sheet.set(thing, "ecosystem", "golang")
}
