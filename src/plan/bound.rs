//! What the binder makes: the clauses of a query with names resolved and patterns as small graphs of slots.

use std::sync::Arc;

use super::{Expr, ExprKind, PathMode, PathParts, Slot};
use crate::diagnostic::Span;
use crate::graph::Direction;
use crate::procedures::Callable;
use crate::result::Shape;

#[derive(Clone, Debug)]
pub struct BoundQuery {
    /// The single queries that `UNION` joins; at least one.
    pub parts: Vec<BoundPart>,
    /// Whether equal rows of the parts are merged (`UNION` without `ALL`).
    pub distinct: bool,
    /// Names of the columns; empty for a query that returns nothing.
    pub columns: Vec<String>,
    /// A name for each slot of the row, for people.
    pub slots: Vec<String>,
    pub shape: Shape,
    /// Whether any clause may change the graph.
    pub writes: bool,
    /// What its names imply, in words.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct BoundPart {
    pub clauses: Vec<BoundClause>,
    /// Where the result's columns are found, in order.
    pub columns: Vec<Slot>,
}

#[derive(Clone, Debug)]
pub enum BoundClause {
    Match {
        optional: bool,
        pattern: Pattern,
        conditions: Vec<Expr>,
    },
    Unwind(Unwind),
    LoadCsv(LoadCsv),
    Project(Projection),
    /// Sets slots; what is in scope stays.
    Let(Vec<(Slot, Expr)>),
    Filter(Expr),
    Subquery(Subquery),
    /// Runs updating clauses for each element of a list; the rows stay as they are.
    Foreach {
        list: Expr,
        slot: Slot,
        clauses: Vec<BoundClause>,
    },
    Create(Vec<Creation>),
    Merge(Merge),
    Set(Vec<SetAction>),
    Remove(Vec<RemoveAction>),
    Delete {
        detach: bool,
        targets: Vec<Expr>,
    },
    Call(Call),
}

/// A row for each element of a list.
#[derive(Clone, Debug)]
pub struct Unwind {
    pub list: Expr,
    pub slot: Slot,
    /// Where the element's place goes, and how its first place is called.
    pub position: Option<(Slot, i64)>,
}

/// A row for each row of a file.
#[derive(Clone, Debug)]
pub struct LoadCsv {
    /// The file's name.
    pub source: Expr,
    /// Takes a map if the file has a header, else a list.
    pub slot: Slot,
    pub headers: bool,
    /// What stands between fields.
    pub terminator: u8,
    /// Whether fields beyond the header are left out rather than an error.
    pub ignores_extra: bool,
}

/// `CALL { … }`: for each row, the rows of a query.
#[derive(Clone, Debug)]
pub struct Subquery {
    pub parts: Vec<BoundPart>,
    /// Whether equal rows of the parts are merged.
    pub distinct: bool,
    /// Where its columns go. None: it only changes the graph, and the row stays.
    pub columns: Vec<Slot>,
    /// Whether a row stays, with nulls, where the query gives none.
    pub optional: bool,
    /// Whether it commits by itself.
    pub batches: Option<Batches>,
}

/// How `CALL { … } IN TRANSACTIONS` commits.
#[derive(Clone, Debug)]
pub struct Batches {
    /// How many input rows one transaction takes.
    pub rows: Expr,
    pub on_error: OnError,
    /// Gets a map that says how the row's transaction ended.
    pub status: Option<Slot>,
}

/// What follows when one of the transactions fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    Fail,
    Continue,
    Break,
}

/// A pattern as a small graph: relationships refer to nodes by index.
#[derive(Clone, Debug, Default)]
pub struct Pattern {
    pub nodes: Vec<PatternNode>,
    pub relationships: Vec<PatternRelationship>,
    pub paths: Vec<PatternPath>,
    /// Variables computed from the others as soon as these are known.
    pub derived: Vec<(Slot, Expr)>,
}

/// A node to be found. Its labels and properties stand among the clause's conditions.
#[derive(Clone, Debug)]
pub struct PatternNode {
    pub slot: Slot,
    /// Whether an earlier clause has set it.
    pub bound: bool,
}

#[derive(Clone, Debug)]
pub struct PatternRelationship {
    pub slot: Slot,
    pub bound: bool,
    /// Indexes of the nodes to the left and right as drawn.
    pub left: usize,
    pub right: usize,
    /// As drawn, seen from the left node.
    pub direction: Direction,
    /// Any of these types; none means every type.
    pub types: Vec<Arc<str>>,
    /// For several relationships in a row.
    pub several: Option<Several>,
    pub choice: Option<Choice>,
    /// Whether it may stand for a relationship that another one of the clause stands for too.
    pub repeatable: bool,
    pub kind: Connection,
}

/// What a pattern's relationship stands for.
#[derive(Clone, Debug)]
pub enum Connection {
    /// A relationship, or several in a row.
    Relationship,
    /// A pattern repeated end to end. The slot holds the relationships of all rounds; `several` counts rounds.
    Group(Box<PatternGroup>),
    /// A path of several parts with a selector. The slot stays empty.
    Chosen(Box<ChosenPath>),
}

/// Several relationships in a row.
#[derive(Clone, Debug)]
pub struct Several {
    pub length: PathLength,
    /// What each must have; the values depend on no slot of the pattern but its nodes.
    pub properties: Vec<(Arc<str>, Expr)>,
    pub each: Option<Each>,
    pub mode: PathMode,
}

/// What must hold for each relationship of several, which stands in a slot, its ends as drawn beside it.
#[derive(Clone, Debug)]
pub struct Each {
    pub relationship: Slot,
    pub left: Slot,
    pub right: Slot,
    pub condition: Expr,
}

/// A pattern repeated end to end.
#[derive(Clone, Debug)]
pub struct PatternGroup {
    pub pattern: Pattern,
    pub conditions: Vec<Expr>,
    /// The slots of its first and last node.
    pub start: Slot,
    pub end: Slot,
    /// Its relationships in order: what they are, all rounds together, goes into the pattern's slot.
    pub relationships: Vec<Slot>,
    /// Each variable, and the slot for the list of what it stands for in each round.
    pub collected: Vec<(Slot, Slot)>,
}

/// A path pattern of several parts with a selector: all paths are found, then some are chosen between each two ends.
#[derive(Clone, Debug)]
pub struct ChosenPath {
    /// Its first and last nodes are also nodes of the pattern around, with the same slots.
    pub pattern: Pattern,
    pub conditions: Vec<Expr>,
    pub path: PathParts,
    /// The slot of its last node.
    pub end: Slot,
    pub mode: PathMode,
}

/// How many relationships in a row; no upper end when `maximum` is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathLength {
    pub minimum: u64,
    pub maximum: Option<u64>,
}

/// Which paths between two nodes are wanted.
#[derive(Clone, Debug)]
pub struct Choice {
    pub kind: ChoiceKind,
    /// The property whose sum makes a path short; without it, every relationship counts 1.
    pub cost: Option<Arc<str>>,
    /// What a path must meet to be looked at.
    pub conditions: Vec<Expr>,
    /// Whether the clause's own conditions on the path belong to the search too (`shortestPath(…)`).
    pub absorbs: bool,
    /// Whether one search finds them (see [`PathSearch`]). The conditions on the ends of a pattern of several parts then
    /// stand with those of the pattern around.
    pub searched: bool,
}

#[derive(Clone, Debug)]
pub enum ChoiceKind {
    /// So many, the shortest first; 1 if nothing is said.
    First(Option<Expr>),
    /// Every path of the smallest length.
    AllShortest,
    /// Every path of the so many smallest lengths.
    Groups(Option<Expr>),
}

/// A named path: its parts by index into the pattern.
#[derive(Clone, Debug)]
pub struct PatternPath {
    pub slot: Slot,
    pub start: usize,
    pub relationships: Vec<usize>,
}

/// `WITH` or `RETURN`.
#[derive(Clone, Debug)]
pub struct Projection {
    /// With aggregation: grouping keys (their slots) and aggregates. Comes before `items`.
    pub aggregation: Option<Aggregation>,
    pub items: Vec<(Slot, Expr)>,
    /// The slots that stand for the row when duplicates are dropped.
    pub distinct: Option<Vec<Slot>>,
    pub order: Vec<SortKey>,
    pub skip: Option<Expr>,
    pub limit: Option<Expr>,
    pub condition: Option<Expr>,
}

#[derive(Clone, Debug)]
pub struct Aggregation {
    pub keys: Vec<(Slot, Expr)>,
    pub aggregates: Vec<(Slot, AggregateCall)>,
}

#[derive(Clone, Debug)]
pub struct AggregateCall {
    pub function: &'static crate::functions::aggregate::Aggregate,
    pub distinct: bool,
    /// Empty for `count(*)`.
    pub arguments: Vec<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct SortKey {
    pub expression: Expr,
    pub descending: bool,
    /// Where nulls go, if not to where the sort order puts them.
    pub nulls_first: Option<bool>,
}

/// One entity that `CREATE` makes, or a path over made ones, in order.
#[derive(Clone, Debug)]
pub enum Creation {
    Node {
        slot: Slot,
        /// Strings, or lists of them.
        labels: Vec<Expr>,
        properties: Option<Expr>,
    },
    Relationship {
        slot: Slot,
        start: Slot,
        end: Slot,
        /// A string.
        relationship_type: Expr,
        properties: Option<Expr>,
        span: Span,
    },
    Path {
        slot: Slot,
        path: Expr,
    },
}

/// `MERGE`: matches the pattern or creates it, row by row.
#[derive(Clone, Debug)]
pub struct Merge {
    pub pattern: Pattern,
    pub conditions: Vec<Expr>,
    /// The property values that the pattern asks for: none may be null.
    pub required: Vec<(Arc<str>, Expr)>,
    pub creations: Vec<Creation>,
    pub on_create: Vec<SetAction>,
    pub on_match: Vec<SetAction>,
}

#[derive(Clone, Debug)]
pub enum SetAction {
    Property {
        entity: Expr,
        /// A string.
        key: Expr,
        value: Expr,
    },
    /// `= map`: exactly these properties.
    Replace { entity: Expr, value: Expr },
    /// `+= map`: these properties too.
    Extend { entity: Expr, value: Expr },
    Labels {
        node: Expr,
        /// Strings, or lists of them.
        labels: Vec<Expr>,
    },
}

#[derive(Clone, Debug)]
pub enum RemoveAction {
    Property { entity: Expr, key: Expr },
    Labels { node: Expr, labels: Vec<Expr> },
}

#[derive(Clone, Debug)]
pub struct Call {
    pub procedure: Callable,
    pub arguments: Vec<Expr>,
    /// Index of the procedure's field and the slot it goes to.
    pub yields: Vec<(usize, Slot)>,
    /// Whether the call yields nothing and leaves the rows as they are.
    pub void: bool,
    /// Whether a row stays, with nulls, where the procedure gives none.
    pub optional: bool,
    /// Whether the procedure may set properties.
    pub writes: bool,
    pub condition: Option<Expr>,
    pub span: Span,
}

impl Pattern {
    /// Calls `visit` with the slot of every node, relationship and path, those inside groups included.
    pub fn each_slot(&self, visit: &mut dyn FnMut(Slot)) {
        self.nodes.iter().for_each(|n| visit(n.slot));
        self.paths.iter().for_each(|p| visit(p.slot));
        self.derived.iter().for_each(|(slot, _)| visit(*slot));
        for relationship in &self.relationships {
            visit(relationship.slot);
            match &relationship.kind {
                Connection::Relationship => {}
                Connection::Group(group) => {
                    group.pattern.each_slot(visit);
                    group.collected.iter().for_each(|(_, list)| visit(*list));
                }
                Connection::Chosen(chosen) => chosen.pattern.each_slot(visit),
            }
        }
    }

    /// The slots that solving the pattern sets.
    pub fn new_slots(&self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.nodes.iter().filter(|n| !n.bound).map(|n| n.slot).collect();
        slots.extend(self.paths.iter().map(|p| p.slot));
        slots.extend(self.derived.iter().map(|(slot, _)| *slot));
        for relationship in self.relationships.iter().filter(|r| !r.bound) {
            slots.push(relationship.slot);
            match &relationship.kind {
                Connection::Relationship => {}
                Connection::Group(group) => slots.extend(group.collected.iter().map(|(_, list)| *list)),
                Connection::Chosen(chosen) => slots.extend(chosen.pattern.new_slots()),
            }
        }
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// What makes one of its named paths of its parts.
    pub fn path_expression(&self, path: &PatternPath) -> Expr {
        let relationships = path.relationships.iter().map(|index| self.relationships[*index].slot).collect();
        let parts = PathParts { start: self.nodes[path.start].slot, relationships };
        Expr::new(ExprKind::Path(parts), Default::default())
    }

    /// The expressions of its relationships, those inside groups included.
    pub fn expressions(&self) -> Vec<&Expr> {
        let mut all = Vec::new();
        for relationship in &self.relationships {
            all.extend(relationship.several.iter().flat_map(Several::expressions));
            all.extend(relationship.choice.iter().flat_map(Choice::expressions));
            match &relationship.kind {
                Connection::Relationship => {}
                Connection::Group(group) => {
                    all.extend(group.pattern.expressions());
                    all.extend(&group.conditions);
                }
                Connection::Chosen(chosen) => {
                    all.extend(chosen.pattern.expressions());
                    all.extend(&chosen.conditions);
                }
            }
        }
        all
    }

    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        let mut all = Vec::new();
        for relationship in &mut self.relationships {
            all.extend(relationship.several.iter_mut().flat_map(Several::expressions_mut));
            all.extend(relationship.choice.iter_mut().flat_map(Choice::expressions_mut));
            match &mut relationship.kind {
                Connection::Relationship => {}
                Connection::Group(group) => {
                    all.extend(group.pattern.expressions_mut());
                    all.extend(&mut group.conditions);
                }
                Connection::Chosen(chosen) => {
                    all.extend(chosen.pattern.expressions_mut());
                    all.extend(&mut chosen.conditions);
                }
            }
        }
        all
    }
}

impl PatternRelationship {
    /// Calls `visit` with the slots that must be set before it is followed: what it asks may speak of anything, and
    /// only of itself while it is followed.
    pub fn each_foreign_slot(&self, visit: &mut dyn FnMut(Slot)) {
        let (mut own, mut asked) =
            (vec![self.slot], Vec::from_iter(self.several.iter().flat_map(Several::expressions)));
        match &self.kind {
            Connection::Relationship => {}
            Connection::Group(group) => {
                group.pattern.each_slot(&mut |slot| own.push(slot));
                asked.extend(group.pattern.expressions().into_iter().chain(&group.conditions));
            }
            Connection::Chosen(chosen) => {
                chosen.pattern.each_slot(&mut |slot| own.push(slot));
                asked.extend(chosen.pattern.expressions().into_iter().chain(&chosen.conditions));
            }
        }
        let foreign = |slot: Slot| if own.contains(&slot) { None } else { Some(slot) };
        asked.into_iter().for_each(|expr: &Expr| expr.each_slot(&mut |slot| _ = foreign(slot).map(&mut *visit)));
    }
}

impl Several {
    /// So many relationships, whatever they are.
    pub fn of(length: PathLength) -> Several {
        Several { length, properties: vec![], each: None, mode: PathMode::Trail }
    }

    pub fn expressions(&self) -> Vec<&Expr> {
        self.properties.iter().map(|(_, e)| e).chain(self.each.as_ref().map(|each| &each.condition)).collect()
    }

    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        let properties = self.properties.iter_mut().map(|(_, e)| e);
        properties.chain(self.each.as_mut().map(|each| &mut each.condition)).collect()
    }
}

impl Choice {
    /// Which are shortest is a matter of the number of relationships, and every path is looked at.
    pub fn of(kind: ChoiceKind) -> Choice {
        Choice { kind, cost: None, conditions: vec![], absorbs: false, searched: false }
    }

    pub fn expressions(&self) -> Vec<&Expr> {
        self.count().into_iter().chain(&self.conditions).collect()
    }

    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        let count = match &mut self.kind {
            ChoiceKind::First(count) | ChoiceKind::Groups(count) => count.as_mut(),
            ChoiceKind::AllShortest => None,
        };
        count.into_iter().chain(&mut self.conditions).collect()
    }

    /// Whether a breadth-first search that visits each node once answers it: a shortest path, or all of them, by number
    /// of relationships, without conditions. A shortest path repeats no node, so every mode allows it.
    pub fn is_plain(&self, several: &Several) -> bool {
        let one = |count: &Expr| matches!(count.kind, ExprKind::Constant(crate::graph::Value::Integer(1)));
        let kind = match &self.kind {
            ChoiceKind::First(count) => count.as_ref().is_none_or(one),
            ChoiceKind::AllShortest => true,
            ChoiceKind::Groups(_) => false,
        };
        kind && self.cost.is_none() && self.conditions.is_empty() && several.length.minimum <= 1
    }

    /// How many, if that is said.
    pub fn count(&self) -> Option<&Expr> {
        match &self.kind {
            ChoiceKind::First(count) | ChoiceKind::Groups(count) => count.as_ref(),
            ChoiceKind::AllShortest => None,
        }
    }
}

impl Creation {
    pub fn expressions(&self) -> Vec<&Expr> {
        match self {
            Creation::Node { labels, properties, .. } => labels.iter().chain(properties).collect(),
            Creation::Relationship { relationship_type, properties, .. } => {
                std::iter::once(relationship_type).chain(properties).collect()
            }
            Creation::Path { path, .. } => vec![path],
        }
    }

    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Creation::Node { labels, properties, .. } => labels.iter_mut().chain(properties).collect(),
            Creation::Relationship { relationship_type, properties, .. } => {
                std::iter::once(relationship_type).chain(properties).collect()
            }
            Creation::Path { path, .. } => vec![path],
        }
    }
}

impl SetAction {
    pub fn expressions(&self) -> Vec<&Expr> {
        match self {
            SetAction::Property { entity, key, value } => vec![entity, key, value],
            SetAction::Replace { entity, value } | SetAction::Extend { entity, value } => vec![entity, value],
            SetAction::Labels { node, labels } => std::iter::once(node).chain(labels).collect(),
        }
    }

    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            SetAction::Property { entity, key, value } => vec![entity, key, value],
            SetAction::Replace { entity, value } | SetAction::Extend { entity, value } => vec![entity, value],
            SetAction::Labels { node, labels } => std::iter::once(node).chain(labels).collect(),
        }
    }
}

impl RemoveAction {
    pub fn expressions(&self) -> Vec<&Expr> {
        match self {
            RemoveAction::Property { entity, key } => vec![entity, key],
            RemoveAction::Labels { node, labels } => std::iter::once(node).chain(labels).collect(),
        }
    }

    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            RemoveAction::Property { entity, key } => vec![entity, key],
            RemoveAction::Labels { node, labels } => std::iter::once(node).chain(labels).collect(),
        }
    }
}

impl Merge {
    /// Those of the pattern it looks for belong to the plan that looks for it.
    pub fn expressions(&self) -> Vec<&Expr> {
        let sets = self.on_create.iter().chain(&self.on_match).flat_map(SetAction::expressions);
        let required = self.required.iter().map(|(_, e)| e);
        self.creations.iter().flat_map(Creation::expressions).chain(required).chain(sets).collect()
    }

    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        let sets = self.on_create.iter_mut().chain(&mut self.on_match).flat_map(SetAction::expressions_mut);
        let required = self.required.iter_mut().map(|(_, e)| e);
        self.creations.iter_mut().flat_map(Creation::expressions_mut).chain(required).chain(sets).collect()
    }
}
