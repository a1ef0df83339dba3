//! Each tree lists its children in one place; all walks are built on it.

use super::{
    Call, CallSubquery, Clause, ClauseKind, Connection, Delete, Expression, ExpressionKind, For, Foreach, GroupBy,
    LabelItem, LoadCsv, MapProjectionItem, Match, Merge, NodePattern, PathPattern, Projection, Query,
    RelationshipPattern, RemoveItem, Selector, SelectorKind, SetItem, Subquery, Unwind, With,
};

impl Expression {
    /// The expressions directly inside this one, in the order written: also those inside patterns, and those at
    /// the top of a subquery's clauses.
    pub fn children(&self) -> Vec<&Expression> {
        let mut children = Vec::new();
        self.each_child(&mut |child| children.push(child));
        children
    }

    /// Whether the predicate holds for this expression or one inside it, looked at from the outside in.
    pub fn any(&self, predicate: &mut impl FnMut(&Expression) -> bool) -> bool {
        predicate(self) || self.children().into_iter().any(|child| child.any(predicate))
    }

    /// Calls the visitor for every child: the one list of what stands inside what.
    pub fn each_child<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        use ExpressionKind::*;
        match &self.kind {
            Literal(_) | Parameter(_) | Variable(_) | CountStar | CaseOperand => {}
            List(items) => items.iter().for_each(visit),
            Map(entries) => entries.iter().for_each(|(_, value)| visit(value)),
            Property { base, key: _ } => visit(base),
            Index { base, index } => {
                visit(base);
                visit(index);
            }
            Slice { base, from, to } => {
                visit(base);
                from.iter().chain(to).for_each(|end| visit(end));
            }
            Unary { operator: _, operand }
            | IsNull { operand, negated: _ }
            | IsTyped { operand, type_: _, negated: _ }
            | Cast { operand, type_: _ } => visit(operand),
            HasLabels { operand, labels } => {
                visit(operand);
                labels.each_expression(visit);
            }
            Binary { operator: _, left, right } => {
                visit(left);
                visit(right);
            }
            Logic { connective: _, operands } => operands.iter().for_each(visit),
            Comparison { first, links } => {
                visit(first);
                links.iter().for_each(|(_, operand)| visit(operand));
            }
            Call { function: _, distinct: _, arguments } => arguments.iter().for_each(visit),
            Case { operand, branches, otherwise } => {
                operand.iter().for_each(|operand| visit(operand));
                for (tests, then) in branches {
                    tests.iter().for_each(&mut *visit);
                    visit(then);
                }
                otherwise.iter().for_each(|otherwise| visit(otherwise));
            }
            ListComprehension { variable: _, list, condition, result } => {
                visit(list);
                condition.iter().chain(result).for_each(|part| visit(part));
            }
            PatternComprehension { pattern, condition, result } => {
                pattern.each_expression(visit);
                condition.iter().for_each(|condition| visit(condition));
                visit(result);
            }
            Quantifier { quantifier: _, variable: _, list, condition } => {
                visit(list);
                condition.iter().for_each(|condition| visit(condition));
            }
            Reduce { accumulator: _, initial, variable: _, list, step, condition } => {
                visit(initial);
                visit(list);
                visit(step);
                condition.iter().for_each(|condition| visit(condition));
            }
            Pattern(pattern) | ShortestPath(pattern) => pattern.each_expression(visit),
            MapProjection { variable: _, items } => {
                for item in items {
                    match item {
                        MapProjectionItem::Entry(_, value) => visit(value),
                        MapProjectionItem::AllProperties
                        | MapProjectionItem::Property(_)
                        | MapProjectionItem::Variable(_) => {}
                    }
                }
            }
            Exists(subquery) | Count(subquery) => subquery.each_expression(visit),
            Collect(query) => query.each_expression(visit),
        }
    }
}

impl PathPattern {
    /// The expressions of its nodes, relationships and groups, from left to right.
    pub fn each_expression<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        self.selector.iter().for_each(|selector| selector.each_expression(visit));
        self.start.each_expression(visit);
        for step in &self.steps {
            match &step.connection {
                Connection::Relationship(relationship) => relationship.each_expression(visit),
                Connection::Group(group) => {
                    group.pattern.each_expression(visit);
                    group.condition.iter().for_each(|condition| visit(condition));
                }
            }
            step.node.each_expression(visit);
        }
        self.condition.iter().for_each(|condition| visit(condition));
    }
}

impl Selector {
    fn each_expression<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        match &self.kind {
            SelectorKind::All | SelectorKind::AllShortest => {}
            SelectorKind::Any { count } | SelectorKind::Shortest { count } | SelectorKind::ShortestGroups { count } => {
                count.iter().for_each(|count| visit(count));
            }
        }
    }
}

impl NodePattern {
    fn each_expression<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        self.labels.iter().for_each(|labels| labels.each_expression(visit));
        self.properties.iter().chain(self.condition.as_deref()).for_each(visit);
    }
}

impl RelationshipPattern {
    fn each_expression<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        self.types.iter().for_each(|types| types.each_expression(visit));
        self.properties.iter().chain(self.condition.as_deref()).for_each(visit);
    }
}

impl Subquery {
    fn each_expression<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        match self {
            Subquery::Pattern { patterns, condition } => {
                patterns.iter().for_each(|pattern| pattern.each_expression(visit));
                condition.iter().for_each(visit);
            }
            Subquery::Query(query) => query.each_expression(visit),
        }
    }
}

impl Query {
    /// The expressions of its clauses, in the order written.
    pub fn each_expression<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        for clause in self.parts.iter().flat_map(|part| &part.clauses) {
            clause.each_expression(visit);
        }
    }
}

impl Clause {
    /// The expressions directly in this clause, in the order written.
    pub fn each_expression<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        match &self.kind {
            ClauseKind::Match(Match { optional: _, repeatable: _, patterns, hints: _, condition }) => {
                patterns.iter().for_each(|pattern| pattern.each_expression(visit));
                condition.iter().for_each(visit);
            }
            ClauseKind::Unwind(Unwind { list, variable: _ }) => visit(list),
            ClauseKind::LoadCsv(LoadCsv { source, .. }) => visit(source),
            ClauseKind::With(With { projection, condition }) => {
                projection.each_expression(visit);
                condition.iter().for_each(visit);
            }
            ClauseKind::Return(projection) => projection.each_expression(visit),
            ClauseKind::Create(patterns) => patterns.iter().for_each(|pattern| pattern.each_expression(visit)),
            ClauseKind::Merge(Merge { pattern, actions }) => {
                pattern.each_expression(visit);
                actions.iter().flat_map(|action| &action.items).for_each(|item| item.each_expression(visit));
            }
            ClauseKind::Set(items) => items.iter().for_each(|item| item.each_expression(visit)),
            ClauseKind::Remove(items) => {
                for item in items {
                    match item {
                        RemoveItem::Property { entity, key: _ } => visit(entity),
                        RemoveItem::DynamicProperty { entity, key } => {
                            visit(entity);
                            visit(key);
                        }
                        RemoveItem::Labels { variable: _, labels } => {
                            labels.iter().for_each(|l| l.each_expression(visit))
                        }
                    }
                }
            }
            ClauseKind::Delete(Delete { detach: _, expressions }) => expressions.iter().for_each(visit),
            ClauseKind::Call(Call { optional: _, procedure: _, arguments, yields }) => {
                arguments.iter().flatten().for_each(&mut *visit);
                yields.iter().flat_map(|yields| &yields.condition).for_each(visit);
            }
            ClauseKind::CallSubquery(CallSubquery { optional: _, imports: _, query, in_transactions }) => {
                query.each_expression(visit);
                in_transactions.iter().flat_map(|batches| &batches.rows).for_each(visit);
            }
            ClauseKind::Foreach(Foreach { variable: _, list, clauses }) => {
                visit(list);
                clauses.iter().for_each(|clause| clause.each_expression(visit));
            }
            ClauseKind::When(when) => {
                when.branches.iter().for_each(|(condition, _)| visit(condition));
                when.queries().for_each(|query| query.each_expression(visit));
            }
            ClauseKind::Let(items) => items.iter().for_each(|(_, value)| visit(value)),
            ClauseKind::Filter(condition) => visit(condition),
            ClauseKind::For(For { variable: _, list, position: _ }) => visit(list),
            ClauseKind::Use(_) | ClauseKind::Next | ClauseKind::Finish => {}
        }
    }
}

impl Projection {
    fn each_expression<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        self.items.iter().for_each(|item| visit(&item.expression));
        if let GroupBy::Keys(keys) = &self.group_by {
            keys.iter().for_each(&mut *visit);
        }
        self.order_by.iter().for_each(|item| visit(&item.expression));
        self.skip.iter().chain(&self.limit).for_each(visit);
    }
}

impl SetItem {
    fn each_expression<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        match self {
            SetItem::Property { entity, key: _, value } => {
                visit(entity);
                visit(value);
            }
            SetItem::Replace { variable: _, value } | SetItem::Merge { variable: _, value } => visit(value),
            SetItem::DynamicProperty { entity, key, value } => {
                visit(entity);
                visit(key);
                visit(value);
            }
            SetItem::Labels { variable: _, labels } => labels.iter().for_each(|label| label.each_expression(visit)),
        }
    }
}

impl LabelItem {
    fn each_expression<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        match self {
            LabelItem::Name(_) => {}
            LabelItem::Dynamic(expression) => visit(expression),
        }
    }
}
