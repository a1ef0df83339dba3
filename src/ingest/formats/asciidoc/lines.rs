//! What a line of AsciiDoc is.

use nom::bytes::complete::{tag, take_until1, take_while_m_n, take_while1};
use nom::character::complete::{char, one_of, space1};
use nom::combinator::{opt, recognize};
use nom::multi::many_m_n;
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    Blank,
    /// `+` alone.
    Continuation,
    /// Begins or ends a listing, a table, a passed-through block.
    Verbatim,
    /// Begins or ends a block of blocks: `--`, `====`.
    Container,
    /// `== Title`.
    Title,
    /// `[[id]]` or `[#id]` alone.
    Anchor(&'a str),
    /// `:name: value`.
    Attribute(&'a str, &'a str),
    /// Comments, conditions, block titles and attributes.
    Comment,
    /// `include::file[]`.
    Include,
    Term(Term<'a>),
    /// A list item, its marker taken away.
    Item(&'a str),
    Text,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Term<'a> {
    pub anchor: Option<&'a str>,
    pub head: &'a str,
    pub delimiter: &'a str,
    /// What follows on the line.
    pub text: &'a str,
}

pub(super) fn kind(line: &str) -> Kind<'_> {
    let text = line.trim_end();
    let indented = text.trim_start();
    let repeated = |c: char, least: usize| text.len() >= least && text.chars().all(|other| other == c);
    match text {
        "" => return Kind::Blank,
        "+" => return Kind::Continuation,
        "--" => return Kind::Container,
        "|===" | "!===" | ",===" | ":===" => return Kind::Verbatim,
        _ if "-.+/`".chars().any(|c| repeated(c, 4)) => return Kind::Verbatim,
        _ if "=*_".chars().any(|c| repeated(c, 4)) => return Kind::Container,
        _ if text.starts_with("//") => return Kind::Comment,
        _ if text.starts_with("include::") => return Kind::Include,
        _ if ["ifdef::", "ifndef::", "ifeval::", "endif::"].iter().any(|d| text.starts_with(d)) => {
            return Kind::Comment;
        }
        _ => {}
    }
    if let Ok((_, id)) = anchor_line(text) {
        return Kind::Anchor(id);
    }
    if text.starts_with('[') && text.ends_with(']') {
        return Kind::Comment;
    }
    if let Ok((value, name)) = attribute(text) {
        return Kind::Attribute(name, value.trim());
    }
    if is_title(text) {
        return Kind::Title;
    }
    if let Ok((_, term)) = term(indented) {
        return Kind::Term(term);
    }
    if let Ok((item, _)) = item(indented) {
        return Kind::Item(item);
    }
    // A block's title.
    if text.len() > 1 && text.starts_with('.') && !text[1..].starts_with(['.', ' ']) {
        return Kind::Comment;
    }
    Kind::Text
}

fn id(text: &str) -> IResult<&str, &str> {
    take_while1(|c: char| c.is_alphanumeric() || "_-.:".contains(c)).parse(text)
}

/// `[[id]]` or `[[id,label]]`.
fn anchor(text: &str) -> IResult<&str, &str> {
    let label = opt(preceded(char(','), take_until1("]]")));
    delimited(tag("[["), terminated(id, label), tag("]]")).parse(text)
}

fn anchor_line(text: &str) -> IResult<&str, &str> {
    let short = delimited(tag("[#"), id, char(']'));
    nom::combinator::all_consuming(nom::branch::alt((anchor, short))).parse(text)
}

fn attribute(text: &str) -> IResult<&str, &str> {
    let letter = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '!';
    let (rest, name) = delimited(char(':'), take_while1(letter), char(':')).parse(text)?;
    match rest.is_empty() || rest.starts_with(' ') {
        true => Ok((rest, name)),
        false => Err(nom::Err::Error(nom::error::Error::new(rest, nom::error::ErrorKind::Space))),
    }
}

fn is_title(text: &str) -> bool {
    let marks = text.len() - text.trim_start_matches('=').len();
    (1..=6).contains(&marks) && text[marks..].starts_with(' ')
}

/// `term:: text`, after an anchor.
fn term(text: &str) -> IResult<&str, Term<'_>> {
    let (text, anchor) = opt(anchor).parse(text)?;
    let wrong = || nom::Err::Error(nom::error::Error::new(text, nom::error::ErrorKind::Tag));
    let at = |mark: &str| {
        let ends = |at: &usize| {
            let after = &text[at + mark.len()..];
            after.is_empty() || after.starts_with([' ', '\t'])
        };
        text.match_indices(mark).map(|(at, _)| at).find(ends)
    };
    // A longer mark ends with the shorter one: the leftmost wins, then the longest.
    let found = ["::::", ":::", "::", ";;"].iter().filter_map(|mark| at(mark).map(|at| (at, *mark)));
    let (at, mark) = found.min_by_key(|(at, mark)| (*at, usize::MAX - mark.len())).ok_or_else(wrong)?;
    let head = text[..at].trim();
    if head.is_empty() || head.ends_with(':') {
        return Err(wrong());
    }
    let delimiter = &text[at..at + mark.len()];
    Ok(("", Term { anchor, head, delimiter, text: text[at + mark.len()..].trim() }))
}

/// `* `, `- `, `. `, `1. `, `a. `, `<1> `; leaves what follows.
fn item(text: &str) -> IResult<&str, &str> {
    let bullets = recognize(many_m_n(1, 5, char('*')));
    let dots = recognize(many_m_n(1, 5, char('.')));
    let number = recognize(terminated(take_while_m_n(1, 4, |c: char| c.is_ascii_alphanumeric()), one_of(".)")));
    let callout = delimited(char('<'), take_while_m_n(1, 3, |c: char| c.is_ascii_digit() || c == '.'), char('>'));
    let marker = nom::branch::alt((bullets, dots, tag("-"), number, callout));
    terminated(marker, space1).parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_lines() {
        let term = |anchor, head, delimiter, text| Kind::Term(Term { anchor, head, delimiter, text });
        let cases = [
            ("[[def_mole]]mole::", term(Some("def_mole"), "mole", "::", "")),
            ("  mole (wall):: A wall.", term(None, "mole (wall)", "::", "A wall.")),
            ("a::b:: An operator.", term(None, "a::b", "::", "An operator.")),
            ("mole::: A wall.", term(None, "mole", ":::", "A wall.")),
            ("top;;", term(None, "top", ";;", "")),
            ("a::b is text", Kind::Text),
            ("[[mole]]", Kind::Anchor("mole")),
            ("[glossary]", Kind::Comment),
            (":sea: North Sea", Kind::Attribute("sea", "North Sea")),
            ("== Terms", Kind::Title),
            ("----", Kind::Verbatim),
            ("====", Kind::Container),
            ("** deep", Kind::Item("deep")),
            (". first", Kind::Item("first")),
            ("*bold* text", Kind::Text),
            ("+", Kind::Continuation),
            ("\tA wall.", Kind::Text),
            ("include::more.adoc[]", Kind::Include),
            (".Title", Kind::Comment),
        ];
        for (line, expected) in cases {
            assert_eq!(kind(line), expected, "{line}");
        }
    }
}
