//! FOREACH.

use nom::Parser;
use nom::combinator::cut;
use nom::multi::many1;
use nom::sequence::{delimited, preceded, terminated};

use super::clause;
use crate::ast::{Clause, ClauseKind, Foreach};
use crate::diagnostic::{Detail, Diagnostic};
use crate::parser::expression::expression;
use crate::parser::input::{Parsed, Tokens, keyword, nested_by, report, symbol, variable};
use crate::parser::lexer::Symbol;

/// `FOREACH (variable IN list | clause …)`
pub(super) fn foreach(input: Tokens) -> Parsed<ClauseKind> {
    let open = symbol(Symbol::LeftParenthesis);
    let content = |rest| nested_by(2, rest, content);
    cut(delimited(open, content, symbol(Symbol::RightParenthesis))).map(ClauseKind::Foreach).parse(input.skip(1))
}

fn content(input: Tokens) -> Parsed<Foreach> {
    let (rest, variable) = terminated(variable("a variable"), keyword("IN")).parse(input)?;
    let (rest, list) = expression(rest)?;
    let (rest, clauses) = preceded(symbol(Symbol::Bar), cut(many1(updating))).parse(rest)?;
    Ok((rest, Foreach { variable, list, clauses }))
}

fn updating(input: Tokens) -> Parsed<Clause> {
    use ClauseKind::*;
    let (rest, clause) = clause(input)?;
    match clause.kind {
        Create(_) | Merge(_) | Set(_) | Remove(_) | Delete(_) | Foreach(_) => Ok((rest, clause)),
        Use(_) | Match(_) | Unwind(_) | LoadCsv(_) | With(_) | Return(_) | Call(_) | CallSubquery(_) | Let(_)
        | Filter(_) | For(_) | When(_) | Next | Finish => {
            let message = "FOREACH takes only clauses that change the graph";
            let diagnostic = Diagnostic::syntax(Detail::InvalidClauseComposition, clause.span, message);
            report(diagnostic.help("read with UNWIND list AS variable MATCH … instead"))
        }
    }
}
