//! Files of nodes: the blocks are read in parallel and entered in their order.

use super::blocks::{Block, Group};
use super::header::{self, Role};
use super::ids::BlockIds;
use super::parallel::{Entry, for_each_block};
use super::rows::Rows;
use super::{IdType, Import, Options, Report, Wrong, convert, no_header, too_many};
use crate::diagnostic::Diagnostic;
use crate::graph::store::column_builder::ColumnBuilder;
use crate::graph::{KeyId, LabelId};

/// What a column of nodes is good for, its name numbered.
enum Column {
    Id { space: String, key: Option<KeyId>, id_type: Option<IdType> },
    Label,
    Property { key: KeyId, kind: convert::Type, array: bool },
    Ignore,
}

/// What was read from a block. Rows are counted from 0.
struct Batch {
    rows: usize,
    ids: BlockIds,
    labels: Labels,
    /// The values by column of the file.
    columns: Vec<ColumnBuilder>,
}

/// The labels that rows name.
#[derive(Default)]
struct Labels {
    /// The distinct lists of names.
    sets: Vec<Vec<String>>,
    /// The number of each row's list; empty if no row names any.
    of_row: Vec<usize>,
}

impl Import<'_> {
    pub(super) fn nodes(
        &mut self,
        group: &mut Group,
        labels: &[String],
        progress: &mut dyn FnMut(&Report),
    ) -> Result<(), Diagnostic> {
        let fixed: Vec<LabelId> = labels.iter().map(|label| self.builder.intern_label(label)).collect();
        let Some(mut head) = group.next()? else { return Err(no_header(&group.names()[0])) };
        let columns = self.node_header(&mut head).map_err(|wrong| wrong.diagnostic(&group.names()[head.file]))?;
        group.put_back(head);
        let first = self.builder.node_count() as u32;
        let read_before = self.report.bytes;
        let options = self.options;
        let read = |block: &Block| read_block(block, &columns, options);
        for_each_block(group, options.threads, read, |entry| {
            self.enter_nodes(&entry, &columns, &fixed)?;
            for (column, values) in columns.iter().zip(entry.item.columns) {
                if let Column::Property { key, .. } | Column::Id { key: Some(key), .. } = column {
                    let first = self.builder.node_count() - entry.item.rows;
                    self.builder.append_node_column(*key, first as u32, values);
                }
            }
            self.report.bytes = read_before + entry.bytes;
            progress(&self.report);
            Ok(())
        })?;
        let nodes = first..self.builder.node_count() as u32;
        for column in columns {
            if let Column::Id { space, key, .. } = column {
                self.spaces.open(&space).own(nodes.clone(), key);
            }
        }
        Ok(())
    }

    /// Reads the header and leaves the rows after it.
    fn node_header(&mut self, block: &mut Block) -> Result<Vec<Column>, Wrong> {
        let mut rows = Rows::new(block, self.options)?;
        rows.advance()?;
        let columns = self.node_columns(&rows)?;
        (block.start, block.lines_before) = (rows.at(), rows.lines());
        Ok(columns)
    }

    fn node_columns(&mut self, rows: &Rows) -> Result<Vec<Column>, Wrong> {
        let mut columns = Vec::new();
        for (number, role) in header::read(rows)?.into_iter().enumerate() {
            columns.push(match role {
                Role::Id { .. } if columns.iter().any(|column| matches!(column, Column::Id { .. })) => {
                    return Err(rows.wrong(number, "a node has one id"));
                }
                Role::Id { space, name, id_type } => {
                    self.spaces.open(&space);
                    Column::Id { space, key: name.map(|name| self.builder.intern_key(&name)), id_type }
                }
                Role::Label => Column::Label,
                Role::Property { name, kind, array } => {
                    Column::Property { key: self.builder.intern_key(&name), kind, array }
                }
                Role::Ignore => Column::Ignore,
                Role::Start { .. } | Role::End { .. } | Role::Type => {
                    return Err(rows.wrong(number, "this column belongs to relationships, not to nodes"));
                }
            });
        }
        Ok(columns)
    }

    /// Enters the nodes, their ids and their labels.
    fn enter_nodes(&mut self, entry: &Entry<Batch>, columns: &[Column], fixed: &[LabelId]) -> Result<(), Diagnostic> {
        let batch = &entry.item;
        let first = self.builder.node_count();
        if u32::try_from(first + batch.rows).is_err() {
            return Err(too_many());
        }
        for (number, column) in columns.iter().enumerate() {
            if let Column::Id { space, .. } = column {
                let entered = self.spaces.open(space).insert(&batch.ids, first as u32);
                entered.map_err(|(row, what)| {
                    let wrong = self.wrong_in(&entry.block, row, number, what);
                    entry.placed(wrong).diagnostic(entry.file)
                })?;
            }
        }
        if batch.labels.of_row.is_empty() {
            self.builder.add_nodes(fixed, batch.rows).ok_or_else(too_many)?;
        }
        let sets: Vec<Vec<LabelId>> = batch.labels.sets.iter().map(|set| self.label_set(fixed, set)).collect();
        for run in batch.labels.of_row.chunk_by(|a, b| a == b) {
            self.builder.add_nodes(&sets[run[0]], run.len()).ok_or_else(too_many)?;
        }
        self.report.rows += batch.rows as u64;
        Ok(())
    }

    fn label_set(&mut self, fixed: &[LabelId], names: &[String]) -> Vec<LabelId> {
        let named = names.iter().map(|name| self.builder.intern_label(name));
        fixed.iter().copied().chain(named).collect()
    }

    /// Says what is wrong with a field of a row of a block, which has to be found again for it.
    fn wrong_in(&self, block: &Block, row: usize, column: usize, what: String) -> Wrong {
        let find = || -> Result<Wrong, Wrong> {
            let mut rows = Rows::new(block, self.options)?;
            for _ in 0..=row {
                rows.advance()?;
            }
            Ok(rows.wrong(column, what))
        };
        find().unwrap_or_else(|wrong| wrong)
    }
}

fn read_block(block: &Block, columns: &[Column], options: &Options) -> Result<(Batch, u64), Wrong> {
    let mut rows = Rows::new(block, options)?;
    let own = columns.iter().find_map(|column| match column {
        Column::Id { id_type, .. } => *id_type,
        _ => None,
    });
    let id_type = own.unwrap_or(options.id_type);
    let mut batch = Batch {
        rows: 0,
        ids: BlockIds::new(id_type),
        labels: Labels::default(),
        columns: columns.iter().map(|_| ColumnBuilder::default()).collect(),
    };
    let names_labels = columns.iter().any(|column| matches!(column, Column::Label));
    while rows.advance()? {
        if rows.fields.len() > columns.len() {
            return Err(rows.wrong(columns.len(), "the row has more fields than the header"));
        }
        let mut label_text = Vec::new();
        for (number, (column, values)) in columns.iter().zip(&mut batch.columns).enumerate() {
            let row = batch.rows as u32;
            match (column, rows.get(number)) {
                (Column::Ignore, _) | (Column::Property { .. } | Column::Label, None) => {}
                (Column::Id { .. }, None) => return Err(rows.wrong(number, "the node has no id")),
                (Column::Id { .. }, Some(id)) => {
                    batch.ids.push(&id, id_type).map_err(|what| rows.wrong(number, what))?;
                }
                (Column::Label, Some(text)) => label_text.push(text),
                (Column::Property { kind: convert::Type::Text, array: false, .. }, Some(text)) => {
                    values.push_text(row, &text);
                }
                (Column::Property { kind, array, .. }, Some(text)) => {
                    let value = match array {
                        true => kind.list(&text, options.array_delimiter),
                        false => kind.value(&text),
                    };
                    values.push(row, value.map_err(|what| rows.wrong(number, what))?);
                }
            }
        }
        if names_labels {
            let each = label_text.iter().flat_map(|text| text.split(options.array_delimiter));
            let labels: Vec<&str> = each.map(str::trim).filter(|name| !name.is_empty()).collect();
            batch.labels.push(&labels);
        }
        batch.rows += 1;
    }
    for (column, values) in columns.iter().zip(&mut batch.columns) {
        if let Column::Id { key: Some(_), .. } = column {
            *values = batch.ids.column();
        }
    }
    Ok((batch, rows.lines()))
}

impl Labels {
    /// Notes the labels of the next row.
    fn push(&mut self, names: &[&str]) {
        let number = match self.sets.iter().rposition(|set| set == names) {
            Some(number) => number,
            None => {
                self.sets.push(names.iter().map(ToString::to_string).collect());
                self.sets.len() - 1
            }
        };
        self.of_row.push(number);
    }
}
