//! `:info`: how the open graph is kept.

use super::Next;
use crate::render::{clean, count};
use crate::session::{Failure, Output, Session};
use crate::storage::moment;

pub(super) fn run(session: &mut Session, _: &str, output: &mut Output) -> Result<Next, Failure> {
    #[cfg(feature = "server")]
    {
        let limits = session.limits.clone();
        if let Some(remote) = session.remote() {
            return match remote.about(&limits) {
                Ok(about) => tell_remote(&about, output),
                Err(error) => super::fail(session, output, error),
            };
        }
    }
    let database = session.connection.database();
    let status = database.status();
    let out = &mut *output.out;
    match (&status.file, database.path()) {
        (Some(file), path) => {
            let path = path.map_or(String::new(), |path| path.display().to_string());
            writeln!(out, "file             {}", clean(&path))?;
            writeln!(out, "base             {} bytes, written {}", file.base_bytes, moment(file.last_checkpoint))?;
            writeln!(out, "log              {} bytes, {}", file.log_bytes, count(file.log_commits as usize, "commit"))?;
            if file.last_commit > 0 {
                writeln!(out, "last commit      {}", moment(file.last_commit))?;
            }
            writeln!(out, "durability       {}", file.durability.name())?;
        }
        (None, Some(path)) => {
            writeln!(out, "file             {}, read only so far", clean(&path.display().to_string()))?
        }
        (None, None) => writeln!(out, "file             none: changes last as long as the program, unless saved")?,
    }
    writeln!(out, "commits          {}", status.sequence)?;
    for reader in &status.readers {
        let seconds = reader.open_for.as_secs();
        writeln!(out, "open transaction reads the state after commit {}, for {seconds} s", reader.sequence)?;
    }
    Ok(Next::Stay)
}

#[cfg(feature = "server")]
fn tell_remote(about: &crate::remote::About, output: &mut Output) -> Result<Next, Failure> {
    let out = &mut *output.out;
    writeln!(out, "address          {}", clean(&about.address))?;
    writeln!(out, "server           {}, Bolt {}", clean(&about.agent), about.version)?;
    writeln!(out, "nodes            {}", about.nodes)?;
    writeln!(out, "relationships    {}, of {}", about.relationships, count(about.types, "type"))?;
    let beside = about.beside.as_deref().unwrap_or("not kept");
    writeln!(out, "meaning          {}", clean(beside))?;
    Ok(Next::Stay)
}
