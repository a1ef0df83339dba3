//! Nodes and edges of graph formats → entries: what a glossary kept as a graph says.
//!
//! The names of properties tell what they hold, as the titles of a table's columns do (see `columns`).

use std::collections::{BTreeMap, HashMap};

use super::super::check::reading;
use super::super::finding::Findings;
use super::columns::Column;
use super::paragraph::ParagraphBuilder;
use super::source::SourceText;
use super::{entry_place, listed, name};
use crate::glossary::{Entry, StatedRelation};

#[derive(Default)]
pub(super) struct Node {
    pub id: String,
    /// Of the file.
    pub line: usize,
    pub kinds: Vec<String>,
    /// Names of properties and their values, several for a list.
    pub properties: Vec<(String, Vec<String>)>,
}

#[derive(Default)]
pub(super) struct Edge {
    pub source: String,
    pub target: String,
    pub line: usize,
    pub kind: Option<String>,
    pub evidence: Option<String>,
}

/// An entry a node, by its order; edges are the relations of where they begin.
pub(super) fn entries(nodes: Vec<Node>, edges: Vec<Edge>, file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let numbers: HashMap<String, usize> =
        nodes.iter().enumerate().map(|(number, node)| (node.id.clone(), number)).collect();
    unread(&nodes, file, findings);
    let mut entries: Vec<Entry> =
        nodes.into_iter().take_while(|_| file.goes_on()).map(|node| entry(node, file)).collect();
    for edge in edges.into_iter().take_while(|_| file.goes_on()) {
        let Some(number) = numbers.get(&edge.source) else {
            let at = file.offset(edge.line, 1);
            let what = format!("it begins at '{}', which is no node", edge.source);
            findings.error(&file.place(at..at), what, "the relation is left out", None);
            continue;
        };
        let relation = edge.kind.unwrap_or_else(|| "related_to".into()).to_lowercase();
        let evidence = edge.evidence.unwrap_or_else(|| format!("{} {relation} {}", edge.source, edge.target));
        entries[*number].relations.push(StatedRelation {
            relation,
            target: edge.target,
            evidence,
            line: edge.line,
            file: None,
        });
    }
    entries
}

/// Reports each property that has no known name, at the first node that has it.
fn unread(nodes: &[Node], file: &SourceText, findings: &mut Findings) {
    let mut unread: BTreeMap<&str, usize> = BTreeMap::new();
    for node in nodes {
        let unknown = node.properties.iter().filter(|(name, values)| {
            file.titles.column(name) == Column::Other && values.iter().any(|value| !value.trim().is_empty())
        });
        for (name, _) in unknown {
            unread.entry(name).or_insert(node.line);
        }
    }
    for (name, line) in unread {
        let at = file.offset(line, 1);
        findings.found(&reading::COLUMN, &file.place(at..at), format!("property '{name}' is not read"));
    }
}

fn entry(node: Node, file: &SourceText) -> Entry {
    let mut entry = Entry {
        identifier: Some(node.id.as_str().into()),
        kinds: node.kinds,
        place: entry_place(&file.path, node.line),
        ..Entry::default()
    };
    for (property, values) in node.properties {
        fill(&mut entry, file.titles.column(&property), values, node.line);
    }
    if entry.headwords.is_empty() {
        entry.headwords.push(name(node.id));
    }
    entry
}

fn fill(entry: &mut Entry, column: Column, values: Vec<String>, line: usize) {
    match column {
        Column::Headword if entry.headwords.is_empty() => entry.headwords.extend(values.into_iter().map(name)),
        Column::Headword => entry.other_names.extend(values.into_iter().map(name)),
        Column::OtherNames => {
            let names: Vec<_> = match values.as_slice() {
                [one] => listed(one).map(name).collect(),
                list => list.iter().map(name).collect(),
            };
            entry.other_names.extend(names);
        }
        Column::Definition => {
            for value in values.iter().flat_map(|value| value.split('\n')) {
                let mut builder = ParagraphBuilder::default();
                builder.push(value, line);
                entry.paragraphs.extend(builder.finish());
            }
        }
        Column::Kind => entry.kinds.extend(values),
        Column::Link => entry.link = values.into_iter().next(),
        Column::Identifier | Column::Relation(_) | Column::Nothing | Column::Other => {}
    }
}
