//! Paths as people name them → the bytes of files: single files, whole folders, patterns with `*` and `?`.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What the paths named.
#[derive(Debug, Default)]
pub struct Sources {
    /// Path and content, each file once: in the order named, those of a folder or pattern by path.
    pub files: Vec<(String, Vec<u8>)>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// How many files of folders were passed over because nobody wanted them.
    pub passed_over: usize,
}

#[derive(Debug)]
pub struct Unread {
    pub path: String,
    pub why: String,
}

/// Reads what the paths name. Of folders, only the files whose names are wanted; hidden ones and links to folders are
/// not looked at, so that a folder that leads back to itself is no danger.
pub fn read_sources(paths: &[String], wanted: impl Fn(&str) -> bool) -> Sources {
    let mut sources = Sources::default();
    let mut seen = BTreeSet::new();
    for path in paths {
        for named in expand(path, &mut sources) {
            if named.is_dir() {
                sources.folder(&named, &wanted, &mut seen);
            } else {
                sources.file(&named, &mut seen);
            }
        }
    }
    sources
}

/// The paths that a pattern fits; a path that exists is taken as it is written.
fn expand(path: &str, sources: &mut Sources) -> Vec<PathBuf> {
    let is_pattern = path.contains(['*', '?', '[']) && !Path::new(path).exists();
    if !is_pattern {
        return vec![path.into()];
    }
    let hidden = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
    let mut found: Vec<PathBuf> = match glob::glob_with(path, hidden) {
        Ok(paths) => paths.flatten().collect(),
        Err(error) => {
            sources.unread.push(Unread { path: path.into(), why: format!("not a pattern: {error}") });
            return Vec::new();
        }
    };
    found.sort();
    if found.is_empty() {
        sources.unread.push(Unread { path: path.into(), why: "no file fits this pattern".into() });
    }
    found
}

impl Sources {
    fn file(&mut self, path: &Path, seen: &mut BTreeSet<PathBuf>) {
        // The same file under another name is the same file.
        let real = path.canonicalize().unwrap_or_else(|_| path.into());
        if !seen.insert(real) {
            return;
        }
        match read(path) {
            Ok(bytes) => self.files.push((path.display().to_string(), bytes)),
            Err(error) => self.unread.push(Unread { path: path.display().to_string(), why: error.to_string() }),
        }
    }

    fn folder(&mut self, folder: &Path, wanted: &impl Fn(&str) -> bool, seen: &mut BTreeSet<PathBuf>) {
        let mut open = vec![folder.to_path_buf()];
        let mut files = Vec::new();
        while let Some(folder) = open.pop() {
            let entries = match fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
                Ok(entries) => entries,
                Err(error) => {
                    self.unread.push(Unread { path: folder.display().to_string(), why: error.to_string() });
                    continue;
                }
            };
            for entry in entries.iter().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')) {
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    open.push(entry.path());
                } else if entry.path().is_file() {
                    files.push(entry.path());
                }
            }
        }
        files.sort();
        for path in files {
            match wanted(&path.to_string_lossy()) {
                true => self.file(&path, seen),
                false => self.passed_over += 1,
            }
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let kind = fs::metadata(path)?.file_type();
    // A device may have no end; what another program hands over has one.
    if !kind.is_file() && !is_pipe(kind) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "neither a file nor a folder"));
    }
    fs::read(path)
}

#[cfg(unix)]
fn is_pipe(kind: fs::FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_: fs::FileType) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str, files: &[&str]) -> Folder {
            let folder = std::env::temp_dir().join(format!("kenning-sources-{name}-{}", std::process::id()));
            for file in files {
                let path = folder.join(file);
                fs::create_dir_all(path.parent().expect("it is in the folder")).expect("folders can be made");
                fs::write(&path, file).expect("files can be written");
            }
            Folder(folder)
        }

        fn read(&self, paths: &[&str]) -> (Vec<String>, Sources) {
            let paths: Vec<String> = paths.iter().map(|path| self.0.join(path).display().to_string()).collect();
            let sources = read_sources(&paths, |path| path.ends_with(".md"));
            let inside = |path: &str| path.strip_prefix(&*self.0.to_string_lossy()).unwrap_or(path)[1..].to_string();
            (sources.files.iter().map(|(path, _)| inside(path)).collect(), sources)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    #[test]
    fn folders_patterns_and_files() {
        let folder = Folder::new("mixed", &["b.md", "a/z.md", "a/.hidden/x.md", "a/x.png", "a/.y.md", "c.txt"]);
        let (files, sources) = folder.read(&["c.txt", "", "b.md"]);
        assert_eq!(files, ["c.txt", "a/z.md", "b.md"]);
        assert_eq!((sources.passed_over, sources.unread.len()), (2, 0));
        assert_eq!(folder.read(&["**/*.md"]).0, ["a/z.md", "b.md"]);
        let (files, sources) = folder.read(&["*.rst", "none.md", "b.md"]);
        assert_eq!(files, ["b.md"]);
        let whys: Vec<&str> = sources.unread.iter().map(|unread| unread.why.as_str()).collect();
        assert_eq!(whys.len(), 2);
        assert_eq!(whys[0], "no file fits this pattern");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_leads_back_to_itself() {
        let folder = Folder::new("circle", &["a/b.md"]);
        std::os::unix::fs::symlink(&folder.0, folder.0.join("a/up")).expect("links can be made");
        std::os::unix::fs::symlink(folder.0.join("a/b.md"), folder.0.join("same.md")).expect("links can be made");
        assert_eq!(folder.read(&[""]).0, ["a/b.md"]);
        assert_eq!(read_sources(&["/dev/zero".to_string()], |_| true).unread.len(), 1);
    }
}
