//! [`Object`]: kind, namespace and name, and the thing that stands for them in every file.

use super::super::Problem;
use super::super::yaml::Yaml;
use super::Reader;
use crate::facts::ThingId;
use crate::graph::Value;

/// Kinds without a namespace: those that k8s.io/api (v1.36) marks `genclient:nonNamespaced`, and the cluster's own.
const CLUSTER_SCOPED: [&str; 32] = [
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ComponentStatus",
    "CustomResourceDefinition",
    "DeviceClass",
    "FlowSchema",
    "GatewayClass",
    "Group",
    "IPAddress",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PodSecurityPolicy",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "ServiceCIDR",
    "StorageClass",
    "User",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
    "VolumeAttributesClass",
];

pub(super) struct Object {
    pub kind: String,
    pub name: String,
    /// Empty for an object of the cluster.
    pub namespace: String,
    pub thing: ThingId,
    pub value: Yaml,
}

impl Object {
    pub fn at(&self, path: &[&str]) -> Option<Yaml> {
        self.value.at(path).filter(|value| !value.is_null())
    }

    pub fn items(&self, path: &[&str]) -> Vec<Yaml> {
        self.at(path).map(|list| list.items().to_vec()).unwrap_or_default()
    }
}

pub(super) fn is_cluster_scoped(kind: &str) -> bool {
    CLUSTER_SCOPED.contains(&kind) || kind.starts_with("Cluster")
}

impl Reader<'_, '_> {
    /// Defines an object; `None` for a document that is none, with a warning.
    pub fn object(&mut self, kind: String, value: &Yaml) -> Result<Option<Object>, Problem> {
        let name = value.at(&["metadata", "name"]).or_else(|| value.at(&["metadata", "generateName"]));
        let Some(name) = name.filter(|_| !kind.is_empty()) else {
            let what = "not a Kubernetes object: `kind` or `metadata.name` is missing";
            self.sheet.warn(value.line(), what, Some("the document is left out"));
            return Ok(None);
        };
        let Some(text) = name.as_str().map(str::to_string) else { return Ok(None) };
        let namespace = value.text_at(&["metadata", "namespace"]).filter(|namespace| !namespace.is_empty());
        let namespace = match namespace {
            Some(namespace) => namespace,
            None if is_cluster_scoped(&kind) => String::new(),
            None => "default".to_string(),
        };
        let thing = self.refer(&kind, &namespace, &text)?;
        self.objects += 1;
        self.sheet.define(thing, name.line());
        let object = Object { kind, name: text, namespace, thing, value: value.clone() };
        self.properties(&object)?;
        Ok(Some(object))
    }

    fn properties(&mut self, object: &Object) -> Result<(), Problem> {
        self.sheet.set(object.thing, "namespace", object.namespace.as_str())?;
        for (key, path) in [
            ("api_version", &["apiVersion"][..]),
            ("replicas", &["spec", "replicas"]),
            ("type", &["spec", "type"]),
            ("schedule", &["spec", "schedule"]),
            ("min_replicas", &["spec", "minReplicas"]),
            ("max_replicas", &["spec", "maxReplicas"]),
            ("min_available", &["spec", "minAvailable"]),
            ("max_unavailable", &["spec", "maxUnavailable"]),
            ("provisioner", &["provisioner"]),
            ("controller", &["spec", "controller"]),
        ] {
            if let Some(value) = object.at(path).and_then(|value| value.as_value()) {
                self.sheet.set(object.thing, key, value)?;
            }
        }
        if let Some(source) = self.source(object.value.line()) {
            self.sheet.set(object.thing, "source", source)?;
        }
        Ok(())
    }

    /// What Helm writes above an object: the template that it is made from.
    fn source(&self, line: usize) -> Option<String> {
        let above = (1..line).rev().take(5).map(|line| self.sheet.line_text(line));
        let mut comments = above.take_while(|line| line.starts_with('#'));
        comments.find_map(|line| line.strip_prefix("# Source: ")).map(str::to_string)
    }

    /// The thing that stands for an object, whichever file defines it.
    pub fn refer(&mut self, kind: &str, namespace: &str, name: &str) -> Result<ThingId, Problem> {
        let namespace = if is_cluster_scoped(kind) { "" } else { namespace };
        let thing = self.sheet.identified(&format!("k8s:{kind}/{namespace}/{name}"), name)?;
        let is_label = !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_label {
            self.sheet.label(thing, kind.to_string());
        }
        Ok(thing)
    }

    /// States that an object relates to one of its own namespace that a field names; without the field, nothing.
    pub fn refer_to(
        &mut self,
        object: &Object,
        relationship_type: &'static str,
        kind: &str,
        name: Option<Yaml>,
        why: &'static str,
    ) -> Result<(), Problem> {
        let Some(at) = name else { return Ok(()) };
        let Some(name) = at.as_str().filter(|name| !name.is_empty()) else { return Ok(()) };
        let end = self.refer(kind, &object.namespace, name)?;
        self.relate_with(object.thing, relationship_type, end, &at, [("kind", Value::from(why))]).map(|_| ())
    }

    /// A thing that only this file knows: a path of a node, an external host.
    pub fn outside(&mut self, label: &'static str, name: &str) -> Result<ThingId, Problem> {
        let thing = self.sheet.thing(&format!("{label} {name}"))?;
        self.sheet.name(thing, name);
        self.sheet.label(thing, label);
        Ok(thing)
    }
}
