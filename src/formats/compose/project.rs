//! The project of a Compose file: its name, its variables, and which services it knows.

use std::collections::{HashMap, HashSet};

use super::super::yaml::{self, Yaml};
use super::super::{Problem, Sheet};
use super::variables::{Interpolated, interpolated, variables};
use crate::facts::ThingId;

/// The files that Compose reads if it is given none, in its order, and those it merges into them.
const MAIN: [&str; 8] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yaml",
    "docker-compose.override.yml",
];
/// A chain of includes longer than this is not followed.
const DEEPEST: usize = 20;

pub(super) struct Project {
    /// Its name if one is given, else its folder.
    pub scope: String,
    /// What people call it.
    pub called: String,
    pub thing: Option<ThingId>,
    /// Those that `include` names, by the path as it is written.
    pub included: HashMap<String, Included>,
    variables: HashMap<String, String>,
    /// Services of included files, each with the scope it belongs to.
    elsewhere: HashMap<String, String>,
    /// Names under which services are reached, with the services in the order declared.
    hosts: HashMap<String, Vec<String>>,
    /// Pairs of host and service that are in it.
    answers: HashSet<(String, String)>,
}

#[derive(Clone)]
pub(super) struct Included {
    pub scope: String,
    pub called: String,
}

impl Project {
    pub fn of(sheet: &Sheet, documents: &[Yaml]) -> Result<Project, Problem> {
        let env = sheet.beside(".env").unwrap_or_default();
        let variables = variables(&env);
        let mut beside = beside(sheet);
        let (own, other) = (name_in(documents), name_in(&beside));
        if own.is_some() && other.is_some() && own != other {
            beside.clear();
        }
        let named = own.or(other);
        let named = named.map(|name| interpolated(&name, &variables)).filter(|name| name.is_whole);
        let path = sheet.join(sheet.file_name());
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (scope, called) = naming(folder, named.map(|name| name.text));
        let (included, elsewhere, hosts) = (HashMap::new(), HashMap::new(), HashMap::new());
        let answers = HashSet::new();
        let mut project = Project { scope, called, thing: None, included, variables, elsewhere, hosts, answers };
        for document in documents.iter().chain(&beside) {
            project.hosts_of(sheet, document)?;
        }
        let mut read = HashSet::from([sheet.path.to_string()]);
        for document in documents {
            project.include(sheet, document, "", DEEPEST, &mut read)?;
        }
        Ok(project)
    }

    /// The text of a scalar with its variables replaced.
    pub fn text(&self, value: &str) -> Interpolated {
        interpolated(value, &self.variables)
    }

    pub fn identity(&self, name: &str) -> String {
        format!("compose:{}/{name}", self.scope)
    }

    pub fn identity_of_service(&self, name: &str) -> String {
        let scope = self.elsewhere.get(name).unwrap_or(&self.scope);
        format!("compose:{scope}/{name}")
    }

    /// The services that answer to a host name.
    pub fn services_at(&self, host: &str) -> &[String] {
        self.hosts.get(host).map_or(&[], |services| services)
    }

    /// Notes under which names the services of a document are reached.
    fn hosts_of(&mut self, sheet: &Sheet, document: &Yaml) -> Result<(), Problem> {
        for (name, definition) in document.get("services").map(|services| services.entries()).unwrap_or_default() {
            sheet.tick()?;
            let Some(service) = name.as_str() else { continue };
            self.add_host(service, service);
            for key in ["container_name", "hostname"] {
                if let Some(host) = definition.text_at(&[key]) {
                    self.add_host(&host, service);
                }
            }
            for (_, network) in definition.get("networks").map(|networks| networks.entries()).unwrap_or_default() {
                for alias in network.get("aliases").iter().flat_map(|aliases| aliases.items()) {
                    self.add_host(alias.as_str().unwrap_or_default(), service);
                }
            }
        }
        Ok(())
    }

    fn add_host(&mut self, host: &str, service: &str) {
        let host = self.text(host).text;
        if self.answers.insert((host.clone(), service.to_string())) {
            self.hosts.entry(host).or_default().push(service.to_string());
        }
    }

    /// Follows the `include` of a document; `folder` is relative to that of the file being read.
    fn include(
        &mut self,
        sheet: &Sheet,
        document: &Yaml,
        folder: &str,
        depth: usize,
        read: &mut HashSet<String>,
    ) -> Result<(), Problem> {
        for (written, _) in document.get("include").iter().flat_map(included) {
            sheet.tick()?;
            let written = self.text(&written).text;
            let relative = if folder.is_empty() { written.clone() } else { format!("{folder}/{written}") };
            let path = sheet.join(&relative);
            if depth == 0 || !read.insert(path.clone()) {
                continue;
            }
            let Some(text) = sheet.beside(&relative) else { continue };
            sheet.charge(text.len())?;
            let documents = yaml::documents(&text).0;
            let own = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let (scope, called) = naming(own, name_in(&documents));
            for inner in &documents {
                self.hosts_of(sheet, inner)?;
                for (name, _) in inner.get("services").map(|services| services.entries()).unwrap_or_default() {
                    self.elsewhere.insert(name.as_str().unwrap_or_default().to_string(), scope.clone());
                }
                let inside = relative.rsplit_once('/').map_or("", |(folder, _)| folder);
                self.include(sheet, inner, inside, depth - 1, read)?;
            }
            if folder.is_empty() {
                self.included.insert(written, Included { scope, called });
            }
        }
        Ok(())
    }
}

/// The documents of the other files that Compose reads in this folder.
fn beside(sheet: &Sheet) -> Vec<Yaml> {
    let others = MAIN.iter().filter(|name| **name != sheet.file_name());
    let texts = others.filter_map(|name| sheet.beside(name));
    texts.flat_map(|text| yaml::documents(&text).0).collect()
}

fn name_in(documents: &[Yaml]) -> Option<String> {
    documents.iter().find_map(|document| document.text_at(&["name"]))
}

/// The identity of a service in another file, which is not of this project unless it is in its folder.
pub(super) fn identity_in(path: &str, documents: &[Yaml], service: &str) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("compose:{}/{service}", naming(folder, name_in(documents)).0)
}

/// What identifies a project, and what it is called.
fn naming(folder: &str, name: Option<String>) -> (String, String) {
    let base = folder.rsplit_once('/').map_or(folder, |(_, base)| base);
    match name {
        Some(name) => (name.clone(), name),
        None if folder.is_empty() => (".".to_string(), ".".to_string()),
        None => (folder.to_string(), base.to_string()),
    }
}

/// The paths that an `include` names, each with its line.
pub(super) fn included(include: &Yaml) -> Vec<(String, usize)> {
    let items = include.items().iter().flat_map(|item| match item.get("path") {
        Some(path) if path.is_list() => path.items().to_vec(),
        Some(path) => vec![path],
        None => vec![item.clone()],
    });
    items.filter_map(|item| Some((item.as_str()?.to_string(), item.line()))).collect()
}
