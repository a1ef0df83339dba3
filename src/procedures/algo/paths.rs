//! Ways between two nodes: cheapest paths, flows and cuts; and the cheapest way to hold all together.

use std::sync::Arc;

use super::options::{Settings, Weights, one};
use super::{Algorithm, BETWEEN, Context, OPTIONS_ONLY, Output, Procedure, TERM};
use crate::algorithms::{self, CheapPath, Network};
use crate::diagnostic::Diagnostic;
use crate::functions::{invalid_value, optional, required};
use crate::graph::{NodeId, Path, Point, TypeSet, Value};
use crate::result::{Column, Shape};
use crate::trace::name_of;

const PATH: &[(&str, TypeSet)] = &[("path", TypeSet::PATH), ("cost", TypeSet::FLOAT), ("length", TypeSet::INTEGER)];

pub const ALGORITHMS: &[Algorithm] = &[
    Algorithm {
        procedure: Procedure {
            name: "algo.shortestPath",
            parameters: BETWEEN,
            yields: PATH,
            doc: "The cheapest path between two nodes (Dijkstra), by weights that are not negative.",
            shape: Shape::Table,
            run: shortest_path,
        },
        options: WEIGHED,
        example: (
            "CALL algo.shortestPath('Horizon', 'MariaDB', {direction: 'needs'}) YIELD path, cost RETURN [n IN nodes(path) | n.name], cost",
            "['Horizon', 'Identity Service', 'MariaDB'], 2.0",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.aStar",
            parameters: BETWEEN,
            yields: &[
                ("path", TypeSet::PATH),
                ("cost", TypeSet::FLOAT),
                ("length", TypeSet::INTEGER),
                ("seen", TypeSet::INTEGER),
            ],
            doc: "The cheapest path between two nodes that have places (A*): nodes in the direction of the goal are looked at first; an error if a weight is less than the distance that it covers.",
            shape: Shape::Table,
            run: a_star,
        },
        options: A_STAR,
        example: (
            "CALL algo.aStar('Horizon', 'MariaDB', {direction: 'needs', point: 'place'}) YIELD cost, length RETURN cost, length",
            "2.0, 2",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.kShortestPaths",
            parameters: &[
                required("from", TERM),
                required("to", TERM),
                required("k", TypeSet::INTEGER),
                optional("options", TypeSet::MAP),
            ],
            yields: &[
                ("rank", TypeSet::INTEGER),
                ("path", TypeSet::PATH),
                ("cost", TypeSet::FLOAT),
                ("length", TypeSet::INTEGER),
            ],
            doc: "The k cheapest paths between two nodes that meet no node twice (Yen), the cheapest first; two paths differ in a node.",
            shape: Shape::Table,
            run: k_shortest_paths,
        },
        options: WEIGHED,
        example: (
            "CALL algo.kShortestPaths('Horizon', 'MariaDB', 3, {direction: 'needs'}) YIELD rank, length RETURN rank, length",
            "1, 2; 2, 3; 3, 3",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.maxFlow",
            parameters: BETWEEN,
            yields: &[("relationship", TypeSet::RELATIONSHIP), ("flow", TypeSet::FLOAT), ("capacity", TypeSet::FLOAT)],
            doc: "The greatest flow from one node to another, the weights being capacities (Dinic): the relationships that something flows over.",
            shape: Shape::Table,
            run: max_flow,
        },
        options: WEIGHED,
        example: (
            "CALL algo.maxFlow('Horizon', 'MariaDB', {direction: 'needs'}) YIELD relationship, flow WHERE startNode(relationship).name = 'Horizon' RETURN sum(flow)",
            "5.0",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.minCut",
            parameters: BETWEEN,
            yields: &[("node", TypeSet::NODE), ("relationship", TypeSet::RELATIONSHIP), ("capacity", TypeSet::FLOAT)],
            doc: "The least that separates two nodes: relationships of the least weight together, or the fewest nodes; of several cuts the one next to the start.",
            shape: Shape::Table,
            run: min_cut,
        },
        options: MIN_CUT,
        example: (
            "CALL algo.minCut('Horizon', 'MariaDB', {direction: 'needs'}) YIELD relationship RETURN endNode(relationship).name, type(relationship)",
            "Block Storage, USES; Compute, USES; Image Service, USES; Networking, USES; MariaDB, STORES_DATA_IN",
        ),
    },
    Algorithm {
        procedure: Procedure {
            name: "algo.spanningTree",
            parameters: OPTIONS_ONLY,
            yields: &[("relationship", TypeSet::RELATIONSHIP), ("weight", TypeSet::FLOAT)],
            doc: "The cheapest relationships that hold each weak component together, directions aside (Kruskal).",
            shape: Shape::Table,
            run: spanning_tree,
        },
        options: SPANNING,
        example: ("CALL algo.spanningTree({types: 'USES'}) YIELD relationship RETURN count(relationship)", "46"),
    },
];

const WEIGHED: &[&str] = &["types", "direction", "labels", "nodes", "weight", "defaultWeight"];

/// The two nodes of a call and what lies between them.
struct Between<'v> {
    network: Network<'v>,
    from: u32,
    /// `None`: it is not reached.
    to: Option<u32>,
    nodes: [NodeId; 2],
}

impl<'v> Between<'v> {
    fn read(
        settings: &Settings,
        arguments: &[Value],
        view: &'v crate::graph::GraphView<'v>,
    ) -> Result<Between<'v>, Diagnostic> {
        let context = settings.context;
        let nodes = [one(context, &arguments[0], "from")?, one(context, &arguments[1], "to")?];
        let network = settings.reached(view, nodes[0], Weights::NotNegative)?;
        let to = network.number(nodes[1]);
        Ok(Between { network, from: 0, to, nodes })
    }

    fn names(&self) -> [Arc<str>; 2] {
        self.nodes.map(|node| name_of(self.network.graph(), node))
    }

    fn no_path(&self) -> String {
        let [from, to] = self.names();
        format!("no path from {from} to {to}: {} nodes reached", self.network.len() - 1)
    }

    /// Both nodes, which must differ; `None`: the one is not reached.
    fn two(&self) -> Result<Option<(u32, u32)>, Diagnostic> {
        match self.to {
            Some(to) if to == self.from => Err(invalid_value("a node cannot be separated from itself")),
            to => Ok(to.map(|to| (self.from, to))),
        }
    }

    /// Path, cost, length.
    fn values(&self, path: &CheapPath) -> Vec<Value> {
        let hops: Vec<_> = path.edges.iter().map(|edge| self.network.hop(*edge)).collect();
        let nodes = std::iter::once(self.nodes[0]).chain(hops.iter().map(|hop| hop.target)).collect();
        let relationships = hops.iter().map(|hop| hop.relationship).collect();
        let length = Value::from(hops.len());
        vec![Value::Path(Arc::new(Path { nodes, relationships })), Value::Float(path.cost), length]
    }
}

fn shortest_path(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let mut settings = Settings::read(context, &arguments[2], WEIGHED)?;
    let view = settings.view()?;
    let between = Between::read(&settings, arguments, &view)?;
    let Some(to) = between.to else {
        settings.notes.push(between.no_path());
        return Ok(settings.rows(Vec::new()));
    };
    let found = algorithms::cheapest(&between.network, between.from, to, |_| 0.0, context.budget)?;
    Ok(settings.rows(found.path.iter().map(|path| between.values(path)).collect()))
}

const A_STAR: &[&str] = &["types", "direction", "labels", "nodes", "weight", "defaultWeight", "point", "scale"];

fn a_star(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let mut settings = Settings::read(context, &arguments[2], A_STAR)?;
    let view = settings.view()?;
    let between = Between::read(&settings, arguments, &view)?;
    let key = settings.key("point")?.ok_or_else(|| {
        invalid_value("A* needs the option 'point': the property of nodes that is their place")
            .help("algo.shortestPath does without places")
    })?;
    let scale = settings.number("scale", 1.0, 0.0..=f64::MAX)?;
    let Some(to) = between.to else {
        settings.notes.push(between.no_path());
        return Ok(settings.rows(Vec::new()));
    };
    let network = &between.network;
    let place = |number: u32| -> Option<Point> {
        match context.graph.property_by_name(network.node(number), key) {
            Value::Point(point) => Some(*point),
            _ => None,
        }
    };
    let goal = place(to);
    // A node without a place might be anywhere: nothing is known of the rest from there.
    let estimate = |number: u32| match (&goal, place(number)) {
        (Some(goal), Some(place)) => place.distance(goal).map_or(0.0, |distance| scale * distance),
        _ => 0.0,
    };
    let found = algorithms::cheapest(network, between.from, to, estimate, context.budget)?;
    if let Some(edge) = found.overestimated {
        let hop = network.hop(edge);
        let [start, end] = [hop.source, hop.target].map(|node| name_of(context.graph, node));
        let message = format!("{start} to {end} weighs {}, less than the distance it covers", network.weight(edge));
        return Err(invalid_value(message).help("lower `scale`, or call algo.shortestPath, which asks for no places"));
    }
    let row = |path: &CheapPath| {
        let mut row = between.values(path);
        row.push(Value::from(found.seen));
        row
    };
    Ok(settings.rows(found.path.iter().map(row).collect()))
}

fn k_shortest_paths(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let mut settings = Settings::read(context, &arguments[3], WEIGHED)?;
    let view = settings.view()?;
    let between = Between::read(&settings, arguments, &view)?;
    let k = arguments[2].as_integer().and_then(|k| usize::try_from(k).ok());
    let k = k.ok_or_else(|| invalid_value("'k' is a number of paths: 0, 1, 2 and so on"))?;
    let Some(to) = between.to else {
        settings.notes.push(between.no_path());
        return Ok(settings.rows(Vec::new()));
    };
    let found = algorithms::k_cheapest(&between.network, between.from, to, k, context.budget)?;
    if found.len() < k {
        settings.notes.push(format!("there are only {} paths", found.len()));
    }
    let row = |(at, path): (usize, &CheapPath)| {
        let mut row = between.values(path);
        row.insert(0, Value::from(at + 1));
        row
    };
    Ok(settings.rows(found.iter().enumerate().map(row).collect()))
}

fn max_flow(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let mut settings = Settings::read(context, &arguments[2], WEIGHED)?;
    let view = settings.view()?;
    let between = Between::read(&settings, arguments, &view)?;
    let Some((from, to)) = between.two()? else {
        settings.notes.push(between.no_path());
        return Ok(settings.rows(Vec::new()));
    };
    let network = &between.network;
    let flow = algorithms::max_flow(network, from, to, context.budget)?;
    settings.notes.push(format!("{} can flow in all", flow.value));
    let flowing = flow.by_edge.iter().enumerate().filter(|(_, flow)| **flow > 0.0);
    let row = |(edge, flow): (usize, &f64)| {
        let relationship = Value::Relationship(network.hop(edge).relationship);
        vec![relationship, Value::Float(*flow), Value::Float(network.weight(edge))]
    };
    Ok(settings.rows(flowing.map(row).collect()))
}

const MIN_CUT: &[&str] = &["types", "direction", "labels", "nodes", "weight", "defaultWeight", "what"];

fn min_cut(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let mut settings = Settings::read(context, &arguments[2], MIN_CUT)?;
    let view = settings.view()?;
    let between = Between::read(&settings, arguments, &view)?;
    let of_nodes = settings.text("what", &["relationships", "nodes"])? == "nodes";
    let Some((from, to)) = between.two()? else {
        settings.notes.push(between.no_path());
        return Ok(settings.rows(Vec::new()));
    };
    let network = &between.network;
    if of_nodes {
        let Some(cut) = algorithms::node_cut(network, from, to, context.budget)? else {
            let [from, to] = between.names();
            settings.notes.push(format!("no nodes separate {from} from {to}: a relationship joins them"));
            return Ok(settings.rows(Vec::new()));
        };
        let row = |node: &u32| vec![Value::Node(network.node(*node)), Value::Null, Value::Float(1.0)];
        return Ok(settings.rows(cut.iter().map(row).collect()));
    }
    let flow = algorithms::max_flow(network, from, to, context.budget)?;
    settings.notes.push(format!("the cut weighs {}", flow.value));
    let row = |edge: &usize| {
        let relationship = Value::Relationship(network.hop(*edge).relationship);
        vec![Value::Null, relationship, Value::Float(network.weight(*edge))]
    };
    Ok(settings.rows(flow.cut(network).iter().map(row).collect()))
}

const SPANNING: &[&str] = &["types", "labels", "nodes", "weight", "defaultWeight", "greatest"];

fn spanning_tree(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let mut settings = Settings::read(context, &arguments[0], SPANNING)?;
    let view = settings.view()?;
    let network = settings.network(&view, Weights::Any)?;
    let edges = algorithms::spanning_forest(&network, settings.boolean("greatest")?, context.budget)?;
    let weight: f64 = edges.iter().map(|edge| network.weight(*edge)).sum();
    let trees = network.len() - edges.len();
    settings.notes.push(format!("weight {weight}, in {trees} {}", if trees == 1 { "tree" } else { "trees" }));
    // A tree has most of the edges that there are: all at once are found sooner than each alone.
    let relationships = network.relationships();
    context.budget.charge(size_of_val(relationships.as_slice()))?;
    Ok(settings.columns(vec![
        Column::relationships(edges.iter().map(|edge| relationships[*edge])),
        Column::Floats(edges.iter().map(|edge| network.weight(*edge)).collect()),
    ]))
}
