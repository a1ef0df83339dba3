//! Formatting keeps the statements and every comment, and formatting again changes nothing.

use crate::parser::lexer::{TokenKind, tokens};
use crate::parser::{format, parse};
use crate::queries;

/// The text as it is formatted, after checking the laws.
#[track_caller]
pub(super) fn formatted(text: &str) -> String {
    let once = format(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    let statements = |text: &str| -> Vec<_> {
        let script = parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        script.statements.into_iter().map(|parsed| parsed.statement).collect()
    };
    assert_eq!(statements(&once), statements(text), "{text} is formatted as {once}");
    assert_eq!(comments(&once), comments(text), "{text} is formatted as {once}");
    assert_eq!(format(&once).as_deref(), Ok(once.as_str()), "formatting again");
    once
}

fn comments(text: &str) -> Vec<String> {
    let comments = tokens(text).into_iter().filter(|token| token.kind == TokenKind::Comment);
    comments.map(|token| token.span.text(text).trim_end().to_string()).collect()
}

#[test]
fn a_clause_a_line() {
    let text = "match (a)-->(b) where a.x>1 return distinct a.x as x order by x desc skip 1 limit 2";
    let lines = "MATCH (a)-->(b)\nWHERE a.x > 1\nRETURN DISTINCT a.x AS x\nORDER BY x DESC\nSKIP 1\nLIMIT 2;\n";
    assert_eq!(formatted(text), lines);
    assert_eq!(formatted("show nova"), "SHOW nova;\n");
    assert_eq!(formatted("return 1 union all return 2;;"), "RETURN 1\nUNION ALL\nRETURN 2;\n");
    assert_eq!(formatted("explain return 1; return 2"), "EXPLAIN RETURN 1;\n\nRETURN 2;\n");
    let merge = "MERGE (a {x: 1})\n  ON CREATE SET a.n = 1\n  ON MATCH SET a.n = 2;\n";
    assert_eq!(formatted("merge (a {x:1}) on create set a.n=1 on match set a.n=2"), merge);
    assert_eq!(formatted(""), "");
}

#[test]
fn subqueries_are_indented() {
    let text = "match (a) call (a) { match (a)-->(b) call { return 1 as y } return b } return b";
    let lines = "\
MATCH (a)
CALL (a) {
  MATCH (a)-->(b)
  CALL {
    RETURN 1 AS y
  }
  RETURN b
}
RETURN b;
";
    assert_eq!(formatted(text), lines);
}

#[test]
fn long_lines_are_broken() {
    let name = "a".repeat(60);
    let condition =
        format!("RETURN 1 AS x UNION MATCH (n) WHERE (n.{name} = 1 OR n.x) AND n.{name} = 2 AND NOT n.y RETURN n");
    let lines = format!("  AND n.{name} = 2\n  AND NOT n.y\nRETURN n;\n");
    assert!(formatted(&condition).ends_with(&lines), "{}", formatted(&condition));
    let items = formatted(&format!("RETURN *, n.{name} AS x, n.{name} AS y"));
    assert_eq!(items, format!("RETURN\n  *,\n  n.{name} AS x,\n  n.{name} AS y;\n"));
}

#[test]
fn comments_stay_before_their_clause() {
    let text = "\
// The head.

// What it asks.
MATCH (a) // behind a clause
  /* inside */ WHERE a.x = /* twice */ 1
CALL { // in the subquery
  RETURN 1 AS y // behind its end
  // before the brace
}
// before RETURN
RETURN a; // behind the statement
// before the next
RETURN 2
// at the end
";
    let lines = "\
// The head.

// What it asks.
// behind a clause
/* inside */
/* twice */
MATCH (a)
WHERE a.x = 1
CALL {
  // in the subquery
  // behind its end
  RETURN 1 AS y
  // before the brace
}
// before RETURN
// behind the statement
RETURN a;

// before the next
RETURN 2;

// at the end
";
    assert_eq!(formatted(text), lines);
    assert_eq!(formatted("// alone\n"), "// alone\n");
    assert_eq!(formatted("/* two\n   lines */ RETURN 1"), "/* two\n   lines */\nRETURN 1;\n");
    assert_eq!(
        formatted("RETURN 1 // a\nUNION // b\n// c\nRETURN 2"),
        "// a\nRETURN 1\nUNION\n// b\n// c\nRETURN 2;\n"
    );
}

#[test]
fn saved_queries() {
    for query in queries::all() {
        formatted(query.text);
    }
}

#[test]
fn errors_are_those_of_the_parser() {
    assert_eq!(format("MATCH (a RETURN a"), parse("MATCH (a RETURN a").map(|_| String::new()));
}
