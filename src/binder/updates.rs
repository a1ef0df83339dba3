//! The updating clauses: CREATE, MERGE, SET, REMOVE, DELETE.

use std::collections::HashSet;
use std::sync::Arc;

use super::pattern::name_expression;
use super::types::Type;
use super::{Binder, invalid_type};
use crate::ast;
use crate::diagnostic::{Detail, Diagnostic, an};
use crate::graph::TypeSet;
use crate::plan::*;

impl Binder<'_> {
    pub(super) fn create(&mut self, patterns: &[ast::PathPattern]) -> BoundClause {
        self.writes = true;
        let mut creations = Vec::new();
        for path in patterns {
            self.check_drawn(path);
            let start = self.created_node(&path.start, path.steps.is_empty(), &mut creations);
            let mut left = start;
            let mut relationships = Vec::new();
            for step in &path.steps {
                let Some(relationship) = step.relationship() else {
                    self.reject(
                        Detail::CreatingVarLength,
                        path.span,
                        "a repeated pattern cannot be created",
                        "write out each relationship",
                    );
                    break;
                };
                let node = &step.node;
                self.check_new_variable(relationship);
                self.check_created_relationship(relationship, true);
                let right = self.created_node(node, false, &mut creations);
                let slot = self.created_relationship(relationship, left, right, &mut creations);
                relationships.push(slot);
                left = right;
            }
            self.created_path(path, start, relationships, &mut creations);
        }
        BoundClause::Create(creations)
    }

    /// The slot of a node that exists or is to be made. Alone in its path, it must be a new one.
    fn created_node(&mut self, node: &ast::NodePattern, alone: bool, creations: &mut Vec<Creation>) -> Slot {
        if let Some(name) = &node.variable
            && let Some(variable) = self.scope.find(&name.text).cloned()
        {
            if alone || node.labels.is_some() || node.properties.is_some() {
                self.already_bound(&name.text, name.span);
            } else if !variable.variable_type.may_be(TypeSet::NODE) {
                let message =
                    format!("`{}` is {}, but stands here for a node", name.text, an(variable.variable_type.set));
                self.syntax_error(Detail::VariableTypeConflict, name.span, message);
            }
            return variable.slot;
        }
        let properties = node.properties.as_ref().map(|properties| self.created_properties(properties));
        let slot = match &node.variable {
            Some(name) => self.declare(&name.text, Type::NODE),
            None => self.slot("_"),
        };
        creations.push(Creation::Node { slot, labels: self.created_labels(node), properties });
        slot
    }

    fn created_relationship(
        &mut self,
        relationship: &ast::RelationshipPattern,
        left: Slot,
        right: Slot,
        creations: &mut Vec<Creation>,
    ) -> Slot {
        let properties = relationship.properties.as_ref().map(|properties| self.created_properties(properties));
        let slot = match &relationship.variable {
            Some(name) => self.declare(&name.text, Type::RELATIONSHIP),
            None => self.slot("_"),
        };
        let (start, end) = match relationship.direction {
            ast::Direction::Incoming => (right, left),
            ast::Direction::Outgoing | ast::Direction::Both => (left, right),
        };
        let relationship_type =
            self.created_type(relationship).unwrap_or_else(|| Expr::constant("", relationship.span));
        creations.push(Creation::Relationship {
            slot,
            start,
            end,
            relationship_type,
            properties,
            span: relationship.span,
        });
        slot
    }

    fn check_new_variable(&mut self, relationship: &ast::RelationshipPattern) {
        if let Some(name) = &relationship.variable
            && self.scope.find(&name.text).is_some()
        {
            self.already_bound(&name.text, name.span);
        }
    }

    /// What a relationship must look like to be made.
    fn check_created_relationship(&mut self, relationship: &ast::RelationshipPattern, directed: bool) {
        if relationship.length.is_some() || relationship.quantity.is_some() {
            self.reject(
                Detail::CreatingVarLength,
                relationship.span,
                "a variable-length relationship cannot be created",
                "write out each relationship",
            );
        }
        if !matches!(
            relationship.types,
            Some(ast::LabelExpression::Name(_) | ast::LabelExpression::Dynamic { any: false, .. })
        ) {
            self.reject(
                Detail::NoSingleRelationshipType,
                relationship.span,
                "a relationship is created with exactly one type",
                "write -[:TYPE]->",
            );
        }
        if directed && relationship.direction == ast::Direction::Both {
            self.reject(
                Detail::RequiresDirectedRelationship,
                relationship.span,
                "a relationship is created with a direction",
                "draw the arrow: -[:TYPE]-> or <-[:TYPE]-",
            );
        }
    }

    fn created_properties(&mut self, properties: &ast::Expression) -> Expr {
        let (expr, found) = self.expression(properties);
        if !found.may_be(TypeSet::MAP) {
            self.error(invalid_type(properties.span, format!("properties are a map, but this is {}", an(found.set))));
        }
        expr
    }

    fn created_path(
        &mut self,
        path: &ast::PathPattern,
        start: Slot,
        relationships: Vec<Slot>,
        creations: &mut Vec<Creation>,
    ) {
        if let Some(name) = &path.variable {
            let slot = self.declare_new(name, Type::PATH);
            let parts = ExprKind::Path(PathParts { start, relationships });
            creations.push(Creation::Path { slot, path: Expr::new(parts, path.span) });
        }
    }

    pub(super) fn merge(&mut self, merge: &ast::Merge) -> BoundClause {
        self.writes = true;
        self.check_merge(&merge.pattern);
        let path = &merge.pattern;
        let before = self.scope.clone();
        // What is not stored is created: nothing implied counts.
        let implied = std::mem::replace(&mut self.implied, crate::graph::Implied::Off);
        let (mut pattern, conditions) = self.pattern(std::slice::from_ref(path));
        self.implied = implied;
        // A missing direction matches both ways and is created to the right.
        let after = std::mem::replace(&mut self.scope, before);
        let (creations, required) = self.merge_creations(path, &pattern);
        self.scope = after;
        for node in &mut pattern.nodes {
            node.bound |= !creations.iter().any(|c| matches!(c, Creation::Node { slot, .. } if *slot == node.slot));
        }
        let mut on_create = Vec::new();
        let mut on_match = Vec::new();
        for action in &merge.actions {
            let target = match action.on {
                ast::MergeEvent::Create => &mut on_create,
                ast::MergeEvent::Match => &mut on_match,
            };
            target.extend(action.items.iter().map(|item| self.set_item(item)));
        }
        BoundClause::Merge(Merge { pattern, conditions, required, creations, on_create, on_match })
    }

    /// What is made is drawn, not described: no selectors, modes or conditions.
    fn check_drawn(&mut self, path: &ast::PathPattern) {
        let described = path.selector.is_some()
            || path.mode.is_some()
            || path.shortest.is_some()
            || path.condition.is_some()
            || path.nodes().any(|node| node.condition.is_some())
            || path.relationships().any(|relationship| relationship.condition.is_some());
        if described {
            self.reject(
                Detail::UnexpectedSyntax,
                path.span,
                "a pattern that is created has no selector, mode or condition",
                "find what you need with MATCH first",
            );
        }
    }

    fn check_merge(&mut self, path: &ast::PathPattern) {
        self.check_drawn(path);
        let alone = path.steps.is_empty();
        let mut seen: HashSet<&str> = HashSet::new();
        for node in path.nodes() {
            if let Some(name) = &node.variable {
                let known = self.scope.find(&name.text).is_some() || seen.contains(name.text.as_str());
                if known && (alone || node.labels.is_some() || node.properties.is_some()) {
                    self.already_bound(&name.text, name.span);
                }
                seen.insert(&name.text);
            }
        }
        for relationship in path.relationships() {
            self.check_new_variable(relationship);
            self.check_created_relationship(relationship, false);
        }
    }

    /// What MERGE creates when it finds nothing: the slots are those of the pattern it looks for.
    fn merge_creations(
        &mut self,
        path: &ast::PathPattern,
        pattern: &Pattern,
    ) -> (Vec<Creation>, Vec<(Arc<str>, Expr)>) {
        let mut creations = Vec::new();
        let mut required = Vec::new();
        let ast_nodes: Vec<_> = path.nodes().collect();
        let mut node_slots = vec![pattern.nodes.first().map_or(0, |n| n.slot)];
        node_slots.extend(pattern.relationships.iter().map(|r| pattern.nodes[r.right].slot));
        for (node, slot) in ast_nodes.iter().zip(&node_slots) {
            let bound = pattern.nodes.iter().any(|n| n.slot == *slot && n.bound);
            let made = creations.iter().any(|c| matches!(c, Creation::Node { slot: s, .. } if s == slot));
            if !bound && !made {
                let properties = self.merge_properties(node.properties.as_ref(), &mut required);
                creations.push(Creation::Node { slot: *slot, labels: self.created_labels(node), properties });
            }
        }
        for (index, relationship) in path.relationships().enumerate() {
            let Some(bound) = pattern.relationships.get(index) else { break };
            let (left, right) = (node_slots[index], node_slots[index + 1]);
            let (start, end) = match relationship.direction {
                ast::Direction::Incoming => (right, left),
                ast::Direction::Outgoing | ast::Direction::Both => (left, right),
            };
            let properties = self.merge_properties(relationship.properties.as_ref(), &mut required);
            let relationship_type =
                self.created_type(relationship).unwrap_or_else(|| Expr::constant("", relationship.span));
            let span = relationship.span;
            creations.push(Creation::Relationship {
                slot: bound.slot,
                start,
                end,
                relationship_type,
                properties,
                span,
            });
        }
        if let Some(named) = pattern.paths.first() {
            let parts = PathParts {
                start: node_slots[0],
                relationships: pattern.relationships.iter().map(|r| r.slot).collect(),
            };
            creations.push(Creation::Path { slot: named.slot, path: Expr::new(ExprKind::Path(parts), path.span) });
        }
        (creations, required)
    }

    fn merge_properties(
        &mut self,
        properties: Option<&ast::Expression>,
        required: &mut Vec<(Arc<str>, Expr)>,
    ) -> Option<Expr> {
        // The pattern has been bound once already: its errors need not be told twice.
        let errors = self.diagnostics.len();
        let span = properties?.span;
        let entries: Vec<_> =
            self.properties(properties, false).into_iter().map(|(key, value, _)| (key, value)).collect();
        self.diagnostics.truncate(errors);
        required.extend(entries.iter().cloned());
        Some(Expr::new(ExprKind::Map(entries), span))
    }

    pub(super) fn set(&mut self, items: &[ast::SetItem]) -> BoundClause {
        self.writes = true;
        BoundClause::Set(items.iter().map(|item| self.set_item(item)).collect())
    }

    fn set_item(&mut self, item: &ast::SetItem) -> SetAction {
        match item {
            ast::SetItem::Property { entity, key, value } => {
                let entity = self.changeable(entity);
                SetAction::Property { entity, key: name_expression(key), value: self.expression(value).0 }
            }
            ast::SetItem::Replace { variable, value } => {
                let entity = self.changeable(&variable_expression(variable));
                SetAction::Replace { entity, value: self.property_source(value) }
            }
            ast::SetItem::Merge { variable, value } => {
                let entity = self.changeable(&variable_expression(variable));
                SetAction::Extend { entity, value: self.property_source(value) }
            }
            ast::SetItem::DynamicProperty { entity, key, value } => {
                let (entity, key) = (self.changeable(entity), self.key(key));
                SetAction::Property { entity, key, value: self.expression(value).0 }
            }
            ast::SetItem::Labels { variable, labels } => {
                SetAction::Labels { node: self.labelled(variable), labels: self.label_items(labels) }
            }
        }
    }

    /// A map, or an entity whose properties are copied. Null is neither: it never empties the target silently.
    fn property_source(&mut self, value: &ast::Expression) -> Expr {
        let (expr, found) = self.expression(value);
        if !found.may_be(TypeSet::MAP.or(TypeSet::ENTITY)) {
            self.error(invalid_type(value.span, format!("properties are a map, but this is {}", an(found.set))));
        }
        expr
    }

    fn changeable(&mut self, e: &ast::Expression) -> Expr {
        let (expr, found) = self.expression(e);
        if !found.may_be(TypeSet::ENTITY) {
            let message = format!("only nodes and relationships can be changed, this is {}", an(found.set));
            self.error(invalid_type(e.span, message));
        }
        expr
    }

    fn label_items(&mut self, items: &[ast::LabelItem]) -> Vec<Expr> {
        let mut bound = Vec::new();
        for item in items {
            bound.push(match item {
                ast::LabelItem::Name(name) => name_expression(name),
                ast::LabelItem::Dynamic(expression) => self.expression(expression).0,
            });
        }
        bound
    }

    /// The labels that a node is created with.
    fn created_labels(&mut self, node: &ast::NodePattern) -> Vec<Expr> {
        let Some(labels) = &node.labels else { return vec![] };
        let parts = match labels {
            ast::LabelExpression::And(parts) => parts.as_slice(),
            single => std::slice::from_ref(single),
        };
        let mut bound = Vec::new();
        for part in parts {
            match part {
                ast::LabelExpression::Name(name) => bound.push(name_expression(name)),
                ast::LabelExpression::Dynamic { any: false, names } => bound.push(self.expression(names).0),
                _ => self.reject(
                    Detail::UnexpectedSyntax,
                    node.span,
                    "a node is created with labels, not with a condition on them",
                    "list them: (:A:B)",
                ),
            }
        }
        bound
    }

    /// The type that a relationship is created with, if it is a single one.
    fn created_type(&mut self, relationship: &ast::RelationshipPattern) -> Option<Expr> {
        match relationship.types.as_ref()? {
            ast::LabelExpression::Name(name) => Some(name_expression(name)),
            ast::LabelExpression::Dynamic { any: false, names } => Some(self.expression(names).0),
            _ => None,
        }
    }

    /// A property key that is computed.
    fn key(&mut self, key: &ast::Expression) -> Expr {
        let (expr, found) = self.expression(key);
        if !found.may_be(TypeSet::STRING) {
            self.error(invalid_type(key.span, format!("a property key is a String, but this is {}", an(found.set))));
        }
        expr
    }

    fn labelled(&mut self, variable: &ast::Name) -> Expr {
        let (expr, found) = self.expression(&variable_expression(variable));
        if !found.may_be(TypeSet::NODE) {
            let message = format!("only nodes have labels, this is {}", an(found.set));
            self.error(invalid_type(variable.span, message));
        }
        expr
    }

    pub(super) fn remove(&mut self, items: &[ast::RemoveItem]) -> BoundClause {
        self.writes = true;
        let actions = items.iter().map(|item| match item {
            ast::RemoveItem::Property { entity, key } => {
                RemoveAction::Property { entity: self.changeable(entity), key: name_expression(key) }
            }
            ast::RemoveItem::DynamicProperty { entity, key } => {
                RemoveAction::Property { entity: self.changeable(entity), key: self.key(key) }
            }
            ast::RemoveItem::Labels { variable, labels } => {
                RemoveAction::Labels { node: self.labelled(variable), labels: self.label_items(labels) }
            }
        });
        BoundClause::Remove(actions.collect())
    }

    pub(super) fn delete(&mut self, delete: &ast::Delete) -> BoundClause {
        self.writes = true;
        let mut targets = Vec::new();
        for e in &delete.expressions {
            if let ast::ExpressionKind::HasLabels { .. } = e.kind {
                self.error(
                    Diagnostic::syntax(Detail::InvalidDelete, e.span, "DELETE deletes nodes, relationships and paths")
                        .help("take labels away with REMOVE"),
                );
                continue;
            }
            let (expr, found) = self.expression(e);
            if !found.may_be(TypeSet::ENTITY.or(TypeSet::PATH)) {
                let message = format!("only nodes, relationships and paths can be deleted, this is {}", an(found.set));
                self.error(invalid_type(e.span, message));
            }
            targets.push(expr);
        }
        BoundClause::Delete { detach: delete.detach, targets }
    }
}

fn variable_expression(name: &ast::Name) -> ast::Expression {
    ast::Expression::new(ast::ExpressionKind::Variable(name.text.clone()), name.span)
}
