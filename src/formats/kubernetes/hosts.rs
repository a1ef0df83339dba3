//! Settings of pods and ConfigMaps that name a Service as a host.

use std::collections::{HashMap, HashSet};

use super::super::Problem;
use super::super::addresses::{self, Host};
use super::super::yaml::Yaml;
use super::{Object, Reader};
use crate::facts::ThingId;
use crate::graph::Value;

#[derive(Default)]
pub(super) struct Hosts {
    /// Namespace and name of the services that are known.
    pub services: HashSet<(String, String)>,
    pub settings: Vec<Setting>,
}

pub(super) struct Setting {
    start: ThingId,
    name: String,
    /// Namespace and name of the service that it may name.
    service: (String, String),
    /// Whether its form says that it is a service, known or not.
    is_sure: bool,
    line: usize,
    evidence: String,
}

/// The namespace and name of the service that a host is, and whether nothing else can be meant. A name without a dot
/// is looked up by the cluster's DNS alone.
fn service(host: Host, namespace: &str) -> Option<((String, String), bool)> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let Host { name: host, is_certain } = host;
    if host == "localhost" || !host.starts_with(|c: char| c.is_ascii_lowercase()) || !host.chars().all(is_name) {
        return None;
    }
    let parts: Vec<&str> = host.split('.').collect();
    let pair = |namespace: &str, name: &str| (namespace.to_string(), name.to_string());
    match (parts.iter().position(|part| *part == "svc"), &parts[..]) {
        // Before the service may stand one of its pods.
        (Some(at), _) if at >= 2 => Some((pair(parts[at - 1], parts[at - 2]), true)),
        (None, [name]) => Some((pair(namespace, name), is_certain)),
        (None, [name, namespace]) => Some((pair(namespace, name), false)),
        _ => None,
    }
}

impl Reader<'_, '_> {
    /// The settings of a container: variables, in which those before them are replaced, and arguments.
    pub fn settings(&mut self, object: &Object, container: &Yaml) -> Result<(), Problem> {
        let mut variables: HashMap<String, String> = HashMap::new();
        for variable in container.get("env").iter().flat_map(|list| list.items()) {
            let (Some(name), Some(value)) = (variable.text_at(&["name"]), variable.get("value")) else { continue };
            let text = replaced(value.as_str().unwrap_or_default(), &variables);
            self.setting(object, &name, &text, &value)?;
            variables.insert(name, text);
        }
        for key in ["command", "args"] {
            for word in container.get(key).iter().flat_map(|list| list.items()) {
                let text = replaced(word.as_str().unwrap_or_default(), &variables);
                self.setting(object, "", &text, word)?;
            }
        }
        Ok(())
    }

    pub fn setting(&mut self, object: &Object, name: &str, text: &str, at: &Yaml) -> Result<(), Problem> {
        self.sheet.tick()?;
        for host in addresses::hosts(name, text) {
            let Some((service, is_sure)) = service(host, &object.namespace) else { continue };
            let (line, evidence) = self.said(at);
            self.sheet.charge(size_of::<Setting>() + evidence.len() + host.name.len() + name.len())?;
            let (start, name) = (object.thing, name.to_string());
            self.hosts.settings.push(Setting { start, name, service, is_sure, line, evidence });
        }
        Ok(())
    }

    /// The lines of the texts in a ConfigMap.
    pub fn data(&mut self, object: &Object) -> Result<(), Problem> {
        for (key, value) in object.at(&["data"]).map(|data| data.entries()).unwrap_or_default() {
            let (Some(name), Some(text)) = (key.as_str(), value.as_str()) else { continue };
            // A text of several lines is a file; its name says nothing of each line.
            let name = if text.trim_end().contains('\n') { "" } else { name };
            for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')) {
                let first = self.hosts.settings.len();
                self.setting(object, name, line, &key)?;
                // Where the text is written out line by line, its lines are those of the file.
                let place = key.line() + 1 + at;
                if self.sheet.line_text(place).trim() == line.trim() {
                    for setting in &mut self.hosts.settings[first..] {
                        (setting.line, setting.evidence) = (place, line.trim().to_string());
                    }
                }
            }
        }
        Ok(())
    }

    /// States the settings that name services.
    pub fn connect(&mut self) -> Result<(), Problem> {
        let mut stated = HashSet::new();
        for setting in std::mem::take(&mut self.hosts.settings) {
            let is_known = setting.is_sure || self.hosts.services.contains(&setting.service);
            let (namespace, name) = &setting.service;
            if !is_known || !stated.insert((setting.start, setting.name.clone(), setting.service.clone())) {
                continue;
            }
            let end = self.refer("Service", namespace, name)?;
            let relation = self.sheet.relate(setting.start, "CONNECTS_TO", end, setting.line, &setting.evidence)?;
            self.sheet.set_relation(relation, "variable", Value::from(setting.name))?;
        }
        Ok(())
    }
}

/// A text with `$(NAME)` replaced as the kubelet does it.
fn replaced(text: &str, variables: &HashMap<String, String>) -> String {
    const LONGEST: usize = 1 << 16;
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("$(") {
        out.push_str(before);
        let known = after.split_once(')').and_then(|(name, after)| Some((variables.get(name)?, after)));
        match known.filter(|_| out.len() < LONGEST) {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push_str("$(");
                rest = after;
            }
        }
    }
    out + rest
}
