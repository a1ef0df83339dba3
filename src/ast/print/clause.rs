//! Clauses.

use std::fmt::{Display, Formatter, Result};

use super::separated;
use super::text::{Quoted, Schema, Variable};
use crate::ast::{
    Call, CallSubquery, Clause, ClauseKind, Counting, Delete, Expression, ExpressionKind, For, Foreach, GroupBy,
    Ignored, Imports, LabelItem, LoadCsv, Match, Merge, MergeAction, MergeEvent, Name, Nulls, Projection,
    ProjectionItem, RemoveItem, SetItem, SortItem, Unwind, When, With, Yield, YieldItem,
};

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter) -> Result {
        self.kind.fmt(f)
    }
}

impl Display for ClauseKind {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            ClauseKind::Use(Ignored { text, .. }) => f.write_str(text),
            ClauseKind::Match(Match { optional, repeatable, patterns, hints, condition }) => {
                f.write_str(if *optional { "OPTIONAL MATCH " } else { "MATCH " })?;
                f.write_str(if *repeatable { "REPEATABLE ELEMENTS " } else { "" })?;
                separated(f, ", ", patterns)?;
                hints.iter().try_for_each(|hint| write!(f, " {}", hint.text))?;
                optional_where(f, condition)
            }
            ClauseKind::Unwind(Unwind { list, variable }) => {
                write!(f, "UNWIND {list} AS {}", Variable(&variable.text))
            }
            ClauseKind::LoadCsv(LoadCsv { headers, source, variable, terminator, ignores_extra }) => {
                f.write_str(if *headers { "LOAD CSV WITH HEADERS FROM " } else { "LOAD CSV FROM " })?;
                write!(f, "{source} AS {}", Variable(&variable.text))?;
                terminator.iter().try_for_each(|sign| write!(f, " FIELDTERMINATOR {}", Quoted(&sign.to_string())))?;
                f.write_str(if *ignores_extra { " IGNORE EXTRA FIELDS" } else { "" })
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
            ClauseKind::CallSubquery(call) => call.fmt(f),
            ClauseKind::Foreach(Foreach { variable, list, clauses }) => {
                write!(f, "FOREACH ({} IN {list} | ", Variable(&variable.text))?;
                separated(f, " ", clauses)?;
                f.write_str(")")
            }
            ClauseKind::When(when) => when.fmt(f),
            ClauseKind::Let(items) => {
                f.write_str("LET ")?;
                separated(f, ", ", items.iter().map(|(variable, value)| Definition(variable, value)))
            }
            ClauseKind::Filter(condition) => write!(f, "FILTER {condition}"),
            ClauseKind::For(clause) => clause.fmt(f),
            ClauseKind::Next => f.write_str("NEXT"),
            ClauseKind::Finish => f.write_str("FINISH"),
        }
    }
}

/// `variable = value`
pub(super) fn definition(variable: &Name, value: &Expression) -> String {
    Definition(variable, value).to_string()
}

struct Definition<'a>(&'a Name, &'a Expression);

impl Display for Definition<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "{} = {}", Variable(&self.0.text), self.1)
    }
}

impl Display for For {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "FOR {} IN {}", Variable(&self.variable.text), self.list)?;
        let Some(position) = &self.position else { return Ok(()) };
        let counting = match position.counting {
            Counting::Ordinality => "ORDINALITY",
            Counting::Offset => "OFFSET",
        };
        write!(f, " WITH {counting} {}", Variable(&position.variable.text))
    }
}

impl Display for When {
    fn fmt(&self, f: &mut Formatter) -> Result {
        for (index, (condition, query)) in self.branches.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            write!(f, "{space}WHEN {condition} THEN {{ {query} }}")?;
        }
        self.otherwise.iter().try_for_each(|query| write!(f, " ELSE {{ {query} }}"))
    }
}

impl Display for CallSubquery {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "{}{{ {} }}", CallHead(self), self.query)?;
        self.in_transactions.iter().try_for_each(|batches| write!(f, " {batches}"))
    }
}

/// What stands before the braces of a subquery, with a space at its end.
pub(super) struct CallHead<'a>(pub &'a CallSubquery);

impl Display for CallHead<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(if self.0.optional { "OPTIONAL CALL " } else { "CALL " })?;
        match &self.0.imports {
            Imports::None => Ok(()),
            Imports::All => f.write_str("(*) "),
            Imports::Names(names) => {
                f.write_str("(")?;
                separated(f, ", ", names.iter().map(|name| Variable(&name.text)))?;
                f.write_str(") ")
            }
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
        self.group_by.fmt(f)?;
        if !self.order_by.is_empty() {
            f.write_str(" ORDER BY ")?;
            separated(f, ", ", &self.order_by)?;
        }
        self.skip.iter().try_for_each(|skip| write!(f, " SKIP {skip}"))?;
        self.limit.iter().try_for_each(|limit| write!(f, " LIMIT {limit}"))
    }
}

impl Display for GroupBy {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            GroupBy::Implied => Ok(()),
            GroupBy::Keys(keys) if keys.is_empty() => f.write_str(" GROUP BY ()"),
            GroupBy::Keys(keys) => {
                f.write_str(" GROUP BY ")?;
                separated(f, ", ", keys)
            }
        }
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
        write!(f, "{}{}", self.expression, if self.descending { " DESC" } else { "" })?;
        f.write_str(match self.nulls {
            None => "",
            Some(Nulls::First) => " NULLS FIRST",
            Some(Nulls::Last) => " NULLS LAST",
        })
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
            SetItem::DynamicProperty { entity, key, value } => {
                dynamic_property(f, entity, key)?;
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
            RemoveItem::DynamicProperty { entity, key } => dynamic_property(f, entity, key),
            RemoveItem::Labels { variable, labels } => labelled(f, variable, labels),
        }
    }
}

/// `entity.key`, with the parentheses that an expression in its place would get.
fn property(f: &mut Formatter, entity: &Expression, key: &Name) -> Result {
    let base = Box::new(entity.clone());
    Expression::new(ExpressionKind::Property { base, key: key.clone() }, entity.span).fmt(f)
}

/// `entity[key]`, likewise.
fn dynamic_property(f: &mut Formatter, entity: &Expression, key: &Expression) -> Result {
    let (base, index) = (Box::new(entity.clone()), Box::new(key.clone()));
    Expression::new(ExpressionKind::Index { base, index }, entity.span).fmt(f)
}

fn labelled(f: &mut Formatter, variable: &Name, labels: &[LabelItem]) -> Result {
    Variable(&variable.text).fmt(f)?;
    labels.iter().try_for_each(|label| label.fmt(f))
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "{}CALL {}", if self.optional { "OPTIONAL " } else { "" }, self.procedure.text)?;
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
