//! `kenning assert`: which claims hold, what it prints, and the reports it writes.

use std::process::Command;

const GRAPH: &str = "\
CREATE RELATIONSHIP TYPE NEEDS NAMED 'needs' FAILURE AGAINST;
CREATE RELATIONSHIP TYPE USES NAMED 'uses' FAILURE AGAINST DEGRADES;
CREATE (w {name: 'web'})-[:NEEDS {file: 'app/<deps>.toml', line: 3, evidence: 'web needs \"api\" & more'}]->(a {name: 'api'}),
  (a)-[:NEEDS {file: 'api.toml', line: 7}]->(d {name: 'db'}), (d)-[:USES]->(w), (k {name: 'kit'});
";

/// Runs it on the graph, in a folder of its own: exit status, what it prints on both streams, and the reports.
fn run(name: &str, arguments: &[&str]) -> (i32, String, [String; 2]) {
    let folder = std::env::temp_dir().join(format!("kenning-assert-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a new folder");
    std::fs::write(folder.join("g.cypher"), GRAPH).expect("a new file");
    std::fs::write(folder.join("claims"), "# kept apart\n\nNO CYCLES HARD\n// and\nweb NEEDS db\n")
        .expect("a new file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenning"));
    let output = command.args(["assert", "g.cypher"]).args(arguments).current_dir(&folder).output().expect("it runs");
    let printed = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    let reports = ["j.xml", "s.json"].map(|file| std::fs::read_to_string(folder.join(file)).unwrap_or_default());
    std::fs::remove_dir_all(&folder).expect("it is ours");
    (output.status.code().expect("it ends by itself"), printed, reports)
}

#[test]
fn claims_that_hold() {
    let claims =
        ["NO CYCLES HARD", "web NEEDS db", "kit NOT NEEDS db", "NO DEPS kit", "SOME IMPACT db", "api NEEDS db HARD"];
    let (status, printed, _) = run("hold", &claims);
    assert_eq!(status, 0, "{printed}");
    assert!(printed.ends_with("6 claims, 0 broken\n"), "{printed}");
}

#[test]
fn a_claim_that_is_broken_shows_the_chain() {
    let (status, printed, _) = run("broken", &["web NOT NEEDS db", "kit NEEDS db", "NO CYCLES", "-f", "claims"]);
    assert_eq!(status, 1);
    let expected = "\
BROKEN web NOT NEEDS db
       web
         needs → api [fails without]
             web needs \"api\" & more [app/<deps>.toml:3]
         needs → db [fails without]
             [api.toml:7]
       the only chain of 2 hops; none is shorter
BROKEN kit NEEDS db
       kit does not need db: no relation leads on over NEEDS, USES
       nothing connects the two, over any type in any direction
BROKEN NO CYCLES
       web
";
    assert!(printed.starts_with(expected), "{printed}");
    assert!(printed.ends_with("ok     NO CYCLES HARD\nok     web NEEDS db\n5 claims, 3 broken\n"), "{printed}");
}

#[test]
fn a_type_without_a_meaning_is_no_reason_to_pass() {
    let folder = crate::support::Folder::new("unfollowed");
    folder.write(
        "g.cypher",
        "CREATE RELATIONSHIP TYPE NEEDS NAMED 'needs' FAILURE AGAINST;\n\
         CREATE (w {name: 'web'})-[:NEEDS]->(a {name: 'api'})-[:ZIGGED]->(d {name: 'db'})-[:NEEDS]->({name: 'disk'}), \
         ({name: 'kit'})-[:NEEDS]->({name: 'kat'});\n",
    );
    let complaint = folder.kenning(&["assert", "g.cypher", "web NOT NEEDS db"]);
    assert_eq!(complaint.status.code(), Some(1));
    let said = String::from_utf8_lossy(&complaint.stdout).into_owned();
    assert!(said.starts_with("ERROR  web NOT NEEDS db\n       it may not hold: ZIGGED was not followed"), "{said}");
    assert!(said.contains("CREATE RELATIONSHIP TYPE ZIGGED FAILURE AGAINST"), "{said}");
    // What does not depend on the type holds, and so does what names the types that count.
    folder.said(&["assert", "g.cypher", "kit NOT NEEDS db", "web NOT NEEDS db VIA NEEDS", "web NEEDS api"]);
    assert_eq!(folder.kenning(&["assert", "g.cypher", "NO DEPS web DEPTH 2 ONLY Nothing"]).status.code(), Some(1));
}

#[test]
fn what_cannot_be_checked_fails() {
    let (status, printed, _) = run("wrong", &["webb NEEDS db", "nonsense", "NO CREATE (n)"]);
    assert_eq!(status, 1);
    assert!(printed.contains("ERROR  webb NEEDS db") && printed.contains("did you mean web?"), "{printed}");
    assert!(printed.contains("this claims nothing"), "{printed}");
    assert!(printed.contains("ERROR  NO CREATE (n)"), "{printed}");
    let (status, printed, _) = run("none", &[]);
    assert_eq!(status, 2, "{printed}");
    let (status, printed, _) = run("missing", &["-f", "nowhere"]);
    assert_eq!(status, 1, "{printed}");
}

#[test]
fn reports() {
    let (status, _, [junit, sarif]) =
        run("reports", &["web NOT NEEDS db", "NO CYCLES HARD", "x & y", "--junit", "j.xml", "--sarif", "s.json"]);
    assert_eq!(status, 1);
    assert!(junit.contains("<testsuite name=\"g.cypher\" tests=\"3\" failures=\"1\" errors=\"1\">"), "{junit}");
    assert!(junit.contains("<testcase classname=\"g.cypher\" name=\"NO CYCLES HARD\"/>"), "{junit}");
    assert!(
        junit.contains("<failure message=\"broken: web NOT NEEDS db\">web\n  needs → api [fails without]\n"),
        "{junit}"
    );
    assert!(junit.contains("[app/&lt;deps&gt;.toml:3]") && junit.contains("name=\"x &amp; y\""), "{junit}");
    let sarif: serde_json::Value = serde_json::from_str(&sarif).expect("it is JSON");
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"].as_array().map(Vec::len), Some(3));
    let results = run["results"].as_array().expect("a list");
    assert_eq!(results.len(), 2);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "app/%3Cdeps%3E.toml");
    assert_eq!(place["region"]["startLine"], 3);
    assert_eq!(results[0]["relatedLocations"].as_array().map(Vec::len), Some(2));
    assert_eq!(results[1]["ruleId"], "claim-3");
    assert_eq!(results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "g.cypher");
}
