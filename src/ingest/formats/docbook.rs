//! DocBook 4 and 5: `<glossentry>` with `<glossterm>`, `<glossdef>`, `<glosssee>` and `<glossseealso>`.
//!
//! Errors of the XML are reported; reading goes on at the next `<glossentry>`. Entities of other files are not read.

use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesStart, Event};

use super::super::finding::Findings;
use super::paragraph::{Mark, ParagraphBuilder};
use super::source::SourceText;
use super::unread::Unread;
use super::xml::{Entities, attribute};
use super::{Format, Reader, entry_place, name};
use crate::glossary::{Entry, StatedRelation};

pub(super) const FORMAT: Format = Format {
    name: "docbook",
    what: "DocBook 4 or 5: `<glossentry>` elements",
    suffixes: &["xml", "dbk", "docbook"],
    looks_like: |text| text.contains("<glossentry") || text.contains("<glossary") || text.contains(":glossentry"),
    example: "\
<glossary xmlns=\"http://docbook.org/ns/docbook\">
  <glossentry xml:id=\"mole\">
    <glossterm>mole</glossterm>
    <glossdef><para>A wall that shelters a <glossterm>harbour</glossterm>.</para></glossdef>
  </glossentry>
  <glossentry><glossterm>breakwater</glossterm><glosssee otherterm=\"mole\"/></glossentry>
</glossary>
",
    read: Reader::Each(read),
};

/// What an element means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    Entry,
    Term,
    OtherName,
    Definition,
    See,
    /// A paragraph, or what ends one.
    Block,
    /// Points at an entry.
    Link,
    /// Quotation marks around it.
    Quote,
    /// Not part of a sentence.
    PassedOver,
    /// The same, but with text of its own: it is reported.
    Aside,
    /// Its text is part of the sentence.
    Inline,
}

const ELEMENTS: &[(Element, &[&str])] = &[
    (Element::Entry, &["glossentry"]),
    (Element::Term, &["glossterm", "firstterm"]),
    (Element::OtherName, &["acronym", "abbrev"]),
    (Element::Definition, &["glossdef"]),
    (Element::See, &["glosssee", "glossseealso"]),
    (Element::Block, &["para", "simpara", "listitem", "itemizedlist", "orderedlist", "variablelist", "varlistentry"]),
    (Element::Block, &["note", "tip", "important", "warning", "caution", "member", "simplelist", "blockquote", "term"]),
    (Element::Link, &["link", "xref"]),
    (Element::Quote, &["quote"]),
    (Element::PassedOver, &["indexterm", "programlisting", "screen", "literallayout", "synopsis", "mediaobject"]),
    (Element::PassedOver, &["figure", "informalfigure", "remark"]),
    (Element::Aside, &["table", "informaltable", "example", "informalexample", "footnote"]),
    (Element::PassedOver, &["inlinemediaobject", "equation", "informalequation", "title", "subject", "anchor"]),
];

fn element(local_name: &str) -> Element {
    ELEMENTS.iter().find(|(_, names)| names.contains(&local_name)).map_or(Element::Inline, |(element, _)| *element)
}

/// A broken document is taken up again so often: each time, the rest may be read to its end.
const MOST_RESTARTS: usize = 20;

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let mut walker = Walker {
        file,
        entities: Entities::default(),
        entries: Vec::new(),
        open: Vec::new(),
        state: State::default(),
        unread: Unread::default(),
    };
    let mut start = 0;
    for restart in 0..=MOST_RESTARTS {
        let Err((at, error)) = walker.walk(start, findings) else { break };
        walker.close_all();
        let next = file.text[at..].find("<glossentry").map(|next| at + next).filter(|next| *next > start);
        let why = match next {
            Some(_) if restart < MOST_RESTARTS => "what follows is read from the next <glossentry> on",
            _ => "what follows is not read",
        };
        findings.error(&file.place(at..at), format!("not well-formed XML: {error}"), why, None);
        let Some(next) = next else { break };
        start = next;
    }
    walker.close_all();
    let Walker { entries, unread, .. } = walker;
    unread.report(&entries, file, findings);
    entries
}

struct Walker<'x, 'a> {
    file: &'x SourceText<'a>,
    entities: Entities,
    entries: Vec<Entry>,
    /// Elements begun and not ended, and where the words of those that refer to something begin.
    open: Vec<Open>,
    state: State,
    unread: Unread,
}

struct Open {
    element: Element,
    mark: Mark,
    target: Option<String>,
}

#[derive(Default)]
struct State {
    builder: ParagraphBuilder,
    /// How many elements of each meaning are open.
    depths: [usize; Element::Inline as usize + 1],
    in_entry: bool,
    in_definition: bool,
    /// The text of this block is noted as unread.
    is_noted: bool,
}

impl Walker<'_, '_> {
    /// Reads from a byte of the file on; the error says where it stands.
    fn walk(&mut self, start: usize, findings: &mut Findings) -> Result<(), (usize, String)> {
        let mut reader = XmlReader::from_str(&self.file.text[start..]);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        loop {
            let at = start + reader.buffer_position() as usize;
            match reader.read_event() {
                Ok(Event::Eof) => return Ok(()),
                Ok(_) if !self.file.goes_on() => return Ok(()),
                Ok(event) => self.event(event, at, findings),
                Err(error) => {
                    let at = (start + reader.error_position() as usize).min(self.file.text.len());
                    return Err((at, error.to_string()));
                }
            }
        }
    }

    fn event(&mut self, event: Event, at: usize, findings: &mut Findings) {
        match event {
            Event::Start(start) => self.start(&start, at),
            Event::Empty(start) => {
                self.start(&start, at);
                self.end(element(local(&start)), at);
            }
            Event::End(end) => self.end(element(end.local_name().into_inner()), at),
            Event::Text(text) => self.text(&text, at),
            Event::CData(text) => self.text(&text, at),
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref() {
                    Ok(Some(c)) => Some(c.to_string()),
                    _ => self.entities.expand(&reference),
                };
                match text {
                    Some(text) => self.text(&text, at),
                    None if self.wants_text() => {
                        let place = self.file.place(at..at + reference.len() + 2);
                        let what = format!("entity '{}' is not known here", &*reference);
                        let help = "declare it in this file: <!ENTITY name \"text\">".to_string();
                        findings.warning(&place, what, "its name stands for it in the text", Some(help));
                        self.text(&reference, at);
                    }
                    None => {}
                }
            }
            Event::DocType(doctype) => self.entities.declare(&doctype),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => {}
        }
    }

    fn wants_text(&self) -> bool {
        self.state.in_entry && !self.is_open(Element::PassedOver) && !self.is_open(Element::Aside)
    }

    fn text(&mut self, text: &str, at: usize) {
        if self.wants_text() {
            self.state.builder.push(text, self.file.line(at));
        } else if self.is_unread() && !self.state.is_noted && text.contains(char::is_alphanumeric) {
            self.state.is_noted = true;
            self.unread.text(self.file.line(at), text);
        }
    }

    fn is_open(&self, element: Element) -> bool {
        self.state.depths[element as usize] > 0
    }

    /// Whether text here is of no entry: in a table, or a paragraph between the entries.
    fn is_unread(&self) -> bool {
        let is_outside = !self.state.in_entry && self.is_open(Element::Block);
        !self.is_open(Element::PassedOver) && (self.is_open(Element::Aside) || is_outside)
    }

    fn start(&mut self, start: &BytesStart, at: usize) {
        let element = element(local(start));
        let mut target = None;
        if matches!(element, Element::Block | Element::Aside) && !self.is_open(Element::Aside) {
            self.state.is_noted = false;
        }
        match element {
            Element::Entry => {
                self.close_entry();
                let identifier = attribute(start, &["xml:id", "id"]).map(Into::into);
                let place = entry_place(&self.file.path, self.file.line(at));
                self.entries.push(Entry { identifier, place, ..Entry::default() });
                self.state.in_entry = true;
            }
            Element::Definition => {
                self.flush();
                self.state.in_definition = true;
            }
            Element::See => {
                self.flush();
                target = attribute(start, &["otherterm"]);
            }
            Element::Block => self.flush(),
            Element::Term | Element::Link => {
                if !self.state.in_definition {
                    self.flush();
                }
                target = attribute(start, &["linkend", "baseform", "xlink:href"]).and_then(internal);
            }
            Element::OtherName if self.is_name() => self.flush(),
            Element::Quote => self.text("\"", at),
            Element::PassedOver | Element::Aside | Element::OtherName | Element::Inline => {}
        }
        self.state.depths[element as usize] += 1;
        self.open.push(Open { element, mark: self.state.builder.mark(), target });
    }

    /// Ends the innermost element that means this and what is open in it; a stray end tag ends nothing.
    fn end(&mut self, element: Element, at: usize) {
        while self.state.depths[element as usize] > 0
            && let Some(open) = self.open.pop()
        {
            let ended = open.element;
            self.state.depths[ended as usize] -= 1;
            self.close(open, at);
            if ended == element {
                break;
            }
        }
    }

    /// Whether an acronym here is a name of the entry, not a word of its headword or definition.
    fn is_name(&self) -> bool {
        !self.state.in_definition && self.state.depths[Element::Term as usize] == 0
    }

    fn close(&mut self, open: Open, at: usize) {
        match open.element {
            Element::Entry => self.close_entry(),
            Element::Term if self.state.in_definition => {
                let words = self.state.builder.since(open.mark).to_string();
                self.state.builder.refer(open.mark, open.target.unwrap_or(words));
            }
            Element::Term => {
                if let Some(paragraph) = self.state.builder.finish() {
                    self.with_entry(|entry| entry.headwords.push(name(paragraph.text)));
                }
            }
            Element::OtherName if self.is_name() => {
                if let Some(paragraph) = self.state.builder.finish() {
                    self.with_entry(|entry| entry.other_names.push(name(paragraph.text)));
                }
            }
            Element::Link => {
                if let Some(target) = open.target {
                    self.state.builder.refer(open.mark, target);
                }
            }
            Element::See => self.see(open.target, at),
            Element::Definition => {
                self.flush();
                self.state.in_definition = false;
            }
            Element::Block => self.flush(),
            Element::Quote => self.text("\"", at),
            Element::PassedOver | Element::Aside | Element::OtherName | Element::Inline => {}
        }
    }

    fn see(&mut self, target: Option<String>, at: usize) {
        let line = self.file.line(at);
        let words = self.state.builder.finish();
        let line = words.as_ref().map_or(line, |words| words.line_at(0));
        let words = words.map(|words| words.text).unwrap_or_default();
        let target = target.unwrap_or_else(|| words.clone());
        if !target.is_empty() {
            let evidence = if words.is_empty() { target.clone() } else { words };
            let relation = StatedRelation { relation: "see_also".into(), target, evidence, line, file: None };
            self.with_entry(|entry| entry.relations.push(relation));
        }
    }

    fn with_entry(&mut self, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entries.last_mut().filter(|_| self.state.in_entry) {
            change(entry);
        }
    }

    /// The text so far is a paragraph, if it is in a definition.
    fn flush(&mut self) {
        let Some(paragraph) = self.state.builder.finish() else { return };
        match self.state.in_definition {
            true => self.with_entry(|entry| entry.paragraphs.push(paragraph)),
            false => self.unread.paragraph(&paragraph),
        }
    }

    fn close_entry(&mut self) {
        self.flush();
        self.state.in_entry = false;
        self.state.in_definition = false;
    }

    fn close_all(&mut self) {
        self.close_entry();
        self.open.clear();
        self.state = State::default();
    }
}

fn local<'e>(start: &'e BytesStart) -> &'e str {
    start.name().local_name().into_inner()
}

/// The part of an address that names an element of the same document.
fn internal(address: String) -> Option<String> {
    match address.strip_prefix('#') {
        Some(id) => Some(id.to_string()),
        None => (!address.contains([':', '/'])).then_some(address),
    }
}
