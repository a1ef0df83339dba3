//! Files of nodes.

use std::collections::BTreeMap;

use super::blocks::Group;
use super::header::{self, Role};
use super::ids::Kept;
use super::rows::Rows;
use super::{Import, Report, Wrong, convert, too_many};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{KeyId, LabelId};

/// What a column of nodes is good for, its name numbered.
enum Column {
    Id { space: String, key: Option<KeyId> },
    Label,
    Property { key: KeyId, kind: convert::Type, array: bool },
    Ignore,
}

impl Import<'_> {
    pub(super) fn nodes(
        &mut self,
        group: &mut Group,
        labels: &[String],
        progress: &mut dyn FnMut(&Report),
    ) -> Result<(), Diagnostic> {
        let fixed: Vec<LabelId> = labels.iter().map(|label| self.builder.intern_label(label)).collect();
        let mut columns: Option<Vec<Column>> = None;
        let first = self.builder.node_count() as u32;
        let read_before = self.report.bytes;
        while let Some(block) = group.next()? {
            let mut rows = Rows::new(&block, self.options);
            let wrong = |wrong: Wrong| wrong.diagnostic(group.file(block.file));
            if columns.is_none() && rows.advance().map_err(wrong)? {
                columns = Some(self.node_columns(&rows).map_err(wrong)?);
            }
            if let Some(columns) = &columns {
                self.node_rows(&mut rows, columns, &fixed).map_err(|error| match error {
                    Stop::Row(row) => wrong(row),
                    Stop::TooMany => too_many(),
                })?;
            }
            self.report.bytes = read_before + group.bytes;
            progress(&self.report);
        }
        let Some(columns) = columns else {
            let message = format!("{}: there is no header", group.file(0));
            return Err(Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message).help("nothing was written"));
        };
        let nodes = first..self.builder.node_count() as u32;
        for column in columns {
            if let Column::Id { space, key } = column {
                self.spaces.open(&space).own(nodes.clone(), key);
            }
        }
        Ok(())
    }

    fn node_columns(&mut self, rows: &Rows) -> Result<Vec<Column>, Wrong> {
        let mut columns = Vec::new();
        for (number, role) in header::read(rows)?.into_iter().enumerate() {
            columns.push(match role {
                Role::Id { .. } if columns.iter().any(|column| matches!(column, Column::Id { .. })) => {
                    return Err(rows.wrong(number, "a node has one id"));
                }
                Role::Id { space, name } => {
                    self.spaces.open(&space);
                    Column::Id { space, key: name.map(|name| self.builder.intern_key(&name)) }
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

    fn node_rows(&mut self, rows: &mut Rows, columns: &[Column], fixed: &[LabelId]) -> Result<(), Stop> {
        let mut names: BTreeMap<String, LabelId> = BTreeMap::new();
        let mut labels = Vec::new();
        while rows.advance()? {
            if rows.fields.len() > columns.len() {
                return Err(rows.wrong(columns.len(), "the row has more fields than the header").into());
            }
            let node = u32::try_from(self.builder.node_count()).map_err(|_| Stop::TooMany)?;
            labels.clear();
            labels.extend_from_slice(fixed);
            for (number, column) in columns.iter().enumerate() {
                let text = rows.get(number);
                match (column, text) {
                    (Column::Ignore, _) | (Column::Property { .. } | Column::Label, None) => {}
                    (Column::Id { .. }, None) => return Err(rows.wrong(number, "the node has no id").into()),
                    (Column::Id { space, key }, Some(id)) => {
                        let id_type = self.spaces.id_type();
                        let kept = self.spaces.open(space).insert(&id, node, id_type);
                        let kept = kept.map_err(|what| rows.wrong(number, what))?;
                        let Some(key) = key else { continue };
                        match kept {
                            Kept::Integer(id) => self.builder.node_column(*key).push_integer(node, id),
                            Kept::Text => self.builder.node_column(*key).push_text(node, &id),
                        }
                    }
                    (Column::Label, Some(text)) => {
                        for name in text.split(self.options.array_delimiter).map(str::trim).filter(|n| !n.is_empty()) {
                            let label = match names.get(name) {
                                Some(label) => *label,
                                None => {
                                    let label = self.builder.intern_label(name);
                                    names.insert(name.to_string(), label);
                                    label
                                }
                            };
                            labels.push(label);
                        }
                    }
                    (Column::Property { key, kind: convert::Type::Text, array: false }, Some(text)) => {
                        self.builder.node_column(*key).push_text(node, &text);
                    }
                    (Column::Property { key, kind, array }, Some(text)) => {
                        let value = match array {
                            true => kind.list(&text, self.options.array_delimiter),
                            false => kind.value(&text),
                        };
                        let value = value.map_err(|what| rows.wrong(number, what))?;
                        self.builder.node_column(*key).push(node, value);
                    }
                }
            }
            self.builder.add_nodes(&labels, 1).ok_or(Stop::TooMany)?;
            self.report.rows += 1;
        }
        Ok(())
    }
}

/// Why rows are read no further.
enum Stop {
    Row(Wrong),
    TooMany,
}

impl From<Wrong> for Stop {
    fn from(wrong: Wrong) -> Stop {
        Stop::Row(wrong)
    }
}
