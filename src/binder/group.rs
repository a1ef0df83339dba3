//! GQL's path patterns: repeated groups, and selectors of paths.

use super::pattern::{Building, path_mode, path_parts, quantity};
use super::types::Type;
use super::{Binder, invalid_type};
use crate::ast;
use crate::diagnostic::{Detail, Diagnostic, an};
use crate::graph::TypeSet;
use crate::plan::*;

impl Binder<'_> {
    /// `((a)-[r]->(b) WHERE …){2,5}`: inside, each variable stands for one thing; outside, for a list.
    /// Gives the index of the connection in the pattern; its right end is set later.
    pub(super) fn group<'p>(
        &mut self,
        group: &'p ast::GroupPattern,
        left: usize,
        building: &mut Building<'p>,
    ) -> usize {
        let outer = self.scope.len();
        self.check_group_variables(group);
        let mut inner = Building::default();
        let (start, relationships) = self.path_elements(&group.pattern, &mut inner);
        if let Some(variable) = &group.pattern.variable {
            let slot = self.declare_new(variable, Type::PATH);
            inner.pattern.paths.push(PatternPath { slot, start, relationships: relationships.clone() });
        }
        self.finish(&mut inner);
        if let Some(condition) = &group.condition {
            let condition = self.condition(condition);
            inner.conditions.extend(condition.conjuncts());
        }
        let variables: Vec<_> = self.scope.variables().skip(outer).cloned().collect();
        self.scope.truncate(outer);
        let end = relationships.last().map_or(start, |last| inner.pattern.relationships[*last].right);
        let parts = path_parts(&inner.pattern, start, &relationships);
        let ends = (inner.pattern.nodes[start].slot, inner.pattern.nodes[end].slot);

        let several = Several::of(quantity(group.quantity));
        if let [only] = relationships.as_slice()
            && inner.pattern.paths.is_empty()
            && start != end
            && let Some(simple) = simple_round(&inner, *only, ends)
        {
            let slot = match variables.iter().find(|v| v.slot == inner.pattern.relationships[*only].slot) {
                Some(variable) => self.declare(&variable.name, Type::list_of(TypeSet::RELATIONSHIP)),
                None => self.slot("_"),
            };
            let each = inner.conditions;
            let each = Expr::all(each).map(|condition| Each { condition, ..simple });
            let relationship = PatternRelationship {
                slot,
                left,
                right: left,
                several: Some(Several { each, ..several }),
                ..inner.pattern.relationships.swap_remove(*only)
            };
            building.pattern.relationships.push(relationship);
            return building.pattern.relationships.len() - 1;
        }
        inner.pattern.nodes[start].bound = true;
        let mut collected = Vec::new();
        for variable in variables {
            let slot = self.declare(&variable.name, Type::list_of(variable.variable_type.set));
            collected.push((variable.slot, slot));
        }
        let kind = Connection::Group(Box::new(PatternGroup {
            pattern: inner.pattern,
            conditions: inner.conditions,
            start: ends.0,
            end: ends.1,
            relationships: parts.relationships,
            collected,
        }));
        building.pattern.relationships.push(PatternRelationship {
            slot: self.slot("_"),
            bound: false,
            left,
            right: left,
            direction: crate::graph::Direction::Outgoing,
            types: vec![],
            several: Some(several),
            choice: None,
            repeatable: false,
            kind,
        });
        building.pattern.relationships.len() - 1
    }

    /// A group's variables are its own.
    fn check_group_variables(&mut self, group: &ast::GroupPattern) {
        let nodes = group.pattern.nodes().filter_map(|node| node.variable.as_ref());
        let relationships = group.pattern.relationships().filter_map(|r| r.variable.as_ref());
        for name in nodes.chain(relationships).chain(&group.pattern.variable) {
            if self.scope.find(&name.text).is_some() {
                self.already_bound(&name.text, name.span);
            }
        }
    }

    /// The lists of nodes of a group of one relationship, which follow from the path it makes.
    pub(super) fn group_nodes(&mut self, connection: &ast::Connection, index: usize, building: &mut Building) {
        let ast::Connection::Group(group) = connection else { return };
        let relationship = &building.pattern.relationships[index];
        if !matches!(relationship.kind, Connection::Relationship) {
            return;
        }
        let start = building.pattern.nodes[relationship.left].slot;
        let parts = PathParts { start, relationships: vec![relationship.slot] };
        for (node, from, to) in [(&group.pattern.start, 0, -1), (&group.pattern.steps[0].node, 1, i64::MAX)] {
            if let Some(name) = &node.variable {
                let slot = self.declare(&name.text, Type::list_of(TypeSet::NODE));
                let nodes = Expr::new(ExprKind::PathNodes(parts.clone(), from, to), name.span);
                building.pattern.derived.push((slot, nodes));
            }
        }
    }

    /// `SHORTEST 2 (a)-[:T]->+(b)` and its kin.
    pub(super) fn selected_path<'p>(
        &mut self,
        path: &'p ast::PathPattern,
        selector: &'p ast::Selector,
        building: &mut Building<'p>,
    ) {
        let mode = path_mode(path.mode, building.repeatable);
        let mut inner = Building { repeatable: mode == PathMode::Walk, ..Building::default() };
        let (start, relationships) = self.path_elements(path, &mut inner);
        let mode_condition = self.selected_mode(path, mode, start, &relationships, &mut inner);
        let path_slot = path.variable.as_ref().map(|variable| self.declare_new(variable, Type::PATH));
        self.finish(&mut inner);
        let mut conditions: Vec<Expr> = mode_condition.into_iter().collect();
        if let Some(condition) = &path.condition {
            conditions.extend(self.condition(condition).conjuncts());
        }
        let choice = Choice {
            cost: selector.cost.as_ref().map(|key| super::expression::arc(&key.text)),
            conditions,
            ..Choice::of(self.choice_kind(&selector.kind))
        };
        let end = relationships.last().map_or(start, |last| inner.pattern.relationships[*last].right);
        let single = match relationships.as_slice() {
            [only] => {
                let relationship = &inner.pattern.relationships[*only];
                relationship.several.is_some()
                    && !relationship.bound
                    && matches!(relationship.kind, Connection::Relationship)
            }
            _ => false,
        };
        let offset = building.pattern.relationships.len();
        if single {
            let nodes: Vec<usize> = inner.pattern.nodes.iter().map(|node| adopt(node, building)).collect();
            let mut relationship = inner.pattern.relationships.swap_remove(relationships[0]);
            relationship.left = nodes[relationship.left];
            relationship.right = nodes[relationship.right];
            relationship.choice = Some(choice);
            relationship.repeatable = true;
            building.pattern.relationships.push(relationship);
            building.pattern.derived.append(&mut inner.pattern.derived);
            building.conditions.append(&mut inner.conditions);
            if let Some(slot) = path_slot {
                let paths = PatternPath { slot, start: nodes[start], relationships: vec![offset] };
                building.pattern.paths.push(paths);
            }
            return;
        }
        let parts = path_parts(&inner.pattern, start, &relationships);
        let (left, right) = (adopt(&inner.pattern.nodes[start], building), adopt(&inner.pattern.nodes[end], building));
        let end = inner.pattern.nodes[end].slot;
        if let Some(slot) = path_slot {
            inner.pattern.paths.push(PatternPath { slot, start, relationships });
        }
        let mut conditions = inner.conditions;
        conditions.extend(choice.conditions.iter().cloned());
        let chosen = ChosenPath { pattern: inner.pattern, conditions, path: parts, end, mode };
        building.pattern.relationships.push(PatternRelationship {
            slot: self.slot("_"),
            bound: false,
            left,
            right,
            direction: crate::graph::Direction::Outgoing,
            types: vec![],
            several: None,
            choice: Some(Choice { conditions: vec![], ..choice }),
            repeatable: true,
            kind: Connection::Chosen(Box::new(chosen)),
        });
    }

    fn selected_mode(
        &mut self,
        path: &ast::PathPattern,
        mode: PathMode,
        start: usize,
        relationships: &[usize],
        inner: &mut Building,
    ) -> Option<Expr> {
        for relationship in &mut inner.pattern.relationships {
            relationship.repeatable |= mode == PathMode::Walk;
            if let Some(several) = &mut relationship.several {
                several.mode = mode;
            }
        }
        let endless = inner
            .pattern
            .relationships
            .iter()
            .any(|r| r.several.as_ref().is_some_and(|s| s.mode == PathMode::Walk && s.length.maximum.is_none()));
        if endless && relationships.len() > 1 {
            self.error(
                Diagnostic::syntax(
                    Detail::InvalidUseOfPathPattern,
                    path.span,
                    "a walk of several parts that may repeat relationships needs upper ends",
                )
                .help("bound it, {1,5}; or let it be a TRAIL"),
            );
        }
        let parts = path_parts(&inner.pattern, start, relationships);
        matches!(mode, PathMode::Acyclic | PathMode::Simple)
            .then(|| Expr::new(ExprKind::KeepsMode(parts, mode), path.span))
    }

    fn choice_kind(&mut self, kind: &ast::SelectorKind) -> ChoiceKind {
        match kind {
            ast::SelectorKind::All | ast::SelectorKind::AllShortest => ChoiceKind::AllShortest,
            ast::SelectorKind::Any { count } | ast::SelectorKind::Shortest { count } => {
                ChoiceKind::First(self.path_count(count.as_deref()))
            }
            ast::SelectorKind::ShortestGroups { count } => ChoiceKind::Groups(self.path_count(count.as_deref())),
        }
    }

    fn path_count(&mut self, count: Option<&ast::Expression>) -> Option<Expr> {
        let count = count?;
        let (expr, found) = self.expression(count);
        if !found.may_be(TypeSet::INTEGER) {
            self.error(invalid_type(count.span, format!("paths are counted by an integer, not by {}", an(found.set))));
        }
        Some(expr)
    }
}

/// The slots of a round that is nothing but a new relationship between two nodes.
fn simple_round(inner: &Building, only: usize, ends: (Slot, Slot)) -> Option<Each> {
    let relationship = &inner.pattern.relationships[only];
    let simple = relationship.several.is_none()
        && !relationship.bound
        && matches!(relationship.kind, Connection::Relationship)
        && inner.pattern.nodes.iter().all(|node| !node.bound);
    let condition = Expr::constant(true, Default::default());
    simple.then_some(Each { relationship: relationship.slot, left: ends.0, right: ends.1, condition })
}

/// The index of a node in the pattern around, which gets it if it is not there.
fn adopt(node: &PatternNode, building: &mut Building) -> usize {
    let known = building.pattern.nodes.iter().position(|n| n.slot == node.slot);
    known.unwrap_or_else(|| {
        building.pattern.nodes.push(node.clone());
        building.pattern.nodes.len() - 1
    })
}
