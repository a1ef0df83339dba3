//! The folder of a site. A manifest in it lists the files that kenning wrote: these it may replace and remove, and no
//! others.
//!
//! The manifest is written first, with the old files and the new ones, and again at the end: whenever a publication is
//! stopped, the next one knows all files.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::wrong;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::publish::Sink;
use crate::storage::io_error;

const MANIFEST: &str = "kenning-site.txt";
const HEAD: &str = "# Files of this folder that `kenning publish` wrote, and may replace and remove.";
/// A file while it is written.
const PART: &str = "kenning-site.part";
/// The one folder in a site.
const INNER: &str = "terms";

pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// What former publications wrote.
    former: BTreeSet<String>,
    overwrite: bool,
    pub(super) written: usize,
    pub(super) unchanged: usize,
    pub(super) removed: usize,
}

impl Folder {
    /// Refuses a folder with files of which no manifest says that they are kenning's. Changes nothing.
    pub(super) fn open(path: &Path, overwrite: bool) -> Result<Folder, Diagnostic> {
        let named = |error: &io::Error| io_error(&path.display().to_string(), error);
        let former = match fs::read_to_string(path.join(MANIFEST)) {
            Ok(text) if text.lines().next() == Some(HEAD) => listed(path, &text)?,
            Ok(_) | Err(_) => {
                let is_empty = match fs::read_dir(path) {
                    Ok(mut entries) => entries.next().is_none(),
                    Err(error) if error.kind() == ErrorKind::NotFound => true,
                    Err(error) => return Err(named(&error)),
                };
                if !is_empty && !overwrite {
                    let message =
                        format!("{} holds files that are not of a site: it has no {MANIFEST}", path.display());
                    let help = "choose an empty folder, or add --overwrite: it replaces files of the same name and keeps the others";
                    return Err(exists(message, help));
                }
                BTreeSet::new()
            }
        };
        Ok(Folder { path: path.into(), former, overwrite, written: 0, unchanged: 0, removed: 0 })
    }

    /// Refuses to replace files that kenning did not write, then makes the folders and notes all files.
    pub(super) fn begin(&mut self, files: &BTreeSet<String>) -> Result<(), Diagnostic> {
        let inner = self.path.join(INNER);
        if fs::symlink_metadata(&inner).is_ok_and(|found| !found.is_dir()) {
            let help = "move it away: pages go into a folder of this name";
            return Err(exists(format!("{} is not a folder", inner.display()), help));
        }
        let foreign =
            |name: &&String| !self.former.contains(*name) && fs::symlink_metadata(self.path.join(name)).is_ok();
        if let Some(name) = files.iter().find(foreign).filter(|_| !self.overwrite) {
            let message = format!("{} is there, and {MANIFEST} does not list it", self.path.join(name).display());
            return Err(exists(message, "move it away, or add --overwrite to replace it"));
        }
        fs::create_dir_all(&inner).map_err(|error| io_error(&inner.display().to_string(), &error))?;
        self.note(&self.former.union(files).cloned().collect())
    }

    /// Removes what former publications wrote and this one did not.
    pub(super) fn finish(&mut self, files: &BTreeSet<String>) -> Result<(), Diagnostic> {
        for name in self.former.difference(files) {
            match fs::remove_file(self.path.join(name)) {
                Ok(()) => self.removed += 1,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(io_error(&self.path.join(name).display().to_string(), &error)),
            }
        }
        self.note(files)
    }

    fn note(&self, files: &BTreeSet<String>) -> Result<(), Diagnostic> {
        let lines = std::iter::once(HEAD).chain(files.iter().map(String::as_str));
        let text = lines.map(|line| format!("{line}\n")).collect::<String>();
        self.replace(MANIFEST, text.as_bytes()).map_err(|error| self.failed(&error))
    }

    /// Writes a file under another name and renames it, so that nobody reads a part of it. It is not synced, as
    /// `storage::write_atomically` does: a site can be made again.
    fn replace(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let part = self.path.join(PART);
        // What a killed publication left is removed, not followed: it could be a link by now.
        let mut file = match File::create_new(&part) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                fs::remove_file(&part)?;
                File::create_new(&part)?
            }
            file => file?,
        };
        file.write_all(content)?;
        drop(file);
        fs::rename(&part, self.path.join(name))
    }

    pub(super) fn failed(&self, error: &io::Error) -> Diagnostic {
        io_error(&self.path.display().to_string(), error)
    }
}

impl Sink for Folder {
    fn put(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let path = self.path.join(name);
        // What is the same keeps its time: programs that copy sites compare times.
        let same_length =
            fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.len() == content.len() as u64);
        if same_length && fs::read(&path)? == content {
            self.unchanged += 1;
            return Ok(());
        }
        self.written += 1;
        self.replace(name, content)
    }
}

/// The files that a manifest lists. Only names that a site can have are believed, so that nothing outside is removed.
fn listed(folder: &Path, text: &str) -> Result<BTreeSet<String>, Diagnostic> {
    let is_file = |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':']);
    let is_ours = |name: &&str| match name.split_once('/') {
        Some((inner, file)) => inner == INNER && is_file(file) && file.ends_with(".html"),
        None => is_file(name) && *name != MANIFEST,
    };
    match text.lines().skip(1).find(|name| !is_ours(name)) {
        None => Ok(text.lines().skip(1).map(str::to_string).collect()),
        Some(name) => {
            let message = format!("{} lists `{name}`, which is not a file of a site", folder.join(MANIFEST).display());
            let help = "remove this line; the file that it names is left alone";
            Err(wrong(message, help.into()))
        }
    }
}

fn exists(message: String, help: &str) -> Diagnostic {
    Diagnostic::runtime(Kind::IoError, Detail::FileExists, message).help(help)
}
