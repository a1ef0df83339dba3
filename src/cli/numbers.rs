//! Values of a server's flags that make sense; all others are refused with the reason.

use std::net::IpAddr;
use std::time::Duration;

use crate::session::{parse_duration, parse_size};

/// Threads and sockets that no machine has.
const MOST: usize = 1_000_000;
/// Times beyond it are mistakes, and so large that clocks could not add them.
const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// Memory below which no statement can run.
const LEAST_MEMORY: usize = 1 << 20;
/// The shortest request that holds a statement with its envelope.
const LEAST_REQUEST: usize = 1 << 10;

pub(super) fn parse_count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| (1..=MOST).contains(count));
    count.ok_or_else(|| "write a number from 1 to 1000000".into())
}

pub(super) fn parse_time(text: &str) -> Result<Duration, String> {
    let time = parse_duration(text)?;
    if time <= YEAR { Ok(time) } else { Err("this is more than a year".into()) }
}

pub(super) fn parse_memory(text: &str) -> Result<usize, String> {
    let size = parse_size(text)?;
    match size >= LEAST_MEMORY {
        true => Ok(size),
        false => Err(format!("no statement can run in {size} bytes: give it 1MiB or more")),
    }
}

pub(super) fn parse_request(text: &str) -> Result<usize, String> {
    let size = parse_size(text)?;
    match size >= LEAST_REQUEST {
        true => Ok(size),
        false => Err(format!("no statement fits into a request of {size} bytes: allow 1KiB or more")),
    }
}

/// A name as it stands in the `Host` of a request, without scheme, port and path.
pub(super) fn parse_host(text: &str) -> Result<String, String> {
    let is_label = |label: &str| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        !label.is_empty() && label.len() <= 63 && label.chars().all(is_name)
    };
    let is_name = text.len() <= 253 && text.split('.').all(is_label);
    match is_name || text.parse::<IpAddr>().is_ok() {
        true => Ok(text.into()),
        false => Err("write a name as graph.example.org or an address, without scheme, port and path".into()),
    }
}

/// What a server calls itself: clients print and compare it.
pub(super) fn parse_name(text: &str) -> Result<String, String> {
    match !text.is_empty() && text.len() <= 100 && text.chars().all(|c| c.is_ascii_graphic()) {
        true => Ok(text.into()),
        false => Err("write a name as Neo4j/5.26.0: at most 100 letters, digits and signs, no spaces".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senseless_values_are_refused_with_the_reason() {
        assert_eq!(parse_memory("1MiB"), Ok(1 << 20));
        assert!(parse_memory("1").unwrap_err().contains("no statement can run in 1 bytes"));
        assert!(parse_request("16").unwrap_err().contains("no statement fits"));
        assert_eq!(parse_count("64"), Ok(64));
        for count in ["0", "-1", "1000001", "18446744073709551615", "many"] {
            assert!(parse_count(count).is_err(), "{count}");
        }
        assert_eq!(parse_time("2m"), Ok(Duration::from_secs(120)));
        assert!(parse_time("100000h").unwrap_err().contains("more than a year"));
        for host in ["graph.example.org", "localhost", "192.0.2.1", "2001:db8::1", "my_host"] {
            assert_eq!(parse_host(host).as_deref(), Ok(host));
        }
        for host in ["http://x y", "", "a..b", "graph.example.org:7474", "graph.example.org/", "*", "[::1]"] {
            assert!(parse_host(host).unwrap_err().contains("without scheme, port and path"), "{host}");
        }
        assert!(parse_name("Neo4j/5.26.0").is_ok());
        assert!(parse_name("").is_err() && parse_name("a b").is_err() && parse_name("a\nb").is_err());
    }
}
