//! One term with its facts, then its relations grouped by how they read.

use std::io::{self, Write};

use super::chain::indented;
use super::page::{Role, Style, width, wrap};
use super::tree::Fields;
use super::{outline, value};
use crate::graph::Value;
use crate::result::{MERGED, QueryResult};

type Row = Vec<Value>;

pub(super) fn write(result: &QueryResult, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let fields = Fields::of(result);
    let (Some(term), Some(field), Some(value)) = (fields.at("term"), fields.at("field"), fields.at("value")) else {
        return outline::write(result, style, out);
    };
    let mut cards: Vec<&[Row]> = result.rows.chunk_by(|a, b| a[term] == b[term]).collect();
    // A limit may have cut the last card down to nothing.
    cards.retain(|card| !card.is_empty());
    let card = Card { result, fields: &fields, style, field, value };
    for (at, rows) in cards.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let title = value::name(&rows[0][term], &*result.entities);
        writeln!(out, "{}", style.paint(Role::Term, &title))?;
        let (relations, facts): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| card.is_relation(row));
        let (merged, facts): (Vec<&Row>, Vec<&Row>) = facts.into_iter().partition(|row| card.is_merged(row));
        card.facts(out, &facts, &title)?;
        card.merged(out, &merged)?;
        card.relations(out, &relations)?;
    }
    Ok(())
}

struct Card<'a> {
    result: &'a QueryResult,
    fields: &'a Fields<'a>,
    style: &'a Style,
    field: usize,
    value: usize,
}

impl Card<'_> {
    /// A relation's value is its other end; a fact's is text.
    fn is_relation(&self, row: &[Value]) -> bool {
        matches!(row[self.value], Value::Node(_)) || self.fields.value(row, "evidence").is_some()
    }

    /// Its sentences are a section of their own: they are too long to share a line.
    fn is_merged(&self, row: &[Value]) -> bool {
        row[self.field].as_str() == Some(MERGED) && matches!(row[self.value], Value::List(_))
    }

    fn merged(&self, out: &mut dyn Write, rows: &[&Row]) -> io::Result<()> {
        for row in rows {
            writeln!(out, "  {}", self.style.paint(Role::Heading, &self.name(row)))?;
            let Value::List(sentences) = &row[self.value] else { continue };
            for sentence in sentences.iter() {
                indented(out, self.style, 4, Role::Quiet, &value::text(sentence, &*self.result.entities))?;
            }
        }
        Ok(())
    }

    fn name(&self, row: &[Value]) -> String {
        value::name(&row[self.field], &*self.result.entities)
    }

    fn facts(&self, out: &mut dyn Write, rows: &[&Row], title: &str) -> io::Result<()> {
        let column = rows.iter().map(|row| width(&self.name(row))).max().unwrap_or(0);
        for row in rows {
            let (name, text) = (self.name(row), self.fact(&row[self.value]));
            // The title says it already.
            if name == "name" && text == title {
                continue;
            }
            let indent = 2 + column + 2;
            let space = " ".repeat(column - width(&name));
            let room = self.style.width.map(|page| page.saturating_sub(indent).max(20));
            for (at, line) in wrap(&text, room).iter().enumerate() {
                match at {
                    0 => writeln!(out, "  {}{space}  {line}", self.style.paint(Role::Heading, &name))?,
                    _ => writeln!(out, "{}{line}", " ".repeat(indent))?,
                }
            }
        }
        Ok(())
    }

    /// A list of names reads better without brackets and quotes.
    fn fact(&self, fact: &Value) -> String {
        match fact {
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| value::name(item, &*self.result.entities)).collect();
                items.join(", ")
            }
            other => value::name(other, &*self.result.entities),
        }
    }

    fn relations(&self, out: &mut dyn Write, rows: &[&Row]) -> io::Result<()> {
        for group in rows.chunk_by(|a, b| a[self.field] == b[self.field]) {
            let role = self.fields.relation_role(group[0]);
            write!(out, "  {}", self.style.paint(role, &self.name(group[0])))?;
            let count = self.fields.value(group[0], "relations").and_then(Value::as_integer);
            let count = count.and_then(|count| usize::try_from(count).ok()).unwrap_or(group.len());
            if count > 1 {
                write!(out, " {}", self.style.paint(Role::Quiet, &format!("({count})")))?;
            }
            writeln!(out)?;
            for row in group {
                let end = value::name(&row[self.value], &*self.result.entities);
                write!(out, "    → {}", self.style.paint(Role::Term, &end))?;
                if let Some(confidence) = self.fields.doubt(row) {
                    let mark = format!("(doubtful: {})", value::float((confidence * 100.0).round() / 100.0));
                    write!(out, " {}", self.style.paint(Role::Quiet, &mark))?;
                }
                writeln!(out)?;
                if let Some(evidence) = self.fields.evidence(row) {
                    indented(out, self.style, 8, Role::Quiet, &evidence)?;
                }
            }
            if count > group.len() {
                writeln!(out, "    {}", self.style.paint(Role::Quiet, &format!("… {} more", count - group.len())))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::testing::{painted, rendered, result, small};
    use crate::result::Shape;

    #[test]
    fn facts_then_relations() {
        let (_, nodes, _) = small();
        let columns = ["term", "field", "value", "evidence", "source"];
        let row = |field: &str, value: Value, evidence: Option<&str>| {
            let evidence = evidence.map_or(Value::Null, Value::from);
            vec![Value::Node(nodes[0]), field.into(), value, evidence, Value::Null]
        };
        let rows = vec![
            row("name", "Compute".into(), None),
            row("also called", Value::list(["nova".into(), "Compute service".into()]), None),
            row("definition", "The service that runs instances on hosts.".into(), None),
            row("receives from", Value::Node(nodes[1]), Some("Networking provides connectivity.")),
            row("receives from", "Image".into(), Some("Images come from it.")),
        ];
        let expected = "\
Compute
  also called  nova, Compute service
  definition   The service that runs
               instances on hosts.
  receives from (2)
    → Networking
        Networking provides
        connectivity.
    → Image
        Images come from it.
";
        assert_eq!(rendered("tree", &result(Shape::Card, &columns, rows), Some(37)), expected);
    }

    #[test]
    fn relations_have_the_colour_of_their_type() {
        let (_, nodes, relationships) = small();
        let columns = ["term", "field", "value", "relationship"];
        let row = |field: &str, at: usize| {
            vec![Value::Node(nodes[0]), field.into(), Value::Node(nodes[1]), Value::Relationship(relationships[at])]
        };
        let result = result(Shape::Card, &columns, vec![row("r", 0), row("s", 1)]);
        assert!(!rendered("tree", &result, None).contains('\u{1b}'));
        let coloured = painted("tree", &result);
        let before = |letter: &str| coloured.split_once(&format!("{letter}\u{1b}")).map(|(before, _)| before);
        let colour = |letter: &str| before(letter).and_then(|before| before.rsplit('\u{1b}').next());
        assert!(colour("r").is_some());
        assert_ne!(colour("r"), colour("s"));
    }
}
