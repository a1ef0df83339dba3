//! Text → tokens, as Graphviz splits it (lib/cgraph/scan.l).

use std::borrow::Cow;

use super::Problem;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Id(Text<'t>),
    /// A word in any case, without quotation marks.
    Keyword(Keyword),
    /// `->` or, not directed, `--`.
    Arrow {
        is_directed: bool,
    },
    /// `{ } [ ] = ; , : + @`
    Sign(u8),
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Strict,
    Graph,
    Digraph,
    Subgraph,
    Node,
    Edge,
}

/// A name or a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text<'t> {
    pub text: Cow<'t, str>,
    /// Whether it stood in `<…>`.
    pub is_html: bool,
    /// Whether it stood in quotation marks: only then a `+` may join another.
    pub is_quoted: bool,
}

const KEYWORDS: &[(&str, Keyword)] = &[
    ("strict", Keyword::Strict),
    ("graph", Keyword::Graph),
    ("digraph", Keyword::Digraph),
    ("subgraph", Keyword::Subgraph),
    ("node", Keyword::Node),
    ("edge", Keyword::Edge),
];

pub(super) struct Lexer<'t> {
    text: &'t str,
    pub at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Lexer<'t> {
        Lexer { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn line(&self, at: usize) -> usize {
        memchr::memchr_iter(b'\n', &self.text.as_bytes()[..at.min(self.text.len())]).count() + 1
    }

    fn wrong<T>(&self, at: usize, what: impl Into<String>) -> Result<T, Problem> {
        Err(Problem::at(self.line(at), what))
    }

    /// The next token, and where it begins.
    pub(super) fn next(&mut self) -> Result<(usize, Token<'t>), Problem> {
        self.skip_blank()?;
        let at = self.at;
        let bytes = self.rest().as_bytes();
        let token = match bytes {
            [] => Token::End,
            [b'-', b'>', ..] => self.take(2, Token::Arrow { is_directed: true }),
            [b'-', b'-', ..] => self.take(2, Token::Arrow { is_directed: false }),
            [b'{' | b'}' | b'[' | b']' | b'=' | b';' | b',' | b':' | b'+' | b'@', ..] => {
                self.take(1, Token::Sign(bytes[0]))
            }
            [b'"', ..] => self.quoted()?,
            [b'<', ..] => self.html()?,
            [first, ..] if is_letter(*first) => self.word(),
            _ => self.number()?,
        };
        Ok((at, token))
    }

    fn take(&mut self, length: usize, token: Token<'t>) -> Token<'t> {
        self.at += length;
        token
    }

    /// White space and comments; `#` begins one wherever a token may begin.
    fn skip_blank(&mut self) -> Result<(), Problem> {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}', '\u{feff}']).len();
            let rest = self.rest();
            if rest.starts_with("/*") {
                match memchr::memmem::find(&rest.as_bytes()[2..], b"*/") {
                    Some(end) => self.at += end + 4,
                    None => return self.wrong(self.at, "a comment is never closed"),
                }
            } else if rest.starts_with("//") || rest.starts_with('#') {
                self.at += memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            } else {
                return Ok(());
            }
        }
    }

    fn word(&mut self) -> Token<'t> {
        let rest = self.rest();
        let end = rest.bytes().position(|byte| !is_letter(byte) && !byte.is_ascii_digit()).unwrap_or(rest.len());
        let word = &rest[..end];
        self.at += end;
        match KEYWORDS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)) {
            Some((_, keyword)) => Token::Keyword(*keyword),
            None => Token::Id(Text { text: Cow::Borrowed(word), ..Text::default() }),
        }
    }

    /// `-1.5`, `.5`, `3.`; what follows it at once is another token.
    fn number(&mut self) -> Result<Token<'t>, Problem> {
        let rest = self.rest();
        let digits = |from: usize| rest.as_bytes()[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let sign = usize::from(rest.starts_with('-'));
        let whole = digits(sign);
        let has_point = rest.as_bytes().get(sign + whole) == Some(&b'.');
        let fraction = if has_point { digits(sign + whole + 1) } else { 0 };
        if whole + fraction == 0 {
            let sign: String = rest.chars().take(1).collect();
            return self.wrong(self.at, format!("`{sign}` has no meaning here"));
        }
        let end = sign + whole + usize::from(has_point) + fraction;
        Ok(self.take(end, Token::Id(Text { text: Cow::Borrowed(&rest[..end]), ..Text::default() })))
    }

    /// In quotation marks: `\"` is one, a `\` before the end of a line joins it to the next; all else is kept for labels.
    fn quoted(&mut self) -> Result<Token<'t>, Problem> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let (mut from, mut at, mut joined) = (start, start, String::new());
        loop {
            match memchr::memchr2(b'"', b'\\', &bytes[at..]) {
                None => return self.wrong(self.at, "a quotation mark is never closed"),
                Some(offset) => at += offset,
            }
            match (bytes[at], bytes.get(at + 1)) {
                (b'"', _) => break,
                (_, Some(b'"')) => {
                    joined.push_str(&self.text[from..at]);
                    (from, at) = (at + 1, at + 2);
                }
                (_, Some(b'\n')) => {
                    joined.push_str(&self.text[from..at]);
                    (from, at) = (at + 2, at + 2);
                }
                (_, Some(b'\\')) => at += 2,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        let text = match joined.is_empty() && from == start {
            true => Cow::Borrowed(&self.text[start..at]),
            false => Cow::Owned(joined + &self.text[from..at]),
        };
        Ok(Token::Id(Text { text, is_html: false, is_quoted: true }))
    }

    /// Between `<` and the `>` that closes it.
    fn html(&mut self) -> Result<Token<'t>, Problem> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (start, 1usize);
        while depth > 0 {
            match memchr::memchr2(b'<', b'>', &bytes[at..]) {
                None => return self.wrong(self.at, "a `<` is never closed"),
                Some(offset) => at += offset + 1,
            }
            depth = if bytes[at - 1] == b'<' { depth + 1 } else { depth - 1 };
        }
        self.at = at;
        let text = Cow::Borrowed(&self.text[start..at - 1]);
        Ok(Token::Id(Text { text, is_html: true, is_quoted: true }))
    }
}

/// All bytes beyond ASCII are letters.
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let mut lexer = Lexer::new(text);
        let mut texts = Vec::new();
        loop {
            match lexer.next().expect("it is well-formed").1 {
                Token::End => return texts,
                Token::Id(id) => texts.push(id.text.into_owned()),
                other => texts.push(format!("{other:?}")),
            }
        }
    }

    #[test]
    fn numbers_end_where_no_number_goes_on() {
        assert_eq!(texts("1a -.5 3. 1.2.3 a-1"), ["1", "a", "-.5", "3.", "1.2", ".3", "a", "-1"]);
    }

    #[test]
    fn quoted_texts() {
        assert_eq!(texts(r#""a\"b" "c\\" "d\n" "" "é""#), ["a\"b", r"c\\", r"d\n", "", "é"]);
        assert_eq!(texts("\"a\\\nb\" \"c\nd\""), ["ab", "c\nd"]);
        assert_eq!(texts("<a <b>c</b>> <>"), ["a <b>c</b>", ""]);
    }

    #[test]
    fn comments_and_keywords() {
        assert_eq!(texts("// a\n/* b\n */ c # d\n# e\nf"), ["c", "f"]);
        assert_eq!(texts("NODE \"node\""), ["Keyword(Node)", "node"]);
    }
}
