//! What pages name is there: the files and headings they link to, scripts, subcommands and their flags, tests.
//!
//! Commands of `console` blocks are run; this is for all others, in blocks and in the text. Nothing may lead out of the
//! repository.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use super::pages;
use crate::support::{assert_none, files, read, root, short};

#[test]
fn what_the_pages_name_is_there() {
    let known = Known::of_this_repository();
    assert!(known.flags.contains_key("ingest") && known.flags[""].contains("--read-only"), "help was read");
    assert_none(&pages().iter().flat_map(|page| problems(&short(page), &read(page), &known)).collect::<Vec<_>>());
}

#[test]
fn the_check_of_names_can_fail() {
    let flags = [("", "--param"), ("info", "--json")].map(|(name, help)| (name.to_string(), help.to_string()));
    let known = Known { flags: flags.into(), tests: "fn conformance() {".into() };
    let count = |text: &str| problems("docs/x.md", text, &known).len();
    assert_eq!(count("[a](../README.md) [b](https://a.org) [c](serve.md#limits) `[d](e)`"), 0);
    assert_eq!(count("[a](README.md) [b](../../x.md) [c](serve.md#nothing)"), 3);
    assert_eq!(count("`kenning info --json` `kenning g --param a=1 | sort --key`"), 0);
    assert_eq!(count("`kenning info --yaml`\n\n```sh\nkenning g --sudo  # --why\n```"), 2);
    assert_eq!(count("`python3 tests/verify/kill.py` `A_B=1 cargo test --test kenning conform -- --nocapture`"), 0);
    assert_eq!(count("`python3 tests/verify/skill.py` `cargo test deform` `python3 ../kill.py`"), 3);
}

/// What commands may name.
struct Known {
    /// The help of each subcommand, and of the program under no name.
    flags: BTreeMap<String, String>,
    /// Everything in which the name of a test may occur.
    tests: String,
}

impl Known {
    fn of_this_repository() -> Known {
        let general = help("");
        let listed = general.split("\nCommands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or("");
        // A description that is continued is indented further.
        let names = listed.lines().filter(|line| !line.starts_with("   ")).filter_map(|l| l.split_whitespace().next());
        let mut flags: BTreeMap<String, String> = names.map(|name| (name.to_string(), help(name))).collect();
        flags.insert(String::new(), general);
        let sources = ["src", "tests"].iter().flat_map(|folder| files(&root().join(folder), "rs"));
        let tests = sources.map(|path| format!("{}\n{}", short(&path), read(&path))).collect();
        Known { flags, tests }
    }
}

fn help(subcommand: &str) -> String {
    let words: Vec<&str> = [subcommand, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
    let output = Command::new(env!("CARGO_BIN_EXE_kenning")).args(words).output();
    let output = output.unwrap_or_else(|error| panic!("kenning {subcommand} --help: {error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn problems(name: &str, page: &str, known: &Known) -> Vec<String> {
    let (text, commands) = parts(page);
    let links = links(&text).into_iter().filter_map(|link| wrong_link(name, &link));
    let wrong = commands.iter().flat_map(|command| wrong_command(command, known));
    links.chain(wrong).map(|problem| format!("{name}: {problem}")).collect()
}

/// The page's text without code, and the lines of code that may be commands.
fn parts(page: &str) -> (String, Vec<String>) {
    let (mut text, mut commands) = (String::new(), Vec::new());
    let mut block = None;
    for line in page.lines() {
        match (line.trim_start().strip_prefix("```"), block) {
            (Some(_), Some(_)) => block = None,
            (Some(tag), None) => block = Some(tag),
            // What a console prints is not a command, and what it runs is checked by running it.
            (None, Some("console")) => commands.extend(line.strip_prefix("$ cargo").map(|rest| format!("cargo{rest}"))),
            (None, Some(_)) => commands.push(line.to_string()),
            (None, None) if line.starts_with("    ") => commands.push(line.trim().to_string()),
            (None, None) => {
                for (at, piece) in line.split('`').enumerate() {
                    if at % 2 == 0 { text += piece } else { commands.push(piece.to_string()) }
                }
                text += "\n";
            }
        }
    }
    (text, commands)
}

/// The targets of `[text](target)` that are not addresses of the web.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).map(str::to_string).collect()
}

fn wrong_link(page: &str, link: &str) -> Option<String> {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let folder = Path::new(page).parent().unwrap_or(Path::new(""));
    let target = if file.is_empty() { PathBuf::from(page) } else { folder.join(file) };
    let Some(target) = inside(&target) else { return Some(format!("{link} leads out of the repository")) };
    if !target.exists() {
        return Some(format!("there is no {link}"));
    }
    let is_there = heading.is_empty() || read(&target).lines().any(|line| slug(line).as_deref() == Some(heading));
    (!is_there).then(|| format!("{file} has no heading #{heading}"))
}

/// The path below the repository's folder, if it stays in it.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut depth = 0_i32;
    for part in path.components() {
        depth += match part {
            Component::Normal(_) => 1,
            Component::ParentDir => -1,
            Component::CurDir => 0,
            Component::RootDir | Component::Prefix(_) => return None,
        };
        if depth < 0 {
            return None;
        }
    }
    Some(root().join(path))
}

/// A heading's address: letters and digits in lower case, spaces as hyphens.
fn slug(line: &str) -> Option<String> {
    let heading = line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#'))?;
    let kept = heading.to_lowercase().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>();
    Some(kept.replace(' ', "-"))
}

fn wrong_command(command: &str, known: &Known) -> Vec<String> {
    let command = command.split(" # ").next().unwrap_or(command).split("  #").next().unwrap_or("");
    let mut problems = Vec::new();
    for part in command.split(['|', ';', '&']) {
        let is_set = |word: &&str| {
            word.split_once('=').is_some_and(|(name, _)| name.chars().all(|c| c.is_uppercase() || c == '_'))
        };
        let words: Vec<&str> = part.split_whitespace().skip_while(is_set).collect();
        if words.first() != Some(&"cargo")
            && let Some(at) = words.iter().position(|word| *word == "kenning" || word.ends_with("/kenning"))
        {
            problems.extend(unknown_flags(&words[at + 1..], &known.flags));
        }
        match words[..] {
            ["python3", script, ..] if script.ends_with(".py") => {
                let there = inside(Path::new(script)).is_some_and(|path| path.is_file());
                problems.extend((!there).then(|| format!("there is no {script}")));
            }
            ["cargo", "test", ref words @ ..] => problems.extend(unknown_tests(words, &known.tests)),
            _ => {}
        }
    }
    problems
}

fn unknown_flags(words: &[&str], help: &BTreeMap<String, String>) -> Vec<String> {
    let subcommand = words.first().filter(|word| help.contains_key(**word)).copied().unwrap_or("");
    let flags = words.iter().filter(|word| word.starts_with("--") && word.len() > 2);
    let names = flags.map(|flag| flag.split('=').next().unwrap_or(flag).trim_end_matches(['`', ',', '.', '\'']));
    let unknown = names.filter(|flag| !help[subcommand].contains(*flag) && *flag != "--help" && *flag != "--version");
    unknown.map(|flag| format!("`kenning {subcommand}` has no {flag}")).collect()
}

/// Filters of `cargo test` that fit no test. A path's last part is the name of a test or of its module.
fn unknown_tests(words: &[&str], tests: &str) -> Vec<String> {
    let ours = words.iter().take_while(|word| **word != "--");
    let mut filters = Vec::new();
    let mut takes_value = false;
    for word in ours {
        if !takes_value && !word.starts_with('-') {
            filters.push(word.rsplit("::").next().unwrap_or(word));
        }
        takes_value = *word == "--test";
    }
    filters.iter().filter(|word| !tests.contains(**word)).map(|word| format!("no test fits `{word}`")).collect()
}
