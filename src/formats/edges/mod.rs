//! Edge lists: a row a relation, or a row a thing with a list of what it needs, in CSV or JSON.
//!
//! `columns` decides what the columns hold, `rows` states what a row says; `delimited` and `objects` read the files.
//! Names are all that such a file knows: a name in two edge lists is one thing.

mod columns;
mod delimited;
mod objects;
mod rows;

use super::{Format, Probe, Problem, Sheet, identity};
use crate::facts::ThingId;
pub(super) use delimited::FORMAT as CSV_FORMAT;
pub(super) use objects::{JSON_EDGES_FORMAT, JSON_LINES_FORMAT};

/// More columns than this are data in the wrong place, and would take time beyond that of their text.
const MOST_COLUMNS: usize = 1000;

/// The thing of a name; a package URL is that package in every file.
pub(super) fn named(sheet: &mut Sheet, name: &str) -> Result<ThingId, Problem> {
    if let Some(thing) = sheet.known(name) {
        return Ok(thing);
    }
    let thing = sheet.thing(name)?;
    sheet.identify(thing, &identity::name(name))?;
    if let Some(package) = identity::canonical(name) {
        sheet.identify(thing, &package)?;
    }
    Ok(thing)
}
