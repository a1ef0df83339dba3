//! Reading a log from its start to the last whole frame.
//!
//! A frame that is not whole is the torn tail of a crash, unless a later frame of the log says that it was durable:
//! then bytes have been lost that were safe, and reading on would leave out commits silently.

use std::io;

use memchr::memmem;

use super::frame::{self, Frame, HEADER, MAGIC};
use crate::storage::Damage;
use crate::storage::place::Source;

/// How many bytes are fetched at a time.
const CHUNK: usize = 1 << 20;
/// The distance of the frames whose places are kept.
const MARK: u64 = 64 << 10;

/// How far a log has been read, or written.
#[derive(Clone, Debug, Default)]
pub(in crate::storage) struct Position {
    /// Where the next frame begins.
    pub(in crate::storage) end: u64,
    /// The last commit.
    pub(in crate::storage) sequence: u64,
    /// The last commit that is known to be durable.
    pub(in crate::storage) durable: u64,
    /// When the last commit was made; 0: there was none.
    pub(in crate::storage) last_commit: u64,
    pub(in crate::storage) commits: u64,
    pub(in crate::storage) frames: u64,
    /// Some of the frames: the sequence number of the first commit, and the offset.
    pub(in crate::storage) marks: Vec<(u64, u64)>,
    /// Offset and header of the last frame: they tell whether a file still holds what was read.
    pub(in crate::storage) last: Option<(u64, [u8; HEADER])>,
}

impl Position {
    /// Steps over a frame.
    pub(in crate::storage) fn pass(&mut self, frame: &Frame, header: &[u8]) {
        if self.marks.last().is_none_or(|(_, offset)| self.end - offset >= MARK) {
            self.marks.push((frame.first, self.end));
        }
        self.last = header.first_chunk().map(|header| (self.end, *header));
        self.end += frame.size();
        self.sequence = frame.next() - 1;
        self.durable = self.durable.max(frame.durable);
        if frame.count > 0 {
            self.last_commit = frame.time;
        }
        self.commits += u64::from(frame.count);
        self.frames += 1;
    }
}

/// What is done with each commit: its sequence number and its bytes.
pub(in crate::storage) type Each<'a> = dyn FnMut(u64, &[u8]) -> Result<(), Damage> + 'a;

/// Reads the frames from the position on, and calls `each` with every commit and its sequence number. Returns how many
/// bytes after the last whole frame are a torn tail.
pub(in crate::storage) fn scan(
    source: &dyn Source,
    id: u128,
    position: &mut Position,
    each: &mut Each,
) -> Result<u64, Damage> {
    let mut window = Window::new(source)?;
    loop {
        let (offset, next) = (position.end, position.sequence + 1);
        let at = |damage: Damage| damage.in_log(offset);
        if offset >= window.length && window.refresh().map_err(unreadable)? <= offset {
            return Ok(0);
        }
        let found = window.frame(offset, id).map_err(unreadable)?;
        let Some((frame, bytes)) = found.filter(|(frame, _)| frame.first == next) else {
            let Some(later) = later(&mut window, offset, id, next)? else {
                return Ok(window.length - offset);
            };
            // A writer may have finished the frame since it was looked at.
            window.refresh().map_err(unreadable)?;
            if window.frame(offset, id).map_err(unreadable)?.is_some_and(|(frame, _)| frame.first == next) {
                continue;
            }
            let what = format!("the frame is damaged, and the frame at byte {later} shows that it was whole once");
            return Err(at(Damage::new("log", what)));
        };
        let commits = frame::commits(&bytes[HEADER..], frame.count).map_err(at)?;
        for (sequence, commit) in (frame.first..).zip(commits) {
            each(sequence, commit).map_err(at)?;
        }
        let header = &bytes[..HEADER];
        position.pass(&frame, header);
    }
}

/// The first frame from the offset on that says that commit `next` was durable. Bounded: what looks like frames is
/// hashed for at most a few times the length of the file.
fn later(window: &mut Window, offset: u64, id: u128, next: u64) -> Result<Option<u64>, Damage> {
    let mut budget = 4 * window.length + CHUNK as u64;
    let mut at = offset;
    while let Some(found) = window.find_magic(at).map_err(unreadable)? {
        at = found + 1;
        let Some(frame) = window.header(found).map_err(unreadable)? else { continue };
        if frame.first <= next || frame.durable < next || frame.size() > window.length - found {
            continue;
        }
        let Some(left) = budget.checked_sub(frame.size()) else {
            return Err(Damage::new("log", "after the frame there are too many that look like frames").in_log(offset));
        };
        budget = left;
        if window.frame(found, id).map_err(unreadable)?.is_some() {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn unreadable(error: io::Error) -> Damage {
    Damage::unreadable("log", &error)
}

/// A part of a file in memory.
struct Window<'a> {
    source: &'a dyn Source,
    length: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> Window<'a> {
    fn new(source: &'a dyn Source) -> Result<Window<'a>, Damage> {
        let length = source.length().map_err(unreadable)?;
        Ok(Window { source, length, start: 0, bytes: Vec::new() })
    }

    /// Forgets what was fetched. Returns the length of the file now.
    fn refresh(&mut self) -> io::Result<u64> {
        self.bytes.clear();
        self.length = self.source.length()?;
        Ok(self.length)
    }

    /// The bytes from the offset on; `None` if the file ends before.
    fn get(&mut self, offset: u64, length: usize) -> io::Result<Option<&[u8]>> {
        let rest = self.length.saturating_sub(offset);
        if rest < length as u64 {
            return Ok(None);
        }
        let end = self.start + self.bytes.len() as u64;
        if offset < self.start || offset + length as u64 > end {
            self.bytes.resize(rest.min(CHUNK.max(length) as u64) as usize, 0);
            self.start = offset;
            if let Err(error) = self.source.read_at(offset, &mut self.bytes) {
                self.bytes.clear();
                // A writer took back what it could not write whole.
                return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error) };
            }
        }
        let at = (offset - self.start) as usize;
        Ok(Some(&self.bytes[at..at + length]))
    }

    fn header(&mut self, offset: u64) -> io::Result<Option<Frame>> {
        Ok(self.get(offset, HEADER)?.and_then(Frame::parse))
    }

    /// The whole frame at the offset.
    fn frame(&mut self, offset: u64, id: u128) -> io::Result<Option<(Frame, &[u8])>> {
        let Some(frame) = self.header(offset)? else { return Ok(None) };
        if frame.size() > self.length - offset {
            return Ok(None);
        }
        let bytes = self.get(offset, frame.size() as usize)?;
        Ok(bytes.filter(|bytes| frame.is_whole(id, bytes)).map(|bytes| (frame, bytes)))
    }

    /// The next place that looks like a frame. Each byte is fetched about once, however many such places there are.
    fn find_magic(&mut self, mut from: u64) -> io::Result<Option<u64>> {
        while self.get(from, HEADER)?.is_some() {
            let bytes = &self.bytes[(from - self.start) as usize..];
            if let Some(at) = memmem::find(bytes, &MAGIC) {
                return Ok(Some(from + at as u64));
            }
            from += (bytes.len() - (MAGIC.len() - 1)) as u64;
        }
        Ok(None)
    }
}

/// Where the frame begins that holds a commit, and what is before it; for the commit after the last one, the end.
pub(in crate::storage) fn find(
    source: &dyn Source,
    position: &Position,
    base_end: u64,
    sequence: u64,
) -> io::Result<(u64, Option<Frame>)> {
    let mark = position.marks.partition_point(|(first, _)| *first <= sequence).checked_sub(1);
    let mut offset = mark.map_or(base_end, |mark| position.marks[mark].1);
    let mut header = [0; HEADER];
    while offset < position.end {
        source.read_at(offset, &mut header)?;
        let frame = Frame::parse(&header).ok_or(io::ErrorKind::InvalidData)?;
        if frame.next() > sequence {
            return Ok((offset, Some(frame)));
        }
        offset += frame.size();
    }
    Ok((position.end, None))
}
