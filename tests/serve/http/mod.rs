//! The HTTP door.

mod answers;
mod guard;
mod operators;
mod query_api;
pub mod server;
mod told;
mod transactions;
mod words;
