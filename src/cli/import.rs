//! `kenning import`: CSV files → a database file.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use super::arguments::ImportArguments;
use super::tell;
use crate::graph::Graph;
use crate::import::{self, Options, Report, Source};
use crate::render::count;
use crate::session::Failure;
use crate::storage;

pub(super) fn run(arguments: &ImportArguments) -> Result<(), Failure> {
    let start = Instant::now();
    let database = &arguments.database;
    if database.exists() && !arguments.overwrite {
        return tell(&storage::exists(&database.display().to_string()));
    }
    let options = Options {
        delimiter: arguments.delimiter,
        quote: arguments.quote,
        array_delimiter: arguments.array_delimiter,
        id_type: arguments.id_type,
        skip_bad_relationships: arguments.skip_bad_relationships,
        threads: crate::limits::cores(),
    };
    let files = arguments.nodes.iter().chain(&arguments.relationships).flat_map(|group| &group.files);
    let mut progress = Progress::new(total_bytes(files));
    let mut told = |report: &Report| progress.show(report);
    let mut source = Source { open: &storage::open_data, progress: &mut told };
    let imported = import::import(&arguments.nodes, &arguments.relationships, &options, &mut source);
    progress.clear();
    let (graph, report) = match imported {
        Ok(imported) => imported,
        Err(error) => return tell(&error),
    };
    if let Err(error) = storage::save(&graph, database) {
        return tell(&error);
    }
    let summary = summary(&graph);
    // The process ends soon: what the graph holds need not be given back piece by piece.
    std::mem::forget(graph);
    let mut out = io::stdout().lock();
    let size = std::fs::metadata(database)?.len();
    writeln!(out, "{}: {summary}", database.display(),)?;
    writeln!(
        out,
        "read {} rows, {:.1} MB; wrote {:.1} MB; {:.2} s",
        report.rows,
        megabytes(report.bytes),
        megabytes(size),
        start.elapsed().as_secs_f64()
    )?;
    if report.skipped > 0 {
        writeln!(out, "left out {}:", count(report.skipped as usize, "relationship"))?;
        report.reasons.iter().try_for_each(|reason| writeln!(out, "  {}", crate::render::clean(reason)))?;
        let unnamed = report.skipped as usize - report.reasons.len();
        if unnamed > 0 {
            writeln!(out, "  and {unnamed} more")?;
        }
    }
    Ok(())
}

fn summary(graph: &Graph) -> String {
    format!(
        "{}, {}, {}, {}",
        count(graph.node_count(), "node"),
        count(graph.relationship_count(), "relationship"),
        count(graph.labels().count(), "label"),
        count(graph.types().count(), "type")
    )
}

/// How much there is to read; `None` if a file is compressed, or its length cannot be had.
fn total_bytes<'a>(files: impl Iterator<Item = &'a String>) -> Option<u64> {
    files
        .map(|file| {
            let plain = !file.ends_with(".gz");
            plain.then(|| std::fs::metadata(file).ok()).flatten().map(|metadata| metadata.len())
        })
        .sum()
}

pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// A line on the terminal that tells how far the import is; nothing if there is no terminal.
struct Progress {
    terminal: bool,
    /// How many bytes there are to read, if that is known.
    total: Option<u64>,
    start: Instant,
    shown: Option<Instant>,
}

impl Progress {
    fn new(total: Option<u64>) -> Progress {
        Progress { terminal: io::stderr().is_terminal(), total, start: Instant::now(), shown: None }
    }

    fn show(&mut self, report: &Report) {
        const EVERY: Duration = Duration::from_millis(100);
        if !self.terminal || self.shown.is_some_and(|shown| shown.elapsed() < EVERY) {
            return;
        }
        self.shown = Some(Instant::now());
        let seconds = self.start.elapsed().as_secs_f64();
        let bar = self.total.map_or(String::new(), |total| bar(report.bytes, total));
        let (rows, read) = (report.rows, megabytes(report.bytes));
        // A terminal that is gone is no reason to stop.
        let _ = write!(io::stderr(), "\r{bar}{rows} rows, {read:.0} MB, {seconds:.0} s \x1b[K");
    }

    fn clear(&self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// `[#########           ]  45 % `
fn bar(done: u64, total: u64) -> String {
    const WIDTH: u64 = 20;
    let share = |parts: u64| (done.min(total) * parts).checked_div(total).unwrap_or(parts);
    format!("[{:<width$}] {:>3} % ", "#".repeat(share(WIDTH) as usize), share(100), width = WIDTH as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars() {
        assert_eq!(bar(0, 10), "[                    ]   0 % ");
        assert_eq!(bar(9, 20), "[#########           ]  45 % ");
        // A file may have grown while it was read.
        assert_eq!(bar(21, 20), "[####################] 100 % ");
        assert_eq!(bar(0, 0), "[####################] 100 % ");
    }

    #[test]
    fn the_length_of_compressed_files_says_nothing() {
        let file = |name: &str| name.to_string();
        assert!(total_bytes([file("Cargo.toml"), file("README.md")].iter()).is_some_and(|bytes| bytes > 1000));
        assert_eq!(total_bytes([file("Cargo.toml"), file("a.csv.gz")].iter()), None);
        assert_eq!(total_bytes([file("nowhere.csv")].iter()), None);
    }
}
