//! Runs the conformance kit's temporal scenarios on the functions alone: `WITH`, `RETURN` and the nodes of
//! `CREATE` are taken as assignments, and a small evaluator computes the expressions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::tests::call;
use super::{add, component, divide, multiply, subtract};
use crate::graph::{Map, Value};

type Scope = BTreeMap<String, Value>;

struct Reader<'t, 's> {
    text: &'t str,
    scope: &'s Scope,
}

impl Reader<'_, '_> {
    fn eat(&mut self, token: &str) -> bool {
        self.text = self.text.trim_start();
        let rest = self.text.strip_prefix(token);
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let end = self.text.find(|c| !wanted(c)).unwrap_or(self.text.len());
        let (taken, rest) = self.text.split_at(end);
        self.text = rest;
        taken.to_string()
    }

    fn name(&mut self) -> String {
        self.text = self.text.trim_start();
        self.take(|c| c.is_ascii_alphanumeric() || c == '_')
    }

    fn expression(&mut self) -> Value {
        let left = self.sum();
        let compared = |right: &Value| left.compare(right);
        if self.eat("<=") {
            compared(&self.sum()).map(|order| order.is_le()).into()
        } else if self.eat(">=") {
            compared(&self.sum()).map(|order| order.is_ge()).into()
        } else if self.eat("<") {
            compared(&self.sum()).map(|order| order.is_lt()).into()
        } else if self.eat(">") {
            compared(&self.sum()).map(|order| order.is_gt()).into()
        } else if self.eat("=") {
            left.equals(&self.sum()).into()
        } else {
            left
        }
    }

    fn sum(&mut self) -> Value {
        let mut left = self.product();
        loop {
            let operation = if self.eat("+") {
                add
            } else if self.eat("-") {
                subtract
            } else {
                return left;
            };
            left = operation(&left, &self.product()).expect("temporal operands").unwrap();
        }
    }

    fn product(&mut self) -> Value {
        let mut left = self.primary();
        loop {
            let operation = if self.eat("*") {
                multiply
            } else if self.eat("/") {
                divide
            } else {
                return left;
            };
            left = operation(&left, &self.primary()).expect("a duration and a number").unwrap();
        }
    }

    fn primary(&mut self) -> Value {
        if self.eat("'") {
            let text = self.take(|c| c != '\'');
            self.eat("'");
            Value::string(text)
        } else if self.eat("[") {
            Value::list(self.items("]"))
        } else if self.eat("{") {
            Value::Map(self.map().into())
        } else if self.text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            let number = self.take(|c| c.is_ascii_digit() || "-.".contains(c));
            number.parse().map(Value::Integer).unwrap_or_else(|_| Value::Float(number.parse().unwrap()))
        } else {
            self.name_or_call()
        }
    }

    fn name_or_call(&mut self) -> Value {
        let mut name = self.name();
        match name.as_str() {
            "true" => return Value::Boolean(true),
            "false" => return Value::Boolean(false),
            "null" => return Value::Null,
            _ => {}
        }
        if let Some(value) = self.scope.get(&name) {
            let mut value = value.clone();
            while self.text.starts_with('.') && self.eat(".") {
                let key = self.name();
                value = match &value {
                    Value::Map(map) => map[&*key].clone(),
                    _ => component(&value, &key).expect("a temporal value").unwrap(),
                };
            }
            return value;
        }
        while self.eat(".") {
            name = format!("{name}.{}", self.name());
        }
        assert!(self.eat("("), "cannot evaluate {name}{}", self.text);
        let arguments = self.items(")");
        if name == "toString" {
            return shown(&arguments[0]);
        }
        call(&name, &arguments).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn items(&mut self, end: &str) -> Vec<Value> {
        let mut items = Vec::new();
        while !self.eat(end) {
            items.push(self.expression());
            self.eat(",");
        }
        items
    }

    fn map(&mut self) -> Map {
        let mut map = Map::new();
        while !self.eat("}") {
            let key = self.name();
            assert!(self.eat(":"), "a map key before {}", self.text);
            map.insert(key.into(), self.expression());
            self.eat(",");
        }
        map
    }
}

/// Temporal values as the kit writes them in its result tables: strings.
fn shown(value: &Value) -> Value {
    match value {
        Value::Date(value) => value.to_string().into(),
        Value::LocalTime(value) => value.to_string().into(),
        Value::Time(value) => value.to_string().into(),
        Value::LocalDateTime(value) => value.to_string().into(),
        Value::DateTime(value) => value.to_string().into(),
        Value::Duration(value) => value.to_string().into(),
        other => other.clone(),
    }
}

/// Runs the clauses in order and returns the row of the last.
fn run(setup: &str, query: &str) -> Vec<Value> {
    let mut scope = Scope::new();
    for node in setup.split("(:").skip(1) {
        let mut reader = Reader { text: node, scope: &scope };
        let label = reader.name();
        assert!(reader.eat("{"));
        let properties = Value::Map(reader.map().into());
        scope.insert(label, properties);
    }
    let query = query.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = query.as_str();
    loop {
        if let Some(rest) = text.strip_prefix("MATCH ") {
            let end = rest.find(") RETURN").or(rest.find(") WITH")).expect("a clause after MATCH") + 1;
            for node in rest[..end].split(", ") {
                let (variable, label) = node.trim_matches(['(', ')']).split_once(':').expect("a node with label");
                scope.insert(variable.to_string(), scope[label.trim()].clone());
            }
            text = rest[end..].trim_start();
            continue;
        }
        let is_return = text.starts_with("RETURN ");
        let mut reader = Reader { text: &text[if is_return { 7 } else { 5 }..], scope: &scope };
        let mut row = Vec::new();
        loop {
            let value = reader.expression();
            let name = if reader.eat("AS ") { reader.name() } else { String::new() };
            row.push((name, value));
            if !reader.eat(",") {
                break;
            }
        }
        text = reader.text.trim_start();
        if is_return {
            assert_eq!(text, "", "the whole query is read");
            return row.into_iter().map(|(_, value)| value).collect();
        }
        scope.extend(row);
    }
}

fn cells(line: &str) -> Vec<String> {
    line.trim().trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('|').trim().to_string()).collect()
}

/// A scenario as far as it is needed here.
#[derive(Default)]
struct Scenario {
    setup: String,
    query: String,
    table: Vec<Vec<String>>,
    examples: Vec<Vec<String>>,
}

fn scenarios(text: &str) -> Vec<Scenario> {
    let mut all = Vec::new();
    let mut step = String::new();
    let mut quoted = false;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if line.starts_with("Scenario") {
            all.push(Scenario::default());
        }
        let Some(scenario) = all.last_mut() else { continue };
        if line == "\"\"\"" {
            quoted = !quoted;
        } else if quoted {
            let into = if step.contains("executed") { &mut scenario.setup } else { &mut scenario.query };
            into.push_str(line);
            into.push('\n');
        } else if line.starts_with('|') {
            let into = if step.starts_with("Examples") { &mut scenario.examples } else { &mut scenario.table };
            into.push(cells(line));
        } else if !line.is_empty() {
            step = line.to_string();
        }
    }
    all
}

fn check(scenario: &Scenario, example: &[(&String, &String)]) {
    let fill = |text: &str| example.iter().fold(text.to_string(), |text, (k, v)| text.replace(&format!("<{k}>"), v));
    let row = run(&fill(&scenario.setup), &fill(&scenario.query));
    let scope = Scope::new();
    for (value, expected) in row.iter().zip(&scenario.table[1]) {
        let expected = fill(expected);
        let expected = Reader { text: &expected, scope: &scope }.expression();
        assert_eq!(shown(value), expected, "{}", fill(&scenario.query));
    }
}

fn kit() -> Option<PathBuf> {
    let kit = std::env::var_os("KENNING_TCK").map_or(Path::new("../shared/tck").to_path_buf(), PathBuf::from);
    let folder = kit.join("features/expressions/temporal");
    folder.is_dir().then_some(folder)
}

#[test]
fn temporal_scenarios_of_the_kit() {
    let Some(folder) = kit() else {
        println!("skipped: the conformance kit is not there");
        return;
    };
    let mut count = 0;
    let mut failures = Vec::new();
    for number in [1, 2, 3, 5, 6, 7, 8, 9, 10] {
        let text = std::fs::read_to_string(folder.join(format!("Temporal{number}.feature"))).unwrap();
        for scenario in scenarios(&text) {
            let (names, rows) = scenario.examples.split_first().map_or((&[][..], &[][..]), |(n, rows)| (&n[..], rows));
            let rows = if rows.is_empty() { &[Vec::new()][..] } else { rows };
            for row in rows {
                let example = names.iter().zip(row).collect::<Vec<_>>();
                count += 1;
                let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&scenario, &example)));
                if let Err(panic) = checked {
                    let reason = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                    failures.push(format!("Temporal{number} {row:?}: {reason}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} fail:\n{}", failures.len(), failures.join("\n"));
    assert!(count > 500, "only {count} scenarios were found");
}
