//! Graph folders → texts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The TOML files below a folder as path and text, by path. A file that is not UTF-8 is an error.
pub fn read_folder(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    paths.into_iter().map(|path| Ok((path.display().to_string(), read_text(&path)?))).collect()
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
