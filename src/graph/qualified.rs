//! Names with what tells their bearer from others of the same name.
//!
//! | spelling | finds the node that |
//! |---|---|
//! | `auth (Library)`, `Library:auth` | is called so and has the label |
//! | `syn@2.0.119` | is called so and has this `version` |
//! | `pkg:cargo/syn@2.0.119` | has this `identifier`, or has it among its `identifiers` |
//! | `k8s/web.yaml:7` | has this `file` and `line` |
//! | `web (k8s/web.yaml:7)`, `syn (crate A)` | is called so and is there, or has the identifier |
//! | `auth #12`, `#12` | has this number |
//!
//! [`NameIndex::spelling`] gives one that [`NameIndex::resolve`] leads back to the node, so what is shown can be typed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fold::bracketed;
use super::naming::name_of;
use super::{Entity, EntitySource, Graph, LabelId, NameIndex, NodeId, Resolution, Value, format_float};

/// More nodes of one name are listed with their numbers: each is compared with all others.
const MANY: usize = 100;

/// Nodes by file and line.
pub(super) type Places = BTreeMap<Arc<str>, BTreeMap<i64, Vec<NodeId>>>;

impl NameIndex {
    /// The nodes that a text with a label, a version, an identifier, a place or a number means.
    pub(super) fn qualified(&self, graph: &Graph, text: &str) -> Vec<NodeId> {
        first_found(&[
            &|| self.identified(text).collect(),
            &|| self.labelled(graph, text),
            &|| self.versioned(graph, text),
            &|| self.placed(graph, text),
            &|| self.numbered(graph, text),
            &|| self.named_at(graph, text),
        ])
    }

    /// `auth (Library)`, `Library:auth`, `syn@2.0 (Library)`
    fn labelled(&self, graph: &Graph, text: &str) -> Vec<NodeId> {
        let before = text.split_once(':').map(|(label, name)| (name, label));
        let with_label = |(name, label): (&str, &str)| {
            let is_it = |own: &LabelId| graph.label_name(*own).eq_ignore_ascii_case(label.trim());
            let found = match graph.labels().any(|label| is_it(&label)) {
                true => first_found(&[&|| self.find(name.trim()), &|| self.versioned(graph, name.trim())]),
                false => Vec::new(),
            };
            found.into_iter().filter(|node| graph.node_labels(*node).iter().any(is_it)).collect()
        };
        let readings = [bracketed(text), before].map(|reading| move || reading.map_or_else(Vec::new, with_label));
        first_found(&[&readings[0], &readings[1]])
    }

    /// `web (k8s/web.yaml:7)`, `syn (crate A)`
    fn named_at(&self, graph: &Graph, text: &str) -> Vec<NodeId> {
        let Some((name, inside)) = bracketed(text) else { return Vec::new() };
        let named = self.find(name);
        if named.is_empty() {
            return named;
        }
        let there = first_found(&[&|| self.identified(inside).collect(), &|| self.placed(graph, inside)]);
        there.into_iter().filter(|node| named.contains(node)).collect()
    }

    /// `syn@2.0.119`
    fn versioned(&self, graph: &Graph, text: &str) -> Vec<NodeId> {
        let Some((name, version)) = text.rsplit_once('@') else { return Vec::new() };
        if name.is_empty() || version.is_empty() {
            return Vec::new();
        }
        let has_version = |node: &NodeId| version_of(graph, *node).is_some_and(|own| own == version);
        self.find(name).into_iter().filter(has_version).collect()
    }

    /// `auth #12`, `#12`
    fn numbered(&self, graph: &Graph, text: &str) -> Vec<NodeId> {
        let Some((name, number)) = text.rsplit_once('#') else { return Vec::new() };
        let number = number.parse().ok().filter(|number| *number < graph.node_bound());
        let node = number.map(NodeId::new).filter(|node| !graph.is_deleted(Entity::Node(*node)));
        let name = name.trim_end();
        node.into_iter().filter(|node| name.is_empty() || self.find(name).contains(node)).collect()
    }

    /// `k8s/web.yaml:7`
    fn placed(&self, graph: &Graph, text: &str) -> Vec<NodeId> {
        let place = text.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse::<i64>().ok()?)));
        let found = place.and_then(|(file, line)| self.places.get_or_init(|| all_places(graph)).get(file)?.get(&line));
        found.cloned().unwrap_or_default()
    }

    /// What the node is called, with no more than is needed to find it by: its label, its version, an identifier, its
    /// place in a file, or its number.
    pub fn spelling(&self, graph: &Graph, node: NodeId) -> String {
        self.first_fitting(graph, node, self.spellings_of(graph, node))
    }

    /// As [`NameIndex::spelling`], with a label even where the name would do: for those who choose among meanings.
    pub fn meaning(&self, graph: &Graph, node: NodeId) -> String {
        let mut spellings = self.spellings_of(graph, node);
        let plain = spellings.len().min(1);
        spellings.rotate_left(plain);
        self.first_fitting(graph, node, spellings)
    }

    fn first_fitting(&self, graph: &Graph, node: NodeId, spellings: Vec<String>) -> String {
        let fits = |text: &String| self.resolve(graph, text) == Resolution::One(node);
        spellings.into_iter().find(fits).unwrap_or_else(|| format!("#{}", node.index()))
    }

    /// The likeliest first.
    fn spellings_of(&self, graph: &Graph, node: NodeId) -> Vec<String> {
        let labels = || graph.node_labels(node).iter().map(|label| graph.label_name(*label));
        let mut spellings = Vec::new();
        let title = graph.title(node);
        if let Some(title) = &title {
            spellings.push(title.to_string());
            spellings.extend(labels().map(|label| format!("{title} ({label})")));
            if let Some(version) = version_of(graph, node) {
                spellings.push(format!("{title}@{version}"));
                spellings.extend(labels().map(|label| format!("{title}@{version} ({label})")));
            }
        }
        let place = match (graph.property_by_name(node, "file"), graph.property_by_name(node, "line")) {
            (Value::String(file), Value::Integer(line)) => Some(format!("{file}:{line}")),
            _ => None,
        };
        for found_by in identifiers_of(graph, node).iter().map(|identifier| identifier.to_string()).chain(place) {
            // `pkg:cargo/syn@2.0.119` says the name itself.
            let named = title.as_ref().filter(|title| !found_by.contains(&***title));
            spellings.extend(named.map(|title| format!("{title} ({found_by})")));
            spellings.push(found_by);
        }
        spellings.extend(title.map(|title| format!("{title} #{}", node.index())));
        spellings
    }
}

/// What the first reading finds that finds something.
fn first_found(readings: &[&dyn Fn() -> Vec<NodeId>]) -> Vec<NodeId> {
    readings.iter().map(|reading| reading()).find(|found| !found.is_empty()).unwrap_or_default()
}

/// What the nodes are called in a sentence that lists them: those of one name with a label or a version, if it is theirs
/// alone, else with their numbers.
pub fn names_apart(graph: &Graph, nodes: &[NodeId]) -> Vec<String> {
    let mut by_name: BTreeMap<Arc<str>, BTreeSet<NodeId>> = BTreeMap::new();
    for node in nodes {
        by_name.entry(name_of(graph, *node)).or_default().insert(*node);
    }
    let apart = |node: NodeId| {
        let name = name_of(graph, node);
        let twins = || by_name[&name].iter().filter(|other| **other != node);
        match by_name[&name].len() {
            1 => return name.to_string(),
            2..=MANY => {}
            _ => return format!("{name} #{}", node.index()),
        }
        let own_label =
            graph.node_labels(node).iter().find(|label| !twins().any(|twin| graph.has_label(*twin, **label)));
        let version = version_of(graph, node);
        let own_version = version.filter(|own| twins().all(|twin| version_of(graph, *twin).as_ref() != Some(own)));
        match (own_label, own_version) {
            (Some(label), _) => format!("{name} ({})", graph.label_name(*label)),
            (None, Some(version)) => format!("{name}@{version}"),
            (None, None) => format!("{name} #{}", node.index()),
        }
    };
    nodes.iter().map(|node| apart(*node)).collect()
}

/// A name in quotes, as a statement takes it.
pub fn in_quotes(name: &str) -> String {
    let quote = if name.contains('\'') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in name.chars() {
        if c == quote || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push(quote);
    out
}

/// What identifies the node in other files: `identifier` and `identifiers`.
pub(super) fn identifiers_of(graph: &Graph, node: NodeId) -> Vec<Arc<str>> {
    let mut identifiers = Vec::new();
    if let Value::String(identifier) = graph.property_by_name(node, "identifier") {
        identifiers.push(identifier);
    }
    if let Value::List(list) = graph.property_by_name(node, "identifiers") {
        identifiers.extend(list.iter().filter_map(|item| match item {
            Value::String(identifier) => Some(identifier.clone()),
            _ => None,
        }));
    }
    identifiers
}

fn version_of(graph: &Graph, node: NodeId) -> Option<String> {
    match graph.property_by_name(node, "version") {
        Value::String(version) => Some(version.to_string()),
        Value::Integer(version) => Some(version.to_string()),
        Value::Float(version) => Some(format_float(version)),
        _ => None,
    }
}

fn all_places(graph: &Graph) -> Places {
    let mut places = Places::new();
    if let Some((file, line)) = graph.key("file").zip(graph.key("line")) {
        for node in graph.nodes() {
            if let (Value::String(file), Value::Integer(line)) =
                (graph.property(node, file), graph.property(node, line))
            {
                places.entry(file).or_default().entry(line).or_default().push(node);
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> Graph {
        let mut graph = Graph::new();
        let rows: [(&str, &[(&str, &str)]); 8] = [
            ("Service", &[("name", "auth")]),
            ("Library", &[("name", "auth")]),
            ("Crate", &[("name", "syn"), ("version", "1.0.9"), ("identifier", "pkg:cargo/syn@1.0.9")]),
            ("Crate", &[("name", "syn"), ("version", "2.0.119")]),
            ("Crate", &[("name", "twin"), ("version", "1"), ("identifier", "crate twin A")]),
            ("Crate", &[("name", "twin"), ("version", "1"), ("file", "b/Cargo.lock")]),
            ("Crate", &[("name", "twin"), ("version", "1")]),
            ("Package", &[("name", "@babel/core"), ("version", "7.1.0")]),
        ];
        for (label, properties) in rows {
            let node = graph.create_node();
            let label = graph.intern_label(label);
            graph.add_label(node, label);
            for (key, value) in properties {
                let key = graph.intern_key(key);
                graph.set_property(node, key, Value::from(*value));
            }
        }
        let line = graph.intern_key("line");
        graph.set_property(NodeId::new(5), line, Value::Integer(7));
        let identifiers = graph.intern_key("identifiers");
        graph.set_property(NodeId::new(3), identifiers, Value::list(["pkg:cargo/syn@2.0.119".into()]));
        graph
    }

    fn found(text: &str) -> Vec<usize> {
        let graph = graph();
        match NameIndex::build(&graph).resolve(&graph, text) {
            Resolution::One(node) => vec![node.index()],
            Resolution::Several(nodes) => nodes.into_iter().map(|node| node.index()).collect(),
            Resolution::Unknown { .. } => Vec::new(),
        }
    }

    #[test]
    fn what_tells_nodes_apart_finds_them() {
        for (text, nodes) in [
            ("auth", &[0, 1][..]),
            ("auth (Library)", &[1]),
            ("AUTH (library)", &[1]),
            ("Library:auth", &[1]),
            ("library: auth", &[1]),
            ("auth (Host)", &[0, 1]),
            ("Host:auth", &[]),
            ("syn@2.0.119", &[3]),
            ("syn@1.0.9 (Crate)", &[2]),
            ("syn@3", &[]),
            ("syn@", &[]),
            ("@babel/core", &[7]),
            ("@babel/core@7.1.0", &[7]),
            ("pkg:cargo/syn@1.0.9", &[2]),
            ("pkg:cargo/syn@2.0.119", &[3]),
            ("b/Cargo.lock:7", &[5]),
            ("b/Cargo.lock:8", &[]),
            ("twin (b/Cargo.lock:7)", &[5]),
            ("twin (crate twin A)", &[4]),
            ("#6", &[6]),
            ("twin #6", &[6]),
            ("syn #6", &[]),
            ("#99", &[]),
        ] {
            assert_eq!(found(text), nodes, "{text}");
        }
    }

    #[test]
    fn lists_tell_nodes_apart() {
        let list = |numbers: &[usize]| {
            let nodes: Vec<NodeId> = numbers.iter().map(|number| NodeId::new(*number)).collect();
            names_apart(&graph(), &nodes).join(", ")
        };
        assert_eq!(list(&[0, 2, 7]), "auth, syn, @babel/core");
        assert_eq!(list(&[1, 0, 1]), "auth (Library), auth (Service), auth (Library)");
        assert_eq!(list(&[3, 2, 5, 6]), "syn@2.0.119, syn@1.0.9, twin #5, twin #6");
    }

    #[test]
    fn every_spelling_leads_back() {
        let graph = graph();
        let index = NameIndex::build(&graph);
        let spelled: Vec<String> = graph.nodes().map(|node| index.spelling(&graph, node)).collect();
        let expected = [
            "auth (Service)",
            "auth (Library)",
            "syn@1.0.9",
            "syn@2.0.119",
            "crate twin A",
            "twin (b/Cargo.lock:7)",
            "twin #6",
            "@babel/core",
        ];
        assert_eq!(spelled, expected);
        for (number, text) in spelled.iter().enumerate() {
            assert_eq!(found(text), [number], "{text}");
        }
    }
}
