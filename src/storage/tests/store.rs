//! A database file on the real disk.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Folder, dump};
use crate::diagnostic::{Detail, Diagnostic};
use crate::graph::{Graph, Value};
use crate::storage::{
    Durability, OpenOptions, Reader, RealDisk, Recovery, Refreshed, Store, backup, check, info, open, save,
};

fn options() -> OpenOptions {
    OpenOptions { create: true, ..OpenOptions::default() }
}

fn open_store(path: &Path) -> Result<(Store, Graph, Recovery), Diagnostic> {
    Store::open(Arc::new(RealDisk), path, &options())
}

/// Changes the graph in a transaction and appends it.
fn commit(store: &Store, graph: &mut Graph, change: impl FnOnce(&mut Graph)) {
    graph.begin();
    change(graph);
    let bytes = Store::encode(&graph.changes()).expect("the values can be written");
    store.append(store.status().sequence + 1, &[bytes]).expect("it can be written");
    graph.commit();
}

fn add(graph: &mut Graph, name: &str) {
    let (label, key) = (graph.intern_label("N"), graph.intern_key("name"));
    let node = graph.create_node();
    graph.add_label(node, label);
    graph.set_property(node, key, Value::from(name));
}

#[test]
fn commits_are_there_after_close_and_reopening() {
    let folder = Folder::new("reopen");
    let path = folder.path("g.kenning");
    let (store, mut graph, recovery) = open_store(&path).expect("it is created");
    assert!(recovery.created);
    commit(&store, &mut graph, |graph| add(graph, "mail"));
    commit(&store, &mut graph, |graph| add(graph, "dns"));
    assert_eq!(folder.names(), ["g.kenning", "g.kenning.lock"]);
    store.close().expect("it can be closed");
    assert_eq!(folder.names(), ["g.kenning"]);
    let (store, again, recovery) = open_store(&path).expect("it opens");
    assert_eq!(dump(&again), dump(&graph));
    assert_eq!((recovery.sequence, recovery.commits, recovery.cut, recovery.created), (2, 2, None, false));
    store.checkpoint(&again, 2).expect("a checkpoint can be made");
    assert_eq!(store.status().log_bytes, 0);
    commit(&store, &mut graph, |graph| add(graph, "web"));
    assert_eq!(store.status().log_commits, 1);
    drop(store);
    assert_eq!(dump(&open(&path).expect("it opens")), dump(&graph));
    assert_eq!(info(&path).expect("it is whole").sequence, 3);
    assert_eq!(check(&path).expect("it is whole").problems, [""; 0]);
}

#[test]
fn a_checkpoint_within_a_group_keeps_what_comes_after() {
    let folder = Folder::new("group");
    let path = folder.path("g.kenning");
    let (store, mut graph, _) = open_store(&path).expect("it is created");
    let mut snapshots = vec![graph.clone()];
    let mut commits = Vec::new();
    for name in ["a", "b", "c", "d"] {
        graph.begin();
        add(&mut graph, name);
        commits.push(Store::encode(&graph.changes()).expect("the values can be written"));
        graph.commit();
        snapshots.push(graph.clone());
    }
    store.append(1, &commits[..3]).expect("it can be written");
    store.append(4, &commits[3..]).expect("it can be written");
    for sequence in [0, 1, 2, 3, 4] {
        let prepared = store.prepare_checkpoint(&snapshots[sequence], sequence as u64).expect("it can be prepared");
        prepared.swap().expect("it can be swapped");
        assert_eq!(dump(&open(&path).expect("it opens")), dump(&graph), "{sequence}");
        assert_eq!(store.status().log_commits, 4 - sequence as u64);
    }
    assert!(store.checkpoint(&graph, 5).is_err());
}

#[test]
fn commits_go_on_while_a_checkpoint_is_prepared() {
    let folder = Folder::new("meanwhile");
    let path = folder.path("g.kenning");
    let (store, mut graph, _) = open_store(&path).expect("it is created");
    commit(&store, &mut graph, |graph| add(graph, "a"));
    let prepared = store.prepare_checkpoint(&graph, 1).expect("it can be prepared");
    commit(&store, &mut graph, |graph| add(graph, "b"));
    prepared.swap().expect("it can be swapped");
    commit(&store, &mut graph, |graph| add(graph, "c"));
    drop(store.prepare_checkpoint(&graph, 3).expect("it can be prepared"));
    assert_eq!(folder.names(), ["g.kenning", "g.kenning.lock"]);
    drop(store);
    assert_eq!(dump(&open(&path).expect("it opens")), dump(&graph));
}

#[test]
fn a_second_writer_is_told_who_writes_and_can_wait() {
    let folder = Folder::new("lock");
    let path = folder.path("g.kenning");
    let (store, _, _) = open_store(&path).expect("it is created");
    let error = open_store(&path).err().expect("it is locked");
    assert_eq!(error.detail, Detail::DatabaseLocked);
    assert!(error.message.contains(&format!("process {} since 20", std::process::id())), "{}", error.message);
    assert_eq!(info(&path).expect("it can be read").writer.map(|writer| writer.process), Some(std::process::id()));
    assert_eq!(save(&Graph::new(), &path).expect_err("it is locked").detail, Detail::DatabaseLocked);
    std::thread::scope(|scope| {
        let (options, path) = (OpenOptions { wait: Duration::from_secs(20), ..options() }, path.clone());
        let waiting = scope.spawn(move || Store::open(Arc::new(RealDisk), &path, &options).map(|_| ()));
        std::thread::sleep(Duration::from_millis(30));
        drop(store);
        waiting.join().expect("it does not panic").expect("it gets the lock");
    });
    assert_eq!(folder.names(), ["g.kenning"]);
    assert!(info(&path).expect("it can be read").writer.is_none());
}

#[test]
fn a_reader_follows_a_writer() {
    let folder = Folder::new("follow");
    let path = folder.path("g.kenning");
    let (store, mut graph, _) = open_store(&path).expect("it is created");
    let (mut reader, mut seen, _) = Reader::open(Arc::new(RealDisk), &path).expect("it opens");
    assert!(!reader.is_outdated());
    commit(&store, &mut graph, |graph| add(graph, "a"));
    commit(&store, &mut graph, |graph| add(graph, "b"));
    assert!(reader.is_outdated());
    assert_eq!(reader.refresh(&mut seen).expect("it is whole"), Refreshed::Commits(2));
    assert_eq!(reader.refresh(&mut seen).expect("it is whole"), Refreshed::Unchanged);
    assert_eq!(dump(&seen), dump(&graph));
    store.checkpoint(&graph, 2).expect("a checkpoint can be made");
    commit(&store, &mut graph, |graph| add(graph, "c"));
    assert!(reader.is_outdated());
    assert_eq!(reader.refresh(&mut seen).expect("it is whole"), Refreshed::Reloaded);
    assert_eq!((dump(&seen), reader.sequence()), (dump(&graph), 3));
    assert!(Store::from_reader(&mut reader, &mut seen, &options()).is_err());
    commit(&store, &mut graph, |graph| add(graph, "d"));
    drop(store);
    let (store, recovery) = Store::from_reader(&mut reader, &mut seen, &options()).expect("nobody writes");
    assert_eq!((dump(&seen), recovery.sequence), (dump(&graph), 4));
    commit(&store, &mut seen, |graph| add(graph, "e"));
    drop(store);
    assert_eq!(dump(&open(&path).expect("it opens")), dump(&seen));
}

#[test]
fn a_backup_is_whole_and_replaces_nothing() {
    let folder = Folder::new("backup");
    let (path, copy) = (folder.path("g.kenning"), folder.path("copy.kenning"));
    let (store, mut graph, _) = open_store(&path).expect("it is created");
    commit(&store, &mut graph, |graph| add(graph, "a"));
    store.backup(&copy, false).expect("it can be copied");
    assert_eq!(dump(&open(&copy).expect("it opens")), dump(&graph));
    commit(&store, &mut graph, |graph| add(graph, "b"));
    assert_eq!(store.backup(&copy, false).expect_err("it is there").detail, Detail::FileExists);
    backup(&RealDisk, &path, &copy, true).expect("it can be copied");
    assert_eq!(dump(&open(&copy).expect("it opens")), dump(&graph));
    assert!(store.backup(&path, true).is_err());
    assert_eq!(folder.names(), ["copy.kenning", "g.kenning", "g.kenning.lock"]);
}

#[test]
fn a_file_that_was_moved_or_deleted_refuses_commits() {
    let folder = Folder::new("moved");
    let path = folder.path("g.kenning");
    let (store, mut graph, _) = open_store(&path).expect("it is created");
    commit(&store, &mut graph, |graph| add(graph, "a"));
    let whole = std::fs::read(&path).expect("it is there");
    std::fs::rename(&path, folder.path("moved.kenning")).expect("it can be moved");
    graph.begin();
    add(&mut graph, "b");
    let commit = Store::encode(&graph.changes()).expect("the values can be written");
    let error = store.append(2, std::slice::from_ref(&commit)).expect_err("it is not there");
    assert_eq!(error.detail, Detail::DatabaseMoved);
    std::fs::write(&path, &whole).expect("it can be written");
    assert_eq!(store.append(2, std::slice::from_ref(&commit)).expect_err("another").detail, Detail::DatabaseMoved);
    assert_eq!(store.checkpoint(&graph, 1).expect_err("another").detail, Detail::DatabaseMoved);
    std::fs::rename(folder.path("moved.kenning"), &path).expect("it can be moved");
    store.append(2, &[commit]).expect("it is there again");
    graph.commit();
    drop(store);
    assert_eq!(dump(&open(&path).expect("it opens")), dump(&graph));
}

#[test]
fn commits_without_sync_are_synced_by_a_thread_and_at_close() {
    let folder = Folder::new("normal");
    let path = folder.path("g.kenning");
    let sync_every = Some(Duration::from_millis(20));
    for durability in [Durability::Normal, Durability::Off] {
        let options = OpenOptions { durability, sync_every, ..options() };
        let (store, mut graph, _) = Store::open(Arc::new(RealDisk), &path, &options).expect("it opens");
        commit(&store, &mut graph, |graph| add(graph, "a"));
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while durability == Durability::Normal && store.status().durable < store.status().sequence {
            assert!(std::time::Instant::now() < until, "nobody synced");
            std::thread::sleep(Duration::from_millis(5));
        }
        store.close().expect("it can be closed");
        assert_eq!(dump(&open(&path).expect("it opens")), dump(&graph));
    }
}

/// A file of version 2, as the program before this one wrote it.
#[test]
fn a_file_of_version_2_is_carried_over_at_the_first_write() {
    let folder = Folder::new("carried");
    let path = folder.path("g.kenning");
    let sample = super::base::sample();
    let old = super::base::version_2(&sample);
    for checkpoint in [false, true] {
        std::fs::write(&path, &old).expect("it can be written");
        let (store, mut graph, recovery) = open_store(&path).expect("it opens");
        assert_eq!((dump(&graph), recovery.version), (dump(&sample), 2));
        assert_eq!(std::fs::read(&path).expect("it is there"), old);
        if checkpoint {
            store.checkpoint(&graph, 0).expect("a checkpoint can be made");
        }
        commit(&store, &mut graph, |graph| add(graph, "a"));
        store.close().expect("it can be closed");
        assert_eq!(dump(&open(&path).expect("it opens")), dump(&graph));
        let info = info(&path).expect("it is whole");
        assert_eq!((info.version, info.log_commits), (3, 1));
    }
}
