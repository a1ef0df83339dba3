//! Whether several markers can hold at once: tried on the environments that their own texts tell apart.

use std::collections::BTreeMap;

use super::marker::{Marker, Operand};

/// Environments tried; of markers that tell more apart, it is not known whether they exclude each other.
const MOST_ENVIRONMENTS: usize = 1 << 13;
/// Of Python 3, the minor versions that are tried.
const MINORS: std::ops::RangeInclusive<u64> = 0..=20;

/// Whether there may be an environment in which all of the markers hold.
pub fn may_hold(markers: &[&Marker]) -> bool {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    markers.iter().for_each(|marker| collect(marker, &mut values));
    let versions: Vec<String> = values.remove("python_full_version").unwrap_or_default();
    let others: Vec<(String, Vec<String>)> = values.into_iter().filter(|(name, _)| name != "extra").collect();
    let count = others.iter().try_fold(versions.len().max(1), |all, (_, values)| all.checked_mul(values.len()));
    let Some(count) = count.filter(|count| *count <= MOST_ENVIRONMENTS) else { return true };
    (0..count).any(|environment| {
        let mut left = environment;
        let mut digit = |base: usize| {
            let digit = left % base;
            left /= base;
            digit
        };
        let full = versions.get(digit(versions.len().max(1)));
        let chosen: Vec<(&str, &str)> =
            others.iter().map(|(name, values)| (name.as_str(), values[digit(values.len())].as_str())).collect();
        let value = |name: &str| match name {
            "python_full_version" => full.cloned(),
            "python_version" => full.map(|full| minor(full)),
            _ => chosen.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string()),
        };
        markers.iter().all(|marker| marker.holds(&value) != Some(false))
    })
}

/// `3.11` of `3.11.7`.
fn minor(full: &str) -> String {
    full.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// The values of each variable that the marker's texts tell apart, and one that it does not name.
fn collect(marker: &Marker, values: &mut BTreeMap<String, Vec<String>>) {
    let (name, text) = match marker {
        Marker::All(parts) | Marker::Any(parts) => return parts.iter().for_each(|part| collect(part, values)),
        Marker::Test(Operand::Variable(name), _, Operand::Text(text))
        | Marker::Test(Operand::Text(text), _, Operand::Variable(name)) => (name.as_str(), text),
        Marker::Test(..) => return,
    };
    if matches!(name, "python_version" | "python_full_version") {
        let known = values.entry("python_full_version".into()).or_insert_with(|| {
            let all = MINORS.flat_map(|minor| [format!("3.{minor}.0"), format!("3.{minor}.99")]);
            std::iter::once("2.7.18".to_string()).chain(all).collect()
        });
        // Two numbers are a minor version, which is there.
        return if text.split('.').count() > 2 {
            around(text, known)
        };
    }
    let known = values.entry(name.into()).or_insert_with(|| vec!["another".into()]);
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        if !known.iter().any(|value| value == word) && known.len() < MOST_ENVIRONMENTS {
            known.push(word.into());
        }
    }
}

/// The version and its neighbours.
fn around(text: &str, known: &mut Vec<String>) {
    let parts: Vec<u64> = text.split('.').filter_map(|part| part.parse().ok()).collect();
    let [major, minor, patch] = parts[..] else { return };
    if known.len() < MOST_ENVIRONMENTS {
        let patches = [patch.checked_sub(1), Some(patch), patch.checked_add(1)];
        known.extend(patches.into_iter().flatten().map(|patch| format!("{major}.{minor}.{patch}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_that_exclude_each_other() {
        for (a, b, may) in [
            ("python_version < '3.11'", "python_version >= '3.12'", false),
            ("python_version < '3.11'", "python_version >= '3.10'", true),
            ("python_full_version < '3.11.5'", "python_full_version >= '3.11.5' and python_version == '3.11'", false),
            ("python_full_version <= '3.11.5'", "python_full_version >= '3.11.5'", true),
            ("sys_platform == 'win32'", "sys_platform == 'linux'", false),
            ("sys_platform != 'win32'", "sys_platform != 'linux'", true),
            ("sys_platform == 'win32'", "os_name != 'nt'", true),
            ("extra == 'a'", "extra == 'b'", true),
        ] {
            let (a, b) = (Marker::parse(a).unwrap(), Marker::parse(b).unwrap());
            assert_eq!(may_hold(&[&a, &b]), may, "{a:?} {b:?}");
        }
    }
}
