//! What each kind of object states.

use super::super::Problem;
use super::super::yaml::Yaml;
use super::selectors::{self, Selector};
use super::{Object, Reader};
use crate::graph::Value;

type States = fn(&mut Reader, &Object) -> Result<(), Problem>;

/// Kinds that say more than their pods, owners and labels do.
const KINDS: &[(&str, States)] = &[
    ("APIService", |reader, object| reader.asked(object, object.at(&["spec", "service"]), "apiservice", false)),
    ("ClusterRoleBinding", |reader, object| reader.binding(object)),
    ("ConfigMap", |reader, object| reader.data(object)),
    ("CustomResourceDefinition", |reader, object| {
        reader.asked(
            object,
            object.at(&["spec", "conversion", "webhook", "clientConfig", "service"]),
            "conversion",
            false,
        )
    }),
    ("GRPCRoute", |reader, object| reader.route(object)),
    ("Gateway", |reader, object| reader.gateway(object)),
    ("HTTPRoute", |reader, object| reader.route(object)),
    ("HorizontalPodAutoscaler", |reader, object| reader.scaler(object, "scaleTargetRef")),
    ("Ingress", |reader, object| reader.ingress(object)),
    ("IngressClass", |reader, object| reader.parameters(object)),
    ("MutatingWebhookConfiguration", |reader, object| reader.webhooks(object)),
    ("NetworkPolicy", |reader, object| reader.network_policy(object)),
    ("PersistentVolume", |reader, object| reader.persistent_volume(object)),
    ("PersistentVolumeClaim", |reader, object| reader.claim(object)),
    ("PodDisruptionBudget", |reader, object| {
        reader.label_selector(object, "APPLIES_TO", object.at(&["spec", "selector"]))
    }),
    ("RoleBinding", |reader, object| reader.binding(object)),
    ("ScaledObject", |reader, object| reader.scaler(object, "scaleTargetRef")),
    ("Service", |reader, object| reader.service(object)),
    ("ServiceAccount", |reader, object| reader.account(object)),
    ("StatefulSet", |reader, object| reader.stateful_set(object)),
    ("StorageClass", |reader, object| {
        reader.refer_to(object, "DEPENDS_ON", "CSIDriver", object.at(&["provisioner"]), "provisioner")
    }),
    ("TCPRoute", |reader, object| reader.route(object)),
    ("TLSRoute", |reader, object| reader.route(object)),
    ("UDPRoute", |reader, object| reader.route(object)),
    ("ValidatingWebhookConfiguration", |reader, object| reader.webhooks(object)),
    ("VerticalPodAutoscaler", |reader, object| reader.scaler(object, "targetRef")),
];

impl Reader<'_, '_> {
    pub fn relations(&mut self, object: &Object) -> Result<(), Problem> {
        for owner in object.items(&["metadata", "ownerReferences"]) {
            self.owned(object, &owner)?;
        }
        self.pods(object)?;
        match KINDS.iter().find(|(kind, _)| *kind == object.kind) {
            Some((_, states)) => states(self, object),
            None => Ok(()),
        }
    }

    /// An object that another one makes is a part of it: a Pod of its ReplicaSet, that of its Deployment.
    fn owned(&mut self, object: &Object, owner: &Yaml) -> Result<(), Problem> {
        let (Some(kind), Some(name)) = (owner.text_at(&["kind"]), owner.get("name")) else { return Ok(()) };
        self.refer_to(object, "PART_OF", &kind, Some(name), "ownerReferences")
    }

    fn service(&mut self, object: &Object) -> Result<(), Problem> {
        self.hosts.services.insert((object.namespace.clone(), object.name.clone()));
        self.service_selector(object);
        let Some(at) = object.at(&["spec", "externalName"]) else { return Ok(()) };
        let Some(host) = at.as_str() else { return Ok(()) };
        let parts: Vec<&str> = host.split('.').collect();
        let end = match parts[..] {
            [name, namespace, "svc", ..] => self.refer("Service", namespace, name)?,
            _ => self.outside("Host", host)?,
        };
        self.relate_with(object.thing, "ROUTES_TO", end, &at, [("kind", Value::from("externalName"))]).map(|_| ())
    }

    /// The service that governs a StatefulSet, and the claims made for each of its pods.
    fn stateful_set(&mut self, object: &Object) -> Result<(), Problem> {
        self.refer_to(object, "DEPENDS_ON", "Service", object.at(&["spec", "serviceName"]), "serviceName")?;
        for claim in object.items(&["spec", "volumeClaimTemplates"]) {
            let Some(at) = claim.at(&["metadata", "name"]) else { continue };
            let name = format!("{}-{}-*", at.as_str().unwrap_or_default(), object.name);
            let end = self.refer("PersistentVolumeClaim", &object.namespace, &name)?;
            self.sheet.define(end, at.line());
            self.relate_with(object.thing, "MOUNTS", end, &at, [("kind", Value::from("volumeClaimTemplates"))])?;
            let (kind, namespace) = ("PersistentVolumeClaim".to_string(), object.namespace.clone());
            self.claim(&Object { kind, name, namespace, thing: end, value: claim.clone() })?;
        }
        Ok(())
    }

    fn claim(&mut self, object: &Object) -> Result<(), Problem> {
        let class = object.at(&["spec", "storageClassName"]);
        self.refer_to(object, "DEPENDS_ON", "StorageClass", class, "storageClassName")?;
        self.refer_to(object, "DEPENDS_ON", "PersistentVolume", object.at(&["spec", "volumeName"]), "volumeName")?;
        for key in ["dataSource", "dataSourceRef"] {
            let Some(source) = object.at(&["spec", key]) else { continue };
            let kind = source.text_at(&["kind"]).unwrap_or_default();
            self.refer_to(object, "DERIVED_FROM", &kind, source.get("name"), key)?;
        }
        Ok(())
    }

    /// The claim that a volume is kept for needs it, as the claim itself says once it is bound.
    fn persistent_volume(&mut self, object: &Object) -> Result<(), Problem> {
        let class = object.at(&["spec", "storageClassName"]);
        self.refer_to(object, "DEPENDS_ON", "StorageClass", class, "storageClassName")?;
        self.refer_to(object, "DEPENDS_ON", "CSIDriver", object.at(&["spec", "csi", "driver"]), "csi")?;
        let Some(claim) = object.at(&["spec", "claimRef"]) else { return Ok(()) };
        let Some(name) = claim.get("name") else { return Ok(()) };
        let namespace = claim.text_at(&["namespace"]).unwrap_or_else(|| "default".to_string());
        let start = self.refer("PersistentVolumeClaim", &namespace, name.as_str().unwrap_or_default())?;
        self.relate_with(start, "DEPENDS_ON", object.thing, &name, [("kind", Value::from("claimRef"))]).map(|_| ())
    }

    fn account(&mut self, object: &Object) -> Result<(), Problem> {
        for key in ["secrets", "imagePullSecrets"] {
            for secret in object.items(&[key]) {
                self.refer_to(object, "CONFIGURED_BY", "Secret", secret.get("name"), key)?;
            }
        }
        Ok(())
    }

    /// What an autoscaler scales; KEDA's is a Deployment unless it says otherwise.
    fn scaler(&mut self, object: &Object, key: &'static str) -> Result<(), Problem> {
        let Some(target) = object.at(&["spec", key]) else { return Ok(()) };
        let kind = target.text_at(&["kind"]).unwrap_or_else(|| "Deployment".to_string());
        self.refer_to(object, "SCALES", &kind, target.get("name"), key)
    }

    /// Who gets which rights.
    fn binding(&mut self, object: &Object) -> Result<(), Problem> {
        for subject in object.items(&["subjects"]) {
            let (Some(kind), Some(name)) = (subject.text_at(&["kind"]), subject.get("name")) else { continue };
            let namespace = subject.text_at(&["namespace"]).unwrap_or_else(|| object.namespace.clone());
            let end = self.refer(&kind, &namespace, name.as_str().unwrap_or_default())?;
            self.relate_with(object.thing, "APPLIES_TO", end, &name, [("kind", Value::from("subjects"))])?;
        }
        let Some(role) = object.at(&["roleRef"]) else { return Ok(()) };
        let kind = role.text_at(&["kind"]).unwrap_or_default();
        self.refer_to(object, "DEPENDS_ON", &kind, role.get("name"), "roleRef")
    }

    /// The pods that a policy is about, and those it lets them talk to.
    fn network_policy(&mut self, object: &Object) -> Result<(), Problem> {
        self.label_selector(object, "APPLIES_TO", object.at(&["spec", "podSelector"]))?;
        let directions = [("ingress", "from", "ALLOWS_FROM"), ("egress", "to", "ALLOWS_TO")];
        for (direction, key, relationship_type) in directions {
            for rule in object.items(&["spec", direction]) {
                for peer in rule.get(key).iter().flat_map(|list| list.items()) {
                    self.peer(object, relationship_type, direction, peer)?;
                }
            }
        }
        Ok(())
    }

    fn peer(
        &mut self,
        object: &Object,
        relationship_type: &'static str,
        direction: &'static str,
        peer: &Yaml,
    ) -> Result<(), Problem> {
        if let Some(block) = peer.at(&["ipBlock", "cidr"]) {
            let end = self.outside("Network", block.as_str().unwrap_or_default())?;
            let properties = [("kind", Value::from(direction))];
            return self.relate_with(object.thing, relationship_type, end, &block, properties).map(|_| ());
        }
        let namespace = match peer.get("namespaceSelector") {
            None => object.namespace.clone(),
            Some(selector) => match selector.at(&["matchLabels", "kubernetes.io/metadata.name"]) {
                Some(name) => name.as_str().unwrap_or_default().to_string(),
                None => {
                    let what = "namespaces selected by labels are not followed";
                    let help = "only the label kubernetes.io/metadata.name says which namespace is meant";
                    self.sheet.warn(selector.line(), what, Some(help));
                    return Ok(());
                }
            },
        };
        let selector = peer.get("podSelector");
        let requirements = selector.as_ref().map(selectors::requirements).unwrap_or_default();
        if requirements.is_empty() {
            let end = self.refer("Namespace", "", &namespace)?;
            let properties = [("kind", Value::from(direction))];
            return self.relate_with(object.thing, relationship_type, end, peer, properties).map(|_| ());
        }
        let at = selector.unwrap_or_else(|| peer.clone());
        self.selectors.asked.push(Selector {
            start: object.thing,
            relationship_type,
            kind: direction,
            namespace,
            requirements,
            at,
            is_choice: false,
        });
        Ok(())
    }
}
