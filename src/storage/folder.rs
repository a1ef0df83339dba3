//! Graph folders → texts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The TOML files of a folder.
#[derive(Debug, Default)]
pub struct Folder {
    /// Path and text, by path.
    pub files: Vec<(String, String)>,
    /// What is named like a file of the graph but is not read: links that lead out of the folder, pipes and devices.
    pub skipped: Vec<String>,
}

/// Reads the regular files below a folder whose names end in `.toml`. A file that is not UTF-8 is an error.
pub fn read_folder(folder: &Path) -> io::Result<Folder> {
    let root = folder.canonicalize()?;
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    let mut read = Folder::default();
    for path in paths {
        match is_file_below(&path, &root) {
            true => read.files.push((path.display().to_string(), read_text(&path)?)),
            false => read.skipped.push(path.display().to_string()),
        }
    }
    Ok(read)
}

/// Whether a path is a regular file of the folder, if need be by a link. Whoever wrote the folder could otherwise have
/// any file of this machine read, or a pipe that never ends.
fn is_file_below(path: &Path, root: &Path) -> bool {
    path.canonicalize().is_ok_and(|real| real.starts_with(root) && real.is_file())
}

fn read_text(path: &Path) -> io::Result<String> {
    fs::read_to_string(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        // A link is not followed into a folder: it could lead back here.
        if entry.file_type()?.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    Ok(())
}
