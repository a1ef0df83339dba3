//! The runner itself: each scenario here passes as it stands, and fails after one small change.

use std::path::Path;

use super::{gherkin, scenario, steps};

fn run(steps_text: &str) -> Result<(), String> {
    let source = format!("Feature: F\nScenario: s\n{steps_text}");
    let scenario = gherkin::read(&source)?.remove(0);
    scenario::run(&steps::actions(&scenario.steps)?, Path::new("no kit"))
}

#[track_caller]
fn passes_until(steps_text: &str, old: &str, new: &str) {
    assert_eq!(run(steps_text), Ok(()));
    assert!(steps_text.contains(old), "nothing to change");
    let changed = steps_text.replace(old, new);
    assert!(run(&changed).is_err(), "this passed too:\n{changed}");
}

/// A scenario that runs a query on a graph with one node, and then these steps.
fn after(query: &str, then: &str) -> String {
    let quoted = |text: &str| format!("\"\"\"\n{text}\n\"\"\"");
    let (set_up, query) = (quoted("CREATE (:A {p: 1, q: [1, 2]})"), quoted(query));
    format!("Given an empty graph\nAnd having executed:\n{set_up}\nWhen executing query:\n{query}\n{then}")
}

#[test]
fn values() {
    let rows = |cell: &str| after("MATCH (n) RETURN n, 1 AS one", &rows_of(cell));
    fn rows_of(cell: &str) -> String {
        format!("Then the result should be, in any order:\n| n | one |\n| {cell} | 1 |\nAnd no side effects")
    }
    let correct = rows("(:A {q: [1, 2], p: 1})");
    for (old, new) in [
        ("| 1 |", "| 1.0 |"),
        ("| 1 |", "| '1' |"),
        ("[1, 2]", "[2, 1]"),
        (":A", ":A:B"),
        ("(:A ", "("),
        ("q: [1, 2], ", ""),
        ("| n | one |", "| n | two |"),
    ] {
        // Only in the table: the set-up is written with p first.
        let changed = rows("(:A {q: [1, 2], p: 1})");
        let table = changed.find("Then").expect("a table follows");
        assert_eq!(run(&correct), Ok(()));
        let broken = format!("{}{}", &changed[..table], changed[table..].replace(old, new));
        assert_ne!(broken, correct);
        assert!(run(&broken).is_err(), "this passed too:\n{broken}");
    }
}

#[test]
fn order_of_rows_and_of_elements() {
    let query = "UNWIND [1, 2] AS x RETURN x, [x, 0] AS list ORDER BY x";
    let then =
        "Then the result should be, in order:\n| x | list |\n| 1 | [1, 0] |\n| 2 | [2, 0] |\nAnd no side effects";
    passes_until(&after(query, then), "| 1 | [1, 0] |\n| 2 | [2, 0] |", "| 2 | [2, 0] |\n| 1 | [1, 0] |");
    passes_until(&after(query, then), "[1, 0]", "[0, 1]");
    let then = then.replace(", in order:", " (ignoring element order for lists):").replace("[2, 0]", "[0, 2]");
    passes_until(&after(query, &then), "| 2 | [0, 2] |", "| 2 | [0, 1] |");
    passes_until(&after(query, &then), "| 2 | [0, 2] |", "| 2 | [0, 2] |\n| 2 | [0, 2] |");
}

#[test]
fn side_effects() {
    let effects =
        "And the side effects should be:\n| +nodes | 1 |\n| +labels | 1 |\n| +properties | 2 |\n| -properties | 1 |";
    let query = "MATCH (a:A) CREATE (:B:A {x: 1}) SET a.p = 1.0";
    let scenario = after(query, &format!("Then the result should be empty\n{effects}"));
    for (old, new) in [
        ("+labels | 1", "+labels | 2"),
        ("| -properties | 1 |", ""),
        ("+nodes", "-nodes"),
        ("SET a.p = 1.0", "SET a.p = 1"),
    ] {
        passes_until(&scenario, old, new);
    }
    passes_until(&after("RETURN 1 AS x", "Then the result should be, in any order:\n| x |\n| 1 |"), "| 1 |", "");
}

#[test]
fn errors() {
    let scenario = after("RETURN nobody", "Then a SyntaxError should be raised at compile time: UndefinedVariable");
    for (old, new) in [
        ("SyntaxError", "TypeError"),
        ("compile time", "runtime"),
        ("UndefinedVariable", "UnexpectedSyntax"),
        ("RETURN nobody", "RETURN 1"),
    ] {
        passes_until(&scenario, old, new);
    }
    let any = after("RETURN nobody", "Then a SyntaxError should be raised at any time: *");
    passes_until(&any, "SyntaxError", "TypeError");
    assert!(run(&after("RETURN nobody", "Then the result should be empty\nAnd no side effects")).is_err());
}

#[test]
fn outcomes_that_nobody_checks() {
    passes_until(&after("CREATE ()", "Then the result should be empty"), "Then the result should be empty", "");
    let procedure = "And there exists a procedure a.b(x :: INTEGER?) :: (y :: STRING?):\n| x | y |\n| 1 | 'one' |\n";
    let parameters = "And parameters are:\n| p | 1 |\n";
    let call = after("CALL a.b($p) YIELD y RETURN y", "Then the result should be, in any order:\n| y |\n| 'one' |");
    passes_until(
        &format!("{procedure}{parameters}{}", call.replacen("Given an empty graph\n", "", 1)),
        "| 1 | 'one' |",
        "",
    );
}
