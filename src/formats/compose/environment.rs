//! What the settings of a service name as hosts: its environment, its files of variables, its command.

use super::super::yaml::Yaml;
use super::super::{Problem, addresses};
use super::Reader;
use super::layers::{self, Layer, Said};
use super::variables::settings;
use crate::facts::ThingId;
use crate::graph::Value;

impl Reader<'_, '_> {
    /// Services that the environment, the files of variables, or the command of a service name as hosts.
    pub fn environment(&mut self, service: ThingId, layers: &[Layer]) -> Result<(), Problem> {
        let key_of = |text: &str| -> usize { text.find('=').unwrap_or(text.len()) };
        for entry in layers::entries(layers, "environment", |item| item.split('=').next().unwrap_or(item)) {
            let (name, value) = match &entry.value {
                Some(value) => (entry.name.clone(), value.as_str().unwrap_or_default().to_string()),
                None => {
                    let (name, value) = entry.name.split_at(key_of(&entry.name));
                    (name.to_string(), value.trim_start_matches('=').to_string())
                }
            };
            let said = entry.layer.said(self.sheet, entry.line);
            self.connections(service, &name, &value, &said, Value::Null)?;
        }
        for (layer, item) in layers::items(layers, "env_file") {
            self.env_file(service, layer, &item)?;
        }
        for key in ["command", "entrypoint"] {
            let words: Vec<_> = match layers::first(layers, key) {
                Some((layer, list)) if list.is_list() => {
                    list.items().iter().map(|item| (layer, item.clone())).collect()
                }
                one => one.into_iter().collect(),
            };
            for (layer, word) in words {
                let said = layer.said(self.sheet, word.line());
                let text = word.as_str().unwrap_or_default().to_string();
                self.connections(service, "", &text, &said, Value::from(key))?;
            }
        }
        Ok(())
    }

    fn env_file(&mut self, service: ThingId, layer: &Layer, item: &Yaml) -> Result<(), Problem> {
        let Some(path) = item.as_str().map(str::to_string).or_else(|| item.text_at(&["path"])) else { return Ok(()) };
        let is_required = item.get("required").and_then(|required| required.as_bool()).unwrap_or(true);
        let relative = layer.relative(&self.project.text(&path).text);
        let file = self.file_thing(&relative)?;
        let said = layer.said(self.sheet, item.line());
        let relationship_type = if is_required { "CONFIGURED_BY" } else { "OPTIONALLY_DEPENDS_ON" };
        self.relate_with(service, relationship_type, file, &said, [("kind", Value::from("env_file"))])?;
        let Some(text) = self.sheet.beside(&relative) else {
            let what = format!("{} is not here", self.sheet.join(&relative));
            self.sheet.warn(said.line, what, Some("which services its variables name is not known"));
            return Ok(());
        };
        self.sheet.charge(text.len())?;
        let path = self.sheet.join(&relative);
        for (line, name, value) in settings(&text) {
            let said = Said { evidence: text_line(name, value), ..layer.said(self.sheet, item.line()) };
            self.connections(service, name, value, &said, Value::from(format!("{path}:{line}")))?;
        }
        Ok(())
    }

    /// The services among the hosts of a setting; several that share a name are alternatives.
    fn connections(
        &mut self,
        service: ThingId,
        name: &str,
        value: &str,
        said: &Said,
        stated_in: Value,
    ) -> Result<(), Problem> {
        self.sheet.tick()?;
        let value = self.project.text(value).text;
        let mut reached: Vec<String> = Vec::new();
        for host in addresses::hosts(name, &value) {
            let services = self.project.services_at(host.name).to_vec();
            let any_of =
                if services.len() > 1 { Value::from(format!("{name} {}", host.name).trim()) } else { Value::Null };
            for other in services {
                let end = self.service_named(&other)?;
                if end == service || reached.contains(&other) {
                    continue;
                }
                reached.push(other);
                let properties =
                    [("variable", Value::from(name)), ("stated_in", stated_in.clone()), ("any_of", any_of.clone())];
                self.relate_with(service, "CONNECTS_TO", end, said, properties)?;
            }
        }
        Ok(())
    }
}

fn text_line(name: &str, value: &str) -> String {
    format!("{name}={value}")
}
