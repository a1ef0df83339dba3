//! kenning: a knowledge graph with a query engine.
//!
//! # The life of a query
//!
//! ```text
//! text → parser → syntax tree → binder → bound query → planner → plan → optimizer → plan → executor → rows
//! ```
//!
//! [`parser`] reads the text into the tree of [`ast`]. The binder gives names their meaning and finds every error that
//! needs no data. The planner turns clauses into operators, one after the other; the optimizer rewrites them by rules
//! that keep columns and rows; the executor runs them over the [`graph`]. [`engine::Engine`] puts these in a row,
//! once, and the doors ([`cli`] and the shell) call nothing else.
//!
//! Walking statements (`DEPS`, `IMPACT`, `WHY`, `ORDER` …, a row of a table each) become calls of [`procedures`], which
//! run the algorithms of [`trace`] over a view of the graph.
//!
//! ```
//! use kenning::database::Database;
//! use kenning::engine::RunOptions;
//! use kenning::graph::Value;
//!
//! let database = Database::in_memory(kenning::ingest::embedded_graph());
//! let answer = database.run("MATCH (s:Service) RETURN count(s) AS n", &RunOptions::default()).unwrap();
//! assert_eq!(answer.columns, ["n"]);
//! assert!(answer.rows[0][0].as_integer() > Some(10));
//! ```
//!
//! # Modules, in reading order
//!
//! - nouns: [`diagnostic`], [`graph`], [`glossary`], [`facts`], [`ast`], [`functions`], `plan`, [`result`], [`limits`]
//! - verbs: [`formats`], [`ingest`], [`import`], [`parser`], `binder`, `planner`, `optimizer`, `executor`, [`trace`],
//!   [`algorithms`], [`procedures`], [`render`], [`export`], [`publish`], [`storage`]
//! - the engine: [`engine`]
//! - the database: [`database`]
//! - doors: [`cli`], `repl`, `server`, and what they share, `session` and `assist`; [`bolt`], the bytes of a protocol

pub mod algorithms;
mod assist;
pub mod ast;
mod binder;
#[cfg(feature = "server")]
pub mod bolt;
pub mod cli;
pub mod database;
pub mod diagnostic;
pub mod engine;
mod executor;
pub mod export;
pub mod facts;
pub mod formats;
pub mod functions;
pub mod glossary;
pub mod graph;
pub mod import;
pub mod ingest;
pub mod limits;
mod lines;
mod optimizer;
pub mod parser;
mod plan;
mod planner;
pub mod procedures;
pub mod publish;
pub mod queries;
#[cfg(feature = "server")]
mod remote;
pub mod render;
mod repl;
pub mod result;
#[cfg(feature = "server")]
mod server;
mod session;
pub mod storage;
pub mod trace;
