//! Statements that begin and end a transaction, and subqueries that commit by themselves.

use super::{Expression, Ignored, Name};

/// `BEGIN [READ ONLY]`, `COMMIT`, `ROLLBACK`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionControl {
    Begin { read_only: bool },
    Commit,
    Rollback,
}

/// `IN [[n] CONCURRENT] TRANSACTIONS [OF rows ROWS] [ON ERROR …] [REPORT STATUS AS variable]`, behind a subquery
#[derive(Clone, Debug, PartialEq)]
pub struct InTransactions {
    /// How many are to run at once.
    pub concurrency: Option<Ignored>,
    /// How many input rows one transaction takes.
    pub rows: Option<Expression>,
    pub on_error: OnError,
    pub status: Option<Name>,
}

/// What follows when one of the transactions fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The statement fails; what was committed before stays.
    #[default]
    Fail,
    /// The rows of the failed transaction get nulls, and the next transaction is tried.
    Continue,
    /// The rows of the failed transaction and all later ones get nulls.
    Break,
}
