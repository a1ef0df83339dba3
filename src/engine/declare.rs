//! Statements that say what relationship types mean.

use crate::ast::Declaration;
use crate::binder::{self, Described};
use crate::diagnostic::Diagnostic;
use crate::graph::Graph;
use crate::result::Changes;

/// Changes what the graph says of relationship types.
pub(super) fn apply(declaration: &Declaration, graph: &mut Graph) -> Result<Changes, Vec<Diagnostic>> {
    let mut changes = Changes::default();
    for change in binder::describe(declaration, graph)? {
        match change {
            Described::As(meaning) => {
                graph.declare(meaning);
                changes.types_described += 1;
            }
            Described::NoMore(name) => changes.types_forgotten += usize::from(graph.undeclare(&name)),
        }
    }
    Ok(changes)
}
