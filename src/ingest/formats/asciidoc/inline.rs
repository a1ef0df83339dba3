//! A paragraph's text → words without inline markup: quotes, references, macros, attributes, escapes.

use nom::bytes::complete::{tag, take_until, take_while_m_n, take_while1};
use nom::character::complete::char;
use nom::combinator::opt;
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use super::super::paragraph::ParagraphBuilder;
use super::Names;

/// Adds the text, whose first character stands on the given line, to the paragraph.
pub(super) fn read(text: &str, line: usize, names: &mut Names, out: &mut ParagraphBuilder) {
    let mut reader = InlineReader {
        text,
        at: 0,
        line,
        unclosed: [0; QUOTES.len()],
        no_reference: false,
        ends: Vec::new(),
        names,
        out,
    };
    while reader.at < text.len() {
        reader.step();
    }
}

/// Marks around words; the doubled ones may stand inside a word.
const QUOTES: [&str; 9] = ["**", "__", "``", "##", "*", "_", "`", "#", "+"];

struct InlineReader<'t, 'x> {
    text: &'t str,
    at: usize,
    /// Of the byte `at`.
    line: usize,
    /// Up to where no end of the quote stands: without this, it would be looked for again and again.
    unclosed: [usize; QUOTES.len()],
    /// No `>>` stands further on.
    no_reference: bool,
    /// Where the open quotes end, innermost last, and how long their marks are.
    ends: Vec<(usize, usize)>,
    names: &'x mut Names,
    out: &'x mut ParagraphBuilder,
}

impl<'t> InlineReader<'t, '_> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn step(&mut self) {
        if let Some((_, length)) = self.ends.pop_if(|(end, _)| *end <= self.at) {
            self.skip(length);
            return;
        }
        let end = self.ends.last().map_or(self.text.len(), |(end, _)| *end);
        let plain = &self.text[self.at..end];
        let length = plain.find(['\\', '*', '_', '`', '#', '+', '<', '[', '{', ':']).unwrap_or(plain.len());
        self.put(length);
        if self.at == end {
            return;
        }
        let read = match self.rest().as_bytes()[0] {
            b'\\' => self.escape(),
            b'<' => self.cross_reference(),
            b'[' => self.anchor(),
            b'{' => self.attribute(),
            b':' => self.macro_call(),
            _ => self.quote(),
        };
        if !read {
            self.put(1);
        }
    }

    /// So many bytes are text.
    fn put(&mut self, bytes: usize) {
        let text = &self.rest()[..bytes];
        self.out.push(text, self.line);
        self.skip(bytes);
    }

    fn skip(&mut self, bytes: usize) {
        let bytes = bytes.min(self.rest().len());
        self.line += self.rest()[..bytes].matches('\n').count();
        self.at += bytes;
    }

    /// A backslash before markup makes it text.
    fn escape(&mut self) -> bool {
        let next = self.rest()[1..].chars().next().filter(char::is_ascii_punctuation);
        let Some(next) = next else { return false };
        self.skip(1);
        self.put(next.len_utf8());
        true
    }

    fn quote(&mut self) -> bool {
        let Some(number) = QUOTES.iter().position(|mark| self.rest().starts_with(mark)) else { return false };
        let mark = QUOTES[number];
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let before = self.text[..self.at].chars().next_back();
        let bound = self.ends.last().map_or(self.text.len(), |(outer, _)| *outer);
        let Some(inside) = self.text.get(self.at + mark.len()..bound) else { return false };
        let begins = inside.chars().next().is_some_and(|c| !c.is_whitespace());
        let may_begin = begins && (mark.len() == 2 || before.is_none_or(|c| !is_word(c)));
        if !may_begin || bound <= self.unclosed[number] {
            return false;
        }
        let ends = |at: &usize| {
            let last = inside[..*at].chars().next_back();
            let after = inside[at + mark.len()..].chars().next();
            last.is_some_and(|c| !c.is_whitespace() && c != '\\')
                && (mark.len() == 2 || after.is_none_or(|c| !is_word(c)))
        };
        let Some(end) = inside.match_indices(mark).map(|(at, _)| at).find(ends) else {
            self.unclosed[number] = bound;
            return false;
        };
        self.ends.push((self.at + mark.len() + end, mark.len()));
        self.skip(mark.len());
        true
    }

    /// `<<id>>`, `<<id,words>>`.
    fn cross_reference(&mut self) -> bool {
        if self.no_reference || !self.rest().contains(">>") {
            self.no_reference = true;
            return false;
        }
        let id = take_while1(|c: char| !c.is_whitespace() && !",<>".contains(c));
        let words = opt(preceded(char(','), take_until(">>")));
        let parsed: IResult<&str, (&str, Option<&str>)> =
            delimited(tag("<<"), pair(id, words), tag(">>")).parse(self.rest());
        let Ok((after, (id, words))) = parsed else { return false };
        self.refer(id, words.map(str::trim).unwrap_or(""));
        self.skip(self.rest().len() - after.len());
        true
    }

    /// Writes words that refer to an anchor, or the headword at it.
    fn refer(&mut self, id: &str, words: &str) {
        let id = id.rsplit('#').next().unwrap_or(id);
        let mark = self.out.mark();
        let headword = self.names.anchors.get(id).map_or(id, String::as_str);
        let words = if words.is_empty() { headword } else { words };
        self.out.push(&words.replace(['`', '*'], ""), self.line);
        self.out.refer(mark, id);
    }

    /// `[[id]]` marks a place; `[role]#words#` dresses words.
    fn anchor(&mut self) -> bool {
        let text = self.rest();
        let id = |open: &'static str, close: &'static str| {
            let inside = text.strip_prefix(open)?;
            let end = inside.char_indices().take(80).find(|(at, _)| inside[*at..].starts_with(close))?.0;
            Some(open.len() + end + close.len())
        };
        let length = id("[[", "]]").or_else(|| id("[", "]").filter(|length| text[*length..].starts_with('#')));
        length.map(|length| self.skip(length)).is_some()
    }

    /// `{name}`.
    fn attribute(&mut self) -> bool {
        let letters = take_while_m_n(1, 60, |c: char| c.is_alphanumeric() || c == '-' || c == '_');
        let parsed: IResult<&str, &str> = delimited(char('{'), letters, char('}')).parse(self.rest());
        let Ok((after, name)) = parsed else { return false };
        let Some(text) = self.names.attribute(name) else { return false };
        self.out.push(&text, self.line);
        self.skip(self.rest().len() - after.len());
        true
    }

    /// `name:target[words]`, found at its colon: the name is written already.
    fn macro_call(&mut self) -> bool {
        // Without a bound, brackets that are never closed would be looked for again and again.
        const LONGEST: usize = 500;
        let rest = self.rest();
        let is_target = |c: char| !c.is_whitespace() && c != '[' && c != ']';
        let target = take_while_m_n(0, LONGEST, is_target);
        let words = delimited(char('['), take_while_m_n(0, LONGEST, |c| c != ']'), char(']'));
        let parsed: IResult<&str, (&str, &str)> = preceded(char(':'), pair(target, words)).parse(rest);
        let Ok((after, (target, words))) = parsed else { return false };
        let start = self.text[..self.at]
            .rfind(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .map_or(0, |at| at + self.text[at..].chars().next().map_or(1, char::len_utf8));
        let name = &self.text[start..self.at];
        if name.is_empty() || !self.out.text().ends_with(name) {
            return false;
        }
        self.out.take_back(name.len());
        let length = rest.len() - after.len();
        let words = words.split(",role=").next().unwrap_or(words).trim();
        match name {
            "xref" => self.refer(target, words),
            "image" | "icon" | "footnote" | "anchor" | "indexterm" => {}
            // A manual page and its section.
            _ if words.len() == 1 && words.as_bytes()[0].is_ascii_digit() => {
                self.out.push(&format!("{target}({words})"), self.line);
            }
            "http" | "https" | "ftp" | "irc" if words.is_empty() => {
                self.out.push(&format!("{name}:{target}"), self.line)
            }
            _ => self.out.push(if words.is_empty() { target } else { words.trim_end_matches('^') }, self.line),
        }
        self.skip(length);
        true
    }
}

impl Names {
    /// All attributes put in: what a short document may grow to is bounded.
    const MOST: usize = 16 << 20;

    fn attribute(&mut self, name: &str) -> Option<String> {
        let known = match name {
            "nbsp" | "empty" | "blank" | "zwsp" | "wj" => " ",
            "sp" => " ",
            "lt" => "<",
            "gt" => ">",
            "amp" => "&",
            "quot" => "\"",
            "apos" | "apostrophe" => "'",
            "startsb" => "[",
            "endsb" => "]",
            "asterisk" => "*",
            "plus" => "+",
            "caret" => "^",
            "tilde" => "~",
            "backtick" => "`",
            "backslash" => "\\",
            "vbar" => "|",
            "litdd" => "--",
            _ => {
                let text = self.attributes.get(&name.to_lowercase())?;
                self.expanded += text.len();
                return (self.expanded <= Names::MOST).then(|| text.clone());
            }
        };
        Some(known.to_string())
    }
}
