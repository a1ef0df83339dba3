//! Answers as text: the RENDERERS table and the way each kind of value is written.
//!
//! Renderers write to whatever they are given. They never look at the terminal, the clock or the environment:
//! the doors say in a [`Style`] how wide the page is and whether it has colours.
//! To add one: write it in its own file and add its row to [`RENDERERS`].

mod card;
mod chain;
mod csv;
mod cuts;
mod json;
mod layers;
pub mod literal;
mod markdown;
mod marks;
mod outline;
mod page;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod tree;
mod typed_json;
pub mod value;

use std::io::{self, Write};

use crate::graph::{NamedRule, RuleKind};
use crate::result::{Changes, QueryResult, Shape};

pub(crate) use json::{escape as escape_json, row as json_row};
pub use page::{Role, Style, clean};
pub(crate) use page::{acts, wrap};
pub(crate) use typed_json::{of as typed_json, well_known_text};

/// One row of the table.
pub struct Renderer {
    /// What `--format` and `:mode` call it.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// What HTTP calls it; of several with the same media type the first is what a client gets who asks for it.
    pub media: &'static str,
    /// Whether a program reads it: then nothing but the rows may be written among them.
    pub machine: bool,
    pub write: fn(&QueryResult, &Style, &mut dyn Write) -> io::Result<()>,
}

/// The output formats, in the order of the help.
pub const RENDERERS: &[Renderer] = &[
    Renderer {
        name: "table",
        doc: "columns and rows, fitted to the terminal",
        media: "text/plain",
        machine: false,
        write: table::write,
    },
    Renderer {
        name: "tree",
        doc: "indented lines: trees, chains and cards as they are, other rows field by field",
        media: "text/plain",
        machine: false,
        write: tree::write,
    },
    Renderer {
        name: "json",
        doc: "one array of objects",
        media: "application/json",
        machine: true,
        write: json::write,
    },
    Renderer {
        name: "jsonl",
        doc: "one object a line",
        media: "application/jsonl",
        machine: true,
        write: json::write_lines,
    },
    Renderer {
        name: "typed-json",
        doc: "one object, in which each value says its type: the Typed JSON of Neo4j's Query API",
        media: "application/vnd.neo4j.query",
        machine: true,
        write: typed_json::write,
    },
    Renderer {
        name: "csv",
        doc: "comma-separated values with a header line",
        media: "text/csv",
        machine: true,
        write: csv::write,
    },
    Renderer {
        name: "markdown",
        doc: "a Markdown table",
        media: "text/markdown",
        machine: true,
        write: markdown::write,
    },
];

/// Finds a renderer by name.
pub fn find(name: &str) -> Option<&'static Renderer> {
    RENDERERS.iter().find(|renderer| renderer.name == name)
}

/// The renderer for a result when nobody asked for a format.
pub fn by_shape(shape: Shape) -> &'static Renderer {
    let name = match shape {
        Shape::Table => "table",
        Shape::Card | Shape::Tree | Shape::Chain | Shape::Layers | Shape::Cuts => "tree",
    };
    find(name).expect("a row of the table above")
}

/// `1 row`, `3 rows`.
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// An index or a constraint, as the statement that makes it says it.
pub fn rule(rule: &NamedRule) -> String {
    let name = |name: &str| {
        let mut out = String::new();
        literal::write_name(&mut out, name);
        out
    };
    let keys: Vec<String> = rule.keys.iter().map(|key| format!("n.{}", name(key))).collect();
    let (keys, label) = (keys.join(", "), name(&rule.label));
    let title = name(&rule.name);
    match rule.kind {
        RuleKind::Index => format!("INDEX {title} FOR (n:{label}) ON ({keys})"),
        RuleKind::Unique => format!("CONSTRAINT {title} FOR (n:{label}) REQUIRE ({keys}) IS UNIQUE"),
        RuleKind::NotNull => format!("CONSTRAINT {title} FOR (n:{label}) REQUIRE ({keys}) IS NOT NULL"),
    }
}

/// What a statement changed, in words; `None` if nothing.
pub fn changes(changes: &Changes) -> Option<String> {
    let parts = [
        (changes.nodes_created, "node", "created"),
        (changes.relationships_created, "relationship", "created"),
        (changes.nodes_deleted, "node", "deleted"),
        (changes.relationships_deleted, "relationship", "deleted"),
        (changes.labels_added, "label", "added"),
        (changes.labels_removed, "label", "removed"),
        (changes.types_described, "relationship type", "described"),
        (changes.types_forgotten, "relationship type", "forgotten"),
        (changes.labels_described, "label", "named"),
        (changes.labels_forgotten, "naming", "forgotten"),
        (changes.indexes_created, "index", "created"),
        (changes.indexes_dropped, "index", "dropped"),
        (changes.constraints_created, "constraint", "created"),
        (changes.constraints_dropped, "constraint", "dropped"),
        (changes.decisions_kept, "decision", "kept"),
        (changes.decisions_dropped, "decision", "dropped"),
    ];
    let mut words: Vec<String> =
        parts.iter().filter(|(n, ..)| *n > 0).map(|(n, noun, verb)| format!("{} {verb}", count(*n, noun))).collect();
    match changes.properties_set {
        0 => {}
        1 => words.push("1 property set".into()),
        n => words.push(format!("{n} properties set")),
    }
    (!words.is_empty()).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_shapes_have_a_renderer() {
        for (at, renderer) in RENDERERS.iter().enumerate() {
            assert!(RENDERERS[at + 1..].iter().all(|other| other.name != renderer.name));
        }
        for shape in [Shape::Table, Shape::Card, Shape::Tree, Shape::Chain, Shape::Layers, Shape::Cuts] {
            assert!(!by_shape(shape).machine);
        }
    }

    #[test]
    fn changes_in_words() {
        assert_eq!(changes(&Changes::default()), None);
        let some = Changes { nodes_created: 1, relationships_deleted: 2, properties_set: 3, ..Changes::default() };
        assert_eq!(changes(&some).unwrap(), "1 node created, 2 relationships deleted, 3 properties set");
    }
}
