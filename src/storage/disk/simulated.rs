//! A disk in memory that knows written from synced bytes, loses what is not synced, and fails on demand.
//!
//! What a crash leaves: of each write since the last sync any sectors, of each change of a name any; what was lost
//! reads as zeros or as garbage. A failed sync leaves any part, and what it lost is not tried again (as Linux does).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Access, Attributes, Disk, DiskFile, FileKind, Identity, Source, Target, folder_of};

/// SplitMix64.
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

#[derive(Clone, Debug)]
enum Pending {
    Write(u64, Vec<u8>),
    Truncate(u64),
}

#[derive(Clone, Debug)]
enum PendingName {
    Set(PathBuf, usize),
    Remove(PathBuf),
    Rename(PathBuf, PathBuf, usize),
}

#[derive(Clone, Debug, Default)]
struct Inode {
    /// What programs see.
    current: Vec<u8>,
    /// What a crash cannot take away.
    durable: Vec<u8>,
    pending: Vec<Pending>,
    locked: bool,
}

/// An error to be injected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    /// At which call.
    pub(crate) call: u64,
    /// In how many calls in a row.
    pub(crate) calls: u64,
    pub(crate) full: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct State {
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    pending_names: Vec<PendingName>,
    random: Random,
    time: u64,
    pub(crate) calls: u64,
    pub(crate) fault: Option<Fault>,
}

/// How much of what is not synced a crash leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Survival {
    Nothing,
    Everything,
    Some,
}

type Watcher = Box<dyn FnMut(&State) + Send>;

#[derive(Clone)]
pub(crate) struct SimulatedDisk {
    state: Arc<Mutex<State>>,
    /// Called after every call that changes something.
    watcher: Arc<Mutex<Option<Watcher>>>,
}

impl State {
    /// The disk after the machine has lost its power.
    pub(crate) fn crashed(&self, survival: Survival, seed: u64) -> SimulatedDisk {
        let mut random = Random(seed);
        let mut names = self.durable_names.clone();
        for pending in &self.pending_names {
            if survives(survival, &mut random) {
                apply_name(&mut names, pending);
            }
        }
        let mut inodes = vec![Inode::default(); self.inodes.len()];
        for inode in names.values() {
            let mut content = self.inodes[*inode].durable.clone();
            for pending in &self.inodes[*inode].pending {
                apply_torn(&mut content, pending, survival, &mut random);
            }
            inodes[*inode] = Inode { current: content.clone(), durable: content, ..Inode::default() };
        }
        let random = Random(self.random.0 ^ 1);
        let durable_names = names.clone();
        SimulatedDisk::of(State {
            inodes,
            names,
            durable_names,
            random,
            pending_names: Vec::new(),
            fault: None,
            ..self.clone_small()
        })
    }

    /// The disk after the process was killed: nothing is lost.
    pub(crate) fn killed(&self) -> SimulatedDisk {
        let mut state = State { fault: None, ..self.clone() };
        state.inodes.iter_mut().for_each(|inode| inode.locked = false);
        SimulatedDisk::of(state)
    }

    fn clone_small(&self) -> State {
        State {
            inodes: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            pending_names: Vec::new(),
            random: self.random.clone(),
            ..*self
        }
    }

    fn call(&mut self) -> io::Result<()> {
        self.calls += 1;
        match self.fault {
            Some(fault) if (fault.call..fault.call + fault.calls).contains(&self.calls) => {
                Err(if fault.full { io::ErrorKind::StorageFull.into() } else { io::Error::from_raw_os_error(5) })
            }
            _ => Ok(()),
        }
    }

    fn inode(&self, path: &Path) -> io::Result<usize> {
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn name(&mut self, pending: PendingName) {
        apply_name(&mut self.names, &pending);
        self.pending_names.push(pending);
    }

    fn attributes(&self, inode: usize) -> Attributes {
        Attributes {
            identity: Identity { device: 1, inode: inode as u64 },
            kind: FileKind::File,
            length: self.inodes[inode].current.len() as u64,
            links: self.names.values().filter(|named| **named == inode).count() as u64,
            mode: Some(0o644),
            owner: None,
            read_only: false,
        }
    }
}

fn survives(survival: Survival, random: &mut Random) -> bool {
    match survival {
        Survival::Nothing => false,
        Survival::Everything => true,
        Survival::Some => random.one_in(2),
    }
}

fn apply_name(names: &mut BTreeMap<PathBuf, usize>, pending: &PendingName) {
    match pending {
        PendingName::Set(path, inode) => _ = names.insert(path.clone(), *inode),
        PendingName::Remove(path) => _ = names.remove(path),
        PendingName::Rename(from, to, inode) => {
            names.insert(to.clone(), *inode);
            if names.get(from) == Some(inode) {
                names.remove(from);
            }
        }
    }
}

fn apply(content: &mut Vec<u8>, pending: &Pending) {
    match pending {
        Pending::Write(offset, bytes) => {
            let (start, end) = (*offset as usize, *offset as usize + bytes.len());
            let length = content.len().max(end);
            content.resize(length, 0);
            content[start..end].copy_from_slice(bytes);
        }
        Pending::Truncate(length) => content.resize(*length as usize, 0),
    }
}

/// Applies any sectors of a write; in place of the lost ones zeros or garbage, or the file is shorter.
fn apply_torn(content: &mut Vec<u8>, pending: &Pending, survival: Survival, random: &mut Random) {
    let (offset, bytes) = match (pending, survival) {
        (_, Survival::Nothing) => return,
        (Pending::Write(offset, bytes), Survival::Some) => (*offset as usize, bytes),
        (Pending::Truncate(_), Survival::Some) if random.one_in(2) => return,
        (_, Survival::Everything | Survival::Some) => return apply(content, pending),
    };
    let grows = random.one_in(2);
    let lost = random.below(4);
    let mut at = 0;
    while at < bytes.len() {
        let largest = if random.one_in(4) { 8 } else { 512 };
        let sector = 1 + random.below(largest);
        let end = bytes.len().min(at + sector);
        if random.below(4) > lost {
            apply(content, &Pending::Write((offset + at) as u64, bytes[at..end].to_vec()));
        } else if grows && offset + end > content.len() {
            let garbage = if random.one_in(2) { 0 } else { random.next() as u8 };
            content.resize(offset + end, garbage);
        }
        at = end;
    }
}

impl SimulatedDisk {
    pub(crate) fn new(seed: u64) -> SimulatedDisk {
        SimulatedDisk::of(State {
            inodes: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            pending_names: Vec::new(),
            random: Random(seed),
            time: 1_700_000_000_000,
            calls: 0,
            fault: None,
        })
    }

    fn of(state: State) -> SimulatedDisk {
        SimulatedDisk { state: Arc::new(Mutex::new(state)), watcher: Arc::default() }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panicked")
    }

    /// Calls a function with the state after every call that changes something.
    pub(crate) fn watch(&self, watcher: Watcher) {
        *self.watcher.lock().expect("nobody panicked") = Some(watcher);
    }

    /// Makes a call that changes the disk.
    fn change<T>(&self, change: impl FnOnce(&mut State, io::Result<()>) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.state();
        let called = state.call();
        let result = change(&mut state, called);
        // Not watched while watching.
        let watcher = self.watcher.lock().expect("nobody panicked").take();
        if let Some(mut watcher) = watcher {
            let after = state.clone();
            drop(state);
            watcher(&after);
            *self.watcher.lock().expect("nobody panicked") = Some(watcher);
        }
        result
    }

    fn handle(&self, inode: usize, writable: bool) -> Box<dyn DiskFile> {
        Box::new(SimulatedFile { disk: self.clone(), inode, writable, holds: Mutex::new(false) })
    }
}

impl Disk for SimulatedDisk {
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.state();
        state.call()?;
        let inode = state.inode(path)?;
        Ok(self.handle(inode, access == Access::ReadWrite))
    }

    fn create_new(&self, path: &Path, _: Option<&Attributes>) -> io::Result<Box<dyn DiskFile>> {
        let inode = self.change(|state, called| {
            called?;
            if state.names.contains_key(path) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            state.inodes.push(Inode::default());
            let inode = state.inodes.len() - 1;
            state.name(PendingName::Set(path.to_path_buf(), inode));
            Ok(inode)
        })?;
        Ok(self.handle(inode, true))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change(|state, called| {
            called?;
            let inode = state.inode(from)?;
            state.name(PendingName::Rename(from.to_path_buf(), to.to_path_buf(), inode));
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change(|state, called| {
            called?;
            state.inode(path)?;
            state.name(PendingName::Remove(path.to_path_buf()));
            Ok(())
        })
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.change(|state, called| {
            assert_eq!(folder, Path::new("/"));
            let pending = std::mem::take(&mut state.pending_names);
            for pending in &pending {
                if called.is_ok() || state.random.one_in(2) {
                    apply_name(&mut state.durable_names, pending);
                }
            }
            if called.is_err() {
                state.pending_names = pending;
            }
            called
        })
    }

    fn attributes(&self, path: &Path) -> io::Result<Attributes> {
        let mut state = self.state();
        state.call()?;
        if path == Path::new("/") {
            let identity = Identity { device: 1, inode: u64::MAX };
            let mode = Some(0o755);
            return Ok(Attributes {
                identity,
                kind: FileKind::Folder,
                length: 0,
                links: 1,
                mode,
                owner: None,
                read_only: false,
            });
        }
        Ok(state.attributes(state.inode(path)?))
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        self.state().call()?;
        assert_eq!(folder_of(path), Path::new("/"));
        Ok(path.to_path_buf())
    }

    fn list(&self, _: &Path) -> io::Result<Vec<OsString>> {
        let mut state = self.state();
        state.call()?;
        Ok(state.names.keys().filter_map(|path| path.file_name()).map(OsString::from).collect())
    }

    fn now(&self) -> u64 {
        let mut state = self.state();
        state.time += 1;
        state.time
    }

    fn random(&self) -> u64 {
        self.state().random.next()
    }
}

struct SimulatedFile {
    disk: SimulatedDisk,
    inode: usize,
    writable: bool,
    holds: Mutex<bool>,
}

impl Source for SimulatedFile {
    fn length(&self) -> io::Result<u64> {
        let mut state = self.disk.state();
        state.call()?;
        Ok(state.inodes[self.inode].current.len() as u64)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        state.call()?;
        let content: &[u8] = &state.inodes[self.inode].current;
        content.read_at(offset, into)
    }
}

impl Target for SimulatedFile {
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        assert!(self.writable);
        self.disk.change(|state, called| {
            // Of a write that fails, some may have been written.
            let length = if called.is_ok() { bytes.len() } else { state.random.below(bytes.len() + 1) };
            let pending = Pending::Write(offset, bytes[..length].to_vec());
            let inode = &mut state.inodes[self.inode];
            if length > 0 {
                apply(&mut inode.current, &pending);
                inode.pending.push(pending);
            }
            called
        })
    }
}

impl DiskFile for SimulatedFile {
    fn sync(&self) -> io::Result<()> {
        self.disk.change(|state, called| {
            let State { inodes, random, .. } = state;
            let inode = &mut inodes[self.inode];
            for pending in std::mem::take(&mut inode.pending) {
                match called {
                    Ok(()) => apply(&mut inode.durable, &pending),
                    Err(_) => apply_torn(&mut inode.durable, &pending, Survival::Some, random),
                }
            }
            called
        })
    }

    fn sync_all(&self) -> io::Result<()> {
        self.sync()
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        assert!(self.writable);
        self.disk.change(|state, called| {
            called?;
            let inode = &mut state.inodes[self.inode];
            apply(&mut inode.current, &Pending::Truncate(length));
            inode.pending.push(Pending::Truncate(length));
            Ok(())
        })
    }

    fn attributes(&self) -> io::Result<Attributes> {
        let mut state = self.disk.state();
        state.call()?;
        Ok(state.attributes(self.inode))
    }

    fn try_lock(&self) -> io::Result<bool> {
        let mut state = self.disk.state();
        state.call()?;
        let free = !std::mem::replace(&mut state.inodes[self.inode].locked, true);
        *self.holds.lock().expect("nobody panicked") |= free;
        Ok(free)
    }
}

impl Drop for SimulatedFile {
    fn drop(&mut self) {
        if *self.holds.lock().expect("nobody panicked") {
            self.disk.state().inodes[self.inode].locked = false;
        }
    }
}
