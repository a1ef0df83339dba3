//! Two tables with the headers of neo4j-admin, which `kenning import` reads. A key whose values have several types has
//! a column for each. What no type of those headers can hold stands in a column of type `json`, which is kenning's own.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::{Subgraph, Written};
use crate::diagnostic::Diagnostic;
use crate::graph::{Entity, EntitySource, Value, exact};
use crate::limits::Budget;
use crate::render::count;

/// Stands between labels and between the items of a list.
const ARRAY: char = ';';

pub(super) fn write_nodes(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let source = subgraph.source();
    let entities = || subgraph.nodes().iter().map(|node| Entity::Node(*node));
    let mut table = Table::of(entities(), source, budget)?;
    table.header(":ID,:LABEL", out)?;
    for node in subgraph.nodes() {
        budget.tick()?;
        let names = source.named_labels(*node).into_iter();
        let (kept, lost): (Vec<&str>, Vec<&str>) = names.partition(|name| is_name(name) && !name.contains(ARRAY));
        table.lost_labels.extend(lost.into_iter().map(str::to_string));
        write!(out, "{},{}", node.index(), quoted(&kept.join(";"), false))?;
        table.row(source, Entity::Node(*node), out)?;
    }
    let mut left_out = table.left_out("nodes");
    if !source.semantics().is_empty() {
        left_out.push("CSV has no place for what the relationship types mean".into());
    }
    if source.semantics().namings().len() > 0 {
        left_out.push("CSV has no place for what names the nodes of labels".into());
    }
    Ok(left_out)
}

pub(super) fn write_relationships(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let source = subgraph.source();
    let entities = || subgraph.links().iter().map(|link| Entity::Relationship(link.relationship));
    let table = Table::of(entities(), source, budget)?;
    table.header(":START_ID,:END_ID,:TYPE", out)?;
    for link in subgraph.links() {
        budget.tick()?;
        let shape = subgraph.relationship(link.relationship);
        let kind = quoted(source.name_of_type(shape.relationship_type), true);
        write!(out, "{},{},{kind}", shape.start.index(), shape.end.index())?;
        table.row(source, Entity::Relationship(link.relationship), out)?;
    }
    Ok(table.left_out("relationships"))
}

/// Whether a header or a field of labels can hold the name: spaces around it are lost there.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.trim() == name
}

/// The columns of properties, and what has no place in them.
#[derive(Default)]
struct Table {
    /// Key and type.
    columns: BTreeSet<(String, String)>,
    lost_labels: BTreeSet<String>,
    lost_keys: BTreeSet<String>,
}

impl Table {
    fn of(
        entities: impl Iterator<Item = Entity>,
        source: &dyn EntitySource,
        budget: &Budget,
    ) -> Result<Table, Diagnostic> {
        let mut table = Table::default();
        for entity in entities {
            budget.tick()?;
            for (key, value) in source.named_properties(entity) {
                match is_name(key) {
                    true => _ = table.columns.insert((key.to_string(), field(&value).0)),
                    false => _ = table.lost_keys.insert(key.to_string()),
                }
            }
        }
        Ok(table)
    }

    fn header(&self, first: &str, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{first}")?;
        for (key, kind) in &self.columns {
            write!(out, ",{}", quoted(&format!("{key}:{kind}"), false))?;
        }
        writeln!(out)
    }

    fn row(&self, source: &dyn EntitySource, entity: Entity, out: &mut dyn Write) -> io::Result<()> {
        let properties = source.named_properties(entity);
        let mut fields =
            properties.iter().filter(|(key, _)| is_name(key)).map(|(key, value)| (key, field(value))).peekable();
        // Both are sorted by key, and an entity has one value a key.
        for (key, kind) in &self.columns {
            write!(out, ",")?;
            if let Some((_, (_, text))) = fields.next_if(|(name, (found, _))| name[..] == key[..] && found == kind) {
                write!(out, "{}", quoted(&text, true))?;
            }
        }
        writeln!(out)
    }

    fn left_out(&self, of: &str) -> Vec<String> {
        let mut sentences = Vec::new();
        for (lost, what) in [(&self.lost_labels, "label"), (&self.lost_keys, "property key")] {
            if !lost.is_empty() {
                let names: Vec<String> = lost.iter().take(5).map(|name| format!("`{name}`")).collect();
                let which = format!("{} of {of}", count(lost.len(), what));
                sentences.push(format!("left out, for CSV cannot hold such names: {which}, as {}", names.join(", ")));
            }
        }
        sentences
    }
}

/// The type of the column and the text in it.
fn field(value: &Value) -> (String, String) {
    if let Some((kind, text)) = exact::to_text(value) {
        return (kind.to_string(), text);
    }
    match value {
        Value::Boolean(value) => ("boolean".into(), value.to_string()),
        Value::Integer(number) => ("long".into(), number.to_string()),
        Value::Float(number) => ("double".into(), crate::graph::format_float(*number)),
        Value::String(text) => ("string".into(), text.to_string()),
        Value::List(items) => list(items).unwrap_or_else(|| ("json".into(), exact::to_json(value).to_string())),
        other => ("json".into(), exact::to_json(other).to_string()),
    }
}

/// A list whose items have one type and do not hold what stands between them.
fn list(items: &[Value]) -> Option<(String, String)> {
    let fields: Vec<(String, String)> = items.iter().map(field).collect();
    let (kind, _) = fields.first()?;
    let simple = |(found, text): &(String, String)| {
        found == kind && !text.contains(ARRAY) && !kind.ends_with("[]") && kind != "json"
    };
    fields.iter().all(simple).then(|| {
        let texts: Vec<&str> = fields.iter().map(|(_, text)| text.as_str()).collect();
        (format!("{kind}[]"), texts.join(";"))
    })
}

/// In quotes where need be; an empty text only if it is a value.
fn quoted(text: &str, value: bool) -> String {
    if (text.is_empty() && value) || text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}
