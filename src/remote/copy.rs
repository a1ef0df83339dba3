//! Copying a graph into a server, in batches, each a transaction with a mark of how far it came: a copy that was
//! interrupted goes on where it stopped, and nothing is there twice.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::RemoteConnection;
use super::picture::Id;
use super::reader::{Reader, ticked};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{Entity, EntitySource, Graph, NodeId, RelationshipId, RuleKind, Value};
use crate::limits::{Budget, Limits};

/// Rows of one statement.
const ROWS: usize = 1000;
/// Statements of one transaction.
const STATEMENTS: usize = 10;
/// The label of marks, which are gone at the end.
const MARK: &str = "KenningCopy";

/// What became of a copy.
#[derive(Debug, Default)]
pub(crate) struct Copied {
    pub(crate) nodes: usize,
    pub(crate) relationships: usize,
    /// What was there from a copy that had been interrupted.
    pub(crate) resumed: bool,
    /// What the server does not take, a sentence each.
    pub(crate) left_out: Vec<String>,
}

/// Copies a graph that is called `from`. A database that holds something is refused unless `add`.
pub(crate) fn copy_into(
    remote: &mut RemoteConnection,
    graph: &Graph,
    (from, add): (&str, bool),
    limits: &Limits,
) -> Result<Copied, Diagnostic> {
    let budget = Budget::start(limits);
    remote.forget();
    let schema = remote.schema_within(limits)?;
    let name = format!("{from} {:08x}", fingerprint(graph, &budget)?);
    let mut reader = remote.reader(limits, &budget)?;
    let done = marks(&mut reader, &name)?;
    if done.is_empty() && schema.nodes > 0 && !add {
        let begun =
            if schema.names.labels.contains_key(MARK) { ", some of them of another copy that was begun" } else { "" };
        let message = format!("the database holds {} nodes already{begun}", schema.nodes);
        let error = Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message);
        return Err(error.help("copy into an empty database, or add to this one with --add"));
    }
    let mut copied = Copied { resumed: !done.is_empty(), ..Copied::default() };
    let mut copy = Copying { reader, graph, name: &name, budget: &budget, done, ids: Vec::new() };
    copied.nodes = copy.nodes()?;
    copied.relationships = copy.relationships()?;
    copied.left_out = copy.rules()?;
    copy.forget_marks()?;
    drop(copy);
    remote.keep_meaning(graph, limits)?;
    Ok(copied)
}

impl RemoteConnection {
    /// Keeps beside what the types and labels of a graph mean.
    fn keep_meaning(&mut self, graph: &Graph, limits: &Limits) -> Result<(), Diagnostic> {
        let semantics = graph.semantics();
        if semantics.iter().next().is_none() && semantics.namings().len() == 0 {
            return Ok(());
        }
        let mut transaction = self.meaning()?.begin_write(limits)?;
        semantics.iter().for_each(|meaning| transaction.graph_mut().declare(meaning.clone()));
        semantics.namings().for_each(|naming| transaction.graph_mut().name_by(naming.clone()));
        transaction.commit()
    }
}

/// What tells the graph from another of the same name: a copy that was interrupted goes on with the same one only.
fn fingerprint(graph: &Graph, budget: &Budget) -> Result<u32, Diagnostic> {
    let mut hasher = crc32fast::Hasher::new();
    for node in graph.nodes() {
        budget.tick()?;
        hasher.update(format!("{:?}{:?}", graph.named_labels(node), graph.named_properties(node.into())).as_bytes());
    }
    for relationship in graph.relationships() {
        budget.tick()?;
        let (shape, name) = (graph.relationship(relationship), graph.type_of(relationship));
        let ends = (shape.start.index(), shape.end.index());
        hasher.update(format!("{ends:?}{name}{:?}", graph.named_properties(relationship.into())).as_bytes());
    }
    Ok(hasher.finalize())
}

/// By part: the ids of the nodes that it made.
type Marks = BTreeMap<i64, Vec<Id>>;

/// How far a copy of this name has come.
fn marks(reader: &mut Reader, name: &str) -> Result<Marks, Diagnostic> {
    let mut marks = Marks::new();
    let statement = format!("MATCH (m:{MARK}) WHERE m.copy = $copy RETURN m.part, m.ids");
    let parameters = BTreeMap::from([("copy".to_string(), Value::from(name))]);
    reader.rows(&statement, &parameters, &mut |row| {
        if let (Some(part), Some(Value::List(ids))) = (row.first().and_then(Value::as_integer), row.get(1)) {
            marks.insert(part, ids.iter().filter_map(Id::of).collect());
        }
        Ok(())
    })?;
    Ok(marks)
}

struct Copying<'c> {
    reader: Reader<'c>,
    graph: &'c Graph,
    name: &'c str,
    budget: &'c Budget,
    done: Marks,
    /// By number of the node here: what it is called there.
    ids: Vec<Option<Id>>,
}

/// What is made by one statement: entities of one kind that have the same labels, or the same type.
struct Batch<E> {
    statement: String,
    entities: Vec<E>,
}

/// Makes a batch there; gives the ids of nodes, in their order.
type Make<'c, E> = dyn FnMut(&mut Copying<'c>, &Batch<E>) -> Result<Vec<Id>, Diagnostic>;

impl<'c> Copying<'c> {
    fn nodes(&mut self) -> Result<usize, Diagnostic> {
        let graph = self.graph;
        self.ids = vec![None; graph.node_bound()];
        let mut by_labels: BTreeMap<Vec<Arc<str>>, Vec<NodeId>> = BTreeMap::new();
        for node in graph.nodes() {
            let labels = graph.node_labels(node).iter().map(|label| graph.label_name(*label).clone());
            by_labels.entry(labels.collect()).or_default().push(node);
        }
        let id = self.reader.abilities.id;
        let batches = by_labels.into_iter().flat_map(|(labels, nodes)| {
            let labels: String = labels.iter().map(|label| format!(":{}", ticked(label))).collect();
            let statement = format!("UNWIND $rows AS row CREATE (n{labels}) SET n = row[1] RETURN row[0], {id}(n)");
            cut(statement, nodes)
        });
        self.parts(batches.collect(), 0, &mut |copy, batch| {
            let row = |node: &NodeId| Value::list([Value::from(node.index()), copy.properties((*node).into())]);
            let rows = Value::list(batch.entities.iter().map(row));
            let mut made = Vec::new();
            let parameters = BTreeMap::from([("rows".to_string(), rows)]);
            copy.reader.changes(&batch.statement, &parameters, &mut |row| {
                let place = row.first().and_then(Value::as_integer).and_then(|place| usize::try_from(place).ok());
                made.extend(place.zip(row.get(1).and_then(Id::of)));
                Ok(())
            })?;
            // In the order of the rows, whatever the order of the answer.
            made.sort();
            Ok(made.into_iter().map(|(_, id)| id).collect())
        })
    }

    fn relationships(&mut self) -> Result<usize, Diagnostic> {
        let graph = self.graph;
        let mut by_type: BTreeMap<Arc<str>, Vec<RelationshipId>> = BTreeMap::new();
        for relationship in graph.relationships() {
            by_type.entry(graph.relationship_type(relationship).clone()).or_default().push(relationship);
        }
        let id = self.reader.abilities.id;
        let batches = by_type.into_iter().flat_map(|(name, relationships)| {
            let statement = format!(
                "UNWIND $rows AS row MATCH (a) WHERE {id}(a) = row[0] MATCH (b) WHERE {id}(b) = row[1] \
                 CREATE (a)-[r:{}]->(b) SET r = row[2]",
                ticked(&name)
            );
            cut(statement, relationships)
        });
        self.parts(batches.collect(), 1, &mut |copy, batch| {
            let end = |node: NodeId| copy.ids[node.index()].as_ref().map_or(Value::Null, Id::value);
            let row = |id: &RelationshipId| {
                let shape = copy.graph.relationship(*id);
                Value::list([end(shape.start), end(shape.end), copy.properties((*id).into())])
            };
            let rows = Value::list(batch.entities.iter().map(row));
            copy.reader.changes(&batch.statement, &BTreeMap::from([("rows".to_string(), rows)]), &mut |_| Ok(()))?;
            Ok(Vec::new())
        })
    }

    /// Makes batches, some of them a transaction; those whose transactions were committed before are left out.
    /// Gives the number of entities.
    fn parts<E: Made>(
        &mut self,
        batches: Vec<Batch<E>>,
        kind: i64,
        make: &mut Make<'c, E>,
    ) -> Result<usize, Diagnostic> {
        let total = batches.iter().map(|batch| batch.entities.len()).sum();
        let mut done = 0;
        for (place, some) in batches.chunks(STATEMENTS).enumerate() {
            let part = 2 * place as i64 + kind;
            let entities: Vec<E> = some.iter().flat_map(|batch| batch.entities.iter().copied()).collect();
            let ids = match self.done.remove(&part) {
                Some(ids) => ids,
                None => self.part(part, some, make)?,
            };
            for (entity, id) in entities.iter().zip(ids) {
                entity.note(id, &mut self.ids);
            }
            done += entities.len();
            self.budget.tell_progress(done, total);
            self.budget.check()?;
        }
        Ok(total)
    }

    fn part<E>(&mut self, part: i64, batches: &[Batch<E>], make: &mut Make<'c, E>) -> Result<Vec<Id>, Diagnostic> {
        let watch = self.budget.watch();
        self.reader.client.begin(false, None, watch)?;
        let mut ids = Vec::new();
        for batch in batches {
            ids.extend(make(self, batch)?);
        }
        let parameters = BTreeMap::from([
            ("copy".to_string(), Value::from(self.name)),
            ("part".to_string(), Value::Integer(part)),
            ("ids".to_string(), Value::list(ids.iter().map(Id::value))),
        ]);
        let mark = format!("CREATE (:{MARK} {{copy: $copy, part: $part, ids: $ids}})");
        self.reader.changes(&mark, &parameters, &mut |_| Ok(()))?;
        self.reader.client.commit(watch)?;
        Ok(ids)
    }

    fn properties(&self, entity: Entity) -> Value {
        Value::map(self.graph.named_properties(entity))
    }

    /// Makes indexes and constraints; gives those that the server refuses.
    fn rules(&mut self) -> Result<Vec<String>, Diagnostic> {
        let mut left_out = Vec::new();
        for rule in self.graph.named_rules() {
            let keys: Vec<String> = rule.keys.iter().map(|key| format!("n.{}", ticked(key))).collect();
            let (label, keys) = (ticked(&rule.label), keys.join(", "));
            let statement = match rule.kind {
                RuleKind::Index => format!("CREATE INDEX IF NOT EXISTS FOR (n:{label}) ON ({keys})"),
                RuleKind::Unique => {
                    format!("CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) REQUIRE ({keys}) IS UNIQUE")
                }
                RuleKind::NotNull => {
                    format!("CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) REQUIRE {keys} IS NOT NULL")
                }
            };
            match self.reader.changes(&statement, &BTreeMap::new(), &mut |_| Ok(())) {
                Ok(()) => {}
                Err(error) if error.kind == Kind::Stopped || error.kind == Kind::IoError => return Err(error),
                Err(error) => left_out.push(format!("{statement}: {}", error.message)),
            }
        }
        Ok(left_out)
    }

    fn forget_marks(&mut self) -> Result<(), Diagnostic> {
        let statement = format!("MATCH (m:{MARK}) WHERE m.copy = $copy DELETE m");
        let parameters = BTreeMap::from([("copy".to_string(), Value::from(self.name))]);
        self.reader.changes(&statement, &parameters, &mut |_| Ok(()))
    }
}

fn cut<E: Clone>(statement: String, entities: Vec<E>) -> Vec<Batch<E>> {
    let ranges = (0..entities.len()).step_by(ROWS);
    let part = |range: Range<usize>| Batch { statement: statement.clone(), entities: entities[range].to_vec() };
    ranges.map(|start| part(start..entities.len().min(start + ROWS))).collect()
}

/// What a copy makes: of nodes it is noted what they are called there.
trait Made: Copy {
    fn note(&self, id: Id, ids: &mut [Option<Id>]);
}

impl Made for NodeId {
    fn note(&self, id: Id, ids: &mut [Option<Id>]) {
        ids[self.index()] = Some(id);
    }
}

impl Made for RelationshipId {
    fn note(&self, _: Id, _: &mut [Option<Id>]) {}
}
