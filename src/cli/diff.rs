//! `kenning diff`: what changed between two graphs.

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::json;

use crate::database::Options as Access;
use crate::graph::Graph;
use crate::ingest::difference::{Difference, Relation, difference, nameless};
use crate::render::{clean, count};
use crate::session::{Failure, Output, Session};

pub(super) fn run(old: &str, new: &str, as_json: bool) -> Result<(), Failure> {
    let (before, after) = (opened(old)?, opened(new)?);
    for (graph, place) in [(&before, old), (&after, new)] {
        let unnamed = nameless(graph);
        if unnamed > 0 {
            let what = count(unnamed, "node");
            writeln!(anstream::stderr(), "note: {}: {what} without a name: not compared", clean(place))?;
        }
    }
    let found = difference(&before, &after);
    let mut out = io::BufWriter::new(io::stdout().lock());
    match as_json {
        true => json(&mut out, &found)?,
        false => text(&mut out, &found)?,
    }
    Ok(out.flush()?)
}

/// A graph as the shell opens it: also a file of statements.
fn opened(location: &str) -> Result<Arc<Graph>, Failure> {
    let mut session = Session::new(Graph::new(), "");
    session.access = Access { read_only: true, ..Access::default() };
    let mut output = Output { out: &mut io::sink(), err: &mut io::stderr(), err_colour: false };
    session.open(&[location.to_string()], &mut output)?;
    Ok(session.graph())
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
