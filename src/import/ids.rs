//! Ids of the files → nodes. Each id space has a table of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use hashbrown::HashMap;

use super::IdType;
use crate::graph::{GraphBuilder, KeyId};

/// All id spaces, by name.
pub(super) struct Spaces {
    id_type: IdType,
    spaces: BTreeMap<String, Space>,
}

/// The ids of a space.
#[derive(Debug, Default)]
pub(super) struct Space {
    table: Table,
    /// The nodes whose ids these are.
    nodes: Vec<Range<u32>>,
    /// The keys under which ids are kept as properties.
    keys: BTreeSet<KeyId>,
    /// Whether an id is no integer, though ids may have been taken as integers before.
    turned: bool,
}

#[derive(Debug)]
enum Table {
    Integers(Integers),
    Texts(HashMap<Box<str>, u32>),
}

impl Default for Table {
    fn default() -> Table {
        Table::Integers(Integers::default())
    }
}

/// Small ids in an array, others in a table.
#[derive(Debug, Default)]
struct Integers {
    dense: Vec<u32>,
    sparse: HashMap<i64, u32>,
    count: usize,
}

const NONE: u32 = u32::MAX;

impl Integers {
    fn get(&self, id: i64) -> Option<u32> {
        match usize::try_from(id).ok().and_then(|id| self.dense.get(id)) {
            Some(node) if *node != NONE => Some(*node),
            _ if self.sparse.is_empty() => None,
            _ => self.sparse.get(&id).copied(),
        }
    }

    /// Whether the id was free.
    fn insert(&mut self, id: i64, node: u32) -> bool {
        if self.get(id).is_some() {
            return false;
        }
        self.count += 1;
        // The array is at most a few times as long as it has to be.
        match usize::try_from(id).ok().filter(|id| *id < 4 * self.count + 1024) {
            Some(id) => {
                if id >= self.dense.len() {
                    self.dense.resize(id + 1, NONE);
                }
                self.dense[id] = node;
            }
            None => _ = self.sparse.insert(id, node),
        }
        true
    }

    fn to_texts(&self) -> HashMap<Box<str>, u32> {
        let dense = self.dense.iter().enumerate().filter(|(_, node)| **node != NONE);
        let dense = dense.map(|(id, node)| (id.to_string().into_boxed_str(), *node));
        dense.chain(self.sparse.iter().map(|(id, node)| (id.to_string().into_boxed_str(), *node))).collect()
    }
}

/// The integer that prints as this text.
fn canonical(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.as_bytes().first().is_some_and(u8::is_ascii_digit) && (!digits.starts_with('0') || text == "0");
    if plain { text.parse().ok() } else { None }
}

/// An id as it is to be kept as a property.
pub(super) enum Kept {
    Integer(i64),
    Text,
}

impl Spaces {
    pub(super) fn new(id_type: IdType) -> Spaces {
        Spaces { id_type, spaces: BTreeMap::new() }
    }

    pub(super) fn open(&mut self, name: &str) -> &mut Space {
        if !self.spaces.contains_key(name) {
            let texts = self.id_type == IdType::String;
            let table = if texts { Table::Texts(HashMap::new()) } else { Table::default() };
            self.spaces.insert(name.to_string(), Space { table, ..Space::default() });
        }
        self.spaces.get_mut(name).expect("it was entered just now")
    }

    pub(super) fn find(&self, name: &str) -> Option<&Space> {
        self.spaces.get(name)
    }

    pub(super) fn id_type(&self) -> IdType {
        self.id_type
    }

    /// Once all nodes are there: ids that were kept as integers before one turned out to be none become strings.
    pub(super) fn settle(&mut self, builder: &mut GraphBuilder) {
        for space in self.spaces.values().filter(|space| space.turned) {
            for key in &space.keys {
                let of_space = |node: u32| space.nodes.iter().any(|range| range.contains(&node));
                builder.node_column(*key).integers_to_text(&of_space);
            }
        }
    }
}

impl Space {
    pub(super) fn own(&mut self, nodes: Range<u32>, key: Option<KeyId>) {
        self.nodes.push(nodes);
        self.keys.extend(key);
    }

    pub(super) fn get(&self, id: &str) -> Option<u32> {
        match &self.table {
            Table::Integers(table) => table.get(canonical(id)?),
            Table::Texts(table) => table.get(id).copied(),
        }
    }

    /// Enters the node under its id and says how to keep the id.
    pub(super) fn insert(&mut self, id: &str, node: u32, id_type: IdType) -> Result<Kept, String> {
        let taken = || format!("the id `{id}` is there already");
        if let Table::Integers(table) = &mut self.table {
            match canonical(id) {
                Some(number) => {
                    return if table.insert(number, node) { Ok(Kept::Integer(number)) } else { Err(taken()) };
                }
                None if id_type == IdType::Integer => return Err(format!("the id `{id}` is not an integer")),
                None => {
                    self.table = Table::Texts(table.to_texts());
                    self.turned = true;
                }
            }
        }
        let Table::Texts(table) = &mut self.table else { return Err(taken()) };
        match table.insert(id.into(), node) {
            None => Ok(Kept::Text),
            Some(_) => Err(taken()),
        }
    }
}
