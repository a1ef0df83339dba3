//! `kenning info`: what a database file holds.

use std::io::{self, Write};
use std::path::Path;

use super::tell;
use crate::render::{clean, count};
use crate::session::Failure;
use crate::storage::{self, Info};

pub(super) fn run(path: &Path) -> Result<(), Failure> {
    let info = match storage::info(path) {
        Ok(info) => info,
        Err(error) => return tell(&error),
    };
    let graph = &info.graph;
    let mut out = io::BufWriter::new(io::stdout().lock());
    writeln!(out, "{}: version {}, {} bytes", path.display(), info.version, info.bytes)?;
    kept(&info, &mut out)?;
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

/// How the file is kept.
fn kept(info: &Info, out: &mut dyn Write) -> io::Result<()> {
    let moment = |at: u64| if at == 0 { "none".to_string() } else { storage::moment(at) };
    writeln!(out, "commits          {}, the last one {}", info.sequence, moment(info.last_commit))?;
    writeln!(out, "log              {} bytes, {}", info.log_bytes, count(info.log_commits as usize, "commit"))?;
    writeln!(out, "last checkpoint  {}", moment(info.last_checkpoint))?;
    if let Some(torn) = &info.torn {
        writeln!(out, "torn             {} bytes at byte {}; the next writer cuts them", torn.bytes, torn.offset)?;
    }
    match &info.writer {
        Some(holder) => writeln!(out, "written by       {holder}"),
        None => writeln!(out, "written by       no process at the moment"),
    }
}

fn list<'a>(out: &mut dyn Write, title: &str, items: impl Iterator<Item = (&'a str, usize)>) -> io::Result<()> {
    writeln!(out, "{title}")?;
    for (name, count) in items {
        writeln!(out, "  {count:>12}  {}", clean(name))?;
    }
    Ok(())
}
