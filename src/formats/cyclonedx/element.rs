//! [`Element`]: a part of an XML file as a tree, read one child of a section at a time.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::{Problem, Sheet};

/// Elements in elements.
const DEEPEST: usize = 200;

pub(super) struct Element<'a> {
    /// Without its prefix.
    pub name: Box<str>,
    attributes: Vec<(Box<str>, Box<str>)>,
    /// Its own text, trimmed.
    pub text: Cow<'a, str>,
    pub children: Vec<Element<'a>>,
    /// From its first character to its last.
    pub words: &'a str,
}

impl<'a> Element<'a> {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| **known == *name).map_or("", |(_, value)| value)
    }

    pub fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.children.iter().find(|child| *child.name == *name)
    }

    /// The text of a child; empty if there is none.
    pub fn child_text(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| &child.text)
    }
}

/// A file on its way.
pub(super) struct Elements<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
}

/// What comes next on one level.
pub(super) enum Step<'a> {
    /// An element opens; whether it closes at once.
    Open(Element<'a>, bool),
    Close,
    End,
}

impl<'a> Elements<'a> {
    pub fn new(text: &'a str) -> Elements<'a> {
        Elements { reader: Reader::from_str(text), text }
    }

    /// The next element that opens or closes, without what is in it; texts between are passed over.
    pub fn step(&mut self, sheet: &Sheet) -> Result<Step<'a>, Problem> {
        loop {
            sheet.tick()?;
            let (event, at) = self.event()?;
            match event {
                Event::Start(start) => return Ok(Step::Open(self.open(sheet, &start, at)?, false)),
                Event::Empty(start) => return Ok(Step::Open(self.open(sheet, &start, at)?, true)),
                Event::End(_) => return Ok(Step::Close),
                Event::Eof => return Ok(Step::End),
                _ => {}
            }
        }
    }

    /// Passes over what is in an element that has opened.
    pub fn skip(&mut self, sheet: &Sheet) -> Result<(), Problem> {
        let mut depth = 1;
        while depth > 0 {
            sheet.tick()?;
            let (event, at) = self.event()?;
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Eof => return Err(self.wrong(at, "the file ends inside an element")),
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads what is in an element that has opened.
    pub fn fill(&mut self, sheet: &Sheet, element: Element<'a>) -> Result<Element<'a>, Problem> {
        let mut open = vec![element];
        loop {
            sheet.tick()?;
            let (event, at) = self.event()?;
            let closed = match event {
                Event::Start(start) if open.len() < DEEPEST => {
                    open.push(self.open(sheet, &start, at)?);
                    continue;
                }
                Event::Start(_) => return Err(self.wrong(at, format!("nested more than {DEEPEST} deep"))),
                Event::Empty(start) => self.open(sheet, &start, at)?,
                Event::End(_) => match open.pop() {
                    Some(element) => self.close(element),
                    None => return Err(self.wrong(at, "an element closes that is not open")),
                },
                Event::Text(text) => {
                    add(&mut open, &text);
                    continue;
                }
                Event::CData(text) => {
                    add(&mut open, &text);
                    continue;
                }
                Event::GeneralRef(reference) => {
                    add(&mut open, &resolved(&reference));
                    continue;
                }
                Event::Eof => return Err(self.wrong(at, "the file ends inside an element")),
                _ => continue,
            };
            match open.last_mut() {
                Some(parent) => parent.children.push(closed),
                None => return Ok(closed),
            }
        }
    }

    /// An event and the byte at which it begins.
    fn event(&mut self) -> Result<(Event<'a>, usize), Problem> {
        let at = self.reader.buffer_position() as usize;
        match self.reader.read_event() {
            Ok(event) => Ok((event, at)),
            Err(error) => Err(self.wrong(self.reader.error_position() as usize, format!("not XML: {error}"))),
        }
    }

    fn open(&self, sheet: &Sheet, start: &BytesStart, at: usize) -> Result<Element<'a>, Problem> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.wrong(at, format!("not XML: {error}")))?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| self.wrong(at, format!("not XML: {error}")))?;
            attributes.push((name(attribute.key.as_ref()), value.as_ref().into()));
        }
        sheet.charge(size_of::<Element>() + attributes.len() * 48)?;
        let words = &self.text[at..self.reader.buffer_position() as usize];
        Ok(Element { name: name(start.name().as_ref()), attributes, text: "".into(), children: Vec::new(), words })
    }

    fn close(&self, mut element: Element<'a>) -> Element<'a> {
        let start = element.words.as_ptr() as usize - self.text.as_ptr() as usize;
        element.words = &self.text[start..self.reader.buffer_position() as usize];
        if element.text.starts_with(char::is_whitespace) || element.text.ends_with(char::is_whitespace) {
            element.text = Cow::Owned(element.text.trim().to_string());
        }
        element
    }

    pub fn wrong(&self, at: usize, what: impl Into<String>) -> Problem {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        Problem::at(1 + memchr::memchr_iter(b'\n', before).count(), what)
    }
}

fn add(open: &mut [Element], text: &str) {
    // What only separates elements is not text.
    let is_space = |element: &Element| element.text.is_empty() && text.trim().is_empty();
    if let Some(element) = open.last_mut().filter(|element| !is_space(element)) {
        element.text.to_mut().push_str(text);
    }
}

fn name(name: &str) -> Box<str> {
    name.rsplit(':').next().unwrap_or(name).into()
}

/// A character by its number, or one of the five of XML; others stay as they are written.
fn resolved(reference: &str) -> Cow<'_, str> {
    let number = reference.strip_prefix('#').and_then(|number| match number.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => number.parse().ok(),
    });
    if let Some(character) = number.and_then(char::from_u32) {
        return Cow::Owned(character.to_string());
    }
    match quick_xml::escape::resolve_xml_entity(reference) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(format!("&{reference};")),
    }
}
