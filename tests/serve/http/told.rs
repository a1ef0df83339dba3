//! What clients are told besides their rows: what they can do about an error, and that changes may be lost.

use serde_json::{Value as Json, json};

use super::server::Server;

const QUERY: &str = "/db/neo4j/query/v2";

fn error(server: &Server, body: &Json) -> Json {
    server.post("/api/query", body).json()["errors"][0].take()
}

#[test]
fn errors_say_what_a_client_can_do() {
    let impatient = Server::start(&["--timeout", "100ms"]);
    let small = Server::start(&["--memory", "8MiB", "--max-rows", "5"]);
    let endless = "UNWIND range(1, 100000000000) AS n WITH n WHERE n < 0 RETURN count(n) AS n";
    let large = "UNWIND range(1, 10000000) AS n WITH collect(toString(n)) AS all RETURN size(all) AS n";
    for (server, statement, help) in [
        (&impatient, endless, "narrow the question, or ask whoever runs the server for a longer --timeout"),
        (&small, large, "narrow the question, or ask whoever runs the server for more --memory"),
        (&small, "UNWIND range(1, 9) AS n RETURN n", "write LIMIT"),
        (&small, "RETURN $x", "send it with the statement, among its parameters"),
        (&small, "LOAD CSV FROM 'x.csv' AS row RETURN row", "send the rows as a parameter"),
    ] {
        let error = error(server, &json!({ "statement": statement }));
        let said = error["help"].as_str().unwrap_or_default();
        assert!(said.contains(help), "{statement}: {error}");
        assert!(!said.contains(":set") && !said.contains(":param") && !said.contains("--param"), "{error}");
    }
    let reading = json!({ "statement": "CREATE (:X)", "readOnly": true });
    assert_eq!(error(&small, &reading)["help"], "open a transaction that writes");
    let server = Server::start(&["--read-only"]);
    let refused = error(&server, &json!({ "statement": "CREATE (:X)" }));
    assert_eq!(refused["help"], "this server was started to be read only: ask whoever runs it");
}

#[test]
fn an_answer_that_is_cut_says_that_the_change_is_kept() {
    let server = Server::start(&["--max-rows", "5"]);
    let count = || server.post("/api/query", &json!({ "statement": "MATCH (n:X) RETURN count(*) AS n" })).json();
    let error = error(&server, &json!({ "statement": "UNWIND range(1, 9) AS n CREATE (x:X) RETURN n" }));
    assert_eq!(error["detail"], "RowLimit");
    assert!(
        error["message"].as_str().is_some_and(|said| said.ends_with("what the statement changed is kept")),
        "{error}"
    );
    assert!(count().to_string().contains('9'), "{}", count());
    let reading = self::error(&server, &json!({ "statement": "UNWIND range(1, 9) AS n RETURN n" }));
    assert!(!reading["message"].as_str().is_some_and(|said| said.contains("kept")), "{reading}");
}

#[test]
fn changes_that_are_not_kept_come_with_a_warning() {
    let created = json!({ "statement": "CREATE (:X)" });
    let warnings = |server: &Server| {
        let warnings = server.post("/api/query", &created).json()["warnings"].clone();
        let notifications = server.post(QUERY, &created).json()["notifications"].clone();
        (warnings, notifications)
    };
    let server = Server::start(&[]);
    let (own, neo4j) = warnings(&server);
    assert!(own[0]["message"].as_str().is_some_and(|text| text.contains("gone when the server ends")), "{own}");
    assert_eq!((&own[0]["detail"], &neo4j[0]["severity"]), (&json!("InMemoryOnly"), &json!("WARNING")), "{neo4j}");
    assert_eq!(neo4j[0]["title"], own[0]["message"]);
    assert_eq!(server.post(QUERY, &json!({ "statement": "RETURN 1" })).json()["notifications"], Json::Null);
    let file = std::env::temp_dir().join(format!("kenning-told-{}.kenning", std::process::id()));
    let server = Server::of(&[file.to_str().expect("a plain path")], &[]);
    assert_eq!(warnings(&server), (json!([]), Json::Null));
    drop(server);
    let lock = file.with_extension("kenning.lock");
    for file in [file, lock] {
        let _ = std::fs::remove_file(file);
    }
}
