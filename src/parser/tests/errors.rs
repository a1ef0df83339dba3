//! Every error's detail, place, words and help; and several errors in one run.

use super::error;
use crate::diagnostic::{Detail, Kind, Phase};
use crate::parser::{parse, parse_statement};

#[test]
fn details() {
    for (detail, texts) in [
        (
            Detail::UnexpectedSyntax,
            &[
                "RETURN [, ]",
                "RETURN [[[]]",
                "RETURN {, }",
                "RETURN {[]}",
                "RETURN {{}}",
                "RETURN {1B2c3e67:1}",
                "RETURN {k1#k: 1}",
                "RETURN {k1.k: 1}",
                "RETURN",
                "RETURN 1 2",
                "RETURN '\\q'",
                "RETURN 'a",
                "RETURN $",
                "RETURN (a)-->(b)",
                "RETURN size((a)-->(b))",
                "RETURN [(a)-->(b)]",
                "MATCH (n) WHERE (n)-->() = true RETURN n",
                "WITH (a)-->(b) AS x RETURN x",
                "RETURN \u{0}",
                "RETURN 1 = NOT true",
                "MATCH (n) SET n:A = 1",
                "",
                ";",
                "RETURN 1; RETURN 2",
                "MATCH (n) SET n",
                "MATCH (n) REMOVE n",
                "/* a",
            ][..],
        ),
        (
            Detail::InvalidNumberLiteral,
            &[
                "RETURN 9223372h54775808",
                "RETURN 0x",
                "RETURN 0xG",
                "RETURN 0o8",
                "RETURN 1e",
                "RETURN 1.5f",
                "RETURN 1__000",
            ],
        ),
        (
            Detail::IntegerOverflow,
            &[
                "RETURN 9223372036854775808",
                "RETURN -9223372036854775809",
                "RETURN 0x8000000000000000",
                "RETURN -0x8000000000000001",
                "RETURN 99999999999999999999999",
                "RETURN -(9223372036854775808)",
            ],
        ),
        (Detail::FloatingPointOverflow, &["RETURN 1.34E999", "RETURN -1e309"]),
        (
            Detail::InvalidUnicodeLiteral,
            &[
                "RETURN '\\uH'",
                "RETURN '\\u12'",
                "RETURN '\\uD83D'",
                "RETURN '\\uDE00'",
                "RETURN '\\UFFFFFFFF'",
                "RETURN '\\U0001F60'",
            ],
        ),
        (Detail::InvalidUnicodeCharacter, &["RETURN 42 — 41", "RETURN 1 ⟨ 2", "RETURN §", "MATCH (n) § RETURN n"]),
        (
            Detail::InvalidRelationshipPattern,
            &[
                "MATCH ()-[:T..]->() RETURN 1",
                "MATCH ()-[:T*-2]->() RETURN 1",
                "MATCH ()-[*1.5]->() RETURN 1",
                "MATCH ()-[r 2..3]-() RETURN 1",
                "MATCH ()-[*a]-() RETURN 1",
            ],
        ),
    ] {
        for text in texts {
            let error = error(text);
            assert_eq!(error.detail, detail, "{text}: {}", error.message);
            assert_eq!((error.kind, error.phase), (Kind::SyntaxError, Phase::CompileTime));
        }
    }
}

/// The error with its place underlined and its help.
fn drawn(text: &str) -> String {
    let error = error(text);
    let span = error.span.expect("a syntax error has a place").range();
    let caret = format!("{}{}", " ".repeat(span.start), "^".repeat(span.len().max(1)));
    let help = error.help.map_or(String::new(), |help| format!("\n= {help}"));
    format!("{text}\n{caret} {}{help}", error.message)
}

#[test]
fn messages() {
    for expected in [
        "MATCH (n)-[:]->(m) RETURN n\n            ^ expected a relationship type after ':', found ']'",
        "MATCH (n:) RETURN n\n         ^ expected a label after ':', found ')'",
        "RETURN n.\n         ^ expected a property key after '.', found the end",
        "RETURN 1 +\n          ^ expected an expression, found the end",
        "MATCH (a)-(b) RETURN a\n          ^ expected '[' or '-', found '('",
        "MERGE (a) ON DELETE SET a.b = 1\n             ^^^^^^ expected CREATE or MATCH, found 'DELETE'",
        "RETURN n ORDER a\n               ^ expected BY, found 'a'",
        "FOO\n^^^ expected a clause, found 'FOO'",
    ] {
        let text = expected.lines().next().unwrap_or("");
        assert_eq!(drawn(text), expected);
    }
}

#[test]
fn helps() {
    for (text, help) in [
        ("RETRUN 1", "did you mean RETURN?"),
        ("MATCH (n) RETRUN n", "did you mean RETURN?"),
        ("MACH (n) RETURN n", "did you mean MATCH?"),
        ("MATCH (n) WHRE n.x RETURN n", "did you mean WHERE?"),
        ("RETURN n LIMT 3", "did you mean LIMIT?"),
        ("SHWO nova", "did you mean SHOW?"),
        ("RETURN a == b", "write a single ="),
        ("RETURN a != b", "write <> for \"not equal\""),
        ("RETURN a && b", "write AND"),
        ("SELECT a", "write MATCH (n) RETURN n to read from the graph"),
        ("RETURN a LIMIT 1 GROUP BY a", "GROUP BY stands behind the items of RETURN or WITH, before ORDER BY"),
        (
            "RETURN a LIMIT 1 ORDER BY a",
            "to take some rows first and sort them then, write WITH … LIMIT n before RETURN",
        ),
        ("RETURN 1 = NOT a", "put NOT and its operand in parentheses"),
        ("RETURN 'a", "add the closing '"),
        ("RETURN \"a", "add the closing \""),
        ("MATCH (n\nWHERE n.x RETURN n", "the '(' opened in line 1, column 7 needs its ')'"),
        ("RETURN 1,\n  [2, 3", "the '[' opened in line 2, column 3 needs its ']'"),
        ("MATCH (null) RETURN 1", "null is a keyword: write `null` to use it as a name"),
        ("RETURN (a)-->(b)", "write exists((a)-->(b)) for a truth value, or [(a)-->(b) | b] for a list"),
        ("RETURN 1 – 2", "outside of patterns write the ASCII signs - < >"),
        ("MATCH ()-[*-1]-() RETURN 1", "write *, *2, *2.., *..3 or *2..3, with whole numbers from 0 on"),
    ] {
        assert_eq!(error(text).help.as_deref(), Some(help), "{text}");
    }
}

#[test]
fn several_errors_in_one_run() {
    let text = "MATCH (n) WHERE RETURN n.; MATCH (a) WHRE a.x RETURN a\n; RETURN 1; SHOW";
    let errors = parse(text).expect_err("there are four");
    let found: Vec<_> = errors.iter().map(|error| error.span.expect("a place").start).collect();
    assert_eq!(found, [16, 25, 37, 71], "{errors:#?}");
    let errors = parse_statement("MATCH (n:) MATCH (m RETURN m.x, CREATE (a)-[:B]->").expect_err("there are several");
    assert_eq!(errors.len(), 4, "{errors:#?}");
}

#[test]
fn a_name_is_no_border() {
    for text in [
        "RETURN n.match, n.set, {return: 1, with: 2} x",
        "MATCH (n:Match)-[:Create]->( RETURN 1",
        "RETURN 1 x STARTS WITH 2",
    ] {
        assert_eq!(parse_statement(text).expect_err(text).len(), 1, "{text}");
    }
}

#[test]
fn not_more_than_ten() {
    let errors = parse(&"RETURN ( ; ".repeat(100)).expect_err("there are many");
    assert_eq!(errors.len(), 10);
    let errors = parse_statement(&"RETURN ( ".repeat(100)).expect_err("there are many");
    assert_eq!(errors.len(), 10);
}
