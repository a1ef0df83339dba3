//! [`Finding`]: something wrong in a graph folder or a glossary, with its place.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::SourceFile;
use super::check::{Rule, folder, reading};
use crate::diagnostic::Severity;
use crate::lines::Lines;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule that found it: a row of [`RULES`](super::check::RULES).
    pub rule: &'static str,
    pub severity: Severity,
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong, in one sentence without a final full stop.
    pub what: String,
    /// What would go wrong because of it.
    pub why: String,
    /// What to try.
    pub help: Option<String>,
    /// The bytes of the file's text it speaks about.
    pub span: Range<usize>,
}

/// Where something stands: a number of a file, and bytes of its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub file: usize,
    pub start: usize,
    pub end: usize,
}

/// Findings on their way, with the texts they speak about.
pub(super) struct Findings<'a> {
    files: &'a [SourceFile<'a>],
    lines: Vec<OnceCell<Lines>>,
    found: Vec<(Place, Finding)>,
    /// Of each file, how many there are, listed or not.
    counts: Vec<usize>,
    /// Those of errors and warnings that are not given one of their own.
    rules: [&'static Rule; 2],
}

/// More findings of one file are counted, not listed: nobody reads them, and a broken file could have millions.
const MOST_OF_A_FILE: usize = 1000;

impl<'a> Findings<'a> {
    /// Those of readers.
    pub(super) fn new(files: &'a [SourceFile<'a>]) -> Findings<'a> {
        Findings::by([&reading::UNREADABLE, &reading::NOT_READ], files)
    }

    /// Those of a graph folder.
    pub(super) fn of_folder(files: &'a [SourceFile<'a>]) -> Findings<'a> {
        Findings::by([&folder::ERROR, &folder::WARNING], files)
    }

    fn by(rules: [&'static Rule; 2], files: &'a [SourceFile<'a>]) -> Findings<'a> {
        Findings {
            rules,
            files,
            lines: files.iter().map(|_| OnceCell::new()).collect(),
            found: Vec::new(),
            counts: vec![0; files.len()],
        }
    }

    pub(super) fn error(&mut self, place: &Place, what: impl Into<String>, why: &str, help: Option<String>) {
        self.add(self.rules[0], place, what.into(), why, help);
    }

    pub(super) fn warning(&mut self, place: &Place, what: impl Into<String>, why: &str, help: Option<String>) {
        self.add(self.rules[1], place, what.into(), why, help);
    }

    /// Reports what a rule of its own is about.
    pub(super) fn found(&mut self, rule: &'static Rule, place: &Place, what: impl Into<String>) {
        let help = Some(rule.help).filter(|help| !help.is_empty()).map(str::to_string);
        self.add(rule, place, what.into(), rule.why, help);
    }

    fn add(&mut self, rule: &'static Rule, place: &Place, what: String, why: &str, help: Option<String>) {
        self.counts[place.file] += 1;
        if self.counts[place.file] > MOST_OF_A_FILE {
            return;
        }
        self.list(rule, place, what, why, help);
    }

    fn list(&mut self, rule: &'static Rule, place: &Place, what: String, why: &str, help: Option<String>) {
        let (line, column) = self.position(place);
        let finding = Finding {
            rule: rule.name,
            severity: rule.severity,
            file: self.files[place.file].path.to_string(),
            line,
            column,
            what,
            why: why.to_string(),
            help,
            span: place.start..place.end,
        };
        self.found.push((place.clone(), finding));
    }

    /// How many there are so far.
    pub(super) fn len(&self) -> usize {
        self.counts.iter().sum()
    }

    /// `file:line` of another place, for a message.
    pub(super) fn name_place(&self, place: &Place) -> String {
        format!("{}:{}", self.files[place.file].path, self.position(place).0)
    }

    /// Line and column, both counted from 1.
    fn position(&self, place: &Place) -> (usize, usize) {
        let text = self.files[place.file].text;
        let lines = self.lines[place.file].get_or_init(|| Lines::new(text));
        let line = lines.line(place.start);
        (line, text.get(lines.start(line).unwrap_or(0)..place.start).unwrap_or("").chars().count() + 1)
    }

    /// By file, place and text.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        for file in 0..self.files.len() {
            let more = self.counts[file].saturating_sub(MOST_OF_A_FILE);
            if more > 0 {
                let end = self.files[file].text.len();
                let what = format!("{more} more findings in this file");
                let place = Place { file, start: end, end };
                self.list(self.rules[1], &place, what, "they are not listed", None);
            }
        }
        self.found.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.what.cmp(&y.what)));
        self.found.into_iter().map(|(_, finding)| finding).collect()
    }
}

impl Finding {
    /// Draws the finding under the line of the file's `text` it speaks about.
    pub fn draw(&self, text: &str, colour: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let mut group = Group::with_title(level.primary_title(self.what.as_str()).id(self.rule));
        // A long entry is pointed at by its first line.
        let end = text.get(self.span.clone()).map_or(0, |t| t.lines().next().unwrap_or("").len());
        if text.is_char_boundary(self.span.start) {
            let span = self.span.start..self.span.start + end;
            let marked = AnnotationKind::Primary.span(span).label(self.why.as_str());
            group = group.element(Snippet::source(text).path(self.file.as_str()).fold(true).annotation(marked));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (severity, rule) = (self.severity.name(), self.rule);
        write!(f, "{}:{}: {severity}[{rule}]: {}: {}", self.file, self.line, self.what, self.why)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}
