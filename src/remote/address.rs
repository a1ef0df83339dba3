//! [`Address`]: where a graph is served, as a user writes it.

use std::fmt;

use crate::diagnostic::{Detail, Diagnostic, Kind};

/// The port of Bolt.
const PORT: u16 = 7687;

/// The schemes: what an address begins with, whether the connection is encrypted, and whether the server names the member
/// of its cluster to use.
const SCHEMES: [(&str, bool, bool); 4] =
    [("bolt://", false, false), ("bolt+s://", true, false), ("neo4j://", false, true), ("neo4j+s://", true, true)];

/// `bolt://user@host:7687/database`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Option<String>,
    /// The server's own choice unless given.
    pub(crate) database: Option<String>,
    pub(crate) encrypted: bool,
    /// Whether the server is asked which member of its cluster to use.
    pub(crate) routed: bool,
}

/// Whether this names a graph on another machine.
pub(crate) fn is_address(location: &str) -> bool {
    let scheme = location.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    let name = scheme.as_deref().map(|scheme| scheme.split('+').next().unwrap_or_default());
    name.is_some_and(|name| ["bolt", "neo4j"].contains(&name))
}

impl Address {
    pub(crate) fn parse(location: &str) -> Result<Address, Diagnostic> {
        let scheme = SCHEMES.iter().find_map(|(scheme, encrypted, routed)| {
            let start = location.get(..scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then(|| (&location[scheme.len()..], *encrypted, *routed))
        });
        let Some((rest, encrypted, routed)) = scheme else {
            let message = format!("`{location}` begins as no address of a graph does");
            let help = "bolt://, neo4j://, or bolt+s:// and neo4j+s:// for TLS; a certificate that the system does not \
                        trust is named by SSL_CERT_FILE";
            return Err(wrong(message).help(help));
        };
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        if user.is_some_and(|user| user.contains(':')) {
            let help = "leave it out: KENNING_PASSWORD holds it, ~/.netrc, or it is asked for";
            return Err(wrong("a password does not belong into an address, which histories keep").help(help));
        }
        let (host, port) = host_and_port(place).ok_or_else(|| wrong(format!("`{place}` is no host and port")))?;
        let database = Some(database.trim_end_matches('/')).filter(|name| !name.is_empty());
        if let Some(name) = database.filter(|name| name.contains(['/', '?', '#'])) {
            return Err(wrong(format!("`{name}` is no name of a database")));
        }
        Ok(Address {
            host,
            port,
            user: user.filter(|user| !user.is_empty()).map(str::to_string),
            database: database.map(str::to_string),
            encrypted,
            routed,
        })
    }

    /// A name for files that belong to it.
    pub(crate) fn file_stem(&self) -> String {
        let database = self.database.as_deref().map_or(String::new(), |name| format!("_{name}"));
        let text = format!("{}_{}{database}", self.host, self.port);
        text.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect()
    }
}

/// `host`, `host:7687`, `[::1]:7687`
fn host_and_port(text: &str) -> Option<(String, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(host, port)| (host, port.strip_prefix(':').unwrap_or(port)))?,
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let port = if port.is_empty() { PORT } else { port.parse().ok()? };
    (!host.is_empty()).then(|| (host.to_string(), port))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let is_mine =
            |(_, encrypted, routed): &&(&str, bool, bool)| (*encrypted, *routed) == (self.encrypted, self.routed);
        let scheme = SCHEMES.iter().find(is_mine).map_or("", |(scheme, ..)| scheme);
        let user = self.user.as_deref().map_or(String::new(), |user| format!("{user}@"));
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        write!(f, "{scheme}{user}{host}:{}", self.port)?;
        self.database.iter().try_for_each(|database| write!(f, "/{database}"))
    }
}

fn wrong(message: impl Into<String>) -> Diagnostic {
    Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message)
        .help("an address is written bolt://user@host:7687/database")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_address() {
        let full = Address::parse("neo4j+s://ann@graph.example:7000/people").unwrap();
        assert_eq!((full.host.as_str(), full.port, full.user.as_deref()), ("graph.example", 7000, Some("ann")));
        assert_eq!((full.database.as_deref(), full.encrypted, full.routed), (Some("people"), true, true));
        assert_eq!(full.to_string(), "neo4j+s://ann@graph.example:7000/people");
        assert_eq!(full.file_stem(), "graph.example_7000_people");
        let short = Address::parse("bolt://localhost").unwrap();
        assert_eq!((short.port, short.user, short.database), (7687, None, None));
        assert_eq!(Address::parse("bolt://[::1]/").unwrap().to_string(), "bolt://[::1]:7687");
    }

    #[test]
    fn what_is_no_address() {
        for text in ["bolt+ssc://a", "bolt://", "bolt://:1", "bolt://a:b", "bolt://a/b/c"] {
            assert!(is_address(text) && Address::parse(text).is_err(), "{text}");
        }
        let error = Address::parse("bolt://ann:secret@host").unwrap_err();
        assert!(!error.message.contains("secret") && error.help.unwrap().contains("KENNING_PASSWORD"));
        assert!(!is_address("graph.kenning") && !is_address("neo4j/graph.csv") && !is_address("neo4jdump://x"));
    }
}
