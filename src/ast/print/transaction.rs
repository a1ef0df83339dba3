//! Transactions.

use std::fmt::{Display, Formatter, Result};

use super::text::Variable;
use crate::ast::{InTransactions, OnError, TransactionControl};

impl Display for TransactionControl {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(match self {
            TransactionControl::Begin { read_only: false } => "BEGIN",
            TransactionControl::Begin { read_only: true } => "BEGIN READ ONLY",
            TransactionControl::Commit => "COMMIT",
            TransactionControl::Rollback => "ROLLBACK",
        })
    }
}

impl Display for InTransactions {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str("IN ")?;
        self.concurrency.iter().try_for_each(|words| write!(f, "{} ", words.text))?;
        f.write_str("TRANSACTIONS")?;
        if let Some(rows) = &self.rows {
            write!(f, " OF {rows} ROWS")?;
        }
        f.write_str(match self.on_error {
            OnError::Fail => "",
            OnError::Continue => " ON ERROR CONTINUE",
            OnError::Break => " ON ERROR BREAK",
        })?;
        match &self.status {
            Some(status) => write!(f, " REPORT STATUS AS {}", Variable(&status.text)),
            None => Ok(()),
        }
    }
}
