//! Computes expressions on temporal values for the tests of this folder, without parser and executor.

use std::collections::BTreeMap;

use super::super::Result;
use super::tests::call;
use super::{add, component, divide, multiply, subtract};
use crate::graph::{Map, Value};

pub(super) type Scope = BTreeMap<String, Value>;

pub(super) struct Reader<'t, 's> {
    pub(super) text: &'t str,
    pub(super) scope: &'s Scope,
}

/// The value of an expression.
pub(super) fn evaluate(text: &str) -> Result<Value> {
    let scope = Scope::new();
    let mut reader = Reader { text, scope: &scope };
    let value = reader.expression()?;
    assert_eq!(reader.text, "", "the whole expression is read");
    Ok(value)
}

/// Temporal values as the kit writes them in its result tables: strings.
pub(super) fn shown(value: &Value) -> Value {
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

impl Reader<'_, '_> {
    pub(super) fn eat(&mut self, token: &str) -> bool {
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

    pub(super) fn name(&mut self) -> String {
        self.text = self.text.trim_start();
        self.take(|c| c.is_ascii_alphanumeric() || c == '_')
    }

    pub(super) fn expression(&mut self) -> Result<Value> {
        let left = self.sum()?;
        for (token, holds) in [
            ("<=", (|order| order != 1) as fn(i8) -> bool),
            (">=", |order| order != -1),
            ("<", |order| order == -1),
            (">", |order| order == 1),
        ] {
            if self.eat(token) {
                return Ok(left.compare(&self.sum()?).map(|order| holds(order as i8)).into());
            }
        }
        if self.eat("=") { Ok(left.equals(&self.sum()?).into()) } else { Ok(left) }
    }

    fn sum(&mut self) -> Result<Value> {
        let mut left = self.product()?;
        loop {
            let operation = if self.eat("+") {
                add
            } else if self.eat("-") {
                subtract
            } else {
                return Ok(left);
            };
            left = operation(&left, &self.product()?).expect("temporal operands")?;
        }
    }

    fn product(&mut self) -> Result<Value> {
        let mut left = self.postfix()?;
        loop {
            let operation = if self.eat("*") {
                multiply
            } else if self.eat("/") {
                divide
            } else {
                return Ok(left);
            };
            left = operation(&left, &self.postfix()?).expect("a duration and a number")?;
        }
    }

    fn postfix(&mut self) -> Result<Value> {
        let mut value = self.primary()?;
        while self.eat(".") {
            let key = self.name();
            value = match &value {
                Value::Map(map) => map[&*key].clone(),
                _ => component(&value, &key).expect("a temporal value")?,
            };
        }
        Ok(value)
    }

    fn primary(&mut self) -> Result<Value> {
        if self.eat("'") {
            let text = self.take(|c| c != '\'');
            self.eat("'");
            Ok(Value::string(text))
        } else if self.eat("[") {
            Ok(Value::list(self.items("]")?))
        } else if self.eat("{") {
            Ok(Value::from(self.map()?))
        } else if self.text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            let number = self.take(|c| c.is_ascii_digit() || "-.".contains(c));
            Ok(number.parse().map_or_else(|_| Value::Float(number.parse().expect("a number")), Value::Integer))
        } else {
            self.name_or_call()
        }
    }

    fn name_or_call(&mut self) -> Result<Value> {
        let mut name = self.name();
        match name.as_str() {
            "true" => return Ok(Value::Boolean(true)),
            "false" => return Ok(Value::Boolean(false)),
            "null" => return Ok(Value::Null),
            _ => {}
        }
        if let Some(value) = self.scope.get(&name) {
            return Ok(value.clone());
        }
        while self.eat(".") {
            name = format!("{name}.{}", self.name());
        }
        assert!(self.eat("("), "cannot evaluate {name}{}", self.text);
        let arguments = self.items(")")?;
        if name == "toString" { Ok(shown(&arguments[0])) } else { call(&name, &arguments) }
    }

    fn items(&mut self, end: &str) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        while !self.eat(end) {
            items.push(self.expression()?);
            self.eat(",");
        }
        Ok(items)
    }

    /// What follows an opening brace.
    pub(super) fn map(&mut self) -> Result<Map> {
        let mut map = Map::new();
        while !self.eat("}") {
            let key = self.name();
            assert!(self.eat(":"), "a colon is missing before {}", self.text);
            map.insert(key.into(), self.expression()?);
            self.eat(",");
        }
        Ok(map)
    }
}
