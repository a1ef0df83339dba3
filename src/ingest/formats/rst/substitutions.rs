//! `|name|` and what it stands for.

use std::collections::BTreeMap;

use super::blocks::Directive;

#[derive(Default)]
pub(super) struct Substitutions {
    texts: BTreeMap<String, String>,
    /// Bytes put in so far.
    expanded: usize,
}

/// What to write for a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Substitute<'a> {
    Text(&'a str),
    /// Filled in when the document is built; the name stands for it.
    BuiltIn,
    Undefined,
    TooMuch,
}

impl Substitutions {
    /// All texts put in: what a short document may grow to is bounded.
    const MOST: usize = 16 << 20;

    pub(super) fn define(&mut self, name: &str, directive: &Directive) {
        let lines = std::iter::once(&directive.argument).chain(directive.body).map(|line| line.text);
        let text = match directive.name {
            "replace" => lines.collect::<Vec<_>>().join(" "),
            "unicode" => characters(directive.argument.text),
            // Pictures and dates are no words.
            _ => String::new(),
        };
        self.texts.insert(key(name), text.trim().to_string());
    }

    pub(super) fn get(&mut self, name: &str) -> Substitute<'_> {
        let Some(text) = self.texts.get(&key(name)) else {
            let is_built_in = ["release", "version", "today", "translation progress"].contains(&name);
            return if is_built_in { Substitute::BuiltIn } else { Substitute::Undefined };
        };
        if self.expanded + text.len() > Substitutions::MOST {
            return Substitute::TooMuch;
        }
        self.expanded += text.len();
        Substitute::Text(text)
    }
}

/// Names are alike whatever their case.
fn key(name: &str) -> String {
    name.to_lowercase()
}

/// `0xA9 U+2014 text .. comment`: code points and words.
fn characters(text: &str) -> String {
    let text = text.split_once(" ..").map_or(text, |(text, _)| text);
    let word = |word: &str| {
        let digits = ["0x", "x", "\\x", "U+", "u", "\\u"].iter().find_map(|prefix| word.strip_prefix(prefix));
        let character = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        character.map_or_else(|| word.to_string(), String::from)
    };
    text.split_whitespace().map(word).collect()
}
