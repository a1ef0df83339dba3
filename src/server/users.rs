//! [`Users`]: who may connect, and what they may do.
//!
//! A file of users has a line each, `NAME:ROLE:HASH`, as `kenning password NAME` prints it; `#` starts a comment. The
//! hash is argon2id's, in its own notation. The list can be replaced while the server runs; who logged in before then has
//! to do so again.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Reader,
    Writer,
}

impl Role {
    pub(crate) const ALL: [Role; 2] = [Role::Reader, Role::Writer];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Writer => "writer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Role, String> {
        let known = Role::ALL.into_iter().find(|role| role.name() == text);
        known.ok_or_else(|| format!("`{text}` is not a role: write reader or writer"))
    }
}

/// The users of a server; without a file everybody is a writer.
#[derive(Debug, Default)]
pub(crate) struct Users {
    by_name: Option<RwLock<List>>,
    /// How often the list was replaced.
    edition: AtomicU64,
}

type List = BTreeMap<String, User>;

#[derive(Clone, Debug, PartialEq, Eq)]
struct User {
    role: Role,
    hash: String,
}

impl Users {
    /// Lets everybody in.
    pub(crate) fn anybody() -> Users {
        Users::default()
    }

    /// Reads a file of users. Errors name the line.
    pub(crate) fn read(text: &str) -> Result<Users, String> {
        Ok(Users { by_name: Some(RwLock::new(Users::list(text)?)), edition: AtomicU64::new(0) })
    }

    /// Goes on with the users of a file that was changed; tells whether any of them did. After an error, and where nobody
    /// is asked for a name, all is as before.
    pub(crate) fn replace(&self, text: &str) -> Result<bool, String> {
        let Some(by_name) = &self.by_name else { return Ok(false) };
        let list = Users::list(text)?;
        let mut known = by_name.write().unwrap_or_else(PoisonError::into_inner);
        let changed = *known != list;
        if changed {
            *known = list;
            self.edition.fetch_add(1, Relaxed);
        }
        Ok(changed)
    }

    /// As [`Users::replace`] with what was read of a file; what comes of it is logged.
    pub(crate) fn go_on_with(&self, file: &str, text: Result<String, String>) {
        match text.and_then(|text| self.replace(&text)) {
            Ok(true) => tracing::info!(file, "the users have changed"),
            Ok(false) => {}
            Err(problem) => tracing::error!(file, problem, "the users stay as they were"),
        }
    }

    /// Another number once the list has changed: what was verified before counts no more.
    pub(crate) fn edition(&self) -> u64 {
        self.edition.load(Relaxed)
    }

    fn list(text: &str) -> Result<List, String> {
        let mut by_name = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, user) = user(line).map_err(|problem| format!("line {number}: {problem}"))?;
            if by_name.insert(name.to_string(), user).is_some() {
                return Err(format!("line {number}: there are two users named `{name}`"));
            }
        }
        match by_name.is_empty() {
            true => Err("it names no user; `kenning password NAME` prints a line for one".into()),
            false => Ok(by_name),
        }
    }

    /// Whether clients must say who they are.
    pub(crate) fn are_asked(&self) -> bool {
        self.by_name.is_some()
    }

    /// The role of the user if the password is right. It takes as long for a name that does not exist, and blocks: a
    /// hash takes tens of milliseconds.
    pub(crate) fn verify(&self, name: &str, password: &str) -> Option<Role> {
        let Some(by_name) = &self.by_name else { return Some(Role::Writer) };
        let (user, hash) = {
            let known = by_name.read().unwrap_or_else(PoisonError::into_inner);
            let user = known.get(name).cloned();
            // A hash of somebody else, so that the time does not say whether the name exists.
            let hash = user.as_ref().or_else(|| known.values().next()).map(|user| user.hash.clone())?;
            (user, hash)
        };
        let parsed = PasswordHash::new(&hash).ok()?;
        let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
        user.filter(|_| right).map(|user| user.role)
    }
}

fn user(line: &str) -> Result<(&str, User), String> {
    let mut fields = line.splitn(3, ':');
    let (Some(name), Some(role), Some(hash)) = (fields.next(), fields.next(), fields.next()) else {
        return Err("a user is `NAME:ROLE:HASH`; `kenning password NAME` prints such a line".into());
    };
    PasswordHash::new(hash).map_err(|error| format!("the hash of `{name}` cannot be read: {error}"))?;
    Ok((name, User { role: role.parse()?, hash: hash.into() }))
}

/// The line of a user in a file of users.
pub(crate) fn line(name: &str, role: Role, password: &str) -> Result<String, String> {
    if name.is_empty() || name.contains([':', '\n', '#']) {
        return Err(format!("`{name}` cannot be a user's name: it may not be empty nor hold `:`, `#` or line breaks"));
    }
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|error| error.to_string())?;
    Ok(format!("{name}:{role}:{hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_lets_its_user_in() {
        let users = Users::read(&format!("# people\n{}\n", line("ann", Role::Reader, "secret").unwrap())).unwrap();
        assert_eq!(users.verify("ann", "secret"), Some(Role::Reader));
        assert_eq!(users.verify("ann", "Secret"), None);
        assert_eq!(users.verify("bob", "secret"), None);
        assert!(users.are_asked());
        assert_eq!(Users::anybody().verify("anybody", ""), Some(Role::Writer));
    }

    #[test]
    fn a_changed_file_replaces_the_users() {
        let (ann, bob) = (line("ann", Role::Reader, "x").unwrap(), line("bob", Role::Writer, "y").unwrap());
        let users = Users::read(&ann).unwrap();
        assert_eq!((users.replace(&format!("# the same\n{ann}")), users.edition()), (Ok(false), 0));
        assert_eq!((users.replace(&bob), users.edition()), (Ok(true), 1));
        assert_eq!((users.verify("ann", "x"), users.verify("bob", "y")), (None, Some(Role::Writer)));
        assert!(users.replace("").is_err() && users.verify("bob", "y").is_some(), "an error changes nothing");
        assert_eq!(Users::anybody().replace(&ann), Ok(false));
    }

    #[test]
    fn what_is_not_a_file_of_users() {
        let error = |text: &str| Users::read(text).unwrap_err();
        assert!(error("").contains("names no user"));
        assert!(error("ann:reader").starts_with("line 1: a user is"));
        assert!(error("\nann:reader:x").starts_with("line 2: the hash of `ann`"));
        let ann = line("ann", Role::Writer, "x").unwrap();
        assert!(error(&format!("{ann}\n{ann}")).contains("two users"));
        assert!(error(&ann.replace("writer", "owner")).contains("not a role"));
        assert!(line("a:b", Role::Reader, "x").is_err());
    }
}
