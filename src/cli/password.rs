//! `kenning password NAME`: the line of a user in the file of `kenning serve --auth`.

use std::io::{self, Write};

use super::tell;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::server::users::{Role, line};
use crate::session::{Failure, ask_secret};

pub(super) fn run(name: &str, role: Role) -> Result<(), Failure> {
    let password = ask_secret(&format!("password of {name}: "))?;
    if password.is_empty() {
        let error = Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, "the password is empty");
        return tell(&error.help("type it, or send it on standard input"));
    }
    match line(name, role, &password) {
        Ok(line) => Ok(writeln!(io::stdout(), "{line}")?),
        Err(message) => tell(&Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message)),
    }
}
