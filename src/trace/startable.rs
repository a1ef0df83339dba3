//! Which relations of a choice need not be waited for: `ORDER`.

use std::collections::VecDeque;

use super::alternatives::{Alternatives, Choice, Required};
use super::hop_number;
use crate::algorithms::{Components, NONE, Network};
use crate::diagnostic::Diagnostic;
use crate::graph::{Bitmap, Effect, Hop};
use crate::limits::Budget;

/// Relations that close a cycle only as long as nobody takes another alternative.
#[derive(Default)]
pub struct Waived {
    /// By [`hop_number`].
    pub hops: Bitmap,
    /// Each with the choice that it belongs to, in the order of the network.
    pub list: Vec<(Hop, Choice)>,
}

/// The relations among members of a cycle that can be left out, since another provider of the choice has started
/// before. `None` if there are none.
pub fn waived(
    network: &Network,
    components: &Components,
    alternatives: &Alternatives,
    budget: &Budget,
) -> Result<Option<Waived>, Diagnostic> {
    let needs_itself = |node: u32| network.targets(node).contains(&node);
    if components.sizes().iter().all(|size| *size < 2) && !network.numbers().any(needs_itself) {
        return Ok(None);
    }
    let required = alternatives.required(network, Effect::Degrades, budget)?;
    let started = started(&required, budget)?;
    let mut waived = Waived::default();
    for (node, needs) in required.into_iter().enumerate() {
        budget.tick()?;
        for (choice, providers) in needs.choices {
            if providers.iter().any(|provider| started[*provider as usize] < started[node]) {
                let is_late = |hop: &&Hop| {
                    let provider = network.number(alternatives.provider(hop)).unwrap_or(NONE) as usize;
                    components.of[provider] == components.of[node] && started[provider] >= started[node]
                };
                let late: Vec<Hop> = choice.hops.iter().filter(is_late).copied().collect();
                late.iter().for_each(|hop| _ = waived.hops.insert(hop_number(hop)));
                waived.list.extend(late.into_iter().map(|hop| (hop, choice.clone())));
            }
        }
    }
    Ok((!waived.list.is_empty()).then_some(waived))
}

/// By node: when it can start; [`NONE`] for what never can. All alternatives are waited for as long as anything else
/// can start.
fn started(required: &[Required], budget: &Budget) -> Result<Vec<u32>, Diagnostic> {
    let mut starting = Starting::of(required, budget)?;
    while let Some(node) = starting.next() {
        budget.tick()?;
        starting.start(node, budget)?;
    }
    Ok(starting.started)
}

struct Starting {
    started: Vec<u32>,
    count: u32,
    /// By node: how many of those that it needs for certain have not started, of all alternatives too, and how many
    /// choices have no provider that has.
    certain: Vec<usize>,
    all: Vec<usize>,
    open: Vec<usize>,
    /// By node: who needs it, and in which choice.
    needers: Vec<Vec<(u32, Option<usize>)>>,
    /// By node and choice: whether a provider has started.
    met: Vec<Vec<bool>>,
    full: VecDeque<u32>,
    partly: VecDeque<u32>,
}

impl Starting {
    fn of(required: &[Required], budget: &Budget) -> Result<Starting, Diagnostic> {
        let mut needers = vec![Vec::new(); required.len()];
        for (node, needs) in required.iter().enumerate() {
            budget.tick()?;
            needs.all.iter().for_each(|need| needers[*need as usize].push((node as u32, None)));
            for (at, (_, providers)) in needs.choices.iter().enumerate() {
                providers.iter().for_each(|provider| needers[*provider as usize].push((node as u32, Some(at))));
            }
        }
        budget.charge(needers.iter().map(|list| size_of_val(list.as_slice())).sum())?;
        let providers = |needs: &Required| needs.choices.iter().map(|(_, providers)| providers.len()).sum::<usize>();
        let mut starting = Starting {
            started: vec![NONE; required.len()],
            count: 0,
            certain: required.iter().map(|needs| needs.all.len()).collect(),
            all: required.iter().map(|needs| needs.all.len() + providers(needs)).collect(),
            open: required.iter().map(|needs| needs.choices.len()).collect(),
            needers,
            met: required.iter().map(|needs| vec![false; needs.choices.len()]).collect(),
            full: VecDeque::new(),
            partly: VecDeque::new(),
        };
        (0..required.len() as u32).for_each(|node| starting.offer(node));
        Ok(starting)
    }

    fn offer(&mut self, node: u32) {
        let at = node as usize;
        match (self.all[at], self.certain[at], self.open[at]) {
            (0, ..) => self.full.push_back(node),
            (_, 0, 0) => self.partly.push_back(node),
            _ => {}
        }
    }

    fn next(&mut self) -> Option<u32> {
        loop {
            let node = self.full.pop_front().or_else(|| self.partly.pop_front())?;
            if self.started[node as usize] == NONE {
                return Some(node);
            }
        }
    }

    fn start(&mut self, node: u32, budget: &Budget) -> Result<(), Diagnostic> {
        self.started[node as usize] = self.count;
        self.count += 1;
        for (needer, choice) in std::mem::take(&mut self.needers[node as usize]) {
            budget.tick()?;
            let at = needer as usize;
            self.all[at] -= 1;
            match choice {
                None => self.certain[at] -= 1,
                Some(choice) if !std::mem::replace(&mut self.met[at][choice], true) => self.open[at] -= 1,
                Some(_) => {}
            }
            self.offer(needer);
        }
        Ok(())
    }
}
