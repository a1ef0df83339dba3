//! Functions of strings.

use unicode_normalization::{UnicodeNormalization, is_nfc, is_nfd, is_nfkc, is_nfkd};

use super::list::items;
use super::{Function, Result, function, invalid_type, invalid_value, natural, optional, required};
use crate::diagnostic::{Detail, an};
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
        "Without white space at both ends; `trim([BOTH | LEADING | TRAILING] [characters] FROM text)` takes others away.",
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
        &[
            required("text", STRING),
            required("search", STRING),
            required("replacement", STRING),
            optional("limit", INTEGER),
        ],
        STRING,
        "With every occurrence of one string replaced by another, or only the first ones, up to a limit.",
        ("replace('banana', 'an', 'o', 1)", "'boana'"),
        replace,
    ),
    function(
        "split",
        &[required("text", STRING), required("separator", STRING.or(TypeSet::LIST))],
        TypeSet::LIST,
        "The parts between the separators, of which there may be a list.",
        ("split('a,b', ',')", "['a', 'b']"),
        split,
    ),
    function(
        "isNormalized",
        &[required("value", TypeSet::ANY), optional("form", STRING)],
        TypeSet::BOOLEAN,
        "Whether a string is in a Unicode normal form, as `text IS [NOT] [NFC] NORMALIZED` asks; null if it is no string.",
        ("isNormalized('ab')", "true"),
        |_, a| {
            let Some(original) = a[0].as_str() else { return Ok(Value::Null) };
            Ok(match form(a.get(1))? {
                Form::Composed => is_nfc(original),
                Form::Decomposed => is_nfd(original),
                Form::CompatibleComposed => is_nfkc(original),
                Form::CompatibleDecomposed => is_nfkd(original),
            }
            .into())
        },
    ),
    function(
        "string.indexOf",
        &[required("text", STRING), required("search", STRING)],
        INTEGER,
        "The position of the first occurrence of a string in another (the first position is 0), or -1.",
        ("string.indexOf('hello', 'l')", "2"),
        |_, a| {
            let original = text(&a[0])?;
            let found = original.find(text(&a[1])?).map(|at| original[..at].chars().count().into());
            Ok(found.unwrap_or(Value::Integer(-1)))
        },
    ),
    function(
        "string.join",
        &[required("parts", TypeSet::LIST), required("separator", STRING)],
        STRING,
        "The strings of a list in one, with a separator between them; nulls are left out.",
        ("string.join(['a', 'b'], '-')", "'a-b'"),
        join,
    ),
    function(
        "string.regexReplace",
        &[required("text", STRING), required("pattern", STRING), required("replacement", STRING)],
        STRING,
        "Replaces every match of a regular expression; `$1` in the replacement is what its first group matched.",
        ("string.regexReplace('banana', '(a)n', '$1-')", "'ba-a-a'"),
        |context, a| {
            let pattern = context.patterns.anywhere(text(&a[1])?)?;
            let mut hold = context.budget.hold();
            let room = |bytes| {
                hold.add(bytes)?;
                context.budget.work(bytes)?;
                context.budget.tick()
            };
            pattern.replaced(text(&a[0])?, text(&a[2])?, room).map(Value::from)
        },
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
            let rest = after(text(&a[0])?, start);
            Ok(rest[..rest.len() - after(rest, length).len()].into())
        },
    ),
    function(
        "left",
        &[required("text", STRING), required("length", INTEGER)],
        STRING,
        "The first characters.",
        ("left('hello', 2)", "'he'"),
        |_, a| {
            let (text, length) = (text(&a[0])?, count(&a[1], "length")?);
            Ok(text[..text.len() - after(text, length).len()].into())
        },
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
            Ok(after(text, skip).into())
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
    match form(arguments.get(1))? {
        Form::Composed => polled(context, original.nfc()),
        Form::Decomposed => polled(context, original.nfd()),
        Form::CompatibleComposed => polled(context, original.nfkc()),
        Form::CompatibleDecomposed => polled(context, original.nfkd()),
    }
}

/// The normal forms of Unicode.
enum Form {
    Composed,
    Decomposed,
    CompatibleComposed,
    CompatibleDecomposed,
}

/// The form of this name; NFC if there is none.
fn form(name: Option<&Value>) -> Result<Form> {
    match name.map_or(Ok("NFC"), text)?.to_ascii_uppercase().as_str() {
        "NFC" => Ok(Form::Composed),
        "NFD" => Ok(Form::Decomposed),
        "NFKC" => Ok(Form::CompatibleComposed),
        "NFKD" => Ok(Form::CompatibleDecomposed),
        _ => Err(invalid_value("the normal form is not known").help("take one of NFC, NFD, NFKC, NFKD")),
    }
}

fn join(context: &super::Context, arguments: &[Value]) -> Result<Value> {
    let (parts, separator) = (items(&arguments[0])?, text(&arguments[1])?);
    let mut hold = context.budget.hold();
    let mut made = String::new();
    for part in parts.iter().filter(|part| !part.is_null()) {
        let before = made.len();
        made.push_str(if made.is_empty() { "" } else { separator });
        made.push_str(text(part)?);
        hold.add(made.len() - before)?;
        context.budget.work(made.len() - before)?;
        context.budget.tick()?;
    }
    Ok(made.into())
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
    let limit = arguments.get(3).map_or(Ok(usize::MAX), |limit| count(limit, "limit"))?;
    let mut hold = context.budget.hold();
    let mut made = String::new();
    let mut done = 0;
    for (at, found) in original.match_indices(search).take(limit) {
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
    let original = text(&arguments[0])?;
    let separators: Vec<&str> = match &arguments[1] {
        Value::List(list) if list.iter().any(Value::is_null) => return Ok(Value::Null),
        Value::List(list) => list.iter().map(text).collect::<Result<_>>()?,
        one => vec![text(one)?],
    };
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
    match separators.as_slice() {
        [separator] if !separator.is_empty() => original.split(separator).try_for_each(&mut add)?,
        _ => split_at_any(original, &separators, &mut add)?,
    }
    Ok(parts.into())
}

/// The parts between any of the separators; where several stand, the first of the list counts. The empty one stands
/// behind every character.
fn split_at_any(original: &str, separators: &[&str], add: &mut impl FnMut(&str) -> Result<()>) -> Result<()> {
    let (mut begin, mut at) = (0, 0);
    while let Some(next) = original[at..].chars().next() {
        match separators.iter().find(|separator| !separator.is_empty() && original[at..].starts_with(**separator)) {
            Some(separator) => {
                add(&original[begin..at])?;
                at += separator.len();
                begin = at;
            }
            None => {
                at += next.len_utf8();
                if separators.contains(&"") && at < original.len() {
                    add(&original[begin..at])?;
                    begin = at;
                }
            }
        }
    }
    add(&original[begin..])
}

/// What comes after so many characters.
fn after(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or("", |(at, _)| &text[at..])
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().ok_or_else(|| invalid_type(format!("a string is expected, not {}", an(value.type_name()))))
}

fn count(value: &Value, name: &str) -> Result<usize> {
    natural(value, name, Detail::NegativeIntegerArgument)
}
