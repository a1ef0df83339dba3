//! SPDX 3.0 → facts: a graph of elements, among them the relationships.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::super::json::{Json, member};
use super::super::tally::Tally;
use super::relationships::{OTHER, Row, TYPES_3, in_scope};
use super::{Package, Problem, Sheet, label, says};
use crate::facts::{ThingId, Word};

type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

pub(super) fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let root = Json::parse(sheet.text)?;
    let members = root.members();
    // An element alone needs no list.
    let written = match member(&members, "@graph") {
        Some(graph) => graph.items(),
        None if !id_of(&members).is_empty() => vec![root],
        None => {
            let help = "an SPDX 3.0 file has @context and, in @graph, its elements";
            return Err(Problem::at(1, "not an SPDX 3.0 file: it has no @graph").help(help));
        }
    };
    let mut elements = Elements::new(sheet);
    for element in written {
        elements.take(element)?;
    }
    for relationship in std::mem::take(&mut elements.relationships) {
        elements.relationship(relationship)?;
    }
    elements.finish()
}

fn text<'a>(members: &Members<'a>, name: &str) -> Cow<'a, str> {
    member(members, name).and_then(Json::as_text).unwrap_or_default()
}

/// One value or a list of them.
fn list<'a>(members: &Members<'a>, name: &str) -> Vec<Json<'a>> {
    match member(members, name) {
        Some(value) if value.is_array() => value.items(),
        value => value.into_iter().collect(),
    }
}

fn id_of<'a>(members: &Members<'a>) -> Cow<'a, str> {
    let id = text(members, "spdxId");
    if id.is_empty() { text(members, "@id") } else { id }
}

/// A value that names an element, or holds one with an id.
fn reference<'a>(value: Json<'a>) -> Cow<'a, str> {
    value.as_str().unwrap_or_else(|| id_of(&value.members()))
}

/// The last part of an IRI.
fn last(iri: &str) -> &str {
    iri.rsplit(['/', '#']).find(|part| !part.is_empty()).unwrap_or(iri)
}

struct Elements<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    types: HashMap<&'static str, &'static Row>,
    relationships: Vec<Json<'a>>,
    /// Agents, licences and other elements that are nothing by themselves: things if a relationship names them.
    others: HashMap<Cow<'a, str>, Json<'a>>,
    /// Elements of other documents, as this one lists them.
    imports: HashSet<Cow<'a, str>>,
    roots: Vec<(ThingId, Json<'a>, &'static str)>,
    absent: Tally,
    unknown: Tally,
}

impl<'s, 'a> Elements<'s, 'a> {
    fn new(sheet: &'s mut Sheet<'a>) -> Elements<'s, 'a> {
        Elements {
            sheet,
            types: TYPES_3.iter().map(|row| (row.name, row)).collect(),
            relationships: Vec::new(),
            others: HashMap::new(),
            imports: HashSet::new(),
            roots: Vec::new(),
            absent: Tally::default(),
            unknown: Tally::default(),
        }
    }

    fn take(&mut self, element: Json<'a>) -> Result<(), Problem> {
        self.sheet.tick()?;
        let members = element.members();
        let kind = text(&members, "type");
        let kind = if kind.is_empty() { text(&members, "@type") } else { kind };
        self.sheet.charge(48)?;
        match &*kind {
            "software_Package"
            | "software_File"
            | "software_Snippet"
            | "ai_AIPackage"
            | "dataset_DatasetPackage"
            | "build_Build"
            | "security_Vulnerability"
            | "SpdxDocument"
            | "software_Sbom"
            | "Bom"
            | "Bundle" => self.define(element, &members, &kind).map(drop),
            _ if kind.ends_with("Relationship") => {
                self.relationships.push(element);
                Ok(())
            }
            _ => {
                self.others.insert(id_of(&members), element);
                Ok(())
            }
        }
    }

    fn define(&mut self, element: Json<'a>, members: &Members<'a>, kind: &str) -> Result<ThingId, Problem> {
        let id = id_of(members);
        let thing = self.sheet.thing(&id)?;
        let line = self.sheet.line_of(element.text());
        self.sheet.define(thing, line);
        let mut package = Package::default();
        for (name, value) in members {
            let text = || value.as_text().unwrap_or_default();
            match &**name {
                "name" => package.name = text(),
                "summary" => package.description = text(),
                "description" if package.description.is_empty() => package.description = text(),
                "software_packageVersion" => package.version = text(),
                "software_primaryPurpose" => package.purpose = text(),
                "software_packageUrl" => package.purls.insert(0, text()),
                "externalIdentifier" => value.items().into_iter().for_each(|one| identifier(one, &mut package)),
                "software_snippetFromFile" => self.roots.push((thing, *value, "software_snippetFromFile")),
                "rootElement" => {
                    self.roots
                        .extend(list(members, "rootElement").into_iter().map(|root| (thing, root, "rootElement")));
                }
                "import" => {
                    self.imports.extend(value.items().into_iter().filter_map(|map| map.get("externalSpdxId")?.as_str()))
                }
                _ => {}
            }
        }
        if package.name.is_empty() {
            package.name = Cow::Owned(last(&id).to_string());
        }
        self.sheet.label(thing, self.label(kind, &package));
        package.describe(self.sheet, thing)?;
        self.identify(thing, &id)?;
        Ok(thing)
    }

    fn label(&self, kind: &str, package: &Package) -> Word {
        Cow::Borrowed(match kind {
            "software_Package" => label(&package.purpose),
            "software_File" => "File",
            "software_Snippet" => "Snippet",
            "ai_AIPackage" => "Model",
            "dataset_DatasetPackage" => "Dataset",
            "build_Build" => "Build",
            "security_Vulnerability" => "Vulnerability",
            "SpdxDocument" | "software_Sbom" | "Bom" | "Bundle" => "Document",
            other => return Cow::Owned(other.rsplit('_').next().unwrap_or(other).to_string()),
        })
    }

    /// An IRI is valid in every file; a blank node (`_:`) in its own.
    fn identify(&mut self, thing: ThingId, id: &str) -> Result<(), Problem> {
        if id.contains(':') && !id.starts_with("_:") {
            self.sheet.identify(thing, id)?;
        }
        Ok(())
    }

    /// The element that a relationship names.
    fn element(&mut self, id: &str, line: usize) -> Result<ThingId, Problem> {
        if let Some(thing) = self.sheet.known(id) {
            return Ok(thing);
        }
        if let Some(element) = self.others.get(id).copied() {
            let members = element.members();
            let kind = text(&members, "type");
            return self.define(element, &members, &kind);
        }
        if !self.imports.contains(id) {
            self.absent.add(line, id);
        }
        let thing = self.sheet.thing(id)?;
        self.sheet.name(thing, last(id));
        self.identify(thing, id)?;
        Ok(thing)
    }

    fn relationship(&mut self, relationship: Json<'a>) -> Result<(), Problem> {
        let members = relationship.members();
        let line = self.sheet.line_of(relationship.text());
        let (starts, ends) = (list(&members, "from"), list(&members, "to"));
        let name = text(&members, "relationshipType");
        if starts.is_empty() || ends.is_empty() || name.is_empty() {
            self.sheet.error(line, "a relationship without a type, from or to", None);
            return Ok(());
        }
        for start in starts {
            for end in &ends {
                self.state(&members, reference(start), last(&name), reference(*end), self.sheet.line_of(end.text()))?;
            }
        }
        Ok(())
    }

    fn state(
        &mut self,
        members: &Members<'a>,
        start: Cow<'a, str>,
        name: &str,
        end: Cow<'a, str>,
        line: usize,
    ) -> Result<(), Problem> {
        let is_need = name == "dependsOn";
        match last(&end) {
            "NoneElement" if is_need => return self.known_needs(&start, "none", line),
            "NoAssertionElement" if is_need => return self.known_needs(&start, "unknown", line),
            "NoneElement" | "NoAssertionElement" => return Ok(()),
            _ => {}
        }
        if matches!(name, "hasConcludedLicense" | "hasDeclaredLicense") {
            return self.license(&start, name, &end, line);
        }
        if is_need && text(members, "completeness") == "incomplete" {
            self.known_needs(&start, "incomplete", line)?;
        }
        let row = self.types.get(name).copied().unwrap_or(OTHER);
        if row.name == "OTHER" {
            self.unknown.add(line, name);
        }
        let (first, second) = (self.element(&start, line)?, self.element(&end, line)?);
        let (first, second) = if row.is_turned { (second, first) } else { (first, second) };
        let words = format!("from {start} {name} to {end}");
        let (relation, kind) = in_scope(row, &text(members, "scope"));
        let relation = self.sheet.relate(first, relation, second, line, &words)?;
        self.sheet.set_relation(relation, "kind", if row.name == "OTHER" { name } else { kind })?;
        self.sheet.set_relation(relation, "scope", &*text(members, "scope"))?;
        self.sheet.set_relation(relation, "comment", &*text(members, "comment"))
    }

    fn known_needs(&mut self, start: &str, known: &str, line: usize) -> Result<(), Problem> {
        let thing = self.element(start, line)?;
        self.sheet.set(thing, "dependencies", known)
    }

    /// What is concluded counts before what is declared, whichever comes first.
    fn license(&mut self, start: &str, name: &str, end: &str, line: usize) -> Result<(), Problem> {
        let thing = self.element(start, line)?;
        let members = self.others.get(end).map(|license| license.members()).unwrap_or_default();
        let license = ["simplelicensing_licenseExpression", "name"]
            .iter()
            .map(|key| text(&members, key))
            .find(|text| !text.is_empty())
            .unwrap_or_else(|| Cow::Owned(last(end).to_string()));
        let is_concluded = name == "hasConcludedLicense";
        if says(&license) && license != "NoAssertionLicense" && (is_concluded || !self.has_license(thing)) {
            self.sheet.set(thing, "license", &*license)?;
        }
        Ok(())
    }

    fn has_license(&self, thing: ThingId) -> bool {
        self.sheet.has(thing, "license")
    }

    fn finish(mut self) -> Result<(), Problem> {
        for (thing, end, member) in std::mem::take(&mut self.roots) {
            let line = self.sheet.line_of(end.text());
            let end = self.element(&reference(end), line)?;
            let words = format!("\"{member}\": \"{}\"", self.sheet.name_of(end));
            match member {
                "rootElement" => self.sheet.relate(thing, "DESCRIBES", end, line, &words)?,
                _ => self.sheet.relate(end, "CONTAINS", thing, line, &words)?,
            };
        }
        let Elements { sheet, absent, unknown, .. } = self;
        absent.warn(sheet, "relationships name what is not in the file", None);
        unknown.warn(sheet, "types of relationships that SPDX 3.0.1 does not know, read as RELATED_TO", None);
        Ok(())
    }
}

fn identifier<'a>(written: Json<'a>, package: &mut Package<'a>) {
    let members = written.members();
    match &*text(&members, "externalIdentifierType") {
        "packageUrl" | "purl" => package.purls.push(text(&members, "identifier")),
        "cpe23" | "cpe22" if package.cpe.is_empty() => package.cpe = text(&members, "identifier"),
        _ => {}
    }
}
