//! Asking what becomes of changes that are not saved, before the graph is left.

use std::cell::RefCell;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::rc::Rc;

use rustyline::error::ReadlineError;

use super::{Shell, with_output};
use crate::session::{Failure, Origin, Session};

/// What the user wants.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    /// Save to this file, or, without one, where the graph came from.
    Save(Option<PathBuf>),
    Discard,
    Stay,
    /// It is not clear.
    Unknown,
}

/// Whether the graph may be left: nothing would be lost, or the user has saved or given up the changes.
pub(super) fn may_leave(shell: &mut Shell, session: &Rc<RefCell<Session>>) -> Result<bool, Failure> {
    loop {
        let (name, back) = {
            let session = session.borrow();
            let graph = session.open_graph();
            if !graph.is_unsaved() {
                return Ok(true);
            }
            (graph.name.clone(), matches!(&graph.origin, Origin::Read(path) if path.is_file()))
        };
        let keys = if back { "Enter saves it, a file name saves a copy" } else { "a file name saves it" };
        println!("{name} has changes that are not saved: {keys}, d discards them, c cancels.");
        let wish = match shell.readline(&("save? ", &"save? ".to_string())) {
            Ok(line) => wish(&line, back),
            Err(ReadlineError::Interrupted) => Wish::Stay,
            // Ctrl-D once too often must not discard.
            Err(ReadlineError::Eof) if io::stdin().is_terminal() => Wish::Stay,
            // Nobody is there to answer: what is lost will be said.
            Err(_) => return Ok(true),
        };
        match wish {
            Wish::Stay => return Ok(false),
            Wish::Unknown => {}
            Wish::Discard => {
                session.borrow().open_graph().forget_changes();
                return Ok(true);
            }
            Wish::Save(file) => save(&mut session.borrow_mut(), file)?,
        }
    }
}

fn wish(line: &str, back: bool) -> Wish {
    match line.trim() {
        "" if back => Wish::Save(None),
        "" | "c" | "C" | "cancel" => Wish::Stay,
        "y" | "Y" | "yes" | "s" if back => Wish::Save(None),
        "d" | "D" | "discard" => Wish::Discard,
        "y" | "Y" | "yes" | "s" | "n" | "N" | "no" => Wish::Unknown,
        file => Wish::Save(Some(file.into())),
    }
}

/// Saves; an error is shown, and the question asked again.
fn save(session: &mut Session, file: Option<PathBuf>) -> Result<(), Failure> {
    let saved = with_output(session, |session, output| {
        let line = file.map_or(String::new(), |file| file.display().to_string());
        super::commands::run(session, &format!(":save {line}"), output).map(|_| ())
    });
    match saved {
        Err(Failure::Io(error)) => Err(Failure::Io(error)),
        Ok(()) | Err(Failure::Failed | Failure::Interrupted) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        assert_eq!(wish("", true), Wish::Save(None));
        assert_eq!(wish("", false), Wish::Stay);
        assert_eq!(wish(" d ", false), Wish::Discard);
        assert_eq!(wish("y", true), Wish::Save(None));
        assert_eq!((wish("y", false), wish("n", true)), (Wish::Unknown, Wish::Unknown));
        assert_eq!(wish("y.kenning", false), Wish::Save(Some("y.kenning".into())));
    }
}
