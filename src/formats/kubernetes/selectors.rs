//! Selectors: which workloads have the labels that a Service, a budget or a policy asks for.

use std::collections::{HashMap, HashSet};

use super::super::Problem;
use super::super::yaml::Yaml;
use super::{Object, Reader};
use crate::facts::ThingId;
use crate::graph::Value;

/// Everything in the file that selects or can be selected.
#[derive(Default)]
pub(super) struct Selectors {
    pub asked: Vec<Selector>,
    workloads: Vec<Workload>,
    by_label: HashMap<(String, String, String), Vec<usize>>,
    by_namespace: HashMap<String, Vec<usize>>,
}

pub(super) struct Selector {
    pub start: ThingId,
    pub relationship_type: &'static str,
    /// Which part of the object selects.
    pub kind: &'static str,
    pub namespace: String,
    pub requirements: Vec<Requirement>,
    pub at: Yaml,
    /// Whether one of those selected is enough.
    pub is_choice: bool,
}

struct Workload {
    /// Kind, namespace and name.
    own: (String, String, String),
    labels: HashMap<String, String>,
    /// Kind and name of the object that controls it.
    owner: Option<(String, String)>,
}

pub(super) struct Requirement {
    pub key: String,
    pub values: Vec<String>,
    operator: Operator,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

impl Requirement {
    fn holds(&self, labels: &HashMap<String, String>) -> bool {
        let value = labels.get(&self.key);
        match self.operator {
            Operator::In => value.is_some_and(|value| self.values.contains(value)),
            // The API reference: an absent label is not in any set.
            Operator::NotIn => value.is_none_or(|value| !self.values.contains(value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }

    /// The one label that it asks for.
    pub fn label(&self) -> Option<(&str, &str)> {
        match (self.operator, &self.values[..]) {
            (Operator::In, [value]) => Some((&self.key, value)),
            _ => None,
        }
    }
}

fn labels(map: &Yaml) -> impl Iterator<Item = (String, String)> {
    map.entries().into_iter().filter_map(|(key, value)| Some((key.as_str()?.to_string(), value.as_str()?.to_string())))
}

/// The requirements of a map of labels.
fn equal(map: &Yaml) -> Vec<Requirement> {
    labels(map).map(|(key, value)| Requirement { key, values: vec![value], operator: Operator::In }).collect()
}

/// The requirements of a LabelSelector.
pub(super) fn requirements(selector: &Yaml) -> Vec<Requirement> {
    let mut all = selector.get("matchLabels").map(|map| equal(&map)).unwrap_or_default();
    for expression in selector.get("matchExpressions").iter().flat_map(|list| list.items()) {
        let operator = match expression.text_at(&["operator"]).as_deref() {
            Some("In") => Operator::In,
            Some("NotIn") => Operator::NotIn,
            Some("Exists") => Operator::Exists,
            Some("DoesNotExist") => Operator::DoesNotExist,
            _ => continue,
        };
        let key = expression.text_at(&["key"]).unwrap_or_default();
        let values = expression.get("values");
        let values = values.iter().flat_map(|list| list.items()).filter_map(|value| value.as_str());
        all.push(Requirement { key, values: values.map(str::to_string).collect(), operator });
    }
    all
}

impl Reader<'_, '_> {
    /// Notes a workload with the labels of its pods.
    pub fn add_workload(
        &mut self,
        own: (String, String, String),
        object: &Yaml,
        template: &Yaml,
    ) -> Result<(), Problem> {
        let pods = template.at(&["metadata", "labels"]);
        let labels: HashMap<String, String> = pods.iter().flat_map(labels).collect();
        self.sheet.charge(labels.iter().map(|(key, value)| 2 * (key.len() + value.len()) + 128).sum())?;
        let owners = object.at(&["metadata", "ownerReferences"]);
        let mut owners = owners.iter().flat_map(|owners| owners.items());
        let owner = owners.find(|owner| owner.get("controller").and_then(|value| value.as_bool()) != Some(false));
        let owner = owner.and_then(|owner| Some((owner.text_at(&["kind"])?, owner.text_at(&["name"])?)));
        let number = self.selectors.workloads.len();
        for (key, value) in &labels {
            let key = (own.1.clone(), key.clone(), value.clone());
            self.selectors.by_label.entry(key).or_default().push(number);
        }
        self.selectors.by_namespace.entry(own.1.clone()).or_default().push(number);
        self.selectors.workloads.push(Workload { own, labels, owner });
        Ok(())
    }

    /// A Service hands each request to one of the pods it selects: several workloads are alternatives.
    pub fn service_selector(&mut self, object: &Object) {
        let Some(map) = object.at(&["spec", "selector"]).filter(|map| map.is_map()) else { return };
        let requirements = equal(&map);
        if !requirements.is_empty() {
            self.selectors.asked.push(Selector {
                start: object.thing,
                relationship_type: "SELECTS",
                kind: "selector",
                namespace: object.namespace.clone(),
                requirements,
                at: map,
                is_choice: true,
            });
        }
    }

    /// A LabelSelector of an object; one that asks for nothing selects all of the namespace.
    pub fn label_selector(
        &mut self,
        object: &Object,
        relationship_type: &'static str,
        selector: Option<Yaml>,
    ) -> Result<(), Problem> {
        let Some(selector) = selector else { return Ok(()) };
        let requirements = requirements(&selector);
        if requirements.is_empty() {
            let namespace = self.refer("Namespace", "", &object.namespace)?;
            return self.relate(object.thing, relationship_type, namespace, &selector).map(|_| ());
        }
        self.selectors.asked.push(Selector {
            start: object.thing,
            relationship_type,
            kind: "selector",
            namespace: object.namespace.clone(),
            requirements,
            at: selector,
            is_choice: false,
        });
        Ok(())
    }

    /// Relates each selector to the workloads whose pods have its labels.
    pub fn select(&mut self) -> Result<(), Problem> {
        for selector in std::mem::take(&mut self.selectors.asked) {
            let found = self.selected(&selector)?;
            if found.is_empty() && selector.is_choice {
                let labels: Vec<_> = selector.requirements.iter().filter_map(|one| one.label()).collect();
                let labels: Vec<_> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
                let what = format!("no pods of this file or those beside it have the labels {}", labels.join(","));
                self.sheet.warn(selector.at.line(), what, Some("read the files of a namespace as one stream"));
            }
            let is_choice = selector.is_choice && found.len() > 1;
            let any_of = if is_choice { Value::from(selector.kind) } else { Value::Null };
            let at = selector.at.entries().first().map_or(selector.at.clone(), |(key, _)| key.clone());
            for (kind, namespace, name) in found {
                let end = self.refer(&kind, &namespace, &name)?;
                let properties = [("kind", Value::from(selector.kind)), ("any_of", any_of.clone())];
                self.relate_with(selector.start, selector.relationship_type, end, &at, properties)?;
            }
        }
        Ok(())
    }

    /// The workloads that fit, without those that another of them controls: a ReplicaSet beside its Deployment.
    fn selected(&self, selector: &Selector) -> Result<Vec<(String, String, String)>, Problem> {
        let selectors = &self.selectors;
        let lists = selector.requirements.iter().filter_map(|requirement| requirement.label()).map(|(key, value)| {
            let key = (selector.namespace.clone(), key.to_string(), value.to_string());
            selectors.by_label.get(&key).map_or(&[][..], |list| list)
        });
        let all = selectors.by_namespace.get(&selector.namespace).map_or(&[][..], |list| list);
        let candidates = lists.min_by_key(|list| list.len()).unwrap_or(all);
        let mut found: Vec<&Workload> = Vec::new();
        for number in candidates {
            self.sheet.tick()?;
            let workload = &selectors.workloads[*number];
            if selector.requirements.iter().all(|requirement| requirement.holds(&workload.labels)) {
                found.push(workload);
            }
        }
        let names: HashSet<(&str, &str)> = found.iter().map(|workload| (&*workload.own.0, &*workload.own.2)).collect();
        let is_root = |workload: &&&Workload| {
            workload.owner.as_ref().is_none_or(|(kind, name)| !names.contains(&(&**kind, &**name)))
        };
        let mut stated = HashSet::new();
        let roots = found.iter().filter(is_root).map(|workload| &workload.own);
        Ok(roots.filter(|own| stated.insert(*own)).cloned().collect())
    }
}
