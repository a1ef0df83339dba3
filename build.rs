//! Lists the files of `graph/` and `queries/`, so that they are compiled into the program.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    embed("graph", "toml", "embedded.rs")?;
    embed("queries", "cypher", "queries.rs")
}

/// Writes a list of the folder's files with that extension to a file in `OUT_DIR`.
fn embed(folder: &str, extension: &str, to: &str) -> io::Result<()> {
    println!("cargo:rerun-if-changed={folder}");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut paths = Vec::new();
    collect(&root.join(folder), extension, &mut paths)?;
    // The order of a folder differs from machine to machine.
    paths.sort();
    let mut list = String::from("/// Every file of the folder, by path.\npub static FILES: &[SourceFile] = &[\n");
    for path in paths {
        let name = path.strip_prefix(&root).expect("it lies below").to_str().expect("its name is UTF-8");
        let name = name.replace('\\', "/");
        let file = path.to_str().expect("its name is UTF-8");
        writeln!(list, "    SourceFile {{ path: {name:?}, text: include_str!({file:?}) }},").expect("a string grows");
    }
    list.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join(to), list)
}

fn collect(folder: &Path, extension: &str, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, extension, paths)?;
        } else if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    Ok(())
}
