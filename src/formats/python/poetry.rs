//! poetry.lock, versions 1.x and 2.x, with the pyproject.toml beside it.
//!
//! The lock file names neither the project nor what the project itself needs. A need that several versions of one name
//! answer goes to each of them whose range and markers admit it. Written from Poetry 2.5.1 (`packages/locker.py`) and
//! poetry-core (`factory.py`), and files of Poetry 1.1 to 2.5.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use ::toml::Spanned;
use ::toml::de::DeValue;

use super::lock::{each_part, text, texts};
use super::marker::Marker;
use super::need::{Need, marker, needs, own_extras};
use super::overlap::may_hold;
use super::project;
use super::version::{Version, admits};
use super::{Part, Terms, describe, describe_extra, normal, set_terms};
use crate::facts::ThingId;
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::toml::{self, Table};
use crate::formats::{Format, Probe, identity};
use crate::graph::Value;

pub(super) const FORMAT: Format = Format {
    name: "poetry-lock",
    what: "Poetry's lock file, with the pyproject.toml beside it",
    made_by: "poetry lock",
    names: &["poetry.lock"],
    looks_like,
    example: "[[package]]\nname = \"anyio\"\nversion = \"4.0\"\noptional = false\npython-versions = \">=3.8\"\n\n\
              [package.dependencies]\nidna = \">=2.8\"\n\n[[package]]\nname = \"idna\"\nversion = \"3.10\"\n\
              optional = false\npython-versions = \">=3.6\"\n\n[metadata]\nlock-version = \"2.1\"\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    probe.has(&["[[package]]", "\npython-versions = ", "\noptional = "])
}

/// One name has no more versions than this.
const MOST_VERSIONS: usize = 64;

struct Package<'a> {
    thing: ThingId,
    name: String,
    version: Cow<'a, str>,
    parsed: Option<Version>,
    is_indexed: bool,
    marker: Option<Marker>,
    needs: Vec<Need<'a>>,
    extras: HashMap<String, Extra>,
}

/// What an extra's list says besides the needs that say it themselves.
struct Extra {
    line: usize,
    /// `all = ["dask[array]"]`: other extras of the package itself.
    own: Vec<String>,
    /// The needs of the package that are for it.
    needs: Vec<usize>,
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let mut lock = Lock::default();
    each_part(sheet, |sheet, table, start| {
        toml::items(table, "package").try_for_each(|package| lock.add(sheet, package, start))
    })?;
    if lock.packages.is_empty() && !sheet.text.contains("[metadata]") {
        return Err(Problem::at(1, "no package in the lock file").help("make it again: poetry lock"));
    }
    lock.relate_project(sheet)?;
    for at in 0..lock.packages.len() {
        let (thing, needs) = (lock.packages[at].thing, std::mem::take(&mut lock.packages[at].needs));
        let done = needs.iter().try_for_each(|need| lock.relate(sheet, thing, Some(at), need, None));
        lock.packages[at].needs = needs;
        done?;
    }
    lock.relate_extras(sheet)?;
    let unchosen = lock.unchosen();
    if unchosen > 0 {
        let what = format!(
            "needs of extras that nobody chose are left out, for the lock file has no package for them: {unchosen}"
        );
        sheet.warn(0, what, None);
    }
    Ok(())
}

#[derive(Default)]
struct Lock<'a> {
    packages: Vec<Package<'a>>,
    by_name: HashMap<String, Vec<usize>>,
    /// Extras that are needed: the package, the extra, its thing.
    extras: VecDeque<(usize, String, ThingId)>,
}

impl<'a> Lock<'a> {
    fn add(&mut self, sheet: &mut Sheet<'a>, value: &Spanned<DeValue<'a>>, start: usize) -> Result<(), Problem> {
        let line = sheet.line(start + value.span().start);
        let wrong = |what| Problem::at(line, what).help("make the lock file again: poetry lock");
        let Some(table) = value.get_ref().as_table() else { return Err(wrong("a package that is not a table")) };
        let Some(name) = toml::text(table, "name").map(normal) else { return Err(wrong("a package without a name")) };
        let version = text(table, "version");
        let source = toml::table(table, "source");
        let kind = source.map(|source| text(source, "type")).unwrap_or_default();
        let is_indexed = matches!(&*kind, "" | "legacy");
        let thing = sheet.thing(&format!("{name} {version} {}", source.map(|s| text(s, "url")).unwrap_or_default()))?;
        sheet.define(thing, line + 1);
        describe(sheet, thing, &name, &version, is_indexed)?;
        self.describe_more(sheet, thing, table)?;
        let versions = self.by_name.entry(name.clone()).or_default();
        versions.push(self.packages.len());
        if versions.len() > MOST_VERSIONS {
            return Err(wrong("more than 64 versions of one package"));
        }
        let needs = needs(sheet, table, start)?;
        let extras = toml::table(table, "extras").into_iter().flatten().map(|(extra, list)| {
            let (line, own) = (sheet.line(start + extra.span().start), own_extras(&name, list));
            (normal(extra.get_ref()), Extra { line, own, needs: Vec::new() })
        });
        let mut extras: HashMap<String, Extra> = extras.collect();
        for (at, part) in needs.iter().enumerate().flat_map(|(at, need)| need.parts.iter().map(move |part| (at, part)))
        {
            if let Part::Extra(extra) = part
                && let Some(extra) = extras.get_mut(extra)
            {
                extra.needs.push(at);
            }
        }
        let (marker, parsed) = (marker(table), Version::parse(&version));
        self.packages.push(Package { thing, name, version, parsed, is_indexed, marker, needs, extras });
        Ok(())
    }

    fn describe_more(&self, sheet: &mut Sheet, thing: ThingId, table: &Table) -> Result<(), Problem> {
        let mut groups = texts(table, "groups");
        // Poetry before 1.5.
        groups.extend(toml::text(table, "category").map(str::to_string));
        if !groups.is_empty() {
            sheet.set(thing, "groups", Value::list(groups.iter().map(|group| Value::from(group.as_str()))))?;
        }
        if toml::get(table, "optional").and_then(|optional| optional.get_ref().as_bool()) == Some(true) {
            sheet.set(thing, "optional", Value::Boolean(true))?;
        }
        sheet.set(thing, "marker", text(table, "markers").as_ref())?;
        let Some(source) = toml::table(table, "source") else { return Ok(()) };
        let url = text(source, "url");
        match &*text(source, "type") {
            "directory" => {
                let folder = sheet.join(&url);
                sheet.identify(thing, &identity::folder(&folder))
            }
            "legacy" if url.trim_end_matches('/') == "https://pypi.org/simple" => Ok(()),
            _ => sheet.set(thing, "source", url.as_ref()),
        }
    }

    /// The packages that answer a need of another.
    fn answers(&self, of: Option<usize>, need: &Need) -> Vec<usize> {
        let all = self.by_name.get(&need.name).map_or(&[][..], Vec::as_slice);
        if all.len() < 2 {
            return all.to_vec();
        }
        let marker = Marker::parse(&need.marker);
        let own = of.and_then(|of| self.packages[of].marker.as_ref());
        let is_possible = |at: &usize| {
            let markers = [own, marker.as_ref(), self.packages[*at].marker.as_ref()];
            may_hold(&markers.into_iter().flatten().collect::<Vec<_>>())
        };
        let admitted = |at: &usize| match &self.packages[*at].parsed {
            Some(version) => admits(&need.range, version) != Some(false),
            None => true,
        };
        all.iter().copied().filter(admitted).filter(is_possible).collect()
    }

    /// States a need of a thing; `of` is the package whose need it is, `only` the part that counts.
    fn relate(
        &mut self,
        sheet: &mut Sheet,
        start: ThingId,
        of: Option<usize>,
        need: &Need,
        only: Option<&Part>,
    ) -> Result<(), Problem> {
        let answers = self.answers(of, need);
        let is_optional = !need.parts.iter().any(|part| matches!(part, Part::Normal | Part::Group(_)));
        if answers.is_empty() && is_optional && of.is_some() && only.is_none() {
            return Ok(());
        }
        if answers.is_empty() {
            return self.relate_missing(sheet, start, need, only.is_some());
        }
        let parts: &[Part] = if only.is_some() { &[Part::Normal] } else { &need.parts };
        for (part, end) in parts.iter().flat_map(|part| answers.iter().map(move |end| (part, *end))) {
            let package = &self.packages[end];
            let relation = sheet.relate(start, part.relationship_type(), package.thing, need.line, need.evidence)?;
            part.set(sheet, relation)?;
            let (requested, resolved) = (&*need.range, &*package.version);
            set_terms(sheet, relation, &Terms { requested, resolved, marker: &need.marker, extras: &need.extras })?;
            for extra in &need.extras {
                let Some(end) = self.extra(sheet, end, extra)? else { continue };
                let relation = sheet.relate(start, part.relationship_type(), end, need.line, need.evidence)?;
                part.set(sheet, relation)?;
                set_terms(sheet, relation, &Terms { marker: &need.marker, ..Terms::default() })?;
            }
        }
        Ok(())
    }

    /// How many needs have no package in the lock file, since they are for extras that nobody chose.
    fn unchosen(&self) -> usize {
        let is_left_out = |package: &&Package, need: &&Need| {
            // What is stated of an extra is taken out of the package.
            let is_unchosen =
                |part: &Part| matches!(part, Part::Extra(e) if e.is_empty() || package.extras.contains_key(e));
            !self.by_name.contains_key(&need.name) && need.parts.iter().all(is_unchosen)
        };
        self.packages
            .iter()
            .map(|package| package.needs.iter().filter(|need| is_left_out(&package, need)).count())
            .sum()
    }

    fn relate_missing(&self, sheet: &mut Sheet, start: ThingId, need: &Need, is_extra: bool) -> Result<(), Problem> {
        let end = sheet.thing(&format!("{} absent", need.name))?;
        describe(sheet, end, &need.name, "", false)?;
        let parts = if is_extra { &[Part::Normal] } else { &need.parts[..] };
        for part in parts {
            let relation = sheet.relate(start, part.relationship_type(), end, need.line, need.evidence)?;
            part.set(sheet, relation)?;
            let (requested, marker) = (&*need.range, &*need.marker);
            set_terms(sheet, relation, &Terms { requested, marker, extras: &need.extras, ..Terms::default() })?;
        }
        Ok(())
    }

    /// The thing of an extra that is needed; none if it adds nothing.
    fn extra(&mut self, sheet: &mut Sheet, of: usize, extra: &str) -> Result<Option<ThingId>, Problem> {
        let package = &self.packages[of];
        let extra = normal(extra);
        let key = format!("[{extra}] of {of}");
        if let Some(known) = sheet.known(&key) {
            return Ok(Some(known));
        }
        if !package.extras.contains_key(&extra) {
            return Ok(None);
        }
        let thing = sheet.thing(&key)?;
        describe_extra(sheet, thing, (&package.name, &extra), &package.version, package.is_indexed)?;
        self.extras.push_back((of, extra, thing));
        Ok(Some(thing))
    }

    fn relate_extras(&mut self, sheet: &mut Sheet) -> Result<(), Problem> {
        while let Some((of, extra, thing)) = self.extras.pop_front() {
            let Some(Extra { line, own, needs: its }) = self.packages[of].extras.remove(&extra) else { continue };
            sheet.define(thing, line);
            let mut ends = vec![self.packages[of].thing];
            for extra in &own {
                ends.extend(self.extra(sheet, of, extra)?);
            }
            for end in ends {
                let relation = sheet.relate(thing, "DEPENDS_ON", end, line, sheet.line_text(line))?;
                Part::Normal.set(sheet, relation)?;
            }
            let (part, needs) = (Part::Extra(extra), std::mem::take(&mut self.packages[of].needs));
            let done = its.iter().try_for_each(|at| self.relate(sheet, thing, Some(of), &needs[*at], Some(&part)));
            self.packages[of].needs = needs;
            done?;
        }
        Ok(())
    }

    /// The project and its needs, as the pyproject.toml beside the lock file states them.
    fn relate_project(&mut self, sheet: &mut Sheet) -> Result<(), Problem> {
        const FILE: &str = "pyproject.toml";
        let Some(text) = sheet.beside(FILE) else {
            let what = "a poetry.lock names neither the project nor its own needs";
            sheet.warn(0, what, Some("put the pyproject.toml beside it"));
            return Ok(());
        };
        sheet.charge(4 * text.len())?;
        sheet.citing(FILE, |sheet| {
            let project = match project::read(&text) {
                Ok(project) => project,
                Err((line, what)) => {
                    sheet.error(line, what, Some("mend the pyproject.toml, or take it away"));
                    return Ok(());
                }
            };
            let thing = sheet.thing("the project")?;
            sheet.define(thing, project.line);
            describe(sheet, thing, &project.name, &project.version, false)?;
            sheet.identify(thing, &identity::folder(sheet.folder()))?;
            project.needs.iter().try_for_each(|need| self.relate(sheet, thing, None, need, None))
        })
    }
}
