//! `kenning password NAME`: the line of a user in the file of `kenning serve --auth`.

use std::io::{self, IsTerminal, Write};

use super::tell;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::server::users::{Role, line};
use crate::session::Failure;

pub(super) fn run(name: &str, role: Role) -> Result<(), Failure> {
    let stdin = io::stdin();
    let secret = Echo::off(stdin.is_terminal());
    if stdin.is_terminal() {
        write!(io::stderr(), "password of {name}: ")?;
    }
    let mut password = String::new();
    stdin.read_line(&mut password)?;
    drop(secret);
    if stdin.is_terminal() {
        writeln!(io::stderr())?;
    }
    let password = password.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        let error = Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, "the password is empty");
        return tell(&error.help("type it, or send it on standard input"));
    }
    match line(name, role, password) {
        Ok(line) => Ok(writeln!(io::stdout(), "{line}")?),
        Err(message) => tell(&Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message)),
    }
}

/// Keeps a terminal from showing what is typed until it is dropped.
struct Echo {
    #[cfg(unix)]
    before: Option<nix::sys::termios::Termios>,
}

impl Echo {
    #[cfg(unix)]
    fn off(terminal: bool) -> Echo {
        use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
        let before = terminal.then(|| tcgetattr(io::stdin()).ok()).flatten();
        if let Some(before) = &before {
            let mut quiet = before.clone();
            quiet.local_flags.remove(LocalFlags::ECHO);
            let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &quiet);
        }
        Echo { before }
    }

    #[cfg(not(unix))]
    fn off(_: bool) -> Echo {
        Echo {}
    }
}

#[cfg(unix)]
impl Drop for Echo {
    fn drop(&mut self) {
        use nix::sys::termios::{SetArg, tcsetattr};
        if let Some(before) = &self.before {
            let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, before);
        }
    }
}
