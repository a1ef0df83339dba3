//! What a server says at the end of an answer, as an answer of ours says it.

use std::time::Duration;

use crate::bolt::message::Fields;
use crate::diagnostic::{Detail, Diagnostic, Kind, Severity};
use crate::graph::{Map, Value, format_float};
use crate::result::{Changes, PlanNode, StatementType, Summary};

/// Reads the summary of an answer.
pub(super) fn read(fields: &Fields) -> Summary {
    let plan_tree = ["profile", "plan"].into_iter().find_map(|key| match fields.get(key) {
        Some(Value::Map(plan)) => Some(node(plan)),
        _ => None,
    });
    let plan = plan_tree.as_ref().map(|tree| {
        let mut text = String::new();
        print(tree, 0, &mut text);
        text
    });
    Summary {
        changes: changes(fields),
        warnings: warnings(fields),
        notes: Vec::new(),
        plan,
        plan_tree,
        statement_type: match fields.get("type").and_then(Value::as_str) {
            Some("w" | "rw") => StatementType::Write,
            Some("s") => StatementType::Schema,
            _ => StatementType::Read,
        },
    }
}

fn changes(fields: &Fields) -> Changes {
    let Some(Value::Map(stats)) = fields.get("stats") else { return Changes::default() };
    let count = |key: &str| {
        let number = stats.get(key).and_then(Value::as_integer);
        number.and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
    };
    Changes {
        nodes_created: count("nodes-created"),
        nodes_deleted: count("nodes-deleted"),
        relationships_created: count("relationships-created"),
        relationships_deleted: count("relationships-deleted"),
        properties_set: count("properties-set"),
        labels_added: count("labels-added"),
        labels_removed: count("labels-removed"),
        indexes_created: count("indexes-added"),
        indexes_dropped: count("indexes-removed"),
        constraints_created: count("constraints-added"),
        constraints_dropped: count("constraints-removed"),
        ..Changes::default()
    }
}

/// Warnings as such; what only informs is left out.
fn warnings(fields: &Fields) -> Vec<Diagnostic> {
    let listed = |key: &str| match fields.get(key) {
        Some(Value::List(items)) => items.to_vec(),
        _ => Vec::new(),
    };
    let all = [listed("notifications"), listed("statuses")].concat();
    all.iter().filter_map(warning).collect()
}

fn warning(item: &Value) -> Option<Diagnostic> {
    let Value::Map(item) = item else { return None };
    let severity = item.get("severity").or_else(|| match item.get("diagnostic_record") {
        Some(Value::Map(record)) => record.get("_severity"),
        _ => None,
    });
    if severity.and_then(Value::as_str) != Some("WARNING") {
        return None;
    }
    let message = item.get("description").or_else(|| item.get("status_description")).and_then(Value::as_str)?;
    let message = message.trim_end_matches('.').to_string();
    let code = item.get("neo4j_code").or_else(|| item.get("code")).and_then(Value::as_str);
    let known = [
        ("UnknownLabel", Detail::UnknownLabel),
        ("UnknownRelationshipType", Detail::UnknownRelationshipType),
        ("UnknownPropertyKey", Detail::UnknownPropertyKey),
    ];
    let detail = known.into_iter().find(|(part, _)| code.is_some_and(|code| code.contains(part)));
    let detail = detail.map_or(Detail::UnexpectedSyntax, |(_, detail)| detail);
    let mut warning = Diagnostic::runtime(Kind::SemanticError, detail, message);
    warning.severity = Severity::Warning;
    warning.help = code.map(str::to_string);
    Some(warning)
}

fn node(plan: &Map) -> PlanNode {
    let name = plan.get("operatorType").and_then(Value::as_str).unwrap_or("?").to_string();
    let argument = |key: &str| match plan.get("args") {
        Some(Value::Map(arguments)) => arguments.get(key).cloned(),
        _ => None,
    };
    let details = argument("Details").and_then(|details| details.as_str().map(str::to_string));
    let estimated = argument("EstimatedRows").and_then(|rows| rows.as_float());
    let mut line = details.map_or(name.clone(), |details| format!("{name} {details}"));
    line.extend(estimated.map(|rows| format!(" (about {} rows)", format_float(rows))));
    let rows = plan.get("rows").and_then(Value::as_integer).and_then(|rows| u64::try_from(rows).ok());
    let nanos = plan.get("time").and_then(Value::as_integer).and_then(|nanos| u64::try_from(nanos).ok());
    let children = match plan.get("children") {
        Some(Value::List(children)) => children.iter().filter_map(|child| match child {
            Value::Map(child) => Some(node(child)),
            _ => None,
        }),
        _ => return PlanNode { line, measured: measured(rows, nanos), children: Vec::new() },
    };
    PlanNode { line, measured: measured(rows, nanos), children: children.collect() }
}

fn measured(rows: Option<u64>, nanos: Option<u64>) -> Option<(u64, Duration)> {
    rows.map(|rows| (rows, Duration::from_nanos(nanos.unwrap_or_default())))
}

fn print(tree: &PlanNode, depth: usize, text: &mut String) {
    let rows = tree.measured.map_or(String::new(), |(rows, _)| format!("  {rows} rows"));
    *text += &format!("{}{}{rows}\n", "  ".repeat(depth), tree.line);
    let deeper = if tree.children.len() > 1 { depth + 1 } else { depth };
    tree.children.iter().for_each(|child| print(child, deeper, text));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn changes_warnings_and_plans_are_read() {
        let warning = Value::map([
            ("severity", Value::from("WARNING")),
            ("description", Value::from("no such label.")),
            ("code", Value::from("Neo.ClientNotification.Statement.UnknownLabelWarning")),
        ]);
        let child = Value::map([("operatorType", Value::from("AllNodesScan")), ("rows", Value::Integer(3))]);
        let plan = Value::map([("operatorType", Value::from("ProduceResults")), ("children", Value::list([child]))]);
        let fields: BTreeMap<String, Value> = [
            ("type", Value::from("rw")),
            ("stats", Value::map([("nodes-created", Value::Integer(2)), ("contains-updates", Value::Boolean(true))])),
            ("notifications", Value::list([warning])),
            ("profile", plan),
        ]
        .map(|(key, value)| (key.to_string(), value))
        .into();
        let summary = read(&fields);
        assert_eq!((summary.changes.nodes_created, summary.statement_type), (2, StatementType::Write));
        assert_eq!(summary.warnings[0].message, "no such label");
        assert_eq!(summary.plan.unwrap(), "ProduceResults\nAllNodesScan  3 rows\n");
    }
}
