//! What readers make of files: the scripts of `tests/formats`.
//!
//! A script holds files, each below a line `=== PATH`, the first of which is read, and after a line `--- facts` what is
//! read of it. A line `=== OPTIONS --from A --to B --type C` before them gives options. `UPDATE=1 cargo test` rewrites
//! what follows `--- facts`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kenning::formats::{FORMATS, Input, Options, Probe, Surroundings, format_named, format_of, read};
use kenning::limits::{Budget, Limits};

const FACTS: &str = "--- facts\n";

struct Script {
    options: Options,
    files: BTreeMap<String, String>,
    first: String,
    expected: String,
}

fn script(text: &str) -> Script {
    let (files, expected) = text.split_once(FACTS).unwrap_or((text, ""));
    let mut script =
        Script { options: Options::default(), files: BTreeMap::new(), first: String::new(), expected: expected.into() };
    for part in files.split("=== ").skip(1) {
        let (head, body) = part.split_once('\n').expect("a line ends");
        if let Some(options) = head.strip_prefix("OPTIONS ") {
            let words: Vec<&str> = options.split(' ').collect();
            for pair in words.chunks(2) {
                let value = Some(pair[1].to_string());
                match pair[0] {
                    "--from" => script.options.from = value,
                    "--to" => script.options.to = value,
                    "--type" => script.options.relationship_type = value,
                    other => panic!("no option {other}"),
                }
            }
            continue;
        }
        if script.first.is_empty() {
            script.first = head.to_string();
        }
        script.files.insert(head.to_string(), body.to_string());
    }
    script
}

impl Surroundings for Script {
    fn read(&self, path: &str) -> Option<String> {
        self.files.get(path).cloned()
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inside = self.files.keys().filter_map(|path| path.strip_prefix(&start));
        let mut names: Vec<String> = inside
            .map(|path| path.split_once('/').map_or(path.to_string(), |(folder, _)| format!("{folder}/")))
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

/// The facts of a script; the format is the one that the script's folder is called by, and detection must agree.
fn facts(script: &Script, format: &str) -> String {
    let text = &script.files[&script.first];
    let probe = Probe::new(&script.first, text, text.as_bytes());
    let found = format_of(&probe).map_or("none", |format| format.name);
    let mut out = String::new();
    if found != format {
        out.push_str(&format!("detected: {found}\n"));
    }
    let input = Input { path: &script.first, bytes: text.as_bytes(), options: &script.options, surroundings: script };
    let format = format_named(format).unwrap_or_else(|| panic!("no format {format}"));
    let facts = read(&input, format, &Budget::start(&Limits::default())).expect("within the limits");
    out.push_str(&facts.to_string());
    out
}

fn scripts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(scripts(&path)),
            false if path.extension().is_some_and(|ending| ending == "test") => found.push(path),
            false => {}
        }
    }
    found.sort();
    found
}

#[test]
fn what_readers_make_of_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats");
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    let all = scripts(&root);
    assert!(!all.is_empty());
    for path in all {
        let text = fs::read_to_string(&path).expect("it is text");
        let script = script(&text);
        let format = path.parent().and_then(Path::file_name).expect("it is in a folder").to_string_lossy();
        let got = facts(&script, &format);
        if got == script.expected {
            continue;
        }
        if update {
            let files = text.split_once(FACTS).map_or(text.as_str(), |(files, _)| files);
            fs::write(&path, format!("{files}{FACTS}{got}")).expect("it can be written");
        }
        wrong.push(format!("{}:\n{got}", path.display()));
    }
    assert!(wrong.is_empty() || update, "{}", wrong.join("\n"));
}

#[test]
fn every_format_has_a_script() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats");
    for format in FORMATS {
        assert!(!scripts(&root.join(format.name)).is_empty(), "tests/formats/{}", format.name);
    }
}

/// A reader takes time in proportion to its text: what it says of a text without end stays within the limits.
#[test]
fn broken_files_are_said_and_never_panic() {
    let budget = Budget::start(&Limits::default());
    for format in FORMATS {
        let text = format.example;
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            for text in [text[..end].to_string(), format!("{}\u{0}{}", &text[..end], &text[end..])] {
                let options = Options::default();
                let name = format.names.first().expect("it has a name").replace('*', "example");
                let surroundings = script("");
                let input =
                    Input { path: &name, bytes: text.as_bytes(), options: &options, surroundings: &surroundings };
                read(&input, format, &budget).expect("within the limits");
            }
        }
    }
}
