//! The one integration test binary.

mod assert;
mod bench;
mod boundaries;
mod check;
mod corpora;
mod decisions;
mod differences;
mod docs;
#[cfg(unix)]
mod explorer;
mod facts;
mod format;
mod formats;
mod functions;
mod glossaries;
mod growth;
mod help;
mod ingest;
#[cfg(unix)]
mod keeping;
mod labelled;
mod laws;
mod limits;
mod many_paths;
#[cfg(feature = "server")]
mod mcp;
#[cfg(unix)]
mod office;
mod own_data;
mod publish;
mod queries;
mod reference;
#[cfg(feature = "server")]
mod remote;
mod repl;
mod robustness;
mod scripts;
mod searches;
#[cfg(feature = "server")]
mod serve;
mod support;
mod tck;
