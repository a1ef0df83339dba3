//! Databases, graph folders, files and standard input together; what of a folder is not read, and what is said of it.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::Folder;

const TERMS: &str = "\
[[type]]
name = \"FEEDS\"
phrase = \"feeds\"
inverse = \"FED_BY\"
inverse_phrase = \"is fed by\"
failure = \"along\"

[[term]]
name = \"spring\"
labels = [\"Water\"]

[[term]]
name = \"pond\"
labels = [\"Water\"]

[[relation]]
from = \"spring\"
type = \"FEEDS\"
to = \"pond\"
";

#[test]
fn databases_and_graph_folders_are_paths_like_others() {
    let folder = Folder::new("paths");
    folder.write("a.edges", "web db\n");
    folder.write("b.edges", "db disk\n");
    folder.write("water/terms.toml", TERMS);
    folder.said(&["ingest", "a.edges", "-o", "a.kenning"]);
    folder.said(&["ingest", "b.edges", "-o", "b.kenning"]);
    for paths in [&["a.kenning", "b.kenning"][..], &["a.kenning", "b.edges"], &["a.edges", "b.kenning"]] {
        let tree = folder.said(&[paths, &["-c", "WHY web TO disk"]].concat());
        assert!(tree.contains("disk") && tree.contains("a.edges:1") && tree.contains("b.edges:1"), "{paths:?}: {tree}");
    }
    let both = folder.said(&["water", "a.kenning", "-c", "DEPS pond", "-c", "DEPS web"]);
    assert!(both.contains("spring") && both.contains("db"), "{both}");
    let both = folder.said(&["openstack", "a.kenning", "-c", "SHOW nova", "-c", "DEPS web"]);
    assert!(both.contains("OpenStack Compute") && both.contains("db"), "{both}");
}

#[test]
fn databases_are_ingested_and_again_changes_nothing() {
    let folder = Folder::new("unite");
    folder.write("a.edges", "web db\n");
    folder.said(&["ingest", "a.edges", "-o", "a.kenning"]);
    folder.said(&["b.kenning", "-c", "CREATE (:Person {name: 'Ann'})-[:LIKES]->(:Person {name: 'Bo'})"]);
    let said = folder.said(&["ingest", "a.kenning", "b.kenning", "-o", "all.kenning"]);
    assert!(said.contains("a.kenning: graph: 2 terms, 1 relation\n"), "{said}");
    assert!(said.contains("all.kenning: 4 terms, 2 relations\n"), "{said}");
    let again = folder.said(&["ingest", "a.kenning", "b.kenning", "a.edges", "-o", "all.kenning"]);
    assert!(again.ends_with("nothing changed\n"), "{again}");
    let complaint = folder.complaint(&["ingest", "all.kenning", "b.kenning", "-o", "all.kenning"]);
    assert!(complaint.contains("all.kenning is read and written"), "{complaint}");
    let said = folder.said(&["a.kenning", "-c", ":ingest b.kenning", "-c", "MATCH (n:Person) RETURN count(*) AS n"]);
    assert!(said.contains("read: 0 files of tools, 0 entries of glossaries, 1 graph\n"), "{said}");
}

#[test]
fn what_was_not_read_is_counted() {
    let folder = Folder::new("skipped");
    folder.write("a.edges", "web db\n");
    folder.write("main.rs", "fn main() {}\n");
    folder.write("logo.png", "no picture\n");
    folder.write("odd.json", "{\"answer\": 42}\n");
    folder.write("build.out", "left out\n");
    folder.write("cache/more.edges", "x y\n");
    folder.write("node_modules/ms/package.json", "{}\n");
    folder.write("tool/pyproject.toml", "[project]\nname = \"tool\"\n");
    folder.write("web/package.json", "{\"name\": \"web\"}\n");
    folder.write(
        "web/package-lock.json",
        "{\"name\": \"web\", \"lockfileVersion\": 3, \"packages\": {\"\": {\"name\": \"web\"}}}\n",
    );
    folder.write(".gitignore", "*.out\ncache/\n");
    folder.write("README.md", "# Shop\n\nThe shop sells things.\n");
    let output = folder.kenning(&["ingest", ".", "-o", "g.kenning"]);
    let notes = String::from_utf8_lossy(&output.stderr).into_owned();
    for expected in [
        "note: not read, as others wrote it: ./node_modules; --vendored reads it\n",
        "note: 1 text not read as glossaries; to read one, name it\n",
        "note: 1 manifest without a lock file: tool/pyproject.toml; to be told how to make one, name one\n",
        "note: 2 files of no known kind: .gitignore, odd.json; to be told why, name one\n",
        "note: not read: 2 files by ending (programs, pictures, archives, databases), \
         2 files and folders that .gitignore leaves out\n",
    ] {
        assert!(notes.contains(expected), "{expected}: {notes}");
    }
    let tree = folder.said(&["g.kenning", "-c", "MATCH (n) RETURN count(*) AS n", "--format", "csv"]);
    assert_eq!(tree, "n\n3\n");
    let named = folder.kenning(&["ingest", "tool/pyproject.toml", "-o", "h.kenning"]);
    let said = String::from_utf8_lossy(&named.stderr).into_owned();
    assert_eq!(named.status.code(), Some(1));
    assert!(
        said.contains("tool/pyproject.toml: error: it asks for packages, but does not say which are used\n"),
        "{said}"
    );
    assert!(said.contains("`uv lock` makes one"), "{said}");
}

#[test]
fn each_glossary_has_a_line_of_its_own() {
    let folder = Folder::new("glossaries");
    folder.write(
        "a.md",
        "# Glossary\n\n**mole**\n: A wall. Protects the harbour.\n\n**harbour**\n: A place for ships.\n",
    );
    folder.write("b.csv", "term,definition\nbuoy,A float that marks a channel.\n");
    let said = folder.said(&["ingest", "a.md", "b.csv", "-o", "g.kenning"]);
    assert!(said.starts_with("a.md: markdown glossary: 2 entries, "), "{said}");
    assert!(said.contains("\nb.csv: csv glossary: 1 entry, "), "{said}");
}

/// Pipes the text into `kenning ARGUMENTS`.
fn piped(folder: &Folder, arguments: &[&str], text: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenning"));
    let command = command.args(arguments).current_dir(&folder.0).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    child.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn standard_input_has_a_name() {
    let folder = Folder::new("stdin");
    let said = piped(&folder, &["ingest", "-", "--source", "first", "-o", "g.kenning"], "web api\napi db\n");
    assert!(said.starts_with("first: pairs: 3 terms, 2 relations\n"), "{said}");
    piped(&folder, &["ingest", "-", "--source", "second", "-o", "g.kenning"], "db disk\ndisk bay\n");
    let tree = folder.said(&["g.kenning", "-c", "WHY web TO bay"]);
    assert!(tree.contains("[first:1]") && tree.contains("[second:1]"), "{tree}");
    // The name tells the format.
    let lock = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n";
    let said = piped(&folder, &["ingest", "-", "--source", "Cargo.lock", "-o", "h.kenning"], lock);
    assert!(said.starts_with("Cargo.lock: cargo-lock: 1 term"), "{said}");
    let tree = piped(&folder, &["-", "-c", "DEPS web"], "web api\napi db\n");
    assert!(tree.contains("db"), "{tree}");
}
