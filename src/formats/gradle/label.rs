//! A line of Gradle's tree: `org.a:b:1.0 -> 1.2 (*)`.
//!
//! Written from Gradle's SimpleNodeRenderer and the page "Viewing and Debugging Dependencies" of its manual.

/// What a line names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named<'a> {
    /// By its path: `:lib`.
    Project(&'a str),
    Module {
        group: &'a str,
        artifact: &'a str,
        version: &'a str,
    },
    /// A file, or what has no group.
    Other(&'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Resolved,
    /// `(c)`: a constraint, not a need.
    Constraint,
    /// `(n)`: declared in a configuration that is not resolved.
    Declared,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label<'a> {
    pub end: Named<'a>,
    /// The version, or the range, that was asked for.
    pub requested: &'a str,
    pub state: State,
}

pub fn parse(text: &str) -> Label<'_> {
    let (mut text, mut state) = (text.trim(), State::Resolved);
    const REMARKS: &[(&str, Option<State>)] = &[
        (" (*)", None),
        (" (c)", Some(State::Constraint)),
        (" (n)", Some(State::Declared)),
        (" (u)", Some(State::Declared)),
        (" FAILED", Some(State::Failed)),
    ];
    while let Some((rest, means)) = REMARKS.iter().find_map(|(remark, means)| Some((text.strip_suffix(remark)?, means)))
    {
        (text, state) = (rest.trim_end(), means.unwrap_or(state));
    }
    let (asked, selected) = text.split_once(" -> ").unwrap_or((text, ""));
    let asked = named(asked);
    let requested = match asked {
        Named::Module { version, .. } => plain(version),
        Named::Project(_) | Named::Other(_) => "",
    };
    let end = match (asked, named(selected)) {
        (_, Named::Other("")) => asked,
        // Only another version of the same module.
        (Named::Module { group, artifact, .. }, Named::Other(version)) => Named::Module { group, artifact, version },
        (_, selected) => selected,
    };
    Label { end, requested, state }
}

fn named(text: &str) -> Named<'_> {
    let text = text.trim();
    if let Some(path) = text.strip_prefix("project ").or_else(|| text.strip_prefix("root project ")) {
        return Named::Project(path.trim_matches(['\'', ' ']));
    }
    match text.split_once(':') {
        Some((group, rest)) if !group.is_empty() => {
            let (artifact, version) = rest.split_once(':').unwrap_or((rest, ""));
            Named::Module { group, artifact, version: plain(version) }
        }
        _ => Named::Other(text),
    }
}

/// The version in `{strictly 1.0}` and in `{strictly 1.0; prefer 0.9}`.
fn plain(version: &str) -> &str {
    let inside = version.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let Some(inside) = inside else { return version };
    let first = inside.split(';').next().unwrap_or(inside).trim();
    first.split_once(' ').map_or(first, |(_, version)| version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module<'a>(group: &'a str, artifact: &'a str, version: &'a str) -> Named<'a> {
        Named::Module { group, artifact, version }
    }

    #[test]
    fn labels_of_all_kinds() {
        for (text, end, requested, state) in [
            ("org.a:b:1.0", module("org.a", "b", "1.0"), "1.0", State::Resolved),
            ("org.a:b:1.0 -> 1.2 (*)", module("org.a", "b", "1.2"), "1.0", State::Resolved),
            ("org.a:b -> 1.2", module("org.a", "b", "1.2"), "", State::Resolved),
            ("org.a:b: -> 1.2", module("org.a", "b", "1.2"), "", State::Resolved),
            ("org.a:b:1.0 -> org.c:d:2.0", module("org.c", "d", "2.0"), "1.0", State::Resolved),
            ("org.a:b:[1,2) -> project :x:y (*)", Named::Project(":x:y"), "[1,2)", State::Resolved),
            ("org.a:b:{strictly 1.0} -> 1.0 (c)", module("org.a", "b", "1.0"), "1.0", State::Constraint),
            ("project :x", Named::Project(":x"), "", State::Resolved),
            ("root project : (*)", Named::Project(":"), "", State::Resolved),
            ("project lib (n)", Named::Project("lib"), "", State::Declared),
            ("unspecified (n)", Named::Other("unspecified"), "", State::Declared),
            ("org.a:b:1.0 FAILED", module("org.a", "b", "1.0"), "1.0", State::Failed),
            ("org.a:b:1.0 -> 2.0 FAILED", module("org.a", "b", "2.0"), "1.0", State::Failed),
        ] {
            assert_eq!(parse(text), Label { end, requested, state }, "{text}");
        }
    }
}
