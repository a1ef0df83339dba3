//! Regular expressions: compiled once a statement, with look-around and back references where a pattern has them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use fancy_regex::{Captures, CompileError, Error, Regex, RegexBuilder};

use super::{Result, invalid_value};
use crate::diagnostic::Diagnostic;

/// Steps back in one match, after which the statement fails: only patterns with look-around or back references go back.
const BACKTRACKS: usize = 1_000_000;

/// The compiled patterns of a statement.
#[derive(Default)]
pub struct Patterns {
    compiled: RefCell<HashMap<String, Pattern>>,
}

/// A compiled pattern.
#[derive(Clone)]
pub struct Pattern(Arc<Regex>);

impl Patterns {
    /// The pattern, which must match a whole text.
    pub fn whole(&self, pattern: &str) -> Result<Pattern> {
        self.get(pattern, format!("^(?:{pattern})$"))
    }

    /// The pattern, which may match anywhere.
    pub fn anywhere(&self, pattern: &str) -> Result<Pattern> {
        self.get(pattern, pattern.to_string())
    }

    fn get(&self, given: &str, pattern: String) -> Result<Pattern> {
        if let Some(known) = self.compiled.borrow().get(&pattern) {
            return Ok(known.clone());
        }
        let regex = RegexBuilder::new(&pattern).backtrack_limit(BACKTRACKS).build();
        let regex = regex
            .map_err(|error| invalid_value(format!("`{given}` is not a regular expression")).help(reason(&error)))?;
        let compiled = Pattern(Arc::new(regex));
        self.compiled.borrow_mut().insert(pattern, compiled.clone());
        Ok(compiled)
    }
}

impl Pattern {
    pub fn is_match(&self, text: &str) -> Result<bool> {
        self.0.is_match(text).map_err(too_long)
    }

    /// The text with every match replaced; `replacement` is as in Java: `$1` is a group, `\x` the character itself.
    pub fn replaced(&self, text: &str, replacement: &str, mut room: impl FnMut(usize) -> Result<()>) -> Result<String> {
        let mut made = String::new();
        let mut done = 0;
        for found in self.0.captures_iter(text) {
            let found = found.map_err(too_long)?;
            let whole = found.get(0).expect("group 0 is the match");
            let before = made.len();
            made += &text[done..whole.start()];
            expand(replacement, &found, &mut made)?;
            done = whole.end();
            room(made.len() - before)?;
        }
        room(text.len() - done)?;
        Ok(made + &text[done..])
    }
}

fn expand(replacement: &str, found: &Captures<str>, made: &mut String) -> Result<()> {
    let mut signs = replacement.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => made.extend(signs.next()),
            '$' => {
                let digit = signs.next().and_then(|digit| digit.to_digit(10));
                let mut group = digit.ok_or_else(|| {
                    invalid_value("`$` in a replacement names a group by its number")
                        .help("write \\\\$ for the sign itself")
                })? as usize;
                // More digits belong to the number as long as there is such a group.
                while let Some(next) = signs.peek().and_then(|next| next.to_digit(10))
                    && group * 10 + (next as usize) < found.len()
                {
                    group = group * 10 + next as usize;
                    signs.next();
                }
                if group >= found.len() {
                    return Err(invalid_value(format!("the pattern has no group {group}")));
                }
                made.push_str(found.get(group).map_or("", |group| group.as_str()));
            }
            sign => made.push(sign),
        }
    }
    Ok(())
}

fn too_long(error: Error) -> Diagnostic {
    let message = "a regular expression went back and forth too often";
    match error {
        Error::RuntimeError(_) => invalid_value(message).help("take look-around and back references out of it"),
        error => invalid_value(format!("a regular expression failed: {error}")),
    }
}

/// What is wrong with a pattern, without where: positions count what was put around it.
fn reason(error: &Error) -> String {
    let said = match error {
        Error::ParseError(_, error) => error.to_string(),
        Error::CompileError(error) if matches!(**error, CompileError::VariableLookBehindRequiresFeature) => {
            "a look-behind must have one length".into()
        }
        error => error.to_string(),
    };
    let last = said.lines().last().unwrap_or_default().trim_start_matches("error: ");
    let mut letters = last.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}
