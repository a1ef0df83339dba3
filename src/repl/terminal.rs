//! [`KeepsTyping`]: what the terminal does with keys pressed while no line is being read.

/// While it lives, keys pressed as a statement runs wait for the next prompt, Ctrl-D among them: a terminal that
/// assembles lines itself would take Ctrl-D for the end of a line that nobody reads. Ctrl-C still interrupts.
/// Dropped, it leaves the terminal as it was.
pub(super) struct KeepsTyping {
    #[cfg(unix)]
    before: Option<nix::sys::termios::Termios>,
}

/// Terminals on which the line editor cannot move the cursor, by the value of `TERM`: there it reads lines as the
/// terminal hands them over, which must then echo what is typed, and take Ctrl-D for the end.
fn edits_itself() -> bool {
    const PLAIN: [&str; 3] = ["dumb", "cons25", "emacs"];
    std::env::var("TERM").is_ok_and(|name| PLAIN.iter().any(|plain| plain.eq_ignore_ascii_case(&name)))
}

#[cfg(unix)]
mod unix {
    use std::io::stdin;

    use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};

    use super::KeepsTyping;

    impl KeepsTyping {
        /// Does nothing where standard input is no terminal, or where the terminal itself edits the line.
        pub(in crate::repl) fn start() -> KeepsTyping {
            let before = if super::edits_itself() { None } else { tcgetattr(stdin()).ok() };
            if let Some(before) = &before {
                let mut keeping = before.clone();
                keeping.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
                // A terminal that refuses stays as it is, and only typing ahead suffers.
                let _ = tcsetattr(stdin(), SetArg::TCSADRAIN, &keeping);
            }
            KeepsTyping { before }
        }
    }

    impl Drop for KeepsTyping {
        fn drop(&mut self) {
            if let Some(before) = &self.before {
                let _ = tcsetattr(stdin(), SetArg::TCSADRAIN, before);
            }
        }
    }
}

#[cfg(not(unix))]
impl KeepsTyping {
    pub(super) fn start() -> KeepsTyping {
        KeepsTyping {}
    }
}
