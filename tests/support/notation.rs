//! The conformance kit's notation of results: read from a table's cell, written back in one canonical form.
//!
//! Two values are the same for the kit exactly when their canonical texts are equal: an integer is never a float,
//! keys and labels are sorted, an entity is its labels or type and its properties.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use kenning::graph::Value;

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    String(String),
    List(Vec<Cell>),
    Map(Properties),
    Node(NodeCell),
    Relationship(RelationshipCell),
    Path(NodeCell, Vec<Hop>),
}

pub type Properties = BTreeMap<String, Cell>;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeCell {
    pub labels: BTreeSet<String>,
    pub properties: Properties,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RelationshipCell {
    pub kind: String,
    pub properties: Properties,
}

/// One relationship of a path and the node it leads to; `forward` if the arrow points the way of the path.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    pub relationship: RelationshipCell,
    pub forward: bool,
    pub node: NodeCell,
}

impl Cell {
    pub fn parse(text: &str) -> Result<Cell, String> {
        let mut reader = Reader { text, at: 0 };
        let cell = reader.value()?;
        reader.spaces();
        match reader.rest() {
            "" => Ok(cell),
            rest => Err(format!("cannot read the value `{text}`: `{rest}` is left over")),
        }
    }

    /// The same value with every list sorted, for comparisons that ignore the order of elements.
    pub fn with_sorted_lists(self) -> Cell {
        match self {
            Cell::List(items) => {
                let mut items: Vec<Cell> = items.into_iter().map(Cell::with_sorted_lists).collect();
                items.sort_by_cached_key(Cell::to_string);
                Cell::List(items)
            }
            Cell::Map(map) => Cell::Map(map_properties(map)),
            Cell::Node(node) => Cell::Node(node.with_sorted_lists()),
            Cell::Relationship(relationship) => Cell::Relationship(relationship.with_sorted_lists()),
            Cell::Path(start, hops) => {
                let hops = hops.into_iter().map(|hop| Hop {
                    relationship: hop.relationship.with_sorted_lists(),
                    node: hop.node.with_sorted_lists(),
                    forward: hop.forward,
                });
                Cell::Path(start.with_sorted_lists(), hops.collect())
            }
            scalar => scalar,
        }
    }

    /// As a value that can be handed to the engine; entities cannot.
    pub fn to_value(&self) -> Result<Value, String> {
        Ok(match self {
            Cell::Null => Value::Null,
            Cell::Boolean(value) => Value::Boolean(*value),
            Cell::Integer(number) => Value::Integer(*number),
            Cell::Float(number) => Value::Float(*number),
            Cell::String(text) => Value::string(text),
            Cell::List(items) => Value::list(items.iter().map(Cell::to_value).collect::<Result<Vec<_>, _>>()?),
            Cell::Map(map) => {
                let entries = map.iter().map(|(key, cell)| Ok((key, cell.to_value()?)));
                Value::map(entries.collect::<Result<Vec<_>, String>>()?)
            }
            Cell::Node(_) | Cell::Relationship(_) | Cell::Path(..) => {
                return Err(format!("an entity cannot be handed in: {self}"));
            }
        })
    }
}

impl NodeCell {
    fn with_sorted_lists(self) -> NodeCell {
        NodeCell { properties: map_properties(self.properties), ..self }
    }
}

impl RelationshipCell {
    fn with_sorted_lists(self) -> RelationshipCell {
        RelationshipCell { properties: map_properties(self.properties), ..self }
    }
}

fn map_properties(properties: Properties) -> Properties {
    properties.into_iter().map(|(key, value)| (key, value.with_sorted_lists())).collect()
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Cell::Null => f.write_str("null"),
            Cell::Boolean(value) => write!(f, "{value}"),
            Cell::Integer(number) => write!(f, "{number}"),
            Cell::Float(number) if number.is_nan() => f.write_str("NaN"),
            Cell::Float(number) if number.is_infinite() => f.write_str(if *number > 0.0 { "Inf" } else { "-Inf" }),
            // Adding zero makes the two zeros one, as the kit's own comparison does.
            Cell::Float(number) => write!(f, "{:?}", number + 0.0),
            Cell::String(text) => write!(f, "'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            Cell::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Cell::Map(map) => write_properties(f, map),
            Cell::Node(node) => write!(f, "{node}"),
            Cell::Relationship(relationship) => write!(f, "{relationship}"),
            Cell::Path(start, hops) => {
                write!(f, "<{start}")?;
                for Hop { relationship, forward, node } in hops {
                    let (left, right) = if *forward { ("-", "->") } else { ("<-", "-") };
                    write!(f, "{left}{relationship}{right}{node}")?;
                }
                f.write_str(">")
            }
        }
    }
}

impl fmt::Display for NodeCell {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("(")?;
        for label in &self.labels {
            write!(f, ":{label}")?;
        }
        if !self.properties.is_empty() {
            f.write_str(if self.labels.is_empty() { "" } else { " " })?;
            write_properties(f, &self.properties)?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for RelationshipCell {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "[:{}", self.kind)?;
        if !self.properties.is_empty() {
            f.write_str(" ")?;
            write_properties(f, &self.properties)?;
        }
        f.write_str("]")
    }
}

fn write_properties(f: &mut fmt::Formatter, properties: &Properties) -> fmt::Result {
    f.write_str("{")?;
    for (index, (key, value)) in properties.iter().enumerate() {
        write!(f, "{}{key}: {value}", if index == 0 { "" } else { ", " })?;
    }
    f.write_str("}")
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn starts(&mut self, token: &str) -> bool {
        self.spaces();
        self.rest().starts_with(token)
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.starts(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(self.wrong(&format!("`{token}`"))) }
    }

    fn wrong(&self, expected: &str) -> String {
        format!("cannot read the value `{}`: expected {expected} at `{}`", self.text, self.rest())
    }

    fn value(&mut self) -> Result<Cell, String> {
        self.spaces();
        match self.rest().chars().next() {
            Some('\'') => self.string().map(Cell::String),
            Some('{') => self.properties().map(Cell::Map),
            Some('(') => self.node().map(Cell::Node),
            Some('<') => self.path(),
            Some('[') if self.rest()[1..].trim_start().starts_with(':') => self.relationship().map(Cell::Relationship),
            Some('[') => self.list(),
            _ => self.word(),
        }
    }

    /// A number or one of the words.
    fn word(&mut self) -> Result<Cell, String> {
        let ends = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '+' | '-'));
        let word = &self.rest()[..self.rest().find(ends).unwrap_or(self.rest().len())];
        let cell = match word {
            "null" => Cell::Null,
            "true" => Cell::Boolean(true),
            "false" => Cell::Boolean(false),
            "NaN" => Cell::Float(f64::NAN),
            "Inf" => Cell::Float(f64::INFINITY),
            "-Inf" => Cell::Float(f64::NEG_INFINITY),
            _ => number(word).ok_or_else(|| self.wrong("a value"))?,
        };
        self.at += word.len();
        Ok(cell)
    }

    fn string(&mut self) -> Result<String, String> {
        self.expect("'")?;
        let mut text = String::new();
        let mut chars = self.rest().char_indices();
        while let Some((offset, c)) = chars.next() {
            match c {
                '\'' => {
                    self.at += offset + 1;
                    return Ok(text);
                }
                '\\' => match chars.next() {
                    Some((_, escaped @ ('\\' | '\''))) => text.push(escaped),
                    _ => return Err(self.wrong("`\\\\` or `\\'` after a backslash")),
                },
                _ => text.push(c),
            }
        }
        Err(self.wrong("a closing quote"))
    }

    fn list(&mut self) -> Result<Cell, String> {
        self.expect("[")?;
        let mut items = Vec::new();
        if self.take("]") {
            return Ok(Cell::List(items));
        }
        loop {
            items.push(self.value()?);
            if !self.take(",") {
                self.expect("]")?;
                return Ok(Cell::List(items));
            }
        }
    }

    fn properties(&mut self) -> Result<Properties, String> {
        self.expect("{")?;
        let mut properties = Properties::new();
        if self.take("}") {
            return Ok(properties);
        }
        loop {
            let key = self.name()?;
            self.expect(":")?;
            let value = self.value()?;
            properties.insert(key, value);
            if !self.take(",") {
                self.expect("}")?;
                return Ok(properties);
            }
        }
    }

    fn name(&mut self) -> Result<String, String> {
        if self.take("`") {
            let name = self.rest().split('`').next().unwrap_or("").to_string();
            self.at += name.len();
            self.expect("`")?;
            return Ok(name);
        }
        let ends = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'));
        let name = &self.rest()[..self.rest().find(ends).unwrap_or(self.rest().len())];
        if name.is_empty() {
            return Err(self.wrong("a name"));
        }
        self.at += name.len();
        Ok(name.to_string())
    }

    fn optional_properties(&mut self) -> Result<Properties, String> {
        if self.starts("{") { self.properties() } else { Ok(Properties::new()) }
    }

    fn node(&mut self) -> Result<NodeCell, String> {
        self.expect("(")?;
        let mut node = NodeCell::default();
        while self.take(":") {
            node.labels.insert(self.name()?);
        }
        node.properties = self.optional_properties()?;
        self.expect(")")?;
        Ok(node)
    }

    fn relationship(&mut self) -> Result<RelationshipCell, String> {
        self.expect("[")?;
        self.expect(":")?;
        let kind = self.name()?;
        let properties = self.optional_properties()?;
        self.expect("]")?;
        Ok(RelationshipCell { kind, properties })
    }

    fn path(&mut self) -> Result<Cell, String> {
        self.expect("<")?;
        let start = self.node()?;
        let mut hops = Vec::new();
        while !self.take(">") {
            let forward = !self.take("<");
            self.expect("-")?;
            let relationship = self.relationship()?;
            self.expect(if forward { "->" } else { "-" })?;
            let node = self.node()?;
            hops.push(Hop { relationship, forward, node });
        }
        Ok(Cell::Path(start, hops))
    }
}

/// An integer if it is only digits, a float if it has a point or an exponent.
fn number(word: &str) -> Option<Cell> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        word.parse().ok().map(Cell::Integer)
    } else {
        word.parse().ok().map(Cell::Float)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn canonical(text: &str, expected: &str) {
        assert_eq!(Cell::parse(text).map(|cell| cell.to_string()), Ok(expected.to_string()));
    }

    #[test]
    fn reads_every_form() {
        canonical("null", "null");
        canonical("-7", "-7");
        canonical("1.0", "1.0");
        canonical(".5e1", "5.0");
        canonical("-0.0", "0.0");
        canonical("1e308", "1e308");
        canonical("[NaN, -Inf, Inf]", "[NaN, -Inf, Inf]");
        canonical(r"'it\'s \\ a'", r"'it\'s \\ a'");
        canonical("[1, [], {b: 2, a: 'x'}]", "[1, [], {a: 'x', b: 2}]");
        canonical("(:B:A {p: 1})", "(:A:B {p: 1})");
        canonical("({p: 1})", "({p: 1})");
        canonical("[:T {p: true}]", "[:T {p: true}]");
        canonical("<(:A)-[:T]->()<-[:U {x: 1}]-({y: 2})>", "<(:A)-[:T]->()<-[:U {x: 1}]-({y: 2})>");
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for text in ["", "nul", "1 2", "[1", "'a", r"'\n'", "{a 1}", "(:)", "99999999999999999999", "-"] {
            assert!(Cell::parse(text).is_err(), "{text:?} was read");
        }
    }

    #[test]
    fn sorts_nested_lists_only_when_asked() {
        let cell = Cell::parse("[[2, 1], {k: ['b', 'a']}]").unwrap();
        assert_eq!(cell.to_string(), "[[2, 1], {k: ['b', 'a']}]");
        assert_eq!(cell.with_sorted_lists().to_string(), "[[1, 2], {k: ['a', 'b']}]");
    }
}
