//! Layouts keep boxes apart, layers in order, and are the same every time.

use super::*;
use crate::limits::{Budget, Limits};

/// A graph like those that people draw: every node is joined to some earlier one, a few links close cycles.
fn sketch(nodes: usize, links: usize) -> Sketch {
    let mut state = 7u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut joined: Vec<(usize, usize)> = (1..nodes).map(|node| (random(node), node)).collect();
    while joined.len() < links {
        joined.push((random(nodes), random(nodes)));
    }
    let sizes = (0..nodes).map(|_| (40.0 + random(120) as f64, 24.0)).collect();
    Sketch { sizes, links: joined, roots: vec![0] }
}

fn budget() -> Budget {
    Budget::start(&Limits::default())
}

fn overlaps(sketch: &Sketch, layout: &Layout) -> usize {
    let apart = |a: usize, b: usize| {
        let (dx, dy) = (layout.centres[a].0 - layout.centres[b].0, layout.centres[a].1 - layout.centres[b].1);
        dx.abs() >= (sketch.sizes[a].0 + sketch.sizes[b].0) / 2.0
            || dy.abs() >= (sketch.sizes[a].1 + sketch.sizes[b].1) / 2.0
    };
    let nodes = sketch.sizes.len();
    (0..nodes).map(|a| (a + 1..nodes).filter(|b| !apart(a, *b)).count()).sum()
}

fn check(sketch: &Sketch, layout: &Layout) {
    assert_eq!(layout.centres.len(), sketch.sizes.len());
    assert_eq!(layout.routes.len(), sketch.links.len());
    assert_eq!(overlaps(sketch, layout), 0);
    let inside = |(x, y): Point| x >= -1e-6 && y >= -1e-6 && x <= layout.size.0 + 1e-6 && y <= layout.size.1 + 1e-6;
    assert!(layout.centres.iter().all(|centre| inside(*centre)));
    for (route, (from, to)) in layout.routes.iter().zip(&sketch.links) {
        let points = route.points();
        assert!(points.iter().all(|point| inside(*point)));
        // Routes begin and end at the boxes they join.
        for (point, node) in [(points[0], from), (points[points.len() - 1], to)] {
            let (dx, dy) = (point.0 - layout.centres[*node].0, point.1 - layout.centres[*node].1);
            let size = sketch.sizes[*node];
            assert!(dx.abs() <= size.0 / 2.0 + 1e-6 && dy.abs() <= size.1 / 2.0 + 1e-6, "{dx} {dy} {size:?}");
        }
    }
}

#[test]
fn boxes_are_apart_and_routes_join_them() {
    for (nodes, links) in [(1, 1), (2, 4), (30, 45), (300, 800)] {
        let sketch = sketch(nodes, links);
        for arrange in [layers, neighbourhood] {
            let layout = arrange(&sketch, &budget()).unwrap();
            check(&sketch, &layout);
            assert_eq!(layout.centres, arrange(&sketch, &budget()).unwrap().centres);
        }
    }
}

#[test]
fn nothing_is_laid_out_as_nothing() {
    let nothing = Sketch { sizes: Vec::new(), links: Vec::new(), roots: Vec::new() };
    for arrange in [layers, neighbourhood] {
        assert_eq!(arrange(&nothing, &budget()).unwrap().size, (0.0, 0.0));
    }
}

#[test]
fn links_run_from_left_to_right_unless_they_close_a_cycle() {
    let sizes = vec![(50.0, 20.0); 5];
    let sketch = Sketch { sizes, links: vec![(0, 1), (1, 2), (2, 0), (0, 3), (3, 3), (0, 2)], roots: vec![0] };
    let layout = layers(&sketch, &budget()).unwrap();
    let x = |node: usize| layout.centres[node].0;
    assert!(x(0) < x(1) && x(1) < x(2) && x(0) < x(3));
    let Route::Level(back) = &layout.routes[2] else { panic!("it is level") };
    assert!(back[0].0 > back[back.len() - 1].0);
}

#[test]
fn a_crossing_that_need_not_be_is_none() {
    // Two columns of three, joined one to one in another order.
    let sizes = vec![(50.0, 20.0); 6];
    let sketch = Sketch { sizes, links: vec![(0, 5), (1, 4), (2, 3)], roots: Vec::new() };
    let layout = layers(&sketch, &budget()).unwrap();
    let y = |node: usize| layout.centres[node].1;
    for (a, b) in [((0, 5), (1, 4)), ((1, 4), (2, 3)), ((0, 5), (2, 3))] {
        assert_eq!(y(a.0) < y(b.0), y(a.1) < y(b.1));
        assert!((y(a.0) - y(a.1)).abs() < 1e-6, "straight");
    }
}

#[test]
fn a_limit_stops_a_layout() {
    let limits = Limits { time: Some(std::time::Duration::ZERO), ..Limits::default() };
    let sketch = sketch(2000, 6000);
    for arrange in [layers, neighbourhood] {
        assert!(arrange(&sketch, &Budget::start(&limits)).is_err());
    }
}
