//! Keys of packages and snapshots: `@a/b@1.0.0(patch_hash=x)(react@18.0.0)`.

/// The key of a package, without the peers and patches behind it.
pub(super) fn bare(key: &str) -> &str {
    key.split_once('(').map_or(key, |(bare, _)| bare)
}

/// Name and version; no name if it has none.
pub(super) fn split(bare: &str) -> (&str, &str) {
    match bare.char_indices().skip(1).find(|(_, c)| *c == '@') {
        Some((at, _)) if !bare.starts_with("file:") => (&bare[..at], &bare[at + 1..]),
        _ => ("", bare),
    }
}

/// `a(b)(c(d))` has `b` and `c(d)`.
pub(super) fn suffixes(key: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_usize, 0, Vec::new());
    for (at, c) in key.char_indices() {
        match c {
            '(' => {
                depth += 1;
                if depth == 1 {
                    start = at + 1;
                }
            }
            ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    found.push(key.get(start..at).unwrap_or_default());
                }
            }
            _ => {}
        }
    }
    found
}

pub(super) fn is_patch(suffix: &str) -> bool {
    suffix.starts_with("patch_hash=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_a_package_and_suffixes() {
        let key = "@a/b@1.0.0(patch_hash=x)(react-dom@18.0.0(react@18.0.0))(react@18.0.0)";
        assert_eq!(split(bare(key)), ("@a/b", "1.0.0"));
        assert_eq!(suffixes(key), ["patch_hash=x", "react-dom@18.0.0(react@18.0.0)", "react@18.0.0"]);
        assert_eq!(split("file:packages/a"), ("", "file:packages/a"));
        assert_eq!(
            split("b@https://codeload.example.org/b/tar.gz/01"),
            ("b", "https://codeload.example.org/b/tar.gz/01")
        );
    }
}
