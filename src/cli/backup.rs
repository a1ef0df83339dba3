//! `kenning backup`: a copy of a database while it is used.

use std::io::{self, Write};
use std::path::Path;

use super::tell;
use crate::session::Failure;
use crate::storage::{self, RealDisk};

pub(super) fn run(file: &Path, to: &Path, overwrite: bool) -> Result<(), Failure> {
    if let Err(error) = storage::backup(&RealDisk, file, to, overwrite) {
        return tell(&error);
    }
    let bytes = std::fs::metadata(to)?.len();
    Ok(writeln!(io::stdout(), "copied {} to {}: {bytes} bytes", file.display(), to.display())?)
}
