//! `GET /`: the page for browsers, and for programs the addresses of this server, as Neo4j's discovery has them.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64ct::{Base64, Encoding};
use ring::digest::{SHA256, digest};
use serde_json::{Value as Json, json};

use super::body::whole;
use super::door::Door;
use super::guard::{Caller, unauthorized};
use super::negotiate;
use super::problem::Problem;
use crate::export;

const JSON: &str = "application/json";
const HTML: &str = "text/html";
const SCRIPT: &str = "text/javascript";

/// `GET /`
pub(super) async fn home(
    State(door): State<Door>,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match negotiate::best(&headers, &[JSON, HTML]) {
        Some(1) if caller.is_none() => Err(unauthorized("No authentication header supplied.")),
        Some(1) => Ok(page(INDEX, &headers)),
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

/// The files of the page: name, media type, content.
const FILES: &[(&str, &str, &str)] = &[
    ("app.css", "text/css", include_str!("page/app.css")),
    ("app.js", SCRIPT, include_str!("page/app.js")),
    ("answers.js", SCRIPT, include_str!("page/answers.js")),
    ("box.js", SCRIPT, include_str!("page/box.js")),
    ("editor.js", SCRIPT, include_str!("page/editor.js")),
    ("explore.js", SCRIPT, include_str!("page/explore.js")),
    ("form.js", SCRIPT, include_str!("page/form.js")),
    ("html.js", SCRIPT, include_str!("page/html.js")),
    ("question.js", SCRIPT, include_str!("page/question.js")),
    ("server.js", SCRIPT, include_str!("page/server.js")),
    ("state.js", SCRIPT, include_str!("page/state.js")),
    ("suggest.js", SCRIPT, include_str!("page/suggest.js")),
    ("terms.js", SCRIPT, include_str!("page/terms.js")),
    ("theme.js", SCRIPT, include_str!("page/theme.js")),
    ("views.js", SCRIPT, include_str!("page/views.js")),
    ("words.js", SCRIPT, include_str!("page/words.js")),
    // The exported page has the same ones.
    ("explorer.css", "text/css", export::STYLE),
    ("explorer.js", SCRIPT, export::EXPLORER),
    ("picture.js", SCRIPT, export::PICTURE),
];
const INDEX: &str = include_str!("page/index.html");
const PASSWORD: &str = include_str!("page/password.html");

/// What the page may do: run its own files and ask this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What a browser shows below its question for a password, and if its reader does not answer: the refusal, with the
/// challenge that makes it ask.
pub(super) fn for_browser(refusal: Response, headers: &HeaderMap) -> Response {
    if refusal.status() != StatusCode::UNAUTHORIZED || negotiate::best(headers, &[JSON, HTML]) != Some(1) {
        return refusal;
    }
    let mut response = page(PASSWORD, headers);
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let challenge = refusal.headers().get(header::WWW_AUTHENTICATE).cloned();
    response.headers_mut().extend(challenge.map(|challenge| (header::WWW_AUTHENTICATE, challenge)));
    response
}

fn page(content: &'static str, headers: &HeaderMap) -> Response {
    let mut response = whole(StatusCode::OK, HTML, headers, content.into());
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// `GET /page/FILE`
pub(super) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let Some((_, media, content)) = FILES.iter().find(|(known, ..)| *known == name) else {
        return Err(Problem::not_found(format!("the page has no file `{name}`")));
    };
    let mut response = whole(StatusCode::OK, media, &headers, (*content).into());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
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

    /// `docs/serve.md` tells these sizes.
    #[test]
    fn the_page_stays_small() {
        let served: usize = FILES.iter().map(|(_, _, content)| content.len()).sum();
        assert!((105_000..125_000).contains(&(served + INDEX.len())), "{}", served + INDEX.len());
        let exported = export::STYLE.len() + export::PICTURE.len() + export::EXPLORER.len();
        assert!((40_000..48_000).contains(&exported), "{exported}");
    }

    #[test]
    fn every_file_that_the_page_names_is_served() {
        let scripts = FILES.iter().filter(|(name, ..)| name.ends_with(".js"));
        for (name, _, content) in scripts.chain([&("index.html", HTML, INDEX)]) {
            let after = |mark| content.split(mark).skip(1).filter_map(|rest: &str| rest.split('"').next());
            let named = after("from \"./").chain(after("import \"./")).chain(after("\"/page/"));
            named.for_each(|file| assert!(FILES.iter().any(|(name, ..)| *name == file), "{name} names {file}"));
        }
    }

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
