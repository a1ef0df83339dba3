//! `terraform graph`: addresses, with the modules they are part of.

use std::borrow::Cow;

use super::model::{Edge, Graph, get};
use super::producers::{Described, Related, need};
use crate::graph::Value;

/// An address in parts: `module.a.module.b["x"].aws_vpc.main`.
struct Address<'a> {
    /// `module.a.module.b["x"]`; empty for the root.
    module: &'a str,
    rest: &'a str,
}

/// An id of the long form without `[root] ` and what follows in brackets: `(expand)`, `(close)`.
fn address(id: &str) -> (&str, &str) {
    let id = id.strip_prefix("[root] ").unwrap_or(id);
    match id.rsplit_once(" (") {
        Some((address, phase)) if phase.ends_with(')') => (address, phase.trim_end_matches(')')),
        _ => (id, ""),
    }
}

/// Where the part of an address ends that begins here: at a point outside brackets and quotation marks.
fn part_end(text: &str) -> usize {
    let (mut is_quoted, mut depth) = (false, 0usize);
    for (at, c) in text.char_indices() {
        match c {
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => depth += 1,
            ']' if !is_quoted => depth = depth.saturating_sub(1),
            '.' if !is_quoted && depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// Modules inside each other.
const DEEPEST: usize = 32;

fn split(address: &str) -> Address<'_> {
    let mut end = 0;
    for _ in 0..DEEPEST {
        let Some(rest) = address[end..].trim_start_matches('.').strip_prefix("module.") else { break };
        end = address.len() - rest.len() + part_end(rest);
    }
    Address { module: &address[..end], rest: address[end..].trim_start_matches('.') }
}

/// Whether the address is one of a resource, with or without `data.`.
fn is_resource(address: &str) -> bool {
    let rest = split(address).rest;
    let rest = rest.strip_prefix("data.").unwrap_or(rest);
    let (kind, name) = rest.split_at(part_end(rest));
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let name = name.strip_prefix('.').unwrap_or_default();
    let (name, index) = name.split_at(name.find('[').unwrap_or(name.len()));
    let is_name = |text: &str| !text.is_empty() && text.chars().all(is_word);
    is_name(kind) && is_name(name) && (index.is_empty() || index.ends_with(']'))
}

/// The short form (1.7 and later): nothing but its looks tells it.
pub(super) fn is_short(graph: &Graph) -> bool {
    let looks = get(&graph.groups[0].attributes, "rankdir").is_some_and(|way| way.text == "RL");
    let font =
        |node: &super::model::Node| get(&node.attributes, "fontname").is_some_and(|font| font.text == "sans-serif");
    looks && !graph.nodes.is_empty() && graph.nodes.iter().all(|node| is_resource(&node.id) && font(node))
}

/// What a node is; none for `root` and the ends of providers.
pub(super) fn resource(id: &str) -> Option<Described> {
    let (address, phase) = address(id);
    if address == "root" || (phase == "close" && provider(address).is_some()) {
        return None;
    }
    Some(described(address))
}

fn described(address: &str) -> Described {
    let Address { module, rest } = split(address);
    let of = |key: &'static str, value: &str| (Cow::Borrowed(key), Value::from(value));
    let mut described = Described { key: address.to_string(), name: address.to_string(), ..Described::default() };
    if rest.is_empty() {
        described.labels.push(Cow::Borrowed("Module"));
        described.part_of = parent(module).map(|parent| Box::new(self::described(parent)));
        return described;
    }
    if let Some(source) = provider(rest) {
        described.labels.push(Cow::Borrowed("Provider"));
        described.properties.push(of("source", source));
        let short = source.strip_prefix("registry.terraform.io/").unwrap_or(source);
        described.aliases.push(short.to_string());
    } else {
        const LABELS: &[(&str, &str)] =
            &[("var.", "Variable"), ("output.", "Output"), ("local.", "Local"), ("data.", "DataSource")];
        let label = LABELS.iter().find(|(start, _)| rest.starts_with(start)).map_or("Resource", |(_, label)| label);
        described.labels.push(Cow::Borrowed(label));
        if is_resource(rest) && (label == "Resource" || label == "DataSource") {
            let bare = rest.strip_prefix("data.").unwrap_or(rest);
            described.properties.push(of("type", &bare[..part_end(bare)]));
        }
    }
    if !module.is_empty() {
        described.part_of = Some(Box::new(self::described(module)));
    }
    described
}

/// The module around a module.
fn parent(module: &str) -> Option<&str> {
    let mut end = 0;
    let mut parent = None;
    while let Some(rest) = module[end..].trim_start_matches('.').strip_prefix("module.") {
        parent = (end > 0).then_some(&module[..end]);
        end = module.len() - rest.len() + part_end(rest);
    }
    parent
}

/// The source of a provider: `provider["registry.terraform.io/hashicorp/aws"].west`.
fn provider(address: &str) -> Option<&str> {
    let rest = split(address).rest;
    rest.strip_prefix("provider[\"")?.split('"').next()
}

/// What an edge of the long form says; nothing if it only orders the end of a run.
pub(super) fn edge(graph: &Graph, edge: &Edge) -> Option<Related> {
    let [(tail, phase), (head, _)] = [edge.tail, edge.head].map(|node| address(&graph.nodes[node as usize].id));
    let of_end = tail == "root" || (phase == "close" && provider(tail).is_some());
    let is_inside = |part: &str, whole: &str| part != whole && split(part).module.starts_with(whole);
    if of_end || head == "root" {
        return None;
    }
    // `module.a (close)` comes after all that is inside; what is inside comes after `module.a (expand)`.
    let is_module = |address: &str| split(address).rest.is_empty();
    if (is_module(tail) && phase == "close" && is_inside(head, tail)) || (is_module(head) && is_inside(tail, head)) {
        return None;
    }
    Some(need())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_parts() {
        for (address, module, rest) in [
            ("aws_vpc.main", "", "aws_vpc.main"),
            ("module.a.aws_vpc.main", "module.a", "aws_vpc.main"),
            ("module.a[\"x.y\"].module.b.data.aws_ami.z", "module.a[\"x.y\"].module.b", "data.aws_ami.z"),
            ("module.a", "module.a", ""),
            (
                "provider[\"registry.terraform.io/hashicorp/aws\"]",
                "",
                "provider[\"registry.terraform.io/hashicorp/aws\"]",
            ),
        ] {
            let parts = split(address);
            assert_eq!((parts.module, parts.rest), (module, rest), "{address}");
        }
        assert_eq!(parent("module.a.module.b"), Some("module.a"));
        assert_eq!(parent("module.a"), None);
        assert_eq!(provider("provider[\"x/y\"].west"), Some("x/y"));
        assert!(is_resource("data.aws_ami.x[0]") && !is_resource("web") && !is_resource("a.js.map x"));
    }
}
