//! What was typed, kept between runs.

use std::borrow::Cow;
use std::fs::{self, OpenOptions};
use std::path::PathBuf;

use rustyline::Editor;
use rustyline::history::FileHistory;

use super::helper::ShellHelper;
use crate::render::clean;

/// Loads the history and gives the file to append to. The error is a reason for people.
pub(super) fn open(shell: &mut Editor<ShellHelper, FileHistory>) -> Result<PathBuf, String> {
    let file = path().ok_or("neither XDG_STATE_HOME nor HOME is set")?;
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let folder = file.parent().ok_or("it has no folder")?;
    fs::create_dir_all(folder).map_err(|error| told(&error))?;
    create(&file).map_err(|error| told(&error))?;
    shell.load_history(&file).map_err(|error| told(&error))?;
    Ok(file)
}

/// `$XDG_STATE_HOME/kenning/history`, or `~/.local/state/kenning/history`.
fn path() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // The specification wants relative paths ignored.
    let state = set("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let state = state.or_else(|| Some(set("HOME")?.join(".local/state")))?;
    Some(state.join("kenning/history"))
}

/// Makes the file if it is missing, readable by its owner only: queries may hold secrets.
fn create(file: &PathBuf) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// An entry of several lines as one.
pub(super) fn on_one_line(entry: &str) -> Cow<'_, str> {
    match entry.contains('\n') {
        true => Cow::Owned(clean(&entry.split('\n').map(str::trim).collect::<Vec<_>>().join(" ")).into_owned()),
        false => clean(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_shown_on_one_line() {
        assert_eq!(on_one_line("MATCH (n)\n  RETURN n;"), "MATCH (n) RETURN n;");
        assert_eq!(on_one_line("\u{1b}[31m"), "\\u001B[31m");
    }
}
