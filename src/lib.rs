//! kenning: a knowledge graph with a query engine.

pub mod ast;
mod binder;
pub mod cli;
pub mod diagnostic;
pub mod engine;
mod executor;
pub mod export;
pub mod functions;
pub mod graph;
pub mod import;
pub mod ingest;
pub mod limits;
mod optimizer;
pub mod parser;
mod plan;
mod planner;
pub mod procedures;
pub mod queries;
pub mod render;
mod repl;
pub mod result;
mod session;
pub mod storage;
pub mod trace;
