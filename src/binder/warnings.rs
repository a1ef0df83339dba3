//! Warnings of names that the graph does not know: the answer is empty, and a slip of the pen is likely.

use super::{Binder, closest};
use crate::ast;
use crate::diagnostic::{Detail, Diagnostic};

/// The names that a query itself may bring into the graph.
#[derive(Default)]
pub(super) struct Created {
    names: Vec<String>,
    /// Whether it sets properties whose keys the text does not show.
    any_key: bool,
    /// Whether it sets labels or makes relationships of types that the text does not show.
    any_label: bool,
}

impl Created {
    fn clause(&mut self, clause: &ast::Clause) {
        match &clause.kind {
            ast::ClauseKind::Create(patterns) => patterns.iter().for_each(|path| self.path(path)),
            ast::ClauseKind::Merge(merge) => {
                merge.actions.iter().flat_map(|action| &action.items).for_each(|item| self.set(item));
                self.path(&merge.pattern);
            }
            ast::ClauseKind::Set(items) => items.iter().for_each(|item| self.set(item)),
            ast::ClauseKind::Foreach(foreach) => foreach.clauses.iter().for_each(|clause| self.clause(clause)),
            ast::ClauseKind::CallSubquery(call) => {
                call.query.parts.iter().flat_map(|part| &part.clauses).for_each(|clause| self.clause(clause));
            }
            ast::ClauseKind::When(when) => {
                let parts = when.queries().flat_map(|query| &query.parts);
                parts.flat_map(|part| &part.clauses).for_each(|clause| self.clause(clause));
            }
            // Procedures that write take the key as an option.
            ast::ClauseKind::Call(call) => {
                let options = call.arguments.iter().flatten().flat_map(|argument| map_keys(Some(argument)));
                self.any_key |= options.into_iter().any(|key| key == "write");
            }
            _ => {}
        }
    }

    fn path(&mut self, path: &ast::PathPattern) {
        for node in path.nodes() {
            node.labels.iter().for_each(|labels| self.labels(labels));
            node.properties.iter().for_each(|properties| self.map(properties));
        }
        for relationship in path.relationships() {
            relationship.types.iter().for_each(|types| self.labels(types));
            relationship.properties.iter().for_each(|properties| self.map(properties));
        }
    }

    fn labels(&mut self, labels: &ast::LabelExpression) {
        self.names.extend(labels.names().iter().map(|name| name.text.clone()));
        self.any_label |= labels.is_dynamic();
    }

    fn map(&mut self, map: &ast::Expression) {
        match &map.kind {
            ast::ExpressionKind::Map(_) => self.names.extend(map_keys(Some(map))),
            _ => self.any_key = true,
        }
    }

    fn set(&mut self, item: &ast::SetItem) {
        match item {
            ast::SetItem::Property { key, .. } => self.names.push(key.text.clone()),
            ast::SetItem::Replace { value, .. } | ast::SetItem::Merge { value, .. } => self.map(value),
            ast::SetItem::DynamicProperty { .. } => self.any_key = true,
            ast::SetItem::Labels { labels, .. } => {
                self.names.extend(labels.iter().filter_map(named));
                self.any_label |= labels.iter().any(|label| matches!(label, ast::LabelItem::Dynamic(_)));
            }
        }
    }

    fn has(&self, detail: Detail, name: &str) -> bool {
        let any = if detail == Detail::UnknownPropertyKey { self.any_key } else { self.any_label };
        any || self.names.iter().any(|created| created == name)
    }
}

impl Binder<'_> {
    /// Remembers the names that the query itself may bring into the graph.
    pub(super) fn note_created(&mut self, clauses: &[ast::Clause]) {
        clauses.iter().for_each(|clause| self.created.clause(clause));
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
        if self.created.has(detail, &name.text) || self.catalog.graph.node_count() == 0 {
            return;
        }
        let warning = Diagnostic::warning(detail, name.span, format!("{message} `{}`", name.text));
        // Once is enough, wherever else it stands.
        if !self.warned_of.insert(warning.message.clone()) {
            return;
        }
        self.diagnostics.push(match self.is_told().then(|| closest(&name.text, known)).flatten() {
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

fn named(item: &ast::LabelItem) -> Option<String> {
    match item {
        ast::LabelItem::Name(name) => Some(name.text.clone()),
        ast::LabelItem::Dynamic(_) => None,
    }
}
