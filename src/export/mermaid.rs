//! A flowchart in Mermaid's language, which Markdown viewers draw.

use std::io::Write;

use super::{Subgraph, Written};
use crate::limits::Budget;
use crate::render::clean;

pub(super) fn write(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let graph = subgraph.graph();
    writeln!(out, "flowchart LR")?;
    for node in subgraph.nodes() {
        budget.tick()?;
        writeln!(out, "  n{}[\"{}\"]", node.index(), entities(&subgraph.caption(*node)))?;
    }
    for link in subgraph.links() {
        budget.tick()?;
        let shape = graph.relationship(link.relationship);
        let label = entities(&graph.semantics().phrase(graph.type_name(shape.relationship_type)));
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
