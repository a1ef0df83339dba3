//! `:help`, printed from the tables.

use std::io::{self, Write};

use super::language::{DIFFERENCES, OPERATORS, example};
use super::settings::SETTINGS;
use super::{COMMANDS, Next, error, fail, find, nearest};
use crate::ast::WORDS;
use crate::diagnostic::Detail;
use crate::export::EXPORTERS;
use crate::formats as tools;
use crate::functions::aggregate::{self, AGGREGATES, Aggregate};
use crate::functions::{self, Function, Parameter};
use crate::import::READERS;
use crate::ingest::check::{RULES, Rule};
use crate::ingest::formats::{self as glossaries, office};
use crate::parser::{CLAUSES, STATEMENTS, Starter};
use crate::procedures::{self, Procedure};
use crate::render::{RENDERERS, Role, Style, wrap};
use crate::session::{Failure, Output, Session};

/// A topic that is not the name of one thing.
struct Topic {
    name: &'static str,
    doc: &'static str,
    write: fn(&Style, &mut dyn Write) -> io::Result<()>,
}

const TOPICS: &[Topic] = &[
    Topic {
        name: "statements",
        doc: "the walking statements: SHOW, DEPS, IMPACT, WHY and the others",
        write: statements,
    },
    Topic { name: "tracing", doc: "what needs what, and why: the words in one page", write: super::tracing::write },
    Topic { name: "clauses", doc: "the clauses of pattern queries", write: clauses },
    Topic { name: "operators", doc: "the operators, those that bind tightest first", write: operators },
    Topic { name: "functions", doc: "all functions, by family", write: functions },
    Topic { name: "aggregates", doc: "functions over groups of rows", write: aggregates },
    Topic { name: "procedures", doc: "what CALL can run", write: procedures },
    Topic { name: "errors", doc: "what the names of errors mean", write: errors },
    Topic { name: "gql", doc: "where openCypher and GQL differ, and what holds here", write: differences },
    Topic { name: "formats", doc: "how answers can be shown, and what can be read", write: formats },
    Topic { name: "rules", doc: "what kenning check finds in glossaries", write: rules },
    Topic { name: "topics", doc: "all topics, with a line on each", write: topics_in_lines },
    Topic { name: "commands", doc: "the commands of the shell", write: commands },
    Topic { name: "settings", doc: "what :set can set", write: settings },
    Topic { name: "keys", doc: "the keys of the shell", write: keys },
    Topic { name: "reference", doc: "all of this as a Markdown page", write: |_, out| super::reference::write(out) },
];

/// What `:help` can be asked about, for completion.
pub(super) fn topics() -> Vec<&'static str> {
    let names = TOPICS.iter().map(|topic| topic.name);
    let starters = STATEMENTS.iter().chain(CLAUSES).map(|starter| starter.keyword);
    let procedures = procedures::all().map(|procedure| procedure.name);
    names
        .chain(starters)
        .chain(COMMANDS.iter().map(|command| command.name))
        .chain(functions::names())
        .chain(aggregate::names())
        .chain(procedures)
        .chain(Detail::ALL.iter().map(|detail| detail.name()))
        .chain(RULES.iter().map(|rule| rule.name))
        .collect()
}

pub(super) fn run(session: &mut Session, topic: &str, output: &mut Output) -> Result<Next, Failure> {
    if write(topic, &session.settings.style(), output.out)? {
        return Ok(Next::Stay);
    }
    let help = near(topic, std::iter::empty())
        .map_or("`:help` lists the topics".into(), |near| format!("did you mean `:help {near}`?"));
    fail(session, output, error(format!("there is no help on `{topic}`")).help(help))
}

/// The topic, or the other name, that looks most like this.
pub(crate) fn near<'a>(topic: &str, others: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let known = || others.clone().chain(topics());
    // Words stand in capitals, all else does not.
    nearest(&topic.to_lowercase(), known()).or_else(|| nearest(&topic.to_uppercase(), known()))
}

/// Writes what there is to know about the topic, or returns false if there is nothing.
pub(crate) fn write(topic: &str, style: &Style, out: &mut dyn Write) -> io::Result<bool> {
    if topic.is_empty() {
        overview(style, out)?;
        return Ok(true);
    }
    if let Some(topic) = TOPICS.iter().find(|known| known.name.eq_ignore_ascii_case(topic)) {
        (topic.write)(style, out)?;
        return Ok(true);
    }
    named(topic, style, out)
}

/// Help on one thing by its name: all things of that name, for `:help set` may mean two.
fn named(name: &str, style: &Style, out: &mut dyn Write) -> io::Result<bool> {
    let mut found = false;
    let bare = name.trim_start_matches(':');
    let same = |other: &str| other.eq_ignore_ascii_case(bare);
    let starts = |starter: &&Starter| same(starter.keyword) || same(starter.keyword.split(' ').next().unwrap_or(""));
    for starter in STATEMENTS.iter().chain(CLAUSES).filter(starts) {
        entry(style, out, starter.syntax, starter.doc)?;
        if let Some(example) = example(starter.keyword) {
            indented(style, out, 4, &format!("{example};"))?;
        }
        found = true;
    }
    if let Some(function) = functions::find(bare) {
        entry(style, out, &signature(function), function.doc)?;
        also(style, out, functions::aliases(function))?;
        shown(style, out, function.example)?;
        found = true;
    }
    if let Some(aggregate) = aggregate::find(bare) {
        entry(style, out, &aggregate_signature(aggregate), aggregate.doc)?;
        also(style, out, aggregate::aliases(aggregate))?;
        writeln!(out, "    UNWIND [1, 2, 2, 3] AS x RETURN …")?;
        shown(style, out, aggregate.example)?;
        found = true;
    }
    for procedure in procedures::all().filter(|procedure| same(procedure.name)) {
        entry(style, out, &procedure_signature(procedure), procedure.doc)?;
        found = true;
    }
    for detail in Detail::ALL.iter().filter(|detail| same(detail.name())) {
        entry(style, out, detail.name(), detail.doc())?;
        found = true;
    }
    if let Some(rule) = RULES.iter().find(|rule| same(rule.name)) {
        checked(rule, style, out)?;
        found = true;
    }
    // An abbreviation finds a command only if nothing else has that name.
    if let Ok(command) = find(bare)
        && (same(command.name) || (!found && !bare.is_empty()))
    {
        entry(style, out, format!(":{} {}", command.name, command.usage).trim_end(), command.doc)?;
        found = true;
    }
    Ok(found)
}

/// What people ask first.
const FIRST: &[(&str, &str)] = &[
    ("SHOW term", "what it is, its names and relations; so does a term alone"),
    ("FIND text", "terms by name and definition"),
    ("DEPS term", "what it needs, and what that needs"),
    ("IMPACT term", "what fails or degrades with it"),
    ("WHY term TO term", "the chain of needs, with the evidence of each hop"),
    ("MATCH (a)-[:USES]->(b) RETURN a, b LIMIT 5", "patterns, in openCypher"),
];

/// One screen, which leads on to the rest.
fn overview(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Ask, for example:")?;
    FIRST.iter().try_for_each(|(head, doc)| columns(style, out, 16, head, doc))?;
    listed(style, out, "words", &mut WORDS.iter().map(|word| word.keyword.to_string()))?;
    listed(style, out, "clauses", &mut CLAUSES.iter().map(|clause| clause.keyword.to_string()))?;
    listed(style, out, "commands", &mut COMMANDS.iter().map(|command| format!(":{}", command.name)))?;
    listed(style, out, "topics", &mut TOPICS.iter().map(|topic| topic.name.to_string()))?;
    writeln!(out, "`:help NAME` explains any of these, a function or an error. Tab completes.")
}

fn listed(style: &Style, out: &mut dyn Write, head: &str, names: &mut dyn Iterator<Item = String>) -> io::Result<()> {
    columns(style, out, 8, head, &names.collect::<Vec<_>>().join("  "))
}

fn statements(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    STATEMENTS.iter().try_for_each(|starter| entry(style, out, starter.syntax, starter.doc))
}

fn clauses(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    CLAUSES.iter().try_for_each(|starter| entry(style, out, starter.syntax, starter.doc))
}

fn topics_in_lines(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    TOPICS.iter().try_for_each(|topic| columns(style, out, 12, topic.name, topic.doc))
}

fn commands(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    COMMANDS.iter().try_for_each(|command| {
        columns(style, out, 38, format!(":{} {}", command.name, command.usage).trim_end(), command.doc)
    })
}

fn functions(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut last = "";
    for (family, function) in functions::all() {
        if family != last {
            writeln!(out, "{}", style.paint(Role::Heading, family))?;
            last = family;
        }
        entry(style, out, &signature(function), function.doc)?;
    }
    Ok(())
}

fn aggregates(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    AGGREGATES.iter().try_for_each(|aggregate| entry(style, out, &aggregate_signature(aggregate), aggregate.doc))
}

fn operators(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    OPERATORS.iter().try_for_each(|operators| {
        entry(style, out, operators.signs, operators.doc)?;
        shown(style, out, operators.example)
    })
}

fn differences(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    DIFFERENCES.iter().try_for_each(|difference| columns(style, out, 1, "-", difference))
}

fn errors(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    Detail::ALL.iter().try_for_each(|detail| columns(style, out, 31, detail.name(), detail.doc()))
}

fn settings(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    SETTINGS.iter().try_for_each(|setting| {
        columns(style, out, 12, setting.name, &format!("{} Values: {}.", setting.doc, setting.values))
    })
}

/// The other names of a function.
fn also<'a>(style: &Style, out: &mut dyn Write, aliases: impl Iterator<Item = &'a str>) -> io::Result<()> {
    let aliases: Vec<&str> = aliases.collect();
    if aliases.is_empty() { Ok(()) } else { indented(style, out, 4, &format!("also: {}", aliases.join(", "))) }
}

/// An example and its value.
fn shown(style: &Style, out: &mut dyn Write, (expression, value): (&str, &str)) -> io::Result<()> {
    indented(style, out, 4, &format!("{expression}  →  {value}"))
}

fn procedures(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    procedures::all().try_for_each(|procedure| entry(style, out, &procedure_signature(procedure), procedure.doc))
}

fn formats(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    RENDERERS.iter().try_for_each(|renderer| columns(style, out, 12, renderer.name, renderer.doc))?;
    indented(
        style,
        out,
        0,
        "The nodes and relationships of an answer, and whole graphs (:draw, :save, kenning export):",
    )?;
    for exporter in EXPORTERS {
        columns(style, out, 12, exporter.name, &format!("{} ({})", exporter.doc, endings(exporter.endings)))?;
    }
    readable(style, out)
}

/// What can be read, beside databases and files of statements.
pub(crate) fn readable(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    indented(style, out, 0, "Files of tools (kenning FILE…, kenning ingest PATH…; an example: kenning formats NAME):")?;
    for format in tools::FORMATS {
        columns(style, out, 18, format.name, &format!("{} ({})", format.what, format.names.join(", ")))?;
    }
    writeln!(out, "Graphs, node by node:")?;
    for reader in READERS {
        columns(style, out, 18, reader.name, &format!("{} ({})", reader.doc, endings(reader.endings)))?;
    }
    writeln!(out, "Glossaries, whose relations are read from their sentences:")?;
    for format in glossaries::FORMATS {
        columns(style, out, 18, format.name, &format!("{} ({})", format.what, endings(format.suffixes)))?;
    }
    writeln!(out, "Office files, whose sheets and text are read as one of these:")?;
    for format in office::FORMATS {
        columns(style, out, 18, format.name, &format!("{} ({})", format.what, endings(format.suffixes)))?;
    }
    Ok(())
}

/// What `kenning check` looks for, by severity.
fn rules(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let how = "kenning check PATH…; --deny or --allow RULE, warnings or notes; kenning help RULE shows an example:";
    indented(style, out, 0, how)?;
    RULES
        .iter()
        .try_for_each(|rule| columns(style, out, 32, &format!("{:7} {}", rule.severity.name(), rule.name), rule.says))
}

/// A rule of `kenning check`, with files in which it finds something.
fn checked(rule: &Rule, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    entry(style, out, &format!("{} {}", rule.severity.name(), rule.name), rule.says)?;
    for sentence in [rule.why, rule.help].into_iter().filter(|sentence| !sentence.is_empty()) {
        indented(style, out, 4, sentence)?;
    }
    for (name, text) in rule.example {
        writeln!(out, "    {name}:")?;
        text.lines().try_for_each(|line| writeln!(out, "{}", format!("        {line}").trim_end()))?;
    }
    Ok(())
}

/// A format that can be read, with an example; false if there is none of this name.
pub(crate) fn readable_format(name: &str, style: &Style, out: &mut dyn Write) -> io::Result<bool> {
    if let Some(format) = tools::format_named(name) {
        columns(style, out, 18, format.name, &format!("{} ({})", format.what, format.names.join(", ")))?;
        if !format.made_by.is_empty() {
            writeln!(out, "  made by: {}", format.made_by)?;
        }
        return sample(format.example, out).map(|()| true);
    }
    if let Some(format) = glossaries::format_named(name) {
        columns(style, out, 18, format.name, &format!("{} ({})", format.what, endings(format.suffixes)))?;
        return sample(format.example, out).map(|()| true);
    }
    if let Some(format) = office::format_named(name) {
        columns(style, out, 18, format.name, &format!("{} ({})", format.what, endings(format.suffixes)))?;
        writeln!(out, "  read as a .{} file:", format.ending)?;
        return sample(format.example, out).map(|()| true);
    }
    let reader = READERS.iter().find(|reader| reader.name.eq_ignore_ascii_case(name));
    reader.map_or(Ok(false), |reader| columns(style, out, 18, reader.name, reader.doc).map(|()| true))
}

fn sample(text: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  for example:")?;
    text.lines().try_for_each(|line| writeln!(out, "    {line}"))
}

/// `.dot, .gv`
pub(super) fn endings(endings: &[&str]) -> String {
    endings.iter().map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(", ")
}

fn keys(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let keys = [
        ("Tab", "completes: keywords, functions, labels, types, keys, terms, commands, files"),
        ("Enter", "runs the statement if it is complete, else begins a new line; `;` or an empty line ends it"),
        ("Right, End", "at the end of the line takes the hint"),
        ("Up, Ctrl-R", "earlier lines, and search among them"),
        ("Ctrl-C", "stops a running statement, or clears the line"),
        ("Ctrl-D", "leaves"),
    ];
    keys.iter().try_for_each(|(key, doc)| columns(style, out, 12, key, doc))
}

/// A heading with its explanation on the lines below.
pub(super) fn entry(style: &Style, out: &mut dyn Write, head: &str, doc: &str) -> io::Result<()> {
    heading(style, out, head)?;
    indented(style, out, 4, doc)
}

/// A heading, with its further lines under its second word.
fn heading(style: &Style, out: &mut dyn Write, head: &str) -> io::Result<()> {
    for (at, line) in wrap(head, room(style, 8)).iter().enumerate() {
        let indent = if at == 0 { 2 } else { 8 };
        writeln!(out, "{}{}", " ".repeat(indent), style.paint(Role::Relation, line))?;
    }
    Ok(())
}

/// A text in lines that are indented.
fn indented(style: &Style, out: &mut dyn Write, indent: usize, text: &str) -> io::Result<()> {
    wrap(text, room(style, indent)).iter().try_for_each(|line| writeln!(out, "{}{line}", " ".repeat(indent)))
}

/// Columns of a line behind its indent.
fn room(style: &Style, indent: usize) -> Option<usize> {
    style.width.map(|page| page.saturating_sub(indent).max(20))
}

/// A heading and its explanation side by side.
pub(super) fn columns(style: &Style, out: &mut dyn Write, indent: usize, head: &str, doc: &str) -> io::Result<()> {
    let width = head.chars().count();
    let painted = style.paint(Role::Relation, head);
    if width > indent {
        heading(style, out, head)?;
    }
    for (at, line) in wrap(doc, room(style, indent + 4)).iter().enumerate() {
        match at == 0 && width <= indent {
            true => writeln!(out, "  {painted}{}  {line}", " ".repeat(indent - width))?,
            false => writeln!(out, "  {}  {line}", " ".repeat(indent))?,
        }
    }
    Ok(())
}

/// `substring(original: String, start: Integer [, length: Integer]) → String`
pub(crate) fn signature(function: &Function) -> String {
    let more = if function.variadic { ", …" } else { "" };
    format!("{}({}{more}) → {}", function.name, parameters(function.parameters), function.returns)
}

/// `count(value: Any) → Integer`
pub(crate) fn aggregate_signature(aggregate: &Aggregate) -> String {
    format!("{}({}) → {}", aggregate.name, parameters(aggregate.parameters), aggregate.returns)
}

/// `trace.deps(term: String) yields depth, term`
pub(crate) fn procedure_signature(procedure: &Procedure) -> String {
    let yields: Vec<&str> = procedure.yields.iter().map(|(name, _)| *name).collect();
    format!("{}({}) yields {}", procedure.name, parameters(procedure.parameters), yields.join(", "))
}

fn parameters(parameters: &[Parameter]) -> String {
    let mut out = String::new();
    for (at, parameter) in parameters.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let text = format!("{comma}{}: {}", parameter.name, parameter.types);
        match (parameter.optional, at) {
            (true, 0) => out.push_str(&format!("[{text}]")),
            (true, _) => out.push_str(&format!(" [{text}]")),
            (false, _) => out.push_str(&text),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repl::commands::tests::run_line;

    fn help(topic: &str) -> String {
        let mut out = Vec::new();
        assert!(write(topic, &Style::default(), &mut out).unwrap(), "{topic}");
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_topic_says_something() {
        for topic in topics() {
            assert!(help(topic).len() > topic.len(), "{topic}");
        }
    }

    #[test]
    fn the_overview_names_every_command_and_topic() {
        let text = help("");
        assert!(COMMANDS.iter().all(|command| text.contains(&format!(":{}", command.name))));
        assert!(TOPICS.iter().all(|topic| text.contains(topic.name)));
    }

    const PAGE: Style = Style { width: Some(80), colour: false, terminal: true };

    #[test]
    fn the_overview_fits_a_screen() {
        let mut out = Vec::new();
        overview(&PAGE, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        // The prompt has the last line of 24.
        assert!(text.lines().count() <= 23, "{} lines", text.lines().count());
        assert!(FIRST.iter().all(|(head, _)| head.split(' ').next().is_some_and(|word| help(word).contains(word))));
    }

    #[test]
    fn lines_break_between_words() {
        // Examples of files are shown as they are, the reference is Markdown.
        let as_they_are = |topic: &&str| RULES.iter().any(|rule| rule.name == *topic) || *topic == "reference";
        for topic in topics().into_iter().chain([""]).filter(|topic| !as_they_are(topic)) {
            let mut out = Vec::new();
            write(topic, &PAGE, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let is_long = |line: &&str| line.chars().count() > 80 && line.trim().contains(' ');
            assert_eq!(text.lines().find(is_long), None, "{topic}");
        }
    }

    #[test]
    fn a_topic_that_is_mistyped() {
        let mut session = Session::new(crate::ingest::embedded_graph(), "openstack");
        for (topic, meant) in [("depss", "DEPS"), ("trcing", "tracing"), ("toUper", "toUpper")] {
            let (_, said) = run_line(&mut session, &format!(":help {topic}"));
            assert!(said.contains(&format!("did you mean `:help {meant}`?")), "{said}");
        }
    }

    #[test]
    fn one_thing_by_its_name() {
        assert!(help("impact").starts_with("  IMPACT term"));
        assert!(help(":mode").starts_with("  :mode [auto|FORMAT]\n"));
        assert!(help("set").contains(":set [SETTING VALUE]") && help("set").contains("SET "));
        assert!(help("match").contains("RETURN part.name;\n"));
        assert!(help("upper").starts_with("  toUpper(") && help("upper").contains("also: upper"));
        assert!(help("stddev_pop").contains("stDevP(x)  →  0.7071067811865476"));
        assert!(help("undefinedvariable").contains("no clause before has defined"));
        assert!(!write("xyzzy", &Style::default(), &mut Vec::new()).unwrap());
    }
}
