//! Which copies of a package are one.
//!
//! npm puts a package into several folders where it cannot share one. Copies are one thing if each of their needs is
//! answered by one thing; else they are several, or chains would be found that exist through no copy.

use std::collections::HashMap;

use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;

/// After this many rounds the copies that may still differ are taken apart.
const ROUNDS: usize = 64;

/// The class of each node, named by its first node: the coarsest division in which nodes of one class were of one class
/// at first, and have needs that lead into the same classes.
pub(super) fn classes(sheet: &Sheet, first: &[usize], needs: &[Vec<Option<usize>>]) -> Result<Vec<usize>, Problem> {
    let mut classes = named_by_first(first.iter());
    let copied = copied(&classes);
    if copied.is_empty() {
        return Ok(classes);
    }
    for _ in 0..ROUNDS {
        let mut seen: HashMap<(usize, Vec<Option<usize>>), usize> = HashMap::new();
        let mut refined = classes.clone();
        for node in &copied {
            sheet.tick()?;
            let leads_to = needs[*node].iter().map(|to| to.map(|to| classes[to])).collect();
            refined[*node] = *seen.entry((classes[*node], leads_to)).or_insert(*node);
        }
        if refined == classes {
            return Ok(classes);
        }
        classes = refined;
    }
    for node in copied {
        classes[node] = node;
    }
    Ok(classes)
}

fn named_by_first<'k>(keys: impl Iterator<Item = &'k usize>) -> Vec<usize> {
    let mut first = HashMap::new();
    keys.enumerate().map(|(at, key)| *first.entry(*key).or_insert(at)).collect()
}

/// The nodes that are not alone in their class.
fn copied(classes: &[usize]) -> Vec<usize> {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for class in classes {
        *counts.entry(*class).or_default() += 1;
    }
    (0..classes.len()).filter(|node| counts[&classes[*node]] > 1).collect()
}
