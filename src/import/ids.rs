//! Ids of the files → nodes. Each id space has a table of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use hashbrown::HashMap;

use super::IdType;
use crate::graph::store::column_builder::ColumnBuilder;
use crate::graph::store::dictionary::DictionaryBuilder;
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
    Texts(Texts),
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

    fn to_texts(&self) -> Option<Texts> {
        let dense = self.dense.iter().enumerate().filter(|(_, node)| **node != NONE);
        let mut all: Vec<(u32, i64)> = dense.map(|(id, node)| (*node, id as i64)).collect();
        all.extend(self.sparse.iter().map(|(id, node)| (*node, *id)));
        let mut texts = Texts::default();
        all.into_iter().all(|(node, id)| texts.insert(&id.to_string(), node) == Some(true)).then_some(texts)
    }
}

/// Ids one after the other in one text.
#[derive(Debug, Default)]
struct Texts {
    names: DictionaryBuilder,
    /// By the number of the name.
    nodes: Vec<u32>,
}

impl Texts {
    /// Whether the id was free; `None` if there is no room for it.
    fn insert(&mut self, id: &str, node: u32) -> Option<bool> {
        let number = self.names.intern(id)? as usize;
        let free = number == self.nodes.len();
        if free {
            self.nodes.push(node);
        }
        Some(free)
    }
}

/// The ids of the nodes of a block, by row: as integers if all are.
pub(super) enum BlockIds {
    Integers(Vec<i64>),
    /// Where each one ends.
    Texts(String, Vec<usize>),
}

impl BlockIds {
    pub(super) fn new(id_type: IdType) -> BlockIds {
        match id_type {
            IdType::Auto | IdType::Integer => BlockIds::Integers(Vec::new()),
            IdType::String => BlockIds::Texts(String::new(), Vec::new()),
        }
    }

    pub(super) fn push(&mut self, id: &str, id_type: IdType) -> Result<(), String> {
        if let BlockIds::Integers(numbers) = self {
            match canonical(id) {
                Some(number) => {
                    numbers.push(number);
                    return Ok(());
                }
                None if id_type == IdType::Integer => return Err(format!("the id `{id}` is not an integer")),
                None => *self = BlockIds::texts(numbers),
            }
        }
        if let BlockIds::Texts(text, ends) = self {
            text.push_str(id);
            ends.push(text.len());
        }
        Ok(())
    }

    fn texts(numbers: &[i64]) -> BlockIds {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for number in numbers {
            text += &number.to_string();
            ends.push(text.len());
        }
        BlockIds::Texts(text, ends)
    }

    fn each_text<'a>(text: &'a str, ends: &'a [usize]) -> impl Iterator<Item = &'a str> {
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(|(start, end)| &text[start..*end])
    }

    /// The ids as a column of properties, by row.
    pub(super) fn column(&self) -> ColumnBuilder {
        let mut column = ColumnBuilder::default();
        match self {
            BlockIds::Integers(numbers) => {
                (0..).zip(numbers).for_each(|(row, number)| column.push_integer(row, *number));
            }
            BlockIds::Texts(text, ends) => {
                (0..).zip(BlockIds::each_text(text, ends)).for_each(|(row, id)| column.push_text(row, id));
            }
        }
        column
    }
}

/// The integer that prints as this text.
fn canonical(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.as_bytes().first().is_some_and(u8::is_ascii_digit) && (!digits.starts_with('0') || text == "0");
    if plain { text.parse().ok() } else { None }
}

impl Spaces {
    pub(super) fn new(id_type: IdType) -> Spaces {
        Spaces { id_type, spaces: BTreeMap::new() }
    }

    pub(super) fn open(&mut self, name: &str) -> &mut Space {
        if !self.spaces.contains_key(name) {
            let texts = self.id_type == IdType::String;
            let table = if texts { Table::Texts(Texts::default()) } else { Table::default() };
            self.spaces.insert(name.to_string(), Space { table, ..Space::default() });
        }
        self.spaces.get_mut(name).expect("it was entered just now")
    }

    pub(super) fn find(&self, name: &str) -> Option<&Space> {
        self.spaces.get(name)
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
            Table::Texts(table) => table.names.find(id).map(|number| table.nodes[number as usize]),
        }
    }

    /// The node of an id that is an integer, if all ids of the space are.
    pub(super) fn get_number(&self, id: i64) -> Option<u32> {
        match &self.table {
            Table::Integers(table) => table.get(id),
            Table::Texts(_) => None,
        }
    }

    /// Enters the nodes from `first` on under their ids. If an id is there already, gives its row and says so.
    pub(super) fn insert(&mut self, ids: &BlockIds, first: u32) -> Result<(), (usize, String)> {
        let taken = |row: usize, id: &dyn std::fmt::Display| Err((row, format!("the id `{id}` is there already")));
        match (&mut self.table, ids) {
            (Table::Integers(table), BlockIds::Integers(numbers)) => {
                for (row, number) in numbers.iter().enumerate() {
                    if !table.insert(*number, first + row as u32) {
                        return taken(row, number);
                    }
                }
                return Ok(());
            }
            (Table::Integers(table), BlockIds::Texts(..)) => {
                self.turned = true;
                self.table = Table::Texts(table.to_texts().ok_or_else(no_room)?);
            }
            (Table::Texts(_), _) => {}
        }
        let Table::Texts(table) = &mut self.table else { return Ok(()) };
        let own;
        let (text, ends) = match ids {
            BlockIds::Texts(text, ends) => (text, ends),
            BlockIds::Integers(numbers) => {
                own = BlockIds::texts(numbers);
                let BlockIds::Texts(text, ends) = &own else { return Ok(()) };
                self.turned = true;
                (text, ends)
            }
        };
        for (row, id) in BlockIds::each_text(text, ends).enumerate() {
            if !table.insert(id, first + row as u32).ok_or_else(no_room)? {
                return taken(row, &id);
            }
        }
        Ok(())
    }
}

fn no_room() -> (usize, String) {
    (0, "the ids of a space take more than four gigabytes".into())
}
