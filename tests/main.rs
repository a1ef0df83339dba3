//! The one integration test binary.

mod boundaries;
mod docs;
mod queries;
mod repl;
mod scripts;
mod support;
mod tck;
