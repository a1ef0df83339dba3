//! Versions as Debian Policy 5.6.12 orders them.

use std::cmp::Ordering;

/// Whether a version satisfies a restriction: `>=`, `1.2`. No restriction is satisfied by all.
pub(super) fn satisfies(version: &str, operator: &str, wanted: &str) -> bool {
    let order = || compare(version, wanted);
    match operator {
        "" => true,
        "<<" => order().is_lt(),
        // `<` and `>` are old spellings of these.
        "<=" | "<" => order().is_le(),
        "=" => order().is_eq(),
        ">=" | ">" => order().is_ge(),
        ">>" => order().is_gt(),
        _ => false,
    }
}

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (parts(a), parts(b));
    digits(a.0, b.0).then_with(|| part(a.1, b.1)).then_with(|| part(a.2, b.2))
}

/// Epoch, upstream version, revision.
fn parts(version: &str) -> (&str, &str, &str) {
    let (epoch, rest) = version.split_once(':').unwrap_or(("0", version));
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
    (epoch, upstream, revision)
}

/// Texts and numbers in turn.
fn part(mut a: &str, mut b: &str) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let (text_a, text_b);
        (text_a, a) = split(a, |c| !c.is_ascii_digit());
        (text_b, b) = split(b, |c| !c.is_ascii_digit());
        let (number_a, number_b);
        (number_a, a) = split(a, |c| c.is_ascii_digit());
        (number_b, b) = split(b, |c| c.is_ascii_digit());
        let order = texts(text_a, text_b).then_with(|| digits(number_a, number_b));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

fn split(text: &str, is_first: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !is_first(c)).unwrap_or(text.len()))
}

/// A tilde comes before the end, letters before all else.
fn texts(a: &str, b: &str) -> Ordering {
    let weight = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    };
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let orders = (0..a.len().max(b.len())).map(|at| weight(a.get(at)).cmp(&weight(b.get(at))));
    orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Numbers of any length.
fn digits(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_dpkg_does() {
        for (less, more) in [
            ("1.0", "1.1"),
            ("1.9", "1.10"),
            ("1.0~rc1", "1.0"),
            ("1.0~~", "1.0~"),
            ("1.0", "1.0a"),
            ("1.0a", "1.0+b"),
            ("9", "1:0"),
            ("1.0-1", "1.0-1+deb12u1"),
            ("1.0-9", "1.0-10"),
            ("2.0", "2.0.1"),
            ("1.0-1~bpo", "1.0-1"),
        ] {
            assert_eq!(
                (compare(less, more), compare(more, less)),
                (Ordering::Less, Ordering::Greater),
                "{less} {more}"
            );
        }
        assert_eq!(compare("1.0-0", "1.0"), Ordering::Equal);
        assert_eq!(compare("0:1.00", "1.0"), Ordering::Equal);
        assert!(satisfies("1.2", ">=", "1.2") && !satisfies("1.2", ">>", "1.2") && satisfies("1.2", "", ""));
    }
}
