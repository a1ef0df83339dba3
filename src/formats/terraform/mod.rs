//! Terraform's (and OpenTofu's) plans and states as JSON: resources, and which of them others refer to.
//!
//! Source: "JSON Output Format" of Terraform, format version 1. A plan holds the configuration, from whose references
//! the direct needs are found, through modules. A state holds for each resource all that it needs, directly or not.
//! Addresses are those of one root module: nothing here is valid in another file.

mod address;
mod plan;
mod references;
mod state;

use std::borrow::Cow;
use std::collections::HashSet;

use super::json::Json;
use super::{Format, Probe, Problem, Sheet};
use crate::facts::ThingId;
use crate::graph::Value;

pub(super) const FORMAT: Format = Format {
    name: "terraform-json",
    what: "a plan or state of Terraform or OpenTofu: resources, modules, references",
    made_by: "terraform plan -out p && terraform show -json p > plan.json",
    names: &["*.tfstate", "*plan*.json", "*state*.json", "*terraform*.json", "*.json"],
    looks_like,
    example: "{\"version\": 4, \"terraform_version\": \"1.11.4\", \"lineage\": \"x\", \"resources\": [\n\
        {\"mode\": \"managed\", \"type\": \"a\", \"name\": \"b\", \"instances\": [{\"dependencies\": [\"a.c\"]}]}]}\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let has_any = |words: &[&str]| words.iter().any(|word| probe.has(&[word]));
    let is_shown = probe.has(&["\"format_version\""])
        && has_any(&[
            "\"planned_values\"",
            "\"resource_changes\"",
            "\"values\"",
            "\"configuration\"",
            "\"root_module\"",
        ]);
    let is_state = probe.has(&["\"version\"", "\"lineage\""]);
    probe.starts_with('{') && probe.has(&["\"terraform_version\""]) && (is_shown || is_state)
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let json = Json::parse(sheet.text.trim())?;
    let members = json.members();
    let member = |name: &str| members.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
    let mut reader = Reader { sheet, defined: HashSet::new() };
    if let Some(version) = member("version").filter(|_| member("lineage").is_some()) {
        return match version.text() {
            "4" => reader.state_file(&members),
            other => Err(Problem::at(reader.sheet.line_of(version.text()), format!("a state of version {other}"))
                .help("only version 4 is read: `terraform show -json` writes any state in a form that is")),
        };
    }
    match member("values") {
        Some(values) => reader.state(values),
        None => reader.plan(&members),
    }
}

/// The member of an object read before.
fn member<'a>(members: &[(Cow<'a, str>, Json<'a>)], name: &str) -> Option<Json<'a>> {
    members.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
}

struct Reader<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    /// Resources that were defined.
    defined: HashSet<ThingId>,
}

impl<'a> Reader<'_, 'a> {
    /// The resource or data source of an address, whose instances are parts of it.
    fn resource(&mut self, address: &str) -> Result<ThingId, Problem> {
        let resource = address::without_keys(address);
        let is_new = self.sheet.known(&resource).is_none();
        let thing = self.sheet.thing(&resource)?;
        if is_new {
            let label = if address::is_data(&resource) { "DataSource" } else { "Resource" };
            self.sheet.label(thing, label);
            let (kind, name) = address::type_and_name(&resource);
            self.sheet.set(thing, "type", kind)?;
            self.sheet.set(thing, "resource_name", name)?;
        }
        Ok(thing)
    }

    /// Defines a resource at a place, as a part of its module and managed by its provider.
    fn define(&mut self, address: &str, provider: &str, at: Json<'a>) -> Result<ThingId, Problem> {
        let thing = self.resource(address)?;
        let line = self.sheet.line_of(at.text());
        self.sheet.define(thing, line);
        if self.defined.insert(thing) {
            if let Some(module) = address::module_of(&address::without_keys(address)) {
                let module = self.module(module, line, at.text())?;
                self.sheet.relate(thing, "PART_OF", module, line, at.text())?;
            }
            self.provided(thing, provider, line, at.text())?;
        }
        self.instance(thing, address, line, at.text())
    }

    fn instance(&mut self, resource: ThingId, address: &str, line: usize, words: &str) -> Result<ThingId, Problem> {
        if address::without_keys(address) == address {
            return Ok(resource);
        }
        let is_new = self.sheet.known(address).is_none();
        let instance = self.sheet.thing(address)?;
        self.sheet.label(instance, "Instance");
        self.sheet.define(instance, line);
        if is_new {
            self.sheet.relate(instance, "PART_OF", resource, line, words)?;
        }
        Ok(instance)
    }

    fn provided(&mut self, thing: ThingId, provider: &str, line: usize, words: &str) -> Result<(), Problem> {
        if provider.is_empty() {
            return Ok(());
        }
        let end = self.sheet.thing(&format!("provider {provider}"))?;
        self.sheet.name(end, provider);
        self.sheet.label(end, "Provider");
        let relation = self.sheet.relate(thing, "USES", end, line, words)?;
        self.sheet.set_relation(relation, "kind", "provider")
    }

    /// A module by its path without keys, and the modules around it.
    fn module(&mut self, path: &str, line: usize, words: &str) -> Result<ThingId, Problem> {
        if let Some(known) = self.sheet.known(path) {
            return Ok(known);
        }
        let module = self.sheet.thing(path)?;
        self.sheet.label(module, "Module");
        self.sheet.define(module, line);
        if let Some(around) = address::module_of(path) {
            let around = self.module(around, line, words)?;
            self.sheet.relate(module, "PART_OF", around, line, words)?;
        }
        Ok(module)
    }

    /// The identifiers under which a provider knows a resource.
    fn names(&mut self, thing: ThingId, values: Option<Json<'a>>) -> Result<(), Problem> {
        let members = values.map(|values| values.members()).unwrap_or_default();
        for key in ["id", "arn"] {
            if let Some(value) = member(&members, key).and_then(|value| value.as_str()) {
                self.sheet.set(thing, key, Value::from(&*value))?;
            }
        }
        Ok(())
    }
}
