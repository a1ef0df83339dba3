//! `WHY … EACH`: which direct needs bring a term in, and what would have to go to be rid of it.

use super::Output;
use super::notes::{counted, names, terms_text};
use super::why::Question;
use crate::algorithms::{dominators, node_cut};
use crate::diagnostic::Diagnostic;
use crate::graph::{Hop, NodeId};
use crate::trace::{Ways, first_chains};

impl Question<'_> {
    /// The shortest chain over each direct need that leads to a goal.
    pub(super) fn each(&self, ways: &Ways) -> Result<Output, Diagnostic> {
        let mut chains = first_chains(ways, &self.from, &self.to, self.context.budget)?;
        chains.sort_by_key(Vec::len);
        let mut notes = vec![self.brought_in(ways, &chains)];
        notes.extend(self.removal(ways, &chains)?);
        Ok(Output::new(self.rows(ways, &chains)?, notes))
    }

    /// How many of the direct needs lead on.
    fn brought_in(&self, ways: &Ways, chains: &[Vec<Hop>]) -> String {
        let direct = distinct(self.from.iter().flat_map(|start| ways.hops(*start)).map(|hop| hop.target));
        let bringing = self.bringing(chains);
        let (from, to) = (self.names(&self.from), self.names(&self.to));
        let needs = counted(direct.len(), "direct need", "direct needs");
        let verb = if bringing.len() == 1 { "brings" } else { "bring" };
        format!("{} of {needs} of {from} {verb} in {to}: {}", bringing.len(), self.names(&bringing))
    }

    fn bringing(&self, chains: &[Vec<Hop>]) -> Vec<NodeId> {
        distinct(chains.iter().filter_map(|chain| chain.first()).map(|hop| hop.target))
    }

    /// What would have to go so that the start needs the goal no more.
    fn removal(&self, ways: &Ways, chains: &[Vec<Hop>]) -> Result<Vec<String>, Diagnostic> {
        let ([start], [goal]) = (self.from.as_slice(), self.to.as_slice()) else { return Ok(Vec::new()) };
        let budget = self.context.budget;
        let (from, to) = (self.names(&self.from), self.names(&self.to));
        let network = ways.reached(&[*start], budget)?;
        let Some(number) = network.number(*goal) else { return Ok(Vec::new()) };
        let mut on_the_way: Vec<NodeId> =
            dominators(&network, 0, budget)?.of(number).filter(|up| *up > 0).map(|up| network.node(up)).collect();
        on_the_way.reverse();
        if !on_the_way.is_empty() {
            let through = names(self.context.graph, on_the_way.iter().copied());
            let any = if on_the_way.len() == 1 { "it" } else { "any one of them" };
            return Ok(vec![format!("all chains run through {through}: without {any} {from} would not need {to}")]);
        }
        let bringing = self.bringing(chains);
        if bringing == [*goal] {
            return Ok(vec![format!("only the direct need of {from} brings in {to}")]);
        }
        let mut notes =
            vec![format!("no single term would remove {to}: all of {} would have to go", self.names(&bringing))];
        let fewest = node_cut(&network, 0, number, budget)?.map_or(bringing.len(), |cut| cut.len());
        if fewest < bringing.len() {
            notes.push(format!("{} further on would do: CRITICAL FOR {from} TO {to}", terms_text(fewest)));
        }
        Ok(notes)
    }
}

/// Each node once, in the order of its first mention.
fn distinct(nodes: impl Iterator<Item = NodeId>) -> Vec<NodeId> {
    let mut seen = std::collections::HashSet::new();
    nodes.filter(|node| seen.insert(*node)).collect()
}
