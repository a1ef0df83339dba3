//! Passwords typed at a terminal, which does not show them.

use std::io::{self, IsTerminal, Write};

/// Reads a line of standard input; at a terminal, after a prompt and unseen.
pub(crate) fn ask_secret(prompt: &str) -> io::Result<String> {
    let stdin = io::stdin();
    let secret = Echo::off(stdin.is_terminal());
    if stdin.is_terminal() {
        write!(io::stderr(), "{prompt}")?;
    }
    let mut typed = String::new();
    stdin.read_line(&mut typed)?;
    drop(secret);
    if stdin.is_terminal() {
        writeln!(io::stderr())?;
    }
    Ok(typed.trim_end_matches(['\r', '\n']).to_string())
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
