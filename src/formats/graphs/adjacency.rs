//! Adjacency in JSON: NetworkX's `adjacency_data`, and plain dictionaries of lists as `madge --json` writes them.

use std::collections::{HashMap, HashSet};

use super::super::relation_words::DEPENDS_ON;
use super::{Edges, Format, Json, Place, Probe, Problem, RELATED_TO, Sheet, Way, id, member, node, properties};
use crate::graph::Value;

pub(in super::super) const DATA_FORMAT: Format = Format {
    name: "adjacency-data",
    what: "adjacency_data, the adjacency JSON of NetworkX",
    made_by: "",
    names: &["*.json"],
    looks_like: |probe| probe.starts_with('{') && probe.has(&["\"adjacency\"", "\"nodes\"", "\"directed\""]),
    example: "\
{\"directed\": true, \"multigraph\": false, \"graph\": [], \"nodes\": [{\"id\": \"web\"}, {\"id\": \"api\"}],
 \"adjacency\": [[{\"relation\": \"depends on\", \"id\": \"api\"}], []]}
",
    read: read_data,
};

pub(in super::super) const LISTS_FORMAT: Format = Format {
    name: "adjacency-lists",
    what: "a dictionary of lists in JSON: each key needs what its list holds",
    made_by: "npx madge --json src > modules.json",
    names: &["*.json"],
    looks_like: looks_like_lists,
    example: "{\"web\": [\"api\", \"cache\"], \"api\": [\"database\"], \"database\": []}\n",
    read: read_lists,
};

fn read_data(sheet: &mut Sheet) -> Result<(), Problem> {
    let json = Json::parse(sheet.text)?;
    let members = json.members();
    let is_directed = member(&members, "directed").and_then(Json::as_bool).unwrap_or(false);
    let mut ids = Vec::new();
    for item in member(&members, "nodes").map(Json::items).unwrap_or_default() {
        let (line, data) = (sheet.line_of(item.text()), item.members());
        let own = id(&data, "id").ok_or_else(|| Problem::at(line, "a node without `id`"))?;
        node(sheet, &own, line, properties(&data, &["id"], line)?)?;
        ids.push(own);
    }
    let rows = member(&members, "adjacency").map(Json::items).unwrap_or_default();
    if rows.len() != ids.len() {
        let what = format!("{} nodes, but {} lists of neighbours", ids.len(), rows.len());
        return Err(Problem::at(1, what).help("`adjacency` holds a list for each of `nodes`, in their order"));
    }
    let mut edges = Edges::new(sheet, RELATED_TO)?;
    // Both ends of an edge without direction have it in their lists.
    let mut seen = HashSet::new();
    for (own, row) in ids.iter().zip(rows) {
        for item in row.items() {
            sheet.tick()?;
            let (place, data) = (Place { line: sheet.line_of(item.text()), evidence: item.text() }, item.members());
            let other = id(&data, "id").ok_or_else(|| Problem::at(place.line, "a neighbour without `id`"))?;
            let key = id(&data, "key").unwrap_or_default();
            let way = if is_directed { Way::Along } else { Way::None };
            if !is_directed {
                sheet.charge(own.len() + other.len() + key.len() + 64)?;
                let ends = if *own <= other { (own.clone(), other.clone()) } else { (other.clone(), own.clone()) };
                if !seen.insert((ends, key)) {
                    continue;
                }
            }
            edges.relate(sheet, (own, &other), way, place, properties(&data, &["id"], place.line)?)?;
        }
    }
    edges.finish(sheet);
    Ok(())
}

/// A dictionary of nothing but lists of texts, in which a name of a list is a key, too. Only the beginning need be
/// there: it is cut after the last whole list.
fn looks_like_lists(probe: &Probe) -> bool {
    if !probe.starts_with('{') {
        return false;
    }
    let cut = || probe.head.rfind("],").map(|end| format!("{}]}}", &probe.head[..end]));
    let whole = Json::parse(probe.head).is_ok().then(|| probe.head.to_string());
    let Some(text) = whole.or_else(cut) else { return false };
    let Ok(json) = Json::parse(&text) else { return false };
    let members = json.members();
    let lists: Option<Vec<Vec<_>>> = members.iter().map(|(_, list)| texts(*list)).collect();
    let Some(lists) = lists else { return false };
    let keys: HashMap<&str, ()> = members.iter().map(|(key, _)| (&**key, ())).collect();
    lists.iter().flatten().any(|name| keys.contains_key(&**name))
}

/// The texts of a list that holds nothing else.
fn texts(list: Json) -> Option<Vec<std::borrow::Cow<str>>> {
    list.is_array().then(|| list.items().into_iter().map(Json::as_str).collect())?
}

fn read_lists(sheet: &mut Sheet) -> Result<(), Problem> {
    let json = Json::parse(sheet.text)?;
    if !json.is_object() {
        return Err(Problem::at(1, "not an object").help("{\"web\": [\"api\"], \"api\": []}"));
    }
    let mut edges = Edges::new(sheet, DEPENDS_ON)?;
    for (key, neighbours) in json.members() {
        // A key stands before its list, on the line where that begins.
        let line = sheet.line_of(neighbours.text());
        node(sheet, &key, line, Vec::new())?;
        for item in neighbours.items() {
            let place = Place { line: sheet.line_of(item.text()), evidence: &format!("{key}: {}", item.text()) };
            let other = item.as_text().ok_or_else(|| Problem::at(place.line, "a list holds what is not a name"))?;
            edges.relate(sheet, (&key, &other), Way::Along, place, Vec::new())?;
        }
        // A dictionary of dictionaries: NetworkX's `to_dict_of_dicts`.
        for (other, data) in neighbours.members() {
            let place =
                Place { line: sheet.line_of(data.text()), evidence: &format!("{key}: {other}: {}", data.text()) };
            let weight = || data.as_value().map(|value: Value| ("weight".to_string(), value));
            let values = match data.is_object() {
                true => properties(&data.members(), &[], place.line)?,
                false => weight().into_iter().collect(),
            };
            edges.relate(sheet, (&key, &other), Way::Along, place, values)?;
        }
        if !neighbours.is_array() && !neighbours.is_object() {
            return Err(Problem::at(line, format!("`{key}` has no list")).help("{\"web\": [\"api\"], \"api\": []}"));
        }
    }
    edges.finish(sheet);
    Ok(())
}
