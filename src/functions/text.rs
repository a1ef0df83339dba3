//! Functions of strings.

use unicode_normalization::UnicodeNormalization;

use super::{Function, Result, function, invalid_type, invalid_value, optional, required};
use crate::diagnostic::an;
use crate::graph::{TypeSet, Value};

const STRING: TypeSet = TypeSet::STRING;
const INTEGER: TypeSet = TypeSet::INTEGER;

pub const FUNCTIONS: &[Function] = &[
    function("toUpper", &[required("text", STRING)], STRING, "In upper case.", ("toUpper('ab')", "'AB'"), |_, a| {
        Ok(text(&a[0])?.to_uppercase().into())
    }),
    function("toLower", &[required("text", STRING)], STRING, "In lower case.", ("toLower('AB')", "'ab'"), |_, a| {
        Ok(text(&a[0])?.to_lowercase().into())
    }),
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
        |context, a| match text(&a[1])? {
            "" => Ok(a[0].clone()),
            search => {
                let (text, replacement) = (text(&a[0])?, text(&a[2])?);
                let bytes = text.len().saturating_add(text.matches(search).count().saturating_mul(replacement.len()));
                context.budget.charge(bytes)?;
                context.budget.release(bytes);
                Ok(text.replace(search, replacement).into())
            }
        },
    ),
    function(
        "split",
        &[required("text", STRING), required("separator", STRING)],
        TypeSet::LIST,
        "The parts between the separators.",
        ("split('a,b', ',')", "['a', 'b']"),
        |_, a| match text(&a[1])? {
            "" => Ok(Value::list(text(&a[0])?.chars().map(|c| c.to_string().into()))),
            separator => Ok(Value::list(text(&a[0])?.split(separator).map(Value::from))),
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

fn normalize(_: &super::Context, arguments: &[Value]) -> Result<Value> {
    let original = text(&arguments[0])?;
    let form = arguments.get(1).map_or(Ok("NFC"), text)?;
    let normal: String = match form.to_ascii_uppercase().as_str() {
        "NFC" => original.nfc().collect(),
        "NFD" => original.nfd().collect(),
        "NFKC" => original.nfkc().collect(),
        "NFKD" => original.nfkd().collect(),
        _ => return Err(invalid_value("the normal form is not known").help("take one of NFC, NFD, NFKC, NFKD")),
    };
    Ok(normal.into())
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
