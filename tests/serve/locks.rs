//! One process at a time writes a database file: a server finds out at its start.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use super::bolt_client::Client;
use super::server::{KENNING, Server};

/// A database file of its own for a test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("kenning-locks-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        Folder(folder)
    }

    fn graph(&self) -> String {
        self.0.join("g.kenning").to_str().expect("a plain path").to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs kenning to its end.
fn run(arguments: &[&str]) -> Output {
    Command::new(KENNING).args(arguments).stdin(Stdio::null()).output().expect("kenning runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const OFF: [&str; 6] = ["--bolt", "127.0.0.1:0", "--http", "off", "--log", "off"];

#[test]
fn a_second_writer_is_refused_at_its_start_and_a_reader_follows() {
    let folder = Folder::new("second");
    let graph = folder.graph();
    let server = Server::serving(&graph, &[]);
    let holder = format!("the database is being written by process {} since 2", server.id());
    for arguments in [&[&["serve", &graph][..], &OFF[..]].concat()[..], &["mcp", &graph, "--allow-writes"]] {
        let second = run(arguments);
        assert_eq!(second.status.code(), Some(1));
        let said = said(&second);
        assert!(said.contains(&holder) && said.contains("--wait") && said.contains("--read-only"), "{said}");
    }
    let waited = run(&[&["serve", &graph, "--wait", "200ms"][..], &OFF[..]].concat());
    assert!(said(&waited).contains("also after waiting for 200ms"), "{}", said(&waited));
    assert!(run(&["mcp", &graph]).status.success(), "who only reads does not mind");

    let reader = Server::serving(&graph, &["--read-only"]);
    let mut writing = Client::ready(server.bolt, 5, 8);
    writing.run("CREATE (:A {name: 'a'})");
    writing.pull(-1);
    (0..2).for_each(|_| drop(writing.expect("SUCCESS")));
    let mut reading = Client::ready(reader.bolt, 5, 8);
    reading.run("MATCH (a:A) RETURN a.name AS name");
    reading.pull(-1);
    reading.expect("SUCCESS");
    assert_eq!(reading.receive().unwrap(), "RECORD [\"a\"]");
}

#[test]
fn a_server_waits_for_the_one_before_it() {
    let folder = Folder::new("waits");
    let graph = folder.graph();
    let mut first = Server::serving(&graph, &[]);
    let next = std::thread::spawn({
        let graph = graph.clone();
        move || Server::serving(&graph, &["--wait", "20s"])
    });
    std::thread::sleep(Duration::from_millis(300));
    first.terminate();
    assert!(first.wait().success());
    let next = next.join().expect("it serves once the first has ended");
    let mut writing = Client::ready(next.bolt, 5, 8);
    writing.run("CREATE (:A)");
    writing.pull(-1);
    (0..2).for_each(|_| drop(writing.expect("SUCCESS")));
}

#[test]
fn a_server_that_has_ended_leaves_no_lock() {
    let folder = Folder::new("leaves");
    let graph = folder.graph();
    let mut server = Server::serving(&graph, &[]);
    assert!(Path::new(&format!("{graph}.lock")).exists());
    server.terminate();
    assert!(server.wait().success());
    assert!(!Path::new(&format!("{graph}.lock")).exists());
}
