//! What operators, programs that explore and browsers find.

use kenning::ast::WORDS;
use serde_json::{Value as Json, json};

use super::server::Server;

#[test]
fn discovery_and_health() {
    let server = Server::start(&["--agent", "Neo4j/5.26.0"]);
    let json = server.get("/").json();
    assert_eq!(json["neo4j_version"], "5.26.0");
    assert_eq!(json["query"], "http://localhost/db/{databaseName}/query/v2");
    assert_eq!(json.get("bolt_direct"), None);
    assert_eq!(server.get("/health").json(), json!({"status": "ok"}));
    let nowhere = server.get("/nothing");
    assert_eq!((nowhere.status, nowhere.header("content-type")), (404, "application/json"));
}

#[test]
fn metrics() {
    let server = Server::start(&[]);
    assert_eq!(server.get("/words/deps/nova").status, 200);
    assert_eq!(server.post("/db/neo4j/query/v2", &json!({"statement": "RETURN"})).status, 400);
    let reply = server.get("/metrics");
    assert!(reply.header("content-type").starts_with("text/plain; version=0.0.4"));
    let value = |name: &str| {
        let line = reply.text().lines().find(|line| line.split(' ').next() == Some(name));
        let value = line.unwrap_or_else(|| panic!("{name}: {}", reply.text())).split(' ').nth(1);
        value.and_then(|value| value.parse::<f64>().ok()).expect("a number")
    };
    assert_eq!(value("kenning_statements_total"), 2.0);
    assert_eq!(value("kenning_failures_total"), 1.0);
    assert_eq!(value("kenning_statements_running"), 0.0);
    // Connections that clients have closed may still be counted.
    assert!(value("kenning_connections{door=\"http\"}") >= 1.0);
    assert_eq!(value("kenning_statement_seconds_bucket{le=\"+Inf\"}"), value("kenning_statement_seconds_count"));
    assert!(value("kenning_rows_total") > 0.0 && value("kenning_nodes") > 0.0);
}

#[test]
fn every_route_and_every_word_is_described() {
    let server = Server::start(&[]);
    let json = server.get("/openapi.json").json();
    assert_eq!(json["openapi"], "3.1.0");
    let paths = json["paths"].as_object().expect("paths are an object");
    for word in WORDS {
        let address = format!("/words/{}", word.keyword.to_lowercase().replace(' ', "-"));
        assert!(paths.keys().any(|path| path.split("/{").next() == Some(&address)), "{address}");
    }
    // What is described is there.
    for (path, operations) in paths {
        for method in operations.as_object().expect("operations are an object").keys() {
            let address = path
                .replace("{term}", "nova")
                .replace("{other}", "cinder")
                .replace("{database}", "neo4j")
                .replace("{file}", "app.js");
            let reply = server.client().send(&method.to_uppercase(), &address, &[], None);
            let found = ![404, 405].contains(&reply.status) || address.contains("{id}") || address.contains("{name}");
            assert!(found, "{method} {address}: {}", reply.text());
        }
    }
}

#[test]
fn the_page() {
    let server = Server::start(&[]);
    let page = server.client().get("/", &[("accept", "text/html")]);
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; ") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    // Its files are there, each names files that are there too, and nothing stands in the page itself.
    let html = page.text();
    assert!(!html.contains("<style") && !html.contains(" style=") && !html.contains("<script>"), "{html}");
    let mut waiting: Vec<String> = quoted(html, "=\"/page/").map(|name| format!("/page/{name}")).collect();
    assert!(waiting.len() > 3, "{waiting:?}");
    let mut seen = Vec::new();
    while let Some(path) = waiting.pop() {
        let file = server.get(&path);
        assert_eq!((file.status, file.header("x-content-type-options")), (200, "nosniff"), "{path}");
        let of = if path.ends_with(".css") { "text/css" } else { "text/javascript" };
        assert!(file.header("content-type").starts_with(of), "{path}");
        let imported: Vec<String> = quoted(file.text(), "from \"./").map(|name| format!("/page/{name}")).collect();
        seen.push(path);
        waiting.extend(imported.into_iter().filter(|path| !seen.contains(path)));
    }
    assert_eq!(server.get("/page/nothing.js").status, 404);
}

/// What follows a mark up to the next quote.
fn quoted<'t>(text: &'t str, mark: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(mark).skip(1).filter_map(|rest| rest.split('"').next())
}

#[test]
fn pictures_for_the_page() {
    let server = Server::start(&[]);
    let asked = json!({"statement": "DEPS $t DEPTH 1", "parameters": {"t": "trove"}});
    let picture = server.post("/api/picture", &asked).json();
    let nodes = picture["nodes"].as_array().expect("it has nodes");
    let root = nodes.iter().find(|node| node["root"] == json!(true)).expect("it has a root");
    assert_eq!(root["name"], "Database Service");
    assert!(nodes.iter().all(|node| node["id"].is_u64() && node["x"].is_number()), "{picture}");
    let link = &picture["links"][0];
    assert!(link["id"].is_u64() && link["evidence"].is_string() && picture["types"][0]["phrase"].is_string(), "{link}");
    let nothing = server.post("/api/picture", &json!({"statement": "RETURN 1"}));
    assert_eq!((nothing.status, nothing.message().starts_with("there is nothing to draw")), (400, true));
    let written = server.post("/api/picture", &json!({"statement": "CREATE (n:X) RETURN n"}));
    assert_eq!(written.status, 403);
}

#[test]
fn help_for_the_query_box() {
    let server = Server::start(&[]);
    let help = server.post("/api/assist", &json!({"text": "RETURN 'ü', $a, (", "parameters": ["abc"]})).json();
    let parts: Vec<Json> = help["parts"].as_array().expect("it has parts").clone();
    let part = |start: u64, end: u64, of: &str| parts.contains(&json!({"start": start, "end": end, "part": of}));
    assert!(
        part(0, 6, "keyword") && part(7, 10, "string") && part(12, 14, "parameter") && part(16, 17, "wrong"),
        "{parts:?}"
    );
    let offered = |text: &str, cursor: usize| {
        let help = server.post("/api/assist", &json!({"text": text, "cursor": cursor, "parameters": ["abc"]})).json();
        (help["start"].as_u64(), help["candidates"].as_array().expect("a list").clone())
    };
    assert_eq!(offered("RETURN 'ü', $a LIMIT 1", 14), (Some(12), vec![json!({"name": "$abc", "text": "$abc"})]));
    assert_eq!(offered("MATCH (n:Databa", 15), (Some(9), vec![json!({"name": "Database", "text": "Database"})]));
    assert!(offered("DEPS keyston", 12).1.contains(&json!({"name": "keystone", "text": "keystone"})));
    let many = server.post("/api/assist", &json!({"text": "MATCH (n) RETURN n."})).json();
    assert!(many["more"].is_u64());
    assert_eq!(server.post("/api/assist", &json!({"cursor": 1})).status, 400);
}

#[test]
fn names_for_the_page() {
    let server = Server::start(&[]);
    let schema = server.get("/api/schema").json();
    assert_eq!(schema["name"], "openstack");
    let has =
        |list: &str, name: &str| schema[list].as_array().is_some_and(|all| all.iter().any(|of| of["name"] == name));
    assert!(has("labels", "Service") && has("types", "DEPENDS_ON"), "{schema}");
    assert_eq!(schema["words"].as_array().map(Vec::len), Some(WORDS.len()));
    let found = server.get("/api/find?q=nov&limit=3").json();
    assert!(found.as_array().map(Vec::len) <= Some(3));
    assert_eq!(found[0]["name"], "Compute");
    assert_eq!(server.get("/api/find").status, 400);
    assert_eq!(server.get("/api/find?q=a&limit=x").status, 400);
}

#[test]
fn rows_of_cells() {
    let server = Server::start(&[]);
    let body = json!({"statement": "MATCH p = (n {name: $name})-[r]->(m) RETURN n, r, p, [n] AS l, 1 AS one LIMIT 1", "parameters": {"name": "Compute"}});
    let json = server.post("/api/query", &body).json();
    let row = &json["rows"][0];
    assert_eq!((&json["shape"], &row[0]["node"]["name"]), (&json!("table"), &json!("Compute")));
    assert_eq!(row[1]["relationship"]["start"]["name"], "Compute");
    assert!(row[1]["relationship"]["phrase"].is_string() && row[2]["nodes"].is_array(), "{row}");
    assert_eq!(row[3]["items"][0]["node"], row[0]["node"]);
    assert_eq!(row[4], json!({"text": "1", "typed": {"$type": "Integer", "_value": "1"}}));
    let warned = server.post("/api/query", &json!({"statement": "MATCH (n:Nothing) RETURN n"})).json();
    assert_eq!(warned["warnings"][0]["position"]["offset"], 9);
    let card = server.get("/api/term/nova").json();
    assert_eq!((&card["shape"], &card["columns"][0]), (&json!("card"), &json!("term")));
    assert_eq!(server.get("/api/term/nvoa").status, 404);
    let picture = server.post("/api/query?format=svg", &json!({"statement": "DEPS nova DEPTH 1"}));
    assert!(picture.text().starts_with("<svg"));
    let refused: Json = server.post("/api/query", &json!({"statement": "CREATE (:X)", "readOnly": true})).json();
    assert_eq!(refused["errors"][0]["detail"], "ReadOnly");
}
