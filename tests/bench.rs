//! `kenning bench` from the outside.

use std::process::Command;

#[test]
fn a_file_that_names_no_statement_is_refused() {
    let path = std::env::temp_dir().join(format!("kenning-bench-{}.cypher", std::process::id()));
    std::fs::write(&path, "MATCH (n) RETURN count(n);\n").expect("a file for the test");
    let output = Command::new(env!("CARGO_BIN_EXE_kenning"))
        .args(["bench", "openstack", "--queries"])
        .arg(&path)
        .output()
        .expect("kenning runs");
    std::fs::remove_file(&path).expect("the file is there");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(said.contains("names no statement to time") && said.contains("// name: NAME"), "{said}");
}
