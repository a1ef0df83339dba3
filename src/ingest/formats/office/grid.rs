//! [`Grid`]: cells → CSV in which line n is row n.

use super::super::columns::Titles;
use super::OfficeText;
use crate::formats::Problem;
use crate::limits::Budget;

/// Cells that hold something, in all sheets of a file.
const MOST_CELLS: u64 = 10_000_000;
/// The text in them. A text that many cells share is counted for each.
const MOST_TEXT: u64 = 256 << 20;
/// Commas and line ends between the cells of a sheet: a cell may be far from all others.
const MOST_GAPS: u64 = 64 << 20;
/// The rows in which titles are looked for.
const TITLES_WITHIN: usize = 10;

/// Separates the lines of a cell, so that a row stays a line.
const LINE_BREAK: &str = "\u{2028}";

/// What all sheets of a file may hold.
pub(super) struct Room<'a> {
    cells: u64,
    text: u64,
    budget: Option<&'a Budget>,
}

impl<'a> Room<'a> {
    pub(super) fn new(budget: Option<&'a Budget>) -> Room<'a> {
        Room { cells: 0, text: 0, budget }
    }

    /// Takes room for so many cells with a text of this length.
    pub(super) fn take(&mut self, cells: u64, length: usize) -> Result<(), Problem> {
        self.cells = self.cells.saturating_add(cells);
        self.text = self.text.saturating_add(cells.saturating_mul(length as u64));
        if self.cells > MOST_CELLS {
            return Err(too_many(&format!("it holds more than {MOST_CELLS} cells")));
        }
        if self.text > MOST_TEXT {
            return Err(too_many(&format!("its cells hold more than {} MiB of text", MOST_TEXT >> 20)));
        }
        let Some(budget) = self.budget else { return Ok(()) };
        budget.tick()?;
        // Both the cell and the text of the sheet.
        Ok(budget.charge(cells as usize * (size_of::<Cell>() + 2 * length))?)
    }
}

fn too_many(what: &str) -> Problem {
    Problem::at(0, what).help("save the sheet that holds the terms as a .csv file")
}

struct Cell {
    row: u32,
    column: u32,
    text: String,
}

/// The cells of a sheet.
#[derive(Default)]
pub(super) struct Grid {
    cells: Vec<Cell>,
}

impl Grid {
    /// Adds a cell, for which [`Room`] was taken; rows and columns are counted from 0. Blank ones are left out.
    pub(super) fn add(&mut self, row: u32, column: u32, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            let text = text.replace("\r\n", "\n").replace(['\n', '\r'], LINE_BREAK);
            self.cells.push(Cell { row, column, text });
        }
    }

    /// The sheet as CSV, without what is above its titles; `None` if it is empty.
    pub(super) fn into_text(mut self, sheet: &str) -> Result<Option<OfficeText>, Problem> {
        self.cells.sort_by_key(|cell| (cell.row, cell.column));
        let rows: Vec<&[Cell]> = self.cells.chunk_by(|a, b| a.row == b.row).collect();
        let Some(titles) = titles(&rows) else { return Ok(None) };
        let joined = |row: &&[Cell]| row.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" | ");
        let unread = rows[..titles].iter().map(joined).collect();
        let rows = &rows[titles..];
        let columns = || rows.iter().flat_map(|row| row.iter()).map(|cell| cell.column);
        let (left, right) = (columns().min().unwrap_or(0), columns().max().unwrap_or(0));
        let written = |row: &&[Cell]| row.last().map_or(0, |last| u64::from(last.column - left));
        let last = rows.last().and_then(|row| row.first()).map_or(0, |cell| cell.row);
        if u64::from(last) + rows.iter().map(written).sum::<u64>() > MOST_GAPS {
            return Err(too_many(&format!("the cells of the sheet {sheet} are too far apart")));
        }
        let text = csv(rows, left, right);
        Ok(Some(OfficeText { sheet: Some(sheet.to_string()), text, unread }))
    }
}

/// Which row holds the titles: the first that speaks of a glossary, else the first with several cells.
fn titles(rows: &[&[Cell]]) -> Option<usize> {
    let first = &rows[..rows.len().min(TITLES_WITHIN)];
    let speaks = |row: &&[Cell]| {
        let titles: Vec<&str> = row.iter().map(|cell| cell.text.as_str()).collect();
        titles.len() > 1 && Titles::default().columns(&titles).is_some()
    };
    let of_terms = first.iter().position(speaks);
    of_terms.or_else(|| first.iter().position(|row| row.len() > 1)).or((!rows.is_empty()).then_some(0))
}

fn csv(rows: &[&[Cell]], left: u32, right: u32) -> String {
    let mut text = String::new();
    let mut line = 0;
    for (number, row) in rows.iter().enumerate() {
        let Some(first) = row.first() else { continue };
        text.extend(std::iter::repeat_n('\n', (first.row - line) as usize));
        line = first.row;
        let mut column = left;
        for cell in row.iter() {
            text.extend(std::iter::repeat_n(',', (cell.column - column) as usize));
            column = cell.column;
            push_field(&mut text, &cell.text);
        }
        // Each column has a title, an empty one if need be.
        if number == 0 {
            text.extend(std::iter::repeat_n(',', (right - column) as usize));
        }
    }
    text.push('\n');
    text
}

/// Semicolons and tabs are quoted, too: the reader counts them to tell the separator.
fn push_field(text: &mut String, field: &str) {
    if field.contains([',', ';', '\t', '|', '"']) || field.starts_with('#') {
        text.push('"');
        text.push_str(&field.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(cells: &[(u32, u32, &str)]) -> Option<String> {
        let mut grid = Grid::default();
        cells.iter().for_each(|(row, column, text)| grid.add(*row, *column, text));
        grid.into_text("S").expect("they are near").map(|sheet| sheet.text)
    }

    #[test]
    fn rows_are_lines() {
        let cells =
            [(1, 1, "Term"), (1, 2, "Definition"), (4, 2, "A wall,\nof \"stone\"."), (4, 1, " mole "), (5, 4, "x")];
        let expected = "\nTerm,Definition,,\n\n\nmole,\"A wall,\u{2028}of \"\"stone\"\".\"\n,,,x\n";
        assert_eq!(text(&cells).as_deref(), Some(expected));
        assert_eq!(text(&[(0, 0, " ")]), None);
    }

    #[test]
    fn what_is_above_the_titles_is_left_out() {
        let words = [(0, 0, "Our words"), (0, 3, "2031"), (2, 0, "Term"), (2, 1, "Meaning"), (3, 0, "mole")];
        assert_eq!(text(&words).as_deref(), Some("\n\nTerm,Meaning\nmole\n"));
        let edges = [(0, 0, "Needs"), (1, 0, "source"), (1, 1, "target"), (2, 0, "web"), (2, 1, "api")];
        assert_eq!(text(&edges).as_deref(), Some("\nsource,target\nweb,api\n"));
    }

    #[test]
    fn cells_may_be_far_apart_but_not_all_of_them() {
        assert_eq!(
            text(&[(0, 0, "a"), (0, 1, "b"), (1_048_575, 16_383, "c")]).map(|t| t.len()),
            Some(3 + 16_382 + 1_048_575 + 16_383 + 2)
        );
        let mut grid = Grid::default();
        (0..5000).for_each(|row| grid.add(row, 16_383, "x"));
        grid.add(0, 0, "a");
        assert!(grid.into_text("S").is_err());
    }

    #[test]
    fn cells_and_their_text_are_counted() {
        let mut room = Room::new(None);
        assert!(room.take(MOST_CELLS, 1).is_ok() && room.take(1, 1).is_err());
        let mut room = Room::new(None);
        assert!(room.take(256, 1 << 20).is_ok() && room.take(1, 1).is_err());
    }
}
