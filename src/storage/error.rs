//! I/O errors in plain words.

use std::io;

use crate::diagnostic::{Detail, Diagnostic, Kind};

/// An I/O error about the file of this name; a limit at which a [`Watched`](super::watched::Watched) file stopped is
/// reported as that limit.
pub(crate) fn io_error(name: &str, error: &io::Error) -> Diagnostic {
    use io::ErrorKind::*;
    if let Some(stopped) = stopped(error) {
        return stopped;
    }
    let known = |detail, what: &str, help: &str| {
        Diagnostic::runtime(Kind::IoError, detail, format!("{name}: {what}")).help(help)
    };
    match error.kind() {
        NotFound => known(Detail::MissingFile, "there is no such file or folder", "check the spelling of the path"),
        PermissionDenied => known(
            Detail::PermissionDenied,
            "permission denied",
            "check the permissions of the file and of its folder, or choose another path",
        ),
        StorageFull => known(Detail::DiskFull, "the disk is full", "free some space, then try again"),
        QuotaExceeded => known(Detail::DiskFull, "the disk quota is used up", "free some space, then try again"),
        FileTooLarge => {
            let help = "choose a file system or a limit that allows larger files";
            known(Detail::DiskFull, "the file would be larger than the system allows", help)
        }
        ReadOnlyFilesystem => {
            known(Detail::ReadOnlyFile, "the file system is read-only", "choose a path on another file system")
        }
        IsADirectory => known(Detail::IsADirectory, "this is a folder, not a file", "give the path of a file"),
        NotADirectory => {
            known(Detail::MissingFile, "a part of the path is a file, not a folder", "check the spelling of the path")
        }
        AlreadyExists => {
            known(Detail::FileExists, "a file of this name exists already", "remove it first, or choose another name")
        }
        UnexpectedEof => {
            known(Detail::CorruptFile, "the file ends too early", "restore a copy, or import the data again")
        }
        // EIO has no kind of its own.
        _ if error.raw_os_error() == Some(5) => known(
            Detail::DeviceFailure,
            "the device failed to read or write",
            "check the disk (dmesg, smartctl), and copy the file to another one",
        ),
        _ if error.raw_os_error().is_some() => {
            known(Detail::DeviceFailure, &without_number(&error.to_string()), "see the message of the system")
        }
        _ => Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, format!("{name}: {error}")),
    }
}

/// The limit that ended the work, where the error holds one.
pub(super) fn stopped(error: &io::Error) -> Option<Diagnostic> {
    error.get_ref()?.downcast_ref::<Diagnostic>().cloned()
}

/// The system's message without "(os error 5)".
fn without_number(message: &str) -> String {
    let end = message.find(" (os error").unwrap_or(message.len());
    message[..end].to_lowercase()
}

pub(super) fn read_only(name: &str, what: &str) -> Diagnostic {
    let help = "make it writable (chmod u+w), or save under another name";
    Diagnostic::runtime(Kind::IoError, Detail::ReadOnlyFile, format!("{name}: {what} is read-only")).help(help)
}

pub(super) fn hard_linked(name: &str, links: u64) -> Diagnostic {
    let message = format!(
        "{name}: the file has {links} names (hard links), and replacing it would part them: the other names would \
         keep the old content"
    );
    Diagnostic::runtime(Kind::IoError, Detail::FileExists, message).help("use a symbolic link, or save to another path")
}

pub(crate) fn exists(name: &str) -> Diagnostic {
    let message = format!("{name}: a file of this name exists already");
    Diagnostic::runtime(Kind::IoError, Detail::FileExists, message).help("choose another name, or add --overwrite")
}

pub(super) fn same_file(name: &str) -> Diagnostic {
    let message = format!("{name}: the source and the target are the same file");
    Diagnostic::runtime(Kind::IoError, Detail::FileExists, message).help("choose another name for the copy")
}

pub(super) fn moved(name: &str) -> Diagnostic {
    let message =
        format!("{name}: the database file was moved, replaced or deleted while it was open; nothing was written");
    Diagnostic::runtime(Kind::IoError, Detail::DatabaseMoved, message)
        .help("move it back, or reopen the database; `:save` writes the graph to another file")
}

pub(super) fn changed(name: &str) -> Diagnostic {
    let message = format!("{name}: another program changed the database file while it was open; nothing was written");
    Diagnostic::runtime(Kind::IoError, Detail::DatabaseMoved, message)
        .help("reopen the database; `:save` writes this graph to another file")
}

pub(super) fn failed_before(name: &str, why: &str) -> Diagnostic {
    let message = format!("{name}: an earlier write failed ({why}), so no more changes are accepted");
    Diagnostic::runtime(Kind::IoError, Detail::WriteFailed, message)
        .help("reopen the database: it has every commit that was reported as done")
}

pub(super) fn defect(name: &str, what: &str) -> Diagnostic {
    Diagnostic::runtime(Kind::InternalError, Detail::Defect, format!("{name}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_what_happened() {
        let detail = |error: io::Error| {
            let error = io_error("g", &error);
            assert!(!error.message.contains("os error"), "{}", error.message);
            assert!(error.help.is_some());
            error.detail
        };
        for (kind, expected) in [
            (io::ErrorKind::NotFound, Detail::MissingFile),
            (io::ErrorKind::PermissionDenied, Detail::PermissionDenied),
            (io::ErrorKind::StorageFull, Detail::DiskFull),
            (io::ErrorKind::ReadOnlyFilesystem, Detail::ReadOnlyFile),
            (io::ErrorKind::IsADirectory, Detail::IsADirectory),
            (io::ErrorKind::AlreadyExists, Detail::FileExists),
            (io::ErrorKind::UnexpectedEof, Detail::CorruptFile),
        ] {
            assert_eq!(detail(kind.into()), expected);
        }
        assert_eq!(detail(io::Error::from_raw_os_error(5)), Detail::DeviceFailure);
        assert_eq!(detail(io::Error::from_raw_os_error(28)), Detail::DiskFull);
    }
}
