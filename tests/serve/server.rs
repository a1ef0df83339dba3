//! A server of its own for a test.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

pub const KENNING: &str = env!("CARGO_BIN_EXE_kenning");

/// A process that serves until it is dropped.
pub struct Server {
    process: Child,
    pub bolt: SocketAddr,
}

impl Server {
    /// Serves a graph in memory with more arguments of `kenning serve`.
    pub fn start(arguments: &[&str]) -> Server {
        Server::serving(":memory:", arguments)
    }

    pub fn serving(graph: &str, arguments: &[&str]) -> Server {
        let mut process = Command::new(KENNING)
            .args(["serve", graph, "--bolt", "127.0.0.1:0", "--http", "off", "--log", "error"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("kenning can be started");
        let out = process.stdout.take().expect("its output is piped");
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().rsplit("//").next().unwrap_or_default();
        let bolt = address.parse().unwrap_or_else(|error| panic!("{line:?}: {error}"));
        Server { process, bolt }
    }
}

impl Server {
    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Tells it to end.
    pub fn terminate(&mut self) {
        Command::new("kill").args(["-TERM", &self.id().to_string()]).status().expect("kill is there");
    }

    pub fn wait(&mut self) -> std::process::ExitStatus {
        self.process.wait().expect("it can be waited for")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A file of users with one user, `ann`, whose password is `secret`.
pub fn users(folder: &std::path::Path, role: &str) -> String {
    let mut process = Command::new(KENNING)
        .args(["password", "ann", "--role", role])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("kenning can be started");
    process.stdin.take().expect("piped").write_all(b"secret\n").expect("it reads the password");
    let line = process.wait_with_output().expect("it ends").stdout;
    let path = folder.join(format!("users-{role}"));
    std::fs::write(&path, line).expect("the folder can be written");
    path.to_str().expect("a plain path").to_string()
}
