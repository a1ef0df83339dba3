//! What kind of file a file is: told by name and content, from the tables of all formats.

use crate::formats::{self as tools, Probe};
use crate::import::{self, READERS};

use super::SourceFile;
use super::formats::office::{self, OfficeFormat};
use super::formats::{self as glossaries, decode};

/// What can be made of a file.
#[derive(Clone, Copy)]
pub enum FileKind {
    /// Things and relations that a tool states.
    Facts(&'static tools::Format),
    /// A graph, node by node.
    Graph(&'static import::Reader),
    /// Terms, whose relations are read from their definitions.
    Glossary(&'static glossaries::Format),
    /// Texts, each of a kind of its own.
    Office(&'static OfficeFormat),
}

impl FileKind {
    /// As `--format` names it.
    pub fn name(&self) -> &'static str {
        match self {
            FileKind::Facts(format) => format.name,
            FileKind::Graph(reader) => reader.name,
            FileKind::Glossary(format) => format.name,
            FileKind::Office(format) => format.name,
        }
    }
}

/// The kind that `--format` names.
pub fn kind_named(name: &str) -> Option<FileKind> {
    let same = |other: &str| other.eq_ignore_ascii_case(name);
    let graph = || READERS.iter().find(|reader| same(reader.name)).map(FileKind::Graph);
    let facts = tools::format_named(name).map(FileKind::Facts);
    let facts = facts.or_else(|| office::format_named(name).map(FileKind::Office));
    facts.or_else(|| glossaries::format_named(name).map(FileKind::Glossary)).or_else(graph)
}

/// The names that `--format` knows, sorted.
pub fn kind_names() -> Vec<&'static str> {
    let facts = tools::FORMATS.iter().map(|format| format.name);
    let graphs = READERS.iter().map(|reader| reader.name);
    let office = office::FORMATS.iter().map(|format| format.name);
    let glossaries = glossaries::FORMATS.iter().map(|format| format.name);
    let mut names: Vec<_> = facts.chain(graphs).chain(office).chain(glossaries).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Why a file is of no kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub what: String,
    /// What to try.
    pub help: String,
}

/// A file in which a project asks for packages.
struct Manifest {
    name: &'static str,
    /// The formats of the files that state which packages are used.
    locks: &'static [&'static str],
    help: &'static str,
}

const MANIFESTS: &[Manifest] = &[
    Manifest {
        name: "package.json",
        locks: &["npm-lock", "pnpm-lock", "yarn-lock"],
        help: "read its lock file instead; `npm install --package-lock-only` makes one",
    },
    Manifest {
        name: "pyproject.toml",
        locks: &["uv-lock", "poetry-lock"],
        help: "read its lock file instead; `uv lock` makes one",
    },
    Manifest {
        name: "Cargo.toml",
        locks: &["cargo-lock"],
        help: "read its lock file instead; `cargo generate-lockfile` makes one",
    },
];

fn manifest(path: &str) -> Option<&'static Manifest> {
    let name = path.rsplit('/').next().unwrap_or(path);
    MANIFESTS.iter().find(|manifest| manifest.name == name)
}

/// The formats of the lock files that stand for this manifest, if the file is one by its name.
pub fn locks_of(path: &str) -> Option<&'static [&'static str]> {
    manifest(path).map(|manifest| manifest.locks)
}

/// The kind of a file. A graph file that is to be added to another graph (`ingest`) is read as a glossary if its nodes
/// have definitions.
pub fn kind_of(path: &str, bytes: &[u8], ingest: bool) -> Result<FileKind, Refusal> {
    if let Some(format) = office::format_of(path, bytes) {
        return Ok(FileKind::Office(format));
    }
    if let Some(manifest) = manifest(path) {
        let what = "it asks for packages, but does not say which are used";
        return Err(Refusal { what: what.into(), help: manifest.help.into() });
    }
    let decoded = decode(bytes);
    let probe = Probe::new(path, &decoded.text, bytes);
    if let Some(format) = tools::format_of(&probe).or_else(|| tools::format_by_name(&probe)) {
        return Ok(FileKind::Facts(format));
    }
    if decoded.is_unread() {
        return Err(refused("it is no text that kenning reads"));
    }
    if probe.head.trim().is_empty() {
        return Err(refused("it is empty"));
    }
    let file = SourceFile { path, text: &decoded.text };
    if let Some(reader) = graph_reader(path, &probe)
        && !(ingest && has_definitions(reader, &decoded.text))
    {
        return Ok(FileKind::Graph(reader));
    }
    match glossaries::glossary_format(&file) {
        Ok(format) => Ok(FileKind::Glossary(format)),
        Err(what) => Err(refused(&what)),
    }
}

/// The same, but what is also a format of glossaries is one.
pub fn glossary_kind_of(path: &str, bytes: &[u8]) -> Result<FileKind, Refusal> {
    let kind = kind_of(path, bytes, true)?;
    let glossary = || glossaries::format_named(kind.name()).map(FileKind::Glossary);
    match kind {
        FileKind::Facts(_) => Ok(glossary().unwrap_or(kind)),
        FileKind::Graph(_) | FileKind::Glossary(_) | FileKind::Office(_) => Ok(kind),
    }
}

fn refused(what: &str) -> Refusal {
    let help = "`kenning formats` lists what can be read; `--format NAME` reads a file as one of them";
    Refusal { what: what.into(), help: help.into() }
}

/// The reader of whole graphs for a file of this name, if its content fits.
fn graph_reader(path: &str, probe: &Probe) -> Option<&'static import::Reader> {
    let (_, ending) = path.rsplit_once('.')?;
    let reader = import::by_ending(ending)?;
    let fits = match reader.name {
        "node-link" => probe.has(&["\"nodes\""]) || probe.has(&["\"links\""]) || probe.has(&["\"edges\""]),
        _ => true,
    };
    fits.then_some(reader)
}

/// Whether the nodes of a graph file say what they mean, in sentences.
fn has_definitions(reader: &import::Reader, text: &str) -> bool {
    match reader.name {
        "graphml" => text.contains("attr.name=\"definition\""),
        "node-link" => text.contains("\"definition\""),
        // RDF is read as SKOS.
        _ => true,
    }
}
