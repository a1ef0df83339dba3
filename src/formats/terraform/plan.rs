//! Plans: what is going to be, and the configuration that says why.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::super::Problem;
use super::super::json::Json;
use super::references::{Configuration, Target};
use super::{Reader, address, member};
use crate::facts::ThingId;
use crate::graph::Value;

const LOCALS_HELP: &str = "a plan does not hold local values: `terraform graph` draws what they refer to";

impl<'a> Reader<'_, 'a> {
    pub fn plan(&mut self, members: &[(Cow<'a, str>, Json<'a>)]) -> Result<(), Problem> {
        let mut none = HashSet::new();
        for values in
            [member(members, "planned_values"), member(members, "prior_state").and_then(|state| state.get("values"))]
        {
            if let Some(root) = values.and_then(|values| values.get("root_module")) {
                self.instances(root, false, &mut none)?;
            }
        }
        for change in member(members, "resource_changes").map(|list| list.items()).unwrap_or_default() {
            self.change(change)?;
        }
        let Some(configuration) = member(members, "configuration") else {
            self.sheet.warn(0, "a plan without its configuration", Some("what its resources need is not known"));
            return Ok(());
        };
        self.configuration(configuration)
    }

    /// What is going to happen to a resource; nothing for most.
    fn change(&mut self, change: Json<'a>) -> Result<(), Problem> {
        let members = change.members();
        let text = |name: &str| member(&members, name).and_then(|value| value.as_str()).unwrap_or_default();
        let actions = member(&members, "change").and_then(|change| change.get("actions")?.as_value());
        let Some(at) = member(&members, "address") else { return Ok(()) };
        let thing = self.define(&text("address"), &text("provider_name"), at)?;
        match actions {
            Some(actions) if actions != Value::list([Value::from("no-op")]) => {
                self.sheet.set(thing, "actions", actions)
            }
            _ => Ok(()),
        }
    }

    fn configuration(&mut self, json: Json<'a>) -> Result<(), Problem> {
        let Some(root) = json.get("root_module") else { return Ok(()) };
        let providers: HashMap<String, String> = json
            .get("provider_config")
            .map(|configured| configured.members())
            .unwrap_or_default()
            .into_iter()
            .map(|(key, value)| {
                (key.to_string(), value.get("full_name").and_then(|name| name.as_str()).unwrap_or_default().to_string())
            })
            .collect();
        let mut configuration = Configuration::of(root);
        for number in 0..configuration.modules.len() {
            self.sheet.tick()?;
            self.module_call(&mut configuration, number)?;
            for resource in configuration.modules[number].resources.clone() {
                self.configured(&mut configuration, number, resource, &providers)?;
            }
        }
        for (name, output) in configuration.modules.first().map(|root| root.outputs.clone()).unwrap_or_default() {
            let thing = self.output(&name, output)?;
            self.refer(&mut configuration, 0, thing, "output", output)?;
        }
        self.members(&configuration)?;
        let locals = configuration.locals;
        if locals > 0 {
            let what = format!("{locals} references to local values lead no further");
            self.sheet.warn(0, what, Some(LOCALS_HELP));
        }
        if configuration.is_cut {
            self.sheet.warn(0, "references through more modules than are followed", None);
        }
        Ok(())
    }

    /// A module, with what its call waits for.
    fn module_call(&mut self, configuration: &mut Configuration<'a>, number: usize) -> Result<(), Problem> {
        let module = &configuration.modules[number];
        let Some(call) = module.call else { return Ok(()) };
        let (path, parent) = (module.path.clone(), module.parent);
        let members = call.members();
        let at = member(&members, "source").unwrap_or(call);
        let line = self.sheet.line_of(at.text());
        let thing = self.module(&path, line, at.text())?;
        for (key, property) in [("source", "source"), ("version_constraint", "version")] {
            if let Some(value) = member(&members, key).and_then(|value| value.as_value()) {
                self.sheet.set(thing, property, value)?;
            }
        }
        for key in ["depends_on", "count_expression", "for_each_expression"] {
            if let Some(value) = member(&members, key) {
                self.refer(configuration, parent, thing, key, value)?;
            }
        }
        Ok(())
    }

    fn configured(
        &mut self,
        configuration: &mut Configuration<'a>,
        module: usize,
        resource: Json<'a>,
        providers: &HashMap<String, String>,
    ) -> Result<(), Problem> {
        let members = resource.members();
        let text = |name: &str| member(&members, name).and_then(|value| value.as_str()).unwrap_or_default();
        let Some(at) = member(&members, "address") else { return Ok(()) };
        let address = configuration.modules[module].address(&text("address"));
        let provider = providers.get(&*text("provider_config_key")).map_or("", |name| name);
        self.define(&address, provider, at)?;
        let thing = self.resource(&address)?;
        for (argument, expression) in member(&members, "expressions").map(|all| all.members()).unwrap_or_default() {
            self.refer(configuration, module, thing, &argument, expression)?;
        }
        for key in ["depends_on", "count_expression", "for_each_expression", "provisioners"] {
            if let Some(value) = member(&members, key) {
                self.refer(configuration, module, thing, key, value)?;
            }
        }
        Ok(())
    }

    /// A module that others wait for as a whole needs all that is in it.
    fn members(&mut self, configuration: &Configuration<'a>) -> Result<(), Problem> {
        for module in &configuration.modules {
            let mut around = Some(&*module.path).filter(|path| !path.is_empty());
            while let Some(path) = around {
                for at in module
                    .resources
                    .iter()
                    .filter_map(|one| one.get("address"))
                    .filter(|_| configuration.whole.contains(path))
                {
                    let line = self.sheet.line_of(at.text());
                    let start = self.module(path, line, at.text())?;
                    let end = self.resource(&module.address(&at.as_str().unwrap_or_default()))?;
                    let relation = self.sheet.relate(start, "DEPENDS_ON", end, line, at.text())?;
                    self.sheet.set_relation(relation, "kind", "member")?;
                }
                around = address::module_of(path);
            }
        }
        Ok(())
    }

    /// States what an expression of a module refers to, each target once.
    fn refer(
        &mut self,
        configuration: &mut Configuration<'a>,
        module: usize,
        start: ThingId,
        argument: &str,
        expression: Json<'a>,
    ) -> Result<(), Problem> {
        let mut stated = HashSet::new();
        for (target, at) in configuration.targets(self.sheet, module, expression)? {
            let Target { address, is_module, through } = target;
            let line = self.sheet.line_of(at.text());
            // What one instance needs is stated of the resource: so the resource is the end, too.
            let end = match is_module {
                true => self.module(&address, line, at.text())?,
                false => self.resource(&address)?,
            };
            if is_module {
                configuration.whole.insert(address.clone());
            }
            if end == start || !stated.insert(end) {
                continue;
            }
            let relation = self.sheet.relate(start, "DEPENDS_ON", end, line, at.text())?;
            let kind = if argument == "depends_on" { "depends_on" } else { "reference" };
            self.sheet.set_relation(relation, "kind", kind)?;
            self.sheet.set_relation(relation, "argument", argument)?;
            self.sheet.set_relation(relation, "through", through)?;
            if address.ends_with(']') {
                self.sheet.set_relation(relation, "instance", address)?;
            }
        }
        Ok(())
    }
}
