//! Is the input finished?

use crate::parser::is_complete;

#[test]
fn finished() {
    for text in [
        "",
        "  \n",
        "RETURN 1",
        "RETURN *",
        "MATCH (n) RETURN n.in",
        "MATCH (n) RETURN n AS limit",
        "CALL a.b",
        "CALL a.b YIELD *",
        "CALL a.b YIELD -",
        "MATCH (n) DELETE n",
        "MATCH (n) SET n:With",
        "MATCH (n) RETURN (;",
        "MATCH (n) RETURN 'a;",
        "MATCH (n) WHERE n.x\n\n",
        "SHOW C++",
        "SHOW (",
        "WHY a TO b",
        "DEPS nova DEPTH 3 VIA a, b",
        "RETURN 'a' STARTS WITH 'b'",
        "MERGE (a) ON MATCH SET a.b = 1",
        "RETURN 1 // (",
        "RETURN 1; RETURN 2",
        "RETURN EXISTS { MATCH (n) }",
        "CALL { MATCH (n) RETURN n AS x }",
        "MATCH (n) FINISH",
        "MATCH (n) FOREACH (x IN n.xs | SET x.a = 1)",
        "RETURN let, for",
        "ORDER",
        "EXPLAIN order",
        "CYCLES",
    ] {
        assert!(is_complete(text), "{text}");
    }
}

#[test]
fn unfinished() {
    for text in [
        "MATCH (n",
        "RETURN [1,",
        "RETURN [1, 2",
        "RETURN 'a",
        "RETURN `a",
        "RETURN 1 /* a",
        "RETURN 1 +",
        "RETURN 2 *",
        "RETURN a =",
        "RETURN",
        "MATCH (n)",
        "MATCH (n) WHERE n.x = 1",
        "MATCH (n) WITH n",
        "UNWIND [1] AS x",
        "LET x = 1",
        "FOR x IN [1]",
        "MATCH (n) WHERE EXISTS { RETURN 1 }",
        "MATCH (n:A&",
        "MATCH (finish)",
        "MATCH (n) RETURN n ORDER BY",
        "RETURN 1 UNION",
        "RETURN 1 AS x ORDER",
        "ORDER WHERE",
        "RETURN 1; MATCH (n",
        "EXPLAIN",
        "SHOW",
        "WHY a TO",
        "DEPS a VIA b,",
        "RETURN n.x AS",
        "RETURN a.",
    ] {
        assert!(!is_complete(text), "{text}");
    }
}
