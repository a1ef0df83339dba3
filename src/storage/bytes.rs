//! Numbers, arrays and texts ↔ bytes. All numbers are little-endian.

use std::io;

use super::Damage;
use super::place::{Source, Target};
use crate::graph::Bitmap;

/// How many bytes are turned over at a time: what lies in the processor's cache is hashed and copied at once.
const CHUNK: usize = 128 << 10;

/// A section to be written: arrays are not copied before.
#[derive(Default)]
pub(super) struct Writer<'a> {
    pieces: Vec<Piece<'a>>,
    bytes: Vec<u8>,
}

enum Piece<'a> {
    Bytes(Vec<u8>),
    Text(&'a [u8]),
    Shorts(&'a [u16]),
    Words(&'a [u32]),
    Longs(&'a [u64]),
    Integers(&'a [i64]),
    Floats(&'a [f64]),
}

impl<'a> Writer<'a> {
    pub(super) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub(super) fn i64(&mut self, value: i64) {
        self.bytes.extend(value.to_le_bytes());
    }

    /// A short text, copied.
    pub(super) fn text(&mut self, text: &str) {
        self.u64(text.len() as u64);
        self.bytes.extend(text.as_bytes());
    }

    fn piece(&mut self, length: usize, piece: Piece<'a>) {
        self.u64(length as u64);
        self.pieces.push(Piece::Bytes(std::mem::take(&mut self.bytes)));
        self.pieces.push(piece);
    }

    pub(super) fn u8s(&mut self, values: &'a [u8]) {
        self.piece(values.len(), Piece::Text(values));
    }

    pub(super) fn u16s(&mut self, values: &'a [u16]) {
        self.piece(values.len(), Piece::Shorts(values));
    }

    pub(super) fn u32s(&mut self, values: &'a [u32]) {
        self.piece(values.len(), Piece::Words(values));
    }

    pub(super) fn u64s(&mut self, values: &'a [u64]) {
        self.piece(values.len(), Piece::Longs(values));
    }

    pub(super) fn i64s(&mut self, values: &'a [i64]) {
        self.piece(values.len(), Piece::Integers(values));
    }

    pub(super) fn f64s(&mut self, values: &'a [f64]) {
        self.piece(values.len(), Piece::Floats(values));
    }

    pub(super) fn bitmap(&mut self, bitmap: &'a Bitmap) {
        let (skipped, words) = bitmap.words();
        self.u64(skipped as u64);
        self.u64s(words);
    }

    /// Pairs of numbers, copied.
    pub(super) fn pairs(&mut self, count: usize, pairs: impl Iterator<Item = (u32, u32)>) {
        self.u64(count as u64);
        for (one, other) in pairs {
            self.u32(one);
            self.u32(other);
        }
    }

    /// Numbers as distances from the least one, of so many bytes each, copied.
    pub(super) fn distances(&mut self, values: &[i64], least: i64, width: usize) {
        self.u64(values.len() as u64);
        self.bytes.reserve(values.len() * width);
        for value in values {
            self.bytes.extend(&value.wrapping_sub(least).to_le_bytes()[..width]);
        }
    }

    pub(super) fn length(&self) -> usize {
        self.pieces.iter().map(Piece::length).sum::<usize>() + self.bytes.len()
    }

    /// Writes the section from the offset on and gives its checksum.
    pub(super) fn write(&self, out: &dyn Target, mut offset: u64) -> io::Result<u32> {
        let mut hasher = crc32fast::Hasher::new();
        let mut put = |bytes: &[u8]| {
            hasher.update(bytes);
            let at = offset;
            offset += bytes.len() as u64;
            out.write_at(at, bytes)
        };
        self.pieces.iter().try_for_each(|piece| piece.write(&mut put))?;
        put(&self.bytes)?;
        Ok(hasher.finalize())
    }
}

impl Piece<'_> {
    fn length(&self) -> usize {
        match self {
            Piece::Bytes(bytes) => bytes.len(),
            Piece::Text(values) => size_of_val(*values),
            Piece::Shorts(values) => size_of_val(*values),
            Piece::Words(values) => size_of_val(*values),
            Piece::Longs(values) => size_of_val(*values),
            Piece::Integers(values) => size_of_val(*values),
            Piece::Floats(values) => size_of_val(*values),
        }
    }

    fn write(&self, put: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        match self {
            Piece::Bytes(bytes) => bytes.chunks(CHUNK).try_for_each(put),
            Piece::Text(bytes) => bytes.chunks(CHUNK).try_for_each(put),
            Piece::Shorts(values) => numbers(values, |value: u16| value.to_le_bytes(), put),
            Piece::Words(values) => numbers(values, |value: u32| value.to_le_bytes(), put),
            Piece::Longs(values) => numbers(values, |value: u64| value.to_le_bytes(), put),
            Piece::Integers(values) => numbers(values, |value: i64| value.to_le_bytes(), put),
            Piece::Floats(values) => numbers(values, |value: f64| value.to_bits().to_le_bytes(), put),
        }
    }
}

fn numbers<const N: usize, T: Copy>(
    values: &[T],
    bytes_of: impl Fn(T) -> [u8; N],
    put: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK.min(values.len() * N)];
    for values in values.chunks(CHUNK / N) {
        let buffer = &mut buffer[..values.len() * N];
        buffer.as_chunks_mut::<N>().0.iter_mut().zip(values).for_each(|(bytes, value)| *bytes = bytes_of(*value));
        put(buffer)?;
    }
    Ok(())
}

/// The number at a distance, which wraps to less than the least one if it is too large.
fn distant<const N: usize>(least: i64, bytes: [u8; N]) -> i64 {
    let mut distance = [0; size_of::<i64>()];
    distance[..N].copy_from_slice(&bytes);
    least.wrapping_add(i64::from_le_bytes(distance))
}

type Result<T> = std::result::Result<T, Damage>;

/// A section being read. Nothing is believed: each length is compared with what is left.
pub(super) struct Reader<'a> {
    section: String,
    source: &'a dyn Source,
    /// What has not been fetched yet.
    offset: u64,
    left: u64,
    hasher: crc32fast::Hasher,
    /// What was fetched, and how much of it was taken.
    buffer: Vec<u8>,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(section: impl Into<String>, source: &'a dyn Source, offset: u64, length: u64) -> Reader<'a> {
        let hasher = crc32fast::Hasher::new();
        Reader { section: section.into(), source, offset, left: length, hasher, buffer: Vec::new(), at: 0 }
    }

    pub(super) fn wrong<T>(&self, what: impl Into<String>) -> Result<T> {
        Err(Damage::new(self.section.as_str(), what))
    }

    /// Fails unless the statement is true.
    pub(super) fn check(&self, statement: bool, what: &str) -> Result<()> {
        if statement { Ok(()) } else { self.wrong(what) }
    }

    fn fetched(&self) -> usize {
        self.buffer.len() - self.at
    }

    /// How many bytes have not been taken.
    fn rest(&self) -> u64 {
        self.fetched() as u64 + self.left
    }

    /// Fetches more, so that at least so many bytes stand ready.
    fn fetch(&mut self, least: usize) -> Result<()> {
        if self.fetched() >= least {
            return Ok(());
        }
        if self.rest() < least as u64 {
            return self.wrong("it ends too early");
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let had = self.buffer.len();
        let length = self.left.min(CHUNK.max(least) as u64) as usize;
        self.buffer.resize(had + length, 0);
        if let Err(error) = self.source.read_at(self.offset, &mut self.buffer[had..]) {
            return match error.kind() {
                io::ErrorKind::UnexpectedEof => self.wrong("the file ends before it does"),
                _ => Err(Damage::unreadable(&self.section, &error)),
            };
        }
        self.hasher.update(&self.buffer[had..]);
        self.offset += length as u64;
        self.left -= length as u64;
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.fetch(N)?;
        let Some(bytes) = self.buffer[self.at..].first_chunk::<N>() else { return self.wrong("it ends too early") };
        let bytes = *bytes;
        self.at += N;
        Ok(bytes)
    }

    pub(super) fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(super) fn i64(&mut self) -> Result<i64> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    /// A number of things of which each takes at least so many bytes.
    pub(super) fn count(&mut self, each: usize) -> Result<usize> {
        let count = self.u64()?;
        match count.checked_mul(each as u64).filter(|bytes| *bytes <= self.rest()).and(usize::try_from(count).ok()) {
            Some(count) => Ok(count),
            None => self.wrong(format!("it is said to hold {count} items, which do not fit")),
        }
    }

    pub(super) fn text(&mut self) -> Result<String> {
        String::from_utf8(self.u8s()?).or_else(|_| self.wrong("a text is not UTF-8"))
    }

    fn items<const N: usize, T>(&mut self, read: impl Fn([u8; N]) -> T) -> Result<Vec<T>> {
        let count = self.count(N)?;
        let mut items = Vec::with_capacity(count);
        while items.len() < count {
            self.fetch(N)?;
            let ready = (self.fetched() / N).min(count - items.len()) * N;
            let (chunks, _) = self.buffer[self.at..self.at + ready].as_chunks::<N>();
            items.extend(chunks.iter().map(|item| read(*item)));
            self.at += ready;
        }
        Ok(items)
    }

    pub(super) fn u8s(&mut self) -> Result<Vec<u8>> {
        self.items(|[byte]| byte)
    }

    pub(super) fn u16s(&mut self) -> Result<Vec<u16>> {
        self.items(u16::from_le_bytes)
    }

    pub(super) fn u32s(&mut self) -> Result<Vec<u32>> {
        self.items(u32::from_le_bytes)
    }

    pub(super) fn u64s(&mut self) -> Result<Vec<u64>> {
        self.items(u64::from_le_bytes)
    }

    pub(super) fn i64s(&mut self) -> Result<Vec<i64>> {
        self.items(i64::from_le_bytes)
    }

    pub(super) fn f64s(&mut self) -> Result<Vec<f64>> {
        self.items(|bytes| f64::from_bits(u64::from_le_bytes(bytes)))
    }

    /// Numbers that are given as distances from the least one, of so many bytes each.
    pub(super) fn distances(&mut self, least: i64, width: u8) -> Result<Vec<i64>> {
        let values = match width {
            1 => self.items(|bytes| distant::<1>(least, bytes)),
            2 => self.items(|bytes| distant::<2>(least, bytes)),
            3 => self.items(|bytes| distant::<3>(least, bytes)),
            4 => self.items(|bytes| distant::<4>(least, bytes)),
            5 => self.items(|bytes| distant::<5>(least, bytes)),
            6 => self.items(|bytes| distant::<6>(least, bytes)),
            7 => self.items(|bytes| distant::<7>(least, bytes)),
            8 => self.items(|bytes| distant::<8>(least, bytes)),
            other => return self.wrong(format!("there are no numbers of {other} bytes")),
        }?;
        self.check(values.iter().all(|value| least <= *value), "a number is too large")?;
        Ok(values)
    }

    pub(super) fn pairs(&mut self) -> Result<Vec<(u32, u32)>> {
        self.items(|bytes: [u8; 8]| {
            let pair = u64::from_le_bytes(bytes);
            (pair as u32, (pair >> 32) as u32)
        })
    }

    /// A set of numbers below a bound.
    pub(super) fn bitmap(&mut self, bound: usize) -> Result<Bitmap> {
        let skipped = self.u64()?;
        let words = self.u64s()?;
        let most = bound.div_ceil(64);
        let fits = usize::try_from(skipped).ok().filter(|skipped| skipped.saturating_add(words.len()) <= most);
        let Some(skipped) = fits else { return self.wrong("a set is larger than what it is about") };
        let bitmap = Bitmap::from_words(skipped, words);
        self.check(bitmap.bound() <= bound, "a set is larger than what it is about")?;
        Ok(bitmap)
    }

    /// Reads the rest without looking at it.
    pub(super) fn skip(&mut self) -> Result<()> {
        while self.left > 0 {
            self.at = self.buffer.len();
            self.fetch(1)?;
        }
        self.at = self.buffer.len();
        Ok(())
    }

    /// Compares the checksum, then fails if something was left or if the reading failed.
    pub(super) fn finish<T>(mut self, checksum: u32, read: Result<T>) -> Result<T> {
        let more = self.rest() > 0;
        while self.left > 0 {
            self.at = self.buffer.len();
            self.fetch(1)?;
        }
        if std::mem::take(&mut self.hasher).finalize() != checksum {
            return self.wrong("the checksum does not match");
        }
        let item = read?;
        self.check(!more, "there is more than it should hold")?;
        Ok(item)
    }
}
