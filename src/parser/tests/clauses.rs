//! Clauses, patterns and scripts.

use super::{canonical, statement};
use crate::ast::{ClauseKind, Mode, StatementBody};
use crate::parser::{CLAUSES, parse, split};

#[test]
fn what_is_canonical_stays_as_it_is() {
    for text in [
        "MATCH (n) RETURN n",
        "MATCH (), (:A:B {x: 1}), (n $p), (a)-[r:T|U*1..3 {x: 1}]->(b)<--() RETURN *",
        "MATCH p = (a)-[*]-(b), q = shortestPath((a)-[*..5]->(b)), allShortestPaths((a)-[:T*2]-(b)) RETURN p",
        "MATCH (a)-[*0..]->(b), (a)-[{x: 1}]-(b), (a)-[$p]-(b), (a)-[r]-(b) RETURN 1",
        "OPTIONAL MATCH (n) WHERE n.x = 1 RETURN DISTINCT n.x AS x, n.y ORDER BY x DESC, n.y SKIP 1 LIMIT $n + 1",
        "WITH DISTINCT *, 1 AS one ORDER BY one SKIP 2 LIMIT 3 WHERE one > 0 RETURN *, one",
        "UNWIND [1, 2] AS x RETURN x UNION ALL RETURN 1 AS x UNION RETURN 2 AS x",
        "CREATE (a:A {x: 1})-[:T]->(b), (c)",
        "MERGE (a)-[:T]->(b) ON CREATE SET a.x = 1, b:L ON MATCH SET b += {y: 2} ON CREATE SET a = $p",
        "MATCH (n) SET n.x = 1, n = {}, n += {a: 1}, n:A:B, n.a.b = 2",
        "MATCH (n) SET CASE WHEN true THEN n END.x = 1",
        "MATCH (n) REMOVE n.x, n:A:B, n.a.b DELETE n, n.x DETACH DELETE m[0]",
        "CALL a.b",
        "CALL a.b()",
        "CALL a.b(1, x) YIELD c, d AS e WHERE e RETURN c",
        "CALL a.b YIELD *",
        "CALL a.b(1) YIELD -",
        "EXPLAIN MATCH (n) RETURN n",
        "PROFILE MATCH (n) RETURN n",
        "RETURN 1 AS `match`, 2 AS `a b`",
        "MATCH (`match`:match {match: 1})-[:match]->() RETURN `match`.match",
        "MATCH (show:Call) RETURN show.yield, show.explain",
    ] {
        assert_eq!(canonical(text), text);
    }
}

#[test]
fn other_spellings() {
    for (text, expected) in [
        ("match (n)return n;", "MATCH (n) RETURN n"),
        (";;/* a */ RETURN 1 // b\n;; // c", "RETURN 1"),
        ("RETURN a ORDER BY a ASC, b DESCENDING, c ascending", "RETURN a ORDER BY a, b DESC, c"),
        ("MATCH ((a)-->(b)) RETURN a", "MATCH (a)-->(b) RETURN a"),
        ("MATCH (a)<-->(b)<-[r]->(c)--(d) RETURN 1", "MATCH (a)--(b)-[r]-(c)--(d) RETURN 1"),
        ("MATCH (a) - [ :A | :B | C ] - > (b) < - - (c) RETURN 1", "MATCH (a)-[:A|B|C]->(b)<--(c) RETURN 1"),
        ("MATCH (a)—[r]→(b) RETURN 1".replace('→', "-⟩").as_str(), "MATCH (a)-[r]->(b) RETURN 1"),
        ("MATCH (a)⟨–[r]—(b)−−〉(c) RETURN 1", "MATCH (a)<-[r]-(b)-->(c) RETURN 1"),
        ("MATCH (a)-[*2..2]-(b)-[*..]-(c) RETURN 1", "MATCH (a)-[*2]-(b)-[*]-(c) RETURN 1"),
        ("MATCH (n) SET (n).x = 1", "MATCH (n) SET n.x = 1"),
        ("\u{feff}RETURN\u{a0}1\u{2003}AS\u{b}x", "RETURN 1 AS x"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn clauses_are_a_list_in_the_order_written() {
    let tree = statement("EXPLAIN MATCH (n) WITH n WHERE n.x MATCH (m) DELETE n RETURN m");
    let StatementBody::Query(query) = &tree.body else { panic!("{tree:?}") };
    assert_eq!(tree.mode, Mode::Explain);
    let clauses = &query.parts[0].clauses;
    assert!(matches!(
        clauses.iter().map(|clause| &clause.kind).collect::<Vec<_>>()[..],
        [ClauseKind::Match(_), ClauseKind::With(_), ClauseKind::Match(_), ClauseKind::Delete(_), ClauseKind::Return(_)]
    ));
    assert_eq!((clauses[1].span.start, clauses[1].span.end), (18, 34));
}

#[test]
fn a_column_keeps_its_text() {
    let tree = statement("RETURN  cOuNt( * ) , (a +  b)*2  ,'x' AS y");
    let StatementBody::Query(query) = tree.body else { panic!("no query") };
    let ClauseKind::Return(projection) = &query.parts[0].clauses[0].kind else { panic!("no RETURN") };
    let texts: Vec<_> = projection.items.iter().map(|item| item.text.0.as_str()).collect();
    assert_eq!(texts, ["cOuNt( * )", "(a +  b)*2", "'x'"]);
}

#[test]
fn scripts() {
    let text = " RETURN 1; // one\n;SHOW a;b';'; MATCH (n) RETURN ';' ; ";
    let spans: Vec<_> = split(text).into_iter().map(|span| span.text(text)).collect();
    assert_eq!(spans, ["RETURN 1", "SHOW a", "b';'", "MATCH (n) RETURN ';'"]);
    let script = parse("RETURN 1; SHOW a; /* nothing */ ;").expect("it is right");
    assert_eq!(script.statements.len(), 2);
    assert_eq!((script.statements[1].span.start, script.statements[1].span.end), (10, 16));
    assert_eq!(parse(" // nothing").map(|script| script.statements.len()), Ok(0));
}

#[test]
fn each_row_of_the_table_names_a_clause() {
    for clause in CLAUSES {
        assert!(clause.syntax.starts_with(clause.keyword), "{}", clause.keyword);
        if clause.keyword == "FINISH" {
            assert!(parse(clause.keyword).is_ok());
            continue;
        }
        let errors = parse(clause.keyword).expect_err("a keyword alone is not enough");
        assert!(
            clause.keyword == "NEXT" || !errors[0].message.contains("a clause"),
            "{} is not known: {}",
            clause.keyword,
            errors[0].message
        );
    }
}
