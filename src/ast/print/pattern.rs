//! Patterns.

use std::fmt::{Display, Formatter, Result};

use super::label::{Labels, Types};
use super::text::{Schema, Variable};
use crate::ast::{
    Connection, Direction, Expression, GroupPattern, Length, NodePattern, PathMode, PathPattern, PathStep, Quantity,
    RelationshipPattern, Selector, SelectorKind, Shortest,
};

impl Display for PathPattern {
    fn fmt(&self, f: &mut Formatter) -> Result {
        if let Some(variable) = &self.variable {
            write!(f, "{} = ", Variable(&variable.text))?;
        }
        prefix(f, self.selector.as_ref(), self.mode)?;
        match self.shortest {
            None => {}
            Some(Shortest::One) => f.write_str("shortestPath(")?,
            Some(Shortest::All) => f.write_str("allShortestPaths(")?,
        }
        match &self.condition {
            Some(condition) => write!(f, "({} WHERE {condition})", Elements(self))?,
            None => Elements(self).fmt(f)?,
        }
        f.write_str(if self.shortest.is_some() { ")" } else { "" })
    }
}

/// The selector around the mode: `SHORTEST 2 TRAIL GROUPS COST BY key `.
fn prefix(f: &mut Formatter, selector: Option<&Selector>, mode: Option<PathMode>) -> Result {
    let count = |count: &Option<Box<Expression>>| count.iter().map(|count| format!(" {count}")).collect::<String>();
    if let Some(Selector { kind, .. }) = selector {
        match kind {
            SelectorKind::All => f.write_str("ALL ")?,
            SelectorKind::Any { count: number } => write!(f, "ANY{} ", count(number))?,
            SelectorKind::AllShortest => f.write_str("ALL SHORTEST ")?,
            SelectorKind::Shortest { count: None } => f.write_str("ANY SHORTEST ")?,
            SelectorKind::Shortest { count: number } | SelectorKind::ShortestGroups { count: number } => {
                write!(f, "SHORTEST{} ", count(number))?;
            }
        }
    }
    mode.iter().try_for_each(|mode| write!(f, "{mode} "))?;
    if let Some(Selector { kind, cost, .. }) = selector {
        f.write_str(if matches!(kind, SelectorKind::ShortestGroups { .. }) { "GROUPS " } else { "" })?;
        cost.iter().try_for_each(|key| write!(f, "COST BY {} ", Schema(&key.text)))?;
    }
    Ok(())
}

impl Display for PathMode {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(match self {
            PathMode::Walk => "WALK",
            PathMode::Trail => "TRAIL",
            PathMode::Acyclic => "ACYCLIC",
            PathMode::Simple => "SIMPLE",
        })
    }
}

/// The nodes and what joins them. Beside a group, the text may leave out a node without details.
struct Elements<'a>(&'a PathPattern);

impl Display for Elements<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        self.0.start.fmt(f)?;
        self.0.steps.iter().try_for_each(|step| step.fmt(f))
    }
}

impl Display for PathStep {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match &self.connection {
            Connection::Relationship(relationship) => relationship.fmt(f)?,
            Connection::Group(group) => group.fmt(f)?,
        }
        self.node.fmt(f)
    }
}

impl Display for GroupPattern {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "({}", self.pattern)?;
        self.condition.iter().try_for_each(|condition| write!(f, " WHERE {condition}"))?;
        write!(f, "){}", self.quantity)
    }
}

impl Display for Quantity {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match (self.minimum, self.maximum) {
            (0, None) => f.write_str("*"),
            (1, None) => f.write_str("+"),
            (minimum, None) => write!(f, "{{{minimum},}}"),
            (minimum, Some(maximum)) if minimum == maximum => write!(f, "{{{minimum}}}"),
            (minimum, Some(maximum)) => write!(f, "{{{minimum},{maximum}}}"),
        }
    }
}

impl Display for NodePattern {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str("(")?;
        if let Some(variable) = &self.variable {
            Variable(&variable.text).fmt(f)?;
        }
        self.labels.iter().try_for_each(|labels| Labels(labels).fmt(f))?;
        let bare = self.variable.is_none() && self.labels.is_none();
        details(f, bare, self.properties.as_ref(), self.condition.as_deref())?;
        f.write_str(")")
    }
}

/// The properties and the condition, with spaces between what there is.
fn details(f: &mut Formatter, bare: bool, properties: Option<&Expression>, condition: Option<&Expression>) -> Result {
    if let Some(properties) = properties {
        write!(f, "{}{properties}", if bare { "" } else { " " })?;
    }
    if let Some(condition) = condition {
        write!(f, "{}WHERE {condition}", if bare && properties.is_none() { "" } else { " " })?;
    }
    Ok(())
}

impl Display for RelationshipPattern {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(if self.direction == Direction::Incoming { "<-" } else { "-" })?;
        let named = self.variable.is_some() || self.types.is_some() || self.length.is_some();
        if named || self.properties.is_some() || self.condition.is_some() {
            f.write_str("[")?;
            if let Some(variable) = &self.variable {
                Variable(&variable.text).fmt(f)?;
            }
            self.types.iter().try_for_each(|types| Types(types).fmt(f))?;
            self.length.iter().try_for_each(|length| length.fmt(f))?;
            details(f, !named, self.properties.as_ref(), self.condition.as_deref())?;
            f.write_str("]")?;
        }
        f.write_str(if self.direction == Direction::Outgoing { "->" } else { "-" })?;
        self.quantity.iter().try_for_each(|quantity| quantity.fmt(f))
    }
}

impl Display for Length {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str("*")?;
        if self.minimum.is_some() && self.minimum == self.maximum {
            return self.minimum.iter().try_for_each(|length| length.fmt(f));
        }
        self.minimum.iter().try_for_each(|minimum| minimum.fmt(f))?;
        f.write_str(if self.minimum.is_some() || self.maximum.is_some() { ".." } else { "" })?;
        self.maximum.iter().try_for_each(|maximum| maximum.fmt(f))
    }
}
