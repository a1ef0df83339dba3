//! The operators of a plan. Each takes rows from its input, and gives rows on.

use std::sync::Arc;

use super::{
    Aggregation, Call, Creation, Expr, Merge, PathLength, Pattern, RemoveAction, SetAction, ShortestKind, Slot, SortKey,
};
use crate::graph::Direction;

pub type Input = Box<Operator>;

#[derive(Clone, Debug)]
pub enum Operator {
    /// One row: the argument from outside, or an empty one.
    Argument,
    /// Solves a pattern; the optimizer replaces it by the operators below.
    Match {
        input: Input,
        pattern: Pattern,
        conditions: Vec<Expr>,
    },
    /// Every node (of a label) into a slot, for each input row.
    NodeScan {
        input: Input,
        slot: Slot,
        label: Option<Arc<str>>,
    },
    /// From a node over one relationship.
    Expand {
        input: Input,
        step: Step,
    },
    /// From a node over several relationships in a row, no relationship twice.
    ExpandVariable {
        input: Input,
        step: Step,
        length: PathLength,
        properties: Vec<(Arc<str>, Expr)>,
    },
    /// From a node to every node that some trail of an allowed length reaches, once each. The relationships are
    /// not kept.
    Reach {
        input: Input,
        step: Step,
        length: PathLength,
        properties: Vec<(Arc<str>, Expr)>,
    },
    /// The end nodes of a relationship (or list of relationships) that an earlier clause has set.
    ExpandBound {
        input: Input,
        step: Step,
        length: Option<PathLength>,
    },
    /// The shortest path between two nodes that are both set.
    ShortestPath {
        input: Input,
        search: ShortestSearch,
    },
    Filter {
        input: Input,
        condition: Expr,
    },
    /// Sets slots, one after the other.
    Project {
        input: Input,
        items: Vec<(Slot, Expr)>,
    },
    Aggregate {
        input: Input,
        aggregation: Aggregation,
    },
    Distinct {
        input: Input,
        slots: Vec<Slot>,
    },
    /// Sorted; with a limit only the first rows are kept while sorting.
    Sort {
        input: Input,
        keys: Vec<SortKey>,
        limit: Option<Expr>,
    },
    Skip {
        input: Input,
        count: Expr,
    },
    Limit {
        input: Input,
        count: Expr,
    },
    Unwind {
        input: Input,
        list: Expr,
        slot: Slot,
    },
    /// The rows of `inner` for each input row, or, when there are none, the row with `slots` null.
    Optional {
        input: Input,
        inner: Input,
        slots: Vec<Slot>,
    },
    Call {
        input: Input,
        call: Call,
    },
    Create {
        input: Input,
        creations: Vec<Creation>,
    },
    Merge {
        input: Input,
        matching: Input,
        merge: Merge,
    },
    Set {
        input: Input,
        actions: Vec<SetAction>,
    },
    Remove {
        input: Input,
        actions: Vec<RemoveAction>,
    },
    Delete {
        input: Input,
        detach: bool,
        targets: Vec<Expr>,
    },
    /// Takes all rows of the input and gives none: the end of a query that returns nothing.
    Drain {
        input: Input,
    },
    /// Result rows: the columns' values in order.
    Produce {
        input: Input,
        columns: Vec<Slot>,
    },
    /// The result rows of several plans, one after the other.
    Union {
        inputs: Vec<Operator>,
    },
    /// Result rows without duplicates.
    DistinctRows {
        input: Input,
    },
}

/// What path is sought.
#[derive(Clone, Debug)]
pub struct ShortestSearch {
    pub step: Step,
    pub length: PathLength,
    pub kind: ShortestKind,
    pub properties: Vec<(Arc<str>, Expr)>,
    /// Where the path itself goes, if it has a name.
    pub path: Option<Slot>,
    /// Belongs to the search: the shortest path that meets it.
    pub condition: Option<Expr>,
}

/// One relationship (or variable-length one) seen from a node that is set.
#[derive(Clone, Debug)]
pub struct Step {
    pub from: Slot,
    pub relationship: Slot,
    pub to: Slot,
    /// Seen from `from`.
    pub direction: Direction,
    /// Any of these types; none means every type.
    pub types: Vec<Arc<str>>,
    /// Whether `from` is set: not so only where a relationship that is set gives both its ends.
    pub from_bound: bool,
    /// Whether `to` is set already: then the step only checks.
    pub to_bound: bool,
    /// Slots of the other relationships of the same pattern: none may occur again.
    pub distinct_from: Vec<Slot>,
    /// Walked against the drawing: a list of relationships must be turned round.
    pub reversed: bool,
}

impl Operator {
    pub fn boxed(self) -> Input {
        Box::new(self)
    }

    /// A filter on nothing is its input.
    pub fn filter(self, condition: Option<Expr>) -> Operator {
        match condition {
            Some(condition) => Operator::Filter { input: self.boxed(), condition },
            None => self,
        }
    }

    /// The operator's inputs: all but the inner plan of a correlated operator.
    pub fn inputs(&self) -> Vec<&Operator> {
        use Operator::*;
        match self {
            Argument => vec![],
            Match { input, .. }
            | NodeScan { input, .. }
            | Expand { input, .. }
            | ExpandVariable { input, .. }
            | Reach { input, .. }
            | ExpandBound { input, .. }
            | ShortestPath { input, .. }
            | Filter { input, .. }
            | Project { input, .. }
            | Aggregate { input, .. }
            | Distinct { input, .. }
            | Sort { input, .. }
            | Skip { input, .. }
            | Limit { input, .. }
            | Unwind { input, .. }
            | Optional { input, .. }
            | Call { input, .. }
            | Create { input, .. }
            | Merge { input, .. }
            | Set { input, .. }
            | Remove { input, .. }
            | Delete { input, .. }
            | Drain { input }
            | Produce { input, .. }
            | DistinctRows { input } => vec![input],
            Union { inputs } => inputs.iter().collect(),
        }
    }

    /// The plan that runs anew for each row: of `Optional` and `Merge`.
    pub fn inner(&self) -> Option<&Operator> {
        match self {
            Operator::Optional { inner, .. } => Some(inner),
            Operator::Merge { matching, .. } => Some(matching),
            _ => None,
        }
    }

    /// Inputs and inner plan, to change.
    pub fn children_mut(&mut self) -> Vec<&mut Operator> {
        use Operator::*;
        match self {
            Argument => vec![],
            Match { input, .. }
            | NodeScan { input, .. }
            | Expand { input, .. }
            | ExpandVariable { input, .. }
            | Reach { input, .. }
            | ExpandBound { input, .. }
            | ShortestPath { input, .. }
            | Filter { input, .. }
            | Project { input, .. }
            | Aggregate { input, .. }
            | Distinct { input, .. }
            | Sort { input, .. }
            | Skip { input, .. }
            | Limit { input, .. }
            | Unwind { input, .. }
            | Call { input, .. }
            | Create { input, .. }
            | Set { input, .. }
            | Remove { input, .. }
            | Delete { input, .. }
            | Drain { input }
            | Produce { input, .. }
            | DistinctRows { input } => vec![input],
            Optional { input, inner, .. } => vec![input, inner],
            Merge { input, matching, .. } => vec![input, matching],
            Union { inputs } => inputs.iter_mut().collect(),
        }
    }

    /// The expressions that the operator itself evaluates.
    pub fn expressions(&self) -> Vec<&Expr> {
        use Operator::*;
        match self {
            Argument
            | NodeScan { .. }
            | Expand { .. }
            | ExpandBound { .. }
            | Distinct { .. }
            | Optional { .. }
            | Drain { .. }
            | Produce { .. }
            | Union { .. }
            | DistinctRows { .. } => vec![],
            Match { pattern, conditions, .. } => pattern_expressions(pattern).chain(conditions).collect(),
            ExpandVariable { properties, .. } | Reach { properties, .. } => properties.iter().map(|(_, e)| e).collect(),
            ShortestPath { search, .. } => {
                search.properties.iter().map(|(_, e)| e).chain(search.condition.as_ref()).collect()
            }
            Filter { condition, .. } => vec![condition],
            Project { items, .. } => items.iter().map(|(_, e)| e).collect(),
            Aggregate { aggregation, .. } => aggregation_expressions(aggregation).collect(),
            Sort { keys, limit, .. } => keys.iter().map(|k| &k.expression).chain(limit.as_ref()).collect(),
            Skip { count, .. } | Limit { count, .. } => vec![count],
            Unwind { list, .. } => vec![list],
            Call { call, .. } => call.arguments.iter().chain(call.condition.as_ref()).collect(),
            Create { creations, .. } => creations.iter().filter_map(Creation::expression).collect(),
            Merge { merge, .. } => merge.expressions(),
            Set { actions, .. } => actions.iter().flat_map(SetAction::expressions).collect(),
            Remove { actions, .. } => actions.iter().map(RemoveAction::expression).collect(),
            Delete { targets, .. } => targets.iter().collect(),
        }
    }

    /// The same, to change.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        use Operator::*;
        match self {
            Argument
            | NodeScan { .. }
            | Expand { .. }
            | ExpandBound { .. }
            | Distinct { .. }
            | Optional { .. }
            | Drain { .. }
            | Produce { .. }
            | Union { .. }
            | DistinctRows { .. } => vec![],
            Match { pattern, conditions, .. } => {
                let properties = pattern.relationships.iter_mut().flat_map(|r| &mut r.properties).map(|(_, e)| e);
                properties.chain(conditions).collect()
            }
            ExpandVariable { properties, .. } | Reach { properties, .. } => {
                properties.iter_mut().map(|(_, e)| e).collect()
            }
            ShortestPath { search, .. } => {
                search.properties.iter_mut().map(|(_, e)| e).chain(search.condition.as_mut()).collect()
            }
            Filter { condition, .. } => vec![condition],
            Project { items, .. } => items.iter_mut().map(|(_, e)| e).collect(),
            Aggregate { aggregation, .. } => {
                let keys = aggregation.keys.iter_mut().map(|(_, e)| e);
                keys.chain(aggregation.aggregates.iter_mut().flat_map(|(_, a)| &mut a.arguments)).collect()
            }
            Sort { keys, limit, .. } => keys.iter_mut().map(|k| &mut k.expression).chain(limit.as_mut()).collect(),
            Skip { count, .. } | Limit { count, .. } => vec![count],
            Unwind { list, .. } => vec![list],
            Call { call, .. } => call.arguments.iter_mut().chain(call.condition.as_mut()).collect(),
            Create { creations, .. } => creations.iter_mut().filter_map(Creation::expression_mut).collect(),
            Merge { merge, .. } => merge.expressions_mut(),
            Set { actions, .. } => actions.iter_mut().flat_map(SetAction::expressions_mut).collect(),
            Remove { actions, .. } => actions.iter_mut().map(RemoveAction::expression_mut).collect(),
            Delete { targets, .. } => targets.iter_mut().collect(),
        }
    }

    /// Whether running it may change the graph.
    pub fn writes(&self) -> bool {
        use Operator::*;
        matches!(self, Create { .. } | Merge { .. } | Set { .. } | Remove { .. } | Delete { .. })
            || self.inputs().into_iter().chain(self.inner()).any(Operator::writes)
    }

    /// Calls `visit` with every slot that the plan reads or sets.
    pub fn each_slot(&self, visit: &mut dyn FnMut(Slot)) {
        self.own_slots(visit);
        self.expressions().into_iter().for_each(|e| e.each_slot(visit));
        self.inputs().into_iter().chain(self.inner()).for_each(|o| o.each_slot(visit));
    }

    fn own_slots(&self, visit: &mut dyn FnMut(Slot)) {
        use Operator::*;
        match self {
            NodeScan { slot, .. } | Unwind { slot, .. } => visit(*slot),
            Expand { step, .. }
            | ExpandVariable { step, .. }
            | Reach { step, .. }
            | ExpandBound { step, .. }
            | ShortestPath { search: ShortestSearch { step, .. }, .. } => {
                [step.from, step.relationship, step.to].into_iter().for_each(&mut *visit);
                step.distinct_from.iter().for_each(|slot| visit(*slot));
            }
            Match { pattern, .. } => pattern.each_slot(visit),
            Project { items, .. } => items.iter().for_each(|(s, _)| visit(*s)),
            Distinct { slots, .. } | Produce { columns: slots, .. } => slots.iter().for_each(|s| visit(*s)),
            Aggregate { aggregation, .. } => {
                aggregation.keys.iter().for_each(|(s, _)| visit(*s));
                aggregation.aggregates.iter().for_each(|(s, _)| visit(*s));
            }
            Call { call, .. } => call.yields.iter().for_each(|(_, s)| visit(*s)),
            _ => {}
        }
    }
}

fn pattern_expressions(pattern: &Pattern) -> impl Iterator<Item = &Expr> {
    pattern.relationships.iter().flat_map(|r| &r.properties).map(|(_, e)| e)
}

fn aggregation_expressions(aggregation: &Aggregation) -> impl Iterator<Item = &Expr> {
    let keys = aggregation.keys.iter().map(|(_, e)| e);
    keys.chain(aggregation.aggregates.iter().flat_map(|(_, a)| &a.arguments))
}

impl Pattern {
    /// Calls `visit` with the slot of every node, relationship and path.
    pub fn each_slot(&self, visit: &mut dyn FnMut(Slot)) {
        self.nodes.iter().for_each(|n| visit(n.slot));
        self.relationships.iter().for_each(|r| visit(r.slot));
        self.paths.iter().for_each(|p| visit(p.slot));
    }

    /// The slots that solving the pattern sets.
    pub fn new_slots(&self) -> Vec<Slot> {
        let nodes = self.nodes.iter().filter(|n| !n.bound).map(|n| n.slot);
        let relationships = self.relationships.iter().filter(|r| !r.bound).map(|r| r.slot);
        nodes.chain(relationships).chain(self.paths.iter().map(|p| p.slot)).collect()
    }
}

impl Creation {
    fn expression(&self) -> Option<&Expr> {
        match self {
            Creation::Node { properties, .. } | Creation::Relationship { properties, .. } => properties.as_ref(),
            Creation::Path { path, .. } => Some(path),
        }
    }

    fn expression_mut(&mut self) -> Option<&mut Expr> {
        match self {
            Creation::Node { properties, .. } | Creation::Relationship { properties, .. } => properties.as_mut(),
            Creation::Path { path, .. } => Some(path),
        }
    }
}

impl SetAction {
    fn expressions(&self) -> Vec<&Expr> {
        match self {
            SetAction::Property { entity, value, .. }
            | SetAction::Replace { entity, value }
            | SetAction::Extend { entity, value } => vec![entity, value],
            SetAction::Labels { node, .. } => vec![node],
        }
    }

    fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            SetAction::Property { entity, value, .. }
            | SetAction::Replace { entity, value }
            | SetAction::Extend { entity, value } => vec![entity, value],
            SetAction::Labels { node, .. } => vec![node],
        }
    }
}

impl RemoveAction {
    fn expression(&self) -> &Expr {
        match self {
            RemoveAction::Property { entity, .. } => entity,
            RemoveAction::Labels { node, .. } => node,
        }
    }

    fn expression_mut(&mut self) -> &mut Expr {
        match self {
            RemoveAction::Property { entity, .. } => entity,
            RemoveAction::Labels { node, .. } => node,
        }
    }
}

impl Merge {
    fn expressions(&self) -> Vec<&Expr> {
        let sets = self.on_create.iter().chain(&self.on_match).flat_map(SetAction::expressions);
        let required = self.required.iter().map(|(_, e)| e);
        self.creations.iter().filter_map(Creation::expression).chain(required).chain(sets).collect()
    }

    fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        let sets = self.on_create.iter_mut().chain(&mut self.on_match).flat_map(SetAction::expressions_mut);
        let required = self.required.iter_mut().map(|(_, e)| e);
        self.creations.iter_mut().filter_map(Creation::expression_mut).chain(required).chain(sets).collect()
    }
}
