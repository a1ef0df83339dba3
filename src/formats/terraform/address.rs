//! Addresses: `module.db["a"].data.aws_ami.this[0]`.

/// The address without the keys of `count` and `for_each`.
pub(super) fn without_keys(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let (mut depth, mut is_quoted, mut is_escaped) = (0usize, false, false);
    for c in address.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' if depth > 0 => is_quoted = !is_quoted,
            '[' if !is_quoted => depth += 1,
            ']' if !is_quoted => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The parts of an address or reference; keys stay with the part before them.
pub(super) fn parts(address: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut is_quoted, mut is_escaped) = (0, 0usize, false, false);
    for (at, c) in address.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' if depth > 0 => is_quoted = !is_quoted,
            '[' if !is_quoted => depth += 1,
            ']' if !is_quoted => depth = depth.saturating_sub(1),
            '.' if depth == 0 => {
                parts.push(&address[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&address[start..]);
    parts
}

/// The path of the module that an address without keys is in; `None` for the root.
pub(super) fn module_of(address: &str) -> Option<&str> {
    let mut end = 0;
    let mut rest = address;
    // A module's own path ends in its name: the module around it is meant.
    while let Some(inside) = rest.strip_prefix("module.").and_then(|inside| inside.split_once('.')) {
        end += "module.".len() + inside.0.len() + 1;
        rest = inside.1;
    }
    (end > 0).then(|| &address[..end - 1])
}

fn own(address: &str) -> &str {
    module_of(address).map_or(address, |module| &address[module.len() + 1..])
}

/// Whether a resource's address without keys is that of a data source.
pub(super) fn is_data(address: &str) -> bool {
    own(address).starts_with("data.")
}

pub(super) fn type_and_name(address: &str) -> (&str, &str) {
    let own = own(address);
    own.strip_prefix("data.").unwrap_or(own).split_once('.').unwrap_or((own, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fall_apart() {
        let address = "module.a[\"x.y]\\\"\"].module.b.data.t.n[0]";
        assert_eq!(without_keys(address), "module.a.module.b.data.t.n");
        assert_eq!(parts(address), ["module", "a[\"x.y]\\\"\"]", "module", "b", "data", "t", "n[0]"]);
        assert_eq!(module_of("module.a.module.b.t.n"), Some("module.a.module.b"));
        assert_eq!(
            (module_of("module.a.module.b"), module_of("module.a"), module_of("t.n")),
            (Some("module.a"), None, None)
        );
        assert!(is_data("module.a.data.t.n") && !is_data("module.data.t.n"));
        assert_eq!(type_and_name("module.a.data.t.n"), ("t", "n"));
    }
}
