//! Files of any kind → what they hold: the facts of tools, the terms of glossaries.
//!
//! ```text
//! files → kinds → facts ──────────────────────→ state    → graph
//!               → entries → extraction → terms → assemble → graph
//! ```
//!
//! [`gather`] reads, [`Gathered::put`] changes a graph. What no format knows is refused with a reason; nothing is
//! dropped in silence.

use std::collections::BTreeSet;

use super::assemble::{Assembled, Choice, assemble};
use super::extract::{Extraction, Extractor};
use super::finding::Finding;
use super::formats::{SourceBytes, decode, read_source};
use super::kinds::{FileKind, kind_of};
use super::state::{self, Merging};
use super::terms::Terms;
use crate::diagnostic::{Diagnostic, Severity};
use crate::facts::Facts;
use crate::formats::{self as tools, Surroundings};
use crate::glossary::Glossary;
use crate::graph::Graph;
use crate::limits::Budget;

/// A file to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// With `/` between folders.
    pub path: String,
    pub bytes: Vec<u8>,
    /// Whether its name was given; else a folder holds it, and it may be of no known kind.
    pub named: bool,
}

/// How files are read.
pub struct Choices<'a> {
    /// The kind of all files; else each tells its own.
    pub kind: Option<FileKind>,
    /// What the relations of glossaries call their source; else the path of the first.
    pub source: Option<String>,
    pub options: tools::Options,
    pub surroundings: &'a dyn Surroundings,
    pub threads: usize,
}

/// Something to say about a file that was read, or that was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub severity: Severity,
    /// `file:line`.
    pub place: String,
    pub what: String,
    pub help: Option<String>,
}

/// The terms of glossaries, and what their texts say.
pub struct Terminology {
    pub glossary: Glossary,
    pub extraction: Extraction,
    pub terms: Terms,
}

/// What files hold.
pub struct Gathered {
    pub facts: Facts,
    pub terminology: Option<Terminology>,
    pub remarks: Vec<Remark>,
    /// Files whose names were given and that nothing came of.
    pub fruitless: Vec<String>,
    /// Texts of a folder that were not read as glossaries.
    pub unread: Vec<String>,
}

/// Reads the files, and tells what it has to say about each as soon as it has read it. Fails only at a limit.
pub fn gather(
    inputs: &[Input],
    choices: &Choices,
    extractor: &mut Extractor,
    tell: &mut dyn FnMut(&Remark),
    budget: &Budget,
) -> Result<Gathered, Diagnostic> {
    let mut gathered = Gathered {
        facts: Facts::new(),
        terminology: None,
        remarks: Vec::new(),
        fruitless: Vec::new(),
        unread: Vec::new(),
    };
    let mut told = 0;
    let mut tell_new = |gathered: &Gathered| {
        gathered.remarks[told..].iter().for_each(&mut *tell);
        told = gathered.remarks.len();
    };
    let mut texts: Vec<&Input> = Vec::new();
    for input in inputs {
        budget.check()?;
        match choices.kind.map_or_else(|| kind_of(&input.path, &input.bytes, true), Ok) {
            Ok(FileKind::Facts(format)) => gathered.facts(input, format, choices, budget)?,
            Ok(FileKind::Graph(reader)) => gathered.nodes(input, reader, budget)?,
            Ok(FileKind::Glossary(_)) => texts.push(input),
            Err(refusal) if input.named => {
                gathered.fruitless.push(input.path.clone());
                gathered.remark(Severity::Error, &input.path, refusal.what, Some(refusal.help));
            }
            Err(_) => {}
        }
        tell_new(&gathered);
    }
    if let Some(glossary) = gathered.glossary(&texts, choices, budget)? {
        tell_new(&gathered);
        let extraction = extractor.extract(&glossary, choices.threads, budget)?;
        let terms = Terms::new(&glossary, &extraction);
        gathered.terminology = Some(Terminology { glossary, extraction, terms });
    }
    Ok(gathered)
}

impl Gathered {
    fn remark(&mut self, severity: Severity, place: &str, what: impl Into<String>, help: Option<String>) {
        self.remarks.push(Remark { severity, place: place.into(), what: what.into(), help });
    }

    fn facts(
        &mut self,
        input: &Input,
        format: &tools::Format,
        choices: &Choices,
        budget: &Budget,
    ) -> Result<(), Diagnostic> {
        let (options, surroundings) = (&choices.options, choices.surroundings);
        let tool_input = tools::Input { path: &input.path, bytes: &input.bytes, options, surroundings };
        let mut facts = tools::read(&tool_input, format, budget)?;
        for note in std::mem::take(&mut facts.notes) {
            let place = facts.name_place(note.place);
            // A folder may hold files that only look like one of a tool: templates, cut samples.
            let severity = if input.named { note.severity } else { Severity::Warning };
            self.remark(severity, &place, note.what, note.help);
        }
        if facts.things.is_empty() && input.named {
            self.fruitless.push(input.path.clone());
            let is_said = self.remarks.iter().any(|remark| remark.place.starts_with(&input.path));
            if !is_said {
                let what = format!("nothing is stated in it, read as {}", format.name);
                self.remark(Severity::Error, &input.path, what, None);
            }
        }
        self.absorb(facts)
    }

    fn nodes(&mut self, input: &Input, reader: &crate::import::Reader, budget: &Budget) -> Result<(), Diagnostic> {
        let text = decode(&input.bytes).text;
        match reader.graph(&text, &input.path, budget) {
            Ok((graph, notes)) => {
                notes.into_iter().for_each(|note| self.remark(Severity::Warning, &input.path, note, None));
                self.absorb(state::facts_of(&graph, &input.path, reader.name, budget)?)
            }
            Err(error) if error.detail == crate::diagnostic::Detail::CorruptFile => {
                self.fruitless.push(input.path.clone());
                self.remark(Severity::Error, &input.path, error.message, error.help);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn absorb(&mut self, facts: Facts) -> Result<(), Diagnostic> {
        self.facts.absorb(facts).ok_or_else(state::too_many)
    }

    fn glossary(
        &mut self,
        texts: &[&Input],
        choices: &Choices,
        budget: &Budget,
    ) -> Result<Option<Glossary>, Diagnostic> {
        // Beside the files of tools, a text in a folder is rarely a glossary.
        let is_meant = |input: &Input| {
            input.named || choices.kind.is_some() || self.facts.files.is_empty() || speaks_of_terms(&input.path)
        };
        let (meant, unread): (Vec<&Input>, Vec<&Input>) = texts.iter().partition(|input| is_meant(input));
        self.unread.extend(unread.into_iter().map(|input| input.path.clone()));
        let Some(first) = meant.first() else { return Ok(None) };
        let source = choices.source.clone().unwrap_or_else(|| first.path.clone());
        let files: Vec<SourceBytes> =
            meant.iter().map(|input| SourceBytes { path: &input.path, bytes: &input.bytes }).collect();
        let format = match choices.kind {
            Some(FileKind::Glossary(format)) => Some(format),
            Some(FileKind::Facts(_) | FileKind::Graph(_)) | None => None,
        };
        let reading = read_source(&source, &files, format, budget)?;
        for finding in &reading.findings {
            self.finding(finding);
        }
        for input in meant.iter().filter(|input| input.named) {
            if !reading.glossary.entries.iter().any(|entry| *entry.place.file == *input.path) {
                self.fruitless.push(input.path.clone());
            }
        }
        Ok(Some(reading.glossary))
    }

    fn finding(&mut self, finding: &Finding) {
        let place = format!("{}:{}", finding.file, finding.line);
        self.remark(finding.severity, &place, finding.what.clone(), None);
    }

    /// Whether there is nothing to put into a graph.
    pub fn is_empty(&self) -> bool {
        self.facts.things.is_empty() && self.terminology.as_ref().is_none_or(|t| t.glossary.entries.is_empty())
    }

    /// Puts what was read into the graph; the caller commits. After an error, a limit, it has made a part of the
    /// changes.
    pub fn put(
        &self,
        graph: &mut Graph,
        choice: &Choice,
        merging: &Merging,
        budget: &Budget,
    ) -> Result<Assembled, Diagnostic> {
        let mut done = Assembled::default();
        if !self.facts.files.is_empty() || !merging.gone.is_empty() {
            done.add(state::state(graph, &self.facts, merging, budget)?);
        }
        if let Some(Terminology { glossary, extraction, terms }) = &self.terminology {
            done.add(assemble(graph, glossary, extraction, terms, choice, budget)?);
        }
        Ok(done)
    }

    /// A new graph of what was read.
    pub fn graph(&self, choice: &Choice, budget: &Budget) -> Result<Graph, Diagnostic> {
        let mut graph = state::graph_of(&self.facts, &BTreeSet::new(), budget)?;
        if let Some(Terminology { glossary, extraction, terms }) = &self.terminology {
            assemble(&mut graph, glossary, extraction, terms, choice, budget)?;
            graph.commit();
        }
        Ok(graph)
    }
}

/// Whether a path names a glossary.
fn speaks_of_terms(path: &str) -> bool {
    let path = path.to_lowercase();
    ["glossar", "terminolog", "vocabular", "thesaur", "catalog-info"].iter().any(|word| path.contains(word))
}
