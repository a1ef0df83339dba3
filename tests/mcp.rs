//! `kenning mcp` as an assistant meets it: each tool, each kind of error, limits.

mod client;
mod protocol;
mod terms;

use client::{Client, Era};
use serde_json::{Value as Json, json};

fn client() -> Client {
    Client::start(Era::Inline, &[])
}

fn rows(answer: &Json) -> &Vec<Json> {
    answer["rows"].as_array().expect("there are rows")
}

#[test]
fn deps_with_the_evidence_of_each_relation() {
    let mut client = client();
    let result = client.call("deps", json!({ "terms": ["trove"], "depth": 1 }));
    let answer = &result["structuredContent"];
    assert_eq!(answer["outcome"], "found");
    assert_eq!(answer["statement"], "DEPS trove DEPTH 1");
    let row = rows(answer).iter().find(|row| row["term"] == "Compute").expect("trove needs nova");
    assert_eq!(row["parent"], "Database Service");
    assert_eq!(row["relation"], "depends on");
    assert_eq!(row["evidence"], "Every database of the Database Service lives in an instance that Compute runs.");
    assert_eq!(row["source"], "Trove documentation: Trove design");
    let relationship = json!({ "type": "DEPENDS_ON", "from": "Database Service", "to": "Compute" });
    assert_eq!(row["relationship"], relationship, "evidence is not said twice");
    assert!(row.get("one_of").is_none(), "nulls are left out");
    assert_eq!((&answer["complete"], &answer["shown"]), (&json!(true), &answer["total"]));
    assert!(answer["notes"].to_string().contains("stopped at depth 1"), "{answer}");
    let text = result["content"][0]["text"].as_str().expect("there is a text for people");
    assert!(text.starts_with("Database Service\n"), "{text}");
    assert!(text.contains("Every database of the Database Service lives in an instance"), "{text}");
    assert!(text.ends_with("further terms below"), "{text}");
}

#[test]
fn the_other_words() {
    let mut client = client();
    let show = client.structured("show", json!({ "term": "heat" }));
    assert!(rows(&show).iter().any(|row| row["field"] == "definition" && row["value"].is_string()), "{show}");
    assert!(rows(&show).iter().any(|row| row["value"] == "Identity Service" && row["evidence"].is_string()), "{show}");

    let impact = client.structured("impact", json!({ "terms": ["mariadb"], "ranked": true }));
    assert_eq!(impact["statement"], "IMPACT mariadb RANKED");
    assert_eq!(rows(&impact)[0]["distance"], 1);

    let why = client.structured("why", json!({ "from": "horizon", "to": "mariadb" }));
    let relations: Vec<&str> = rows(&why).iter().filter_map(|row| row["relation"].as_str()).collect();
    assert_eq!(relations, ["authenticates with", "stores data in"]);
    assert!(rows(&why).iter().all(|row| row["evidence"].is_string() && row["source"].is_string()), "{why}");

    let order = client.structured("order", json!({ "of": ["horizon"] }));
    assert_eq!(rows(&order)[0]["layer"], 1);
    assert_eq!(order["total"], 54);
    assert_eq!(order["complete"], false, "50 rows unless a limit is given");
    let needed = rows(&order).iter().find(|row| row["relationship"].is_object()).expect("some need others");
    assert!(needed["relationship"]["evidence"].is_string(), "{needed}");

    let critical = client.structured("critical", json!({ "for": "horizon" }));
    assert!(rows(&critical).iter().any(|row| row["term"] == "Compute" && row["cut"].is_array()), "{critical}");

    let find = client.structured("find", json!({ "text": "block storage" }));
    assert_eq!(rows(&find)[0]["term"], "Block Storage");
    assert_eq!(rows(&find)[0]["score"], 1.0);
}

#[test]
fn options_reach_the_statement() {
    let mut client = client();
    let arguments = json!({
        "from": "horizon", "to": "mariadb", "up_to": 2, "avoiding": ["nova"], "hard": true,
        "where": "relationship.evidence IS NOT NULL",
    });
    let why = client.structured("why", arguments);
    assert_eq!(
        why["statement"],
        "WHY horizon TO mariadb UP TO 2 AVOIDING nova WHERE relationship.evidence IS NOT NULL HARD"
    );
    let error = client.refused("deps", json!({ "terms": ["nova"], "via": ["USSES"] }));
    assert_eq!(error["outcome"], "failed");
    assert!(error["errors"][0]["help"].as_str().unwrap().contains("USES"), "{error}");
}

#[test]
fn no_such_term_is_not_nothing_found() {
    let mut client = client();
    let unknown = client.refused("deps", json!({ "terms": ["novaa"] }));
    assert_eq!(unknown["outcome"], "no_such_term");
    assert_eq!(unknown["errors"][0]["message"], "there is no term 'novaa'");
    assert_eq!(unknown["errors"][0]["at"], "novaa");
    assert_eq!(unknown["suggestions"][0], "Compute", "whose other name is nova");
    let nothing = client.structured("impact", json!({ "terms": ["horizon"] }));
    assert_eq!(nothing["outcome"], "nothing_found");
    assert!(nothing["notes"].to_string().contains("no relation leads on over any of the"), "{nothing}");
    assert_eq!(nothing["searched"]["nodes"], 140);
    let nothing = client.structured("find", json!({ "text": "zzzzqq" }));
    assert_eq!(nothing["outcome"], "nothing_found");
    assert_eq!(nothing["notes"], json!(["no name and no definition fits; 140 terms searched"]));
    let nothing = client.structured("why", json!({ "from": "mariadb", "to": "horizon" }));
    assert_eq!(nothing["outcome"], "nothing_found");
    assert!(!nothing["notes"].as_array().unwrap().is_empty(), "{nothing}");
}

#[test]
fn answers_are_cut_with_a_count() {
    let mut client = client();
    let whole = client.structured("deps", json!({ "terms": ["horizon"], "limit": 1000 }));
    assert_eq!(whole["complete"], true);
    let cut = client.structured("deps", json!({ "terms": ["horizon"], "limit": 10 }));
    assert_eq!((&cut["shown"], &cut["total"], &cut["complete"]), (&json!(10), &whole["total"], &json!(false)));
    let note = format!("showing 10 of {} rows (the others are at depth ", whole["total"]);
    assert!(cut["notes"][0].as_str().unwrap().starts_with(&note), "{cut}");
    assert!(rows(&cut).iter().all(|row| row["depth"].as_u64() < Some(3)), "breadth before depth");

    let query = "UNWIND range(1, 812) AS n RETURN n";
    let cut = client.structured("query", json!({ "query": query }));
    assert_eq!(cut["notes"][0], "showing 50 of 812 rows; narrow the question, or raise `limit`");
    let huge = client.structured("query", json!({ "query": "UNWIND range(1, 1000000) AS n RETURN n", "limit": 1 }));
    assert_eq!(huge["total_is_exact"], false);
    assert!(huge["notes"][0].as_str().unwrap().starts_with("showing 1 of more than 100000 rows"), "{huge}");
    let wide = "UNWIND range(1, 100) AS n RETURN reduce(s = 'x', i IN range(1, 14) | s + s) AS text";
    let cut = client.structured("query", json!({ "query": wide, "limit": 100 }));
    assert!(cut["shown"].as_u64().unwrap() < 40, "rows of more than 512 KiB are cut");
    assert_eq!(cut["total"], 100);
}

#[test]
fn queries_with_parameters_and_entities() {
    let mut client = client();
    let query = "MATCH (a {name: $name})-[r:DEPENDS_ON]->(b) RETURN a, r, b, $more AS more";
    let parameters = json!({ "name": "Database Service", "more": [1, 2.5, null, { "x": "'" }] });
    let answer = client.structured("query", json!({ "query": query, "parameters": parameters }));
    let row = &rows(&answer)[0];
    assert_eq!(row["a"]["name"], "Database Service");
    assert_eq!(row["a"]["labels"], json!(["Service"]));
    assert_eq!(row["r"]["type"], "DEPENDS_ON");
    assert!(row["r"]["properties"]["evidence"].is_string());
    assert_eq!(row["more"], json!([1, 2.5, null, { "x": "'" }]));
    let walk = client.structured("query", json!({ "query": "DEPS trove DEPTH 1 EXCEPT DEPS nova DEPTH 1" }));
    assert_eq!(walk["outcome"], "found");
    let plan = client.structured("query", json!({ "query": "EXPLAIN MATCH (n) RETURN n" }));
    assert!(plan["plan"].as_str().unwrap().contains("Scan"), "{plan}");
}

#[test]
fn the_schema() {
    let mut client = client();
    let result = client.call("schema", json!({}));
    let answer = &result["structuredContent"];
    let service = answer["labels"].as_array().unwrap().iter().find(|row| row["label"] == "Service").unwrap();
    assert_eq!(service["namedBy"], json!(["name"]));
    assert!(service["nodes"].as_u64() > Some(10));
    let types = answer["relationshipTypes"].as_array().unwrap();
    let needs = types.iter().find(|row| row["relationshipType"] == "DEPENDS_ON").unwrap();
    assert!(needs["phrase"].is_string() && needs["failure"].is_string() && needs["relationships"].is_u64(), "{needs}");
    assert!(result["content"][0]["text"].as_str().unwrap().contains("DEPENDS_ON"));
    let cut = client.structured("schema", json!({ "limit": 2 }));
    assert_eq!(cut["labels"].as_array().unwrap().len(), 2);
    assert!(cut["notes"][0].as_str().unwrap().starts_with("labels: showing 2 of "), "{cut}");
}

#[test]
fn errors_say_what_is_wrong_and_what_to_try() {
    let mut client = client();
    let outcome = |answer: &Json| answer["outcome"].as_str().unwrap_or_default().to_string();
    let wrong = client.refused("deps", json!({ "term": "nova", "depth": 5000 }));
    assert_eq!(outcome(&wrong), "invalid_arguments");
    assert_eq!(wrong["errors"].as_array().unwrap().len(), 3, "{wrong}");
    let wrong = client.refused("query", json!({ "query": "MATCH (n RETURN n" }));
    assert_eq!(outcome(&wrong), "failed");
    assert_eq!(wrong["errors"][0]["kind"], "SyntaxError");
    let wrong = client.refused("query", json!({ "query": "RETURN $x" }));
    assert_eq!(wrong["errors"][0]["kind"], "ParameterMissing");
    let wrong = client.refused("query", json!({ "query": "RETURN $x", "parameters": { "x": u64::MAX } }));
    assert_eq!(outcome(&wrong), "invalid_arguments");
    let refused = client.call("query", json!({ "query": "CREATE (:X)" }));
    assert_eq!(refused["structuredContent"]["outcome"], "refused");
    assert!(refused["content"][0]["text"].as_str().unwrap().contains("--allow-writes"), "{refused}");
    let files = client.refused("query", json!({ "query": "LOAD CSV FROM 'Cargo.toml' AS row RETURN row" }));
    assert_eq!(outcome(&files), "failed", "no file is read");
    let unknown = client.error("tools/call", json!({ "name": "delete", "arguments": {} }));
    assert_eq!(unknown["code"], -32602);
    let unknown = client.error("tools/call", json!({ "name": "write", "arguments": { "query": "CREATE (:X)" } }));
    assert_eq!(unknown["code"], -32602, "writing is off");
    let count = client.structured("query", json!({ "query": "MATCH (n:X) RETURN count(n) AS n" }));
    assert_eq!(rows(&count)[0]["n"], 0);
}

#[test]
fn limits_of_time_memory_and_rows() {
    let endless = "UNWIND range(1, 100000000000) AS n RETURN sum(n % 7) AS n";
    let mut client = Client::start(Era::Inline, &["--timeout", "50ms", "--memory", "8MiB", "--max-rows", "3"]);
    let stopped = client.refused("query", json!({ "query": endless }));
    assert_eq!((&stopped["outcome"], &stopped["errors"][0]["detail"]), (&json!("stopped"), &json!("TimeLimit")));
    let query = "UNWIND range(1, 10000000) AS n WITH collect(toString(n)) AS all RETURN size(all) AS n";
    let stopped = client.refused("query", json!({ "query": query }));
    assert_eq!(stopped["outcome"], "stopped", "{stopped}");
    let cut = client.structured("deps", json!({ "terms": ["trove"], "limit": 1000 }));
    assert_eq!((&cut["shown"], &cut["complete"]), (&json!(3), &json!(false)));
}

#[test]
fn writing_where_it_is_allowed() {
    let folder = std::env::temp_dir().join(format!("kenning-mcp-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let file = folder.join("g.kenning");
    let path = file.to_str().expect("it is UTF-8").to_string();
    let mut client = Client::start(Era::Inline, &[&path, "--allow-writes"]);
    let tools = client.result("tools/list", json!({}));
    let tool = tools["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == "write").unwrap().clone();
    assert_eq!(tool["annotations"]["destructiveHint"], true);
    assert_eq!(tool["annotations"]["readOnlyHint"], false);
    let query = "CREATE (a:Service {name: 'a'})-[:NEEDS {evidence: 'a needs b'}]->(:Service {name: $b})";
    let written = client.structured("write", json!({ "query": query, "parameters": { "b": "b" } }));
    assert_eq!(written["outcome"], "done");
    assert!(written["changes"].as_str().unwrap().starts_with("2 nodes created, 1 relationship created"), "{written}");
    let refused = client.refused("query", json!({ "query": "CREATE (:X)" }));
    assert_eq!(refused["outcome"], "refused", "the reading tool reads");
    let open = client.refused("write", json!({ "query": "BEGIN" }));
    assert_eq!(open["errors"][0]["kind"], "TransactionError");
    assert!(client.end().0.success());
    let mut reader = Client::start(Era::Inline, &[&path]);
    let deps = reader.structured("deps", json!({ "terms": ["a"] }));
    assert_eq!(rows(&deps)[1]["term"], "b");
    drop(reader);
    std::fs::remove_dir_all(&folder).expect("it can be removed");
}
