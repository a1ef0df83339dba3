//! Moves a filter below an UNWIND or a projection that does not set what it speaks of.

use super::each_operator;
use crate::plan::{Expr, Operator, Slot};

pub(super) fn push_down(root: &mut Operator) {
    each_operator(root, &mut |operator| {
        while let Some(moved) = push_once(std::mem::replace(operator, Operator::Argument)) {
            match moved {
                Moved::Yes(new) => {
                    *operator = new;
                    // The filter now stands one lower, where it may move on.
                    if let Some(input) = operator.children_mut().into_iter().next() {
                        push_into(input);
                    }
                    break;
                }
                Moved::No(same) => {
                    *operator = same;
                    break;
                }
            }
        }
    });
}

fn push_into(operator: &mut Operator) {
    let taken = std::mem::replace(operator, Operator::Argument);
    match push_once(taken) {
        Some(Moved::Yes(new)) => {
            *operator = new;
            if let Some(input) = operator.children_mut().into_iter().next() {
                push_into(input);
            }
        }
        Some(Moved::No(same)) => *operator = same,
        None => {}
    }
}

enum Moved {
    Yes(Operator),
    No(Operator),
}

/// Swaps a filter with the operator under it.
fn push_once(operator: Operator) -> Option<Moved> {
    let Operator::Filter { input, condition } = operator else { return Some(Moved::No(operator)) };
    Some(match *input {
        Operator::Unwind { input, list, slot } if !reads(&condition, &[slot]) => {
            Moved::Yes(Operator::Unwind { input: Operator::Filter { input, condition }.boxed(), list, slot })
        }
        other => Moved::No(Operator::Filter { input: other.boxed(), condition }),
    })
}

fn reads(condition: &Expr, slots: &[Slot]) -> bool {
    let mut reads = false;
    condition.each_slot(&mut |slot| reads |= slots.contains(&slot));
    reads
}
