//! `kenning PATH…` and `kenning ingest PATH…` on what people bring: every format, whole repositories, broken files.

use std::process::Command;

use kenning::formats::FORMATS;

use crate::support::{Folder, read, root};

#[test]
fn every_format_opens_and_is_kept() {
    let folder = Folder::new("formats");
    for format in FORMATS {
        let name = format.names.first().expect("it has a name").replace('*', "example");
        folder.write(&name, format.example);
        let count = "MATCH ()-[r]->() RETURN count(r.rule) AS n";
        let opened = folder.said(&[&name, "--format", "csv", "-c", count]);
        let kept = folder.said(&["ingest", &name, "-o", "g.kenning"]);
        assert!(kept.contains(&format!("{name}: {}: ", format.name)), "{}: {kept}", format.name);
        assert_eq!(folder.said(&["g.kenning", "--format", "csv", "-c", count]), opened, "{}", format.name);
        let again = folder.said(&["ingest", &name, "-o", "g.kenning"]);
        assert!(again.contains("nothing changed"), "{}: {again}", format.name);
        std::fs::remove_file(folder.0.join("g.kenning")).expect("it is there");
        std::fs::remove_file(folder.0.join(&name)).expect("it is there");
    }
}

#[test]
fn every_format_is_listed_and_documented() {
    let folder = Folder::new("list");
    let list = folder.said(&["formats"]);
    let pages: String = std::fs::read_dir(root().join("docs/formats"))
        .expect("the pages")
        .map(|page| read(&page.expect("a page").path()))
        .collect();
    for format in FORMATS {
        assert!(list.contains(format.name), "{}", format.name);
        let one = folder.said(&["formats", format.name]);
        assert!(one.contains(format.example.lines().next().expect("a line")), "{one}");
        assert!(pages.contains(&format!("`{}`", format.name)), "docs/formats says nothing of {}", format.name);
    }
}

#[test]
fn a_repository_is_one_graph() {
    let folder = Folder::new("repository");
    folder.write(
        "compose.yaml",
        "services:\n  web:\n    build: ./web\n    depends_on: [db]\n  db:\n    image: postgres:16\n",
    );
    let lock = "version = 4\n\n[[package]]\nname = \"site\"\nversion = \"0.1.0\"\ndependencies = [\n \"serde\",\n]\n\n\
                [[package]]\nname = \"serde\"\nversion = \"1.0.0\"\n\
                source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
    folder.write("web/Cargo.lock", lock);
    folder
        .write("web/Cargo.toml", "[package]\nname = \"site\"\nversion = \"0.1.0\"\n\n[dependencies]\nserde = \"1\"\n");
    folder.write("web/node_modules/x/Cargo.lock", lock);
    folder.write("ignored/Cargo.lock", lock);
    folder.write(".gitignore", "ignored/\n");
    folder.write("README.md", "# Site\n\nThe site is a thing that people look at.\n");
    let output = folder.kenning(&["ingest", ".", "-o", "g.kenning"]);
    let (said, aside) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{output:?}");
    assert!(!said.contains("node_modules") && !said.contains("ignored"), "{said}");
    assert!(aside.contains("web/node_modules") && aside.contains("--vendored"), "{aside}");
    assert!(aside.contains("1 text not read as glossaries"), "{aside}");
    let why = folder.said(&["g.kenning", "-c", "WHY web TO serde"]);
    for place in ["[compose.yaml:3]", "[web/Cargo.lock:7]"] {
        assert!(why.contains(place), "{place} in {why}");
    }
    let all = folder.said(&["ingest", ".", "--vendored", "--dry-run"]);
    assert!(all.contains("web/node_modules/x/Cargo.lock: cargo-lock"), "{all}");
}

#[test]
fn what_was_joined_is_told_and_can_be_kept_apart() {
    let folder = Folder::new("joined");
    folder.write("a.edges", "web db\n");
    folder.write("b.edges", "db disk\n");
    folder.said(&["ingest", "a.edges", "b.edges", "-o", "one.kenning"]);
    let why = folder.said(&["one.kenning", "-c", "WHY web TO disk"]);
    assert!(why.contains("[a.edges:1]") && why.contains("[b.edges:1]"), "{why}");
    folder.said(&["ingest", "a.edges", "b.edges", "-o", "two.kenning", "--apart", "name:db"]);
    let rows = folder.said(&["two.kenning", "--format", "csv", "-c", "MATCH (n {name: 'db'}) RETURN count(*) AS n"]);
    assert_eq!(rows, "n\n2\n");
}

#[test]
fn files_that_are_gone_are_forgotten_on_demand() {
    let folder = Folder::new("gone");
    folder.write("a.edges", "web db\n");
    folder.write("sub/b.edges", "db disk\n");
    folder.said(&["ingest", ".", "-o", "g.kenning"]);
    std::fs::remove_file(folder.0.join("sub/b.edges")).expect("it is there");
    let count = ["g.kenning", "--format", "csv", "-c", "MATCH ()-[r]->() RETURN count(*) AS n"];
    folder.said(&["ingest", ".", "-o", "g.kenning"]);
    assert_eq!(folder.said(&count), "n\n2\n");
    folder.said(&["ingest", ".", "-o", "g.kenning", "--prune"]);
    assert_eq!(folder.said(&count), "n\n1\n");
}

#[test]
fn a_file_that_is_named_and_gives_nothing_is_an_error() {
    let folder = Folder::new("nothing");
    folder.write("Cargo.lock", "version = 4\n\n[[package]\n");
    folder.write("main.rs", "fn main() {\n    println!(\"What is this? It is a program that prints.\");\n}\n");
    folder.write("odd.json", "{\"answer\": 42}\n");
    folder.write("empty.txt", "");
    folder.write("good.edges", "web db\n");
    for (file, expected) in [
        ("Cargo.lock", "Cargo.lock:3: error: not TOML"),
        ("main.rs", "it looks like a program"),
        ("odd.json", "odd.json: error: "),
        ("empty.txt", "it is empty"),
    ] {
        let complaint = folder.complaint(&["ingest", file, "-o", "g.kenning"]);
        assert!(complaint.contains(expected) && complaint.contains("help: "), "{file}: {complaint}");
        let opened = folder.kenning(&[file, "-c", "SHOW x"]);
        assert!(!opened.status.success() && !folder.0.join("g.kenning").exists(), "{file}: {opened:?}");
        // What can be read is kept all the same.
        folder.complaint(&["ingest", file, "good.edges", "-o", "g.kenning"]);
        assert!(folder.said(&["g.kenning", "-c", "DEPS web"]).contains("db"));
        std::fs::remove_file(folder.0.join("g.kenning")).expect("it is there");
    }
    assert!(
        folder.complaint(&["ingest", "good.edges", "--format", "pair", "--dry-run"]).contains("did you mean pairs?")
    );
}

#[test]
fn several_paths_open_as_one_graph() {
    let folder = Folder::new("several");
    folder.write("a.edges", "web db\n");
    folder.write("sub/b.edges", "db disk\n");
    let tree = folder.said(&["a.edges", "sub", "-c", "DEPS web"]);
    assert!(tree.contains("disk"), "{tree}");
}

#[test]
fn a_file_is_read_once_however_it_is_named() {
    let folder = Folder::new("once");
    folder.write("sub/a.edges", "web db\n");
    let whole = folder.0.join("sub/a.edges").display().to_string();
    folder.said(&["ingest", "sub/a.edges", "./sub/../sub/a.edges", &whole, "sub", "-o", "g.kenning"]);
    folder.said(&["ingest", &whole, "-o", "g.kenning"]);
    let rows = folder.said(&["g.kenning", "--format", "csv", "-c", "MATCH ()-[r]->() RETURN count(*) AS n"]);
    assert_eq!(rows, "n\n1\n");
}

#[test]
fn a_file_that_breaks_keeps_what_it_said() {
    let folder = Folder::new("breaks");
    folder.write("compose.yaml", "services:\n  web:\n    depends_on: [db]\n  db: {image: postgres}\n");
    folder.said(&["ingest", ".", "-o", "g.kenning"]);
    folder.write("compose.yaml", "services:\n  web: [\n");
    folder.write("a.edges", "x y\n");
    folder.said(&["ingest", ".", "-o", "g.kenning"]);
    assert!(folder.said(&["g.kenning", "-c", "DEPS web"]).contains("db"));
    assert!(folder.complaint(&["assert", ".", "NO CYCLES"]).contains("compose.yaml could not be read"));
}

#[test]
fn a_type_means_the_same_beside_others() {
    let folder = Folder::new("types");
    folder.write("calls.csv", "caller,callee,relation\nweb,api,calls\napi,db,calls\n");
    folder.write("needs.csv", "source,target\nx,y\n");
    for files in [&["calls.csv"][..], &["calls.csv", "needs.csv"]] {
        let tree = folder.said(&[files, &["-c", "DEPS web"]].concat());
        assert!(tree.contains("db"), "{files:?}: {tree}");
    }
}

#[test]
fn slips_of_the_pen_are_told() {
    let folder = Folder::new("slips");
    folder.write("a.edges", "web db\n");
    folder.write("none.txt", "# nothing\n");
    let output = folder.kenning(&["ingest", "a.edges", "-o", "g.kenning", "--apart", "name:dbb"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing has the identifier name:dbb"), "{output:?}");
    assert!(folder.complaint(&["assert", "g.kenning", "-f", "none.txt"]).contains("there is no claim"));
    let made = Command::new("mkfifo").arg(folder.0.join("pipe.csv")).status().expect("mkfifo runs");
    assert!(made.success());
    assert!(folder.complaint(&["ingest", "pipe.csv", "-o", "h.kenning"]).contains("neither a file nor a folder"));
    folder.write("we ird/b.edges", "x y\n");
    assert!(folder.said(&[":memory:", "-c", ":ingest 'we ird/b.edges'", "-c", "DEPS x"]).contains("y"));
}
