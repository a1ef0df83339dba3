//! One service: what it needs of other services, of the platform and of the sources it is built from.

use super::super::yaml::Yaml;
use super::super::{Problem, identity};
use super::layers::{self, Layer, Needs, Said};
use super::{Reader, Resource};
use crate::facts::ThingId;
use crate::graph::Value;

/// Keys whose value is a property of the service.
const PROPERTIES: [&str; 9] =
    ["profiles", "container_name", "hostname", "ports", "expose", "restart", "platform", "scale", "privileged"];

/// Keys whose `service:NAME` shares something of another service.
const SHARED: [&str; 3] = ["network_mode", "ipc", "pid"];

impl Reader<'_, '_> {
    pub fn service(&mut self, document: &Yaml, name: &Yaml, definition: &Yaml) -> Result<(), Problem> {
        let Some(text) = name.as_str() else { return Ok(()) };
        if !definition.is_map() {
            let what = format!("the service `{text}` is not a map");
            self.sheet.error(name.line(), what, Some("it needs at least `image` or `build`"));
            return Ok(());
        }
        let service = self.service_named(text)?;
        self.sheet.define(service, name.line());
        if let Some(project) = self.project.thing {
            let said = Said::here(self.sheet, name.line());
            self.relate(service, "PART_OF", project, &said)?;
        }
        let layers = self.layers(document, text, definition)?;
        self.properties(service, &layers)?;
        self.extends(service, &layers)?;
        let needs = Needs::of(&layers);
        self.depends_on(service, &layers, &needs)?;
        self.links(service, &layers, &needs)?;
        self.shared(service, &layers, &needs)?;
        self.networks(service, document, &layers)?;
        self.mounts(service, &layers)?;
        self.configuration(service, &layers)?;
        self.image(service, &layers)?;
        self.environment(service, &layers)
    }

    fn properties(&mut self, service: ThingId, layers: &[Layer]) -> Result<(), Problem> {
        for key in PROPERTIES {
            if let Some(value) = layers::first(layers, key).and_then(|(_, value)| value.as_value()) {
                self.sheet.set(service, key, value)?;
            }
        }
        let replicas = layers.iter().find_map(|layer| layer.definition.at(&["deploy", "replicas"]));
        let replicas = replicas.or_else(|| layers::first(layers, "scale").map(|(_, scale)| scale));
        if let Some(replicas) = replicas.and_then(|replicas| replicas.as_value()) {
            self.sheet.set(service, "replicas", replicas)?;
        }
        match layers.iter().find_map(|layer| layer.definition.text_at(&["provider", "type"])) {
            Some(provider) => self.sheet.set(service, "provider", provider.as_str()),
            None => Ok(()),
        }
    }

    fn depends_on(&mut self, service: ThingId, layers: &[Layer], needs: &Needs) -> Result<(), Problem> {
        for need in layers::entries(layers, "depends_on", |name| name) {
            let how = needs.how(&need.name);
            let condition = how.condition.and_then(|value| value.as_value()).unwrap_or(Value::Null);
            let restart = how.restart.and_then(|value| value.as_bool()).filter(|restart| *restart);
            let end = self.service_named(&need.name)?;
            let said = need.layer.said(self.sheet, need.line);
            let restart = restart.map_or(Value::Null, Value::Boolean);
            let properties = [("kind", Value::from("depends_on")), ("condition", condition), ("restart", restart)];
            self.relate_with(service, needs.relationship_type(&need.name), end, &said, properties)?;
        }
        Ok(())
    }

    /// `links`, `external_links` and `volumes_from`: items `NAME` or `NAME:REST`.
    fn links(&mut self, service: ThingId, layers: &[Layer], needs: &Needs) -> Result<(), Problem> {
        for key in ["links", "external_links", "volumes_from"] {
            for (layer, item) in layers::items(layers, key) {
                let Some(text) = item.as_str() else { continue };
                let said = layer.said(self.sheet, item.line());
                let (name, rest) = match text.strip_prefix("container:") {
                    Some(container) => (container, None),
                    None => text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest))),
                };
                let is_container = key == "external_links" || text.starts_with("container:");
                let end = if is_container { self.container(name)? } else { self.service_named(name)? };
                let relationship_type = if is_container { "DEPENDS_ON" } else { needs.relationship_type(name) };
                let alias = rest.filter(|_| key != "volumes_from").map_or(Value::Null, Value::from);
                let properties = [("kind", Value::from(key)), ("alias", alias)];
                self.relate_with(service, relationship_type, end, &said, properties)?;
            }
        }
        Ok(())
    }

    /// A container by its name: a service's, or one that is made elsewhere.
    fn container(&mut self, name: &str) -> Result<ThingId, Problem> {
        if let [service] = self.project.services_at(name) {
            let service = service.clone();
            return self.service_named(&service);
        }
        let thing = self.sheet.thing(&format!("container {name}"))?;
        self.sheet.name(thing, name);
        self.sheet.label(thing, "Container");
        Ok(thing)
    }

    fn shared(&mut self, service: ThingId, layers: &[Layer], needs: &Needs) -> Result<(), Problem> {
        for key in SHARED {
            let Some((layer, value)) = layers::first(layers, key) else { continue };
            let Some(mode) = value.as_str() else { continue };
            let (relationship_type, end) = match mode.split_once(':') {
                Some(("service", name)) => (needs.relationship_type(name), self.service_named(name)?),
                Some(("container", name)) => ("DEPENDS_ON", self.container(name)?),
                _ => {
                    self.sheet.set(service, key, mode)?;
                    continue;
                }
            };
            let said = layer.said(self.sheet, value.line());
            self.relate_with(service, relationship_type, end, &said, [("kind", Value::from(key))])?;
        }
        Ok(())
    }

    /// The networks that a service names; the implied one only if the file declares `default`.
    fn networks(&mut self, service: ThingId, document: &Yaml, layers: &[Layer]) -> Result<(), Problem> {
        let named = layers::entries(layers, "networks", |name| name);
        for network in &named {
            let aliases = network.value.as_ref().and_then(|value| value.get("aliases")?.as_value());
            let end = self.resource_named(Resource::Network, &network.name)?;
            let said = network.layer.said(self.sheet, network.line);
            self.relate_with(service, "ATTACHED_TO", end, &said, [("aliases", aliases.unwrap_or(Value::Null))])?;
        }
        let has_own = !named.is_empty() || layers::first(layers, "network_mode").is_some();
        let networks = document.get("networks").map(|networks| networks.entries()).unwrap_or_default();
        let default = networks.iter().find(|(name, _)| name.as_str() == Some("default")).filter(|_| !has_own);
        let Some((name, _)) = default else { return Ok(()) };
        let end = self.resource_named(Resource::Network, "default")?;
        let said = Said::here(self.sheet, name.line());
        self.relate(service, "ATTACHED_TO", end, &said).map(|_| ())
    }

    /// `configs`, `secrets`, `models`, `env_file`, and the config of `credential_spec`.
    fn configuration(&mut self, service: ThingId, layers: &[Layer]) -> Result<(), Problem> {
        for (resource, key) in [(Resource::Config, "configs"), (Resource::Secret, "secrets")] {
            for (layer, item) in layers::items(layers, key) {
                let Some(name) = item.as_str().map(str::to_string).or_else(|| item.text_at(&["source"])) else {
                    continue;
                };
                let target = item.text_at(&["target"]).unwrap_or_default();
                let end = self.resource_named(resource, &name)?;
                let said = layer.said(self.sheet, item.line());
                self.relate_with(service, "CONFIGURED_BY", end, &said, [("target", Value::from(target))])?;
            }
        }
        for model in layers::entries(layers, "models", |name| name) {
            let end = self.resource_named(Resource::Model, &model.name)?;
            let said = model.layer.said(self.sheet, model.line);
            self.relate_with(service, "DEPENDS_ON", end, &said, [("kind", Value::from("models"))])?;
        }
        if let Some((layer, spec)) = layers::first(layers, "credential_spec")
            && let Some(config) = spec.text_at(&["config"])
        {
            let end = self.resource_named(Resource::Config, &config)?;
            let said = layer.said(self.sheet, spec.line());
            self.relate_with(service, "CONFIGURED_BY", end, &said, [("kind", Value::from("credential_spec"))])?;
        }
        Ok(())
    }

    fn image(&mut self, service: ThingId, layers: &[Layer]) -> Result<(), Problem> {
        let mut image = None;
        if let Some((layer, value)) = layers::first(layers, "image")
            && let Some(reference) = value.as_str()
        {
            let thing = self.image_named(reference)?;
            let said = layer.said(self.sheet, value.line());
            self.relate(service, "USES_IMAGE", thing, &said)?;
            image = Some(thing);
        }
        if layers::first(layers, "build").is_some() {
            self.build(service, image, layers)?;
        }
        Ok(())
    }

    pub fn image_named(&mut self, reference: &str) -> Result<ThingId, Problem> {
        let image = self.project.text(reference);
        let thing = match image.is_whole {
            true => self.sheet.identified(&identity::image(&image.text), &image.text)?,
            false => {
                let thing = self.sheet.thing(&format!("image {}", image.text))?;
                self.sheet.name(thing, &image.text);
                thing
            }
        };
        self.sheet.label(thing, "Image");
        Ok(thing)
    }

    /// What a service, and its image if that has a name, is built from.
    fn build(&mut self, service: ThingId, image: Option<ThingId>, layers: &[Layer]) -> Result<(), Problem> {
        let part = |key: &str| layers.iter().find_map(|layer| Some((layer, layer.definition.at(&["build", key])?)));
        let short = layers::first(layers, "build").filter(|(_, build)| build.as_str().is_some());
        let context = short.clone().or_else(|| part("context"));
        let Some((layer, at)) = context.clone().or_else(|| layers::first(layers, "build")) else { return Ok(()) };
        let path = context.as_ref().and_then(|(_, context)| context.as_str()).unwrap_or(".");
        let said = layer.said(self.sheet, at.line());
        let dockerfile = part("dockerfile").and_then(|(_, file)| file.as_value()).unwrap_or(Value::Null);
        let target = part("target").and_then(|(_, target)| target.as_value()).unwrap_or(Value::Null);
        let end = self.source(layer, path)?;
        for start in [Some(service), image].into_iter().flatten() {
            let properties = [("dockerfile", dockerfile.clone()), ("target", target.clone())];
            self.relate_with(start, "BUILT_FROM", end, &said, properties)?;
        }
        self.further_contexts(service, layers)?;
        let secrets = part("secrets").filter(|_| short.is_none());
        for (layer, item) in secrets.iter().flat_map(|(layer, list)| list.items().iter().map(move |item| (layer, item)))
        {
            let Some(name) = item.as_str().map(str::to_string).or_else(|| item.text_at(&["source"])) else { continue };
            let end = self.resource_named(Resource::Secret, &name)?;
            let said = layer.said(self.sheet, item.line());
            self.relate_with(service, "CONFIGURED_BY", end, &said, [("kind", Value::from("build"))])?;
        }
        Ok(())
    }

    /// The `additional_contexts` of a build: folders, repositories, images, or what another service builds.
    fn further_contexts(&mut self, service: ThingId, layers: &[Layer]) -> Result<(), Problem> {
        let builds =
            layers.iter().filter_map(|layer| Some((layer, layer.definition.at(&["build", "additional_contexts"])?)));
        let mut contexts = Vec::new();
        for (layer, value) in builds {
            let listed = value.items().iter().filter_map(|item| {
                let (name, context) = item.as_str()?.split_once('=')?;
                Some((layer, item.line(), name.to_string(), context.to_string()))
            });
            contexts.extend(listed);
            let mapped = value.entries().into_iter().filter_map(|(name, context)| {
                Some((layer, name.line(), name.as_str()?.to_string(), context.as_str()?.to_string()))
            });
            contexts.extend(mapped);
        }
        for (layer, line, name, context) in contexts {
            let (relationship_type, end) = match context.split_once(':') {
                Some(("service", other)) => ("BUILT_FROM", self.service_named(other)?),
                Some(("docker-image", image)) => ("USES_IMAGE", self.image_named(image.trim_start_matches('/'))?),
                _ => ("BUILT_FROM", self.source(layer, &context)?),
            };
            let said = layer.said(self.sheet, line);
            let properties = [("kind", Value::from("build")), ("context", Value::from(name))];
            self.relate_with(service, relationship_type, end, &said, properties)?;
        }
        Ok(())
    }

    /// A folder of sources, or a repository.
    fn source(&mut self, layer: &Layer, context: &str) -> Result<ThingId, Problem> {
        let context = self.project.text(context);
        let is_remote =
            context.text.contains("://") || context.text.starts_with("git@") || context.text.ends_with(".git");
        if is_remote || !context.is_whole || context.text.starts_with('~') {
            let thing = self.sheet.thing(&format!("source {}", context.text))?;
            self.sheet.name(thing, &context.text);
            self.sheet.label(thing, if is_remote { "Repository" } else { "Folder" });
            return Ok(thing);
        }
        self.folder(layer, &context.text)
    }

    pub fn folder(&mut self, layer: &Layer, path: &str) -> Result<ThingId, Problem> {
        let path = self.sheet.join(&layer.relative(path));
        let shown = if path.is_empty() { "." } else { &path };
        let thing = self.sheet.identified(&identity::folder(&path), shown)?;
        self.sheet.label(thing, "Folder");
        Ok(thing)
    }

    pub fn file_thing(&mut self, relative: &str) -> Result<ThingId, Problem> {
        let path = self.sheet.join(relative);
        let thing = self.sheet.identified(&format!("file:{path}"), &path)?;
        self.sheet.label(thing, "File");
        Ok(thing)
    }
}
