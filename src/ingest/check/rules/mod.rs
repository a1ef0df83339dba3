//! The rules, a file each, or a few that look at the same.

pub(super) mod allowed;
mod circle;
mod clash;
mod contradiction;
pub(super) mod dangling;
pub(super) mod decisions;
pub(in crate::ingest) mod defined;
pub(in crate::ingest) mod folder;
mod itself;
mod names;
mod outdated;
mod preferred;
pub(in crate::ingest) mod reading;
mod related;
mod similar;
mod unused;

use super::Rule;

/// All rules, as help and documentation list them: by severity, then by what they look at.
pub const RULES: &[&Rule] = &[
    &reading::UNREADABLE,
    &dangling::REFERENCE,
    &circle::STATED,
    &itself::RULE,
    &related::RULE,
    &preferred::TWO,
    &names::TWICE,
    &folder::ERROR,
    &reading::NOT_READ,
    &reading::COLUMN,
    &reading::NO_NAME,
    &defined::EMPTY,
    &defined::BY_ITSELF,
    &circle::BY_SENTENCES,
    &dangling::POINTER,
    &contradiction::RULE,
    &preferred::REPEATED,
    &clash::RULE,
    &similar::RULE,
    &decisions::IDLE,
    &decisions::CONTRADICTED,
    &folder::WARNING,
    &dangling::SYNONYM,
    &names::AMBIGUOUS,
    &outdated::RULE,
    &unused::RULE,
    &reading::TEXT,
    &reading::NO_ENTRY,
    &reading::OTHER_FILE,
    &decisions::REPEATED,
    &allowed::RULE,
];

pub fn rule_named(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name).copied()
}
