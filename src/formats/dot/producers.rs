//! What the programs that draw graphs mean by their nodes and edges.
//!
//! Each was run on small input: Maven's dependency plugin 3.8.1, systemd 252, CMake 3.25.1, Nix 2.8.0, Terraform 1.11.4;
//! Bazel's writer was read (GraphOutputWriter.java).

use std::borrow::Cow;

use super::super::maven_coordinates::{self, Coordinates};
use super::lexer::Text;
use super::model::{Edge, Graph, Group, Node, get};
use super::{DEPENDS_ON, clusters, identity, is_kept, label, terraform, typed_value};
use crate::facts::Word;
use crate::graph::Value;

/// A thing that a node shows.
#[derive(Default)]
pub(super) struct Described {
    /// Nodes with the same key show the same thing.
    pub key: String,
    pub name: String,
    pub labels: Vec<Word>,
    pub aliases: Vec<String>,
    pub properties: Vec<(Word, Value)>,
    pub identifiers: Vec<String>,
    pub part_of: Option<Box<Described>>,
}

/// What an edge says beyond its attributes.
#[derive(Default)]
pub(super) struct Related {
    /// Else the attributes of the edge say it, or nothing does.
    pub relationship_type: Option<Word>,
    pub kind: Option<Cow<'static, str>>,
    /// The version asked for, and the one it got.
    pub versions: Option<(String, String)>,
    /// Whether the arrow is drawn from what is needed.
    pub is_turned: bool,
}

pub(super) struct Producer {
    /// Whether the program drew the graph.
    is_by: fn(&Graph) -> bool,
    pub node: fn(&Graph, &Node) -> Vec<Described>,
    pub edge: fn(&Graph, &Edge) -> Option<Related>,
    pub cluster: fn(&Group, String) -> Option<Described>,
    /// A cluster that explains the drawing.
    pub is_legend: fn(&Group) -> bool,
    /// What such a graph cannot know, and what to do.
    pub note: fn(&Graph) -> Option<(&'static str, &'static str)>,
    /// Whether a note says which edges are drawn backwards.
    pub tells_back: bool,
    /// Why edges are left out.
    pub left_out: &'static str,
}

const PLAIN: Producer = Producer {
    is_by: |_| true,
    node: |graph, node| vec![plain(graph, node)],
    edge: |_, _| Some(Related::default()),
    cluster: clusters::plain,
    is_legend: |_| false,
    note: |_| None,
    tells_back: true,
    left_out: "",
};

const PRODUCERS: &[Producer] = &[
    // kenning's own export, whose tooltips are labels.
    Producer {
        is_by: |graph| graph.name() == "kenning" && graph.is_directed,
        node: |graph, node| vec![exported(graph, node)],
        edge: |_, edge| {
            let label = get(&edge.attributes, "label").map(|label| label::parts(label, "", "", false).join(" "));
            Some(Related { relationship_type: label.map(Cow::Owned), ..Related::default() })
        },
        tells_back: false,
        ..PLAIN
    },
    Producer {
        is_by: |graph| graph.nodes.iter().any(|node| node.id.starts_with("[root] ")),
        node: |_, node| terraform::resource(&node.id).into_iter().collect(),
        edge: terraform::edge,
        note: |_| {
            Some((
                "terraform graph leaves out needs that follow from others (a transitive reduction)",
                "`terraform show -json` has all references",
            ))
        },
        left_out: "`root` and (close) nodes order the end of a run and need nothing",
        ..PLAIN
    },
    Producer {
        is_by: terraform::is_short,
        node: |_, node| terraform::resource(&node.id).into_iter().collect(),
        edge: |_, _| Some(need()),
        // Its modules come from the addresses.
        cluster: |_, _| None,
        note: |_| {
            Some((
                "terraform graph leaves out needs that follow from others, and all but resources",
                "`terraform graph -type=plan` has variables, outputs and providers, `terraform show -json` all references",
            ))
        },
        ..PLAIN
    },
    Producer {
        is_by: |graph| {
            maven_coordinates::parse(graph.name()).is_some() && all_nodes(graph, |id| coordinates(id).is_some())
        },
        node: |_, node| coordinates(&node.id).into_iter().collect(),
        edge: maven_edge,
        note: |graph| {
            let is_verbose = graph.nodes.iter().any(|node| node.id.starts_with('('));
            let what = "Maven's tree shows each artifact under one parent only: other needs of it are missing";
            (!is_verbose).then_some((what, "run `mvn dependency:tree -Dverbose`"))
        },
        ..PLAIN
    },
    Producer {
        is_by: |graph| graph.name() == "systemd" && graph.is_directed,
        node: |_, node| vec![unit(&node.id)],
        edge: |_, edge| Some(between_units(edge)),
        note: |_| {
            Some((
                "systemd-analyze dot draws neither BindsTo= nor PartOf= nor Upholds=",
                "ingest the unit files: kenning ingest /usr/lib/systemd/system",
            ))
        },
        ..PLAIN
    },
    Producer {
        is_by: |graph| graph.groups.iter().any(is_cmake_legend),
        node: |graph, node| target(graph, node).into_iter().collect(),
        edge: |graph, edge| (!is_legend_node(&graph.nodes[edge.tail as usize])).then(|| linked(edge)),
        is_legend: is_cmake_legend,
        note: |_| {
            Some((
                "cmake --graphviz draws what is linked; custom targets and their needs only if CMakeGraphVizOptions.cmake says so",
                "set(GRAPHVIZ_CUSTOM_TARGETS TRUE)",
            ))
        },
        ..PLAIN
    },
    Producer {
        is_by: |graph| graph.name() == "mygraph" && all_nodes(graph, |id| bazel_targets(id).all(is_bazel_target)),
        node: |_, node| bazel_targets(&node.id).filter(|line| !is_cut(line)).map(bazel).collect(),
        edge: |_, _| Some(need()),
        note: |graph| {
            let is_cut = |node: &Node| bazel_targets(&node.id).any(is_cut);
            let what = "Bazel cut long labels (`...and 12 more items`): those targets are missing";
            graph.nodes.iter().any(is_cut).then_some((what, "run bazel query with --graph:node_limit=-1"))
        },
        ..PLAIN
    },
    Producer {
        is_by: |graph| all_nodes(graph, |id| store_path(id).is_some()),
        node: |_, node| store_path(&node.id).into_iter().collect(),
        // Nix draws the arrow from what is referred to.
        edge: |_, _| Some(Related { is_turned: true, ..need() }),
        ..PLAIN
    },
];

pub(super) fn of(graph: &Graph) -> &'static Producer {
    const LAST: &Producer = &PLAIN;
    PRODUCERS.iter().find(|producer| (producer.is_by)(graph)).unwrap_or(LAST)
}

fn all_nodes(graph: &Graph, fits: impl Fn(&str) -> bool) -> bool {
    !graph.nodes.is_empty() && graph.nodes.iter().all(|node| fits(&node.id))
}

pub(super) fn need() -> Related {
    Related { relationship_type: Some(DEPENDS_ON), ..Related::default() }
}

/// A node as any program draws it: called by the first part of its label; its id is another name.
fn plain(graph: &Graph, node: &Node) -> Described {
    let is_record = get(&node.attributes, "shape").is_some_and(|shape| shape.text.to_lowercase().ends_with("record"));
    let unlabelled = Text { text: Cow::Borrowed("\\N"), ..Text::default() };
    let label = get(&node.attributes, "label").unwrap_or(&unlabelled);
    let is_parted = is_record || label.is_html;
    let parts = match label.text == "\\N" {
        // Escapes in an id are read as in a label.
        true => label::parts(&Text { text: node.id.clone(), ..Text::default() }, "", "", false),
        false => label::parts(label, &node.id, graph.name(), is_record),
    };
    let all = parts.join(" ");
    let name = if is_parted { parts.first().cloned().unwrap_or_default() } else { all.clone() };
    let name = if name.is_empty() { node.id.to_string() } else { name };
    let mut properties: Vec<(Word, Value)> = Vec::new();
    if name != node.id {
        properties.push((Cow::Borrowed("id"), Value::from(&*node.id)));
    }
    if is_parted && all != name {
        properties.push((Cow::Borrowed("label"), Value::from(all)));
    }
    for (key, value) in node.attributes.iter().filter(|(key, _)| is_kept(key)) {
        properties.push((Cow::Owned(key.to_string()), typed_value(value)));
    }
    let aliases = if name == node.id { Vec::new() } else { vec![node.id.to_string()] };
    Described { key: node.id.to_string(), name, aliases, properties, ..Described::default() }
}

fn exported(graph: &Graph, node: &Node) -> Described {
    let tip = get(&node.attributes, "tooltip").map_or("", |tip| &*tip.text);
    let labels = tip.split(':').filter(|label| !label.is_empty()).map(|label| Cow::Owned(label.to_string())).collect();
    let plain = plain(graph, node);
    let properties = plain.properties.into_iter().filter(|(key, _)| !["id", "tooltip"].contains(&&**key)).collect();
    Described { labels, properties, aliases: Vec::new(), ..plain }
}

/// Maven: `group:artifact:packaging:version:scope`, and the version that it is asked for if another one won:
/// `(group:artifact:packaging:version:scope - omitted for conflict with version)`.
fn artifact(id: &str) -> Option<(Coordinates<'_>, Option<&str>)> {
    let Some(inside) = id.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else {
        return Some((maven_coordinates::parse(id)?, None));
    };
    let (coordinates, remark) = inside.split_once(" - ")?;
    let it = maven_coordinates::parse(coordinates)?;
    match remark.split_once("omitted for conflict with ") {
        Some((_, version)) => Some((Coordinates { version: version.trim(), ..it }, Some(it.version))),
        None => Some((it, None)),
    }
}

fn coordinates(id: &str) -> Option<Described> {
    let (it, _) = artifact(id)?;
    let key = format!("{}:{}:{}:{}:{}", it.group, it.artifact, it.packaging, it.classifier, it.version);
    let mut purl = format!("pkg:maven/{}/{}@{}?type={}", it.group, it.artifact, it.version, it.packaging);
    if !it.classifier.is_empty() {
        purl.push_str(&format!("&classifier={}", it.classifier));
    }
    let of = |key: &'static str, value: &str| (Cow::Borrowed(key), Value::from(value));
    let mut properties = vec![of("version", it.version), of("ecosystem", "maven"), of("packaging", it.packaging)];
    properties.extend((!it.classifier.is_empty()).then(|| of("classifier", it.classifier)));
    Some(Described {
        key,
        name: format!("{}:{}", it.group, it.artifact),
        labels: vec![Cow::Borrowed("Package")],
        properties,
        identifiers: identity::canonical(&purl).into_iter().collect(),
        ..Described::default()
    })
}

/// The scope stands at the artifact that is needed.
fn maven_edge(graph: &Graph, edge: &Edge) -> Option<Related> {
    let (it, requested) = artifact(&graph.nodes[edge.head as usize].id)?;
    let relationship_type = match (it.scope, it.optional) {
        ("test", _) => Cow::Borrowed("DEV_DEPENDS_ON"),
        (_, true) => Cow::Borrowed("OPTIONALLY_DEPENDS_ON"),
        _ => DEPENDS_ON,
    };
    Some(Related {
        relationship_type: Some(relationship_type),
        kind: (!it.scope.is_empty()).then(|| Cow::Owned(it.scope.to_string())),
        versions: Some((requested.unwrap_or(it.version).to_string(), it.version.to_string())),
        is_turned: false,
    })
}

fn unit(id: &str) -> Described {
    Described {
        key: id.to_string(),
        name: id.to_string(),
        labels: vec![Cow::Borrowed("Unit")],
        identifiers: vec![identity::unit(id)],
        ..Described::default()
    }
}

/// systemd-analyze tells relations apart by colour alone.
fn between_units(edge: &Edge) -> Related {
    const COLOURS: &[(&str, &str, &str)] = &[
        ("black", "DEPENDS_ON", "Requires"),
        ("darkblue", "DEPENDS_ON", "Requisite"),
        ("grey66", "WANTS", "Wants"),
        ("red", "CONFLICTS_WITH", "Conflicts"),
        ("green", "STARTS_AFTER", "After"),
    ];
    let colour = get(&edge.attributes, "color").map_or("", |colour| &*colour.text);
    match COLOURS.iter().find(|(name, ..)| *name == colour) {
        Some((_, relationship_type, kind)) => Related {
            relationship_type: Some(Cow::Borrowed(*relationship_type)),
            kind: Some(Cow::Borrowed(*kind)),
            ..Related::default()
        },
        None => Related::default(),
    }
}

fn is_cmake_legend(group: &Group) -> bool {
    group.name.as_deref() == Some("clusterLegend")
}

fn is_legend_node(node: &Node) -> bool {
    node.id.starts_with("legendNode")
}

/// CMake: the label is the target, and in brackets its aliases; the shape is its kind.
fn target(graph: &Graph, node: &Node) -> Option<Described> {
    const SHAPES: &[(&str, &str)] = &[
        ("egg", "executable"),
        ("octagon", "static library"),
        ("doubleoctagon", "shared library"),
        ("tripleoctagon", "module library"),
        ("pentagon", "interface library"),
        ("hexagon", "object library"),
        ("septagon", "unknown library"),
        ("box", "custom target"),
    ];
    if is_legend_node(node) {
        return None;
    }
    let label = get(&node.attributes, "label");
    let mut parts =
        label.map(|label| label::parts(label, &node.id, graph.name(), false)).unwrap_or_default().into_iter();
    let name = parts.next().unwrap_or_else(|| node.id.to_string());
    let aliases = parts.map(|part| part.trim_matches(['(', ')']).to_string()).collect();
    let shape = get(&node.attributes, "shape").map_or("", |shape| &*shape.text);
    let kind = SHAPES.iter().find(|(name, _)| *name == shape).map_or("", |(_, kind)| kind);
    let properties = vec![(Cow::Borrowed("kind"), Value::from(kind))];
    let labels = vec![Cow::Borrowed("Target")];
    Some(Described { key: node.id.to_string(), name, labels, aliases, properties, ..Described::default() })
}

fn linked(edge: &Edge) -> Related {
    let kind = match get(&edge.attributes, "style").map_or("", |style| &*style.text) {
        "dotted" => "private",
        "dashed" => "interface",
        _ => "public",
    };
    Related { kind: Some(Cow::Borrowed(kind)), ..need() }
}

/// Bazel draws targets with the same needs and needers as one node, a line each.
fn bazel_targets(id: &str) -> impl Iterator<Item = &str> {
    id.split("\\n")
}

fn is_bazel_target(line: &str) -> bool {
    line.starts_with("//") || line.starts_with('@') || is_cut(line)
}

/// What Bazel writes in place of targets beyond its limit on a label.
fn is_cut(line: &str) -> bool {
    line.starts_with("...and ") && line.ends_with(" more items")
}

fn bazel(line: &str) -> Described {
    let labels = vec![Cow::Borrowed("Target")];
    Described { key: line.to_string(), name: line.to_string(), labels, ..Described::default() }
}

/// Nix: a hash of 32 characters, a name, and a version that begins with a digit.
fn store_path(id: &str) -> Option<Described> {
    const ALPHABET: &str = "0123456789abcdfghijklmnpqrsvwxyz";
    let (hash, name) = id.split_at_checked(32)?;
    let name = name.strip_prefix('-').filter(|_| hash.chars().all(|c| ALPHABET.contains(c)))?;
    let (plain, derivation) = name.strip_suffix(".drv").map_or((name, false), |name| (name, true));
    let begins_version = |(at, _): &(usize, &str)| plain.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit);
    let version = plain.match_indices('-').find(begins_version).map(|(at, _)| at);
    let (short, version) = version.map_or((plain, ""), |at| (&plain[..at], &plain[at + 1..]));
    let label = if derivation { "Derivation" } else { "StorePath" };
    let of = |key: &'static str, value: &str| (Cow::Borrowed(key), Value::from(value));
    Some(Described {
        key: id.to_string(),
        name: short.to_string(),
        labels: vec![Cow::Borrowed(label)],
        aliases: vec![id.to_string()],
        properties: vec![of("version", version), of("path", id)],
        ..Described::default()
    })
}
