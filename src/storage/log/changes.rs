//! Changes ↔ the bytes of a commit.
//!
//! A change is a tag and its operands. Numbers are varints (LEB128); ids are differences, zigzag-coded, to the last id
//! of the same role in this commit: what is created in a row, or changed in order, takes one byte an id.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::diagnostic::Diagnostic;
use crate::graph::{
    Change, Entity, EntityKind, Graph, KeyId, LabelId, LabelNaming, NodeId, PropertyColumn, Relationship,
    RelationshipId, Rule, TypeId, Value,
};
use crate::limits::Watch;
use crate::storage::Damage;
use crate::storage::encode::RULE_KINDS;
use crate::storage::values::{self, Put, Take};

const LABEL: u8 = 0;
const TYPE: u8 = 1;
const KEY: u8 = 2;
const CREATE_NODE: u8 = 3;
const CREATE_RELATIONSHIP: u8 = 4;
const SET_NODE: u8 = 5;
const SET_RELATIONSHIP: u8 = 6;
const ADD_LABEL: u8 = 7;
const REMOVE_LABEL: u8 = 8;
const DELETE_NODE: u8 = 9;
const DELETE_RELATIONSHIP: u8 = 10;
const DECLARE: u8 = 11;
const UNDECLARE: u8 = 12;
const ADD_RULE: u8 = 13;
const DROP_RULE: u8 = 14;
/// An earlier kenning refuses a log that has one of the next two.
const NAME_BY: u8 = 15;
const FORGET_NAMING: u8 = 16;
/// An earlier kenning refuses a log that has one of the next six, too: many changes of a kind in one.
pub(super) const CREATE_NODES: u8 = 17;
pub(super) const CREATE_RELATIONSHIPS: u8 = 18;
pub(super) const SET_NODES: u8 = 19;
pub(super) const SET_RELATIONSHIPS: u8 = 20;
const DELETE_NODES: u8 = 21;
const DELETE_RELATIONSHIPS: u8 = 22;
/// An earlier kenning refuses a log that has one of the next two, too.
const DECIDE: u8 = 23;
const FORGET_DECISION: u8 = 24;
/// An earlier kenning refuses a log that has one of the next two, too.
const ADD_LABELS: u8 = 25;
const REMOVE_LABELS: u8 = 26;

/// The last ids, to which the next ones are differences.
#[derive(Default)]
pub(super) struct Last {
    pub(super) node: usize,
    pub(super) relationship: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Turns the changes of a transaction into the bytes of a commit, until the watch stops it.
pub(in crate::storage) fn encode(changes: &[Change], watch: &Watch) -> Result<Vec<u8>, Diagnostic> {
    const BETWEEN_CHECKS: usize = 1 << 18;
    let mut out = Vec::with_capacity(changes.len() * 4);
    let mut last = Last::default();
    let mut checked = 0;
    for change in changes {
        write(&mut out, &mut last, change)?;
        if out.len() - checked >= BETWEEN_CHECKS {
            checked = out.len();
            watch.check()?;
        }
    }
    Ok(out)
}

fn write(out: &mut Vec<u8>, last: &mut Last, change: &Change) -> Result<(), Diagnostic> {
    match change {
        Change::Label(name) => named(out, LABEL, name),
        Change::Type(name) => named(out, TYPE, name),
        Change::Key(name) => named(out, KEY, name),
        Change::CreateNode(node) => with_id(out, CREATE_NODE, &mut last.node, node.index()),
        Change::CreateRelationship(id, shape) => {
            with_id(out, CREATE_RELATIONSHIP, &mut last.relationship, id.index());
            out.count(shape.relationship_type.index());
            difference(out, &mut last.start, shape.start.index());
            difference(out, &mut last.end, shape.end.index());
        }
        Change::SetProperty(entity, key, value) => {
            match entity {
                Entity::Node(node) => with_id(out, SET_NODE, &mut last.node, node.index()),
                Entity::Relationship(id) => with_id(out, SET_RELATIONSHIP, &mut last.relationship, id.index()),
            }
            out.count(key.index());
            values::write(out, value)?;
        }
        Change::AddLabel(node, label) => {
            with_id(out, ADD_LABEL, &mut last.node, node.index());
            out.count(label.index());
        }
        Change::RemoveLabel(node, label) => {
            with_id(out, REMOVE_LABEL, &mut last.node, node.index());
            out.count(label.index());
        }
        Change::DeleteNode(node) => with_id(out, DELETE_NODE, &mut last.node, node.index()),
        Change::DeleteRelationship(id) => with_id(out, DELETE_RELATIONSHIP, &mut last.relationship, id.index()),
        Change::CreateNodes { first, count, labels, columns } => {
            with_id(out, CREATE_NODES, &mut last.node, first.index());
            last.node += count - 1;
            out.count(*count);
            out.count(labels.len());
            labels.iter().for_each(|label| out.count(label.index()));
            write_columns(out, columns, *count)?;
        }
        Change::CreateRelationships { first, relationship_type, ends, columns } => {
            with_id(out, CREATE_RELATIONSHIPS, &mut last.relationship, first.index());
            last.relationship += ends.len() - 1;
            out.count(relationship_type.index());
            out.count(ends.len());
            for (start, end) in ends {
                difference(out, &mut last.start, start.index());
                difference(out, &mut last.end, end.index());
            }
            write_columns(out, columns, ends.len())?;
        }
        Change::AddLabels(label, nodes) => labelled(out, ADD_LABELS, *label, nodes, last),
        Change::RemoveLabels(label, nodes) => labelled(out, REMOVE_LABELS, *label, nodes, last),
        Change::DeleteNodes(nodes) => {
            out.push(DELETE_NODES);
            out.count(nodes.len());
            nodes.iter().for_each(|node| difference(out, &mut last.node, node.index()));
        }
        Change::DeleteRelationships(ids) => {
            out.push(DELETE_RELATIONSHIPS);
            out.count(ids.len());
            ids.iter().for_each(|id| difference(out, &mut last.relationship, id.index()));
        }
        Change::SetProperties { kind, key, entities, values } => {
            let (tag, last) = match kind {
                EntityKind::Node => (SET_NODES, &mut last.node),
                EntityKind::Relationship => (SET_RELATIONSHIPS, &mut last.relationship),
            };
            out.push(tag);
            out.count(key.index());
            out.count(entities.len());
            entities.iter().for_each(|entity| difference(out, last, *entity as usize));
            values.iter().try_for_each(|value| values::write(out, value))?;
        }
        Change::Declare(meaning) => {
            named(out, DECLARE, &json(meaning, "relation semantics")?);
        }
        Change::Undeclare(name) => named(out, UNDECLARE, name),
        Change::NameBy(naming) => {
            named(out, NAME_BY, &naming.label);
            out.count(naming.named_by.len());
            naming.named_by.iter().for_each(|key| out.text(key));
        }
        Change::ForgetNaming(label) => named(out, FORGET_NAMING, label),
        Change::Decide(decision) => named(out, DECIDE, &json(decision, "a decision")?),
        Change::ForgetDecision(subject) => named(out, FORGET_DECISION, &json(subject, "a decision")?),
        Change::AddRule(rule) => {
            named(out, ADD_RULE, &rule.name);
            let kind = RULE_KINDS.iter().position(|kind| *kind == rule.kind);
            out.push(kind.map_or(u8::MAX, |kind| kind as u8));
            out.count(rule.label.index());
            out.count(rule.keys.len());
            rule.keys.iter().for_each(|key| out.count(key.index()));
        }
        Change::DropRule(name) => named(out, DROP_RULE, name),
    }
    Ok(())
}

/// Every new entity takes at least a byte, so that a reader need not believe their count.
fn write_columns(out: &mut Vec<u8>, columns: &[PropertyColumn], count: usize) -> Result<(), Diagnostic> {
    out.count(columns.len());
    for (key, values) in columns {
        out.count(key.index());
        values.iter().try_for_each(|value| values::write(out, value))?;
    }
    if columns.is_empty() {
        out.resize(out.len() + count, 0);
    }
    Ok(())
}

fn labelled(out: &mut Vec<u8>, tag: u8, label: LabelId, nodes: &[u32], last: &mut Last) {
    out.push(tag);
    out.count(label.index());
    out.count(nodes.len());
    nodes.iter().for_each(|node| difference(out, &mut last.node, *node as usize));
}

fn json(content: &impl Serialize, what: &str) -> Result<String, Diagnostic> {
    serde_json::to_string(content).map_err(|error| crate::storage::error::defect(what, &error.to_string()))
}

fn named(out: &mut Vec<u8>, tag: u8, name: &str) {
    out.push(tag);
    out.text(name);
}

fn with_id(out: &mut Vec<u8>, tag: u8, last: &mut usize, id: usize) {
    out.push(tag);
    difference(out, last, id);
}

fn difference(out: &mut Vec<u8>, last: &mut usize, id: usize) {
    out.integer(id as i64 - *last as i64);
    *last = id;
}

/// A commit's bytes use short numbers.
impl Put for Vec<u8> {
    fn byte(&mut self, value: u8) {
        self.push(value);
    }

    fn integer(&mut self, value: i64) {
        varint(self, (value << 1 ^ value >> 63) as u64);
    }

    fn bits(&mut self, value: u64) {
        self.extend(value.to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        varint(self, count as u64);
    }

    fn text(&mut self, text: &str) {
        varint(self, text.len() as u64);
        self.extend(text.as_bytes());
    }
}

pub(super) fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

type Result<T, E = Damage> = std::result::Result<T, E>;

/// Repeats a commit's changes on the graph in the state before it, while they are decoded. Returns how many there are.
/// After an error the graph is in between: the caller rolls back or drops it.
pub(in crate::storage) fn apply(commit: &[u8], graph: &mut Graph) -> Result<usize> {
    let mut from = Cursor::new(commit);
    let mut last = Last::default();
    let mut changes = 0;
    while !from.rest.is_empty() {
        step(&mut from, &mut last, graph)?;
        changes += 1;
    }
    Ok(changes)
}

fn step(from: &mut Cursor, last: &mut Last, graph: &mut Graph) -> Result<()> {
    let change = read(from, last)?;
    check_name(from, &change, graph)?;
    graph.apply(change).or_else(|what| from.wrong(what))
}

/// Fails if a new name is there already.
pub(super) fn check_name(from: &Cursor, change: &Change, graph: &Graph) -> Result<()> {
    match change {
        Change::Label(name) => from.check(graph.label(name).is_none(), "a new label is there already"),
        Change::Type(name) => from.check(graph.type_id(name).is_none(), "a new relationship type is there already"),
        Change::Key(name) => from.check(graph.key(name).is_none(), "a new property key is there already"),
        _ => Ok(()),
    }
}

/// Decodes the next change.
pub(super) fn read(from: &mut Cursor, last: &mut Last) -> Result<Change> {
    Ok(match from.byte()? {
        LABEL => Change::Label(from.shared_text()?),
        TYPE => Change::Type(from.shared_text()?),
        KEY => Change::Key(from.shared_text()?),
        CREATE_NODE => Change::CreateNode(node(from, &mut last.node)?),
        CREATE_RELATIONSHIP => {
            let id = relationship(from, last)?;
            let relationship_type = TypeId::from(from.small()?);
            let shape = Relationship {
                relationship_type,
                start: node(from, &mut last.start)?,
                end: node(from, &mut last.end)?,
            };
            Change::CreateRelationship(id, shape)
        }
        SET_NODE => {
            let node = node(from, &mut last.node)?;
            Change::SetProperty(node.into(), KeyId::from(from.small()?), property(from)?)
        }
        SET_RELATIONSHIP => {
            let id = relationship(from, last)?;
            Change::SetProperty(id.into(), KeyId::from(from.small()?), property(from)?)
        }
        ADD_LABEL => Change::AddLabel(node(from, &mut last.node)?, LabelId::from(from.small()?)),
        REMOVE_LABEL => Change::RemoveLabel(node(from, &mut last.node)?, LabelId::from(from.small()?)),
        DELETE_NODE => Change::DeleteNode(node(from, &mut last.node)?),
        DELETE_RELATIONSHIP => Change::DeleteRelationship(relationship(from, last)?),
        CREATE_NODES => {
            let (first, count) = new_nodes(from, last)?;
            let labels = labels(from)?.into();
            Change::CreateNodes { first, count, labels, columns: columns(from, count)? }
        }
        CREATE_RELATIONSHIPS => {
            let (first, relationship_type, count) = new_relationships(from, last)?;
            let both = (0..count).map(|_| Ok((node(from, &mut last.start)?, node(from, &mut last.end)?)));
            let ends = both.collect::<Result<_>>()?;
            Change::CreateRelationships { first, relationship_type, ends, columns: columns(from, count)? }
        }
        tag @ (ADD_LABELS | REMOVE_LABELS) => {
            let (label, count) = (LabelId::from(from.small()?), many(from)?);
            let nodes = (0..count).map(|_| Ok(from.id(&mut last.node)? as u32)).collect::<Result<_>>()?;
            match tag {
                ADD_LABELS => Change::AddLabels(label, nodes),
                _ => Change::RemoveLabels(label, nodes),
            }
        }
        DELETE_NODES => {
            let count = many(from)?;
            Change::DeleteNodes((0..count).map(|_| node(from, &mut last.node)).collect::<Result<_>>()?)
        }
        DELETE_RELATIONSHIPS => {
            let count = many(from)?;
            Change::DeleteRelationships((0..count).map(|_| relationship(from, last)).collect::<Result<_>>()?)
        }
        tag @ (SET_NODES | SET_RELATIONSHIPS) => {
            let (kind, last) = match tag {
                SET_NODES => (EntityKind::Node, &mut last.node),
                _ => (EntityKind::Relationship, &mut last.relationship),
            };
            let (key, count) = (KeyId::from(from.small()?), many(from)?);
            let entities = (0..count).map(|_| Ok(from.id(last)? as u32)).collect::<Result<_>>()?;
            let values = (0..count).map(|_| property(from)).collect::<Result<_>>()?;
            Change::SetProperties { kind, key, entities, values }
        }
        DECLARE => Change::Declare(Box::new(from_json(from, "relation semantics")?)),
        UNDECLARE => Change::Undeclare(from.text()?),
        NAME_BY => {
            let (label, count) = (from.text()?, from.count(1)?);
            let named_by = (0..count).map(|_| from.text()).collect::<Result<_>>()?;
            Change::NameBy(LabelNaming { label, named_by })
        }
        FORGET_NAMING => Change::ForgetNaming(from.text()?),
        DECIDE => Change::Decide(Box::new(from_json(from, "a decision")?)),
        FORGET_DECISION => Change::ForgetDecision(from_json(from, "a decision")?),
        ADD_RULE => {
            let name = from.shared_text()?;
            let Some(kind) = RULE_KINDS.get(from.byte()? as usize) else {
                return from.wrong("a rule is of no known kind");
            };
            let label = LabelId::from(from.small()?);
            let count = from.count(1)?;
            let keys = (0..count).map(|_| from.small().map(KeyId::from)).collect::<Result<_>>()?;
            Change::AddRule(Rule { name, kind: *kind, label, keys })
        }
        DROP_RULE => Change::DropRule(from.shared_text()?),
        tag => return from.wrong(format!("there is no change {tag}; a newer kenning may have made it")),
    })
}

/// The first of new nodes, and their count.
pub(super) fn new_nodes(from: &mut Cursor, last: &mut Last) -> Result<(NodeId, usize)> {
    let (first, count) = (node(from, &mut last.node)?, many(from)?);
    last.node += count - 1;
    Ok((first, count))
}

pub(super) fn labels(from: &mut Cursor) -> Result<Vec<LabelId>> {
    let count = from.count(1)?;
    (0..count).map(|_| from.small().map(LabelId::from)).collect()
}

/// The first of new relationships, their type and their count.
pub(super) fn new_relationships(from: &mut Cursor, last: &mut Last) -> Result<(RelationshipId, TypeId, usize)> {
    let first = relationship(from, last)?;
    let relationship_type = TypeId::from(from.small()?);
    let count = many(from)?;
    last.relationship += count - 1;
    Ok((first, relationship_type, count))
}

/// The count of the parts of a change; each takes at least a byte.
pub(super) fn many(from: &mut Cursor) -> Result<usize> {
    let count = from.count(1)?;
    from.check(count > 0, "a change is of nothing")?;
    Ok(count)
}

fn columns(from: &mut Cursor, count: usize) -> Result<Vec<PropertyColumn>> {
    let keys = from.count(count)?;
    let column = |from: &mut Cursor| -> Result<PropertyColumn> {
        let key = KeyId::from(from.small()?);
        Ok((key, (0..count).map(|_| property(from)).collect::<Result<_>>()?))
    };
    let columns = (0..keys).map(|_| column(from)).collect::<Result<_>>()?;
    if keys == 0 {
        from.bytes(count)?;
    }
    Ok(columns)
}

pub(super) fn node(from: &mut Cursor, last: &mut usize) -> Result<NodeId> {
    from.id(last).map(NodeId::new)
}

pub(super) fn relationship(from: &mut Cursor, last: &mut Last) -> Result<RelationshipId> {
    from.id(&mut last.relationship).map(RelationshipId::new)
}

fn from_json<T: DeserializeOwned>(from: &mut Cursor, what: &str) -> Result<T> {
    serde_json::from_str(from.str()?).or_else(|error| from.wrong(format!("{what}: {error}")))
}

fn property(from: &mut Cursor) -> Result<Value> {
    values::read(from)
}

/// The bytes of a commit that have not been read.
pub(super) struct Cursor<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { rest: bytes }
    }

    #[inline]
    pub(super) fn varint(&mut self) -> Result<u64> {
        let mut value = 0;
        for (at, byte) in self.rest.iter().enumerate().take(10) {
            value |= u64::from(byte & 0x7f) << (7 * at);
            if *byte < 0x80 {
                self.rest = &self.rest[at + 1..];
                return Ok(value);
            }
        }
        self.wrong("a number is too long")
    }

    pub(super) fn bytes(&mut self, length: usize) -> Result<&'a [u8]> {
        match self.rest.split_at_checked(length) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => self.wrong("it ends too early"),
        }
    }

    /// A number of 32 bits.
    pub(super) fn small(&mut self) -> Result<u32> {
        u32::try_from(self.varint()?).or_else(|_| self.wrong("a number is too large"))
    }

    pub(super) fn id(&mut self, last: &mut usize) -> Result<usize> {
        let id = (*last as i64).checked_add(self.integer()?).filter(|id| (0..i64::from(u32::MAX)).contains(id));
        let Some(id) = id else { return self.wrong("an id is out of range") };
        *last = id as usize;
        Ok(*last)
    }

    pub(super) fn str(&mut self) -> Result<&'a str> {
        let length = self.count(1)?;
        std::str::from_utf8(self.bytes(length)?).or_else(|_| self.wrong("a text is not UTF-8"))
    }
}

impl Take for Cursor<'_> {
    fn byte(&mut self) -> Result<u8> {
        let Some((byte, rest)) = self.rest.split_first() else { return self.wrong("it ends too early") };
        self.rest = rest;
        Ok(*byte)
    }

    fn integer(&mut self) -> Result<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn bits(&mut self) -> Result<u64> {
        match self.bytes(8)?.first_chunk() {
            Some(bytes) => Ok(u64::from_le_bytes(*bytes)),
            None => self.wrong("it ends too early"),
        }
    }

    fn count(&mut self, each: usize) -> Result<usize> {
        let count = self.varint()?;
        match usize::try_from(count).ok().filter(|count| count.saturating_mul(each) <= self.rest.len()) {
            Some(count) => Ok(count),
            None => self.wrong(format!("it is said to hold {count} items, which do not fit")),
        }
    }

    fn text(&mut self) -> Result<String> {
        self.str().map(str::to_string)
    }

    fn shared_text(&mut self) -> Result<Arc<str>> {
        self.str().map(Arc::from)
    }

    fn wrong<T>(&self, what: impl Into<String>) -> Result<T> {
        Err(Damage::new("log", what))
    }
}
