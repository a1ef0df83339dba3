//! References of a configuration, followed through the variables and outputs of modules to resources.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::json::Json;
use super::super::{Problem, Sheet};
use super::{address, member};

/// Chains of variables and outputs longer than this are cut, with a warning.
const DEEPEST: usize = 64;

/// What a reference leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub address: String,
    pub is_module: bool,
    /// The variable or output that leads there; empty if the reference names it itself.
    pub through: String,
}

pub(super) struct Module<'a> {
    /// `module.a.module.b`; empty for the root.
    pub path: String,
    pub parent: usize,
    pub call: Option<Json<'a>>,
    pub resources: Vec<Json<'a>>,
    pub outputs: Vec<(String, Json<'a>)>,
    /// What the call sets the variables to.
    arguments: HashMap<String, Json<'a>>,
    output_places: HashMap<String, usize>,
    calls: HashMap<String, usize>,
}

impl Module<'_> {
    pub fn address(&self, own: &str) -> String {
        if self.path.is_empty() { own.to_string() } else { format!("{}.{own}", self.path) }
    }
}

pub(super) struct Configuration<'a> {
    /// The root first.
    pub modules: Vec<Module<'a>>,
    /// How many references to local values were met.
    pub locals: usize,
    /// Whether a chain was too long.
    pub is_cut: bool,
    /// Modules that something waits for as a whole.
    pub whole: HashSet<String>,
    /// What variables and outputs lead to; `None` while that is being found.
    known: HashMap<(usize, String), Option<Rc<[Target]>>>,
}

impl<'a> Configuration<'a> {
    pub fn of(root: Json<'a>) -> Configuration<'a> {
        let mut configuration = Configuration {
            modules: Vec::new(),
            locals: 0,
            is_cut: false,
            whole: HashSet::new(),
            known: HashMap::new(),
        };
        configuration.add(root, String::new(), 0, None);
        configuration
    }

    /// Adds a module and those that it calls; the depth is that of the JSON, which is bounded.
    fn add(&mut self, json: Json<'a>, path: String, parent: usize, call: Option<Json<'a>>) -> usize {
        let members = json.members();
        let outputs: Vec<(String, Json<'a>)> = member(&members, "outputs")
            .map(|outputs| outputs.members())
            .unwrap_or_default()
            .into_iter()
            .map(|(name, output)| (name.to_string(), output))
            .collect();
        let arguments = call.and_then(|call| call.get("expressions")).map(|all| all.members()).unwrap_or_default();
        let number = self.modules.len();
        self.modules.push(Module {
            path: path.clone(),
            parent,
            call,
            resources: member(&members, "resources").map(|list| list.items()).unwrap_or_default(),
            output_places: outputs.iter().enumerate().map(|(at, (name, _))| (name.clone(), at)).collect(),
            outputs,
            arguments: arguments.into_iter().map(|(name, value)| (name.to_string(), value)).collect(),
            calls: HashMap::new(),
        });
        for (name, call) in member(&members, "module_calls").map(|calls| calls.members()).unwrap_or_default() {
            let Some(module) = call.get("module") else { continue };
            let inside = self.modules[number].address(&format!("module.{name}"));
            let called = self.add(module, inside, number, Some(call));
            self.modules[number].calls.insert(name.to_string(), called);
        }
        number
    }

    /// What an expression refers to, in the order written, each with the list that says so.
    pub fn targets(
        &mut self,
        sheet: &Sheet,
        module: usize,
        expression: Json<'a>,
    ) -> Result<Vec<(Target, Json<'a>)>, Problem> {
        self.follow_all(sheet, module, expression, DEEPEST)
    }

    fn follow_all(
        &mut self,
        sheet: &Sheet,
        module: usize,
        expression: Json<'a>,
        depth: usize,
    ) -> Result<Vec<(Target, Json<'a>)>, Problem> {
        let mut lists = Vec::new();
        references(expression, &mut lists);
        let mut targets = Vec::new();
        for (at, list) in lists {
            let mut before: Option<String> = None;
            for reference in list {
                sheet.tick()?;
                // `a.b[0].id` is followed by `a.b[0]` and `a.b`, which say no more.
                let is_prefix = before.as_ref().is_some_and(|before| is_prefix(&reference, before));
                if !is_prefix {
                    let found = self.follow(sheet, module, &reference, depth)?;
                    targets.extend(found.into_iter().map(|target| (target, at)));
                    before = Some(reference);
                }
            }
        }
        Ok(targets)
    }

    fn follow(&mut self, sheet: &Sheet, module: usize, reference: &str, depth: usize) -> Result<Vec<Target>, Problem> {
        let parts = address::parts(reference);
        match parts[..] {
            ["local", ..] => {
                self.locals += 1;
                Ok(Vec::new())
            }
            ["each" | "count" | "path" | "self" | "terraform", ..] => Ok(Vec::new()),
            ["var", name, ..] => self.variable(sheet, module, &address::without_keys(name), depth),
            ["module", name, output, ..] => {
                let (name, output) = (address::without_keys(name), address::without_keys(output));
                self.output(sheet, module, &name, &output, depth)
            }
            ["module", name] => {
                let path = self.modules[module].address(&format!("module.{}", address::without_keys(name)));
                Ok(vec![Target { address: path, is_module: true, through: String::new() }])
            }
            ["data" | "ephemeral", kind, name, ..] => {
                Ok(vec![self.named(module, &format!("{}.{kind}.{name}", parts[0]))])
            }
            [kind, name, ..] => Ok(vec![self.named(module, &format!("{kind}.{name}"))]),
            _ => Ok(Vec::new()),
        }
    }

    fn named(&self, module: usize, own: &str) -> Target {
        Target { address: self.modules[module].address(own), is_module: false, through: String::new() }
    }

    /// What the caller of a module sets a variable to; those of the root are set by people.
    fn variable(&mut self, sheet: &Sheet, module: usize, name: &str, depth: usize) -> Result<Vec<Target>, Problem> {
        let parent = self.modules[module].parent;
        let Some(argument) = self.modules[module].arguments.get(name).copied() else { return Ok(Vec::new()) };
        let through = format!("{}.var.{name}", self.modules[module].path);
        self.remembered(sheet, module, through, parent, argument, depth)
    }

    fn output(
        &mut self,
        sheet: &Sheet,
        module: usize,
        name: &str,
        output: &str,
        depth: usize,
    ) -> Result<Vec<Target>, Problem> {
        let path = self.modules[module].address(&format!("module.{name}"));
        let called = self.modules[module].calls.get(name).copied();
        let found = called.and_then(|called| {
            let inside = &self.modules[called];
            Some((called, inside.outputs[*inside.output_places.get(output)?].1))
        });
        match found {
            Some((called, expression)) => {
                self.remembered(sheet, called, format!("{path}.{output}"), called, expression, depth)
            }
            None => Ok(vec![Target { address: path, is_module: true, through: String::new() }]),
        }
    }

    /// Follows an expression of a module once for all references that lead through it.
    fn remembered(
        &mut self,
        sheet: &Sheet,
        owner: usize,
        through: String,
        module: usize,
        expression: Json<'a>,
        depth: usize,
    ) -> Result<Vec<Target>, Problem> {
        let key = (owner, through.clone());
        if let Some(known) = self.known.get(&key) {
            // Nothing while it is being found: a circle, which Terraform itself refuses.
            return Ok(known.iter().flat_map(|targets| targets.iter().cloned()).collect());
        }
        if depth == 0 {
            self.is_cut = true;
            return Ok(Vec::new());
        }
        self.known.insert(key.clone(), None);
        let mut targets: Vec<Target> = Vec::new();
        let mut seen = HashSet::new();
        for (target, _) in self.follow_all(sheet, module, expression, depth - 1)? {
            if seen.insert(target.address.clone()) {
                sheet.charge(target.address.len() + through.len() + size_of::<Target>())?;
                targets.push(Target { through: through.clone(), ..target });
            }
        }
        self.known.insert(key, Some(targets.clone().into()));
        Ok(targets)
    }
}

/// Whether a reference is the beginning of another.
fn is_prefix(reference: &str, other: &str) -> bool {
    other.strip_prefix(reference).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// All lists of references in an expression, and the one it is itself.
fn references<'a>(expression: Json<'a>, lists: &mut Vec<(Json<'a>, Vec<String>)>) {
    if expression.is_array() {
        let items = expression.items();
        let texts: Vec<String> = items.iter().filter_map(|item| item.as_str()).map(|text| text.to_string()).collect();
        if texts.len() == items.len() {
            lists.push((expression, texts));
        } else {
            items.into_iter().for_each(|item| references(item, lists));
        }
        return;
    }
    for (key, value) in expression.members() {
        // A constant may hold anything, even what looks like a reference.
        if key != "constant_value" {
            references(value, lists);
        }
    }
}
