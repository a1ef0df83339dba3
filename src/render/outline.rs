//! Rows field by field: for tables that do not fit the page, and where a tree is asked for and there is none.

use std::io::{self, Write};

use super::page::{Role, Style, clean};
use super::value;
use crate::result::QueryResult;

pub(super) fn write(result: &QueryResult, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for row in &result.rows {
        for (at, (column, cell)) in result.columns.iter().zip(row).enumerate() {
            let branch = match at {
                0 => "",
                at if at + 1 == row.len() => "└─ ",
                _ => "├─ ",
            };
            let text = value::text(cell, &*result.entities);
            let head = format!("{}:", clean(column));
            writeln!(out, "{}{} {text}", style.paint(Role::Quiet, branch), style.paint(Role::Heading, &head))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::graph::Value;
    use crate::render::testing::{rendered, result};
    use crate::result::Shape;

    #[test]
    fn a_row_is_a_small_tree() {
        let rows = vec![vec![Value::from(1i64), "x".into(), Value::Null], vec![2i64.into(), "y".into(), true.into()]];
        let result = result(Shape::Table, &["a", "b", "c"], rows);
        assert_eq!(rendered("tree", &result, None), "a: 1\n├─ b: x\n└─ c: null\na: 2\n├─ b: y\n└─ c: true\n");
    }
}
