//! `kenning fmt`, from outside.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn fmt(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kenning"))
        .arg("fmt")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads its input");
    child.wait_with_output().expect("the program ends")
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the folder for tests is writable");
    path
}

#[test]
fn a_file_is_formatted_in_place_and_check_only_looks() {
    let path = file("untidy.cypher", "match (n) // all\nreturn n");
    let name = path.to_str().expect("a name in UTF-8");
    let check = fmt(&["--check", name], "");
    assert_eq!((check.status.code(), String::from_utf8_lossy(&check.stdout).trim()), (Some(1), name));
    assert_eq!(fs::read_to_string(&path).unwrap(), "match (n) // all\nreturn n");
    assert_eq!(fmt(&[name], "").status.code(), Some(0));
    assert_eq!(fs::read_to_string(&path).unwrap(), "// all\nMATCH (n)\nRETURN n;\n");
    let check = fmt(&["--check", name], "");
    assert_eq!((check.status.code(), check.stdout.len()), (Some(0), 0));
}

#[test]
fn a_file_with_errors_stays_as_it_is_and_the_others_are_formatted() {
    let (broken, good) = (file("broken.cypher", "MATCH (n RETURN n"), file("good.cypher", "return 1"));
    let output = fmt(&[broken.to_str().unwrap(), good.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("broken.cypher:\nerror[UnexpectedSyntax]"));
    assert_eq!(fs::read_to_string(&broken).unwrap(), "MATCH (n RETURN n");
    assert_eq!(fs::read_to_string(&good).unwrap(), "RETURN 1;\n");
}

#[test]
fn standard_input_is_formatted_to_standard_output() {
    let output = fmt(&["-"], "show nova");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(0), "SHOW nova;\n"));
    assert_eq!(fmt(&["--check", "-"], "show nova").status.code(), Some(1));
}
