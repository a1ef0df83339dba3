//! Values as Cypher writes them: text that reads back as the same value.

use std::fmt::Write;

use super::value::temporal;
use crate::graph::{Entity, EntitySource, NodeId, RelationshipId, Value};

/// Writes the value as an expression. Nodes, relationships and paths, which have no literal form, are written as
/// patterns.
pub fn write(out: &mut String, value: &Value, source: &dyn EntitySource) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        // The digits of the smallest integer are no integer literal.
        Value::Integer(i64::MIN) => out.push_str("(-9223372036854775807 - 1)"),
        Value::Integer(number) => push(out, format_args!("{number}")),
        Value::Float(number) => write_float(out, *number),
        Value::String(text) => write_string(out, text),
        Value::List(items) => {
            out.push('[');
            separated(out, items.iter(), |out, item| write(out, item, source));
            out.push(']');
        }
        Value::Map(map) => write_map(out, map.iter().map(|(key, value)| (&**key, value)), source),
        Value::Node(node) => write_node(out, *node, source),
        Value::Relationship(relationship) => write_relationship(out, *relationship, source),
        Value::Path(path) => {
            write_node(out, path.nodes[0], source);
            for (at, relationship) in path.relationships.iter().enumerate() {
                let forward = source.relationship_of(*relationship).is_none_or(|found| found.start == path.nodes[at]);
                out.push_str(if forward { "-" } else { "<-" });
                write_relationship(out, *relationship, source);
                out.push_str(if forward { "->" } else { "-" });
                write_node(out, path.nodes[at + 1], source);
            }
        }
        Value::Date(_) => write_temporal(out, "date", value),
        Value::LocalTime(_) => write_temporal(out, "localtime", value),
        Value::Time(_) => write_temporal(out, "time", value),
        Value::LocalDateTime(_) => write_temporal(out, "localdatetime", value),
        Value::DateTime(_) => write_temporal(out, "datetime", value),
        Value::Duration(_) => write_temporal(out, "duration", value),
        Value::Point(point) => push(out, format_args!("{point}")),
    }
}

/// The value as an expression.
pub fn of(value: &Value, source: &dyn EntitySource) -> String {
    let mut out = String::new();
    write(&mut out, value, source);
    out
}

fn write_temporal(out: &mut String, function: &str, value: &Value) {
    push(out, format_args!("{function}('{}')", temporal(value)));
}

/// Always with a decimal point or an exponent. NaN and the infinities have no literal: they are computed.
fn write_float(out: &mut String, number: f64) {
    if number.is_nan() {
        out.push_str("(0.0 / 0.0)");
    } else if number.is_infinite() {
        out.push_str(if number > 0.0 { "(1.0 / 0.0)" } else { "(-1.0 / 0.0)" });
    } else {
        push(out, format_args!("{number:?}"));
    }
}

/// In single quotes.
pub fn write_string(out: &mut String, text: &str) {
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if super::page::acts(c) => push(out, format_args!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('\'');
}

/// Bare if the language reads it as one name, else in backticks.
pub fn write_name(out: &mut String, name: &str) {
    let mut chars = name.chars();
    let plain = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain {
        out.push_str(name);
    } else {
        push(out, format_args!("`{}`", name.replace('`', "``")));
    }
}

/// `{key: value, …}`
pub fn write_map<'a>(out: &mut String, entries: impl Iterator<Item = (&'a str, &'a Value)>, source: &dyn EntitySource) {
    out.push('{');
    separated(out, entries, |out, (key, value)| {
        write_name(out, key);
        out.push_str(": ");
        write(out, value, source);
    });
    out.push('}');
}

/// `(:Label {key: value})`
fn write_node(out: &mut String, node: NodeId, source: &dyn EntitySource) {
    out.push('(');
    write_node_content(out, node, source);
    out.push(')');
}

/// `:Label {key: value}`: what stands in a node pattern after its variable.
pub fn write_node_content(out: &mut String, node: NodeId, source: &dyn EntitySource) {
    let labels = source.named_labels(node);
    for label in &labels {
        out.push(':');
        write_name(out, label);
    }
    let properties = source.named_properties(Entity::Node(node));
    if !properties.is_empty() {
        out.push_str(if labels.is_empty() { "" } else { " " });
        write_map(out, properties.iter().map(|(key, value)| (*key, value)), source);
    }
}

/// `[:TYPE {key: value}]`
pub fn write_relationship(out: &mut String, relationship: RelationshipId, source: &dyn EntitySource) {
    out.push_str("[:");
    write_name(out, source.type_of(relationship));
    let properties = source.named_properties(Entity::Relationship(relationship));
    if !properties.is_empty() {
        out.push(' ');
        write_map(out, properties.iter().map(|(key, value)| (*key, value)), source);
    }
    out.push(']');
}

fn separated<T>(out: &mut String, items: impl Iterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write(out, item);
    }
}

fn push(out: &mut String, text: std::fmt::Arguments) {
    out.write_fmt(text).expect("a string takes all");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;
    use crate::graph::Path;
    use crate::render::testing::small;

    #[test]
    fn literals() {
        let graph = Graph::new();
        let cases = [
            (Value::Null, "null"),
            (Value::Float(1.0), "1.0"),
            (Value::Float(-0.0), "-0.0"),
            (Value::Float(1e300), "1e300"),
            (Value::Float(f64::NAN), "(0.0 / 0.0)"),
            (Value::Integer(i64::MIN), "(-9223372036854775807 - 1)"),
            (Value::from("it's \\ a\ntab\t\u{1b}"), "'it\\'s \\\\ a\\ntab\\t\\u001B'"),
            (Value::list([Value::from(1i64), Value::from("a")]), "[1, 'a']"),
            (Value::map([("b c", Value::from(true)), ("a", Value::Null)]), "{a: null, `b c`: true}"),
        ];
        for (value, expected) in cases {
            assert_eq!(of(&value, &graph), expected);
        }
    }

    #[test]
    fn entities_are_patterns() {
        let (graph, nodes, relationships) = small();
        assert_eq!(of(&Value::Node(nodes[0]), &graph), "(:Service {name: 'Compute'})");
        let path = Path { nodes: vec![nodes[0], nodes[1]], relationships: vec![relationships[0]] };
        let text = "(:Service {name: 'Compute'})<-[:PROVIDES_TO]-(:Service:Core {name: 'Networking'})";
        assert_eq!(of(&Value::Path(path.into()), &graph), text);
    }
}
