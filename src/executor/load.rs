//! LOAD CSV: the rows of a file that is handed in, one at a time.

use std::io::{self, Read};
use std::sync::Arc;

use super::cursor::{BoxedCursor, Cursor, Flow};
use super::evaluate::evaluate;
use super::{Result, Row, Run};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Value;
use crate::limits::{LONGEST_ROW, Watch};
use crate::plan;

pub(super) struct LoadCsv<'p> {
    flow: Flow<'p>,
    load: &'p plan::LoadCsv,
    file: Option<File>,
}

/// A file that is being read.
struct File {
    name: String,
    reader: csv::Reader<Watched>,
    header: Option<Vec<Arc<str>>>,
    /// Whether fields beyond the header are left out, and whether some have been.
    ignores_extra: bool,
    left_out: bool,
    record: csv::StringRecord,
}

impl<'p> LoadCsv<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, load: &'p plan::LoadCsv) -> LoadCsv<'p> {
        LoadCsv { flow: Flow::new(input), load, file: None }
    }

    fn open(&mut self, run: &mut Run) -> Result<Option<File>> {
        let name = match evaluate(&self.load.source, self.flow.row(), run)? {
            Value::String(name) => name.to_string(),
            Value::Null => return Ok(None),
            other => {
                let message = format!("the name of a file is a string, not a {}", other.type_name());
                return Err(Diagnostic::runtime(Kind::TypeError, Detail::InvalidArgumentType, message));
            }
        };
        let Some(files) = run.files else {
            let message = "LOAD CSV may not read files here";
            let error = Diagnostic::runtime(Kind::IoError, Detail::PermissionDenied, message);
            return Err(error.help("servers read no files: run it in the shell; in Rust set `RunOptions::files`"));
        };
        let source = files.open(&name).map_err(|error| unreadable(&name, &error))?;
        let watched = Watched { source, watch: run.budget.watch().clone(), since_row: 0 };
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.load.terminator)
            .buffer_capacity(64 << 10)
            .from_reader(watched);
        let ignores_extra = self.load.ignores_extra;
        let record = csv::StringRecord::new();
        let mut file = File { name, reader, header: None, ignores_extra, left_out: false, record };
        if self.load.headers {
            let names = file.read()?.then(|| file.record.iter().map(|name| Arc::from(name.trim())).collect());
            file.header = Some(names.unwrap_or_default());
        }
        Ok(Some(file))
    }
}

impl Cursor for LoadCsv<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            run.budget.tick()?;
            if let Some(file) = &mut self.file
                && file.read().map_err(|error| error.at(self.load.source.span))?
            {
                let (row, note) = file.row().map_err(|error| error.at(self.load.source.span))?;
                run.notes.extend(note);
                return Ok(Some(self.flow.with([(self.load.slot, row)])));
            }
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            self.file = self.open(run).map_err(|error| error.at(self.load.source.span))?;
        }
    }
}

impl File {
    /// Reads the next record; false at the end.
    fn read(&mut self) -> Result<bool> {
        const MARK: char = '\u{feff}';
        self.reader.get_mut().since_row = 0;
        let first = self.reader.position().record() == 0;
        let more = self.reader.read_record(&mut self.record).map_err(|error| self.wrong(error))?;
        if first && self.record.get(0).is_some_and(|field| field.starts_with(MARK)) {
            let fields = self.record.iter().enumerate();
            self.record =
                fields.map(|(at, field)| if at == 0 { field.trim_start_matches(MARK) } else { field }).collect();
        }
        Ok(more)
    }

    /// The record as a list, or as a map by the names of the header. A field that is empty is null. A note says if
    /// fields are left out for the first time.
    fn row(&mut self) -> Result<(Value, Option<String>)> {
        let value = |field: &str| if field.is_empty() { Value::Null } else { Value::from(field) };
        let Some(header) = &self.header else { return Ok((Value::list(self.record.iter().map(value)), None)) };
        let mut note = None;
        if self.record.len() > header.len() {
            let what = format!("the row has {} fields, and the header {}", self.record.len(), header.len());
            let error = self.at_line(self.record.position(), &what);
            if !self.ignores_extra {
                return Err(error.help("to leave out what is too much, write IGNORE EXTRA FIELDS after the variable"));
            }
            let told = std::mem::replace(&mut self.left_out, true);
            note = (!told).then(|| format!("{}; the others are left out, here and in every such row", error.message));
        }
        let fields =
            header.iter().enumerate().map(|(at, name)| (name.clone(), value(self.record.get(at).unwrap_or(""))));
        Ok((Value::map(fields), note))
    }

    fn wrong(&self, error: csv::Error) -> Diagnostic {
        let position = error.position().cloned();
        let what = error.to_string();
        match error.into_kind() {
            csv::ErrorKind::Io(error) => match error.downcast::<Diagnostic>() {
                Ok(diagnostic) => diagnostic,
                Err(error) => unreadable(&self.name, &error),
            },
            csv::ErrorKind::Utf8 { .. } => self.at_line(position.as_ref(), "this is not UTF-8"),
            _ => self.at_line(position.as_ref(), &what),
        }
    }

    fn at_line(&self, position: Option<&csv::Position>, what: &str) -> Diagnostic {
        let line = position.unwrap_or(self.reader.position()).line();
        Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, format!("{}:{line}: {what}", self.name))
    }
}

fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    let detail = match error.kind() {
        io::ErrorKind::NotFound => Detail::MissingFile,
        io::ErrorKind::PermissionDenied => Detail::PermissionDenied,
        _ => Detail::CorruptFile,
    };
    Diagnostic::runtime(Kind::IoError, detail, format!("{name}: {error}"))
}

/// A source that stops at the statement's limits.
struct Watched {
    source: Box<dyn Read + Send>,
    watch: Watch,
    since_row: usize,
}

impl Read for Watched {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.watch.check().map_err(io::Error::other)?;
        let read = self.source.read(into)?;
        self.since_row += read;
        if self.since_row > LONGEST_ROW {
            let message = format!("a row is longer than {} MiB: perhaps a quote is never closed", LONGEST_ROW >> 20);
            return Err(io::Error::other(Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message)));
        }
        Ok(read)
    }
}
