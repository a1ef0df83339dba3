//! [`Bom`]: what components and entries of dependencies state, whatever the form of the file.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::super::identity;
use super::super::purl::Purl;
use super::super::tally::Tally;
use super::{DEEPEST, PNPM, Problem, Sheet, too_deep};
use crate::facts::{ThingId, Word};
use crate::graph::Value;

/// A component or service without those inside it. Texts are empty if the file has none.
pub(super) struct Part<'a, N> {
    pub is_service: bool,
    pub line: usize,
    /// As it is written: evidence.
    pub words: &'a str,
    pub reference: Cow<'a, str>,
    pub kind: Cow<'a, str>,
    pub group: Cow<'a, str>,
    pub name: Cow<'a, str>,
    pub version: Cow<'a, str>,
    /// Of an external component, instead of a version.
    pub version_range: Cow<'a, str>,
    pub purl: Cow<'a, str>,
    pub cpe: Cow<'a, str>,
    pub description: Cow<'a, str>,
    pub scope: Cow<'a, str>,
    pub licenses: Vec<Cow<'a, str>>,
    /// Whether the property of npm's and pnpm's says that it is for development only.
    pub is_development: bool,
    /// The components and services inside, and those of its pedigree.
    pub others: Vec<(Link, N)>,
}

impl<N> Part<'_, N> {
    pub fn new(is_service: bool, line: usize, words: &str) -> Part<'_, N> {
        let none = || Cow::Borrowed("");
        Part {
            is_service,
            line,
            words,
            reference: none(),
            kind: none(),
            group: none(),
            name: none(),
            version: none(),
            version_range: none(),
            purl: none(),
            cpe: none(),
            description: none(),
            scope: none(),
            licenses: Vec::new(),
            is_development: false,
            others: Vec::new(),
        }
    }
}

/// How a component relates to one that is written inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Inside,
    Ancestor,
    Descendant,
    Variant,
}

/// A component or service as its form holds it.
pub(super) trait Node<'a>: Sized {
    fn part(&self, sheet: &Sheet<'a>) -> Result<Part<'a, Self>, Problem>;
}

/// The property of a component that marks npm packages which are needed for development only.
pub(super) const DEVELOPMENT: &str = "cdx:npm:package:development";

/// Where a component is left out.
#[derive(Clone, Copy, Debug, Default)]
struct Scope {
    is_optional: bool,
    is_development: bool,
}

pub(super) struct Bom<'s, 'a> {
    pub sheet: &'s mut Sheet<'a>,
    /// Of a BOM-Link to an element of this file: `urn:cdx:SERIAL/VERSION#`; empty if the file has no serial number.
    link: String,
    /// Those that are not simply required.
    scopes: HashMap<ThingId, Scope>,
    /// What has a reference, in the order of the file.
    parts: Vec<ThingId>,
    /// How many have none.
    nameless: usize,
    defined: HashSet<ThingId>,
    /// What has an entry of dependencies, and whether one with needs.
    entries: HashMap<ThingId, bool>,
    needs: HashSet<(ThingId, ThingId, bool)>,
    /// What `compositions` say of the dependencies of a thing.
    aggregates: Vec<(ThingId, String)>,
    repeated: Tally,
    absent: Tally,
    tools: Vec<String>,
    unread: Vec<&'static str>,
}

impl<'s, 'a> Bom<'s, 'a> {
    pub fn new(sheet: &'s mut Sheet<'a>) -> Bom<'s, 'a> {
        Bom {
            sheet,
            link: String::new(),
            scopes: HashMap::new(),
            parts: Vec::new(),
            nameless: 0,
            defined: HashSet::new(),
            entries: HashMap::new(),
            needs: HashSet::new(),
            aggregates: Vec::new(),
            repeated: Tally::default(),
            absent: Tally::default(),
            tools: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Takes the number of the file, by which other files refer to its elements.
    pub fn number(&mut self, serial: &str, version: &str) {
        if let Some(uuid) = serial.strip_prefix("urn:uuid:") {
            self.link = format!("urn:cdx:{uuid}/{}#", if version.is_empty() { "1" } else { version });
        }
    }

    /// Takes a tool that made the file.
    pub fn tool(&mut self, name: &str) {
        self.tools.push(name.to_lowercase());
    }

    /// Takes a section of the file that is left out.
    pub fn leave_out(&mut self, section: &str) {
        const SECTIONS: &[&str] = &["vulnerabilities", "formulation", "declarations"];
        self.unread.extend(SECTIONS.iter().find(|known| **known == section));
    }

    /// States a component or service and all that is written inside it.
    pub fn state<N: Node<'a>>(&mut self, node: &N) -> Result<(), Problem> {
        self.state_at(node, 0).map(drop)
    }

    fn state_at<N: Node<'a>>(&mut self, node: &N, depth: usize) -> Result<(ThingId, usize, &'a str), Problem> {
        let part = node.part(self.sheet)?;
        if depth > DEEPEST {
            return Err(too_deep(part.line));
        }
        let thing = self.thing_of(&part)?;
        self.describe(thing, &part)?;
        for (link, other) in &part.others {
            let (other, line, words) = self.state_at(other, depth + 1)?;
            let (start, relation, end) = match link {
                Link::Inside => (thing, "CONTAINS", other),
                Link::Ancestor => (thing, "DERIVED_FROM", other),
                Link::Descendant => (other, "DERIVED_FROM", thing),
                Link::Variant => (thing, "VARIANT_OF", other),
            };
            self.sheet.relate(start, relation, end, line, words)?;
        }
        Ok((thing, part.line, part.words))
    }

    fn thing_of<N>(&mut self, part: &Part<'a, N>) -> Result<ThingId, Problem> {
        if !part.reference.is_empty() {
            return self.sheet.thing(&part.reference);
        }
        // Without a reference nothing else can mean it; no reference holds this character.
        self.nameless += 1;
        self.sheet.thing(&format!("\u{0}{}", self.nameless))
    }

    fn describe<N>(&mut self, thing: ThingId, part: &Part<'a, N>) -> Result<(), Problem> {
        let purl = Purl::parse(&part.purl);
        let name = match &purl {
            // npm writes an alias or a folder where the name should be.
            Some(purl) => purl.spoken(),
            None if part.group.is_empty() => Cow::Borrowed(&*part.name),
            None => Cow::Owned(format!("{}/{}", part.group, part.name)),
        };
        if !part.reference.is_empty() {
            self.sheet.charge(32)?;
            match self.defined.insert(thing) {
                true => self.parts.push(thing),
                false => self.repeated.add(part.line, &part.reference),
            }
        }
        self.sheet.define(thing, part.line);
        self.sheet.name(thing, if name.is_empty() { &part.reference } else { &name });
        self.sheet.label(thing, label(part));
        let version = match &purl {
            Some(purl) if part.version.is_empty() => purl.version.as_str(),
            _ => &part.version,
        };
        let ecosystem = purl.as_ref().map_or("", |purl| purl.kind.as_str());
        for (key, value) in [
            ("type", &*part.kind),
            ("version", version),
            ("version_range", &part.version_range),
            ("ecosystem", ecosystem),
            ("scope", &part.scope),
            ("purl", &part.purl),
            ("cpe", &part.cpe),
            ("description", &part.description),
        ] {
            if !value.is_empty() {
                self.sheet.set(thing, key, value)?;
            }
        }
        self.sheet.set(thing, "license", one_or_list(&part.licenses))?;
        self.mark(thing, part);
        self.identify(thing, part, purl.as_ref())
    }

    fn mark<N>(&mut self, thing: ThingId, part: &Part<'a, N>) {
        let scope = Scope {
            is_optional: part.scope == "optional",
            // "Component usage for test and other non-runtime purposes."
            is_development: part.is_development || part.scope == "excluded",
        };
        if scope.is_optional || scope.is_development {
            self.scopes.insert(thing, scope);
        }
    }

    fn identify<N>(&mut self, thing: ThingId, part: &Part<'a, N>, purl: Option<&Purl>) -> Result<(), Problem> {
        // A subpath means a part of the package, as cargo-cyclonedx writes it for each target.
        if let Some(purl) = purl.filter(|purl| !purl.version.is_empty() && !part.purl.contains('#')) {
            for identifier in [identity::canonical(&part.purl), purl.image()].into_iter().flatten() {
                self.sheet.identify(thing, &identifier)?;
            }
        }
        if purl.is_none() && part.kind == "container" && !part.name.is_empty() {
            self.sheet.identify(thing, &image(&part.name, &part.version))?;
        }
        if !self.link.is_empty() && !part.reference.is_empty() {
            let link = format!("{}{}", self.link, part.reference);
            self.sheet.identify(thing, &link)?;
        }
        Ok(())
    }

    /// The thing that an entry of dependencies refers to.
    fn referred(&mut self, reference: &str, line: usize) -> Result<ThingId, Problem> {
        if reference.starts_with("urn:cdx:") && self.sheet.known(reference).is_none() {
            let link = identity::decoded(reference);
            return self.sheet.identified(&link, link.split_once('#').map_or(&link, |(_, name)| name));
        }
        let is_new = self.sheet.known(reference).is_none();
        let thing = self.sheet.thing(reference)?;
        if is_new {
            self.absent.add(line, reference);
        }
        Ok(thing)
    }

    /// Opens an entry of dependencies.
    pub fn entry(&mut self, reference: &str, line: usize) -> Result<ThingId, Problem> {
        let thing = self.referred(reference, line)?;
        self.entries.entry(thing).or_insert(false);
        self.sheet.charge(32)?;
        Ok(thing)
    }

    /// States a need of an entry.
    pub fn depends(&mut self, start: ThingId, end: &str, line: usize, words: &str) -> Result<(), Problem> {
        let end = self.referred(end, line)?;
        self.entries.insert(start, true);
        if !self.needs.insert((start, end, true)) {
            return Ok(());
        }
        self.sheet.charge(24)?;
        let scope = |thing: ThingId| self.scopes.get(&thing).copied().unwrap_or_default();
        let (needer, need) = (scope(start), scope(end));
        // What is required needs no optional component but by choice. Between two that are optional nothing is known.
        let (relation, kind) = match () {
            () if need.is_development && !needer.is_development => ("DEV_DEPENDS_ON", "dev"),
            () if need.is_optional && !needer.is_optional => ("OPTIONALLY_DEPENDS_ON", "optional"),
            () => ("DEPENDS_ON", "unknown"),
        };
        let relation = self.sheet.relate(start, relation, end, line, words)?;
        self.sheet.set_relation(relation, "kind", kind)
    }

    /// States what an entry implements: a standard, an algorithm.
    pub fn provides(&mut self, start: ThingId, end: &str, line: usize, words: &str) -> Result<(), Problem> {
        let end = self.referred(end, line)?;
        if self.needs.insert((start, end, false)) {
            self.sheet.relate(start, "PROVIDES", end, line, words)?;
        }
        Ok(())
    }

    /// What a composition says of the dependencies of something.
    pub fn composition(&mut self, reference: &str, aggregate: &str) {
        if let Some(thing) = self.sheet.known(reference) {
            self.aggregates.push((thing, aggregate.to_string()));
        }
    }

    /// Says what is known of the needs of each component, and warns.
    pub fn finish(mut self) -> Result<(), Problem> {
        let has_tool = |name: &str| self.tools.iter().any(|tool| tool == name);
        let python = has_tool("cyclonedx-python-lib") || has_tool("cyclonedx-py") || has_tool("cyclonedx-bom");
        let mut unknown = 0;
        for thing in &self.parts {
            self.sheet.tick()?;
            let known = match self.entries.get(thing) {
                Some(true) => "",
                Some(false) if python => "",
                Some(false) => "none",
                None if self.entries.is_empty() => "",
                None => "unknown",
            };
            unknown += usize::from(known == "unknown");
            self.sheet.set(*thing, "dependencies", known)?;
        }
        for (thing, aggregate) in &self.aggregates {
            if aggregate != "complete" {
                self.sheet.set(*thing, "dependencies", aggregate.as_str())?;
            }
        }
        self.warn_of_tools(python);
        self.warn_of_gaps(unknown);
        Ok(())
    }

    fn warn_of_gaps(&mut self, unknown: usize) {
        let Bom { sheet, repeated, absent, entries, unread, parts, nameless, .. } = self;
        repeated.warn(sheet, "a bom-ref names more than one component; they are read as one", None);
        absent.warn(sheet, "dependencies name what is not among the components", None);
        if entries.is_empty() && parts.len() + *nameless > 0 {
            sheet.warn(0, "it has no dependencies: it lists components, and not what they need", None);
        } else if unknown > 0 {
            let what = format!("{unknown} of {} components have no entry in dependencies", parts.len());
            sheet.warn(0, what, Some("what they need is unknown: see their property dependencies"));
        }
        if !unread.is_empty() {
            sheet.warn(0, format!("not read: {}", unread.join(", ")), None);
        }
    }

    /// Faults of producers, seen in the versions named.
    fn warn_of_tools(&mut self, python: bool) {
        for (tool, what, help) in [
            ("pnpm", PNPM.0, PNPM.1),
            (
                "cyclonedx-py",
                "cyclonedx-py (7.5.0) states needs of extras that are not installed",
                "read the lock file or `pipdeptree --json` instead",
            ),
            (
                "uv",
                "uv (0.13.9) attaches the needs of all extras to the root, and does not mark development",
                "read uv.lock instead",
            ),
        ] {
            if self.tools.iter().any(|known| known == tool) {
                self.sheet.warn(0, what, Some(help));
            }
        }
        if python {
            let what = "cyclonedx-python-lib (11.12.0) writes an empty entry for unknown needs, and drops provides";
            self.sheet.warn(0, what, Some("an empty entry does not mean here that nothing is needed"));
        }
    }
}

fn label<N>(part: &Part<N>) -> Word {
    if part.is_service {
        return "Service".into();
    }
    Cow::Borrowed(match &*part.kind {
        "container" => "Image",
        "file" => "File",
        "operating-system" => "OperatingSystem",
        "platform" => "Platform",
        "device" => "Device",
        "device-driver" => "DeviceDriver",
        "firmware" => "Firmware",
        "machine-learning-model" => "Model",
        "data" => "Dataset",
        "cryptographic-asset" => "CryptographicAsset",
        // application, framework, library, and what later versions add.
        _ => "Package",
    })
}

fn one_or_list(licenses: &[Cow<str>]) -> Value {
    match licenses {
        [] => Value::Null,
        [license] => Value::from(&**license),
        several => Value::list(several.iter().map(|license| Value::from(&**license))),
    }
}

/// The image of a container that has no package URL: the version is a tag or a digest, unless the name has one.
fn image(name: &str, version: &str) -> String {
    let is_tagged = name.rsplit('/').next().is_some_and(|last| last.contains([':', '@']));
    match version {
        "" => identity::image(name),
        digest if digest.starts_with("sha256:") => identity::image(&format!("{name}@{digest}")),
        _ if is_tagged => identity::image(name),
        tag => identity::image(&format!("{name}:{tag}")),
    }
}
