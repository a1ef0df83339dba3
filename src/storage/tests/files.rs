//! Replacing files on the real disk: modes, links, read-only targets, and several writers at once.
#![cfg(unix)]

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{PermissionsExt, symlink};

use super::Folder;
use crate::diagnostic::Detail;
use crate::graph::Graph;
use crate::storage::{open, save, write_atomically};

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn a_private_file_stays_private() {
    let folder = Folder::new("private");
    let path = folder.path("g.kenning");
    save(&Graph::new(), &path).expect("it can be saved");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is ours");
    save(&Graph::new(), &path).expect("it can be saved");
    assert_eq!(mode(&path), 0o600);
    let text = folder.path("g.csv");
    fs::write(&text, "old").expect("it can be written");
    fs::set_permissions(&text, fs::Permissions::from_mode(0o640)).expect("it is ours");
    write_atomically(&text, |out| out.write_all(b"new")).expect("it can be written");
    assert_eq!((mode(&text), fs::read(&text).expect("it is there")), (0o640, b"new".to_vec()));
}

#[test]
fn a_symbolic_link_stays_and_its_target_is_replaced() {
    let folder = Folder::new("links");
    let (target, link) = (folder.path("target.csv"), folder.path("link.csv"));
    symlink("target.csv", &link).expect("it can be made");
    // It leads nowhere yet.
    write_atomically(&link, |out| out.write_all(b"one")).expect("it can be written");
    assert_eq!(fs::read(&target).expect("it is there"), b"one");
    write_atomically(&link, |out| out.write_all(b"two")).expect("it can be written");
    assert_eq!(fs::read(&target).expect("it is there"), b"two");
    assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
    assert_eq!(folder.names(), ["link.csv", "target.csv"]);
    symlink("circle", folder.path("circle")).expect("it can be made");
    assert!(write_atomically(&folder.path("circle"), |out| out.write_all(b"x")).is_err());
}

#[test]
fn a_planted_lock_is_not_followed() {
    let folder = Folder::new("planted");
    let (path, victim) = (folder.path("g.kenning"), folder.path("victim"));
    fs::write(&victim, "precious").expect("it can be written");
    symlink(&victim, folder.path("g.kenning.lock")).expect("it can be made");
    assert!(save(&Graph::new(), &path).is_err());
    assert_eq!(fs::read(&victim).expect("it is there"), b"precious");
}

#[test]
fn what_cannot_be_replaced_is_refused_in_words() {
    let folder = Folder::new("refused");
    let path = folder.path("g.csv");
    let write = || write_atomically(&path, |out| out.write_all(b"new")).expect_err("it is refused");
    fs::write(&path, "old").expect("it can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("it is ours");
    assert_eq!(write().detail, Detail::ReadOnlyFile);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("it is ours");
    fs::hard_link(&path, folder.path("other.csv")).expect("it can be made");
    let error = write();
    assert!(error.message.contains("2 names (hard links)"), "{}", error.message);
    fs::remove_file(folder.path("other.csv")).expect("it can be removed");
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o555)).expect("it is ours");
    let error = write();
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)).expect("it is ours");
    assert!([Detail::ReadOnlyFile, Detail::PermissionDenied].contains(&error.detail), "{}", error.message);
    assert_eq!(fs::read(&path).expect("it is there"), b"old");
    let folder_error = write_atomically(&folder.0, |out| out.write_all(b"x")).expect_err("it is a folder");
    assert_eq!(folder_error.detail, Detail::IsADirectory);
    let missing = write_atomically(&folder.path("no/g.csv"), |out| out.write_all(b"x")).expect_err("no folder");
    assert_eq!(missing.detail, Detail::MissingFile);
    assert_eq!(folder.names(), ["g.csv"]);
}

#[test]
fn a_failed_write_leaves_the_old_file_alone() {
    let folder = Folder::new("failed");
    let path = folder.path("g.csv");
    fs::write(&path, "old").expect("it can be written");
    let error = write_atomically(&path, |out| {
        out.write_all(b"new")?;
        Err(io::ErrorKind::StorageFull.into())
    });
    assert_eq!(error.expect_err("the disk is full").detail, Detail::DiskFull);
    assert_eq!((fs::read(&path).expect("it is there"), folder.names()), (b"old".to_vec(), vec!["g.csv".to_string()]));
}

#[test]
fn two_threads_that_save_one_path_leave_a_whole_file() {
    let folder = Folder::new("threads");
    let (path, text) = (folder.path("g.kenning"), folder.path("g.csv"));
    let large = super::base::sample();
    std::thread::scope(|scope| {
        for thread in 0..4_u8 {
            let (path, text, large) = (&path, &text, &large);
            scope.spawn(move || {
                for _ in 0..25 {
                    let content = vec![thread; 5000 * usize::from(thread + 1)];
                    write_atomically(text, |out| out.write_all(&content)).expect("it can be written");
                    // Another thread may hold the lock.
                    let graph = if thread % 2 == 0 { large.clone() } else { Graph::new() };
                    if let Err(error) = save(&graph, path) {
                        assert_eq!(error.detail, Detail::DatabaseLocked, "{}", error.message);
                    }
                }
            });
        }
    });
    let content = fs::read(&text).expect("it is there");
    assert_eq!(content, vec![content[0]; 5000 * usize::from(content[0] + 1)]);
    open(&path).expect("it is whole");
    assert_eq!(folder.names(), ["g.csv", "g.kenning"]);
}

/// A full disk, where a small file system can be mounted.
#[test]
fn a_full_disk_fails_the_commit_and_keeps_the_rest() {
    use crate::graph::Value;
    use crate::storage::{OpenOptions, RealDisk, Store};
    let folder = Folder::new("full");
    let mount = |arguments: &[&str]| {
        std::process::Command::new(arguments[0])
            .args(&arguments[1..])
            .arg(&folder.0)
            .stderr(std::process::Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if !mount(&["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs"]) {
        // Without the right to mount, the simulated disk is full in the crash tests.
        return;
    }
    let path = folder.path("g.kenning");
    let options = OpenOptions { create: true, ..OpenOptions::default() };
    let outcome = (|| {
        let (store, mut graph, _) = Store::open(std::sync::Arc::new(RealDisk), &path, &options)?;
        let key = graph.intern_key("text");
        for size in [1000, 1_000_000, 2000] {
            graph.begin();
            let node = graph.create_node();
            graph.set_property(node, key, Value::from("x".repeat(size)));
            let appended = store.append(store.status().sequence + 1, &[Store::encode(&graph.changes())?]);
            match appended {
                Ok(()) => graph.commit(),
                Err(error) => {
                    assert_eq!((error.detail, size), (Detail::DiskFull, 1_000_000), "{}", error.message);
                    graph.rollback();
                }
            }
        }
        store.close()?;
        open(&path).map(|again| (super::dump(&again), super::dump(&graph)))
    })();
    mount(&["umount"]);
    let (again, graph) = outcome.expect("only the large commit fails");
    assert_eq!(again, graph);
    assert_eq!(graph[0], "2 0");
}
