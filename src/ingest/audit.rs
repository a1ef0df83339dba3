//! The audit of a graph folder: what reads without complaint and is still wrong.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use petgraph::algo::tarjan_scc;

use super::document::{self, Document, Relation, Text};
use super::finding::{Findings, Place};
use super::folder::{self, Built};
use super::{Finding, SourceFile};
use crate::graph::{Direction, GraphView, NodeId, RelationSemantics, Semantics, alike, spellings};

/// Everything that is wrong with the files of a folder, by file and place. Empty means clean.
pub fn audit(files: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Findings::of_folder(files);
    let document = document::parse(files, &mut findings);
    let built = folder::build(&document, &mut findings);
    let findings_of = &mut findings;
    check_types(&document, findings_of);
    check_type_use(&document, &built, findings_of);
    check_names(&document, findings_of);
    check_terms(&document, &built, findings_of);
    check_relations(&document, &built, findings_of);
    check_cycles(&document, &built, findings_of);
    findings.sorted()
}

/// Each type is declared once, and no two types can be mistaken for one another.
fn check_types(document: &Document, findings: &mut Findings) {
    const WHY: &str = "VIA could not tell the two types apart";
    let mut readings: BTreeMap<String, (&str, &Place)> = BTreeMap::new();
    let mut declared: BTreeMap<&str, &Place> = BTreeMap::new();
    for row in &document.types {
        let RelationSemantics { name, phrase, inverse, inverse_phrase, symmetric, .. } = &row.semantics;
        if let Some(first) = declared.insert(name, &row.place) {
            let help = format!("the first declaration is at {}", findings.name_place(first));
            findings.error(&row.place, format!("type {name} is declared twice"), "the last one counts", Some(help));
            continue;
        }
        let is_own_inverse = inverse == name && inverse_phrase == phrase;
        if *symmetric != is_own_inverse {
            let what = match symmetric {
                true => format!("type {name} is symmetric but has an inverse of another name"),
                false => format!("type {name} is its own inverse but not symmetric"),
            };
            let help = "a symmetric type has itself as inverse, and only a symmetric type has".to_string();
            findings.error(&row.place, what, "one relation would read in two ways", Some(help));
        }
        let own: BTreeSet<String> = [name, phrase, inverse, inverse_phrase].map(|text| folded_type(text)).into();
        for reading in own {
            match readings.get(&reading) {
                Some((other, first)) => {
                    let what = format!("'{reading}' can mean {other} and {name}");
                    let help = format!("the other is declared at {}", findings.name_place(first));
                    findings.error(&row.place, what, WHY, Some(help));
                }
                None => drop(readings.insert(reading, (name, &row.place))),
            }
        }
    }
}

fn folded_type(text: &str) -> String {
    text.replace('_', " ").to_lowercase()
}

/// Relations are of declared types, and declared types have relations.
fn check_type_use(document: &Document, built: &Built, findings: &mut Findings) {
    let semantics = built.graph.semantics();
    let used: HashSet<&str> = document.relations.iter().map(|row| &*row.relation.text).collect();
    for row in document.types.iter().filter(|row| !used.contains(row.semantics.name.as_str())) {
        let what = format!("type {} is declared but no relation is of it", row.semantics.name);
        findings.warning(&row.place, what, "a reader looks for what is not there", None);
    }
    for row in document.relations.iter().filter(|row| semantics.get(&row.relation.text).is_none()) {
        let what = format!("type {} is not declared", row.relation.text);
        let help = undeclared_help(semantics, &row.relation.text);
        findings.error(&row.relation.place, what, "tracing does not follow it", Some(help));
    }
}

fn undeclared_help(semantics: &Semantics, name: &str) -> String {
    let is_inverse = |s: &&RelationSemantics| s.inverse == name;
    if let Some(inverse) = semantics.iter().find(is_inverse) {
        return format!("it is the inverse of {}: swap the ends and write that", inverse.name);
    }
    match alike(name, semantics.iter().map(|s| s.name.as_str())).first() {
        Some(likely) => format!("did you mean {likely}?"),
        None => "declare it with [[type]]".to_string(),
    }
}

/// No name means two terms, in whatever spelling.
fn check_names(document: &Document, findings: &mut Findings) {
    let mut exact: BTreeMap<&str, (usize, &Place)> = BTreeMap::new();
    let mut folded: BTreeMap<String, (usize, &Text)> = BTreeMap::new();
    for (number, term) in document.terms.iter().enumerate() {
        for name in std::iter::once(&term.name).chain(&term.aliases) {
            if let Some((other, first)) = exact.get(&*name.text) {
                let help = format!("the other place is {}", findings.name_place(first));
                let (what, why) = match *other == number {
                    true => (format!("'{}' is listed twice for the same term", name.text), "once is enough"),
                    false => (
                        format!("'{}' is the name of two terms", name.text),
                        "a statement that uses it cannot know which is meant",
                    ),
                };
                findings.error(&name.place, what, why, Some(help));
                continue;
            }
            exact.insert(&name.text, (number, &name.place));
            check_spellings(number, name, &mut folded, findings);
        }
    }
}

fn check_spellings<'a>(
    number: usize,
    name: &'a Text,
    folded: &mut BTreeMap<String, (usize, &'a Text<'a>)>,
    findings: &mut Findings,
) {
    const WHY: &str = "a statement that spells it a third way cannot know which is meant";
    for key in spellings(&name.text) {
        match folded.get(&key) {
            Some((other, first)) if *other != number => {
                let what = format!("'{}' and '{}' name two terms and differ only in spelling", first.text, name.text);
                let help = format!("the other place is {}", findings.name_place(&first.place));
                findings.warning(&name.place, what, WHY, Some(help));
                return;
            }
            Some(_) => {}
            None => drop(folded.insert(key, (number, name))),
        }
    }
}

/// Each term says what it is, and something is said about it.
fn check_terms(document: &Document, built: &Built, findings: &mut Findings) {
    for (term, node) in document.terms.iter().zip(&built.nodes) {
        let (name, place) = (&term.name.text, &term.name.place);
        if is_missing(&term.definition) {
            findings.error(place, format!("'{name}' has no definition"), "SHOW could not say what it is", None);
        }
        if is_missing(&term.source) {
            findings.error(place, format!("'{name}' has no source"), "nobody can check its definition", None);
        }
        if term.labels.is_empty() {
            findings.warning(place, format!("'{name}' has no label"), "a query by label does not find it", None);
        }
        if built.graph.degree(*node, Direction::Both) == 0 {
            findings.error(place, format!("'{name}' has no relation"), "no trace can reach it", None);
        }
    }
}

fn is_missing(text: &Option<Text>) -> bool {
    text.as_ref().is_none_or(|text| text.text.trim().is_empty())
}

/// Each relation is said once, with its evidence.
fn check_relations(document: &Document, built: &Built, findings: &mut Findings) {
    let mut first: BTreeMap<(NodeId, &str, NodeId), &Place> = BTreeMap::new();
    for (row, relationship) in document.relations.iter().zip(&built.relationships) {
        check_evidence(row, findings);
        let Some(shape) = relationship.map(|id| built.graph.relationship(id)) else { continue };
        let relation = &*row.relation.text;
        if shape.start == shape.end {
            let what = format!("'{}' {relation} itself", row.from.text);
            findings.error(&row.place, what, "a relation joins two terms", None);
        }
        let symmetric = built.graph.semantics().get(relation).is_some_and(|s| s.symmetric);
        let (start, end) = match symmetric && shape.end < shape.start {
            true => (shape.end, shape.start),
            false => (shape.start, shape.end),
        };
        match first.get(&(start, relation, end)) {
            Some(other) => {
                let what = format!("'{}' {relation} '{}' is said twice", row.from.text, row.to.text);
                let help = format!("the other place is {}", findings.name_place(other));
                findings.error(&row.place, what, "each answer would repeat it", Some(help));
            }
            None => drop(first.insert((start, relation, end), &row.place)),
        }
    }
}

fn check_evidence(row: &Relation, findings: &mut Findings) {
    let relation = format!("'{}' {} '{}'", row.from.text, row.relation.text, row.to.text);
    if is_missing(&row.evidence) {
        findings.error(&row.place, format!("{relation} has no evidence"), "WHY could not say why", None);
    }
    if is_missing(&row.source) {
        findings.error(&row.place, format!("{relation} has no source"), "nobody can check it", None);
    }
}

/// A transitive type that is not symmetric orders its terms: a cycle would make each of them the other.
fn check_cycles(document: &Document, built: &Built, findings: &mut Findings) {
    let graph = &built.graph;
    for semantics in graph.semantics().iter().filter(|s| s.transitive && !s.symmetric) {
        let Some(relationship_type) = graph.type_id(&semantics.name) else { continue };
        let view = GraphView::of(graph, Some(&[relationship_type]), Direction::Outgoing);
        for component in tarjan_scc(&view).into_iter().filter(|component| component.len() > 1) {
            let members: BTreeSet<NodeId> = component.into_iter().collect();
            let inside = |(_, id): &(&Relation, &Option<_>)| {
                id.map(|id| graph.relationship(id)).is_some_and(|shape| {
                    shape.relationship_type == relationship_type
                        && members.contains(&shape.start)
                        && members.contains(&shape.end)
                })
            };
            let Some((row, _)) = document.relations.iter().zip(&built.relationships).find(inside) else { continue };
            let names = document.terms.iter().zip(&built.nodes).filter(|(_, node)| members.contains(node));
            let names: Vec<&str> = names.map(|(term, _)| &*term.name.text).collect();
            let what = format!("{} runs in a circle: {}", semantics.name, names.join(", "));
            let why = "the type is transitive, so each of them would be above itself";
            findings.error(&row.place, what, why, Some("remove or turn one of the relations".to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: &str = r#"
[[type]]
name = "IS_A"
phrase = "is a kind of"
inverse = "HAS_KIND"
inverse_phrase = "has the kind"
transitive = true
failure = "none"

[[type]]
name = "NEAR"
phrase = "is near"
inverse = "NEAR"
inverse_phrase = "is near"
symmetric = true
failure = "none"
"#;

    fn term(name: &str) -> String {
        format!("[[term]]\nname = \"{name}\"\nlabels = [\"T\"]\ndefinition = \"d\"\nsource = \"s\"\n")
    }

    fn relation(from: &str, relation: &str, to: &str) -> String {
        format!(
            "[[relation]]\nfrom = \"{from}\"\ntype = \"{relation}\"\nto = \"{to}\"\nevidence = \"e\"\nsource = \"s\"\n"
        )
    }

    /// A clean folder of three terms.
    fn clean() -> String {
        [term("cat"), term("animal"), term("dog")].concat()
            + &[relation("cat", "IS_A", "animal"), relation("cat", "NEAR", "dog")].concat()
    }

    /// What the audit says about a clean folder with a text added to its types and one added to its rows.
    fn found(types: &str, rows: &str) -> Vec<String> {
        let (types, rows) = (format!("{TYPES}{types}"), clean() + rows);
        let files = [SourceFile { path: "types", text: &types }, SourceFile { path: "rows", text: &rows }];
        audit(&files).iter().map(|f| format!("{}:{} {}", f.file, f.line, f.what)).collect()
    }

    #[track_caller]
    fn check(types: &str, rows: &str, expected: &[&str]) {
        assert_eq!(found(types, rows), expected);
    }

    #[test]
    fn the_embedded_graph_is_clean() {
        let findings: Vec<String> = audit(crate::ingest::EMBEDDED_FILES).iter().map(ToString::to_string).collect();
        assert_eq!(findings, [""; 0]);
        check("", "", &[]);
    }

    #[test]
    fn dangling_ends_and_undeclared_types() {
        check("", &relation("cat", "IS_A", "animla"), &["rows:31 there is no term 'animla'"]);
        check("", &relation("cat", "IS_AN", "dog"), &["rows:30 type IS_AN is not declared"]);
        let rows = relation("animal", "HAS_KIND", "dog");
        check("", &rows, &["rows:30 type HAS_KIND is not declared"]);
        let files = clean() + &rows;
        let files = [SourceFile { path: "t", text: TYPES }, SourceFile { path: "r", text: &files }];
        assert_eq!(audit(&files)[0].help.as_deref(), Some("it is the inverse of IS_A: swap the ends and write that"));
    }

    #[test]
    fn names_of_two_terms() {
        let rows = term("cat") + &relation("dog", "IS_A", "animal");
        let expected = ["rows:29 'cat' has no relation", "rows:29 'cat' is the name of two terms"];
        // The name now means two terms, so nothing can be said of either.
        let all = found("", &rows);
        assert!(expected.iter().all(|e| all.iter().any(|f| f == e)), "{all:?}");
        assert!(all.iter().any(|f| f.ends_with("'cat' has several meanings")), "{all:?}");
        let rows = term("Cats") + &relation("Cats", "IS_A", "animal");
        check("", &rows, &["rows:29 'cat' and 'Cats' name two terms and differ only in spelling"]);
        let rows =
            "[[term]]\nname = \"owl\"\naliases = [\"owl\"]\nlabels = [\"T\"]\ndefinition = \"d\"\nsource = \"s\"\n";
        check(
            "",
            &(rows.to_string() + &relation("owl", "IS_A", "animal")),
            &["rows:30 'owl' is listed twice for the same term"],
        );
    }

    #[test]
    fn terms_that_say_nothing() {
        check(
            "",
            "[[term]]\nname = \"owl\"\n",
            &[
                "rows:29 'owl' has no definition",
                "rows:29 'owl' has no label",
                "rows:29 'owl' has no relation",
                "rows:29 'owl' has no source",
            ],
        );
    }

    #[test]
    fn relations_said_twice_or_of_a_term_to_itself() {
        check("", &relation("cat", "IS_A", "animal"), &["rows:28 'cat' IS_A 'animal' is said twice"]);
        check("", &relation("dog", "NEAR", "cat"), &["rows:28 'dog' NEAR 'cat' is said twice"]);
        check("", &relation("cat", "NEAR", "cat"), &["rows:28 'cat' NEAR itself"]);
    }

    #[test]
    fn relations_without_evidence_or_source() {
        let rows = "[[relation]]\nfrom = \"dog\"\ntype = \"IS_A\"\nto = \"animal\"\nevidence = \" \"\n";
        check("", rows, &["rows:28 'dog' IS_A 'animal' has no evidence", "rows:28 'dog' IS_A 'animal' has no source"]);
    }

    #[test]
    fn cycles() {
        let rows = relation("animal", "IS_A", "dog") + &relation("dog", "IS_A", "cat");
        check("", &rows, &["rows:16 IS_A runs in a circle: cat, animal, dog"]);
    }

    #[test]
    fn types_that_clash_or_are_not_used() {
        let add = |name: &str, phrase: &str, inverse: &str, back: &str| {
            format!(
                "[[type]]\nname = \"{name}\"\nphrase = \"{phrase}\"\ninverse = \"{inverse}\"\n\
                 inverse_phrase = \"{back}\"\nfailure = \"none\"\n"
            )
        };
        let rows = relation("dog", "EATS", "cat");
        check(
            &add("EATS", "eats", "EATEN_BY", "is eaten by"),
            "",
            &["types:17 type EATS is declared but no relation is of it"],
        );
        check(&add("EATS", "eats", "HAS_KIND", "is eaten by"), &rows, &["types:17 'has kind' can mean IS_A and EATS"]);
        check(
            &add("EATS", "is near", "EATEN_BY", "is eaten by"),
            &rows,
            &["types:17 'is near' can mean NEAR and EATS"],
        );
        check(
            &add("EATS", "eats", "EATS", "eats"),
            &rows,
            &["types:17 type EATS is its own inverse but not symmetric"],
        );
        let twice = add("IS_A", "is a kind of", "HAS_KIND", "has the kind");
        check(&twice, "", &["types:17 type IS_A is declared twice"]);
    }
}
