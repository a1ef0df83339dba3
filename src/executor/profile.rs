//! [`Profile`]: what each operator of a plan did while it ran.

use std::collections::HashMap;
use std::time::Duration;

use crate::plan::{Operator, Plan};

/// What an operator did, its inputs included in the time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measure {
    pub rows: u64,
    pub time: Duration,
}

/// Measures by the address of the operator, which lives as long as the plan.
#[derive(Debug, Default)]
pub(super) struct Profile(HashMap<usize, Measure>);

impl Profile {
    pub(super) fn add(&mut self, operator: &Operator, rows: u64, time: Duration) {
        let measure = self.0.entry(address(operator)).or_default();
        measure.rows += rows;
        measure.time += time;
    }

    /// Adds what operators did on several threads at once: the rows of all, the time of the longest.
    pub(super) fn add_side_by_side(&mut self, lanes: impl Iterator<Item = Profile>) {
        let mut together: HashMap<usize, Measure> = HashMap::new();
        for (operator, measure) in lanes.flat_map(|lane| lane.0) {
            let sum = together.entry(operator).or_default();
            sum.rows += measure.rows;
            sum.time = sum.time.max(measure.time);
        }
        for (operator, measure) in together {
            let sum = self.0.entry(operator).or_default();
            sum.rows += measure.rows;
            sum.time += measure.time;
        }
    }

    /// In the order of `Plan::operators`; `None` for those that did not run.
    pub(super) fn measures(&self, plan: &Plan) -> Vec<Option<Measure>> {
        plan.operators().into_iter().map(|operator| self.0.get(&address(operator)).copied()).collect()
    }
}

/// Tells operators of a running plan apart.
pub(super) fn address(operator: &Operator) -> usize {
    std::ptr::from_ref(operator).addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_side_by_side_take_the_time_of_the_longest() {
        let plan = [Operator::Argument, Operator::Argument];
        let [first, second] = &plan;
        let lane = |rows, time| {
            let mut lane = Profile::default();
            lane.add(first, rows, Duration::from_millis(time));
            lane
        };
        let mut profile = Profile::default();
        profile.add(first, 1, Duration::from_millis(1));
        profile.add(second, 5, Duration::from_millis(7));
        profile.add_side_by_side([lane(10, 30), lane(20, 20)].into_iter());
        let of = |operator| profile.0[&address(operator)];
        assert_eq!((of(first).rows, of(first).time), (31, Duration::from_millis(31)));
        assert_eq!((of(second).rows, of(second).time), (5, Duration::from_millis(7)));
    }
}
