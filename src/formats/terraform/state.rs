//! States: `terraform.tfstate` and `terraform show -json`.

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::Problem;
use super::super::json::Json;
use super::{Reader, member};
use crate::facts::ThingId;

const CLOSURE: &str = "a state lists all that a resource needs, directly or not";
const CLOSURE_HELP: &str = "read a plan for the direct needs alone: terraform plan -out p && terraform show -json p";

impl<'a> Reader<'_, 'a> {
    /// The file in which Terraform keeps its state, version 4.
    pub fn state_file(&mut self, members: &[(Cow<'a, str>, Json<'a>)]) -> Result<(), Problem> {
        let mut stated = HashSet::new();
        for resource in member(members, "resources").map(|list| list.items()).unwrap_or_default() {
            let members = resource.members();
            let text = |name: &str| member(&members, name).and_then(|value| value.as_str()).unwrap_or_default();
            let module = Some(text("module")).filter(|module| !module.is_empty()).map(|module| format!("{module}."));
            let data = if text("mode") == "data" { "data." } else { "" };
            let address = format!("{}{data}{}.{}", module.unwrap_or_default(), text("type"), text("name"));
            let provider = text("provider");
            let Some(at) = member(&members, "name") else { continue };
            for instance in member(&members, "instances").map(|list| list.items()).unwrap_or_default() {
                let members = instance.members();
                let key = member(&members, "index_key").map(|key| format!("[{}]", key.text())).unwrap_or_default();
                let thing = self.define(&format!("{address}{key}"), provider_name(&provider), at)?;
                self.names(thing, member(&members, "attributes"))?;
                if member(&members, "status").and_then(|status| status.as_str()).as_deref() == Some("tainted") {
                    self.sheet.set(thing, "tainted", true)?;
                }
                self.needs(&address, member(&members, "dependencies"), &mut stated)?;
            }
        }
        self.outputs(member(members, "outputs"))?;
        self.warn_of_closure(&stated);
        Ok(())
    }

    /// The values of `terraform show -json`.
    pub fn state(&mut self, values: Json<'a>) -> Result<(), Problem> {
        let mut stated = HashSet::new();
        let members = values.members();
        if let Some(root) = member(&members, "root_module") {
            self.instances(root, true, &mut stated)?;
        }
        self.outputs(member(&members, "outputs"))?;
        self.warn_of_closure(&stated);
        Ok(())
    }

    /// The resources of a module and of those inside it; what they need, if that is to be taken from here.
    pub fn instances(
        &mut self,
        module: Json<'a>,
        has_needs: bool,
        stated: &mut HashSet<(ThingId, ThingId)>,
    ) -> Result<(), Problem> {
        let members = module.members();
        for resource in member(&members, "resources").map(|list| list.items()).unwrap_or_default() {
            let members = resource.members();
            let text = |name: &str| member(&members, name).and_then(|value| value.as_str()).unwrap_or_default();
            let address = text("address");
            let Some(at) = member(&members, "address") else { continue };
            let thing = self.define(&address, &text("provider_name"), at)?;
            self.names(thing, member(&members, "values"))?;
            if has_needs {
                self.needs(&address, member(&members, "depends_on"), stated)?;
            }
        }
        let inside = member(&members, "child_modules").map(|list| list.items()).unwrap_or_default();
        inside.into_iter().try_for_each(|module| self.instances(module, has_needs, stated))
    }

    /// The instances of a resource need the same: it is stated once.
    fn needs(
        &mut self,
        address: &str,
        needs: Option<Json<'a>>,
        stated: &mut HashSet<(ThingId, ThingId)>,
    ) -> Result<(), Problem> {
        for need in needs.map(|needs| needs.items()).unwrap_or_default() {
            self.sheet.tick()?;
            let Some(target) = need.as_str() else { continue };
            let (start, end) = (self.resource(address)?, self.resource(&target)?);
            if stated.insert((start, end)) {
                let line = self.sheet.line_of(need.text());
                let relation = self.sheet.relate(start, "DEPENDS_ON", end, line, need.text())?;
                self.sheet.set_relation(relation, "kind", "state")?;
            }
        }
        Ok(())
    }

    /// The values that the root module hands out; a state does not say what they are made of.
    fn outputs(&mut self, outputs: Option<Json<'a>>) -> Result<(), Problem> {
        for (name, value) in outputs.map(|outputs| outputs.members()).unwrap_or_default() {
            self.output(&name, value)?;
        }
        Ok(())
    }

    pub fn output(&mut self, name: &str, at: Json<'a>) -> Result<ThingId, Problem> {
        let thing = self.sheet.thing(&format!("output.{name}"))?;
        self.sheet.label(thing, "Output");
        let line = self.sheet.line_of(at.text());
        self.sheet.define(thing, line);
        Ok(thing)
    }

    fn warn_of_closure(&mut self, stated: &HashSet<(ThingId, ThingId)>) {
        if !stated.is_empty() {
            self.sheet.warn(0, CLOSURE, Some(CLOSURE_HELP));
        }
    }
}

/// `registry.terraform.io/hashicorp/aws` of `module.a.provider["registry.terraform.io/hashicorp/aws"].west`.
fn provider_name(provider: &str) -> &str {
    let inside = provider.split_once("[\"").and_then(|(_, rest)| rest.split_once("\"]"));
    inside.map_or(provider, |(name, _)| name)
}
