//! What every request passes before it is served: may this name be called, may this page ask, who asks? And its line
//! in the log.
//!
//! A page of another site can make a browser send requests here, under its own name that points to this machine (DNS
//! rebinding) or with its own `Origin`. Names that only this machine or its owner can have given are let through.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding};

use super::door::Door;
use super::page;
use super::problem::Problem;
use super::router;
use crate::server::blocking;
use crate::server::settings::Settings;
use crate::server::users::Role;

/// How long a wrong password takes at least.
const WRONG: Duration = Duration::from_millis(500);

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::server) struct Caller {
    /// Empty where nobody is asked for a name.
    pub(in crate::server) name: Arc<str>,
    pub(in crate::server) role: Role,
}

/// The other end of a connection.
#[derive(Debug)]
pub(in crate::server) struct Client {
    peer: SocketAddr,
    /// The address by which it came.
    local: Option<IpAddr>,
    /// The credentials that were right last, so that each of its requests need not hash the password again. They are
    /// kept no longer than the connection.
    known: Mutex<Option<Known>>,
}

/// Credentials that were right.
#[derive(Debug)]
struct Known {
    credentials: HeaderValue,
    caller: Caller,
    /// That of the users by which they were.
    edition: u64,
}

impl Client {
    pub(super) fn new(peer: SocketAddr, local: Option<SocketAddr>) -> Client {
        Client { peer, local: local.map(|address| address.ip()), known: Mutex::default() }
    }

    fn known(&self, credentials: &HeaderValue, edition: u64) -> Option<Caller> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .as_ref()
            .filter(|known| known.edition == edition)
            .filter(|known| same(known.credentials.as_bytes(), credentials.as_bytes()))
            .map(|known| known.caller.clone())
    }

    fn remember(&self, mut credentials: HeaderValue, caller: Caller, edition: u64) {
        credentials.set_sensitive(true);
        let known = Known { credentials, caller, edition };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }
}

/// Whether both are the same, in a time that says nothing about where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
}

/// Admits a request, has it served, and logs it.
pub(super) async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let client = parts.extensions.get::<Arc<Client>>().cloned();
    // The parameters of the address are values: they stay out of the log.
    let (method, path) = (parts.method.clone(), parts.uri.path().to_string());
    let accepted = accept_of(&parts.headers);
    let (mut response, user) = match admit(&door, client.as_deref(), &parts).await {
        Ok(Some(caller)) => {
            parts.extensions.insert(caller.role);
            parts.extensions.insert(caller.clone());
            (next.run(Request::from_parts(parts, body)).await, caller.name)
        }
        Ok(None) => (next.run(Request::from_parts(parts, body)).await, Arc::default()),
        Err(problem) => (problem.into_response(), Arc::default()),
    };
    response = page::for_browser(response, &accepted);
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    let peer = client.as_ref().map(|client| tracing::field::display(client.peer));
    let (status, ms) = (response.status().as_u16(), started.elapsed().as_secs_f64() * 1e3);
    tracing::info!(peer, %method, path, status, ms, user = &*user, "http");
    response
}

/// The headers that say what a client takes.
fn accept_of(headers: &HeaderMap) -> HeaderMap {
    let is_about = |name: &HeaderName| [header::ACCEPT, header::ACCEPT_ENCODING].contains(name);
    headers.iter().filter(|(name, _)| is_about(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Who asks, if it may be served; `None` for whoever needs no name.
async fn admit(door: &Door, client: Option<&Client>, parts: &Parts) -> Result<Option<Caller>, Problem> {
    check_names(&door.host.settings, client, &parts.uri, &parts.headers)?;
    if !door.host.users.are_asked() {
        return Ok(Some(Caller { name: Arc::default(), role: Role::Writer }));
    }
    match parts.headers.get(header::AUTHORIZATION) {
        Some(credentials) => authenticate(door, client, credentials).await.map(Some),
        None if router::is_open(parts.uri.path()) => Ok(None),
        None => Err(unauthorized("No authentication header supplied.")),
    }
}

async fn authenticate(door: &Door, client: Option<&Client>, credentials: &HeaderValue) -> Result<Caller, Problem> {
    // Read before the password is verified: users that are replaced meanwhile are asked again.
    let edition = door.host.users.edition();
    if let Some(caller) = client.and_then(|client| client.known(credentials, edition)) {
        return Ok(caller);
    }
    let (name, password) = basic(credentials).ok_or_else(malformed)?;
    let permit = door.host.verifying.acquire().await;
    let (host, named) = (door.host.clone(), name.clone());
    let role = blocking(move || host.users.verify(&named, &password)).await?;
    drop(permit);
    let Some(role) = role else {
        door.host.counters.refused_passwords.fetch_add(1, Relaxed);
        tokio::time::sleep(WRONG).await;
        return Err(unauthorized("Invalid username or password."));
    };
    let caller = Caller { name: name.into(), role };
    if let Some(client) = client {
        client.remember(credentials.clone(), caller.clone(), edition);
    }
    Ok(caller)
}

pub(super) fn unauthorized(message: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "Neo.ClientError.Security.Unauthorized", message)
}

fn malformed() -> Problem {
    let code = "Neo.ClientError.Request.InvalidFormat";
    Problem::new(StatusCode::UNAUTHORIZED, code, "Invalid authentication header.")
        .help("`Authorization: Basic` and the base64 of NAME:PASSWORD")
}

/// Name and password of the Basic scheme.
fn basic(credentials: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = credentials.to_str().ok()?.split_once(' ')?;
    let decoded = Base64::decode_vec(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (name, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((name.into(), password.into()))
}

/// Refuses names that a page of another site may have made up.
fn check_names(settings: &Settings, client: Option<&Client>, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: HeaderName| headers.get_all(name).iter().map(|value: &HeaderValue| value.to_str().unwrap_or(""));
    let local = client.and_then(|client| client.local);
    let allowed = |authority: &str| is_allowed(host_of(authority), local, settings);
    let called: Vec<&str> =
        uri.authority().map(|authority| authority.as_str()).into_iter().chain(text(header::HOST)).collect();
    if called.is_empty() || !called.iter().all(|authority| allowed(authority)) {
        let message = match called.iter().find(|authority| !allowed(authority)) {
            Some(authority) => format!("this server is not known by the name `{}`", host_of(authority)),
            None => "the request does not name its host".into(),
        };
        let problem = Problem::new(StatusCode::FORBIDDEN, "Neo.ClientError.Request.Invalid", message);
        return Err(problem
            .help("call it localhost or by its address, or ask whoever runs it to allow the name with --allow-host"));
    }
    let foreign = text(header::ORIGIN).find(|origin| !origin.split_once("://").is_some_and(|(_, of)| allowed(of)));
    match foreign {
        None => Ok(()),
        Some(origin) => {
            let message = format!("pages of `{origin}` may not ask this server");
            let problem = Problem::new(StatusCode::FORBIDDEN, "Neo.ClientError.Request.Invalid", message);
            Err(problem.help("whoever runs the server allows the page's site with --allow-host NAME"))
        }
    }
}

/// `name:port` → `name`; addresses of IP 6 without their brackets.
fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => authority.split(':').next().unwrap_or(authority),
    }
}

fn is_allowed(name: &str, local: Option<IpAddr>, settings: &Settings) -> bool {
    match name.parse::<IpAddr>() {
        Ok(ip) => {
            let bound = settings.http.map(|address| address.ip()).filter(|ip| !ip.is_unspecified());
            ip.is_loopback() || Some(ip) == local || Some(ip) == bound || named(name, settings)
        }
        Err(_) => name.eq_ignore_ascii_case("localhost") || named(name, settings),
    }
}

fn named(name: &str, settings: &Settings) -> bool {
    settings.hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(headers: &[(header::HeaderName, &str)]) -> bool {
        let settings = Settings { hosts: vec!["graph.example.org".into()], ..Settings::default() };
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        check_names(&settings, None, &Uri::from_static("/"), &headers).is_ok()
    }

    #[test]
    fn names_of_this_machine_and_those_allowed() {
        let host = |name| checked(&[(header::HOST, name)]);
        assert!(host("localhost:7474") && host("127.0.0.1") && host("[::1]:7474") && host("Graph.Example.org:80"));
        assert!(!host("example.org") && !host("localhost.example.org") && !host("192.0.2.1") && !host(""));
        assert!(!checked(&[]));
        assert!(!checked(&[(header::HOST, "localhost"), (header::HOST, "example.org")]));
    }

    #[test]
    fn pages_of_other_sites() {
        let origin = |name| checked(&[(header::HOST, "localhost"), (header::ORIGIN, name)]);
        assert!(origin("http://localhost:7474") && origin("https://graph.example.org"));
        assert!(!origin("https://example.org") && !origin("null") && !origin("http://localhost.example.org"));
    }

    #[test]
    fn basic_credentials() {
        let of = |text: &str| basic(&text.parse().unwrap());
        assert_eq!(of("Basic YW5uOmE6Yg=="), Some(("ann".into(), "a:b".into())));
        assert_eq!(of("basic YW5uOg=="), Some(("ann".into(), String::new())));
        assert!(of("Bearer YW5uOmE=").is_none() && of("Basic !").is_none() && of("Basic").is_none());
        assert!(same(b"ab", b"ab") && !same(b"ab", b"ac") && !same(b"a", b"ab"));
    }
}
