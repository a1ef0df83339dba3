//! The one integration test binary.

mod boundaries;
mod docs;
mod queries;
mod reference;
mod repl;
mod scripts;
mod support;
mod tck;
