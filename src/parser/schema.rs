//! Statements about indexes and constraints.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::separated_list1;
use nom::sequence::{delimited, preceded};

use super::input::{Parsed, Tokens, keyword, name, symbol, variable};
use super::lexer::Symbol;
use crate::ast::{DropRule, NewRule, RuleKind, SchemaChange, VariableKey};

/// Whether a statement about an index or a constraint starts here. `CREATE index = (a)` names a path.
pub(super) fn starts_schema(input: Tokens) -> bool {
    let about = input.is_word(1, "INDEX") || input.is_word(1, "CONSTRAINT");
    let path = input.is_symbol(2, Symbol::Equal);
    input.is_word(0, "DROP") || (input.is_word(0, "CREATE") && about && !path)
}

/// From CREATE or DROP on.
pub(super) fn schema(input: Tokens) -> Parsed<SchemaChange> {
    let rest = input.skip(1);
    let constraint = rest.is_word(0, "CONSTRAINT");
    if !constraint && !rest.is_word(0, "INDEX") {
        rest.expect("INDEX");
        return rest.fail("CONSTRAINT");
    }
    let rest = rest.skip(1);
    match (input.is_word(0, "DROP"), constraint) {
        (true, _) => cut(|rest| drop_rule(rest, constraint)).map(SchemaChange::Drop).parse(rest),
        (false, true) => cut(new_constraint).map(SchemaChange::Create).parse(rest),
        (false, false) => cut(new_index).map(SchemaChange::Create).parse(rest),
    }
}

fn drop_rule(input: Tokens, constraint: bool) -> Parsed<DropRule> {
    let what = if constraint { "the name of a constraint" } else { "the name of an index" };
    let (rest, name) = name(what)(input)?;
    let (rest, if_exists) = opt(preceded(keyword("IF"), cut(keyword("EXISTS")))).parse(rest)?;
    Ok((rest, DropRule { constraint, name, if_exists: if_exists.is_some() }))
}

/// `[name] [IF NOT EXISTS] FOR (variable:Label) ON (variable.key, …)`
fn new_index(input: Tokens) -> Parsed<NewRule> {
    let (rest, head) = head(input)?;
    let (rest, keys) = preceded(keyword("ON"), keys).parse(rest)?;
    Ok((rest, NewRule { kind: RuleKind::Index, keys, ..head }))
}

/// `[name] [IF NOT EXISTS] FOR (variable:Label) REQUIRE variable.key IS UNIQUE` or `… IS NOT NULL`
fn new_constraint(input: Tokens) -> Parsed<NewRule> {
    let (rest, head) = head(input)?;
    let (rest, _) = keyword("REQUIRE")(rest)?;
    let (rest, keys) = match rest.is_symbol(0, Symbol::LeftParenthesis) {
        true => keys(rest)?,
        false => key.map(|key| vec![key]).parse(rest)?,
    };
    let (rest, _) = keyword("IS")(rest)?;
    if rest.is_word(0, "UNIQUE") {
        return Ok((rest.skip(1), NewRule { kind: RuleKind::Unique, keys, ..head }));
    }
    rest.expect("UNIQUE");
    let (rest, _) = (keyword("NOT"), keyword("NULL")).parse(rest)?;
    Ok((rest, NewRule { kind: RuleKind::NotNull, keys, ..head }))
}

/// Up to the label, the keys left open.
fn head(input: Tokens) -> Parsed<NewRule> {
    let unnamed = (input.is_word(0, "FOR") && input.is_symbol(1, Symbol::LeftParenthesis))
        || (input.is_word(0, "IF") && input.is_word(1, "NOT"));
    let (rest, given) = match unnamed {
        true => (input, None),
        false => {
            input.expect("FOR");
            name("a name").map(Some).parse(input)?
        }
    };
    let condition = preceded(keyword("IF"), cut((keyword("NOT"), keyword("EXISTS"))));
    let (rest, if_not_exists) = opt(condition).parse(rest)?;
    let (rest, _) = (keyword("FOR"), symbol(Symbol::LeftParenthesis)).parse(rest)?;
    let (rest, variable) = variable("a variable")(rest)?;
    let (rest, label) = preceded(symbol(Symbol::Colon), name("a label after ':'")).parse(rest)?;
    let (rest, _) = symbol(Symbol::RightParenthesis)(rest)?;
    let if_not_exists = if_not_exists.is_some();
    Ok((rest, NewRule { kind: RuleKind::Index, name: given, if_not_exists, variable, label, keys: Vec::new() }))
}

fn keys(input: Tokens) -> Parsed<Vec<VariableKey>> {
    let list = separated_list1(symbol(Symbol::Comma), key);
    delimited(symbol(Symbol::LeftParenthesis), list, symbol(Symbol::RightParenthesis)).parse(input)
}

fn key(input: Tokens) -> Parsed<VariableKey> {
    let (rest, variable) = variable("a property such as n.name")(input)?;
    let (rest, key) = preceded(symbol(Symbol::Dot), name("a property key after '.'")).parse(rest)?;
    Ok((rest, VariableKey { variable, key }))
}
