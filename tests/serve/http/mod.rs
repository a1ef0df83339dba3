//! The HTTP door.

mod answers;
mod guard;
mod operators;
mod query_api;
mod server;
mod transactions;
mod words;
