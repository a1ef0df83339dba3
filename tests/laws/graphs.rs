//! Random small graphs: labels, types, properties of mixed types, loops, parallel relationships and cycles.

use std::fmt::{self, Display};

use kenning::graph::temporal::{Date, DateTime, LocalDateTime, LocalTime};
use kenning::graph::{Graph, NodeId, Value};
use kenning::render::literal;

use crate::support::random::Random;

pub const LABELS: &[&str] = &["A", "B", "C"];
pub const TYPES: &[&str] = &["T", "U", "W"];

/// A graph before it is built, so that it can be built in another order.
///
/// Every entity has a property `u` of its own, which names it whatever its id is. `n` is an integer or null, `s` a string
/// or null, `d` a date or null, `m` a moment or null (in some graphs, a local one here and there), `v` of any type.
pub struct Sketch {
    nodes: Vec<(Vec<&'static str>, Properties)>,
    /// Start, type, end.
    relationships: Vec<(usize, &'static str, usize, Properties)>,
}

type Properties = Vec<(&'static str, Value)>;

impl Sketch {
    pub fn random(random: &mut Random) -> Sketch {
        let nodes: Vec<_> = (0..1 + random.below(6)).map(|at| (labels(random), properties(random, at))).collect();
        let relationships = (0..random.below(6) + random.below(8)).map(|at| {
            let (start, end) = (random.below(nodes.len()), random.below(nodes.len()));
            (start, *random.pick(TYPES), end, properties(random, at))
        });
        Sketch { relationships: relationships.collect(), nodes }
    }

    pub fn build(&self) -> Graph {
        self.build_in(&order(self.nodes.len()), &order(self.relationships.len()))
    }

    /// The same graph with other ids: of entities, of labels, types and keys.
    pub fn build_shuffled(&self, random: &mut Random) -> Graph {
        let (mut nodes, mut relationships) = (order(self.nodes.len()), order(self.relationships.len()));
        random.shuffle(&mut nodes);
        random.shuffle(&mut relationships);
        nodes.reverse();
        relationships.reverse();
        self.build_in(&nodes, &relationships)
    }

    /// The same graph, partly in columns and partly as changes since these were made: some properties and relationships
    /// come later, some properties were others before, and what has been deleted leaves its traces.
    pub fn build_changed(&self, random: &mut Random) -> Graph {
        let mut graph = Graph::new();
        let mut later = Vec::new();
        let ids: Vec<NodeId> = self.nodes.iter().map(|_| graph.create_node()).collect();
        for (id, (labels, properties)) in ids.iter().zip(&self.nodes) {
            for label in labels {
                let label = graph.intern_label(label);
                graph.add_label(*id, label);
            }
            for (key, value) in properties {
                let key = graph.intern_key(key);
                match random.below(4) {
                    0 | 1 => graph.set_property(*id, key, value.clone()),
                    2 => later.push((*id, key, value)),
                    _ => {
                        graph.set_property(*id, key, mixed(random));
                        later.push((*id, key, value));
                    }
                }
            }
        }
        let (gone, kind) = (graph.create_node(), graph.intern_type(TYPES[0]));
        let label = graph.intern_label(LABELS[0]);
        graph.add_label(gone, label);
        let key = graph.intern_key("s");
        graph.set_property(gone, key, Value::from("gone"));
        let loose = [graph.create_relationship(gone, kind, ids[0]), graph.create_relationship(ids[0], kind, gone)];
        let at_first = random.below(self.relationships.len() + 1);
        let relate = |graph: &mut Graph, (start, kind, end, properties): &(usize, &str, usize, Properties)| {
            let kind = graph.intern_type(kind);
            let id = graph.create_relationship(ids[*start], kind, ids[*end]);
            for (key, value) in properties {
                let key = graph.intern_key(key);
                graph.set_property(id, key, value.clone());
            }
        };
        self.relationships[..at_first].iter().for_each(|relationship| relate(&mut graph, relationship));
        graph.commit();
        graph.merge();
        self.relationships[at_first..].iter().for_each(|relationship| relate(&mut graph, relationship));
        loose.into_iter().for_each(|relationship| graph.delete_relationship(relationship));
        graph.delete_node(gone);
        later.into_iter().for_each(|(id, key, value)| graph.set_property(id, key, value.clone()));
        graph.commit();
        if random.one_in(3) {
            graph.merge();
        }
        graph
    }

    fn build_in(&self, nodes: &[usize], relationships: &[usize]) -> Graph {
        let mut graph = Graph::new();
        let mut ids = vec![None; nodes.len()];
        for at in nodes {
            let (labels, properties) = &self.nodes[*at];
            let id = graph.create_node();
            for label in labels {
                let label = graph.intern_label(label);
                graph.add_label(id, label);
            }
            for (key, value) in properties {
                let key = graph.intern_key(key);
                graph.set_property(id, key, value.clone());
            }
            ids[*at] = Some(id);
        }
        for at in relationships {
            let (start, kind, end, properties) = &self.relationships[*at];
            let kind = graph.intern_type(kind);
            let (start, end) = (ids[*start].expect("built"), ids[*end].expect("built"));
            let id = graph.create_relationship(start, kind, end);
            for (key, value) in properties {
                let key = graph.intern_key(key);
                graph.set_property(id, key, value.clone());
            }
        }
        graph
    }
}

/// As a statement that creates it.
impl Display for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let graph = Graph::new();
        let map = |properties: &Properties| {
            let entries = properties.iter().map(|(key, value)| format!("{key}: {}", literal::of(value, &graph)));
            entries.collect::<Vec<_>>().join(", ")
        };
        let nodes = self.nodes.iter().enumerate().map(|(at, (labels, properties))| {
            let labels: String = labels.iter().map(|label| format!(":{label}")).collect();
            format!("(n{at}{labels} {{{}}})", map(properties))
        });
        let relationships = self
            .relationships
            .iter()
            .map(|(start, kind, end, properties)| format!("(n{start})-[:{kind} {{{}}}]->(n{end})", map(properties)));
        write!(f, "CREATE {}", nodes.chain(relationships).collect::<Vec<_>>().join(",\n       "))
    }
}

fn order(length: usize) -> Vec<usize> {
    (0..length).collect()
}

fn labels(random: &mut Random) -> Vec<&'static str> {
    LABELS.iter().copied().filter(|_| random.below(2) == 1).collect()
}

fn properties(random: &mut Random, at: usize) -> Properties {
    let mut properties = vec![("u", Value::from(at as i64))];
    if random.below(4) > 0 {
        properties.push(("n", Value::from(random.below(3) as i64)));
    }
    if random.below(3) > 0 {
        properties.push(("s", Value::from(*random.pick(&["a", "b", "ab", ""]))));
    }
    if random.below(4) > 0 {
        properties.push(("v", mixed(random)));
    }
    if random.below(3) > 0 {
        properties.push(("d", Value::from(date(random))));
    }
    if random.below(3) > 0 {
        properties.push(("m", moment(random)));
    }
    properties
}

fn date(random: &mut Random) -> Date {
    Date { days: *random.pick(&[18_262, 18_263, 18_300, -5_000_000]) }
}

fn moment(random: &mut Random) -> Value {
    let time = LocalTime { nanos: *random.pick(&[0, 0, 3_600_000_000_000, 1_000_000]) };
    let local = LocalDateTime { date: Date { days: 18_262 + random.below(2) as i64 }, time };
    match random.one_in(20) {
        true => Value::from(local),
        false => Value::from(DateTime { local, offset: *random.pick(&[0, 0, 0, 3600]), zone: None }),
    }
}

/// A property value of any type. Floats are never whole, so that what is equal prints equal, and are sums of powers of
/// two, so that adding them up in any order gives the same.
fn mixed(random: &mut Random) -> Value {
    match random.below(7) {
        0 | 1 => Value::from(random.below(3) as i64),
        2 => Value::from(*random.pick(&[0.5, -1.25])),
        3 => Value::from(random.one_in(2)),
        4 => Value::from(*random.pick(&["a", "b"])),
        5 => Value::list([Value::from(random.below(2) as i64), Value::from(1i64)]),
        _ => Value::list([]),
    }
}
