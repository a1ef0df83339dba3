//! Writing a file so that at every moment the old or the new one stands there whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::io_error;
use crate::diagnostic::Diagnostic;

/// Writes to a file beside the one meant, makes sure that it is on the disk, and only then puts it in its place.
pub fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let result = (|| {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&part)?);
        write(&mut file)?;
        file.flush()?;
        file.get_ref().sync_all()?;
        fs::rename(&part, path)?;
        sync_folder(path)
    })();
    result.map_err(|error| {
        // What stands there half written is of no use to anyone.
        let _ = fs::remove_file(&part);
        io_error(&path.display().to_string(), &error)
    })
}

/// Makes the new name last through a crash, where the system can.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
