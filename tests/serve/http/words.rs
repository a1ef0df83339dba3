//! The words at addresses, in all formats.

use kenning::ast::WORDS;
use kenning::export::EXPORTERS;
use kenning::render::RENDERERS;
use serde_json::json;

use super::server::Server;

#[test]
fn every_format_of_the_tables() {
    let server = Server::start(&[]);
    let renderers = RENDERERS.iter().map(|renderer| (renderer.name, renderer.media));
    for (name, media) in renderers.chain(EXPORTERS.iter().map(|exporter| (exporter.name, exporter.media))) {
        let reply = server.get(&format!("/words/deps/nova?depth=2&format={name}"));
        assert_eq!(reply.status, 200, "{name}: {}", reply.text());
        assert!(reply.header("content-type").starts_with(media), "{name}");
        assert!(reply.text().contains("keystone"), "{name}: {}", reply.text());
    }
    assert!(server.get("/words/deps/nova?format=png").message().contains("no format `png`"));
}

#[test]
fn what_a_client_accepts() {
    let server = Server::start(&[]);
    let of = |accept: &str| server.client().get("/words/deps/nova", &[("accept", accept)]);
    assert_eq!(of("*/*").header("content-type"), "application/json");
    assert_eq!(of("text/csv").text().lines().next().map(|line| line.starts_with("depth,term")), Some(true));
    assert_eq!(of("text/html,*/*;q=0.8").header("content-type"), "text/html; charset=utf-8");
    assert!(of("image/svg+xml").text().starts_with("<svg"));
    assert!(of("text/plain").text().starts_with("Compute"), "{}", of("text/plain").text());
    assert_eq!(of("image/png").status, 406);
    assert_eq!(of("text/html").header("vary"), "accept, accept-encoding, authorization");
}

#[test]
fn every_word_has_an_address() {
    let server = Server::start(&[]);
    let listed = server.get("/words").json();
    assert_eq!(listed.as_array().map(Vec::len), Some(WORDS.len()));
    for address in [
        "show/nova",
        "deps/nova",
        "impact/keystone",
        "why/nova?to=keystone",
        "order",
        "order?of=nova",
        "cycles",
        "cycles?through=nova&up-to=3",
        "critical",
        "critical?for=nova",
        "common/nova,cinder",
        "diff/nova/cinder",
        "fanin",
        "fanout?of=nova",
        "find/storage",
        "show-labels",
        "show-indexes",
        "show-constraints",
        "show-relationship-types",
        "whatif/deps/nova?remove=keystone",
        "whatif/impact/keystone?add=(horizon)-[:DEPENDS_ON]-%3E(keystone)&remove=nova",
    ] {
        let reply = server.get(&format!("/words/{address}"));
        assert_eq!(reply.status, 200, "{address}: {}", reply.text());
        assert!(reply.json().is_array(), "{address}");
    }
}

#[test]
fn the_same_answer_as_the_statement() {
    let server = Server::start(&[]);
    let by_address = server.get("/words/deps/nova?depth=2&hard=true").json();
    let body = json!({"statement": "DEPS nova DEPTH 2 HARD"});
    let by_statement = server.post("/api/query?format=json", &body).json();
    assert_eq!(by_address, by_statement);
    assert!(by_address.as_array().is_some_and(|rows| rows.len() > 2));
}

#[test]
fn what_is_wrong_is_said() {
    let server = Server::start(&[]);
    let unknown = server.get("/words/deps/nvoa");
    assert_eq!((unknown.status, unknown.header("content-type")), (404, "application/json"));
    assert!(
        unknown.json()["errors"][0]["help"].as_str().is_some_and(|help| help.contains("nova")),
        "{}",
        unknown.text()
    );
    assert_eq!(server.get("/words/nothing").status, 404);
    assert_eq!(server.get("/words/deps").status, 400);
    assert_eq!(server.get("/words/deps/nova?deep=1").status, 400);
    let condition = server.get("/words/deps/nova?where=depth%20%3C");
    assert_eq!(condition.status, 400);
    let error = &condition.json()["errors"][0];
    assert_eq!((&error["parameter"], &error["position"]["offset"]), (&json!("where"), &json!(7)), "{error}");
    assert!(condition.message().starts_with("in `where`: "), "{error}");
    // A place in the statement of an address comes with that statement.
    let unbound = server.get("/words/deps/nova?where=dept%20%3C%202").json();
    let error = &unbound["errors"][0];
    let statement = error["statement"].as_str().expect("it is shown");
    let offset = error["position"]["offset"].as_u64().expect("it has a place") as usize;
    assert!(statement[offset..].starts_with("dept"), "{error}");
    assert_eq!(server.get("/words/deps/%FF").status, 400);
    let nothing = server.get("/words/why/keystone?to=horizon");
    assert_eq!((nothing.status, nothing.json().as_array().map(Vec::len)), (200, Some(0)));
    assert!(nothing.header("kenning-notes").starts_with("[\""), "{:?}", nothing.headers);
}

#[test]
fn an_answer_of_no_is_said() {
    let server = Server::start(&[]);
    for address in ["why/keystone?to=horizon", "impact/horizon", "find/zzzzqq", "cycles?through=horizon"] {
        for format in ["tree", "table"] {
            let reply = server
                .get(&format!("/words/{address}{}format={format}", if address.contains('?') { '&' } else { '?' }));
            assert_eq!(reply.status, 200);
            let notes: Vec<String> = serde_json::from_str(reply.header("kenning-notes")).expect("there are notes");
            assert!(notes.iter().all(|note| reply.text().contains(note.as_str())), "{address}: {}", reply.text());
        }
        let text = server.client().get(&format!("/words/{address}"), &[("accept", "text/plain")]);
        assert!(text.text().trim().len() > 20, "{address}: {:?}", text.text());
    }
    let drawn = server.get("/words/why/keystone?to=horizon&format=svg");
    let said = server.get("/words/why/keystone?to=horizon");
    let notes: Vec<String> = serde_json::from_str(said.header("kenning-notes")).expect("there are notes");
    assert_eq!(drawn.message(), format!("there is nothing to draw: {}", notes.join("; ")));
    let none = server.post("/api/query?format=tree", &json!({ "statement": "MATCH (n:Service) WHERE false RETURN n" }));
    assert!(!none.text().trim().is_empty());
    let changed = server.post("/api/query?format=table", &json!({ "statement": "CREATE (:X)" }));
    assert_eq!(changed.text(), "1 node created, 1 label added\n");
}

#[test]
fn answers_are_kept_until_the_graph_changes() {
    let server = Server::start(&[]);
    let mut client = server.client();
    let first = client.get("/words/deps/nova", &[]);
    let tag = first.header("etag").to_string();
    assert!(tag.starts_with("W/\""), "{tag}");
    let again = client.get("/words/deps/nova", &[("if-none-match", &tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(client.get("/words/deps/nova?format=csv", &[("if-none-match", &tag)]).status, 200);
    let body = json!({"statement": "CREATE (:Service {name: 'new'})"});
    assert_eq!(client.post("/db/neo4j/query/v2", &body).status, 202);
    let changed = client.get("/words/deps/nova", &[("if-none-match", &tag)]);
    assert_eq!((changed.status, changed.header("etag") == tag), (200, false));
    // A condition may look at the clock.
    assert_eq!(client.get("/words/deps/nova?where=depth%3C2", &[]).header("etag"), "");
    let other = Server::start(&[]);
    assert_eq!(other.client().get("/words/deps/nova", &[("if-none-match", &tag)]).status, 200);
}

#[test]
fn packed() {
    let server = Server::start(&[]);
    let plain = server.get("/words/order");
    let packed = server.client().get("/words/order", &[("accept-encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.len() < plain.body.len() / 2, "{} of {}", packed.body.len(), plain.body.len());
    assert_eq!(packed.unpacked(), plain.text());
    let small = server.client().get("/words/show-indexes", &[("accept-encoding", "gzip")]);
    assert_eq!(small.header("content-encoding"), "");
}
