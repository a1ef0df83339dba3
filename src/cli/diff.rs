//! `kenning diff`: what changed between two graphs.

use std::io::{self, Write};

use serde_json::json;

use super::tell;
use crate::ingest::difference::{Difference, Relation, difference};
use crate::render::{clean, count};
use crate::session::{self, Failure};

pub(super) fn run(old: &str, new: &str, as_json: bool) -> Result<(), Failure> {
    let (before, after) = match (session::open_graph(old), session::open_graph(new)) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(error), _) | (_, Err(error)) => return tell(&error),
    };
    let found = difference(&before, &after);
    let mut out = io::BufWriter::new(io::stdout().lock());
    match as_json {
        true => json(&mut out, &found)?,
        false => text(&mut out, &found)?,
    }
    Ok(out.flush()?)
}

fn json(out: &mut dyn Write, found: &Difference) -> io::Result<()> {
    let relation = |(start, name, end): &Relation| json!({ "from": start, "type": name, "to": end });
    let object = json!({
        "added": found.added,
        "removed": found.removed,
        "renamed": found.renamed.iter().map(|(old, new)| json!({ "old": old, "new": new })).collect::<Vec<_>>(),
        "redefined": found.redefined.iter().map(|(name, old, new)| json!({ "name": name, "old": old, "new": new })).collect::<Vec<_>>(),
        "gained": found.gained.iter().map(relation).collect::<Vec<_>>(),
        "lost": found.lost.iter().map(relation).collect::<Vec<_>>(),
    });
    writeln!(out, "{object:#}")
}

fn text(out: &mut dyn Write, found: &Difference) -> io::Result<()> {
    found.removed.iter().try_for_each(|name| writeln!(out, "- {}", clean(name)))?;
    found.added.iter().try_for_each(|name| writeln!(out, "+ {}", clean(name)))?;
    for (old, new) in &found.renamed {
        writeln!(out, "> {} is now {}", clean(old), clean(new))?;
    }
    for (name, old, new) in &found.redefined {
        writeln!(out, "~ {}\n    - {}\n    + {}", clean(name), clean(old), clean(new))?;
    }
    let relation = |(start, name, end): &Relation| format!("{} {} {}", clean(start), clean(name), clean(end));
    found.lost.iter().try_for_each(|lost| writeln!(out, "- {}", relation(lost)))?;
    found.gained.iter().try_for_each(|gained| writeln!(out, "+ {}", relation(gained)))?;
    writeln!(
        out,
        "terms: {} added, {} removed, {} renamed, {} redefined; {} gained, {} lost",
        found.added.len(),
        found.removed.len(),
        found.renamed.len(),
        found.redefined.len(),
        count(found.gained.len(), "relation"),
        found.lost.len()
    )
}
