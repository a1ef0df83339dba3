//! Kubernetes objects: YAML streams, `kubectl get -o json`, what Helm renders.
//!
//! Source: the Kubernetes API reference (types of k8s.io/api and the Gateway API). An object is a thing labelled by its
//! kind and identified by kind, namespace and name; so a reference finds its object in any file. Selectors name no
//! object: they are compared with the pod labels of this file and of those beside it. The same holds for hosts.

mod hosts;
mod kinds;
mod object;
mod pods;
mod routes;
mod selectors;
mod siblings;

use super::json::Json;
use super::yaml::{self, Yaml};
use super::{Format, Probe, Problem, Sheet};
use crate::facts::{RelationId, ThingId};
use crate::graph::Value;
use object::Object;

pub(super) const FORMAT: Format = Format {
    name: "kubernetes",
    what: "Kubernetes objects: what selects, mounts, configures, routes to and scales what",
    made_by: "kubectl get deployments,services,ingresses -A -o json > cluster.json; helm template CHART > chart.yaml",
    names: &["*.yaml", "*.yml", "*.json"],
    looks_like,
    example: "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n    image: nginx\n",
    read,
};

/// Backstage's catalogues have the form of Kubernetes objects, and are none.
fn looks_like(probe: &Probe) -> bool {
    if probe.has(&["apiVersion", "backstage.io/"]) {
        return false;
    }
    if probe.starts_with('{') {
        return probe.has(&["\"apiVersion\"", "\"kind\""])
            && (probe.has(&["\"metadata\""]) || probe.has(&["\"items\""]));
    }
    let is_root = |key: &str| probe.head.lines().any(|line| line.starts_with(key));
    is_root("apiVersion:") && is_root("kind:") && (is_root("metadata:") || is_root("items:"))
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let text = sheet.text;
    let mut reader =
        Reader { sheet, selectors: selectors::Selectors::default(), hosts: hosts::Hosts::default(), objects: 0 };
    match text.trim_start().starts_with('{') {
        true => reader.json(text)?,
        false => reader.yaml(text)?,
    }
    reader.look_beside()?;
    reader.select()?;
    reader.connect()
}

const TEMPLATE: &str = "this is a template of Helm's: read the output of `helm template` instead";
/// Lists in lists deeper than this are not read.
const DEEPEST: usize = 8;

struct Reader<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    selectors: selectors::Selectors,
    hosts: hosts::Hosts,
    /// How many objects were read.
    objects: usize,
}

impl Reader<'_, '_> {
    /// The items of a list are taken one by one, so that only one is held as a tree.
    fn json(&mut self, text: &str) -> Result<(), Problem> {
        let json = Json::parse(text.trim())?;
        let members = json.members();
        let items = members.iter().find(|(name, _)| name == "items").map(|(_, items)| items.items());
        let kind = members.iter().find(|(name, _)| name == "kind").and_then(|(_, kind)| kind.as_str());
        for item in items.unwrap_or_else(|| vec![json]) {
            let value = Yaml::of_json(item, &|part| self.sheet.line_of(part));
            self.value(&value, kind.as_deref().unwrap_or_default(), DEEPEST)?;
        }
        Ok(())
    }

    /// A broken document is reported, and those after it are read.
    fn yaml(&mut self, text: &str) -> Result<(), Problem> {
        let mut first = None;
        for (before, part) in yaml::parts(text) {
            let (documents, problem) = yaml::documents_after(before, part);
            for document in &documents {
                self.value(document, "", DEEPEST)?;
            }
            match problem {
                Some(Problem::Wrong(wrong)) => {
                    let help = if part.contains("{{") { TEMPLATE } else { "the other documents are read" };
                    self.sheet.error(wrong.line, wrong.what.as_str(), Some(help));
                    first.get_or_insert(Problem::at(wrong.line, wrong.what).help(help));
                }
                Some(Problem::Stopped(error)) => return Err(Problem::Stopped(error)),
                None => {}
            }
        }
        match first {
            Some(problem) if self.objects == 0 => Err(problem),
            _ => Ok(()),
        }
    }

    /// An object, or a list of them. What the API server lists has its kind in that of the list alone.
    fn value(&mut self, value: &Yaml, list: &str, depth: usize) -> Result<(), Problem> {
        self.sheet.tick()?;
        if value.is_null() {
            return Ok(());
        }
        let kind =
            value.text_at(&["kind"]).unwrap_or_else(|| list.strip_suffix("List").unwrap_or_default().to_string());
        if let Some(items) = value.get("items").filter(|items| items.is_list() && kind.ends_with("List")) {
            if depth == 0 {
                self.sheet.error(value.line(), format!("lists nested more than {DEEPEST} deep"), None);
                return Ok(());
            }
            return items.items().iter().try_for_each(|item| self.value(item, &kind, depth - 1));
        }
        match self.object(kind, value)? {
            Some(object) => self.relations(&object),
            None => Ok(()),
        }
    }

    fn relate(
        &mut self,
        start: ThingId,
        relationship_type: &'static str,
        end: ThingId,
        at: &Yaml,
    ) -> Result<RelationId, Problem> {
        let (line, evidence) = self.said(at);
        self.sheet.relate(start, relationship_type, end, line, &evidence)
    }

    /// The same with properties; empty ones are left out.
    fn relate_with<const N: usize>(
        &mut self,
        start: ThingId,
        relationship_type: &'static str,
        end: ThingId,
        at: &Yaml,
        properties: [(&'static str, Value); N],
    ) -> Result<RelationId, Problem> {
        let relation = self.relate(start, relationship_type, end, at)?;
        for (key, value) in properties {
            self.sheet.set_relation(relation, key, value)?;
        }
        Ok(relation)
    }

    /// The line of a value and its words; of a file on one long line, the value alone.
    fn said(&self, at: &Yaml) -> (usize, String) {
        const LONG: usize = 1000;
        let line = self.sheet.line_text(at.line());
        let words = if line.len() > LONG { at.as_str().unwrap_or_default() } else { line };
        (at.line(), words.to_string())
    }
}
