//! Functions of points, and the components of points, read like properties: `p.x`, `p.latitude`.

use super::temporal::{unknown_component, unknown_key};
use super::{Function, Result, function, invalid_value, required};
use crate::diagnostic::{Diagnostic, an};
use crate::graph::{CoordinateSystem, Map, Point, PointError, TypeSet, Value};

const POINT: TypeSet = TypeSet::POINT;
const PAIR: &[super::Parameter] = &[required("from", POINT), required("to", POINT)];

pub const FUNCTIONS: &[Function] = &[
    function(
        "point",
        &[required("fields", TypeSet::MAP)],
        POINT,
        "Makes a point of x and y, with z in space, or of longitude and latitude in degrees, with height in metres; \
         crs or srid name the coordinate system; null where a field is null.",
        ("point({x: 3, y: 4})", "point({x: 3.0, y: 4.0, crs: 'cartesian'})"),
        |_, arguments| match &arguments[0] {
            Value::Map(fields) => point(fields),
            other => Err(super::invalid_type(format!("point() takes a map, not {}", an(other.type_name())))),
        },
    ),
    function(
        "point.distance",
        PAIR,
        TypeSet::FLOAT,
        "The distance of two points: in the units of the plane, or in metres on the earth taken as a sphere; null \
         between different coordinate systems.",
        ("point.distance(point({x: 0, y: 0}), point({x: 3, y: 4}))", "5.0"),
        |_, arguments| distance(arguments),
    ),
    function(
        "point.withinBBox",
        &[required("point", POINT), required("lowerLeft", POINT), required("upperRight", POINT)],
        TypeSet::BOOLEAN,
        "Whether the point lies in the box between two corners, borders included; a box on the earth whose first \
         corner lies east of the second goes over the 180th meridian; null for different coordinate systems.",
        ("point.withinBBox(point({x: 1, y: 1}), point({x: 0, y: 0}), point({x: 1, y: 2}))", "true"),
        |_, arguments| {
            let (lower_left, upper_right) = (given(&arguments[1])?, given(&arguments[2])?);
            Ok(given(&arguments[0])?.is_within(lower_left, upper_right).into())
        },
    ),
];

fn distance(arguments: &[Value]) -> Result<Value> {
    Ok(given(&arguments[0])?.distance(given(&arguments[1])?).map_or(Value::Null, Value::Float))
}

fn given(value: &Value) -> Result<&Point> {
    match value {
        Value::Point(point) => Ok(point),
        other => Err(super::invalid_type(format!("a point is expected, not {}", an(other.type_name())))),
    }
}

const PLANE: [&str; 3] = ["x", "y", "z"];
const EARTH: [&str; 3] = ["longitude", "latitude", "height"];
const SYSTEM: [&str; 2] = ["crs", "srid"];
const ANY_SYSTEM: &str = "the coordinate systems are 'cartesian' (7203), 'cartesian-3d' (9157), 'wgs-84' (4326) and \
                          'wgs-84-3d' (4979)";

/// The point that the fields describe.
pub(crate) fn point(fields: &Map) -> Result<Value> {
    let known: Vec<&str> = PLANE.into_iter().chain(EARTH).chain(SYSTEM).collect();
    if let Some(key) = fields.keys().find(|key| !known.contains(&&***key)) {
        return Err(unknown_key("point", key, &known));
    }
    if fields.values().any(Value::is_null) {
        return Ok(Value::Null);
    }
    let earthly = EARTH.iter().any(|key| fields.contains_key(*key));
    let coordinates = coordinates(fields, earthly)?;
    let system = match named_system(fields)? {
        Some(system) if earthly && !system.is_geographic() => {
            let message = format!("'{}' has no longitude and latitude", system.name());
            return Err(invalid_value(message).help("give x and y, or a geographic system such as crs: 'wgs-84'"));
        }
        Some(system) => system,
        None => match (earthly, coordinates.len()) {
            (true, 2) => CoordinateSystem::Wgs84,
            (true, _) => CoordinateSystem::Wgs84WithHeight,
            (false, 2) => CoordinateSystem::Cartesian,
            (false, _) => CoordinateSystem::CartesianSpace,
        },
    };
    Point::new(system, &coordinates).map(Value::from).map_err(|error| refused(error, system, &coordinates))
}

/// Two or three, with the names of the plane or of the earth; the height may be called z too.
fn coordinates(fields: &Map, earthly: bool) -> Result<Vec<f64>> {
    let names = if earthly { EARTH } else { PLANE };
    if earthly && fields.keys().any(|key| ["x", "y"].contains(&&**key)) {
        return Err(invalid_value("longitude and latitude cannot be given together with x and y")
            .help("give either longitude and latitude, or x and y"));
    }
    if earthly && fields.contains_key("z") && fields.contains_key("height") {
        return Err(invalid_value("`height` and `z` are the same").help("give one of them"));
    }
    let mut found = Vec::with_capacity(3);
    for (at, name) in names.into_iter().enumerate() {
        match fields.get(name).or_else(|| fields.get(PLANE[at])) {
            Some(value) => found.push(value.as_float().ok_or_else(|| not_a_number(name, value))?),
            None if at == 2 => {}
            None => {
                let help = "a point has x and y (and z), or longitude and latitude (and height)";
                return Err(invalid_value(format!("the point has no `{name}`")).help(help));
            }
        }
    }
    Ok(found)
}

fn not_a_number(name: &str, value: &Value) -> Diagnostic {
    invalid_value(format!("`{name}` must be a number, but is {}", an(value.type_name())))
        .help("a text can be made a number with toFloat()")
}

fn named_system(fields: &Map) -> Result<Option<CoordinateSystem>> {
    let (name, number) = (fields.get("crs"), fields.get("srid"));
    let fits = |system: &CoordinateSystem| match (name, number) {
        (Some(name), _) => name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(system.name())),
        (None, number) => number.and_then(Value::as_integer) == Some(system.number()),
    };
    match (name, number) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => {
            Err(invalid_value("`crs` and `srid` cannot be given together").help("both name the coordinate system"))
        }
        _ => match CoordinateSystem::ALL.into_iter().find(fits) {
            Some(system) => Ok(Some(system)),
            None => {
                let word = if name.is_some() { "crs" } else { "srid" };
                let given = name.or(number).map_or("", Value::type_name);
                Err(invalid_value(format!("the {given} of `{word}` names no coordinate system")).help(ANY_SYSTEM))
            }
        },
    }
}

fn refused(error: PointError, system: CoordinateSystem, coordinates: &[f64]) -> Diagnostic {
    match error {
        PointError::Dimensions(dimensions) => {
            let count = coordinates.len();
            let message = format!("'{}' has {dimensions} coordinates, but {count} are given", system.name());
            invalid_value(message).help(ANY_SYSTEM)
        }
        PointError::NotFinite => invalid_value("the coordinates of a point must be finite")
            .help("NaN and infinity are nowhere; test with isNaN() before"),
        PointError::Latitude => {
            invalid_value(format!("{:?} is not a latitude", coordinates[1])).help("latitudes are from -90 to 90")
        }
    }
}

/// The component of a point. One that it does not have is an error: null would hide the misspelling.
pub(crate) fn component(point: &Point, key: &str) -> Result<Value> {
    let system = point.system();
    let named = |names: [&'static str; 3]| names.into_iter().zip(point.coordinates().iter().copied());
    let earth = named(EARTH).filter(|_| system.is_geographic());
    let mut coordinates = named(PLANE).chain(earth);
    match key {
        "crs" => Ok(system.name().into()),
        "srid" => Ok(system.number().into()),
        _ => match coordinates.clone().find(|(name, _)| *name == key) {
            Some((_, coordinate)) => Ok(coordinate.into()),
            None => {
                let known: Vec<&str> = coordinates.by_ref().map(|(name, _)| name).chain(SYSTEM).collect();
                Err(unknown_component(&format!("{} point", system.name()), key, &known))
            }
        },
    }
}
