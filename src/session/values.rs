//! Values as typed after `--param`, `:param` and `:run`: a literal, or a word that stands for itself.

use crate::ast::{Expression, ExpressionKind, Literal, UnaryOperator};
use crate::database::Database;
use crate::engine::RunOptions;
use crate::graph::{Graph, Value};
use crate::parser;

/// `name=value`
pub(crate) fn parse_assignment(text: &str) -> Result<(String, Value), String> {
    let Some((name, value)) = text.split_once('=') else { return Err(format!("`{text}` is not name=value")) };
    let name = name.trim().trim_start_matches('$');
    if name.is_empty() {
        return Err(format!("`{text}` has no name before the equals sign"));
    }
    Ok((name.to_string(), parse_value(value.trim())?))
}

/// A literal (a number, a string in quotes, true, false, null, a list, a map, a call such as `date('2026-01-31')`)
/// is its value; anything else is a string as it stands.
pub(crate) fn parse_value(text: &str) -> Result<Value, String> {
    match parser::parse_expression(text) {
        Ok(expression) if is_literal(&expression) => match literal(&expression) {
            Some(value) => Ok(value),
            None => computed(text),
        },
        Err(errors) if text.starts_with(['\'', '"', '[', '{']) => {
            let message = errors.first().map_or("", |error| error.message.as_str());
            Err(format!("`{text}` is not a value: {message}"))
        }
        _ => Ok(Value::string(text)),
    }
}

/// Literals, and calls of functions on literals.
fn is_literal(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Literal(_) => true,
        ExpressionKind::List(items) => items.iter().all(is_literal),
        ExpressionKind::Map(entries) => entries.iter().all(|(_, value)| is_literal(value)),
        ExpressionKind::Call { arguments, .. } => arguments.iter().all(is_literal),
        ExpressionKind::Unary { operator: UnaryOperator::Minus | UnaryOperator::Plus, operand } => is_literal(operand),
        _ => false,
    }
}

/// `None` where something has to be computed.
fn literal(expression: &Expression) -> Option<Value> {
    Some(match &expression.kind {
        ExpressionKind::Literal(Literal::Null) => Value::Null,
        ExpressionKind::Literal(Literal::Boolean(value)) => Value::Boolean(*value),
        ExpressionKind::Literal(Literal::Integer(number)) => Value::Integer(*number),
        ExpressionKind::Literal(Literal::Float(number)) => Value::Float(*number),
        ExpressionKind::Literal(Literal::String(text)) => Value::string(text),
        ExpressionKind::List(items) => Value::list(items.iter().map(literal).collect::<Option<Vec<_>>>()?),
        ExpressionKind::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| Some((key.text.clone(), literal(value)?)));
            Value::map(entries.collect::<Option<Vec<_>>>()?)
        }
        ExpressionKind::Unary { operator: UnaryOperator::Minus, operand } => match literal(operand)? {
            Value::Integer(number) => Value::Integer(number.checked_neg()?),
            Value::Float(number) => Value::Float(-number),
            _ => return None,
        },
        _ => return None,
    })
}

/// Asks an empty graph for the value.
fn computed(text: &str) -> Result<Value, String> {
    let statement = format!("RETURN {text} AS value");
    let result = Database::in_memory(Graph::new()).run(&statement, &RunOptions::default());
    match result {
        Ok(result) => Ok(result.rows.into_iter().flatten().next().unwrap_or_default()),
        Err(errors) => {
            let message = errors.first().map_or("", |error| error.message.as_str());
            Err(format!("`{text}` has no value: {message}"))
        }
    }
}

/// Splits `term=keystone name='two words' list=[1, 2]` at the spaces outside quotes and brackets.
pub(crate) fn split_words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        if quote.is_none() && depth == 0 && c.is_whitespace() {
            words.extend(start.take().map(|start| &text[start..at]));
            continue;
        }
        start.get_or_insert(at);
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            // An apostrophe inside a word opens nothing.
            (None, '\'' | '"') if !text[..at].ends_with(char::is_alphanumeric) => quote = Some(c),
            (None, '[' | '{' | '(') => depth += 1,
            (None, ']' | '}' | ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    words.extend(start.map(|start| &text[start..]));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_values_and_words_are_strings() {
        let cases = [
            ("5", Value::Integer(5)),
            ("-2.5", Value::Float(-2.5)),
            ("'it'", Value::from("it")),
            ("true", Value::from(true)),
            ("null", Value::Null),
            ("[1, 'a']", Value::list([Value::from(1i64), Value::from("a")])),
            ("{a: 1}", Value::map([("a", Value::from(1i64))])),
            ("keystone", Value::from("keystone")),
            ("Block Storage", Value::from("Block Storage")),
            ("nova-api", Value::from("nova-api")),
            ("2024-01-01", Value::from("2024-01-01")),
            ("", Value::from("")),
            ("a.b", Value::from("a.b")),
        ];
        for (text, expected) in cases {
            let value = parse_value(text).unwrap();
            assert_eq!((value.type_name(), &value), (expected.type_name(), &expected), "{text}");
        }
        for wrong in ["'open", "[1, ", "{a: }"] {
            assert!(parse_value(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn assignments() {
        assert_eq!(parse_assignment("term=keystone"), Ok(("term".into(), "keystone".into())));
        assert_eq!(parse_assignment("$n = 1"), Ok(("n".into(), Value::Integer(1))));
        assert!(parse_assignment("keystone").is_err());
        assert!(parse_assignment("=1").is_err());
        let words = split_words(" a=1  b='two words' c=[1, 2] d=it's e");
        assert_eq!(words, ["a=1", "b='two words'", "c=[1, 2]", "d=it's", "e"]);
    }
}
