//! A paragraph's text → words without inline markup.
//!
//! Literals, emphasis, roles, links, substitutions, footnote marks and escapes, told by the rules of Docutils: markup
//! begins after white space or an opening bracket and ends before white space or punctuation.

use nom::bytes::complete::take_while_m_n;
use nom::character::complete::char;
use nom::combinator::recognize;
use nom::multi::many_m_n;
use nom::sequence::{delimited, pair, terminated};
use nom::{IResult, Parser};

use super::super::paragraph::ParagraphBuilder;
use super::Context;
use super::lines::Line;
use super::substitutions::Substitute;

/// Adds the text, whose first character stands on the given line, to the paragraph.
pub(super) fn read(text: &str, line: &Line, context: &mut Context, out: &mut ParagraphBuilder) {
    let mut reader = Reader { text, at: 0, line: line.number, unclosed: 0, first: line, context, out };
    while reader.at < text.len() {
        reader.step();
    }
}

struct Reader<'t, 'x, 'a, 'b, 'c> {
    text: &'t str,
    at: usize,
    /// Of the byte `at`.
    line: usize,
    /// Delimiters for which no end stands further on, as bits: without them, each one would be looked for again.
    unclosed: u8,
    first: &'x Line<'x>,
    context: &'x mut Context<'a, 'b, 'c>,
    out: &'x mut ParagraphBuilder,
}

const DELIMITERS: [&str; 5] = ["``", "`", "**", "*", "|"];

impl<'t> Reader<'t, '_, '_, '_, '_> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Reads plain text and the markup, if it is some, after it.
    fn step(&mut self) {
        let rest = self.rest();
        let plain = rest.find(['\\', '`', '*', '|', '_', ':', '[']).unwrap_or(rest.len());
        self.put(plain);
        let Some(special) = self.rest().chars().next() else { return };
        let read = match special {
            '\\' => self.escape(),
            ':' => self.role(),
            '[' => self.footnote_mark(),
            '_' => self.underscore(),
            _ => DELIMITERS.iter().position(|d| self.rest().starts_with(d)).is_some_and(|d| self.delimited(d)),
        };
        if !read {
            self.put(special.len_utf8());
        }
    }

    /// So many bytes are text.
    fn put(&mut self, bytes: usize) {
        let text = &self.rest()[..bytes];
        self.out.push(text, self.line);
        self.skip(bytes);
    }

    fn skip(&mut self, bytes: usize) {
        self.line += self.rest()[..bytes].matches('\n').count();
        self.at += bytes;
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    /// A backslash makes the next character plain, and white space nothing.
    fn escape(&mut self) -> bool {
        self.skip(1);
        match self.rest().chars().next() {
            Some(c) if c.is_whitespace() => self.skip(c.len_utf8()),
            Some(c) => self.put(c.len_utf8()),
            None => {}
        }
        true
    }

    /// Whether markup with a delimiter of so many bytes can begin here.
    fn may_begin(&self, delimiter: usize) -> bool {
        let after = self.rest()[delimiter..].chars().next();
        let before = self.before();
        let quoted = matches!(
            (before, after),
            (Some('"'), Some('"')) | (Some('\''), Some('\'')) | (Some('('), Some(')')) | (Some('['), Some(']'))
        );
        !quoted && after.is_some_and(|c| !c.is_whitespace()) && before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    }

    /// The bytes up to the end of markup that begins with this delimiter of the table.
    fn inside(&mut self, delimiter: usize) -> Option<&'t str> {
        let mark = DELIMITERS[delimiter];
        if self.unclosed & (1 << delimiter) != 0 {
            return None;
        }
        let inside = &self.rest()[mark.len()..];
        let ends = |at: &usize| {
            let before = inside[..*at].chars().next_back();
            let after = inside[at + mark.len()..].chars().next();
            let is_escaped = mark != "``" && is_escaped(&inside[..*at]);
            let is_longer = mark != "**" && after.is_some_and(|c| mark.ends_with(c));
            before.is_some_and(|c| !c.is_whitespace())
                && !is_escaped
                && !is_longer
                && after.is_none_or(|c| !c.is_alphanumeric())
        };
        let next = |from: usize| inside[from..].find(mark).map(|at| from + at);
        // Ends may overlap: the second and third of three.
        let end = std::iter::successors(next(0), |at| next(at + 1)).find(ends);
        if end.is_none() {
            self.unclosed |= 1 << delimiter;
        }
        end.map(|end| &inside[..end])
    }

    fn delimited(&mut self, delimiter: usize) -> bool {
        let mark = DELIMITERS[delimiter];
        if !self.may_begin(mark.len()) {
            return false;
        }
        let Some(inside) = self.inside(delimiter) else { return false };
        match mark {
            "``" => {
                self.skip(mark.len());
                self.put(inside.len());
                self.skip(mark.len());
            }
            "`" => self.interpreted(inside),
            "|" => self.substitution(inside),
            _ => {
                self.write(inside, mark.len());
                self.skip(inside.len() + 2 * mark.len());
            }
        }
        true
    }

    /// Writes text that begins so many bytes further on, without its escapes.
    fn write(&mut self, text: &str, skipped: usize) {
        let line = self.line + self.rest()[..skipped].matches('\n').count();
        self.out.push(&unescaped(text), line);
    }

    /// `` `text` ``, `` `text <target>`_ `` and `` `text`:role: ``.
    fn interpreted(&mut self, inside: &'t str) {
        let after = &self.rest()[inside.len() + 2..];
        let suffix = role_name(after).ok().map(|(_, role)| role);
        if let Some(role) = suffix {
            self.in_role(role, inside, 1);
            self.skip(inside.len() + 2 + role.len() + 2);
            return;
        }
        let underscores = after.len() - after.trim_start_matches('_').len();
        let (title, _) = if underscores > 0 { titled(inside) } else { (inside, None) };
        self.write(title, 1);
        self.skip(inside.len() + 2 + underscores.min(2));
    }

    /// `` :role:`content` ``.
    fn role(&mut self) -> bool {
        if self.before().is_some_and(|c| c.is_alphanumeric()) {
            return false;
        }
        let Ok((rest, role)) = terminated(role_name, nom::combinator::peek(char('`'))).parse(self.rest()) else {
            return false;
        };
        let start = self.rest().len() - rest.len();
        self.at += start;
        let inside = self.inside(1);
        self.at -= start;
        let Some(inside) = inside else { return false };
        self.in_role(role, inside, start + 1);
        self.skip(start + inside.len() + 2);
        true
    }

    /// Writes the content of a role, which begins so many bytes further on.
    fn in_role(&mut self, role: &str, content: &str, skipped: usize) {
        let role = role.rsplit(':').next().unwrap_or(role);
        let (title, target) = titled(content);
        match role {
            "term" => {
                let mark = self.out.mark();
                self.write(title, skipped);
                let target = unescaped(target.unwrap_or(title));
                self.out.refer(mark, target.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            "pep" | "rfc" if target.is_none() => {
                let title = format!("{} {}", role.to_uppercase(), title);
                self.write(&title, skipped);
            }
            "file" | "samp" => self.write(&content.replace(['{', '}'], ""), skipped),
            "abbr" | "code" | "command" | "kbd" | "literal" | "math" | "dfn" | "index" => self.write(content, skipped),
            _ => self.write(short(title), skipped),
        }
    }

    fn substitution(&mut self, name: &'t str) {
        let after = &self.rest()[name.len() + 2..];
        match self.context.substitutions.get(name) {
            Substitute::Text(text) => {
                let text = text.to_string();
                self.write(&text, 0);
            }
            Substitute::BuiltIn => self.write(name, 1),
            problem @ (Substitute::Undefined | Substitute::TooMuch) => {
                let (what, why) = match problem {
                    Substitute::Undefined => (format!("substitution '{name}' is not defined"), "its name is the text"),
                    _ => (format!("substitution '{name}' makes the text too long"), "its name is the text"),
                };
                let place = self.context.file.place(self.first.start..self.first.end());
                self.context.findings.warning(&place, what, why, None);
                self.write(name, 1);
            }
        }
        let underscores = after.len() - after.trim_start_matches('_').len();
        self.skip(name.len() + 2 + underscores.min(2));
    }

    /// `[1]_`, `[#name]_`, `[CIT2002]_`.
    fn footnote_mark(&mut self) -> bool {
        let label = take_while_m_n(1, 80, |c: char| c.is_alphanumeric() || "#*._-".contains(c));
        let parsed: IResult<&str, &str> =
            terminated(delimited(char('['), label, char(']')), char('_')).parse(self.rest());
        let Ok((rest, _)) = parsed else { return false };
        self.skip(self.rest().len() - rest.len());
        true
    }

    /// `word_` is a link to a target, `` _`words` `` a target.
    fn underscore(&mut self) -> bool {
        if self.rest().starts_with("_`") && self.may_begin(1) {
            self.skip(1);
            return self.delimited(1);
        }
        let marks = if self.rest().starts_with("__") { 2 } else { 1 };
        let after = self.rest()[marks..].chars().next();
        let ends = after.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        if !ends || !self.ends_reference_name() {
            return false;
        }
        self.skip(marks);
        true
    }

    /// Whether a simple name that markup may begin with ends here.
    fn ends_reference_name(&self) -> bool {
        const LONGEST: usize = 100;
        let is_name = |c: &char| c.is_alphanumeric() || "-.+".contains(*c);
        let mut before = self.text[..self.at].chars().rev().take(LONGEST);
        let name: Vec<char> = before.by_ref().take_while(is_name).collect();
        let preceding = self.text[..self.at].chars().rev().nth(name.len());
        name.first().is_some_and(|c| c.is_alphanumeric()) && preceding.is_none_or(|c| c != '_' && c != '\\')
    }
}

/// `:name:`, where the name may have parts: `:py:class:`.
fn role_name(text: &str) -> IResult<&str, &str> {
    let letter = |c: char| c.is_alphanumeric() || "_.+-".contains(c);
    let part = recognize(pair(take_while_m_n(1, 1, char::is_alphabetic), take_while_m_n(0, 60, letter)));
    let parts = recognize(pair(part, many_m_n(0, 3, pair(char(':'), take_while_m_n(1, 60, letter)))));
    delimited(char(':'), parts, char(':')).parse(text)
}

/// `title <target>`.
fn titled(text: &str) -> (&str, Option<&str>) {
    let split = text.strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    match split {
        Some((title, target)) if !title.trim().is_empty() && !title.ends_with('\\') => (title.trim_end(), Some(target)),
        _ => (text, None),
    }
}

/// `~package.Name` is shown as `Name`, `!name` as `name`.
fn short(title: &str) -> &str {
    match title.strip_prefix('~') {
        Some(path) => path.rsplit('.').next().unwrap_or(path),
        None => title.strip_prefix('!').unwrap_or(title),
    }
}

/// Whether the next character is escaped: an odd number of backslashes stands before it.
fn is_escaped(before: &str) -> bool {
    before.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => plain.extend(characters.next().filter(|next| !next.is_whitespace())),
            _ => plain.push(c),
        }
    }
    plain
}
