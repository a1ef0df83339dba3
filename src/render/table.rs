//! Rows in a box, fitted to the page.

use std::io::{self, Write};

use super::page::{Role, Style, clean, cut, width, wrap};
use super::{outline, value};
use crate::graph::Value;
use crate::result::QueryResult;

/// A column narrower than this says nothing: then rows are written field by field.
const NARROWEST: usize = 6;
/// Lines that a cell may take before it is cut.
const CELL_LINES: usize = 20;

pub(super) fn write(result: &QueryResult, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if result.columns.is_empty() || result.rows.is_empty() {
        return Ok(());
    }
    let heads: Vec<String> = result.columns.iter().map(|column| clean(column).into_owned()).collect();
    let natural = natural_widths(&heads, result, out)?;
    let Some(widths) = fit(&natural, style.width) else { return outline::write(result, style, out) };
    let right: Vec<bool> = (0..heads.len()).map(|column| is_numeric(result, column)).collect();
    let table = Table { style, widths: &widths, right: &right };

    table.rule(out, ["┌", "┬", "┐"])?;
    table.row(out, &heads, |_| Some(Role::Heading))?;
    table.rule(out, ["├", "┼", "┤"])?;
    result.rows.try_each(|row| {
        let texts: Vec<String> = row.iter().map(|value| value::text(value, &*result.entities)).collect();
        table.row(out, &texts, |column| row[column].is_null().then_some(Role::Quiet))
    })?;
    table.rule(out, ["└", "┴", "┘"])
}

/// What the widest cell of each column takes. Cells are made once to be measured and once to be written: keeping them
/// would hold all rows a second time.
fn natural_widths(heads: &[String], result: &QueryResult, out: &mut dyn Write) -> io::Result<Vec<usize>> {
    let mut widths: Vec<usize> = heads.iter().map(|head| width(head)).collect();
    result.rows.try_each(|row| {
        // Nothing is written yet, but whoever waits may stop it.
        _ = out.write(&[])?;
        for (at, value) in row.iter().enumerate() {
            widths[at] = widths[at].max(width(&value::text(value, &*result.entities)));
        }
        Ok::<(), io::Error>(())
    })?;
    Ok(widths)
}

/// Shrinks the widest columns until the table fits the page. `None` if it cannot.
fn fit(natural: &[usize], page: Option<usize>) -> Option<Vec<usize>> {
    let borders = 3 * natural.len() + 1;
    let Some(page) = page else { return Some(natural.to_vec()) };
    let mut left = page.saturating_sub(borders);
    if natural.iter().sum::<usize>() <= left {
        return Some(natural.to_vec());
    }
    // Narrow columns keep what they need; the others share what is left evenly.
    let mut order: Vec<usize> = (0..natural.len()).collect();
    order.sort_by_key(|&column| natural[column]);
    let mut widths = natural.to_vec();
    for (done, &column) in order.iter().enumerate() {
        let share = left / (natural.len() - done);
        widths[column] = natural[column].min(share);
        if widths[column] < natural[column].min(NARROWEST) {
            return None;
        }
        left -= widths[column];
    }
    Some(widths)
}

/// Whether the column holds nothing but numbers (and nulls).
fn is_numeric(result: &QueryResult, column: usize) -> bool {
    // As rows they would all be made, and held a second time.
    let values = (0..result.rows.len()).map(|row| result.rows.value(row, column));
    let mut values = values.filter(|value| !value.is_null()).peekable();
    values.peek().is_some() && values.all(|value| matches!(value, Value::Integer(_) | Value::Float(_)))
}

struct Table<'a> {
    style: &'a Style,
    widths: &'a [usize],
    right: &'a [bool],
}

impl Table<'_> {
    fn rule(&self, out: &mut dyn Write, [start, middle, end]: [&str; 3]) -> io::Result<()> {
        let bars: Vec<String> = self.widths.iter().map(|width| "─".repeat(width + 2)).collect();
        let line = format!("{start}{}{end}", bars.join(middle));
        writeln!(out, "{}", self.style.paint(Role::Quiet, &line))
    }

    fn row(&self, out: &mut dyn Write, cells: &[String], role: impl Fn(usize) -> Option<Role>) -> io::Result<()> {
        let lines: Vec<Vec<String>> =
            cells.iter().zip(self.widths).map(|(cell, width)| cell_lines(cell, *width)).collect();
        let bar = self.style.paint(Role::Quiet, "│");
        for line in 0..lines.iter().map(Vec::len).max().unwrap_or(0) {
            write!(out, "{bar}")?;
            for (column, lines) in lines.iter().enumerate() {
                let text = lines.get(line).map_or("", String::as_str);
                let space = " ".repeat(self.widths[column] - width(text).min(self.widths[column]));
                let text = role(column).map_or(text.into(), |role| self.style.paint(role, text));
                let (before, after) = if self.right[column] { (space.as_str(), "") } else { ("", space.as_str()) };
                write!(out, " {before}{text}{after} {bar}")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

fn cell_lines(cell: &str, to: usize) -> Vec<String> {
    if width(cell) <= to {
        return vec![cell.to_string()];
    }
    let mut lines = wrap(cell, Some(to));
    if lines.len() > CELL_LINES {
        lines.truncate(CELL_LINES);
        let last = &mut lines[CELL_LINES - 1];
        *last = cut(&format!("{last}……"), to).into_owned().replace("……", "…");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{rendered, result};
    use crate::result::{Column, Rows, Shape};

    fn sample() -> QueryResult {
        let rows = vec![
            vec!["Compute".into(), Value::Integer(12), "runs the instances of a cloud".into()],
            vec!["Networking".into(), Value::Null, "漢字".into()],
        ];
        result(Shape::Table, &["name", "uses", "text"], rows)
    }

    #[test]
    fn a_box_around_rows() {
        let expected = "\
┌────────────┬──────┬───────────────────────────────┐
│ name       │ uses │ text                          │
├────────────┼──────┼───────────────────────────────┤
│ Compute    │   12 │ runs the instances of a cloud │
│ Networking │ null │ 漢字                          │
└────────────┴──────┴───────────────────────────────┘
";
        assert_eq!(rendered("table", &sample(), None), expected);
        assert_eq!(rendered("table", &sample(), Some(80)), expected);
    }

    #[test]
    fn rows_are_not_held_twice() {
        let numbers = || Column::counts(0..1000);
        let mut result = sample();
        result.rows = Rows::of(1000, vec![numbers(), numbers(), numbers()]);
        let before = result.rows.bytes();
        rendered("table", &result, None);
        assert_eq!(result.rows.bytes(), before);
    }

    #[test]
    fn a_narrow_page_wraps_the_widest_column() {
        let expected = "\
┌────────────┬──────┬──────────────┐
│ name       │ uses │ text         │
├────────────┼──────┼──────────────┤
│ Compute    │   12 │ runs the     │
│            │      │ instances of │
│            │      │ a cloud      │
│ Networking │ null │ 漢字         │
└────────────┴──────┴──────────────┘
";
        assert_eq!(rendered("table", &sample(), Some(36)), expected);
    }

    #[test]
    fn every_line_fits_the_page() {
        for page in 1..60 {
            let text = rendered("table", &sample(), Some(page));
            if text.starts_with('┌') {
                assert!(text.lines().all(|line| width(line) <= page), "{page}\n{text}");
            }
        }
    }

    #[test]
    fn columns_that_cannot_fit_become_fields() {
        let text = rendered("table", &sample(), Some(20));
        assert!(text.starts_with("name: Compute\n├─ uses: 12\n"), "{text}");
    }

    #[test]
    fn a_long_cell_is_cut() {
        let long = result(Shape::Table, &["text"], vec![vec![Value::string("word ".repeat(500))]]);
        let text = rendered("table", &long, Some(20));
        assert_eq!(text.lines().count(), 3 + CELL_LINES + 1);
        assert!(text.contains("…"));
        assert!(text.lines().all(|line| width(line) <= 20), "{text}");
    }

    #[test]
    fn no_rows_no_box() {
        assert_eq!(rendered("table", &result(Shape::Table, &["a"], vec![]), None), "");
    }
}
