//! The algorithms as procedures: `algo.*`. Each takes one map of options.
//!
//! To add one: write its kernel in a file of [`crate::algorithms`], and its row in the table of its family here.

mod centrality;
mod groups;
mod options;
mod paths;
mod structure;

pub use options::OPTIONS;

use super::{Context, Output, Procedure};
use crate::functions::{Parameter, optional, required};
use crate::graph::TypeSet;

/// A procedure with its options and an example.
pub struct Algorithm {
    pub procedure: Procedure,
    /// The names of the options that it takes, of [`OPTIONS`].
    pub options: &'static [&'static str],
    /// A query on the embedded graph and its rows as text; a test runs it.
    pub example: (&'static str, &'static str),
}

/// The families, in the order of the reference.
const FAMILIES: &[&[Algorithm]] =
    &[centrality::ALGORITHMS, groups::ALGORITHMS, paths::ALGORITHMS, structure::ALGORITHMS];

/// All algorithms.
pub fn all() -> impl Iterator<Item = &'static Algorithm> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// The algorithm with the name.
pub fn find(name: &str) -> Option<&'static Algorithm> {
    all().find(|algorithm| algorithm.procedure.name == name)
}

/// Whether a procedure takes the option to write its result.
pub fn can_write(procedure: &Procedure) -> bool {
    find(procedure.name).is_some_and(|algorithm| algorithm.options.contains(&"write"))
}

const TERM: TypeSet = TypeSet::STRING.or(TypeSet::NODE);

const OPTIONS_ONLY: &[Parameter] = &[optional("options", TypeSet::MAP)];

const BETWEEN: &[Parameter] = &[required("from", TERM), required("to", TERM), optional("options", TypeSet::MAP)];
