//! `:run`: the saved queries.

use std::collections::BTreeMap;

use super::{Next, error, fail, nearest};
use crate::diagnostic::Diagnostic;
use crate::queries::{self, SavedQuery};
use crate::render::Role;
use crate::repl::script::{self, ScriptOptions};
use crate::session::{Failure, Format, Output, Session, parse_assignment, split_words};

pub(super) fn run(session: &mut Session, line: &str, output: &mut Output) -> Result<Next, Failure> {
    let words = split_words(line);
    let Some((name, arguments)) = words.split_first() else { return list(session, output) };
    let Some(query) = queries::find(name) else { return fail(session, output, unknown(name)) };
    // The example arguments stand in for those that are not given.
    let mut parameters = BTreeMap::new();
    for argument in split_words(query.arguments).iter().chain(arguments) {
        match parse_assignment(argument) {
            Ok((name, value)) => parameters.insert(name, value),
            Err(message) => {
                let help = format!("`:run {} {}`", query.short_name(), query.arguments);
                return fail(session, output, error(message).help(help));
            }
        };
    }
    let style = session.settings.style();
    let machine = session.settings.format.is_some_and(Format::is_machine);
    if !machine {
        writeln!(output.out, "{}", style.paint(Role::Heading, query.question))?;
        let statement: Vec<&str> = query.text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        writeln!(output.out, "{}", style.paint(Role::Quiet, statement.join("\n").trim()))?;
    }
    script::run(session, query.text, &parameters, ScriptOptions { name: Some(&query.name), keep_going: false }, output)
}

fn list(session: &Session, output: &mut Output) -> Result<Next, Failure> {
    let style = session.settings.style();
    let queries: Vec<SavedQuery> = queries::all().collect();
    let width = queries.iter().map(|query| query.name.len()).max().unwrap_or(0);
    for query in &queries {
        let name = style.paint(Role::Heading, &query.name);
        let space = " ".repeat(width - query.name.len());
        write!(output.out, "{name}{space}  {}", query.question)?;
        match query.arguments {
            "" => writeln!(output.out)?,
            arguments => writeln!(output.out, " {}", style.paint(Role::Quiet, &format!("[{arguments}]")))?,
        }
    }
    writeln!(output.out, "`:run NAME` asks one; the number may be left out, or stand alone.")?;
    Ok(Next::Stay)
}

fn unknown(name: &str) -> Diagnostic {
    let names: Vec<String> = queries::all().map(|query| query.short_name().to_string()).collect();
    let near = nearest(name, names.iter().map(String::as_str));
    let help = near.map_or("`:run` lists them".into(), |near| format!("did you mean `{near}`?"));
    error(format!("there is no saved query `{name}`")).help(help)
}

#[cfg(test)]
mod tests {
    use crate::graph::Graph;
    use crate::repl::commands::tests::run_line;
    use crate::session::Session;

    #[test]
    fn lists_and_suggests() {
        let mut session = Session::new(Graph::new(), "test");
        let (out, _) = run_line(&mut session, ":run");
        assert!(out.lines().count() > 15 && out.contains("impact-of"), "{out}");
        let (_, err) = run_line(&mut session, ":run impact-fo");
        assert!(err.contains("did you mean `impact-of`?"), "{err}");
        let (_, err) = run_line(&mut session, ":run impact-of keystone");
        assert!(err.contains("is not name=value") && err.contains(":run impact-of term="), "{err}");
    }
}
