//! What a client accepts: media types, and gzip.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, ACCEPT_ENCODING};

/// The place of the media type that the client likes best; the first of them if it likes several equally, or does not
/// say. `None` if it accepts none of them.
pub(super) fn best(headers: &HeaderMap, offered: &[&str]) -> Option<usize> {
    let Some(accepted) = header(headers, ACCEPT) else { return (!offered.is_empty()).then_some(0) };
    let ranges: Vec<(&str, f64)> = accepted.split(',').filter_map(weighted).collect();
    let mut best: Option<(usize, f64)> = None;
    for (at, media) in offered.iter().enumerate() {
        let weight = weight(&ranges, media);
        if weight > best.map_or(0.0, |(_, best)| best) {
            best = Some((at, weight));
        }
    }
    best.map(|(at, _)| at)
}

/// How much the client likes a media type: what its most precise range says.
fn weight(ranges: &[(&str, f64)], media: &str) -> f64 {
    let precision = |range: &str| match range.split_once('/') {
        _ if range.eq_ignore_ascii_case(media) => Some(2),
        Some(("*", "*")) => Some(0),
        Some((kind, "*")) if media.split('/').next().is_some_and(|of| of.eq_ignore_ascii_case(kind)) => Some(1),
        _ => None,
    };
    let fitting = ranges.iter().filter_map(|(range, weight)| Some((precision(range)?, *weight)));
    fitting.max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))).map_or(0.0, |(_, weight)| weight)
}

/// `text/html;q=0.8` → its media type and 0.8. Other parameters are of no account.
fn weighted(part: &str) -> Option<(&str, f64)> {
    let mut parts = part.split(';').map(str::trim);
    let media = parts.next().filter(|media| !media.is_empty())?;
    let weight = parts.find_map(|parameter| parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q=")));
    let weight = weight.map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0));
    Some((media, f64::clamp(weight, 0.0, 1.0)))
}

/// Whether the client takes answers packed by gzip.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let Some(accepted) = header(headers, ACCEPT_ENCODING) else { return false };
    accepted.split(',').filter_map(weighted).any(|(coding, weight)| coding.eq_ignore_ascii_case("gzip") && weight > 0.0)
}

/// The values of a header, joined as if it came once.
fn header(headers: &HeaderMap, name: axum::http::HeaderName) -> Option<String> {
    let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accept: &str) -> Option<usize> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        best(&headers, &["application/json", "text/csv", "text/html"])
    }

    #[test]
    fn the_best_media_type() {
        assert_eq!(best(&HeaderMap::new(), &["a/b"]), Some(0));
        assert_eq!(of("*/*"), Some(0));
        assert_eq!(of("text/csv"), Some(1));
        assert_eq!(of("text/*, application/json;q=0.1"), Some(1));
        assert_eq!(of("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Some(2));
        assert_eq!(of("application/json;q=0, */*"), Some(1));
        assert_eq!(of("image/png"), None);
        assert_eq!(of("text/csv;q=x"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn gzip() {
        let of = |text: &str| takes_gzip(&[(ACCEPT_ENCODING, text.parse().unwrap())].into_iter().collect());
        assert!(of("gzip, deflate, br") && of("GZIP;q=0.5"));
        assert!(!of("gzip;q=0") && !of("deflate") && !of("*"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
