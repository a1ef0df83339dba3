//! The scenarios known to fail, one id a line, sorted: the list may only shrink.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub struct Manifest {
    path: PathBuf,
    pub known: BTreeSet<String>,
}

impl Manifest {
    /// A missing file means that nothing is known to fail.
    pub fn read() -> Manifest {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tck/known_failures.txt");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let known = text.lines().filter(|line| !line.is_empty()).map(str::to_string).collect();
        Manifest { path, known }
    }

    /// Replaces what it says about the scenarios that ran; the others stay.
    pub fn write(&self, ran: &BTreeSet<&str>, failed: &BTreeSet<&str>) {
        let others = self.known.iter().map(String::as_str).filter(|id| !ran.contains(id));
        let all: BTreeSet<&str> = others.chain(failed.iter().copied()).collect();
        let text: String = all.iter().map(|id| format!("{id}\n")).collect();
        std::fs::write(&self.path, text).expect("the manifest can be written");
    }
}
