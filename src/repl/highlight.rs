//! Colours for a line as it is typed.

use anstyle::{AnsiColor, Style};

use super::commands;
use crate::assist::{Part, parts};

const KEYWORD: Style = AnsiColor::Blue.on_default().bold();
const STRING: Style = AnsiColor::Green.on_default();
const NUMBER: Style = AnsiColor::Magenta.on_default();
const PARAMETER: Style = AnsiColor::Cyan.on_default();
const COMMENT: Style = Style::new().dimmed();
const WRONG: Style = AnsiColor::Red.on_default().bold();

/// The line with colours.
pub(super) fn line(text: &str) -> String {
    if text.trim_start().starts_with(':') {
        return command_line(text);
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for (range, part) in parts(text) {
        out.push_str(&text[at..range.start]);
        paint(&mut out, &text[range.clone()], Some(style(part)));
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

fn style(part: Part) -> Style {
    match part {
        Part::Keyword => KEYWORD,
        Part::String => STRING,
        Part::Number => NUMBER,
        Part::Parameter => PARAMETER,
        Part::Comment => COMMENT,
        Part::Wrong => WRONG,
    }
}

/// The command's name, in the colour of a keyword if there is such a command.
fn command_line(text: &str) -> String {
    let start = text.find(':').unwrap_or(0);
    let end = text[start..].find(char::is_whitespace).map_or(text.len(), |length| start + length);
    let known = commands::find(&text[start + 1..end]).is_ok();
    let mut out = text[..start].to_string();
    paint(&mut out, &text[start..end], Some(if known { KEYWORD } else { WRONG }));
    out.push_str(&text[end..]);
    out
}

fn paint(out: &mut String, text: &str, style: Option<Style>) {
    match style {
        // A colour must not run over the line's end: rustyline moves the cursor there.
        Some(style) => {
            for (at, line) in text.split('\n').enumerate() {
                let newline = if at == 0 { "" } else { "\n" };
                out.push_str(&format!("{newline}{style}{line}{style:#}"));
            }
        }
        None => out.push_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line with its colours as letters.
    fn marked(text: &str) -> String {
        let mut out = line(text);
        for (style, letter) in
            [(KEYWORD, 'K'), (STRING, 'S'), (NUMBER, 'N'), (PARAMETER, 'P'), (COMMENT, 'C'), (WRONG, 'W')]
        {
            out = out.replace(&style.to_string(), &format!("<{letter}:"));
        }
        out.replace("\u{1b}[0m", ">")
    }

    #[test]
    fn colours() {
        assert_eq!(
            marked("match (n:Match) return 'a', 1, $p"),
            "<K:match> (n:Match) <K:return> <S:'a'>, <N:1>, <P:$p>"
        );
        assert_eq!(marked("RETURN n.limit // end"), "<K:RETURN> n.limit <C:// end>");
        assert_eq!(marked("RETURN 'open"), "<K:RETURN> <S:'open>");
    }

    #[test]
    fn brackets_without_partner() {
        assert_eq!(marked("(a]"), "<W:(>a<W:]>");
        assert_eq!(marked("([a])"), "([a])");
        assert_eq!(marked(")("), "<W:)><W:(>");
    }

    #[test]
    fn commands() {
        assert_eq!(marked(":help me"), "<K::help> me");
        assert_eq!(marked(" :xyzzy"), " <W::xyzzy>");
        assert_eq!(marked(":"), "<W::>");
    }

    #[test]
    fn only_colours_are_added() {
        let texts = ["MATCH (n)\nRETURN 'a\nb'", "\u{0}\u{1b} 'ü", "`a", "/* open\n\n", "$", "1e999 ::: }{"];
        for text in texts {
            let mut plain = line(text);
            for style in [KEYWORD, STRING, NUMBER, PARAMETER, COMMENT, WRONG] {
                plain = plain.replace(&style.to_string(), "");
            }
            assert_eq!(plain.replace("\u{1b}[0m", ""), text);
        }
    }
}
