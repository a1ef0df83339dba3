//! Label expressions: which labels a node, or which type a relationship must have.

use super::{Expression, Name};

/// `A&!B|C`, `%`, `$(expression)`; from tight to loose: `!`, `&`, `|`.
///
/// And and Or have at least two operands. `A:B` and `A&B` are one tree, and so are `A|B` and `A|:B`.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelExpression {
    Name(Name),
    /// `$(expression)`, `$all(expression)`: a name, or a list of names that all must hold; `$any(expression)`: one must.
    Dynamic {
        any: bool,
        names: Box<Expression>,
    },
    /// `%`: any label at all.
    Any,
    Not(Box<LabelExpression>),
    And(Vec<LabelExpression>),
    Or(Vec<LabelExpression>),
}

/// A label that is set or removed.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelItem {
    Name(Name),
    /// `$(expression)`
    Dynamic(Expression),
}

impl LabelExpression {
    /// The names of `A`, `A:B`, `A&B&C`: nothing for what is more than a plain conjunction.
    pub fn conjunction(&self) -> Option<Vec<&Name>> {
        match self {
            LabelExpression::And(operands) => operands.iter().map(LabelExpression::name).collect(),
            _ => self.name().map(|name| vec![name]),
        }
    }

    /// The names of `A`, `A|B`, `A|:B|C`: nothing for what is more than a plain alternation.
    pub fn alternation(&self) -> Option<Vec<&Name>> {
        match self {
            LabelExpression::Or(operands) => operands.iter().map(LabelExpression::name).collect(),
            _ => self.name().map(|name| vec![name]),
        }
    }

    /// The name, if this is a single one.
    pub fn name(&self) -> Option<&Name> {
        match self {
            LabelExpression::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Every name that is mentioned, in the order written.
    pub fn names(&self) -> Vec<&Name> {
        use LabelExpression::*;
        match self {
            Name(name) => vec![name],
            Dynamic { .. } | Any => vec![],
            Not(operand) => operand.names(),
            And(operands) | Or(operands) => operands.iter().flat_map(LabelExpression::names).collect(),
        }
    }

    /// Whether it has names that the text does not show.
    pub fn is_dynamic(&self) -> bool {
        let mut found = false;
        self.each_expression(&mut |_| found = true);
        found
    }

    /// The expressions in `$(…)`, in the order written.
    pub fn each_expression<'a>(&'a self, visit: &mut impl FnMut(&'a Expression)) {
        use LabelExpression::*;
        match self {
            Name(_) | Any => {}
            Dynamic { any: _, names } => visit(names),
            Not(operand) => operand.each_expression(visit),
            And(operands) | Or(operands) => operands.iter().for_each(|operand| operand.each_expression(visit)),
        }
    }
}
