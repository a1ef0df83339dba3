//! Crashes and failures at every call of a simulated disk.
//!
//! A random program of transactions, checkpoints, backups and reopenings is run. After every call that changes the
//! disk, copies of the disk lose their power, and what is opened then must be the graph after some commit: not before the last
//! one that was reported as done, not after the last one that was begun. Recovery itself crashes the same way.
//!
//! `CRASH_SEED=n cargo test --lib crash` runs the one program that failed; `CRASH_POINTS=1000000` more of them.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::dump;
use crate::diagnostic::Diagnostic;
use crate::graph::{
    Direction, Entity, EntityKind, Graph, LabelNaming, NodeId, RelationSemantics, RelationshipId, Rule, RuleKind, Value,
};
use crate::storage::check::check_graph;
use crate::storage::disk::Disk;
use crate::storage::disk::simulated::{Fault, Random, SimulatedDisk, State, Survival};
use crate::storage::{Durability, OpenOptions, Reader, Store, backup};

const PATH: &str = "/g.kenning";
const COPY: &str = "/copy.kenning";

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Appends so many commits as a group.
    Append(usize),
    /// Makes a checkpoint of the state so many commits ago.
    Checkpoint(usize),
    /// Appends a commit while a checkpoint is made.
    CommitMeanwhile,
    Sync,
    Backup,
    Reopen,
}

/// What is run, and all states that it leads through.
struct Program {
    seed: u64,
    durability: Durability,
    steps: Vec<Step>,
    commits: Vec<Vec<u8>>,
    /// The graph after each number of commits.
    states: Vec<Graph>,
    dumps: Vec<u64>,
}

fn fingerprint(graph: &Graph) -> u64 {
    let mut hasher = DefaultHasher::new();
    dump(graph).hash(&mut hasher);
    hasher.finish()
}

impl Program {
    fn new(seed: u64) -> Program {
        let mut random = Random(seed);
        let durability = match random.below(6) {
            0 => Durability::Normal,
            1 => Durability::Off,
            _ => Durability::Full,
        };
        let steps: Vec<Step> = (0..6 + random.below(8))
            .map(|_| match random.below(10) {
                0..5 => Step::Append(1 + random.below(3)),
                5 => Step::CommitMeanwhile,
                6 | 7 => Step::Checkpoint(random.below(4)),
                8 if random.one_in(3) => Step::Backup,
                8 => Step::Sync,
                _ => Step::Reopen,
            })
            .collect();
        // One more for each step: recovery is tried out with the next commit.
        let count = steps.iter().map(|step| if let Step::Append(n) = step { *n } else { 1 }).sum::<usize>() + 1;
        let mut graph = Graph::new();
        let (mut commits, mut states) = (Vec::new(), vec![graph.clone()]);
        for number in 0..count {
            graph.begin();
            for _ in 0..1 + random.below(5) {
                change(&mut graph, &mut random, number);
            }
            commits.push(Store::encode(&graph.changes()).expect("the values can be written"));
            graph.commit();
            states.push(graph.clone());
        }
        let dumps = states.iter().map(fingerprint).collect();
        Program { seed, durability, steps, commits, states, dumps }
    }
}

fn change(graph: &mut Graph, random: &mut Random, number: usize) {
    let node = |graph: &Graph, random: &mut Random| {
        let node = NodeId::new(random.below(graph.node_bound()));
        (node.index() < graph.node_bound() && !graph.is_deleted(node.into())).then_some(node)
    };
    let live =
        |graph: &Graph, random: &mut Random| -> Vec<NodeId> { graph.nodes().filter(|_| random.one_in(2)).collect() };
    match random.below(12) {
        0 | 1 => _ = graph.create_node(),
        9 => {
            let label = graph.intern_label(["A", "B"][random.below(2)]);
            let key = graph.intern_key(["a", "b", "c"][random.below(3)]);
            let count = 1 + random.below(5);
            let values = (0..count).map(|at| if at == 1 { Value::Null } else { Value::from("many") }).collect();
            let columns = if random.one_in(3) { vec![] } else { vec![(key, values)] };
            graph.create_nodes(count, if random.one_in(3) { [].into() } else { [label].into() }, columns);
        }
        10 => {
            let key = graph.intern_key(["a", "b", "c"][random.below(3)]);
            let (nodes, relationship_type) = (live(graph, random), graph.intern_type(["R", "S"][random.below(2)]));
            let ends: Vec<(NodeId, NodeId)> = nodes.iter().copied().zip(nodes.iter().rev().copied()).collect();
            let numbers = (0..ends.len() as i64).map(Value::Integer).collect();
            graph.create_relationships(relationship_type, &ends, vec![(key, numbers)]);
        }
        11 => {
            let key = graph.intern_key(["a", "b", "c"][random.below(3)]);
            let nodes = live(graph, random);
            let alone = |node: &NodeId| graph.degree(*node, Direction::Both) == 0;
            let alone: Vec<NodeId> = nodes.iter().copied().filter(alone).collect();
            let ids: Vec<RelationshipId> = graph.relationships().filter(|_| random.one_in(3)).collect();
            match random.below(3) {
                0 => graph.delete_nodes(&alone),
                1 => graph.delete_relationships(&ids),
                _ => {
                    let numbers = nodes.iter().map(|node| node.index() as u32).collect();
                    let value = if random.one_in(4) { Value::Null } else { Value::Integer(7) };
                    graph.set_properties(EntityKind::Node, key, numbers, vec![value; nodes.len()]);
                }
            }
        }
        2 => {
            if let (Some(start), Some(end)) = (node(graph, random), node(graph, random)) {
                let relationship_type = graph.intern_type(["R", "S"][random.below(2)]);
                graph.create_relationship(start, relationship_type, end);
            }
        }
        3 | 4 => {
            let key = graph.intern_key(["a", "b", "c"][random.below(3)]);
            let value = match random.below(5) {
                0 => Value::Null,
                1 => {
                    let longest = if random.one_in(8) { 2000 } else { 20 };
                    Value::from("x".repeat(random.below(longest)))
                }
                2 => Value::list([Value::Integer(1), Value::from("é")]),
                _ => Value::Integer(random.next() as i64 >> random.below(64)),
            };
            if let Some(node) = node(graph, random) {
                graph.set_property(node, key, value);
            }
        }
        5 => {
            let label = graph.intern_label(["A", "B"][random.below(2)]);
            match node(graph, random) {
                Some(node) if random.one_in(3) => graph.remove_label(node, label),
                Some(node) => graph.add_label(node, label),
                None => {}
            }
        }
        6 => {
            let relationship = RelationshipId::new(random.below(graph.relationship_bound()));
            if relationship.index() < graph.relationship_bound() && !graph.is_deleted(Entity::from(relationship)) {
                graph.delete_relationship(relationship);
            }
        }
        7 => {
            if let Some(node) = node(graph, random).filter(|node| graph.degree(*node, Direction::Both) == 0) {
                graph.delete_node(node);
            }
        }
        _ => {
            let (label, key) = (graph.intern_label("A"), graph.intern_key("a"));
            let name = format!("rule{number}");
            match random.below(4) {
                0 => graph.declare(RelationSemantics::new("R")),
                1 if graph.semantics().naming(&name).is_some() => _ = graph.forget_naming(&name),
                1 => graph.name_by(LabelNaming { label: name, named_by: vec!["a".into()] }),
                _ if graph.rule(&name).is_some() => _ = graph.drop_rule(&name),
                _ => {
                    let rule = Rule { name: name.into(), kind: RuleKind::Index, label, keys: vec![key] };
                    graph.add_rule(rule).expect("an index forbids nothing");
                }
            }
        }
    }
}

/// What may be found after a crash now.
#[derive(Default)]
struct Expected {
    /// The last commit that must be there, and the last one that may.
    least: AtomicU64,
    most: AtomicU64,
    /// Whether the file must be there.
    opened: AtomicU64,
    points: AtomicU64,
}

fn options(program: &Program) -> OpenOptions {
    OpenOptions { create: true, durability: program.durability, sync_every: None, ..OpenOptions::default() }
}

/// Opens what a crash left, and checks that it is what it may be and that it works.
fn verify(disk: &SimulatedDisk, program: &Arc<Program>, expected: &Arc<Expected>, depth: usize, seed: u64) {
    expected.points.fetch_add(1, Relaxed);
    let context =
        || format!("CRASH_SEED={} (point {seed}, {:?}, {:?})", program.seed, program.durability, program.steps);
    let path = Path::new(PATH);
    let (least, most) = (expected.least.load(Relaxed), expected.most.load(Relaxed));
    if expected.opened.load(Relaxed) == 1 {
        assert!(disk.attributes(path).is_ok(), "the file is gone; {}", context());
    }
    if depth > 0 {
        let random = &mut Random(seed);
        let (at, program, expected) = (random.next(), program.clone(), expected.clone());
        disk.watch(Box::new(move |state| crash(state, &program, &expected, depth - 1, at ^ state.calls)));
    }
    let (store, graph, recovery) =
        Store::open(Arc::new(disk.clone()), path, &options(program)).unwrap_or_else(|e| panic!("{e}; {}", context()));
    disk.watch(Box::new(|_| {}));
    let sequence = recovery.sequence;
    assert!((least..=most).contains(&sequence), "commit {sequence} is the last, not {least} to {most}; {}", context());
    assert_eq!(fingerprint(&graph), program.dumps[sequence as usize], "another graph; {}", context());
    if seed.is_multiple_of(8) {
        assert_eq!(check_graph(&graph), [""; 0], "{}", context());
    }
    // It works: one more commit, which lasts.
    let Some(commit) = program.commits.get(sequence as usize) else { return };
    store.append(sequence + 1, std::slice::from_ref(commit)).unwrap_or_else(|e| panic!("{e}; {}", context()));
    store.sync().unwrap_or_else(|e| panic!("{e}; {}", context()));
    let lost = disk.state().crashed(Survival::Nothing, seed);
    let (_, graph, recovery) =
        Reader::open(Arc::new(lost), path).unwrap_or_else(|e| panic!("after recovery: {e}; {}", context()));
    assert_eq!(recovery.sequence, sequence + 1, "a commit after recovery is lost; {}", context());
    assert_eq!(fingerprint(&graph), program.dumps[sequence as usize + 1], "another graph; {}", context());
}

/// Lets copies of a disk crash in several ways.
fn crash(state: &State, program: &Arc<Program>, expected: &Arc<Expected>, depth: usize, seed: u64) {
    let deeper = |n: usize| if Random(seed ^ n as u64).one_in(8) { depth } else { 0 };
    let least = expected.least.load(Relaxed);
    verify(&state.crashed(Survival::Nothing, seed), program, expected, 0, seed);
    verify(&state.crashed(Survival::Everything, seed), program, expected, deeper(1), seed);
    for n in 2..4 {
        verify(&state.crashed(Survival::Some, seed ^ n), program, expected, deeper(n as usize), seed ^ n);
    }
    // A killed process loses no commit, synced or not.
    if depth > 0 {
        verify(&state.killed(), program, expected, 0, seed);
    }
    assert_eq!(least, expected.least.load(Relaxed));
}

/// Runs a program; goes on after errors that were injected.
fn run(program: &Arc<Program>, expected: &Arc<Expected>, disk: &SimulatedDisk, watched: bool) {
    let context = || format!("CRASH_SEED={} fault {:?}", program.seed, disk.state().fault);
    let path = Path::new(PATH);
    let shared: Arc<dyn Disk> = Arc::new(disk.clone());
    let open = || {
        // Faults are few: the third attempt succeeds, or something is wrong.
        let attempts = (0..6).map(|_| Store::open(shared.clone(), path, &options(program)));
        let mut errors = Vec::new();
        for attempt in attempts {
            match attempt {
                Ok((store, graph, recovery)) => {
                    let (least, most) = (expected.least.load(Relaxed), expected.most.load(Relaxed));
                    let sequence = recovery.sequence;
                    assert!((least..=most).contains(&sequence), "{sequence} not in {least}..={most}; {}", context());
                    assert_eq!(fingerprint(&graph), program.dumps[sequence as usize], "{}", context());
                    expected.most.store(sequence, Relaxed);
                    expected.opened.store(1, Relaxed);
                    if program.durability == Durability::Full {
                        // Opening for writing makes durable what was read.
                        expected.least.store(sequence, Relaxed);
                    }
                    return (store, sequence);
                }
                Err(error) => errors.push(error.message),
            }
        }
        panic!("it cannot be opened: {errors:?}; {}", context());
    };
    let (mut store, mut sequence) = open();
    let mut steps: Vec<Step> = program.steps.iter().rev().copied().collect();
    let mut failures = 0;
    while let Some(step) = steps.pop() {
        let outcome = match step {
            Step::Append(count) => append(program, expected, &store, &mut sequence, count),
            Step::CommitMeanwhile => (|| {
                let prepared = store.prepare_checkpoint(&program.states[sequence as usize], sequence)?;
                append(program, expected, &store, &mut sequence, 1)?;
                prepared.swap()?;
                expected.least.store(sequence, Relaxed);
                Ok(())
            })(),
            Step::Checkpoint(back) => {
                let base = store.status().sequence - store.status().log_commits;
                let at = sequence.saturating_sub(back as u64).max(base);
                let done = store.checkpoint(&program.states[at as usize], at);
                if done.is_ok() {
                    expected.least.store(sequence, Relaxed);
                }
                done
            }
            Step::Sync => {
                let done = store.sync();
                if done.is_ok() {
                    expected.least.store(sequence, Relaxed);
                }
                done
            }
            Step::Backup => backup(&*shared, path, Path::new(COPY), true),
            Step::Reopen => {
                let closed = store.close();
                if closed.is_ok() && disk.state().fault.is_none() {
                    expected.least.store(sequence, Relaxed);
                }
                (store, sequence) = open();
                closed
            }
        };
        if watched {
            // The answer was given: from now on it counts.
            let state = disk.state().clone();
            crash(&state, program, expected, 1, state.calls);
        }
        if let Err(error) = outcome {
            assert!(disk.state().fault.is_some(), "{error}; {}", context());
            failures += 1;
            assert!(failures < 10, "it does not recover: {error}; {}", context());
            steps.push(step);
            if store.status().failed {
                drop(store);
                (store, sequence) = open();
            }
        }
        if disk.state().fault.is_none() {
            let (_, graph, recovery) = Reader::open(shared.clone(), path).expect("readers see what is committed");
            assert_eq!((recovery.sequence, recovery.cut), (sequence, None), "{}", context());
            assert_eq!(fingerprint(&graph), program.dumps[sequence as usize], "{}", context());
        }
    }
    drop(store);
    let copies: BTreeMap<&str, bool> = [(PATH, true), (COPY, false)].into();
    for (path, must) in copies {
        match Reader::open(Arc::new(disk.state().killed()), Path::new(path)) {
            Ok((_, graph, recovery)) => {
                assert_eq!(fingerprint(&graph), program.dumps[recovery.sequence as usize], "{path}; {}", context());
            }
            Err(error) => assert!(!must, "{error}; {}", context()),
        }
    }
}

/// Appends the next commits as a group, and notes what may be found from now on.
fn append(
    program: &Program,
    expected: &Expected,
    store: &Store,
    sequence: &mut u64,
    count: usize,
) -> Result<(), Diagnostic> {
    let end = (*sequence as usize + count).min(program.commits.len());
    let group = &program.commits[*sequence as usize..end];
    expected.most.store(end as u64, Relaxed);
    let appended = store.append(*sequence + 1, group);
    match &appended {
        Ok(()) => {
            *sequence = end as u64;
            if program.durability == Durability::Full {
                expected.least.store(*sequence, Relaxed);
            }
        }
        // What failed and was taken back must not come back.
        Err(_) if !store.status().failed => expected.most.store(*sequence, Relaxed),
        Err(_) => {}
    }
    appended
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn after_a_crash_at_any_call_the_graph_is_that_of_a_commit() {
    let wanted = number("CRASH_POINTS").unwrap_or(24_000);
    let (mut points, mut programs) = (0, 0);
    let first = number("CRASH_SEED");
    let mut seed = first.unwrap_or(1);
    while points < wanted {
        let program = Arc::new(Program::new(seed));
        let expected: Arc<Expected> = Arc::default();
        let disk = SimulatedDisk::new(seed);
        let (watched, expects) = (program.clone(), expected.clone());
        disk.watch(Box::new(move |state| crash(state, &watched, &expects, 1, state.calls)));
        run(&program, &expected, &disk, true);
        disk.watch(Box::new(|_| {}));
        points += expected.points.load(Relaxed);
        programs += 1;
        seed += 1;
        if first.is_some() {
            break;
        }
    }
    println!("{points} crash points in {programs} programs");
}

#[test]
fn after_a_failure_of_any_call_the_graph_is_that_of_a_commit() {
    let first = number("CRASH_SEED");
    let programs = number("CRASH_POINTS").map_or(4, |points| (points / 5000).max(4));
    let mut runs = 0;
    for seed in first.map_or(1..=programs, |seed| seed..=seed) {
        let program = Arc::new(Program::new(seed));
        let calls = {
            let disk = SimulatedDisk::new(seed);
            run(&program, &Arc::default(), &disk, false);
            disk.state().calls
        };
        for call in 1..=calls {
            let mut random = Random(seed ^ call << 20);
            let fault = Fault { call, calls: 1 + random.below(3) as u64, full: random.one_in(2) };
            let disk = SimulatedDisk::new(seed);
            disk.state().fault = Some(fault);
            let expected: Arc<Expected> = Arc::default();
            let (watched, expects) = (program.clone(), expected.clone());
            disk.watch(Box::new(move |state| {
                let near = state.calls >= call && state.calls < call + 20;
                if near {
                    verify(&state.crashed(Survival::Some, state.calls ^ seed), &watched, &expects, 0, state.calls);
                }
            }));
            run(&program, &expected, &disk, false);
            runs += 1;
        }
    }
    println!("{runs} failures");
}
