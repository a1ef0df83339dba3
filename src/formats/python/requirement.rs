//! Requirements as PEP 508 writes them: `requests[socks]>=2.8.1,==2.8.*; python_version < "2.7"`.

/// What a requirement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement<'a> {
    /// As it is written.
    pub name: &'a str,
    pub extras: Vec<&'a str>,
    /// The range, or the address after `@`; empty if any version will do.
    pub range: &'a str,
    pub marker: &'a str,
}

impl<'a> Requirement<'a> {
    pub fn parse(text: &'a str) -> Option<Requirement<'a>> {
        let text = text.trim();
        let end = text.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if name.is_empty() {
            return None;
        }
        let rest = rest.trim_start();
        let (extras, rest) = match rest.strip_prefix('[') {
            Some(inside) => inside.split_once(']')?,
            None => ("", rest),
        };
        let extras = extras.split(',').map(str::trim).filter(|extra| !extra.is_empty()).collect();
        let rest = rest.trim();
        let (range, marker) = match rest.strip_prefix('@') {
            // An address may hold a semicolon: the marker comes after a blank.
            Some(address) => address.trim().split_once(" ;").unwrap_or((address.trim(), "")),
            None => rest.split_once(';').unwrap_or((rest, "")),
        };
        let range = range.trim();
        let range = range.strip_prefix('(').and_then(|range| range.strip_suffix(')')).unwrap_or(range).trim();
        Some(Requirement { name, extras, range, marker: marker.trim() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_taken_apart() {
        for (text, name, extras, range, marker) in [
            ("six", "six", &[][..], "", ""),
            ("a[b, c]>=1,<2 ; os_name == 'nt'", "a", &["b", "c"], ">=1,<2", "os_name == 'nt'"),
            ("Foo.Bar (>=1.0)", "Foo.Bar", &[], ">=1.0", ""),
            ("pip @ https://x.org/a;b.zip ; os_name=='nt'", "pip", &[], "https://x.org/a;b.zip", "os_name=='nt'"),
            ("a==1;extra=='x'", "a", &[], "==1", "extra=='x'"),
        ] {
            let requirement = Requirement { name, extras: extras.to_vec(), range, marker };
            assert_eq!(Requirement::parse(text), Some(requirement));
        }
        assert_eq!(Requirement::parse(" >=1"), None);
        assert_eq!(Requirement::parse("a[b"), None);
    }
}
