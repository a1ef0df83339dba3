//! What a glossary is called as a source.

use std::collections::BTreeSet;
use std::path::{Component, PathBuf};

use crate::glossary::Glossary;
use crate::graph::{Graph, NodeId};

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
}
