//! The output of `go mod graph`: which module version requires which.
//!
//! A requirement is a minimum. The version that a build uses is the highest that any module requires (minimal version
//! selection), and it is that version which the others depend on. So `DEPENDS_ON` goes to the selected versions, and
//! `REQUIRES_AT_LEAST`, which carries no failure, to versions that are superseded, from them, and to `go` and
//! `toolchain`. Written from the Go Modules Reference and the output of go 1.26.8.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::manifest::statements;
use super::semver::compare;
use super::{describe, module};
use crate::facts::ThingId;
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::{Format, Probe, identity};
use crate::graph::Value;

pub(super) const FORMAT: Format = Format {
    name: "go-mod-graph",
    what: "which Go module version requires which",
    made_by: "go mod graph > go.modgraph",
    names: &["*.modgraph"],
    looks_like,
    example: "example.com/web golang.org/x/text@v0.16.0\ngolang.org/x/text@v0.16.0 golang.org/x/tools@v0.21.0\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let is_version = |word: &str| {
        let version = word.rsplit_once('@').map_or("", |(_, version)| version);
        let is_go = word.starts_with("go@") || word.starts_with("toolchain@");
        is_go || version.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let is_edge = |line: &str| {
        let mut words = line.split_whitespace();
        matches!((words.next(), words.next(), words.next()), (Some(_), Some(end), None) if is_version(end))
    };
    let mut lines = probe.lines().peekable();
    lines.peek().is_some() && lines.all(is_edge)
}

/// A module and its version, which is empty for a main module.
type Module<'a> = (&'a str, &'a str);

struct Edge<'a> {
    start: Module<'a>,
    end: Module<'a>,
    line: usize,
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let edges = edges(sheet)?;
    let selected = selected(&edges);
    let direct = Direct::read(sheet, &edges)?;
    for edge in &edges {
        let start = thing(sheet, edge.start, edge.line, &selected, &direct)?;
        sheet.define(start, edge.line);
        relate(sheet, edge, start, &selected, &direct)?;
    }
    if direct.of.is_none() {
        let what = "which requirements of the main module are only indirect is not in this file";
        sheet.warn(0, what, Some("put the go.mod beside it"));
    }
    Ok(())
}

fn edges<'a>(sheet: &Sheet<'a>) -> Result<Vec<Edge<'a>>, Problem> {
    let mut edges = Vec::new();
    for (at, text) in sheet.text.lines().enumerate() {
        sheet.tick()?;
        let mut words = text.split_whitespace();
        let (start, end, line) = match (words.next(), words.next(), words.next()) {
            (None, ..) => continue,
            (Some(start), Some(end), None) => (start, end, at + 1),
            _ => {
                return Err(
                    Problem::at(at + 1, "not a module and one that it requires").help("make it with go mod graph")
                );
            }
        };
        sheet.charge(size_of::<Edge>())?;
        let split = |word: &'a str| word.rsplit_once('@').unwrap_or((word, ""));
        edges.push(Edge { start: split(start), end: split(end), line });
    }
    Ok(edges)
}

fn is_toolchain((path, _): Module) -> bool {
    matches!(path, "go" | "toolchain")
}

/// Of each module, the highest version that anything requires.
fn selected<'a>(edges: &[Edge<'a>]) -> HashMap<&'a str, &'a str> {
    let mut selected: HashMap<&str, &str> = HashMap::new();
    for (path, version) in edges.iter().flat_map(|edge| [edge.start, edge.end]).filter(|module| !is_toolchain(*module))
    {
        // A main module is what it is, whatever version others require.
        let known = selected.entry(path).or_insert(version);
        if version.is_empty() || (!known.is_empty() && compare(known, version) == Ordering::Less) {
            *known = version;
        }
    }
    selected
}

/// What the go.mod beside the file says.
struct Direct {
    main: String,
    /// The modules that it requires, and whether only indirectly; `None` if there is no such go.mod.
    of: Option<HashMap<String, bool>>,
}

impl Direct {
    fn read(sheet: &Sheet, edges: &[Edge]) -> Result<Direct, Problem> {
        let none = Direct { main: String::new(), of: None };
        let Some(text) = sheet.beside("go.mod") else { return Ok(none) };
        sheet.charge(text.len())?;
        // A broken go.mod is reported where it is read itself.
        let Ok(statements) = statements(&text) else { return Ok(none) };
        let main = statements.iter().find(|s| s.directive == "module").and_then(|s| s.words.first().copied());
        let Some(main) = main.filter(|main| edges.iter().any(|edge| edge.start == (*main, ""))) else {
            return Ok(none);
        };
        let required = statements.iter().filter(|statement| statement.directive == "require");
        let of = required.filter_map(|s| Some((s.words.first()?.to_string(), s.is_indirect()))).collect();
        Ok(Direct { main: main.to_string(), of: Some(of) })
    }

    fn kind(&self, edge: &Edge) -> &'static str {
        let of = self.of.as_ref().filter(|_| edge.start == (&*self.main, ""));
        match of.and_then(|of| of.get(edge.end.0)) {
            Some(true) => "indirect",
            Some(false) | None => "normal",
        }
    }
}

fn thing(
    sheet: &mut Sheet,
    (path, version): Module,
    line: usize,
    selected: &HashMap<&str, &str>,
    direct: &Direct,
) -> Result<ThingId, Problem> {
    if let Some(known) = sheet.known(&format!("{path}@{version}")) {
        return Ok(known);
    }
    if is_toolchain((path, version)) {
        let thing = sheet.thing(&format!("{path}@{version}"))?;
        sheet.label(thing, "Toolchain");
        sheet.name(thing, path);
        sheet.set(thing, "version", version)?;
        return Ok(thing);
    }
    let thing = module(sheet, path, version)?;
    let is_selected = selected.get(path) == Some(&version);
    sheet.set(thing, "selected", Value::Boolean(is_selected))?;
    if version.is_empty() {
        sheet.define(thing, line);
        describe(sheet, thing, path, "")?;
    }
    if version.is_empty() && path == direct.main {
        sheet.identify(thing, &identity::folder(sheet.folder()))?;
    }
    Ok(thing)
}

fn relate(
    sheet: &mut Sheet,
    edge: &Edge,
    start: ThingId,
    selected: &HashMap<&str, &str>,
    direct: &Direct,
) -> Result<(), Problem> {
    let (end, words) = (thing(sheet, edge.end, edge.line, selected, direct)?, sheet.line_text(edge.line));
    if is_toolchain(edge.end) || is_toolchain(edge.start) {
        let relation = sheet.relate(start, "REQUIRES_AT_LEAST", end, edge.line, words)?;
        return sheet.set_relation(relation, "kind", "toolchain");
    }
    let is_selected = |(path, version): Module| selected.get(path) == Some(&version);
    let used = selected.get(edge.end.0).copied().unwrap_or(edge.end.1);
    if is_selected(edge.start) {
        let used_thing = thing(sheet, (edge.end.0, used), edge.line, selected, direct)?;
        let relation = sheet.relate(start, "DEPENDS_ON", used_thing, edge.line, words)?;
        sheet.set_relation(relation, "kind", direct.kind(edge))?;
        sheet.set_relation(relation, "requested", edge.end.1)?;
        sheet.set_relation(relation, "resolved", used)?;
    }
    if is_selected(edge.start) && is_selected(edge.end) {
        return Ok(());
    }
    let relation = sheet.relate(start, "REQUIRES_AT_LEAST", end, edge.line, words)?;
    sheet.set_relation(relation, "kind", "superseded")
}
