//! Units of systemd and their drop-ins: what each requires, wants, binds to, starts after, triggers.
//!
//! Source: systemd.unit(5) and the manuals of the types, version 252. Stated is what the files say and what the manuals
//! call implicit dependencies; default dependencies (on sysinit.target, shutdown.target …) are not, for every unit has
//! them. A unit is one in all files, its drop-ins among them.

mod directives;
mod implied;
mod lines;
mod names;

use std::collections::HashSet;

use super::{Format, Probe, Problem, Sheet, identity};
use crate::facts::{RelationId, ThingId};
use crate::graph::Value;
use directives::{DIRECTIVES, Directive, End};
use lines::{Line, Part};
use names::{Subject, subject};

pub(super) const FORMAT: Format = Format {
    name: "systemd",
    what: "units of systemd and their drop-ins, or the output of `systemctl cat`",
    made_by: "systemctl cat '*' > all.units",
    names: &[
        "*.service",
        "*.socket",
        "*.timer",
        "*.target",
        "*.mount",
        "*.automount",
        "*.path",
        "*.slice",
        "*.swap",
        "*.device",
        "*.scope",
        "*.d/*.conf",
        "*.units",
    ],
    looks_like,
    example: "[Unit]\nRequires=db.service\nAfter=db.service\n\n[Install]\nWantedBy=multi-user.target\n",
    read,
};

/// Sections that only units have.
const SECTIONS: [&str; 10] = [
    "[Unit]",
    "[Install]",
    "[Service]",
    "[Socket]",
    "[Timer]",
    "[Mount]",
    "[Automount]",
    "[Path]",
    "[Slice]",
    "[Swap]",
];

fn looks_like(probe: &Probe) -> bool {
    let has = |sections: &[&str]| probe.head.lines().any(|line| sections.contains(&line.trim_end()));
    let is_named = FORMAT.names.iter().any(|name| probe.is_named(name));
    if is_named { has(&SECTIONS) } else { has(&["[Unit]"]) && has(&SECTIONS[1..]) }
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let text = sheet.text;
    let path = sheet.path;
    let mut reader = Reader { sheet, is_user: names::is_user(path), instances: HashSet::new() };
    let first = subject(path);
    let is_unit = !matches!(first, Subject::Unknown);
    let mut unit = Unit::new(&mut reader, first, 1)?;
    for part in lines::parts(text) {
        reader.sheet.tick()?;
        match part {
            Part::Line(line) => reader.line(&mut unit, &line)?,
            Part::Wrong(line, what) => {
                reader.sheet.error(line, what, Some("a line is a [Section], NAME=VALUE or a # comment"))
            }
            // `systemctl cat` writes the path of each file above it.
            Part::File(line, path) if !is_unit => {
                reader.finish(&mut unit)?;
                reader.is_user = names::is_user(path);
                unit = Unit::new(&mut reader, subject(path), line)?;
            }
            Part::File(..) => {}
        }
    }
    reader.finish(&mut unit)
}

struct Reader<'s, 'a> {
    sheet: &'s mut Sheet<'a>,
    /// Whether the file is one of users' own managers, whose units are others than the system's of the same name.
    is_user: bool,
    /// Those whose template was stated.
    instances: HashSet<ThingId>,
}

/// A unit on its way through its file.
struct Unit {
    /// `None` where the text does not say which unit it is about.
    thing: Option<ThingId>,
    name: String,
    is_drop_in: bool,
    line: usize,
    section: String,
    /// Values that count as a whole, with their lines: `Service=`, `Type=` …
    settings: Vec<(String, Line)>,
    /// What `[Install]` says; an empty value takes back what its kind said before.
    install: Vec<(Directive, Line)>,
}

impl Unit {
    fn new(reader: &mut Reader, subject: Subject, line: usize) -> Result<Unit, Problem> {
        let (name, is_drop_in) = match subject {
            Subject::Unit(name) => (name, false),
            Subject::DropIn(name) => (name, true),
            Subject::Unknown => (String::new(), false),
        };
        let thing = if name.is_empty() { None } else { Some(reader.unit(&name)?) };
        let (settings, install) = (Vec::new(), Vec::new());
        let unit = Unit { thing, name, is_drop_in, line, section: String::new(), settings, install };
        if let Some(thing) = thing.filter(|_| !is_drop_in) {
            reader.sheet.define(thing, line);
        }
        if is_drop_in && unit.name.contains('*') {
            let what = format!("a drop-in for all of {}", unit.name);
            reader.sheet.warn(line, what, Some("what it says is stated of a unit of that name, not of each"));
        }
        Ok(unit)
    }

    fn setting(&self, key: &str) -> Option<&Line> {
        self.settings.iter().rev().find(|(known, _)| known == key).map(|(_, line)| line)
    }
}

impl Reader<'_, '_> {
    /// The unit of a name; an instance is one of its template.
    fn unit(&mut self, name: &str) -> Result<ThingId, Problem> {
        let identity = if self.is_user { format!("user/{name}") } else { name.to_string() };
        let thing = self.sheet.identified(&identity::unit(&identity), name)?;
        self.sheet.label(thing, "Unit");
        if let Some((_, kind)) = name.rsplit_once('.') {
            self.sheet.set(thing, "unit_type", kind)?;
        }
        Ok(thing)
    }

    fn line(&mut self, unit: &mut Unit, line: &Line) -> Result<(), Problem> {
        if let Some(section) = &line.section {
            unit.section = section.clone();
            return Ok(());
        }
        let Some(thing) = unit.thing else {
            if unit.section.is_empty() || unit.settings.is_empty() {
                let help = "name the file as the unit is named: web.service";
                self.sheet.warn(line.number, "it is not said which unit this is", Some(help));
            }
            unit.settings.push((line.key.clone(), line.clone()));
            return Ok(());
        };
        match DIRECTIVES.iter().find(|row| row.section == unit.section && row.key == line.key) {
            Some(row) if row.section == "Install" => {
                unit.install.push((*row, line.clone()));
                Ok(())
            }
            Some(row) => self.directive(unit, thing, row, line),
            None => {
                unit.settings.push((line.key.clone(), line.clone()));
                Ok(())
            }
        }
    }

    /// What a line of unit names states.
    fn directive(&mut self, unit: &Unit, thing: ThingId, row: &Directive, line: &Line) -> Result<(), Problem> {
        if line.value.is_empty() {
            let what = format!("an empty {}= takes nothing back", row.key);
            let help = "dependencies cannot be reset (systemd.unit(5), on drop-ins): replace the whole unit";
            self.sheet.warn(line.number, what, Some(help));
        }
        for word in line.words() {
            let name = names::expanded(&word, &unit.name);
            if !names::is_unit(&name) {
                self.sheet.warn(line.number, format!("{}={word}: not the name of a unit", row.key), None);
                continue;
            }
            let other = self.unit(&name)?;
            self.instance(other, &name, line)?;
            let (start, end) = if row.end == End::There { (thing, other) } else { (other, thing) };
            let relation = self.relate(start, row.relationship_type, end, line, row.key)?;
            if row.section == "Install" {
                self.sheet.set_relation(relation, "when", "enabled")?;
            }
        }
        Ok(())
    }

    /// An instance is made from its template, and needs what that needs.
    fn instance(&mut self, unit: ThingId, name: &str, line: &Line) -> Result<(), Problem> {
        let Some(template) = names::template(name) else { return Ok(()) };
        if !self.instances.insert(unit) {
            return Ok(());
        }
        let template = self.unit(&template)?;
        self.relate(unit, "INSTANCE_OF", template, line, "template").map(|_| ())
    }

    fn relate(
        &mut self,
        start: ThingId,
        relationship_type: &'static str,
        end: ThingId,
        line: &Line,
        kind: &str,
    ) -> Result<RelationId, Problem> {
        let relation = self.sheet.relate(start, relationship_type, end, line.number, &line.text)?;
        self.sheet.set_relation(relation, "kind", Value::from(kind))?;
        Ok(relation)
    }
}
