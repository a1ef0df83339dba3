//! Files that other programs wrote, and files that are wrong: what becomes of them.

use kenning::database::Database;
use kenning::diagnostic::Diagnostic;
use kenning::engine::RunOptions;
use kenning::export::{self, Subgraph};
use kenning::graph::{Graph, NodeId, Value};
use kenning::import::by_ending;
use kenning::limits::{Budget, Limits};

fn read_within(text: &str, ending: &str, limits: &Limits) -> Result<(Graph, Vec<String>), Diagnostic> {
    by_ending(ending).expect("it is in the table").graph(text, "f", &Budget::start(limits))
}

fn read(text: &str, ending: &str) -> (Graph, Vec<String>) {
    read_within(text, ending, &Limits::default()).unwrap_or_else(|error| panic!("{}", error.message))
}

#[track_caller]
fn fails(text: &str, ending: &str, message: &str) {
    let error = read_within(text, ending, &Limits::default()).expect_err("it is wrong");
    assert!(error.message.starts_with(message), "{}", error.message);
}

fn names(graph: &Graph) -> Vec<Value> {
    graph.nodes().map(|node| graph.property_by_name(node, "name")).collect()
}

fn types(graph: &Graph) -> Vec<&str> {
    graph.relationships().map(|id| &**graph.relationship_type(id)).collect()
}

const NETWORKX: &str = r#"<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="d1" for="edge" attr.name="weight" attr.type="double"/>
  <key id="d0" for="node" attr.name="color" attr.type="string"><default>yellow</default></key>
  <graph edgedefault="undirected">
    <edge source="a b" target="c"><data key="d1">1</data></edge>
    <node id="a b"><data key="d0">green &amp; <![CDATA[<blue>]]></data></node>
    <node id="c"><desc>a comment</desc></node>
  </graph>
</graphml>
"#;

#[test]
fn graphml_of_networkx() {
    let (graph, notes) = read(NETWORKX, "graphml");
    let property = |node, key| graph.property_by_name(NodeId::new(node), key);
    assert_eq!(property(0, "id"), Value::from("a b"));
    assert_eq!(property(0, "color"), Value::from("green & <blue>"));
    assert_eq!(property(1, "color"), Value::from("yellow"));
    let edge = graph.relationships().next().expect("there is one");
    assert!(matches!(graph.property_by_name(edge, "weight"), Value::Float(1.0)));
    assert_eq!(types(&graph), ["RELATED_TO"]);
    assert_eq!(notes.len(), 2, "{notes:?}");
}

#[test]
fn graphml_of_apoc_and_yed() {
    let text = r#"<graphml xmlns:y="y"><key id="labels" for="node" attr.name="labels"/><key id="tags" for="node"
        attr.name="tags" attr.type="string" attr.list="string"/><key id="g" for="node" yfiles.type="nodegraphics"/>
        <graph><node id="n0" labels=":A:B"><data key="labels">:A:B</data><data key="tags">["x","y"]</data>
        <data key="g"><y:ShapeNode><y:Fill/></y:ShapeNode></data></node>
        <edge id="e" source="n0" target="n0" label="KNOWS"/></graph></graphml>"#;
    let (graph, notes) = read(text, "graphml");
    assert_eq!(graph.node_labels(NodeId::new(0)).len(), 2);
    assert_eq!(graph.property_by_name(NodeId::new(0), "tags"), Value::list([Value::from("x"), Value::from("y")]));
    assert_eq!(types(&graph), ["KNOWS"]);
    assert_eq!(notes, ["elements of other programs were left out: 1 <ShapeNode>"]);
}

#[test]
fn graphml_of_yed() {
    let text = r#"<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
        <key for="node" id="d6" yfiles.type="nodegraphics"/><key for="edge" id="d10" yfiles.type="edgegraphics"/>
        <key for="edge" id="d11" attr.name="zone"><default>eu</default></key>
        <graph edgedefault="directed" id="G"><node id="n0" yfiles.foldertype="group"><data key="d6"><y:GroupNode>
        <y:NodeLabel>Garden<y:LabelModel>x</y:LabelModel></y:NodeLabel></y:GroupNode></data><graph id="n0:">
        <node id="n1"><data key="d6"><y:ShapeNode><y:NodeLabel>Pots &amp;
        planters</y:NodeLabel></y:ShapeNode></data></node></graph></node><node id="n2"/>
        <edge source="n1" target="n2"><data key="d10"><y:EdgeLabel>depends on</y:EdgeLabel></data></edge>
        </graph></graphml>"#;
    let (graph, notes) = read(text, "graphml");
    assert_eq!(names(&graph), [Value::from("Pots & planters"), Value::from("Garden"), Value::Null]);
    assert_eq!(types(&graph), ["PART_OF", "DEPENDS_ON"]);
    let property = |key| graph.relationships().map(|edge| graph.property_by_name(edge, key)).collect::<Vec<_>>();
    assert_eq!(property("label"), [Value::Null, Value::from("depends on")]);
    assert_eq!(property("zone"), [Value::Null, Value::from("eu")]);
    let nested = "1 nodes are inside others: they are PART_OF them";
    let left_out = "elements of other programs were left out: 1 <GroupNode>, 1 <ShapeNode>";
    assert_eq!(notes, ["1 edges have no `label` of their own: `label` names their type", nested, left_out]);
    assert!(graph.semantics().iter().any(|row| row.name == "DEPENDS_ON"), "its failure travels");
}

#[test]
fn properties_that_name_the_relation() {
    let json = |key: &str, word: &str| {
        let edge = format!(r#"{{"source": "a", "target": "a", "{key}": "{word}"}}"#);
        let (graph, _) = read(&format!(r#"{{"nodes": [{{"id": "a"}}], "links": [{edge}]}}"#), "json");
        let edge = graph.relationships().next().expect("there is one");
        (types(&graph).concat(), graph.property_by_name(edge, key))
    };
    assert_eq!(json("relation", "depends_on"), ("DEPENDS_ON".into(), Value::from("depends_on")));
    assert_eq!(json("kind", "DEPENDS_ON"), ("DEPENDS_ON".into(), Value::Null));
    assert_eq!(json("label", "12 ms"), ("RELATED_TO".into(), Value::from("12 ms")));
    assert_eq!(json("type", "talks to"), ("talks to".into(), Value::Null));
    let gephi = r#"<graphml><key id="edgelabel" for="edge" attr.name="Edge Label"/><key id="l" for="edge"
        attr.name="label"/><graph><node id="a"/><edge source="a" target="a"><data key="edgelabel">reads from</data>
        </edge><edge source="a" target="a"><data key="l">KNOWS</data></edge><edge source="a" target="a"><data key="l">is
        part of</data></edge></graph></graphml>"#;
    assert_eq!(types(&read(gephi, "graphml").0), ["READS_FROM", "KNOWS", "PART_OF"]);
}

#[test]
fn graphml_has_one_key_for_a_name() {
    let text = r#"{"graph": {"format": "kenning"}, "edges": [], "nodes": [
        {"id": 0, "properties": {"n": 1, "mixed": true, "text": "1"}}, {"id": 1, "properties": {"n": 1.5, "mixed": "yes"}},
        {"id": 2, "properties": {"mixed": "2", "text": "x"}}]}"#;
    let (graph, _) = read(text, "json");
    let graphml = written(graph, "graphml");
    let keys: Vec<&str> =
        graphml.lines().filter(|line| line.contains("id=\"n")).filter(|line| line.contains("<key")).collect();
    assert_eq!(
        keys,
        [
            "  <key id=\"n0\" for=\"node\" attr.name=\"mixed\" attr.type=\"string\" k:type=\"any\"/>",
            "  <key id=\"n1\" for=\"node\" attr.name=\"n\" attr.type=\"double\" k:type=\"json\"/>",
            "  <key id=\"n2\" for=\"node\" attr.name=\"text\" attr.type=\"string\"/>",
        ]
    );
    for data in
        ["<data key=\"n0\">true<", "<data key=\"n0\">yes<", "<data key=\"n0\">&quot;2&quot;<", "<data key=\"n1\">1<"]
    {
        assert!(graphml.contains(data), "{data}: {graphml}");
    }
    let (again, _) = read(&graphml, "graphml");
    let values = |key| again.nodes().map(|node| again.property_by_name(node, key)).collect::<Vec<_>>();
    assert_eq!(values("n"), [Value::Integer(1), Value::Float(1.5), Value::Null]);
    assert_eq!(values("mixed"), [Value::Boolean(true), Value::from("yes"), Value::from("2")]);
}

#[test]
fn graphml_that_is_wrong() {
    let edge = NETWORKX.replace("target=\"c\"", "target=\"d\"");
    fails(&edge, "graphml", "f:6: there is no node `d`");
    fails(&NETWORKX.replace(">1<", ">one<"), "graphml", "f:6: `weight`: `one` is no number");
    fails(&NETWORKX.replace("id=\"c\"", "id=\"a b\""), "graphml", "f:8: there are two nodes `a b`");
    fails(&NETWORKX.replace("key=\"d0\"", "key=\"d7\""), "graphml", "f:7: no <key> declares `d7`");
    fails(&NETWORKX.replace("</graphml>", ""), "graphml", "f:11: <graphml> is never closed");
    let nested = NETWORKX.replace("<data key=\"d1\">", "<graph/><data key=\"d1\">");
    fails(&nested, "graphml", "f:6: a graph inside an edge");
    let deep = format!("<graphml>{}", (0..200).map(|id| format!("<graph><node id=\"{id}\">")).collect::<String>());
    fails(&deep, "graphml", "f:1: more than 100 graphs");
    fails("", "graphml", "f:1: this is no GraphML");
    fails("<html></html>", "graphml", "f:1: this is no GraphML");
}

#[test]
fn entities_do_not_grow() {
    let mut bomb = String::from("<!DOCTYPE g [<!ENTITY a0 \"ha\">");
    for level in 1..30 {
        bomb += &format!("<!ENTITY a{level} \"&a{};&a{};\">", level - 1, level - 1);
    }
    bomb += "]>\n<graphml><key id=\"k\" for=\"node\"/><graph><node id=\"n\"><data key=\"k\">&a29;</data></node></graph></graphml>";
    fails(&bomb, "graphml", "f:2: `&a29;` is an entity of the file's own");
    let deep = format!("<graphml>{}", "<a>".repeat(200_000));
    fails(&deep, "graphml", "f:1: <a> is never closed");
}

#[test]
fn limits_hold_while_reading() {
    let limits = Limits { memory: Some(100_000), ..Limits::default() };
    let nodes: String = (0..10_000).map(|id| format!("<node id=\"{id}\"/>")).collect();
    let graphml = format!("<graphml><graph>{nodes}</graph></graphml>");
    let nodes: Vec<String> = (0..10_000).map(|id| format!("{{\"id\":{id}}}")).collect();
    let json = format!("{{\"nodes\":[{}],\"edges\":[]}}", nodes.join(","));
    let turtle: String = (0..10_000).map(|id| format!("<x:{id}> <x:p> \"text\" .\n")).collect();
    for (text, ending) in [(graphml, "graphml"), (json, "json"), (turtle, "ttl")] {
        let error = read_within(&text, ending, &limits).expect_err("it is too large");
        assert!(error.message.starts_with("stopped at the memory limit"), "{}", error.message);
        assert_eq!(read(&text, ending).0.node_count(), 10_000);
    }
}

#[test]
fn node_link_of_others() {
    let text = r#"{"directed": false, "multigraph": false, "graph": {},
        "nodes": [{"id": "a", "size": 2, "tags": ["x"]}, {"id": 1}],
        "links": [{"source": "a", "target": 1, "weight": 0.5}]}"#;
    let (graph, notes) = read(text, "json");
    let property = |node, key| graph.property_by_name(NodeId::new(node), key);
    assert_eq!((property(0, "id"), property(1, "id")), (Value::from("a"), Value::Integer(1)));
    assert_eq!((property(0, "size"), property(0, "tags")), (Value::Integer(2), Value::list([Value::from("x")])));
    assert_eq!(types(&graph), ["RELATED_TO"]);
    assert_eq!(notes.len(), 2, "{notes:?}");
    fails(&text.replace("\"target\": 1", "\"target\": \"1\""), "json", "f: edges[0]: there is no node `\"1\"`");
    fails(&text.replace("\"nodes\"", "\"vertices\""), "json", "f:3: missing field `nodes`");
    fails(
        &text.replace("\"size\": 2", "\"size\": 9223372036854775808"),
        "json",
        "f: nodes[0].size: 9223372036854775808",
    );
    fails(&text.replace("[{\"id\": \"a\"", "[{\"id\": [1]"), "json", "f: nodes[0]: an id is a number or a text");
    fails("{\n\"nodes\": [}", "json", "f:2: ");
    fails(&"[".repeat(100_000), "json", "f:1: ");
}

const SKOS: &str = r#"@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix : <http://example.org/animals/> .
:cat a skos:Concept ; skos:prefLabel "Katze"@de, "cat"@en ; skos:altLabel "pussy-cat"@en ;
  skos:definition "A small beast of prey."@en ; skos:broader :mammal ; :legs 4 ; :isLike :dog .
:mammal skos:prefLabel "mammal" .
"#;

#[test]
fn skos_of_others() {
    let (graph, notes) = read(SKOS, "ttl");
    assert_eq!(names(&graph), [Value::from("cat"), Value::from("mammal"), Value::from("dog")]);
    let property = |key| graph.property_by_name(NodeId::new(0), key);
    assert_eq!(property("aliases"), Value::list([Value::from("Katze"), Value::from("pussy-cat")]));
    assert_eq!((property("legs"), property("definition")), (Value::Integer(4), Value::from("A small beast of prey.")));
    assert_eq!(property("iri"), Value::from("http://example.org/animals/cat"));
    let mut kinds = types(&graph);
    kinds.sort_unstable();
    assert_eq!(kinds, ["BROADER", "IS_LIKE"]);
    assert_eq!(notes, [] as [String; 0]);
    fails(&SKOS.replace(":legs 4", ":legs ,"), "ttl", "f:4: ");
}

#[test]
fn json_ld_of_others() {
    let text = r#"{"@context": {"name": "http://www.w3.org/2000/01/rdf-schema#label", "knows": {"@id": "http://x.org/knows",
        "@type": "@id"}}, "@id": "http://x.org/a", "name": "Ann", "knows": "http://x.org/b"}"#;
    let (graph, _) = read(text, "jsonld");
    assert_eq!(names(&graph), [Value::from("Ann"), Value::from("b")]);
    assert_eq!(types(&graph), ["KNOWS"]);
    // A context elsewhere is not fetched.
    let error = read_within(r#"{"@context": "http://x.org/c", "name": "Ann"}"#, "jsonld", &Limits::default());
    assert!(error.is_err());
    fails("{\n\"@id\": }", "jsonld", "f:2: ");
}

/// What an exporter makes of a graph of two nodes whose names are awkward.
fn drawn(format: &str) -> String {
    let database = Database::in_memory(Graph::new());
    let run = |text: &str| database.run(text, &RunOptions::default()).expect("the statement is right");
    run("CREATE (:S {name: 'A \"x\" <&>'})-[:USES {evidence: '<b>'}]->(b {name: 'B'}), (b)-[:USES]->(b)");
    let result = run("MATCH ()-[r]->() RETURN r");
    let budget = Budget::start(&Limits::default());
    let subgraph = Subgraph::of(&result, &budget).expect("it holds nodes");
    let mut out = Vec::new();
    export::find(format).expect("it is in the table").write(&subgraph, &budget, &mut out).expect("memory takes all");
    String::from_utf8(out).expect("it is text")
}

/// All of a graph in a format.
fn written(graph: Graph, format: &str) -> String {
    let database = Database::in_memory(graph);
    let result = database.run("MATCH (n) RETURN n", &RunOptions::default()).expect("the statement is right");
    let budget = Budget::start(&Limits::default());
    let subgraph = Subgraph::of(&result, &budget).expect("it holds nodes");
    let mut out = Vec::new();
    export::find(format).expect("it is in the table").write(&subgraph, &budget, &mut out).expect("memory takes all");
    String::from_utf8(out).expect("it is text")
}

#[test]
fn graphviz() {
    let expected = r#"digraph kenning {
  graph [fontname="Helvetica"];
  node [shape=box, style=rounded, fontname="Helvetica"];
  edge [fontname="Helvetica", fontsize=10];
  n0 [label="A \"x\" <&>", tooltip=":S"];
  n1 [label="B", tooltip=""];
  n0 -> n1 [label="USES"];
  n1 -> n1 [label="USES"];
}
"#;
    assert_eq!(drawn("dot"), expected);
}

#[test]
fn mermaid() {
    let expected = r#"flowchart LR
  n0["A #34;x#34; #60;#38;#62;"]
  n1["B"]
  n0 -->|"uses"| n1
  n1 -->|"uses"| n1
"#;
    assert_eq!(drawn("mermaid"), expected);
}

#[test]
fn pictures_are_sound_xml_with_words_for_those_who_do_not_see_them() {
    let picture = drawn("svg");
    let mut reader = quick_xml::Reader::from_str(&picture);
    let mut boxes = 0;
    loop {
        match reader.read_event().expect("it is XML") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(start) if start.name().as_ref() == "g" => {
                boxes += usize::from(start.attributes_raw().contains("class=\"n\""));
            }
            _ => {}
        }
    }
    assert_eq!(boxes, 2);
    assert!(picture.contains("<title id=\"kenning-title\">2 nodes, 2 relationships</title>"), "{picture}");
    assert!(picture.contains("<title>A &quot;x&quot; &lt;&amp;&gt; uses B: &lt;b&gt;</title>"), "{picture}");
}
