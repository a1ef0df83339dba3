//! The HTTP door.

mod answers;
mod guard;
mod operators;
mod query_api;
pub mod server;
mod transactions;
mod words;
