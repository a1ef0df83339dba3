//! `kenning help` on a terminal of the usual size, and on every subcommand.

use std::process::Command;

fn kenning(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kenning")).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("kenning {arguments:?}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).expect("help is text"))
}

/// The subcommands that `kenning --help` lists.
fn subcommands() -> Vec<String> {
    let (_, general) = kenning(&["--help"]);
    let listed = general.split("\nCommands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or("");
    // A description that is continued is indented further.
    let names = listed.lines().filter(|line| !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_string).collect()
}

#[test]
fn every_subcommand_has_help() {
    let subcommands = subcommands();
    assert!(subcommands.len() > 10, "{subcommands:?}");
    for name in subcommands {
        let (succeeds, text) = kenning(&["help", &name]);
        assert!(succeeds && text.contains(&format!("Usage: kenning {name}")), "{name}: {text}");
    }
}

#[test]
fn a_name_of_two_things_is_explained_twice() {
    let (_, text) = kenning(&["help", "diff"]);
    assert!(text.contains("Usage: kenning diff") && text.contains("DIFF term, term"), "{text}");
    let (_, text) = kenning(&["help", "impact"]);
    assert!(text.starts_with("  IMPACT term"), "{text}");
}

#[test]
fn a_topic_that_is_not_there() {
    let (succeeds, text) = kenning(&["help", "ingset"]);
    assert!(!succeeds && text.contains("did you mean `kenning help ingest`?"), "{text}");
}
