//! What GQL and today's Cypher have beyond openCypher, and how it is told apart from what openCypher means.

use super::{canonical, canonical_expression, statement};
use crate::ast::{ClauseKind, Connection, Expression, ExpressionKind, PathPattern, StatementBody};
use crate::diagnostic::Detail;
use crate::parser::{parse_expression, parse_statement};

fn tree(text: &str) -> Expression {
    parse_expression(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// The first pattern of a statement that begins with MATCH.
fn pattern(text: &str) -> PathPattern {
    let StatementBody::Query(query) = statement(text).body else { panic!("{text} is no query") };
    match &query.parts[0].clauses[0].kind {
        ClauseKind::Match(clause) => clause.patterns[0].clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_canonical_stays_as_it_is() {
    for text in [
        "MATCH ()((a)-[r]->(b) WHERE a.x < b.x){2,5}() RETURN r",
        "MATCH p = (x)((a)-->(b))+(y)-->(z)(q = TRAIL (c)--(d)){3}() RETURN p",
        "MATCH ()(()((a)-->(b))*()){2,}() RETURN a",
        "MATCH (a)-[r:T]->{1,3}(b)-->+(c)<-[:T]-*(d)--{2}(e) RETURN 1",
        "MATCH p = SHORTEST 2 TRAIL (a)-[:T]->+(b) RETURN p",
        "MATCH ANY (a)-->(b), ANY 3 (a)-->(b), ANY SHORTEST (a)-->(b), ALL (a)-->(b) RETURN 1",
        "MATCH ALL SHORTEST ACYCLIC (a)-->(b), SHORTEST $k SIMPLE GROUPS COST BY weight (a)-->(b) RETURN 1",
        "MATCH WALK (a)-->(b), p = SHORTEST 1 COST BY `a b` ((a)-->+(b) WHERE a.x = 1) RETURN 1",
        "MATCH REPEATABLE ELEMENTS (a)-->(b), (c) RETURN 1",
        "MATCH (a:A|B), (b:A&!B|%), (c:(A|B)&C), (d:$(x)), (:!!A), (:$('a' + 'b')&C) RETURN 1",
        "MATCH (a)-[:A&B]->(b)-[r:!A]-(c)-[:$(t)|B*2]->(d)-[:%]->() RETURN 1",
        "MATCH (a:A {x: 1} WHERE a.y > 2)-[r:T WHERE r.z]->(WHERE true)-[*1..2 WHERE r]-(b WHERE (b)-->()) RETURN 1",
        "MATCH (n) WHERE n:(A|B) AND n:A:B AND NOT n:A&!B RETURN [x IN n WHERE x:A | x.y]",
        "CALL { RETURN 1 AS x UNION RETURN 2 AS x } RETURN x",
        "CALL (*) { RETURN 1 } CALL () { RETURN 2 } OPTIONAL CALL (a, b) { CREATE (c) } RETURN 1",
        "OPTIONAL CALL a.b(1) YIELD c RETURN c",
        "FOREACH (x IN [1, 2] | CREATE (:A {x: x}) SET n.x = x FOREACH (y IN x | DELETE y))",
        "LET x = 1, y = x + 1 FILTER x < y FOR z IN [x, y] FOR w IN z WITH ORDINALITY i FOR v IN w WITH OFFSET j FINISH",
        "MATCH (n) RETURN n NEXT MATCH (n)-->(m) RETURN m ORDER BY m.x DESC NULLS LAST, m NULLS FIRST",
        "MATCH (n) SET n[k] = 1, n:A:$(l), n.a[0] = 2 REMOVE n['x'], n:$(l):B",
        "RETURN COUNT { (a)-->(b) WHERE a.x }, COUNT { MATCH (a) RETURN a }, COLLECT { MATCH (a) RETURN a.x }",
        "RETURN EXISTS { ANY SHORTEST (a)-->+(b) } AND COUNT { p = ()((a)-->(b))+() } > 1",
        "RETURN CAST(x AS INTEGER), `cast`(x), a || b || c",
        "RETURN x IS :: INTEGER NOT NULL, x IS NOT :: LIST<LIST<STRING> NOT NULL>, x IS :: ANY<INTEGER | NULL>",
        "RETURN x IS :: LOCAL TIME, x IS :: ZONED DATETIME, x IS :: ANY, x IS :: NOTHING",
    ] {
        assert_eq!(canonical(text), text);
    }
}

#[test]
fn other_spellings() {
    for (text, expected) in [
        ("MATCH ((a)-->(b))+ RETURN 1", "MATCH ()((a)-->(b))+() RETURN 1"),
        ("MATCH ((a)-->(b))+((c)-->(d)){,2} RETURN 1", "MATCH ()((a)-->(b))+()((c)-->(d)){0,2}() RETURN 1"),
        ("MATCH (x)-->((a)--(b))* RETURN 1", "MATCH (x)-->()((a)--(b))*() RETURN 1"),
        ("MATCH ((a)-->(b)){0,} ((c)-->(d)){1,}(e) RETURN 1", "MATCH ()((a)-->(b))*()((c)-->(d))+(e) RETURN 1"),
        ("MATCH (((a)-->(b) WHERE a) WHERE b OR c) RETURN 1", "MATCH ((a)-->(b) WHERE a AND (b OR c)) RETURN 1"),
        ("MATCH (p = ANY TRAIL (a)-->(b)) RETURN 1", "MATCH p = ANY TRAIL (a)-->(b) RETURN 1"),
        ("MATCH p = TRAIL PATHS (ANY (a)-->(b)) RETURN 1", "MATCH p = ANY TRAIL (a)-->(b) RETURN 1"),
        ("MATCH shortest 2 paths groups (a)-->(b) RETURN 1", "MATCH SHORTEST 2 GROUPS (a)-->(b) RETURN 1"),
        ("MATCH SHORTEST PATH (a)-->(b) RETURN 1", "MATCH ANY SHORTEST (a)-->(b) RETURN 1"),
        ("MATCH DIFFERENT RELATIONSHIPS (a) RETURN 1", "MATCH (a) RETURN 1"),
        ("MATCH REPEATABLE ELEMENT BINDINGS (a) RETURN 1", "MATCH REPEATABLE ELEMENTS (a) RETURN 1"),
        ("MATCH (a IS A|B)-[IS T]->(IS C&D) RETURN 1", "MATCH (a:A|B)-[:T]->(:C:D) RETURN 1"),
        ("MATCH (a:A|:B), (b:A:B|C), (c:((A))) RETURN 1", "MATCH (a:A|B), (b:A&B|C), (c:A) RETURN 1"),
        ("RETURN n:A|B, n IS LABELED A, n IS NOT LABELED A&B", "RETURN n:(A|B), n:A, NOT n:A:B"),
        (
            "RETURN x IS TYPED int!, x IS NOT TYPED BOOL|FLOAT",
            "RETURN x IS :: INTEGER NOT NULL, x IS NOT :: ANY<BOOLEAN | FLOAT>",
        ),
        (
            "RETURN x IS :: LIST, x IS :: EDGE, x IS :: ANY VALUE",
            "RETURN x IS :: LIST<ANY>, x IS :: RELATIONSHIP, x IS :: ANY",
        ),
        (
            "RETURN x IS :: ANY<INT | ANY<DATE | PATH>> NOT NULL",
            "RETURN x IS :: ANY<INTEGER NOT NULL | DATE NOT NULL | PATH NOT NULL>",
        ),
        ("FILTER WHERE x RETURN 1 OFFSET 2 LIMIT 3", "FILTER x RETURN 1 SKIP 2 LIMIT 3"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn a_node_beside_a_group_is_filled_in() {
    let path = pattern("MATCH ((a)-->(b))+((c)-->(d))+ RETURN 1");
    assert_eq!((path.nodes().count(), path.relationships().count()), (3, 0));
    assert!(path.nodes().all(|node| node.variable.is_none() && node.span.range().is_empty()));
    let Connection::Group(group) = &path.steps[1].connection else { panic!("{path:?}") };
    assert_eq!((group.span.start, group.span.end), (18, 30));
}

#[test]
fn the_bar_of_a_comprehension_ends_labels_and_types() {
    for text in [
        "[x IN xs WHERE x:A | x.name]",
        "[x IN n:A | B]",
        "[x IN xs WHERE x IS :: INTEGER | x]",
        "[(a)-->(b) WHERE b:A | B]",
        "[p = (a)-->(b) WHERE b IS LABELED A | B]",
        "reduce(s = 0, x IN y:A | B)",
    ] {
        let result = match tree(text).kind {
            ExpressionKind::ListComprehension { result, .. } => result,
            ExpressionKind::PatternComprehension { result, .. } => Some(result),
            ExpressionKind::Reduce { step, .. } => Some(step),
            other => panic!("{other:?}"),
        };
        assert!(result.is_some(), "{text}");
        assert_eq!(canonical_expression(text).replace(":: ", "").replace(':', " IS LABELED "), {
            text.replace(":: ", "").replace(':', " IS LABELED ")
        });
    }
    let types = "[x IN x IS :: ANY<INTEGER | LIST<STRING | DATE>>, x]";
    assert!(matches!(tree(types).kind, ExpressionKind::List(_)), "{types}");
    let comparison = "[x IN list < 3 | x]";
    assert!(matches!(tree(comparison).kind, ExpressionKind::ListComprehension { .. }), "{comparison}");
    assert_eq!(canonical_expression("[x IN xs WHERE x:(A|B) | x:C]"), "[x IN xs WHERE x:(A|B) | x:C]");
    assert_eq!(canonical_expression("[x IN f(n:A|B) | [n:C|D]]"), "[x IN f(n:(A|B)) | [n:(C|D)]]");
    assert_eq!(canonical("FOREACH (x IN y:A | SET x.a = [n:B|C])"), "FOREACH (x IN y:A | SET x.a = [n:(B|C)])");
}

#[test]
fn patterns_and_arithmetic() {
    for text in
        ["(a)-->+(b)", "(a)--*(b)", "(a)-[:T]-+(b)", "(a)--{2}(b)", "(a)((b)-->(c)){1,2}(d)", "(a:A|B WHERE a.x)--(b)"]
    {
        let condition = tree(&format!("EXISTS {{ () WHERE {text} }}"));
        assert!(condition.any(&mut |e| matches!(e.kind, ExpressionKind::Pattern(_))), "{text}");
    }
    for text in ["(a)--+(b)", "(a)<--+(b)", "(a)-[b]-+(c)", "(a)+(b)", "(a)*(b)", "(a IS NULL)-(b)", "((a))-(b)"] {
        assert!(!tree(text).any(&mut |e| matches!(e.kind, ExpressionKind::Pattern(_))), "{text}");
    }
}

#[test]
fn new_keywords_are_names_too() {
    for word in [
        "let",
        "filter",
        "for",
        "foreach",
        "next",
        "finish",
        "offset",
        "shortest",
        "any",
        "trail",
        "walk",
        "simple",
        "acyclic",
        "paths",
        "groups",
        "cost",
        "count",
        "collect",
        "cast",
        "typed",
        "labeled",
        "repeatable",
        "different",
        "nulls",
        "first",
        "ordinality",
        "integer",
        "list",
    ] {
        for text in [
            format!("MATCH ({word}), ({word}:{word}), ({word} {{{word}: 1}})-[{word}:{word}]->({word} WHERE {word}.x)"),
            format!("MATCH {word} = (a)-->({word} $p) WITH {word}, {word}.{word} AS {word} WHERE {word}"),
            format!("UNWIND {word} AS {word} SET {word} = 1, {word}:{word}, {word}.{word} = {word}[{word}]"),
            format!("MATCH (n) WHERE EXISTS {{ {word} = (a)-->(b) }}"),
            format!("RETURN {word} AS {word}, {word} {{.{word}, {word}, {word}: {word}}} ORDER BY {word} SKIP {word}"),
        ] {
            canonical(&text);
        }
    }
    assert!(matches!(tree("count {.x}").kind, ExpressionKind::MapProjection { .. }));
    assert!(matches!(tree("collect {x: 1}").kind, ExpressionKind::MapProjection { .. }));
    assert!(matches!(tree("count {x = (a)-->(b)}").kind, ExpressionKind::Count(_)));
    assert!(matches!(tree("any(x IN xs WHERE x)").kind, ExpressionKind::Quantifier { .. }));
}

#[test]
fn errors() {
    for (text, message) in [
        ("MATCH ((a)-->(b)){} RETURN 1", "a whole number"),
        ("MATCH ((a)-->(b)){5,2} RETURN 1", "upper end"),
        ("MATCH (a)-->{,}(b) RETURN 1", "a whole number"),
        ("MATCH (x)-->((a)-->(b)) RETURN 1", "stands alone, or is repeated"),
        ("MATCH ((a)-->(b))-->(x) RETURN 1", "stands alone, or is repeated"),
        ("MATCH (ANY (a)-->(b))+ RETURN 1", "chosen for the whole pattern"),
        ("MATCH ANY (ALL (a)-->(b)) RETURN 1", "the same thing"),
        ("MATCH SHORTEST 0 (a)-->(b) RETURN 1", "at least 1"),
        ("MATCH SHORTEST 1 COST weight (a)-->(b) RETURN 1", "expected BY"),
        ("MATCH ANY COST BY weight (a)-->(b) RETURN 1", "expected a node pattern"),
        ("MATCH (a)-[*2]->+(b) RETURN 1", "says twice"),
        ("MATCH (a:) RETURN 1", "expected a label after ':'"),
        ("MATCH (a:A|) RETURN 1", "expected a label after '|'"),
        ("MATCH (a:A&) RETURN 1", "expected a label, found ')'"),
        ("MATCH (a)-[:A|]->() RETURN 1", "expected a relationship type after '|'"),
        ("MATCH (a)-[:A:B]->() RETURN 1", "found ':'"),
        ("MATCH (a:(A|B) RETURN 1", "expected"),
        ("MATCH (n) SET n:A|B", "one by one"),
        ("MATCH (n) REMOVE n:!A", "one by one"),
        ("FOREACH (x IN xs | MATCH (n))", "only clauses that change"),
        ("FOREACH (x IN xs)", "expected"),
        ("RETURN 1 NEXT", "expected a clause"),
        ("LET 1", "expected a variable"),
        ("FOR x", "expected IN"),
        ("CALL (x RETURN 1", "expected"),
        ("RETURN x IS :: INTERGER", "a type such as INTEGER"),
        ("RETURN x IS :: LOCAL", "expected TIME or DATETIME"),
        ("RETURN CAST(x)", "AS"),
        ("RETURN x IS 1", "expected NOT, '::', LABELED or NULL"),
        ("RETURN COUNT { 1 }", "expected a clause"),
    ] {
        let error = parse_statement(text).expect_err(text).remove(0);
        assert!(error.message.contains(message), "{text}: {}", error.message);
        let details = [Detail::UnexpectedSyntax, Detail::InvalidRelationshipPattern, Detail::InvalidClauseComposition];
        assert!(details.contains(&error.detail), "{text}: {error:?}");
    }
}
