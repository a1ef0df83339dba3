//! What the audit of a graph folder reports (`ingest::audit`).

use super::super::Rule;
use crate::diagnostic::Severity;

pub(in crate::ingest) const ERROR: Rule = Rule {
    name: "graph-error",
    severity: Severity::Error,
    says: "A graph folder states something that cannot hold: an unknown end, a name of two terms, a circle.",
    why: "a trace would be wrong, or could not be checked",
    help: "",
    example: &[("g/a.toml", "[[term]]\nname = \"mole\"\n")],
    find: &[],
};

pub(in crate::ingest) const WARNING: Rule = Rule {
    name: "graph-warning",
    severity: Severity::Warning,
    says: "A graph folder states something that is hardly meant: a type without relations, names that look the same.",
    why: "a reader looks for what is not there",
    help: "",
    example: &[("g/a.toml", "[[term]]\nname = \"mole\"\n")],
    find: &[],
};
