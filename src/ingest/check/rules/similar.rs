//! Names that differ by so little that they may be one.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::entries::{Entries, tells_apart};
use super::super::found::Found;
use super::super::{Find, Rule};
use crate::diagnostic::Severity;
use crate::glossary::may_be_english;
use crate::graph::fold;

pub(in super::super) const RULE: Rule = Rule {
    name: "near-duplicate",
    severity: Severity::Warning,
    says: "The names of two terms differ only in case, hyphens, plural, or one letter of a long word.",
    why: "they may be one term, and a reader mixes them up",
    help: "make them one, or name them so that they differ",
    example: &[("words.csv", "term,definition\nbreak water,A wall in the sea.\nbreakwaters,Walls of stone.\n")],
    find: &[Find::Entries(similar)],
};

/// Shorter names differ in a letter by right.
const LONG: usize = 8;

struct Named<'a> {
    entry: usize,
    name: &'a str,
    /// Letters and digits in lower case, the last word in the singular.
    key: String,
}

fn similar(entries: &Entries, found: &mut Found) {
    let mut names = Vec::new();
    for term in &entries.terminology.terms.all {
        let entry = term.entries[0];
        let headwords = entries.all()[entry].headwords.iter();
        let english = headwords.filter(|name| may_be_english(name.language.as_deref()));
        names.extend(english.map(|name| Named { entry, name: &name.text, key: key(&name.text) }));
    }
    let mut reported = HashSet::new();
    let mut by_key: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, named) in names.iter().enumerate() {
        let first = *by_key.entry(&named.key).or_insert(at);
        report(entries, &names[first], named, &mut reported, found);
    }
    let mut by_rest: HashMap<String, usize> = HashMap::new();
    for (at, named) in names.iter().enumerate().filter(|(_, named)| is_long(&named.key)) {
        for rest in rests(&named.key) {
            let first = *by_rest.entry(rest).or_insert(at);
            if is_slip(&names[first].key, &named.key) && !differ_in_capitals(names[first].name, named.name) {
                report(entries, &names[first], named, &mut reported, found);
            }
        }
    }
}

fn report(entries: &Entries, first: &Named, second: &Named, reported: &mut HashSet<(usize, usize)>, found: &mut Found) {
    // The very same name is found by other rules.
    let is_other = first.entry != second.entry && first.name != second.name;
    // A catalogue tells a component and a group of one name apart.
    let kinds = [first, second].map(|named| entries.all()[named.entry].kinds.first());
    let is_other = is_other && (kinds[0] == kinds[1] || !tells_apart(&entries.all()[second.entry]));
    if is_other && reported.insert((first.entry, second.entry)) {
        let what = format!("'{}' and '{}' are hardly told apart", first.name, second.name);
        let help = format!("the other is at {}: {}", entries.place(first.entry), RULE.help);
        let place = &entries.all()[second.entry].place;
        found.helped(&place.file, place.line, what, help);
    }
}

fn key(name: &str) -> String {
    let folded: String = fold(name).chars().filter(|c| c.is_alphanumeric()).collect();
    let is_plural = folded.len() > 4
        && folded.ends_with('s')
        && name.ends_with('s')
        && !["ss", "us", "is", "os", "as"].iter().any(|ending| folded.ends_with(ending));
    match folded.strip_suffix("ies").filter(|_| is_plural) {
        Some(stem) => format!("{stem}y"),
        None if is_plural => folded[..folded.len() - 1].to_string(),
        None => folded,
    }
}

fn is_long(key: &str) -> bool {
    key.chars().count() >= LONG && !key.contains(|c: char| c.is_numeric())
}

/// The name without any one of its letters, and whole: two names that differ by a letter share one of these.
fn rests(key: &str) -> Vec<String> {
    let letters: Vec<char> = key.chars().collect();
    let without = |gone: usize| letters.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, c)| *c).collect();
    (0..=letters.len()).map(without).collect()
}

/// Whether two names differ by one letter that is missing, added, wrong, or by two that changed places, as in slips of
/// the pen; not as words that are made of each other: `assigner` and `assignee`, `symmetric` and `asymmetric`.
fn is_slip(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let end = short[start..].iter().rev().zip(long[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (left_short, left_long) = (short.len() - start - end, long.len() - start - end);
    let is_inside = start > 0 && end > 0;
    match (left_short, left_long) {
        (0, 1) | (1, 1) => is_inside,
        (2, 2) => short[start] == long[start + 1] && short[start + 1] == long[start],
        _ => false,
    }
}

/// Whether the names differ in a word of capitals: `HTTP proxy`, `HTTPS proxy`.
fn differ_in_capitals(one: &str, other: &str) -> bool {
    let is_acronym = |word: &&str| word.chars().filter(|c| c.is_uppercase()).count() > 1;
    let differs = |(a, b): &(&str, &str)| a != b;
    let pairs = std::iter::zip(one.split_whitespace(), other.split_whitespace());
    pairs.filter(differs).any(|(a, b)| is_acronym(&a) || is_acronym(&b))
}
