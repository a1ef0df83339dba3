//! The procedures on the embedded graph.

use super::*;
use crate::diagnostic::{Detail, Kind};
use crate::graph::Resolution;
use crate::ingest::embedded_graph;
use crate::limits::Limits;
use crate::trace::name_of;

pub(super) fn call(graph: &Graph, name: &str, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let procedure = all().find(|p| p.name == name).expect("in the table");
    let names = Arc::new(NameIndex::build(graph));
    let budget = Budget::start(&Limits::default());
    let mut arguments = arguments.to_vec();
    arguments.resize(procedure.parameters.len(), Value::Null);
    let output = (procedure.run)(&Context::new(graph, &|| Ok(names.clone()), &budget), &arguments)?;
    for row in &output.rows {
        assert_eq!(row.len(), procedure.yields.len(), "{name}");
        for (value, (column, types)) in row.iter().zip(procedure.yields) {
            assert!(TypeSet::of(value).is_within(*types), "{name} yields {value:?} as {column}");
        }
    }
    Ok(output)
}

fn text(graph: &Graph, value: &Value) -> String {
    match value {
        Value::Node(node) => name_of(graph, *node).to_string(),
        Value::Null => "-".into(),
        Value::String(text) => text.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::List(items) => items.iter().map(|item| text(graph, item)).collect::<Vec<_>>().join(", "),
        other => format!("{other:?}"),
    }
}

fn ask(name: &str, arguments: &[Value]) -> Output {
    call(&embedded_graph(), name, arguments).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn refuse(name: &str, arguments: &[Value]) -> Diagnostic {
    match call(&embedded_graph(), name, arguments) {
        Ok(output) => panic!("{name} answered {} rows", output.rows.len()),
        Err(error) => error,
    }
}

/// The rows as text, the columns joined by `|`.
fn lines(output: &Output, columns: std::ops::Range<usize>) -> Vec<String> {
    let graph = embedded_graph();
    let line = |row: &Vec<Value>| row[columns.clone()].iter().map(|v| text(&graph, v)).collect::<Vec<_>>().join("|");
    output.rows.iter().map(line).collect()
}

fn depth(number: i64) -> Value {
    Value::map([("depth", Value::Integer(number))])
}

fn via(types: &[&str]) -> Value {
    Value::map([("via", Value::list(types.iter().map(|t| Value::from(*t))))])
}

#[test]
fn every_seed_term_answers_to_all_its_names() {
    let graph = embedded_graph();
    let names = NameIndex::build(&graph);
    for [canonical, others @ ..] in [
        ["API", "application programming interface", "apis", "Application Programming Interfaces"],
        ["Block Storage", "cinder", "Cinder", "block-storage"],
        ["Compute", "nova", "the Compute service", "NOVA"],
        ["Database Service", "trove", "database_service", "Trove"],
        ["distributed virtual router", "DVR", "distributed virtual router (DVR)", "dvr"],
        ["firewall", "Firewall", "firewalls", "the firewall"],
        ["Infrastructure-as-a-Service", "IaaS", "infrastructure as a service", "iaas"],
        ["Identity Service", "keystone", "Keystone", "identity service"],
        ["Image Service", "glance", "Glance", "OpenStack Image Service"],
        ["network", "networks", "Network", "the network"],
        ["Networking", "neutron", "Neutron", "networking"],
        ["Object Storage", "swift", "Swift", "OpenStack Object Storage"],
        ["Orchestration", "heat", "Heat", "orchestration"],
        ["RESTful", "restful", "RESTFUL", "RESTful"],
        ["REST", "Representational State Transfer", "rest", "representational state transfer"],
        ["router", "routers", "Router", "a router"],
        ["subnet", "subnets", "Subnet", "the subnet"],
        ["Telemetry", "ceilometer", "Ceilometer", "telemetry"],
        ["virtual private network", "VPN", "virtual private network (VPN)", "VPNs"],
    ] {
        let Resolution::One(node) = names.resolve(&graph, canonical) else { panic!("{canonical} is not one term") };
        assert_eq!(&*name_of(&graph, node), canonical);
        for other in others {
            assert_eq!(names.resolve(&graph, other), Resolution::One(node), "{other}");
        }
    }
}

#[test]
fn every_name_of_the_embedded_graph_means_one_term_however_spelled() {
    let graph = embedded_graph();
    let names = NameIndex::build(&graph);
    for name in names.names() {
        let Resolution::One(node) = names.resolve(&graph, name) else { panic!("{name} is not one term") };
        for spelling in [name.to_uppercase(), name.to_lowercase(), name.replace(' ', "_"), format!("the {name}")] {
            match names.resolve(&graph, &spelling) {
                Resolution::One(other) => assert_eq!(node, other, "{spelling}"),
                other => panic!("{spelling}: {other:?}"),
            }
        }
    }
}

#[test]
fn show_tells_all_about_a_term() {
    let shown = lines(&ask("trace.show", &["nova".into()]), 0..3);
    assert_eq!(shown[0], "Compute|name|Compute");
    assert!(shown[1].starts_with("Compute|also called|nova"));
    assert!(shown.contains(&"Compute|labels|Service".to_string()));
    assert!(shown.contains(&"Compute|receives from|Networking".to_string()));
    assert!(shown.contains(&"Compute|authenticates with|Identity Service".to_string()));
    let relations: Vec<&String> = shown.iter().skip(5).collect();
    assert!(relations.is_sorted(), "by phrase, then by name");
    let other_side = lines(&ask("trace.show", &["neutron".into()]), 0..3);
    assert!(other_side.contains(&"Networking|provides to|Compute".to_string()));
    let evidence = ask("trace.show", &["nova".into()]);
    assert!(evidence.rows.iter().skip(5).all(|row| !row[3].is_null() && !row[4].is_null()));
}

#[test]
fn horizon_needs_mariadb_because_of_keystone() {
    let why = ask("trace.why", &["horizon".into(), "mariadb".into()]);
    assert_eq!(
        lines(&why, 0..5),
        ["1|1|Horizon|authenticates with|Identity Service", "1|2|Identity Service|stores data in|MariaDB",]
    );
    assert!(why.rows.iter().all(|row| !row[5].is_null() && !row[6].is_null()));
}

#[test]
fn why_says_what_it_found_instead_of_a_chain() {
    let nothing = |from: &str, to: &str, options: Value| {
        let output = ask("trace.why", &[from.into(), to.into(), options]);
        assert_eq!(output.rows.len(), 0, "{from} {to}");
        output.notes.join("\n")
    };
    let notes = nothing("mariadb", "horizon", Value::Null);
    assert!(notes.starts_with("MariaDB does not need Horizon: "), "{notes}");
    assert!(notes.contains("the other way round, Horizon needs MariaDB, by 2 hops"), "{notes}");
    let notes = nothing("horizon", "mariadb", via(&["uses"]));
    assert!(
        notes.contains("without VIA there is a chain of 2 hops; it takes AUTHENTICATES_WITH, STORES_DATA_IN"),
        "{notes}"
    );
    let notes = nothing("nova", "Compute", Value::Null);
    assert_eq!(notes, "both are Compute: there is nothing to explain");
    let notes = nothing("nova", "firewall", Value::Null);
    assert!(notes.contains("a further type would connect them"), "{notes}");
    assert!(notes.contains("MANAGES (1 hop)"), "{notes}");
}

#[test]
fn all_chains_come_with_all_and_their_number_without() {
    let best = ask("trace.why", &["trove".into(), "rabbitmq".into()]);
    let all = ask("trace.why", &["trove".into(), "rabbitmq".into(), Value::map([("all", Value::Boolean(true))])]);
    let number = all.rows.last().and_then(|row| row[0].as_integer()).expect("a chain");
    assert!(number > 1);
    assert_eq!(best.notes, [format!("one of {number} chains of 2 hops; ALL shows the others")]);
    assert_eq!(lines(&best, 0..8), lines(&all, 0..8)[..2]);
}

#[test]
fn deps_goes_down_to_the_machines() {
    let deps = ask("trace.deps", &["trove".into()]);
    let rows = lines(&deps, 0..6);
    assert_eq!(rows[0], "0|Database Service|-|-|false|-");
    for need in [
        "1|Compute|depends on|Database Service|false|fails",
        "1|trove-api|has its API served by|Database Service|false|fails",
        "2|RabbitMQ|communicates via|trove-api|false|fails",
        "2|MariaDB|stores data in|Identity Service|false|fails",
    ] {
        assert!(rows.iter().any(|row| row == need), "{need}");
    }
    assert!(deps.summary[0].contains("terms are needed, over "), "{:?}", deps.summary);
}

#[test]
fn a_depth_limit_is_never_silent() {
    let whole = ask("trace.deps", &["horizon".into()]);
    let all: i64 = whole.rows.iter().filter(|row| row[4] == Value::Boolean(false)).count() as i64 - 1;
    let cut = ask("trace.deps", &["horizon".into(), depth(1)]);
    assert!(cut.rows.iter().all(|row| row[0].as_integer().is_some_and(|d| d <= 1)));
    let shown = cut.rows.len() as i64 - 1;
    assert_eq!(cut.notes[0], format!("stopped at depth 1: {} further terms below", all - shown));
    let none = ask("trace.deps", &["horizon".into(), depth(0)]);
    assert_eq!(none.rows.len(), 1);
    assert!(none.notes.iter().any(|note| note == &format!("stopped at depth 0: {all} further terms below")));
    assert!(!whole.notes.iter().any(|note| note.contains("stopped")));
}

#[test]
fn impact_of_keystone_reaches_every_service_and_spares_what_runs() {
    let impact = ask("trace.impact", &["keystone".into()]);
    let rows = lines(&impact, 1..6);
    assert_eq!(rows[0], "Identity Service|-|-|false|-");
    for service in ["Compute", "Networking", "Block Storage", "Image Service", "Horizon"] {
        assert!(rows.contains(&format!("{service}|authenticates|Identity Service|false|fails")), "{service}");
    }
    assert!(!rows.iter().any(|row| row.starts_with("instance|") || row.starts_with("volume|")), "running ones survive");
    let limping = ask("trace.impact", &["memcached".into()]);
    assert!(lines(&limping, 0..6).iter().any(|row| row == "1|Horizon|is used by|memcached|false|degrades"));
    assert!(limping.rows.iter().skip(1).all(|row| row[5] == Value::from("degrades")), "{:?}", lines(&limping, 0..6));
}

#[test]
fn via_takes_types_and_phrases_of_both_directions() {
    let expected = lines(&ask("trace.deps", &["trove".into(), via(&["STORES_DATA_IN", "PART_OF"])]), 0..6);
    assert!(expected.len() > 3);
    for types in [["stores data in", "is part of"], ["Stores-Data-In", "HAS_PART"], ["stores data for", "has the part"]]
    {
        assert_eq!(lines(&ask("trace.deps", &["trove".into(), via(&types)]), 0..6), expected, "{types:?}");
    }
    let silent = ask("trace.deps", &["trove".into(), via(&["is a kind of"])]);
    assert_eq!(silent.rows.len(), 1);
    assert_eq!(
        silent.notes,
        ["Database Service needs nothing, as far as the graph tells: no failure travels over IS_A"]
    );
}

#[test]
fn several_starts_are_traced_together() {
    let both = Value::list([Value::from("glance"), Value::from("cinder")]);
    let output = ask("trace.deps", &[both]);
    let starts: Vec<String> = lines(&output, 0..2).into_iter().filter(|row| row.starts_with("0|")).collect();
    assert_eq!(starts, ["0|Image Service", "0|Block Storage"]);
}

#[test]
fn mistakes_are_named_with_help() {
    let error = refuse("trace.show", &["horzion".into()]);
    assert_eq!((error.kind, error.detail), (Kind::EntityNotFound, Detail::UnknownName));
    assert!(error.help.is_some_and(|help| help.contains("horizon") || help.contains("Horizon")));
    let error = refuse("trace.deps", &["nova".into(), via(&["DEPENDS_UPON"])]);
    assert_eq!((error.kind, error.detail), (Kind::EntityNotFound, Detail::UnknownRelationshipType));
    assert_eq!(error.help.as_deref(), Some("did you mean DEPENDS_ON?"));
    let error = refuse("trace.deps", &["nova".into(), depth(-1)]);
    assert_eq!((error.kind, error.detail), (Kind::ArgumentError, Detail::InvalidArgumentValue));
    let error = refuse("trace.deps", &["nova".into(), Value::map([("dept", Value::Integer(1))])]);
    assert_eq!((error.kind, error.detail), (Kind::ArgumentError, Detail::InvalidArgumentValue));
    let error = refuse("trace.deps", &[Value::list([Value::Integer(1)])]);
    assert_eq!((error.kind, error.detail), (Kind::TypeError, Detail::InvalidArgumentType));
}

#[test]
fn a_name_of_two_terms_lists_them() {
    let mut graph = Graph::new();
    let key = graph.intern_key("name");
    for (name, label) in [("Swift", "Language"), ("SWIFT", "Network")] {
        let node = graph.create_node();
        let label = graph.intern_label(label);
        graph.add_label(node, label);
        graph.set_property(node, key, Value::from(name));
    }
    let Err(error) = call(&graph, "trace.show", &["swift".into()]) else { panic!("it means two") };
    assert_eq!((error.kind, error.detail), (Kind::EntityNotFound, Detail::AmbiguousName));
    assert_eq!(error.message, "'swift' has several meanings: 'Swift (Language)', 'SWIFT (Network)'");
    assert_eq!(error.help.as_deref(), Some("write one of these names"));
}

#[test]
fn find_ranks_names_and_definitions() {
    let first = |text: &str| lines(&ask("trace.find", &[text.into()]), 0..1).first().cloned().unwrap_or_default();
    assert_eq!(first("cinder"), "Block Storage");
    assert_eq!(first("novaapi"), "nova-api");
    assert_eq!(first("keystne"), "Identity Service");
    let nothing = ask("trace.find", &["qqqq".into()]);
    assert!(nothing.rows.is_empty() && nothing.notes[0].contains("terms searched"));
}

#[test]
fn the_schema_is_listed() {
    assert!(lines(&ask("db.labels", &[]), 0..1).contains(&"Service".to_string()));
    assert!(lines(&ask("db.relationshipTypes", &[]), 0..1).is_sorted());
    assert!(lines(&ask("db.propertyKeys", &[]), 0..1).contains(&"evidence".to_string()));
    let schema = lines(&ask("db.schema", &[]), 0..7);
    assert!(schema.contains(&"PROVIDES_TO|provides to|receives from|along|degrades|false|false".to_string()));
    assert!(schema.iter().any(|row| row == "IS_A|is a kind of|has kinds such as|none|-|false|true"), "{schema:?}");
}
