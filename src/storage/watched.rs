//! [`Watched`]: files that are read and written only until a limit stops the work.

use std::io;

use super::place::{Source, Target};
use crate::limits::Watch;

/// A file for one piece of work. Once the work must stop, reading and writing fail with the [`Diagnostic`] of the limit
/// inside the error. Readers and writers here move at most a megabyte at a time, so that this is soon enough.
///
/// [`Diagnostic`]: crate::diagnostic::Diagnostic
pub(super) struct Watched<'a, T: ?Sized> {
    file: &'a T,
    watch: &'a Watch,
}

impl<'a, T: ?Sized> Watched<'a, T> {
    pub(super) fn new(file: &'a T, watch: &'a Watch) -> Watched<'a, T> {
        Watched { file, watch }
    }

    fn check(&self) -> io::Result<()> {
        self.watch.check().map_err(io::Error::other)
    }
}

impl<T: Source + ?Sized> Source for Watched<'_, T> {
    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        self.check()?;
        self.file.read_at(offset, into)
    }
}

impl<T: Target + ?Sized> Target for Watched<'_, T> {
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        self.file.write_at(offset, bytes)
    }
}
