//! What snapshots cost, on a graph of a million nodes of which each has changed: `cargo bench --bench snapshots`.

use std::sync::{Mutex, MutexGuard, OnceLock};

use divan::{Bencher, black_box};
use kenning::graph::{Graph, GraphBuilder, KeyId, NodeId, Value};

const NODES: u32 = 1_000_000;

fn main() {
    divan::main();
}

fn graph() -> MutexGuard<'static, (Graph, KeyId)> {
    static GRAPH: OnceLock<Mutex<(Graph, KeyId)>> = OnceLock::new();
    let make = || {
        let mut builder = GraphBuilder::new();
        let (label, key) = (builder.intern_label("Person"), builder.intern_key("age"));
        builder.add_nodes(&[label], NODES as usize).expect("there is room");
        (0..NODES).for_each(|node| builder.set_node_property(node, key, Value::Integer(i64::from(node % 80))));
        let mut graph = builder.finish();
        for node in 0..NODES as usize {
            graph.set_property(NodeId::new(node), key, Value::Integer(node as i64 % 80 + 1));
        }
        graph.begin();
        Mutex::new((graph, key))
    };
    GRAPH.get_or_init(make).lock().expect("no bench panics")
}

/// Numbers that look like chance and are the same each time.
fn numbers() -> impl Iterator<Item = usize> {
    let mut x = 1_u64;
    std::iter::repeat_with(move || {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (x >> 33) as usize % NODES as usize
    })
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn clone_a_graph(bencher: Bencher) {
    let guard = graph();
    bencher.bench_local(|| guard.0.clone());
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn set_beside_a_snapshot(bencher: Bencher) {
    let mut guard = graph();
    let (graph, key) = &mut *guard;
    let mut nodes = numbers();
    let mut snapshot = graph.clone();
    bencher.bench_local(|| {
        let node = NodeId::new(nodes.next().expect("there are always more"));
        graph.set_property(node, *key, Value::Integer(7));
        // The next one is taken as after a commit.
        snapshot = graph.clone();
    });
    graph.begin();
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn create_beside_a_snapshot(bencher: Bencher) {
    let mut guard = graph();
    let (graph, key) = &mut *guard;
    let label = graph.intern_label("Person");
    let mut snapshot = graph.clone();
    bencher.bench_local(|| {
        let node = graph.create_node();
        graph.add_label(node, label);
        graph.set_property(node, *key, Value::Integer(7));
        snapshot = graph.clone();
    });
    graph.begin();
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn read_a_million_changed_values(bencher: Bencher) {
    let guard = graph();
    let (graph, key) = &*guard;
    bencher.bench_local(|| {
        let values = numbers().take(NODES as usize).map(|node| graph.property(NodeId::new(node), *key));
        values.for_each(|value| _ = black_box(value));
    });
}
