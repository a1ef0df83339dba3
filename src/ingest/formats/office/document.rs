//! Word documents → Markdown: headings, paragraphs that begin in bold, tables.

use quick_xml::Reader as XmlReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::super::xml::attribute;
use super::OfficeText;
use super::markdown::{Markdown, Run};
use super::package::Package;
use super::styles::{Styles, is_on};
use crate::formats::Problem;

const DOCUMENT: &str = "word/document.xml";

pub(super) fn texts(package: &mut Package) -> Result<Vec<OfficeText>, Problem> {
    let styles = Styles::read(&package.text("word/styles.xml")?.unwrap_or_default());
    let Some(xml) = package.text(DOCUMENT)? else {
        return Err(
            Problem::at(0, format!("it has no part {DOCUMENT}")).help("open it in its program and save it again")
        );
    };
    let mut walker = Walker::new(styles);
    let mut reader = XmlReader::from_str(&xml);
    loop {
        let event =
            reader.read_event().map_err(|error| Problem::at(0, format!("a broken part {DOCUMENT}: {error}")))?;
        if let Event::Eof = event {
            walker.unread.extend(notes(package)?);
            return Ok(vec![OfficeText { sheet: None, text: walker.markdown.into_text(), unread: walker.unread }]);
        }
        if let Some(budget) = package.budget() {
            budget.tick()?;
        }
        walker.event(event);
    }
}

/// The texts of footnotes and endnotes, a text a note.
fn notes(package: &mut Package) -> Result<Vec<String>, Problem> {
    let mut notes = Vec::new();
    for (part, element) in [("word/footnotes.xml", "w:footnote"), ("word/endnotes.xml", "w:endnote")] {
        let Some(xml) = package.text(part)? else { continue };
        let mut reader = XmlReader::from_str(&xml);
        let (mut text, mut in_text) = (String::new(), false);
        loop {
            let event =
                reader.read_event().map_err(|error| Problem::at(0, format!("a broken part {part}: {error}")))?;
            match event {
                Event::Eof => break,
                Event::Start(start) => in_text |= start.name().as_ref() == "w:t",
                Event::End(end) if end.name().as_ref() == "w:t" => in_text = false,
                Event::End(end) if end.name().as_ref() == element => notes.push(std::mem::take(&mut text)),
                Event::Text(piece) if in_text => text.push_str(&piece.xml10_content()),
                Event::GeneralRef(reference) if in_text => text.push_str(&resolved(&reference)),
                _ => {}
            }
        }
    }
    notes.retain(|note| !note.trim().is_empty());
    Ok(notes)
}

/// The character of a reference. Office files declare no entities: others stay as they are written.
pub(super) fn resolved(reference: &BytesRef) -> String {
    let character = reference.resolve_char_ref().ok().flatten().map(String::from);
    let known = || resolve_predefined_entity(reference).map(str::to_string);
    character.or_else(known).unwrap_or_else(|| format!("&{};", &**reference))
}

struct Walker {
    styles: Styles,
    markdown: Markdown,
    paragraph: Vec<Run>,
    style: Option<String>,
    /// As the paragraph itself says, not its style.
    level: Option<usize>,
    in_run: bool,
    /// As the run itself says, or its style.
    bold: Option<bool>,
    in_text: bool,
    /// Rows of cells of the open table.
    rows: Vec<Vec<String>>,
    /// Inside so many tables: the text of one in a cell is that cell's.
    tables: usize,
    /// Inside so many elements whose text is not read.
    skipped: usize,
    /// Inside a text box.
    in_box: bool,
    /// Texts of text boxes.
    unread: Vec<String>,
}

/// What was moved away, and what is there twice or beside the text.
const SKIPPED: &[&str] = &["w:moveFrom", "mc:Fallback", BOX];
/// The content of a text box.
const BOX: &str = "w:txbxContent";

impl Walker {
    fn new(styles: Styles) -> Walker {
        Walker {
            styles,
            markdown: Markdown::default(),
            paragraph: Vec::new(),
            style: None,
            level: None,
            in_run: false,
            bold: None,
            in_text: false,
            rows: Vec::new(),
            tables: 0,
            skipped: 0,
            in_box: false,
            unread: Vec::new(),
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Start(start) => self.start(&start),
            Event::Empty(start) => {
                self.start(&start);
                self.end(start.name().as_ref());
            }
            Event::End(end) => self.end(end.name().as_ref()),
            Event::Text(text) if self.in_text => self.push(&text.xml10_content()),
            Event::CData(text) if self.in_text => self.push(&text.xml10_content()),
            Event::GeneralRef(reference) if self.in_text => self.push(&resolved(&reference)),
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {}
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => {}
        }
    }

    fn push(&mut self, text: &str) {
        if self.in_box {
            self.unread.last_mut().expect("the box began one").push_str(text);
            return;
        }
        let bold = self.bold.unwrap_or_else(|| self.styles.is_bold(self.style.as_deref()));
        match self.paragraph.last_mut().filter(|run| run.bold == bold) {
            Some(run) => run.text.push_str(text),
            None => self.paragraph.push(Run { bold, text: text.into() }),
        }
    }

    fn start(&mut self, start: &BytesStart) {
        let name = start.name();
        if name.as_ref() == BOX && self.skipped == 0 {
            self.in_box = true;
            self.unread.push(String::new());
        }
        if SKIPPED.contains(&name.as_ref()) {
            self.skipped += 1;
        }
        if self.skipped > 0 {
            self.in_text |= self.in_box && name.as_ref() == "w:t";
            return;
        }
        let value = || attribute(start, &["w:val"]);
        match name.as_ref() {
            "w:p" => {
                self.paragraph.clear();
                (self.style, self.level) = (None, None);
            }
            "w:pStyle" => self.style = value(),
            "w:outlineLvl" => self.level = value().and_then(|level| level.parse().ok()).filter(|level| *level < 9),
            "w:r" => (self.in_run, self.bold) = (true, None),
            "w:rStyle" if self.in_run && self.bold.is_none() => {
                self.bold = self.styles.is_bold(value().as_deref()).then_some(true);
            }
            "w:b" if self.in_run => self.bold = Some(is_on(value())),
            "w:t" => self.in_text = true,
            "w:tab" if self.in_run => self.push("\t"),
            "w:br" | "w:cr" if self.in_run => self.push(" "),
            "w:noBreakHyphen" => self.push("-"),
            "w:tbl" => self.tables += 1,
            "w:tr" if self.tables == 1 => self.rows.push(Vec::new()),
            "w:tc" if self.tables == 1 => self.row().push(String::new()),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if SKIPPED.contains(&name) {
            self.skipped = self.skipped.saturating_sub(1);
            self.in_box &= self.skipped > 0;
            return;
        }
        if self.skipped > 0 {
            if name == "w:t" {
                self.in_text = false;
            }
            return;
        }
        match name {
            "w:p" => self.end_paragraph(),
            "w:r" => (self.in_run, self.bold) = (false, None),
            "w:t" => self.in_text = false,
            "w:tbl" => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    self.markdown.table(std::mem::take(&mut self.rows));
                }
            }
            _ => {}
        }
    }

    /// Of the open table.
    fn row(&mut self) -> &mut Vec<String> {
        if self.rows.is_empty() {
            self.rows.push(Vec::new());
        }
        let last = self.rows.len() - 1;
        &mut self.rows[last]
    }

    fn end_paragraph(&mut self) {
        let runs = std::mem::take(&mut self.paragraph);
        if self.tables > 0 {
            let text: String = runs.iter().map(|run| run.text.as_str()).collect();
            if let Some(cell) = self.row().last_mut() {
                cell.push(' ');
                cell.push_str(&text);
            }
            return;
        }
        let level = self.level.or_else(|| self.styles.level(self.style.as_deref()));
        match level {
            Some(level) => self.markdown.heading(level, &runs),
            None => self.markdown.paragraph(&runs),
        }
    }
}
