//! Bytes → text with `\n` between lines: UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252.

use std::borrow::Cow;

use super::super::finding::Findings;
use super::source::SourceText;

/// A file's text, and what was odd about its bytes.
#[derive(Clone, Debug)]
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub(super) is_unread: bool,
    oddities: Vec<Oddity>,
}

/// What was odd, and at which byte of the text.
#[derive(Clone, Debug)]
struct Oddity {
    at: usize,
    what: &'static str,
    why: &'static str,
    help: &'static str,
}

const SAVE_AS_UTF_8: &str = "save the file as UTF-8";

/// Decodes the bytes of a text file; what cannot be decoded becomes U+FFFD.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    if u32::try_from(bytes.len()).is_err() {
        return unread("longer than 4 GiB", "split the file");
    }
    let mut oddities = Vec::new();
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => eight(rest, &mut oddities),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(sixteen(rest, u16::from_le_bytes, &mut oddities)),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(sixteen(rest, u16::from_be_bytes, &mut oddities)),
        _ if is_binary(bytes) => return unread("not a text: it holds NUL bytes", SAVE_AS_UTF_8),
        _ => eight(bytes, &mut oddities),
    };
    Decoded { text: lines_end_in_newline(without_nul(text, &mut oddities)), is_unread: false, oddities }
}

/// Text has no NUL; one far into a text is taken for damage.
fn is_binary(bytes: &[u8]) -> bool {
    const BEGINNING: usize = 1024;
    bytes[..bytes.len().min(BEGINNING)].contains(&0)
}

fn unread(what: &'static str, help: &'static str) -> Decoded<'static> {
    let oddity = Oddity { at: 0, what, why: "nothing of this file is read", help };
    Decoded { text: Cow::Borrowed(""), is_unread: true, oddities: vec![oddity] }
}

fn eight<'a>(bytes: &'a [u8], oddities: &mut Vec<Oddity>) -> Cow<'a, str> {
    let Err(error) = std::str::from_utf8(bytes) else { return String::from_utf8_lossy(bytes) };
    let is_utf_8_with_damage = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    if is_utf_8_with_damage {
        let (what, why) = ("not UTF-8 from here", "bytes that are no text were replaced by U+FFFD");
        oddities.push(Oddity { at: error.valid_up_to(), what, why, help: SAVE_AS_UTF_8 });
        return String::from_utf8_lossy(bytes);
    }
    let (what, why) = ("not UTF-8 from here", "the file was read as Windows-1252 (Latin-1)");
    oddities.push(Oddity { at: error.valid_up_to(), what, why, help: SAVE_AS_UTF_8 });
    Cow::Owned(bytes.iter().map(|byte| windows_1252(*byte)).collect())
}

/// Latin-1 has control characters where Windows-1252 has quotes and dashes; no text means the former.
fn windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => FROM_80[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn sixteen(bytes: &[u8], unit: fn([u8; 2]) -> u16, oddities: &mut Vec<Oddity>) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut damage = None;
    for character in char::decode_utf16(units) {
        if character.is_err() {
            damage.get_or_insert(text.len());
        }
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if bytes.len() % 2 == 1 {
        damage.get_or_insert(text.len());
    }
    if let Some(at) = damage {
        let (what, why) = ("not UTF-16 from here", "what is no text was replaced by U+FFFD or left out");
        oddities.push(Oddity { at, what, why, help: SAVE_AS_UTF_8 });
    }
    text
}

fn without_nul<'a>(text: Cow<'a, str>, oddities: &mut Vec<Oddity>) -> Cow<'a, str> {
    let Some(at) = memchr::memchr(0, text.as_bytes()) else { return text };
    let (what, why) = ("a NUL byte in the text", "NUL bytes were replaced by U+FFFD");
    oddities.push(Oddity { at, what, why, help: "remove it, or say why the file holds it" });
    Cow::Owned(text.replace('\0', "\u{FFFD}"))
}

fn lines_end_in_newline(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

impl Decoded<'_> {
    /// Whether the bytes are no text.
    pub fn is_unread(&self) -> bool {
        self.is_unread
    }

    /// The bytes of the text that are not those of the file.
    pub(super) fn own(&self) -> usize {
        if let Cow::Owned(text) = &self.text { text.len() } else { 0 }
    }

    pub(super) fn report(&self, text: &SourceText, findings: &mut Findings) {
        for oddity in &self.oddities {
            let place = text.place(floor(text.text, oddity.at)..floor(text.text, oddity.at));
            let help = Some(oddity.help.to_string());
            match self.is_unread {
                true => findings.error(&place, oddity.what, oddity.why, help),
                false => findings.warning(&place, oddity.what, oddity.why, help),
            }
        }
    }
}

/// The byte, or the nearest one before it at which a character begins: line ends may have shifted it.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
