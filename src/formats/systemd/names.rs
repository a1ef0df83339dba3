//! Names of units: types, templates, specifiers, paths.

const TYPES: [&str; 11] =
    ["service", "socket", "device", "mount", "automount", "swap", "target", "path", "timer", "slice", "scope"];

/// What a file is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Unit(String),
    /// A file of `NAME.d/`.
    DropIn(String),
    Unknown,
}

pub(super) fn is_unit(name: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@%".contains(c);
    let typed = name.rsplit_once('.').is_some_and(|(prefix, kind)| !prefix.is_empty() && TYPES.contains(&kind));
    typed && name.len() <= 255 && name.chars().all(is_name)
}

/// The unit that a path is about. A drop-in for all units of a type, or whose names begin alike, is for `*`.
pub(super) fn subject(path: &str) -> Subject {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = folder.rsplit_once('/').map_or(folder, |(_, parent)| parent);
    if let Some(unit) = parent.strip_suffix(".d").filter(|_| name.ends_with(".conf")) {
        return match unit.rsplit_once('.') {
            _ if TYPES.contains(&unit) => Subject::DropIn(format!("*.{unit}")),
            Some((prefix, kind)) if prefix.ends_with('-') => Subject::DropIn(format!("{prefix}*.{kind}")),
            _ if is_unit(unit) => Subject::DropIn(unit.to_string()),
            _ => Subject::Unknown,
        };
    }
    // Sources are named `x.service.in`.
    let name = name.strip_suffix(".in").unwrap_or(name);
    if is_unit(name) { Subject::Unit(name.to_string()) } else { Subject::Unknown }
}

/// Whether a path is in the search path of users' managers: systemd.unit(5), "User Unit Search Path".
pub(super) fn is_user(path: &str) -> bool {
    path.contains("systemd/user/")
}

/// The template of an instance: `getty@.service` of `getty@tty1.service`.
pub(super) fn template(name: &str) -> Option<String> {
    let (prefix, rest) = name.split_once('@')?;
    let (instance, kind) = rest.rsplit_once('.')?;
    (!instance.is_empty()).then(|| format!("{prefix}@.{kind}"))
}

/// A name with the specifiers replaced that the unit's own name gives. In a template, the instance that is to come is
/// left out, so that a template names templates.
pub(super) fn expanded(word: &str, unit: &str) -> String {
    if unit.contains('*') {
        return word.to_string();
    }
    let (stem, _) = unit.rsplit_once('.').unwrap_or((unit, ""));
    let (prefix, instance) = stem.split_once('@').map_or((stem, None), |(prefix, instance)| (prefix, Some(instance)));
    let mut out = String::new();
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let specifier = after.chars().next();
        let value = match specifier {
            Some('n') => Some(unit),
            Some('N') => Some(stem),
            Some('p' | 'P') => Some(prefix),
            Some('j') => Some(prefix.rsplit('-').next().unwrap_or(prefix)),
            Some('i' | 'I') => instance.filter(|instance| !instance.is_empty() || out.ends_with('@')),
            Some('%') => Some("%"),
            _ => None,
        };
        match (specifier, value) {
            (Some(specifier), Some(value)) => {
                out.push_str(value);
                rest = &after[specifier.len_utf8()..];
            }
            _ => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The unit of a path, as systemd-escape --path makes it.
pub(super) fn of_path(path: &str, kind: &str) -> String {
    let mut name = String::new();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for (at, byte) in parts.join("/").bytes().enumerate() {
        match byte {
            b'/' => name.push('-'),
            b'.' if at == 0 => name.push_str("\\x2e"),
            b':' | b'_' | b'.' => name.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => name.push(byte.into()),
            _ => name.push_str(&format!("\\x{byte:02x}")),
        }
    }
    format!("{}.{kind}", if name.is_empty() { "-" } else { &name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_unit_a_file_is_about() {
        let (unit, drop_in) = (|name: &str| Subject::Unit(name.into()), |name: &str| Subject::DropIn(name.into()));
        for (path, expected) in [
            ("/etc/systemd/system/a.service", unit("a.service")),
            ("a@b.timer", unit("a@b.timer")),
            ("src/a.service.in", unit("a.service")),
            ("x/a.service.d/b.conf", drop_in("a.service")),
            ("service.d/b.conf", drop_in("*.service")),
            ("user-.slice.d/b.conf", drop_in("user-*.slice")),
            ("nginx/conf.d/b.conf", Subject::Unknown),
            ("a.units", Subject::Unknown),
        ] {
            assert_eq!(subject(path), expected, "{path}");
        }
    }

    #[test]
    fn specifiers_of_names() {
        for (word, unit, expected) in [
            ("b@%i.service", "a@x.service", "b@x.service"),
            ("b@%i.service", "a@.service", "b@.service"),
            ("dev-%i.device", "a@.service", "dev-%i.device"),
            ("%p.socket", "a@x.service", "a.socket"),
            ("%N-%j-%%-%H.target", "a-b.service", "a-b-b-%-%H.target"),
            ("x%", "a.service", "x%"),
            ("x-%j.service", "user-*.slice", "x-%j.service"),
        ] {
            assert_eq!(expanded(word, unit), expected, "{word} in {unit}");
        }
    }

    #[test]
    fn paths_become_units() {
        // systemd-escape --path, 252.
        assert_eq!(of_path("/dev/disk/by-uuid/1-2", "device"), "dev-disk-by\\x2duuid-1\\x2d2.device");
        assert_eq!((of_path("/", "mount"), of_path("//.a//b/", "mount")), ("-.mount".into(), "\\x2ea-b.mount".into()));
    }
}
