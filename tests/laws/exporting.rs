//! Laws about files: what is written in a format that keeps all, and read, is the same graph; what leaves something out
//! says so.

use std::fmt::Write;
use std::io::{Cursor, Read};
use std::sync::Arc;

use kenning::database::Database;
use kenning::engine::RunOptions;
use kenning::export::{self, Subgraph, cypher};
use kenning::graph::temporal::{Date, DateTime, Duration, LocalDateTime, LocalTime, Time, Zone};
use kenning::graph::{CoordinateSystem, Graph, LabelNaming, NodeId, Point, RelationSemantics, Value};
use kenning::import::{self, FileGroup, Options, Source};
use kenning::limits::{Budget, Limits};
use kenning::parser;

use super::{Law, Verdict};
use crate::support::random::Random;

pub const LAWS: &[Law] = &[
    Law { name: "GraphML there and back", tried_on: graphml },
    Law { name: "node-link there and back", tried_on: node_link },
    Law { name: "Turtle there and back", tried_on: turtle },
    Law { name: "JSON-LD there and back", tried_on: json_ld },
    Law { name: "Cypher there and back", tried_on: script },
    Law { name: "CSV there and back", tried_on: csv },
    Law { name: "damaged files", tried_on: damaged },
];

fn graphml(random: &mut Random) -> Verdict {
    through(random, "graphml", "graphml")
}

fn node_link(random: &mut Random) -> Verdict {
    through(random, "node-link", "json")
}

fn turtle(random: &mut Random) -> Verdict {
    through(random, "turtle", "ttl")
}

fn json_ld(random: &mut Random) -> Verdict {
    through(random, "json-ld", "jsonld")
}

/// Writes a random graph in a format and reads it.
fn through(random: &mut Random, format: &str, ending: &str) -> Verdict {
    let graph = exotic(random, true);
    let (text, left_out) = written(&graph, format, 0);
    let reader = import::by_ending(ending).expect("it is in the table");
    match reader.graph(&text, "file", &budget()) {
        Ok((read, notes)) => compare(&graph, &read, &text, &[left_out, notes].concat()),
        Err(error) => Verdict::Broken(format!("{}\n{text}", error.message)),
    }
}

fn script(random: &mut Random) -> Verdict {
    let graph = exotic(random, false);
    let (text, left_out) = written(&graph, "cypher", 0);
    let mut read = Graph::new();
    for semantics in cypher::relations(&text).expect("they were written") {
        read.declare(semantics);
    }
    for naming in cypher::namings(&text).expect("they were written") {
        read.name_by(naming);
    }
    let database = Database::in_memory(read);
    for span in parser::split(&text) {
        if let Err(errors) = database.run(span.text(&text), &RunOptions::default()) {
            return Verdict::Broken(format!("{}\n{text}", errors[0].message));
        }
    }
    compare(&graph, &database.snapshot(), &text, &left_out)
}

fn csv(random: &mut Random) -> Verdict {
    let graph = exotic(random, true);
    let (nodes, mut left_out) = written(&graph, "csv-pair", 0);
    let (relationships, more) = written(&graph, "csv-pair", 1);
    left_out.extend(more);
    let open = |name: &str| -> std::io::Result<Box<dyn Read + Send>> {
        let text = if name == "n" { &nodes } else { &relationships };
        Ok(Box::new(Cursor::new(text.clone().into_bytes())))
    };
    let group = |name: &str| vec![FileGroup { names: Vec::new(), files: vec![name.to_string()] }];
    let mut source = Source { open: &open, progress: &mut |_| {} };
    let text = format!("{nodes}\n{relationships}");
    match import::import(&group("n"), &group("r"), &Options::default(), &mut source) {
        Err(error) => Verdict::Broken(format!("{}\n{text}", error.message)),
        // What the relationship types mean and what names the nodes of labels is always left out, and reported.
        Ok((mut read, _)) => {
            let always = ["relationship types mean", "names the nodes of labels"];
            let told = left_out.iter().filter(|sentence| !always.iter().any(|words| sentence.contains(words))).count();
            let declared = [!graph.semantics().is_empty(), graph.semantics().namings().next().is_some()];
            for (words, declared) in always.iter().zip(declared) {
                if declared != left_out.iter().any(|sentence| sentence.contains(words)) {
                    return Verdict::Broken(format!("{left_out:?}\n{text}"));
                }
            }
            graph.semantics().iter().for_each(|semantics| read.declare(semantics.clone()));
            graph.semantics().namings().for_each(|naming| read.name_by(naming.clone()));
            match (same(&graph, &read), told) {
                (Ok(()), 0) => Verdict::Holds(graph.node_count()),
                (Err(_), 1..) => Verdict::Holds(graph.node_count()),
                (Ok(()), _) => Verdict::Broken(format!("nothing is missing, but {left_out:?}\n{text}")),
                (Err(difference), 0) => Verdict::Broken(format!("{difference}\n{text}")),
            }
        }
    }
}

/// A file with some of its characters gone, doubled or replaced gives a graph or an error that names it.
fn damaged(random: &mut Random) -> Verdict {
    let graph = exotic(random, true);
    let reader = &import::READERS[random.below(import::READERS.len())];
    let mut text: Vec<char> = written(&graph, reader.name, 0).0.chars().collect();
    for _ in 0..1 + random.below(4) {
        let at = random.below(text.len().max(1)).min(text.len());
        let end = (at + random.below(30)).min(text.len());
        match random.below(3) {
            0 => _ = text.drain(at..end),
            1 => {
                let doubled = text[at..end].to_vec();
                text.splice(at..at, doubled);
            }
            _ => text.insert(at, *random.pick(&['<', '>', '"', '&', '{', ']', ':', '\\', '\u{0}', '9', '.', ';'])),
        }
    }
    let text: String = text.into_iter().collect();
    match reader.graph(&text, "file", &budget()) {
        Ok((read, _)) => Verdict::Holds(read.node_count()),
        Err(error) if error.message.starts_with("file:") => Verdict::Holds(1),
        Err(error) => Verdict::Broken(format!("{}\n{text}", error.message)),
    }
}

fn budget() -> Budget {
    Budget::start(&Limits::default())
}

fn written(graph: &Graph, format: &str, part: usize) -> (String, Vec<String>) {
    let exporter = export::find(format).expect("it is in the table");
    let mut out = Vec::new();
    let subgraph = Subgraph::whole(Arc::new(graph.clone()));
    let left_out = (exporter.parts[part].write)(&subgraph, &budget(), &mut out).expect("memory takes all");
    (String::from_utf8(out).expect("all formats are text"), left_out)
}

fn compare(graph: &Graph, read: &Graph, text: &str, said: &[String]) -> Verdict {
    match (same(graph, read), said) {
        (Ok(()), []) => Verdict::Holds(graph.node_count()),
        (Ok(()), said) => Verdict::Broken(format!("{said:?}\n{text}")),
        (Err(difference), _) => Verdict::Broken(format!("{difference}\n{text}")),
    }
}

/// Whether the graphs are the same but for ids; nodes stand in the same order.
fn same(one: &Graph, two: &Graph) -> Result<(), String> {
    let (one, two) = (content(one), content(two));
    match one == two {
        true => Ok(()),
        false => Err(format!("written:\n{one}read:\n{two}")),
    }
}

fn content(graph: &Graph) -> String {
    let nodes: Vec<NodeId> = graph.nodes().collect();
    let number = |node: NodeId| nodes.binary_search(&node).expect("it is a node");
    let mut out = String::new();
    for node in &nodes {
        let labels: Vec<_> = graph.node_labels(*node).iter().map(|label| graph.label_name(*label)).collect();
        writeln!(out, "{labels:?} {:?}", graph.properties(*node)).expect("a string grows");
    }
    let mut relationships: Vec<String> = graph
        .relationships()
        .map(|id| {
            let shape = graph.relationship(id);
            let (start, end) = (number(shape.start), number(shape.end));
            format!("{start} {:?} {end} {:?}\n", graph.type_name(shape.relationship_type), graph.properties(id))
        })
        .collect();
    relationships.sort();
    out += &relationships.concat();
    let semantics = graph.semantics();
    out + &format!("{:?}\n{:?}\n", semantics.iter().collect::<Vec<_>>(), semantics.namings().collect::<Vec<_>>())
}

const TEXTS: &[&str] = &[
    "a",
    "",
    " ",
    "it's \"so\" \\ `b` <&>]]> ; , | # {}",
    "line\nline\r\nline\r\ttab",
    "\u{0}\u{1}\u{7f}\u{85}\u{9b}\u{200e}\u{2028}\u{feff}\u{fffe}\u{ffff}\u{10ffff}",
    "</script><!-- --> @prefix %20 _:b $date",
    "größe 字 👩‍👩‍👧",
    "1",
    "null",
    "NaN",
    "2020-01-01",
];

/// A graph of small size with everything that formats stumble over; if not anything, then only what a statement can
/// make: no empty names, no lists in lists.
fn exotic(random: &mut Random, anything: bool) -> Graph {
    let mut graph = Graph::new();
    let name = |random: &mut Random, plain: &'static str| -> &'static str {
        match random.below(4) {
            0..=2 => plain,
            _ => {
                let texts: &[&'static str] =
                    if anything { TEXTS } else { &["a b", "it's \"so\" `b`", "größe 字", "A\u{1}\u{fffe}"] };
                texts[random.below(texts.len())]
            }
        }
    };
    let mut nodes = Vec::new();
    for _ in 0..random.below(6) {
        let node = graph.create_node();
        for plain in ["A", "B"] {
            if random.one_in(2) {
                let label = name(random, plain);
                let label = graph.intern_label(label);
                graph.add_label(node, label);
            }
        }
        for plain in ["name", "aliases", "definition", "source", "id", "labels", "v"] {
            if random.one_in(3) {
                let key = name(random, plain);
                let key = graph.intern_key(key);
                graph.set_property(node, key, value(random, if anything { 0 } else { 1 }));
            }
        }
        nodes.push(node);
    }
    for _ in 0..if nodes.is_empty() { 0 } else { random.below(8) } {
        let kind = name(random, "IS_A");
        let kind = graph.intern_type(kind);
        let (start, end) = (*random.pick(&nodes), *random.pick(&nodes));
        let relationship = graph.create_relationship(start, kind, end);
        for plain in ["evidence", "label", "type", "w"] {
            if random.one_in(4) {
                let key = name(random, plain);
                let key = graph.intern_key(key);
                graph.set_property(relationship, key, value(random, if anything { 0 } else { 1 }));
            }
        }
    }
    // Ids with gaps.
    if random.one_in(4) && !nodes.is_empty() {
        let node = nodes[0];
        let around: Vec<_> = graph.adjacent(node, kenning::graph::Direction::Both, None).collect();
        around.iter().for_each(|adjacent| graph.delete_relationship(adjacent.relationship));
        graph.delete_node(node);
    }
    if random.one_in(3) {
        graph.declare(semantics(random));
    }
    for _ in 0..random.below(3) {
        let named_by = (0..1 + random.below(2)).map(|_| random.pick(TEXTS).to_string()).collect();
        graph.name_by(LabelNaming { label: random.pick(TEXTS).to_string(), named_by });
    }
    graph.commit();
    graph
}

fn semantics(random: &mut Random) -> RelationSemantics {
    let json = serde_json::json!({
        "name": "IS_A",
        "phrase": random.pick(TEXTS),
        "inverse": "HAS_KIND",
        "inverse_phrase": random.pick(TEXTS),
        "symmetric": random.one_in(2),
        "transitive": random.one_in(2),
        "failure": random.pick(&["along", "against", "none"]),
        "effect": random.pick(&["fails", "degrades"]),
        "orders": random.pick(&["along", "against", "none"]),
        "kind_of": match random.below(3) {
            0 => vec![],
            1 => vec!["SUPPLY"],
            _ => vec!["it's \"so\" `b`", "größe 字"],
        },
        "description": random.pick(TEXTS),
    });
    serde_json::from_value(json).expect("these are its fields")
}

fn one_of<'t>(random: &mut Random, texts: &[&'t str]) -> &'t str {
    texts[random.below(texts.len())]
}

/// A property value of any type.
fn value(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth < 2 { 12 } else { 11 }) {
        0 | 1 => Value::from(*random.pick(TEXTS)),
        2 => Value::from(*random.pick(&[0, -1, i64::MAX, i64::MIN, 1 << 53])),
        3 => Value::Float(*random.pick(&[
            0.5,
            -0.0,
            1.0,
            1e300,
            5e-324,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            0.1,
        ])),
        4 => Value::from(random.one_in(2)),
        5 => Value::from(
            Date::parse(one_of(random, &["2020-02-29", "-999999999-01-01", "+999999999-12-31"])).expect("a date"),
        ),
        6 => match random.below(3) {
            0 => Value::from(LocalTime::parse("10:00").expect("a time")),
            1 => Value::from(LocalTime::parse("23:59:59.999999999").expect("a time")),
            _ => Value::from(
                Time::parse(one_of(random, &["10:00+01:12:12", "00:00:00.1Z", "12:00-18:00"]), 0).expect("a time"),
            ),
        },
        7 => Value::from(
            LocalDateTime::parse(one_of(random, &["2020-02-29T10:00", "0000-01-01T00:00:00.000000001"]))
                .expect("a time"),
        ),
        8 => {
            let text = one_of(
                random,
                &[
                    "2020-02-29T10:00+01:00[Europe/Stockholm]",
                    "1818-07-21T21:40:32.142[Europe/Stockholm]",
                    "2020-02-29T10:00Z",
                ],
            );
            Value::from(DateTime::parse(text, &Zone::UTC).expect("a time"))
        }
        9 => Value::from(
            Duration::parse(one_of(random, &["P1Y2M3DT4H5M6.000000007S", "PT-0.5S", "P0D"])).expect("a duration"),
        ),
        10 => {
            let system = *random.pick(&CoordinateSystem::ALL);
            let coordinates = &[1.5, -0.25, 1e-9][..system.dimensions()];
            Value::from(Point::new(system, coordinates).expect("a point"))
        }
        _ => {
            let alike = random.one_in(2);
            let first = value(random, depth + 1);
            let length = random.below(4);
            Value::list((0..length).map(|_| if alike { first.clone() } else { value(random, depth + 1) }))
        }
    }
}
