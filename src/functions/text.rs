//! Functions of strings.

use unicode_normalization::UnicodeNormalization;

use super::{Function, Result, function, invalid_type, invalid_value, optional, required};
use crate::diagnostic::an;
use crate::graph::{TypeSet, Value};

const STRING: TypeSet = TypeSet::STRING;
const INTEGER: TypeSet = TypeSet::INTEGER;

pub const FUNCTIONS: &[Function] = &[
    function(
        "toUpper",
        &[required("text", STRING)],
        STRING,
        "In upper case.",
        ("toUpper('ab')", "'AB'"),
        |context, a| in_pieces(context, text(&a[0])?, |piece, out| out.push_str(&piece.to_uppercase())),
    ),
    function(
        "toLower",
        &[required("text", STRING)],
        STRING,
        "In lower case.",
        ("toLower('AB')", "'ab'"),
        |context, a| in_pieces(context, text(&a[0])?, |piece, out| out.push_str(&piece.to_lowercase())),
    ),
    function(
        "trim",
        &[required("text", STRING)],
        STRING,
        "Without white space at both ends.",
        ("trim('  ab ')", "'ab'"),
        |_, a| Ok(text(&a[0])?.trim().into()),
    ),
    function(
        "btrim",
        TRIMMED,
        STRING,
        "Without white space, or without the given characters, at both ends.",
        ("btrim('xxabx', 'x')", "'ab'"),
        |_, a| {
            Ok(match characters(a)? {
                None => text(&a[0])?.trim(),
                Some(given) => text(&a[0])?.trim_matches(|c| given.contains(c)),
            }
            .into())
        },
    ),
    function(
        "ltrim",
        TRIMMED,
        STRING,
        "Without white space, or without the given characters, at the start.",
        ("ltrim('  ab ')", "'ab '"),
        |_, a| {
            Ok(match characters(a)? {
                None => text(&a[0])?.trim_start(),
                Some(given) => text(&a[0])?.trim_start_matches(|c| given.contains(c)),
            }
            .into())
        },
    ),
    function(
        "rtrim",
        TRIMMED,
        STRING,
        "Without white space, or without the given characters, at the end.",
        ("rtrim('  ab ')", "'  ab'"),
        |_, a| {
            Ok(match characters(a)? {
                None => text(&a[0])?.trim_end(),
                Some(given) => text(&a[0])?.trim_end_matches(|c| given.contains(c)),
            }
            .into())
        },
    ),
    function(
        "normalize",
        &[required("text", STRING), optional("form", STRING)],
        STRING,
        "In a Unicode normal form, in which equal texts have equal characters: NFC, NFD, NFKC or NFKD (NFC).",
        ("size(normalize('e\\u0301'))", "1"),
        normalize,
    ),
    function(
        "replace",
        &[required("text", STRING), required("search", STRING), required("replacement", STRING)],
        STRING,
        "With every occurrence of one string replaced by another.",
        ("replace('banana', 'an', 'o')", "'booa'"),
        replace,
    ),
    function(
        "split",
        &[required("text", STRING), required("separator", STRING)],
        TypeSet::LIST,
        "The parts between the separators.",
        ("split('a,b', ',')", "['a', 'b']"),
        split,
    ),
    function(
        "substring",
        &[required("text", STRING), required("start", INTEGER), optional("length", INTEGER)],
        STRING,
        "The part from a position (the first is 0), as long as given or to the end.",
        ("substring('hello', 1, 3)", "'ell'"),
        |_, a| {
            let start = count(&a[1], "start")?;
            let length = a.get(2).map_or(Ok(usize::MAX), |length| count(length, "length"))?;
            Ok(text(&a[0])?.chars().skip(start).take(length).collect::<String>().into())
        },
    ),
    function(
        "left",
        &[required("text", STRING), required("length", INTEGER)],
        STRING,
        "The first characters.",
        ("left('hello', 2)", "'he'"),
        |_, a| Ok(text(&a[0])?.chars().take(count(&a[1], "length")?).collect::<String>().into()),
    ),
    function(
        "right",
        &[required("text", STRING), required("length", INTEGER)],
        STRING,
        "The last characters.",
        ("right('hello', 2)", "'lo'"),
        |_, a| {
            let text = text(&a[0])?;
            let skip = text.chars().count().saturating_sub(count(&a[1], "length")?);
            Ok(text.chars().skip(skip).collect::<String>().into())
        },
    ),
    function(
        "char_length",
        &[required("text", STRING)],
        INTEGER,
        "The number of characters.",
        ("char_length('ab')", "2"),
        |_, a| Ok(text(&a[0])?.chars().count().into()),
    ),
];

const TRIMMED: &[super::Parameter] = &[required("text", STRING), optional("characters", STRING)];

/// The characters to take away, if they are given.
fn characters(arguments: &[Value]) -> Result<Option<&str>> {
    arguments.get(1).map(text).transpose()
}

fn normalize(context: &super::Context, arguments: &[Value]) -> Result<Value> {
    let original = text(&arguments[0])?;
    let form = arguments.get(1).map_or(Ok("NFC"), text)?;
    match form.to_ascii_uppercase().as_str() {
        "NFC" => polled(context, original.nfc()),
        "NFD" => polled(context, original.nfd()),
        "NFKC" => polled(context, original.nfkc()),
        "NFKD" => polled(context, original.nfkd()),
        _ => Err(invalid_value("the normal form is not known").help("take one of NFC, NFD, NFKC, NFKD")),
    }
}

/// How much of a text is worked on between two looks at the limits.
const PIECE: usize = 64 << 10;

/// The string of these characters, made within the limits.
fn polled(context: &super::Context, mut characters: impl Iterator<Item = char>) -> Result<Value> {
    let mut hold = context.budget.hold();
    let mut made = String::new();
    loop {
        let before = made.len();
        made.extend(characters.by_ref().take(PIECE));
        if made.len() == before {
            return Ok(made.into());
        }
        hold.add(made.len() - before)?;
        context.budget.work(PIECE)?;
    }
}

/// Makes a string piece by piece.
fn in_pieces(context: &super::Context, text: &str, mut make: impl FnMut(&str, &mut String)) -> Result<Value> {
    let mut hold = context.budget.hold();
    let mut made = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let before = made.len();
        let (piece, after) = rest.split_at(end_of_piece(rest));
        make(piece, &mut made);
        rest = after;
        hold.add(made.len() - before)?;
        context.budget.work(piece.len())?;
    }
    Ok(made.into())
}

/// Where the first piece of a text ends: behind white space, on which no letter depends, or else at its end.
fn end_of_piece(text: &str) -> usize {
    let Some((from, _)) = text.char_indices().find(|(at, _)| *at >= PIECE) else { return text.len() };
    text[from..].find(' ').map_or(text.len(), |space| from + space + 1)
}

fn replace(context: &super::Context, arguments: &[Value]) -> Result<Value> {
    let (original, search, replacement) = (text(&arguments[0])?, text(&arguments[1])?, text(&arguments[2])?);
    if search.is_empty() {
        return Ok(arguments[0].clone());
    }
    let mut hold = context.budget.hold();
    let mut made = String::new();
    let mut done = 0;
    for (at, found) in original.match_indices(search) {
        let before = made.len();
        made.push_str(&original[done..at]);
        made.push_str(replacement);
        done = at + found.len();
        hold.add(made.len() - before)?;
        context.budget.work(made.len() - before)?;
        context.budget.tick()?;
    }
    context.budget.room(original.len() - done)?;
    made.push_str(&original[done..]);
    Ok(made.into())
}

fn split(context: &super::Context, arguments: &[Value]) -> Result<Value> {
    let (original, separator) = (text(&arguments[0])?, text(&arguments[1])?);
    let mut hold = context.budget.hold();
    let mut parts = Vec::new();
    let mut add = |part: &str| {
        let part = Value::from(part);
        context.budget.tick()?;
        // Twice: the list is moved into its place when it is whole.
        hold.add(part.size() + size_of::<Value>())?;
        parts.push(part);
        Ok::<(), crate::diagnostic::Diagnostic>(())
    };
    match separator {
        "" => original.char_indices().try_for_each(|(at, c)| add(&original[at..at + c.len_utf8()]))?,
        separator => original.split(separator).try_for_each(add)?,
    }
    Ok(parts.into())
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().ok_or_else(|| invalid_type(format!("a string is expected, not {}", an(value.type_name()))))
}

fn count(value: &Value, name: &str) -> Result<usize> {
    let number = value
        .as_integer()
        .ok_or_else(|| invalid_type(format!("`{name}` must be an integer, not {}", an(value.type_name()))))?;
    usize::try_from(number).map_err(|_| {
        let mut error = invalid_value(format!("`{name}` cannot be negative, but is {number}"));
        error.detail = crate::diagnostic::Detail::NegativeIntegerArgument;
        error
    })
}
