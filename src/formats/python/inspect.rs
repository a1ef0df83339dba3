//! The output of `pip inspect`: what is installed in one Python environment, with the metadata of each package.
//!
//! Markers are evaluated in the environment that the file names. Of the extras, those count that an installed package
//! asks for, and those all of whose needs are installed in a version that will do; the file does not tell what a user
//! typed in brackets.
//! Written from pip's "Inspect JSON report" page, version 1, and the output of pip 23.2 and later.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};

use super::marker::Marker;
use super::requirement::Requirement;
use super::version::{Version, admits};
use super::{Part, Terms, describe, describe_extra, normal, set_terms};
use crate::facts::ThingId;
use crate::formats::json::{Json, member};
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::{Format, Probe};
use crate::graph::Value;

pub(super) const FORMAT: Format = Format {
    name: "pip-inspect",
    what: "Python packages of one environment with their metadata, as pip inspects them",
    made_by: "pip inspect > pip-inspect.json",
    names: &["pip-inspect*.json", "*inspect*.json"],
    looks_like,
    example: "{\"version\": \"1\", \"pip_version\": \"23.2\", \"installed\": [\n  \
              {\"metadata\": {\"name\": \"anyio\", \"version\": \"4.0\", \"requires_dist\": [\"idna>=2.8\"]}},\n  \
              {\"metadata\": {\"name\": \"idna\", \"version\": \"3.10\"}}],\n \"environment\": {}}\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    probe.starts_with('{') && probe.has(&["\"pip_version\"", "\"installed\"", "\"metadata\""])
}

struct Package<'a> {
    thing: ThingId,
    name: String,
    version: String,
    is_indexed: bool,
    needs: Vec<Need<'a>>,
    /// The extras that needs are for, in the order named.
    extras: Vec<String>,
    /// Of each extra, its needs; those of the package itself have the empty name.
    by_extra: HashMap<String, Vec<usize>>,
}

impl<'a> Package<'a> {
    /// The needs of an extra, or of the package itself.
    fn needs_of(&self, extra: &str) -> impl Iterator<Item = &Need<'a>> + Clone {
        self.by_extra.get(extra).map_or(&[][..], Vec::as_slice).iter().map(|at| &self.needs[*at])
    }
}

struct Need<'a> {
    name: String,
    range: String,
    /// The marker, if the environment does not decide it.
    marker: String,
    extras: Vec<String>,
    /// The extras that it is for; none if it is for the package itself.
    parts: Vec<String>,
    written: Json<'a>,
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let json = Json::parse(sheet.text)?;
    let members = json.members();
    let Some(installed) = member(&members, "installed").filter(|installed| installed.is_array()) else {
        return Err(Problem::at(1, "no list of what is installed").help("make it with pip inspect"));
    };
    let environment = member(&members, "environment").map(Json::members).unwrap_or_default();
    let environment = environment.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?))).collect();
    let mut reader = Reader { environment, ..Reader::default() };
    if reader.environment.is_empty() {
        sheet.warn(0, "the file names no environment: markers are kept, not evaluated", Some("use pip 22.2 or later"));
    }
    installed.items().into_iter().try_for_each(|item| reader.add(sheet, item))?;
    reader.choose(sheet)?;
    reader.find_lacking(sheet)?;
    reader.relate(sheet)
}

#[derive(Default)]
struct Reader<'a> {
    environment: HashMap<Cow<'a, str>, Cow<'a, str>>,
    packages: Vec<Package<'a>>,
    by_name: HashMap<String, usize>,
    /// Extras that installed packages ask for, in the order found.
    chosen: Vec<Extra>,
    is_chosen: HashSet<Extra>,
    /// Extras with a need that is not installed.
    lacking: HashSet<Extra>,
}

/// A package and an extra of it.
type Extra = (usize, String);

impl<'a> Reader<'a> {
    fn add(&mut self, sheet: &mut Sheet, item: Json<'a>) -> Result<(), Problem> {
        let (members, line) = (item.members(), sheet.line_of(item.text()));
        let metadata = member(&members, "metadata").map(Json::members).unwrap_or_default();
        let text = |key| member(&metadata, key).and_then(Json::as_str).unwrap_or_default();
        let (name, version) = (normal(&text("name")), text("version"));
        if name.is_empty() {
            return Err(Problem::at(line, "a package without a name").help("make the file again: pip inspect"));
        }
        let thing = sheet.thing(&name)?;
        if self.by_name.contains_key(&name) {
            sheet.warn(line, format!("{name} is installed twice; the first counts, as in an import"), None);
            return Ok(());
        }
        let address = member(&members, "direct_url").and_then(|direct| direct.get("url")).and_then(Json::as_str);
        let is_indexed = address.is_none();
        sheet.define(thing, line);
        describe(sheet, thing, &name, &version, is_indexed)?;
        sheet.set(thing, "source", address.unwrap_or_default().as_ref())?;
        let license = text("license_expression");
        let license = if license.is_empty() { text("license") } else { license };
        // Old metadata hold the whole text of a licence there.
        if !license.contains('\n') {
            sheet.set(thing, "license", &*license)?;
        }
        if member(&members, "requested").and_then(Json::as_bool) == Some(true) {
            sheet.set(thing, "requested", Value::Boolean(true))?;
        }
        let mut needs = Vec::new();
        for written in member(&metadata, "requires_dist").map(Json::items).unwrap_or_default() {
            sheet.tick()?;
            sheet.charge(size_of::<Need>() + written.text().len())?;
            needs.extend(self.need(sheet, written)?);
        }
        let (mut extras, mut by_extra): (Vec<String>, HashMap<String, Vec<usize>>) = Default::default();
        for (at, need) in needs.iter().enumerate() {
            let own = need.parts.is_empty().then(String::new);
            for extra in own.iter().chain(&need.parts) {
                if !extra.is_empty() && !by_extra.contains_key(extra) {
                    extras.push(extra.clone());
                }
                by_extra.entry(extra.clone()).or_default().push(at);
            }
        }
        self.by_name.insert(name.clone(), self.packages.len());
        self.packages.push(Package { thing, name, version: version.to_string(), is_indexed, needs, extras, by_extra });
        Ok(())
    }

    /// A need that counts in this environment, or of which that is not known.
    fn need(&self, sheet: &mut Sheet, written: Json<'a>) -> Result<Option<Need<'a>>, Problem> {
        let text = written.as_str().unwrap_or_default();
        let Some(requirement) = Requirement::parse(&text) else {
            let line = sheet.line_of(written.text());
            sheet.warn(line, format!("not a requirement, and left out: {text}"), None);
            return Ok(None);
        };
        let marker = Marker::parse(requirement.marker);
        let holds = |extra: &str| match &marker {
            None if requirement.marker.is_empty() => Some(true),
            None => None,
            Some(marker) => marker.holds(&|name: &str| match name {
                "extra" => Some(extra.to_string()),
                name => self.environment.get(name).map(|value| value.to_string()),
            }),
        };
        let (mut parts, mut is_known) = (Vec::new(), true);
        match holds("") {
            Some(true) => {}
            None if marker.as_ref().is_none_or(|marker| marker.extras().is_empty()) => is_known = false,
            _ => {
                for extra in marker.iter().flat_map(Marker::extras).filter(|extra| holds(extra) != Some(false)) {
                    is_known &= holds(extra).is_some();
                    parts.push(normal(extra));
                }
                if parts.is_empty() {
                    return Ok(None);
                }
            }
        }
        Ok(Some(Need {
            name: normal(requirement.name),
            range: requirement.range.to_string(),
            marker: if is_known { String::new() } else { requirement.marker.to_string() },
            extras: requirement.extras.iter().map(|extra| normal(extra)).collect(),
            parts,
            written,
        }))
    }

    /// Finds the extras that installed packages ask for, and what these ask for in turn.
    fn choose(&mut self, sheet: &Sheet) -> Result<(), Problem> {
        let mut todo: VecDeque<Extra> = (0..self.packages.len()).map(|at| (at, String::new())).collect();
        while let Some((at, part)) = todo.pop_front() {
            for need in self.packages[at].needs_of(&part) {
                sheet.tick()?;
                let Some(&of) = self.by_name.get(&need.name) else { continue };
                for extra in need.extras.iter().filter(|extra| self.packages[of].by_extra.contains_key(*extra)) {
                    if self.is_chosen.insert((of, extra.clone())) {
                        self.chosen.push((of, extra.clone()));
                        todo.push_back((of, extra.clone()));
                    }
                }
            }
        }
        Ok(())
    }

    /// Finds the extras that lack a need, and those that ask for such an extra.
    fn find_lacking(&mut self, sheet: &Sheet) -> Result<(), Problem> {
        let (mut asking, mut todo): (HashMap<Extra, Vec<Extra>>, Vec<Extra>) = Default::default();
        for (at, package) in self.packages.iter().enumerate() {
            for (need, part) in package.needs.iter().flat_map(|need| need.parts.iter().map(move |part| (need, part))) {
                sheet.tick()?;
                match self.by_name.get(&need.name).filter(|of| self.will_do(**of, need)) {
                    None => todo.push((at, part.clone())),
                    Some(of) => need.extras.iter().for_each(|extra| {
                        asking.entry((*of, extra.clone())).or_default().push((at, part.clone()));
                    }),
                }
            }
        }
        while let Some(extra) = todo.pop() {
            sheet.tick()?;
            if self.lacking.insert(extra.clone()) {
                todo.extend(asking.remove(&extra).unwrap_or_default());
            }
        }
        Ok(())
    }

    fn will_do(&self, at: usize, need: &Need) -> bool {
        let version = Version::parse(&self.packages[at].version);
        version.is_none_or(|version| admits(&need.range, &version) != Some(false))
    }

    fn relate(&self, sheet: &mut Sheet) -> Result<(), Problem> {
        let mut left_out = 0;
        for (at, package) in self.packages.iter().enumerate() {
            for need in package.needs_of("") {
                self.relate_need(sheet, package.thing, package, need, &Part::Normal)?;
            }
            let (counting, others): (Vec<&String>, _) = package.extras.iter().partition(|e| self.counts(at, e));
            left_out += others.len();
            let counting: HashSet<&String> = counting.into_iter().collect();
            for need in &package.needs {
                for extra in need.parts.iter().filter(|extra| counting.contains(extra)) {
                    self.relate_need(sheet, package.thing, package, need, &Part::Extra(extra.clone()))?;
                }
            }
        }
        for (at, extra) in &self.chosen {
            self.relate_extra(sheet, *at, extra)?;
        }
        if left_out > 0 {
            sheet.warn(0, format!("extras that are not installed are left out: {left_out}"), None);
        }
        Ok(())
    }

    /// Whether an extra is asked for, or all that it needs is installed.
    fn counts(&self, at: usize, extra: &str) -> bool {
        let extra = (at, extra.to_string());
        self.is_chosen.contains(&extra) || !self.lacking.contains(&extra)
    }

    fn relate_extra(&self, sheet: &mut Sheet, at: usize, extra: &str) -> Result<(), Problem> {
        let package = &self.packages[at];
        let (thing, mut needs) = (self.extra(sheet, at, extra)?, package.needs_of(extra));
        if let Some(need) = needs.clone().next() {
            let line = sheet.line_of(need.written.text());
            sheet.define(thing, line);
            let relation = sheet.relate(thing, "DEPENDS_ON", package.thing, line, need.written.text())?;
            Part::Normal.set(sheet, relation)?;
        }
        needs.try_for_each(|need| self.relate_need(sheet, thing, package, need, &Part::Normal))
    }

    /// The thing of an extra; there is one for each that is asked for.
    fn extra(&self, sheet: &mut Sheet, at: usize, extra: &str) -> Result<ThingId, Problem> {
        let Package { name, version, is_indexed, .. } = &self.packages[at];
        let thing = sheet.thing(&format!("{name}[{extra}]"))?;
        describe_extra(sheet, thing, (name, extra), version, *is_indexed)?;
        Ok(thing)
    }

    fn relate_need(
        &self,
        sheet: &mut Sheet,
        start: ThingId,
        package: &Package,
        need: &Need,
        part: &Part,
    ) -> Result<(), Problem> {
        let (line, words) = (sheet.line_of(need.written.text()), need.written.text());
        let found = self.by_name.get(&need.name).copied();
        let mut ends = Vec::new();
        // An extra that asks for others of its own package needs these, not the package once more.
        if need.name != package.name {
            let end = sheet.thing(&need.name)?;
            let version = found.map_or("", |at| &*self.packages[at].version);
            if found.is_none() {
                describe(sheet, end, &need.name, "", false)?;
            }
            ends.push((
                end,
                Terms { requested: &need.range, resolved: version, marker: &need.marker, extras: &need.extras },
            ));
        }
        for extra in &need.extras {
            let Some(of) = found.filter(|of| self.is_chosen.contains(&(*of, extra.clone()))) else { continue };
            ends.push((self.extra(sheet, of, extra)?, Terms { marker: &need.marker, ..Terms::default() }));
        }
        for (end, terms) in ends.into_iter().filter(|(end, _)| *end != start) {
            let relation = sheet.relate(start, part.relationship_type(), end, line, words)?;
            part.set(sheet, relation)?;
            set_terms(sheet, relation, &terms)?;
        }
        Ok(())
    }
}
