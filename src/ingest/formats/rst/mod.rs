//! reStructuredText: Sphinx's `.. glossary::` directives, or else the definition lists of the document, or else a section
//! for each term.
//!
//! `lines` cuts the text into lines with their indentation, `blocks` into the elements of a body, `inline` removes the
//! markup of a paragraph, `definition` puts paragraphs and "see also" together. Follows the reStructuredText
//! specification of Docutils; what does not bear on glossaries (tables, code, images) is passed over.

mod blocks;
mod definition;
mod glossary;
mod inline;
mod lines;
mod sections;
mod substitutions;

use super::super::finding::Findings;
use super::source::SourceText;
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
}

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let lines = lines(file.text);
    let mut context = Context { file, substitutions: Substitutions::default(), findings };
    let mut directives = Vec::new();
    find(&lines, 0, &mut context, &mut directives);
    let mut definer = Definer::new(context);
    if directives.is_empty() {
        let entries = definition_lists(&lines, &mut definer);
        return if entries.is_empty() { sections::entries(&lines, &mut definer) } else { entries };
    }
    directives.iter().flat_map(|lines| glossary::entries(lines, &mut definer)).collect()
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
                find(directive.body, depth + 1, context, found);
            }
            Block::Substitution { name, directive } => context.substitutions.define(name, &directive),
            Block::Quote(body) | Block::Definition { body, .. } => find(body, depth + 1, context, found),
            Block::Item(lines) => find(&lines, depth + 1, context, found),
            Block::Directive(Directive { .. }) | Block::Paragraph(_) | Block::Ignored => {}
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
        let Block::Definition { term, body } = block else { continue };
        let (head, classifiers) = glossary::classifiers(term.text);
        let mut entry = glossary::entry(&[(term.number, head)], definer);
        entry.kinds = classifiers.map(|classifier| name(classifier).text).collect();
        definer.define(body, &mut entry);
        entries.push(entry);
    }
    entries
}
