//! [`Point`]: a place in the plane, in space or on the earth.

use std::cmp::Ordering;
use std::fmt;

/// How the coordinates of a point are to be read. In the order of their numbers, as points are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CoordinateSystem {
    /// Longitude and latitude in degrees.
    Wgs84,
    /// The same, and the height in metres.
    Wgs84WithHeight,
    Cartesian,
    CartesianSpace,
}

impl CoordinateSystem {
    pub const ALL: [CoordinateSystem; 4] = [
        CoordinateSystem::Wgs84,
        CoordinateSystem::Wgs84WithHeight,
        CoordinateSystem::Cartesian,
        CoordinateSystem::CartesianSpace,
    ];

    pub fn name(self) -> &'static str {
        match self {
            CoordinateSystem::Wgs84 => "wgs-84",
            CoordinateSystem::Wgs84WithHeight => "wgs-84-3d",
            CoordinateSystem::Cartesian => "cartesian",
            CoordinateSystem::CartesianSpace => "cartesian-3d",
        }
    }

    /// Its number in the registries of coordinate systems (SRID).
    pub fn number(self) -> i64 {
        match self {
            CoordinateSystem::Wgs84 => 4326,
            CoordinateSystem::Wgs84WithHeight => 4979,
            CoordinateSystem::Cartesian => 7203,
            CoordinateSystem::CartesianSpace => 9157,
        }
    }

    pub fn is_geographic(self) -> bool {
        matches!(self, CoordinateSystem::Wgs84 | CoordinateSystem::Wgs84WithHeight)
    }

    pub fn dimensions(self) -> usize {
        match self {
            CoordinateSystem::Wgs84 | CoordinateSystem::Cartesian => 2,
            CoordinateSystem::Wgs84WithHeight | CoordinateSystem::CartesianSpace => 3,
        }
    }
}

/// Why a point cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointError {
    /// The system has so many dimensions, not as many as there are coordinates.
    Dimensions(usize),
    NotFinite,
    /// Beyond the poles.
    Latitude,
}

/// A place. Its coordinates are finite, and there is one zero; on the earth the longitude is between -180 and 180
/// and the latitude between -90 and 90.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    system: CoordinateSystem,
    /// The last is 0 where there are two.
    coordinates: [f64; 3],
}

impl Point {
    /// Longitudes go round the earth: 190 is -170.
    pub fn new(system: CoordinateSystem, given: &[f64]) -> Result<Point, PointError> {
        if given.len() != system.dimensions() {
            return Err(PointError::Dimensions(system.dimensions()));
        }
        if given.iter().any(|coordinate| !coordinate.is_finite()) {
            return Err(PointError::NotFinite);
        }
        let mut coordinates = [0.0; 3];
        for (coordinate, given) in coordinates.iter_mut().zip(given) {
            // Adding zero makes the two zeros one.
            *coordinate = given + 0.0;
        }
        if system.is_geographic() {
            if coordinates[1].abs() > 90.0 {
                return Err(PointError::Latitude);
            }
            if coordinates[0].abs() > 180.0 {
                coordinates[0] = (coordinates[0] + 180.0).rem_euclid(360.0) - 180.0;
            }
        }
        Ok(Point { system, coordinates })
    }

    pub fn system(&self) -> CoordinateSystem {
        self.system
    }

    /// Two or three of them: x, y and z, or longitude, latitude and height.
    pub fn coordinates(&self) -> &[f64] {
        &self.coordinates[..self.system.dimensions()]
    }

    /// In the units of the plane, or in metres on the earth; `None` between points of different systems.
    pub fn distance(&self, other: &Point) -> Option<f64> {
        if self.system != other.system {
            return None;
        }
        let ([x, y, z], [other_x, other_y, other_z]) = (self.coordinates, other.coordinates);
        Some(match self.system.is_geographic() {
            true => great_circle(self, other).hypot(z - other_z),
            false => (x - other_x).hypot(y - other_y).hypot(z - other_z),
        })
    }

    /// Whether it lies in the box between two corners, borders included; `None` if the systems differ. On the earth
    /// a box whose lower left corner lies east of the other goes over the 180th meridian.
    pub fn is_within(&self, lower_left: &Point, upper_right: &Point) -> Option<bool> {
        if self.system != lower_left.system || self.system != upper_right.system {
            return None;
        }
        let between = |at: usize| {
            let (low, high) = (lower_left.coordinates[at], upper_right.coordinates[at]);
            let coordinate = self.coordinates[at];
            match at == 0 && self.system.is_geographic() && low > high {
                true => coordinate >= low || coordinate <= high,
                false => (low..=high).contains(&coordinate),
            }
        };
        Some((0..self.system.dimensions()).all(between))
    }
}

/// The way over the earth taken as a sphere (haversine formula), at the mean height of both points.
fn great_circle(a: &Point, b: &Point) -> f64 {
    /// The equator's radius in metres, as Neo4j takes it: distances agree to the last digit that means anything.
    const RADIUS: f64 = 6_378_140.0;
    let ([a_longitude, a_latitude, a_height], [b_longitude, b_latitude, b_height]) = (a.coordinates, b.coordinates);
    let half_sine_squared = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let cosines = a_latitude.to_radians().cos() * b_latitude.to_radians().cos();
    let chord = half_sine_squared(a_latitude, b_latitude) + cosines * half_sine_squared(a_longitude, b_longitude);
    let chord = chord.min(1.0);
    2.0 * chord.sqrt().atan2((1.0 - chord).sqrt()) * (RADIUS + (a_height + b_height) / 2.0)
}

impl Eq for Point {}

impl PartialOrd for Point {
    fn partial_cmp(&self, other: &Point) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By system, then coordinate by coordinate.
impl Ord for Point {
    fn cmp(&self, other: &Point) -> Ordering {
        let pairs = self.coordinates.iter().zip(&other.coordinates);
        let coordinates = || pairs.map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal);
        self.system.cmp(&other.system).then_with(coordinates)
    }
}

impl std::hash::Hash for Point {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.system.hash(state);
        self.coordinates.iter().for_each(|coordinate| coordinate.to_bits().hash(state));
    }
}

/// As the function that makes it: `point({x: 1.0, y: 2.0, crs: 'cartesian'})`.
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("point({")?;
        for (key, coordinate) in ["x", "y", "z"].iter().zip(self.coordinates()) {
            write!(f, "{key}: {coordinate:?}, ")?;
        }
        write!(f, "crs: '{}'}})", self.system.name())
    }
}

#[cfg(test)]
mod tests {
    use super::CoordinateSystem::*;
    use super::*;

    fn point(system: CoordinateSystem, coordinates: &[f64]) -> Point {
        Point::new(system, coordinates).unwrap()
    }

    #[test]
    fn what_always_holds() {
        assert_eq!(point(Cartesian, &[-0.0, 0.0]), point(Cartesian, &[0.0, -0.0]));
        assert_eq!(Point::new(Cartesian, &[f64::NAN, 0.0]), Err(PointError::NotFinite));
        assert_eq!(Point::new(CartesianSpace, &[1.0, 0.0]), Err(PointError::Dimensions(3)));
        assert_eq!(Point::new(Wgs84, &[0.0, 90.5]), Err(PointError::Latitude));
        assert_eq!(point(Wgs84, &[190.0, 0.0]).coordinates(), [-170.0, 0.0]);
        assert_eq!(point(Wgs84, &[-540.0, 0.0]).coordinates(), [-180.0, 0.0]);
        assert_eq!(point(Wgs84, &[180.0, 0.0]).coordinates(), [180.0, 0.0]);
    }

    #[test]
    fn distances() {
        let plane = |x, y| point(Cartesian, &[x, y]);
        assert_eq!(plane(0.0, 0.0).distance(&plane(3.0, 4.0)), Some(5.0));
        assert_eq!(plane(0.0, 0.0).distance(&point(Wgs84, &[3.0, 4.0])), None);
        let quarter = point(Wgs84, &[0.0, 0.0]).distance(&point(Wgs84, &[0.0, 90.0])).unwrap();
        assert!((quarter - 6_378_140.0 * std::f64::consts::FRAC_PI_2).abs() < 1e-6);
        let half = point(Wgs84, &[0.0, 0.0]).distance(&point(Wgs84, &[180.0, 0.0])).unwrap();
        assert!((half - 2.0 * quarter).abs() < 1e-6);
        let up = point(Wgs84WithHeight, &[5.0, 5.0, 0.0]).distance(&point(Wgs84WithHeight, &[5.0, 5.0, 20.0]));
        assert_eq!(up, Some(20.0));
    }

    #[test]
    fn boxes() {
        let at = |longitude| point(Wgs84, &[longitude, 0.0]);
        let (west, east) = (point(Wgs84, &[170.0, -10.0]), point(Wgs84, &[-170.0, 10.0]));
        assert_eq!(at(180.0).is_within(&west, &east), Some(true));
        assert_eq!(at(-170.0).is_within(&west, &east), Some(true));
        assert_eq!(at(0.0).is_within(&west, &east), Some(false));
        let (from, to) = (point(Wgs84, &[-170.0, -10.0]), point(Wgs84, &[170.0, 10.0]));
        assert_eq!(at(0.0).is_within(&from, &to), Some(true));
        assert_eq!(at(0.0).is_within(&point(Cartesian, &[0.0, 0.0]), &east), None);
    }

    #[test]
    fn order_is_by_system_then_coordinates() {
        let sorted = [
            point(Wgs84, &[9.0, 9.0]),
            point(Wgs84WithHeight, &[1.0, 1.0, 1.0]),
            point(Cartesian, &[-1.0, 5.0]),
            point(Cartesian, &[0.0, 2.0]),
            point(Cartesian, &[0.0, 3.0]),
            point(CartesianSpace, &[0.0, 0.0, 0.0]),
        ];
        assert!(sorted.is_sorted());
        assert_eq!(sorted[5].to_string(), "point({x: 0.0, y: 0.0, z: 0.0, crs: 'cartesian-3d'})");
    }
}
