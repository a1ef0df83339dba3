//! [`Layer`]: a service's definition and, below it, those that it extends.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::yaml::{self, Yaml};
use super::super::{Problem, Sheet};
use super::Reader;
use super::project::identity_in;
use crate::facts::ThingId;

/// A chain of `extends` longer than this is an error.
const DEEPEST: usize = 50;

pub(super) struct Layer {
    pub definition: Yaml,
    home: Option<Rc<Other>>,
    /// The line of the file being read that brings the definition in.
    line: usize,
}

/// Another file that was read for what services of this one extend.
struct Other {
    path: String,
    /// Its folder, relative to that of the file being read.
    folder: String,
    lines: Vec<Box<str>>,
    documents: Vec<Yaml>,
}

#[derive(Default)]
pub(super) struct Files(HashMap<String, Option<Rc<Other>>>);

/// The words that state something, and where.
pub(super) struct Said {
    pub line: usize,
    pub evidence: String,
    /// The place in another file that an `extends` at the line brings in.
    pub source: Option<String>,
}

impl Said {
    pub fn here(sheet: &Sheet, line: usize) -> Said {
        Said { line, evidence: sheet.line_text(line).to_string(), source: None }
    }
}

impl Layer {
    pub fn said(&self, sheet: &Sheet, line: usize) -> Said {
        let Some(home) = &self.home else { return Said::here(sheet, line) };
        let evidence = home.lines.get(line.saturating_sub(1)).map_or("", |line| line).to_string();
        Said { line: self.line, evidence, source: Some(format!("{}:{line}", home.path)) }
    }

    /// A path relative to the file of the definition, relative to the folder of the file being read.
    pub fn relative(&self, path: &str) -> String {
        match &self.home {
            Some(home) if !path.starts_with('/') && !home.folder.is_empty() => format!("{}/{path}", home.folder),
            _ => path.to_string(),
        }
    }
}

/// An entry of a map or list that is merged over layers.
pub(super) struct Entry<'l> {
    pub name: String,
    /// `None` for an item of a list of names.
    pub value: Option<Yaml>,
    pub line: usize,
    pub layer: &'l Layer,
}

/// The value of a key in the topmost layer that has it.
pub(super) fn first<'l>(layers: &'l [Layer], key: &str) -> Option<(&'l Layer, Yaml)> {
    let mut found = layers.iter().filter_map(|layer| Some((layer, layer.definition.get(key)?)));
    found.find(|(_, value)| !value.is_null())
}

/// The items of a key in all layers, the topmost first.
pub(super) fn items<'l>(layers: &'l [Layer], key: &str) -> Vec<(&'l Layer, Yaml)> {
    let of = |layer: &'l Layer| match layer.definition.get(key) {
        Some(list) if list.is_list() => list.items().iter().map(|item| (layer, item.clone())).collect(),
        Some(one) if !one.is_null() => vec![(layer, one)],
        _ => Vec::new(),
    };
    layers.iter().flat_map(of).collect()
}

/// The entries of a key that is a map or a list of names, merged by name: the topmost layer counts.
pub(super) fn entries<'l>(layers: &'l [Layer], key: &str, name_of: fn(&str) -> &str) -> Vec<Entry<'l>> {
    let mut names = HashSet::new();
    let mut merged = Vec::new();
    for layer in layers {
        let Some(value) = layer.definition.get(key) else { continue };
        let listed = value.items().iter().map(|item| (item.clone(), None));
        let mapped = value.entries().into_iter().map(|(name, value)| (name, Some(value)));
        for (name, value) in listed.chain(mapped) {
            let Some(text) = name.as_str() else { continue };
            if names.insert(name_of(text).to_string()) {
                merged.push(Entry { name: text.to_string(), value, line: name.line(), layer });
            }
        }
    }
    merged
}

/// How a service needs another, by `depends_on`.
#[derive(Clone, Default)]
pub(super) struct How {
    pub condition: Option<Yaml>,
    pub restart: Option<Yaml>,
    required: Option<Yaml>,
    /// Whether it is in a list: those below have no say.
    is_short: bool,
}

/// The needs of a service, merged by name and attribute: the topmost layer that has one counts.
pub(super) struct Needs(HashMap<String, How>);

impl Needs {
    pub fn of(layers: &[Layer]) -> Needs {
        let mut needs: HashMap<String, How> = HashMap::new();
        for value in layers.iter().filter_map(|layer| layer.definition.get("depends_on")) {
            for item in value.items().iter().filter_map(|item| item.as_str()) {
                needs.entry(item.to_string()).or_default().is_short = true;
            }
            for (name, attributes) in value.entries() {
                let how = needs.entry(name.as_str().unwrap_or_default().to_string()).or_default();
                if !how.is_short {
                    how.condition = how.condition.take().or_else(|| attributes.get("condition"));
                    how.restart = how.restart.take().or_else(|| attributes.get("restart"));
                    how.required = how.required.take().or_else(|| attributes.get("required"));
                }
            }
        }
        Needs(needs)
    }

    pub fn how(&self, need: &str) -> How {
        self.0.get(need).cloned().unwrap_or_default()
    }

    /// `depends_on` may say that a need is not required, whatever else names it.
    pub fn relationship_type(&self, need: &str) -> &'static str {
        match self.how(need).required.and_then(|required| required.as_bool()) {
            Some(false) => "OPTIONALLY_DEPENDS_ON",
            Some(true) | None => "DEPENDS_ON",
        }
    }
}

impl Reader<'_, '_> {
    /// A service's definition and those that it extends, the topmost first.
    pub fn layers(&mut self, document: &Yaml, name: &str, definition: &Yaml) -> Result<Vec<Layer>, Problem> {
        let mut layers = vec![Layer { definition: definition.clone(), home: None, line: definition.line() }];
        let mut visited = HashSet::from([(String::new(), name.to_string())]);
        while let Some((file, base, line)) = layers.last().and_then(|top| self.base(top)) {
            self.sheet.tick()?;
            let top = layers.last().map_or(line, |top| if top.home.is_some() { top.line } else { line });
            let home = match &file {
                Some(file) => self.file(file)?,
                None => layers.last().and_then(|layer| layer.home.clone()),
            };
            if file.is_some() && home.is_none() {
                let help = "what the service takes from it is not known; read it, too, or correct the path";
                self.sheet.warn(top, format!("there is no file {} to extend", file.unwrap_or_default()), Some(help));
                break;
            }
            let documents = home.as_ref().map_or(std::slice::from_ref(document), |home| &home.documents);
            let found = documents.iter().find_map(|document| document.at(&["services", &base]));
            let path = home.as_ref().map_or(String::new(), |home| home.path.clone());
            let Some(definition) = found else {
                self.sheet.error(top, format!("there is no service `{base}` to extend"), None);
                break;
            };
            if !visited.insert((path, base)) || layers.len() > DEEPEST {
                self.sheet.error(top, format!("`{name}` extends itself, or more than {DEEPEST} services"), None);
                break;
            }
            layers.push(Layer { definition, home, line: top });
        }
        Ok(layers)
    }

    /// The file, the service and the line of a layer's `extends`.
    fn base(&self, layer: &Layer) -> Option<(Option<String>, String, usize)> {
        let extends = layer.definition.get("extends")?;
        let service = extends.as_str().map(str::to_string).or_else(|| extends.text_at(&["service"]))?;
        let file = extends.text_at(&["file"]).map(|file| layer.relative(&self.project.text(&file).text));
        Some((file, service, extends.line()))
    }

    fn file(&mut self, relative: &str) -> Result<Option<Rc<Other>>, Problem> {
        if let Some(known) = self.files.0.get(relative) {
            return Ok(known.clone());
        }
        let text = self.sheet.beside(relative);
        self.sheet.charge(text.as_ref().map_or(0, |text| 4 * text.len()))?;
        let other = text.map(|text| {
            Rc::new(Other {
                path: self.sheet.join(relative),
                folder: relative.rsplit_once('/').map_or("", |(folder, _)| folder).to_string(),
                lines: text.lines().map(Box::from).collect(),
                documents: yaml::documents(&text).0,
            })
        });
        self.files.0.insert(relative.to_string(), other.clone());
        Ok(other)
    }

    /// States what a service extends; what it takes from there is stated of the service itself.
    pub fn extends(&mut self, service: ThingId, layers: &[Layer]) -> Result<(), Problem> {
        let Some((file, base, line)) = layers.first().and_then(|layer| self.base(layer)) else { return Ok(()) };
        let said = Said::here(self.sheet, line);
        let end = match &file {
            None => self.service_named(&base)?,
            Some(file) => {
                let documents = self.file(file)?.map(|other| other.documents.clone()).unwrap_or_default();
                let identity = identity_in(&self.sheet.join(file), &documents, &base);
                let thing = self.sheet.identified(&identity, &base)?;
                self.sheet.label(thing, "Service");
                thing
            }
        };
        self.relate(service, "EXTENDS", end, &said).map(|_| ())
    }
}
