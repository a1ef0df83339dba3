//! Copies of a database while it is used.

use std::path::Path;
use std::time::Duration;

use super::atomic::{PART, Replacement, copy};
use super::checkpoint::remove_remains;
use super::container::Sections;
use super::disk::{Access, Disk, DiskFile};
use super::lock::Lock;
use super::reader::{State, survey};
use super::{base, error, io_error};
use crate::diagnostic::Diagnostic;

/// Copies a database file as of its last commit to another file, while another process may write it. The copy is synced
/// and appears whole or not at all; an existing file is replaced only if `overwrite` says so.
pub fn backup(disk: &dyn Disk, from: &Path, to: &Path, overwrite: bool) -> Result<(), Diagnostic> {
    let name = from.display().to_string();
    let wrong = |error: std::io::Error| io_error(&name, &error);
    let path = disk.resolve(from).map_err(wrong)?;
    // Whatever happens to the name, the open file stays: commits only add to it, and a checkpoint makes a new one.
    let file = disk.open(&path, Access::Read).map_err(wrong)?;
    let state = survey(&*file, &name)?;
    copy_to(disk, &*file, &state, &path, &name, to, overwrite)
}

/// Copies the base and the whole frames of an open file.
pub(super) fn copy_to(
    disk: &dyn Disk,
    file: &dyn DiskFile,
    state: &State,
    path: &Path,
    name: &str,
    to: &Path,
    overwrite: bool,
) -> Result<(), Diagnostic> {
    let to_name = to.display().to_string();
    let wrong = |error: std::io::Error| io_error(&to_name, &error);
    let target = disk.resolve(to).map_err(wrong)?;
    match disk.attributes(&target) {
        Err(error) if base::is_missing(&error) => {}
        Err(error) => return Err(wrong(error)),
        Ok(_) if target == path => return Err(error::same_file(&to_name)),
        Ok(_) if !overwrite => return Err(error::exists(&to_name)),
        Ok(_) => {}
    }
    // A damaged database must not take the place of a good copy.
    let sections = Sections::read(file).map_err(|damage| damage.diagnostic(name))?;
    sections.verify().map_err(|damage| damage.diagnostic(name))?;
    // A database that somebody writes is not replaced under his hands.
    let lock = Lock::take(disk, &target, &to_name, Duration::ZERO)?;
    let copied = (|| {
        remove_remains(disk, &target, PART);
        // A copy is as private as the database.
        let own = file.attributes().map_err(wrong)?;
        let new = Replacement::start_as(disk, &target, &to_name, PART, Some(&own))?;
        copy(file, 0, state.position.end, new.file(), 0).map_err(wrong)?;
        new.finish()
    })();
    let released = lock.release(disk).map_err(wrong);
    copied.and(released)
}
