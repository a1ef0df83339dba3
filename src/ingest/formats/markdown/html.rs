//! HTML: definition lists, tables with a row of titles, a heading or words in bold for each term. Its blocks are those of
//! Markdown, and so is what is made of them. Also reads the HTML inside of Markdown pages.

use std::ops::Range;

use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesStart, Event};

use super::super::super::finding::Findings;
use super::super::columns::{are_sure, is_glossary_title};
use super::super::paragraph::{Mark, ParagraphBuilder};
use super::super::source::SourceText;
use super::super::unread::Unread;
use super::super::xml::{Entities, attribute};
use super::super::{Format, Reader};
use super::page;
use super::walk::{Block, Heading, Text, target};
use crate::glossary::{Entry, Paragraph};

pub(in super::super) const FORMAT: Format = Format {
    name: "html",
    what: "HTML: `<dl>`, tables with titles, headings",
    suffixes: &["html", "htm", "xhtml"],
    looks_like,
    example: "\
<h1>Glossary of the coast</h1>
<dl>
  <dt id=\"mole\">mole</dt> <dd>A wall that shelters a <a href=\"#harbour\">harbour</a>.</dd>
  <dt id=\"harbour\">harbour</dt> <dd>A place where ships lie safely.</dd>
</dl>
",
    read: Reader::Each(read),
};

fn looks_like(text: &str) -> bool {
    let has = |tags: &[&str]| tags.iter().any(|tag| text.contains(tag));
    let is_titled = || {
        let titles =
            ["<title", "<h1"].iter().filter_map(|tag| text.split_once(tag)?.1.split_once('>')?.1.split('<').next());
        titles.into_iter().any(is_glossary_title)
    };
    has(&["<dl", "<DL", "<dt", "<DT"])
        || (has(&["<table", "<TABLE"]) && are_sure(&first_cells(text)))
        || (has(&["<table", "<TABLE", "<h2", "<H2"]) && is_titled())
}

/// The words of the first cells of tables: among them are the titles of the first.
fn first_cells(text: &str) -> Vec<&str> {
    const CELLS: usize = 12;
    let cells = text.match_indices('<').map(|(at, _)| &text[at + 1..]);
    let cells = cells.filter(|tag| ["th", "td", "TH", "TD"].iter().any(|name| tag.starts_with(name)));
    // `<thead>` begins like `<th>`, and holds no words.
    cells.filter_map(|tag| tag.split_once('>')?.1.split('<').next()).take(CELLS).map(str::trim).collect()
}

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let (blocks, problem) = blocks(0..file.text.len(), file);
    if let Some((at, error)) = problem {
        findings.error(&file.place(at..at), format!("not HTML: {error}"), "what follows is not read", None);
    }
    let mut unread = Unread::default();
    let entries = page::entries(blocks, false, file, findings, &mut unread);
    unread.report(&entries, file, findings);
    entries
}

/// What an element means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Heading(usize),
    Term,
    Definition,
    Table,
    Row,
    Cell,
    /// Ends a paragraph, begins another.
    Block,
    Bold,
    Link,
    /// Its text is no part of a sentence.
    PassedOver,
    Inline,
}

fn element(name: &str) -> Element {
    match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Element::Heading(usize::from(name.as_bytes()[1] - b'0')),
        "dt" => Element::Term,
        "dd" => Element::Definition,
        "table" => Element::Table,
        "tr" => Element::Row,
        "td" | "th" => Element::Cell,
        "p" | "li" | "ul" | "ol" | "dl" | "div" | "section" | "article" | "main" | "body" | "blockquote" | "br"
        | "hr" | "header" | "tbody" | "thead" | "caption" | "details" | "summary" | "figcaption" | "address" => {
            Element::Block
        }
        "b" | "strong" => Element::Bold,
        "a" => Element::Link,
        "head" | "nav" | "footer" | "aside" | "button" | "svg" | "noscript" | "template" | "sup" | "pre" => {
            Element::PassedOver
        }
        _ => Element::Inline,
    }
}

/// The blocks of a part of a file, and where it cannot be read any more and why.
pub(super) fn blocks(part: Range<usize>, file: &SourceText) -> (Vec<Block>, Option<(usize, String)>) {
    let text = without_programs(&file.text[part.clone()]);
    let mut reader = XmlReader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut walker = Walker::new(file);
    while file.goes_on() {
        let at = part.start + reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => walker.event(event, at),
            Err(error) => {
                let at = (part.start + reader.error_position() as usize).min(file.text.len());
                walker.flush();
                return (walker.blocks, Some((at, error.to_string())));
            }
        }
    }
    walker.flush();
    (walker.blocks, None)
}

/// Programs and style sheets as spaces: their `<` begins no element.
fn without_programs(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in lower.match_indices('<') {
        let Some(name) = ["script", "style"].into_iter().find(|name| lower[at + 1..].starts_with(name)) else {
            continue;
        };
        if at < done {
            continue;
        }
        let inside = lower[at..].find('>').map_or(text.len(), |end| at + end + 1);
        let end = lower[inside..].find(&format!("</{name}")).map_or(text.len(), |end| inside + end);
        out.push_str(&text[done..inside]);
        out.extend(text[inside..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        done = end;
    }
    out.push_str(&text[done..]);
    out
}

struct Walker<'x, 'a> {
    file: &'x SourceText<'a>,
    blocks: Vec<Block>,
    builder: ParagraphBuilder,
    entities: Entities,
    /// Inside so many elements that are passed over.
    silent: usize,
    heading: Option<(usize, Option<String>)>,
    in_term: bool,
    in_definition: bool,
    tables: usize,
    in_cell: bool,
    /// The paragraph begins with so many bytes in bold.
    bold: usize,
    bold_begins: bool,
    links: Vec<(Mark, Option<String>)>,
}

impl<'x, 'a> Walker<'x, 'a> {
    fn new(file: &'x SourceText<'a>) -> Walker<'x, 'a> {
        Walker {
            file,
            blocks: Vec::new(),
            builder: ParagraphBuilder::default(),
            entities: Entities::default(),
            silent: 0,
            heading: None,
            in_term: false,
            in_definition: false,
            tables: 0,
            in_cell: false,
            bold: 0,
            bold_begins: false,
            links: Vec::new(),
        }
    }

    fn event(&mut self, event: Event, at: usize) {
        match event {
            Event::Start(start) => self.start(&start),
            Event::Empty(start) => {
                let name = start.local_name().into_inner().to_ascii_lowercase();
                if element(&name) == Element::Block {
                    self.flush();
                }
            }
            Event::End(end) => self.end(element(&end.local_name().into_inner().to_ascii_lowercase())),
            Event::Text(text) => self.text(&text, at),
            Event::CData(text) => self.text(&text, at),
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref() {
                    Ok(Some(c)) => Some(c.to_string()),
                    _ => self.entities.expand(&reference),
                };
                self.text(&text.unwrap_or_else(|| reference.to_string()), at);
            }
            Event::DocType(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => {}
        }
    }

    fn text(&mut self, text: &str, at: usize) {
        if self.silent == 0 {
            self.builder.push(text, self.file.line(at));
        }
    }

    fn start(&mut self, start: &BytesStart) {
        let name = start.local_name().into_inner().to_ascii_lowercase();
        if name == "body" {
            self.silent = 0;
        }
        match element(&name) {
            Element::PassedOver => {
                if name != "sup" {
                    self.flush();
                }
                self.silent += 1;
            }
            Element::Heading(level) => {
                self.flush();
                self.heading = Some((level, attribute(start, &["id"])));
            }
            // The end of a term, a definition, a row or a cell may be left out.
            Element::Term => {
                self.flush();
                (self.in_term, self.in_definition) = (true, false);
            }
            Element::Definition => {
                self.flush();
                (self.in_term, self.in_definition) = (false, true);
            }
            Element::Table => {
                self.flush();
                self.tables += 1;
                if self.tables == 1 {
                    self.blocks.push(Block::Table(Vec::new()));
                }
            }
            // A table in a cell is text of the cell.
            Element::Row | Element::Cell if self.tables != 1 => self.builder.push("\n", 1),
            Element::Row => {
                self.cell();
                if let (1, Some(Block::Table(rows))) = (self.tables, self.blocks.last_mut()) {
                    rows.push(Vec::new());
                }
            }
            Element::Cell => {
                self.cell();
                self.in_cell = true;
            }
            Element::Block if self.tables > 0 => self.builder.push("\n", 1),
            Element::Block => self.flush(),
            Element::Bold => self.bold_begins = self.builder.text().is_empty(),
            Element::Link => {
                let address = attribute(start, &["href"]).and_then(|address| target(&address));
                self.links.push((self.builder.mark(), address));
            }
            Element::Inline => {}
        }
    }

    fn end(&mut self, element: Element) {
        match element {
            Element::PassedOver => self.silent = self.silent.saturating_sub(1),
            Element::Heading(_) => self.flush(),
            Element::Term => {
                self.flush();
                self.in_term = false;
            }
            Element::Definition => {
                self.flush();
                self.in_definition = false;
            }
            Element::Table => {
                if self.tables == 1 {
                    self.cell();
                }
                self.tables = self.tables.saturating_sub(1);
            }
            Element::Cell | Element::Row if self.tables == 1 => self.cell(),
            Element::Block if self.tables == 0 => self.flush(),
            Element::Bold => {
                if std::mem::take(&mut self.bold_begins) {
                    self.bold = self.builder.text().len();
                }
            }
            Element::Link => {
                if let Some((mark, Some(target))) = self.links.pop()
                    && self.silent == 0
                {
                    self.builder.refer(mark, target);
                }
            }
            Element::Cell | Element::Row | Element::Block | Element::Inline => {}
        }
    }

    /// A cell of a table ends here, if one is open.
    fn cell(&mut self) {
        let cell = self.builder.finish();
        if std::mem::take(&mut self.in_cell)
            && let Some(Block::Table(rows)) = self.blocks.last_mut()
        {
            // A cell without a row begins one.
            if rows.is_empty() {
                rows.push(Vec::new());
            }
            rows.last_mut().expect("there is one").push(cell);
        }
    }

    /// The paragraph ends here.
    fn flush(&mut self) {
        if self.tables > 0 {
            return;
        }
        let bold = std::mem::take(&mut self.bold);
        let heading = self.heading.take();
        let Some(paragraph) = self.builder.finish() else { return };
        self.blocks.push(self.block(paragraph, heading, bold));
    }

    fn block(&self, paragraph: Paragraph, heading: Option<(usize, Option<String>)>, bold: usize) -> Block {
        match heading {
            Some((level, id)) => Block::Heading(Heading { level, id, paragraph }),
            None if self.in_term => Block::Term(paragraph),
            None if self.in_definition => Block::Definition(paragraph),
            None => Block::Text(Text { paragraph, bold }),
        }
    }
}
