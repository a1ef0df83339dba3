//! Moves a filter below an UNWIND whose variable it does not speak of.

use super::each_operator;
use crate::plan::Operator;

pub(super) fn push_down(root: &mut Operator) {
    // Inputs come first, so a filter that moves meets operators that are done: it only has to move on itself.
    each_operator(root, &mut sink);
}

fn sink(operator: &mut Operator) {
    let Operator::Filter { input, condition } = operator else { return };
    let Operator::Unwind { unwind, .. } = &**input else { return };
    let set = std::iter::once(unwind.slot).chain(unwind.position.map(|(slot, _)| slot));
    if set.into_iter().any(|slot| condition.reads(slot)) {
        return;
    }
    let unwind = std::mem::replace(&mut **input, Operator::Argument);
    let filter = std::mem::replace(operator, unwind);
    let (Operator::Unwind { input: below, .. }, Operator::Filter { condition, .. }) = (&mut *operator, filter) else {
        return;
    };
    let source = std::mem::replace(&mut **below, Operator::Argument);
    **below = Operator::Filter { input: source.boxed(), condition };
    sink(below);
}
