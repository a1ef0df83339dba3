//! What the lock files of uv and Poetry share: TOML with a table `[[package]]` for each package.

use std::borrow::Cow;
use std::collections::HashMap;

use ::toml::Spanned;
use ::toml::de::DeValue;

use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::toml::{self, Table};

/// Calls `each` with the tables of the text before the first `[[package]]`, then with those from one to the next, and
/// the byte at which each part starts: the tree of a whole lock file would take many times its size.
pub fn each_part<'a>(
    sheet: &mut Sheet<'a>,
    mut each: impl FnMut(&mut Sheet<'a>, &Table<'a>, usize) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let text = sheet.text;
    let mut start = 0;
    for (end, _) in text.match_indices("\n[[package]]").chain([(text.len(), "")]) {
        let part = &text[start..end];
        let table = toml::parse_text(part).map_err(|(at, what)| {
            Problem::at(sheet.line(start + at), what).help("make the lock file again with the tool that wrote it")
        })?;
        each(sheet, &table, start)?;
        start = end;
    }
    Ok(())
}

/// A string, without a copy where it is written without escapes.
pub fn string<'a>(value: &Spanned<DeValue<'a>>) -> Option<Cow<'a, str>> {
    match value.get_ref() {
        DeValue::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// The string of a key; empty if there is none.
pub fn text<'a>(table: &Table<'a>, key: &str) -> Cow<'a, str> {
    toml::get(table, key).and_then(string).unwrap_or_default()
}

/// The strings of an array; none if the key has none.
pub fn texts(table: &Table, key: &str) -> Vec<String> {
    toml::items(table, key).filter_map(toml::as_str).map(str::to_string).collect()
}

/// The first number with a key, and how many have it: what names one package, and what several.
#[derive(Default)]
pub struct Index(HashMap<String, (usize, usize)>);

impl Index {
    pub fn add(&mut self, key: String, number: usize) {
        self.0.entry(key).or_insert((number, 0)).1 += 1;
    }

    /// The number with the key if only one has it.
    pub fn only(&self, key: &str) -> Option<usize> {
        self.0.get(key).and_then(|(number, count)| (*count == 1).then_some(*number))
    }
}
