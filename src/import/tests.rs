//! Small files, right and wrong.

use super::*;
use crate::graph::{Direction, NodeId, Value};

fn import_texts(
    files: &[(&str, &str)],
    nodes: &[&str],
    relationships: &[&str],
    options: &Options,
) -> Result<(Graph, Report), Diagnostic> {
    let open = |name: &str| -> io::Result<Box<dyn Read + Send>> {
        let found = files.iter().find(|(file, _)| *file == name);
        let (_, text) = found.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok(Box::new(io::Cursor::new(text.as_bytes().to_vec())))
    };
    let groups = |groups: &[&str]| -> Vec<FileGroup> {
        groups.iter().map(|group| FileGroup::parse(group).expect("it names files")).collect()
    };
    let mut source = Source { open: &open, progress: &mut |_| {} };
    super::import(&groups(nodes), &groups(relationships), options, &mut source)
}

fn message(files: &[(&str, &str)], nodes: &[&str], relationships: &[&str]) -> String {
    import_texts(files, nodes, relationships, &Options::default()).expect_err("it is wrong").message
}

const PEOPLE: (&str, &str) =
    ("p", "id:ID(P),name,age:int,tags:string[],:LABEL\n1,Ann,30,a;b,X;Y\n2,\"Bo, \"\"B\"\"\",,,\r\n");
const KNOWS: (&str, &str) = ("k", ":START_ID(P),:END_ID(P),since:date\n1,2,2026-11-23\n2,1,\n");

#[test]
fn nodes_and_relationships() {
    let (graph, report) =
        import_texts(&[PEOPLE, KNOWS], &["Person=p"], &["KNOWS=k"], &Options::default()).expect("it is right");
    assert_eq!((graph.node_count(), graph.relationship_count(), report.rows), (2, 2, 4));
    let [ann, bo] = [0, 1].map(NodeId::new);
    let labels = |node| graph.node_labels(node).iter().map(|l| graph.label_name(*l).to_string()).collect::<Vec<_>>();
    assert_eq!((labels(ann), labels(bo)), (vec!["Person".into(), "X".into(), "Y".into()], vec!["Person".to_string()]));
    assert_eq!(graph.property_by_name(ann, "id"), Value::Integer(1));
    assert_eq!(graph.property_by_name(ann, "tags"), Value::list([Value::from("a"), Value::from("b")]));
    assert_eq!(graph.property_by_name(bo, "name"), Value::from("Bo, \"B\""));
    assert_eq!(graph.properties(bo).len(), 2);
    let first = graph.adjacent(ann, Direction::Outgoing, None).next().expect("there is one");
    assert_eq!(graph.property_by_name(first.relationship, "since").type_name(), "Date");
    assert_eq!(&**graph.relationship_type(first.relationship), "KNOWS");
}

#[test]
fn headers_in_files_of_their_own_and_types_in_columns() {
    let files =
        [("h", ":ID|n:long\n"), ("a", "x|1\ny|2\n"), ("b", "z|3"), ("r", ":START_ID|:TYPE|:END_ID\nx|T|y\ny|S|z\n")];
    let options = Options { delimiter: b'|', ..Options::default() };
    let (graph, _) = import_texts(&files, &["h,a,b"], &["r"], &options).expect("it is right");
    assert_eq!((graph.node_count(), graph.relationship_count(), graph.types().count()), (3, 2, 2));
    assert_eq!(graph.property_by_name(NodeId::new(2), "n"), Value::Integer(3));
}

#[test]
fn ids_are_integers_only_if_all_are() {
    let files = [("a", "id:ID(S)\n1\n2\n"), ("b", "id:ID(S)\n007\n"), ("r", ":START_ID(S),:END_ID(S)\n1,007\n2,1\n")];
    let (graph, _) = import_texts(&files, &["a", "b"], &["T=r"], &Options::default()).expect("it is right");
    assert_eq!(graph.property_by_name(NodeId::new(0), "id"), Value::from("1"));
    assert_eq!(graph.property_by_name(NodeId::new(2), "id"), Value::from("007"));
    assert_eq!(graph.relationship_count(), 2);
    let options = Options { id_type: IdType::Integer, ..Options::default() };
    let error = import_texts(&files, &["a", "b"], &[], &options).expect_err("007 is not how 7 is written");
    assert_eq!(error.message, "b:2:1: the id `007` is not an integer");
}

#[test]
fn what_is_wrong_has_its_place() {
    for (text, expected) in [
        ("id:ID,n:int\n1,2\n2,x\n", "p:3:3: `x` is not an integer"),
        ("id:ID,n:int\n1,2,3\n", "p:2:5: the row has more fields than the header"),
        ("id:ID,n\n1,\"a\nb\n", "p:2:3: the quote that opens here is never closed"),
        ("id:ID,n\n1,\"a\"b\n", "p:2:6: there is text after the closing quote"),
        ("id:ID\n1\n1\n", "p:3:1: the id `1` is there already"),
        ("id:ID,b:boolean\n1,\"multi\nline\"\n", "p:2:3: `multi\nline` is neither true nor false"),
        ("id:ID,n\n,x\n", "p:2:1: the node has no id"),
        ("id:ID,n:byte\n1,300\n", "p:2:3: 300 does not fit an integer of 8 bits"),
        ("a:what\n", "p:1:1: `what` is not a type; there are int"),
        ("", "p: there is no header"),
    ] {
        let found = message(&[("p", text)], &["p"], &[]);
        assert!(found.starts_with(expected), "{found}");
    }
    let ends = |text| message(&[PEOPLE, ("k", text)], &["p"], &["T=k"]);
    assert_eq!(ends(":START_ID(P),:END_ID(P)\n1,9\n"), "k:2:3: there is no node with the id `9` in the space `P`");
    assert_eq!(ends(":START_ID(P),:END_ID(Q)\n1,9\n"), "k:1:14: no file of nodes has ids of the space `Q`");
    assert_eq!(ends(":START_ID(P)\n1\n"), "k:1:1: the header has no :END_ID");
    assert!(message(&[], &["nowhere"], &[]).starts_with("nowhere: "));
}

#[test]
fn bad_relationships_can_be_left_out() {
    let files = [PEOPLE, ("k", ":START_ID(P),:END_ID(P)\n1,9\n1,2\n,2\n")];
    let options = Options { skip_bad_relationships: true, ..Options::default() };
    let (graph, report) = import_texts(&files, &["p"], &["T=k"], &options).expect("they are left out");
    assert_eq!((graph.relationship_count(), report.skipped), (1, 2));
    assert_eq!(report.reasons[0], "k:2:3: there is no node with the id `9` in the space `P`");
    assert_eq!(report.reasons[1], "k:4:1: the relationship lacks an end");
}

#[test]
fn files_larger_than_a_block_are_read_whole() {
    let mut nodes = String::from("id:ID,text\n");
    let mut ends = String::from(":START_ID,:END_ID\n");
    const COUNT: usize = 200_000;
    for node in 0..COUNT {
        let quoted = if node % 3 == 0 { "\"some, \"\"text\"\"\nwith lines\"" } else { "some text, with lines" };
        nodes += &format!("{node},{}\n", quoted.replace(", with", " with"));
        ends += &format!("{node},{}\n", (node * 7) % COUNT);
    }
    ends += &ends[ends.find('\n').expect("the header ends") + 1..].repeat(3);
    let files = [("n", &*nodes), ("r", &*ends)];
    let options = Options { threads: 2, ..Options::default() };
    let (graph, report) = import_texts(&files, &["n"], &["T=r"], &options).expect("it is right");
    assert_eq!((graph.node_count(), graph.relationship_count()), (COUNT, 4 * COUNT));
    assert_eq!(report.bytes, (nodes.len() + ends.len()) as u64);
    assert_eq!(graph.property_by_name(NodeId::new(3), "text"), Value::from("some, \"text\"\nwith lines"));
    let last = graph.adjacent(NodeId::new(COUNT - 1), Direction::Outgoing, None).next().expect("there is one");
    assert_eq!(last.neighbour.index(), ((COUNT - 1) * 7) % COUNT);
}

#[test]
fn options_of_types_stand_in_the_header() {
    let nodes = ":ID,name,\"pos:point{crs:WGS-84}\",at:datetime{timezone:Europe/Oslo},places:point[]\n\
                 1,ann,\"{latitude:1.5, longitude:2.5}\",2024-05-01T10:00,\"x:1,y:2;x:3,y:4,z:5\"\n";
    let numbered = "id:ID(B){id-type:long},name\n7,ben\n";
    let texts = "id:ID(C){id-type:string}\n8\n";
    let files = [("n", nodes), ("m", numbered), ("t", texts), ("r", ":START_ID(B),:END_ID(C){id-type:string}\n7,8\n")];
    let (graph, _) = import_texts(&files, &["n", "m", "t"], &["T=r"], &Options::default()).expect("it is right");
    let text = |node: usize, key: &str| {
        let value = graph.property_by_name(NodeId::new(node), key);
        crate::render::literal::of(&value, &graph)
    };
    assert_eq!(text(0, "pos"), "point({x: 2.5, y: 1.5, crs: 'wgs-84'})");
    assert_eq!(text(0, "at"), "datetime('2024-05-01T10:00+02:00[Europe/Oslo]')");
    let places = "[point({x: 1.0, y: 2.0, crs: 'cartesian'}), point({x: 3.0, y: 4.0, z: 5.0, crs: 'cartesian-3d'})]";
    assert_eq!(text(0, "places"), places);
    assert_eq!((text(1, "id"), text(2, "id")), ("7".to_string(), "'8'".to_string()));
    assert_eq!(graph.relationship_count(), 1);

    let wrong = |header: &str, row: &str| message(&[("p", &format!("{header}\n{row}\n"))], &["p"], &[]);
    assert_eq!(wrong("i:ID{id-type:long}", "a7"), "p:2:1: the id `a7` is not an integer");
    assert!(wrong("i:ID{a:b}", "7").contains("no option `a:b`"));
    assert!(wrong("i:ID,p:point", "7,1 2").contains("`1 2` is no point"));
    assert!(wrong("i:ID,p:date{crs:wgs-84}", "7,").contains("`crs:wgs-84` is no option of this type"));
}
