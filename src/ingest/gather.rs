//! Files of any kind → what they hold: the facts of tools, the terms of glossaries.
//!
//! ```text
//! files → kinds → facts ──────────────────────→ state    → graph
//!               → entries → extraction → terms → assemble → graph
//!               → texts of Office files → kinds → …
//! ```
//!
//! [`gather`] reads, [`Gathered::put`] changes a graph. What no format knows is refused with a reason; nothing is
//! dropped in silence.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use super::assemble::{Assembled, Choice, assemble};
use super::check::reading;
use super::decide::{Enforced, enforce};
use super::extract::{Extraction, Extractor};
use super::finding::Finding;
use super::formats::office::{self, OfficeFormat, OfficeText};
use super::formats::{self, Format, SourceBytes, Titles, decode, quoted, read_each};
use super::kinds::{FileKind, Refusal, glossary_kind_of, kind_of};
use super::state::{self, Merging};
use super::terms::Terms;
use super::unite::{Addition, unite};
use crate::diagnostic::{Diagnostic, Severity};
use crate::facts::Facts;
use crate::formats::{self as tools, Problem, Surroundings};
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
    /// What the titles of columns and headings mean.
    pub titles: Titles,
    /// Whether glossaries are meant: also texts that a folder holds beside files of tools, and files that a tool reads,
    /// too (Backstage's).
    pub glossaries: bool,
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
    /// What the reader of a glossary reported, with its rule.
    pub finding: Option<Finding>,
}

/// The terms of glossaries, and what their texts say.
pub struct Terminology {
    pub glossary: Glossary,
    pub extraction: Extraction,
    pub terms: Terms,
}

/// A graph that is added as it is, and what it is called.
pub struct NamedGraph {
    pub name: String,
    pub graph: Graph,
}

/// What files hold.
pub struct Gathered {
    pub facts: Facts,
    /// Databases and graph folders.
    pub graphs: Vec<NamedGraph>,
    pub terminology: Option<Terminology>,
    pub remarks: Vec<Remark>,
    /// Files whose names were given and that nothing came of.
    pub fruitless: Vec<String>,
    /// Files that could not be read to their end, and state nothing.
    pub broken: Vec<String>,
    /// Texts of a folder that were not read as glossaries.
    pub unread: Vec<String>,
    /// Files of a folder that are of no known kind.
    pub unknown: Vec<String>,
}

/// Reads the files, and tells what it has to say about each as soon as it has read it. The extractor is made only if
/// there is a glossary. Fails only at a limit.
pub fn gather(
    inputs: &[Input],
    choices: &Choices,
    extractor: impl FnOnce() -> Extractor,
    tell: &mut dyn FnMut(&Remark),
    budget: &Budget,
) -> Result<Gathered, Diagnostic> {
    let mut gathered = Gathered {
        facts: Facts::new(),
        graphs: Vec::new(),
        terminology: None,
        remarks: Vec::new(),
        fruitless: Vec::new(),
        broken: Vec::new(),
        unread: Vec::new(),
        unknown: Vec::new(),
    };
    let mut told = 0;
    let mut tell_new = |gathered: &Gathered| {
        gathered.remarks[told..].iter().for_each(&mut *tell);
        told = gathered.remarks.len();
    };
    let mut texts = Vec::new();
    let mut packages = Vec::new();
    for input in inputs {
        budget.check()?;
        match kind(input, choices) {
            Ok(FileKind::Office(format)) => {
                packages.extend(gathered.office(input, format, choices, &mut texts, budget)?);
            }
            kind => gathered.take(Text::new(Cow::Borrowed(input), &input.path), kind, choices, &mut texts, budget)?,
        }
        tell_new(&gathered);
    }
    let glossary = gathered.glossary(&texts, choices, budget)?;
    gathered.settle(packages);
    tell_new(&gathered);
    if let Some(glossary) = glossary {
        let extraction = extractor().extract(&glossary, choices.threads, budget)?;
        let terms = Terms::new(&glossary, &extraction);
        gathered.terminology = Some(Terminology { glossary, extraction, terms });
    }
    Ok(gathered)
}

/// The kind that was told, or else the file's own. An Office file is unpacked whatever its texts are to be read as.
fn kind(input: &Input, choices: &Choices) -> Result<FileKind, Refusal> {
    match choices.kind {
        None if choices.glossaries => glossary_kind_of(&input.path, &input.bytes),
        None => kind_of(&input.path, &input.bytes, true),
        Some(FileKind::Office(format)) => Ok(FileKind::Office(format)),
        Some(told) => Ok(office::format_of(&input.path, &input.bytes).map_or(told, FileKind::Office)),
    }
}

/// A text that may be read as a glossary.
struct Text<'i> {
    input: Cow<'i, Input>,
    /// The file that holds it.
    file: &'i str,
    format: Option<&'static Format>,
}

impl<'i> Text<'i> {
    fn new(input: Cow<'i, Input>, file: &'i str) -> Text<'i> {
        Text { input, file, format: None }
    }
}

/// A file whose name was given, and the paths of the texts in it.
struct Unpacked<'i> {
    file: &'i str,
    texts: Vec<String>,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

impl Gathered {
    /// Reads a file, or puts it to the texts.
    fn take<'i>(
        &mut self,
        text: Text<'i>,
        kind: Result<FileKind, Refusal>,
        choices: &Choices,
        texts: &mut Vec<Text<'i>>,
        budget: &Budget,
    ) -> Result<(), Diagnostic> {
        match kind {
            Ok(FileKind::Facts(format)) => self.facts(&text.input, format, choices, budget)?,
            Ok(FileKind::Graph(reader)) => self.nodes(&text.input, reader, budget)?,
            Ok(FileKind::Glossary(format)) => texts.push(Text { format: Some(format), ..text }),
            Ok(FileKind::Office(format)) => {
                let what = format!("a file of the format {} inside another file", format.name);
                self.refuse(&text, Refusal { what, help: "take it out, and name it".into() });
            }
            Err(refusal) => self.refuse(&text, refusal),
        }
        Ok(())
    }

    fn refuse(&mut self, text: &Text, refusal: Refusal) {
        let Input { path, named, .. } = &*text.input;
        if !named {
            self.unknown.push(path.clone());
            return;
        }
        self.fruitless.push(path.clone());
        // Another sheet may be what was meant.
        let severity = if path == text.file { Severity::Error } else { Severity::Warning };
        self.remark(severity, path, refusal.what, Some(refusal.help));
    }

    /// Takes the texts of an Office file.
    fn office<'i>(
        &mut self,
        input: &'i Input,
        format: &OfficeFormat,
        choices: &Choices,
        texts: &mut Vec<Text<'i>>,
        budget: &Budget,
    ) -> Result<Option<Unpacked<'i>>, Diagnostic> {
        let found = match office::texts(&input.bytes, format, budget) {
            Ok(found) => found,
            Err(Problem::Stopped(error)) => return Err(error),
            Err(Problem::Wrong(wrong)) => {
                let severity = if input.named { Severity::Error } else { Severity::Warning };
                self.fruitless.extend(input.named.then(|| input.path.clone()));
                self.remark(severity, &input.path, wrong.what, wrong.help);
                return Ok(None);
            }
        };
        let mut unpacked = Unpacked { file: &input.path, texts: Vec::new() };
        for OfficeText { sheet, text, unread } in found {
            let path = sheet.map_or_else(|| input.path.clone(), |sheet| format!("{}[{sheet}]", input.path));
            unpacked.texts.push(path.clone());
            let kind = match choices.kind {
                None | Some(FileKind::Office(_)) => {
                    kind_of(&format!("{path}.{}", format.ending), text.as_bytes(), true)
                }
                Some(told) => Ok(told),
            };
            if kind.is_ok() {
                unread.iter().for_each(|text| self.unread_text(&path, text));
            }
            let part = Input { path, bytes: text.into_bytes(), named: input.named };
            self.take(Text::new(Cow::Owned(part), &input.path), kind, choices, texts, budget)?;
        }
        Ok(input.named.then_some(unpacked))
    }

    /// Notes a text of an Office file that is not part of what is read as a glossary.
    fn unread_text(&mut self, path: &str, text: &str) {
        let Some(quoted) = quoted(text) else { return };
        let what = format!("a text that is in no entry: \"{quoted}\"");
        self.remark(Severity::Note, path, what, Some(reading::TEXT.help.into()));
    }

    /// A file came to something if one of its texts did.
    fn settle(&mut self, packages: Vec<Unpacked>) {
        for Unpacked { file, texts } in packages {
            let is_barren = texts.iter().all(|text| self.fruitless.contains(text));
            self.fruitless.retain(|path| !texts.contains(path));
            if is_barren {
                self.fruitless.push(file.into());
                let help = "a sheet needs a row of titles: term and definition, or source and target";
                let what = if texts.is_empty() { "it is empty" } else { "nothing in it could be read" };
                self.remark(Severity::Error, file, what, Some(help.into()));
            }
        }
    }

    fn remark(&mut self, severity: Severity, place: &str, what: impl Into<String>, help: Option<String>) {
        self.remarks.push(Remark { severity, place: place.into(), what: what.into(), help, finding: None });
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
        let is_broken = facts.things.is_empty() && facts.notes.iter().any(|note| note.severity == Severity::Error);
        let said = self.remarks.len();
        for note in std::mem::take(&mut facts.notes) {
            let place = facts.name_place(note.place);
            // A folder may hold files that only look like one of a tool: templates, cut samples.
            let severity = if input.named { note.severity } else { Severity::Warning };
            self.remark(severity, &place, note.what, note.help);
        }
        if facts.things.is_empty() && input.named {
            self.fruitless.push(input.path.clone());
            if self.remarks.len() == said {
                let what = format!("nothing is stated in it, read as {}", format.name);
                self.remark(Severity::Error, &input.path, what, None);
            }
        }
        if is_broken {
            // What the file said when it was whole stays in the graph.
            self.broken.push(input.path.clone());
            return Ok(());
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

    fn glossary(&mut self, texts: &[Text], choices: &Choices, budget: &Budget) -> Result<Option<Glossary>, Diagnostic> {
        // Beside the files of tools, a text in a folder is rarely a glossary.
        let is_meant = |input: &Input| {
            input.named
                || choices.kind.is_some()
                || choices.glossaries
                || self.facts.files.is_empty()
                || speaks_of_terms(&input.path)
        };
        let is_graph = |text: &Text| text.format.is_some_and(|format| format.name == formats::GRAPH_FOLDER);
        let (meant, unread): (Vec<&Text>, Vec<&Text>) =
            texts.iter().partition(|text| is_meant(&text.input) || is_graph(text));
        self.unread.extend(unread.into_iter().map(|text| text.input.path.clone()));
        let Some(first) = meant.first() else { return Ok(None) };
        let source = choices.source.clone().unwrap_or_else(|| first.file.to_string());
        let inputs: Vec<&Input> = meant.iter().map(|text| &*text.input).collect();
        let files: Vec<SourceBytes> =
            inputs.iter().map(|input| SourceBytes { path: &input.path, bytes: &input.bytes }).collect();
        let formats: Vec<Option<&Format>> = meant.iter().map(|text| text.format).collect();
        let reading = read_each(&source, &files, &formats, &choices.titles, budget)?;
        for finding in &reading.findings {
            self.finding(finding);
        }
        let fruitful: BTreeSet<&str> = reading.glossary.entries.iter().map(|entry| &*entry.place.file).collect();
        let barren = inputs.iter().filter(|input| input.named && !fruitful.contains(&*input.path));
        self.fruitless.extend(barren.map(|input| input.path.clone()));
        Ok(Some(reading.glossary))
    }

    fn finding(&mut self, finding: &Finding) {
        let place = format!("{}:{}", finding.file, finding.line);
        let (severity, what) = (finding.severity, finding.what.clone());
        self.remarks.push(Remark { severity, place, what, help: None, finding: Some(finding.clone()) });
    }

    /// Whether there is nothing to put into a graph.
    pub fn is_empty(&self) -> bool {
        self.facts.things.is_empty()
            && self.graphs.is_empty()
            && self.terminology.as_ref().is_none_or(|t| t.glossary.entries.is_empty())
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
        done.add(self.rest(graph, choice, &merging.apart, budget)?);
        self.enforce(graph, &mut done, budget)?;
        Ok(done)
    }

    /// A new graph of what was read. Of what was done only the conflicts matter.
    pub fn graph(
        &self,
        choice: &Choice,
        apart: &BTreeSet<String>,
        budget: &Budget,
    ) -> Result<(Graph, Assembled), Diagnostic> {
        let mut graph = state::graph_of(&self.facts, apart, budget)?;
        let done = self.rest(&mut graph, choice, apart, budget)?;
        graph.commit();
        Ok((graph, done))
    }

    /// What relations call the files that were read.
    pub fn sources(&self) -> BTreeSet<String> {
        let glossary = self.terminology.iter().map(|terms| terms.glossary.source.clone());
        self.facts.files.iter().map(|file| file.path.to_string()).chain(glossary).collect()
    }

    /// Holds what people decided against what was put into the graph.
    fn enforce(&self, graph: &mut Graph, done: &mut Assembled, budget: &Budget) -> Result<(), Diagnostic> {
        let Enforced { relations_removed, terms_removed, relations_added, idle } =
            enforce(graph, &self.sources(), budget)?;
        // What was added only to be taken out again is no change.
        done.relations_added = done.relations_added.saturating_sub(relations_removed) + relations_added;
        done.terms_added = done.terms_added.saturating_sub(terms_removed);
        done.idle.extend(idle.into_iter().map(|(decision, reason)| format!("{decision}: {reason}")));
        Ok(())
    }

    /// What is not stated by tools: whole graphs, then the terms, which may link to them.
    fn rest(
        &self,
        graph: &mut Graph,
        choice: &Choice,
        apart: &BTreeSet<String>,
        budget: &Budget,
    ) -> Result<Assembled, Diagnostic> {
        let mut done = Assembled::default();
        for NamedGraph { name, graph: other } in &self.graphs {
            done.add(unite(graph, &Addition { name, graph: other, apart }, budget)?);
        }
        if let Some(Terminology { glossary, extraction, terms }) = &self.terminology {
            done.add(assemble(graph, glossary, extraction, terms, choice, budget)?);
        }
        Ok(done)
    }
}

/// Whether a path names a glossary.
fn speaks_of_terms(path: &str) -> bool {
    let path = path.to_lowercase();
    ["glossar", "terminolog", "vocabular", "thesaur", "catalog-info"].iter().any(|word| path.contains(word))
}
