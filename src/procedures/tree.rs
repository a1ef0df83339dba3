//! `trace.deps` and `trace.impact`: what terms need and what suffers with them, as a tree or as a ranked list.

use std::collections::{BTreeSet, HashMap};

use super::arguments::{Options, options, terms};
use super::choices::{Choices, standing};
use super::lines::{Lines, capped, effect_names, place_of};
use super::notes::{Grounds, counted, names, searched, type_names};
use super::trace::TERM;
use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::functions::{Parameter, optional, required};
use crate::graph::{Bitmap, Effect, Graph, GraphView, Hop, NodeId, TypeId, TypeSet, Value};
use crate::result::{Column, Rows, Shape};
use crate::trace::{
    self, Alternatives, Mention, Mentions, Needer, Outcome, Spread, Tree, TreeRow, Ways, essential, name_of,
};

const TRACED: &[Parameter] = &[required("term", TERM), optional("options", TypeSet::MAP)];

const OPTIONS: &[&str] = &["depth", "via", "within", "only", "hiding", "confidence", "hard", "showing"];

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
    ("hop_effect", TypeSet::STRING),
    ("one_of", TypeSet::LIST),
    ("properties", TypeSet::MAP),
];

const RANKED: &[(&str, TypeSet)] = &[
    ("term", TypeSet::NODE),
    ("distance", TypeSet::INTEGER),
    ("chains", TypeSet::INTEGER),
    ("effect", TypeSet::STRING),
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
         (labels), confidence, hard (only relations whose loss means failure), showing (properties of relations); `effect` \
         is what the lack of the term does, `chains` counts the shortest chains, `support` is the way through hidden \
         terms, `one_of` lists the terms of which one is enough.",
        |context, arguments| Question::DEPS.tree(context, arguments),
    ),
    row(
        "trace.impact",
        TREE,
        Shape::Tree,
        "What fails or degrades if terms fail, transitively, as a tree; the options are those of trace.deps; `effect` is \
         what the term suffers in all, null for the terms that fail first, `hop_effect` what the relation does to \
         it, `one_of` lists the terms of which all suffer.",
        |context, arguments| Question::IMPACT.tree(context, arguments),
    ),
    row(
        "trace.depsRanked",
        RANKED,
        Shape::Table,
        "What terms need, each once: the nearest first, of these those to which most shortest chains lead; `effect`: what \
         happens to the terms without it.",
        |context, arguments| Question::DEPS.ranked(context, arguments),
    ),
    row(
        "trace.impactRanked",
        RANKED,
        Shape::Table,
        "What suffers if terms fail, each once: the nearest first, of these those to which most shortest chains lead.",
        |context, arguments| Question::IMPACT.ranked(context, arguments),
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

/// A question read: where to start, and what may be walked.
struct Asked<'a> {
    context: &'a Context<'a>,
    starts: &'a [NodeId],
    options: &'a Options,
    ways: &'a Ways<'a>,
    /// What the failure comes to, if it may meet alternatives.
    outcome: Option<&'a Outcome>,
}

/// What was found, in numbers.
struct Found {
    shown: usize,
    /// Of those shown, how many fail outright; only told of failures.
    failing: Option<usize>,
    below: usize,
    hidden: usize,
    over: BTreeSet<TypeId>,
    /// What there is to say of alternatives.
    choices: Vec<String>,
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
        if self.impact { options.failures(graph) } else { options.needs(graph) }
    }

    fn needer(&self) -> Needer {
        if self.impact { Needer::Target } else { Needer::Source }
    }

    /// Reads the question and hands it to the one who answers it.
    fn answer(
        &self,
        context: &Context,
        arguments: &[Value],
        answer: impl FnOnce(&Asked) -> Result<(Rows, Found), Diagnostic>,
    ) -> Result<Output, Diagnostic> {
        let starts = terms(context, &arguments[0])?;
        let options = options(context, &arguments[1], OPTIONS)?;
        let view = self.view(context.graph, &options);
        let mut ways = options.ways_by(context, &view, self.needer())?;
        let outcome = self.outcome(context, &ways, &starts)?;
        if let Some(outcome) = &outcome {
            ways.hold(&outcome.held);
        }
        let asked = Asked { context, starts: &starts, options: &options, ways: &ways, outcome: outcome.as_ref() };
        let (rows, found) = answer(&asked)?;
        let (summary, notes) = self.notes(&asked, &found);
        Ok(Output { rows, summary, notes })
    }

    /// What a failure comes to where alternatives may stop it.
    fn outcome(&self, context: &Context, ways: &Ways, starts: &[NodeId]) -> Result<Option<Outcome>, Diagnostic> {
        let alternatives = if self.impact { Alternatives::of(ways, Needer::Target) } else { None };
        alternatives.map(|alternatives| trace::outcome(&alternatives, starts, context.budget)).transpose()
    }

    fn tree(&self, context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
        self.answer(context, arguments, |asked| {
            let mut tree = asked.tree()?;
            let failing = match (asked.outcome, self.impact) {
                (Some(outcome), _) => Some(outcome.spread.failing.clone()),
                (None, true) => Some(asked.spread(tree.spread.take())?.failing),
                (None, false) => None,
            };
            let (rows, choices) = self.tree_rows(asked, &tree, failing.as_ref())?;
            Ok((rows, Found { choices, ..Found::of(asked, &tree, failing.as_ref()) }))
        })
    }

    /// The lines of the tree, and what there is to say of its choices.
    fn tree_rows(
        &self,
        asked: &Asked,
        tree: &Tree,
        failing: Option<&Bitmap>,
    ) -> Result<(Rows, Vec<String>), Diagnostic> {
        let Context { graph, budget, .. } = *asked.context;
        let grounds = Grounds::of(graph);
        let choices = Choices::among(asked.ways, self.needer(), budget);
        let mut lines = Lines::with_capacity(tree.len(), asked.ways, &grounds, choices, &asked.options.showing);
        if failing.is_some() {
            lines = lines.with_hop_effects();
        }
        for row in tree.rows() {
            budget.tick()?;
            let effect = match failing {
                Some(failing) => {
                    let [effect, of_hop] = asked.effects_on(tree, &row, failing);
                    lines.push_hop_effect(of_hop);
                    effect
                }
                None => lines.effect_of_choice(&row)?.or_else(|| tree.effect(asked.ways, &row)),
            };
            let support = row.support.map(|support| tree.supports[support].as_slice());
            lines.push(&row, effect, support, |support| self.relation_through(graph, support))?;
        }
        let (rows, choices) = lines.into_rows();
        let said = match asked.outcome {
            Some(outcome) => standing(graph, &outcome.standing),
            None => choices.notes(graph),
        };
        Ok((rows, said))
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

    /// The effect: what happens to the term; of needs, what happens to the starts without it, which is nothing where
    /// another alternative stands.
    fn ranked(&self, context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
        self.answer(context, arguments, |asked| {
            let (mut mentions, mut found, spread) = asked.mentions()?;
            let failing = asked.outcome.map_or(spread.failing, |outcome| outcome.spread.failing.clone());
            if let Some(outcome) = asked.outcome {
                found.choices = standing(context.graph, &outcome.standing);
            }
            let without = if self.impact { None } else { asked.without()? };
            let fails = mentions.iter().filter(|mention| failing.contains(mention.node.index())).count();
            found.failing = self.impact.then_some(fails);
            let order = context.names().order();
            mentions.sort_by_cached_key(|m| (m.depth, std::cmp::Reverse(m.chains), order[m.node.index()], m.node));
            let effect = |mention: &Mention| match &without {
                Some(without) => place_of(without.get(&mention.node).copied()),
                None => place_of(Some(effect_on(&failing, mention.node))),
            };
            let columns = vec![
                Column::nodes(mentions.iter().map(|mention| mention.node)),
                Column::counts(mentions.iter().map(|mention| mention.depth)),
                Column::Integers(mentions.iter().map(|mention| capped(mention.chains)).collect()),
                Column::OneOf { values: effect_names(), places: mentions.iter().map(effect).collect() },
            ];
            Ok((Rows::of(mentions.len(), columns), found))
        })
    }

    /// What was found in short, and what else there is to say.
    fn notes(&self, asked: &Asked, found: &Found) -> (Vec<String>, Vec<String>) {
        let (view, options) = (asked.ways.view(), asked.options);
        let graph = view.graph();
        let (mut summary, mut notes) = (Vec::new(), Vec::new());
        if found.shown + found.below == 0 {
            let starts = names(graph, asked.starts.iter().copied());
            let is_whole = asked.ways.is_whole() && !options.hard;
            notes.push(match (starts.as_str(), found.hidden, is_whole) {
                ("", ..) => "there is no term to start from".to_string(),
                (_, 0, true) => {
                    let searched = searched(view, options.via.as_deref());
                    format!("{starts} {}, as far as the graph tells: {searched}", self.nothing)
                }
                (_, 0, false) if asked.is_stopped() => format!("{starts} {}", self.nothing),
                (_, 0, false) => format!("{starts} {} under these conditions", self.nothing),
                (_, hidden, _) if options.only.is_some() => {
                    let help = "ROLLUP makes relations of parts those of their wholes";
                    format!("all of the {hidden} terms reached are hidden; {help}")
                }
                (_, hidden, _) => format!("all of the {hidden} terms reached are hidden"),
            });
        } else {
            let over = type_names(graph, &found.over);
            let reached = counted(found.shown, self.reached.0, self.reached.1);
            summary.push(if over.is_empty() { reached } else { format!("{reached}, over {over}") });
            if let Some(fail) = found.failing.filter(|_| found.shown > 0) {
                let degrade = counted(found.shown - fail, "degrades", "degrade");
                summary.push(format!("{}, {degrade}", counted(fail, "fails", "fail")));
            }
            if found.hidden > 0 {
                summary.push(format!("{} between them hidden", counted(found.hidden, "term is", "terms are")));
            }
        }
        if let Some(depth) = options.depth.filter(|_| found.below > 0) {
            notes.push(format!(
                "stopped at depth {depth}: {} below",
                counted(found.below, "further term", "further terms")
            ));
        }
        notes.extend(found.choices.iter().cloned());
        notes.extend(view.notes());
        (summary, notes)
    }
}

impl Asked<'_> {
    /// Whether a failure ends at alternatives.
    fn is_stopped(&self) -> bool {
        self.outcome.is_some_and(|outcome| !outcome.standing.is_empty())
    }

    /// What the term of a line suffers in all, and what its hop does to it. A start suffers nothing: it is the cause.
    fn effects_on(&self, tree: &Tree, row: &TreeRow, failing: &Bitmap) -> [Option<Effect>; 2] {
        let effect = effect_on(failing, row.node);
        let of_hop = match (row.hop, effect) {
            (Some(hop), Effect::Fails) => self.effect_of(tree, row, &hop, failing),
            // No hop does more than all of them.
            (_, effect) => effect,
        };
        [(!row.start).then_some(effect), Some(of_hop)]
    }

    fn effect_of(&self, tree: &Tree, row: &TreeRow, hop: &Hop, failing: &Bitmap) -> Effect {
        let of_choice = self.outcome.filter(|_| row.support.is_none()).and_then(|outcome| outcome.effect(hop));
        if let Some(effect) = of_choice {
            return effect;
        }
        match effect_on(failing, hop.source) {
            Effect::Fails => tree.effect(self.ways, row).unwrap_or(Effect::Fails),
            Effect::Degrades => Effect::Degrades,
        }
    }

    fn tree(&self) -> Result<Tree, Diagnostic> {
        let hidden = self.options.hidden(self.context.graph);
        let is_hidden = hidden.as_ref().map(|hidden| hidden as &dyn Fn(NodeId) -> bool);
        trace::tree(self.ways, self.starts, self.options.depth, is_hidden, self.context.budget)
    }

    /// Searches for what is reached in all, unless that is known.
    fn spread(&self, known: Option<Spread>) -> Result<Spread, Diagnostic> {
        known.map_or_else(|| trace::spread(self.ways, self.starts, self.context.budget), Ok)
    }

    /// What happens to the starts without each term, where another one may be enough; terms without which nothing
    /// happens are left out. `None` if there are no alternatives.
    fn without(&self) -> Result<Option<HashMap<NodeId, Effect>>, Diagnostic> {
        let Some(alternatives) = Alternatives::of(self.ways, Needer::Source) else { return Ok(None) };
        let budget = self.context.budget;
        let network = self.ways.reached(self.starts, budget)?;
        let mut without = HashMap::new();
        for effect in [Effect::Degrades, Effect::Fails] {
            let essential = essential(&network, self.starts.len(), &alternatives, effect, budget)?;
            let found = network.numbers().filter(|number| essential.nodes[*number as usize]);
            without.extend(found.map(|number| (network.node(number), effect)));
        }
        Ok(Some(without))
    }

    /// What is reached and shown, each term once. Through hidden terms the tree knows the way.
    fn mentions(&self) -> Result<(Vec<Mention>, Found, Spread), Diagnostic> {
        let Options { depth, only, hiding, .. } = self.options;
        if only.is_some() || hiding.is_some() {
            let mut tree = self.tree()?;
            let spread = self.spread(tree.spread.take())?;
            return Ok((tree.first_mentions().collect(), Found::of(self, &tree, None), spread));
        }
        let Mentions { nodes, over } = trace::mentions(self.ways, self.starts, *depth, self.context.budget)?;
        let spread = self.spread(None)?;
        let starts = self.starts.len();
        let over = self.context.graph.types().filter(|t| over.contains(t.index())).collect();
        let below = spread.reached - starts - nodes.len();
        let found = Found { shown: nodes.len(), failing: None, below, hidden: 0, over, choices: Vec::new() };
        Ok((nodes, found, spread))
    }
}

impl Found {
    fn of(asked: &Asked, tree: &Tree, failing: Option<&Bitmap>) -> Found {
        let graph = asked.context.graph;
        let mut used = vec![false; graph.types().count()];
        tree.types().for_each(|relationship_type| used[relationship_type.index()] = true);
        let fails = |failing: &Bitmap| tree.first_mentions().filter(|row| failing.contains(row.node.index())).count();
        Found {
            shown: tree.shown,
            failing: failing.map(fails),
            below: tree.below,
            hidden: tree.hidden,
            over: graph.types().filter(|t| used[t.index()]).collect(),
            choices: Vec::new(),
        }
    }
}

fn effect_on(failing: &Bitmap, node: NodeId) -> Effect {
    if failing.contains(node.index()) { Effect::Fails } else { Effect::Degrades }
}
