//! One job: its stage, what it needs, extends, triggers, and the images it runs in.

use super::super::Problem;
use super::super::yaml::Yaml;
use super::sources::{Definition, Place, listed};
use super::{GLOBAL, Reader};
use crate::facts::ThingId;
use crate::graph::Value;

impl Reader<'_, '_> {
    pub fn job(&mut self, name: &Yaml, job: &Yaml) -> Result<(), Problem> {
        let Some(text) = name.as_str().filter(|name| !GLOBAL.contains(name)) else { return Ok(()) };
        if !job.is_map() {
            // A hidden key may hold anything that others refer to.
            if !text.starts_with('.') {
                self.sheet.error(name.line(), format!("the job `{text}` is not a map"), None);
            }
            return Ok(());
        }
        let thing = self.job_named(text)?;
        self.sheet.define(thing, name.line());
        let levels = self.sources.levels(Definition { value: job.clone(), file: None }, text);
        levels.iter().try_for_each(|_| self.sheet.tick())?;
        for base in job.get("extends").iter().flat_map(listed) {
            let Some(base_name) = base.as_str() else { continue };
            let end = self.job_named(base_name)?;
            let place = self.here(&base);
            self.relate(thing, "EXTENDS", end, &place, "extends")?;
        }
        if text.starts_with('.') {
            return Ok(());
        }
        for key in ["when", "allow_failure", "parallel", "tags", "retry"] {
            if let Some(value) = first(&levels, key).and_then(|(_, value)| value.as_value()) {
                self.sheet.set(thing, key, value)?;
            }
        }
        let environment = first(&levels, "environment").map(|(_, value)| value);
        let environment = environment.and_then(|value| value.text_at(&["name"]).or(value.as_str().map(str::to_string)));
        self.sheet.set(thing, "environment", environment.unwrap_or_default())?;
        self.stage(thing, name, &levels)?;
        self.needs(thing, &levels, name)?;
        self.dependencies(thing, &levels, name)?;
        self.triggered(thing, &levels, name)?;
        self.job_images(thing, &levels, name)
    }

    /// Where a value of a level is written: of another file, at the line of the job that extends it.
    fn place(&self, level: &Definition, at: &Yaml, job: &Yaml) -> Place {
        let Some(file) = &level.file else { return self.here(at) };
        let evidence = file.lines.get(at.line().saturating_sub(1)).map_or("", |line| line).to_string();
        Place { line: job.line(), evidence, source: Some(format!("{}:{}", file.path, at.line())) }
    }

    /// The stage of a job needs the job, unless that may fail; a job that names no needs waits for the stage before.
    fn stage(&mut self, thing: ThingId, name: &Yaml, levels: &[Definition]) -> Result<(), Problem> {
        let named = first(levels, "stage");
        let stage = named.as_ref().and_then(|(_, value)| value.as_str()).unwrap_or("test").to_string();
        self.sheet.set(thing, "stage", stage.as_str())?;
        let place = match &named {
            Some((level, value)) => self.place(level, value, name),
            None => self.here(name),
        };
        let may_fail = first(levels, "allow_failure").is_some_and(|(_, value)| value.as_bool() != Some(false))
            || first(levels, "when").is_some_and(|(_, value)| value.as_str() == Some("manual"));
        let end = self.stage_named(&stage)?;
        let relationship_type = if may_fail { "OPTIONALLY_DEPENDS_ON" } else { "DEPENDS_ON" };
        self.relate(end, relationship_type, thing, &place, "member")?;
        let Some(before) = self.sources.before(&stage).map(str::to_string) else { return Ok(()) };
        let before = self.stage_named(&before)?;
        self.after(end, before, &place)?;
        match first(levels, "needs") {
            Some(_) => Ok(()),
            None => self.relate(thing, "DEPENDS_ON", before, &place, "stage").map(|_| ()),
        }
    }

    fn needs(&mut self, thing: ThingId, levels: &[Definition], name: &Yaml) -> Result<(), Problem> {
        if let Some((level, needs)) = first(levels, "needs") {
            for (level, need) in self.referenced(&level, &needs) {
                let place = self.place(&level, &need, name);
                self.need(thing, &need, &place, false)?;
            }
        }
        // Rules may replace the needs: which of them holds, the file does not say.
        let Some((level, rules)) = first(levels, "rules") else { return Ok(()) };
        for rule in rules.items() {
            for need in rule.get("needs").iter().flat_map(listed) {
                let place = self.place(&level, &need, name);
                self.need(thing, &need, &place, true)?;
            }
        }
        Ok(())
    }

    fn need(&mut self, thing: ThingId, need: &Yaml, place: &Place, is_of_rule: bool) -> Result<(), Problem> {
        let text = |key: &str| need.text_at(&[key]);
        let job = need.as_str().map(str::to_string).or_else(|| text("job"));
        let is_optional = need.get("optional").and_then(|value| value.as_bool()) == Some(true);
        let relationship_type = if is_optional || is_of_rule { "OPTIONALLY_DEPENDS_ON" } else { "DEPENDS_ON" };
        let end = match (text("project"), text("pipeline"), job) {
            (Some(project), _, Some(job)) => self.outside("Job", &format!("{project}:{job}"))?,
            (None, Some(pipeline), Some(job)) => self.outside("Job", &format!("{pipeline}:{job}"))?,
            (project, pipeline, None) => match project.or(pipeline) {
                Some(project) => self.outside("Project", &project)?,
                None => return Ok(()),
            },
            (None, None, Some(job)) => self.needed(&job)?,
        };
        let kind = if is_of_rule { "rules:needs" } else { "needs" };
        let relation = self.relate(thing, relationship_type, end, place, kind)?;
        let artifacts = need.get("artifacts").and_then(|value| value.as_value()).unwrap_or(Value::Null);
        self.sheet.set_relation(relation, "artifacts", artifacts)?;
        self.sheet.set_relation(relation, "requested", text("ref").unwrap_or_default())
    }

    /// A job by its name, or the job of a matrix one of whose instances is named: `build: [linux, arm]`.
    fn needed(&mut self, name: &str) -> Result<ThingId, Problem> {
        match name.split_once(": [").filter(|_| self.sources.job(name).is_none() && name.ends_with(']')) {
            Some((job, _)) => self.job_named(job),
            None => self.job_named(name),
        }
    }

    /// Jobs whose artifacts are fetched; if they failed, the job runs without.
    fn dependencies(&mut self, thing: ThingId, levels: &[Definition], name: &Yaml) -> Result<(), Problem> {
        let Some((level, list)) = first(levels, "dependencies") else { return Ok(()) };
        for (level, other) in self.referenced(&level, &list) {
            let Some(text) = other.as_str() else { continue };
            let end = self.job_named(text)?;
            let place = self.place(&level, &other, name);
            self.relate(thing, "USES", end, &place, "dependencies")?;
        }
        Ok(())
    }

    /// The pipeline that a job starts, and waits for if its strategy says so.
    fn triggered(&mut self, thing: ThingId, levels: &[Definition], name: &Yaml) -> Result<(), Problem> {
        let Some((level, trigger)) = first(levels, "trigger") else { return Ok(()) };
        let waits = trigger.get("strategy").is_some();
        let types: &[&'static str] = if waits { &["TRIGGERS", "DEPENDS_ON"] } else { &["TRIGGERS"] };
        let project = trigger.text_at(&["project"]).or_else(|| trigger.as_str().map(str::to_string));
        for relationship_type in types {
            if let Some(project) = &project {
                let end = self.outside("Project", project)?;
                let place = self.place(&level, &trigger, name);
                self.relate(thing, relationship_type, end, &place, "trigger")?;
            }
            for item in trigger.get("include").iter().flat_map(listed) {
                self.included(thing, relationship_type, "trigger", &item)?;
            }
        }
        Ok(())
    }

    /// The image of a job and those of its services; a job that triggers runs in none.
    fn job_images(&mut self, thing: ThingId, levels: &[Definition], name: &Yaml) -> Result<(), Problem> {
        if first(levels, "trigger").is_some() {
            return Ok(());
        }
        for key in ["image", "services"] {
            let default = || self.sources.inherited(levels, key).map(|level| (level.clone(), level.value));
            let Some((level, value)) = first(levels, key).or_else(default) else { continue };
            for item in listed(&value) {
                let place = self.place(&level, &item, name);
                self.image(thing, &item, &place, key)?;
            }
        }
        Ok(())
    }

    /// The items of a list, which `!reference [JOB, KEY]` may take from elsewhere, each with where it is from.
    fn referenced(&self, level: &Definition, value: &Yaml) -> Vec<(Definition, Yaml)> {
        let words = |value: &Yaml| match &level.file {
            Some(file) => file.lines.get(value.line().saturating_sub(1)).map_or("", |line| line).to_string(),
            None => self.sheet.line_text(value.line()).to_string(),
        };
        let is_reference = |value: &Yaml| {
            let items = value.items();
            items.len() == 2 && items.iter().all(|item| item.as_str().is_some()) && words(value).contains("!reference")
        };
        let target = |value: &Yaml| {
            let [job, key] = value.items() else { return Vec::new() };
            let (Some(job), Some(key)) = (job.as_str(), key.as_str()) else { return Vec::new() };
            let Some(definition) = self.sources.job(job) else { return Vec::new() };
            let found = definition.value.get(key).iter().flat_map(listed).collect::<Vec<_>>();
            found.into_iter().map(|item| (definition.clone(), item)).collect()
        };
        if is_reference(value) {
            return target(value);
        }
        let items = listed(value).into_iter();
        items.flat_map(|item| if is_reference(&item) { target(&item) } else { vec![(level.clone(), item)] }).collect()
    }
}

/// The value of a key in the first level that has it.
fn first(levels: &[Definition], key: &str) -> Option<(Definition, Yaml)> {
    levels.iter().find_map(|level| Some((level.clone(), level.value.get(key).filter(|value| !value.is_null())?)))
}
