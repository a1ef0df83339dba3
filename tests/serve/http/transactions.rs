//! Neo4j's Query API: transactions that last over several requests.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::server::Server;

const TX: &str = "/db/neo4j/query/v2/tx";

fn count(server: &Server) -> Json {
    let body = json!({"statement": "MATCH (t:Temporary) RETURN count(t) AS n"});
    server.post("/db/neo4j/query/v2", &body).json()["data"]["values"][0][0].clone()
}

fn create() -> Json {
    json!({"statement": "CREATE (t:Temporary) RETURN t"})
}

/// Opens a transaction; gives its address.
fn open(server: &Server, body: &Json) -> String {
    let reply = server.post(TX, body);
    assert_eq!(reply.status, 202, "{}", reply.text());
    let id = reply.json()["transaction"]["id"].as_str().expect("it has a name").to_string();
    assert_eq!(reply.header("neo4j-cluster-affinity"), id);
    format!("{TX}/{id}")
}

#[test]
fn committed() {
    let server = Server::start(&[]);
    let address = open(&server, &create());
    assert_eq!(count(&server), 0);
    let second = server.post(&address, &create()).json();
    assert!(second["transaction"]["expires"].as_str().is_some_and(|at| at.ends_with('Z')), "{second}");
    assert_eq!(second.get("bookmarks"), None);
    let inside = server.post(&address, &json!({"statement": "MATCH (t:Temporary) RETURN count(t) AS n"})).json();
    assert_eq!(inside["data"]["values"], json!([[2]]));
    let kept = server.post(&address, &json!({})).json();
    assert_eq!((kept.get("data"), kept["transaction"].is_object()), (None, true));
    let last = server.post(&format!("{address}/commit"), &create());
    assert_eq!(last.status, 202);
    assert_eq!((last.json().get("transaction"), last.json()["bookmarks"].is_array()), (None, true));
    assert_eq!(count(&server), 3);
    let gone = server.post(&address, &create());
    assert_eq!((gone.status, gone.code().as_str()), (404, "Neo.ClientError.Request.Invalid"));
    assert!(gone.message().contains("was not found"));
}

#[test]
fn begun_and_committed_without_a_body() {
    let server = Server::start(&[]);
    let reply = server.client().send("POST", TX, &[], None);
    assert_eq!(reply.status, 202, "{}", reply.text());
    let id = reply.json()["transaction"]["id"].as_str().expect("it has a name").to_string();
    assert_eq!(server.client().send("POST", &format!("{TX}/{id}/commit"), &[], None).status, 202);
    let lines = server.client().send("POST", TX, &[("accept", "application/jsonl")], None);
    assert!(
        lines.text().starts_with("{\"$event\":\"Header\",\"_body\":{}}\n{\"$event\":\"Summary\""),
        "{}",
        lines.text()
    );
}

#[test]
fn rolled_back() {
    let server = Server::start(&[]);
    let address = open(&server, &create());
    assert_eq!(server.client().send("DELETE", &address, &[], None).status, 202);
    assert_eq!(server.client().send("DELETE", &address, &[], None).status, 404);
    assert_eq!(count(&server), 0);
    // An error ends the transaction.
    let address = open(&server, &create());
    let failed = server.post(&address, &json!({"statement": "RETURN 1 / 0 AS x"}));
    assert_eq!((failed.status, failed.json().get("transaction")), (400, None));
    assert_eq!(server.post(&address, &json!({})).status, 404);
    assert_eq!(count(&server), 0);
    // COMMIT as a statement is one: transactions are ended at their addresses.
    let address = open(&server, &create());
    assert_eq!(server.post(&address, &json!({"statement": "COMMIT"})).status, 400);
    assert_eq!(count(&server), 0);
}

#[test]
fn only_reading() {
    let server = Server::start(&[]);
    let address = open(&server, &json!({"accessMode": "READ"}));
    assert_eq!(server.post(&address, &create()).status, 403);
}

#[test]
fn unused_transactions_end() {
    let server = Server::start(&["--transaction-idle", "300ms"]);
    let address = open(&server, &create());
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(600) {
        assert_eq!(server.post(&address, &json!({})).status, 202, "it is used");
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(server.post(&address, &json!({})).status, 404);
    // Nobody waits for a writer that is gone.
    assert_eq!(server.post("/db/neo4j/query/v2", &create()).status, 202);
    assert_eq!(count(&server), 1);
}

#[test]
fn conflicts_can_be_tried_again() {
    let server = Server::start(&[]);
    let read = json!({"statement": "MATCH (t:Temporary) RETURN count(t) AS n"});
    let address = open(&server, &read);
    assert_eq!(server.post("/db/neo4j/query/v2", &create()).status, 202);
    let conflict = server.post(&address, &create());
    assert_eq!(conflict.status, 409);
    assert!(conflict.code().starts_with("Neo.TransientError."), "{}", conflict.code());
}
