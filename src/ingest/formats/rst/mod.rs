//! reStructuredText: Sphinx's `.. glossary::` directives, or else the definition lists of the document, or else a section
//! for each term.
//!
//! `lines` cuts the text into lines with their indentation, `blocks` into the elements of a body, `inline` removes the
//! markup of a paragraph, `definition` puts paragraphs and "see also" together. Follows the reStructuredText
//! specification of Docutils; code and images are passed over, tables and other texts outside of entries are reported.

mod blocks;
mod definition;
mod glossary;
mod inline;
mod lines;
mod sections;
mod substitutions;

use super::super::finding::Findings;
use super::source::SourceText;
use super::unread::Unread;
use super::{Format, Reader, name};
use crate::glossary::Entry;
use blocks::{Block, Directive, blocks};
use definition::Definer;
use lines::{Line, lines};
use substitutions::Substitutions;

pub(super) const FORMAT: Format = Format {
    name: "rst",
    what: "reStructuredText: `.. glossary::`, definition lists, sections",
    suffixes: &["rst", "rest", "txt"],
    looks_like,
    example: "\
.. glossary::

   harbour
   haven
      A place where ships lie safely. See also :term:`lighthouse`.
",
    read: Reader::Each(read),
};

/// Deeper nesting is not read: no document that people write comes near.
const DEEPEST: usize = 40;

fn looks_like(text: &str) -> bool {
    text.contains(".. glossary::")
}

/// Shared by everything that reads a document.
struct Context<'a, 'b, 'c> {
    file: &'b SourceText<'a>,
    substitutions: Substitutions,
    findings: &'b mut Findings<'c>,
    unread: Unread,
}

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let lines = lines(file.text);
    let mut context = Context { file, substitutions: Substitutions::default(), findings, unread: Unread::default() };
    let mut directives = Vec::new();
    find(&lines, 0, &mut context, &mut directives);
    let mut definer = Definer::new(context);
    let entries: Vec<Entry> = match directives.is_empty() {
        true => without_directives(&lines, &mut definer),
        false => directives.iter().flat_map(|lines| glossary::entries(lines, &mut definer)).collect(),
    };
    let Context { findings, unread, .. } = definer.context;
    unread.report(&entries, file, findings);
    entries
}

/// Entries of a document without a glossary directive: only now it is known which texts are outside of them.
fn without_directives(lines: &[Line], definer: &mut Definer) -> Vec<Entry> {
    definer.context.unread = Unread::default();
    let entries = definition_lists(lines, definer);
    if !entries.is_empty() {
        return entries;
    }
    definer.context.unread = Unread::default();
    sections::entries(lines, definer)
}

/// Glossary directives of a body, at any depth, and the substitutions that it defines.
fn find<'a>(lines: &[Line<'a>], depth: usize, context: &mut Context<'a, '_, '_>, found: &mut Vec<Vec<Line<'a>>>) {
    if too_deep(lines, depth, context) {
        return;
    }
    for block in blocks(lines).take_while(|_| context.file.goes_on()) {
        match block {
            Block::Directive(directive) if directive.name == "glossary" => found.push(directive.body.to_vec()),
            Block::Directive(directive) if definition::holds_text(directive.name) => {
                if !directive.argument.is_blank() {
                    context.pass_over(&directive);
                }
                find(directive.body, depth + 1, context, found);
            }
            Block::Substitution { name, directive } => context.substitutions.define(name, &directive),
            Block::Definition { term, body } => {
                context.unread.text(term.number, term.text);
                find(body, depth + 1, context, found);
            }
            Block::Quote(body) => find(body, depth + 1, context, found),
            Block::Item(lines) => find(&lines, depth + 1, context, found),
            Block::Directive(directive) => context.pass_over(&directive),
            Block::Paragraph(lines) | Block::Aside(lines) => context.pass_over_text(lines),
            Block::Ignored => {}
        }
    }
}

impl Context<'_, '_, '_> {
    /// Notes a text outside of all entries, or a table in one.
    fn pass_over_text(&mut self, lines: &[Line]) {
        // The first lines of a table are rules and markup.
        if let Some(line) = lines.iter().find(|line| line.text.contains(char::is_alphanumeric)) {
            self.unread.text(line.number, line.text.trim_start_matches("..").trim_matches(['|', ' ']));
        }
    }

    /// Notes the text of a directive, unless it holds none.
    fn pass_over(&mut self, directive: &Directive) {
        if definition::holds_unread_text(directive.name) {
            let is_body = |line: &&Line| !line.is_blank() && !blocks::is_option(line);
            let first = Some(&directive.argument).filter(|line| !line.is_blank());
            if let Some(line) = first.or_else(|| directive.body.iter().find(is_body)) {
                self.unread.text(line.number, line.text);
            }
        }
    }
}

fn too_deep(lines: &[Line], depth: usize, context: &mut Context) -> bool {
    let Some(line) = lines.first().filter(|_| depth >= DEEPEST) else { return false };
    let what = format!("nested more than {DEEPEST} deep");
    let place = context.file.place(line.start..line.end());
    context.findings.warning(&place, what, "what is nested deeper is not read", None);
    true
}

/// The items of definition lists outside of everything else.
fn definition_lists(lines: &[Line], definer: &mut Definer) -> Vec<Entry> {
    let mut entries = Vec::new();
    let file = definer.context.file;
    for block in blocks(lines).take_while(|_| file.goes_on()) {
        let (term, body) = match block {
            Block::Definition { term, body } => (term, body),
            Block::Paragraph(lines) | Block::Aside(lines) | Block::Quote(lines) => {
                definer.context.pass_over_text(lines);
                continue;
            }
            Block::Item(lines) => {
                definer.context.pass_over_text(&lines);
                continue;
            }
            Block::Directive(directive) => {
                definer.context.pass_over(&directive);
                continue;
            }
            Block::Substitution { .. } | Block::Ignored => continue,
        };
        let (head, classifiers) = glossary::classifiers(term.text);
        let mut entry = glossary::entry(&[(term.number, head)], definer);
        entry.kinds = classifiers.map(|classifier| name(classifier).text).collect();
        definer.define(body, &mut entry);
        entries.push(entry);
    }
    entries
}
