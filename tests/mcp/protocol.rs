//! Both eras of the protocol, and what stands around the messages.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::client::{Client, Era, meta};
use crate::support::{read, root};

const READING: [&str; 9] = ["show", "deps", "impact", "why", "order", "critical", "find", "query", "schema"];

#[test]
fn results_of_the_newest_revision_say_what_they_are() {
    let mut client = Client::start(Era::Inline, &[]);
    let found = client.result("server/discover", json!({}));
    assert!(found["supportedVersions"].to_string().contains("2026-07-28"), "{found}");
    assert!(found["supportedVersions"].to_string().contains("2025-11-25"), "{found}");
    assert!(found["instructions"].as_str().unwrap().contains("`openstack`"), "{found}");
    for capability in ["tools", "resources", "prompts", "completions"] {
        assert!(found["capabilities"][capability].is_object(), "{capability}");
    }
    for method in ["tools/list", "prompts/list", "resources/list", "resources/templates/list"] {
        let result = client.result(method, json!({}));
        assert_eq!(result["resultType"], "complete", "{method}");
        assert!(result["ttlMs"].is_u64(), "{method}");
        assert_eq!(result["cacheScope"], "private", "{method}");
    }
    let read = client.result("resources/read", json!({ "uri": "kenning://term/nova" }));
    assert!(read["ttlMs"].is_u64() && read["cacheScope"].is_string(), "{read}");
    assert_eq!(client.call("find", json!({ "text": "nova" }))["resultType"], "complete");
}

#[test]
fn results_after_initialize_are_as_they_were() {
    let mut client = Client::start(Era::Initialize, &[]);
    let result = client.result("tools/list", json!({}));
    assert!(result.get("resultType").is_none(), "{result}");
    let call = client.call("deps", json!({ "terms": ["trove"] }));
    assert!(call.get("resultType").is_none(), "{call}");
    assert_eq!(call["structuredContent"]["outcome"], "found");
    assert_eq!(client.result("ping", json!({})), json!({}));
}

#[test]
fn a_request_before_either_is_an_error() {
    let mut client = Client::silent(Era::Initialize, &[]);
    let error = client.error("tools/list", json!({}));
    assert_eq!(error["code"], -32602, "{error}");
    let mut client = Client::start(Era::Inline, &[]);
    client.send(&json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {} }).to_string());
    assert_eq!(client.receive()["error"]["code"], -32602);
    let mut unknown = meta();
    unknown["io.modelcontextprotocol/protocolVersion"] = json!("1999-01-01");
    let request = json!({ "jsonrpc": "2.0", "id": 8, "method": "tools/list", "params": { "_meta": unknown } });
    let mut client = Client::silent(Era::Inline, &[]);
    client.send(&request.to_string());
    let error = client.receive();
    assert!(error["error"]["data"].to_string().contains("2026-07-28"), "{error}");
}

#[test]
fn tools_are_described() {
    let mut client = Client::start(Era::Inline, &[]);
    let list = client.result("tools/list", json!({}));
    let tools = list["tools"].as_array().unwrap();
    assert_eq!(tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect::<Vec<_>>(), READING);
    for tool in tools {
        let annotations = &tool["annotations"];
        let hints =
            ["readOnlyHint", "idempotentHint", "destructiveHint", "openWorldHint"].map(|hint| &annotations[hint]);
        assert_eq!(hints, [true, true, false, false], "{tool}");
        for schema in [&tool["inputSchema"], &tool["outputSchema"]] {
            assert_eq!(schema["type"], "object", "{tool}");
        }
        let properties = tool["inputSchema"]["properties"].as_object().unwrap();
        assert!(properties.values().all(|property| property["description"].is_string()), "{tool}");
        assert!(tool["description"].as_str().unwrap().len() > 60, "{tool}");
    }
}

/// The table of `docs/mcp.md` has the tools, and says what they say.
#[test]
fn the_page_lists_the_tools() {
    let page = read(&root().join("docs/mcp.md"));
    let mut client = Client::start(Era::Inline, &["--allow-writes", ":memory:"]);
    let list = client.result("tools/list", json!({}));
    let row = |tool: &Json| {
        let arguments = tool["inputSchema"]["properties"].as_object().unwrap();
        let required = tool["inputSchema"]["required"].to_string();
        let named = arguments.keys().map(|name| match required.contains(&format!("\"{name}\"")) {
            true => format!("**{name}**"),
            false => name.clone(),
        });
        format!(
            "| `{}` | {} | {} |",
            tool["name"].as_str().unwrap(),
            tool["title"].as_str().unwrap(),
            named.collect::<Vec<_>>().join(", ")
        )
    };
    let missing: Vec<String> =
        list["tools"].as_array().unwrap().iter().map(row).filter(|row| !page.contains(row)).collect();
    assert!(missing.is_empty(), "docs/mcp.md lacks:\n{}", missing.join("\n"));
}

#[test]
fn a_cancelled_statement_stops() {
    let mut client = Client::start(Era::Initialize, &[]);
    let endless = "UNWIND range(1, 100000000000) AS n RETURN sum(n % 7) AS n";
    let id = client.ask("tools/call", json!({ "name": "query", "arguments": { "query": endless } }));
    // Others are answered meanwhile.
    assert_eq!(client.call("find", json!({ "text": "nova" }))["isError"], false);
    client.notify("notifications/cancelled", json!({ "requestId": id, "reason": "enough" }));
    assert_eq!(client.call("find", json!({ "text": "nova" }))["isError"], false);
    let (status, took) = client.end();
    assert!(status.success());
    assert!(took < Duration::from_secs(3), "the statement still ran: {took:?}");
}

#[test]
fn a_closed_input_ends_the_process() {
    let (status, took) = Client::silent(Era::Inline, &[]).end();
    assert!(status.success());
    assert!(took < Duration::from_secs(3), "{took:?}");
    let mut client = Client::start(Era::Inline, &[]);
    let id = client.ask("tools/call", json!({ "name": "find", "arguments": { "text": "nova" } }));
    assert_eq!(client.receive()["id"], id);
    assert!(client.end().0.success());
}

#[test]
fn broken_lines_do_not_end_the_conversation() {
    let mut client = Client::start(Era::Inline, &["--max-request", "64KiB"]);
    client.send("{ this is not JSON");
    client.send(&format!("{{\"jsonrpc\": \"2.0\", \"x\": \"{}\"}}", "y".repeat(70_000)));
    client.ask("tools/call", json!({ "name": "find", "arguments": { "text": "nova" } }));
    let mut answers = 0;
    loop {
        let message = client.receive();
        answers += 1;
        match message.get("result") {
            Some(result) => break assert_eq!(result["isError"], false),
            None => assert!(message["error"]["code"].is_i64() && answers < 5, "{message}"),
        }
    }
}

#[test]
fn a_broken_line_is_answered_by_its_id_where_it_can_be_read() {
    let mut client = Client::start(Era::Inline, &["--max-request", "64KiB"]);
    let mut refused = |line: &str| {
        client.send(line);
        let answer = client.receive();
        (answer["error"]["code"].as_i64().expect("it is an error"), answer["id"].clone())
    };
    assert_eq!(refused("{ this is not JSON"), (-32700, Json::Null));
    assert_eq!(refused(r#"{"jsonrpc": "2.0", "id": 7, "method": "tools/"#), (-32700, json!(7)));
    assert_eq!(refused(r#"{"jsonrpc": "2.0", "id": "a"}"#), (-32600, json!("a")));
    let long = "y".repeat(70_000);
    assert_eq!(refused(&format!(r#"{{"jsonrpc": "2.0", "id": 8, "x": "{long}"}}"#)), (-32600, json!(8)));
    assert_eq!(client.structured("find", json!({ "text": "nova" }))["outcome"], "found");
}

#[test]
fn notifications_before_the_first_request_are_ignored() {
    for era in [Era::Inline, Era::Initialize] {
        let mut client = Client::silent(era, &[]);
        client.notify("notifications/cancelled", json!({ "requestId": 1, "reason": "none" }));
        client.notify("notifications/initialized", json!({}));
        client.send(r#"{"jsonrpc": "2.0", "id": 5, "result": {}}"#);
        client.send("{");
        assert_eq!(client.receive()["error"]["code"], -32700);
        match era {
            Era::Inline => assert!(client.result("server/discover", json!({}))["supportedVersions"].is_array()),
            Era::Initialize => {
                let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
                assert_eq!(client.result("initialize", params)["protocolVersion"], "2025-11-25");
            }
        }
        assert!(client.end().0.success());
    }
}

#[test]
fn calls_that_run_when_the_input_ends_are_answered() {
    let mut client = Client::start(Era::Inline, &["--timeout", "7s"]);
    // It runs longer than the SDK would wait for it.
    let endless = "UNWIND range(1, 100000000000) AS n RETURN sum(n % 7) AS n";
    let slow = client.ask("tools/call", json!({ "name": "query", "arguments": { "query": endless } }));
    let quick = client.ask("tools/call", json!({ "name": "find", "arguments": { "text": "nova" } }));
    client.close_input();
    assert_eq!(client.receive()["id"], quick);
    let answer = client.receive();
    assert_eq!(answer["id"], slow);
    assert_eq!(answer["result"]["structuredContent"]["errors"][0]["detail"], "TimeLimit", "{answer}");
    assert!(client.end().0.success());
}

#[test]
#[cfg(unix)]
fn calls_that_run_when_the_process_is_told_to_end_are_answered() {
    let mut client = Client::start(Era::Initialize, &[]);
    let endless = "UNWIND range(1, 100000000000) AS n RETURN sum(n % 7) AS n";
    let id = client.ask("tools/call", json!({ "name": "query", "arguments": { "query": endless } }));
    assert_eq!(client.call("find", json!({ "text": "nova" }))["isError"], false);
    client.terminate();
    let answer = client.receive();
    assert_eq!(answer["id"], id);
    assert_eq!(answer["result"]["structuredContent"]["errors"][0]["detail"], "ServerShutdown", "{answer}");
    assert!(client.end().0.success());
}
