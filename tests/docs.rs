//! What the README and the pages of `docs/` show is what happens.
//!
//! - A block tagged `console` holds commands after `$ ` and what they print. Those that run `kenning` are run by a
//!   shell in the package's folder, with the binary just built on the path; a line `...` stands for any lines.
//!   `UPDATE=1 cargo test` rewrites what they print. Commands of cargo and git are not run. A command that ends in `&`
//!   serves until the end of the page, on a port of its own; `curl` asks it, too.
//! - A block tagged `kenning` holds statements, each of which must run on the embedded graph.
//! - Commands in other blocks need files or time that a test has not. Of these the names are checked ([`named`]).

mod named;

use std::cell::RefCell;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use kenning::export::{self, Subgraph};
use kenning::limits::{Budget, Limits};

use crate::support::diff::diff;
use crate::support::engine::{Session, draw_errors};
use crate::support::{assert_none, files, read, root, short, update};

fn pages() -> Vec<PathBuf> {
    let mut pages = files(&root().join("docs"), "md");
    for page in ["findings/README.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md"] {
        pages.insert(0, root().join(page));
    }
    pages.retain(|page| page.is_file());
    pages
}

#[test]
fn the_readme_and_the_pages_tell_the_truth() {
    let mut problems = Vec::new();
    for page in pages() {
        let before = read(&page);
        let served = RefCell::new(None);
        let after = rewrite(&before, &mut problems, &short(&page), |command| run_or_serve(command, &served));
        if update() && before != after {
            std::fs::write(&page, after).unwrap_or_else(|error| panic!("{}: {error}", short(&page)));
        } else if before != after {
            problems.push(format!("{}: (`UPDATE=1 cargo test` accepts it)\n{}", short(&page), diff(&before, &after)));
        }
    }
    assert_none(&problems);
}

/// The page with what its commands print now.
fn rewrite(page: &str, problems: &mut Vec<String>, name: &str, run: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out += &format!("{line}\n");
        let Some(tag) = line.trim_start().strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
        match tag {
            "console" => out += &console(&block, &run),
            _ => out += &block.iter().map(|line| format!("{line}\n")).collect::<String>(),
        }
        if tag == "kenning" {
            statements(&block.join("\n"), problems, name);
        }
        // A block in a list is indented.
        out += &format!("{}```\n", &line[..line.len() - line.trim_start().len()]);
    }
    out
}

/// A block of commands and what they print.
fn console(block: &[&str], run: &impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = block;
    while let Some((line, after)) = rest.split_first() {
        out += &format!("{line}\n");
        let end = after.iter().position(|line| line.starts_with("$ ")).unwrap_or(after.len());
        let (shown, after) = after.split_at(end);
        rest = after;
        let is_ours = |command: &&str| {
            let first = command.split_whitespace().next().unwrap_or("");
            first == "curl" || (command.contains("kenning") && !["cargo", "git", "cd"].contains(&first))
        };
        let shown_again = match line.strip_prefix("$ ").filter(is_ours) {
            Some(command) => {
                let printed = run(command);
                let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
                if matches(shown, &printed) { shown.to_vec() } else { printed }.join("\n")
            }
            None => shown.join("\n"),
        };
        if !shown_again.is_empty() {
            out += &format!("{shown_again}\n");
        }
    }
    out
}

/// Whether the lines are those shown, where `...` stands for any number of lines.
fn matches(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&"..." | &"…", rest)) => (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..])),
        Some((line, rest)) => printed.first() == Some(line) && matches(rest, &printed[1..]),
    }
}

/// A server that ends with its page, the port that the page shows, and the one that it has.
struct Served(Child, &'static str, String);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The ports at which the pages have the server: of HTTP, where Bolt is off, and of Bolt.
const PORTS: [&str; 2] = ["7474", "7687"];

/// What a command prints. One that ends in `&` prints its address and goes on.
fn run_or_serve(command: &str, served: &RefCell<Option<Served>>) -> String {
    let Some(command) = command.strip_suffix(" &") else {
        let ports = served.borrow().as_ref().map(|Served(_, shown, own)| (*shown, own.clone()));
        return match ports {
            Some((shown, own)) => run_command(&command.replace(shown, &own)).replace(&own, shown),
            None => run_command(command),
        };
    };
    let shown = if command.contains("--bolt off") { PORTS[0] } else { PORTS[1] };
    // Only one of the two listens: a second address that is printed would find nobody who reads it.
    let listening: &[&str] = match shown == PORTS[0] {
        true => &["--http", "127.0.0.1:0"],
        false => &["--bolt", "127.0.0.1:0", "--http", "off"],
    };
    let arguments = command.split_whitespace().skip(1).chain(listening.iter().copied());
    let mut child = Command::new(env!("CARGO_BIN_EXE_kenning"))
        .args(arguments.chain(["--log", "off"]))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command}: {error}"));
    let mut printed = String::new();
    let out = child.stdout.take().expect("it is piped");
    BufReader::new(out).read_line(&mut printed).unwrap_or_else(|error| panic!("{command}: {error}"));
    let port = printed.trim_end().trim_end_matches('/').rsplit(':').next().unwrap_or_default().to_string();
    *served.borrow_mut() = Some(Served(child, shown, port.clone()));
    printed.replace(&port, shown)
}

/// What a command prints, on both streams, to someone who is not on a terminal.
fn run_command(command: &str) -> String {
    let folder = Path::new(env!("CARGO_BIN_EXE_kenning")).parent().expect("a binary lies in a folder");
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&inherited)));
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(root())
        .env("XDG_DATA_HOME", std::env::temp_dir().join(format!("kenning-docs-{}", std::process::id())))
        .env("PATH", path.expect("the path to the binary has no colon"))
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("sh: {error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs each statement of a block; they end at a `;` or with a blank line.
fn statements(block: &str, problems: &mut Vec<String>, name: &str) {
    let mut session = Session::openstack();
    let blocks = block.split("\n\n").flat_map(|part| part.split_inclusive(";\n"));
    for statement in blocks.map(str::trim).filter(|statement| !statement.is_empty()) {
        if let Err(errors) = session.result(statement, &Default::default()) {
            problems.push(format!("{name}: {}", draw_errors(&errors, statement)));
        }
    }
}

#[test]
fn the_drawing_is_the_one_that_is_drawn() {
    let result = Session::openstack().result("DEPS trove DEPTH 2", &Default::default()).expect("trove is there");
    let budget = Budget::start(&Limits::default());
    let subgraph = Subgraph::of(&result, &budget).expect("it needs something");
    let mut drawn = Vec::new();
    export::find("svg").expect("it is in the table").write(&subgraph, &budget, &mut drawn).expect("memory takes all");
    let file = root().join("docs/drawing.svg");
    if update() {
        std::fs::write(&file, drawn).unwrap_or_else(|error| panic!("{}: {error}", short(&file)));
    } else {
        let same = read(&file).as_bytes() == drawn;
        assert!(same, "docs/drawing.svg is another picture: `UPDATE=1 cargo test drawing` draws it anew");
    }
}

#[test]
fn commands_are_run_and_wildcards_are_kept() {
    let page = "\
# Title
```console
$ kenning one
old
$ kenning two
a
...
z
$ cargo test
whatever
```
```text
as it is
```
";
    let run = |command: &str| if command.ends_with("one") { "new\n".into() } else { "a\nb  \n\nz\n".to_string() };
    let mut problems = Vec::new();
    let after = rewrite(page, &mut problems, "page", run);
    assert_eq!(after, page.replace("old", "new"));
    assert_eq!(rewrite(&after, &mut problems, "page", run), after);
    assert!(problems.is_empty());
}

#[test]
fn three_dots_stand_for_any_lines() {
    assert!(matches(&["...", "b"], &["a", "b"]) && matches(&["a", "..."], &["a"]));
    assert!(!matches(&["...", "b"], &["a", "b", "c"]) && !matches(&["a"], &["b"]) && !matches(&[], &["a"]));
}
