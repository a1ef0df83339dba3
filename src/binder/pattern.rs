//! Patterns to be matched. Labels, properties and inline conditions become conditions.

use std::collections::HashMap;
use std::sync::Arc;

use super::expression::not;
use super::types::Type;
use super::{Binder, Role};
use crate::ast;
use crate::diagnostic::{Detail, Diagnostic, Span, an};
use crate::graph::{Direction, TypeSet, Value};
use crate::plan::*;

/// A pattern being bound, and what is still to be looked at.
#[derive(Default)]
pub(super) struct Building<'p> {
    pub pattern: Pattern,
    pub conditions: Vec<Expr>,
    /// Variables at this place of the scope or later belong to the pattern itself.
    pub from: usize,
    /// Whether relationships may repeat (`REPEATABLE ELEMENTS`).
    pub repeatable: bool,
    pub nodes: Vec<(&'p ast::NodePattern, Slot)>,
    pub relationships: Vec<(&'p ast::RelationshipPattern, usize)>,
    /// Relationships whose types are stored pointing different ways.
    pub mixed: Vec<(usize, [Vec<Arc<str>>; 2])>,
    /// Conditions of whole paths: `(… WHERE condition)`.
    pub paths: Vec<&'p ast::Expression>,
}

impl Binder<'_> {
    /// Binds the patterns of one clause and brings their variables into scope.
    pub(super) fn pattern(&mut self, patterns: &[ast::PathPattern]) -> (Pattern, Vec<Expr>) {
        self.clause_pattern(patterns, false)
    }

    pub(super) fn clause_pattern(&mut self, patterns: &[ast::PathPattern], repeatable: bool) -> (Pattern, Vec<Expr>) {
        let elements = patterns.iter().map(|path| 1 + path.steps.len()).sum();
        if let Some(first) = patterns.first()
            && !self.grow(elements, first.start.span)
        {
            return (Pattern::default(), vec![]);
        }
        let mut building = Building { from: self.scope.len(), repeatable, ..Building::default() };
        for path in patterns {
            self.path_pattern(path, &mut building);
        }
        self.finish(&mut building);
        (building.pattern, building.conditions)
    }

    /// Binds what may speak of any variable of the pattern: properties and conditions.
    pub(super) fn finish(&mut self, building: &mut Building) {
        let spans = building.nodes.iter().map(|(node, slot)| (*slot, node.span)).collect();
        for (node, slot) in std::mem::take(&mut building.nodes) {
            self.node_conditions(node, slot, &mut building.conditions);
        }
        for (relationship, index) in std::mem::take(&mut building.relationships) {
            self.relationship_conditions(relationship, index, building);
        }
        for condition in std::mem::take(&mut building.paths) {
            let condition = self.condition(condition);
            building.conditions.extend(condition.conjuncts());
        }
        self.lone_nodes(spans, building);
    }

    /// A node that is set already and has no relationship here is a filter: null matches nothing, and what is not a
    /// node is an error. Relationships check the nodes at their ends as they are followed.
    fn lone_nodes(&self, spans: HashMap<Slot, Span>, building: &mut Building) {
        let Building { pattern, conditions, .. } = building;
        let ends: Vec<usize> = pattern.relationships.iter().flat_map(|r| [r.left, r.right]).collect();
        let lone = pattern.nodes.iter().enumerate().filter(|(index, node)| node.bound && !ends.contains(index));
        for (_, PatternNode { slot, .. }) in lone {
            let span = spans.get(slot).copied().unwrap_or_default();
            let operand = Box::new(Expr::slot(*slot, span));
            let known = self.scope.variables().filter(|variable| variable.slot == *slot).last();
            conditions.push(match known.is_some_and(|variable| variable.variable_type == Type::NODE) {
                true => not(Expr::new(ExprKind::IsNull(operand), span)),
                false => Expr::new(ExprKind::IsNode(operand), span),
            });
        }
    }

    fn path_pattern<'p>(&mut self, path: &'p ast::PathPattern, building: &mut Building<'p>) {
        let selector = path.selector.as_ref().filter(|selector| selector.kind != ast::SelectorKind::All);
        if let Some(selector) = selector {
            return self.selected_path(path, selector, building);
        }
        let before = building.pattern.relationships.len();
        let (start, relationships) = self.path_elements(path, building);
        if let Some(kind) = path.shortest {
            self.shortest_function(path, kind, &relationships, building);
        }
        self.path_mode(path, start, &relationships, building);
        building.paths.extend(path.condition.as_deref());
        if let Some(variable) = &path.variable {
            let slot = self.declare_new(variable, Type::PATH);
            building.pattern.paths.push(PatternPath { slot, start, relationships });
        }
        self.check_bounded(path, &building.pattern.relationships[before..]);
    }

    /// The nodes and connections of a path; gives the index of its start and of its connections.
    pub(super) fn path_elements<'p>(
        &mut self,
        path: &'p ast::PathPattern,
        building: &mut Building<'p>,
    ) -> (usize, Vec<usize>) {
        let start = self.node(&path.start, building);
        let mut left = start;
        let mut relationships = Vec::new();
        for step in &path.steps {
            // A connection's variables are declared first: that is the order in which people read.
            let index = match &step.connection {
                ast::Connection::Relationship(relationship) => self.relationship(relationship, left, building),
                ast::Connection::Group(group) => self.group(group, left, building),
            };
            let right = self.node(&step.node, building);
            building.pattern.relationships[index].right = right;
            self.group_nodes(&step.connection, index, building);
            relationships.push(index);
            left = right;
        }
        (start, relationships)
    }

    /// Without an upper end and without a choice, walks that may repeat never end.
    fn check_bounded(&mut self, path: &ast::PathPattern, relationships: &[PatternRelationship]) {
        let endless = relationships.iter().any(|r| {
            let several = r.several.as_ref();
            several.is_some_and(|s| s.mode == PathMode::Walk && s.length.maximum.is_none()) && r.choice.is_none()
        });
        if endless {
            self.error(
                Diagnostic::syntax(
                    Detail::InvalidUseOfPathPattern,
                    path.span,
                    "a walk that may repeat relationships needs an upper end",
                )
                .help("bound it, {1,5}; or choose paths, ANY SHORTEST; or let it be a TRAIL"),
            );
        }
    }

    /// `shortestPath(…)`
    fn shortest_function(
        &mut self,
        path: &ast::PathPattern,
        kind: ast::Shortest,
        steps: &[usize],
        building: &mut Building,
    ) {
        let single = match steps {
            [only] => Some(&mut building.pattern.relationships[*only]),
            _ => None,
        };
        let Some(relationship) = single.filter(|r| matches!(r.kind, Connection::Relationship)) else {
            self.error(
                Diagnostic::syntax(
                    Detail::InvalidUseOfPathPattern,
                    path.span,
                    "a shortest path is sought between two nodes over one relationship pattern",
                )
                .help("write shortestPath((a)-[:TYPE*]->(b))"),
            );
            return;
        };
        relationship.several.get_or_insert_with(|| Several::of(PathLength { minimum: 1, maximum: Some(1) }));
        let kind = match kind {
            ast::Shortest::One => ChoiceKind::First(None),
            ast::Shortest::All => ChoiceKind::AllShortest,
        };
        relationship.choice = Some(Choice { absorbs: true, ..Choice::of(kind) });
        relationship.repeatable = true;
    }

    fn path_mode(&mut self, path: &ast::PathPattern, start: usize, steps: &[usize], building: &mut Building) {
        let mode = path_mode(path.mode, building.repeatable);
        for index in steps {
            let relationship = &mut building.pattern.relationships[*index];
            relationship.repeatable |= building.repeatable;
            if let Some(several) = &mut relationship.several {
                several.mode = mode;
            }
        }
        let is_checked = match mode {
            PathMode::Walk => false,
            // The match mode sees to it, or the one connection does.
            PathMode::Trail => building.repeatable && steps.len() > 1,
            PathMode::Acyclic | PathMode::Simple => true,
        };
        if is_checked {
            let parts = path_parts(&building.pattern, start, steps);
            building.conditions.push(Expr::new(ExprKind::KeepsMode(parts, mode), path.span));
        }
    }

    /// Gives the node's index in the pattern.
    fn node<'p>(&mut self, node: &'p ast::NodePattern, building: &mut Building<'p>) -> usize {
        let name = node.variable.as_ref().map(|name| name.text.as_str());
        let known = name.and_then(|name| self.scope.find(name).cloned());
        let (slot, bound) = match (&node.variable, known) {
            (Some(name), Some(variable)) => {
                self.expect_type(name, variable.variable_type, TypeSet::NODE);
                let in_pattern = building.pattern.nodes.iter().position(|n| n.slot == variable.slot);
                if let Some(index) = in_pattern {
                    building.nodes.push((node, variable.slot));
                    return index;
                }
                (variable.slot, true)
            }
            (Some(name), None) => (self.declare(&name.text, Type::NODE), false),
            (None, _) => (self.slot("_"), false),
        };
        building.pattern.nodes.push(PatternNode { slot, bound });
        building.nodes.push((node, slot));
        building.pattern.nodes.len() - 1
    }

    /// Gives the relationship's index in the pattern; its right end is set later.
    fn relationship<'p>(
        &mut self,
        relationship: &'p ast::RelationshipPattern,
        left: usize,
        building: &mut Building<'p>,
    ) -> usize {
        let names = relationship.types.as_ref().and_then(|types| types.alternation()).unwrap_or_default();
        let stored = self.stored(&names, direction(relationship.direction));
        let known = relationship.variable.as_ref().is_some_and(|name| self.scope.find(&name.text).is_some());
        let closed = stored.transitive && length(relationship).is_none() && !known;
        let length = length(relationship).or(closed.then_some(PathLength { minimum: 1, maximum: None }));
        let (own, expected) = match length {
            Some(_) => (Type::list_of(TypeSet::RELATIONSHIP), TypeSet::LIST),
            None => (Type::RELATIONSHIP, TypeSet::RELATIONSHIP),
        };
        let (slot, bound) = match &relationship.variable {
            Some(name) => match self.scope.find(&name.text).cloned() {
                Some(variable) => {
                    let fits = self.expect_type(name, variable.variable_type, expected);
                    let here = self.scope.position(&name.text).is_some_and(|at| at >= building.from);
                    if fits && here {
                        self.error(
                            Diagnostic::syntax(
                                Detail::RelationshipUniquenessViolation,
                                name.span,
                                format!("`{}` stands for two relationships of one pattern", name.text),
                            )
                            .help("a pattern never uses one relationship twice: give them different names"),
                        );
                    }
                    (variable.slot, true)
                }
                None => (self.declare(&name.text, own), false),
            },
            None => (self.slot("_"), false),
        };
        if stored.types.iter().map(|name| &**name).eq(names.iter().map(|name| name.text.as_str())) {
            self.warn_of_types(&names);
        }
        // One implied relationship, however many chains of stored ones there are.
        let any = || Choice::of(ChoiceKind::First(None));
        building.pattern.relationships.push(PatternRelationship {
            slot,
            bound,
            left,
            right: left,
            direction: stored.direction,
            types: stored.types,
            several: length.map(Several::of),
            choice: closed.then(any),
            repeatable: building.repeatable || closed,
            kind: Connection::Relationship,
        });
        let index = building.pattern.relationships.len() - 1;
        building.mixed.extend(stored.mixed.map(|mixed| (index, mixed)));
        building.relationships.push((relationship, index));
        index
    }

    /// Whether a variable that an earlier pattern or clause has set can stand where the type is expected.
    fn expect_type(&mut self, name: &ast::Name, found: Type, expected: TypeSet) -> bool {
        // A variable that is null for certain matches nothing, which is no conflict.
        let fits = found.may_be(expected) && (expected != TypeSet::LIST || found.element.may_be(TypeSet::RELATIONSHIP));
        if !fits {
            let message = format!("`{}` is {}, but stands here for a {expected}", name.text, an(found.set));
            self.error(Diagnostic::syntax(Detail::VariableTypeConflict, name.span, message));
        }
        fits
    }

    fn node_conditions(&mut self, node: &ast::NodePattern, slot: Slot, conditions: &mut Vec<Expr>) {
        if let Some(labels) = &node.labels {
            conditions.push(self.label_condition(Expr::slot(slot, node.span), labels, Role::Label, node.span));
        }
        for (key, value, span) in self.properties(node.properties.as_ref(), true) {
            conditions.push(property_condition(slot, key, value, span));
        }
        if let Some(condition) = &node.condition {
            conditions.extend(self.condition(condition).conjuncts());
        }
    }

    /// The condition that labels (or a type) are as an expression says.
    pub(super) fn label_condition(
        &mut self,
        base: Expr,
        labels: &ast::LabelExpression,
        role: Role,
        span: Span,
    ) -> Expr {
        let mentioned = labels.names();
        match role {
            Role::Label => self.warn_of_labels(&mentioned),
            Role::Type => self.warn_of_types(&mentioned),
        }
        if let Some(conjunction) = labels.conjunction() {
            return Expr::new(ExprKind::HasLabels(Box::new(base), names(&conjunction)), span);
        }
        let test = self.label_test(labels);
        Expr::new(ExprKind::LabelTest(Box::new(base), test), span)
    }

    fn label_test(&mut self, labels: &ast::LabelExpression) -> LabelTest {
        let all = |binder: &mut Self, parts: &[ast::LabelExpression]| {
            parts.iter().map(|part| binder.label_test(part)).collect()
        };
        match labels {
            ast::LabelExpression::Name(name) => LabelTest::Is(Arc::from(name.text.as_str())),
            ast::LabelExpression::Dynamic { any, names } => {
                LabelTest::Dynamic { any: *any, names: Box::new(self.expression(names).0) }
            }
            ast::LabelExpression::Any => LabelTest::Any,
            ast::LabelExpression::Not(inner) => LabelTest::Not(Box::new(self.label_test(inner))),
            ast::LabelExpression::And(parts) => LabelTest::And(all(self, parts)),
            ast::LabelExpression::Or(parts) => LabelTest::Or(all(self, parts)),
        }
    }

    fn relationship_conditions(
        &mut self,
        relationship: &ast::RelationshipPattern,
        index: usize,
        building: &mut Building,
    ) {
        let properties = self.properties(relationship.properties.as_ref(), true);
        let slot = building.pattern.relationships[index].slot;
        let mixed = building.mixed.iter().find(|(at, _)| *at == index).map(|(_, mixed)| mixed.clone());
        // More than an alternation of types has to be tested on each relationship.
        let types = relationship.types.as_ref().filter(|types| types.alternation().is_none());
        let Some(several) = building.pattern.relationships[index].several.clone() else {
            for (key, value, span) in properties {
                building.conditions.push(property_condition(slot, key, value, span));
            }
            if let Some(types) = types {
                let base = Expr::slot(slot, relationship.span);
                building.conditions.push(self.label_condition(base, types, Role::Type, relationship.span));
            }
            if let Some(mixed) = mixed {
                let left = building.pattern.nodes[building.pattern.relationships[index].left].slot;
                building.conditions.push(Self::points_as_stored(&mixed, slot, left, relationship.span));
            }
            if let Some(condition) = &relationship.condition {
                building.conditions.extend(self.condition(condition).conjuncts());
            }
            return;
        };
        let each = self.each_relationship(relationship, types, mixed.as_ref());
        let properties = properties.into_iter().map(|(key, value, _)| (key, value)).collect();
        building.pattern.relationships[index].several = Some(Several { properties, each, ..several });
    }

    /// What each relationship of several must meet: there the variable stands for the one, not for the list.
    fn each_relationship(
        &mut self,
        relationship: &ast::RelationshipPattern,
        types: Option<&ast::LabelExpression>,
        mixed: Option<&[Vec<Arc<str>>; 2]>,
    ) -> Option<Each> {
        if types.is_none() && relationship.condition.is_none() && mixed.is_none() {
            return None;
        }
        let (left, right) = (self.slot("_"), self.slot("_"));
        let name = relationship.variable.as_ref().map_or(" each", |name| name.text.as_str());
        let (slot, conditions) = self.with_local(name, Type::RELATIONSHIP, |binder| {
            let slot = binder.scope.find(name).map_or(0, |variable| variable.slot);
            let base = Expr::slot(slot, relationship.span);
            let types = types.map(|types| binder.label_condition(base, types, Role::Type, relationship.span));
            let condition = relationship.condition.as_ref().map(|condition| binder.condition(condition));
            let points = mixed.map(|mixed| Self::points_as_stored(mixed, slot, left, relationship.span));
            points.into_iter().chain(types).chain(condition).collect::<Vec<_>>()
        });
        let condition = Expr::all(conditions)?;
        Some(Each { relationship: slot, left, right, condition })
    }

    /// The entries of a pattern's property map.
    pub(super) fn properties(
        &mut self,
        properties: Option<&ast::Expression>,
        warn: bool,
    ) -> Vec<(Arc<str>, Expr, Span)> {
        let Some(properties) = properties else { return vec![] };
        let ast::ExpressionKind::Map(entries) = &properties.kind else {
            self.error(
                Diagnostic::syntax(
                    Detail::InvalidParameterUse,
                    properties.span,
                    "a parameter cannot stand for all properties of a pattern that is matched",
                )
                .help("name the properties: {key: $parameter.key}"),
            );
            return vec![];
        };
        let mut bound = Vec::new();
        for (key, value) in entries {
            if warn {
                self.warn_of_key(key);
            }
            let (expr, _) = self.expression(value);
            bound.push((Arc::from(key.text.as_str()), expr, key.span.to(value.span)));
        }
        bound
    }
}

/// How many relationships in a row, in either notation.
pub(super) fn length(relationship: &ast::RelationshipPattern) -> Option<PathLength> {
    let star =
        relationship.length.map(|length| PathLength { minimum: length.minimum.unwrap_or(1), maximum: length.maximum });
    star.or(relationship.quantity.map(quantity))
}

pub(super) fn quantity(quantity: ast::Quantity) -> PathLength {
    PathLength { minimum: quantity.minimum, maximum: quantity.maximum }
}

/// The slots of a path's start and connections.
pub(super) fn path_parts(pattern: &Pattern, start: usize, relationships: &[usize]) -> PathParts {
    PathParts {
        start: pattern.nodes[start].slot,
        relationships: relationships.iter().map(|index| pattern.relationships[*index].slot).collect(),
    }
}

fn property_condition(slot: Slot, key: Arc<str>, value: Expr, span: Span) -> Expr {
    let property = Expr::new(ExprKind::Property(Box::new(Expr::slot(slot, span)), key), span);
    Expr::new(ExprKind::Compare(Comparison::Equal, Box::new(property), Box::new(value)), span)
}

pub(super) fn direction(direction: ast::Direction) -> Direction {
    match direction {
        ast::Direction::Outgoing => Direction::Outgoing,
        ast::Direction::Incoming => Direction::Incoming,
        ast::Direction::Both => Direction::Both,
    }
}

/// What holds for a path: a walk may repeat relationships only where the match mode lets it.
pub(super) fn path_mode(mode: Option<ast::PathMode>, repeatable: bool) -> PathMode {
    match mode {
        None | Some(ast::PathMode::Walk) if repeatable => PathMode::Walk,
        None | Some(ast::PathMode::Walk | ast::PathMode::Trail) => PathMode::Trail,
        Some(ast::PathMode::Acyclic) => PathMode::Acyclic,
        Some(ast::PathMode::Simple) => PathMode::Simple,
    }
}

pub(super) fn names(names: &[&ast::Name]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(name.text.as_str())).collect()
}

/// A name as a constant expression.
pub(super) fn name_expression(name: &ast::Name) -> Expr {
    Expr::constant(Value::string(&name.text), name.span)
}
