//! Figures: `cargo test --release --lib storage::tests::speed -- --ignored --nocapture`.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Folder;
use crate::graph::{Graph, Value};
use crate::storage::{OpenOptions, Reader, RealDisk, Store, save};

/// A commit that creates a node with a label and a property.
fn small(graph: &mut Graph, number: i64) -> Vec<u8> {
    let (label, key) = (graph.intern_label("X"), graph.intern_key("i"));
    graph.begin();
    let node = graph.create_node();
    graph.add_label(node, label);
    graph.set_property(node, key, Value::Integer(number));
    let commit = Store::encode(&graph.changes()).expect("the values can be written");
    graph.commit();
    commit
}

/// Rates of commits and of bare appends with fdatasync, taken in turns so that both see the same disk.
#[test]
#[ignore = "measures"]
fn appending_a_commit_costs_what_a_bare_append_costs() {
    const ROUNDS: usize = 40;
    const COMMITS: i64 = 50;
    let folder = Folder::new("speed");
    let path = folder.path("g.kenning");
    let options = OpenOptions { create: true, ..OpenOptions::default() };
    let (store, mut graph, _) = Store::open(Arc::new(RealDisk), &path, &options).expect("it is created");
    let mut bare = File::create(folder.path("bare")).expect("it can be made");
    let (mut kenning, mut plain) = (Duration::ZERO, Duration::ZERO);
    let mut sequence = 0;
    for round in 0..ROUNDS as i64 {
        let before = store.status().log_bytes;
        let start = Instant::now();
        for number in 0..COMMITS {
            sequence += 1;
            let commit = small(&mut graph, round * COMMITS + number);
            store.append(sequence, &[commit]).expect("it can be written");
        }
        kenning += start.elapsed();
        let bytes = vec![7; ((store.status().log_bytes - before) / COMMITS as u64) as usize];
        let start = Instant::now();
        for _ in 0..COMMITS {
            bare.write_all(&bytes).and_then(|()| bare.sync_data()).expect("it can be written");
        }
        plain += start.elapsed();
    }
    let rate = |time: Duration| ROUNDS as f64 * COMMITS as f64 / time.as_secs_f64();
    println!(
        "commits {:.0}/s, bare appends {:.0}/s: {:.0} %",
        rate(kenning),
        rate(plain),
        100.0 * plain.as_secs_f64() / kenning.as_secs_f64()
    );
}

/// Opening with a large log, beside writing as many bytes.
#[test]
#[ignore = "measures"]
fn replaying_a_log_costs_little_more_than_writing_it() {
    let folder = Folder::new("replay");
    let path = folder.path("g.kenning");
    let options = OpenOptions { create: true, durability: crate::storage::Durability::Off, ..OpenOptions::default() };
    let mut graph = Graph::new();
    let (label, name, t) = (graph.intern_label("Person"), graph.intern_key("name"), graph.intern_type("KNOWS"));
    let create = |graph: &mut Graph, count: usize| {
        for number in 0..count {
            let node = graph.create_node();
            graph.add_label(node, label);
            graph.set_property(node, name, Value::from(format!("person number {number}")));
        }
    };
    create(&mut graph, 100_000);
    graph.commit();
    save(&graph, &path).expect("it can be saved");
    let start = Instant::now();
    Reader::open(Arc::new(RealDisk), &path).expect("it opens");
    let clean = start.elapsed();
    let (store, mut graph, _) = Store::open(Arc::new(RealDisk), &path, &options).expect("it opens");
    let (mut sequence, mut changes) = (0, 0_u64);
    let mut state = 1_u64;
    while store.status().log_bytes < 100 << 20 {
        graph.begin();
        for _ in 0..100 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let node = |shift: u32| crate::graph::NodeId::new((state >> shift) as usize % 100_000);
            graph.set_property(node(33), name, Value::from(format!("person with the new name {state}")));
            let relationship = graph.create_relationship(node(20), t, node(40));
            graph.set_property(relationship, name, Value::Integer(state as i64));
        }
        sequence += 1;
        changes += graph.change_count() as u64;
        let commit = Store::encode(&graph.changes()).expect("the values can be written");
        store.append(sequence, &[commit]).expect("it can be written");
        graph.commit();
    }
    let log_bytes = store.status().log_bytes;
    store.close().expect("it can be closed");
    let start = Instant::now();
    let mut copy = File::create(folder.path("copy")).expect("it can be made");
    let block = vec![1; 1 << 20];
    (0..log_bytes >> 20).for_each(|_| copy.write_all(&block).expect("it can be written"));
    copy.sync_data().expect("it can be synced");
    let written = start.elapsed();
    let (start, before) = (Instant::now(), processor_time());
    Reader::open(Arc::new(RealDisk), &path).expect("it opens");
    let opened = start.elapsed();
    println!("processor time of the opening: {:?}", processor_time() - before);
    println!(
        "log {} MB, {changes} changes: opened in {opened:?}; clean {clean:?}, written {written:?}: ratio {:.2} (goal 2)",
        log_bytes >> 20,
        opened.as_secs_f64() / (clean + written).as_secs_f64()
    );
}

/// What this process has used; on a machine that others use too it tells more than the clock.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: u64 = text.split(' ').skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Opening a file of 2.9 million relationships, before and after one in 233 was deleted.
#[test]
#[ignore = "measures"]
fn opening_costs_the_same_after_deletions() {
    let mut graph = super::deletions::bulk(200_000, 1_450_000);
    let figures = |graph: &Graph, what: &str| {
        let start = Instant::now();
        let file = super::base::bytes(graph);
        let written = start.elapsed();
        let start = Instant::now();
        let back = crate::storage::open_bytes(&file, "g").expect("it opens");
        let (opened, ids) = (start.elapsed(), back.bytes().adjacency);
        println!("{what}: {} bytes, written in {written:?}, opened in {opened:?}, adjacency {ids} bytes", file.len());
    };
    figures(&graph, "as built");
    let delete = |graph: &mut Graph, step: usize| {
        for id in (0..graph.relationship_bound()).step_by(step).map(crate::graph::RelationshipId::new) {
            if !graph.is_deleted(crate::graph::Entity::Relationship(id)) {
                graph.delete_relationship(id);
            }
        }
        graph.commit();
        let start = Instant::now();
        graph.merge();
        println!("merged in {:?}", start.elapsed());
    };
    delete(&mut graph, 2_900_000);
    figures(&graph, "one deleted");
    delete(&mut graph, 233);
    figures(&graph, "one in 233 deleted");
    delete(&mut graph, 3);
    figures(&graph, "one in 3 deleted");
}
