//! A graph as a Cypher script that creates it anew.
//!
//! Indexes and constraints come first. One statement creates all nodes and relationships of a small graph. Engines plan
//! such a statement in time quadratic in its length, so a larger graph is created in batches of rows; a temporary label
//! and key find the nodes again and are removed at the end. Nodes keep their order. Cypher cannot express what the
//! relationship types mean, which property names the nodes of a label, and what was decided about terms: each is a
//! comment line `// relation {…}`, `// naming {…}` or `// decision {…}` (JSON) at the head of the script, read back by
//! [`relations`], [`namings`] and [`decisions`]. Other readers of Cypher ignore these lines.

mod batches;

use std::io::Write;

use serde::de::DeserializeOwned;

use super::{Error, Subgraph, Written};
use crate::graph::{Decision, LabelNaming, RelationSemantics};
use crate::limits::Budget;
use crate::render::{self, count, literal};

/// Nodes and relationships that one statement creates.
const MOST_IN_ONE: usize = 1000;

const RELATION: &str = "// relation ";
const NAMING: &str = "// naming ";
const DECISION: &str = "// decision ";

/// Writes the script. Ids are given anew when it runs; all else comes back as it was.
pub(super) fn write(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let source = subgraph.source();
    let (nodes, links) = (subgraph.nodes(), subgraph.links());
    writeln!(out, "// kenning graph: {}, {}", count(nodes.len(), "node"), count(links.len(), "relationship"))?;
    for semantics in source.semantics().iter() {
        writeln!(out, "{RELATION}{}", serde_json::to_string(semantics)?)?;
    }
    for naming in source.semantics().namings() {
        writeln!(out, "{NAMING}{}", serde_json::to_string(naming)?)?;
    }
    for decision in source.semantics().decisions() {
        writeln!(out, "{DECISION}{}", serde_json::to_string(decision)?)?;
    }
    for rule in source.named_rules() {
        writeln!(out, "CREATE {};", render::rule(&rule))?;
    }
    match nodes.len() + links.len() <= MOST_IN_ONE {
        true => write_one(subgraph, budget, out)?,
        false => batches::write(subgraph, budget, out)?,
    }
    Ok(Vec::new())
}

/// One statement that creates everything.
fn write_one(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Result<(), Error> {
    let source = subgraph.source();
    let mut line = String::new();
    let mut before = "CREATE\n  ";
    for node in subgraph.nodes() {
        budget.tick()?;
        line.clear();
        literal::write_node_content(&mut line, *node, source);
        let space = if line.starts_with('{') { " " } else { "" };
        write!(out, "{before}(n{}{space}{line})", node.index())?;
        before = ",\n  ";
    }
    for link in subgraph.links() {
        budget.tick()?;
        let shape = subgraph.relationship(link.relationship);
        line.clear();
        literal::write_relationship(&mut line, link.relationship, source);
        write!(out, "{before}(n{})-{line}->(n{})", shape.start.index(), shape.end.index())?;
    }
    if !subgraph.nodes().is_empty() {
        writeln!(out, ";")?;
    }
    Ok(())
}

/// What the head of a script says about relationship types. The error names the line.
pub fn relations(script: &str) -> Result<Vec<RelationSemantics>, String> {
    head(script, RELATION)
}

/// What the head of a script says about labels. The error names the line.
pub fn namings(script: &str) -> Result<Vec<LabelNaming>, String> {
    head(script, NAMING)
}

/// What the head of a script says was decided about terms. The error names the line.
pub fn decisions(script: &str) -> Result<Vec<Decision>, String> {
    head(script, DECISION)
}

fn head<T: DeserializeOwned>(script: &str, prefix: &str) -> Result<Vec<T>, String> {
    let head = script.lines().take_while(|line| line.starts_with("//") || line.trim().is_empty());
    let said = head.enumerate().filter_map(|(at, line)| Some((at + 1, line.strip_prefix(prefix)?)));
    said.map(|(line, json)| serde_json::from_str(json).map_err(|error| format!("line {line}: {error}"))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::graph::{Effect, FailureDirection, Graph, Rule, RuleKind};
    use crate::render::testing::small;

    fn provides() -> RelationSemantics {
        RelationSemantics {
            orders: FailureDirection::None,
            name: "PROVIDES_TO".into(),
            phrase: "provides to".into(),
            inverse: "RECEIVES_FROM".into(),
            inverse_phrase: "receives from".into(),
            symmetric: false,
            transitive: false,
            failure: FailureDirection::Along,
            effect: Effect::Degrades,
            kind_of: vec!["SUPPLY".into()],
            description: "line\nbreak".into(),
        }
    }

    fn port() -> LabelNaming {
        LabelNaming { label: "Port".into(), named_by: vec!["number".into(), "key".into()] }
    }

    fn script(graph: Graph) -> String {
        let mut out = Vec::new();
        let budget = Budget::start(&crate::limits::Limits::default());
        write(&Subgraph::whole(Arc::new(graph)), &budget, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_script() {
        let (mut graph, ..) = small();
        graph.declare(provides());
        graph.name_by(port());
        let script = script(graph);
        let statement = "\
CREATE
  (n0:Service {name: 'Compute'}),
  (n1:Service:Core {name: 'Networking'}),
  (n2:Port {number: 80}),
  (n1)-[:PROVIDES_TO]->(n0),
  (n0)-[:HAS {since: 2020}]->(n2);
";
        assert!(script.starts_with("// kenning graph: 3 nodes, 2 relationships\n// relation {"), "{script}");
        assert!(script.ends_with(statement), "{script}");
        assert_eq!(relations(&script).unwrap(), [provides()]);
        assert_eq!(namings(&script).unwrap(), [port()]);
    }

    #[test]
    fn an_empty_graph_has_no_statement() {
        assert_eq!(script(Graph::new()), "// kenning graph: 0 nodes, 0 relationships\n");
    }

    #[test]
    fn indexes_and_constraints_come_first() {
        let (mut graph, ..) = small();
        let (label, keys) = (graph.intern_label("Port"), vec![graph.intern_key("number")]);
        for (name, kind) in [("by number", RuleKind::Index), ("one", RuleKind::Unique), ("some", RuleKind::NotNull)] {
            graph.add_rule(Rule { name: name.into(), kind, label, keys: keys.clone() }).unwrap();
        }
        let statements = "relationships
CREATE INDEX `by number` FOR (n:Port) ON (n.number);
CREATE CONSTRAINT one FOR (n:Port) REQUIRE (n.number) IS UNIQUE;
CREATE CONSTRAINT some FOR (n:Port) REQUIRE (n.number) IS NOT NULL;
CREATE
";
        let script = script(graph);
        assert!(script.contains(statements), "{script}");
        assert!(crate::parser::parse(&script).is_ok());
    }

    #[test]
    fn a_broken_relation_names_its_line() {
        assert!(relations("// a\n// relation {\"name\": 1}\n").unwrap_err().starts_with("line 2: "));
        assert_eq!(relations("RETURN 1;\n// relation {\n").unwrap(), []);
    }
}
