//! The one integration test binary.

mod boundaries;
mod docs;
mod laws;
mod queries;
mod scripts;
mod support;
mod tck;
