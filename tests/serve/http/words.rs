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
    assert!(condition.json()["errors"][0]["position"]["offset"].is_number(), "{}", condition.text());
    assert_eq!(server.get("/words/deps/%FF").status, 400);
    let nothing = server.get("/words/why/keystone?to=horizon");
    assert_eq!((nothing.status, nothing.json().as_array().map(Vec::len)), (200, Some(0)));
    assert!(nothing.header("kenning-notes").starts_with("[\""), "{:?}", nothing.headers);
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
