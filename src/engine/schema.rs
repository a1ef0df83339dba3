//! Makes and drops indexes and constraints.

use std::sync::Arc;

use crate::ast::{DropRule, NewRule, RuleKind as Asked, SchemaChange};
use crate::diagnostic::{Detail, Diagnostic, Kind, Span};
use crate::graph::{Graph, Rule, RuleKind, Violation};
use crate::limits::Budget;
use crate::render;
use crate::result::Changes;

/// Changes the rules of the graph; an error leaves it to be rolled back.
pub(super) fn apply(change: &SchemaChange, graph: &mut Graph, budget: &Budget) -> Result<Changes, Diagnostic> {
    match change {
        SchemaChange::Create(rule) => create(rule, graph, budget),
        SchemaChange::Drop(rule) => drop_rule(rule, graph),
    }
}

fn create(asked: &NewRule, graph: &mut Graph, budget: &Budget) -> Result<Changes, Diagnostic> {
    let kind = match asked.kind {
        Asked::Index => RuleKind::Index,
        Asked::Unique => RuleKind::Unique,
        Asked::NotNull => RuleKind::NotNull,
    };
    let label = graph.intern_label(&asked.label.text);
    let keys: Vec<_> = asked.keys.iter().map(|property| graph.intern_key(&property.key.text)).collect();
    let mut rule = Rule { name: Arc::from(""), kind, label, keys };
    rule.name = match &asked.name {
        Some(name) => Arc::from(&*name.text),
        None => free_name(&rule, graph),
    };
    let place = asked.name.as_ref().map_or(asked.label.span, |name| name.span);
    let same = |known: &&Rule| known.label == rule.label && known.keys == rule.keys && known.kind == rule.kind;
    let known = graph.rule(&rule.name).or_else(|| graph.rules().find(same));
    if let Some(known) = known {
        if asked.if_not_exists {
            return Ok(Changes::default());
        }
        let message = format!("there is already {}", render::rule(&graph.named_rule(known)));
        let error = refused(Detail::SchemaRuleExists, place, message);
        return Err(error.help("IF NOT EXISTS makes nothing of it; another name and other properties make another"));
    }
    if let Some(violation) = graph.add_rule_within(rule, || budget.tick())? {
        let message = broken(&violation, graph);
        let (kind, detail) = (Kind::ConstraintVerificationFailed, Detail::CreateBlockedByConstraint);
        return Err(Diagnostic::runtime(kind, detail, message).at(place));
    }
    let constraint = usize::from(kind.is_constraint());
    Ok(Changes { constraints_created: constraint, indexes_created: 1 - constraint, ..Changes::default() })
}

/// A name made of what the rule is about.
fn free_name(rule: &Rule, graph: &Graph) -> Arc<str> {
    let prefix = match rule.kind {
        RuleKind::Index => "index",
        RuleKind::Unique => "unique",
        RuleKind::NotNull => "not_null",
    };
    let keys: Vec<&str> = rule.keys.iter().map(|key| &**graph.key_name(*key)).collect();
    let name = format!("{prefix}_{}_{}", graph.label_name(rule.label), keys.join("_"));
    let others = (2..).map(|number| format!("{name}_{number}"));
    // A rule of the same kind for the same properties has this name, too, and is found by it.
    let is_other = |known: &Rule| known.label != rule.label || known.keys != rule.keys || known.kind != rule.kind;
    let free = |name: &String| graph.rule(name).is_none_or(|known| !is_other(known));
    std::iter::once(name.clone()).chain(others).find(free).unwrap_or(name).into()
}

fn drop_rule(asked: &DropRule, graph: &mut Graph) -> Result<Changes, Diagnostic> {
    let (what, other) = if asked.constraint { ("constraint", "INDEX") } else { ("index", "CONSTRAINT") };
    let name = &asked.name.text;
    let place = asked.name.span;
    match graph.rule(name) {
        None if asked.if_exists => return Ok(Changes::default()),
        None => {
            let error = refused(Detail::SchemaRuleNotFound, place, format!("there is no {what} `{name}`"));
            let list = if asked.constraint { "SHOW CONSTRAINTS" } else { "SHOW INDEXES" };
            return Err(error.help(format!("{list} lists them")));
        }
        Some(rule) if rule.kind.is_constraint() != asked.constraint => {
            let message = format!("`{name}` is not an {what}").replace("an constraint", "a constraint");
            let error = refused(Detail::SchemaRuleNotFound, place, message);
            return Err(error.help(format!("write DROP {other} {name}")));
        }
        Some(_) => {}
    }
    graph.drop_rule(name);
    let constraint = usize::from(asked.constraint);
    Ok(Changes { constraints_dropped: constraint, indexes_dropped: 1 - constraint, ..Changes::default() })
}

fn refused(detail: Detail, place: Span, message: String) -> Diagnostic {
    Diagnostic::runtime(Kind::SemanticError, detail, message).at(place)
}

/// The error of a statement whose changes break a constraint.
pub(super) fn breaks(violation: &Violation, graph: &Graph) -> Diagnostic {
    let message = broken(violation, graph);
    let error = Diagnostic::runtime(Kind::ConstraintValidationFailed, Detail::CreateBlockedByConstraint, message);
    error.help(format!("nothing was changed; DROP CONSTRAINT {} lifts the constraint", violation.rule.name))
}

fn broken(violation: &Violation, graph: &Graph) -> String {
    let Violation { rule, node, twin } = violation;
    let keys: Vec<&str> = rule.keys.iter().map(|key| &**graph.key_name(*key)).collect();
    let (label, keys) = (graph.label_name(rule.label), keys.join(", "));
    match twin {
        None => format!(
            "node {} has the label `{label}` but no value of `{keys}`: constraint `{}`",
            node.index(),
            rule.name
        ),
        Some((twin, values)) => {
            let values: Vec<String> = values.iter().map(|value| render::literal::of(value, graph)).collect();
            let (one, other) = (twin.min(node).index(), twin.max(node).index());
            let name = &rule.name;
            format!(
                "nodes {one} and {other} have the label `{label}` and {keys} = {}: constraint `{name}`",
                values.join(", ")
            )
        }
    }
}
