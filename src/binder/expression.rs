//! Expressions: names to slots, operators checked against what is known of types.

use std::sync::Arc;

use super::types::Type;
use super::{AggregationUse, Binder, Role, closest, invalid_type};
use crate::ast::{self, BinaryOperator, Connective, ExpressionKind, UnaryOperator};
use crate::diagnostic::{Detail, Diagnostic, Kind, Span, an};
use crate::functions::{self, Function};
use crate::graph::{TypeSet, Value};
use crate::plan::*;

pub(super) type Typed = (Expr, Type);

const PROPERTY_HOLDERS: TypeSet = TypeSet::ENTITY.or(TypeSet::MAP).or(TypeSet::TEMPORAL).or(TypeSet::POINT);
const INDEXABLE: TypeSet = TypeSet::ENTITY.or(TypeSet::MAP).or(TypeSet::LIST);

impl Binder<'_> {
    /// Binds an expression that is no pattern.
    pub(super) fn expression(&mut self, e: &ast::Expression) -> Typed {
        if let ExpressionKind::Pattern(_) = &e.kind {
            self.error(
                Diagnostic::syntax(Detail::UnexpectedSyntax, e.span, "a pattern is a condition, not a value")
                    .help("ask for its existence with exists(…), or list what it finds with [pattern | expression]"),
            );
            return poison(e.span);
        }
        self.predicate(e)
    }

    /// Binds an expression that may be a pattern, which asks whether it can be found.
    pub(super) fn predicate(&mut self, e: &ast::Expression) -> Typed {
        if self.is_stopped() {
            return poison(e.span);
        }
        if let Some(found) = self.grouped(e) {
            return found;
        }
        let span = e.span;
        match &e.kind {
            ExpressionKind::Literal(literal) => {
                let value = literal_value(literal);
                let value_type = Type::of_value(&value);
                (Expr::constant(value, span), value_type)
            }
            ExpressionKind::Parameter(name) => (self.parameter(name, span), Type::ANY),
            ExpressionKind::Variable(name) => self.variable(name, span),
            ExpressionKind::List(items) => self.list(items, span),
            ExpressionKind::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (arc(&key.text), self.expression(value).0)).collect();
                (Expr::new(ExprKind::Map(entries), span), Type::of(TypeSet::MAP))
            }
            ExpressionKind::Property { base, key } => self.property(base, key, span),
            ExpressionKind::Index { base, index } => self.index(base, index, span),
            ExpressionKind::Slice { base, from, to } => {
                let (base, base_type) = self.operand(base, TypeSet::LIST, "a slice is taken of a list");
                let bound = |binder: &mut Self, e: &Option<Box<ast::Expression>>| {
                    e.as_ref().map(|e| Box::new(binder.operand(e, TypeSet::INTEGER, "a slice runs between integers").0))
                };
                let (from, to) = (bound(self, from), bound(self, to));
                (Expr::new(ExprKind::Slice(Box::new(base), from, to), span), base_type)
            }
            ExpressionKind::Unary { operator, operand } => self.unary(*operator, operand, span),
            ExpressionKind::Binary { operator, left, right } => self.binary(*operator, left, right, span),
            ExpressionKind::Logic { connective, operands } => self.logic(*connective, operands, span),
            ExpressionKind::Comparison { first, links } => self.comparison(first, links, span),
            ExpressionKind::IsNull { operand, negated } => {
                let operand = Box::new(self.expression(operand).0);
                let is_null = Expr::new(ExprKind::IsNull(operand), span);
                (if *negated { not(is_null) } else { is_null }, Type::BOOLEAN)
            }
            ExpressionKind::HasLabels { operand, labels } => {
                let (operand, found) = self.expression(operand);
                if !found.may_be(TypeSet::ENTITY) {
                    let message = format!("only nodes and relationships have labels, this is {}", an(found.set));
                    self.error(invalid_type(span, message));
                }
                let role = if found.set == TypeSet::RELATIONSHIP { Role::Type } else { Role::Label };
                (self.label_condition(operand, labels, role, span), Type::BOOLEAN)
            }
            ExpressionKind::Call { function, distinct, arguments } => {
                self.call_expression(e, function, *distinct, arguments)
            }
            ExpressionKind::CaseOperand => match self.case_operand {
                Some((slot, operand_type)) => (Expr::slot(slot, span), operand_type),
                None => poison(span),
            },
            ExpressionKind::CountStar => {
                let count = functions::aggregate::find("count").expect("count is in the table");
                self.aggregate(e, count, false, &[])
            }
            ExpressionKind::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref(), span)
            }
            ExpressionKind::ListComprehension { variable, list, condition, result } => {
                self.list_comprehension(variable, list, condition.as_deref(), result.as_deref(), span)
            }
            ExpressionKind::PatternComprehension { pattern, condition, result } => {
                self.pattern_comprehension(pattern, condition.as_deref(), result, span)
            }
            ExpressionKind::Quantifier { quantifier, variable, list, condition } => {
                self.quantifier(*quantifier, variable, list, condition.as_deref(), span)
            }
            ExpressionKind::Reduce { accumulator, initial, variable, list, step, condition } => {
                self.reduce((accumulator, initial), (variable, list), (step, condition.as_deref()), span)
            }
            ExpressionKind::Pattern(path) => (self.exists_path(path, span), Type::BOOLEAN),
            ExpressionKind::ShortestPath(path) => self.shortest_expression(path, span),
            ExpressionKind::MapProjection { variable, items } => self.map_projection(variable, items, span),
            ExpressionKind::IsTyped { operand, type_, negated } => {
                let operand = Box::new(self.expression(operand).0);
                let test = Expr::new(ExprKind::IsTyped(operand, type_test(type_)), span);
                (if *negated { not(test) } else { test }, Type::BOOLEAN)
            }
            ExpressionKind::Cast { operand, type_ } => {
                let operand = Box::new(self.expression(operand).0);
                (Expr::new(ExprKind::Cast(operand, type_test(type_)), span), Type::ANY)
            }
            ExpressionKind::Count(subquery) => self.count(subquery, span),
            ExpressionKind::Collect(query) => self.collect(query, span),
            ExpressionKind::Exists(subquery) => (self.exists(subquery, span), Type::BOOLEAN),
        }
    }

    fn parameter(&mut self, name: &str, span: Span) -> Expr {
        if self.catalog.parameters.is_some_and(|given| !given.contains_key(name)) {
            let message = format!("the parameter ${name} is not given");
            let error = Diagnostic::compile(Kind::ParameterMissing, Detail::MissingParameter, span, message);
            self.error(
                error.help(format!("set it with --param {name}=VALUE, or in the shell with :param {name} VALUE")),
            );
        }
        Expr::new(ExprKind::Parameter(arc(name)), span)
    }

    fn variable(&mut self, name: &str, span: Span) -> Typed {
        match self.scope.find(name) {
            Some(variable) => (Expr::slot(variable.slot, span), variable.variable_type),
            None => {
                self.undefined_variable(name, span);
                poison(span)
            }
        }
    }

    fn list(&mut self, items: &[ast::Expression], span: Span) -> Typed {
        let mut element = TypeSet::NULL;
        let mut unknown = false;
        let mut bound = Vec::new();
        for item in items {
            let (expr, item_type) = self.expression(item);
            unknown |= item_type.set == TypeSet::ANY;
            element = element.or(item_type.set);
            bound.push(expr);
        }
        let element = if unknown { TypeSet::ANY } else { element };
        let constants: Option<Vec<Value>> = bound.iter().map(|item| item.as_constant().cloned()).collect();
        let list = constants.map_or(ExprKind::List(bound), |items| ExprKind::Constant(Value::list(items)));
        (Expr::new(list, span), Type::list_of(element))
    }

    fn property(&mut self, base: &ast::Expression, key: &ast::Name, span: Span) -> Typed {
        let (base, base_type) = self.expression(base);
        if !base_type.may_be(PROPERTY_HOLDERS) {
            let message = format!("{} has no properties", an(base_type.set));
            self.error(Diagnostic::compile(Kind::TypeError, Detail::InvalidArgumentType, span, message));
        }
        if !base_type.set.is_empty() && base_type.set.is_within(TypeSet::ENTITY) {
            self.warn_of_key(key);
        }
        (Expr::new(ExprKind::Property(Box::new(base), arc(&key.text)), span), Type::ANY)
    }

    fn index(&mut self, base: &ast::Expression, index: &ast::Expression, span: Span) -> Typed {
        let (base, base_type) = self.expression(base);
        if !base_type.may_be(INDEXABLE) {
            let message = format!("{} has no elements", an(base_type.set));
            self.error(Diagnostic::compile(Kind::TypeError, Detail::InvalidArgumentType, span, message));
        }
        let (index, _) = self.expression(index);
        (Expr::new(ExprKind::Index(Box::new(base), Box::new(index)), span), base_type.element())
    }

    /// Binds an operand that must be able to be one of the types.
    fn operand(&mut self, e: &ast::Expression, expected: TypeSet, rule: &str) -> Typed {
        let (expr, found) = self.expression(e);
        self.expect_operand(found, expected, e.span, rule);
        (expr, found)
    }

    fn expect_operand(&mut self, found: Type, expected: TypeSet, span: Span, rule: &str) {
        if !found.may_be(expected) {
            self.error(invalid_type(span, format!("{rule}, but this is {}", an(found.set))));
        }
    }

    fn truth(&mut self, e: &ast::Expression) -> Expr {
        let (expr, found) = self.predicate(e);
        self.expect_operand(found, TypeSet::BOOLEAN, e.span, "AND, OR, XOR and NOT take true and false");
        expr
    }

    fn unary(&mut self, operator: UnaryOperator, operand: &ast::Expression, span: Span) -> Typed {
        const SIGNED: TypeSet = TypeSet::NUMBER.or(TypeSet::DURATION);
        match operator {
            UnaryOperator::Not => (not_at(self.truth(operand), span), Type::BOOLEAN),
            UnaryOperator::Minus => {
                let (expr, found) = self.operand(operand, SIGNED, "only a number or a duration has a negative");
                (negate(expr, span), Type::of(found.set.and(SIGNED)))
            }
            UnaryOperator::Plus => {
                let (expr, found) = self.operand(operand, SIGNED, "plus stands before a number");
                (Expr::new(ExprKind::Plus(Box::new(expr)), span), Type::of(found.set.and(SIGNED)))
            }
        }
    }

    /// A chain of ANDs or of ORs. Its first operands together may be what rows are grouped by.
    fn logic(&mut self, connective: Connective, operands: &[ast::Expression], span: Span) -> Typed {
        let (start, others) = match self.grouped_start(connective, operands) {
            Some((start, length)) => (Some(start), &operands[length..]),
            None => (None, operands),
        };
        let others = others.iter().map(|operand| self.truth(operand));
        let parts: Vec<Expr> = start.into_iter().chain(others).collect();
        let kind = match connective {
            Connective::And => ExprKind::And(parts),
            Connective::Or => ExprKind::Or(parts),
        };
        (Expr::new(kind, span), Type::BOOLEAN)
    }

    fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &ast::Expression,
        right: &ast::Expression,
        span: Span,
    ) -> Typed {
        use BinaryOperator::*;
        let arithmetic = match operator {
            Xor => {
                let (left, right) = (self.truth(left), self.truth(right));
                return (Expr::new(ExprKind::Xor(Box::new(left), Box::new(right)), span), Type::BOOLEAN);
            }
            In => {
                let (left, _) = self.expression(left);
                let (right, _) = self.operand(right, TypeSet::LIST, "IN looks into a list");
                return (Expr::new(ExprKind::In(Box::new(left), Box::new(right)), span), Type::BOOLEAN);
            }
            StartsWith => return self.text_test(TextTest::StartsWith, left, right, span),
            EndsWith => return self.text_test(TextTest::EndsWith, left, right, span),
            Contains => return self.text_test(TextTest::Contains, left, right, span),
            Matches => return self.text_test(TextTest::Matches, left, right, span),
            Add => Arithmetic::Add,
            Subtract => Arithmetic::Subtract,
            Multiply => Arithmetic::Multiply,
            Divide => Arithmetic::Divide,
            Modulo => Arithmetic::Modulo,
            Power => Arithmetic::Power,
            Concatenate => Arithmetic::Concatenate,
        };
        let (left_expr, left_type) = self.expression(left);
        let (right_expr, right_type) = self.expression(right);
        let result = self.arithmetic_type(arithmetic, (left_type, left.span), (right_type, right.span));
        (Expr::new(ExprKind::Arithmetic(arithmetic, Box::new(left_expr), Box::new(right_expr)), span), result)
    }

    fn text_test(&mut self, test: TextTest, left: &ast::Expression, right: &ast::Expression, span: Span) -> Typed {
        let (left, right) = (self.expression(left).0, self.expression(right).0);
        (Expr::new(ExprKind::Text(test, Box::new(left), Box::new(right)), span), Type::BOOLEAN)
    }

    /// Checks what the operator can take and tells what it gives.
    fn arithmetic_type(&mut self, operator: Arithmetic, left: (Type, Span), right: (Type, Span)) -> Type {
        const TIMES: TypeSet = TypeSet::NUMBER.or(TypeSet::TEMPORAL);
        const ADDABLE: TypeSet = TIMES.or(TypeSet::STRING).or(TypeSet::LIST);
        if operator == Arithmetic::Add && (left.0.set == TypeSet::LIST || right.0.set == TypeSet::LIST) {
            return appended(left.0, right.0);
        }
        let (takes, rule) = match operator {
            Arithmetic::Add => (ADDABLE, "`+` adds numbers, strings, lists and temporal values"),
            Arithmetic::Subtract => (TIMES, "`-` takes numbers and temporal values"),
            Arithmetic::Multiply | Arithmetic::Divide => {
                (TypeSet::NUMBER.or(TypeSet::DURATION), "`*` and `/` take numbers and durations")
            }
            Arithmetic::Modulo => (TypeSet::NUMBER, "`%` takes numbers"),
            Arithmetic::Power => (TypeSet::NUMBER, "`^` takes numbers"),
            Arithmetic::Concatenate => (TypeSet::STRING.or(TypeSet::LIST), "`||` joins strings or lists"),
        };
        self.expect_operand(left.0, takes, left.1, rule);
        self.expect_operand(right.0, takes, right.1, rule);
        Type::of(arithmetic_result(operator, left.0.set, right.0.set))
    }

    fn comparison(
        &mut self,
        first: &ast::Expression,
        links: &[(ast::ComparisonOperator, ast::Expression)],
        span: Span,
    ) -> Typed {
        let mut left = self.expression(first).0;
        let mut parts = Vec::new();
        for (operator, right) in links {
            let right = self.expression(right).0;
            let link = left.span.to(right.span);
            parts.push(Expr::new(
                ExprKind::Compare(comparison(*operator), Box::new(left), Box::new(right.clone())),
                link,
            ));
            left = right;
        }
        let all = Expr::all(parts).unwrap_or_else(|| Expr::constant(true, span));
        (all, Type::BOOLEAN)
    }

    fn call_expression(
        &mut self,
        whole: &ast::Expression,
        name: &ast::Name,
        distinct: bool,
        arguments: &[ast::Expression],
    ) -> Typed {
        if let Some(aggregate) = functions::aggregate::find(&name.text) {
            return self.aggregate(whole, aggregate, distinct, arguments);
        }
        if name.text.eq_ignore_ascii_case("exists")
            && let [argument] = arguments
        {
            return self.exists_function(argument, whole.span);
        }
        let Some(function) = functions::find(&name.text) else {
            self.unknown_function(name);
            return poison(whole.span);
        };
        if self.context.aggregation == AggregationUse::Inside && !functions::is_deterministic(function) {
            let message = format!("{}() gives another value each time, so it cannot be aggregated", function.name);
            self.syntax_error(Detail::NonConstantExpression, whole.span, message);
        }
        self.check_argument_count(name, function, arguments.len());
        let mut bound = Vec::new();
        for (index, argument) in arguments.iter().enumerate() {
            let (expr, found) = self.expression(argument);
            self.check_argument_type(function, index, found, argument.span);
            bound.push(expr);
        }
        (Expr::new(ExprKind::Call(function, bound), whole.span), Type::of(function.returns))
    }

    /// `exists(pattern)` or `exists(property)`.
    fn exists_function(&mut self, argument: &ast::Expression, span: Span) -> Typed {
        if let ExpressionKind::Pattern(path) = &argument.kind {
            return (self.exists_path(path, span), Type::BOOLEAN);
        }
        let operand = Box::new(self.expression(argument).0);
        (not(Expr::new(ExprKind::IsNull(operand), span)), Type::BOOLEAN)
    }

    fn unknown_function(&mut self, name: &ast::Name) {
        let known = functions::names().chain(functions::aggregate::names());
        let error =
            Diagnostic::syntax(Detail::UnknownFunction, name.span, format!("there is no function {}()", name.text));
        let help = match closest(&name.text, known) {
            Some(near) => format!("did you mean {near}()?"),
            None => "`kenning help functions` lists all of them".into(),
        };
        self.error(error.help(help));
    }

    fn check_argument_count(&mut self, name: &ast::Name, function: &Function, given: usize) {
        let least = function.parameters.iter().filter(|p| !p.optional).count();
        let most = if function.variadic { usize::MAX } else { function.parameters.len() };
        if given < least || given > most {
            let signature = functions::signature(function);
            let message = format!("{}() does not take {given} argument{}", function.name, plural(given));
            self.error(
                Diagnostic::syntax(Detail::InvalidNumberOfArguments, name.span, message)
                    .help(format!("its signature: {signature}")),
            );
        }
    }

    fn check_argument_type(&mut self, function: &Function, index: usize, found: Type, span: Span) {
        let Some(parameter) = function.parameters.get(index).or(function.parameters.last()) else { return };
        if !found.may_be(parameter.types) {
            let message = format!(
                "{}() takes {} as `{}`, but this is {}",
                function.name,
                an(parameter.types),
                parameter.name,
                an(found.set)
            );
            self.error(invalid_type(span, message));
        }
    }

    /// Binds in an inner scope with one more variable; gives the variable's slot and what `bind` gives.
    /// Aggregates cannot stand in it: there is no group to which it would belong.
    pub(super) fn with_local<T>(
        &mut self,
        name: &str,
        local_type: Type,
        bind: impl FnOnce(&mut Self) -> T,
    ) -> (Slot, T) {
        let outer = self.scope.len();
        let slot = self.declare(name, local_type);
        let result = self.without_aggregates(bind);
        self.scope.truncate(outer);
        (slot, result)
    }

    pub(super) fn without_aggregates<T>(&mut self, bind: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.context.aggregation;
        if before == AggregationUse::Grouped {
            self.context.aggregation = AggregationUse::Forbidden;
        }
        let result = bind(self);
        self.context.aggregation = before;
        result
    }
}

/// Stands for an expression that could not be bound, so that binding can go on.
pub(super) fn poison(span: Span) -> Typed {
    (Expr::constant(Value::Null, span), Type::ANY)
}

pub(super) fn arc(text: &str) -> Arc<str> {
    Arc::from(text)
}

pub(super) fn not(operand: Expr) -> Expr {
    let span = operand.span;
    not_at(operand, span)
}

fn not_at(operand: Expr, span: Span) -> Expr {
    Expr::new(ExprKind::Not(Box::new(operand)), span)
}

/// The negative of a literal is a literal.
fn negate(operand: Expr, span: Span) -> Expr {
    match operand.kind {
        ExprKind::Constant(Value::Integer(n)) if n != i64::MIN => Expr::constant(-n, span),
        ExprKind::Constant(Value::Float(n)) => Expr::constant(-n, span),
        _ => Expr::new(ExprKind::Negate(Box::new(operand)), span),
    }
}

fn appended(left: Type, right: Type) -> Type {
    let part = |t: Type| match t.set {
        TypeSet::LIST => t.element,
        set if set.and(TypeSet::LIST).is_empty() => set,
        _ => TypeSet::ANY,
    };
    Type::list_of(part(left).or(part(right)))
}

fn arithmetic_result(operator: Arithmetic, left: TypeSet, right: TypeSet) -> TypeSet {
    let both = |set: TypeSet| !left.is_empty() && !right.is_empty() && left.is_within(set) && right.is_within(set);
    match operator {
        Arithmetic::Power if both(TypeSet::NUMBER) => TypeSet::FLOAT,
        _ if both(TypeSet::INTEGER) => TypeSet::INTEGER,
        _ if both(TypeSet::NUMBER) => TypeSet::NUMBER,
        Arithmetic::Add if both(TypeSet::STRING) => TypeSet::STRING,
        _ => TypeSet::ANY,
    }
}

fn comparison(operator: ast::ComparisonOperator) -> Comparison {
    match operator {
        ast::ComparisonOperator::Equal => Comparison::Equal,
        ast::ComparisonOperator::NotEqual => Comparison::NotEqual,
        ast::ComparisonOperator::Less => Comparison::Less,
        ast::ComparisonOperator::LessOrEqual => Comparison::LessOrEqual,
        ast::ComparisonOperator::Greater => Comparison::Greater,
        ast::ComparisonOperator::GreaterOrEqual => Comparison::GreaterOrEqual,
    }
}

fn type_test(written: &ast::TypeExpression) -> TypeTest {
    use ast::TypeKind::*;
    let kind = match &written.kind {
        Any => TypeTestKind::Of(TypeSet::ANY),
        Nothing | Null => TypeTestKind::Of(TypeSet::NULL),
        Boolean => TypeTestKind::Of(TypeSet::BOOLEAN),
        Integer => TypeTestKind::Of(TypeSet::INTEGER),
        Float => TypeTestKind::Of(TypeSet::FLOAT),
        String => TypeTestKind::Of(TypeSet::STRING),
        Date => TypeTestKind::Of(TypeSet::DATE),
        LocalTime => TypeTestKind::Of(TypeSet::LOCAL_TIME),
        ZonedTime => TypeTestKind::Of(TypeSet::TIME),
        LocalDateTime => TypeTestKind::Of(TypeSet::LOCAL_DATE_TIME),
        ZonedDateTime => TypeTestKind::Of(TypeSet::DATE_TIME),
        Duration => TypeTestKind::Of(TypeSet::DURATION),
        Point => TypeTestKind::Of(TypeSet::POINT),
        Node => TypeTestKind::Of(TypeSet::NODE),
        Relationship => TypeTestKind::Of(TypeSet::RELATIONSHIP),
        Path => TypeTestKind::Of(TypeSet::PATH),
        Map => TypeTestKind::Of(TypeSet::MAP),
        List(element) => TypeTestKind::List(Box::new(type_test(element))),
        Union(types) => TypeTestKind::AnyOf(types.iter().map(type_test).collect()),
    };
    TypeTest { kind, nullable: written.nullable && written.kind != Nothing }
}

fn literal_value(literal: &ast::Literal) -> Value {
    match literal {
        ast::Literal::Null => Value::Null,
        ast::Literal::Boolean(value) => Value::Boolean(*value),
        ast::Literal::Integer(value) => Value::Integer(*value),
        ast::Literal::Float(value) => Value::Float(*value),
        ast::Literal::String(value) => Value::string(value),
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
