//! Numbers, arrays and texts ↔ bytes.

use super::Damage;
use crate::graph::Bitmap;

/// A section being written.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
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

    pub(super) fn text(&mut self, text: &str) {
        self.u64(text.len() as u64);
        self.bytes.extend(text.as_bytes());
    }

    pub(super) fn u32s(&mut self, values: &[u32]) {
        self.u64(values.len() as u64);
        self.bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    pub(super) fn u64s(&mut self, values: impl ExactSizeIterator<Item = u64>) {
        self.u64(values.len() as u64);
        self.bytes.extend(values.flat_map(u64::to_le_bytes));
    }

    pub(super) fn bitmap(&mut self, bitmap: &Bitmap) {
        let (skipped, words) = bitmap.words();
        self.u64(skipped as u64);
        self.u64s(words.iter().copied());
    }
}

type Result<T> = std::result::Result<T, Damage>;

/// A section being read. Nothing is believed: each length is compared with what is left.
pub(super) struct Reader<'a> {
    section: String,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(section: impl Into<String>, bytes: &'a [u8]) -> Reader<'a> {
        Reader { section: section.into(), rest: bytes }
    }

    pub(super) fn wrong<T>(&self, what: impl Into<String>) -> Result<T> {
        Err(Damage::new(self.section.as_str(), what))
    }

    /// Fails unless the statement is true.
    pub(super) fn check(&self, statement: bool, what: &str) -> Result<()> {
        if statement { Ok(()) } else { self.wrong(what) }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let Some((bytes, rest)) = self.rest.split_at_checked(length) else {
            return self.wrong("it ends too early");
        };
        self.rest = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let bytes = self.take(N)?;
        bytes.try_into().or_else(|_| self.wrong("it ends too early"))
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
        match usize::try_from(count).ok().filter(|count| count.checked_mul(each).is_some_and(|n| n <= self.rest.len()))
        {
            Some(count) => Ok(count),
            None => self.wrong(format!("it is said to hold {count} items, which do not fit")),
        }
    }

    pub(super) fn text(&mut self) -> Result<&'a str> {
        let length = self.count(1)?;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).or_else(|_| self.wrong("a text is not UTF-8"))
    }

    fn items<const N: usize, T>(&mut self, read: impl Fn([u8; N]) -> T) -> Result<Vec<T>> {
        let count = self.count(N)?;
        let (items, _) = self.take(count * N)?.as_chunks::<N>();
        Ok(items.iter().map(|item| read(*item)).collect())
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

    /// Fails if something is left.
    pub(super) fn finish(self) -> Result<()> {
        self.check(self.rest.is_empty(), "there is more than it should hold")
    }
}
