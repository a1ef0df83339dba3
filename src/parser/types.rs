//! Types: `INTEGER`, `LIST<STRING NOT NULL>`, `INTEGER | FLOAT`, `ANY<INTEGER | FLOAT>`.

use nom::Parser;
use nom::combinator::cut;
use nom::sequence::terminated;

use super::input::{Parsed, Tokens, nested, symbol};
use super::lexer::Symbol;
use super::lookahead::bar_ends_operand;
use crate::ast::{TypeExpression, TypeKind};
use crate::diagnostic::Span;

/// A type where no bar can be taken for another: that of a comprehension ends the type.
pub(super) fn type_expression(input: Tokens) -> Parsed<TypeExpression> {
    union(input, |rest| !bar_ends_operand(rest))
}

fn union<'t>(input: Tokens<'t>, joins: fn(Tokens) -> bool) -> Parsed<'t, TypeExpression> {
    let (mut rest, first) = single(input)?;
    let mut types = vec![first];
    while rest.is_symbol(0, Symbol::Bar) && joins(rest) {
        let other;
        (rest, other) = single(rest.skip(1))?;
        types.push(other);
    }
    if types.len() == 1 {
        return Ok((rest, types.remove(0)));
    }
    let parts = types.into_iter().flat_map(parts).collect();
    Ok((rest, TypeExpression { kind: TypeKind::Union(parts), nullable: true, span: input.until(rest) }))
}

/// The types that a union joins; any other type alone.
fn parts(joined: TypeExpression) -> Vec<TypeExpression> {
    match joined.kind {
        TypeKind::Union(parts) => parts,
        _ => vec![joined],
    }
}

/// A type with what says that null is not of it.
fn single(input: Tokens) -> Parsed<TypeExpression> {
    let (rest, mut found) = kind(input)?;
    let words = match rest.is_symbol(0, Symbol::Exclamation) {
        true => 1,
        false if rest.is_word(0, "NOT") && rest.is_word(1, "NULL") => 2,
        false => 0,
    };
    if words > 0 {
        refuse_null(&mut found);
    }
    let rest = rest.skip(words);
    found.span = input.until(rest);
    Ok((rest, found))
}

fn refuse_null(found: &mut TypeExpression) {
    match &mut found.kind {
        TypeKind::Union(parts) => parts.iter_mut().for_each(refuse_null),
        _ => found.nullable = false,
    }
}

fn kind(input: Tokens) -> Parsed<TypeExpression> {
    let brackets = input.is_symbol(1, Symbol::Less);
    let found = |words: usize, kind| {
        let rest = input.skip(words);
        Ok((rest, TypeExpression { kind, nullable: true, span: input.until(rest) }))
    };
    match input.word(0).to_ascii_uppercase().as_str() {
        "ANY" if brackets => in_brackets(input.skip(2)),
        "ANY" => {
            let words = 1 + usize::from(input.is_word(1, "PROPERTY"));
            match (words, input.is_word(words, "VALUE")) {
                (2, false) => input.skip(2).fail("VALUE"),
                (2, true) => found(3, property_value()),
                (_, value) => found(1 + usize::from(value), TypeKind::Any),
            }
        }
        "PROPERTY" if input.is_word(1, "VALUE") => found(2, property_value()),
        "LIST" | "ARRAY" if brackets => {
            let (rest, element) = in_brackets(input.skip(2))?;
            let kind = TypeKind::List(Box::new(element));
            Ok((rest, TypeExpression { kind, nullable: true, span: input.until(rest) }))
        }
        "LIST" | "ARRAY" => {
            let element = TypeExpression { kind: TypeKind::Any, nullable: true, span: input.here() };
            found(1, TypeKind::List(Box::new(element)))
        }
        "NOTHING" => found(1, TypeKind::Nothing),
        "NULL" => found(1, TypeKind::Null),
        "BOOLEAN" | "BOOL" => found(1, TypeKind::Boolean),
        "INTEGER" | "INT" => found(1, TypeKind::Integer),
        "SIGNED" if input.is_word(1, "INTEGER") || input.is_word(1, "INT") => found(2, TypeKind::Integer),
        "FLOAT" => found(1, TypeKind::Float),
        "STRING" | "VARCHAR" => found(1, TypeKind::String),
        "DATE" => found(1, TypeKind::Date),
        "LOCAL" if input.is_word(1, "TIME") => found(2, TypeKind::LocalTime),
        "LOCAL" if input.is_word(1, "DATETIME") => found(2, TypeKind::LocalDateTime),
        "ZONED" if input.is_word(1, "TIME") => found(2, TypeKind::ZonedTime),
        "ZONED" if input.is_word(1, "DATETIME") => found(2, TypeKind::ZonedDateTime),
        "LOCAL" | "ZONED" => {
            input.skip(1).expect("TIME");
            input.skip(1).fail("DATETIME")
        }
        "DURATION" => found(1, TypeKind::Duration),
        "POINT" => found(1, TypeKind::Point),
        "NODE" | "VERTEX" => found(1, TypeKind::Node),
        "RELATIONSHIP" | "EDGE" => found(1, TypeKind::Relationship),
        "PATH" => found(1, TypeKind::Path),
        "MAP" => found(1, TypeKind::Map),
        _ => input.fail("a type such as INTEGER or LIST<STRING>"),
    }
}

/// `type | type>`, from behind the opening bracket on.
fn in_brackets(input: Tokens) -> Parsed<TypeExpression> {
    let inside = |inside| terminated(|inside| union(inside, |_| true), symbol(Symbol::Greater)).parse(inside);
    nested(input, |input| cut(inside).parse(input))
}

/// What a property may hold.
fn property_value() -> TypeKind {
    use TypeKind::*;
    let kinds =
        [Boolean, Integer, Float, String, Date, LocalTime, ZonedTime, LocalDateTime, ZonedDateTime, Duration, Point];
    let of = |kind| TypeExpression { kind, nullable: true, span: Span::default() };
    let each = kinds.clone().map(|kind| TypeExpression {
        kind: List(Box::new(of(kind))),
        nullable: true,
        span: Span::default(),
    });
    Union(kinds.map(of).into_iter().chain(each).collect())
}
