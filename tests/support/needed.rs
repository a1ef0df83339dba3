//! What some tests need and the repository does not hold. Without it they pass and compare nothing, so `cargo test` names
//! them at its end (`tests/skipped.rs`).

use std::path::{Path, PathBuf};

pub struct Needed {
    pub what: &'static str,
    /// Which tests compare nothing without it.
    pub tests: &'static str,
    /// How to have it.
    pub how: &'static str,
    pub place: fn() -> Option<PathBuf>,
}

pub const NEEDED: &[Needed] = &[
    Needed {
        what: "openCypher's conformance kit",
        tests: "tck, kit",
        how: "KENNING_TCK=FOLDER, see CONTRIBUTING.md",
        place: kit,
    },
    Needed {
        what: "the glossaries of other projects",
        tests: "corpora",
        how: "they are not published with kenning",
        place: corpora,
    },
    Needed { what: "Chromium", tests: "explorer", how: "KENNING_CHROMIUM=PROGRAM, or install it", place: chromium },
];

/// A folder beside the package's.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name)
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|name| !name.is_empty()).map(PathBuf::from)
}

/// The folder of the conformance kit: that of `KENNING_TCK`, which must then be one.
pub fn kit() -> Option<PathBuf> {
    let named = named("KENNING_TCK").map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    let is_kit = |folder: &PathBuf| folder.join("features").is_dir();
    if let Some(folder) = &named {
        assert!(is_kit(folder), "KENNING_TCK names {}, which has no folder `features`", folder.display());
    }
    named.or_else(|| Some(beside("tck"))).filter(is_kit)
}

/// The folder that holds `corpora` and `seed`.
pub fn corpora() -> Option<PathBuf> {
    Some(beside("")).filter(|folder| folder.join("corpora").is_dir())
}

/// Chromium's program: that of `KENNING_CHROMIUM`, or one on the path.
pub fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        let mut programs = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
        programs.find(|program| program.is_file())
    };
    named("KENNING_CHROMIUM").or_else(on_path)
}

/// A line for each thing that is missing.
pub fn skipped<'n>(needed: impl Iterator<Item = &'n Needed>) -> Vec<String> {
    let line = |n: &Needed| format!("skipped: {} (tests: {}): it is not here; {}", n.what, n.tests, n.how);
    needed.filter(|needed| (needed.place)().is_none()).map(line).collect()
}

#[test]
fn what_is_missing_is_named() {
    let row = |what, place| Needed { what, tests: "a, b", how: "fetch it", place };
    let rows = [row("the kit", || None), row("a browser", || Some(PathBuf::from("browser")))];
    assert!(NEEDED.iter().all(|needed| !needed.tests.is_empty() && !needed.how.is_empty()));
    assert_eq!(skipped(rows.iter()), ["skipped: the kit (tests: a, b): it is not here; fetch it"]);
}
