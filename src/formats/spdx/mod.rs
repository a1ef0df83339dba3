//! SPDX: a bill of materials of things and relationships, 2.2 and 2.3 as JSON or YAML, 3.0 as JSON-LD.

mod document;
mod elements;
mod relationships;
mod tree;

use std::borrow::Cow;

use super::purl::Purl;
use super::{Format, Problem, Sheet, identity};
use crate::facts::ThingId;

pub(super) const JSON: Format = Format {
    name: "spdx",
    what: "SPDX 2.2 or 2.3 bill of materials, as JSON",
    made_by: "npm sbom --sbom-format spdx > shop.spdx.json",
    names: &["*.spdx.json"],
    looks_like: |probe| probe.starts_with('{') && probe.has(&["\"SPDXRef-"]),
    example: r#"{
  "spdxVersion": "SPDX-2.3",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "web",
  "packages": [
    {"SPDXID": "SPDXRef-web", "name": "web"},
    {"SPDXID": "SPDXRef-ms", "name": "ms", "versionInfo": "2.0.0"}
  ],
  "relationships": [
    {"spdxElementId": "SPDXRef-ms", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-web"}
  ]
}
"#,
    read: document::read_json,
};

pub(super) const YAML: Format = Format {
    name: "spdx-yaml",
    what: "SPDX 2.2 or 2.3 bill of materials, as YAML",
    made_by: "pyspdxtools -i shop.spdx.json -o shop.spdx.yaml",
    names: &["*.spdx.yaml", "*.spdx.yml"],
    looks_like: |probe| !probe.starts_with('{') && probe.has(&["SPDXRef-", "SPDXID:"]),
    example: "\
spdxVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
name: web
packages:
- SPDXID: SPDXRef-web
  name: web
- SPDXID: SPDXRef-ms
  name: ms
relationships:
- spdxElementId: SPDXRef-web
  relationshipType: DEPENDS_ON
  relatedSpdxElement: SPDXRef-ms
",
    read: document::read_yaml,
};

pub(super) const JSON_LD: Format = Format {
    name: "spdx3",
    what: "SPDX 3.0 bill of materials, as JSON-LD",
    made_by: "",
    names: &["*.spdx3.json", "*.spdx.json", "*.spdx.jsonld"],
    looks_like: |probe| {
        let has_context = probe.has(&["spdx.org/rdf/3.", "/spdx-context.jsonld"]);
        probe.starts_with('{') && (has_context || probe.has(&["\"spdxId\"", "\"software_"]))
    },
    example: r#"{
  "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
  "@graph": [
    {"type": "software_Package", "spdxId": "https://example.org/web", "name": "web"},
    {"type": "software_Package", "spdxId": "https://example.org/ms", "name": "ms", "software_packageVersion": "2.0.0"},
    {"type": "Relationship", "spdxId": "https://example.org/1", "from": "https://example.org/web",
     "relationshipType": "dependsOn", "to": ["https://example.org/ms"]}
  ]
}
"#,
    read: elements::read,
};

/// The label of a package by what the file says that it is for.
fn label(purpose: &str) -> &'static str {
    match purpose.to_lowercase().as_str() {
        "container" => "Image",
        "file" => "File",
        "operating-system" | "operatingsystem" => "OperatingSystem",
        "platform" => "Platform",
        "device" => "Device",
        "devicedriver" => "DeviceDriver",
        "firmware" => "Firmware",
        "model" => "Model",
        "data" => "Dataset",
        _ => "Package",
    }
}

/// Whether the text says something: neither empty nor `NOASSERTION`.
fn says(text: &str) -> bool {
    !matches!(text, "" | "NOASSERTION")
}

/// A package as both versions write it. Texts are empty if the file has none.
#[derive(Default)]
struct Package<'a> {
    name: Cow<'a, str>,
    version: Cow<'a, str>,
    purpose: Cow<'a, str>,
    description: Cow<'a, str>,
    license: Cow<'a, str>,
    cpe: Cow<'a, str>,
    purls: Vec<Cow<'a, str>>,
}

impl Package<'_> {
    fn describe(&self, sheet: &mut Sheet, thing: ThingId) -> Result<(), Problem> {
        let purl = self.purls.first().and_then(|purl| Purl::parse(purl));
        sheet.name(thing, &purl.as_ref().map_or(Cow::Borrowed(&*self.name), |purl| purl.spoken()));
        let version = match &purl {
            Some(purl) if !says(&self.version) => purl.version.as_str(),
            _ => &self.version,
        };
        let first = self.purls.first().map_or("", |purl| purl);
        let ecosystem = purl.as_ref().map_or("", |purl| purl.kind.as_str());
        for (key, value) in [
            ("version", version),
            ("ecosystem", ecosystem),
            ("purl", first),
            ("cpe", &self.cpe),
            ("license", &self.license),
            ("purpose", &self.purpose),
            ("description", &self.description),
        ] {
            if says(value) {
                sheet.set(thing, key, value)?;
            }
        }
        for text in self.purls.iter().filter(|purl| !purl.contains('#')) {
            let Some(purl) = Purl::parse(text).filter(|purl| !purl.version.is_empty()) else { continue };
            for identifier in [identity::canonical(text), purl.image()].into_iter().flatten() {
                sheet.identify(thing, &identifier)?;
            }
        }
        Ok(())
    }
}
