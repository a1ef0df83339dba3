//! `kenning check` from the outside: it finds every planted fault and nothing else, its reports have the shape that other
//! programs read, and its exit status is what a pipeline needs.
//!
//! `tests/check/faults` holds glossaries in all formats with faults planted in them, `tests/check/graph` a graph folder;
//! `tests/check/expected.txt` lists what is to be found. `UPDATE=1 cargo test check` rewrites it: read the difference.

use std::process::{Command, Output};

use serde_json::Value as Json;

use kenning::ingest::check::RULES;
use kenning::ingest::formats::{FORMATS, office};

use crate::support::diff::diff;
use crate::support::{Folder, read, root, update};

fn check(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenning"));
    let output = command.arg("check").args(arguments).current_dir(root().join("tests/check")).output();
    output.unwrap_or_else(|error| panic!("kenning check {arguments:?}: {error}"))
}

fn printed(arguments: &[&str]) -> String {
    String::from_utf8(check(arguments).stdout).expect("it is text")
}

const EVERYTHING: [&str; 2] = ["faults", "graph"];

fn findings() -> Vec<Json> {
    let printed = printed(&[EVERYTHING[0], EVERYTHING[1], "--format", "json"]);
    let Ok(Json::Array(findings)) = serde_json::from_str(&printed) else { panic!("a list: {printed}") };
    findings
}

/// Whether this build reads the file of a finding.
fn is_readable(line: &str) -> bool {
    cfg!(feature = "sheets") || !line.contains(".xlsx")
}

#[test]
fn every_planted_fault_is_found_and_nothing_else() {
    let line = |finding: &Json| {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_string();
        format!("{}:{}: {}[{}]: {}\n", text("file"), finding["line"], text("severity"), text("rule"), text("what"))
    };
    let found: String = findings().iter().map(line).filter(|line| is_readable(line)).collect();
    let path = root().join("tests/check/expected.txt");
    if update() {
        std::fs::write(&path, &found).expect("the file can be written");
    }
    let expected: String = read(&path).split_inclusive('\n').filter(|line| is_readable(line)).collect();
    assert!(found == expected, "(`UPDATE=1 cargo test check` accepts it)\n{}", diff(&expected, &found));
}

#[test]
fn faults_are_planted_for_every_rule_and_in_every_format() {
    let found = findings();
    let has = |rule: &str| found.iter().any(|finding| finding["rule"] == rule);
    let missing: Vec<&str> = RULES.iter().map(|rule| rule.name).filter(|rule| !has(rule)).collect();
    assert_eq!(missing, [""; 0], "rules without a planted fault");
    // A sheet is named behind its file: `locks.xlsx[Locks]`.
    let in_file = |ending: &&str| {
        let file = |finding: &Json| finding["file"].as_str().unwrap_or_default().split('[').next().map(str::to_string);
        found.iter().filter_map(file).any(|file| file.ends_with(&format!(".{ending}")))
    };
    let formats = FORMATS.iter().map(|format| (format.name, format.suffixes));
    let all = formats.chain(office::FORMATS.iter().map(|format| (format.name, format.suffixes)));
    let missing: Vec<&str> = all.filter(|(_, endings)| !endings.iter().any(in_file)).map(|(name, _)| name).collect();
    assert_eq!(missing, [""; 0], "formats without a planted fault");
}

#[test]
fn a_sarif_log_has_the_shape_of_the_standard() {
    let log: Json = serde_json::from_str(&printed(&["faults", "--format", "sarif"])).expect("it is JSON");
    assert_eq!((log["version"].as_str(), log["runs"].as_array().map(Vec::len)), (Some("2.1.0"), Some(1)));
    assert!(log["$schema"].as_str().is_some_and(|schema| schema.ends_with("sarif-2.1.0.json")));
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "kenning");
    let rules = driver["rules"].as_array().expect("a list");
    assert_eq!(rules.len(), RULES.len());
    for rule in rules {
        assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string(), "{rule}");
        assert!(
            ["error", "warning", "note"].map(Json::from).contains(&rule["defaultConfiguration"]["level"]),
            "{rule}"
        );
    }
    let results = run["results"].as_array().expect("a list");
    assert!(results.len() > 20, "{}", results.len());
    for result in results {
        let rule = &rules[result["ruleIndex"].as_u64().expect("a number") as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].map(Json::from).contains(&result["level"]), "{result}");
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{result}");
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a text");
        assert!(root().join("tests/check").join(uri).is_file(), "{uri}");
        assert!(place["region"]["startLine"].as_u64() >= Some(1), "{result}");
    }
}

#[test]
fn a_junit_report_has_a_case_a_rule() {
    let report = printed(&["faults", "--format", "junit", "--deny", "warnings"]);
    let count = |part: &str| report.matches(part).count();
    assert_eq!(count("<testcase "), RULES.len());
    let failures = count("<failure ");
    assert!(failures > 10 && failures < RULES.len(), "{failures}");
    assert!(report.contains(&format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\"", RULES.len())), "{report}");
    assert_eq!(count("<testsuite ") + count("<testsuites "), count("</testsuite>") + count("</testsuites>"));
    let mut reader = quick_xml::Reader::from_str(&report);
    while reader.read_event().expect("it is well-formed") != quick_xml::events::Event::Eof {}
}

#[test]
fn the_exit_status() {
    let folder = Folder::new("check-status");
    folder.write("w.csv", "term,definition\nlid,A lid.\njar,A pot under a lid.\n");
    folder.write("bad.csv", "term,definition,see also\njar,A pot.,lid\n");
    let status = |arguments: &[&str]| folder.kenning(&[&["check"], arguments].concat()).status.code();
    assert_eq!(status(&["w.csv"]), Some(0));
    assert_eq!(status(&["w.csv", "--deny", "warnings"]), Some(1));
    assert_eq!(status(&["w.csv", "--deny", "self-definition"]), Some(1));
    assert_eq!(status(&["w.csv", "--deny", "warnings", "--allow", "self-definition"]), Some(0));
    assert_eq!(status(&["bad.csv"]), Some(1));
    assert_eq!(status(&["w.csv", "bad.csv", "--allow", "dangling-reference"]), Some(0));
    assert_eq!(status(&["w.csv", "--deny", "nonsense"]), Some(2));
    assert_eq!(status(&[]), Some(2));
    assert_eq!(status(&["missing.csv"]), Some(1));
}

#[test]
fn graphs_are_checked_as_before() {
    let folder = Folder::new("check-graphs");
    folder.write("w.ttl", &read(&root().join("tests/check/faults/tools.ttl")));
    folder.said(&["ingest", "w.ttl", "-o", "g.kenning"]);
    let output = folder.kenning(&["check", "g.kenning"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    for rule in ["circle", "dangling-reference", "related-and-broader"] {
        assert!(said.contains(&format!("error[{rule}]")), "{rule}: {said}");
    }
    assert!(said.contains("every checksum and invariant holds"), "{said}");
}

#[test]
fn users_say_what_columns_hold() {
    let folder = Folder::new("check-columns");
    folder.write("w.csv", "term,definition,blocked by\njar,A pot.,lid\nlid,What closes a jar.,\n");
    folder.write("rules.toml", "[[column]]\nwords = [\"blocked by\"]\nholds = \"depends_on\"\n");
    assert!(folder.said(&["check", "w.csv"]).contains("warning[column-not-read]: column 'blocked by' is not read"));
    assert!(folder.said(&["check", "w.csv", "--rules", "rules.toml"]).contains("nothing wrong"));
    folder.said(&["ingest", "w.csv", "-o", "g.kenning", "--rules", "rules.toml"]);
    assert!(folder.said(&["g.kenning", "-c", "DEPS jar"]).contains("lid"));
}

/// The blocks of a page with this tag.
fn blocks(page: &str, tag: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(found) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.extend((found == tag).then(|| block.iter().map(|line| format!("{line}\n")).collect::<String>()));
        }
    }
    blocks
}

/// A shell command in the folder, with the binary just built on the path: its status and what it prints.
fn shell(folder: &Folder, command: &str) -> (Option<i32>, String) {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_kenning")).parent().expect("it is in a folder");
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([binary.to_path_buf()].into_iter().chain(std::env::split_paths(&inherited)));
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(&folder.0)
        .env("PATH", path.expect("no colon in it"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap_or_else(|error| panic!("sh: {error}"));
    let printed = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    (output.status.code(), printed)
}

const GOOD: &str = "# Glossary\n\n## lid\n\nA cover that closes a jar.\n\n## jar\n\nA pot that a lid closes.\n";
const BAD: &str = "# Glossary\n\n## lid\n\nA cover that closes a [jar](#jar).\n\n## pot\n\nA pot.\n";

#[test]
fn the_workflow_of_the_page_runs() {
    let page = read(&root().join("docs/ci.md"));
    let workflows = blocks(&page, "yaml");
    let [workflow] = &workflows[..] else { panic!("one workflow: {workflows:?}") };
    let steps: yaml_serde::Value = yaml_serde::from_str(workflow).expect("it is YAML");
    let steps = steps["jobs"]["check"]["steps"].as_sequence().expect("steps").clone();
    let runs: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    let command = runs.iter().find(|run| run.starts_with("kenning ")).expect("a step that runs kenning");
    let log = steps.iter().find_map(|step| step["with"]["sarif_file"].as_str()).expect("a step that uploads");
    let folder = Folder::new("ci-workflow");
    for (text, status) in [(GOOD, 0), (BAD, 1)] {
        folder.write("docs/glossary/words.md", text);
        let (found, printed) = shell(&folder, command);
        assert_eq!(found, Some(status), "{printed}");
        let log: Json = serde_json::from_str(&read(&folder.0.join(log))).expect("it is JSON");
        let results = log["runs"][0]["results"].as_array().expect("a list");
        assert_eq!(results.iter().any(|result| result["level"] == "error"), status == 1, "{log}");
    }
}

#[cfg(unix)]
#[test]
fn the_hook_of_the_page_runs() {
    let page = read(&root().join("docs/ci.md"));
    let hooks = blocks(&page, "sh");
    let [hook] = &hooks[..] else { panic!("one hook: {hooks:?}") };
    let folder = Folder::new("ci-hook");
    folder.write("hook", hook);
    folder.write("docs/glossary/words.md", BAD);
    folder.write("other.txt", "nothing\n");
    let commit = "git -c user.name=A -c user.email=a@example.org commit -qm change";
    let start = "git init -q . && cp hook .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit";
    assert_eq!(shell(&folder, start).0, Some(0));
    // A commit of something else is not held up.
    assert_eq!(shell(&folder, &format!("git add other.txt && {commit}")).0, Some(0));
    let (status, printed) = shell(&folder, &format!("git add docs && {commit}"));
    assert_eq!(status, Some(1), "{printed}");
    assert!(printed.contains("error[dangling-reference]") && printed.contains("error[self-definition]"), "{printed}");
    folder.write("docs/glossary/words.md", GOOD);
    let (status, printed) = shell(&folder, &format!("git add docs && {commit}"));
    assert_eq!(status, Some(0), "{printed}");
}

/// The names of the terms that are read of a file.
fn terms(folder: &Folder, name: &str, text: &str) -> Vec<String> {
    folder.write(name, text);
    folder.said(&["ingest", name, "--report", "r.jsonl"]);
    let report = read(&folder.0.join("r.jsonl"));
    let objects = report.lines().map(|line| serde_json::from_str::<Json>(line).expect("an object a line"));
    objects.map(|object| object["entry"].as_str().unwrap_or_default().to_string()).collect()
}

#[test]
fn mixed_pages_are_read_whole() {
    let folder = Folder::new("check-mixed");
    let mixed = read(&root().join("tests/check/faults/harbour.md"));
    let expected = ["lighthouse", "lamp", "buoy", "channel", "anchor", "chain", "drum", "winch"];
    assert_eq!(terms(&folder, "harbour.md", &mixed), expected);
    let table = "<table><tr><th>Term<th>Definition<th>See also<tr><td>mole<td>A <b>wall</b> &amp; more.<td>\n\
                 <tr><td>quay<td><td>mole</table>\n";
    assert_eq!(terms(&folder, "t.html", table), ["mole", "quay"]);
    let inside = format!("# Glossary\n\n## pier\n\nA way into the sea.\n\n## dock\n\nA basin.\n\n## Tables\n\n{table}");
    assert_eq!(terms(&folder, "inside.md", &inside), ["pier", "dock", "mole", "quay"]);
    let german = "# Glossar\n\n| Begriff | Bedeutung | Siehe auch |\n|---|---|---|\n| Mole | Eine Mauer. | Kai |\n\n\
                  ## Kai\n\nEine Mauer am Ufer.\n\n## Siehe auch\n\n[Mole](#mole)\n\n## Dock\n\nEin Becken.\n";
    assert_eq!(terms(&folder, "de.md", german), ["Mole", "Kai", "Dock"]);
    let sections = read(&root().join("tests/check/faults/signals.rst"));
    assert_eq!(terms(&folder, "signals.rst", &sections), ["foghorn", "bell"]);
}

#[test]
fn a_graph_folder_is_audited_with_its_types() {
    let output = Command::new(env!("CARGO_BIN_EXE_kenning")).args(["check", "graph"]).current_dir(root()).output();
    let output = output.expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.ends_with("relations, nothing wrong\n"), "{said}");
}
