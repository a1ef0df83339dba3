//! Where the nodes of a picture lie and where its relationships run. Deterministic, and bounded in work: see the limits
//! in `layered` and `force`.

mod force;
mod layered;
mod ordering;
mod placing;

use crate::diagnostic::Diagnostic;

pub(super) use force::neighbourhood;
pub(super) use layered::layers;

pub(super) type Point = (f64, f64);

/// What is to be laid out. Lengths are pixels.
pub(super) struct Sketch {
    /// Width and height of each node's box.
    pub(super) sizes: Vec<Point>,
    /// By number, in the direction in which they were followed.
    pub(super) links: Vec<(usize, usize)>,
    /// Nodes to begin with.
    pub(super) roots: Vec<usize>,
}

/// A layout: everything lies between (0, 0) and `size`.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The centres of the nodes.
    pub(super) centres: Vec<Point>,
    /// By link, from its first node's border to its second's.
    pub(super) routes: Vec<Route>,
    pub(super) size: Point,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Route {
    /// Through these points, level at each of them.
    Level(Vec<Point>),
    /// A curve with one control point.
    Bent(Point, Point, Point),
}

type Result<T> = std::result::Result<T, Diagnostic>;

/// Where a ray from the centre of a box towards a point leaves the box.
fn border(centre: Point, size: Point, towards: Point) -> Point {
    let (dx, dy) = (towards.0 - centre.0, towards.1 - centre.1);
    if dx == 0.0 && dy == 0.0 {
        return centre;
    }
    let scale = (size.0 / 2.0 / dx.abs()).min(size.1 / 2.0 / dy.abs());
    let scale = if scale.is_finite() { scale.min(1.0) } else { 1.0 };
    (centre.0 + dx * scale, centre.1 + dy * scale)
}

/// A loop at the right upper corner of a box.
fn around(centre: Point, size: Point) -> Route {
    let (right, top) = (centre.0 + size.0 / 2.0, centre.1 - size.1 / 2.0);
    Route::Bent((right - 14.0, top), (right + 22.0, top - 26.0), (right, top + 8.0))
}

/// Moves all so that nothing lies left of or above zero, and says how large it is then.
fn fit(layout: &mut Layout, sizes: &[Point]) {
    let mut low = (f64::INFINITY, f64::INFINITY);
    let mut high = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    let mut reach = |(x, y): Point| {
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    };
    for (centre, size) in layout.centres.iter().zip(sizes) {
        reach((centre.0 - size.0 / 2.0, centre.1 - size.1 / 2.0));
        reach((centre.0 + size.0 / 2.0, centre.1 + size.1 / 2.0));
    }
    layout.routes.iter().for_each(|route| route.points().iter().for_each(|point| reach(*point)));
    if layout.centres.is_empty() {
        return;
    }
    let shift = |point: &mut Point| *point = (point.0 - low.0, point.1 - low.1);
    layout.centres.iter_mut().for_each(shift);
    layout.routes.iter_mut().for_each(|route| match route {
        Route::Level(points) => points.iter_mut().for_each(shift),
        Route::Bent(from, by, to) => [from, by, to].into_iter().for_each(shift),
    });
    layout.size = (high.0 - low.0, high.1 - low.1);
}

impl Route {
    pub(super) fn points(&self) -> Vec<Point> {
        match self {
            Route::Level(points) => points.clone(),
            Route::Bent(from, by, to) => vec![*from, *by, *to],
        }
    }

    /// The route the other way round.
    pub(super) fn reversed(self) -> Route {
        match self {
            Route::Level(mut points) => {
                points.reverse();
                Route::Level(points)
            }
            Route::Bent(from, by, to) => Route::Bent(to, by, from),
        }
    }
}

#[cfg(test)]
mod tests;
