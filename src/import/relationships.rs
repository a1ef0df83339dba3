//! Files of relationships: the blocks are read in parallel and entered in their order.

use super::blocks::{Block, Group};
use super::header::{self, Role};
use super::ids::{Space, Spaces};
use super::parallel::{Entry, for_each_block};
use super::rows::Rows;
use super::{Import, Options, REASONS, Report, Wrong, convert, no_header, too_many};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::store::sorting::Chunk;
use crate::graph::{KeyId, Value};

/// What the columns of a file of relationships are good for.
struct Layout {
    columns: Vec<Column>,
    /// The column and the space of each end.
    start: (usize, String),
    end: (usize, String),
    /// The column of the type.
    named: Option<usize>,
    /// The type of rows that do not name one.
    fallback: Option<String>,
}

enum Column {
    Property { key: KeyId, kind: convert::Type, array: bool },
    Other,
}

/// What was read from a block.
#[derive(Default)]
struct Batch {
    types: Vec<OfType>,
    rows: u64,
    skipped: u64,
    reasons: Vec<Wrong>,
}

/// The relationships of one type in a block.
struct OfType {
    name: String,
    chunk: Chunk,
    /// Row, key and value.
    properties: Vec<(u32, KeyId, Value)>,
}

impl Import<'_> {
    pub(super) fn relationships(
        &mut self,
        group: &mut Group,
        names: &[String],
        progress: &mut dyn FnMut(&Report),
    ) -> Result<(), Diagnostic> {
        if names.len() > 1 {
            let message = format!("a relationship has one type, not {}", names.join(" and "));
            return Err(Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message));
        }
        let Some(mut head) = group.next()? else { return Err(no_header(&group.names()[0])) };
        let layout = self.relationship_header(&mut head, names.first());
        let layout = layout.map_err(|wrong| wrong.diagnostic(&group.names()[head.file]))?;
        group.put_back(head);
        let read_before = self.report.bytes;
        // The tables of ids are only read from here on.
        let spaces = std::mem::replace(&mut self.spaces, Spaces::new(self.options.id_type));
        let options = self.options;
        let read = |block: &Block| read_block(block, &layout, &spaces, options);
        let read = for_each_block(group, options.threads, read, |entry| {
            let bytes = entry.bytes;
            self.enter_relationships(entry)?;
            self.report.bytes = read_before + bytes;
            progress(&self.report);
            Ok(())
        });
        self.spaces = spaces;
        read
    }

    /// Reads the header and leaves the rows after it.
    fn relationship_header(&mut self, block: &mut Block, fallback: Option<&String>) -> Result<Layout, Wrong> {
        let mut rows = Rows::new(block, self.options)?;
        rows.advance()?;
        let layout = self.layout(&rows, fallback)?;
        (block.start, block.lines_before) = (rows.at(), rows.lines());
        Ok(layout)
    }

    fn layout(&mut self, rows: &Rows, fallback: Option<&String>) -> Result<Layout, Wrong> {
        let (mut columns, mut start, mut end, mut named) = (Vec::new(), None, None, None);
        for (number, role) in header::read(rows)?.into_iter().enumerate() {
            let twice = match &role {
                Role::Start { .. } => start.is_some(),
                Role::End { .. } => end.is_some(),
                Role::Type => named.is_some(),
                _ => false,
            };
            if twice {
                return Err(rows.wrong(number, "there is such a column already"));
            }
            let mut column = Column::Other;
            match role {
                Role::Start { space } => start = Some((number, space)),
                Role::End { space } => end = Some((number, space)),
                Role::Type => named = Some(number),
                Role::Property { name, kind, array } => {
                    column = Column::Property { key: self.builder.intern_key(&name), kind, array };
                }
                Role::Ignore => {}
                Role::Id { .. } | Role::Label => {
                    return Err(rows.wrong(number, "this column belongs to nodes, not to relationships"));
                }
            }
            columns.push(column);
        }
        let missing = |what: &str| rows.wrong(0, format!("the header has no {what}"));
        let (start, end) = (start.ok_or_else(|| missing(":START_ID"))?, end.ok_or_else(|| missing(":END_ID"))?);
        if named.is_none() && fallback.is_none() {
            return Err(missing(":TYPE, and no type is given before the file"));
        }
        for (number, space) in [&start, &end] {
            if self.spaces.find(space).is_none() {
                return Err(rows.wrong(*number, format!("no file of nodes has ids of the space `{space}`")));
            }
        }
        Ok(Layout { columns, start, end, named, fallback: fallback.cloned() })
    }

    fn enter_relationships(&mut self, mut entry: Entry<Batch>) -> Result<(), Diagnostic> {
        for of_type in std::mem::take(&mut entry.item.types) {
            let relationship_type = self.builder.intern_type(&of_type.name);
            let added = self.builder.add_chunk(relationship_type, of_type.chunk);
            let first = added.ok_or_else(too_many)?.row;
            for (row, key, value) in of_type.properties {
                self.builder.relationship_column(relationship_type, key).push(first + row, value);
            }
        }
        self.report.rows += entry.item.rows;
        self.report.skipped += entry.item.skipped;
        let room = REASONS.saturating_sub(self.report.reasons.len());
        for wrong in std::mem::take(&mut entry.item.reasons).into_iter().take(room) {
            let Wrong { line, column, what } = entry.placed(wrong);
            self.report.reasons.push(format!("{}:{line}:{column}: {what}", entry.file));
        }
        Ok(())
    }
}

fn read_block(block: &Block, layout: &Layout, spaces: &Spaces, options: &Options) -> Result<(Batch, u64), Wrong> {
    let mut rows = Rows::new(block, options)?;
    let mut batch = Batch::default();
    let space = |name: &str| spaces.find(name);
    let (Some(starts), Some(ends)) = (space(&layout.start.1), space(&layout.end.1)) else { return Ok((batch, 0)) };
    let numbers = layout.two_ends();
    loop {
        if let Some((start, end)) = numbers
            && let Some(read) = rows.two_numbers()
        {
            if let (Some(start), Some(end)) = (starts.get_number(read[start]), ends.get_number(read[end])) {
                batch.rows += 1;
                let of_type = batch.of_type(&rows, layout)?;
                of_type.chunk.starts.push(start);
                of_type.chunk.ends.push(end);
                continue;
            }
            rows.step_back();
        }
        if !rows.advance()? {
            return Ok((batch, rows.lines()));
        }
        batch.rows += 1;
        if rows.fields.len() > layout.columns.len() {
            return Err(rows.wrong(layout.columns.len(), "the row has more fields than the header"));
        }
        let found = end(&rows, &layout.start, starts).and_then(|start| Ok((start, end(&rows, &layout.end, ends)?)));
        let (start, end) = match found {
            Ok(found) => found,
            Err(wrong) if options.skip_bad_relationships => {
                batch.skipped += 1;
                if batch.reasons.len() < REASONS {
                    batch.reasons.push(wrong);
                }
                continue;
            }
            Err(wrong) => return Err(wrong),
        };
        let of_type = batch.of_type(&rows, layout)?;
        let row = of_type.chunk.starts.len() as u32;
        of_type.chunk.starts.push(start);
        of_type.chunk.ends.push(end);
        for (number, column) in layout.columns.iter().enumerate() {
            let Column::Property { key, kind, array } = column else { continue };
            let Some(text) = rows.get(number) else { continue };
            let value = if *array { kind.list(&text, options.array_delimiter) } else { kind.value(&text) };
            of_type.properties.push((row, *key, value.map_err(|what| rows.wrong(number, what))?));
        }
    }
}

impl Layout {
    /// The columns of start and end, if there are no others.
    fn two_ends(&self) -> Option<(usize, usize)> {
        (self.columns.len() == 2).then_some((self.start.0, self.end.0))
    }
}

/// The node at an end of the row.
fn end(rows: &Rows, (column, name): &(usize, String), space: &Space) -> Result<u32, Wrong> {
    let Some(id) = rows.get(*column) else { return Err(rows.wrong(*column, "the relationship lacks an end")) };
    space.get(&id).ok_or_else(|| {
        let of_space = if name.is_empty() { String::new() } else { format!(" in the space `{name}`") };
        rows.wrong(*column, format!("there is no node with the id `{id}`{of_space}"))
    })
}

impl Batch {
    /// Where relationships of the row's type are collected.
    fn of_type(&mut self, rows: &Rows, layout: &Layout) -> Result<&mut OfType, Wrong> {
        if layout.named.is_none() && !self.types.is_empty() {
            return Ok(&mut self.types[0]);
        }
        let named = layout.named.and_then(|column| rows.get(column));
        let name = match (&named, &layout.fallback) {
            (Some(name), _) => &**name,
            (None, Some(name)) => name,
            (None, None) => {
                return Err(rows.wrong(layout.named.unwrap_or(0), "the relationship has no type"));
            }
        };
        let at = match self.types.iter().rposition(|of_type| of_type.name == name) {
            Some(at) => at,
            None => {
                let name = name.to_string();
                self.types.push(OfType { name, chunk: Chunk::default(), properties: Vec::new() });
                self.types.len() - 1
            }
        };
        Ok(&mut self.types[at])
    }
}
