//! Debian's `Packages` files and dpkg's `status`: a paragraph a package.
//!
//! ```text
//! bytes → text → paragraphs → packages by name, names that are provided → relations
//! ```

mod clause;
mod paragraph;
mod resolve;
mod version;

use std::io::Read;

use super::tally::Tally;
use super::{Format, Probe, Problem, Sheet, identity};
use crate::facts::ThingId;
use clause::Clause;
use paragraph::{Field, Paragraph, paragraphs};
use resolve::{Index, Package};

pub(super) const FORMAT: Format = Format {
    name: "debian-packages",
    what: "packages of Debian: a Packages file of an archive, or dpkg's status",
    made_by: "apt-cache dumpavail > Packages",
    names: &["*packages", "*packages.gz", "dpkg/status"],
    looks_like,
    example: "\
Package: web
Version: 1.0-1
Architecture: all
Depends: libssl3 (>= 3.0), default-mta | mail-transport-agent

Package: libssl3
Version: 3.0.11-1
Architecture: amd64

Package: postfix
Version: 3.7-1
Architecture: amd64
Provides: mail-transport-agent
",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let fields = ["Package: ", "\nVersion: ", "\nArchitecture: "];
    let is_one =
        |head: &str| head.trim_start().starts_with(fields[0]) && fields.iter().all(|field| head.contains(field));
    is_one(probe.head) || is_gzip(probe.bytes) && is_one(&head_of_gzip(probe.bytes))
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

fn head_of_gzip(bytes: &[u8]) -> String {
    let mut head = Vec::new();
    // What is cut off or broken shows when it is read.
    _ = flate2::read::MultiGzDecoder::new(bytes).take(1 << 12).read_to_end(&mut head);
    String::from_utf8_lossy(&head).into_owned()
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    if is_gzip(sheet.bytes) {
        let text = unpacked(sheet)?;
        return Archive::new(sheet).read(&text);
    }
    let text = sheet.text;
    Archive::new(sheet).read(text)
}

/// The text of a compressed file, as far as the budget goes.
fn unpacked(sheet: &Sheet) -> Result<String, Problem> {
    const STEP: u64 = 1 << 20;
    let mut decoder = flate2::read::MultiGzDecoder::new(sheet.bytes);
    let mut bytes = Vec::new();
    loop {
        sheet.tick()?;
        sheet.charge(STEP as usize)?;
        match decoder.by_ref().take(STEP).read_to_end(&mut bytes) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => return Err(Problem::at(0, format!("not a whole gzip file: {error}"))),
        }
    }
    String::from_utf8(bytes).map_err(|_| Problem::at(0, "what is packed in it is not UTF-8"))
}

struct Archive<'s, 'f> {
    sheet: &'s mut Sheet<'f>,
    absent: Tally,
    unsatisfied: Tally,
    left_out: Tally,
    repeated: Tally,
}

impl<'s, 'f> Archive<'s, 'f> {
    fn new(sheet: &'s mut Sheet<'f>) -> Archive<'s, 'f> {
        let tally = Tally::default;
        Archive { sheet, absent: tally(), unsatisfied: tally(), left_out: tally(), repeated: tally() }
    }

    fn read(mut self, text: &str) -> Result<(), Problem> {
        let paragraphs = self.installed(paragraphs(text, self.sheet)?)?;
        let native =
            paragraphs.iter().find(|p| p.name == "dpkg").or(paragraphs.iter().find(|p| p.architecture != "all"));
        let native = native.map_or("", |paragraph| paragraph.architecture);
        let vendor = self.vendor();
        let mut index = Index::new(native);
        for paragraph in &paragraphs {
            let package = self.define(paragraph, native, vendor.as_deref())?;
            index.add(package);
        }
        index.sort();
        for (number, paragraph) in paragraphs.iter().enumerate() {
            for provided in paragraph.clauses(Field::Provides) {
                self.provide(&mut index, number, &provided)?;
            }
        }
        for (number, paragraph) in paragraphs.iter().enumerate() {
            for (field, _, _) in &paragraph.relations {
                if *field != Field::Provides {
                    self.relate(&index, number, *field, paragraph)?;
                }
            }
        }
        self.finish();
        Ok(())
    }

    /// Without packages that dpkg knows and that are not installed, and without repetitions.
    fn installed<'t>(&mut self, all: Vec<Paragraph<'t>>) -> Result<Vec<Paragraph<'t>>, Problem> {
        let mut known = std::collections::HashSet::new();
        let mut kept = Vec::new();
        for paragraph in all {
            self.sheet.charge(size_of::<Paragraph>() + 64)?;
            if paragraph.name.is_empty() {
                self.sheet.error(paragraph.line, "a paragraph without a package", None);
            } else if !paragraph.is_installed() {
                let state = paragraph.status.unwrap_or_default();
                self.left_out.add(paragraph.line, &format!("{} ({state})", paragraph.name));
            } else if !known.insert((paragraph.name, paragraph.architecture, paragraph.version)) {
                self.repeated.add(paragraph.line, paragraph.name);
            } else {
                kept.push(paragraph);
            }
        }
        Ok(kept)
    }

    /// Whose packages these are, if a file beside says so: an archive's `Release`, or the system whose status it is.
    fn vendor(&self) -> Option<String> {
        let release = self.sheet.beside("Release").unwrap_or_default();
        let system = self.sheet.beside("../../../etc/os-release").unwrap_or_default();
        let of_release = release.lines().find_map(|line| line.strip_prefix("Origin: "));
        let of_system = system.lines().find_map(|line| line.strip_prefix("ID="));
        let vendor = of_release.or(of_system)?.trim().trim_matches('"').to_lowercase();
        vendor.chars().all(|c| c.is_ascii_alphanumeric()).then_some(vendor)
    }

    fn define<'t>(
        &mut self,
        paragraph: &Paragraph<'t>,
        native: &str,
        vendor: Option<&str>,
    ) -> Result<Package<'t>, Problem> {
        let Paragraph { name, version, architecture, .. } = *paragraph;
        let thing = self.sheet.thing(&format!("{name}:{architecture} {version}"))?;
        self.sheet.define(thing, paragraph.line);
        self.sheet.name(thing, name);
        self.sheet.label(thing, "Package");
        self.sheet.set(thing, "ecosystem", "deb")?;
        for (key, value) in [
            ("version", version),
            ("architecture", architecture),
            ("section", paragraph.section),
            ("priority", paragraph.priority),
            ("source", paragraph.source),
            ("description", paragraph.description),
        ] {
            if !value.is_empty() {
                self.sheet.set(thing, key, value)?;
            }
        }
        if paragraph.is_essential {
            self.sheet.set(thing, "essential", true)?;
        }
        // The identity has no architecture: of several, it is the system's own that it means.
        let is_native = architecture == native || architecture == "all";
        if let Some(vendor) = vendor.filter(|_| is_native && !version.is_empty()) {
            self.sheet.identify(thing, &identity::package("deb", vendor, name, version))?;
        }
        Ok(Package { thing, name, architecture, version, multi_arch: paragraph.multi_arch })
    }

    fn provide<'t>(&mut self, index: &mut Index<'t>, provider: usize, clause: &Clause<'t>) -> Result<(), Problem> {
        for option in clause.options() {
            let (start, end) = (index.thing(provider), self.virtual_package(option.name, clause.line)?);
            index.add_provider(provider, &option, end);
            let words = format!("Provides: {}", clause.text);
            let relation = self.sheet.relate(start, "PROVIDES", end, clause.line, &words)?;
            self.sheet.set_relation(relation, "version", option.version)?;
            // Of those who need the name, each is served by any that provides it.
            self.sheet.set_relation(relation, "any_of", option.name)?;
        }
        Ok(())
    }

    fn virtual_package(&mut self, name: &str, line: usize) -> Result<ThingId, Problem> {
        let key = format!("virtual {name}");
        let is_new = self.sheet.known(&key).is_none();
        let thing = self.sheet.thing(&key)?;
        if is_new {
            self.sheet.name(thing, name);
            self.sheet.label(thing, "VirtualPackage");
            self.sheet.set(thing, "ecosystem", "deb")?;
            self.sheet.define(thing, line);
        }
        Ok(thing)
    }

    fn relate(&mut self, index: &Index, needer: usize, field: Field, paragraph: &Paragraph) -> Result<(), Problem> {
        for clause in paragraph.clauses(field) {
            let mut targets = Vec::new();
            let (mut is_there, mut is_satisfied) = (false, false);
            for option in clause.options() {
                let found = index.find(&option, needer, self.sheet)?;
                is_satisfied |= found.is_satisfied;
                is_there |= !found.things.is_empty();
                match found.things.is_empty() {
                    true => targets.push((self.absent(&option)?, "", option)),
                    false => targets.extend(found.things.iter().map(|(thing, version)| (*thing, *version, option))),
                }
            }
            match field.is_need() && !is_satisfied {
                true if is_there => self.unsatisfied.add(clause.line, &format!("{}: {}", paragraph.name, clause.text)),
                true => self.absent.add(clause.line, &format!("{}: {}", paragraph.name, clause.text)),
                false => {}
            }
            let any_of = if targets.len() > 1 && !field.is_against() { clause.text } else { "" };
            for (target, resolved, option) in targets {
                let resolved = if field.is_request() { resolved } else { "" };
                self.state(index.thing(needer), field, target, &clause, &option, (resolved, any_of))?;
            }
        }
        Ok(())
    }

    /// A package that the file does not have.
    fn absent(&mut self, option: &clause::Choice) -> Result<ThingId, Problem> {
        let thing = self.sheet.thing(&format!("absent {}", option.name))?;
        self.sheet.name(thing, option.name);
        self.sheet.label(thing, "Package");
        Ok(thing)
    }

    fn state(
        &mut self,
        needer: ThingId,
        field: Field,
        target: ThingId,
        clause: &Clause,
        option: &clause::Choice,
        (resolved, any_of): (&str, &str),
    ) -> Result<(), Problem> {
        let words = format!("{}: {}", field.name(), clause.text);
        let (start, end) = if field == Field::Enhances { (target, needer) } else { (needer, target) };
        let relation = self.sheet.relate(start, field.relation(), end, clause.line, &words)?;
        self.sheet.set_relation(relation, "kind", field.kind())?;
        let group = if any_of.is_empty() { String::new() } else { format!("{}: {any_of}", field.name()) };
        for (key, value) in [
            ("requested", option.restriction),
            ("resolved", resolved),
            ("any_of", group.as_str()),
            ("architectures", option.architectures),
            ("profiles", option.profiles),
        ] {
            if !value.is_empty() {
                self.sheet.set_relation(relation, key, value)?;
            }
        }
        Ok(())
    }

    fn finish(self) {
        let Archive { sheet, absent, unsatisfied, left_out, repeated } = self;
        left_out.warn(sheet, "packages that are not installed are left out", None);
        repeated.warn(sheet, "packages listed more than once are read once", None);
        absent.warn(sheet, "needs that no package of the file satisfies", None);
        unsatisfied.warn(sheet, "needs whose package the file has in other versions only", None);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::formats::{Alone, Input, Options, format_of, read};
    use crate::limits::{Budget, Limits};

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn facts(bytes: &[u8], limits: &Limits) -> Result<String, crate::diagnostic::Diagnostic> {
        let (path, options) = ("Packages.gz", Options::default());
        let input = Input { path, bytes, options: &options, surroundings: &Alone };
        read(&input, &FORMAT, &Budget::start(limits)).map(|facts| facts.to_string())
    }

    #[test]
    fn a_compressed_file_is_read_as_what_is_in_it() {
        let bytes = packed(FORMAT.example.as_bytes());
        let probe = Probe::new("dists/stable/Packages.gz", "", &bytes);
        assert_eq!(format_of(&probe).map(|format| format.name), Some("debian-packages"));
        let whole = facts(&bytes, &Limits::default()).unwrap();
        assert_eq!(whole, facts(FORMAT.example.as_bytes(), &Limits::default()).unwrap());
        let cut = facts(&bytes[..bytes.len() / 2], &Limits::default()).unwrap();
        assert!(cut.starts_with("error: Packages.gz: not a whole gzip file"), "{cut}");
    }

    #[test]
    fn a_file_that_grows_when_unpacked_stops_at_the_memory_limit() {
        let bytes = packed(&vec![b' '; 8 << 20]);
        let limits = Limits { memory: Some(4 << 20), ..Limits::default() };
        assert!(facts(&bytes, &limits).is_err());
        assert!(facts(&bytes, &Limits::default()).is_ok());
    }
}
