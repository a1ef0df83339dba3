//! Graph → sections.
//!
//! | kind | holds |
//! |---|---|
//! | 1 names | numbers of nodes and relationships, names of labels, types and keys, what the types mean (JSON) |
//! | 2 labels | the distinct sets of labels, and the number of each node's set |
//! | 3 deleted | deleted nodes as a bitmap, deleted relationships with type and ends |
//! | 4 relationships of a type | outgoing lists, incoming lists, positions of the incoming |
//! | 5 relationship ids | ids by position and positions by id; only if they differ |
//! | 6 node property | a column |
//! | 7 relationship property | a column |
//!
//! `index` is the number of the type or key.

use std::io::{self, Seek, Write};

use super::bytes::Writer;
use super::container::SectionWriter;
use super::values;
use crate::diagnostic::Diagnostic;
use crate::graph::store::adjacency::{Lists, TypeAdjacency};
use crate::graph::store::base::Base;
use crate::graph::{Column, Data, Graph, KeyId, Rows, TypeId};

pub(super) const NAMES: u32 = 1;
pub(super) const LABELS: u32 = 2;
pub(super) const DELETED: u32 = 3;
pub(super) const RELATIONSHIPS: u32 = 4;
pub(super) const IDS: u32 = 5;
pub(super) const NODE_PROPERTY: u32 = 6;
pub(super) const RELATIONSHIP_PROPERTY: u32 = 7;

/// What a section is called before the names are known.
pub(super) fn name(kind: u32, index: u32) -> String {
    match kind {
        NAMES => "names".into(),
        LABELS => "labels".into(),
        DELETED => "deleted".into(),
        RELATIONSHIPS => format!("relationships of type {index}"),
        IDS => "relationship ids".into(),
        NODE_PROPERTY => format!("node property {index}"),
        RELATIONSHIP_PROPERTY => format!("relationship property {index}"),
        _ => format!("kind {kind}"),
    }
}

/// What a section of a readable file is called.
pub(super) fn describe(kind: u32, index: u32, graph: &Graph) -> String {
    match kind {
        RELATIONSHIPS => format!("relationships :{}", graph.type_name(TypeId::from(index))),
        NODE_PROPERTY => format!("node property {}", graph.key_name(KeyId::from(index))),
        RELATIONSHIP_PROPERTY => format!("relationship property {}", graph.key_name(KeyId::from(index))),
        _ => name(kind, index),
    }
}

pub(super) enum Error {
    Io(io::Error),
    /// A value that has no place in a file.
    Value(Diagnostic),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        Error::Io(error)
    }
}

/// Writes a graph without delta.
pub(super) fn write<W: Write + Seek>(graph: &Graph, out: &mut W) -> Result<(), Error> {
    let Some(base) = graph.clean_base() else {
        return Err(Error::Io(io::Error::other("the graph has changes that are not merged")));
    };
    let columns = base.node_columns.iter().chain(&base.relationship_columns).flatten().count();
    let count = 3 + base.adjacency.types.len() + usize::from(base.adjacency.ids.is_some()) + columns;
    let mut file = SectionWriter::new(out, count)?;
    file.section(NAMES, 0, &names(graph)?.bytes)?;
    file.section(LABELS, 0, &labels(base).bytes)?;
    file.section(DELETED, 0, &deleted(graph, base).bytes)?;
    for (index, of_type) in base.adjacency.types.iter().enumerate() {
        file.section(RELATIONSHIPS, index as u32, &relationships(of_type).bytes)?;
    }
    if let Some(ids) = &base.adjacency.ids {
        let mut section = Writer::default();
        section.u32s(&ids.by_position);
        section.u32s(&ids.position);
        file.section(IDS, 0, &section.bytes)?;
    }
    for (kind, columns) in [(NODE_PROPERTY, &base.node_columns), (RELATIONSHIP_PROPERTY, &base.relationship_columns)] {
        for (index, column) in columns.iter().enumerate() {
            if let Some(column) = column {
                file.section(kind, index as u32, &property(column)?.bytes)?;
            }
        }
    }
    Ok(file.finish()?)
}

fn names(graph: &Graph) -> Result<Writer, Error> {
    let mut section = Writer::default();
    section.u64(graph.node_bound() as u64);
    section.u64(graph.relationship_bound() as u64);
    let lists: [Vec<&str>; 3] = [
        graph.labels().map(|label| &**graph.label_name(label)).collect(),
        graph.types().map(|t| &**graph.type_name(t)).collect(),
        graph.keys().map(|key| &**graph.key_name(key)).collect(),
    ];
    for list in lists {
        section.u64(list.len() as u64);
        list.into_iter().for_each(|name| section.text(name));
    }
    let semantics: Vec<_> = graph.semantics().iter().collect();
    section.text(&serde_json::to_string(&semantics).map_err(io::Error::from)?);
    Ok(section)
}

fn labels(base: &Base) -> Writer {
    let mut section = Writer::default();
    section.u64(base.label_sets.sets.len() as u64);
    for set in &base.label_sets.sets {
        section.u32s(&set.iter().map(|label| label.index() as u32).collect::<Vec<_>>());
    }
    section.u32s(&base.label_sets.of_node);
    section
}

fn deleted(graph: &Graph, base: &Base) -> Writer {
    let mut section = Writer::default();
    section.bitmap(graph.deleted_nodes());
    section.u64(base.deleted.len() as u64);
    for (id, shape) in &base.deleted {
        let numbers = [id.index(), shape.relationship_type.index(), shape.start.index(), shape.end.index()];
        numbers.iter().for_each(|number| section.u32(*number as u32));
    }
    section
}

fn relationships(of_type: &TypeAdjacency) -> Writer {
    let mut section = Writer::default();
    lists(&mut section, &of_type.outgoing);
    lists(&mut section, &of_type.incoming);
    section.u32s(&of_type.incoming_positions);
    section
}

fn lists(section: &mut Writer, lists: &Lists) {
    section.u32(lists.first_node);
    section.u32s(&lists.offsets);
    section.u32s(&lists.neighbours);
}

/// How the rows of a column are given, and what type its values have.
pub(super) const ALL: u8 = 0;
pub(super) const SOME: u8 = 1;
pub(super) const SPARSE: u8 = 2;
pub(super) const INTEGERS: u8 = 0;
pub(super) const FLOATS: u8 = 1;
pub(super) const BOOLEANS: u8 = 2;
pub(super) const TEXTS: u8 = 3;
pub(super) const VALUES: u8 = 4;

fn property(column: &Column) -> Result<Writer, Error> {
    let mut section = Writer::default();
    // The data first: the rows are checked against their number.
    match column.data() {
        Data::Integer(values) => {
            section.u8(INTEGERS);
            section.u64s(values.iter().map(|value| *value as u64));
        }
        Data::Float(values) => {
            section.u8(FLOATS);
            section.u64s(values.iter().map(|value| value.to_bits()));
        }
        Data::Boolean { values, length } => {
            section.u8(BOOLEANS);
            section.u64(*length as u64);
            section.bitmap(values);
        }
        Data::Text { codes, dictionary } => {
            section.u8(TEXTS);
            let (text, ends) = dictionary.text();
            section.text(text);
            section.u32s(ends);
            section.u32s(codes);
        }
        Data::Mixed(items) => {
            section.u8(VALUES);
            section.u64(items.len() as u64);
            items.iter().try_for_each(|value| values::write(&mut section, value)).map_err(Error::Value)?;
        }
    }
    match column.rows() {
        Rows::Dense { first, present: None } => {
            section.u8(ALL);
            section.u32(*first);
        }
        Rows::Dense { first, present: Some(present) } => {
            section.u8(SOME);
            section.u32(*first);
            section.bitmap(present);
        }
        Rows::Sparse(entities) => {
            section.u8(SPARSE);
            section.u32s(entities);
        }
    }
    Ok(section)
}
