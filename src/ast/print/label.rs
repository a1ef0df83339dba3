//! Label expressions.

use std::fmt::{Display, Formatter, Result};

use super::text::Schema;
use crate::ast::{LabelExpression, LabelItem, Name};

/// `:A:B`, `:A|!B`: as nodes have them.
pub(super) struct Labels<'a>(pub &'a LabelExpression);

/// `:A|B`, `:A&B`: as relationships have them.
pub(super) struct Types<'a>(pub &'a LabelExpression);

/// `:A:B`, `:(A|B)`: as expressions have them. The parentheses keep the bar apart from that of a comprehension.
pub(super) struct Test<'a>(pub &'a LabelExpression);

impl Display for Labels<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self.0.conjunction() {
            Some(names) => names.into_iter().try_for_each(|name| label(f, name)),
            None => Types(self.0).fmt(f),
        }
    }
}

impl Display for Types<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, ":{}", Part(self.0, Level::Or))
    }
}

impl Display for Test<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self.0.conjunction() {
            Some(_) => Labels(self.0).fmt(f),
            None => write!(f, ":{}", Part(self.0, Level::And)),
        }
    }
}

fn label(f: &mut Formatter, name: &Name) -> Result {
    write!(f, ":{}", Schema(&name.text))
}

/// How tight a label expression holds together, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Single,
}

/// A label expression where one at least so tight is asked for: in parentheses if it is looser.
struct Part<'a>(&'a LabelExpression, Level);

impl Display for Part<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        let level = match self.0 {
            LabelExpression::Or(_) => Level::Or,
            LabelExpression::And(_) => Level::And,
            _ => Level::Single,
        };
        if level < self.1 {
            return write!(f, "({})", Part(self.0, Level::Or));
        }
        match self.0 {
            LabelExpression::Name(name) => Schema(&name.text).fmt(f),
            LabelExpression::Dynamic { any, names } => write!(f, "{}({names})", if *any { "$any" } else { "$" }),
            LabelExpression::Any => f.write_str("%"),
            LabelExpression::Not(operand) => write!(f, "!{}", Part(operand, Level::Single)),
            LabelExpression::And(operands) => joined(f, "&", operands, Level::Single),
            LabelExpression::Or(operands) => joined(f, "|", operands, Level::And),
        }
    }
}

fn joined(f: &mut Formatter, sign: &str, operands: &[LabelExpression], level: Level) -> Result {
    super::separated(f, sign, operands.iter().map(|operand| Part(operand, level)))
}

impl Display for LabelItem {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            LabelItem::Name(name) => label(f, name),
            LabelItem::Dynamic(expression) => write!(f, ":$({expression})"),
        }
    }
}
