//! YAML text → [`Value`], within bounds.

use yaml_serde::Value;

/// The parser's time grows with the square of the depth of `[` and `{`; nobody nests so deep.
const DEEPEST: usize = 500;

/// The value, or at which byte the text is wrong and why.
pub(super) fn parse(text: &str) -> Result<Value, (usize, String)> {
    if let Some(at) = too_deep(text) {
        return Err((at, format!("brackets nested more than {DEEPEST} deep")));
    }
    yaml_serde::from_str(text).map_err(|error| {
        let offset = error.location().map_or(0, |location| location.index().min(text.len()));
        let at = (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        (at, error.to_string())
    })
}

fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Some(at);
        }
    }
    None
}
