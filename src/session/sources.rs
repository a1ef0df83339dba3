//! The files that a user names: those named, those of folders and patterns, standard input, and what lies beside them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;

use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::formats::{self, Surroundings};
use crate::ingest::gather::{Choices, Input};
use crate::limits::Budget;
use crate::storage::io_error;

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

/// What a user named.
#[derive(Default)]
pub(crate) struct Sources {
    pub(crate) inputs: Vec<Input>,
    /// Folders that were passed over since others wrote what is in them, by path.
    pub(crate) passed: BTreeSet<String>,
    /// Links, pipes and devices of folders, which are not read, by path.
    pub(crate) skipped: BTreeSet<String>,
    /// The paths of the inputs: a file that is named twice is read once.
    seen: BTreeSet<String>,
    /// The folders that were named, or of which a file was named.
    roots: BTreeSet<PathBuf>,
    /// The same without links: below them other files may be looked up.
    real_roots: BTreeSet<PathBuf>,
    /// The current folder.
    here: PathBuf,
}

/// How folders are walked.
#[derive(Clone, Copy, Default)]
pub(crate) struct Walk {
    /// Also into folders of what other people wrote.
    pub(crate) vendored: bool,
}

impl Sources {
    /// The files of the paths.
    pub(crate) fn named(paths: &[PathBuf], walk: Walk, budget: &Budget) -> Result<Sources, Diagnostic> {
        let mut sources = Sources { here: std::env::current_dir().unwrap_or_default(), ..Sources::default() };
        paths.iter().try_for_each(|path| sources.collect(path, walk, budget))?;
        Ok(sources)
    }

    /// How the files are read if nothing else is said.
    pub(crate) fn choices(&self, options: formats::Options) -> Choices<'_> {
        Choices { kind: None, source: None, options, surroundings: self, threads: crate::limits::cores() }
    }

    fn add_root(&mut self, folder: &Path) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        if self.roots.insert(folder.to_path_buf()) {
            self.real_roots.extend(folder.canonicalize());
        }
    }

    /// Adds the files of a path: itself, what a folder holds, what a pattern finds, standard input.
    fn collect(&mut self, path: &Path, walk: Walk, budget: &Budget) -> Result<(), Diagnostic> {
        let name = path.display().to_string();
        if name == "-" {
            let bytes = read(io::stdin().lock(), "standard input", budget)?;
            self.inputs.push(Input { path: "<standard input>".into(), bytes, named: true });
            return Ok(());
        }
        if path.is_dir() {
            return self.walk(path, walk, budget);
        }
        if path.exists() {
            self.add_root(path.parent().unwrap_or(Path::new(".")));
            return self.file(path, true, budget);
        }
        let found = glob(path).map_err(|error| io_error(&name, &error))?;
        if found.is_empty() {
            let message = format!("there is no file or folder `{name}`");
            let error = Diagnostic::runtime(Kind::IoError, Detail::MissingFile, message);
            return Err(error.help("`-` reads standard input"));
        }
        found.iter().try_for_each(|path| self.collect(path, walk, budget))
    }

    /// The files of a folder and its folders, in order, but for those that `.gitignore` leaves out.
    fn walk(&mut self, folder: &Path, walk: Walk, budget: &Budget) -> Result<(), Diagnostic> {
        self.add_root(folder);
        let mut builder = WalkBuilder::new(folder);
        // Files of CI begin with a dot. A link could lead out of the folder, or back into it.
        builder.hidden(false).require_git(false).parents(true).follow_links(false);
        builder.sort_by_file_name(std::cmp::Ord::cmp);
        let passed = std::sync::Arc::new(std::sync::Mutex::new(BTreeSet::new()));
        let seen = passed.clone();
        builder.filter_entry(move |entry| {
            let name = entry.file_name().to_string_lossy();
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            if !is_folder || entry.depth() == 0 {
                return true;
            }
            let is_vendored = VENDORED.contains(&&*name) && !walk.vendored;
            if is_vendored && let Ok(mut seen) = seen.lock() {
                seen.insert(entry.path().display().to_string());
            }
            name != ".git" && !is_vendored
        });
        for entry in builder.build() {
            budget.check()?;
            let entry = entry.map_err(|error| {
                Diagnostic::runtime(Kind::IoError, Detail::MissingFile, format!("{}: {error}", folder.display()))
            })?;
            match entry.file_type() {
                Some(kind) if kind.is_file() => self.file(entry.path(), false, budget)?,
                Some(kind) if !kind.is_dir() => self.skip(entry.path()),
                _ => {}
            }
        }
        if let Ok(passed) = passed.lock() {
            self.passed.extend(passed.iter().cloned());
        }
        Ok(())
    }

    /// Notes a link, pipe or device that would have been read if it were a file. A link to a folder is none of these.
    fn skip(&mut self, path: &Path) {
        let name = tidy(path, &self.here);
        if is_worth_reading(&name) && !path.is_dir() {
            self.skipped.insert(name);
        }
    }

    /// Those of the files of a graph that were in one of the folders, and are no longer there.
    pub(crate) fn gone(&self, sources: BTreeSet<String>) -> BTreeSet<String> {
        let is_read = |path: &String| self.inputs.iter().any(|input| input.path == *path);
        let is_below = |path: &Path| self.roots.iter().any(|root| root.as_os_str() == "." || path.starts_with(root));
        let is_gone = |path: &String| !is_read(path) && is_below(Path::new(path)) && !Path::new(path).exists();
        sources.into_iter().filter(is_gone).collect()
    }

    fn file(&mut self, path: &Path, named: bool, budget: &Budget) -> Result<(), Diagnostic> {
        let name = tidy(path, &self.here);
        if !named && !is_worth_reading(&name) || !self.seen.insert(name.clone()) {
            return Ok(());
        }
        if !is_readable(path).map_err(|error| unreadable(&name, &error))? {
            let message = format!("`{name}` is neither a file nor a folder");
            let error = Diagnostic::runtime(Kind::IoError, Detail::MissingFile, message);
            return Err(error.help("to read what a program writes, give `-` and pipe it in"));
        }
        let file = fs::File::open(path).map_err(|error| unreadable(&name, &error))?;
        let bytes = read(file, &name, budget)?;
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
        "png", "jpg", "jpeg", "gif", "ico", "webp", "pdf", "zip", "gz", "xz", "bz2", "zst", "tar", "jar", "class",
        "so", "dylib", "dll", "exe", "o", "a", "rlib", "wasm", "pyc", "woff", "woff2", "ttf", "otf", "mp3", "mp4",
        "mov", "kenning", "rs", "py", "js", "ts", "jsx", "tsx", "go", "java", "kt", "c", "h", "cc", "cpp", "hpp", "rb",
        "php", "cs", "swift", "sh", "css", "scss", "svg", "html", "map", "snap", "log", "sql", "cypher",
    ];
    let file = name.rsplit('/').next().unwrap_or(name);
    !file.rsplit_once('.').is_some_and(|(_, ending)| NOT.contains(&ending.to_lowercase().as_str()))
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

fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    let message = format!("`{name}` cannot be read: {error}");
    Diagnostic::runtime(Kind::IoError, Detail::MissingFile, message).help("check the permissions, or leave it out")
}

/// All bytes, as far as the limits let.
fn read(mut from: impl Read, name: &str, budget: &Budget) -> Result<Vec<u8>, Diagnostic> {
    const PORTION: u64 = 1 << 20;
    let mut bytes = Vec::new();
    loop {
        budget.check()?;
        let read = from.by_ref().take(PORTION).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
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
        fs::read_to_string(file).ok()
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
