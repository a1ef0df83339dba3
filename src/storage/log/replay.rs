//! The bytes of a commit → changes on a [`Replay`].
//!
//! What creates or changes many nodes or relationships, and takes nearly all bytes of a long log, is decoded into the
//! columns that it ends up in: no value is made in between.

use super::changes::{
    CREATE_NODES, CREATE_RELATIONSHIPS, Cursor, Last, SET_NODES, SET_RELATIONSHIPS, check_name, labels, many,
    new_nodes, new_relationships, node, read,
};
use crate::graph::{Changed, EntityKind, KeyId, Relationship, RelationshipId, Replay};
use crate::storage::Damage;
use crate::storage::values::{self, INTEGER, STRING, Take};

type Result<T, E = Damage> = std::result::Result<T, E>;

/// Repeats a commit's changes while they are decoded. After an error the graph is in between: the caller drops it.
pub(in crate::storage) fn apply(commit: &[u8], replay: &mut Replay) -> Result<()> {
    let mut from = Cursor::new(commit);
    let mut last = Last::default();
    while let Some(tag) = from.rest.first() {
        match *tag {
            CREATE_NODES => create_nodes(&mut from, &mut last, replay)?,
            CREATE_RELATIONSHIPS => create_relationships(&mut from, &mut last, replay)?,
            SET_NODES => set(&mut from, EntityKind::Node, &mut last.node, replay)?,
            SET_RELATIONSHIPS => set(&mut from, EntityKind::Relationship, &mut last.relationship, replay)?,
            _ => {
                let change = read(&mut from, &mut last)?;
                check_name(&from, &change, replay.names())?;
                fits(&from, replay.apply(change))?;
            }
        }
    }
    Ok(())
}

fn fits<T>(from: &Cursor, done: Result<T, &'static str>) -> Result<T> {
    done.or_else(|what| from.wrong(what))
}

fn create_nodes(from: &mut Cursor, last: &mut Last, replay: &mut Replay) -> Result<()> {
    from.byte()?;
    let (first, count) = new_nodes(from, last)?;
    let labels = labels(from)?;
    fits(from, replay.create_nodes(first, count, &labels))?;
    columns(from, EntityKind::Node, first.index() as u32, count, replay)
}

fn create_relationships(from: &mut Cursor, last: &mut Last, replay: &mut Replay) -> Result<()> {
    from.byte()?;
    let (first, relationship_type, count) = new_relationships(from, last)?;
    for number in first.index()..first.index() + count {
        let (start, end) = (node(from, &mut last.start)?, node(from, &mut last.end)?);
        let shape = Relationship { relationship_type, start, end };
        fits(from, replay.create_relationship(RelationshipId::new(number), shape))?;
    }
    columns(from, EntityKind::Relationship, first.index() as u32, count, replay)
}

/// The properties of new entities.
fn columns(from: &mut Cursor, kind: EntityKind, first: u32, count: usize, replay: &mut Replay) -> Result<()> {
    let keys = from.count(count)?;
    let mut seen = Vec::with_capacity(keys);
    for _ in 0..keys {
        let key = KeyId::from(from.small()?);
        from.check(!seen.contains(&key), "a property key is given twice")?;
        seen.push(key);
        let column = fits(from, replay.column(kind, key))?;
        for entity in first..first + count as u32 {
            value(from, entity, true, column)?;
        }
    }
    if keys == 0 {
        from.bytes(count)?;
    }
    Ok(())
}

/// A property of several entities.
fn set(from: &mut Cursor, kind: EntityKind, last: &mut usize, replay: &mut Replay) -> Result<()> {
    from.byte()?;
    let (key, count) = (KeyId::from(from.small()?), many(from)?);
    let entities: Vec<u32> = (0..count).map(|_| Ok(from.id(last)? as u32)).collect::<Result<_>>()?;
    fits(from, replay.check_entities(kind, &entities))?;
    let column = fits(from, replay.column(kind, key))?;
    entities.into_iter().try_for_each(|entity| value(from, entity, false, column))
}

fn value(from: &mut Cursor, entity: u32, is_new: bool, column: &mut Changed) -> Result<()> {
    match from.rest.first() {
        Some(&INTEGER) => {
            from.byte()?;
            column.values.push_integer(entity, from.integer()?);
        }
        Some(&STRING) => {
            from.byte()?;
            column.values.push_text(entity, from.str()?);
        }
        _ => match values::read(from)? {
            // A new entity has nothing that could be removed.
            value if is_new => column.values.push(entity, value),
            value => column.set(entity, value),
        },
    }
    Ok(())
}
