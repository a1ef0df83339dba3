//! `trace.needs`, `trace.failures`: every relation that a walk meets. WHERE is a condition on these.

use std::collections::{BTreeMap, HashSet};

use super::arguments::{optional_terms, options};
use super::trace::TERM;
use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::functions::{Parameter, optional};
use crate::graph::{Hop, NodeId, TypeSet, Value};
use crate::result::{Column, Shape};
use crate::trace::{Alternatives, Needer, Ways};

const PARAMETERS: &[Parameter] = &[optional("term", TERM), optional("options", TypeSet::MAP)];

const YIELDS: &[(&str, TypeSet)] = &[
    ("depth", TypeSet::INTEGER),
    ("parent", TypeSet::NODE),
    ("relationship", TypeSet::RELATIONSHIP),
    ("term", TypeSet::NODE),
];

const fn row(
    name: &'static str,
    doc: &'static str,
    run: fn(&Context, &[Value]) -> Result<Output, Diagnostic>,
) -> Procedure {
    Procedure { name, parameters: PARAMETERS, yields: YIELDS, doc, shape: Shape::Table, run }
}

pub const PROCEDURES: &[Procedure] = &[
    row(
        "trace.needs",
        "Every relation met from terms on to what they need; without terms all needs, at no depth.",
        |context, arguments| hops(context, arguments, Needer::Source),
    ),
    row(
        "trace.failures",
        "Every relation met from terms on to what suffers if they fail, and the alternatives to these relations; \
         without terms all, at no depth.",
        |context, arguments| hops(context, arguments, Needer::Target),
    ),
];

fn hops(context: &Context, arguments: &[Value], needer: Needer) -> Result<Output, Diagnostic> {
    let starts = optional_terms(context, &arguments[0])?;
    let options = options(context, &arguments[1], &["depth", "via", "confidence"])?;
    let view = match needer {
        Needer::Source => options.needs(context.graph),
        Needer::Target => options.failures(context.graph),
    };
    let ways = options.ways_by(context, &view, needer)?;
    let mut met = Hops { context, depths: Vec::new(), hops: Vec::new() };
    match starts {
        None => met.all(&ways)?,
        Some(starts) => met.walk(&ways, starts, options.depth, needer)?,
    }
    Ok(met.output())
}

/// The hops met, each with its depth if it was met from somewhere.
struct Hops<'a> {
    context: &'a Context<'a>,
    depths: Vec<i64>,
    hops: Vec<Hop>,
}

impl Hops<'_> {
    fn push(&mut self, depth: i64, hop: Hop) -> Result<(), Diagnostic> {
        self.depths.push(depth);
        self.hops.push(hop);
        self.context.budget.charge(size_of::<i64>() + size_of::<Hop>())
    }

    /// All hops, whatever they are met from.
    fn all(&mut self, ways: &Ways) -> Result<(), Diagnostic> {
        for node in self.context.graph.nodes() {
            self.context.budget.tick()?;
            let before = self.hops.len();
            ways.for_hops(node, |hop| self.hops.push(hop));
            self.context.budget.charge((self.hops.len() - before) * size_of::<Hop>())?;
        }
        Ok(())
    }

    /// The hops met from the starts, level by level, and the alternatives to them.
    fn walk(
        &mut self,
        ways: &Ways,
        starts: Vec<NodeId>,
        limit: Option<usize>,
        needer: Needer,
    ) -> Result<(), Diagnostic> {
        let alternatives = Alternatives::of(ways, needer).filter(|_| needer == Needer::Target);
        // By needer: the depth of its first choice.
        let mut choosing: BTreeMap<NodeId, i64> = BTreeMap::new();
        let mut seen: HashSet<NodeId> = starts.iter().copied().collect();
        let mut walked: HashSet<NodeId> = HashSet::new();
        let (mut level, mut depth) = (starts, 0);
        while !level.is_empty() && limit.is_none_or(|limit| (depth as usize) < limit) {
            depth += 1;
            walked.extend(level.iter().copied());
            let mut next = Vec::new();
            for hop in level.into_iter().flat_map(|node| ways.hops(node)) {
                self.context.budget.tick()?;
                self.push(depth, hop)?;
                if alternatives.is_some_and(|alternatives| alternatives.name(&hop).is_some()) {
                    choosing.entry(hop.target).or_insert(depth);
                }
                if seen.insert(hop.target) {
                    next.push(hop.target);
                }
            }
            level = next;
        }
        alternatives.map_or(Ok(()), |alternatives| self.others(&alternatives, choosing, &walked))
    }

    /// The relations to other providers of the same choices, which the walk does not come by.
    fn others(
        &mut self,
        alternatives: &Alternatives,
        choosing: BTreeMap<NodeId, i64>,
        walked: &HashSet<NodeId>,
    ) -> Result<(), Diagnostic> {
        for (needer, depth) in choosing {
            let choices = alternatives.choices(needer, self.context.budget)?;
            for hop in choices.into_iter().flat_map(|choice| choice.hops) {
                if !walked.contains(&hop.source) {
                    self.push(depth, hop)?;
                }
            }
        }
        Ok(())
    }

    fn output(self) -> Output {
        let depths = match self.depths.is_empty() {
            true => Column::Same(Value::Null),
            false => Column::Integers(self.depths),
        };
        let columns = vec![
            depths,
            Column::nodes(self.hops.iter().map(|hop| hop.source)),
            Column::relationships(self.hops.iter().map(|hop| hop.relationship)),
            Column::nodes(self.hops.iter().map(|hop| hop.target)),
        ];
        Output::of(self.hops.len(), columns, Vec::new())
    }
}
