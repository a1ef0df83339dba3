//! The files that `kenning ingest` reads: those named, those of folders and patterns, standard input.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::{Stop, missing};
use crate::glossary::Glossary;
use crate::graph::{Graph, NodeId};
use crate::ingest::formats::{self, Format};
use crate::limits::Budget;

/// What a glossary is called unless `--source` says: the path of its first file, `docs/glossary.rst` of
/// `./docs/glossary.rst`, so that two files of one name are two sources.
pub(super) fn name_of(paths: &[PathBuf]) -> String {
    let parts = |path: &PathBuf| path.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>();
    let path = paths.first().map(parts).filter(|path| !path.as_os_str().is_empty() && path.as_os_str() != "-");
    path.map_or_else(|| "glossary".into(), |path| path.display().to_string())
}

/// What earlier versions called it: `glossary` of `docs/glossary.rst`.
fn earlier_name_of(paths: &[PathBuf]) -> Option<String> {
    Some(paths.first()?.file_stem()?.to_string_lossy().into_owned())
}

/// The name under which an earlier version has put these files into the graph, if it has. Under another name they would
/// be in it twice.
pub(super) fn earlier_name_in(graph: &Graph, glossary: &Glossary, paths: &[PathBuf]) -> Option<String> {
    let earlier = earlier_name_of(paths).filter(|name| *name != glossary.source)?;
    let files: BTreeSet<&str> = glossary.entries.iter().map(|entry| &*entry.place.file).collect();
    let text = |node, key: &str| graph.property_by_name(node, key).as_str().map(str::to_string);
    let is_ours = |node: &NodeId| {
        text(*node, "source").is_some_and(|source| source == earlier)
            && text(*node, "file").is_some_and(|file| files.contains(&*file))
    };
    graph.nodes().any(|node| is_ours(&node)).then_some(earlier)
}

/// The files of a path: itself, what a folder holds in a known format, what a pattern finds, standard input.
pub(super) fn collect(
    path: &Path,
    format: Option<&Format>,
    budget: &Budget,
    files: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), Stop> {
    let name = path.display().to_string();
    if name == "-" {
        files.push(("<standard input>".into(), read(io::stdin().lock(), budget)?));
        return Ok(());
    }
    if path.is_dir() {
        let mut inside: Vec<PathBuf> =
            fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        inside.sort();
        for path in inside {
            let wanted = formats::has_known_suffix(&path.display().to_string());
            // A link into a folder could lead back here.
            if path.is_dir() && !path.is_symlink() || path.is_file() && (wanted || format.is_some()) {
                collect(&path, format, budget, files)?;
            }
        }
        return Ok(());
    }
    if path.exists() {
        let file = fs::File::open(path).map_err(|error| unreadable(&name, &error))?;
        files.push((name, read(file, budget)?));
        return Ok(());
    }
    let found = glob(path)?;
    if found.is_empty() {
        return Err(missing(format!("there is no file or folder `{name}`"), "`-` reads standard input"));
    }
    found.iter().try_for_each(|path| collect(path, format, budget, files))
}

fn unreadable(name: &str, error: &io::Error) -> Stop {
    missing(format!("`{name}` cannot be read: {error}"), "check the permissions, or leave it out")
}

/// All bytes, as far as the limits let.
fn read(mut from: impl Read, budget: &Budget) -> Result<Vec<u8>, Stop> {
    const PORTION: u64 = 1 << 20;
    let mut bytes = Vec::new();
    loop {
        budget.check()?;
        let read = from.by_ref().take(PORTION).read_to_end(&mut bytes)?;
        budget.charge(read)?;
        if read == 0 {
            return Ok(bytes);
        }
    }
}

/// The paths that a pattern with `*` and `?` in its parts finds, in order.
fn glob(pattern: &Path) -> Result<Vec<PathBuf>, Stop> {
    let is_pattern = |part: &Component| part.as_os_str().to_string_lossy().contains(['*', '?']);
    if !pattern.components().any(|part| is_pattern(&part)) {
        return Ok(Vec::new());
    }
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        if is_pattern(&part) {
            let inside = found.iter().map(|folder| fitting(folder, &part.as_os_str().to_string_lossy()));
            found = inside.collect::<Result<Vec<_>, Stop>>()?.concat();
        } else {
            found.iter_mut().for_each(|path| path.push(part));
        }
    }
    found.retain(|path| path.exists());
    Ok(found)
}

/// What a folder holds whose name fits.
fn fitting(folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, Stop> {
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if !listed.is_dir() {
        return Ok(Vec::new());
    }
    let names = fs::read_dir(listed)?.map(|entry| entry.map(|entry| entry.file_name()));
    let names = names.collect::<Result<Vec<_>, _>>()?.into_iter();
    let mut found: Vec<PathBuf> =
        names.filter(|name| matches(pattern, &name.to_string_lossy())).map(|name| folder.join(name)).collect();
    found.sort();
    Ok(found)
}

/// Whether the name fits the pattern, in time proportional to both.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, n) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_path() {
        for (paths, name) in [
            (&["./a/catalog-info.yaml"][..], "a/catalog-info.yaml"),
            (&["b/catalog-info.yaml", "c"], "b/catalog-info.yaml"),
            (&["docs/"], "docs"),
            (&["/x/../y.md"], "/x/../y.md"),
            (&["."], "glossary"),
            (&["-"], "glossary"),
            (&[], "glossary"),
        ] {
            assert_eq!(name_of(&paths.iter().map(PathBuf::from).collect::<Vec<_>>()), name);
        }
    }

    #[test]
    fn patterns_of_file_names() {
        for (pattern, name) in [("*.md", "a.md"), ("a?c", "abc"), ("*", ""), ("*b*d", "abcd"), ("a*", "a")] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*.md", "a.mdx"), ("a?c", "ac"), ("b*", "ab"), ("", "a")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
