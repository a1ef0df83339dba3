//! The one integration test binary.

mod boundaries;
mod docs;
mod queries;
mod scripts;
mod support;
mod tck;
