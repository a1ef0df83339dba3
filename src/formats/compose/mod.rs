//! Compose files: services, what each starts after, is attached to, mounts, reads, is made of, and is told to reach.
//!
//! Source: the Compose Specification. A file is read alone; what it takes from others is looked up: the services of
//! files that it includes or extends, its project's name, `.env`. Things of one project are one across its files.

mod environment;
mod layers;
mod mounts;
mod project;
mod service;
mod variables;

use std::collections::{HashMap, HashSet};

use super::yaml::{self, Yaml};
use super::{Format, Probe, Problem, Sheet};
use crate::facts::{RelationId, ThingId};
use crate::graph::Value;
use layers::{Files, Said};
use project::Project;

pub(super) const FORMAT: Format = Format {
    name: "compose",
    what: "services of Docker Compose, their needs, networks, volumes and images",
    made_by: "",
    names: &[
        "compose.yaml",
        "compose.yml",
        "docker-compose.yaml",
        "docker-compose.yml",
        "*compose*.yaml",
        "*compose*.yml",
    ],
    looks_like,
    example: "services:\n  web:\n    image: nginx\n    depends_on: [db]\n  db:\n    image: postgres:16\n",
    read,
};

/// A file with a map of services at its root, some of which have an image, are built or extend others; in a file named so, any key
/// of the specification will do. (GitLab's `services` at the root are a list, Symfony's have neither image nor build.)
fn looks_like(probe: &Probe) -> bool {
    if FORMAT.names.iter().any(|name| probe.is_named(name)) {
        let is_root = |line: &str| line.split_once(':').is_some_and(|(key, _)| ROOTS.contains(&key));
        return probe.head.lines().any(is_root);
    }
    let mut lines = probe.head.lines().skip_while(|line| !line.starts_with("services:")).skip(1);
    let first = lines.find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let is_map = first.is_some_and(|line| line.starts_with(' ') && line.trim_end().ends_with(':'));
    let is_made = |line: &str| {
        ["image:", "build:", "extends:"].iter().any(|key| line.starts_with(' ') && line.trim().starts_with(key))
    };
    is_map && probe.head.lines().any(is_made)
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let (documents, problem) = yaml::documents(sheet.text);
    if let Some(problem) = problem {
        return Err(problem);
    }
    let is_known = |document: &Yaml| ROOTS.iter().any(|key| document.get(key).is_some());
    if !documents.iter().any(is_known) {
        return Err(Problem::at(1, "neither services nor anything else of a Compose file")
            .help("files of the first version have their services at the root: put them below `services:`"));
    }
    let project = Project::of(sheet, &documents)?;
    let mut reader =
        Reader { sheet, project, files: Files::default(), folders: HashMap::new(), resources: HashMap::new() };
    for document in &documents {
        reader.document(document)?;
    }
    reader.warn_of_tags();
    Ok(())
}

/// Keys at the root of which a Compose file has one.
const ROOTS: [&str; 7] = ["services", "include", "volumes", "networks", "configs", "secrets", "models"];

/// What a service may be given besides other services.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Resource {
    Network,
    Volume,
    Config,
    Secret,
    Model,
}

const RESOURCES: [(Resource, &str, &str); 5] = [
    (Resource::Network, "networks", "Network"),
    (Resource::Volume, "volumes", "Volume"),
    (Resource::Config, "configs", "Config"),
    (Resource::Secret, "secrets", "Secret"),
    (Resource::Model, "models", "Model"),
];

impl Resource {
    fn label(self) -> &'static str {
        RESOURCES.iter().find(|row| row.0 == self).map_or("", |row| row.2)
    }
}

struct Reader<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    project: Project,
    files: Files,
    /// The names in folders, by path.
    folders: HashMap<String, HashSet<String>>,
    /// Those that the file declares.
    resources: HashMap<(Resource, String), ThingId>,
}

impl Reader<'_, '_> {
    /// What another file of the project states stays, whatever this one takes back.
    fn warn_of_tags(&mut self) {
        let tagged = |line: &str| line.contains(": !reset") || line.contains(": !override");
        if let Some(at) = self.sheet.text.lines().position(tagged) {
            let help =
                "what the overridden file states of this key stays in the graph: read `docker compose config` instead";
            self.sheet.warn(at + 1, "`!reset` and `!override` are not followed", Some(help));
        }
    }

    fn document(&mut self, document: &Yaml) -> Result<(), Problem> {
        if !document.is_map() {
            return Err(Problem::at(document.line(), "not a map of services, networks and volumes"));
        }
        for (resource, key, _) in RESOURCES {
            for (name, definition) in document.get(key).map(|part| part.entries()).unwrap_or_default() {
                self.resource(resource, &name, &definition)?;
            }
        }
        self.project_thing(document)?;
        let Some(services) = document.get("services").filter(|services| !services.is_null()) else { return Ok(()) };
        if !services.is_map() {
            return Err(Problem::at(services.line(), "`services` is not a map of names")
                .help("each service is a key below `services:`, indented"));
        }
        for (name, definition) in services.entries() {
            self.service(document, &name, &definition)?;
        }
        Ok(())
    }

    /// The project, if the file names it or includes others.
    fn project_thing(&mut self, document: &Yaml) -> Result<(), Problem> {
        let (name, includes) = (document.get("name"), document.get("include"));
        let Some(line) = name.or(includes.clone()).map(|value| value.line()) else { return Ok(()) };
        let project = self.project_named(&self.project.scope.clone(), self.project.called.clone())?;
        self.sheet.define(project, line);
        self.project.thing = Some(project);
        for (path, line) in includes.iter().flat_map(project::included) {
            let path = self.project.text(&path).text;
            let Some(included) = self.project.included.get(&path).cloned() else {
                let help = "its services are things without a place until it is read, too";
                self.sheet.warn(line, format!("the included file {path} is not here"), Some(help));
                continue;
            };
            let other = self.project_named(&included.scope, included.called)?;
            let relation = self.relate(project, "DEPENDS_ON", other, &Said::here(self.sheet, line))?;
            self.sheet.set_relation(relation, "kind", "include")?;
            self.sheet.set_relation(relation, "file", path)?;
        }
        Ok(())
    }

    fn project_named(&mut self, scope: &str, name: String) -> Result<ThingId, Problem> {
        let thing = self.sheet.identified(&format!("compose:{scope}"), &name)?;
        self.sheet.label(thing, "Project");
        Ok(thing)
    }

    /// Declares a network, volume, config, secret or model.
    fn resource(&mut self, resource: Resource, name: &Yaml, definition: &Yaml) -> Result<(), Problem> {
        let Some(key) = name.as_str() else { return Ok(()) };
        let external = definition.get("external").filter(|external| external.as_bool() != Some(false));
        let real = definition.text_at(&["name"]).or_else(|| external.as_ref()?.text_at(&["name"]));
        let real = real.map(|real| self.project.text(&real));
        let label = resource.label();
        let kind = label.to_lowercase();
        // A name of its own and one made elsewhere are valid for the whole Docker host.
        let identity = match &real {
            Some(real) if !real.is_whole => None,
            Some(real) => Some(format!("docker-{kind}:{}", real.text)),
            None if external.is_some() => Some(format!("docker-{kind}:{key}")),
            None => Some(self.project.identity(&format!("{kind}/{key}"))),
        };
        let shown = real.map_or_else(|| key.to_string(), |real| real.text);
        let thing = match identity {
            Some(identity) => self.sheet.identified(&identity, &shown)?,
            None => self.sheet.thing(&format!("{kind} {key}"))?,
        };
        self.sheet.name(thing, &shown);
        self.sheet.label(thing, label);
        self.sheet.define(thing, name.line());
        if external.is_some() {
            self.sheet.set(thing, "external", true)?;
        }
        for property in ["driver", "file", "environment", "model"] {
            if let Some(value) = definition.get(property).and_then(|value| value.as_value()) {
                self.sheet.set(thing, property, value)?;
            }
        }
        self.resources.insert((resource, key.to_string()), thing);
        Ok(())
    }

    /// A network, volume, config, secret or model of the project; one that no file here declares has no place.
    fn resource_named(&mut self, resource: Resource, name: &str) -> Result<ThingId, Problem> {
        if let Some(thing) = self.resources.get(&(resource, name.to_string())) {
            return Ok(*thing);
        }
        let identity = self.project.identity(&format!("{}/{name}", resource.label().to_lowercase()));
        let thing = self.sheet.identified(&identity, name)?;
        self.sheet.label(thing, resource.label());
        Ok(thing)
    }

    fn service_named(&mut self, name: &str) -> Result<ThingId, Problem> {
        let thing = self.sheet.identified(&self.project.identity_of_service(name), name)?;
        self.sheet.label(thing, "Service");
        Ok(thing)
    }

    fn relate(
        &mut self,
        start: ThingId,
        relationship_type: &'static str,
        end: ThingId,
        said: &Said,
    ) -> Result<RelationId, Problem> {
        let relation = self.sheet.relate(start, relationship_type, end, said.line, &said.evidence)?;
        if let Some(source) = &said.source {
            self.sheet.set_relation(relation, "inherited_from", source.as_str())?;
        }
        Ok(relation)
    }

    /// The same with properties; empty ones are left out.
    fn relate_with<const N: usize>(
        &mut self,
        start: ThingId,
        relationship_type: &'static str,
        end: ThingId,
        said: &Said,
        properties: [(&'static str, Value); N],
    ) -> Result<(), Problem> {
        let relation = self.relate(start, relationship_type, end, said)?;
        properties.into_iter().try_for_each(|(key, value)| self.sheet.set_relation(relation, key, value))
    }
}
