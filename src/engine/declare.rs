//! Statements that say what relationship types mean.

use std::sync::Arc;

use super::{Engine, Unit};
use crate::ast::Declaration;
use crate::binder::{self, Described};
use crate::diagnostic::Diagnostic;
use crate::result::{Changes, QueryResult};

impl Engine {
    /// Changes what the graph says of relationship types: all that the statement says, or, on an error, nothing.
    pub(super) fn declare(&mut self, declaration: &Declaration) -> Result<QueryResult, Vec<Diagnostic>> {
        let described = binder::describe(declaration, &self.graph)?;
        let mut changes = Changes::default();
        let unit = Unit::begin(Arc::make_mut(&mut self.graph));
        for change in described {
            match change {
                Described::As(meaning) => {
                    unit.graph.declare(meaning);
                    changes.types_described += 1;
                }
                Described::NoMore(name) => changes.types_forgotten += usize::from(unit.graph.undeclare(&name)),
            }
        }
        unit.commit();
        Ok(QueryResult { changes, ..self.nothing() })
    }
}
