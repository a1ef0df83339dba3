//! `dependency:tree` as text, also out of a build's log: several modules, one after the other.

use std::borrow::Cow;

use super::{Above, artifact, relate, root, warn};
use crate::facts::ThingId;
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::{Format, Probe};

pub(super) const FORMAT: Format = Format {
    name: "maven-tree",
    what: "Maven's dependency tree as text, or a build's log with it",
    made_by: "mvn dependency:tree -Dverbose -DoutputFile=maven-tree.txt",
    names: &["*.txt", "*.log", "*.tree", "*.out"],
    looks_like,
    example: "com.example:web:jar:1.0\n+- org.slf4j:slf4j-api:jar:2.0.9:compile\n\
              \\- ch.qos.logback:logback-classic:jar:1.4.14:compile\n   \
              \\- (org.slf4j:slf4j-api:jar:2.0.7:compile - omitted for conflict with 2.0.9)\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let mut lines = probe.head.lines().map(plain);
    while let Some(line) = lines.find(|line| is_root(line)) {
        let next = lines.next();
        if !line.is_empty()
            && next.is_some_and(|next| branch(&next).is_some_and(|(_, label)| artifact(label).is_some()))
        {
            return true;
        }
    }
    false
}

fn is_root(line: &str) -> bool {
    !line.starts_with(' ') && line.contains(':') && artifact(line).is_some_and(|found| found.it.scope.is_empty())
}

/// The line without the prefixes and colours of a log.
fn plain(line: &str) -> Cow<'_, str> {
    let line = if line.contains('\u{1b}') { Cow::Owned(without_colours(line)) } else { Cow::Borrowed(line) };
    match line.find("[INFO] ") {
        Some(at) => Cow::Owned(line[at + "[INFO] ".len()..].to_string()),
        None => line,
    }
}

fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or("").to_string();
    // `[1;34m` after the escape.
    parts.fold(first, |all, part| all + part.split_once('m').map_or("", |(_, rest)| rest))
}

/// The depth of a branch, from 1, and its label.
fn branch(line: &str) -> Option<(usize, &str)> {
    const INDENTS: &[&str] = &["|  ", "   ", "│  "];
    const BRANCHES: &[&str] = &["+- ", "\\- ", "├─ ", "└─ "];
    let (mut rest, mut depth) = (line, 0);
    while let Some(after) = INDENTS.iter().find_map(|indent| rest.strip_prefix(indent)) {
        (rest, depth) = (after, depth + 1);
    }
    match BRANCHES.iter().find_map(|branch| rest.strip_prefix(branch)) {
        Some(label) => Some((depth + 1, label)),
        // With -Dtokens=whitespace there are only blanks.
        None if depth > 0 && artifact(rest).is_some() => Some((depth, rest)),
        None => None,
    }
}

/// Deeper trees are not Maven's.
const DEEPEST: usize = 1000;

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let text = sheet.text;
    let several = text.lines().map(plain).filter(|line| is_root(line)).nth(1).is_some();
    let (mut path, mut module, mut is_verbose): (Vec<ThingId>, String, bool) = Default::default();
    for (at, written) in text.lines().enumerate() {
        sheet.tick()?;
        let (line, plain) = (at + 1, plain(written));
        if is_root(&plain) {
            let Some(found) = artifact(&plain) else { continue };
            module = if several { format!("{}:{}", found.it.group, found.it.artifact) } else { String::new() };
            path = vec![root(sheet, &found.it, line, path.is_empty())?];
            continue;
        }
        let Some((depth, label)) = branch(&plain) else { continue };
        let wrong = |what: &str| Problem::at(line, what).help("make it again: mvn dependency:tree -Dverbose");
        let Some(found) = artifact(label) else {
            // A log has other lines that look like a branch: those of other plugins.
            if path.is_empty() || !label.contains(':') {
                continue;
            }
            return Err(wrong("not an artifact of Maven"));
        };
        if depth > path.len() || depth > DEEPEST {
            return Err(wrong(if path.is_empty() {
                "an artifact without a module above"
            } else {
                "a level is left out"
            }));
        }
        path.truncate(depth);
        let above = Above { thing: path[depth - 1], is_root: depth == 1, module: &module };
        is_verbose |= found.is_omitted;
        path.push(relate(sheet, above, &found, (line, label))?);
    }
    if path.is_empty() {
        return Err(Problem::at(1, "no tree of Maven in the file").help("make it with mvn dependency:tree -Dverbose"));
    }
    warn(sheet, is_verbose);
    Ok(())
}
