//! Statements that say what relationship types mean, and what names the nodes of labels.

use crate::ast::Declaration;
use crate::binder::{self, Described};
use crate::diagnostic::Diagnostic;
use crate::graph::Graph;
use crate::result::Changes;

/// Changes what the graph says of relationship types and labels.
pub(super) fn apply(declaration: &Declaration, graph: &mut Graph) -> Result<Changes, Vec<Diagnostic>> {
    let mut changes = Changes::default();
    for change in binder::describe(declaration, graph)? {
        match change {
            Described::As(meaning) => {
                graph.declare(meaning);
                changes.types_described += 1;
            }
            Described::NamedBy(naming) => {
                graph.name_by(naming);
                changes.labels_described += 1;
            }
            Described::NamedNoMore(label) => changes.labels_forgotten += usize::from(graph.forget_naming(&label)),
            Described::NoMore(name) => changes.types_forgotten += usize::from(graph.undeclare(&name)),
        }
    }
    Ok(changes)
}
