//! go.mod: what a module requires, replaces and excludes.
//!
//! Written from the Go Modules Reference, "go.mod files".

use std::collections::HashMap;

use super::{describe, module};
use crate::facts::ThingId;
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::{Format, Probe, identity};

pub(super) const FORMAT: Format = Format {
    name: "go-mod",
    what: "a Go module's manifest",
    made_by: "",
    names: &["go.mod"],
    looks_like,
    example: "module example.com/web\n\ngo 1.22\n\nrequire golang.org/x/text v0.16.0\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let is_directive = |line: &str| DIRECTIVES.contains(&line.split([' ', '\t', '(']).next().unwrap_or(""));
    let starts = probe.lines().next().is_some_and(is_directive);
    // Ruby has lines with `require` and `module`, too.
    let has = |start: &str| probe.lines().any(|line| line.starts_with(start));
    starts && (probe.is_named("go.mod") || (has("module ") && has("go 1.")))
}

const DIRECTIVES: &[&str] =
    &["module", "go", "toolchain", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore"];

/// A line of the file without its comment: `require a v1 // indirect`.
pub struct Statement<'a> {
    pub directive: &'a str,
    pub words: Vec<&'a str>,
    pub comment: &'a str,
    pub line: usize,
}

impl Statement<'_> {
    pub fn is_indirect(&self) -> bool {
        let comment = self.comment.trim();
        comment == "indirect" || comment.starts_with("indirect;")
    }
}

/// The statements of a go.mod, those in parentheses one by one.
pub fn statements(text: &str) -> Result<Vec<Statement<'_>>, Problem> {
    let (mut found, mut open) = (Vec::new(), None);
    for (at, text) in text.lines().enumerate() {
        let line = at + 1;
        let (text, comment) = text.split_once("//").unwrap_or((text, ""));
        let mut words = words(text);
        match (open, &words[..]) {
            (_, []) => continue,
            (Some(_), [")"]) => {
                open = None;
                continue;
            }
            (None, [directive, "("]) => {
                open = Some(*directive);
                continue;
            }
            _ => {}
        }
        let directive = open.unwrap_or_else(|| words.remove(0));
        found.push(Statement { directive, words, comment, line });
    }
    match open {
        Some(directive) => Err(Problem::at(text.lines().count(), format!("the list of {directive} does not end"))
            .help("close it with a parenthesis on a line of its own")),
        None => Ok(found),
    }
}

/// The words of a line; a parenthesis is one, quotation marks are not part of one.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '(' | ')' => 1,
            '"' | '`' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            _ => rest.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(rest.len()),
        };
        words.push(rest[..end].trim_matches(['"', '`']));
        rest = rest[end..].trim_start();
    }
    words
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let statements = statements(sheet.text)?;
    let main = main_module(sheet, &statements)?;
    let mut manifest = Manifest { main, required: HashMap::new() };
    for statement in &statements {
        sheet.tick()?;
        if statement.directive == "require" {
            manifest.require(sheet, statement)?;
        }
    }
    for statement in &statements {
        sheet.tick()?;
        match statement.directive {
            "replace" => manifest.replace(sheet, statement)?,
            "exclude" => manifest.exclude(sheet, statement)?,
            "tool" => manifest.tool(sheet, statement)?,
            "go" | "toolchain" => set_version(sheet, main, statement)?,
            "module" | "require" | "retract" | "godebug" | "ignore" => {}
            other => sheet.warn(statement.line, format!("the directive {other} is not known, and left out"), None),
        }
    }
    Ok(())
}

fn main_module(sheet: &mut Sheet, statements: &[Statement]) -> Result<ThingId, Problem> {
    let module = statements.iter().find(|statement| statement.directive == "module" && !statement.words.is_empty());
    let Some(module) = module else {
        return Err(Problem::at(1, "no module directive").help("a go.mod begins with module PATH"));
    };
    let thing = sheet.thing("the main module")?;
    sheet.define(thing, module.line);
    describe(sheet, thing, module.words[0], "")?;
    sheet.identify(thing, &identity::folder(sheet.folder()))?;
    Ok(thing)
}

fn set_version(sheet: &mut Sheet, main: ThingId, statement: &Statement) -> Result<(), Problem> {
    let key = if statement.directive == "go" { "go" } else { "toolchain" };
    sheet.set(main, key, statement.words.first().copied().unwrap_or(""))
}

struct Manifest<'a> {
    main: ThingId,
    /// The version of each module that is required.
    required: HashMap<&'a str, &'a str>,
}

impl<'a> Manifest<'a> {
    fn require(&mut self, sheet: &mut Sheet, statement: &Statement<'a>) -> Result<(), Problem> {
        let [path, version, ..] = statement.words[..] else {
            return Err(
                Problem::at(statement.line, "a requirement without a version").help("write require PATH VERSION")
            );
        };
        self.required.insert(path, version);
        let end = module(sheet, path, version)?;
        sheet.define(end, statement.line);
        let line = statement.line;
        let relation = sheet.relate(self.main, "DEPENDS_ON", end, line, sheet.line_text(line))?;
        sheet.set_relation(relation, "kind", if statement.is_indirect() { "indirect" } else { "normal" })?;
        sheet.set_relation(relation, "requested", version)
    }

    /// `a => b v1` and `a v1 => ./b`: a is built from what is there.
    fn replace(&self, sheet: &mut Sheet, statement: &Statement) -> Result<(), Problem> {
        let line = statement.line;
        let arrow = statement.words.iter().position(|word| *word == "=>");
        let sides = arrow.map(|at| (&statement.words[..at], &statement.words[at + 1..]));
        let Some(([path, version @ ..], [other, other_version @ ..])) = sides else {
            return Err(Problem::at(line, "a replacement without =>").help("write replace PATH => PATH VERSION"));
        };
        // Without a version it is for all of them; the one that is required is known.
        let version = version.first().or(self.required.get(path)).copied().unwrap_or("");
        let replaced = module(sheet, path, version)?;
        let by = match other_version.first() {
            Some(version) => module(sheet, other, version)?,
            None => folder(sheet, other, path)?,
        };
        sheet.define(by, line);
        let relation = sheet.relate(replaced, "BUILT_FROM", by, line, sheet.line_text(line))?;
        sheet.set_relation(relation, "kind", "replace")
    }

    fn exclude(&self, sheet: &mut Sheet, statement: &Statement) -> Result<(), Problem> {
        let [path, version, ..] = statement.words[..] else {
            return Err(
                Problem::at(statement.line, "an exclusion without a version").help("write exclude PATH VERSION")
            );
        };
        let (line, excluded) = (statement.line, module(sheet, path, version)?);
        let relation = sheet.relate(self.main, "CONFLICTS_WITH", excluded, line, sheet.line_text(line))?;
        sheet.set_relation(relation, "kind", "exclude")
    }

    /// A tool is a package of one of the modules that are required: that with the longest path.
    fn tool(&self, sheet: &mut Sheet, statement: &Statement) -> Result<(), Problem> {
        let Some(package) = statement.words.first() else { return Ok(()) };
        let mut ends = [package.len()].into_iter().chain(package.rmatch_indices('/').map(|(at, _)| at));
        let found = ends.find_map(|end| self.required.get_key_value(&package[..end]));
        let Some((path, version)) = found else {
            sheet.warn(
                statement.line,
                format!("no module is required that has the tool {package}"),
                Some("go mod tidy"),
            );
            return Ok(());
        };
        let (line, end) = (statement.line, module(sheet, path, version)?);
        let relation = sheet.relate(self.main, "DEV_DEPENDS_ON", end, line, sheet.line_text(line))?;
        sheet.set_relation(relation, "kind", "dev")?;
        sheet.set_relation(relation, "tool", *package)
    }
}

/// The module in a folder beside, by the name that its own go.mod gives it, else by that of the one it replaces.
fn folder(sheet: &mut Sheet, path: &str, replaced: &str) -> Result<ThingId, Problem> {
    let thing = sheet.thing(path)?;
    let manifest = sheet.beside(&format!("{path}/go.mod"));
    let name = manifest.as_deref().and_then(|text| {
        let mut lines = text.lines().map(words);
        lines.find_map(
            |words| if words.first() == Some(&"module") { words.get(1).map(|name| name.to_string()) } else { None },
        )
    });
    describe(sheet, thing, name.as_deref().unwrap_or(replaced), "")?;
    sheet.identify(thing, &identity::folder(&sheet.join(path)))?;
    Ok(thing)
}
