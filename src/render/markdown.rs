//! A Markdown table (GitHub's dialect).

use std::io::{self, Write};

use super::page::{Style, clean};
use super::value;
use crate::result::QueryResult;

pub(super) fn write(result: &QueryResult, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    if result.columns.is_empty() {
        return Ok(());
    }
    line(out, result.columns.iter().map(|column| clean(column).into_owned()))?;
    line(out, result.columns.iter().map(|_| "---".to_string()))?;
    result.rows.try_each(|row| line(out, row.iter().map(|cell| value::name(cell, &*result.entities))))
}

fn line(out: &mut dyn Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    write!(out, "|")?;
    for cell in cells {
        write!(out, " {} |", escape(&cell))?;
    }
    writeln!(out)
}

/// Characters that would end the cell or mark something up.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '|' | '\\' | '*' | '_' | '`' | '<' | '>' | '[' | ']') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::graph::Value;
    use crate::render::testing::{rendered, result};
    use crate::result::Shape;

    #[test]
    fn pipes_are_escaped() {
        let rows = vec![vec![Value::from("a|b\n*c*"), Value::Null]];
        let text = rendered("markdown", &result(Shape::Table, &["x", "y"], rows), None);
        assert_eq!(text, "| x | y |\n| --- | --- |\n| a\\|b\\\\n\\*c\\* | null |\n");
    }
}
