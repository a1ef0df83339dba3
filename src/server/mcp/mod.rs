//! MCP: assistants ask the graph with tools, read terms as resources, and get prompts for everyday questions.
//!
//! ```text
//! standard input | HTTP → rmcp → Assistant → tools | resources | prompts → Question → Line → Answer
//! ```
//!
//! The SDK, `rmcp`, speaks the protocol in both eras: 2026-07-28, in which each request says its version, and the ones
//! before, which start with `initialize`. [`Assistant`] answers. TOOLS and PROMPTS are tables; the arguments and columns
//! of words come from the tables of words and procedures. A statement is a syntax tree that is printed, or has
//! parameters: no text of a caller is pasted into one.
//!
//! Tests: `tests.rs` over HTTP, `tests/mcp.rs` over standard input and output, and `tests/clients/mcp_client.py` with the
//! official Python client.

mod answer;
mod assistant;
mod card;
mod fields;
mod lines;
mod outcome;
mod output;
mod prompts;
mod resources;
mod route;
mod sections;
mod stdio;
mod tools;
mod values;
mod words;

#[cfg(test)]
mod tests;

use assistant::Assistant;
pub(crate) use route::route;
pub(crate) use stdio::serve;
