//! Pipelines of GitLab CI: jobs in their stages, what each needs, extends and uses.
//!
//! Source: GitLab's "CI/CD YAML syntax reference". Local files that a pipeline includes are looked up for the jobs that
//! others extend. A stage stands for the success of its jobs, so that the order of stages is a chain of needs. Jobs are
//! one across the files of a pipeline, by the folder of its `.gitlab-ci.yml` and their name.

mod jobs;
mod sources;

use std::collections::HashSet;

use super::yaml::{self, Yaml};
use super::{Format, Probe, Problem, Sheet, identity};
use crate::facts::{RelationId, ThingId};
use crate::graph::Value;
use sources::{Place, Sources};

pub(super) const FORMAT: Format = Format {
    name: "gitlab-ci",
    what: "pipelines of GitLab CI",
    made_by: "",
    names: &[".gitlab-ci.yml", ".gitlab-ci.yaml", "*gitlab-ci*.yml", ".gitlab/ci/*.yml", "*.yml", "*.yaml"],
    looks_like,
    example: "stages: [build, test]\nbuild:\n  stage: build\n  image: rust:1\n  script: make\ntest:\n  needs: [build]\n  \
        script: make test\n",
    read,
};

/// Keys at the root that are no jobs.
const GLOBAL: [&str; 13] = [
    "default",
    "include",
    "stages",
    "types",
    "variables",
    "workflow",
    "spec",
    "image",
    "services",
    "before_script",
    "after_script",
    "cache",
    "$schema",
];

/// In a file named so, a map; in others, stages and jobs with a `script` at the root.
fn looks_like(probe: &Probe) -> bool {
    if FORMAT.names[..3].iter().any(|name| probe.is_named(name)) {
        return probe.lines().any(|line| line.contains(':'));
    }
    let inside = |key: &str| probe.head.lines().any(|line| line.starts_with(' ') && line.trim_start().starts_with(key));
    let at_root = |key: &str| probe.head.lines().any(|line| line.starts_with(key));
    let is_foreign = at_root("jobs:") || at_root("on:") || at_root("language:") || at_root("apiVersion:");
    let is_job = inside("script:") || inside("trigger:");
    let is_included = probe.is_named(FORMAT.names[3]) && (is_job || inside("extends:") || inside("rules:"));
    is_included || (is_job && at_root("stages:") && !is_foreign)
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let (documents, problem) = yaml::documents(sheet.text);
    if let Some(problem) = problem {
        return Err(problem);
    }
    // A file with inputs has its header in a document of its own.
    let Some(document) = documents.last().filter(|document| document.is_map()) else {
        return Err(Problem::at(1, "not a map of jobs"));
    };
    let root = root(sheet);
    let sources = Sources::of(sheet, document, &root)?;
    let mut reader = Reader { sheet, root, sources, ordered: HashSet::new() };
    reader.includes(document)?;
    reader.stages(document)?;
    for (name, job) in document.entries() {
        reader.job(&name, &job)?;
    }
    Ok(())
}

/// The way from the file's folder up to the pipeline's, `""` or `../` or `../../` …
fn root(sheet: &Sheet) -> String {
    const MOST: usize = 8;
    let ups = (0..MOST).map(|up| "../".repeat(up)).take_while(|up| !sheet.join(&format!("{up}x")).starts_with("../"));
    let found = ups.clone().find(|up| sheet.beside(&format!("{up}.gitlab-ci.yml")).is_some());
    let is_main = sheet.file_name() == ".gitlab-ci.yml";
    if is_main { String::new() } else { found.unwrap_or_default() }
}

struct Reader<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    /// The way to the folder of the pipeline.
    root: String,
    sources: Sources,
    /// Pairs of stages whose order was stated.
    ordered: HashSet<(ThingId, ThingId)>,
}

impl Reader<'_, '_> {
    /// The identity of a job or stage of this pipeline.
    fn scoped(&self, name: &str) -> String {
        let folder = self.sheet.join(&format!("{}x", self.root));
        let folder = folder.rsplit_once('/').map_or(".", |(folder, _)| folder);
        format!("gitlab-ci:{folder}/{name}")
    }

    fn job_named(&mut self, name: &str) -> Result<ThingId, Problem> {
        let thing = self.sheet.identified(&self.scoped(&format!("job/{name}")), name)?;
        self.sheet.label(thing, if name.starts_with('.') { "Template" } else { "Job" });
        Ok(thing)
    }

    fn stage_named(&mut self, name: &str) -> Result<ThingId, Problem> {
        let thing = self.sheet.identified(&self.scoped(&format!("stage/{name}")), name)?;
        self.sheet.label(thing, "Stage");
        Ok(thing)
    }

    /// A configuration file of this repository.
    fn pipeline(&mut self, path: &str) -> Result<ThingId, Problem> {
        let thing = self.sheet.identified(&format!("file:{path}"), path)?;
        self.sheet.label(thing, "Pipeline");
        Ok(thing)
    }

    /// A file, job or project of another repository.
    fn outside(&mut self, label: &'static str, name: &str) -> Result<ThingId, Problem> {
        let thing = self.sheet.thing(&format!("{label} {name}"))?;
        self.sheet.name(thing, name);
        self.sheet.label(thing, label);
        Ok(thing)
    }

    /// What the file includes: files here by their path, others by what finds them.
    fn includes(&mut self, document: &Yaml) -> Result<(), Problem> {
        let Some(include) = document.get("include") else { return Ok(()) };
        let path = self.sheet.path.to_string();
        let start = self.pipeline(&path)?;
        self.sheet.define(start, include.line());
        for item in sources::listed(&include) {
            self.included(start, "DEPENDS_ON", "include", &item)?;
        }
        Ok(())
    }

    /// Relates to the configuration that an item of `include` names.
    fn included(
        &mut self,
        start: ThingId,
        relationship_type: &'static str,
        kind: &'static str,
        item: &Yaml,
    ) -> Result<(), Problem> {
        let local = item.text_at(&["local"]).or_else(|| item.as_str().map(str::to_string));
        let place = self.here(item);
        if let Some(local) = local.filter(|local| !local.contains("://")) {
            let path = self.sheet.join(&format!("{}{}", self.root, local.trim_start_matches('/')));
            let end = self.pipeline(&path)?;
            return self.relate(start, relationship_type, end, &place, kind).map(|_| ());
        }
        let files = item.get("file").map(|files| sources::listed(&files)).unwrap_or_default();
        let (project, version) = (item.text_at(&["project"]), item.text_at(&["ref"]).unwrap_or_default());
        let mut names: Vec<String> = Vec::new();
        match project {
            Some(project) if files.is_empty() => names.push(project),
            Some(project) => {
                names.extend(files.iter().filter_map(|file| Some(format!("{project}:{}", file.as_str()?))))
            }
            None => {
                let others = ["remote", "template", "component", "artifact"].map(|key| item.text_at(&[key]));
                names.extend(others.into_iter().flatten().chain(item.as_str().map(str::to_string)));
            }
        }
        for name in names {
            let end = self.outside("Pipeline", &name)?;
            self.sheet.set(end, "version", version.as_str())?;
            self.relate(start, relationship_type, end, &place, kind)?;
        }
        Ok(())
    }

    /// The stages, each of which comes after the one before it.
    fn stages(&mut self, document: &Yaml) -> Result<(), Problem> {
        let Some(stages) = document.get("stages") else { return Ok(()) };
        let names = sources::flat(&stages);
        for pair in names.windows(2) {
            let [before, after] = pair else { continue };
            let (start, end) = (self.stage_of(after)?, self.stage_of(before)?);
            let place = self.here(after);
            self.after(start, end, &place)?;
        }
        Ok(())
    }

    /// States once that a stage comes after another.
    fn after(&mut self, stage: ThingId, before: ThingId, place: &Place) -> Result<(), Problem> {
        if self.ordered.insert((stage, before)) {
            self.relate(stage, "DEPENDS_ON", before, place, "stages")?;
        }
        Ok(())
    }

    fn stage_of(&mut self, name: &Yaml) -> Result<ThingId, Problem> {
        let thing = self.stage_named(name.as_str().unwrap_or_default())?;
        self.sheet.define(thing, name.line());
        Ok(thing)
    }

    fn here(&self, at: &Yaml) -> Place {
        Place { line: at.line(), evidence: self.sheet.line_text(at.line()).to_string(), source: None }
    }

    fn relate(
        &mut self,
        start: ThingId,
        relationship_type: &'static str,
        end: ThingId,
        place: &Place,
        kind: &'static str,
    ) -> Result<RelationId, Problem> {
        let relation = self.sheet.relate(start, relationship_type, end, place.line, &place.evidence)?;
        self.sheet.set_relation(relation, "kind", kind)?;
        if let Some(source) = &place.source {
            self.sheet.set_relation(relation, "inherited_from", source.as_str())?;
        }
        Ok(relation)
    }

    fn image(&mut self, job: ThingId, value: &Yaml, place: &Place, kind: &'static str) -> Result<(), Problem> {
        let Some(name) = value.as_str().map(str::to_string).or_else(|| value.text_at(&["name"])) else { return Ok(()) };
        if name.is_empty() {
            return Ok(());
        }
        let image = match name.contains('$') {
            true => self.outside("Image", &name)?,
            false => self.sheet.identified(&identity::image(&name), &name)?,
        };
        self.sheet.label(image, "Image");
        let relation = self.relate(job, "USES_IMAGE", image, place, kind)?;
        self.sheet.set_relation(relation, "alias", Value::from(value.text_at(&["alias"]).unwrap_or_default()))
    }
}
