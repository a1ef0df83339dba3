//! Lines of two names: the input of `tsort`, NetworkX's and SNAP's edge lists.
//!
//! The first needs the second, as `lorder` writes pairs for `tsort`. An arrow may stand between them; a number after
//! them is a weight, a dictionary after them holds properties (NetworkX's `write_edgelist`).

use super::edges::named;
use super::relation_words::{DEPENDS_ON, otherwise};
use super::{Format, Probe, Problem, Sheet};
use crate::facts::RelationId;
use crate::graph::Value;

pub(super) const FORMAT: Format = Format {
    name: "pairs",
    what: "a line a relation: the one that needs, a space, what it needs",
    made_by: "",
    names: &["*.pairs", "*.edges", "*.edgelist", "*.tsort"],
    looks_like,
    example: "web api\napi database\n",
    read,
};

const ARROWS: &[&str] = &["->", "-->", "=>", "→"];

/// A line in parts: both names, and what follows them.
#[derive(Debug, PartialEq)]
struct Pair<'a> {
    start: &'a str,
    end: &'a str,
    rest: Rest<'a>,
}

#[derive(Debug, PartialEq)]
enum Rest<'a> {
    Nothing,
    Weight(Value),
    /// Inside the braces.
    Dictionary(&'a str),
}

fn pair(line: &str) -> Option<Pair<'_>> {
    let (start, rest) = line.trim().split_once(char::is_whitespace)?;
    let (mut end, mut rest) = word(rest);
    if ARROWS.contains(&end) {
        (end, rest) = word(rest);
    }
    let rest = match rest {
        "" => Rest::Nothing,
        rest if rest.starts_with('{') => Rest::Dictionary(rest.strip_prefix('{')?.strip_suffix('}')?),
        number => Rest::Weight(weight(number)?),
    };
    (!end.is_empty() && !ARROWS.contains(&start)).then_some(Pair { start, end, rest })
}

/// The first word, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}

fn weight(text: &str) -> Option<Value> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
    match text.parse() {
        Ok(number) => Some(Value::Integer(number)),
        Err(_) => text.parse().ok().filter(|_| is_number).map(Value::Float),
    }
}

fn is_comment(line: &str) -> bool {
    line.starts_with(['#', '%'])
}

/// By content alone, one name must be needed and need something; and the first is no key of other formats.
fn looks_like(probe: &Probe) -> bool {
    let pairs: Option<Vec<Pair>> = probe.lines().filter(|line| !is_comment(line)).map(pair).collect();
    let Some(pairs) = pairs.filter(|pairs| !pairs.is_empty()) else { return false };
    if FORMAT.names.iter().any(|name| probe.is_named(name)) {
        return true;
    }
    let ends: std::collections::HashSet<&str> = pairs.iter().map(|pair| pair.end).collect();
    let is_key = |name: &str| name.ends_with([':', '=', ',', ';']);
    !pairs.iter().any(|pair| is_key(pair.start) || is_key(pair.end))
        && pairs.iter().any(|pair| pair.start != pair.end && ends.contains(pair.start))
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let relationship_type = otherwise(sheet, DEPENDS_ON)?;
    let (mut alone, mut first) = (0, 0);
    for (at, text) in sheet.text.lines().enumerate() {
        let line = at + 1;
        sheet.tick()?;
        if text.trim().is_empty() || is_comment(text.trim()) {
            continue;
        }
        let Some(pair) = pair(text) else {
            return Err(Problem::at(line, "not two names").help("a line is the one that needs and what it needs"));
        };
        let start = named(sheet, pair.start)?;
        sheet.define(start, line);
        if pair.start == pair.end && pair.rest == Rest::Nothing {
            (alone, first) = (alone + 1, if alone == 0 { line } else { first });
            continue;
        }
        let end = named(sheet, pair.end)?;
        let relation = sheet.relate(start, relationship_type.clone(), end, line, text)?;
        match pair.rest {
            Rest::Nothing => {}
            Rest::Weight(weight) => sheet.set_relation(relation, "weight", weight)?,
            Rest::Dictionary(inside) => dictionary(sheet, relation, inside, line)?,
        }
    }
    if alone > 0 {
        let lines = if alone == 1 { "1 line names".to_string() } else { format!("{alone} lines name") };
        let what = format!("{lines} one thing twice: as for tsort, that says that it is there");
        sheet.warn(first, what, None);
    }
    Ok(())
}

/// The members of a Python dictionary of plain values.
fn dictionary(sheet: &mut Sheet, relation: RelationId, inside: &str, line: usize) -> Result<(), Problem> {
    for part in parts(inside) {
        let member = part.split_once(':').and_then(|(key, value)| Some((literal(key)?, literal(value)?)));
        match member {
            Some((Value::String(key), value)) => sheet.set_relation(relation, key.to_string(), value)?,
            _ => {
                let what = format!("`{}` is not a member of a dictionary", part.trim());
                return Err(Problem::at(line, what).help("plain texts and numbers only"));
            }
        }
    }
    Ok(())
}

/// What commas outside quotation marks separate.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut quote) = (Vec::new(), 0, None);
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match (c, quote) {
            ('\\', Some(_)) => drop(characters.next()),
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => quote = Some(c),
            (',', None) => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn literal(text: &str) -> Option<Value> {
    let text = text.trim();
    match text {
        "True" | "true" => return Some(Value::Boolean(true)),
        "False" | "false" => return Some(Value::Boolean(false)),
        "None" | "null" => return Some(Value::Null),
        _ => {}
    }
    let quote = text.chars().next().filter(|c| ['\'', '"'].contains(c));
    match quote {
        Some(quote) => {
            let inside = text.strip_prefix(quote)?.strip_suffix(quote)?;
            Some(Value::from(inside.replace("\\'", "'").replace("\\\"", "\"").replace("\\\\", "\\")))
        }
        None => weight(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_parts() {
        let of = |line| pair(line).map(|pair| (pair.start, pair.end, pair.rest));
        assert_eq!(of("a b"), Some(("a", "b", Rest::Nothing)));
        assert_eq!(of(" a\t->  b "), Some(("a", "b", Rest::Nothing)));
        assert_eq!(of("a b 1.5"), Some(("a", "b", Rest::Weight(Value::Float(1.5)))));
        assert_eq!(of("a b {'w': 1}"), Some(("a", "b", Rest::Dictionary("'w': 1"))));
        for line in ["a", "a b c", "a ->", "a b {", "a b inf"] {
            assert_eq!(of(line), None, "{line}");
        }
    }
}
