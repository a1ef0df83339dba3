//! From a chain of operators to steps over columns.

use super::super::columns::NodeTest;
use super::super::follow::Follow;
use super::super::neighbours::Followed;
use super::super::{Access, Row, Run};
use super::cross::Cross;
use super::ends::Ends;
use super::expand::{Count, Expand, Taken};
use super::known::KnownEnd;
use super::reach::Reach;
use super::scan::{Condition, Filter, Scan};
use super::trails::Trails;
use super::{Context, Step, Work};
use crate::graph::{Direction, Graph, TypeId};
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
    narrow(&mut steps);
    let context = Context { graph, tests, nodes: chain.nodes.clone() };
    Some(Compiled { steps, context, chain })
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
                let (tests, state) = (vec![], Default::default());
                let scan = Scan { slot: *slot, label, seek: None, tests, followed: None, state };
                let work = match self.steps.is_empty() {
                    true => Work::Scan(scan),
                    false => Work::Cross(Cross { scan, wanted: vec![], state: Default::default() }),
                };
                self.push(operator, work);
            }
            Operator::NodeIndexSeek { seek, .. } => {
                let label = Some(self.graph.label(&seek.label));
                let (slot, tests, state) = (seek.slot, vec![], Default::default());
                let scan = Scan { slot, label, seek: Some(seek), tests, followed: None, state };
                self.push(operator, Work::Scan(scan));
            }
            Operator::Expand { step, .. } => self.push(
                operator,
                Work::Expand(Expand {
                    known: KnownEnd::new(&self.follow(step)),
                    follow: self.follow(step),
                    followed: Followed::new(step),
                    from: step.from,
                    to: step.to,
                    to_bound: step.to_bound,
                    relationship: Some(step.relationship),
                    distinct_from: self.chain.distinct_from(step),
                    taken: self.taken(step).unwrap_or_default(),
                    ends: Ends::default(),
                    wanted: vec![],
                    state: Default::default(),
                }),
            ),
            Operator::Reach { step, several, .. } => self.push(
                operator,
                Work::Reach(Reach {
                    follow: self.follow(step),
                    from: step.from,
                    to: step.to,
                    to_bound: step.to_bound,
                    length: several.length,
                    ends: Ends::default(),
                    wanted: vec![],
                    state: Default::default(),
                }),
            ),
            Operator::ExpandVariable { step, several, .. } => self.push(
                operator,
                Work::Trails(Trails {
                    followed: Followed::new(step),
                    mode: several.mode,
                    length: several.length,
                    from: step.from,
                    to: step.to,
                    to_bound: step.to_bound,
                    ends: Ends::default(),
                    wanted: vec![],
                    state: Default::default(),
                }),
            ),
            Operator::Filter { condition, .. } => self.filter(operator, condition, argument, run)?,
            _ => return None,
        }
        Some(())
    }

    fn follow(&self, step: &plan::Step) -> Follow {
        let known = |name: &std::sync::Arc<str>| self.graph.type_id(name);
        let types = (!step.types.is_empty()).then(|| step.types.iter().filter_map(known).collect());
        Follow::new(step.direction, types)
    }

    /// The ends of the relationships that the step may not follow again, if they are enough to know: of the relationships
    /// of one type between two nodes, as many are left out as are taken. So all must be of that one type, and if the
    /// step has a direction, those of the others must be known.
    fn taken(&self, step: &plan::Step) -> Option<Vec<Taken>> {
        let taken = |slot: Slot| {
            let other = self.chain.relationships.iter().find(|other| other.relationship == slot)?;
            let is_known = step.direction == Direction::Both || other.direction != Direction::Both;
            let (start, end) = match other.direction {
                Direction::Incoming => (other.to, other.from),
                Direction::Outgoing | Direction::Both => (other.from, other.to),
            };
            (is_known && step.types.len() == 1 && other.types == step.types).then_some(Taken { start, end })
        };
        self.chain.distinct_from(step).into_iter().map(taken).collect()
    }

    /// The parts of a condition as tests of nodes; from the first that cannot be one, all as they are.
    fn filter(
        &mut self,
        operator: &'p Operator,
        condition: &'p Expr,
        argument: &mut Row,
        run: &mut Run<'g>,
    ) -> Option<()> {
        let mut tests = Vec::new();
        let mut plain: Vec<&'p Expr> = Vec::new();
        for part in condition.parts() {
            if !plain.is_empty() {
                plain.push(part);
                continue;
            }
            let test = self.node_of(part).and_then(|slot| Some((slot, NodeTest::compile(part, slot, argument, run)?)));
            match test {
                Some((slot, test)) => tests.push((slot, part, test)),
                None => {
                    self.chain.aggregation?;
                    plain.push(part);
                }
            }
        }
        for (slot, part, test) in tests {
            if self.is_given(part) {
                continue;
            }
            let number = self.tests.len();
            self.tests.push(test);
            match self.steps.last_mut().map(|step| &mut step.work) {
                Some(Work::Scan(scan) | Work::Cross(Cross { scan, .. })) if scan.slot == slot => {
                    scan.tests.push(number);
                }
                Some(
                    Work::Expand(Expand { to, ends, .. })
                    | Work::Reach(Reach { to, ends, .. })
                    | Work::Trails(Trails { to, ends, .. }),
                ) if *to == slot => {
                    ends.tests.push(number);
                }
                Some(Work::Filter(Filter { condition: Condition::Node(node, ends), .. })) if *node == slot => {
                    ends.tests.push(number);
                }
                _ => {
                    let condition = Condition::Node(slot, Ends::of(number));
                    self.push(operator, Work::Filter(Filter { condition, wanted: vec![] }));
                }
            }
        }
        if !plain.is_empty() {
            self.push(operator, Work::Filter(Filter { condition: Condition::Plain(plain), wanted: vec![] }));
        }
        if let Some(last) = self.steps.last_mut() {
            last.operator = operator;
        }
        Some(())
    }

    fn push(&mut self, operator: &'p Operator, work: Work<'p>) {
        self.steps.push(Step { work, operator });
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
        let ExprKind::HasLabels(base, labels) = &condition.kind else { return false };
        let ends = match self.steps.last().map(|step| &step.work) {
            Some(Work::Expand(Expand { follow, to, to_bound: false, .. })) => (follow, *to),
            // A walk without relationships ends where it began.
            Some(Work::Reach(Reach { follow, to, to_bound: false, length, .. })) if length.minimum > 0 => (follow, *to),
            _ => return false,
        };
        let (Follow { direction, types: Some(types), .. }, to) = ends else { return false };
        if !matches!(base.kind, ExprKind::Slot(slot) if slot == to) || *direction == Direction::Both {
            return false;
        }
        labels.iter().all(|label| {
            let Some(label) = self.graph.label(label) else { return false };
            let ends_have_it = |t: &TypeId| self.graph.owners_have_label(direction.reverse(), *t, label);
            self.graph.label_count(label) == self.graph.node_count() || types.iter().all(ends_have_it)
        })
    }
}

/// Counts ends that nobody reads instead of visiting them, and keeps of each step only what is read after it.
fn settle(steps: &mut [Step], mut live: Vec<Slot>, chain: &Chain) {
    let counted: Vec<Slot> = chain.counted().into_iter().map(|step| step.relationship).collect();
    for step in steps.iter_mut().rev() {
        let work = &mut step.work;
        if let Work::Expand(expand) = work
            && expand.relationship.is_some_and(|slot| counted.contains(&slot) && !live.contains(&slot))
            && !live.contains(&expand.to)
        {
            let follow = std::mem::replace(&mut expand.follow, Follow::new(Direction::Both, None));
            let ends = std::mem::take(&mut expand.ends);
            *work = Work::Count(Count { follow, from: expand.from, ends, wanted: vec![] });
        }
        match work {
            Work::Scan(_) => {}
            Work::Cross(cross) => cross.wanted = live.clone(),
            Work::Filter(filter) => {
                filter.wanted = live.clone();
                match &filter.condition {
                    Condition::Node(slot, _) => live.push(*slot),
                    Condition::Plain(conditions) => {
                        conditions.iter().for_each(|condition| condition.each_slot(&mut |slot| live.push(slot)));
                    }
                }
            }
            Work::Count(count) => {
                count.wanted = live.clone();
                live.push(count.from);
            }
            Work::Expand(expand) => {
                expand.wanted = live.clone();
                expand.relationship = expand.relationship.filter(|slot| live.contains(slot));
                // Where nobody reads the relationship, ends are compared, and no relationship need be found.
                match expand.relationship.is_none() && !expand.taken.is_empty() {
                    true => expand.distinct_from.clear(),
                    false => expand.taken.clear(),
                }
                live.extend(expand.taken.iter().flat_map(|taken| [taken.start, taken.end]));
                live.push(expand.from);
                if expand.to_bound {
                    live.push(expand.to);
                }
                live.extend(&expand.distinct_from);
            }
            Work::Reach(Reach { from, to, to_bound, wanted, .. })
            | Work::Trails(Trails { from, to, to_bound, wanted, .. }) => {
                *wanted = live.clone();
                live.push(*from);
                if *to_bound {
                    live.push(*to);
                }
            }
        }
        live.sort_unstable();
        live.dedup();
    }
}

/// A scan leaves out the nodes from which the step after it would go nowhere.
fn narrow(steps: &mut [Step]) {
    let [Step { work: Work::Scan(scan), .. }, next, ..] = steps else { return };
    scan.followed = match &next.work {
        Work::Expand(Expand { follow, from, .. }) | Work::Count(Count { follow, from, .. }) if *from == scan.slot => {
            Some(follow.clone())
        }
        Work::Reach(Reach { follow, from, length, .. }) if *from == scan.slot && length.minimum > 0 => {
            Some(follow.clone())
        }
        _ => None,
    };
}
