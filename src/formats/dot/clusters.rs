//! Clusters: subgraphs that are drawn as boxes around their nodes.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::relation_words::PART_OF;
use super::model::{Group, get};
use super::{Described, Problem, Sheet, Statements, label};
use crate::facts::ThingId;

/// Graphviz draws those as clusters whose names begin so, and those with `cluster=true`.
fn is_cluster(group: &Group) -> bool {
    let is_named = group.name.as_deref().is_some_and(|name| name.starts_with("cluster"));
    is_named || get(&group.attributes, "cluster").is_some_and(|text| text.text.eq_ignore_ascii_case("true"))
}

/// What a cluster is called: its own label, else what its name says beyond a number; `None` if nothing does.
pub(super) fn name(group: &Group, graph: &str) -> Option<String> {
    let id = group.name.as_deref().unwrap_or_default();
    let by_label = get(&group.attributes, "label").map(|text| label::parts(text, id, graph, false).join(" "));
    let by_id = || id.strip_prefix("cluster").unwrap_or(id).trim_start_matches(['_', '-', ' ']).to_string();
    let name = by_label.filter(|name| !name.is_empty()).unwrap_or_else(by_id);
    let is_number = name.chars().all(|c| c.is_ascii_digit());
    (!is_number).then_some(name)
}

/// States what is part of which cluster: the innermost only.
pub(super) fn state(statements: &Statements, sheet: &mut Sheet) -> Result<(), Problem> {
    let things = things(statements, sheet)?;
    let graph = &statements.graph;
    for (group, whole) in things.iter().enumerate().skip(1) {
        let outer = graph.around(group as u32).skip(1).find_map(|outer| things[outer as usize]);
        if let (Some(part), Some(outer)) = (whole, outer) {
            relate(sheet, *part, outer, graph.groups[group].at)?;
        }
    }
    for (node, mentions) in mentions(statements, sheet, &things)? {
        let around = |cluster: u32| graph.around(cluster).skip(1);
        let is_around = |cluster: u32| mentions.iter().any(|(other, _)| around(*other).any(|outer| outer == cluster));
        for (cluster, at) in mentions.iter().filter(|(cluster, _)| mentions.len() == 1 || !is_around(*cluster)) {
            for part in &statements.things[node as usize] {
                if let Some(whole) = things[*cluster as usize] {
                    relate(sheet, *part, whole, *at)?;
                }
            }
        }
    }
    Ok(())
}

fn relate(sheet: &mut Sheet, part: ThingId, whole: ThingId, at: usize) -> Result<(), Problem> {
    let line = sheet.line(at);
    let text = sheet.line_text(line);
    sheet.relate(part, PART_OF, whole, line, text)?;
    Ok(())
}

/// The thing of each group that is a cluster with a name.
fn things(statements: &Statements, sheet: &mut Sheet) -> Result<Vec<Option<ThingId>>, Problem> {
    let graph = &statements.graph;
    let mut things = Vec::with_capacity(graph.groups.len());
    for (number, group) in graph.groups.iter().enumerate() {
        let name = name(group, graph.name()).filter(|_| number > 0 && is_cluster(group));
        let Some(name) = name.filter(|_| !(statements.producer.is_legend)(group)) else {
            things.push(None);
            continue;
        };
        let described = (statements.producer.cluster)(group, name).unwrap_or_default();
        if described.name.is_empty() {
            things.push(None);
            continue;
        }
        // Two clusters of one name in different groups are two.
        let key = match described.key.is_empty() {
            true => format!("cluster\u{0}{number}"),
            false => described.key.clone(),
        };
        things.push(Some(statements.thing(sheet, Described { key, ..described }, group.at)?));
    }
    Ok(things)
}

/// The innermost clusters in which each node is named, and where, by node.
#[expect(clippy::type_complexity, reason = "a list of lists, used once")]
fn mentions(
    statements: &Statements,
    sheet: &Sheet,
    things: &[Option<ThingId>],
) -> Result<Vec<(u32, Vec<(u32, usize)>)>, Problem> {
    let graph = &statements.graph;
    let mut by_node: HashMap<u32, Vec<(u32, usize)>> = HashMap::new();
    for (number, group) in graph.groups.iter().enumerate().skip(1) {
        let Some(cluster) = graph.around(number as u32).find(|group| things[*group as usize].is_some()) else {
            continue;
        };
        for (node, at) in &group.own {
            sheet.tick()?;
            let clusters = by_node.entry(*node).or_default();
            if clusters.iter().all(|(known, _)| *known != cluster) {
                sheet.charge(size_of::<(u32, usize)>())?;
                clusters.push((cluster, *at));
            }
        }
    }
    let mut mentions: Vec<_> = by_node.into_iter().collect();
    mentions.sort_unstable_by_key(|(node, _)| *node);
    Ok(mentions)
}

/// A cluster as any program draws it.
pub(super) fn plain(_: &Group, name: String) -> Option<Described> {
    Some(Described { name, labels: vec![Cow::Borrowed("Cluster")], ..Described::default() })
}
