//! Layers from left to right, after Sugiyama, Tagawa and Toda (1981): links that close a cycle are turned, nodes get
//! layers by the longest way to them, links over several layers get a stand-in in each, the order in the layers is
//! improved by sweeps (`ordering`), then everything gets its height (`placing`).

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::{Layout, Result, Route, Sketch, around, fit, ordering, placing};
use crate::limits::Budget;

/// With more stand-ins than these, the links that would need them run straight.
const STAND_INS: usize = 20_000;

/// Nodes and stand-ins in layers.
pub(super) struct Layers {
    /// The items of each layer, from top to bottom. The first items are the nodes.
    pub(super) layers: Vec<Vec<usize>>,
    pub(super) layer: Vec<usize>,
    /// The neighbours in the layer before and in the layer after.
    pub(super) before: Vec<Vec<usize>>,
    pub(super) after: Vec<Vec<usize>>,
    pub(super) heights: Vec<f64>,
    /// How many of the items are nodes.
    pub(super) nodes: usize,
}

/// Lays out in layers.
pub(in crate::export) fn layers(sketch: &Sketch, budget: &Budget) -> Result<Layout> {
    let nodes = sketch.sizes.len();
    let (order, forward) = acyclic(sketch, budget)?;
    let layer = ranks(nodes, &order, &forward, budget)?;
    let (mut items, chains) = with_stand_ins(sketch, layer, &order, &forward);
    ordering::reduce_crossings(&mut items, budget)?;
    let heights = placing::heights(&items, budget)?;
    Ok(drawn(sketch, &items, &chains, &forward, &heights))
}

/// A link from left to right; `None` if it is a loop.
type Forward = Option<(usize, usize)>;

/// The nodes breadth first, and the links turned so that they close no cycle: of those within a strongly connected part,
/// the ones that lead back towards the beginning. (Turning what a depth-first search meets again makes layers by the
/// hundred in a part of a thousand nodes.)
fn acyclic(sketch: &Sketch, budget: &Budget) -> Result<(Vec<usize>, Vec<Forward>)> {
    let nodes = sketch.sizes.len();
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(nodes, sketch.links.len());
    (0..nodes).for_each(|_| _ = graph.add_node(()));
    for (from, to) in &sketch.links {
        graph.add_edge(NodeIndex::new(*from), NodeIndex::new(*to), ());
    }
    let mut part = vec![0usize; nodes];
    for (number, members) in kosaraju_scc(&graph).iter().enumerate() {
        members.iter().for_each(|node| part[node.index()] = number);
    }
    let order = breadth_first(sketch, budget)?;
    let mut rank = vec![0usize; nodes];
    order.iter().enumerate().for_each(|(at, node)| rank[*node] = at);
    let forward = sketch.links.iter().map(|(from, to)| {
        let back = part[*from] == part[*to] && rank[*from] > rank[*to];
        (from != to).then_some(if back { (*to, *from) } else { (*from, *to) })
    });
    Ok((order, forward.collect()))
}

/// From the roots, then from nodes that nothing leads to, then from the rest.
fn breadth_first(sketch: &Sketch, budget: &Budget) -> Result<Vec<usize>> {
    let nodes = sketch.sizes.len();
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut entered = vec![false; nodes];
    for (from, to) in sketch.links.iter().filter(|(from, to)| from != to) {
        leaving[*from].push(*to);
        entered[*to] = true;
    }
    let mut met = vec![false; nodes];
    let mut order = Vec::with_capacity(nodes);
    let sources = (0..nodes).filter(|node| !entered[*node]);
    for start in sketch.roots.iter().copied().chain(sources).chain(0..nodes) {
        let mut at = order.len();
        if !std::mem::replace(&mut met[start], true) {
            order.push(start);
        }
        while let Some(node) = order.get(at).copied() {
            budget.tick()?;
            at += 1;
            for next in &leaving[node] {
                if !std::mem::replace(&mut met[*next], true) {
                    order.push(*next);
                }
            }
        }
    }
    Ok(order)
}

/// The layer of each node: the longest way to it, then moved towards the side where it has more links.
fn ranks(nodes: usize, order: &[usize], forward: &[Forward], budget: &Budget) -> Result<Vec<usize>> {
    let (mut before, mut after) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
    for (from, to) in forward.iter().flatten() {
        after[*from].push(*to);
        before[*to].push(*from);
    }
    let mut waiting: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut sorted: Vec<usize> = order.iter().copied().filter(|node| waiting[*node] == 0).collect();
    let mut layer = vec![0usize; nodes];
    let mut at = 0;
    while at < sorted.len() {
        budget.tick()?;
        let node = sorted[at];
        at += 1;
        for next in &after[node] {
            layer[*next] = layer[*next].max(layer[node] + 1);
            waiting[*next] -= 1;
            if waiting[*next] == 0 {
                sorted.push(*next);
            }
        }
    }
    for _ in 0..4 {
        let mut moved = false;
        for node in sorted.iter().rev() {
            budget.tick()?;
            let low = before[*node].iter().map(|n| layer[*n] + 1).max().unwrap_or(0);
            let Some(high) = after[*node].iter().map(|n| layer[*n] - 1).min() else { continue };
            let best = if after[*node].len() > before[*node].len() { high } else { low };
            moved |= std::mem::replace(&mut layer[*node], best) != best;
        }
        if !moved {
            break;
        }
    }
    Ok(layer)
}

/// The items in layers, and for each link its stand-ins from left to right; `None` if it runs without.
fn with_stand_ins(
    sketch: &Sketch,
    mut layer: Vec<usize>,
    order: &[usize],
    forward: &[Forward],
) -> (Layers, Vec<Option<Vec<usize>>>) {
    let nodes = layer.len();
    let mut heights: Vec<f64> = sketch.sizes.iter().map(|(_, height)| *height).collect();
    let mut layers = vec![Vec::new(); layer.iter().max().map_or(0, |last| last + 1)];
    order.iter().for_each(|node| layers[layer[*node]].push(*node));
    let (mut before, mut after) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
    let mut chains = Vec::with_capacity(forward.len());
    for link in forward {
        let Some((from, to)) = *link else {
            chains.push(None);
            continue;
        };
        let between = layer[from] + 1..layer[to];
        if layer.len() - nodes + between.len() > STAND_INS {
            chains.push(None);
            continue;
        }
        let mut chain = Vec::with_capacity(between.len());
        let mut last = from;
        for at in between {
            let item = layer.len();
            layer.push(at);
            layers[at].push(item);
            heights.push(2.0);
            before.push(vec![last]);
            after.push(Vec::new());
            after[last].push(item);
            chain.push(item);
            last = item;
        }
        after[last].push(to);
        before[to].push(last);
        chains.push(Some(chain));
    }
    (Layers { layers, layer, before, after, heights, nodes }, chains)
}

/// The layout: columns side by side, links from border to border.
fn drawn(
    sketch: &Sketch,
    items: &Layers,
    chains: &[Option<Vec<usize>>],
    forward: &[Forward],
    heights: &[f64],
) -> Layout {
    let mut columns = Vec::with_capacity(items.layers.len());
    let mut left = 0.0;
    for layer in &items.layers {
        let real = layer.iter().filter(|item| **item < items.nodes);
        let width = real.map(|node| sketch.sizes[*node].0).fold(0.0, f64::max);
        let links: usize = layer.iter().map(|item| items.after[*item].len()).sum();
        columns.push((left, left + width));
        // The more links run between two columns, the more room they need to be told apart.
        left += width + 56.0 + (links as f64 * 1.5).min(90.0);
    }
    let middle = |item: usize| {
        let (left, right) = columns[items.layer[item]];
        (left + right) / 2.0
    };
    let centres: Vec<_> = (0..items.nodes).map(|node| (middle(node), heights[node])).collect();
    let ports = Ports::spread(sketch, chains, forward, heights);
    let routes = forward.iter().enumerate().map(|(link, ends)| {
        let Some((from, to)) = *ends else {
            let node = sketch.links[link].0;
            return around(centres[node], sketch.sizes[node]);
        };
        let mut points = vec![(centres[from].0 + sketch.sizes[from].0 / 2.0, ports.out[link])];
        for item in chains[link].iter().flatten() {
            let (left, right) = columns[items.layer[*item]];
            points.extend([(left, heights[*item]), (right, heights[*item])]);
        }
        points.push((centres[to].0 - sketch.sizes[to].0 / 2.0, ports.into[link]));
        let route = Route::Level(points);
        if sketch.links[link] == (from, to) { route } else { route.reversed() }
    });
    let mut layout = Layout { routes: routes.collect(), centres, size: (0.0, 0.0) };
    fit(&mut layout, &sketch.sizes);
    layout
}

/// At which height links leave and reach their nodes: side by side in the order of where they go.
struct Ports {
    out: Vec<f64>,
    into: Vec<f64>,
}

impl Ports {
    fn spread(sketch: &Sketch, chains: &[Option<Vec<usize>>], forward: &[Forward], heights: &[f64]) -> Ports {
        let nodes = sketch.sizes.len();
        let (mut leaving, mut reaching) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
        for (link, ends) in forward.iter().enumerate() {
            let Some((from, to)) = *ends else { continue };
            let chain = chains[link].as_deref().unwrap_or_default();
            leaving[from].push((heights[*chain.first().unwrap_or(&to)], link));
            reaching[to].push((heights[*chain.last().unwrap_or(&from)], link));
        }
        let mut ports = Ports { out: vec![0.0; forward.len()], into: vec![0.0; forward.len()] };
        for node in 0..nodes {
            for (side, at) in [(&mut leaving[node], &mut ports.out), (&mut reaching[node], &mut ports.into)] {
                side.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let room = sketch.sizes[node].1 * 0.7;
                let step = (room / side.len() as f64).min(6.0);
                let first = heights[node] - step * (side.len() as f64 - 1.0) / 2.0;
                side.iter().enumerate().for_each(|(place, (_, link))| at[*link] = first + step * place as f64);
            }
        }
        ports
    }
}
