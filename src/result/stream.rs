//! [`AnswerStream`]: the answer to a statement in batches, with a summary at the end.

use super::rows::Portions;
use super::{Changes, Entities, PlanNode, QueryResult, Rows, Shape, StatementType};
use crate::diagnostic::Diagnostic;

/// Some rows of an answer, and what the nodes and relationships in them are.
#[derive(Clone, Debug)]
pub struct Batch {
    pub rows: Rows,
    pub entities: Entities,
}

/// What there is to say of a statement once its last row is known.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub changes: Changes,
    pub warnings: Vec<Diagnostic>,
    pub notes: Vec<String>,
    pub plan: Option<String>,
    pub plan_tree: Option<PlanNode>,
    pub statement_type: StatementType,
}

/// Where the rows of an answer come from: a running plan, rows that were kept, another process.
pub trait Batches: Send {
    /// Takes the next rows, fewer than `most` only at the end; `None` after the last.
    fn next(&mut self, most: usize) -> Result<Option<Batch>, Vec<Diagnostic>>;

    /// Called once, after the last row that is taken.
    fn summary(&mut self) -> Summary;
}

/// An answer whose rows are made as they are taken. Dropping it stops the statement.
pub struct AnswerStream {
    columns: Vec<String>,
    shape: Shape,
    state: State,
}

enum State {
    Open(Box<dyn Batches>),
    Drained(Box<Summary>),
    Failed,
}

impl AnswerStream {
    pub fn new(columns: Vec<String>, shape: Shape, batches: impl Batches + 'static) -> AnswerStream {
        AnswerStream { columns, shape, state: State::Open(Box::new(batches)) }
    }

    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Takes the next rows, fewer than `most` only at the end; `None` after the last and after an error.
    pub fn next(&mut self, most: usize) -> Result<Option<Batch>, Vec<Diagnostic>> {
        let State::Open(batches) = &mut self.state else { return Ok(None) };
        match batches.next(most) {
            Ok(Some(batch)) => return Ok(Some(batch)),
            Ok(None) => self.state = State::Drained(Box::new(batches.summary())),
            Err(errors) => {
                self.state = State::Failed;
                return Err(errors);
            }
        }
        Ok(None)
    }

    /// What there is to say of the statement; known once `next` has given `None`.
    pub fn summary(&self) -> Option<&Summary> {
        match &self.state {
            State::Drained(summary) => Some(summary),
            State::Open(_) | State::Failed => None,
        }
    }

    /// Ends the statement without the rows that are left, and says what there is to say of it.
    pub fn end(&mut self) -> Summary {
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Open(mut batches) => batches.summary(),
            State::Drained(summary) => *summary,
            State::Failed => Summary::default(),
        }
    }

    /// Takes all rows that are left.
    pub fn collect(mut self) -> Result<QueryResult, Vec<Diagnostic>> {
        let batch = self.next(usize::MAX)?;
        // It was not the last batch before this one has been asked for.
        if batch.is_some() {
            self.next(usize::MAX)?;
        }
        let (rows, entities) = batch.map_or_else(Default::default, |batch| (batch.rows, batch.entities));
        let summary = match self.state {
            State::Drained(summary) => *summary,
            State::Open(_) | State::Failed => Summary::default(),
        };
        let Summary { changes, warnings, notes, plan, plan_tree, statement_type } = summary;
        let AnswerStream { columns, shape, .. } = self;
        Ok(QueryResult { columns, rows, shape, changes, warnings, notes, plan, plan_tree, statement_type, entities })
    }
}

/// An answer that is there already, in batches.
impl From<QueryResult> for AnswerStream {
    fn from(result: QueryResult) -> AnswerStream {
        let QueryResult { columns, rows, shape, changes, warnings, notes, plan, plan_tree, statement_type, entities } =
            result;
        let summary = Summary { changes, warnings, notes, plan, plan_tree, statement_type };
        AnswerStream::new(columns, shape, Kept { portions: rows.portions(), entities, summary })
    }
}

/// Rows that were all made before the first is given.
struct Kept {
    portions: Portions,
    entities: Entities,
    summary: Summary,
}

impl Batches for Kept {
    fn next(&mut self, most: usize) -> Result<Option<Batch>, Vec<Diagnostic>> {
        Ok(self.portions.next(most).map(|rows| Batch { rows, entities: self.entities.clone() }))
    }

    fn summary(&mut self) -> Summary {
        std::mem::take(&mut self.summary)
    }
}
