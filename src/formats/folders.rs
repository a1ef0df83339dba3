//! Folders that fit a pattern, as the manifests of workspaces name their members: `crates/*`, `packages/**`.

use glob::{MatchOptions, Pattern};

use super::problem::Problem;
use super::sheet::Sheet;

/// `**` goes no deeper: workspaces are shallow, and a folder may link back to its parent.
const DEEPEST: usize = 12;

/// Never holds members, and is large.
const VENDORED: &[&str] = &["node_modules/", "target/", ".git/"];

/// The folders below the file's own that fit a pattern, sorted, and relative to it; those named outright need not exist.
pub(super) fn matching(sheet: &Sheet, pattern: &str) -> Result<Vec<String>, Problem> {
    let parts: Vec<&str> = pattern.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let mut found = Vec::new();
    collect(sheet, String::new(), &parts, 0, &mut found)?;
    found.sort();
    found.dedup();
    Ok(found)
}

fn collect(
    sheet: &Sheet,
    folder: String,
    parts: &[&str],
    depth: usize,
    found: &mut Vec<String>,
) -> Result<(), Problem> {
    sheet.tick()?;
    let Some((first, rest)) = parts.split_first() else {
        found.push(folder);
        return Ok(());
    };
    if *first == "**" {
        collect(sheet, folder.clone(), rest, depth, found)?;
        if depth < DEEPEST {
            for name in subfolders(sheet, &folder) {
                collect(sheet, below(&folder, &name), parts, depth + 1, found)?;
            }
        }
        return Ok(());
    }
    if !first.contains(['*', '?', '[']) {
        return collect(sheet, below(&folder, first), rest, depth, found);
    }
    let Ok(pattern) = Pattern::new(first) else { return Ok(()) };
    for name in subfolders(sheet, &folder) {
        if pattern.matches_with(&name, OPTIONS) {
            collect(sheet, below(&folder, &name), rest, depth, found)?;
        }
    }
    Ok(())
}

/// As a shell: `*` does not find hidden folders.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

fn subfolders(sheet: &Sheet, folder: &str) -> Vec<String> {
    let names = sheet.list(if folder.is_empty() { "." } else { folder });
    let folders = names.into_iter().filter(|name| !VENDORED.contains(&&**name));
    folders.filter_map(|name| name.strip_suffix('/').map(str::to_string)).collect()
}

fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_string() } else { format!("{folder}/{name}") }
}
