//! What holds a graph together and in which order it stands: dominators, cuts, topological order, cycles.

use super::options::{Settings, Weights, one};
use super::{Algorithm, Context, OPTIONS_ONLY, Output, Procedure, TERM};
use crate::algorithms;
use crate::diagnostic::Diagnostic;
use crate::functions::{invalid_value, optional, required};
use crate::graph::{TypeSet, Value};
use crate::result::{Column, Shape};
use crate::trace::name_of;

pub const ALGORITHMS: &[Algorithm] = &[
    Algorithm {
        procedure: Procedure {
            name: "algo.dominators",
            parameters: &[required("from", TERM), optional("options", TypeSet::MAP)],
            yields: &[("node", TypeSet::NODE), ("dominator", TypeSet::NODE), ("dominated", TypeSet::INTEGER)],
            doc: "For each node reached, the last node that every way to it goes through, and how many nodes are not reached without it itself.",
            shape: Shape::Table,
            run: dominators,
        },
        options: DIRECTED,
        example: (
            "CALL algo.dominators('Horizon', {direction: 'needs'}) YIELD node, dominated RETURN node.name, dominated ORDER BY dominated DESC, node.name LIMIT 2",
            "Networking, 13; Block Storage, 6",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.articulationPoints",
            parameters: OPTIONS_ONLY,
            yields: &[("node", TypeSet::NODE), ("parts", TypeSet::INTEGER), ("cutOff", TypeSet::INTEGER)],
            doc: "Nodes without which their component falls into parts, directions aside: how many parts, and how many nodes are outside of the largest.",
            shape: Shape::Table,
            run: articulation_points,
        },
        options: UNDIRECTED,
        example: (
            "CALL algo.articulationPoints({types: 'USES'}) YIELD node, cutOff RETURN node.name, cutOff ORDER BY cutOff DESC, node.name LIMIT 2",
            "Horizon, 7; memcached, 6",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.bridges",
            parameters: OPTIONS_ONLY,
            yields: &[("relationship", TypeSet::RELATIONSHIP), ("cutOff", TypeSet::INTEGER)],
            doc: "Relationships without which their component falls into two, directions aside: how many nodes are on the smaller side.",
            shape: Shape::Table,
            run: bridges,
        },
        options: UNDIRECTED,
        example: ("CALL algo.bridges({types: 'USES'}) YIELD relationship RETURN count(relationship)", "29"),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.topologicalSort",
            parameters: OPTIONS_ONLY,
            yields: &[("position", TypeSet::INTEGER), ("node", TypeSet::NODE)],
            doc: "The nodes in an order in which every relationship leads to a later one; an error that names a cycle if there is one.",
            shape: Shape::Table,
            run: topological_sort,
        },
        options: DIRECTED,
        example: (
            "CALL algo.topologicalSort({direction: 'needs', nodes: ['Horizon', 'MariaDB', 'Compute', 'Identity Service']}) YIELD node RETURN node.name",
            "Horizon; Compute; Identity Service; MariaDB",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.cycles",
            parameters: OPTIONS_ONLY,
            yields: &[("cycle", TypeSet::INTEGER), ("length", TypeSet::INTEGER), ("nodes", TypeSet::LIST)],
            doc: "Cycles that meet no node twice, the shortest first.",
            shape: Shape::Table,
            run: cycles,
        },
        options: CYCLES,
        example: (
            "CALL algo.cycles({through: 'Compute', limit: 1}) YIELD length, nodes RETURN length, [n IN nodes | n.name]",
            "2, ['Compute', 'Telemetry']",
        ),
    },
];

const DIRECTED: &[&str] = &["types", "direction", "labels", "nodes"];
const UNDIRECTED: &[&str] = &["types", "labels", "nodes"];

fn dominators(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let settings = Settings::read(context, &arguments[1], DIRECTED)?;
    let view = settings.view()?;
    let root = one(context, &arguments[0], "from")?;
    let network = settings.reached(&view, root, Weights::Any)?;
    let found = algorithms::dominators(&network, 0, context.budget)?;
    let subtrees = found.subtrees();
    let dominator = |node: u32| found.of(node).next().map_or(Column::NULL, |above| network.node(above).index() as u32);
    let dominated = || network.numbers().skip(1);
    Ok(settings.columns(vec![
        Column::nodes(dominated().map(|node| network.node(node))),
        Column::Nodes(dominated().map(dominator).collect()),
        Column::counts(dominated().map(|node| subtrees.count(node) as usize)),
    ]))
}

fn articulation_points(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let settings = Settings::read(context, &arguments[0], UNDIRECTED)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::Any)?;
    let found = algorithms::cuts(&network, context.budget)?;
    let points = &found.points;
    Ok(settings.columns(vec![
        Column::nodes(points.iter().map(|point| network.node(point.node))),
        Column::counts(points.iter().map(|point| found.part_count(point))),
        Column::counts(points.iter().map(|point| found.cut_off_without(point))),
    ]))
}

fn bridges(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let settings = Settings::read(context, &arguments[0], UNDIRECTED)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::Any)?;
    let found = algorithms::cuts(&network, context.budget)?;
    let bridges = &found.bridges;
    Ok(settings.columns(vec![
        Column::relationships(bridges.iter().map(|bridge| network.hop(bridge.edge).relationship)),
        Column::counts(bridges.iter().map(|bridge| found.cut_off_by(bridge))),
    ]))
}

fn topological_sort(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let settings = Settings::read(context, &arguments[0], DIRECTED)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::Any)?;
    let order = algorithms::topological_sort(&network, context.budget)?.map_err(|cycle| {
        const AT_MOST: usize = 8;
        let name = |edge: &usize| name_of(context.graph, network.node(network.source(*edge))).to_string();
        let mut names: Vec<String> = cycle.iter().take(AT_MOST).map(name).collect();
        let first = names.first().cloned().unwrap_or_default();
        names.push(if cycle.len() > AT_MOST { "…".into() } else { first });
        invalid_value(format!("there is no order: {}", names.join(" → ")))
            .help("algo.components.strong numbers the nodes so that only cycles share a number; algo.cycles lists them")
    })?;
    let nodes = Column::nodes(order.iter().map(|node| network.node(*node)));
    Ok(settings.columns(vec![Column::counts(0..order.len()), nodes]))
}

const CYCLES: &[&str] = &["types", "direction", "labels", "nodes", "through", "limit"];

fn cycles(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let mut settings = Settings::read(context, &arguments[0], CYCLES)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::Any)?;
    let through = match settings.terms("through")? {
        None => None,
        Some(nodes) => Some(one(context, &Value::list(nodes.into_iter().map(Value::Node)), "through")?),
    };
    let number = through.map(|node| network.number(node));
    if number == Some(None) {
        return Ok(settings.rows(Vec::new()));
    }
    let limit = settings.count("limit")?.unwrap_or(100);
    let found = algorithms::cycles(&network, number.flatten(), limit, context.budget)?;
    if !found.complete {
        settings.notes.push(format!("there are more cycles than the limit of {limit}: raise `limit` for more"));
    }
    let row = |(at, cycle): (usize, &Vec<u32>)| {
        let nodes = Value::list(cycle.iter().map(|node| Value::Node(network.node(*node))));
        vec![Value::from(at + 1), Value::from(cycle.len()), nodes]
    };
    Ok(settings.rows(found.cycles.iter().enumerate().map(row).collect()))
}
