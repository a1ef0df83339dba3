//! OpenDocument spreadsheets.
//!
//! Read here and not by calamine, which writes repeated cells and rows out in memory before anyone can count them.

use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesStart, Event};

use super::super::xml::attribute;
use super::OfficeText;
use super::grid::{Grid, Room};
use super::package::Package;
use crate::formats::Problem;

pub(super) fn texts(package: &mut Package) -> Result<Vec<OfficeText>, Problem> {
    let Some(text) = package.text("content.xml")? else {
        return Err(Problem::at(0, "it has no part content.xml").help("open it in its program and save it again"));
    };
    let mut sheets = Sheets::new(Room::new(package.budget()));
    let mut reader = XmlReader::from_str(&text);
    loop {
        let event =
            reader.read_event().map_err(|error| Problem::at(0, format!("a broken part content.xml: {error}")))?;
        if let Event::Eof = event {
            return Ok(sheets.texts);
        }
        if let Some(budget) = package.budget() {
            budget.tick()?;
        }
        sheets.event(event)?;
    }
}

struct Sheets<'a> {
    texts: Vec<OfficeText>,
    room: Room<'a>,
    name: String,
    grid: Grid,
    /// Counted from 0: of the next cell.
    row: u64,
    column: u64,
    /// Cells of the row that hold something: column, how often they are repeated, text.
    cells: Vec<(u64, u64, String)>,
    row_repeats: u64,
    cell_repeats: u64,
    /// The value of the cell where it is not its text.
    value: Option<String>,
    text: String,
    /// Inside so many paragraphs of the cell.
    paragraphs: usize,
    /// Inside so many comments: they are not the cell's text.
    notes: usize,
    /// Inside so many tables: one may be in a cell.
    tables: usize,
}

impl<'a> Sheets<'a> {
    fn new(room: Room<'a>) -> Sheets<'a> {
        Sheets {
            texts: Vec::new(),
            room,
            name: String::new(),
            grid: Grid::default(),
            row: 0,
            column: 0,
            cells: Vec::new(),
            row_repeats: 1,
            cell_repeats: 1,
            value: None,
            text: String::new(),
            paragraphs: 0,
            notes: 0,
            tables: 0,
        }
    }

    fn event(&mut self, event: Event) -> Result<(), Problem> {
        match event {
            Event::Start(start) => self.start(&start),
            Event::Empty(start) => {
                self.start(&start);
                return self.end(start.name().as_ref());
            }
            Event::End(end) => return self.end(end.name().as_ref()),
            Event::Text(text) => self.push(&text.xml10_content()),
            Event::CData(text) => self.push(&text.xml10_content()),
            Event::GeneralRef(reference) => self.push(&super::document::resolved(&reference)),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => {}
        }
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if self.paragraphs > 0 && self.notes == 0 {
            self.text.push_str(text);
        }
    }

    fn start(&mut self, start: &BytesStart) {
        match start.name().as_ref() {
            "table:table" => {
                self.tables += 1;
                if self.tables == 1 {
                    self.name = attribute(start, &["table:name"]).unwrap_or_default();
                    (self.row, self.grid) = (0, Grid::default());
                }
            }
            "table:table-row" if self.tables == 1 => {
                self.column = 0;
                self.row_repeats = number(start, "table:number-rows-repeated");
            }
            "table:table-cell" | "table:covered-table-cell" if self.tables == 1 => {
                self.cell_repeats = number(start, "table:number-columns-repeated");
                let values = ["office:string-value", "office:value", "office:date-value", "office:boolean-value"];
                self.value = attribute(start, &values);
                self.text.clear();
            }
            "office:annotation" => self.notes += 1,
            "text:p" | "text:h" => {
                if !self.text.is_empty() && self.notes == 0 {
                    self.text.push('\n');
                }
                self.paragraphs += 1;
            }
            "text:s" | "text:tab" => self.push(" "),
            "text:line-break" => self.push("\n"),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Problem> {
        match name {
            "table:table" => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    let grid = std::mem::take(&mut self.grid);
                    self.texts.extend(grid.into_text(&self.name)?);
                }
            }
            "table:table-row" if self.tables == 1 => return self.end_row(),
            "table:table-cell" | "table:covered-table-cell" if self.tables == 1 => {
                let text = std::mem::take(&mut self.text);
                let text = self.value.take().unwrap_or(text);
                if !text.trim().is_empty() {
                    self.room.take(self.cell_repeats, text.len())?;
                    self.cells.push((self.column, self.cell_repeats, text));
                }
                self.column = self.column.saturating_add(self.cell_repeats);
            }
            "office:annotation" => self.notes = self.notes.saturating_sub(1),
            "text:p" | "text:h" => self.paragraphs = self.paragraphs.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Problem> {
        let cells = std::mem::take(&mut self.cells);
        // Counted before they are written out.
        for (_, repeats, text) in &cells {
            self.room.take(repeats.saturating_mul(self.row_repeats - 1), text.len())?;
        }
        let rows = if cells.is_empty() { 0 } else { self.row_repeats };
        for row in self.row..self.row.saturating_add(rows) {
            for (first, repeats, text) in &cells {
                for column in *first..first.saturating_add(*repeats) {
                    self.grid.add(position(row)?, position(column)?, text);
                }
            }
        }
        self.row = self.row.saturating_add(self.row_repeats);
        Ok(())
    }
}

/// How often a cell or row is repeated: at least once.
fn number(start: &BytesStart, name: &str) -> u64 {
    attribute(start, &[name]).and_then(|number| number.parse().ok()).unwrap_or(1).max(1)
}

/// No program has so many rows or columns.
fn position(number: u64) -> Result<u32, Problem> {
    const MOST: u64 = 1 << 24;
    let what = || Problem::at(0, format!("it has a row or column {number}, more than {MOST}"));
    u32::try_from(number).ok().filter(|_| number < MOST).ok_or_else(what)
}
