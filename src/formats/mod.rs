//! Files of other tools → [`Facts`]: lock files, manifests, bills of materials, edge lists, graphs of other programs.
//!
//! ```text
//! bytes → text → format (by name and content) → reader → things and relations, each with its line
//! ```
//!
//! A format is a file or folder of this room and a row of [`FORMATS`]. A reader gets a [`Sheet`] and states on it what
//! the file says, never more: what a file cannot know is a warning. Readers take text, never paths; what lies beside a
//! file comes through [`Surroundings`]. Time and memory grow with the length of the text, never faster.
//!
//! Conventions that all readers keep:
//! - A thing has a label for what it is (`Package`, `Service`, `Image`), and as properties what the file says of it:
//!   `version`, `license`, `ecosystem`, …
//! - Identifiers come from [`identity`]; what has none is one thing per file.
//! - The types of relations are rows of `relations.toml`, which says how each reads and which way a failure travels.
//! - `kind` on a relation says in the words of the tool what sort of need it is (`normal`, `dev`, `build`, `optional`,
//!   `peer` …), `requested` the version asked for, `resolved` the one it got.
//! - `any_of` on relations with one needer groups alternatives: one of them is enough.

pub mod identity;
pub mod json;
pub mod toml;
pub mod yaml;

mod addresses;
mod backstage;
mod blocks;
mod cargo_lock;
mod cargo_metadata;
mod compose;
mod cyclonedx;
mod dbt;
mod debian;
mod dot;
mod edges;
mod flow;
mod folders;
mod github_actions;
mod gitlab_ci;
mod go;
mod gradle;
mod graphs;
mod kubernetes;
mod maven;
mod maven_coordinates;
mod need;
mod npm_lock;
mod openlineage;
mod package_json;
mod pairs;
mod pnpm_lock;
mod problem;
mod purl;
mod python;
mod relation_words;
mod sheet;
mod spdx;
mod systemd;
mod tally;
mod terraform;
mod yarn_lock;

use std::sync::OnceLock;

use serde::Deserialize;

use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Word};
use crate::graph::{RelationSemantics, Value};
use crate::ingest::formats::decode;
use crate::limits::Budget;
pub use problem::{Problem, Wrong};
use sheet::Origin;
pub use sheet::{Alone, Options, Sheet, Surroundings};

/// A format in which tools state things and relations.
pub struct Format {
    /// As `--format` names it: `cargo-lock`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// How such a file is made, if a tool has to be asked for it; else empty.
    pub made_by: &'static str,
    /// Names of such files, in lower case; `*` is any text; a `/` asks for the folder, too.
    pub names: &'static [&'static str],
    /// Whether a text is of this format, whatever its name: looks at the beginning only.
    pub looks_like: fn(&Probe) -> bool,
    /// A small file, read by a test.
    pub example: &'static str,
    pub read: fn(&mut Sheet) -> Result<(), Problem>,
}

/// In the order tried: the surest signs first.
pub const FORMATS: &[Format] = &[
    // Packages.
    cargo_lock::FORMAT,
    cargo_metadata::FORMAT,
    npm_lock::FORMAT,
    pnpm_lock::FORMAT,
    yarn_lock::FORMAT,
    python::UV,
    python::POETRY,
    python::PIPDEPTREE,
    python::INSPECT,
    go::MANIFEST,
    go::GRAPH,
    maven::TEXT,
    maven::TGF,
    maven::JSON,
    gradle::LOCK,
    gradle::TREE,
    debian::FORMAT,
    // Bills of materials.
    cyclonedx::JSON,
    cyclonedx::XML,
    spdx::JSON_LD,
    spdx::JSON,
    spdx::YAML,
    // What runs, and where.
    compose::FORMAT,
    kubernetes::FORMAT,
    terraform::FORMAT,
    systemd::FORMAT,
    github_actions::FORMAT,
    gitlab_ci::FORMAT,
    // Catalogues and lineage.
    dbt::FORMAT,
    openlineage::FORMAT,
    backstage::FORMAT,
    // Graphs of other programs.
    dot::FORMAT,
    graphs::GEXF_FORMAT,
    graphs::YED_FORMAT,
    graphs::CYTOSCAPE_FORMAT,
    graphs::ADJACENCY_DATA_FORMAT,
    graphs::ADJACENCY_LISTS_FORMAT,
    // Lists of relations, which show themselves least.
    edges::JSON_LINES_FORMAT,
    edges::JSON_EDGES_FORMAT,
    edges::CSV_FORMAT,
    pairs::FORMAT,
];

/// What tells the format of a file.
pub struct Probe<'a> {
    /// With `/` between folders, in lower case.
    path: String,
    /// Not more than the first 64 KiB, cut at the end of a line where there is one.
    pub head: &'a str,
    pub bytes: &'a [u8],
}

impl<'a> Probe<'a> {
    pub fn new(path: &str, text: &'a str, bytes: &'a [u8]) -> Probe<'a> {
        const MOST: usize = 1 << 16;
        let mut end = text.len().min(MOST);
        if end < text.len() {
            end = text.as_bytes()[..end].iter().rposition(|byte| *byte == b'\n').unwrap_or(end);
        }
        let end = (0..=end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        Probe { path: path.replace('\\', "/").to_lowercase(), head: &text[..end], bytes }
    }

    /// The file's name in lower case.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether the file is named so: see [`Format::names`].
    pub fn is_named(&self, pattern: &str) -> bool {
        match pattern.contains('/') {
            true => fits(&format!("*/{pattern}"), &format!("/{}", self.path)),
            false => fits(pattern, self.name()),
        }
    }

    /// Whether the beginning holds all of these words.
    pub fn has(&self, words: &[&str]) -> bool {
        words.iter().all(|word| self.head.contains(word))
    }

    /// The lines of the beginning that are neither blank nor a comment (`#`, `//`), trimmed.
    pub fn lines(&self) -> impl Iterator<Item = &'a str> {
        let lines = self.head.lines().map(str::trim);
        lines.filter(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with("//"))
    }

    /// Whether the first character of the text that is no white space is this one.
    pub fn starts_with(&self, character: char) -> bool {
        self.head.trim_start().starts_with(character)
    }
}

/// Whether the text fits the pattern, whose `*` is any text: the parts between stars come in their order.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = rest.split('*').collect();
    let Some((last, middle)) = parts.split_last() else { return true };
    for part in middle {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

/// The format that `--format` names.
pub fn format_named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name.eq_ignore_ascii_case(name))
}

/// The format of a file: by a name that says more than `*.json` and by its content, else by its content alone.
pub fn format_of(probe: &Probe) -> Option<&'static Format> {
    let is_telling = |name: &&&str| !name.starts_with("*.") && probe.is_named(name);
    let named = |format: &&Format| format.names.iter().any(|name| is_telling(&name));
    let looks = |format: &&Format| (format.looks_like)(probe);
    FORMATS.iter().find(|format| named(format) && looks(format)).or_else(|| FORMATS.iter().find(looks))
}

/// The format whose files alone have this very name, without `*`: a broken one is told by it.
pub fn format_by_name(probe: &Probe) -> Option<&'static Format> {
    let is_exact = |name: &&str| !name.contains('*') && probe.is_named(name);
    FORMATS.iter().find(|format| format.names.iter().any(is_exact))
}

/// A file, and what is known around it.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// With `/` between folders; relative paths are relative to where things are looked up.
    pub path: &'a str,
    pub bytes: &'a [u8],
    pub options: &'a Options,
    pub surroundings: &'a dyn Surroundings,
}

/// What a file in this format states. A broken file states nothing but what is wrong with it; fails only at a limit.
pub fn read(input: &Input, format: &Format, budget: &Budget) -> Result<Facts, Diagnostic> {
    let decoded = decode(input.bytes);
    let mut facts = Facts::new();
    let file = facts.add_file(input.path, format.name);
    let Input { path, bytes, options, surroundings } = *input;
    let origin = Origin { path, text: &decoded.text, bytes, options, surroundings, budget };
    let problem = (format.read)(&mut Sheet::new(&origin, file, &mut facts));
    match problem {
        Ok(()) => Ok(facts),
        Err(Problem::Stopped(error)) => Err(error),
        Err(Problem::Wrong(wrong)) => {
            let mut broken = Facts::new();
            let file = broken.add_file(path, format.name);
            Sheet::new(&origin, file, &mut broken).error(wrong.line, wrong.what, wrong.help.as_deref());
            Ok(broken)
        }
    }
}

#[derive(Deserialize)]
struct Table {
    #[serde(rename = "type")]
    types: Vec<RelationSemantics>,
}

/// What the types of the relations mean that readers state.
pub fn relation_types() -> &'static [RelationSemantics] {
    static TYPES: OnceLock<Vec<RelationSemantics>> = OnceLock::new();
    TYPES.get_or_init(|| {
        let table: Table = ::toml::from_str(include_str!("relations.toml")).expect("a test reads it");
        table.types
    })
}

/// The relationship type that one of an edge's properties names, and which one: for graphs that are opened as they are.
pub fn stated_type(properties: &[(String, Value)]) -> Option<(usize, Word)> {
    relation_words::of_properties(properties).map(|(at, typed)| (at, typed.relationship_type))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn every_example_is_read_as_its_format() {
        let budget = Budget::start(&Limits::default());
        for format in FORMATS {
            let name = format.names.first().expect("it has a name").replace('*', "example");
            let probe = Probe::new(&name, format.example, format.example.as_bytes());
            let found = format_of(&probe).map(|found| found.name);
            assert_eq!(found, Some(format.name), "told by name and content");
            let options = Options::default();
            let bytes = format.example.as_bytes();
            let input = Input { path: &name, bytes, options: &options, surroundings: &Alone };
            let facts = read(&input, format, &budget).expect("it is short");
            assert!(!facts.relations.is_empty(), "{}: {facts}", format.name);
            assert!(facts.notes.iter().all(|note| note.severity == crate::diagnostic::Severity::Warning), "{facts}");
            for relation in facts.relations.iter() {
                let known = relation_types().iter().any(|row| row.name == *relation.relationship_type);
                assert!(known || format.names.iter().any(|n| GRAPHS.contains(n)), "{}: {facts}", format.name);
            }
        }
    }

    /// Formats whose files name their own types.
    const GRAPHS: &[&str] = &[];

    #[test]
    fn patterns_of_names() {
        let probe = |path| Probe::new(path, "", b"");
        assert!(probe("a/Cargo.lock").is_named("cargo.lock"));
        assert!(probe("x/.github/workflows/ci.yml").is_named(".github/workflows/*.yml"));
        assert!(probe(".github/workflows/ci.yml").is_named(".github/workflows/*.yml"));
        assert!(!probe("workflows/ci.yml").is_named(".github/workflows/*.yml"));
        assert!(probe("docker-compose.prod.yaml").is_named("*compose*.yaml"));
        assert!(!probe("ab").is_named("ab*b"));
    }

    #[test]
    fn the_types_of_relations_are_whole() {
        let types = relation_types();
        for (at, row) in types.iter().enumerate() {
            assert!(!row.phrase.is_empty() && !row.inverse_phrase.is_empty() && !row.description.is_empty());
            assert!(types[..at].iter().all(|other| other.name != row.name), "{}", row.name);
        }
    }
}
