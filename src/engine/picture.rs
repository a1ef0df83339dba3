//! Statements that call `db.schema.visualization`: they run on the graph of the schema, whose nodes the graph does not
//! have.

use std::sync::Arc;

use super::plans::Planned;
use super::{Asked, Engine, Prepared, RunOptions, answer, located};
use crate::ast::{ClauseKind, Mode, StatementBody};
use crate::diagnostic::Diagnostic;
use crate::executor::Access;
use crate::graph::Graph;
use crate::limits::Budget;
use crate::procedures::{TableProcedure, visualization};
use crate::result::QueryResult;

/// How a statement spells the procedure, if it calls it outside of subqueries.
pub(super) fn called(body: &StatementBody) -> Option<&str> {
    let StatementBody::Query(query) = body else { return None };
    query.parts.iter().flat_map(|part| &part.clauses).find_map(|clause| match &clause.kind {
        ClauseKind::Call(call) if call.procedure.text.eq_ignore_ascii_case(visualization::NAME) => {
            Some(&*call.procedure.text)
        }
        _ => None,
    })
}

impl Engine {
    /// Runs a statement on the graph of the schema.
    pub(super) fn pictured(
        &self,
        graph: &Graph,
        prepared: &Prepared,
        name: &str,
        options: &RunOptions,
    ) -> Result<QueryResult, Vec<Diagnostic>> {
        let body = &prepared.statement.body;
        let budget = Budget::start(&options.limits);
        let (schema, row) = visualization::schema_graph(graph, &budget).map_err(|error| vec![error])?;
        let procedure = TableProcedure {
            name: name.to_string(),
            parameters: Vec::new(),
            yields: visualization::YIELDS.iter().map(|(name, types)| (name.to_string(), *types)).collect(),
            rows: vec![row],
        };
        let asked = Asked::with(options, budget.watch());
        let (plan, warnings) = self.plan_with(&schema, body, &asked, &[Arc::new(procedure)])?;
        let planned = Planned { plan: Arc::new(plan), warnings };
        let profile = prepared.statement.mode == Mode::Profile;
        let execution = self.execute(&planned, Access::Read(&schema), None, profile, options);
        let execution = execution.map_err(|error| located(body, vec![error]))?;
        Ok(answer(prepared, &planned, execution, Arc::new(schema).into()))
    }
}
