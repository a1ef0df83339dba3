//! Checkpoints: a new file with a newer base takes the place of the old one.
//!
//! The new file is written beside the old one while commits go on; only the last frames are copied, and the names
//! swapped, with commits stopped. Whoever has the old file open still reads it whole.

use std::io;
use std::path::Path;
use std::sync::{Arc, MutexGuard, PoisonError};

use super::atomic::{Replacement, copy};
use super::container::{self, Section, Sections, Stamp};
use super::disk::{Disk, DiskFile, folder_of};
use super::log::frame::{self, Frame};
use super::log::scan::{Position, find};
use super::reader::State;
use super::store::{Inner, Log};
use super::{base, error};
use crate::diagnostic::Diagnostic;
use crate::graph::Graph;
use crate::limits::Watch;

/// How the name of a checkpoint's file ends until it takes the database's.
pub(super) const ENDING: &str = ".checkpoint";

/// A checkpoint whose long part is done.
pub struct Prepared<'a> {
    inner: &'a Inner,
    new: Replacement<'a>,
    /// What the new file holds so far.
    state: State,
    /// The file that it was copied from, and up to where.
    old: Arc<dyn DiskFile>,
    copied: u64,
    _one: MutexGuard<'a, ()>,
}

pub(super) fn prepare<'a>(
    inner: &'a Inner,
    snapshot: &Graph,
    sequence: u64,
    watch: &Watch,
) -> Result<Prepared<'a>, Diagnostic> {
    let one = inner.checkpointing.lock().unwrap_or_else(PoisonError::into_inner);
    let wrong = |error: io::Error| inner.wrong(&error);
    let (old, state) = {
        let mut log = inner.log();
        inner.check_writable(&log)?;
        // A first commit meanwhile would carry over an older version, and so replace the file.
        inner.prepare_first_write(&mut log)?;
        (log.file.clone(), log.state.clone())
    };
    if !(state.stamp.sequence..=state.position.sequence).contains(&sequence) {
        let what = format!("there is no commit {sequence} to make a checkpoint of");
        return Err(error::defect(&inner.name, &what));
    }
    let new = Replacement::start(&*inner.disk, &inner.path, &inner.name, ENDING)?;
    let cut = cut(&*old, &state, sequence).map_err(wrong)?;
    let stamp = Stamp { id: state.stamp.id, sequence, checkpoint: inner.disk.now(), last_commit: cut.last_commit };
    let base_end = base::write(snapshot, &stamp, new.file(), &inner.name, watch)?;
    let mut position =
        Position { end: base_end, sequence, durable: sequence, last_commit: cut.last_commit, ..Position::default() };
    if let Some((frame, bytes)) = &cut.rest {
        new.file().write_at(position.end, bytes).map_err(wrong)?;
        position.pass(frame, bytes);
    }
    let state = State { version: container::VERSION, stamp, base_end, position, torn: 0 };
    let copied = cut.offset;
    let mut prepared = Prepared { inner, new, state, old, copied, _one: one };
    // The end as it was when the snapshot was taken or later: what is left for the swap is short.
    let end = inner.log().state.position.end;
    prepared.copy_frames(end).map_err(wrong)?;
    prepared.new.file().sync_all().map_err(wrong)?;
    Ok(prepared)
}

impl Prepared<'_> {
    /// Puts the new file in the place of the old one, with commits stopped.
    pub fn swap(mut self) -> Result<(), Diagnostic> {
        let inner = self.inner;
        let wrong = |error: io::Error| inner.wrong(&error);
        let mut log = inner.log();
        inner.check_writable(&log)?;
        if !Arc::ptr_eq(&log.file, &self.old) {
            return Err(error::defect(&inner.name, "the log was replaced during a checkpoint"));
        }
        let end = log.state.position.end;
        if end > self.copied {
            self.copy_frames(end).map_err(wrong)?;
            self.new.file().sync().map_err(wrong)?;
        }
        install(inner, &mut log, self.new, self.state)
    }

    /// Copies whole frames, up to an offset of the old file.
    fn copy_frames(&mut self, end: u64) -> io::Result<()> {
        let (mut header, file) = ([0; frame::HEADER], self.new.file());
        copy(&*self.old, self.copied, end, file, self.state.position.end)?;
        while self.copied < end {
            self.old.read_at(self.copied, &mut header)?;
            let frame = Frame::parse(&header).ok_or(io::ErrorKind::InvalidData)?;
            self.state.position.pass(&frame, &header);
            self.copied += frame.size();
        }
        Ok(())
    }
}

/// Gives a synced file the name of the database, and goes on with it.
fn install(inner: &Inner, log: &mut Log, new: Replacement, state: State) -> Result<(), Diagnostic> {
    let (file, name_synced) = new.publish()?;
    *log = Log { file: file.into(), synced_end: state.position.end, state, name_synced: true, failure: None };
    log.mark_synced();
    if let Err(error) = name_synced {
        // After a crash the old file could be back, without the commits that would follow.
        let diagnostic = inner.wrong(&error);
        log.failure = Some(diagnostic.message.clone());
        return Err(diagnostic);
    }
    Ok(())
}

/// Where a log is cut after a commit.
struct LogCut {
    /// Where the first frame begins whose commits all come after.
    offset: u64,
    /// The commits after, of a frame that holds commits before, too.
    rest: Option<(Frame, Vec<u8>)>,
    /// When the commit was made.
    last_commit: u64,
}

fn cut(file: &dyn DiskFile, state: &State, sequence: u64) -> io::Result<LogCut> {
    let (stamp, position) = (&state.stamp, &state.position);
    if sequence == position.sequence {
        return Ok(LogCut { offset: position.end, rest: None, last_commit: position.last_commit });
    }
    if sequence == stamp.sequence {
        return Ok(LogCut { offset: state.base_end, rest: None, last_commit: stamp.last_commit });
    }
    // The frame of the commit itself.
    let (offset, frame) = find(file, position, state.base_end, sequence)?;
    let frame = frame.ok_or(io::ErrorKind::InvalidData)?;
    let after = offset + frame.size();
    if frame.next() == sequence + 1 {
        return Ok(LogCut { offset: after, rest: None, last_commit: frame.time });
    }
    let mut bytes = vec![0; frame.size() as usize];
    file.read_at(offset, &mut bytes)?;
    let commits = frame::commits(&bytes[frame::HEADER..], frame.count).map_err(|_| io::ErrorKind::InvalidData)?;
    let later = &commits[(sequence + 1 - frame.first) as usize..];
    let sealed = frame::seal(stamp.id, sequence + 1, frame.durable.min(sequence), frame.time, later);
    let sealed = sealed.ok_or(io::ErrorKind::InvalidData)?;
    let frame = Frame::parse(&sealed).ok_or(io::ErrorKind::InvalidData)?;
    Ok(LogCut { offset: after, rest: Some((frame, sealed)), last_commit: frame.time })
}

/// Turns a version 2 file into one of this version: the same sections after a longer header.
pub(super) fn carry_over(inner: &Inner, log: &mut Log) -> Result<(), Diagnostic> {
    let wrong = |error: io::Error| inner.wrong(&error);
    let new = Replacement::start(&*inner.disk, &inner.path, &inner.name, ENDING)?;
    let source = log.file.clone();
    let sections = Sections::read(&*source).map_err(|damage| damage.diagnostic(&inner.name))?;
    let start = sections.list.first().map_or(sections.end, |section| section.offset);
    let new_start = container::head_length(container::VERSION, sections.list.len()) as u64;
    let shifted = |section: &Section| Section { offset: section.offset - start + new_start, ..*section };
    let rows: Vec<Section> = sections.list.iter().map(shifted).collect();
    let end = sections.end - start + new_start;
    let stamp = base::new_stamp(&*inner.disk);
    new.file().write_at(0, &container::table(&stamp, &rows, end)).map_err(wrong)?;
    copy(&*source, start, sections.end, new.file(), new_start).map_err(wrong)?;
    new.file().sync_all().map_err(wrong)?;
    let position = Position { end, ..Position::default() };
    let state = State { version: container::VERSION, stamp, base_end: end, position, torn: 0 };
    install(inner, log, new, state)
}

/// Removes what a killed process left of a checkpoint. The lock is held, so nobody is writing one.
pub(super) fn remove_remains(disk: &dyn Disk, path: &Path, ending: &str) {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { return };
    let folder = folder_of(path);
    let short: String = name.chars().take(50).collect();
    let start = format!(".{short}.");
    for found in disk.list(folder).unwrap_or_default() {
        let is_remains = found.to_str().and_then(|found| found.strip_prefix(&start)?.strip_suffix(ending));
        if is_remains.is_some_and(|middle| middle.len() == 16 && middle.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            let _ = disk.remove(&folder.join(found));
        }
    }
}
