//! A graph as statements that each make many nodes or relationships from a list of rows.

use std::collections::BTreeMap;
use std::io::Write;

use crate::export::{Error, Subgraph};
use crate::graph::Entity;
use crate::limits::Budget;
use crate::render::literal;

/// Rows of a statement.
const ROWS: usize = 500;

/// Writes nodes, their labels, relationships, and what takes the marks away again.
pub(super) fn write(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Result<(), Error> {
    let source = subgraph.source();
    let mark = Mark::unused(subgraph);
    let (label, key) = (&mark.label, &mark.key);
    let find = |variable: &str, value: &str| format!("({variable}:{label} {{{key}: {value}}})");
    writeln!(out, "CREATE CONSTRAINT {key} FOR (n:{label}) REQUIRE n.{key} IS UNIQUE;")?;

    let mut labels: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let make_nodes = format!("CREATE {} SET n += row.p", find("n", "row.i"));
    for nodes in subgraph.nodes().chunks(ROWS) {
        let mut rows = Vec::new();
        for node in nodes {
            budget.tick()?;
            rows.push(format!("{{i: {}, p: {}}}", node.index(), properties(Entity::Node(*node), subgraph)));
            let named = names(&source.named_labels(*node));
            if !named.is_empty() {
                labels.entry(named).or_default().push(node.index().to_string());
            }
        }
        write_rows(&rows, "row", &make_nodes, out)?;
    }
    for (named, nodes) in &labels {
        let set_labels = format!("MATCH {} SET n{named}", find("n", "i"));
        nodes.chunks(ROWS).try_for_each(|nodes| write_rows(nodes, "i", &set_labels, out))?;
    }

    let mut types: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for link in subgraph.links() {
        budget.tick()?;
        let shape = subgraph.relationship(link.relationship);
        let properties = properties(Entity::Relationship(link.relationship), subgraph);
        let row = format!("{{s: {}, e: {}, p: {properties}}}", shape.start.index(), shape.end.index());
        budget.charge(row.len())?;
        types.entry(source.type_of(link.relationship)).or_default().push(row);
    }
    for (name, rows) in &types {
        let (start, end) = (find("s", "row.s"), find("e", "row.e"));
        let make = format!("MATCH {start}, {end} CREATE (s)-[r{}]->(e) SET r += row.p", names(&[name]));
        rows.chunks(ROWS).try_for_each(|rows| write_rows(rows, "row", &make, out))?;
    }
    writeln!(out, "MATCH (n:{label}) REMOVE n:{label}, n.{key};")?;
    writeln!(out, "DROP CONSTRAINT {key};")?;
    Ok(())
}

fn write_rows(rows: &[String], variable: &str, clauses: &str, out: &mut dyn Write) -> Result<(), Error> {
    Ok(writeln!(out, "UNWIND [\n  {}\n] AS {variable}\n{clauses};", rows.join(",\n  "))?)
}

/// `:A:B`
fn names(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push(':');
        literal::write_name(&mut out, name);
    }
    out
}

fn properties(entity: Entity, subgraph: &Subgraph) -> String {
    let source = subgraph.source();
    let mut out = String::new();
    let properties = source.named_properties(entity);
    literal::write_map(&mut out, properties.iter().map(|(key, value)| (*key, value)), source);
    out
}

/// The label and the key by which nodes are found while they are made; the constraint has the key's name.
struct Mark {
    label: String,
    key: String,
}

impl Mark {
    /// Names that nothing in the graph has.
    fn unused(subgraph: &Subgraph) -> Mark {
        let source = subgraph.source();
        let mut mark = Mark { label: "_Import".into(), key: "_import".into() };
        let rules = source.named_rules();
        let is_used = |mark: &Mark| {
            rules.iter().any(|rule| *rule.name == *mark.key || *rule.label == *mark.label)
                || subgraph.nodes().iter().any(|node| {
                    let keys = source.named_properties(Entity::Node(*node));
                    source.named_labels(*node).contains(&mark.label.as_str())
                        || keys.iter().any(|(key, _)| *key == mark.key)
                })
        };
        while is_used(&mark) {
            mark.label.insert(0, '_');
            mark.key.insert(0, '_');
        }
        mark
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::database::Database;
    use crate::engine::RunOptions;
    use crate::graph::{Graph, Value};
    use crate::limits::Limits;

    fn script(graph: &Graph) -> String {
        let mut out = Vec::new();
        let subgraph = Subgraph::whole(Arc::new(graph.clone()));
        write(&subgraph, &Budget::start(&Limits::default()), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn in_batches() {
        let (graph, ..) = crate::render::testing::small();
        let expected = "\
CREATE CONSTRAINT _import FOR (n:_Import) REQUIRE n._import IS UNIQUE;
UNWIND [
  {i: 0, p: {name: 'Compute'}},
  {i: 1, p: {name: 'Networking'}},
  {i: 2, p: {number: 80}}
] AS row
CREATE (n:_Import {_import: row.i}) SET n += row.p;
UNWIND [
  2
] AS i
MATCH (n:_Import {_import: i}) SET n:Port;
UNWIND [
  0
] AS i
MATCH (n:_Import {_import: i}) SET n:Service;
UNWIND [
  1
] AS i
MATCH (n:_Import {_import: i}) SET n:Service:Core;
UNWIND [
  {s: 0, e: 2, p: {since: 2020}}
] AS row
MATCH (s:_Import {_import: row.s}), (e:_Import {_import: row.e}) CREATE (s)-[r:HAS]->(e) SET r += row.p;
UNWIND [
  {s: 1, e: 0, p: {}}
] AS row
MATCH (s:_Import {_import: row.s}), (e:_Import {_import: row.e}) CREATE (s)-[r:PROVIDES_TO]->(e) SET r += row.p;
MATCH (n:_Import) REMOVE n:_Import, n._import;
DROP CONSTRAINT _import;
";
        assert_eq!(script(&graph), expected);
    }

    #[test]
    fn the_mark_is_a_name_of_nothing() {
        let (mut graph, nodes, _) = crate::render::testing::small();
        let key = graph.intern_key("_import");
        graph.set_property(nodes[0], key, Value::Integer(1));
        graph.commit();
        assert!(script(&graph).contains("REQUIRE n.__import IS UNIQUE"));
    }

    #[test]
    fn a_large_graph_comes_back_in_its_order() {
        let database = Database::in_memory(Graph::new());
        let run = |database: &Database, text: &str| database.run(text, &RunOptions::default()).unwrap();
        let make = "UNWIND range(1, 1200) AS i CREATE (a {i: i}) \
            FOREACH (odd IN [x IN [i] WHERE x % 2 = 1] | SET a:Odd CREATE (a)-[:NEXT {w: i}]->(a))";
        run(&database, make);
        let script = script(&database.snapshot());
        let read = Database::in_memory(Graph::new());
        for span in crate::parser::split(&script) {
            run(&read, span.text(&script));
        }
        let nodes = "MATCH (n) RETURN collect([n.i, labels(n), keys(n)]) AS l";
        assert_eq!(run(&database, nodes).rows[0], run(&read, nodes).rows[0]);
        let loops = "MATCH (n)-[r:NEXT]->(n) RETURN collect([n.i, r.w]) AS l";
        assert_eq!(run(&database, loops).rows[0], run(&read, loops).rows[0]);
    }
}
