//! uv.lock: what uv resolved for all platforms and Python versions at once.
//!
//! Where these differ, one name has several versions: a need says which, under which marker. Written from uv-resolver
//! 0.0.72, `lock/mod.rs`, and files of uv 0.13.9 (version 1, revision 5).

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use ::toml::Spanned;
use ::toml::de::DeValue;

use super::lock::{Index, each_part, string, text, texts};
use super::ranges::{self, Ranges, range, ranges, requested};
use super::{Part, Terms, describe, describe_extra, normal, set_terms};
use crate::facts::ThingId;
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::toml::{self, Table};
use crate::formats::{Format, Probe, identity};
use crate::graph::Value;

pub(super) const FORMAT: Format = Format {
    name: "uv-lock",
    what: "uv's lock file: Python packages, with extras, groups and markers",
    made_by: "uv lock",
    names: &["uv.lock", "*.py.lock"],
    looks_like,
    example: "version = 1\nrequires-python = \">=3.9\"\n\n[[package]]\nname = \"shop\"\nversion = \"0.1.0\"\n\
              source = { virtual = \".\" }\ndependencies = [{ name = \"idna\" }]\n\n[[package]]\nname = \"idna\"\n\
              version = \"3.10\"\nsource = { registry = \"https://pypi.org/simple\" }\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    probe.has(&["requires-python = ", "version = "]) && probe.lines().next().is_some_and(|l| l.starts_with("version ="))
}

struct Package<'a> {
    thing: ThingId,
    name: Cow<'a, str>,
    version: Cow<'a, str>,
    source: Source<'a>,
    needs: Vec<Need<'a>>,
    /// What the project's own metadata ask for, by name.
    ranges: Ranges<'a>,
    /// Of each extra with needs, the line that begins them, and which they are.
    extras: Extras,
}

type Extras = HashMap<String, (usize, Range<usize>)>;

#[derive(Clone, Debug, PartialEq, Eq, Default)]
struct Source<'a> {
    /// `registry`, `git`, `url`, `path`, `directory`, `editable`, `virtual`.
    kind: &'static str,
    place: Cow<'a, str>,
}

struct Need<'a> {
    name: Cow<'a, str>,
    version: Cow<'a, str>,
    source: Source<'a>,
    extras: Vec<String>,
    marker: Cow<'a, str>,
    part: Part,
    line: usize,
    evidence: &'a str,
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let mut lock = Lock::default();
    each_part(sheet, |sheet, table, start| {
        let scope = Scope { text: sheet.text, start };
        if start == 0 {
            lock.add_manifest(sheet, table, scope)?;
        }
        toml::items(table, "package")
            .chain(toml::items(table, "distribution"))
            .try_for_each(|package| lock.add(sheet, package, scope))
    })?;
    if lock.packages.is_empty() {
        return Err(Problem::at(1, "no package in the lock file").help("uv lock writes one table [[package]] for each"));
    }
    (0..lock.packages.len()).try_for_each(|package| lock.relate(sheet, package))?;
    lock.relate_extras(sheet)
}

/// Where the values of a part of the text are.
#[derive(Clone, Copy)]
struct Scope<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Scope<'a> {
    fn evidence<T>(self, value: &Spanned<T>) -> &'a str {
        let span = value.span();
        self.text.get(self.start + span.start..self.start + span.end).unwrap_or("")
    }

    fn at<T>(self, value: &Spanned<T>) -> usize {
        self.start + value.span().start
    }
}

#[derive(Default)]
struct Lock<'a> {
    packages: Vec<Package<'a>>,
    index: Index,
    /// Extras that are needed: the package, the extra, its thing.
    extras: VecDeque<(usize, String, ThingId)>,
}

impl<'a> Lock<'a> {
    fn add(&mut self, sheet: &mut Sheet<'a>, value: &Spanned<DeValue<'a>>, scope: Scope<'a>) -> Result<(), Problem> {
        let line = sheet.line(scope.at(value));
        let wrong = |what| Problem::at(line, what).help("make the lock file again: uv lock");
        let Some(table) = value.get_ref().as_table() else { return Err(wrong("a package that is not a table")) };
        let Some(name) = toml::get(table, "name").and_then(string) else {
            return Err(wrong("a package without a name"));
        };
        let (version, source) = (text(table, "version"), source(table));
        let thing = sheet.thing(&format!("{name} {version} {} {}", source.kind, source.place))?;
        sheet.define(thing, line + 1);
        describe(sheet, thing, &normal(&name), &version, source.kind == "registry")?;
        self.describe_source(sheet, thing, &source)?;
        let markers = texts(table, "resolution-markers");
        if !markers.is_empty() {
            sheet.set(thing, "markers", Value::list(markers.iter().map(|marker| Value::from(marker.as_str()))))?;
        }
        let mut named = vec![("", ""), (&*version, ""), ("", &*source.place), (&*version, &*source.place)];
        named.sort_unstable();
        named.dedup();
        for (version, source) in named {
            let key = key(&name, version, source);
            sheet.charge(2 * key.len() + 64)?;
            self.index.add(key, self.packages.len());
        }
        let (needs, extras) = needs(sheet, table, scope)?;
        let ranges = ranges(table);
        self.packages.push(Package { thing, name, version, source, needs, ranges, extras });
        Ok(())
    }

    fn describe_source(&self, sheet: &mut Sheet, thing: ThingId, source: &Source) -> Result<(), Problem> {
        match source.kind {
            "editable" | "virtual" | "directory" => {
                let folder = sheet.join(&source.place);
                sheet.identify(thing, &identity::folder(&folder))
            }
            "registry" if source.place == "https://pypi.org/simple" => Ok(()),
            _ => sheet.set(thing, "source", &*source.place),
        }
    }

    /// What is needed by a script, or by a workspace whose root is not a package.
    fn add_manifest(&mut self, sheet: &mut Sheet<'a>, table: &Table<'a>, scope: Scope<'a>) -> Result<(), Problem> {
        let Some(manifest) = toml::table(table, "manifest") else { return Ok(()) };
        let mut needs = Vec::new();
        for item in toml::items(manifest, "requirements") {
            needs.extend(requirement(sheet, item, scope, Part::Normal));
        }
        for (group, items) in toml::table(manifest, "dependency-groups").into_iter().flatten() {
            for item in items.get_ref().as_array().into_iter().flat_map(|items| items.iter()) {
                needs.extend(requirement(sheet, item, scope, Part::Group(group.get_ref().to_string())));
            }
        }
        let Some((_, first)) = needs.first() else { return Ok(()) };
        let thing = sheet.thing("the manifest")?;
        sheet.define(thing, first.line);
        let script = sheet.file_name().strip_suffix(".lock").filter(|name| *name != "uv");
        let folder = sheet.folder().rsplit('/').next().filter(|name| !name.is_empty());
        let name = script.or(folder).unwrap_or("project");
        describe(sheet, thing, name, "", false)?;
        if script.is_none() {
            sheet.identify(thing, &identity::folder(sheet.folder()))?;
        }
        let mut ranges: Ranges = HashMap::new();
        let needs = needs.into_iter().map(|(range, need)| {
            ranges.entry(normal(&need.name)).or_default().push(range);
            need
        });
        let needs = needs.collect();
        let (name, version, source) = (name.to_string().into(), "".into(), Source::default());
        self.packages.push(Package { thing, name, version, source, needs, ranges, extras: HashMap::new() });
        Ok(())
    }

    fn relate(&mut self, sheet: &mut Sheet, from: usize) -> Result<(), Problem> {
        for at in 0..self.packages[from].needs.len() {
            let thing = self.packages[from].thing;
            self.relate_need(sheet, (thing, None), (from, at))?;
        }
        Ok(())
    }

    /// States a need of a package: as that of the package, or as that of one of its extras.
    fn relate_need(
        &mut self,
        sheet: &mut Sheet,
        (start, as_part): (ThingId, Option<Part>),
        (from, at): (usize, usize),
    ) -> Result<(), Problem> {
        let (package, need) = (&self.packages[from], &self.packages[from].needs[at]);
        let found = self.index.only(&key(&need.name, &need.version, &need.source.place));
        let end = match found {
            Some(end) => self.packages[end].thing,
            None => missing(sheet, need, as_part.is_none())?,
        };
        let resolved = found.map_or(&*need.version, |end| &*self.packages[end].version);
        let part = as_part.as_ref().unwrap_or(&need.part);
        let requested = requested(&package.ranges, (&need.name, &need.part, &need.marker), resolved);
        let terms = Terms { requested, resolved, marker: &need.marker, extras: &need.extras };
        let relation = sheet.relate(start, part.relationship_type(), end, need.line, need.evidence)?;
        part.set(sheet, relation)?;
        set_terms(sheet, relation, &terms)?;
        let Some(end) = found else { return Ok(()) };
        let (line, evidence, marker) = (need.line, need.evidence, need.marker.clone());
        let (part, terms) = (part.clone(), Terms { marker: &marker, ..Terms::default() });
        for extra in need.extras.clone() {
            let Some(end) = self.extra(sheet, end, extra)? else { continue };
            let relation = sheet.relate(start, part.relationship_type(), end, line, evidence)?;
            part.set(sheet, relation)?;
            set_terms(sheet, relation, &terms)?;
        }
        Ok(())
    }

    /// The thing of an extra that is needed; none if it adds nothing.
    fn extra(&mut self, sheet: &mut Sheet, of: usize, extra: String) -> Result<Option<ThingId>, Problem> {
        let package = &self.packages[of];
        let Some((line, _)) = package.extras.get(&extra) else { return Ok(None) };
        let key =
            format!("{} {} {} {} [{extra}]", package.name, package.version, package.source.kind, package.source.place);
        if let Some(known) = sheet.known(&key) {
            return Ok(Some(known));
        }
        let thing = sheet.thing(&key)?;
        sheet.define(thing, *line);
        let is_indexed = package.source.kind == "registry";
        describe_extra(sheet, thing, (&normal(&package.name), &extra), &package.version, is_indexed)?;
        self.extras.push_back((of, extra, thing));
        Ok(Some(thing))
    }

    fn relate_extras(&mut self, sheet: &mut Sheet) -> Result<(), Problem> {
        while let Some((of, extra, thing)) = self.extras.pop_front() {
            let package = &self.packages[of];
            let Some((line, needs)) = package.extras.get(&extra).cloned() else { continue };
            let relation = sheet.relate(thing, "DEPENDS_ON", package.thing, line, sheet.line_text(line))?;
            Part::Normal.set(sheet, relation)?;
            for at in needs {
                self.relate_need(sheet, (thing, Some(Part::Normal)), (of, at))?;
            }
        }
        Ok(())
    }
}

fn missing(sheet: &mut Sheet, need: &Need, warns: bool) -> Result<ThingId, Problem> {
    let name = normal(&need.name);
    let thing = sheet.thing(&format!("{name} {} absent", need.version))?;
    describe(sheet, thing, &name, &need.version, false)?;
    if warns {
        let what = format!("{name} is needed here, and no one package of the lock file answers");
        sheet.warn(need.line, what, Some("make the lock file again: uv lock"));
    }
    Ok(thing)
}

/// A package as needs name it: a part that is not written is empty.
fn key(name: &str, version: &str, source: &str) -> String {
    format!("{} {version} {source}", normal(name))
}

fn source<'a>(table: &Table<'a>) -> Source<'a> {
    const KINDS: &[&str] = &["registry", "git", "url", "path", "directory", "editable", "virtual"];
    let Some(source) = toml::table(table, "source") else { return Source::default() };
    let of = |kind: &&'static str| Some(Source { kind, place: string(toml::get(source, kind)?)? });
    KINDS.iter().find_map(of).unwrap_or_default()
}

/// The needs of a package, and of each extra the line and which they are.
fn needs<'a>(sheet: &Sheet<'a>, table: &Table<'a>, scope: Scope<'a>) -> Result<(Vec<Need<'a>>, Extras), Problem> {
    let (mut found, mut extras) = (Vec::new(), HashMap::new());
    for item in toml::items(table, "dependencies") {
        found.push(need(sheet, item, scope, Part::Normal)?);
    }
    for (extra, items) in toml::table(table, "optional-dependencies").into_iter().flatten() {
        let start = found.len();
        for item in items.get_ref().as_array().into_iter().flat_map(|items| items.iter()) {
            found.push(need(sheet, item, scope, Part::Extra(extra.get_ref().to_string()))?);
        }
        extras.insert(extra.get_ref().to_string(), (sheet.line(scope.at(extra)), start..found.len()));
    }
    let groups = ["dev-dependencies", "dependency-groups"].iter().filter_map(|key| toml::table(table, key));
    for (group, items) in groups.flatten() {
        for item in items.get_ref().as_array().into_iter().flat_map(|items| items.iter()) {
            found.push(need(sheet, item, scope, Part::Group(group.get_ref().to_string()))?);
        }
    }
    Ok((found, extras))
}

fn need<'a>(sheet: &Sheet<'a>, item: &Spanned<DeValue<'a>>, scope: Scope<'a>, part: Part) -> Result<Need<'a>, Problem> {
    sheet.tick()?;
    sheet.charge(size_of::<Need>())?;
    let line = sheet.line(scope.at(item));
    let table = item.get_ref().as_table().filter(|table| toml::get(table, "name").is_some());
    let Some(table) = table else {
        return Err(Problem::at(line, "a need without a name").help("make the lock file again: uv lock"));
    };
    // Before uv 0.5 a need had one extra.
    let one = toml::text(table, "extra").map(str::to_string);
    Ok(Need {
        name: text(table, "name"),
        version: text(table, "version"),
        source: source(table),
        extras: one.into_iter().chain(texts(table, "extra")).collect(),
        marker: text(table, "marker"),
        part,
        line,
        evidence: scope.evidence(item),
    })
}

/// A requirement of the manifest: a range and a need.
fn requirement<'a>(
    sheet: &Sheet<'a>,
    item: &Spanned<DeValue<'a>>,
    scope: Scope<'a>,
    part: Part,
) -> Option<(ranges::Range<'a>, Need<'a>)> {
    let table = item.get_ref().as_table()?;
    let range = range(table, Some(part.clone()));
    let mut need = need(sheet, item, scope, part).ok()?;
    need.extras = texts(table, "extras");
    need.source = Source::default();
    Some((range, need))
}
