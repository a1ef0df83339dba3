//! What LOAD CSV may read.

use std::io;
use std::path::PathBuf;

use crate::limits::Files;
use crate::storage;

/// Whose statements run.
#[derive(Clone, Copy)]
pub(super) enum Reads {
    /// The user's own: they read what the user may read.
    Anything,
    /// Those of a file that was opened as a graph, which somebody else may have written: only below the folders that the
    /// user has named.
    Allowed,
}

impl Reads {
    pub(super) fn files(self, allowed: &[PathBuf]) -> Files {
        match self {
            Reads::Anything => Files::new(storage::open_data),
            Reads::Allowed => {
                let allowed = allowed.to_vec();
                Files::new(move |name| storage::open_data_below(name, &allowed).map_err(explained))
            }
        }
    }
}

/// Says how to allow what is not allowed.
fn explained(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            let how = "a file of statements that is opened as a graph reads only below the folders of --allow-files";
            io::Error::new(error.kind(), format!("{error}; {how}"))
        }
        _ => error,
    }
}
