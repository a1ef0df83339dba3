//! Terms in layers, a layer a line: what may start at once.

use std::io::{self, Write};

use super::page::{Role, Style, width};
use super::tree::Fields;
use super::{outline, value};
use crate::graph::Value;
use crate::result::QueryResult;

pub(super) fn write(result: &QueryResult, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let fields = Fields::of(result);
    let (Some(layer), Some(term)) = (fields.at("layer"), fields.at("term")) else {
        return outline::write(result, style, out);
    };
    let indent =
        result.rows.iter().map(|row| row[layer].as_integer().unwrap_or(0)).max().unwrap_or(0).to_string().len();
    for rows in result.rows.chunk_by(|a, b| a[layer] == b[layer]) {
        let number = rows[0][layer].as_integer().unwrap_or(0);
        write!(out, "{}", style.paint(Role::Heading, &format!("{number:>indent$}")))?;
        let mut used = indent;
        for (at, row) in rows.iter().enumerate() {
            let comma = if at + 1 < rows.len() { "," } else { "" };
            let cycle = fields.value(row, "cycle").and_then(Value::as_integer);
            let name = value::name(&row[term], &*result.entities);
            let mark = cycle.map_or(String::new(), |cycle| format!(" [cycle {cycle}]"));
            let long = 1 + width(&name) + width(&mark) + comma.len();
            let gap = if at == 0 { 2 } else { 1 };
            if at > 0 && style.width.is_some_and(|page| used + long > page) {
                write!(out, "\n{}", " ".repeat(indent + 2))?;
                used = indent + 1;
            } else {
                write!(out, "{}", " ".repeat(gap))?;
            }
            used += long + gap - 1;
            let critical = fields.value(row, "critical") == Some(&Value::Boolean(true));
            let role = if critical { Role::Fails } else { Role::Term };
            write!(out, "{}{}{comma}", style.paint(role, &name), style.paint(Role::Degrades, &mark))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{rendered, result};
    use crate::result::Shape;

    #[test]
    fn a_layer_a_line() {
        let row = |layer: i64, term: &str, cycle: Option<i64>| {
            vec![layer.into(), term.into(), cycle.map_or(Value::Null, Value::from), Value::Boolean(false)]
        };
        let rows = vec![row(1, "MariaDB", None), row(1, "RabbitMQ", None), row(2, "a", Some(1)), row(2, "b", Some(1))];
        let result = result(Shape::Layers, &["layer", "term", "cycle", "critical"], rows);
        assert_eq!(rendered("tree", &result, None), "1  MariaDB, RabbitMQ\n2  a [cycle 1], b [cycle 1]\n");
        assert_eq!(rendered("tree", &result, Some(14)), "1  MariaDB,\n   RabbitMQ\n2  a [cycle 1],\n   b [cycle 1]\n");
    }
}
