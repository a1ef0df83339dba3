//! The jobs that a file and the local files it includes define, and what a job takes from those it extends.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::yaml::{self, Yaml};
use super::super::{Problem, Sheet};
use super::GLOBAL;

/// Included files that include files …: not deeper than this.
const DEEPEST: usize = 10;
/// GitLab's own limit of levels of `extends`.
const MOST_LEVELS: usize = 11;

/// The words that state something, and where.
pub(super) struct Place {
    pub line: usize,
    pub evidence: String,
    /// The place in an included file that an `extends` at the line brings in.
    pub source: Option<String>,
}

/// A job as a file defines it.
#[derive(Clone)]
pub(super) struct Definition {
    pub value: Yaml,
    /// The included file; `None` for the one being read.
    pub file: Option<Rc<Included>>,
}

pub(super) struct Included {
    pub path: String,
    pub lines: Vec<Box<str>>,
}

#[derive(Default)]
pub(super) struct Sources {
    jobs: HashMap<String, Definition>,
    defaults: HashMap<String, Definition>,
    /// Names of the stages in their order.
    stages: Vec<String>,
    /// Each stage that is not the first, with the one before it.
    before: HashMap<String, String>,
}

/// The items of a list, or the one that is none.
pub(super) fn listed(value: &Yaml) -> Vec<Yaml> {
    if value.is_list() { value.items().to_vec() } else { vec![value.clone()] }
}

/// The texts in a list and in lists inside it.
pub(super) fn flat(value: &Yaml) -> Vec<Yaml> {
    let mut texts = Vec::new();
    let mut left = vec![value.clone()];
    while let Some(value) = left.pop() {
        match value.is_list() {
            true => left.extend(value.items().iter().rev().cloned()),
            false => texts.push(value),
        }
    }
    texts
}

impl Sources {
    /// The file comes before what it includes: what was put in first stays.
    pub fn of(sheet: &Sheet, document: &Yaml, root: &str) -> Result<Sources, Problem> {
        let mut sources = Sources::default();
        let mut read = HashSet::from([sheet.path.to_string()]);
        sources.add(sheet, document, None, root, DEEPEST, &mut read)?;
        // A file that is included sees the defaults, stages and templates of the pipeline.
        if sheet.file_name() != ".gitlab-ci.yml" {
            sources.add_file(sheet, &format!("{root}.gitlab-ci.yml"), root, DEEPEST, &mut read)?;
        }
        if sources.stages.is_empty() {
            sources.stages = ["build", "test", "deploy"].map(str::to_string).to_vec();
        }
        // These two frame the others wherever they are written; the first is waited for if a job is in it.
        sources.stages.retain(|stage| stage != ".pre" && stage != ".post");
        if sources.is_used(".pre") {
            sources.stages.insert(0, ".pre".to_string());
        }
        sources.stages.push(".post".to_string());
        let pairs = sources.stages.windows(2).filter_map(|pair| Some((pair.get(1)?.clone(), pair.first()?.clone())));
        sources.before = pairs.collect();
        Ok(sources)
    }

    fn add(
        &mut self,
        sheet: &Sheet,
        document: &Yaml,
        file: Option<Rc<Included>>,
        root: &str,
        depth: usize,
        read: &mut HashSet<String>,
    ) -> Result<(), Problem> {
        let definition = |value: &Yaml| Definition { value: value.clone(), file: file.clone() };
        for (name, value) in document.entries() {
            sheet.tick()?;
            match name.as_str() {
                Some("stages") if self.stages.is_empty() => {
                    self.stages = flat(&value).iter().filter_map(|name| name.as_str().map(str::to_string)).collect();
                }
                Some("default") => {
                    for (key, value) in value.entries() {
                        self.defaults.entry(key.as_str().unwrap_or_default().to_string()).or_insert(definition(&value));
                    }
                }
                Some(key @ ("image" | "services")) => {
                    self.defaults.entry(key.to_string()).or_insert(definition(&value));
                }
                Some(name) if !GLOBAL.contains(&name) => {
                    self.jobs.entry(name.to_string()).or_insert(definition(&value));
                }
                _ => {}
            }
        }
        let Some(include) = document.get("include").filter(|_| depth > 0) else { return Ok(()) };
        for item in listed(&include) {
            let local = item.text_at(&["local"]).or_else(|| item.as_str().map(str::to_string));
            let Some(local) = local.filter(|local| !local.contains("://")) else { continue };
            self.add_file(sheet, &format!("{root}{}", local.trim_start_matches('/')), root, depth - 1, read)?;
        }
        Ok(())
    }

    fn add_file(
        &mut self,
        sheet: &Sheet,
        relative: &str,
        root: &str,
        depth: usize,
        read: &mut HashSet<String>,
    ) -> Result<(), Problem> {
        let path = sheet.join(relative);
        if !read.insert(path.clone()) {
            return Ok(());
        }
        let Some(text) = sheet.beside(relative) else { return Ok(()) };
        sheet.charge(4 * text.len())?;
        let included = Rc::new(Included { path, lines: text.lines().map(Box::from).collect() });
        match yaml::documents(&text).0.last() {
            Some(document) => self.add(sheet, document, Some(included), root, depth, read),
            None => Ok(()),
        }
    }

    fn is_used(&self, stage: &str) -> bool {
        let is_in = |name: &String, job: &Definition| {
            let levels = self.levels(job.clone(), name);
            let named = levels.iter().find_map(|level| level.value.text_at(&["stage"]));
            !name.starts_with('.') && named.as_deref() == Some(stage)
        };
        self.jobs.iter().any(|(name, job)| is_in(name, job))
    }

    /// The stage before another.
    pub fn before(&self, stage: &str) -> Option<&str> {
        self.before.get(stage).map(|before| &**before)
    }

    pub fn job(&self, name: &str) -> Option<&Definition> {
        self.jobs.get(name)
    }

    /// The value that `default` or the root has for a key, unless the job does not inherit it.
    pub fn inherited(&self, job: &[Definition], key: &str) -> Option<Definition> {
        let inherit = job.iter().find_map(|level| level.value.at(&["inherit", "default"]));
        let is_inherited = match inherit {
            Some(list) if list.is_list() => list.items().iter().any(|item| item.as_str() == Some(key)),
            Some(flag) => flag.as_bool() != Some(false),
            None => true,
        };
        self.defaults.get(key).filter(|_| is_inherited).cloned()
    }

    /// A job and those it extends, what counts first: the last that is named, before those named earlier.
    pub fn levels(&self, definition: Definition, name: &str) -> Vec<Definition> {
        let mut levels = Vec::new();
        let mut visited = HashSet::new();
        self.extend(definition, name, MOST_LEVELS, &mut visited, &mut levels);
        levels
    }

    fn extend(
        &self,
        definition: Definition,
        name: &str,
        depth: usize,
        visited: &mut HashSet<String>,
        levels: &mut Vec<Definition>,
    ) {
        if !visited.insert(name.to_string()) {
            return;
        }
        let extends = definition.value.get("extends");
        levels.push(definition);
        for base in extends.iter().flat_map(listed).collect::<Vec<_>>().iter().rev().filter(|_| depth > 0) {
            let Some(base) = base.as_str() else { continue };
            if let Some(definition) = self.jobs.get(base) {
                self.extend(definition.clone(), base, depth - 1, visited, levels);
            }
        }
    }
}
