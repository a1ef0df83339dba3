//! Replacing a file so that at every moment, a crash included, the old or the new one is there whole.
//!
//! The new content goes to a file beside the target, with a random name that nobody can have planted, and is synced
//! before it takes the target's name.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::disk::{Access, Attributes, Disk, DiskFile, FileKind, RealDisk, Source, Target, folder_of};
use super::error::{self, io_error};
use crate::diagnostic::Diagnostic;

/// How the name of a new file ends until it takes the name of its target.
pub(super) const PART: &str = ".part";

/// Writes a file of the real disk, replacing what has its name.
pub fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<FileWriter>) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    let name = path.display().to_string();
    let target = Replacement::start(&RealDisk, path, &name, PART)?;
    let file = FileWriter { file: target.file(), at: 0 };
    let mut out = BufWriter::with_capacity(1 << 20, file);
    write(&mut out).and_then(|()| out.flush()).map_err(|error| io_error(&name, &error))?;
    drop(out);
    target.finish()
}

/// A file that is written from its start to its end.
pub struct FileWriter<'a> {
    file: &'a dyn DiskFile,
    at: u64,
}

impl Write for FileWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_at(self.at, bytes)?;
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A new file that will replace another, or be the first of its name. Dropped unfinished, it is removed.
pub(super) struct Replacement<'a> {
    disk: &'a dyn Disk,
    /// For messages: the path as the user gave it.
    name: String,
    part: PathBuf,
    target: PathBuf,
    file: Option<Box<dyn DiskFile>>,
    finished: bool,
}

impl<'a> Replacement<'a> {
    /// Creates the new file beside the target, with its mode and owner. Links are followed to the target; a read-only
    /// target is refused, and so is one with several names. The new file's name ends in `ending` until it is renamed.
    pub(super) fn start(
        disk: &'a dyn Disk,
        path: &Path,
        name: &str,
        ending: &str,
    ) -> Result<Replacement<'a>, Diagnostic> {
        Replacement::start_as(disk, path, name, ending, None)
    }

    /// As [`Replacement::start`]; where there is no target yet, the new file gets the mode and owner of another one.
    pub(super) fn start_as(
        disk: &'a dyn Disk,
        path: &Path,
        name: &str,
        ending: &str,
        other: Option<&Attributes>,
    ) -> Result<Replacement<'a>, Diagnostic> {
        let wrong = |error: io::Error| io_error(name, &error);
        let target = disk.resolve(path).map_err(wrong)?;
        let old = replaceable(disk, &target, name)?;
        let part = beside(disk, &target, ending);
        let file = disk.create_new(&part, old.as_ref().or(other)).map_err(wrong)?;
        let name = name.to_string();
        Ok(Replacement { disk, name, part, target, file: Some(file), finished: false })
    }

    pub(super) fn file(&self) -> &dyn DiskFile {
        // The file is taken only by `publish`, which consumes the replacement.
        self.file.as_deref().expect("it is open until it is published")
    }

    /// Syncs the file and gives it the target's name.
    pub(super) fn finish(self) -> Result<(), Diagnostic> {
        let name = self.name.clone();
        let wrong = |error: io::Error| io_error(&name, &error);
        self.file().sync_all().map_err(wrong)?;
        let (_, folder_synced) = self.publish()?;
        folder_synced.map_err(wrong)
    }

    /// Gives the file, which must be synced, the target's name. The inner error: it has the name, but may not keep it
    /// in a crash.
    pub(super) fn publish(mut self) -> Result<(Box<dyn DiskFile>, io::Result<()>), Diagnostic> {
        let wrong = |error: io::Error| io_error(&self.name, &error);
        // Links made since would be parted as well.
        replaceable(self.disk, &self.target, &self.name)?;
        self.disk.rename(&self.part, &self.target).map_err(wrong)?;
        self.finished = true;
        let file = self.file.take().expect("it is open until it is published");
        Ok((file, self.disk.sync_folder(folder_of(&self.target))))
    }
}

impl Drop for Replacement<'_> {
    fn drop(&mut self) {
        if !self.finished {
            // Half a file is of no use to anyone.
            self.file = None;
            let _ = self.disk.remove(&self.part);
        }
    }
}

/// The attributes of the file at a resolved path, if there is one; an error if it must not be replaced.
fn replaceable(disk: &dyn Disk, target: &Path, name: &str) -> Result<Option<Attributes>, Diagnostic> {
    let wrong = |error: io::Error| io_error(name, &error);
    if disk.attributes(folder_of(target)).map_err(wrong)?.mode.is_some_and(|mode| mode & 0o222 == 0) {
        return Err(error::read_only(name, "the folder"));
    }
    let old = match disk.attributes(target) {
        Ok(old) => old,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(error)),
    };
    match old.kind {
        FileKind::File => {}
        FileKind::Folder => return Err(wrong(io::ErrorKind::IsADirectory.into())),
        FileKind::Link | FileKind::Other => {
            return Err(wrong(io::Error::other("this is a device, a pipe or a link, not a file")));
        }
    }
    if old.read_only {
        return Err(error::read_only(name, "the file"));
    }
    if old.links > 1 {
        return Err(error::hard_linked(name, old.links));
    }
    // The folder's permissions allow to replace a file that its own permissions protect from this user.
    disk.open(target, Access::ReadWrite).map_err(wrong)?;
    Ok(Some(old))
}

/// A name beside a file that nobody can foresee.
fn beside(disk: &dyn Disk, path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // A name has 255 bytes at most.
    let short: String = name.chars().take(50).collect();
    path.with_file_name(format!(".{short}.{:016x}{ending}", disk.random()))
}

/// Copies bytes from one file to another.
pub(super) fn copy(from: &dyn Source, start: u64, end: u64, to: &dyn Target, mut at: u64) -> io::Result<()> {
    let mut buffer = vec![0; (end - start).min(1 << 20) as usize];
    let mut next = start;
    while next < end {
        let length = (end - next).min(buffer.len() as u64) as usize;
        from.read_at(next, &mut buffer[..length])?;
        to.write_at(at, &buffer[..length])?;
        next += length as u64;
        at += length as u64;
    }
    Ok(())
}
