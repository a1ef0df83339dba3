//! Graphs on other machines: a kenning that serves stands for the other machine.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::serve::server::{KENNING, Server, users};
use crate::support::folder::Folder;
use crate::support::random::Random;

/// Questions about the embedded graph, of every word and option.
const WORDS: &str = "DEPS trove; DEPS trove DEPTH 1; IMPACT keystone; IMPACT mariadb HARD; WHY horizon TO mariadb ALL; \
    WHY horizon TO mariadb EACH; WHY mariadb TO horizon; WHY nova TO rabbitmq UP TO 5; SHOW nova; SHOW router; \
    FIND router; ORDER OF trove; ORDER; CYCLES; CRITICAL; CRITICAL FOR horizon; CRITICAL FOR horizon TO mariadb; \
    COMMON nova, neutron; DIFF nova, neutron; FANIN; FANOUT OF nova, horizon; FANIN OF keystone; \
    DEPS nova EXCEPT DEPS neutron; DEPS nova VIA \"depends on\"; DEPS routers; IMPACT keystone RANKED; \
    DEPS blok storage; SHOW dvr; WHATIF REMOVE rabbitmq IMPACT keystone; SHOW RELATIONSHIP TYPES; \
    WHY nova TO rabbitmq AVOIDING nova-api; DEPS nova WHERE relationship.source STARTS WITH 'Nova'; \
    DEPS (MATCH (n:Service) WHERE n.name STARTS WITH 'I' RETURN n); \
    CALL trace.deps('nova') YIELD term, depth RETURN term.name, depth ORDER BY term.name;";

/// Runs kenning with data of its own.
fn kenning(folder: &Folder, arguments: &[&str], password: Option<&str>) -> Output {
    let mut command = Command::new(KENNING);
    command.args(arguments).env("XDG_DATA_HOME", &folder.0).env("HOME", &folder.0).env("NO_COLOR", "1");
    command.env_remove("KENNING_PASSWORD");
    password.iter().for_each(|word| _ = command.env("KENNING_PASSWORD", word));
    command.output().expect("kenning can be started")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// What is answered to statements, without what only a graph on another machine says, in the order of lines.
fn answers(folder: &Folder, graph: &str, statements: &str) -> Vec<String> {
    folder.write("words.cypher", statements);
    let script = folder.0.join("words.cypher");
    let script = script.to_str().expect("a plain path");
    let output = kenning(folder, &[graph, "-f", script, "--format", "tree", "--keep-going"], None);
    let told = |line: &&str| !line.contains(" came over in ");
    let text = text(&output);
    text.lines().filter(told).map(|line| line.replace(graph, "GRAPH")).collect()
}

fn address(server: &Server) -> String {
    format!("bolt://{}", server.bolt)
}

#[test]
fn every_word_answers_as_on_the_graph_itself() {
    let folder = Folder::new("remote-words");
    let server = Server::serving("openstack", &[]);
    let (here, there) = (answers(&folder, "openstack", WORDS), answers(&folder, &address(&server), WORDS));
    assert!(here.len() > 1000, "{here:#?}");
    for (own, other) in here.iter().zip(&there) {
        assert_eq!(own, other);
    }
    assert_eq!(here.len(), there.len());
}

/// A random graph as statements, and the names of its nodes.
fn random_graph(random: &mut Random) -> (String, Vec<String>) {
    const TYPES: [&str; 6] = ["DEPENDS_ON", "PROVIDES_TO", "USES", "PART_OF", "RELATED_TO", "FEEDS"];
    let names: Vec<String> = (0..2 + random.below(12)).map(|number| format!("t{number}")).collect();
    let mut statements = String::new();
    for name in &names {
        let label = ["Service", "Library"][random.below(2)];
        let aliases = if random.below(5) == 0 { format!(", aliases: ['{name} service']") } else { String::new() };
        statements += &format!("CREATE (:{label} {{name: '{name}'{aliases}}});\n");
    }
    for _ in 0..random.below(3 * names.len()) {
        let (start, end) = (&names[random.below(names.len())], &names[random.below(names.len())]);
        let properties = ["", "confidence: 0.4", "any_of: 'x'", "evidence: 'so it is'"][random.below(4)];
        let name = TYPES[random.below(TYPES.len())];
        statements += &format!(
            "MATCH (a {{name: '{start}'}}), (b {{name: '{end}'}}) CREATE (a)-[:{name} {{{properties}}}]->(b);\n"
        );
    }
    if random.below(2) == 0 {
        let way = ["ALONG", "AGAINST DEGRADES", "NONE"][random.below(3)];
        statements += &format!("CREATE RELATIONSHIP TYPE FEEDS FAILURE {way};\n");
    }
    (statements, names)
}

#[test]
fn words_on_random_graphs() {
    const GRAPHS: u64 = 12;
    let folder = Folder::new("remote-random");
    for seed in 0..GRAPHS {
        let mut random = Random::seeded(seed);
        let (statements, names) = random_graph(&mut random);
        folder.write("g.cypher", &statements);
        let graph = folder.0.join("g.cypher");
        let graph = graph.to_str().expect("a plain path");
        let mut pick = || names[random.below(names.len())].clone();
        let (a, b, c) = (pick(), pick(), pick());
        let option =
            ["", "HARD", "DEPTH 2", "VIA DEPENDS_ON", "WHERE depth < 3", "CONFIDENCE 0.5", "RANKED"][random.below(7)];
        let words = format!(
            "DEPS {a} {option}; IMPACT {b} {option}; DEPS {a}, {b}; WHY {a} TO {b}; WHY {b} TO {c} ALL; \
             WHY {a} TO {c} EACH; WHY {a} TO {b} UP TO 4; WHY {a} TO {b} HARD; SHOW {c}; ORDER OF {a}; ORDER; CYCLES; \
             CYCLES THROUGH {b}; CRITICAL; CRITICAL FOR {a}; CRITICAL FOR {a} TO {b}; COMMON {a}, {b}; DIFF {b}, {c}; \
             FANIN; FANOUT OF {a}, {c}; FANIN OF {b}; DEPS {a} UNION IMPACT {b}; FIND {a}; DEPS nobody;"
        );
        let server = Server::serving(graph, &[]);
        let (here, there) = (answers(&folder, graph, &words), answers(&folder, &address(&server), &words));
        assert_eq!(here, there, "seed {seed}: {words}\n{statements}");
    }
}

#[test]
fn queries_are_sent_as_they_are() {
    let folder = Folder::new("remote-queries");
    let server = Server::start(&[]);
    let at = address(&server);
    let said = |statement: &str| text(&kenning(&folder, &[&at, "-c", statement], None));
    assert!(
        said("CREATE (:A {k: 1})-[:R {w: 2.5}]->(:B {k: [1, 2], d: date('2020-02-29')})").contains("2 nodes created")
    );
    let rows = said("MATCH p = (a:A)-[r]->(b) RETURN a, r, b, p, b.d + duration('P1D') AS d");
    for part in ["(:A {k: 1})", "[:R {w: 2.5}", "2020-03-01"] {
        assert!(rows.contains(part), "{part}: {rows}");
    }
    let error = said("MATCH (n) RETURN m");
    assert!(error.contains("1 | MATCH (n) RETURN m") && error.contains("^"), "{error}");
    assert!(said("DEPS").contains("help: "), "{error}");
    let parameters = kenning(&folder, &[&at, "--param", "x=[1, 'two', null]", "-c", "RETURN $x AS x"], None);
    assert!(text(&parameters).contains("[1, 'two', null]"), "{}", text(&parameters));
    let plan = said("EXPLAIN DEPS a");
    assert!(plan.contains("UNWIND $ids AS i MATCH"), "{plan}");
}

#[test]
fn transactions_are_those_of_the_server() {
    let folder = Folder::new("remote-transactions");
    let server = Server::start(&[]);
    let at = address(&server);
    let script = "BEGIN; CREATE (:A); MATCH (n) RETURN count(n) AS inside; ROLLBACK; MATCH (n) RETURN count(n) AS undone; \
                  BEGIN; CREATE (:A); COMMIT; MATCH (n) RETURN count(n) AS kept;";
    let output = kenning(&folder, &[&at, "--format", "csv", "-c", script], None);
    let said = String::from_utf8_lossy(&output.stdout).replace('\n', " ");
    for part in ["inside 1", "undone 0", "kept 1"] {
        assert!(said.contains(part), "{part}: {}", text(&output));
    }
    let left = kenning(&folder, &[&at, "-c", "BEGIN", "-c", "CREATE (:B)"], None);
    assert!(!left.status.success() && text(&left).contains("rolled back"), "{}", text(&left));
    let read_only = kenning(&folder, &[&at, "--read-only", "-c", "CREATE (:C)"], None);
    assert!(!read_only.status.success(), "{}", text(&read_only));
    let count = kenning(&folder, &[&at, "--format", "csv", "-c", "MATCH (n) RETURN count(n) AS n"], None);
    assert_eq!(String::from_utf8_lossy(&count.stdout), "n\n1\n");
}

#[test]
fn words_see_the_open_transaction_and_leave_it_open() {
    let folder = Folder::new("remote-inside");
    let server = Server::start(&[]);
    folder.write(
        "inside.cypher",
        "BEGIN; CREATE (:Q {name: 'q'})-[:DEPENDS_ON]->(:Q {name: 'r'}); DEPS q; SHOW q; DEPS nobody;\n:schema\n\
         CREATE RELATIONSHIP TYPE DEPENDS_ON FAILURE NONE; CREATE (:Q {name: 's'}); MATCH (n:Q) RETURN count(n) AS inside; \
         ROLLBACK; MATCH (n:Q) RETURN count(n) AS after;",
    );
    let script = folder.0.join("inside.cypher");
    let script = script.to_str().expect("a plain path");
    let output = kenning(&folder, &[&address(&server), "-f", script, "--format", "csv", "--keep-going"], None);
    let said = text(&output);
    for part in ["depends on", "COMMIT or ROLLBACK first", "inside\n3", "after\n0"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("no transaction is open"), "{said}");
}

#[test]
fn what_types_mean_is_kept_beside() {
    let folder = Folder::new("remote-meaning");
    let server = Server::start(&[]);
    let at = address(&server);
    let run = |statement: &str| text(&kenning(&folder, &[&at, "-c", statement], None));
    run("CREATE (:Pump {tag: 'p'})-[:FEEDS]->(:Tank {tag: 't'})");
    run("CREATE RELATIONSHIP TYPE FEEDS NAMED 'feeds' FAILURE ALONG");
    run("CREATE LABEL Pump, Tank NAMED BY tag");
    let answer = run("DEPS t");
    assert!(answer.contains("→ p") && answer.contains("1 term is needed, over FEEDS"), "{answer}");
    assert!(run(":info").contains(".kenning"), "{}", run(":info"));
    assert!(run("REJECT (p)-[:FEEDS]->(t)").contains("kenning copy"));
}

#[test]
fn a_copy_there_and_back_is_the_same_graph() {
    let folder = Folder::new("remote-copy");
    let server = Server::start(&[]);
    let (at, back) = (address(&server), folder.0.join("back.kenning"));
    let back = back.to_str().expect("a plain path");
    let copied = kenning(&folder, &["copy", "openstack", &at], None);
    assert!(text(&copied).starts_with("copied 140 nodes, 418 relationships to "), "{}", text(&copied));
    let again = kenning(&folder, &["copy", "openstack", &at], None);
    assert!(!again.status.success() && text(&again).contains("--add"), "{}", text(&again));
    let begun = kenning(&folder, &[&at, "-c", "CREATE (:KenningCopy {copy: 'other', part: 0, ids: []})"], None);
    assert!(begun.status.success(), "{}", text(&begun));
    let other = kenning(&folder, &["copy", "openstack", &at], None);
    assert!(text(&other).contains("of another copy that was begun"), "{}", text(&other));
    assert!(kenning(&folder, &[&at, "-c", "MATCH (m:KenningCopy) DELETE m"], None).status.success());
    assert!(kenning(&folder, &["copy", &at, back], None).status.success());
    let diff = kenning(&folder, &["diff", "openstack", back], None);
    assert!(diff.status.success(), "{}", text(&diff));
    // The meaning of types has come along, into what is kept beside.
    let deps = kenning(&folder, &[&at, "-c", "DEPS trove DEPTH 1"], None);
    assert!(text(&deps).contains("10 terms are needed"), "{}", text(&deps));
    let neither = kenning(&folder, &["copy", "openstack", back], None);
    assert!(text(&neither).contains("kenning export"), "{}", text(&neither));
}

#[test]
fn an_interrupted_copy_goes_on_where_it_stopped() {
    let folder = Folder::new("remote-resume");
    let server = Server::start(&[]);
    let (at, graph) = (address(&server), folder.0.join("g.kenning"));
    let graph = graph.to_str().expect("a plain path");
    let fill = "UNWIND range(1, 30000) AS i CREATE (:N {i: i}) WITH count(*) AS c MATCH (a:N), (b:N {i: a.i + 1}) \
                CREATE (a)-[:NEXT]->(b)";
    assert!(kenning(&folder, &[graph, "-c", fill], None).status.success());
    let mut interrupted = 0;
    for milliseconds in [150, 300, 500, 60_000] {
        let mut copy = Command::new(KENNING);
        let copy = copy.args(["copy", graph, &at]).env("XDG_DATA_HOME", &folder.0);
        let mut copy =
            copy.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().expect("starts");
        let until = Instant::now() + Duration::from_millis(milliseconds);
        let ended = loop {
            match copy.try_wait().expect("it can be waited for") {
                Some(status) => break status.success(),
                None if Instant::now() > until => {
                    copy.kill().expect("it can be killed");
                    copy.wait().expect("it ends");
                    break false;
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        if ended {
            break;
        }
        interrupted += 1;
    }
    assert!(interrupted > 0, "the first copy took less than 150 ms: make it larger");
    let count = "MATCH (n) WITH count(n) AS nodes, count(DISTINCT n.i) AS distinct MATCH ()-[r]->() \
                 RETURN nodes, distinct, count(r) AS relationships";
    let output = kenning(&folder, &[&at, "--format", "csv", "-c", count], None);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "nodes,distinct,relationships\n30000,30000,29999\n");
}

#[test]
fn passwords_come_from_the_environment_or_from_netrc() {
    let folder = Folder::new("remote-password");
    let users = users(&folder.0, "writer");
    let server = Server::start(&["--auth", &users]);
    let at = format!("bolt://ann@{}", server.bolt);
    let ask = |at: &str, word: Option<&str>| kenning(&folder, &[at, "-c", "RETURN 1 AS one"], word);
    assert!(ask(&at, Some("secret")).status.success(), "{}", text(&ask(&at, Some("secret"))));
    let wrong = text(&ask(&at, Some("guess")));
    assert!(wrong.contains("Unauthorized") || wrong.contains("authentication"), "{wrong}");
    assert!(text(&ask(&at, None)).contains("KENNING_PASSWORD"), "{}", text(&ask(&at, None)));
    folder.write(".netrc", "machine 127.0.0.1 login ann password secret\n");
    assert!(ask(&format!("bolt://{}", server.bolt), None).status.success());
}

#[test]
fn statements_stop_there_at_their_limit_here() {
    let folder = Folder::new("remote-limit");
    let server = Server::start(&[]);
    let at = address(&server);
    let long = "UNWIND range(1, 1000000000) AS i RETURN sum(i % 7) AS n";
    let start = Instant::now();
    let output = kenning(&folder, &[&at, "--timeout", "500ms", "-c", long], None);
    assert!(text(&output).contains("time limit") || text(&output).contains("TimeLimit"), "{}", text(&output));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    let many = "UNWIND range(1, 3000000) AS i RETURN i, 'a text of some length ' + i AS t";
    let output = kenning(&folder, &[&at, "--memory", "20MB", "-c", many], None);
    assert!(text(&output).contains("memory limit"), "{}", text(&output));
    // The connection goes on after both.
    let both = kenning(&folder, &[&at, "--memory", "20MB", "--keep-going", "-c", many, "-c", "RETURN 42 AS n"], None);
    assert!(text(&both).contains("42"), "{}", text(&both));
}

/// Passes bytes on to a server, and cuts the line once so many have come back.
fn cutting(server: SocketAddr, after: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        let (client, _) = listener.accept().expect("somebody comes");
        let there = TcpStream::connect(server).expect("the server listens");
        let (mut up_from, mut up_to) = (client.try_clone().unwrap(), there.try_clone().unwrap());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = up_from.read(&mut buffer) {
                if up_to.write_all(&buffer[..count]).is_err() {
                    break;
                }
            }
        });
        let (mut from, mut to, mut left) = (there, client, after);
        let mut buffer = [0; 1024];
        while left > 0 {
            let Ok(count @ 1..) = from.read(&mut buffer) else { break };
            let count = count.min(left);
            if to.write_all(&buffer[..count]).is_err() {
                break;
            }
            left -= count;
        }
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
    address
}

#[test]
fn a_line_that_is_cut_gives_an_error_or_the_whole_answer() {
    let folder = Folder::new("remote-cut");
    let server = Server::serving("openstack", &[]);
    let ask = |at: &str| kenning(&folder, &[at, "--format", "csv", "-c", "DEPS nova"], None);
    let whole = ask(&address(&server)).stdout;
    assert!(whole.len() > 1000);
    let mut failed = 0;
    for after in [0, 3, 4, 20, 60, 200, 800, 2000, 4000, 8000, 16_000, 32_000, 64_000, 1 << 30] {
        let output = ask(&format!("bolt://{}", cutting(server.bolt, after)));
        match output.status.success() {
            true => assert_eq!(output.stdout, whole, "cut after {after} bytes"),
            false => {
                assert!(output.stdout.is_empty() && text(&output).contains("error"), "{after}: {}", text(&output));
                failed += 1;
            }
        }
    }
    assert!((5..14).contains(&failed), "{failed} of 14 cuts were noticed");
}

#[test]
fn what_does_not_answer_is_said() {
    let folder = Folder::new("remote-nobody");
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port is free");
    let refused = text(&kenning(&folder, &[&format!("bolt://{closed}"), "-c", "RETURN 1"], None));
    assert!(refused.contains("cannot be reached") && refused.contains("is the server running"), "{refused}");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let other = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().expect("somebody comes");
        let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let http = text(&kenning(&folder, &[&format!("bolt://{other}"), "-c", "RETURN 1"], None));
    assert!(http.contains("no version of Bolt"), "{http}");
    let password = text(&kenning(&folder, &["bolt://ann:secret@localhost", "-c", "RETURN 1"], None));
    assert!(password.contains("KENNING_PASSWORD") && !password.contains("secret"), "{password}");
}

#[test]
fn what_only_this_machine_has_is_refused_there() {
    let folder = Folder::new("remote-commands");
    let server = Server::serving("openstack", &[]);
    let at = address(&server);
    for command in [":checkpoint", ":ingest x.csv"] {
        let said = text(&kenning(&folder, &[&at, "-c", command], None));
        assert!(said.contains("on another"), "{command}: {said}");
    }
    let saved = folder.0.join("s.kenning");
    let saved = saved.to_str().expect("a plain path");
    assert!(kenning(&folder, &[&at, "-c", &format!(":save {saved}")], None).status.success());
    assert!(kenning(&folder, &["diff", "openstack", saved], None).status.success());
    let exported = kenning(&folder, &["export", &at, "--format", "dot"], None);
    assert!(String::from_utf8_lossy(&exported.stdout).matches("->").count() >= 418, "{}", text(&exported));
}
