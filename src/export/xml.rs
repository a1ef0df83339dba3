//! Text in XML.

use std::borrow::Cow;

use crate::render::acts;

/// Whether XML 1.0 can hold the text at all: it has no way to write most control characters.
pub(crate) fn is_legal(text: &str) -> bool {
    text.chars().all(legal)
}

fn legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// The text as content or between double quotes; what XML cannot hold is the replacement character.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    let plain = |c: char| !matches!(c, '&' | '<' | '>' | '"') && !acts(c) && legal(c);
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if !legal(c) => out.push('\u{fffd}'),
            // A reader would fold line ends and tabs, and a terminal would obey the others.
            c if acts(c) => out.push_str(&format!("&#{};", c as u32)),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped() {
        assert_eq!(escape("plain 'text'"), "plain 'text'");
        assert_eq!(escape("<a b=\"c\">&\r\n\u{9b}\u{0}"), "&lt;a b=&quot;c&quot;&gt;&amp;&#13;&#10;&#155;\u{fffd}");
        assert!(is_legal("\t\u{10ffff}") && !is_legal("\u{1}") && !is_legal("\u{ffff}"));
    }
}
