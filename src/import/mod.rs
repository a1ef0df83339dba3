//! Files → graph. What follows is about CSV; formats that hold a whole graph are read by `graphml`, `node_link` and
//! `rdf`, which are rows of the table in `readers` and share `draft`.
//!
//! CSV → graph, with the conventions of `neo4j-admin database import`: the header says what each column holds.
//!
//! Streams are read block by block (`blocks`), split into rows and fields (`rows`), and converted as the header
//! (`header`) says. Nodes come first and fill the tables of `ids`, through which the ends of relationships are
//! found, the blocks of a file in parallel. Never touches a file: whoever calls opens them.

mod blocks;
mod convert;
mod draft;
pub(crate) mod graphml;
mod header;
mod ids;
mod node_link;
mod nodes;
mod parallel;
mod rdf;
mod readers;
mod relationships;
mod rows;
mod words;

#[cfg(test)]
mod tests;

use std::io::{self, Read};

use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{Graph, GraphBuilder};
use blocks::Group;
use ids::Spaces;
pub use readers::{READERS, Reader, by_ending};

/// Files that belong together: the first line of the first one is the header of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileGroup {
    /// Labels that all nodes get, or the one type that all relationships have unless a row says otherwise.
    pub names: Vec<String>,
    pub files: Vec<String>,
}

impl FileGroup {
    /// Reads `Label:Label=header.csv,part.csv`; the names may be missing.
    pub fn parse(text: &str) -> Result<FileGroup, String> {
        let (names, files) = text.split_once('=').unwrap_or(("", text));
        let list = |text: &str, at: char| -> Vec<String> {
            text.split(at).map(str::trim).filter(|part| !part.is_empty()).map(str::to_string).collect()
        };
        let group = FileGroup { names: list(names, ':'), files: list(files, ',') };
        if group.files.is_empty() { Err("it names no file".into()) } else { Ok(group) }
    }
}

/// How ids are kept as properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdType {
    /// As integers where all ids of a space are, else as strings.
    #[default]
    Auto,
    Integer,
    String,
}

#[derive(Clone, Debug)]
pub struct Options {
    pub delimiter: u8,
    pub quote: u8,
    pub array_delimiter: char,
    pub id_type: IdType,
    /// Whether to leave out relationships whose ends are unknown; they are an error otherwise.
    pub skip_bad_relationships: bool,
    /// How many blocks are read at a time.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            delimiter: b',',
            quote: b'"',
            array_delimiter: ';',
            id_type: IdType::Auto,
            skip_bad_relationships: false,
            threads: 1,
        }
    }
}

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub rows: u64,
    pub bytes: u64,
    pub skipped: u64,
    /// The first relationships that were left out, with place and reason.
    pub reasons: Vec<String>,
}

/// How many left-out relationships are named.
const REASONS: usize = 20;

/// Where files come from, and who is told how it goes.
pub struct Source<'a> {
    pub open: &'a (dyn Fn(&str) -> io::Result<Box<dyn Read + Send>> + Sync),
    /// Called with what has been read so far.
    pub progress: &'a mut dyn FnMut(&Report),
}

/// Makes a graph of groups of files.
pub fn import(
    nodes: &[FileGroup],
    relationships: &[FileGroup],
    options: &Options,
    source: &mut Source,
) -> Result<(Graph, Report), Diagnostic> {
    let mut import = Import {
        builder: GraphBuilder::new(),
        spaces: Spaces::new(options.id_type),
        options,
        report: Report::default(),
    };
    for group in nodes {
        import.nodes(&mut Group::new(group, options, source.open), &group.names, source.progress)?;
    }
    import.spaces.settle(&mut import.builder);
    for group in relationships {
        import.relationships(&mut Group::new(group, options, source.open), &group.names, source.progress)?;
    }
    Ok((import.builder.finish(), import.report))
}

/// An import that is under way.
struct Import<'o> {
    builder: GraphBuilder,
    spaces: Spaces,
    options: &'o Options,
    report: Report,
}

/// What is wrong with a row, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wrong {
    line: u64,
    /// The characters of the line before it, and one.
    column: usize,
    what: String,
}

impl Wrong {
    fn diagnostic(&self, file: &str) -> Diagnostic {
        let message = format!("{file}:{}:{}: {}", self.line, self.column, self.what);
        Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message).help("nothing was written")
    }
}

fn no_header(file: &str) -> Diagnostic {
    let message = format!("{file}: there is no header");
    Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message).help("nothing was written")
}

/// There are only so many ids.
fn too_many() -> Diagnostic {
    Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, "there are more nodes or relationships than 32-bit ids")
}
