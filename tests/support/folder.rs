//! A folder for a test, in which the program runs.

use std::path::PathBuf;
use std::process::{Command, Output};

/// Is removed with what is in it when the test ends.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("kenning-own-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Folder(path)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Runs the program in the folder.
    pub fn kenning(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_kenning")).args(arguments).current_dir(&self.0).output();
        output.unwrap_or_else(|error| panic!("kenning {arguments:?}: {error}"))
    }

    /// What the program prints if it succeeds.
    pub fn said(&self, arguments: &[&str]) -> String {
        let output = self.kenning(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What the program complains about if it fails.
    pub fn complaint(&self, arguments: &[&str]) -> String {
        let output = self.kenning(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
