//! Expressions over the slots of a row.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{BoundPart, Operator, Slot};
use crate::diagnostic::Span;
use crate::functions::Function;
use crate::graph::{TypeSet, Value};

/// An expression, with the place in the text that a failure points at.
#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Constant(Value),
    Slot(Slot),
    Parameter(Arc<str>),
    List(Vec<Expr>),
    Map(Vec<(Arc<str>, Expr)>),
    /// `base.key` of a node, relationship, map or temporal value.
    Property(Box<Expr>, Arc<str>),
    Index(Box<Expr>, Box<Expr>),
    Slice(Box<Expr>, Option<Box<Expr>>, Option<Box<Expr>>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    /// Unary plus: the number itself.
    Plus(Box<Expr>),
    /// Three-valued conjunction; at least two parts.
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Xor(Box<Expr>, Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Box<Expr>),
    Text(TextTest, Box<Expr>, Box<Expr>),
    IsNull(Box<Expr>),
    /// Whether the value is a node: null is not, and any other value is an error.
    IsNode(Box<Expr>),
    /// Whether a node has all the labels, or a relationship the one type.
    HasLabels(Box<Expr>, Vec<Arc<str>>),
    /// Whether the labels of a node, or the type of a relationship, pass the test.
    LabelTest(Box<Expr>, LabelTest),
    /// Whether the value is of the type.
    IsTyped(Box<Expr>, TypeTest),
    /// The value as one of the type.
    Cast(Box<Expr>, TypeTest),
    /// Whether a path keeps to a mode.
    KeepsMode(PathParts, PathMode),
    /// The nodes of a path from one place to another, the second not included, both counted from the front, or, where
    /// negative, from the back.
    PathNodes(PathParts, i64, i64),
    Call(&'static Function, Vec<Expr>),
    /// Branches of condition and result.
    Case {
        branches: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    /// `CASE operand WHEN value`: the operand is evaluated once, into a slot that the conditions read.
    Let {
        slot: Slot,
        value: Box<Expr>,
        body: Box<Expr>,
    },
    ListComprehension {
        slot: Slot,
        list: Box<Expr>,
        condition: Option<Box<Expr>>,
        result: Option<Box<Expr>>,
    },
    Quantifier {
        quantifier: Quantifier,
        slot: Slot,
        list: Box<Expr>,
        condition: Box<Expr>,
    },
    Reduce {
        accumulator: Slot,
        initial: Box<Expr>,
        slot: Slot,
        list: Box<Expr>,
        step: Box<Expr>,
    },
    /// A path from its parts.
    Path(PathParts),
    /// The map of all properties of a node, relationship or map, with entries added on top.
    Extend {
        base: Box<Expr>,
        entries: Vec<(Arc<str>, Expr)>,
    },
    /// A plan run with the current row as its argument.
    Subplan(Subplan),
}

/// A test of labels or of a relationship type.
#[derive(Clone, Debug)]
pub enum LabelTest {
    Is(Arc<str>),
    /// A string, or a list of them, of which all must hold, or any.
    Dynamic {
        any: bool,
        names: Box<Expr>,
    },
    /// `%`: at least one.
    Any,
    Not(Box<LabelTest>),
    And(Vec<LabelTest>),
    Or(Vec<LabelTest>),
}

/// A type to test for or to cast to.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeTest {
    pub kind: TypeTestKind,
    /// Whether null passes.
    pub nullable: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TypeTestKind {
    /// Any of these types of value.
    Of(TypeSet),
    List(Box<TypeTest>),
    AnyOf(Vec<TypeTest>),
}

/// What a path may use twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathMode {
    /// Anything.
    Walk,
    /// No relationship: what holds unless something else is said.
    Trail,
    /// No node.
    Acyclic,
    /// No node, but that it may end where it starts.
    Simple,
}

/// Slots of a start node and of the relationships that follow it; a variable-length relationship's slot holds
/// a list.
#[derive(Clone, Debug)]
pub struct PathParts {
    pub start: Slot,
    pub relationships: Vec<Slot>,
}

/// What a subplan's rows become.
#[derive(Clone, Debug)]
pub struct Subplan {
    pub body: SubplanBody,
    pub gives: SubplanResult,
    /// Where its value is kept, if it is the same for every row.
    pub once: Option<usize>,
}

/// The binder leaves clauses; the planner turns them into a plan before it looks at the expression.
#[derive(Clone, Debug)]
pub enum SubplanBody {
    Bound {
        parts: Vec<BoundPart>,
        /// Whether equal rows of the parts are merged.
        distinct: bool,
    },
    Planned(Box<Operator>),
}

#[derive(Clone, Debug)]
pub enum SubplanResult {
    /// Whether there is a row.
    Exists,
    /// How many rows there are.
    Count,
    /// The list of the expression's value for each row.
    Collect(Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    /// `||`, of strings or lists only.
    Concatenate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// The same comparison with its sides exchanged.
    pub fn mirrored(self) -> Comparison {
        match self {
            Comparison::Equal => Comparison::Equal,
            Comparison::NotEqual => Comparison::NotEqual,
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        }
    }

    /// Whether it is true of two values in this order.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Comparison::Equal => ordering.is_eq(),
            Comparison::NotEqual => ordering.is_ne(),
            Comparison::Less => ordering.is_lt(),
            Comparison::LessOrEqual => ordering.is_le(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
    Matches,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    All,
    Any,
    None,
    Single,
}

impl Expr {
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        Expr { kind, span }
    }

    pub fn constant(value: impl Into<Value>, span: Span) -> Expr {
        Expr::new(ExprKind::Constant(value.into()), span)
    }

    pub fn slot(slot: Slot, span: Span) -> Expr {
        Expr::new(ExprKind::Slot(slot), span)
    }

    /// Whether both read the same slot, or the same property of what they read.
    pub fn is_same_read(&self, other: &Expr) -> bool {
        match (&self.kind, &other.kind) {
            (ExprKind::Slot(own), ExprKind::Slot(other)) => own == other,
            (ExprKind::Property(base, key), ExprKind::Property(other, other_key)) => {
                key == other_key && base.is_same_read(other)
            }
            _ => false,
        }
    }

    pub fn as_constant(&self) -> Option<&Value> {
        match &self.kind {
            ExprKind::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// The conjunction, applying that true adds nothing and that one part stands for itself.
    /// `None` when nothing is asked.
    pub fn all(parts: impl IntoIterator<Item = Expr>) -> Option<Expr> {
        let mut flat = Vec::new();
        for part in parts {
            match part.kind {
                ExprKind::And(inner) => flat.extend(inner),
                ExprKind::Constant(Value::Boolean(true)) => {}
                _ => flat.push(part),
            }
        }
        if flat.len() < 2 {
            return flat.pop();
        }
        let span = flat.iter().map(|e| e.span).reduce(Span::to).unwrap_or_default();
        Some(Expr::new(ExprKind::And(flat), span))
    }

    /// The parts of a conjunction; a single condition is its own only part.
    pub fn conjuncts(self) -> Vec<Expr> {
        match self.kind {
            ExprKind::And(parts) => parts.into_iter().flat_map(Expr::conjuncts).collect(),
            _ => vec![self],
        }
    }

    /// The direct sub-expressions. A subplan's own expressions are not among them.
    pub fn children(&self) -> Vec<&Expr> {
        let mut children = Vec::new();
        self.each_child(&mut |child| children.push(child));
        children
    }

    /// Calls `visit` with every direct sub-expression: walks of plans are many, and need no list.
    pub fn each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        use ExprKind::*;
        match &self.kind {
            Constant(_) | Slot(_) | Parameter(_) | Path(_) | KeepsMode(..) | PathNodes(..) | Subplan(_) => {}
            List(items) | And(items) | Or(items) | Call(_, items) => items.iter().for_each(visit),
            Map(entries) => entries.iter().for_each(|(_, e)| visit(e)),
            Property(a, _)
            | Not(a)
            | Negate(a)
            | Plus(a)
            | IsNull(a)
            | IsNode(a)
            | HasLabels(a, _)
            | IsTyped(a, _)
            | Cast(a, _) => visit(a),
            LabelTest(a, test) => {
                visit(a);
                test.each_expression(visit);
            }
            Index(a, b) | Xor(a, b) | Arithmetic(_, a, b) | Compare(_, a, b) | In(a, b) | Text(_, a, b) => {
                visit(a);
                visit(b);
            }
            Slice(a, from, to) => {
                visit(a);
                from.iter().chain(to).for_each(|end| visit(end));
            }
            Case { branches, otherwise } => {
                branches.iter().flat_map(|(c, r)| [c, r]).for_each(&mut *visit);
                otherwise.iter().for_each(|e| visit(e));
            }
            Let { value, body, .. } => {
                visit(value);
                visit(body);
            }
            ListComprehension { list, condition, result, .. } => {
                visit(list);
                condition.iter().chain(result).for_each(|e| visit(e));
            }
            Quantifier { list, condition, .. } => {
                visit(list);
                visit(condition);
            }
            Reduce { initial, list, step, .. } => {
                visit(initial);
                visit(list);
                visit(step);
            }
            Extend { base, entries } => {
                visit(base);
                entries.iter().for_each(|(_, e)| visit(e));
            }
        }
    }

    /// The same, to change.
    pub fn each_child_mut<'a>(&'a mut self, visit: &mut dyn FnMut(&'a mut Expr)) {
        use ExprKind::*;
        match &mut self.kind {
            Constant(_) | Slot(_) | Parameter(_) | Path(_) | KeepsMode(..) | PathNodes(..) | Subplan(_) => {}
            List(items) | And(items) | Or(items) | Call(_, items) => items.iter_mut().for_each(visit),
            Map(entries) => entries.iter_mut().for_each(|(_, e)| visit(e)),
            Property(a, _)
            | Not(a)
            | Negate(a)
            | Plus(a)
            | IsNull(a)
            | IsNode(a)
            | HasLabels(a, _)
            | IsTyped(a, _)
            | Cast(a, _) => visit(a),
            LabelTest(a, test) => {
                visit(a);
                test.each_expression_mut(visit);
            }
            Index(a, b) | Xor(a, b) | Arithmetic(_, a, b) | Compare(_, a, b) | In(a, b) | Text(_, a, b) => {
                visit(a);
                visit(b);
            }
            Slice(a, from, to) => {
                visit(a);
                from.iter_mut().chain(to).for_each(|end| visit(end));
            }
            Case { branches, otherwise } => {
                branches.iter_mut().flat_map(|(c, r)| [c, r]).for_each(&mut *visit);
                otherwise.iter_mut().for_each(|e| visit(e));
            }
            Let { value, body, .. } => {
                visit(value);
                visit(body);
            }
            ListComprehension { list, condition, result, .. } => {
                visit(list);
                condition.iter_mut().chain(result).for_each(|e| visit(e));
            }
            Quantifier { list, condition, .. } => {
                visit(list);
                visit(condition);
            }
            Reduce { initial, list, step, .. } => {
                visit(initial);
                visit(list);
                visit(step);
            }
            Extend { base, entries } => {
                visit(base);
                entries.iter_mut().for_each(|(_, e)| visit(e));
            }
        }
    }

    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        let mut children = Vec::new();
        self.each_child_mut(&mut |child| children.push(child));
        children
    }

    /// Whether the predicate holds for the expression and all those inside it, a subplan's own left out.
    pub fn all_parts(&self, predicate: &mut dyn FnMut(&Expr) -> bool) -> bool {
        let mut all = predicate(self);
        self.each_child(&mut |child| all = all && child.all_parts(predicate));
        all
    }

    /// Whether the expression reads the slot, or sets it itself.
    pub fn reads(&self, slot: Slot) -> bool {
        let mut reads = false;
        self.each_slot(&mut |other| reads |= other == slot);
        reads
    }

    /// Calls `visit` with every slot that the expression reads, including those it sets itself.
    pub fn each_slot(&self, visit: &mut dyn FnMut(Slot)) {
        match &self.kind {
            ExprKind::Slot(slot) => visit(*slot),
            ExprKind::Path(parts) | ExprKind::KeepsMode(parts, _) | ExprKind::PathNodes(parts, ..) => {
                std::iter::once(&parts.start).chain(&parts.relationships).for_each(|s| visit(*s))
            }
            ExprKind::Subplan(subplan) => {
                match &subplan.body {
                    SubplanBody::Planned(plan) => plan.each_slot(visit),
                    SubplanBody::Bound { .. } => debug_assert!(false, "slots are asked for after planning"),
                }
                if let SubplanResult::Collect(result) = &subplan.gives {
                    result.each_slot(visit);
                }
            }
            _ => {
                self.own_slots().into_iter().flatten().for_each(&mut *visit);
                self.each_child(&mut |child| child.each_slot(visit));
            }
        }
    }

    /// The slots that the expression itself sets while it is evaluated.
    fn own_slots(&self) -> [Option<Slot>; 2] {
        match &self.kind {
            ExprKind::Let { slot, .. }
            | ExprKind::ListComprehension { slot, .. }
            | ExprKind::Quantifier { slot, .. } => [Some(*slot), None],
            ExprKind::Reduce { accumulator, slot, .. } => [Some(*accumulator), Some(*slot)],
            _ => [None, None],
        }
    }
}

impl LabelTest {
    /// Calls `visit` with the expressions of its dynamic parts.
    fn each_expression<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            LabelTest::Is(_) | LabelTest::Any => {}
            LabelTest::Dynamic { names, .. } => visit(names),
            LabelTest::Not(test) => test.each_expression(visit),
            LabelTest::And(tests) | LabelTest::Or(tests) => tests.iter().for_each(|test| test.each_expression(visit)),
        }
    }

    fn each_expression_mut<'a>(&'a mut self, visit: &mut dyn FnMut(&'a mut Expr)) {
        match self {
            LabelTest::Is(_) | LabelTest::Any => {}
            LabelTest::Dynamic { names, .. } => visit(names),
            LabelTest::Not(test) => test.each_expression_mut(visit),
            LabelTest::And(tests) | LabelTest::Or(tests) => {
                tests.iter_mut().for_each(|test| test.each_expression_mut(visit));
            }
        }
    }
}
