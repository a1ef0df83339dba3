//! `:explain`: what each stage makes of a statement.

use super::{Next, error, fail};
use crate::engine::Stage;
use crate::session::{Failure, Output, Session};

pub(super) fn run(session: &mut Session, statement: &str, output: &mut Output) -> Result<Next, Failure> {
    if statement.is_empty() {
        return fail(session, output, error("which statement?").help("`:explain MATCH (n) RETURN n`"));
    }
    for (stage, title) in [(Stage::Ast, "syntax tree"), (Stage::Plan, "plan"), (Stage::Optimized, "optimized plan")] {
        match session.connection.database().engine().explain(&session.graph(), statement, stage) {
            Ok(text) => writeln!(output.out, "{title}:\n{}\n", text.trim_end())?,
            Err(errors) => return Err(session.show_errors(output, statement, &errors)?),
        }
    }
    Ok(Next::Stay)
}
