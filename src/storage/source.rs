//! Files of data that people name: paths and `file:` addresses, compressed if the name ends so.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

/// Opens a file by its path, relative to where the program was started, or by its address: `file:///a.csv` is `/a.csv`
/// or, if there is no such file, `a.csv`.
pub fn open_data(name: &str) -> io::Result<Box<dyn Read + Send>> {
    let path = path_of(name)?;
    let file = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && name.starts_with("file:///") => {
            in_import_folder(&path)?
        }
        opened => opened?,
    };
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is a folder"));
    }
    Ok(unpacked(&path, file))
}

/// Opens a file as [`open_data`] does, if it is a regular file below one of these folders, links followed.
pub fn open_data_below(name: &str, folders: &[PathBuf]) -> io::Result<Box<dyn Read + Send>> {
    let path = path_of(name)?;
    let here = path.trim_start_matches('/');
    let found = Path::new(&path).canonicalize();
    let real = if found.is_err() && name.starts_with("file:///") { Path::new(here).canonicalize() } else { found };
    let is_allowed = |real: &Path| {
        let is_below = |folder: &PathBuf| folder.canonicalize().is_ok_and(|folder| real.starts_with(folder));
        folders.iter().any(is_below) && real.is_file()
    };
    // Whether a file exists that may not be read is nobody's business either.
    match real {
        Ok(real) if is_allowed(&real) => Ok(unpacked(&path, File::open(real)?)),
        _ => Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is in no folder that may be read")),
    }
}

/// The bytes of the file, decompressed if its name ends so.
fn unpacked(path: &str, file: File) -> Box<dyn Read + Send> {
    match Path::new(path).extension() {
        Some(extension) if extension == "gz" => Box::new(MultiGzDecoder::new(file)),
        _ => Box::new(file),
    }
}

/// A file whose address begins with `file:///` and that is not at the root of the disk. In scripts written for Neo4j,
/// such an address means a file of the import folder; here this is where the program was started.
fn in_import_folder(path: &str) -> io::Result<File> {
    let here = path.trim_start_matches('/');
    File::open(here).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let message = format!("there is neither the file {path} nor, in the current folder, {here}");
            io::Error::new(io::ErrorKind::NotFound, message)
        }
        _ => error,
    })
}

/// The path that an address speaks of; a path stands for itself.
fn path_of(name: &str) -> io::Result<String> {
    let refused = |what: &str| io::Error::new(io::ErrorKind::Unsupported, what);
    let Some(rest) = name.strip_prefix("file:") else {
        return match name.split_once("://") {
            Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
                Err(refused("only files of this machine are read; fetch it first"))
            }
            _ => Ok(name.to_string()),
        };
    };
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(rest) => match rest.strip_prefix("localhost").unwrap_or(rest) {
            path if path.starts_with('/') => path,
            _ => return Err(refused("a file: address names no host; write file:///path")),
        },
    };
    decoded(path).ok_or_else(|| refused("the address has a % without two hexadecimal digits behind it"))
}

/// Each `%20` as the character it stands for.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_folder_means_the_current_one() {
        assert!(open_data("file:///Cargo.toml").is_ok());
        let error = open_data("file:///no%20such.csv").err().expect("it does not exist");
        let expected = "there is neither the file /no such.csv nor, in the current folder, no such.csv";
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn addresses_and_paths() {
        let path = |name: &str| path_of(name).map_err(|error| error.to_string());
        assert_eq!(path("a b.csv").as_deref(), Ok("a b.csv"));
        assert_eq!(path("/a/b%20.csv").as_deref(), Ok("/a/b%20.csv"));
        assert_eq!(path("file:///a%20b/c.csv").as_deref(), Ok("/a b/c.csv"));
        assert_eq!(path("file:/a.csv").as_deref(), Ok("/a.csv"));
        assert_eq!(path("file:a.csv").as_deref(), Ok("a.csv"));
        assert_eq!(path("file://localhost/a.csv").as_deref(), Ok("/a.csv"));
        for wrong in ["http://a/b.csv", "file://host/a.csv", "file:/a%2", "file:/a%zz"] {
            assert!(path(wrong).is_err(), "{wrong}");
        }
    }
}
