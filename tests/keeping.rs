//! A database file as a user meets it: the command line, several processes, leaving and coming back.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// A folder for one test, removed at its end; commands run in it.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("kenning-keeping-{test}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Folder(path)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kenning"));
        command.args(arguments).current_dir(&self.0).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("kenning runs")
    }

    /// Runs a command that must succeed, and gives what it prints.
    fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Runs a command that must fail, and gives what it says.
    fn bad(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} should fail: {}", text(&output.stdout));
        text(&output.stderr)
    }

    fn count(&self, graph: &str) -> String {
        self.good(&[graph, "--format", "csv", "-c", "MATCH (n) RETURN count(*) AS n"]).replace("n\n", "").trim().into()
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("it is there");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A process that has changed a database and still runs, until it is killed.
struct Holder(Child);

impl Holder {
    /// Gives it once its change is there.
    fn start(folder: &Folder, graph: &str) -> Holder {
        let endless = "UNWIND range(1, 1000000000000) AS i RETURN sum(i % 7)";
        let arguments = [graph, "--format", "csv", "-c", "CREATE (:First)", "-c", "RETURN 'kept' AS x", "-c", endless];
        let mut child = folder.command(&arguments).stdout(Stdio::piped()).spawn().expect("kenning runs");
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        let kept = answers.lines().map_while(Result::ok).any(|line| line == "kept");
        assert!(kept, "it ended before it answered");
        Holder(child)
    }

    fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_first_example_keeps_mail() {
    let folder = Folder::new("mail");
    let first = folder.run(&["g.kenning", "-c", "CREATE (:Service {name: 'mail'})"]);
    assert!(first.status.success());
    assert_eq!(text(&first.stdout), "1 node created, 1 label added, 1 property set\n");
    assert!(text(&first.stderr).contains("g.kenning is new and empty"), "{}", text(&first.stderr));
    assert!(folder.good(&["g.kenning", "-c", "MATCH (s:Service) RETURN s.name"]).contains("mail"));
    assert!(folder.good(&["g.kenning", "-c", "SHOW mail"]).contains("mail"));
    // Saving it to itself is no mistake: older scripts do.
    for save in [":save", ":save g.kenning"] {
        assert!(folder.good(&["g.kenning", "-c", save]).contains("every change is kept"), "{save}");
    }
    assert_eq!(folder.names(), ["g.kenning"], "one file after a clean close");
}

#[test]
fn an_answer_that_cannot_be_shown_says_that_the_change_stays() {
    let folder = Folder::new("shown");
    let stays = "note: only the answer is cut: what the statement changed stays (";
    for (format, statement) in
        [("turtle", "CREATE (n:X) RETURN 1 AS x"), ("svg", "UNWIND range(1, 20000) AS x CREATE (n:X) RETURN n")]
    {
        let before = folder.count(":memory:");
        let said = folder.bad(&["g.kenning", "--format", format, "-c", statement]);
        assert!(said.contains(stays), "{format}: {said}");
        assert_ne!(folder.count("g.kenning"), before);
    }
    let said = folder.bad(&["g.kenning", "--format", "turtle", "-c", "RETURN 1 AS x"]);
    assert!(!said.contains("stays"), "{said}");
    assert!(folder.bad(&["export", "mistyped.kenning", "x.graphml"]).contains("mistyped.kenning"));
    assert_eq!(folder.names(), ["g.kenning"]);
}

#[test]
fn nothing_is_changed_that_was_opened_for_reading() {
    let folder = Folder::new("reading");
    assert!(folder.bad(&["--read-only", "none.kenning", "-c", "RETURN 1"]).contains("no such file"));
    folder.good(&["g.kenning", "-c", "CREATE (:A)"]);
    let before = std::fs::read(folder.path("g.kenning")).expect("it is there");
    let refused = folder.bad(&["--read-only", "g.kenning", "-c", "CREATE (:A)"]);
    assert!(refused.contains("open for reading only"), "{refused}");
    assert_eq!(folder.count("g.kenning"), "1");
    assert_eq!(std::fs::read(folder.path("g.kenning")).expect("it is there"), before);
    assert_eq!(folder.names(), ["g.kenning"]);
}

#[test]
fn a_script_is_kept_statement_by_statement_or_as_a_transaction() {
    let folder = Folder::new("scripts");
    folder.bad(&["g.kenning", "-c", "CREATE (:A); CREATE (:A {k: 1 / 0}); CREATE (:A)"]);
    assert_eq!(folder.count("g.kenning"), "1");
    folder.bad(&["g.kenning", "-c", "BEGIN; CREATE (:A); CREATE (:A {k: 1 / 0}); COMMIT"]);
    assert_eq!(folder.count("g.kenning"), "1");
    folder.good(&["g.kenning", "-c", "BEGIN", "-c", "CREATE (:A)", "-c", ":commit"]);
    assert_eq!(folder.count("g.kenning"), "2");
    let left_open = folder.bad(&["g.kenning", "-c", ":begin", "-c", "CREATE (:A)"]);
    assert!(left_open.contains("rolled back"), "{left_open}");
    assert_eq!(folder.count("g.kenning"), "2");
}

#[test]
fn changes_that_are_not_kept_are_reported_and_saved_on_request() {
    let folder = Folder::new("unsaved");
    let unsaved = folder.run(&["-c", "CREATE (:Service {name: 'mail'})"]);
    assert!(text(&unsaved.stderr).contains("`:save FILE`"), "{}", text(&unsaved.stderr));
    assert!(!text(&folder.run(&["-c", "SHOW nova"]).stderr).contains("save"));
    folder.good(&[":memory:", "-c", "CREATE (:A)", "--save", "g.kenning"]);
    assert_eq!(folder.count("g.kenning"), "1");
    folder.good(&[":memory:", "-c", "CREATE (:A), (:B)", "--save", "g.cypher"]);
    let refused = folder.bad(&[":memory:", "-c", "CREATE (:A)", "--save", "g.cypher"]);
    assert!(refused.contains("--overwrite"), "{refused}");
    assert_eq!(folder.count("g.cypher"), "2");
    folder.good(&[":memory:", "-c", "CREATE (:A)", "--save", "g.cypher", "--overwrite"]);
    assert_eq!(folder.count("g.cypher"), "1");
    // Where it came from, it may go back to.
    folder.good(&["g.cypher", "-c", "CREATE (:B)", "-c", ":save"]);
    assert_eq!(folder.count("g.cypher"), "2");
    // A database least of all is replaced unasked.
    assert!(folder.bad(&[":memory:", "-c", "CREATE (:A)", "--save", "g.kenning"]).contains("--overwrite"));
    folder.bad(&[":memory:", "-c", "CREATE (:A)", "-c", ":save g.kenning"]);
    assert_eq!(folder.count("g.kenning"), "1");
    folder.good(&[":memory:", "-c", "CREATE (:A), (:B)", "-c", ":save --overwrite g.kenning"]);
    assert_eq!(folder.count("g.kenning"), "2");
    // A picture is not the graph.
    let drawn = folder.run(&[":memory:", "-c", "CREATE (:A)", "-c", ":save g.svg"]);
    assert!(text(&drawn.stderr).contains("are not kept"), "{}", text(&drawn.stderr));
    assert!(folder.bad(&["--read-only", ":memory:", "-c", "CREATE (:A)"]).contains("reading only"));
    let text_file = folder.path("notes.kenning");
    std::fs::write(&text_file, "dear diary").expect("it can be written");
    folder.bad(&[":memory:", "-c", "CREATE (:A)", "--save", "notes.kenning"]);
    assert_eq!(std::fs::read(&text_file).expect("it is there"), b"dear diary");
}

#[test]
fn saving_back_refuses_to_lose_what_the_format_cannot_hold() {
    let folder = Folder::new("back");
    folder.good(&[":memory:", "-c", "CREATE (:A {name: 'one'})", "--save", "g.graphml"]);
    let refused = folder.bad(&[
        "g.graphml",
        "-c",
        "CREATE INDEX FOR (a:A) ON (a.name); CREATE (:A {name: 'two'})",
        "-c",
        ":save",
    ]);
    assert!(refused.contains("cannot hold all of the graph"), "{refused}");
    assert_eq!(folder.count("g.graphml"), "1");
}

#[test]
fn two_processes_cannot_lose_each_others_work() {
    let folder = Folder::new("two");
    folder.good(&["g.kenning", "-c", "CREATE (:A)"]);
    let holder = Holder::start(&folder, "g.kenning");
    let refused = folder.bad(&["g.kenning", "-c", "CREATE (:B)"]);
    assert!(refused.contains(&format!("process {}", holder.id())) && refused.contains("--wait"), "{refused}");
    assert!(folder.good(&["info", "g.kenning"]).contains(&format!("process {}", holder.id())));
    folder.good(&["backup", "g.kenning", "copy.kenning"]);
    let waiting = folder.command(&["g.kenning", "--wait", "20s", "-c", "CREATE (:B)"]).spawn().expect("kenning runs");
    std::thread::sleep(Duration::from_millis(100));
    drop(holder);
    assert!(waiting.wait_with_output().expect("it runs").status.success());
    assert_eq!(folder.count("g.kenning"), "3");
    assert_eq!(folder.count("copy.kenning"), "2");
    folder.bad(&["backup", "g.kenning", "copy.kenning"]);
    folder.good(&["backup", "g.kenning", "copy.kenning", "--overwrite"]);
    assert_eq!(folder.count("copy.kenning"), "3");
}

#[test]
fn a_killed_process_loses_nothing_that_it_answered() {
    let folder = Folder::new("killed");
    drop(Holder::start(&folder, "g.kenning"));
    folder.good(&["g.kenning", "-c", "CREATE (:B)"]);
    assert_eq!(folder.count("g.kenning"), "2");
    let whole = folder.good(&["check", "g.kenning"]);
    assert!(whole.contains("every checksum and invariant holds"), "{whole}");
}

#[test]
fn a_damaged_file_is_named_and_left_alone() {
    let folder = Folder::new("damaged");
    folder.good(&[
        "g.kenning",
        "-c",
        "CREATE (:A {name: 'a name that is long enough to be hit'})",
        "-c",
        ":checkpoint",
    ]);
    let path = folder.path("g.kenning");
    let mut bytes = std::fs::read(&path).expect("it is there");
    let at = bytes.windows(5).position(|window| window == b"a nam").expect("the name is in the base");
    bytes[at] ^= 1;
    std::fs::write(&path, &bytes).expect("it can be written");
    for arguments in
        [&["g.kenning", "-c", "RETURN 1"][..], &["check", "g.kenning"], &["backup", "g.kenning", "b.kenning"]]
    {
        let said = folder.bad(arguments);
        assert!(said.contains("CorruptFile") && said.contains("section"), "{arguments:?}: {said}");
    }
    assert_eq!(std::fs::read(&path).expect("it is there"), bytes);
}

#[test]
fn a_glossary_is_ingested_into_a_database_as_a_transaction() {
    let folder = Folder::new("ingest");
    folder.good(&["g.kenning", "-c", "CREATE (:Mine {name: 'mine'})"]);
    std::fs::write(folder.path("g.md"), "# Glossary\n\npump\n: A machine that moves fluids.\n\nmachine\n: A device.\n")
        .expect("it can be written");
    folder.good(&["ingest", "g.md", "-o", "g.kenning"]);
    assert!(folder.good(&["g.kenning", "-c", "SHOW pump"]).contains("machine"));
    assert!(folder.good(&["g.kenning", "-c", "SHOW mine"]).contains("mine"));
    assert_eq!(folder.names(), ["g.kenning", "g.md"]);
}

#[test]
fn what_names_labels_is_kept_in_databases_and_scripts() {
    let folder = Folder::new("naming");
    let cypher = "CREATE (:Movie {name: 'm1', title: 'Heat'})-[:NEEDS]->(:Movie {name: 'm2', title: 'Film'})";
    folder.good(&["g.kenning", "-c", cypher]);
    let tree = |graph: &str| {
        let answer = folder.good(&[graph, "-c", "DEPS m1"]);
        answer.lines().take(2).collect::<Vec<_>>().join("\n")
    };
    folder.good(&["g.kenning", "-c", "BEGIN; CREATE LABEL Movie NAMED BY title; ROLLBACK"]);
    assert_eq!(tree("g.kenning"), "m1\n└─ needs → m2");
    folder.good(&["g.kenning", "-c", "CREATE LABEL Movie NAMED BY title"]);
    assert_eq!(tree("g.kenning"), "Heat\n└─ needs → Film");
    folder.good(&["g.kenning", "-c", ":save g.cypher"]);
    assert_eq!(tree("g.cypher"), "Heat\n└─ needs → Film");
    folder.good(&["g.kenning", "-c", "DROP LABEL Movie"]);
    assert_eq!(tree("g.kenning"), "m1\n└─ needs → m2");
}

#[test]
fn what_nodes_go_by_is_said_once_and_where_it_is_used() {
    let folder = Folder::new("guess");
    let acted = "CREATE (:Person {name: 'Val'})-[:ACTED_IN]->(:Movie {title: 'Heat'}), (:Host {host: 'db-1'})";
    folder.good(&["g.kenning", "-c", acted]);
    let said = |commands: &[&str]| {
        let arguments = [&["g.kenning"], commands].concat();
        text(&folder.run(&arguments).stderr)
    };
    let note = "note: nodes of Host go by `host`, of Movie by `title`; `CREATE LABEL Host NAMED BY …` changes it\n";
    assert_eq!(said(&["-c", "SHOW Heat", "-c", "MATCH (h:Host) RETURN h"]), note);
    assert_eq!(said(&["--format", "dot", "-c", "MATCH (h:Host) RETURN h"]), note);
    assert_eq!(said(&["-c", "MATCH (p:Person) RETURN p", "-c", "MATCH (m:Movie) RETURN m.title"]), "");
    assert_eq!(said(&["--format", "json", "-c", "MATCH (m:Movie) RETURN m"]), "");
    folder.good(&["g.kenning", "-c", "CREATE LABEL Host NAMED BY host; CREATE LABEL Movie NAMED BY title"]);
    assert_eq!(said(&["-c", "SHOW Heat", "-c", "SHOW db-1"]), "");
    let unlabelled = said(&["-c", "CREATE ({id: 7}); SHOW 7"]);
    assert_eq!(unlabelled, "note: nodes without a label go by `id`; a property `name` comes before it\n");
}

#[test]
fn pictures_tell_nodes_of_one_name_apart() {
    let folder = Folder::new("twins");
    let twins = "CREATE (:Service {name: 'auth'})-[:USES]->(:Library {name: 'auth'}), (:Movie {title: 'Heat'})";
    folder.good(&["g.kenning", "-c", twins]);
    let answer = ["g.kenning", "--format", "mermaid", "-c", "MATCH (a)-[r]->(b) RETURN a, r, b"];
    for picture in
        [&answer[..], &["export", "g.kenning", "--format", "dot"], &["export", "g.kenning", "--format", "svg"]]
    {
        let drawn = folder.good(picture);
        assert!(drawn.contains("auth (Service)") && drawn.contains("auth (Library)"), "{drawn}");
    }
    assert!(folder.good(&["export", "g.kenning", "--format", "html"]).contains("\"name\":\"Heat\""));
    assert!(!folder.good(&["export", "g.kenning", "--format", "cypher"]).contains("(Service)"));
}
