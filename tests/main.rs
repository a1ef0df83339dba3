//! The one integration test binary.

mod bench;
mod boundaries;
mod corpora;
mod docs;
#[cfg(unix)]
mod explorer;
mod facts;
mod format;
mod formats;
mod functions;
mod glossaries;
mod ingest;
#[cfg(unix)]
mod keeping;
mod labelled;
mod laws;
mod office;
mod queries;
mod reference;
mod repl;
mod robustness;
mod scripts;
mod support;
mod tck;
