//! Statements about indexes and constraints.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::separated_list1;
use nom::sequence::{delimited, preceded};

use super::input::{Parsed, Tokens, keyword, name, report, symbol, variable};
use super::lexer::Symbol;
use crate::ast::{DropRule, Name, NewRule, RuleKind, SchemaChange, VariableKey};
use crate::diagnostic::{Detail, Diagnostic};

/// Whether a statement about an index or a constraint starts here. `CREATE index = (a)` names a path.
pub(super) fn starts_schema(input: Tokens) -> bool {
    let about = input.is_word(1, "CONSTRAINT") || input.is_word(1 + index_kind(input.skip(1)), "INDEX");
    let path = input.is_symbol(2, Symbol::Equal);
    input.is_word(0, "DROP") || (input.is_word(0, "CREATE") && about && !path)
}

/// How many words name a kind of index that is an index like any other here.
fn index_kind(input: Tokens) -> usize {
    let named = ["RANGE", "TEXT", "POINT", "BTREE"].iter().any(|kind| input.is_word(0, kind));
    usize::from(named && input.is_word(1, "INDEX"))
}

/// From CREATE or DROP on.
pub(super) fn schema(input: Tokens) -> Parsed<SchemaChange> {
    let rest = input.skip(1);
    let rest = rest.skip(if input.is_word(0, "CREATE") { index_kind(rest) } else { 0 });
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
    if input.is_word(0, "ON") && input.is_symbol(1, Symbol::Colon) {
        return old_index(input.skip(2));
    }
    let (rest, head) = head(input)?;
    let (rest, keys) = preceded(keyword("ON"), keys).parse(rest)?;
    Ok((rest, NewRule { kind: RuleKind::Index, keys, ..head }))
}

/// `[name] [IF NOT EXISTS] FOR (variable:Label) REQUIRE variable.key IS UNIQUE` or `… IS NOT NULL`
fn new_constraint(input: Tokens) -> Parsed<NewRule> {
    let (rest, head) = head(input)?;
    let (rest, _) = keyword(if head.is_old { "ASSERT" } else { "REQUIRE" })(rest)?;
    if head.is_old && (rest.is_word(0, "EXISTS") && rest.is_symbol(1, Symbol::LeftParenthesis)) {
        let (rest, keys) = keys(rest.skip(1))?;
        return Ok((rest, NewRule { kind: RuleKind::NotNull, keys, ..head }));
    }
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

/// `ON :Label(key, …)`, from the label on.
fn old_index(input: Tokens) -> Parsed<NewRule> {
    let (rest, label) = name("a label after ':'")(input)?;
    let list = separated_list1(symbol(Symbol::Comma), name("a property key"));
    let (rest, keys) =
        delimited(symbol(Symbol::LeftParenthesis), list, symbol(Symbol::RightParenthesis)).parse(rest)?;
    let variable = Name::new("n", input.here());
    let keys = keys.into_iter().map(|key| VariableKey { variable: variable.clone(), key }).collect();
    let (name, if_not_exists) = (None, false);
    Ok((rest, NewRule { kind: RuleKind::Index, name, if_not_exists, variable, label, keys, is_old: true }))
}

/// Up to the label, the keys left open. Old constraints have ON for FOR, and ASSERT for REQUIRE.
fn head(input: Tokens) -> Parsed<NewRule> {
    let starts = |word| input.is_word(0, word) && input.is_symbol(1, Symbol::LeftParenthesis);
    let unnamed = starts("FOR") || starts("ON") || (input.is_word(0, "IF") && input.is_word(1, "NOT"));
    let (rest, given) = match unnamed {
        true => (input, None),
        false => {
            input.expect("FOR");
            name("a name").map(Some).parse(input)?
        }
    };
    let condition = preceded(keyword("IF"), cut((keyword("NOT"), keyword("EXISTS"))));
    let (rest, if_not_exists) = opt(condition).parse(rest)?;
    let is_old = rest.is_word(0, "ON");
    let (rest, _) = (keyword(if is_old { "ON" } else { "FOR" }), symbol(Symbol::LeftParenthesis)).parse(rest)?;
    if rest.is_symbol(0, Symbol::RightParenthesis) {
        let message = "indexes and constraints are of nodes; those of relationships are not supported";
        let error = Diagnostic::syntax(Detail::UnexpectedSyntax, rest.here(), message);
        return report(error.help("leave it out: relationships are found from their nodes"));
    }
    let (rest, variable) = variable("a variable")(rest)?;
    let (rest, label) = preceded(symbol(Symbol::Colon), name("a label after ':'")).parse(rest)?;
    let (rest, _) = symbol(Symbol::RightParenthesis)(rest)?;
    let if_not_exists = if_not_exists.is_some();
    Ok((rest, NewRule { kind: RuleKind::Index, name: given, if_not_exists, variable, label, keys: Vec::new(), is_old }))
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
