//! XML as a row of tags and texts. Entities that a file defines itself are errors, so that they cannot grow.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::Problem;

#[derive(Debug)]
pub(super) enum Markup {
    Open(Tag),
    /// The local name of the element that ends.
    Close(String),
    Text(String),
    End,
}

/// The start of an element.
#[derive(Debug)]
pub(super) struct Tag {
    /// The local name.
    pub name: String,
    pub prefix: String,
    attributes: Vec<(String, String)>,
    /// Where it begins and ends in the text.
    pub at: std::ops::Range<usize>,
}

impl Tag {
    /// An attribute by its name with its prefix.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub(super) struct Reading<'t> {
    reader: Reader<&'t [u8]>,
    text: &'t str,
    depth: usize,
}

impl<'t> Reading<'t> {
    pub(super) fn new(text: &'t str) -> Reading<'t> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Reading { reader, text, depth: 0 }
    }

    /// Something wrong where the reader is.
    pub(super) fn wrong(&self, what: impl Into<String>) -> Problem {
        let at = (self.reader.buffer_position() as usize).min(self.text.len());
        Problem::at(memchr::memchr_iter(b'\n', &self.text.as_bytes()[..at]).count() + 1, what)
    }

    pub(super) fn next(&mut self) -> Result<Markup, Problem> {
        loop {
            let at = (self.reader.buffer_position() as usize).min(self.text.len());
            let event = self.reader.read_event().map_err(|error| self.wrong(format!("not XML: {error}")))?;
            match event {
                Event::Start(start) => {
                    self.depth += 1;
                    return Ok(Markup::Open(self.tag(&start, at)?));
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Markup::Close(end.local_name().into_inner().to_string()));
                }
                Event::Text(text) => return Ok(Markup::Text(text.xml10_content().into_owned())),
                Event::CData(text) => return Ok(Markup::Text(text.xml10_content().into_owned())),
                Event::GeneralRef(reference) => return Ok(Markup::Text(self.referred(&reference)?.to_string())),
                Event::Eof if self.depth > 0 => return Err(self.wrong("the file ends inside an element")),
                Event::Eof => return Ok(Markup::End),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn tag(&self, start: &BytesStart, at: usize) -> Result<Tag, Problem> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.wrong(format!("not XML: {error}")))?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| self.wrong(format!("not XML: {error}")))?;
            attributes.push((attribute.key.as_ref().to_string(), value.into_owned()));
        }
        let name = start.local_name().into_inner().to_string();
        let prefix = start.name().prefix().map(|prefix| prefix.into_inner().to_string()).unwrap_or_default();
        let end = (self.reader.buffer_position() as usize).min(self.text.len());
        Ok(Tag { name, prefix, attributes, at: at..end.max(at) })
    }

    fn referred(&self, reference: &BytesRef) -> Result<char, Problem> {
        let name: &str = reference;
        match (reference.resolve_char_ref(), name) {
            (Ok(Some(c)), _) => Ok(c),
            (Err(error), _) => Err(self.wrong(format!("`&{name};` is not a character: {error}"))),
            (Ok(None), "lt") => Ok('<'),
            (Ok(None), "gt") => Ok('>'),
            (Ok(None), "amp") => Ok('&'),
            (Ok(None), "quot") => Ok('"'),
            (Ok(None), "apos") => Ok('\''),
            (Ok(None), _) => Err(self.wrong(format!("`&{name};` is an entity of the file's own, which is not read"))),
        }
    }
}
