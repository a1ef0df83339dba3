//! What a client is told at the end of a result: counters, warnings, statuses and the plan.

use std::collections::BTreeSet;

use super::failure::position;
use super::plan::structured;
use crate::bolt::Version;
use crate::bolt::message::Fields;
use crate::diagnostic::{Detail, Diagnostic, Severity};
use crate::graph::Value;
use crate::result::{Changes, PlanNode, StatementType, Summary};
use crate::server::codes::Status;

/// Which warnings a client wants to hear of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Without any.
    off: bool,
    /// Without those of these categories.
    disabled: BTreeSet<String>,
}

impl Wanted {
    /// What the fields of a HELLO, BEGIN or RUN ask for; what they leave out is as before.
    pub(super) fn with(&self, fields: &Fields) -> Wanted {
        let mut wanted = self.clone();
        if let Some(severity) = fields.get("notifications_minimum_severity").and_then(Value::as_str) {
            wanted.off = severity == "OFF";
        }
        let disabled = ["notifications_disabled_categories", "notifications_disabled_classifications"];
        for list in disabled.iter().filter_map(|key| fields.get(*key)) {
            if let Value::List(categories) = list {
                wanted.disabled = categories.iter().filter_map(Value::as_str).map(str::to_string).collect();
            }
        }
        wanted
    }

    fn takes(&self, category: &str) -> bool {
        !self.off && !self.disabled.contains(category)
    }
}

/// How a warning is called by drivers.
struct Warning {
    status: Status,
    code: &'static str,
    title: &'static str,
    category: &'static str,
}

fn warning(detail: Detail) -> Warning {
    let unrecognized = |status, code, title| Warning { status, code, title, category: "UNRECOGNIZED" };
    match detail {
        Detail::UnknownLabel => unrecognized(
            Status("01N50", "warn: label does not exist"),
            "Neo.ClientNotification.Statement.UnknownLabelWarning",
            "The label is not in the graph.",
        ),
        Detail::UnknownRelationshipType => unrecognized(
            Status("01N51", "warn: relationship type does not exist"),
            "Neo.ClientNotification.Statement.UnknownRelationshipTypeWarning",
            "The relationship type is not in the graph.",
        ),
        Detail::UnknownPropertyKey => unrecognized(
            Status("01N52", "warn: property key does not exist"),
            "Neo.ClientNotification.Statement.UnknownPropertyKeyWarning",
            "The property key is not in the graph.",
        ),
        _ => Warning {
            status: Status("01000", "warn: warning"),
            code: "Neo.ClientNotification.Statement.GenericWarning",
            title: "The statement is suspicious.",
            category: "GENERIC",
        },
    }
}

/// What there is to say of a result besides its times and bookmark.
pub(super) struct Ended<'a> {
    pub(super) summary: Summary,
    pub(super) statement: &'a str,
    pub(super) has_columns: bool,
    pub(super) has_rows: bool,
    pub(super) wanted: &'a Wanted,
}

impl Ended<'_> {
    /// The fields of the SUCCESS in a version.
    pub(super) fn fields(&self, version: Version) -> Vec<(&'static str, Value)> {
        let Summary { changes, warnings, notes, plan, plan_tree, statement_type } = &self.summary;
        let mut fields = vec![("type", Value::from(self.kind(*statement_type)))];
        fields.extend((!changes.is_empty()).then(|| ("stats", counters(changes))));
        let warnings: Vec<&Diagnostic> =
            warnings.iter().filter(|diagnostic| self.wanted.takes(warning(diagnostic.detail).category)).collect();
        match version.has(5, 6) {
            true => fields.push(("statuses", self.statuses(&warnings))),
            false if warnings.is_empty() => {}
            false => {
                let notifications = warnings.iter().map(|diagnostic| self.notification(diagnostic));
                fields.push(("notifications", Value::list(notifications)));
            }
        }
        if let Some(plan) = plan {
            let was_run = plan_tree.as_ref().is_some_and(PlanNode::was_run);
            fields.push((if was_run { "profile" } else { "plan" }, structured(plan, plan_tree.as_ref())));
        }
        // Drivers hand over what they do not know: what was searched, and why an answer is empty.
        if !notes.is_empty() {
            fields.push(("notes", Value::list(notes.iter().map(|note| Value::from(note.as_str())))));
        }
        fields
    }

    fn kind(&self, statement_type: StatementType) -> &'static str {
        match (statement_type, self.has_columns) {
            (StatementType::Read, _) => "r",
            (StatementType::Write, true) => "rw",
            (StatementType::Write, false) => "w",
            (StatementType::Schema, _) => "s",
        }
    }

    /// How it ended, and the warnings: no data comes first, success last.
    fn statuses(&self, warnings: &[&Diagnostic]) -> Value {
        let outcome = match (self.has_columns, self.has_rows) {
            (false, _) => Status("00001", "note: successful completion - omitted result"),
            (true, true) => Status("00000", "note: successful completion"),
            (true, false) => Status("02000", "note: no data"),
        };
        let outcome_last = outcome.0 != "02000";
        let plain = Value::map([
            ("gql_status", Value::from(outcome.0)),
            ("status_description", Value::from(outcome.1)),
            ("diagnostic_record", record([])),
        ]);
        let warnings = warnings.iter().map(|diagnostic| self.status(diagnostic));
        match outcome_last {
            true => Value::list(warnings.chain([plain])),
            false => Value::list([plain].into_iter().chain(warnings)),
        }
    }

    /// A warning since 5.6.
    fn status(&self, diagnostic: &Diagnostic) -> Value {
        let Warning { status, code, title, category } = warning(diagnostic.detail);
        let mut about = vec![("_severity", Value::from(severity(diagnostic))), ("_classification", category.into())];
        about.extend(diagnostic.span.map(|span| ("_position", position(span, self.statement))));
        let description = described(diagnostic);
        Value::map([
            ("gql_status", Value::from(status.0)),
            ("status_description", Value::from(format!("{}. {description}", status.1))),
            ("description", Value::from(description)),
            ("neo4j_code", Value::from(code)),
            ("title", Value::from(title)),
            ("diagnostic_record", record(about)),
        ])
    }

    /// A warning before 5.6.
    fn notification(&self, diagnostic: &Diagnostic) -> Value {
        let Warning { code, title, category, .. } = warning(diagnostic.detail);
        let mut fields = vec![
            ("code", Value::from(code)),
            ("title", Value::from(title)),
            ("description", Value::from(described(diagnostic))),
            ("severity", Value::from(severity(diagnostic))),
            ("category", Value::from(category)),
        ];
        fields.extend(diagnostic.span.map(|span| ("position", position(span, self.statement))));
        Value::map(fields)
    }
}

fn described(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{} ({help})", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        Severity::Error | Severity::Warning => "WARNING",
        Severity::Note => "INFORMATION",
    }
}

fn record(more: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let usual = [("OPERATION", ""), ("OPERATION_CODE", "0"), ("CURRENT_SCHEMA", "/")];
    Value::map(usual.map(|(key, value)| (key, Value::from(value))).into_iter().chain(more))
}

/// The counters that are not 0. What kenning counts and drivers do not know is left out.
fn counters(changes: &Changes) -> Value {
    let counts = [
        ("nodes-created", changes.nodes_created),
        ("nodes-deleted", changes.nodes_deleted),
        ("relationships-created", changes.relationships_created),
        ("relationships-deleted", changes.relationships_deleted),
        ("properties-set", changes.properties_set),
        ("labels-added", changes.labels_added),
        ("labels-removed", changes.labels_removed),
        ("indexes-added", changes.indexes_created),
        ("indexes-removed", changes.indexes_dropped),
        ("constraints-added", changes.constraints_created),
        ("constraints-removed", changes.constraints_dropped),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0).map(|(key, count)| (key, Value::from(count)));
    Value::map(counts.chain([("contains-updates", Value::Boolean(true))]))
}
