//! What follows from settings that name no unit, or from a unit's own name: the implicit dependencies of the manuals.

use std::collections::HashMap;

use super::super::Problem;
use super::lines::Line;
use super::{Reader, Unit, names};
use crate::facts::ThingId;
use crate::graph::Value;

/// Settings that are properties of the unit, and what they are called.
const PROPERTIES: [(&str, &str); 10] = [
    ("Description", "description"),
    ("Type", "type"),
    ("BusName", "bus_name"),
    ("ExecStart", "exec_start"),
    ("User", "user"),
    ("Restart", "restart"),
    ("What", "what"),
    ("Where", "where"),
    ("OnCalendar", "on_calendar"),
    ("DefaultDependencies", "default_dependencies"),
];

/// Settings of paths whose mounts a unit requires: systemd.unit(5), systemd.socket(5), systemd.exec(5).
const PATHS: [&str; 7] = [
    "RequiresMountsFor",
    "ListenStream",
    "ListenDatagram",
    "ListenSequentialPacket",
    "ListenFIFO",
    "WorkingDirectory",
    "RootDirectory",
];

impl Reader<'_, '_> {
    /// States what only the whole unit says.
    pub fn finish(&mut self, unit: &mut Unit) -> Result<(), Problem> {
        let Some(thing) = unit.thing else { return Ok(()) };
        self.install(unit, thing)?;
        for (key, property) in PROPERTIES {
            if let Some(line) = unit.setting(key) {
                self.sheet.set(thing, property, Value::from(line.value.as_str()))?;
            }
        }
        let header = Line { number: unit.line, text: unit.name.clone(), ..Line::default() };
        self.instance(thing, &unit.name.clone(), &header)?;
        self.activation(unit, thing, &header)?;
        self.slices(unit, thing, &header)?;
        self.devices(unit, thing)?;
        self.mounts(unit, thing)?;
        self.files(unit, thing)?;
        self.bus(unit, thing)?;
        self.links(unit, thing)
    }

    /// What enabling the unit does; a template is enabled as its default instance, if it has one.
    fn install(&mut self, unit: &mut Unit, thing: ThingId) -> Result<(), Problem> {
        let instance = unit.setting("DefaultInstance").filter(|line| !line.value.is_empty()).cloned();
        let enabled = match (instance, unit.name.split_once("@.")) {
            (Some(line), Some((prefix, kind))) => {
                let name = format!("{prefix}@{}.{kind}", line.value);
                let instance = self.unit(&name)?;
                self.instance(instance, &name, &line)?;
                instance
            }
            _ => thing,
        };
        let lines = std::mem::take(&mut unit.install);
        let resets: HashMap<&str, usize> = lines
            .iter()
            .enumerate()
            .filter(|(_, (_, line))| line.value.is_empty())
            .map(|(at, (row, _))| (row.key, at))
            .collect();
        for (at, (row, line)) in lines.iter().enumerate() {
            if resets.get(row.key).is_none_or(|reset| at > *reset) {
                self.directive(unit, enabled, row, line)?;
            }
        }
        Ok(())
    }

    /// What a socket, timer, path or automount sets going, and is started before.
    fn activation(&mut self, unit: &Unit, thing: ThingId, header: &Line) -> Result<(), Problem> {
        let Some((stem, kind)) = unit.name.rsplit_once('.') else { return Ok(()) };
        let (key, other) = match kind {
            "socket" => ("Service", "service"),
            "timer" | "path" => ("Unit", "service"),
            "automount" => ("", "mount"),
            _ => return Ok(()),
        };
        let named = unit.setting(key).filter(|line| !line.value.is_empty());
        // A drop-in that does not name it leaves it as the unit says.
        if unit.is_drop_in && named.is_none() {
            return Ok(());
        }
        let accepts = unit.setting("Accept").is_some_and(|line| is_yes(&line.value));
        let (target, line) = match named {
            Some(line) => (names::expanded(&line.value, &unit.name), line.clone()),
            None if accepts => (format!("{stem}@.{other}"), unit.setting("Accept").unwrap_or(header).clone()),
            None => (format!("{stem}.{other}"), header.clone()),
        };
        if !names::is_unit(&target) {
            self.sheet.warn(line.number, format!("{target}: not the name of a unit"), None);
            return Ok(());
        }
        let end = self.unit(&target)?;
        self.instance(end, &target, &line)?;
        self.relate(thing, "TRIGGERS", end, &line, kind)?;
        self.relate(end, "STARTS_AFTER", thing, &line, "implicit").map(|_| ())
    }

    /// The slice that a unit names, and the one around a slice.
    fn slices(&mut self, unit: &Unit, thing: ThingId, header: &Line) -> Result<(), Problem> {
        if let Some(line) = unit.setting("Slice").filter(|line| names::is_unit(&line.value)).cloned() {
            self.required(thing, &names::expanded(&line.value, &unit.name), &line, "Slice")?;
        }
        let around = unit.name.strip_suffix(".slice").and_then(|stem| stem.rsplit_once('-'));
        match around.filter(|(around, _)| !around.is_empty() && !unit.is_drop_in) {
            Some((around, _)) => self.required(thing, &format!("{around}.slice"), header, "slice"),
            None => Ok(()),
        }
    }

    /// `Requires=` and `After=` in one.
    fn required(&mut self, thing: ThingId, name: &str, line: &Line, kind: &str) -> Result<(), Problem> {
        let end = self.unit(name)?;
        self.relate(thing, "DEPENDS_ON", end, line, kind)?;
        self.relate(thing, "STARTS_AFTER", end, line, "implicit").map(|_| ())
    }

    /// The devices that hold a file system or swap space, or that a socket is bound to.
    fn devices(&mut self, unit: &Unit, thing: ThingId) -> Result<(), Problem> {
        let kind = unit.name.rsplit_once('.').map_or("", |(_, kind)| kind);
        let what = unit.setting("What").filter(|line| line.value.starts_with("/dev/")).cloned();
        let bound = unit.setting("BindToDevice").filter(|line| !line.value.is_empty()).cloned();
        let (name, line) = match (kind, what, bound) {
            ("swap", Some(line), _) => {
                return self.required(thing, &names::of_path(&line.value, "device"), &line, "What");
            }
            ("mount", Some(line), _) => (names::of_path(&line.value, "device"), line),
            ("socket", _, Some(line)) => {
                (names::of_path(&format!("/sys/subsystem/net/devices/{}", line.value), "device"), line)
            }
            _ => return Ok(()),
        };
        let end = self.unit(&name)?;
        self.relate(thing, "BINDS_TO", end, &line, &line.key)?;
        self.relate(thing, "STARTS_AFTER", end, &line, "implicit").map(|_| ())
    }

    /// The mount units beside the file on which paths of the unit lie; whether others exist, no file says.
    fn mounts(&mut self, unit: &Unit, thing: ThingId) -> Result<(), Problem> {
        let mut paths: Vec<(String, Line)> = Vec::new();
        for (key, line) in unit.settings.iter().filter(|(key, _)| PATHS.contains(&key.as_str())) {
            let words = if key == "RequiresMountsFor" { line.words() } else { vec![line.value.clone()] };
            paths.extend(words.into_iter().filter(|word| word.starts_with('/')).map(|word| (word, line.clone())));
        }
        if let Some(line) = unit.setting("Where").filter(|_| unit.name.ends_with("mount")) {
            let around = line.value.trim_end_matches('/').rsplit_once('/').map_or("", |(around, _)| around);
            paths.push((around.to_string(), line.clone()));
        }
        if paths.is_empty() {
            return Ok(());
        }
        let beside = self.sheet.list(".");
        for (path, line) in paths {
            let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]).filter(|end| *end > 0);
            for end in ends {
                self.sheet.tick()?;
                let name = names::of_path(&path[..end], "mount");
                if beside.binary_search(&name).is_ok() && name != unit.name {
                    self.required(thing, &name, &line, &line.key)?;
                }
            }
        }
        Ok(())
    }

    /// Files of variables, which must be there unless a dash says otherwise.
    fn files(&mut self, unit: &Unit, thing: ThingId) -> Result<(), Problem> {
        for (_, line) in unit.settings.iter().filter(|(key, _)| key == "EnvironmentFile") {
            let path = line.value.strip_prefix('-').unwrap_or(&line.value);
            if path.is_empty() {
                continue;
            }
            let file = self.sheet.thing(&format!("host path {path}"))?;
            self.sheet.name(file, path);
            self.sheet.label(file, "HostPath");
            let is_optional = line.value.starts_with('-');
            let relationship_type = if is_optional { "OPTIONALLY_DEPENDS_ON" } else { "CONFIGURED_BY" };
            self.relate(thing, relationship_type, file, line, "EnvironmentFile")?;
        }
        Ok(())
    }

    /// A service of the type `dbus` requires the socket of the bus.
    fn bus(&mut self, unit: &Unit, thing: ThingId) -> Result<(), Problem> {
        let line = match (unit.setting("Type"), unit.setting("BusName")) {
            (Some(kind), _) if kind.value == "dbus" => kind.clone(),
            (None, Some(name)) if unit.name.ends_with(".service") && !unit.is_drop_in => name.clone(),
            _ => return Ok(()),
        };
        self.required(thing, "dbus.socket", &line, "Type")
    }

    /// The units that are linked into `NAME.wants/`, `NAME.requires/` and `NAME.upholds/` beside the file.
    fn links(&mut self, unit: &Unit, thing: ThingId) -> Result<(), Problem> {
        if unit.is_drop_in {
            return Ok(());
        }
        for (folder, relationship_type) in FOLDERS {
            for name in self.sheet.list(&format!("{}.{folder}", unit.name)) {
                if names::is_unit(&name) {
                    let end = self.unit(&name)?;
                    let line = Line { text: format!("{}.{folder}/{name}", unit.name), ..Line::default() };
                    self.instance(end, &name, &line)?;
                    self.relate(thing, relationship_type, end, &line, folder)?;
                }
            }
        }
        self.linked(unit, thing)
    }

    /// A file in such a folder, where the unit of the folder is not beside it.
    fn linked(&mut self, unit: &Unit, thing: ThingId) -> Result<(), Problem> {
        let folder = self.sheet.folder();
        let parent = folder.rsplit_once('/').map_or(folder, |(_, parent)| parent);
        for (ending, relationship_type) in FOLDERS {
            let Some(name) = parent.strip_suffix(ending).and_then(|name| name.strip_suffix('.')) else { continue };
            if names::is_unit(name) && self.sheet.beside(&format!("../{name}")).is_none() {
                let start = self.unit(name)?;
                let line = Line { number: unit.line, text: format!("{parent}/{}", unit.name), ..Line::default() };
                self.relate(start, relationship_type, thing, &line, ending)?;
            }
        }
        Ok(())
    }
}

const FOLDERS: [(&str, &str); 3] = [("wants", "WANTS"), ("requires", "DEPENDS_ON"), ("upholds", "UPHOLDS")];

fn is_yes(value: &str) -> bool {
    ["1", "yes", "true", "on", "y", "t"].contains(&value.to_ascii_lowercase().as_str())
}
