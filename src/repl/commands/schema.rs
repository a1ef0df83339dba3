//! `:schema`: what kinds of things the graph holds.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Next;
use crate::database::Schema;
use crate::graph::{Effect, FailureDirection, Graph, LabelId, Titles, Value};
use crate::render::{self, Role};
use crate::result::{Changes, Entities, QueryResult, Shape, StatementType};
use crate::session::{Failure, Output, Session};

pub(super) fn run(session: &mut Session, _: &str, output: &mut Output) -> Result<Next, Failure> {
    let graph = session.graph();
    let schema = match session.schema() {
        Ok(schema) => schema,
        Err(error) => return super::fail(session, output, error),
    };
    let style = session.settings.style();
    writeln!(output.out, "{}", style.paint(Role::Heading, "Labels"))?;
    table(session, output, &["label", "nodes", "named by"], labels(&graph, &schema))?;
    writeln!(output.out, "{}", style.paint(Role::Heading, "Relationship types"))?;
    table(session, output, &["type", "count", "reads", "reads backwards", "a failure"], types(&graph, &schema))?;
    if session.is_remote() {
        let all = render::clean(&schema.keys.join(", ")).into_owned();
        writeln!(output.out, "{}: {all}", style.paint(Role::Heading, "Property keys"))?;
        return Ok(Next::Stay);
    }
    let on_nodes = keys(graph.nodes().flat_map(|node| graph.properties(node)));
    let on_relationships = keys(graph.relationships().flat_map(|r| graph.properties(r)));
    writeln!(output.out, "{} of nodes: {on_nodes}", style.paint(Role::Heading, "Property keys"))?;
    writeln!(output.out, "{} of relationships: {on_relationships}", style.paint(Role::Heading, "Property keys"))?;
    Ok(Next::Stay)
}

fn table(session: &Session, output: &mut Output, columns: &[&str], rows: Vec<Vec<Value>>) -> Result<(), Failure> {
    let result = QueryResult {
        columns: columns.iter().map(|column| column.to_string()).collect(),
        rows: rows.into(),
        shape: Shape::Table,
        changes: Changes::default(),
        warnings: Vec::new(),
        notes: Vec::new(),
        plan: None,
        plan_tree: None,
        statement_type: StatementType::Read,
        entities: Entities::default(),
    };
    let renderer = render::by_shape(Shape::Table);
    Ok((renderer.write)(&result, &session.settings.style(), output.out)?)
}

/// Those in use, by name.
fn labels(graph: &Graph, schema: &Schema) -> Vec<Vec<Value>> {
    let used = graph.labels().filter(|label| graph.label_count(*label) > 0);
    let mut labels: Vec<_> = used.map(|label| (graph.label_name(label), label)).collect();
    labels.sort();
    let titles = Titles::of(graph);
    let row = |(name, label): (&Arc<str>, LabelId)| {
        let declared = graph.semantics().naming(name).map(|naming| naming.named_by.join(", "));
        let guessed = || titles.guess(label).map(|key| graph.key_name(key).to_string());
        let named_by = declared.or_else(guessed).map_or(Value::Null, Value::from);
        vec![Value::string(name), schema.labels.get(name).copied().unwrap_or_default().into(), named_by]
    };
    labels.into_iter().map(row).collect()
}

fn types(graph: &Graph, schema: &Schema) -> Vec<Vec<Value>> {
    let used = graph.types().filter(|t| graph.type_count(*t) > 0);
    let count = |name: &Arc<str>| schema.types.get(name).copied().unwrap_or_default();
    let mut types: Vec<_> = used.map(|t| (graph.type_name(t), count(graph.type_name(t)))).collect();
    types.sort();
    let row = |(name, count): (&Arc<str>, usize)| {
        let semantics = graph.semantics();
        let failure =
            semantics.get(name).map_or("travels unknown ways", |meaning| match (meaning.failure, meaning.effect) {
                (FailureDirection::Along, Effect::Fails) => "of the start fails the end",
                (FailureDirection::Along, Effect::Degrades) => "of the start degrades the end",
                (FailureDirection::Against, Effect::Fails) => "of the end fails the start",
                (FailureDirection::Against, Effect::Degrades) => "of the end degrades the start",
                (FailureDirection::None, _) => "stays where it is",
            });
        let reads = semantics.phrase(name).into();
        vec![Value::string(name), count.into(), reads, semantics.inverse_phrase(name).into(), failure.into()]
    };
    types.into_iter().map(row).collect()
}

fn keys<'g>(properties: impl Iterator<Item = (&'g Arc<str>, Value)>) -> String {
    let keys: BTreeSet<&str> = properties.map(|(key, _)| &**key).collect();
    match keys.len() {
        0 => "none".into(),
        _ => render::clean(&keys.into_iter().collect::<Vec<_>>().join(", ")).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::render::testing::small;
    use crate::repl::commands::tests::run_line;
    use crate::session::Session;

    #[test]
    fn counts_and_meanings() {
        let (out, err) = run_line(&mut Session::new(small().0, "small"), ":schema");
        assert!(out.contains("│ Service │     2 │ name     │"), "{out}{err}");
        assert!(out.contains("│ PROVIDES_TO │     1 │ provides to"), "{out}");
        assert!(out.contains("of nodes: name, number\n"), "{out}");
        assert!(out.ends_with("of relationships: since\n"), "{out}");
    }
}
