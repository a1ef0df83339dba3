//! Positional I/O: sections are read and written in parallel, so nobody shares a file's cursor.

use std::io;

/// Where bytes are read from: a file, or an array in its place.
pub trait Source: Send + Sync {
    fn length(&self) -> io::Result<u64>;

    /// Fills the array with the bytes from the offset on; fails if the source ends before.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()>;
}

/// Where bytes are written to.
pub trait Target: Send + Sync {
    /// Writes all of the bytes. After an error any part of them may have been written.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
}

impl Source for &[u8] {
    fn length(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = self.get(start..start.saturating_add(into.len())).ok_or(io::ErrorKind::UnexpectedEof)?;
        into.copy_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
impl Target for std::sync::Mutex<Vec<u8>> {
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut all = self.lock().expect("nobody panicked");
        let end = offset as usize + bytes.len();
        let length = all.len().max(end);
        all.resize(length, 0);
        all[offset as usize..end].copy_from_slice(bytes);
        Ok(())
    }
}
