//! Who may ask, and under which names.

use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};
use serde_json::json;

use super::server::Server;

const QUERY: &str = "/db/neo4j/query/v2";

/// A file that goes with the test.
struct Users(std::path::PathBuf);

impl Users {
    fn new(name: &str) -> Users {
        let mut text = String::new();
        for (user, role) in [("ann", "writer"), ("bob", "reader")] {
            let output = std::process::Command::new("sh")
                .args(["-c", &format!("echo secret-{user} | \"$0\" password {user} --role {role}")])
                .arg(env!("CARGO_BIN_EXE_kenning"))
                .output()
                .expect("a shell is there");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            text += &String::from_utf8_lossy(&output.stdout);
        }
        let file = std::env::temp_dir().join(format!("kenning-users-{name}-{}", std::process::id()));
        std::fs::write(&file, text).expect("the folder for temporary files takes one more");
        Users(file)
    }

    fn server(&self) -> Server {
        Server::start(&["--auth", self.0.to_str().expect("the name is UTF-8")])
    }
}

impl Drop for Users {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn basic(credentials: &str) -> String {
    format!("Basic {}", Base64::encode_string(credentials.as_bytes()))
}

#[test]
fn passwords() {
    let users = Users::new("passwords");
    let server = users.server();
    let mut client = server.client();
    let none = client.get("/words/deps/nova", &[]);
    assert_eq!((none.status, none.code().as_str()), (401, "Neo.ClientError.Security.Unauthorized"));
    assert!(none.header("www-authenticate").starts_with("Basic realm="));
    let right = basic("ann:secret-ann");
    assert_eq!(client.get("/words/deps/nova", &[("authorization", &right)]).status, 200);
    // The connection is as strange to others as it was.
    assert_eq!(client.get("/words/deps/nova", &[]).status, 401);
    assert_eq!(client.get("/words/deps/nova", &[("authorization", "Basic !")]).status, 401);
    assert_eq!(client.get("/words/deps/nova", &[("authorization", "Bearer x")]).status, 401);
    let mut replies = Vec::new();
    for wrong in ["ann:secret-bob", "nobody:secret-ann"] {
        let started = Instant::now();
        let reply = client.get("/words/deps/nova", &[("authorization", &basic(wrong))]);
        assert!(started.elapsed() >= Duration::from_millis(500), "{wrong}");
        assert_eq!(reply.status, 401);
        replies.push(reply.body);
    }
    assert_eq!(replies[0], replies[1], "which of the two was wrong does not show");
    for open in ["/health", "/"] {
        assert_eq!(client.get(open, &[]).status, 200, "{open}");
    }
    let page = client.get("/", &[("accept", "text/html,*/*;q=0.8")]);
    assert_eq!((page.status, page.header("content-type")), (401, "text/html; charset=utf-8"));
    assert!(page.header("www-authenticate").starts_with("Basic realm="), "the browser asks");
    assert!(page.text().contains("kenning password"));
    for closed in ["/metrics", "/openapi.json", "/words", "/api/schema", "/nothing"] {
        assert_eq!(client.get(closed, &[]).status, 401, "{closed}");
    }
    let metrics = client.get("/metrics", &[("authorization", &right)]);
    assert!(metrics.text().contains("kenning_refused_passwords_total 2"), "{}", metrics.text());
}

#[test]
fn users_are_read_again_when_their_file_changes() {
    let users = Users::new("changes");
    let server = users.server();
    let mut client = server.client();
    let mut status = |who: &str| client.get("/words/deps/nova", &[("authorization", &basic(who))]).status;
    assert_eq!((status("ann:secret-ann"), status("bob:secret-bob")), (200, 200));
    let both = std::fs::read_to_string(&users.0).expect("it is there");
    let bob = both.lines().find(|line| line.starts_with("bob")).expect("he is in it");
    std::fs::write(&users.0, format!("{bob}\n# ann has left\n")).expect("it can be written");
    // Also on a connection on which her password was right before.
    let started = Instant::now();
    while status("ann:secret-ann") == 200 {
        assert!(started.elapsed() < Duration::from_secs(10), "the server never looks");
    }
    assert_eq!((status("ann:secret-ann"), status("bob:secret-bob")), (401, 200));
    std::fs::write(&users.0, "no users\n").expect("it can be written");
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(status("bob:secret-bob"), 200, "a broken file changes nothing");
}

#[test]
fn roles() {
    let users = Users::new("roles");
    let server = users.server();
    let mut client = server.client();
    let (body, nothing) = (json!({"statement": "CREATE (:X)"}), json!({}));
    let mut post =
        |path: &str, credentials: &str, body| client.post_with(path, &[("authorization", &basic(credentials))], body);
    assert_eq!(post(QUERY, "bob:secret-bob", &body).status, 403);
    assert_eq!(post("/api/query", "bob:secret-bob", &body).status, 403);
    assert_eq!(post("/db/neo4j/query/v2/tx", "bob:secret-bob", &body).status, 403);
    assert_eq!(post(QUERY, "ann:secret-ann", &body).status, 202);
    // A transaction is its user's alone.
    let begun = post("/db/neo4j/query/v2/tx", "ann:secret-ann", &nothing).json();
    let address = format!("/db/neo4j/query/v2/tx/{}", begun["transaction"]["id"].as_str().expect("a name"));
    assert_eq!(post(&address, "bob:secret-bob", &nothing).status, 404);
    assert_eq!(post(&address, "ann:secret-ann", &nothing).status, 202);
}

#[test]
fn names_of_other_sites() {
    let server = Server::start(&["--allow-host", "graph.example.org"]);
    let mut client = server.client();
    let mut status = |path: &str, headers: &[(&str, &str)]| client.get(path, headers).status;
    for path in ["/", "/health", "/metrics", "/openapi.json", "/words/deps/nova", "/api/schema", "/nothing"] {
        assert_eq!(status(path, &[("host", "rebound.example")]), 403, "{path}");
        assert_eq!(status(path, &[("origin", "https://other.example")]), 403, "{path}");
        assert_ne!(status(path, &[("origin", "http://localhost:1"), ("host", "127.0.0.1:9")]), 403, "{path}");
        assert_ne!(status(path, &[("origin", "https://graph.example.org"), ("host", "graph.example.org")]), 403);
    }
    assert_eq!(status("/health", &[("origin", "null")]), 403);
    let body = json!({"statement": "RETURN 1 AS one"});
    assert_eq!(client.post_with(QUERY, &[("origin", "https://other.example")], &body).status, 403);
}

#[test]
fn requests_that_are_too_large() {
    let server = Server::start(&["--max-request", "10KiB"]);
    let body = |size: usize| json!({"statement": "RETURN size($x) AS n", "parameters": {"x": "x".repeat(size)}});
    assert_eq!(server.post(QUERY, &body(9_000)).status, 202);
    let large = server.post(QUERY, &body(11_000));
    assert_eq!(large.status, 413, "{}", large.text());
    let value = "x".repeat(70_000);
    assert_eq!(server.client().get("/health", &[("x-long", &value)]).status, 431);
    let many: Vec<(String, &str)> = (0..110).map(|number| (format!("x-{number}"), "1")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(server.client().get("/health", &many).status, 431);
    assert_eq!(server.get("/health").status, 200);
}

#[test]
fn limits_of_statements() {
    let server = Server::start(&["--timeout", "300ms", "--max-rows", "10", "--memory", "10MiB"]);
    let run = |statement: &str| server.post(QUERY, &json!({ "statement": statement }));
    let slow = run("UNWIND range(1, 1000000000) AS n WITH n WHERE n < 0 RETURN count(n) AS n");
    assert_eq!((slow.status, slow.code().as_str()), (503, "Neo.ClientError.Transaction.TransactionTimedOut"));
    assert_eq!(run("UNWIND range(1, 10) AS n RETURN n").json().get("errors"), None);
    let many = run("UNWIND range(1, 11) AS n RETURN n").json();
    assert_eq!(many["errors"][0]["detail"], "RowLimit");
    assert!(many["data"]["values"].as_array().map(Vec::len) <= Some(10));
    let large = run("RETURN size(collect([n IN range(1, 1000000) | toString(n)])) AS n");
    assert_eq!(large.json()["errors"][0]["detail"], "MemoryLimit", "{}", large.text());
    let started = Instant::now();
    let sooner = json!({"statement": "UNWIND range(1, 1000000000) AS n RETURN sum(n) AS n", "maxExecutionTime": 0.05});
    assert_eq!(server.post(QUERY, &sooner).status, 503);
    assert!(started.elapsed() < Duration::from_secs(5));
}
