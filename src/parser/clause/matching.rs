//! MATCH, OPTIONAL MATCH and UNWIND.

use nom::Parser;
use nom::combinator::cut;
use nom::sequence::preceded;

use crate::ast::{ClauseKind, Match, Unwind};
use crate::parser::expression::{expression, optional_where};
use crate::parser::input::{Parsed, Tokens, keyword, variable};
use crate::parser::pattern::patterns;

pub(super) fn matching(input: Tokens) -> Parsed<ClauseKind> {
    body(input, false)
}

pub(super) fn optional(input: Tokens) -> Parsed<ClauseKind> {
    // The word after OPTIONAL is checked here, then `body` skips it.
    let (_, _) = cut(keyword("MATCH")).parse(input.skip(1))?;
    body(input.skip(1), true)
}

fn body(input: Tokens, optional: bool) -> Parsed<ClauseKind> {
    let (rest, patterns) = cut(patterns).parse(input.skip(1))?;
    let (rest, condition) = optional_where(rest)?;
    Ok((rest, ClauseKind::Match(Match { optional, repeatable: false, patterns, condition })))
}

pub(super) fn unwind(input: Tokens) -> Parsed<ClauseKind> {
    let (rest, list) = cut(expression).parse(input.skip(1))?;
    let (rest, variable) = cut(preceded(keyword("AS"), variable("a variable after AS"))).parse(rest)?;
    Ok((rest, ClauseKind::Unwind(Unwind { list, variable })))
}
