//! CycloneDX as JSON → [`Bom`].

use std::borrow::Cow;

use super::super::json::{Json, member};
use super::bom::{Bom, DEVELOPMENT, Link, Node, Part};
use super::{Problem, Sheet};

pub(super) fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let members = Json::parse(sheet.text)?.members();
    let get = |name: &str| member(&members, name);
    let text = |name: &str| get(name).and_then(Json::as_text).unwrap_or_default();
    if text("bomFormat") != "CycloneDX" && !text("$schema").contains("cyclonedx.org/") {
        let help = "a CycloneDX file begins with \"bomFormat\": \"CycloneDX\"";
        return Err(Problem::at(1, "not a CycloneDX bill of materials").help(help));
    }
    let mut bom = Bom::new(sheet);
    bom.number(&text("serialNumber"), &text("version"));
    if let Some(metadata) = get("metadata") {
        tools(&mut bom, metadata);
        if let Some(component) = metadata.get("component") {
            bom.state(&Written { json: component, is_service: false })?;
        }
    }
    for (name, is_service) in [("components", false), ("services", true)] {
        for json in get(name).into_iter().flat_map(Json::items) {
            bom.state(&Written { json, is_service })?;
        }
    }
    for entry in get("dependencies").into_iter().flat_map(Json::items) {
        dependencies(&mut bom, entry)?;
    }
    for composition in get("compositions").into_iter().flat_map(Json::items) {
        let aggregate = composition.get("aggregate").and_then(Json::as_str).unwrap_or_default();
        for reference in composition.get("dependencies").into_iter().flat_map(Json::items) {
            bom.composition(&reference.as_str().unwrap_or_default(), &aggregate);
        }
    }
    members.iter().for_each(|(name, _)| bom.leave_out(name));
    bom.finish()
}

/// `tools` is a list until 1.4, and an object with lists of components and services since.
fn tools(bom: &mut Bom, metadata: Json) {
    let Some(tools) = metadata.get("tools") else { return };
    let lists = tools.members().into_iter().map(|(_, list)| list);
    for tool in tools.items().into_iter().chain(lists.flat_map(Json::items)) {
        bom.tool(&tool.get("name").and_then(Json::as_str).unwrap_or_default());
    }
}

fn dependencies(bom: &mut Bom, entry: Json) -> Result<(), Problem> {
    let members = entry.members();
    let line = bom.sheet.line_of(entry.text());
    let Some(written) = member(&members, "ref") else {
        bom.sheet.error(line, "an entry of dependencies without a ref", None);
        return Ok(());
    };
    let start = bom.entry(&written.as_text().unwrap_or_default(), bom.sheet.line_of(written.text()))?;
    for (name, list) in &members {
        let state = match &**name {
            "dependsOn" => Bom::depends,
            "provides" => Bom::provides,
            _ => continue,
        };
        for end in list.items() {
            // The entry of a hub is long: of it, the two that the relation joins.
            let words = format!("\"ref\": {}, \"{name}\": {}", written.text(), end.text());
            let line = bom.sheet.line_of(end.text());
            state(bom, start, &end.as_text().unwrap_or_default(), line, &words)?;
        }
    }
    Ok(())
}

struct Written<'a> {
    json: Json<'a>,
    is_service: bool,
}

impl<'a> Node<'a> for Written<'a> {
    fn part(&self, sheet: &Sheet<'a>) -> Result<Part<'a, Self>, Problem> {
        sheet.tick()?;
        let words = self.json.text();
        let mut part = Part::new(self.is_service, sheet.line_of(words), words);
        for (name, value) in self.json.members() {
            let text = || value.as_text().unwrap_or_default();
            match &*name {
                "bom-ref" => part.reference = text(),
                "type" => part.kind = text(),
                "group" => part.group = text(),
                "name" => part.name = text(),
                "version" => part.version = text(),
                "versionRange" => part.version_range = text(),
                "purl" => part.purl = text(),
                "cpe" => part.cpe = text(),
                "description" => part.description = text(),
                "scope" => part.scope = text(),
                "licenses" => part.licenses = value.items().into_iter().filter_map(license).collect(),
                "properties" => part.is_development = value.items().into_iter().any(is_development),
                "components" => part.others.extend(written(value, Link::Inside, false)),
                "services" => part.others.extend(written(value, Link::Inside, true)),
                "pedigree" => pedigree(value, &mut part),
                _ => {}
            }
        }
        Ok(part)
    }
}

fn written(list: Json, link: Link, is_service: bool) -> impl Iterator<Item = (Link, Written)> {
    list.items().into_iter().map(move |json| (link, Written { json, is_service }))
}

fn pedigree<'a>(value: Json<'a>, part: &mut Part<'a, Written<'a>>) {
    for (name, list) in value.members() {
        let link = match &*name {
            "ancestors" => Link::Ancestor,
            "descendants" => Link::Descendant,
            "variants" => Link::Variant,
            _ => continue,
        };
        part.others.extend(written(list, link, false));
    }
}

/// The identifier of a licence, else its name; or an expression of several.
fn license(choice: Json) -> Option<Cow<str>> {
    let (name, value) = choice.members().into_iter().find(|(name, _)| name == "license" || name == "expression")?;
    if name == "expression" {
        return value.as_str();
    }
    let members = value.members();
    member(&members, "id").or_else(|| member(&members, "name"))?.as_str()
}

fn is_development(property: Json) -> bool {
    property.get("name").and_then(Json::as_str).as_deref() == Some(DEVELOPMENT)
        && property.get("value").and_then(Json::as_text).as_deref() == Some("true")
}
