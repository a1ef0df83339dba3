//! Limits that hold, seen from outside: what a process takes and when it stops, and what it reads.
//! `tests/verify/limits.py` measures sixty statements of this kind; here are some, with bounds for busy machines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A folder of this test alone.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("kenning-limits-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn kenning() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kenning"));
    command.stdin(Stdio::null());
    command
}

/// What a process wrote, both outputs together.
fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

const NODES: &str = "UNWIND range(1, 20000) AS i CREATE (:N {i: i})";

/// Statements that need more memory or time than they get here, and what runs before them.
const STATEMENTS: &[(&str, &str)] = &[
    ("RETURN 1", "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN a, b"),
    ("RETURN 1", "UNWIND range(1, 50000000) AS i RETURN size(collect('text ' + i))"),
    ("RETURN 1", "RETURN size([x IN range(1, 100000000) | 'text ' + x])"),
    ("RETURN 1", "RETURN size(split(reduce(s = 'ab,', i IN range(1, 24) | s + s), ','))"),
    ("RETURN 1", "UNWIND range(1, 50000000) AS i WITH 'text ' + rand() AS r ORDER BY r RETURN count(r)"),
    (NODES, "MATCH (n:N) SET n.big = range(1, 1000)"),
    ("RETURN 1", "UNWIND range(1, 50000000) AS i CREATE (:N {i: i})"),
];

/// The most memory that a process ever had, in bytes, as long as it runs.
fn peak(process: u32) -> Option<usize> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()? * 1024)
}

#[test]
#[cfg(target_os = "linux")]
fn the_memory_of_a_process_stays_near_the_limit() {
    const LIMIT: usize = 64 << 20;
    const MOST: usize = LIMIT * 3 / 2 + (100 << 20);
    for (before, statement) in STATEMENTS {
        let mut command = kenning();
        command.args([":memory:", "--memory", "64MiB", "--timeout", "20s", "-c", before, "-c", statement]);
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut most = 0;
        while process.try_wait().unwrap().is_none() {
            most = most.max(peak(process.id()).unwrap_or(0));
            if most > 3 * MOST {
                process.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(most < MOST, "{statement}: {} MiB", most >> 20);
    }
}

#[test]
fn statements_stop_soon_after_their_time() {
    const TIME: Duration = Duration::from_millis(500);
    /// What the program takes besides, on a machine with other work.
    const PATIENCE: Duration = Duration::from_secs(3);
    let endless = [
        "UNWIND range(1, 1000) AS i RETURN size(normalize(reduce(s = 'äbc ', i IN range(1, 18) | s + s), 'NFKD'))",
        "UNWIND range(1, 100000000) AS i WITH rand() AS r ORDER BY r RETURN max(r)",
        "UNWIND range(1, 100000000) AS i RETURN count(i % 7)",
        "WITH range(1, 100000) AS a, range(1, 100000) AS b UNWIND range(1, 1000000) AS i RETURN count(a + i = b + i)",
    ];
    for statement in endless {
        let begin = Instant::now();
        let said = said(kenning().args([":memory:", "--memory", "4GiB", "--timeout", "500ms", "-c", statement]));
        assert!(said.contains("error[TimeLimit]"), "{statement}: {said}");
        assert!(begin.elapsed() < TIME + PATIENCE, "{statement}: {:?}", begin.elapsed());
    }
}

/// Sends Ctrl-C, as a terminal would.
#[cfg(unix)]
fn interrupt(process: &std::process::Child) {
    assert!(Command::new("kill").args(["-INT", &process.id().to_string()]).status().unwrap().success());
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_the_program_soon() {
    /// A tenth of a second, on a machine with other work.
    const PATIENCE: Duration = Duration::from_secs(2);
    let endless = [
        "UNWIND range(1, 100000000) AS i WITH rand() AS r ORDER BY r RETURN max(r)",
        "UNWIND range(1, 30000000) AS i CREATE (:N {i: i})",
        "UNWIND range(1, 100000000) AS i RETURN i",
    ];
    for statement in endless {
        let mut command = kenning();
        command.args([":memory:", "--memory", "1GiB", "-c", statement]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(700));
        let begin = Instant::now();
        interrupt(&process);
        process.wait().unwrap();
        assert!(begin.elapsed() < PATIENCE, "{statement}: {:?}", begin.elapsed());
    }
}

#[test]
#[cfg(unix)]
fn an_interrupted_save_leaves_the_file_as_it_was() {
    let folder = Folder::new("save");
    let file = folder.write("saved/g.cypher", "CREATE (:Old);\n");
    let nodes = "UNWIND range(1, 100000) AS i CREATE (:N {i: i, s: 'a text ' + i})";
    let save = format!(":save '{}'", file.display());
    let mut command = kenning();
    command.args([":memory:", "--overwrite", "-c", nodes, "-c", &save]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    let is_part = |entry: fs::DirEntry| entry.file_name().to_string_lossy().ends_with(".part");
    let is_saving = || fs::read_dir(file.parent().unwrap()).unwrap().flatten().any(is_part);
    while !is_saving() && process.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    interrupt(&process);
    process.wait().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    // The signal may have come when the last byte was written.
    let is_whole = text.matches("a text").count() == 100_000;
    assert!(text == "CREATE (:Old);\n" || is_whole, "{} bytes", text.len());
}

const TERM: &str = "[[term]]\nname = \"a\"\n";

#[test]
#[cfg(unix)]
fn a_graph_folder_reads_nothing_outside() {
    let folder = Folder::new("folder");
    let secret = folder.write("outside/secret.toml", "[[term]]\nname = \"secret\"\n");
    let inside = folder.write("graph/a.toml", TERM);
    let graph = folder.0.join("graph");
    std::os::unix::fs::symlink(&secret, graph.join("linked.toml")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", graph.join("endless.toml")).unwrap();
    std::os::unix::fs::symlink(&inside, graph.join("again.toml")).unwrap();
    fs::create_dir(graph.join("sub")).unwrap();
    let pipe = graph.join("sub/pipe.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let said = said(kenning().arg(&graph).args(["--timeout", "5s", "-c", "MATCH (n) RETURN collect(n.name) AS names"]));
    assert!(!said.contains("secret'"), "{said}");
    for name in ["linked.toml", "endless.toml", "pipe.toml"] {
        assert!(said.contains(&format!("{name} is not read")), "{said}");
    }
    assert!(!said.contains("again.toml is not read"), "{said}");
}

#[test]
#[cfg(unix)]
fn a_folder_that_is_read_says_which_links_it_left_out() {
    let folder = Folder::new("ingest");
    folder.write("outside/package.json", "{\"name\": \"outside\"}");
    folder.write("repository/package.json", "{\"name\": \"inside\", \"version\": \"1.0.0\"}");
    let link = folder.0.join("repository/other.json");
    std::os::unix::fs::symlink(folder.0.join("outside/package.json"), link).unwrap();
    let said = said(kenning().args(["ingest", "--dry-run"]).arg(folder.0.join("repository")));
    assert!(said.contains("other.json") && said.contains("not read, as it is a link"), "{said}");
}

fn loads(file: &Path) -> String {
    format!("LOAD CSV FROM '{}' AS row CREATE (:Row {{a: row[0]}});\n", file.display())
}

#[test]
fn a_file_of_statements_opened_as_a_graph_reads_only_what_is_allowed() {
    let folder = Folder::new("allow");
    let data = folder.write("data/rows.csv", "1\n2\n");
    let script = folder.write("graph.cypher", &loads(&data));
    let count = ["-c", "MATCH (n:Row) RETURN count(n) AS c", "--format", "jsonl"];
    let refused = said(kenning().arg(&script).args(count));
    assert!(refused.contains("error[PermissionDenied]") && refused.contains("--allow-files"), "{refused}");
    let other = folder.write("other/rows.csv", "");
    let elsewhere = said(kenning().arg(&script).args(count).arg("--allow-files").arg(other.parent().unwrap()));
    assert!(elsewhere.contains("error[PermissionDenied]"), "{elsewhere}");
    let allowed = said(kenning().arg(&script).args(count).arg("--allow-files").arg(data.parent().unwrap()));
    assert!(allowed.contains("{\"c\":2}"), "{allowed}");
    // A user's own statements read what the user may read.
    let own = said(kenning().arg(":memory:").arg("-f").arg(&script).args(count));
    assert!(own.contains("{\"c\":2}"), "{own}");
}

#[test]
#[cfg(unix)]
fn a_link_does_not_lead_out_of_an_allowed_folder() {
    let folder = Folder::new("link");
    let secret = folder.write("outside/secret.csv", "secret\n");
    fs::create_dir(folder.0.join("data")).unwrap();
    let link = folder.0.join("data/rows.csv");
    std::os::unix::fs::symlink(secret, &link).unwrap();
    let script = folder.write("graph.cypher", &loads(&link));
    let said = said(kenning().arg(&script).arg("--allow-files").arg(folder.0.join("data")).args(["-c", "RETURN 1"]));
    assert!(said.contains("error[PermissionDenied]") && !said.contains("error[PermissionDenied]: secret"), "{said}");
}
