//! What drivers are told besides their rows: that changes may be lost.

use super::bolt_client::Client;
use super::server::Server;

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
