//! What belongs together: components, communities, cores, triangles, similarity.

use super::options::{Settings, Weights, one};
use super::{Algorithm, Context, OPTIONS_ONLY, Output, Procedure};
use crate::algorithms::{self, Components, Measure, Network, Undirected, clustering};
use crate::diagnostic::Diagnostic;
use crate::graph::{TypeSet, Value};
use crate::result::{Column, Shape};

const COMPONENT: &[(&str, TypeSet)] =
    &[("node", TypeSet::NODE), ("component", TypeSet::INTEGER), ("size", TypeSet::INTEGER)];

pub const ALGORITHMS: &[Algorithm] = &[
    Algorithm {
        procedure: Procedure {
            name: "algo.components.weak",
            parameters: OPTIONS_ONLY,
            yields: COMPONENT,
            doc: "Weakly connected components: nodes that hang together, directions aside; numbered by their first nodes.",
            shape: Shape::Table,
            run: weak,
        },
        options: UNDIRECTED,
        example: (
            "CALL algo.components.weak({types: 'USES'}) YIELD component, size WHERE size > 1 RETURN count(DISTINCT component), max(size)",
            "11, 27",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.components.strong",
            parameters: OPTIONS_ONLY,
            yields: COMPONENT,
            doc: "Strongly connected components: nodes that reach each other; relationships lead to lower numbers.",
            shape: Shape::Table,
            run: strong,
        },
        options: DIRECTED,
        example: (
            "CALL algo.components.strong({direction: 'needs'}) YIELD component, size RETURN count(DISTINCT component), max(size)",
            "140, 1",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.communities",
            parameters: OPTIONS_ONLY,
            yields: &[("node", TypeSet::NODE), ("community", TypeSet::INTEGER), ("size", TypeSet::INTEGER)],
            doc: "Communities with more relationships inside than chance would give (Louvain), directions aside; each hangs together, and they are numbered by their first nodes.",
            shape: Shape::Table,
            run: communities,
        },
        options: COMMUNITIES,
        example: (
            "CALL algo.communities({types: ['DEPENDS_ON', 'USES']}) YIELD community, size WHERE size > 2 RETURN count(DISTINCT community)",
            "11",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.coreness",
            parameters: OPTIONS_ONLY,
            yields: &[("node", TypeSet::NODE), ("coreness", TypeSet::INTEGER)],
            doc: "Coreness: the largest k such that the node belongs to a part in which each node has k neighbours, directions aside.",
            shape: Shape::Table,
            run: coreness,
        },
        options: SIMPLE,
        example: ("CALL algo.coreness() YIELD coreness RETURN max(coreness)", "6"),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.triangles",
            parameters: OPTIONS_ONLY,
            yields: &[("node", TypeSet::NODE), ("triangles", TypeSet::INTEGER), ("coefficient", TypeSet::FLOAT)],
            doc: "Triangles that the node is in, directions aside, and its clustering coefficient: the share of pairs of neighbours that are neighbours.",
            shape: Shape::Table,
            run: triangles,
        },
        options: SIMPLE,
        example: ("CALL algo.triangles() YIELD triangles RETURN sum(triangles) / 3", "253"),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.similarity",
            parameters: OPTIONS_ONLY,
            yields: &[
                ("node", TypeSet::NODE),
                ("other", TypeSet::NODE),
                ("similarity", TypeSet::FLOAT),
                ("common", TypeSet::INTEGER),
            ],
            doc: "Similarity: nodes that lead to the same nodes, the most similar partners first.",
            shape: Shape::Table,
            run: similarity,
        },
        options: SIMILARITY,
        example: (
            "CALL algo.similarity({of: 'cinder', top: 2}) YIELD other, similarity RETURN other.name, round(similarity, 3)",
            "Octavia, 0.308; Magnum, 0.273",
        ),
    },
];

const UNDIRECTED: &[&str] = &["types", "labels", "nodes", "write"];
const DIRECTED: &[&str] = &["types", "direction", "labels", "nodes", "write"];

fn weak(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let settings = Settings::read(context, &arguments[0], UNDIRECTED)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::Any)?;
    let found = algorithms::weak(&network, context.budget)?;
    components(settings, &network, &found)
}

fn strong(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let settings = Settings::read(context, &arguments[0], DIRECTED)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::Any)?;
    let found = algorithms::strong(&network, context.budget)?;
    components(settings, &network, &found)
}

fn components(settings: Settings, network: &Network, found: &Components) -> Result<Output, Diagnostic> {
    let sizes = found.sizes();
    let component = || found.of.iter().map(|component| *component as usize);
    let columns = vec![Column::counts(component()), Column::counts(component().map(|component| sizes[component]))];
    settings.per_node(network, columns)
}

const COMMUNITIES: &[&str] = &["types", "labels", "nodes", "weight", "defaultWeight", "write", "resolution"];

fn communities(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let mut settings = Settings::read(context, &arguments[0], COMMUNITIES)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::NotNegative)?;
    let resolution = settings.number("resolution", 1.0, 0.0..=f64::MAX)?;
    let found = algorithms::communities(&network, resolution, context.budget)?;
    settings.notes.push(format!("{} communities, modularity {:.4}", found.count, found.modularity));
    components(settings, &network, &Components { of: found.of, count: found.count })
}

const SIMPLE: &[&str] = &["types", "labels", "nodes", "write", "top"];

fn coreness(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let settings = Settings::read(context, &arguments[0], SIMPLE)?;
    let view = settings.undirected();
    let network = settings.network(&view, Weights::Any)?;
    let simple = Undirected::of(&network, context.budget)?;
    let found = algorithms::coreness(&simple, context.budget)?;
    settings.per_node(&network, vec![Column::counts(found.iter().map(|core| *core as usize))])
}

fn triangles(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let mut settings = Settings::read(context, &arguments[0], SIMPLE)?;
    let view = settings.undirected();
    let network = settings.network(&view, Weights::Any)?;
    let simple = Undirected::of(&network, context.budget)?;
    let found = algorithms::triangles(&simple, context.budget)?;
    settings.notes.push(format!("{} triangles", found.iter().sum::<u64>() / 3));
    let coefficient = |node: u32| clustering(found[node as usize], simple.degree(node));
    let columns = vec![
        Column::counts(found.iter().map(|triangles| *triangles as usize)),
        Column::Floats(network.numbers().map(coefficient).collect()),
    ];
    settings.per_node(&network, columns)
}

const SIMILARITY: &[&str] = &["types", "direction", "labels", "nodes", "top", "of", "metric", "cutoff"];

fn similarity(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let settings = Settings::read(context, &arguments[0], SIMILARITY)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::Any)?;
    let of = match settings.terms("of")? {
        None => None,
        Some(nodes) => Some(one(context, &Value::list(nodes.into_iter().map(Value::Node)), "of")?),
    };
    let number = of.map(|node| network.number(node));
    if number == Some(None) {
        return Ok(settings.rows(Vec::new()));
    }
    let measure = match settings.text("metric", &["jaccard", "overlap", "cosine"])? {
        "overlap" => Measure::Overlap,
        "cosine" => Measure::Cosine,
        _ => Measure::Jaccard,
    };
    let (best, least) = (settings.count("top")?.unwrap_or(10), settings.number("cutoff", 0.0, 0.0..=1.0)?);
    let found = algorithms::similarity(&network, number.flatten(), measure, best, least, context.budget)?;
    let row = |alike: &algorithms::Alike| {
        let (first, second) = (network.node(alike.first), network.node(alike.second));
        let (similarity, common) = (Value::Float(alike.similarity), Value::from(alike.common as usize));
        vec![Value::Node(first), Value::Node(second), similarity, common]
    };
    Ok(settings.rows(found.iter().map(row).collect()))
}
