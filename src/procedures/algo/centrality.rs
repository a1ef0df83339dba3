//! How much a node matters: PageRank, betweenness, closeness, degree.

use super::options::{Settings, Weights};
use super::{Algorithm, Context, OPTIONS_ONLY, Output, Procedure};
use crate::algorithms::{self, Degrees, Network, Walk};
use crate::diagnostic::Diagnostic;
use crate::graph::{NodeId, TypeSet, Value};
use crate::limits::Budget;
use crate::result::{Column, Shape};

pub const ALGORITHMS: &[Algorithm] = &[
    Algorithm {
        procedure: Procedure {
            name: "algo.pagerank",
            parameters: OPTIONS_ONLY,
            yields: &[("node", TypeSet::NODE), ("score", TypeSet::FLOAT)],
            doc: "PageRank: how often a walker comes by who follows relationships and now and then jumps; all scores sum to 1.",
            shape: Shape::Table,
            run: pagerank,
        },
        options: PAGERANK,
        example: (
            "CALL algo.pagerank({types: ['DEPENDS_ON', 'USES'], top: 2}) YIELD node, score RETURN node.name, round(score, 3)",
            "memcached, 0.035; keystonemiddleware, 0.028",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.betweenness",
            parameters: OPTIONS_ONLY,
            yields: &[("node", TypeSet::NODE), ("score", TypeSet::FLOAT)],
            doc: "Betweenness: over all pairs of other nodes, the share of their cheapest paths that go through the node.",
            shape: Shape::Table,
            run: betweenness,
        },
        options: BETWEENNESS,
        example: (
            "CALL algo.betweenness({direction: 'needs', top: 2}) YIELD node, score RETURN node.name, round(score, 1)",
            "Identity Service, 192.3; Networking, 155.1",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.closeness",
            parameters: OPTIONS_ONLY,
            yields: &[
                ("node", TypeSet::NODE),
                ("score", TypeSet::FLOAT),
                ("harmonic", TypeSet::FLOAT),
                ("reached", TypeSet::INTEGER),
            ],
            doc: "Closeness: the number of nodes reached by the sum of their distances, null if there are none; harmonic: the mean of 1 by distance over all other nodes.",
            shape: Shape::Table,
            run: closeness,
        },
        options: CLOSENESS,
        example: (
            "CALL algo.closeness({types: 'USES'}) YIELD node, score, reached WHERE node.name = 'Compute' RETURN round(score, 3), reached",
            "1.0, 2",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.degree",
            parameters: OPTIONS_ONLY,
            yields: &[
                ("node", TypeSet::NODE),
                ("degree", TypeSet::INTEGER),
                ("outgoing", TypeSet::INTEGER),
                ("incoming", TypeSet::INTEGER),
                ("strength", TypeSet::FLOAT),
            ],
            doc: "Degree: how many relationships leave and reach a node, and the sum of their weights; a loop counts both ways.",
            shape: Shape::Table,
            run: degree,
        },
        options: DEGREE,
        example: (
            "CALL algo.degree({top: 2}) YIELD node, degree, incoming RETURN node.name, degree, incoming",
            "Identity Service, 35, 20; RabbitMQ, 33, 30",
        ),
    },
];

const PAGERANK: &[&str] = &[
    "types",
    "direction",
    "labels",
    "nodes",
    "weight",
    "defaultWeight",
    "write",
    "top",
    "damping",
    "iterations",
    "tolerance",
    "sources",
];

fn pagerank(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let mut settings = Settings::read(context, &arguments[0], PAGERANK)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::NotNegative)?;
    let sources = settings.terms("sources")?;
    let jumps: Option<Vec<u32>> =
        sources.map(|nodes| nodes.into_iter().filter_map(|node| network.number(node)).collect());
    let walk = Walk {
        damping: settings.number("damping", 0.85, 0.0..1.0)?,
        tolerance: settings.number("tolerance", 1e-10, 0.0..1.0)?,
        rounds: settings.count("iterations")?.unwrap_or(200),
        jumps: jumps.as_deref(),
    };
    if jumps.as_ref().is_some_and(Vec::is_empty) {
        settings.notes.push("no source is among the nodes: all scores are 0".into());
    }
    let found = algorithms::pagerank(&network, &walk, context.budget)?;
    if !found.converged {
        let rounds = walk.rounds;
        settings.notes.push(format!("after {rounds} rounds the scores still changed by more than the tolerance"));
    }
    settings.per_node(&network, vec![Column::Floats(found.ranks)])
}

const BETWEENNESS: &[&str] =
    &["types", "direction", "labels", "nodes", "weight", "defaultWeight", "write", "top", "samples"];

fn betweenness(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let settings = Settings::read(context, &arguments[0], BETWEENNESS)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::Positive)?;
    let samples = settings.count("samples")?;
    let scores = algorithms::betweenness(&network, samples, context.budget)?;
    settings.per_node(&network, vec![Column::Floats(scores)])
}

const CLOSENESS: &[&str] = &["types", "direction", "labels", "nodes", "weight", "defaultWeight", "write", "top"];

fn closeness(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let settings = Settings::read(context, &arguments[0], CLOSENESS)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::Positive)?;
    let all: Vec<u32> = network.numbers().collect();
    let found = algorithms::closeness(&network, &all, context.budget)?;
    let score = |closeness: Option<f64>| closeness.map_or(Value::Null, Value::Float);
    let columns = vec![
        Column::Values(found.iter().map(|of| score(of.closeness)).collect()),
        Column::Floats(found.iter().map(|of| of.harmonic).collect()),
        Column::counts(found.iter().map(|of| of.reached)),
    ];
    settings.per_node(&network, columns)
}

const DEGREE: &[&str] = &["types", "direction", "labels", "nodes", "weight", "defaultWeight", "write", "top"];

fn degree(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let settings = Settings::read(context, &arguments[0], DEGREE)?;
    let view = settings.view()?;
    if settings.are_of_the_whole()
        && let Some(all) = Degrees::of_all(&view, context.budget)?
    {
        let nodes: Vec<NodeId> = context.graph.nodes().collect();
        return settings.of_nodes(&view, &nodes, degree_columns(all, None));
    }
    let network = settings.network(&view, Weights::Any)?;
    let strength = network.is_weighted().then(|| strength(&network, context.budget)).transpose()?;
    settings.per_node(&network, degree_columns(Degrees::of(&network), strength))
}

/// Without weights each edge is as strong as any.
fn degree_columns(degrees: Degrees, strength: Option<Vec<f64>>) -> Vec<Column> {
    let Degrees { outgoing, incoming } = degrees;
    let both: Vec<i64> = outgoing.iter().zip(&incoming).map(|(outgoing, incoming)| outgoing + incoming).collect();
    let strength = strength.unwrap_or_else(|| both.iter().map(|degree| *degree as f64).collect());
    let counts = [both, outgoing, incoming].map(Column::Integers);
    counts.into_iter().chain([Column::Floats(strength)]).collect()
}

/// By node: the sum of the weights of its edges both ways.
fn strength(network: &Network, budget: &Budget) -> Result<Vec<f64>, Diagnostic> {
    let mut strength = vec![0.0; network.len()];
    for node in network.numbers() {
        budget.tick()?;
        for edge in network.edges(node) {
            strength[network.target(edge) as usize] += network.weight(edge);
            strength[node as usize] += network.weight(edge);
        }
    }
    Ok(strength)
}
