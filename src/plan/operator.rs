//! The operators of a plan. Each takes rows from its input, and gives rows on.

use std::sync::Arc;

use super::*;
use crate::graph::Direction;

pub type Input = Box<Operator>;

#[derive(Clone, Debug)]
#[rustfmt::skip]
pub enum Operator {
    /// One row: the argument from outside, or an empty one.
    Argument,
    /// Solves a pattern; the optimizer replaces it by the operators below.
    Match { input: Input, pattern: Pattern, conditions: Vec<Expr> },
    /// Every node (of a label) into a slot, for each input row.
    NodeScan { input: Input, slot: Slot, label: Option<Arc<str>> },
    /// The nodes that an index finds into a slot, for each input row.
    NodeIndexSeek { input: Input, seek: Box<IndexSeek> },
    /// From a node over one relationship.
    Expand { input: Input, step: Step },
    /// From a node over several relationships in a row.
    ExpandVariable { input: Input, step: Step, several: Several },
    /// From a node to every node that some trail of an allowed length reaches, once each. The relationships are
    /// not kept.
    Reach { input: Input, step: Step, several: Several },
    /// From a node over a pattern repeated end to end.
    Repeat { input: Input, step: Step, several: Several, round: Round },
    /// The end nodes of a relationship (or list of relationships) that an earlier clause has set.
    ExpandBound { input: Input, step: Step, length: Option<PathLength> },
    /// The shortest paths from a node that is set, to one that is set or to each that is reached.
    ShortestPath { input: Input, search: ShortestSearch },
    /// The rows of `inner` for each input row, of which, between each two ends, only the chosen paths are kept.
    Choose { input: Input, inner: Input, choice: Choice, path: PathParts, end: Slot },
    /// The same by one search, where the pattern allows it.
    SearchPaths { input: Input, search: Box<PathSearch> },
    Filter { input: Input, condition: Expr },
    /// Sets slots, one after the other.
    Project { input: Input, items: Vec<(Slot, Expr)> },
    Aggregate { input: Input, aggregation: Aggregation },
    /// How many matches some patterns have, into each slot, without listing them. Where the data do not allow it,
    /// `plain` does the same; it is not shown.
    CountMatches { slots: Vec<Slot>, counting: Counting, plain: Input },
    Distinct { input: Input, slots: Vec<Slot> },
    /// Sorted; with a limit only the first rows are kept while sorting.
    Sort { input: Input, keys: Vec<SortKey>, limit: Option<Expr> },
    Skip { input: Input, count: Expr },
    Limit { input: Input, count: Expr },
    Unwind { input: Input, unwind: Unwind },
    /// A row for each row of a file.
    LoadCsv { input: Input, load: LoadCsv },
    /// The rows of `inner` for each input row, or, when there are none, the row with `slots` null.
    Optional { input: Input, inner: Input, slots: Vec<Slot> },
    /// Each input row with the rows of `inner`, which knows nothing of it, that may have equal keys: the first of each
    /// pair is of the input row, the second of the inner one. `slots` are those that `inner` sets.
    HashJoin { input: Input, inner: Input, keys: Vec<(Expr, Expr)>, slots: Vec<Slot> },
    /// The result rows of `inner` for each input row: their columns go to slots. Without columns, the row itself.
    Subquery { input: Input, inner: Input, columns: Vec<Slot>, optional: bool },
    /// As `Subquery`, some rows at a time, each time committing what was changed so far.
    SubqueryInTransactions { input: Input, inner: Input, columns: Vec<Slot>, optional: bool, batches: Batches },
    /// Runs `inner` for each element of a list; the rows stay as they are.
    Foreach { input: Input, inner: Input, list: Expr, slot: Slot },
    Call { input: Input, call: Call },
    Create { input: Input, creations: Vec<Creation> },
    Merge { input: Input, matching: Input, merge: Merge },
    Set { input: Input, actions: Vec<SetAction> },
    Remove { input: Input, actions: Vec<RemoveAction> },
    Delete { input: Input, detach: bool, targets: Vec<Expr> },
    /// Takes all rows of the input and gives none: the end of a query that returns nothing.
    Drain { input: Input },
    /// The input, run on batches of columns; the slots are those of its nodes and relationships that are read by
    /// others. Where the data do not allow it, the input runs as rows.
    Columns { input: Input, reads: Vec<Slot>, top: Option<Top> },
    /// Result rows: the columns' values in order.
    Produce { input: Input, columns: Vec<Slot> },
    /// The result rows of several plans, one after the other.
    Union { inputs: Vec<Operator> },
    /// Result rows without duplicates.
    DistinctRows { input: Input },
}

/// What path is sought.
#[derive(Clone, Debug)]
pub struct ShortestSearch {
    pub step: Step,
    pub several: Several,
    pub choice: Choice,
    /// Set for each path found: the path itself, lists of its nodes.
    pub items: Vec<(Slot, Expr)>,
    /// Belongs to the search: the shortest path that meets it.
    pub condition: Option<Expr>,
}

/// One round of a repeated pattern.
#[derive(Clone, Debug)]
pub struct Round {
    /// Run with the first node set; gives the last node and whatever else the round finds.
    pub plan: Input,
    pub start: Slot,
    pub end: Slot,
    /// The round's relationships in order.
    pub relationships: Vec<Slot>,
    /// Each variable, and the slot for the list of what it stands for in each round.
    pub collected: Vec<(Slot, Slot)>,
}

/// One relationship (or several in a row) seen from a node that is set.
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
        let mut inputs = Vec::new();
        self.each_input(&mut |input| inputs.push(input));
        inputs
    }

    /// Calls `visit` with each of the inputs.
    pub fn each_input<'a>(&'a self, visit: &mut dyn FnMut(&'a Operator)) {
        use Operator::*;
        match self {
            Argument | CountMatches { .. } => {}
            Match { input, .. }
            | NodeScan { input, .. }
            | NodeIndexSeek { input, .. }
            | LoadCsv { input, .. }
            | Expand { input, .. }
            | ExpandVariable { input, .. }
            | Reach { input, .. }
            | Repeat { input, .. }
            | ExpandBound { input, .. }
            | ShortestPath { input, .. }
            | Choose { input, .. }
            | SearchPaths { input, .. }
            | Filter { input, .. }
            | Project { input, .. }
            | Aggregate { input, .. }
            | Distinct { input, .. }
            | Sort { input, .. }
            | Skip { input, .. }
            | Limit { input, .. }
            | Unwind { input, .. }
            | Optional { input, .. }
            | HashJoin { input, .. }
            | Subquery { input, .. }
            | SubqueryInTransactions { input, .. }
            | Foreach { input, .. }
            | Call { input, .. }
            | Create { input, .. }
            | Merge { input, .. }
            | Set { input, .. }
            | Remove { input, .. }
            | Delete { input, .. }
            | Drain { input }
            | Columns { input, .. }
            | Produce { input, .. }
            | DistinctRows { input } => visit(input),
            Union { inputs } => inputs.iter().for_each(visit),
        }
    }

    /// The plan that runs anew for each row.
    pub fn inner(&self) -> Option<&Operator> {
        match self {
            Operator::Optional { inner, .. }
            | Operator::HashJoin { inner, .. }
            | Operator::Choose { inner, .. }
            | Operator::Subquery { inner, .. }
            | Operator::SubqueryInTransactions { inner, .. }
            | Operator::Foreach { inner, .. } => Some(inner),
            Operator::Merge { matching, .. } => Some(matching),
            Operator::Repeat { round, .. } => Some(&round.plan),
            _ => None,
        }
    }

    /// Calls `visit` with each input, then with the inner plan, to change them.
    pub fn each_child_mut<'a>(&'a mut self, visit: &mut dyn FnMut(&'a mut Operator)) {
        use Operator::*;
        match self {
            Argument => {}
            Match { input, .. }
            | NodeScan { input, .. }
            | NodeIndexSeek { input, .. }
            | LoadCsv { input, .. }
            | Expand { input, .. }
            | ExpandVariable { input, .. }
            | Reach { input, .. }
            | ExpandBound { input, .. }
            | ShortestPath { input, .. }
            | SearchPaths { input, .. }
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
            | Columns { input, .. }
            | Produce { input, .. }
            | DistinctRows { input } => visit(input),
            Optional { input, inner, .. }
            | HashJoin { input, inner, .. }
            | Choose { input, inner, .. }
            | Subquery { input, inner, .. }
            | SubqueryInTransactions { input, inner, .. }
            | Foreach { input, inner, .. } => {
                visit(input);
                visit(inner);
            }
            Merge { input, matching, .. } => {
                visit(input);
                visit(matching);
            }
            Repeat { input, round, .. } => {
                visit(input);
                visit(&mut round.plan);
            }
            CountMatches { plain, .. } => visit(plain),
            Union { inputs } => inputs.iter_mut().for_each(visit),
        }
    }

    /// The expressions that the operator itself evaluates.
    pub fn expressions(&self) -> Vec<&Expr> {
        use Operator::*;
        match self {
            Argument
            | CountMatches { .. }
            | NodeScan { .. }
            | Expand { .. }
            | ExpandBound { .. }
            | Distinct { .. }
            | Optional { .. }
            | Subquery { .. }
            | Drain { .. }
            | Columns { .. }
            | Produce { .. }
            | Union { .. }
            | DistinctRows { .. } => vec![],
            Match { pattern, conditions, .. } => pattern.expressions().into_iter().chain(conditions).collect(),
            ExpandVariable { several, .. } | Reach { several, .. } | Repeat { several, .. } => several.expressions(),
            ShortestPath { search, .. } => {
                let own = search.choice.expressions().into_iter().chain(search.condition.as_ref());
                let own = own.chain(search.items.iter().map(|(_, item)| item));
                search.several.expressions().into_iter().chain(own).collect()
            }
            Choose { choice, .. } => choice.expressions(),
            SearchPaths { search, .. } => search.expressions(),
            Filter { condition, .. } => vec![condition],
            HashJoin { keys, .. } => keys.iter().flat_map(|(known, own)| [known, own]).collect(),
            Project { items, .. } => items.iter().map(|(_, e)| e).collect(),
            Aggregate { aggregation, .. } => {
                let keys = aggregation.keys.iter().map(|(_, e)| e);
                keys.chain(aggregation.aggregates.iter().flat_map(|(_, a)| &a.arguments)).collect()
            }
            Sort { keys, limit, .. } => keys.iter().map(|k| &k.expression).chain(limit.as_ref()).collect(),
            Skip { count, .. } | Limit { count, .. } => vec![count],
            Unwind { unwind, .. } => vec![&unwind.list],
            LoadCsv { load, .. } => vec![&load.source],
            NodeIndexSeek { seek, .. } => seek.expressions(),
            Foreach { list, .. } => vec![list],
            SubqueryInTransactions { batches, .. } => vec![&batches.rows],
            Call { call, .. } => call.arguments.iter().chain(call.condition.as_ref()).collect(),
            Create { creations, .. } => creations.iter().flat_map(Creation::expressions).collect(),
            Merge { merge, .. } => merge.expressions(),
            Set { actions, .. } => actions.iter().flat_map(SetAction::expressions).collect(),
            Remove { actions, .. } => actions.iter().flat_map(RemoveAction::expressions).collect(),
            Delete { targets, .. } => targets.iter().collect(),
        }
    }

    /// The same, to change.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        use Operator::*;
        match self {
            Argument
            | CountMatches { .. }
            | NodeScan { .. }
            | Expand { .. }
            | ExpandBound { .. }
            | Distinct { .. }
            | Optional { .. }
            | Subquery { .. }
            | Drain { .. }
            | Columns { .. }
            | Produce { .. }
            | Union { .. }
            | DistinctRows { .. } => vec![],
            Match { pattern, conditions, .. } => pattern.expressions_mut().into_iter().chain(conditions).collect(),
            ExpandVariable { several, .. } | Reach { several, .. } | Repeat { several, .. } => {
                several.expressions_mut()
            }
            ShortestPath { search, .. } => {
                let own = search.choice.expressions_mut().into_iter().chain(search.condition.as_mut());
                let own = own.chain(search.items.iter_mut().map(|(_, item)| item));
                search.several.expressions_mut().into_iter().chain(own).collect()
            }
            Choose { choice, .. } => choice.expressions_mut(),
            SearchPaths { search, .. } => search.expressions_mut(),
            Filter { condition, .. } => vec![condition],
            HashJoin { keys, .. } => keys.iter_mut().flat_map(|(known, own)| [known, own]).collect(),
            Project { items, .. } => items.iter_mut().map(|(_, e)| e).collect(),
            Aggregate { aggregation, .. } => {
                let keys = aggregation.keys.iter_mut().map(|(_, e)| e);
                keys.chain(aggregation.aggregates.iter_mut().flat_map(|(_, a)| &mut a.arguments)).collect()
            }
            Sort { keys, limit, .. } => keys.iter_mut().map(|k| &mut k.expression).chain(limit.as_mut()).collect(),
            Skip { count, .. } | Limit { count, .. } => vec![count],
            Unwind { unwind, .. } => vec![&mut unwind.list],
            LoadCsv { load, .. } => vec![&mut load.source],
            NodeIndexSeek { seek, .. } => seek.expressions_mut(),
            Foreach { list, .. } => vec![list],
            SubqueryInTransactions { batches, .. } => vec![&mut batches.rows],
            Call { call, .. } => call.arguments.iter_mut().chain(call.condition.as_mut()).collect(),
            Create { creations, .. } => creations.iter_mut().flat_map(Creation::expressions_mut).collect(),
            Merge { merge, .. } => merge.expressions_mut(),
            Set { actions, .. } => actions.iter_mut().flat_map(SetAction::expressions_mut).collect(),
            Remove { actions, .. } => actions.iter_mut().flat_map(RemoveAction::expressions_mut).collect(),
            Delete { targets, .. } => targets.iter_mut().collect(),
        }
    }

    /// Calls `visit` with the expressions that the operator itself evaluates.
    pub fn each_expression<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            // The most frequent ones need no list.
            Operator::Filter { condition, .. } => visit(condition),
            Operator::Project { items, .. } => items.iter().for_each(|(_, e)| visit(e)),
            other => other.expressions().into_iter().for_each(visit),
        }
    }

    /// The same, to change.
    pub fn each_expression_mut<'a>(&'a mut self, visit: &mut dyn FnMut(&'a mut Expr)) {
        match self {
            Operator::Filter { condition, .. } => visit(condition),
            Operator::Project { items, .. } => items.iter_mut().for_each(|(_, e)| visit(e)),
            other => other.expressions_mut().into_iter().for_each(visit),
        }
    }

    /// Whether running it may change the graph.
    pub fn writes(&self) -> bool {
        use Operator::*;
        matches!(self, Create { .. } | Merge { .. } | Set { .. } | Remove { .. } | Delete { .. })
            || matches!(self, SubqueryInTransactions { .. })
            || matches!(self, Call { call, .. } if call.writes)
            || self.inputs().into_iter().chain(self.inner()).any(Operator::writes)
    }

    /// Whether running it commits what was changed before it ends.
    pub fn commits(&self) -> bool {
        matches!(self, Operator::SubqueryInTransactions { .. })
            || self.inputs().into_iter().chain(self.inner()).any(Operator::commits)
    }

    /// Calls `visit` with every slot that the plan reads or sets.
    pub fn each_slot(&self, visit: &mut dyn FnMut(Slot)) {
        self.own_slots(visit);
        self.each_expression(&mut |e| e.each_slot(visit));
        self.each_input(&mut |input| input.each_slot(visit));
        self.inner().into_iter().for_each(|inner| inner.each_slot(visit));
    }

    fn own_slots(&self, visit: &mut dyn FnMut(Slot)) {
        use Operator::*;
        match self {
            NodeScan { slot, .. } | Foreach { slot, .. } => visit(*slot),
            Unwind { unwind, .. } => {
                visit(unwind.slot);
                unwind.position.iter().for_each(|(slot, _)| visit(*slot));
            }
            NodeIndexSeek { seek, .. } => visit(seek.slot),
            LoadCsv { load, .. } => visit(load.slot),
            Expand { step, .. } | ExpandVariable { step, .. } | Reach { step, .. } | ExpandBound { step, .. } => {
                step.each_slot(visit)
            }
            ShortestPath { search: ShortestSearch { step, items, .. }, .. } => {
                step.each_slot(visit);
                items.iter().for_each(|(slot, _)| visit(*slot));
            }
            Repeat { step, round, .. } => {
                step.each_slot(visit);
                [round.start, round.end].into_iter().for_each(&mut *visit);
                round.relationships.iter().for_each(|slot| visit(*slot));
                round.collected.iter().flat_map(|(a, b)| [a, b]).for_each(|slot| visit(*slot));
            }
            Choose { path, end, .. } => {
                path.relationships.iter().chain([&path.start, end]).for_each(|slot| visit(*slot));
            }
            SearchPaths { search, .. } => search.each_slot(visit),
            Match { pattern, .. } => pattern.each_slot(visit),
            CountMatches { plain, .. } => plain.each_slot(visit),
            Project { items, .. } => items.iter().for_each(|(s, _)| visit(*s)),
            Distinct { slots, .. } | Produce { columns: slots, .. } | Subquery { columns: slots, .. } => {
                slots.iter().for_each(|s| visit(*s));
            }
            SubqueryInTransactions { columns, batches, .. } => {
                columns.iter().chain(&batches.status).for_each(|s| visit(*s));
            }
            Aggregate { aggregation, .. } => {
                aggregation.keys.iter().for_each(|(s, _)| visit(*s));
                aggregation.aggregates.iter().for_each(|(s, _)| visit(*s));
            }
            Call { call, .. } => call.yields.iter().for_each(|(_, s)| visit(*s)),
            _ => {}
        }
    }
}

impl Step {
    /// The same relationships, followed from the other end.
    pub(super) fn turn(&mut self) {
        std::mem::swap(&mut self.from, &mut self.to);
        self.direction = self.direction.reverse();
        self.reversed = !self.reversed;
    }

    pub(super) fn each_slot(&self, visit: &mut dyn FnMut(Slot)) {
        [self.from, self.relationship, self.to].into_iter().for_each(&mut *visit);
        self.distinct_from.iter().for_each(|slot| visit(*slot));
    }
}
