//! Text → graph. Takes texts, never files: whoever calls reads them.
//!
//! A graph folder is TOML: relation semantics as `[[type]]`, terms as `[[term]]`, relations as `[[relation]]`, in any
//! number of files. [`read`] makes a graph of them and [`audit`] looks for what is wrong with them; both report
//! [`Finding`]s and carry on. [`embedded_graph`] is the graph compiled into the program. Glossaries in other formats
//! become a [`Glossary`](crate::glossary::Glossary) first: see [`formats`].

pub mod assemble;
mod audit;
pub mod check;
pub mod decide;
pub mod difference;
mod document;
mod embedded;
pub mod extract;
mod finding;
mod folder;
pub mod formats;
pub mod gather;
pub mod kinds;
pub mod state;
pub mod terms;
pub mod unite;

pub use audit::audit;
pub use embedded::{FILES as EMBEDDED_FILES, embedded_graph};
pub use finding::Finding;
pub use folder::{Reading, read};

/// How the rule of a relation begins that a file states outright; its format follows.
const STATED_BY: &str = "stated by ";

/// A file of a graph folder.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile<'a> {
    /// As it is to be named in findings.
    pub path: &'a str,
    pub text: &'a str,
}
