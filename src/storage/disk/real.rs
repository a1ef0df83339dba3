//! The file system of the machine.

use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::hash::BuildHasher;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::{Access, Attributes, Disk, DiskFile, FileKind, Identity, Source, Target, folder_of};

/// Links that lead to links: more are taken for a circle.
const MOST_LINKS: usize = 40;

#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        let file = File::options().read(true).write(access == Access::ReadWrite).open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Box::new(file))
    }

    fn create_new(&self, path: &Path, like: Option<&Attributes>) -> io::Result<Box<dyn DiskFile>> {
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        if like.is_some() {
            private(&mut options);
        }
        let file = options.open(path)?;
        if let Some(like) = like {
            // A file with less protection than the one it replaces must not come into being.
            imitate(&file, like).inspect_err(|_| _ = fs::remove_file(path))?;
        }
        Ok(Box::new(file))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Windows opens no folders; there the file system orders renames itself.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }

    fn attributes(&self, path: &Path) -> io::Result<Attributes> {
        fs::symlink_metadata(path).map(|data| attributes_of(&data))
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        let mut path = path.to_path_buf();
        for _ in 0..MOST_LINKS {
            match fs::canonicalize(&path) {
                Ok(path) => return Ok(path),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Err(_) => {}
            }
            let Some(name) = path.file_name() else { return Err(io::ErrorKind::NotFound.into()) };
            let folder = fs::canonicalize(folder_of(&path))?;
            match fs::read_link(&path) {
                Ok(target) => path = folder.join(target),
                Err(_) => return Ok(folder.join(name)),
            }
        }
        Err(io::Error::other("too many symbolic links lead to each other"))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    fn now(&self) -> u64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
    }

    fn random(&self) -> u64 {
        // The standard library keys its hash maps from the system's random numbers.
        static CALLS: AtomicU64 = AtomicU64::new(0);
        RandomState::new().hash_one((CALLS.fetch_add(1, Ordering::Relaxed), std::process::id(), SystemTime::now()))
    }
}

impl DiskFile for File {
    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn sync_all(&self) -> io::Result<()> {
        File::sync_all(self)
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn attributes(&self) -> io::Result<Attributes> {
        self.metadata().map(|data| attributes_of(&data))
    }

    fn try_lock(&self) -> io::Result<bool> {
        match File::try_lock(self) {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Source for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, into, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, mut offset: u64, mut into: &mut [u8]) -> io::Result<()> {
        while !into.is_empty() {
            match std::os::windows::fs::FileExt::seek_read(self, into, offset)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => {
                    into = &mut into[read..];
                    offset += read as u64;
                }
            }
        }
        Ok(())
    }
}

impl Target for File {
    #[cfg(unix)]
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(self, bytes, offset)
    }

    #[cfg(windows)]
    fn write_at(&self, mut offset: u64, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match std::os::windows::fs::FileExt::seek_write(self, bytes, offset)? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => {
                    bytes = &bytes[written..];
                    offset += written as u64;
                }
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn private(options: &mut fs::OpenOptions) {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}

#[cfg(not(unix))]
fn private(_: &mut fs::OpenOptions) {}

/// Gives a file the owner and the mode of another one.
#[cfg(unix)]
fn imitate(file: &File, like: &Attributes) -> io::Result<()> {
    use std::os::unix::fs::{PermissionsExt, fchown};
    let own = file.metadata().map(|data| attributes_of(&data))?;
    if let Some((user, group)) = like.owner.filter(|_| own.owner != like.owner) {
        // Only root may give files away, but a group can often be set. Neither is worth a failed save.
        let _ = fchown(file, None, Some(group));
        let _ = fchown(file, Some(user), None);
    }
    match like.mode {
        Some(mode) => file.set_permissions(fs::Permissions::from_mode(mode & 0o7777)),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn imitate(_: &File, _: &Attributes) -> io::Result<()> {
    Ok(())
}

fn kind_of(data: &fs::Metadata) -> FileKind {
    let kind = data.file_type();
    match () {
        () if kind.is_symlink() => FileKind::Link,
        () if kind.is_dir() => FileKind::Folder,
        () if kind.is_file() => FileKind::File,
        () => FileKind::Other,
    }
}

#[cfg(unix)]
fn attributes_of(data: &fs::Metadata) -> Attributes {
    use std::os::unix::fs::MetadataExt;
    Attributes {
        identity: Identity { device: data.dev(), inode: data.ino() },
        kind: kind_of(data),
        length: data.len(),
        links: data.nlink(),
        mode: Some(data.mode()),
        owner: Some((data.uid(), data.gid())),
        // Root may write everything; a file that its owner protected is left alone all the same.
        read_only: data.mode() & 0o200 == 0,
    }
}

#[cfg(not(unix))]
fn attributes_of(data: &fs::Metadata) -> Attributes {
    // The number of a file is not in the standard library there; the moment of its creation takes its place.
    let created = data.created().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    Attributes {
        identity: Identity { device: 0, inode: created.map_or(0, |at| at.as_nanos() as u64) },
        kind: kind_of(data),
        length: data.len(),
        links: 1,
        mode: None,
        owner: None,
        read_only: data.permissions().readonly(),
    }
}
