//! Bolt as bytes: the handshake, and what each message does in each state.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use kenning::bolt::message::{COMMIT, GOODBYE, HELLO, LOGOFF, LOGON, RESET, ROLLBACK, ROUTE, RUN, TELEMETRY};
use kenning::graph::Value;

use super::bolt_client::{Client, hello, map};
use super::server::{Server, users};

pub fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("kenning-serve-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

#[test]
fn the_handshake_in_bytes() {
    let server = Server::start(&[]);
    let answer = |sent: &[u8], length: usize| {
        let mut client = Client::connect(server.bolt);
        client.write(sent);
        let mut answer = vec![0; length];
        client.stream.read_exact(&mut answer).map(|()| answer)
    };
    let drivers = [0x60, 0x60, 0xb0, 0x17, 0, 8, 8, 5, 0, 2, 4, 4, 0, 0, 0, 3, 0, 0, 0, 0];
    assert_eq!(answer(&drivers, 4).unwrap(), [0, 0, 8, 5]);
    assert_eq!(answer(&hello(4, 4), 4).unwrap(), [0, 0, 4, 4]);
    assert_eq!(answer(&hello(3, 0), 4).unwrap(), [0, 0, 0, 0]);
    assert!(answer(b"GET / HTTP/1.1\r\n\r\n\r\n", 1).is_err());
    let manifest = [0x60, 0x60, 0xb0, 0x17, 0, 0, 1, 0xff, 0, 8, 8, 5, 0, 2, 4, 4, 0, 0, 0, 3];
    let expected = [0, 0, 1, 0xff, 4, 0, 0, 4, 4, 0, 4, 4, 5, 0, 2, 8, 5, 0, 1, 1, 6, 0];
    assert_eq!(answer(&manifest, expected.len()).unwrap(), expected);
    let mut client = Client::connect(server.bolt);
    client.write(&manifest);
    client.stream.read_exact(&mut [0; 22]).unwrap();
    client.write(&[0, 0, 1, 6, 0]);
    client.send(HELLO, &[map([])]);
    assert!(client.expect("SUCCESS").contains("\"protocol_version\": \"6.1\""));
}

#[test]
fn a_statement_from_hello_to_goodbye() {
    let server = Server::start(&["--agent", "Neo4j/5.26.0"]);
    let mut client = Client::with_version(server.bolt, 5, 8);
    client.send(HELLO, &[map([("user_agent", "test/1".into())])]);
    client.send(LOGON, &[map([("scheme", "none".into())])]);
    let about = client.expect("SUCCESS");
    assert!(about.contains("\"server\": \"Neo4j/5.26.0\"") && about.contains("\"connection_id\": \"bolt-"), "{about}");
    assert_eq!(client.receive().unwrap(), "SUCCESS {}");
    client.run("UNWIND [1, 2, 3] AS n RETURN n, 'x' AS s");
    client.pull(2);
    let opened = client.expect("SUCCESS");
    assert!(opened.contains("\"fields\": [\"n\", \"s\"]") && opened.contains("\"t_first\""), "{opened}");
    assert_eq!(client.receive().unwrap(), "RECORD [1, \"x\"]");
    assert_eq!(client.receive().unwrap(), "RECORD [2, \"x\"]");
    assert_eq!(client.receive().unwrap(), "SUCCESS {\"has_more\": true}");
    client.pull(-1);
    assert_eq!(client.receive().unwrap(), "RECORD [3, \"x\"]");
    let ended = client.expect("SUCCESS");
    for part in
        ["\"type\": \"r\"", "\"bookmark\": \"kenning:memory:0\"", "\"db\": \"memory\"", "\"00000\"", "\"t_last\""]
    {
        assert!(ended.contains(part), "{part}: {ended}");
    }
    assert!(!ended.contains("stats"), "{ended}");
    client.send(TELEMETRY, &[Value::Integer(2)]);
    client.expect("SUCCESS");
    client.send(LOGOFF, &[]);
    client.expect("SUCCESS");
    client.send(LOGON, &[map([])]);
    client.expect("SUCCESS");
    client.send(GOODBYE, &[]);
    client.expect_end();
}

#[test]
fn has_more_is_never_said_in_vain() {
    let server = Server::start(&[]);
    let mut client = Client::ready(server.bolt, 5, 4);
    for (rows, n) in [(4, 2), (2000, 1000), (3, 1), (2500, 700), (0, 5), (1, 1)] {
        client.run(&format!("UNWIND range(1, {rows}) AS n RETURN n"));
        client.expect("SUCCESS");
        let mut seen = 0;
        loop {
            client.pull(n);
            let before = seen;
            let end = loop {
                let message = client.receive().unwrap();
                match message.strip_prefix("RECORD ") {
                    Some(row) => {
                        seen += 1;
                        assert_eq!(row, format!("[{seen}]"));
                    }
                    None => break message,
                }
            };
            assert!(seen > before || rows == 0, "an answer without rows: {end}");
            if !end.contains("has_more") {
                break;
            }
            assert_eq!(seen - before, n);
        }
        assert_eq!(seen, rows);
    }
}

#[test]
fn changes_are_counted_and_typed() {
    let server = Server::start(&[]);
    let mut client = Client::ready(server.bolt, 5, 8);
    let mut end = |statement: &str| {
        client.run(statement);
        client.expect("SUCCESS");
        client.discard(-1);
        client.expect("SUCCESS")
    };
    let created = end("CREATE (a:X {n: 1})-[:R]->(b:X)");
    for part in [
        "\"type\": \"w\"",
        "\"nodes-created\": 2",
        "\"relationships-created\": 1",
        "\"contains-updates\": true",
        "\"00001\"",
    ] {
        assert!(created.contains(part), "{part}: {created}");
    }
    assert!(end("MATCH (n:X) SET n.m = 1 RETURN n").contains("\"type\": \"rw\""));
    assert!(end("CREATE INDEX FOR (n:X) ON (n.n)").contains("\"type\": \"s\""));
    assert!(end("MATCH (n:X {n: 5}) RETURN n").contains("\"02000\""));
    let warned = end("MATCH (n:Y) RETURN n");
    assert!(warned.contains("\"01N50\"") && warned.contains("\"line\": 1"), "{warned}");
    assert!(end("EXPLAIN MATCH (n:X) RETURN n").contains("\"plan\": {"));
    assert!(end("PROFILE MATCH (n:X) RETURN n").contains("\"profile\": {"));
}

#[test]
fn entities_and_values_as_structures() {
    let server = Server::start(&[]);
    let mut client = Client::ready(server.bolt, 5, 8);
    let mut row = |statement: &str| {
        client.run(statement);
        client.pull(-1);
        client.expect("SUCCESS");
        let row = client.expect("RECORD");
        client.expect("SUCCESS");
        row
    };
    assert_eq!(
        row("CREATE (a:X {k: 1})-[r:R {w: 2}]->(b) RETURN a, r"),
        "RECORD [N(0, [\"X\"], {\"k\": 1}, \"n0\"), R(0, 0, 1, \"R\", {\"w\": 2}, \"r0\", \"n0\", \"n1\")]"
    );
    assert_eq!(
        row("MATCH p = (b)<-[:R]-(a) RETURN p"),
        "RECORD [P([N(1, [], {}, \"n1\"), N(0, [\"X\"], {\"k\": 1}, \"n0\")], [r(0, \"R\", {\"w\": 2}, \"r0\")], [-1, 1])]"
    );
    assert_eq!(
        row("RETURN date('1970-01-03'), localtime('00:00:01'), time('00:00:01+01:00')"),
        "RECORD [D(2), t(1000000000), T(1000000000, 3600)]"
    );
    assert_eq!(
        row("RETURN datetime('1970-01-01T01:00:02+01:00'), localdatetime('1970-01-01T00:00:02.000000005')"),
        "RECORD [I(2, 0, 3600), d(2, 5)]"
    );
    assert_eq!(
        row("RETURN datetime('1970-01-01T01:00:02[Europe/Stockholm]')"),
        "RECORD [i(2, 0, \"Europe/Stockholm\")]"
    );
    assert_eq!(
        row("RETURN duration('P1M2DT3S'), point({x: 1, y: 2}), point({x: 1, y: 2, z: 3})"),
        "RECORD [E(1, 2, 3, 0), X(7203, 1.0, 2.0), Y(9157, 1.0, 2.0, 3.0)]"
    );
    let mut old = Client::ready(server.bolt, 4, 4);
    old.run("MATCH (a)-[r]->() RETURN a, r, datetime('1970-01-01T01:00:02+01:00')");
    old.pull(-1);
    old.expect("SUCCESS");
    assert_eq!(
        old.receive().unwrap(),
        "RECORD [N(0, [\"X\"], {\"k\": 1}), R(0, 0, 1, \"R\", {\"w\": 2}), F(3602, 0, 3600)]"
    );
}

#[test]
fn several_results_of_a_transaction() {
    let server = Server::start(&[]);
    let mut client = Client::ready(server.bolt, 5, 8);
    client.begin(map([("mode", "w".into())]));
    assert_eq!(client.receive().unwrap(), "SUCCESS {\"db\": \"memory\"}");
    client.run("UNWIND [1, 2] AS n RETURN n");
    assert!(client.expect("SUCCESS").contains("\"qid\": 0"));
    client.run("UNWIND ['a', 'b'] AS s RETURN s");
    assert!(client.expect("SUCCESS").contains("\"qid\": 1"));
    client.pull_of(1, 0);
    assert_eq!(client.receive().unwrap(), "RECORD [1]");
    client.expect("SUCCESS {\"has_more\": true}");
    client.pull(-1);
    assert_eq!(client.receive().unwrap(), "RECORD [\"a\"]");
    assert_eq!(client.receive().unwrap(), "RECORD [\"b\"]");
    let ended = client.expect("SUCCESS");
    assert!(!ended.contains("bookmark"), "{ended}");
    client.pull_of(-1, 0);
    assert_eq!(client.receive().unwrap(), "RECORD [2]");
    client.expect("SUCCESS");
    client.run("CREATE (:A)");
    client.pull(-1);
    client.expect("SUCCESS");
    client.expect("SUCCESS");
    client.send(COMMIT, &[]);
    assert_eq!(client.receive().unwrap(), "SUCCESS {\"bookmark\": \"kenning:memory:1\"}");
    client.begin(map([]));
    client.expect("SUCCESS");
    client.run("CREATE (:A)");
    client.expect("SUCCESS");
    client.send(ROLLBACK, &[]);
    client.expect("SUCCESS {}");
    client.run("MATCH (n:A) RETURN count(n)");
    client.pull(-1);
    client.expect("SUCCESS");
    assert_eq!(client.receive().unwrap(), "RECORD [1]");
}

#[test]
fn after_a_failure_everything_is_ignored_until_reset() {
    let server = Server::start(&[]);
    let mut client = Client::ready(server.bolt, 5, 8);
    client.run("RETURN\n  nonsense");
    client.pull(-1);
    client.run("RETURN 1");
    let failure = client.expect("FAILURE");
    for part in [
        "\"neo4j_code\": \"Neo.ClientError.Statement.SyntaxError\"",
        "\"gql_status\": \"42001\"",
        "\"offset\": 9",
        "\"line\": 2",
        "\"column\": 3",
    ] {
        assert!(failure.contains(part), "{part}: {failure}");
    }
    client.expect("IGNORED");
    client.expect("IGNORED");
    client.send(RESET, &[]);
    client.expect("SUCCESS {}");
    client.run("UNWIND [1, 0] AS n RETURN 1 / n");
    client.pull(1);
    client.expect("SUCCESS");
    client.expect("RECORD [1]");
    client.expect("SUCCESS");
    client.pull(-1);
    assert!(client.expect("FAILURE").contains("ArithmeticError"));
    client.send(RESET, &[]);
    client.expect("SUCCESS");
    let mut old = Client::ready(server.bolt, 5, 4);
    old.run("RETURN x");
    assert!(
        old.expect("FAILURE").starts_with("FAILURE {\"code\": \"Neo.ClientError.Statement.SyntaxError\", \"message\"")
    );
}

#[test]
fn messages_that_cannot_come_end_the_connection_with_a_reason() {
    let server = Server::start(&[]);
    let early = |signature: u8, fields: &[Value]| {
        let mut client = Client::with_version(server.bolt, 5, 4);
        client.send(signature, fields);
        assert!(client.expect("FAILURE").contains("Neo.ClientError.Request.Invalid"));
        client.expect_end();
    };
    early(RUN, &["RETURN 1".into(), map([]), map([])]);
    early(RESET, &[]);
    early(LOGON, &[map([])]);
    // A value that no statement takes is a failure that RESET mends, but not before LOGON.
    let mut client = Client::with_version(server.bolt, 5, 4);
    client.write(&[0, 8, 0xb1, HELLO, 0xa1, 0x81, b'x', 0xcc, 1, 7, 0, 0]);
    client.expect("FAILURE");
    client.send(RESET, &[]);
    client.expect_end();
    let late = |prepare: &dyn Fn(&mut Client), signature: u8| {
        let mut client = Client::ready(server.bolt, 5, 4);
        prepare(&mut client);
        client.send(signature, &[]);
        assert!(client.expect("FAILURE").contains("Neo.ClientError.Request.Invalid"));
        client.expect_end();
    };
    late(&|_| (), COMMIT);
    late(&|_| (), ROLLBACK);
    late(
        &|client| {
            client.run("RETURN 1");
            client.expect("SUCCESS");
        },
        LOGOFF,
    );
    late(
        &|client| {
            client.begin(map([]));
            client.expect("SUCCESS");
        },
        LOGOFF,
    );
    // Half of a structure, a message without one, and one that is none at all.
    for bytes in [&[0, 2, 0xb1, 0x10, 0, 0][..], &[0, 1, 0xb1, 0, 0], &[0, 1, 0x01, 0, 0], &[0, 2, 0xb0, 0x77, 0, 0]] {
        let mut client = Client::ready(server.bolt, 5, 4);
        client.write(bytes);
        assert!(client.expect("FAILURE").contains("Neo.ClientError.Request.InvalidFormat"));
        client.expect_end();
    }
}

#[test]
fn statements_about_transactions_are_the_protocols() {
    let server = Server::start(&[]);
    for statement in ["BEGIN", "COMMIT", "ROLLBACK"] {
        let mut client = Client::ready(server.bolt, 5, 4);
        client.run(statement);
        assert!(client.expect("FAILURE").contains("Neo.ClientError.Transaction"));
        client.send(RESET, &[]);
        client.expect("SUCCESS");
        client.begin(map([]));
        client.expect("SUCCESS");
        client.run(statement);
        assert!(client.expect("FAILURE").contains("Neo.ClientError.Transaction"));
        client.send(RESET, &[]);
        client.expect("SUCCESS");
    }
}

#[test]
fn databases_bookmarks_and_modes() {
    let server = Server::start(&[]);
    let mut client = Client::ready(server.bolt, 5, 8);
    let mut run = |statement: &str, extra: Value| {
        client.run_with(statement, map([]), extra);
        client.discard(-1);
        let answer = client.receive().unwrap();
        client.receive().unwrap();
        if answer.starts_with("FAILURE") {
            client.send(RESET, &[]);
            client.expect("SUCCESS");
        }
        answer
    };
    for name in ["memory", "MEMORY", "neo4j", ""] {
        assert!(run("RETURN 1", map([("db", name.into())])).starts_with("SUCCESS"));
    }
    assert!(run("RETURN 1", map([("db", "other".into())])).contains("DatabaseNotFound"));
    let bookmarks = |text: &str| map([("bookmarks", Value::list([text.into()]))]);
    assert!(run("RETURN 1", bookmarks("kenning:memory:0")).starts_with("SUCCESS"));
    for wrong in ["x", "kenning:other:0", "kenning:memory:", "kenning:memory:-1", "FB:abc"] {
        assert!(run("RETURN 1", bookmarks(wrong)).contains("InvalidBookmark"), "{wrong}");
    }
    assert!(run("RETURN 1", bookmarks("kenning:memory:99")).contains("BookmarkTimeout"));
    assert!(run("CREATE ()", map([("mode", "r".into())])).contains("AccessMode"));
    assert!(run("RETURN 1", map([("tx_timeout", Value::Integer(-1))])).contains("ArgumentError"));
    assert!(run("RETURN 1", map([("tx_metadata", map([("k", "v".into())]))])).starts_with("SUCCESS"));
    assert!(run("RETURN 1", map([("imp_user", "bob".into())])).contains("Forbidden"));
    assert!(run("RETURN $missing", map([])).contains("ParameterMissing"));
}

#[test]
fn the_routing_table_has_the_address_that_the_driver_came_by() {
    let server = Server::start(&[]);
    let mut client = Client::with_version(server.bolt, 5, 8);
    client.send(HELLO, &[map([("routing", map([("address", "somewhere:7".into())]))])]);
    client.send(LOGON, &[map([])]);
    client.expect("SUCCESS");
    client.expect("SUCCESS");
    client.send(ROUTE, &[map([]), Value::list([]), map([("db", "memory".into())])]);
    let table = client.expect("SUCCESS");
    assert_eq!(table.matches("\"addresses\": [\"somewhere:7\"]").count(), 3, "{table}");
    assert!(table.contains("\"ttl\": 300") && table.contains("\"db\": \"memory\""), "{table}");
    client.send(ROUTE, &[map([]), Value::list([]), map([("db", "other".into())])]);
    assert!(client.expect("FAILURE").contains("DatabaseNotFound"));
    client.send(RESET, &[]);
    client.expect("SUCCESS");
}

/// A statement that takes far longer than this test.
const LONG: &str =
    "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b UNWIND range(1, 100000) AS c RETURN count(*)";
const SOON: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 100 });

#[test]
fn reset_stops_a_running_statement() {
    let server = Server::start(&[]);
    let mut client = Client::ready(server.bolt, 5, 8);
    client.run(LONG);
    client.pull(-1);
    std::thread::sleep(Duration::from_millis(200));
    let asked = Instant::now();
    client.send(RESET, &[]);
    client.expect("SUCCESS");
    assert!(client.expect("FAILURE").contains("Transaction.Terminated"));
    client.expect("SUCCESS");
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    client.run("RETURN 1");
    client.pull(-1);
    client.expect("SUCCESS");
    client.expect("RECORD [1]");
}

#[test]
fn time_limits_end_statements_and_idle_transactions() {
    let server = Server::start(&[]);
    let mut client = Client::ready(server.bolt, 5, 8);
    let limit = || map([("tx_timeout", Value::Integer(100))]);
    client.run_with(LONG, map([]), limit());
    client.pull(-1);
    client.expect("SUCCESS");
    let asked = Instant::now();
    assert!(client.expect("FAILURE").contains("TransactionTimedOut"));
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    client.send(RESET, &[]);
    client.expect("SUCCESS");
    // The writer is given back, though its client says nothing.
    client.begin(limit());
    client.expect("SUCCESS");
    client.run("CREATE (:Kept)");
    client.expect("SUCCESS");
    let mut other = Client::ready(server.bolt, 5, 8);
    other.run("CREATE (:Other)");
    other.expect("SUCCESS");
    client.send(COMMIT, &[]);
    assert!(client.expect("FAILURE").contains("TransactionTimedOut"));
}

#[test]
fn a_forgotten_transaction_gives_the_writer_back() {
    let server = Server::start(&["--transaction-idle", "200ms"]);
    let mut client = Client::ready(server.bolt, 5, 8);
    client.begin(map([]));
    client.expect("SUCCESS");
    client.run("CREATE (:Forgotten)");
    client.expect("SUCCESS");
    let mut other = Client::ready(server.bolt, 5, 8);
    other.run("CREATE (:Other) WITH 1 AS one MATCH (n) RETURN count(n)");
    other.pull(-1);
    other.expect("SUCCESS");
    other.expect("RECORD [1]");
    client.send(COMMIT, &[]);
    assert!(client.expect("FAILURE").contains("was idle"));
}

#[test]
fn a_client_that_leaves_gives_everything_back() {
    let server = Server::start(&[]);
    let mut client = Client::ready(server.bolt, 5, 8);
    client.begin(map([]));
    client.expect("SUCCESS");
    client.run("CREATE (:X)");
    client.expect("SUCCESS");
    client.run(LONG);
    client.pull(-1);
    std::thread::sleep(Duration::from_millis(100));
    drop(client);
    let mut other = Client::ready(server.bolt, 5, 8);
    let asked = Instant::now();
    other.run("CREATE (:X) WITH 1 AS one MATCH (n:X) RETURN count(n)");
    other.pull(-1);
    other.expect("SUCCESS");
    other.expect("RECORD [1]");
    assert!(asked.elapsed() < SOON * 2, "{:?}", asked.elapsed());
}

#[test]
fn more_writers_than_threads_wait_for_one_another() {
    let server = Server::start(&["--max-statements", "2"]);
    let mut holder = Client::ready(server.bolt, 5, 8);
    holder.begin(map([]));
    holder.expect("SUCCESS");
    holder.run("CREATE (:X)");
    holder.expect("SUCCESS");
    let mut others: Vec<Client> = (0..6).map(|_| Client::ready(server.bolt, 5, 8)).collect();
    others.iter_mut().for_each(|client| client.run("CREATE (:X)"));
    std::thread::sleep(Duration::from_millis(200));
    holder.send(COMMIT, &[]);
    holder.expect("SUCCESS");
    others.iter_mut().for_each(|client| {
        client.expect("SUCCESS");
    });
}

#[test]
fn passwords() {
    let folder = folder("passwords");
    let server = Server::start(&["--auth", &users(&folder, "reader")]);
    let logon = |name: &str, password: &str| {
        let mut client = Client::with_version(server.bolt, 5, 8);
        client.send(HELLO, &[map([])]);
        client.expect("SUCCESS");
        client.send(
            LOGON,
            &[map([("scheme", "basic".into()), ("principal", name.into()), ("credentials", password.into())])],
        );
        // What comes before the answer is not run.
        client.send(RESET, &[]);
        client.run("RETURN 1");
        client
    };
    let mut refusals = Vec::new();
    for (name, password) in [("ann", "wrong"), ("bob", "secret")] {
        let asked = Instant::now();
        let mut client = logon(name, password);
        refusals.push(client.expect("FAILURE"));
        assert!(asked.elapsed() >= Duration::from_secs(1));
        client.expect_end();
    }
    assert!(refusals[0].contains("Security.Unauthorized"));
    assert_eq!(refusals[0], refusals[1]);
    let mut client = logon("ann", "secret");
    client.expect("SUCCESS");
    client.expect("SUCCESS");
    client.expect("SUCCESS");
    client.discard(-1);
    client.expect("SUCCESS");
    client.run("CREATE ()");
    assert!(client.expect("FAILURE").contains("AccessMode"));
    let mut nobody = Client::with_version(server.bolt, 4, 4);
    nobody.send(HELLO, &[map([("scheme", "none".into())])]);
    assert!(nobody.expect("FAILURE").contains("Unauthorized"));
    nobody.expect_end();
    std::fs::remove_dir_all(folder).expect("it was made above");
}

#[test]
fn large_messages_are_refused_before_they_are_kept() {
    let server = Server::start(&["--max-request", "1MiB"]);
    let mut stranger = Client::with_version(server.bolt, 5, 8);
    let mut client = Client::ready(server.bolt, 5, 8);
    let piece: Vec<u8> = [0xff, 0xff].into_iter().chain([0; 0xffff]).collect();
    for (client, pieces) in [(&mut stranger, 2), (&mut client, 18)] {
        for _ in 0..pieces {
            if client.stream.write_all(&piece).is_err() {
                break;
            }
        }
        assert!(client.expect("FAILURE").contains("is longer than"));
        client.expect_end();
    }
}

#[test]
fn a_silent_stranger_is_not_kept_and_others_are_served() {
    let server = Server::start(&["--idle", "500ms"]);
    let mut idle = Client::ready(server.bolt, 5, 8);
    let asked = Instant::now();
    idle.expect_end();
    assert!((Duration::from_millis(400)..Duration::from_secs(5)).contains(&asked.elapsed()), "{:?}", asked.elapsed());
}

#[test]
fn arbitrary_bytes_do_no_harm() {
    let server = Server::start(&[]);
    let mut state = 17u64;
    let mut random = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as u8
    };
    for round in 0..200 {
        let mut client = Client::connect(server.bolt);
        let mut bytes = if round % 4 == 0 { Vec::new() } else { hello(5, 8) };
        if round % 4 > 1 {
            bytes.extend([0, 3, 0xb1, HELLO, 0xa0, 0, 0, 0, 3, 0xb1, LOGON, 0xa0, 0, 0]);
        }
        for _ in 0..5 {
            let length = random() % 40;
            bytes.extend([0, length]);
            bytes.extend((0..length).map(|_| random()));
            bytes.extend([0, 0]);
        }
        let _ = client.stream.write_all(&bytes);
        if round % 3 == 0 {
            let _ = client.stream.shutdown(std::net::Shutdown::Write);
        }
    }
    let mut client = Client::ready(server.bolt, 5, 8);
    client.run("RETURN 1");
    client.expect("SUCCESS");
}

#[test]
fn floods_of_resets_are_answered_one_by_one() {
    let server = Server::start(&[]);
    let mut client = Client::ready(server.bolt, 5, 8);
    let resets: Vec<u8> = [0, 2, 0xb0, RESET, 0, 0].repeat(20_000);
    let mut writer = client.stream.try_clone().expect("sockets can be cloned");
    let sending = std::thread::spawn(move || writer.write_all(&resets).expect("all are read"));
    (0..20_000).for_each(|_| {
        client.expect("SUCCESS");
    });
    sending.join().expect("it was sent");
}
