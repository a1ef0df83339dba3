//! Functions of nodes, relationships and paths.

use super::{Context, Function, Result, function, invalid_value, required};
use crate::diagnostic::{Detail, Diagnostic, Kind, an};
use crate::graph::{Direction, Entity, Map, NodeId, RelationshipId, TypeSet, Value};

const ENTITY: TypeSet = TypeSet::ENTITY;
const HOLDER: TypeSet = TypeSet::ENTITY.or(TypeSet::MAP);

pub const FUNCTIONS: &[Function] = &[
    function(
        "id",
        &[required("entity", ENTITY)],
        TypeSet::INTEGER,
        "The number of a node or relationship in its graph.",
        ("id(null)", "null"),
        |_, arguments| match entity(&arguments[0])? {
            Entity::Node(node) => Ok(node.index().into()),
            Entity::Relationship(relationship) => Ok(relationship.index().into()),
        },
    ),
    function(
        "elementId",
        &[required("entity", ENTITY)],
        TypeSet::STRING,
        "A text that tells a node or relationship from every other: n or r, and its number.",
        ("elementId(null)", "null"),
        |_, arguments| match entity(&arguments[0])? {
            Entity::Node(node) => Ok(format!("n{}", node.index()).into()),
            Entity::Relationship(relationship) => Ok(format!("r{}", relationship.index()).into()),
        },
    ),
    function(
        "property_exists",
        &[required("entity", ENTITY), required("key", TypeSet::STRING)],
        TypeSet::BOOLEAN,
        "Whether a node or relationship has the property; the key is written as a name.",
        ("property_exists(null, 'name')", "null"),
        |context, arguments| {
            let entity = entity(&arguments[0])?;
            live(context, entity)?;
            let key = arguments[1].as_str().unwrap_or_default();
            Ok((!context.graph.property_by_name(entity, key).is_null()).into())
        },
    ),
    function(
        "labels",
        &[required("node", TypeSet::NODE)],
        TypeSet::LIST,
        "The labels of a node.",
        ("labels(null)", "null"),
        |context, arguments| {
            let node = node(&arguments[0], "labels")?;
            live(context, Entity::Node(node))?;
            let labels = context.graph.node_labels(node).iter();
            Ok(Value::list(labels.map(|label| Value::String(context.graph.label_name(*label).clone()))))
        },
    ),
    function(
        "type",
        &[required("relationship", TypeSet::RELATIONSHIP)],
        TypeSet::STRING,
        "The type of a relationship.",
        ("type(null)", "null"),
        |context, arguments| {
            let relationship = relationship(&arguments[0], "type")?;
            Ok(Value::String(context.graph.relationship_type(relationship).clone()))
        },
    ),
    function(
        "keys",
        &[required("value", HOLDER)],
        TypeSet::LIST,
        "The property keys of a node or relationship, or the keys of a map.",
        ("keys({a: 1, b: null})", "['a', 'b']"),
        |context, arguments| match &arguments[0] {
            Value::Map(map) => Ok(Value::list(map.keys().map(|key| Value::String(key.clone())))),
            value => {
                let entity = live(context, entity(value)?)?;
                let properties = context.graph.properties(entity);
                Ok(Value::list(properties.into_iter().map(|(key, _)| Value::String(key.clone()))))
            }
        },
    ),
    function(
        "properties",
        &[required("value", HOLDER)],
        TypeSet::MAP,
        "All properties of a node or relationship as a map; a map is given back.",
        ("properties({a: 1})", "{a: 1}"),
        |context, arguments| match &arguments[0] {
            Value::Map(_) => Ok(arguments[0].clone()),
            value => Ok(Value::from(properties(context, live(context, entity(value)?)?))),
        },
    ),
    function(
        "startNode",
        &[required("relationship", TypeSet::RELATIONSHIP)],
        TypeSet::NODE,
        "The node that a relationship leaves.",
        ("startNode(null)", "null"),
        |context, arguments| {
            Ok(Value::Node(context.graph.relationship(relationship(&arguments[0], "startNode")?).start))
        },
    ),
    function(
        "endNode",
        &[required("relationship", TypeSet::RELATIONSHIP)],
        TypeSet::NODE,
        "The node that a relationship reaches.",
        ("endNode(null)", "null"),
        |context, arguments| Ok(Value::Node(context.graph.relationship(relationship(&arguments[0], "endNode")?).end)),
    ),
    function(
        "nodes",
        &[required("path", TypeSet::PATH)],
        TypeSet::LIST,
        "The nodes of a path, in order.",
        ("nodes(null)", "null"),
        |_, arguments| match &arguments[0] {
            Value::Path(path) => Ok(Value::list(path.nodes.iter().map(|node| Value::Node(*node)))),
            other => Err(wrong("nodes", "path", other)),
        },
    ),
    function(
        "relationships",
        &[required("path", TypeSet::PATH)],
        TypeSet::LIST,
        "The relationships of a path, in order.",
        ("relationships(null)", "null"),
        |_, arguments| match &arguments[0] {
            Value::Path(path) => Ok(Value::list(path.relationships.iter().map(|r| Value::Relationship(*r)))),
            other => Err(wrong("relationships", "path", other)),
        },
    ),
    function(
        "length",
        &[required("path", TypeSet::PATH)],
        TypeSet::INTEGER,
        "The number of relationships of a path.",
        ("length(null)", "null"),
        |_, arguments| match &arguments[0] {
            Value::Path(path) => Ok(path.relationships.len().into()),
            other => Err(wrong("length", "path", other)),
        },
    ),
    Function {
        variadic: true,
        ..function(
            "all_different",
            SEVERAL,
            TypeSet::BOOLEAN,
            "Whether no two of the nodes or relationships are the same.",
            ("all_different(null, null)", "null"),
            |_, arguments| {
                let entities = arguments.iter().map(entity).collect::<Result<Vec<_>>>()?;
                let different = |(at, one): (usize, &Entity)| !entities[at + 1..].contains(one);
                Ok(entities.iter().enumerate().all(different).into())
            },
        )
    },
    Function {
        variadic: true,
        ..function(
            "same",
            SEVERAL,
            TypeSet::BOOLEAN,
            "Whether all of the nodes or relationships are the same.",
            ("same(null, null)", "null"),
            |_, arguments| {
                let entities = arguments.iter().map(entity).collect::<Result<Vec<_>>>()?;
                Ok(entities.windows(2).all(|pair| pair[0] == pair[1]).into())
            },
        )
    },
    function(
        "elements",
        &[required("path", TypeSet::PATH)],
        TypeSet::LIST,
        "The nodes and relationships of a path by turns, in order.",
        ("elements(null)", "null"),
        |_, arguments| match &arguments[0] {
            Value::Path(path) => {
                let relationships = path.relationships.iter().map(|r| Some(Value::Relationship(*r))).chain([None]);
                let pairs = path.nodes.iter().zip(relationships);
                Ok(Value::list(pairs.flat_map(|(node, next)| std::iter::once(Value::Node(*node)).chain(next))))
            }
            other => Err(wrong("elements", "path", other)),
        },
    ),
    function(
        "degree",
        DEGREE,
        TypeSet::INTEGER,
        "How many relationships, of a type if one is given, a node has; one to itself counts twice.",
        ("degree(null)", "null"),
        |context, arguments| {
            let out = degree(context, arguments, Direction::Outgoing)?;
            Ok((out + degree(context, arguments, Direction::Incoming)?).into())
        },
    ),
    function(
        "outDegree",
        DEGREE,
        TypeSet::INTEGER,
        "How many relationships, of a type if one is given, leave a node.",
        ("outDegree(null)", "null"),
        |context, arguments| Ok(degree(context, arguments, Direction::Outgoing)?.into()),
    ),
    function(
        "inDegree",
        DEGREE,
        TypeSet::INTEGER,
        "How many relationships, of a type if one is given, reach a node.",
        ("inDegree(null)", "null"),
        |context, arguments| Ok(degree(context, arguments, Direction::Incoming)?.into()),
    ),
];

const SEVERAL: &[super::Parameter] = &[required("entity", ENTITY), required("other", ENTITY)];
const DEGREE: &[super::Parameter] = &[required("node", TypeSet::NODE), super::optional("type", TypeSet::STRING)];

fn degree(context: &Context, arguments: &[Value], direction: Direction) -> Result<usize> {
    let node = node(&arguments[0], "degree")?;
    live(context, Entity::Node(node))?;
    let graph = context.graph;
    let Some(name) = arguments.get(1) else { return Ok(graph.degree(node, direction)) };
    let name = name.as_str().ok_or_else(|| super::invalid_type("the type of relationships is given as a string"))?;
    let Some(known) = graph.type_id(name) else { return Ok(0) };
    Ok(graph.adjacent(node, direction, Some(&[known])).count())
}

/// All properties of an entity.
pub fn properties(context: &Context, entity: Entity) -> Map {
    context.graph.properties(entity).into_iter().map(|(key, value)| (key.clone(), value)).collect()
}

/// The entity, or an error if it has been deleted.
pub fn live(context: &Context, entity: Entity) -> Result<Entity> {
    if !context.graph.is_deleted(entity) {
        return Ok(entity);
    }
    let what = match entity {
        Entity::Node(_) => "node",
        Entity::Relationship(_) => "relationship",
    };
    let message = format!("the {what} has been deleted in this statement");
    Err(Diagnostic::runtime(Kind::EntityNotFound, Detail::DeletedEntityAccess, message)
        .help("read what you need with WITH before the DELETE"))
}

fn entity(value: &Value) -> Result<Entity> {
    match value {
        Value::Node(node) => Ok(Entity::Node(*node)),
        Value::Relationship(relationship) => Ok(Entity::Relationship(*relationship)),
        other => Err(super::invalid_type(format!("a node or relationship is expected, not {}", an(other.type_name())))),
    }
}

fn node(value: &Value, function: &str) -> Result<NodeId> {
    match value {
        Value::Node(node) => Ok(*node),
        other => Err(wrong(function, "node", other)),
    }
}

fn relationship(value: &Value, function: &str) -> Result<RelationshipId> {
    match value {
        Value::Relationship(relationship) => Ok(*relationship),
        other => Err(wrong(function, "relationship", other)),
    }
}

/// The kit's error for a value of a type that could not be known before: a type error about a value.
fn wrong(function: &str, expected: &str, found: &Value) -> Diagnostic {
    let mut error = invalid_value(format!("{function}() takes a {expected}, not {}", an(found.type_name())));
    error.kind = Kind::TypeError;
    error
}
