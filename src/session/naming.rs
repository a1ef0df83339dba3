//! What the nodes of an answer are called: apart from each other, and by which property.

use std::sync::Arc;

use super::Session;
use super::report::{Failure, Output};
use crate::diagnostic::Diagnostic;
use crate::export::Subgraph;
use crate::graph::{Graph, LabelId, NodeId, Titles};
use crate::render::clean;
use crate::result::QueryResult;

/// More labels than these are counted.
const AT_MOST: usize = 4;

/// A picture of more nodes has no room for what tells them apart.
const MOST_IN_A_PICTURE: usize = 5_000;

impl Session {
    /// Calls nodes of one name by what tells them apart, and says once what nodes go by if that is guessed.
    pub(super) fn name_nodes(&self, result: &mut QueryResult, output: &mut Output) -> Result<(), Failure> {
        match self.told_apart(result) {
            Ok(nodes) => self.say_naming(&nodes, output),
            Err(error) => Err(self.show_errors(output, "", &[error])?),
        }
    }

    fn told_apart(&self, result: &mut QueryResult) -> Result<Vec<NodeId>, Diagnostic> {
        let budget = self.budget();
        let nodes = result.nodes(&budget)?;
        let Some(graph) = self.answered_on() else { return Ok(nodes) };
        let spelling = |node| self.connection.database().engine().spelling(&graph, node);
        result.entities = std::mem::take(&mut result.entities).told_apart(&nodes, &spelling, &budget)?;
        Ok(nodes)
    }

    /// All of the graph, for a file or a picture.
    pub(crate) fn whole(&self) -> Subgraph {
        self.told_apart_in(self.graph())
    }

    /// All of a graph, with nodes of one name told apart.
    pub(super) fn told_apart_in(&self, graph: Arc<Graph>) -> Subgraph {
        let whole = Subgraph::whole(graph.clone());
        if graph.node_count() > MOST_IN_A_PICTURE {
            return whole;
        }
        let spelling = |node| self.connection.database().engine().spelling(&graph, node);
        // Only a limit stops it, which will stop what is to be written, too.
        whole.clone().told_apart(&spelling, &self.budget()).unwrap_or(whole)
    }

    fn say_naming(&self, nodes: &[NodeId], output: &mut Output) -> Result<(), Failure> {
        let mut open = self.open_graph();
        let Some(graph) = self.answered_on() else { return Ok(()) };
        let titles = Titles::of(&graph);
        if open.said_naming || !titles.may_guess() {
            return Ok(());
        }
        let exists = |node: &&NodeId| node.index() < graph.node_bound();
        if nodes.iter().filter(exists).any(|node| titles.get(*node).is_some_and(|title| title.guessed)) {
            open.said_naming = true;
            output.out.flush()?;
            writeln!(output.err, "note: {}", clean(&naming(&graph, &titles)))?;
        }
        Ok(())
    }
}

/// `nodes of Movie go by `title`, of Host by `host`; …`
fn naming(graph: &Graph, titles: &Titles) -> String {
    let mut labels: Vec<LabelId> = graph.labels().filter(|label| graph.label_count(*label) > 0).collect();
    labels.sort_by_key(|label| graph.label_name(*label));
    let declared = |label: &&str| graph.semantics().naming(label).is_some();
    let mut guessed: Vec<(&str, &str)> = Vec::new();
    for label in labels {
        let key = titles.guess(label).map(|key| &**graph.key_name(key)).filter(|key| *key != "name");
        guessed.extend(Some(&**graph.label_name(label)).filter(|label| !declared(label)).zip(key));
    }
    let Some((first, _)) = guessed.first() else {
        let key = titles.guess_unlabelled().map_or("", |key| graph.key_name(key));
        return format!("nodes without a label go by `{key}`; a property `name` comes before it");
    };
    let mut parts: Vec<String> =
        guessed.iter().take(AT_MOST).map(|(label, key)| format!("of {label} by `{key}`")).collect();
    if guessed.len() > AT_MOST {
        parts.push(format!("and so on (SHOW LABELS lists all {})", guessed.len()));
    }
    parts[0] = parts[0].replacen(" by ", " go by ", 1);
    format!("nodes {}; `CREATE LABEL {first} NAMED BY …` changes it", parts.join(", "))
}
