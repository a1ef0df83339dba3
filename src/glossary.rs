//! [`Glossary`] and [`Entry`]: what every reader of a glossary yields, whatever its format.
//!
//! An entry holds what the text says, with its markup removed and its place kept; what the text means (which names are
//! one, which terms a sentence speaks of, how they relate) is worked out by `ingest` afterwards.

use std::ops::Range;
use std::sync::Arc;

/// Entries of one source, in the order read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Glossary {
    /// The name under which relations cite it.
    pub source: String,
    pub entries: Vec<Entry>,
}

/// A headword (or several that share one definition) with its definition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// As written, markup removed; empty where the text has lost it.
    pub headwords: Vec<Name>,
    /// Other names that the format itself marks as such: `aka`, `skos:altLabel`.
    pub other_names: Vec<Name>,
    /// What the format calls the entry by: an IRI, an entity reference.
    pub identifier: Option<Arc<str>>,
    /// Classes that the format states: `Component`, `skos:Concept`.
    pub kinds: Vec<String>,
    pub paragraphs: Vec<Paragraph>,
    /// Relations that the format states outright: `skos:broader`, `dependsOn`.
    pub relations: Vec<StatedRelation>,
    /// A page that the format names for more: `full_link`.
    pub link: Option<String>,
    pub place: Place,
    /// The name of the format it was read from; empty if it was not read.
    pub format: &'static str,
}

impl Entry {
    /// The paragraphs, a line each.
    pub fn text(&self) -> String {
        self.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// In bytes, as an estimate.
    pub(crate) fn size(&self) -> usize {
        let names = self.headwords.iter().chain(&self.other_names).map(|name| size_of::<Name>() + name.text.len());
        let paragraphs = self.paragraphs.iter().map(Paragraph::size);
        let relations = self.relations.iter().map(|relation| {
            size_of::<StatedRelation>() + relation.relation.len() + relation.target.len() + relation.evidence.len()
        });
        size_of::<Entry>() + names.sum::<usize>() + paragraphs.sum::<usize>() + relations.sum::<usize>()
    }

    /// Whether the format gives the two different identifiers.
    pub(crate) fn is_told_apart(&self, other: &Entry) -> bool {
        matches!((&self.identifier, &other.identifier), (Some(a), Some(b)) if a != b)
    }

    /// The paragraphs in one language: English, or else what the first is in.
    pub fn definition(&self) -> String {
        let language = |paragraph: &Paragraph| paragraph.language.clone();
        let english = self.paragraphs.iter().any(|paragraph| may_be_english(paragraph.language.as_deref()));
        let first = self.paragraphs.first().and_then(language);
        let wanted = |paragraph: &&Paragraph| match english {
            true => may_be_english(paragraph.language.as_deref()),
            false => paragraph.language == first,
        };
        self.paragraphs.iter().filter(wanted).map(|paragraph| paragraph.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// A name, in a language if the format tells it (BCP 47).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    pub text: String,
    pub language: Option<Arc<str>>,
}

/// Whether a text in this language (BCP 47) can be English; one that is not told may be.
pub fn may_be_english(language: Option<&str>) -> bool {
    language.is_none_or(|tag| tag.split('-').next().is_some_and(|first| first.eq_ignore_ascii_case("en")))
}

/// Where something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub file: Arc<str>,
    /// Counted from 1.
    pub line: usize,
}

/// A paragraph of a definition: text on one line, markup removed, white space folded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paragraph {
    pub text: String,
    /// Where in `text` (byte) each line of the file begins, ascending: offset and line, counted from 1.
    pub lines: Vec<(usize, usize)>,
    /// What the markup points at: `:term:` roles, `<glossterm>`, links to other entries.
    pub references: Vec<Reference>,
    /// If the format tells it (BCP 47).
    pub language: Option<Arc<str>>,
}

impl Paragraph {
    fn size(&self) -> usize {
        let references = self.references.iter().map(|reference| size_of::<Reference>() + reference.target.len());
        size_of::<Paragraph>() + self.text.len() + size_of_val(&self.lines[..]) + references.sum::<usize>()
    }

    /// The line of the file on which the byte of the text stands.
    pub fn line_at(&self, offset: usize) -> usize {
        let after = self.lines.partition_point(|(start, _)| *start <= offset);
        self.lines[..after].last().or(self.lines.first()).map_or(1, |(_, line)| *line)
    }

    /// Goes on with another paragraph, after a space.
    pub fn append(&mut self, other: Paragraph) {
        self.text.push(' ');
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.lines.extend(other.lines.into_iter().map(|(offset, line)| (start + offset, line)));
        let moved = |r: Reference| Reference { span: start + r.span.start..start + r.span.end, ..r };
        self.references.extend(other.references.into_iter().map(moved));
    }

    /// What begins at the byte, unless it is nothing.
    pub fn from(&self, start: usize) -> Option<Paragraph> {
        let text = self.text.get(start..).filter(|text| !text.is_empty())?;
        let first = (0, self.line_at(start));
        let later =
            self.lines.iter().filter(|(offset, _)| *offset > start).map(|(offset, line)| (offset - start, *line));
        let whole = self.references.iter().filter(|reference| reference.span.start >= start);
        let moved = |r: &Reference| Reference { span: r.span.start - start..r.span.end - start, ..r.clone() };
        Some(Paragraph {
            text: text.into(),
            lines: std::iter::once(first).chain(later).collect(),
            references: whole.map(moved).collect(),
            language: self.language.clone(),
        })
    }
}

/// A pointer in a paragraph to another entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The bytes of the paragraph's text that are its words.
    pub span: Range<usize>,
    /// The headword or identifier pointed at.
    pub target: String,
}

/// A relation that the format states, not a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedRelation {
    /// A type of the relation table: `is_a`, `depends_on`.
    pub relation: String,
    /// A headword or an identifier.
    pub target: String,
    /// The words of the file that state it.
    pub evidence: String,
    pub line: usize,
    /// The file, if it is not the one of its entry.
    pub file: Option<Arc<str>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_paragraph() {
        let paragraph =
            Paragraph { text: "One two. Three.".into(), lines: vec![(0, 7), (9, 8)], ..Paragraph::default() };
        assert_eq!([0, 8, 9, 14].map(|offset| paragraph.line_at(offset)), [7, 7, 8, 8]);
    }

    #[test]
    fn paragraphs_are_cut_and_joined() {
        let reference = Reference { span: 9..14, target: "three".into() };
        let mut paragraph = Paragraph {
            text: "One two. Three.".into(),
            lines: vec![(0, 7), (9, 8)],
            references: vec![reference],
            language: None,
        };
        let end = paragraph.from(4).unwrap();
        assert_eq!((end.text.as_str(), end.line_at(0), end.line_at(5)), ("two. Three.", 7, 8));
        assert_eq!(&end.text[end.references[0].span.clone()], "Three");
        assert_eq!(paragraph.from(15), None);
        paragraph.append(end);
        assert_eq!(paragraph.text, "One two. Three. two. Three.");
        assert_eq!(&paragraph.text[paragraph.references[1].span.clone()], "Three");
        assert_eq!(paragraph.line_at(22), 8);
    }
}
