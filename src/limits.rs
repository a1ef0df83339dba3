//! Limits of a statement: Ctrl-C, time, memory, and the files that it may read. Every loop over data asks the [`Budget`].

mod foreign;
mod machine;

use std::fmt;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::diagnostic::{Detail, Diagnostic, Kind};
pub(crate) use foreign::{check_json_ld, check_xml};

/// A longer row of a CSV file, in bytes, is taken for a quote that is never closed: it would hold the rest of the file.
pub(crate) const LONGEST_ROW: usize = 64 << 20;

/// What a statement may use.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Wall-clock time from the start of the statement.
    pub time: Option<Duration>,
    /// When the statement began; unless given, each of its stages has all of the time.
    pub since: Option<Instant>,
    /// Bytes of intermediate and final results held at once (an estimate: values as stored, no allocator overhead).
    pub memory: Option<usize>,
    /// Set from outside to stop the statement.
    pub cancel: Arc<AtomicBool>,
    /// Told by the statement while it runs.
    pub progress: Arc<Progress>,
}

/// How far a statement is, where it knows.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// The share that is done, from 0 to 1; `None` as long as nothing is known.
    pub fn share(&self) -> Option<f64> {
        let (done, total) = (self.done.load(Relaxed), self.total.load(Relaxed));
        (total > 0).then(|| (done as f64 / total as f64).min(1.0))
    }

    fn tell(&self, done: u64, total: u64) {
        self.done.store(done, Relaxed);
        self.total.store(total, Relaxed);
    }
}

impl Limits {
    /// The memory limit unless told otherwise: half of what the machine or the control group has, and no more than was
    /// free when the program first asked.
    pub fn default_memory() -> usize {
        machine::share()
    }
}

impl Default for Limits {
    fn default() -> Limits {
        let memory = Some(Limits::default_memory());
        Limits { time: None, since: None, memory, cancel: Arc::default(), progress: Arc::default() }
    }
}

/// How many threads can run at once. Asking the system takes as long as a small statement: it is asked once.
pub fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

type Open = dyn Fn(&str) -> io::Result<Box<dyn Read + Send>> + Send + Sync;

/// The files that a statement may read: whoever runs it says how a name is opened.
#[derive(Clone)]
pub struct Files(Arc<Open>);

impl Files {
    pub fn new(open: impl Fn(&str) -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'static) -> Files {
        Files(Arc::new(open))
    }

    pub(crate) fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        (self.0)(name)
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Files")
    }
}

/// Whether a running statement must stop: the flag and the clock, which several threads may look at. The default never
/// stops anything.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    cancel: Arc<AtomicBool>,
    time: Option<Duration>,
    deadline: Option<Instant>,
}

impl Watch {
    /// Looks at flag and clock now.
    pub fn check(&self) -> Result<(), Diagnostic> {
        if self.cancel.load(Relaxed) {
            return Err(stopped(Detail::Interrupted, "interrupted".into()));
        }
        match (self.deadline, self.time) {
            (Some(deadline), Some(time)) if Instant::now() >= deadline => {
                let message = format!("stopped at the time limit of {time:?}");
                Err(stopped(Detail::TimeLimit, message)
                    .help("raise it with --timeout or :set timeout, or narrow the question"))
            }
            _ => Ok(()),
        }
    }
}

/// The limits of a running statement and what it has used so far.
pub struct Budget {
    watch: Watch,
    progress: Arc<Progress>,
    memory: Option<usize>,
    ticks: AtomicU32,
    /// Bytes, of all threads that work on the statement.
    used: Arc<AtomicUsize>,
}

impl Budget {
    pub fn start(limits: &Limits) -> Budget {
        Budget::started(limits, limits.since.map_or(Duration::ZERO, |since| since.elapsed()))
    }

    /// The budget of what belongs to a statement that began this long ago.
    pub fn started(limits: &Limits, ago: Duration) -> Budget {
        let left = limits.time.map(|time| time.saturating_sub(ago));
        let deadline = left.and_then(|left| Instant::now().checked_add(left));
        let watch = Watch { cancel: limits.cancel.clone(), time: limits.time, deadline };
        let progress = limits.progress.clone();
        progress.tell(0, 0);
        Budget { watch, progress, memory: limits.memory, ticks: AtomicU32::new(0), used: Arc::default() }
    }

    /// The same budget for another thread: the memory is counted together, the ticks apart.
    pub fn beside(&self) -> Budget {
        let (watch, progress, used) = (self.watch.clone(), self.progress.clone(), self.used.clone());
        Budget { watch, progress, memory: self.memory, ticks: AtomicU32::new(0), used }
    }

    /// What other threads that work on the statement look at.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// To be called once per row, step or node visited: cheap, and looks at flag and clock now and then.
    pub fn tick(&self) -> Result<(), Diagnostic> {
        self.ticks(1)
    }

    /// To be called for this many bytes read, compared or made.
    pub fn work(&self, bytes: usize) -> Result<(), Diagnostic> {
        /// Slow functions of strings take about ten nanoseconds a byte, so the clock is looked at every few
        /// milliseconds.
        const BYTES_A_TICK: usize = 512;
        match u32::try_from(bytes / BYTES_A_TICK) {
            Ok(0) => Ok(()),
            Ok(ticks) => self.ticks(ticks),
            Err(_) => self.check(),
        }
    }

    fn ticks(&self, more: u32) -> Result<(), Diagnostic> {
        const BETWEEN_CHECKS: u32 = 1024;
        // Not added at once: a tick that two threads lose is missed by nobody.
        let before = self.ticks.load(Relaxed);
        let ticks = before.wrapping_add(more);
        self.ticks.store(ticks, Relaxed);
        let is_due = more >= BETWEEN_CHECKS || ticks / BETWEEN_CHECKS != before / BETWEEN_CHECKS;
        if is_due { self.check() } else { Ok(()) }
    }

    /// The steps counted so far in this thread: a measure of work that the load of the machine does not change. Tests of
    /// growth compare it.
    pub fn steps(&self) -> u32 {
        self.ticks.load(Relaxed)
    }

    /// Looks at flag and clock now.
    pub fn check(&self) -> Result<(), Diagnostic> {
        self.watch.check()
    }

    /// Tells how far a long piece of work is, for those who wait.
    pub fn tell_progress(&self, done: usize, total: usize) {
        self.progress.tell(done as u64, total as u64);
    }

    /// Notes that so many bytes more are held.
    pub fn charge(&self, bytes: usize) -> Result<(), Diagnostic> {
        let used = self.used.fetch_add(bytes, Relaxed).saturating_add(bytes);
        match self.memory {
            Some(limit) if used > limit => {
                self.used.fetch_sub(bytes, Relaxed);
                let message = format!("stopped at the memory limit of {}", size(limit));
                Err(stopped(Detail::MemoryLimit, message)
                    .help("raise it with --memory or :set memory, or narrow the question"))
            }
            _ => Ok(()),
        }
    }

    /// Checks that there is room for a value of this size before it is made. Whoever keeps it charges for keeping it.
    pub fn room(&self, bytes: usize) -> Result<(), Diagnostic> {
        const SMALL: usize = 1 << 10;
        if bytes <= SMALL {
            return Ok(());
        }
        self.charge(bytes)?;
        self.release(bytes);
        self.work(bytes)
    }

    /// Bytes to be released when what is returned is dropped.
    pub fn hold(&self) -> Hold<'_> {
        Hold { budget: self, bytes: 0 }
    }

    /// Notes that so many bytes are held no more.
    pub fn release(&self, bytes: usize) {
        let less = |used: usize| Some(used.saturating_sub(bytes));
        _ = self.used.fetch_update(Relaxed, Relaxed, less);
    }
}

/// Bytes that a piece of work holds until it ends.
pub struct Hold<'b> {
    budget: &'b Budget,
    bytes: usize,
}

impl Hold<'_> {
    /// Notes that so many bytes more are held.
    pub fn add(&mut self, bytes: usize) -> Result<(), Diagnostic> {
        self.budget.charge(bytes)?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.budget.release(self.bytes);
    }
}

/// Drops a list on another thread if it is long: to give back ten million values takes half a second, for which nobody
/// who stopped a statement should wait.
pub(crate) fn discard<T: Send + 'static>(items: Vec<T>) {
    const LONG: usize = 100_000;
    if items.len() >= LONG {
        // Without a thread it is dropped here.
        _ = std::thread::Builder::new().name("kenning-discard".into()).spawn(move || drop(items));
    }
}

/// In MiB, unless rounding would tell little.
fn size(bytes: usize) -> String {
    match bytes {
        0..10_000_000 if !bytes.is_multiple_of(1 << 20) => format!("{bytes} bytes"),
        _ => format!("{} MiB", bytes >> 20),
    }
}

fn stopped(detail: Detail, message: String) -> Diagnostic {
    Diagnostic::runtime(Kind::Stopped, detail, message)
}
