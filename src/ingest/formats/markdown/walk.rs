//! Events of the Markdown parser → [`Block`]s, each with its text and places.

use std::ops::Range;

use pulldown_cmark::{Event, MetadataBlockKind, Options, Parser, Tag, TagEnd};

use super::super::paragraph::{Mark, ParagraphBuilder};
use super::super::source::SourceText;
use super::shortcodes;
use crate::glossary::Paragraph;

/// A page.
#[derive(Default)]
pub(super) struct Document {
    /// The YAML at its head, and the byte at which it begins.
    pub front: Option<(String, usize)>,
    pub blocks: Vec<Block>,
}

#[derive(Debug)]
pub(super) enum Block {
    Heading(Heading),
    Text(Text),
    /// The headword of a definition list, then its definition in paragraphs.
    Term(Paragraph),
    Definition(Paragraph),
    /// Rows of cells; the first row is the titles.
    Table(Vec<Vec<Option<Paragraph>>>),
    /// A footnote, the text of HTML elements between the paragraphs: part of no entry.
    Unread(Paragraph),
    /// Hugo's `<!--more-->`.
    More,
}

#[derive(Debug)]
pub(super) struct Heading {
    /// 1 to 6.
    pub level: usize,
    pub id: Option<String>,
    pub paragraph: Paragraph,
}

/// A paragraph, or a list item's.
#[derive(Debug)]
pub(super) struct Text {
    pub paragraph: Paragraph,
    /// It begins with so many bytes in bold.
    pub bold: usize,
}

pub(super) fn walk(file: &SourceText) -> Document {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut walker = Walker::new(file);
    for (event, range) in Parser::new_ext(file.text, options).into_offset_iter().take_while(|_| file.goes_on()) {
        walker.event(event, range);
    }
    walker.take_html();
    walker.flush();
    walker.document
}

struct Walker<'x, 'a> {
    file: &'x SourceText<'a>,
    document: Document,
    builder: ParagraphBuilder,
    bold: usize,
    bold_begins: bool,
    /// Where the open links' words begin, and what they point at.
    links: Vec<(Mark, Option<String>)>,
    /// Inside so many things whose text is not part of a sentence.
    silent: usize,
    /// Inside a definition.
    defines: bool,
    /// Inside the headwords of a definition.
    in_title: bool,
    in_front: bool,
    in_footnote: bool,
    /// The byte at which the last cell of a table ends.
    cell_end: usize,
    /// What is behind the last cell of rows with more cells than titles.
    surplus: Vec<Paragraph>,
    heading: Option<(usize, Option<String>)>,
    /// Blocks of HTML that nothing else parts: a blank line ends a block, but not a table.
    html: Option<Range<usize>>,
}

impl<'x, 'a> Walker<'x, 'a> {
    fn new(file: &'x SourceText<'a>) -> Walker<'x, 'a> {
        Walker {
            file,
            document: Document::default(),
            builder: ParagraphBuilder::default(),
            bold: 0,
            bold_begins: false,
            links: Vec::new(),
            silent: 0,
            defines: false,
            in_title: false,
            in_front: false,
            in_footnote: false,
            cell_end: 0,
            surplus: Vec::new(),
            heading: None,
            html: None,
        }
    }

    fn event(&mut self, event: Event, range: Range<usize>) {
        match event {
            Event::Start(Tag::HtmlBlock) => {
                let start = self.html.as_ref().map_or(range.start, |html| html.start);
                self.html = Some(start..range.end);
            }
            Event::Html(_) | Event::End(TagEnd::HtmlBlock) => {}
            _ => self.take_html(),
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) if self.in_front => {
                let (front, _) = self.document.front.get_or_insert((String::new(), range.start));
                front.push_str(&text);
            }
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.push(&text, range.start);
            }
            // Each line above a definition is a headword.
            Event::SoftBreak if self.in_title => self.term(),
            Event::SoftBreak | Event::HardBreak => self.push("\n", range.start),
            Event::Html(html) if html.trim() == "<!--more-->" => self.document.blocks.push(Block::More),
            Event::InlineHtml(html) if html.starts_with("<br") => self.push(" ", range.start),
            Event::Html(_) | Event::InlineHtml(_) => {}
            Event::Rule => self.flush(),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    /// Reads the definition lists and tables of blocks of HTML; other HTML is not text of a term.
    fn take_html(&mut self) {
        let Some(part) = self.html.take() else { return };
        let (blocks, _) = super::html::blocks(part, self.file);
        let read = blocks.into_iter().filter_map(|block| match block {
            Block::Text(text) => Some(Block::Unread(text.paragraph)),
            Block::Heading(_) | Block::More => None,
            block => Some(block),
        });
        self.document.blocks.extend(read);
    }

    fn push(&mut self, text: &str, at: usize) {
        if self.silent == 0 {
            self.builder.push(text, self.file.line(at));
        }
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Emphasis | Tag::Strikethrough | Tag::Superscript | Tag::Subscript => {}
            // Only what the paragraph begins with counts.
            Tag::Strong => self.bold_begins = self.builder.text().is_empty(),
            Tag::Link { dest_url, .. } => self.links.push((self.builder.mark(), target(&dest_url))),
            Tag::Image { .. } => self.silent += 1,
            Tag::CodeBlock(_) => {
                self.flush();
                self.silent += 1;
            }
            Tag::FootnoteDefinition(_) => {
                self.flush();
                self.in_footnote = true;
            }
            Tag::MetadataBlock(kind) => {
                self.in_front = kind == MetadataBlockKind::YamlStyle && self.document.front.is_none();
            }
            Tag::Heading { level, id, .. } => {
                self.flush();
                self.heading = Some((level as usize, id.map(|id| id.to_string())));
            }
            Tag::Table(_) => {
                self.flush();
                self.document.blocks.push(Block::Table(Vec::new()));
            }
            Tag::TableHead | Tag::TableRow => self.rows().push(Vec::new()),
            Tag::TableCell => {}
            Tag::DefinitionListDefinition => {
                self.flush();
                self.defines = true;
            }
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::HtmlBlock | Tag::List(_) | Tag::Item | Tag::DefinitionList => {
                self.flush()
            }
            Tag::DefinitionListTitle => {
                self.flush();
                self.in_title = true;
            }
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Strong => {
                if std::mem::take(&mut self.bold_begins) {
                    self.bold = self.builder.text().len();
                }
            }
            TagEnd::Emphasis | TagEnd::Strikethrough | TagEnd::Superscript | TagEnd::Subscript => {}
            TagEnd::Link => {
                if let Some((mark, Some(target))) = self.links.pop()
                    && self.silent == 0
                {
                    self.builder.refer(mark, target);
                }
            }
            TagEnd::Image => self.silent -= 1,
            TagEnd::CodeBlock => {
                self.builder.finish();
                self.silent -= 1;
            }
            TagEnd::FootnoteDefinition => {
                self.flush();
                self.in_footnote = false;
            }
            TagEnd::MetadataBlock(_) => self.in_front = false,
            TagEnd::DefinitionListTitle => {
                self.term();
                self.in_title = false;
            }
            TagEnd::DefinitionListDefinition => {
                self.flush();
                self.defines = false;
            }
            TagEnd::TableCell => {
                self.cell_end = range.end;
                let cell = self.paragraph();
                if let Some(row) = self.rows().last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => self.end_row(range.end),
            TagEnd::Table => self.document.blocks.extend(self.surplus.drain(..).map(Block::Unread)),
            TagEnd::Heading(_)
            | TagEnd::Paragraph
            | TagEnd::BlockQuote(_)
            | TagEnd::HtmlBlock
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::DefinitionList => self.flush(),
        }
    }

    /// The parser leaves out the cells for which there is no title: often there is a `|` in a text.
    fn end_row(&mut self, end: usize) {
        let rest = self.file.text.get(self.cell_end..end).unwrap_or("").trim_matches(['|', ' ', '\n']);
        let mut builder = ParagraphBuilder::default();
        builder.push(rest, self.file.line(self.cell_end));
        self.surplus.extend(builder.finish());
    }

    /// The paragraph ends here.
    fn flush(&mut self) {
        let bold = std::mem::take(&mut self.bold);
        let heading = self.heading.take();
        let Some(paragraph) = self.paragraph() else { return };
        self.document.blocks.push(match heading {
            _ if self.in_footnote => Block::Unread(paragraph),
            Some((level, id)) => Block::Heading(Heading { level, id, paragraph }),
            None if self.defines => Block::Definition(paragraph),
            None => Block::Text(Text { paragraph, bold }),
        });
    }

    fn term(&mut self) {
        let term = self.paragraph();
        self.document.blocks.extend(term.map(Block::Term));
    }

    fn paragraph(&mut self) -> Option<Paragraph> {
        self.builder.finish().and_then(shortcodes::resolve)
    }

    /// Of the table that is open.
    fn rows(&mut self) -> &mut Vec<Vec<Option<Paragraph>>> {
        match self.document.blocks.last_mut() {
            Some(Block::Table(rows)) => rows,
            _ => unreachable!("rows stand in tables, and a table holds nothing but rows"),
        }
    }
}

/// What a link to a page of the same site points at: the page's name or the heading's; nothing for other sites.
pub(in super::super) fn target(address: &str) -> Option<String> {
    let is_scheme = |scheme: &str| !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+');
    if address.starts_with("//") || address.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme)) {
        return None;
    }
    let (path, fragment) = address.split_once('#').unwrap_or((address, ""));
    if !fragment.is_empty() {
        return Some(fragment.to_string());
    }
    let path = path.split('?').next().unwrap_or(path);
    let page = path.rsplit('/').find(|part| !["", ".", "..", "index.md", "_index.md", "index.html"].contains(part))?;
    let name = [".md", ".markdown", ".mdx", ".html"].iter().find_map(|suffix| page.strip_suffix(suffix));
    Some(name.unwrap_or(page).to_string())
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn links_point_at_pages_and_headings() {
        let cases = [
            ("/container/", Some("container")),
            ("../light-house.md", Some("light-house")),
            ("./a/b/index.html?x=1", Some("b")),
            ("glossary.md#sea-wall", Some("sea-wall")),
            ("#quay", Some("quay")),
            ("https://example.org/quay/", None),
            ("mailto:keeper@example.org", None),
            ("//example.org/quay", None),
            ("/", None),
        ];
        for (address, expected) in cases {
            assert_eq!(target(address).as_deref(), expected, "{address}");
        }
    }
}
