//! Graph → sections.
//!
//! | kind | holds |
//! |---|---|
//! | 1 names | numbers of nodes and relationships, names of labels, types and keys, what the types mean (JSON) |
//! | 2 labels | the distinct sets of labels, and the number of each node's set |
//! | 3 deleted | deleted nodes as a bitmap, deleted relationships with type and ends; only read |
//! | 4 outgoing relationships of a type | lists |
//! | 5 relationship ids | ids by position; only if they differ from positions. Deleted ones followed in earlier files |
//! | 6 node property | a column |
//! | 7 relationship property | a column |
//! | 9 rules | name, kind, label and keys of each index and constraint |
//! | 10 index | the nodes of a rule by their values; `index` is the number of the rule |
//! | 8 incoming relationships of a type | lists, and the rank of each relationship in its start's list |
//! | 11 relationship ids | instead of 5 if shorter: ids by position as runs, first id and length each |
//! | 12 deleted | the ids of deleted nodes and those of deleted relationships, each as a bitmap or as runs |
//! | 13 labels | instead of 2 if shorter: the numbers of sets run-length encoded, set and count each |
//! | 14 naming | the labels whose nodes are named by declared properties, and the keys of each; only if there are any |
//! | 15 node property | instead of 6: a column of dates or times of one type |
//! | 16 relationship property | instead of 7: a column of dates or times of one type |
//! | 17 decisions | what people decided about terms and relations (JSON); only if there is any |
//!
//! `index` is the number of the type or key. Kinds 11 to 17 were added within version 3 of the format: an earlier
//! kenning names the kind that it does not know.

use std::io;

use super::bytes::Writer;
use super::container::{self, Draft, Stamp};
use super::place::Target;
use super::values;
use crate::diagnostic::Diagnostic;
use crate::graph::store::adjacency::Lists;
use crate::graph::store::base::Base;
use crate::graph::store::ids::Runs;
use crate::graph::store::ranks::Ranks;
use crate::graph::store::temporal_array::Unit;
use crate::graph::{Bitmap, Column, Data, Graph, KeyId, Rows, RuleKind, TemporalArray, TemporalType, TypeId};

pub(super) const NAMES: u32 = 1;
pub(super) const LABELS: u32 = 2;
pub(super) const DELETED: u32 = 3;
pub(super) const OUTGOING: u32 = 4;
pub(super) const IDS: u32 = 5;
pub(super) const NODE_PROPERTY: u32 = 6;
pub(super) const RELATIONSHIP_PROPERTY: u32 = 7;
pub(super) const INCOMING: u32 = 8;
pub(super) const RULES: u32 = 9;
pub(super) const INDEX: u32 = 10;
pub(super) const ID_RUNS: u32 = 11;
pub(super) const DELETED_IDS: u32 = 12;
pub(super) const LABEL_RUNS: u32 = 13;
pub(super) const NAMING: u32 = 14;
pub(super) const NODE_TIMES: u32 = 15;
pub(super) const RELATIONSHIP_TIMES: u32 = 16;
pub(super) const DECISIONS: u32 = 17;

/// What a section is called before the names are known.
pub(super) fn name(kind: u32, index: u32) -> String {
    match kind {
        NAMES => "names".into(),
        LABELS | LABEL_RUNS => "labels".into(),
        DELETED | DELETED_IDS => "deleted".into(),
        OUTGOING => format!("outgoing relationships of type {index}"),
        INCOMING => format!("incoming relationships of type {index}"),
        IDS | ID_RUNS => "relationship ids".into(),
        NODE_PROPERTY | NODE_TIMES => format!("node property {index}"),
        RELATIONSHIP_PROPERTY | RELATIONSHIP_TIMES => format!("relationship property {index}"),
        RULES => "rules".into(),
        NAMING => "naming".into(),
        DECISIONS => "decisions".into(),
        INDEX => format!("index {index}"),
        _ => format!("kind {kind}"),
    }
}

/// What a section of a readable file is called.
pub(super) fn describe(kind: u32, index: u32, graph: &Graph) -> String {
    match kind {
        OUTGOING => format!("outgoing relationships :{}", graph.type_name(TypeId::from(index))),
        INCOMING => format!("incoming relationships :{}", graph.type_name(TypeId::from(index))),
        NODE_PROPERTY | NODE_TIMES => format!("node property {}", graph.key_name(KeyId::from(index))),
        RELATIONSHIP_PROPERTY | RELATIONSHIP_TIMES => {
            format!("relationship property {}", graph.key_name(KeyId::from(index)))
        }
        INDEX => match graph.rules().nth(index as usize) {
            Some(rule) => format!("index {}", rule.name),
            None => name(kind, index),
        },
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

/// Writes a graph without delta. Returns the length of the base.
pub(super) fn write(graph: &Graph, stamp: &Stamp, out: &dyn Target) -> Result<u64, Error> {
    let Some(base) = graph.clean_base() else {
        return Err(Error::Io(io::Error::other("the graph has changes that are not merged")));
    };
    Ok(container::write(out, stamp, &sections(graph, base)?)?)
}

fn sections<'a>(graph: &'a Graph, base: &'a Base) -> Result<Vec<Draft<'a>>, Error> {
    let draft = |kind, index: usize, content| Draft { kind, index: index as u32, content };
    let (kind, labels) = labels(base);
    let mut sections =
        vec![draft(NAMES, 0, names(graph)?), draft(kind, 0, labels), draft(DELETED_IDS, 0, deleted(graph, base))];
    for (index, of_type) in base.adjacency.types.iter().enumerate() {
        sections.push(draft(OUTGOING, index, lists(&of_type.outgoing)));
        sections.push(draft(INCOMING, index, incoming(&of_type.incoming, &of_type.incoming_ranks)));
    }
    if let Some(runs) = base.adjacency.live_ids() {
        let (kind, content) = ids(&runs);
        sections.push(draft(kind, 0, content));
    }
    for (kind, of_times, columns) in [
        (NODE_PROPERTY, NODE_TIMES, &base.node_columns),
        (RELATIONSHIP_PROPERTY, RELATIONSHIP_TIMES, &base.relationship_columns),
    ] {
        for (index, column) in columns.iter().enumerate() {
            if let Some(column) = column {
                let kind = if let Data::Temporal(_) = column.data() { of_times } else { kind };
                sections.push(draft(kind, index, property(column)?));
            }
        }
    }
    if graph.semantics().namings().next().is_some() {
        sections.push(draft(NAMING, 0, naming(graph)));
    }
    if graph.semantics().decisions().next().is_some() {
        sections.push(draft(DECISIONS, 0, decisions(graph)?));
    }
    if graph.rules().next().is_some() {
        sections.push(draft(RULES, 0, rules(graph)));
        for (number, (rule, sorted)) in graph.sorted_rules().enumerate() {
            if rule.kind.is_index() {
                let mut content = Writer::default();
                content.u32s(sorted);
                sections.push(draft(INDEX, number, content));
            }
        }
    }
    Ok(sections)
}

pub(super) const RULE_KINDS: [RuleKind; 3] = [RuleKind::Index, RuleKind::Unique, RuleKind::NotNull];

fn rules(graph: &Graph) -> Writer<'_> {
    let mut section = Writer::default();
    section.u64(graph.rules().count() as u64);
    for rule in graph.rules() {
        section.text(&rule.name);
        let kind = RULE_KINDS.iter().position(|kind| *kind == rule.kind);
        section.u8(kind.map_or(u8::MAX, |kind| kind as u8));
        section.u32(rule.label.index() as u32);
        section.u64(rule.keys.len() as u64);
        rule.keys.iter().for_each(|key| section.u32(key.index() as u32));
    }
    section
}

fn naming(graph: &Graph) -> Writer<'static> {
    let mut section = Writer::default();
    section.u64(graph.semantics().namings().len() as u64);
    for naming in graph.semantics().namings() {
        section.text(&naming.label);
        section.u64(naming.named_by.len() as u64);
        naming.named_by.iter().for_each(|key| section.text(key));
    }
    section
}

fn decisions(graph: &Graph) -> Result<Writer<'static>, Error> {
    let mut section = Writer::default();
    let decisions: Vec<_> = graph.semantics().decisions().collect();
    section.text(&serde_json::to_string(&decisions).map_err(io::Error::from)?);
    Ok(section)
}

fn names(graph: &Graph) -> Result<Writer<'static>, Error> {
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

fn labels(base: &Base) -> (u32, Writer<'_>) {
    let mut section = Writer::default();
    section.u64(base.label_sets.sets.len() as u64);
    for set in &base.label_sets.sets {
        section.u64(set.len() as u64);
        set.iter().for_each(|label| section.u32(label.index() as u32));
    }
    let runs = base.label_sets.runs().count();
    if 2 * runs < base.label_sets.of_node.len() {
        section.pairs(runs, base.label_sets.runs().map(|(set, count)| (set, count as u32)));
        return (LABEL_RUNS, section);
    }
    section.u32s(&base.label_sets.of_node);
    (LABELS, section)
}

/// What deleted relationships were is not written: only answers of the process that deleted them hold them.
fn deleted(graph: &Graph, base: &Base) -> Writer<'static> {
    let mut section = Writer::default();
    numbers(&mut section, &base.deleted_nodes);
    numbers(&mut section, &graph.deleted_relationships());
    section
}

/// How a set of numbers is given.
pub(super) const BITS: u8 = 0;
pub(super) const RUNS: u8 = 1;

/// Writes a set of numbers in the shorter of two forms.
fn numbers(section: &mut Writer, set: &Bitmap) {
    let (skipped, words) = set.words();
    let mut runs = Runs::default();
    runs.extend(set.iter().map(|number| number as u32));
    if runs.list().len() <= words.len() {
        section.u8(RUNS);
        section.pairs(runs.list().len(), runs.list().iter().copied());
    } else {
        section.u8(BITS);
        section.u64(skipped as u64);
        section.u64(words.len() as u64);
        words.iter().for_each(|word| section.u64(*word));
    }
}

/// The ids of live relationships by position, in the shorter of two forms.
fn ids(runs: &Runs) -> (u32, Writer<'static>) {
    let mut section = Writer::default();
    if 2 * runs.list().len() < runs.len() as usize {
        section.pairs(runs.list().len(), runs.list().iter().copied());
        return (ID_RUNS, section);
    }
    section.u64(u64::from(runs.len()));
    runs.list().iter().flat_map(|(first, length)| *first..first + length).for_each(|id| section.u32(id));
    (IDS, section)
}

fn lists(lists: &Lists) -> Writer<'_> {
    let mut section = Writer::default();
    section.u32(lists.first_node);
    section.u8(u8::from(lists.owners.is_some()));
    if let Some(owners) = &lists.owners {
        section.u64s(&owners.words);
    }
    section.u32s(&lists.offsets);
    section.u32s(&lists.neighbours);
    section
}

/// How wide ranks are, in bytes.
pub(super) const NARROW: u8 = 1;
pub(super) const MIDDLE: u8 = 2;
pub(super) const WIDE: u8 = 4;

fn incoming<'a>(starts: &'a Lists, ranks: &'a Ranks) -> Writer<'a> {
    let mut section = lists(starts);
    match ranks {
        Ranks::Bytes(ranks) => {
            section.u8(NARROW);
            section.u8s(ranks);
        }
        Ranks::Shorts(ranks) => {
            section.u8(MIDDLE);
            section.u16s(ranks);
        }
        Ranks::Words(ranks) => {
            section.u8(WIDE);
            section.u32s(ranks);
        }
    }
    section
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

fn property(column: &Column) -> Result<Writer<'_>, Error> {
    let mut section = Writer::default();
    // The data first: the rows are checked against their number.
    match column.data() {
        Data::Integer(values) => {
            section.u8(INTEGERS);
            section.i64s(values);
        }
        Data::Float(values) => {
            section.u8(FLOATS);
            section.f64s(values);
        }
        Data::Boolean { values, length } => {
            section.u8(BOOLEANS);
            section.u64(*length as u64);
            section.bitmap(values);
        }
        Data::Text { codes, dictionary } => {
            section.u8(TEXTS);
            let (text, ends) = dictionary.text();
            section.u8s(text.as_bytes());
            section.u32s(ends);
            section.u32s(codes);
        }
        Data::Temporal(array) => times(&mut section, array),
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

/// Dates or times: their type and unit as numbers, the offsets and zones, the least count, and the distance of each
/// count from it in as few bytes as the greatest distance needs.
fn times<'a>(section: &mut Writer<'a>, array: &'a TemporalArray) {
    let position = TemporalType::ALL.iter().position(|of_type| *of_type == array.of_type());
    section.u8(position.map_or(u8::MAX, |number| number as u8));
    let unit = Unit::ALL.iter().position(|unit| *unit == array.unit());
    section.u8(unit.map_or(u8::MAX, |number| number as u8));
    section.u64(array.zones().len() as u64);
    for (offset, name) in array.zones() {
        section.i64((*offset).into());
        section.text(name.as_deref().unwrap_or(""));
    }
    let least = array.counts().iter().copied().min().unwrap_or(0);
    let greatest = array.counts().iter().copied().max().unwrap_or(0);
    let width = (greatest.wrapping_sub(least) as u64).checked_ilog2().map_or(1, |bits| bits as u8 / 8 + 1);
    section.i64(least);
    section.u8(width);
    section.distances(array.counts(), least, width.into());
    let (_, numbers) = array.zone_numbers();
    section.u8s(numbers);
}
