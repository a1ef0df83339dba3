//! `BEGIN`, `COMMIT`, `ROLLBACK`, and `IN TRANSACTIONS` behind a subquery.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::sequence::{delimited, preceded};

use super::expression::expression;
use super::input::{Parsed, Tokens, keyword, name};
use crate::ast::{Ignored, InTransactions, OnError, TransactionControl};

/// Whether a statement about a transaction starts here.
pub(super) fn starts_control(input: Tokens) -> bool {
    ["BEGIN", "COMMIT", "ROLLBACK"].iter().any(|word| input.is_word(0, word)) || starts_in_gql(input)
}

/// `START TRANSACTION`
fn starts_in_gql(input: Tokens) -> bool {
    input.is_word(0, "START") && input.is_word(1, "TRANSACTION")
}

pub(super) fn control(input: Tokens) -> Parsed<TransactionControl> {
    let optional_word = usize::from(input.is_word(1, "TRANSACTION") || input.is_word(1, "WORK"));
    let rest = input.skip(1 + optional_word);
    if input.is_word(0, "COMMIT") {
        return Ok((rest, TransactionControl::Commit));
    }
    if input.is_word(0, "ROLLBACK") {
        return Ok((rest, TransactionControl::Rollback));
    }
    let (rest, access) = opt(preceded(keyword("READ"), cut(access))).parse(rest)?;
    Ok((rest, TransactionControl::Begin { read_only: access.unwrap_or(false) }))
}

/// Behind READ: whether the transaction may only read.
fn access(input: Tokens) -> Parsed<bool> {
    if input.is_word(0, "ONLY") {
        return Ok((input.skip(1), true));
    }
    input.expect("ONLY");
    keyword("WRITE").map(|_| false).parse(input)
}

/// `IN [[n] CONCURRENT] TRANSACTIONS [OF rows ROWS] [ON ERROR FAIL|CONTINUE|BREAK] [REPORT STATUS AS variable]`
pub(super) fn in_transactions(input: Tokens) -> Parsed<InTransactions> {
    let (rest, _) = keyword("IN")(input)?;
    let (rest, concurrency) = concurrency(rest)?;
    let (rest, _) = cut(keyword("TRANSACTIONS")).parse(rest)?;
    let rows = delimited(keyword("OF"), cut(expression), cut(rows));
    let (rest, rows) = opt(rows).parse(rest)?;
    let on_error = preceded((keyword("ON"), cut(keyword("ERROR"))), cut(on_error));
    let (rest, on_error) = opt(on_error).parse(rest)?;
    let report = (keyword("REPORT"), cut(keyword("STATUS")), cut(keyword("AS")));
    let (rest, status) = opt(preceded(report, cut(name("a variable after AS")))).parse(rest)?;
    Ok((rest, InTransactions { concurrency, rows, on_error: on_error.unwrap_or_default(), status }))
}

/// `CONCURRENT`, or how many transactions at once, and CONCURRENT.
fn concurrency(input: Tokens) -> Parsed<Option<Ignored>> {
    if input.is_word(0, "TRANSACTIONS") {
        return Ok((input, None));
    }
    let counted = !input.is_word(0, "CONCURRENT");
    let (rest, _) = if counted { cut(expression).map(|_| ()).parse(input)? } else { (input, ()) };
    let (rest, _) = cut(keyword("CONCURRENT")).parse(rest)?;
    Ok((rest, Some(input.ignored_until(rest))))
}

fn rows(input: Tokens) -> Parsed<()> {
    match input.is_word(0, "ROW") {
        true => Ok((input.skip(1), ())),
        false => keyword("ROWS").map(|_| ()).parse(input),
    }
}

fn on_error(input: Tokens) -> Parsed<OnError> {
    for (word, on_error) in [("CONTINUE", OnError::Continue), ("BREAK", OnError::Break), ("FAIL", OnError::Fail)] {
        if input.is_word(0, word) {
            return Ok((input.skip(1), on_error));
        }
        input.expect(word);
    }
    input.fail("FAIL")
}
