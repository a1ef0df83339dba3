//! Gradle: lock files, and the output of `gradle dependencies`.

mod label;
mod lock;
mod tree;

use super::problem::Problem;
use super::sheet::Sheet;
use super::{Format, identity};
use crate::facts::ThingId;

pub(super) const LOCK: Format = lock::FORMAT;
pub(super) const TREE: Format = tree::FORMAT;

/// The thing of a module in a version, the same in every file; without one it is only of this file.
fn module(sheet: &mut Sheet, group: &str, artifact: &str, version: &str) -> Result<ThingId, Problem> {
    let key = format!("{group}:{artifact}:{version}");
    if let Some(known) = sheet.known(&key) {
        return Ok(known);
    }
    let thing = sheet.thing(&key)?;
    sheet.label(thing, "Package");
    sheet.name(thing, &format!("{group}:{artifact}"));
    sheet.set(thing, "version", version)?;
    sheet.set(thing, "ecosystem", "maven")?;
    if !version.is_empty() {
        sheet.identify(thing, &identity::package("maven", group, artifact, version))?;
    }
    Ok(thing)
}

/// The type of a project's need in a configuration. The plugins for Java, Kotlin and Android name the configurations of
/// tests so: `testRuntimeClasspath`, `debugUnitTestCompileClasspath`, `androidTestImplementation`.
fn relationship_type(configuration: &str) -> &'static str {
    let is_of_tests = configuration.starts_with("test") || configuration.contains("Test");
    if is_of_tests { "DEV_DEPENDS_ON" } else { "DEPENDS_ON" }
}

/// The name that the settings beside the file give the root project.
fn root_name(sheet: &Sheet, folder: &str) -> Option<String> {
    let settings = ["settings.gradle", "settings.gradle.kts"];
    let text = settings.iter().find_map(|name| sheet.beside(&format!("{folder}{name}")))?;
    let (_, rest) = text.split_once("rootProject.name")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest[1..].split_once(quote).map(|(name, _)| name.to_string())
}
