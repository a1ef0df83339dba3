//! Warnings of names that the graph does not know: the answer is empty, and a slip of the pen is likely.

use super::{Binder, closest};
use crate::ast;
use crate::diagnostic::{Detail, Diagnostic};

impl Binder<'_> {
    /// Remembers the names that the query itself may bring into the graph.
    pub(super) fn note_created(&mut self, clauses: &[ast::Clause]) {
        for clause in clauses {
            let patterns = match &clause.kind {
                ast::ClauseKind::Create(patterns) => patterns.as_slice(),
                ast::ClauseKind::Merge(merge) => {
                    self.created.extend(merge.actions.iter().flat_map(|action| &action.items).flat_map(set_names));
                    std::slice::from_ref(&merge.pattern)
                }
                ast::ClauseKind::Set(items) => {
                    self.created.extend(items.iter().flat_map(set_names));
                    continue;
                }
                ast::ClauseKind::Foreach(foreach) => {
                    self.note_created(&foreach.clauses);
                    continue;
                }
                ast::ClauseKind::CallSubquery(call) => {
                    call.query.parts.iter().for_each(|part| self.note_created(&part.clauses));
                    continue;
                }
                _ => continue,
            };
            for path in patterns {
                for node in path.nodes() {
                    self.created.extend(node.labels.iter().flat_map(|l| l.names()).map(|n| n.text.clone()));
                    self.created.extend(map_keys(node.properties.as_ref()));
                }
                for relationship in path.relationships() {
                    self.created.extend(relationship.types.iter().flat_map(|t| t.names()).map(|n| n.text.clone()));
                    self.created.extend(map_keys(relationship.properties.as_ref()));
                }
            }
        }
    }

    pub(super) fn warn_of_labels(&mut self, labels: &[&ast::Name]) {
        let graph = self.catalog.graph;
        for label in labels.iter().filter(|label| graph.label(&label.text).is_none()) {
            let known = graph.labels().map(|label| graph.label_name(label).as_ref());
            self.warn_of_unknown(Detail::UnknownLabel, "no node has the label", label, known);
        }
    }

    pub(super) fn warn_of_types(&mut self, types: &[&ast::Name]) {
        let graph = self.catalog.graph;
        for name in types.iter().filter(|name| graph.type_id(&name.text).is_none()) {
            let known = graph.types().map(|t| graph.type_name(t).as_ref());
            self.warn_of_unknown(Detail::UnknownRelationshipType, "no relationship has the type", name, known);
        }
    }

    pub(super) fn warn_of_key(&mut self, key: &ast::Name) {
        let graph = self.catalog.graph;
        if graph.key(&key.text).is_none() {
            let known = graph.keys().map(|key| graph.key_name(key).as_ref());
            self.warn_of_unknown(Detail::UnknownPropertyKey, "nothing has the property", key, known);
        }
    }

    fn warn_of_unknown<'n>(
        &mut self,
        detail: Detail,
        message: &str,
        name: &ast::Name,
        known: impl Iterator<Item = &'n str>,
    ) {
        if self.created.contains(&name.text) || self.catalog.graph.node_count() == 0 {
            return;
        }
        let warning = Diagnostic::warning(detail, name.span, format!("{message} `{}`", name.text));
        // Once is enough, wherever else it stands.
        if self.diagnostics.iter().any(|other| other.message == warning.message) {
            return;
        }
        self.diagnostics.push(match closest(&name.text, known) {
            Some(near) => warning.help(format!("did you mean `{near}`?")),
            None => warning,
        });
    }
}

fn map_keys(map: Option<&ast::Expression>) -> Vec<String> {
    match map.map(|m| &m.kind) {
        Some(ast::ExpressionKind::Map(entries)) => entries.iter().map(|(key, _)| key.text.clone()).collect(),
        _ => vec![],
    }
}

fn set_names(item: &ast::SetItem) -> Vec<String> {
    match item {
        ast::SetItem::Property { key, .. } => vec![key.text.clone()],
        ast::SetItem::Replace { value, .. } | ast::SetItem::Merge { value, .. } => map_keys(Some(value)),
        ast::SetItem::DynamicProperty { .. } => vec![],
        ast::SetItem::Labels { labels, .. } => labels.iter().filter_map(named).collect(),
    }
}

fn named(item: &ast::LabelItem) -> Option<String> {
    match item {
        ast::LabelItem::Name(name) => Some(name.text.clone()),
        ast::LabelItem::Dynamic(_) => None,
    }
}
