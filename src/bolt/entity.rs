//! Nodes, relationships and paths as a server sends them.

use std::sync::Arc;

use super::packstream::{Token, Unpacker};
use super::value::{Fields, NODE, RELATIONSHIP, RELATIONSHIP_OF_PATH, Reader, Refused, Result, malformed};
use crate::graph::{Map, NodeId, Path, RelationshipId, Value};

/// What says which node or relationship of a server is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    pub number: i64,
    /// Absent before 5.0.
    pub element_id: Option<Arc<str>>,
}

/// A node as a server sends it.
#[derive(Clone, Debug, PartialEq)]
pub struct SentNode {
    pub identity: Identity,
    pub labels: Vec<Arc<str>>,
    pub properties: Map,
}

/// A relationship as a server sends it.
#[derive(Clone, Debug, PartialEq)]
pub struct SentRelationship {
    pub identity: Identity,
    pub start: Identity,
    pub end: Identity,
    pub relationship_type: Arc<str>,
    pub properties: Map,
}

/// What becomes of the nodes and relationships of an answer. Unless it is said, none is kept, and all have the number 0.
pub trait TakesEntities {
    fn node(&mut self, _: SentNode) -> NodeId {
        NodeId::new(0)
    }

    fn relationship(&mut self, _: SentRelationship) -> RelationshipId {
        RelationshipId::new(0)
    }
}

/// Reads a node, relationship or path, whose signature and number of fields have been read.
pub(super) fn read(reader: &mut Reader, unpacker: &mut Unpacker, signature: u8, count: usize) -> Result<Value> {
    match signature {
        NODE => {
            let node = node(reader, unpacker, count)?;
            Ok(Value::Node(taker(reader)?.node(node)))
        }
        RELATIONSHIP => {
            let relationship = relationship(reader, unpacker, count)?;
            Ok(Value::Relationship(taker(reader)?.relationship(relationship)))
        }
        _ => path(reader, unpacker, count),
    }
}

fn taker<'r>(reader: &'r mut Reader) -> Result<&'r mut dyn TakesEntities> {
    match &mut reader.entities {
        Some(entities) => Ok(*entities),
        None => Err(Refused::Value("a node or relationship cannot stand here".into())),
    }
}

fn expect(count: usize, expected: usize, what: &str) -> Result<()> {
    match count == expected {
        true => Ok(()),
        false => malformed(format!("a {what} has {expected} fields, but {count} came")),
    }
}

fn node(reader: &mut Reader, unpacker: &mut Unpacker, count: usize) -> Result<SentNode> {
    let modern = reader.dialect.element_ids;
    expect(count, if modern { 4 } else { 3 }, "node")?;
    let number = Fields(unpacker).integer()?;
    let labels = match unpacker.token()? {
        Token::List(length) => {
            (0..length).map(|_| Ok(Arc::from(Fields(unpacker).string()?))).collect::<Result<Vec<Arc<str>>>>()?
        }
        other => return malformed(format!("a node has {} where its labels belong", other.name())),
    };
    let properties = properties(reader, unpacker)?;
    let element_id = element_id(unpacker, modern)?;
    Ok(SentNode { identity: Identity { number, element_id }, labels, properties })
}

fn relationship(reader: &mut Reader, unpacker: &mut Unpacker, count: usize) -> Result<SentRelationship> {
    let modern = reader.dialect.element_ids;
    expect(count, if modern { 8 } else { 5 }, "relationship")?;
    let mut fields = Fields(unpacker);
    let numbers = [fields.integer()?, fields.integer()?, fields.integer()?];
    let relationship_type = Arc::from(fields.string()?);
    let properties = properties(reader, unpacker)?;
    let [own, start, end] = numbers;
    let identity = Identity { number: own, element_id: element_id(unpacker, modern)? };
    let start = Identity { number: start, element_id: element_id(unpacker, modern)? };
    let end = Identity { number: end, element_id: element_id(unpacker, modern)? };
    Ok(SentRelationship { identity, start, end, relationship_type, properties })
}

/// A relationship within a path, whose ends the path's steps tell.
struct Unbound {
    identity: Identity,
    relationship_type: Arc<str>,
    properties: Map,
}

fn unbound(reader: &mut Reader, unpacker: &mut Unpacker) -> Result<Unbound> {
    let modern = reader.dialect.element_ids;
    match unpacker.token()? {
        Token::Structure { signature: RELATIONSHIP_OF_PATH, fields } => {
            expect(fields, if modern { 4 } else { 3 }, "relationship of a path")?;
        }
        other => return malformed(format!("a path has {} where a relationship belongs", other.name())),
    }
    let mut fields = Fields(unpacker);
    let number = fields.integer()?;
    let relationship_type = Arc::from(fields.string()?);
    let properties = properties(reader, unpacker)?;
    Ok(Unbound {
        identity: Identity { number, element_id: element_id(unpacker, modern)? },
        relationship_type,
        properties,
    })
}

fn path(reader: &mut Reader, unpacker: &mut Unpacker, count: usize) -> Result<Value> {
    expect(count, 3, "path")?;
    let mut nodes = Vec::new();
    for _ in 0..list(unpacker)? {
        match unpacker.token()? {
            Token::Structure { signature: NODE, fields } => nodes.push(node(reader, unpacker, fields)?),
            other => return malformed(format!("a path has {} where a node belongs", other.name())),
        }
    }
    let relationships = (0..list(unpacker)?).map(|_| unbound(reader, unpacker)).collect::<Result<Vec<_>>>()?;
    let steps = (0..list(unpacker)?).map(|_| Fields(unpacker).integer()).collect::<Result<Vec<_>>>()?;
    if !steps.len().is_multiple_of(2) || nodes.is_empty() {
        return malformed("the steps of a path do not go in pairs, or it has no node");
    }
    let ends: Vec<Identity> = nodes.iter().map(|node| node.identity.clone()).collect();
    let taker = taker(reader)?;
    // Each is handed on once, however often the path passes it.
    let nodes: Vec<NodeId> = nodes.into_iter().map(|node| taker.node(node)).collect();
    let mut taken: Vec<Option<RelationshipId>> = vec![None; relationships.len()];
    let mut path = Path { nodes: vec![nodes[0]], relationships: Vec::new() };
    let mut from = 0;
    for step in steps.chunks_exact(2) {
        let place = usize::try_from(step[0].unsigned_abs()).ok().and_then(|number| number.checked_sub(1));
        let to = usize::try_from(step[1]).ok().filter(|to| *to < nodes.len());
        let (Some((place, via)), Some(to)) = (place.and_then(|at| Some((at, relationships.get(at)?))), to) else {
            return malformed("a step of a path leads to what the path does not hold");
        };
        let (start, end) = if step[0] > 0 { (from, to) } else { (to, from) };
        let id = taken[place].unwrap_or_else(|| {
            taker.relationship(SentRelationship {
                identity: via.identity.clone(),
                start: ends[start].clone(),
                end: ends[end].clone(),
                relationship_type: via.relationship_type.clone(),
                properties: via.properties.clone(),
            })
        });
        taken[place] = Some(id);
        path.relationships.push(id);
        path.nodes.push(nodes[to]);
        from = to;
    }
    Ok(Value::Path(path.into()))
}

fn list(unpacker: &mut Unpacker) -> Result<usize> {
    match unpacker.token()? {
        Token::List(length) => Ok(length),
        other => malformed(format!("a path has {} where a list belongs", other.name())),
    }
}

fn properties(reader: &mut Reader, unpacker: &mut Unpacker) -> Result<Map> {
    match unpacker.token()? {
        Token::Map(length) => reader.map(unpacker, length),
        other => malformed(format!("properties are {}, not a map", other.name())),
    }
}

fn element_id(unpacker: &mut Unpacker, modern: bool) -> Result<Option<Arc<str>>> {
    match modern {
        true => Ok(Some(Arc::from(Fields(unpacker).string()?))),
        false => Ok(None),
    }
}
