//! Comma-separated values with a header line (RFC 4180, lines ending in `\n`).
//!
//! Strings are written byte by byte, null is empty, a node that has a name is its name, every other value is written
//! as in a table.

use std::io::{self, Write};

use super::page::{Style, clean};
use super::value;
use crate::graph::{EntitySource, Value};
use crate::result::QueryResult;

pub(super) fn write(result: &QueryResult, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if result.columns.is_empty() {
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(out);
    let safe = |text: &str| if style.terminal { clean(text).into_owned() } else { text.to_string() };
    let header = result.columns.iter().map(|column| safe(column));
    writer.write_record(header).map_err(io_error)?;
    result.rows.try_each(|row| {
        writer.write_record(row.iter().map(|value| safe(&field(value, &*result.entities)))).map_err(io_error)
    })?;
    writer.flush()
}

fn field(field: &Value, source: &dyn EntitySource) -> String {
    match field {
        Value::Null => String::new(),
        Value::String(text) => text.to_string(),
        other => value::name(other, source),
    }
}

/// Keeps the kind of the error: a broken pipe is not a failure.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{rendered, result, small};
    use crate::result::Shape;

    #[test]
    fn quoted_where_needed() {
        let (_, nodes, _) = small();
        let rows = vec![
            vec![Value::from("a,\"b\"\n\u{1b}"), Value::Null, Value::Node(nodes[0])],
            vec![Value::Float(1.0), Value::from(true), Value::Node(nodes[2])],
        ];
        let result = result(Shape::Table, &["x", "y", "z"], rows);
        let text = "x,y,z\n\"a,\"\"b\"\"\n\u{1b}\",,Compute\n1.0,true,(:Port {number: 80})\n";
        assert_eq!(rendered("csv", &result, None), text);
        let mut out = Vec::new();
        write(&result, &Style { terminal: true, ..Style::default() }, &mut out).unwrap();
        assert!(!String::from_utf8(out).unwrap().contains('\u{1b}'));
    }
}
