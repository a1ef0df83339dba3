//! `kenning info`: what a database file holds.

use std::io::{self, Write};
use std::path::Path;

use super::tell;
use crate::render::clean;
use crate::session::Failure;
use crate::storage;

pub(super) fn run(path: &Path) -> Result<(), Failure> {
    let info = match storage::info(path) {
        Ok(info) => info,
        Err(error) => return tell(&error),
    };
    let graph = &info.graph;
    let mut out = io::BufWriter::new(io::stdout().lock());
    writeln!(out, "{}: version {}, {} bytes", path.display(), info.version, info.bytes)?;
    writeln!(out, "nodes          {}", graph.node_count())?;
    writeln!(out, "relationships  {}", graph.relationship_count())?;
    let labels = graph.labels().map(|label| (&**graph.label_name(label), graph.label_count(label)));
    list(&mut out, "labels", labels)?;
    let types = graph.types().map(|t| (&**graph.type_name(t), graph.type_count(t)));
    list(&mut out, "types", types)?;
    let keys: Vec<&str> = graph.keys().map(|key| &**graph.key_name(key)).collect();
    writeln!(out, "keys           {}", clean(&keys.join(", ")))?;
    let rules: Vec<String> = graph.rules().map(|rule| crate::render::rule(&graph.named_rule(rule))).collect();
    if !rules.is_empty() {
        writeln!(out, "indexes and constraints")?;
        rules.iter().try_for_each(|rule| writeln!(out, "  {}", clean(rule)))?;
    }
    writeln!(out, "sections, in bytes")?;
    for (name, bytes) in &info.sections {
        writeln!(out, "  {bytes:>12}  {}", clean(name))?;
    }
    let bytes = graph.bytes();
    writeln!(out, "in memory, in bytes")?;
    let parts = [
        ("adjacency", bytes.adjacency),
        ("properties", bytes.properties),
        ("labels", bytes.labels),
        ("indexes", bytes.indexes),
    ];
    for (name, bytes) in parts {
        writeln!(out, "  {bytes:>12}  {name}")?;
    }
    if graph.relationship_count() > 0 {
        let each = bytes.adjacency as f64 / graph.relationship_count() as f64;
        writeln!(out, "  {each:>12.2}  adjacency a relationship, both directions")?;
    }
    Ok(out.flush()?)
}

fn list<'a>(out: &mut dyn Write, title: &str, items: impl Iterator<Item = (&'a str, usize)>) -> io::Result<()> {
    writeln!(out, "{title}")?;
    for (name, count) in items {
        writeln!(out, "  {count:>12}  {}", clean(name))?;
    }
    Ok(())
}
