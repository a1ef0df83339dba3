//! Neighbours near each other: springs along links, repulsion between all nodes by a quadtree (Barnes and Hut 1986, forces
//! of Fruchterman and Reingold 1991). Parts that are not joined are laid out one by one and set side by side; at the
//! end boxes that overlap are pushed apart.

use super::{Layout, Point, Result, Route, Sketch, around, border, fit};
use crate::limits::Budget;

/// Steps times nodes: about this many.
const WORK: usize = 160_000;
/// The distance that links strive for, between the borders of boxes.
const LENGTH: f64 = 54.0;
/// A cell whose size is less than this part of its distance counts as one body.
const FAR: f64 = 0.9;
const MARGIN: f64 = 10.0;

/// Lays out a neighbourhood.
pub(in crate::export) fn neighbourhood(sketch: &Sketch, budget: &Budget) -> Result<Layout> {
    let mut parts = Vec::new();
    for nodes in components(sketch) {
        let mut part = Part::new(sketch, nodes);
        part.settle(budget)?;
        part.separate(budget)?;
        parts.push(part);
    }
    let mut layout = Layout { centres: packed(&parts, sketch.sizes.len()), ..Layout::default() };
    layout.routes = routes(sketch, &layout.centres);
    fit(&mut layout, &sketch.sizes);
    Ok(layout)
}

/// The nodes of each connected part, largest parts first.
fn components(sketch: &Sketch) -> Vec<Vec<usize>> {
    let nodes = sketch.sizes.len();
    let mut around: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (from, to) in &sketch.links {
        around[*from].push(*to);
        around[*to].push(*from);
    }
    let mut met = vec![false; nodes];
    let mut parts = Vec::new();
    for start in sketch.roots.iter().copied().chain(0..nodes) {
        if std::mem::replace(&mut met[start], true) {
            continue;
        }
        // Breadth first: near nodes begin near each other.
        let mut part = vec![start];
        let mut at = 0;
        while let Some(node) = part.get(at) {
            for next in &around[*node] {
                if !std::mem::replace(&mut met[*next], true) {
                    part.push(*next);
                }
            }
            at += 1;
        }
        parts.push(part);
    }
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

/// A connected part.
struct Part {
    nodes: Vec<usize>,
    at: Vec<Point>,
    sizes: Vec<Point>,
    /// By place in `nodes`, each pair once.
    links: Vec<(usize, usize)>,
}

impl Part {
    fn new(sketch: &Sketch, nodes: Vec<usize>) -> Part {
        let mut place = vec![usize::MAX; sketch.sizes.len()];
        nodes.iter().enumerate().for_each(|(at, node)| place[*node] = at);
        let inside = sketch.links.iter().map(|(from, to)| (place[*from], place[*to]));
        let mut links: Vec<_> =
            inside.filter(|(a, b)| *a != usize::MAX && a != b).map(|(a, b)| (a.min(b), a.max(b))).collect();
        links.sort_unstable();
        links.dedup();
        // A sunflower: no two directions are the same, so nothing is balanced on a line.
        let turn = std::f64::consts::PI * (3.0 - 5.0f64.sqrt());
        let start = |at: usize| {
            let (radius, angle) = (LENGTH * (at as f64).sqrt(), turn * at as f64);
            (radius * angle.cos(), radius * angle.sin())
        };
        let sizes = nodes.iter().map(|node| sketch.sizes[*node]).collect();
        Part { at: (0..nodes.len()).map(start).collect(), nodes, sizes, links }
    }

    /// Lets springs and repulsion find their balance.
    fn settle(&mut self, budget: &Budget) -> Result<()> {
        let count = self.nodes.len();
        if count < 2 {
            return Ok(());
        }
        let steps = (WORK / count).clamp(40, 400);
        let widths = self.sizes.iter().map(|(width, height)| (width + height) / 2.0).sum::<f64>() / count as f64;
        let ideal = LENGTH + widths * 0.45;
        let mut heat = ideal * (count as f64).sqrt() * 0.35;
        let cooling = (1.0 / heat.max(2.0)).powf(1.0 / steps as f64);
        let mut degrees = vec![0usize; count];
        for (a, b) in &self.links {
            degrees[*a] += 1;
            degrees[*b] += 1;
        }
        for _ in 0..steps {
            let tree = Tree::of(&self.at);
            let mut push: Vec<Point> = Vec::with_capacity(count);
            for at in &self.at {
                budget.tick()?;
                push.push(tree.repulsion(*at, ideal * ideal));
            }
            for (a, b) in &self.links {
                let (dx, dy) = (self.at[*b].0 - self.at[*a].0, self.at[*b].1 - self.at[*a].1);
                let distance = dx.hypot(dy).max(0.01);
                // Hubs keep their neighbours at more distance, for these need room around them.
                let crowd = (degrees[*a].min(degrees[*b]).max(1) as f64).sqrt();
                let pull = distance / ideal / crowd;
                push[*a] = (push[*a].0 + dx * pull, push[*a].1 + dy * pull);
                push[*b] = (push[*b].0 - dx * pull, push[*b].1 - dy * pull);
            }
            for (at, push) in self.at.iter_mut().zip(&push) {
                let length = push.0.hypot(push.1).max(0.01);
                let step = length.min(heat) / length;
                *at = (at.0 + push.0 * step, at.1 + push.1 * step);
            }
            heat *= cooling;
        }
        Ok(())
    }

    /// Pushes boxes apart until none overlap; if pushing alone does not do it, everything is spread first.
    fn separate(&mut self, budget: &Budget) -> Result<()> {
        // Boxes are wider than high.
        self.at.iter_mut().for_each(|at| at.0 *= 1.25);
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        for round in 0..400 {
            let left = |node: usize| self.at[node].0 - self.sizes[node].0 / 2.0;
            order.sort_by(|a, b| left(*a).total_cmp(&left(*b)).then(a.cmp(b)));
            let mut touched = false;
            for (place, a) in order.iter().enumerate() {
                let right = self.at[*a].0 + self.sizes[*a].0 / 2.0 + MARGIN;
                for b in &order[place + 1..] {
                    budget.tick()?;
                    if self.at[*b].0 - self.sizes[*b].0 / 2.0 >= right + MARGIN {
                        break;
                    }
                    touched |= self.push_apart(*a, *b);
                }
            }
            if !touched {
                break;
            }
            if round % 12 == 11 {
                self.at.iter_mut().for_each(|at| *at = (at.0 * 1.08, at.1 * 1.12));
            }
        }
        Ok(())
    }

    fn push_apart(&mut self, a: usize, b: usize) -> bool {
        let (dx, dy) = (self.at[b].0 - self.at[a].0, self.at[b].1 - self.at[a].1);
        let over_x = (self.sizes[a].0 + self.sizes[b].0) / 2.0 + MARGIN - dx.abs();
        let over_y = (self.sizes[a].1 + self.sizes[b].1) / 2.0 + MARGIN - dy.abs();
        if over_x <= 0.01 || over_y <= 0.01 {
            return false;
        }
        let (half_x, half_y) = if over_x < over_y { (over_x / 2.0, 0.0) } else { (0.0, over_y / 2.0) };
        let side = |d: f64| if d < 0.0 { -1.0 } else { 1.0 };
        let (x, y) = (half_x * side(dx), half_y * side(dy));
        self.at[a] = (self.at[a].0 - x, self.at[a].1 - y);
        self.at[b] = (self.at[b].0 + x, self.at[b].1 + y);
        true
    }

    /// The lowest and the highest corner.
    fn bounds(&self) -> (Point, Point) {
        let mut low = (f64::INFINITY, f64::INFINITY);
        let mut high = (f64::NEG_INFINITY, f64::NEG_INFINITY);
        for ((x, y), (width, height)) in self.at.iter().zip(&self.sizes) {
            low = (low.0.min(x - width / 2.0), low.1.min(y - height / 2.0));
            high = (high.0.max(x + width / 2.0), high.1.max(y + height / 2.0));
        }
        (low, high)
    }
}

/// Sets the parts in rows, about as wide as high in all.
fn packed(parts: &[Part], nodes: usize) -> Vec<Point> {
    const BETWEEN: f64 = 40.0;
    let bounds: Vec<(Point, Point)> = parts.iter().map(Part::bounds).collect();
    let area = bounds.iter().map(|(low, high)| (high.0 - low.0 + BETWEEN) * (high.1 - low.1 + BETWEEN)).sum::<f64>();
    let widest = bounds.iter().map(|(low, high)| high.0 - low.0).fold(0.0, f64::max);
    let room = (area * 1.6).sqrt().max(widest);
    let mut centres = vec![(0.0, 0.0); nodes];
    let (mut x, mut y, mut row) = (0.0, 0.0, 0.0f64);
    for (part, (low, high)) in parts.iter().zip(&bounds) {
        let (width, height) = (high.0 - low.0, high.1 - low.1);
        if x > 0.0 && x + width > room {
            (x, y, row) = (0.0, y + row + BETWEEN, 0.0);
        }
        for (node, at) in part.nodes.iter().zip(&part.at) {
            centres[*node] = (at.0 - low.0 + x, at.1 - low.1 + y);
        }
        x += width + BETWEEN;
        row = row.max(height);
    }
    centres
}

/// Straight from border to border; several links between two nodes are bent apart.
fn routes(sketch: &Sketch, centres: &[Point]) -> Vec<Route> {
    let mut between: std::collections::BTreeMap<(usize, usize), usize> = std::collections::BTreeMap::new();
    let pair = |(a, b): (usize, usize)| (a.min(b), a.max(b));
    sketch.links.iter().for_each(|link| *between.entry(pair(*link)).or_default() += 1);
    let mut met: std::collections::BTreeMap<(usize, usize), usize> = std::collections::BTreeMap::new();
    let route = |link: &(usize, usize)| {
        let (from, to) = *link;
        if from == to {
            return around(centres[from], sketch.sizes[from]);
        }
        let place = met.entry(pair(*link)).or_default();
        let offset = (*place as f64 - (between[&pair(*link)] - 1) as f64 / 2.0) * 34.0;
        *place += 1;
        // The same side for both directions.
        let (low, high) = pair(*link);
        let (dx, dy) = (centres[high].0 - centres[low].0, centres[high].1 - centres[low].1);
        let length = dx.hypot(dy).max(0.01);
        let middle = ((centres[from].0 + centres[to].0) / 2.0, (centres[from].1 + centres[to].1) / 2.0);
        let by = (middle.0 - dy / length * offset, middle.1 + dx / length * offset);
        let start = border(centres[from], sketch.sizes[from], by);
        Route::Bent(start, by, border(centres[to], sketch.sizes[to], by))
    };
    sketch.links.iter().map(route).collect()
}

/// A quadtree of bodies of weight one.
struct Tree {
    cells: Vec<Cell>,
}

/// A square with the bodies in it.
struct Cell {
    low: Point,
    side: f64,
    /// The sum of the places of its bodies, and how many there are.
    sum: Point,
    bodies: f64,
    /// The numbers of its quarters; 0 is none, for the root is no quarter.
    quarters: [u32; 4],
}

/// Bodies nearer than the smallest cell are one.
const DEEPEST: usize = 20;

impl Tree {
    fn of(bodies: &[Point]) -> Tree {
        let low = bodies.iter().fold((f64::MAX, f64::MAX), |low, at| (low.0.min(at.0), low.1.min(at.1)));
        let high = bodies.iter().fold((f64::MIN, f64::MIN), |high, at| (high.0.max(at.0), high.1.max(at.1)));
        let side = (high.0 - low.0).max(high.1 - low.1).max(1.0) * 1.001;
        let mut tree = Tree { cells: vec![Cell::new(low, side)] };
        bodies.iter().for_each(|body| tree.insert(*body));
        tree
    }

    fn insert(&mut self, body: Point) {
        let mut at = 0;
        for depth in 0..DEEPEST {
            let cell = &mut self.cells[at];
            let before = (cell.bodies, cell.sum);
            cell.sum = (cell.sum.0 + body.0, cell.sum.1 + body.1);
            cell.bodies += 1.0;
            if before.0 == 0.0 || depth + 1 == DEEPEST {
                return;
            }
            // A lone body moves down when another comes.
            if before.0 == 1.0 {
                let quarter = self.quarter(at, before.1);
                let cell = &mut self.cells[quarter];
                cell.sum = before.1;
                cell.bodies = 1.0;
            }
            at = self.quarter(at, body);
        }
    }

    /// The quarter of a cell where the body belongs, made if need be.
    fn quarter(&mut self, at: usize, body: Point) -> usize {
        let cell = &self.cells[at];
        let half = cell.side / 2.0;
        let (right, below) = (body.0 >= cell.low.0 + half, body.1 >= cell.low.1 + half);
        let which = usize::from(right) + 2 * usize::from(below);
        if cell.quarters[which] == 0 {
            let low = (cell.low.0 + if right { half } else { 0.0 }, cell.low.1 + if below { half } else { 0.0 });
            self.cells.push(Cell::new(low, half));
            self.cells[at].quarters[which] = self.cells.len() as u32 - 1;
        }
        self.cells[at].quarters[which] as usize
    }

    /// How all bodies together push one that stands here.
    fn repulsion(&self, at: Point, strength: f64) -> Point {
        let mut push = (0.0, 0.0);
        let mut open = vec![0usize];
        while let Some(cell) = open.pop() {
            let cell = &self.cells[cell];
            let centre = (cell.sum.0 / cell.bodies, cell.sum.1 / cell.bodies);
            let (dx, dy) = (at.0 - centre.0, at.1 - centre.1);
            let square = dx * dx + dy * dy;
            let is_leaf = cell.quarters == [0; 4];
            if is_leaf || cell.side * cell.side < FAR * FAR * square {
                // A body does not push itself.
                if square > 1e-6 {
                    let force = strength * cell.bodies / square;
                    push = (push.0 + dx * force, push.1 + dy * force);
                }
            } else {
                open.extend(cell.quarters.iter().filter(|quarter| **quarter != 0).map(|quarter| *quarter as usize));
            }
        }
        push
    }
}

impl Cell {
    fn new(low: Point, side: f64) -> Cell {
        Cell { low, side, sum: (0.0, 0.0), bodies: 0.0, quarters: [0; 4] }
    }
}
