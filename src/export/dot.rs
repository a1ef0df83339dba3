//! The language of Graphviz. Attributes are those that its layouts read; properties are left to other formats.

use std::io::Write;

use super::{Arrangement, Subgraph, Written};
use crate::limits::Budget;
use crate::render::clean;

pub(super) fn write(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let source = subgraph.source();
    writeln!(out, "digraph kenning {{")?;
    let rank = match subgraph.arrangement() {
        Arrangement::Layers => "rankdir=LR, ",
        Arrangement::Neighbourhood => "",
    };
    writeln!(out, "  graph [{rank}fontname=\"Helvetica\"];")?;
    writeln!(out, "  node [shape=box, style=rounded, fontname=\"Helvetica\"];")?;
    writeln!(out, "  edge [fontname=\"Helvetica\", fontsize=10];")?;
    for node in subgraph.nodes() {
        budget.tick()?;
        let labels = source.named_labels(*node).into_iter().map(|label| format!(":{label}"));
        let bold = if subgraph.roots().contains(node) { ", style=\"rounded,bold\"" } else { "" };
        let tip = quoted(&labels.collect::<String>());
        writeln!(out, "  n{} [label={}, tooltip={tip}{bold}];", node.index(), quoted(&subgraph.caption(*node)))?;
    }
    for link in subgraph.links() {
        budget.tick()?;
        let shape = subgraph.relationship(link.relationship);
        let label = quoted(source.name_of_type(shape.relationship_type));
        // In layers the follower comes before the followed, whichever way the arrow points.
        let (from, to, back) = match link.against {
            false => (shape.start, shape.end, ""),
            true => (shape.end, shape.start, ", dir=back"),
        };
        let bold = if subgraph.is_highlighted(link.relationship) { ", penwidth=3" } else { "" };
        writeln!(out, "  n{} -> n{} [label={label}{back}{bold}];", from.index(), to.index())?;
    }
    writeln!(out, "}}")?;
    Ok(Vec::new())
}

/// In double quotes. Backslashes are doubled, for Graphviz reads escapes of its own.
fn quoted(text: &str) -> String {
    format!("\"{}\"", clean(text).replace('\\', "\\\\").replace('"', "\\\""))
}
