//! `:history`: the last lines typed.

use super::{Next, error, fail};
use crate::repl::history;
use crate::session::{Failure, Output, Session};

const SHOWN: usize = 20;

pub(super) fn run(session: &mut Session, count: &str, output: &mut Output) -> Result<Next, Failure> {
    let count = match count {
        "" => SHOWN,
        text => match text.parse() {
            Ok(count) => count,
            Err(_) => return fail(session, output, error(format!("`{text}` is not a number of lines"))),
        },
    };
    let entries = &session.history;
    let from = entries.len().saturating_sub(count);
    for (at, entry) in entries.iter().enumerate().skip(from) {
        writeln!(output.out, "{:>5}  {}", at + 1, history::on_one_line(entry))?;
    }
    Ok(Next::Stay)
}
