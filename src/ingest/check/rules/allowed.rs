//! Comments that allow what is not there (see `allow`).

use super::super::Rule;
use crate::diagnostic::Severity;

pub(in super::super) const RULE: Rule = Rule {
    name: "unused-allow",
    severity: Severity::Note,
    says: "A comment allows what is not found, or names no rule.",
    why: "it would hide a fault that comes later",
    help: "remove the comment",
    example: &[("words.yaml", "# kenning: allow circle\n- term: mole\n  definition: A wall in the sea.\n")],
    find: &[],
};
