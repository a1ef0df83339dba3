//! [`Package`]: a zip archive that is unpacked within bounds.
//!
//! What an archive says about the sizes of its parts is not believed: bytes are counted as they are unpacked.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::formats::Problem;
use crate::limits::Budget;

/// All parts that are read, unpacked.
const MOST_UNPACKED: u64 = 256 << 20;
/// What is unpacked of each byte of the file, beyond a harmless size: sheets of equal rows reach 100.
const MOST_RATIO: u64 = 200;
const HARMLESS: u64 = 4 << 20;

pub(super) struct Package<'a> {
    bytes: &'a [u8],
    archive: ZipArchive<Cursor<&'a [u8]>>,
    budget: Option<&'a Budget>,
    /// Bytes unpacked so far.
    unpacked: u64,
}

/// Whether the bytes begin as a zip archive does.
pub(super) fn is_package(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Whether the bytes are of the format that holds encrypted packages, and files of old Office programs.
pub(super) fn is_encrypted(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8], budget: Option<&'a Budget>) -> Result<Package<'a>, Problem> {
        if is_encrypted(bytes) {
            let help = "save it without a password, in a format of today: .xlsx, .ods, .docx";
            return Err(Problem::at(0, "it is encrypted, or of an Office program before 2007").help(help));
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
        Ok(Package { bytes, archive, budget, unpacked: 0 })
    }

    /// The file itself.
    #[cfg(feature = "sheets")]
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether there is a part of this name that begins so.
    pub(super) fn begins(&mut self, name: &str, start: &str) -> bool {
        let Ok(part) = self.archive.by_name(name) else { return false };
        let mut found = Vec::new();
        part.take(start.len() as u64).read_to_end(&mut found).is_ok() && found == start.as_bytes()
    }

    /// The text of a part, if there is one of this name.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let Some(number) = self.archive.index_for_name(name) else { return Ok(None) };
        let (mut bytes, budget) = (Vec::new(), self.budget);
        self.unpack(number, &mut |portion| {
            bytes.extend_from_slice(portion);
            Ok(budget.map_or(Ok(()), |budget| budget.charge(portion.len()))?)
        })?;
        let text = String::from_utf8(bytes).map_err(|_| Problem::at(0, format!("its part {name} is not UTF-8")))?;
        Ok(Some(text))
    }

    /// The names of all parts.
    #[cfg(feature = "sheets")]
    pub(super) fn names(&self) -> Result<Vec<String>, Problem> {
        let name =
            |name: Result<std::borrow::Cow<str>, ZipError>| name.map(String::from).map_err(|error| broken(&error));
        self.archive.file_names().map(name).collect()
    }

    /// Unpacks all parts without keeping them: who reads the package by other means goes through the same bytes.
    #[cfg(feature = "sheets")]
    pub(super) fn check(&mut self) -> Result<(), Problem> {
        (0..self.archive.len()).try_for_each(|number| self.unpack(number, &mut |_| Ok(())))
    }

    fn unpack(&mut self, number: usize, take: &mut dyn FnMut(&[u8]) -> Result<(), Problem>) -> Result<(), Problem> {
        let allowed = (self.bytes.len() as u64).saturating_mul(MOST_RATIO).clamp(HARMLESS, MOST_UNPACKED);
        let mut part = self.archive.by_index(number).map_err(|error| broken(&error))?;
        let mut portion = vec![0; 1 << 16];
        loop {
            let read = part.read(&mut portion).map_err(|error| Problem::at(0, format!("a broken part: {error}")))?;
            if read == 0 {
                return Ok(());
            }
            self.unpacked += read as u64;
            if let Some(budget) = self.budget {
                budget.check()?;
            }
            if self.unpacked > allowed {
                return Err(too_large(allowed));
            }
            take(&portion[..read])?;
        }
    }

    /// To be called in every loop that grows with a part.
    pub(super) fn budget(&self) -> Option<&'a Budget> {
        self.budget
    }
}

fn too_large(allowed: u64) -> Problem {
    let most = allowed >> 20;
    let what = format!("it unpacks to more than {most} MiB, {MOST_RATIO} times its size or 256 MiB");
    Problem::at(0, what).help("save its sheets as .csv files")
}

fn broken(error: &ZipError) -> Problem {
    Problem::at(0, format!("not a whole zip archive: {error}")).help("open it in its program and save it again")
}
