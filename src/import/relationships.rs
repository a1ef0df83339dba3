//! Files of relationships: the blocks are read in parallel and entered in their order.

use super::blocks::{Block, Group};
use super::header::{self, Role};
use super::ids::{Space, Spaces};
use super::rows::Rows;
use super::{Import, Options, REASONS, Report, Wrong, convert, too_many};
use crate::diagnostic::{Detail, Diagnostic, Kind};
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
    starts: Vec<u32>,
    ends: Vec<u32>,
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
        let mut layout: Option<Layout> = None;
        let read_before = self.report.bytes;
        loop {
            let mut blocks: Vec<Block> = Vec::new();
            while blocks.len() < self.options.threads.max(1)
                && let Some(block) = group.next()?
            {
                blocks.push(block);
            }
            let Some(head) = blocks.first() else { break };
            let headed = layout.is_none();
            if headed {
                let mut rows = Rows::new(head, self.options);
                let read = rows.advance().and_then(|_| self.layout(&rows, names.first()));
                layout = Some(read.map_err(|wrong| wrong.diagnostic(group.file(head.file)))?);
            }
            let Some(layout) = &layout else { break };
            let (spaces, options) = (&self.spaces, self.options);
            let batches = std::thread::scope(|scope| {
                let read = |(number, block)| {
                    let skip_header = headed && number == 0;
                    scope.spawn(move || read_block(block, skip_header, layout, spaces, options))
                };
                let threads: Vec<_> = blocks.iter().enumerate().map(read).collect();
                let join = |thread: std::thread::ScopedJoinHandle<'_, Result<Batch, Wrong>>| {
                    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                };
                threads.into_iter().map(join).collect::<Vec<_>>()
            });
            for (block, batch) in blocks.iter().zip(batches) {
                let file = group.file(block.file);
                self.enter(batch.map_err(|wrong| wrong.diagnostic(file))?, file)?;
            }
            self.report.bytes = read_before + group.bytes;
            progress(&self.report);
        }
        match layout {
            Some(_) => Ok(()),
            None => {
                let message = format!("{}: there is no header", group.file(0));
                Err(Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message).help("nothing was written"))
            }
        }
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

    fn enter(&mut self, batch: Batch, file: &str) -> Result<(), Diagnostic> {
        for of_type in batch.types {
            let relationship_type = self.builder.intern_type(&of_type.name);
            let added = self.builder.add_relationships(relationship_type, &of_type.starts, &of_type.ends);
            let first = added.ok_or_else(too_many)?.row;
            for (row, key, value) in of_type.properties {
                self.builder.relationship_column(relationship_type, key).push(first + row, value);
            }
        }
        self.report.rows += batch.rows;
        self.report.skipped += batch.skipped;
        let room = REASONS.saturating_sub(self.report.reasons.len());
        let reasons = batch.reasons.iter().take(room);
        self.report
            .reasons
            .extend(reasons.map(|wrong| format!("{file}:{}:{}: {}", wrong.line, wrong.column, wrong.what)));
        Ok(())
    }
}

fn read_block(
    block: &Block,
    skip_header: bool,
    layout: &Layout,
    spaces: &Spaces,
    options: &Options,
) -> Result<Batch, Wrong> {
    let mut rows = Rows::new(block, options);
    let mut batch = Batch::default();
    if skip_header {
        rows.advance()?;
    }
    let space = |name: &str| spaces.find(name);
    let (Some(starts), Some(ends)) = (space(&layout.start.1), space(&layout.end.1)) else { return Ok(batch) };
    while rows.advance()? {
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
        let row = of_type.starts.len() as u32;
        of_type.starts.push(start);
        of_type.ends.push(end);
        for (number, column) in layout.columns.iter().enumerate() {
            let Column::Property { key, kind, array } = column else { continue };
            let Some(text) = rows.get(number) else { continue };
            let value = if *array { kind.list(&text, options.array_delimiter) } else { kind.value(&text) };
            of_type.properties.push((row, *key, value.map_err(|what| rows.wrong(number, what))?));
        }
    }
    Ok(batch)
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
                self.types.push(OfType { name, starts: Vec::new(), ends: Vec::new(), properties: Vec::new() });
                self.types.len() - 1
            }
        };
        Ok(&mut self.types[at])
    }
}
