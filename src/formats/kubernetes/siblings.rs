//! Files beside the one being read: the workloads that its selectors may mean, the services that its settings may name.

use super::super::Problem;
use super::super::json::Json;
use super::super::yaml::{self, Yaml};
use super::{Reader, object, pods};

/// No more files of a folder than this are looked at, …
const MOST_FILES: usize = 300;
/// … and no more bytes of them.
const MOST_BYTES: usize = 8 << 20;
/// With more selectors than this, comparing words is no cheaper than parsing.
const MOST_SELECTORS: usize = 50;

impl Reader<'_, '_> {
    pub fn look_beside(&mut self) -> Result<(), Problem> {
        if self.selectors.asked.is_empty() && self.hosts.settings.is_empty() {
            return Ok(());
        }
        let is_objects = |name: &String| [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending));
        let own = self.sheet.file_name();
        let names: Vec<String> =
            self.sheet.list(".").into_iter().filter(|name| is_objects(name) && name != own).collect();
        let mut left = MOST_BYTES;
        for (at, name) in names.iter().enumerate() {
            let text = self.sheet.beside(name).unwrap_or_default();
            if at == MOST_FILES || text.len() > left {
                let help = "read the folder's files as one stream: cat *.yaml, with --- between";
                let what =
                    format!("only {at} of the {} files beside it were searched for what it selects", names.len());
                self.sheet.warn(0, what, Some(help));
                return Ok(());
            }
            left -= text.len();
            if !text.contains("{{") && self.may_hold(&text) {
                let documents = match text.trim_start().starts_with('{') {
                    true => Json::parse(text.trim()).map(|json| Yaml::of_json(json, &|_| 0)).into_iter().collect(),
                    false => yaml::documents(&text).0,
                };
                documents.iter().try_for_each(|document| self.beside(document))?;
            }
        }
        Ok(())
    }

    /// Whether a text has the words of a selector, or a service that a setting may name.
    fn may_hold(&self, text: &str) -> bool {
        if !text.contains("kind") {
            return false;
        }
        let asked = &self.selectors.asked;
        let values = |selector: &super::selectors::Selector| {
            selector.requirements.iter().filter_map(|one| one.label()).all(|(_, value)| text.contains(value))
        };
        let has_service = !self.hosts.settings.is_empty() && text.contains("Service");
        has_service || asked.len() > MOST_SELECTORS || asked.iter().any(values)
    }

    fn beside(&mut self, value: &Yaml) -> Result<(), Problem> {
        self.sheet.tick()?;
        for item in value.get("items").iter().flat_map(|items| items.items()) {
            self.beside(item)?;
        }
        let (Some(kind), Some(name)) = (value.text_at(&["kind"]), value.text_at(&["metadata", "name"])) else {
            return Ok(());
        };
        let namespace = match value.text_at(&["metadata", "namespace"]) {
            Some(namespace) => namespace,
            None if object::is_cluster_scoped(&kind) => String::new(),
            None => "default".to_string(),
        };
        if kind == "Service" {
            self.hosts.services.insert((namespace.clone(), name.clone()));
        }
        match pods::template(value, &kind) {
            Some(template) => self.add_workload((kind, namespace, name), value, &template),
            None => Ok(()),
        }
    }
}
