//! [`Subgraph`]: what an exporter writes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{Entity, EntitySource, NodeId, Path, Relationship, RelationshipId, Value, WholeSource};
use crate::limits::Budget;
use crate::render::{count, value};
use crate::result::{Entities, QueryResult, Shape};

/// Some nodes of a graph and some relationships among them.
#[derive(Clone, Debug)]
pub struct Subgraph {
    source: Entities,
    /// Ascending.
    nodes: Vec<NodeId>,
    /// By id; the ends of each are among the nodes.
    links: Vec<Link>,
    /// Where a picture begins: the terms that were asked about.
    roots: Vec<NodeId>,
    arrangement: Arrangement,
    /// The first chain or path of the result.
    path: BTreeSet<RelationshipId>,
    /// What of the result is not in it: a sentence each.
    left_out: Vec<String>,
    /// It is all of the graph.
    whole: bool,
}

/// A relationship of a subgraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub relationship: RelationshipId,
    /// Whether the result followed it from its end to its start.
    pub against: bool,
}

/// How a picture of a subgraph is best laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// In layers, in the direction in which relationships were followed.
    Layers,
    /// Neighbours near each other.
    Neighbourhood,
}

impl Subgraph {
    /// All of a graph.
    pub fn whole(source: Arc<impl WholeSource + 'static>) -> Subgraph {
        let links = source.every_relationship().map(|relationship| Link { relationship, against: false }).collect();
        Subgraph {
            nodes: source.every_node(),
            links,
            roots: Vec::new(),
            arrangement: Arrangement::Neighbourhood,
            path: BTreeSet::new(),
            left_out: Vec::new(),
            whole: true,
            source: Entities::from(source),
        }
    }

    /// Some nodes of a graph and the relationships among them.
    pub fn among(
        source: Arc<impl WholeSource + 'static>,
        nodes: &BTreeSet<NodeId>,
        budget: &Budget,
    ) -> Result<Subgraph, Diagnostic> {
        let mut links = Vec::new();
        for relationship in source.every_relationship() {
            budget.tick()?;
            let shape = source.relationship_of(relationship);
            if shape.is_some_and(|shape| nodes.contains(&shape.start) && nodes.contains(&shape.end)) {
                links.push(Link { relationship, against: false });
            }
        }
        budget.charge(nodes.len() * 16 + links.len() * 32)?;
        let whole = Subgraph::whole(source);
        Ok(Subgraph { nodes: nodes.iter().copied().collect(), links, whole: false, ..whole })
    }

    /// A node of the same graph with some of its relationships and their other ends, in layers from left to right: what
    /// leads to the node, the node, and what it leads to.
    pub fn around(&self, node: NodeId, relationships: impl IntoIterator<Item = RelationshipId>) -> Subgraph {
        let links: BTreeSet<RelationshipId> = relationships.into_iter().collect();
        let shapes = links.iter().filter_map(|relationship| self.source.relationship_of(*relationship));
        let nodes: BTreeSet<NodeId> = shapes.flat_map(|shape| [shape.start, shape.end]).chain([node]).collect();
        Subgraph {
            source: self.source.clone(),
            nodes: nodes.into_iter().collect(),
            links: links.into_iter().map(|relationship| Link { relationship, against: false }).collect(),
            roots: vec![node],
            arrangement: Arrangement::Layers,
            path: BTreeSet::new(),
            left_out: Vec::new(),
            whole: false,
        }
    }

    /// The nodes, relationships and paths of a result, wherever in its rows they stand, with the ends of the
    /// relationships. An error if there are none.
    pub fn of(result: &QueryResult, budget: &Budget) -> Result<Subgraph, Diagnostic> {
        let mut found = Gathered::new(result);
        for row in &result.rows {
            budget.tick()?;
            found.row(row);
            row.iter().for_each(|value| found.value(value));
        }
        if found.nodes.is_empty() {
            let message = "there is nothing to draw: the result holds no nodes, relationships or paths";
            let error = Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message);
            return Err(error.help("return them whole: `RETURN n, r` rather than `RETURN n.name`"));
        }
        budget.charge(found.nodes.len() * 16 + found.links.len() * 32)?;
        let layered = matches!(result.shape, Shape::Tree | Shape::Chain | Shape::Layers) || found.has_path;
        let mut left_out = Vec::new();
        if found.deleted > 0 {
            left_out.push(format!("{} left out, for they are deleted", count(found.deleted, "mention")));
        }
        Ok(Subgraph {
            source: result.entities.clone(),
            nodes: found.nodes.into_iter().collect(),
            links: found.links.into_iter().map(|(relationship, against)| Link { relationship, against }).collect(),
            roots: found.roots,
            arrangement: if layered { Arrangement::Layers } else { Arrangement::Neighbourhood },
            path: found.path,
            left_out,
            whole: false,
        })
    }

    /// The same, with nodes of one name called by what tells them apart in the graph.
    pub fn told_apart(
        self,
        spelling: &dyn Fn(NodeId) -> Option<String>,
        budget: &Budget,
    ) -> Result<Subgraph, Diagnostic> {
        Ok(Subgraph { source: self.source.clone().told_apart(&self.nodes, spelling, budget)?, ..self })
    }

    /// What is known of its nodes and relationships.
    pub fn source(&self) -> &dyn EntitySource {
        &*self.source
    }

    /// Type and ends of one of its relationships.
    pub fn relationship(&self, relationship: RelationshipId) -> Relationship {
        self.source.relationship_of(relationship).expect("a link is made of what the source holds")
    }

    /// Ascending.
    pub fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }

    /// By id.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The terms that were asked about; none for a whole graph or a pattern.
    pub fn roots(&self) -> &[NodeId] {
        &self.roots
    }

    pub fn arrangement(&self) -> Arrangement {
        self.arrangement
    }

    /// How many indexes and constraints go with it: those of a whole graph.
    pub fn rules(&self) -> usize {
        if self.whole { self.source.named_rules().len() } else { 0 }
    }

    /// What of the result is not in it: a sentence each.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// The place of a node among the nodes.
    pub fn number(&self, node: NodeId) -> usize {
        self.nodes.binary_search(&node).expect("the ends of relationships are among the nodes")
    }

    /// The numbers of a link's nodes, in the direction in which it was followed.
    pub fn ends(&self, link: Link) -> (usize, usize) {
        let shape = self.relationship(link.relationship);
        let (from, to) = if link.against { (shape.end, shape.start) } else { (shape.start, shape.end) };
        (self.number(from), self.number(to))
    }

    /// Whether the relationship is on the first chain or path of the result, and others are not.
    pub fn is_highlighted(&self, relationship: RelationshipId) -> bool {
        self.path.len() < self.links.len() && self.path.contains(&relationship)
    }

    /// What a node is called in a picture: its name, else its labels and its number.
    pub fn caption(&self, node: NodeId) -> String {
        value::node_name(node, self.source()).unwrap_or_else(|| {
            let labels = self.source.named_labels(node).into_iter().map(|label| format!(":{label}"));
            let text = format!("{} #{}", labels.collect::<String>(), node.index());
            crate::render::clean(text.trim_start()).into_owned()
        })
    }
}

/// What has been found in the rows so far.
struct Gathered<'r> {
    result: &'r QueryResult,
    nodes: BTreeSet<NodeId>,
    /// And whether each is followed against its arrow.
    links: BTreeMap<RelationshipId, bool>,
    roots: Vec<NodeId>,
    path: BTreeSet<RelationshipId>,
    has_path: bool,
    deleted: usize,
    /// The columns that say which relationship was followed from where, and of which chain it is.
    relationship: Option<usize>,
    from: Option<usize>,
    term: Option<usize>,
    chain: Option<usize>,
}

impl<'r> Gathered<'r> {
    fn new(result: &'r QueryResult) -> Gathered<'r> {
        let column = |name: &str| result.columns.iter().position(|column| column == name);
        let walked = result.shape != Shape::Table;
        let of_walk = |name: &str| if walked { column(name) } else { None };
        // In an order a term stands beside what it waits for.
        let in_order = column("term").filter(|_| result.shape == Shape::Layers);
        Gathered {
            result,
            nodes: BTreeSet::new(),
            links: BTreeMap::new(),
            roots: Vec::new(),
            path: BTreeSet::new(),
            has_path: false,
            deleted: 0,
            relationship: of_walk("relationship"),
            from: of_walk("parent").or(of_walk("start")).or(in_order),
            term: of_walk("term"),
            chain: of_walk("chain"),
        }
    }

    /// What a row of a walking statement says as a whole.
    fn row(&mut self, row: &[Value]) {
        let at = |column: Option<usize>| column.map_or(&Value::Null, |column| &row[column]);
        match (at(self.from), at(self.relationship)) {
            (Value::Node(from), Value::Relationship(relationship)) => {
                self.follow(*relationship, *from);
                if matches!(at(self.chain), Value::Integer(1)) {
                    self.path.insert(*relationship);
                }
            }
            (Value::Null, Value::Null) => {
                if let Value::Node(term) = at(self.term)
                    && !self.roots.contains(term)
                {
                    self.roots.push(*term);
                }
            }
            _ => {}
        }
    }

    /// Enters all that a value holds.
    fn value(&mut self, value: &Value) {
        match value {
            Value::Node(node) => self.node(*node),
            Value::Relationship(relationship) => self.relationship(*relationship),
            Value::Path(path) => self.path(path),
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Map(map) => map.values().for_each(|item| self.value(item)),
            Value::Null
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Date(_)
            | Value::LocalTime(_)
            | Value::Time(_)
            | Value::LocalDateTime(_)
            | Value::DateTime(_)
            | Value::Duration(_)
            | Value::Point(_) => {}
        }
    }

    fn path(&mut self, path: &Path) {
        let first = !std::mem::replace(&mut self.has_path, true);
        path.nodes.iter().for_each(|node| self.node(*node));
        for (from, relationship) in path.nodes.iter().zip(&path.relationships) {
            self.follow(*relationship, *from);
            if first {
                self.path.insert(*relationship);
            }
        }
    }

    fn node(&mut self, node: NodeId) {
        match self.result.entities.is_deleted(Entity::Node(node)) {
            true => self.deleted += 1,
            false => _ = self.nodes.insert(node),
        }
    }

    fn relationship(&mut self, relationship: RelationshipId) {
        if let Some(shape) = self.live(relationship) {
            self.nodes.extend([shape.start, shape.end]);
            self.links.entry(relationship).or_insert(false);
        }
    }

    /// Enters a relationship that is followed from a node. How it is followed first counts.
    fn follow(&mut self, relationship: RelationshipId, from: NodeId) {
        if let Some(shape) = self.live(relationship) {
            self.nodes.extend([shape.start, shape.end]);
            self.links.entry(relationship).or_insert(shape.start != from);
        }
    }

    fn live(&mut self, relationship: RelationshipId) -> Option<Relationship> {
        let entities = &self.result.entities;
        let live = !entities.is_deleted(Entity::Relationship(relationship));
        self.deleted += usize::from(!live);
        if live { entities.relationship_of(relationship) } else { None }
    }
}
