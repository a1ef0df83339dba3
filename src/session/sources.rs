//! The files that a user names: those named, those of folders and patterns, standard input, and what lies beside them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::WalkBuilder;

use super::open::is_graph_folder;
use super::skipped::Skipped;
use crate::diagnostic::{Detail, Diagnostic, Kind, Severity};
use crate::formats::{self, Surroundings};
use crate::ingest::formats::Titles;
use crate::ingest::gather::{Choices, Gathered, Input, Remark};
use crate::ingest::kinds::locks_of;
use crate::limits::Budget;
use crate::storage::{self, io_error};

/// Folders that hold what other people wrote, or what a build made.
const VENDORED: &[&str] = &[
    "node_modules",
    "bower_components",
    "vendor",
    "third_party",
    "target",
    "dist",
    "site-packages",
    "venv",
    ".venv",
    ".tox",
    "__pycache__",
    ".terraform",
    ".gradle",
];

/// A file of a folder that is larger is read only if it is named.
const LARGEST_UNNAMED: u64 = 256 << 20;

/// The place of what is piped in, unless it is given a name.
const STANDARD_INPUT: &str = "<standard input>";

/// What a user named.
pub(crate) struct Sources {
    pub(crate) inputs: Vec<Input>,
    /// Databases and graph folders, which are graphs already.
    pub(crate) graphs: Vec<PathBuf>,
    /// What the folders hold besides, by the reason why it was not read.
    pub(crate) skipped: Skipped,
    /// Files and folders of a folder that could not be read.
    pub(crate) unreadable: Vec<Remark>,
    /// The paths of the inputs: a file that is named twice is read once.
    seen: BTreeSet<String>,
    /// The folders that were named, or of which a file was named.
    roots: BTreeSet<PathBuf>,
    /// The same without links: below them other files may be looked up.
    real_roots: BTreeSet<PathBuf>,
    /// The current folder.
    here: PathBuf,
    /// Files that were read as what lies beside another: manifests beside lock files.
    beside: Mutex<BTreeSet<String>>,
    /// Opens a file; tests put one here that fails.
    open: fn(&Path) -> io::Result<fs::File>,
}

/// How folders are walked, and what else is read.
#[derive(Clone, Copy, Default)]
pub(crate) struct Walk<'n> {
    /// Also into folders of what other people wrote.
    pub(crate) vendored: bool,
    /// Whether a folder in kenning's own form is a graph, not files of glossaries.
    pub(crate) graph_folders: bool,
    /// What standard input is called: its name helps to tell its format, and is its place.
    pub(crate) standard_input: Option<&'n str>,
}

/// Why a file was not read.
enum Unread {
    Io(io::Error),
    /// A limit, or an interrupt.
    Stopped(Diagnostic),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Unread {
        Unread::Io(error)
    }
}

impl From<Diagnostic> for Unread {
    fn from(error: Diagnostic) -> Unread {
        Unread::Stopped(error)
    }
}

impl Sources {
    /// The files of the paths.
    pub(crate) fn named(paths: &[PathBuf], walk: Walk, budget: &Budget) -> Result<Sources, Diagnostic> {
        Sources::opened_by(|path| fs::File::open(path), paths, walk, budget)
    }

    fn opened_by(
        open: fn(&Path) -> io::Result<fs::File>,
        paths: &[PathBuf],
        walk: Walk,
        budget: &Budget,
    ) -> Result<Sources, Diagnostic> {
        let mut sources = Sources {
            inputs: Vec::new(),
            graphs: Vec::new(),
            skipped: Skipped::default(),
            unreadable: Vec::new(),
            seen: BTreeSet::new(),
            roots: BTreeSet::new(),
            real_roots: BTreeSet::new(),
            here: std::env::current_dir().unwrap_or_default(),
            beside: Mutex::default(),
            open,
        };
        paths.iter().try_for_each(|path| sources.collect(path, walk, budget))?;
        Ok(sources)
    }

    /// How the files are read if nothing else is said.
    pub(crate) fn choices(&self, options: formats::Options) -> Choices<'_> {
        let (titles, threads) = (Titles::default(), crate::limits::cores());
        Choices { kind: None, source: None, options, titles, glossaries: false, surroundings: self, threads }
    }

    fn add_root(&mut self, folder: &Path) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        if self.roots.insert(folder.to_path_buf()) {
            self.real_roots.extend(folder.canonicalize());
        }
    }

    /// Adds what a path names: a graph, a file, what a folder holds, what a pattern finds, standard input.
    fn collect(&mut self, path: &Path, walk: Walk, budget: &Budget) -> Result<(), Diagnostic> {
        let name = path.display().to_string();
        if name == "-" {
            return self.standard_input(walk.standard_input.unwrap_or(STANDARD_INPUT), budget);
        }
        if path.is_dir() {
            let is_graph = walk.graph_folders && is_graph_folder(path)?;
            return if is_graph { self.graph(path) } else { self.walk(path, walk, budget) };
        }
        if path.exists() {
            if storage::is_database_name(path) {
                return self.graph(path);
            }
            self.add_root(path.parent().unwrap_or(Path::new(".")));
            return self.file(path, true, budget).map_err(|unread| unreadable(&name, unread));
        }
        let found = glob(path).map_err(|error| io_error(&name, &error))?;
        if found.is_empty() {
            let message = format!("there is no file or folder `{name}`");
            let error = Diagnostic::runtime(Kind::IoError, Detail::MissingFile, message);
            return Err(error.help("`-` reads standard input"));
        }
        found.iter().try_for_each(|path| self.collect(path, walk, budget))
    }

    fn standard_input(&mut self, name: &str, budget: &Budget) -> Result<(), Diagnostic> {
        if self.seen.insert("-".into()) {
            let bytes = read(io::stdin().lock(), budget).map_err(|unread| unreadable("standard input", unread))?;
            self.inputs.push(Input { path: name.into(), bytes, named: true });
        }
        Ok(())
    }

    fn graph(&mut self, path: &Path) -> Result<(), Diagnostic> {
        if self.seen.insert(tidy(path, &self.here)) {
            self.graphs.push(path.to_path_buf());
        }
        Ok(())
    }

    /// The files of a folder and its folders, in order, but for those that `.gitignore` leaves out.
    fn walk(&mut self, folder: &Path, walk: Walk, budget: &Budget) -> Result<(), Diagnostic> {
        self.add_root(folder);
        let mut builder = WalkBuilder::new(folder);
        // Files of CI begin with a dot. A link could lead out of the folder, or back into it.
        builder.hidden(false).require_git(false).parents(true).follow_links(false);
        builder.sort_by_file_name(std::cmp::Ord::cmp);
        let (vendored, passed) = (walk.vendored, Arc::new(Mutex::new(BTreeSet::new())));
        let seen = passed.clone();
        builder.filter_entry(move |entry| {
            let name = entry.file_name().to_string_lossy();
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            if !is_folder || entry.depth() == 0 {
                return true;
            }
            let is_vendored = VENDORED.contains(&&*name) && !vendored;
            let is_passed = name == ".git" || is_vendored;
            if is_passed && let Ok(mut seen) = seen.lock() {
                seen.insert((entry.path().display().to_string(), is_vendored));
            }
            !is_passed
        });
        // What the walker does not hand out of a folder's entries, `.gitignore` leaves out.
        let (mut entries, mut handed_out) = (0, 0);
        for entry in builder.build() {
            budget.check()?;
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.unreadable.push(unread_entry(folder, error));
                    continue;
                }
            };
            handed_out += usize::from(entry.depth() > 0);
            let kind = entry.file_type();
            if kind.is_some_and(|kind| kind.is_dir()) {
                entries += fs::read_dir(entry.path()).map_or(0, Iterator::count);
            } else if kind.is_some_and(|kind| kind.is_file()) {
                match self.file(entry.path(), false, budget) {
                    Ok(()) => {}
                    Err(Unread::Stopped(error)) => return Err(error),
                    Err(Unread::Io(error)) => {
                        self.unreadable.push(unread_file(&tidy(entry.path(), &self.here), &error));
                    }
                }
            } else if kind.is_some() {
                self.skip(entry.path());
            }
        }
        if let Ok(passed) = passed.lock() {
            handed_out += passed.len();
            let vendored = passed.iter().filter(|(_, is_vendored)| *is_vendored);
            self.skipped.vendored.extend(vendored.map(|(path, _)| path.clone()));
        }
        self.skipped.ignored += entries.saturating_sub(handed_out);
        Ok(())
    }

    /// What there is to say about files that were not read: a sentence for each reason.
    pub(crate) fn notes(&self, gathered: &Gathered) -> Vec<String> {
        let beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner);
        let unknown = gathered.unknown.iter().filter(|path| !beside.contains(*path));
        let (manifests, unknown): (Vec<&String>, Vec<&String>) = unknown.partition(|path| locks_of(path).is_some());
        let unlocked: Vec<&String> = manifests.into_iter().filter(|path| !is_locked(path, gathered)).collect();
        self.skipped.notes(&unknown, &unlocked, &gathered.unread)
    }

    /// Notes a link, pipe or device that would have been read if it were a file. A link to a folder is none of these.
    fn skip(&mut self, path: &Path) {
        let name = tidy(path, &self.here);
        if is_worth_reading(&name) && !path.is_dir() {
            self.skipped.special.insert(name);
        }
    }

    /// Those of the files of a graph that were in one of the folders, and are no longer there.
    pub(crate) fn gone(&self, sources: BTreeSet<String>) -> BTreeSet<String> {
        let is_read = |path: &String| self.inputs.iter().any(|input| input.path == *path);
        let is_below = |path: &Path| self.roots.iter().any(|root| root.as_os_str() == "." || path.starts_with(root));
        let is_gone = |path: &String| !is_read(path) && is_below(Path::new(path)) && !Path::new(path).exists();
        sources.into_iter().filter(is_gone).collect()
    }

    fn file(&mut self, path: &Path, named: bool, budget: &Budget) -> Result<(), Unread> {
        let name = tidy(path, &self.here);
        if self.seen.contains(&name) {
            return Ok(());
        }
        if !named && !is_worth_reading(&name) {
            self.skipped.others += 1;
            return Ok(());
        }
        if !named && fs::metadata(path)?.len() > LARGEST_UNNAMED {
            self.skipped.large.push(name);
            return Ok(());
        }
        if !is_readable(path)? {
            return Err(io::Error::other("it is neither a file nor a folder; `-` reads what a program writes").into());
        }
        let bytes = read((self.open)(path)?, budget)?;
        self.seen.insert(name.clone());
        self.inputs.push(Input { path: name, bytes, named });
        Ok(())
    }
}

/// Whether a path is a file, or what a shell hands over (`<(command)`): other pipes may wait for ever, devices have no
/// end.
fn is_readable(path: &Path) -> io::Result<bool> {
    let is_handed_over = ["/dev/fd", "/proc/self/fd"].iter().any(|folder| path.starts_with(folder));
    Ok(is_handed_over || fs::metadata(path)?.is_file())
}

/// Whether a file of a folder may be of a kind that is read: pictures, programs and archives are not even opened.
fn is_worth_reading(name: &str) -> bool {
    const NOT: &[&str] = &[
        "png",
        "jpg",
        "jpeg",
        "gif",
        "ico",
        "webp",
        "pdf",
        "zip",
        "gz",
        "xz",
        "bz2",
        "zst",
        "tar",
        "jar",
        "class",
        "so",
        "dylib",
        "dll",
        "exe",
        "o",
        "a",
        "rlib",
        "wasm",
        "pyc",
        "woff",
        "woff2",
        "ttf",
        "otf",
        "mp3",
        "mp4",
        "mov",
        "kenning",
        "rs",
        "py",
        "js",
        "ts",
        "jsx",
        "tsx",
        "go",
        "java",
        "kt",
        "c",
        "h",
        "cc",
        "cpp",
        "hpp",
        "rb",
        "php",
        "cs",
        "swift",
        "sh",
        "css",
        "scss",
        "svg",
        "map",
        "snap",
        "log",
        "sql",
        "cypher",
        "decisions",
    ];
    /// Texts of every project, which do not define its terms.
    const LEGAL: &[&str] = &["license", "licence", "copying", "notice", "authors"];
    let file = name.rsplit('/').next().unwrap_or(name);
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let (stem, ending) = (stem.to_lowercase(), ending.to_lowercase());
    let is_legal = LEGAL.contains(&stem.as_str()) && ["", "md", "rst", "txt"].contains(&ending.as_str());
    !is_legal && !NOT.contains(&ending.as_str())
}

/// The path with `/` between folders, without `.` and needless `..`, relative to the current folder if it is below it:
/// a file is called the same however it is named.
fn tidy(path: &Path, here: &Path) -> String {
    let path = path.strip_prefix(here).unwrap_or(path);
    let mut parts: Vec<Component> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.iter().collect::<PathBuf>().display().to_string().replace('\\', "/")
}

fn unreadable(name: &str, unread: Unread) -> Diagnostic {
    match unread {
        Unread::Stopped(error) => error,
        Unread::Io(error) => {
            let message = format!("`{name}` cannot be read: {}", reason(&error));
            Diagnostic::runtime(Kind::IoError, Detail::MissingFile, message).help(UNREADABLE_HELP)
        }
    }
}

const UNREADABLE_HELP: &str = "check the permissions, or leave it out";

/// What the operating system says, in kenning's words.
fn reason(error: &io::Error) -> String {
    let said = io_error("", error).message;
    said.trim_start_matches(": ").to_string()
}

/// A file of a folder that could not be read: the others are read all the same.
fn unread_file(place: &str, error: &io::Error) -> Remark {
    let what = format!("it cannot be read: {}", reason(error));
    Remark { severity: Severity::Warning, place: place.into(), what, help: Some(UNREADABLE_HELP.into()), finding: None }
}

/// The same of what the walk met.
fn unread_entry(folder: &Path, error: ignore::Error) -> Remark {
    let mut place = folder.display().to_string();
    let mut inner = &error;
    loop {
        match inner {
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
            ignore::Error::WithPath { path, err } => {
                place = path.display().to_string();
                inner = err;
            }
            ignore::Error::Io(error) => return unread_file(&place, error),
            other => return unread_file(&place, &io::Error::other(other.to_string())),
        }
    }
}

/// All bytes, as far as the limits let.
fn read(mut from: impl Read, budget: &Budget) -> Result<Vec<u8>, Unread> {
    const PORTION: u64 = 1 << 20;
    let mut bytes = Vec::new();
    loop {
        budget.check()?;
        let read = from.by_ref().take(PORTION).read_to_end(&mut bytes)?;
        budget.charge(read)?;
        if read == 0 {
            return Ok(bytes);
        }
    }
}

/// Regular files below the folders that were named, or of which a file was named.
impl Surroundings for Sources {
    fn read(&self, path: &str) -> Option<String> {
        const LARGEST: u64 = 64 << 20;
        let file = self.inside(path)?;
        let size = fs::metadata(&file).ok().filter(fs::Metadata::is_file)?.len();
        if size > LARGEST {
            return None;
        }
        let text = fs::read_to_string(file).ok()?;
        self.beside.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_string());
        Some(text)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let Some(folder) = self.inside(if folder.is_empty() { "." } else { folder }) else { return Vec::new() };
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let name = |entry: fs::DirEntry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) { format!("{name}/") } else { name }
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }
}

impl Sources {
    /// The path without links, if it is below one of the roots.
    fn inside(&self, path: &str) -> Option<PathBuf> {
        let real = Path::new(path).canonicalize().ok()?;
        self.real_roots.iter().any(|root| real.starts_with(root)).then_some(real)
    }
}

/// The paths that a pattern with `*` and `?` finds, in order.
fn glob(pattern: &Path) -> io::Result<Vec<PathBuf>> {
    let is_pattern = |part: &Component| part.as_os_str().to_string_lossy().contains(['*', '?']);
    if !pattern.components().any(|part| is_pattern(&part)) {
        return Ok(Vec::new());
    }
    // Brackets in a path are meant as they are written.
    let escaped = pattern.to_string_lossy().replace('[', "[[]");
    let paths = glob::glob(&escaped).map_err(io::Error::other)?;
    paths.map(|path| path.map_err(|error| error.into())).collect()
}

/// Whether a lock file that stands for the manifest was read: one of its folder, or, as in workspaces, of one above it.
fn is_locked(manifest: &str, gathered: &Gathered) -> bool {
    let folder = |path: &str| Path::new(path).parent().unwrap_or(Path::new("")).to_path_buf();
    let locks = locks_of(manifest).unwrap_or_default();
    let is_above = |file: &str| folder(manifest).starts_with(folder(file));
    gathered.facts.files.iter().any(|file| locks.contains(&file.format) && is_above(&file.path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn a_file_that_cannot_be_read_does_not_end_the_walk() {
        let folder = std::env::temp_dir().join(format!("kenning-sources-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        for name in ["a.edges", "b-secret.edges", "c.edges"] {
            fs::write(folder.join(name), "x y\n").expect("a file");
        }
        let refuse = |path: &Path| match path.to_string_lossy().contains("secret") {
            true => Err(io::ErrorKind::PermissionDenied.into()),
            false => fs::File::open(path),
        };
        let budget = Budget::start(&Limits::default());
        let sources =
            Sources::opened_by(refuse, std::slice::from_ref(&folder), Walk::default(), &budget).expect("no limit");
        let named = [folder.join("b-secret.edges")];
        let error = Sources::opened_by(refuse, &named, Walk::default(), &budget).err().expect("it was named");
        fs::remove_dir_all(&folder).expect("it is ours");
        assert_eq!(sources.inputs.len(), 2);
        let [remark] = &sources.unreadable[..] else { panic!("{:?}", sources.unreadable) };
        assert!(remark.place.ends_with("b-secret.edges") && remark.severity == Severity::Warning, "{remark}");
        assert_eq!(remark.what, "it cannot be read: permission denied");
        assert!(error.message.ends_with("b-secret.edges` cannot be read: permission denied"), "{}", error.message);
    }
}
