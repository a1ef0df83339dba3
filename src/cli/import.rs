//! `kenning import`: CSV files → a database file.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use flate2::read::MultiGzDecoder;

use super::arguments::ImportArguments;
use super::tell;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::import::{self, Options, Report, Source};
use crate::render::count;
use crate::session::Failure;
use crate::storage;

pub(super) fn run(arguments: &ImportArguments) -> Result<(), Failure> {
    let start = Instant::now();
    let database = &arguments.database;
    if database.exists() && !arguments.overwrite {
        let message = format!("{} is there already", database.display());
        let error = Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message);
        return tell(&error.help("`--overwrite` puts the new graph in its place"));
    }
    let options = Options {
        delimiter: arguments.delimiter,
        quote: arguments.quote,
        array_delimiter: arguments.array_delimiter,
        id_type: arguments.id_type,
        skip_bad_relationships: arguments.skip_bad_relationships,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let mut progress = Progress::new();
    let mut told = |report: &Report| progress.show(report);
    let mut source = Source { open: &open, progress: &mut told };
    let imported = import::import(&arguments.nodes, &arguments.relationships, &options, &mut source);
    progress.clear();
    let (graph, report) = match imported {
        Ok(imported) => imported,
        Err(error) => return tell(&error),
    };
    if let Err(error) = storage::save(&graph, database) {
        return tell(&error);
    }
    let mut out = io::stdout().lock();
    let size = std::fs::metadata(database)?.len();
    writeln!(
        out,
        "{}: {}, {}, {} labels, {} types",
        database.display(),
        count(graph.node_count(), "node"),
        count(graph.relationship_count(), "relationship"),
        graph.labels().count(),
        graph.types().count()
    )?;
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

pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Opens a file, compressed if its name ends so.
fn open(name: &str) -> io::Result<Box<dyn Read + Send>> {
    let file = File::open(name)?;
    match Path::new(name).extension() {
        Some(extension) if extension == "gz" => Ok(Box::new(MultiGzDecoder::new(file))),
        _ => Ok(Box::new(file)),
    }
}

/// A line on the terminal that tells how far the import is; nothing if there is no terminal.
struct Progress {
    terminal: bool,
    start: Instant,
    shown: Option<Instant>,
}

impl Progress {
    fn new() -> Progress {
        Progress { terminal: io::stderr().is_terminal(), start: Instant::now(), shown: None }
    }

    fn show(&mut self, report: &Report) {
        const EVERY: Duration = Duration::from_millis(100);
        if !self.terminal || self.shown.is_some_and(|shown| shown.elapsed() < EVERY) {
            return;
        }
        self.shown = Some(Instant::now());
        let seconds = self.start.elapsed().as_secs_f64();
        // A terminal that is gone is no reason to stop.
        let _ =
            write!(io::stderr(), "\r{} rows, {:.0} MB, {seconds:.0} s \x1b[K", report.rows, megabytes(report.bytes));
    }

    fn clear(&self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
