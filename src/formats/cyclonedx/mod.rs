//! CycloneDX: a bill of materials, as JSON or XML, 1.4 to 1.7.
//!
//! Both forms become [`Part`]s and entries of dependencies, which a [`Bom`] states.

mod bom;
mod element;
mod json;
mod xml;

use super::{Format, Probe, Problem, Sheet};

pub(super) const JSON: Format = Format {
    name: "cyclonedx",
    what: "CycloneDX bill of materials, as JSON",
    made_by: "npm sbom --sbom-format cyclonedx > bom.cdx.json",
    names: &["*.cdx.json", "*bom.json", "*.cyclonedx.json"],
    looks_like: |probe| probe.starts_with('{') && is_cyclonedx(probe),
    example: r#"{
  "bomFormat": "CycloneDX",
  "specVersion": "1.5",
  "components": [
    {"type": "application", "bom-ref": "web", "name": "web", "version": "1.0.0"},
    {"type": "library", "bom-ref": "ms@2.0.0", "name": "ms", "version": "2.0.0", "purl": "pkg:npm/ms@2.0.0"}
  ],
  "dependencies": [
    {"ref": "web", "dependsOn": ["ms@2.0.0"]},
    {"ref": "ms@2.0.0"}
  ]
}
"#,
    read: json::read,
};

pub(super) const XML: Format = Format {
    name: "cyclonedx-xml",
    what: "CycloneDX bill of materials, as XML",
    made_by: "cyclonedx-py environment --output-format XML -o bom.cdx.xml",
    names: &["*.cdx.xml", "*bom.xml", "*.cyclonedx.xml"],
    looks_like: |probe| probe.starts_with('<') && probe.has(&["://cyclonedx.org/schema/bom/"]),
    example: r#"<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.5">
  <components>
    <component type="application" bom-ref="web"><name>web</name></component>
    <component type="library" bom-ref="ms"><name>ms</name><purl>pkg:npm/ms@2.0.0</purl></component>
  </components>
  <dependencies>
    <dependency ref="web"><dependency ref="ms"/></dependency>
    <dependency ref="ms"/>
  </dependencies>
</bom>
"#,
    read: xml::read,
};

/// Producers that sort their keys write the format at the end of the file.
fn is_cyclonedx(probe: &Probe) -> bool {
    probe.has(&["\"bomFormat\"", "\"CycloneDX\""]) || probe.has(&["\"bom-ref\""])
}

/// A fault of pnpm, whatever the format, and what to do.
pub(super) const PNPM: (&str, &str) = (
    "pnpm sbom (12.21.0) attaches the needs of workspace members to the root",
    "in a workspace, read pnpm-lock.yaml instead",
);

/// Components in components.
const DEEPEST: usize = 50;

fn too_deep(line: usize) -> Problem {
    Problem::at(line, format!("components nested more than {DEEPEST} deep"))
}
