//! Cytoscape's JSON: `elements` in two lists or in one, each with `data`; a node with `parent` is part of it.

use serde_json::value::RawValue;

use super::{
    Edges, Format, Json, Place, Probe, Problem, RELATED_TO, Sheet, Way, id, member, node, part_of, properties,
};

pub(in super::super) const FORMAT: Format = Format {
    name: "cytoscape",
    what: "a graph in the JSON of Cytoscape and Cytoscape.js",
    made_by: "",
    names: &["*.cyjs", "*.json"],
    looks_like,
    example: "\
{\"elements\": {
  \"nodes\": [{\"data\": {\"id\": \"w\", \"name\": \"web\"}}, {\"data\": {\"id\": \"a\", \"name\": \"api\"}}],
  \"edges\": [{\"data\": {\"id\": \"e\", \"source\": \"w\", \"target\": \"a\", \"interaction\": \"depends on\"}}]
}}
",
    read,
};

fn looks_like(probe: &Probe) -> bool {
    if probe.starts_with('[') {
        let inside = probe.head.trim_start().strip_prefix('[').unwrap_or_default();
        let first = serde_json::Deserializer::from_str(inside).into_iter::<&RawValue>().next();
        let first = first.and_then(Result::ok).and_then(|first| Json::parse(first.get()).ok());
        return first.and_then(|first| first.get("data")).is_some_and(|data| data.get("id").is_some());
    }
    probe.starts_with('{')
        && probe.has(&["\"elements\"", "\"data\""])
        && ["\"source\"", "\"nodes\""].iter().any(|word| probe.head.contains(word))
}

fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let json = Json::parse(sheet.text)?;
    let elements = if json.is_array() { Some(json) } else { json.get("elements") };
    let Some(elements) = elements else {
        return Err(Problem::at(1, "there are no `elements`").help("{\"elements\": {\"nodes\": [], \"edges\": []}}"));
    };
    let mut edges = Edges::new(sheet, RELATED_TO)?;
    let lists = match elements.is_array() {
        true => vec![elements],
        false => ["nodes", "edges"].iter().filter_map(|name| elements.get(name)).collect(),
    };
    for list in lists {
        for item in list.items() {
            sheet.tick()?;
            element(sheet, &mut edges, item)?;
        }
    }
    edges.finish(sheet);
    Ok(())
}

/// An edge has a source.
fn element(sheet: &mut Sheet, edges: &mut Edges, item: Json) -> Result<(), Problem> {
    let place = Place { line: sheet.line_of(item.text()), evidence: item.text() };
    let data = item.get("data").map(Json::members).unwrap_or_default();
    if let (Some(source), Some(target)) = (id(&data, "source"), id(&data, "target")) {
        let others = properties(&data, &["source", "target"], place.line)?;
        return edges.relate(sheet, (&source, &target), Way::Along, place, others);
    }
    let Some(own) = id(&data, "id") else {
        let problem = Problem::at(place.line, "an element without `data.id`, or an edge without its ends");
        return Err(problem.help("{\"data\": {\"id\": \"a\"}} or {\"data\": {\"source\": \"a\", \"target\": \"b\"}}"));
    };
    node(sheet, &own, place.line, properties(&data, &["id", "parent"], place.line)?)?;
    match member(&data, "parent").and_then(Json::as_text) {
        Some(whole) => part_of(sheet, &own, &whole, place),
        None => Ok(()),
    }
}
