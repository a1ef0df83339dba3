//! Excel workbooks, by calamine: cell by cell, as a whole sheet would hold all its empty cells.

use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};
use quick_xml::Reader as XmlReader;
use quick_xml::events::Event;

use super::super::xml::attribute;
use super::OfficeText;
use super::grid::{Grid, Room};
use super::package::Package;
use crate::formats::Problem;

const MOST_SHEETS: usize = 1000;

pub(super) fn texts(package: &mut Package) -> Result<Vec<OfficeText>, Problem> {
    package.check()?;
    shared_strings(package)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(package.bytes())).map_err(broken)?;
    let mut room = Room::new(package.budget());
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    // All of them may be one part, which would be read as often.
    if names.len() > MOST_SHEETS {
        return Err(Problem::at(0, format!("it has more than {MOST_SHEETS} sheets")).help("split it"));
    }
    let mut texts = Vec::new();
    for name in names {
        texts.extend(grid(&mut workbook, &name, &mut room)?.into_text(&name)?);
    }
    Ok(texts)
}

fn grid(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str, room: &mut Room) -> Result<Grid, Problem> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(broken)?;
    let mut grid = Grid::default();
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        room.take(u64::from(!text.is_empty()), text.len())?;
        grid.add(row, column, &text);
    }
    Ok(grid)
}

fn text(value: &DataRef) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => text.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(is) => is.to_string(),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            match (hour, minute, second) {
                (0, 0, 0) => format!("{year}-{month:02}-{day:02}"),
                _ => format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
            }
        }
        DataRef::DateTime(time) => time.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// calamine makes room for as many shared strings as the workbook says it has: each takes some bytes of the part.
fn shared_strings(package: &mut Package) -> Result<(), Problem> {
    for name in package.names()? {
        if !name.to_lowercase().ends_with("sharedstrings.xml") {
            continue;
        }
        let text = package.text(&name)?.unwrap_or_default();
        let said = said_strings(&text).unwrap_or(0);
        if said > text.len() as u64 {
            let what = format!("it says that it has {said} shared strings, more than it has room for");
            return Err(Problem::at(0, what).help("open it in its program and save it again"));
        }
        if let Some(budget) = package.budget() {
            budget.charge(said as usize * size_of::<String>() + text.len())?;
        }
    }
    Ok(())
}

fn said_strings(text: &str) -> Option<u64> {
    let mut reader = XmlReader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) => return attribute(&start, &["uniqueCount"])?.parse().ok(),
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

fn broken(error: XlsxError) -> Problem {
    Problem::at(0, format!("not a whole workbook: {error}")).help("open it in its program and save it again")
}
