//! The page an answer is written on: its width, its colours, and what may not stand on it.

use std::borrow::Cow;
use std::fmt::Write;

use anstyle::{AnsiColor, Style as Ansi};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::graph::TypeId;

/// What the doors know about the place where the text will be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Columns of the terminal; `None` is unlimited.
    pub width: Option<usize>,
    pub colour: bool,
    /// Whether the text goes straight to a terminal. Then even formats that keep values byte by byte escape control
    /// characters.
    pub terminal: bool,
}

/// What a piece of text is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Heading,
    Term,
    Relation,
    /// A relation of this type of the graph: neighbouring types have different colours.
    RelationOf(TypeId),
    /// Lines, evidence, sources, nulls: what may be skipped.
    Quiet,
    Fails,
    Degrades,
}

/// Colours of relationship types: none of those that terms and effects have.
const OF_TYPES: [AnsiColor; 6] = [
    AnsiColor::Green,
    AnsiColor::Blue,
    AnsiColor::Magenta,
    AnsiColor::BrightGreen,
    AnsiColor::BrightBlue,
    AnsiColor::BrightMagenta,
];

impl Role {
    fn ansi(self) -> Ansi {
        match self {
            Role::Heading => Ansi::new().bold(),
            Role::Term => AnsiColor::Cyan.on_default().bold(),
            Role::Relation => AnsiColor::Green.on_default(),
            Role::RelationOf(relationship_type) => OF_TYPES[relationship_type.index() % OF_TYPES.len()].on_default(),
            Role::Quiet => Ansi::new().dimmed(),
            Role::Fails => AnsiColor::Red.on_default(),
            Role::Degrades => AnsiColor::Yellow.on_default(),
        }
    }
}

impl Style {
    /// The text in the colour of its role, or as it is.
    pub fn paint<'a>(&self, role: Role, text: &'a str) -> Cow<'a, str> {
        if !self.colour || text.is_empty() {
            return Cow::Borrowed(text);
        }
        let ansi = role.ansi();
        Cow::Owned(format!("{ansi}{text}{ansi:#}"))
    }
}

/// The text with every character that would act on a terminal written as an escape: control characters, and those
/// that reorder what stands around them.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if acts(c) => write!(out, "\\u{:04X}", c as u32).expect("a string takes all"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Control characters (C0, DEL, C1), line and paragraph separators, and the bidirectional controls.
pub(crate) fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Columns that the text takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text cut to the width, the last column a `…` if something was left out.
pub(super) fn cut(text: &str, to: usize) -> Cow<'_, str> {
    if width(text) <= to {
        return Cow::Borrowed(text);
    }
    let mut used = 0;
    let end = text.char_indices().find_map(|(at, c)| {
        used += c.width().unwrap_or(0);
        (used + 1 > to).then_some(at)
    });
    Cow::Owned(format!("{}…", &text[..end.unwrap_or(text.len())]))
}

/// The text in lines of at most the width, broken between words where that is possible.
pub(crate) fn wrap(text: &str, to: Option<usize>) -> Vec<String> {
    let Some(to) = to.map(|to| to.max(1)) else { return vec![text.to_string()] };
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let mut word = word;
        let space = usize::from(!line.is_empty());
        if used + space + width(word) <= to {
            if space == 1 {
                line.push(' ');
            }
            line.push_str(word);
            used += space + width(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while width(word) > to && fitting(word, to) < word.len() {
            let (head, tail) = word.split_at(fitting(word, to));
            lines.push(head.to_string());
            word = tail;
        }
        line.push_str(word);
        used = width(word);
    }
    lines.push(line);
    lines
}

/// How many bytes of the text fit the width: at least one character.
fn fitting(text: &str, to: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > to && at > 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_on_a_terminal_passes() {
        assert_eq!(clean("plain ü 漢"), "plain ü 漢");
        assert_eq!(clean("a\x1b[31mb\n\u{9b}\u{202e}"), "a\\u001B[31mb\\n\\u009B\\u202E");
        assert!((0..=0x10ffff).filter_map(char::from_u32).all(|c| !clean(&c.to_string()).contains(acts)));
    }

    #[test]
    fn cuts_by_columns() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("longer", 5), "long…");
        assert_eq!(cut("漢漢漢", 5), "漢漢…");
        assert_eq!(cut("漢漢漢", 4), "漢…");
        assert_eq!(cut("ab", 1), "…");
    }

    #[test]
    fn wraps_between_words() {
        assert_eq!(wrap("one two three", Some(7)), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", Some(3)), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("one two", None), ["one two"]);
        assert_eq!(wrap("", Some(3)), [""]);
        assert_eq!(wrap("漢漢", Some(1)), ["漢", "漢"]);
    }
}
