//! Which packages answer peers, where the lock tells.
//!
//! A peer is answered by what the needer itself needs, by the needer, or by what answers the same peer of the needer.
//! Different needers can give different answers: then the lock has none, since it has an entry once for all of them.

use std::collections::{BTreeSet, HashMap};

use super::{Asked, Entry};
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;

/// A peer of an entry: the entry, and the number among its peers.
type Peer = (usize, usize);

/// Of each peer of each entry, the entry that answers it for all needers.
pub(super) fn resolved(
    sheet: &Sheet,
    entries: &[Entry],
    answers: &[Vec<Option<usize>>],
) -> Result<Vec<Vec<Option<usize>>>, Problem> {
    let mut found: Vec<Vec<BTreeSet<usize>>> =
        entries.iter().map(|entry| vec![BTreeSet::new(); entry.peers.len()]).collect();
    // Peers that a needer passes on: from its peer to that of the package.
    let mut passed: HashMap<Peer, Vec<Peer>> = HashMap::new();
    let mut waiting: Vec<(Peer, usize)> = Vec::new();
    for (from, entry) in entries.iter().enumerate() {
        let own: HashMap<&str, Option<usize>> =
            std::iter::zip(&entry.needs, &answers[from]).map(|(need, to)| (&*need.name, *to)).collect();
        let peers: HashMap<&str, usize> = entry.peers.iter().enumerate().map(|(at, peer)| (&*peer.name, at)).collect();
        for to in answers[from].iter().flatten() {
            for (at, peer) in entries[*to].peers.iter().enumerate() {
                sheet.tick()?;
                let Asked { name, .. } = peer;
                match (own.get(&**name), peers.get(&**name)) {
                    (Some(Some(answer)), _) => waiting.push(((*to, at), *answer)),
                    _ if entry.name == *name => waiting.push(((*to, at), from)),
                    (_, Some(passing)) => passed.entry((from, *passing)).or_default().push((*to, at)),
                    (_, None) => {}
                }
            }
        }
    }
    while let Some(((entry, peer), answer)) = waiting.pop() {
        sheet.tick()?;
        // More than two answers tell no more than two.
        if found[entry][peer].len() < 2 && found[entry][peer].insert(answer) {
            let onward = passed.get(&(entry, peer)).into_iter().flatten();
            waiting.extend(onward.map(|to| (*to, answer)));
        }
    }
    let only = |answers: BTreeSet<usize>| if answers.len() == 1 { answers.first().copied() } else { None };
    Ok(found.into_iter().map(|peers| peers.into_iter().map(only).collect()).collect())
}
