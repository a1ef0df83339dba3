//! Graphs on other machines: who asks, what is kept beside, and which commands mean something there.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::report::{Failure, Output};
use super::secret::ask_secret;
use super::{Origin, Session};
use crate::database::{Database, Options};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Graph;
use crate::limits::{Limits, Watch};
use crate::remote::{Address, Credentials, RemoteConnection};

/// Holds the password, so that no history does.
const PASSWORD: &str = "KENNING_PASSWORD";

impl Session {
    /// Opens a graph on another machine in place of the present one.
    pub(super) fn open_remote(&mut self, location: &str, output: &mut Output) -> Result<(), Failure> {
        let opened = connect(location, self.beside.as_deref(), self.access.read_only, &self.limits);
        let (remote, warning) = match opened {
            Ok(opened) => opened,
            Err(error) => return Err(self.show_errors(output, "", &[error])?),
        };
        warning.iter().try_for_each(|warning| self.show_warning(output, warning))?;
        let name = remote.address().to_string();
        let filled = Session::of(Database::in_memory(Graph::new()), name, Origin::Memory);
        self.put_in_place(filled, output)?;
        self.remote = Some(Box::new(remote));
        Ok(())
    }
}

/// Connects to a graph. What it means is kept in a file beside, made when there is something to keep; says if it cannot.
fn connect(
    location: &str,
    beside: Option<&Path>,
    read_only: bool,
    limits: &Limits,
) -> Result<(RemoteConnection, Option<String>), Diagnostic> {
    let address = Address::parse(location)?;
    let credentials = credentials(&address)?;
    let path = beside.map(Path::to_path_buf).or_else(|| own_file(&address));
    let access = Options { read_only, create: false, ..Options::default() };
    let database = match path.as_deref().filter(|path| path.exists()) {
        Some(path) => Database::open_within(path, &access, &Watch::default())?,
        None => Database::in_memory(Graph::new()),
    };
    let folder = path.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    let unkept = match (&path, folder.map(fs::create_dir_all)) {
        (None, _) => Some("neither XDG_DATA_HOME nor HOME is set".to_string()),
        (Some(_), Some(Err(error))) => Some(error.to_string()),
        (Some(_), _) => None,
    };
    let warning = unkept.as_ref().map(|reason| format!("what is said of types and labels is not kept: {reason}"));
    let path = path.filter(|_| unkept.is_none());
    let remote = RemoteConnection::open(address, credentials, (database, path), read_only, limits)?;
    Ok((remote, warning))
}

/// A copy of a graph on another machine, as it is now.
pub(super) fn copied(location: &str, limits: &Limits) -> Result<Graph, Diagnostic> {
    let (mut remote, _) = connect(location, None, true, limits)?;
    remote.whole(limits)
}

/// A connection for a task that asks for one, with what there is to warn of.
pub(crate) fn connected(location: &str, limits: &Limits) -> Result<(RemoteConnection, Option<String>), Diagnostic> {
    connect(location, None, false, limits)
}

/// `$XDG_DATA_HOME/kenning/remote/HOST_PORT.kenning`, or below `~/.local/share`.
fn own_file(address: &Address) -> Option<PathBuf> {
    let data = set("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let data = data.or_else(|| Some(PathBuf::from(set("HOME")?).join(".local/share")))?;
    Some(data.join("kenning/remote").join(format!("{}.kenning", address.file_stem())))
}

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The user of the address or of `~/.netrc`, and the password of the environment, of that file, or typed.
fn credentials(address: &Address) -> Result<Credentials, Diagnostic> {
    let netrc = set("HOME").and_then(|home| fs::read_to_string(Path::new(&home).join(".netrc")).ok());
    let known = netrc.as_deref().and_then(|text| login(text, &address.host, address.user.as_deref()));
    let user = address.user.clone().or_else(|| known.as_ref().map(|(user, _)| user.clone()));
    let password = set(PASSWORD).or_else(|| known.map(|(_, password)| password));
    if user.is_none() || password.is_some() {
        // A password without a user is that of the first user of every Neo4j.
        let user = user.or_else(|| password.as_ref().map(|_| "neo4j".to_string()));
        return Ok(Credentials { user, password });
    }
    let prompt = format!("password of {} at {}: ", user.as_deref().unwrap_or_default(), address.host);
    let typed = match std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        true => ask_secret(&prompt).unwrap_or_default(),
        false => String::new(),
    };
    match typed.is_empty() {
        false => Ok(Credentials { user, password: Some(typed) }),
        true => {
            let message = format!("there is no password for {}", user.unwrap_or_default());
            let help = format!("set {PASSWORD}, or write a line into ~/.netrc: machine HOST login USER password WORD");
            Err(Diagnostic::runtime(Kind::ArgumentError, Detail::PermissionDenied, message).help(help))
        }
    }
}

/// User and password of a host in the text of a netrc file; those of `default` for a host that is not listed.
fn login(text: &str, host: &str, wanted: Option<&str>) -> Option<(String, String)> {
    let mut words = text.split_whitespace();
    let (mut fits, mut user, mut password) = (false, None, None);
    let mut found = None;
    let mut end = |user: &mut Option<String>, password: &mut Option<String>, fits: bool| {
        let whole = user.take().zip(password.take());
        if found.is_none() && fits {
            found = whole.filter(|(user, _)| wanted.is_none_or(|wanted| wanted == user));
        }
    };
    while let Some(word) = words.next() {
        match word {
            "machine" | "default" => {
                end(&mut user, &mut password, fits);
                fits = word == "default" || words.next() == Some(host);
            }
            "login" => user = words.next().map(str::to_string),
            "password" => password = words.next().map(str::to_string),
            _ => {}
        }
    }
    end(&mut user, &mut password, fits);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_host_and_a_user_counts() {
        let text = "machine a login ann password one\nmachine b login bob password two\n\
                    machine b login eve password three\ndefault login any password four";
        let of = |host: &str, user: Option<&str>| login(text, host, user).map(|(user, word)| format!("{user} {word}"));
        assert_eq!(of("b", None).unwrap(), "bob two");
        assert_eq!(of("b", Some("eve")).unwrap(), "eve three");
        assert_eq!(of("c", None).unwrap(), "any four");
        assert_eq!(of("a", Some("zoe")), None);
    }
}
