//! Who may import whom, how long a file may be, and why each dependency is there.

use std::path::{Path, PathBuf};

use crate::support::{assert_none, files, read, root, short};

/// What may be mentioned only in certain places of `src/`. Unit tests may mention anything.
struct Boundary {
    /// Any of these words.
    words: &'static [&'static str],
    /// Where they may not stand: `""` is everywhere.
    not_in: &'static [&'static str],
    /// … except here.
    but_in: &'static [&'static str],
    reason: &'static str,
}

const BOUNDARIES: &[Boundary] = &[
    Boundary {
        words: &["crate::ast", "nom::", "use nom"],
        not_in: &["plan", "optimizer", "executor", "trace", "algorithms", "procedures", "functions"],
        but_in: &[],
        reason: "plans and what runs them never see the syntax tree",
    },
    Boundary {
        words: &["nom::", "use nom"],
        not_in: &[""],
        but_in: &["parser", "ingest"],
        reason: "nom stays in the readers of text",
    },
    Boundary { words: &["rustyline"], not_in: &[""], but_in: &["repl"], reason: "the line editor is the shell's" },
    Boundary {
        words: &["clap::", "clap_complete"],
        not_in: &[""],
        but_in: &["cli", "main.rs"],
        reason: "arguments are the command line's",
    },
    Boundary {
        words: &["tokio", "axum", "rmcp", "tracing::info", "tracing::warn", "tracing_subscriber"],
        not_in: &[""],
        but_in: &["server"],
        reason: "sockets are the server's, and statements never wait for one",
    },
    Boundary {
        words: &["TcpStream", "TcpListener", "ToSocketAddrs"],
        not_in: &[""],
        but_in: &["server", "remote"],
        reason: "only servers and the ends of lines to them touch the network",
    },
    Boundary {
        words: &["crate::session", "crate::trace", "crate::procedures", "crate::executor"],
        not_in: &["remote"],
        but_in: &[],
        reason: "a remote graph is answered by its server or by the engine",
    },
    Boundary {
        words: &["println!", "eprintln!", "print!", "eprint!", "dbg!"],
        not_in: &[""],
        but_in: &["cli", "repl", "session", "main.rs"],
        reason: "only the doors print",
    },
    Boundary {
        words: &["std::fs", "fs::read", "fs::write", "File::open", "File::create"],
        not_in: &[""],
        but_in: &["cli", "repl", "session", "storage", "limits/machine.rs", "main.rs"],
        reason: "only the storage and the doors touch files; the machine says in files what memory it has",
    },
    Boundary {
        words: &["std::env", "env::var", "env::args"],
        not_in: &[""],
        but_in: &["cli", "repl", "session", "main.rs"],
        reason: "only the doors look at the environment",
    },
    Boundary {
        words: &["SystemTime", "Zoned::now", "Timestamp::now"],
        not_in: &[""],
        but_in: &["cli", "repl", "session", "storage/disk/real.rs", "main.rs"],
        reason: "the doors and the disk read the clock; a query gets the time handed in",
    },
    Boundary {
        words: &[
            "crate::ast",
            "crate::parser",
            "crate::binder",
            "crate::plan",
            "crate::planner",
            "crate::optimizer",
            "crate::executor",
            "crate::engine",
        ],
        not_in: &["graph", "glossary.rs", "diagnostic.rs"],
        but_in: &[],
        reason: "the graph knows nothing of queries",
    },
    Boundary {
        words: &["crate::parser", "crate::engine", "crate::session", "crate::database", "crate::storage"],
        not_in: &["publish"],
        but_in: &[],
        reason: "a site is made of a graph; whoever opens graphs and keeps files calls it",
    },
    Boundary {
        words: &["crate::procedures", "crate::result"],
        not_in: &["algorithms", "trace"],
        but_in: &[],
        reason: "an algorithm does not know who calls it",
    },
    Boundary {
        words: &["&Graph", "Graph,", "Graph}", "Graph;", "Graph>", "Graph::", "GraphView"],
        not_in: &["result.rs", "result", "render", "export"],
        but_in: &[],
        reason: "an answer carries what it needs of nodes and relationships",
    },
    Boundary {
        words: &["crate::cli", "crate::repl", "crate::server"],
        not_in: &[""],
        but_in: &["cli", "repl", "server", "session", "main.rs"],
        reason: "nothing depends on a door",
    },
    Boundary {
        words: &["crate::binder", "crate::planner", "crate::optimizer", "crate::executor"],
        not_in: &[""],
        but_in: &["engine.rs", "engine", "binder", "planner", "optimizer", "executor"],
        reason: "the engine alone puts the stages in a row",
    },
];

const LONGEST_FILE: usize = 600;

/// Whether the file is this file or lies in this folder of `src/`.
fn is_in(file: &Path, place: &str) -> bool {
    place.is_empty() || file.starts_with(place) || file == Path::new(&format!("{place}.rs"))
}

/// The line without its comment, so that a comment may speak of anything.
fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

/// Whether the word stands in the text, not as the end of a longer one: `eprintln!` is no `println!`.
fn mentions(text: &str, word: &str) -> bool {
    let begins = |at: usize| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let ends = |at: usize| {
        let joined = word.ends_with(|c: char| c.is_alphanumeric());
        !(joined && text[at + word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    text.match_indices(word).any(|(at, _)| begins(at) && ends(at))
}

/// The text up to the unit tests at its end.
fn without_tests(text: &str) -> &str {
    text.split_once("\n#[cfg(test)]\nmod tests {").map_or(text, |(code, _)| code)
}

/// The modules that a file declares for tests only, as places of `src/`.
fn test_modules(file: &Path, text: &str) -> Vec<String> {
    let stem = file.file_stem().unwrap_or_default();
    let folder = if ["mod", "lib", "main"].iter().any(|name| stem == *name) {
        file.parent().unwrap_or(file).to_path_buf()
    } else {
        file.with_extension("")
    };
    let declared = text.split("#[cfg(test)]\n").skip(1).filter_map(|after| {
        let line = after.lines().next()?.trim();
        line.trim_start_matches("pub(crate) ").strip_prefix("mod ")?.strip_suffix(';')
    });
    declared.map(|name| folder.join(name).to_string_lossy().into_owned()).collect()
}

fn violations(file: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for boundary in BOUNDARIES {
        let bound = boundary.not_in.iter().any(|place| is_in(file, place));
        if !bound || boundary.but_in.iter().any(|place| is_in(file, place)) {
            continue;
        }
        for (number, line) in without_tests(text).lines().enumerate() {
            if let Some(word) = boundary.words.iter().find(|word| mentions(code(line), word)) {
                found.push(format!("src/{}:{}: `{word}`: {}", file.display(), number + 1, boundary.reason));
            }
        }
    }
    found
}

#[test]
fn no_module_imports_what_it_must_not_know() {
    let src = root().join("src");
    let inside = |path: &Path| path.strip_prefix(&src).expect("it was found below").to_path_buf();
    let texts: Vec<(PathBuf, String)> = files(&src, "rs").iter().map(|path| (inside(path), read(path))).collect();
    let for_tests: Vec<String> = texts.iter().flat_map(|(file, text)| test_modules(file, text)).collect();
    let shipped = texts.iter().filter(|(file, _)| !for_tests.iter().any(|place| is_in(file, place)));
    assert_none(&shipped.flat_map(|(file, text)| violations(file, text)).collect::<Vec<_>>());
}

#[test]
fn the_check_of_imports_can_fail() {
    let breaks = |file: &str, text: &str| !violations(Path::new(file), text).is_empty();
    assert!(breaks("plan/expr.rs", "use crate::ast::Expression;"));
    assert!(breaks("plan.rs", "use crate::ast::Expression;"));
    assert!(breaks("render/table.rs", "    println!(\"\");"));
    assert!(breaks("graph/store.rs", "use crate::engine;"));
    assert!(breaks("render/table.rs", "let now = SystemTime::now();"));
    assert!(breaks("render/value.rs", "use crate::graph::{Entity, Graph, Value};"));
    assert!(breaks("export/subgraph.rs", "    graph: Arc<Graph>,"));
    assert!(!breaks("result.rs", "use crate::graph::{EntitySource, Value};"));
    assert!(!breaks("planner/mod.rs", "use crate::ast::Expression;"));
    assert!(!breaks("plan/expr.rs", "// never crate::ast"));
    assert!(!breaks("cli/run.rs", "println!(\"\");"));
    assert!(!breaks("graph/store.rs", "use crate::planets;"));
    assert!(!breaks("graph/store.rs", "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    use crate::engine;\n}"));
    let parent = "mod a;\n#[cfg(test)]\nmod laws;\n#[cfg(test)]\nmod tests {}\n";
    assert_eq!(test_modules(Path::new("graph/mod.rs"), parent), ["graph/laws"]);
    assert_eq!(test_modules(Path::new("graph/store.rs"), parent), ["graph/store/laws"]);
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let folders = ["src", "tests", "benches", "fuzz/fuzz_targets"];
    let long = folders.iter().flat_map(|folder| files(&root().join(folder), "rs")).filter_map(|path| {
        let lines = read(&path).lines().count();
        (lines > LONGEST_FILE).then(|| format!("{}: {lines} lines, more than {LONGEST_FILE}", short(&path)))
    });
    assert_none(&long.collect::<Vec<_>>());
}

#[test]
fn every_dependency_has_a_reason() {
    assert_none(&without_reason(&read(&root().join("Cargo.toml"))));
    assert_eq!(without_reason("[dependencies]\n# Why.\na = \"1\"\nb = \"1\"\n[features]\nc = []").len(), 1);
}

/// The dependencies of a manifest that have no comment on the line above.
fn without_reason(manifest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_dependencies = false;
    let mut above = "";
    for line in manifest.lines() {
        if let Some(table) = line.strip_prefix('[') {
            in_dependencies = table.trim_end_matches(']').ends_with("dependencies");
        } else if in_dependencies && line.contains(" = ") && !line.starts_with(['#', ' ']) && !above.starts_with("# ") {
            found.push(format!("Cargo.toml: no reason above `{line}`"));
        }
        above = line;
    }
    found
}
