//! How `kenning check` lists what it found.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::super::arguments::ListFormat;
use super::super::reports::junit::{self, Case, CaseResult, Reason};
use super::super::reports::sarif::{self, Found, Place};
use super::Checked;
use crate::diagnostic::Severity;
use crate::ingest::Finding;
use crate::ingest::check::RULES;
use crate::render::{clean, count};

pub(super) fn write(
    format: ListFormat,
    name: &str,
    checked: &Checked,
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        ListFormat::Text => text(name, checked, colour, out),
        ListFormat::Json => writeln!(out, "{:#}", checked.findings.iter().map(object).collect::<Json>()),
        ListFormat::Sarif => write!(out, "{}", sarif_page(&checked.findings)),
        ListFormat::Junit => write!(out, "{}", junit_page(name, &checked.findings)),
    }
}

fn text(name: &str, checked: &Checked, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    checked.whole.iter().try_for_each(|line| writeln!(out, "{}", clean(line)))?;
    for finding in &checked.findings {
        let folder = checked.folders.iter().find(|(path, _)| *path == finding.file);
        match folder {
            Some((_, text)) => writeln!(out, "{}\n", finding.draw(text, colour))?,
            None => writeln!(out, "{}", clean(&finding.to_string()))?,
        }
    }
    let of = |severity: Severity| checked.findings.iter().filter(|finding| finding.severity == severity).count();
    let found = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| (severity, of(severity)));
    let size = format!("{}, {}", count(checked.terms, "term"), count(checked.relations, "relation"));
    if checked.findings.is_empty() {
        let verdict = if checked.broken > 0 { "broken" } else { "nothing wrong" };
        return writeln!(out, "{}: {size}, {verdict}", clean(name));
    }
    let found = found.map(|(severity, number)| count(number, severity.name()));
    writeln!(out, "{}: {size}: {}", clean(name), found.join(", "))
}

fn object(finding: &Finding) -> Json {
    json!({
        "rule": finding.rule,
        "severity": finding.severity.name(),
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "what": finding.what,
        "why": finding.why,
        "help": finding.help,
    })
}

/// All rules, and a result a finding.
fn sarif_page(findings: &[Finding]) -> String {
    let rule = |rule: &&crate::ingest::check::Rule| sarif::Rule {
        id: rule.name.to_string(),
        says: rule.says.to_string(),
        level: rule.severity.name(),
        help: Some(rule.help.to_string()).filter(|help| !help.is_empty()),
    };
    let rules: Vec<sarif::Rule> = RULES.iter().map(rule).collect();
    let found = findings.iter().filter_map(|finding| {
        let place = Place { file: finding.file.clone(), line: Some(finding.line as u64), says: finding.what.clone() };
        let rule = RULES.iter().position(|rule| rule.name == finding.rule)?;
        Some(Found { rule, level: finding.severity.name(), message: message(finding), place, related: Vec::new() })
    });
    sarif::page(&rules, &found.collect::<Vec<_>>())
}

fn message(finding: &Finding) -> String {
    let help = finding.help.as_ref().map_or(String::new(), |help| format!("; {help}"));
    format!("{}: {}{help}", finding.what, finding.why)
}

/// A test case a rule, which fails if it found an error.
fn junit_page(name: &str, findings: &[Finding]) -> String {
    let case = |rule: &&crate::ingest::check::Rule| {
        let found: Vec<&Finding> = findings.iter().filter(|finding| finding.rule == rule.name).collect();
        let text = found.iter().map(|finding| format!("{finding}\n")).collect::<String>();
        let result = match found.iter().filter(|finding| finding.severity == Severity::Error).count() {
            0 => CaseResult::Passed(text),
            errors => {
                CaseResult::Failed(Reason { message: format!("{}: {}", rule.says, count(errors, "error")), text })
            }
        };
        Case { name: rule.name.to_string(), result }
    };
    junit::page(name, &RULES.iter().map(case).collect::<Vec<_>>())
}
