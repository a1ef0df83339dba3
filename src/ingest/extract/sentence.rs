//! A paragraph → its sentences, and a sentence → its tokens.

use std::ops::Range;

use super::lexicon::{FormId, Lexicon};

/// A word or a mark, with its bytes in the paragraph.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub start: usize,
    pub end: usize,
    pub form: FormId,
}

/// Shortenings whose full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "e.g", "i.e", "vs", "cf", "inc", "ltd", "no", "fig", "approx", "incl", "st", "dr", "mr", "ms", "u.s", "eg", "ie",
    "resp",
];

/// In bytes.
const LONGEST_PIECE: usize = 8 << 10;

/// The bytes of each sentence, without white space around it.
pub(super) fn split(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, mark) in text.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?')) {
        let after = &text[at + mark.len_utf8()..];
        // A closing quote or bracket belongs to the sentence that it ends.
        let closing = after.len() - after.trim_start_matches(['"', '”', '\'', '’', ')']).len();
        let end = at + mark.len_utf8() + closing;
        if ends_sentence(&text[start..at], mark, &text[end..]) {
            push(text, start..end, &mut sentences);
            start = end;
        }
    }
    push(text, start..text.len(), &mut sentences);
    sentences
}

/// A sentence cut into pieces of bounded length, between words where there are words: one that is no sentence (a table,
/// a text without full stops) must not be held as evidence whole, nor looked at whole at each of its words.
pub(super) fn pieces(text: &str, sentence: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut start = sentence.start;
    std::iter::from_fn(move || {
        let rest = &text[start..sentence.end];
        if rest.is_empty() {
            return None;
        }
        let longest = LONGEST_PIECE.min(rest.len());
        let most = (0..=longest).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
        let end = match rest.len() > most {
            true => rest[..most].rfind(' ').filter(|at| *at > 0).unwrap_or(most),
            false => most,
        };
        let piece = start..start + end;
        start += end + rest[end..].len() - rest[end..].trim_start().len();
        Some(piece)
    })
}

fn push(text: &str, range: Range<usize>, sentences: &mut Vec<Range<usize>>) {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    let end = range.start + piece.trim_end().len();
    if start < end {
        sentences.push(start..end);
    }
}

fn ends_sentence(before: &str, mark: char, after: &str) -> bool {
    let Some(space) = after.chars().next() else { return true };
    if !space.is_whitespace() {
        return false;
    }
    let next = after.trim_start().chars().next();
    let opens =
        next.is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '"' | '“' | '(' | '‘' | '`' | '_'));
    if mark != '.' {
        return opens;
    }
    let word_start = before.rfind([' ', '(', '\u{a0}']).map_or(0, |at| at + 1);
    let word = before[word_start..].trim_start_matches(['(', '"']).to_lowercase();
    if ABBREVIATIONS.contains(&word.as_str()) {
        return false;
    }
    // `etc.` ends a sentence only before a capital; a lower-case word may begin one: `iptables is …`.
    let lower = next.is_some_and(char::is_lowercase);
    opens || (lower && word != "etc" && word.len() > 2)
}

/// The tokens of the bytes `range` of the text.
pub(super) fn tokens(text: &str, range: Range<usize>, lexicon: &mut Lexicon) -> Vec<Token> {
    let mut tokens = Vec::new();
    let piece = &text[range.clone()];
    let mut rest = piece.char_indices().peekable();
    let mut quoted = false;
    while let Some((at, c)) = rest.next() {
        quoted |= matches!(c, '\'' | '‘');
        if c.is_whitespace() {
            continue;
        }
        let mut end = at + c.len_utf8();
        if is_word(c) {
            while let Some((next, d)) = rest.peek().copied() {
                let joins = is_word(d) || (is_joint(d) && piece[next + d.len_utf8()..].starts_with(is_word));
                if !joins {
                    break;
                }
                end = next + d.len_utf8();
                rest.next();
            }
            // `the gardeners' tools`, unless a quotation may end here.
            // `system- or user-supplied`
            let shared = ["- or ", "- and ", "- and/or "].iter().any(|rest| piece[end..].starts_with(rest));
            let owners = !quoted
                && piece[at..end].ends_with('s')
                && ["' ", "’ "].iter().any(|mark| piece[end..].starts_with(mark));
            if (shared || owners)
                && let Some((next, mark)) = rest.next()
            {
                end = next + mark.len_utf8();
            }
        } else if c == '-' && piece[end..].starts_with('-') {
            end += 1;
            rest.next();
        }
        let (start, end) = (range.start + at, range.start + end);
        // `e.g.`, `i.e.`, `etc.`: the stop belongs to the word.
        tokens.push(Token { start, end, form: lexicon.spelling(&text[start..end]) });
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '+' | '#' | '@')
}

/// Marks that stand inside a word.
fn is_joint(c: char) -> bool {
    matches!(c, '-' | '\'' | '’' | '.' | '/' | '&' | '\u{2010}' | '\u{2011}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<&str> {
        split(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn where_sentences_end() {
        assert_eq!(
            sentences("Keeps seeds, e.g. Beans. May be empty. See 7.2 of \"Seeds.\" Done"),
            ["Keeps seeds, e.g. Beans.", "May be empty.", "See 7.2 of \"Seeds.\"", "Done"]
        );
        assert_eq!(
            sentences("Runs tasks (etc.) and more. seedd is one."),
            ["Runs tasks (etc.) and more.", "seedd is one."]
        );
        assert_eq!(sentences("  "), [""; 0]);
    }

    #[test]
    fn pieces_of_what_is_no_sentence() {
        let long = "jar ".repeat(LONGEST_PIECE);
        let text = format!("{long}{}", "é".repeat(LONGEST_PIECE));
        let found: Vec<Range<usize>> = pieces(&text, 0..text.len()).collect();
        assert!(
            found
                .iter()
                .all(|piece| piece.len() <= LONGEST_PIECE && text[piece.clone()] == *text[piece.clone()].trim())
        );
        let words: usize = found.iter().map(|piece| text[piece.clone()].matches("jar").count()).sum();
        assert_eq!((words, found.last().map(|piece| piece.end)), (LONGEST_PIECE, Some(text.len())));
        assert_eq!(pieces("A jar.", 0..6).map(|piece| piece.end).collect::<Vec<_>>(), [6]);
    }

    #[test]
    fn what_is_a_token() {
        let text = "A back-end's 2.5 (TCP/IP) -- C++.";
        let mut lexicon = Lexicon::new();
        let tokens = tokens(text, 0..text.len(), &mut lexicon);
        let words: Vec<&str> = tokens.iter().map(|t| &text[t.start..t.end]).collect();
        assert_eq!(words, ["A", "back-end's", "2.5", "(", "TCP/IP", ")", "--", "C++", "."]);
    }
}
