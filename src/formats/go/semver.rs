//! The order of module versions: Semantic Versioning 2.0, rule 11, with Go's `v`.

use std::cmp::Ordering;

/// What is not a version comes before all versions.
pub fn compare(a: &str, b: &str) -> Ordering {
    match (split(a), split(b)) {
        (Some((a, pre_a)), Some((b, pre_b))) => a.cmp(&b).then_with(|| compare_pre(pre_a, pre_b)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// The numbers, and what is after `-`; `+incompatible` does not count.
fn split(version: &str) -> Option<(Vec<u64>, &str)> {
    let version = version.strip_prefix('v')?;
    let version = version.split('+').next()?;
    let (numbers, pre) = version.split_once('-').unwrap_or((version, ""));
    let numbers = numbers.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    Some((numbers, pre))
}

fn compare_pre(a: &str, b: &str) -> Ordering {
    // A release comes after its pre-releases.
    if a.is_empty() || b.is_empty() {
        return a.is_empty().cmp(&b.is_empty());
    }
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => compare_part(a, b),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Numbers come before words; they may be longer than 64 bits (`20221227161230`).
fn compare_part(a: &str, b: &str) -> Ordering {
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number(a), is_number(b)) {
        (true, true) => (a.len(), a).cmp(&(b.len(), b)),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered() {
        let ordered = [
            "none",
            "v0.0.0-20190101000000-abcdef",
            "v0.0.0-20221227161230-091c0ba34f0a",
            "v0.9.0",
            "v1.0.0-alpha",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-beta.2",
            "v1.0.0-beta.11",
            "v1.0.0-rc.1",
            "v1.0.0",
            "v1.9.0",
            "v1.10.0",
            "v27.0.0+incompatible",
        ];
        for pair in ordered.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(compare("v1.0.0", "v1.0.0+incompatible"), Ordering::Equal);
    }
}
