//! [`Reader`]: reads parts of a remote graph with statements that every engine of openCypher 9 runs: one hop from many
//! nodes, nodes by their ids, all of a kind.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::client::{Answered, Client, Receiver, Trouble};
use super::picture::{Id, Picture};
use crate::bolt::entity::{Identity, SentNode, TakesEntities};
use crate::diagnostic::{Diagnostic, Kind};
use crate::graph::{NodeId, Value};
use crate::limits::Budget;

/// Ids sent with one statement.
pub(super) const BATCH: usize = 10_000;
/// How often a statement that only reads is tried.
const TRIES: u32 = 4;

/// How a server lets nodes be found by what it calls them, and which better forms it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Abilities {
    /// The function that gives a node's id: `id` or `elementId`.
    pub(super) id: &'static str,
    /// A pattern of any length whose distinct ends are asked for visits every node once.
    pub(super) reaches: bool,
}

impl Default for Abilities {
    fn default() -> Abilities {
        Abilities { id: "id", reaches: false }
    }
}

/// Which end of a relation a hop starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Out,
    In,
}

pub(super) struct Reader<'c> {
    pub(super) client: &'c mut Client,
    pub(super) abilities: Abilities,
    pub(super) time: Option<Duration>,
    pub(super) budget: &'c Budget,
    /// Relations of less confidence are left where they are.
    pub(super) least: f64,
    /// The transaction that is open is the user's: an error ends it.
    pub(super) borrowed: bool,
}

impl Reader<'_> {
    /// Hands on the rows of a statement that only reads. If the server asks to try again, that is done, unless rows have
    /// been taken already.
    pub(super) fn rows(
        &mut self,
        statement: &str,
        parameters: &BTreeMap<String, Value>,
        take: &mut dyn FnMut(Vec<Value>) -> Result<(), Diagnostic>,
    ) -> Result<Answered, Diagnostic> {
        let mut tried = 0;
        loop {
            tried += 1;
            let mut rows = Rows { take, taken: 0 };
            let limits = (self.time, self.budget.watch());
            let was_open = self.client.in_transaction;
            match self.client.run(statement, parameters, true, &mut rows, limits) {
                Ok(answered) => return Ok(answered),
                Err(Trouble::Refused(failure))
                    if failure.is_transient() && rows.taken == 0 && tried < TRIES && !was_open =>
                {
                    std::thread::sleep(Duration::from_millis(20 << tried));
                }
                Err(trouble) => return Err(explained(trouble, statement)),
            }
        }
    }

    /// Runs a statement that changes the graph, once.
    pub(super) fn changes(
        &mut self,
        statement: &str,
        parameters: &BTreeMap<String, Value>,
        take: &mut dyn FnMut(Vec<Value>) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let limits = (self.time, self.budget.watch());
        let ran = self.client.run(statement, parameters, false, &mut Rows { take, taken: 0 }, limits);
        ran.map(drop).map_err(|trouble| explained(trouble, statement))
    }

    /// Hands on the rows of a statement that not every server knows; whether this one does.
    pub(super) fn asked(
        &mut self,
        statement: &str,
        take: &mut dyn FnMut(Vec<Value>) -> Result<(), Diagnostic>,
    ) -> Result<bool, Diagnostic> {
        if self.client.unknown.contains(statement) {
            return Ok(false);
        }
        let limits = (self.time, self.budget.watch());
        match self.client.run(statement, &BTreeMap::new(), true, &mut Rows { take, taken: 0 }, limits) {
            Ok(_) => Ok(true),
            Err(Trouble::Refused(_)) => {
                self.client.unknown.insert(statement.to_string());
                Ok(false)
            }
            Err(Trouble::Stopped(error)) => Err(error),
        }
    }

    /// Follows relations of these types (all if there are none to name) from nodes, one hop. Gives the other ends.
    pub(super) fn hop(
        &mut self,
        picture: &mut Picture,
        from: &BTreeSet<Id>,
        way: Way,
        types: &Types,
    ) -> Result<BTreeSet<Id>, Diagnostic> {
        let mut reached = BTreeSet::new();
        let Some(types) = types.pattern() else { return Ok(reached) };
        let statement = hop_statement(self.abilities, way, &types);
        let (least, budget) = (self.least, self.budget);
        for batch in batches(from) {
            let parameters = BTreeMap::from([("ids".to_string(), batch)]);
            self.rows(&statement, &parameters, &mut |row| {
                let ends = picture.take_relation(row, least, budget)?;
                reached.extend(ends.map(|(start, end)| if way == Way::Out { end } else { start }));
                budget.tick()
            })?;
        }
        Ok(reached)
    }

    /// Everything that nodes reach over relations of these types, of any length, in one statement.
    pub(super) fn far(&mut self, from: &BTreeSet<Id>, way: Way, types: &Types) -> Result<BTreeSet<Id>, Diagnostic> {
        let mut reached = BTreeSet::new();
        let Some(types) = types.pattern() else { return Ok(reached) };
        let statement = far_statement(self.abilities, way, &types);
        let budget = self.budget;
        for batch in batches(from) {
            let parameters = BTreeMap::from([("ids".to_string(), batch)]);
            self.rows(&statement, &parameters, &mut |row| {
                budget.charge(size_of::<Id>() * 3)?;
                reached.extend(row.first().and_then(Id::of));
                Ok(())
            })?;
        }
        Ok(reached)
    }

    /// Labels and properties of the nodes that have come only as ends of relations.
    pub(super) fn complete(&mut self, picture: &mut Picture) -> Result<(), Diagnostic> {
        let bare = picture.bare();
        let statement = nodes_statement(self.abilities);
        for batch in batches(&bare) {
            self.nodes(picture, &statement, &BTreeMap::from([("ids".to_string(), batch)]))?;
        }
        Ok(())
    }

    /// Takes the nodes that a statement gives as `id, labels, properties`.
    pub(super) fn nodes(
        &mut self,
        picture: &mut Picture,
        statement: &str,
        parameters: &BTreeMap<String, Value>,
    ) -> Result<BTreeSet<Id>, Diagnostic> {
        let (mut found, budget) = (BTreeSet::new(), self.budget);
        self.rows(statement, parameters, &mut |row| {
            found.insert(picture.take_node(row, budget)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// All nodes.
    pub(super) fn every_node(&mut self, picture: &mut Picture) -> Result<(), Diagnostic> {
        let statement = format!("MATCH (n) {}", node_columns(self.abilities));
        self.nodes(picture, &statement, &BTreeMap::new()).map(drop)
    }

    /// All relations of these types.
    pub(super) fn every_relation(&mut self, picture: &mut Picture, types: &Types) -> Result<(), Diagnostic> {
        let Some(types) = types.pattern() else { return Ok(()) };
        let statement = format!("MATCH (a)-[r{types}]->(b) {}", relation_columns(self.abilities));
        let (least, budget) = (self.least, self.budget);
        self.rows(&statement, &BTreeMap::new(), &mut |row| picture.take_relation(row, least, budget).map(drop))?;
        Ok(())
    }

    /// Finds out what the server can do, by asking it.
    pub(super) fn probe(&mut self) -> Result<Abilities, Diagnostic> {
        for (id, by_text) in [("id", false), ("elementId", true), ("id", true)] {
            let statement = format!("MATCH (n) WITH n LIMIT 1 RETURN n, {id}(n)");
            let mut probe = Probe { sent: None, id: None };
            let limits = (self.time, self.budget.watch());
            match self.client.run(&statement, &BTreeMap::new(), true, &mut probe, limits) {
                Ok(_) => {}
                Err(Trouble::Refused(_)) => continue,
                Err(Trouble::Stopped(error)) => return Err(error),
            }
            let fits = match (&probe.sent, &probe.id) {
                // An empty graph does not tell.
                (None, _) => true,
                (Some(identity), Some(Id::Number(number))) => !by_text && *number == identity.number,
                (Some(_), Some(Id::Text(_))) => by_text,
                (Some(_), None) => false,
            };
            if fits {
                let abilities = Abilities { id, reaches: false };
                return Ok(Abilities { reaches: self.reaches(abilities)?, ..abilities });
            }
        }
        Ok(Abilities::default())
    }

    /// Whether the plan of a pattern of any length says that it is searched breadth first.
    fn reaches(&mut self, abilities: Abilities) -> Result<bool, Diagnostic> {
        let statement = format!("EXPLAIN {}", far_statement(abilities, Way::Out, ":X"));
        let parameters = BTreeMap::from([("ids".to_string(), Value::list([]))]);
        let mut rows = Rows { take: &mut |_| Ok(()), taken: 0 };
        let limits = (self.time, self.budget.watch());
        match self.client.run(&statement, &parameters, true, &mut rows, limits) {
            Ok(answered) => Ok(answered.summary.get("plan").is_some_and(says_pruning)),
            Err(Trouble::Refused(_)) => Ok(false),
            Err(Trouble::Stopped(error)) => Err(error),
        }
    }
}

/// Whether an operator of a plan prunes what it visits.
fn says_pruning(plan: &Value) -> bool {
    let Value::Map(plan) = plan else { return false };
    let is_it = plan.get("operatorType").and_then(Value::as_str).is_some_and(|name| name.contains("(Pruning"));
    let Some(Value::List(children)) = plan.get("children") else { return is_it };
    is_it || children.iter().any(says_pruning)
}

/// The relationship types that are followed one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Types {
    All,
    Named(Vec<String>),
}

impl Types {
    /// As it stands in a pattern; `None` if there is nothing to follow.
    pub(super) fn pattern(&self) -> Option<String> {
        match self {
            Types::All => Some(String::new()),
            Types::Named(names) if names.is_empty() => None,
            Types::Named(names) => {
                let names: Vec<String> = names.iter().map(|name| ticked(name)).collect();
                Some(format!(":{}", names.join("|")))
            }
        }
    }

    pub(super) fn are_none(&self) -> bool {
        self.pattern().is_none()
    }
}

/// A name in backquotes.
pub(super) fn ticked(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

pub(super) fn hop_statement(abilities: Abilities, way: Way, types: &str) -> String {
    let (from, pattern) = match way {
        Way::Out => ("a", format!("(a)-[r{types}]->(b)")),
        Way::In => ("b", format!("(b)<-[r{types}]-(a)")),
    };
    let (id, columns) = (abilities.id, relation_columns(abilities));
    format!("UNWIND $ids AS i MATCH {pattern} WHERE {id}({from}) = i {columns}")
}

pub(super) fn far_statement(Abilities { id, .. }: Abilities, way: Way, types: &str) -> String {
    let pattern = match way {
        Way::Out => format!("(a)-[{types}*]->(b)"),
        Way::In => format!("(a)<-[{types}*]-(b)"),
    };
    format!("MATCH (a) WHERE {id}(a) IN $ids MATCH {pattern} RETURN DISTINCT {id}(b)")
}

pub(super) fn nodes_statement(abilities: Abilities) -> String {
    format!("UNWIND $ids AS i MATCH (n) WHERE {}(n) = i {}", abilities.id, node_columns(abilities))
}

pub(super) fn node_columns(Abilities { id, .. }: Abilities) -> String {
    format!("RETURN {id}(n) AS id, labels(n) AS labels, properties(n) AS properties")
}

/// The ends are asked of the relation: a server may let a symmetric type be followed both ways.
fn relation_columns(Abilities { id, .. }: Abilities) -> String {
    format!("RETURN {id}(startNode(r)), {id}(endNode(r)), {id}(r), type(r), properties(r)")
}

fn batches(ids: &BTreeSet<Id>) -> impl Iterator<Item = Value> {
    let ids: Vec<Value> = ids.iter().map(Id::value).collect();
    let batches: Vec<Value> = ids.chunks(BATCH).map(|batch| Value::list(batch.iter().cloned())).collect();
    batches.into_iter()
}

/// An error of a statement that the user has not written.
fn explained(trouble: Trouble, statement: &str) -> Diagnostic {
    let mut error = trouble.of(statement);
    error.span = None;
    if error.kind != Kind::Stopped && error.kind != Kind::IoError {
        error.message = format!("{} (in `{statement}`, which was sent to answer)", error.message);
    }
    error
}

/// Rows without nodes and relationships as such.
struct Rows<'t> {
    take: &'t mut dyn FnMut(Vec<Value>) -> Result<(), Diagnostic>,
    taken: usize,
}

impl TakesEntities for Rows<'_> {}

impl Receiver for Rows<'_> {
    fn row(&mut self, row: Vec<Value>) -> Result<(), Diagnostic> {
        self.taken += 1;
        (self.take)(row)
    }
}

/// A node, and what a function says its id is.
struct Probe {
    sent: Option<Identity>,
    id: Option<Id>,
}

impl TakesEntities for Probe {
    fn node(&mut self, node: SentNode) -> NodeId {
        self.sent = Some(node.identity);
        NodeId::new(0)
    }
}

impl Receiver for Probe {
    fn row(&mut self, row: Vec<Value>) -> Result<(), Diagnostic> {
        self.id = row.get(1).and_then(Id::of);
        Ok(())
    }
}
