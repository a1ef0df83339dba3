//! Workflows and actions of GitHub Actions: jobs, what each needs, and the actions, workflows and images that it uses.
//!
//! Source: "Workflow syntax for GitHub Actions" and "Metadata syntax". A workflow is known by its path; an action by
//! owner, name and version as a package URL (`pkg:githubactions/…`), one of the repository by its folder.

use std::collections::{HashMap, HashSet};

use super::yaml::{self, Yaml};
use super::{Format, Probe, Problem, Sheet, identity};
use crate::facts::ThingId;
use crate::graph::Value;

pub(super) const FORMAT: Format = Format {
    name: "github-actions",
    what: "workflows and composite actions of GitHub Actions",
    made_by: "",
    names: &[".github/workflows/*.yml", ".github/workflows/*.yaml", "action.yml", "action.yaml", "*.yml", "*.yaml"],
    looks_like,
    example: "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n  \
        test:\n    needs: build\n    runs-on: ubuntu-latest\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let is_root = |keys: &[&str]| probe.head.lines().any(|line| keys.iter().any(|key| line.starts_with(key)));
    let is_workflow = is_root(&["on:", "\"on\":", "'on':", "true:"]) && is_root(&["jobs:"]);
    let is_action = is_root(&["runs:"]) && probe.head.lines().any(|line| line.trim_start().starts_with("using:"));
    is_workflow || is_action
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let document = yaml::document(sheet.text)?;
    let root = root(sheet.path).to_string();
    let mut reader = Reader { sheet, root, names: None };
    match document.get("runs") {
        Some(runs) => reader.action(&document, &runs),
        None => reader.workflow(&document),
    }
}

/// The root of the repository that a file lies in, as far as its path tells.
fn root(path: &str) -> &str {
    match path.rfind(".github/") {
        Some(at) => path[..at].trim_end_matches('/'),
        None => path.rsplit_once('/').map_or("", |(folder, _)| folder),
    }
}

/// Conditions with one of these run a job whatever became of those it needs.
const STATUS: [&str; 3] = ["always()", "failure()", "cancelled()"];

struct Reader<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    root: String,
    /// The workflows beside the file, once they are looked up.
    names: Option<HashMap<String, String>>,
}

impl Reader<'_, '_> {
    fn workflow(&mut self, document: &Yaml) -> Result<(), Problem> {
        let jobs = document.get("jobs").filter(Yaml::is_map);
        let Some(jobs) = jobs else {
            return Err(Problem::at(document.line(), "a workflow without a map of `jobs`")
                .help("each job is a key below `jobs:`, indented"));
        };
        let path = self.sheet.path.to_string();
        let workflow = self.workflow_at(&path)?;
        let name = document.get("name");
        let shown = name.as_ref().and_then(|name| name.as_str()).unwrap_or(&path).to_string();
        self.sheet.name(workflow, &shown);
        self.sheet.define(workflow, name.map_or(document.line(), |name| name.line()));
        self.triggers(workflow, document)?;
        for (name, job) in jobs.entries() {
            self.job(workflow, &name, &job)?;
        }
        Ok(())
    }

    fn workflow_at(&mut self, path: &str) -> Result<ThingId, Problem> {
        let workflow = self.sheet.identified(&format!("workflow:{path}"), path)?;
        self.sheet.label(workflow, "Workflow");
        self.sheet.set(workflow, "path", path)?;
        Ok(workflow)
    }

    /// A workflow by its name: the first file beside this one that has it.
    fn workflow_named(&mut self, name: &str) -> Result<ThingId, Problem> {
        let names = match self.names.take() {
            Some(names) => names,
            None => self.names_beside(),
        };
        let path = names.get(name).cloned();
        self.names = Some(names);
        let workflow = match path {
            Some(path) => self.workflow_at(&path)?,
            None => self.sheet.thing(&format!("workflow {name}"))?,
        };
        self.sheet.name(workflow, name);
        self.sheet.label(workflow, "Workflow");
        Ok(workflow)
    }

    /// The paths of the workflows beside the file, by their names.
    fn names_beside(&self) -> HashMap<String, String> {
        let mut names = HashMap::new();
        for file in self.sheet.list(".").iter().filter(|file| file.ends_with(".yml") || file.ends_with(".yaml")) {
            let text = self.sheet.beside(file).unwrap_or_default();
            if let Some(name) = text.lines().find_map(|line| line.strip_prefix("name:")) {
                let name = name.trim().trim_matches(['"', '\'']).to_string();
                names.entry(name).or_insert_with(|| self.sheet.join(file));
            }
        }
        names
    }

    /// What starts a workflow: events, and other workflows when they are completed.
    fn triggers(&mut self, workflow: ThingId, document: &Yaml) -> Result<(), Problem> {
        let Some(on) = document.get("on").or_else(|| document.get("true")) else { return Ok(()) };
        let entries = on.entries();
        let names = entries.iter().map(|(name, _)| name).chain(on.items()).chain(on.as_str().map(|_| &on));
        let events = names.filter_map(|name| name.as_str()).map(Value::from);
        self.sheet.set(workflow, "on", Value::list(events))?;
        for name in on.at(&["workflow_run", "workflows"]).iter().flat_map(|names| names.items()) {
            let Some(text) = name.as_str() else { continue };
            let other = self.workflow_named(text)?;
            self.relate(other, "TRIGGERS", workflow, name, "workflow_run")?;
        }
        Ok(())
    }

    fn job(&mut self, workflow: ThingId, name: &Yaml, job: &Yaml) -> Result<(), Problem> {
        let Some(text) = name.as_str() else { return Ok(()) };
        if !job.is_map() {
            self.sheet.error(name.line(), format!("the job `{text}` is not a map"), None);
            return Ok(());
        }
        let thing = self.job_named(text)?;
        self.sheet.define(thing, name.line());
        for (key, property) in [("name", "title"), ("runs-on", "runs_on"), ("if", "if"), ("environment", "environment")]
        {
            if let Some(value) = job.get(key).and_then(|value| value.as_value()) {
                self.sheet.set(thing, property, value)?;
            }
        }
        self.relate(thing, "PART_OF", workflow, name, "job")?;
        let condition = job.text_at(&["if"]).unwrap_or_default();
        let is_needed = !STATUS.iter().any(|status| condition.contains(status));
        let needs = job.get("needs");
        for need in
            needs.iter().flat_map(|needs| if needs.is_list() { needs.items() } else { std::slice::from_ref(needs) })
        {
            let Some(other) = need.as_str() else { continue };
            let end = self.job_named(other)?;
            let relationship_type = if is_needed { "DEPENDS_ON" } else { "OPTIONALLY_DEPENDS_ON" };
            self.relate(thing, relationship_type, end, need, "needs")?;
        }
        if let Some(uses) = job.get("uses") {
            self.reusable(thing, &uses)?;
        }
        self.images(thing, job)?;
        self.steps(thing, job.get("steps").as_ref())
    }

    fn job_named(&mut self, name: &str) -> Result<ThingId, Problem> {
        let thing = self.sheet.thing(&format!("job {name}"))?;
        self.sheet.name(thing, name);
        self.sheet.label(thing, "Job");
        Ok(thing)
    }

    /// A workflow that a job consists of: `./.github/workflows/x.yml` or `owner/name/.github/workflows/x.yml@v1`.
    fn reusable(&mut self, job: ThingId, uses: &Yaml) -> Result<(), Problem> {
        let Some(text) = uses.as_str() else { return Ok(()) };
        let (path, version) = text.split_once('@').unwrap_or((text, ""));
        let workflow = match path.strip_prefix("./") {
            Some(path) => self.workflow_at(&self.in_repository(path))?,
            None => self.workflow_at(text)?,
        };
        self.sheet.set(workflow, "version", version)?;
        self.relate(job, "DEPENDS_ON", workflow, uses, "uses")
    }

    fn in_repository(&self, path: &str) -> String {
        if self.root.is_empty() { path.to_string() } else { format!("{}/{path}", self.root) }
    }

    /// The container of a job and those beside it.
    fn images(&mut self, job: ThingId, definition: &Yaml) -> Result<(), Problem> {
        let image_of = |container: Yaml| if container.is_map() { container.get("image") } else { Some(container) };
        if let Some(image) = definition.get("container").and_then(image_of) {
            self.image(job, &image, "container")?;
        }
        for (_, service) in definition.get("services").map(|services| services.entries()).unwrap_or_default() {
            if let Some(image) = image_of(service) {
                self.image(job, &image, "services")?;
            }
        }
        Ok(())
    }

    fn image(&mut self, start: ThingId, at: &Yaml, kind: &'static str) -> Result<(), Problem> {
        let Some(text) = at.as_str().map(|text| text.strip_prefix("docker://").unwrap_or(text)) else { return Ok(()) };
        if text.is_empty() {
            return Ok(());
        }
        let image = match text.contains("${{") {
            true => self.sheet.thing(&format!("image {text}"))?,
            false => self.sheet.identified(&identity::image(text), text)?,
        };
        self.sheet.name(image, text);
        self.sheet.label(image, "Image");
        self.relate(start, "USES_IMAGE", image, at, kind)
    }

    /// The actions that steps use, each once; a step that may fail makes its action optional.
    fn steps(&mut self, start: ThingId, steps: Option<&Yaml>) -> Result<(), Problem> {
        let mut stated = HashSet::new();
        for step in steps.iter().flat_map(|steps| steps.items()) {
            self.sheet.tick()?;
            let Some(uses) = step.get("uses") else { continue };
            let Some(text) = uses.as_str().filter(|text| !text.is_empty()) else { continue };
            let may_fail = step.get("continue-on-error").and_then(|value| value.as_bool()) == Some(true);
            if text.starts_with("docker://") {
                self.image(start, &uses, "uses")?;
            } else if stated.insert((text.to_string(), may_fail)) {
                let action = self.action_named(text)?;
                let relationship_type = if may_fail { "OPTIONALLY_DEPENDS_ON" } else { "DEPENDS_ON" };
                self.relate(start, relationship_type, action, &uses, "uses")?;
            }
        }
        Ok(())
    }

    fn action_named(&mut self, text: &str) -> Result<ThingId, Problem> {
        let (path, version) = text.split_once('@').unwrap_or((text, ""));
        let action = match (path.strip_prefix("./"), path.split_once('/')) {
            (Some(path), _) => {
                let folder = self.in_repository(path.trim_end_matches('/'));
                self.sheet.identified(&identity::folder(&folder), &folder)?
            }
            (None, Some((owner, name))) if !version.is_empty() && !text.contains("${{") => {
                let action = self.sheet.identified(&identity::package("githubactions", owner, name, version), path)?;
                self.sheet.set(action, "version", version)?;
                self.sheet.set(action, "ecosystem", "githubactions")?;
                action
            }
            _ => self.sheet.thing(&format!("action {text}"))?,
        };
        self.sheet.label(action, "Action");
        Ok(action)
    }

    /// An action of a repository, by its metadata.
    fn action(&mut self, document: &Yaml, runs: &Yaml) -> Result<(), Problem> {
        let folder = self.sheet.folder().to_string();
        let shown = document.text_at(&["name"]).unwrap_or_else(|| folder.clone());
        let action = self.sheet.identified(&identity::folder(&folder), &shown)?;
        self.sheet.label(action, "Action");
        self.sheet.define(action, document.get("name").map_or(document.line(), |name| name.line()));
        // A local action names others from the root of its repository, which its own path need not tell.
        match (runs.text_at(&["using"]).as_deref(), runs.get("image")) {
            (Some("docker"), Some(image)) if image.as_str().is_some_and(|text| text.starts_with("docker://")) => {
                self.image(action, &image, "using")
            }
            _ => self.steps(action, runs.get("steps").as_ref()),
        }
    }

    fn relate(
        &mut self,
        start: ThingId,
        relationship_type: &'static str,
        end: ThingId,
        at: &Yaml,
        kind: &'static str,
    ) -> Result<(), Problem> {
        let (line, evidence) = (at.line(), self.sheet.line_text(at.line()));
        let relation = self.sheet.relate(start, relationship_type, end, line, evidence)?;
        self.sheet.set_relation(relation, "kind", kind)
    }
}
