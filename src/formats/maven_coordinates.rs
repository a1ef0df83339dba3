//! Maven's coordinates as `dependency:tree` writes them: `group:artifact:packaging[:classifier]:version[:scope]`, and
//! what follows in brackets.

/// The fields of a label; empty where it has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Coordinates<'a> {
    pub group: &'a str,
    pub artifact: &'a str,
    pub packaging: &'a str,
    pub classifier: &'a str,
    pub version: &'a str,
    /// Empty for the root.
    pub scope: &'a str,
    pub optional: bool,
}

const SCOPES: &[&str] = &["compile", "provided", "runtime", "test", "system", "import"];

/// The coordinates in a label, if it is nothing else: 4 fields for the root, 5, or 6 with a classifier before the
/// version. A root with a classifier has 5 fields, too; its last is not a scope.
pub(super) fn parse(label: &str) -> Option<Coordinates<'_>> {
    let (fields, remarks) = label.trim().split_once(' ').unwrap_or((label.trim(), ""));
    let optional = remarks.split(['(', ')', ';', ' ']).any(|word| word == "optional");
    let fields: Vec<&str> = fields.split(':').collect();
    if fields.iter().any(|field| field.is_empty()) || !(remarks.is_empty() || remarks.starts_with('(')) {
        return None;
    }
    let coordinates = match fields[..] {
        [group, artifact, packaging, version] => Coordinates { group, artifact, packaging, version, ..empty() },
        [group, artifact, packaging, version, scope] if SCOPES.contains(&scope) => {
            Coordinates { group, artifact, packaging, version, scope, ..empty() }
        }
        [group, artifact, packaging, classifier, version] => {
            Coordinates { group, artifact, packaging, classifier, version, ..empty() }
        }
        [group, artifact, packaging, classifier, version, scope] if SCOPES.contains(&scope) => {
            Coordinates { group, artifact, packaging, classifier, version, scope, ..empty() }
        }
        _ => return None,
    };
    Some(Coordinates { optional, ..coordinates })
}

fn empty() -> Coordinates<'static> {
    Coordinates::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_by_their_count() {
        let of = |label| parse(label).map(|c| (c.artifact, c.packaging, c.classifier, c.version, c.scope, c.optional));
        assert_eq!(of("a:b:jar:1"), Some(("b", "jar", "", "1", "", false)));
        assert_eq!(of("a:b:jar:1:test"), Some(("b", "jar", "", "1", "test", false)));
        assert_eq!(of("a:b:jar:linux:1:runtime"), Some(("b", "jar", "linux", "1", "runtime", false)));
        assert_eq!(of("a:b:jar:linux:1"), Some(("b", "jar", "linux", "1", "", false)));
        assert_eq!(of("a:b:jar:1:compile (optional)"), Some(("b", "jar", "", "1", "compile", true)));
        assert_eq!(of("a:b:jar:1:compile (scope not updated to x)").map(|c| c.5), Some(false));
        for label in ["", "a:b", "a:b:c", "//a:b:c:d e", "a::c:d", "a:b:c:d:e:f", "a:b:c:d:e:f:g"] {
            assert_eq!(of(label), None, "{label}");
        }
    }
}
