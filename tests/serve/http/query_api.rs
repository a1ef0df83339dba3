//! Neo4j's Query API: statements that are transactions of their own.

use serde_json::{Value as Json, json};

use super::server::Server;

const QUERY: &str = "/db/neo4j/query/v2";

#[test]
fn plain_json() {
    let server = Server::start(&[]);
    let reply = server.post(
        QUERY,
        &json!({
            "statement": "CREATE (a:New {name: $name, at: point({x: 1, y: 2})})-[r:NEEDS {since: date('2026-01-02')}]->(b:New) \
                          RETURN a.name AS name, a, r, [1, 1.5, null, true] AS list, {k: 'v'} AS map, duration('P1D') AS d",
            "parameters": { "name": "Alice" },
            "includeCounters": true,
        }),
    );
    assert_eq!(reply.status, 202, "{}", reply.text());
    assert_eq!(reply.header("content-type"), "application/json");
    let json = reply.json();
    assert_eq!(json["data"]["fields"], json!(["name", "a", "r", "list", "map", "d"]));
    let row = &json["data"]["values"][0];
    assert_eq!(row[0], "Alice");
    assert_eq!(row[1]["labels"], json!(["New"]));
    assert_eq!(row[1]["properties"], json!({"at": "SRID=7203;POINT (1.0 2.0)", "name": "Alice"}));
    assert_eq!(row[2]["startNodeElementId"], row[1]["elementId"]);
    assert_eq!((&row[2]["type"], &row[2]["properties"]), (&json!("NEEDS"), &json!({"since": "2026-01-02"})));
    assert_eq!((&row[3], &row[4], &row[5]), (&json!([1, 1.5, null, true]), &json!({"k": "v"}), &json!("P1D")));
    assert_eq!(json["counters"]["nodesCreated"], 2);
    assert_eq!(json["counters"]["relationshipsCreated"], 1);
    assert_eq!(json["counters"]["containsUpdates"], true);
    assert_eq!(json["bookmarks"].as_array().map(Vec::len), Some(1));
}

#[test]
fn typed_json_both_ways() {
    let server = Server::start(&[]);
    for media in ["application/vnd.neo4j.query", "application/vnd.neo4j.query.v1.1"] {
        let parameters = json!({
            "i": {"$type": "Integer", "_value": "9223372036854775807"},
            "t": {"$type": "OffsetDateTime", "_value": "2015-11-21T21:40:32.142Z"},
            "l": {"$type": "List", "_value": [{"$type": "Float", "_value": "NaN"}]},
        });
        let body = json!({"statement": "RETURN $i AS i, $t AS t, $l AS l", "parameters": parameters});
        let reply = server.client().post_with(QUERY, &[("content-type", media), ("accept", media)], &body);
        assert_eq!((reply.status, reply.header("content-type")), (202, media), "{}", reply.text());
        let row = &reply.json()["data"]["values"][0];
        assert_eq!(*row, json!([parameters["i"], parameters["t"], parameters["l"]]));
    }
}

#[test]
fn json_lines() {
    let server = Server::start(&[]);
    let body = json!({"statement": "UNWIND range(1, 3) AS n RETURN n"});
    let media = "application/vnd.neo4j.query.v1.0+jsonl";
    let reply = server.client().post_with(QUERY, &[("accept", media)], &body);
    assert_eq!(reply.header("content-type"), media);
    let events: Vec<Json> =
        reply.text().lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let names: Vec<&str> = events.iter().filter_map(|event| event["$event"].as_str()).collect();
    assert_eq!(names, ["Header", "Record", "Record", "Record", "Summary"]);
    assert_eq!(events[1]["_body"], json!([{"$type": "Integer", "_value": "1"}]));
    let reply = server.client().post_with(QUERY, &[("accept", "application/jsonl")], &body);
    assert!(reply.text().starts_with("{\"$event\":\"Header\",\"_body\":{\"fields\":[\"n\"]}}\n"), "{}", reply.text());
}

#[test]
fn errors_have_codes_and_places() {
    let server = Server::start(&[]);
    let post = |body: Json| server.post(QUERY, &body);
    let reply = post(json!({"statement": "RETURN\n  nothing"}));
    assert_eq!((reply.status, reply.code().as_str()), (400, "Neo.ClientError.Statement.SyntaxError"));
    let error = &reply.json()["errors"][0];
    assert_eq!(error["position"], json!({"offset": 9, "line": 2, "column": 3, "length": 7}));
    assert_eq!(error["gqlStatus"], "42001");
    let reply = post(json!({"statement": "RETURN 1 / 0 AS x"}));
    assert_eq!((reply.status, reply.code().as_str()), (400, "Neo.ClientError.Statement.ArithmeticError"));
    assert_eq!(post(json!({"statement": "RETURN $a"})).code(), "Neo.ClientError.Statement.ParameterMissing");
    assert_eq!(post(json!({"statement": " "})).status, 400);
    assert_eq!(post(json!({"statement": "BEGIN"})).status, 400);
    // What fails after the first rows says so at the end of what has been sent.
    let late = post(json!({"statement": "UNWIND range(1000, 0, -1) AS n RETURN 1 / n AS x"}));
    assert_eq!(late.status, 202);
    let json = late.json();
    assert_eq!(json["data"]["values"][0], json!([0]));
    assert_eq!(json["errors"][0]["code"], "Neo.ClientError.Statement.ArithmeticError");
}

#[test]
fn requests_that_are_refused() {
    let server = Server::start(&[]);
    let post = |body: Json| server.post(QUERY, &body);
    let one = json!({"statement": "RETURN 1 AS one"});
    let missing = server.post("/db/other/query/v2", &one);
    assert_eq!((missing.status, missing.code().as_str()), (404, "Neo.ClientError.Database.DatabaseNotFound"));
    assert_eq!(server.post("/db/openstack/query/v2", &one).status, 202);
    assert_eq!(post(json!({"statement": "RETURN 1 AS one", "impersonatedUser": "ann"})).status, 403);
    assert!(post(json!({"statement": "RETURN 1", "statements": []})).message().contains("unknown field"));
    assert_eq!(post(json!({"statement": "RETURN 1 AS one", "bookmarks": ["FB:kcwQ"]})).status, 400);
    assert_eq!(post(json!({"statement": "RETURN 1 AS one", "bookmarks": ["FB:kenning:999"]})).status, 503);
    assert_eq!(post(json!({"statement": "RETURN 1 AS one", "maxExecutionTime": -1})).status, 400);
    // A request that is refused before its body is read ends its connection.
    let with = |header| server.client().post_with(QUERY, &[header], &one).status;
    assert_eq!(with(("accept", "image/png")), 406);
    assert_eq!(with(("content-type", "text/plain")), 415);
    assert_eq!(server.client().send("GET", QUERY, &[], None).status, 405);
    let raw = |body: &str| {
        server.client().send("POST", QUERY, &[("content-type", "application/json")], Some(body.as_bytes()))
    };
    assert_eq!(raw("{\"statement\": ").status, 400);
    let long = r#"{"statement": "RETURN $n AS n", "parameters": {"n": 9223372036854775808}}"#;
    assert!(raw(long).message().contains("beyond the range of an integer"));
    let nested = |depth: usize| {
        let value = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        format!("{{\"statement\": \"RETURN $n AS n\", \"parameters\": {{\"n\": {value}}}}}")
    };
    assert_eq!(raw(&nested(120)).status, 202);
    let deep = raw(&nested(130));
    assert_eq!(deep.status, 400);
    assert!(deep.message().contains("128 levels"), "{}", deep.text());
}

#[test]
fn reading_and_writing() {
    let server = Server::start(&[]);
    let read = json!({"statement": "CREATE (:X)", "accessMode": "READ"});
    let refused = server.post(QUERY, &read);
    assert_eq!((refused.status, refused.code().as_str()), (403, "Neo.ClientError.Statement.AccessMode"));
    let written = server.post(QUERY, &json!({"statement": "CREATE (:X)", "accessMode": "WRITE"}));
    let bookmark = &written.json()["bookmarks"];
    let after = json!({"statement": "MATCH (x:X) RETURN count(x) AS n", "bookmarks": bookmark});
    assert_eq!(server.post(QUERY, &after).json()["data"]["values"], json!([[1]]));
    let closed = Server::start(&["--read-only"]);
    assert_eq!(closed.post(QUERY, &json!({"statement": "CREATE (:X)"})).status, 403);
}

#[test]
fn warnings_and_plans() {
    let server = Server::start(&[]);
    let json = server.post(QUERY, &json!({"statement": "MATCH (n:Nothing) RETURN n"})).json();
    let notification = &json["notifications"][0];
    assert_eq!(notification["code"], "Neo.ClientNotification.Statement.UnknownLabelWarning");
    assert_eq!(notification["position"]["column"], 10);
    let quiet = json!({"statement": "MATCH (n:Nothing) RETURN n", "notificationsFilter": {"minimumSeverity": "OFF"}});
    assert_eq!(server.post(QUERY, &quiet).json().get("notifications"), None);
    let explained = server.post(QUERY, &json!({"statement": "EXPLAIN MATCH (n) RETURN n"})).json();
    assert!(explained["queryPlan"]["arguments"]["string-representation"].is_string(), "{explained}");
    let profiled = server.post(QUERY, &json!({"statement": "PROFILE MATCH (n) RETURN n LIMIT 1"})).json();
    assert!(profiled["profiledQueryPlan"].is_object(), "{profiled}");
}
