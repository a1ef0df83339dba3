//! kenning: a knowledge graph with a query engine.

pub mod ast;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod export;
pub mod functions;
pub mod graph;
pub mod ingest;
pub mod limits;
pub mod parser;
pub mod procedures;
pub mod queries;
pub mod render;
mod repl;
pub mod result;
mod session;
pub mod storage;
pub mod trace;
