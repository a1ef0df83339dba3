//! pyproject.toml as Poetry reads it: the project's name, and what it needs itself.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use ::toml::Spanned;
use ::toml::de::DeValue;

use super::need::{Need, is_optional, items, terms};
use super::requirement::Requirement;
use super::{Part, normal};
use crate::formats::toml::{self, Table};
use crate::lines::Lines;

pub struct Project<'a> {
    pub name: String,
    pub version: String,
    pub line: usize,
    pub needs: Vec<Need<'a>>,
}

/// Where the text is wrong, and how.
pub fn read(text: &str) -> Result<Project<'_>, (usize, String)> {
    let lines = Lines::new(text);
    let table = toml::parse_text(text).map_err(|(at, what)| (lines.line(at), what))?;
    let project = toml::table(&table, "project");
    let poetry = toml::table(&table, "tool").and_then(|tool| toml::table(tool, "poetry"));
    let both = [project, poetry];
    let of = |key| both.into_iter().flatten().find_map(|table| toml::get(table, key));
    let name = of("name");
    let mut reader = Reader { text, lines, needs: Vec::new() };
    let stated =
        project.is_some_and(|p| toml::get(p, "dependencies").or(toml::get(p, "optional-dependencies")).is_some());
    project.into_iter().for_each(|project| reader.project(project));
    poetry.into_iter().for_each(|poetry| reader.poetry(poetry, stated));
    reader.groups(&table);
    Ok(Project {
        name: name.and_then(toml::as_str).map_or("project".to_string(), normal),
        version: of("version").and_then(toml::as_str).unwrap_or("").to_string(),
        line: name.map_or(1, |name| reader.lines.line(name.span().start)),
        needs: reader.needs,
    })
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines,
    needs: Vec<Need<'a>>,
}

impl<'a> Reader<'a> {
    /// A requirement of PEP 508 in a list.
    fn requirement(&mut self, item: &Spanned<DeValue<'a>>, part: Part) {
        let Some(text) = toml::as_str(item) else { return };
        let Some(requirement) = Requirement::parse(text) else { return };
        self.needs.push(Need {
            name: normal(requirement.name),
            range: Cow::Owned(requirement.range.to_string()),
            marker: Cow::Owned(requirement.marker.to_string()),
            extras: requirement.extras.iter().map(|extra| extra.to_string()).collect(),
            parts: vec![part],
            line: self.lines.line(item.span().start),
            evidence: self.text.get(item.span()).unwrap_or(""),
        });
    }

    fn project(&mut self, project: &Table<'a>) {
        toml::items(project, "dependencies").for_each(|item| self.requirement(item, Part::Normal));
        for (extra, items) in toml::table(project, "optional-dependencies").into_iter().flatten() {
            let items = items.get_ref().as_array().into_iter().flat_map(|items| items.iter());
            items.for_each(|item| self.requirement(item, Part::Extra(normal(extra.get_ref()))));
        }
    }

    /// `stated`: whether the project's own table has the needs; Poetry's then only say where to get them.
    fn poetry(&mut self, poetry: &Table<'a>, stated: bool) {
        let known: BTreeSet<String> = self.needs.iter().map(|need| need.name.clone()).collect();
        let mut extras: BTreeMap<String, Vec<Part>> = BTreeMap::new();
        for (extra, items) in toml::table(poetry, "extras").into_iter().flatten().filter(|_| !stated) {
            for name in items.get_ref().as_array().into_iter().flat_map(|items| items.iter()).filter_map(toml::as_str) {
                extras.entry(normal(name)).or_default().push(Part::Extra(normal(extra.get_ref())));
            }
        }
        let main = toml::table(poetry, "dependencies");
        self.table(main, |name, item| match (extras.get(name), is_optional(item)) {
            _ if stated && known.contains(name) => Vec::new(),
            (Some(parts), true) => parts.clone(),
            (None, true) => vec![Part::Extra(String::new())],
            (_, false) => vec![Part::Normal],
        });
        self.table(toml::table(poetry, "dev-dependencies"), |_, _| vec![Part::Group("dev".into())]);
        for (group, value) in toml::table(poetry, "group").into_iter().flatten() {
            let needs = value.get_ref().as_table().and_then(|group| toml::table(group, "dependencies"));
            self.table(needs, |_, _| vec![Part::Group(group.get_ref().to_string())]);
        }
    }

    /// A table of names and ranges; those for no part are left out.
    fn table(&mut self, table: Option<&Table<'a>>, parts: impl Fn(&str, &Spanned<DeValue<'a>>) -> Vec<Part>) {
        for (key, value) in table.into_iter().flatten().filter(|(key, _)| *key.get_ref() != "python") {
            let name = normal(key.get_ref());
            for (item, is_listed) in items(value) {
                let (parts, span) = (parts(&name, item), item.span());
                let start = if is_listed { span.start } else { key.span().start };
                let (line, evidence) = (self.lines.line(span.start), self.text.get(start..span.end).unwrap_or(""));
                if !parts.is_empty() {
                    self.needs.push(Need { parts, line, evidence, ..with_python(terms(name.clone(), item), item) });
                }
            }
        }
    }

    /// PEP 735's groups, which may include each other.
    fn groups(&mut self, table: &Table<'a>) {
        let Some(groups) = toml::table(table, "dependency-groups") else { return };
        let mut by_name: BTreeMap<String, Vec<&Spanned<DeValue>>> = BTreeMap::new();
        for (group, items) in groups {
            by_name
                .entry(normal(group.get_ref()))
                .or_default()
                .extend(items.get_ref().as_array().into_iter().flatten());
        }
        for (group, _) in groups {
            let (mut todo, mut seen) = (vec![group.get_ref().to_string()], BTreeSet::new());
            while let Some(name) = todo.pop().filter(|_| self.needs.len() < MOST_NEEDS) {
                let name = normal(&name);
                let items = by_name.get(&name).map_or(&[][..], Vec::as_slice);
                if !seen.insert(name) {
                    continue;
                }
                for item in items {
                    let included = item.get_ref().as_table().and_then(|table| toml::text(table, "include-group"));
                    todo.extend(included.map(str::to_string));
                    self.requirement(item, Part::Group(group.get_ref().to_string()));
                }
            }
        }
    }
}

/// Groups that include each other over and over end here.
const MOST_NEEDS: usize = 100_000;

/// Poetry's `python = "<3.11"` beside a version is a marker, too.
fn with_python<'a>(need: Need<'a>, item: &Spanned<DeValue<'a>>) -> Need<'a> {
    let Some(python) = item.get_ref().as_table().and_then(|table| toml::text(table, "python")) else { return need };
    let tests: Option<Vec<String>> = python.split(',').map(python_test).collect();
    let marker = match (tests, need.marker.is_empty()) {
        (None, _) => return need,
        (Some(tests), true) => tests.join(" and "),
        (Some(tests), false) => format!("({}) and {}", need.marker, tests.join(" and ")),
    };
    Need { marker: Cow::Owned(marker), ..need }
}

/// `<3.11` as a test of a marker; `^` and `~` as two.
fn python_test(clause: &str) -> Option<String> {
    let clause = clause.trim();
    let end = clause.find(|c: char| !"<>=!~^".contains(c))?;
    let (operator, version) = clause.split_at(end);
    let version = version.trim();
    let mut parts = version.split('.').map(|part| part.parse::<u64>().ok());
    let (major, minor) = (parts.next()??, parts.next().flatten());
    match (operator, minor) {
        ("^", _) => Some(format!("python_version >= '{version}' and python_version < '{}.0'", major.saturating_add(1))),
        ("~", Some(minor)) => {
            Some(format!("python_version >= '{version}' and python_version < '{major}.{}'", minor.saturating_add(1)))
        }
        ("~", None) => {
            Some(format!("python_version >= '{version}' and python_version < '{}.0'", major.saturating_add(1)))
        }
        ("", _) => Some(format!("python_version == '{version}'")),
        (operator, _) => Some(format!("python_version {operator} '{version}'")),
    }
}
