//! What pods need: images, configuration, volumes, an account.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::super::yaml::Yaml;
use super::super::{Problem, identity};
use super::{Object, Reader};
use crate::facts::{RelationId, ThingId};
use crate::graph::Value;

/// Where a kind has its pod template. Kinds that are not built in are taken as workloads if they have one.
fn template_path(kind: &str) -> &'static [&'static str] {
    match kind {
        "Pod" => &[],
        "CronJob" => &["spec", "jobTemplate", "spec", "template"],
        "PodTemplate" => &["template"],
        _ => &["spec", "template"],
    }
}

/// The pod template of a workload.
pub(super) fn template(object: &Yaml, kind: &str) -> Option<Yaml> {
    let template = object.at(template_path(kind))?;
    template.at(&["spec", "containers"]).map(|_| template)
}

/// References to one ConfigMap or Secret, which make one relation.
#[derive(Default)]
struct Configuration {
    relations: HashMap<(ThingId, &'static str, &'static str), (RelationId, Vec<Value>)>,
    order: Vec<(ThingId, &'static str, &'static str)>,
}

impl Reader<'_, '_> {
    pub fn pods(&mut self, object: &Object) -> Result<(), Problem> {
        let Some(template) = template(&object.value, &object.kind) else { return Ok(()) };
        let own = (object.kind.clone(), object.namespace.clone(), object.name.clone());
        self.add_workload(own, &object.value, &template)?;
        let Some(spec) = template.get("spec") else { return Ok(()) };
        let mut configuration = Configuration::default();
        for key in ["initContainers", "containers", "ephemeralContainers"] {
            for container in spec.get(key).iter().flat_map(|list| list.items()) {
                self.container(object, container, key, &mut configuration)?;
            }
        }
        for volume in spec.get("volumes").iter().flat_map(|list| list.items()) {
            self.volume(object, volume, &mut configuration)?;
        }
        for secret in spec.get("imagePullSecrets").iter().flat_map(|list| list.items()) {
            self.configured(object, "Secret", secret.get("name"), secret, "imagePullSecrets", &mut configuration)?;
        }
        let account = spec.get("serviceAccountName").or_else(|| spec.get("serviceAccount"));
        self.refer_to(object, "RUNS_AS", "ServiceAccount", account, "serviceAccountName")?;
        self.refer_to(object, "RUNS_ON", "Node", spec.get("nodeName"), "nodeName")?;
        self.refer_to(object, "DEPENDS_ON", "PriorityClass", spec.get("priorityClassName"), "priorityClassName")?;
        self.refer_to(object, "DEPENDS_ON", "RuntimeClass", spec.get("runtimeClassName"), "runtimeClassName")?;
        for claim in spec.get("resourceClaims").iter().flat_map(|list| list.items()) {
            let name = claim.get("resourceClaimName");
            self.refer_to(object, "DEPENDS_ON", "ResourceClaim", name, "resourceClaims")?;
            let name = claim.get("resourceClaimTemplateName");
            self.refer_to(object, "DEPENDS_ON", "ResourceClaimTemplate", name, "resourceClaims")?;
        }
        self.keys(configuration)
    }

    fn container(
        &mut self,
        object: &Object,
        container: &Yaml,
        list: &'static str,
        configuration: &mut Configuration,
    ) -> Result<(), Problem> {
        let kind = match list {
            "initContainers" => "init",
            "ephemeralContainers" => "ephemeral",
            _ => "",
        };
        if let Some(image) = container.get("image") {
            let name = container.get("name").and_then(|name| name.as_value()).unwrap_or(Value::Null);
            self.image(object, &image, [("kind", Value::from(kind)), ("container", name)])?;
        }
        for from in container.get("envFrom").iter().flat_map(|list| list.items()) {
            for (key, target) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
                if let Some(reference) = from.get(key) {
                    self.configured(object, target, reference.get("name"), &reference, "envFrom", configuration)?;
                }
            }
        }
        for variable in container.get("env").iter().flat_map(|list| list.items()) {
            for (key, target) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
                if let Some(reference) = variable.at(&["valueFrom", key]) {
                    self.configured(object, target, reference.get("name"), &reference, "env", configuration)?;
                }
            }
        }
        self.settings(object, container)
    }

    fn image<const N: usize>(
        &mut self,
        object: &Object,
        image: &Yaml,
        properties: [(&'static str, Value); N],
    ) -> Result<(), Problem> {
        let Some(reference) = image.as_str().filter(|reference| !reference.is_empty()) else { return Ok(()) };
        // A placeholder of a tool that was not run names no image.
        let end = match reference.contains(['$', '{', ' ']) {
            true => self.outside("Image", reference)?,
            false => self.sheet.identified(&identity::image(reference), reference)?,
        };
        self.sheet.label(end, "Image");
        self.relate_with(object.thing, "USES_IMAGE", end, image, properties).map(|_| ())
    }

    /// A ConfigMap or Secret; `reference` says whether it may be missing and which key is read.
    fn configured(
        &mut self,
        object: &Object,
        kind: &str,
        name: Option<Yaml>,
        reference: &Yaml,
        why: &'static str,
        configuration: &mut Configuration,
    ) -> Result<(), Problem> {
        let Some(at) = name else { return Ok(()) };
        let Some(name) = at.as_str() else { return Ok(()) };
        let end = self.refer(kind, &object.namespace, name)?;
        let is_optional = reference.get("optional").and_then(|optional| optional.as_bool()) == Some(true);
        let relationship_type = if is_optional { "OPTIONALLY_DEPENDS_ON" } else { "CONFIGURED_BY" };
        let key = (end, relationship_type, why);
        if let Entry::Vacant(vacant) = configuration.relations.entry(key) {
            let relation = self.relate_with(object.thing, relationship_type, end, &at, [("kind", Value::from(why))])?;
            vacant.insert((relation, Vec::new()));
            configuration.order.push(key);
        }
        let items = reference.get("items");
        let listed = items.iter().flat_map(|items| items.items()).filter_map(|item| item.get("key"));
        let keys = reference.get("key").into_iter().chain(listed);
        if let Some((_, known)) = configuration.relations.get_mut(&key) {
            known.extend(keys.filter_map(|key| key.as_value()));
        }
        Ok(())
    }

    /// Which keys of a ConfigMap or Secret are read, where that is not all.
    fn keys(&mut self, configuration: Configuration) -> Result<(), Problem> {
        for key in &configuration.order {
            if let Some((relation, keys)) = configuration.relations.get(key).filter(|(_, keys)| !keys.is_empty()) {
                self.sheet.set_relation(*relation, "keys", Value::list(keys.iter().cloned()))?;
            }
        }
        Ok(())
    }

    fn volume(&mut self, object: &Object, volume: &Yaml, configuration: &mut Configuration) -> Result<(), Problem> {
        let name = volume.get("name").and_then(|name| name.as_value()).unwrap_or(Value::Null);
        for (key, source) in volume.entries() {
            let Some(kind) = key.as_str() else { continue };
            let mounted = match kind {
                "name" | "emptyDir" | "downwardAPI" => continue,
                "configMap" => {
                    self.configured(object, "ConfigMap", source.get("name"), &source, "volume", configuration)?;
                    continue;
                }
                "secret" => {
                    self.configured(object, "Secret", source.get("secretName"), &source, "volume", configuration)?;
                    continue;
                }
                "projected" => {
                    self.projected(object, &source, configuration)?;
                    continue;
                }
                "csi" => {
                    self.csi(object, &source, configuration)?;
                    continue;
                }
                "image" => {
                    if let Some(image) = source.get("reference") {
                        self.image(object, &image, [("kind", Value::from("volume"))])?;
                    }
                    continue;
                }
                "ephemeral" => {
                    let class = source.at(&["volumeClaimTemplate", "spec", "storageClassName"]);
                    self.refer_to(object, "DEPENDS_ON", "StorageClass", class, "ephemeral")?;
                    continue;
                }
                "persistentVolumeClaim" => match source.text_at(&["claimName"]) {
                    Some(claim) => self.refer("PersistentVolumeClaim", &object.namespace, &claim)?,
                    None => continue,
                },
                "hostPath" => self.outside("HostPath", &source.text_at(&["path"]).unwrap_or_default())?,
                "nfs" => {
                    let [server, path] = ["server", "path"].map(|key| source.text_at(&[key]).unwrap_or_default());
                    self.outside("Volume", &format!("{server}:{path}"))?
                }
                other => self.outside("Volume", &format!("{other} {}", first_text(&source)))?,
            };
            let at = if source.is_map() {
                source.entries().first().map_or(source.clone(), |(key, _)| key.clone())
            } else {
                key
            };
            let properties = [("kind", Value::from(kind_of(volume))), ("volume", name.clone())];
            self.relate_with(object.thing, "MOUNTS", mounted, &at, properties)?;
        }
        Ok(())
    }

    fn projected(&mut self, object: &Object, source: &Yaml, configuration: &mut Configuration) -> Result<(), Problem> {
        for part in source.get("sources").iter().flat_map(|list| list.items()) {
            for (key, kind) in [("configMap", "ConfigMap"), ("secret", "Secret")] {
                if let Some(reference) = part.get(key) {
                    self.configured(object, kind, reference.get("name"), &reference, "projected", configuration)?;
                }
            }
        }
        Ok(())
    }

    fn csi(&mut self, object: &Object, source: &Yaml, configuration: &mut Configuration) -> Result<(), Problem> {
        self.refer_to(object, "DEPENDS_ON", "CSIDriver", source.get("driver"), "csi")?;
        let class = source.at(&["volumeAttributes", "secretProviderClass"]);
        self.refer_to(object, "CONFIGURED_BY", "SecretProviderClass", class, "csi")?;
        match source.get("nodePublishSecretRef") {
            Some(secret) => self.configured(object, "Secret", secret.get("name"), &secret, "csi", configuration),
            None => Ok(()),
        }
    }
}

fn kind_of(volume: &Yaml) -> String {
    let kinds = volume.entries().into_iter().filter_map(|(key, _)| key.as_str().map(str::to_string));
    kinds.into_iter().find(|kind| kind != "name").unwrap_or_default()
}

fn first_text(source: &Yaml) -> String {
    source.entries().into_iter().find_map(|(_, value)| value.as_str().map(str::to_string)).unwrap_or_default()
}
