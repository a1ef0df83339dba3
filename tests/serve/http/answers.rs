//! Answers that leave in pieces, and clients that go away.

use std::time::{Duration, Instant};

use serde_json::json;

use super::server::Server;

const QUERY: &str = "/db/neo4j/query/v2";
const LINES: (&str, &str) = ("accept", "application/jsonl");

fn metric(server: &Server, name: &str) -> f64 {
    let reply = server.get("/metrics");
    let line = reply.text().lines().find(|line| line.split(' ').next() == Some(name)).expect("it is there").to_string();
    line.split(' ').nth(1).and_then(|value| value.parse().ok()).expect("a number")
}

/// How long until the condition holds.
fn until(condition: impl Fn() -> bool) -> Duration {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "it never holds");
        std::thread::sleep(Duration::from_millis(5));
    }
    started.elapsed()
}

#[test]
fn rows_leave_before_the_last_is_made() {
    let server = Server::start(&[]);
    let mut client = server.client();
    let body = json!({"statement": "UNWIND range(1, 1000000000) AS n RETURN n"}).to_string();
    client.start("POST", QUERY, &[LINES, ("content-type", "application/json")], Some(body.as_bytes()));
    let head = client.head();
    assert_eq!((head.status, head.header("transfer-encoding")), (202, "chunked"));
    let first = String::from_utf8(client.chunk()).expect("it is UTF-8");
    assert!(first.starts_with("{\"$event\":\"Header\""), "{first}");
    // Many more are not made than are taken.
    let rests = || {
        let before = metric(&server, "kenning_rows_total");
        std::thread::sleep(Duration::from_millis(300));
        metric(&server, "kenning_rows_total") == before
    };
    until(rests);
    let made = metric(&server, "kenning_rows_total");
    assert!(made < 10_000_000.0, "{made} rows were made for a client that takes no more");
    drop(client);
    let took = until(|| metric(&server, "kenning_statements_running") == 0.0);
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_client_that_goes_away_takes_its_statement_with_it() {
    let server = Server::start(&[]);
    let mut client = server.client();
    let body =
        json!({"statement": "UNWIND range(1, 10000000000) AS n WITH n WHERE n < 0 RETURN count(n) AS n"}).to_string();
    client.start("POST", QUERY, &[("content-type", "application/json")], Some(body.as_bytes()));
    until(|| metric(&server, "kenning_statements_total") == 1.0);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(metric(&server, "kenning_failures_total"), 0.0);
    drop(client);
    let took = until(|| metric(&server, "kenning_failures_total") == 1.0);
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_million_rows_packed() {
    let server = Server::start(&[]);
    let body = json!({"statement": "UNWIND range(1, 100000) AS n RETURN n"});
    let reply = server.client().post_with(QUERY, &[LINES, ("accept-encoding", "gzip")], &body);
    assert_eq!(reply.header("content-encoding"), "gzip");
    let text = reply.unpacked();
    assert_eq!(text.lines().count(), 100_002);
    assert!(text.ends_with("\n") && text.contains("{\"$event\":\"Record\",\"_body\":[100000]}"));
}

#[test]
fn a_connection_serves_many_requests() {
    let server = Server::start(&[]);
    let mut client = server.client();
    for number in 0..20 {
        let body = json!({"statement": "RETURN $n AS n", "parameters": {"n": number}});
        assert_eq!(client.post(QUERY, &body).json()["data"]["values"], json!([[number]]));
    }
    let last = client.get("/health", &[("connection", "close")]);
    assert_eq!(last.status, 200);
    assert!(client.is_closed());
}

#[test]
#[cfg(unix)]
fn the_server_ends_in_order() {
    let server = Server::start(&["--grace", "2s"]);
    let mut idle = server.client();
    assert_eq!(idle.get("/health", &[]).status, 200);
    let started = Instant::now();
    assert!(server.end().success());
    assert!(started.elapsed() < Duration::from_secs(2), "an idle connection is not waited for");
    assert!(idle.is_closed());
}
