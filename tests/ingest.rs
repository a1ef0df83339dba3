//! `kenning ingest` from the outside: what it writes, what it says, and the page about it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kenning::ingest::extract::Extractor;
use serde_json::Value;

use crate::support::{read, root, update};

const GLOSSARY: &str = "\
.. glossary::

   seed exchange protocol (SXP)
      A network protocol that moves seeds between stores.

   seed store
      Stores seeds and labels. Uses SXP to talk to the sower.

   sower
      A robot that plants seeds, not to be confused with a mower. Also called a seeder.

   row counter
      Part of the sower. Requires a wheel.
";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("kenning-ingest-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        std::fs::write(path.join("garden.rst"), GLOSSARY).expect("the glossary");
        Folder(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn kenning(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_kenning")).args(arguments).output();
    output.unwrap_or_else(|error| panic!("kenning {arguments:?}: {error}"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn exists(path: &str) -> bool {
    Path::new(path).exists()
}

#[test]
fn a_graph_with_evidence() {
    let folder = Folder::new("graph");
    let (glossary, graph) = (folder.path("garden.rst"), folder.path("g.kenning"));
    let first = kenning(&["ingest", &glossary, "-o", &graph]);
    assert!(first.status.success(), "{first:?}");
    let bytes = std::fs::read(&graph).expect("the graph was written");
    let second = said(&kenning(&["ingest", &glossary, "-o", &graph]));
    assert!(second.contains("nothing changed"), "{second}");
    assert_eq!(std::fs::read(&graph).expect("it is still there"), bytes, "the same text changes nothing");
    let query = "MATCH (a)-[r:USES]->(b) RETURN a.name, b.name, r.evidence, r.line, r.rule, r.confidence > 0.5";
    let rows = said(&kenning(&[&graph, "--format", "csv", "-c", query]));
    assert!(
        rows.contains("seed store,seed exchange protocol (SXP),Uses SXP to talk to the sower.,7,uses,true"),
        "{rows}"
    );
    let card = said(&kenning(&[&graph, "-c", "SHOW 'row counter'"]));
    assert!(card.contains("Part of the sower.") && card.contains("garden.rst:13"), "{card}");
    let why = said(&kenning(&[&graph, "-c", "WHY 'seed store' TO SXP"]));
    assert!(why.contains("Uses SXP to talk to the sower."), "{why}");
}

#[test]
fn a_report_and_a_dry_run() {
    let folder = Folder::new("report");
    let (glossary, report) = (folder.path("garden.rst"), folder.path("report.jsonl"));
    let dry = said(&kenning(&["ingest", &glossary, "--dry-run", "--report", &report, "--source", "garden"]));
    assert!(dry.contains("part-of") && dry.contains("4 entries"), "{dry}");
    let text = std::fs::read_to_string(&report).expect("the report was written");
    let entries: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    assert_eq!(entries[0]["aliases"], serde_json::json!(["seed exchange protocol", "SXP"]));
    assert_eq!(entries[2]["aliases"], serde_json::json!(["seeder"]));
    assert_eq!(entries[1]["mentions"], serde_json::json!(["seed exchange protocol (SXP)", "sower"]));
    for entry in &entries {
        for relation in entry["relations"].as_array().expect("a list") {
            let evidence = relation["evidence"].as_str().expect("each has evidence");
            assert!(entry["text"].as_str().is_some_and(|text| text.contains(evidence)), "{relation}");
        }
    }
    assert!(!exists(&folder.path("g.kenning")));
}

#[test]
fn rules_of_ones_own() {
    let folder = Folder::new("rules");
    let (glossary, graph, rules) = (folder.path("garden.rst"), folder.path("g.kenning"), folder.path("rules.toml"));
    let own = "\
[[type]]
name = \"PLANTS\"
phrase = \"plants\"
inverse = \"PLANTED_BY\"
inverse_phrase = \"is planted by\"
failure = \"none\"

[[rule]]
name = \"plants\"
pattern = \"ENTRY plant TARGET\"
type = \"plants\"
";
    std::fs::write(&rules, own).expect("the rules");
    let output = kenning(&["ingest", &glossary, "-o", &graph, "--rules", &rules]);
    assert!(output.status.success(), "{output:?}");
    let rows = said(&kenning(&[&graph, "--format", "csv", "-c", "MATCH (a)-[:PLANTS]->(b) RETURN a.name, b.name"]));
    assert!(rows.contains("sower,seed"), "{rows}");
    std::fs::write(&rules, "[[rule]]\nname = \"odd\"\npattern = \"ENTRY plant\"\ntype = \"plants\"\n")
        .expect("the rules");
    let output = kenning(&["ingest", &glossary, "--dry-run", "--rules", &rules]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && error.contains("InvalidArgumentValue"), "{error}");
    assert!(error.contains("`odd`") && error.contains("TARGET"), "{error}");
}

#[test]
fn rules_of_undeclared_types() {
    let folder = Folder::new("undeclared");
    let (glossary, rules) = (folder.path("garden.rst"), folder.path("rules.toml"));
    let rule =
        |relation: &str| format!("[[rule]]\nname = \"r\"\npattern = \"ENTRY plant TARGET\"\ntype = \"{relation}\"\n");
    for (relation, expected) in
        [("plants", "no [[type]] declares PLANTS"), ("used_bi", "did you mean USED_BY?"), ("used by", "")]
    {
        std::fs::write(&rules, rule(relation)).expect("the rules");
        let output = kenning(&["ingest", &glossary, "--dry-run", "--rules", &rules]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && told.contains(expected) && told.is_empty() == expected.is_empty(), "{told}");
    }
}

#[test]
fn what_changed_and_what_is_wrong() {
    let folder = Folder::new("diff");
    let [old, new, graph, later] = ["garden.rst", "new.rst", "g.kenning", "h.kenning"].map(|name| folder.path(name));
    let changed = GLOSSARY.replace("Requires a wheel.", "Requires a motor.").replace("sower", "sowing robot");
    std::fs::write(&new, changed + "\n   wheel\n      See axle.\n").expect("the new version");
    for (text, graph) in [(&old, &graph), (&new, &later)] {
        assert!(kenning(&["ingest", text, "--source", "garden", "-o", graph]).status.success());
    }
    let diff = said(&kenning(&["diff", &graph, &later]));
    for line in ["> sower is now sowing robot", "~ row counter", "+ row counter DEPENDS_ON motor"] {
        assert!(diff.contains(line), "{line} in {diff}");
    }
    let json: Value =
        serde_json::from_str(&said(&kenning(&["diff", &graph, &later, "--format", "json"]))).expect("JSON");
    assert_eq!(json["renamed"][0]["new"], "sowing robot");
    let check = kenning(&["check", &later, "--deny", "warnings"]);
    assert!(!check.status.success() && said(&check).contains("points at 'axle', which is not defined"), "{check:?}");
}

#[test]
fn scripts_and_what_names_a_node_are_compared() {
    let folder = Folder::new("diff-scripts");
    let [old, new] = ["old.cypher", "new.cypher"].map(|name| folder.path(name));
    let script = |end: &str| {
        format!(
            "CREATE (:Book {{title: 'Dune'}})-[:CITES]->(:Book {{title: '{end}'}}), (:Book {{title: 'Ulysses'}}), ();\n"
        )
    };
    std::fs::write(&old, script("Emma")).expect("the older script");
    std::fs::write(&new, script("Persuasion")).expect("the newer script");
    let output = kenning(&["diff", &old, &new]);
    let expected = "- Emma\n+ Persuasion\n- Dune CITES Emma\n+ Dune CITES Persuasion\n\
                    terms: 1 added, 1 removed, 0 renamed, 0 redefined; 1 relation gained, 1 lost\n";
    assert_eq!(said(&output), expected);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("1 node without a name: not compared"), "{told}");
    assert!(kenning(&["diff", &old, "/no/such/graph"]).status.code() == Some(1));
}

#[test]
fn what_cannot_be_ingested() {
    let folder = Folder::new("errors");
    let glossary = folder.path("garden.rst");
    for (arguments, expected) in [
        (vec!["ingest", glossary.as_str()], "nothing to do"),
        (vec!["ingest", "/no/such/file", "--dry-run"], "there is no file or folder"),
        (vec!["ingest", glossary.as_str(), "-o", "graph.txt"], "does not say which format is meant"),
        (vec!["ingest", glossary.as_str(), "-o", "graph/"], "or in .kenning for a database file"),
        (vec!["ingest", glossary.as_str(), "--dry-run", "--format", "runes"], "there is no format `runes`"),
    ] {
        let output = kenning(&arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(expected), "{arguments:?}: {error}");
    }
}

#[test]
fn where_glossaries_are_read_from() {
    use std::io::Write;
    let folder = Folder::new("sources");
    for name in ["a", "b"] {
        std::fs::create_dir_all(folder.0.join(name)).expect("a folder");
        std::fs::copy(folder.path("garden.rst"), folder.0.join(name).join("garden.rst")).expect("a copy");
    }
    for (path, entries) in [("garden.rst", 4), ("", 12), ("gard*", 4), ("?/*.rst", 8), ("[ab]*/x", 0)] {
        let output = kenning(&["ingest", &folder.path(path), "--dry-run"]);
        match entries {
            0 => assert!(!output.status.success(), "{path}"),
            _ => assert!(said(&output).contains(&format!("{entries} entries")), "{path}: {output:?}"),
        }
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_kenning"))
        .args(["ingest", "-", "--source", "mine", "--report", &folder.path("r.jsonl"), "--dry-run"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("kenning starts");
    child.stdin.take().expect("it is piped").write_all(GLOSSARY.as_bytes()).expect("it is read");
    assert!(child.wait().expect("it ends").success());
    let report = std::fs::read_to_string(folder.path("r.jsonl")).expect("the report");
    assert!(report.contains("\"source\":\"mine\"") && report.contains("\"file\":\"mine\""), "{report}");
}

/// A large glossary whose reading finds something to say before its text is understood.
fn large(folder: &Folder, entries: usize) -> String {
    let entry = |at: usize| {
        format!("   mole {at}\n      A wall that shelters a harbour, used by the pilot of mole {}.\n\n", at / 2)
    };
    let entries: String = (0..entries).map(entry).collect();
    let path = folder.path("large.rst");
    std::fs::write(&path, format!(".. glossary::\n\n   quay\n      .. include:: more.rst\n\n{entries}"))
        .expect("the large glossary");
    path
}

#[test]
fn limits_end_it_cleanly() {
    let folder = Folder::new("limits");
    let (glossary, graph) = (large(&folder, 10_000), folder.path("g.kenning"));
    for (limit, expected) in [(["--timeout", "1ms"], "time limit"), (["--memory", "1KiB"], "memory limit")] {
        let output = kenning(&["ingest", &glossary, "-o", &graph, limit[0], limit[1]]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && error.contains(expected), "{limit:?}: {error}");
        assert!(!exists(&graph), "nothing is written");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_cleanly() {
    use std::io::{BufRead, BufReader, Read};
    let folder = Folder::new("interrupt");
    let (glossary, graph) = (large(&folder, 200_000), folder.path("g.kenning"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_kenning"))
        .args(["ingest", &glossary, "-o", &graph])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("kenning starts");
    let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
    let mut line = String::new();
    said.read_line(&mut line).expect("a line");
    assert!(line.contains("an included file"), "{line}");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("text");
    assert_eq!((child.wait().expect("it ends").code(), rest.trim()), (Some(130), "interrupted: nothing was written"));
    assert!(!exists(&graph));
}

#[cfg(unix)]
#[test]
fn a_folder_that_holds_itself() {
    let folder = Folder::new("circle");
    std::os::unix::fs::symlink(&folder.0, folder.0.join("again")).expect("a link");
    let dry = said(&kenning(&["ingest", &folder.0.display().to_string(), "--dry-run"]));
    assert!(dry.contains("4 entries"), "{dry}");
}

/// The rules as the page shows them.
fn table() -> String {
    let extractor = Extractor::new(Vec::new()).expect("the built-in rules compile");
    let mut table = String::from("| rule | pattern | type | confidence | example |\n|---|---|---|---|---|\n");
    for rule in extractor.rules() {
        let pattern = rule.pattern.replace('|', "\\|");
        let row =
            format!("| {} | `{pattern}` | {} | {} | {} |\n", rule.name, rule.relation, rule.confidence, rule.example);
        table.push_str(&row);
    }
    table
}

#[test]
fn docs_hold_the_rules() {
    const MARK: &str = "<!-- rules -->\n";
    let path = root().join("docs/ingest.md");
    let kept = read(&path);
    let (before, _) = kept.split_once(MARK).expect("the page has a place for the rules");
    let page = format!("{before}{MARK}\n{}", table());
    if update() {
        std::fs::write(&path, page).unwrap_or_else(|error| panic!("docs/ingest.md: {error}"));
        return;
    }
    assert!(kept == page, "docs/ingest.md is stale (`UPDATE=1 cargo test docs_hold_the_rules`)");
}

#[test]
fn files_of_one_name_are_two_sources() {
    let folder = Folder::new("sources");
    for (name, term) in [("a", "pump"), ("b", "wheel")] {
        std::fs::create_dir_all(folder.0.join(name)).expect("a folder");
        let text = format!(".. glossary::\n\n   {term}\n      A machine.\n");
        std::fs::write(folder.0.join(name).join("terms.rst"), text).expect("a glossary");
    }
    let (a, b, graph) = (folder.path("a/terms.rst"), folder.path("b/terms.rst"), folder.path("g.kenning"));
    let sources = |graph: &str| {
        let query = "MATCH (n:Term) RETURN n.name AS name, n.source AS source ORDER BY name";
        said(&kenning(&[graph, "--format", "csv", "-c", query])).replace(&folder.path(""), "")
    };
    for path in [&a, &b, &a] {
        assert!(kenning(&["ingest", path, "-o", &graph]).status.success());
    }
    assert_eq!(sources(&graph), "name,source\npump,a/terms.rst\nwheel,b/terms.rst\n");
    // A graph that an earlier version made goes on as it was.
    let old = folder.path("old.kenning");
    assert!(kenning(&["ingest", &a, "--source", "terms", "-o", &old]).status.success());
    let again = kenning(&["ingest", &a, "-o", &old]);
    let expected =
        format!("note: this graph has {a} as source `terms`, and keeps it; `--source {a}` adds it as another source\n");
    assert_eq!(String::from_utf8_lossy(&again.stderr), expected);
    assert!(said(&again).ends_with("nothing changed\n"), "{}", said(&again));
    assert!(kenning(&["ingest", &b, "-o", &old]).status.success());
    assert_eq!(sources(&old), "name,source\npump,terms\nwheel,b/terms.rst\n");
}
