//! Who hands requests to which service: Ingress, the Gateway API, webhooks.

use super::super::Problem;
use super::super::yaml::Yaml;
use super::{Object, Reader};
use crate::graph::Value;

impl Reader<'_, '_> {
    pub fn ingress(&mut self, object: &Object) -> Result<(), Problem> {
        let spec = |key: &str| object.at(&["spec", key]);
        // `backend`, `serviceName` and `servicePort` are those of v1beta1.
        for backend in [spec("defaultBackend"), spec("backend")].into_iter().flatten() {
            self.backend(object, &backend, Value::Null, Value::Null)?;
        }
        for rule in object.items(&["spec", "rules"]) {
            let host = rule.get("host").and_then(|host| host.as_value()).unwrap_or(Value::Null);
            for path in rule.at(&["http", "paths"]).iter().flat_map(|paths| paths.items()) {
                let written = path.get("path").and_then(|path| path.as_value()).unwrap_or(Value::Null);
                if let Some(backend) = path.get("backend") {
                    self.backend(object, &backend, host.clone(), written)?;
                }
            }
        }
        for tls in object.items(&["spec", "tls"]) {
            self.refer_to(object, "CONFIGURED_BY", "Secret", tls.get("secretName"), "tls")?;
        }
        let annotation = object.at(&["metadata", "annotations", "kubernetes.io/ingress.class"]);
        let class = spec("ingressClassName").or(annotation);
        self.refer_to(object, "DEPENDS_ON", "IngressClass", class, "ingressClassName")
    }

    fn backend(&mut self, object: &Object, backend: &Yaml, host: Value, path: Value) -> Result<(), Problem> {
        let resource = backend.get("resource");
        let service = backend.at(&["service", "name"]).or_else(|| backend.get("serviceName"));
        let (kind, name) = match &resource {
            Some(resource) => (resource.text_at(&["kind"]).unwrap_or_default(), resource.get("name")),
            None => ("Service".to_string(), service),
        };
        let Some(at) = name else { return Ok(()) };
        let end = self.refer(&kind, &object.namespace, at.as_str().unwrap_or_default())?;
        let ports = [&["service", "port", "number"][..], &["service", "port", "name"], &["servicePort"]];
        let port = ports.iter().find_map(|path| backend.at(path)?.as_value()).unwrap_or(Value::Null);
        let properties = [("host", host), ("path", path), ("port", port)];
        self.relate_with(object.thing, "ROUTES_TO", end, &at, properties).map(|_| ())
    }

    pub fn parameters(&mut self, object: &Object) -> Result<(), Problem> {
        let Some(parameters) = object.at(&["spec", "parameters"]) else { return Ok(()) };
        let Some(name) = parameters.get("name") else { return Ok(()) };
        let kind = parameters.text_at(&["kind"]).unwrap_or_default();
        let namespace = parameters.text_at(&["namespace"]).unwrap_or_default();
        let end = self.refer(&kind, &namespace, name.as_str().unwrap_or_default())?;
        self.relate_with(object.thing, "CONFIGURED_BY", end, &name, [("kind", Value::from("parameters"))]).map(|_| ())
    }

    pub fn gateway(&mut self, object: &Object) -> Result<(), Problem> {
        let class = object.at(&["spec", "gatewayClassName"]);
        self.refer_to(object, "DEPENDS_ON", "GatewayClass", class, "gatewayClassName")?;
        for listener in object.items(&["spec", "listeners"]) {
            for certificate in listener.at(&["tls", "certificateRefs"]).iter().flat_map(|list| list.items()) {
                self.reference(object, "CONFIGURED_BY", certificate, "Secret", "certificateRefs", false)?;
            }
        }
        Ok(())
    }

    /// A route of the Gateway API: its gateways hand requests to it, and it to its backends.
    pub fn route(&mut self, object: &Object) -> Result<(), Problem> {
        for parent in object.items(&["spec", "parentRefs"]) {
            self.reference(object, "ROUTES_TO", &parent, "Gateway", "parentRefs", true)?;
        }
        for rule in object.items(&["spec", "rules"]) {
            for backend in rule.get("backendRefs").iter().flat_map(|list| list.items()) {
                self.reference(object, "ROUTES_TO", backend, "Service", "backendRefs", false)?;
            }
            for filter in rule.get("filters").iter().flat_map(|list| list.items()) {
                if let Some(mirror) = filter.at(&["requestMirror", "backendRef"]) {
                    self.reference(object, "USES", &mirror, "Service", "requestMirror", false)?;
                }
            }
        }
        Ok(())
    }

    /// A reference of the Gateway API, turned round if the other end is the one that acts.
    fn reference(
        &mut self,
        object: &Object,
        relationship_type: &'static str,
        reference: &Yaml,
        default: &str,
        why: &'static str,
        is_turned: bool,
    ) -> Result<(), Problem> {
        let Some(at) = reference.get("name") else { return Ok(()) };
        let kind = reference.text_at(&["kind"]).unwrap_or_else(|| default.to_string());
        let namespace = reference.text_at(&["namespace"]).unwrap_or_else(|| object.namespace.clone());
        let other = self.refer(&kind, &namespace, at.as_str().unwrap_or_default())?;
        let (start, end) = if is_turned { (other, object.thing) } else { (object.thing, other) };
        let value = |key: &str| reference.get(key).and_then(|value| value.as_value()).unwrap_or(Value::Null);
        let properties = [("kind", Value::from(why)), ("port", value("port")), ("weight", value("weight"))];
        self.relate_with(start, relationship_type, end, &at, properties).map(|_| ())
    }

    /// The services that the cluster's API asks; one whose failure is ignored is optional.
    pub fn webhooks(&mut self, object: &Object) -> Result<(), Problem> {
        for webhook in object.items(&["webhooks"]) {
            let is_optional = webhook.text_at(&["failurePolicy"]).as_deref() == Some("Ignore");
            self.asked(object, webhook.at(&["clientConfig", "service"]), "webhook", is_optional)?;
        }
        Ok(())
    }

    pub fn asked(
        &mut self,
        object: &Object,
        service: Option<Yaml>,
        why: &'static str,
        is_optional: bool,
    ) -> Result<(), Problem> {
        let Some(service) = service else { return Ok(()) };
        let Some(at) = service.get("name") else { return Ok(()) };
        let namespace = service.text_at(&["namespace"]).unwrap_or_else(|| "default".to_string());
        let end = self.refer("Service", &namespace, at.as_str().unwrap_or_default())?;
        let relationship_type = if is_optional { "OPTIONALLY_DEPENDS_ON" } else { "DEPENDS_ON" };
        self.relate_with(object.thing, relationship_type, end, &at, [("kind", Value::from(why))]).map(|_| ())
    }
}
