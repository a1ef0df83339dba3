//! Any text is answered or refused: mutated queries, random bytes, and texts made to hurt. Never a panic, never a hang.
//!
//! `ROBUSTNESS_CASES` and `ROBUSTNESS_SEED` try more and others. The fuzz targets do the same with a mind of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use kenning::diagnostic::Kind;
use kenning::engine::RunOptions;
use kenning::graph::Graph;
use kenning::ingest::embedded_graph;
use kenning::limits::Limits;

use crate::support::engine::{Session, render};
use crate::support::random::Random;
use crate::support::{assert_none, files, read, root};

static GRAPH: LazyLock<Graph> = LazyLock::new(embedded_graph);

const TIME_LIMIT: Duration = Duration::from_secs(1);
/// What a statement may take that is told to stop at the limit: machines are busy.
const PATIENCE: Duration = Duration::from_secs(10);

fn options() -> RunOptions {
    let limits = Limits { time: Some(TIME_LIMIT), memory: Some(256 << 20), ..Limits::default() };
    RunOptions { limits, ..RunOptions::default() }
}

/// How a text was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Answered,
    Refused,
    /// At a limit.
    Stopped,
}

/// Runs the text as a door would, and looks at all that is said about it.
fn take(text: &str) -> Result<Taken, String> {
    let start = Instant::now();
    let taken = catch_unwind(AssertUnwindSafe(|| match Session::of(GRAPH.clone()).result_with(text, &options()) {
        Ok(result) => render(&result, None, text).map(|_| Taken::Answered),
        Err(errors) if errors.is_empty() => Err("fails without an error".to_string()),
        Err(errors) => {
            for error in &errors {
                error.draw(text, true);
                if error.span.is_some_and(|span| text.get(span.range()).is_none()) {
                    return Err(format!("points outside the text: {error:?}"));
                }
                if error.kind == Kind::InternalError {
                    return Err(format!("blames itself: {error:?}"));
                }
            }
            let stopped = errors.iter().any(|error| error.kind == Kind::Stopped);
            Ok(if stopped { Taken::Stopped } else { Taken::Refused })
        }
    }));
    if start.elapsed() > TIME_LIMIT * 2 {
        println!("{:.1?}: {:?} … {} bytes", start.elapsed(), text.chars().take(60).collect::<String>(), text.len());
    }
    let problem = match taken {
        Ok(Ok(_)) if start.elapsed() > PATIENCE => format!("took {:?}", start.elapsed()),
        Ok(Ok(taken)) => return Ok(taken),
        Ok(Err(problem)) => problem,
        Err(_) => "panics".to_string(),
    };
    let shown: String = text.chars().take(400).collect();
    Err(format!("{problem}: {shown:?}, {} bytes", text.len()))
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("a number"))
}

/// Real statements: the saved queries, and those of the scripts.
fn statements() -> Vec<String> {
    let mut statements: Vec<String> = files(&root().join("queries"), "cypher").iter().map(|path| read(path)).collect();
    let scripts = files(&root().join("tests/scripts"), "test");
    // What is wrong already says little when it is made worse.
    for path in scripts.iter().filter(|path| !path.to_string_lossy().contains("errors")) {
        let mut statement = String::new();
        for line in read(path).lines() {
            if let Some(text) = line.strip_prefix('>') {
                let text = text.trim_start();
                statement +=
                    text.strip_prefix('[').and_then(|text| text.split_once(']')).map_or(text, |(_, text)| text);
                statement.push('\n');
            } else if !statement.is_empty() {
                statements.push(std::mem::take(&mut statement));
            }
        }
    }
    statements
}

/// Words, numbers and single signs.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut word = false;
    for c in text.chars() {
        let inside = c.is_alphanumeric() || c == '_';
        match tokens.last_mut() {
            Some(last) if inside && word => last.push(c),
            _ => tokens.push(c.to_string()),
        }
        word = inside;
    }
    tokens
}

const SPICE: &[&str] = &[
    "null",
    "''",
    "'",
    "\"",
    "`",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "-9223372036854775808",
    "9223372036854775807",
    "1e308",
    "1e999",
    "0x",
    ".",
    "..",
    "*",
    "*..",
    "$p",
    "$",
    "\0",
    "\u{202e}",
    "é",
    "🦀",
    "\\u00",
    "/*",
    "//",
    ";",
    "DISTINCT",
    "count(*)",
    "collect(",
    "nodes(p)",
    "shortestPath(",
    "EXPLAIN",
    "PROFILE",
    "UNION",
    "date('x')",
    "duration({days: 1e300})",
    "range(0, 9223372036854775807)",
    "=~ '('",
    "DETACH DELETE",
    "SET",
    "REMOVE",
    "MERGE",
    "labels(",
    "reduce(a = 1, x IN",
];

fn mutate(random: &mut Random, tokens: &mut Vec<String>, pool: &[Vec<String>]) {
    let at = random.below(tokens.len().max(1)).min(tokens.len().saturating_sub(1));
    let other = random.pick(pool);
    let word = other[random.below(other.len())].clone();
    match random.below(7) {
        _ if tokens.is_empty() => tokens.push(word),
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, tokens[at].clone()),
        2 => tokens[at] = word,
        3 => tokens.insert(at, word),
        4 => tokens.insert(at, (*random.pick(SPICE)).to_string()),
        5 => {
            let with = random.below(tokens.len());
            tokens.swap(at, with);
        }
        _ => tokens.truncate(at),
    }
}

#[test]
fn mutated_queries_are_answered_or_refused() {
    let pool: Vec<Vec<String>> = statements().iter().map(|text| tokens(text)).collect();
    assert!(pool.len() >= 20, "there are too few statements to mutate");
    let (cases, first) = (setting("ROBUSTNESS_CASES", 2000), setting("ROBUSTNESS_SEED", 0));
    let mut problems = Vec::new();
    let mut counts = [0; 3];
    for seed in first..first + cases {
        let mut random = Random::seeded(seed);
        let mut text = random.pick(&pool).clone();
        for _ in 0..random.below(4) {
            mutate(&mut random, &mut text, &pool);
        }
        match take(&text.concat()) {
            Ok(taken) => counts[taken as usize] += 1,
            Err(problem) => problems.push(format!("ROBUSTNESS_SEED={seed} ROBUSTNESS_CASES=1: {problem}")),
        }
    }
    println!("robustness: {cases} mutated queries: answered, refused, stopped: {counts:?}");
    assert_none(&problems);
    assert!(cases < 1000 || counts[..2].iter().all(|count| count * 20 > cases), "one-sided: {counts:?}");
}

#[test]
fn random_bytes_are_refused() {
    for seed in 0..500 {
        let mut random = Random::seeded(seed);
        let bytes: Vec<u8> = (0..random.below(80)).map(|_| random.below(256) as u8).collect();
        let signs: Vec<u8> = (0..random.below(60)).map(|_| *random.pick(b"()[]{}<>-=|:;,.*'`\"\\$0aN \n/")).collect();
        for text in [String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&signs)] {
            take(&text).unwrap_or_else(|problem| panic!("{problem}"));
        }
    }
}

const MANY: usize = 100_000;

/// Texts made to overflow a stack or to take long, as a prefix, what is repeated, and a suffix.
const REPEATED: &[(&str, &str, &str)] = &[
    ("RETURN ", "(", ""),
    ("RETURN ", "[", ""),
    ("RETURN ", "{a: ", ""),
    ("RETURN ", "NOT ", "true"),
    ("RETURN ", "- ", "1"),
    ("RETURN ", "-", "1"),
    ("RETURN ", "+", "1"),
    ("RETURN ", "f(", ""),
    ("RETURN ", "CASE WHEN ", ""),
    ("RETURN ", "[x IN ", ""),
    ("RETURN ", "all(x IN ", ""),
    ("RETURN ", "reduce(a = ", ""),
    ("RETURN ", "EXISTS { MATCH (a) WHERE ", ""),
    ("RETURN ", "[(a)-->(b) | ", ""),
    ("MATCH ", "(", ""),
    ("MATCH p = ", "shortestPath(", ""),
    ("MATCH (a", " {x: ", ""),
    ("RETURN 1", " + 1", " AS x"),
    ("RETURN 2", " ^ 1", " AS x"),
    ("RETURN 'a'", " + 'a'", " AS x"),
    ("RETURN true", " AND true", " AS x"),
    ("RETURN true", " OR false", " AS x"),
    ("RETURN true", " XOR true", " AS x"),
    ("RETURN 1", " < 2", " AS x"),
    ("RETURN 1", " = 1", " AS x"),
    ("RETURN 1", " IS NULL", " AS x"),
    ("RETURN 1", " IN []", " AS x"),
    ("RETURN {a: 1}", ".a", " AS x"),
    ("RETURN [1]", "[0]", " AS x"),
    ("RETURN [1]", "[0..]", " AS x"),
    ("MATCH (n) RETURN n", ":A", " AS x"),
    ("MATCH (n", ":A", ") RETURN n"),
    ("MATCH (n)", "-->()", " RETURN n"),
    ("MATCH (n)", "-[:A|B*]-(:C)", " RETURN n"),
    ("MATCH (n)-[:A", "|A", "]->() RETURN n"),
    ("MATCH (n)", ", (n)", " RETURN n"),
    ("MATCH (n)", ", ()", " RETURN n"),
    ("RETURN [1", ", 1", "] AS x"),
    ("RETURN {a: 1", ", a: 1", "} AS x"),
    ("RETURN CASE 1", " WHEN 2 THEN 3", " END AS x"),
    ("RETURN coalesce(1", ", 1", ") AS x"),
    ("RETURN 1 AS x", " UNION RETURN 1 AS x", ""),
    ("RETURN 1 AS x", ", 1 AS x", ""),
    ("WITH 1 AS x", " WITH x", " RETURN x"),
    ("UNWIND [1] AS y", " UNWIND [1] AS x", " RETURN x"),
    ("MATCH (n:Service)", " WITH n WHERE n.name = 'x'", " RETURN n"),
    ("MATCH (n:Nothing)", " MATCH (n)", " RETURN n"),
    ("MATCH (n:Nothing)", " OPTIONAL MATCH (n)-->(m)", " RETURN n"),
    ("", "CREATE () ", ""),
    ("CREATE (a)", ", ()", ""),
    ("MERGE (a:X)", " ON CREATE SET a.x = 1", ""),
    ("MATCH (a:Nothing) SET a.x = 1", ", a.x = 1", ""),
    ("", "CALL db.labels() YIELD label ", ""),
    ("", ";", ""),
    ("", "EXPLAIN ", "RETURN 1"),
    ("SHOW ", "nova ", ""),
    ("DEPS nova VIA a", ", a", ""),
    ("RETURN '", "\\\\", "' AS x"),
    ("RETURN '", "\\u0041", "' AS x"),
    ("", "/*", ""),
    ("/*", "*", ""),
    ("", "// comment\n", "RETURN 1"),
    ("RETURN ", "9", " AS x"),
    ("RETURN 1e", "9", " AS x"),
    ("RETURN 0.", "0", "1 AS x"),
    ("RETURN 0x", "f", " AS x"),
    ("RETURN `", "a", "` AS x"),
    ("RETURN ", "a", " AS x"),
    ("RETURN ", "\0", ""),
    ("RETURN date('", "1", "') AS x"),
    ("RETURN duration('P", "1D", "') AS x"),
    ("RETURN 'a' =~ '", "(", "' AS x"),
    ("RETURN 'a' =~ '", "a*", "' AS x"),
    ("RETURN 'a' =~ '(a{999}){", "9", "}' AS x"),
    ("WITH [1] AS a RETURN a", "[a[0]", ""),
];

#[test]
fn texts_made_to_hurt_are_answered_or_refused() {
    let only = std::env::var("ROBUSTNESS_ONLY").unwrap_or_default();
    let problems = REPEATED.iter().filter(|(prefix, part, _)| format!("{prefix}{part}").contains(&only)).filter_map(
        |(prefix, part, suffix)| {
            // What is refused early for its length is also tried at a length at which it may run.
            let lengths = [MANY, 1000, 150];
            lengths.into_iter().find_map(|many| take(&format!("{prefix}{}{suffix}", part.repeat(many))).err())
        },
    );
    assert_none(&problems.collect::<Vec<_>>());
}

#[test]
fn a_megabyte_is_answered_or_refused() {
    let real = statements().join(" ");
    let long = |text: &str| text.repeat((1 << 20) / text.len() + 1);
    let texts = [
        format!("RETURN '{}' AS x", long("long ")),
        format!("RETURN {} 1 AS x", long("1 + ")),
        format!("RETURN [{} 1] AS x", long("1, ")),
        format!("MATCH (n) RETURN n // {}", long("comment ")),
        long(&real),
        long("\u{0}"),
        long("é('"),
        long("\n"),
    ];
    assert_none(&texts.iter().filter_map(|text| take(text).err()).collect::<Vec<_>>());
}

/// Statements that would take for ever or all memory, and are stopped.
#[test]
fn limits_stop_what_would_not_end() {
    let hungry = [
        "MATCH (a), (b), (c), (d) RETURN max(a.name + b.name)",
        "MATCH p = (a)-[*]-(b) RETURN count(p)",
        "MATCH p = (a)-[*]-(b) RETURN p",
        "UNWIND range(1, 1000000000) AS x RETURN x",
        "RETURN size([x IN range(1, 1000000000) WHERE x % 2 = 0])",
        "RETURN reduce(s = 'a', x IN range(1, 100) | s + s)",
        "RETURN reduce(s = [1], x IN range(1, 100) | s + s)",
        "RETURN reduce(s = 'a', x IN range(1, 100) | replace(s, 'a', s + 'a'))",
        "WITH reduce(s = 'a', x IN range(1, 20) | s + s) AS s RETURN size([x IN range(1, 100000) | s + x])",
        "UNWIND range(1, 100000000) AS x CREATE (n:Many {x: x})",
        "UNWIND range(1, 100000000) AS x RETURN collect(x)",
        "UNWIND range(1, 100000000) AS x WITH DISTINCT x RETURN count(x)",
        "UNWIND range(1, 100000000) AS x RETURN x ORDER BY -x LIMIT 100000000",
        "MATCH (a) WHERE all(x IN range(1, 100000000) WHERE x > 0) RETURN a",
        "MATCH (a), (b) RETURN [(a)-[*]-(b) | 1]",
        "MATCH (a), (b) WHERE EXISTS { MATCH (a)-[*]-(b)-[*]-(c) WHERE c.name = 'none' RETURN 1 AS x } RETURN count(*)",
        "RETURN range(0, 9223372036854775807)",
    ];
    let problems = hungry.iter().filter_map(|text| match take(text) {
        Ok(Taken::Stopped) => None,
        Ok(other) => Some(format!("{text}: {other:?}")),
        Err(problem) => Some(problem),
    });
    assert_none(&problems.collect::<Vec<_>>());
}

/// The graph is as it was when a limit stops an update, and the next statement runs.
#[test]
fn a_stopped_update_leaves_no_trace() {
    let mut session = Session::of(GRAPH.clone());
    let nodes = session.graph().node_count();
    let stopped = session.result_with("UNWIND range(1, 4000000) AS x CREATE (n:Many {x: x})", &options());
    assert!(stopped.is_err_and(|errors| errors[0].kind == Kind::Stopped));
    assert_eq!(session.graph().node_count(), nodes);
    let next = session.result_with("MATCH (n:Many) RETURN count(*) AS n", &options());
    assert_eq!(format!("{:?}", next.expect("it runs").rows), "[[Integer(0)]]");
}
