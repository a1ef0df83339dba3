//! Backstage's catalogue: an entity a YAML document, its relations in `spec` and, if printed, in `relations`.
//!
//! Documents are read one by one, so that a broken one leaves the others.

use std::borrow::Cow;
use std::collections::HashSet;

use super::tally::Tally;
use super::yaml::{self, Yaml};
use super::{Format, Probe, Problem, Sheet};
use crate::facts::{ThingId, Word};

pub(super) const FORMAT: Format = Format {
    name: "backstage",
    what: "Backstage catalogue: an entity a YAML document",
    made_by: "",
    names: &["catalog-info.yaml", "catalog-info.yml", "*catalog*.yaml", "*catalog*.yml", "*catalog*.json"],
    looks_like,
    example: "\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: tide-table
  description: Tells when the harbour can be entered.
spec:
  type: service
  owner: keepers
  dependsOn: [\"resource:tide-gauge\"]
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata:
  name: tide-gauge
spec:
  type: device
",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let is_own = probe.has(&["backstage.io/v1", "apiVersion"]) || probe.is_named("catalog-info.y*ml");
    is_own && probe.has(&["kind", "metadata"])
}

/// A field that names other entities, and what that states.
struct Row {
    field: &'static str,
    is_turned: bool,
    relation: &'static str,
    /// The kind of the entities that it names, unless they say another.
    kind: &'static str,
}

const fn row(field: &'static str, is_turned: bool, relation: &'static str, kind: &'static str) -> Row {
    Row { field, is_turned, relation, kind }
}

/// Of `spec`: descriptor format of the catalogue, and the processor of its built-in kinds.
const SPEC: &[Row] = &[
    row("owner", false, "OWNED_BY", "Group"),
    row("system", false, "PART_OF", "System"),
    row("domain", false, "PART_OF", "Domain"),
    row("subdomainOf", false, "PART_OF", "Domain"),
    row("subcomponentOf", false, "PART_OF", "Component"),
    row("providesApis", false, "PROVIDES", "API"),
    row("consumesApis", false, "USES", "API"),
    row("dependsOn", false, "DEPENDS_ON", ""),
    row("dependencyOf", true, "DEPENDS_ON", ""),
    row("parent", false, "PART_OF", "Group"),
    row("children", true, "PART_OF", "Group"),
    row("memberOf", false, "MEMBER_OF", "Group"),
    row("members", true, "MEMBER_OF", "User"),
];

/// The pairs of relations that a catalogue prints.
const PRINTED: &[Row] = &[
    row("ownedBy", false, "OWNED_BY", ""),
    row("ownerOf", true, "OWNED_BY", ""),
    row("providesApi", false, "PROVIDES", ""),
    row("apiProvidedBy", true, "PROVIDES", ""),
    row("consumesApi", false, "USES", ""),
    row("apiConsumedBy", true, "USES", ""),
    row("dependsOn", false, "DEPENDS_ON", ""),
    row("dependencyOf", true, "DEPENDS_ON", ""),
    row("parentOf", true, "PART_OF", ""),
    row("childOf", false, "PART_OF", ""),
    row("memberOf", false, "MEMBER_OF", ""),
    row("hasMember", true, "MEMBER_OF", ""),
    row("partOf", false, "PART_OF", ""),
    row("hasPart", true, "PART_OF", ""),
];

/// Kinds as the catalogue writes them; references may use lower case.
const KINDS: &[&str] = &["Component", "API", "Group", "User", "Resource", "System", "Domain", "Location", "Template"];

/// Fields of `spec` that name no entities.
const PLAIN: &[&str] = &["type", "lifecycle", "definition", "profile", "presence", "target", "targets", "steps"];

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let mut catalogue = Catalogue::new(sheet);
    for (above, text) in documents(catalogue.sheet.text) {
        catalogue.sheet.charge(2 * text.len())?;
        let (documents, problem) = yaml::documents(text);
        for document in documents {
            catalogue.document(&document, above)?;
        }
        match problem {
            None => {}
            Some(Problem::Wrong(wrong)) => {
                catalogue.sheet.error(above + wrong.line, wrong.what, Some("the other documents of the file are read"));
            }
            Some(stopped) => return Err(stopped),
        }
    }
    catalogue.finish();
    Ok(())
}

/// The documents of a file, each with the count of lines above it. A block of text cannot hold the line that parts
/// them: it is indented.
fn documents(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut above, mut line, mut at) = (0, 0, 0, 0);
    for written in text.split_inclusive('\n') {
        let is_marker =
            written.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if is_marker && at > start {
            parts.push((above, &text[start..at]));
            (start, above) = (at, line);
        }
        at += written.len();
        line += 1;
    }
    parts.push((above, &text[start..]));
    parts
}

struct Catalogue<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    stated: HashSet<(ThingId, Word, ThingId)>,
    kindless: Tally,
    unknown: Tally,
    custom: Tally,
    locations: Tally,
}

/// Where a document is read.
struct Entity<'e> {
    thing: ThingId,
    namespace: &'e str,
    /// Lines above the document.
    above: usize,
}

impl<'s, 'a> Catalogue<'s, 'a> {
    fn new(sheet: &'s mut Sheet<'a>) -> Catalogue<'s, 'a> {
        let tally = Tally::default;
        let (kindless, unknown, custom, locations) = (tally(), tally(), tally(), tally());
        Catalogue { sheet, stated: HashSet::new(), kindless, unknown, custom, locations }
    }

    /// An entity, or a list of them as the catalogue's own service answers.
    fn document(&mut self, document: &Yaml, above: usize) -> Result<(), Problem> {
        self.sheet.tick()?;
        let listed = if document.is_list() { Some(document.clone()) } else { document.get("items") };
        match listed {
            Some(list) => list.items().iter().try_for_each(|entity| self.entity(entity, above)),
            None => self.entity(document, above),
        }
    }

    fn entity(&mut self, document: &Yaml, above: usize) -> Result<(), Problem> {
        if document.is_null() {
            return Ok(());
        }
        let line = above + document.line();
        let (kind, name) = (document.text_at(&["kind"]), document.text_at(&["metadata", "name"]));
        if kind.as_deref() == Some("Location") {
            self.locations.add(line, &name.unwrap_or_default());
            return Ok(());
        }
        let (Some(kind), Some(name)) = (kind, name) else {
            self.sheet.error(line, "an entity without kind or metadata.name", Some("the others of the file are read"));
            return Ok(());
        };
        let namespace = document.text_at(&["metadata", "namespace"]).unwrap_or_else(|| "default".to_string());
        let thing = self.thing(&kind, &namespace, &name)?;
        let line = document.at(&["metadata", "name"]).map_or(line, |name| above + name.line());
        self.sheet.define(thing, line);
        self.sheet.name(thing, &name);
        self.sheet.label(thing, kind);
        self.describe(thing, document, &namespace)?;
        let entity = Entity { thing, namespace: &namespace, above };
        self.specified(&entity, document)?;
        self.printed(&entity, document)
    }

    fn describe(&mut self, thing: ThingId, document: &Yaml, namespace: &str) -> Result<(), Problem> {
        self.sheet.set(thing, "namespace", namespace)?;
        for (path, property) in [
            (&["metadata", "title"][..], "title"),
            (&["spec", "profile", "displayName"], "title"),
            (&["metadata", "description"], "definition"),
            (&["spec", "type"], "type"),
            (&["spec", "lifecycle"], "lifecycle"),
            (&["metadata", "tags"], "tags"),
        ] {
            if let Some(value) = document.at(path).and_then(|value| value.as_value()) {
                self.sheet.set(thing, property, value)?;
            }
        }
        let link = document.at(&["metadata", "links"]).and_then(|links| links.items().first()?.text_at(&["url"]));
        self.sheet.set(thing, "link", link.as_deref().unwrap_or_default())?;
        for section in ["annotations", "labels"] {
            for (key, value) in document.at(&["metadata", section]).iter().flat_map(Yaml::entries) {
                if let (Some(key), Some(value)) = (key.as_str(), value.as_value()) {
                    self.sheet.set(thing, key.to_string(), value)?;
                }
            }
        }
        Ok(())
    }

    fn specified(&mut self, entity: &Entity, document: &Yaml) -> Result<(), Problem> {
        for (key, value) in document.get("spec").iter().flat_map(Yaml::entries) {
            let field = key.as_str().unwrap_or_default();
            let targets = if value.is_list() { value.items() } else { std::slice::from_ref(&value) };
            let Some(row) = SPEC.iter().find(|row| row.field == field) else {
                if !PLAIN.contains(&field) && targets.iter().any(|target| target.as_str().is_some_and(is_reference)) {
                    self.unknown.add(entity.above + key.line(), field);
                }
                continue;
            };
            for target in targets.iter().filter(|target| !target.is_null()) {
                let Some(text) = target.as_str() else { continue };
                let line = entity.above + target.line();
                if row.kind.is_empty() && !text.contains(':') {
                    self.kindless.add(line, &format!("{field}: {text}"));
                }
                let kind = if row.kind.is_empty() { "Component" } else { row.kind };
                let Some(other) = self.referred(text, kind, entity.namespace, line)? else { continue };
                self.state(entity, row.is_turned, row.relation.into(), other, (line, &format!("{field}: {text}")))?;
            }
        }
        Ok(())
    }

    fn printed(&mut self, entity: &Entity, document: &Yaml) -> Result<(), Problem> {
        for printed in document.get("relations").iter().flat_map(Yaml::items) {
            let line = entity.above + printed.line();
            let whole = |part: &str| printed.text_at(&["target", part]).unwrap_or_default();
            // Older catalogues print the parts of the reference.
            let target = printed.text_at(&["targetRef"]).unwrap_or_else(|| match printed.get("target") {
                Some(_) => format!("{}:{}/{}", whole("kind"), whole("namespace"), whole("name")),
                None => String::new(),
            });
            let Some(name) = printed.text_at(&["type"]).filter(|_| !target.is_empty()) else {
                self.sheet.error(line, "a relation without type or targetRef", None);
                continue;
            };
            let (is_turned, relation) = match PRINTED.iter().find(|row| row.field == name) {
                Some(row) => (row.is_turned, Cow::Borrowed(row.relation)),
                None => {
                    self.custom.add(line, &name);
                    (false, Cow::Owned(upper(&name)))
                }
            };
            let Some(other) = self.referred(&target, "Component", entity.namespace, line)? else { continue };
            self.state(entity, is_turned, relation, other, (line, &format!("{name}: {target}")))?;
        }
        Ok(())
    }

    fn state(
        &mut self,
        entity: &Entity,
        is_turned: bool,
        relation: Word,
        other: ThingId,
        (line, words): (usize, &str),
    ) -> Result<(), Problem> {
        let (start, end) = if is_turned { (other, entity.thing) } else { (entity.thing, other) };
        self.sheet.charge(48)?;
        // Spec and printed relations say the same, and both ends of a pair do.
        if self.stated.insert((start, relation.clone(), end)) {
            self.sheet.relate(start, relation, end, line, words)?;
        }
        Ok(())
    }

    /// The entity that a reference names: `[kind:][namespace/]name`.
    fn referred(&mut self, text: &str, kind: &str, namespace: &str, line: usize) -> Result<Option<ThingId>, Problem> {
        let (kind, rest) = text.split_once(':').unwrap_or((kind, text));
        let (namespace, name) = rest.split_once('/').unwrap_or((namespace, rest));
        let is_wrong = |part: &str| part.is_empty() || part.contains([':', '/']);
        if [kind, namespace, name].into_iter().any(is_wrong) {
            self.sheet.error(line, format!("not a reference to an entity: {text}"), Some("write kind:namespace/name"));
            return Ok(None);
        }
        let thing = self.thing(kind, namespace, name)?;
        if let Some(label) = KINDS.iter().find(|known| known.eq_ignore_ascii_case(kind)) {
            self.sheet.label(thing, *label);
        }
        Ok(Some(thing))
    }

    fn thing(&mut self, kind: &str, namespace: &str, name: &str) -> Result<ThingId, Problem> {
        let identity = format!("backstage:{kind}:{namespace}/{name}").to_lowercase();
        let is_new = self.sheet.known(&identity).is_none();
        let thing = self.sheet.thing(&identity)?;
        if is_new {
            self.sheet.name(thing, name);
            self.sheet.identify(thing, &identity)?;
        }
        Ok(thing)
    }

    fn finish(self) {
        let Catalogue { sheet, kindless, unknown, custom, locations, .. } = self;
        locations.warn(sheet, "a Location names other files, which are not read from here", Some("name them, too"));
        kindless.warn(sheet, "a reference without its kind is read as one to a component", None);
        unknown.warn(sheet, "a field of spec that names entities is not known, so it states nothing", None);
        custom.warn(sheet, "relations of a type that Backstage does not define have its name", None);
    }
}

/// `deployedTo` is `DEPLOYED_TO`.
fn upper(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        match c.is_alphanumeric() {
            true => out.extend(c.to_uppercase()),
            false => out.push('_'),
        }
    }
    out
}

/// Whether a text is `kind:name` or `kind:namespace/name`, and not an address.
fn is_reference(text: &str) -> bool {
    let is_name =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    text.split_once(':').is_some_and(|(kind, rest)| is_name(kind) && rest.split('/').all(is_name))
}
