//! One page that shows the graph and needs nothing else: our own script draws it on a canvas. Data stand in it as JSON
//! that cannot be taken for markup.

use std::io::Write;

use serde_json::{Map, Value as Json, json};

use super::layout::Route;
use super::picture::Picture;
use super::xml::escape;
use super::{Subgraph, Written};
use crate::diagnostic::Diagnostic;
use crate::graph::{Entity, EntitySource, Value};
use crate::limits::Budget;
use crate::render::value::text;

const PAGE: &str = include_str!("html/page.html");
// The page that a server shows has these too.
pub(crate) const STYLE: &str = include_str!("html/explorer.css");
/// What draws a picture, in one script: a file for each thing that it does.
pub(crate) const PICTURE: &str = concat!(
    include_str!("html/net.js"),
    include_str!("html/growth.js"),
    include_str!("html/room.js"),
    include_str!("html/lines.js"),
    include_str!("html/drawing.js"),
    include_str!("html/gestures.js"),
    include_str!("html/picture.js"),
);
pub(crate) const EXPLORER: &str = include_str!("html/explorer.js");

pub(super) fn write(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let data = data(subgraph, budget)?;
    let title = escape(data["title"].as_str().unwrap_or_default()).into_owned();
    let data = inert(&data.to_string());
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").expect("the page's brackets are closed");
        let content = match name {
            "title" => &title,
            "style" => STYLE,
            "picture" => PICTURE,
            "script" => EXPLORER,
            _ => &data,
        };
        write!(out, "{before}{content}")?;
        rest = after;
    }
    write!(out, "{rest}")?;
    Ok(Vec::new())
}

/// JSON without a character that a reader of HTML or of scripts could take for its own.
pub(crate) fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

/// The picture as the script draws it.
pub(crate) fn data(subgraph: &Subgraph, budget: &Budget) -> Result<Json, Diagnostic> {
    let picture = Picture::of(subgraph, budget)?;
    let source = subgraph.source();
    let mut nodes = Vec::with_capacity(subgraph.nodes().len());
    for (at, node) in subgraph.nodes().iter().enumerate() {
        budget.tick()?;
        let (caption, (x, y)) = (&picture.boxes[at], picture.layout.centres[at]);
        let labels: Vec<&str> = source.named_labels(*node);
        let aliases = match source.named_property(Entity::Node(*node), "aliases") {
            Value::List(items) => items.iter().filter_map(Value::as_str).map(str::to_string).collect(),
            _ => Vec::new(),
        };
        nodes.push(json!({
            "id": node.index(),
            "name": subgraph.caption(*node),
            "aliases": aliases,
            "labels": labels,
            "lines": caption.lines,
            "x": rounded(x), "y": rounded(y), "w": rounded(caption.size.0), "h": rounded(caption.size.1),
            "root": subgraph.roots().contains(node),
            "properties": properties(source, Entity::Node(*node), &["name"]),
        }));
    }
    let mut links = Vec::with_capacity(subgraph.links().len());
    for (at, link) in subgraph.links().iter().enumerate() {
        budget.tick()?;
        let shape = subgraph.relationship(link.relationship);
        let route = picture.layout.routes[at].clone();
        let route = if link.against { route.reversed() } else { route };
        let points: Vec<[f64; 2]> = route.points().iter().map(|(x, y)| [rounded(*x), rounded(*y)]).collect();
        let grounds = |key: &str| {
            source.named_property(Entity::Relationship(link.relationship), key).as_str().map(str::to_string)
        };
        links.push(json!({
            "id": link.relationship.index(),
            "from": subgraph.number(shape.start),
            "to": subgraph.number(shape.end),
            "type": picture.type_of[at],
            "route": points,
            "bend": bend(&route),
            "path": subgraph.is_highlighted(link.relationship),
            "evidence": grounds("evidence"),
            "source": grounds("source"),
            "properties": properties(source, Entity::Relationship(link.relationship), &["evidence", "source"]),
        }));
    }
    let types: Vec<Json> = picture
        .types
        .iter()
        .map(|style| {
            let dash: Vec<f64> = style.dash.split(' ').filter_map(|length| length.parse().ok()).collect();
            let inverse = source.semantics().inverse_phrase(&style.name);
            let (name, phrase) = (&style.name, &style.phrase);
            json!({
                "name": name, "phrase": phrase, "inverse": inverse,
                "colour": style.colour, "dash": dash, "count": style.count,
            })
        })
        .collect();
    let mut data = json!({ "title": picture.title, "nodes": nodes, "links": links, "types": types });
    // The page's own layout is kept for the same picture, not for another one.
    data["key"] = json!(format!("{:08x}", crc32fast::hash(data.to_string().as_bytes())));
    Ok(data)
}

fn rounded(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

/// How far the route's control point lies beside the straight line, for links whose ends are moved.
fn bend(route: &Route) -> f64 {
    match route {
        Route::Level(_) => 0.0,
        Route::Bent(from, by, to) => {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = dx.hypot(dy).max(0.01);
            rounded(((by.1 - from.1) * dx - (by.0 - from.0) * dy) / length)
        }
    }
}

/// The value for people: of a list only its items.
fn shown(value: &Value, source: &dyn EntitySource) -> String {
    match value {
        Value::List(items) => items.iter().map(|item| text(item, source)).collect::<Vec<_>>().join(", "),
        value => text(value, source),
    }
}

/// The properties as texts, all but some.
fn properties(source: &dyn EntitySource, entity: Entity, without: &[&str]) -> Json {
    let listed = source.named_properties(entity).into_iter().filter(|(key, _)| !without.contains(key));
    Json::Object(
        listed.map(|(key, value)| (key.to_string(), json!(shown(&value, source)))).collect::<Map<String, Json>>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_leave_its_element() {
        let nasty = json!({ "</script><!--": "\u{2028}&lt;\"'" }).to_string();
        let safe = inert(&nasty);
        assert!(!safe.contains(['<', '>', '&', '\u{2028}']), "{safe}");
        assert_eq!(serde_json::from_str::<Json>(&safe).unwrap(), serde_json::from_str::<Json>(&nasty).unwrap());
    }

    #[test]
    fn the_page_names_only_what_is_put_in() {
        let names = PAGE.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap_or_default());
        assert!(names.clone().all(|name| ["title", "style", "picture", "script", "data"].contains(&name)));
        assert_eq!(names.filter(|name| *name == "data").count(), 1);
        // Nothing is fetched.
        for text in [PAGE, STYLE, PICTURE, EXPLORER] {
            assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("import "), "{text}");
        }
    }
}
