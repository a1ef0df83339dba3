//! Each rule finds what its example shows, comments allow it, and levels are what the command line says.

use super::super::SourceFile;
use super::super::extract::Extractor;
use super::super::finding::Finding;
use super::super::gather::{Choices, Input, gather};
use super::super::kinds::glossary_kind_of;
use super::*;
use crate::formats::Alone;
use crate::limits::{Budget, Limits};

/// What is found in files of a folder.
fn check_files(files: &[(&str, &str)]) -> Vec<Finding> {
    let folders: Vec<SourceFile> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".toml"))
        .map(|(path, text)| SourceFile { path, text })
        .collect();
    if !folders.is_empty() {
        return super::super::audit(&folders);
    }
    let (decisions, files): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| path.ends_with(".decisions"));
    let files: &[(&str, &str)] = &files;
    let input = |(path, text): &(&str, &str)| Input { path: (*path).into(), bytes: (*text).into(), named: false };
    let inputs: Vec<Input> = files.iter().map(input).collect();
    let choices = Choices {
        kind: None,
        source: None,
        options: Default::default(),
        titles: Default::default(),
        glossaries: true,
        surroundings: &Alone,
        threads: 1,
    };
    let budget = Budget::start(&Limits::default());
    let gathered = gather(&inputs, &choices, Extractor::built_in, &mut |_| {}, &budget).expect("it is short");
    let decided: Vec<Decided> = decisions.into_iter().map(|(path, text)| decided(path, text)).collect();
    let mut graph = Graph::new();
    let lines = decided.iter().flat_map(|file| &file.lines).filter_map(|(_, decision)| decision.as_ref().ok());
    lines.for_each(|decision| graph.decide(decision.clone()));
    let done = gathered.put(&mut graph, &Default::default(), &Default::default(), &budget).expect("it is short");
    graph.commit();
    let text = |(path, text): &(&'static str, &'static str)| CheckedText {
        path,
        format: glossary_kind_of(path, text.as_bytes()).map_or("", |kind| kind.name()),
        text,
    };
    let owned: Vec<(&'static str, &'static str)> =
        files.iter().map(|(path, text)| (&*String::from(*path).leak(), &*String::from(*text).leak())).collect();
    let mut findings = check_gathered(&gathered, &graph, &owned.iter().map(text).collect::<Vec<_>>());
    findings.extend(check_decisions(&decided, &done.idle));
    findings
}

/// A line a decision.
fn decided<'a>(path: &'a str, text: &'a str) -> Decided<'a> {
    let line = |line: &str| {
        let script = crate::parser::parse(line).map_err(|_| "it cannot be read".to_string())?;
        match &script.statements[0].statement.body {
            crate::ast::StatementBody::Correction(correction) => Ok(correction.told().expect("it is told")),
            _ => Err("not a decision".into()),
        }
    };
    let is_comment = |line: &&str| line.starts_with("//");
    let lines = text.lines().enumerate().filter(|(_, text)| !is_comment(text));
    Decided { path, text, lines: lines.map(|(number, text)| (number + 1, line(text))).collect() }
}

/// `line rule` of all findings but notes.
fn lines(files: &[(&str, &str)]) -> Vec<String> {
    let findings = check_files(files);
    let loud = findings.iter().filter(|finding| finding.severity != Severity::Note);
    loud.map(|finding| format!("{} {}", finding.line, finding.rule)).collect()
}

#[test]
fn every_rule_finds_what_its_example_shows() {
    for rule in RULES {
        let findings = check_files(rule.example);
        let found: Vec<&Finding> = findings.iter().filter(|finding| finding.rule == rule.name).collect();
        assert!(!found.is_empty(), "{}: {findings:#?}", rule.name);
        assert!(found.iter().all(|finding| finding.severity == rule.severity), "{}: {found:#?}", rule.name);
        // An example is about its rule: of what it shows besides, nothing is worse than a note.
        let others = findings.iter().filter(|found| found.rule != rule.name && found.severity != Severity::Note);
        let others: Vec<String> = others.map(ToString::to_string).collect();
        assert!(others.is_empty() || rule.name.starts_with("graph-"), "{}: {others:#?}", rule.name);
    }
}

#[test]
fn names_of_rules_are_stable_words() {
    let mut names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert!(names.iter().all(|name| name.bytes().all(|c| c.is_ascii_lowercase() || c == b'-')), "{names:?}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
    assert!(names.iter().all(|name| !["warnings", "notes"].contains(name)));
}

#[test]
fn a_comment_allows_what_is_below_it() {
    let words = |comment: &str, end: &str| {
        format!(
            "- term: lid\n  definition: A lid.\n{comment}- term: jar\n  definition: A jar.{end}\n- term: bag\n  definition: A thing of cloth.\n"
        )
    };
    let check = |text: &str| lines(&[("w.yaml", text)]);
    assert_eq!(check(&words("", "")), ["1 self-definition", "3 self-definition"]);
    assert_eq!(check(&words("# kenning: allow self-definition\n", "")), ["1 self-definition"]);
    assert_eq!(check(&words("", "  # kenning: allow self-definition")), ["1 self-definition"]);
    let head = format!("# kenning: allow circle, self-definition\n{}", words("", ""));
    assert_eq!(check(&head), [""; 0]);
    let unused = check_files(&[("w.yaml", &head)]);
    let unused: Vec<&str> = unused.iter().filter(|f| f.rule == "unused-allow").map(|f| f.what.as_str()).collect();
    assert_eq!(unused, ["the comment allows `circle`, which is not found here"]);
    let findings = check_files(&[("w.yaml", &format!("# kenning: allow self-defintion\n{}", words("", "")))]);
    let wrong = findings.iter().find(|finding| finding.rule == "unused-allow").expect("it is no rule");
    assert_eq!(wrong.help.as_deref(), Some("did you mean self-definition?"));
}

#[test]
fn comments_in_the_spelling_of_each_format() {
    for (path, text) in [
        (
            "w.md",
            "# Glossary\n\n## bag\n\nA thing of cloth.\n\n<!-- kenning: allow self-definition -->\n\n## lid\n\nA lid.\n",
        ),
        ("w.md", "---\ntitle: lid\n---\n\n<!-- kenning: allow self-definition -->\n\nA lid.\n"),
        (
            "w.html",
            "<dl>\n<dt>bag</dt><dd>A thing of cloth.</dd>\n<!-- kenning: allow self-definition -->\n<dt>lid</dt><dd>A lid.</dd>\n</dl>\n",
        ),
        (
            "w.xml",
            "<glossary>\n<!-- kenning: allow self-definition -->\n<glossentry>\n<glossterm>lid</glossterm><glossdef><para>A lid.</para></glossdef></glossentry></glossary>\n",
        ),
        (
            "w.rst",
            ".. glossary::\n\n   bag\n      A thing of cloth.\n\n   .. kenning: allow self-definition\n\n   lid\n      A lid.\n",
        ),
        (
            "w.adoc",
            "[glossary]\n== Glossary\n\nbag:: A thing of cloth.\n// kenning: allow self-definition\nlid:: A lid.\n",
        ),
        ("w.csv", "term,definition\nbag,A thing of cloth.\n# kenning: allow self-definition\nlid,A lid.\n"),
        ("w.txt", "bag\n\nA thing of cloth.\n\n# kenning: allow self-definition\n\nlid\n\nA lid.\n"),
        (
            "w.ttl",
            "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n# kenning: allow self-definition\n<http://e.org/lid> a skos:Concept ; skos:prefLabel \"lid\"@en ; skos:definition \"A lid.\"@en .\n",
        ),
        (
            "w.json",
            "[\n{\"term\": \"bag\", \"definition\": \"A thing of cloth.\"},\n{\"term\": \"lid\", \"definition\": \"A lid.\",\n \"note\": \"kenning: allow self-definition\"}\n]\n",
        ),
        (
            "catalog-info.yaml",
            "apiVersion: backstage.io/v1alpha1\nkind: Component\n# kenning: allow self-definition\nmetadata:\n  name: lid\n  description: A lid.\n",
        ),
    ] {
        assert_eq!(lines(&[(path, text)]), [""; 0], "{path}: {text}");
        let without = text.replace("allow self-definition", "allow circle");
        let found = lines(&[(path, &without)]);
        assert!(found.len() == 1 && found[0].ends_with(" self-definition"), "{path}: {found:?}: {text}");
    }
}

#[test]
fn a_comment_in_a_code_block_is_not_one() {
    let page = "# Glossary\n\n```\n<!-- kenning: allow self-definition -->\n```\n\n## lid\n\nA lid.\n";
    assert_eq!(lines(&[("w.md", page)]), ["7 self-definition"]);
}

#[test]
fn levels_of_the_command_line() {
    let text = "term,definition\nlid,A lid.\nmole,Found at sea.\n";
    let run = |deny: &[&str], allow: &[&str]| {
        let read = |names: &[&str]| names.iter().map(|name| Wanted::read(name).expect("it is there")).collect();
        let levels = Levels { deny: read(deny), allow: read(allow) };
        let findings = levels.apply(check_files(&[("w.csv", text)]));
        findings.iter().map(|f| format!("{} {}", f.severity.name(), f.rule)).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(run(&[], &[]), "warning self-definition, note unused-term, note unused-term");
    assert_eq!(run(&["warnings"], &["notes"]), "error self-definition");
    assert_eq!(run(&["unused-term"], &["warnings"]), "error unused-term, error unused-term");
    assert_eq!(run(&["warnings"], &["self-definition", "notes"]), "");
    assert_eq!(run(&["self-definition"], &["self-definition", "unused-term"]), "error self-definition");
    assert_eq!(Wanted::read("self-defintion"), None);
}
