//! Flow collections of YAML whose lines are indented less than YAML 1.2 asks for.
//!
//! ```yaml
//! test: [
//!   "CMD", "true"
//! ]
//! ```
//!
//! By the specification the last line is wrong: it has to be indented more than `test`. libyaml and all that is built
//! on it (Docker, Kubernetes, GitHub) read it, so such files are common.

/// The text with such lines indented; `None` if there are none. Lines keep their numbers.
pub(super) fn indented(text: &str) -> Option<String> {
    let mut scan = Scan::default();
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut is_changed = false;
    for line in text.split_inclusive('\n') {
        let indent = indent_of(line);
        let is_blank = line.trim().is_empty();
        if scan.depth > 0 && !is_blank && indent <= scan.opened_at {
            out.extend(std::iter::repeat_n(' ', scan.opened_at + 1 - indent));
            is_changed = true;
        }
        out.push_str(line);
        scan.line(line, indent, is_blank);
    }
    is_changed.then_some(out)
}

fn indent_of(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}

#[derive(Default)]
struct Scan {
    /// How many flow collections are open.
    depth: usize,
    /// The indentation of the line on which the outermost was opened.
    opened_at: usize,
    /// The quotation mark that is open.
    quote: Option<u8>,
    /// The indentation of the line that began a block scalar.
    block: Option<usize>,
}

impl Scan {
    fn line(&mut self, line: &str, indent: usize, is_blank: bool) {
        if let Some(block) = self.block {
            if is_blank || indent > block {
                return;
            }
            self.block = None;
        }
        let bytes = line.trim_end().as_bytes();
        let mut at = indent;
        // Whether a value may begin here: brackets inside plain text open nothing.
        let mut is_start = true;
        while let Some(byte) = bytes.get(at).copied() {
            at += 1;
            match (self.quote, byte) {
                (Some(b'"'), b'\\') => at += 1,
                (Some(quote), _) if quote == byte => self.quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') if is_start => self.quote = Some(byte),
                (None, b'#') if at == 1 || bytes[at - 2].is_ascii_whitespace() => break,
                (None, b'[' | b'{') if is_start => {
                    if self.depth == 0 {
                        self.opened_at = indent;
                    }
                    self.depth += 1;
                }
                (None, b']' | b'}') => self.depth = self.depth.saturating_sub(1),
                (None, b'|' | b'>') if is_start && self.depth == 0 => {
                    self.block = Some(indent);
                    return;
                }
                _ => {}
            }
            is_start = match byte {
                b' ' | b'\t' => is_start,
                b':' | b'-' | b'?' => bytes.get(at).is_none_or(|next| next.is_ascii_whitespace()),
                b'[' | b'{' | b',' => self.depth > 0,
                // A tag or an anchor comes before its value.
                b'!' | b'&' if is_start => {
                    at += bytes[at..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
                    true
                }
                _ => false,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn brackets_are_indented_more_than_their_key() {
        for (text, expected) in [
            ("a: [\n  1\n]\nb: 2\n", Some("a: [\n  1\n ]\nb: 2\n")),
            ("a:\n  b: {\n  c: 1,\n  }\n", Some("a:\n  b: {\n   c: 1,\n   }\n")),
            ("- !x [\n1, \"]\n2\"\n]\n", Some("- !x [\n 1, \"]\n 2\"\n ]\n")),
            ("a: [ # [\n  1\n ]\n", None),
            ("a: x[\nb: 1\n", None),
            ("a: |\n  [\nb: it's [\nc: 'x[ '' ['\n", None),
            ("a: \"\\\"[\"\nb: >-\n  {\n\n  [\nc: 1\n", None),
        ] {
            assert_eq!(indented(text).as_deref(), expected, "{text}");
        }
    }
}
