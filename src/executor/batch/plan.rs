//! From a chain of operators to steps over columns.

use super::super::columns::NodeTest;
use super::super::follow::Follow;
use super::super::{Access, Row, Run};
use super::cross::Cross;
use super::ends::Ends;
use super::expand::{Count, Expand};
use super::reach::Reach;
use super::scan::{Condition, Filter, Scan};
use super::{Context, Step};
use crate::graph::{Bitmap, Direction, Graph, TypeId};
use crate::plan::{self, Chain, Expr, ExprKind, Operator, Slot};

/// A chain ready to run.
pub(super) struct Compiled<'p, 'g> {
    pub steps: Vec<Step<'p>>,
    pub context: Context<'g>,
    pub chain: Chain<'p>,
}

/// `None` if the operators must run as rows. Without groups, rows may be asked for one by one and never to the end:
/// then nothing in the chain may fail before its time.
pub(super) fn compile<'p, 'g>(
    operator: &'p Operator,
    reads: &[Slot],
    argument: &mut Row,
    run: &mut Run<'g>,
) -> Option<Compiled<'p, 'g>> {
    let Access::Read(graph) = run.access else { return None };
    let chain = plan::chain(operator)?;
    let mut compiler = Compiler { chain: &chain, graph, steps: Vec::new(), tests: Vec::new() };
    for operator in &chain.steps {
        compiler.add(operator, argument, run)?;
    }
    let Compiler { mut steps, tests, .. } = compiler;
    let read = match chain.aggregation {
        Some(aggregation) => chain.read(aggregation),
        None => reads.to_vec(),
    };
    settle(&mut steps, read, &chain);
    Some(Compiled { steps, context: Context { graph, tests }, chain })
}

struct Compiler<'c, 'p, 'g> {
    chain: &'c Chain<'p>,
    graph: &'g Graph,
    steps: Vec<Step<'p>>,
    tests: Vec<NodeTest<'g>>,
}

impl<'p, 'g> Compiler<'_, 'p, 'g> {
    fn add(&mut self, operator: &'p Operator, argument: &mut Row, run: &mut Run<'g>) -> Option<()> {
        match operator {
            Operator::NodeScan { slot, label, .. } => {
                let label = label.as_ref().map(|label| self.graph.label(label));
                let scan = Scan { slot: *slot, label, tests: vec![], word: 0 };
                self.steps.push(match self.steps.is_empty() {
                    true => Step::Scan(scan),
                    false => Step::Cross(Cross { scan, wanted: vec![], state: Default::default() }),
                });
            }
            Operator::Expand { step, .. } => self.steps.push(Step::Expand(Expand {
                follow: self.follow(step),
                from: step.from,
                to: step.to,
                to_bound: step.to_bound,
                relationship: Some(step.relationship),
                distinct_from: self.chain.distinct_from(step),
                ends: Ends::default(),
                wanted: vec![],
                state: Default::default(),
            })),
            Operator::Reach { step, several, .. } => self.steps.push(Step::Reach(Reach {
                follow: self.follow(step),
                from: step.from,
                to: step.to,
                to_bound: step.to_bound,
                length: several.length,
                ends: Ends::default(),
                wanted: vec![],
                state: Default::default(),
            })),
            Operator::Filter { condition, .. } => self.filter(condition, argument, run)?,
            _ => return None,
        }
        Some(())
    }

    fn follow(&self, step: &plan::Step) -> Follow {
        let known = |name: &std::sync::Arc<str>| self.graph.type_id(name);
        let types = (!step.types.is_empty()).then(|| step.types.iter().filter_map(known).collect());
        Follow { direction: step.direction, types }
    }

    /// All parts of a condition as tests of nodes, or, if one of them cannot be, the whole as it is.
    fn filter(&mut self, condition: &'p Expr, argument: &mut Row, run: &mut Run<'g>) -> Option<()> {
        let mut tests = Vec::new();
        for part in condition.parts() {
            let test = self.node_of(part).and_then(|slot| Some((slot, NodeTest::compile(part, slot, argument, run)?)));
            match test {
                Some((slot, test)) => tests.push((slot, part, test)),
                None => {
                    self.chain.aggregation?;
                    let condition = Condition::Plain(condition);
                    self.steps.push(Step::Filter(Filter { condition, wanted: vec![] }));
                    return Some(());
                }
            }
        }
        for (slot, part, test) in tests {
            if self.is_given(part) {
                continue;
            }
            let number = self.tests.len();
            self.tests.push(test);
            match self.steps.last_mut() {
                Some(Step::Scan(scan) | Step::Cross(Cross { scan, .. })) if scan.slot == slot => {
                    scan.tests.push(number);
                }
                Some(Step::Expand(Expand { to, ends, .. }) | Step::Reach(Reach { to, ends, .. })) if *to == slot => {
                    ends.tests.push(number);
                }
                Some(Step::Filter(Filter { condition: Condition::Node(node, ends), .. })) if *node == slot => {
                    ends.tests.push(number);
                }
                _ => {
                    let condition = Condition::Node(slot, Ends::of(number));
                    self.steps.push(Step::Filter(Filter { condition, wanted: vec![] }));
                }
            }
        }
        Some(())
    }

    /// The one node of the chain that a condition speaks of. One that speaks of none is asked of any.
    fn node_of(&self, condition: &Expr) -> Option<Slot> {
        let mut nodes = Vec::new();
        let mut others = false;
        condition.each_slot(&mut |slot| match self.chain.nodes.contains(&slot) {
            true => nodes.push(slot),
            false => others |= self.chain.relationships.iter().any(|step| step.relationship == slot),
        });
        nodes.dedup();
        match nodes.as_slice() {
            _ if others => None,
            [] => self.chain.nodes.first().copied(),
            [one] => Some(*one),
            _ => None,
        }
    }

    /// Whether a condition is nothing but a label that every end of the step before has.
    fn is_given(&self, condition: &Expr) -> bool {
        let (ExprKind::HasLabels(base, labels), Some(Step::Expand(expand))) = (&condition.kind, self.steps.last())
        else {
            return false;
        };
        let (ExprKind::Slot(slot), Some(types)) = (&base.kind, &expand.follow.types) else { return false };
        let direction = expand.follow.direction;
        if *slot != expand.to || expand.to_bound || direction == Direction::Both {
            return false;
        }
        labels.iter().all(|label| {
            let label = self.graph.label(label).map(|label| self.graph.label_bitmap(label));
            label.is_some_and(|label| types.iter().all(|t| ends_lie_in(self.graph, direction, *t, label)))
        })
    }
}

/// Whether all ends of the type's relationships lie among the nodes, as far as a look at their range can tell.
fn ends_lie_in(graph: &Graph, direction: Direction, relationship_type: TypeId, nodes: &Bitmap) -> bool {
    let lists = graph.neighbour_lists(direction.reverse(), relationship_type);
    let Some((first, offsets, _)) = lists.and_then(|lists| lists.arrays()) else { return false };
    let range = first as usize..first as usize + offsets.len().saturating_sub(1);
    let (skipped, words) = nodes.words();
    (range.start / 64..range.end.div_ceil(64)).all(|word| {
        let below = |end: usize| if end >= 64 { u64::MAX } else { (1_u64 << end) - 1 };
        let wanted = below(range.end - word * 64) & !below(range.start.saturating_sub(word * 64).min(64));
        words.get(word.wrapping_sub(skipped)).copied().unwrap_or(0) & wanted == wanted
    })
}

/// Counts ends that nobody reads instead of visiting them, and keeps of each step only what is read after it.
fn settle(steps: &mut [Step], mut live: Vec<Slot>, chain: &Chain) {
    let counted: Vec<Slot> = chain.counted().into_iter().map(|step| step.relationship).collect();
    for step in steps.iter_mut().rev() {
        if let Step::Expand(expand) = step
            && expand.relationship.is_some_and(|slot| counted.contains(&slot) && !live.contains(&slot))
            && !live.contains(&expand.to)
        {
            let follow = std::mem::replace(&mut expand.follow, Follow { direction: Direction::Both, types: None });
            let ends = std::mem::take(&mut expand.ends);
            *step = Step::Count(Count { follow, from: expand.from, ends, wanted: vec![] });
        }
        match step {
            Step::Scan(_) => {}
            Step::Cross(cross) => cross.wanted = live.clone(),
            Step::Filter(filter) => {
                filter.wanted = live.clone();
                match &filter.condition {
                    Condition::Node(slot, _) => live.push(*slot),
                    Condition::Plain(condition) => condition.each_slot(&mut |slot| live.push(slot)),
                }
            }
            Step::Count(count) => {
                count.wanted = live.clone();
                live.push(count.from);
            }
            Step::Expand(expand) => {
                expand.wanted = live.clone();
                expand.relationship = expand.relationship.filter(|slot| live.contains(slot));
                live.push(expand.from);
                if expand.to_bound {
                    live.push(expand.to);
                }
                live.extend(&expand.distinct_from);
            }
            Step::Reach(reach) => {
                reach.wanted = live.clone();
                live.push(reach.from);
                if reach.to_bound {
                    live.push(reach.to);
                }
            }
        }
        live.sort_unstable();
        live.dedup();
    }
}
