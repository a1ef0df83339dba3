//! SPDX 2.2 and 2.3 → facts.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::super::cyclonedx::PNPM;
use super::super::json::Json;
use super::super::tally::Tally;
use super::super::yaml;
use super::relationships::{OTHER, Row, TYPES_2};
use super::tree::Tree;
use super::{Package, Problem, Sheet, label, says};
use crate::facts::ThingId;

pub(super) fn read_json(sheet: &mut Sheet) -> Result<(), Problem> {
    let root = Json::parse(sheet.text)?;
    read(sheet, &Tree::Json(root))
}

pub(super) fn read_yaml(sheet: &mut Sheet) -> Result<(), Problem> {
    sheet.charge(2 * sheet.text.len())?;
    let root = yaml::document(sheet.text)?;
    read(sheet, &Tree::Yaml(root))
}

type Members<'a> = Vec<(Cow<'a, str>, Tree<'a>)>;

fn read<'a>(sheet: &mut Sheet<'a>, root: &Tree<'a>) -> Result<(), Problem> {
    let members = root.members();
    if text(&members, "SPDXID").is_empty() && text(&members, "spdxVersion").is_empty() {
        let help = "an SPDX 2 file has spdxVersion, SPDXID, packages and relationships at its top";
        return Err(Problem::at(1, "not an SPDX document").help(help));
    }
    let mut document = Document::new(sheet, &members);
    document.define_itself(&members)?;
    // Things, before what relates them.
    for package in list(&members, "packages") {
        document.package(&package)?;
    }
    for file in list(&members, "files") {
        document.file(&file)?;
    }
    for snippet in list(&members, "snippets") {
        document.snippet(&snippet)?;
    }
    for end in list(&members, "documentDescribes") {
        let start = text(&members, "SPDXID");
        document.state(&start, "DESCRIBES", &end.text(), end.line(document.sheet), "documentDescribes")?;
    }
    for relationship in list(&members, "relationships") {
        document.relationship(&relationship)?;
    }
    document.finish()
}

fn text<'a>(members: &Members<'a>, name: &str) -> Cow<'a, str> {
    members.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.text()).unwrap_or_default()
}

fn list<'a>(members: &Members<'a>, name: &str) -> Vec<Tree<'a>> {
    members.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.items()).unwrap_or_default()
}

struct Document<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    /// Of the identifiers of its elements: a namespace and `#`; empty if it has none.
    namespace: String,
    /// The namespaces of other documents.
    others: HashMap<Cow<'a, str>, Cow<'a, str>>,
    types: HashMap<&'static str, &'static Row>,
    stated: HashSet<(ThingId, ThingId, &'static str, &'static str)>,
    /// What is stated about elements that have been read, to be related when all are known.
    later: Vec<Later<'a>>,
    repeated: Tally,
    absent: Tally,
    undeclared: Tally,
    unknown: Tally,
}

/// A relation that an element states about itself.
struct Later<'a> {
    start: Cow<'a, str>,
    relationship: &'static str,
    end: Cow<'a, str>,
    line: usize,
    member: &'static str,
}

impl<'s, 'a> Document<'s, 'a> {
    fn new(sheet: &'s mut Sheet<'a>, members: &Members<'a>) -> Document<'s, 'a> {
        let namespace = text(members, "documentNamespace");
        let others = list(members, "externalDocumentRefs").into_iter().map(|other| {
            let other = other.members();
            (text(&other, "externalDocumentId"), text(&other, "spdxDocument"))
        });
        Document {
            namespace: if namespace.is_empty() { String::new() } else { format!("{namespace}#") },
            others: others.collect(),
            types: TYPES_2.iter().map(|row| (row.name, row)).collect(),
            stated: HashSet::new(),
            later: Vec::new(),
            repeated: Tally::default(),
            absent: Tally::default(),
            undeclared: Tally::default(),
            unknown: Tally::default(),
            sheet,
        }
    }

    fn define_itself(&mut self, members: &Members<'a>) -> Result<(), Problem> {
        let id = text(members, "SPDXID");
        let line = members.first().map_or(1, |(_, value)| value.line(self.sheet));
        let thing = self.define(&id, line, "Document")?;
        self.sheet.name(thing, &text(members, "name"));
        self.sheet.set(thing, "version", &*text(members, "spdxVersion"))?;
        self.warn_of_tools(members);
        self.identify(thing, &id)
    }

    fn define(&mut self, id: &str, line: usize, label: &'static str) -> Result<ThingId, Problem> {
        if self.sheet.known(id).is_some() {
            self.repeated.add(line, id);
        }
        let thing = self.sheet.thing(id)?;
        self.sheet.define(thing, line);
        self.sheet.label(thing, label);
        Ok(thing)
    }

    fn warn_of_tools(&mut self, members: &Members<'a>) {
        let creation = members.iter().find(|(name, _)| name == "creationInfo");
        let creators = creation.map(|(_, info)| list(&info.members(), "creators")).unwrap_or_default();
        if creators.iter().any(|creator| creator.text().starts_with("Tool: pnpm")) {
            let (what, help) = PNPM;
            self.sheet.warn(0, what, Some(help));
        }
    }

    /// Gives an element the name by which other documents refer to it.
    fn identify(&mut self, thing: ThingId, id: &str) -> Result<(), Problem> {
        match self.namespace.is_empty() {
            true => Ok(()),
            false => self.sheet.identify(thing, &format!("{}{id}", self.namespace)),
        }
    }

    fn package(&mut self, written: &Tree<'a>) -> Result<(), Problem> {
        let members = written.members();
        let line = written.line(self.sheet);
        let id = text(&members, "SPDXID");
        let mut package = Package::default();
        let (mut concluded, mut declared) = (Cow::Borrowed(""), Cow::Borrowed(""));
        for (name, value) in &members {
            match &**name {
                "name" => package.name = value.text(),
                "versionInfo" => package.version = value.text(),
                "primaryPackagePurpose" => package.purpose = value.text(),
                "summary" => package.description = value.text(),
                "description" if package.description.is_empty() => package.description = value.text(),
                "licenseConcluded" => concluded = value.text(),
                "licenseDeclared" => declared = value.text(),
                "externalRefs" => references(&value.items(), &mut package),
                "hasFiles" => self.note(id.clone(), "CONTAINS", value, "hasFiles")?,
                _ => {}
            }
        }
        package.license = if says(&concluded) { concluded } else { declared };
        let thing = self.define(&id, line, label(&package.purpose))?;
        package.describe(self.sheet, thing)?;
        self.identify(thing, &id)
    }

    fn file(&mut self, written: &Tree<'a>) -> Result<(), Problem> {
        let members = written.members();
        let line = written.line(self.sheet);
        let id = text(&members, "SPDXID");
        let thing = self.define(&id, line, "File")?;
        self.sheet.name(thing, &text(&members, "fileName"));
        self.identify(thing, &id)?;
        let license = text(&members, "licenseConcluded");
        if says(&license) {
            self.sheet.set(thing, "license", &*license)?;
        }
        for (name, value) in &members {
            if name == "fileDependencies" {
                self.note(id.clone(), "DEPENDS_ON", value, "fileDependencies")?;
            }
        }
        Ok(())
    }

    fn snippet(&mut self, written: &Tree<'a>) -> Result<(), Problem> {
        let members = written.members();
        let line = written.line(self.sheet);
        let id = text(&members, "SPDXID");
        let thing = self.define(&id, line, "Snippet")?;
        let name = text(&members, "name");
        self.sheet.name(thing, if name.is_empty() { &id } else { &name });
        self.identify(thing, &id)?;
        let file = text(&members, "snippetFromFile");
        if !file.is_empty() {
            self.later(id.clone(), "CONTAINED_BY", file, line, "snippetFromFile")?;
        }
        Ok(())
    }

    /// Notes a list of ends to relate later.
    fn note(
        &mut self,
        start: Cow<'a, str>,
        relationship: &'static str,
        ends: &Tree<'a>,
        member: &'static str,
    ) -> Result<(), Problem> {
        for end in ends.items() {
            self.later(start.clone(), relationship, end.text(), end.line(self.sheet), member)?;
        }
        Ok(())
    }

    fn later(
        &mut self,
        start: Cow<'a, str>,
        relationship: &'static str,
        end: Cow<'a, str>,
        line: usize,
        member: &'static str,
    ) -> Result<(), Problem> {
        self.sheet.charge(size_of::<Later>())?;
        self.later.push(Later { start, relationship, end, line, member });
        Ok(())
    }

    fn relationship(&mut self, written: &Tree<'a>) -> Result<(), Problem> {
        let members = written.members();
        let line = written.line(self.sheet);
        let (start, end) = (text(&members, "spdxElementId"), text(&members, "relatedSpdxElement"));
        let name = text(&members, "relationshipType");
        if start.is_empty() || end.is_empty() || name.is_empty() {
            self.sheet.error(line, "a relationship without a type or one of its elements", None);
            return Ok(());
        }
        if matches!(&*end, "NONE" | "NOASSERTION") {
            return self.nothing(&start, &name, &end, line);
        }
        let words = match written {
            Tree::Json(json) => Cow::Borrowed(json.text()),
            Tree::Yaml(_) => Cow::Owned(format!("{start} {name} {end}")),
        };
        self.relate(&start, &name, &end, line, &words, &text(&members, "comment"))
    }

    /// `A DEPENDS_ON NONE`: nothing, or nothing that anybody knows.
    fn nothing(&mut self, start: &str, name: &str, end: &str, line: usize) -> Result<(), Problem> {
        if name != "DEPENDS_ON" {
            return Ok(());
        }
        let thing = self.element(start, line)?;
        self.sheet.set(thing, "dependencies", if end == "NONE" { "none" } else { "unknown" })
    }

    fn state(&mut self, start: &str, name: &str, end: &str, line: usize, member: &str) -> Result<(), Problem> {
        let words = format!("{start} {member}: {end}");
        self.relate(start, name, end, line, &words, "")
    }

    fn relate(
        &mut self,
        start: &str,
        name: &str,
        end: &str,
        line: usize,
        words: &str,
        comment: &str,
    ) -> Result<(), Problem> {
        let upper =
            if name.bytes().any(|b| b.is_ascii_lowercase()) { Cow::Owned(name.to_uppercase()) } else { name.into() };
        let row = self.types.get(&*upper).copied().unwrap_or(OTHER);
        let is_unknown = row.name == "OTHER" && upper != "OTHER";
        if is_unknown {
            self.unknown.add(line, name);
        }
        let (start, end) = (self.element(start, line)?, self.element(end, line)?);
        let (start, end) = if row.is_turned { (end, start) } else { (start, end) };
        self.sheet.charge(32)?;
        if row.name != "OTHER" && !self.stated.insert((start, end, row.relation, row.kind)) {
            return Ok(());
        }
        let relation = self.sheet.relate(start, row.relation, end, line, words)?;
        self.sheet.set_relation(relation, "kind", if is_unknown { name } else { row.kind })?;
        self.sheet.set_relation(relation, "comment", comment)
    }

    /// The element that a relationship names; it may be one of another document.
    fn element(&mut self, id: &str, line: usize) -> Result<ThingId, Problem> {
        if let Some(thing) = self.sheet.known(id) {
            return Ok(thing);
        }
        let outside = id.strip_prefix("DocumentRef-").and_then(|_| id.split_once(':'));
        let Some((document, element)) = outside else {
            self.absent.add(line, id);
            return self.sheet.thing(id);
        };
        match self.others.get(document) {
            Some(namespace) => {
                let identifier = format!("{namespace}#{element}");
                self.sheet.identified(&identifier, element)
            }
            None => {
                self.undeclared.add(line, id);
                self.sheet.thing(id)
            }
        }
    }

    fn finish(mut self) -> Result<(), Problem> {
        for Later { start, relationship, end, line, member } in std::mem::take(&mut self.later) {
            self.state(&start, relationship, &end, line, member)?;
        }
        let Document { sheet, repeated, absent, undeclared, unknown, .. } = self;
        repeated.warn(sheet, "an SPDXID names more than one element; they are read as one", None);
        absent.warn(sheet, "relationships name what is not in the document", None);
        undeclared.warn(sheet, "relationships name a document that externalDocumentRefs do not list", None);
        unknown.warn(sheet, "types of relationships that SPDX 2.3 does not know, read as RELATED_TO", None);
        Ok(())
    }
}

fn references<'a>(references: &[Tree<'a>], package: &mut Package<'a>) {
    for reference in references {
        let members = reference.members();
        match &*text(&members, "referenceType") {
            "purl" => package.purls.push(text(&members, "referenceLocator")),
            "cpe23Type" | "cpe22Type" if package.cpe.is_empty() => package.cpe = text(&members, "referenceLocator"),
            _ => {}
        }
    }
}
