//! `dependency:tree -DoutputType=json`: an object for each module, one after the other.
//!
//! With `-Dverbose` it holds versions that conflict resolution dropped, and nothing tells them from those in use: of
//! each artifact, the one nearest to the module wins, the first of equals.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Above, Artifact, relate, root, warn};
use crate::facts::ThingId;
use crate::formats::json::{Json, member};
use crate::formats::maven_coordinates::Coordinates;
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::{Format, Probe};

pub(super) const FORMAT: Format = Format {
    name: "maven-json",
    what: "Maven's dependency tree in JSON",
    made_by: "mvn dependency:tree -DoutputType=json -DoutputFile=maven-tree.json",
    names: &["maven-tree*.json", "dependency-tree*.json"],
    looks_like,
    example: "{\n  \"groupId\": \"com.example\", \"artifactId\": \"web\", \"version\": \"1.0\", \"type\": \"jar\",\n  \
              \"scope\": \"\", \"classifier\": \"\", \"optional\": \"false\", \"children\": [\n    \
              {\"groupId\": \"org.slf4j\", \"artifactId\": \"slf4j-api\", \"version\": \"2.0.9\",\n     \
              \"type\": \"jar\", \"scope\": \"compile\", \"classifier\": \"\", \"optional\": \"false\"}\n  ]\n}\n",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    probe.starts_with('{') && probe.has(&["\"groupId\"", "\"artifactId\"", "\"scope\"", "\"optional\""])
}

/// A node of the tree.
struct Node<'a> {
    fields: [Cow<'a, str>; 6],
    optional: bool,
    above: Option<usize>,
    depth: usize,
    json: Json<'a>,
}

const FIELDS: [&str; 6] = ["groupId", "artifactId", "type", "classifier", "version", "scope"];

impl Node<'_> {
    /// What it is apart from its version.
    fn key(&self) -> [&str; 4] {
        [&self.fields[0], &self.fields[1], &self.fields[2], &self.fields[3]]
    }

    fn coordinates<'n>(&'n self, version: &'n str) -> Coordinates<'n> {
        let [group, artifact, packaging, classifier] = self.key();
        Coordinates { group, artifact, packaging, classifier, version, scope: &self.fields[5], optional: self.optional }
    }
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let trees = trees(sheet)?;
    let mut is_verbose = false;
    for (at, tree) in trees.iter().enumerate() {
        is_verbose |= module(sheet, *tree, at == 0, trees.len() > 1)?;
    }
    if trees.is_empty() {
        return Err(Problem::at(1, "an empty file").help("make it with mvn dependency:tree -DoutputType=json"));
    }
    if is_verbose {
        let what = "Maven's verbose JSON does not mark versions that were dropped: the nearest one is taken as used";
        sheet.warn(0, what, Some("the verbose text says it: mvn dependency:tree -Dverbose"));
    } else {
        warn(sheet, false);
    }
    Ok(())
}

/// The objects of the file: one, or one after the other, each of which ends in the first column.
fn trees<'a>(sheet: &Sheet<'a>) -> Result<Vec<Json<'a>>, Problem> {
    let text = sheet.text;
    if let Ok(one) = Json::parse(text) {
        return Ok(vec![one]);
    }
    let (mut trees, mut start) = (Vec::new(), 0);
    for (at, _) in text.match_indices("\n}").chain([(text.len(), "")]) {
        let end = (at + 2).min(text.len());
        let part = &text[start..end];
        if !part.trim().is_empty() {
            trees.push(Json::parse(part).map_err(|problem| moved(problem, sheet.line(start) - 1))?);
            start = end;
        }
    }
    Ok(trees)
}

/// The problem of a part of the file that begins after some lines.
fn moved(problem: Problem, lines: usize) -> Problem {
    match problem {
        Problem::Wrong(wrong) => {
            Problem::at(wrong.line + lines, wrong.what).help("make the file again; it may have been cut")
        }
        Problem::Stopped(error) => Problem::Stopped(error),
    }
}

/// States the tree of a module; whether an artifact is in it more than once.
fn module(sheet: &mut Sheet, tree: Json, is_first: bool, several: bool) -> Result<bool, Problem> {
    let nodes = nodes(sheet, tree)?;
    let mut used: HashMap<[&str; 4], usize> = HashMap::new();
    let mut is_verbose = false;
    for (at, node) in nodes.iter().enumerate() {
        let nearest = used.entry(node.key()).or_insert(at);
        is_verbose |= *nearest != at;
        if node.depth < nodes[*nearest].depth {
            *nearest = at;
        }
    }
    let name = if several { format!("{}:{}", nodes[0].fields[0], nodes[0].fields[1]) } else { String::new() };
    let mut things: Vec<ThingId> = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let line = sheet.line_of(node.json.text());
        let version = used.get(&node.key()).map_or(&node.fields[4], |at| &nodes[*at].fields[4]);
        let Some(above) = node.above else {
            things.push(root(sheet, &node.coordinates(&node.fields[4]), line, is_first)?);
            continue;
        };
        let is_omitted = version != &node.fields[4];
        let found = Artifact { it: node.coordinates(version), requested: &node.fields[4], is_omitted };
        let above = Above { thing: things[above], is_root: nodes[above].above.is_none(), module: &name };
        let words =
            node.json.text().split("\"children\"").next().unwrap_or("").trim_end_matches([' ', '\n', '\r', ',']);
        things.push(relate(sheet, above, &found, (line, words))?);
    }
    Ok(is_verbose)
}

/// The nodes of a tree, each after the one above it.
fn nodes<'a>(sheet: &Sheet, tree: Json<'a>) -> Result<Vec<Node<'a>>, Problem> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut todo = vec![(tree, None, 0)];
    while let Some((json, above, depth)) = todo.pop() {
        sheet.tick()?;
        sheet.charge(size_of::<Node>())?;
        let members = json.members();
        let text = |key| member(&members, key).and_then(Json::as_text).unwrap_or_default();
        let fields = FIELDS.map(text);
        if fields[0].is_empty() || fields[1].is_empty() {
            let line = sheet.line_of(json.text());
            return Err(Problem::at(line, "an artifact without groupId or artifactId")
                .help("make it with mvn dependency:tree -DoutputType=json"));
        }
        let children = member(&members, "children").map(Json::items).unwrap_or_default();
        let optional = text("optional") == "true";
        todo.extend(children.into_iter().rev().map(|child| (child, Some(nodes.len()), depth + 1)));
        nodes.push(Node { fields, optional, above, depth, json });
    }
    Ok(nodes)
}
