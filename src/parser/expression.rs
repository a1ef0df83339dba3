//! Operators and their precedence: a loop over binding powers.
//!
//! From loose to tight, as in openCypher's grammar: OR, XOR, AND, NOT, comparison chains, the predicates
//! (STARTS WITH, ENDS WITH, CONTAINS, IN, =~, IS NULL and its kin), + - ||, * / %, ^, unary + -, then `.key`, `[index]`, `:Label`.
//! All operators with two operands lean to the left, also ^.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::sequence::preceded;

use super::atom::atom;
use super::input::{
    Parsed, Tokens, end_measuring, ends_like_variable, grow, keyword, look, name, nested, report, start_measuring,
    symbol,
};
use super::label::{Bearer, labels, starts_labels};
use super::lexer::{Symbol, TokenKind};
use super::types::type_expression;
use crate::ast::{
    BinaryOperator, ComparisonOperator, Connective, Expression, ExpressionKind, Literal, Name, UnaryOperator,
};
use crate::diagnostic::{Detail, Diagnostic, Span};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    Xor,
    And,
    Not,
    Comparison,
    Predicate,
    Sum,
    Product,
    Power,
    Unary,
}

impl Level {
    fn tighter(self) -> Level {
        match self {
            Level::Or => Level::Xor,
            Level::Xor => Level::And,
            Level::And => Level::Not,
            Level::Not => Level::Comparison,
            Level::Comparison => Level::Predicate,
            Level::Predicate => Level::Sum,
            Level::Sum => Level::Product,
            Level::Product => Level::Power,
            Level::Power | Level::Unary => Level::Unary,
        }
    }
}

/// What may stand between or behind operands.
#[derive(Clone, Copy)]
enum Infix {
    Binary(BinaryOperator),
    Logic(Connective),
    Comparison(ComparisonOperator),
    IsNull { negated: bool },
    IsTyped { negated: bool },
    IsLabeled { negated: bool },
    IsNormalized { negated: bool, form: &'static str },
}

impl Infix {
    fn level(self) -> Level {
        use BinaryOperator::*;
        match self {
            Infix::Comparison(_) => Level::Comparison,
            Infix::Logic(Connective::And) => Level::And,
            Infix::Logic(Connective::Or) => Level::Or,
            Infix::IsNull { .. } | Infix::IsTyped { .. } | Infix::IsLabeled { .. } | Infix::IsNormalized { .. } => {
                Level::Predicate
            }
            Infix::Binary(operator) => match operator {
                Xor => Level::Xor,
                In | StartsWith | EndsWith | Contains | Matches => Level::Predicate,
                Add | Subtract | Concatenate => Level::Sum,
                Multiply | Divide | Modulo => Level::Product,
                Power => Level::Power,
            },
        }
    }
}

/// An expression whose value is used: a pattern may stand in it under AND, OR, XOR and NOT, but is none itself.
pub(super) fn expression(input: Tokens) -> Parsed<Expression> {
    value(input, Level::Or)
}

/// An expression that is a condition, which a pattern may be.
pub(super) fn condition(input: Tokens) -> Parsed<Expression> {
    operators(input, Level::Or)
}

fn value(input: Tokens, loosest: Level) -> Parsed<Expression> {
    let (rest, value) = operators(input, loosest)?;
    refuse_pattern(&value)?;
    Ok((rest, value))
}

/// `WHERE condition`, if it is there.
pub(super) fn optional_where(input: Tokens) -> Parsed<Option<Expression>> {
    opt(preceded(keyword("WHERE"), cut(condition))).parse(input)
}

fn operators(input: Tokens, loosest: Level) -> Parsed<Expression> {
    look(input)?;
    let before = start_measuring(input);
    let (rest, left) = prefix(input, loosest)?;
    let (rest, whole) = operations(input, left, rest, loosest)?;
    end_measuring(input, before);
    Ok((rest, whole))
}

/// A value that the operand of CASE may be equal to, or half a test of it: `> 3`, `IS NOT NULL`, `STARTS WITH 'a'`.
pub(super) fn case_test(input: Tokens) -> Parsed<Expression> {
    use Symbol::{Colon, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Matches, NotEqual};
    const WORDS: &[&str] = &["IS", "IN", "STARTS", "ENDS", "CONTAINS"];
    let is_typed = input.is_word(0, "IS") && input.is_symbol(1, Colon) && input.is_symbol(2, Colon);
    let is_half = match input.kind(0) {
        Some(TokenKind::Symbol(symbol)) => {
            matches!(symbol, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual | Matches)
        }
        _ => is_typed || WORDS.iter().any(|word| input.is_word(0, word)) && !ends_like_variable(input),
    };
    if !is_half {
        return expression(input);
    }
    let before = start_measuring(input);
    let operand = Expression::new(ExpressionKind::CaseOperand, input.here());
    let (rest, test) = operations(input, operand, input, Level::Comparison)?;
    end_measuring(input, before);
    Ok((rest, test))
}

/// The operators behind an operand that begins at `input`.
fn operations<'t>(
    input: Tokens<'t>,
    mut left: Expression,
    mut rest: Tokens<'t>,
    loosest: Level,
) -> Parsed<'t, Expression> {
    while let Some((infix, after)) = infix(rest)? {
        let level = infix.level();
        if level < loosest {
            break;
        }
        if level > Level::Not {
            refuse_pattern(&left)?;
        }
        if let Infix::Logic(connective) = infix
            && left.kind.goes_on_with(connective)
        {
            // Longer, but no taller than what is added.
            let height = start_measuring(after);
            let (after, right) = operand(after, level.tighter(), operators)?;
            grow(input)?;
            end_measuring(input, height);
            (rest, left) = (after, Expression::new(ExpressionKind::logic(connective, left, right), input.until(after)));
            continue;
        }
        let kind;
        (rest, kind) = match infix {
            Infix::IsNull { negated } => (after, ExpressionKind::IsNull { operand: Box::new(left), negated }),
            Infix::IsTyped { negated } => {
                let (after, type_) = cut(type_expression).parse(after)?;
                (after, ExpressionKind::IsTyped { operand: Box::new(left), type_, negated })
            }
            Infix::IsLabeled { negated } => is_labeled(left, negated, after)?,
            Infix::IsNormalized { negated, form } => is_normalized(left, negated, form, after)?,
            Infix::Comparison(operator) => comparison(left, operator, after)?,
            Infix::Logic(connective) => {
                let (after, right) = operand(after, level.tighter(), operators)?;
                (after, ExpressionKind::logic(connective, left, right))
            }
            Infix::Binary(operator) => {
                let parse = if level < Level::Not { operators } else { value };
                let (after, right) = operand(after, level.tighter(), parse)?;
                (after, ExpressionKind::Binary { operator, left: Box::new(left), right: Box::new(right) })
            }
        };
        left = Expression::new(kind, input.until(rest));
        grow(input)?;
    }
    Ok((rest, left))
}

/// The right operand of an operator, a pattern or a value only.
fn operand<'t>(
    input: Tokens<'t>,
    loosest: Level,
    parse: fn(Tokens<'t>, Level) -> Parsed<'t, Expression>,
) -> Parsed<'t, Expression> {
    nested(input, |input| cut(|i| parse(i, loosest)).parse(input))
}

/// `IS [NOT] LABELED labels`, from the labels on.
fn is_labeled(operand: Expression, negated: bool, input: Tokens) -> Parsed<ExpressionKind> {
    let (rest, labels) = labels(input, Bearer::Operand)?;
    let span = operand.span.to(input.until(rest));
    let kind = ExpressionKind::HasLabels { operand: Box::new(operand), labels };
    negated_if(negated, kind, span, input).map(|kind| (rest, kind))
}

/// `IS [NOT] [form] NORMALIZED`, from behind it on: a call of `isNormalized`.
fn is_normalized<'t>(operand: Expression, negated: bool, form: &str, rest: Tokens<'t>) -> Parsed<'t, ExpressionKind> {
    let span = operand.span;
    let form = Expression::new(ExpressionKind::Literal(Literal::String(form.into())), span);
    let function = Name::new("isNormalized", span);
    let kind = ExpressionKind::Call { function, distinct: false, arguments: vec![operand, form] };
    negated_if(negated, kind, span, rest).map(|kind| (rest, kind))
}

fn negated_if(
    negated: bool,
    kind: ExpressionKind,
    span: Span,
    input: Tokens,
) -> Result<ExpressionKind, nom::Err<super::input::Problem>> {
    if !negated {
        return Ok(kind);
    }
    grow(input)?;
    let operand = Box::new(Expression::new(kind, span));
    Ok(ExpressionKind::Unary { operator: UnaryOperator::Not, operand })
}

/// The links of a chain such as `a < b <= c`, from the first right operand on.
fn comparison<'t>(first: Expression, operator: ComparisonOperator, input: Tokens<'t>) -> Parsed<'t, ExpressionKind> {
    let operand = |input| operand(input, Level::Predicate, value);
    let (mut rest, right) = operand(input)?;
    let mut links = vec![(operator, right)];
    while let Some((Infix::Comparison(operator), after)) = infix(rest)? {
        let right;
        (rest, right) = operand(after)?;
        links.push((operator, right));
    }
    Ok((rest, ExpressionKind::Comparison { first: Box::new(first), links }))
}

/// The operator that stands here, and the input after it.
fn infix(input: Tokens) -> Result<Option<(Infix, Tokens)>, nom::Err<super::input::Problem>> {
    use BinaryOperator::*;
    use ComparisonOperator::*;
    let found = match input.kind(0) {
        Some(TokenKind::Symbol(symbol)) => match symbol {
            Symbol::Equal => Infix::Comparison(Equal),
            Symbol::NotEqual => Infix::Comparison(NotEqual),
            Symbol::Less => Infix::Comparison(Less),
            Symbol::LessOrEqual => Infix::Comparison(LessOrEqual),
            Symbol::Greater => Infix::Comparison(Greater),
            Symbol::GreaterOrEqual => Infix::Comparison(GreaterOrEqual),
            Symbol::Matches => Infix::Binary(Matches),
            Symbol::Plus => Infix::Binary(Add),
            Symbol::Minus => Infix::Binary(Subtract),
            Symbol::DoubleBar => Infix::Binary(Concatenate),
            Symbol::Star => Infix::Binary(Multiply),
            Symbol::Slash => Infix::Binary(Divide),
            Symbol::Percent => Infix::Binary(Modulo),
            Symbol::Caret => Infix::Binary(Power),
            _ => return none(input),
        },
        Some(TokenKind::Word) => return word_infix(input),
        _ => return none(input),
    };
    Ok(Some((found, input.skip(1))))
}

fn none<'t>(input: Tokens) -> Result<Option<(Infix, Tokens<'t>)>, nom::Err<super::input::Problem>> {
    input.expect("an operator");
    Ok(None)
}

fn word_infix(input: Tokens) -> Result<Option<(Infix, Tokens)>, nom::Err<super::input::Problem>> {
    use BinaryOperator::*;
    let one_word = [
        ("AND", Infix::Logic(Connective::And)),
        ("OR", Infix::Logic(Connective::Or)),
        ("XOR", Infix::Binary(Xor)),
        ("IN", Infix::Binary(In)),
        ("CONTAINS", Infix::Binary(Contains)),
    ];
    if let Some((_, infix)) = one_word.iter().find(|(word, _)| input.is_word(0, word)) {
        return Ok(Some((*infix, input.skip(1))));
    }
    for (word, operator) in [("STARTS", StartsWith), ("ENDS", EndsWith)] {
        if input.is_word(0, word) {
            let (rest, _) = cut(keyword("WITH")).parse(input.skip(1))?;
            return Ok(Some((Infix::Binary(operator), rest)));
        }
    }
    if input.is_word(0, "IS") {
        return question(input.skip(1)).map(Some);
    }
    none(input)
}

const NORMAL_FORMS: &[&str] = &["NFC", "NFD", "NFKC", "NFKD"];

/// What is asked, from behind IS on: `[NOT] NULL`, `[NOT] :: type`, `[NOT] TYPED type`, `[NOT] [LABELED] labels`,
/// `[NOT] [form] NORMALIZED`.
fn question(input: Tokens) -> Result<(Infix, Tokens), nom::Err<super::input::Problem>> {
    let (rest, not) = opt(keyword("NOT")).parse(input)?;
    let negated = not.is_some();
    if rest.is_symbol(0, Symbol::Colon) && rest.is_symbol(1, Symbol::Colon) {
        return Ok((Infix::IsTyped { negated }, rest.skip(2)));
    }
    if rest.is_word(0, "TYPED") {
        return Ok((Infix::IsTyped { negated }, rest.skip(1)));
    }
    if rest.is_word(0, "LABELED") {
        return Ok((Infix::IsLabeled { negated }, rest.skip(1)));
    }
    let named = NORMAL_FORMS.iter().find(|form| rest.is_word(0, form));
    let words = usize::from(named.is_some());
    if rest.is_word(words, "NORMALIZED") {
        let form = named.copied().unwrap_or("NFC");
        return Ok((Infix::IsNormalized { negated, form }, rest.skip(words + 1)));
    }
    if starts_labels(rest) && !rest.is_word(0, "NULL") {
        return Ok((Infix::IsLabeled { negated }, rest));
    }
    rest.expect("'::'");
    rest.expect("LABELED");
    let (rest, _) = cut(keyword("NULL")).parse(rest)?;
    Ok((Infix::IsNull { negated }, rest))
}

fn prefix(input: Tokens, loosest: Level) -> Parsed<Expression> {
    if input.is_word(0, "NOT") && loosest <= Level::Not {
        return unary(input, UnaryOperator::Not, |rest| operators(rest, Level::Not));
    }
    signed(input)
}

fn signed(input: Tokens) -> Parsed<Expression> {
    match input.kind(0) {
        Some(TokenKind::Symbol(Symbol::Minus)) => match negative_number(input) {
            Some(literal) => {
                grow(input)?;
                let rest = input.skip(2);
                Ok((rest, Expression::new(ExpressionKind::Literal(literal), input.until(rest))))
            }
            None => unary(input, UnaryOperator::Minus, signed_value),
        },
        Some(TokenKind::Symbol(Symbol::Plus)) => unary(input, UnaryOperator::Plus, signed_value),
        _ => postfix(input),
    }
}

fn signed_value(input: Tokens) -> Parsed<Expression> {
    let (rest, value) = signed(input)?;
    refuse_pattern(&value)?;
    Ok((rest, value))
}

/// A minus sign directly before a number makes a negative literal, so that the smallest integer can be
/// written; but `-1.x` and `-1[0]` are the negation of what follows the sign.
fn negative_number(input: Tokens) -> Option<Literal> {
    use Symbol::{Colon, Dot, LeftBracket};
    if matches!(input.kind(2), Some(TokenKind::Symbol(Dot | LeftBracket | Colon))) {
        return None;
    }
    match input.kind(1)? {
        TokenKind::Integer(magnitude) => Some(Literal::Integer(0i64.checked_sub_unsigned(*magnitude)?)),
        TokenKind::Float(value) => Some(Literal::Float(-value)),
        _ => None,
    }
}

fn unary<'t>(
    input: Tokens<'t>,
    operator: UnaryOperator,
    operand: impl FnOnce(Tokens<'t>) -> Parsed<'t, Expression>,
) -> Parsed<'t, Expression> {
    let (rest, operand) = nested(input.skip(1), operand)?;
    grow(input)?;
    let kind = ExpressionKind::Unary { operator, operand: Box::new(operand) };
    Ok((rest, Expression::new(kind, input.until(rest))))
}

/// An atom and what hangs on it: any number of `.key` and `[index]`, then labels.
pub(super) fn postfix(input: Tokens) -> Parsed<Expression> {
    let (mut rest, mut base) = atom(input)?;
    grow(input)?;
    if matches!(base.kind, ExpressionKind::Pattern(_)) {
        return Ok((rest, base));
    }
    loop {
        let kind;
        (rest, kind) = match rest.kind(0) {
            Some(TokenKind::Symbol(Symbol::Dot)) => {
                let (after, key) = cut(name("a property key after '.'")).parse(rest.skip(1))?;
                (after, ExpressionKind::Property { base: Box::new(base), key })
            }
            Some(TokenKind::Symbol(Symbol::LeftBracket)) => {
                let base = Box::new(base);
                nested(rest.skip(1), |inner| index_or_slice(inner, base))?
            }
            Some(TokenKind::Symbol(Symbol::Colon)) => {
                let (after, labels) = labels(rest.skip(1), Bearer::Operand)?;
                let kind = ExpressionKind::HasLabels { operand: Box::new(base), labels };
                grow(input)?;
                return Ok((after, Expression::new(kind, input.until(after))));
            }
            _ => break,
        };
        base = Expression::new(kind, input.until(rest));
        grow(input)?;
    }
    Ok((rest, base))
}

/// `index]` or `from..to]`, where both ends may be missing.
fn index_or_slice(input: Tokens, base: Box<Expression>) -> Parsed<ExpressionKind> {
    let close = |input| cut(symbol(Symbol::RightBracket)).parse(input);
    let end = |input| cut(expression).parse(input).map(|(rest, end)| (rest, Some(Box::new(end))));
    let (rest, from) = if input.is_symbol(0, Symbol::DotDot) { (input, None) } else { end(input)? };
    let (rest, from) = match (rest.is_symbol(0, Symbol::DotDot), from) {
        (false, Some(index)) => {
            rest.expect("'..'");
            let (rest, _) = close(rest)?;
            return Ok((rest, ExpressionKind::Index { base, index }));
        }
        (_, from) => (rest.skip(1), from),
    };
    let (rest, to) = if rest.is_symbol(0, Symbol::RightBracket) { (rest, None) } else { end(rest)? };
    let (rest, _) = close(rest)?;
    Ok((rest, ExpressionKind::Slice { base, from, to }))
}

fn refuse_pattern(operand: &Expression) -> Result<(), nom::Err<super::input::Problem>> {
    match operand.kind {
        ExpressionKind::Pattern(_) => report(pattern_as_value(operand.span)).map(|(_, ())| ()),
        _ => Ok(()),
    }
}

fn pattern_as_value(span: crate::diagnostic::Span) -> Diagnostic {
    Diagnostic::syntax(Detail::UnexpectedSyntax, span, "a pattern may only stand where a condition is expected")
        .help("write exists((a)-->(b)) for a truth value, or [(a)-->(b) | b] for a list")
}
