//! The walking statements and their bare terms.

use super::{canonical, error, statement};
use crate::ast::{SetOperator, Start, StatementBody, TraceOption, Walk, WordStatement};

fn walk(text: &str) -> WordStatement {
    match statement(text).body {
        StatementBody::Walk(Walk::Word(statement)) => statement,
        other => panic!("{text} is no single word: {other}"),
    }
}

fn terms(starts: &[Start]) -> Vec<&str> {
    let mut terms = Vec::new();
    for start in starts {
        match start {
            Start::Term(term) => terms.push(term.text.as_str()),
            other => panic!("{other} is no term"),
        }
    }
    terms
}

fn names(names: &[crate::ast::Name]) -> Vec<&str> {
    names.iter().map(|name| name.text.as_str()).collect()
}

#[test]
fn bare_terms() {
    for term in [
        "nova",
        "nova-api",
        "Block Storage",
        "oslo.messaging",
        "mod_wsgi",
        "IP network",
        "L3 agent",
        "C++",
        "C#",
        "Apache HTTP Server 2.4",
        "802.1Q",
        "TCP/IP",
        "I/O",
        "50%",
        "f(x)",
        "what is it?",
        "größe—é",
        "show",
        "match",
        "all of it",
        "@babel/core",
        "libssl3:amd64",
        "pkg:npm/ms@2.0.0",
        "pkg:cargo/syn@2.0.119?arch=x86_64#src/a",
        "github.com/a/b/v2@v2.1.0",
        "auth (Library)",
        "syn@2.0 (Crate)",
        "twin #8",
        "#8",
        "[x] {y}",
        "a=b&c|d!e^f~g",
        "k8s/web.yaml:7",
        "1.2.3-4+deb12u1",
        "0x1g",
        "C:\\a\\b",
    ] {
        for text in [format!("SHOW {term}"), format!("show   {};", term.replace(' ', " /* and */ \n "))] {
            assert_eq!(terms(&walk(&text).operands[0]), [term]);
            canonical(&text);
        }
    }
}

#[test]
fn quoted_terms() {
    for (text, term) in [
        ("SHOW 'a TO b; ALL'", "a TO b; ALL"),
        ("SHOW \"it's\"", "it's"),
        ("SHOW `Block Storage`", "Block Storage"),
        ("SHOW ''", ""),
        ("SHOW ' two  spaces '", " two  spaces "),
    ] {
        assert_eq!(terms(&walk(text).operands[0]), [term]);
        canonical(text);
    }
}

#[test]
fn options() {
    let deps = walk("DEPS Block Storage, 'a, b' DEPTH 3 VIA provides to, DEPENDS_ON, 'is, a' RANKED");
    assert_eq!((deps.word.keyword, terms(&deps.operands[0])), ("DEPS", vec!["Block Storage", "a, b"]));
    let [TraceOption::Depth(3), TraceOption::Via(via), TraceOption::Ranked] = deps.options.as_slice() else {
        panic!("{:?}", deps.options);
    };
    assert_eq!(names(via), ["provides to", "DEPENDS_ON", "is, a"]);
    let impact = walk("IMPACT nova via is part of depth 2 where term:Service only A, B confidence 0.5");
    assert_eq!((terms(&impact.operands[0]), impact.options.len()), (vec!["nova"], 5));
    let text = "WHY identity  service TO Block Storage VIA provides to ALL";
    let why = walk(text);
    let [from, to] = why.operands.as_slice() else { panic!() };
    assert_eq!((terms(from), terms(to)), (vec!["identity service"], vec!["Block Storage"]));
    let Start::Term(from) = &from[0] else { panic!() };
    assert_eq!(from.span.text(text), "identity  service");
    assert!(matches!(why.options.as_slice(), [TraceOption::Via(_), TraceOption::All]));
    let why = walk("WHY a TO b UP TO 3 AVOIDING c, $d");
    let [TraceOption::UpTo(3), TraceOption::Avoiding(avoiding)] = why.options.as_slice() else { panic!() };
    assert!(matches!(avoiding.as_slice(), [Start::Term(_), Start::Parameter(_)]));
    assert_eq!(terms(&walk("FIND floating ip TO all").operands[0]), ["floating ip TO all"]);
    assert_eq!(terms(&walk("FIND 'floating ip'").operands[0]), ["floating ip"]);
    assert_eq!(terms(&walk("FIND 'floating' ip").operands[0]), ["'floating' ip"]);
}

#[test]
fn words_without_operands() {
    for text in ["ORDER", "CYCLES", "CRITICAL", "FANIN", "FANOUT VIA x", "SHOW RELATIONSHIP TYPES"] {
        assert!(walk(text).operands.iter().all(Vec::is_empty), "{text}");
    }
    assert_eq!(terms(&walk("SHOW relationship types of nova").operands[0]), ["relationship types of nova"]);
    let critical = walk("CRITICAL FOR a TO b");
    assert_eq!((terms(&critical.operands[0]), terms(&critical.operands[1])), (vec!["a"], vec!["b"]));
    let diff = walk("DIFF a, b VIA x, y");
    assert_eq!((terms(&diff.operands[0]), terms(&diff.operands[1])), (vec!["a"], vec!["b"]));
}

#[test]
fn starts_and_sets() {
    let start = |text: &str| walk(text).operands[0][0].clone();
    assert!(matches!(start("IMPACT $term DEPTH 1"), Start::Parameter(name) if name.text == "term"));
    assert!(matches!(start("SHOW (f)(x)"), Start::Term(name) if name.text == "(f)(x)"));
    assert!(matches!(start("DEPS (MATCH (n) RETURN n)"), Start::Walk(walk) if matches!(*walk, Walk::Query(_))));
    let StatementBody::Walk(Walk::Set { left, operator: SetOperator::Union, .. }) =
        statement("DEPS a EXCEPT DEPS b DEPTH 1 UNION (IMPACT c INTERSECT (MATCH (n) RETURN n))").body
    else {
        panic!()
    };
    assert!(matches!(*left, Walk::Set { operator: SetOperator::Except, .. }));
    // A word that no set follows belongs to the term.
    assert_eq!(terms(&walk("DEPS Western Union").operands[0]), ["Western Union"]);
}

#[test]
fn printed() {
    for (text, expected) in [
        ("explain why a to b all via x, y z", "EXPLAIN WHY a TO b ALL VIA x, y z"),
        ("DEPS x VIA a DEPTH 1", "DEPS x VIA a DEPTH 1"),
        ("deps x, $y,(deps z) where term . a=1 hiding A", "DEPS x, $y, (DEPS z) WHERE term.a = 1 HIDING A"),
        ("deps a except(deps b union deps c)", "DEPS a EXCEPT (DEPS b UNION DEPS c)"),
        (
            "whatif remove a,(b)-[:T]->(c) add (a)-[:U]->(b) order of a",
            "WHATIF REMOVE a, (b)-[:T]->(c) ADD (a)-[:U]->(b) ORDER OF a",
        ),
        (
            "create or replace relationship type a,b failure along degrades kind of c",
            "CREATE OR REPLACE RELATIONSHIP TYPE a, b FAILURE ALONG DEGRADES KIND OF c",
        ),
        (
            "create relationship type A named 'x' inverse B named 'y' symmetric",
            "CREATE RELATIONSHIP TYPE A NAMED 'x' INVERSE B NAMED 'y' SYMMETRIC",
        ),
        ("SHOW 'way TO go'", "SHOW 'way TO go'"),
        ("SHOW 'a; b'", "SHOW 'a; b'"),
        ("SHOW 'http://a'", "SHOW 'http://a'"),
        ("PROFILE FIND 'a b'", "PROFILE FIND a b"),
    ] {
        assert_eq!(canonical(text), expected);
    }
}

#[test]
fn mistakes() {
    for (text, message) in [
        ("SHOW", "expected a term, found the end"),
        ("WHY a", "expected ',' or TO, found the end"),
        ("WHY TO b", "expected a term, found 'TO'"),
        ("WHY a TO", "expected a term, found the end"),
        ("DEPS a DEPTH deep", "expected a whole number after DEPTH, found 'deep'"),
        ("DEPS a DEPTH -1", "expected a whole number after DEPTH, found '-'"),
        ("DEPS a DEPTH 1 DEPTH 2", "DEPTH stands here for the second time"),
        ("DEPS a VIA b, VIA c", "expected a relationship type, found 'VIA'"),
        ("IMPACT a VIA", "expected a relationship type, found the end"),
        ("SHOW 'a' b", "expected the end, found 'b'"),
        ("COMMON a", "expected ',', found the end"),
        ("DIFF a", "expected ',', found the end"),
        ("WHY a TO b UP TO few", "expected a whole number after UP TO, found 'few'"),
        ("DEPS a CONFIDENCE 2", "a confidence is a number from 0 to 1"),
        ("DEPS (WHY a TO b)", "the rows of WHY are no set of terms"),
        ("WHATIF DEPS a", "expected REMOVE or ADD, found 'DEPS'"),
        ("WHATIF REMOVE a", "expected ',' or a statement, found the end"),
        ("CREATE RELATIONSHIP TYPE", "expected a relationship type, found the end"),
        ("CREATE RELATIONSHIP TYPE A FAILURE", "expected ALONG, AGAINST or NONE, found the end"),
        ("DROP RELATIONSHIP TYPE A NAMED 'x'", "expected ',' or the end, found 'NAMED'"),
        ("SHOW nova's", "the ' opened here is never closed"),
    ] {
        assert_eq!(error(text).message, message, "{text}");
    }
}

#[test]
fn terms_with_slashes() {
    for term in ["//core:lib", "https://a.org/b", "//pkg/a//b:c", "file:///etc/hosts"] {
        assert_eq!(terms(&walk(&format!("SHOW {term} // a comment")).operands[0]), [term]);
        let why = walk(&format!("WHY {term} TO {term}"));
        assert_eq!((terms(&why.operands[0]), terms(&why.operands[1])), (vec![term], vec![term]));
        canonical(&format!("DEPS {term}, {term} AVOIDING {term}"));
    }
    assert_eq!(terms(&walk("SHOW web //front").operands[0]), ["web"]);
}

#[test]
fn terms_that_need_quotes_are_shown_in_them() {
    for (text, quoted) in [
        ("SHOW it's", "\"it's\""),
        ("WHY it's all TO web", "\"it's all\""),
        ("SHOW a/*b", "'a/*b'"),
        ("SHOW say \"a", "'say \"a'"),
    ] {
        assert_eq!(error(text).help, Some(format!("put the whole term in quotes: {quoted}")), "{text}");
    }
}
