//! Deep and long inputs: an error instead of an overflow, and time linear in the text.
//!
//! Test threads have 2 MB of stack.

use crate::diagnostic::Detail;
use crate::parser::input::STEPS;
use crate::parser::{parse_expression, parse_statement};

/// The statement nests too deeply, and that is all that is said about it.
fn too_deep(text: &str) {
    let errors = parse_statement(text).expect_err("this should be too deep");
    let start = &text[..text.len().min(40)];
    assert_eq!(errors[0].detail, Detail::NestingLimit, "{start}: {}", errors[0]);
}

#[test]
fn deep_nesting_is_an_error() {
    const MANY: usize = 100_000;
    for open in [
        "(",
        "[",
        "{a: ",
        "NOT ",
        "-",
        "+",
        "- -",
        "1 + (",
        "a OR NOT (",
        "f(",
        "x[",
        "x[..",
        "CASE WHEN ",
        "CASE ",
        "[x IN ",
        "[(a)-->(b) | ",
        "[(a {b: ",
        "all(x IN ",
        "reduce(a = ",
        "x {y: ",
        "EXISTS { MATCH (n) WHERE ",
        "EXISTS { (a {b: ",
        "1 = ",
        "2 ^ (",
        "1 OR 1 XOR 1 AND 1 = 1 IN 1 + 1 * 1 ^ (",
        "exists((a {b: ",
        "shortestPath((a {b: ",
        "EXISTS { WITH CASE WHEN NOT -(",
        "EXISTS { RETURN 1 ORDER BY ",
        "EXISTS { CALL f(",
        "EXISTS { MERGE (a) ON CREATE SET a.b = ",
        "n {.a, b: [",
        "COUNT { MATCH (n) WHERE ",
        "COLLECT { RETURN ",
        "CAST(",
        "n:$(",
        "[(a {b: n:(A|(B&$(",
        "EXISTS { ((a)-->(b) WHERE ",
        "EXISTS { CALL { RETURN ",
        "EXISTS { FOREACH (x IN xs | SET x.a = ",
        "EXISTS { (n WHERE ",
        "a || (",
    ] {
        let text = format!("RETURN {}", open.repeat(MANY));
        let errors = parse_statement(&text).expect_err("this is never closed");
        if open != "1 = " {
            assert_eq!(errors[0].detail, Detail::NestingLimit, "{open}: {}", errors[0]);
        }
    }
    too_deep(&format!("MATCH {}", "(".repeat(MANY)));
    too_deep(&format!("MATCH {}", "(p = ".repeat(MANY)));
    too_deep(&format!("MATCH {}(a)-->(b){}", "(".repeat(MANY), ")+".repeat(MANY)));
    too_deep(&format!("MATCH (n:{}", "(".repeat(MANY)));
    too_deep(&format!("MATCH (n:{}", "!".repeat(MANY)));
    too_deep(&format!("RETURN x IS :: {}", "LIST<".repeat(MANY)));
    too_deep(&format!("RETURN x IS :: {}", "ANY<".repeat(MANY)));
    too_deep(&"FOREACH (x IN xs | ".repeat(MANY));
    too_deep(&"CALL { ".repeat(MANY));
    too_deep(&format!("MATCH p = shortestPath{}", "(".repeat(MANY)));
    too_deep(&format!("MATCH (n) WHERE {} RETURN n", "EXISTS { MATCH (n) WHERE ".repeat(MANY)));
}

#[test]
fn what_nests_less_deeply_is_read_printed_compared_and_dropped() {
    for (open, inner, close, times) in [
        ("(", "1", ")", 190),
        ("[", "1", "]", 190),
        ("{a: ", "1", "}", 190),
        ("f(", "1", ")", 190),
        ("NOT ", "true", "", 190),
        ("- ", "x", "", 190),
        ("CASE WHEN ", "true", " THEN 1 END", 190),
        ("[x IN ", "y", "]", 190),
        ("EXISTS { MATCH (n) WHERE ", "true", " }", 60),
        ("EXISTS { (n) WHERE ", "true", " }", 60),
        ("COUNT { MATCH (n) WHERE ", "true", " }", 60),
        ("COLLECT { RETURN ", "1", " }", 60),
        ("EXISTS { CALL { RETURN ", "1", " } }", 30),
        ("EXISTS { FOREACH (x IN xs | SET x.a = ", "1", ") }", 30),
        ("EXISTS { ((a)-->(b) WHERE ", "true", ")+ }", 30),
        ("EXISTS { (n WHERE ", "true", ") }", 60),
        ("CAST(", "1", " AS INTEGER)", 190),
        ("n:$(", "x", ")", 190),
        ("n:(A|B&$(", "x", "))", 90),
        ("1 OR (", "x", ")", 95),
        ("1 OR 1 XOR 1 AND 1 = 1 IN 1 + 1 * 1 ^ (", "x", ")", 18),
    ] {
        let text = format!("{}{inner}{}", open.repeat(times), close.repeat(times));
        let tree = parse_expression(&text).unwrap_or_else(|errors| panic!("{open}: {errors:?}"));
        let printed = tree.to_string();
        assert!(parse_expression(&printed) == Ok(tree.clone()), "{open}");
        assert!(!tree.any(&mut |_| false));
        assert!(!format!("{tree:?}").is_empty());
    }
    for (start, open, inner, close, times) in [
        ("MATCH ", "(", "(a)-->(b)", ")+", 60),
        ("MATCH ", "(", "(a)-->(b)", ")", 60),
        ("MATCH (n:", "!", "A)", "", 190),
        ("MATCH (n WHERE n:", "(A|", "A", ")", 190),
        ("RETURN x IS :: ", "LIST<", "ANY", ">", 190),
        ("", "FOREACH (x IN xs | ", "CREATE ()", ")", 60),
        ("", "CALL { ", "RETURN 1", " }", 60),
    ] {
        let end = if start.contains("WHERE") { ")" } else { "" };
        let text = format!("{start}{}{inner}{}{end}", open.repeat(times), close.repeat(times));
        let tree = parse_statement(&text).unwrap_or_else(|errors| panic!("{open}: {errors:?}"));
        assert!(parse_statement(&tree.to_string()) == Ok(tree.clone()), "{open}");
        assert!(!format!("{tree:?}").is_empty());
    }
}

#[test]
fn long_chains_are_limited_too() {
    for (first, link) in
        [("1", " + 1"), ("x", ".y"), ("x", "[0]"), ("true", " XOR true"), ("1", " ^ 2"), ("1", " IS NULL")]
    {
        let chain = |links: usize| format!("RETURN {first}{}", link.repeat(links));
        too_deep(&chain(100_000));
        let tree = parse_statement(&chain(990)).unwrap_or_else(|errors| panic!("{link}: {errors:?}"));
        assert!(parse_statement(&tree.to_string()) == Ok(tree.clone()), "{link}");
        assert!(!format!("{tree:?}").is_empty());
    }
    // One more operand makes a chain of ANDs longer, not taller, but it is as tall as its tallest operand.
    let sum = |links: usize| format!("(1{} = 1)", " + 1".repeat(links));
    assert!(parse_statement(&format!("RETURN true{}", format!(" AND {}", sum(900)).repeat(10))).is_ok());
    too_deep(&format!("RETURN true AND true AND {}", sum(1000)));
    // Neither brackets nor chains are too much by themselves, but their product is.
    let text = format!("RETURN {}1{}", "(".repeat(100), format!("){}", " + 1".repeat(100)).repeat(100));
    too_deep(&text);
}

#[test]
fn wide_is_not_deep() {
    const MANY: usize = 100_000;
    let list = format!("RETURN [1{}]", ", 1".repeat(MANY));
    let comparison = format!("RETURN 1{}", " < 2".repeat(MANY));
    let path = format!("MATCH (){} RETURN 1", "-->()".repeat(MANY));
    let union = format!("RETURN 1{}", " UNION RETURN 1".repeat(MANY));
    let string = format!("RETURN '{}'", "x".repeat(1_000_000));
    let name = format!("RETURN {}", "x".repeat(1_000_000));
    let and = format!("RETURN true{}", " AND true".repeat(MANY));
    let or = format!("MATCH (n) WHERE n.k = 0{} RETURN n", " OR n.k = 1".repeat(MANY));
    for text in [list, comparison, path, union, string, name, and, or] {
        let tree = parse_statement(&text).unwrap_or_else(|errors| panic!("{}: {errors:?}", &text[..30]));
        assert!(parse_statement(&tree.to_string()) == Ok(tree), "{}", &text[..30]);
    }
}

#[test]
fn time_is_linear() {
    /// How many looks at a token the text takes.
    fn steps(text: &str) -> usize {
        STEPS.set(0);
        let _ = parse_statement(text);
        STEPS.get()
    }
    for (open, inner, close) in [
        ("(", "a", ")"),
        ("((", "a", ") + 1)"),
        ("[", "a", "]"),
        ("[x IN ", "a", "]"),
        ("[x IN ", "a", ", 1]"),
        ("{a: ", "a", "}"),
        ("(a)-[(", "a", ")]-(b)"),
        ("[p = (", "a", ")]"),
        ("[(a)-->(b {c: ", "a", "}) | 1]"),
        ("CASE WHEN ", "a", " THEN 1 END"),
        ("EXISTS { (n) WHERE ", "true", " }"),
        ("f(", "a", ")"),
        ("a.b(", "c", ")"),
        ("a {b: ", "c", "}"),
        ("[x IN n:A|B WHERE ", "a", "]"),
        ("COUNT { (n) WHERE ", "true", " }"),
        ("EXISTS { ((a)-->(b) WHERE ", "true", "){2} }"),
        ("n:(A|$(", "a", "))"),
    ] {
        let text = |depth: usize| format!("RETURN {}{inner}{}", open.repeat(depth), close.repeat(depth));
        let (once, twice) = (steps(&text(25)), steps(&text(50)));
        assert!(twice < once * 5 / 2, "{open}: {once} steps, {twice} for twice the depth");
    }
    for link in [
        ", [x IN y:A|B]",
        " + (1)",
        " OR (a)-->(b)",
        " AND 1",
        ", [x IN y]",
        ".b",
        "[(1)]",
        " MATCH (a)",
        " MATCH (a)((b)-->(c))+",
        ", n:A|B",
        " RETURN )",
        " RETURN (",
        " x",
    ] {
        let text = |links: usize| format!("RETURN 1{}", link.repeat(links));
        let (once, twice) = (steps(&text(400)), steps(&text(800)));
        assert!(twice < once * 5 / 2, "{link}: {once} steps, {twice} for twice the length");
    }
}

#[test]
fn a_megabyte_of_anything_gives_an_answer() {
    for unit in
        ["\0", "'", "`", "(", ")", ";", "$", "\\", "/*", "//", "é", "—", "1e9", "..", "RETURN ", "'\\", "-", "\u{0}'"]
    {
        let text = unit.repeat(1_000_000 / unit.len());
        let result = crate::parser::parse(&text);
        assert_eq!(result.is_ok(), matches!(unit, ";" | "//"), "{unit}");
    }
}
