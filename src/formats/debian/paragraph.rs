//! [`Paragraph`]: the fields of a package, as slices of the text.

use super::clause::Clause;
use super::{Problem, Sheet};

/// A field that relates packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    PreDepends,
    Depends,
    Recommends,
    Suggests,
    Enhances,
    Conflicts,
    Breaks,
    Replaces,
    Provides,
}

impl Field {
    const ALL: &[Field] = &[
        Field::Depends,
        Field::PreDepends,
        Field::Recommends,
        Field::Suggests,
        Field::Enhances,
        Field::Conflicts,
        Field::Breaks,
        Field::Replaces,
        Field::Provides,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Field::PreDepends => "Pre-Depends",
            Field::Depends => "Depends",
            Field::Recommends => "Recommends",
            Field::Suggests => "Suggests",
            Field::Enhances => "Enhances",
            Field::Conflicts => "Conflicts",
            Field::Breaks => "Breaks",
            Field::Replaces => "Replaces",
            Field::Provides => "Provides",
        }
    }

    pub fn relation(self) -> &'static str {
        match self {
            Field::PreDepends | Field::Depends => "DEPENDS_ON",
            Field::Recommends => "RECOMMENDS",
            // Debian Policy 7.2: Enhances is Suggests in the opposite direction.
            Field::Suggests | Field::Enhances => "SUGGESTS",
            Field::Conflicts => "CONFLICTS_WITH",
            Field::Breaks => "BREAKS",
            Field::Replaces => "REPLACES",
            Field::Provides => "PROVIDES",
        }
    }

    /// The kind of need; empty if the type of the relation says it.
    pub fn kind(self) -> &'static str {
        match self {
            Field::PreDepends => "pre-depends",
            Field::Depends => "depends",
            Field::Enhances => "enhances",
            Field::Recommends
            | Field::Suggests
            | Field::Conflicts
            | Field::Breaks
            | Field::Replaces
            | Field::Provides => "",
        }
    }

    /// Whether the package does not work without.
    pub fn is_need(self) -> bool {
        matches!(self, Field::PreDepends | Field::Depends)
    }

    /// Whether the package asks for what it names, which is then found in a version.
    pub fn is_request(self) -> bool {
        self.is_need() || matches!(self, Field::Recommends | Field::Suggests)
    }

    /// Whether all that are named count, rather than one.
    pub fn is_against(self) -> bool {
        matches!(self, Field::Conflicts | Field::Breaks | Field::Replaces)
    }
}

#[derive(Debug, Default)]
pub(super) struct Paragraph<'t> {
    pub line: usize,
    pub name: &'t str,
    pub version: &'t str,
    pub architecture: &'t str,
    pub multi_arch: &'t str,
    /// Only in dpkg's status.
    pub status: Option<&'t str>,
    pub section: &'t str,
    pub priority: &'t str,
    pub source: &'t str,
    /// The first line of it.
    pub description: &'t str,
    pub is_essential: bool,
    /// Each with the line at which its value begins.
    pub relations: Vec<(Field, usize, &'t str)>,
}

impl<'t> Paragraph<'t> {
    /// What is not of dpkg's status is not about installation.
    pub fn is_installed(&self) -> bool {
        self.status.is_none_or(|status| status.split_whitespace().nth(2) == Some("installed"))
    }

    /// The clauses of a field, separated by commas.
    pub fn clauses(&self, field: Field) -> impl Iterator<Item = Clause<'t>> {
        let of_field = self.relations.iter().filter(move |(known, _, _)| *known == field);
        of_field.flat_map(|(_, line, value)| Clause::all(value, *line))
    }

    fn take(&mut self, name: &str, value: &'t str, line: usize) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        let text = value.trim();
        if let Some(field) = Field::ALL.iter().find(|field| is(field.name())) {
            self.relations.push((*field, line, value));
        } else if is("Package") {
            self.name = text;
        } else if is("Version") {
            self.version = text;
        } else if is("Architecture") {
            self.architecture = text;
        } else if is("Multi-Arch") {
            self.multi_arch = text;
        } else if is("Status") {
            self.status = Some(text);
        } else if is("Section") {
            self.section = text;
        } else if is("Priority") {
            self.priority = text;
        } else if is("Source") {
            self.source = text;
        } else if is("Description") || is("Description-en") {
            self.description = text.lines().next().unwrap_or_default();
        } else if is("Essential") {
            self.is_essential = text == "yes";
        }
    }
}

/// The paragraphs of a text: fields, each with the lines that continue it, until a blank line.
pub(super) fn paragraphs<'t>(text: &'t str, sheet: &Sheet) -> Result<Vec<Paragraph<'t>>, Problem> {
    let mut all = Vec::new();
    let mut paragraph = Paragraph::default();
    let mut field: Option<(&str, usize, usize)> = None;
    let (mut at, mut line) = (0, 0);
    while at < text.len() {
        sheet.tick()?;
        line += 1;
        let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |newline| at + newline);
        let this = &text[at..end];
        if !this.starts_with([' ', '\t', '#']) {
            if let Some((name, start, line)) = field.take() {
                paragraph.take(name, &text[start..at], line);
            }
            match this.split_once(':') {
                _ if this.trim().is_empty() => end_paragraph(&mut all, &mut paragraph),
                Some((name, _)) => {
                    if paragraph.line == 0 {
                        paragraph.line = line;
                    }
                    field = Some((name, at + name.len() + 1, line));
                }
                None => return Err(Problem::at(line, "neither a field nor the continuation of one")),
            }
        } else if field.is_none() && this.trim().is_empty() {
            end_paragraph(&mut all, &mut paragraph);
        } else if field.is_none() && !this.starts_with('#') {
            return Err(Problem::at(line, "the continuation of a field, before any field"));
        }
        at = end + 1;
    }
    if let Some((name, start, line)) = field {
        paragraph.take(name, &text[start..], line);
    }
    end_paragraph(&mut all, &mut paragraph);
    Ok(all)
}

fn end_paragraph<'t>(all: &mut Vec<Paragraph<'t>>, paragraph: &mut Paragraph<'t>) {
    if paragraph.line > 0 {
        all.push(std::mem::take(paragraph));
    }
}
