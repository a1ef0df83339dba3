//! Terms as resources, prompts, and completion.

use std::collections::BTreeSet;

use serde_json::json;

use super::client::{Client, Era};

fn client() -> Client {
    Client::start(Era::Inline, &[])
}

#[test]
fn terms_in_pages() {
    let mut client = client();
    let first = client.result("resources/list", json!({}));
    let cursor = first["nextCursor"].as_str().expect("140 terms are more than a page").to_string();
    let second = client.result("resources/list", json!({ "cursor": cursor }));
    assert!(second.get("nextCursor").is_none(), "{second}");
    let pages = [first, second];
    let resources: Vec<_> = pages.iter().flat_map(|page| page["resources"].as_array().unwrap()).collect();
    assert_eq!(resources.len(), 140);
    let addresses: BTreeSet<&str> = resources.iter().map(|resource| resource["uri"].as_str().unwrap()).collect();
    assert_eq!(addresses.len(), 140);
    for uri in ["kenning://term/Block%20Storage", "kenning://term/nova-api"] {
        assert!(addresses.contains(uri), "{uri}");
    }
    for resource in &resources {
        assert_eq!(resource["mimeType"], "text/markdown");
        client.result("resources/read", json!({ "uri": resource["uri"] }));
    }
    assert_eq!(client.error("resources/list", json!({ "cursor": "x" }))["code"], -32602);
}

#[test]
fn a_term_as_markdown_and_json() {
    let mut client = client();
    let templates = client.result("resources/templates/list", json!({}));
    assert_eq!(templates["resourceTemplates"][0]["uriTemplate"], "kenning://term/{name}{?format}");
    let read = client.result("resources/read", json!({ "uri": "kenning://term/heat" }));
    let text = read["contents"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("# Orchestration\n\n- also called: heat, "), "{text}");
    assert!(text.contains("\n## uses (4)\n\n- [Aodh](kenning://term/Aodh): Stacks that grow"), "{text}");
    let read = client.result("resources/read", json!({ "uri": "kenning://term/heat?format=json" }));
    assert_eq!(read["contents"][0]["mimeType"], "application/json");
    let card: serde_json::Value = serde_json::from_str(read["contents"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(card["name"], "Orchestration");
    let relations = card["relations"].as_array().unwrap();
    assert!(relations.iter().any(|row| row["relation"] == "manages" && row["evidence"].is_string()), "{card}");
}

#[test]
fn addresses_of_nothing() {
    let mut client = client();
    let error = client.error("resources/read", json!({ "uri": "kenning://term/novaa" }));
    assert_eq!(error["code"], -32602);
    assert_eq!(error["message"], "there is no term 'novaa'");
    assert_eq!(error["data"]["suggestions"][0], "Compute");
    for uri in ["file:///etc/hosts", "kenning://term/", "kenning://term/%zz", "kenning://graph/x"] {
        assert_eq!(client.error("resources/read", json!({ "uri": uri }))["code"], -32602, "{uri}");
    }
    let mut older = Client::start(Era::Initialize, &[]);
    assert_eq!(older.error("resources/read", json!({ "uri": "kenning://term/novaa" }))["code"], -32002);
}

#[test]
fn prompts_come_with_the_cards_of_their_terms() {
    let mut client = client();
    let list = client.result("prompts/list", json!({}));
    assert_eq!(list["prompts"].as_array().unwrap().len(), 5);
    let arguments = json!({ "from": "horizon", "to": "mariadb" });
    let prompt = client.result("prompts/get", json!({ "name": "why_needs", "arguments": arguments }));
    let messages = prompt["messages"].as_array().unwrap();
    assert!(messages[0]["content"]["text"].as_str().unwrap().starts_with("Why does \"horizon\" need \"mariadb\"?"));
    assert!(messages[1]["content"]["resource"]["text"].as_str().unwrap().starts_with("# Horizon\n"), "{prompt}");
    assert_eq!(messages.len(), 3);
    let prompt = client.result("prompts/get", json!({ "name": "start_order" }));
    assert_eq!(prompt["messages"].as_array().unwrap().len(), 1);
    let error = client.error("prompts/get", json!({ "name": "explain_term", "arguments": { "term": "novaa" } }));
    assert_eq!(error["message"], "there is no term 'novaa'");
    assert_eq!(client.error("prompts/get", json!({ "name": "why_needs" }))["code"], -32602);
    assert_eq!(client.error("prompts/get", json!({ "name": "nothing" }))["code"], -32602);
}

#[test]
fn names_are_completed() {
    let mut client = client();
    let complete = |client: &mut Client, reference: serde_json::Value, value: &str| {
        let argument = json!({ "name": "term", "value": value });
        let result = client.result("completion/complete", json!({ "ref": reference, "argument": argument }));
        result["completion"]["values"].as_array().unwrap().clone()
    };
    let prompt = json!({ "type": "ref/prompt", "name": "explain_term" });
    assert_eq!(complete(&mut client, prompt.clone(), "nova-co")[0], "nova-compute");
    assert_eq!(complete(&mut client, prompt, "").len(), 100);
    let address = json!({ "type": "ref/resource", "uri": "kenning://term/{name}{?format}" });
    assert!(complete(&mut client, address, "block").contains(&json!("Block Storage")));
}
