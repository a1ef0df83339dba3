//! Precedence, and everything an expression can be.

use super::canonical_expression;
use crate::ast::{ComparisonOperator, Connective, Expression, ExpressionKind, Literal, UnaryOperator};
use crate::parser::parse_expression;

/// The expression with parentheses around every operation.
fn shape(expression: &Expression) -> String {
    match &expression.kind {
        ExpressionKind::Binary { operator, left, right } => format!("({} {operator} {})", shape(left), shape(right)),
        ExpressionKind::Logic { connective, operands } => {
            let word = match connective {
                Connective::And => " AND ",
                Connective::Or => " OR ",
            };
            format!("({})", operands.iter().map(shape).collect::<Vec<_>>().join(word))
        }
        ExpressionKind::Unary { operator, operand } => {
            let sign = match operator {
                UnaryOperator::Not => "NOT ",
                UnaryOperator::Minus => "-",
                UnaryOperator::Plus => "+",
            };
            format!("({sign}{})", shape(operand))
        }
        ExpressionKind::Comparison { first, links } => {
            let links: String =
                links.iter().map(|(operator, operand)| format!(" {operator} {}", shape(operand))).collect();
            format!("({}{links})", shape(first))
        }
        ExpressionKind::IsNull { operand, negated } => {
            format!("({} IS {}NULL)", shape(operand), if *negated { "NOT " } else { "" })
        }
        ExpressionKind::Property { base, key } => format!("{}.{}", shape(base), key.text),
        ExpressionKind::Index { base, index } => format!("{}[{}]", shape(base), shape(index)),
        ExpressionKind::HasLabels { operand, labels } => {
            let test = ExpressionKind::HasLabels { operand: Box::new(variable("x")), labels: labels.clone() };
            let test = Expression::new(test, expression.span).to_string();
            format!("({}{})", shape(operand), &test[1..])
        }
        _ => expression.to_string(),
    }
}

fn variable(name: &str) -> Expression {
    Expression::new(ExpressionKind::Variable(name.to_string()), crate::diagnostic::Span::default())
}

#[test]
fn precedence() {
    for (text, expected) in [
        ("a OR b XOR c AND NOT d = e", "(a OR (b XOR (c AND (NOT (d = e)))))"),
        ("NOT a AND b", "((NOT a) AND b)"),
        ("NOT NOT a OR b", "((NOT (NOT a)) OR b)"),
        ("NOT a = b", "(NOT (a = b))"),
        ("NOT a IS NULL", "(NOT (a IS NULL))"),
        ("a OR b OR c", "(a OR b OR c)"),
        ("a AND b OR c AND d", "((a AND b) OR (c AND d))"),
        ("1 < 2 < 3", "(1 < 2 < 3)"),
        ("1 < 2 <= 3 = 4 <> 5 > 6 >= 7", "(1 < 2 <= 3 = 4 <> 5 > 6 >= 7)"),
        ("(1 < 2) = 3", "((1 < 2) = 3)"),
        ("a = b IS NULL", "(a = (b IS NULL))"),
        ("a IS NULL = b", "((a IS NULL) = b)"),
        ("a IS NOT NULL IS NULL", "((a IS NOT NULL) IS NULL)"),
        ("a IN b = c", "((a IN b) = c)"),
        ("a = b IN c + d", "(a = (b IN (c + d)))"),
        ("a + b IN c", "((a + b) IN c)"),
        ("a STARTS WITH b + c AND d", "((a STARTS WITH (b + c)) AND d)"),
        ("a ENDS WITH b CONTAINS c", "((a ENDS WITH b) CONTAINS c)"),
        ("a =~ b OR c", "((a =~ b) OR c)"),
        ("1 - 2 - 3 + 4", "(((1 - 2) - 3) + 4)"),
        ("1 - (2 - 3)", "(1 - (2 - 3))"),
        ("1 + 2 * 3 % 4 / 5", "(1 + (((2 * 3) % 4) / 5))"),
        ("2 ^ 3 ^ 2", "((2 ^ 3) ^ 2)"),
        ("2 * 3 ^ 2", "(2 * (3 ^ 2))"),
        ("-2 ^ 2", "(-2 ^ 2)"),
        ("-a ^ 2", "((-a) ^ 2)"),
        ("2 ^ -a", "(2 ^ (-a))"),
        ("- -a", "(-(-a))"),
        ("+ -1", "(+-1)"),
        ("-a.b", "(-a.b)"),
        ("-1.b", "(-1.b)"),
        ("-a[0]", "(-a[0])"),
        ("a.b.c[0].d", "a.b.c[0].d"),
        ("a.b IS NULL", "(a.b IS NULL)"),
        ("n:A:B", "(n:A:B)"),
        ("n:A AND m:B", "((n:A) AND (m:B))"),
        ("NOT n:A", "(NOT (n:A))"),
        ("a - -1", "(a - -1)"),
        ("a--1", "(a - -1)"),
        ("a<-1", "(a < -1)"),
        ("(a)-(b)", "(a - b)"),
        ("(a)<-(b)", "(a < (-b))"),
        ("(a)-[b][0]", "(a - [b][0])"),
        ("(a.b)--(c)", "(a.b - (-c))"),
        ("not a and B or c xOr d", "(((NOT a) AND B) OR (c XOR d))"),
    ] {
        let tree = parse_expression(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
        assert_eq!(shape(&tree), expected, "{text}");
        canonical_expression(text);
    }
}

#[test]
fn no_more_parentheses_than_needed() {
    for text in [
        "a OR b AND c",
        "(a OR b) AND c",
        "a - (b - c)",
        "a - b - c",
        "(a + b) * c",
        "(a = b) = c",
        "(a < b) IS NULL",
        "(NOT a) = b",
        "NOT (a AND b)",
        "(-5).x",
        "-5",
        "-(5)",
        "-a.b",
        "(-a).b",
        "(a:B).c",
        "a IN [1, 2] AND b",
        "2 ^ (3 ^ 2)",
        "(a + b)[0]",
        "[(x IN xs)]",
        "[x IN xs]",
        "[x IN xs, 1]",
        "[1, x IN xs]",
        "[(x IN xs AND y)]",
        "[x IN xs AND y]",
        "[x IN xs | x]",
        "[x IN xs WHERE x:A]",
    ] {
        assert_eq!(canonical_expression(text), text);
    }
}

#[test]
fn every_form() {
    for (text, expected) in [
        ("TRUE", "true"),
        ("Null", "null"),
        ("0x1F", "31"),
        ("0o17", "15"),
        ("-0x8000000000000000", "-9223372036854775808"),
        ("-0o1000000000000000000000", "-9223372036854775808"),
        (".5", "0.5"),
        ("1e9", "1000000000.0"),
        ("1.0E-3", "0.001"),
        ("-0.0", "-0.0"),
        ("1.7976931348623157E308", "1.7976931348623157e308"),
        ("5e-324", "5e-324"),
        (r#""a\"b'c""#, r#"'a"b\'c'"#),
        (r"'\\ \' \b\f\n\r\t A \U0001F600 \uD83D\uDE00'", "'\\\\ \\' \\b\\f\\n\\r\\t A 😀 😀'"),
        ("'\u{0}'", r"'\u0000'"),
        ("$p", "$p"),
        ("$0", "$0"),
        ("$`a b`", "$`a b`"),
        ("$match", "$match"),
        ("`a``b`.`c d`", "`a``b`.`c d`"),
        ("`match`", "`match`"),
        ("n.match", "n.match"),
        ("größe.naïve_1", "größe.naïve_1"),
        ("[]", "[]"),
        ("{}", "{}"),
        ("{a: 1, `b c`: [2, 3], match: {}}", "{a: 1, `b c`: [2, 3], match: {}}"),
        ("x[1..3]", "x[1..3]"),
        ("x[..3][1..][..]", "x[..3][1..][..]"),
        ("x[1.5..2.5]", "x[1.5..2.5]"),
        ("f()", "f()"),
        ("duration.between(a, b)", "duration.between(a, b)"),
        ("date.truncate('day', d)", "date.truncate('day', d)"),
        ("count( * )", "count(*)"),
        ("COUNT(DISTINCT a)", "COUNT(DISTINCT a)"),
        ("`a b`.`c.d`(1)", "`a b`.`c.d`(1)"),
        ("`all`((x IN xs))", "`all`(x IN xs)"),
        ("exists(n.x)", "exists(n.x)"),
        ("exists((a)-->(b))", "exists((a)-->(b))"),
        ("shortestPath((a)-[*]->(b))", "shortestPath((a)-[*]->(b))"),
        ("allShortestPaths((a)--(b))", "allShortestPaths((a)--(b))"),
        ("CASE WHEN a THEN 1 END", "CASE WHEN a THEN 1 END"),
        ("case x when 1 then 2 when 3 then 4 else 5 end", "CASE x WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END"),
        ("[x IN xs WHERE x > 1 | x * 2]", "[x IN xs WHERE x > 1 | x * 2]"),
        ("[(a)-->(b) WHERE b.x | b.y]", "[(a)-->(b) WHERE b.x | b.y]"),
        ("[p = (a)-->(b) | p]", "[p = (a)-->(b) | p]"),
        ("[p = (a)]", "[p = a]"),
        ("all(x IN xs WHERE x)", "all(x IN xs WHERE x)"),
        ("any(x IN xs)", "any(x IN xs)"),
        ("None(x in xs where (a)-->())", "none(x IN xs WHERE (a)-->())"),
        ("single(x IN xs WHERE true)", "single(x IN xs WHERE true)"),
        ("reduce(acc = 0, x IN xs | acc + x)", "reduce(acc = 0, x IN xs | acc + x)"),
        ("n {.a, .*, x: 1, y}", "n {.a, .*, x: 1, y}"),
        ("n{.a}.a", "n {.a}.a"),
        ("EXISTS { (a)-->(b) WHERE a.x }", "EXISTS { (a)-->(b) WHERE a.x }"),
        ("exists { p = (a)-->(b), (c) }", "EXISTS { p = (a)-->(b), (c) }"),
        (
            "exists { MATCH (a) RETURN a UNION MATCH (b) RETURN b }",
            "EXISTS { MATCH (a) RETURN a UNION MATCH (b) RETURN b }",
        ),
    ] {
        assert_eq!(canonical_expression(text), expected, "{text}");
    }
}

#[test]
fn patterns_are_conditions() {
    for text in ["(n)-->()", "NOT (n)-->() AND (n)<--(:A {x: 1})", "((n)-[:T]-(m)) OR x", "(n)-[*2]-(m) XOR (n)--(m)"] {
        let statement = format!("MATCH (n) WHERE {text} RETURN CASE WHEN {text} THEN 1 END");
        super::canonical(&statement);
    }
}

#[test]
fn spans_cover_the_text() {
    let text = "  (a + b) * f(x)[0] AND NOT n:A  ";
    let tree = parse_expression(text).expect("it is right");
    assert_eq!(tree.span.text(text), "(a + b) * f(x)[0] AND NOT n:A");
    let ExpressionKind::Logic { connective: Connective::And, operands } = &tree.kind else { panic!("{tree:?}") };
    let [left, right] = operands.as_slice() else { panic!("{tree:?}") };
    assert_eq!((left.span.text(text), right.span.text(text)), ("(a + b) * f(x)[0]", "NOT n:A"));
    let children: Vec<_> = left.children().iter().map(|child| child.span.text(text)).collect();
    assert_eq!(children, ["(a + b)", "f(x)[0]"]);
}

#[test]
fn children_are_those_inside_patterns_and_subqueries_too() {
    let text = "x IN [(a {k: p1})-[:T {l: p2}]->() WHERE p3 | p4] OR EXISTS { MATCH (n {m: p5}) WHERE p6 RETURN p7 ORDER BY p8 }";
    let tree = parse_expression(text).expect("it is right");
    let mut variables = Vec::new();
    tree.any(&mut |expression| {
        if let ExpressionKind::Variable(name) = &expression.kind {
            variables.push(name.clone());
        }
        false
    });
    assert_eq!(variables, ["x", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"]);
    assert!(tree.any(&mut |expression| matches!(&expression.kind, ExpressionKind::Variable(name) if name == "p8")));
    assert!(!tree.any(&mut |expression| matches!(&expression.kind, ExpressionKind::Literal(Literal::Null))));
}

#[test]
fn comparison_chains_are_flat() {
    let tree = parse_expression("a < b <= c").expect("it is right");
    let ExpressionKind::Comparison { links, .. } = tree.kind else { panic!("{tree:?}") };
    let operators: Vec<_> = links.iter().map(|(operator, _)| *operator).collect();
    assert_eq!(operators, [ComparisonOperator::Less, ComparisonOperator::LessOrEqual]);
}
