//! AsciiDoc: description lists, `term:: definition`.
//!
//! `lines` tells what a line is, `inline` removes the markup of a paragraph. Follows Asciidoctor as far as description
//! lists reach; listings and pictures are passed over, tables and other texts outside of entries are reported.

mod inline;
mod lines;

use std::collections::BTreeMap;

use super::super::check::reading;
use super::super::finding::Findings;
use super::paragraph::ParagraphBuilder;
use super::source::SourceText;
use super::unread::Unread;
use super::{Format, Reader, entry_place, name};
use crate::glossary::Entry;
use lines::{Kind, Term, kind};

pub(super) const FORMAT: Format = Format {
    name: "asciidoc",
    what: "AsciiDoc: `term:: definition`",
    suffixes: &["adoc", "asciidoc", "asc", "txt"],
    looks_like: |text| text.lines().take(2000).filter(|line| matches!(kind(line), Kind::Term(_))).count() > 1,
    example: "\
[glossary]
[[mole]]mole::
  A wall that shelters a <<harbour>>.
[[harbour]]harbour::
haven::
  A place where ships lie safely.
",
    read: Reader::Each(read),
};

/// What references and attributes stand for.
#[derive(Default)]
struct Names {
    /// The headword below an anchor.
    anchors: BTreeMap<String, String>,
    attributes: BTreeMap<String, String>,
    /// Bytes of attributes put in so far.
    expanded: usize,
}

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let mut reader = DocumentReader {
        file,
        names: names(file.text),
        entries: Vec::new(),
        delimiter: None,
        is_open: false,
        has_text: false,
        after_blank: false,
        attached: false,
        container: 0,
        verbatim: None,
        anchor: None,
        in_head: false,
        line_above: "",
        pending: (String::new(), 0),
        outside: false,
        unread: Unread::default(),
    };
    let mut at = 0;
    for (number, line) in file.text.split('\n').enumerate().take_while(|_| file.goes_on()) {
        reader.line(line, number + 1, at, findings);
        at += line.len() + 1;
    }
    reader.flush();
    let DocumentReader { entries, unread, .. } = reader;
    unread.report(&entries, file, findings);
    entries
}

/// Whether the line underlines a title above it: it is as long, or nearly.
fn is_underline(line: &str, above: &str) -> bool {
    let length = above.chars().count();
    kind(above) == Kind::Text && !above.starts_with(char::is_whitespace) && line.len().abs_diff(length) < 3
}

/// Anchors and attributes may be used above the line that defines them.
fn names(text: &str) -> Names {
    let mut names = Names::default();
    let mut anchor: Option<&str> = None;
    for line in text.lines() {
        match kind(line) {
            Kind::Anchor(id) => anchor = Some(id),
            Kind::Term(term) => {
                if let Some(id) = term.anchor.or(anchor.take()) {
                    names.anchors.entry(id.to_string()).or_insert_with(|| term.head.to_string());
                }
            }
            Kind::Attribute(name, value) => {
                names.attributes.insert(name.to_lowercase(), value.to_string());
            }
            _ => {}
        }
    }
    names
}

struct DocumentReader<'x, 'a> {
    file: &'x SourceText<'a>,
    names: Names,
    entries: Vec<Entry>,
    /// Of the first list: lists with another one stand inside its definitions.
    delimiter: Option<&'a str>,
    /// Text belongs to the last entry.
    is_open: bool,
    /// The last entry has got text: the next headword begins an entry of its own.
    has_text: bool,
    after_blank: bool,
    /// A `+` ties the next block to the entry.
    attached: bool,
    /// Inside so many blocks that hold others.
    container: usize,
    /// The delimiter that ends the listing we are in.
    verbatim: Option<&'a str>,
    anchor: Option<&'a str>,
    /// Right below the title of the document.
    in_head: bool,
    line_above: &'a str,
    /// The paragraph being read and the line on which it begins.
    pending: (String, usize),
    /// The paragraph or table being read is in no entry.
    outside: bool,
    unread: Unread,
}

impl<'a> DocumentReader<'_, 'a> {
    fn line(&mut self, line: &'a str, number: usize, at: usize, findings: &mut Findings) {
        let text = line.trim_end();
        if let Some(delimiter) = self.verbatim {
            if text == delimiter {
                (self.verbatim, self.outside) = (None, false);
            } else if delimiter.ends_with("===") {
                self.outside(text.trim_start_matches('|'), number);
            }
            return;
        }
        let kind = match kind(line) {
            // A line below a title, as long as it.
            Kind::Verbatim | Kind::Container if is_underline(text, self.line_above) => {
                self.pending.0.clear();
                self.unread.take_back(number - 1);
                Kind::Title
            }
            kind => kind,
        };
        // Author and version are below the title of the document.
        self.in_head = match kind {
            Kind::Title => text.starts_with("= "),
            Kind::Blank => false,
            _ => self.in_head,
        };
        self.line_above = text;
        let was_after_blank = std::mem::take(&mut self.after_blank);
        if kind != Kind::Text {
            self.outside = false;
        }
        match kind {
            Kind::Blank => {
                self.flush();
                self.after_blank = true;
            }
            Kind::Continuation => {
                self.flush();
                self.attached = true;
            }
            Kind::Verbatim => {
                self.flush();
                self.verbatim = Some(text);
            }
            Kind::Container => {
                self.flush();
                self.container = if self.container > 0 { 0 } else { 1 };
                self.attached = false;
            }
            Kind::Title => {
                self.flush();
                self.is_open = false;
            }
            Kind::Anchor(id) => self.anchor = Some(id),
            Kind::Attribute(..) | Kind::Comment => {}
            Kind::Include => {
                let place = self.file.place(at..at + text.len());
                findings.found(&reading::OTHER_FILE, &place, "an included file");
            }
            Kind::Term(term) => self.term(&term, number),
            Kind::Item(rest) => {
                self.flush();
                self.text(rest, number);
            }
            Kind::Text => {
                let is_indented = line.starts_with([' ', '\t']);
                let ends_list = was_after_blank && !is_indented && !self.attached && self.container == 0;
                if ends_list {
                    self.is_open = false;
                }
                self.attached = false;
                self.text(text, number);
            }
        }
    }

    fn text(&mut self, text: &str, number: usize) {
        if !self.is_open {
            if !self.in_head {
                self.outside(text, number);
            }
            return;
        }
        if self.pending.0.is_empty() {
            self.pending.1 = number;
        } else {
            self.pending.0.push('\n');
        }
        self.pending.0.push_str(text);
        self.has_text = true;
    }

    /// Notes a paragraph or table in no entry, by its first line with words.
    fn outside(&mut self, text: &str, number: usize) {
        if !self.outside && text.contains(char::is_alphanumeric) {
            self.outside = true;
            self.unread.text(number, text);
        }
    }

    fn term(&mut self, term: &Term<'a>, number: usize) {
        self.flush();
        let is_inside = self.container > 0 && self.is_open;
        if is_inside || *self.delimiter.get_or_insert(term.delimiter) != term.delimiter {
            self.text(term.head, number);
            self.flush();
        } else {
            self.head(term, number);
        }
        if !term.text.is_empty() {
            self.text(term.text, number);
        }
    }

    fn head(&mut self, term: &Term<'a>, number: usize) {
        let anchor = term.anchor.or(self.anchor.take());
        let head = self.read(term.head, number).map(|paragraph| name(paragraph.text));
        if !self.is_open || self.has_text || self.entries.is_empty() {
            let place = entry_place(&self.file.path, number);
            self.entries.push(Entry { place, ..Entry::default() });
        }
        let entry = self.entries.last_mut().expect("it was pushed, or there was one");
        entry.headwords.extend(head);
        entry.identifier = entry.identifier.take().or(anchor.map(Into::into));
        (self.is_open, self.has_text, self.attached) = (true, false, false);
    }

    fn read(&mut self, text: &str, line: usize) -> Option<crate::glossary::Paragraph> {
        let mut builder = ParagraphBuilder::default();
        inline::read(text, line, &mut self.names, &mut builder);
        builder.finish()
    }

    /// The paragraph ends here.
    fn flush(&mut self) {
        let (text, line) = std::mem::take(&mut self.pending);
        let paragraph = self.read(&text, line);
        if let Some(entry) = self.entries.last_mut() {
            entry.paragraphs.extend(paragraph);
        }
    }
}
