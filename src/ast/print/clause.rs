//! Clauses.

use std::fmt::{Display, Formatter, Result};

use super::separated;
use super::text::{Schema, Variable};
use crate::ast::{
    Call, Clause, ClauseKind, Delete, Expression, ExpressionKind, Match, Merge, MergeAction, MergeEvent, Name,
    Projection, ProjectionItem, RemoveItem, SetItem, SortItem, Unwind, With, Yield, YieldItem,
};

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter) -> Result {
        self.kind.fmt(f)
    }
}

impl Display for ClauseKind {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            ClauseKind::Match(Match { optional, patterns, condition }) => {
                f.write_str(if *optional { "OPTIONAL MATCH " } else { "MATCH " })?;
                separated(f, ", ", patterns)?;
                optional_where(f, condition)
            }
            ClauseKind::Unwind(Unwind { list, variable }) => {
                write!(f, "UNWIND {list} AS {}", Variable(&variable.text))
            }
            ClauseKind::With(With { projection, condition }) => {
                write!(f, "WITH {projection}")?;
                optional_where(f, condition)
            }
            ClauseKind::Return(projection) => write!(f, "RETURN {projection}"),
            ClauseKind::Create(patterns) => {
                f.write_str("CREATE ")?;
                separated(f, ", ", patterns)
            }
            ClauseKind::Merge(Merge { pattern, actions }) => {
                write!(f, "MERGE {pattern}")?;
                actions.iter().try_for_each(|action| write!(f, " {action}"))
            }
            ClauseKind::Set(items) => {
                f.write_str("SET ")?;
                separated(f, ", ", items)
            }
            ClauseKind::Remove(items) => {
                f.write_str("REMOVE ")?;
                separated(f, ", ", items)
            }
            ClauseKind::Delete(Delete { detach, expressions }) => {
                f.write_str(if *detach { "DETACH DELETE " } else { "DELETE " })?;
                separated(f, ", ", expressions)
            }
            ClauseKind::Call(call) => call.fmt(f),
        }
    }
}

fn optional_where(f: &mut Formatter, condition: &Option<Expression>) -> Result {
    condition.iter().try_for_each(|condition| write!(f, " WHERE {condition}"))
}

impl Display for Projection {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(if self.distinct { "DISTINCT " } else { "" })?;
        f.write_str(match (self.star, self.items.is_empty()) {
            (true, true) => "*",
            (true, false) => "*, ",
            (false, _) => "",
        })?;
        separated(f, ", ", &self.items)?;
        if !self.order_by.is_empty() {
            f.write_str(" ORDER BY ")?;
            separated(f, ", ", &self.order_by)?;
        }
        self.skip.iter().try_for_each(|skip| write!(f, " SKIP {skip}"))?;
        self.limit.iter().try_for_each(|limit| write!(f, " LIMIT {limit}"))
    }
}

impl Display for ProjectionItem {
    fn fmt(&self, f: &mut Formatter) -> Result {
        self.expression.fmt(f)?;
        self.alias.iter().try_for_each(|alias| write!(f, " AS {}", Variable(&alias.text)))
    }
}

impl Display for SortItem {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "{}{}", self.expression, if self.descending { " DESC" } else { "" })
    }
}

impl Display for MergeAction {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(match self.on {
            MergeEvent::Create => "ON CREATE SET ",
            MergeEvent::Match => "ON MATCH SET ",
        })?;
        separated(f, ", ", &self.items)
    }
}

impl Display for SetItem {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            SetItem::Property { entity, key, value } => {
                property(f, entity, key)?;
                write!(f, " = {value}")
            }
            SetItem::Replace { variable, value } => write!(f, "{} = {value}", Variable(&variable.text)),
            SetItem::Merge { variable, value } => write!(f, "{} += {value}", Variable(&variable.text)),
            SetItem::Labels { variable, labels } => labelled(f, variable, labels),
        }
    }
}

impl Display for RemoveItem {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            RemoveItem::Property { entity, key } => property(f, entity, key),
            RemoveItem::Labels { variable, labels } => labelled(f, variable, labels),
        }
    }
}

/// `entity.key`, with the parentheses that an expression in its place would get.
fn property(f: &mut Formatter, entity: &Expression, key: &Name) -> Result {
    let base = Box::new(entity.clone());
    Expression::new(ExpressionKind::Property { base, key: key.clone() }, entity.span).fmt(f)
}

fn labelled(f: &mut Formatter, variable: &Name, labels: &[Name]) -> Result {
    Variable(&variable.text).fmt(f)?;
    labels.iter().try_for_each(|label| write!(f, ":{}", Schema(&label.text)))
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "CALL {}", self.procedure.text)?;
        if let Some(arguments) = &self.arguments {
            f.write_str("(")?;
            separated(f, ", ", arguments)?;
            f.write_str(")")?;
        }
        self.yields.iter().try_for_each(|yields| write!(f, " YIELD {yields}"))
    }
}

impl Display for Yield {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match (self.star, self.items.is_empty()) {
            (true, _) => f.write_str("*")?,
            (false, true) => f.write_str("-")?,
            (false, false) => separated(f, ", ", &self.items)?,
        }
        optional_where(f, &self.condition)
    }
}

impl Display for YieldItem {
    fn fmt(&self, f: &mut Formatter) -> Result {
        Schema(&self.field.text).fmt(f)?;
        self.alias.iter().try_for_each(|alias| write!(f, " AS {}", Variable(&alias.text)))
    }
}
