//! The reference of the language as a Markdown page, printed from the tables: `kenning help reference`.
//!
//! `docs/reference.md` is this text; a test keeps it so, and runs its examples.

use std::io::{self, Write};

use super::COMMANDS;
use super::help::{endings, procedure_signature, signature};
use super::language::{DIFFERENCES, OPERATORS, example};
use super::settings::SETTINGS;
use super::tracing::VERBS;
use crate::diagnostic::{Detail, Kind};
use crate::export::EXPORTERS;
use crate::functions::{self, aggregate};
use crate::import::READERS;
use crate::ingest::check::RULES;
use crate::parser::{CLAUSES, STATEMENTS, Starter};
use crate::procedures::{self, algo};
use crate::render::RENDERERS;

/// What no table of the program says: names of terms, options of the words, claims.
const TRACING: &str = include_str!("reference/tracing.md");

/// Writes the page.
pub(super) fn write(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Reference\n")?;
    writeln!(out, "Printed by `kenning help reference` from the tables that the program runs by.\n")?;
    starters(out, "Statements", STATEMENTS)?;
    out.write_all(TRACING.as_bytes())?;
    verbs(out)?;
    starters(out, "Clauses", CLAUSES)?;
    operators(out)?;
    differences(out)?;
    functions(out)?;
    aggregates(out)?;
    procedures(out)?;
    errors(out)?;
    rules(out)?;
    shell(out)
}

fn starters(out: &mut dyn Write, title: &str, starters: &[Starter]) -> io::Result<()> {
    writeln!(out, "## {title}\n")?;
    for starter in starters {
        writeln!(out, "### {}\n", starter.keyword)?;
        writeln!(out, "```text\n{}\n```\n\n{}\n", starter.syntax, starter.doc)?;
        if let Some(example) = example(starter.keyword) {
            writeln!(out, "```kenning\n{example};\n```\n")?;
        }
    }
    Ok(())
}

fn verbs(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### What other tools call it\n")?;
    row(out, &["there", "here"])?;
    row(out, &["---", "---"])?;
    for (theirs, ours) in VERBS {
        let ours: Vec<String> = ours.split(", or ").map(code).collect();
        row(out, &[&code(theirs), &ours.join(", or ")])?;
    }
    writeln!(out, "\n{OTHER_TOOLS}\n")
}

/// What has no row in the table.
const OTHER_TOOLS: &str = "Forbidden dependencies of import-linter, dependency-cruiser and ArchUnit are claims: \
    `kenning assert GRAPH 'a NOT NEEDS b'`.\n\n\
    Of `bazel query`, `buildfiles`, `rbuildfiles`, `loadfiles`, `siblings`, `tests`, `labels`, `executables` and \
    `visible` ask about\nfiles of rules, which a graph does not have; `MATCH` finds whatever its labels and properties \
    tell. `--output graph` and\n`--graph` are a name of a file: `:draw x.dot DEPS x`. `--precise` is the evidence, which \
    `WHY` always shows.";

fn operators(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Operators\n\nThose that bind tightest first.\n")?;
    row(out, &["operators", "what they do", "example", "value"])?;
    row(out, &["---", "---", "---", "---"])?;
    for operators in OPERATORS {
        let (expression, value) = operators.example;
        row(out, &[&code(operators.signs), operators.doc, &code(expression), &code(value)])?;
    }
    writeln!(out)
}

fn differences(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Where openCypher and GQL differ\n")?;
    writeln!(out, "kenning reads both. Where they contradict each other, openCypher's rule holds:\n")?;
    DIFFERENCES.iter().try_for_each(|difference| writeln!(out, "- {difference}"))?;
    writeln!(out)
}

fn functions(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Functions\n")?;
    writeln!(out, "If an argument is null so is the result, unless it says otherwise. Case does not matter.\n")?;
    let mut last = "";
    for (family, function) in functions::all() {
        if family != last {
            writeln!(out, "### Functions of {family}\n")?;
            last = family;
        }
        let aliases: Vec<&str> = functions::aliases(function).collect();
        described(out, &signature(function), function.doc, &aliases, function.example)?;
    }
    Ok(())
}

fn aggregates(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Aggregates\n")?;
    writeln!(out, "Over the rows of a group; nulls are left out, and with DISTINCT equal values count once.")?;
    writeln!(out, "The examples stand after `UNWIND [1, 2, 2, 3] AS x RETURN`.\n")?;
    for aggregate in aggregate::AGGREGATES {
        let aliases: Vec<&str> = aggregate::aliases(aggregate).collect();
        let head = super::help::aggregate_signature(aggregate);
        described(out, &head, aggregate.doc, &aliases, aggregate.example)?;
    }
    Ok(())
}

fn described(
    out: &mut dyn Write,
    head: &str,
    doc: &str,
    aliases: &[&str],
    (expression, value): (&str, &str),
) -> io::Result<()> {
    writeln!(out, "`{head}`  ")?;
    writeln!(out, "{doc}")?;
    if !aliases.is_empty() {
        writeln!(out, "Also: {}.", aliases.iter().map(code).collect::<Vec<_>>().join(", "))?;
    }
    writeln!(out, "{} → {}\n", code(expression), code(value))
}

fn procedures(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Procedures\n")?;
    procedures::all()
        .filter(|procedure| algo::find(procedure.name).is_none())
        .try_for_each(|procedure| writeln!(out, "`{}`  \n{}\n", procedure_signature(procedure), procedure.doc))?;
    algorithms(out)
}

fn algorithms(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### Algorithms\n")?;
    writeln!(out, "Each takes a map of options; what is not among its options is an error.")?;
    writeln!(out, "The examples are of the embedded graph.\n")?;
    for algorithm in algo::all() {
        let (query, answer) = algorithm.example;
        let options: Vec<String> = algorithm.options.iter().map(code).collect();
        writeln!(out, "`{}`  ", procedure_signature(&algorithm.procedure))?;
        writeln!(out, "{}", algorithm.procedure.doc)?;
        writeln!(out, "Options: {}.  ", options.join(", "))?;
        writeln!(out, "{} → {}\n", code(query), code(answer))?;
    }
    row(out, &["option", "what it does"])?;
    row(out, &["---", "---"])?;
    algo::OPTIONS.iter().try_for_each(|(name, doc)| row(out, &[&code(name), doc]))?;
    writeln!(out)
}

fn rules(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Rules of kenning check\n")?;
    writeln!(out, "How to run it in CI: [ci.md](ci.md). `kenning help RULE` shows an example.\n")?;
    row(out, &["Rule", "Severity", "What it finds", "Why, and what to try"])?;
    row(out, &["---", "---", "---", "---"])?;
    RULES.iter().try_for_each(|rule| {
        let advice = [rule.why, rule.help].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
        row(out, &[&code(rule.name), rule.severity.name(), rule.says, &advice])
    })?;
    writeln!(out)
}

fn errors(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Errors\n")?;
    writeln!(out, "An error has a kind, a detail in brackets after `error`, a place and often a help line.\n")?;
    row(out, &["kind", "meaning"])?;
    row(out, &["---", "---"])?;
    Kind::ALL.iter().try_for_each(|kind| row(out, &[kind.name(), kind.doc()]))?;
    writeln!(out)?;
    row(out, &["detail", "meaning"])?;
    row(out, &["---", "---"])?;
    Detail::ALL.iter().try_for_each(|detail| row(out, &[detail.name(), detail.doc()]))?;
    writeln!(out)
}

fn shell(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Commands of the shell\n")?;
    row(out, &["command", "what it does"])?;
    row(out, &["---", "---"])?;
    for command in COMMANDS {
        row(out, &[&code(format!(":{} {}", command.name, command.usage).trim_end()), command.doc])?;
    }
    writeln!(out, "\n## Settings\n")?;
    row(out, &["`:set`", "values", "meaning"])?;
    row(out, &["---", "---", "---"])?;
    for setting in SETTINGS {
        row(out, &[setting.name, setting.values, setting.doc])?;
    }
    writeln!(out, "\n## Formats\n")?;
    row(out, &["`--format`, `:mode`", "what it shows"])?;
    row(out, &["---", "---"])?;
    RENDERERS.iter().try_for_each(|renderer| row(out, &[renderer.name, renderer.doc]))?;
    writeln!(out, "\nThe graph that an answer holds, or a whole one (`:draw`, `:save`, `kenning export`):\n")?;
    row(out, &["format", "endings", "what it is"])?;
    row(out, &["---", "---", "---"])?;
    EXPORTERS.iter().try_for_each(|exporter| row(out, &[exporter.name, &endings(exporter.endings), exporter.doc]))?;
    writeln!(out, "\n`kenning publish GRAPH… -o SITE` writes a whole graph as a static site: [Publish](publish.md).")?;
    writeln!(out, "\nFiles that open as graphs, beside folders, `.kenning` and `.cypher`:\n")?;
    row(out, &["format", "endings", "what it is"])?;
    row(out, &["---", "---", "---"])?;
    READERS.iter().try_for_each(|reader| row(out, &[reader.name, &endings(reader.endings), reader.doc]))
}

/// A row of a table. A bar would end a cell.
fn row(out: &mut dyn Write, cells: &[&str]) -> io::Result<()> {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    writeln!(out, "| {} |", cells.join(" | "))
}

fn code(text: impl std::fmt::Display) -> String {
    format!("`{text}`")
}
