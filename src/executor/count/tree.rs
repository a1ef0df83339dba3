//! Terms of which the edges close no cycle, and the parts of other terms that hang at a cycle.
//!
//! The numbers of matches are passed from the leaves to a root, over each edge once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cycle::Cycle;
use super::domain::both;
use super::weight::{Factor, Values, Weight, covers};
use super::{Counter, Outcome, Stop};
use crate::graph::Bitmap;
use crate::plan::{Edge, Term};

/// Nodes that hang together, with what each weighs by itself.
pub(super) struct Component<'t, 'g> {
    pub weights: BTreeMap<usize, Weight<'g>>,
    /// No edge joins a node to itself.
    pub edges: Vec<&'t Edge>,
}

impl Component<'_, '_> {
    fn is_tree(&self) -> bool {
        self.edges.len() + 1 == self.weights.len()
    }

    /// The edges at a node, by number, and the node at the other end.
    fn around(&self, node: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.edges.iter().enumerate().filter_map(move |(at, edge)| match (edge.from == node, edge.to == node) {
            (true, _) => Some((at, edge.to)),
            (_, true) => Some((at, edge.from)),
            _ => None,
        })
    }
}

impl<'g> Counter<'g> {
    /// In how many ways the term's graph can be laid over the data.
    pub(super) fn total(&mut self, term: &Term, weights: &[Weight<'g>]) -> Outcome<u128> {
        let mut total = 1_u128;
        for component in self.components(term, weights)? {
            if total == 0 {
                break;
            }
            let number = self.component_total(component)?;
            total = total.checked_mul(number).ok_or(Stop::Plain)?;
        }
        Ok(total)
    }

    /// The same for each node that the first variable may stand for.
    pub(super) fn by_node(&mut self, term: &Term, weights: &[Weight<'g>]) -> Outcome<Values> {
        let mut others = 1_u128;
        let mut own = None;
        for component in self.components(term, weights)? {
            match component.weights.contains_key(&0) {
                true => own = Some(component),
                false => {
                    let number = self.component_total(component)?;
                    others = others.checked_mul(number).ok_or(Stop::Plain)?;
                }
            }
        }
        let Some(component) = own else { return Ok(Values::default()) };
        let weight = self.rooted(component, 0)?;
        let mut values = self.values(&weight)?;
        let others = u64::try_from(others).map_err(|_| Stop::Plain)?;
        for value in values.numbers.iter_mut().filter(|_| others != 1) {
            *value = value.checked_mul(others).ok_or(Stop::Plain)?;
        }
        Ok(values)
    }

    fn components<'t>(&mut self, term: &'t Term, weights: &[Weight<'g>]) -> Outcome<Vec<Component<'t, 'g>>> {
        let mut together = term.same_as.clone();
        for edge in &term.edges {
            let (a, b) = (together[edge.from], together[edge.to]);
            together.iter_mut().filter(|other| **other == b).for_each(|other| *other = a);
        }
        let mut components: BTreeMap<usize, Component> = BTreeMap::new();
        for (variable, same) in term.same_as.iter().enumerate() {
            let component = components.entry(together[*same]);
            let component = component.or_insert_with(|| Component { weights: BTreeMap::new(), edges: vec![] });
            let weight = component.weights.entry(*same).or_default();
            narrow(weight, weights[variable].domain.as_ref());
            weight.factors.extend(weights[variable].factors.iter().cloned());
        }
        for edge in &term.edges {
            let Some(component) = components.get_mut(&together[edge.from]) else { continue };
            match component.weights.get_mut(&edge.from) {
                Some(weight) if edge.from == edge.to => self.loops(edge, weight)?,
                _ => component.edges.push(edge),
            }
        }
        Ok(components.into_values().collect())
    }

    /// What an edge from a node to itself makes of the node's weight.
    fn loops(&mut self, edge: &Edge, weight: &mut Weight<'g>) -> Outcome<()> {
        let loops = self.lists.loops(edge, self.budget)?;
        let nodes: Bitmap = loops.iter().map(|node| *node as usize).collect();
        narrow(weight, Some(&Arc::new(nodes)));
        if loops.windows(2).any(|pair| pair[0] == pair[1]) {
            let (first, last) = (loops[0], loops[loops.len() - 1]);
            self.charge::<u64>((last - first) as usize + 1)?;
            let mut numbers = vec![0_u64; (last - first) as usize + 1];
            loops.iter().for_each(|node| numbers[(*node - first) as usize] += 1);
            weight.factors.push(Factor::Values(Arc::new(Values { first, numbers })));
        }
        Ok(())
    }

    fn component_total(&mut self, component: Component<'_, 'g>) -> Outcome<u128> {
        if component.weights.values().any(|weight| weight.domain.as_ref().is_some_and(|domain| domain.is_empty())) {
            return Ok(0);
        }
        if component.is_tree() {
            let root = self.best_root(&component)?;
            let weight = self.weight_at(&component, root, None, None)?;
            return weight.sum(self.graph.node_bound(), self.budget);
        }
        let cycle = self.cycle(&component, None)?;
        cycle.total(self.budget)
    }

    /// The weight of a node when everything else has been gathered there.
    fn rooted(&mut self, component: Component<'_, 'g>, root: usize) -> Outcome<Weight<'g>> {
        if component.is_tree() {
            return self.weight_at(&component, root, None, None);
        }
        let mut component = component;
        let core = core(&component);
        // The node of the cycle through which the root hangs on it, and the edges that lead there.
        let (gate, path) = path_to(&component, root, &core);
        let numbered = || component.edges.iter().copied().enumerate();
        let apart: Vec<&Edge> = numbered().filter(|(at, _)| !path.contains(at)).map(|(_, edge)| edge).collect();
        let reached = reachable(&apart, gate);
        let is_inside = |(at, edge): &(usize, &Edge)| !path.contains(at) && reached.contains(&edge.from);
        let (inside, outside): (Vec<_>, Vec<_>) = numbered().partition(is_inside);
        let edges = |numbered: Vec<(usize, _)>| numbered.into_iter().map(|(_, edge)| edge).collect::<Vec<&Edge>>();
        let (inside, outside) = (edges(inside), edges(outside));
        let mut cyclic = Component { weights: BTreeMap::new(), edges: inside };
        for node in &reached {
            if let Some(weight) = component.weights.get(node) {
                cyclic.weights.insert(*node, weight.clone());
            }
        }
        let cycle = self.cycle(&cyclic, Some(gate))?;
        self.charge::<u64>(self.graph.node_bound())?;
        let numbers = cycle.by_start(self.graph.node_bound(), self.budget)?;
        let values = Values { first: 0, numbers };
        component.weights.retain(|node, _| *node == gate || !reached.contains(node));
        component.edges = outside;
        // The gate's own weight is in the values.
        component.weights.insert(gate, Weight { domain: None, factors: vec![Factor::Values(Arc::new(values))] });
        self.weight_at(&component, root, None, None)
    }

    /// The cycle of a component with what hangs at it; it is walked from `start`, if that is given.
    fn cycle(&mut self, component: &Component<'_, 'g>, start: Option<usize>) -> Outcome<Cycle<'g>> {
        let core = core(component);
        let is_inside = |edge: &Edge| core.contains(&edge.from) && core.contains(&edge.to);
        let mut weights = BTreeMap::new();
        for node in &core {
            let hanging = Component {
                weights: component.weights.clone(),
                edges: component.edges.iter().filter(|edge| !is_inside(edge)).copied().collect(),
            };
            weights.insert(*node, self.weight_at(&hanging, *node, None, None)?);
        }
        let edges: Vec<&Edge> = component.edges.iter().filter(|edge| is_inside(edge)).copied().collect();
        Cycle::new(self, weights, &edges, start)
    }

    /// A node's weight with everything gathered that hangs at it, but not over the edge from its parent. Only nodes in
    /// `reached` will be asked for.
    fn weight_at(
        &mut self,
        tree: &Component<'_, 'g>,
        node: usize,
        parent: Option<usize>,
        reached: Option<Arc<Bitmap>>,
    ) -> Outcome<Weight<'g>> {
        let mut weight = tree.weights.get(&node).cloned().unwrap_or_default();
        narrow(&mut weight, reached.as_ref());
        let children: Vec<(usize, usize)> = tree.around(node).filter(|(edge, _)| Some(*edge) != parent).collect();
        for (edge, child) in children {
            let lists = self.lists.of_edge(tree.edges[edge], tree.edges[edge].from == node, self.budget)?;
            let back = self.lists.of_edge(tree.edges[edge], tree.edges[edge].from == child, self.budget)?;
            let is_leaf = tree.around(child).count() == 1 && tree.weights[&child].factors.is_empty();
            let reached = match &weight.domain {
                Some(domain) if !is_leaf => self.reached(domain, &lists, back.range().len())?,
                _ => None,
            };
            let below = self.weight_at(tree, child, Some(edge), reached)?;
            weight.factors.push(match (&below.domain, below.factors.as_slice()) {
                (None, []) => Factor::Degree(lists),
                (Some(domain), []) if covers(domain, &back) => Factor::Degree(lists),
                (Some(domain), []) => Factor::Members(lists, domain.clone()),
                (None, [Factor::Values(values)]) => Factor::Sum(lists, values.clone()),
                _ => Factor::Sum(lists, Arc::new(self.values(&below)?)),
            });
        }
        weight.factors.sort_by_key(Factor::cost);
        Ok(weight)
    }

    /// The neighbours of some nodes, if they are clearly fewer than all.
    fn reached(&mut self, nodes: &Bitmap, lists: &super::lists::Lists, all: usize) -> Outcome<Option<Arc<Bitmap>>> {
        let average = 1 + lists.total() / lists.range().len().max(1);
        if nodes.count() * average * 8 > all {
            return Ok(None);
        }
        let mut reached = Bitmap::default();
        for node in nodes.iter() {
            for neighbour in lists.of(node as u32) {
                self.budget.tick()?;
                reached.insert(*neighbour as usize);
            }
        }
        Ok(Some(Arc::new(reached)))
    }

    /// The root from which the tree takes the fewest steps, as far as average degrees tell.
    fn best_root(&mut self, tree: &Component<'_, 'g>) -> Outcome<usize> {
        let mut best = (f64::MAX, 0);
        for root in tree.weights.keys() {
            let size = self.size(tree, *root)?;
            let cost = size + self.cost(tree, *root, None, size)?;
            if cost < best.0 {
                best = (cost, *root);
            }
        }
        Ok(best.1)
    }

    /// How many nodes a variable may stand for, at most.
    pub(super) fn size(&mut self, tree: &Component<'_, 'g>, node: usize) -> Outcome<f64> {
        if let Some(domain) = &tree.weights[&node].domain {
            return Ok(domain.count() as f64);
        }
        let mut size = self.graph.node_count();
        for (edge, _) in tree.around(node) {
            let lists = self.lists.of_edge(tree.edges[edge], tree.edges[edge].from == node, self.budget)?;
            size = size.min(lists.range().len());
        }
        Ok(size as f64)
    }

    /// Steps for gathering what hangs at so many nodes.
    fn cost(&mut self, tree: &Component<'_, 'g>, node: usize, parent: Option<usize>, nodes: f64) -> Outcome<f64> {
        let children: Vec<(usize, usize)> = tree.around(node).filter(|(edge, _)| Some(*edge) != parent).collect();
        let mut cost = 0.0;
        for (edge, child) in children {
            let lists = self.lists.of_edge(tree.edges[edge], tree.edges[edge].from == node, self.budget)?;
            let back = self.lists.of_edge(tree.edges[edge], tree.edges[edge].from == child, self.budget)?;
            let average = lists.total() as f64 / lists.range().len().max(1) as f64;
            let weight = &tree.weights[&child];
            let is_leaf = tree.around(child).count() == 1 && weight.factors.is_empty();
            if is_leaf && weight.domain.as_ref().is_none_or(|domain| covers(domain, &back)) {
                cost += nodes;
                continue;
            }
            cost += nodes * (1.0 + average);
            if !is_leaf {
                let below = self.size(tree, child)?.min(nodes * average);
                cost += 2.0 * below + self.cost(tree, child, Some(edge), below)?;
            }
        }
        Ok(cost)
    }
}

/// Leaves only nodes that are also in the set.
fn narrow(weight: &mut Weight, to: Option<&Arc<Bitmap>>) {
    let Some(to) = to else { return };
    weight.domain = Some(match &weight.domain {
        Some(domain) if Arc::ptr_eq(domain, to) => return,
        Some(domain) => Arc::new(both(domain, to)),
        None => to.clone(),
    });
}

/// The nodes that are left when leaves are taken off as long as there are any.
fn core(component: &Component) -> Vec<usize> {
    let mut nodes: Vec<usize> = component.weights.keys().copied().collect();
    loop {
        let degree = |node: usize, nodes: &[usize]| {
            let inside = component.around(node).filter(|(_, other)| nodes.contains(other));
            inside.count()
        };
        let (kept, leaves): (Vec<usize>, Vec<usize>) = nodes.iter().partition(|node| degree(**node, &nodes) > 1);
        if leaves.is_empty() {
            return kept;
        }
        nodes = kept;
    }
}

/// The first node of the core on the way from a node, and the numbers of the edges that lead there.
fn path_to(component: &Component, from: usize, core: &[usize]) -> (usize, Vec<usize>) {
    let mut paths = vec![(from, Vec::new())];
    let mut at = 0;
    while at < paths.len() {
        let (node, path) = paths[at].clone();
        if core.contains(&node) {
            return (node, path);
        }
        for (edge, other) in component.around(node).filter(|(edge, _)| !path.contains(edge)) {
            paths.push((other, [path.as_slice(), &[edge]].concat()));
        }
        at += 1;
    }
    (from, Vec::new())
}

/// The nodes that edges join to a node, itself included.
fn reachable(edges: &[&Edge], from: usize) -> Vec<usize> {
    let mut reached = vec![from];
    let mut at = 0;
    while at < reached.len() {
        let node = reached[at];
        for edge in edges {
            for (one, other) in [(edge.from, edge.to), (edge.to, edge.from)] {
                if one == node && !reached.contains(&other) {
                    reached.push(other);
                }
            }
        }
        at += 1;
    }
    reached
}
