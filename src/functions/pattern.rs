//! Regular expressions: compiled once a statement. One with look-around or back references is matched by going back and
//! forth, within a limit; every other in linear time.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use fancy_regex::{CompileError, Error};

use super::{Result, invalid_value};
use crate::diagnostic::Diagnostic;

/// Steps back in one match, after which the statement fails: only patterns with look-around or back references go back.
const BACKTRACKS: usize = 1_000_000;

/// Bytes of a pattern with look-around or back references: reading one takes time quadratic in its length.
const LONGEST_FANCY: usize = 10_000;

/// Bytes of a compiled pattern.
const LARGEST: usize = 64 << 20;

/// Characters of a pattern that an error shows.
const SHOWN: usize = 200;

/// The compiled patterns of a statement.
#[derive(Default)]
pub struct Patterns {
    compiled: RefCell<HashMap<String, Pattern>>,
}

/// A compiled pattern.
#[derive(Clone)]
pub struct Pattern(Arc<Compiled>);

enum Compiled {
    Linear(regex::Regex),
    Fancy(fancy_regex::Regex),
}

impl Compiled {
    fn new(pattern: &str) -> std::result::Result<Compiled, String> {
        match regex::RegexBuilder::new(pattern).size_limit(LARGEST).build() {
            Ok(regex) => Ok(Compiled::Linear(regex)),
            Err(regex::Error::CompiledTooBig(_)) => Err("compiled, it would be too large".into()),
            Err(_) if pattern.len() > LONGEST_FANCY => {
                Err(format!("it is wrong, or has look-around or back references and more than {LONGEST_FANCY} bytes"))
            }
            Err(_) => {
                let regex = fancy_regex::RegexBuilder::new(pattern).backtrack_limit(BACKTRACKS).build();
                regex.map(Compiled::Fancy).map_err(|error| reason(&error))
            }
        }
    }
}

/// The groups of a match, the whole first; those that took no part are none.
type Groups<'t> = Vec<Option<&'t str>>;

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
        let regex = Compiled::new(&pattern);
        let regex = regex.map_err(|reason| {
            let start: String = given.chars().take(SHOWN).collect();
            let rest = if start.len() < given.len() { "…" } else { "" };
            invalid_value(format!("`{start}{rest}` is not a regular expression")).help(reason)
        })?;
        let compiled = Pattern(Arc::new(regex));
        self.compiled.borrow_mut().insert(pattern, compiled.clone());
        Ok(compiled)
    }
}

impl Pattern {
    pub fn is_match(&self, text: &str) -> Result<bool> {
        match &*self.0 {
            Compiled::Linear(regex) => Ok(regex.is_match(text)),
            Compiled::Fancy(regex) => regex.is_match(text).map_err(too_long),
        }
    }

    /// The text with every match replaced; `replacement` is as in Java: `$1` is a group, `\x` the character itself.
    pub fn replaced(&self, text: &str, replacement: &str, mut room: impl FnMut(usize) -> Result<()>) -> Result<String> {
        let mut made = String::new();
        let mut done = 0;
        let mut replace = |place: Range<usize>, groups: &Groups| {
            let before = made.len();
            made += &text[done..place.start];
            expand(replacement, groups, &mut made)?;
            done = place.end;
            room(made.len() - before)
        };
        match &*self.0 {
            Compiled::Linear(regex) => {
                for found in regex.captures_iter(text) {
                    let groups: Groups = found.iter().map(|group| group.map(|group| group.as_str())).collect();
                    replace(found.get(0).map_or(0..0, |whole| whole.range()), &groups)?;
                }
            }
            Compiled::Fancy(regex) => {
                for found in regex.captures_iter(text) {
                    let found = found.map_err(too_long)?;
                    let groups: Groups = found.iter().map(|group| group.map(|group| group.as_str())).collect();
                    replace(found.get(0).map_or(0..0, |whole| whole.range()), &groups)?;
                }
            }
        }
        room(text.len() - done)?;
        Ok(made + &text[done..])
    }
}

fn expand(replacement: &str, groups: &Groups, made: &mut String) -> Result<()> {
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
                    && group * 10 + (next as usize) < groups.len()
                {
                    group = group * 10 + next as usize;
                    signs.next();
                }
                let Some(found) = groups.get(group) else {
                    return Err(invalid_value(format!("the pattern has no group {group}")));
                };
                made.push_str(found.unwrap_or(""));
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
