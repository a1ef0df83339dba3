//! The walking statements and their bare terms.

use super::{canonical, error, statement};
use crate::ast::{StatementBody, Walk};

fn walk(text: &str) -> Walk {
    match statement(text).body {
        StatementBody::Walk(walk) => walk,
        StatementBody::Query(query) => panic!("{text} is a query: {query}"),
        StatementBody::Schema(change) => panic!("{text} is about the schema: {change}"),
    }
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
    ] {
        for text in [format!("SHOW {term}"), format!("show   {};", term.replace(' ', " /* and */ \n "))] {
            let Walk::Show { term: found } = walk(&text) else { panic!("{text}") };
            assert_eq!(found.text, term);
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
        let Walk::Show { term: found } = walk(text) else { panic!("{text}") };
        assert_eq!(found.text, term);
        canonical(text);
    }
}

#[test]
fn options() {
    let Walk::Deps { term, options } = walk("DEPS Block Storage DEPTH 3 VIA provides to, DEPENDS_ON, 'is, a'") else {
        panic!()
    };
    assert_eq!((term.text.as_str(), options.depth), ("Block Storage", Some(3)));
    assert_eq!(names(&options.via), ["provides to", "DEPENDS_ON", "is, a"]);
    let Walk::Impact { term, options } = walk("IMPACT nova via is part of depth 2") else { panic!() };
    assert_eq!((term.text.as_str(), options.depth), ("nova", Some(2)));
    assert_eq!(names(&options.via), ["is part of"]);
    let text = "WHY identity  service TO Block Storage VIA provides to ALL";
    let Walk::Why { from, to, all, via } = walk(text) else { panic!() };
    assert_eq!((from.text.as_str(), to.text.as_str(), all), ("identity service", "Block Storage", true));
    assert_eq!((from.span.text(text), to.span.text(text)), ("identity  service", "Block Storage"));
    assert_eq!(names(&via), ["provides to"]);
    let Walk::Find { text } = walk("FIND floating ip TO all") else { panic!() };
    assert_eq!(text.text, "floating ip TO all");
    let Walk::Find { text } = walk("FIND 'floating ip'") else { panic!() };
    assert_eq!(text.text, "floating ip");
    let Walk::Find { text } = walk("FIND 'floating' ip") else { panic!() };
    assert_eq!(text.text, "'floating' ip");
}

#[test]
fn printed() {
    for (text, expected) in [
        ("explain why a to b all via x, y z", "EXPLAIN WHY a TO b ALL VIA x, y z"),
        ("DEPS x VIA a DEPTH 1", "DEPS x DEPTH 1 VIA a"),
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
        ("WHY a", "expected TO, found the end"),
        ("WHY TO b", "expected a term, found 'TO'"),
        ("WHY a TO", "expected a term, found the end"),
        ("DEPS a DEPTH deep", "expected a whole number after DEPTH, found 'deep'"),
        ("DEPS a DEPTH -1", "expected a whole number after DEPTH, found '-'"),
        ("DEPS a DEPTH 1 DEPTH 2", "DEPTH stands here for the second time"),
        ("DEPS a VIA b, VIA c", "expected a relationship type, found 'VIA'"),
        ("IMPACT a VIA", "expected a relationship type, found the end"),
        ("SHOW 'a' b", "expected the end, found 'b'"),
        ("SHOW nova's", "the ' opened here is never closed"),
    ] {
        assert_eq!(error(text).message, message, "{text}");
    }
}
