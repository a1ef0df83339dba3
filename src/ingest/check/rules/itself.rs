//! Relations of a term to itself.

use super::super::entries::Entries;
use super::super::found::Found;
use super::super::{Find, Rule};
use crate::diagnostic::Severity;
use crate::graph::fold;

pub(in super::super) const RULE: Rule = Rule {
    name: "relation-to-itself",
    severity: Severity::Error,
    says: "A stated relation joins a term to itself.",
    why: "a relation joins two terms; this one is left out",
    help: "remove it, or name the other term",
    example: &[(
        "sea.ttl",
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix : <http://example.org/> .\n\
         :mole a skos:Concept ; skos:prefLabel \"mole\"@en ; skos:broader :mole .\n",
    )],
    find: &[Find::Entries(to_itself)],
};

fn to_itself(entries: &Entries, found: &mut Found) {
    for (at, entry) in entries.all().iter().enumerate() {
        for relation in &entry.relations {
            let is_own_name = || match entries.called(&fold(&relation.target)) {
                [only] => *only == at,
                _ => false,
            };
            if entries.identified(&relation.target) == Some(at) || is_own_name() {
                let file = relation.file.as_ref().unwrap_or(&entry.place.file);
                let kind = relation.relation.replace('_', " ");
                found.at(file, relation.line, format!("'{}' is related to itself ({kind})", entries.name(at)));
            }
        }
    }
}
