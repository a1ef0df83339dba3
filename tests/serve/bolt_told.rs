//! What drivers are told besides their rows: that changes may be lost, and that their user has changed.

use std::time::{Duration, Instant};

use kenning::bolt::message::{HELLO, LOGON};

use super::bolt::folder;
use super::bolt_client::{Client, map};
use super::server::{Server, users};

#[test]
fn changes_that_are_not_kept_come_with_a_notification() {
    let server = Server::start(&[]);
    let mut client = Client::ready(server.bolt, 5, 8);
    let mut create = || {
        client.run("CREATE (:X)");
        client.pull(-1);
        client.expect("SUCCESS");
        client.expect("SUCCESS")
    };
    let first = create();
    assert!(first.contains("gone when the server ends") && first.contains("\"_severity\": \"WARNING\""), "{first}");
    assert!(!create().contains("gone when"), "a connection is told once");
}

#[test]
fn who_is_no_user_any_more_has_to_log_in_again() {
    let folder = folder("expired");
    let file = users(&folder, "writer");
    let server = Server::start(&["--auth", &file]);
    let login = || map([("scheme", "basic".into()), ("principal", "ann".into()), ("credentials", "secret".into())]);
    let log_in = |client: &mut Client| {
        client.send(HELLO, &[map([])]);
        client.send(LOGON, &[login()]);
        client.expect("SUCCESS");
    };
    let mut client = Client::with_version(server.bolt, 5, 4);
    log_in(&mut client);
    client.expect("SUCCESS");
    let line = std::fs::read_to_string(&file).expect("it is there");
    std::fs::write(&file, line.replace("writer", "reader")).expect("it can be written");
    let started = Instant::now();
    let failure = loop {
        client.run("RETURN 1");
        client.pull(-1);
        let answer = client.receive().expect("it is answered");
        if answer.starts_with("FAILURE") {
            break answer;
        }
        client.expect("RECORD");
        client.expect("SUCCESS");
        assert!(started.elapsed() < Duration::from_secs(10), "the server never looks");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(failure.contains("Neo.ClientError.Security.AuthorizationExpired"), "{failure}");
    let mut client = Client::with_version(server.bolt, 5, 4);
    log_in(&mut client);
    client.expect("SUCCESS");
    client.run("CREATE (:X)");
    assert!(client.expect("FAILURE").contains("ask whoever runs the server for the role writer"));
    std::fs::remove_dir_all(folder).expect("it can be removed");
}
