//! JSON as NetworkX's `node_link_graph` and D3 read it: lists of nodes and edges. Values are as `graph::exact` writes them.

use std::io::Write;

use serde_json::{Map, Value as Json, json};

use super::{Subgraph, Written};
use crate::graph::{Entity, EntitySource, exact};
use crate::limits::Budget;
use crate::render::escape_json;

pub(super) fn write(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let source = subgraph.source();
    let semantics = serde_json::to_value(source.semantics().iter().collect::<Vec<_>>())?;
    let mut head = json!({ "format": "kenning", "semantics": semantics });
    if source.semantics().namings().len() > 0 {
        head["naming"] = serde_json::to_value(source.semantics().namings().collect::<Vec<_>>())?;
    }
    writeln!(
        out,
        "{{\"directed\":true,\"multigraph\":true,\n\"graph\":{},\n\"nodes\":[",
        escape_json(&head.to_string())
    )?;
    for (at, node) in subgraph.nodes().iter().enumerate() {
        budget.tick()?;
        let labels: Vec<&str> = source.named_labels(*node);
        let properties = properties(source, Entity::Node(*node));
        let json = json!({ "id": node.index(), "labels": labels, "properties": properties });
        let comma = if at == 0 { "" } else { ",\n" };
        write!(out, "{comma}{}", escape_json(&json.to_string()))?;
    }
    writeln!(out, "],\n\"edges\":[")?;
    for (at, link) in subgraph.links().iter().enumerate() {
        budget.tick()?;
        let shape = subgraph.relationship(link.relationship);
        let json = json!({
            "source": shape.start.index(),
            "target": shape.end.index(),
            "key": link.relationship.index(),
            "type": source.name_of_type(shape.relationship_type),
            "properties": properties(source, Entity::Relationship(link.relationship)),
        });
        let comma = if at == 0 { "" } else { ",\n" };
        write!(out, "{comma}{}", escape_json(&json.to_string()))?;
    }
    writeln!(out, "]}}")?;
    Ok(Vec::new())
}

fn properties(source: &dyn EntitySource, entity: Entity) -> Json {
    let entries =
        source.named_properties(entity).into_iter().map(|(key, value)| (key.to_string(), exact::to_json(&value)));
    Json::Object(entries.collect::<Map<String, Json>>())
}
