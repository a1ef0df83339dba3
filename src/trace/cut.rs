//! The fewest nodes, and the fewest relations, that part one set of nodes from another.

use super::net::Net;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// What parts the goals from the starts.
pub struct Cuts {
    /// The fewest relations: the steps that hold them, as source and target.
    pub relations: Vec<(usize, usize)>,
    /// The fewest nodes that are neither start nor goal; none if a start needs a goal directly.
    pub nodes: Option<Vec<usize>>,
}

/// In a net, by the numbers of its nodes.
pub fn cuts(net: &Net, starts: &[usize], goals: &[usize], budget: &Budget) -> Result<Cuts, Diagnostic> {
    let relations = relation_cut(net, starts, goals, budget)?;
    let direct = starts.iter().any(|start| net.steps(*start).iter().any(|s| goals.contains(&(s.target as usize))));
    let nodes = if direct { None } else { Some(node_cut(net, starts, goals, budget)?) };
    Ok(Cuts { relations, nodes })
}

const ENDLESS: u32 = u32::MAX / 2;

fn relation_cut(
    net: &Net,
    starts: &[usize],
    goals: &[usize],
    budget: &Budget,
) -> Result<Vec<(usize, usize)>, Diagnostic> {
    let mut flow = Flow::new(net.len() + 2);
    for node in 0..net.len() {
        for step in net.steps(node) {
            budget.tick()?;
            flow.arc(node, step.target as usize, step.parallel);
        }
    }
    let near = flow.saturate(net.len(), starts, goals, budget)?;
    let mut cut = Vec::new();
    for source in (0..net.len()).filter(|node| near[*node]) {
        let across = net.steps(source).iter().filter(|step| !near[step.target as usize]);
        cut.extend(across.map(|step| (source, step.target as usize)));
    }
    Ok(cut)
}

/// Each node is an arc from its entrance to its exit.
fn node_cut(net: &Net, starts: &[usize], goals: &[usize], budget: &Budget) -> Result<Vec<usize>, Diagnostic> {
    let count = net.len();
    let mut flow = Flow::new(2 * count + 2);
    for node in 0..count {
        let is_end = starts.contains(&node) || goals.contains(&node);
        flow.arc(node, count + node, if is_end { ENDLESS } else { 1 });
        for step in net.steps(node) {
            budget.tick()?;
            flow.arc(count + node, step.target as usize, ENDLESS);
        }
    }
    let near = flow.saturate(2 * count, starts, goals, budget)?;
    Ok((0..count).filter(|node| near[*node] && !near[count + *node]).collect())
}

/// Arcs with room for flow; each is followed by the arc back.
struct Flow {
    leaving: Vec<Vec<u32>>,
    target: Vec<u32>,
    room: Vec<u32>,
}

impl Flow {
    fn new(nodes: usize) -> Flow {
        Flow { leaving: vec![Vec::new(); nodes], target: Vec::new(), room: Vec::new() }
    }

    fn arc(&mut self, source: usize, target: usize, room: u32) {
        for (from, to, room) in [(source, target, room), (target, source, 0)] {
            self.leaving[from].push(self.target.len() as u32);
            self.target.push(to as u32);
            self.room.push(room);
        }
    }

    /// Sends as much as there is room for from the starts to the goals, the shortest ways first (Edmonds and Karp);
    /// then gives the nodes to which more could still be sent.
    fn saturate(
        &mut self,
        spare: usize,
        starts: &[usize],
        goals: &[usize],
        budget: &Budget,
    ) -> Result<Vec<bool>, Diagnostic> {
        let (source, sink) = (spare, spare + 1);
        starts.iter().for_each(|start| self.arc(source, *start, ENDLESS));
        goals.iter().for_each(|goal| self.arc(*goal, sink, ENDLESS));
        budget.charge(self.target.len() * 3 * size_of::<u32>())?;
        loop {
            let mut came_by = vec![u32::MAX; self.leaving.len()];
            let mut seen = vec![false; self.leaving.len()];
            let mut queue = vec![source];
            seen[source] = true;
            let mut at = 0;
            while let Some(node) = queue.get(at).copied().filter(|_| !seen[sink]) {
                at += 1;
                for &arc in &self.leaving[node] {
                    budget.tick()?;
                    let target = self.target[arc as usize] as usize;
                    if self.room[arc as usize] > 0 && !std::mem::replace(&mut seen[target], true) {
                        came_by[target] = arc;
                        queue.push(target);
                    }
                }
            }
            if !seen[sink] {
                return Ok(seen);
            }
            self.send(source, sink, &came_by);
        }
    }

    fn send(&mut self, source: usize, sink: usize, came_by: &[u32]) {
        let before = |node: usize, target: &[u32]| target[came_by[node] as usize ^ 1] as usize;
        let mut least = ENDLESS;
        let mut node = sink;
        while node != source {
            least = least.min(self.room[came_by[node] as usize]);
            node = before(node, &self.target);
        }
        node = sink;
        while node != source {
            let arc = came_by[node] as usize;
            self.room[arc] -= least;
            self.room[arc ^ 1] += least;
            node = before(node, &self.target);
        }
    }
}
