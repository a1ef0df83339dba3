//! `:open`, `:read`, `:save`: graphs and statements from and to files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Next, error, fail};
use crate::database::TransactionState;
use crate::render::count;
use crate::repl::script::{self, ScriptOptions};
use crate::session::{self, Failure, Format, Output, Saved, Session};

/// Behind the file of `:save`: replace one that exists.
const OVERWRITE: &str = "--overwrite";

pub(super) fn open(session: &mut Session, location: &str, output: &mut Output) -> Result<Next, Failure> {
    if location.is_empty() {
        return tell(session, output, &describe(session));
    }
    if matches!(session.transaction(), TransactionState::Open { changed: true }) {
        let error = error("the open transaction has changes that are not committed");
        return fail(session, output, error.help("COMMIT or ROLLBACK first, then open another graph"));
    }
    let location = path(location).to_string_lossy().into_owned();
    if session.asks && session.open_graph().is_unsaved() {
        return Ok(Next::Open(location));
    }
    reopen(session, &location, output)
}

/// Opens a graph without asking what becomes of the present one.
pub(crate) fn reopen(session: &mut Session, location: &str, output: &mut Output) -> Result<Next, Failure> {
    session.open(&[location.to_string()], output)?;
    tell(session, output, &describe(session))
}

/// Says what was done: to programs that read the answers, aside.
fn tell(session: &Session, output: &mut Output, what: &str) -> Result<Next, Failure> {
    match session.settings.format.is_some_and(Format::is_machine) {
        true => writeln!(output.err, "{what}")?,
        false => writeln!(output.out, "{what}")?,
    }
    Ok(Next::Stay)
}

/// `openstack: 103 nodes, 268 relationships`
pub(crate) fn describe(session: &Session) -> String {
    let (nodes, relationships) = session.counts();
    format!("{}: {}, {}", session.graph_name, count(nodes, "node"), count(relationships, "relationship"))
}

pub(super) fn read(session: &mut Session, file: &str, output: &mut Output) -> Result<Next, Failure> {
    if file.is_empty() {
        return fail(session, output, error("which file?").help("`:read FILE`"));
    }
    match session::read_text(&path(file)) {
        Ok(text) => {
            let options = ScriptOptions { name: Some(file), keep_going: false };
            script::run(session, &text, &BTreeMap::new(), options, output)
        }
        Err(error) => fail(session, output, error),
    }
}

pub(super) fn save(session: &mut Session, line: &str, output: &mut Output) -> Result<Next, Failure> {
    let (file, overwrite) = without_flag(line);
    if session.keeps(&path(file), file.is_empty()) {
        return tell(session, output, &format!("{} is a database: every change is kept in it", session.graph_name));
    }
    let saved = match file.is_empty() {
        true => session.save_back(),
        false => session.save(&path(file), overwrite),
    };
    match saved {
        Ok(saved) => tell_saved(session, output, &format!("saved {}", describe(session)), &saved),
        Err(error) => fail(session, output, error),
    }
}

/// What is left of a line without `--overwrite` at its beginning or end, and whether it was there.
fn without_flag(line: &str) -> (&str, bool) {
    let behind = line.strip_prefix(OVERWRITE).filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    let before = line.strip_suffix(OVERWRITE).filter(|rest| rest.ends_with(char::is_whitespace));
    behind.or(before).map_or((line, false), |rest| (rest.trim(), true))
}

pub(super) fn checkpoint(session: &mut Session, _: &str, output: &mut Output) -> Result<Next, Failure> {
    if let Err(error) = session.is_here("a checkpoint") {
        return fail(session, output, error);
    }
    match session.connection.database().checkpoint_within(session.budget().watch()) {
        Ok(()) => tell(session, output, &format!("wrote a new base of {}", session.graph_name)),
        Err(error) => fail(session, output, error),
    }
}

/// `:begin`, `:commit`, `:rollback`, as Neo4j's shell has them.
pub(super) fn begin(session: &mut Session, _: &str, output: &mut Output) -> Result<Next, Failure> {
    script::run_statement(session, "BEGIN", &BTreeMap::new(), output, || None)
}

pub(super) fn commit(session: &mut Session, _: &str, output: &mut Output) -> Result<Next, Failure> {
    script::run_statement(session, "COMMIT", &BTreeMap::new(), output, || None)
}

pub(super) fn rollback(session: &mut Session, _: &str, output: &mut Output) -> Result<Next, Failure> {
    script::run_statement(session, "ROLLBACK", &BTreeMap::new(), output, || None)
}

/// Says what was written where, and what was left out.
pub(super) fn tell_saved(session: &Session, output: &mut Output, what: &str, saved: &Saved) -> Result<Next, Failure> {
    saved.left_out.iter().try_for_each(|sentence| session.show_warning(output, sentence))?;
    tell(session, output, &format!("{what} to {}", saved.names()))
}

/// The path as typed, without quotes, `~/` being the home folder.
pub(super) fn path(typed: &str) -> PathBuf {
    let quoted = |quote: char| typed.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    let typed = quoted('\'').or_else(|| quoted('"')).unwrap_or(typed);
    match (typed.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(typed),
    }
}

#[cfg(test)]
mod tests {
    use crate::render::testing::small;
    use crate::repl::commands::tests::run_line;
    use crate::session::Session;

    #[test]
    fn the_open_graph_is_named() {
        let mut session = Session::new(small().0, "small");
        assert_eq!(run_line(&mut session, ":open").0, "small: 3 nodes, 2 relationships\n");
        let (out, err) = run_line(&mut session, ":open /no/such/graph");
        assert_eq!(out, "");
        assert!(err.contains("there is no graph folder or file"), "{err}");
        assert_eq!(session.graph_name, "small");
        run_line(&mut session, ":open openstack");
        assert_eq!(session.graph_name, "openstack");
    }

    #[test]
    fn a_saved_graph_is_a_script() {
        let path = std::env::temp_dir().join(format!("kenning-save-{}.cypher", std::process::id()));
        let (out, err) = run_line(&mut Session::new(small().0, "small"), &format!(":save '{}'", path.display()));
        assert!(out.starts_with("saved small: 3 nodes"), "{out}{err}");
        assert!(std::fs::read_to_string(&path).unwrap().contains("CREATE"));
        std::fs::remove_file(&path).unwrap();
    }
}
