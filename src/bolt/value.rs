//! Values as PackStream has them. Nodes, relationships, paths, temporal values and points are structures; which ones
//! depends on the version.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::entity::{self, TakesEntities};
use super::packstream::{
    Token, Unpacker, put_boolean, put_float, put_integer, put_list, put_map, put_null, put_string, put_structure,
};
use super::{Malformed, Version};
use crate::graph::temporal::{Date, DateTime, Duration, LocalDateTime, LocalTime, Time, Zone};
use crate::graph::{CoordinateSystem, Entity, EntitySource, Map, NodeId, Path, Point, RelationshipId, Value};

const NANOS: i64 = 1_000_000_000;
/// Lists and maps nested deeper than this are refused.
pub const DEEPEST: usize = 1000;

pub(super) const NODE: u8 = b'N';
pub(super) const RELATIONSHIP: u8 = b'R';
pub(super) const RELATIONSHIP_OF_PATH: u8 = b'r';
pub(super) const PATH: u8 = b'P';
const DATE: u8 = b'D';
const TIME: u8 = b'T';
const LOCAL_TIME: u8 = b't';
const LOCAL_DATE_TIME: u8 = b'd';
const DATE_TIME: u8 = b'I';
const DATE_TIME_ZONE: u8 = b'i';
/// Until 5.0 seconds of the local time, not of UTC.
const OLD_DATE_TIME: u8 = b'F';
const OLD_DATE_TIME_ZONE: u8 = b'f';
const DURATION: u8 = b'E';
const POINT_2D: u8 = b'X';
const POINT_3D: u8 = b'Y';
const VECTOR: u8 = b'V';

/// What the ends have agreed on about structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Entities have an element id besides their number.
    pub element_ids: bool,
    /// Moments are sent as UTC.
    pub utc: bool,
}

impl Dialect {
    pub fn of(version: Version) -> Dialect {
        let modern = version.has(5, 0);
        Dialect { element_ids: modern, utc: modern }
    }
}

/// Why a value was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The bytes are not a value.
    Malformed(Malformed),
    /// It is a value that a statement cannot take, and why.
    Value(String),
}

impl From<Malformed> for Refused {
    fn from(malformed: Malformed) -> Refused {
        Refused::Malformed(malformed)
    }
}

pub(super) type Result<T> = std::result::Result<T, Refused>;

pub(super) fn malformed<T>(message: impl Into<String>) -> Result<T> {
    Err(Refused::Malformed(Malformed(message.into())))
}

/// Reads a value that a client sends.
pub fn read(unpacker: &mut Unpacker, dialect: Dialect) -> Result<Value> {
    Reader { dialect, depth: 0, entities: None }.value(unpacker)
}

/// Reads a value that a server sends: nodes, relationships and paths become what `entities` makes of them.
pub fn read_answer(unpacker: &mut Unpacker, dialect: Dialect, entities: &mut dyn TakesEntities) -> Result<Value> {
    Reader { dialect, depth: 0, entities: Some(entities) }.value(unpacker)
}

/// Reads a map; of a key that is there twice the last value counts.
pub fn read_map(unpacker: &mut Unpacker, dialect: Dialect) -> Result<BTreeMap<String, Value>> {
    match unpacker.token()? {
        Token::Map(length) => {
            let mut reader = Reader { dialect, depth: 1, entities: None };
            (0..length).map(|_| Ok((key(unpacker)?.to_string(), reader.value(unpacker)?))).collect()
        }
        // As if it were empty: some drivers send null.
        Token::Null => Ok(BTreeMap::new()),
        other => malformed(format!("a map was expected, but {} came", other.name())),
    }
}

pub(super) fn key<'a>(unpacker: &mut Unpacker<'a>) -> Result<&'a str> {
    match unpacker.token()? {
        Token::String(key) => Ok(key),
        other => malformed(format!("a map's key is {}, not a string", other.name())),
    }
}

pub(super) struct Reader<'e> {
    pub(super) dialect: Dialect,
    depth: usize,
    /// What becomes of entities, which only answers have.
    pub(super) entities: Option<&'e mut dyn TakesEntities>,
}

impl Reader<'_> {
    pub(super) fn value(&mut self, unpacker: &mut Unpacker) -> Result<Value> {
        Ok(match unpacker.token()? {
            Token::Null => Value::Null,
            Token::Boolean(value) => Value::Boolean(value),
            Token::Integer(value) => Value::Integer(value),
            Token::Float(value) => Value::Float(value),
            Token::String(text) => Value::string(text),
            Token::Bytes(bytes) if self.entities.is_some() => {
                Value::list(bytes.iter().map(|byte| i64::from(*byte).into()))
            }
            Token::Bytes(_) => return Err(Refused::Value("there are no byte arrays in kenning: send a string".into())),
            Token::List(length) => Value::List(self.items(unpacker, length)?.into()),
            Token::Map(length) => Value::from(self.map(unpacker, length)?),
            Token::Structure { signature, fields } => self.structure(unpacker, signature, fields)?,
        })
    }

    fn items(&mut self, unpacker: &mut Unpacker, length: usize) -> Result<Vec<Value>> {
        self.deeper()?;
        let mut items = Vec::with_capacity(length);
        for _ in 0..length {
            items.push(self.value(unpacker)?);
        }
        self.depth -= 1;
        Ok(items)
    }

    pub(super) fn map(&mut self, unpacker: &mut Unpacker, length: usize) -> Result<Map> {
        self.deeper()?;
        let mut map = Map::new();
        for _ in 0..length {
            let key = Arc::from(key(unpacker)?);
            map.insert(key, self.value(unpacker)?);
        }
        self.depth -= 1;
        Ok(map)
    }

    fn deeper(&mut self) -> Result<()> {
        self.depth += 1;
        match self.depth > DEEPEST {
            true => malformed(format!("lists and maps are nested more than {DEEPEST} deep")),
            false => Ok(()),
        }
    }

    fn structure(&mut self, unpacker: &mut Unpacker, signature: u8, count: usize) -> Result<Value> {
        if self.entities.is_some() && matches!(signature, NODE | RELATIONSHIP | PATH) {
            return entity::read(self, unpacker, signature, count);
        }
        let expected = match signature {
            DATE | LOCAL_TIME => 1,
            TIME | LOCAL_DATE_TIME | VECTOR => 2,
            DATE_TIME | DATE_TIME_ZONE | OLD_DATE_TIME | OLD_DATE_TIME_ZONE | POINT_2D => 3,
            DURATION | POINT_3D => 4,
            NODE | RELATIONSHIP | RELATIONSHIP_OF_PATH | PATH => {
                return Err(Refused::Value("a node, relationship or path cannot be a parameter: send its id".into()));
            }
            _ => return malformed(format!("no structure has the signature {signature:#04x}")),
        };
        if count != expected {
            return malformed(format!("the structure {signature:#04x} has {expected} fields, but {count} came"));
        }
        let mut fields = Fields(unpacker);
        let value = match signature {
            DATE => Date::from_days(fields.integer()?).map(Value::from),
            TIME => {
                let (nanos, offset) = (fields.integer()?, fields.integer()?);
                local_time(nanos)?.at(offset)?.map(Value::from)
            }
            LOCAL_TIME => Ok(Value::from(local_time(fields.integer()?)?.0)),
            LOCAL_DATE_TIME => LocalDateTime::from_nanos(fields.nanos()?).map(Value::from),
            DATE_TIME | OLD_DATE_TIME => {
                let (nanos, offset) = (fields.nanos()?, fields.integer()?);
                self.moment(signature == DATE_TIME, nanos, &Zone::Offset(checked_offset(offset)?))?
            }
            DATE_TIME_ZONE | OLD_DATE_TIME_ZONE => {
                let (nanos, name) = (fields.nanos()?, fields.string()?);
                let zone = Zone::parse(name).map_err(|error| Refused::Value(error.message))?;
                self.moment(signature == DATE_TIME_ZONE, nanos, &zone)?
            }
            DURATION => {
                let (months, days) = (fields.integer()?.into(), fields.integer()?.into());
                Duration::from_parts(months, days, fields.nanos()?).map(Value::from)
            }
            POINT_2D => return fields.point(2),
            POINT_3D => return fields.point(3),
            _ => return Err(Refused::Value("there are no vectors in kenning: send a list of numbers".into())),
        };
        value.map_err(|error| Refused::Value(error.message))
    }

    /// A moment, sent as UTC or as the clocks of the zone show it.
    fn moment(
        &self,
        is_utc: bool,
        nanos: i128,
        zone: &Zone,
    ) -> Result<std::result::Result<Value, crate::diagnostic::Diagnostic>> {
        if is_utc != self.dialect.utc {
            return malformed("a date and time is not in the form of this version");
        }
        Ok(match is_utc {
            true => DateTime::from_epoch_nanos(nanos, zone).map(Value::from),
            false => LocalDateTime::from_nanos(nanos).and_then(|local| zone.resolve(local, None)).map(Value::from),
        })
    }
}

/// A time of day whose offset may follow.
struct TimeOfDay(LocalTime);

impl TimeOfDay {
    fn at(self, offset: i64) -> Result<std::result::Result<Time, crate::diagnostic::Diagnostic>> {
        Ok(Ok(Time { local: self.0, offset: checked_offset(offset)? }))
    }
}

fn local_time(nanos: i64) -> Result<TimeOfDay> {
    match (0..24 * 3600 * NANOS).contains(&nanos) {
        true => Ok(TimeOfDay(LocalTime { nanos })),
        false => Err(Refused::Value(format!("a time of day has less than 24 hours, but {nanos} ns were sent"))),
    }
}

fn checked_offset(offset: i64) -> Result<i32> {
    match i32::try_from(offset) {
        Ok(offset) if offset.abs() <= Zone::MAX_OFFSET => Ok(offset),
        _ => Err(Refused::Value(format!("an offset from UTC is at most 18 hours, but {offset} s were sent"))),
    }
}

/// The fields of a structure, one after the other.
pub(super) struct Fields<'u, 'a>(pub(super) &'u mut Unpacker<'a>);

impl<'a> Fields<'_, 'a> {
    pub(super) fn integer(&mut self) -> Result<i64> {
        match self.0.token()? {
            Token::Integer(value) => Ok(value),
            other => malformed(format!("a structure has {} where an integer belongs", other.name())),
        }
    }

    fn float(&mut self) -> Result<f64> {
        match self.0.token()? {
            Token::Float(value) => Ok(value),
            other => malformed(format!("a structure has {} where a float belongs", other.name())),
        }
    }

    pub(super) fn string(&mut self) -> Result<&'a str> {
        match self.0.token()? {
            Token::String(value) => Ok(value),
            other => malformed(format!("a structure has {} where a string belongs", other.name())),
        }
    }

    /// Seconds, and nanoseconds besides.
    fn nanos(&mut self) -> Result<i128> {
        Ok(i128::from(self.integer()?) * i128::from(NANOS) + i128::from(self.integer()?))
    }

    fn point(&mut self, dimensions: usize) -> Result<Value> {
        let number = self.integer()?;
        let coordinates = (0..dimensions).map(|_| self.float()).collect::<Result<Vec<f64>>>()?;
        let system = CoordinateSystem::ALL.into_iter().find(|system| system.number() == number);
        let Some(system) = system else {
            return Err(Refused::Value(format!("there is no coordinate system with the number {number}")));
        };
        let point = Point::new(system, &coordinates).map_err(|_| {
            let system = system.name();
            Refused::Value(format!("{coordinates:?} are not coordinates of a point of the system {system}"))
        })?;
        Ok(Value::from(point))
    }
}

/// Appends values; what nodes and relationships are is looked up in `entities`.
pub struct Writer<'e> {
    pub entities: &'e dyn EntitySource,
    pub dialect: Dialect,
}

impl Writer<'_> {
    pub fn put(&self, out: &mut Vec<u8>, value: &Value) {
        match value {
            Value::Null => put_null(out),
            Value::Boolean(value) => put_boolean(out, *value),
            Value::Integer(value) => put_integer(out, *value),
            Value::Float(value) => put_float(out, *value),
            Value::String(text) => put_string(out, text),
            Value::List(items) => {
                put_list(out, items.len());
                // Statements can nest lists deeper than a stack is high.
                items.iter().for_each(|item| stacker::maybe_grow(64 << 10, 1 << 20, || self.put(out, item)));
            }
            Value::Map(map) => {
                put_map(out, map.len());
                for (key, value) in &**map {
                    put_string(out, key);
                    stacker::maybe_grow(64 << 10, 1 << 20, || self.put(out, value));
                }
            }
            Value::Node(node) => self.node(out, *node),
            Value::Relationship(relationship) => self.relationship(out, *relationship),
            Value::Path(path) => self.path(out, path),
            Value::Date(date) => {
                put_structure(out, DATE, 1);
                put_integer(out, date.days);
            }
            Value::LocalTime(time) => {
                put_structure(out, LOCAL_TIME, 1);
                put_integer(out, time.nanos);
            }
            Value::Time(time) => {
                put_structure(out, TIME, 2);
                put_integer(out, time.local.nanos);
                put_integer(out, time.offset.into());
            }
            Value::LocalDateTime(moment) => {
                put_structure(out, LOCAL_DATE_TIME, 2);
                put_nanos(out, moment.nanos());
            }
            Value::DateTime(moment) => self.date_time(out, moment),
            Value::Duration(duration) => {
                put_structure(out, DURATION, 4);
                put_integer(out, duration.months);
                put_integer(out, duration.days);
                put_integer(out, duration.seconds);
                put_integer(out, duration.nanos.into());
            }
            Value::Point(point) => {
                let coordinates = point.coordinates();
                let signature = if coordinates.len() == 2 { POINT_2D } else { POINT_3D };
                put_structure(out, signature, coordinates.len() as u8 + 1);
                put_integer(out, point.system().number());
                coordinates.iter().for_each(|coordinate| put_float(out, *coordinate));
            }
        }
    }

    fn date_time(&self, out: &mut Vec<u8>, moment: &DateTime) {
        let (signature, nanos) = match (self.dialect.utc, &moment.zone) {
            (true, None) => (DATE_TIME, moment.epoch_nanos()),
            (true, Some(_)) => (DATE_TIME_ZONE, moment.epoch_nanos()),
            (false, None) => (OLD_DATE_TIME, moment.local.nanos()),
            (false, Some(_)) => (OLD_DATE_TIME_ZONE, moment.local.nanos()),
        };
        put_structure(out, signature, 3);
        put_nanos(out, nanos);
        match &moment.zone {
            Some(name) => put_string(out, name),
            None => put_integer(out, moment.offset.into()),
        }
    }

    fn node(&self, out: &mut Vec<u8>, node: NodeId) {
        put_structure(out, NODE, if self.dialect.element_ids { 4 } else { 3 });
        put_integer(out, node.index() as i64);
        let labels = self.entities.named_labels(node);
        put_list(out, labels.len());
        labels.into_iter().for_each(|label| put_string(out, label));
        self.properties(out, Entity::Node(node));
        if self.dialect.element_ids {
            put_element_id(out, Entity::Node(node));
        }
    }

    fn relationship(&self, out: &mut Vec<u8>, id: RelationshipId) {
        let Some(shape) = self.entities.relationship_of(id) else { return put_null(out) };
        put_structure(out, RELATIONSHIP, if self.dialect.element_ids { 8 } else { 5 });
        put_integer(out, id.index() as i64);
        put_integer(out, shape.start.index() as i64);
        put_integer(out, shape.end.index() as i64);
        put_string(out, self.entities.name_of_type(shape.relationship_type));
        self.properties(out, Entity::Relationship(id));
        if self.dialect.element_ids {
            let ids = [Entity::Relationship(id), Entity::Node(shape.start), Entity::Node(shape.end)];
            ids.into_iter().for_each(|entity| put_element_id(out, entity));
        }
    }

    /// Nodes and relationships, each once, and the steps: the number of a relationship, counted from 1 and negative if
    /// it was followed against its arrow, then the number of the node that it leads to.
    fn path(&self, out: &mut Vec<u8>, path: &Path) {
        let (nodes, relationships) = (once(&path.nodes), once(&path.relationships));
        put_structure(out, PATH, 3);
        put_list(out, nodes.len());
        nodes.iter().for_each(|node| self.node(out, **node));
        put_list(out, relationships.len());
        relationships.iter().for_each(|id| self.relationship_of_path(out, **id));
        put_list(out, 2 * path.relationships.len());
        for (step, id) in path.relationships.iter().enumerate() {
            let number = place(&relationships, id) + 1;
            let against = self.entities.relationship_of(*id).is_some_and(|shape| shape.start != path.nodes[step]);
            put_integer(out, if against { -number } else { number });
            put_integer(out, place(&nodes, &path.nodes[step + 1]));
        }
    }

    fn relationship_of_path(&self, out: &mut Vec<u8>, id: RelationshipId) {
        put_structure(out, RELATIONSHIP_OF_PATH, if self.dialect.element_ids { 4 } else { 3 });
        put_integer(out, id.index() as i64);
        put_string(out, self.entities.type_of(id));
        self.properties(out, Entity::Relationship(id));
        if self.dialect.element_ids {
            put_element_id(out, Entity::Relationship(id));
        }
    }

    fn properties(&self, out: &mut Vec<u8>, entity: Entity) {
        let properties = self.entities.named_properties(entity);
        put_map(out, properties.len());
        for (key, value) in &properties {
            put_string(out, key);
            self.put(out, value);
        }
    }
}

/// The items in the order in which they come first.
fn once<T: Ord>(items: &[T]) -> Vec<&T> {
    let mut seen = std::collections::BTreeSet::new();
    items.iter().filter(|item| seen.insert(*item)).collect()
}

fn place<T: PartialEq>(items: &[&T], item: &T) -> i64 {
    items.iter().position(|known| *known == item).map_or(0, |at| at as i64)
}

fn put_nanos(out: &mut Vec<u8>, nanos: i128) {
    // Years have at most nine digits: the seconds fit.
    put_integer(out, nanos.div_euclid(NANOS.into()) as i64);
    put_integer(out, nanos.rem_euclid(NANOS.into()) as i64);
}

/// As `elementId()` gives it.
fn put_element_id(out: &mut Vec<u8>, entity: Entity) {
    match entity {
        Entity::Node(node) => put_string(out, &format!("n{}", node.index())),
        Entity::Relationship(id) => put_string(out, &format!("r{}", id.index())),
    }
}
