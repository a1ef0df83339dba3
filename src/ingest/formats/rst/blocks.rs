//! Lines of a body → [`Block`]s.

use std::cell::OnceCell;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n, take_while1};
use nom::character::complete::{alpha1, char, digit1, one_of};
use nom::combinator::{opt, recognize};
use nom::sequence::{delimited, pair};
use nom::{IResult, Parser};

use super::lines::{Line, base, indented};

#[derive(Debug)]
pub(super) enum Block<'b, 'a> {
    /// Its lines; the block that a final `::` announces is left out.
    Paragraph(&'b [Line<'a>]),
    Directive(Directive<'b, 'a>),
    Substitution {
        name: &'a str,
        directive: Directive<'b, 'a>,
    },
    /// A list item or a field, its marker taken away.
    Item(Vec<Line<'a>>),
    Definition {
        term: Line<'a>,
        body: &'b [Line<'a>],
    },
    Quote(&'b [Line<'a>]),
    /// A table or a footnote.
    Aside(&'b [Line<'a>]),
    /// Titles, comments, targets, literal text.
    Ignored,
}

/// `.. name:: argument` and the lines below it that are indented more.
#[derive(Clone, Debug)]
pub(super) struct Directive<'b, 'a> {
    pub name: &'a str,
    /// What follows the name on its line.
    pub argument: Line<'a>,
    pub body: &'b [Line<'a>],
}

/// The elements of a body, in order.
pub(super) fn blocks<'b, 'a>(lines: &'b [Line<'a>]) -> impl Iterator<Item = Block<'b, 'a>> {
    let body = Body { lines, base: base(lines), last_table_end: OnceCell::new() };
    let mut at = 0;
    std::iter::from_fn(move || {
        at += lines[at..].iter().take_while(|line| line.is_blank()).count();
        if at == lines.len() {
            return None;
        }
        let (block, used) = body.block(at);
        // At least one line, whatever it is.
        at += used.max(1);
        Some(block)
    })
}

struct Body<'b, 'a> {
    lines: &'b [Line<'a>],
    base: usize,
    /// Asked for by the first table: without it, each table that never ends would be searched to the end of the text.
    last_table_end: OnceCell<usize>,
}

impl<'b, 'a> Body<'b, 'a> {
    /// The block that begins at a line, and how many lines it takes.
    fn block(&self, at: usize) -> (Block<'b, 'a>, usize) {
        let lines = &self.lines[at..];
        let first = lines[0];
        if first.indent > self.base {
            let length = indented(lines, self.base);
            return (Block::Quote(&lines[..length]), length);
        }
        let body = indented(&lines[1..], self.base);
        if let Some(rest) = explicit(first) {
            return explicit_markup(rest, lines, body);
        }
        if let Some(marker) = item_marker(lines, self.base) {
            let item = std::iter::once(first.after(marker)).chain(lines[1..=body].iter().copied());
            return (Block::Item(item.collect()), body + 1);
        }
        if is_table_border(first.text) {
            let length = self.table(at);
            return (Block::Aside(&lines[..length]), length);
        }
        if let Some(length) = ignored(lines) {
            return (Block::Ignored, length);
        }
        if body > 0 && !lines[1].is_blank() {
            return (Block::Definition { term: first, body: &lines[1..=body] }, body + 1);
        }
        paragraph(lines, self.base)
    }

    /// The length of a table: it ends with a border before a blank line, or else with the paragraph.
    fn table(&self, at: usize) -> usize {
        let is_blank = |at: usize| self.lines.get(at).is_none_or(Line::is_blank);
        let ends = |at: &usize| is_table_border(self.lines[*at].text) && is_blank(*at + 1);
        let last = *self.last_table_end.get_or_init(|| (at..self.lines.len()).rev().find(ends).unwrap_or(0));
        let end = (at + 2..=last).find(ends);
        end.map_or_else(|| until_blank(&self.lines[at..]), |end| end + 1 - at)
    }
}

fn until_blank(lines: &[Line]) -> usize {
    lines.iter().take_while(|line| !line.is_blank()).count()
}

/// What follows the two dots of explicit markup.
fn explicit(line: Line) -> Option<Line> {
    let rest = line.text.strip_prefix("..")?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| line.after(2))
}

fn explicit_markup<'b, 'a>(rest: Line<'a>, lines: &'b [Line<'a>], body: usize) -> (Block<'b, 'a>, usize) {
    let inside = &lines[1..=body];
    if let Ok((after, name)) = substitution_name(rest.text) {
        let directive = rest.after(rest.text.len() - after.len());
        if let Ok((argument, directive_name)) = directive_name(directive.text) {
            let argument = directive.after(directive.text.len() - argument.len());
            let directive = Directive { name: directive_name, argument, body: inside };
            return (Block::Substitution { name, directive }, body + 1);
        }
    }
    if let Ok((argument, name)) = directive_name(rest.text) {
        let argument = rest.after(rest.text.len() - argument.len());
        return (Block::Directive(Directive { name, argument, body: inside }), body + 1);
    }
    // `.. [1] The text of a footnote.`
    if rest.text.starts_with('[') && rest.text.contains("] ") {
        return (Block::Aside(&lines[..=body]), body + 1);
    }
    // Two dots alone do not swallow what comes after a blank line.
    let is_empty_comment = rest.is_blank() && lines.get(1).is_none_or(Line::is_blank);
    (Block::Ignored, if is_empty_comment { 1 } else { body + 1 })
}

/// `name::`, then white space or the end.
fn directive_name(text: &str) -> IResult<&str, &str> {
    let is_name = |c: char| c.is_alphanumeric() || "_.+-".contains(c);
    let name = recognize(pair(take_while1(is_name), opt(pair(char(':'), take_while1(is_name)))));
    let (rest, name) = nom::sequence::terminated(name, tag("::")).parse(text)?;
    match rest.is_empty() || rest.starts_with(char::is_whitespace) {
        true => Ok((rest, name)),
        false => Err(nom::Err::Error(nom::error::Error::new(rest, nom::error::ErrorKind::Space))),
    }
}

/// `|name|`.
fn substitution_name(text: &str) -> IResult<&str, &str> {
    delimited(char('|'), take_while1(|c| c != '|'), tag("| ")).parse(text)
}

/// The length of a list item's or a field's marker, with the space after it.
fn item_marker(lines: &[Line], base: usize) -> Option<usize> {
    let text = lines[0].text;
    let after = |rest: &str| (rest.is_empty() || rest.starts_with(' ')).then(|| text.len() - rest.len());
    if let Ok((rest, _)) = bullet(text) {
        return after(rest);
    }
    if let Ok((rest, _)) = field(text) {
        return after(rest);
    }
    let (rest, _) = enumerator(text).ok()?;
    // "A. Author wrote\nthis" is no list.
    let goes_on =
        lines.get(1).is_some_and(|next| !next.is_blank() && next.indent == base && enumerator(next.text).is_err());
    if goes_on { None } else { after(rest) }
}

fn bullet(text: &str) -> IResult<&str, char> {
    one_of("*+-•‣⁃").parse(text)
}

fn field(text: &str) -> IResult<&str, &str> {
    let name = take_while_m_n(1, 80, |c: char| c != ':' && c != '`' && c != '\\');
    delimited(char(':'), name, char(':')).parse(text)
}

fn enumerator(text: &str) -> IResult<&str, &str> {
    let number =
        |text| alt((digit1, tag("#"), take_while_m_n(1, 1, |c: char| c.is_ascii_alphabetic()), roman)).parse(text);
    alt((delimited(char('('), number, char(')')), |text| nom::sequence::terminated(number, one_of(".)")).parse(text)))
        .parse(text)
}

fn roman(text: &str) -> IResult<&str, &str> {
    nom::combinator::verify(alpha1, |letters: &str| {
        letters.len() < 10 && letters.chars().all(|c| "ivxlcdm".contains(c))
    })
    .parse(text)
}

/// How many lines a title, doctest or anonymous target takes.
fn ignored(lines: &[Line]) -> Option<usize> {
    let text = lines[0].text;
    if text.starts_with("__ ") {
        return Some(1);
    }
    if text.starts_with(">>>") {
        return Some(until_blank(lines));
    }
    if adornment(text).is_some() {
        let is_overline = lines.get(2).is_some_and(|under| adornment(under.text) == adornment(text));
        return Some(if is_overline { 3 } else { 1 });
    }
    let under = lines.get(1)?;
    let is_title = adornment(under.text).is_some() && under.indent == lines[0].indent;
    (is_title && (under.text.len() >= 4 || under.text.len() >= text.chars().count())).then_some(2)
}

/// How a title is set off: by which character, and whether above, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    adornment: char,
    is_overlined: bool,
}

/// The title that begins here, its style, and how many lines it takes.
pub(super) fn title<'a>(lines: &[Line<'a>]) -> Option<(Line<'a>, Style, usize)> {
    let first = lines.first().filter(|line| !line.is_blank())?;
    if let Some(adornment) = adornment(first.text) {
        let is_closed = ignored(lines) == Some(3) && !lines[1].is_blank();
        return is_closed.then(|| (lines[1], Style { adornment, is_overlined: true }, 3));
    }
    let adornment = adornment(lines.get(1)?.text)?;
    (ignored(lines) == Some(2)).then_some((*first, Style { adornment, is_overlined: false }, 2))
}

fn is_table_border(text: &str) -> bool {
    let simple = text.starts_with("==") && text.contains(" =") && text.chars().all(|c| c == '=' || c == ' ');
    let grid = text.starts_with("+-") && text.ends_with('+') && text.chars().all(|c| c == '+' || c == '-');
    simple || grid
}

/// The character of a line that is one punctuation character repeated.
fn adornment(text: &str) -> Option<char> {
    let first = text.chars().next().filter(char::is_ascii_punctuation)?;
    (text.len() >= 2 && text != "::" && text != ".." && text.chars().all(|c| c == first)).then_some(first)
}

fn paragraph<'b, 'a>(lines: &'b [Line<'a>], base: usize) -> (Block<'b, 'a>, usize) {
    // An indented line belongs to the sentence it interrupts, unless it begins a list.
    let goes_on = |line: &Line| !line.is_blank() && (line.indent == base || bullet(line.text).is_err());
    let length = lines.iter().take_while(|line| goes_on(line)).count();
    let announces_literal = lines[length - 1].text.ends_with("::");
    let blank = lines[length..].iter().take_while(|line| line.is_blank()).count();
    let literal = match announces_literal {
        true => indented(&lines[length + blank..], base),
        false => 0,
    };
    let used = if literal > 0 { length + blank + literal } else { length };
    (Block::Paragraph(&lines[..length]), used)
}

/// An option line of a directive: `:name: value`.
pub(super) fn is_option(line: &Line) -> bool {
    field(line.text).is_ok_and(|(rest, _)| rest.is_empty() || rest.starts_with(' '))
}
