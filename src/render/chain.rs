//! Chains of hops, each with the evidence for it.

use std::io::{self, Write};

use super::marks::Marks;
use super::outline;
use super::page::{Role, Style, wrap};
use super::tree::Fields;
use crate::result::QueryResult;

pub(super) fn write(result: &QueryResult, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let fields = Fields::of(result);
    if ["start", "relation", "end"].iter().any(|column| fields.at(column).is_none()) {
        return outline::write(result, style, out);
    }
    let marks = Marks::of(&fields);
    let mut chain = None;
    for (at, row) in result.rows.iter().enumerate() {
        let this = fields.value(row, "chain");
        if at == 0 || this != chain {
            let gap = if at > 0 { "\n" } else { "" };
            let start = fields.text(row, "start").unwrap_or_default();
            writeln!(out, "{gap}{}", style.paint(Role::Term, &start))?;
            chain = this;
        }
        let relation = fields.text(row, "relation").unwrap_or_default();
        let end = fields.text(row, "end").unwrap_or_default();
        write!(out, "  {} → {}", style.paint(fields.relation_role(row), &relation), style.paint(Role::Term, &end))?;
        write!(out, "{}", style.paint(Role::Quiet, &marks.properties(row)))?;
        if let Some((mark, role)) = marks.in_chain(row) {
            write!(out, " {}", style.paint(role, &mark))?;
        }
        writeln!(out)?;
        if let Some(evidence) = fields.evidence(row) {
            indented(out, style, 6, Role::Quiet, &evidence)?;
        }
    }
    Ok(())
}

/// Writes the text wrapped to the page, each line indented.
pub(super) fn indented(out: &mut dyn Write, style: &Style, by: usize, role: Role, text: &str) -> io::Result<()> {
    for line in wrap(text, style.width.map(|width| width.saturating_sub(by).max(20))) {
        writeln!(out, "{}{}", " ".repeat(by), style.paint(role, &line))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::graph::Value;
    use crate::render::testing::{rendered, result};
    use crate::result::Shape;

    #[test]
    fn hops_with_evidence() {
        let columns = ["chain", "step", "start", "relation", "end", "evidence", "source"];
        let hop = |chain: i64, step: i64, texts: [&str; 5]| {
            let mut row = vec![Value::from(chain), Value::from(step)];
            row.extend(texts.map(|text| if text.is_empty() { Value::Null } else { Value::from(text) }));
            row
        };
        let rows = vec![
            hop(1, 1, ["Dashboard", "uses", "Identity", "The dashboard logs users in.", "guide"]),
            hop(1, 2, ["Identity", "stores data in", "MariaDB", "", "manual"]),
            hop(2, 1, ["Dashboard", "stores data in", "MariaDB", "", ""]),
        ];
        let expected = "\
Dashboard
  uses → Identity
      The dashboard logs
      users in. [guide]
  stores data in → MariaDB
      [manual]

Dashboard
  stores data in → MariaDB
";
        assert_eq!(rendered("tree", &result(Shape::Chain, &columns, rows), Some(26)), expected);
    }
}
