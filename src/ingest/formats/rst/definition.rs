//! The body of a definition → paragraphs, references, and "see also".

use super::super::super::check::{Rule, reading};
use super::super::name;
use super::super::paragraph::ParagraphBuilder;
use super::blocks::{Block, Directive, blocks};
use super::lines::Line;
use super::{Context, inline, too_deep};
use crate::glossary::{Entry, Name, Paragraph, StatedRelation};

/// What a directive means for a definition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Its argument and its body are text.
    Text,
    /// Its argument is an expression, a title or a version; its body is text.
    Body,
    /// What it names is related.
    SeeAlso,
    /// Code, pictures, index entries: no sentences.
    PassedOver,
    /// A table in its body.
    Table,
    /// Another file's text.
    Include,
}

const USES: &[(Use, &[&str])] = &[
    (Use::Text, &["attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning"]),
    (Use::Text, &["epigraph", "highlights", "pull-quote", "centered"]),
    (Use::Body, &["admonition", "class", "compound", "container", "deprecated", "only", "rst-class", "sidebar"]),
    (Use::Body, &["tab", "tab-set", "topic", "versionadded", "versionchanged", "versionremoved"]),
    (Use::SeeAlso, &["seealso"]),
    (Use::PassedOver, &["code", "code-block", "sourcecode", "highlight", "literalinclude", "parsed-literal", "prompt"]),
    (Use::PassedOver, &["doctest", "testcode", "testoutput", "testsetup", "productionlist", "math", "raw", "meta"]),
    (Use::PassedOver, &["index", "image", "figure", "graphviz", "mermaid", "uml", "rubric", "todo", "toctree"]),
    (Use::PassedOver, &["contents", "tabularcolumns", "cssclass", "default-role"]),
    (Use::PassedOver, &["role", "currentmodule", "module", "sectnum", "glossary"]),
    (Use::Table, &["csv-table", "list-table", "table"]),
    (Use::Include, &["include"]),
];

fn use_of(directive: &str) -> Option<Use> {
    USES.iter().find(|(_, names)| names.contains(&directive)).map(|(kind, _)| *kind)
}

/// Whether a glossary or a definition can stand in the directive's body.
pub(super) fn holds_text(directive: &str) -> bool {
    matches!(use_of(directive), Some(Use::Text | Use::Body))
}

/// Whether the body or the argument of a directive outside of all entries is text.
pub(super) fn holds_unread_text(directive: &str) -> bool {
    !matches!(use_of(directive), Some(Use::PassedOver | Use::SeeAlso | Use::Include))
}

/// Puts definitions together.
pub(super) struct Definer<'a, 'b, 'c> {
    pub context: Context<'a, 'b, 'c>,
}

impl<'a, 'b, 'c> Definer<'a, 'b, 'c> {
    pub(super) fn new(context: Context<'a, 'b, 'c>) -> Definer<'a, 'b, 'c> {
        Definer { context }
    }

    /// Adds what the lines say to the entry.
    pub(super) fn define(&mut self, lines: &[Line], entry: &mut Entry) {
        self.body(lines, 0, entry);
    }

    fn body(&mut self, lines: &[Line], depth: usize, entry: &mut Entry) {
        if too_deep(lines, depth, &mut self.context) {
            return;
        }
        let file = self.context.file;
        for block in blocks(lines).take_while(|_| file.goes_on()) {
            match block {
                Block::Paragraph(lines) => entry.paragraphs.extend(self.paragraph(lines)),
                Block::Item(lines) => self.body(&lines, depth + 1, entry),
                Block::Quote(lines) => self.body(lines, depth + 1, entry),
                Block::Definition { term, body } => {
                    entry.paragraphs.extend(self.paragraph(&[term]));
                    self.body(body, depth + 1, entry);
                }
                Block::Directive(directive) => self.directive(&directive, depth, entry),
                Block::Aside(lines) => self.context.pass_over_text(lines),
                Block::Substitution { .. } | Block::Ignored => {}
            }
        }
    }

    fn directive(&mut self, directive: &Directive, depth: usize, entry: &mut Entry) {
        let argument = std::iter::once(directive.argument).filter(|line| !line.is_blank());
        match use_of(directive.name) {
            Some(Use::Text) => {
                let lines: Vec<Line> = with_one_indent(argument, directive.body);
                self.body(&lines, depth + 1, entry);
            }
            Some(Use::Body) => self.body(directive.body, depth + 1, entry),
            Some(Use::SeeAlso) => {
                let lines: Vec<Line> = with_one_indent(argument, directive.body);
                self.see_also(&lines, entry);
            }
            Some(Use::PassedOver) => {}
            Some(Use::Table) => self.context.pass_over(directive),
            Some(Use::Include) => {
                self.found(&reading::OTHER_FILE, &directive.argument, "an included file");
            }
            None => {
                let what = format!("unknown directive '{}'", directive.name);
                self.left_out(&directive.argument, &what);
            }
        }
    }

    /// A directive points at the terms named in it.
    fn see_also(&mut self, lines: &[Line], entry: &mut Entry) {
        for paragraph in lines.split(Line::is_blank).filter_map(|lines| self.paragraph(lines)) {
            let relations = paragraph.references.iter().map(|reference| StatedRelation {
                relation: "see_also".into(),
                target: reference.target.clone(),
                evidence: paragraph.text.clone(),
                line: paragraph.line_at(reference.span.start),
                file: None,
            });
            entry.relations.extend(relations);
        }
    }

    fn paragraph(&mut self, lines: &[Line]) -> Option<Paragraph> {
        let first = lines.first()?;
        let mut text = lines.iter().map(|line| line.text).collect::<Vec<_>>().join("\n");
        // The mark of a literal block is one colon to the reader, none if it stands alone.
        if text.ends_with("::") {
            text.pop();
            if text.len() == 1 || text[..text.len() - 1].ends_with(char::is_whitespace) {
                text.pop();
            }
        }
        let mut builder = ParagraphBuilder::default();
        inline::read(&text, first, &mut self.context, &mut builder);
        builder.finish()
    }

    /// A headword as it is read, its markup removed.
    pub(super) fn headword(&mut self, text: &str, line: usize) -> Option<Name> {
        let mut builder = ParagraphBuilder::default();
        let line = Line { number: line, start: 0, indent: 0, text };
        inline::read(text, &line, &mut self.context, &mut builder);
        builder.finish().map(|paragraph| name(paragraph.text))
    }

    /// Reports what a rule is about.
    pub(super) fn found(&mut self, rule: &'static Rule, line: &Line, what: &str) {
        let place = self.context.file.place(line.start..line.end());
        self.context.findings.found(rule, &place, what);
    }

    fn left_out(&mut self, line: &Line, what: &str) {
        let place = self.context.file.place(line.start..line.end());
        self.context.findings.warning(&place, what, "what it holds is not in the definition", None);
    }
}

/// A directive's argument and body as one body: the argument goes on in the lines below it.
fn with_one_indent<'a>(argument: impl Iterator<Item = Line<'a>>, body: &[Line<'a>]) -> Vec<Line<'a>> {
    let indent = super::lines::base(body);
    argument.map(|line| Line { indent, ..line }).chain(body.iter().copied()).collect()
}
