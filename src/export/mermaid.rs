//! A flowchart in Mermaid's language, which Markdown viewers draw.

use std::io::Write;

use super::{Subgraph, Written};
use crate::limits::Budget;
use crate::render::clean;

pub(super) fn write(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let source = subgraph.source();
    writeln!(out, "flowchart LR")?;
    for node in subgraph.nodes() {
        budget.tick()?;
        writeln!(out, "  n{}[\"{}\"]", node.index(), entities(&subgraph.caption(*node)))?;
    }
    for link in subgraph.links() {
        budget.tick()?;
        let shape = subgraph.relationship(link.relationship);
        let label = entities(&source.semantics().phrase(source.name_of_type(shape.relationship_type)));
        let arrow = if subgraph.is_highlighted(link.relationship) { "==>" } else { "-->" };
        writeln!(out, "  n{} {arrow}|\"{label}\"| n{}", shape.start.index(), shape.end.index())?;
    }
    for root in subgraph.roots() {
        writeln!(out, "  style n{} stroke-width:3px", root.index())?;
    }
    Ok(Vec::new())
}

/// Mermaid writes characters that it would take for markup as `#35;`: `#` and the character's number.
fn entities(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '`' | '|' | '\\' => out.push_str(&format!("#{};", c as u32)),
            c => out.push(c),
        }
    }
    out
}
