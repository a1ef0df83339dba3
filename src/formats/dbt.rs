//! dbt's `manifest.json`: models, sources, tests and what they are made of.

use std::borrow::Cow;
use std::collections::HashSet;

use super::json::{Json, member};
use super::tally::Tally;
use super::{Format, Problem, Sheet};
use crate::facts::{ThingId, Word};
use crate::graph::Value;

pub(super) const FORMAT: Format = Format {
    name: "dbt-manifest",
    what: "dbt's manifest: models, sources, tests, exposures, metrics and what each depends on",
    made_by: "dbt parse (writes target/manifest.json)",
    names: &["target/manifest.json", "*manifest*.json"],
    looks_like: |probe| {
        let is_manifest = probe.has(&["dbt_schema_version", "/dbt/manifest/"]);
        probe.starts_with('{') && (is_manifest || probe.has(&["\"dbt_version\"", "\"nodes\""]))
    },
    example: r#"{
  "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.10.0"},
  "nodes": {
    "model.shop.orders": {
      "resource_type": "model", "name": "orders", "original_file_path": "models/orders.sql",
      "depends_on": {"macros": [], "nodes": ["source.shop.raw.orders"]}
    }
  },
  "sources": {
    "source.shop.raw.orders": {"resource_type": "source", "name": "orders", "source_name": "raw"}
  }
}
"#,
    read,
};

/// The sections of things, and the type of those that do not name theirs.
const SECTIONS: &[(&str, &str)] = &[
    ("nodes", "model"),
    ("sources", "source"),
    ("exposures", "exposure"),
    ("metrics", "metric"),
    ("semantic_models", "semantic_model"),
    ("saved_queries", "saved_query"),
    ("unit_tests", "unit_test"),
    ("functions", "function"),
];

/// What becomes a property, under another name if one stands beside it.
const PROPERTIES: &[(&str, &str)] = &[
    ("original_file_path", "path"),
    ("package_name", "package"),
    ("description", "description"),
    ("database", "database"),
    ("schema", "schema"),
    ("alias", "alias"),
    ("version", "version"),
    ("group", "group"),
    ("access", "access"),
    ("type", "type"),
    ("url", "url"),
    ("maturity", "maturity"),
    ("tags", "tags"),
];

type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let root = Json::parse(sheet.text)?.members();
    if member(&root, "nodes").is_none() && member(&root, "sources").is_none() {
        let help = "a manifest of dbt has metadata, nodes and sources at its top";
        return Err(Problem::at(1, "not a manifest of dbt").help(help));
    }
    let mut manifest = Manifest { sheet, stated: HashSet::new(), absent: Tally::default() };
    let mut things = Vec::new();
    for (section, kind) in SECTIONS {
        for (id, json) in member(&root, section).into_iter().flat_map(Json::members) {
            let members = json.members();
            let thing = manifest.define(&id, json, &members, kind)?;
            things.push((id, thing, member(&members, "depends_on")));
        }
    }
    for (id, thing, depends_on) in things {
        let nodes = depends_on.and_then(|depends_on| depends_on.get("nodes"));
        for need in nodes.into_iter().flat_map(Json::items) {
            manifest.depends(&id, thing, need, "depends_on")?;
        }
    }
    // Says the same of those that have no depends_on of their own.
    for (id, parents) in member(&root, "parent_map").into_iter().flat_map(Json::members) {
        let Some(thing) = manifest.sheet.known(&id) else { continue };
        for parent in parents.items() {
            manifest.depends(&id, thing, parent, "parent_map")?;
        }
    }
    let disabled = member(&root, "disabled").map_or(0, |disabled| disabled.members().len());
    manifest.finish(disabled);
    Ok(())
}

struct Manifest<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    stated: HashSet<(ThingId, ThingId)>,
    absent: Tally,
}

impl<'a> Manifest<'_, 'a> {
    fn define(&mut self, id: &str, json: Json<'a>, members: &Members<'a>, kind: &str) -> Result<ThingId, Problem> {
        let text = |name: &str| member(members, name).and_then(Json::as_text).unwrap_or_default();
        let thing = self.sheet.thing(id)?;
        self.sheet.define(thing, self.sheet.line_of(json.text()));
        let (name, source) = (text("name"), text("source_name"));
        match (&*name, &*source) {
            ("", _) => {}
            (name, "") => self.sheet.name(thing, name),
            // As people write it: `source('raw', 'orders')`.
            (name, source) => self.sheet.name(thing, &format!("{source}.{name}")),
        }
        let written = text("resource_type");
        self.sheet.label(thing, label(if written.is_empty() { kind } else { &written }));
        for (key, property) in PROPERTIES {
            let value = member(members, key).and_then(Json::as_value);
            if let Some(value) = value.filter(|value| *value != Value::list([])) {
                self.sheet.set(thing, *property, value)?;
            }
        }
        for (outer, inner, property) in [("config", "materialized", "materialized"), ("owner", "name", "owner")] {
            let value = member(members, outer).and_then(|json| json.get(inner)?.as_str());
            self.sheet.set(thing, property, value.as_deref().unwrap_or_default())?;
        }
        // A project that builds on another refers to its models by these.
        self.sheet.identify(thing, &format!("dbt:{id}"))?;
        Ok(thing)
    }

    fn depends(&mut self, id: &str, thing: ThingId, need: Json<'a>, member: &str) -> Result<(), Problem> {
        let line = self.sheet.line_of(need.text());
        let end = need.as_text().unwrap_or_default();
        let is_new = self.sheet.known(&end).is_none();
        let other = self.sheet.thing(&end)?;
        if is_new {
            self.absent.add(line, &end);
            self.sheet.identify(other, &format!("dbt:{end}"))?;
        }
        self.sheet.charge(24)?;
        if self.stated.insert((thing, other)) {
            let words = format!("\"{id}\" {member}: {}", need.text());
            let relation = self.sheet.relate(thing, "DEPENDS_ON", other, line, &words)?;
            // As a model names it: source('raw', 'orders') or ref('orders').
            let kind = if end.starts_with("source.") { "source" } else { "ref" };
            self.sheet.set_relation(relation, "kind", kind)?;
        }
        Ok(())
    }

    fn finish(self, disabled: usize) {
        self.absent.warn(self.sheet, "depends_on names what is not in the manifest", None);
        if disabled > 0 {
            self.sheet.warn(0, format!("disabled resources are left out: {disabled}"), None);
        }
    }
}

/// `semantic_model` is `SemanticModel`.
fn label(kind: &str) -> Word {
    Cow::Borrowed(match kind {
        "model" => "Model",
        "source" => "Source",
        "seed" => "Seed",
        "snapshot" => "Snapshot",
        "test" | "unit_test" => "Test",
        "exposure" => "Exposure",
        "metric" => "Metric",
        "semantic_model" => "SemanticModel",
        "saved_query" => "SavedQuery",
        "analysis" => "Analysis",
        "operation" | "sql operation" => "Operation",
        "function" => "Function",
        other => {
            let mut characters = other.chars();
            let first = characters.next().into_iter().flat_map(char::to_uppercase);
            return Cow::Owned(first.chain(characters).collect());
        }
    })
}
