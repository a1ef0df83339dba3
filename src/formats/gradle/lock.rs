//! gradle.lockfile and buildscript-gradle.lockfile: which version of each module the configurations of a project get.
//!
//! Written from the page "Locking Versions" of Gradle's manual. Before Gradle 7 there was a file for each
//! configuration, `gradle/dependency-locks/NAME.lockfile`.

use super::{module, relationship_type, root_name};
use crate::facts::ThingId;
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::{Format, Probe, identity};

pub(super) const FORMAT: Format = Format {
    name: "gradle-lock",
    what: "Gradle's lock file: modules and their configurations",
    made_by: "gradle dependencies --write-locks",
    names: &["gradle.lockfile", "buildscript-gradle.lockfile", "settings-gradle.lockfile", "*.lockfile"],
    looks_like,
    example: "# This is a Gradle generated file for dependency locking.\n\
              org.slf4j:slf4j-api:2.0.9=compileClasspath,runtimeClasspath\nempty=annotationProcessor\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let is_said =
        probe.head.lines().next().is_some_and(|line| line.contains("Gradle generated file for dependency lock"));
    let is_entry =
        |line: &str| line.starts_with("empty=") || line.split('=').next().is_some_and(|c| c.split(':').count() == 3);
    let mut lines = probe.lines().peekable();
    is_said || (probe.is_named("*.lockfile") && lines.peek().is_some() && lines.all(is_entry))
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let text = sheet.text;
    let root = root(sheet)?;
    for (at, text) in text.lines().enumerate() {
        sheet.tick()?;
        let (line, text) = (at + 1, text.trim());
        if text.is_empty() || text.starts_with('#') || text.starts_with("empty=") {
            continue;
        }
        let (coordinates, configurations) = text.split_once('=').unwrap_or((text, own_configuration(sheet)));
        let fields: Vec<&str> = coordinates.split(':').collect();
        let [group, artifact, version] = fields[..] else {
            return Err(Problem::at(line, "not group:artifact:version")
                .help("make it again: gradle dependencies --write-locks"));
        };
        let end = module(sheet, group, artifact, version)?;
        sheet.define(end, line);
        for configuration in configurations.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let relation = sheet.relate(root, relationship_type(configuration), end, line, text)?;
            sheet.set_relation(relation, "kind", configuration)?;
            sheet.set_relation(relation, "resolved", version)?;
        }
    }
    let what = "Gradle's lock file lists modules only: which of them needs which is not in it";
    sheet.warn(0, what, Some("read the output of gradle dependencies, too"));
    Ok(())
}

/// The configuration that a file is for which names none on its lines.
fn own_configuration<'a>(sheet: &Sheet<'a>) -> &'a str {
    sheet.file_name().strip_suffix(".lockfile").unwrap_or("")
}

/// The project: what the file is for, in its folder.
fn root(sheet: &mut Sheet) -> Result<ThingId, Problem> {
    let is_old = sheet.folder().ends_with("dependency-locks");
    let above = if is_old { "../../" } else { "" };
    let folder = sheet.join(if is_old { "../.." } else { "." });
    let last = folder.rsplit('/').next().filter(|name| !name.is_empty() && *name != "..");
    let name = root_name(sheet, above).or(last.map(str::to_string)).unwrap_or("project".into());
    let thing = sheet.thing("the project")?;
    sheet.label(thing, "Package");
    sheet.name(thing, &name);
    sheet.define(thing, 1);
    sheet.identify(thing, &identity::folder(&folder))?;
    Ok(thing)
}
