//! MCP over HTTP, nested in a router as the server nests it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use serde_json::{Value as Json, json};

use super::route;
use crate::database::Database;
use crate::ingest::embedded_graph;
use crate::server::users::{Role, Users};
use crate::server::{Host, Settings};

/// A server on a free port of this machine, until the value is dropped.
struct Server {
    host: Arc<Host>,
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start(settings: Settings, role: Option<Role>) -> Server {
        let host =
            Host::new(Database::in_memory(embedded_graph()), "openstack".into(), Arc::new(Users::anybody()), settings);
        let runtime = super::super::runtime(8).unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let add_role = from_fn(move |mut request: Request, next: Next| {
            if let Some(role) = role {
                request.extensions_mut().insert(role);
            }
            next.run(request)
        });
        let router = Router::new().nest("/mcp", route(host.clone())).layer(add_role);
        runtime.spawn(async move { axum::serve(listener, router).await });
        Server { host, address, _runtime: runtime }
    }

    fn open(&self, body: &str, headers: &[(&str, &str)]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut head = String::from("POST /mcp HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\n");
        head += "Accept: application/json, text/event-stream\r\n";
        if headers.iter().all(|(name, _)| *name != "Host") {
            head += &format!("Host: {}\r\n", self.address);
        }
        headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
        head += &format!("Content-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap();
        stream
    }

    /// Status and body of the answer to a POST.
    fn post(&self, body: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut text = String::new();
        self.open(body, headers).read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), body.to_string())
    }

    /// The result of a call of a tool in the newest revision.
    fn call(&self, tool: &str, arguments: Json) -> Json {
        let (status, body) = self.post(&call(tool, arguments), &headers(tool));
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }
}

fn call(tool: &str, arguments: Json) -> String {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "name": tool, "arguments": arguments, "_meta": meta });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
}

fn headers(tool: &str) -> [(&str, &str); 3] {
    [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", tool)]
}

#[test]
fn both_eras() {
    let server = Server::start(Settings::default(), None);
    let answer = server.call("deps", json!({ "terms": ["trove"] }));
    assert_eq!(answer["result"]["structuredContent"]["outcome"], "found");
    assert_eq!(answer["result"]["resultType"], "complete");

    let client = json!({ "name": "test", "version": "1" });
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
    let (status, body) = server.post(&initialize.to_string(), &[]);
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("2025-11-25"), "{body}");
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {} });
    let (status, body) = server.post(&list.to_string(), &[("MCP-Protocol-Version", "2025-11-25")]);
    assert_eq!(status, 200, "{body}");
    let answer: Json = serde_json::from_str(&body).unwrap();
    assert_eq!(answer["result"]["tools"].as_array().unwrap().len(), 9);
    assert!(answer["result"].get("ttlMs").is_some() || answer["result"].get("resultType").is_none());
}

#[test]
fn pages_of_others_and_large_bodies_are_refused() {
    let server = Server::start(Settings { message: 4_096, ..Settings::default() }, None);
    let body = call("find", json!({ "text": "nova" }));
    let with = |more: (&'static str, &'static str)| {
        let headers: Vec<_> = headers("find").into_iter().chain([more]).collect();
        server.post(&body, &headers).0
    };
    assert_eq!(with(("Origin", "http://localhost:8080")), 200);
    assert_eq!(with(("Origin", "https://evil.example")), 403);
    assert_eq!(with(("Origin", "null")), 403);
    assert_eq!(with(("Host", "evil.example")), 403);
    let large = call("find", json!({ "text": "x".repeat(5_000) }));
    assert_eq!(server.post(&large, &headers("find")).0, 413);
}

#[test]
fn a_role_bounds_what_an_assistant_may_do() {
    let create = json!({ "query": "CREATE (:Test)" });
    let outcome = |writes: bool, role: Role| {
        let settings = Settings { assistants_write: writes, ..Settings::default() };
        let server = Server::start(settings, Some(role));
        let (_, body) = server.post(&call("write", create.clone()), &headers("write"));
        body.contains("1 node created")
    };
    assert!(outcome(true, Role::Writer));
    assert!(!outcome(true, Role::Reader));
    assert!(!outcome(false, Role::Writer));
}

#[test]
fn a_client_that_leaves_stops_its_statement() {
    let server = Server::start(Settings::default(), None);
    let running = || server.host.counters.running.now();
    let endless = json!({ "query": "UNWIND range(1, 100000000000) AS n RETURN sum(n % 7) AS n" });
    let stream = server.open(&call("query", endless), &headers("query"));
    let until = |wanted: u64| {
        let start = Instant::now();
        while running() != wanted {
            assert!(start.elapsed() < Duration::from_secs(20), "{} statements run", running());
            std::thread::sleep(Duration::from_millis(1));
        }
        start.elapsed()
    };
    until(1);
    drop(stream);
    let took = until(0);
    assert!(took < Duration::from_secs(2), "{took:?}");
}
