//! Patterns to be matched. Labels and properties become conditions.

use std::sync::Arc;

use super::types::Type;
use super::{Binder, closest};
use crate::ast;
use crate::diagnostic::{Detail, Diagnostic, Span};
use crate::graph::{Direction, TypeSet};
use crate::plan::*;

impl Binder<'_> {
    /// Binds the patterns of one clause and brings their variables into scope.
    pub(super) fn pattern(&mut self, patterns: &[ast::PathPattern]) -> (Pattern, Vec<Expr>) {
        let elements = patterns.iter().map(|path| 1 + path.steps.len()).sum();
        if let Some(first) = patterns.first()
            && !self.grow(elements, first.start.span)
        {
            return (Pattern::default(), vec![]);
        }
        let mut building = Building { from: self.scope.len(), ..Building::default() };
        for path in patterns {
            self.path_pattern(path, &mut building);
        }
        // Properties come last: they may speak of any variable of the pattern.
        let mut conditions = Vec::new();
        for (element, slot) in std::mem::take(&mut building.nodes) {
            self.node_conditions(element, slot, &mut conditions);
        }
        for (element, index) in std::mem::take(&mut building.relationships) {
            self.relationship_conditions(element, index, &mut building.pattern, &mut conditions);
        }
        (building.pattern, conditions)
    }

    fn path_pattern<'p>(&mut self, path: &'p ast::PathPattern, building: &mut Building<'p>) {
        let start = self.node(&path.start, building);
        let mut left = start;
        let mut relationships = Vec::new();
        if path.selector.is_some() || path.mode.is_some() || path.condition.is_some() {
            self.not_yet(path.span, "this path pattern");
        }
        for step in &path.steps {
            let Some(relationship) = step.relationship() else {
                self.not_yet(path.span, "a quantified path pattern");
                return;
            };
            let node = &step.node;
            // The relationship's variable is declared first: that is the order in which people read.
            let index = self.relationship(relationship, left, building);
            let right = self.node(node, building);
            building.pattern.relationships[index].right = right;
            relationships.push(index);
            left = right;
        }
        if let Some(shortest) = path.shortest {
            self.shortest(path, shortest, &relationships, building);
        }
        if let Some(variable) = &path.variable {
            let slot = self.declare_new(variable, Type::PATH);
            building.pattern.paths.push(PatternPath { slot, start, relationships });
        }
    }

    fn shortest(&mut self, path: &ast::PathPattern, kind: ast::Shortest, steps: &[usize], building: &mut Building) {
        let &[only] = steps else {
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
        let relationship = &mut building.pattern.relationships[only];
        relationship.length.get_or_insert(PathLength { minimum: 1, maximum: Some(1) });
        relationship.shortest = Some(match kind {
            ast::Shortest::One => ShortestKind::One,
            ast::Shortest::All => ShortestKind::All,
        });
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
        let length = relationship
            .length
            .map(|length| PathLength { minimum: length.minimum.unwrap_or(1), maximum: length.maximum });
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
        if relationship.quantity.is_some() || relationship.condition.is_some() {
            self.not_yet(relationship.span, "this relationship pattern");
        }
        let types = self.type_names(relationship);
        self.warn_of_types(&types);
        building.pattern.relationships.push(PatternRelationship {
            slot,
            bound,
            left,
            right: left,
            direction: direction(relationship.direction),
            types: names(&types),
            length,
            properties: vec![],
            shortest: None,
        });
        let index = building.pattern.relationships.len() - 1;
        building.relationships.push((relationship, index));
        index
    }

    /// Whether a variable that an earlier pattern or clause has set can stand where the type is expected.
    fn expect_type(&mut self, name: &ast::Name, found: Type, expected: TypeSet) -> bool {
        // A variable that is null for certain matches nothing, which is no conflict.
        let fits = found.may_be(expected) && (expected != TypeSet::LIST || found.element.may_be(TypeSet::RELATIONSHIP));
        if !fits {
            let message = format!("`{}` is a {}, but stands here for a {expected}", name.text, found.set);
            self.error(Diagnostic::syntax(Detail::VariableTypeConflict, name.span, message));
        }
        fits
    }

    fn node_conditions(&mut self, node: &ast::NodePattern, slot: Slot, conditions: &mut Vec<Expr>) {
        let labels = self.label_names(node);
        if !labels.is_empty() {
            self.warn_of_labels(&labels);
            let base = Box::new(Expr::slot(slot, node.span));
            conditions.push(Expr::new(ExprKind::HasLabels(base, names(&labels)), node.span));
        }
        for (key, value, span) in self.properties(node.properties.as_ref(), true) {
            conditions.push(property_condition(slot, key, value, span));
        }
    }

    pub(super) fn label_names<'p>(&mut self, node: &'p ast::NodePattern) -> Vec<&'p ast::Name> {
        if node.condition.is_some() {
            self.not_yet(node.span, "WHERE in a node pattern");
        }
        let Some(labels) = &node.labels else { return vec![] };
        labels.conjunction().unwrap_or_else(|| {
            self.not_yet(node.span, "this label expression");
            vec![]
        })
    }

    pub(super) fn type_names<'p>(&mut self, relationship: &'p ast::RelationshipPattern) -> Vec<&'p ast::Name> {
        let Some(types) = &relationship.types else { return vec![] };
        types.alternation().unwrap_or_else(|| {
            self.not_yet(relationship.span, "this type expression");
            vec![]
        })
    }

    fn relationship_conditions(
        &mut self,
        relationship: &ast::RelationshipPattern,
        index: usize,
        pattern: &mut Pattern,
        conditions: &mut Vec<Expr>,
    ) {
        let properties = self.properties(relationship.properties.as_ref(), true);
        let bound = &mut pattern.relationships[index];
        for (key, value, span) in properties {
            match bound.length {
                Some(_) => bound.properties.push((key, value)),
                None => conditions.push(property_condition(bound.slot, key, value, span)),
            }
        }
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

    /// Remembers the names that the query itself may bring into the graph.
    pub(super) fn note_created(&mut self, part: &ast::SingleQuery) {
        for clause in &part.clauses {
            let patterns = match &clause.kind {
                ast::ClauseKind::Create(patterns) => patterns.as_slice(),
                ast::ClauseKind::Merge(merge) => std::slice::from_ref(&merge.pattern),
                ast::ClauseKind::Set(items) => {
                    self.created.extend(items.iter().flat_map(set_names));
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

    fn warn_of_types(&mut self, types: &[&ast::Name]) {
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

/// A pattern being bound, and what is still to be looked at.
#[derive(Default)]
struct Building<'p> {
    pattern: Pattern,
    /// Variables at this place of the scope or later belong to the pattern itself.
    from: usize,
    nodes: Vec<(&'p ast::NodePattern, Slot)>,
    relationships: Vec<(&'p ast::RelationshipPattern, usize)>,
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

pub(super) fn names(names: &[&ast::Name]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(name.text.as_str())).collect()
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
        ast::SetItem::Labels { labels, .. } => label_items(labels).iter().map(|label| label.text.clone()).collect(),
    }
}

/// The labels that are named in the text.
pub(super) fn label_items(items: &[ast::LabelItem]) -> Vec<&ast::Name> {
    let names = items.iter().filter_map(|item| match item {
        ast::LabelItem::Name(name) => Some(name),
        ast::LabelItem::Dynamic(_) => None,
    });
    names.collect()
}
