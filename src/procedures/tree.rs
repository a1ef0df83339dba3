//! `trace.deps` and `trace.impact`: what terms need and what suffers with them, as a tree, as a ranked list, or hop by
//! hop.

use super::arguments::{Options, options, terms};
use super::notes::{Grounds, counted, effect_name, names, searched, type_names};
use super::trace::TERM;
use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::functions::{Parameter, optional, required};
use crate::graph::{Bitmap, Effect, Graph, GraphView, Hop, NodeId, TypeSet, Value};
use crate::result::Shape;
use crate::trace::{self, Tree, TreeRow, Ways, name_of};

const TRACED: &[Parameter] = &[required("term", TERM), optional("options", TypeSet::MAP)];

const OPTIONS: &[&str] = &["depth", "via", "within", "only", "hiding", "confidence"];

const TREE: &[(&str, TypeSet)] = &[
    ("depth", TypeSet::INTEGER),
    ("term", TypeSet::NODE),
    ("relation", TypeSet::STRING),
    ("parent", TypeSet::NODE),
    ("repeated", TypeSet::BOOLEAN),
    ("effect", TypeSet::STRING),
    ("relationship", TypeSet::RELATIONSHIP),
    ("evidence", TypeSet::STRING),
    ("source", TypeSet::STRING),
    ("chains", TypeSet::INTEGER),
    ("support", TypeSet::LIST),
];

const RANKED: &[(&str, TypeSet)] = &[
    ("term", TypeSet::NODE),
    ("distance", TypeSet::INTEGER),
    ("chains", TypeSet::INTEGER),
    ("effect", TypeSet::STRING),
];

const HOPS: &[(&str, TypeSet)] = &[
    ("depth", TypeSet::INTEGER),
    ("parent", TypeSet::NODE),
    ("relationship", TypeSet::RELATIONSHIP),
    ("term", TypeSet::NODE),
];

const fn row(
    name: &'static str,
    yields: &'static [(&'static str, TypeSet)],
    shape: Shape,
    doc: &'static str,
    run: fn(&Context, &[Value]) -> Result<Output, Diagnostic>,
) -> Procedure {
    Procedure { name, parameters: TRACED, yields, doc, shape, run }
}

pub const PROCEDURES: &[Procedure] = &[
    row(
        "trace.deps",
        TREE,
        Shape::Tree,
        "What terms need, transitively, as a tree; options: depth, via, within (a list of relationships), only, hiding \
         (labels), confidence; `chains` counts the shortest chains, `support` is the way through hidden terms.",
        |context, arguments| Question::DEPS.tree(context, arguments),
    ),
    row(
        "trace.impact",
        TREE,
        Shape::Tree,
        "What fails or degrades if terms fail, transitively, as a tree; the options are those of trace.deps.",
        |context, arguments| Question::IMPACT.tree(context, arguments),
    ),
    row(
        "trace.depsRanked",
        RANKED,
        Shape::Table,
        "What terms need, each once: the nearest first, of these those to which most shortest chains lead.",
        |context, arguments| Question::DEPS.ranked(context, arguments),
    ),
    row(
        "trace.impactRanked",
        RANKED,
        Shape::Table,
        "What suffers if terms fail, each once: the nearest first, of these those to which most shortest chains lead.",
        |context, arguments| Question::IMPACT.ranked(context, arguments),
    ),
    row(
        "trace.needs",
        HOPS,
        Shape::Table,
        "Every relation met from terms on to what they need.",
        |context, arguments| Question::DEPS.hops(context, arguments),
    ),
    row(
        "trace.failures",
        HOPS,
        Shape::Table,
        "Every relation met from terms on to what suffers if they fail.",
        |context, arguments| Question::IMPACT.hops(context, arguments),
    ),
];

/// What is asked of the terms, and how the answer is worded.
struct Question {
    impact: bool,
    reached: (&'static str, &'static str),
    nothing: &'static str,
    /// How a way through hidden terms reads: before and after their names.
    by_way: &'static str,
}

/// An answer in the making.
struct Answer<'a> {
    context: &'a Context<'a>,
    ways: &'a Ways<'a>,
    tree: Tree,
    failing: Option<Bitmap>,
}

impl Question {
    const DEPS: Question = Question {
        impact: false,
        reached: ("term is needed", "terms are needed"),
        nothing: "needs nothing",
        by_way: "needs by way of",
    };
    const IMPACT: Question = Question {
        impact: true,
        reached: ("term suffers", "terms suffer"),
        nothing: "carries nothing down if it fails",
        by_way: "is needed by way of",
    };

    fn view<'g>(&self, graph: &'g Graph, options: &Options) -> GraphView<'g> {
        let via = options.via.as_deref();
        if self.impact { GraphView::failures(graph, via) } else { GraphView::needs(graph, via) }
    }

    /// Searches, and hands what was found to the one who makes rows of it.
    fn answer(
        &self,
        context: &Context,
        arguments: &[Value],
        rows: impl FnOnce(&Answer) -> Result<Vec<Vec<Value>>, Diagnostic>,
    ) -> Result<Output, Diagnostic> {
        let graph = context.graph;
        let starts = terms(context, &arguments[0])?;
        let options = options(context, &arguments[1], OPTIONS)?;
        let view = self.view(graph, &options);
        let ways = options.ways(context, &view);
        let hidden = options.hidden(graph);
        let is_hidden = hidden.as_ref().map(|hidden| hidden as &dyn Fn(NodeId) -> bool);
        let tree = trace::tree(&ways, &starts, options.depth, is_hidden, context.budget)?;
        let failing = self.impact.then(|| trace::failing(&ways, &starts, context.budget)).transpose()?;
        let answer = Answer { context, ways: &ways, tree, failing };
        let rows = rows(&answer)?;
        Ok(Output { rows, notes: self.notes(&answer, &starts, &options) })
    }

    fn tree(&self, context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
        self.answer(context, arguments, |answer| self.tree_rows(answer))
    }

    fn tree_rows(&self, answer: &Answer) -> Result<Vec<Vec<Value>>, Diagnostic> {
        let Context { graph, budget, .. } = *answer.context;
        let grounds = Grounds::of(graph);
        let effects = Effects::named();
        let mut rows = Vec::with_capacity(answer.tree.rows.len());
        for row in &answer.tree.rows {
            budget.tick()?;
            budget.charge(TREE.len() * size_of::<Value>())?;
            let support = row.support.map(|support| answer.tree.supports[support].as_slice());
            let (evidence, source) = match (support, row.hop) {
                (Some(support), _) => joined(&grounds, support),
                (None, Some(hop)) => grounds.get(hop.relationship),
                (None, None) => (Value::Null, Value::Null),
            };
            let relation = row.hop.map(|hop| match support {
                Some(support) => self.relation_through(graph, support),
                None => Value::String(answer.ways.phrase(&hop).clone()),
            });
            let direct = row.hop.filter(|_| support.is_none());
            let stored = |hop: &Hop| Value::Relationship(hop.relationship);
            let supporting = match (support, &direct) {
                (Some(support), _) => Value::list(support.iter().map(stored)),
                (None, Some(direct)) => Value::list([stored(direct)]),
                (None, None) => Value::list([]),
            };
            rows.push(vec![
                Value::from(row.depth),
                Value::Node(row.node),
                relation.unwrap_or(Value::Null),
                row.hop.map_or(Value::Null, |hop| Value::Node(hop.source)),
                Value::Boolean(row.repeated),
                effects.value(answer.effect(row)),
                direct.as_ref().map_or(Value::Null, stored),
                evidence,
                source,
                Value::Integer(i64::try_from(row.chains).unwrap_or(i64::MAX)),
                supporting,
            ]);
        }
        Ok(rows)
    }

    /// How a way through hidden terms reads.
    fn relation_through(&self, graph: &Graph, support: &[Hop]) -> Value {
        const AT_MOST: usize = 3;
        let between = &support[..support.len() - 1];
        let through = match between.len() {
            1..=AT_MOST => {
                between.iter().map(|hop| name_of(graph, hop.target).to_string()).collect::<Vec<_>>().join(", ")
            }
            number => format!("{number} hidden terms"),
        };
        Value::from(format!("{} {through}", self.by_way))
    }

    fn ranked(&self, context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
        self.answer(context, arguments, |answer| {
            let effects = Effects::named();
            let mut rows: Vec<&TreeRow> = answer.tree.first_mentions().collect();
            let order = context.names.order();
            rows.sort_by_cached_key(|row| {
                (row.depth, std::cmp::Reverse(row.chains), order[row.node.index()], row.node)
            });
            let row = |row: &TreeRow| {
                context.budget.charge(RANKED.len() * size_of::<Value>())?;
                Ok(vec![
                    Value::Node(row.node),
                    Value::from(row.depth),
                    Value::Integer(i64::try_from(row.chains).unwrap_or(i64::MAX)),
                    effects.value(answer.effect(row)),
                ])
            };
            rows.into_iter().map(row).collect()
        })
    }

    fn hops(&self, context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
        let starts = terms(context, &arguments[0])?;
        let options = options(context, &arguments[1], &["depth", "via", "confidence"])?;
        let view = self.view(context.graph, &options);
        let ways = options.ways(context, &view);
        let mut rows = Vec::new();
        let mut seen: std::collections::HashSet<NodeId> = starts.iter().copied().collect();
        let mut level = starts;
        let mut depth = 0;
        while !level.is_empty() && options.depth.is_none_or(|limit| depth < limit) {
            depth += 1;
            let mut next = Vec::new();
            for node in level {
                for hop in ways.hops(node) {
                    context.budget.tick()?;
                    context.budget.charge(HOPS.len() * size_of::<Value>())?;
                    rows.push(vec![
                        Value::from(depth),
                        Value::Node(hop.source),
                        Value::Relationship(hop.relationship),
                        Value::Node(hop.target),
                    ]);
                    if seen.insert(hop.target) {
                        next.push(hop.target);
                    }
                }
            }
            level = next;
        }
        Ok(Output { rows, notes: Vec::new() })
    }

    fn notes(&self, answer: &Answer, starts: &[NodeId], options: &Options) -> Vec<String> {
        let (tree, view) = (&answer.tree, answer.ways.view());
        let graph = view.graph();
        let mut notes = Vec::new();
        if tree.shown + tree.below == 0 {
            let starts = names(graph, starts.iter().copied());
            notes.push(match (starts.as_str(), tree.hidden, answer.ways.is_whole()) {
                ("", ..) => "there is no term to start from".to_string(),
                (_, 0, true) => {
                    format!("{starts} {}: {}", self.nothing, searched(view, options.via.as_deref()))
                }
                (_, 0, false) => format!("{starts} {} under these conditions", self.nothing),
                (_, hidden, _) => format!("all of the {hidden} terms reached are hidden"),
            });
        } else {
            let mut used = vec![false; graph.types().count()];
            self.hops_of(tree).for_each(|hop| used[hop.relationship_type.index()] = true);
            let over = type_names(graph, &graph.types().filter(|t| used[t.index()]).collect());
            let reached = counted(tree.shown, self.reached.0, self.reached.1);
            notes.push(if over.is_empty() { reached } else { format!("{reached}, over {over}") });
            if let Some(failing) = answer.failing.as_ref().filter(|_| tree.shown > 0) {
                let fail = tree.first_mentions().filter(|row| failing.contains(row.node.index())).count();
                let degrade = counted(tree.shown - fail, "degrades", "degrade");
                notes.push(format!("{}, {degrade}", counted(fail, "fails", "fail")));
            }
            if tree.hidden > 0 {
                notes.push(format!("{} between them hidden", counted(tree.hidden, "term is", "terms are")));
            }
        }
        if let Some(depth) = options.depth.filter(|_| tree.below > 0) {
            notes.push(format!(
                "stopped at depth {depth}: {} below",
                counted(tree.below, "further term", "further terms")
            ));
        }
        notes.extend(view.notes());
        notes
    }

    fn hops_of<'t>(&self, tree: &'t Tree) -> impl Iterator<Item = Hop> + 't {
        tree.rows.iter().flat_map(|row| {
            let (direct, support) = match row.support {
                Some(support) => (None, tree.supports[support].as_slice()),
                None => (row.hop, &[][..]),
            };
            direct.into_iter().chain(support.iter().copied())
        })
    }
}

impl Answer<'_> {
    /// What happens to the row's term; in a tree of needs, what happens to its parent without it.
    fn effect(&self, row: &TreeRow) -> Option<Effect> {
        match &self.failing {
            Some(failing) => Some(if failing.contains(row.node.index()) { Effect::Fails } else { Effect::Degrades }),
            None => self.tree.effect(self.ways, row),
        }
    }
}

/// The names of effects as values, made once.
struct Effects([Value; 2]);

impl Effects {
    fn named() -> Effects {
        Effects([Effect::Degrades, Effect::Fails].map(|effect| Value::from(effect_name(effect))))
    }

    fn value(&self, effect: Option<Effect>) -> Value {
        let [degrades, fails] = &self.0;
        match effect {
            None => Value::Null,
            Some(Effect::Degrades) => degrades.clone(),
            Some(Effect::Fails) => fails.clone(),
        }
    }
}

/// The evidence of several relationships, and its sources.
fn joined(grounds: &Grounds, hops: &[Hop]) -> (Value, Value) {
    let (mut evidence, mut sources): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for hop in hops {
        let (said, source) = grounds.get(hop.relationship);
        evidence.extend(said.as_str().map(str::to_string));
        sources.extend(source.as_str().map(str::to_string).filter(|source| !sources.contains(source)));
    }
    let text = |parts: Vec<String>, between| match parts.is_empty() {
        true => Value::Null,
        false => Value::from(parts.join(between)),
    };
    (text(evidence, " "), text(sources, "; "))
}
