//! `GET /`: the page for browsers, and for programs the addresses of this server, as Neo4j's discovery has them.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64ct::{Base64, Encoding};
use ring::digest::{SHA256, digest};
use serde_json::{Value as Json, json};

use super::body::whole;
use super::door::Door;
use super::formats::draw;
use super::guard::{Caller, unauthorized};
use super::negotiate;
use super::problem::Problem;
use crate::diagnostic::Diagnostic;
use crate::export::{self, Subgraph};
use crate::limits::Budget;
use crate::server::blocking;

const JSON: &str = "application/json";
const HTML: &str = "text/html";

/// `GET /`
pub(super) async fn home(
    State(door): State<Door>,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match negotiate::best(&headers, &[JSON, HTML]) {
        Some(1) if caller.is_none() => Err(unauthorized("No authentication header supplied.")),
        Some(1) => page(door, &headers).await,
        _ => Ok(whole(StatusCode::OK, JSON, &headers, discovery(&door, &headers).to_string().into_bytes())),
    }
}

/// Where everything is, with the names by which the client came.
fn discovery(door: &Door, headers: &HeaderMap) -> Json {
    let settings = &door.host.settings;
    let called = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let (scheme, secure) = if settings.tls.is_some() { ("https", "+s") } else { ("http", "") };
    let (product, version) = settings.agent.split_once('/').unwrap_or((&settings.agent, env!("CARGO_PKG_VERSION")));
    let query = format!("{scheme}://{called}/db/{{databaseName}}/query/v2");
    let mut json = json!({
        "query": query,
        "query_api": query,
        "query_api_versions": ["2.0"],
        "neo4j_version": version,
        "neo4j_edition": "community",
        "auth_config": { "oidc_providers": [] },
        "server": product,
        "database": door.host.name,
        "words": format!("{scheme}://{called}/words"),
        "openapi": format!("{scheme}://{called}/openapi.json"),
    });
    if let Some(bolt) = door.host.bolt.get() {
        let host =
            called.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(called, |(host, _)| host);
        json["bolt_direct"] = json!(format!("bolt{secure}://{host}:{}", bolt.port()));
        json["bolt_routing"] = json!(format!("neo4j{secure}://{host}:{}", bolt.port()));
    }
    json
}

/// The explorer of the whole graph.
async fn page(door: Door, headers: &HeaderMap) -> Result<Response, Problem> {
    let page = blocking(move || made(&door)).await?.map_err(|error| Problem::of(&[error], ""))?;
    let policy = policy(HTML, &page);
    let mut response = whole(StatusCode::OK, HTML, headers, page.to_vec());
    response.headers_mut().extend(policy.map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// The page for the graph as it is now, made once for each state of the graph.
fn made(door: &Door) -> Result<Bytes, Diagnostic> {
    let database = &door.host.database;
    // The number from before the snapshot: if others commit meanwhile, the page is made once more.
    let sequence = database.sequence();
    if let Some(page) = door.kept_page(sequence) {
        return Ok(page);
    }
    let graph = database.snapshot();
    let budget = Budget::start(&door.host.settings.statement);
    let exporter = export::find("html").expect("a row of the table");
    let whole = Subgraph::whole(graph.clone());
    exporter.admits(&whole)?;
    let spelling = |node| database.engine().spelling(&graph, node);
    let mut out = Vec::new();
    draw(exporter, &whole.told_apart(&spelling, &budget)?, &budget, &mut out)?;
    let page = Bytes::from(out);
    door.keep_page(sequence, page.clone());
    Ok(page)
}

/// What a browser may do with a page or picture: run the scripts and apply the styles that stand in it, each known by
/// its digest, and ask this server. `None` for what browsers do not run.
pub(super) fn policy(media: &str, content: &[u8]) -> Option<HeaderValue> {
    if ![HTML, "image/svg+xml"].contains(&media) {
        return None;
    }
    let text = std::str::from_utf8(content).unwrap_or_default();
    // Pictures have their style in attributes, pages in one element.
    let style = if media == HTML { sources(text, "style") } else { "'unsafe-inline'".into() };
    let scripts = if media == HTML { sources(text, "script") } else { "'none'".into() };
    let policy = format!(
        "default-src 'none'; script-src {scripts}; style-src {style}; img-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).ok()
}

/// The digests of the page's elements of a name.
fn sources(page: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let contents = page.split(&open).skip(1).filter_map(|after| after.split(&close).next());
    let digests: Vec<String> = contents
        .map(|content| format!("'sha256-{}'", Base64::encode_string(digest(&SHA256, content.as_bytes()).as_ref())))
        .collect();
    if digests.is_empty() { "'none'".into() } else { digests.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_known_by_their_digests() {
        let page = b"<style>a</style><script type=\"application/json\">{}</script><script>\nrun();\n</script>";
        let policy = policy(HTML, page).unwrap();
        let policy = policy.to_str().unwrap();
        // openssl dgst -sha256 -binary | base64
        assert!(policy.contains("style-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='"), "{policy}");
        assert_eq!(policy.matches("sha256-").count(), 2);
        assert!(!policy.contains("unsafe"));
        assert_eq!(super::policy("text/csv", page), None);
    }
}
