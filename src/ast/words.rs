//! Which texts are names: what the parser reads as one and the printer leaves without backquotes.

use unicode_normalization::char::is_combining_mark;

/// Words that cannot name a variable without backquotes, sorted. Labels, types, keys and aliases may be any word. `END`
/// is none of them: it closes CASE only where an expression has just ended, and there no variable can stand.
pub(crate) const RESERVED: &[&str] = &[
    "ALL",
    "AND",
    "AS",
    "ASC",
    "ASCENDING",
    "BY",
    "CASE",
    "CONTAINS",
    "CREATE",
    "DELETE",
    "DESC",
    "DESCENDING",
    "DETACH",
    "DISTINCT",
    "ELSE",
    "ENDS",
    "EXISTS",
    "FALSE",
    "IN",
    "IS",
    "LIMIT",
    "MATCH",
    "MERGE",
    "NOT",
    "NULL",
    "ON",
    "OPTIONAL",
    "OR",
    "ORDER",
    "REMOVE",
    "RETURN",
    "SET",
    "SKIP",
    "STARTS",
    "THEN",
    "TRUE",
    "UNION",
    "UNWIND",
    "WHEN",
    "WHERE",
    "WITH",
    "XOR",
];

/// The longest keyword.
const LONGEST: usize = 15;

/// Whether the word needs backquotes to name a variable.
pub(crate) fn is_reserved(word: &str) -> bool {
    contains(RESERVED, word)
}

/// Whether a sorted table of upper-case words has this one, in any case.
pub(crate) fn contains(table: &[&str], word: &str) -> bool {
    if word.len() > LONGEST || word.is_empty() {
        return false;
    }
    let mut upper = [0; LONGEST];
    let upper = &mut upper[..word.len()];
    upper.copy_from_slice(word.as_bytes());
    upper.make_ascii_uppercase();
    table.binary_search_by(|entry| entry.as_bytes().cmp(upper)).is_ok()
}

pub(crate) fn is_name_start(character: char) -> bool {
    character.is_ascii_alphabetic() || character == '_' || (!character.is_ascii() && character.is_alphabetic())
}

pub(crate) fn is_name_part(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || character == '_'
        || (!character.is_ascii() && (character.is_alphanumeric() || is_combining_mark(character)))
}

/// Whether this is a name that needs no backquotes, leaving keywords aside.
pub(crate) fn is_plain_name(text: &str) -> bool {
    text.starts_with(is_name_start) && text.chars().all(is_name_part)
}
