//! Terms that need themselves: `CYCLES`.

use super::net::{Net, Parts, parts};
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// Elementary cycles, the shortest first.
pub struct Cycles {
    pub parts: Parts,
    /// Each as the nodes it visits, by number in the net.
    pub found: Vec<Vec<usize>>,
    /// Whether there are no others.
    pub all: bool,
}

/// Steps after which the search for further cycles is given up.
const STEPS: usize = 20_000_000;

/// At most so many elementary cycles; if `through` is not empty, only those that visit one of these nodes.
pub fn cycles(net: &Net, through: &[usize], most: usize, budget: &Budget) -> Result<Cycles, Diagnostic> {
    let parts = parts(net, budget)?;
    let mut search = Search {
        net,
        parts: &parts,
        rank: (0..net.len()).map(|node| node + through.len()).collect(),
        reaching: vec![Vec::new(); net.len()],
        back: vec![u32::MAX; net.len()],
        found: Vec::new(),
        most,
        steps: 0,
    };
    through.iter().enumerate().for_each(|(at, node)| search.rank[*node] = at);
    let mut roots = Vec::new();
    for part in (0..parts.members.len()).filter(|part| parts.is_cyclic(net, *part)) {
        if through.is_empty() || through.iter().any(|node| parts.of[*node] as usize == part) {
            search.enter(part);
            roots.extend(parts.members[part].iter().map(|member| *member as usize));
        }
    }
    if !through.is_empty() {
        roots = through.to_vec();
    }
    let all = search.run(roots, budget)?;
    let found = search.found;
    Ok(Cycles { parts, found, all })
}

/// Cycles are looked for length by length, each from its node of the smallest rank, its root. A step is only taken
/// from where the root can still be reached in time.
struct Search<'n> {
    net: &'n Net,
    parts: &'n Parts,
    /// By node: those that the cycles must go through come first.
    rank: Vec<usize>,
    /// For each node of a cyclic part, the sources of the steps that reach it from within.
    reaching: Vec<Vec<u32>>,
    /// How far it is from each node back to the root being looked at.
    back: Vec<u32>,
    found: Vec<Vec<usize>>,
    most: usize,
    steps: usize,
}

/// What is left to find from a root.
#[derive(PartialEq, Eq)]
enum Outlook {
    Longer,
    Nothing,
}

impl Search<'_> {
    fn enter(&mut self, part: usize) {
        for member in &self.parts.members[part] {
            for step in self.net.steps(*member as usize) {
                if self.parts.of[step.target as usize] as usize == part {
                    self.reaching[step.target as usize].push(*member);
                }
            }
        }
    }

    /// Whether nothing was left out.
    fn run(&mut self, mut roots: Vec<usize>, budget: &Budget) -> Result<bool, Diagnostic> {
        let mut length = 1;
        while !roots.is_empty() {
            let mut alive = Vec::with_capacity(roots.len());
            for root in roots {
                let (outlook, near) = self.look_back(root, length, budget)?;
                let goes_on = self.of_length(root, length, budget)?;
                near.into_iter().for_each(|node| self.back[node] = u32::MAX);
                if !goes_on {
                    return Ok(false);
                }
                if outlook == Outlook::Longer {
                    alive.push(root);
                }
            }
            roots = alive;
            length += 1;
        }
        Ok(true)
    }

    /// Notes for the nodes near enough how far it is back to the root; also gives these nodes.
    fn look_back(&mut self, root: usize, length: usize, budget: &Budget) -> Result<(Outlook, Vec<usize>), Diagnostic> {
        let mut queue = vec![root];
        self.back[root] = 0;
        let mut at = 0;
        let mut returns = false;
        while let Some(node) = queue.get(at).copied() {
            if self.back[node] as usize >= length {
                return Ok((Outlook::Longer, queue));
            }
            at += 1;
            for source in self.reaching[node].iter().map(|source| *source as usize) {
                budget.tick()?;
                self.steps += 1;
                returns |= source == root;
                if self.back[source] == u32::MAX && self.rank[source] > self.rank[root] {
                    self.back[source] = self.back[node] + 1;
                    queue.push(source);
                }
            }
        }
        // All that leads back is known: no cycle visits more nodes than these.
        let more = returns && queue.len() > length;
        Ok((if more { Outlook::Longer } else { Outlook::Nothing }, queue))
    }

    /// Finds the cycles of one length from a root on; whether the search may go on.
    fn of_length(&mut self, root: usize, length: usize, budget: &Budget) -> Result<bool, Diagnostic> {
        let mut path = vec![root];
        let mut next = vec![0];
        while let Some(step) = next.last_mut() {
            budget.tick()?;
            self.steps += 1;
            if self.steps > STEPS {
                return Ok(false);
            }
            let node = path[path.len() - 1];
            let Some(target) = self.net.steps(node).get(*step).map(|step| step.target as usize) else {
                next.pop();
                path.pop();
                continue;
            };
            *step += 1;
            if target == root {
                if path.len() == length {
                    if self.found.len() == self.most {
                        return Ok(false);
                    }
                    budget.charge(size_of_val(path.as_slice()))?;
                    self.found.push(path.clone());
                }
                continue;
            }
            let back = self.back[target];
            if back != u32::MAX && path.len() + back as usize <= length && !path.contains(&target) {
                path.push(target);
                next.push(0);
            }
        }
        Ok(true)
    }
}
