//! Single points of failure, each with what it cuts off.

use std::io::{self, Write};

use super::chain::indented;
use super::page::{Role, Style};
use super::tree::Fields;
use super::{outline, value};
use crate::graph::Value;
use crate::result::QueryResult;

pub(super) fn write(result: &QueryResult, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    /// More terms than these are counted.
    const SHOWN: usize = 12;
    let fields = Fields::of(result);
    let columns = ["kind", "term", "cuts", "cut"].map(|column| fields.at(column));
    let [Some(kind), Some(term), Some(cuts), Some(cut)] = columns else {
        return outline::write(result, style, out);
    };
    for row in &result.rows {
        let text = |at: usize| value::name(&row[at], &*result.entities);
        write!(out, "{}", style.paint(Role::Term, &text(term)))?;
        if let Some(other) = fields.text(row, "other") {
            write!(out, " → {}", style.paint(Role::Term, &other))?;
        }
        writeln!(out, " {}", style.paint(Role::Quiet, &format!("[{}]", text(kind))))?;
        let names: Vec<String> = match &row[cut] {
            Value::List(nodes) => nodes.iter().map(|node| value::name(node, &*result.entities)).collect(),
            _ => Vec::new(),
        };
        let count = row[cuts].as_integer().and_then(|count| usize::try_from(count).ok()).unwrap_or(names.len());
        let shown = names.len().min(SHOWN);
        let more = if count > shown { format!(" and {} more", count - shown) } else { String::new() };
        // The parts of a least cut cut off nothing one by one.
        let verb = match text(kind).as_str() {
            kind if kind.ends_with("least cut") => "with the others cuts off",
            kind if kind.ends_with("alternatives") => "takes down all of",
            _ => "cuts off",
        };
        indented(out, style, 4, Role::Relation, &format!("{verb} {}{more}", names[..shown].join(", ")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{rendered, result};
    use crate::result::Shape;

    #[test]
    fn points_and_bridges() {
        let cut = |names: &[&str]| Value::list(names.iter().map(|name| Value::from(*name)));
        let rows = vec![
            vec!["bridge".into(), "a".into(), "b".into(), 3_i64.into(), cut(&["b", "c"])],
            vec!["articulation point".into(), "d".into(), Value::Null, 1_i64.into(), cut(&["e"])],
        ];
        let result = result(Shape::Cuts, &["kind", "term", "other", "cuts", "cut"], rows);
        let expected = "a → b [bridge]\n    cuts off b, c and 1 more\nd [articulation point]\n    cuts off e\n";
        assert_eq!(rendered("tree", &result, None), expected);
    }
}
