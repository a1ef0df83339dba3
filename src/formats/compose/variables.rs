//! Variables of Compose files: their interpolation in values, and the files that set them.

use std::collections::HashMap;

/// A value whose variables are replaced as far as their values are known.
pub(super) struct Interpolated {
    pub text: String,
    /// Whether no variable is left in it.
    pub is_whole: bool,
}

/// Defaults nested deeper than this stay as they are written.
const DEEPEST: usize = 20;

/// `$X`, `${X}`, `${X:-default}` and their kin; a variable that is not known and has no default stays as it is written.
pub(super) fn interpolated(text: &str, variables: &HashMap<String, String>) -> Interpolated {
    let mut out = Interpolated { text: String::with_capacity(text.len()), is_whole: true };
    interpolate(text, variables, DEEPEST, &mut out);
    out
}

fn interpolate(text: &str, variables: &HashMap<String, String>, depth: usize, out: &mut Interpolated) {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.text.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match rest.as_bytes().get(1) {
            Some(b'$') => {
                out.text.push('$');
                2
            }
            Some(b'{') => braced(rest, variables, depth, out),
            _ => bare(rest, variables, out),
        };
        rest = &rest[length..];
    }
    out.text.push_str(rest);
}

/// Replaces the `${…}` at the beginning; returns its length.
fn braced(text: &str, variables: &HashMap<String, String>, depth: usize, out: &mut Interpolated) -> usize {
    let Some(end) = closing(text) else { return keep(text.len(), text, out) };
    let inside = &text[2..end];
    let name = &inside[..name_length(inside)];
    let after = &inside[name.len()..];
    let known = variables.get(name).filter(|value| !value.is_empty() || !after.starts_with(':'));
    let default = after.strip_prefix(":-").or_else(|| after.strip_prefix('-'));
    let replacement = after.strip_prefix(":+").or_else(|| after.strip_prefix('+'));
    match (known, default, replacement) {
        (Some(_), _, Some(replacement)) if depth > 0 => interpolate(replacement, variables, depth - 1, out),
        (None, _, Some(_)) => {}
        (Some(value), ..) => out.text.push_str(value),
        (None, Some(default), _) if depth > 0 => interpolate(default, variables, depth - 1, out),
        _ => {
            keep(end + 1, text, out);
        }
    }
    end + 1
}

fn bare(text: &str, variables: &HashMap<String, String>, out: &mut Interpolated) -> usize {
    let length = 1 + name_length(&text[1..]);
    match variables.get(&text[1..length]) {
        Some(value) => {
            out.text.push_str(value);
            length
        }
        None if length == 1 => {
            out.text.push('$');
            1
        }
        None => keep(length, text, out),
    }
}

fn keep(length: usize, text: &str, out: &mut Interpolated) -> usize {
    out.text.push_str(&text[..length]);
    out.is_whole = false;
    length
}

fn name_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

/// The place of the brace that closes the one after a `$`.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0usize;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'{' => open += 1,
            b'}' if open == 1 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}

/// The variables that a file sets for Compose itself: values may use those before them, but for single-quoted ones.
/// One that uses a variable that is not known is left out.
pub(super) fn variables(text: &str) -> HashMap<String, String> {
    let mut variables = HashMap::new();
    for (_, name, value) in settings(text) {
        let is_literal = text[..value.as_ptr() as usize - text.as_ptr() as usize].ends_with('\'');
        let value = match is_literal {
            true => Interpolated { text: value.to_string(), is_whole: true },
            false => interpolated(value, &variables),
        };
        if value.is_whole {
            variables.insert(name.to_string(), value.text);
        }
    }
    variables
}

/// The variables that a file of `NAME=VALUE` sets, each with its line, counted from 1.
pub(super) fn settings(text: &str) -> Vec<(usize, &str, &str)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let set = lines.filter(|(_, line)| !line.starts_with('#')).filter_map(|(at, line)| {
        let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
        Some((at, name.trim(), unquoted(value.trim())))
    });
    set.collect()
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inside) = value.strip_prefix(quote) {
            return inside.split(quote).next().unwrap_or(inside);
        }
    }
    value.split(" #").next().unwrap_or(value).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_as_far_as_they_are_known() {
        let variables = [("TAG", "16"), ("EMPTY", "")].map(|(name, value)| (name.to_string(), value.to_string()));
        let variables = HashMap::from(variables);
        for (text, expected, is_whole) in [
            ("postgres:${TAG}", "postgres:16", true),
            ("postgres:$TAG-alpine", "postgres:16-alpine", true),
            ("${X:-postgres:${TAG}}", "postgres:16", true),
            ("${X-a}${EMPTY-b}${EMPTY:-c}", "ac", true),
            ("${X}/y", "${X}/y", false),
            ("${X:?say it}", "${X:?say it}", false),
            ("$$TAG costs 5$", "$TAG costs 5$", true),
            ("${TAG:+yes}${X:+no}", "yes", true),
            ("${TAG", "${TAG", false),
        ] {
            let got = interpolated(text, &variables);
            assert_eq!((got.text.as_str(), got.is_whole), (expected, is_whole), "{text}");
        }
        let deep = "${A:-".repeat(100_000) + &"}".repeat(100_000);
        assert!(!interpolated(&deep, &variables).is_whole);
    }

    #[test]
    fn variables_use_those_before_them() {
        let set = variables("A=1\nB=\"${A}-${C:-2}\"\nD='${A}'\nE=${F}\n");
        let mut all: Vec<_> = set.iter().map(|(name, value)| (&**name, &**value)).collect();
        all.sort_unstable();
        assert_eq!(all, [("A", "1"), ("B", "1-2"), ("D", "${A}")]);
    }

    #[test]
    fn files_of_variables() {
        let text = "# c\nA=1\nexport B=\"x # y\" # z\nC='$A' \n\nD = e # f\nG\n";
        assert_eq!(settings(text), [(2, "A", "1"), (3, "B", "x # y"), (4, "C", "$A"), (6, "D", "e")]);
    }
}
