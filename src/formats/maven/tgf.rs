//! `dependency:tree -DoutputType=tgf`: nodes with their numbers, a line `#`, then pairs of numbers.

use std::collections::HashMap;

use super::{Above, Artifact, artifact, relate, root, thing, warn};
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::{Format, Probe};

pub(super) const FORMAT: Format = Format {
    name: "maven-tgf",
    what: "Maven's dependency tree in the Trivial Graph Format",
    made_by: "mvn dependency:tree -Dverbose -DoutputType=tgf -DoutputFile=tree.tgf",
    names: &["*.tgf"],
    looks_like,
    example: "1 com.example:web:jar:1.0\n2 org.slf4j:slf4j-api:jar:2.0.9:compile\n#\n1 2 compile\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    let first = probe.head.lines().next().and_then(node);
    first.is_some_and(|(_, found)| found.it.scope.is_empty()) && probe.head.contains('\n')
}

/// `525551643 com.example:web:jar:1.0`
fn node(line: &str) -> Option<(&str, Artifact<'_>)> {
    let (number, label) = line.trim().split_once(' ')?;
    number.parse::<i64>().ok()?;
    Some((number, artifact(label)?))
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let text = sheet.text;
    let mut nodes: HashMap<&str, (Artifact, usize)> = HashMap::new();
    let (mut is_verbose, mut is_after_nodes) = (false, false);
    for (at, text) in text.lines().enumerate() {
        sheet.tick()?;
        let line = at + 1;
        match text.trim() {
            "" => {}
            "#" => is_after_nodes = true,
            _ => match (node(text), is_after_nodes) {
                // After the pairs of one module, the nodes of the next.
                (Some((number, found)), _) => {
                    if is_after_nodes {
                        nodes.clear();
                        is_after_nodes = false;
                    }
                    sheet.charge(size_of::<(Artifact, usize)>() + 32)?;
                    is_verbose |= found.is_omitted;
                    nodes.insert(number, (found, line));
                    if found.it.scope.is_empty() {
                        root(sheet, &found.it, line, at == 0)?;
                    }
                }
                (None, true) => pair(sheet, &nodes, text, line)?,
                (None, false) => {
                    return Err(Problem::at(line, "not a number and an artifact of Maven")
                        .help("make it again: mvn dependency:tree -DoutputType=tgf"));
                }
            },
        }
    }
    warn(sheet, is_verbose);
    Ok(())
}

fn pair(sheet: &mut Sheet, nodes: &HashMap<&str, (Artifact, usize)>, text: &str, line: usize) -> Result<(), Problem> {
    let mut words = text.split_whitespace();
    let ends = (words.next().and_then(|word| nodes.get(word)), words.next().and_then(|word| nodes.get(word)));
    let (Some((start, _)), Some((end, end_line))) = ends else {
        return Err(Problem::at(line, "not two numbers of artifacts").help("make the file again; it may have been cut"));
    };
    let above = Above { thing: thing(sheet, &start.it)?, is_root: start.it.scope.is_empty(), module: "" };
    relate(sheet, above, end, (*end_line, sheet.line_text(*end_line)))?;
    Ok(())
}
