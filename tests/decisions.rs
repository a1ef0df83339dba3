//! Corrections of what was read: they change the graph at once, and no later ingest undoes them.

use std::path::PathBuf;
use std::process::{Command, Output};

const GLOSSARY: &str = "\
.. glossary::

   seed store
      Stores seeds and labels. Uses SXP to talk to the sower.

   sower
      A robot that plants seeds, not to be confused with a mower.

   row counter
      Part of the sower. Requires a wheel.

   drizzle
      Code name for the row counter.
";

/// A folder with the glossary and the graph made of it.
struct Garden(PathBuf);

impl Garden {
    fn new(name: &str) -> Garden {
        let path = std::env::temp_dir().join(format!("kenning-decisions-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder for the test");
        std::fs::write(path.join("garden.rst"), GLOSSARY).expect("the glossary");
        let garden = Garden(path);
        garden.kenning(&["ingest", "garden.rst", "-o", "g.kenning"]);
        garden
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kenning"));
        command.args(arguments).current_dir(&self.0).env("KENNING_AUTHOR", "Ann");
        command.output().unwrap_or_else(|error| panic!("kenning {arguments:?}: {error}"))
    }

    /// What it says, both streams; it must do what it is told.
    fn kenning(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = said(&output);
        assert!(output.status.success(), "kenning {arguments:?}: {said}");
        said
    }

    fn ask(&self, graph: &str, statement: &str) -> String {
        self.kenning(&[graph, "--format", "csv", "-c", statement])
    }

    /// The relations as `start TYPE end`, a line each.
    fn relations(&self, graph: &str) -> Vec<String> {
        let query = "MATCH (a)-[r]->(b) RETURN a.name + ' ' + type(r) + ' ' + b.name AS row ORDER BY row";
        self.ask(graph, query).lines().skip(1).map(str::to_string).collect()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).expect("it was written")
    }
}

impl Drop for Garden {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

const CORRECTIONS: &[&str] = &[
    "REJECT (seed store)-[:STORES]->(label) BECAUSE 'they are on the seeds'",
    "RENAME TERM sower TO seeding robot",
    "REJECT (sower)-[:DIFFERENT_FROM]->(mower) BY 'Bo' ON '2026-01-02'",
    "MERGE TERM robot INTO seeding robot",
    "SPLIT TERM drizzle FROM row counter",
    "ACCEPT (seed store)-[:NEEDS]->(wheel)",
    "RENAME TERM wheel TO tyre",
];

fn corrected(name: &str) -> Garden {
    let garden = Garden::new(name);
    for correction in CORRECTIONS {
        garden.kenning(&["g.kenning", "-c", correction]);
    }
    garden
}

#[test]
fn corrections_last() {
    let garden = corrected("last");
    let expected = [
        "row counter DEPENDS_ON tyre",
        "row counter PART_OF seeding robot",
        "seed store COMMUNICATES_WITH seeding robot",
        "seed store NEEDS tyre",
        "seed store STORES seed",
        "seed store USES SXP",
    ];
    let kept = garden.relations("g.kenning");
    assert_eq!(kept, expected);
    let said = garden.kenning(&["ingest", "garden.rst", "-o", "g.kenning"]);
    // What is a term of its own again says what it is the code name of.
    assert!(said.contains("1 added, 0 changed, 0 removed\n"), "{said}");
    let after = garden.relations("g.kenning");
    assert_eq!(
        after.iter().filter(|row| !row.starts_with("drizzle ")).collect::<Vec<_>>(),
        expected.iter().collect::<Vec<_>>()
    );
    let said = garden.kenning(&["ingest", "garden.rst", "-o", "g.kenning"]);
    assert!(said.contains("nothing changed"), "{said}");
    assert_eq!(garden.relations("g.kenning"), after);
}

#[test]
fn a_file_of_decisions_makes_the_same_graph_anew() {
    let garden = corrected("file");
    let said = garden.kenning(&["ingest", "garden.rst", "-o", "g.kenning", "--decisions", "garden.rst.decisions"]);
    assert!(said.contains("7 decisions added to garden.rst.decisions"), "{said}");
    let text = garden.read("garden.rst.decisions");
    assert!(
        text.contains("REJECT ('seeding robot')-[:DIFFERENT_FROM]->('mower') BY 'Bo' ON '2026-01-02';\n"),
        "{text}"
    );
    assert!(text.contains("BY 'Ann'"), "{text}");
    // It is found beside the glossary.
    let said = garden.kenning(&["ingest", "garden.rst", "-o", "h.kenning"]);
    assert!(!said.contains("no longer applies"), "{said}");
    assert_eq!(garden.relations("h.kenning"), garden.relations("g.kenning"));
    let aliases = "MATCH (n) WHERE n.aliases IS NOT NULL RETURN n.name, n.aliases ORDER BY n.name";
    assert_eq!(garden.ask("h.kenning", aliases), garden.ask("g.kenning", aliases));
    let listed = |graph: &str| garden.ask(graph, "SHOW DECISIONS");
    assert_eq!(listed("h.kenning"), listed("g.kenning"));
    // Nothing is written that is there already, and what people wrote into the file stays.
    let commented = text.replace("REJECT ('seed store')", "// they said so\nREJECT ('seed store')");
    std::fs::write(garden.0.join("garden.rst.decisions"), &commented).expect("the file");
    garden.kenning(&["ingest", "garden.rst", "-o", "h.kenning"]);
    assert_eq!(garden.read("garden.rst.decisions"), commented);
    // A script and a copy of the graph keep them.
    garden.kenning(&["export", "g.kenning", "g.cypher"]);
    assert_eq!(listed("g.cypher"), listed("g.kenning"));
}

#[test]
fn two_terms_may_change_their_names() {
    let garden = Garden::new("swap");
    for correction in ["sower TO x", "row counter TO sower", "x TO row counter"] {
        garden.kenning(&["g.kenning", "-c", &format!("RENAME TERM {correction}")]);
    }
    let defined = "MATCH (n) WHERE n.line IS NOT NULL RETURN n.name, n.line ORDER BY n.line";
    let kept = garden.ask("g.kenning", defined);
    assert!(kept.contains("row counter,6\nsower,9\n"), "{kept}");
    garden.kenning(&["ingest", "garden.rst", "-o", "g.kenning"]);
    assert_eq!(garden.ask("g.kenning", defined), kept);
    for correction in ["sower TO x", "row counter TO sower", "x TO row counter"] {
        garden.kenning(&["g.kenning", "-c", &format!("RENAME TERM {correction}")]);
    }
    assert_eq!(garden.ask("g.kenning", "SHOW DECISIONS").lines().count(), 1);
}

#[test]
fn a_file_renames_what_is_known_by_an_identifier() {
    let garden = Garden::new("identified");
    std::fs::write(garden.0.join("port.md"), "# Glossary\n\n## Mole\n\nA wall.\n\n## Quay\n\nA wall.\n")
        .expect("the glossary");
    garden.kenning(&["ingest", "port.md", "-o", "p.kenning"]);
    std::fs::write(garden.0.join("port.md.decisions"), "RENAME TERM Mole TO Pier;\n").expect("the file");
    garden.kenning(&["ingest", "port.md", "-o", "p.kenning"]);
    let names = "MATCH (n:Term) RETURN n.name, n.aliases ORDER BY n.name";
    assert_eq!(garden.ask("p.kenning", names), "n.name,n.aliases\nPier,['Mole']\nQuay,\n");
    let said = garden.kenning(&["ingest", "port.md", "-o", "p.kenning"]);
    assert!(said.contains("nothing changed"), "{said}");
}

const PORT: &str = "# Glossary\n\n- **Mixer**: A machine that mixes water, also called a kneader.\n- **Tray**: A plate that depends on the mixer.\n";

/// The garden with another glossary and its graph.
fn port(name: &str) -> Garden {
    let garden = Garden::new(name);
    std::fs::write(garden.0.join("g.md"), PORT).expect("the glossary");
    garden.kenning(&["ingest", "g.md", "-o", "r.kenning"]);
    garden
}

#[test]
fn a_name_that_is_free_again_may_be_given() {
    let garden = port("freed");
    garden.kenning(&["r.kenning", "-c", "RENAME TERM Mixer TO Blender", "-c", "RENAME TERM Tray TO Mixer"]);
    let before = garden.relations("r.kenning");
    assert!(before.contains(&"Mixer DEPENDS_ON Blender".to_string()), "{before:?}");
    for _ in 0..2 {
        garden.kenning(&["ingest", "g.md", "-o", "r.kenning"]);
        assert_eq!(garden.relations("r.kenning"), before);
    }
}

#[test]
fn lines_of_a_file_need_no_semicolon() {
    let garden = port("lines");
    std::fs::write(garden.0.join("d"), "RENAME TERM Mixer TO Blender\n// why not\nRENAME TERM Tray TO Board")
        .expect("the file");
    garden.kenning(&["r.kenning", "-c", "SPLIT TERM kneader FROM Mixer"]);
    garden.kenning(&["ingest", "g.md", "-o", "r.kenning", "--decisions", "d"]);
    assert!(garden.read("d").contains("TO Board\nSPLIT TERM 'kneader' FROM 'Mixer'"), "{}", garden.read("d"));
    let names = garden.ask("r.kenning", "MATCH (n:Term) RETURN n.name ORDER BY n.name");
    assert_eq!(names, "n.name\nBlender\nBoard\n");
}

#[test]
fn a_newer_decision_of_the_graph_stays_and_is_added_to_the_file() {
    let garden = port("newer");
    let accept = "ACCEPT (Tray)-[:DEPENDS_ON]->(Mixer)";
    let ingest = ["ingest", "g.md", "-o", "r.kenning", "--decisions", "d"];
    garden.kenning(&["r.kenning", "-c", accept]);
    garden.kenning(&ingest);
    garden.kenning(&["r.kenning", "-c", &accept.replace("ACCEPT", "REJECT")]);
    for _ in 0..2 {
        garden.kenning(&ingest);
        assert!(!garden.relations("r.kenning").contains(&"Tray DEPENDS_ON Mixer".to_string()));
    }
    let lines = garden.read("d");
    assert!(
        lines.lines().last().is_some_and(|line| line.starts_with("REJECT ('Tray')-[:DEPENDS_ON]->('Mixer')")),
        "{lines}"
    );
}

#[test]
fn each_glossary_keeps_its_own_file() {
    let garden = Garden::new("two");
    let write = |name: &str, text: &str| std::fs::write(garden.0.join(name), text).expect("a file");
    write("a.md", "# Glossary\n\n- **Mixer**: A machine.\n- **Bowl**: A dish.\n");
    write("b.md", "# Glossary\n\n- **Oven**: A heater.\n- **Rack**: A shelf.\n");
    write("a.md.decisions", "RENAME TERM Mixer TO Blender;\n");
    write("b.md.decisions", "RENAME TERM Oven TO Stove;\n");
    let said = garden.kenning(&["ingest", "a.md", "b.md", "-o", "t.kenning"]);
    assert!(!said.contains("added to"), "{said}");
    garden.kenning(&["t.kenning", "-c", "RENAME TERM Rack TO Grid"]);
    garden.kenning(&["ingest", "a.md", "b.md", "-o", "t.kenning"]);
    assert!(!garden.read("a.md.decisions").contains("Grid"));
    assert!(garden.read("b.md.decisions").contains("RENAME TERM 'Rack' TO 'Grid'"));
    // A glossary that is opened, and one of a folder, is read with its decisions.
    let opened = garden.ask("b.md", "MATCH (n:Term) RETURN n.name ORDER BY n.name");
    assert_eq!(opened, "n.name\nGrid\nStove\n");
}

#[test]
fn what_a_text_calls_by_the_new_name_keeps_the_old_one() {
    let garden = port("adopted");
    garden.kenning(&["r.kenning", "-c", "RENAME TERM Mixer TO Blender"]);
    std::fs::write(garden.0.join("g.md"), PORT.replace("**Mixer**", "**Blender**")).expect("the glossary");
    garden.kenning(&["ingest", "g.md", "-o", "r.kenning", "--decisions", "d"]);
    assert!(garden.relations("r.kenning").contains(&"Tray DEPENDS_ON Blender".to_string()));
    garden.kenning(&["ingest", "g.md", "-o", "new.kenning", "--decisions", "d"]);
    assert!(garden.relations("new.kenning").contains(&"Tray DEPENDS_ON Blender".to_string()));
    assert!(garden.ask("new.kenning", "MATCH (n {name: 'Blender'}) RETURN n.aliases").contains("Mixer"));
}

#[test]
fn a_name_without_an_entry_is_split_off_in_a_new_graph_too() {
    let garden = port("split");
    let ingest = |graph: &str| garden.kenning(&["ingest", "g.md", "-o", graph, "--decisions", "d"]);
    garden.kenning(&["r.kenning", "-c", "SPLIT TERM kneader FROM Mixer", "-c", "ACCEPT (kneader)-[:USES]->(Tray)"]);
    ingest("r.kenning");
    garden.kenning(&["r.kenning", "-c", "RENAME TERM kneader TO Hand"]);
    for graph in ["r.kenning", "r.kenning", "new.kenning"] {
        let said = ingest(graph);
        assert!(!said.contains("no longer applies"), "{said}");
        assert!(garden.relations(graph).contains(&"Hand USES Tray".to_string()), "{graph}");
        assert_eq!(garden.ask(graph, "MATCH (n) WHERE n.name IN ['kneader', 'Hand'] RETURN count(*) AS n"), "n\n1\n");
    }
}

#[test]
fn a_file_may_name_the_inverse_of_a_type() {
    let garden = port("inverse");
    std::fs::write(garden.0.join("d"), "REJECT (water)-[:MANAGED_BY]->(Mixer)\nACCEPT (Mixer)-[:USED_BY]->(Tray)\n")
        .expect("the file");
    assert!(
        garden.relations("r.kenning").contains(&"Mixer MANAGES water".to_string()),
        "{:?}",
        garden.relations("r.kenning")
    );
    garden.kenning(&["ingest", "g.md", "-o", "r.kenning", "--decisions", "d"]);
    let after = garden.relations("r.kenning");
    assert!(
        after.contains(&"Tray USES Mixer".to_string()) && !after.contains(&"Mixer MANAGES water".to_string()),
        "{after:?}"
    );
}

#[test]
fn a_file_cannot_do_what_a_statement_refuses() {
    let garden = port("refused");
    std::fs::write(garden.0.join("d"), "RENAME TERM Mixer TO Tray\nMERGE TERM Tray INTO Gone\n").expect("the file");
    let said = garden.kenning(&["ingest", "g.md", "-o", "r.kenning", "--decisions", "d"]);
    assert!(said.contains("another term is called Tray") && said.contains("no term is called Gone"), "{said}");
    assert_eq!(garden.ask("r.kenning", "MATCH (n:Term) RETURN n.name ORDER BY n.name"), "n.name\nMixer\nTray\n");
    for line in ["MERGE TERM Tray INTO Tray", "RENAME TERM Tray TO Cup ON 'yesterday'"] {
        std::fs::write(garden.0.join("d"), line).expect("the file");
        let output = garden.run(&["ingest", "g.md", "-o", "r.kenning", "--decisions", "d"]);
        assert!(!output.status.success() && said_of(&output, "d:1: this is no decision"), "{line}: {output:?}");
    }
}

#[test]
fn decisions_that_no_longer_apply_are_listed() {
    let garden = corrected("idle");
    let text = GLOSSARY
        .replace("Stores seeds and labels. ", "")
        .replace("   drizzle\n      Code name for the row counter.\n", "");
    std::fs::write(garden.0.join("garden.rst"), text).expect("the glossary");
    let said = garden.kenning(&["ingest", "garden.rst", "-o", "g.kenning"]);
    assert!(garden.relations("g.kenning").contains(&"seed store NEEDS tyre".to_string()), "{said}");
    assert_eq!(said.matches("no longer applies: ").count(), 1, "{said}");
}

#[test]
fn a_decision_is_dropped_and_the_source_believed_again() {
    let garden = corrected("drop");
    let said = garden.kenning(&["g.kenning", "-c", "DROP DECISION REJECT (seed store)-[]->(label)"]);
    assert!(said.contains("1 decision dropped") && said.contains("until its sources are read again"), "{said}");
    garden.kenning(&["ingest", "garden.rst", "-o", "g.kenning"]);
    assert!(garden.relations("g.kenning").contains(&"seed store STORES label".to_string()));
    let output = garden.run(&["g.kenning", "-c", "DROP DECISION REJECT (seed store)-[]->(label)"]);
    assert!(!output.status.success() && said_of(&output, "nothing of the kind was decided"), "{output:?}");
}

fn said_of(output: &Output, words: &str) -> bool {
    said(output).contains(words)
}

#[test]
fn corrections_are_part_of_a_transaction() {
    let garden = Garden::new("transaction");
    let before = garden.relations("g.kenning");
    garden.kenning(&["g.kenning", "-c", "BEGIN", "-c", CORRECTIONS[0], "-c", CORRECTIONS[1], "-c", "ROLLBACK"]);
    assert_eq!(garden.relations("g.kenning"), before);
    assert_eq!(garden.ask("g.kenning", "SHOW DECISIONS").lines().count(), 1);
}

#[test]
fn what_cannot_be_decided_is_said() {
    let garden = Garden::new("errors");
    let cases = [
        ("REJECT (seed store)-[:USES]->(sower)", "there is COMMUNICATES_WITH"),
        ("REJECT (sower)-[:USES]->(seed store)", "the other way round there is COMMUNICATES_WITH"),
        ("REJECT (wheel)-[]->(mower)", "no relation leads from one of them to the other"),
        ("ACCEPT (sower)-[]->(wheel)", "needs a type"),
        ("RENAME TERM sower TO wheel", "MERGE TERM 'sower' INTO 'wheel' makes the two one"),
        ("SPLIT TERM counter FROM row counter", "the other names of row counter are drizzle"),
        ("MERGE TERM drizzle INTO row counter", "both are the term row counter already"),
        ("REJECT (nobody)-[:USES]->(sower)", "there is no term"),
        ("RENAME TERM sower TO sower", "the term is called sower already"),
        ("REJECT (row counter)-[:PART_OF]->(sower) ON 'yesterday'", "`yesterday` is no date"),
        ("REJECT (sower)-[:PART_OF]->(seed store) BY 'a' BY 'b'", "BY stands here for the second time"),
    ];
    for (statement, words) in cases {
        let output = garden.run(&["g.kenning", "-c", statement]);
        assert!(!output.status.success() && said_of(&output, words), "{statement}: {}", said(&output));
    }
    std::fs::write(garden.0.join("garden.rst.decisions"), "RENAME TERM sower TO x;\nMATCH (n) RETURN n;\n")
        .expect("the file");
    let output = garden.run(&["ingest", "garden.rst", "-o", "g.kenning"]);
    assert!(!output.status.success() && said_of(&output, "garden.rst.decisions:2: this is no decision"), "{output:?}");
}

#[test]
fn a_name_that_was_merged_tells_why_and_how_to_undo_it() {
    let garden = Garden::new("merged");
    let show = |graph: &str| garden.kenning(&[graph, "-c", "SHOW row counter"]);
    let said = show("g.kenning");
    let undo = "SPLIT TERM 'drizzle' FROM 'row counter'";
    assert!(said.contains("called drizzle too: its entry at garden.rst:12 is about the same"), "{said}");
    assert!(said.contains(undo), "{said}");
    garden.kenning(&["g.kenning", "-c", undo]);
    let is_apart = || {
        let said = show("g.kenning");
        assert!(!said.contains("called drizzle too"), "{said}");
        assert!(garden.kenning(&["g.kenning", "-c", "SHOW drizzle"]).starts_with("drizzle\n"));
    };
    is_apart();
    // Nor does reading it again make them one.
    let again = garden.kenning(&["ingest", "garden.rst", "-o", "g.kenning"]);
    assert!(again.contains("terms: 0 added, 0 changed, 0 removed"), "{again}");
    is_apart();
}
