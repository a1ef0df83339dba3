//! The one file through which the tests see the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use kenning::database::{Connection, Database, LocalConnection};
use kenning::diagnostic::Diagnostic;
use kenning::engine::{RunOptions, Stage};
use kenning::graph::{Entity, EntitySource, Graph, NodeId, RelationshipId, TypeSet, Value};
use kenning::ingest::embedded_graph;
use kenning::limits::{Budget, Files, Limits};
use kenning::procedures::TableProcedure;
use kenning::render::{self, Renderer, Style};
use kenning::result::{Entities, QueryResult, Records};

use super::notation::{Cell, Hop, NodeCell, Properties, RelationshipCell};
use super::{root, streams};

/// No query of a test may take longer: it is stopped and fails.
const TIME_LIMIT: Duration = Duration::from_secs(10);
const MEMORY_LIMIT: usize = 1 << 30;

/// A procedure as the conformance kit gives it.
#[derive(Clone, Debug)]
pub struct ProcedureTable {
    pub name: String,
    /// Names and types, as `STRING?`.
    pub inputs: Vec<(String, String)>,
    pub outputs: Vec<(String, String)>,
    /// Inputs first.
    pub rows: Vec<Vec<Value>>,
}

/// An answer in the conformance kit's notation.
pub struct Answer {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// The graph as the kit's README looks at it to count side effects.
pub struct Snapshot {
    pub nodes: BTreeSet<NodeId>,
    pub relationships: BTreeSet<RelationshipId>,
    /// Entity, key and value. The value as debug text: for it, 1 and 1.0 are two values.
    pub properties: BTreeSet<(Entity, String, String)>,
    pub labels: BTreeSet<String>,
}

/// An engine and the options that all tests run with.
pub struct Session {
    connection: LocalConnection,
    pub limits: Limits,
}

impl Session {
    pub fn empty() -> Session {
        Session::of(Graph::new())
    }

    pub fn of(graph: Graph) -> Session {
        let limits = Limits { time: Some(TIME_LIMIT), memory: Some(MEMORY_LIMIT), ..Limits::default() };
        Session { connection: Database::in_memory(graph).connect(), limits }
    }

    pub fn openstack() -> Session {
        Session::of(embedded_graph())
    }

    pub fn result(&mut self, text: &str, parameters: &BTreeMap<String, Value>) -> Result<QueryResult, Vec<Diagnostic>> {
        let files = Files::new(|name| Ok(Box::new(std::fs::File::open(root().join("tests/data").join(name))?)));
        let (parameters, limits) = (parameters.clone(), self.limits.clone());
        let options = RunOptions { parameters, limits, files: Some(files), ..RunOptions::default() };
        let mut result = self.connection.run(text, &options);
        if let Err(report) = streams::same_in_batches(&mut self.connection, text, &options, &result) {
            panic!("{text}\n{report}");
        }
        if let Ok(result) = &mut result {
            self.tell_apart(result).map_err(|error| vec![error])?;
        }
        result
    }

    /// As the doors do before they show an answer.
    fn tell_apart(&self, result: &mut QueryResult) -> Result<(), Diagnostic> {
        let (graph, budget) = (self.graph(), Budget::start(&self.limits));
        let spelling = |node| self.connection.database().engine().spelling(&graph, node);
        let nodes = result.nodes(&budget)?;
        result.entities = std::mem::take(&mut result.entities).told_apart(&nodes, &spelling, &budget)?;
        Ok(())
    }

    /// As [`Session::result`], with all options chosen.
    pub fn result_with(&mut self, text: &str, options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        self.connection.run(text, options)
    }

    pub fn graph(&self) -> Arc<Graph> {
        self.connection.graph()
    }

    pub fn run(&mut self, text: &str, parameters: &BTreeMap<String, Value>) -> Result<Answer, Vec<Diagnostic>> {
        let QueryResult { columns, rows, entities, .. } = self.result(text, parameters)?;
        // Records of what the rows mention say all that is said of them.
        let records = Records::of(&rows, &*entities, &Budget::start(&self.limits)).map_err(|error| vec![error])?;
        let rows = rows.iter().map(|row| row.iter().map(|value| cell(value, &records)).collect()).collect();
        Ok(Answer { columns, rows })
    }

    pub fn explain(&self, text: &str, stage: Stage) -> Result<String, Vec<Diagnostic>> {
        self.connection.database().explain(text, stage)
    }

    pub fn register(&mut self, table: &ProcedureTable) -> Result<(), String> {
        let fields = |fields: &[(String, String)]| {
            fields.iter().map(|(name, kind)| Ok((name.clone(), type_set(kind)?))).collect::<Result<Vec<_>, String>>()
        };
        self.connection.database().engine().register(TableProcedure {
            name: table.name.clone(),
            parameters: fields(&table.inputs)?,
            yields: fields(&table.outputs)?,
            rows: table.rows.clone(),
        });
        Ok(())
    }

    pub fn snapshot(&self) -> Snapshot {
        let graph = self.connection.graph();
        let nodes: BTreeSet<NodeId> = graph.nodes().collect();
        let relationships: BTreeSet<RelationshipId> = graph.relationships().collect();
        let entities =
            nodes.iter().copied().map(Entity::Node).chain(relationships.iter().copied().map(Entity::Relationship));
        let properties = entities.flat_map(|entity| {
            let of_entity = graph.properties(entity).into_iter();
            of_entity.map(move |(key, value)| (entity, key.to_string(), format!("{value:?}")))
        });
        let labels = nodes.iter().flat_map(|node| labels(*node, &graph));
        Snapshot { labels: labels.collect(), properties: properties.collect(), nodes, relationships }
    }
}

/// `STRING?`: a type of the kit; null is always allowed.
fn type_set(kind: &str) -> Result<TypeSet, String> {
    Ok(match kind.trim_end_matches('?') {
        "ANY" => TypeSet::ANY,
        "BOOLEAN" => TypeSet::BOOLEAN,
        "INTEGER" => TypeSet::INTEGER,
        "FLOAT" => TypeSet::FLOAT,
        "NUMBER" => TypeSet::NUMBER,
        "STRING" => TypeSet::STRING,
        "LIST" => TypeSet::LIST,
        "MAP" => TypeSet::MAP,
        "NODE" => TypeSet::NODE,
        "RELATIONSHIP" => TypeSet::RELATIONSHIP,
        "PATH" => TypeSet::PATH,
        _ => return Err(format!("`{kind}` is not a type")),
    })
}

fn labels(node: NodeId, graph: &Graph) -> BTreeSet<String> {
    graph.node_labels(node).iter().map(|label| graph.label_name(*label).to_string()).collect()
}

/// The value as the kit writes it.
fn cell(value: &Value, source: &dyn EntitySource) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Boolean(value) => Cell::Boolean(*value),
        Value::Integer(number) => Cell::Integer(*number),
        Value::Float(number) => Cell::Float(*number),
        Value::String(text) => Cell::String(text.to_string()),
        Value::List(items) => Cell::List(items.iter().map(|item| cell(item, source)).collect()),
        Value::Map(map) => Cell::Map(map.iter().map(|(key, value)| (key.to_string(), cell(value, source))).collect()),
        Value::Node(node) => Cell::Node(node_cell(*node, source)),
        Value::Relationship(relationship) => Cell::Relationship(relationship_cell(*relationship, source)),
        Value::Path(path) => {
            let hops = path.relationships.iter().enumerate().map(|(at, relationship)| Hop {
                relationship: relationship_cell(*relationship, source),
                forward: source.relationship_of(*relationship).is_some_and(|found| found.start == path.nodes[at]),
                node: node_cell(path.nodes[at + 1], source),
            });
            Cell::Path(node_cell(path.nodes[0], source), hops.collect())
        }
        // The kit writes temporal values as strings.
        Value::Date(date) => Cell::String(date.to_string()),
        Value::LocalTime(time) => Cell::String(time.to_string()),
        Value::Time(time) => Cell::String(time.to_string()),
        Value::LocalDateTime(moment) => Cell::String(moment.to_string()),
        Value::DateTime(moment) => Cell::String(moment.to_string()),
        Value::Duration(duration) => Cell::String(duration.to_string()),
        Value::Point(point) => Cell::String(point.to_string()),
    }
}

fn node_cell(node: NodeId, source: &dyn EntitySource) -> NodeCell {
    NodeCell {
        labels: source.named_labels(node).into_iter().map(str::to_string).collect(),
        properties: properties(Entity::Node(node), source),
    }
}

fn relationship_cell(relationship: RelationshipId, source: &dyn EntitySource) -> RelationshipCell {
    RelationshipCell {
        kind: source.type_of(relationship).to_string(),
        properties: properties(Entity::Relationship(relationship), source),
    }
}

fn properties(entity: Entity, source: &dyn EntitySource) -> Properties {
    source.named_properties(entity).iter().map(|(key, value)| (key.to_string(), cell(value, source))).collect()
}

/// An answer as text: in the format of this name, or as the shell draws it, followed by what there is to say about it.
pub fn render(result: &QueryResult, format: Option<&str>, text: &str) -> Result<String, String> {
    let renderer = match format {
        Some(name) => render::find(name).ok_or_else(|| format!("`{name}` is not a tag"))?,
        None => render::by_shape(result.shape),
    };
    let out = written(renderer, result)?;
    let entities = Entities::collect(&result.rows, &*result.entities, &Budget::start(&Limits::default()));
    let copied = QueryResult { entities: entities.map_err(|error| error.to_string())?, ..result.clone() };
    if written(renderer, &copied)? != out {
        return Err(format!("{}: records of the entities are written in another way", renderer.name));
    }
    let mut out = result.plan.clone().unwrap_or_default() + &out;
    let warnings = result.warnings.iter().map(|warning| warning.draw(text, false));
    for line in render::changes(&result.changes).into_iter().chain(result.notes.iter().cloned()).chain(warnings) {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out += &line;
    }
    Ok(out)
}

fn written(renderer: &Renderer, result: &QueryResult) -> Result<String, String> {
    let mut out = Vec::new();
    (renderer.write)(result, &Style::default(), &mut out).map_err(|error| format!("{}: {error}", renderer.name))?;
    String::from_utf8(out).map_err(|error| format!("{}: {error}", renderer.name))
}

pub fn draw_errors(errors: &[Diagnostic], text: &str) -> String {
    errors.iter().map(|error| error.draw(text, false)).collect::<Vec<_>>().join("\n")
}

pub fn line_per_error(errors: &[Diagnostic]) -> String {
    errors.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join("\n")
}
