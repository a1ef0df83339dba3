//! The end of a server: statements that run then get their grace period, and an answer.
#![cfg(unix)]

use std::time::{Duration, Instant};

use kenning::bolt::message::{COMMIT, RESET};
use serde_json::{Value as Json, json};

use super::bolt_client::{Client, map};
use super::http;
use super::server::Server;

const ENDLESS: &str = "UNWIND range(1, 100000000000) AS n WITH n WHERE n < 0 RETURN count(n) AS n";
const UNAVAILABLE: &str = "Neo.TransientError.General.DatabaseUnavailable";
/// Time for a statement to start.
const START: Duration = Duration::from_millis(300);

#[test]
fn a_driver_is_told_of_a_statement_that_is_cut() {
    let mut server = Server::start(&["--grace", "500ms"]);
    let mut running = Client::ready(server.bolt, 5, 8);
    running.run(ENDLESS);
    running.pull(-1);
    let mut pulling = Client::ready(server.bolt, 4, 4);
    pulling.begin(map([]));
    pulling.run("UNWIND range(1, 100000000000) AS n RETURN n");
    pulling.expect("SUCCESS");
    pulling.expect("SUCCESS");
    pulling.pull(1);
    pulling.expect("RECORD");
    pulling.expect("SUCCESS {\"has_more\": true");
    let mut writing = Client::ready(server.bolt, 5, 4);
    writing.begin(map([]));
    writing.run("CREATE (:A)");
    writing.pull(-1);
    (0..3).for_each(|_| drop(writing.expect("SUCCESS")));
    let mut idle = Client::ready(server.bolt, 5, 8);
    std::thread::sleep(START);
    server.terminate();
    idle.expect_end();
    // What ends within the grace period is kept.
    writing.send(COMMIT, &[]);
    writing.expect("SUCCESS");
    writing.expect_end();
    running.expect("SUCCESS");
    let failure = running.expect("FAILURE");
    for part in [UNAVAILABLE, "08N09", "the server is shutting down; statements had 500ms to finish", "try again"] {
        assert!(failure.contains(part), "{part}: {failure}");
    }
    // What a driver does next must not take the answer away.
    running.send(RESET, &[]);
    // Nobody waits for an answer here.
    pulling.expect_end();
    let started = Instant::now();
    assert!(server.wait().success());
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn an_http_client_is_told_of_a_statement_that_is_cut() {
    let server = http::server::Server::start(&["--grace", "500ms"]);
    let headers = [("content-type", "application/json"), ("accept", "application/json")];
    let query = "/db/neo4j/query/v2";
    let mut running = server.client();
    running.start("POST", query, &headers, Some(json!({ "statement": ENDLESS }).to_string().as_bytes()));
    let mut own = server.client();
    own.start("POST", "/api/query", &headers, Some(json!({ "statement": ENDLESS }).to_string().as_bytes()));
    let mut streaming = server.client();
    let rows = json!({ "statement": "UNWIND range(1, 100000000000) AS n RETURN n" }).to_string();
    streaming.start("POST", query, &headers, Some(rows.as_bytes()));
    assert_eq!(streaming.head().status, 202);
    let mut assistant = server.client();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "name": "query", "arguments": { "query": ENDLESS }, "_meta": meta });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
    let mcp = [
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/call"),
        ("mcp-name", "query"),
    ];
    assistant.start("POST", "/mcp", &mcp, Some(call.as_bytes()));
    std::thread::sleep(START);
    let ended = std::thread::spawn(move || server.end());
    for client in [&mut running, &mut own] {
        let reply = client.reply();
        assert_eq!((reply.status, reply.code()), (503, UNAVAILABLE.to_string()));
        assert!(reply.message().contains("statements had 500ms to finish"), "{}", reply.text());
    }
    let answer = assistant.reply().json();
    let content = &answer["result"]["structuredContent"];
    assert_eq!((&answer["id"], &content["outcome"]), (&json!(1), &json!("stopped")), "{answer}");
    assert_eq!(content["errors"][0]["detail"], "ServerShutdown");
    let mut body = Vec::new();
    loop {
        let chunk = streaming.chunk();
        if chunk.is_empty() {
            break;
        }
        body.extend(chunk);
    }
    let body: Json = serde_json::from_slice(&body).expect("it is whole");
    assert_eq!(body["errors"][0]["code"], UNAVAILABLE);
    assert!(ended.join().expect("it ends").success());
}
