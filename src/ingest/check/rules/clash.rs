//! Names that the glossary gives to two terms.

use std::collections::BTreeMap;

use super::super::entries::{Entries, is_rdf, tells_apart};
use super::super::found::Found;
use super::super::{Find, Rule};
use crate::diagnostic::Severity;
use crate::glossary::{Entry, Name};

pub(in super::super) const RULE: Rule = Rule {
    name: "label-clash",
    severity: Severity::Warning,
    says: "Two terms of a vocabulary have the same label, or one lists the name of another as its own.",
    why: "a text that uses the name is ambiguous",
    help: "tell the two apart by their names, or make them one",
    example: &[("words.csv", "term,synonyms,definition\nmole,wall,A wall in the sea.\nwall,,Stones on stones.\n")],
    find: &[Find::Entries(clashes)],
};

fn clashes(entries: &Entries, found: &mut Found) {
    let mut owners: BTreeMap<(&str, &Name), Vec<(usize, bool)>> = BTreeMap::new();
    for (at, entry) in entries.all().iter().enumerate() {
        let own = entry.headwords.iter().map(|name| (name, true));
        for (name, is_own) in own.chain(entry.other_names.iter().map(|name| (name, false))) {
            owners.entry((vocabulary(entry), name)).or_default().push((at, is_own));
        }
    }
    for ((_, name), owners) in owners {
        let Some((first, first_own)) = owners.first().copied() else { continue };
        for (at, is_own) in owners[1..].iter().copied() {
            let same = at == first || entries.term(at).is_some_and(|term| entries.term(first) == Some(term));
            // Two headings of one name are found by another rule, and a catalogue tells its things apart by kind.
            let is_other_rule = first_own && is_own && !is_rdf(&entries.all()[at]);
            if same || is_other_rule || (tells_apart(&entries.all()[at]) && !is_rdf(&entries.all()[at])) {
                continue;
            }
            let (one, other) = (entries.name(first), entries.name(at));
            let what = match one == other {
                true => format!("'{}' is the label of two terms", name.text),
                false => format!("'{}' is a name of '{one}' and of '{other}'", name.text),
            };
            let help = format!("the other is at {}: {}", entries.place(first), RULE.help);
            let place = &entries.all()[at].place;
            found.helped(&place.file, place.line, what, help);
        }
    }
}

/// Labels may be the same in different vocabularies: those of other namespaces.
fn vocabulary(entry: &Entry) -> &str {
    let identifier = entry.identifier.as_deref().filter(|_| is_rdf(entry)).unwrap_or("");
    identifier.rfind(['#', '/']).map_or("", |end| &identifier[..end])
}
